/* What is known of a ranking beyond its rows, as the table `measures`: how sure it is, what another
 * weight or one rater less would change, how groups agree, what a method saw. */
#ifndef RK_RANKING_MEASURES_H
#define RK_RANKING_MEASURES_H

#include "model/ids.h"
#include "stream/write.h"

struct rk_ranking_measure { /* ids: RK_NONE = not about one, except stage: '*' */
    uint32_t recruitment, stage, group, other_group, candidate, other_candidate, rater;
    const char *measure, *variant, *method; /* variant and method NULL = none */
    double estimate, se, low, high, n;      /* NAN = missing, but for estimate */
};

/* Writes `count` of them, in the order they come, to `out`. */
void rk_ranking_measures_write(const struct rk_ranking_measure *measures, size_t count,
                               const struct rk_ids *ids, struct rk_out *out);

#endif
