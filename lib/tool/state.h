/* What the files of lib/tool share and no command sees. */
#ifndef RK_STATE_H
#define RK_STATE_H

#include "base/hash.h"
#include "tool/tool.h"

enum rk_option_group { RK_GROUP_TOOL, RK_GROUP_TABLES, RK_GROUP_STREAMS, RK_GROUP_COMMON };

/* Keys of the options that lib/tool takes itself: above all that a command may use. */
enum rk_common_key {
    RK_KEY_FIRST = 0x10000,
    RK_KEY_DATA = RK_KEY_FIRST,
    RK_KEY_MAP,
    RK_KEY_MAP_FILE,
    RK_KEY_DELIMITER,
    RK_KEY_MAX_ERRORS,
    RK_KEY_REJECTS,
    RK_KEY_OUTPUT,
    RK_KEY_TO,
    RK_KEY_PUBLISH,
    RK_KEY_SEED,
    RK_KEY_THREADS,
    RK_KEY_HELP,
    RK_KEY_USAGE,
    RK_KEY_VERSION,
    RK_KEY_DESCRIBE,
    RK_KEY_LANG,
    RK_KEY_QUIET,
    RK_KEY_VERBOSE,
    RK_KEY_PROGRESS,
    RK_KEY_TABLE, /* + the place of the table among the tool's inputs */
};

/* One option as the user sees it. */
struct rk_option {
    const char *name;
    char letter;          /* 0 = none */
    const char *argument; /* NULL = none */
    bool argument_optional;
    const char *doc; /* not yet translated */
    int key;
    enum rk_option_group group;
    bool reads, makes; /* its value names a file or folder that is … */
    bool again;        /* may be given more than once */
};

struct rk_options {
    struct rk_option *all;
    size_t count, room;
};

struct rk_opened {
    const char *schema;
    struct rk_table *table;
    const char **paths;
};

struct rk_state {
    struct rk_run run;
    struct rk_log log;
    struct rk_options options;
    struct rk_outputs outputs;
    struct rk_out *out;
    struct rk_out *rejects;
    struct rk_strings aside; /* rows among the rejects, see rk_table_options */
    const char *output_path, *rejects_path, *data;
    const char *describe; /* NULL = not asked */
    bool help, usage, version, progress, pipe_minded;
    bool hash; /* of the main table: rk_run_hash */
    uint64_t max_errors;
    char delimiter;
    const char **table_paths; /* by input; NULL = not given */
    struct rk_schema **schemas;
    size_t schema_count, schema_room;
    struct rk_opened *opened;
    size_t opened_count, opened_room;
    struct rk_writer *writer;
    enum rk_status (*last)(void *context, struct rk_error *error); /* or NULL */
    void *last_context;
    const char **operands;
    size_t operand_count, operand_room;
    struct rk_taken {
        const char *name, *value; /* "" = no value */
        bool reads, makes;        /* as in rk_option */
    } *taken;
    size_t taken_count, taken_room;
    bool withheld, finds, publish;
    const char *catalogues; /* the folder of messages in other languages, NULL = only English */
    struct rk_buf text; /* small answers for people */
};

extern struct rk_state rk_state;

/* The whole option table of the tool, its own options first. */
void rk_options_gather(struct rk_options *options, const struct rk_tool *tool);
bool rk_has_rejects(const struct rk_tool *tool); /* --rejects */
/* Takes the command line; ends with status 2 on wrong use. */
void rk_options_parse(const struct rk_tool *tool, int argc, char **argv);
/* Takes one more option; false where there is none of this name. */
bool rk_options_take(const char *name, const char *value);
const char *rk_language_of(int argc, char **argv);
/* Texts made from now on are in this language, sv or else English. */
void rk_speak(const char *language);
/* What is read for Swedish is read now, or allowed by the fence; for English nothing is. */
void rk_open_language(const char *language);
void rk_emit(struct rk_log *log, enum rk_severity severity, const struct rk_pos *pos,
             const char *text);
void rk_show_help(const struct rk_tool *tool, struct rk_buf *out);
void rk_show_usage(const struct rk_tool *tool, struct rk_buf *out);
/* `form`: json, man, man-sv, bash, zsh, fish. */
enum rk_status rk_show_description(const struct rk_tool *tool, const char *form, struct rk_buf *out,
                                   struct rk_error *error);
_Noreturn void rk_leave(int status);

#endif
