#include "panel/overlap.h"

#include "base/mem.h"

struct edge {
    uint32_t a, b;
};

static int by_edge(const void *x, const void *y)
{
    const struct edge *a = x, *b = y;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return a->b < b->b ? -1 : a->b > b->b;
}

static int by_start(const void *x, const void *y)
{
    const struct rk_match_session *a = x, *b = y;
    return a->start < b->start ? -1 : a->start > b->start;
}

struct rk_overlaps rk_overlaps_find(const struct rk_match_problem *problem)
{
    uint32_t n = problem->session_count, open = 0, count = 0, room = 0;
    struct rk_match_session *sessions = rk_alloc((size_t)n + 1, sizeof *sessions);
    uint32_t *running = rk_alloc((size_t)n + 1, sizeof *running);
    struct edge *edges = NULL;
    if (n)
        memcpy(sessions, problem->sessions, n * sizeof *sessions);
    qsort(sessions, n, sizeof *sessions, by_start);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t kept = 0;
        for (uint32_t j = 0; j < open; j++) {
            const struct rk_match_session *other = &sessions[running[j]];
            if (other->end <= sessions[i].start)
                continue;
            running[kept++] = running[j];
            if (other->recruitment == sessions[i].recruitment || sessions[i].end <= other->start)
                continue;
            for (int turn = 0; turn < 2; turn++) {
                RK_GROW(edges, count, room);
                edges[count++] = turn ? (struct edge){sessions[i].recruitment, other->recruitment}
                                      : (struct edge){other->recruitment, sessions[i].recruitment};
            }
        }
        open = kept;
        running[open++] = i;
    }
    if (count)
        qsort(edges, count, sizeof *edges, by_edge);
    struct rk_overlaps overlaps;
    overlaps.first = rk_alloc((size_t)problem->recruitment_count + 1, sizeof *overlaps.first);
    overlaps.with = rk_alloc((size_t)count + 1, sizeof *overlaps.with);
    uint32_t unique = 0;
    for (uint32_t r = 0, e = 0; r < problem->recruitment_count; r++) {
        overlaps.first[r] = unique;
        for (; e < count && edges[e].a == r; e++)
            if (unique == overlaps.first[r] || overlaps.with[unique - 1] != edges[e].b)
                overlaps.with[unique++] = edges[e].b;
    }
    overlaps.first[problem->recruitment_count] = unique;
    rk_free(sessions);
    rk_free(running);
    rk_free(edges);
    return overlaps;
}

void rk_overlaps_free(struct rk_overlaps *overlaps)
{
    rk_free(overlaps->first);
    rk_free(overlaps->with);
}

bool rk_overlap(const struct rk_overlaps *overlaps, uint32_t a, uint32_t b)
{
    uint32_t low = overlaps->first[a], high = overlaps->first[a + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (overlaps->with[middle] == b)
            return true;
        if (overlaps->with[middle] < b)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}
