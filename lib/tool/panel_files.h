/* What rk-panel-match writes: assignments or answers, and beside them what is asked for. */
#ifndef RK_PANEL_FILES_H
#define RK_PANEL_FILES_H

#include "panel/work.h"
#include "tool/bank.h"

struct rk_panel_files {
    const char *explain, *certificate, *chances, *relax; /* paths, or NULL */
    const struct rk_certificate_rules *rules;
    const struct rk_strings
        *why;        /* panelists to answer instead of the assignments; none: assignments */
    uint32_t panels; /* to write instead of the assignments; 0 = none */
};

/* RK_ATTENTION when something needs a person. */
enum rk_status rk_panel_files_write(struct rk_run *run, const struct rk_panel_files *files,
                                    const struct rk_panel_work *work,
                                    const struct rk_sessions *sessions, struct rk_error *error);

#endif
