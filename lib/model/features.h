/* The features by which people are told apart: any column of a table of people, by name, and not
 * only ours; `age`, from birth_year, where the file has no such column; and crossed ones,
 * "gender×age". What quotas, targets and coverage count by.
 *
 *     struct rk_features features = {.year = 2026};
 *     both = rk_features_want(&features, RK_TEXT("gender×age"));
 *     rk_features_expect(&features, both, RK_TEXT("woman×13-17"));
 *     panelists.features = &features;
 *     rk_panelists_read(&panelists, …);
 *
 * What is expected is a value even where nobody has it, and of age it makes the bands. A text that
 * differs by case and blanks alone from what is expected is that (not in a list of the schema,
 * whose words others compare too; nor where it differs so from two). rk_panelists_read() fills a
 * row for each panelist, in the order of panelists.rows. Of another table of people:
 * rk_features_add() after each rk_table_next(), and rk_features_finish() at the end.
 *
 * A person has a set of values of each feature: none where the cell is empty, several where it is a
 * list ('|'-joined: a list of the schema, any column that is not ours), and of a crossed one every
 * combination. Values are numbers in feature->values: those expected first, then the others by
 * first appearance. What people's values are never goes into a message. */
#ifndef RK_FEATURES_H
#define RK_FEATURES_H

#include "base/hash.h"
#include "table/table.h"

#define RK_FEATURE_CROSS "×" /* between the parts of a crossed feature, and of its values */
enum { RK_FEATURE_PARTS = 4 };

struct rk_feature_band { /* of ages, both ends included */
    int32_t from, to;
    uint32_t value;
};

struct rk_feature {
    struct rk_text name;
    struct rk_strings values, folded; /* what is expected, folded */
    uint32_t *expected;               /* by folded: the value, RK_NONE where two fold to it */
    uint32_t parts[RK_FEATURE_PARTS]; /* of a crossed one: features, in the order of the name */
    uint32_t part_count;              /* 0 = a column */
    bool is_age;                      /* derived from birth_year: known once a row was read */
    bool is_list;                     /* somebody has several values: shares may sum to over 1 */
    bool may_list;                    /* a list of the schema: somebody may have */
    struct rk_feature_band *bands;    /* of a derived age */
    uint32_t band_count;
    size_t field, extra;   /* where it was found last, SIZE_MAX = not there */
    struct rk_text column; /* what it is called there, of an extra one */
    bool found;
};

struct rk_feature_set {
    size_t start; /* in features->items */
    uint32_t count;
};

struct rk_features { /* give back with rk_features_free */
    int32_t year;    /* whose 1 January to 31 December a person turns `age` in; 0 = not known */
    struct rk_feature *all;
    uint32_t count, room;
    uint32_t row_count;
    struct rk_feature_set *sets; /* row_count × count */
    size_t set_room;
    uint32_t *items;
    size_t item_count, item_room;
};

/* The number of the feature of this name, which is added where it is new, with its parts. More than
 * RK_FEATURE_PARTS parts, an empty one or one twice: RK_NONE. All are wanted before the first row.
 */
uint32_t rk_features_want(struct rk_features *features, struct rk_text name);
uint32_t rk_features_find(const struct rk_features *features, struct rk_text name); /* or RK_NONE */
/* The value's number, whether or not anybody has it. RK_NONE where a crossed feature's value has
 * another number of parts than the feature. */
uint32_t rk_features_expect(struct rk_features *features, uint32_t feature, struct rk_text value);
/* "13-17", "65+", "85-", "-12", "18": false when it is no band of ages. */
bool rk_feature_band(struct rk_text text, int32_t *from, int32_t *to);

/* Adds a row for the person whom the table gave last. A feature that is no column of the file, and
 * does not differ from just one by case and blanks alone: RK_BAD_DATA naming the nearest; so is an
 * age expected that is no band, an age without a year, and a birth_year that is no year. Bands that
 * nobody expects are 0-12, 13-17, 18-24, 25-44, 45-64 and 65+. */
enum rk_status rk_features_add(struct rk_features *features, const struct rk_table *table,
                               const struct rk_row *row, struct rk_error *error);
/* At the end of the table: the same of a feature that no row of it had. */
enum rk_status rk_features_finish(struct rk_features *features, const struct rk_table *table,
                                  struct rk_error *error);
/* Moves row i to place[i], for all rows. */
void rk_features_arrange(struct rk_features *features, const uint32_t *place);

/* The values of a person, ascending. */
static inline const uint32_t *rk_features_of(const struct rk_features *features, uint32_t row,
                                             uint32_t feature, uint32_t *count)
{
    const struct rk_feature_set *set = &features->sets[(size_t)row * features->count + feature];
    *count = set->count;
    return features->items + set->start;
}
/* The parts' values of a crossed feature's value, as numbers of theirs. */
void rk_features_split(const struct rk_features *features, uint32_t feature, uint32_t value,
                       uint32_t parts[RK_FEATURE_PARTS]);
/* Adds to a crossed feature every combination of its parts' values, whether or not anybody has it;
 * false, and nothing is added, where there are more than `most`. */
bool rk_features_fill(struct rk_features *features, uint32_t feature, uint64_t most);
bool rk_features_has(const struct rk_features *features, uint32_t row, uint32_t feature,
                     uint32_t value);
/* Has any row the value? True where there are no rows. */
bool rk_features_anybody(const struct rk_features *features, uint32_t feature, uint32_t value);
void rk_features_free(struct rk_features *features);

#endif
