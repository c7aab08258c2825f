/* Why not me: what came of a panelist in each recruitment, which rule or whom stood in the way, and
 * what would change it. Found by holding the panelist against the panel as it stands, so it holds
 * for a choice and for a lottery alike. */
#ifndef RK_WHY_H
#define RK_WHY_H

#include "model/answer.h"
#include "panel/explain.h"

struct rk_why; /* a match made ready for questions */

/* `rows` are those of rk_explain_rows; all must outlive it. */
struct rk_why *rk_why_new(const struct rk_explain *match, const struct rk_assignment *rows,
                          uint32_t count);
void rk_why_free(struct rk_why *why);

/* The recruitment must be open. The texts are appended. */
struct rk_answer rk_why_ask(const struct rk_why *why, uint32_t panelist, uint32_t recruitment,
                            struct rk_buf *reason, struct rk_buf *change);

#endif
