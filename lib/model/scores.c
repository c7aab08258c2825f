#include "model/scores.h"

const char *const rk_scores_defaults[] = {
    "recruitment_id", "all", "rater_group", "all", "stage",          "all", "basis", "individual",
    "scale",          "raw", "n_criteria",  "1",   "weight_covered", "1",   NULL};
const char *const rk_ballots_defaults[] = {"recruitment_id", "all", "rater_group", "all",
                                           "stage",          "all", NULL};

/* Fields of scores or ballots; SIZE_MAX where the table has none such. */
struct fields {
    size_t key[5];
    size_t basis, value, scale, gates, adjusted, flags, weight;
};

static const struct {
    const char *name;
    enum rk_id_kind kind;
} keys[5] = {{"recruitment_id", RK_ID_RECRUITMENT},
             {"candidate_id", RK_ID_CANDIDATE},
             {"rater_id", RK_ID_RATER},
             {"stage", RK_ID_STAGE},
             {"rater_group", RK_ID_GROUP}};

static size_t field_named(const struct rk_schema *schema, const char *name)
{
    return rk_schema_find(schema, rk_text(name));
}

static struct fields find_fields(const struct rk_schema *schema)
{
    struct fields f;
    bool ballots = field_named(schema, "rank") != SIZE_MAX;
    for (size_t k = 0; k < 5; k++)
        f.key[k] = rk_schema_field(schema, keys[k].name);
    f.value = rk_schema_field(schema, ballots ? "rank" : "score");
    f.basis = field_named(schema, "basis");
    f.scale = field_named(schema, "scale");
    f.gates = field_named(schema, "gates");
    f.adjusted = field_named(schema, "adjusted");
    f.flags = field_named(schema, "flags");
    f.weight = field_named(schema, "weight");
    return f;
}

static void read_score(const struct fields *f, const struct rk_value *v, struct rk_ids *ids,
                       struct rk_score *s)
{
    uint32_t *id[5] = {&s->recruitment, &s->candidate, &s->rater, &s->stage, &s->group};
    *s = (struct rk_score){.count = 1};
    for (size_t k = 0; k < 5; k++) {
        struct rk_text text = rk_value_text(&v[f->key[k]]);
        *id[k] = rk_id(ids, keys[k].kind, text.size ? text : RK_TEXT("all"));
    }
    s->score = v[f->value].number;
    if (f->basis != SIZE_MAX)
        s->basis = v[f->basis].choice == 1 ? RK_CONSENSUS : RK_INDIVIDUAL;
    if (f->scale != SIZE_MAX)
        s->percent = rk_text_is(rk_value_text(&v[f->scale]), "0-100");
    if (f->gates != SIZE_MAX)
        s->gates = rk_value_text(&v[f->gates]);
    if (f->adjusted != SIZE_MAX && v[f->adjusted].size) {
        s->has_adjusted = true;
        s->adjusted = v[f->adjusted].number;
    }
    if (f->flags != SIZE_MAX)
        s->flags = rk_value_text(&v[f->flags]);
    if (f->weight != SIZE_MAX && v[f->weight].size)
        s->count = (uint32_t)(v[f->weight].number / RK_FIXED_ONE);
}

enum rk_status rk_scores_read(struct rk_table *table, struct rk_ids *ids, rk_take_score *take,
                              void *context, struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    const struct fields fields = find_fields(schema);
    size_t extra[2] = {SIZE_MAX, SIZE_MAX}, extras = SIZE_MAX;
    struct rk_places places = {0};
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        struct rk_score score;
        read_score(&fields, row->values, ids, &score);
        if (row->number == 1 || extras != rk_table_extras(table)) { /* another file, or JSON's */
            extras = rk_table_extras(table);
            extra[0] = rk_extra_column(table, "count");
            extra[1] = rk_extra_column(table, "weight");
        }
        uint32_t times[2];
        if (!rk_extra_count(table, row, extra[0], &times[0])) {
            rk_table_reject(table, SIZE_MAX, _("count: a whole number from 1 was expected"));
            continue;
        }
        if (!rk_extra_count(table, row, extra[1], &times[1])) {
            rk_table_reject(table, SIZE_MAX, _("weight: a whole number from 1 was expected"));
            continue;
        }
        uint64_t count = (uint64_t)score.count * times[0] * times[1];
        if (times[0] > 1000000000 / times[1] || count > 1000000000) {
            rk_table_reject(table, SIZE_MAX, _("count times weight is more than 10^9"));
            continue;
        }
        score.count = (uint32_t)count;
        struct rk_pos pos = rk_table_pos(table, SIZE_MAX);
        struct rk_error problem = {0};
        status = take(context, &score, rk_place_token(&places, &pos), &problem);
        if (status == RK_BAD_DATA)
            rk_reject_problem(table, schema, &places, &problem);
        else if (status != RK_OK) {
            *error = problem;
            break;
        }
    }
    rk_places_free(&places);
    return status;
}

void rk_score_flag(struct rk_score *score, struct rk_arena *arena, const char *flag,
                   const char *more)
{
    struct rk_buf list = {0};
    rk_buf_add(&list, score->flags.text, score->flags.size);
    rk_buf_printf(&list, list.size ? "|%s%s" : "%s%s", flag, more);
    score->flags = (struct rk_text){rk_arena_text(arena, list.text, list.size), list.size};
    rk_buf_free(&list);
}

void rk_score_flag_outside(struct rk_score *score, struct rk_arena *arena)
{
    if (score->percent && (score->adjusted < 0 || score->adjusted > rk_fixed_int(100)))
        rk_score_flag(score, arena, "outside_scale", "");
}

size_t rk_scores_columns(const struct rk_scores_form *form, struct rk_writer_column columns[16])
{
    static const struct rk_writer_column all[] = {
        {"recruitment_id", false}, {"candidate_id", false}, {"rater_id", false},
        {"stage", false},          {"rater_group", false},  {"basis", false},
        {"n_persons", true},       {"score", true},         {"scale", false},
        {"gates", false},          {"n_criteria", true},    {"weight_covered", true},
        {"severity", true},        {"adjusted", true},      {"flags", false},
        {"count", true},
    };
    memcpy(columns, all, sizeof all);
    return form->count ? 16 : 15;
}

void rk_scores_write(const struct rk_scores_form *form, const struct rk_ids *ids,
                     const struct rk_score *score, struct rk_writer *writer)
{
    rk_write_text(writer, rk_id_text(ids, RK_ID_RECRUITMENT, score->recruitment));
    rk_write_text(writer, rk_id_text(ids, RK_ID_CANDIDATE, score->candidate));
    rk_write_text(writer, rk_id_text(ids, RK_ID_RATER, score->rater));
    rk_write_text(writer, rk_id_text(ids, RK_ID_STAGE, score->stage));
    rk_write_text(writer, rk_id_text(ids, RK_ID_GROUP, score->group));
    rk_write_string(writer, rk_basis_name(score->basis));
    if (score->persons)
        rk_write_int(writer, score->persons);
    else
        rk_write_missing(writer);
    rk_write_fixed(writer, score->score);
    rk_write_string(writer, score->percent ? "0-100" : "raw");
    rk_write_text(writer, score->gates);
    rk_write_int(writer, score->n_criteria);
    rk_write_fixed(writer, score->weight_covered);
    if (score->has_severity)
        rk_write_fixed(writer, score->severity);
    else
        rk_write_missing(writer);
    if (score->has_adjusted)
        rk_write_fixed(writer, score->adjusted);
    else
        rk_write_missing(writer);
    rk_write_text(writer, score->flags);
    if (form->count)
        rk_write_int(writer, score->count);
    rk_write_end(writer);
}
