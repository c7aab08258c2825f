/* What of a report is hidden besides its small figures: chosen by privacy/suppress over all its
 * tables together, and held against privacy/audit. */
#ifndef RK_GUARD_H
#define RK_GUARD_H

#include "report/cells.h"
#include "tool/tool.h"

struct rk_guard {
    bool *hidden;     /* by figure, as rk_report_cells numbers them; caller frees with rk_free */
    uint32_t besides; /* how many figures are hidden that are not small */
    uint32_t open;    /* choices that are the best found, and not proven to hide the least */
    uint32_t
        whole; /* sets of figures in which all are hidden, since nothing less keeps the small */
    uint32_t outside; /* sets that are not kept from who is alone in one of their figures */
    uint32_t before;  /* figures hidden for they were in what has been published */
    uint32_t lost;    /* small figures, and changes, that what has been published tells somebody,
                         whatever is hidden now */
    uint32_t first_lost; /* one of them, or UINT32_MAX */
    uint32_t drifted;    /* small changes since an earlier month that are told, whatever is hidden */
};
/* Where figures can be kept so, also from who is alone in one and knows it, and from everybody who knows that nothing hidden is nought. The same figures give the same choice
 * everywhere. */
struct rk_guard rk_guard_report(const struct rk_report_cells *cells);
/* What a domain room asks by, which knows no tool: `run` is a struct rk_run, which is told of it.
 */
void rk_guard_choose(void *run, const struct rk_report_cells *cells, bool *hidden);
/* To the user: how much, and whether it is proven to be the least. */
void rk_guard_tell(struct rk_run *run, const struct rk_guard *guard);

#endif
