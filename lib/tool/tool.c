/* The frame of every command: language, signals, options, run, commit, exit. */
#include "base/mem.h"
#include "tool/child.h"
#include "tool/state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

struct rk_state rk_state;

/* A program may be started with any of descriptors 0 to 2 closed; the first file opened would then
 * take its place. Each is given something that fails in the way it was meant to be used. */
static void hold_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
            _exit(RK_FAILED);
}

/* A file for each person or meeting may be many outputs at once, and each holds a descriptor. */
static void allow_files(void)
{
    struct rlimit files;
    if (!getrlimit(RLIMIT_NOFILE, &files)) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

static void on_signal(int number)
{
    rk_outputs_unlink_now();
    signal(number, SIG_DFL);
    raise(number);
}

static void set_signals(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction was;
        if (!sigaction(ends[i], NULL, &was) && was.sa_handler != SIG_IGN)
            sigaction(ends[i], &(struct sigaction){.sa_handler = on_signal}, NULL);
    }
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = on_signal}, NULL);
    /* a file-size limit is an error of a write, not a death */
    sigaction(SIGXFSZ, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
}

_Noreturn void rk_leave(int status)
{
    rk_outputs_discard(&rk_state.outputs);
    exit(status);
}

static _Noreturn void out_of_memory(void)
{
    static const char text[] = ": out of memory\n";
    const char *name = rk_state.run.tool ? rk_state.run.tool->name : "rk";
    rk_outputs_unlink_now();
    if (write(STDERR_FILENO, name, strlen(name)) < 0 ||
        write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(RK_FAILED);
    _exit(RK_FAILED);
}

void rk_emit(struct rk_log *log, enum rk_severity severity, const struct rk_pos *pos,
             const char *text)
{
    struct rk_state *s = &rk_state;
    if (severity == RK_DETAIL && !s->run.verbose)
        return;
    if (severity < RK_ERROR && s->run.quiet)
        return;
    if (severity == RK_ERROR && log->errors > s->max_errors)
        return;
    struct rk_buf line = {0};
    rk_buf_printf(&line, "%s: ", s->run.tool->name);
    if (pos && pos->file) {
        rk_text_visible(&line, pos->file, strlen(pos->file));
        if (pos->line)
            rk_buf_printf(&line, ":%llu", (unsigned long long)pos->line);
        if (pos->line && pos->column)
            rk_buf_printf(&line, ":%llu", (unsigned long long)pos->column);
        rk_buf_text(&line, ": ");
    }
    if (severity == RK_WARNING)
        rk_buf_text(&line, _("warning: "));
    if (pos && pos->field) {
        rk_text_visible(&line, pos->field, strlen(pos->field));
        rk_buf_text(&line, ": ");
    }
    rk_text_visible(&line, text, strlen(text));
    rk_buf_char(&line, '\n');
    for (size_t done = 0; done < line.size;) {
        ssize_t n = write(STDERR_FILENO, line.text + done, line.size - done);
        if (n < 0 && errno != EINTR)
            break; /* nobody to tell */
        done += n > 0 ? (size_t)n : 0;
    }
    rk_buf_free(&line);
}

_Noreturn void rk_usage(const char *format, ...)
{
    struct rk_buf text = {0};
    va_list args;
    va_start(args, format);
    rk_buf_vprintf(&text, format, args);
    va_end(args);
    rk_buf_printf(&text, _("; %s --help tells more"), rk_state.run.tool->name);
    rk_emit(&rk_state.log, RK_ERROR, NULL, text.text);
    rk_buf_free(&text);
    rk_leave(RK_BAD_USE);
}

void rk_refuse_terminal(void)
{
    if (isatty(STDIN_FILENO))
        rk_usage(_("no file was named, and standard input is a terminal"));
}

const char *rk_language_of(int argc, char **argv)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *chosen = getenv(RK_CHILD_LANGUAGE);
    if (chosen && *chosen)
        return !strcmp(chosen, "sv") ? "sv" : "en";
    chosen = NULL;
    for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
        if (!strncmp(argv[i], "--lang=", 7))
            chosen = argv[i] + 7;
        else if (!strcmp(argv[i], "--lang") && i + 1 < argc)
            chosen = argv[i + 1];
    for (size_t i = 0; i < 3 && !chosen; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value)
            chosen = value;
    }
    return chosen && !strncmp(chosen, "sv", 2) ? "sv" : "en";
}

/* The first of two places beside the running program, which was installed or stands where it was
 * built, with the file `has` in it; the second where neither has. Kept until the end. */
static const char *beside_program(const char *const places[2], const char *has)
{
    static char self[PATH_MAX];
    struct rk_buf path = {0};
    if (!*self) {
        ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
        self[n > 0 ? n : 0] = '\0';
        char *slash = strrchr(self, '/');
        if (slash)
            *slash = '\0';
    }
    rk_buf_printf(&path, "%s/%s%s", self, places[0], has);
    const char *place = places[access(path.text, R_OK) ? 1 : 0];
    rk_buf_clear(&path);
    rk_buf_printf(&path, "%s/%s", self, place);
    const char *kept = rk_keep(path.text);
    rk_buf_free(&path);
    return kept;
}

static const char *share_folder(void)
{
    static const char *const shares[] = {"../share/rk", "../../share"};
    return beside_program(shares, "/schema");
}

extern int _nl_msg_cat_cntr; /* gettext's: it looks again for what LANGUAGE says */

void rk_open_language(const char *language)
{
    static const char *const locales[] = {"../locale", "../share/locale"};
    struct rk_state *s = &rk_state;
    if (s->catalogues || strcmp(language, "sv"))
        return;
    s->catalogues = beside_program(locales, "");
    /* Only the language of messages follows the user; numbers and order stay those of C. The locale
     * C.UTF-8 is always there, and under it the catalogue is chosen by LANGUAGE. */
    setlocale(LC_MESSAGES, "C.UTF-8");
    bindtextdomain("rk", s->catalogues);
    bind_textdomain_codeset("rk", "UTF-8");
    textdomain("rk");
    setenv("LANGUAGE", "en", 1); /* as all that was said until now */
}

void rk_speak(const char *language)
{
    rk_open_language(language);
    if (!rk_state.catalogues)
        return; /* English is what stands in the program */
    setenv("LANGUAGE", language, 1);
    _nl_msg_cat_cntr++;
}

static void show_version(const struct rk_tool *tool, struct rk_buf *out)
{
    rk_buf_printf(out, "%s %s\n%s\n%s\n", tool->name, RK_VERSION,
                  _("Licence GPL-3.0-or-later: free software; you may change and share it"),
                  _("There is no warranty, as far as the law allows"));
}

/* --help and its like: text to standard output, with the same care as data. */
static enum rk_status answer(const struct rk_tool *tool, struct rk_error *error)
{
    struct rk_state *s = &rk_state;
    struct rk_out *out;
    enum rk_status status = RK_OK;
    if (s->help)
        rk_show_help(tool, &s->text);
    else if (s->usage)
        rk_show_usage(tool, &s->text);
    else if (s->version)
        show_version(tool, &s->text);
    else
        status = rk_show_description(tool, s->describe, &s->text, error);
    if (!status)
        status = rk_out_open(&s->outputs, &out, NULL, error);
    if (!status) {
        rk_out_write(out, s->text.text, s->text.size);
        status = rk_outputs_commit(&s->outputs, error);
    }
    return status;
}

/* Opens what the tool writes to, before it reads anything. */
static enum rk_status open_outputs(struct rk_state *s, struct rk_error *error)
{
    enum rk_status status = RK_OK;
    if (!(s->run.tool->flags & RK_NO_OUTPUT))
        status = rk_out_open(&s->outputs, &s->out, s->output_path, error);
    if (!status && s->rejects_path)
        status = rk_out_open(&s->outputs, &s->rejects, s->rejects_path, error);
    return status;
}

/* Rows that went with rejected ones of another table. */
static void tell_passed(struct rk_state *s, const struct rk_opened *opened)
{
    uint64_t passed = rk_table_rows_passed(opened->table);
    if (passed)
        rk_log(&s->log, RK_WARNING, &(struct rk_pos){.file = opened->paths[0]},
               RK_PLURAL("%llu row speaks of a rejected one, and is left out with it",
                         "%llu rows speak of rejected ones, and are left out with them", passed),
               (unsigned long long)passed);
}

static enum rk_status work(struct rk_state *s, struct rk_error *error)
{
    enum rk_status status = open_outputs(s, error);
    /* the reasons in a rejects file are data and must not follow the locale; one text serves both */
    if (s->rejects)
        rk_run_speak(&s->run, true);
    if (!status && !(s->run.tool->flags & (RK_FENCES_ITSELF | RK_RUNS_PROGRAMS)))
        rk_run_fence(&s->run, NULL, NULL);
    if (!status)
        status = s->run.tool->run(&s->run, error);
    bool findings = status == RK_BAD_DATA &&
                    (s->finds || (s->run.tool->flags & RK_FINDINGS)) && !*error->text;
    if (s->withheld)
        rk_outputs_discard(&s->outputs);
    if (s->withheld || (status != RK_OK && status != RK_ATTENTION && !findings))
        return status;
    if (s->rejects && (s->run.tool->flags & RK_READS_FOREIGN)) {
        ; /* told by the tool */
    } else if (s->rejects && !findings) {
        uint64_t in = 0, rejected = 0;
        for (size_t i = 0; i < s->opened_count; i++)
            tell_passed(s, &s->opened[i]);
        for (size_t i = 0; i < s->opened_count; i++)
            if (rk_table_is_rejecting(s->opened[i].table)) {
                in += rk_table_rows_in(s->opened[i].table);
                rejected += rk_table_rows_rejected(s->opened[i].table);
            }
        rk_run_note(&s->run, _("rows: %llu in = %llu good + %llu rejected"), (unsigned long long)in,
                    (unsigned long long)(in - rejected), (unsigned long long)rejected);
        if (rejected)
            status = RK_ATTENTION;
    } else if (s->log.errors && !findings) {
        return rk_fail(error, RK_BAD_DATA, "%s", "");
    }
    enum rk_status committed = rk_outputs_commit(&s->outputs, error);
    if (!committed && s->last)
        committed = s->last(s->last_context, error);
    return committed ? committed : status;
}

/* Gives back what was kept for the run, so that a leak found by a checker is a leak. */
static void clean_up(struct rk_state *s)
{
    rk_outputs_discard(&s->outputs);
    for (size_t i = 0; i < s->opened_count; i++) {
        rk_table_close(s->opened[i].table);
        rk_free(s->opened[i].paths);
    }
    for (size_t i = 0; i < s->schema_count; i++)
        rk_schema_free(s->schemas[i]);
    rk_free(s->opened);
    rk_strings_free(&s->aside);
    rk_free(s->schemas);
    rk_free(s->table_paths);
    rk_free(s->operands);
    rk_free(s->taken);
    rk_free(s->options.all);
    rk_buf_free(&s->text);
    rk_map_free(s->run.map);
}

int rk_tool_main(const struct rk_tool *tool, int argc, char **argv)
{
    struct rk_state *s = &rk_state;
    struct rk_error error = {0};
    hold_descriptors();
    prctl(PR_SET_DUMPABLE, 0); /* no core with people in it, and no other program looks in */
    allow_files();
    set_signals();
    rk_mem_set_handler(out_of_memory);
    s->run = (struct rk_run){.tool = tool,
                             .language = rk_language_of(argc, argv),
                             .seed = RK_TEXT(""),
                             .log = &s->log,
                             .state = s};
    s->run.map = rk_map_new(); /* from here on, what runs out of memory is the tool's */
    cpu_set_t processors;
    int usable = sched_getaffinity(0, sizeof processors, &processors) ? 1 : CPU_COUNT(&processors);
    s->run.threads = usable > 8 ? 8 : (unsigned)usable;
    s->run.share = share_folder();
    rk_speak(s->run.language);
    s->log.emit = rk_emit;
    s->max_errors = 20;
    size_t inputs = 0;
    while (tool->inputs && tool->inputs[inputs].schema)
        inputs++;
    s->table_paths = rk_alloc(inputs + 1, sizeof *s->table_paths);
    rk_options_gather(&s->options, tool);
    rk_options_parse(tool, argc, argv);
    s->run.operands = (char *const *)s->operands;
    s->run.operand_count = s->operand_count;

    bool asked = s->help || s->usage || s->version || s->describe;
    enum rk_status status = asked ? answer(tool, &error) : work(s, &error);
    if (status != RK_OK && status != RK_ATTENTION) {
        if (s->log.errors > s->max_errors)
            rk_log(&s->log, RK_NOTE, NULL,
                   RK_PLURAL("… and %llu more error (--max-errors)",
                             "… and %llu more errors (--max-errors)",
                             s->log.errors - s->max_errors),
                   (unsigned long long)(s->log.errors - s->max_errors));
        s->max_errors = UINT64_MAX;
        if (*error.text)
            rk_emit(&s->log, RK_ERROR, &error.pos, error.text);
    }
    clean_up(s);
    return status;
}
