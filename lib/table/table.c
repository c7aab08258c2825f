#include "table/table.h"

#include "base/hash.h"
#include "base/mem.h"
#include "table/words.h"

#include <assert.h>

enum { BITS = 64 }; /* of struct rk_record's and struct rk_row's `same` */

/* Where a field's cells come from in the file now being read. */
struct source {
    size_t column;        /* of the reader, SIZE_MAX = none */
    const char *constant; /* every row's text, where there is no column */
    bool words;           /* the map has words for it */
    bool any;             /* a cell of it that is not empty is good as it is */
};

struct reject {
    struct rk_text file;
    uint64_t line;
    char *reason;
    uint32_t *columns; /* `count` of them, in `reject_columns` */
    char **cells;
    size_t *sizes;
    size_t count;
};

/* Rows being checked, one after another. */
struct checker {
    struct rk_row row;
    struct rk_value *values;
    bool row_kept; /* `values` are those of the record before the one last read */
    struct rk_buf why;
};

struct rk_table {
    const struct rk_schema *schema;
    const char *const *paths;
    size_t path_count, path_at;
    struct rk_table_options options;
    struct rk_reader *reader;
    struct rk_in *in;                /* the reader's, while it is hashed */
    char (*hashes)[RK_SHA256_HEX];   /* of the files read to their ends */
    size_t hash_count, hash_room;
    struct rk_record record;
    struct source *sources;
    uint64_t columns;         /* bits of those that fields come from, of the first BITS */
    uint64_t fields_of[BITS]; /* by column: bits of the fields that come from it */
    uint64_t other_fields;    /* … and of those that come from later columns */
    size_t *extras;
    size_t extra_count, extra_room, bound_columns;
    uint64_t bound; /* how often */
    const char *const *known; /* see rk_table_know; NULL = none */
    struct checker checker;
    struct checker ahead; /* of the thread that reads ahead */
    struct rk_table_digest digest;
    bool row_bad; /* the row last read was already counted as bad */
    uint64_t rows_in, rows_bad, rows_before; /* before: the file now being read */
    uint64_t rows_passed;                    /* see options.aside */
    uint64_t rows_behind;                    /* the row last read, and given with it */
    struct rk_strings reject_columns;
    struct reject *rejects;
    size_t reject_count, reject_room;
    bool (*hide)(struct rk_text text);
    bool rejects_written;
};

static bool alias_matches(const struct rk_field *field, struct rk_text name)
{
    for (const char **alias = field->aliases; *alias; alias++)
        if (rk_text_is(name, *alias))
            return true;
    return false;
}

static size_t find_column(const struct rk_table *t, const char *name)
{
    for (size_t c = 0; c < rk_reader_columns(t->reader); c++)
        if (rk_text_is(rk_reader_column(t->reader, c), name))
            return c;
    return SIZE_MAX;
}

struct rk_pos rk_table_header_pos(const struct rk_table *t)
{
    return (struct rk_pos){rk_reader_file(t->reader), rk_reader_is_json(t->reader) ? 0 : 1, 0,
                           NULL};
}

/* "there is no column X; did you mean Y?" */
static enum rk_status no_column(const struct rk_table *t, const char *our, const char *name,
                                struct rk_error *error)
{
    size_t n = rk_reader_columns(t->reader);
    const char **names = rk_alloc(n + 1, sizeof *names);
    for (size_t c = 0; c < n; c++)
        names[c] = rk_reader_column(t->reader, c).text;
    const char *nearest = rk_nearest(name, names);
    struct rk_pos pos = rk_table_header_pos(t);
    enum rk_status status;
    if (nearest)
        status = rk_fail_at(error, RK_BAD_DATA, &pos,
                            _("there is no column \"%s\"; the nearest is \"%s\": --map %s=\"%s\""), name,
                            nearest, our, nearest);
    else if (n == 1 && !t->options.reader.delimiter && strpbrk(names[0], ";\t"))
        status = rk_fail_at(error, RK_BAD_DATA, &pos,
                            _("there is no column \"%s\"; this looks like a file from Excel: read it "
                              "with rk-import, or give --delimiter"),
                            name);
    else
        status = rk_fail_at(error, RK_BAD_DATA, &pos,
                            _("there is no column \"%s\"; --map %s=… names it"), name, our);
    rk_free(names);
    return status;
}

enum rk_status rk_table_lacks(const struct rk_table *t, size_t field, struct rk_error *error)
{
    const char *our = t->schema->fields[field].name;
    return no_column(t, our, our, error);
}

static const char *default_of(const struct rk_table *t, const char *name)
{
    for (const char *const *d = t->options.defaults; d && *d; d += 2)
        if (!strcmp(d[0], name))
            return d[1];
    return NULL;
}

/* Would the result be another, and nobody be told? */
static bool is_missed(const struct rk_table *t, const char *our)
{
    const char *const *known = t->known;
    while (known && *known && strcmp(*known, our) != 0)
        known++;
    return known && *known;
}

/* Are the words of `part` among those of `whole`, in their order, and at least half of it? Both are
 * folded. */
static bool is_part(struct rk_text part, struct rk_text whole)
{
    static const char between[] = " _-/";
    size_t letters = 0, all = 0;
    struct rk_text p = part;
    for (size_t i = 0; i < whole.size;) {
        size_t w = 0, word = 0;
        while (i + w < whole.size && !strchr(between, whole.text[i + w]))
            w++;
        while (p.size && strchr(between, *p.text))
            p = (struct rk_text){p.text + 1, p.size - 1};
        while (word < p.size && !strchr(between, p.text[word]))
            word++;
        if (word && word == w && !memcmp(p.text, whole.text + i, w)) {
            p = (struct rk_text){p.text + w, p.size - w};
            letters += w;
        }
        all += w;
        i += w + 1;
    }
    return !p.size && letters >= 4 && 2 * letters >= all;
}

/* max_month, utbildning: a part of our name for the column, or of what others call it. */
static bool is_like(const struct rk_field *field, struct rk_text name)
{
    struct rk_buf ours = {0}, theirs = {0};
    struct rk_text folded = rk_fold(&theirs, name);
    bool like = is_part(folded, rk_fold(&ours, rk_text(field->name)));
    for (const char **alias = field->aliases; *alias && !like; alias++)
        like = is_part(folded, rk_fold(&ours, rk_text(*alias)));
    rk_buf_free(&ours);
    rk_buf_free(&theirs);
    return like;
}

/* group, Groups, GRUPP: what others call our column, one or several. */
static bool is_called(const struct rk_field *field, struct rk_text name)
{
    struct rk_buf ours = {0}, theirs = {0};
    struct rk_text folded = rk_fold(&theirs, name);
    struct rk_text one = {folded.text,
                          folded.size - (folded.size && folded.text[folded.size - 1] == 's')};
    bool called = false;
    for (const char **alias = field->aliases; *alias && !called; alias++) {
        struct rk_text known = rk_fold(&ours, rk_text(*alias));
        called = rk_text_equal(known, folded) || rk_text_equal(known, one);
    }
    rk_buf_free(&ours);
    rk_buf_free(&theirs);
    return called;
}

const struct rk_field *rk_table_extra_meant(const struct rk_table *t, size_t extra)
{
    struct rk_text name = rk_table_extra_name(t, extra);
    for (size_t f = 0; f < t->schema->field_count; f++) {
        const char *table = t->schema->name, *our = t->schema->fields[f].name;
        if (t->sources[f].column == SIZE_MAX && !rk_map_column(t->options.map, table, our) &&
            !rk_map_constant(t->options.map, table, our) &&
            (rk_mistyped(name.text, our) ||
             (is_missed(t, our) && is_called(&t->schema->fields[f], name))))
            return &t->schema->fields[f];
    }
    return NULL;
}

const struct rk_field *rk_table_extra_called(const struct rk_table *t, size_t extra)
{
    for (size_t f = 0; f < t->schema->field_count; f++) {
        const struct rk_field *field = &t->schema->fields[f];
        if (t->sources[f].column == SIZE_MAX && default_of(t, field->name) &&
            !rk_map_constant(t->options.map, t->schema->name, field->name) &&
            is_called(field, rk_table_extra_name(t, extra)))
            return field;
    }
    return NULL;
}

static bool is_among(const char *name, const char *const *names)
{
    while (names && *names && strcmp(name, *names) != 0)
        names++;
    return !names || *names;
}

const struct rk_field *rk_table_extra_like(const struct rk_table *t, size_t extra,
                                           const char *const *ours)
{
    const struct rk_field *like = NULL;
    for (size_t f = 0; f < t->schema->field_count; f++) {
        const struct rk_field *field = &t->schema->fields[f];
        struct rk_text name = rk_table_extra_name(t, extra);
        if (field->required || rk_table_has(t, f) || !is_among(field->name, ours))
            continue;
        if (is_called(field, name))
            return field;
        if (!like && is_like(field, name))
            like = field;
    }
    return like;
}

static const char *known_meant(const struct rk_table *t, size_t extra)
{
    const char *name = rk_table_extra_name(t, extra).text;
    for (const char *const *known = t->known; known && *known; known++)
        if (find_column(t, *known) == SIZE_MAX && rk_mistyped(name, *known))
            return *known;
    return NULL;
}

/* A column of ours that is mistyped would be missed without a word. */
static enum rk_status check_extras(const struct rk_table *t, struct rk_error *error)
{
    if (t->options.unchecked || t->options.by_alias)
        return RK_OK;
    for (size_t i = 0; i < t->extra_count; i++) {
        const struct rk_field *field = rk_table_extra_meant(t, i);
        const char *meant = field ? field->name : known_meant(t, i);
        struct rk_pos pos = rk_table_header_pos(t);
        if (meant)
            return rk_fail_at(error, RK_BAD_DATA, &pos,
                              _("the column \"%s\" is not known; did you mean \"%s\"?"),
                              rk_table_extra_name(t, i).text, meant);
    }
    return RK_OK;
}

enum rk_status rk_table_know(struct rk_table *t, const char *const *known, struct rk_error *error)
{
    t->known = known;
    return rk_reader_is_json(t->reader) ? RK_OK : check_extras(t, error);
}

static void make_checker(const struct rk_table *t, struct checker *c)
{
    c->values = rk_alloc(t->schema->field_count, sizeof *c->values);
    c->row.values = c->values;
}

static void free_checker(struct checker *c)
{
    rk_buf_free(&c->why);
    rk_free(c->values);
}

/* Finds each field's column in the file; called again when JSON brings new columns. */
static enum rk_status bind(struct rk_table *t, struct rk_error *error)
{
    size_t columns = rk_reader_columns(t->reader);
    bool *taken = rk_alloc(columns, sizeof *taken);
    enum rk_status status = RK_OK;
    bool final = !rk_reader_is_json(t->reader);
    for (size_t f = 0; f < t->schema->field_count && !status; f++) {
        const struct rk_field *field = &t->schema->fields[f];
        const char *mapped = rk_map_column(t->options.map, t->schema->name, field->name);
        struct source *s = &t->sources[f];
        s->constant = rk_map_constant(t->options.map, t->schema->name, field->name);
        s->words = rk_map_has_values(t->options.map, t->schema->name, field->name);
        s->column = s->constant ? SIZE_MAX : find_column(t, mapped ? mapped : field->name);
        for (size_t c = 0; t->options.by_alias && !mapped && !s->constant &&
                           s->column == SIZE_MAX && c < columns;
             c++)
            if (alias_matches(field, rk_reader_column(t->reader, c)))
                s->column = c;
        s->any = t->options.unchecked || (field->type == RK_STRING && !field->choices);
        if (s->column != SIZE_MAX)
            taken[s->column] = true;
        else if (!s->constant && mapped && final)
            status = no_column(t, field->name, mapped, error);
        else if (!s->constant && !(s->constant = default_of(t, field->name)) && field->required &&
                 final && !t->options.unchecked)
            status = no_column(t, field->name, field->name, error);
    }
    memset(t->fields_of, 0, sizeof t->fields_of);
    t->columns = t->other_fields = 0;
    for (size_t f = 0; f < t->schema->field_count && f < BITS; f++)
        if (t->sources[f].column < BITS) {
            t->fields_of[t->sources[f].column] |= (uint64_t)1 << f;
            t->columns |= (uint64_t)1 << t->sources[f].column;
        } else if (t->sources[f].column != SIZE_MAX)
            t->other_fields |= (uint64_t)1 << f;
    t->checker.row_kept = false;
    t->extra_count = 0;
    for (size_t c = 0; c < columns; c++)
        if (!taken[c]) {
            RK_GROW(t->extras, t->extra_count, t->extra_room);
            t->extras[t->extra_count++] = c;
        }
    t->bound_columns = columns;
    t->bound++;
    rk_free(taken);
    return status || !final ? status : check_extras(t, error);
}

static void set_schema(struct rk_table *t, const struct rk_schema *schema)
{
    t->schema = schema;
    t->sources = rk_alloc(t->schema->field_count, sizeof *t->sources);
    make_checker(t, &t->checker);
}

static enum rk_status choose(struct rk_table *t, const struct rk_table_choices *choices,
                             struct rk_error *error)
{
    const struct rk_table_choice *c = choices->all;
    const struct rk_schema *schema;
    if (c->column && rk_reader_is_json(t->reader))
        RK_TRY(rk_reader_look(t->reader, error));
    for (; c->column; c++) {
        const char *mapped = rk_map_column(t->options.map, c->table, c->column);
        if (find_column(t, mapped ? mapped : c->column) != SIZE_MAX ||
            rk_map_constant(t->options.map, c->table, c->column))
            break;
    }
    RK_TRY(choices->schema(choices->context, &schema, c->table, error));
    t->options.defaults = c->defaults;
    set_schema(t, schema);
    return RK_OK;
}

static void digest_file(struct rk_table *t);

/* `choices`: of the first file alone, or NULL. */
static enum rk_status open_next(struct rk_table *t, const struct rk_table_choices *choices,
                                struct rk_error *error)
{
    struct rk_in *in;
    rk_reader_close(t->reader);
    t->reader = NULL;
    enum rk_status status = rk_in_open(&in, t->paths[t->path_at++], error);
    if (!status && t->options.hash) {
        t->in = in;
        rk_in_hash(in);
    }
    if (!status)
        status = rk_reader_open(&t->reader, in, &t->options.reader, error);
    if (!status && choices)
        status = choose(t, choices, error);
    if (!status)
        status = bind(t, error);
    if (!status && t->digest.make)
        digest_file(t);
    return status;
}

/* As `schema` says, or where it is NULL the one that is chosen. */
static enum rk_status open_as(struct rk_table **table, const struct rk_schema *schema,
                              const struct rk_table_choices *choices, const char *const *paths,
                              size_t path_count, const struct rk_table_options *options,
                              struct rk_error *error)
{
    assert(path_count > 0 && options->log);
    struct rk_table *t = rk_alloc(1, sizeof *t);
    t->paths = paths;
    t->path_count = path_count;
    t->options = *options;
    if (schema)
        set_schema(t, schema);
    enum rk_status status = open_next(t, choices, error);
    if (status) {
        rk_table_close(t);
        t = NULL;
    }
    *table = t;
    return status;
}

enum rk_status rk_table_open_choice(struct rk_table **table, const struct rk_table_choices *choices,
                                    const char *const *paths, size_t path_count,
                                    const struct rk_table_options *options, struct rk_error *error)
{
    return open_as(table, NULL, choices, paths, path_count, options, error);
}

enum rk_status rk_table_open(struct rk_table **table, const struct rk_schema *schema,
                             const char *const *paths, size_t path_count,
                             const struct rk_table_options *options, struct rk_error *error)
{
    return open_as(table, schema, NULL, paths, path_count, options, error);
}

const struct rk_schema *rk_table_schema(const struct rk_table *t) { return t->schema; }

/* What every rejects file begins with. */
static const struct rk_writer_column reject_head[] = {
    {"rk:file", false}, {"rk:line", true}, {"rk:reason", false}};
enum { REJECT_HEAD = sizeof reject_head / sizeof *reject_head };

/* Rejects that were put right and are read again: what was wrong with them then is no part of the row. */
static bool is_head(struct rk_text name)
{
    for (size_t i = 0; i < REJECT_HEAD; i++)
        if (rk_text_is(name, reject_head[i].name))
            return true;
    return false;
}

static void keep_reject(struct rk_table *t, const char *reason)
{
    RK_GROW(t->rejects, t->reject_count, t->reject_room);
    struct reject *r = &t->rejects[t->reject_count++];
    size_t n = t->record.count, columns = rk_reader_columns(t->reader);
    rk_reader_split(t->reader, &t->record);
    *r = (struct reject){.file = rk_text(rk_reader_file(t->reader)),
                         .line = t->record.line,
                         .reason = rk_strdup(reason),
                         .columns = rk_alloc(n, sizeof *r->columns),
                         .cells = rk_alloc(n, sizeof *r->cells),
                         .sizes = rk_alloc(n, sizeof *r->sizes)};
    for (size_t i = 0; i < n; i++) {
        struct rk_buf name = {0};
        if (i < columns && is_head(rk_reader_column(t->reader, i)))
            continue;
        if (i >= columns) /* a row longer than its header */
            rk_buf_printf(&name, "rk:column %zu", i + 1);
        r->columns[r->count] = rk_strings_add(
            &t->reject_columns, i < columns ? rk_reader_column(t->reader, i) : rk_text(name.text));
        struct rk_text cell = {t->record.cells[i].text, t->record.cells[i].size};
        if (cell.size && t->hide && t->hide(cell))
            cell.size = 0;
        r->cells[r->count] = rk_strndup(cell.text, cell.size);
        r->sizes[r->count++] = cell.size;
        rk_buf_free(&name);
    }
}

static void write_rejects(struct rk_table *t)
{
    uint32_t n = t->reject_columns.count;
    struct rk_writer_column *columns = rk_alloc(n + REJECT_HEAD, sizeof *columns);
    memcpy(columns, reject_head, sizeof reject_head);
    for (uint32_t c = 0; c < n; c++)
        columns[c + REJECT_HEAD].name = t->reject_columns.texts[c].text;
    struct rk_writer *w =
        rk_writer_open(t->options.rejects, RK_CSV, columns, n + REJECT_HEAD);
    struct rk_text *cells = rk_alloc(n, sizeof *cells);
    for (size_t i = 0; i < t->reject_count; i++) {
        const struct reject *r = &t->rejects[i];
        memset(cells, 0, n * sizeof *cells);
        for (size_t c = 0; c < r->count; c++)
            cells[r->columns[c]] = (struct rk_text){r->cells[c], r->sizes[c]};
        rk_write_text(w, r->file);
        rk_write_int(w, (int64_t)r->line);
        rk_write_string(w, r->reason);
        for (uint32_t c = 0; c < n; c++)
            rk_write_text(w, cells[c]);
        rk_write_end(w);
    }
    rk_writer_finish(w);
    rk_free(cells);
    rk_free(columns);
}

/* What a row of the table is found by among those put aside. */
static struct rk_text aside_name(struct rk_buf *name, const char *table, struct rk_text id)
{
    rk_buf_printf(name, "%s %.*s", table, (int)id.size, id.text);
    return (struct rk_text){name->text, name->size};
}

/* Remembers the row last read, where one column is the key. */
static void put_aside(struct rk_table *t)
{
    size_t column = t->schema->key_count == 1 ? t->sources[t->schema->key[0]].column : SIZE_MAX;
    struct rk_buf name = {0};
    rk_reader_split(t->reader, &t->record);
    if (column >= t->record.count || !t->record.cells[column].size)
        return;
    const struct rk_cell *cell = &t->record.cells[column];
    rk_strings_add(t->options.aside, aside_name(&name, t->schema->name,
                                                (struct rk_text){cell->text, cell->size}));
    rk_buf_free(&name);
}

/* Does the field of the row last read refer to a row that was put aside? */
static bool is_aside(const struct rk_table *t, size_t field)
{
    bool found = false;
    for (size_t k = 0; k < t->schema->foreign_key_count && !found; k++) {
        const struct rk_foreign_key *key = &t->schema->foreign_keys[k];
        struct rk_buf name = {0};
        if (key->count != 1 || key->fields[0] != field)
            continue;
        found = rk_strings_find(t->options.aside,
                                aside_name(&name, key->table,
                                           rk_value_text(&t->checker.values[field]))) != RK_NONE;
        rk_buf_free(&name);
    }
    return found;
}

/* Logs what is wrong and counts the row as bad, once. */
static void reject(struct rk_table *t, const struct rk_pos *pos, const char *why)
{
    rk_log(t->options.log, RK_ERROR, pos, "%s", why);
    if (t->row_bad)
        return;
    t->row_bad = true;
    t->rows_bad++;
    if (t->options.rejects) {
        struct rk_buf reason = {0};
        rk_buf_printf(&reason, "%s%s%s", pos->field ? pos->field : "", pos->field ? ": " : "", why);
        keep_reject(t, reason.text);
        rk_buf_free(&reason);
        if (t->options.aside)
            put_aside(t);
    }
}

/* Is the field good? What is wrong with it is told and counted, or where `ahead` left for later. */
static bool check_field(struct rk_table *t, struct checker *c, const struct rk_record *record,
                        size_t f, bool ahead)
{
    const struct rk_field *field = &t->schema->fields[f];
    const struct source *s = &t->sources[f];
    struct rk_value *value = &c->values[f];
    struct rk_cell cell = {0};
    if (s->column < record->count)
        cell = record->cells[s->column];
    else if (s->constant)
        cell = (struct rk_cell){s->constant, strlen(s->constant), false};
    struct rk_text text = {cell.text, cell.size};
    if (s->words && text.size)
        rk_map_value(t->options.map, t->schema->name, field->name, text, &text);
    if (s->any && (text.size || t->options.unchecked)) {
        *value = (struct rk_value){text.text, text.size, cell.bare, -1, 0, 0};
        return true;
    }
    if (rk_field_check(field, text, value, &c->why)) {
        value->bare = cell.bare;
        return true;
    }
    if (!ahead) {
        struct rk_pos pos = rk_table_pos(t, f);
        reject(t, &pos, c->why.text);
    }
    rk_buf_clear(&c->why);
    return false;
}

/* Is the row good? Looks at the fields that may be others than in the row before. */
static bool check_row(struct rk_table *t, struct checker *c, const struct rk_record *record,
                      bool ahead)
{
    const size_t count = t->schema->field_count;
    uint64_t asked = count < BITS ? ((uint64_t)1 << count) - 1 : ~(uint64_t)0;
    bool good = true;
    c->row.record = record;
    c->row.same = 0;
    if (c->row_kept) {
        asked = t->other_fields;
        for (uint64_t others = ~record->same & t->columns; others; others &= others - 1)
            asked |= t->fields_of[__builtin_ctzll(others)];
        c->row.same = ~asked;
    }
    for (; asked; asked &= asked - 1)
        good &= check_field(t, c, record, (size_t)__builtin_ctzll(asked), ahead);
    for (size_t f = BITS; f < count; f++)
        good &= check_field(t, c, record, f, ahead);
    c->row_kept = good;
    return good;
}

/* In the thread that reads ahead. */
static size_t digest_record(void *context, const struct rk_record *record, void *made)
{
    struct rk_table *t = context;
    struct checker *c = &t->ahead;
    size_t size = 0;
    if (record->count == t->bound_columns && check_row(t, c, record, true))
        size = t->digest.make(t->digest.context, &c->row, made);
    c->row_kept = size > 0;
    return size;
}

static void digest_file(struct rk_table *t)
{
    t->ahead.row_kept = false;
    rk_reader_digest(t->reader, &(struct rk_digest){t->digest.most, digest_record, t});
}

void rk_table_digest(struct rk_table *t, const struct rk_table_digest *digest)
{
    assert(!t->options.unchecked);
    t->digest = *digest;
    make_checker(t, &t->ahead);
    digest_file(t);
}

void rk_table_step(struct rk_table *t, uint32_t row)
{
    const uint64_t number = t->record.number;
    rk_reader_step(t->reader, &t->record, row);
    const uint64_t by = t->record.number - number;
    t->rows_in += by;
    t->rows_behind -= by;
    t->row_bad = t->row_bad && !by;
}

void rk_table_stop(struct rk_table *t)
{
    if (t->reader)
        rk_reader_stop(t->reader);
}

/* Of JSON it is known at the end only what columns are nowhere. */
static enum rk_status check_columns(const struct rk_table *t, struct rk_error *error)
{
    if (!rk_reader_is_json(t->reader) || !rk_reader_columns(t->reader))
        return RK_OK;
    for (size_t f = 0; f < t->schema->field_count; f++) {
        const char *our = t->schema->fields[f].name;
        const char *mapped = rk_map_column(t->options.map, t->schema->name, our);
        if (mapped && t->sources[f].column == SIZE_MAX &&
            !rk_map_constant(t->options.map, t->schema->name, our))
            return no_column(t, our, mapped, error);
    }
    return check_extras(t, error);
}

enum rk_status rk_table_next(struct rk_table *t, const struct rk_row **row, struct rk_error *error)
{
    *row = NULL;
    t->rows_in += t->rows_behind;
    t->rows_behind = 0;
    for (;;) {
        bool found;
        enum rk_status status = rk_reader_next(t->reader, &t->record, &found, error);
        if (status)
            return status;
        if (!found) {
            status = check_columns(t, error);
            if (t->in) {
                RK_GROW(t->hashes, t->hash_count, t->hash_room);
                rk_in_hash_end(t->in, t->hashes[t->hash_count]);
                t->hash_count += t->rows_in > t->rows_before;
                t->rows_before = t->rows_in;
                t->in = NULL;
            }
            if (!status && t->path_at == t->path_count)
                break;
            if (!status)
                status = open_next(t, NULL, error);
            if (status)
                return status;
            continue;
        }
        t->rows_in++;
        t->rows_behind = t->record.rows - 1;
        t->row_bad = false;
        if (rk_reader_columns(t->reader) != t->bound_columns && (status = bind(t, error)))
            return status;
        if (t->record.count != rk_reader_columns(t->reader) && !t->options.unchecked) {
            struct rk_pos pos = {rk_reader_file(t->reader), t->record.line, 0, NULL};
            struct rk_buf why = {0};
            if (t->record.count == 1 && !t->record.cells[0].size)
                rk_buf_text(&why, _("an empty line"));
            else
                rk_buf_printf(&why,
                              RK_PLURAL("%zu cell, but the header has %zu",
                                        "%zu cells, but the header has %zu", t->record.count),
                              t->record.count, rk_reader_columns(t->reader));
            reject(t, &pos, why.text);
            rk_buf_free(&why);
            t->checker.row_kept = false;
            continue;
        }
        t->checker.row.made = t->record.made;
        t->checker.row.rows = t->record.rows;
        if (t->record.made) /* checked ahead */
            t->checker.row_kept = false;
        else if (!check_row(t, &t->checker, &t->record, false))
            continue;
        t->checker.row.number = t->record.number;
        *row = &t->checker.row;
        return RK_OK;
    }
    if (t->options.rejects) {
        if (!t->rejects_written)
            write_rejects(t);
        t->rejects_written = true;
        return RK_OK;
    }
    if (t->rows_bad)
        return rk_fail(
            error, RK_BAD_DATA,
            t->options.never_rejects
                ? RK_PLURAL("%s: %llu of %llu rows is wrong", "%s: %llu of %llu rows are wrong",
                            t->rows_bad)
                : RK_PLURAL("%s: %llu of %llu rows is wrong; --rejects FILE sets it aside",
                            "%s: %llu of %llu rows are wrong; --rejects FILE sets them aside",
                            t->rows_bad),
            t->schema->name, (unsigned long long)t->rows_bad, (unsigned long long)t->rows_in);
    return RK_OK;
}

void rk_table_reject(struct rk_table *t, size_t field, const char *format, ...)
{
    struct rk_pos pos = field == SIZE_MAX
                            ? (struct rk_pos){rk_reader_file(t->reader), t->record.line, 0, NULL}
                            : rk_table_pos(t, field);
    struct rk_buf why = {0};
    va_list args;
    if (t->options.aside && field != SIZE_MAX && is_aside(t, field)) {
        t->rows_passed++;
        put_aside(t);
        return;
    }
    va_start(args, format);
    rk_buf_vprintf(&why, format, args);
    va_end(args);
    reject(t, &pos, why.text ? why.text : "");
    rk_buf_free(&why);
}

void rk_table_hide(struct rk_table *t, bool (*hide)(struct rk_text text)) { t->hide = hide; }

bool rk_table_has(const struct rk_table *t, size_t field)
{
    return t->sources[field].column != SIZE_MAX || t->sources[field].constant;
}

size_t rk_table_extras(const struct rk_table *t) { return t->extra_count; }

struct rk_text rk_table_extra_name(const struct rk_table *t, size_t extra)
{
    return rk_reader_column(t->reader, t->extras[extra]);
}

uint64_t rk_table_bound(const struct rk_table *t) { return t->bound; }

struct rk_cell rk_table_extra_of(const struct rk_table *t, const struct rk_row *row, size_t extra)
{
    return row->record->cells[t->extras[extra]];
}

struct rk_cell rk_table_extra(const struct rk_table *t, size_t extra)
{
    return t->record.cells[t->extras[extra]];
}

struct rk_pos rk_table_pos(const struct rk_table *t, size_t field)
{
    if (field == SIZE_MAX)
        return (struct rk_pos){rk_reader_file(t->reader), t->record.line, 0, NULL};
    size_t column = t->sources[field].column;
    if (column != SIZE_MAX)
        return rk_reader_pos(t->reader, column);
    return (struct rk_pos){rk_reader_file(t->reader), t->record.line, 0,
                           t->schema->fields[field].name};
}

const struct rk_reader *rk_table_reader(const struct rk_table *t) { return t->reader; }
const struct rk_record *rk_table_record(const struct rk_table *t) { return &t->record; }
size_t rk_table_column(const struct rk_table *t, size_t field) { return t->sources[field].column; }

const char *rk_table_hash(const struct rk_table *t, size_t index)
{
    return index < t->hash_count ? t->hashes[index] : NULL;
}

uint64_t rk_table_rows_in(const struct rk_table *t) { return t->rows_in; }
bool rk_table_is_rejecting(const struct rk_table *t) { return t->options.rejects != NULL; }
uint64_t rk_table_rows_rejected(const struct rk_table *t) { return t->rows_bad; }

uint64_t rk_table_rows_passed(const struct rk_table *t) { return t->rows_passed; }

void rk_table_close(struct rk_table *t)
{
    if (!t)
        return;
    rk_reader_close(t->reader);
    for (size_t i = 0; i < t->reject_count; i++) {
        for (size_t c = 0; c < t->rejects[i].count; c++)
            rk_free(t->rejects[i].cells[c]);
        rk_free(t->rejects[i].cells);
        rk_free(t->rejects[i].columns);
        rk_free(t->rejects[i].sizes);
        rk_free(t->rejects[i].reason);
    }
    rk_free(t->rejects);
    rk_free(t->hashes);
    rk_strings_free(&t->reject_columns);
    free_checker(&t->checker);
    free_checker(&t->ahead);
    rk_free(t->sources);
    rk_free(t->extras);
    rk_free(t);
}
