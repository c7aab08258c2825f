#include "tool/bank.h"

void rk_bank_free(struct rk_bank *bank)
{
    rk_panelists_free(&bank->panelists);
    rk_recruitments_free(&bank->recruitments);
    rk_sessions_free(&bank->sessions);
    rk_availability_free(&bank->availability);
    rk_candidates_free(&bank->candidates);
    rk_raters_free(&bank->raters);
    rk_conflicts_free(&bank->conflicts);
    rk_assignments_free(&bank->assignments);
    rk_assignments_free(&bank->fixed);
    rk_quotas_free(&bank->quotas);
    rk_features_free(&bank->features);
}

void rk_bank_file(struct rk_bank_files *files, const char *path)
{
    RK_GROW(files->paths, files->count, files->room);
    files->paths[files->count++] = path;
}

enum rk_status rk_bank_add(struct rk_run *run, const struct rk_bank *bank,
                           struct rk_assignments *into, const struct rk_bank_files *files,
                           struct rk_error *error)
{
    const struct rk_schema *schema;
    struct rk_table_options how = {.map = run->map, .log = run->log};
    enum rk_status status = rk_run_schema(run, &schema, "assignments", error);
    for (size_t f = 0; f < files->count && !status; f++) {
        struct rk_table *table = NULL;
        status = rk_table_open(&table, schema, &files->paths[f], 1, &how, error);
        if (!status)
            status = rk_assignments_read(into, table, schema, &bank->panelists, &bank->recruitments,
                                         error);
        rk_table_close(table);
    }
    return status;
}

/* Columns that a table may do without, and that change who may sit. */
static const char *const ruling[] = {"need",           "want",          "training_required",
                                     "reserves",       "room_max",      "opened",
                                     "closes",         "birth_year",    "left",
                                     "trained_on",     "consent_until", "consent_withdrawn_on",
                                     "max_per_month",  "max_per_year",  "guardian_consent",
                                     "panelist_id",    "rater_id",      "candidate_id",
                                     "recruitment_id", "unit",          "min_flex",
                                     "max_flex",       "status",        NULL};

void rk_bank_mind_columns(struct rk_run *run, const struct rk_table *table)
{
    rk_run_warn_like(run, table, ruling);
}

/* Told once, and not only as what refuses each of them. */
static void mind_consent(struct rk_run *run, const struct rk_table *panelists)
{
    struct rk_pos pos = rk_table_header_pos(panelists);
    if (!rk_table_has(panelists, rk_schema_field(rk_table_schema(panelists), "consent_until")))
        rk_log(run->log, RK_WARNING, &pos,
               _("there is no column consent_until: nobody has consented, and so nobody may sit"));
}

/* Opens a table if it was given, and reads it by the expression, which sees `in` and `schema`. */
#define READ(name, expression)                                                                     \
    do {                                                                                           \
        struct rk_table *in = NULL;                                                                \
        const struct rk_schema *schema = NULL;                                                     \
        if (!status)                                                                               \
            status = rk_run_schema(run, &schema, name, error);                                     \
        if (!status)                                                                               \
            status = rk_run_table(run, &in, name, error);                                          \
        if (!status && in)                                                                         \
            status = (expression);                                                                 \
        if (!status && in)                                                                         \
            rk_bank_mind_columns(run, in);                                                         \
    } while (0)

/* The year of the first day that a recruitment tells: what an age is told at before its own year is
 * asked for. */
static int32_t some_year(const struct rk_bank *bank)
{
    for (uint32_t r = 0; r < bank->recruitments.count; r++) {
        const struct rk_recruitment *row = &bank->recruitments.rows[r];
        int32_t day = row->opened != RK_NO_DATE ? row->opened : row->closes;
        if (day != RK_NO_DATE)
            return rk_month_of(day) / 12;
    }
    return bank->sessions.count ? rk_month_of((int32_t)(bank->sessions.rows[0].start / 1440)) / 12
                                : 0;
}

static enum rk_status read_panelists(struct rk_run *run, struct rk_bank *bank, struct rk_table *in,
                                     const struct rk_schema *schema, struct rk_error *error)
{
    RK_TRY(rk_panelists_read(&bank->panelists, in, schema, error));
    mind_consent(run, in);
    return RK_OK;
}

static enum rk_status read_assignments(struct rk_run *run, struct rk_bank *bank,
                                       struct rk_table *in, const struct rk_schema *schema,
                                       struct rk_error *error)
{
    RK_TRY(rk_assignments_read(&bank->assignments, in, schema, &bank->panelists,
                               &bank->recruitments, error));
    if (rk_table_rows_passed(in))
        rk_run_warn(run, _("seats of panelists who are rejected are taken for empty"));
    return RK_OK;
}

enum rk_status
rk_bank_read(struct rk_run *run, struct rk_bank *bank, const struct rk_bank_files *fixed,
             void (*want)(const struct rk_quotas *quotas, struct rk_features *features),
             struct rk_error *error)
{
    enum rk_status status = RK_OK;
    READ("recruitments", rk_recruitments_read(&bank->recruitments, in, schema, error));
    READ("sessions", rk_sessions_read(&bank->sessions, in, schema, &bank->recruitments, error));
    READ("quotas", rk_quotas_read(&bank->quotas, in, schema, &bank->recruitments, error));
    bank->features.year = some_year(bank);
    if (want)
        want(&bank->quotas, &bank->features);
    if (bank->features.count)
        bank->panelists.features = &bank->features;
    READ("panelists", read_panelists(run, bank, in, schema, error));
    if (!status)
        rk_quotas_spread(&bank->quotas, &bank->features);
    READ("availability",
         rk_availability_read(&bank->availability, in, schema, &bank->panelists, error));
    READ("candidates",
         rk_candidates_read(&bank->candidates, in, schema, &bank->recruitments, error));
    READ("raters", rk_raters_read(&bank->raters, in, schema, &bank->panelists, error));
    READ("conflicts",
         rk_conflicts_read(&bank->conflicts, in, schema, &bank->panelists, &bank->recruitments,
                           rk_run_given(run, "candidates") ? &bank->candidates : NULL,
                           rk_run_given(run, "raters") ? &bank->raters : NULL, error));
    READ("assignments", read_assignments(run, bank, in, schema, error));
    if (!status)
        status = rk_bank_add(run, bank, &bank->fixed, fixed, error);
    return status;
}
