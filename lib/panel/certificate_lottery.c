/* The certificates of lotteries: over a programme, what part of the network everything lies in, by
 * the total that its panelists share; over panels, the panels with their weights and the prices of
 * each level. */
#include "base/hash.h"
#include "panel/certify.h"
#include "panel/cut.h"
#include "stream/write.h"

static void quote(struct rk_buf *out, struct rk_text text) { rk_json_quote(out, text); }

static void next(struct rk_buf *out, bool *any)
{
    rk_buf_text(out, *any ? ",\n  " : "\n  ");
    *any = true;
}

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
    const struct rk_explain *match;
    const struct rk_programme *lottery;
    const struct rk_network *net;
    struct total *totals; /* of the parts, ascending, none twice */
    uint32_t count;
    struct rk_buf *out;
    bool any;
    /* the panelist at hand */
    uint32_t own;    /* the own limit */
    uint32_t capped; /* the place of the own total where the own limit is full and would take more,
                      * or RK_NONE */
    int32_t year;    /* of the last limit of a year told, and whether the own room rests on it; */
    bool on_year, on_month;
    int32_t month; /* of a month likewise */
};

static uint32_t place_of(const struct programme *p, struct total total)
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

static uint32_t place_of_node(const struct programme *p, uint32_t node)
{
    struct total total;
    rk_chances_potential(p->lottery->chances, node, &total.num, &total.den);
    return place_of(p, total);
}

/* earlier memberships and those expected */
static struct total total_of(const struct programme *p, uint32_t panelist)
{
    struct total total;
    rk_programme_panelist(p->lottery, panelist, &total.num, &total.den);
    total.num += total.den * p->match->problem->panelists[panelist].load;
    return total;
}

static void list_totals(struct programme *p)
{
    const struct rk_match_problem *problem = p->match->problem;
    uint32_t nodes = p->net->nodes, n = 0;
    p->totals = rk_alloc((size_t)nodes + problem->panelist_count + 1, sizeof *p->totals);
    for (uint32_t u = 1; u < nodes; u++, n++)
        rk_chances_potential(p->lottery->chances, u, &p->totals[n].num, &p->totals[n].den);
    for (uint32_t i = 0; i < problem->panelist_count; i++)
        if (p->lottery->person[i] != RK_NONE)
            p->totals[n++] = total_of(p, i);
    if (n)
        qsort(p->totals, n, sizeof *p->totals, by_total);
    for (uint32_t i = 0; i < n; i++)
        if (!p->count || by_total(&p->totals[p->count - 1], &p->totals[i]))
            p->totals[p->count++] = p->totals[i];
}

static void begin(struct programme *p, const char *name)
{
    rk_buf_printf(p->out, ",\n \"%s\":[", name);
    p->any = false;
}

/* Where the own limit is full, its panelist would take more at the price of his part: that price is
 * the named limits' which the own one rests on, and what lies above them is priced at his total. */
static void tell_limit(void *context, const struct rk_named_limit *limit)
{
    struct programme *p = context;
    if (limit->kind == RK_LIMIT_YEAR) {
        p->year = limit->month;
        p->on_year = limit->in_own;
    } else if (limit->month / 12 * 12 != p->year) {
        p->year = limit->month / 12 * 12;
        p->on_year = false;
    }
    if (limit->kind == RK_LIMIT_MONTH) {
        p->month = limit->month;
        p->on_month = limit->in_own;
    } else if (limit->kind == RK_LIMIT_OVERLAP && limit->month != p->month) {
        p->month = limit->month;
        p->on_month = false;
    }
    if (limit->limit == RK_NONE && (!limit->in_own || p->capped == RK_NONE))
        return;
    bool below = limit->in_own || (limit->kind != RK_LIMIT_YEAR && p->on_year) ||
                 (limit->kind == RK_LIMIT_OVERLAP && p->on_month);
    uint32_t place =
        p->capped != RK_NONE && !below
            ? p->capped
            : place_of_node(p, rk_node_limit(limit->limit == RK_NONE ? p->own : limit->limit));
    next(p->out, &p->any);
    rk_buf_char(p->out, '[');
    rk_certify_limit(p->match, limit, p->out);
    rk_buf_printf(p->out, ",%u]", place);
}

static void tell_panelists(struct programme *p)
{
    const struct rk_match_problem *problem = p->match->problem;
    for (int turn = 0; turn < 2; turn++) {
        begin(p, turn ? "limits" : "panelists");
        for (uint32_t i = 0, end; i < problem->pair_count; i = end) {
            uint32_t panelist = problem->pairs[i].panelist;
            for (end = i; end < problem->pair_count && problem->pairs[end].panelist == panelist;)
                end++;
            p->own = p->net->leaf[i];
            while (p->net->limits[p->own].parent != RK_NONE)
                p->own = p->net->limits[p->own].parent;
            int64_t num, den;
            rk_programme_panelist(p->lottery, panelist, &num, &den);
            uint32_t place = place_of_node(p, rk_node_limit(p->own)),
                     own = place_of(p, total_of(p, panelist));
            p->capped = num == den * p->net->limits[p->own].room && own < place ? own : RK_NONE;
            p->year = p->month = INT32_MIN;
            p->on_year = p->on_month = false;
            if (turn) {
                rk_network_limits(p->net, i, end, tell_limit, p);
                continue;
            }
            next(p->out, &p->any);
            rk_buf_char(p->out, '[');
            quote(p->out, rk_certify_panelist(p->match, panelist));
            rk_buf_printf(p->out, ",%u]", p->capped != RK_NONE ? p->capped : place);
        }
        rk_buf_char(p->out, ']');
    }
}

static void tell_recruitments(struct programme *p)
{
    const struct rk_network *net = p->net;
    for (int turn = 0; turn < 2; turn++) {
        begin(p, turn ? "pools" : "recruitments");
        for (uint32_t r = 0; r < net->problem->recruitment_count; r++) {
            if (net->problem->recruitments[r].places <= 0 ||
                (turn && net->pool_number[r] == RK_NONE))
                continue;
            next(p->out, &p->any);
            rk_buf_char(p->out, '[');
            quote(p->out, rk_certify_recruitment(p->match, r));
            rk_buf_printf(p->out, ",%u]",
                          place_of_node(p, turn ? rk_node_pool(net, net->pool_number[r])
                                                : rk_node_recruitment(net, r)));
        }
        rk_buf_char(p->out, ']');
    }
    begin(p, "row_levels");
    for (uint32_t v = 0; v < net->row_count; v++) {
        next(p->out, &p->any);
        rk_buf_printf(p->out, "[%u,%u]", v, place_of_node(p, rk_node_row(net, v)));
    }
    rk_buf_char(p->out, ']');
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
    const struct rk_match_problem *problem = p->match->problem;
    int64_t num, den;
    begin(p, "chances");
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        rk_programme_pair(p->lottery, i, &num, &den);
        if (!num)
            continue;
        next(p->out, &p->any);
        rk_buf_char(p->out, '[');
        quote(p->out, rk_certify_recruitment(p->match, problem->pairs[i].recruitment));
        rk_buf_char(p->out, ',');
        quote(p->out, rk_certify_panelist(p->match, problem->pairs[i].panelist));
        rk_buf_char(p->out, ',');
        print_ratio(p->out, num, den);
        rk_buf_char(p->out, ']');
    }
    rk_buf_char(p->out, ']');
    begin(p, "kept");
    for (uint32_t k = 0; k < p->net->first[RK_ARC_CELL] - p->net->first[RK_ARC_KEPT_FOR]; k++) {
        rk_programme_kept(p->lottery, k, &num, &den);
        if (!num)
            continue;
        next(p->out, &p->any);
        rk_buf_printf(p->out, "[%u,", p->net->kept_row[k]);
        print_ratio(p->out, num, den);
        rk_buf_char(p->out, ']');
    }
    rk_buf_char(p->out, ']');
}

void rk_certificate_programme(const struct rk_explain *match, const struct rk_programme *lottery,
                              const struct rk_certificate_rules *rules, struct rk_buf *out)
{
    const struct rk_network *net = match->result->network;
    struct programme p = {.match = match, .lottery = lottery, .net = net, .out = out};
    int64_t *amount = rk_cut_amounts(net, match->result->member);
    list_totals(&p);
    rk_certify_head(match, rules, "lottery-programme", out);
    rk_certify_quotas(match, net, out);
    rk_certify_stages(match, amount, RK_MATCH_SHORTAGE + 1, out);
    begin(&p, "totals");
    for (uint32_t i = 0; i < p.count; i++) {
        rk_buf_text(out, i ? "," : "");
        print_ratio(out, p.totals[i].num, p.totals[i].den);
    }
    rk_buf_char(out, ']');
    tell_recruitments(&p);
    tell_panelists(&p);
    tell_chances(&p);
    rk_buf_text(out, "}\n");
    rk_free(amount);
    rk_free(p.totals);
}

/* ---- panels ---- */

static void tell_types(const struct rk_explain *match, const struct rk_single *single,
                       struct rk_buf *out)
{
    bool any = false;
    rk_buf_text(out, ",\n \"types\":[");
    for (uint32_t t = 0; t < rk_panel_types(single->panel); t++) {
        const uint32_t *people = rk_panel_people(single->panel, t);
        next(out, &any);
        rk_buf_char(out, '[');
        for (uint32_t k = 0; k < rk_panel_size(single->panel, t); k++) {
            rk_buf_text(out, k ? "," : "");
            quote(out, rk_certify_panelist(
                           match, match->problem->pairs[single->pairs[people[k]]].panelist));
        }
        rk_buf_char(out, ']');
    }
    rk_buf_text(out, "],\n \"type_values\":[");
    for (uint32_t t = 0; t < rk_panel_types(single->panel); t++) {
        rk_buf_text(out, t ? ",\"" : "\"");
        rk_fraction_print(out, &single->leximin.value[t]);
        rk_buf_char(out, '"');
    }
    rk_buf_char(out, ']');
}

static void tell_panels(const struct rk_single *single, struct rk_buf *out)
{
    const struct rk_lottery *lottery = &single->leximin.lottery;
    bool any = false;
    rk_buf_printf(out, ",\n \"empty\":%u,\n \"total\":\"", single->leximin.empty);
    rk_whole_print(out, &lottery->total);
    rk_buf_printf(out, "\",\n \"drawn\":%u,\n \"panels\":[", single->drawn);
    for (uint32_t j = 0; j < lottery->count; j++) {
        bool inner = false;
        next(out, &any);
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

static void tell_levels(const struct rk_single *single, struct rk_buf *out)
{
    const struct rk_levels *levels = &single->leximin.levels;
    bool any = false;
    rk_buf_text(out, ",\n \"steps\":[");
    for (uint32_t s = 0; s < levels->step_count; s++) {
        bool inner = false;
        next(out, &any);
        rk_buf_text(out, "[\"");
        rk_fraction_print(out, &levels->steps[s].value);
        rk_buf_text(out, "\",[");
        for (uint32_t r = 0; levels->steps[s].prices && r < levels->rows; r++) {
            if (!rk_whole_sign(&levels->steps[s].prices[r]))
                continue;
            rk_buf_printf(out, "%s[%u,\"", inner ? "," : "", r);
            rk_whole_print(out, &levels->steps[s].prices[r]);
            rk_buf_text(out, "\"]");
            inner = true;
        }
        rk_buf_text(out, "]]");
    }
    rk_buf_text(out, "],\n \"cuts\":[");
    any = false;
    for (uint32_t c = 0; c < single->leximin.cut_count; c++) {
        const struct rk_leximin_cut *cut = &single->leximin.cuts[c];
        bool inner = false;
        next(out, &any);
        rk_buf_printf(out, "[%lld,[", (long long)cut->least);
        for (uint32_t t = 0; t < levels->columns; t++) {
            if (!cut->entry[t])
                continue;
            rk_buf_printf(out, "%s[%u,%lld]", inner ? "," : "", t, (long long)cut->entry[t]);
            inner = true;
        }
        rk_buf_text(out, "]]");
    }
    rk_buf_char(out, ']');
}

void rk_certificate_panels(const struct rk_explain *match, const struct rk_single *single,
                           const struct rk_certificate_rules *rules, struct rk_buf *out)
{
    rk_certify_head(match, rules, "lottery-panels", out);
    rk_buf_text(out, ",\n \"quotas\":[");
    for (uint32_t i = 0; i < single->rows; i++) {
        const struct rk_quota *row = rk_panel_quota_row(match->quotas, single->row_quota[i]);
        const struct rk_match_quota *quota = &match->problem->quotas[single->row_quota[i]];
        rk_buf_text(out, i ? ",\n  [" : "\n  [");
        quote(out, row->feature);
        rk_buf_char(out, ',');
        quote(out, row->value);
        rk_buf_printf(out, ",%d,%d]", quota->min - single->lowered[i], quota->max);
    }
    rk_buf_char(out, ']');
    tell_types(match, single, out);
    tell_panels(single, out);
    tell_levels(single, out);
    rk_buf_text(out, "}\n");
}
