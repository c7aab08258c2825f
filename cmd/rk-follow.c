/* rk-follow: how recruitments went, and what waits. */
#include "survey/follow.h"
#include "tool/features.h"
#include "tool/publish_measures.h"
#include "tool/tool.h"

#include <math.h>

enum { BY = 256, AS_OF, WAITING, USERS, CHAIN, PAY, TIMES, CHANGED, CONFIDENCE, MOST_TIMES = 50 };

static struct {
    const char *by, *changed;
    bool waiting;
    double times[MOST_TIMES];
    struct rk_follow_options how;
} options = {.times = {30, 60, 90, 120},
             .how = {.day = RK_NO_DATE,
                     .level = 0.95,
                     .chain = 1U << RK_PROCESS_PROFILE | 1U << RK_PROCESS_ADVERT |
                              1U << RK_PROCESS_SHORTLIST | 1U << RK_PROCESS_INTERVIEW |
                              1U << RK_PROCESS_ANALYSIS,
                     .users = {"user|pupil|guardian", 19},
                     .pay = {"honorarium|honoraria|arvode|arvoden", 35},
                     .time_count = 4}};

static const struct argp_option table[] = {
    {"as-of", AS_OF, "DATE", 0,
     N_("the day on which it was known: what is dated later is left out (needed)"), 0},
    {"by", BY, "TEXT", 0,
     N_("told apart by these, joined by commas: department, unit, role, rubric, recruitment_id, "
        "month or year (of opening), advert (whether users had a part in it)"),
     0},
    {"waiting", WAITING, NULL, 0, N_("list what waits instead: whom for what, since when"), 0},
    {"users", USERS, "TEXT", 0,
     N_("rater groups that are users, joined by | (user|pupil|guardian)"), 0},
    {"chain", CHAIN, "TEXT", 0,
     N_("stages that the whole chain is made of, joined by commas "
        "(profile,advert,shortlist,interview,analysis)"),
     0},
    {"pay", PAY, "TEXT", 0,
     N_("kinds of cost that are paid to users, joined by | (honorarium|honoraria|arvode|arvoden)"),
     0},
    {"times", TIMES, "TEXT", 0, N_("days to tell of, joined by commas (30,60,90,120)"), 0},
    {"changed", CHANGED, "TEXT", 0,
     N_("recruitments in which the users' voice changed who is first, joined by commas, as "
        "rk-impact tells; '' = in none: what a changed decision costs"),
     0},
    {"confidence", CONFIDENCE, "NUMBER", 0, N_("of intervals (0.95)"), 0},
    {0}};

static void times_of(const char *rest)
{
    struct rk_text item;
    options.how.time_count = 0;
    while (rk_option_item(&rest, &item)) {
        char *text = rk_strndup(item.text, item.size);
        double time = (double)rk_option_int("times", text, 0, 1000000);
        size_t n = options.how.time_count;
        rk_free(text);
        if (n == MOST_TIMES || (n && time <= options.times[n - 1]))
            rk_usage(_("--times: expected at most %d times, each later than the one before"),
                     MOST_TIMES);
        options.times[options.how.time_count++] = time;
    }
}

static void chain_of(const char *rest)
{
    struct rk_text item;
    options.how.chain = 0;
    while (rk_option_item(&rest, &item)) {
        char *text = rk_strndup(item.text, item.size);
        options.how.chain |=
            1U << rk_choice("chain",
                            "profile|advert|shortlist|interview|analysis|decision|follow_up", text);
        rk_free(text);
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case BY: options.by = arg; break;
    case AS_OF: options.how.day = rk_option_date("as-of", arg); break;
    case WAITING: options.waiting = true; break;
    case USERS: options.how.users = rk_text(arg); break;
    case CHAIN: chain_of(arg); break;
    case PAY: options.how.pay = rk_text(arg); break;
    case TIMES: times_of(arg); break;
    case CHANGED: options.changed = arg; break;
    case CONFIDENCE:
        options.how.level = rk_fixed_double(rk_option_fixed("confidence", arg));
        if (!(options.how.level > 0 && options.how.level < 1))
            rk_usage(_("--confidence: expected a number between 0 and 1"));
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* Everything read, and what is made of it: zeroed is empty. */
struct work {
    struct rk_recruitments recruitments;
    struct rk_process process;
    struct rk_activities activities;
    bool has_activities;
    bool *changed;
    struct rk_publish_divisions by;
    struct rk_arena names;
    struct rk_follow follow;
};

static void free_work(struct work *w)
{
    rk_follow_free(&w->follow);
    rk_recruitments_free(&w->recruitments);
    rk_process_free(&w->process);
    rk_activities_free(&w->activities);
    rk_free(w->changed);
    for (size_t i = 0; i < w->by.count; i++) {
        rk_strings_free(&w->by.all[i].values);
        rk_free(w->by.all[i].of);
    }
    rk_free(w->by.all);
    rk_arena_free(&w->names);
}

/* ---- reading ---- */

static bool is_known(void *context, const struct rk_activity *activity, const char **field,
                     struct rk_buf *why)
{
    const struct work *w = context;
    if (activity->recruitment == RK_NONE ||
        rk_recruitments_find(&w->recruitments,
                             w->activities.recruitments.texts[activity->recruitment]) != RK_NONE)
        return true;
    *field = "recruitment_id";
    rk_buf_text(why, _("the recruitment is not in the table recruitments"));
    return false;
}

static enum rk_status read_changed(struct work *w, struct rk_error *error)
{
    const char *rest = options.changed;
    struct rk_text item;
    w->changed = rk_alloc((size_t)w->recruitments.count + 1, sizeof *w->changed);
    while (rk_option_item(&rest, &item)) {
        uint32_t found = rk_recruitments_find(&w->recruitments, item);
        if (found != RK_NONE)
            w->changed[found] = true;
        else if (item.size)
            return rk_fail(error, RK_BAD_USE, _("--changed: there is no recruitment '%.*s'"),
                           (int)item.size, item.text);
    }
    return RK_OK;
}

static enum rk_status read_all(struct rk_run *run, struct work *w, struct rk_error *error)
{
    struct rk_table *in;
    if (options.how.day == RK_NO_DATE)
        return rk_fail(error, RK_BAD_USE, _("--as-of DATE is needed: until when is it known?"));
    RK_TRY(rk_run_table(run, &in, "recruitments", error));
    RK_TRY(rk_recruitments_read(&w->recruitments, in, rk_table_schema(in), error));
    RK_TRY(rk_run_table(run, &in, "events", error));
    if (in)
        RK_TRY(rk_process_read_events(&w->process, in, &w->recruitments, error));
    RK_TRY(rk_run_table(run, &in, "decisions", error));
    if (in)
        RK_TRY(rk_process_read_decisions(&w->process, in, &w->recruitments, error));
    RK_TRY(rk_run_table(run, &in, "costs", error));
    if (in)
        RK_TRY(rk_process_read_costs(&w->process, in, &w->recruitments, error));
    RK_TRY(rk_run_table(run, &in, "candidates", error));
    if (in)
        RK_TRY(rk_process_read_candidates(&w->process, in, &w->recruitments, error));
    RK_TRY(rk_run_table(run, &in, "indicators", error));
    if (in)
        RK_TRY(rk_process_read_indicators(&w->process, in, error));
    RK_TRY(rk_run_table(run, &in, "activities", error));
    w->has_activities = in;
    if (in)
        RK_TRY(rk_activities_read(&w->activities, in, rk_table_schema(in), is_known, w, error));
    return options.changed ? read_changed(w, error) : RK_OK;
}

/* ---- telling ---- */

/* What the recruitment is told apart by, in `text`; false when it has nothing there. */
static bool value_of(const struct work *w, uint32_t recruitment, struct rk_text by,
                     struct rk_buf *text)
{
    const struct rk_recruitment *r = &w->recruitments.rows[recruitment];
    rk_buf_clear(text);
    if (rk_text_is(by, "advert")) {
        bool known, with = rk_follow_advert(&w->follow, recruitment, &known);
        rk_buf_text(text, with ? "users" : "no_users");
        return known;
    }
    if (rk_text_is(by, "month") || rk_text_is(by, "year")) {
        if (r->opened != RK_NO_DATE && rk_text_is(by, "month"))
            rk_month_print(text, rk_month_of(r->opened));
        else if (r->opened != RK_NO_DATE)
            rk_buf_printf(text, "%04d", rk_date_from_days(r->opened).year);
        return text->size > 0;
    }
    struct rk_text of = rk_recruitment_text(r, rk_recruitment_column(by.text));
    rk_buf_add(text, of.text, of.size);
    return text->size > 0;
}

static void write_rows(struct rk_writer *writer, const struct rk_follow *follow, size_t from,
                       struct rk_text by, const struct rk_text *values)
{
    for (size_t i = from; i < follow->count; i++) {
        const struct rk_follow_row *row = &follow->rows[i];
        rk_write_text(writer, by);
        rk_write_text(writer, row->group == RK_NONE ? RK_TEXT("") : values[row->group]);
        rk_write_double(writer, row->time);
        rk_measure_write(writer, &row->measure);
    }
}

/* The values by which recruitments are told apart, each time by one of --by. */
static enum rk_status divide(struct work *w, struct rk_error *error)
{
    const char *rest = options.by;
    struct rk_text item;
    struct rk_buf text = {0};
    size_t room = 0;
    while (rk_option_item(&rest, &item)) {
        struct rk_publish_division by = {
            .feature = {rk_arena_text(&w->names, item.text, item.size), item.size}};
        if (rk_recruitment_column(by.feature.text) == SIZE_MAX && !rk_text_is(item, "month") &&
            !rk_text_is(item, "year") && !rk_text_is(item, "advert"))
            return rk_fail(error, RK_BAD_USE,
                           _("--by: '%.*s' is not among department, unit, role, rubric, "
                             "recruitment_id, month, year and advert"),
                           (int)item.size, item.text);
        by.of = rk_alloc((size_t)w->recruitments.count + 1, sizeof *by.of);
        for (uint32_t i = 0; i < w->recruitments.count; i++)
            by.of[i] = value_of(w, i, by.feature, &text)
                           ? rk_strings_add(&by.values, (struct rk_text){text.text, text.size})
                           : RK_NONE;
        RK_GROW(w->by.all, w->by.count, room);
        w->by.all[w->by.count++] = by;
    }
    w->by.rows = w->recruitments.count;
    rk_buf_free(&text);
    return RK_OK;
}

static void tell_by(struct work *w, struct rk_writer *writer, const struct rk_publish_division *by)
{
    size_t from = w->follow.count, n = w->by.rows;
    uint32_t *group = rk_alloc(n + 1, sizeof *group), *rank = rk_strings_ranks(&by->values);
    struct rk_text *sorted = rk_alloc((size_t)by->values.count + 1, sizeof *sorted);
    for (uint32_t v = 0; v < by->values.count; v++)
        sorted[rank[v]] = by->values.texts[v];
    for (size_t i = 0; i < n; i++)
        group[i] = by->of[i] == RK_NONE ? RK_NONE : rank[by->of[i]];
    rk_follow_tell(&w->follow, group, by->values.count);
    write_rows(writer, &w->follow, from, by->feature, sorted);
    rk_free(sorted);
    rk_free(rank);
    rk_free(group);
}

static enum rk_status tell(struct rk_run *run, struct work *w, struct rk_error *error)
{
    struct rk_writer_column columns[3 + RK_MEASURE_COLUMNS] = {
        {"feature", false}, {"value", false}, {"time", true}};
    RK_TRY(divide(w, error));
    memcpy(columns + 3, rk_measure_columns, sizeof rk_measure_columns);
    struct rk_writer *writer = rk_run_writer(run, columns, sizeof columns / sizeof *columns);
    rk_publish_measures(run, writer, &w->by);
    rk_follow_tell(&w->follow, NULL, 1);
    rk_follow_indicators(&w->follow);
    write_rows(writer, &w->follow, 0, RK_TEXT(""), NULL);
    for (size_t i = 0; i < w->by.count; i++)
        tell_by(w, writer, &w->by.all[i]);
    rk_writer_finish(writer);
    return RK_OK;
}

static enum rk_status list(struct rk_run *run, struct work *w, struct rk_error *error)
{
    static const struct rk_writer_column columns[] = {
        {"recruitment_id", false}, {"department", false}, {"who", false}, {"waits_for", false},
        {"since", false},          {"days", true},        {"n", true}};
    struct rk_writer *writer = rk_run_writer(run, columns, sizeof columns / sizeof *columns);
    (void)error;
    rk_follow_wait(&w->follow);
    for (size_t i = 0; i < w->follow.waiting_count; i++) {
        const struct rk_follow_waiting *waits = &w->follow.waiting[i];
        const struct rk_recruitment *r = &w->recruitments.rows[waits->recruitment];
        struct rk_buf since = {0};
        if (waits->since != RK_NO_DATE)
            rk_date_print(&since, waits->since);
        rk_write_text(writer, r->recruitment_id);
        rk_write_text(writer, r->department);
        rk_write_string(writer, rk_follow_who[waits->what]);
        rk_write_string(writer, rk_follow_waits[waits->what]);
        rk_write_text(writer, (struct rk_text){since.text ? since.text : "", since.size});
        rk_write_double(writer, since.size ? options.how.day - waits->since : (double)NAN);
        rk_write_double(writer, waits->n < 0 ? (double)NAN : (double)waits->n);
        rk_write_end(writer);
        rk_buf_free(&since);
    }
    rk_writer_finish(writer);
    return RK_OK;
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct work w = {0};
    options.how.times = options.times;
    if (options.waiting && rk_run_publishes(run))
        return rk_fail(error, RK_BAD_USE,
                       _("--waiting lists single recruitments: it is not for --publish"));
    struct rk_buf number = {0};
    enum rk_status status = read_all(run, &w, error);
    struct rk_follow_facts facts = {&w.recruitments, &w.process,
                                    w.has_activities ? &w.activities : NULL, w.changed};
    if (!status) {
        rk_follow_start(&w.follow, &facts, &options.how);
        status = options.waiting ? list(run, &w, error) : tell(run, &w, error);
    }
    if (!status && w.follow.later)
        rk_run_note(run, _("recruitments that opened after --as-of are left out: %s"),
                    rk_publish_shown(run, &number, w.follow.later));
    if (!status && w.follow.backwards)
        rk_run_warn(
            run,
            _("%s recruitments ended before they opened, or were told of before they were "
              "decided; those durations are left out"),
            rk_publish_shown(run, &number, w.follow.backwards));
    rk_buf_free(&number);
    free_work(&w);
    return status;
}

static const struct rk_tool_table inputs[] = {
    {"candidates", RK_OPTIONAL, NULL}, {"indicators", RK_OPTIONAL, NULL},
    {"recruitments", RK_MAIN, NULL},   {"events", RK_OPTIONAL, NULL},
    {"decisions", RK_OPTIONAL, NULL},  {"activities", RK_OPTIONAL, NULL},
    {"costs", RK_OPTIONAL, NULL},      {0}};
static const struct rk_tool_table outputs[] = {
    {"measures", RK_MAIN, NULL}, {"waiting", RK_OPTIONAL, NULL}, {0}};
static const char *const examples[] = {
    "rk-follow --data town --as-of 2024-06-30 --by department --to table",
    "rk-follow --data town --as-of 2024-06-30 --waiting",
    "rk-follow recruitments.csv --as-of 2024-06-30 --times 60,90", NULL};

static const struct rk_tool tool = {
    .name = "rk-follow",
    .purpose = N_("tell how recruitments went: stages with users, days, costs, and what waits"),
    .operands = "[FILE…]",
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS | RK_PUBLISHES,
    .inputs = inputs,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
