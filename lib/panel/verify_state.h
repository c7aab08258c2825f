/* What the rules find and the proof goes by. Known inside lib/panel/verify*.c only. */
#ifndef RK_VERIFY_STATE_H
#define RK_VERIFY_STATE_H

#include "model/history.h"
#include "panel/verify.h"

struct rk_verify_panel {                /* by recruitment */
    bool open, matters;                 /* has seats to fill; or else memberships that count */
    int32_t first_day, last_day, month; /* month: rk_month_of the first day */
    int32_t places, lacking;            /* as in rk_eligible_panel, kept members taken off */
    int32_t chosen, reserves;           /* new members; reserves to find */
    uint32_t met;                       /* candidates */
    uint64_t need;                      /* bits of experiences, or the bit that everybody has */
};

struct rk_verify_pair { /* whom the rules allow beside kept and past memberships */
    uint32_t recruitment, panelist;
    bool chosen;
};

struct rk_verify_quota { /* a row of the table quotas, for one recruitment */
    uint32_t recruitment;
    const struct rk_quota *row;
    struct rk_quota_kind kind;
    int32_t kept, chosen; /* members of the kind */
    int32_t min, max;     /* left of the table's for new members; min perhaps lowered */
    bool together;        /* scratch: counted among those that nobody can be two of */
    int32_t lowered;      /* the certificate asks for so many fewer */
    bool *counts;         /* by pair of the recruitment */
};

struct rk_verify {
    const struct rk_verify_facts *facts;
    rk_verify_tell *tell;
    void *context;
    bool found[RK_VERIFY_CHECKS], broken, attention;
    struct rk_history history;
    struct rk_verify_panel *panels;
    uint64_t *experience;         /* by panelist, bits */
    int32_t *before, *load;       /* by panelist: memberships without and with the new ones */
    struct rk_verify_pair *pairs; /* sorted by recruitment, panelist */
    uint32_t pair_count, pair_room, *pair_first;
    struct rk_verify_quota *quotas; /* sorted by recruitment */
    uint32_t quota_count, quota_room, *quota_first;
};

void rk_verify_found(struct rk_verify *v, int check, enum rk_verify_verdict verdict,
                     const struct rk_pos *pos, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
#define RECRUITMENT(r) v->facts->recruitments->rows[r].recruitment_id.text
#define PANELIST(p) v->facts->panelists->rows[p].panelist_id.text
#define BROKEN(check, ...) rk_verify_found(v, check, RK_VERIFY_BROKEN, __VA_ARGS__)

/* verify.c: what the tables say, in order */
enum rk_status rk_verify_see(struct rk_verify *v, struct rk_error *error);
void rk_verify_find_pairs(struct rk_verify *v);
void rk_verify_row(struct rk_verify *v, const struct rk_past *past);
/* The first rule that the pair breaks beside the other memberships, new ones among them or not;
 * RK_REFUSED_QUOTA: none. */
int rk_verify_refused(const struct rk_verify *v, uint32_t panelist, uint32_t recruitment,
                      bool new_ones);
/* Memberships in the months from … from + months - 1; with the new ones or without; that of the
 * recruitment `but` not counted. */
int32_t rk_verify_used(const struct rk_verify *v, uint32_t panelist, int32_t from, int32_t months,
                       bool new_ones, uint32_t but);
rk_fixed rk_verify_fit(const struct rk_verify *v, uint32_t panelist, uint32_t recruitment);
uint32_t rk_verify_lot(const struct rk_verify *v, uint32_t panelist, uint32_t recruitment);
/* verify_panels.c: the quotas, as the certificate may have lowered them, and what holds */
void rk_verify_end_rules(struct rk_verify *v);
/* verify_proof.c: calls it once the certificate's quotas are known */
void rk_verify_proof(struct rk_verify *v);

#endif
