/* rk-panel-match: matches panelists to recruitments. */
#include "panel/words.h"
#include "tool/panel_files.h"
#include "tool/watch.h"

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
    CHANCES,
    CERTIFICATE,
    REPLACE,
    ONLY,
    WHY,
    RELAX,
    TIME_LIMIT,
    PANELS,
    PROPOSED
};

static struct {
    struct rk_bank_files fixed, proposed;
    const char *explain, *certificate, *chances, *relax;
    bool assume_available, assume_adult, declarations, candidate_conflicts_pass, strict, lottery;
    uint64_t search;
    int64_t panels;                       /* 0 = the assignments */
    int64_t seconds;                      /* --time-limit; 0 = none */
    struct rk_strings replace, only, why; /* panelists; recruitments; panelists */
} options;

static const struct argp_option table[] = {
    {"fixed", FIXED, "FILE", RK_AGAIN,
     N_("keep these assignments, whatever the rules say; named where they break one; repeatable"),
     0},
    {"proposed", PROPOSED, "FILE", RK_AGAIN,
     N_("take these assignments too, beside the table assignments: what an earlier match proposed; "
        "repeatable"),
     0},
    {"explain", EXPLAIN, "FILE", RK_MAKES,
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
    {"replace", REPLACE, "PANELIST", RK_AGAIN,
     N_("repair the proposed panels without this panelist, changing as little as can be of the "
        "rest (may be given several times, or several joined by commas)"),
     0},
    {"why", WHY, "PANELIST", RK_AGAIN,
     N_("write, instead of the assignments, what came of this panelist in each recruitment, why, "
        "and what would change it (* = of everybody; may be given several times, or several joined "
        "by commas)"),
     0},
    {"relax", RELAX, "FILE", RK_MAKES,
     N_("where quotas keep seats empty, write the smallest change of them with which the seats "
        "could be filled, as rows of the table quotas"),
     0},
    {"strict", STRICT, NULL, 0, N_("fail where a kept assignment breaks a rule"), 0},
    {"time-limit", TIME_LIMIT, "N", 0,
     N_("after so many seconds take the best found so far, and say how far from the best it may "
        "be"),
     0},
    {"search", SEARCH, "N", 0,
     N_("how many flows or linear programs may be solved where overlapping sessions, crossing "
        "quotas or a lottery make it hard (by size)"),
     0},
    {"lottery", LOTTERY, NULL, 0,
     N_("draw lots, with chances as equal as the rules allow, earlier memberships counted; fit "
        "does not count"),
     0},
    {"chances", CHANCES, "FILE", RK_MAKES,
     N_("with --lottery: write what chance everybody had, exactly"), 0},
    {"panels", PANELS, "N", 0,
     N_("with --lottery, for one recruitment: write, instead of the assignments, N equally likely "
        "panels, for a draw in public"),
     0},
    {"only", ONLY, "RECRUITMENT", RK_AGAIN,
     N_("fill seats of this recruitment only, and take the others as decided (may be given several "
        "times, or several joined by commas)"),
     0},
    {"certificate", CERTIFICATE, "FILE", RK_MAKES,
     N_("write the proof that nothing is better, as JSON, for rk-panel-verify"), 0},
    {0}};

static void add_names(const char *option, struct rk_strings *names, const char *list)
{
    bool any = false;
    for (size_t size; *list; list += size + (list[size] == ',')) {
        size = strcspn(list, ",");
        struct rk_text name = rk_text_trim((struct rk_text){list, size});
        if (name.size)
            rk_strings_add(names, name);
        any = any || name.size;
    }
    if (!any)
        rk_usage(_("--%s: a name was expected"), option);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case FIXED: rk_bank_file(&options.fixed, arg); break;
    case PROPOSED: rk_bank_file(&options.proposed, arg); break;
    case EXPLAIN: options.explain = arg; break;
    case ASSUME_AVAILABLE: options.assume_available = true; break;
    case ASSUME_ADULT: options.assume_adult = true; break;
    case DECLARATIONS: options.declarations = true; break;
    case CANDIDATE_CONFLICTS:
        options.candidate_conflicts_pass =
            rk_choice("candidate-conflict", "exclude|drop", arg) == 1;
        break;
    case WHY: add_names("why", &options.why, arg); break;
    case RELAX: options.relax = arg; break;
    case TIME_LIMIT: options.seconds = rk_option_int("time-limit", arg, 1, 1000000); break;
    case PANELS: options.panels = rk_option_int("panels", arg, 1, 1000000); break;
    case REPLACE: add_names("replace", &options.replace, arg); break;
    case STRICT: options.strict = true; break;
    case SEARCH: options.search = (uint64_t)rk_option_int("search", arg, 1, 1000000000); break;
    case LOTTERY: options.lottery = true; break;
    case CHANCES: options.chances = arg; break;
    case ONLY: add_names("only", &options.only, arg); break;
    case CERTIFICATE: options.certificate = arg; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static void check_use(void)
{
    if (options.chances && !options.lottery)
        rk_usage(_("--chances goes with --lottery"));
    if (options.panels && !options.lottery)
        rk_usage(_("--panels goes with --lottery"));
    if (options.panels && options.why.count)
        rk_usage(_("--panels and --why both write instead of the assignments: give one of them"));
    if (options.lottery && options.replace.count)
        rk_usage(_("--replace repairs a panel, --lottery draws one: give one of them"));
}

/* What is kept breaks rules: wrong, or in need of a person. */
static enum rk_status break_off(enum rk_status *broken, struct rk_error *error)
{
    *broken = RK_ATTENTION;
    return options.strict ? rk_fail(error, RK_BAD_DATA, _("--strict: kept assignments break rules"))
                          : RK_OK;
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    check_use();
    struct rk_watch watch;
    rk_watch_start(&watch, run, _("matching, steps"), options.seconds);
    struct rk_bank t = {0};
    struct rk_eligible *eligible = NULL;
    enum rk_status broken = RK_OK;
    enum rk_status status = rk_bank_read(run, &t, &options.fixed, rk_panel_quotas_want, error);
    if (!status)
        status = rk_bank_add(run, &t, &t.assignments, &options.proposed, error);
    if (!status && t.sessions.count && !rk_run_given(run, "availability") &&
        !options.assume_available)
        status = rk_fail(error, RK_BAD_USE,
                         _("there are sessions, so --availability FILE is needed to tell who can "
                           "come (or --assume-available)"));
    uint32_t left = 0;
    if (!status && options.only.count)
        status = rk_panel_work_only(&options.only, &t.recruitments, error);
    if (!status && options.replace.count)
        status = rk_panel_work_leave(&options.replace, &t.panelists, &t.recruitments,
                                     &t.assignments, &t.fixed, &left, error);
    if (!status && options.replace.count && !left)
        rk_run_warn(run, _("--replace: none of them has a seat in an open recruitment"));
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
        status = break_off(&broken, error);
    struct rk_panel_work work = {0};
    const struct rk_panel_wish wish = {.seed = run->seed,
                                       .stop = rk_watch_is_up,
                                       .stop_context = &watch,
                                       .most_solves = options.search,
                                       .lottery = options.lottery,
                                       .want_proof = options.certificate != NULL,
                                       .repair = options.replace.count != 0,
                                       .explain = options.explain != NULL,
                                       .relax = options.relax != NULL};
    const struct rk_panel_tables tables = {&t.panelists, &t.recruitments, &t.quotas, &t.features,
                                           &t.assignments};
    const struct rk_certificate_rules rules = {options.assume_available,
                                               options.assume_adult,
                                               options.declarations,
                                               options.candidate_conflicts_pass,
                                               &options.only,
                                               &options.replace,
                                               &t.assignments,
                                               &t.fixed};
    const struct rk_panel_files files = {
        options.explain, options.certificate, options.chances,         options.relax,
        &rules,          &options.why,        (uint32_t)options.panels};
    if (!status)
        status = rk_panel_work_solve(&work, &wish, &tables, eligible, error);
    if (!status && rk_panel_quotas_broken(run->log, &work.match))
        status = break_off(&broken, error);
    if (!status)
        status = rk_panel_files_write(run, &files, &work, &t.sessions, error);
    rk_panel_work_free(&work);
    rk_eligible_free(eligible);
    rk_strings_free(&options.replace);
    rk_strings_free(&options.only);
    rk_strings_free(&options.why);
    rk_free(options.fixed.paths);
    rk_free(options.proposed.paths);
    rk_bank_free(&t);
    return status ? status : broken;
}

static const char *const examples[] = {
    "rk-panel-match --data . --seed spring-2026 -o panels.csv",
    "rk-panel-match --data . --seed spring-2026 --why P276 --to table",
    "rk-panel-match --data . --seed spring-2026 --proposed panels.csv --replace P276 -o "
    "repaired.csv",
    "rk-panel-match --data . --lottery --seed 'Town hall, 2 March' --chances chances.csv -o "
    "drawn.csv",
    "rk-panel-match panelists.csv --recruitments recruitments.csv --assume-adult --to table",
    NULL};

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
