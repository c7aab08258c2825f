#include "model/judgements.h"

#include <stdlib.h>

const char *const rk_judgements_defaults[] = {"recruitment_id", "all", "rater_id", "all",
                                              "rater_group",    "all", "stage",    "all",
                                              "criterion",      "all", NULL};
const char *const rk_pairs_defaults[] = {
    "recruitment_id", "all", "rater_group", "all", "stage", "all", "criterion", "all", NULL};
const char *const rk_counts_defaults[] = {
    "recruitment_id", "all", "rater_group", "all", "stage", "all", "criterion", "all", NULL};

/* Where a column is: a field of the schema, or one the schema does not know. */
struct column {
    size_t field, extra;
};

struct reading {
    struct rk_judgements *j;
    struct rk_table *table;
    const struct rk_schema *schema;
    rk_take_judgement *take;
    void *context;
    struct rk_places places;
    size_t field[6], score, missing, basis, first, second, n;
    struct column by[RK_BY_MOST];
    size_t count;     /* the extra column `count` */
    size_t *category; /* extra columns that are categories */
    size_t category_count;
    uint64_t bound; /* see rk_table_bound */
    struct rk_error
        problem; /* what take() found; empty between rows, which clearing it each time would cost */
    bool there[6];        /* the column is in the file now being read */
    uint32_t constant[6]; /* ids of columns that are not in the file; RK_NONE: it is there */
    uint32_t last_key[2], last_candidate, recruitment;
    bool has_last;
    bool unexplained;       /* as in model/ratings.c */
    struct rk_tuples units; /* of counts: what was counted already */
    bool *seen;             /* parts whose categories were told */
    size_t seen_room;
};

enum { RECRUITMENT, CANDIDATE, STAGE, CRITERION, RATER, GROUP };
static const struct {
    const char *name;
    enum rk_id_kind kind;
} keys[] = {{"recruitment_id", RK_ID_RECRUITMENT},
            {"candidate_id", RK_ID_CANDIDATE},
            {"stage", RK_ID_STAGE},
            {"criterion", RK_ID_CRITERION},
            {"rater_id", RK_ID_RATER},
            {"rater_group", RK_ID_GROUP}};

static bool is_by(const struct rk_judgements *j, const char *name)
{
    for (size_t b = 0; b < j->by_count; b++)
        if (!strcmp(j->by[b], name))
            return true;
    return false;
}

static enum rk_status find_by(struct reading *r, struct rk_error *error)
{
    for (size_t b = 0; b < r->j->by_count; b++) {
        const char *name = r->j->by[b];
        r->by[b] = (struct column){rk_schema_find(r->schema, rk_text(name)),
                                   rk_extra_column(r->table, name)};
        if (r->by[b].field != SIZE_MAX || r->by[b].extra != SIZE_MAX)
            continue;
        size_t n = rk_table_extras(r->table), fields = r->schema->field_count;
        const char **names = rk_alloc(n + fields + 1, sizeof *names);
        for (size_t f = 0; f < fields; f++)
            names[f] = r->schema->fields[f].name;
        for (size_t i = 0; i < n; i++)
            names[fields + i] = rk_table_extra_name(r->table, i).text;
        const char *nearest = rk_nearest(name, names);
        enum rk_status status =
            nearest
                ? rk_fail(error, RK_BAD_USE,
                          _("--by: there is no column \"%s\"; did you mean \"%s\"?"), name, nearest)
                : rk_fail(error, RK_BAD_USE, _("--by: there is no column \"%s\""), name);
        rk_free(names);
        return status;
    }
    return RK_OK;
}

static enum rk_status find_categories(struct reading *r, struct rk_error *error)
{
    size_t n = rk_table_extras(r->table);
    r->category = rk_resize(r->category, n + 1, sizeof *r->category);
    r->category_count = 0;
    for (size_t i = 0; i < n; i++) {
        struct rk_text name = rk_table_extra_name(r->table, i);
        bool is_one = !r->j->categories && !is_by(r->j, name.text);
        for (size_t c = 0; c < r->j->category_count && r->j->categories; c++)
            is_one |= rk_text_equal(r->j->categories[c], name);
        if (is_one)
            r->category[r->category_count++] = i;
    }
    struct rk_pos head = rk_table_header_pos(r->table);
    return r->category_count
               ? RK_OK
               : rk_fail_at(error, RK_BAD_DATA, &head, _("there is no column for any category"));
}

/* Looks for the columns again where another file, or JSON's next object, may have others. */
static enum rk_status bind(struct reading *r, bool counts, struct rk_error *error)
{
    if (r->bound == rk_table_bound(r->table))
        return RK_OK;
    r->bound = rk_table_bound(r->table);
    for (int k = 0; k < 6; k++)
        r->there[k] = r->field[k] != SIZE_MAX && rk_table_column(r->table, r->field[k]) != SIZE_MAX;
    memset(r->constant, 0xff, sizeof r->constant);
    r->count = rk_extra_column(r->table, "count");
    RK_TRY(find_by(r, error));
    return counts ? find_categories(r, error) : RK_OK;
}

static struct rk_text by_text(struct reading *r, const struct rk_row *row, size_t b)
{
    if (r->by[b].field != SIZE_MAX) {
        struct rk_text text = rk_value_text(&row->values[r->by[b].field]);
        const char *empty = r->schema->fields[r->by[b].field].empty;
        return text.size || !empty ? text : rk_text(empty);
    }
    struct rk_cell cell = rk_table_extra(r->table, r->by[b].extra);
    return (struct rk_text){cell.text, cell.size};
}

static uint32_t part_of(struct reading *r, const struct rk_row *row)
{
    struct rk_judgements *j = r->j;
    uint32_t texts[RK_BY_MOST] = {0};
    bool same = j->parts.count > 0;
    for (size_t b = 0; b < j->by_count; b++) {
        struct rk_text text = by_text(r, row, b);
        uint32_t last =
            same ? j->parts.members[(size_t)j->last_part * j->parts.width + b] : RK_NONE;
        texts[b] = last != RK_NONE && rk_text_equal(j->texts[b].texts[last], text)
                       ? last
                       : rk_strings_add(&j->texts[b], text);
        same = same && texts[b] == last;
    }
    return same ? j->last_part : (j->last_part = rk_tuples_add(&j->parts, texts));
}

/* A number for recruitment and candidate. As long as all are of one recruitment it is the
 * candidate's own; should another come, all that were met are numbered so first. */
static uint32_t number_candidate(struct reading *r, const uint32_t id[2])
{
    struct rk_judgements *j = r->j;
    if (!j->candidate_count)
        r->recruitment = id[RECRUITMENT];
    if (id[RECRUITMENT] != r->recruitment && !j->candidates.count)
        for (uint32_t c = 0; c < j->candidate_count; c++)
            rk_tuples_add(&j->candidates, (uint32_t[]){r->recruitment, c});
    if (!j->candidates.count && id[RECRUITMENT] == r->recruitment) {
        if (id[CANDIDATE] >= j->candidate_count)
            j->candidate_count = id[CANDIDATE] + 1;
        return id[CANDIDATE];
    }
    if (memcmp(r->last_key, id, sizeof r->last_key) != 0 || !r->has_last) { /* rows come in runs */
        memcpy(r->last_key, id, sizeof r->last_key);
        r->last_candidate = rk_tuples_add(&j->candidates, id);
        r->has_last = true;
        j->candidate_count = j->candidates.count;
    }
    return r->last_candidate;
}

static void read_keys(struct reading *r, const struct rk_row *row, struct rk_one_judgement *one)
{
    uint32_t id[6] = {RK_NONE, RK_NONE, RK_NONE, RK_NONE, RK_NONE, RK_NONE};
    for (int k = 0; k < GROUP; k++) {
        if (r->field[k] == SIZE_MAX)
            continue;
        struct rk_text text = rk_value_text(&row->values[r->field[k]]);
        bool there = r->there[k];
        if (k == RATER)
            id[k] = there && text.size ? rk_id(r->j->ids, keys[k].kind, text) : RK_NONE;
        else if (!there && r->constant[k] != RK_NONE)
            id[k] = r->constant[k];
        else {
            id[k] = rk_id(r->j->ids, keys[k].kind, text.size ? text : RK_TEXT("all"));
            r->constant[k] = there ? RK_NONE : id[k];
        }
    }
    if (id[CANDIDATE] != RK_NONE)
        one->candidate = number_candidate(r, id);
    one->stage = id[STAGE];
    one->criterion = id[CRITERION];
    one->rater = id[RATER];
    one->part = part_of(r, row);
}

/* Hands one on; a bad one is put aside with its row. */
static enum rk_status hand_on(struct reading *r, const struct rk_one_judgement *one,
                              struct rk_error *error, bool *bad)
{
    enum rk_status status = r->take(r->context, one, &r->problem);
    *bad = status == RK_BAD_DATA;
    if (!status)
        return RK_OK;
    if (*bad)
        rk_reject_problem(r->table, r->schema, &r->places, &r->problem);
    else
        *error = r->problem;
    r->problem = (struct rk_error){0};
    return *bad ? RK_OK : status;
}

static enum rk_status take_long(struct reading *r, const struct rk_row *row,
                                struct rk_one_judgement *one, struct rk_error *error)
{
    const struct rk_value *v = row->values;
    bool bad;
    if (v[r->score].size && v[r->missing].size) {
        rk_table_reject(r->table, r->missing, _("a score and a reason why it is missing"));
        return RK_OK;
    }
    if (!rk_extra_count(r->table, row, r->count, &one->count)) {
        rk_table_reject(r->table, SIZE_MAX, _("count: a whole number from 1 was expected"));
        return RK_OK;
    }
    if (v[r->basis].size && v[r->basis].choice == 1) {
        r->j->joint++;
        return RK_OK;
    }
    if (!v[r->score].size) {
        if (!v[r->missing].size && !rk_table_has(r->table, r->score)) {
            if (!rk_reader_is_json(rk_table_reader(r->table)))
                return rk_table_lacks(r->table, r->score, error);
            r->unexplained = true;
        }
        r->j->missing++;
        return RK_OK;
    }
    one->score = rk_value_text(&v[r->score]);
    return hand_on(r, one, error, &bad);
}

static enum rk_status take_pair(struct reading *r, const struct rk_row *row,
                                struct rk_one_judgement *one, struct rk_error *error)
{
    const struct rk_value *v = row->values;
    bool bad;
    one->score = rk_value_text(&v[r->first]);
    one->second = rk_value_text(&v[r->second]);
    one->times = v[r->n].size ? (uint32_t)(v[r->n].number / RK_FIXED_ONE) : 1;
    return hand_on(r, one, error, &bad);
}

static enum rk_status take_counts(struct reading *r, struct rk_one_judgement *one,
                                  struct rk_error *error)
{
    uint32_t *counts = rk_alloc(r->category_count, sizeof *counts);
    enum rk_status status = RK_OK;
    bool good = true, all = one->part >= r->seen_room || !r->seen[one->part];
    for (size_t c = 0; c < r->category_count && good; c++) {
        struct rk_cell cell = rk_table_extra(r->table, r->category[c]);
        int64_t value = 0;
        good = !cell.size || (rk_text_int((struct rk_text){cell.text, cell.size}, &value) &&
                              value >= 0 && value <= 1000000000);
        if (!good)
            rk_table_reject(r->table, SIZE_MAX,
                            _("%s: a whole number of ratings was expected; --by or --categories "
                              "tells which columns are none"),
                            rk_table_extra_name(r->table, r->category[c]).text);
        counts[c] = (uint32_t)value;
    }
    uint32_t before = r->units.count,
             unit[4] = {one->part, one->candidate, one->stage, one->criterion};
    if (good && rk_tuples_add(&r->units, unit) != before) {
        rk_table_reject(r->table, SIZE_MAX, _("this was counted before"));
        good = false;
    }
    for (int pass = all ? 0 : 1; pass < 2;
         pass++) /* that there are such categories, then how many */
        for (size_t c = 0; c < r->category_count && good && !status; c++)
            if (!pass || counts[c]) {
                bool bad;
                one->score = rk_table_extra_name(r->table, r->category[c]);
                one->count = pass ? counts[c] : 0;
                status = hand_on(r, one, error, &bad);
                good = !bad;
            }
    if (good && all) {
        if (one->part >= r->seen_room) {
            size_t room = r->seen_room;
            r->seen_room = (size_t)one->part * 2 + 16;
            r->seen = rk_resize(r->seen, r->seen_room, sizeof *r->seen);
            memset(r->seen + room, 0, (r->seen_room - room) * sizeof *r->seen);
        }
        r->seen[one->part] = true;
    }
    rk_free(counts);
    return status;
}

enum rk_status rk_judgements_read(struct rk_judgements *j, struct rk_table *table,
                                  rk_take_judgement *take, void *context, struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    bool pairs = !strcmp(schema->name, "pairs"), counts = !strcmp(schema->name, "counts");
    struct reading r = {.j = j, .table = table, .schema = schema, .take = take, .context = context};
    j->parts.width = j->by_count ? (uint32_t)j->by_count : 1;
    j->candidates.width = 2;
    r.units.width = 4;
    for (int k = 0; k < 6; k++)
        r.field[k] = rk_schema_find(schema, rk_text(keys[k].name));
    r.score = rk_schema_find(schema, RK_TEXT("score"));
    r.missing = rk_schema_find(schema, RK_TEXT("missing"));
    r.basis = rk_schema_find(schema, RK_TEXT("basis"));
    r.first = rk_schema_find(schema, RK_TEXT("first"));
    r.second = rk_schema_find(schema, RK_TEXT("second"));
    r.n = rk_schema_find(schema, RK_TEXT("n"));
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        struct rk_one_judgement one = {.candidate = RK_NONE, .count = 1, .times = 1};
        if ((status = bind(&r, counts, error)))
            break;
        read_keys(&r, row, &one);
        struct rk_pos pos = rk_table_pos(table, SIZE_MAX);
        one.place = rk_place_token(&r.places, &pos);
        status = pairs    ? take_pair(&r, row, &one, error)
                 : counts ? take_counts(&r, &one, error)
                          : take_long(&r, row, &one, error);
        if (status)
            break;
    }
    if (!status && r.unexplained && !rk_table_has(table, r.score))
        status = rk_table_lacks(table, r.score, error);
    rk_places_free(&r.places);
    rk_tuples_free(&r.units);
    rk_free(r.category);
    rk_free(r.seen);
    return status;
}

struct rk_text rk_judgements_by(const struct rk_judgements *j, uint32_t part, size_t by)
{
    return j->texts[by].texts[j->parts.members[(size_t)part * j->parts.width + by]];
}

static int by_part(const void *a, const void *b, void *context)
{
    const struct rk_judgements *j = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = 0;
    for (size_t i = 0; i < j->by_count && !order; i++)
        order = rk_text_compare(rk_judgements_by(j, x, i), rk_judgements_by(j, y, i));
    return order;
}

uint32_t *rk_judgements_order(const struct rk_judgements *j)
{
    uint32_t *order = rk_alloc(j->parts.count + 1, sizeof *order);
    for (uint32_t i = 0; i < j->parts.count; i++)
        order[i] = i;
    qsort_r(order, j->parts.count, sizeof *order, by_part, (void *)j);
    return order;
}

struct ranks {
    const struct rk_tuples *candidates;
    const uint32_t *recruitment, *candidate;
};

static int by_ranks(const void *a, const void *b, void *context)
{
    const struct ranks *r = context;
    const uint32_t *x = r->candidates->members + (size_t) * (const uint32_t *)a * 2,
                   *y = r->candidates->members + (size_t) * (const uint32_t *)b * 2;
    uint32_t i = r->candidate[x[CANDIDATE]], k = r->candidate[y[CANDIDATE]];
    if (i == k) {
        i = r->recruitment[x[RECRUITMENT]];
        k = r->recruitment[y[RECRUITMENT]];
    }
    return (i > k) - (i < k);
}

uint32_t *rk_judgements_ranks(const struct rk_judgements *j, enum rk_id_kind kind)
{
    uint32_t *ids = rk_strings_ranks(&j->ids->of[kind]), n = j->candidates.count;
    if (kind != RK_ID_CANDIDATE || !n)
        return ids;
    uint32_t *recruitments = rk_strings_ranks(&j->ids->of[RK_ID_RECRUITMENT]),
             *order = rk_alloc(n, sizeof *order), *rank = rk_alloc(n, sizeof *rank);
    struct ranks r = {&j->candidates, recruitments, ids};
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    qsort_r(order, n, sizeof *order, by_ranks, &r);
    for (uint32_t i = 0; i < n; i++)
        rank[order[i]] = i;
    rk_free(order);
    rk_free(recruitments);
    rk_free(ids);
    return rank;
}

void rk_judgements_free(struct rk_judgements *j)
{
    rk_tuples_free(&j->parts);
    rk_tuples_free(&j->candidates);
    for (size_t b = 0; b < RK_BY_MOST; b++)
        rk_strings_free(&j->texts[b]);
}
