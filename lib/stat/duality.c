#include "stat/duality.h"

#include "base/mem.h"

uint32_t rk_duality_number(struct rk_duality *d, int32_t low, int32_t high, int32_t now)
{
    RK_GROW(d->numbers, d->number_count, d->number_room);
    d->numbers[d->number_count] = (struct rk_duality_number){.low = low, .high = high, .now = now};
    return d->number_count++;
}

uint32_t rk_duality_rule(struct rk_duality *d, int64_t least, int64_t most)
{
    RK_GROW(d->rules, d->rule_count, d->rule_room);
    d->rules[d->rule_count] = (struct rk_duality_rule){least, most, 0};
    return d->rule_count++;
}

void rk_duality_term(struct rk_duality *d, uint32_t rule, uint32_t number, int64_t factor)
{
    RK_GROW(d->terms, d->term_count, d->term_room);
    d->terms[d->term_count++] = (struct rk_duality_term){rule, number, factor};
}

void rk_duality_free(struct rk_duality *d)
{
    rk_free(d->numbers);
    rk_free(d->rules);
    rk_free(d->terms);
    *d = (struct rk_duality){0};
}

void rk_duality_add(struct rk_duality *d, __int128 *sum, __int128 a, __int128 b)
{
    __int128 product;
    d->overflow |= __builtin_mul_overflow(a, b, &product);
    d->overflow |= __builtin_add_overflow(*sum, product, sum);
}

__int128 rk_duality_value(struct rk_duality *d, int level)
{
    __int128 value = 0;
    for (uint32_t i = 0; i < d->number_count; i++)
        rk_duality_add(d, &value, d->numbers[i].each[level], d->numbers[i].now);
    return value;
}

/* ---- proofs by stages and splits ---- */

/* What a number or rule was before a stage or a split changed it. */
struct change {
    uint32_t place;
    bool rule;
    int64_t least, most;
};

/* A node that is still to be proven. */
struct open_node {
    uint32_t node, rule; /* rule: that which its parent splits; UINT32_MAX = it has none */
    int64_t at;
    bool high; /* it is the side over `at` */
    int level; /* and the slack there: as its parent left them, after so many changes */
    __int128 slack;
    uint32_t changes;
};

struct proving {
    struct rk_duality *d;
    const struct rk_certificate *told;
    const struct rk_duality_aim *aim;
    struct rk_duality_found found;
    struct change *changes; /* on the way from the root to the node at hand */
    uint32_t change_count, change_room;
    struct open_node *open; /* the last is next */
    uint32_t open_count, open_room;
};

static void note(struct proving *p, uint32_t place, bool rule, int64_t least, int64_t most)
{
    RK_GROW(p->changes, p->change_count, p->change_room);
    p->changes[p->change_count++] = (struct change){place, rule, least, most};
}

static void set_range(struct proving *p, uint32_t n, int32_t low, int32_t high)
{
    struct rk_duality_number *number = &p->d->numbers[n];
    if (number->low != low || number->high != high)
        note(p, n, false, number->low, number->high);
    number->low = low;
    number->high = high;
}

static void set_ends(struct proving *p, uint32_t r, int64_t least, int64_t most)
{
    struct rk_duality_rule *rule = &p->d->rules[r];
    if (rule->least != least || rule->most != most)
        note(p, r, true, rule->least, rule->most);
    rule->least = least;
    rule->most = most;
}

static void go_back(struct proving *p, uint32_t changes)
{
    while (p->change_count > changes) {
        const struct change *was = &p->changes[--p->change_count];
        if (was->rule) {
            p->d->rules[was->place].least = was->least;
            p->d->rules[was->place].most = was->most;
        } else {
            p->d->numbers[was->place].low = (int32_t)was->least;
            p->d->numbers[was->place].high = (int32_t)was->most;
        }
    }
}

/* Adds the least of a number's term; may narrow its range to where that is no more than `over`
 * more. */
static void add_least(struct proving *p, const struct rk_certificate_stage *s, bool narrow,
                      __int128 over, uint32_t number, __int128 prices, __int128 *bound)
{
    struct rk_duality *d = p->d;
    const struct rk_duality_number *n = &d->numbers[number];
    __int128 each = 0;
    for (int l = s->first; l < s->end; l++)
        rk_duality_add(d, &each, s->weight[l], n->each[l]);
    rk_duality_add(d, &each, prices, -1);
    rk_duality_add(d, bound, each, each < 0 ? n->high : n->low);
    if (narrow && (each > over || each < -over))
        set_range(p, number, each > 0 ? n->low : n->high, each > 0 ? n->low : n->high);
}

static int64_t end_of(const struct rk_duality_rule *rule)
{
    return rule->price > 0 ? rule->least : rule->most;
}

/* The bound that the prices prove. One that has no end of its rule to stand on is left out. With
 * `narrow`, what is left are choices that cost no more than `over` more than the bound. */
static __int128 bound_of(struct proving *p, const struct rk_certificate_stage *s, bool narrow,
                         __int128 over)
{
    struct rk_duality *d = p->d;
    __int128 *prices = rk_alloc((size_t)d->number_count + 1, sizeof *prices); /* on each number */
    __int128 bound = 0;
    for (uint32_t i = 0; i < s->prices.count; i++)
        rk_duality_add(d, &d->rules[s->prices.items[i].row].price, s->prices.items[i].price, 1);
    for (uint32_t i = 0; i < s->prices.count; i++)
        if (end_of(&d->rules[s->prices.items[i].row]) == RK_DUALITY_NONE)
            d->rules[s->prices.items[i].row].price = 0;
    for (uint64_t t = 0; t < d->term_count; t++)
        if (d->rules[d->terms[t].rule].price)
            rk_duality_add(d, &prices[d->terms[t].number], d->rules[d->terms[t].rule].price,
                           d->terms[t].factor);
    for (uint32_t i = 0; i < s->prices.count; i++) {
        struct rk_duality_rule *rule = &d->rules[s->prices.items[i].row];
        int64_t end = end_of(rule);
        if (rule->price)
            rk_duality_add(d, &bound, rule->price, end);
        if (narrow && (rule->price > over || rule->price < -over))
            set_ends(p, s->prices.items[i].row, end, end);
        rule->price = 0;
    }
    for (uint32_t n = 0; n < d->number_count; n++)
        add_least(p, s, narrow, over, n, prices[n], &bound);
    rk_free(prices);
    return bound;
}

/* The worst of all nodes is told. */
static void not_proven(struct proving *p, int level, __int128 slack)
{
    bool worse =
        level < p->found.level ||
        (level == p->found.level && (slack < 0 || (p->found.slack >= 0 && slack > p->found.slack)));
    if (worse)
        p->found = (struct rk_duality_found){level, slack, p->found.less};
}

/* Returns the level after those proven, and in `slack` by how much choices may be better there (-1:
 * that is not known); -1: no choice here is as good as the aim. */
static int prove_stages(struct proving *p, const struct rk_certificate_node *node, int level,
                        __int128 *slack, bool root)
{
    struct rk_duality *d = p->d;
    const struct rk_duality_aim *aim = p->aim;
    for (uint32_t i = 0; i < node->stages; i++) {
        const struct rk_certificate_stage *s = &p->told->stages[node->first_stage + i];
        __int128 gap = -bound_of(p, s, false, 0), over = 0;
        if (s->first != level || s->end > aim->end) {
            not_proven(p, level, *slack);
            return -1;
        }
        for (int l = s->first; l < s->end; l++)
            rk_duality_add(d, &gap, s->weight[l], aim->value[l]);
        p->found.less |= root && gap < 0;
        for (; level < s->end; level++) {
            over = gap; /* and what later levels may differ by */
            for (int later = level + 1; later < s->end; later++)
                rk_duality_add(d, &over, s->weight[later], aim->spread[later]);
            if (over < 0)
                return -1;
            __int128 better = over / s->weight[level];
            if (better) {
                *slack = *slack < 0 || better < *slack ? better : *slack;
                break;
            }
            *slack = -1;
            if (aim->held[level])
                set_ends(p, aim->held[level] - 1, (int64_t)aim->value[level],
                         (int64_t)aim->value[level]);
        }
        bound_of(p, s, true, level < s->end ? over : gap);
    }
    return level;
}

/* From the ranges and ends that its parent leaves. */
static void prove_node(struct proving *p, struct open_node of)
{
    const struct rk_certificate_node *node = &p->told->nodes[of.node];
    bool root = of.rule == UINT32_MAX;
    const struct rk_duality_rule *rule = root ? NULL : &p->d->rules[of.rule];
    if (rule && of.high && (rule->least == RK_DUALITY_NONE || rule->least <= of.at))
        set_ends(p, of.rule, of.at < INT64_MAX ? of.at + 1 : of.at, rule->most);
    if (rule && !of.high && (rule->most == RK_DUALITY_NONE || rule->most > of.at))
        set_ends(p, of.rule, rule->least, of.at);
    int level = prove_stages(p, node, of.level, &of.slack, root);
    if (level < 0 || level == p->aim->end)
        return;
    if (node->split == UINT32_MAX) {
        not_proven(p, level, of.slack);
        return;
    }
    for (int side = 1; side >= 0; side--) {
        RK_GROW(p->open, p->open_count, p->open_room);
        p->open[p->open_count++] = (struct open_node){side ? node->high : node->low,
                                                      node->split,
                                                      node->at,
                                                      side,
                                                      level,
                                                      of.slack,
                                                      p->change_count};
    }
}

struct rk_duality_found rk_duality_prove(struct rk_duality *d, const struct rk_certificate *told,
                                         uint32_t node, const struct rk_duality_aim *aim)
{
    struct proving proving = {.d = d, .told = told, .aim = aim, .found = {aim->end, 0, false}};
    struct proving *p = &proving;
    prove_node(p, (struct open_node){node, UINT32_MAX, 0, false, aim->first, -1, 0});
    uint32_t kept = aim->apart ? 0 : p->change_count;
    while (p->open_count) {
        struct open_node next = p->open[--p->open_count];
        go_back(p, next.changes);
        prove_node(p, next);
    }
    go_back(p, kept);
    rk_free(p->changes);
    rk_free(p->open);
    return p->found;
}

/* ---- fractions ---- */

/* Between the two, if there are such; `apart`: and neither of them. */
static bool is_between(const struct rk_fraction *a, int64_t least, int64_t most, bool apart)
{
    return (least == RK_DUALITY_NONE || rk_fraction_compare_ratio(a, least, 1) >= apart) &&
           (most == RK_DUALITY_NONE || -rk_fraction_compare_ratio(a, most, 1) >= apart);
}

bool rk_duality_keeps(const struct rk_duality *d, const struct rk_fraction *values,
                      uint32_t numbers, bool *rounds)
{
    struct rk_fraction *sums = rk_fractions(d->rule_count), term = {0};
    int64_t *now = rk_alloc((size_t)d->rule_count + 1, sizeof *now);
    bool *passed = rk_alloc((size_t)d->rule_count + 1, sizeof *passed), keeps = true;
    for (uint32_t r = 0; r < d->rule_count; r++)
        passed[r] = d->rules[r].least == RK_DUALITY_NONE && d->rules[r].most == RK_DUALITY_NONE;
    for (uint64_t t = 0; t < d->term_count; t++) {
        const struct rk_duality_term *of = &d->terms[t];
        passed[of->rule] |= of->number >= numbers;
        now[of->rule] += passed[of->rule] ? 0 : of->factor * d->numbers[of->number].now;
        if (!rk_whole_sign(&values[of->number].top))
            continue;
        rk_fraction_set_whole(&term, of->factor);
        rk_fraction_multiply(&term, &term, &values[of->number]);
        rk_fraction_add(&sums[of->rule], &sums[of->rule], &term);
    }
    *rounds = true;
    for (uint32_t r = 0; r < d->rule_count; r++) {
        const struct rk_duality_rule *rule = &d->rules[r];
        keeps &= is_between(&sums[r], rule->least, rule->most, false);
        *rounds &= passed[r] || is_between(&sums[r], now[r] - 1, now[r] + 1, true);
    }
    for (uint32_t n = 0; n < d->number_count; n++) {
        const struct rk_duality_number *number = &d->numbers[n];
        keeps &= is_between(&values[n], number->low, number->high, false);
        *rounds &= n >= numbers || is_between(&values[n], number->now - 1, number->now + 1, true);
    }
    rk_fractions_free(sums, d->rule_count);
    rk_fraction_free(&term);
    rk_free(now);
    rk_free(passed);
    return keeps;
}

/* sum += factor × number */
static void add(struct rk_fraction *sum, const struct rk_whole *factor,
                const struct rk_fraction *number)
{
    struct rk_whole one = {.small = 1};
    struct rk_fraction term = {0};
    rk_fraction_make(&term, factor, &one);
    rk_fraction_multiply(&term, &term, number);
    rk_fraction_add(sum, sum, &term);
    rk_fraction_free(&term);
}

/* ---- steps ---- */

struct stepping {
    struct rk_duality *d;
    const bool *counts;
    const int64_t *before;
    struct rk_fraction *low, *high, level; /* by number: where it lies; of the step */
    struct rk_whole *on;                   /* by number: what the prices of the step come to */
    uint32_t *touched, touched_count, touched_room;
    uint64_t *first, *order; /* terms by rule */
};

static void order_terms(struct stepping *s)
{
    const struct rk_duality *d = s->d;
    s->first = rk_alloc((size_t)d->rule_count + 2, sizeof *s->first);
    s->order = rk_alloc((size_t)d->term_count + 1, sizeof *s->order);
    for (uint64_t t = 0; t < d->term_count; t++)
        s->first[d->terms[t].rule + 2]++;
    for (uint32_t r = 0; r < d->rule_count; r++)
        s->first[r + 2] += s->first[r + 1];
    for (uint64_t t = 0; t < d->term_count; t++)
        s->order[s->first[d->terms[t].rule + 1]++] = t;
}

/* Whoever was not fixed before is at the level, or where the range ends. */
static void raise(struct stepping *s, uint32_t n)
{
    struct rk_fraction least = {0};
    if (!s->counts[n])
        return;
    rk_fraction_set_whole(&least, s->before[n]);
    rk_fraction_subtract(&least, &s->level, &least);
    if (rk_fraction_compare(&least, &s->high[n]) > 0)
        rk_fraction_set(&least, &s->high[n]);
    if (rk_fraction_compare(&least, &s->low[n]) > 0)
        rk_fraction_set(&s->low[n], &least);
    rk_fraction_free(&least);
}

/* A rule's price goes to its numbers. */
static void put_price(struct stepping *s, uint32_t rule, const struct rk_whole *price)
{
    struct rk_whole factor = {0};
    for (uint64_t k = s->first[rule]; k < s->first[rule + 1]; k++) {
        const struct rk_duality_term *term = &s->d->terms[s->order[k]];
        rk_whole_set_i64(&factor, term->factor);
        rk_whole_add_product(&s->on[term->number], price, &factor);
        RK_GROW(s->touched, s->touched_count, s->touched_room);
        s->touched[s->touched_count++] = term->number;
    }
    rk_whole_free(&factor);
}

/* True where the prices show that all they touch must be at one end: at the low one where the price
 * sum is over 0, else at the high one; both are then that. So must be what they are put on. */
static bool pin(struct stepping *s, const struct rk_certificate_vector *prices)
{
    struct rk_fraction least = {0}, most = {0}, end = {0};
    rk_fraction_set_whole(&least, 0);
    rk_fraction_set_whole(&most, 0);
    for (uint32_t i = 0; i < prices->count; i++) { /* one without an end is left out */
        struct rk_duality_rule *rule = &s->d->rules[prices->terms[i].of];
        int64_t at = rk_whole_sign(&prices->terms[i].number) > 0 ? rule->most : rule->least;
        if (at == RK_DUALITY_NONE)
            continue;
        rk_fraction_set_whole(&end, at);
        add(&most, &prices->terms[i].number, &end);
        put_price(s, prices->terms[i].of, &prices->terms[i].number);
        rule->least = rule->most = at;
    }
    for (uint32_t i = 0; i < s->touched_count; i++) {
        uint32_t n = s->touched[i];
        int sign = rk_whole_sign(&s->on[n]);
        if (!sign)
            continue;
        raise(s, n);
        add(&least, &s->on[n], sign > 0 ? &s->low[n] : &s->high[n]);
        rk_fraction_set(sign > 0 ? &s->high[n] : &s->low[n], sign > 0 ? &s->low[n] : &s->high[n]);
        rk_whole_set_i64(&s->on[n], 0);
    }
    s->touched_count = 0;
    bool good = !rk_fraction_compare(&least, &most);
    rk_fraction_free(&least);
    rk_fraction_free(&most);
    rk_fraction_free(&end);
    return good;
}

bool rk_duality_steps(struct rk_duality *d, const struct rk_certificate_vectors *steps,
                      const bool *counts, const struct rk_fraction *value, const int64_t *before)
{
    uint32_t n = d->number_count;
    struct stepping s = {.d = d,
                         .counts = counts,
                         .before = before,
                         .low = rk_fractions(n),
                         .high = rk_fractions(n),
                         .on = rk_alloc((size_t)n + 1, sizeof *s.on)};
    bool good = true;
    order_terms(&s);
    rk_fraction_set_whole(&s.level, 0);
    for (uint32_t i = 0; i < n; i++) {
        rk_fraction_set_whole(&s.low[i], d->numbers[i].low);
        rk_fraction_set_whole(&s.high[i], d->numbers[i].high);
    }
    for (uint32_t i = 0; i < steps->count && good; i++) {
        good = !i || rk_fraction_compare(&s.level, &steps->items[i].number) <= 0;
        rk_fraction_set(&s.level, &steps->items[i].number);
        good = good && pin(&s, &steps->items[i]);
    }
    for (uint32_t i = 0; i < n && good; i++) {
        raise(&s, i);
        good = !counts[i] || (!rk_fraction_compare(&s.low[i], &s.high[i]) &&
                              !rk_fraction_compare(&s.low[i], &value[i]));
    }
    rk_fractions_free(s.low, n);
    rk_fractions_free(s.high, n);
    rk_fraction_free(&s.level);
    rk_whole_free_all(s.on, (size_t)n + 1);
    rk_free(s.touched);
    rk_free(s.first);
    rk_free(s.order);
    return good;
}
