/* From a table of figures to what of it may be shown, and from a published table to what it gives away:
 * the rows of model/tabulation become cells and sums (privacy/layout), the rules say what is
 * sensitive, privacy/suppress chooses what else to hide, privacy/audit tells what can be inferred. */
#ifndef RK_PUBLISH_H
#define RK_PUBLISH_H

#include "model/tabulation.h"
#include "privacy/audit.h"
#include "privacy/layout.h"
#include "privacy/perturb.h"
#include "privacy/suppress.h"

enum rk_zeros {
    RK_ZEROS_OPEN,  /* shown; nobody is assumed to know that no hidden figure is 0 */
    RK_ZEROS_KNOWN, /* shown, and everybody knows that no hidden figure is 0 */
    RK_ZEROS_HIDE,  /* may be hidden so that others cannot be worked out */
    RK_ZEROS_SMALL, /* are small figures like 1 */
};
enum rk_hidden_reason {
    RK_IS_SHOWN,
    RK_IS_SMALL,
    RK_IS_ZERO,
    RK_IS_DOMINATED,
    RK_IS_NEAR, /* p percent */
    RK_IS_SECONDARY,
    RK_IS_HIDDEN, /* of a published table: it is not known why */
    RK_IS_BEFORE, /* was hidden in what has been published, and is not small */
};

enum { RK_DOMINANCE_RULES = 8 };
struct rk_dominance {
    int64_t largest;   /* so many of the contributors, the largest … */
    rk_fixed per_cent; /* … may have at most this per cent of a figure */
};

struct rk_publish_options {
    int64_t threshold; /* figures from 1 to one less are small */
    struct rk_dominance dominance[RK_DOMINANCE_RULES]; /* all hold */
    uint32_t dominance_count;
    rk_fixed p_percent;   /* nobody may know a contribution to within this per cent; 0 = no such rule */
    rk_fixed width;       /* > 0: wished between the least and the most an attacker infers */
    enum rk_zeros zeros;
    enum rk_insiders insiders;
    bool by_cells;        /* hide the fewest figures, and then the least; or else the other way round */
    bool audit;           /* the table is published: nothing is chosen */
    const char *versions; /* dimension whose labels are versions of the same figures, or NULL */
    uint64_t effort;
    int64_t round;        /* 0, or round small figures to 0 or this instead of hiding any */
    bool cell_key;        /* perturb by cell key instead */
    const int16_t *ptable; /* as rk_ptable_read gives it; NULL = the rule 10-5 */
};

struct rk_publish { /* zeroed = empty; give back with rk_publish_free */
    struct rk_layout layout;
    uint32_t cells;               /* those of the table; the layout may have more, that are in none */
    rk_fixed unit;                /* what 1 is worth in the numbers below: 1, or .1, .01 … */
    int64_t *value;               /* by cell */
    uint32_t *contributors;
    bool *has_value;
    enum rk_hidden_reason *reason; /* by cell */
    struct rk_audit_finding *findings;
    struct rk_suppression chosen;  /* hidden NULL: nothing was chosen */
    uint32_t sensitive, secondary; /* how many */
    rk_fixed secondary_value;      /* their figures together */
    /* What cannot be kept whatever is hidden now, for what has been published tells it, if only to whoever
     * is alone in another figure: figures, and changes between versions. */
    uint32_t lost, lost_changes;
    bool proven;                   /* no choice hides less */
    rk_fixed least;                /* what any choice must hide besides: figures together, or how many */
    uint32_t known_by_zeros;        /* hidden cells known if everybody knows that none is 0; when not assumed */
    uint32_t known_inside; /* … and if somebody whom the table does not tell is alone in another */
    bool not_looked;       /* for these: there are too many */
    uint32_t added; /* rows that were added to others of the same figure */
    uint32_t versions, reach; /* how many there are; those so far apart or less are held together */
    struct rk_rounding rounding;   /* with options.round */
    uint32_t *order;               /* of the cells, for people: by label, totals last */
};

/* What has been published before (table->before) stays as it was. RK_BAD_DATA where the table does not add
 * up, a sensitive figure cannot be kept and nothing has been published, what was published is not in the
 * table, or a figure is too large or has more than 6 decimals. */
enum rk_status rk_publish(struct rk_publish *publish, const struct rk_tabulation *table,
                          const struct rk_publish_options *options, struct rk_error *error);
/* The cell of a row; RK_NONE where its figure is in none. */
uint32_t rk_publish_cell(const struct rk_publish *publish, const struct rk_tabulation_row *row);

/* Of each row, a person: how many are alike, themselves among them (nothing differs that is told of both: an
 * empty label may be anything), who they stand for (value), and the risk of being found by it. Caller
 * frees. */
struct rk_alike {
    uint32_t same;
    rk_fixed population;
    double risk;
};
struct rk_alike *rk_publish_alike(const struct rk_tabulation *table);
void rk_publish_free(struct rk_publish *publish);

#endif
