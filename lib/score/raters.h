/* The rater table: severity by a model beside what can be seen in the rater's own sheets. A sheet
 * is a rater's ratings of a candidate at a stage, its score here their plain mean.
 *
 *   spread         standard deviation (n - 1) of the rater's sheets over candidates
 *   spread_others  root mean square of the spreads of the unit's other raters
 *   range_used     largest less smallest rating, over the same of the unit
 *
 *   agree_own      correlation, over the candidates, of the rater's sheet with the mean of the
 *                  other sheets of the own group; at least three candidates, neither constant
 *
 *   agree_rest     the same with the mean of all sheets of the other groups
 *
 *   halo           standard deviation within the rater's sheets, of ratings less their criterion's
 *                  mean, over the same of the unit's other raters; 1 = as they do, 0 = all alike
 *
 *   central        share of the rater's ratings in the middle third of the unit's range
 *
 * The flags, none of them a verdict, are told in the man page; flag() in raters.c has the bounds. */
#ifndef RK_SCORE_RATERS_H
#define RK_SCORE_RATERS_H

#include "model/severities.h"
#include "score/severity.h"

/* One row per rater, unit by unit, raters in order. Caller frees *rows. */
size_t rk_rater_rows(const struct rk_severities *severities, struct rk_rater_row **rows);

#endif
