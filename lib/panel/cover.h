/* Whom the user bank mirrors and whom it leaves out.
 *
 *     rk_cover_new(&cover, &facts, &error);
 *     rk_cover_tell(cover, NULL, RK_TEXT(""), true);
 *     rk_cover_tell(cover, is_of_AMF, RK_TEXT("AMF"), false);
 *     rows = rk_cover_rows(cover, &count);
 *     rk_cover_free(cover);
 *
 * tells all of it, and then a part of the recruitments apart. Rows are in the order in which they
 * are to be shown.
 *
 * People are counted in pools. Of the bank: `applied` (everybody in the table), `bank` (of them,
 * whoever was taken on or invited), `active`, `paused`, `left`, of the active `consented`, of those
 * `trained`; and by the assignments: `invited` (any), `declined`, `accepted` (confirmed, attended
 * or absent), `attended`, `absent`, each once however often. Of a table that names nobody: `all`
 * and `selected`.
 *
 * Small cells: with `min_count` above 1 no number of 1 … min_count - 1 people may be worked out, be
 * it told, or left between what is told: of a pool and those taken from it, of the values of
 * features that make up the same, of parts of the recruitments and all. All tellings are then made
 * twice, and between them somebody else chooses what is hidden:
 *
 *     do rk_cover_tell(cover, …); … while (rk_cover_choose(cover, choose, context));
 *
 * With a cell are hidden all statistics that could give it away, which no sum tells of. Other
 * tables of the same people may still give something away. */
#ifndef RK_COVER_H
#define RK_COVER_H

#include "model/assignments.h"
#include "model/measures.h"
#include "model/people.h"
#include "model/report_cells.h"
#include "model/targets.h"

enum rk_cover_pool {
    RK_COVER_APPLIED,
    RK_COVER_BANK,
    RK_COVER_ACTIVE,
    RK_COVER_PAUSED,
    RK_COVER_LEFT,
    RK_COVER_CONSENTED,
    RK_COVER_TRAINED,
    RK_COVER_INVITED,
    RK_COVER_DECLINED,
    RK_COVER_ACCEPTED,
    RK_COVER_ATTENDED,
    RK_COVER_ABSENT,
    RK_COVER_ALL,
    RK_COVER_SELECTED,
    RK_COVER_POOLS
};

struct rk_cover_facts {
    struct rk_features *features; /* crossed ones get values that nobody has */
    const uint32_t *listed;       /* the features to tell of */
    uint32_t listed_count;
    const struct rk_targets *targets;
    const struct rk_panelists *panelists; /* one of the two; its rows are those of `features` */
    const struct rk_people *people;
    const struct rk_recruitments *recruitments; /* NULL = not known */
    const struct rk_assignments *assignments;   /* NULL = not known */
    int32_t day;       /* what was so then, or RK_NO_DATE: as the tables say, whatever the day */
    int64_t min_count; /* 0 or 1: nothing is hidden */
    bool publishes; /* few recruitments and seats are hidden like few people, and those of parts */
    struct rk_text seed;
};

struct rk_cover_row {
    struct rk_text by, feature, value;
    const char *pool;
    struct rk_measure measure;
};

struct rk_cover_gap { /* nobody of this value of the targets; never where people of it are hidden,
                         in it or in the pool before */
    uint32_t feature, value;
    enum rk_cover_pool pool;
    double target;
    bool is_known; /* there is nobody in the pool before either */
};
struct rk_cover_missing { /* experience asked for, that nobody active has */
    struct rk_text experience;
    int64_t recruitments, seats;
};

struct rk_cover;
/* RK_BAD_DATA where targets of a feature do not go together: shares beside counts, a sum over 1, no
 * share of a list's values. */
enum rk_status rk_cover_new(struct rk_cover **cover, const struct rk_cover_facts *facts,
                            struct rk_error *error);
/* `counted`: by recruitment, NULL = all. `bank`: also what does not depend on recruitments. `by`
 * must outlive the cover. */
void rk_cover_tell(struct rk_cover *cover, const bool *counted, struct rk_text by, bool bank);
/* After the last telling: true where nothing was told yet, and all has to be told again. */
bool rk_cover_choose(struct rk_cover *cover, rk_report_cells_choose *choose, void *context);
const struct rk_cover_row *rk_cover_rows(const struct rk_cover *cover, size_t *count);
uint64_t rk_cover_hidden(const struct rk_cover *cover); /* cells hidden so far */
/* Are there too many figures to hold together what is told of all, of parts of the recruitments and
 * of pools taken from others? */
bool rk_cover_is_apart(const struct rk_cover *cover);

/* What a coordinator should see first, of all recruitments: groups with nobody, in `active`,
 * `invited` and `attended` (`all`, `selected`), the largest target first; experience asked for and
 * missing, that most seats ask for first. After the first rk_cover_tell. */
const struct rk_cover_gap *rk_cover_gaps(const struct rk_cover *cover, size_t *count);
const struct rk_cover_missing *rk_cover_missing(const struct rk_cover *cover, size_t *count);
/* The sum of a feature's targets where it is not 1 and they were taken as shares of it; else 0. */
double rk_cover_target_sum(const struct rk_cover *cover, uint32_t feature);
const char *rk_cover_pool_name(enum rk_cover_pool pool);
void rk_cover_free(struct rk_cover *cover);

#endif
