/* What rk-import leans on besides its file: the raters' groups, the rubric's criteria, the
 * codebook's items. */
#ifndef RK_TOOL_IMPORT_FILES_H
#define RK_TOOL_IMPORT_FILES_H

#include "base/hash.h"
#include "model/codebook.h"
#include "table/import.h"
#include "tool/tool.h"

struct rk_import_raters { /* zeroed = none; the members are the caller's to free */
    struct rk_strings ids, groups;
    uint32_t *group; /* by rater */
    size_t room;
};

enum rk_status rk_run_import_raters(struct rk_run *run, const char *path,
                                    struct rk_import_raters *raters, struct rk_error *error);
/* The two questions that rk_import_options asks; the context is a struct rk_import_raters. */
const char *rk_import_group_of(void *context, struct rk_text rater);
bool rk_import_is_identity(struct rk_text text);

/* The rubric's criteria with both labels, pointing into the document; with "stage=ID" among the
 * constants those of that stage. */
enum rk_status rk_import_read_criteria(const char *path, const char *const *constants,
                                       rk_json **document, struct rk_import_criterion **criteria,
                                       size_t *count, struct rk_error *error);
/* The items of a codebook, a file or one that comes with rk; they point into it and the arena. */
enum rk_status rk_run_import_items(struct rk_run *run, const char *name,
                                   struct rk_codebook **codebook, struct rk_import_item **items,
                                   struct rk_arena *arena, struct rk_error *error);

#endif
