/* The option table, from the tool's own and what its declarations ask for, and the command line. */
#include "base/mem.h"
#include "tool/state.h"

static void add(struct rk_options *options, struct rk_option option, int flags)
{
    const char *argument = option.argument;
    bool place = argument && (!strcmp(argument, "FILE") || !strcmp(argument, "DIR"));
    option.makes = flags & RK_MAKES;
    option.reads = flags & RK_READS || (place && !option.makes);
    option.again = flags & RK_AGAIN;
    RK_GROW(options->all, options->count, options->room);
    options->all[options->count++] = option;
}

static void common(struct rk_options *options, const char *name, char letter, const char *argument,
                   const char *doc, int key, enum rk_option_group group)
{
    int flags = key == RK_KEY_OUTPUT || key == RK_KEY_REJECTS ? RK_MAKES
                : key == RK_KEY_MAP || key == RK_KEY_MAP_FILE ? RK_AGAIN
                                                              : 0;
    add(options,
        (struct rk_option){name, letter, argument, key == RK_KEY_DESCRIBE, doc, key, group, false,
                           false, false},
        flags);
}

bool rk_has_rejects(const struct rk_tool *tool)
{
    bool main_table = !tool->inputs;
    for (int i = 0; tool->inputs && tool->inputs[i].schema; i++)
        main_table |= tool->inputs[i].use == RK_MAIN;
    return main_table && !(tool->flags & RK_NO_REJECTS) &&
           (tool->inputs || tool->flags & (RK_HAS_TABLES | RK_READS_FOREIGN));
}

void rk_options_gather(struct rk_options *options, const struct rk_tool *tool)
{
    for (const struct argp_option *o = tool->options; o && o->name; o++)
        add(options, (struct rk_option){o->name, o->key > ' ' && o->key < 127 ? (char)o->key : 0,
                                        o->arg, (o->flags & OPTION_ARG_OPTIONAL) != 0, o->doc,
                                        o->key, RK_GROUP_TOOL, false, false, false}, o->flags);
    for (int i = 0; tool->inputs && tool->inputs[i].schema; i++) {
        const struct rk_tool_table *t = &tool->inputs[i];
        common(options, t->schema, 0, "FILE",
               t->use == RK_MAIN     ? N_("the table to work on, instead of FILE operands")
               : t->use == RK_NEEDED ? N_("this table (needed)")
                                     : N_("this table, where there is one"),
               RK_KEY_TABLE + i, RK_GROUP_TABLES);
    }
    bool foreign = tool->flags & RK_READS_FOREIGN;
    if (tool->inputs)
        common(options, "data", 0, "DIR", N_("take all tables from this data package"), RK_KEY_DATA,
               RK_GROUP_TABLES);
    if (tool->inputs || (tool->flags & RK_HAS_TABLES) || foreign) {
        common(options, "map", 0, "COLUMN",
               N_("[TABLE.]our_column=Their column: what a column is called there; repeatable"),
               RK_KEY_MAP, RK_GROUP_STREAMS);
        common(options, "map-file", 0, "FILE",
               foreign ? N_("columns, constants and words of a foreign file, as JSON; or a name among "
                            "share/maps (sortition-respondents)")
                       : N_("columns, constants and words of a foreign file, as JSON"),
               RK_KEY_MAP_FILE, RK_GROUP_STREAMS);
        common(options, "delimiter", 0, "CHAR",
               foreign
                   ? N_("what stands between the columns of a text file: a character or \"tab\" "
                        "(found on the header line)")
                   : N_("what stands between the columns of CSV input: a character or \"tab\" (comma)"),
               RK_KEY_DELIMITER, RK_GROUP_STREAMS);
        common(options, "max-errors", 0, "N", N_("show at most so many errors (20)"),
               RK_KEY_MAX_ERRORS, RK_GROUP_STREAMS);
        if (rk_has_rejects(tool))
            common(options, "rejects", 0, "FILE",
                   N_("put bad rows there with their reason, and go on with the good ones; reasons "
                      "are in English unless --lang is given"),
                   RK_KEY_REJECTS, RK_GROUP_STREAMS);
    }
    if (!(tool->flags & RK_NO_OUTPUT))
        common(options, "output", 'o', "FILE",
               N_("write there instead of standard output; whole or not at all"), RK_KEY_OUTPUT,
               RK_GROUP_STREAMS);
    if (tool->flags & RK_HAS_FORMS)
        common(options, "to", 0, "csv|json|jsonl|table|markdown|latex|html",
               N_("form of the output (csv)"), RK_KEY_TO, RK_GROUP_STREAMS);
    if (tool->flags & RK_PUBLISHES)
        common(options, "publish", 0, NULL,
               N_("for everybody: numbers under 10, and what would tell them, are hidden as "
                  "rk-suppress hides them"),
               RK_KEY_PUBLISH, RK_GROUP_STREAMS);
    if (tool->flags & RK_HAS_SEED)
        common(options, "seed", 0, "TEXT", N_("any text: the same seed gives the same chance"),
               RK_KEY_SEED, RK_GROUP_COMMON);
    if (tool->flags & RK_HAS_THREADS)
        common(options, "threads", 'j', "N", N_("work with so many threads; same result"),
               RK_KEY_THREADS, RK_GROUP_COMMON);
    common(options, "quiet", 'q', NULL, N_("no notes or warnings"), RK_KEY_QUIET, RK_GROUP_COMMON);
    common(options, "verbose", 'v', NULL, N_("tell more of what is done"), RK_KEY_VERBOSE,
           RK_GROUP_COMMON);
    common(options, "progress", 0, NULL, N_("show progress even where it would not be shown"),
           RK_KEY_PROGRESS, RK_GROUP_COMMON);
    common(options, "lang", 0, "sv|en", N_("language of messages and help"), RK_KEY_LANG,
           RK_GROUP_COMMON);
    common(options, "help", 0, NULL, N_("this help"), RK_KEY_HELP, RK_GROUP_COMMON);
    common(options, "usage", 0, NULL, N_("the short form of the help"), RK_KEY_USAGE,
           RK_GROUP_COMMON);
    common(options, "version", 0, NULL, N_("version and licence"), RK_KEY_VERSION, RK_GROUP_COMMON);
    common(options, "describe", 0, "json|man|man-sv|bash|zsh|fish",
           N_("purpose, options and columns, for other programs"), RK_KEY_DESCRIBE,
           RK_GROUP_COMMON);
}

static const struct rk_option *by_name(const struct rk_options *options, const char *name,
                                       size_t size)
{
    for (size_t i = 0; i < options->count; i++)
        if (strlen(options->all[i].name) == size && !memcmp(options->all[i].name, name, size))
            return &options->all[i];
    return NULL;
}

static const struct rk_option *by_letter(const struct rk_options *options, char letter)
{
    for (size_t i = 0; i < options->count; i++)
        if (options->all[i].letter == letter)
            return &options->all[i];
    return NULL;
}

static _Noreturn void unknown(const struct rk_options *options, const char *name)
{
    const char **names = rk_alloc(options->count + 1, sizeof *names);
    for (size_t i = 0; i < options->count; i++)
        names[i] = options->all[i].name;
    const char *nearest = rk_nearest(name, names);
    for (size_t i = 0; i < options->count && !nearest; i++) /* an abbreviation */
        if (!strncmp(names[i], name, strlen(name)))
            nearest = names[i];
    rk_free(names);
    if (nearest)
        rk_usage(_("there is no option --%s; did you mean --%s?"), name, nearest);
    rk_usage(_("there is no option --%s"), name);
}

/* Refuses what argp would take or would complain of in its own words: abbreviations, unknown
 * options, missing and needless arguments. */
static void inspect(const struct rk_options *options, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--"); i++) {
        const char *arg = argv[i];
        if (arg[0] != '-' || !arg[1])
            continue;
        if (arg[1] == '-') {
            size_t size = strcspn(arg + 2, "=");
            const struct rk_option *o = by_name(options, arg + 2, size);
            if (!o) {
                char *name = rk_strndup(arg + 2, size);
                unknown(options, name);
            }
            if (!o->argument && arg[2 + size])
                rk_usage(_("--%s takes no value"), o->name);
            if (o->argument && !o->argument_optional && !arg[2 + size] && ++i == argc)
                rk_usage(_("--%s needs a value: %s"), o->name, o->argument);
            continue;
        }
        for (const char *c = arg + 1; *c; c++) {
            const struct rk_option *o = by_letter(options, *c);
            if (!o)
                rk_usage(_("there is no option -%c"), *c);
            if (!o->argument)
                continue;
            if (!c[1] && !o->argument_optional && ++i == argc)
                rk_usage(_("-%c needs a value: %s"), *c, o->argument);
            break;
        }
    }
}

/* The maps that come with rk are for rk-import. */
static enum rk_status read_map(struct rk_run *run, const char *path, struct rk_error *error)
{
    enum rk_status status = RK_OK;
    if (run->tool->flags & RK_READS_FOREIGN)
        status = rk_run_shipped(run, "maps", path, true, &path, error);
    return status ? status : rk_map_read(run->map, path, error);
}

static void take_common(int key, char *arg)
{
    struct rk_state *s = &rk_state;
    struct rk_error error = {0};
    enum rk_status status = RK_OK;
    switch (key) {
    case RK_KEY_DATA: s->data = arg; break;
    case RK_KEY_MAP: status = rk_map_add(s->run.map, arg, &error); break;
    case RK_KEY_MAP_FILE: status = read_map(&s->run, arg, &error); break;
    case RK_KEY_DELIMITER: s->delimiter = rk_option_delimiter(arg); break;
    case RK_KEY_MAX_ERRORS:
        s->max_errors = (uint64_t)rk_option_int("max-errors", arg, 0, INT64_MAX);
        break;
    case RK_KEY_REJECTS: s->rejects_path = arg; break;
    case RK_KEY_OUTPUT: s->output_path = arg; break;
    case RK_KEY_TO:
        s->run.form = (enum rk_form)rk_choice("to", "csv|json|jsonl|table|markdown|latex|html", arg);
        break;
    case RK_KEY_PUBLISH: s->publish = true; break;
    case RK_KEY_SEED: s->run.seed = rk_text(arg); break;
    case RK_KEY_THREADS: s->run.threads = (unsigned)rk_option_int("threads", arg, 1, 256); break;
    case RK_KEY_HELP: s->help = true; break;
    case RK_KEY_USAGE: s->usage = true; break;
    case RK_KEY_VERSION: s->version = true; break;
    case RK_KEY_DESCRIBE: {
        static const char *const forms[] = {"json", "man", "man-sv", "bash", "zsh", "fish"};
        s->describe = forms[arg ? rk_choice("describe", "json|man|man-sv|bash|zsh|fish", arg) : 0];
        break;
    }
    case RK_KEY_LANG: /* the messages' language was taken in rk_language_of */
        rk_choice("lang", "sv|en", arg);
        s->run.language_asked = arg;
        break;
    case RK_KEY_QUIET: s->run.quiet = true; break;
    case RK_KEY_VERBOSE: s->run.verbose = true; break;
    case RK_KEY_PROGRESS: s->progress = true; break;
    default: s->table_paths[key - RK_KEY_TABLE] = arg; break;
    }
    if (status) {
        rk_emit(&s->log, RK_ERROR, &error.pos, error.text);
        rk_leave(status);
    }
}

static void take_operand(const char *arg)
{
    struct rk_state *s = &rk_state;
    RK_GROW(s->operands, s->operand_count, s->operand_room);
    s->operands[s->operand_count++] = arg;
}

/* argp goes by letters where there are any. */
static int key_of(const struct rk_option *o)
{
    return o->letter && o->group != RK_GROUP_TOOL ? o->letter : o->key;
}

/* The second of two would quietly win. */
static void refuse_twice(const struct rk_state *s, const struct rk_option *o)
{
    for (size_t i = 0; i < s->taken_count && o->argument && !o->again; i++)
        if (!strcmp(s->taken[i].name, o->name))
            rk_usage(_("--%s is given twice"), o->name);
}

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    struct rk_state *s = &rk_state;
    if (key == ARGP_KEY_ARG) {
        take_operand(arg);
        return 0;
    }
    if (key >= ARGP_KEY_END) /* argp's own keys stand above all of ours */
        return ARGP_ERR_UNKNOWN;
    for (size_t i = 0; i < s->options.count; i++)
        if (key_of(&s->options.all[i]) == key) {
            if (state) /* not what a record tells besides */
                refuse_twice(s, &s->options.all[i]);
            RK_GROW(s->taken, s->taken_count, s->taken_room);
            s->taken[s->taken_count++] =
                (struct rk_taken){s->options.all[i].name, arg ? arg : "", s->options.all[i].reads,
                                  s->options.all[i].makes};
        }
    if (key >= RK_KEY_FIRST) {
        take_common(key, arg);
        return 0;
    }
    for (size_t i = 0; i < s->options.count; i++) /* -o and its like come as their letters */
        if (s->options.all[i].letter && s->options.all[i].letter == key &&
            s->options.all[i].group != RK_GROUP_TOOL) {
            take_common(s->options.all[i].key, arg);
            return 0;
        }
    return s->run.tool->parse ? s->run.tool->parse(key, arg, state) : ARGP_ERR_UNKNOWN;
}

bool rk_options_take(const char *name, const char *value)
{
    struct rk_state *s = &rk_state;
    const struct rk_option *o = by_name(&s->options, name, strlen(name));
    if (!o || !o->argument)
        return false;
    const struct rk_tool_table *t =
        o->key >= RK_KEY_TABLE ? &s->run.tool->inputs[o->key - RK_KEY_TABLE] : NULL;
    if (t && t->use == RK_MAIN)
        take_operand(value);
    else
        on_option(key_of(o), (char *)value, NULL);
    s->run.operands = (char *const *)s->operands;
    s->run.operand_count = s->operand_count;
    return true;
}

void rk_options_parse(const struct rk_tool *tool, int argc, char **argv)
{
    struct rk_options *options = &rk_state.options;
    inspect(options, argc, argv);
    struct argp_option *table = rk_alloc(options->count + 1, sizeof *table);
    for (size_t i = 0; i < options->count; i++) {
        const struct rk_option *o = &options->all[i];
        table[i] = (struct argp_option){o->name,
                                        key_of(o),
                                        o->argument,
                                        o->argument_optional ? OPTION_ARG_OPTIONAL : 0,
                                        "",
                                        0};
    }
    struct argp argp = {.options = table, .parser = on_option};
    error_t problem = argp_parse(&argp, argc, argv, ARGP_NO_HELP | ARGP_NO_ERRS | ARGP_NO_EXIT, NULL,
                                 NULL);
    rk_free(table);
    if (problem == ENOMEM) {
        rk_emit(&rk_state.log, RK_ERROR, NULL, _("out of memory"));
        rk_leave(RK_FAILED);
    }
    if (problem)
        rk_usage("%s", _("the command line cannot be understood"));
    for (int i = 0; rk_state.operand_count && tool->inputs && tool->inputs[i].schema; i++)
        if (tool->inputs[i].use == RK_MAIN && rk_state.table_paths[i])
            rk_usage(_("--%s and %s both name the table to work on"), tool->inputs[i].schema,
                     rk_state.operands[0]);
    if (!*tool->operands && rk_state.operand_count && !rk_state.help && !rk_state.describe)
        rk_usage(_("no operand is expected: %s"), rk_state.operands[0]);
}

size_t rk_choice(const char *option, const char *words, const char *arg)
{
    const char *names[64];
    char *copy = rk_strdup(words), *rest = copy, *word;
    size_t n = 0;
    while (n < 63 && (word = strsep(&rest, "|")))
        names[n++] = word;
    names[n] = NULL;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], arg)) {
            rk_free(copy);
            return i;
        }
    const char *nearest = rk_nearest(arg, names);
    if (nearest)
        rk_usage(_("--%s must be one of %s; did you mean %s?"), option, words, nearest);
    rk_usage(_("--%s must be one of %s, not \"%s\""), option, words, arg);
}

int64_t rk_option_int(const char *option, const char *arg, int64_t least, int64_t most)
{
    int64_t value;
    if (!rk_text_int(rk_text(arg), &value) || value < least || value > most) {
        if (most == INT64_MAX)
            rk_usage(_("--%s must be a whole number of at least %lld, not \"%s\""), option,
                     (long long)least, arg);
        rk_usage(_("--%s must be a whole number from %lld to %lld, not \"%s\""), option,
                 (long long)least, (long long)most, arg);
    }
    return value;
}

rk_fixed rk_option_fixed(const char *option, const char *arg)
{
    rk_fixed value;
    if (!rk_fixed_parse(rk_text(arg), &value))
        rk_usage(_("--%s must be a number, not \"%s\""), option, arg);
    return value;
}

char rk_option_delimiter(const char *arg)
{
    char delimiter = !strcmp(arg, "tab") || !strcmp(arg, "\\t") ? '\t' : arg[0];
    if ((delimiter != '\t' && arg[1]) || strchr("\"\n\r", delimiter) || delimiter & 0x80)
        rk_usage(_("--%s must be one character or \"tab\""), "delimiter");
    return delimiter;
}

int32_t rk_option_date(const char *option, const char *arg)
{
    struct rk_date date;
    if (!rk_date_parse(rk_text(arg), &date))
        rk_usage(_("--%s must be a date such as 2019-10-16, not \"%s\""), option, arg);
    return rk_date_days(date);
}

int32_t rk_option_month(const char *option, const char *arg)
{
    int32_t month;
    if (!rk_month_parse(rk_text(arg), &month))
        rk_usage(_("--%s must be a month such as 2019-10, not \"%s\""), option, arg);
    return month;
}
