/* rk-panel-verify: checks an assignment of panelists, every rule and that nothing is better. */
#include "panel/verify.h"
#include "tool/bank.h"

enum {
    FIXED = 256,
    PROPOSED,
    CERTIFICATE,
    ASSUME_AVAILABLE,
    ASSUME_ADULT,
    DECLARATIONS,
    CANDIDATE_CONFLICTS
};

static struct {
    struct rk_bank_files fixed, proposed;
    const char *certificate;
    bool assume_available, assume_adult, declarations, candidate_conflicts_pass;
} options;

static const struct argp_option table[] = {
    {"certificate", CERTIFICATE, "FILE", 0,
     N_("the proof that rk-panel-match wrote; without it only the rules are checked"), 0},
    {"fixed", FIXED, "FILE", RK_AGAIN,
     N_("assignments that were to be kept, as given to rk-panel-match; repeatable"), 0},
    {"proposed", PROPOSED, "FILE", RK_AGAIN,
     N_("assignments that stood before, beside the table assignments, as given to rk-panel-match; "
        "repeatable"),
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
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case FIXED: rk_bank_file(&options.fixed, arg); break;
    case PROPOSED: rk_bank_file(&options.proposed, arg); break;
    case CERTIFICATE: options.certificate = arg; break;
    case ASSUME_AVAILABLE: options.assume_available = true; break;
    case ASSUME_ADULT: options.assume_adult = true; break;
    case DECLARATIONS: options.declarations = true; break;
    case CANDIDATE_CONFLICTS:
        options.candidate_conflicts_pass =
            rk_choice("candidate-conflict", "exclude|drop", arg) == 1;
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

struct telling {
    struct rk_writer *writer;
    uint64_t broken, told;
};

static void tell(void *context, int check, enum rk_verify_verdict verdict, const char *detail)
{
    struct telling *t = context;
    rk_write_string(t->writer, rk_verify_check_name(check));
    rk_write_string(t->writer, rk_verify_verdict_names[verdict]);
    rk_write_text(t->writer, rk_text(detail));
    rk_write_end(t->writer);
    t->broken += verdict == RK_VERIFY_BROKEN;
    t->told += verdict > RK_VERIFY_BROKEN && verdict != RK_VERIFY_PROVEN;
}

/* The certificate says how the rules were read; what the user says must be the same. */
static enum rk_status agree(struct rk_run *run, struct rk_certificate *c, struct rk_bank *t,
                            struct rk_verify_facts *facts, struct rk_error *error)
{
    const char *other = options.assume_available && !c->assume_available   ? "assume-available"
                        : options.assume_adult && !c->assume_adult         ? "assume-adult"
                        : options.declarations && !c->require_declarations ? "require-declarations"
                        : options.candidate_conflicts_pass && !c->candidate_conflicts_pass
                            ? "candidate-conflict"
                        : run->seed.size && !rk_text_equal(run->seed, c->seed) ? "seed"
                                                                               : NULL;
    if (other)
        return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = options.certificate},
                          _("the certificate was made without this --%s"), other);
    facts->tables.assume_available = c->assume_available;
    facts->tables.assume_adult = c->assume_adult;
    facts->tables.require_declarations = c->require_declarations;
    facts->tables.candidate_conflicts_pass = c->candidate_conflicts_pass;
    facts->seed = c->seed;
    facts->certificate = c;
    for (uint32_t r = 0; r < t->recruitments.count && c->only.count; r++)
        if (rk_strings_find(&c->only, t->recruitments.rows[r].recruitment_id) == RK_NONE)
            t->recruitments.rows[r].status = RK_RECRUITMENT_DECIDED;
    for (uint32_t i = 0; i < c->left_count; i++) {
        rk_assignments_decline(&t->assignments, c->left[i].recruitment, c->left[i].panelist, true);
        rk_assignments_decline(&t->fixed, c->left[i].recruitment, c->left[i].panelist, false);
    }
    return RK_OK;
}

static enum rk_status read_result(struct rk_run *run, const struct rk_bank *t,
                                  struct rk_assignments *result, struct rk_error *error)
{
    struct rk_table *in;
    const struct rk_schema *schema;
    if (!run->operand_count)
        rk_refuse_terminal();
    if (run->operand_count > 1)
        return rk_fail(error, RK_BAD_USE, _("one FILE is expected: the assignment to check"));
    RK_TRY(rk_run_schema(run, &schema, "assignments", error));
    RK_TRY(
        rk_run_open(run, &in, schema, run->operand_count ? run->operands[0] : "-", false, error));
    return rk_assignments_read(result, in, schema, &t->panelists, &t->recruitments, error);
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    static const struct rk_writer_column columns[] = {
        {"check", false}, {"result", false}, {"detail", false}};
    struct rk_bank t = {0};
    struct rk_assignments result = {0};
    struct rk_certificate certificate = {0};
    struct rk_verify_facts facts = {{&t.panelists, &t.recruitments, &t.sessions, &t.availability,
                                     &t.conflicts, &t.candidates, &t.assignments, &t.fixed,
                                     options.assume_available, options.assume_adult,
                                     options.declarations, options.candidate_conflicts_pass},
                                    &result,
                                    &t.quotas,
                                    &t.features,
                                    NULL,
                                    run->seed};
    enum rk_status status = rk_bank_read(run, &t, &options.fixed, rk_verify_want, error);
    if (!status)
        status = rk_bank_add(run, &t, &t.assignments, &options.proposed, error);
    if (!status)
        status = read_result(run, &t, &result, error);
    if (!status && options.certificate)
        status = rk_certificate_read(&certificate, options.certificate, &t.panelists,
                                     &t.recruitments, error);
    if (!status && options.certificate)
        status = agree(run, &certificate, &t, &facts, error);
    if (!status) {
        struct telling telling = {rk_run_writer(run, columns, 3), 0, 0};
        rk_run_speak(run, true);
        status = rk_verify(&facts, tell, &telling, error);
        rk_run_speak(run, false);
        rk_writer_finish(telling.writer);
        if (telling.broken)
            rk_run_note(run,
                        RK_PLURAL("%llu thing is broken", "%llu things are broken", telling.broken),
                        (unsigned long long)telling.broken);
        else if (telling.told)
            rk_run_note(run,
                        RK_PLURAL("nothing is broken, but %llu thing needs a person",
                                  "nothing is broken, but %llu things need a person", telling.told),
                        (unsigned long long)telling.told);
        else if (!status)
            rk_run_note(run, _("every rule holds, and no assignment is better"));
    }
    rk_certificate_free(&certificate);
    rk_assignments_free(&result);
    rk_free(options.fixed.paths);
    rk_free(options.proposed.paths);
    rk_bank_free(&t);
    return status;
}

static const char *const examples[] = {
    "rk-panel-verify --data . --certificate proof.json panels.csv",
    "rk-panel-verify --panelists panelists.csv --recruitments recruitments.csv --assume-adult "
    "--to table panels.csv",
    NULL};

static const struct rk_tool_table inputs[] = {
    {"panelists", RK_NEEDED, NULL},   {"recruitments", RK_NEEDED, NULL},
    {"sessions", RK_OPTIONAL, NULL},  {"availability", RK_OPTIONAL, NULL},
    {"conflicts", RK_OPTIONAL, NULL}, {"candidates", RK_OPTIONAL, NULL},
    {"raters", RK_OPTIONAL, NULL},    {"assignments", RK_OPTIONAL, NULL},
    {"quotas", RK_OPTIONAL, NULL},    {0}};
static const struct rk_tool_table outputs[] = {{"verification", RK_MAIN, NULL}, {0}};

static const struct rk_tool tool = {
    .name = "rk-panel-verify",
    .purpose = N_("check an assignment of panelists against every rule and its proof"),
    .operands = N_("[FILE]"),
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS | RK_HAS_SEED | RK_NO_REJECTS | RK_FINDINGS,
    .inputs = inputs,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
