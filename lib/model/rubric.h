/* The rubric: what a recruitment's candidates are rated on (JSON, share/schema/rubric.json).
 *
 *     {"id": "SOF", "department": "SOF", "label": {"sv": …, "en": …},
 *      "groups":   [{"id": "user", "label": …, "weight": 1}, …],       weight: 1; 0 = advisory
 *      "stages":   [{"id": "interview", "weight": 2, "criteria": […], "groups": […]}, …],
 *      "criteria": [{"id": "respect", "label": …, "weight": 1, "min": 1, "max": 5, "step": 1,
 *                    "reverse": false, "gate": 3, "anchors": […]}, …]}
 *
 * No `groups`: every group that rates, with equal weight. No `stages`: any stage, with all
 * criteria. A stage without `criteria` has them all, without `groups` all groups. Stages weigh when
 * each of them has a weight; weights for only some of them are refused. */
#ifndef RK_RUBRIC_H
#define RK_RUBRIC_H

#include "base/fixed.h"
#include "base/mem.h"
#include "base/message.h"
#include "model/ids.h"
#include "stream/json.h"
#include "table/table.h"

struct rk_rubric_group {
    const char *id;
    rk_fixed weight; /* >= 0 */
};

struct rk_criterion {
    const char *id;
    rk_fixed weight;           /* >= 0 */
    rk_fixed minimum, maximum; /* minimum < maximum */
    rk_fixed step;             /* 0 = any value between */
    bool reverse;              /* low is good */
    bool has_gate;
    rk_fixed gate; /* least acceptable mean, on the criterion's scale after reversing */
};

struct rk_rubric_stage {
    const char *id;
    rk_fixed weight;                   /* > 0 where stages weigh, else 0 */
    size_t *criteria, criterion_count; /* places in rubric->criteria */
    size_t *groups, group_count;       /* places in rubric->groups; none = any group */
};

struct rk_rubric {
    const char *id, *department; /* department may be NULL */
    const char *file;
    struct rk_rubric_group *groups;
    size_t group_count;
    struct rk_criterion *criteria;
    size_t criterion_count; /* >= 1 */
    struct rk_rubric_stage *stages;
    size_t stage_count;
    bool stages_weigh;
    struct rk_arena arena; /* holds all of it */
};

/* Reads and checks one rubric. Free with rk_rubric_free. */
enum rk_status rk_rubric_read(struct rk_rubric **rubric, const char *path, struct rk_error *error);
/* The same from a document already read; `file` is for messages. */
enum rk_status rk_rubric_from_json(struct rk_rubric **rubric, const rk_json *document,
                                   const char *file, struct rk_error *error);
void rk_rubric_free(struct rk_rubric *rubric);
/* Appends all that counts of a rubric, as JSON that reads as the same: alike rubrics, alike bytes. */
void rk_rubric_print(struct rk_buf *out, const struct rk_rubric *rubric);
/* SIZE_MAX when there is none. */
size_t rk_rubric_criterion(const struct rk_rubric *rubric, const char *id);
size_t rk_rubric_stage(const struct rk_rubric *rubric, const char *id);
size_t rk_rubric_group(const struct rk_rubric *rubric, const char *id);

/* The rubrics of a run, and which recruitment has which. A zeroed struct is empty. */
struct rk_rubrics {
    struct rk_rubric **all;
    size_t count, room;
    const struct rk_rubric **of; /* by recruitment number, NULL = none; NULL until assigned */
    uint32_t of_count;
    bool assigned;
};

enum rk_status rk_rubrics_add(struct rk_rubrics *rubrics, const char *path, struct rk_error *error);
/* Every NAME.json in `directory`, by name. None is RK_BAD_DATA. */
enum rk_status rk_rubrics_add_directory(struct rk_rubrics *rubrics, const char *directory,
                                        struct rk_error *error);
/* The files, and the folder unless NULL. */
enum rk_status rk_rubrics_load(struct rk_rubrics *rubrics, const char *const *paths, size_t count,
                               const char *directory, struct rk_error *error);
/* Reads the table `recruitments` to its end: each recruitment's rubric by its id; one whose rubric
 * is not among `rubrics` gets none. */
enum rk_status rk_rubrics_assign(struct rk_rubrics *rubrics, struct rk_table *recruitments,
                                 struct rk_ids *ids, struct rk_error *error);
/* The same for one recruitment, by the rubric's id; false where it has another already. */
bool rk_rubrics_set(struct rk_rubrics *rubrics, uint32_t recruitment, struct rk_text rubric);
/* Gives a recruitment one of `rubrics`; false where it has another one. */
bool rk_rubrics_give(struct rk_rubrics *rubrics, uint32_t recruitment,
                     const struct rk_rubric *rubric);
/* The rubric of a recruitment: the assigned one, or the only one there is. NULL = none. */
const struct rk_rubric *rk_rubrics_for(const struct rk_rubrics *rubrics, uint32_t recruitment);
void rk_rubrics_free(struct rk_rubrics *rubrics);

#endif
