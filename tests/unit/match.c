/* lib/panel/match against all choices there are, on random small instances: the vector of the five
 * objectives, the choice itself, the leximin claim for nested limits, the shortages named,
 * reserves. */
#include "panel/match.h"

#include "base/mem.h"
#include "base/random.h"
#include "check.h"

#define PANELISTS 5
#define RECRUITMENTS 5
#define PAIRS 13

struct instance {
    struct rk_match_problem problem;
    struct rk_match_panelist panelists[PANELISTS];
    struct rk_match_recruitment recruitments[RECRUITMENTS];
    struct rk_match_session sessions[3 * RECRUITMENTS];
    struct rk_match_used used[12];
    struct rk_match_pair pairs[PAIRS];
    struct rk_match_quota quotas[3 * RECRUITMENTS];
    struct rk_match_cell cells[4 * RECRUITMENTS];
    uint32_t cell_rows[8 * RECRUITMENTS], pair_cell[PAIRS];
    int64_t stay[PAIRS];
};

static const char *const names[] = {"A", "B", "C", "D", "E"};

static uint32_t below(struct rk_random *random, uint64_t n)
{
    return (uint32_t)rk_random_below(random, n);
}

/* kind 0: no overlaps; 1: sessions from few slots, which nest; 2: any intervals */
static void invent(struct instance *in, int trial, int kind)
{
    char key[32];
    snprintf(key, sizeof key, "match|%d|%d", kind, trial);
    struct rk_random random = rk_random(RK_TEXT("match-test"), rk_text(key));
    *in = (struct instance){0};
    struct rk_match_problem *p = &in->problem;
    *p = (struct rk_match_problem){.panelists = in->panelists,
                                   .recruitments = in->recruitments,
                                   .sessions = in->sessions,
                                   .used = in->used,
                                   .pairs = in->pairs,
                                   .seed = RK_TEXT("s")};
    p->panelist_count = 1 + below(&random, PANELISTS);
    p->recruitment_count = 1 + below(&random, RECRUITMENTS);
    int32_t months[RECRUITMENTS];
    for (uint32_t r = 0; r < p->recruitment_count; r++) {
        months[r] = 24000 + (int32_t)below(&random, 2) + 12 * (int32_t)below(&random, 2);
        in->recruitments[r] = (struct rk_match_recruitment){.id = rk_text(names[r]),
                                                            .month = months[r],
                                                            .places = (int32_t)below(&random, 4),
                                                            .lacking = below(&random, 5) ? 0 : 1,
                                                            .reserves = (int32_t)below(&random, 3)};
        uint32_t sessions = kind == 2 ? 1 + below(&random, 2) : 1;
        for (uint32_t k = 0; k < sessions; k++) {
            int64_t start = kind == 0   ? 100 * r
                            : kind == 1 ? 100 * months[r] + 10 * below(&random, 2)
                                        : below(&random, 12);
            int64_t length = kind == 2 ? 1 + below(&random, 5) : 10;
            in->sessions[p->session_count++] = (struct rk_match_session){r, start, start + length};
        }
    }
    for (uint32_t i = 0; i < p->panelist_count; i++) {
        in->panelists[i] = (struct rk_match_panelist){
            .id = rk_text(names[i]),
            .load = below(&random, 3),
            .max_per_month = below(&random, 2) ? -1 : (int32_t)below(&random, 3),
            .max_per_year = below(&random, 2) ? -1 : (int32_t)below(&random, 4)};
        for (uint32_t k = 0; k < 2 && below(&random, 3) == 0; k++)
            in->used[p->used_count++] =
                (struct rk_match_used){i, 24000 + (int32_t)below(&random, 14)};
    }
    uint64_t dense = 3 + below(&random, 7);
    for (uint32_t i = 0; i < p->panelist_count; i++)
        for (uint32_t r = 0; r < p->recruitment_count; r++)
            if (p->pair_count < PAIRS && below(&random, 10) < dense)
                in->pairs[p->pair_count++] =
                    (struct rk_match_pair){i, r, below(&random, 2) ? 0 : below(&random, 4)};
}

/* Quotas that nest, for some recruitments: two values of a feature, and a row inside the first of
 * people who have a second feature as well. Panelist p has the first value where p is even, the
 * second feature where p / 2 is even. */
static void add_quotas(struct instance *in, int trial)
{
    struct rk_match_problem *p = &in->problem;
    char key[32];
    snprintf(key, sizeof key, "quotas|%d", trial);
    struct rk_random random = rk_random(RK_TEXT("match-test"), rk_text(key));
    uint32_t rows = 0, cell_of[RECRUITMENTS][4];
    for (uint32_t r = 0; r < p->recruitment_count; r++) {
        uint32_t kinds = below(&random, 4), first = p->quota_count;
        for (uint32_t k = 0; k < kinds && k < 3; k++) {
            struct rk_match_quota *quota = &in->quotas[p->quota_count++];
            quota->recruitment = r;
            quota->parts[quota->part_count++].value = k == 1;
            if (k == 2)
                quota->parts[quota->part_count++].feature = 1;
            quota->min = (int32_t)below(&random, 3);
            quota->max = quota->min + (int32_t)below(&random, 3);
        }
        for (uint32_t c = 0; c < 4; c++) {
            cell_of[r][c] = kinds ? p->cell_count : UINT32_MAX;
            if (!kinds)
                continue;
            struct rk_match_cell *cell = &in->cells[p->cell_count++];
            *cell = (struct rk_match_cell){r, rows, 0};
            for (uint32_t k = 0; k < kinds && k < 3; k++)
                if (k == 0 ? c % 2 == 0 : k == 1 ? c % 2 == 1 : c == 0) {
                    in->cell_rows[rows++] = first + k;
                    cell->count++;
                }
        }
    }
    for (uint32_t i = 0; i < p->pair_count; i++)
        in->pair_cell[i] = cell_of[p->pairs[i].recruitment][p->pairs[i].panelist % 4];
    p->quotas = in->quotas;
    p->cells = in->cells;
    p->cell_rows = in->cell_rows;
    p->pair_cell = in->pair_cell;
}

/* Some of the pairs had a seat before. */
static void add_stay(struct instance *in, int trial)
{
    for (uint32_t i = 0; i < in->problem.pair_count; i++)
        in->stay[i] = (trial + (int)i) % 3 == 0 ? 4 : (trial + (int)i) % 5 == 0;
    in->problem.stay = in->stay;
}

/* Does the panel of recruitment r with these members of each kind keep its quotas when its empty
 * seats can be kept for the people of a row? Minimums that the places cannot hold together are
 * lowered, the last rows' first. */
static bool keeps_quotas(const struct rk_match_problem *p, uint32_t r, const int32_t *kind)
{
    const struct rk_match_quota *row[3] = {NULL};
    for (uint32_t q = 0, k = 0; q < p->quota_count; q++)
        if (p->quotas[q].recruitment == r)
            row[k++] = &p->quotas[q];
    if (!row[0])
        return true;
    int32_t places = p->recruitments[r].places, min[3] = {0}, max[3] = {places, places, places};
    for (int k = 0; k < 3 && row[k]; k++) {
        min[k] = row[k]->min;
        max[k] = row[k]->max;
    }
    int32_t ask[3] = {0, min[1] < max[1] ? min[1] : max[1], min[2] < max[2] ? min[2] : max[2]};
    ask[0] = min[0] > ask[2] ? min[0] : ask[2];
    ask[0] = ask[0] < max[0] ? ask[0] : max[0];
    int32_t left[3] = {0, ask[1] < places ? ask[1] : places, 0};
    left[0] = ask[0] < places - left[1] ? ask[0] : places - left[1];
    left[2] = ask[2] < left[0] ? ask[2] : left[0];
    for (int k = 0; k < 3; k++)
        min[k] = min[k] < left[k] ? min[k] : left[k];
    int32_t have[3] = {kind[0] + kind[2], kind[1] + kind[3], kind[0]},
            members = kind[0] + kind[1] + kind[2] + kind[3];
    int32_t inner = min[2] > have[2] ? min[2] - have[2] : 0;
    int32_t first = min[0] > have[0] + inner ? min[0] - have[0] - inner : 0;
    int32_t second = min[1] > have[1] ? min[1] - have[1] : 0;
    return have[2] + inner <= max[2] && have[0] + inner + first <= max[0] &&
           have[1] + second <= max[1] && members + inner + first + second <= places;
}

static bool clash(const struct rk_match_problem *p, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < p->session_count; i++)
        for (uint32_t j = 0; j < p->session_count; j++)
            if (p->sessions[i].recruitment == a && p->sessions[j].recruitment == b &&
                p->sessions[i].start < p->sessions[j].end &&
                p->sessions[j].start < p->sessions[i].end)
                return true;
    return false;
}

static bool allowed(const struct rk_match_problem *p, uint32_t chosen)
{
    int32_t filled[RECRUITMENTS] = {0};
    for (uint32_t i = 0; i < p->pair_count; i++) {
        if (!(chosen >> i & 1))
            continue;
        uint32_t person = p->pairs[i].panelist, r = p->pairs[i].recruitment;
        if (++filled[r] > p->recruitments[r].places)
            return false;
        int32_t month = 0, year = 0, at = p->recruitments[r].month;
        for (uint32_t u = 0; u < p->used_count; u++) {
            month += p->used[u].panelist == person && p->used[u].month == at;
            year += p->used[u].panelist == person && p->used[u].month / 12 == at / 12;
        }
        for (uint32_t j = 0; j < p->pair_count; j++) {
            if (!(chosen >> j & 1) || p->pairs[j].panelist != person)
                continue;
            int32_t other = p->recruitments[p->pairs[j].recruitment].month;
            month += other == at;
            year += other / 12 == at / 12;
            if (j != i && clash(p, r, p->pairs[j].recruitment))
                return false;
        }
        if ((p->panelists[person].max_per_month >= 0 &&
             month > p->panelists[person].max_per_month) ||
            (p->panelists[person].max_per_year >= 0 && year > p->panelists[person].max_per_year))
            return false;
    }
    for (uint32_t r = 0; r < p->recruitment_count; r++) {
        int32_t kind[4] = {0};
        for (uint32_t i = 0; i < p->pair_count; i++)
            kind[p->pairs[i].panelist % 4] += (chosen >> i & 1) && p->pairs[i].recruitment == r;
        if (p->recruitments[r].places > 0 && !keeps_quotas(p, r, kind))
            return false;
    }
    return true;
}

/* The documented key of the lottery, written out again. */
static int64_t lot(const struct rk_match_problem *p, uint32_t pair)
{
    char key[64];
    snprintf(key, sizeof key, "panel-tie|1|%s|%s",
             p->recruitments[p->pairs[pair].recruitment].id.text,
             p->panelists[p->pairs[pair].panelist].id.text);
    struct rk_random random = rk_random(p->seed, rk_text(key));
    return (int64_t)(rk_random_u64(&random) >> 32);
}

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
    cut_short();
    stages();
    return finish();
}
