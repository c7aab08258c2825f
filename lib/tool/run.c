/* What run() asks for: tables, outputs, words to the user. */
#include "base/mem.h"
#include "tool/state.h"

#include <time.h>
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
    enum rk_status status = rk_schema_load(&fresh, folder.text, name, error);
    rk_buf_free(&folder);
    if (status)
        return status;
    RK_GROW(s->schemas, s->schema_count, s->schema_room);
    s->schemas[s->schema_count++] = fresh;
    *schema = fresh;
    return RK_OK;
}

/* The file of the data package that holds the table: NULL when there is none. */
static enum rk_status in_package(const char *folder, const char *name, const char **path,
                                 struct rk_error *error)
{
    static const char *const endings[] = {".csv", ".csv.gz", ".json", ".jsonl", ".jsonl.gz"};
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
    return status;
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

/* Are all columns the map speaks of known? Asked once, when a map was given. */
static enum rk_status check_map(struct rk_run *run, struct rk_error *error)
{
    const struct rk_schema *schemas[64];
    size_t n = 0;
    for (; n < 64 && run->tool->inputs[n].schema; n++) {
        enum rk_status status =
            rk_run_schema(run, &schemas[n], run->tool->inputs[n].schema, error);
        if (status)
            return status;
    }
    return rk_map_check(run->map, schemas, n, error);
}

enum rk_status rk_run_table(struct rk_run *run, struct rk_table **table, const char *name,
                            struct rk_error *error)
{
    struct rk_state *s = run->state;
    size_t input = input_of(run, name);
    const struct rk_tool_table *declared = &run->tool->inputs[input];
    const struct rk_schema *schema;
    const char *path = s->table_paths[input];
    enum rk_status status = RK_OK;
    *table = NULL;
    bool operands = declared->use == RK_MAIN && !path && s->operand_count;
    if (!path && !operands && s->data)
        status = in_package(s->data, name, &path, error);
    if (!path && !operands && !status && declared->use == RK_MAIN && !s->data) {
        if (isatty(STDIN_FILENO))
            return rk_fail(error, RK_BAD_USE, _("no file was named, and standard input is a terminal; "
                                                "%s --help tells more"),
                           run->tool->name);
        path = "-";
    }
    if (!path && !operands && !status && declared->use != RK_OPTIONAL)
        return s->data ? rk_fail(error, RK_BAD_USE, _("there is no table %s in %s"), name, s->data)
                       : rk_fail(error, RK_BAD_USE, _("--%s FILE (or --data DIR) is needed"), name);
    if (status || (!path && !operands))
        return status;
    status = rk_run_schema(run, &schema, name, error);
    if (!status && !s->opened_count && run->map)
        status = check_map(run, error);
    if (status)
        return status;
    size_t count = operands ? s->operand_count : 1;
    const char **paths = rk_alloc(count, sizeof *paths);
    for (size_t i = 0; i < count; i++)
        paths[i] = operands ? s->operands[i] : path;
    struct rk_table_options options = {.map = run->map,
                                       .log = run->log,
                                       .reader = {.delimiter = s->delimiter},
                                       .defaults = declared->defaults,
                                       .rejects = declared->use == RK_MAIN ? s->rejects : NULL};
    status = rk_table_open(table, schema, paths, count, &options, error);
    if (status) {
        rk_free(paths);
        return status;
    }
    RK_GROW(s->opened, s->opened_count, s->opened_room);
    s->opened[s->opened_count++] = (struct rk_opened){name, *table, paths};
    return RK_OK;
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
                                       .rejects = s->rejects};
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

bool rk_run_rejecting(const struct rk_run *run) { return run->state->rejects != NULL; }

struct rk_out *rk_run_out(struct rk_run *run) { return run->state->out; }

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
    va_start(args, format);
    tell(run, RK_DETAIL, format, args);
    va_end(args);
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
