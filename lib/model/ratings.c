#include "model/ratings.h"

#include <assert.h>

const char *const rk_ratings_defaults[] = {
    "recruitment_id", "all", "rater_group", "all", "stage", "all", "criterion", "all", NULL};

const char *rk_missing_name(enum rk_missing missing)
{
    static const char *const names[RK_MISSING_KINDS] = {
        "", "not_asked", "abstained", "conflict", "not_met", "not_returned", "missing"};
    return names[missing];
}

const char *rk_basis_name(enum rk_basis basis)
{
    return basis == RK_CONSENSUS ? "consensus" : "individual";
}

/* Tokens past 2^32 all become the last one: "somewhere below". */
uint32_t rk_place_token(struct rk_places *places, const struct rk_pos *pos)
{
    struct rk_place_file *file = places->count ? &places->files[places->count - 1] : NULL;
    if (!file || file->name != pos->file) {
        RK_GROW(places->files, places->count, places->room);
        places->files[places->count] = (struct rk_place_file){pos->file, places->top};
        file = &places->files[places->count++];
    }
    uint64_t token = file->base + pos->line;
    if (token >= UINT32_MAX)
        token = UINT32_MAX - 1;
    if (token > places->top)
        places->top = (uint32_t)token;
    return (uint32_t)token;
}

void rk_place_print(const struct rk_places *places, uint32_t token, const struct rk_pos *from,
                    struct rk_buf *out)
{
    size_t i = places->count;
    while (i > 1 && places->files[i - 1].base >= token)
        i--;
    const struct rk_place_file *file = &places->files[i - 1];
    if (file->name == from->file || !strcmp(file->name, from->file))
        rk_buf_printf(out, _("line %lu"), (unsigned long)(token - file->base));
    else
        rk_buf_printf(out, _("line %lu of %s"), (unsigned long)(token - file->base), file->name);
}

void rk_places_free(struct rk_places *places)
{
    rk_free(places->files);
    *places = (struct rk_places){0};
}

void rk_reject_problem(struct rk_table *table, const struct rk_schema *schema,
                       const struct rk_places *places, const struct rk_error *problem)
{
    const char *name = problem->pos.field;
    size_t field = name ? rk_schema_find(schema, rk_text(name)) : SIZE_MAX;
    if (!problem->pos.line) {
        rk_table_reject(table, field, "%s", problem->text);
        return;
    }
    struct rk_pos pos = rk_table_pos(table, SIZE_MAX);
    struct rk_buf where = {0};
    rk_place_print(places, (uint32_t)problem->pos.line, &pos, &where);
    rk_table_reject(table, field, "%s (%s)", problem->text, where.text);
    rk_buf_free(&where);
}

size_t rk_extra_column(const struct rk_table *table, const char *name)
{
    for (size_t i = 0; i < rk_table_extras(table); i++)
        if (rk_text_is(rk_table_extra_name(table, i), name))
            return i;
    return SIZE_MAX;
}

bool rk_extra_count(const struct rk_table *table, const struct rk_row *row, size_t extra,
                    uint32_t *count)
{
    int64_t value;
    *count = 1;
    if (extra == SIZE_MAX)
        return true;
    struct rk_cell cell = rk_table_extra_of(table, row, extra);
    if (!rk_text_int((struct rk_text){cell.text, cell.size}, &value) || value < 1 ||
        value > 1000000000)
        return false;
    *count = (uint32_t)value;
    return true;
}

static const enum rk_id_kind kinds[] = {RK_ID_RECRUITMENT, RK_ID_CANDIDATE, RK_ID_RATER,
                                        RK_ID_GROUP,       RK_ID_STAGE,     RK_ID_CRITERION};

/* Fields of the schema, and the file's column `count`. */
struct fields {
    size_t score, missing, basis, persons;
    size_t count;   /* an extra of the table, SIZE_MAX = none */
    uint64_t bound; /* of the columns that it was looked for in */
};

static struct fields find_fields(const struct rk_schema *schema)
{
    struct fields f = {.count = SIZE_MAX};
    f.score = rk_schema_field(schema, "score");
    f.missing = rk_schema_field(schema, "missing");
    f.basis = rk_schema_field(schema, "basis");
    f.persons = rk_schema_field(schema, "n_persons");
    return f;
}

static void find_count(struct fields *f, const struct rk_table *table)
{
    if (f->bound == rk_table_bound(table))
        return;
    f->bound = rk_table_bound(table);
    f->count = rk_extra_column(table, "count");
}

/* All of a rating but its keys and its place. NULL, or what is wrong and in which field. */
static const char *fill_rating(const struct fields *f, const struct rk_table *table,
                               const struct rk_row *row, struct rk_rating *r, size_t *wrong)
{
    const struct rk_value *v = row->values;
    *r = (struct rk_rating){.missing = RK_NOT_MISSING};
    *wrong = f->missing;
    if (v[f->score].size && v[f->missing].size)
        return _("a score and a reason why it is missing");
    if (v[f->score].size)
        r->score = v[f->score].number;
    else if (v[f->missing].size)
        r->missing = (enum rk_missing)(RK_NOT_ASKED + v[f->missing].choice);
    else
        r->missing = RK_UNEXPLAINED;
    r->basis = v[f->basis].size && v[f->basis].choice == 1 ? RK_CONSENSUS : RK_INDIVIDUAL;
    if (v[f->persons].size)
        r->persons = (uint32_t)(v[f->persons].number / RK_FIXED_ONE);
    *wrong = SIZE_MAX;
    return rk_extra_count(table, row, f->count, &r->count)
               ? NULL
               : _("count: a whole number from 1 was expected");
}

/* ---- in the thread that reads ahead ---- */

struct reading {
    struct fields fields; /* the thread's */
    struct rk_keys keys;
    const struct rk_table *table;
    struct rk_ids_ahead ahead;
};

struct made { /* a rating in few bytes: they go from core to core */
    rk_fixed score;
    struct rk_keys_ahead keys; /* more: missing, basis */
    uint32_t persons, count;
};

static bool make_rating(void *context, const struct rk_row *row, void *made)
{
    struct reading *reading = context;
    struct made *m = made;
    struct rk_rating r;
    size_t wrong;
    find_count(&reading->fields, reading->table);
    if (fill_rating(&reading->fields, reading->table, row, &r, &wrong))
        return false;
    *m = (struct made){.score = r.score,
                       .keys.more = {(uint8_t)r.missing, (uint8_t)r.basis},
                       .persons = r.persons,
                       .count = r.count};
    rk_keys_ahead_read(&reading->ahead, &reading->keys, row, &m->keys);
    return true;
}

/* ---- in the caller's ---- */

static void take_made(const struct made *made, struct rk_rating *rating)
{
    *rating = (struct rk_rating){.missing = (enum rk_missing)made->keys.more[0],
                                 .score = made->score,
                                 .basis = (enum rk_basis)made->keys.more[1],
                                 .persons = made->persons,
                                 .count = made->count};
}

enum rk_status rk_ratings_read(struct rk_ratings *ratings, struct rk_table *table,
                               rk_take_rating *take, void *context, struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    struct reading reading = {.fields = find_fields(schema),
                              .keys = rk_keys_find(schema, kinds, sizeof kinds / sizeof *kinds),
                              .table = table};
    struct fields fields = reading.fields;
    struct rk_places places = {0};
    enum rk_status status;
    uint32_t id[RK_KEYS];
    rk_table_digest(table, &(struct rk_table_digest){sizeof(struct made), make_rating, &reading});
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        struct rk_rating r;
        find_count(&fields, table);
        ratings->has_count |= fields.count != SIZE_MAX;
        if (row->made) {
            const struct made *made = row->made;
            rk_keys_ahead_take(&reading.ahead, &reading.keys, &made->keys, ratings->ids, id);
            take_made(made, &r);
        } else {
            rk_keys_read(&reading.keys, row, ratings->ids, id);
            size_t wrong;
            const char *why = fill_rating(&fields, table, row, &r, &wrong);
            if (why) {
                rk_table_reject(table, wrong, "%s", why);
                continue;
            }
        }
        r.recruitment = id[0];
        r.candidate = id[1];
        r.rater = id[2];
        r.group = id[3];
        r.stage = id[4];
        r.criterion = id[5];
        struct rk_pos pos = rk_table_pos(table, SIZE_MAX);
        r.place = rk_place_token(&places, &pos);
        struct rk_error problem = {0};
        status = take(context, &r, &problem);
        if (status == RK_OK)
            continue;
        if (status != RK_BAD_DATA) {
            *error = problem;
            break;
        }
        rk_reject_problem(table, schema, &places, &problem);
    }
    rk_table_stop(table);
    rk_ids_ahead_free(&reading.ahead);
    rk_places_free(&places);
    return status;
}
