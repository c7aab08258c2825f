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

/* Nobody is passed over, and (where no quotas decide) all stand by in order: whoever has a lower
 * position comes first, and whoever does not stand by comes after the last. */
static void check_reserves(struct rk_verify *v, uint32_t r, struct rows of, int32_t missing)
{
    const struct rk_assignment *last = NULL;
    bool ordered = v->quota_first[r] == v->quota_first[r + 1];
    for (uint32_t i = 0; i < of.count; i++)
        if (of.rows[i].seat == RK_SEAT_RESERVE && is_new(v, &of.rows[i]))
            last = !last || of.rows[i].position > last->position ? &of.rows[i] : last;
    for (uint32_t i = v->pair_first[r]; i < v->pair_first[r + 1]; i++) {
        uint32_t p = v->pairs[i].panelist;
        const struct rk_past *own = rk_history_of(&v->history, p, r);
        const struct rk_assignment *row = own ? own->result : NULL;
        bool first = ordered && last && compare(v, r, p, last->panelist) < 0;
        if (row && row->seat == RK_SEAT_MEMBER)
            continue;
        if (row ? ordered && row != last && !first
                : ((missing > 0 && ordered) || first) &&
                      rk_verify_refused(v, p, r, true) == RK_REFUSED_QUOTA)
            BROKEN(RK_VERIFY_RESERVES, row ? &row->pos : NULL,
                   row ? _("recruitment %s: panelist %s stands by too early")
                       : _("recruitment %s: panelist %s should stand by"),
                   RECRUITMENT(r), PANELIST(p));
    }
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
    check_reserves(v, r, of, reserves - standing);
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

/* An empty seat stands for one person who is not found yet: what the rows of one feature, of which
 * nobody can be two, lack together must fit in the empty seats. */
static void check_quota(struct rk_verify *v, const struct rk_verify_quota *quota)
{
    uint32_t r = quota->recruitment;
    int32_t lacks = 0, left = 0, empty = v->panels[r].places - v->panels[r].chosen;
    const struct rk_verify_quota *all = v->quotas, *end = all + v->quota_first[r + 1];
    for (const struct rk_verify_quota *q = all + v->quota_first[r], *o; q < end; q++) {
        bool apart = q == quota || (rk_text_equal(q->row->feature, quota->row->feature) &&
                                    rk_quota_apart(&q->kind, &quota->kind, v->facts->features));
        for (o = all + v->quota_first[r]; apart && q != quota && o < q; o++)
            apart = o == quota || !rk_text_equal(o->row->feature, q->row->feature) ||
                    rk_quota_apart(&o->kind, &q->kind, v->facts->features);
        if (apart) {
            int32_t min = q->min - q->lowered;
            lacks += min > q->chosen ? min - q->chosen : 0;
            left += min;
        }
    }
    bool over = quota->kept + quota->chosen > quota->row->max;
    bool under = quota->min - quota->lowered > quota->chosen && lacks > empty;
    if (over || under)
        rk_verify_found(v, RK_REFUSED_QUOTA,
                        (over ? quota->chosen > 0 : left <= v->panels[r].places) ? RK_VERIFY_BROKEN
                                                                                 : RK_VERIFY_TOLD,
                        NULL,
                        over ? _("recruitment %s: %s %s: %d members, at most %d were asked for")
                             : _("recruitment %s: %s %s: %d members, at least %d were asked for"),
                        RECRUITMENT(r), quota->row->feature.text, quota->row->value.text,
                        quota->kept + quota->chosen, over ? quota->row->max : quota->row->min);
}

void rk_verify_end_rules(struct rk_verify *v)
{
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
    rk_free(v->declarations);
    rk_free(v->declared_first);
    rk_free(v->experience);
    rk_free(v->before);
    rk_free(v->load);
    rk_free(v->pairs);
    rk_free(v->pair_first);
    rk_free(v->quotas);
    rk_free(v->quota_first);
    return status;
}
