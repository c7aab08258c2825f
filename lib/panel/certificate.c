#include "base/date.h"
#include "panel/certify.h"
#include "panel/cut.h"
#include "stream/write.h"

static const char *const levels[RK_MATCH_LEVELS] = {"seats", "shortage", "change",
                                                    "fit",   "load",     "lottery"};

/* ---- pieces ---- */

void rk_certify_panelist(struct rk_certify *c, struct rk_buf *to, uint32_t panelist)
{
    rk_json_quote(to, c->match->panelists->rows[panelist].panelist_id);
}

void rk_certify_recruitment(struct rk_certify *c, struct rk_buf *to, uint32_t recruitment)
{
    rk_json_quote(to, c->match->recruitments->rows[recruitment].recruitment_id);
}

void rk_certify_list(struct rk_certify *c, const char *name)
{
    rk_buf_printf(c->out, ",\n \"%s\":[", name);
    c->any = false;
}

void rk_certify_next(struct rk_certify *c)
{
    rk_buf_text(c->out, c->any ? ",\n  " : "\n  ");
    c->any = true;
}

uint32_t rk_certify_row(struct rk_certify *c)
{
    uint32_t row = rk_strings_add(&c->rows, (struct rk_text){c->row.text, c->row.size});
    rk_buf_clear(&c->row);
    return row;
}

void rk_certify_quota(struct rk_certify *c, uint32_t quota, int32_t min, int32_t max,
                      uint32_t group, uint32_t around)
{
    const struct rk_quota *row = rk_panel_quota_row(c->match->quotas, quota);
    rk_certify_next(c);
    rk_buf_text(c->out, "{\"recruitment\":");
    rk_certify_recruitment(c, c->out, c->match->problem->quotas[quota].recruitment);
    rk_buf_text(c->out, ",\"feature\":");
    rk_json_quote(c->out, row->feature);
    rk_buf_text(c->out, ",\"value\":");
    rk_json_quote(c->out, row->value);
    rk_buf_printf(c->out, ",\"min\":%d,\"max\":%d,\"group\":%u,\"around\":", min, max, group);
    if (around == RK_NONE)
        rk_buf_text(c->out, "null}");
    else
        rk_buf_printf(c->out, "%u}", around);
}

void rk_certify_quotas(struct rk_certify *c, const struct rk_network *net)
{
    const struct rk_match_problem *problem = net->problem;
    uint32_t group = net->row_count;
    rk_certify_list(c, "quotas");
    for (uint32_t v = 0; v < net->row_count; v++) {
        const struct rk_quota_row *row = &net->rows[v];
        int32_t max = net->places[row->recruitment];
        for (uint32_t a = v; a != RK_NONE; a = net->rows[a].around)
            max = net->rows[a].max < max ? net->rows[a].max : max;
        rk_certify_quota(c, row->min_from, row->min, max, net->row_first[row->recruitment],
                         row->around);
    }
    for (uint32_t q = 0; q < problem->quota_count; q++) {
        const struct rk_match_quota *quota = &problem->quotas[q];
        int32_t places = net->places[quota->recruitment];
        if (net->crossing[q])
            rk_certify_quota(c, q, quota->min - net->lowered[q],
                             quota->max < places ? quota->max : places, group++, RK_NONE);
    }
    rk_buf_char(c->out, ']');
}

static void tell_pair(struct rk_certify *c, uint32_t recruitment, uint32_t panelist)
{
    rk_certify_next(c);
    rk_buf_char(c->out, '[');
    rk_certify_recruitment(c, c->out, recruitment);
    rk_buf_char(c->out, ',');
    rk_certify_panelist(c, c->out, panelist);
}

/* What --only and --replace changed of the tables. */
static void tell_changes(struct rk_certify *c, const struct rk_certificate_rules *rules)
{
    const struct rk_assignments *tables[] = {rules->assignments, rules->fixed};
    if (rules->only->count) {
        rk_certify_list(c, "only");
        for (uint32_t i = 0; i < rules->only->count; i++) {
            rk_buf_text(c->out, i ? "," : "");
            rk_json_quote(c->out, rules->only->texts[i]);
        }
        rk_buf_char(c->out, ']');
    }
    if (!rules->replace->count)
        return;
    rk_certify_list(c, "left");
    for (int t = 0; t < 2; t++)
        for (uint32_t i = 0; i < tables[t]->count; i++) {
            const struct rk_assignment *row = &tables[t]->rows[i];
            if (row->status != RK_ASSIGNMENT_DECLINED ||
                rk_strings_find(rules->replace,
                                c->match->panelists->rows[row->panelist].panelist_id) == RK_NONE)
                continue;
            tell_pair(c, row->recruitment, row->panelist);
            rk_buf_char(c->out, ']');
        }
    rk_buf_char(c->out, ']');
}

void rk_certify_open(struct rk_certify *c, const struct rk_certificate_rules *rules,
                     const char *mode)
{
    struct rk_buf *out = c->out;
    rk_buf_printf(out, "{\"certificate\":\"rk-panel-match\",\"version\":3,\"mode\":\"%s\",", mode);
    rk_buf_text(out, "\n \"seed\":");
    rk_json_quote(out, c->match->problem->seed);
    rk_buf_printf(out,
                  ",\n \"rules\":{\"assume_available\":%s,\"assume_adult\":%s,"
                  "\"require_declarations\":%s,\"candidate_conflict\":\"%s\"}",
                  rules->assume_available ? "true" : "false",
                  rules->assume_adult ? "true" : "false",
                  rules->require_declarations ? "true" : "false",
                  rules->candidate_conflicts_pass ? "drop" : "exclude");
    rk_buf_text(out, ",\n \"levels\":[");
    for (int l = 0; l < RK_MATCH_LEVELS; l++)
        rk_buf_printf(out, "%s\"%s\"", l ? "," : "", levels[l]);
    rk_buf_char(out, ']');
    tell_changes(c, rules);
}

void rk_certify_close(struct rk_certify *c)
{
    rk_certify_list(c, "rows");
    for (uint32_t i = 0; i < c->rows.count; i++) {
        rk_certify_next(c);
        rk_buf_add(c->out, c->rows.texts[i].text, c->rows.texts[i].size);
    }
    rk_buf_text(c->out, "]}\n");
    rk_strings_free(&c->rows);
    rk_buf_free(&c->row);
    rk_free(c->tied);
}

/* ---- stages ---- */

/* One stage: the potentials of the network, the choice made. */
struct stage {
    struct rk_certify *c;
    const struct rk_network *net;
    const int64_t *potential, *amount, *price; /* by node; by arc; by quota */
    const struct rk_certify_equal *equal;      /* of a lottery's last stage; else NULL */
    uint32_t first, end;                       /* levels */
    int64_t excess; /* of the panelist at hand: what the price of a membership is over the cost of
                     * one more, to be told as a price of what the own limit rests on */
    bool *no_fewer; /* by panelist: an earlier stage has shown that no best choice gives fewer */
};

void rk_certify_row_of(struct rk_certify *c, const char *kind, const char *id, uint32_t number)
{
    rk_buf_printf(&c->row, "[\"%s\",", kind);
    if (id)
        rk_json_quote(&c->row, rk_text(id));
    else
        rk_buf_printf(&c->row, "%u", number);
}

static const char *recruitment_id(const struct stage *stage, uint32_t r)
{
    return stage->c->match->recruitments->rows[r].recruitment_id.text;
}

static const char *panelist_id(const struct stage *stage, uint32_t p)
{
    return stage->c->match->panelists->rows[p].panelist_id.text;
}

/* Puts a price on the row of which all but the bracket is told. */
static void put(struct stage *stage, int64_t price)
{
    struct rk_certify *c = stage->c;
    rk_buf_char(&c->row, ']');
    if (!price) {
        rk_buf_clear(&c->row);
        return;
    }
    uint32_t row = rk_certify_row(c);
    rk_certify_next(c);
    rk_buf_printf(c->out, "[%u,%lld]", row, (long long)price);
}

/* The cost, in the stage, of the k-th empty place of a recruitment. */
static int64_t empty_cost(const struct stage *stage, uint32_t recruitment, int64_t k)
{
    const struct rk_network *net = stage->net;
    int64_t lacking = net->problem->recruitments[recruitment].lacking, cost = 0;
    for (uint32_t l = stage->first; l < stage->end; l++)
        cost += rk_network_weight(net, stage->first, stage->end, (int)l) *
                (l == RK_MATCH_SEATS      ? 1
                 : l == RK_MATCH_SHORTAGE ? 2 * (lacking + k) - 1
                                          : 0);
    return cost;
}

static int64_t load_cost(const struct stage *stage, uint32_t panelist, int64_t k)
{
    if (stage->first > RK_MATCH_LOAD || stage->end <= RK_MATCH_LOAD)
        return 0;
    return rk_network_weight(stage->net, stage->first, stage->end, RK_MATCH_LOAD) *
           (2 * (stage->net->problem->panelists[panelist].load + k) - 1);
}

static void tell_recruitments(struct stage *stage)
{
    const struct rk_network *net = stage->net;
    const struct rk_match_problem *problem = net->problem;
    for (uint32_t r = 0, arc = 0; r < problem->recruitment_count; r++) {
        int64_t node = stage->potential[rk_node_recruitment(net, r)];
        int64_t rho = node - stage->potential[0], empty = 0;
        int64_t lost = problem->recruitments[r].places - net->places[r];
        for (int32_t k = 0; k < net->places[r]; k++)
            empty += stage->equal ? 0 : stage->amount[arc++];
        if (problem->recruitments[r].places <= 0)
            continue;
        /* places that nobody is there for are empty whatever the price */
        if (!stage->equal && lost > 0 && !empty && rho < empty_cost(stage, r, lost))
            rho = empty_cost(stage, r, lost);
        rk_certify_row_of(stage->c, "seats", recruitment_id(stage, r), 0);
        put(stage, rho);
        if (net->pool_number[r] == RK_NONE)
            continue;
        rk_certify_row_of(stage->c, "empty", NULL, net->row_first[r]);
        put(stage, node - stage->potential[rk_node_pool(net, net->pool_number[r])]);
    }
}

static void tell_quotas(struct stage *stage)
{
    const struct rk_network *net = stage->net;
    uint32_t place = net->row_count;
    for (uint32_t v = 0; v < net->row_count; v++) {
        uint32_t around = net->rows[v].around == RK_NONE
                              ? rk_node_recruitment(net, net->rows[v].recruitment)
                              : rk_node_row(net, net->rows[v].around);
        rk_certify_row_of(stage->c, "quota", NULL, v);
        put(stage, stage->potential[rk_node_row(net, v)] - stage->potential[around]);
    }
    for (uint32_t q = 0; q < net->problem->quota_count && stage->price; q++) {
        if (!net->crossing[q])
            continue;
        /* of a minimum: paid for by its people and by every empty seat */
        rk_certify_row_of(stage->c, "empty", NULL, place);
        put(stage, stage->price[q] > 0 ? -stage->price[q] : 0);
        rk_certify_row_of(stage->c, "quota", NULL, place++);
        put(stage, stage->price[q]);
    }
}

/* A price between the costs of the last membership and of one more than there is room for. What it
 * is beyond that where the own limit is full goes to what the own limit rests on, or to the pairs
 * themselves. (Under the cost of the last one it only is in a stage before which the limit was
 * found to be full in every best choice.) In a lottery it is always the own total's place: where
 * that is not the part's, seats or the own limit keep it from that. */
static int64_t price_of_membership(struct stage *stage, uint32_t own, int64_t members)
{
    const struct rk_network *net = stage->net;
    uint32_t panelist = net->limits[own].panelist;
    int64_t mu = stage->potential[rk_node_limit(own)] - stage->potential[0];
    if (stage->equal) {
        int64_t total = stage->equal->own[panelist];
        bool own_price = total < mu || stage->c->tied[panelist];
        stage->excess = stage->equal->full[panelist] && own_price ? mu - total : 0;
        return total;
    }
    int64_t room = net->limits[own].room, last = load_cost(stage, panelist, members),
            next = load_cost(stage, panelist, room + 1);
    /* where quotas cross, the choice need not be the flow's, and may have room where that has none
     */
    bool priced = net->crossing_count != 0, full = members == room;
    bool more = (priced || full) && mu > next;
    bool less = (!priced || stage->c->tied[panelist]) && members && full && mu < last &&
                !stage->no_fewer[panelist];
    stage->excess = more ? mu - next : less ? mu - last : 0;
    return mu - stage->excess;
}

/* Room to spare costs nothing (but where quotas cross the choice need not be the flow's). */
static bool is_full(const struct stage *stage, const struct rk_named_limit *limit)
{
    struct rk_ratio through = {0, 1};
    for (uint32_t i = 0; i < limit->count; i++) {
        int64_t num = 0, den = 1;
        if (stage->equal)
            rk_programme_pair(stage->equal->lottery, limit->pairs[i], &num, &den);
        else
            num = stage->amount[stage->net->first[RK_ARC_PAIR] + limit->pairs[i]];
        through = rk_ratio(through.num * den + num * through.den, through.den * den);
    }
    return through.num >= limit->room * through.den;
}

static void tell_limit(void *context, const struct rk_named_limit *limit)
{
    static const char *const kinds[] = {"", "year", "month", "overlap"};
    struct stage *stage = context;
    const struct rk_network *net = stage->net;
    const struct rk_match_pair *pairs = net->problem->pairs;
    struct rk_certify *c = stage->c;
    int64_t delta = limit->in_own ? stage->excess : 0;
    if (limit->limit != RK_NONE)
        delta += stage->potential[rk_node_limit(limit->limit)] -
                 stage->potential[rk_node_limit(net->limits[limit->limit].parent)];
    if (!delta || ((delta < 0 || !net->crossing_count) && !is_full(stage, limit)))
        return;
    rk_certify_row_of(c, kinds[limit->kind], panelist_id(stage, pairs[limit->pairs[0]].panelist),
                      0);
    if (limit->kind == RK_LIMIT_OVERLAP) {
        for (uint32_t i = 0; i < limit->count; i++) {
            rk_buf_text(&c->row, i ? "," : ",[");
            rk_certify_recruitment(c, &c->row, pairs[limit->pairs[i]].recruitment);
        }
        rk_buf_char(&c->row, ']');
    } else {
        struct rk_buf month = {0};
        rk_month_print(&month, limit->month);
        rk_buf_printf(&c->row, ",\"%.*s\"", limit->kind == RK_LIMIT_YEAR ? 4 : 7, month.text);
        rk_buf_free(&month);
    }
    put(stage, -delta);
}

static void tell_panelists(struct stage *stage)
{
    const struct rk_network *net = stage->net;
    const struct rk_match_problem *problem = net->problem;
    for (uint32_t i = 0, end; i < problem->pair_count; i = end) {
        int64_t members = 0;
        uint32_t panelist = problem->pairs[i].panelist, own = net->leaf[i];
        for (end = i; end < problem->pair_count && problem->pairs[end].panelist == panelist; end++)
            members += stage->equal ? 0 : stage->amount[net->first[RK_ARC_PAIR] + end];
        while (net->limits[own].parent != RK_NONE)
            own = net->limits[own].parent;
        int64_t mu = price_of_membership(stage, own, members);
        rk_certify_row_of(stage->c, "panelist", panelist_id(stage, panelist), 0);
        put(stage, -mu);
        rk_network_limits(net, i, end, tell_limit, stage);
        stage->c->tied[panelist] = stage->c->tied[panelist] || stage->excess > 0;
        if (!stage->equal && members && mu > load_cost(stage, panelist, members))
            stage->no_fewer[panelist] = true;
    }
}

static void tell_prices(struct stage *stage)
{
    rk_buf_text(stage->c->out, "\"prices\":[");
    stage->c->any = false;
    tell_recruitments(stage);
    tell_panelists(stage);
    tell_quotas(stage);
}

void rk_certify_stages(struct rk_certify *c, const int64_t *amount, uint32_t levels_told)
{
    const struct rk_match_result *result = c->match->result;
    const struct rk_network *net = result->network;
    struct rk_buf *out = c->out;
    bool *no_fewer = rk_alloc((size_t)net->problem->panelist_count + 1, sizeof *no_fewer);
    c->tied = rk_alloc((size_t)net->problem->panelist_count + 1, sizeof *c->tied);
    uint32_t stages = !result->potential    ? 0
                      : net->crossing_count ? result->priced_stages
                                            : net->stages;
    rk_buf_text(out, ",\n \"nodes\":[{\"stages\":[");
    for (uint32_t s = 0, end = 0; s < stages && end < levels_told; s++) {
        end = net->stage_end[s] < levels_told ? net->stage_end[s] : levels_told;
        struct stage stage = {
            .c = c,
            .net = net,
            .potential = result->potential + (size_t)s * net->nodes,
            .amount = amount,
            .price = result->price ? result->price + (size_t)s * net->problem->quota_count : NULL,
            .first = s ? net->stage_end[s - 1] : 0,
            .end = end,
            .no_fewer = no_fewer};
        rk_buf_text(out, s ? ",\n {\"levels\":[" : "\n {\"levels\":[");
        for (uint32_t l = stage.first; l < end; l++)
            rk_buf_printf(out, "%s\"%s\"", l > stage.first ? "," : "", levels[l]);
        rk_buf_text(out, "],\"weights\":[");
        for (uint32_t l = stage.first; l < end; l++)
            rk_buf_printf(out, "%s%lld", l > stage.first ? "," : "",
                          (long long)rk_network_weight(net, stage.first, end, (int)l));
        rk_buf_text(out, "],");
        tell_prices(&stage);
        rk_buf_text(out, "]}");
    }
    rk_buf_text(out, "]}]");
    rk_free(no_fewer);
}

void rk_certify_equal(struct rk_certify *c, const struct rk_certify_equal *equal)
{
    const struct rk_network *net = c->match->result->network;
    struct stage stage = {.c = c, .net = net, .potential = equal->place, .equal = equal};
    rk_buf_text(c->out, ",\n \"equal\":{");
    tell_prices(&stage);
    rk_certify_row_of(c, "level", "seats", 0);
    put(&stage, equal->place[0] - equal->place[net->nodes]);
    rk_buf_text(c->out, "]}");
}

void rk_certificate_choice(const struct rk_explain *match, const struct rk_certificate_rules *rules,
                           struct rk_buf *out)
{
    const struct rk_network *net = match->result->network;
    int64_t *amount = rk_cut_amounts(net, match->result->member);
    struct rk_certify c = {.match = match, .out = out};
    rk_certify_open(&c, rules, "choice");
    rk_certify_quotas(&c, net);
    rk_certify_stages(&c, amount, RK_MATCH_LEVELS);
    rk_certify_close(&c);
    rk_free(amount);
}
