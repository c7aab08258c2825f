#include "score/aggregate_state.h"

struct entries { /* in the making */
    struct entry *all;
    size_t count, room;
    size_t *of_contest; /* by contest: the one that was added last, SIZE_MAX = none */
};

static size_t add(struct entries *entries, uint32_t contest, uint32_t candidate, uint32_t person)
{
    RK_GROW(entries->all, entries->count, entries->room);
    entries->all[entries->count] = (struct entry){contest, candidate, person, RK_NONE};
    return entries->of_contest[contest] = entries->count++;
}

/* Those with scores; their cells as chains. */
static void add_scored(struct rk_aggregate *a, struct entries *entries)
{
    for (uint32_t p = 0; p < a->people.count; p++)
        for (uint32_t c = a->first_cell[p]; c != RK_NONE; c = a->cells[c].beside) {
            struct cell *cell = &a->cells[c];
            size_t at = entries->of_contest[cell->contest];
            if (at == SIZE_MAX || entries->all[at].person != p)
                at = add(entries, cell->contest, cell->key[2], p);
            cell->next = entries->all[at].first;
            entries->all[at].first = c;
        }
}

/* Was the candidate taken to a stage, as far as stage_reached tells? */
static bool reached(const struct rk_aggregate *a, const struct rk_contender *contender,
                    uint32_t stage)
{
    if (contender->reached == stage)
        return true;
    const struct rk_rubric *rubric = rk_aggregate_rubric(a, contender->recruitment);
    if (!rubric || contender->reached == RK_NONE)
        return false;
    size_t at = rk_rubric_stage(rubric, rk_aggregate_name(a, RK_ID_STAGE, stage));
    size_t last = rk_rubric_stage(rubric, rk_aggregate_name(a, RK_ID_STAGE, contender->reached));
    return at != SIZE_MAX && last != SIZE_MAX && at <= last;
}

/* Those who should have had scores in a contest, and have none. */
static void add_unscored(struct rk_aggregate *a, struct entries *entries)
{
    /* contests by recruitment, as chains */
    uint32_t recruitments = a->ids->of[RK_ID_RECRUITMENT].count, contests = a->contest_keys.count;
    uint32_t *head = rk_resize(NULL, (size_t)recruitments + 1, sizeof *head);
    uint32_t *next = rk_resize(NULL, (size_t)contests + 1, sizeof *next);
    size_t *scored_by = rk_alloc((size_t)contests + 1, sizeof *scored_by); /* 1 + the last one */
    for (uint32_t r = 0; r < recruitments; r++)
        head[r] = RK_NONE;
    for (uint32_t c = 0; c < contests; c++) {
        uint32_t r = a->contest_keys.members[2 * (size_t)c];
        next[c] = head[r];
        head[r] = c;
    }
    for (size_t i = 0; i < a->options.contender_count; i++) {
        const struct rk_contender *contender = &a->options.contenders[i];
        const uint32_t key[2] = {contender->recruitment, contender->candidate};
        bool listed = false;
        if (contender->status != RK_CONTENDER_ACTIVE)
            continue;
        uint32_t person = rk_tuples_find(&a->people, key);
        for (uint32_t c = person == RK_NONE ? RK_NONE : a->first_cell[person]; c != RK_NONE;
             c = a->cells[c].beside)
            scored_by[a->cells[c].contest] = i + 1;
        for (uint32_t c = head[contender->recruitment]; c != RK_NONE; c = next[c]) {
            bool scored = scored_by[c] == i + 1;
            if (!scored && reached(a, contender, a->contest_keys.members[2 * (size_t)c + 1]))
                add(entries, c, contender->candidate, person);
            else if (!scored)
                continue;
            listed = true;
        }
        a->result.unscored += !listed;
    }
    rk_free(head);
    rk_free(next);
    rk_free(scored_by);
}

struct turn {
    uint64_t key; /* ranks of recruitment and stage */
    uint32_t contest;
};

static int by_turn(const void *x, const void *y)
{
    const struct turn *p = x, *q = y;
    return (p->key > q->key) - (p->key < q->key);
}

static int by_candidate(const void *x, const void *y, void *context)
{
    const uint32_t *rank = context;
    uint32_t i = rank[((const struct entry *)x)->candidate];
    uint32_t j = rank[((const struct entry *)y)->candidate];
    return (i > j) - (i < j);
}

/* Where the entries of each contest begin in order of the output; by contest. */
static size_t *find_starts(const struct rk_aggregate *a, const struct entries *entries)
{
    uint32_t contests = a->contest_keys.count;
    size_t *starts = rk_alloc((size_t)contests + 1, sizeof *starts), start = 0;
    struct turn *turns = rk_resize(NULL, (size_t)contests + 1, sizeof *turns);
    for (size_t i = 0; i < entries->count; i++)
        starts[entries->all[i].contest]++;
    for (uint32_t c = 0; c < contests; c++) {
        const uint32_t *m = a->contest_keys.members + 2 * (size_t)c;
        turns[c] = (struct turn){
            (uint64_t)a->ranks[RK_ID_RECRUITMENT][m[0]] << 32 | a->ranks[RK_ID_STAGE][m[1]], c};
    }
    qsort(turns, contests, sizeof *turns, by_turn);
    for (uint32_t c = 0; c < contests; c++) {
        size_t n = starts[turns[c].contest];
        starts[turns[c].contest] = start;
        start += n;
    }
    rk_free(turns);
    return starts;
}

/* Contest by contest; within each they mostly stand in order. */
static struct entry *sort(const struct rk_aggregate *a, const struct entries *entries)
{
    uint32_t *rank = a->ranks[RK_ID_CANDIDATE];
    struct entry *sorted = rk_resize(NULL, entries->count + 1, sizeof *sorted);
    size_t *place = find_starts(a, entries), next;
    for (size_t i = 0; i < entries->count; i++)
        sorted[place[entries->all[i].contest]++] = entries->all[i];
    for (size_t i = 0; i < entries->count; i = next) {
        bool in_order = true;
        for (next = i + 1; next < entries->count && sorted[next].contest == sorted[i].contest;
             next++)
            in_order &= rank[sorted[next - 1].candidate] < rank[sorted[next].candidate];
        if (!in_order)
            qsort_r(sorted + i, next - i, sizeof *sorted, by_candidate, rank);
    }
    rk_free(place);
    return sorted;
}

struct entry *rk_aggregate_entries(struct rk_aggregate *a, size_t *count)
{
    struct entries entries = {0};
    entries.of_contest =
        rk_resize(NULL, (size_t)a->contest_keys.count + 1, sizeof *entries.of_contest);
    for (uint32_t c = 0; c < a->contest_keys.count; c++)
        entries.of_contest[c] = SIZE_MAX;
    add_scored(a, &entries);
    add_unscored(a, &entries);
    struct entry *sorted = sort(a, &entries);
    *count = entries.count;
    rk_free(entries.of_contest);
    rk_free(entries.all);
    return sorted;
}
