/* Quotas, of two or three features with min and max, against all choices there are, on random small
 * programmes: the best choice at all levels, where they nest, where they cross and for a panel by
 * itself; the bound where the search is cut short; and the prices, from which the bound is worked
 * out again by weak duality. */
#include "panel/cut.h"
#include "panel/single.h"
#include "programme.h"

enum { ROWS = 8 };

struct crossing {
    struct instance in;
    struct rk_match_quota quotas[ROWS * RECRUITMENTS];
    struct rk_match_cell cells[PANELISTS * RECRUITMENTS];
    uint32_t cell_rows[PANELISTS * ROWS * RECRUITMENTS];
};

/* Only the first recruitments, but many who can come, without caps: it is for the quotas alone. */
static void make_dense(struct instance *in, struct rk_random *random)
{
    struct rk_match_problem *p = &in->problem;
    uint32_t count = 1 + below(random, 2), kept = 0;
    p->recruitment_count = count < p->recruitment_count ? count : p->recruitment_count;
    for (uint32_t k = 0; k < p->session_count; k++)
        if (p->sessions[k].recruitment < p->recruitment_count)
            in->sessions[kept++] = in->sessions[k];
    p->session_count = kept;
    p->panelist_count = PANELISTS;
    p->pair_count = p->used_count = 0;
    for (uint32_t i = 0; i < PANELISTS; i++) {
        in->panelists[i] = (struct rk_match_panelist){.id = rk_text(names[i]),
                                                      .load = below(random, 3),
                                                      .max_per_month = -1,
                                                      .max_per_year = -1};
        for (uint32_t r = 0; r < p->recruitment_count; r++)
            if (below(random, 8))
                in->pairs[p->pair_count++] = (struct rk_match_pair){i, r, below(random, 5)};
    }
}

/* Everybody has one of two or three values of three features, drawn anew in each programme; a row
 * is for one value, and now and then for values of two features. */
static void cross(struct crossing *c, int trial, int kind)
{
    invent(&c->in, trial, kind);
    struct rk_match_problem *p = &c->in.problem;
    char key[32];
    snprintf(key, sizeof key, "cross|%d|%d", kind, trial);
    struct rk_random random = rk_random(RK_TEXT("match-test"), rk_text(key));
    if (trial % 2)
        make_dense(&c->in, &random);
    uint32_t value[PANELISTS][3], rows = 0;
    for (uint32_t i = 0; i < PANELISTS; i++)
        for (uint32_t f = 0; f < 3; f++)
            value[i][f] = below(&random, f == 2 ? 3 : 2);
    for (uint32_t r = 0; r < p->recruitment_count; r++) {
        uint32_t first = p->quota_count, first_cell = p->cell_count,
                 kinds = below(&random, 5) ? 2 + below(&random, 2) : 0;
        if (p->recruitments[r].places > 1 && below(&random, 2))
            c->in.recruitments[r].places = 1 + (int32_t)below(&random, trial % 2 ? 2 : 3);
        int32_t places = p->recruitments[r].places;
        for (uint32_t f = 0; f < kinds; f++) {
            int32_t left = trial % 7 ? places : places + 1; /* sometimes too much is asked */
            for (uint32_t v = 0; v < (f == 2 ? 3u : 2u); v++) {
                struct rk_match_quota *quota = &c->quotas[p->quota_count++];
                *quota = (struct rk_match_quota){.recruitment = r, .part_count = 1};
                quota->parts[0].feature = f;
                quota->parts[0].value = v;
                quota->min = (int32_t)below(&random, left > 0 ? (uint64_t)left + 1 : 1);
                quota->min = quota->min > 2 || (trial % 2 && below(&random, 2)) ? 0 : quota->min;
                quota->max =
                    quota->min + (int32_t)below(&random, 3) + (trial % 2 ? 1 : quota->min == 0);
                left -= quota->min;
            }
        }
        if (kinds && trial % 3 == 0) {
            struct rk_match_quota *quota = &c->quotas[p->quota_count++];
            *quota = (struct rk_match_quota){.recruitment = r, .part_count = 2, .max = 1};
            for (uint32_t f = 0; f < 2; f++) {
                quota->parts[f].feature = f;
                quota->parts[f].value = below(&random, 2);
            }
            quota->min = below(&random, 3) == 0 && places ? 1 : 0;
            quota->max += (int32_t)below(&random, 2);
        }
        for (uint32_t i = 0; i < p->pair_count; i++) {
            if (p->pairs[i].recruitment != r)
                continue;
            c->in.pair_cell[i] = UINT32_MAX;
            if (!kinds)
                continue;
            c->in.pair_cell[i] = p->cell_count;
            struct rk_match_cell *cell = &c->cells[p->cell_count++];
            *cell = (struct rk_match_cell){r, rows, 0};
            for (uint32_t q = first; q < p->quota_count; q++) {
                bool under = true;
                for (uint32_t k = 0; k < c->quotas[q].part_count; k++)
                    under = under && value[p->pairs[i].panelist][c->quotas[q].parts[k].feature] ==
                                         c->quotas[q].parts[k].value;
                if (under)
                    c->cell_rows[cell->first + cell->count++] = q;
            }
            uint32_t twin = first_cell; /* those of the same rows are of one cell */
            while (c->cells[twin].count != cell->count ||
                   memcmp(c->cell_rows + c->cells[twin].first, c->cell_rows + cell->first,
                          cell->count * sizeof *c->cell_rows) != 0)
                twin++;
            c->in.pair_cell[i] = twin;
            if (&c->cells[twin] == cell)
                rows += cell->count;
            else
                p->cell_count--;
        }
    }
    p->quotas = c->quotas;
    p->cells = c->cells;
    p->cell_rows = c->cell_rows;
    p->pair_cell = c->in.pair_cell;
    if (trial % 4 == 1)
        add_stay(&c->in, trial);
}

/* Can up to `empty` people who are not found yet, each with one value of each feature, or another
 * than those asked for, make up for what the rules lack, no maximum exceeded? Tried one by one:
 * everybody who is of the first kind that lacks somebody. */
static bool can_be_found(const struct rk_match_quota *rules, uint32_t count, const int32_t *counts,
                         int32_t empty)
{
    uint32_t lacking = 0;
    for (uint32_t k = 0; k < count; k++)
        if (counts[k] > rules[k].max)
            return false;
    while (lacking < count && counts[lacking] >= rules[lacking].min)
        lacking++;
    if (lacking == count || empty <= 0)
        return lacking == count;
    for (uint32_t person = 0; person < 4 * 4 * 4; person++) {
        uint32_t value[] = {person % 4, person / 4 % 4, person / 16};
        int32_t with[ROWS];
        for (uint32_t k = 0; k < count; k++) {
            bool of = true;
            for (uint32_t i = 0; i < rules[k].part_count; i++)
                of = of && value[rules[k].parts[i].feature] == rules[k].parts[i].value;
            with[k] = counts[k] + of;
        }
        if (with[lacking] > counts[lacking] && can_be_found(rules, count, with, empty - 1))
            return true;
    }
    return false;
}

/* Which choices keep the quotas, panel by panel: keeps[r] by the bits of r's own pairs in order. */
struct keeping {
    uint32_t pairs[RECRUITMENTS]; /* as bits */
    bool keeps[RECRUITMENTS][1 << PANELISTS];
};

/* `lowered`: by how much each minimum is less; false where there was no need for that. */
static bool find_keeping(const struct rk_match_problem *p, const int32_t *lowered,
                         struct keeping *k)
{
    bool needed = true;
    *k = (struct keeping){0};
    for (uint32_t r = 0; r < p->recruitment_count; r++) {
        struct rk_match_quota rules[ROWS];
        int32_t nobody[ROWS] = {0}, sum = 0;
        uint32_t first = 0, count = 0, own[PANELISTS], n = 0;
        while (first < p->quota_count && p->quotas[first].recruitment < r)
            first++;
        for (; first + count < p->quota_count && p->quotas[first + count].recruitment == r;
             count++) {
            rules[count] = p->quotas[first + count];
            sum += lowered[first + count];
        }
        if (sum && can_be_found(rules, count, nobody, p->recruitments[r].places))
            needed = false;
        for (uint32_t i = 0; i < count; i++)
            rules[i].min -= lowered[first + i];
        for (uint32_t i = 0; i < p->pair_count; i++)
            if (p->pairs[i].recruitment == r) {
                k->pairs[r] |= 1u << i;
                own[n++] = i;
            }
        for (uint32_t set = 0; set < 1u << n; set++) {
            int32_t counts[ROWS] = {0}, empty = p->recruitments[r].places;
            for (uint32_t j = 0; j < n && count; j++) {
                const struct rk_match_cell *cell = &p->cells[p->pair_cell[own[j]]];
                empty -= set >> j & 1;
                for (uint32_t c = 0; c < cell->count && set >> j & 1; c++)
                    counts[p->cell_rows[cell->first + c] - first]++;
            }
            k->keeps[r][set] = p->recruitments[r].places <= 0 ||
                               (empty >= 0 && can_be_found(rules, count, counts, empty));
        }
    }
    return needed;
}

static bool holds(const struct rk_match_problem *problem, const struct keeping *k, uint32_t chosen)
{
    struct rk_match_problem p = *problem;
    p.quota_count = 0;
    for (uint32_t r = 0; r < p.recruitment_count; r++) {
        uint32_t set = 0, bit = 0;
        for (uint32_t i = 0; i < p.pair_count; i++)
            if (k->pairs[r] >> i & 1)
                set |= (chosen >> i & 1) << bit++;
        if (!k->keeps[r][set])
            return false;
    }
    return allowed(&p, chosen);
}

static void value_of(const struct rk_match_problem *p, uint32_t chosen, int64_t *value)
{
    int64_t empty[RECRUITMENTS], load[PANELISTS];
    memset(value, 0, RK_MATCH_LEVELS * sizeof *value);
    for (uint32_t r = 0; r < p->recruitment_count; r++)
        empty[r] = p->recruitments[r].places;
    for (uint32_t i = 0; i < p->panelist_count; i++)
        load[i] = p->panelists[i].load;
    for (uint32_t i = 0; i < p->pair_count; i++)
        if (chosen >> i & 1) {
            empty[p->pairs[i].recruitment]--;
            load[p->pairs[i].panelist]++;
            value[RK_MATCH_CHANGE] -= p->stay ? p->stay[i] : 0;
            value[RK_MATCH_FIT] -= p->pairs[i].fit;
            value[RK_MATCH_LOTTERY] += lot(p, i);
        }
    for (uint32_t r = 0; r < p->recruitment_count; r++) {
        int64_t lacking = p->recruitments[r].lacking;
        value[RK_MATCH_SEATS] += empty[r];
        value[RK_MATCH_SHORTAGE] += (empty[r] + lacking) * (empty[r] + lacking) - lacking * lacking;
    }
    for (uint32_t i = 0; i < p->panelist_count; i++)
        value[RK_MATCH_LOAD] += load[i] * load[i] - p->panelists[i].load * p->panelists[i].load;
}

static int compare(const int64_t *a, const int64_t *b)
{
    for (int i = 0; i < RK_MATCH_LEVELS; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static uint32_t bits(const struct rk_match_problem *p, const bool *member)
{
    uint32_t chosen = 0;
    for (uint32_t i = 0; i < p->pair_count; i++)
        chosen |= (uint32_t)member[i] << i;
    return chosen;
}

static void best_of_all(const struct rk_match_problem *p, const struct keeping *k, int64_t *best)
{
    bool any = false;
    int64_t value[RK_MATCH_LEVELS];
    for (uint32_t chosen = 0; chosen < 1u << p->pair_count; chosen++) {
        value_of(p, chosen, value);
        if ((!any || compare(value, best) < 0) && holds(p, k, chosen)) {
            memcpy(best, value, sizeof value);
            any = true;
        }
    }
    CHECK(any);
}

/* ---- the prices, by themselves ---- */

struct dual {
    const struct rk_network *net;
    const int64_t *potential, *price, *amount;
    const int64_t *cost;
    bool *fixed;   /* by arc: by the stages before */
    int64_t *size; /* by arc: of the reduced cost */
    __int128 bound;
    uint32_t arc;
};

static void add_arc(void *context, uint32_t from, uint32_t to, int64_t lower, int64_t upper)
{
    struct dual *d = context;
    const struct rk_match_problem *p = d->net->problem;
    uint32_t a = d->arc++, cell = a - d->net->first[RK_ARC_CELL];
    int64_t reduced = d->cost[a] + d->potential[from] - d->potential[to];
    for (uint32_t c = 0; c < p->cell_count; c++)
        for (uint32_t k = 0; d->net->cell_number[c] == cell && k < p->cells[c].count; k++)
            reduced -= d->price[p->cell_rows[p->cells[c].first + k]];
    if (a < d->net->first[RK_ARC_LOAD]) { /* an empty seat of the recruitment */
        uint32_t r = 0, end = 0;
        while (a >= (end += (uint32_t)d->net->places[r]))
            r++;
        for (uint32_t q = 0; q < p->quota_count; q++)
            if (p->quotas[q].recruitment == r && d->price[q] > 0)
                reduced -= d->price[q];
    }
    if (d->fixed[a])
        d->bound += (__int128)reduced * d->amount[a];
    else
        d->bound += (__int128)reduced * (reduced < 0 ? upper : lower);
    d->size[a] = reduced < 0 ? -reduced : reduced;
}

/* Does the bound of each stage come out of its potentials and prices? */
static bool prices_tell(const struct rk_match_result *result)
{
    const struct rk_network *net = result->network;
    const struct rk_match_problem *p = net->problem;
    int64_t *amount = rk_cut_amounts(net, result->member);
    int64_t *cost = rk_alloc((size_t)net->arcs + 1, sizeof *cost);
    bool *fixed = rk_alloc((size_t)net->arcs + 1, sizeof *fixed), good = true;
    for (uint32_t s = 0; s < result->priced_stages && good; s++) {
        uint32_t first = rk_network_first(net, s), end = net->stage_end[s];
        struct dual d = {.net = net,
                         .potential = result->potential + (size_t)s * net->nodes,
                         .price = result->price + (size_t)s * p->quota_count,
                         .amount = amount,
                         .cost = cost,
                         .fixed = fixed};
        rk_network_costs(net, first, end, cost);
        d.size = rk_alloc((size_t)net->arcs + 1, sizeof *d.size);
        rk_network_arcs(net, add_arc, &d);
        for (uint32_t r = 0; r < p->recruitment_count; r++)
            d.bound += (__int128)net->places[r] *
                       (d.potential[rk_node_recruitment(net, r)] - d.potential[0]);
        for (uint32_t q = 0; q < p->quota_count; q++)
            d.bound += (__int128)d.price[q] *
                       (d.price[q] > 0 ? p->quotas[q].min - net->lowered[q] : p->quotas[q].max);
        __int128 value = 0, bound = 0;
        for (uint32_t l = first; l < end; l++) {
            int64_t lost = l == RK_MATCH_SEATS      ? net->seats_lost
                           : l == RK_MATCH_SHORTAGE ? net->shortage_lost
                                                    : 0;
            int64_t weight = rk_network_weight(net, first, end, (int)l);
            value += (__int128)weight * (result->value[l] - lost);
            bound += (__int128)weight * (result->priced[l] - lost);
        }
        int64_t unit = net->unit[first];
        bool met = d.bound > value - unit; /* costs are whole units */
        /* one level of the stage, or a bound that is met: the very figure */
        if (met)
            good = d.bound <= value && bound == value;
        else if (end - first == 1)
            good = bound < d.bound + unit && bound >= d.bound;
        else
            good = compare(result->priced, result->value) < 0;
        for (uint32_t a = 0; a < net->arcs; a++) /* one unit over it would cost too much */
            fixed[a] = fixed[a] || d.size[a] > value - d.bound;
        rk_free(d.size);
        if (!met)
            break;
    }
    rk_free(amount);
    rk_free(cost);
    rk_free(fixed);
    return good;
}

static int searched_in_all; /* where prices alone were not the answer */

static void against_all(int kind, int trials)
{
    int wrong = 0, crossed = 0, nested = 0, searched = 0, untold = 0, open = 0, lowered = 0,
        empty = 0;
    for (int trial = 0; trial < trials; trial++) {
        struct crossing c;
        cross(&c, trial, kind);
        struct rk_match_problem *p = &c.in.problem;
        p->want_proof = true;
        struct rk_match_result result, part;
        int64_t best[RK_MATCH_LEVELS];
        CHECK(rk_match(p, &result, NULL) == RK_OK);
        if (!p->quota_count) {
            rk_match_result_free(&result);
            continue;
        }
        crossed += result.network->crossing_count > 0;
        nested += !result.network->crossing_count;
        struct keeping keeping;
        bool needed = find_keeping(p, result.network->lowered, &keeping);
        best_of_all(p, &keeping, best);
        for (uint32_t q = 0; q < p->quota_count; q++)
            lowered += result.network->lowered[q] > 0;
        empty += best[RK_MATCH_SEATS] > 0;
        bool bad = !needed || !result.proven || compare(result.value, best) != 0 ||
                   compare(result.bound, best) != 0 ||
                   !holds(p, &keeping, bits(p, result.member)) ||
                   (result.network->crossing_count && compare(result.priced, best) > 0);
        if (bad)
            printf("kind %d trial %d: crossing %d proven %d value %d bound %d\n", kind, trial,
                   result.network->crossing_count, result.proven, compare(result.value, best),
                   compare(result.bound, best));
        wrong += bad;
        if (result.network->crossing_count) {
            untold += !prices_tell(&result);
            searched += compare(result.priced, result.value) != 0;
        }
        p->most_solves = 1;
        CHECK(rk_match(p, &part, NULL) == RK_OK);
        wrong += compare(part.value, best) < 0 || compare(part.bound, best) > 0 ||
                 !holds(p, &keeping, bits(p, part.member)) ||
                 part.proven != (compare(part.bound, part.value) == 0);
        open += !part.proven;
        rk_match_result_free(&part);
        rk_match_result_free(&result);
    }
    printf("kind %d: %d crossed, %d nested, %d searched, %d open, %d lowered, %d empty, %d wrong, "
           "%d untold\n",
           kind, crossed, nested, searched, open, lowered, empty, wrong, untold);
    CHECK(wrong == 0);
    CHECK(untold == 0);
    CHECK(crossed > trials / 3);
    searched_in_all += searched;
}

/* One recruitment with quotas, by itself: as a panel, and as a programme of one. */
static void alone(int trials)
{
    int wrong = 0, chosen = 0, empty = 0;
    for (int trial = 0; trial < trials; trial++) {
        struct crossing c;
        cross(&c, 2 * trial + 1, 0); /* dense */
        struct rk_match_problem *p = &c.in.problem;
        for (uint32_t r = 1; r < p->recruitment_count; r++)
            c.in.recruitments[r].places = 0;
        struct rk_single single;
        struct rk_match_result result, flow;
        struct rk_effort effort = {.nodes = 10000};
        struct keeping keeping;
        int64_t best[RK_MATCH_LEVELS];
        if (rk_single_recruitment(p) != 0 || !p->quota_count)
            continue;
        int32_t lowered[ROWS * RECRUITMENTS] = {0};
        rk_single_new(&single, p, 0);
        CHECK(rk_match(p, &flow, NULL) == RK_OK);
        bool needed = find_keeping(p, flow.network->lowered, &keeping), more = true;
        best_of_all(p, &keeping, best);
        bool bad = !needed || !flow.proven || compare(flow.value, best);
        if (rk_single_choose(&single, &result, &effort)) {
            for (uint32_t i = 0; i < single.rows; i++)
                lowered[single.row_quota[i]] = single.lowered[i];
            more = find_keeping(p, lowered, &keeping);
            best_of_all(p, &keeping, best);
            bad = bad || !more || !result.proven || compare(result.value, best) ||
                  !holds(p, &keeping, bits(p, result.member));
            empty += best[RK_MATCH_SEATS] > 0;
            chosen++;
        }
        if (bad)
            printf("alone, trial %d\n", trial);
        wrong += bad;
        rk_single_free(&single);
        rk_match_result_free(&result);
        rk_match_result_free(&flow);
    }
    CHECK(wrong == 0);
    CHECK(chosen > trials / 8 && empty > trials / 50);
    printf("alone: %d chosen, %d empty, %d wrong\n", chosen, empty, wrong);
}

int main(void)
{
    against_all(0, 1000);
    against_all(1, 500);
    against_all(2, 500);
    alone(1000);
    CHECK(searched_in_all > 30);
    return finish();
}
