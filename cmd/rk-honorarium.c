/* rk-honorarium: what panelists are owed. */
#include "model/panelists.h"
#include "model/recruitments.h"
#include "tool/pay_files.h"
#include "tool/private.h"

enum {
    RATES = 256,
    PAY,
    FEE_OF,
    NO_TRAVEL_TIME,
    NO_MILEAGE,
    ROUNDING,
    ROUND_TO,
    MINIMUM,
    DOUBTFUL,
    PAID_AFTER,
    MONTH,
    PER,
    COST_CENTRE,
    PAY_CODE,
    IDENTITIES,
    SLIPS,
    KINDS = 4,
    SHOWN = 20
};

static struct {
    struct rk_honorarium_rules rules;
    const char **rates;
    size_t rate_count, rate_room;
    size_t per, centre; /* centre: from 1; 0 = not given */
    bool by_month;
    int32_t month;
    const char *identities, *slips, *codes[KINDS];
} options = {.rules = {.step = RK_FIXED_ONE}};

static const char centre_columns[] = "department|unit|role|rubric|recruitment_id";

static const struct argp_option table[] = {
    {"rates", RATES, "FILE", RK_AGAIN,
     N_("law and money by year: a table rates, which goes before what it adds to; may be given "
        "again (those that come with rk)"),
     0},
    {"pay", PAY, "day|hour", 0,
     N_("by the full day, half day and short work, or by the hour (day)"), 0},
    {"fee-of", FEE_OF, "day|activity", 0,
     N_("the hours of a day make one fee, or each activity makes its own (day)"), 0},
    {"no-travel-time", NO_TRAVEL_TIME, NULL, 0, N_("hours of travel do not count"), 0},
    {"no-mileage", NO_MILEAGE, NULL, 0, N_("nothing is paid for kilometres"), 0},
    {"rounding", ROUNDING, "half-even|half-up|half-down|up|down", 0,
     N_("how rates and fees are rounded (half-even)"), 0},
    {"round-to", ROUND_TO, "NUMBER", 0, N_("kronor that they are rounded to (1)"), 0},
    {"minimum", MINIMUM, "TEXT", 0, N_("least fee: kronor, or the name of a rate, like half_day"),
     0},
    {"doubtful", DOUBTFUL, "hold|pay", 0,
     N_("what is claimed twice or overlaps is held until somebody has looked, or paid (hold)"), 0},
    {"paid-after", PAID_AFTER, "N", 0, N_("months from the work to its payment (0)"), 0},
    {"month", MONTH, "MONTH", 0,
     N_("tell of the payments of this month alone; the sums of the year need all its work"), 0},
    {"per", PER, "line|person|cost-centre|recruitment|payroll", 0,
     N_("what a row is: a line, a panelist's month, a cost centre's, a recruitment's (table "
        "costs), "
        "or a line for the payroll (line)"),
     0},
    {"cost-centre", COST_CENTRE, "department|unit|role|rubric|recruitment_id", 0,
     N_("which column of recruitments pays (department)"), 0},
    {"pay-code", PAY_CODE, "TEXT", RK_AGAIN,
     N_("KIND=CODE, the payroll's code of fee, mileage, mileage_taxed or expense; may be given "
        "again"),
     0},
    {"identities", IDENTITIES, "FILE", 0,
     N_("who the panelists are, for payroll and slips: a table identities that its owner alone can "
        "read"),
     0},
    {"slips", SLIPS, "DIR", RK_MAKES,
     N_("write a page for each panelist there, PANELIST_ID.html (needs --month)"), 0},
    {0}};

static void pay_code(const char *arg)
{
    const char *equals = strchr(arg, '=');
    for (size_t k = 0; equals && k < KINDS; k++)
        if (strlen(rk_pay_kinds[k]) == (size_t)(equals - arg) &&
            !strncmp(rk_pay_kinds[k], arg, (size_t)(equals - arg))) {
            options.codes[k] = equals + 1;
            return;
        }
    rk_usage(
        _("--pay-code: expected KIND=CODE, where KIND is fee, mileage, mileage_taxed or expense: "
          "%s"),
        arg);
}

static void minimum(const char *arg)
{
    if (rk_fixed_parse(rk_text(arg), &options.rules.minimum)) {
        if (options.rules.minimum < 0 || options.rules.minimum > rk_fixed_int(10000000))
            rk_usage(_("--minimum: expected kronor from 0 to ten million"));
        options.rules.minimum_rate = NULL;
    } else {
        options.rules.minimum_rate = arg;
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct rk_honorarium_rules *rules = &options.rules;
    (void)state;
    switch (key) {
    case RATES:
        RK_GROW(options.rates, options.rate_count, options.rate_room);
        options.rates[options.rate_count++] = arg;
        break;
    case PAY: rules->by_hour = rk_choice("pay", "day|hour", arg); break;
    case FEE_OF: rules->per_activity = rk_choice("fee-of", "day|activity", arg); break;
    case NO_TRAVEL_TIME: rules->skip_travel = true; break;
    case NO_MILEAGE: rules->skip_mileage = true; break;
    case ROUNDING:
        rules->rounding =
            (enum rk_rounding)rk_choice("rounding", "half-even|half-up|half-down|up|down", arg);
        break;
    case ROUND_TO:
        rules->step = rk_option_fixed("round-to", arg);
        if (rules->step < RK_FIXED_ONE / 100 || rules->step > rk_fixed_int(1000))
            rk_usage(_("--round-to: expected 0.01 to 1000 kronor"));
        break;
    case MINIMUM: minimum(arg); break;
    case DOUBTFUL: rules->pay_doubtful = rk_choice("doubtful", "hold|pay", arg); break;
    case PAID_AFTER: rules->paid_after = (int32_t)rk_option_int("paid-after", arg, 0, 24); break;
    case MONTH:
        options.month = rk_option_month("month", arg);
        options.by_month = true;
        break;
    case PER:
        options.per = rk_choice("per", "line|person|cost-centre|recruitment|payroll", arg);
        break;
    case COST_CENTRE: options.centre = rk_choice("cost-centre", centre_columns, arg) + 1; break;
    case PAY_CODE: pay_code(arg); break;
    case IDENTITIES:
        options.identities = arg;
        rk_private_outputs(); /* before any is opened */
        break;
    case SLIPS: options.slips = arg; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* Everything of a run: zeroed is empty. */
struct work {
    struct rk_rates rates;
    struct rk_strings known; /* the table panelists, where it is there */
    bool has_panelists;
    struct rk_recruitments recruitments;
    bool has_recruitments;
    struct rk_activities activities;
    struct rk_other_pay *other;
    size_t other_count, other_room;
    struct rk_strings centres;
    uint32_t *centre; /* by recruitment of the activities */
    struct rk_identities identities;
    struct rk_honorarium result;
};

static void free_work(struct work *w)
{
    rk_rates_free(&w->rates);
    rk_strings_free(&w->known);
    rk_recruitments_free(&w->recruitments);
    rk_activities_free(&w->activities);
    rk_free(w->other);
    rk_strings_free(&w->centres);
    rk_free(w->centre);
    rk_identities_free(&w->identities);
    rk_honorarium_free(&w->result);
}

/* ---- reading ---- */

static const char *nearest_rate(const struct rk_rates *rates, const char *name)
{
    uint32_t count = rates->names.count;
    const char **names = rk_alloc((size_t)count + 1, sizeof *names);
    for (uint32_t i = 0; i < count; i++)
        names[i] = rates->names.texts[i].text;
    const char *near = rk_nearest(name, names);
    rk_free(names);
    return near;
}

static enum rk_status read_rates(struct rk_run *run, struct work *w, struct rk_error *error)
{
    const struct rk_schema *schema;
    struct rk_buf shipped = {0};
    rk_buf_printf(&shipped, "%s/rates/se.csv", run->share);
    const char *own = rk_keep(shipped.text);
    rk_buf_free(&shipped);
    RK_TRY(rk_run_schema(run, &schema, "rates", error));
    for (size_t i = 0; i <= options.rate_count; i++) {
        struct rk_table *in;
        RK_TRY(rk_run_open(run, &in, schema, i ? options.rates[i - 1] : own, false, error));
        RK_TRY(rk_rates_read(&w->rates, in, schema, error));
        if (!i) /* ours, not among the rows that the user gave */
            rk_run_close(run, in);
    }
    const char *least = options.rules.minimum_rate;
    if (least && rk_strings_find(&w->rates.names, rk_text(least)) == RK_NONE) {
        const char *near = nearest_rate(&w->rates, least);
        return near ? rk_fail(error, RK_BAD_USE,
                              _("--minimum: no rate is called %s; did you mean %s?"), least, near)
                    : rk_fail(error, RK_BAD_USE,
                              _("--minimum: expected kronor or the name of a rate: %s"), least);
    }
    return RK_OK;
}

static bool can(void *context, const struct rk_activity *activity, const char **field,
                struct rk_buf *why)
{
    const struct work *w = context;
    struct rk_text who = w->activities.panelists.texts[activity->panelist];
    *field = "panelist_id";
    if (w->has_panelists && rk_strings_find(&w->known, who) == RK_NONE) {
        rk_buf_text(why, _("the panelist is not in the table panelists"));
        return false;
    }
    *field = "recruitment_id";
    if (w->has_recruitments && activity->recruitment != RK_NONE &&
        rk_recruitments_find(&w->recruitments,
                             w->activities.recruitments.texts[activity->recruitment]) == RK_NONE) {
        rk_buf_text(why, _("the recruitment is not in the table recruitments"));
        return false;
    }
    return rk_honorarium_can(&options.rules, &w->rates, activity, field, why);
}

static enum rk_status read_other(struct work *w, struct rk_table *in, struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(in);
    size_t who = rk_schema_field(schema, "panelist_id"), when = rk_schema_field(schema, "month"),
           taxable = rk_schema_field(schema, "taxable");
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(in, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        struct rk_other_pay one = {.taxable = v[taxable].number};
        if (!rk_month_parse(rk_value_text(&v[when]), &one.month)) {
            rk_table_reject(in, when, _("expected a month, as 2024-03"));
            continue;
        }
        if (w->has_panelists && rk_strings_find(&w->known, rk_value_text(&v[who])) == RK_NONE) {
            rk_table_reject(in, who, _("the panelist is not in the table panelists"));
            continue;
        }
        one.panelist = rk_strings_add(&w->activities.panelists, rk_value_text(&v[who]));
        RK_GROW(w->other, w->other_count, w->other_room);
        w->other[w->other_count++] = one;
    }
    return status;
}

static enum rk_status read_all(struct rk_run *run, struct work *w, struct rk_error *error)
{
    struct rk_table *in;
    RK_TRY(read_rates(run, w, error));
    RK_TRY(rk_run_table(run, &in, "panelists", error));
    if (in) {
        struct rk_panelists panelists = {0};
        enum rk_status status = rk_panelists_read(&panelists, in, rk_table_schema(in), error);
        for (uint32_t i = 0; i < panelists.count; i++)
            rk_strings_add(&w->known, panelists.rows[i].panelist_id);
        rk_panelists_free(&panelists);
        w->has_panelists = true;
        RK_TRY(status);
    }
    RK_TRY(rk_run_table(run, &in, "recruitments", error));
    w->has_recruitments = in != NULL;
    if (in)
        RK_TRY(rk_recruitments_read(&w->recruitments, in, rk_table_schema(in), error));
    else if (options.centre)
        return rk_fail(error, RK_BAD_USE,
                       _("--cost-centre needs --recruitments FILE (or --data DIR)"));
    RK_TRY(rk_run_table(run, &in, "activities", error));
    RK_TRY(rk_activities_read(&w->activities, in, rk_table_schema(in), can, w, error));
    RK_TRY(rk_run_table(run, &in, "earnings", error));
    if (in)
        RK_TRY(read_other(w, in, error));
    return options.identities ? rk_identities_read(run, &w->identities, options.identities, error)
                              : RK_OK;
}

/* ---- what the result is told by ---- */

static void find_centres(struct work *w)
{
    uint32_t n = w->activities.recruitments.count;
    w->centre = rk_alloc((size_t)n + 1, sizeof *w->centre);
    for (uint32_t r = 0; r < n; r++) {
        struct rk_text id = w->activities.recruitments.texts[r], centre = id;
        uint32_t at = w->has_recruitments ? rk_recruitments_find(&w->recruitments, id) : RK_NONE;
        if (at != RK_NONE)
            centre = rk_recruitment_text(&w->recruitments.rows[at],
                                         options.centre ? options.centre - 1 : 0);
        /* else there is no table, or the rows of it were rejected */
        w->centre[r] = centre.size ? rk_strings_add(&w->centres, centre) : RK_NONE;
    }
}

/* What a person should see: true where something needs one. */
static bool say(struct rk_run *run, const struct rk_pay_view *view)
{
    const struct rk_honorarium *r = view->result;
    uint64_t unknown = 0, shown = 0;
    for (size_t m = 0; m < r->month_count; m++) {
        const struct rk_pay_month *month = &r->months[m];
        struct rk_text who = view->activities->panelists.texts[month->panelist];
        if (options.by_month && month->month != options.month)
            continue;
        unknown += options.identities && rk_strings_find(&view->identities->ids, who) == RK_NONE;
        if (month->flags & RK_PAY_DOUBLE && shown++ < SHOWN)
            rk_run_warn(run, _("panelist %s: work claimed twice"), who.text);
        if (month->flags & RK_PAY_OVERLAP && shown++ < SHOWN)
            rk_run_warn(run, _("panelist %s: work that overlaps"), who.text);
        if (month->flags & RK_PAY_OVER_DAY && shown++ < SHOWN)
            rk_run_warn(run, _("panelist %s: over 24 hours in a day"), who.text);
    }
    if (shown > SHOWN)
        rk_run_warn(run, _("more such months: %llu"), (unsigned long long)shown - SHOWN);
    uint64_t doubtful = rk_honorarium_doubtful(r, options.by_month, options.month),
             unconfirmed = rk_honorarium_unconfirmed(r, options.by_month, options.month);
    if (doubtful)
        rk_run_note(run,
                    options.rules.pay_doubtful
                        ? _("activities that need a person, and are paid all the same: %llu")
                        : _("activities that need a person: %llu; those claimed twice or "
                            "overlapping are held (--doubtful)"),
                    (unsigned long long)doubtful);
    if (unconfirmed)
        rk_run_warn(
            run,
            _("lines that rest on rates not confirmed in their source: %llu; --rates gives them"),
            (unsigned long long)unconfirmed);
    if (unknown)
        rk_run_warn(run, _("months of panelists who are not among the identities: %llu"),
                    (unsigned long long)unknown);
    return shown || unknown;
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct work w = {0};
    bool attention = false;
    if (options.slips && !options.by_month)
        return rk_fail(error, RK_BAD_USE, _("--slips needs --month"));
    enum rk_status status = read_all(run, &w, error);
    if (!status) {
        find_centres(&w);
        rk_honorarium(&w.result, &options.rules, &w.rates, &w.activities, w.other, w.other_count);
        struct rk_pay_view view = {&w.result,     &w.activities, &w.centres,       w.centre,
                                   &w.identities, options.codes, options.by_month, options.month};
        rk_pay_write(run, &view, (enum rk_pay_table)options.per);
        attention = say(run, &view);
        if (options.slips)
            status = rk_pay_slips(run, &view, options.slips, error);
    }
    free_work(&w);
    return !status && attention ? RK_ATTENTION : status;
}

static const char *const examples[] = {
    "rk-honorarium activities.csv --recruitments recruitments.csv",
    "rk-honorarium --data . --month 2026-03 --per person --to table",
    "rk-honorarium --data . --month 2026-03 --per payroll --pay-code fee=4100 --identities "
    "identities.csv --slips slips -o payroll.csv",
    NULL};

static const struct rk_tool_table inputs[] = {{"activities", RK_MAIN, NULL},
                                              {"panelists", RK_OPTIONAL, NULL},
                                              {"recruitments", RK_OPTIONAL, NULL},
                                              {"earnings", RK_OPTIONAL, NULL},
                                              {0}};
static const struct rk_tool_table outputs[] = {
    {"honoraria", RK_MAIN, NULL},        {"payments", RK_OPTIONAL, NULL},
    {"cost_centres", RK_OPTIONAL, NULL}, {"costs", RK_OPTIONAL, NULL},
    {"payroll", RK_OPTIONAL, NULL},      {0}};

static const struct rk_tool tool = {
    .name = "rk-honorarium",
    .purpose = N_("work out what panelists are owed, by rates with their year and source"),
    .operands = N_("[FILE…]"),
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS,
    .inputs = inputs,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
