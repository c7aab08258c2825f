/* rk-evening: plans who meets whom, in which round and room. */
#include "base/date.h"
#include "tool/evening_files.h"
#include "tool/watch.h"

enum {
    MOST_ROUNDS = 256,
    DAYS,
    WEEKENDS,
    EVENING,
    MINUTES,
    BETWEEN,
    ROOM_LIMIT,
    MINORS_UNTIL,
    IN_A_ROW,
    PAUSE,
    ASSUME_AVAILABLE,
    WITHOUT,
    HELD,
    REPAIR,
    CHECK,
    EXPLAIN,
    WALL,
    CALENDARS,
    TIME_LIMIT,
    SEARCH,
    ANY_WAITS
};

static struct {
    struct rk_evening_rules rules;
    struct rk_strings without;
    struct rk_evening_files files;
    const char *repair, *check, *evening_only; /* an option that needs --evening */
    int64_t seconds;
    uint64_t search;
    bool any_waits;
} options = {.rules = {.first_day = RK_NO_DATE,
                       .last_day = RK_NO_DATE,
                       .minutes = 20,
                       .minors_until = -1,
                       .pause = 15}};

static const struct argp_option table[] = {
    {"most-rounds", MOST_ROUNDS, "N", 0, N_("no more rounds than this"), 0},
    {"evening", EVENING, "TEXT", 0,
     N_("make rounds between these times, 2026-05-07T17:00..2026-05-07T20:30"), 0},
    {"minutes", MINUTES, "N", 0, N_("with --evening: how long a round is (20)"), 0},
    {"between", BETWEEN, "N", 0, N_("with --evening: minutes between rounds (0)"), 0},
    {"days", DAYS, "TEXT", 0,
     N_("a round is a day: the working days of these, 2018-05-02..2018-05-16"), 0},
    {"weekends", WEEKENDS, NULL, 0, N_("with --days: Saturdays and Sundays too"), 0},
    {"room-limit", ROOM_LIMIT, "N", 0,
     N_("at most so many meetings at a time, where no table tells the rooms"), 0},
    {"minors-until", MINORS_UNTIL, "TEXT", 0,
     N_("minors are in no round that ends later, like 20:00"), 0},
    {"in-a-row", IN_A_ROW, "N", 0, N_("nobody has more rounds one after another"), 0},
    {"pause", PAUSE, "N", 0, N_("so many minutes between rounds end what is in a row (15)"), 0},
    {"assume-available", ASSUME_AVAILABLE, NULL, 0,
     N_("take a panelist with no row in availability as able to come"), 0},
    {"without", WITHOUT, "TEXT", RK_AGAIN,
     N_("plan without them: who did not come, or cannot (may be given several times, or several "
        "joined by commas)"),
     0},
    {"repair", REPAIR, "FILE", 0,
     N_("change this plan as little as can be until it is right again"), 0},
    {"held", HELD, "N", 0, N_("with --repair: the first N rounds are over, and stay as they were"),
     0},
    {"check", CHECK, "FILE", 0, N_("tell which rules this plan breaks, and plan nothing"), 0},
    {"explain", EXPLAIN, "FILE", RK_MAKES,
     N_("write the meetings that are the reason why there are no fewer rounds, or none"), 0},
    {"wall", WALL, "FILE", RK_MAKES,
     N_("write the plan for the wall, by room and by person, as HTML"), 0},
    {"calendars", CALENDARS, "DIR", RK_MAKES,
     N_("write a calendar for each participant into this folder (iCalendar)"), 0},
    {"time-limit", TIME_LIMIT, "N", 0,
     N_("after so many seconds take the best found so far, and say how far from the best it may "
        "be"),
     0},
    {"search", SEARCH, "N", 0, N_("how many decisions the search may make (by size)"), 0},
    {"any-waits", ANY_WAITS, NULL, 0, N_("fewest rounds is all: do not make waits shorter"), 0},
    {0}};

static uint32_t number(const char *option, const char *arg, int64_t least)
{
    return (uint32_t)rk_option_int(option, arg, least, 1000000);
}

/* The two ends of "A..B", the first of which gets room in `buf`. */
static const char *second(const char *option, const char *arg, struct rk_buf *buf)
{
    const char *dots = strstr(arg, "..");
    if (!dots)
        rk_usage(_("--%s: FROM..TO was expected"), option);
    rk_buf_add(buf, arg, (size_t)(dots - arg));
    return dots + 2;
}

static int64_t option_time(const char *option, const char *arg)
{
    int64_t minutes;
    if (!rk_time_parse(rk_text(arg), &minutes))
        rk_usage(_("--%s: a time like 2026-05-07T17:00 was expected"), option);
    return minutes;
}

static int32_t time_of_day(const char *arg)
{
    if (strlen(arg) != 5 || arg[2] != ':' || strspn(arg, "0123456789") != 2 ||
        strspn(arg + 3, "0123456789") != 2 || arg[0] > '2' || arg[3] > '5' ||
        strcmp(arg, "24:00") > 0)
        rk_usage(_("--%s: a time of day like 20:00 was expected"), "minors-until");
    return ((arg[0] - '0') * 10 + arg[1] - '0') * 60 + (arg[3] - '0') * 10 + arg[4] - '0';
}

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
    struct rk_evening_rules *r = &options.rules;
    struct rk_buf first = {0};
    (void)state;
    switch (key) {
    case MOST_ROUNDS: r->most_rounds = number("most-rounds", arg, 1); break;
    case EVENING:
        r->until = option_time("evening", second("evening", arg, &first));
        r->from = option_time("evening", first.text ? first.text : "");
        if (r->until <= r->from)
            rk_usage(_("--%s: the end is not after the start"), "evening");
        break;
    case DAYS:
        r->last_day = rk_option_date("days", second("days", arg, &first));
        r->first_day = rk_option_date("days", first.text ? first.text : "");
        if (r->last_day < r->first_day)
            rk_usage(_("--%s: the end is not after the start"), "days");
        break;
    case WEEKENDS: r->weekends = true; break;
    case MINUTES:
        r->minutes = number("minutes", arg, 1);
        options.evening_only = "minutes";
        break;
    case BETWEEN:
        r->between = number("between", arg, 0);
        options.evening_only = "between";
        break;
    case ROOM_LIMIT: r->room_limit = number("room-limit", arg, 1); break;
    case MINORS_UNTIL: r->minors_until = time_of_day(arg); break;
    case IN_A_ROW: r->in_a_row = number("in-a-row", arg, 1); break;
    case PAUSE: r->pause = number("pause", arg, 1); break;
    case ASSUME_AVAILABLE: r->assume_available = true; break;
    case WITHOUT: add_names(&options.without, arg); break;
    case HELD: r->held = number("held", arg, 0); break;
    case REPAIR: options.repair = arg; break;
    case CHECK: options.check = arg; break;
    case EXPLAIN: options.files.explain = arg; break;
    case WALL: options.files.wall = arg; break;
    case CALENDARS: options.files.calendars = arg; break;
    case TIME_LIMIT: options.seconds = rk_option_int("time-limit", arg, 1, 1000000); break;
    case SEARCH: options.search = (uint64_t)rk_option_int("search", arg, 1, 1000000000); break;
    case ANY_WAITS: options.any_waits = true; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    rk_buf_free(&first);
    return 0;
}

static enum rk_status make_plan(struct rk_run *run, const struct rk_assembled *a,
                                const struct rk_plan_rows *old, struct rk_error *error)
{
    struct rk_watch watch;
    struct rk_evening_plan plan;
    rk_watch_start(&watch, run, _("planning, steps"), options.seconds);
    const struct rk_evening_wish wish = {rk_watch_is_up, &watch, options.search, options.any_waits};
    enum rk_status status = rk_evening_solve(&a->evening, &wish, &plan, error);
    if (!status)
        status = rk_evening_files_write(run, &options.files, a, &plan, options.repair ? old : NULL,
                                        error);
    rk_evening_plan_free(&plan);
    return status;
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct rk_evening_tables t = {0};
    struct rk_assembled a = {0};
    struct rk_plan_rows plan = {0};
    struct rk_strings over = {0};
    const char *path = options.repair ? options.repair : options.check;
    if (options.rules.until > options.rules.from && options.rules.first_day != RK_NO_DATE)
        rk_usage(_("--evening and --days: give one of them"));
    if (options.evening_only && options.rules.until == options.rules.from)
        rk_usage(_("--%s goes with --%s"), options.evening_only, "evening");
    if (options.rules.weekends && options.rules.first_day == RK_NO_DATE)
        rk_usage(_("--%s goes with --%s"), "weekends", "days");
    if (options.repair && options.check)
        rk_usage(_("--repair and --check: give one of them"));
    if (options.rules.held && !options.repair)
        rk_usage(_("--%s goes with --%s"), "held", "repair");
    if (options.check && (options.files.explain || options.files.wall || options.files.calendars))
        rk_usage(_("--check plans nothing, so there is nothing for --explain, --wall or "
                   "--calendars to write"));
    options.rules.without = &options.without;
    enum rk_status status = rk_evening_files_read(run, &t, error);
    if (!status && path)
        status = rk_evening_files_plan(run, &plan, path, error);
    for (uint32_t i = 0; i < plan.count && !status; i++)
        if (plan.rows[i].round && plan.rows[i].round <= options.rules.held &&
            plan.rows[i].status <= RK_PLAN_MOVED)
            rk_strings_add(&over, plan.rows[i].id);
    options.rules.over = &over;
    if (!status)
        status = rk_assemble(&a, &t, &options.rules, error);
    if (!status && a.ageless)
        rk_run_warn(
            run,
            RK_PLURAL("--minors-until: the age of %u person is not known, who is taken as an adult",
                      "--minors-until: the age of %u people is not known; they are taken as adults",
                      a.ageless),
            a.ageless);
    for (uint32_t i = 0; i < options.without.count && !status; i++)
        if (rk_attendees_find(&t.attendees, false, options.without.texts[i]) == RK_NONE &&
            rk_attendees_find(&t.attendees, true, options.without.texts[i]) == RK_NONE)
            rk_run_warn(run, _("--without: %s is in no meeting"), options.without.texts[i].text);
    if (!status && options.check)
        status = rk_evening_files_check(run, &a, &plan);
    else if (!status && options.repair)
        status = rk_assemble_old(&a, &plan, options.rules.held, error);
    if (!status && !options.check)
        status = make_plan(run, &a, &plan, error);
    rk_plan_rows_free(&plan);
    rk_assembled_free(&a);
    rk_evening_tables_free(&t);
    rk_strings_free(&options.without);
    rk_strings_free(&over);
    return status;
}

static const char *const examples[] = {
    "rk-evening meetings.csv --room-limit 3 --to table",
    "rk-evening --data . --evening 2026-05-07T17:00..2026-05-07T20:30 --minutes 20 --between 5 "
    "--minors-until 20:00 --in-a-row 4 --wall wall.html -o plan.csv",
    "rk-evening --data . --rounds rounds.csv --repair plan.csv --without U002 -o repaired.csv",
    "rk-evening --data . --rounds rounds.csv --check plan.csv --to table", NULL};

static const struct rk_tool_table inputs[] = {
    {"meetings", RK_MAIN, NULL},         {"participants", RK_OPTIONAL, NULL},
    {"presence", RK_OPTIONAL, NULL},     {"availability", RK_OPTIONAL, NULL},
    {"rounds", RK_OPTIONAL, NULL},       {"rooms", RK_OPTIONAL, NULL},
    {"travel", RK_OPTIONAL, NULL},       {"gaps", RK_OPTIONAL, NULL},
    {"conflicts", RK_OPTIONAL, NULL},    {"panelists", RK_OPTIONAL, NULL},
    {"recruitments", RK_OPTIONAL, NULL}, {"raters", RK_OPTIONAL, NULL},
    {"plan", RK_OPTIONAL, NULL},         {0}};
static const struct rk_tool_table outputs[] = {{"plan", RK_MAIN, NULL}, {0}};

static const struct rk_tool tool = {
    .name = "rk-evening",
    .purpose = N_("plan who meets whom in which round and room, in the fewest rounds"),
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
