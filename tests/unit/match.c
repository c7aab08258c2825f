/* lib/panel/match against all choices there are, on random small instances: the vector of the five
 * objectives, the choice itself, the leximin claim for nested limits, the shortages named,
 * reserves. */
#include "programme.h"

static void value_of(const struct rk_match_problem *p, uint32_t chosen, int64_t *value,
                     int64_t *shortage, int64_t *load)
{
    memset(value, 0, RK_MATCH_LEVELS * sizeof *value);
    for (uint32_t r = 0; r < p->recruitment_count; r++)
        shortage[r] = p->recruitments[r].places;
    for (uint32_t i = 0; i < p->panelist_count; i++)
        load[i] = p->panelists[i].load;
    for (uint32_t i = 0; i < p->pair_count; i++)
        if (chosen >> i & 1) {
            shortage[p->pairs[i].recruitment]--;
            load[p->pairs[i].panelist]++;
            value[RK_MATCH_CHANGE] -= p->stay ? p->stay[i] : 0;
            value[RK_MATCH_FIT] -= p->pairs[i].fit;
            value[RK_MATCH_LOTTERY] += lot(p, i);
        }
    for (uint32_t r = 0; r < p->recruitment_count; r++) {
        int64_t lacking = p->recruitments[r].lacking;
        value[RK_MATCH_SEATS] += shortage[r];
        shortage[r] += lacking;
        if (shortage[r] > lacking)
            value[RK_MATCH_SHORTAGE] += shortage[r] * shortage[r] - lacking * lacking;
    }
    for (uint32_t i = 0; i < p->panelist_count; i++)
        value[RK_MATCH_LOAD] += load[i] * load[i] - p->panelists[i].load * p->panelists[i].load;
}

static int compare(const int64_t *a, const int64_t *b, int n)
{
    for (int i = 0; i < n; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static void sort_down(int64_t *v, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = i + 1; j < n; j++)
            if (v[j] > v[i]) {
                int64_t t = v[i];
                v[i] = v[j];
                v[j] = t;
            }
}

/* seats, shortages from the largest, fit, loads from the largest */
static uint32_t leximin_key(const struct rk_match_problem *p, const int64_t *value,
                            const int64_t *shortage, const int64_t *load, int64_t *key)
{
    uint32_t n = 0;
    key[n++] = value[RK_MATCH_SEATS];
    memcpy(key + n, shortage, p->recruitment_count * sizeof *key);
    sort_down(key + n, p->recruitment_count);
    n += p->recruitment_count;
    key[n++] = value[RK_MATCH_CHANGE];
    key[n++] = value[RK_MATCH_FIT];
    memcpy(key + n, load, p->panelist_count * sizeof *key);
    sort_down(key + n, p->panelist_count);
    return n + p->panelist_count;
}

static uint32_t bits(const struct rk_match_problem *p, const bool *member)
{
    uint32_t chosen = 0;
    for (uint32_t i = 0; i < p->pair_count; i++)
        chosen |= (uint32_t)member[i] << i;
    return chosen;
}

static void against_all(int kind, int trials)
{
    int wrong = 0, short_of = 0, branched = 0, several = 0, cut_wrong = 0, lexi_wrong = 0;
    int bound = 0;
    for (int trial = 0; trial < trials; trial++) {
        struct instance in;
        invent(&in, trial, kind < 3 ? kind : kind - 3);
        if (kind >= 3)
            add_quotas(&in, trial);
        if (kind == 4)
            add_stay(&in, trial);
        const struct rk_match_problem *p = &in.problem;
        int64_t best[RK_MATCH_LEVELS], value[RK_MATCH_LEVELS];
        int64_t shortage[RECRUITMENTS], load[PANELISTS];
        int64_t key[32], best_key[32];
        uint32_t best_choice = 0, ties = 0, key_size = 0;
        bool any = false, any_key = false;
        int64_t most_filled[1 << RECRUITMENTS] = {0};
        for (uint32_t chosen = 0; chosen < 1u << p->pair_count; chosen++) {
            if (!allowed(p, chosen))
                continue;
            value_of(p, chosen, value, shortage, load);
            int order = any ? compare(value, best, RK_MATCH_LEVELS) : -1;
            if (order < 0) {
                memcpy(best, value, sizeof best);
                best_choice = chosen;
                ties += any && compare(value, best, RK_MATCH_LOTTERY) == 0;
            }
            any = true;
            key_size = leximin_key(p, value, shortage, load, key);
            if (!any_key || compare(key, best_key, (int)key_size) < 0)
                memcpy(best_key, key, sizeof key);
            any_key = true;
            for (uint32_t set = 0; set < 1u << p->recruitment_count; set++) {
                int64_t filled = 0;
                for (uint32_t i = 0; i < p->pair_count; i++)
                    filled += (chosen >> i & 1) && (set >> p->pairs[i].recruitment & 1);
                if (filled > most_filled[set])
                    most_filled[set] = filled;
            }
        }
        several += ties > 0;
        struct rk_match_result result;
        CHECK(rk_match(p, &result, NULL) == RK_OK);
        wrong += !result.proven || compare(result.value, best, RK_MATCH_LEVELS) != 0 ||
                 compare(result.bound, best, RK_MATCH_LEVELS) != 0 ||
                 bits(p, result.member) != best_choice;
        branched += result.solves > 1;
        if (kind >= 3) { /* the quotas do something */
            struct rk_match_problem free_of = *p;
            struct rk_match_result other;
            free_of.quota_count = free_of.cell_count = 0;
            free_of.pair_cell = NULL;
            CHECK(rk_match(&free_of, &other, NULL) == RK_OK);
            bound += bits(p, other.member) != best_choice;
            rk_match_result_free(&other);
        }
        if (kind != 2) {
            value_of(p, bits(p, result.member), value, shortage, load);
            leximin_key(p, value, shortage, load, key);
            lexi_wrong += compare(key, best_key, (int)key_size) != 0;
            wrong += !result.nested || result.solves != 1;
        }
        /* each shortage named is one: its recruitments cannot have more, whatever the rest does */
        short_of += result.cut_count > 0;
        for (uint32_t c = 0; c < result.cut_count && kind != 2; c++) {
            uint32_t set = 0;
            int64_t places = 0;
            for (uint32_t r = 0; r < p->recruitment_count; r++)
                if (result.cut_of[r] == c) {
                    set |= 1u << r;
                    places += p->recruitments[r].places;
                }
            cut_wrong += places != result.cuts[c].places || result.cuts[c].filled >= places ||
                         most_filled[set] != result.cuts[c].filled;
        }
        for (uint32_t r = 0; r < p->recruitment_count && kind != 2; r++) {
            int64_t filled = 0;
            for (uint32_t i = 0; i < p->pair_count; i++)
                filled += result.member[i] && p->pairs[i].recruitment == r;
            cut_wrong += filled < p->recruitments[r].places && result.cut_of[r] == UINT32_MAX;
        }
        rk_match_result_free(&result);
    }
    CHECK(wrong == 0);
    CHECK(lexi_wrong == 0);
    CHECK(kind < 3 || bound > trials / 4);
    CHECK(cut_wrong == 0);
    CHECK(short_of > trials / 10);
    CHECK(several > trials / 10);
    CHECK(kind != 2 || branched > trials / 50);
}

static void reserves(void)
{
    int wrong = 0, found = 0;
    for (int trial = 0; trial < 300; trial++) {
        struct instance in;
        invent(&in, trial, 2);
        const struct rk_match_problem *p = &in.problem;
        struct rk_match_result result;
        CHECK(rk_match(p, &result, NULL) == RK_OK);
        struct rk_match_state *state = rk_match_state_new(p, &result);
        uint32_t *pairs, *first, chosen = bits(p, result.member);
        rk_match_reserves(state, result.member, &pairs, &first);
        int64_t value[RK_MATCH_LEVELS], shortage[RECRUITMENTS], load[PANELISTS];
        value_of(p, chosen, value, shortage, load);
        for (uint32_t r = 0; r < p->recruitment_count; r++) {
            /* who could step in: the places of r are one more, so that only the person's own limits
             * are tried */
            struct instance wide = in;
            wide.problem.recruitments = wide.recruitments;
            wide.recruitments[r].places++;
            uint32_t could = 0;
            for (uint32_t i = 0; i < p->pair_count; i++)
                could += p->pairs[i].recruitment == r && !result.member[i] &&
                         allowed(&wide.problem, chosen | 1u << i);
            uint32_t count = first[r + 1] - first[r], asked = (uint32_t)in.recruitments[r].reserves;
            wrong += count != (could < asked ? could : asked);
            for (uint32_t k = first[r]; k < first[r + 1]; k++) {
                found++;
                wrong += p->pairs[pairs[k]].recruitment != r || result.member[pairs[k]] ||
                         !allowed(&wide.problem, chosen | 1u << pairs[k]);
                if (k > first[r]) {
                    int64_t a[] = {-p->pairs[pairs[k - 1]].fit,
                                   load[p->pairs[pairs[k - 1]].panelist], lot(p, pairs[k - 1])};
                    int64_t b[] = {-p->pairs[pairs[k]].fit, load[p->pairs[pairs[k]].panelist],
                                   lot(p, pairs[k])};
                    wrong += compare(a, b, 3) >= 0;
                }
            }
        }
        rk_free(pairs);
        rk_free(first);
        rk_match_state_free(state);
        rk_match_result_free(&result);
    }
    CHECK(wrong == 0);
    CHECK(found > 50);
}

/* The members of r whose place the pair could take, all quotas kept, as bits. */
static uint32_t repairs(const struct rk_match_problem *p, uint32_t chosen, uint32_t pair)
{
    uint32_t r = p->pairs[pair].recruitment, places = 0;
    for (uint32_t m = 0; m < p->pair_count; m++) {
        int32_t kind[4] = {0};
        uint32_t with = (chosen | 1u << pair) & ~(1u << m);
        if (!(chosen >> m & 1) || p->pairs[m].recruitment != r)
            continue;
        for (uint32_t i = 0; i < p->pair_count; i++)
            kind[p->pairs[i].panelist % 4] += (with >> i & 1) && p->pairs[i].recruitment == r;
        places |= keeps_quotas(p, r, kind) ? 1u << m : 0;
    }
    return places;
}

/* Reserves of panels with quotas, and of panels that are repaired: who stood by comes first; then
 * always who can take the place of most members for whom nobody before can. */
static void reserves_repair(void)
{
    int wrong = 0, found = 0, out_of_order = 0;
    for (int trial = 0; trial < 1000; trial++) {
        struct instance in;
        invent(&in, trial, 0);
        if (trial % 3)
            add_quotas(&in, trial);
        if (trial % 2)
            add_stay(&in, trial);
        const struct rk_match_problem *p = &in.problem;
        struct rk_match_result result;
        CHECK(rk_match(p, &result, NULL) == RK_OK);
        struct rk_match_state *state = rk_match_state_new(p, &result);
        uint32_t *pairs, *first, chosen = bits(p, result.member);
        rk_match_reserves(state, result.member, &pairs, &first);
        int64_t value[RK_MATCH_LEVELS], shortage[RECRUITMENTS], load[PANELISTS];
        value_of(p, chosen, value, shortage, load);
        for (uint32_t r = 0; r < p->recruitment_count; r++) {
            struct instance wide = in;
            wide.problem.recruitments = wide.recruitments;
            wide.problem.quota_count = 0;
            wide.recruitments[r].places++;
            bool quotas = false;
            for (uint32_t q = 0; q < p->quota_count; q++)
                quotas = quotas || p->quotas[q].recruitment == r;
            uint32_t left = 0, covered = 0, last = UINT32_MAX;
            for (uint32_t i = 0; i < p->pair_count; i++)
                if (p->pairs[i].recruitment == r && !result.member[i] &&
                    allowed(&wide.problem, chosen | 1u << i))
                    left |= 1u << i;
            for (uint32_t k = first[r]; k < first[r + 1]; k++) {
                int64_t best[6];
                uint32_t next = UINT32_MAX;
                for (int turn = 0; turn < 2 && next == UINT32_MAX; turn++) {
                    for (uint32_t i = 0; i < p->pair_count; i++) {
                        uint32_t places = quotas ? repairs(p, chosen, i) : 0;
                        int64_t stay = p->stay ? p->stay[i] : 0;
                        int64_t key[] = {-stay,
                                         stay ? 0 : -__builtin_popcount(places & ~covered),
                                         stay ? 0 : -__builtin_popcount(places),
                                         -p->pairs[i].fit,
                                         load[p->pairs[i].panelist],
                                         lot(p, i)};
                        if (left >> i & 1 && (next == UINT32_MAX || compare(key, best, 6) < 0)) {
                            next = i;
                            memcpy(best, key, sizeof best);
                        }
                    }
                    if (!turn && next != UINT32_MAX && !best[0] && !best[1] && covered) {
                        covered = 0; /* somebody for everyone: begin anew */
                        next = UINT32_MAX;
                    }
                }
                wrong += pairs[k] != next;
                found++;
                if (next == UINT32_MAX)
                    break;
                out_of_order += last != UINT32_MAX && p->pairs[last].fit < p->pairs[next].fit;
                last = next;
                left &= ~(1u << next);
                covered |= quotas ? repairs(p, chosen, next) : 0;
            }
        }
        rk_free(pairs);
        rk_free(first);
        rk_match_state_free(state);
        rk_match_result_free(&result);
    }
    CHECK(wrong == 0);
    CHECK(found > 500 && out_of_order > 5);
}

/* A search that is cut short keeps everyone from two places at once and tells a bound that holds.
 */
static void cut_short(void)
{
    int wrong = 0, open = 0;
    for (int trial = 0; trial < 300; trial++) {
        struct instance in;
        invent(&in, trial, 2);
        struct rk_match_result whole, part;
        CHECK(rk_match(&in.problem, &whole, NULL) == RK_OK);
        in.problem.most_solves = 1;
        CHECK(rk_match(&in.problem, &part, NULL) == RK_OK);
        wrong += !allowed(&in.problem, bits(&in.problem, part.member)) ||
                 compare(part.bound, whole.value, RK_MATCH_LEVELS) > 0 ||
                 compare(part.value, whole.value, RK_MATCH_LEVELS) < 0 ||
                 part.proven != (compare(part.bound, part.value, RK_MATCH_LEVELS) == 0);
        open += !part.proven;
        rk_match_result_free(&whole);
        rk_match_result_free(&part);
    }
    CHECK(wrong == 0);
    CHECK(open > 10);
}

/* Every third asking, so that every stage and branch is stopped some time. */
static bool now_and_then(void *context) { return ++*(int *)context % 3 == 0; }

/* Stopped before anything is solved: what is chosen keeps the rules, and the bound holds. */
static void stopped(void)
{
    int wrong = 0, asked = 0, stopped_count = 0;
    for (int trial = 0; trial < 300; trial++) {
        struct instance in;
        invent(&in, trial, trial % 3);
        if (trial % 3 == 0)
            add_quotas(&in, trial);
        struct rk_match_result whole, part;
        CHECK(rk_match(&in.problem, &whole, NULL) == RK_OK);
        in.problem.stop = now_and_then;
        in.problem.stop_context = &asked;
        CHECK(rk_match(&in.problem, &part, NULL) == RK_OK);
        wrong += !allowed(&in.problem, bits(&in.problem, part.member)) ||
                 compare(part.bound, whole.value, RK_MATCH_LEVELS) > 0 ||
                 compare(part.value, whole.value, RK_MATCH_LEVELS) < 0 ||
                 (part.stopped && part.proven);
        stopped_count += part.stopped;
        rk_match_result_free(&whole);
        rk_match_result_free(&part);
    }
    CHECK(wrong == 0);
    CHECK(asked > 200 && stopped_count > 50);
}

/* Costs that do not fit one objective are solved in stages, with the same answer. */
static void stages(void)
{
    int wrong = 0, staged = 0;
    for (int trial = 0; trial < 300; trial++) {
        struct instance in;
        invent(&in, trial, trial % 3);
        struct rk_match_result small, large;
        CHECK(rk_match(&in.problem, &small, NULL) == RK_OK);
        int64_t factor = INT64_C(1) << 50;
        for (uint32_t i = 0; i < in.problem.pair_count; i++)
            in.pairs[i].fit *= factor;
        CHECK(rk_match(&in.problem, &large, NULL) == RK_OK);
        staged += large.stages > small.stages;
        wrong += bits(&in.problem, small.member) != bits(&in.problem, large.member) ||
                 !large.proven || large.value[RK_MATCH_FIT] != small.value[RK_MATCH_FIT] * factor;
        rk_match_result_free(&small);
        rk_match_result_free(&large);
    }
    CHECK(wrong == 0);
    CHECK(staged > 100);
    struct instance in;
    invent(&in, 4, 0);
    struct rk_error error;
    struct rk_match_result result;
    in.problem.pair_count = 1;
    in.pairs[0] = (struct rk_match_pair){0, 0, INT64_MAX};
    CHECK(rk_match(&in.problem, &result, &error) == RK_BAD_DATA);
    rk_match_result_free(&result);
}

int main(void)
{
    against_all(0, 300);
    against_all(1, 300);
    against_all(2, 400);
    against_all(3, 600);
    against_all(4, 600);
    reserves();
    reserves_repair();
    cut_short();
    stopped();
    stages();
    return finish();
}
