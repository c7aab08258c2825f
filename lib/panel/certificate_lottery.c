/* The certificates of lotteries: over a programme, what part of the network everything lies in, by
 * the total that its panelists share; over panels, the panels with their weights and the prices of
 * each level. */
#include "base/hash.h"
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

static void print_ratio(struct rk_buf *out, int64_t num, int64_t den)
{
    struct rk_ratio ratio = rk_ratio(num, den);
    if (ratio.den == 1)
        rk_buf_printf(out, "\"%lld\"", (long long)ratio.num);
    else
        rk_buf_printf(out, "\"%lld/%lld\"", (long long)ratio.num, (long long)ratio.den);
}

static void tell_chances(struct programme *p)
{
    const struct rk_match_problem *problem = p->net->problem;
    struct rk_buf *out = p->c.out;
    int64_t num, den;
    rk_certify_list(&p->c, "totals");
    for (uint32_t i = 0; i < p->count; i++) {
        rk_buf_text(out, i ? "," : "");
        print_ratio(out, p->totals[i].num, p->totals[i].den);
    }
    rk_buf_char(out, ']');
    rk_certify_list(&p->c, "chances");
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        rk_programme_pair(p->lottery, i, &num, &den);
        if (!num)
            continue;
        rk_certify_next(&p->c);
        rk_buf_char(out, '[');
        rk_certify_recruitment(&p->c, out, problem->pairs[i].recruitment);
        rk_buf_char(out, ',');
        rk_certify_panelist(&p->c, out, problem->pairs[i].panelist);
        rk_buf_char(out, ',');
        print_ratio(out, num, den);
        rk_buf_char(out, ']');
    }
    rk_buf_char(out, ']');
    rk_certify_list(&p->c, "kept");
    for (uint32_t k = 0; k < p->net->first[RK_ARC_CELL] - p->net->first[RK_ARC_KEPT_FOR]; k++) {
        rk_programme_kept(p->lottery, k, &num, &den);
        if (!num)
            continue;
        rk_certify_next(&p->c);
        rk_buf_printf(out, "[%u,", p->net->kept_row[k]);
        print_ratio(out, num, den);
        rk_buf_char(out, ']');
    }
    rk_buf_char(out, ']');
}

void rk_certificate_programme(const struct rk_explain *match, const struct rk_programme *lottery,
                              const struct rk_certificate_rules *rules, struct rk_buf *out)
{
    const struct rk_network *net = match->result->network;
    struct programme p = {.c = {.match = match, .out = out}, .lottery = lottery, .net = net};
    int64_t *amount = rk_cut_amounts(net, match->result->member);
    list_totals(&p);
    rk_certify_open(&p.c, rules, "lottery-programme");
    rk_certify_quotas(&p.c, net);
    rk_certify_stages(&p.c, amount, RK_MATCH_SHORTAGE + 1);
    tell_chances(&p);
    rk_certify_equal(&p.c, &(struct rk_certify_equal){p.place, p.own, p.full, lottery});
    rk_certify_close(&p.c);
    rk_free(amount);
    rk_free(p.totals);
    rk_free(p.place);
    rk_free(p.own);
    rk_free(p.full);
}

/* ---- panels ---- */

static bool same_features(const struct rk_match_quota *a, const struct rk_match_quota *b)
{
    bool same = a->part_count == b->part_count;
    for (uint32_t k = 0; k < a->part_count && same; k++)
        same = a->parts[k].feature == b->parts[k].feature;
    return same;
}

/* Feature by feature, since empty seats are kept for the values of each by themselves. */
void rk_certify_panel_quotas(struct rk_certify_panel *p)
{
    const struct rk_single *single = p->single;
    const struct rk_match_problem *problem = p->c->match->problem;
    int32_t seats = problem->recruitments[single->recruitment].places;
    uint32_t told = 0;
    p->place = rk_alloc((size_t)single->rows + 1, sizeof *p->place);
    p->group = rk_alloc((size_t)single->rows + 1, sizeof *p->group);
    bool *done = rk_alloc((size_t)single->rows + 1, sizeof *done);
    rk_certify_list(p->c, "quotas");
    for (uint32_t f = 0; f < single->rows; f++) {
        if (done[f])
            continue;
        p->group[p->features++] = told;
        for (uint32_t i = f; i < single->rows; i++) {
            const struct rk_match_quota *quota = &problem->quotas[single->row_quota[i]];
            if (done[i] || !same_features(quota, &problem->quotas[single->row_quota[f]]))
                continue;
            rk_certify_quota(p->c, single->row_quota[i], quota->min - single->lowered[i],
                             quota->max < seats ? quota->max : seats, p->group[p->features - 1],
                             RK_NONE);
            p->place[i] = told++;
            done[i] = true;
        }
    }
    rk_buf_char(p->c->out, ']');
    rk_free(done);
}

void rk_certify_panel_free(struct rk_certify_panel *p)
{
    rk_free(p->place);
    rk_free(p->group);
}

static void tell_types(struct rk_certify_panel *p)
{
    const struct rk_single *single = p->single;
    struct rk_buf *out = p->c->out;
    rk_certify_list(p->c, "types");
    for (uint32_t t = 0; t < rk_panel_types(single->panel); t++) {
        const uint32_t *people = rk_panel_people(single->panel, t);
        rk_certify_next(p->c);
        rk_buf_char(out, '[');
        for (uint32_t k = 0; k < rk_panel_size(single->panel, t); k++) {
            rk_buf_text(out, k ? "," : "");
            rk_certify_panelist(p->c, out,
                                p->c->match->problem->pairs[single->pairs[people[k]]].panelist);
        }
        rk_buf_char(out, ']');
    }
    rk_buf_char(out, ']');
}

static void tell_panels(struct rk_certify_panel *p)
{
    const struct rk_lottery *lottery = &p->single->leximin.lottery;
    struct rk_buf *out = p->c->out;
    rk_certify_list(p->c, "panels");
    for (uint32_t j = 0; j < lottery->count; j++) {
        bool inner = false;
        rk_certify_next(p->c);
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

/* `node`: the first of its proof. */
static void tell_cut(struct rk_certify_panel *p, uint32_t cut, uint32_t node)
{
    const struct rk_single *single = p->single;
    const struct rk_leximin_cut *told = &single->leximin.cuts[cut];
    uint32_t types = rk_panel_types(single->panel), column = types;
    struct rk_buf *row = &p->c->row;
    bool any = false;
    rk_buf_printf(row, "[\"cut\",%lld,[", (long long)told->least);
    for (uint32_t t = 0; t < types; t++)
        if (told->entry[t]) {
            rk_buf_printf(row, "%s[%u,%lld]", any ? "," : "", t, (long long)told->entry[t]);
            any = true;
        }
    rk_buf_text(row, "],[");
    any = false;
    for (uint32_t i = 0; i < single->rows && column < single->leximin.levels.columns; i++) {
        const struct rk_match_quota *quota = &p->c->match->problem->quotas[single->row_quota[i]];
        if (quota->min - single->lowered[i] <= 0)
            continue;
        if (told->entry[column]) {
            rk_buf_printf(row, "%s[%u,%lld]", any ? "," : "", p->place[i],
                          (long long)told->entry[column]);
            any = true;
        }
        column++;
    }
    rk_buf_printf(row, "],%u]", node);
}

/* A row of the panel's program. */
static uint32_t row_of(struct rk_certify_panel *p, uint32_t row, const uint32_t *cut_nodes)
{
    uint32_t quotas = p->single->rows, features = p->single->leximin.empty ? p->features : 0;
    if (row < quotas)
        rk_certify_row_of(p->c, "quota", NULL, p->place[row]);
    else if (row == quotas)
        rk_certify_row_of(
            p->c, "seats",
            p->c->match->recruitments->rows[p->single->recruitment].recruitment_id.text, 0);
    else if (row <= quotas + features)
        rk_certify_row_of(p->c, "empty", NULL, p->group[row - quotas - 1]);
    else {
        uint32_t cut = row - quotas - features - 1;
        tell_cut(p, cut, cut_nodes[cut]);
        return rk_certify_row(p->c);
    }
    rk_buf_char(&p->c->row, ']');
    return rk_certify_row(p->c);
}

struct priced {
    uint32_t row, at;
};

static int by_row(const void *x, const void *y)
{
    const struct priced *a = x, *b = y;
    return a->row < b->row ? -1 : a->row > b->row;
}

static void tell_levels(struct rk_certify_panel *p, const uint32_t *cut_nodes)
{
    const struct rk_levels *levels = &p->single->leximin.levels;
    struct rk_buf *out = p->c->out;
    struct priced *rows = rk_alloc((size_t)levels->rows + 1, sizeof *rows);
    /* the levels do not prove what was cut short before it got to them */
    uint32_t steps = p->single->leximin.outcome == RK_PROGRAM_FOUND ? levels->step_count : 0;
    rk_certify_list(p->c, "steps");
    for (uint32_t s = 0; s < steps; s++) {
        uint32_t count = 0;
        for (uint32_t r = 0; levels->steps[s].prices && r < levels->rows; r++)
            if (rk_whole_sign(&levels->steps[s].prices[r]))
                rows[count++] = (struct priced){row_of(p, r, cut_nodes), r};
        if (count)
            qsort(rows, count, sizeof *rows, by_row);
        rk_certify_next(p->c);
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
    struct rk_certify c = {.match = match, .out = out};
    struct rk_certify_panel p = {.c = &c, .single = single};
    uint32_t *cut_nodes = rk_alloc((size_t)single->leximin.cut_count + 1, sizeof *cut_nodes);
    rk_certify_open(&c, rules, "lottery-panels");
    rk_certify_panel_quotas(&p);
    tell_types(&p);
    tell_panels(&p);
    rk_certify_list(&c, "nodes");
    uint32_t nodes = rk_certify_search(&p, RK_MATCH_SEATS + 1);
    for (uint32_t i = 0; i < single->leximin.cut_count; i++) {
        cut_nodes[i] = nodes;
        nodes += rk_certify_cut(&p, &single->leximin.cuts[i], nodes);
    }
    rk_buf_char(out, ']');
    tell_levels(&p, cut_nodes);
    rk_certify_close(&c);
    rk_certify_panel_free(&p);
    rk_free(cut_nodes);
}

void rk_certificate_search(const struct rk_explain *match, const struct rk_single *single,
                           const struct rk_certificate_rules *rules, struct rk_buf *out)
{
    struct rk_certify c = {.match = match, .out = out};
    struct rk_certify_panel p = {.c = &c, .single = single};
    rk_certify_open(&c, rules, "choice");
    rk_certify_panel_quotas(&p);
    rk_certify_list(&c, "nodes");
    rk_certify_search(&p, RK_MATCH_LEVELS);
    rk_buf_char(out, ']');
    rk_certify_close(&c);
    rk_certify_panel_free(&p);
}
