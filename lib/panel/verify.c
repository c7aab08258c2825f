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

bool rk_verify_together(const struct rk_verify *v, uint32_t a, uint32_t b, int limit)
{
    uint32_t one = v->pairs[a].recruitment, other = v->pairs[b].recruitment;
    int32_t months = limit == RK_VERIFY_YEAR ? 12 : 1;
    return limit == RK_VERIFY_TIME
               ? a == b || rk_verify_meet(v, one, other)
               : v->panels[one].month / months == v->panels[other].month / months;
}

int64_t rk_verify_room(const struct rk_verify *v, uint32_t pair, int limit)
{
    int32_t month = v->panels[v->pairs[pair].recruitment].month;
    return limit == RK_VERIFY_TIME ? 1
                                   : rk_verify_left(v, v->pairs[pair].panelist, month,
                                                    limit == RK_VERIFY_YEAR ? 12 : 1);
}

unsigned rk_verify_beside(const struct rk_verify *v, const struct rk_fraction *members,
                          uint32_t pair, int32_t more)
{
    uint32_t p = v->pairs[pair].panelist;
    unsigned broken = 0;
    for (int k = 0; k < RK_VERIFY_LIMITS; k++) {
        struct rk_fraction sum = {0};
        rk_fraction_set_whole(&sum, more);
        for (uint32_t i = v->pair_first[p]; i < v->pair_first[p + 1]; i++)
            if (rk_whole_sign(&members[i].top) && rk_verify_together(v, pair, i, k))
                rk_fraction_add(&sum, &sum, &members[i]);
        if (rk_fraction_compare_ratio(&sum, rk_verify_room(v, pair, k), 1) > 0)
            broken |= RK_REFUSED_BIT(k == RK_VERIFY_TIME ? RK_REFUSED_OVERLAP : RK_REFUSED_CAP);
        rk_fraction_free(&sum);
    }
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
    v->by_lot |= row->has_probability;
    if (i != RK_NONE)
        v->pairs[i].stands = member ? 0 : row->position;
    if (i != RK_NONE && member)
        rk_fraction_set_whole(&v->now[i], v->pairs[i].chosen = true);
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
                                    : rk_verify_beside(v, v->now, i, !v->pairs[i].chosen);
    for (int rule = 0; rule < RK_REFUSALS; rule++)
        if (reasons & RK_REFUSED_BIT(rule))
            rk_verify_found(v, rule, kept ? RK_VERIFY_TOLD : RK_VERIFY_BROKEN, &row->pos,
                            kept ? _("recruitment %s: panelist %s is kept, but breaks: %s")
                                 : _("recruitment %s: panelist %s breaks: %s"),
                            RECRUITMENT(r), PANELIST(p),
                            _(rk_refusal_name((enum rk_refusal)rule)));
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
                        NULL,
                        RK_PLURAL("recruitment %s: %d member, but there is place for %d",
                                  "recruitment %s: %d members, but there is place for %d",
                                  panel->kept + panel->members),
                        RECRUITMENT(r), panel->kept + panel->members, panel->room);
    if (panel->standing > panel->reserves)
        BROKEN(RK_VERIFY_SEATS, NULL,
               RK_PLURAL("recruitment %s: %d reserve too many",
                         "recruitment %s: %d reserves too many", panel->standing - panel->reserves),
               RECRUITMENT(r), panel->standing - panel->reserves);
    if (!positions_follow(v, rows, count, RK_SEAT_MEMBER) ||
        !positions_follow(v, rows, count, RK_SEAT_RESERVE))
        BROKEN(RK_VERIFY_POSITION, NULL,
               _("recruitment %s: the positions of new rows are not 1, 2, 3 …, those of kept rows "
                 "passed over"),
               RECRUITMENT(r));
}

void rk_verify_end_rules(struct rk_verify *v)
{
    int64_t *count = rk_alloc((size_t)v->quota_count + 1, sizeof *count);
    for (uint32_t i = 0; i < v->pair_count; i++)
        rk_verify_count(v, &v->cells[v->pairs[i].cell], v->pairs[i].chosen, count);
    for (uint32_t r = 0; r < PANELS_OF(v); r++)
        rk_verify_tell_quotas(v, r, count, v->panels[r].places - v->panels[r].members);
    for (int check = 0; check < RK_VERIFY_CERTIFICATE; check++)
        if (!v->found[check])
            rk_verify_found(v, check, RK_VERIFY_HOLDS, NULL, "%s", "");
    rk_free(count);
}

/* ---- reserves ---- */

/* Who comes first among those who could stand by. */
static int by_turn(const void *x, const void *y, void *context)
{
    const struct rk_verify *v = context;
    uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
    const struct rk_verify_pair *a = &v->pairs[i], *b = &v->pairs[j];
    const int64_t order[] = {b->stay - a->stay, v->by_lot ? 0 : b->fit - a->fit,
                             v->by_lot ? 0 : v->load[a->panelist] - v->load[b->panelist],
                             (int64_t)a->lot - b->lot, (int64_t)i - j};
    int at = 0;
    while (at < 4 && !order[at])
        at++;
    return order[at] < 0 ? -1 : order[at] > 0;
}

struct turns { /* of one recruitment */
    uint32_t recruitment, *members, count, *could, could_count;
    bool *covered;          /* by member: somebody before can take the place */
    int64_t *counts;        /* by quota: of the members */
    struct rk_tuples known; /* two cells: … */
    bool *repairs; /* … can people of the first take the places of those of the second? */
    uint32_t room;
};

static bool repairs(const struct rk_verify *v, struct turns *t, uint32_t could, uint32_t member)
{
    uint32_t in = t->could[could], out = t->members[member], before = t->known.count,
             r = t->recruitment;
    uint32_t at = rk_tuples_add(&t->known, (uint32_t[]){v->pairs[in].cell, v->pairs[out].cell});
    if (at == before) {
        RK_GROW(t->repairs, before, t->room);
        rk_verify_count(v, &v->cells[v->pairs[in].cell], 1, t->counts);
        rk_verify_count(v, &v->cells[v->pairs[out].cell], -1, t->counts);
        t->repairs[at] = rk_verify_quotas(v, r, t->counts, v->panels[r].places - (int64_t)t->count);
        rk_verify_count(v, &v->cells[v->pairs[in].cell], -1, t->counts);
        rk_verify_count(v, &v->cells[v->pairs[out].cell], 1, t->counts);
    }
    return t->repairs[at];
}

/* Who of those left can take the place of most members for whom nobody before can; then of most. */
static uint32_t best_repair(const struct rk_verify *v, struct turns *t, uint32_t next,
                            uint32_t *most)
{
    uint32_t best = next, best_all = 0;
    *most = 0;
    for (uint32_t i = next; i < t->could_count; i++) {
        uint32_t fresh = 0, all = 0;
        for (uint32_t m = 0; m < t->count; m++) {
            all += repairs(v, t, i, m);
            fresh += !t->covered[m] && repairs(v, t, i, m);
        }
        if (fresh > *most || (fresh == *most && all > best_all)) {
            best = i;
            *most = fresh;
            best_all = all;
        }
    }
    return best;
}

/* Puts the first so many in turn; with quotas, the next is always who repairs the panel best, after
 * those who stood there before. */
static void take_turns(struct rk_verify *v, struct turns *t, uint32_t asked)
{
    if (t->could_count)
        qsort_r(t->could, t->could_count, sizeof *t->could, by_turn, v);
    for (uint32_t m = 0; m < t->count; m++)
        rk_verify_count(v, &v->cells[v->pairs[t->members[m]].cell], 1, t->counts);
    for (uint32_t next = 0; next < asked; next++) {
        uint32_t best = next, fresh = 0;
        for (int turn = v->pairs[t->could[next]].stay ? 2 : 0; turn < 2 && !fresh; turn++) {
            best = best_repair(v, t, next, &fresh);
            if (!fresh) /* there is somebody for everyone: begin anew */
                memset(t->covered, 0, t->count);
        }
        uint32_t chosen = t->could[best];
        memmove(t->could + next + 1, t->could + next, (best - next) * sizeof *t->could);
        t->could[next] = chosen;
        for (uint32_t m = 0; m < t->count; m++)
            t->covered[m] |= repairs(v, t, next, m);
    }
}

/* Who stood by there before a repair keeps the place, before all others. */
static int32_t place_before(const struct rk_verify *v, uint32_t pair)
{
    const struct rk_assignment *row =
        rk_verify_row(&v->stood, v->pairs[pair].panelist, v->pairs[pair].recruitment);
    bool stands = v->pairs[pair].stay && row->seat == RK_SEAT_RESERVE && row->position > 0;
    return stands ? row->position : INT32_MAX;
}

/* The reserves are as many as asked for, of those who could step in, in their turn. */
static void check_reserves(struct rk_verify *v, uint32_t r)
{
    uint32_t first = v->order_first[r], n = v->order_first[r + 1] - first, asked;
    struct turns t = {.recruitment = r,
                      .members = rk_alloc((size_t)n + 1, sizeof *t.members),
                      .could = rk_alloc((size_t)n + 1, sizeof *t.could),
                      .covered = rk_alloc((size_t)n + 1, sizeof *t.covered),
                      .counts = rk_alloc((size_t)v->quota_count + 1, sizeof *t.counts),
                      .known.width = 2};
    for (uint32_t k = first; k < first + n; k++)
        if (v->pairs[v->order[k]].chosen)
            t.members[t.count++] = v->order[k];
        else if (!rk_verify_beside(v, v->now, v->order[k], 1))
            t.could[t.could_count++] = v->order[k];
    asked = (uint32_t)v->panels[r].reserves;
    asked = asked < t.could_count ? asked : t.could_count;
    take_turns(v, &t, asked);
    for (uint32_t i = 0; i < asked; i++) {
        const struct rk_verify_pair *pair = &v->pairs[t.could[i]];
        bool after = pair->stands > 0;
        for (uint32_t j = 0; j < i && after; j++)
            after = (place_before(v, t.could[i]) < place_before(v, t.could[j])) ==
                    (pair->stands < v->pairs[t.could[j]].stands);
        if (!after) {
            BROKEN(RK_VERIFY_RESERVES, NULL, _("recruitment %s: reserve %u should be panelist %s"),
                   RECRUITMENT(r), i + 1, PANELIST(pair->panelist));
            break;
        }
    }
    rk_free(t.members);
    rk_free(t.could);
    rk_free(t.covered);
    rk_free(t.counts);
    rk_free(t.repairs);
    rk_tuples_free(&t.known);
}

/* ---- all of it ---- */

static void check(struct rk_verify *v)
{
    const struct rk_assignments *result = v->facts->result;
    uint32_t *first = rk_firsts(result->rows, result->count, sizeof *result->rows, PANELS_OF(v));
    for (uint32_t i = 0; i < result->count; i++)
        see_row(v, &result->rows[i]);
    for (uint32_t i = 0; i < v->pair_count; i++)
        v->load[v->pairs[i].panelist] += v->pairs[i].chosen;
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
        if (v->panels[r].open) {
            check_panel(v, r, result->rows + first[r], first[r + 1] - first[r]);
            if (v->panels[r].reserves && (v->facts->certificate || !v->stood.pairs.count))
                check_reserves(v, r);
        }
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
