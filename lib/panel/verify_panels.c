#include "panel/verify_state.h"

/* The rows of the result that are of one recruitment. */
struct rows {
    const struct rk_assignment *rows;
    uint32_t count;
};

static bool is_new(const struct rk_verify *v, const struct rk_assignment *row)
{
    return rk_history_of(&v->history, row->panelist, row->recruitment)->flags & RK_PAST_NEW;
}

/* New rows take the first positions that no kept row has. */
static bool positions_follow(const struct rk_verify *v, struct rows of, enum rk_seat seat)
{
    uint32_t *taken = rk_alloc((size_t)of.count + 1, sizeof *taken);
    int32_t last = 0;
    bool good = true;
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < of.count; i++) {
            int32_t at = of.rows[i].position;
            bool within = at >= 1 && at <= (int32_t)of.count;
            if (of.rows[i].seat != seat)
                continue;
            if (!pass) {
                taken[within ? at : 0]++;
            } else if (is_new(v, &of.rows[i])) {
                good &= within && taken[at] == 1;
                last = at > last ? at : last;
            }
        }
    for (int32_t at = 1; good && at <= last; at++)
        good = taken[at] > 0;
    rk_free(taken);
    return good;
}

/* Who comes first among reserves: best fit, lowest load, lottery. */
static int compare(const struct rk_verify *v, uint32_t r, uint32_t a, uint32_t b)
{
    rk_fixed fit_a = rk_verify_fit(v, a, r), fit_b = rk_verify_fit(v, b, r);
    if (fit_a != fit_b)
        return fit_a > fit_b ? -1 : 1;
    if (v->load[a] != v->load[b])
        return v->load[a] < v->load[b] ? -1 : 1;
    uint32_t lot_a = rk_verify_lot(v, a, r), lot_b = rk_verify_lot(v, b, r);
    return lot_a < lot_b ? -1 : lot_a > lot_b ? 1 : a < b ? -1 : a > b;
}

/* New members of the quota's kind, with `in` in the place of `out` (RK_NONE: as it is). */
static int32_t members_of(const struct rk_verify *v, const struct rk_verify_quota *quota,
                          uint32_t out, uint32_t in)
{
    const struct rk_verify_facts *f = v->facts;
    int32_t year = v->panels[quota->recruitment].month / 12, count = quota->chosen;
    if (out != RK_NONE)
        count += rk_quota_counts(&quota->kind, f->features, f->panelists, in, year) -
                 rk_quota_counts(&quota->kind, f->features, f->panelists, out, year);
    return count;
}

/* What the quota lacks; `least`: all that it asks of new members. */
static int32_t asks(const struct rk_verify *v, const struct rk_verify_quota *quota, uint32_t out,
                    uint32_t in, bool least)
{
    /* quotas are lowered for the panel as it is, not for who stands by */
    int32_t min = quota->min - (out == RK_NONE ? quota->lowered : 0);
    int32_t lacks = least ? min : min - members_of(v, quota, out, in);
    return lacks > 0 ? lacks : 0;
}

/* An empty seat stands for one person who is not found yet: what quotas lack together must fit in
 * the empty seats, where nobody can be of two of them. Told of the quota and the next that are so.
 */
static int32_t ask_together(const struct rk_verify *v, const struct rk_verify_quota *quota,
                            uint32_t out, uint32_t in, bool least)
{
    struct rk_verify_quota *first = v->quotas + v->quota_first[quota->recruitment];
    struct rk_verify_quota *end = v->quotas + v->quota_first[quota->recruitment + 1];
    int32_t sum = asks(v, quota, out, in, least);
    for (struct rk_verify_quota *q = first; sum && q < end; q++) {
        int32_t more = asks(v, q, out, in, least);
        q->together =
            q == quota || (more && rk_quota_apart(&q->kind, &quota->kind, v->facts->features));
        for (struct rk_verify_quota *o = first; q->together && q != quota && o < q; o++)
            q->together = !o->together || o == quota ||
                          rk_quota_apart(&o->kind, &q->kind, v->facts->features);
        sum += q->together && q != quota ? more : 0;
    }
    return sum;
}

/* For how many new members can the panelist step in, all quotas kept; `fresh`: of those not
 * `covered`.
 */
static uint32_t covers(const struct rk_verify *v, uint32_t r, struct rows of, uint32_t p,
                       bool *covered, bool cover, uint32_t *fresh)
{
    int32_t empty = v->panels[r].places - v->panels[r].chosen;
    uint32_t count = 0;
    *fresh = 0;
    for (uint32_t m = 0; m < of.count && v->quota_first[r] < v->quota_first[r + 1]; m++) {
        bool good = of.rows[m].seat == RK_SEAT_MEMBER && is_new(v, &of.rows[m]);
        for (uint32_t q = v->quota_first[r]; good && q < v->quota_first[r + 1]; q++)
            good = members_of(v, &v->quotas[q], of.rows[m].panelist, p) <= v->quotas[q].max &&
                   ask_together(v, &v->quotas[q], of.rows[m].panelist, p, false) <= empty;
        count += good;
        *fresh += good && !covered[m];
        covered[m] |= good && cover;
    }
    return count;
}

static int by_position(const void *x, const void *y)
{
    const struct rk_assignment *a = *(const struct rk_assignment *const *)x;
    const struct rk_assignment *b = *(const struct rk_assignment *const *)y;
    return a->position < b->position ? -1 : a->position > b->position;
}

/* By position, nobody who could step in comes before a reserve who stands by; and nobody is left
 * out where there are fewer than asked for. */
static void check_reserves(struct rk_verify *v, uint32_t r, struct rows of, int32_t asked)
{
    const struct rk_assignment **standing = rk_alloc((size_t)of.count + 1, sizeof *standing);
    bool *covered = rk_alloc((size_t)of.count + 1, sizeof *covered);
    int32_t count = 0;
    for (uint32_t i = 0; i < of.count; i++)
        if (of.rows[i].seat == RK_SEAT_RESERVE && is_new(v, &of.rows[i]))
            standing[count++] = &of.rows[i];
    qsort(standing, (size_t)count, sizeof *standing, by_position);
    for (int32_t i = 0; i < (count < asked ? count + 1 : count); i++) {
        uint32_t best = i < count ? standing[i]->panelist : RK_NONE, fresh, n;
        uint32_t all = best == RK_NONE ? 0 : covers(v, r, of, best, covered, false, &fresh);
        for (uint32_t k = v->pair_first[r]; k < v->pair_first[r + 1]; k++) {
            uint32_t p = v->pairs[k].panelist, more;
            const struct rk_past *own = rk_history_of(&v->history, p, r);
            if (p == best || (own && own->result &&
                              (own->result->seat == RK_SEAT_MEMBER || best == RK_NONE ||
                               own->result->position < standing[i]->position)))
                continue;
            n = best == RK_NONE ? 0 : covers(v, r, of, p, covered, false, &more);
            bool first = best == RK_NONE ? true
                         : more != fresh ? more > fresh
                         : n != all      ? n > all
                                         : compare(v, r, p, best) < 0;
            if (!first || rk_verify_refused(v, p, r, true) != RK_REFUSED_QUOTA)
                continue;
            BROKEN(RK_VERIFY_RESERVES, i < count ? &standing[i]->pos : NULL,
                   _("recruitment %s: panelist %s should stand by first"), RECRUITMENT(r),
                   PANELIST(p));
            break;
        }
        if (best != RK_NONE)
            covers(v, r, of, best, covered, true, &fresh);
    }
    rk_free(standing);
    rk_free(covered);
}

static void check_panel(struct rk_verify *v, uint32_t r, struct rows of)
{
    const struct rk_recruitment *recruitment = &v->facts->recruitments->rows[r];
    struct rk_verify_panel *panel = &v->panels[r];
    int32_t kept = recruitment->seats - panel->lacking - panel->places;
    int32_t reserves = recruitment->reserves, standing = 0;
    for (uint32_t i = 0; i < of.count; i++)
        if (of.rows[i].seat == RK_SEAT_RESERVE)
            is_new(v, &of.rows[i]) ? standing++ : reserves--;
    if (panel->places < panel->chosen)
        rk_verify_found(v, RK_VERIFY_SEATS, panel->chosen ? RK_VERIFY_BROKEN : RK_VERIFY_TOLD, NULL,
                        _("recruitment %s: %d members, but there is place for %d"), RECRUITMENT(r),
                        kept + panel->chosen, kept + panel->places);
    panel->places = panel->places < 0 ? 0 : panel->places;
    if (standing && standing > reserves)
        BROKEN(RK_VERIFY_SEATS, NULL, _("recruitment %s: %d reserves too many"), RECRUITMENT(r),
               standing - (reserves < 0 ? 0 : reserves));
    if (!positions_follow(v, of, RK_SEAT_MEMBER) || !positions_follow(v, of, RK_SEAT_RESERVE))
        BROKEN(RK_VERIFY_POSITION, NULL,
               _("recruitment %s: the positions of new rows are not 1, 2, 3 …, those of kept rows "
                 "passed over"),
               RECRUITMENT(r));
    panel->reserves = reserves;
}

/* ---- quotas ---- */

static void find_quotas(struct rk_verify *v)
{
    const struct rk_verify_facts *f = v->facts;
    for (uint32_t r = 0; r < f->recruitments->count; r++)
        for (uint32_t q = 0; v->panels[r].open && q < f->quotas->count; q++)
            if (rk_quotas_has(f->quotas, &f->quotas->rows[q], r)) {
                RK_GROW(v->quotas, v->quota_count, v->quota_room);
                v->quotas[v->quota_count++] = (struct rk_verify_quota){
                    .recruitment = r,
                    .row = &f->quotas->rows[q],
                    .kind = rk_quota_kind(&f->quotas->rows[q], f->features)};
            }
    v->quota_first =
        rk_firsts(v->quotas, v->quota_count, sizeof *v->quotas, f->recruitments->count);
    for (uint32_t i = 0; i < v->history.count; i++) {
        const struct rk_past *past = &v->history.rows[i];
        uint32_t r = past->recruitment;
        for (uint32_t q = v->quota_first[r];
             past->flags & RK_PAST_COUNTS && q < v->quota_first[r + 1]; q++)
            if (rk_quota_counts(&v->quotas[q].kind, f->features, f->panelists, past->panelist,
                                v->panels[r].month / 12))
                past->flags &RK_PAST_NEW ? v->quotas[q].chosen++ : v->quotas[q].kept++;
    }
    for (uint32_t q = 0; q < v->quota_count; q++) {
        struct rk_verify_quota *quota = &v->quotas[q];
        quota->min = quota->row->min > quota->kept ? quota->row->min - quota->kept : 0;
        quota->max = quota->row->max > quota->kept ? quota->row->max - quota->kept : 0;
    }
}

static void check_quota(struct rk_verify *v, const struct rk_verify_quota *quota)
{
    uint32_t r = quota->recruitment;
    int32_t count = quota->kept + quota->chosen, empty = v->panels[r].places - v->panels[r].chosen;
    bool over = count > quota->row->max;
    bool under = asks(v, quota, RK_NONE, RK_NONE, false) &&
                 ask_together(v, quota, RK_NONE, RK_NONE, false) > (empty > 0 ? empty : 0);
    bool can = true; /* all quotas of the panel be met? */
    for (uint32_t q = v->quota_first[r]; under && q < v->quota_first[r + 1]; q++)
        can &= ask_together(v, &v->quotas[q], RK_NONE, RK_NONE, true) <= v->panels[r].places;
    if (over || under)
        rk_verify_found(v, RK_REFUSED_QUOTA,
                        (over ? quota->chosen > 0 : can) ? RK_VERIFY_BROKEN : RK_VERIFY_TOLD, NULL,
                        over ? _("recruitment %s: %s %s: %d members, at most %d were asked for")
                             : _("recruitment %s: %s %s: %d members, at least %d were asked for"),
                        RECRUITMENT(r), quota->row->feature.text, quota->row->value.text, count,
                        over ? quota->row->max : quota->row->min);
}

void rk_verify_end_rules(struct rk_verify *v)
{
    const struct rk_assignments *result = v->facts->result;
    uint32_t panels = v->facts->recruitments->count;
    uint32_t *first = rk_firsts(result->rows, result->count, sizeof *result->rows, panels);
    for (uint32_t r = 0; r < panels; r++)
        if (v->panels[r].open)
            check_reserves(v, r, (struct rows){result->rows + first[r], first[r + 1] - first[r]},
                           v->panels[r].reserves);
    rk_free(first);
    for (uint32_t q = 0; q < v->quota_count; q++)
        check_quota(v, &v->quotas[q]);
    for (int check = 0; check < RK_VERIFY_CERTIFICATE; check++)
        if (!v->found[check])
            v->tell(v->context, check, RK_VERIFY_HOLDS, "");
}

enum rk_status rk_verify(const struct rk_verify_facts *facts, rk_verify_tell *tell, void *context,
                         struct rk_error *error)
{
    struct rk_verify work = {.facts = facts, .tell = tell, .context = context}, *v = &work;
    enum rk_status status = rk_verify_see(v, error);
    uint32_t panels = facts->recruitments->count, *first = NULL;
    if (!status) {
        first = rk_firsts(facts->result->rows, facts->result->count, sizeof *facts->result->rows,
                          panels);
        for (uint32_t i = 0; i < v->history.count; i++)
            rk_verify_row(v, &v->history.rows[i]);
        find_quotas(v);
        rk_verify_find_pairs(v);
        for (uint32_t r = 0; r < panels; r++)
            if (v->panels[r].open)
                check_panel(v, r,
                            (struct rows){facts->result->rows + first[r], first[r + 1] - first[r]});
        rk_verify_proof(v);
        status = v->broken      ? rk_fail(error, RK_BAD_DATA, "%s", "")
                 : v->attention ? RK_ATTENTION
                                : RK_OK;
    }
    for (uint32_t q = 0; q < v->quota_count; q++)
        rk_free(v->quotas[q].counts);
    rk_history_free(&v->history);
    rk_free(first);
    rk_free(v->panels);
    rk_free(v->experience);
    rk_free(v->before);
    rk_free(v->load);
    rk_free(v->pairs);
    rk_free(v->pair_first);
    rk_free(v->quotas);
    rk_free(v->quota_first);
    return status;
}
