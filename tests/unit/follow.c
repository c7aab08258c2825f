/* lib/survey/follow over random recruitments: each count by its definition, groups sum to all, and
 * the order of events, decisions and costs does not show. */
#include "survey/follow.h"

#include "base/random.h"
#include "check.h"

#include <math.h>

enum { MOST = 30, DAY = 100, GROUPS = 3 };

struct world {
    struct rk_recruitments recruitments;
    struct rk_process process;
    struct rk_recruitment rows[MOST];
    struct rk_process_event events[4 * MOST];
    struct rk_process_decision decisions[2 * MOST];
    struct rk_process_cost costs[3 * MOST];
    uint32_t group[MOST];
};

static int32_t day(struct rk_random *random, int32_t from)
{
    return rk_random_below(random, 6) ? from + (int32_t)rk_random_below(random, 80) : RK_NO_DATE;
}

static void draw(struct world *w, struct rk_random *random)
{
    *w = (struct world){0};
    uint32_t n = (uint32_t)rk_random_below(random, MOST + 1);
    w->recruitments.rows = w->rows;
    w->recruitments.count = n;
    w->process.has_events = w->process.has_decisions = w->process.has_costs = true;
    rk_strings_add(&w->process.groups, RK_TEXT("user"));
    rk_strings_add(&w->process.groups, RK_TEXT("staff"));
    rk_strings_add(&w->process.kinds, RK_TEXT("advert"));
    rk_strings_add(&w->process.kinds, RK_TEXT("honorarium"));
    for (uint32_t i = 0; i < n; i++) {
        int32_t opened = (int32_t)rk_random_below(random, 120);
        w->rows[i] = (struct rk_recruitment){
            .status = (enum rk_recruitment_status)rk_random_below(random, 4),
            .opened = rk_random_below(random, 9) ? opened : RK_NO_DATE,
            .closes = opened + 10,
            .decided_on = day(random, opened),
            .cancelled_on = day(random, opened)};
        w->group[i] = (uint32_t)rk_random_below(random, GROUPS);
    }
    for (size_t i = 0; n && i < rk_random_below(random, 4 * MOST); i++)
        w->events[w->process.event_count++] = (struct rk_process_event){
            (uint32_t)rk_random_below(random, n), (enum rk_process_stage)rk_random_below(random, 7),
            (int32_t)rk_random_below(random, 130), (uint32_t)rk_random_below(random, 2),
            (int64_t)rk_random_below(random, 4)};
    for (size_t i = 0; n && i < 2 * MOST; i++) {
        int32_t decided = (int32_t)rk_random_below(random, 130);
        w->decisions[w->process.decision_count++] =
            (struct rk_process_decision){(uint32_t)rk_random_below(random, n),
                                         (uint32_t)i,
                                         (enum rk_outcome)rk_random_below(random, 3),
                                         decided,
                                         day(random, decided),
                                         day(random, decided),
                                         day(random, decided)};
    }
    for (size_t i = 0; n && i < 3 * MOST; i++)
        w->costs[w->process.cost_count++] = (struct rk_process_cost){
            rk_random_below(random, 8) ? (uint32_t)rk_random_below(random, n) : RK_NONE,
            (uint32_t)rk_random_below(random, 2), (int32_t)rk_random_below(random, 130),
            rk_fixed_int(2), rk_fixed_int((int64_t)rk_random_below(random, 1000))};
    w->process.events = w->events;
    w->process.decisions = w->decisions;
    w->process.costs = w->costs;
}

#define SHUFFLE(rows, count, random)                                                               \
    for (size_t i_ = (count); i_ > 1; i_--) {                                                      \
        size_t j_ = (size_t)rk_random_below(random, i_);                                           \
        __typeof__((rows)[0]) kept_ = (rows)[j_];                                                  \
        (rows)[j_] = (rows)[i_ - 1];                                                               \
        (rows)[i_ - 1] = kept_;                                                                    \
    }

static double told(const struct rk_follow *f, uint32_t group, const char *measure,
                   const char *variant)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->rows[i].group == group && !strcmp(f->rows[i].measure.measure, measure) &&
            rk_text_is(f->rows[i].measure.variant, variant))
            return f->rows[i].measure.estimate;
    return (double)NAN;
}

static double or_none(double value) { return isnan(value) ? 0 : value; }

/* As the manual defines it, spelled out. */
static bool is_decided(const struct world *w, uint32_t i)
{
    const struct rk_recruitment *r = &w->rows[i];
    int32_t decided = r->decided_on;
    for (size_t d = 0; r->decided_on == RK_NO_DATE && d < w->process.decision_count; d++)
        if (w->decisions[d].recruitment == i && w->decisions[d].decided <= DAY &&
            (decided == RK_NO_DATE || w->decisions[d].decided < decided))
            decided = w->decisions[d].decided;
    return r->status == RK_RECRUITMENT_DECIDED && (r->opened == RK_NO_DATE || r->opened <= DAY) &&
           (decided == RK_NO_DATE || decided <= DAY);
}

static void check_definitions(const struct world *w, const struct rk_follow *f,
                              const struct rk_follow_options *o)
{
    double decided = 0, whole = 0, share = 0;
    for (uint32_t i = 0; i < w->recruitments.count; i++) {
        double had = 0, of = 0;
        if (!is_decided(w, i))
            continue;
        for (unsigned s = 0; s < RK_PROCESS_STAGES; s++) {
            bool with = false;
            for (size_t e = 0; e < w->process.event_count; e++)
                with |= w->events[e].recruitment == i && w->events[e].stage == s &&
                        w->events[e].date <= DAY && w->events[e].group == 0 && w->events[e].n > 0;
            of += o->chain >> s & 1;
            had += (o->chain >> s & 1) && with;
        }
        decided++;
        whole += had == of;
        share += had / of;
    }
    CHECK(told(f, RK_NONE, "recruitments", "decided") == decided);
    if (decided > 0) {
        CHECK(fabs(told(f, RK_NONE, "chain", "") - share / decided) < 1e-12);
        CHECK(fabs(told(f, RK_NONE, "chain_complete", "") - whole / decided) < 1e-12);
    }
    double sum = 0;
    for (size_t c = 0; c < w->process.cost_count; c++)
        sum += w->costs[c].date <= DAY ? rk_fixed_double(w->costs[c].amount) : 0;
    CHECK(fabs(told(f, RK_NONE, "cost", "") - sum) <= 1e-12 * sum);
}

static void try(struct rk_random *random)
{
    static const char *const summed[][2] = {{"recruitments", ""},
                                            {"recruitments", "open"},
                                            {"recruitments", "decided"},
                                            {"recruitments", "cancelled"},
                                            {"hires", ""},
                                            {"waiting", "decision"},
                                            {"waiting", "users_told"},
                                            {"waiting", "candidates_told"},
                                            {"ended", "advert_to_decision"}};
    static const double times[] = {10, 40};
    struct world *w = rk_alloc(1, sizeof *w);
    struct rk_follow all, parts, again;
    draw(w, random);
    struct rk_follow_facts facts = {&w->recruitments, &w->process, NULL, NULL};
    struct rk_follow_options options = {DAY,
                                        0.95,
                                        1U + (unsigned)rk_random_below(random, 127),
                                        RK_TEXT("user"),
                                        RK_TEXT("honorarium"),
                                        times,
                                        2};
    rk_follow_start(&all, &facts, &options);
    rk_follow_tell(&all, NULL, 1);
    check_definitions(w, &all, &options);
    rk_follow_start(&parts, &facts, &options);
    rk_follow_tell(&parts, w->group, GROUPS);
    for (size_t m = 0; m < sizeof summed / sizeof *summed; m++) {
        double sum = 0;
        for (uint32_t g = 0; g < GROUPS; g++)
            sum += or_none(told(&parts, g, summed[m][0], summed[m][1]));
        CHECK(sum == told(&all, RK_NONE, summed[m][0], summed[m][1]));
    }
    SHUFFLE(w->events, w->process.event_count, random)
    SHUFFLE(w->decisions, w->process.decision_count, random)
    SHUFFLE(w->costs, w->process.cost_count, random)
    rk_follow_start(&again, &facts, &options);
    rk_follow_tell(&again, NULL, 1);
    CHECK(again.count == all.count);
    for (size_t i = 0; i < all.count && i < again.count; i++) {
        const struct rk_measure *a = &all.rows[i].measure, *b = &again.rows[i].measure;
        CHECK(!memcmp(&a->estimate, &b->estimate, sizeof a->estimate) ||
              (isnan(a->estimate) && isnan(b->estimate)));
        CHECK(!(a->low > a->estimate + 1e-9) && !(a->high < a->estimate - 1e-9));
    }
    rk_follow_free(&all);
    rk_follow_free(&parts);
    rk_follow_free(&again);
    rk_strings_free(&w->process.groups);
    rk_strings_free(&w->process.kinds);
    rk_free(w);
}

int main(void)
{
    struct rk_random random = rk_random(RK_TEXT("follow"), RK_TEXT("unit"));
    for (int round = 0; round < 1000; round++)
        try(&random);
    return finish();
}
