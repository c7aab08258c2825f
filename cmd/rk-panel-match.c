/* rk-panel-match: matches panelists to recruitments. */
#include "panel/certificate.h"
#include "panel/words.h"
#include "tool/bank.h"

enum {
    FIXED = 256,
    EXPLAIN,
    ASSUME_AVAILABLE,
    ASSUME_ADULT,
    DECLARATIONS,
    CANDIDATE_CONFLICTS,
    STRICT,
    SEARCH,
    LOTTERY,
    CERTIFICATE,
    REPLACE
};

static struct {
    const char *fixed, *explain, *certificate;
    bool assume_available, assume_adult, declarations, candidate_conflicts_pass, strict;
    uint64_t search;
    struct rk_strings replace; /* panelists */
} options;

static const struct argp_option table[] = {
    {"fixed", FIXED, "FILE", 0,
     N_("keep these assignments, whatever the rules say; named where they break one"), 0},
    {"explain", EXPLAIN, "FILE", 0,
     N_("write for each recruitment who could sit there, what refused the others, and why seats "
        "stay empty"),
     0},
    {"assume-available", ASSUME_AVAILABLE, NULL, 0,
     N_("take a panelist with no row in availability as able to come"), 0},
    {"assume-adult", ASSUME_ADULT, NULL, 0, N_("take a panelist with no birth_year as an adult"),
     0},
    {"require-declarations", DECLARATIONS, NULL, 0,
     N_("refuse who has not declared about conflicts of interest, if only that there are none"), 0},
    {"candidate-conflict", CANDIDATE_CONFLICTS, "exclude|drop", 0,
     N_("a conflict with one candidate bars from the whole recruitment (exclude), or only that "
        "candidate's ratings are dropped later (drop)"),
     0},
    {"replace", REPLACE, "PANELIST", 0,
     N_("repair the proposed panels without this panelist, changing as few of the others as can "
        "be; "
        "may be given several times, or several joined by commas"),
     0},
    {"strict", STRICT, NULL, 0, N_("fail where a kept assignment breaks a rule"), 0},
    {"search", SEARCH, "N", 0,
     N_("how many flows may be solved where overlapping sessions make it hard (by size)"), 0},
    {"lottery", LOTTERY, NULL, 0, N_("not built yet: refused"), 0},
    {"certificate", CERTIFICATE, "FILE", 0,
     N_("write the proof that nothing is better, for rk-panel-verify (JSON)"), 0},
    {0}};

static void add_names(struct rk_strings *names, const char *list)
{
    for (size_t size; *list; list += size + (list[size] == ',')) {
        size = strcspn(list, ",");
        struct rk_text name = rk_text_trim((struct rk_text){list, size});
        if (name.size)
            rk_strings_add(names, name);
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case FIXED: options.fixed = arg; break;
    case EXPLAIN: options.explain = arg; break;
    case ASSUME_AVAILABLE: options.assume_available = true; break;
    case ASSUME_ADULT: options.assume_adult = true; break;
    case DECLARATIONS: options.declarations = true; break;
    case CANDIDATE_CONFLICTS:
        options.candidate_conflicts_pass =
            rk_choice("candidate-conflict", "exclude|drop", arg) == 1;
        break;
    case REPLACE: add_names(&options.replace, arg); break;
    case STRICT: options.strict = true; break;
    case SEARCH: options.search = (uint64_t)rk_option_int("search", arg, 1, 1000000000); break;
    case LOTTERY:
        rk_usage(_("--lottery: equal chances are not built yet; without it seats go by "
                   "fit, load and a seeded tie-break"));
    case CERTIFICATE: options.certificate = arg; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static enum rk_status explain(struct rk_run *run, const struct rk_explain *match,
                              const struct rk_explanation *rows, uint32_t count,
                              struct rk_error *error)
{
    struct rk_writer_column columns[RK_EXPLANATION_COLUMNS];
    struct rk_out *out = NULL;
    enum rk_status status = rk_run_file(run, &out, options.explain, error);
    if (status)
        return status;
    rk_explanation_columns(columns);
    struct rk_writer *writer = rk_writer_open(out, RK_CSV, columns, RK_EXPLANATION_COLUMNS);
    struct rk_buf why = {0}, quotas = {0};
    rk_run_speak(run, true);
    for (uint32_t i = 0; i < count; i++) {
        rk_buf_clear(&why);
        rk_buf_clear(&quotas);
        rk_explain_why(match, &rows[i], &why);
        rk_explain_quotas(match, &rows[i], &quotas);
        rk_explanation_write(writer, &rows[i], match->recruitments,
                             (struct rk_text){quotas.text, quotas.size},
                             (struct rk_text){why.text, why.size});
    }
    rk_run_speak(run, false);
    rk_buf_free(&why);
    rk_buf_free(&quotas);
    rk_writer_finish(writer);
    return RK_OK;
}

static enum rk_status certify(struct rk_run *run, const struct rk_explain *match,
                              struct rk_error *error)
{
    struct rk_certificate_rules rules = {options.assume_available, options.assume_adult,
                                         options.declarations, options.candidate_conflicts_pass};
    struct rk_out *out = NULL;
    RK_TRY(rk_run_file(run, &out, options.certificate, error));
    struct rk_buf text = {0};
    rk_certificate_choice(match, &rules, &text);
    rk_out_write(out, text.text, text.size);
    rk_buf_free(&text);
    return RK_OK;
}

static enum rk_status match_tables(struct rk_run *run, struct rk_bank *t,
                                   struct rk_eligible *eligible, struct rk_error *error)
{
    struct rk_match_problem problem = {.seed = run->seed,
                                       .most_solves = options.search,
                                       .want_proof = options.certificate != NULL};
    struct rk_match_result result = {0};
    struct rk_explain match = {.eligible = eligible,
                               .panelists = &t->panelists,
                               .recruitments = &t->recruitments,
                               .problem = &problem,
                               .result = &result};
    enum rk_status status = rk_eligible_problem(eligible, &problem, &match.unit, error);
    struct rk_panel_quotas *quotas = NULL;
    if (!status && t->quotas.count)
        status = rk_panel_quotas_new(&quotas, &t->quotas, &t->features, eligible, &t->panelists,
                                     &t->recruitments, &problem, error);
    match.quotas = quotas;
    int64_t *stay = NULL;
    if (!status && options.replace.count) {
        problem.stay = stay = rk_replace_stay(&problem, &t->assignments);
        match.standing = &t->assignments;
    }
    if (!status)
        status = rk_match(&problem, &result, error);
    if (status) {
        rk_match_result_free(&result);
        rk_panel_quotas_free(quotas);
        rk_free(stay);
        return status;
    }
    struct rk_arena arena = {0};
    uint32_t count;
    struct rk_assignment *rows = rk_explain_rows(&match, &t->sessions, &arena, &count);
    struct rk_writer *writer = rk_run_writer(run, rk_assignment_columns, RK_ASSIGNMENT_COLUMNS);
    for (uint32_t i = 0; i < count; i++)
        rk_assignment_write(writer, &rows[i], &t->panelists, &t->recruitments);
    rk_writer_finish(writer);
    struct rk_explanation *panels = rk_alloc((size_t)t->recruitments.count + 1, sizeof *panels);
    uint32_t panel_count = rk_explain_panels(&match, options.explain != NULL, panels);
    if (options.explain)
        status = explain(run, &match, panels, panel_count, error);
    if (!status && options.certificate)
        status = certify(run, &match, error);
    rk_panel_tell(run->log, &match);
    if (rk_panel_needs(run->log, &match, panels, panel_count, options.explain != NULL) && !status)
        status = RK_ATTENTION;
    rk_free(panels);
    rk_free(rows);
    rk_arena_free(&arena);
    rk_match_result_free(&result);
    rk_panel_quotas_free(quotas);
    rk_free(stay);
    return status;
}

/* --replace: the panelists named leave their panels. */
static enum rk_status take_out(struct rk_run *run, struct rk_bank *bank, struct rk_error *error)
{
    bool *out = rk_alloc((size_t)bank->panelists.count + 1, sizeof *out);
    enum rk_status status = RK_OK;
    for (uint32_t i = 0; i < options.replace.count && !status; i++) {
        uint32_t panelist = rk_panelists_find(&bank->panelists, options.replace.texts[i]);
        if (panelist == RK_NONE)
            status = rk_fail(error, RK_BAD_USE, _("--replace: '%s' is not in the table panelists"),
                             options.replace.texts[i].text);
        else
            out[panelist] = true;
    }
    if (!status && !rk_replace_take_out(out, &bank->recruitments, &bank->assignments, &bank->fixed))
        rk_run_warn(run, _("--replace: none of them has a seat in an open recruitment"));
    rk_free(out);
    return status;
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct rk_bank t = {0};
    struct rk_eligible *eligible = NULL;
    enum rk_status broken = RK_OK;
    enum rk_status status = rk_bank_read(run, &t, &options.fixed, rk_panel_quotas_want, error);
    if (!status && t.sessions.count && !rk_run_given(run, "availability") &&
        !options.assume_available)
        status = rk_fail(error, RK_BAD_USE,
                         _("there are sessions, so --availability FILE is needed to tell who can "
                           "come (or --assume-available)"));
    if (!status && options.replace.count)
        status = take_out(run, &t, error);
    struct rk_eligible_facts facts = {&t.panelists,
                                      &t.recruitments,
                                      &t.sessions,
                                      &t.availability,
                                      &t.conflicts,
                                      &t.candidates,
                                      &t.assignments,
                                      &t.fixed,
                                      options.assume_available,
                                      options.assume_adult,
                                      options.declarations,
                                      options.candidate_conflicts_pass};
    if (!status)
        status = rk_eligible_new(&eligible, &facts, error);
    if (!status && rk_panel_broken(run->log, eligible, &t.panelists, &t.recruitments))
        broken = options.strict
                     ? rk_fail(error, RK_BAD_DATA, _("--strict: kept assignments break rules"))
                     : RK_ATTENTION;
    if (!status && broken == RK_BAD_DATA)
        status = broken;
    if (!status)
        status = match_tables(run, &t, eligible, error);
    rk_eligible_free(eligible);
    rk_strings_free(&options.replace);
    rk_bank_free(&t);
    return status ? status : broken;
}

static const char *const examples[] = {
    "rk-panel-match --data . --seed spring-2026 -o panels.csv",
    "rk-panel-match panelists.csv --recruitments recruitments.csv --assume-adult --to table", NULL};

static const struct rk_tool_table inputs[] = {
    {"panelists", RK_MAIN, NULL},     {"recruitments", RK_NEEDED, NULL},
    {"sessions", RK_OPTIONAL, NULL},  {"availability", RK_OPTIONAL, NULL},
    {"conflicts", RK_OPTIONAL, NULL}, {"candidates", RK_OPTIONAL, NULL},
    {"raters", RK_OPTIONAL, NULL},    {"assignments", RK_OPTIONAL, NULL},
    {"quotas", RK_OPTIONAL, NULL},    {0}};
static const struct rk_tool_table outputs[] = {{"assignments", RK_MAIN, NULL}, {0}};

static const struct rk_tool tool = {
    .name = "rk-panel-match",
    .purpose = N_("match panelists to recruitments"),
    .operands = N_("[FILE…]"),
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS | RK_HAS_SEED,
    .inputs = inputs,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
