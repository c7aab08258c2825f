/* Scores of whole sheets in few bytes, and their order. */
#ifndef RK_SCORED_H
#define RK_SCORED_H

#include "model/ids.h"
#include "model/ratings.h"

/* What scores are alike in: there are few such things. Its bytes are compared: it has none that are
 * not a member's. */
struct rk_scored_marks {
    rk_fixed weight, covered; /* Σ w of what was scored; weight_covered */
    uint32_t stage, group, persons, count, scored;
    uint8_t basis, missing;
    bool percent;
    uint8_t none[9]; /* 0 */
};

struct rk_scored_one {
    rk_fixed total; /* Σ w·y */
    uint32_t recruitment, candidate, rater;
    uint32_t marks; /* number in the list's */
};

struct rk_scored { /* zeroed = empty */
    struct rk_strings marks;
    uint32_t last[64]; /* marks, by a mix of them: scores go round them */
    struct rk_scored_one *all;
    uint32_t count, room;
};

void rk_scored_reserve(struct rk_scored *scored, uint32_t more); /* room for exactly so many more */
void rk_scored_add(struct rk_scored *scored, const struct rk_scored_one *one,
                   const struct rk_scored_marks *marks); /* one->marks is left out of account */
static inline const struct rk_scored_marks *rk_scored_marks(const struct rk_scored *scored,
                                                            const struct rk_scored_one *one)
{
    return (const void *)scored->marks.texts[one->marks].text;
}
/* In bytewise order of recruitment, candidate, rater and stage, which no two share. */
void rk_scored_sort(struct rk_scored *scored, const struct rk_ids *ids);
void rk_scored_free(struct rk_scored *scored);

#endif
