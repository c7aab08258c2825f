/* What run() asks for: tables, outputs, words to the user. */
#include "base/mem.h"
#include "model/contents.h"
#include "stream/listing.h"
#include "table/words.h"
#include "tool/state.h"

#include <time.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t input_of(const struct rk_run *run, const char *schema)
{
    const struct rk_tool_table *inputs = run->tool->inputs;
    for (size_t i = 0; inputs && inputs[i].schema; i++)
        if (!strcmp(inputs[i].schema, schema))
            return i;
    return SIZE_MAX;
}

enum rk_status rk_run_schema(struct rk_run *run, const struct rk_schema **schema, const char *name,
                             struct rk_error *error)
{
    struct rk_state *s = run->state;
    for (size_t i = 0; i < s->schema_count; i++)
        if (!strcmp(s->schemas[i]->name, name)) {
            *schema = s->schemas[i];
            return RK_OK;
        }
    struct rk_buf folder = {0};
    struct rk_schema *fresh = NULL;
    rk_buf_printf(&folder, "%s/schema", run->share);
    const char *kept = rk_keep(folder.text); /* the error may name it */
    rk_buf_free(&folder);
    enum rk_status status = rk_schema_load(&fresh, kept, name, error);
    if (status)
        return status;
    RK_GROW(s->schemas, s->schema_count, s->schema_room);
    s->schemas[s->schema_count++] = fresh;
    *schema = fresh;
    return RK_OK;
}

enum rk_status rk_run_shipped(const struct rk_run *run, const char *room, const char *name,
                              bool any_file, const char **path, struct rk_error *error)
{
    struct rk_buf file = {0};
    char **names = NULL;
    *path = name;
    if (strpbrk(name, "./") || (any_file && !access(name, F_OK)))
        return RK_OK;
    rk_buf_printf(&file, "%s/%s", run->share, room);
    const char *folder = rk_keep(file.text);
    rk_buf_printf(&file, "/%s.json", name);
    *path = rk_keep(file.text);
    rk_buf_free(&file);
    if (!access(*path, F_OK))
        return RK_OK;
    enum rk_status status = rk_schema_names(&names, folder, error);
    const char *nearest = status ? NULL : rk_nearest(name, (const char *const *)names);
    if (nearest)
        status = rk_fail(error, RK_BAD_USE, _("share/%s has no %s; did you mean %s?"), room, name,
                         nearest);
    else if (!status && any_file)
        *path = name; /* whoever reads it tells that it is not there */
    else if (!status)
        status = rk_fail(error, RK_BAD_USE,
                         _("share/%s has no %s; a file of your own is told by a dot or a slash in "
                           "its name"),
                         room, name);
    rk_schema_free_names(names);
    return status;
}

static const char *const endings[] = {".csv",     ".csv.gz", ".json",
                                      ".json.gz", ".jsonl",  ".jsonl.gz"};

static bool is_ending(const char *text)
{
    size_t i = 0;
    while (i < sizeof endings / sizeof *endings && strcmp(text, endings[i]) != 0)
        i++;
    return i < sizeof endings / sizeof *endings;
}

/* The file of the data package that holds the table: NULL when there is none. */
static enum rk_status in_package(const char *folder, const char *name, const char **path,
                                 struct rk_error *error)
{
    struct rk_buf file = {0};
    enum rk_status status = RK_OK;
    *path = NULL;
    for (size_t i = 0; i < sizeof endings / sizeof *endings && !status; i++) {
        rk_buf_clear(&file);
        rk_buf_printf(&file, "%s/%s%s", folder, name, endings[i]);
        if (access(file.text, F_OK))
            continue;
        if (*path)
            status = rk_fail(error, RK_BAD_DATA, _("%s and %s are both there; which one?"), *path,
                             file.text);
        *path = rk_keep(file.text);
    }
    rk_buf_free(&file);
    return status || *path ? status : rk_contents_listed(folder, name, path, error);
}

const char *rk_run_data(const struct rk_run *run) { return run->state->data; }

void rk_run_last(struct rk_run *run, enum rk_status (*last)(void *context, struct rk_error *error),
                 void *context)
{
    run->state->last = last;
    run->state->last_context = context;
}

const char *rk_run_folder(const struct rk_run *run, const char *name)
{
    struct stat info;
    struct rk_buf path = {0};
    const char *found = NULL;
    if (!run->state->data)
        return NULL;
    rk_buf_printf(&path, "%s/%s", run->state->data, name);
    if (!stat(path.text, &info) && S_ISDIR(info.st_mode))
        found = rk_keep(path.text);
    rk_buf_free(&path);
    return found;
}

bool rk_run_given(const struct rk_run *run, const char *schema)
{
    const struct rk_state *s = run->state;
    size_t input = input_of(run, schema);
    const char *path = NULL;
    if (input == SIZE_MAX)
        return false;
    return s->table_paths[input] || (run->tool->inputs[input].use == RK_MAIN && s->operand_count) ||
           (s->data && !in_package(s->data, schema, &path, NULL) && path);
}

/* Are all columns the map speaks of known? Asked once. */
static enum rk_status check_map(struct rk_run *run, struct rk_error *error)
{
    const struct rk_schema *schemas[64];
    size_t n = 0;
    if (run->state->opened_count || rk_map_is_empty(run->map))
        return RK_OK;
    for (; n < 63 && run->tool->inputs[n].schema; n++)
        RK_TRY(rk_run_schema(run, &schemas[n], run->tool->inputs[n].schema, error));
    /* what a tool wrote it may read again, by an option of its own */
    if (run->tool->outputs && run->tool->outputs[0].schema)
        RK_TRY(rk_run_schema(run, &schemas[n++], run->tool->outputs[0].schema, error));
    return rk_map_check(run->map, schemas, n, error);
}

/* Where an input's rows are: *path, or the operands, or nowhere. */
/* A pipe that nobody reads is most likely a forgotten "-". Waiting to see whether anything comes would
 * hang where standard input is only left open, so it is said once and no more. */
static void mind_pipe(struct rk_run *run, const char *path)
{
    struct stat info;
    if (run->state->pipe_minded || fstat(STDIN_FILENO, &info) || !S_ISFIFO(info.st_mode))
        return;
    run->state->pipe_minded = true;
    rk_run_warn(run, _("%s is read, and the pipe on standard input is not; - names the pipe"), path);
}

static enum rk_status find_input(struct rk_run *run, size_t input, const char **path, bool *operands,
                                 struct rk_error *error)
{
    struct rk_state *s = run->state;
    const struct rk_tool_table *declared = &run->tool->inputs[input];
    enum rk_status status = RK_OK;
    *path = s->table_paths[input];
    *operands = declared->use == RK_MAIN && !*path && s->operand_count;
    if (!*path && !*operands && s->data) {
        status = in_package(s->data, declared->schema, path, error);
        if (*path && declared->use == RK_MAIN)
            mind_pipe(run, *path);
    }
    if (!*path && !*operands && !status && declared->use == RK_MAIN && !s->data) {
        rk_refuse_terminal();
        *path = "-";
    }
    return status;
}

static enum rk_status no_input(const struct rk_run *run, const char *name, struct rk_error *error)
{
    const char *data = run->state->data;
    if (data && access(data, F_OK))
        return rk_fail(error, RK_BAD_USE, _("there is no folder %s"), data);
    return data ? rk_fail(error, RK_BAD_USE, _("there is no table %s in %s"), name, data)
                : rk_fail(error, RK_BAD_USE, _("--%s FILE (or --data DIR) is needed"), name);
}

static enum rk_status schema_of(void *run, const struct rk_schema **schema, const char *name,
                                struct rk_error *error)
{
    return rk_run_schema(run, schema, name, error);
}

/* Opens `path`, or the operands where it is NULL, as one of `choices`. */
static enum rk_status open_input(struct rk_run *run, struct rk_table **table, enum rk_use use,
                                 const struct rk_table_choices *choices, const char *path,
                                 struct rk_error *error)
{
    struct rk_state *s = run->state;
    size_t count = path ? 1 : s->operand_count;
    const char **paths = rk_alloc(count, sizeof *paths);
    for (size_t i = 0; i < count; i++)
        paths[i] = path ? path : s->operands[i];
    struct rk_table_options options = {.map = run->map,
                                       .log = run->log,
                                       .reader = {.delimiter = s->delimiter,
                                                  .ahead = run->tool->flags & RK_HAS_THREADS &&
                                                           run->threads > 1},
                                       .hash = use == RK_MAIN && s->hash,
                                       .rejects = use == RK_MAIN ? s->rejects : NULL,
                                       .aside = s->rejects ? &s->aside : NULL,
                                       .never_rejects =
                                           use != RK_MAIN || run->tool->flags & RK_NO_REJECTS};
    enum rk_status status = rk_table_open_choice(table, choices, paths, count, &options, error);
    if (status) {
        rk_free(paths);
        return status;
    }
    RK_GROW(s->opened, s->opened_count, s->opened_room);
    s->opened[s->opened_count++] = (struct rk_opened){rk_table_schema(*table)->name, *table, paths};
    return RK_OK;
}

/* Do people call the table so: by its title, or nearly by its name? */
static bool is_called(const struct rk_schema *schema, const char *name)
{
    const char *const titles[] = {schema->title, schema->title_sv};
    struct rk_buf ours = {0}, theirs = {0};
    struct rk_text folded = rk_fold(&theirs, rk_text(name));
    bool called = rk_mistyped(name, schema->name);
    for (size_t i = 0; i < 2 && !called; i++) {
        size_t size = titles[i] ? strcspn(titles[i], "(") : 0;
        called = size && rk_text_equal(folded, rk_fold(&ours, (struct rk_text){titles[i], size}));
    }
    rk_buf_free(&ours);
    rk_buf_free(&theirs);
    return called;
}

/* The data package has not the table, but what may be meant as it. */
static enum rk_status mind_names(struct rk_run *run, const char *table, struct rk_error *error)
{
    const char *data = run->state->data;
    struct stat info;
    const struct rk_schema *schema;
    char **names = NULL, **tables = NULL;
    struct rk_buf text = {0};
    if (!data || stat(data, &info) || !S_ISDIR(info.st_mode))
        return RK_OK;
    RK_TRY(rk_run_schema(run, &schema, table, error));
    rk_buf_printf(&text, "%s/schema", run->share);
    enum rk_status status = rk_schema_names(&tables, text.text, error);
    if (!status)
        status = rk_listing(&names, data, error);
    for (char **name = names; !status && *name; name++) {
        size_t stem = strcspn(*name, "."), t = 0;
        rk_buf_clear(&text);
        rk_buf_add(&text, *name, stem);
        while (tables[t] && strcmp(tables[t], text.text) != 0)
            t++;
        if (!tables[t] && is_ending(*name + stem) && is_called(schema, text.text))
            rk_run_warn(run, _("%s/%s is not read; the table %s is expected as %s%s"), data, *name,
                        table, table, *name + stem);
    }
    rk_buf_free(&text);
    rk_schema_free_names(tables);
    rk_listing_free(names);
    return status;
}

enum rk_status rk_run_table(struct rk_run *run, struct rk_table **table, const char *name,
                            struct rk_error *error)
{
    size_t input = input_of(run, name);
    const struct rk_tool_table *declared = &run->tool->inputs[input];
    const char *path;
    bool operands;
    *table = NULL;
    enum rk_status status = find_input(run, input, &path, &operands, error);
    if (!path && !operands && !status && declared->use != RK_OPTIONAL)
        return no_input(run, name, error);
    if (status || (!path && !operands))
        return status ? status : mind_names(run, name, error);
    const struct rk_table_choices only = {{{name, NULL, declared->defaults}}, schema_of, run};
    const struct rk_schema *schema;
    /* kept for schema_of; what reading it took is taken again for the rows */
    status = rk_run_schema(run, &schema, name, error);
    if (!status)
        status = check_map(run, error);
    return status ? status : open_input(run, table, declared->use, &only, path, error);
}

enum rk_status rk_run_main(struct rk_run *run, struct rk_table **table,
                           const struct rk_main_choice *choices, struct rk_error *error)
{
    struct rk_table_choices open = {.schema = schema_of, .context = run};
    const char *path = NULL;
    bool operands = false, last = false;
    enum rk_status status = RK_OK;
    *table = NULL;
    for (size_t n = 0; !last; n++) {
        size_t input = input_of(run, choices[n].schema);
        if (run->state->table_paths[input])
            return rk_run_table(run, table, choices[n].schema, error);
        last = !choices[n].column;
        open.all[n] = (struct rk_table_choice){choices[n].schema, choices[n].column,
                                               run->tool->inputs[input].defaults};
    }
    for (last = false; !last && !path && !operands && !status; choices++) {
        last = !choices->column;
        status = find_input(run, input_of(run, choices->schema), &path, &operands, error);
        if (path && run->state->data)
            return rk_run_table(run, table, choices->schema, error);
    }
    if (!status && !path && !operands)
        return no_input(run, choices[-1].schema, error);
    if (!status)
        status = check_map(run, error);
    return status ? status : open_input(run, table, RK_MAIN, &open, path, error);
}

enum rk_status rk_run_open(struct rk_run *run, struct rk_table **table,
                           const struct rk_schema *schema, const char *path, bool unchecked,
                           struct rk_error *error)
{
    struct rk_state *s = run->state;
    const char **paths = rk_alloc(1, sizeof *paths);
    paths[0] = path;
    struct rk_table_options options = {.map = run->map,
                                       .log = run->log,
                                       .reader = {.delimiter = s->delimiter},
                                       .unchecked = unchecked,
                                       .rejects = s->rejects,
                                       .never_rejects = !rk_has_rejects(run->tool)};
    enum rk_status status = rk_table_open(table, schema, paths, 1, &options, error);
    if (status) {
        rk_free(paths);
        return status;
    }
    RK_GROW(s->opened, s->opened_count, s->opened_room);
    s->opened[s->opened_count++] = (struct rk_opened){schema->name, *table, paths};
    return RK_OK;
}

void rk_run_close(struct rk_run *run, struct rk_table *table)
{
    struct rk_state *s = run->state;
    for (size_t i = 0; i < s->opened_count; i++)
        if (s->opened[i].table == table) {
            rk_table_close(table);
            rk_free(s->opened[i].paths);
            s->opened[i] = s->opened[--s->opened_count];
            return;
        }
}

void rk_run_hash(struct rk_run *run) { run->state->hash = true; }

void rk_run_tell_called(struct rk_run *run, const struct rk_table *table)
{
    for (size_t i = 0; i < rk_table_extras(table); i++) {
        const struct rk_field *field = rk_table_extra_called(table, i);
        const char *name = rk_table_extra_name(table, i).text;
        if (field)
            rk_run_note(run, _("the column \"%s\" is not taken for %s; --map %s=\"%s\" does that"),
                        name, field->name, field->name, name);
    }
}

void rk_run_warn_like(struct rk_run *run, const struct rk_table *table, const char *const *ours)
{
    const char *schema = rk_table_schema(table)->name;
    struct rk_pos pos = rk_table_header_pos(table);
    for (size_t i = 0; i < rk_table_extras(table); i++) {
        const struct rk_field *field = rk_table_extra_like(table, i, ours);
        const char *name = rk_table_extra_name(table, i).text;
        if (field)
            rk_log(run->log, RK_WARNING, &pos,
                   _("the column \"%s\" is not read; where it is %s, --map %s.%s=\"%s\" says so"),
                   name, field->name, schema, field->name, name);
    }
}

bool rk_run_rejecting(const struct rk_run *run) { return run->state->rejects != NULL; }

const char *rk_run_path(const struct rk_run *run, const char *schema)
{
    for (size_t i = 0; i < run->state->opened_count; i++)
        if (!strcmp(run->state->opened[i].schema, schema))
            return run->state->opened[i].paths[0];
    return NULL;
}

const char *rk_run_option(const struct rk_run *run, size_t index, const char **value)
{
    const struct rk_state *s = run->state;
    if (index >= s->taken_count)
        return NULL;
    *value = s->taken[index].value;
    return s->taken[index].name;
}

void rk_run_take(struct rk_run *run, const char *name, const char *value)
{
    if (!rk_options_take(name, value))
        rk_usage(_("there is no option --%s"), name);
    (void)run;
}

const char *rk_run_given_path(const struct rk_run *run, const char *schema)
{
    const struct rk_state *s = run->state;
    size_t input = input_of(run, schema);
    const char *path = input == SIZE_MAX ? NULL : s->table_paths[input];
    if (input != SIZE_MAX && !path && s->data && in_package(s->data, schema, &path, NULL))
        path = NULL; /* told when it is opened */
    return path;
}

void rk_run_withhold(struct rk_run *run) { run->state->withheld = true; }
void rk_run_find(struct rk_run *run) { run->state->finds = true; }

struct rk_out *rk_run_out(struct rk_run *run) { return run->state->out; }
bool rk_run_publishes(const struct rk_run *run) { return run->state->publish; }

char rk_run_delimiter(const struct rk_run *run) { return run->state->delimiter; }
struct rk_out *rk_run_rejects(struct rk_run *run) { return run->state->rejects; }

struct rk_writer *rk_run_writer(struct rk_run *run, const struct rk_writer_column *columns,
                                size_t count)
{
    return rk_writer_open(run->state->out, run->form, columns, count);
}

enum rk_status rk_run_file(struct rk_run *run, struct rk_out **out, const char *path,
                           struct rk_error *error)
{
    return rk_out_open(&run->state->outputs, out, path, error);
}

static void tell(struct rk_run *run, enum rk_severity severity, const char *format, va_list args)
{
    struct rk_buf text = {0};
    rk_buf_vprintf(&text, format, args);
    rk_log(run->log, severity, NULL, "%s", text.text ? text.text : "");
    rk_buf_free(&text);
}

void rk_run_note(struct rk_run *run, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tell(run, RK_NOTE, format, args);
    va_end(args);
}

void rk_run_warn(struct rk_run *run, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tell(run, RK_WARNING, format, args);
    va_end(args);
}

void rk_run_detail(struct rk_run *run, const char *format, ...)
{
    va_list args;
    if (!run->verbose)
        return;
    va_start(args, format);
    tell(run, RK_DETAIL, format, args);
    va_end(args);
}

void rk_run_speak(struct rk_run *run, bool result)
{
    const char *asked = run->language_asked ? run->language_asked : "en";
    rk_speak(result ? asked : run->language);
}

void rk_run_progress(struct rk_run *run, const char *what, uint64_t done, uint64_t total)
{
    static struct timespec begun, told;
    struct timespec now;
    if (run->quiet || (!run->state->progress && !isatty(STDERR_FILENO)))
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!begun.tv_sec)
        begun = told = now;
    if (now.tv_sec - begun.tv_sec < 1 || now.tv_sec == told.tv_sec)
        return;
    told = now;
    if (total)
        rk_run_note(run, _("%s: %llu of %llu"), what, (unsigned long long)done,
                    (unsigned long long)total);
    else
        rk_run_note(run, "%s: %llu", what, (unsigned long long)done);
}
