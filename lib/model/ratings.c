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

enum { CRITERION = 5 }; /* its place among them, the last: the others are those of a sheet */

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

/* These two fill in a rating but for its keys and place. NULL, or what is wrong in which field. */
static const char *fill_score(const struct fields *f, const struct rk_row *row, struct rk_rating *r,
                              size_t *wrong)
{
    const struct rk_value *v = row->values;
    *wrong = f->missing;
    r->score = 0;
    r->missing = RK_NOT_MISSING;
    if (v[f->score].size && v[f->missing].size)
        return _("a score and a reason why it is missing");
    if (v[f->score].size)
        r->score = v[f->score].number;
    else if (v[f->missing].size)
        r->missing = (enum rk_missing)(RK_NOT_ASKED + v[f->missing].choice);
    else
        r->missing = RK_UNEXPLAINED;
    return NULL;
}

static const char *fill_rest(const struct fields *f, const struct rk_table *table,
                             const struct rk_row *row, struct rk_rating *r, size_t *wrong)
{
    const struct rk_value *v = row->values;
    *wrong = SIZE_MAX;
    r->basis = v[f->basis].size && v[f->basis].choice == 1 ? RK_CONSENSUS : RK_INDIVIDUAL;
    r->persons = v[f->persons].size ? (uint32_t)(v[f->persons].number / RK_FIXED_ONE) : 0;
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
    uint64_t of_sheet;       /* bits of the fields of what lies in a struct sheet */
    struct rk_rating rating; /* the thread's, made last */
};

/* A rating in few bytes, as they go from core to core. */
struct made {
    rk_fixed score;
    uint32_t criterion; /* the thread's number */
    uint8_t missing;
    bool has_sheet; /* it lies behind this; else it is that of the rating before */
};

/* What a rater's ratings of a candidate have in common, and all that is new among the keys. */
struct sheet {
    _Alignas(struct made) struct rk_keys_ahead keys;
    uint32_t persons, count;
    enum rk_basis basis;
};

static void prepare(struct reading *reading)
{
    reading->of_sheet = (uint64_t)1 << reading->fields.basis;
    reading->of_sheet |= (uint64_t)1 << reading->fields.persons;
    for (size_t k = 0; k < CRITERION; k++)
        reading->of_sheet |= (uint64_t)1 << reading->keys.field[k];
}

static size_t make_rating(void *context, const struct rk_row *row, void *made)
{
    struct reading *reading = context;
    struct rk_rating *r = &reading->rating;
    struct made *m = made;
    struct sheet *sheet = (void *)(m + 1);
    size_t wrong;
    find_count(&reading->fields, reading->table);
    const bool alike = !(~row->same & reading->of_sheet) && reading->fields.count == SIZE_MAX;
    if (fill_score(&reading->fields, row, r, &wrong) ||
        (!alike && fill_rest(&reading->fields, reading->table, row, r, &wrong)))
        return 0;
    m->score = r->score;
    m->missing = (uint8_t)r->missing;
    m->has_sheet = !alike || !rk_key_ahead_read(&reading->ahead, &reading->keys, row, CRITERION);
    if (m->has_sheet) {
        rk_keys_ahead_read(&reading->ahead, &reading->keys, row, &sheet->keys);
        sheet->persons = r->persons;
        sheet->count = r->count;
        sheet->basis = r->basis;
    }
    m->criterion = reading->ahead.id[CRITERION];
    return m->has_sheet ? sizeof *m + sizeof *sheet : sizeof *m;
}

/* ---- in the caller's ---- */

static void set_keys(struct rk_rating *rating, const uint32_t id[RK_KEYS])
{
    rating->recruitment = id[0];
    rating->candidate = id[1];
    rating->rater = id[2];
    rating->group = id[3];
    rating->stage = id[4];
    rating->criterion = id[CRITERION];
}

/* The next of the ratings that were made; those before have left in `rating` what it shares with
 * them. What comes behind it. */
static const struct made *take_made(struct reading *reading, const struct made *made,
                                    struct rk_ids *ids, struct rk_rating *rating)
{
    const struct made *behind = made + 1;
    if (made->has_sheet) {
        const struct sheet *sheet = (const void *)behind;
        uint32_t id[RK_KEYS];
        rk_keys_ahead_take(&reading->ahead, &reading->keys, &sheet->keys, ids, id);
        set_keys(rating, id);
        rating->persons = sheet->persons;
        rating->count = sheet->count;
        rating->basis = sheet->basis;
        behind = (const void *)(sheet + 1);
    } else
        rating->criterion = rk_id_ahead_take(&reading->ahead, RK_ID_CRITERION, made->criterion);
    rating->score = made->score;
    rating->missing = (enum rk_missing)made->missing;
    return behind;
}

struct taking {
    struct rk_table *table;
    const struct rk_schema *schema;
    struct rk_places places;
    rk_take_rating *take;
    void *context;
    struct rk_error problem;
    size_t score;     /* its field */
    bool unexplained; /* of JSON, where no record has had a score yet: a rating says nothing */
};

/* Gives rating `row` of those read at once to the caller. */
static enum rk_status give(struct taking *t, const struct rk_rating *rating, uint32_t row)
{
    if (rating->missing == RK_UNEXPLAINED && !rk_table_has(t->table, t->score)) {
        if (!rk_reader_is_json(rk_table_reader(t->table)))
            return rk_table_lacks(t->table, t->score, &t->problem);
        t->unexplained = true;
    }
    enum rk_status status = t->take(t->context, rating, &t->problem);
    if (status == RK_OK)
        return RK_OK;
    rk_table_step(t->table, row);
    if (status != RK_BAD_DATA)
        return status;
    rk_reject_problem(t->table, t->schema, &t->places, &t->problem);
    t->problem = (struct rk_error){0};
    return RK_OK;
}

enum rk_status rk_ratings_read(struct rk_ratings *ratings, struct rk_table *table,
                               rk_take_rating *take, void *context, struct rk_error *error)
{
    static const char *const known[] = {
        "count", "recruitment_id", "rater_group", "stage",     "criterion",
        "score", "missing",        "basis",       "n_persons", NULL};
    const struct rk_schema *schema = rk_table_schema(table);
    RK_TRY(rk_table_know(table, known, error));
    struct reading reading = {.fields = find_fields(schema),
                              .keys = rk_keys_find(schema, kinds, sizeof kinds / sizeof *kinds),
                              .table = table};
    struct fields fields = reading.fields;
    struct taking taking = {
        .table = table, .schema = schema, .take = take, .context = context, .score = fields.score};
    enum rk_status status;
    uint32_t id[RK_KEYS];
    struct rk_rating made_last = {0};
    prepare(&reading);
    rk_table_digest(table, &(struct rk_table_digest){sizeof(struct made) + sizeof(struct sheet),
                                                     make_rating, &reading});
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        find_count(&fields, table);
        ratings->has_count |= fields.count != SIZE_MAX;
        struct rk_pos pos = rk_table_pos(table, SIZE_MAX);
        const uint32_t place = rk_place_token(&taking.places, &pos);
        if (row->made) {
            const struct made *made = row->made;
            pos.line += row->rows - 1;
            const uint32_t last_place = rk_place_token(&taking.places, &pos);
            made_last.place = place;
            for (uint32_t i = 0; i < row->rows && !status; i++) {
                made = take_made(&reading, made, ratings->ids, &made_last);
                status = give(&taking, &made_last, i);
                made_last.place += made_last.place < last_place;
            }
        } else {
            struct rk_rating r;
            size_t wrong;
            rk_keys_read(&reading.keys, row, ratings->ids, id);
            const char *why = fill_score(&fields, row, &r, &wrong);
            if (!why)
                why = fill_rest(&fields, table, row, &r, &wrong);
            if (why) {
                rk_table_reject(table, wrong, "%s", why);
                continue;
            }
            set_keys(&r, id);
            r.place = place;
            status = give(&taking, &r, 0);
        }
        if (status) {
            *error = taking.problem;
            if (error->pos.field)
                error->pos.field = error->field;
            break;
        }
    }
    if (!status && taking.unexplained && !rk_table_has(table, taking.score))
        status = rk_table_lacks(table, taking.score, error);
    rk_table_stop(table);
    rk_ids_ahead_free(&reading.ahead);
    rk_places_free(&taking.places);
    return status;
}
