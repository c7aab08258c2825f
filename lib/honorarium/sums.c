#include "honorarium/honorarium.h"

struct keyed {
    uint32_t line, panelist, centre, recruitment; /* by their texts; 0 where not kept apart by it */
    int32_t month;
    enum rk_pay_kind kind;
    const char *unit;
    rk_fixed rate;
};

static int compare(const struct keyed *a, const struct keyed *b)
{
    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    if (a->panelist != b->panelist)
        return a->panelist < b->panelist ? -1 : 1;
    if (a->centre != b->centre)
        return a->centre < b->centre ? -1 : 1;
    if (a->recruitment != b->recruitment)
        return a->recruitment < b->recruitment ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    int unit = strcmp(a->unit, b->unit);
    return unit ? unit : (a->rate > b->rate) - (a->rate < b->rate);
}

static int by_key(const void *x, const void *y)
{
    const struct keyed *a = x, *b = y;
    int differ = compare(a, b);
    return differ ? differ : (a->line > b->line) - (a->line < b->line);
}

static void add(struct rk_pay_sum *sum, const struct rk_pay_line *line,
                const struct rk_activity *activity)
{
    sum->quantity += line->quantity;
    if (line->kind == RK_PAY_FEE)
        sum->hours += activity->hours;
    if (rk_pay_is_taxable(line->kind))
        sum->taxable += line->amount;
    else if (line->kind == RK_PAY_MILEAGE)
        sum->untaxed += line->amount;
    else
        sum->expense += line->amount;
}

struct rk_pay_sum *rk_honorarium_sums(const struct rk_honorarium *of,
                                      const struct rk_activities *activities, unsigned by,
                                      const struct rk_strings *centres, const uint32_t *centre,
                                      size_t *count)
{
    uint32_t *panelist_rank = rk_strings_ranks(&activities->panelists),
             *recruitment_rank = rk_strings_ranks(&activities->recruitments),
             *centre_rank = rk_strings_ranks(centres);
    struct keyed *keys = rk_alloc(of->line_count + 1, sizeof *keys);
    size_t n = 0;
    for (size_t i = 0; i < of->line_count; i++) {
        const struct rk_pay_line *line = &of->lines[i];
        const struct rk_activity *a = &activities->rows[line->activity];
        if (line->flags & RK_PAY_HELD)
            continue;
        struct keyed key = {.line = (uint32_t)i, .month = line->month, .unit = ""};
        if (by & RK_PAY_BY_PANELIST)
            key.panelist = panelist_rank[a->panelist];
        if ((by & RK_PAY_BY_CENTRE) && a->recruitment != RK_NONE &&
            centre[a->recruitment] != RK_NONE)
            key.centre = 1 + centre_rank[centre[a->recruitment]];
        if ((by & RK_PAY_BY_RECRUITMENT) && a->recruitment != RK_NONE)
            key.recruitment = 1 + recruitment_rank[a->recruitment];
        if (by & RK_PAY_BY_PAY) {
            key.kind = line->kind;
            key.unit = line->unit;
            key.rate = line->rate;
        }
        keys[n++] = key;
    }
    qsort(keys, n, sizeof *keys, by_key);
    struct rk_pay_sum *sums = rk_alloc(n + 1, sizeof *sums);
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        const struct rk_pay_line *line = &of->lines[keys[i].line];
        if (!i || compare(&keys[i - 1], &keys[i]) != 0)
            sums[(*count)++].line = keys[i].line;
        add(&sums[*count - 1], line, &activities->rows[line->activity]);
    }
    rk_free(keys);
    rk_free(panelist_rank);
    rk_free(recruitment_rank);
    rk_free(centre_rank);
    return sums;
}
