#include "tool/guard.h"

#include "base/mem.h"
#include "privacy/audit.h"
#include "privacy/suppress.h"

enum {
    EFFORT = 40000000, /* steps for each set of figures: a fifth of a second at most */
    MOST_ASKED =
        4000,  /* pairs of who is alone and a hidden figure that the choice is held against */
    TENTH = 10 /* of sums of hours or money nobody may infer a small one to within a tenth of it */
};

/* Figures that sums tie to each other, and to no others. */
struct set {
    const struct rk_report_cells *all;
    uint32_t *cell, count;   /* of `all` */
    uint32_t *first, *parts; /* the sums, in places of `cell` */
    uint32_t sum_count, part_count;
    bool *hidden;
    enum lost { LOST_TO_NONE, LOST_TO_INSIDERS, LOST_TO_ALL } * lost; /* by what was published */
};

/* What is taken for granted of attackers, from the hardest on. */
struct view {
    bool zeros_known; /* nought is shown, and everybody knows that nothing hidden is nought */
    bool insiders;
};

static uint32_t root_of(uint32_t *parent, uint32_t c)
{
    while (parent[c] != c)
        c = parent[c] = parent[parent[c]];
    return c;
}

static struct rk_sums sums_of(const struct set *s)
{
    return (struct rk_sums){s->first, s->parts, s->sum_count};
}

static int64_t least_of(const struct rk_report_cell *c, const struct view *view)
{
    if (!c->signless)
        return -RK_CELL_NO_END;
    return c->counts && c->value > 0 && view->zeros_known;
}

static int64_t width_of(const struct rk_report_cell *c)
{
    int64_t of = c->change ? c->change : c->value;
    return c->counts ? 1 : 1 + (of < 0 ? -of : of) / TENTH;
}

static struct rk_suppress_cell describe(const struct set *s, uint32_t i, const struct view *view)
{
    const struct rk_report_cell *c = &s->all->cells[s->cell[i]];
    bool kept = (c->small || c->before) && !c->fixed;
    return (struct rk_suppress_cell){
        .value = c->value,
        .least = least_of(c, view),
        .cost =
            (c->value < 0 ? -c->value : c->value) * (1 + (int64_t)c->others) * (s->count + 1) + 1,
        .width = c->small ? width_of(c) : 1,
        .sensitive = kept && s->lost[i] != LOST_TO_ALL,
        .shown = c->fixed || (view->zeros_known && !c->unseen && !kept && !c->value),
        .unseen = (c->unseen && !c->fixed) || s->lost[i],
        .unguarded = !c->small || s->lost[i],
        .alone = c->n == 1};
}

/* What cannot be kept, for what has been published tells it, is kept from as many as can be. */
static struct rk_suppression suppress(struct set *s, struct rk_suppress_cell *cells,
                                      const struct view *view, bool giving)
{
    struct rk_sums sums = sums_of(s);
    for (;;) {
        struct rk_suppression chosen = rk_suppress(cells, s->count, &sums, view->insiders, EFFORT);
        uint32_t lost = chosen.lost;
        if (lost == UINT32_MAX || !giving)
            return chosen;
        s->lost[lost] = chosen.inside ? LOST_TO_INSIDERS : LOST_TO_ALL;
        cells[lost] = describe(s, lost, view);
        rk_suppression_free(&chosen);
    }
}

/* False where a small figure can be worked out whatever is hidden, or the audit says so; with
 * `giving`, some may be. */
static bool choose(struct set *s, const struct view *view, bool giving, bool *proven)
{
    struct rk_suppress_cell *cells = rk_alloc(s->count, sizeof *cells);
    struct rk_audit_cell *audited = rk_alloc(s->count, sizeof *audited);
    struct rk_audit_finding *findings = rk_alloc(s->count, sizeof *findings);
    struct rk_sums sums = sums_of(s);
    uint32_t sum;
    for (uint32_t i = 0; i < s->count; i++) {
        s->lost[i] = LOST_TO_NONE;
        cells[i] = describe(s, i, view);
    }
    struct rk_suppression chosen = suppress(s, cells, view, giving);
    bool kept = chosen.lost == UINT32_MAX;
    uint64_t alone = 0, hidden = 0;
    for (uint32_t i = 0; i < s->count && kept; i++) {
        s->hidden[i] = chosen.hidden[i];
        audited[i] = (struct rk_audit_cell){.value = cells[i].value,
                                            .least = cells[i].least,
                                            .most = RK_CELL_NO_END,
                                            .width = cells[i].width,
                                            .has_value = true,
                                            .hidden = chosen.hidden[i] || cells[i].unseen,
                                            .guarded = cells[i].sensitive && !cells[i].unguarded,
                                            .alone = cells[i].alone};
        hidden += audited[i].hidden;
        alone += audited[i].hidden && audited[i].alone;
    }
    bool asked = view->insiders && alone * hidden <= MOST_ASKED;
    kept = kept && rk_audit(audited, s->count, &sums, asked ? RK_INSIDERS_KNOWN : RK_INSIDERS_OFF,
                            EFFORT / 8, findings, &sum);
    for (uint32_t i = 0; i < s->count && kept; i++)
        kept = !cells[i].sensitive || findings[i].verdict == RK_KEPT ||
               findings[i].verdict == RK_OPEN || /* not looked further: the choice has seen to it */
               (s->lost[i] && findings[i].verdict == RK_INSIDER);
    *proven = kept && chosen.bound >= chosen.cost;
    rk_suppression_free(&chosen);
    rk_free(cells);
    rk_free(audited);
    rk_free(findings);
    return kept;
}

/* Whether what has been published tells something of the set. */
static bool has_history(const struct set *s, bool drifts)
{
    bool any = false;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct rk_report_cell *c = &s->all->cells[s->cell[i]];
        any = any || c->told || c->before || (c->change && (drifts || !c->drifts));
    }
    return any;
}

static void count_lost(const struct set *s, struct rk_guard *guard)
{
    bool history = has_history(s, false);
    for (uint32_t i = 0; i < s->count; i++) {
        const struct rk_report_cell *c = &s->all->cells[s->cell[i]];
        if (!s->lost[i] || !c->small || s->cell[i] >= s->all->figures)
            continue;
        guard->drifted += c->drifts;
        if (c->drifts || !history)
            continue;
        if (!guard->lost++)
            guard->first_lost = s->cell[i];
    }
}

static void guard_set(struct set *s, struct rk_guard *guard)
{
    static const struct view views[] = {{true, true}, {false, true}, {true, false}, {false, false}};
    bool kept = false, proven = false, inside = false;
    for (size_t v = 0; v < sizeof views / sizeof *views && !kept; v++) {
        inside = views[v].insiders;
        kept = choose(s, &views[v], false, &proven);
    }
    bool giving = !kept && has_history(s, true);
    for (size_t v = 1; v < sizeof views / sizeof *views && giving && !kept; v += 2) {
        inside = views[v].insiders;
        kept = choose(s, &views[v], true, &proven);
        if (kept)
            count_lost(s, guard);
    }
    guard->open += kept && !proven;
    guard->whole += !kept;
    guard->outside += kept && !inside;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct rk_report_cell *c = &s->all->cells[s->cell[i]];
        bool hidden = kept ? s->hidden[i] : !c->fixed;
        if (s->cell[i] >= s->all->figures || !hidden)
            continue;
        guard->hidden[s->cell[i]] = true;
        guard->besides += !c->small && !c->before;
        guard->before += !c->small && c->before;
    }
}

/* The sums among the cells whose root is `root`, in their places; which[] has the place of each. */
static void take_sums(struct set *s, uint32_t *parent, uint32_t root, const uint32_t *which)
{
    const struct rk_report_cells *all = s->all;
    s->sum_count = s->part_count = 0;
    s->first[0] = 0;
    for (uint32_t i = 0; i < all->sum_count; i++) {
        if (root_of(parent, all->cell[all->first[i]]) != root)
            continue;
        for (uint32_t p = all->first[i]; p < all->first[i + 1]; p++)
            s->parts[s->part_count++] = which[all->cell[p]];
        s->first[++s->sum_count] = s->part_count;
    }
}

struct rk_guard rk_guard_report(const struct rk_report_cells *all)
{
    struct rk_guard guard = {.hidden = rk_alloc((size_t)all->figures + 1, sizeof *guard.hidden),
                             .first_lost = UINT32_MAX,
                             .lost = all->lost};
    struct set s = {.all = all,
                    .cell = rk_alloc((size_t)all->count + 1, sizeof *s.cell),
                    .hidden = rk_alloc((size_t)all->count + 1, sizeof *s.hidden),
                    .lost = rk_alloc((size_t)all->count + 1, sizeof *s.lost),
                    .first = rk_alloc((size_t)all->sum_count + 1, sizeof *s.first),
                    .parts = rk_alloc((size_t)all->part_count + 1, sizeof *s.parts)};
    uint32_t *parent = rk_alloc((size_t)all->count + 1, sizeof *parent);
    uint32_t *which = rk_alloc((size_t)all->count + 1, sizeof *which);
    bool *small = rk_alloc((size_t)all->count + 1, sizeof *small);
    for (uint32_t c = 0; c < all->count; c++)
        parent[c] = c;
    for (uint32_t i = 0; i < all->sum_count; i++)
        for (uint32_t p = all->first[i]; p < all->first[i + 1]; p++)
            parent[root_of(parent, all->cell[p])] = root_of(parent, all->cell[all->first[i]]);
    for (uint32_t c = 0; c < all->count; c++)
        small[root_of(parent, c)] |= all->cells[c].small || all->cells[c].before;
    for (uint32_t root = 0; root < all->count; root++) {
        if (parent[root] != root || !small[root])
            continue;
        s.count = 0;
        for (uint32_t c = 0; c < all->count; c++)
            if (root_of(parent, c) == root) {
                which[c] = s.count;
                s.cell[s.count++] = c;
            }
        take_sums(&s, parent, root, which);
        if (s.sum_count) {
            guard_set(&s, &guard);
        } else if (root < all->figures) {
            guard.hidden[root] = true;
            guard.before += !all->cells[root].small;
        }
    }
    rk_free(s.cell);
    rk_free(s.hidden);
    rk_free(s.lost);
    rk_free(s.first);
    rk_free(s.parts);
    rk_free(parent);
    rk_free(which);
    rk_free(small);
    return guard;
}

void rk_guard_tell(struct rk_run *run, const struct rk_guard *guard)
{
    if (guard->besides)
        rk_run_detail(run,
                      RK_PLURAL("%u figure is hidden besides those that are small",
                                "%u figures are hidden besides those that are small",
                                guard->besides),
                      guard->besides);
    if (guard->open)
        rk_run_warn(run,
                    RK_PLURAL("more is hidden besides than may be needed: %u choice is the best "
                              "found, not proven",
                              "more is hidden besides than may be needed: %u choices are the best "
                              "found, not proven",
                              guard->open),
                    guard->open);
    if (guard->whole)
        rk_run_detail(
            run,
            RK_PLURAL("%u set of figures is hidden as a whole: nothing less keeps what is small",
                      "%u sets of figures are hidden as a whole: nothing less keeps what is small",
                      guard->whole),
            guard->whole);
    if (guard->before)
        rk_run_detail(run,
                      RK_PLURAL("%u figure is hidden that was in what has been published",
                                "%u figures are hidden that were in what has been published",
                                guard->before),
                      guard->before);
    if (guard->drifted)
        rk_run_warn(run,
                    RK_PLURAL("%u figure tells, with those of an earlier month, that few people "
                              "have come or gone, whatever is hidden",
                              "%u figures tell, with those of an earlier month, that few people "
                              "have come or gone, whatever is hidden",
                              guard->drifted),
                    guard->drifted);
    if (guard->outside)
        rk_run_detail(run,
                      RK_PLURAL("%u set of figures is not kept from whoever is alone in one of "
                                "them: no choice that does was found",
                                "%u sets of figures are not kept from whoever is alone in one of "
                                "them: no choice that does was found",
                                guard->outside),
                      guard->outside);
}

void rk_guard_choose(void *run, const struct rk_report_cells *cells, bool *hidden)
{
    struct rk_guard guard = rk_guard_report(cells);
    memcpy(hidden, guard.hidden, cells->figures * sizeof *hidden);
    rk_guard_tell(run, &guard);
    rk_free(guard.hidden);
}
