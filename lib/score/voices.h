/* The voices of one contest, and the two things methods make of them: a score of each candidate in
 * each block, and the support of each candidate over each.
 *
 * A block is a group in a stage; its share of the whole is the same however many voices it has. A
 * voice is a rater (or so many alike: `count`), who has a sheet in each block where it scored
 * somebody. What a sheet says of a candidate is a number, more is better; as a ranking it puts
 * equal numbers alike.
 *
 * Candidates whom a sheet leaves out:
 *     RK_UNRANKED_LAST   stand alike after all it names (a ballot: silence is the last place)
 *     RK_UNRANKED_ZERO   are compared with none; Borda gives them no points
 *     RK_UNRANKED_APART  are compared with none; Borda leaves the sheet out of their mean, and the
 *                        r-th of the m it names stands where the r-th of m drawn from all n stands
 *                        in expectation, r (n + 1) / (m + 1)
 *
 * Borda 1781: n - 1 points to the first of n, 0 to the last; alike share the mean of their places.
 */
#ifndef RK_VOICES_H
#define RK_VOICES_H

#include "base/fixed.h"
#include "score/social.h"

enum rk_unranked { RK_UNRANKED_LAST, RK_UNRANKED_ZERO, RK_UNRANKED_APART };

struct rk_voice {
    uint32_t group, rater; /* numbers of the caller's; voices of a group stand together */
    uint32_t count;        /* how many there are of it, 1 or more */
};

struct rk_entry {
    uint32_t candidate; /* 0 … candidates - 1 */
    rk_fixed value;
};

struct rk_sheet {
    uint32_t voice, block;
    size_t first, last; /* its entries [first, last), at least one, each candidate once */
};

struct rk_voices {
    size_t candidates;
    struct rk_text *names; /* of candidates, whose texts are the caller's; NULL = none are needed */
    size_t blocks;
    struct rk_ratio *share; /* by block, 0 or more */
    uint32_t *group;        /* by block: as in struct rk_voice */
    uint32_t *stage;        /* by block: a number of the caller's */
    struct rk_voice *voices;
    size_t voice_count;
    struct rk_sheet *sheets; /* by block, then voice */
    size_t sheet_count;
    struct rk_entry *entries;
    size_t entry_count;
};
void rk_voices_free(struct rk_voices *voices);

/* The same voices with Borda points for values; candidates left out that have points are named. */
void rk_voices_borda(const struct rk_voices *voices, enum rk_unranked unranked,
                     struct rk_voices *points);

enum rk_centre { RK_CENTRE_MEAN, RK_CENTRE_MEDIAN, RK_CENTRE_TRIMMED };
struct rk_block_score { /* of a candidate in a block */
    uint64_t n;         /* voices, by their count; 0 = no score */
    rk_fixed score;
};
/* scores[block * candidates + candidate]. Median: the middle one or the mean of the two; trimmed:
 * the mean without ⌊trim · n⌋ at either end (0 <= trim < 0.5). False when sums are too large. */
bool rk_voices_scores(const struct rk_voices *voices, enum rk_centre centre, rk_fixed trim,
                      struct rk_block_score *scores);

struct rk_pair_rules {
    enum rk_unranked unranked;
    bool half; /* two that a sheet puts alike: half a support each way, not none */
};
/* The sheets as rankings, made once for many counts; `voices` must outlive them. */
struct rk_orders;
struct rk_orders *rk_orders_new(const struct rk_voices *voices, const struct rk_pair_rules *rules);
void rk_orders_free(struct rk_orders *orders);
/* Supports of all blocks together: a voice of block b counts share(b) / voices of b, times what
 * makes all of them whole numbers; *whole is what a share of 1 comes to. With one block of share 1
 * a support is a number of voices (with `half`, of half voices). `share` NULL: the blocks' own;
 * `times`, by voice, NULL: their counts. pairs->support and pairs->alike (may be NULL) are the
 * caller's arrays. False when the numbers would be too large. */
bool rk_orders_pairs(const struct rk_orders *orders, const struct rk_ratio *share,
                     const uint32_t *times, struct rk_pairs *pairs, rk_support *whole);

#endif
