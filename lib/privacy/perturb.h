/* Other ways to make a table safe to show than hiding: small counts rounded so that all still adds up, and
 * random-looking noise by cell key; and how alone people are in a file of single persons. */
#ifndef RK_PERTURB_H
#define RK_PERTURB_H

#include "privacy/cells.h"

#include <stddef.h>

/* Small counts of the cells that are no sums become 0 or `base`, and all sums follow. Among all ways the
 * one with the least largest change of any cell, and then the least sum of changes, where there are at
 * most RK_ROUND_PROVEN small counts; else as good as no change of one or two of them betters. */
enum { RK_ROUND_PROVEN = 20 };
struct rk_rounding {
    int64_t largest, sum; /* of the changes */
    uint32_t small;       /* how many small counts there were */
    bool proven;
};
/* `leaf`: the cells that are no sums; above[first_above[i]] … are the cells that leaf i counts in, itself
 * among them. Values are rounded in place. */
struct rk_rounding rk_round_small(int64_t *value, uint32_t count, const uint32_t *leaf, uint32_t leaves,
                                  const uint32_t *first_above, const uint32_t *above, int64_t base);

/* The cell key method of the Office for National Statistics: each record has a key from 0 to 255, a cell's
 * is their sum modulo 256, and with the count it finds what is added. */
/* The row of a perturbation table for a count: itself up to 750, and then 501 … 750 over and over. */
uint32_t rk_cell_key_row(int64_t count);
/* What is added by the rule "10-5": counts go to the nearest multiple of 5; those under 10 are hidden, which
 * is told as minus the count. */
int64_t rk_cell_key_10_5(int64_t count);

/* The risk that someone in the sample who is alike with `same` of it, who stand for `population` people, is
 * the one looked for: the mean of 1 by how many are alike in the population, negative binomial (Benedetti
 * and Franconi 1998). same >= 1, population >= same. */
double rk_risk(uint32_t same, double population);

#endif
