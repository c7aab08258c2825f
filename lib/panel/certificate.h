/* The certificate of a match: prices from which another program proves by weak duality that no
 * choice is better (rk-panel-verify; share/schema/certificate.schema.json). For each stage of the
 * solution, the potentials of its network are told as prices of the rules themselves; where those
 * leave a gap and the match is small, a tree of linear programs proves more. (lib/panel/verify.h
 * numbers the rules.) */
#ifndef RK_PANEL_CERTIFICATE_H
#define RK_PANEL_CERTIFICATE_H

#include "panel/explain.h"
#include "panel/programme.h"
#include "panel/single.h"

struct rk_certificate_rules { /* how the matcher read the rules */
    bool assume_available, assume_adult, require_declarations, candidate_conflicts_pass;
    const struct rk_strings *only, *replace; /* what --only and --replace named */
    const struct rk_assignments *assignments, *fixed;
};

/* Appends the JSON document for a choice, whose result has kept its potentials. */
void rk_certificate_choice(const struct rk_explain *match, const struct rk_certificate_rules *rules,
                           struct rk_buf *out);
/* That of a choice for one recruitment whose quotas cross, found by search. */
void rk_certificate_search(const struct rk_explain *match, const struct rk_single *single,
                           const struct rk_certificate_rules *rules, struct rk_buf *out);
/* That of a lottery over a programme: proves the seats as a choice does, and the chances by the
 * total that each part of the network shares (panel/chances.h, rk_chances_potential). */
void rk_certificate_programme(const struct rk_explain *match, const struct rk_programme *lottery,
                              const struct rk_certificate_rules *rules, struct rk_buf *out);
/* That of a lottery over panels of one recruitment: the panels and their weights, and the prices
 * that prove each level (panel/levels.h). */
void rk_certificate_panels(const struct rk_explain *match, const struct rk_single *single,
                           const struct rk_certificate_rules *rules, struct rk_buf *out);

#endif
