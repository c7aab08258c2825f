/* Bounds from below on the rounds of any plan, each with the meetings that are the reason. */
#include "evening/work.h"

enum { MOST_CELLS = 4000000 }; /* meetings × rounds of a matching over rooms */

/* Meetings matched to the rounds they end in, so many to a round as it has room for: the rounds
 * come one by one, and each takes what it can by an augmenting path. */
struct hall {
    const struct rk_evening_work *work;
    const uint32_t *meetings;
    uint32_t count;
    uint32_t *round; /* by meeting of the list, or RK_NONE */
    uint32_t *from;  /* by meeting: the meeting whose round it was reached from, or RK_NONE */
    bool *seen;
    uint32_t *queue;
};

static bool may_end(const struct hall *h, uint32_t i, uint32_t round)
{
    uint32_t m = h->meetings[i], length = h->work->evening->meetings[m].length;
    return round + 1 >= length && rk_round_in(rk_evening_can(h->work, m), round + 1 - length);
}

static bool take_one(struct hall *h, uint32_t round)
{
    uint32_t head = 0, tail = 0;
    memset(h->seen, 0, h->count * sizeof *h->seen);
    for (uint32_t at = round, by = RK_NONE;; at = h->round[by = h->queue[head++]]) {
        for (uint32_t i = 0; i < h->count; i++) {
            if (h->seen[i] || !may_end(h, i, at))
                continue;
            h->seen[i] = true;
            h->from[i] = by;
            if (h->round[i] != RK_NONE) {
                h->queue[tail++] = i;
                continue;
            }
            /* i ends where its forerunner did, and so on back to the new round */
            for (uint32_t j = i; j != RK_NONE; j = h->from[j])
                h->round[j] = h->from[j] == RK_NONE ? round : h->round[h->from[j]];
            return true;
        }
        if (head == tail)
            return false;
    }
}

/* The fewest rounds in which all of them find a place, RK_NONE where they never do; at least
 * `enough` is of no interest. Where it is more than that, `why` gets a smallest set that does not
 * fit in one round less: all that is reached from one that is left over. */
static uint32_t hall(const struct rk_evening_work *w, const uint32_t *meetings, uint32_t count,
                     const uint32_t *rooms, uint32_t least, struct rk_bottleneck *why)
{
    uint32_t rounds = w->evening->round_count, left = count;
    struct hall h = {w,
                     meetings,
                     count,
                     rk_alloc((size_t)count + 1, sizeof *h.round),
                     rk_alloc((size_t)count + 1, sizeof *h.from),
                     rk_alloc((size_t)count + 1, sizeof *h.seen),
                     rk_alloc((size_t)count + 1, sizeof *h.queue)};
    for (uint32_t i = 0; i < count; i++)
        h.round[i] = RK_NONE;
    uint32_t *before = rk_alloc((size_t)count + 1, sizeof *before), r = 0;
    for (; r < rounds && left; r++) {
        memcpy(before, h.round, count * sizeof *before);
        for (uint32_t k = 0; k < (rooms ? rooms[r] : 1) && left; k++) {
            if (!take_one(&h, r))
                break;
            left--;
        }
    }
    uint32_t needs = left ? RK_NONE : r;
    if (left)
        memcpy(before, h.round, count * sizeof *before);
    else if (r)
        r--;
    if (needs > least) {
        uint32_t head = 0, tail = 0;
        bool *reached = rk_alloc((size_t)rounds + 1, sizeof *reached);
        memset(h.seen, 0, count * sizeof *h.seen);
        for (uint32_t i = 0; i < count && !tail; i++)
            if (before[i] == RK_NONE) {
                h.queue[tail++] = i;
                h.seen[i] = true;
            }
        while (head < tail) {
            uint32_t i = h.queue[head++];
            for (uint32_t t = 0; t < r; t++) {
                if (reached[t] || !may_end(&h, i, t))
                    continue;
                reached[t] = true;
                for (uint32_t j = 0; j < count; j++)
                    if (!h.seen[j] && before[j] == t) {
                        h.seen[j] = true;
                        h.queue[tail++] = j;
                    }
            }
        }
        rk_free(why->meetings);
        *why = (struct rk_bottleneck){.meetings = rk_alloc(tail, sizeof *why->meetings),
                                      .minimal = true};
        for (uint32_t i = 0; i < count; i++)
            if (h.seen[i])
                why->meetings[why->count++] = meetings[i];
        for (uint32_t t = 0; t < r; t++)
            why->rounds += reached[t];
        rk_free(reached);
    }
    rk_free(before);
    rk_free(h.round);
    rk_free(h.from);
    rk_free(h.seen);
    rk_free(h.queue);
    return needs;
}

/* The rounds in which somebody can be in a meeting. */
static void usable(const struct rk_evening_work *w, uint32_t who, uint64_t *set)
{
    memset(set, 0, w->words * sizeof *set);
    for (uint32_t i = w->first[who]; i < w->first[who + 1]; i++) {
        uint32_t m = w->of[i];
        const uint64_t *can = rk_evening_can(w, m);
        for (uint32_t r = 0; r < w->evening->round_count; r++)
            for (uint32_t k = 0; k < w->evening->meetings[m].length && rk_round_in(can, r); k++)
                rk_round_add(set, r + k);
    }
}

static uint32_t load_of(const struct rk_evening_work *w, uint32_t who)
{
    uint32_t load = 0;
    for (uint32_t i = w->first[who]; i < w->first[who + 1]; i++)
        load += w->evening->meetings[w->of[i]].length;
    return load;
}

/* best[j]: the most rounds taken so far with j in a row at the end. Taken one round on; the most of
 * all. */
static uint32_t step(uint32_t *best, uint32_t limit, bool can, bool new_row)
{
    uint32_t rest = 0;
    for (uint32_t j = 0; j <= limit; j++)
        rest = best[j] > rest && best[j] != RK_NONE ? best[j] : rest;
    if (new_row) {
        for (uint32_t j = 1; j <= limit; j++)
            best[j] = RK_NONE;
        best[0] = rest;
    }
    for (uint32_t j = limit; j > 0; j--)
        best[j] = can && best[j - 1] != RK_NONE ? best[j - 1] + 1 : RK_NONE;
    best[0] = rest;
    for (uint32_t j = 0; j <= limit; j++)
        rest = best[j] > rest && best[j] != RK_NONE ? best[j] : rest;
    return rest;
}

/* The fewest rounds in which somebody has time for the load, with no more in a row than may be. */
static uint32_t time_for(const struct rk_evening_work *w, uint32_t who, const uint64_t *set)
{
    uint32_t load = load_of(w, who), limit = w->evening->who[who].in_a_row, taken = 0;
    if (!limit) {
        for (uint32_t r = 0; r < w->evening->round_count; r++)
            if ((taken += rk_round_in(set, r)) >= load)
                return r + 1;
        return load ? RK_NONE : 0;
    }
    uint32_t *best = rk_alloc((size_t)limit + 1, sizeof *best), needs = RK_NONE;
    for (uint32_t j = 1; j <= limit; j++)
        best[j] = RK_NONE;
    for (uint32_t r = 0; r < w->evening->round_count && needs == RK_NONE; r++)
        if (step(best, limit, rk_round_in(set, r), r && w->row[r] != w->row[r - 1]) >= load)
            needs = r + 1;
    rk_free(best);
    return load ? needs : 0;
}

static void blame(struct rk_bottleneck *why, const uint32_t *meetings, uint32_t count,
                  uint32_t rounds)
{
    rk_free(why->meetings);
    *why = (struct rk_bottleneck){.meetings = rk_alloc((size_t)count + 1, sizeof *why->meetings),
                                  .count = count,
                                  .rounds = rounds};
    if (count)
        memcpy(why->meetings, meetings, count * sizeof *meetings);
}

/* Meetings that take two people at least: with n people who can be in them, n/2 in a round. */
static uint32_t people(const struct rk_evening_work *w, uint32_t least, struct rk_bottleneck *why)
{
    const struct rk_evening *e = w->evening;
    uint32_t *head = rk_alloc((size_t)e->who_count + 1, sizeof *head);
    uint32_t *list = rk_alloc((size_t)e->meeting_count + 1, sizeof *list);
    for (uint32_t p = 0; p < e->who_count; p++)
        head[p] = p;
    for (bool more = true; more;) { /* the least number of all that are joined */
        more = false;
        for (uint32_t m = 0; m < e->meeting_count; m++) {
            uint32_t low = RK_NONE;
            for (uint32_t i = 0; i < e->meetings[m].who_count; i++)
                if (w->live[e->meetings[m].who[i]] && head[e->meetings[m].who[i]] < low)
                    low = head[e->meetings[m].who[i]];
            for (uint32_t i = 0; i < e->meetings[m].who_count; i++) {
                uint32_t p = e->meetings[m].who[i];
                if (w->live[p] && head[p] != low) {
                    head[p] = low;
                    more = true;
                }
            }
        }
    }
    for (uint32_t h = 0; h < e->who_count; h++) {
        uint32_t n = 0, load = 0, count = 0;
        if (!w->live[h] || head[h] != h)
            continue;
        for (uint32_t p = 0; p < e->who_count; p++)
            n += w->live[p] && head[p] == h;
        for (uint32_t m = 0; m < e->meeting_count; m++) {
            uint32_t live = 0;
            bool here = false;
            for (uint32_t i = 0; i < e->meetings[m].who_count; i++) {
                live += w->live[e->meetings[m].who[i]];
                here = here || (w->live[e->meetings[m].who[i]] && head[e->meetings[m].who[i]] == h);
            }
            if (here && live > 1) {
                load += e->meetings[m].length;
                list[count++] = m;
            }
        }
        uint32_t needs = n > 1 ? (load + n / 2 - 1) / (n / 2) : 0;
        if (needs > least) {
            least = needs;
            blame(why, list, count, needs - 1);
            why->kind = RK_BOTTLENECK_PEOPLE;
        }
    }
    rk_free(head);
    rk_free(list);
    return least;
}

uint32_t rk_evening_bound(const struct rk_evening_work *w, struct rk_bottleneck *why)
{
    const struct rk_evening *e = w->evening;
    uint32_t least = 0;
    uint64_t *set = rk_alloc((size_t)w->words + 1, sizeof *set);
    rk_free(why->meetings);
    *why = (struct rk_bottleneck){0};
    for (uint32_t m = 0; m < e->meeting_count && least != RK_NONE; m++) {
        uint32_t needs = hall(w, &m, 1, NULL, least, why);
        if (needs > least) {
            least = needs;
            why->kind = RK_BOTTLENECK_TOGETHER;
        }
    }
    for (uint32_t p = 0; p < e->who_count && least != RK_NONE; p++) {
        if (!w->live[p])
            continue;
        const uint32_t *meetings = w->of + w->first[p];
        uint32_t count = w->first[p + 1] - w->first[p],
                 needs = hall(w, meetings, count, NULL, least, why);
        if (needs > least) {
            least = needs;
            why->kind = RK_BOTTLENECK_WHO;
            why->who = p;
        }
        usable(w, p, set);
        needs = time_for(w, p, set);
        if (needs > least) {
            uint32_t usable_rounds = 0;
            for (uint32_t r = 0; r < (needs == RK_NONE ? e->round_count : needs - 1); r++)
                usable_rounds += rk_round_in(set, r);
            least = needs;
            blame(why, meetings, count, usable_rounds);
            why->kind = RK_BOTTLENECK_WHO;
            why->who = p;
        }
    }
    for (uint32_t c = 0; c < w->class_count && least != RK_NONE; c++) {
        const struct rk_evening_class *class = &w->classes[c];
        uint64_t load = 0, places = 0;
        uint32_t needs = RK_NONE, r = 0;
        for (uint32_t i = 0; i < class->count; i++)
            load += e->meetings[class->meetings[i]].length;
        for (; r < e->round_count && places < load; r++)
            places += class->rooms[r];
        if (places >= load)
            needs = r;
        if (needs > least) {
            least = needs;
            blame(why, class->meetings, class->count, r ? r - (needs != RK_NONE) : 0);
            why->kind = RK_BOTTLENECK_ROOMS;
        }
        if (least == RK_NONE || (uint64_t) class->count * e->round_count > MOST_CELLS)
            continue;
        needs = hall(w, class->meetings, class->count, class->rooms, least, why);
        if (needs > least) {
            least = needs;
            why->kind = RK_BOTTLENECK_ROOMS;
        }
    }
    rk_free(set);
    return least == RK_NONE ? least : people(w, least, why);
}

/* cost[k]: the least wait of an evening with k of the load in it, RK_NONE where so many cannot be.
 */
static void evening_costs(const struct rk_evening_work *w, uint32_t who, const uint64_t *set,
                          uint32_t first, uint32_t end, uint32_t load, uint32_t *cost)
{
    uint32_t limit = w->evening->who[who].in_a_row;
    uint32_t *best = rk_alloc((size_t)limit + 1, sizeof *best);
    for (uint32_t k = 1; k <= load; k++)
        cost[k] = RK_NONE;
    for (uint32_t s = first; s < end; s++) {
        uint32_t taken = 0;
        if (!rk_round_in(set, s))
            continue;
        for (uint32_t j = 0; j <= limit; j++)
            best[j] = j ? RK_NONE : 0;
        for (uint32_t r = s; r < end; r++) {
            bool can = rk_round_in(set, r);
            taken =
                limit ? step(best, limit, can, r > s && w->row[r] != w->row[r - 1]) : taken + can;
            if (can && taken <= load && r - s + 1 - taken < cost[taken])
                cost[taken] = r - s + 1 - taken;
        }
    }
    rk_free(best);
}

uint64_t rk_evening_bound_waits(const struct rk_evening_work *w, uint32_t rounds)
{
    const struct rk_evening *e = w->evening;
    uint64_t waits = 0, *set = rk_alloc((size_t)w->words + 1, sizeof *set);
    for (uint32_t p = 0; p < e->who_count; p++) {
        uint32_t load = load_of(w, p);
        uint32_t *least = rk_alloc((size_t)load + 1, sizeof *least),
                 *cost = rk_alloc((size_t)load + 1, sizeof *cost);
        usable(w, p, set);
        for (uint32_t k = 1; k <= load; k++)
            least[k] = RK_NONE;
        for (uint32_t first = 0, end; first < rounds; first = end) {
            for (end = first; end < rounds && w->night[end] == w->night[first];)
                end++;
            evening_costs(w, p, set, first, end, load, cost);
            for (uint32_t k = load; k > 0; k--)
                for (uint32_t j = 1; j <= k; j++)
                    if (cost[j] != RK_NONE && least[k - j] != RK_NONE &&
                        least[k - j] + cost[j] < least[k])
                        least[k] = least[k - j] + cost[j];
        }
        waits += least[load] == RK_NONE ? 0 : least[load];
        rk_free(least);
        rk_free(cost);
    }
    rk_free(set);
    return waits;
}
