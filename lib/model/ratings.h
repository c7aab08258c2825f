/* The table `ratings`: one row a rater's rating of a candidate on a criterion. Read as a stream;
 * ids become numbers, nothing else is kept of a row. */
#ifndef RK_RATINGS_H
#define RK_RATINGS_H

#include "model/ids.h"
#include "table/table.h"

enum rk_missing { /* why there is no score; a missing rating is never zero */
                  RK_NOT_MISSING,
                  RK_NOT_ASKED,
                  RK_ABSTAINED,
                  RK_CONFLICT,
                  RK_NOT_MET,
                  RK_NOT_RETURNED,
                  RK_UNEXPLAINED, /* empty, with no reason given */
                  RK_MISSING_KINDS
};
/* "not_asked", …; "missing" for RK_UNEXPLAINED */
const char *rk_missing_name(enum rk_missing missing);

enum rk_basis { RK_INDIVIDUAL, RK_CONSENSUS };
const char *rk_basis_name(enum rk_basis basis);

struct rk_rating {
    uint32_t recruitment, candidate, rater, group, stage, criterion; /* struct rk_ids */
    enum rk_missing missing;
    rk_fixed score; /* 0 where missing */
    enum rk_basis basis;
    uint32_t persons; /* n_persons of a joint sheet; 0 = not told */
    uint32_t count;   /* raters the row stands for, by a column `count`; else 1 */
    uint32_t place;   /* token of where it stands, for messages; > 0 */
};

/* Columns an analysis can do without, for rk_table_options.defaults and rk_tool_table. */
extern const char *const rk_ratings_defaults[];

/* Takes one rating. RK_BAD_DATA makes the row a bad one: `error` says why, error->pos.field which
 * of our columns (NULL = the row), error->pos.line the place token of an earlier row it clashes
 * with (0 = none). Anything else but RK_OK ends the reading. */
typedef enum rk_status rk_take_rating(void *context, const struct rk_rating *rating,
                                      struct rk_error *error);

/* Reads `table`, opened with `schema` (ratings, or one that has its fields), to its end. `row`,
 * when not NULL, is the row already read from it. */
struct rk_ratings {
    struct rk_ids *ids;
    const struct rk_schema *schema;
    bool has_count; /* out: the input has a column `count` */
};
enum rk_status rk_ratings_read(struct rk_ratings *ratings, struct rk_table *table,
                               rk_take_rating *take, void *context, struct rk_error *error);

/* Where rows stand, for files one after another: line numbers as 32-bit tokens. */
struct rk_places {
    struct rk_place_file {
        const char *name; /* the table's own, outlives this */
        uint32_t base;    /* token = base + line */
    } * files;
    size_t count, room;
    uint32_t top;
};
uint32_t rk_place_token(struct rk_places *places, const struct rk_pos *pos);
/* Text for people: "line 7", or "line 7 of other.csv". */
void rk_place_print(const struct rk_places *places, uint32_t token, const struct rk_pos *from,
                    struct rk_buf *out);
void rk_places_free(struct rk_places *places);

/* Turns the row last read into a bad one, as `problem` (see rk_take_rating) says. */
void rk_reject_problem(struct rk_table *table, const struct rk_schema *schema,
                       const struct rk_places *places, const struct rk_error *problem);

/* The row's cell of a column that `schema` does not have, as a whole number from 1; 1 where the column is
 * absent; false when it is something else. `extra` from rk_extra_column. */
size_t rk_extra_column(const struct rk_table *table, const char *name); /* SIZE_MAX = none */
bool rk_extra_count(const struct rk_table *table, const struct rk_row *row, size_t extra,
                    uint32_t *count);

#endif
