/* Circuits: differences of +1 and -1 in a few cells that leave all sums as they are, like the four
 * corners of a rectangle in a table with margins or the eight of a box. A hidden cell in a circuit
 * of hidden cells can be that much larger or smaller for all that anybody can tell, so circuits are
 * cheap proofs that a choice is good, and cheap choices are made of them; in large tables there is
 * time for nothing else.
 *
 * Found by a search, best first, that adds a cell to a sum that does not hold until all do. It may
 * miss circuits that there are; what it finds is one. */
#ifndef RK_CIRCUITS_H
#define RK_CIRCUITS_H

#include "privacy/cells.h"

enum { RK_CIRCUIT_MOST = 40 }; /* cells in one */

struct rk_circuit {
    uint32_t cell[RK_CIRCUIT_MOST];
    bool more[RK_CIRCUIT_MOST]; /* the cell gets more, or less */
    uint32_t count;
    int64_t cost;
};

struct rk_circuits;
struct rk_circuits *rk_circuits_new(uint32_t cells,
                                    const struct rk_sums *sums); /* sums are the caller's */
void rk_circuits_free(struct rk_circuits *circuits);             /* NULL is allowed */

/* A circuit in which `cell` gets more (`up`) or less. `cost` by cell: of using it, -1 = not at all;
 * cells that get less are only those with below[cell] >= amount. It costs less than `under`. */
bool rk_circuits_find(struct rk_circuits *circuits, uint32_t cell, bool up, const int64_t *cost,
                      const int64_t *below, int64_t amount, int64_t under,
                      struct rk_circuit *found);
/* Steps so far: a clock that runs alike everywhere. */
uint64_t rk_circuits_work(const struct rk_circuits *circuits);

#endif
