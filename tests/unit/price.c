/* lib/panel/price against all choices there are, on random small programmes with quotas of two or
 * three features that cross: the best choice at all levels, the bound where the search is cut
 * short, and the prices, from which the bound is worked out again by weak duality. */
#include "panel/cut.h"
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

/* The rows that nest, with empty seats kept for their people: inside out. */
static bool rows_keep(const struct rk_network *net, uint32_t r, uint32_t chosen, int32_t empty)
{
    const struct rk_match_problem *p = net->problem;
    int32_t kept_in[64] = {0}, all = 0;
    for (uint32_t v = net->row_first[r]; v < net->row_first[r + 1]; v++) {
        int32_t people = kept_in[v];
        for (uint32_t i = 0; i < p->pair_count; i++) {
            if (!(chosen >> i & 1) || p->pairs[i].recruitment != r)
                continue;
            uint32_t at = net->inner[p->pair_cell[i]];
            while (at != UINT32_MAX && at != v)
                at = net->rows[at].around;
            people += at == v;
        }
        int32_t wait = net->rows[v].min > people ? net->rows[v].min - people : 0;
        all += wait;
        if (people + wait > net->rows[v].max)
            return false;
        for (uint32_t a = net->rows[v].around; a != UINT32_MAX; a = net->rows[a].around)
            kept_in[a] += wait;
    }
    return all <= empty;
}

static bool holds(const struct rk_network *net, uint32_t chosen)
{
    struct rk_match_problem p = *net->problem;
    p.quota_count = 0;
    if (!allowed(&p, chosen))
        return false;
    p = *net->problem;
    for (uint32_t r = 0; r < p.recruitment_count; r++) {
        struct rk_match_quota rules[ROWS];
        int32_t counts[ROWS] = {0}, empty = p.recruitments[r].places;
        uint32_t first = 0, count = 0;
        while (first < p.quota_count && p.quotas[first].recruitment < r)
            first++;
        for (; first + count < p.quota_count && p.quotas[first + count].recruitment == r; count++) {
            rules[count] = p.quotas[first + count];
            rules[count].min -= net->lowered[first + count];
        }
        if (!count || empty <= 0)
            continue;
        bool crosses = false;
        for (uint32_t k = 0; k < count; k++)
            crosses = crosses || net->crossing[first + k];
        for (uint32_t i = 0; i < p.pair_count; i++)
            if ((chosen >> i & 1) && p.pairs[i].recruitment == r) {
                const struct rk_match_cell *cell = &p.cells[p.pair_cell[i]];
                empty--;
                for (uint32_t k = 0; k < cell->count; k++)
                    counts[p.cell_rows[cell->first + k] - first]++;
            }
        if ((crosses && !rk_match_quotas_hold(rules, count, counts, empty)) ||
            !rows_keep(net, r, chosen, empty))
            return false;
    }
    return true;
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

static void best_of_all(const struct rk_network *net, int64_t *best)
{
    bool any = false;
    int64_t value[RK_MATCH_LEVELS];
    for (uint32_t chosen = 0; chosen < 1u << net->problem->pair_count; chosen++) {
        value_of(net->problem, chosen, value);
        if ((!any || compare(value, best) < 0) && holds(net, chosen)) {
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
    int wrong = 0, crossed = 0, searched = 0, untold = 0, open = 0, lowered = 0, empty = 0;
    for (int trial = 0; trial < trials; trial++) {
        struct crossing c;
        cross(&c, trial, kind);
        struct rk_match_problem *p = &c.in.problem;
        p->want_proof = true;
        struct rk_match_result result, part;
        int64_t best[RK_MATCH_LEVELS];
        CHECK(rk_match(p, &result, NULL) == RK_OK);
        if (!result.network->crossing_count) {
            rk_match_result_free(&result);
            continue;
        }
        crossed++;
        best_of_all(result.network, best);
        for (uint32_t q = 0; q < p->quota_count; q++)
            lowered += result.network->lowered[q] > 0;
        empty += best[RK_MATCH_SEATS] > 0;
        bool bad = !result.proven || compare(result.value, best) != 0 ||
                   compare(result.bound, best) != 0 ||
                   !holds(result.network, bits(p, result.member)) ||
                   compare(result.priced, best) > 0;
        if (bad)
            printf("kind %d trial %d: proven %d value %d bound %d\n", kind, trial, result.proven,
                   compare(result.value, best), compare(result.bound, best));
        wrong += bad;
        untold += !prices_tell(&result);
        searched += compare(result.priced, result.value) != 0;
        p->most_solves = 1;
        CHECK(rk_match(p, &part, NULL) == RK_OK);
        wrong += compare(part.value, best) < 0 || compare(part.bound, best) > 0 ||
                 !holds(part.network, bits(p, part.member)) ||
                 part.proven != (compare(part.bound, part.value) == 0);
        open += !part.proven;
        rk_match_result_free(&part);
        rk_match_result_free(&result);
    }
    printf("kind %d: %d crossed, %d searched, %d open, %d lowered, %d empty, %d wrong, %d untold\n",
           kind, crossed, searched, open, lowered, empty, wrong, untold);
    CHECK(wrong == 0);
    CHECK(untold == 0);
    CHECK(crossed > trials / 3);
    searched_in_all += searched;
}

int main(void)
{
    against_all(0, 1000);
    against_all(1, 500);
    against_all(2, 500);
    CHECK(searched_in_all > 30);
    return finish();
}
