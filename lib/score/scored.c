#include "score/scored.h"

#include "base/mem.h"

#include <stdlib.h>

void rk_scored_add(struct rk_scored *scored, const struct rk_scored_one *one,
                   const struct rk_scored_marks *marks)
{
    const struct rk_strings *known = &scored->marks;
    uint32_t *last = &scored->last[(marks->stage * 8 + marks->group) % 64];
    if (*last >= known->count || memcmp(known->texts[*last].text, marks, sizeof *marks) != 0)
        *last = rk_strings_add(&scored->marks,
                               (struct rk_text){(const char *)marks, sizeof *marks});
    RK_GROW(scored->all, scored->count, scored->room);
    scored->all[scored->count] = *one;
    scored->all[scored->count++].marks = *last;
}

struct ranks { /* of the numbers that scores are sorted by */
    uint32_t *recruitment, *candidate, *rater, *stage;
};

static uint64_t of_candidate(const struct ranks *ranks, const struct rk_scored_one *one)
{
    return (uint64_t)ranks->recruitment[one->recruitment] << 32 | ranks->candidate[one->candidate];
}

/* By rank[number(one)], which is below `count`; equals stay as they stand. */
static void sort_by(struct rk_scored *scored, const uint32_t *rank, uint32_t count,
                    uint32_t (*number)(const struct rk_scored_one *))
{
    struct rk_scored_one *from = scored->all;
    struct rk_scored_one *to = rk_resize(NULL, (size_t)scored->count + 1, sizeof *to);
    uint32_t *place = rk_alloc((size_t)count + 1, sizeof *place);
    for (uint32_t i = 0; i < scored->count; i++)
        place[rank[number(&from[i])] + 1]++;
    for (uint32_t r = 0; r < count; r++)
        place[r + 1] += place[r];
    for (uint32_t i = 0; i < scored->count; i++)
        to[place[rank[number(&from[i])]]++] = from[i];
    scored->all = to;
    scored->room = scored->count + 1;
    rk_free(from);
    rk_free(place);
}

static uint32_t recruitment_of(const struct rk_scored_one *one) { return one->recruitment; }
static uint32_t candidate_of(const struct rk_scored_one *one) { return one->candidate; }

/* Files mostly come candidate by candidate. */
static void sort_candidates(struct rk_scored *scored, const struct rk_ids *ids,
                            const struct ranks *ranks)
{
    for (uint32_t i = 1; i < scored->count; i++)
        if (of_candidate(ranks, &scored->all[i - 1]) > of_candidate(ranks, &scored->all[i])) {
            sort_by(scored, ranks->candidate, ids->of[RK_ID_CANDIDATE].count, candidate_of);
            sort_by(scored, ranks->recruitment, ids->of[RK_ID_RECRUITMENT].count, recruitment_of);
            return;
        }
}

struct keyed {
    uint64_t key; /* ranks of rater and stage */
    struct rk_scored_one one;
};

static int by_key(const void *x, const void *y)
{
    const struct keyed *p = x, *q = y;
    return (p->key > q->key) - (p->key < q->key);
}

void rk_scored_sort(struct rk_scored *scored, const struct rk_ids *ids)
{
    enum { FEW = 32 };
    const struct ranks ranks = {rk_strings_ranks(&ids->of[RK_ID_RECRUITMENT]),
                                rk_strings_ranks(&ids->of[RK_ID_CANDIDATE]),
                                rk_strings_ranks(&ids->of[RK_ID_RATER]),
                                rk_strings_ranks(&ids->of[RK_ID_STAGE])};
    struct keyed *run = NULL; /* the scores of a candidate */
    size_t room = 0;
    sort_candidates(scored, ids, &ranks);
    for (uint32_t i = 0, next; i < scored->count; i = next) {
        const uint64_t candidate = of_candidate(&ranks, &scored->all[i]);
        size_t count = 0;
        for (next = i;
             next < scored->count && of_candidate(&ranks, &scored->all[next]) == candidate;
             next++) {
            const struct rk_scored_one *one = &scored->all[next];
            const uint64_t key = (uint64_t)ranks.rater[one->rater] << 32 |
                                 ranks.stage[rk_scored_marks(scored, one)->stage];
            RK_GROW(run, count, room);
            size_t at = count++;
            for (; at && count <= FEW && run[at - 1].key > key; at--)
                run[at] = run[at - 1];
            run[at] = (struct keyed){key, *one};
        }
        if (count > FEW)
            qsort(run, count, sizeof *run, by_key);
        for (size_t k = 0; k < count; k++)
            scored->all[i + k] = run[k].one;
    }
    rk_free(run);
    rk_free(ranks.recruitment);
    rk_free(ranks.candidate);
    rk_free(ranks.rater);
    rk_free(ranks.stage);
}

void rk_scored_free(struct rk_scored *scored)
{
    rk_strings_free(&scored->marks);
    rk_free(scored->all);
}
