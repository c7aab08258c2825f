#include "panel/verify_state.h"

const char *const rk_verify_verdict_names[] = {"holds", "broken", "told", "proven", "gap", "open"};

const char *rk_verify_check_name(int check)
{
    static const char *const names[] = {"kept",          "row",         "seats",       "position",
                                        "fit",           "reserves",    "certificate", "best_seats",
                                        "best_shortage", "best_change", "best_fit",    "best_load",
                                        "best_lottery",  "best_chances"};
    return check < RK_REFUSALS ? rk_refusal_name((enum rk_refusal)check)
                               : names[check - RK_REFUSALS];
}

void rk_verify_found(struct rk_verify *v, int check, enum rk_verify_verdict verdict,
                     const struct rk_pos *pos, const char *format, ...)
{
    struct rk_buf text = {0};
    va_list args;
    if (pos && pos->file)
        rk_buf_printf(&text, "%s:%llu: ", pos->file, (unsigned long long)pos->line);
    va_start(args, format);
    rk_buf_vprintf(&text, format, args);
    va_end(args);
    v->found[check] = true;
    v->broken |= verdict == RK_VERIFY_BROKEN;
    v->attention |= verdict != RK_VERIFY_PROVEN && verdict != RK_VERIFY_HOLDS;
    v->tell(v->context, check, verdict, text.text);
    rk_buf_free(&text);
}

/* ---- rows ---- */

unsigned rk_verify_beside(const struct rk_verify *v, const struct rk_fraction *members,
                          uint32_t pair, int32_t more)
{
    uint32_t p = v->pairs[pair].panelist, r = v->pairs[pair].recruitment;
    int32_t month = v->panels[r].month;
    const int64_t left[] = {rk_verify_left(v, p, month, 1), rk_verify_left(v, p, month, 12), 1};
    struct rk_fraction *sums = rk_fractions(3); /* in the month, in the year, at the same time */
    for (uint32_t i = v->pair_first[p]; i < v->pair_first[p + 1]; i++) {
        int32_t other = v->panels[v->pairs[i].recruitment].month;
        if (!rk_whole_sign(&members[i].top))
            continue;
        const bool in[] = {other == month, other / 12 == month / 12,
                           i == pair || rk_verify_meet(v, r, v->pairs[i].recruitment)};
        for (int k = 0; k < 3; k++)
            if (in[k])
                rk_fraction_add(&sums[k], &sums[k], &members[i]);
    }
    unsigned broken = 0;
    for (int k = 0; k < 3; k++)
        if (rk_fraction_compare_ratio(&sums[k], left[k] - more, 1) > 0)
            broken |= RK_REFUSED_BIT(k < 2 ? RK_REFUSED_CAP : RK_REFUSED_OVERLAP);
    rk_fractions_free(sums, 3);
    return broken;
}

static bool is_new(const struct rk_verify *v, const struct rk_assignment *row)
{
    return !rk_verify_row(&v->kept, row->panelist, row->recruitment);
}

static void see_row(struct rk_verify *v, const struct rk_assignment *row)
{
    uint32_t i = rk_verify_pair(v, row->panelist, row->recruitment);
    struct rk_verify_panel *panel = &v->panels[row->recruitment];
    bool member = row->seat == RK_SEAT_MEMBER;
    if (!is_new(v, row))
        return;
    *(member ? &panel->members : &panel->standing) += 1;
    if (i != RK_NONE)
        *(member ? &v->pairs[i].chosen : &v->pairs[i].stands) = true;
    if (i != RK_NONE && member)
        rk_fraction_set_whole(&v->now[i], 1);
}

static void check_row(struct rk_verify *v, const struct rk_assignment *row)
{
    uint32_t p = row->panelist, r = row->recruitment, i = rk_verify_pair(v, p, r), n;
    const struct rk_session *sessions = rk_sessions_of(v->facts->tables.sessions, r, &n);
    const struct rk_assignment *kept = rk_verify_row(&v->kept, p, r);
    const struct rk_assignment *stood = rk_verify_row(&v->stood, p, r);
    struct rk_assignment fresh = {.declared_on = RK_NO_DATE, .confidentiality_on = RK_NO_DATE};
    const struct rk_certificate *c = v->facts->certificate;
    struct rk_buf stages = {0};
    if (!v->panels[r].open) {
        BROKEN(RK_VERIFY_ROW, &row->pos, _("recruitment %s is not open"), RECRUITMENT(r));
        return;
    }
    for (uint32_t s = 0; s < n; s++)
        if (!rk_list_has((struct rk_text){stages.text, stages.size}, sessions[s].stage))
            rk_buf_printf(&stages, "%s%s", stages.size ? "|" : "", sessions[s].stage.text);
    fresh.stages = (struct rk_text){stages.text, stages.size};
    if (stood && stood->seat == row->seat && c && c->repair) /* who stays, stays as before */
        fresh = *stood;
    fresh.seat = row->seat;
    fresh.position = row->position;
    fresh.has_probability = c && c->mode != RK_CERTIFICATE_CHOICE && row->has_probability;
    fresh.probability = fresh.has_probability ? row->probability : 0; /* the lottery's to look at */
    const char *cell = rk_assignment_difference(row, kept ? kept : &fresh);
    if (cell)
        BROKEN(kept ? RK_VERIFY_KEPT : RK_VERIFY_ROW, &row->pos,
               kept ? _("recruitment %s: panelist %s is kept, but '%s' is another")
                    : _("recruitment %s: panelist %s: '%s' is not what a new row has"),
               RECRUITMENT(r), PANELIST(p), cell);
    if (!row->has_fit || row->fit != rk_fixed_round(rk_verify_fit(v, p, r)))
        BROKEN(RK_VERIFY_FIT, &row->pos,
               _("recruitment %s: panelist %s: fit is not the sum of the wanted weights"),
               RECRUITMENT(r), PANELIST(p));
    unsigned reasons = i == RK_NONE ? rk_verify_refusals(v, p, r)
                                    : rk_verify_beside(v, v->now, i, v->pairs[i].stands);
    int rule = reasons ? __builtin_ctz(reasons) : 0; /* the first of them is told */
    if (reasons)
        rk_verify_found(v, rule, kept ? RK_VERIFY_TOLD : RK_VERIFY_BROKEN, &row->pos,
                        kept ? _("recruitment %s: panelist %s is kept, but breaks: %s")
                             : _("recruitment %s: panelist %s breaks: %s"),
                        RECRUITMENT(r), PANELIST(p), _(rk_refusal_name((enum rk_refusal)rule)));
    rk_buf_free(&stages);
}

/* ---- panels ---- */

/* New rows take the first positions that no kept row has. */
static bool positions_follow(const struct rk_verify *v, const struct rk_assignment *rows,
                             uint32_t count, enum rk_seat seat)
{
    uint32_t *taken = rk_alloc((size_t)count + 2, sizeof *taken);
    int32_t most = (int32_t)count, open = 1;
    bool good = true;
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].seat == seat && rows[i].position >= 1 && rows[i].position <= most)
            taken[rows[i].position]++;
    while (taken[open])
        open++;
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].seat == seat && is_new(v, &rows[i]))
            good &=
                rows[i].position >= 1 && rows[i].position < open && taken[rows[i].position] == 1;
    rk_free(taken);
    return good;
}

static void check_panel(struct rk_verify *v, uint32_t r, const struct rk_assignment *rows,
                        uint32_t count)
{
    const struct rk_verify_panel *panel = &v->panels[r];
    if (panel->kept + panel->members > panel->room)
        rk_verify_found(v, RK_VERIFY_SEATS, panel->members ? RK_VERIFY_BROKEN : RK_VERIFY_TOLD,
                        NULL, _("recruitment %s: %d members, but there is place for %d"),
                        RECRUITMENT(r), panel->kept + panel->members, panel->room);
    if (panel->standing > panel->reserves)
        BROKEN(RK_VERIFY_SEATS, NULL, _("recruitment %s: %d reserves too many"), RECRUITMENT(r),
               panel->standing - panel->reserves);
    if (!positions_follow(v, rows, count, RK_SEAT_MEMBER) ||
        !positions_follow(v, rows, count, RK_SEAT_RESERVE))
        BROKEN(RK_VERIFY_POSITION, NULL,
               _("recruitment %s: the positions of new rows are not 1, 2, 3 …, those of kept rows "
                 "passed over"),
               RECRUITMENT(r));
}

/* Where there are fewer reserves than asked for, nobody who could stand by is left out. */
static void check_reserves(struct rk_verify *v)
{
    for (uint32_t i = 0; i < v->pair_count; i++) {
        const struct rk_verify_pair *pair = &v->pairs[i];
        struct rk_verify_panel *panel = &v->panels[pair->recruitment];
        if (panel->standing < panel->reserves && !pair->chosen && !pair->stands &&
            !rk_verify_beside(v, v->now, i, 1)) {
            BROKEN(RK_VERIFY_RESERVES, NULL, _("recruitment %s: panelist %s should stand by"),
                   RECRUITMENT(pair->recruitment), PANELIST(pair->panelist));
            panel->standing = panel->reserves; /* once is enough */
        }
    }
}

/* ---- quotas ---- */

static int64_t lack(const struct rk_verify_quota *q, int64_t count)
{
    return q->min - q->lowered > count ? q->min - q->lowered - count : 0;
}

/* An empty seat stands for one person who is not found yet. So many are to be found at least: of a
 * feature of which nobody has two values, as many as the quota of each value that lacks most. */
static int64_t to_find(const struct rk_verify *v, uint32_t r, const int64_t *count)
{
    const struct rk_features *features = v->facts->features;
    int64_t most = 0;
    for (uint32_t f = 0; f < features->count; f++) {
        const struct rk_feature *feature = &features->all[f];
        int64_t *of = rk_alloc((size_t)feature->values.count + 1, sizeof *of), sum = 0;
        bool several = feature->is_list || feature->may_list;
        for (uint32_t a = 0; a < feature->band_count && feature->is_age; a++)
            for (uint32_t b = 0; b < a; b++)
                several |= feature->bands[a].from <= feature->bands[b].to &&
                           feature->bands[b].from <= feature->bands[a].to;
        for (uint32_t q = v->quota_first[r]; q < v->quota_first[r + 1]; q++)
            for (uint32_t k = 0; k < v->quotas[q].row->part_count; k++) {
                int64_t lacks = lack(&v->quotas[q], count ? count[q] : 0);
                int64_t *found = several ? of : &of[v->quotas[q].parts[k].value];
                if (v->quotas[q].parts[k].feature != f || lacks <= *found)
                    continue;
                sum += lacks - *found;
                *found = lacks;
            }
        most = sum > most ? sum : most;
        rk_free(of);
    }
    return most;
}

bool rk_verify_quotas(struct rk_verify *v, uint32_t r, const int64_t *count, int64_t empty,
                      bool tell)
{
    bool found = to_find(v, r, count) <= (empty > 0 ? empty : 0), hold = found;
    bool can = tell && !found && to_find(v, r, NULL) <= v->panels[r].places;
    for (uint32_t i = v->quota_first[r]; i < v->quota_first[r + 1]; i++) {
        const struct rk_verify_quota *q = &v->quotas[i];
        bool over = count[i] > q->max;
        hold &= !over;
        if (tell && (over || (!found && lack(q, count[i]))))
            rk_verify_found(v, RK_REFUSED_QUOTA,
                            (over ? count[i] > 0 : can) ? RK_VERIFY_BROKEN : RK_VERIFY_TOLD, NULL,
                            over ? _("recruitment %s: %s %s: %d members, at most %d were asked for")
                                 : _("recruitment %s: %s %s: %d members, at least %d were asked "
                                     "for"),
                            RECRUITMENT(r), q->row->feature.text, q->row->value.text,
                            q->kept + (int32_t)count[i], over ? q->row->max : q->row->min);
    }
    return hold;
}

void rk_verify_end_rules(struct rk_verify *v)
{
    int64_t *count = rk_alloc((size_t)v->quota_count + 1, sizeof *count);
    for (uint32_t i = 0; i < v->pair_count; i++)
        for (uint32_t r = v->pairs[i].recruitment, q = v->quota_first[r];
             q < v->quota_first[r + 1] && v->pairs[i].chosen; q++)
            count[q] += rk_verify_counts(v, &v->quotas[q], v->pairs[i].panelist);
    for (uint32_t r = 0; r < PANELS_OF(v); r++)
        if (v->quota_first[r] < v->quota_first[r + 1])
            rk_verify_quotas(v, r, count, v->panels[r].places - v->panels[r].members, true);
    for (int check = 0; check < RK_VERIFY_CERTIFICATE; check++)
        if (!v->found[check])
            rk_verify_found(v, check, RK_VERIFY_HOLDS, NULL, "%s", "");
    rk_free(count);
}

/* ---- all of it ---- */

static void check(struct rk_verify *v)
{
    const struct rk_assignments *result = v->facts->result;
    uint32_t *first = rk_firsts(result->rows, result->count, sizeof *result->rows, PANELS_OF(v));
    for (uint32_t i = 0; i < result->count; i++)
        see_row(v, &result->rows[i]);
    for (uint32_t i = 0; i < result->count; i++)
        check_row(v, &result->rows[i]);
    for (uint32_t i = 0; i < v->kept.pairs.count; i++) {
        const struct rk_assignment *kept = v->kept.rows[i];
        uint32_t at = first[kept->recruitment], end = first[kept->recruitment + 1];
        while (at < end && result->rows[at].panelist != kept->panelist)
            at++;
        if (at == end)
            BROKEN(RK_VERIFY_KEPT, &kept->pos,
                   _("recruitment %s: panelist %s is to be kept, and is not there"),
                   RECRUITMENT(kept->recruitment), PANELIST(kept->panelist));
    }
    for (uint32_t r = 0; r < PANELS_OF(v); r++)
        if (v->panels[r].open)
            check_panel(v, r, result->rows + first[r], first[r + 1] - first[r]);
    check_reserves(v);
    rk_free(first);
}

enum rk_status rk_verify(const struct rk_verify_facts *facts, rk_verify_tell *tell, void *context,
                         struct rk_error *error)
{
    struct rk_verify v = {.facts = facts, .tell = tell, .context = context};
    enum rk_status status = rk_verify_see(&v, error);
    if (!status) {
        check(&v);
        rk_verify_proof(&v);
        status = v.broken      ? rk_fail(error, RK_BAD_DATA, "%s", "")
                 : v.attention ? RK_ATTENTION
                               : RK_OK;
    }
    rk_verify_free(&v);
    return status;
}
