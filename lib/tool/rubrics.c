#include "tool/rubrics.h"

bool rk_rubrics_named(const struct rk_rubric_options *options)
{
    return options->count || options->folder;
}

enum rk_status rk_run_rubrics(struct rk_run *run, struct rk_rubrics *rubrics,
                              const struct rk_rubric_options *options, bool search,
                              struct rk_ids *ids, struct rk_error *error)
{
    struct rk_table *recruitments = NULL;
    const char *folder = options->folder;
    if (search && !rk_rubrics_named(options))
        folder = rk_run_folder(run, "rubrics");
    enum rk_status status = rk_rubrics_load(rubrics, options->files, options->count, folder, error);
    if (!status && rubrics->count)
        status = rk_run_table(run, &recruitments, "recruitments", error);
    if (!status && recruitments)
        status = rk_rubrics_assign(rubrics, recruitments, ids, error);
    if (!status && rubrics->count > 1 && !recruitments)
        return rk_fail(error, RK_BAD_USE,
                       _("several rubrics: --recruitments (or --data) must tell which recruitment "
                         "has which"));
    return status;
}
