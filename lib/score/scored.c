#include "score/scored.h"

#include "base/mem.h"

#include <stdlib.h>

_Static_assert(sizeof(struct rk_scored_marks) == 64, "no byte between");

void rk_scored_reserve(struct rk_scored *scored, uint32_t more)
{
    if (scored->room - scored->count >= more)
        return;
    scored->room = scored->count + more;
    scored->all = rk_resize(scored->all, scored->room, sizeof *scored->all);
}

void rk_scored_add(struct rk_scored *scored, const struct rk_scored_one *one,
                   const struct rk_scored_marks *marks)
{
    const struct rk_strings *known = &scored->marks;
    uint32_t *last = &scored->last[(marks->stage * 8 + marks->group) % 64];
    if (*last >= known->count || memcmp(known->texts[*last].text, marks, sizeof *marks) != 0)
        *last =
            rk_strings_add(&scored->marks, (struct rk_text){(const char *)marks, sizeof *marks});
    RK_GROW(scored->all, scored->count, scored->room);
    scored->all[scored->count] = *one;
    scored->all[scored->count++].marks = *last;
}

/* By recruitment; equals stay as they stand. Files mostly come so. */
static void sort_recruitments(struct rk_scored *scored, const uint32_t *rank, uint32_t count)
{
    struct rk_scored_one *from = scored->all;
    bool sorted = true;
    for (uint32_t i = 1; i < scored->count && sorted; i++)
        sorted = rank[from[i - 1].recruitment] <= rank[from[i].recruitment];
    if (sorted)
        return;
    struct rk_scored_one *to = rk_resize(NULL, scored->room, sizeof *to);
    uint32_t *place = rk_alloc((size_t)count + 1, sizeof *place);
    for (uint32_t i = 0; i < scored->count; i++)
        place[rank[from[i].recruitment] + 1]++;
    for (uint32_t r = 0; r < count; r++)
        place[r + 1] += place[r];
    for (uint32_t i = 0; i < scored->count; i++)
        to[place[rank[from[i].recruitment]]++] = from[i];
    scored->all = to;
    rk_free(from);
    rk_free(place);
}

struct keyed {
    uint32_t candidate; /* its rank */
    uint64_t key;       /* ranks of rater and stage */
    struct rk_scored_one one;
};

static int by_key(const void *x, const void *y)
{
    const struct keyed *p = x, *q = y;
    if (p->candidate != q->candidate)
        return p->candidate > q->candidate ? 1 : -1;
    return (p->key > q->key) - (p->key < q->key);
}

struct run { /* the scores of a recruitment, and room to sort them in */
    struct keyed *all, *sorted;
    size_t count, room, sorted_room;
    uint32_t *place; /* by candidate */
    size_t place_room;
};

/* By candidates, where that takes no more room than the scores do: how many one has at most, or
 * 0. */
static size_t sort_near(struct run *run)
{
    uint32_t least = UINT32_MAX, most = 0, scores = 0;
    for (size_t i = 0; i < run->count; i++) {
        uint32_t candidate = run->all[i].candidate;
        least = candidate < least ? candidate : least;
        most = candidate > most ? candidate : most;
    }
    const size_t span = (size_t)most - least + 1;
    if (span > 4 * run->count)
        return 0;
    if (span >= run->place_room) {
        run->place_room = 2 * span + 1;
        run->place = rk_resize(run->place, run->place_room, sizeof *run->place);
    }
    if (run->sorted_room < run->room) {
        run->sorted_room = run->room;
        run->sorted = rk_resize(run->sorted, run->sorted_room, sizeof *run->sorted);
    }
    memset(run->place, 0, (span + 1) * sizeof *run->place);
    for (size_t i = 0; i < run->count; i++) {
        uint32_t n = ++run->place[run->all[i].candidate - least + 1];
        scores = n > scores ? n : scores;
    }
    for (size_t c = 0; c < span; c++)
        run->place[c + 1] += run->place[c];
    for (size_t i = 0; i < run->count; i++)
        run->sorted[run->place[run->all[i].candidate - least]++] = run->all[i];
    struct run old = *run;
    run->all = old.sorted;
    run->sorted = old.all;
    run->room = old.sorted_room;
    run->sorted_room = old.room;
    return scores;
}

/* Ids of a recruitment's candidates mostly follow each other, and each has few raters. */
static void sort_run(struct run *run)
{
    enum { FEW = 32 };
    size_t scores = sort_near(run);
    if (!scores || scores > FEW) {
        qsort(run->all, run->count, sizeof *run->all, by_key);
        return;
    }
    for (size_t i = 1; i < run->count; i++) {
        struct keyed moved = run->all[i];
        size_t at = i;
        for (; at && run->all[at - 1].candidate == moved.candidate &&
               run->all[at - 1].key > moved.key;
             at--)
            run->all[at] = run->all[at - 1];
        if (at < i)
            run->all[at] = moved;
    }
}

void rk_scored_sort(struct rk_scored *scored, const struct rk_ids *ids)
{
    static const enum rk_id_kind kinds[4] = {RK_ID_RECRUITMENT, RK_ID_CANDIDATE, RK_ID_RATER,
                                             RK_ID_STAGE};
    uint32_t *ranks[RK_ID_KINDS] = {NULL};
    struct run run = {0};
    for (int k = 0; k < 4; k++)
        ranks[kinds[k]] = rk_strings_ranks(&ids->of[kinds[k]]);
    sort_recruitments(scored, ranks[RK_ID_RECRUITMENT], ids->of[RK_ID_RECRUITMENT].count);
    for (uint32_t i = 0, next; i < scored->count; i = next) {
        run.count = 0;
        for (next = i;
             next < scored->count && scored->all[next].recruitment == scored->all[i].recruitment;
             next++) {
            const struct rk_scored_one *one = &scored->all[next];
            RK_GROW(run.all, run.count, run.room);
            run.all[run.count++] =
                (struct keyed){ranks[RK_ID_CANDIDATE][one->candidate],
                               (uint64_t)ranks[RK_ID_RATER][one->rater] << 32 |
                                   ranks[RK_ID_STAGE][rk_scored_marks(scored, one)->stage],
                               *one};
        }
        sort_run(&run);
        for (size_t k = 0; k < run.count; k++)
            scored->all[i + k] = run.all[k].one;
    }
    rk_free(run.all);
    rk_free(run.sorted);
    rk_free(run.place);
    for (int k = 0; k < 4; k++)
        rk_free(ranks[kinds[k]]);
}

void rk_scored_free(struct rk_scored *scored)
{
    rk_strings_free(&scored->marks);
    rk_free(scored->all);
}
