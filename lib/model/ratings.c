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

enum { KEYS = 6 };
static const struct {
    const char *name;
    enum rk_id_kind kind;
} keys[KEYS] = {{"recruitment_id", RK_ID_RECRUITMENT}, {"candidate_id", RK_ID_CANDIDATE},
                {"rater_id", RK_ID_RATER},             {"rater_group", RK_ID_GROUP},
                {"stage", RK_ID_STAGE},                {"criterion", RK_ID_CRITERION}};

/* Fields of the schema, and the file's column `count`. */
struct fields {
    size_t key[KEYS], score, missing, basis, persons;
    size_t count; /* an extra of the table, SIZE_MAX = none */
};

static struct fields find_fields(const struct rk_schema *schema)
{
    struct fields f = {.count = SIZE_MAX};
    assert(schema->field_count <= 64); /* the bits of row->same */
    for (size_t k = 0; k < KEYS; k++)
        f.key[k] = rk_schema_field(schema, keys[k].name);
    f.score = rk_schema_field(schema, "score");
    f.missing = rk_schema_field(schema, "missing");
    f.basis = rk_schema_field(schema, "basis");
    f.persons = rk_schema_field(schema, "n_persons");
    return f;
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

static void set_keys(struct rk_rating *r, const uint32_t id[KEYS])
{
    r->recruitment = id[0];
    r->candidate = id[1];
    r->rater = id[2];
    r->group = id[3];
    r->stage = id[4];
    r->criterion = id[5];
}

static struct rk_text key_text(const struct fields *f, const struct rk_row *row, size_t k)
{
    struct rk_text text = rk_value_text(&row->values[f->key[k]]);
    return text.size ? text : RK_TEXT("all");
}

/* ---- in the thread that reads ahead ---- */

/* It has ids of its own; what is new among them goes along with the rating. */
struct ahead {
    const struct fields *fields;
    const struct rk_table *table;
    struct rk_ids ids;
    uint32_t id[KEYS];
    struct rk_arena texts;
};

struct made { /* a rating in few bytes: they go from core to core */
    rk_fixed score;
    const struct rk_text *texts; /* of the keys that are fresh */
    uint32_t id[KEYS];           /* of the thread */
    uint32_t persons, count;
    uint8_t missing, basis;
    uint8_t fresh; /* bit per key: its id is new */
};

static bool make_rating(void *context, const struct rk_row *row, void *made)
{
    struct ahead *a = context;
    struct made *m = made;
    struct rk_text texts[KEYS];
    struct rk_rating r;
    size_t wrong, fresh = 0;
    if (fill_rating(a->fields, a->table, row, &r, &wrong))
        return false;
    *m = (struct made){.score = r.score,
                       .persons = r.persons,
                       .count = r.count,
                       .missing = (uint8_t)r.missing,
                       .basis = (uint8_t)r.basis};
    for (size_t k = 0; k < KEYS; k++) {
        if (row->same >> a->fields->key[k] & 1)
            continue;
        const struct rk_strings *known = &a->ids.of[keys[k].kind];
        uint32_t before = known->count;
        a->id[k] = rk_id(&a->ids, keys[k].kind, key_text(a->fields, row, k));
        if (a->id[k] != before)
            continue;
        texts[fresh++] = known->texts[before];
        m->fresh |= (uint8_t)(1u << k);
    }
    memcpy(m->id, a->id, sizeof m->id);
    if (fresh)
        m->texts = memcpy(rk_arena_alloc(&a->texts, fresh * sizeof *texts), texts,
                          fresh * sizeof *texts);
    return true;
}

/* ---- in the caller's ---- */

struct reading {
    struct rk_ids *ids;
    struct fields fields;
    struct ahead ahead;
    uint32_t *id_of[KEYS]; /* by key and id of the thread: ours */
    uint32_t id_room[KEYS];
    uint32_t id[KEYS];
};

static void take_ids(struct reading *r, const struct made *made)
{
    const struct rk_text *text = made->texts;
    for (size_t k = 0; k < KEYS; k++) {
        uint32_t theirs = made->id[k];
        if (!(made->fresh >> k & 1))
            continue;
        if (theirs >= r->id_room[k]) {
            r->id_room[k] = theirs < 8 ? 16 : theirs * 2;
            r->id_of[k] = rk_resize(r->id_of[k], r->id_room[k], sizeof **r->id_of);
        }
        r->id_of[k][theirs] = rk_id(r->ids, keys[k].kind, *text++);
    }
}

static void take_made(struct reading *r, const struct made *made, struct rk_rating *rating)
{
    if (made->fresh)
        take_ids(r, made);
    for (size_t k = 0; k < KEYS; k++)
        r->id[k] = r->id_of[k][made->id[k]];
    *rating = (struct rk_rating){.missing = (enum rk_missing)made->missing,
                                 .score = made->score,
                                 .basis = (enum rk_basis)made->basis,
                                 .persons = made->persons,
                                 .count = made->count};
}

static void free_reading(struct reading *r)
{
    rk_ids_free(&r->ahead.ids);
    rk_arena_free(&r->ahead.texts);
    for (size_t k = 0; k < KEYS; k++)
        rk_free(r->id_of[k]);
}

enum rk_status rk_ratings_read(struct rk_ratings *ratings, struct rk_table *table,
                               rk_take_rating *take, void *context, struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    struct reading reading = {.ids = ratings->ids, .fields = find_fields(schema)};
    struct fields *fields = &reading.fields; /* that the thread reads: it begins after the first row */
    size_t extras = SIZE_MAX;
    struct rk_places places = {0};
    enum rk_status status;
    reading.ahead.fields = fields;
    reading.ahead.table = table;
    rk_table_digest(table,
                    &(struct rk_table_digest){sizeof(struct made), make_rating, &reading.ahead});
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        struct rk_rating r;
        if (row->number == 1 || extras != rk_table_extras(table)) { /* another file, or JSON's */
            extras = rk_table_extras(table);
            fields->count = rk_extra_column(table, "count");
            ratings->has_count |= fields->count != SIZE_MAX;
        }
        if (row->made)
            take_made(&reading, row->made, &r);
        else {
            for (size_t k = 0; k < KEYS; k++)
                if (!(row->same >> fields->key[k] & 1))
                    reading.id[k] = rk_id(ratings->ids, keys[k].kind, key_text(fields, row, k));
            size_t wrong;
            const char *why = fill_rating(fields, table, row, &r, &wrong);
            if (why) {
                rk_table_reject(table, wrong, "%s", why);
                continue;
            }
        }
        set_keys(&r, reading.id);
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
    free_reading(&reading);
    rk_places_free(&places);
    return status;
}
