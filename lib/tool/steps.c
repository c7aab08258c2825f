#include "tool/steps.h"

#include "base/date.h"
#include "base/mem.h"
#include "stream/json.h"
#include "stream/listing.h"
#include "tool/child.h"
#include "tool/history.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

enum { SERIES = 24 }; /* months before and after with which a report is held together */

const char *rk_step_path(const char *folder, const char *name)
{
    struct rk_buf text = {0};
    rk_buf_printf(&text, "%s/%s", folder, name);
    const char *kept = rk_keep(text.text);
    rk_buf_free(&text);
    return kept;
}

const char *rk_step_month(int32_t month)
{
    struct rk_buf text = {0};
    rk_month_print(&text, month);
    const char *kept = rk_keep(text.text);
    rk_buf_free(&text);
    return kept;
}

struct rk_text rk_step_line(const struct rk_buf *said)
{
    const char *end = said->size ? memchr(said->text, '\n', said->size) : NULL;
    return (struct rk_text){said->size ? said->text : "",
                            end ? (size_t)(end - said->text) : said->size};
}

const struct rk_step_form rk_step_forms[] = {
    {"html", "html"}, {"markdown", "md"}, {"latex", "tex"}, {"csv", "csv"},
    {"json", "json"}, {"xlsx", "xlsx"},   {"pdf", "pdf"},   {0}};

/* The last good month stays; says so, and what to do. What was said may end as a sentence does. */
static enum rk_status tell(enum rk_status status, int32_t month, const char *tool, int exit,
                           struct rk_text what, const char *remedy, struct rk_error *error)
{
    bool whole = what.size <= 300 && what.size && strchr(".?!", what.text[what.size - 1]);
    return rk_fail(error, status,
                   _("%s: not published, and what is published stays as it was. %s ended with exit "
                     "status %d: %.*s%s %s"),
                   rk_step_month(month), tool, exit, what.size < 300 ? (int)what.size : 300,
                   what.text, whole ? "" : ".", remedy);
}

enum rk_status rk_step_status(int exit)
{
    return exit == RK_BAD_DATA || exit == RK_BAD_USE ? (enum rk_status)exit : RK_FAILED;
}

enum rk_status rk_step_call(int32_t month, const char *tool, const char **words, int *exit,
                            struct rk_error *error)
{
    struct rk_buf said = {0};
    words[0] = rk_child_tool(tool);
    enum rk_status status = rk_child_run(words, 0, exit, &said, error);
    if (!status && *exit && *exit != RK_ATTENTION)
        status = tell(rk_step_status(*exit), month, tool, *exit, rk_step_line(&said),
                      _("See to it, and run rk-monthly again"), error);
    rk_buf_free(&said);
    return status;
}

/* The first finding, which is a line of JSON, as messages are written. */
static void first_finding(struct rk_buf *text, const struct rk_buf *said)
{
    static const char *const keys[] = {"file", "line", "column", "field", "message"};
    rk_json *document;
    struct rk_pos pos = {.file = "rk-validate"};
    if (rk_json_parse(&document, rk_step_line(said), &pos, NULL)) {
        rk_buf_add(text, rk_step_line(said).text, rk_step_line(said).size);
        return;
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const rk_json *value = rk_json_member(document, keys[i]);
        int64_t number;
        if (rk_json_int(value, &number))
            rk_buf_printf(text, "%lld:", (long long)number);
        else if (rk_json_text(value))
            rk_buf_printf(text, i < 3 ? "%s:" : i < 4 ? " %s:" : " %s", rk_json_text(value));
    }
    rk_json_free(document);
}

enum rk_status rk_step_validate(int32_t month, const char *data, const char *language,
                                struct rk_error *error)
{
    const char *words[] = {
        rk_child_tool("rk-validate"), "-q", "--to", "jsonl", "--lang", language, data, NULL};
    struct rk_buf said = {0}, text = {0}, remedy = {0};
    int exit = 0;
    enum rk_status status = rk_child_run(words, 0, &exit, &said, error);
    if (!status && exit) {
        first_finding(&text, &said);
        rk_buf_printf(&remedy,
                      _("rk-validate %s tells all; correct them, and run rk-monthly again"), data);
        status = tell(rk_step_status(exit), month, "rk-validate", exit,
                      (struct rk_text){text.text ? text.text : "", text.size}, remedy.text, error);
    }
    rk_buf_free(&said);
    rk_buf_free(&text);
    rk_buf_free(&remedy);
    return status;
}

/* Is there a table NAME.csv, NAME.jsonl, NAME.csv.gz … among the files? */
static bool has(char *const *names, const char *table)
{
    size_t size = strlen(table);
    for (; *names; names++)
        if (!strncmp(*names, table, size) && (*names)[size] == '.')
            return true;
    return false;
}

enum rk_status rk_step_rank(int32_t month, const char *data, const char *working,
                            const char **ranking, struct rk_error *error)
{
    char **names = NULL;
    int exit;
    *ranking = NULL;
    RK_TRY(rk_listing(&names, data, error));
    bool wanted = has(names, "ratings") && !has(names, "ranking");
    rk_listing_free(names);
    if (!wanted)
        return RK_OK;
    const char *scores = rk_step_path(working, "scores.csv");
    *ranking = rk_step_path(working, "ranking.csv");
    const char *score[] = {"", "-q", "--data", data, "-o", scores, NULL};
    const char *aggregate[] = {"", "-q", "--data", data, "-o", *ranking, scores, NULL};
    RK_TRY(rk_step_call(month, "rk-score", score, &exit, error));
    return rk_step_call(month, "rk-aggregate", aggregate, &exit, error);
}

enum rk_status rk_step_measures(int32_t month, const char *data, const char *working,
                                const char *files[RK_STEP_MEASURES + 1], struct rk_error *error)
{
    struct rk_buf day = {0};
    rk_date_print(&day, rk_month_first(month + 1) - 1);
    const char *last = rk_keep(day.text);
    rk_buf_free(&day);
    const struct {
        const char *table, *file, *tool, *words[7];
    } steps[RK_STEP_MEASURES] = {
        {"ratings", "impact.csv", "rk-impact", {"-o", rk_step_path(working, "voices.csv")}},
        {"ratings", "agreement.csv", "rk-agree", {"--by", "stage", "--measures", "alpha"}},
        {"responses",
         "effects.csv",
         "rk-survey",
         {"--survey", "effects", "--codebook", "effects", "--by", "actor"}},
        {"panelists", "cover.csv", "rk-panel-cover", {"--as-of", last}},
        {"hires", "retention.csv", "rk-retain", {"--as-of", last, "--times", "steps"}},
    };
    char **names = NULL;
    size_t made = 0;
    int exit;
    RK_TRY(rk_listing(&names, data, error));
    enum rk_status status = RK_OK;
    for (size_t i = 0; i < RK_STEP_MEASURES && !status; i++) {
        if (!has(names, steps[i].table))
            continue;
        const char *file = rk_step_path(working, steps[i].file);
        /* of rk-impact they stand beside its table */
        const char *words[16] = {"", "-q", "--data", data, i ? "-o" : "--measures", file};
        memcpy(words + 6, steps[i].words, sizeof steps[i].words);
        status = rk_step_call(month, steps[i].tool, words, &exit, error);
        files[made++] = file;
    }
    files[made] = NULL;
    rk_listing_free(names);
    return status;
}

/* record.sv.html.json, not the earlier version record.sv.html.v1.json. */
static bool is_record(const char *name)
{
    size_t size = strlen(name);
    return !strncmp(name, "record.", 7) && !strstr(name, ".v") && size > 5 &&
           !strcmp(name + size - 5, ".json");
}

/* Adds to the words those that name the records in the folder, but for `record`, as --beside. */
static enum rk_status add_beside(const char ***words, size_t *count, const char *folder,
                                 const char *record, struct rk_error *error)
{
    char **names = NULL;
    if (access(folder, F_OK))
        return RK_OK;
    RK_TRY(rk_listing(&names, folder, error));
    for (char **name = names; *name; name++) {
        const char *path = rk_step_path(folder, *name);
        if (!is_record(*name) || !strcmp(path, record))
            continue;
        *words = rk_resize(*words, *count + 3, sizeof **words);
        (*words)[(*count)++] = "--beside";
        (*words)[(*count)++] = path;
    }
    rk_listing_free(names);
    return RK_OK;
}

enum rk_status rk_step_report(int32_t month, const char *const *own, size_t count,
                              const char *output, const char *making, const char *record, int *exit,
                              struct rk_error *error)
{
    const char **words = rk_alloc(count + 1, sizeof *words);
    enum rk_status status = RK_OK;
    memcpy(words, own, count * sizeof *own);
    for (int32_t other = month - SERIES; other <= month + SERIES && !status; other++) {
        const char *folder = other == month ? making : rk_step_path(output, rk_step_month(other));
        if (folder)
            status = add_beside(&words, &count, folder, record, error);
    }
    words[count] = NULL;
    if (!status)
        status = rk_step_call(month, "rk-report", words, exit, error);
    rk_free(words);
    return status;
}

static bool is_there(const char *folder, const char *what, const char *language, const char *rest,
                     const char **path)
{
    struct rk_buf name = {0};
    rk_buf_printf(&name, "%s.%s.%s", what, language, rest);
    *path = rk_step_path(folder, name.text);
    rk_buf_free(&name);
    return !access(*path, F_OK);
}

/* Of one month: each of its reports has its record, and that the versions before it. */
static enum rk_status add_gone(struct rk_run *run, const char *folder, struct rk_strings *gone,
                               struct rk_error *error)
{
    static const char *const languages[] = {"sv", "en"};
    char **names = NULL;
    if (access(folder, F_OK))
        return RK_OK;
    for (const struct rk_step_form *form = rk_step_forms; form->form; form++)
        for (size_t l = 0; l < 2; l++) {
            struct rk_buf rest = {0};
            const char *report, *record;
            rk_buf_printf(&rest, "%s.json", form->form);
            if (is_there(folder, "report", languages[l], form->ending, &report) &&
                !is_there(folder, "record", languages[l], rest.text, &record))
                rk_strings_add(gone, rk_text(record));
            rk_buf_free(&rest);
        }
    RK_TRY(rk_listing(&names, folder, error));
    enum rk_status status = RK_OK;
    for (char **name = names; *name && !status; name++)
        if (is_record(*name))
            status = rk_history_gone(run, rk_step_path(folder, *name), gone, error);
    rk_listing_free(names);
    return status;
}

enum rk_status rk_step_gone(struct rk_run *run, int32_t month, const char *output,
                            struct rk_strings *gone, struct rk_error *error)
{
    uint32_t told = gone->count;
    for (int32_t other = month - SERIES; other <= month + SERIES; other++)
        RK_TRY(add_gone(run, rk_step_path(output, rk_step_month(other)), gone, error));
    for (; told < gone->count; told++)
        rk_log(run->log, RK_ERROR, NULL,
               _("%s: %s is not there any more: what it told is not counted with. Put it back; "
                 "what is published "
                 "without it may tell, with it, what is small"),
               rk_step_month(month), gone->texts[told].text);
    return RK_OK;
}

/* Two at a time would take each other's folder. The lock goes with the program, however it ends. */
enum rk_status rk_step_lock(const char *folder, struct rk_error *error)
{
    const char *name = rk_step_path(folder, ".lock");
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return rk_fail_errno(error, RK_FAILED, NULL, errno, _("cannot write %s"), name);
    if (!flock(fd, LOCK_EX | LOCK_NB))
        return RK_OK;
    return errno == EWOULDBLOCK
               ? rk_fail(error, RK_FAILED,
                         _("another rk-monthly is at work in %s; this one did nothing"), folder)
               : rk_fail_errno(error, RK_FAILED, NULL, errno, _("cannot write %s"), name);
}
