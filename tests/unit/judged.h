/* Judgements for the tests of agreement: from a table of scores, units × raters, NONE = missing;
 * made up from a seed, so that a property is tried on many. */
#ifndef RK_TEST_JUDGED_H
#define RK_TEST_JUDGED_H

#include "base/mem.h"
#include "base/random.h"
#include "stat/agreement.h"

enum { NONE = -1 };

struct sheet {
    struct rk_judged judged;
    size_t *start;
    struct rk_judgement *all;
    double *values;
    uint32_t *times;
};

/* Scores are categories 0 … q-1, worth value[k], or k + 1 where value is NULL. */
static inline struct sheet sheet_new(const int *score, size_t units, size_t raters, size_t q,
                                     const double *value)
{
    struct sheet s = {.start = rk_alloc(units + 1, sizeof(size_t)),
                      .all = rk_alloc(units * raters + 1, sizeof(struct rk_judgement)),
                      .values = rk_alloc(q + 1, sizeof(double)),
                      .times = rk_alloc(units + 1, sizeof(uint32_t))};
    size_t at = 0;
    for (size_t i = 0; i < units; i++) {
        for (size_t g = 0; g < raters; g++)
            if (score[i * raters + g] != NONE)
                s.all[at++] =
                    (struct rk_judgement){(uint32_t)g, (uint32_t)score[i * raters + g], 1};
        s.start[i + 1] = at;
    }
    for (size_t k = 0; k < q; k++)
        s.values[k] = value ? value[k] : (double)k + 1;
    s.judged = (struct rk_judged){.units = units,
                                  .raters = raters,
                                  .categories = q,
                                  .start = s.start,
                                  .all = s.all,
                                  .values = s.values,
                                  .centred = s.values};
    rk_judged_tally(&s.judged);
    return s;
}

static inline void sheet_free(struct sheet *s)
{
    rk_judged_forget_tally(&s->judged);
    rk_free(s->start);
    rk_free(s->all);
    rk_free(s->values);
    rk_free(s->times);
}

/* Scores that agree somewhat; `missing` of a hundred are left out, but two of each unit are there.
 */
static inline void make_up(const char *name, int *score, size_t units, size_t raters, int q,
                           int missing)
{
    struct rk_random random = rk_random(RK_TEXT("judged"), rk_text(name));
    for (size_t i = 0; i < units; i++) {
        int truth = (int)rk_random_below(&random, (uint64_t)q);
        for (size_t g = 0; g < raters; g++) {
            int near = rk_random_below(&random, 100) < 60
                           ? truth
                           : (int)rk_random_below(&random, (uint64_t)q);
            bool out = g >= 2 && (int)rk_random_below(&random, 100) < missing;
            score[i * raters + g] = out ? NONE : near;
        }
    }
}

#endif
