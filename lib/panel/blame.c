#include "panel/blame.h"

#include "base/mem.h"

enum { MOST_STEPS = 5000 }; /* of the search for the fewest */

/* Half a quota, by number: 0 … quota_count - 1 are maximums, those after them minimums. */
struct blaming {
    const struct rk_blame_cases *cases;
    uint32_t halves;
    bool *stops;       /* half × case: it stops the case by itself */
    uint32_t *ways;    /* by case: how many do */
    uint32_t *covered; /* by case: how many of those are named */
    bool *named;       /* by half */
    uint32_t steps;
};

static bool stops(const struct blaming *b, uint32_t half, uint32_t at)
{
    return b->stops[(size_t)half * b->cases->count + at];
}

static void name(struct blaming *b, uint32_t half, bool is)
{
    b->named[half] = is;
    for (uint32_t at = 0; at < b->cases->count; at++)
        b->covered[at] += stops(b, half, at) ? (is ? 1u : UINT32_MAX) : 0;
}

static void find_stops(struct blaming *b)
{
    const struct rk_blame_cases *cases = b->cases;
    for (uint32_t at = 0; at < cases->count; at++)
        for (uint32_t q = 0; q < cases->quota_count; q++) {
            int32_t count = cases->counts[(size_t)at * cases->quota_count + q];
            bool over = count > cases->quotas[q].max;
            bool under = cases->quotas[q].min > count + cases->empty[at];
            b->stops[(size_t)q * cases->count + at] = over;
            b->stops[(size_t)(cases->quota_count + q) * cases->count + at] = under;
            b->ways[at] += (uint32_t)over + under;
        }
}

/* Names up to `left` more, so that every case is covered that any half stops by itself. */
static bool cover(struct blaming *b, uint32_t left)
{
    uint32_t hardest = UINT32_MAX;
    for (uint32_t at = 0; at < b->cases->count; at++)
        if (b->ways[at] && !b->covered[at] &&
            (hardest == UINT32_MAX || b->ways[at] < b->ways[hardest]))
            hardest = at;
    if (hardest == UINT32_MAX)
        return true;
    if (!left || ++b->steps > MOST_STEPS)
        return false;
    for (uint32_t half = 0; half < b->halves; half++) {
        if (!stops(b, half, hardest))
            continue;
        name(b, half, true);
        if (cover(b, left - 1))
            return true;
        name(b, half, false);
    }
    return false;
}

/* The one that covers most, again and again; then without those that others make needless. */
static void cover_greedily(struct blaming *b)
{
    for (uint32_t most = 1; most;) {
        uint32_t best = 0;
        most = 0;
        for (uint32_t half = 0; half < b->halves; half++) {
            uint32_t more = 0;
            for (uint32_t at = 0; at < b->cases->count; at++)
                more += stops(b, half, at) && !b->covered[at];
            if (more > most) {
                most = more;
                best = half;
            }
        }
        if (most)
            name(b, best, true);
    }
    for (uint32_t half = b->halves; half-- > 0;) {
        bool needed = !b->named[half];
        for (uint32_t at = 0; at < b->cases->count && !needed; at++)
            needed = stops(b, half, at) && b->covered[at] == 1;
        if (!needed)
            name(b, half, false);
    }
}

/* Does the case hold with those halves alone that are `in`? */
static bool holds_with(const struct blaming *b, uint32_t at, const bool *in,
                       struct rk_match_quota *room)
{
    const struct rk_blame_cases *cases = b->cases;
    for (uint32_t q = 0; q < cases->quota_count; q++) {
        room[q] = cases->quotas[q];
        room[q].max = in[q] ? room[q].max : INT32_MAX;
        room[q].min = in[cases->quota_count + q] ? room[q].min : 0;
    }
    return rk_match_quotas_hold(room, cases->quota_count,
                                cases->counts + (size_t)at * cases->quota_count, cases->empty[at]);
}

/* Names those that stop the case together, where none does by itself and those named do not. False
 * where the quotas let it be. */
static bool name_together(struct blaming *b, uint32_t at)
{
    uint32_t n = b->cases->quota_count;
    struct rk_match_quota *room = rk_alloc((size_t)n + 1, sizeof *room);
    bool *in = rk_alloc((size_t)b->halves + 1, sizeof *in);
    memset(in, true, b->halves * sizeof *in);
    bool stopped = !holds_with(b, at, in, room);
    if (stopped && holds_with(b, at, b->named, room)) {
        for (uint32_t q = 0; q < n; q++) { /* what lacks nobody asks for nobody */
            in[q] = false;
            in[n + q] = b->cases->quotas[q].min > b->cases->counts[(size_t)at * n + q];
        }
        if (holds_with(b, at, in, room)) /* seldom: maximums have a part in it, too */
            memset(in, true, n * sizeof *in);
        for (int named = 0; named < 2; named++) /* those named already go last */
            for (uint32_t half = b->halves; half-- > 0;)
                if (in[half] && b->named[half] == named) {
                    in[half] = false;
                    in[half] = holds_with(b, at, in, room);
                }
        for (uint32_t half = 0; half < b->halves; half++)
            if (in[half] && !b->named[half])
                name(b, half, true);
    }
    rk_free(in);
    rk_free(room);
    return stopped;
}

struct rk_blame rk_blame_find(const struct rk_blame_cases *cases)
{
    struct blaming b = {.cases = cases, .halves = 2 * cases->quota_count};
    struct rk_blame blame = {0};
    b.stops = rk_alloc((size_t)b.halves * cases->count + 1, sizeof *b.stops);
    b.ways = rk_alloc((size_t)cases->count + 1, sizeof *b.ways);
    b.covered = rk_alloc((size_t)cases->count + 1, sizeof *b.covered);
    b.named = rk_alloc((size_t)b.halves + 1, sizeof *b.named);
    find_stops(&b);
    bool found = false;
    for (uint32_t most = 0; !found && b.steps <= MOST_STEPS; most++)
        found = cover(&b, most);
    if (!found)
        cover_greedily(&b);
    for (uint32_t at = 0; at < cases->count; at++)
        if (!b.ways[at] && name_together(&b, at))
            blame.together = true;
    blame.quotas = rk_alloc((size_t)b.halves + 1, sizeof *blame.quotas);
    for (uint32_t half = 0; half < b.halves; half++)
        if (b.named[half])
            blame.quotas[blame.count++] =
                (struct rk_match_cut_quota){half % cases->quota_count, half >= cases->quota_count};
    rk_free(b.stops);
    rk_free(b.ways);
    rk_free(b.covered);
    rk_free(b.named);
    return blame;
}
