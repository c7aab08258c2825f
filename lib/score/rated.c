#include "score/rated.h"

#include "stat/crossed.h"

#include <assert.h>

enum { FACETS = RK_RATED_FACETS, CANDIDATE = RK_RATED_CANDIDATE };

struct rk_rated {
    struct rk_scorer *scorer;
    const struct rk_ids *ids;
    unsigned by;
    struct rk_tuples panels;  /* recruitment, stage, group, basis */
    struct rk_tuples ratings; /* panel, candidate, rater, criterion */
    struct rk_tuples values;  /* the 128 bits of an rk_fixed */
    uint32_t *value, *place;  /* by rating */
    uint32_t room;
    struct rk_tuples item_keys; /* panel, criterion */
    struct rk_rated_item *items;
    uint32_t item_room;
    uint32_t last_item, last_value;

    struct rk_tuples unit_keys;     /* recruitment, stage, group (or RK_NONE), basis */
    struct rk_unit *units;          /* by place in order */
    uint32_t *unit_place;           /* by number in unit_keys */
    struct rk_tuples names[FACETS]; /* unit's number, scope, id */
    uint32_t *level_of[FACETS];     /* by number in names */
    uint32_t *level[FACETS], *sorted_value;
    struct rk_rated_level *name[FACETS];
    uint32_t *part[2], *part_raters;
    uint64_t left_out;
};

struct rk_rated *rk_rated_new(struct rk_scorer *scorer, const struct rk_ids *ids, unsigned by)
{
    struct rk_rated *rated = rk_alloc(1, sizeof *rated);
    rated->scorer = scorer;
    rated->ids = ids;
    rated->by = by;
    rated->panels.width = rated->ratings.width = rated->values.width = 4;
    rated->unit_keys.width = 4;
    rated->item_keys.width = 2;
    for (int f = 0; f < FACETS; f++)
        rated->names[f].width = 3;
    return rated;
}

static void free_ratings(struct rk_rated *rated)
{
    rk_tuples_free(&rated->ratings);
    rk_free(rated->value);
    rk_free(rated->place);
    rated->value = rated->place = NULL;
}

void rk_rated_free(struct rk_rated *rated)
{
    if (!rated)
        return;
    free_ratings(rated);
    rk_tuples_free(&rated->panels);
    rk_tuples_free(&rated->values);
    rk_tuples_free(&rated->item_keys);
    rk_free(rated->items);
    rk_tuples_free(&rated->unit_keys);
    rk_free(rated->units);
    rk_free(rated->unit_place);
    for (int f = 0; f < FACETS; f++) {
        rk_tuples_free(&rated->names[f]);
        rk_free(rated->level_of[f]);
        rk_free(rated->level[f]);
        rk_free(rated->name[f]);
    }
    rk_free(rated->part[0]);
    rk_free(rated->part[1]);
    rk_free(rated->part_raters);
    rk_free(rated->sorted_value);
    rk_free(rated);
}

/* The criterion of a panel, known from now on. */
static void note_item(struct rk_rated *rated, uint32_t panel, uint32_t criterion,
                      const struct rk_scorer_value *value)
{
    const uint32_t key[2] = {panel, criterion};
    if (rated->last_item < rated->item_keys.count &&
        !memcmp(rated->item_keys.members + 2 * (size_t)rated->last_item, key, sizeof key))
        return;
    uint32_t before = rated->item_keys.count;
    rated->last_item = rk_tuples_add(&rated->item_keys, key);
    if (rated->last_item != before)
        return;
    RK_GROW(rated->items, before, rated->item_room);
    rated->items[before] =
        (struct rk_rated_item){panel,          criterion,      rk_fixed_double(value->weight),
                               value->minimum, value->maximum, value->step};
}

enum rk_status rk_rated_add(void *context, const struct rk_rating *rating, struct rk_error *error)
{
    struct rk_rated *rated = context;
    struct rk_scorer_value value;
    RK_TRY(rk_scorer_rate(rated->scorer, rating, &value, error));
    if (rating->count > 1)
        return rk_fail(error, RK_BAD_DATA,
                       _("this row stands for several raters; a model of severity needs each by "
                         "itself"));
    if (rating->missing || !value.weight) {
        rated->left_out++;
        return RK_OK;
    }
    const uint32_t panel[4] = {rating->recruitment, rating->stage, rating->group,
                               (uint32_t)rating->basis};
    uint32_t p = rk_tuples_add(&rated->panels, panel);
    uint32_t before = rated->ratings.count;
    uint32_t at = rk_tuples_add(
        &rated->ratings, (uint32_t[]){p, rating->candidate, rating->rater, rating->criterion});
    if (at != before) {
        struct rk_pos pos = {.field = "criterion", .line = rated->place[at]};
        return rk_fail_at(error, RK_BAD_DATA, &pos, "%s", _("the same rating was already given"));
    }
    note_item(rated, p, rating->criterion, &value);
    if (at >= rated->room) {
        rated->room = rated->room ? rated->room * 2 : 64;
        rated->value = rk_resize(rated->value, rated->room, sizeof *rated->value);
        rated->place = rk_resize(rated->place, rated->room, sizeof *rated->place);
    }
    uint32_t bits[4];
    static_assert(sizeof bits == sizeof value.value, "an rk_fixed is four words");
    memcpy(bits, &value.value, sizeof bits);
    rated->value[at] = rk_tuples_add(&rated->values, bits);
    rated->place[at] = rating->place;
    return RK_OK;
}

/* A list of numbers put in order of a key each has, equals as they stood. */
static uint32_t *sorted_by(uint32_t *list, size_t n, const uint32_t *key, uint32_t keys)
{
    uint32_t *place = rk_alloc((size_t)keys + 1, sizeof *place);
    uint32_t *to = rk_resize(NULL, n + 1, sizeof *to);
    for (size_t i = 0; i < n; i++)
        place[key[list[i]] + 1]++;
    for (uint32_t k = 0; k < keys; k++)
        place[k + 1] += place[k];
    for (size_t i = 0; i < n; i++)
        to[place[key[list[i]]]++] = list[i];
    rk_free(place);
    rk_free(list);
    return to;
}

static uint32_t *counted(size_t n)
{
    uint32_t *list = rk_resize(NULL, n + 1, sizeof *list);
    for (size_t i = 0; i < n; i++)
        list[i] = (uint32_t)i;
    return list;
}

/* The place in bytewise order of a tuple's member; RK_NONE comes first. Caller frees. */
static uint32_t *keys_of(const struct rk_tuples *tuples, uint32_t member, const uint32_t *rank)
{
    uint32_t *key = rk_resize(NULL, (size_t)tuples->count + 1, sizeof *key);
    for (uint32_t i = 0; i < tuples->count; i++) {
        uint32_t id = tuples->members[(size_t)i * tuples->width + member];
        key[i] = id == RK_NONE ? 0 : rank ? rank[id] + 1 : id;
    }
    return key;
}

static uint32_t *order_by(const struct rk_rated *rated, const struct rk_tuples *tuples,
                          uint32_t *list, uint32_t member, enum rk_id_kind kind)
{
    const struct rk_strings *ids = &rated->ids->of[kind];
    uint32_t *rank = rk_strings_ranks(ids), *key = keys_of(tuples, member, rank);
    list = sorted_by(list, tuples->count, key, ids->count + 1);
    rk_free(rank);
    rk_free(key);
    return list;
}

/* Numbers the units in order of their ids. */
static void order_units(struct rk_rated *rated)
{
    const struct rk_tuples *keys = &rated->unit_keys;
    uint32_t *basis = keys_of(keys, 3, NULL);
    uint32_t *list = sorted_by(counted(keys->count), keys->count, basis, 2);
    rk_free(basis);
    list = order_by(rated, keys, list, 2, RK_ID_GROUP);
    list = order_by(rated, keys, list, 1, RK_ID_STAGE);
    list = order_by(rated, keys, list, 0, RK_ID_RECRUITMENT);
    rated->units = rk_alloc((size_t)keys->count + 1, sizeof *rated->units);
    rated->unit_place = rk_alloc((size_t)keys->count + 1, sizeof *rated->unit_place);
    for (uint32_t u = 0; u < keys->count; u++) {
        const uint32_t *m = keys->members + 4 * (size_t)list[u];
        rated->unit_place[list[u]] = u;
        rated->units[u] = (struct rk_unit){
            .recruitment = m[0], .stage = m[1], .group = m[2], .basis = (enum rk_basis)m[3]};
    }
    rk_free(list);
}

/* Numbers the levels of a facet within each unit, in order of their ids. */
static void order_levels(struct rk_rated *rated, int facet)
{
    static const enum rk_id_kind kinds[FACETS][2] = {{RK_ID_RECRUITMENT, RK_ID_CANDIDATE},
                                                     {RK_ID_GROUP, RK_ID_RATER},
                                                     {RK_ID_STAGE, RK_ID_CRITERION}};
    const struct rk_tuples *names = &rated->names[facet];
    uint32_t *unit = rk_resize(NULL, (size_t)names->count + 1, sizeof *unit);
    for (uint32_t i = 0; i < names->count; i++)
        unit[i] = rated->unit_place[names->members[3 * (size_t)i]];
    uint32_t *list = order_by(rated, names, counted(names->count), 2, kinds[facet][1]);
    list = order_by(rated, names, list, 1, kinds[facet][0]);
    list = sorted_by(list, names->count, unit, rated->unit_keys.count);
    rated->level_of[facet] =
        rk_resize(NULL, (size_t)names->count + 1, sizeof *rated->level_of[facet]);
    rated->name[facet] = rk_resize(NULL, (size_t)names->count + 1, sizeof *rated->name[facet]);
    for (uint32_t i = 0; i < names->count; i++) {
        struct rk_unit *of = &rated->units[unit[list[i]]];
        const uint32_t *m = names->members + 3 * (size_t)list[i];
        if (!of->levels[facet])
            of->name[facet] = rated->name[facet] + i;
        rated->level_of[facet][list[i]] = of->levels[facet]++;
        rated->name[facet][i] = (struct rk_rated_level){m[1], m[2]};
    }
    rk_free(unit);
    rk_free(list);
}

/* The unit of a panel, by number. A joint sheet is nobody's, so that nothing joins those of one
 * panel to those of another. */
static uint32_t unit_of(struct rk_rated *rated, const uint32_t panel[4], bool add)
{
    unsigned by = rated->by;
    if (panel[3] == RK_CONSENSUS)
        by = RK_BY_RECRUITMENT | RK_BY_STAGE | RK_BY_GROUP;
    const uint32_t key[4] = {by & RK_BY_RECRUITMENT ? panel[0] : RK_NONE,
                             by & RK_BY_STAGE ? panel[1] : RK_NONE,
                             by & RK_BY_GROUP ? panel[2] : RK_NONE, panel[3]};
    return add ? rk_tuples_add(&rated->unit_keys, key) : rk_tuples_find(&rated->unit_keys, key);
}

static void find_parts(struct rk_rated *rated)
{
    size_t at[2] = {0};
    rated->part_raters = /* a part has one at least */
        rk_alloc((size_t)rated->names[RK_RATED_RATER].count + 1, sizeof *rated->part_raters);
    for (int f = 0; f < 2; f++)
        rated->part[f] = rk_alloc((size_t)rated->names[f].count + 1, sizeof *rated->part[f]);
    for (uint32_t u = 0; u < rated->unit_keys.count; u++) {
        struct rk_unit *unit = &rated->units[u];
        struct rk_crossed_data data = {.n = unit->n, .facets = 2};
        uint32_t *part[RK_CROSSED_FACETS] = {0};
        unit->part_raters = rated->part_raters + at[1];
        for (int f = 0; f < 2; f++) {
            data.level[f] = unit->level[f];
            data.levels[f] = unit->levels[f];
            part[f] = unit->part[f] = rated->part[f] + at[f];
            at[f] += unit->levels[f];
        }
        unit->parts = rk_crossed_parts(&data, 2, part);
        for (uint32_t l = 0; l < unit->levels[RK_RATED_RATER]; l++)
            unit->part_raters[unit->part[RK_RATED_RATER][l]]++;
    }
}

void rk_rated_finish(struct rk_rated *rated, bool find)
{
    size_t n = rated->ratings.count;
    uint32_t *number[FACETS];
    rk_free(rated->place);
    rated->place = NULL;
    for (uint32_t p = 0; p < rated->panels.count; p++)
        unit_of(rated, rated->panels.members + 4 * (size_t)p, true);
    order_units(rated);
    for (int f = 0; f < FACETS; f++)
        number[f] = rk_resize(NULL, n + 1, sizeof *number[f]);
    for (size_t i = 0; i < n; i++) {
        const uint32_t *m = rated->ratings.members + 4 * i;
        const uint32_t *panel = rated->panels.members + 4 * (size_t)m[0];
        static const int scope[FACETS] = {0, 2, 1}; /* recruitment, group, stage */
        uint32_t u = unit_of(rated, panel, false);
        for (int f = 0; f < FACETS; f++)
            number[f][i] =
                rk_tuples_add(&rated->names[f], (uint32_t[]){u, panel[scope[f]], m[1 + f]});
        rated->units[rated->unit_place[u]].n++;
    }
    rk_tuples_free(&rated->ratings);
    uint32_t *list = counted(n);
    for (int f = FACETS; f-- > 0;) { /* numbers become levels */
        uint32_t most = 0;
        order_levels(rated, f);
        for (uint32_t i = 0; i < rated->names[f].count; i++)
            if (rated->level_of[f][i] > most)
                most = rated->level_of[f][i];
        if (f == CANDIDATE) /* a candidate's number says the unit, too */
            break;
        for (size_t i = 0; i < n; i++)
            number[f][i] = rated->level_of[f][number[f][i]];
        list = sorted_by(list, n, number[f], most + 1);
    }
    /* by unit and candidate in one: the place of the candidate among all */
    uint32_t *base = rk_alloc((size_t)rated->unit_keys.count + 1, sizeof *base);
    for (uint32_t u = 0; u < rated->unit_keys.count; u++)
        base[u + 1] = base[u] + rated->units[u].levels[CANDIDATE];
    for (size_t i = 0; i < n; i++) {
        uint32_t unit =
            rated->unit_place[rated->names[CANDIDATE].members[3 * (size_t)number[0][i]]];
        number[CANDIDATE][i] = base[unit] + rated->level_of[CANDIDATE][number[CANDIDATE][i]];
    }
    list = sorted_by(list, n, number[CANDIDATE], rated->names[CANDIDATE].count);
    rated->sorted_value = rk_resize(NULL, n + 1, sizeof *rated->sorted_value);
    for (size_t i = 0; i < n; i++)
        rated->sorted_value[i] = rated->value[list[i]];
    rk_free(rated->value);
    rated->value = NULL;
    for (int f = 0; f < FACETS; f++) {
        rated->level[f] = rk_alloc(n + 1, sizeof *rated->level[f]);
        for (size_t i = 0; i < n; i++)
            if (number[f][list[i]]) /* pages that stay zero take no memory */
                rated->level[f][i] = number[f][list[i]];
        rk_free(number[f]);
    }
    size_t at = 0;
    for (uint32_t u = 0; u < rated->unit_keys.count; u++) {
        struct rk_unit *unit = &rated->units[u];
        unit->value = rated->sorted_value + at;
        for (int f = 0; f < FACETS; f++)
            unit->level[f] = rated->level[f] + at;
        for (size_t i = 0; i < unit->n; i++)
            unit->level[CANDIDATE][i] -= base[u];
        at += unit->n;
    }
    rk_free(base);
    rk_free(list);
    find_parts(rated);
    for (int f = 0; f < FACETS && !find; f++) {
        rk_tuples_free(&rated->names[f]);
        rk_free(rated->level_of[f]);
        rated->level_of[f] = NULL;
    }
}

uint64_t rk_rated_left_out(const struct rk_rated *rated) { return rated->left_out; }

size_t rk_rated_units(const struct rk_rated *rated) { return rated->unit_keys.count; }

const struct rk_unit *rk_rated_unit(const struct rk_rated *rated, size_t unit)
{
    return &rated->units[unit];
}

rk_fixed rk_rated_value(const struct rk_rated *rated, uint32_t number)
{
    rk_fixed value;
    memcpy(&value, rated->values.members + 4 * (size_t)number, sizeof value);
    return value;
}

bool rk_unit_alone(const struct rk_unit *unit, uint32_t rater)
{
    return unit->part_raters[unit->part[RK_RATED_RATER][rater]] < 2;
}

static void tell_id(struct rk_buf *text, size_t from, const char *what, const struct rk_ids *ids,
                    enum rk_id_kind kind, uint32_t id)
{
    if (id != RK_NONE)
        rk_buf_printf(text, "%s%s %s", text->size > from ? ", " : "", what,
                      rk_id_text(ids, kind, id).text);
}

void rk_unit_tell(const struct rk_unit *unit, const struct rk_ids *ids, struct rk_buf *text)
{
    size_t from = text->size;
    tell_id(text, from, _("recruitment"), ids, RK_ID_RECRUITMENT, unit->recruitment);
    tell_id(text, from, _("stage"), ids, RK_ID_STAGE, unit->stage);
    tell_id(text, from, _("group"), ids, RK_ID_GROUP, unit->group);
    if (text->size == from)
        rk_buf_text(text, _("all ratings"));
    rk_buf_printf(text, " (%s)", rk_basis_name(unit->basis));
}

/* "part 1: 12 candidates, raters A, B; part 2: …" */
static void tell_parts(const struct rk_unit *unit, const struct rk_ids *ids, struct rk_buf *text)
{
    enum { MOST_PARTS = 10, MOST_RATERS = 10 };
    for (uint32_t p = 0; p < unit->parts && p < MOST_PARTS; p++) {
        uint32_t candidates = 0, raters = 0;
        for (uint32_t l = 0; l < unit->levels[CANDIDATE]; l++)
            candidates += unit->part[CANDIDATE][l] == p;
        rk_buf_printf(text,
                      RK_PLURAL("%spart %u: %u candidate, raters",
                                "%spart %u: %u candidates, raters", candidates),
                      p ? "; " : "", p + 1, candidates);
        for (uint32_t l = 0; l < unit->levels[RK_RATED_RATER]; l++) {
            if (unit->part[RK_RATED_RATER][l] != p)
                continue;
            if (raters < MOST_RATERS)
                rk_buf_printf(text, "%s %s", raters ? "," : "",
                              rk_id_text(ids, RK_ID_RATER, unit->name[RK_RATED_RATER][l].id).text);
            else if (raters == MOST_RATERS)
                rk_buf_text(text, ", …");
            raters++;
        }
    }
    if (unit->parts > MOST_PARTS)
        rk_buf_text(text, "; …");
}

size_t rk_rated_log_parts(const struct rk_rated *rated, const struct rk_ids *ids,
                          struct rk_log *log, enum rk_severity severity)
{
    enum { MOST = 20 };
    size_t apart = 0;
    struct rk_buf unit = {0}, parts = {0};
    for (size_t u = 0; u < rk_rated_units(rated); u++) {
        if (rated->units[u].parts == 1 || apart++ >= MOST)
            continue;
        rk_buf_clear(&unit);
        rk_buf_clear(&parts);
        rk_unit_tell(&rated->units[u], ids, &unit);
        tell_parts(&rated->units[u], ids, &parts);
        rk_log(log, severity, NULL, _("%s: %u parts that share no rater and no candidate: %s"),
               unit.text, rated->units[u].parts, parts.text);
    }
    rk_buf_free(&unit);
    rk_buf_free(&parts);
    return apart;
}

size_t rk_rated_find(const struct rk_rated *rated, const struct rk_score *score, uint32_t level[2])
{
    const uint32_t panel[4] = {score->recruitment, score->stage, score->group,
                               (uint32_t)score->basis};
    uint32_t unit = unit_of((struct rk_rated *)rated, panel, false); /* adds nothing */
    if (unit == RK_NONE)
        return SIZE_MAX;
    uint32_t number[2] = {
        rk_tuples_find(&rated->names[0], (uint32_t[]){unit, score->recruitment, score->candidate}),
        rk_tuples_find(&rated->names[1], (uint32_t[]){unit, score->group, score->rater})};
    for (int f = 0; f < 2; f++) {
        if (number[f] == RK_NONE)
            return SIZE_MAX;
        level[f] = rated->level_of[f][number[f]];
    }
    return rated->unit_place[unit];
}

const struct rk_rated_item *rk_rated_item_of(const struct rk_rated *rated, const uint32_t panel[4],
                                             uint32_t criterion)
{
    uint32_t p = rk_tuples_find(&rated->panels, panel);
    uint32_t at =
        p == RK_NONE ? RK_NONE : rk_tuples_find(&rated->item_keys, (uint32_t[]){p, criterion});
    return at == RK_NONE ? NULL : &rated->items[at];
}

const struct rk_rated_item *rk_rated_item(const struct rk_rated *rated,
                                          const struct rk_score *score, uint32_t criterion)
{
    return rk_rated_item_of(
        rated, (uint32_t[]){score->recruitment, score->stage, score->group, (uint32_t)score->basis},
        criterion);
}
