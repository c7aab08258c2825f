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

/* *length is how many of a short chain there are, but for the cell that was found in it. */
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
    rk_aggregate_gates(a, person, s->gates);
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
static enum rk_status find_groups(struct rk_aggregate *a, struct rk_error *error)
{
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
        const struct rk_rubric *rubric = rk_aggregate_rubric(a, a->contest_keys.members[2 * (size_t)i]);
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

static void flag(struct rk_buf *flags, const char *what, const char *id)
{
    if (flags->size)
        rk_buf_char(flags, '|');
    rk_buf_text(flags, what);
    if (id)
        rk_buf_text(flags, id);
}

static struct rk_text keep(struct rk_aggregate *a, const struct rk_buf *flags)
{
    if (!flags->size)
        return (struct rk_text){0};
    return (struct rk_text){rk_arena_text(&a->arena, flags->text, flags->size), flags->size};
}

void rk_aggregate_flag(struct rk_aggregate *a, struct rk_ranking_row *row, const char *what,
                       const char *id)
{
    struct rk_buf flags = {0};
    rk_buf_add(&flags, row->flags.text, row->flags.size);
    flag(&flags, what, id);
    row->flags = keep(a, &flags);
    rk_buf_free(&flags);
}

static const struct rk_contender *contender_of(const struct rk_aggregate *a, uint32_t recruitment,
                                               uint32_t candidate)
{
    uint32_t at = rk_tuples_find(&a->contender_keys, (uint32_t[]){recruitment, candidate});
    return at == RK_NONE ? NULL : &a->options.contenders[at];
}

static struct rk_ranking_row *new_row(struct rk_aggregate *a, uint32_t recruitment, uint32_t stage,
                                      uint32_t candidate)
{
    struct rk_ranking *ranking = &a->result.ranking;
    size_t size = ranking->group_count * sizeof *ranking->rows->groups;
    RK_GROW(ranking->rows, ranking->count, a->row_room);
    struct rk_ranking_row *row = &ranking->rows[ranking->count++];
    *row =
        (struct rk_ranking_row){.recruitment = recruitment, .stage = stage, .candidate = candidate};
    row->groups = rk_arena_alloc(&a->arena, size);
    memset(row->groups, 0, size);
    return row;
}

/* Flags of the candidate, whatever the stage; true when the candidate can be ranked. `person`:
 * RK_NONE without any score. */
static bool flag_person(const struct rk_aggregate *a, uint32_t person, struct rk_ranking_row *row,
                        struct rk_buf *flags)
{
    const struct rk_contender *contender = contender_of(a, row->recruitment, row->candidate);
    bool active = !contender || contender->status == RK_CONTENDER_ACTIVE;
    if (!active)
        flag(flags, contender->status == RK_CONTENDER_WITHDRAWN ? "withdrawn" : "ineligible", NULL);
    struct rk_text gates = {0}, gate;
    if (person != RK_NONE && a->gates[person] != RK_NONE)
        gates = a->gate_lists.texts[a->gates[person]];
    row->failed_gate = gates.size > 0;
    while (rk_list_next(&gates, &gate)) {
        flag(flags, "gate:", NULL);
        rk_buf_add(flags, gate.text, gate.size);
    }
    if (rk_tuples_find(&a->unlinked, (uint32_t[]){row->recruitment, row->candidate}) != RK_NONE)
        flag(flags, "severity_unlinked", NULL);
    if (rk_tuples_find(&a->unadjusted, (uint32_t[]){row->recruitment, row->candidate}) != RK_NONE)
        flag(flags, "not_estimable", NULL);
    return active;
}

/* What the groups of a contest weigh where none of them is missing. */
struct shares {
    rk_fixed nominal; /* Σ of weights */
    struct {
        struct rk_ratio ratio;
        rk_fixed weight; /* the same as a number */
    } of[MOST_GROUPS];
};

static void set_share(struct shares *shares, size_t g, rk_fixed weight, rk_fixed sum)
{
    shares->of[g].ratio = rk_ratio(weight, sum);
    shares->of[g].weight = rk_fixed_times(RK_FIXED_ONE, shares->of[g].ratio);
}

static void find_shares(const struct rk_aggregate *a, uint32_t contest, struct shares *shares)
{
    size_t width = a->result.ranking.group_count;
    const struct contest_group *groups = &a->groups[contest * width];
    shares->nominal = 0;
    for (size_t g = 0; g < width; g++)
        shares->nominal += groups[g].expected ? groups[g].weight : 0;
    for (size_t g = 0; g < width && shares->nominal; g++)
        if (groups[g].expected)
            set_share(shares, g, groups[g].weight, shares->nominal);
}

/* One candidate in one contest. */
static enum rk_status fill_row(struct rk_aggregate *a, const struct entry *entry,
                               const struct shares *whole, struct rk_error *error)
{
    const uint32_t *m = a->contest_keys.members + 2 * (size_t)entry->contest;
    size_t width = a->result.ranking.group_count;
    const struct contest_group *groups = &a->groups[entry->contest * width];
    const struct cell *cells[MOST_GROUPS];
    for (size_t g = 0; g < width; g++)
        cells[g] = NULL;
    for (uint32_t c = entry->first; c != RK_NONE; c = a->cells[c].next)
        cells[a->group_place[a->cells[c].key[3]]] = &a->cells[c];
    struct rk_ranking_row *row = new_row(a, m[0], m[1], entry->candidate);
    struct rk_buf flags = {0};
    bool active = flag_person(a, entry->person, row, &flags), missing = false;
    rk_fixed present = 0;
    enum rk_status status = RK_OK;
    for (size_t g = 0; g < width; g++) {
        struct rk_ranking_group *to = &row->groups[g];
        if (!(to->expected = groups[g].expected))
            continue;
        const char *id = name(a, RK_ID_GROUP, a->result.ranking.groups[g]);
        enum rk_basis used = groups[g].used;
        if (cells[g] && cells[g]->n[used]) {
            to->has_score = true;
            to->n = cells[g]->n[used];
            to->score = rk_fixed_divide(cells[g]->sum[used], (__int128)to->n);
            present += groups[g].weight;
            if (used == RK_CONSENSUS)
                flag(&flags, "joint:", id);
        } else if (groups[g].weight && active) {
            missing = true;
            flag(&flags, "missing_group:", id);
            if (a->options.empty == RK_EMPTY_REFUSE && status == RK_OK)
                status =
                    rk_fail(error, RK_BAD_DATA,
                            _("candidate %s has no score by group %s (recruitment %s, stage %s)"),
                            name(a, RK_ID_CANDIDATE, entry->candidate), id,
                            name(a, RK_ID_RECRUITMENT, m[0]), name(a, RK_ID_STAGE, m[1]));
        }
        if (cells[g] && cells[g]->n[!used])
            flag(&flags, used == RK_CONSENSUS ? "individual_unused:" : "joint_unused:", id);
    }
    if (!whole->nominal)
        flag(&flags, "advisory_only", NULL);
    a->result.missing_group += missing;
    bool rest = missing && a->options.empty == RK_EMPTY_REST;
    row->ranked = active && present && (!missing || rest);
    row->whole = row->ranked && !missing;
    const struct shares *shares = whole;
    struct shares of_rest;
    if (rest && present) {
        shares = &of_rest;
        for (size_t g = 0; g < width; g++)
            if (row->groups[g].has_score)
                set_share(&of_rest, g, groups[g].weight, present);
    }
    for (size_t g = 0; g < width && whole->nominal; g++) {
        struct rk_ranking_group *to = &row->groups[g];
        if (!to->expected || (rest && !to->has_score))
            continue;
        to->weight = shares->of[g].weight;
        if (to->has_score)
            row->combined += rk_fixed_times(to->score, shares->of[g].ratio);
    }
    row->flags = keep(a, &flags);
    rk_buf_free(&flags);
    return status;
}

static void add_warning(struct rk_aggregate *a, const struct rk_ranking_row *row, size_t g,
                        enum rk_aggregate_warning_kind kind)
{
    RK_GROW(a->result.warnings, a->result.warning_count, a->warning_room);
    a->result.warnings[a->result.warning_count++] =
        (struct rk_aggregate_warning){kind,
                                      row->recruitment,
                                      row->stage,
                                      a->result.ranking.groups[g],
                                      row->groups[g].effective,
                                      row->groups[g].weight};
}

static bool counts(const struct rk_ranking_row *row, bool apart)
{
    return row->whole && !(apart && row->failed_gate);
}

/* Effective weights of the rows from `start` on, which stand in order of candidates. */
static void find_effects(struct rk_aggregate *a, size_t start, rk_fixed tolerance)
{
    if (rk_method_on_pairs(a->options.method.method))
        return;
    struct rk_ranking_row *rows = a->result.ranking.rows, *first = NULL;
    bool apart =
        rk_aggregate_compares(a); /* then those who failed a gate are on a scale of their own */
    size_t end = a->result.ranking.count, width = a->result.ranking.group_count, weighed = 0;
    __int128 n = 0;
    rk_fixed sum = 0, least = 0, most = 0;
    for (size_t i = start; i < end; i++) {
        if (!counts(&rows[i], apart))
            continue;
        if (!first) {
            first = &rows[i];
            least = most = first->combined;
        }
        sum += rows[i].combined;
        least = rows[i].combined < least ? rows[i].combined : least;
        most = rows[i].combined > most ? rows[i].combined : most;
        n++;
    }
    if (!first || most - least <= tolerance)
        return;
    rk_fixed mean = rk_fixed_divide(sum, n);
    for (size_t g = 0; g < width; g++) {
        if (!first->groups[g].expected)
            continue;
        weighed += first->groups[g].weight > 0;
        rk_fixed total = 0, effective = 0;
        double covariance = 0, variance = 0;
        for (size_t i = start; i < end; i++)
            total += counts(&rows[i], apart) ? rows[i].groups[g].score : 0;
        rk_fixed group_mean = rk_fixed_divide(total, n);
        for (size_t i = start; i < end; i++)
            if (counts(&rows[i], apart)) {
                double c = rk_fixed_double(rows[i].combined - mean);
                covariance += rk_fixed_double(rows[i].groups[g].score - group_mean) * c;
                variance += c * c;
            }
        if (first->groups[g].weight)
            effective = rk_fixed_from_double(rk_fixed_double(first->groups[g].weight) * covariance /
                                             variance);
        for (size_t i = start; i < end; i++)
            if (rows[i].groups[g].expected) {
                rows[i].groups[g].has_effective = true;
                rows[i].groups[g].effective = effective;
            }
    }
    for (size_t g = 0; g < width && weighed > 1; g++) {
        const struct rk_ranking_group *group = &first->groups[g];
        if (!group->expected || !group->weight)
            continue;
        if (group->effective >= RK_FIXED_ONE - RK_FIXED_ONE / RK_TIE_PARTS)
            add_warning(a, first, g, RK_DECIDES_ALONE);
        else if (2 * group->effective < group->weight)
            add_warning(a, first, g, RK_LOW_EFFECTIVE);
    }
}

/* Best first: those without a failed gate, then the rest, then the unranked. */
static int by_standing(const void *x, const void *y, void *context)
{
    const struct rk_ranking_row *p = x, *q = y;
    const struct rk_aggregate *a = context;
    if (p->ranked != q->ranked)
        return p->ranked ? -1 : 1;
    if (p->ranked) {
        bool p_failed = p->failed_gate, q_failed = q->failed_gate;
        if (p_failed != q_failed)
            return p_failed ? 1 : -1;
        if (p->place != q->place)
            return p->place > q->place ? 1 : -1;
        if (p->combined != q->combined)
            return (p->combined > q->combined) != rk_aggregate_low_is_good(a) ? -1 : 1;
    }
    uint32_t i = a->ranks[RK_ID_CANDIDATE][p->candidate];
    uint32_t j = a->ranks[RK_ID_CANDIDATE][q->candidate];
    return (i > j) - (i < j);
}

static int by_candidate(const void *x, const void *y, void *context)
{
    const struct rk_aggregate *a = context;
    uint32_t i = a->ranks[RK_ID_CANDIDATE][((const struct rk_ranking_row *)x)->candidate];
    uint32_t j = a->ranks[RK_ID_CANDIDATE][((const struct rk_ranking_row *)y)->candidate];
    return (i > j) - (i < j);
}

/* Ranks the rows from `start` on, and leaves them in order of rank, then candidate. */
static void rank_rows(struct rk_aggregate *a, size_t start, rk_fixed tolerance)
{
    struct rk_ranking_row *rows = a->result.ranking.rows;
    size_t end = a->result.ranking.count, next;
    qsort_r(rows + start, end - start, sizeof *rows, by_standing, a);
    for (size_t i = start; i < end && rows[i].ranked; i = next) {
        bool near = false, failed = rows[i].failed_gate;
        for (next = i + 1; next < end && rows[next].ranked; next++) {
            rk_fixed apart = rows[i].combined - rows[next].combined;
            if ((apart < 0 ? -apart : apart) > tolerance || rows[next].failed_gate != failed ||
                rows[next].place != rows[i].place)
                break;
            near |= rk_fixed_round(rows[next].combined) != rk_fixed_round(rows[i].combined);
        }
        qsort_r(rows + i, next - i, sizeof *rows, by_candidate, a);
        for (size_t k = i; k < next; k++) {
            rows[k].rank = (uint32_t)(i - start + 1);
            rows[k].tied = (uint32_t)(next - i);
            if (!near)
                continue;
            rk_aggregate_flag(a, &rows[k], "near_tie", NULL);
            a->result.near_ties++;
        }
    }
}

/* Flags that came with the rows of the stages, each once. */
static void join_flags(struct rk_buf *flags, struct rk_text more)
{
    struct rk_text item;
    while (rk_list_next(&more, &item)) {
        if (rk_text_is(item, "near_tie") ||
            rk_list_has((struct rk_text){flags->text, flags->size}, item))
            continue;
        flag(flags, "", NULL);
        rk_buf_add(flags, item.text, item.size);
    }
}

/* The weight of a stage among those that a recruitment's candidates are ranked over. */
static rk_fixed stage_weight(const struct rk_aggregate *a, const struct rk_rubric *rubric, size_t s,
                             uint32_t recruitment)
{
    uint32_t stage = rk_strings_find(&a->ids->of[RK_ID_STAGE], rk_text(rubric->stages[s].id));
    bool scored = stage != RK_NONE &&
                  rk_tuples_find(&a->contest_keys, (uint32_t[]){recruitment, stage}) != RK_NONE;
    return scored || !a->options.silent ? rubric->stages[s].weight : 0;
}

/* One candidate over all weighed stages, from the candidate's rows `of` by stage of the rubric
 * (index in ranking->rows, or SIZE_MAX). */
static void combine_stages(struct rk_aggregate *a, const struct rk_rubric *rubric,
                           uint32_t recruitment, uint32_t candidate, const size_t *of)
{
    size_t width = a->result.ranking.group_count;
    struct rk_ranking_row *row = new_row(a, recruitment, RK_NONE, candidate);
    const struct rk_ranking_row *rows = a->result.ranking.rows;
    struct rk_buf flags = {0};
    rk_fixed sum = 0;
    row->ranked =
        flag_person(a, rk_tuples_find(&a->people, (uint32_t[]){recruitment, candidate}), row, &flags);
    row->whole = true;
    for (size_t s = 0; s < rubric->stage_count; s++) {
        rk_fixed weight = stage_weight(a, rubric, s, recruitment);
        sum += weight;
        if (!weight)
            continue;
        if (of[s] == SIZE_MAX) {
            row->ranked = false;
            flag(&flags, "missing_stage:", rubric->stages[s].id);
            continue;
        }
        row->ranked &= rows[of[s]].ranked;
        row->whole &= rows[of[s]].whole;
        join_flags(&flags, rows[of[s]].flags);
    }
    row->whole &= row->ranked;
    for (size_t s = 0; s < rubric->stage_count; s++) {
        if (of[s] == SIZE_MAX)
            continue;
        struct rk_ratio share = rk_ratio(stage_weight(a, rubric, s, recruitment), sum);
        row->combined += rk_fixed_times(rows[of[s]].combined, share);
        for (size_t g = 0; g < width; g++) {
            const struct rk_ranking_group *from = &rows[of[s]].groups[g];
            struct rk_ranking_group *to = &row->groups[g];
            if (!from->expected)
                continue;
            rk_fixed weight = rk_fixed_times(from->weight, share);
            to->n = !to->expected || from->n < to->n ? from->n : to->n;
            to->expected = true;
            to->weight += weight;
            to->has_score |= from->has_score;
            if (from->has_score) /* Σ weight · score for now; rk_fixed_times takes exact ratios */
                to->score += rk_fixed_times(from->score, rk_ratio(weight, RK_FIXED_ONE));
        }
    }
    for (size_t g = 0; g < width; g++) {
        struct rk_ranking_group *to = &row->groups[g];
        if (to->has_score && to->weight)
            to->score = rk_fixed_times(to->score, rk_ratio(RK_FIXED_ONE, to->weight));
        /* over stages, a mean says something only where every stage of the group is in it */
        to->has_score = to->has_score && to->weight && row->ranked;
    }
    row->flags = keep(a, &flags);
    rk_buf_free(&flags);
}

/* The rows [start, count) of a contest are filled in: the method, effective weights, ranks, and,
 * where `judge`, how sure they are. */
static enum rk_status finish_contest(struct rk_aggregate *a, size_t start,
                                     const struct stage_part *parts, size_t part_count,
                                     rk_fixed tolerance, bool judge, struct rk_error *error)
{
    if (!rk_aggregate_is_plain(a))
        RK_TRY(rk_aggregate_apply(a, start, parts, part_count, judge, error));
    tolerance = rk_aggregate_tolerance(a, start, tolerance);
    find_effects(a, start, tolerance);
    rank_rows(a, start, tolerance);
    if (judge && (a->options.measures || a->options.ranges || a->options.draws))
        rk_aggregate_judge(a, start, parts, part_count, tolerance);
    return RK_OK;
}

struct spot { /* a row of a stage, for combining */
    uint32_t candidate_rank;
    uint32_t stage; /* of the rubric */
    size_t row;
};

static int by_spot(const void *x, const void *y)
{
    const struct spot *p = x, *q = y;
    if (p->candidate_rank != q->candidate_rank)
        return p->candidate_rank > q->candidate_rank ? 1 : -1;
    return (p->stage > q->stage) - (p->stage < q->stage);
}

/* Moves the rows '*', from `start` on, among the recruitment's stages, from `from` on, to where the
 * bytewise order of stages has them. */
static void put_combined(struct rk_aggregate *a, size_t from, size_t start)
{
    struct rk_ranking_row *rows = a->result.ranking.rows;
    size_t n = a->result.ranking.count - start, at = from;
    while (at < start && strcmp(name(a, RK_ID_STAGE, rows[at].stage), "*") < 0)
        at++;
    struct rk_ranking_row *combined = rk_resize(NULL, n, sizeof *combined);
    memcpy(combined, rows + start, n * sizeof *combined);
    memmove(rows + at + n, rows + at, (start - at) * sizeof *rows);
    memcpy(rows + at, combined, n * sizeof *rows);
    rk_free(combined);
}

/* Adds the rows '*' of one recruitment whose stage rows are [from, to). */
static enum rk_status combine_recruitment(struct rk_aggregate *a, const struct rk_rubric *rubric,
                                          size_t from, size_t to, rk_fixed tolerance,
                                          struct rk_error *error)
{
    const struct rk_ranking_row *rows = a->result.ranking.rows;
    uint32_t recruitment = rows[from].recruitment;
    size_t n = to - from, start = a->result.ranking.count;
    struct spot *spots = rk_resize(NULL, n + 1, sizeof *spots);
    size_t *of = rk_resize(NULL, rubric->stage_count + 1, sizeof *of);
    for (size_t i = 0; i < n; i++) {
        size_t s = rk_rubric_stage(rubric, name(a, RK_ID_STAGE, rows[from + i].stage));
        spots[i] = (struct spot){a->ranks[RK_ID_CANDIDATE][rows[from + i].candidate], (uint32_t)s,
                                 from + i};
    }
    qsort(spots, n, sizeof *spots, by_spot);
    for (size_t i = 0, next; i < n; i = next) {
        for (size_t s = 0; s < rubric->stage_count; s++)
            of[s] = SIZE_MAX;
        for (next = i; next < n && spots[next].candidate_rank == spots[i].candidate_rank; next++)
            of[spots[next].stage] = spots[next].row;
        combine_stages(a, rubric, recruitment, a->result.ranking.rows[spots[i].row].candidate, of);
    }
    rk_free(spots);
    rk_free(of);
    struct stage_part *parts = rk_resize(NULL, rubric->stage_count + 1, sizeof *parts);
    size_t part_count = 0;
    rk_fixed sum = 0;
    for (size_t s = 0; s < rubric->stage_count; s++)
        sum += stage_weight(a, rubric, s, recruitment);
    for (size_t s = 0; s < rubric->stage_count; s++) {
        uint32_t stage = rk_strings_find(&a->ids->of[RK_ID_STAGE], rk_text(rubric->stages[s].id));
        uint32_t contest = stage == RK_NONE
                               ? RK_NONE
                               : rk_tuples_find(&a->contest_keys, (uint32_t[]){recruitment, stage});
        if (contest != RK_NONE && rubric->stages[s].weight)
            parts[part_count++] =
                (struct stage_part){contest, rk_ratio(rubric->stages[s].weight, sum)};
    }
    enum rk_status status = finish_contest(a, start, parts, part_count, tolerance, true, error);
    rk_free(parts);
    put_combined(a, from, start);
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

/* All rows, contest by contest, and where the rubric asks for it recruitment by recruitment. */
static enum rk_status make_rows(struct rk_aggregate *a, struct rk_error *error)
{
    size_t count, next;
    struct entry *entries = rk_aggregate_entries(a, &count);
    struct shares shares;
    enum rk_status status = RK_OK;
    size_t recruitment_start = 0;
    rk_fixed widest = 0;
    for (size_t i = 0; i < count && status == RK_OK; i = next) {
        uint32_t contest = entries[i].contest;
        uint32_t recruitment = a->contest_keys.members[2 * (size_t)contest];
        size_t start = a->result.ranking.count;
        find_shares(a, contest, &shares);
        for (next = i; next < count && entries[next].contest == contest && status == RK_OK; next++)
            status = fill_row(a, &entries[next], &shares, error);
        if (status != RK_OK)
            break;
        rk_fixed tolerance = a->contests[contest].tolerance;
        const struct rk_rubric *rubric = rk_aggregate_rubric(a, recruitment);
        bool weigh = rubric && rubric->stages_weigh;
        status = finish_contest(a, start, &(struct stage_part){contest, {1, 1}}, 1, tolerance,
                                !weigh || a->options.stages != RK_STAGES_WEIGHED, error);
        widest = tolerance > widest ? tolerance : widest;
        if (status != RK_OK ||
            (next < count &&
             a->contest_keys.members[2 * (size_t)entries[next].contest] == recruitment))
            continue;
        if (a->options.stages == RK_STAGES_WEIGHED && !weigh)
            status = rk_fail(error, RK_BAD_USE,
                             _("the stages of recruitment %s have no weights in a rubric"),
                             name(a, RK_ID_RECRUITMENT, recruitment));
        else if (a->options.stages != RK_STAGES_SEPARATE && weigh)
            status = combine_recruitment(a, rubric, recruitment_start, a->result.ranking.count,
                                         widest, error);
        recruitment_start = a->result.ranking.count;
        widest = 0;
    }
    rk_free(entries);
    return status;
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
        status = make_rows(a, error);
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
