#include "base/date.h"
#include "panel/certify.h"
#include "panel/cut.h"
#include "stream/write.h"

static const char *const levels[RK_MATCH_LEVELS] = {"seats", "shortage", "change",
                                                    "fit",   "load",     "lottery"};

static void quote(struct rk_buf *out, struct rk_text text) { rk_json_quote(out, text); }

struct rk_text rk_certify_panelist(const struct rk_explain *match, uint32_t panelist)
{
    return match->panelists->rows[panelist].panelist_id;
}

struct rk_text rk_certify_recruitment(const struct rk_explain *match, uint32_t recruitment)
{
    return match->recruitments->rows[recruitment].recruitment_id;
}

/* One stage: the potentials of the network, the choice made, and the list being written. */
struct stage {
    const struct rk_explain *match;
    const struct rk_network *net;
    const int64_t *potential, *amount, *price; /* by node; by arc; by quota or NULL */
    uint32_t first, end;                       /* levels */
    int64_t excess; /* of the panelist at hand: what the price of a membership is over the cost of
                     * one more, to be told as a price of what the own limit rests on */
    /* By panelist: an earlier stage has shown that no best choice gives fewer memberships. */
    bool *no_fewer;
    struct rk_buf *out;
    bool any; /* something is in the list */
};

static void begin(struct stage *stage, const char *name)
{
    rk_buf_printf(stage->out, ",\n   \"%s\":[", name);
    stage->any = false;
}

static void item(struct stage *stage)
{
    rk_buf_text(stage->out, stage->any ? ",\n    [" : "\n    [");
    stage->any = true;
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
    begin(stage, "recruitments");
    for (uint32_t r = 0, arc = 0; r < problem->recruitment_count; r++) {
        int64_t rho = stage->potential[rk_node_recruitment(net, r)] - stage->potential[0];
        int64_t lost = problem->recruitments[r].places - net->places[r], empty = 0;
        for (int32_t k = 0; k < net->places[r]; k++)
            empty += stage->amount[arc++];
        if (problem->recruitments[r].places <= 0)
            continue;
        /* places that nobody is there for are empty whatever the price */
        if (lost > 0 && !empty && rho < empty_cost(stage, r, lost))
            rho = empty_cost(stage, r, lost);
        if (!rho)
            continue;
        item(stage);
        quote(stage->out, rk_certify_recruitment(stage->match, r));
        rk_buf_printf(stage->out, ",%lld]", (long long)rho);
    }
    rk_buf_char(stage->out, ']');
    begin(stage, "pools");
    for (uint32_t r = 0; r < problem->recruitment_count; r++) {
        if (net->pool_number[r] == RK_NONE)
            continue;
        int64_t kappa = stage->potential[rk_node_pool(net, net->pool_number[r])] -
                        stage->potential[rk_node_recruitment(net, r)];
        if (!kappa)
            continue;
        item(stage);
        quote(stage->out, rk_certify_recruitment(stage->match, r));
        rk_buf_printf(stage->out, ",%lld]", (long long)kappa);
    }
    rk_buf_char(stage->out, ']');
}

static void tell_rows(struct stage *stage)
{
    const struct rk_network *net = stage->net;
    begin(stage, "rows");
    for (uint32_t v = 0; v < net->row_count; v++) {
        uint32_t around = net->rows[v].around == RK_NONE
                              ? rk_node_recruitment(net, net->rows[v].recruitment)
                              : rk_node_row(net, net->rows[v].around);
        int64_t sigma = stage->potential[rk_node_row(net, v)] - stage->potential[around];
        if (!sigma)
            continue;
        item(stage);
        rk_buf_printf(stage->out, "%u,%lld]", v, (long long)sigma);
    }
    rk_buf_char(stage->out, ']');
    begin(stage, "crossing");
    for (uint32_t q = 0, index = 0; q < net->problem->quota_count; q++) {
        if (!net->crossing[q])
            continue;
        if (stage->price && stage->price[q]) {
            item(stage);
            rk_buf_printf(stage->out, "%u,%lld]", index, (long long)stage->price[q]);
        }
        index++;
    }
    rk_buf_char(stage->out, ']');
}

/* The pairs of a panelist, first … end - 1, with the own limit on top and what flows through it. */
static uint32_t own_limit(const struct rk_network *net, uint32_t first)
{
    uint32_t own = net->leaf[first];
    while (net->limits[own].parent != RK_NONE)
        own = net->limits[own].parent;
    return own;
}

/* A price between the costs of the last membership and of one more. What it is beyond that where
 * the own limit is full goes to what the own limit rests on, or to the pairs themselves. (Under the
 * cost of the last one it only is in a stage before which the limit was found to be full in every
 * best choice.) */
static int64_t price_of_membership(struct stage *stage, uint32_t own, int64_t members)
{
    const struct rk_network *net = stage->net;
    uint32_t panelist = net->limits[own].panelist;
    int64_t mu = stage->potential[rk_node_limit(own)] - stage->potential[0];
    int64_t last = load_cost(stage, panelist, members),
            next = load_cost(stage, panelist, members + 1);
    stage->excess = members != net->limits[own].room                     ? 0
                    : mu > next                                          ? mu - next
                    : members && mu < last && !stage->no_fewer[panelist] ? mu - last
                                                                         : 0;
    return mu - stage->excess;
}

void rk_certify_limit(const struct rk_explain *match, const struct rk_named_limit *limit,
                      struct rk_buf *out)
{
    const struct rk_match_pair *pairs = match->problem->pairs;
    quote(out, rk_certify_panelist(match, pairs[limit->pairs[0]].panelist));
    if (limit->kind == RK_LIMIT_OVERLAP) {
        rk_buf_text(out, ",\"overlap\",[");
        for (uint32_t i = 0; i < limit->count; i++) {
            rk_buf_text(out, i ? "," : "");
            quote(out, rk_certify_recruitment(match, pairs[limit->pairs[i]].recruitment));
        }
        rk_buf_char(out, ']');
    } else {
        struct rk_buf month = {0};
        rk_month_print(&month, limit->month);
        rk_buf_printf(out, ",\"%s\",\"%.*s\"", limit->kind == RK_LIMIT_YEAR ? "year" : "month",
                      limit->kind == RK_LIMIT_YEAR ? 4 : 7, month.text);
        rk_buf_free(&month);
    }
}

static void tell_limit(void *context, const struct rk_named_limit *limit)
{
    struct stage *stage = context;
    const struct rk_network *net = stage->net;
    int64_t delta = limit->in_own ? stage->excess : 0, through = 0;
    if (limit->limit != RK_NONE)
        delta += stage->potential[rk_node_limit(limit->limit)] -
                 stage->potential[rk_node_limit(net->limits[limit->limit].parent)];
    for (uint32_t i = 0; i < limit->count; i++)
        through += stage->amount[net->first[RK_ARC_PAIR] + limit->pairs[i]];
    if (!delta || through < limit->room) /* room to spare costs nothing */
        return;
    item(stage);
    rk_certify_limit(stage->match, limit, stage->out);
    rk_buf_printf(stage->out, ",%lld]", (long long)delta);
}

static void tell_panelists(struct stage *stage)
{
    const struct rk_network *net = stage->net;
    const struct rk_match_problem *problem = net->problem;
    for (int turn = 0; turn < 2; turn++) {
        begin(stage, turn ? "limits" : "panelists");
        for (uint32_t i = 0, end; i < problem->pair_count; i = end) {
            int64_t members = 0;
            for (end = i; end < problem->pair_count &&
                          problem->pairs[end].panelist == problem->pairs[i].panelist;
                 end++)
                members += stage->amount[net->first[RK_ARC_PAIR] + end];
            uint32_t panelist = problem->pairs[i].panelist;
            int64_t mu = price_of_membership(stage, own_limit(net, i), members);
            if (turn) {
                rk_network_limits(net, i, end, tell_limit, stage);
                stage->no_fewer[panelist] = stage->no_fewer[panelist] ||
                                            (members && mu > load_cost(stage, panelist, members));
            } else if (mu) {
                item(stage);
                quote(stage->out, rk_certify_panelist(stage->match, problem->pairs[i].panelist));
                rk_buf_printf(stage->out, ",%lld]", (long long)mu);
            }
        }
        rk_buf_char(stage->out, ']');
    }
}

static void tell_quota(const struct rk_explain *match, uint32_t quota, struct rk_buf *out)
{
    const struct rk_quota *row = rk_panel_quota_row(match->quotas, quota);
    rk_buf_text(out, "{\"recruitment\":");
    quote(out, rk_certify_recruitment(match, match->problem->quotas[quota].recruitment));
    rk_buf_text(out, ",\"feature\":");
    quote(out, row->feature);
    rk_buf_text(out, ",\"value\":");
    quote(out, row->value);
}

void rk_certify_quotas(const struct rk_explain *match, const struct rk_network *net,
                       struct rk_buf *out)
{
    rk_buf_text(out, ",\n \"rows\":[");
    for (uint32_t v = 0; v < net->row_count; v++) {
        const struct rk_quota_row *row = &net->rows[v];
        rk_buf_text(out, v ? ",\n  " : "\n  ");
        tell_quota(match, row->min_from, out);
        rk_buf_printf(out, ",\"min\":%d,\"max\":%d,\"around\":", row->min, row->max);
        if (row->around == RK_NONE)
            rk_buf_text(out, "null}");
        else
            rk_buf_printf(out, "%u}", row->around);
    }
    rk_buf_text(out, "],\n \"crossing\":[");
    for (uint32_t q = 0, count = 0; q < net->problem->quota_count; q++) {
        if (!net->crossing[q])
            continue;
        rk_buf_text(out, count++ ? ",\n  " : "\n  ");
        tell_quota(match, q, out);
        rk_buf_printf(out, ",\"min\":%d,\"max\":%d}", net->problem->quotas[q].min,
                      net->problem->quotas[q].max);
    }
    rk_buf_char(out, ']');
}

static void tell_values(struct rk_buf *out, const char *name, const int64_t *values)
{
    rk_buf_printf(out, ",\n \"%s\":[", name);
    for (int l = 0; l < RK_MATCH_LEVELS; l++)
        rk_buf_printf(out, "%s%lld", l ? "," : "", (long long)values[l]);
    rk_buf_char(out, ']');
}

void rk_certify_head(const struct rk_explain *match, const struct rk_certificate_rules *rules,
                     const char *mode, struct rk_buf *out)
{
    const struct rk_match_result *result = match->result;
    rk_buf_printf(out, "{\"certificate\":\"rk-panel-match\",\"version\":1,\"mode\":\"%s\",", mode);
    rk_buf_printf(out, "\"case\":\"%c\",\n \"seed\":", match->which);
    quote(out, match->problem->seed);
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
    rk_buf_text(out, "],\n \"fit_unit\":\"");
    rk_fixed_print(out, match->unit);
    rk_buf_char(out, '"');
    tell_values(out, "values", result->value);
    tell_values(out, "bounds", result->bound);
    rk_buf_printf(out, ",\n \"optimal\":%s", result->proven ? "true" : "false");
}

void rk_certify_stages(const struct rk_explain *match, const int64_t *amount, uint32_t levels_told,
                       struct rk_buf *out)
{
    const struct rk_match_result *result = match->result;
    const struct rk_network *net = result->network;
    bool *no_fewer = rk_alloc((size_t)net->problem->panelist_count + 1, sizeof *no_fewer);
    rk_buf_text(out, ",\n \"stages\":[");
    for (uint32_t s = 0, end = 0; end < levels_told; s++) {
        end = net->stage_end[s] < levels_told ? net->stage_end[s] : levels_told;
        struct stage stage = {.match = match,
                              .net = net,
                              .potential = result->potential + (size_t)s * net->nodes,
                              .amount = amount,
                              .first = s ? net->stage_end[s - 1] : 0,
                              .end = end,
                              .no_fewer = no_fewer,
                              .out = out};
        rk_buf_text(out, s ? ",\n  {\"levels\":[" : "\n  {\"levels\":[");
        for (uint32_t l = stage.first; l < stage.end; l++)
            rk_buf_printf(out, "%s\"%s\"", l > stage.first ? "," : "", levels[l]);
        rk_buf_text(out, "],\"weights\":[");
        for (uint32_t l = stage.first; l < stage.end; l++)
            rk_buf_printf(out, "%s%lld", l > stage.first ? "," : "",
                          (long long)rk_network_weight(net, stage.first, stage.end, (int)l));
        rk_buf_char(out, ']');
        tell_recruitments(&stage);
        tell_panelists(&stage);
        tell_rows(&stage);
        rk_buf_char(out, '}');
    }
    rk_buf_char(out, ']');
    rk_free(no_fewer);
}

void rk_certificate_choice(const struct rk_explain *match, const struct rk_certificate_rules *rules,
                           struct rk_buf *out)
{
    const struct rk_match_result *result = match->result;
    const struct rk_match_problem *problem = match->problem;
    const struct rk_network *net = result->network;
    int64_t *amount = rk_cut_amounts(net, result->member);
    rk_certify_head(match, rules, "choice", out);
    if (problem->stay) {
        bool any = false;
        rk_buf_text(out, ",\n \"stay\":[");
        for (uint32_t i = 0; i < problem->pair_count; i++)
            if (problem->stay[i]) {
                rk_buf_text(out, any ? ",\n  [" : "\n  [");
                quote(out, rk_certify_recruitment(match, problem->pairs[i].recruitment));
                rk_buf_char(out, ',');
                quote(out, rk_certify_panelist(match, problem->pairs[i].panelist));
                rk_buf_printf(out, ",%lld]", (long long)problem->stay[i]);
                any = true;
            }
        rk_buf_char(out, ']');
    }
    rk_certify_quotas(match, net, out);
    rk_certify_stages(match, amount, match->result->potential ? RK_MATCH_LEVELS : 0, out);
    rk_buf_text(out, "}\n");
    rk_free(amount);
}
