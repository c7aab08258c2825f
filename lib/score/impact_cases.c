#include "score/impact_cases.h"

#include "base/date.h"

/* The recruitment's row in the table; NULL without. */
static const struct rk_recruitment *row_of(const struct rk_impact_cases *c, uint32_t recruitment)
{
    uint32_t at = c->recruitments
                      ? rk_recruitments_find(c->recruitments,
                                             rk_id_text(c->ids, RK_ID_RECRUITMENT, recruitment))
                      : RK_NONE;
    return at == RK_NONE ? NULL : &c->recruitments->rows[at];
}

void rk_impact_cases_start(struct rk_impact_cases *c, const struct rk_choices *decisions,
                           const struct rk_recruitments *recruitments, struct rk_ids *ids)
{
    c->decisions = decisions;
    c->recruitments = recruitments;
    c->ids = ids;
    for (uint32_t r = 0; recruitments && r < recruitments->count; r++)
        rk_id(ids, RK_ID_RECRUITMENT, recruitments->rows[r].recruitment_id);
    c->count = ids->of[RK_ID_RECRUITMENT].count;
    c->all = rk_alloc((size_t)c->count + 1, sizeof *c->all);
    for (uint32_t r = 0; r < c->count; r++)
        c->all[r].day = RK_NO_DATE;
    for (size_t i = 0; decisions && i < decisions->count; i++) {
        const struct rk_choice *d = &decisions->rows[i];
        struct rk_impact_case *of = &c->all[d->recruitment];
        of->declined += d->outcome == RK_OUTCOME_OFFERED_DECLINED;
        if (d->outcome != RK_OUTCOME_HIRED)
            continue;
        if (!of->hired++ || d->decided_on < of->day)
            of->day = d->decided_on;
        of->has_codes |= d->reason_code.size > 0;
    }
    for (uint32_t r = 0; r < c->count; r++) {
        const struct rk_recruitment *row = row_of(c, r);
        if (!c->all[r].hired && row)
            c->all[r].day = row->decided_on;
    }
}

void rk_impact_cases_available(struct rk_impact_cases *c, struct rk_contender **contenders,
                               const int32_t *since, size_t *count, size_t *room)
{
    struct rk_tuples known = {.width = 2};
    for (size_t i = 0; i < *count; i++) {
        struct rk_contender *one = &(*contenders)[i];
        int32_t day = c->all[one->recruitment].day;
        rk_tuples_add(&known, (uint32_t[]){one->recruitment, one->candidate});
        if (one->status == RK_CONTENDER_ACTIVE || day == RK_NO_DATE || since[i] == RK_NO_DATE ||
            since[i] <= day)
            continue;
        one->status = RK_CONTENDER_ACTIVE;
        c->again++;
    }
    for (size_t i = 0; c->decisions && i < c->decisions->count; i++) {
        const struct rk_choice *d = &c->decisions->rows[i];
        if (d->outcome != RK_OUTCOME_OFFERED_DECLINED || !c->all[d->recruitment].hired)
            continue;
        size_t before = *count, at;
        at = rk_tuples_add(&known, (uint32_t[]){d->recruitment, d->candidate});
        if (at == before) {
            RK_GROW(*contenders, *count, *room);
            (*contenders)[(*count)++] = (struct rk_contender){
                .recruitment = d->recruitment, .candidate = d->candidate, .reached = RK_NONE};
        }
        (*contenders)[at].status = RK_CONTENDER_WITHDRAWN;
        c->declined++;
    }
    rk_tuples_free(&known);
}

/* A decision about somebody hired is taken at its word, whatever the recruitment's status says,
 * unless that is cancelled or opened again. */
static enum rk_impact_state state_of(const struct rk_impact_cases *c, uint32_t recruitment)
{
    const struct rk_recruitment *row = row_of(c, recruitment);
    if (row && row->status == RK_RECRUITMENT_CANCELLED)
        return RK_IMPACT_CANCELLED;
    if (recruitment >= c->count || (row && row->status == RK_RECRUITMENT_REOPENED))
        return RK_IMPACT_UNDECIDED;
    const struct rk_impact_case *of = &c->all[recruitment];
    return of->hired ? RK_IMPACT_DECIDED : of->declined ? RK_IMPACT_NO_HIRE : RK_IMPACT_UNDECIDED;
}

static void list_choices(struct rk_impact_cases *c, struct rk_impact_options *o)
{
    size_t n = c->decisions ? c->decisions->count : 0;
    c->choices = rk_resize(NULL, n + 1, sizeof *c->choices);
    c->reasons = rk_resize(NULL, n + 1, sizeof *c->reasons);
    o->choices = c->choices;
    o->reasons = c->reasons;
    for (size_t i = 0; i < n; i++) {
        const struct rk_choice *d = &c->decisions->rows[i];
        bool hired = d->outcome == RK_OUTCOME_HIRED;
        if (hired)
            c->choices[o->choice_count++] = (struct rk_impact_choice){d->recruitment, d->candidate};
        if (d->reason_code.size && hired == c->all[d->recruitment].has_codes)
            c->reasons[o->reason_count++] =
                (struct rk_impact_reason){d->recruitment, d->reason_code};
    }
}

/* ---- parts ---- */

static struct rk_text text_of(const struct rk_impact_cases *c, uint32_t recruitment,
                              const char *column, struct rk_buf *month)
{
    const struct rk_recruitment *row = row_of(c, recruitment);
    if (!strcmp(column, "recruitment_id"))
        return rk_id_text(c->ids, RK_ID_RECRUITMENT, recruitment);
    if (strcmp(column, "month") != 0)
        return row ? rk_recruitment_text(row, rk_recruitment_column(column)) : RK_TEXT("");
    int32_t day = recruitment < c->count ? c->all[recruitment].day : RK_NO_DATE;
    if (row && row->status == RK_RECRUITMENT_CANCELLED)
        day = row->cancelled_on;
    rk_buf_clear(month);
    if (day != RK_NO_DATE)
        rk_month_print(month, rk_month_of(day));
    return (struct rk_text){month->text ? month->text : "", month->size};
}

struct ordered {
    const uint32_t *texts; /* of the columns */
    uint32_t number;
};
struct order {
    const uint32_t *rank;
    size_t width;
};

static int by_texts(const void *x, const void *y, void *context)
{
    const struct ordered *p = x, *q = y;
    const struct order *order = context;
    for (size_t i = 0; i < order->width; i++)
        if (p->texts[i] != q->texts[i])
            return order->rank[p->texts[i]] > order->rank[q->texts[i]] ? 1 : -1;
    return 0;
}

/* Parts by first appearance become parts in bytewise order. */
static void arrange(struct rk_impact_parts *parts, uint32_t *part, uint32_t recruitments)
{
    struct rk_tuples old = parts->tuples;
    uint32_t *rank = rk_strings_ranks(&parts->texts);
    struct ordered *all = rk_resize(NULL, (size_t)old.count + 1, sizeof *all);
    uint32_t *now = rk_resize(NULL, (size_t)old.count + 1, sizeof *now);
    struct order order = {rank, parts->by_count};
    for (uint32_t i = 0; i < old.count; i++)
        all[i] = (struct ordered){old.members + i * parts->by_count, i};
    if (old.count)
        qsort_r(all, old.count, sizeof *all, by_texts, &order);
    parts->tuples = (struct rk_tuples){.width = (uint32_t)parts->by_count};
    for (uint32_t i = 0; i < old.count; i++)
        now[all[i].number] = rk_tuples_add(&parts->tuples, all[i].texts);
    for (uint32_t r = 0; r < recruitments; r++)
        part[r] = now[part[r]];
    rk_tuples_free(&old);
    rk_free(rank);
    rk_free(all);
    rk_free(now);
}

static void divide(struct rk_impact_cases *c, struct rk_impact_parts *parts, uint32_t recruitments)
{
    struct rk_buf month = {0};
    if (!parts->by_count)
        return;
    parts->tuples.width = (uint32_t)parts->by_count;
    for (uint32_t r = 0; r < recruitments; r++) {
        uint32_t texts[RK_IMPACT_BY];
        for (size_t i = 0; i < parts->by_count; i++)
            texts[i] = rk_strings_add(&parts->texts, text_of(c, r, parts->by[i], &month));
        c->part[r] = rk_tuples_add(&parts->tuples, texts);
    }
    rk_buf_free(&month);
    arrange(parts, c->part, recruitments);
}

void rk_impact_cases_finish(struct rk_impact_cases *c, struct rk_impact_parts *parts,
                            struct rk_impact_options *o)
{
    uint32_t n = c->ids->of[RK_ID_RECRUITMENT].count;
    list_choices(c, o);
    c->states = rk_alloc((size_t)n + 1, sizeof *c->states);
    c->part = rk_alloc((size_t)n + 1, sizeof *c->part);
    for (uint32_t r = 0; r < n; r++)
        c->states[r] = state_of(c, r);
    divide(c, parts, n);
    o->states = c->states;
    o->part = c->part;
    o->state_count = o->part_count = n;
    o->parts = parts->by_count ? parts->tuples.count : 1;
}

uint64_t rk_impact_cases_unknown(const struct rk_impact_cases *c, const struct rk_ranking *ranking)
{
    struct rk_tuples rated = {.width = 2};
    bool *ranked = rk_alloc((size_t)c->ids->of[RK_ID_RECRUITMENT].count + 1, sizeof *ranked);
    uint64_t unknown = 0;
    for (size_t i = 0; i < ranking->count; i++) {
        const struct rk_ranking_row *row = &ranking->rows[i];
        ranked[row->recruitment] = true;
        rk_tuples_add(&rated, (uint32_t[]){row->recruitment, row->candidate});
    }
    for (size_t i = 0; c->decisions && i < c->decisions->count; i++) {
        const struct rk_choice *d = &c->decisions->rows[i];
        if (d->outcome != RK_OUTCOME_HIRED)
            continue;
        if (ranked[d->recruitment])
            unknown +=
                rk_tuples_find(&rated, (uint32_t[]){d->recruitment, d->candidate}) == RK_NONE;
        else
            unknown += c->recruitments && !row_of(c, d->recruitment);
    }
    rk_free(ranked);
    rk_tuples_free(&rated);
    return unknown;
}

void rk_impact_cases_free(struct rk_impact_cases *c)
{
    rk_free(c->all);
    rk_free(c->choices);
    rk_free(c->reasons);
    rk_free(c->states);
    rk_free(c->part);
    *c = (struct rk_impact_cases){0};
}
