/* The figures of a report as cells and the sums among them: what somebody knows who has the whole
 * report, for whoever chooses what more of it to hide than the figures that are small. */
#ifndef RK_REPORT_CELLS_H
#define RK_REPORT_CELLS_H

#include "report/report.h"

struct rk_report_cell {
    int64_t value; /* of counts whole, else in hundredths */
    int64_t n;     /* how many people it rests on; 0 where it is none of people */
    bool counts;   /* a number of people, or of what is told like people: one that is not 0 is known
                      not to be */
    bool signless; /* everybody knows that it is not less than 0 */
    bool small;    /* must not be worked out */
    bool fixed;    /* cannot be hidden */
    bool unseen;   /* stands in no table */
    bool before;   /* was hidden in what has been published: stays so */
    bool told;     /* stands as it is in what has been published: hiding it helps nobody */
    int64_t change; /* not 0: what has been published tells another figure, less by so much; to be
                       kept for the sake of the few who make the difference */
    int64_t drift;  /* likewise, of an earlier month, with nobody gone or nobody come since … */
    bool drifts;    /* … for which alone it is to be kept, where that can be */
};
struct rk_report_cells {          /* zeroed = empty; give back with rk_report_cells_free */
    struct rk_report_cell *cells; /* the figures by section, row and column; then those unseen */
    uint32_t count, room, figures;
    uint32_t *first,
        *cell; /* sum s: cell[first[s]] is the sum of cell[first[s] + 1 … first[s + 1] - 1] */
    uint32_t sum_count, sum_room, part_count, part_room;
    uint32_t lost; /* small figures, or changes, that what has been published tells already */
};

/* The number of a new cell; those that may be hidden are added before those unseen. */
uint32_t rk_report_cells_add(struct rk_report_cells *cells, struct rk_report_cell cell);
/* total = the sum of the parts. */
void rk_report_cells_sum(struct rk_report_cells *cells, uint32_t total, const uint32_t *parts,
                         size_t count);
/* Of a report in which nothing is hidden. A sum that does not hold is left out: nobody can rest on
 * it. */
void rk_report_cells_make(struct rk_report_cells *cells, const struct rk_report *report);
void rk_report_cells_free(struct rk_report_cells *cells);

#endif
