/* What every command shares. A command is: option struct, option table, run(), main(), in that order:
 *
 *     static struct { const char *adjust; } options;
 *     static const struct argp_option table[] = {
 *         {"adjust", 'a', "none|center|zscore", 0, N_("how rater severity is taken out"), 0}, {0}};
 *     static error_t parse(int key, char *arg, struct argp_state *state) { … }
 *     static enum rk_status run(struct rk_run *run, struct rk_error *error) { … }
 *     static const struct rk_tool tool = {.name = "rk-score", …};
 *     int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
 *
 * The option table is the one source of --help, --describe, the man page's OPTIONS and COLUMNS, and the
 * completions. The word for an option's argument tells its kind: FILE, DIR, N, NUMBER, TEXT, DATE, MONTH,
 * COLUMN, or the words to choose from joined by '|'.
 *
 * Every tool has --help --usage --version --describe[=json|man|man-sv|bash|zsh|fish] --lang -q -v
 * --progress, and -o. From `inputs` come the options --TABLE FILE and --data DIR, --map, --map-file,
 * --delimiter, --max-errors and --rejects. From the flags: --to, --seed, -j. lib/tool takes these off
 * before parse() sees the rest. Abbreviated and unknown options are refused, naming the nearest. */
#ifndef RK_TOOL_H
#define RK_TOOL_H

#include "base/message.h"
#include "stream/json.h"
#include "stream/out.h"
#include "stream/write.h"
#include "table/table.h"

#include <argp.h>

enum rk_tool_flags {
    RK_HAS_FORMS = 1,   /* --to csv|json|jsonl|table|markdown|latex|html */
    RK_HAS_SEED = 2,    /* --seed TEXT */
    RK_HAS_THREADS = 4, /* -j N */
    RK_NO_OUTPUT = 8,   /* no -o: the tool writes its files itself, or none */
    RK_NO_REJECTS = 16, /* no --rejects */
    RK_FINDINGS = 32,   /* what is wrong is the output: it is written also when run() returns
                         * RK_BAD_DATA without a text */
    RK_HAS_TABLES = 64, /* --map, --map-file, --delimiter, --max-errors and --rejects without `inputs`:
                         * the tool opens its tables by rk_run_open */
    RK_READS_FOREIGN = 128, /* the tool reads its FILE itself: --map, --map-file, --delimiter,
                            * --max-errors and --rejects are there without a main table */
    RK_FENCES_ITSELF = 256, /* what it reads or writes is known only later: run() calls rk_run_fence */
    RK_RUNS_PROGRAMS = 512, /* no fence: it reads no table itself, and what it runs has one of its own */
    RK_PUBLISHES = 1024, /* --publish: what comes out is for everybody, see rk_run_publishes */
};

/* Flags of an argp_option, beside argp's own. Of those whose value names a file or a folder: the fence
 * goes by them; FILE and DIR are read unless it says here what else becomes of them. */
enum rk_option_flags {
    RK_READS = 0x1000, /* with RK_MAKES: read and written; alone: a file or a name, where that is not FILE */
    RK_MAKES = 0x2000, /* made or replaced */
    RK_AGAIN = 0x4000, /* may be given again: parse() joins what comes. Any other that takes a value
                        * is refused when it comes twice, for the first would be lost */
};

enum rk_use { RK_MAIN, RK_NEEDED, RK_OPTIONAL }; /* main = the FILE operands or standard input */

struct rk_tool_table {
    const char *schema;                   /* "ratings": also the option's name */
    enum rk_use use;                      /* inputs only */
    const char *const *defaults;          /* inputs: see rk_table_options */
};

struct rk_run;
struct rk_tool {
    const char *name;                     /* "rk-score" */
    const char *purpose;                  /* N_(one line, starts with a verb, no full stop) */
    const char *operands;                 /* "[FILE…]" or N_("DIR"), "" for none */
    const struct argp_option *options;    /* ends with {0} */
    error_t (*parse)(int key, char *arg, struct argp_state *state);
    unsigned flags;
    const struct rk_tool_table *inputs;   /* ends with {0}; NULL = none */
    const struct rk_tool_table *outputs;  /* tables whose columns come out; ends with {0} */
    const char *const *examples;          /* command lines for --help, ends with NULL */
    /* RK_OK or RK_ATTENTION commits the outputs; anything else fills `error` and nothing is
     * written. Errors in the log turn RK_OK into RK_BAD_DATA, rejected rows into RK_ATTENTION. */
    enum rk_status (*run)(struct rk_run *run, struct rk_error *error);
};

/* One run of a tool. Read-only for the tool. */
struct rk_run {
    const struct rk_tool *tool;
    const char *language;                 /* "sv" or "en": of messages */
    const char *language_asked;           /* as --lang says, NULL without it: data follow no locale */
    bool quiet, verbose;
    struct rk_text seed;                  /* "" when not given */
    unsigned threads;                     /* >= 1 */
    enum rk_form form;
    struct rk_log *log;
    char *const *operands;                /* what was not an option */
    size_t operand_count;
    const char *share;                    /* the share/ folder in use */
    struct rk_map *map;
    struct rk_state *state;               /* lib/tool's own */
};

/* Runs the tool and returns the exit status. */
int rk_tool_main(const struct rk_tool *tool, int argc, char **argv);

/* For parse(): ends the program with status 2 and the text; names the nearest choice. */
_Noreturn void rk_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Before standard input is read for want of a file: ends with status 2 where nobody is to send one. */
void rk_refuse_terminal(void);
/* The place of `arg` among the words of "a|b|c", or ends with status 2. */
size_t rk_choice(const char *option, const char *words, const char *arg);
int64_t rk_option_int(const char *option, const char *arg, int64_t least, int64_t most);
rk_fixed rk_option_fixed(const char *option, const char *arg);
char rk_option_delimiter(const char *arg);
int32_t rk_option_date(const char *option, const char *arg);
int32_t rk_option_month(const char *option, const char *arg);

/* Opens the table `schema` named among the tool's inputs: the main one from the operands or standard
 * input, another from its option or from --data DIR. *table = NULL when it is optional and not given.
 * Closed by lib/tool. The schema is kept for the whole run. */
enum rk_status rk_run_table(struct rk_run *run, struct rk_table **table, const char *schema,
                            struct rk_error *error);
/* The main table where it may be one of several: `choices` ends with column NULL, each schema is among
 * the inputs as RK_MAIN. One named by its option is that; operands, standard input: the first whose
 * column is in the header, the last otherwise; of --data: the first that is there. */
struct rk_main_choice {
    const char *schema, *column;
};
enum rk_status rk_run_main(struct rk_run *run, struct rk_table **table,
                           const struct rk_main_choice *choices, struct rk_error *error);
enum rk_status rk_run_schema(struct rk_run *run, const struct rk_schema **schema, const char *name,
                             struct rk_error *error);
/* A document named on the command line: a file, told by a dot or a slash in its name, or else one that
 * comes with rk, share/ROOM/NAME.json; RK_BAD_USE naming the nearest when there is none. With
 * `any_file` a file may have any name: one that is there comes first, and a name that is near none of
 * ours is a file's. The path is kept. */
enum rk_status rk_run_shipped(const struct rk_run *run, const char *room, const char *name,
                              bool any_file, const char **path, struct rk_error *error);
/* Opens a file as a table of `schema` for a tool that chooses itself; `path` must outlive the run. Only
 * what the user's mapping, delimiter and --rejects say is taken from the options. Closed by lib/tool, or
 * by rk_run_close. */
enum rk_status rk_run_open(struct rk_run *run, struct rk_table **table,
                           const struct rk_schema *schema, const char *path, bool unchecked,
                           struct rk_error *error);
void rk_run_close(struct rk_run *run, struct rk_table *table);
/* Asked before the main table is opened: rk_table_hash will be asked of it. */
void rk_run_hash(struct rk_run *run);
/* Notes, once the table is read, which of its columns may be one of ours that it has not, and is
 * not taken for it. */
void rk_run_tell_called(struct rk_run *run, const struct rk_table *table);
/* Warns, once the table is read, of columns that look like optional ones of ours, of those that
 * `ours` names (see rk_table_extra_like), and are not read. */
void rk_run_warn_like(struct rk_run *run, const struct rk_table *table, const char *const *ours);
bool rk_run_rejecting(const struct rk_run *run); /* --rejects was given */
/* The file that the table was read from; NULL unless it was opened. */
const char *rk_run_path(const struct rk_run *run, const char *schema);
/* The folder of --data; NULL without it. */
const char *rk_run_data(const struct rk_run *run);
/* The folder of this name in the data package; NULL when there is none. */
const char *rk_run_folder(const struct rk_run *run, const char *name);
bool rk_run_given(const struct rk_run *run, const char *schema); /* named by option, --data or FILE */
/* The main output (-o or standard output), in run->form; finish it with rk_writer_finish. */
struct rk_writer *rk_run_writer(struct rk_run *run, const struct rk_writer_column *columns,
                                size_t count);
struct rk_out *rk_run_out(struct rk_run *run); /* the same as bytes */
/* --publish was given: numbers under RK_PUBLISH_THRESHOLD (tool/publish_measures.h) must not be told. */
bool rk_run_publishes(const struct rk_run *run);
/* For a tool that reads its FILE itself: --delimiter (0 = not given), --rejects (NULL = not given);
 * it counts and tells its rejects itself, and returns RK_ATTENTION when there are any. */
char rk_run_delimiter(const struct rk_run *run);
struct rk_out *rk_run_rejects(struct rk_run *run);
/* The options as they were given, in their order: the name of number `index`, NULL after the last. */
const char *rk_run_option(const struct rk_run *run, size_t index, const char **value);
/* Takes an option as though it stood on the command line; one that is none of the tool's is wrong use. The
 * main table's name adds a FILE. `value` must outlive the run. */
void rk_run_take(struct rk_run *run, const char *name, const char *value);
/* The file that an option, or else the data package, names for the table; NULL where neither does. */
const char *rk_run_given_path(const struct rk_run *run, const char *schema);
/* Nothing will be written, whatever run() returns: it told why. */
void rk_run_withhold(struct rk_run *run);
/* From here on this run is as one of a tool with RK_FINDINGS. */
void rk_run_find(struct rk_run *run);
/* A further output file, committed with the rest. */
enum rk_status rk_run_file(struct rk_run *run, struct rk_out **out, const char *path,
                           struct rk_error *error);
/* The fence of tool/sandbox.h: from here on the run reads share, its operands and what its options name
 * to be read, and writes where its options name something to be made, and temporaries; besides, it reads
 * what is below `reads` and, with `makes`, makes those files or folders (lists that end with NULL, or NULL).
 * lib/tool calls it before run() unless the tool has RK_FENCES_ITSELF; to be called before threads are begun.
 * --verbose tells what stands. */
void rk_run_fence(struct rk_run *run, const char *const *reads, const char *const *makes);
/* Done last of all, when the outputs are written: what cannot be taken back. Its failure is the run's. */
void rk_run_last(struct rk_run *run, enum rk_status (*last)(void *context, struct rk_error *error),
                 void *context);
/* Notes and warnings for people, on standard error unless -q; details only with -v. */
void rk_run_note(struct rk_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
void rk_run_warn(struct rk_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
void rk_run_detail(struct rk_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Texts made from now on are part of the result, and so in the language of --lang or else English,
 * whatever the locale; or again messages to the user. */
void rk_run_speak(struct rk_run *run, bool result);
/* Progress of long work: shown on a terminal after a second, or with --progress. total 0 = unknown. */
void rk_run_progress(struct rk_run *run, const char *what, uint64_t done, uint64_t total);

#endif
