#include "score/aggregate_state.h"

#include <assert.h>

struct rk_aggregate *rk_aggregate_new(const struct rk_aggregate_options *options,
                                      struct rk_ids *ids)
{
    struct rk_aggregate *a = rk_alloc(1, sizeof *a);
    a->options = *options;
    a->ids = ids;
    a->keeps_votes =
        !rk_aggregate_is_plain(a) || options->measures || options->ranges || options->draws;
    a->crowd.width = a->sheets.width = 4;
    a->once.places.width = 3;
    a->contest_keys.width = a->people.width = a->unlinked.width = a->unadjusted.width =
        a->contender_keys.width = 2;
    a->people.apart = a->once.places.apart = 2; /* by candidate */
    return a;
}

bool rk_aggregate_needs_voices(const struct rk_aggregate *a) { return a->keeps_votes; }

void rk_aggregate_free(struct rk_aggregate *a)
{
    if (!a)
        return;
    rk_tuples_free(&a->crowd);
    rk_free(a->crowd_cell);
    rk_tuples_free(&a->contest_keys);
    rk_tuples_free(&a->people);
    rk_tuples_free(&a->sheets);
    rk_tuples_free(&a->contender_keys);
    rk_strings_free(&a->gate_lists);
    rk_free(a->cells);
    rk_free(a->contests);
    rk_free(a->gates);
    rk_free(a->first_cell);
    rk_tuples_free(&a->unlinked);
    rk_tuples_free(&a->unadjusted);
    rk_free(a->sheet_places);
    rk_once_free(&a->once);
    rk_free(a->scales);
    rk_free(a->group_place);
    rk_free(a->groups);
    rk_free(a->result.ranking.rows);
    rk_free(a->result.ranking.groups);
    rk_free(a->result.warnings);
    rk_free(a->result.measures);
    rk_free(a->result.kemeny);
    rk_free(a->votes);
    rk_free(a->first_vote);
    rk_free(a->index);
    for (int kind = 0; kind < RK_ID_KINDS; kind++)
        rk_free(a->ranks[kind]);
    rk_arena_free(&a->arena);
    rk_free(a);
}

/* Room for number `at` in an array that grows with tuples. */
#define ROOM_AT(array, at, room)                                                                   \
    do {                                                                                           \
        if ((at) >= (room)) {                                                                      \
            (room) = (at) < 32 ? 64 : (at)*2;                                                      \
            (array) = rk_resize((array), (room), sizeof *(array));                                 \
        }                                                                                          \
    } while (0)

static enum rk_status clash(struct rk_error *error, const char *field, uint32_t place,
                            const char *text)
{
    struct rk_pos pos = {.field = field, .line = place};
    return rk_fail_at(error, RK_BAD_DATA, &pos, "%s", text);
}

/* Lists of gates of the same candidate are one list: their union, in bytewise order. */
void rk_aggregate_gates(struct rk_aggregate *a, uint32_t person, struct rk_text list)
{
    uint32_t old = a->gates[person];
    if (!list.size || (old != RK_NONE && rk_text_equal(a->gate_lists.texts[old], list)))
        return;
    struct rk_text parts[2] = {list, {0}}, item, *items = NULL;
    if (old != RK_NONE)
        parts[1] = a->gate_lists.texts[old];
    size_t n = 0, room = 0;
    for (int p = 0; p < 2; p++)
        while (rk_list_next(&parts[p], &item)) {
            size_t at = n;
            while (at && rk_text_compare(items[at - 1], item) > 0)
                at--;
            if (at && rk_text_equal(items[at - 1], item))
                continue;
            RK_GROW(items, n, room);
            memmove(items + at + 1, items + at, (n - at) * sizeof *items);
            items[at] = item;
            n++;
        }
    struct rk_buf merged = {0};
    for (size_t i = 0; i < n; i++) {
        if (i)
            rk_buf_char(&merged, '|');
        rk_buf_add(&merged, items[i].text, items[i].size);
    }
    if (n)
        a->gates[person] =
            rk_strings_add(&a->gate_lists, (struct rk_text){merged.text, merged.size});
    rk_buf_free(&merged);
    rk_free(items);
}

/* rk_tuples_add for pairs that come in runs: the last one is tried first. */
static uint32_t add_pair(struct rk_tuples *pairs, uint32_t *last, uint32_t first, uint32_t second)
{
    const uint32_t *members = pairs->members + 2 * (size_t)*last;
    if (*last >= pairs->count || members[0] != first || members[1] != second)
        *last = rk_tuples_add(pairs, (uint32_t[]){first, second});
    return *last;
}

uint32_t rk_aggregate_contest(struct rk_aggregate *a, uint32_t recruitment, uint32_t stage,
                              const struct contest *fresh)
{
    uint32_t contest = add_pair(&a->contest_keys, &a->last_contest, recruitment, stage);
    ROOM_AT(a->contests, contest, a->contest_room);
    if (a->contest_keys.count > a->contest_count) {
        a->contest_count++;
        a->contests[contest] = *fresh;
    }
    return contest;
}

uint32_t rk_aggregate_person(struct rk_aggregate *a, uint32_t recruitment, uint32_t candidate)
{
    uint32_t person = add_pair(&a->people, &a->last_person, recruitment, candidate);
    ROOM_AT(a->gates, person, a->person_room);
    ROOM_AT(a->first_cell, person, a->cell_person_room);
    if (a->people.count > a->person_count) {
        a->person_count++;
        a->gates[person] = a->first_cell[person] = RK_NONE;
    }
    return person;
}

/* *length is how many of the first CHAIN there are, but for the cell that was found among them. */
static uint32_t find_cell(const struct rk_aggregate *a, uint32_t person, const uint32_t key[4],
                          uint32_t *length)
{
    *length = 0;
    for (uint32_t c = a->first_cell[person]; c != RK_NONE && *length < CHAIN;
         c = a->cells[c].beside, ++*length)
        if (!memcmp(a->cells[c].key, key, sizeof a->cells[c].key))
            return c;
    uint32_t at = *length < CHAIN ? RK_NONE : rk_tuples_find(&a->crowd, key);
    return at == RK_NONE ? RK_NONE : a->crowd_cell[at];
}

uint32_t rk_aggregate_find_cell(const struct rk_aggregate *a, uint32_t person,
                                const uint32_t key[4])
{
    uint32_t length;
    return find_cell(a, person, key, &length);
}

static uint32_t new_cell(struct rk_aggregate *a, uint32_t person, const uint32_t key[4],
                         uint32_t length, const struct contest *fresh)
{
    uint32_t cell = a->cell_count++;
    ROOM_AT(a->cells, cell, a->cell_room);
    a->cells[cell] = (struct cell){.key = {key[0], key[1], key[2], key[3]},
                                   .contest = rk_aggregate_contest(a, key[0], key[1], fresh)};
    uint32_t *before = &a->first_cell[person];
    if (length >= CHAIN) { /* groups are few, but for a mistake in what the columns are */
        uint32_t at = rk_tuples_add(&a->crowd, key);
        ROOM_AT(a->crowd_cell, at, a->crowd_room);
        a->crowd_cell[at] = cell;
        for (uint32_t i = 0; i < CHAIN; i++)
            before = &a->cells[*before].beside;
    }
    a->cells[cell].beside = *before;
    *before = cell;
    return cell;
}

struct cell *rk_aggregate_cell(struct rk_aggregate *a, const uint32_t key[4],
                               const struct contest *fresh)
{
    uint32_t *recent = &a->recent[(key[1] * 8 + key[3]) % RECENT], length;
    if (*recent >= a->cell_count || memcmp(a->cells[*recent].key, key, 4 * sizeof *key) != 0) {
        uint32_t person = rk_aggregate_person(a, key[0], key[2]);
        *recent = find_cell(a, person, key, &length);
        if (*recent == RK_NONE)
            *recent = new_cell(a, person, key, length, fresh);
    }
    return &a->cells[*recent];
}

enum rk_status rk_aggregate_scale(struct rk_aggregate *a, uint32_t recruitment, bool percent,
                                  bool adjusted, uint8_t **known, struct rk_error *error)
{
    if (recruitment >= a->scale_room) {
        uint32_t old = a->scale_room;
        ROOM_AT(a->scales, recruitment, a->scale_room);
        memset(a->scales + old, 0, a->scale_room - old);
    }
    *known = &a->scales[recruitment];
    if (**known && **known != 1 + percent + 2 * adjusted)
        return (**known - 1) % 2 != percent
                   ? clash(error, "scale", 0,
                           _("other scores of this recruitment have another scale"))
                   : clash(error, "adjusted", 0,
                           _("some scores of this recruitment are adjusted, others not"));
    return RK_OK;
}

bool rk_aggregate_sheet(struct rk_aggregate *a, const uint32_t key[4], uint32_t place,
                        uint32_t *other)
{
    uint32_t before = a->sheets.count, sheet = rk_tuples_add(&a->sheets, key);
    if (sheet != before) {
        *other = a->sheet_places[sheet];
        return false;
    }
    ROOM_AT(a->sheet_places, sheet, a->sheet_room);
    a->sheet_places[sheet] = place;
    return true;
}

static void recall(void *context, const uint32_t key[4], const uint32_t *notes, size_t count)
{
    uint32_t other;
    assert(count == 1);
    rk_aggregate_sheet(context, (uint32_t[]){key[0], key[1], key[3], key[2]}, *notes, &other);
}

/* rk_aggregate_sheet in little memory, while none comes again. */
static enum rk_status note_sheet(struct rk_aggregate *a, const struct rk_score *s, uint32_t place,
                                 struct rk_error *error)
{
    const uint32_t key[4] = {s->recruitment, s->candidate, s->stage, s->rater};
    uint32_t other;
    if (!a->recalled && rk_once_add(&a->once, key)) {
        rk_once_note(&a->once, key, &place, 1);
        return RK_OK;
    }
    if (!a->recalled && !rk_once_read(&a->once, recall, a))
        return rk_fail(error, RK_FAILED, "%s", _("cannot read a temporary file"));
    if (!a->recalled)
        rk_once_free(&a->once);
    a->recalled = true;
    if (!rk_aggregate_sheet(a, (uint32_t[]){s->recruitment, s->candidate, s->rater, s->stage},
                            place, &other))
        return clash(error, "rater_id", other, _("the same rater's score was already given"));
    return RK_OK;
}

/* A score that is raw although others are adjusted: its severity could not be estimated. */
static bool is_unadjusted(struct rk_text flags)
{
    static const char word[] = "not_estimable";
    struct rk_text item;
    while (rk_list_next(&flags, &item))
        if (item.size >= sizeof word - 1 && !memcmp(item.text, word, sizeof word - 1))
            return true;
    return false;
}

enum rk_status rk_aggregate_add(struct rk_aggregate *a, const struct rk_score *s, uint32_t place,
                                struct rk_error *error)
{
    if (rk_text_is(rk_id_text(a->ids, RK_ID_STAGE, s->stage), "*"))
        return clash(error, "stage", 0, _("'*' is the name of all stages together"));
    uint8_t *known;
    RK_TRY(rk_aggregate_scale(a, s->recruitment, s->percent, s->has_adjusted, &known, error));
    if (place)
        RK_TRY(note_sheet(a, s, place, error));
    *known = (uint8_t)(1 + s->percent + 2 * s->has_adjusted);
    rk_fixed value = s->has_adjusted ? s->adjusted : s->score, times;
    if (__builtin_mul_overflow(value, (rk_fixed)s->count, &times))
        return clash(error, "score", 0, _("the scores are too large to be added exactly"));

    struct cell *cell =
        rk_aggregate_cell(a, (uint32_t[]){s->recruitment, s->stage, s->candidate, s->group},
                          &(struct contest){value, value, s->percent, s->has_adjusted, 0});
    if (__builtin_add_overflow(cell->sum[s->basis], times, &cell->sum[s->basis]))
        return clash(error, "score", 0, _("the scores are too large to be added exactly"));
    cell->n[s->basis] += s->count;
    if (a->keeps_votes || a->options.partial) {
        RK_GROW(a->votes, a->vote_count, a->vote_room);
        a->votes[a->vote_count++] = (struct vote){cell->contest, s->group, s->rater, s->candidate,
                                                  s->count,      s->basis, value};
    }

    struct contest *c = &a->contests[cell->contest];
    if (value < c->least)
        c->least = value;
    if (value > c->most)
        c->most = value;

    uint32_t person = rk_aggregate_person(a, s->recruitment, s->candidate);
    if (s->gates.size)
        rk_aggregate_gates(a, person, s->gates);
    if (!s->flags.size)
        return RK_OK;
    if (rk_list_has(s->flags, RK_TEXT("severity_unlinked")))
        rk_tuples_add(&a->unlinked, (uint32_t[]){s->recruitment, s->candidate});
    if (is_unadjusted(s->flags))
        rk_tuples_add(&a->unadjusted, (uint32_t[]){s->recruitment, s->candidate});
    return RK_OK;
}

void rk_aggregate_take_gates(struct rk_aggregate *a, const struct rk_scorer *scorer)
{
    uint32_t recruitment, candidate;
    struct rk_text gates;
    for (uint32_t i = 0; rk_scorer_gates(scorer, i, &recruitment, &candidate, &gates); i++) {
        uint32_t person = rk_tuples_find(&a->people, (uint32_t[]){recruitment, candidate});
        if (person != RK_NONE)
            rk_aggregate_gates(a, person, gates);
    }
}

/* ---- after the last score ---- */

const char *rk_aggregate_name(const struct rk_aggregate *a, enum rk_id_kind kind, uint32_t id)
{
    return id == RK_NONE ? "*" : rk_id_text(a->ids, kind, id).text;
}
static const char *name(const struct rk_aggregate *a, enum rk_id_kind kind, uint32_t id)
{
    return rk_aggregate_name(a, kind, id);
}

const struct rk_rubric *rk_aggregate_rubric(const struct rk_aggregate *a, uint32_t recruitment)
{
    return a->options.rubrics && a->options.rubrics->count
               ? rk_rubrics_for(a->options.rubrics, recruitment)
               : NULL;
}

static bool is_silent(const struct rk_aggregate *a, uint32_t group)
{
    return group < a->options.silent_count && a->options.silent[group];
}

static void mark_group(struct rk_aggregate *a, uint32_t group) { a->group_place[group] = 0; }

/* The rubric that says which groups have a say: one without groups leaves it to who rated. */
static const struct rk_rubric *group_rubric(const struct rk_aggregate *a, uint32_t recruitment)
{
    const struct rk_rubric *rubric = rk_aggregate_rubric(a, recruitment);
    return rubric && rubric->group_count ? rubric : NULL;
}

/* Which groups have columns: those that rated, those of the rubrics in use, those with weights. */
/* Where rubrics tell all groups, a weight of another one would be of nobody. */
static enum rk_status check_weights(const struct rk_aggregate *a, struct rk_error *error)
{
    for (size_t w = 0; w < a->options.weight_count; w++) {
        const char *of = name(a, RK_ID_GROUP, a->options.weights[w].group);
        const struct rk_rubric *rubric = NULL;
        bool known = !a->contest_keys.count;
        for (uint32_t c = 0; c < a->contest_keys.count && !known; c++) {
            rubric = group_rubric(a, a->contest_keys.members[2 * (size_t)c]);
            known = !rubric || rk_rubric_group(rubric, of) != SIZE_MAX;
        }
        if (known)
            continue;
        struct rk_buf there = {0};
        for (size_t g = 0; g < rubric->group_count; g++)
            rk_buf_printf(&there, g ? ", %s" : "%s", rubric->groups[g].id);
        rk_fail(error, RK_BAD_USE, _("a weight is given to '%s', but no group is called so: %s"),
                of, there.text);
        rk_buf_free(&there);
        return RK_BAD_USE;
    }
    return RK_OK;
}

static enum rk_status find_groups(struct rk_aggregate *a, struct rk_error *error)
{
    RK_TRY(check_weights(a, error));
    for (size_t r = 0; a->options.rubrics && r < a->options.rubrics->count; r++)
        for (size_t g = 0; g < a->options.rubrics->all[r]->group_count; g++)
            rk_id(a->ids, RK_ID_GROUP, rk_text(a->options.rubrics->all[r]->groups[g].id));
    uint32_t all = a->ids->of[RK_ID_GROUP].count;
    a->group_place = rk_resize(NULL, (size_t)all + 1, sizeof *a->group_place);
    for (uint32_t g = 0; g < all; g++)
        a->group_place[g] = RK_NONE;
    for (uint32_t i = 0; i < a->cell_count; i++)
        mark_group(a, a->cells[i].key[3]);
    for (uint32_t i = 0; i < a->contest_keys.count; i++) {
        const struct rk_rubric *rubric =
            rk_aggregate_rubric(a, a->contest_keys.members[2 * (size_t)i]);
        for (size_t g = 0; rubric && g < rubric->group_count; g++)
            mark_group(a, rk_strings_find(&a->ids->of[RK_ID_GROUP], rk_text(rubric->groups[g].id)));
    }
    for (size_t i = 0; i < a->options.weight_count; i++)
        mark_group(a, a->options.weights[i].group);
    a->ranks[RK_ID_GROUP] = rk_strings_ranks(&a->ids->of[RK_ID_GROUP]);
    uint32_t *by_rank = rk_resize(NULL, (size_t)all + 1, sizeof *by_rank);
    for (uint32_t g = 0; g < all; g++)
        by_rank[a->ranks[RK_ID_GROUP][g]] = g;
    struct rk_ranking *ranking = &a->result.ranking;
    ranking->groups = rk_resize(NULL, (size_t)all + 1, sizeof *ranking->groups);
    for (uint32_t r = 0; r < all; r++)
        if (a->group_place[by_rank[r]] != RK_NONE) {
            a->group_place[by_rank[r]] = (uint32_t)ranking->group_count;
            ranking->groups[ranking->group_count++] = by_rank[r];
        }
    rk_free(by_rank);
    if (ranking->group_count > MOST_GROUPS)
        return rk_fail(error, RK_BAD_DATA,
                       _("%zu rater groups, expected at most %d: is rater_group the right column?"),
                       ranking->group_count, MOST_GROUPS);
    return RK_OK;
}

static enum rk_status no_weight(const struct rk_aggregate *a, uint32_t recruitment, uint32_t group,
                                struct rk_error *error)
{
    const char **given = rk_alloc(a->options.weight_count + 1, sizeof *given);
    for (size_t i = 0; i < a->options.weight_count; i++)
        given[i] = name(a, RK_ID_GROUP, a->options.weights[i].group);
    const char *nearest = rk_nearest(name(a, RK_ID_GROUP, group), given);
    rk_free(given);
    if (nearest)
        return rk_fail(error, RK_BAD_DATA,
                       _("group %s (recruitment %s) has no weight among those given; is it meant by "
                         "%s? 0 would make it advisory"),
                       name(a, RK_ID_GROUP, group), name(a, RK_ID_RECRUITMENT, recruitment),
                       nearest);
    return rk_fail(error, RK_BAD_DATA,
                   _("group %s (recruitment %s) has no weight among those given; 0 would make it "
                     "advisory"),
                   name(a, RK_ID_GROUP, group), name(a, RK_ID_RECRUITMENT, recruitment));
}

/* The nominal weight of a group; RK_BAD_DATA when nothing gives it one. */
static enum rk_status weight_of(const struct rk_aggregate *a, const struct rk_rubric *rubric,
                                uint32_t recruitment, uint32_t group, rk_fixed *weight,
                                struct rk_error *error)
{
    *weight = RK_FIXED_ONE;
    if (a->options.weight_count) {
        for (size_t i = 0; i < a->options.weight_count; i++)
            if (a->options.weights[i].group == group) {
                *weight = a->options.weights[i].weight;
                return RK_OK;
            }
        return no_weight(a, recruitment, group, error);
    }
    if (!rubric || !rubric->group_count)
        return RK_OK;
    size_t g = rk_rubric_group(rubric, name(a, RK_ID_GROUP, group));
    if (g == SIZE_MAX)
        return rk_fail(error, RK_BAD_DATA, _("group %s (recruitment %s) is not in the rubric %s"),
                       name(a, RK_ID_GROUP, group), name(a, RK_ID_RECRUITMENT, recruitment),
                       rubric->id);
    *weight = rubric->groups[g].weight;
    return RK_OK;
}

static enum rk_status expect_by_rubric(struct rk_aggregate *a, const struct rk_rubric *rubric,
                                       uint32_t stage_id, uint32_t recruitment,
                                       struct contest_group *groups, struct rk_error *error)
{
    size_t count = rubric->group_count;
    const size_t *places = NULL;
    if (rubric->stage_count) {
        size_t s = rk_rubric_stage(rubric, name(a, RK_ID_STAGE, stage_id));
        if (s == SIZE_MAX)
            return rk_fail(error, RK_BAD_DATA,
                           _("stage %s (recruitment %s) is not in the rubric %s"),
                           name(a, RK_ID_STAGE, stage_id), name(a, RK_ID_RECRUITMENT, recruitment),
                           rubric->id);
        places = rubric->stages[s].groups;
        count = rubric->stages[s].group_count;
    }
    for (size_t g = 0; g < count; g++) {
        const char *id = rubric->groups[places ? places[g] : g].id;
        uint32_t group = rk_strings_find(&a->ids->of[RK_ID_GROUP], rk_text(id));
        groups[a->group_place[group]].expected = !is_silent(a, group);
    }
    return RK_OK;
}

/* Who has a say in each contest, with what weight and on what basis. */
static enum rk_status weigh_groups(struct rk_aggregate *a, struct rk_error *error)
{
    size_t width = a->result.ranking.group_count;
    uint32_t recruitments = a->ids->of[RK_ID_RECRUITMENT].count;
    a->groups = rk_alloc((size_t)a->contest_keys.count * width + 1, sizeof *a->groups);
    bool *rated = rk_alloc((size_t)recruitments * width + 1, sizeof *rated);
    for (uint32_t i = 0; i < a->cell_count; i++) {
        const uint32_t *m = a->cells[i].key;
        size_t g = a->group_place[m[3]];
        struct contest_group *group = &a->groups[a->cells[i].contest * width + g];
        for (int basis = 0; basis < 2; basis++)
            group->seen[basis] |= a->cells[i].n[basis] > 0;
        rated[m[0] * width + g] = true;
    }
    enum rk_status status = RK_OK;
    for (uint32_t c = 0; c < a->contest_keys.count && status == RK_OK; c++) {
        const uint32_t *m = a->contest_keys.members + 2 * (size_t)c;
        struct contest_group *groups = &a->groups[c * width];
        const struct rk_rubric *rubric = rk_aggregate_rubric(a, m[0]);
        if (a->options.rubrics && a->options.rubrics->count && !rubric)
            status = rk_fail(error, RK_BAD_DATA, _("no rubric was given for recruitment %s"),
                             name(a, RK_ID_RECRUITMENT, m[0]));
        else if (rubric)
            status = expect_by_rubric(a, rubric, m[1], m[0], groups, error);
        for (size_t w = 0; !group_rubric(a, m[0]) && w < a->options.weight_count; w++) {
            uint32_t g = a->group_place[a->options.weights[w].group];
            groups[g].expected |= a->options.weights[w].weight > 0 && !rated[m[0] * width + g] &&
                                  !is_silent(a, a->options.weights[w].group);
        }
        for (size_t g = 0; g < width && status == RK_OK; g++) {
            struct contest_group *group = &groups[g];
            enum rk_basis first = a->options.basis;
            group->expected |= group->seen[0] || group->seen[1];
            group->used = group->seen[first] || !group->seen[!first] ? first : !first;
            if (group->expected)
                status =
                    weight_of(a, rubric, m[0], a->result.ranking.groups[g], &group->weight, error);
        }
        struct contest *contest = &a->contests[c];
        contest->tolerance =
            (contest->percent && !contest->adjusted ? rk_fixed_int(100)
                                                    : contest->most - contest->least) /
            RK_TIE_PARTS;
    }
    bool *met = rk_alloc(recruitments + 1, sizeof *met);
    for (uint32_t c = 0; c < a->contest_keys.count; c++)
        met[a->contest_keys.members[2 * (size_t)c]] = true;
    for (uint32_t r = 0; r < recruitments && !a->options.weight_count; r++) {
        bool fewer = false;
        for (size_t g = 0; g < width; g++)
            fewer |= !rated[r * width + g];
        a->result.fewer_groups += met[r] && fewer && !group_rubric(a, r);
    }
    rk_free(met);
    rk_free(rated);
    return status;
}

/* Every scored candidate must be known, where candidates are. */
static enum rk_status check_contenders(struct rk_aggregate *a, struct rk_error *error)
{
    for (size_t i = 0; i < a->options.contender_count; i++) {
        const struct rk_contender *c = &a->options.contenders[i];
        rk_tuples_add(&a->contender_keys, (uint32_t[]){c->recruitment, c->candidate});
    }
    assert(a->contender_keys.count == a->options.contender_count); /* the caller told them apart */
    uint64_t strangers = 0;
    const uint32_t *least = NULL; /* the first by name, so that the message has one text */
    for (uint32_t i = 0; a->options.has_contenders && i < a->people.count; i++) {
        const uint32_t *m = a->people.members + 2 * (size_t)i;
        if (rk_tuples_find(&a->contender_keys, m) != RK_NONE)
            continue;
        strangers++;
        if (!least || a->ranks[RK_ID_CANDIDATE][m[1]] < a->ranks[RK_ID_CANDIDATE][least[1]])
            least = m;
    }
    if (strangers)
        return rk_fail(
            error, RK_BAD_DATA,
            _("scored candidates that are not among the candidates of their recruitment: %llu, "
              "the first is %s (recruitment %s)"),
            (unsigned long long)strangers, name(a, RK_ID_CANDIDATE, least[1]),
            name(a, RK_ID_RECRUITMENT, least[0]));
    return RK_OK;
}

static int by_warning(const void *x, const void *y, void *context)
{
    const struct rk_aggregate_warning *p = x, *q = y;
    const struct rk_aggregate *a = context;
    uint32_t i = a->ranks[RK_ID_RECRUITMENT][p->recruitment];
    uint32_t j = a->ranks[RK_ID_RECRUITMENT][q->recruitment];
    if (i != j)
        return i > j ? 1 : -1;
    if (p->stage != q->stage)
        return strcmp(name(a, RK_ID_STAGE, p->stage), name(a, RK_ID_STAGE, q->stage));
    i = a->ranks[RK_ID_GROUP][p->group];
    j = a->ranks[RK_ID_GROUP][q->group];
    return (i > j) - (i < j);
}

enum rk_status rk_aggregate_finish(struct rk_aggregate *a,
                                   const struct rk_aggregate_result **result,
                                   struct rk_error *error)
{
    const enum rk_id_kind kinds[] = {RK_ID_RECRUITMENT, RK_ID_CANDIDATE, RK_ID_STAGE};
    struct rk_ranking *ranking = &a->result.ranking;
    *result = NULL;
    for (size_t k = 0; k < 3; k++)
        a->ranks[kinds[k]] = rk_strings_ranks(&a->ids->of[kinds[k]]);
    enum rk_status status = check_contenders(a, error);
    if (status == RK_OK)
        status = find_groups(a, error);
    if (status == RK_OK)
        status = weigh_groups(a, error);
    if (status == RK_OK && a->keeps_votes)
        status = rk_aggregate_sort_votes(a, error);
    if (status == RK_OK)
        status = rk_aggregate_rows(a, error);
    if (status != RK_OK)
        return status;
    if (a->options.stages == RK_STAGES_WEIGHED) {
        size_t kept = 0;
        for (size_t i = 0; i < ranking->count; i++)
            if (ranking->rows[i].stage == RK_NONE)
                ranking->rows[kept++] = ranking->rows[i];
        ranking->count = kept;
        kept = 0;
        for (size_t i = 0; i < a->result.warning_count; i++)
            if (a->result.warnings[i].stage == RK_NONE)
                a->result.warnings[kept++] = a->result.warnings[i];
        a->result.warning_count = kept;
    }
    if (a->result.warning_count)
        qsort_r(a->result.warnings, a->result.warning_count, sizeof *a->result.warnings, by_warning,
                a);
    *result = &a->result;
    return RK_OK;
}
