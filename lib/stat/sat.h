/* Satisfiability of clauses, exact: PicoSAT (Biere 2008, "PicoSAT essentials") behind this one
 * file. Literals are 1, 2, … and negated -1, -2, …; clauses are only ever added. The same calls
 * give the same answers and models everywhere. */
#ifndef RK_SAT_H
#define RK_SAT_H

#include <stdbool.h>
#include <stdint.h>

struct rk_sat;
enum rk_sat_answer { RK_SAT_NO, RK_SAT_YES, RK_SAT_OPEN /* given up */ };

/* `stop` is asked now and then and ends a search when true; or NULL. Free with rk_sat_free. */
struct rk_sat *rk_sat_new(bool (*stop)(void *), void *context);
void rk_sat_free(struct rk_sat *sat); /* NULL is allowed */
int rk_sat_variable(struct rk_sat *sat);
/* Clauses literal by literal, ended by 0. */
void rk_sat_add(struct rk_sat *sat, int literal);
void rk_sat_add2(struct rk_sat *sat, int a, int b);
void rk_sat_add3(struct rk_sat *sat, int a, int b, int c);
uint64_t rk_sat_size(const struct rk_sat *sat);      /* literals in all clauses so far */
uint64_t rk_sat_decisions(const struct rk_sat *sat); /* of all searches so far */
/* Tried first where the search is free to choose. */
void rk_sat_prefer(struct rk_sat *sat, int literal);
void rk_sat_assume(struct rk_sat *sat, int literal); /* for the next rk_sat_solve alone */
/* `decisions` < 0: no limit. After YES rk_sat_true tells the model; after NO under assumptions
 * rk_sat_failed tells which of them were needed. */
enum rk_sat_answer rk_sat_solve(struct rk_sat *sat, int decisions);
bool rk_sat_true(const struct rk_sat *sat, int literal);
bool rk_sat_failed(const struct rk_sat *sat, int literal);

/* At most one of the literals; returns one that is implied by each of them (0 where there are
 * none). */
int rk_sat_at_most_one(struct rk_sat *sat, const int *literals, uint32_t count);
/* Counts: result[j], j < most, is implied by more than j of the literals being true (the sequential
 * counter of Sinz 2005, "Towards an optimal CNF encoding of Boolean cardinality constraints").
 * Denied, it is an upper limit. */
void rk_sat_count(struct rk_sat *sat, const int *literals, uint32_t count, int *result,
                  uint32_t most);

#endif
