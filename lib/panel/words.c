#include "panel/words.h"

#include "base/exact.h"

uint32_t rk_panel_broken(struct rk_log *log, const struct rk_eligible *eligible,
                         const struct rk_panelists *panelists,
                         const struct rk_recruitments *recruitments)
{
    uint32_t count, broken = 0;
    const struct rk_assignment *kept = rk_eligible_kept(eligible, &count);
    struct rk_buf rules = {0};
    for (uint32_t i = 0; i < count; i++) {
        unsigned reasons = rk_eligible_reasons(eligible, kept[i].panelist, kept[i].recruitment);
        if (!reasons)
            continue;
        rk_buf_clear(&rules);
        rk_refusals_say(&rules, reasons);
        rk_log(log, RK_WARNING, NULL, _("recruitment %s: panelist %s is kept, but breaks: %s"),
               recruitments->rows[kept[i].recruitment].recruitment_id.text,
               panelists->rows[kept[i].panelist].panelist_id.text, rules.text);
        broken++;
    }
    rk_buf_free(&rules);
    for (uint32_t r = 0; r < recruitments->count; r++) {
        const struct rk_recruitment *recruitment = &recruitments->rows[r];
        int32_t members = rk_eligible_panel(eligible, r)->kept;
        if (members > recruitment->seats) {
            rk_log(log, RK_WARNING, NULL,
                   _("recruitment %s: more members are kept (%d) than there are seats (%d)"),
                   recruitment->recruitment_id.text, members, recruitment->seats);
            broken++;
        } else if (recruitment->room_max >= 0 && members > recruitment->room_max) {
            rk_log(log, RK_WARNING, NULL,
                   _("recruitment %s: more members are kept (%d) than the room holds (%d)"),
                   recruitment->recruitment_id.text, members, recruitment->room_max);
            broken++;
        }
    }
    return broken;
}

/* By how much the minimums of the quota's feature (of a crossed one, the quota's own) ask for more
 * than the places to fill; told with the first of them. */
static int64_t excess_of(const struct rk_match_problem *problem, uint32_t quota, int64_t *sum)
{
    const struct rk_match_quota *own = &problem->quotas[quota];
    int32_t places = problem->recruitments[own->recruitment].places;
    uint32_t q = quota;
    *sum = own->min;
    if (own->part_count != 1)
        return *sum - places;
    while (q && problem->quotas[q - 1].recruitment == own->recruitment)
        q--;
    *sum = 0;
    for (; q < problem->quota_count && problem->quotas[q].recruitment == own->recruitment; q++) {
        const struct rk_match_quota *other = &problem->quotas[q];
        if (other->part_count != 1 || other->parts[0].feature != own->parts[0].feature)
            continue;
        if (q < quota)
            return 0;
        *sum += other->min;
    }
    return *sum - places;
}

uint32_t rk_panel_quotas_broken(struct rk_log *log, const struct rk_explain *match)
{
    struct rk_buf nobody = {0};
    uint32_t broken = 0, count = 0;
    for (uint32_t q = 0; q < match->problem->quota_count; q++) {
        const struct rk_quota *row = rk_panel_quota_row(match->quotas, q);
        const char *id =
            match->problem->recruitments[match->problem->quotas[q].recruitment].id.text;
        int32_t kept = rk_panel_quota_kept(match->quotas, q);
        int64_t sum;
        if (rk_panel_quota_nobody(match->quotas, q) && ++count <= 10)
            rk_buf_printf(&nobody, "%s%s=%s", count > 1 ? ", " : "", row->feature.text,
                          row->value.text);
        if (kept > row->max) {
            rk_log(log, RK_WARNING, NULL,
                   _("recruitment %s: more members with %s=%s are kept (%d) than the quota allows "
                     "(%d)"),
                   id, row->feature.text, row->value.text, kept, row->max);
            broken++;
        }
        if (excess_of(match->problem, q, &sum) > 0) {
            rk_log(log, RK_WARNING, NULL,
                   _("recruitment %s: the minimums of %s, less the kept members, sum to %lld, "
                     "which is more than the places to fill (%d)"),
                   id, row->feature.text, (long long)sum,
                   match->problem->recruitments[match->problem->quotas[q].recruitment].places);
            broken++;
        }
    }
    if (count > 10)
        rk_buf_printf(&nobody, _(" and %u more"), count - 10);
    if (count)
        rk_log(log, RK_WARNING, NULL, _("quotas: nobody in the user bank has %s"), nobody.text);
    rk_buf_free(&nobody);
    return broken;
}

void rk_panel_tell(struct rk_log *log, const struct rk_explain *match)
{
    const struct rk_match_result *result = match->result;
    struct rk_buf fit = {0};
    rk_fixed_print(&fit, -(rk_fixed)result->value[RK_MATCH_FIT] * match->unit);
    rk_log(log, RK_DETAIL, NULL, _("the seed of the lottery is '%s'"),
           match->problem->seed.size ? match->problem->seed.text : "");
    if (match->which == 'B')
        rk_log(log, RK_DETAIL, NULL, _("eligible pairs: %u; linear programs solved: %llu"),
               match->problem->pair_count, (unsigned long long)result->solves);
    else
        rk_log(log, RK_DETAIL, NULL,
               _("eligible pairs: %u; flow: %u nodes, %u arcs, objectives in %u stages; "
                 "flows solved: %llu, pivots: %llu"),
               match->problem->pair_count, result->nodes, result->arcs, result->stages,
               (unsigned long long)result->solves, (unsigned long long)result->pivots);
    switch (match->which) {
    case 'A':
        rk_log(log, RK_DETAIL, NULL,
               match->problem->quota_count
                   ? _("case A: the quotas of each recruitment nest, so flows are enough")
                   : _("case A: there are no quotas, so flows are enough"));
        break;
    case 'B':
        rk_log(log, RK_DETAIL, NULL,
               _("case B: one recruitment (kinds of people: %u): panels by whole-number programs"),
               match->kinds);
        break;
    default:
        rk_log(
            log, RK_DETAIL, NULL,
            _("case C: several recruitments whose quotas cross (%u): a flow with prices on quotas"),
            result->crossing);
    }
    if (match->which != 'B')
        rk_log(log, RK_DETAIL, NULL,
               result->nested ? _("overlaps nest: one flow is exact")
                              : _("overlaps do not nest: one flow is not exact"));
    rk_log(log, RK_DETAIL, NULL,
           _("places unfilled: %lld; their spread (squares): %lld; fit: %s; load "
             "(squares): %lld; lottery: %lld"),
           (long long)result->value[RK_MATCH_SEATS], (long long)result->value[RK_MATCH_SHORTAGE],
           fit.text, (long long)result->value[RK_MATCH_LOAD],
           (long long)result->value[RK_MATCH_LOTTERY]);
    if (result->proven && !match->chance)
        rk_log(log, RK_DETAIL, NULL, _("proven: there is no better choice"));
    if (result->proven && match->chance)
        rk_log(
            log, RK_DETAIL, NULL,
            _("proven: no more seats can be filled, and no lottery gives those with least more"));
    rk_buf_free(&fit);
}

/* What an option would change, where somebody is lacking. */
static void tell_unknown(struct rk_log *log, const struct rk_eligible *eligible)
{
    uint32_t ages = rk_eligible_of_no_age(eligible), times = rk_eligible_of_no_times(eligible);
    if (ages)
        rk_log(log, RK_NOTE, NULL,
               _("active panelists with no birth_year, refused as if they were under age: %u; "
                 "--assume-adult takes them as adults"),
               ages);
    if (times)
        rk_log(log, RK_NOTE, NULL,
               _("active panelists with no row in availability, refused where there are sessions: "
                 "%u; --assume-available takes them as able to come"),
               times);
}

/* Names the minimums that a panel without empty places does not keep, since no panel keeps all,
 * where rk_panel_quotas_broken told nothing of it; returns how many. */
static uint32_t tell_lowered(struct rk_log *log, const struct rk_explain *match)
{
    const struct rk_match_problem *problem = match->problem;
    int32_t *count = rk_alloc((size_t)problem->quota_count + 1, sizeof *count);
    int32_t *filled = rk_alloc((size_t)problem->recruitment_count + 1, sizeof *filled);
    bool *told = rk_alloc((size_t)problem->recruitment_count + 1, sizeof *told);
    uint32_t lowered = 0;
    int64_t sum;
    for (uint32_t q = 0; q < problem->quota_count; q++)
        if (excess_of(problem, q, &sum) > 0)
            told[problem->quotas[q].recruitment] = true;
    for (uint32_t i = 0; i < problem->pair_count && problem->quota_count; i++) {
        if (!match->result->member[i])
            continue;
        filled[problem->pairs[i].recruitment]++;
        if (problem->pair_cell[i] == RK_NONE)
            continue;
        const struct rk_match_cell *cell = &problem->cells[problem->pair_cell[i]];
        for (uint32_t k = 0; k < cell->count; k++)
            count[problem->cell_rows[cell->first + k]]++;
    }
    for (uint32_t q = 0; q < problem->quota_count; q++) {
        const struct rk_match_quota *quota = &problem->quotas[q];
        const struct rk_quota *row = rk_panel_quota_row(match->quotas, q);
        if (told[quota->recruitment] || count[q] >= quota->min ||
            filled[quota->recruitment] < problem->recruitments[quota->recruitment].places)
            continue;
        rk_log(log, RK_WARNING, NULL,
               _("recruitment %s: %s %s: members: %d, asked for at least: %d"),
               problem->recruitments[quota->recruitment].id.text, row->feature.text,
               row->value.text, rk_panel_quota_kept(match->quotas, q) + count[q], row->min);
        lowered++;
    }
    rk_free(count);
    rk_free(filled);
    rk_free(told);
    return lowered;
}

bool rk_panel_needs(struct rk_log *log, const struct rk_explain *match,
                    const struct rk_explanation *panels, uint32_t count, bool explained)
{
    const struct rk_match_result *result = match->result;
    uint32_t wanting = 0, lowered = tell_lowered(log, match);
    for (uint32_t i = 0; i < count; i++) {
        const struct rk_explanation *panel = &panels[i];
        const char *id = match->recruitments->rows[panel->recruitment].recruitment_id.text;
        bool seats = panel->filled < panel->seats;
        bool reserves = panel->standing_by < panel->reserves;
        wanting += seats || reserves;
        if (wanting > 20)
            continue;
        if (seats && panel->room_lacks)
            rk_log(log, RK_WARNING, NULL,
                   RK_PLURAL("recruitment %s: %d of %d seats is filled; seats that the room has no "
                             "place for: %d",
                             "recruitment %s: %d of %d seats are filled; seats that the room has "
                             "no place for: %d",
                             panel->filled),
                   id, panel->filled, panel->seats, panel->room_lacks);
        else if (seats)
            rk_log(log, RK_WARNING, NULL,
                   RK_PLURAL("recruitment %s: %d of %d seats is filled",
                             "recruitment %s: %d of %d seats are filled", panel->filled),
                   id, panel->filled, panel->seats);
        if (reserves)
            rk_log(log, RK_WARNING, NULL,
                   RK_PLURAL("recruitment %s: %d of %d reserves was found",
                             "recruitment %s: %d of %d reserves were found", panel->standing_by),
                   id, panel->standing_by, panel->reserves);
    }
    if (wanting > 20)
        rk_log(log, RK_WARNING, NULL,
               _("other recruitments that lack somebody: %u; --explain FILE tells of all"),
               wanting - 20);
    if (wanting && !explained)
        rk_log(log, RK_NOTE, NULL, _("--explain FILE tells why"));
    if (wanting)
        tell_unknown(log, match->eligible);
    uint32_t not_open = rk_eligible_not_open(match->eligible);
    if (not_open)
        rk_log(
            log, RK_WARNING, NULL,
            _("--fixed: rows of recruitments that are not open: %u; they count as history and are "
              "not among the output"),
            not_open);
    if (!result->proven) {
        static const char *const levels[] = {N_("seats"),  N_("spread of the shortage"),
                                             N_("change"), N_("fit"),
                                             N_("load"),   N_("lottery")};
        int l = 0;
        while (l < RK_MATCH_LOTTERY && result->value[l] == result->bound[l])
            l++;
        struct rk_buf gap = {0}, most = {0};
        if (l == RK_MATCH_LOTTERY && match->reached) {
            rk_double_print(&gap, rk_fraction_double(match->reached));
            rk_double_print(&most, rk_fraction_double(match->bound));
            rk_log(log, RK_WARNING, NULL,
                   _("the search was cut short: the lowest expected number of memberships that may "
                     "be too low is %s, and no lottery raises it above %s"),
                   gap.text, most.text);
        } else {
            rk_fixed_print(&gap, (result->value[l] - (rk_fixed)result->bound[l]) *
                                     (l == RK_MATCH_FIT ? match->unit : RK_FIXED_ONE));
            rk_log(log, RK_WARNING, NULL,
                   _("the search ended before all was proven: in '%s' another choice may be better, "
                     "by %s at most; in what comes before that, none is"),
                   _(levels[l]), gap.text);
        }
        rk_buf_free(&gap);
        rk_buf_free(&most);
    }
    uint32_t replaced = rk_eligible_replaced(match->eligible);
    if (replaced)
        rk_log(log, RK_NOTE, NULL,
               _("proposed assignments of open recruitments that are replaced: %u"), replaced);
    return wanting || lowered || not_open || !result->proven;
}
