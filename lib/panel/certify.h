/* What certificates of choices and of lotteries have in common. Known inside lib/panel only. */
#ifndef RK_CERTIFY_H
#define RK_CERTIFY_H

#include "panel/certificate.h"
#include "panel/network.h"

struct rk_text rk_certify_panelist(const struct rk_explain *match, uint32_t panelist);
struct rk_text rk_certify_recruitment(const struct rk_explain *match, uint32_t recruitment);
/* Each appends a piece of the document; the head opens it. */
void rk_certify_head(const struct rk_explain *match, const struct rk_certificate_rules *rules,
                     const char *mode, struct rk_buf *out);
void rk_certify_quotas(const struct rk_explain *match, const struct rk_network *net,
                       struct rk_buf *out);
/* The stages of the levels 0 … levels_told - 1, for a choice with these amounts by arc. */
void rk_certify_stages(const struct rk_explain *match, const int64_t *amount, uint32_t levels_told,
                       struct rk_buf *out);
/* "P1","month","2026-03" or "P1","overlap",["R1","R2"] */
void rk_certify_limit(const struct rk_explain *match, const struct rk_named_limit *limit,
                      struct rk_buf *out);

#endif
