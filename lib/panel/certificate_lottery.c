/* The certificates of lotteries: over a programme, what part of the network everything lies in, by
 * the total that its panelists share; over panels, the panels with their weights and the prices of
 * each level. */
#include "panel/certify.h"
#include "panel/cut.h"
#include "stream/write.h"

/* ---- a programme ---- */

struct total {
    int64_t num, den;
};

static int by_total(const void *x, const void *y)
{
    const struct total *a = x, *b = y;
    __int128 left = (__int128)a->num * b->den, right = (__int128)b->num * a->den;
    return left < right ? -1 : left > right;
}

struct programme {
    struct rk_certify c;
    const struct rk_programme *lottery;
    const struct rk_network *net;
    struct total *totals; /* of panelists and of parts, ascending, none twice */
    uint32_t count;
    int64_t *place, *own; /* as rk_certify_equal */
    bool *full;
};

static int64_t place_of(const struct programme *p, struct total total)
{
    uint32_t low = 0, high = p->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (by_total(&p->totals[middle], &total) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct total total_of_node(const struct programme *p, uint32_t node)
{
    struct total total;
    rk_chances_potential(p->lottery->chances, node, &total.num, &total.den);
    return total;
}

/* earlier memberships and those expected */
static struct total total_of(const struct programme *p, uint32_t panelist)
{
    struct total total;
    rk_programme_panelist(p->lottery, panelist, &total.num, &total.den);
    total.num += total.den * p->c.match->problem->panelists[panelist].load;
    return total;
}

static void list_totals(struct programme *p)
{
    uint32_t nodes = p->net->nodes + 1, people = p->net->problem->panelist_count, n = 0;
    p->totals = rk_alloc((size_t)nodes + people + 1, sizeof *p->totals);
    for (uint32_t u = 1; u < nodes; u++)
        p->totals[n++] = total_of_node(p, u);
    for (uint32_t i = 0; i < people; i++)
        if (p->lottery->person[i] != RK_NONE)
            p->totals[n++] = total_of(p, i);
    if (n)
        qsort(p->totals, n, sizeof *p->totals, by_total);
    for (uint32_t i = 0; i < n; i++)
        if (!p->count || by_total(&p->totals[p->count - 1], &p->totals[i]))
            p->totals[p->count++] = p->totals[i];
    p->place = rk_alloc((size_t)nodes + 1, sizeof *p->place);
    p->own = rk_alloc((size_t)people + 1, sizeof *p->own);
    p->full = rk_alloc((size_t)people + 1, sizeof *p->full);
    for (uint32_t u = 1; u < nodes; u++)
        p->place[u] = place_of(p, total_of_node(p, u));
    for (uint32_t l = 0; l < p->net->limit_count; l++) {
        const struct rk_limit *limit = &p->net->limits[l];
        int64_t num, den;
        if (limit->parent != RK_NONE || p->lottery->person[limit->panelist] == RK_NONE)
            continue;
        rk_programme_panelist(p->lottery, limit->panelist, &num, &den);
        p->own[limit->panelist] = place_of(p, total_of(p, limit->panelist));
        p->full[limit->panelist] = num == den * limit->room;
    }
}

static void set_ratio(struct rk_fraction *to, int64_t num, int64_t den)
{
    struct rk_whole top = {.small = num}, over = {.small = den};
    rk_fraction_make(to, &top, &over);
}

static void print_ratio(struct rk_buf *out, int64_t num, int64_t den)
{
    struct rk_ratio ratio = rk_ratio(num, den);
    if (ratio.den == 1)
        rk_buf_printf(out, "\"%lld\"", (long long)ratio.num);
    else
        rk_buf_printf(out, "\"%lld/%lld\"", (long long)ratio.num, (long long)ratio.den);
}

/* The network keeps seats for the people of a row, which count in the rows around it, too: those
 * are kept, in each group of quotas that these are of, for the kind that counts under least
 * besides. */
static void keep_for(const struct programme *p, uint32_t row, const struct rk_fraction *number,
                     struct rk_fraction *kept)
{
    const struct rk_network *net = p->net;
    uint32_t r = net->rows[row].recruitment, first = p->c.quota_first[r],
             count = p->c.quota_first[r + 1] - first;
    uint32_t base = p->c.empty_first[net->problem->recruitment_count];
    const struct rk_match_kinds *kinds = &p->c.kinds[r];
    bool *in = rk_alloc((size_t)count + 1, sizeof *in);
    for (uint32_t v = row; v != RK_NONE; v = net->rows[v].around)
        in[net->rows[v].min_from - first] = net->rows[v].min > 0;
    for (uint32_t g = 0; g < count; g++) {
        uint32_t best = RK_NONE, best_size = 0;
        for (uint32_t k = 0; k < kinds->count; k++) {
            const uint64_t *kind = rk_certify_kind(&p->c, r, k);
            uint32_t size = 0, found = 0;
            bool all = kinds->group[k] == g;
            for (uint32_t q = 0; q < count && all; q++) {
                bool has = kind[q / 64] >> q % 64 & 1;
                size += has;
                found += has && in[q];
                all = has || !in[q] || kinds->tied[q] != g;
            }
            if (all && found && (best == RK_NONE || size < best_size)) {
                best = k;
                best_size = size;
            }
        }
        if (best != RK_NONE)
            rk_fraction_add(&kept[rk_certify_kept(&p->c, r, best) - base],
                            &kept[rk_certify_kept(&p->c, r, best) - base], number);
    }
    rk_free(in);
}

static bool counts(const struct rk_certify *c, uint32_t r, uint32_t kind, uint32_t q)
{
    uint32_t at = q - c->quota_first[r];
    return rk_certify_kind(c, r, kind)[at / 64] >> at % 64 & 1;
}

/* What each quota has beyond its minimum. */
static struct rk_fraction *find_surplus(const struct programme *p, const struct rk_fraction *kept)
{
    const struct rk_match_problem *problem = p->net->problem;
    uint32_t base = p->c.empty_first[problem->recruitment_count];
    struct rk_fraction *surplus = rk_fractions(problem->quota_count), number = {0};
    int64_t num, den;
    for (uint32_t q = 0; q < problem->quota_count; q++)
        rk_fraction_set_whole(&surplus[q], p->net->lowered[q] - problem->quotas[q].min);
    for (uint32_t i = 0; i < problem->pair_count && problem->pair_cell; i++) {
        if (problem->pair_cell[i] == RK_NONE)
            continue;
        const struct rk_match_cell *cell = &problem->cells[problem->pair_cell[i]];
        rk_programme_pair(p->lottery, i, &num, &den);
        set_ratio(&number, num, den);
        for (uint32_t k = cell->first; k < cell->first + cell->count; k++)
            rk_fraction_add(&surplus[problem->cell_rows[k]], &surplus[problem->cell_rows[k]],
                            &number);
    }
    for (uint32_t r = 0; r < problem->recruitment_count; r++)
        for (uint32_t k = 0; k < p->c.kinds[r].count; k++)
            for (uint32_t q = p->c.quota_first[r]; q < p->c.quota_first[r + 1]; q++)
                if (counts(&p->c, r, k, q))
                    rk_fraction_add(&surplus[q], &surplus[q],
                                    &kept[rk_certify_kept(&p->c, r, k) - base]);
    rk_fraction_free(&number);
    return surplus;
}

/* The network may keep more seats than minimums lack: those are not told. */
static void keep_no_more(const struct programme *p, struct rk_fraction *kept)
{
    const struct rk_match_problem *problem = p->net->problem;
    uint32_t base = p->c.empty_first[problem->recruitment_count];
    struct rk_fraction *surplus = find_surplus(p, kept), less = {0};
    for (uint32_t r = 0; r < problem->recruitment_count; r++)
        for (uint32_t k = 0; k < p->c.kinds[r].count; k++) {
            struct rk_fraction *number = &kept[rk_certify_kept(&p->c, r, k) - base];
            uint32_t first = p->c.quota_first[r], end = p->c.quota_first[r + 1];
            rk_fraction_set(&less, number);
            for (uint32_t q = first; q < end; q++)
                if (counts(&p->c, r, k, q) && problem->quotas[q].min > p->net->lowered[q] &&
                    rk_fraction_compare(&surplus[q], &less) < 0)
                    rk_fraction_set(&less, &surplus[q]);
            if (rk_whole_sign(&less.top) <= 0)
                continue;
            rk_fraction_subtract(number, number, &less);
            for (uint32_t q = first; q < end; q++)
                if (counts(&p->c, r, k, q))
                    rk_fraction_subtract(&surplus[q], &surplus[q], &less);
        }
    rk_fractions_free(surplus, problem->quota_count);
    rk_fraction_free(&less);
}

/* By the kinds' places, over all recruitments. */
static struct rk_fraction *kept_places(const struct programme *p)
{
    struct rk_fraction *kept = rk_fractions(p->c.kind_first[p->net->problem->recruitment_count]);
    struct rk_fraction number = {0};
    for (uint32_t k = 0; k < p->net->first[RK_ARC_CELL] - p->net->first[RK_ARC_KEPT_FOR]; k++) {
        int64_t num, den;
        rk_programme_kept(p->lottery, k, &num, &den);
        set_ratio(&number, num, den);
        if (num)
            keep_for(p, p->net->kept_row[k], &number, kept);
    }
    rk_fraction_free(&number);
    keep_no_more(p, kept);
    return kept;
}

static void tell_value(struct programme *p, uint32_t number, const struct rk_fraction *value)
{
    if (!rk_whole_sign(&value->top))
        return;
    rk_certify_next(&p->c);
    rk_buf_printf(p->c.out, "[%u,\"", number);
    rk_fraction_print(p->c.out, value);
    rk_buf_text(p->c.out, "\"]");
}

/* A sum over numbers that are at most 1, the first first. */
static void tell_first(struct programme *p, uint32_t number, struct rk_fraction *sum)
{
    struct rk_fraction one = {0};
    rk_fraction_set_whole(&one, 1);
    for (; rk_fraction_compare(sum, &one) > 0; number++) {
        tell_value(p, number, &one);
        rk_fraction_subtract(sum, sum, &one);
    }
    tell_value(p, number, sum);
    rk_fraction_free(&one);
}

static void tell_values(struct programme *p)
{
    const struct rk_match_problem *problem = p->net->problem;
    const struct rk_match_pair *pairs = problem->pairs;
    uint32_t panels = problem->recruitment_count, kinds = p->c.kind_first[panels];
    struct rk_fraction *empty = rk_fractions(panels), *kept = kept_places(p), value = {0};
    int64_t num, den;
    for (uint32_t r = 0; r < panels; r++)
        if (problem->recruitments[r].places > 0)
            rk_fraction_set_whole(&empty[r], problem->recruitments[r].places);
    rk_certify_list(&p->c, "values");
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        rk_programme_pair(p->lottery, i, &num, &den);
        set_ratio(&value, num, den);
        tell_value(p, i, &value);
        rk_fraction_subtract(&empty[pairs[i].recruitment], &empty[pairs[i].recruitment], &value);
    }
    for (uint32_t i = 0; i < problem->pair_count; i++)
        if (!i || pairs[i].panelist != pairs[i - 1].panelist) {
            rk_programme_panelist(p->lottery, pairs[i].panelist, &num, &den);
            set_ratio(&value, num, den);
            tell_first(p, problem->pair_count + i, &value);
        }
    for (uint32_t r = 0; r < panels; r++)
        tell_first(p, p->c.empty_first[r], &empty[r]);
    for (uint32_t k = 0; k < kinds; k++)
        tell_value(p, p->c.empty_first[panels] + k, &kept[k]);
    rk_buf_char(p->c.out, ']');
    rk_fractions_free(empty, panels);
    rk_fractions_free(kept, kinds);
    rk_fraction_free(&value);
}

static void tell_steps(struct programme *p)
{
    struct rk_buf *out = p->c.out;
    uint32_t step = RK_NONE;
    rk_certify_equal(&p->c, &(struct rk_certify_equal){p->place, p->own, p->full, p->lottery});
    const struct rk_certify_stepped *all = p->c.stepped;
    rk_certify_list(&p->c, "steps");
    for (uint32_t i = 0, next; i < p->c.stepped_count; i = next) {
        int64_t price = 0;
        for (next = i; next < p->c.stepped_count && all[next].step == all[i].step &&
                       all[next].row == all[i].row;
             next++)
            price += all[next].price;
        if (!price)
            continue;
        if (step != all[i].step) {
            rk_buf_text(out, step == RK_NONE ? "" : "]]");
            rk_certify_next(&p->c);
            rk_buf_char(out, '[');
            step = all[i].step;
            print_ratio(out, p->totals[step].num, p->totals[step].den);
            rk_buf_text(out, ",[");
        } else {
            rk_buf_char(out, ',');
        }
        rk_buf_printf(out, "[%u,%lld]", all[i].row, (long long)price);
    }
    rk_buf_text(out, step == RK_NONE ? "]" : "]]]");
}

void rk_certificate_programme(const struct rk_explain *match, const struct rk_programme *lottery,
                              const struct rk_certificate_rules *rules, struct rk_buf *out)
{
    const struct rk_network *net = match->result->network;
    struct programme p = {
        .c = {.match = match, .out = out, .lowered = net->lowered}, .lottery = lottery, .net = net};
    bool stopped = match->result->stopped;
    int64_t *amount = rk_cut_amounts(net, match->result->member);
    if (!stopped)
        list_totals(&p);
    rk_certify_open(&p.c, rules, "lottery-programme");
    rk_certify_flows(&p.c, amount, RK_MATCH_SHORTAGE + 1);
    tell_values(&p);
    if (stopped) /* no steps: nothing is proven of the chances */
        rk_buf_text(out, ",\n \"steps\":[]");
    else
        tell_steps(&p);
    rk_certify_close(&p.c);
    rk_free(amount);
    rk_free(p.totals);
    rk_free(p.place);
    rk_free(p.own);
    rk_free(p.full);
}

/* ---- panels ---- */

struct panels {
    struct rk_certify c;
    const struct rk_single *single;
    uint32_t *cut_rows; /* by cut: the row that tells it */
};

static void tell_panels(struct panels *p)
{
    const struct rk_lottery *lottery = &p->single->leximin.lottery;
    struct rk_buf *out = p->c.out;
    rk_certify_list(&p->c, "panels");
    for (uint32_t j = 0; j < lottery->count; j++) {
        bool inner = false;
        rk_certify_next(&p->c);
        rk_buf_text(out, "[\"");
        rk_whole_print(out, &lottery->weight[j]);
        rk_buf_text(out, "\",[");
        for (uint32_t t = 0; t < lottery->types; t++) {
            uint32_t count = lottery->counts[(size_t)j * lottery->types + t];
            if (!count)
                continue;
            rk_buf_printf(out, "%s[%u,%u]", inner ? "," : "", t, count);
            inner = true;
        }
        rk_buf_text(out, "]]");
    }
    rk_buf_char(out, ']');
}

/* The cut as a row: costs by number. */
static int64_t *costs_of(struct panels *p, uint32_t cut)
{
    const struct rk_single *single = p->single;
    const int64_t *entry = single->leximin.cuts[cut].entry;
    uint32_t types = rk_panel_types(single->panel), r = single->recruitment;
    uint32_t panels = p->c.match->problem->recruitment_count,
             numbers = p->c.empty_first[panels] + p->c.kind_first[panels];
    int64_t *costs = rk_alloc((size_t)numbers + 1, sizeof *costs);
    for (uint32_t i = 0; i < single->count; i++)
        costs[single->pairs[i]] = entry[rk_panel_type_of(single->panel, i)];
    for (uint32_t k = 0; k < single->kinds.count && single->leximin.empty; k++)
        costs[rk_certify_kept(&p->c, r, k)] = entry[types + k];
    for (uint32_t n = 0; n < numbers; n++)
        if (costs[n])
            rk_certify_term(&p->c, n, costs[n]);
    p->cut_rows[cut] = rk_certify_row(&p->c);
    return costs;
}

/* A row of the panel's program. */
static uint32_t row_of(const struct panels *p, uint32_t row)
{
    const struct rk_single *single = p->single;
    uint32_t first = p->c.quota_first[single->recruitment], quotas = single->rows, groups = 0;
    if (row < quotas)
        return rk_certify_quota(&p->c, single->row_quota[row]);
    if (row == quotas)
        return rk_certify_seats(&p->c, single->recruitment);
    row -= quotas + 1;
    for (uint32_t q = 0; q < quotas && single->leximin.empty; q++) /* groups with a kind */
        for (uint32_t k = 0; k < single->kinds.count; k++)
            if (single->kinds.group[k] == q) {
                if (groups++ == row)
                    return rk_certify_group(&p->c, first + q);
                break;
            }
    return p->cut_rows[row - groups];
}

struct priced {
    uint32_t row, at;
};

static int by_row(const void *x, const void *y)
{
    const struct priced *a = x, *b = y;
    return a->row < b->row ? -1 : a->row > b->row;
}

static void tell_levels(struct panels *p)
{
    const struct rk_levels *levels = &p->single->leximin.levels;
    struct rk_buf *out = p->c.out;
    struct priced *rows = rk_alloc((size_t)levels->rows + 1, sizeof *rows);
    /* the levels do not prove what was cut short before it got to them */
    uint32_t steps = p->single->leximin.outcome == RK_PROGRAM_FOUND ? levels->step_count : 0;
    rk_certify_list(&p->c, "steps");
    for (uint32_t s = 0; s < steps; s++) {
        uint32_t count = 0;
        for (uint32_t r = 0; levels->steps[s].prices && r < levels->rows; r++)
            if (rk_whole_sign(&levels->steps[s].prices[r]))
                rows[count++] = (struct priced){row_of(p, r), r};
        if (count)
            qsort(rows, count, sizeof *rows, by_row);
        rk_certify_next(&p->c);
        rk_buf_text(out, "[\"");
        rk_fraction_print(out, &levels->steps[s].value);
        rk_buf_text(out, "\",[");
        for (uint32_t i = 0; i < count; i++) {
            rk_buf_printf(out, "%s[%u,\"", i ? "," : "", rows[i].row);
            rk_whole_print(out, &levels->steps[s].prices[rows[i].at]);
            rk_buf_text(out, "\"]");
        }
        rk_buf_text(out, "]]");
    }
    rk_buf_char(out, ']');
    rk_free(rows);
}

void rk_certificate_panels(const struct rk_explain *match, const struct rk_single *single,
                           const struct rk_certificate_rules *rules, struct rk_buf *out)
{
    struct panels p = {.c = {.match = match, .out = out}, .single = single};
    const struct rk_leximin *leximin = &single->leximin;
    int32_t *lowered = rk_single_lowered(single);
    uint32_t *nodes = rk_alloc((size_t)leximin->cut_count + 1, sizeof *nodes), node;
    p.cut_rows = rk_alloc((size_t)leximin->cut_count + 1, sizeof *p.cut_rows);
    p.c.lowered = lowered;
    rk_certify_open(&p.c, rules, "lottery-panels");
    tell_panels(&p);
    rk_certify_list(&p.c, "nodes");
    node = rk_certify_search(&p.c, RK_MATCH_SEATS + 1, NULL);
    for (uint32_t i = 0; i < leximin->cut_count; i++) {
        int64_t *costs = costs_of(&p, i);
        nodes[i] = node;
        node += rk_certify_cut(&p.c, costs, leximin->cuts[i].least, leximin->empty, node);
        rk_free(costs);
    }
    rk_buf_char(out, ']');
    rk_certify_list(&p.c, "cuts");
    for (uint32_t i = 0; i < leximin->cut_count; i++) {
        rk_certify_next(&p.c);
        rk_buf_printf(out, "[%u,%lld,%u]", p.cut_rows[i], (long long)leximin->cuts[i].least,
                      nodes[i]);
    }
    rk_buf_char(out, ']');
    tell_levels(&p);
    rk_certify_close(&p.c);
    rk_free(p.cut_rows);
    rk_free(nodes);
    rk_free(lowered);
}
