/* lib/stat/power against published games and brute force; lib/score/replay and impact: a group's
 * voice taken away by replay is rk_aggregate over the scores without that group's. */
#include "score/impact.h"

#include "base/mem.h"
#include "base/random.h"
#include "check.h"
#include "stat/power.h"

#include <math.h>

static bool near(double x, double y) { return fabs(x - y) < 1e-12 * (1 + fabs(y)); }
static uint64_t below(struct rk_random *random, uint64_t n) { return rk_random_below(random, n); }

/* ---- power ---- */

static void published_games(void)
{
    /* Council of the EEC, 1958: Banzhaf 5/21, 3/21, 0; Shapley and Shubik 14/60, 9/60, 0 */
    const double weights[6] = {4, 4, 4, 2, 2, 1}, banzhaf[6] = {5, 5, 5, 3, 3, 0},
                 shapley[6] = {14, 14, 14, 9, 9, 0};
    rk_fixed w[RK_POWER_PLAYERS + 1];
    struct rk_power power[RK_POWER_PLAYERS + 1];
    for (size_t i = 0; i < 6; i++)
        w[i] = rk_fixed_from_double(weights[i]);
    CHECK(rk_power_of(w, 6, rk_fixed_int(12), power));
    for (size_t i = 0; i < 6; i++) {
        CHECK(near(power[i].banzhaf, banzhaf[i] / 21));
        CHECK(near(power[i].shapley, shapley[i] / 60));
        CHECK(near(power[i].banzhaf_absolute, power[i].swings / 32));
    }
    /* two alike must agree, and neither is more than half */
    w[0] = w[1] = RK_FIXED_ONE;
    CHECK(rk_power_majority(w, 2) == RK_FIXED_ONE + 1);
    CHECK(rk_power_of(w, 2, rk_power_majority(w, 2), power));
    CHECK(near(power[0].shapley, 0.5) && near(power[1].banzhaf_absolute, 0.5));
    /* nobody can win: nobody has a swing */
    CHECK(rk_power_of(w, 2, rk_fixed_int(3), power));
    CHECK(power[0].swings == 0 && power[0].shapley == 0 && isnan(power[0].banzhaf));
    CHECK(rk_power_of(w, 0, RK_FIXED_ONE, power));
    /* as many as may be, all alike; one more, or sums that are all different, are too many */
    for (size_t i = 0; i <= RK_POWER_PLAYERS; i++)
        w[i] = RK_FIXED_ONE;
    CHECK(rk_power_of(w, RK_POWER_PLAYERS, rk_fixed_int(65), power));
    CHECK(near(power[7].shapley, 1.0 / RK_POWER_PLAYERS) &&
          near(power[7].banzhaf, 1.0 / RK_POWER_PLAYERS));
    CHECK(!rk_power_of(w, RK_POWER_PLAYERS + 1, rk_fixed_int(65), power));
    for (size_t i = 0; i < 32; i++)
        w[i] = (rk_fixed)1 << i;
    CHECK(!rk_power_of(w, 32, (rk_fixed)1 << 31, power));
}

static double factorial(size_t n) { return n ? (double)n * factorial(n - 1) : 1; }

static void power_by_brute_force(void)
{
    struct rk_random random = rk_random(RK_TEXT("power"), RK_TEXT("games"));
    for (int round = 0; round < 2000; round++) {
        size_t n = 1 + below(&random, 9);
        rk_fixed w[9], sum = 0;
        struct rk_power power[9];
        double swings[9] = {0}, shapley[9] = {0}, all = 0, shares = 0;
        for (size_t i = 0; i < n; i++)
            sum += w[i] = (rk_fixed)below(&random, 6);
        rk_fixed quota = 1 + (rk_fixed)below(&random, (uint64_t)sum + 2);
        for (uint32_t set = 0; set < 1U << n; set++) {
            rk_fixed of_set = 0;
            size_t size = 0;
            for (size_t i = 0; i < n; i++)
                if (set >> i & 1) {
                    of_set += w[i];
                    size++;
                }
            for (size_t i = 0; i < n; i++)
                if (!(set >> i & 1) && of_set < quota && of_set + w[i] >= quota) {
                    swings[i]++;
                    all++;
                    shapley[i] += factorial(size) * factorial(n - size - 1) / factorial(n);
                }
        }
        CHECK(rk_power_of(w, n, quota, power));
        for (size_t i = 0; i < n; i++) {
            CHECK(power[i].swings == swings[i] && near(power[i].shapley, shapley[i]));
            CHECK(near(power[i].banzhaf_absolute, ldexp(swings[i], 1 - (int)n)));
            CHECK(all > 0 ? near(power[i].banzhaf, swings[i] / all) : isnan(power[i].banzhaf));
            shares += power[i].shapley;
        }
        CHECK(near(shares, quota <= sum));
    }
}

/* ---- replays ---- */

enum { GROUPS = 3, RATERS = 4, CANDIDATES = 6, RECRUITMENTS = 2, MOST = 200 };

struct world {
    struct rk_ids ids;
    struct rk_score scores[MOST];
    size_t count;
    struct rk_group_weight weights[GROUPS];
    struct rk_aggregate_options how;
};

static uint32_t id(struct world *w, enum rk_id_kind kind, char letter, uint64_t number)
{
    char name[8] = {letter, (char)('1' + number)};
    return rk_id(&w->ids, kind, rk_text(name));
}

/* Groups, some of whom leave candidates out; whole numbers, so that there are ties. */
static void make_world(struct world *w, struct rk_random *random, bool weights)
{
    *w = (struct world){0};
    for (uint64_t g = 0; g < GROUPS; g++)
        w->weights[g] = (struct rk_group_weight){id(w, RK_ID_GROUP, 'g', g),
                                                 rk_fixed_int((int64_t)below(random, 3))};
    w->weights[0].weight = RK_FIXED_ONE; /* not all 0 */
    for (uint64_t r = 0; r < RECRUITMENTS; r++) {
        uint64_t candidates = 2 + below(random, CANDIDATES - 1);
        for (uint64_t g = 0; g < GROUPS; g++) {
            uint64_t raters = 1 + below(random, RATERS);
            for (uint64_t k = 0; k < raters; k++)
                for (uint64_t c = 0; c < candidates; c++) {
                    if (!below(random, 20))
                        continue;
                    char rater[8] = {(char)('a' + g), (char)('1' + k)};
                    w->scores[w->count++] = (struct rk_score){
                        .recruitment = id(w, RK_ID_RECRUITMENT, 'R', r),
                        .candidate = id(w, RK_ID_CANDIDATE, (char)('A' + r), c),
                        .rater = rk_id(&w->ids, RK_ID_RATER, rk_text(rater)),
                        .stage = rk_id(&w->ids, RK_ID_STAGE, RK_TEXT("all")),
                        .group = w->weights[g].group,
                        .score = rk_fixed_int((int64_t)below(random, 6)),
                        .count = 1,
                        .gates = !below(random, 40) ? RK_TEXT("gate") : RK_TEXT(""),
                        .flags = RK_TEXT("")};
                }
        }
    }
    enum rk_method method = (enum rk_method)below(random, RK_METHOD_KEMENY + 1);
    w->how = (struct rk_aggregate_options){
        .empty = below(random, 2) ? RK_EMPTY_MARK : RK_EMPTY_REST,
        .ranges = true,
        .top = 1,
        .threads = 1,
        .method = {.method = method,
                   .unranked = RK_UNRANKED_APART,
                   .trim = RK_FIXED_ONE / 5,
                   .seed = RK_TEXT(""),
                   .listed = 1,
                   .equalise = !rk_method_on_pairs(method) && !below(random, 4)}};
    if (weights) {
        w->how.weights = w->weights;
        w->how.weight_count = GROUPS;
    }
}

static struct rk_replay *replay_of(struct world *w, const struct rk_aggregate_result **result)
{
    struct rk_error error = {0};
    struct rk_replay *replay = rk_replay_new(&w->how, &w->ids, false);
    for (size_t i = 0; i < w->count; i++)
        CHECK(!rk_replay_score(replay, &w->scores[i], 0, &error));
    CHECK(!rk_replay_all(replay, result, &error));
    return replay;
}

/* The same rows, but for columns of groups that nobody is in. */
static bool same_ranks(const struct rk_ranking *x, const struct rk_ranking *y)
{
    if (x->count != y->count)
        return false;
    for (size_t i = 0; i < x->count; i++) {
        const struct rk_ranking_row *p = &x->rows[i], *q = &y->rows[i];
        if (p->recruitment != q->recruitment || p->candidate != q->candidate ||
            p->ranked != q->ranked || p->rank != q->rank || p->tied != q->tied ||
            p->combined != q->combined)
            return false;
    }
    return true;
}

static void replays_are_the_rule(void)
{
    struct rk_random random = rk_random(RK_TEXT("replay"), RK_TEXT("profiles"));
    for (int round = 0; round < 1500; round++) {
        struct world w;
        struct rk_error error = {0};
        const struct rk_aggregate_result *all, *replayed, *fresh;
        make_world(&w, &random, round % 2);
        struct rk_replay *replay = replay_of(&w, &all);
        for (size_t g = 0; g < GROUPS; g++) {
            struct rk_aggregate *aggregate, *other;
            bool silent[GROUPS] = {0};
            silent[w.weights[g].group] = true;
            const struct rk_replay_change change = {.silent = silent, .silent_count = GROUPS};
            CHECK(!rk_replay_changed(replay, &change, &aggregate, &replayed, &error));
            /* as if the group had never been heard of */
            struct rk_aggregate_options how = w.how;
            struct rk_group_weight rest[GROUPS];
            size_t count = 0;
            for (size_t i = 0; i < GROUPS; i++)
                if (i != g)
                    rest[count++] = w.weights[i];
            how.ranges = false;
            if (how.weights) {
                how.weights = rest;
                how.weight_count = count;
            }
            other = rk_aggregate_new(&how, &w.ids);
            for (size_t i = 0; i < w.count; i++)
                if (w.scores[i].group != w.weights[g].group)
                    CHECK(!rk_aggregate_add(other, &w.scores[i], 0, &error));
            CHECK(!rk_aggregate_finish(other, &fresh, &error));
            CHECK(same_ranks(&replayed->ranking, &fresh->ranking));
            rk_aggregate_free(aggregate);
            rk_aggregate_free(other);
        }
        rk_replay_free(replay);
        rk_ids_free(&w.ids);
    }
}

/* ---- impact ---- */

static const struct rk_impact_options plain_options = {.decides = "manager", .parts = 1};

/* Candidates who are first in a recruitment, as a list, where `group` weighs `weight` of 1 and the
 * others keep their ratio. */
static void first_at(const struct world *w, uint32_t recruitment, size_t group, rk_fixed weight,
                     struct rk_buf *list)
{
    struct rk_error error = {0};
    const struct rk_aggregate_result *result;
    struct rk_group_weight weights[GROUPS];
    rk_fixed others = 0;
    memcpy(weights, w->weights, sizeof weights);
    for (size_t i = 0; i < GROUPS; i++)
        others += i == group ? 0 : weights[i].weight;
    for (size_t i = 0; i < GROUPS; i++)
        weights[i].weight =
            i == group ? weight
                       : rk_fixed_times(RK_FIXED_ONE - weight, rk_ratio(weights[i].weight, others));
    struct rk_aggregate_options how = w->how;
    how.weights = weights;
    how.ranges = false;
    struct rk_aggregate *aggregate = rk_aggregate_new(&how, (struct rk_ids *)&w->ids);
    for (size_t i = 0; i < w->count; i++)
        CHECK(!rk_aggregate_add(aggregate, &w->scores[i], 0, &error));
    CHECK(!rk_aggregate_finish(aggregate, &result, &error));
    rk_buf_clear(list);
    for (size_t i = 0; i < result->ranking.count; i++) { /* equals stand in order of their ids */
        const struct rk_ranking_row *row = &result->ranking.rows[i];
        if (row->recruitment != recruitment || !row->ranked || row->rank != 1)
            continue;
        struct rk_text name = rk_id_text(&w->ids, RK_ID_CANDIDATE, row->candidate);
        if (list->size)
            rk_buf_char(list, '|');
        rk_buf_add(list, name.text, name.size);
    }
    rk_aggregate_free(aggregate);
}

static bool is_list(struct rk_text list, const struct rk_buf *other)
{
    return rk_text_equal(list, (struct rk_text){other->text, other->size});
}

/* Within the range the first place stays; on either side of its ends it does not. */
static int flips_of_row(const struct world *w, const struct rk_impact_row *row, size_t g)
{
    struct rk_buf first = {0};
    const double ends[2] = {row->from, row->to};
    int found = 0;
    if (row->to - row->from > 1e-6) {
        first_at(w, row->recruitment, g, rk_fixed_from_double((row->from + row->to) / 2), &first);
        CHECK(is_list(row->first, &first));
    }
    for (int high = 0; high < 2; high++) {
        if (high ? ends[1] >= 1 : ends[0] <= 0)
            continue;
        double beyond = ends[high] + (high ? 1e-7 : -1e-7);
        if (beyond <= 0 || beyond >= 1)
            continue;
        first_at(w, row->recruitment, g, rk_fixed_from_double(beyond), &first);
        CHECK(!is_list(row->first, &first));
        found++;
    }
    CHECK(isnan(row->flip) == !found);
    rk_buf_free(&first);
    return found;
}

static void flips_change_the_first(void)
{
    struct rk_random random = rk_random(RK_TEXT("impact"), RK_TEXT("flips"));
    int found = 0;
    for (int round = 0; round < 400; round++) {
        struct world w;
        struct rk_error error = {0};
        struct rk_impact *impact;
        const struct rk_aggregate_result *all;
        size_t count;
        make_world(&w, &random, true);
        w.how.method.method = RK_METHOD_MEAN;
        w.how.method.equalise = false;
        w.how.empty = RK_EMPTY_MARK;
        for (size_t g = 0; g < GROUPS; g++)
            w.weights[g].weight += RK_FIXED_ONE; /* everybody has a say */
        for (size_t i = 0; i < w.count; i++)
            w.scores[i].gates = RK_TEXT("");
        struct rk_replay *replay = replay_of(&w, &all);
        CHECK(!rk_impact_new(&impact, &plain_options, replay, all, &w.ids, &error));
        const struct rk_impact_row *rows = rk_impact_rows(impact, &count);
        for (size_t i = 0; i < count; i++)
            for (size_t g = 0; g < GROUPS && rows[i].first.size; g++)
                if (rows[i].group == w.weights[g].group)
                    found += flips_of_row(&w, &rows[i], g);
        rk_impact_free(impact);
        rk_replay_free(replay);
        rk_ids_free(&w.ids);
    }
    CHECK(found > 500);
}

/* Shares of one and the same thing add up, whatever happened. */
static void decisions_add_up(void)
{
    struct rk_random random = rk_random(RK_TEXT("impact"), RK_TEXT("decisions"));
    for (int round = 0; round < 300; round++) {
        struct world w;
        struct rk_error error = {0};
        struct rk_impact *impact;
        const struct rk_aggregate_result *all;
        size_t count;
        make_world(&w, &random, round % 2);
        struct rk_replay *replay = replay_of(&w, &all);
        struct rk_impact_choice choices[RECRUITMENTS];
        enum rk_impact_state states[RECRUITMENTS];
        const uint32_t part[RECRUITMENTS] = {0};
        for (uint32_t r = 0; r < RECRUITMENTS; r++) {
            choices[r] = (struct rk_impact_choice){
                r, id(&w, RK_ID_CANDIDATE, (char)('A' + r), below(&random, 2))};
            states[r] = (enum rk_impact_state)below(&random, RK_IMPACT_STATES);
        }
        struct rk_impact_options o = plain_options;
        o.choices = choices;
        o.choice_count = o.state_count = o.part_count = RECRUITMENTS;
        o.states = states;
        o.part = part;
        CHECK(!rk_impact_new(&impact, &o, replay, all, &w.ids, &error));
        const struct rk_impact_measure *m = rk_impact_measures(impact, &count);
        double recruitments = 0, ways = 0, pairs = 0, strict = 0;
        for (size_t i = 0; i < count; i++) {
            bool first =
                !strcmp(m[i].measure, "first_chosen") || !strcmp(m[i].measure, "first_changed");
            if (!strcmp(m[i].measure, "recruitments") && !rk_text_is(m[i].variant, "ranked"))
                recruitments += m[i].estimate;
            if (!strcmp(m[i].measure, "chosen_first_of")) {
                ways += m[i].estimate;
                pairs += 0.25;
            }
            if (first && rk_text_is(m[i].variant, "strict"))
                strict = m[i].estimate;
            else if (first) /* the next row: a tie helps what was chosen, and hides a change */
                CHECK(!strcmp(m[i].measure, "first_chosen") ? strict <= m[i].estimate
                                                            : strict >= m[i].estimate);
            CHECK(!(m[i].low > m[i].estimate + 1e-12) && !(m[i].high < m[i].estimate - 1e-12));
        }
        CHECK(recruitments == RECRUITMENTS);
        CHECK(near(ways, pairs));
        rk_impact_free(impact);
        rk_replay_free(replay);
        rk_ids_free(&w.ids);
    }
}

int main(void)
{
    published_games();
    power_by_brute_force();
    replays_are_the_rule();
    flips_change_the_first();
    decisions_add_up();
    return finish();
}
