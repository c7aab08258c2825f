#include "panel/certify.h"
#include "panel/cut.h"
#include "stream/write.h"

/* ---- places ---- */

uint32_t rk_certify_seats(const struct rk_certify *c, uint32_t recruitment)
{
    return c->match->problem->panelist_count + recruitment;
}

uint32_t rk_certify_group(const struct rk_certify *c, uint32_t quota)
{
    return rk_certify_seats(c, c->match->problem->recruitment_count) + quota;
}

uint32_t rk_certify_quota(const struct rk_certify *c, uint32_t quota)
{
    return rk_certify_group(c, c->match->problem->quota_count) + quota;
}

uint32_t rk_certify_level(const struct rk_certify *c, int level)
{
    return rk_certify_quota(c, c->match->problem->quota_count) + (uint32_t)level;
}

uint32_t rk_certify_kept(const struct rk_certify *c, uint32_t recruitment, uint32_t kind)
{
    return c->empty_first[c->match->problem->recruitment_count] + c->kind_first[recruitment] +
           c->kind_rank[c->kind_first[recruitment] + kind];
}

/* ---- pieces ---- */

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

void rk_certify_term(struct rk_certify *c, uint32_t number, int64_t factor)
{
    rk_buf_char(&c->row, c->row.size ? ',' : '[');
    if (factor == 1)
        rk_buf_printf(&c->row, "%u", number);
    else
        rk_buf_printf(&c->row, "[%u,%lld]", number, (long long)factor);
}

uint32_t rk_certify_row(struct rk_certify *c)
{
    rk_buf_text(&c->row, c->row.size ? "]" : "[]");
    uint32_t row = rk_strings_add(&c->rows, (struct rk_text){c->row.text, c->row.size});
    rk_buf_clear(&c->row);
    return rk_certify_level(c, RK_MATCH_LEVELS) + row;
}

void rk_certify_price(struct rk_certify *c, uint32_t row, int64_t price)
{
    if (!price)
        return;
    if (c->in_steps) {
        RK_GROW(c->stepped, c->stepped_count, c->stepped_room);
        c->stepped[c->stepped_count++] = (struct rk_certify_stepped){c->step, row, price * c->sign};
        return;
    }
    RK_GROW(c->prices, c->price_count, c->price_room);
    c->prices[c->price_count++] = (struct rk_certify_price){row, price};
}

static void tell_pair(struct rk_certify *c, uint32_t recruitment, uint32_t panelist)
{
    rk_certify_next(c);
    rk_buf_char(c->out, '[');
    rk_json_quote(c->out, c->match->recruitments->rows[recruitment].recruitment_id);
    rk_buf_char(c->out, ',');
    rk_json_quote(c->out, c->match->panelists->rows[panelist].panelist_id);
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

/* Kinds by the quotas that they count under. */
static void rank_kinds(struct rk_certify *c, uint32_t r)
{
    struct rk_strings texts = {0};
    uint32_t quotas = c->quota_first[r + 1] - c->quota_first[r], first = c->kind_first[r];
    for (uint32_t k = 0; k < c->kinds[r].count; k++) {
        rk_buf_clear(&c->row);
        for (uint32_t q = 0; q < quotas; q++)
            rk_buf_char(&c->row, rk_certify_kind(c, r, k)[q / 64] >> q % 64 & 1 ? '1' : '0');
        rk_strings_add(&texts, (struct rk_text){c->row.text, c->row.size});
    }
    rk_buf_clear(&c->row);
    uint32_t *rank = rk_strings_ranks(&texts);
    c->kind_rank = rk_resize(c->kind_rank, (size_t)first + texts.count + 1, sizeof *c->kind_rank);
    memcpy(c->kind_rank + first, rank, texts.count * sizeof *rank);
    rk_free(rank);
    rk_strings_free(&texts);
}

void rk_certify_begin(struct rk_certify *c)
{
    const struct rk_match_problem *problem = c->match->problem;
    uint32_t n = problem->recruitment_count, q = 0;
    c->kinds = rk_alloc((size_t)n + 1, sizeof *c->kinds);
    c->quota_first = rk_alloc((size_t)n + 1, sizeof *c->quota_first);
    c->kind_first = rk_alloc((size_t)n + 1, sizeof *c->kind_first);
    c->empty_first = rk_alloc((size_t)n + 1, sizeof *c->empty_first);
    c->empty_first[0] = 2 * problem->pair_count;
    for (uint32_t r = 0; r < n; r++) {
        int32_t places = problem->recruitments[r].places;
        c->quota_first[r] = q;
        while (q < problem->quota_count && problem->quotas[q].recruitment == r)
            q++;
        rk_match_kinds_find(&c->kinds[r], problem->quotas + c->quota_first[r],
                            q - c->quota_first[r]);
        c->quota_first[r + 1] = q;
        c->kind_first[r + 1] = c->kind_first[r] + c->kinds[r].count;
        rank_kinds(c, r);
        c->empty_first[r + 1] = c->empty_first[r] + (uint32_t)(places > 0 ? places : 0);
    }
    c->none_kept = rk_alloc((size_t)c->kind_first[n] + 1, sizeof *c->none_kept);
}

void rk_certify_open(struct rk_certify *c, const struct rk_certificate_rules *rules,
                     const char *mode)
{
    struct rk_buf *out = c->out;
    rk_buf_printf(out, "{\"certificate\":\"rk-panel-match\",\"version\":5,\"mode\":\"%s\",", mode);
    rk_buf_text(out, "\n \"seed\":");
    rk_json_quote(out, c->match->problem->seed);
    rk_buf_printf(out,
                  ",\n \"rules\":{\"assume_available\":%s,\"assume_adult\":%s,"
                  "\"require_declarations\":%s,\"candidate_conflict\":\"%s\"}",
                  rules->assume_available ? "true" : "false",
                  rules->assume_adult ? "true" : "false",
                  rules->require_declarations ? "true" : "false",
                  rules->candidate_conflicts_pass ? "drop" : "exclude");
    tell_changes(c, rules);
    rk_certify_list(c, "lowered");
    for (uint32_t q = 0; q < c->match->problem->quota_count; q++)
        if (c->lowered && c->lowered[q]) {
            rk_certify_next(c);
            rk_buf_printf(out, "[%u,%d]", q, c->lowered[q]);
        }
    rk_buf_char(out, ']');
    rk_certify_begin(c);
}

void rk_certify_close(struct rk_certify *c)
{
    rk_certify_list(c, "rows");
    for (uint32_t i = 0; i < c->rows.count; i++) {
        rk_certify_next(c);
        rk_buf_add(c->out, c->rows.texts[i].text, c->rows.texts[i].size);
    }
    rk_buf_text(c->out, "]}\n");
    rk_certify_end(c);
}

void rk_certify_end(struct rk_certify *c)
{
    rk_strings_free(&c->rows);
    rk_buf_free(&c->row);
    rk_free(c->tied);
    for (uint32_t r = 0; r < c->match->problem->recruitment_count; r++)
        rk_match_kinds_free(&c->kinds[r]);
    rk_free(c->kinds);
    rk_free(c->quota_first);
    rk_free(c->kind_first);
    rk_free(c->kind_rank);
    rk_free(c->none_kept);
    rk_free(c->stepped);
    rk_free(c->prices);
    rk_free(c->empty_first);
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
    uint32_t arc;   /* the next of empty places */
    struct rk_certify_places { /* of a lottery: of the nodes looked at; those under `end` are in */
        int64_t *all, end;
        uint32_t count, room;
    } places;
};

/* Of what a lottery's total is in, by its place: -1, of others 0. */
static int64_t total_potential(struct stage *stage, int64_t place)
{
    struct rk_certify_places *places = &stage->places;
    if (!places->end) {
        RK_GROW(places->all, places->count, places->room);
        places->all[places->count++] = place;
    }
    return place < places->end ? -1 : 0;
}

static int64_t potential(struct stage *stage, uint32_t node)
{
    return !stage->equal ? stage->potential[node]
           : node        ? total_potential(stage, stage->equal->place[node])
                         : 0;
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

/* What quotas of the recruitment cost, and an empty seat that may be kept for people of several of
 * them: as much as those of the dearest kind pay, of each group of quotas. `pool`: what is left of
 * the price of an empty seat, in the network. Where that is too little for kinds that the network
 * does not know, seats that are not empty may as well cost more. */
static void tell_quotas(struct stage *stage, uint32_t r, int64_t pool, bool empty)
{
    struct rk_certify *c = stage->c;
    const struct rk_network *net = stage->net;
    uint32_t first = c->quota_first[r], count = c->quota_first[r + 1] - first;
    int64_t *price = rk_alloc((size_t)count + 1, sizeof *price);
    int64_t *paid = rk_alloc((size_t)count + 1, sizeof *paid);
    int64_t *sum = rk_alloc((size_t)c->kinds[r].count + 1, sizeof *sum);
    bool *none_kept = c->none_kept + c->kind_first[r];
    for (uint32_t v = net->row_first[r]; v < net->row_first[r + 1]; v++) {
        uint32_t around = net->rows[v].around == RK_NONE ? rk_node_recruitment(net, r)
                                                         : rk_node_row(net, net->rows[v].around);
        int64_t own = potential(stage, rk_node_row(net, v)) - potential(stage, around);
        price[(own > 0 ? net->rows[v].min_from : net->rows[v].max_from) - first] = own;
    }
    for (uint32_t q = 0; q < count && stage->price; q++)
        if (net->crossing[first + q]) {
            price[q] = stage->price[first + q];
            pool -= price[q] > 0 ? price[q] : 0;
        }
    for (uint32_t k = 0; k < c->kinds[r].count; k++) {
        const uint64_t *kind = rk_certify_kind(c, r, k);
        for (uint32_t q = 0; q < count; q++)
            sum[k] += kind[q / 64] >> q % 64 & 1 ? price[q] : 0;
        int64_t *group = &paid[c->kinds[r].group[k]];
        *group = sum[k] > *group && !none_kept[k] ? sum[k] : *group;
    }
    uint32_t rest = c->kinds[r].count ? c->kinds[r].group[0] : 0;
    for (uint32_t q = 0; q < count; q++)
        pool += paid[q];
    c->loose |= pool > 0 && empty && !stage->equal;
    pool = pool > 0 && !empty && !stage->equal && !stage->first ? 0 : pool;
    for (uint32_t k = 0; k < c->kinds[r].count && !stage->equal && !net->crossing_count; k++) {
        uint32_t group = c->kinds[r].group[k];
        none_kept[k] |= paid[group] - (group == rest ? pool : 0) > sum[k];
    }
    for (uint32_t q = 0; q < count; q++) {
        rk_certify_price(c, rk_certify_group(c, first + q), (q == rest ? pool : 0) - paid[q]);
        rk_certify_price(c, rk_certify_quota(c, first + q), price[q]);
    }
    rk_free(price);
    rk_free(paid);
    rk_free(sum);
}

static void tell_recruitment(struct stage *stage, uint32_t r)
{
    const struct rk_network *net = stage->net;
    int64_t node = potential(stage, rk_node_recruitment(net, r));
    int64_t rho = node - potential(stage, 0), empty = 0, pool = 0;
    int64_t places = net->problem->recruitments[r].places, lost = places - net->places[r];
    for (int32_t k = 0; k < net->places[r]; k++)
        empty += stage->equal ? 0 : stage->amount[stage->arc++];
    if (places <= 0)
        return;
    /* places that nobody is there for are empty whatever the price */
    if (!stage->equal && lost > 0 && !empty && rho < empty_cost(stage, r, lost))
        rho = empty_cost(stage, r, lost);
    rk_certify_price(stage->c, rk_certify_seats(stage->c, r), rho);
    if (net->pool_number[r] != RK_NONE)
        pool = node - potential(stage, rk_node_pool(net, net->pool_number[r]));
    tell_quotas(stage, r, pool, empty > 0);
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
    int64_t mu = potential(stage, rk_node_limit(own)) - potential(stage, 0);
    if (stage->equal) {
        int64_t total = total_potential(stage, stage->equal->own[panelist]);
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

static int ascending(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

static void tell_limit(void *context, const struct rk_named_limit *limit)
{
    struct stage *stage = context;
    const struct rk_network *net = stage->net;
    int64_t delta = limit->in_own ? stage->excess : 0;
    if (limit->limit != RK_NONE)
        delta += potential(stage, rk_node_limit(limit->limit)) -
                 potential(stage, rk_node_limit(net->limits[limit->limit].parent));
    if (!delta || ((delta < 0 || !net->crossing_count) && !is_full(stage, limit)))
        return;
    uint32_t *pairs = rk_alloc((size_t)limit->count + 1, sizeof *pairs);
    memcpy(pairs, limit->pairs, limit->count * sizeof *pairs);
    qsort(pairs, limit->count, sizeof *pairs, ascending);
    for (uint32_t i = 0; i < limit->count; i++)
        rk_certify_term(stage->c, pairs[i], 1);
    rk_certify_price(stage->c, rk_certify_row(stage->c), -delta);
    rk_free(pairs);
}

/* Of the pairs from one on. */
static void tell_panelist(struct stage *stage, uint32_t first)
{
    const struct rk_network *net = stage->net;
    const struct rk_match_problem *problem = net->problem;
    int64_t members = 0;
    uint32_t end = first, panelist = problem->pairs[first].panelist, own = net->leaf[first];
    for (; end < problem->pair_count && problem->pairs[end].panelist == panelist; end++)
        members += stage->equal ? 0 : stage->amount[net->first[RK_ARC_PAIR] + end];
    while (net->limits[own].parent != RK_NONE)
        own = net->limits[own].parent;
    int64_t mu = price_of_membership(stage, own, members);
    rk_certify_price(stage->c, panelist, -mu);
    rk_network_limits(net, first, end, tell_limit, stage);
    if (stage->equal)
        return;
    stage->c->tied[panelist] = stage->c->tied[panelist] || stage->excess > 0;
    if (members && mu > load_cost(stage, panelist, members))
        stage->no_fewer[panelist] = true;
}

static int by_place(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

/* What is told by the potentials of a stage; of a lottery, in the step of each total that one of
 * them lies at: what that being in changes. */
static void put_in_steps(struct stage *stage, void (*piece)(struct stage *, uint32_t), uint32_t of)
{
    struct rk_certify_places *places = &stage->places;
    places->count = 0;
    places->end = 0;
    piece(stage, of);
    if (places->count)
        qsort(places->all, places->count, sizeof *places->all, by_place);
    for (uint32_t i = 0, next; i < places->count; i = next) {
        for (next = i; next < places->count && places->all[next] == places->all[i];)
            next++;
        places->end = places->all[i] + 1;
        stage->c->step = (uint32_t)places->all[i];
        stage->c->sign = -1;
        piece(stage, of);
        if (next == places->count)
            break;
        stage->c->step = (uint32_t)places->all[next];
        stage->c->sign = 1;
        piece(stage, of);
    }
}

static void tell_prices(struct stage *stage)
{
    const struct rk_match_problem *problem = stage->net->problem;
    for (uint32_t r = 0; r < problem->recruitment_count; r++)
        put_in_steps(stage, tell_recruitment, r);
    for (uint32_t i = 0; i < problem->pair_count; i++)
        if (!i || problem->pairs[i].panelist != problem->pairs[i - 1].panelist)
            put_in_steps(stage, tell_panelist, i);
}

void rk_certify_stages(struct rk_certify *c, const int64_t *amount, uint32_t levels,
                       void (*tell)(void *context, const struct rk_certify_stage *stage),
                       void *context)
{
    const struct rk_match_result *result = c->match->result;
    const struct rk_network *net = result->network;
    bool *no_fewer = rk_alloc((size_t)net->problem->panelist_count + 1, sizeof *no_fewer);
    memset(c->none_kept, 0, c->kind_first[net->problem->recruitment_count] * sizeof *c->none_kept);
    rk_free(c->tied);
    c->tied = rk_alloc((size_t)net->problem->panelist_count + 1, sizeof *c->tied);
    uint32_t stages = !result->potential    ? 0
                      : net->crossing_count ? result->priced_stages
                                            : net->stages;
    for (uint32_t s = 0, end = 0; s < stages && end < levels; s++) {
        end = net->stage_end[s] < levels ? net->stage_end[s] : levels;
        struct stage stage = {
            .c = c,
            .net = net,
            .potential = result->potential + (size_t)s * net->nodes,
            .amount = amount,
            .price = result->price ? result->price + (size_t)s * net->problem->quota_count : NULL,
            .first = s ? net->stage_end[s - 1] : 0,
            .end = end,
            .no_fewer = no_fewer};
        struct rk_certify_stage told = {.first = stage.first, .end = end};
        for (uint32_t l = stage.first; l < end; l++)
            told.weight[l] = rk_network_weight(net, stage.first, end, (int)l);
        c->price_count = 0;
        tell_prices(&stage);
        told.prices = c->prices;
        told.price_count = c->price_count;
        tell(context, &told);
    }
    rk_free(no_fewer);
}

static void write_stage(void *context, const struct rk_certify_stage *stage)
{
    struct rk_certify *c = context;
    rk_buf_printf(c->out, "%s\n {\"level\":%u,\"weights\":[", c->any ? "," : "", stage->first);
    for (uint32_t l = stage->first; l < stage->end; l++)
        rk_buf_printf(c->out, "%s%lld", l > stage->first ? "," : "", (long long)stage->weight[l]);
    rk_buf_text(c->out, "],\"prices\":[");
    for (uint32_t i = 0; i < stage->price_count; i++)
        rk_buf_printf(c->out, "%s[%u,%lld]", i ? ",\n  " : "\n  ", stage->prices[i].row,
                      (long long)stage->prices[i].price);
    rk_buf_text(c->out, "]}");
    c->any = true;
}

void rk_certify_flows(struct rk_certify *c, const int64_t *amount, uint32_t levels)
{
    rk_certify_list(c, "nodes");
    rk_buf_text(c->out, "{\"stages\":[");
    rk_certify_stages(c, amount, levels, write_stage, c);
    rk_buf_text(c->out, "]}]");
}

static void tell_seats(struct stage *stage, uint32_t node)
{
    rk_certify_price(stage->c, rk_certify_level(stage->c, RK_MATCH_SEATS), -potential(stage, node));
}

static int by_step(const void *x, const void *y)
{
    const struct rk_certify_stepped *a = x, *b = y;
    return a->step != b->step ? (a->step < b->step ? -1 : 1)
           : a->row < b->row  ? -1
                              : a->row > b->row;
}

void rk_certify_equal(struct rk_certify *c, const struct rk_certify_equal *equal)
{
    const struct rk_network *net = c->match->result->network;
    struct stage stage = {.c = c, .net = net, .equal = equal};
    c->in_steps = true;
    tell_prices(&stage);
    put_in_steps(&stage, tell_seats, net->nodes);
    c->in_steps = false;
    if (c->stepped_count)
        qsort(c->stepped, c->stepped_count, sizeof *c->stepped, by_step);
    rk_free(stage.places.all);
}

void rk_certificate_search(const struct rk_explain *match, const struct rk_single *single,
                           const struct rk_certificate_rules *rules, struct rk_buf *out)
{
    struct rk_certify c = {.match = match, .out = out};
    int32_t *lowered = rk_single_lowered(single);
    c.lowered = lowered;
    rk_certify_open(&c, rules, "choice");
    rk_certify_list(&c, "nodes");
    rk_certify_search(&c, RK_MATCH_LEVELS, NULL);
    rk_buf_char(out, ']');
    rk_certify_close(&c);
    rk_free(lowered);
}

void rk_certificate_choice(const struct rk_explain *match, const struct rk_certificate_rules *rules,
                           struct rk_buf *out)
{
    const struct rk_match_result *result = match->result;
    const struct rk_network *net = result->network;
    struct rk_certify c = {.match = match, .out = out, .lowered = net->lowered};
    rk_certify_open(&c, rules, "choice");
    bool small = rk_certify_is_small(&c), flows = !net->crossing_count && net->nested;
    size_t before = out->size;
    int64_t *amount = rk_cut_amounts(net, result->member);
    if (flows || !small)
        rk_certify_flows(&c, amount, RK_MATCH_LEVELS);
    if (small && (!flows || c.loose)) {
        out->size = before;
        rk_strings_free(&c.rows);
        rk_certify_list(&c, "nodes");
        rk_certify_search(&c, RK_MATCH_LEVELS, amount);
        rk_buf_char(out, ']');
    }
    rk_free(amount);
    rk_certify_close(&c);
}
