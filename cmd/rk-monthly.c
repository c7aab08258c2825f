/* rk-monthly: the report of every month that is over, by cron. */
#include "base/mem.h"
#include "stream/json.h"
#include "stream/listing.h"
#include "stream/tree.h"
#include "tool/child.h"
#include "tool/steps.h"
#include "tool/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DATA = 0x100,
    MONTH,
    RESTATE,
    VERIFY,
    TODAY,
    SPEC,
    TO,
    LANGUAGES,
    MOST_FORMS = 8,
    MOST_MONTHS = 120,
    WORDS = 32
};

static struct {
    const char *data, *output, *reason, *spec, *languages;
    const char *forms[MOST_FORMS];
    size_t form_count;
    bool verify;
    int32_t month, today; /* INT32_MIN = not given */
} options = {.month = INT32_MIN, .today = INT32_MIN};

static const char forms[] = "html|markdown|latex|csv|json|xlsx|pdf";
static const char languages[] = "both|sv|en";

static const struct argp_option table[] = {
    {"data", DATA, "DIR", 0, N_("the data package (needed)"), 0},
    {"output", 'o', "DIR", 0, N_("where the months are published, each in a folder (needed)"), 0},
    {"month", MONTH, "MONTH", 0,
     N_("this month (those since the last one published; the last one over where there is none)"),
     0},
    {"restate", RESTATE, "TEXT", 0,
     N_("publish the next version of the month, for this reason; needs --month"), 0},
    {"verify", VERIFY, NULL, 0,
     N_("check with rk-report --verify what is published of the month; needs --month"), 0},
    {"today", TODAY, "DATE", 0, N_("as though it were this day (today, in Sweden)"), 0},
    {"spec", SPEC, "TEXT", 0, N_("the specification, as for rk-report (monthly)"), 0},
    {"to", TO, forms, RK_AGAIN, N_("form of the report; repeatable (html)"), 0},
    {"languages", LANGUAGES, languages, 0, N_("of the report (both)"), 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case DATA: options.data = arg; break;
    case 'o': options.output = arg; break;
    case MONTH: options.month = rk_option_month("month", arg); break;
    case RESTATE: options.reason = arg; break;
    case VERIFY: options.verify = true; break;
    case TODAY: options.today = rk_option_date("today", arg); break;
    case SPEC: options.spec = arg; break;
    case TO:
        rk_choice("to", forms, arg);
        if (options.form_count == MOST_FORMS)
            rk_usage(_("--%s is given too often"), "to");
        options.forms[options.form_count++] = arg;
        break;
    case LANGUAGES:
        rk_choice("languages", languages, arg);
        options.languages = arg;
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

struct work {
    struct rk_run *run;
    const char *making, *working,
        *ranking; /* ranking NULL: the data package has its own, or none */
    const char *measures[RK_STEP_MEASURES + 1]; /* of the month in hand */
    bool checked;
    struct rk_strings gone; /* records that are not there any more */
};

static bool is_there(const char *name) { return !access(name, F_OK); }

/* ---- the steps ---- */

/* Is the report wanted so? Of a month that `was` published nothing is added unless it is asked for.
 */
static bool asked(const char *language, const char *form, bool was)
{
    bool any = !options.form_count && !strcmp(form, "html");
    for (size_t i = 0; i < options.form_count; i++)
        any = any || !strcmp(options.forms[i], form);
    if (was && !options.form_count && !options.languages)
        return false;
    return any && (!options.languages || !strcmp(options.languages, "both") ||
                   !strcmp(options.languages, language));
}

static const char *in_making(const struct work *w, const char *what, const char *language,
                             const char *form, const char *ending)
{
    struct rk_buf name = {0};
    rk_buf_printf(&name, "%s/%s.%s%s%s%s%s", w->making, what, language, form ? "." : "",
                  form ? form : "", *ending ? "." : "", ending);
    const char *kept = rk_keep(name.text);
    rk_buf_free(&name);
    return kept;
}

/* One form in one language; `known`: it was published before; `was`: the month was. */
static enum rk_status report(struct work *w, int32_t month, const char *language,
                             const struct rk_step_form *kind, bool was, bool known,
                             struct rk_error *error)
{
    const char *file = in_making(w, "report", language, NULL, kind->ending), *form = kind->form;
    const char *record = in_making(w, "record", language, form, "json");
    const char *words[WORDS] = {
        "",   "-q",     "--data", options.data, "--month", rk_step_month(month), "--to",
        form, "--lang", language, "-o",         file,      "--record",           record};
    size_t n = 14;
    int exit;
    if (w->ranking) {
        words[n++] = "--ranking";
        words[n++] = w->ranking;
    }
    if (options.spec) {
        words[n++] = "--spec";
        words[n++] = options.spec;
    }
    if (options.reason && known) {
        words[n++] = "--restate";
        words[n++] = options.reason;
    }
    for (size_t i = 0; w->measures[i]; i++)
        words[n++] = w->measures[i];
    RK_TRY(rk_step_report(month, words, n, options.output, was ? w->making : NULL, record, &exit,
                          error));
    if (exit != RK_ATTENTION)
        return RK_OK;
    if (options.reason || !known) {
        rk_log(w->run->log, RK_ERROR, NULL,
               _("%s: with what is published, the report would tell what is small, whatever is "
                 "hidden; nothing is written"),
               rk_step_month(month));
        return RK_ATTENTION;
    }
    rk_log(
        w->run->log, RK_ERROR, NULL,
        _("%s: published in %s, and its inputs have changed since; nothing is replaced. See what "
          "differs: rk-monthly --verify --month %s …. To publish the next version: rk-monthly "
          "--restate REASON --month %s …"),
        rk_step_month(month), rk_step_path(options.output, rk_step_month(month)),
        rk_step_month(month), rk_step_month(month));
    return RK_ATTENTION;
}

static enum rk_status publish(const struct work *w, int32_t month, bool was, struct rk_error *error)
{
    const char *target = rk_step_path(options.output, rk_step_month(month));
    int problem =
        renameat2(AT_FDCWD, w->making, AT_FDCWD, target, was ? RENAME_EXCHANGE : RENAME_NOREPLACE)
            ? errno
            : 0;
    /* not every file system can do that; the lock holds the name free */
    if (!was && (problem == EINVAL || problem == ENOSYS))
        problem = rename(w->making, target) ? errno : 0;
    if (problem)
        return rk_fail_errno(error, RK_FAILED, NULL, problem, _("cannot write %s"), target);
    int fd = open(options.output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    return RK_OK;
}

static enum rk_status make_folder(const char *name, mode_t mode, struct rk_error *error)
{
    if (mkdir(name, mode))
        return rk_fail_errno(error, RK_FAILED, NULL, errno, _("cannot write %s"), name);
    return RK_OK;
}

/* What rk-report --verify finds in each record of the month goes to standard output. */
static enum rk_status verify_month(struct work *w, int32_t month, struct rk_error *error)
{
    const char *target = rk_step_path(options.output, rk_step_month(month));
    char **names = NULL;
    bool differs = false;
    size_t records = 0;
    struct rk_out *out;
    RK_TRY(rk_run_file(w->run, &out, "-", error));
    enum rk_status status = rk_listing(&names, target, error);
    for (char **name = names; !status && *name; name++) {
        const char *words[16] = {rk_child_tool("rk-report"),  "-q",     "--verify",
                                 rk_step_path(target, *name), "--data", options.data};
        size_t n = 6;
        struct rk_buf said = {0};
        int exit = 0;
        if (strncmp(*name, "record.", 7) != 0 || strstr(*name, ".v"))
            continue;
        records++;
        if (w->ranking) {
            words[n++] = "--ranking";
            words[n++] = w->ranking;
        }
        for (size_t i = 0; w->measures[i]; i++)
            words[n++] = w->measures[i];
        status = rk_child_run(words, 0, &exit, &said, error);
        if (!status && exit > RK_BAD_DATA)
            status = rk_fail(error, rk_step_status(exit), "%.*s", (int)rk_step_line(&said).size,
                             rk_step_line(&said).text);
        else if (!status && exit)
            rk_out_write(out, said.text, said.size);
        differs = differs || exit;
        rk_buf_free(&said);
    }
    rk_listing_free(names);
    if (!status && !records)
        return rk_fail(error, RK_BAD_DATA, _("%s has no record: nothing can be verified"), target);
    if (status || !differs)
        return status;
    rk_log(w->run->log, RK_ERROR, NULL, _("%s: what is published is not what its inputs give now"),
           rk_step_month(month));
    rk_run_find(w->run);
    return RK_BAD_DATA;
}

/* A specification of sections alone takes no measures. One that cannot be read is told of by
 * rk-report. */
static enum rk_status measure(struct work *w, int32_t month, struct rk_error *error)
{
    rk_json *document = NULL;
    const char *path;
    bool told = !rk_run_shipped(w->run, "reports", options.spec ? options.spec : "monthly", false,
                                &path, NULL) &&
                !rk_json_read(&document, path, NULL) && rk_json_member(document, "tables");
    rk_json_free(document);
    return told ? rk_step_measures(month, options.data, w->working, w->measures, error) : RK_OK;
}

static enum rk_status make_month(struct work *w, int32_t month, struct rk_error *error)
{
    const char *target = rk_step_path(options.output, rk_step_month(month));
    bool was = is_there(target), fresh = false;
    /* what is published goes by what was made before it, which is then the same for all */
    static const char *const order[] = {"en", "sv"};
    if ((options.reason || options.verify) && !was)
        return rk_fail(error, RK_BAD_USE, _("there is no %s: the month is not published"), target);
    RK_TRY(rk_step_gone(w->run, month, options.output, &w->gone, error));
    if (options.verify) {
        RK_TRY(rk_step_rank(month, options.data, w->working, &w->ranking, error));
        RK_TRY(measure(w, month, error));
        return verify_month(w, month, error);
    }
    if (!w->checked) {
        RK_TRY(rk_step_validate(month, options.data, w->run->language, error));
        RK_TRY(rk_step_rank(month, options.data, w->working, &w->ranking, error));
        w->checked = true;
    }
    RK_TRY(measure(w, month, error));
    RK_TRY(rk_tree_remove(w->making, error));
    RK_TRY(make_folder(w->making, 0777, error));
    if (was)
        RK_TRY(rk_tree_link(target, w->making, error));
    for (size_t l = 0; l < 2; l++)
        for (const struct rk_step_form *form = rk_step_forms; form->form; form++) {
            bool known = is_there(in_making(w, "record", order[l], form->form, "json"));
            if (!known && !asked(order[l], form->form, was))
                continue;
            RK_TRY(report(w, month, order[l], form, was, known, error));
            fresh = fresh || !known;
        }
    if (was && !fresh && !options.reason)
        return RK_OK; /* the same again */
    RK_TRY(publish(w, month, was, error));
    rk_run_detail(w->run, _("%s is published in %s"), rk_step_month(month), target);
    return RK_OK;
}

/* ---- which months ---- */

static int32_t last_over(void)
{
    int32_t today = options.today;
    if (today == INT32_MIN)
        today = rk_date_stockholm((int64_t)time(NULL));
    return rk_month_of(today) - 1;
}

/* The month after the last one published, where there is one. */
static enum rk_status first_due(int32_t last, int32_t *first, struct rk_error *error)
{
    char **names = NULL;
    int32_t month, published = INT32_MIN;
    RK_TRY(rk_listing(&names, options.output, error));
    for (char **name = names; *name; name++)
        if (rk_month_parse(rk_text(*name), &month) && month <= last && month > published)
            published = month;
    rk_listing_free(names);
    *first = published == INT32_MIN ? last : published + 1;
    return RK_OK;
}

static enum rk_status each_month(struct work *w, struct rk_error *error)
{
    int32_t last = last_over(), first = options.month;
    if (options.month > last)
        return rk_fail(error, RK_BAD_USE, _("--month: %s is not over yet"),
                       rk_step_month(options.month));
    if (options.month == INT32_MIN)
        RK_TRY(first_due(last, &first, error));
    else
        last = first;
    if (last - first >= MOST_MONTHS)
        return rk_fail(error, RK_BAD_USE,
                       _("%s was published last, which is more than %d months ago; "
                         "--month names the one to go on with"),
                       rk_step_month(first - 1), MOST_MONTHS);
    for (int32_t month = first; month <= last; month++)
        RK_TRY(make_month(w, month, error));
    return RK_OK;
}

/* ---- */

/* The folders that are worked in; what an earlier run that was broken off may have left goes. */
static enum rk_status begin(struct work *w, struct rk_error *error)
{
    RK_TRY(rk_tree_remove(w->working, error));
    rk_tree_passing(w->working);
    rk_tree_passing(w->making);
    return make_folder(w->working, 0700, error);
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct stat info;
    if (!options.data || !options.output)
        rk_usage(_("--%s DIR is needed"), options.data ? "output" : "data");
    if (options.reason && options.month == INT32_MIN)
        rk_usage(_("--restate: --month names the month"));
    if (options.verify && options.month == INT32_MIN)
        rk_usage(_("--verify: --month names the month"));
    if (stat(options.data, &info) || !S_ISDIR(info.st_mode))
        return rk_fail(error, RK_BAD_USE, _("there is no folder %s"), options.data);
    if (!mkdir(options.output, 0777))
        rk_tree_passing(options.output); /* stays when all is well */
    else if (errno != EEXIST)
        return rk_fail_errno(error, RK_FAILED, NULL, errno, _("cannot write %s"), options.output);
    setenv(RK_CHILD_LANGUAGE, run->language, 1);
    struct work w = {.run = run,
                     .making = rk_step_path(options.output, ".making"),
                     .working = rk_step_path(options.output, RK_STEP_WORKING)};
    enum rk_status status = rk_step_lock(options.output, error);
    if (!status)
        status = begin(&w, error);
    if (!status)
        status = each_month(&w, error);
    if (!status)
        rk_tree_stays(options.output);
    rk_tree_clear();
    if (!status && is_there(w.working))
        return rk_fail(error, RK_FAILED, _("cannot remove %s"), w.working);
    if (!status && w.gone.count)
        status = RK_ATTENTION;
    if (status == RK_ATTENTION)
        rk_run_withhold(run);
    rk_strings_free(&w.gone);
    return status;
}

static const char *const examples[] = {
    "rk-monthly --data town -o reports",
    "rk-monthly --data town -o reports --month 2020-03 --to html --to xlsx --languages sv",
    "rk-monthly --data town -o reports --month 2020-03 --restate 'Hours reported late'", NULL};

static const struct rk_tool tool = {
    .name = "rk-monthly",
    .purpose =
        N_("publish the report of each month that is over, by cron: silent when all is well"),
    .operands = "",
    .options = table,
    .parse = parse,
    .flags = RK_NO_OUTPUT | RK_RUNS_PROGRAMS,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
