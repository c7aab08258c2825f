#include "model/scores.h"

#include <assert.h>

const char *const rk_scores_defaults[] = {
    "recruitment_id", "all", "rater_group", "all", "stage",          "all", "basis", "individual",
    "scale",          "raw", "n_criteria",  "1",   "weight_covered", "1",   NULL};
const char *const rk_ballots_defaults[] = {"recruitment_id", "all", "rater_group", "all",
                                           "stage",          "all", NULL};

static const enum rk_id_kind kinds[] = {RK_ID_RECRUITMENT, RK_ID_CANDIDATE, RK_ID_RATER,
                                        RK_ID_STAGE, RK_ID_GROUP};

/* Fields of scores or ballots; SIZE_MAX where the table has none such. */
struct fields {
    size_t basis, value, scale, gates, adjusted, flags, weight;
    size_t times[2]; /* extras of the table: count and weight; SIZE_MAX = none */
    uint64_t bound;  /* of the columns that they were looked for in */
};

static size_t field_named(const struct rk_schema *schema, const char *name)
{
    return rk_schema_find(schema, rk_text(name));
}

static struct fields find_fields(const struct rk_schema *schema)
{
    struct fields f = {.times = {SIZE_MAX, SIZE_MAX}};
    bool ballots = field_named(schema, "rank") != SIZE_MAX;
    f.value = rk_schema_field(schema, ballots ? "rank" : "score");
    f.basis = field_named(schema, "basis");
    f.scale = field_named(schema, "scale");
    f.gates = field_named(schema, "gates");
    f.adjusted = field_named(schema, "adjusted");
    f.flags = field_named(schema, "flags");
    f.weight = field_named(schema, "weight");
    return f;
}

static void find_times(struct fields *f, const struct rk_table *table)
{
    if (f->bound == rk_table_bound(table))
        return;
    f->bound = rk_table_bound(table);
    f->times[0] = rk_extra_column(table, "count");
    f->times[1] = rk_extra_column(table, "weight");
}

/* What is alike in many scores. NULL, or what is wrong with the row. */
static const char *fill_marks(const struct fields *f, const struct rk_table *table,
                              const struct rk_row *row, struct rk_score *s)
{
    const struct rk_value *v = row->values;
    uint32_t times[2];
    *s = (struct rk_score){.count = 1};
    if (f->basis != SIZE_MAX)
        s->basis = v[f->basis].choice == 1 ? RK_CONSENSUS : RK_INDIVIDUAL;
    if (f->scale != SIZE_MAX)
        s->percent = rk_text_is(rk_value_text(&v[f->scale]), "0-100");
    if (f->gates != SIZE_MAX)
        s->gates = rk_value_text(&v[f->gates]);
    if (f->flags != SIZE_MAX)
        s->flags = rk_value_text(&v[f->flags]);
    if (f->weight != SIZE_MAX && v[f->weight].size)
        s->count = (uint32_t)(v[f->weight].number / RK_FIXED_ONE);
    if (!rk_extra_count(table, row, f->times[0], &times[0]))
        return _("count: a whole number from 1 was expected");
    if (!rk_extra_count(table, row, f->times[1], &times[1]))
        return _("weight: a whole number from 1 was expected");
    uint64_t count = (uint64_t)s->count * times[0] * times[1];
    if (times[0] > 1000000000 / times[1] || count > 1000000000)
        return _("count times weight is more than 10^9");
    s->count = (uint32_t)count;
    return NULL;
}

/* Of 0 to 100, as rk-score tells it; one that was adjusted may lie beyond. */
static bool is_outside(const struct rk_score *s)
{
    return s->percent && (s->score < 0 || s->score > rk_fixed_int(100));
}

static bool has_adjusted(const struct fields *f, const struct rk_row *row)
{
    return f->adjusted != SIZE_MAX && row->values[f->adjusted].size;
}

/* ---- in the thread that reads ahead ---- */

struct marks { /* told apart by their bytes */
    struct rk_text gates, flags;
    uint32_t count, basis, percent, none;
};
_Static_assert(sizeof(struct marks) == 2 * sizeof(struct rk_text) + 16, "no byte between");

struct reading {
    struct fields fields; /* the thread's */
    struct rk_keys keys;
    const struct rk_table *table;
    struct rk_ids_ahead ahead;
    struct rk_strings lists;  /* likewise: gates and flags, of which there are few */
    struct rk_strings marks;  /* … and bytes of marks */
    const struct marks *last; /* those of the row before; NULL = not known */
    uint64_t marking;         /* bits of the fields that they are made of */
};

struct made { /* a score in few bytes: they go from core to core */
    rk_fixed score, adjusted;
    struct rk_keys_ahead keys; /* more: is there an adjusted one */
    const struct marks *marks;
};

static uint64_t marking_fields(const struct fields *f)
{
    const size_t all[] = {f->basis, f->scale, f->gates, f->flags, f->weight};
    uint64_t bits = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        bits |= all[i] != SIZE_MAX ? (uint64_t)1 << all[i] : 0;
    return bits;
}

static struct rk_text keep_list(struct rk_strings *lists, struct rk_text list)
{
    uint32_t number = list.size ? rk_strings_add(lists, list) : RK_NONE;
    return list.size ? lists->texts[number] : RK_TEXT("");
}

static const struct marks *find_marks(struct reading *r, const struct rk_row *row)
{
    const bool counted = r->fields.times[0] != SIZE_MAX || r->fields.times[1] != SIZE_MAX;
    struct rk_score score;
    if (r->last && !counted && (row->same & r->marking) == r->marking)
        return r->last;
    if (fill_marks(&r->fields, r->table, row, &score))
        return NULL;
    const struct marks marks = {.gates = keep_list(&r->lists, score.gates),
                                .flags = keep_list(&r->lists, score.flags),
                                .count = score.count,
                                .basis = score.basis,
                                .percent = score.percent};
    uint32_t number =
        rk_strings_add(&r->marks, (struct rk_text){(const char *)&marks, sizeof marks});
    return (const void *)r->marks.texts[number].text;
}

static size_t make_score(void *context, const struct rk_row *row, void *made)
{
    struct reading *r = context;
    struct made *m = made;
    find_times(&r->fields, r->table);
    m->marks = r->last = find_marks(r, row);
    if (!m->marks)
        return 0;
    m->score = row->values[r->fields.value].number;
    if (is_outside(&(struct rk_score){.score = m->score, .percent = m->marks->percent}))
        return 0;
    m->keys.more[0] = has_adjusted(&r->fields, row);
    m->adjusted = m->keys.more[0] ? row->values[r->fields.adjusted].number : 0;
    rk_keys_ahead_read(&r->ahead, &r->keys, row, &m->keys);
    return sizeof *m;
}

/* ---- in the caller's ---- */

static void take_made(const struct made *made, struct rk_score *score)
{
    *score = (struct rk_score){.score = made->score,
                               .has_adjusted = made->keys.more[0],
                               .adjusted = made->adjusted,
                               .basis = (enum rk_basis)made->marks->basis,
                               .percent = made->marks->percent,
                               .count = made->marks->count,
                               .gates = made->marks->gates,
                               .flags = made->marks->flags};
}

enum rk_status rk_scores_read(struct rk_table *table, struct rk_ids *ids, rk_take_score *take,
                              void *context, struct rk_error *error)
{
    static const char *const known[] = {"count", "weight", "recruitment_id", "rater_group",
                                        "stage", "basis",  "scale",          NULL};
    const struct rk_schema *schema = rk_table_schema(table);
    RK_TRY(rk_table_know(table, known, error));
    struct reading reading = {.fields = find_fields(schema),
                              .keys = rk_keys_find(schema, kinds, sizeof kinds / sizeof *kinds),
                              .table = table};
    struct fields fields = reading.fields;
    reading.marking = marking_fields(&fields);
    struct rk_places places = {0};
    enum rk_status status;
    uint32_t id[RK_KEYS];
    struct rk_error problem = {0};
    rk_table_digest(table, &(struct rk_table_digest){sizeof(struct made), make_score, &reading});
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct made *made = row->made;
        struct rk_pos pos = rk_table_pos(table, SIZE_MAX);
        find_times(&fields, table);
        for (uint32_t i = 0; i < row->rows && !status; i++, pos.line++) {
            struct rk_score score;
            if (made) {
                take_made(&made[i], &score);
                rk_keys_ahead_take(&reading.ahead, &reading.keys, &made[i].keys, ids, id);
            } else {
                rk_keys_read(&reading.keys, row, ids, id);
                const char *why = fill_marks(&fields, table, row, &score);
                if (why) {
                    rk_table_reject(table, SIZE_MAX, "%s", why);
                    continue;
                }
                score.score = row->values[fields.value].number;
                if (is_outside(&score)) {
                    rk_table_reject(table, fields.value, _("outside the scale, expected %s to %s"),
                                    "0", "100");
                    continue;
                }
                score.has_adjusted = has_adjusted(&fields, row);
                score.adjusted = score.has_adjusted ? row->values[fields.adjusted].number : 0;
            }
            score.recruitment = id[0];
            score.candidate = id[1];
            score.rater = id[2];
            score.stage = id[3];
            score.group = id[4];
            status = take(context, &score, rk_place_token(&places, &pos), &problem);
            if (status)
                rk_table_step(table, i);
            if (status == RK_BAD_DATA) {
                rk_reject_problem(table, schema, &places, &problem);
                problem = (struct rk_error){0};
                status = RK_OK;
            }
        }
        if (status) {
            *error = problem;
            if (error->pos.field)
                error->pos.field = error->field;
            break;
        }
    }
    rk_table_stop(table);
    rk_ids_ahead_free(&reading.ahead);
    rk_strings_free(&reading.lists);
    rk_strings_free(&reading.marks);
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
    rk_write_text(writer, score->percent ? RK_TEXT("0-100") : RK_TEXT("raw"));
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
