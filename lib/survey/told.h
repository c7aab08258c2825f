/* What of a survey may be told to everybody. Who has the number of answers, their mean, their
 * spread and their median, can try all that few people may have answered on a short scale, and
 * often only one thing fits. So figures are told only where, with all that is told with them, of
 * every answer, and every range of answers, that few gave or all but few at least three numbers are
 * possible (stat/alike.h). */
#ifndef RK_SURVEY_TOLD_H
#define RK_SURVEY_TOLD_H

#include "survey/survey.h"

/* From all to least; each tells what those after it tell. */
enum rk_survey_told {
    RK_TOLD_ALL,     /* few gave no answer: nothing is to be kept */
    RK_TOLD_SPREAD,  /* what follows from the mean and the spread, and the median */
    RK_TOLD_MEAN,    /* the mean, without its error */
    RK_TOLD_SHARES,  /* of the top box, promoters and detractors; who rose and fell */
    RK_TOLD_TOP,     /* of the top box alone */
    RK_TOLD_N,       /* beside shares that are numbers of people, which are kept as such */
    RK_TOLD_N_ALONE, /* of answers that are weighed */
};

/* Of n answers to an item; those under `threshold` are few. Answers on more
 * than forty-four steps, in two waves twelve, of which no few kinds were given (a year, an
 * amount) are not tried: RK_TOLD_SPREAD. */
enum rk_survey_told rk_survey_told(const struct rk_survey_item *item, const double *values,
                                   size_t n, unsigned top, int64_t threshold);
/* Of n people who answered before and after. What is kept is how many gave each answer, then and
 * now, and how many changed by so much. */
enum rk_survey_told rk_survey_told_change(const struct rk_survey_item *item, const double *before,
                                          const double *after, size_t n, unsigned top,
                                          int64_t threshold);

/* Whether a number out of all is 1 to threshold - 1, or what is left of it is. */
bool rk_survey_is_few(double number, double all, int64_t threshold);

/* Hides what may not be told of the rows from `from` on: by item what may, and whether what follows
 * from the top boxes (and, of a change, from who came to it and who left it) may. They keep their
 * names, and have the method `hidden`. Counts them in survey->kept. */
struct rk_survey_tell {
    enum rk_survey_told told;
    bool top;
};
void rk_survey_hide(struct rk_survey *survey, size_t from, const struct rk_survey_tell *by_item);

#endif
