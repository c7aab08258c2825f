#include "panel/work.h"

#include "panel/relax.h"
#include "panel/replace.h"

static enum rk_status draw(struct rk_panel_work *work, struct rk_error *error)
{
    work->problem.by_lot = true;
    switch (rk_programme(&work->problem, &work->result, &work->programme)) {
    case RK_PROGRAMME_CROSSING:
        return rk_fail(error, RK_BAD_USE,
                       _("--lottery: quotas cross in several recruitments, and no exact lottery is "
                         "known over all of them; draw one at a time with --only, the earlier ones "
                         "given as --proposed"));
    case RK_PROGRAMME_OVERLAPS:
        return rk_fail(
            error, RK_BAD_USE,
            _("--lottery: sessions overlap so that some panelists could be given one of "
              "several in ways that no exact lottery is known for; draw one recruitment at "
              "a time with --only, the earlier ones given as --proposed"));
    case RK_PROGRAMME_TOO_LARGE:
        return rk_fail(error, RK_BAD_DATA, _("--lottery: too many panelists for exact chances"));
    default: break;
    }
    work->match.chance = rk_programme_chance;
    work->match.rivals = rk_programme_rivals;
    work->match.lottery = &work->programme;
    if (work->programme.stopped) {
        work->match.reached = &work->programme.reached;
        work->match.bound = &work->programme.bound;
    }
    return RK_OK;
}

/* How many linear programs a search over panels may solve, unless --search says otherwise. */
#define MOST_PROGRAMS UINT64_C(200000)

static struct rk_effort effort_of(const struct rk_panel_wish *wish)
{
    return (struct rk_effort){.nodes = wish->most_solves ? wish->most_solves : MOST_PROGRAMS,
                              .stop = wish->stop,
                              .context = wish->stop_context};
}

static enum rk_status draw_single(struct rk_panel_work *work, const struct rk_panel_wish *wish,
                                  struct rk_error *error)
{
    struct rk_effort effort = effort_of(wish);
    work->problem.by_lot = true;
    if (!rk_single_draw(&work->single, &work->result, &effort))
        return rk_fail(error, RK_BAD_DATA,
                       effort.ended
                           ? _("--lottery: no panel that keeps all quotas was found in the "
                               "time given")
                           : _("--lottery: no panel keeps all quotas, not even with empty "
                               "seats"));
    work->match.chance = rk_single_chance;
    work->match.lottery = &work->single;
    if (work->result.stopped) {
        work->match.reached = &work->single.leximin.reached;
        work->match.bound = &work->single.leximin.bound;
    }
    return RK_OK;
}

/* One recruitment whose quotas cross is chosen for as a panel; all else is a flow, and where no
 * panel was found before the search was cut short, so is that: the best that prices find. */
static enum rk_status choose(struct rk_panel_work *work, const struct rk_panel_wish *wish,
                             struct rk_error *error)
{
    if (work->is_single && work->problem.quota_count) {
        struct rk_effort effort = effort_of(wish);
        bool found = rk_single_choose(&work->single, &work->result, &effort);
        if (work->result.member && (found || work->result.proven))
            return RK_OK;
    }
    rk_match_result_free(&work->result);
    return rk_match(&work->problem, &work->result, error);
}

enum rk_status rk_panel_work_solve(struct rk_panel_work *work, const struct rk_panel_wish *wish,
                                   const struct rk_panel_tables *tables,
                                   struct rk_eligible *eligible, struct rk_error *error)
{
    work->problem = (struct rk_match_problem){.seed = wish->seed,
                                              .most_solves = wish->most_solves,
                                              .want_proof = wish->want_proof,
                                              .stop = wish->stop,
                                              .stop_context = wish->stop_context};
    work->match = (struct rk_explain){.eligible = eligible,
                                      .panelists = tables->panelists,
                                      .recruitments = tables->recruitments,
                                      .problem = &work->problem,
                                      .result = &work->result};
    RK_TRY(rk_eligible_problem(eligible, &work->problem, &work->match.unit, error));
    if (tables->quotas->count)
        RK_TRY(rk_panel_quotas_new(&work->quotas, tables->quotas, tables->features, eligible,
                                   tables->panelists, tables->recruitments, wish->relax,
                                   &work->problem, error));
    work->match.quotas = work->quotas;
    if (wish->repair) {
        work->problem.stay = work->stay = rk_replace_stay(&work->problem, tables->assignments);
        work->match.standing = tables->assignments;
    }
    uint32_t only = rk_single_recruitment(&work->problem);
    work->is_single = only != RK_NONE;
    if (work->is_single)
        rk_single_new(&work->single, &work->problem, only);
    enum rk_status status = !wish->lottery    ? choose(work, wish, error)
                            : work->is_single ? draw_single(work, wish, error)
                                              : draw(work, error);
    bool crossing = work->result.crossing != 0;
    work->match.which = work->is_single && (wish->lottery || crossing) ? 'B' : crossing ? 'C' : 'A';
    if (!status && wish->explain)
        rk_relax_cuts(&work->match, &work->result);
    work->match.kinds = work->is_single ? rk_panel_types(work->single.panel) : 0;
    return status;
}

void rk_panel_work_free(struct rk_panel_work *work)
{
    rk_match_result_free(&work->result);
    rk_programme_free(&work->programme);
    rk_single_free(&work->single);
    rk_panel_quotas_free(work->quotas);
    rk_free(work->stay);
}

enum rk_status rk_panel_work_only(const struct rk_strings *names,
                                  struct rk_recruitments *recruitments, struct rk_error *error)
{
    bool *named = rk_alloc((size_t)recruitments->count + 1, sizeof *named);
    enum rk_status status = RK_OK;
    for (uint32_t i = 0; i < names->count && !status; i++) {
        uint32_t r = rk_recruitments_find(recruitments, names->texts[i]);
        if (r == RK_NONE)
            status = rk_fail(error, RK_BAD_USE, _("--only: '%s' is not in the table recruitments"),
                             names->texts[i].text);
        else
            named[r] = true;
    }
    for (uint32_t r = 0; r < recruitments->count && !status; r++)
        if (!named[r])
            recruitments->rows[r].status = RK_RECRUITMENT_DECIDED;
    rk_free(named);
    return status;
}

enum rk_status rk_panel_work_leave(const struct rk_strings *names,
                                   const struct rk_panelists *panelists,
                                   const struct rk_recruitments *recruitments,
                                   struct rk_assignments *assignments, struct rk_assignments *fixed,
                                   uint32_t *left, struct rk_error *error)
{
    bool *out = rk_alloc((size_t)panelists->count + 1, sizeof *out);
    enum rk_status status = RK_OK;
    for (uint32_t i = 0; i < names->count && !status; i++) {
        uint32_t panelist = rk_panelists_find(panelists, names->texts[i]);
        if (panelist == RK_NONE)
            status = rk_fail(error, RK_BAD_USE, _("--replace: '%s' is not in the table panelists"),
                             names->texts[i].text);
        else
            out[panelist] = true;
    }
    *left =
        status ? 0 : rk_replace_take_out(out, panelists->count, recruitments, assignments, fixed);
    rk_free(out);
    return status;
}
