#include "base/mem.h"
#include "panel/prove_state.h"

/* ---- rows ---- */

void rk_prove_begin_sum(struct rk_prove_state *s, uint32_t place, int64_t low, int64_t high)
{
    RK_GROW(s->sums, s->sum_count, s->sum_room);
    s->sums[s->sum_count++] = (struct rk_prove_sum){place, low, high, s->of_count, 0};
}

void rk_prove_add_term(struct rk_prove_state *s, uint32_t number, int64_t factor)
{
    uint32_t count = s->of_count;
    if (!factor)
        return;
    RK_GROW(s->of, s->of_count, s->of_room);
    RK_GROW(s->factor, count, s->factor_room);
    s->of[s->of_count] = number;
    s->factor[s->of_count++] = factor;
    s->sums[s->sum_count - 1].count++;
}

static bool is_under(const struct rk_match_problem *problem, uint32_t pair, uint32_t quota)
{
    const struct rk_match_cell *cell = &problem->cells[problem->pair_cell[pair]];
    for (uint32_t k = 0; k < cell->count; k++)
        if (problem->cell_rows[cell->first + k] == quota)
            return true;
    return false;
}

static int32_t least_of(const struct rk_prove_state *s, uint32_t quota)
{
    return s->problem->quotas[quota].min - (s->c->lowered ? s->c->lowered[quota] : 0);
}

static void add_quota(struct rk_prove_state *s, uint32_t r, uint32_t quota)
{
    const struct rk_certify *c = s->c;
    const struct rk_match_kinds *kinds = &c->kinds[r];
    int32_t max = s->problem->quotas[quota].max, places = s->problem->recruitments[r].places;
    uint32_t q = quota - c->quota_first[r];
    rk_prove_begin_sum(s, rk_certify_quota(c, quota), least_of(s, quota),
                       max < places ? max : places);
    for (uint32_t k = s->by.first[r]; k < s->by.first[r + 1]; k++)
        if (is_under(s->problem, s->by.pairs[k], quota))
            rk_prove_add_term(s, s->by.pairs[k], 1);
    for (uint32_t k = 0; k < kinds->count; k++)
        rk_prove_add_term(s, rk_certify_kept(c, r, k),
                          rk_certify_kind(c, r, k)[q / 64] >> q % 64 & 1);
    bool any = false;
    for (uint32_t k = 0; k < kinds->count; k++)
        any = any || kinds->group[k] == q;
    if (!any)
        return;
    rk_prove_begin_sum(s, rk_certify_group(c, quota), RK_PROVE_NO_END, 0);
    for (uint32_t n = c->empty_first[r]; n < c->empty_first[r + 1]; n++)
        rk_prove_add_term(s, n, -1);
    for (uint32_t k = 0; k < kinds->count; k++)
        rk_prove_add_term(s, rk_certify_kept(c, r, k), kinds->group[k] == q);
}

static void add_recruitment(struct rk_prove_state *s, uint32_t r)
{
    const struct rk_certify *c = s->c;
    int32_t places = s->problem->recruitments[r].places;
    if (places <= 0)
        return;
    rk_prove_begin_sum(s, rk_certify_seats(c, r), places, places);
    for (uint32_t k = s->by.first[r]; k < s->by.first[r + 1]; k++)
        rk_prove_add_term(s, s->by.pairs[k], 1);
    for (uint32_t n = c->empty_first[r]; n < c->empty_first[r + 1]; n++)
        rk_prove_add_term(s, n, 1);
    for (uint32_t q = c->quota_first[r]; q < c->quota_first[r + 1]; q++)
        add_quota(s, r, q);
}

static int ascending(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

static void add_limit(struct rk_prove_state *s, uint32_t *pairs, uint32_t count, int64_t room)
{
    if (room >= count)
        return;
    qsort(pairs, count, sizeof *pairs, ascending);
    for (uint32_t i = 0; i < count; i++)
        rk_certify_term(s->c, pairs[i], 1);
    uint32_t before = s->c->rows.count, place = rk_certify_row(s->c), last = s->sum_count;
    if (s->c->rows.count == before) { /* under another limit of the panelist together, too */
        while (s->sums[last - 1].place != place)
            last--;
        s->sums[last - 1].high = room < s->sums[last - 1].high ? room : s->sums[last - 1].high;
        return;
    }
    rk_prove_begin_sum(s, place, RK_PROVE_NO_END, room);
    for (uint32_t i = 0; i < count; i++)
        rk_prove_add_term(s, pairs[i], 1);
}

static void add_cap(void *context, const struct rk_named_limit *limit)
{
    struct rk_prove_state *s = context;
    uint32_t *pairs = rk_alloc((size_t)limit->count + 1, sizeof *pairs);
    memcpy(pairs, limit->pairs, limit->count * sizeof *pairs);
    add_limit(s, pairs, limit->count, limit->room);
    rk_free(pairs);
}

/* Of recruitments that all overlap each other one can be had: sets that have every such two. */
static void add_overlaps(struct rk_prove_state *s, uint32_t first, uint32_t end)
{
    const struct rk_overlaps *overlaps = &s->c->match->result->network->overlaps;
    const struct rk_match_pair *pairs = s->problem->pairs;
    uint32_t n = end - first, *all = rk_alloc((size_t)n + 1, sizeof *all);
    bool *done = rk_alloc((size_t)n * n + 1, sizeof *done);
    for (uint32_t a = first; a < end; a++)
        for (uint32_t b = a + 1; b < end; b++) {
            uint32_t count = 0;
            if (done[(a - first) * n + b - first] ||
                !rk_overlap(overlaps, pairs[a].recruitment, pairs[b].recruitment))
                continue;
            all[count++] = a;
            all[count++] = b;
            for (uint32_t k = first; k < end; k++) {
                bool meets = k != a && k != b;
                for (uint32_t i = 0; i < count && meets; i++)
                    meets = rk_overlap(overlaps, pairs[k].recruitment, pairs[all[i]].recruitment);
                if (meets)
                    all[count++] = k;
            }
            for (uint32_t i = 0; i < count; i++)
                for (uint32_t j = 0; j < count; j++)
                    done[(all[i] - first) * n + all[j] - first] = true;
            add_limit(s, all, count, 1);
        }
    rk_free(all);
    rk_free(done);
}

static void add_panelist(struct rk_prove_state *s, uint32_t first, uint32_t end)
{
    uint32_t p = s->problem->pairs[first].panelist;
    rk_prove_begin_sum(s, p, 0, 0);
    for (uint32_t i = first; i < end; i++)
        rk_prove_add_term(s, i, 1);
    for (uint32_t i = first; i < end; i++)
        rk_prove_add_term(s, s->problem->pair_count + i, -1);
    rk_network_limits(s->c->match->result->network, first, end, add_cap, s);
    add_overlaps(s, first, end);
}

/* ---- numbers ---- */

static void set_kept(struct rk_prove_state *s, uint32_t r)
{
    for (uint32_t k = 0; k < s->c->kinds[r].count; k++) {
        int32_t *most = &s->high[rk_certify_kept(s->c, r, k)];
        for (uint32_t q = s->c->quota_first[r]; q < s->c->quota_first[r + 1]; q++) {
            uint32_t at = q - s->c->quota_first[r];
            if (rk_certify_kind(s->c, r, k)[at / 64] >> at % 64 & 1 && least_of(s, q) > *most)
                *most = least_of(s, q);
        }
    }
}

static void set_recruitment(struct rk_prove_state *s, uint32_t r)
{
    const struct rk_match_recruitment *recruitment = &s->problem->recruitments[r];
    int64_t eligible = s->by.first[r + 1] - s->by.first[r];
    for (int32_t j = 0; j < recruitment->places; j++) {
        uint32_t n = s->c->empty_first[r] + (uint32_t)j;
        s->low[n] = j < recruitment->places - eligible;
        s->high[n] = 1;
        s->cost[RK_MATCH_SEATS][n] = 1;
        s->cost[RK_MATCH_SHORTAGE][n] = 2 * ((int64_t)recruitment->lacking + j) + 1;
    }
    set_kept(s, r);
}

static void set_panelist(struct rk_prove_state *s, uint32_t first, uint32_t end)
{
    uint32_t n = s->problem->pair_count, p = s->problem->pairs[first].panelist, open = 0;
    for (uint32_t i = first; i < end; i++) {
        s->high[i] = s->problem->recruitments[s->problem->pairs[i].recruitment].places > 0;
        s->high[n + first + open] = s->high[i];
        open += (uint32_t)s->high[i];
        s->cost[RK_MATCH_CHANGE][i] = s->problem->stay ? -s->problem->stay[i] : 0;
        s->cost[RK_MATCH_FIT][i] = -s->problem->pairs[i].fit;
        s->cost[RK_MATCH_LOTTERY][i] = s->c->match->result->network->lottery[i];
        s->cost[RK_MATCH_LOAD][n + i] = 2 * (s->problem->panelists[p].load + i - first) + 1;
    }
}

static uint32_t pairs_end(const struct rk_match_problem *problem, uint32_t first)
{
    uint32_t end = first;
    while (end < problem->pair_count &&
           problem->pairs[end].panelist == problem->pairs[first].panelist)
        end++;
    return end;
}

/* How much more than the target a choice may cost at each level: of what all empty seats cost, and
 * of as many members as there can be. */
static void set_spread(struct rk_prove_state *s)
{
    uint32_t empty = s->c->empty_first[0], kept = s->c->empty_first[s->problem->recruitment_count];
    int64_t seats = 0;
    for (uint32_t n = empty; n < kept; n++)
        seats += s->high[n] - s->low[n];
    for (int l = 0; l < RK_MATCH_LEVELS; l++) {
        int64_t most = 0;
        for (uint32_t n = 0; n < empty; n++)
            most = s->high[n] && s->cost[l][n] > most ? s->cost[l][n] : most;
        s->spread[l] = seats * most - s->target[l];
        for (uint32_t n = empty; n < kept; n++)
            s->spread[l] += s->cost[l][n];
    }
}

static void index_sums(struct rk_prove_state *s)
{
    s->at_count = rk_certify_level(s->c, RK_MATCH_LEVELS) + s->c->rows.count;
    s->sum_at = rk_alloc((size_t)s->at_count + 1, sizeof *s->sum_at);
    for (uint32_t i = 0; i < s->sum_count; i++)
        s->sum_at[s->sums[i].place] = i + 1;
}

void rk_prove_open(struct rk_prove_state *s, struct rk_certify *c, const int64_t *target,
                   struct rk_prove_effort *effort)
{
    const struct rk_match_problem *problem = c->match->problem;
    uint32_t panels = problem->recruitment_count;
    *s = (struct rk_prove_state){.c = c, .problem = problem, .effort = effort, .slack = -1};
    s->by = rk_by_recruitment(problem);
    s->numbers = c->empty_first[panels] + c->kind_first[panels];
    s->low = rk_alloc((size_t)s->numbers + 1, sizeof *s->low);
    s->high = rk_alloc((size_t)s->numbers + 1, sizeof *s->high);
    s->on = rk_alloc((size_t)s->numbers + 1, sizeof *s->on);
    for (int l = 0; l <= RK_PROVE_CUT; l++)
        s->cost[l] = rk_alloc((size_t)s->numbers + 1, sizeof *s->cost[l]);
    for (uint32_t i = 0; i < problem->pair_count; i = pairs_end(problem, i))
        set_panelist(s, i, pairs_end(problem, i));
    for (uint32_t r = 0; r < panels; r++)
        set_recruitment(s, r);
    for (uint32_t r = 0; r < panels; r++)
        add_recruitment(s, r);
    for (uint32_t i = 0; i < problem->pair_count; i = pairs_end(problem, i))
        add_panelist(s, i, pairs_end(problem, i));
    s->levels = s->sum_count;
    for (int l = 0; l < RK_MATCH_LEVELS; l++) {
        s->target[l] = target[l];
        rk_prove_begin_sum(s, rk_certify_level(c, l), RK_PROVE_NO_END, RK_PROVE_NO_END);
        for (uint32_t n = 0; n < s->numbers; n++)
            rk_prove_add_term(s, n, s->cost[l][n]);
    }
    s->rules = s->sum_count;
    set_spread(s);
    index_sums(s);
}

void rk_prove_close(struct rk_prove_state *s)
{
    for (int l = 0; l <= RK_PROVE_CUT; l++)
        rk_free(s->cost[l]);
    rk_by_recruitment_free(&s->by);
    rk_free(s->low);
    rk_free(s->high);
    rk_free(s->on);
    rk_free(s->sums);
    rk_free(s->of);
    rk_free(s->factor);
    rk_free(s->sum_at);
    rk_free(s->priced.price);
    for (uint32_t n = 0; n < s->node_count; n++)
        rk_buf_free(&s->nodes[n].stages);
    rk_free(s->nodes);
}

/* ---- what prices prove ---- */

void rk_prove_no_prices(struct rk_prove_state *s, int first, int end)
{
    rk_free(s->priced.price);
    s->priced = (struct rk_prove_priced){
        .first = first, .end = end, .price = rk_alloc((size_t)s->sum_count + 1, sizeof(__int128))};
}

static int64_t end_of(const struct rk_prove_state *s, uint32_t sum)
{
    return s->priced.price[sum] > 0 ? s->sums[sum].low : s->sums[sum].high;
}

__int128 rk_prove_gap(struct rk_prove_state *s)
{
    struct rk_prove_priced *p = &s->priced;
    __int128 gap = 0;
    memset(s->on, 0, s->numbers * sizeof *s->on);
    for (int l = p->first; l < p->end; l++) {
        gap += (__int128)p->weight[l] * s->target[l];
        for (uint32_t n = 0; n < s->numbers; n++)
            s->on[n] += (__int128)p->weight[l] * s->cost[l][n];
    }
    for (uint32_t i = 0; i < s->sum_count; i++) {
        if (p->price[i] > INT64_MAX || p->price[i] < -INT64_MAX || end_of(s, i) == RK_PROVE_NO_END)
            p->price[i] = 0;
        if (!p->price[i])
            continue;
        gap -= p->price[i] * end_of(s, i);
        for (uint32_t k = s->sums[i].first; k < s->sums[i].first + s->sums[i].count; k++)
            s->on[s->of[k]] -= p->price[i] * s->factor[k];
    }
    for (uint32_t n = 0; n < s->numbers; n++)
        gap -= s->on[n] * (s->on[n] < 0 ? s->high[n] : s->low[n]);
    return gap;
}

/* From now on only choices that cost at most so much more than the bound; how many numbers and rows
 * that settles. */
static uint32_t narrow(struct rk_prove_state *s, __int128 over)
{
    uint32_t settled = 0;
    for (uint32_t n = 0; n < s->numbers; n++) {
        if (s->low[n] == s->high[n] || (s->on[n] <= over && s->on[n] >= -over))
            continue;
        *(s->on[n] > 0 ? &s->high[n] : &s->low[n]) = s->on[n] > 0 ? s->low[n] : s->high[n];
        settled++;
    }
    for (uint32_t i = 0; i < s->sum_count; i++) {
        if (s->priced.price[i] <= over && s->priced.price[i] >= -over)
            continue;
        settled += s->sums[i].low != s->sums[i].high;
        s->sums[i].low = s->sums[i].high = end_of(s, i);
    }
    return settled;
}

static void tell_stage(struct rk_prove_state *s, struct rk_buf *to)
{
    const struct rk_prove_priced *p = &s->priced;
    bool any = false;
    rk_buf_printf(to, "%s{\"level\":%d,\"weights\":[", to->size ? "," : "", p->first);
    for (int l = p->first; l < p->end; l++)
        rk_buf_printf(to, "%s%lld", l > p->first ? "," : "", (long long)p->weight[l]);
    rk_buf_text(to, "],\"prices\":[");
    for (uint32_t i = 0; i < s->sum_count; i++)
        if (p->price[i]) {
            rk_buf_printf(to, "%s[%u,%lld]", any ? "," : "", s->sums[i].place,
                          (long long)p->price[i]);
            any = true;
        }
    rk_buf_text(to, "]}");
}

enum rk_prove_outcome rk_prove_use_prices(struct rk_prove_state *s, uint32_t at, bool always)
{
    const struct rk_prove_priced *p = &s->priced;
    __int128 gap = rk_prove_gap(s), over = gap;
    uint32_t settled = 0;
    for (; gap >= 0 && s->level < p->end; s->level++) {
        over = gap;
        for (int later = s->level + 1; later < p->end; later++)
            over += (__int128)p->weight[later] * s->spread[later];
        __int128 better = over / p->weight[s->level];
        if (better) {
            s->slack = s->slack < 0 || better < s->slack ? better : s->slack;
            break;
        }
        s->slack = -1;
        settled++;
        if (s->level < RK_PROVE_CUT && gap)
            s->sums[s->levels + (uint32_t)s->level].low =
                s->sums[s->levels + (uint32_t)s->level].high = s->target[s->level];
    }
    if (gap >= 0)
        settled += narrow(s, s->level < p->end ? over : gap);
    if (gap < 0 || settled || always)
        tell_stage(s, &s->nodes[at].stages);
    return gap < 0 ? RK_PROVE_DEAD_END : s->level == p->end ? RK_PROVE_SETTLED : RK_PROVE_GAP;
}
