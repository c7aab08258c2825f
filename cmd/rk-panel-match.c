/* rk-panel-match: matches panelists to recruitments. */
#include "panel/certificate.h"
#include "panel/lottery.h"
#include "panel/why.h"
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
    CHANCES,
    CERTIFICATE,
    REPLACE,
    ONLY,
    WHY
};

static struct {
    const char *fixed, *explain, *certificate, *chances;
    bool assume_available, assume_adult, declarations, candidate_conflicts_pass, strict, lottery;
    uint64_t search;
    struct rk_strings replace, only, why; /* panelists; recruitments; panelists */
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
    {"why", WHY, "PANELIST", 0,
     N_("write instead of the assignments what comes of this panelist in each recruitment, why, "
        "and "
        "what would change it (* = of everybody; may be given several times)"),
     0},
    {"strict", STRICT, NULL, 0, N_("fail where a kept assignment breaks a rule"), 0},
    {"search", SEARCH, "N", 0,
     N_("how many flows may be solved where overlapping sessions make it hard (by size)"), 0},
    {"lottery", LOTTERY, NULL, 0,
     N_("draw lots with chances as equal as the rules let them be, earlier memberships counted; "
        "fit "
        "does not count"),
     0},
    {"chances", CHANCES, "FILE", 0, N_("with --lottery: write what chance everybody had"), 0},
    {"only", ONLY, "RECRUITMENT", 0,
     N_("fill seats of this recruitment only (may be given several times, or several joined by "
        "commas); others are taken as decided"),
     0},
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
    case WHY: add_names(&options.why, arg); break;
    case REPLACE: add_names(&options.replace, arg); break;
    case STRICT: options.strict = true; break;
    case SEARCH: options.search = (uint64_t)rk_option_int("search", arg, 1, 1000000000); break;
    case LOTTERY: options.lottery = true; break;
    case CHANCES: options.chances = arg; break;
    case ONLY: add_names(&options.only, arg); break;
    case CERTIFICATE: options.certificate = arg; break;
    case ARGP_KEY_END:
        if (options.chances && !options.lottery)
            rk_usage(_("--chances goes with --lottery"));
        if (options.lottery && options.replace.count)
            rk_usage(_("--replace repairs a panel, --lottery draws one: give one of them"));
        break;
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

/* Everything about one match, for those who write of it. */
struct work {
    struct rk_match_problem problem;
    struct rk_match_result result;
    struct rk_lottery lottery;
    struct rk_panel_quotas *quotas;
    int64_t *stay;
    rk_fixed *chance;
    struct rk_explain match;
};

static void free_work(struct work *work)
{
    rk_match_result_free(&work->result);
    rk_lottery_free(&work->lottery);
    rk_panel_quotas_free(work->quotas);
    rk_free(work->stay);
    rk_free(work->chance);
}

static enum rk_status draw(struct work *work, struct rk_error *error)
{
    work->problem.by_lot = true;
    switch (rk_lottery(&work->problem, &work->result, &work->lottery)) {
    case RK_LOTTERY_CROSSING:
        return rk_fail(error, RK_BAD_USE,
                       _("--lottery: quotas cross in several recruitments, and no exact lottery is "
                         "known over all of them; draw one at a time with --only, the earlier ones "
                         "given as --assignments"));
    case RK_LOTTERY_OVERLAPS:
        return rk_fail(
            error, RK_BAD_USE,
            _("--lottery: sessions overlap so that some panelists could be given one of "
              "several in ways that no exact lottery is known for; draw one recruitment at "
              "a time with --only, the earlier ones given as --assignments"));
    case RK_LOTTERY_TOO_LARGE:
        return rk_fail(error, RK_BAD_DATA, _("--lottery: too many panelists for exact chances"));
    default: break;
    }
    work->match.chance = work->chance = rk_lottery_chances(&work->lottery);
    return RK_OK;
}

static enum rk_status solve(struct rk_run *run, struct rk_bank *t, struct rk_eligible *eligible,
                            struct work *work, struct rk_error *error)
{
    work->problem = (struct rk_match_problem){.seed = run->seed,
                                              .most_solves = options.search,
                                              .want_proof = options.certificate != NULL};
    work->match = (struct rk_explain){.eligible = eligible,
                                      .panelists = &t->panelists,
                                      .recruitments = &t->recruitments,
                                      .problem = &work->problem,
                                      .result = &work->result};
    RK_TRY(rk_eligible_problem(eligible, &work->problem, &work->match.unit, error));
    if (t->quotas.count)
        RK_TRY(rk_panel_quotas_new(&work->quotas, &t->quotas, &t->features, eligible, &t->panelists,
                                   &t->recruitments, &work->problem, error));
    work->match.quotas = work->quotas;
    if (options.replace.count) {
        work->problem.stay = work->stay = rk_replace_stay(&work->problem, &t->assignments);
        work->match.standing = &t->assignments;
    }
    return options.lottery ? draw(work, error) : rk_match(&work->problem, &work->result, error);
}

static enum rk_status write_chances(struct rk_run *run, const struct work *work,
                                    struct rk_error *error)
{
    struct rk_out *out = NULL;
    RK_TRY(rk_run_file(run, &out, options.chances, error));
    struct rk_writer *writer = rk_writer_open(out, RK_CSV, rk_odds_columns, RK_ODDS_COLUMNS);
    struct rk_arena arena = {0};
    size_t count;
    struct rk_odds *rows = rk_lottery_odds(&work->lottery, &arena, &count);
    for (size_t i = 0; i < count; i++)
        rk_odds_write(writer, &rows[i], work->match.panelists, work->match.recruitments);
    rk_writer_finish(writer);
    rk_free(rows);
    rk_arena_free(&arena);
    return RK_OK;
}

/* --why: the answers to the panelists named, or to everybody. */
static enum rk_status answer(struct rk_run *run, const struct work *work,
                             const struct rk_assignment *rows, uint32_t count,
                             struct rk_error *error)
{
    const struct rk_explain *match = &work->match;
    bool everybody = false;
    for (uint32_t i = 0; i < options.why.count; i++) {
        everybody = everybody || rk_text_is(options.why.texts[i], "*");
        if (!everybody && rk_panelists_find(match->panelists, options.why.texts[i]) == RK_NONE)
            return rk_fail(error, RK_BAD_USE, _("--why: '%s' is not in the table panelists"),
                           options.why.texts[i].text);
    }
    struct rk_why *why = rk_why_new(match, rows, count);
    struct rk_buf reason = {0}, change = {0};
    struct rk_writer *writer = rk_run_writer(run, rk_answer_columns, RK_ANSWER_COLUMNS);
    rk_run_speak(run, true);
    for (uint32_t i = 0; i < (everybody ? match->panelists->count : options.why.count); i++) {
        uint32_t p = everybody ? i : rk_panelists_find(match->panelists, options.why.texts[i]);
        for (uint32_t r = 0; r < match->recruitments->count; r++) {
            if (!rk_eligible_panel(match->eligible, r)->open)
                continue;
            rk_buf_clear(&reason);
            rk_buf_clear(&change);
            struct rk_answer told = rk_why_ask(why, p, r, &reason, &change);
            rk_answer_write(writer, &told, match->panelists, match->recruitments,
                            (struct rk_text){reason.text, reason.size},
                            (struct rk_text){change.text, change.size});
        }
    }
    rk_run_speak(run, false);
    rk_writer_finish(writer);
    rk_buf_free(&reason);
    rk_buf_free(&change);
    rk_why_free(why);
    return RK_OK;
}

static void write_assignments(struct rk_run *run, const struct rk_bank *t,
                              const struct rk_assignment *rows, uint32_t count)
{
    struct rk_writer *writer = rk_run_writer(run, rk_assignment_columns, RK_ASSIGNMENT_COLUMNS);
    for (uint32_t i = 0; i < count; i++)
        rk_assignment_write(writer, &rows[i], &t->panelists, &t->recruitments);
    rk_writer_finish(writer);
}

static enum rk_status write_all(struct rk_run *run, const struct rk_bank *t,
                                const struct work *work, struct rk_error *error)
{
    const struct rk_explain *match = &work->match;
    struct rk_arena arena = {0};
    uint32_t count;
    struct rk_assignment *rows = rk_explain_rows(match, &t->sessions, &arena, &count);
    enum rk_status status = RK_OK;
    if (options.why.count)
        status = answer(run, work, rows, count, error);
    else
        write_assignments(run, t, rows, count);
    struct rk_explanation *panels = rk_alloc((size_t)t->recruitments.count + 1, sizeof *panels);
    uint32_t panel_count = rk_explain_panels(match, options.explain != NULL, panels);
    if (!status && options.explain)
        status = explain(run, match, panels, panel_count, error);
    if (!status && options.certificate)
        status = certify(run, match, error);
    if (!status && options.chances)
        status = write_chances(run, work, error);
    rk_panel_tell(run->log, match);
    if (rk_panel_needs(run->log, match, panels, panel_count, options.explain != NULL) && !status)
        status = RK_ATTENTION;
    rk_free(panels);
    rk_free(rows);
    rk_arena_free(&arena);
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

/* --only: the other recruitments are as if decided. */
static enum rk_status leave_others(struct rk_bank *bank, struct rk_error *error)
{
    bool *named = rk_alloc((size_t)bank->recruitments.count + 1, sizeof *named);
    enum rk_status status = RK_OK;
    for (uint32_t i = 0; i < options.only.count && !status; i++) {
        uint32_t r = rk_recruitments_find(&bank->recruitments, options.only.texts[i]);
        if (r == RK_NONE)
            status = rk_fail(error, RK_BAD_USE, _("--only: '%s' is not in the table recruitments"),
                             options.only.texts[i].text);
        else
            named[r] = true;
    }
    for (uint32_t r = 0; r < bank->recruitments.count; r++)
        if (!named[r])
            bank->recruitments.rows[r].status = RK_RECRUITMENT_DECIDED;
    rk_free(named);
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
    if (!status && options.only.count)
        status = leave_others(&t, error);
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
    struct work work = {0};
    if (!status)
        status = solve(run, &t, eligible, &work, error);
    if (!status)
        status = write_all(run, &t, &work, error);
    free_work(&work);
    rk_eligible_free(eligible);
    rk_strings_free(&options.replace);
    rk_strings_free(&options.only);
    rk_strings_free(&options.why);
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
