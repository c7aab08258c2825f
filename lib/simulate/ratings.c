/* Who rates, who may not, and what stands on the sheets. */
#include "simulate/work.h"

static struct person_at_table *add_rater(struct work *w, uint32_t group)
{
    struct person_at_table *rater = &w->raters[w->rater_count++];
    *rater = (struct person_at_table){.group = group, .persons = 1};
    return rater;
}

void rk_simulate_gather_raters(struct work *w)
{
    const struct rk_simulate *simulate = w->simulate;
    const struct rk_simulate_options *o = w->o;
    w->raters = rk_arena_alloc(&w->arena, (size_t)o->group_count * (o->raters + 1) *
                                              sizeof *w->raters);
    unsigned came = 0;
    for (uint32_t s = 0; s < w->r->seat_count; s++) {
        const struct rk_simulate_seat *seat = &simulate->seats[w->r->first_seat + s];
        if (seat->status != RK_SEAT_ATTENDED && seat->status != RK_SEAT_ABSENT)
            continue;
        came += seat->status == RK_SEAT_ATTENDED;
        if (w->r->joint)
            continue;
        struct person_at_table *rater = add_rater(w, 0);
        rk_simulate_user_rater_id(simulate, seat->panelist, rater->id);
        rater->absent = seat->status == RK_SEAT_ABSENT;
    }
    w->attended = came;
    if (w->r->joint && came) {
        struct person_at_table *rater = add_rater(w, 0);
        snprintf(rater->id, sizeof rater->id, "joint-%.40s", w->id);
        rater->joint = true;
        rater->persons = came;
        rk_simulate_rater_rows(simulate, rater->id, 0, NULL, w->rows);
    }
    for (uint32_t g = 1; g < o->group_count; g++) {
        struct rk_random random = rk_simulate_chance(simulate, "pool|%s|%s", w->id, o->groups[g]);
        uint32_t first = w->rater_count;
        while (w->rater_count < first + o->raters) {
            struct person_at_table *rater = add_rater(w, g);
            uint32_t number = (uint32_t)rk_random_below(&random, simulate->pool);
            rk_simulate_pool_rater_id(simulate, g, w->r->department, number, rater->id);
            for (uint32_t i = first; i + 1 < w->rater_count; i++)
                if (!strcmp(w->raters[i].id, rater->id)) {
                    w->rater_count--;
                    break;
                }
        }
    }
    for (uint32_t i = 0; i < w->rater_count; i++)
        w->raters[i].truth = rk_simulate_rater(simulate, w->raters[i].id, w->raters[i].group);
}

static bool has_conflict(const struct work *w, const struct person_at_table *rater,
                         const struct candidate *c)
{
    struct rk_random random = rk_simulate_chance(w->simulate, "conflict|%s|%s", rater->id, c->id);
    return !rater->joint && rk_simulate_happens(&random, 0.01);
}

static void conflict_row(struct work *w, const char *rater, const char *candidate,
                         const char *ground)
{
    struct rk_buf *cells = cells_of(w, RK_SIMULATE_CONFLICTS);
    rk_simulate_missing(cells, 1);
    rk_simulate_string(cells, rater);
    rk_simulate_string(cells, w->id);
    rk_simulate_string(cells, candidate);
    rk_simulate_missing(cells, 1);
    rk_simulate_string(cells, ground);
    rk_simulate_date(cells, w->r->closes + 1);
}

/* Every rater declares before the scores count: none with the recruitment as such, some with single
 * candidates. */
void rk_simulate_conflict_rows(struct work *w)
{
    static const char *const grounds[] = {"related", "earlier_instance", "other"};
    for (uint32_t i = 0; i < w->rater_count; i++) {
        const struct person_at_table *rater = &w->raters[i];
        conflict_row(w, rater->id, NULL, "none");
        for (uint32_t j = 0; j < w->candidate_count; j++) {
            const struct candidate *c = &w->candidates[j];
            if (!has_conflict(w, rater, c))
                continue;
            struct rk_random random =
                rk_simulate_chance(w->simulate, "ground|%s|%s", rater->id, c->id);
            conflict_row(w, rater->id, c->id, grounds[rk_random_below(&random, 3)]);
        }
    }
}

/* With incomplete pairs: did this rater meet this candidate? One rater of each group meets every
 * candidate, so that nobody is left without a group's voice by the design. */
static bool met(const struct work *w, const struct person_at_table *rater, uint32_t number,
                uint32_t of, const struct candidate *c)
{
    double missed = w->o->incomplete;
    if (missed <= 0)
        return true;
    struct rk_random random = rk_simulate_chance(w->simulate, "met|%s|%u", c->id, rater->group);
    if (rk_random_below(&random, of) == number)
        return true;
    if (w->o->severe != RK_MEET_ANYONE) {
        bool wanted = (rater->truth.severity > 0) == (c->quality > 0);
        if (w->o->severe == RK_MEET_WEAK)
            wanted = !wanted;
        double low = missed < 0.5 ? 0 : 2 * missed - 1;
        missed = wanted ? low : 2 * missed - low;
    }
    random = rk_simulate_chance(w->simulate, "pair|%s|%s", c->id, rater->id);
    return !rk_simulate_happens(&random, missed);
}

static void rating_row(struct work *w, const struct candidate *c,
                       const struct person_at_table *rater, int stage, const char *criterion,
                       int32_t score, const char *missing)
{
    struct rk_buf *cells = cells_of(w, RK_SIMULATE_RATINGS);
    rk_simulate_string(cells, w->id);
    rk_simulate_string(cells, c->id);
    rk_simulate_string(cells, rater->id);
    rk_simulate_string(cells, w->o->groups[rater->group]);
    rk_simulate_string(cells, rk_simulate_stages[stage]);
    rk_simulate_string(cells, criterion);
    if (missing)
        rk_simulate_missing(cells, 1);
    else
        rk_simulate_int(cells, score);
    rk_simulate_string(cells, missing);
    rk_simulate_string(cells, rater->joint ? "consensus" : "individual");
    if (rater->joint)
        rk_simulate_int(cells, rater->persons);
    else
        rk_simulate_missing(cells, 1);
    rk_simulate_string(cells, w->rated_at[stage]);
}

static int32_t draw_score(const struct work *w, const struct candidate *c,
                          const struct person_at_table *rater, double facet,
                          struct rk_random *random)
{
    double y = w->simulate->middle + c->quality + facet + c->views[rater->group] -
               rater->truth.severity + (c->favoured ? rater->truth.bias : 0) +
               rater->truth.noise * rk_random_normal(random);
    if (y <= w->o->least)
        return w->o->least;
    if (y >= w->o->most)
        return w->o->most;
    return w->o->least + (int32_t)(y - w->o->least + 0.5);
}

/* One sheet: what one rater wrote about one candidate at one stage. */
static void sheet(struct work *w, struct candidate *c, const struct person_at_table *rater,
                  int stage)
{
    const struct rk_simulate_options *o = w->o;
    struct rk_random random =
        rk_simulate_chance(w->simulate, "sheet|%s|%s|%s", c->id, rater->id,
                           rk_simulate_stages[stage]);
    const char *whole = NULL;
    bool late = rk_simulate_happens(&random, o->missing / 2);
    if (has_conflict(w, rater, c))
        whole = "conflict";
    else if (rater->absent && stage == INTERVIEW)
        whole = "not_returned";
    else if (late && stage == INTERVIEW)
        whole = "not_met";
    double sum = 0;
    uint32_t count = 0;
    for (uint32_t k = 0; k < o->criteria; k++) {
        char criterion[16];
        snprintf(criterion, sizeof criterion, "%c%u", stage ? 'I' : 'A', k + 1);
        int32_t score = draw_score(w, c, rater, c->facets[(uint32_t)stage * o->criteria + k],
                                   &random);
        const char *missing = whole;
        if (rk_simulate_happens(&random, o->missing) && !missing)
            missing = stage == INTERVIEW && (k & 1) ? "not_asked" : "abstained";
        rating_row(w, c, rater, stage, criterion, score, missing);
        if (!missing) {
            sum += score;
            count++;
        }
    }
    if (count) {
        size_t at = (size_t)stage * o->group_count + rater->group;
        c->sums[at] += sum / count;
        c->counts[at]++;
    }
}

void rk_simulate_rating_rows(struct work *w)
{
    for (int s = 0; s < STAGES; s++)
        for (uint32_t i = 0; i < w->candidate_count; i++) {
            struct candidate *c = &w->candidates[i];
            if (c->status == INELIGIBLE || (s == INTERVIEW && !c->interviewed))
                continue;
            for (uint32_t first = 0; first < w->rater_count;) {
                uint32_t end = first;
                while (end < w->rater_count && w->raters[end].group == w->raters[first].group)
                    end++;
                for (uint32_t j = first; j < end; j++)
                    if (met(w, &w->raters[j], j - first, end - first, c))
                        sheet(w, c, &w->raters[j], s);
                first = end;
            }
        }
}
