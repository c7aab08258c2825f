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

bool rk_extra_count(const struct rk_table *table, size_t extra, uint32_t *count)
{
    int64_t value;
    *count = 1;
    if (extra == SIZE_MAX)
        return true;
    struct rk_cell cell = rk_table_extra(table, extra);
    if (!rk_text_int((struct rk_text){cell.text, cell.size}, &value) || value < 1 ||
        value > 1000000000)
        return false;
    *count = (uint32_t)value;
    return true;
}

enum rk_status rk_ratings_read(struct rk_ratings *ratings, struct rk_table *table,
                               rk_take_rating *take, void *context, struct rk_error *error)
{
    static const struct {
        const char *name;
        enum rk_id_kind kind;
    } keys[] = {{"recruitment_id", RK_ID_RECRUITMENT},
                {"candidate_id", RK_ID_CANDIDATE},
                {"rater_id", RK_ID_RATER},
                {"rater_group", RK_ID_GROUP},
                {"stage", RK_ID_STAGE},
                {"criterion", RK_ID_CRITERION}};
    const struct rk_schema *schema = rk_table_schema(table);
    size_t field[6];
    for (size_t k = 0; k < 6; k++)
        field[k] = rk_schema_field(schema, keys[k].name);
    assert(schema->field_count <= 64); /* the bits of row->same */
    size_t score = rk_schema_field(schema, "score"), missing = rk_schema_field(schema, "missing"),
           basis = rk_schema_field(schema, "basis"), persons = rk_schema_field(schema, "n_persons"),
           count = SIZE_MAX, extras = SIZE_MAX;
    struct rk_places places = {0};
    enum rk_status status;
    uint32_t id[6]; /* by place in `keys` */
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        for (size_t k = 0; k < 6; k++) {
            if (row->same >> field[k] & 1)
                continue;
            struct rk_text text = rk_value_text(&v[field[k]]);
            id[k] = rk_id(ratings->ids, keys[k].kind, text.size ? text : RK_TEXT("all"));
        }
        struct rk_rating r = {.recruitment = id[0],
                              .candidate = id[1],
                              .rater = id[2],
                              .group = id[3],
                              .stage = id[4],
                              .criterion = id[5],
                              .missing = RK_NOT_MISSING};
        if (v[score].size && v[missing].size) {
            rk_table_reject(table, missing, _("a score and a reason why it is missing"));
            continue;
        }
        if (v[score].size)
            r.score = v[score].number;
        else if (v[missing].size)
            r.missing = (enum rk_missing)(RK_NOT_ASKED + v[missing].choice);
        else
            r.missing = RK_UNEXPLAINED;
        r.basis = v[basis].size && v[basis].choice == 1 ? RK_CONSENSUS : RK_INDIVIDUAL;
        if (v[persons].size)
            r.persons = (uint32_t)(v[persons].number / RK_FIXED_ONE);
        if (row->number == 1 || extras != rk_table_extras(table)) { /* another file, or JSON's */
            extras = rk_table_extras(table);
            count = rk_extra_column(table, "count");
            ratings->has_count |= count != SIZE_MAX;
        }
        if (!rk_extra_count(table, count, &r.count)) {
            rk_table_reject(table, SIZE_MAX, _("count: a whole number from 1 was expected"));
            continue;
        }
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
    rk_places_free(&places);
    return status;
}
