/* What certificates of choices and of lotteries have in common. Known inside lib/panel only. */
#ifndef RK_CERTIFY_H
#define RK_CERTIFY_H

#include "base/hash.h"
#include "panel/certificate.h"
#include "panel/network.h"

/* A document being written. Prices are put on rows, which are told by their JSON text and numbered
 * as they come; they are written last. */
struct rk_certify {
    const struct rk_explain *match;
    struct rk_buf *out;
    struct rk_strings rows;
    struct rk_buf row; /* the text of the row at hand */
    bool any;          /* something is in the list at hand */
    bool *tied; /* by panelist: a stage has shown that what the own limit rests on is full in every
                 * best choice */
};

void rk_certify_open(struct rk_certify *c, const struct rk_certificate_rules *rules,
                     const char *mode);
void rk_certify_close(struct rk_certify *c); /* writes the rows and frees */
void rk_certify_panelist(struct rk_certify *c, struct rk_buf *to, uint32_t panelist);
void rk_certify_recruitment(struct rk_certify *c, struct rk_buf *to, uint32_t recruitment);
/* Begins a list, then each item: writes ",\n "name":[", then what stands before an item. */
void rk_certify_list(struct rk_certify *c, const char *name);
void rk_certify_next(struct rk_certify *c);
/* One quota, min less `lowered`. */
void rk_certify_quota(struct rk_certify *c, uint32_t quota, int32_t min, int32_t max,
                      uint32_t group, uint32_t around);
/* The number of the row that c->row tells, which is emptied. */
uint32_t rk_certify_row(struct rk_certify *c);
/* What begins such a text: ["kind","id" or ["kind",number */
void rk_certify_row_of(struct rk_certify *c, const char *kind, const char *id, uint32_t number);

/* All quotas of the network: those that nest, a group for each recruitment, then the others. */
void rk_certify_quotas(struct rk_certify *c, const struct rk_network *net);
/* The nodes: one, with the stages of the levels 0 … levels - 1 as far as there are potentials, for
 * a choice with these amounts by arc. */
void rk_certify_stages(struct rk_certify *c, const int64_t *amount, uint32_t levels);

/* A lottery's potentials, as places among the totals. */
struct rk_certify_equal {
    const int64_t *place; /* by node, then of what empty seats come from */
    const int64_t *own;   /* by panelist: of the own total */
    const bool *full;     /* by panelist: the own limit is full */
    const struct rk_programme *lottery;
};
/* ["prices"] of the lottery's last stage. */
void rk_certify_equal(struct rk_certify *c, const struct rk_certify_equal *equal);

/* One recruitment by itself, its quotas in groups by feature. */
struct rk_certify_panel {
    struct rk_certify *c;
    const struct rk_single *single;
    uint32_t *place; /* by quota row of the panel: its place among the quotas told */
    uint32_t *group; /* by feature: the place of its first quota */
    uint32_t features;
};
void rk_certify_panel_quotas(struct rk_certify_panel *panel); /* writes them; fills the rest */
void rk_certify_panel_free(struct rk_certify_panel *panel);
/* Write nodes, of which there are `before` already, and return how many: that no choice is better
 * at the levels 0 … end - 1; that no panel has a smaller sum than the cut. As far as a limited
 * search goes. */
uint32_t rk_certify_search(struct rk_certify_panel *panel, int end);
uint32_t rk_certify_cut(struct rk_certify_panel *panel, const struct rk_leximin_cut *cut,
                        uint32_t before);

#endif
