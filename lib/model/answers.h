/* Answers to a survey as columns of numbers: from the table `responses` (long), with the table
 * `respondents` where there is one, or from `answers` (a row per respondent, a column per item).
 *
 *     struct rk_answers a = {.codebook = codebook, .missing = RK_TEXT("NA")};
 *     rk_answers_want(&a, RK_TEXT("actor"));
 *     rk_answers_read_respondents(&a, table, &error);      long, where there is the table
 *     rk_answers_read_long(&a, table, &error);             or rk_answers_read_wide
 *     a.values[item * a.rows + row]
 *
 * A row is one respondent in one wave. Rows are in the order of the texts of survey, respondent and
 * wave where there are such, else in that of the file; items in the order of the codebook, then of
 * their texts (wide: of `items`). */
#ifndef RK_ANSWERS_H
#define RK_ANSWERS_H

#include "base/hash.h"
#include "model/cells.h"
#include "model/codebook.h"

struct rk_answers_column { /* what rows can be told apart by */
    struct rk_text name;
    struct rk_strings values;
    uint32_t *of; /* by row: a value, or RK_NONE; in the order of the rows */
};

struct rk_answers {                     /* zeroed = empty; give back with rk_answers_free */
    const struct rk_codebook *codebook; /* or NULL: all answers are numbers */
    struct rk_text missing;             /* '|'-joined words that are no answer */
    struct rk_strings wanted_items;     /* if any: no others. Wide: needed */
    struct rk_text surveys;             /* '|'-joined, long: no others; empty = all */
    struct rk_answers_column *columns;
    uint32_t column_count, column_room;

    uint32_t item_count;
    struct rk_text *items;
    const struct rk_codebook_item **coded; /* by item, or NULL */
    size_t rows;
    double *values;   /* item × rows; NaN = no answer */
    uint32_t *person; /* by row: the same in every wave; RK_NONE = not told */
    double *weight;   /* by row; NULL = there is no such column */
    uint32_t waves;   /* of a long table: how many there are answers of */
    uint64_t unread;  /* answers to what is not wanted, or not numbers by the codebook */

    struct rk_arena arena;
    struct rk_answers_reading *reading; /* rk_answers_read_…'s own */
};

/* A column to tell rows apart by, before reading: its number. */
uint32_t rk_answers_want(struct rk_answers *answers, struct rk_text name);
/* A respondent told twice is a bad row; a wanted column that is in neither table is RK_BAD_DATA
 * when the responses are read. */
enum rk_status rk_answers_read_respondents(struct rk_answers *answers, struct rk_table *table,
                                           struct rk_error *error);
/* An item answered twice in a wave, somebody who is not among the respondents, an answer that is no
 * number and no word of the codebook are bad rows. RK_BAD_USE: a survey is wanted that nobody answered
 * or was asked, and that the codebook is not of. */
enum rk_status rk_answers_read_long(struct rk_answers *answers, struct rk_table *table,
                                    struct rk_error *error);
enum rk_status rk_answers_read_wide(struct rk_answers *answers, struct rk_table *table,
                                    struct rk_error *error);
/* The scale's ends; false where they are not known. */
bool rk_answers_scale(const struct rk_answers *answers, uint32_t item, double *least, double *most);
bool rk_answers_reversed(const struct rk_answers *answers, uint32_t item);
uint32_t rk_answers_item(const struct rk_answers *answers, struct rk_text name); /* or RK_NONE */
void rk_answers_free(struct rk_answers *answers);

#endif
