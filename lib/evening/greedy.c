/* A plan that is right and quickly made, for the search to improve on. */
#include "evening/work.h"

struct choice {
    int64_t slack;
    uint32_t load, meeting;
};

static int by_slack(const void *x, const void *y)
{
    const struct choice *a = x, *b = y;
    if (a->slack != b->slack)
        return a->slack < b->slack ? -1 : 1;
    if (a->load != b->load)
        return a->load > b->load ? -1 : 1;
    return a->meeting < b->meeting ? -1 : a->meeting > b->meeting;
}

/* Rounds from `round` to `aim` in which the person is there. */
static uint32_t left_of(const struct rk_evening_work *w, uint32_t who, uint32_t round, uint32_t aim)
{
    const uint64_t *there = w->evening->who[who].there;
    uint32_t n = 0;
    if (!there)
        return aim > round ? aim - round : 0;
    for (uint32_t r = round; r < aim; r++)
        n += rk_round_in(there, r);
    return n;
}

/* Those that may not be moved, and what a repair keeps, where it fits. */
static uint32_t place_first(struct rk_evening_state *s)
{
    const struct rk_evening *e = s->work->evening;
    uint32_t placed = 0;
    for (uint32_t m = 0; m < e->meeting_count; m++)
        if (e->meetings[m].fixed < e->round_count && rk_evening_fits(s, m, e->meetings[m].fixed)) {
            rk_evening_place(s, m, e->meetings[m].fixed);
            placed++;
        }
    for (uint32_t m = 0; m < e->meeting_count && e->repair; m++)
        if (s->start[m] == RK_NONE && e->meetings[m].old < e->round_count &&
            rk_evening_fits(s, m, e->meetings[m].old)) {
            rk_evening_place(s, m, e->meetings[m].old);
            placed++;
        }
    return placed;
}

bool rk_evening_greedy(const struct rk_evening_work *w, uint32_t aim, uint32_t *start)
{
    const struct rk_evening *e = w->evening;
    struct rk_evening_state s;
    rk_evening_state_new(&s, w);
    uint32_t left = e->meeting_count - place_first(&s);
    uint32_t *load = rk_alloc((size_t)e->who_count + 1, sizeof *load);
    int64_t *slack = rk_alloc((size_t)e->who_count + 1, sizeof *slack);
    struct choice *choices = rk_alloc((size_t)e->meeting_count + 1, sizeof *choices);
    for (uint32_t m = 0; m < e->meeting_count; m++)
        for (uint32_t i = 0; i < e->meetings[m].who_count && s.start[m] == RK_NONE; i++)
            load[e->meetings[m].who[i]] += e->meetings[m].length;
    for (uint32_t r = 0; r < e->round_count && left; r++) {
        uint32_t count = 0;
        for (uint32_t p = 0; p < e->who_count; p++)
            slack[p] = w->live[p] ? (int64_t)left_of(w, p, r, aim) - load[p] : INT64_MAX;
        for (uint32_t m = 0; m < e->meeting_count; m++) {
            if (s.start[m] != RK_NONE || !rk_round_in(rk_evening_can(w, m), r))
                continue;
            struct choice c = {INT64_MAX, 0, m};
            for (uint32_t i = 0; i < e->meetings[m].who_count; i++) {
                uint32_t p = e->meetings[m].who[i];
                c.slack = slack[p] < c.slack ? slack[p] : c.slack;
                c.load += w->live[p] ? load[p] : 0;
            }
            choices[count++] = c;
        }
        if (count)
            qsort(choices, count, sizeof *choices, by_slack);
        for (uint32_t k = 0; k < count; k++) {
            uint32_t m = choices[k].meeting;
            if (!rk_evening_fits(&s, m, r))
                continue;
            rk_evening_place(&s, m, r);
            left--;
            for (uint32_t i = 0; i < e->meetings[m].who_count; i++)
                load[e->meetings[m].who[i]] -= e->meetings[m].length;
        }
    }
    if (e->meeting_count)
        memcpy(start, s.start, e->meeting_count * sizeof *start);
    rk_free(load);
    rk_free(slack);
    rk_free(choices);
    rk_evening_state_free(&s);
    return !left;
}
