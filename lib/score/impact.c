#include "score/impact_state.h"
#include "stat/power.h"
#include "stat/rank.h"

#include <math.h>

/* ---- entries and contests ---- */

struct spot {
    uint32_t candidate, name_rank;
};

static int by_name(const void *x, const void *y)
{
    const struct spot *p = x, *q = y;
    return (p->name_rank > q->name_rank) - (p->name_rank < q->name_rank);
}

static void list_entries(struct rk_impact *m)
{
    const struct rk_ranking *base = m->base;
    struct spot *spots = rk_resize(NULL, base->count + 1, sizeof *spots);
    size_t room = 0, next;
    for (size_t i = 0; i < base->count; i = next) {
        uint32_t recruitment = base->rows[i].recruitment, stage = base->rows[i].stage;
        for (next = i; next < base->count && base->rows[next].recruitment == recruitment &&
                       base->rows[next].stage == stage;
             next++)
            spots[next - i] =
                (struct spot){base->rows[next].candidate, m->name_rank[base->rows[next].candidate]};
        qsort(spots, next - i, sizeof *spots, by_name);
        RK_GROW(m->contests, m->contest_count, room);
        rk_tuples_add(&m->contest_keys, (uint32_t[]){recruitment, stage});
        m->contests[m->contest_count++] = (struct impact_contest){
            .recruitment = recruitment, .stage = stage, .first = i, .last = next};
        for (size_t k = 0; k < next - i; k++)
            rk_tuples_add(&m->entries, (uint32_t[]){recruitment, stage, spots[k].candidate});
    }
    rk_free(spots);
}

static uint32_t candidate_of(const struct rk_impact *m, size_t entry)
{
    return m->entries.members[3 * entry + 2];
}

static void read_ranks(const struct rk_impact *m, const struct rk_ranking *ranking, uint32_t *ranks)
{
    memset(ranks, 0, m->entries.count * sizeof *ranks);
    for (size_t i = 0; i < ranking->count; i++) {
        const struct rk_ranking_row *row = &ranking->rows[i];
        uint32_t entry =
            rk_tuples_find(&m->entries, (uint32_t[]){row->recruitment, row->stage, row->candidate});
        if (entry != RK_NONE && row->ranked)
            ranks[entry] = row->rank;
    }
}

static bool is_ranked(const uint32_t *ranks, const struct impact_contest *c)
{
    for (size_t e = c->first; e < c->last; e++)
        if (ranks[e])
            return true;
    return false;
}

/* Where a stage stands in the process: by the rubric, or else by the words of the table events; the
 * later ones of unknown words by name. */
static int stage_place(const struct rk_impact *m, const struct impact_contest *c)
{
    static const char *const words[] = {"profile",   "advert",   "application", "shortlist",
                                        "interview", "analysis", "decision",    "follow_up"};
    const struct rk_rubrics *rubrics = m->options.rubrics;
    const struct rk_rubric *rubric =
        rubrics && rubrics->count ? rk_rubrics_for(rubrics, c->recruitment) : NULL;
    if (c->stage == RK_NONE)
        return INT32_MAX;
    const char *name = rk_id_text(m->ids, RK_ID_STAGE, c->stage).text;
    if (rubric && rubric->stage_count)
        return (int)rk_rubric_stage(rubric, name);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i], name))
            return (int)i + 1;
    return 0;
}

static bool is_asked_stage(const struct rk_impact *m, const struct impact_contest *c)
{
    const char *name = c->stage == RK_NONE ? "*" : rk_id_text(m->ids, RK_ID_STAGE, c->stage).text;
    return !strcmp(name, m->options.stage);
}

/* Of each recruitment the contest that the decision is held against: that of all stages together,
 * or the last one in which anybody is ranked. Contests come by the names of stages. */
static void find_deciding(struct rk_impact *m)
{
    for (size_t i = 0, next; i < m->contest_count; i = next) {
        size_t best = SIZE_MAX;
        for (next = i;
             next < m->contest_count && m->contests[next].recruitment == m->contests[i].recruitment;
             next++) {
            const struct impact_contest *c = &m->contests[next];
            if (m->options.stage ? !is_asked_stage(m, c) : !is_ranked(m->all, c))
                continue;
            if (best == SIZE_MAX || stage_place(m, c) >= stage_place(m, &m->contests[best]))
                best = next;
        }
        if (best != SIZE_MAX)
            m->contests[best].decides = true;
    }
}

/* ---- sets of candidates ---- */

static struct rk_text keep(struct rk_impact *m, struct rk_buf *list)
{
    struct rk_text text = {0};
    if (list->size)
        text = (struct rk_text){rk_arena_text(&m->arena, list->text, list->size), list->size};
    rk_buf_free(list);
    return text;
}

static void add_item(struct rk_buf *list, struct rk_text item)
{
    if (list->size)
        rk_buf_char(list, '|');
    rk_buf_add(list, item.text, item.size);
}

static void add_once(struct rk_buf *list, struct rk_text item)
{
    if (!rk_list_has((struct rk_text){list->text, list->size}, item))
        add_item(list, item);
}

static void add_candidate(const struct rk_impact *m, struct rk_buf *list, size_t entry)
{
    add_item(list, rk_id_text(m->ids, RK_ID_CANDIDATE, candidate_of(m, entry)));
}

static struct rk_text list_first(struct rk_impact *m, const struct impact_contest *c,
                                 const uint32_t *ranks)
{
    struct rk_buf list = {0};
    for (size_t e = c->first; e < c->last; e++)
        if (ranks[e] == 1)
            add_candidate(m, &list, e);
    return keep(m, &list);
}

/* Two sets of which each has somebody; counts of the first, the second and both. */
static enum rk_impact_match match(size_t x, size_t y, size_t both)
{
    if (!x || !y)
        return RK_MATCH_MISSING;
    return both == x && both == y ? RK_MATCH_YES : both ? RK_MATCH_SHARED : RK_MATCH_NO;
}

enum rk_impact_match rk_impact_match_first(const struct impact_contest *c, const uint32_t *x,
                                           const uint32_t *y)
{
    size_t n[3] = {0};
    for (size_t e = c->first; e < c->last; e++) {
        n[0] += x[e] == 1;
        n[1] += y[e] == 1;
        n[2] += x[e] == 1 && y[e] == 1;
    }
    return match(n[0], n[1], n[2]);
}

static bool is_chosen(const struct rk_impact *m, const struct impact_contest *c, size_t entry)
{
    return rk_tuples_find(&m->chosen, (uint32_t[]){c->recruitment, candidate_of(m, entry)}) !=
           RK_NONE;
}

static enum rk_impact_state state_of(const struct rk_impact *m, uint32_t recruitment)
{
    return recruitment < m->options.state_count ? m->options.states[recruitment]
                                                : RK_IMPACT_UNDECIDED;
}

enum rk_impact_match rk_impact_followed(const struct rk_impact *m, const struct impact_contest *c,
                                        const uint32_t *ranks)
{
    size_t first = 0, both = 0;
    if (!c->decides || state_of(m, c->recruitment) != RK_IMPACT_DECIDED)
        return RK_MATCH_MISSING;
    for (size_t e = c->first; e < c->last; e++)
        if (ranks[e] == 1) {
            first++;
            both += is_chosen(m, c, e);
        }
    return match(first, first, both);
}

/* Is the entry among the first k? */
static bool in_top(const struct rk_impact *m, const struct impact_contest *c, const uint32_t *ranks,
                   size_t entry, uint32_t k)
{
    if (!ranks[entry] || ranks[entry] > k)
        return false;
    if (!m->options.cut_by_id)
        return true;
    uint32_t before = ranks[entry] - 1; /* equals come in order of their ids */
    for (size_t e = c->first; e < entry; e++)
        before += ranks[e] == ranks[entry];
    return before < k;
}

static void compare_top(struct rk_impact *m, const struct impact_contest *c,
                        const uint32_t *without, struct rk_impact_row *row)
{
    struct rk_buf in = {0}, out = {0};
    for (size_t e = c->first; e < c->last; e++) {
        bool with = in_top(m, c, m->all, e, row->top),
             else_too = in_top(m, c, without, e, row->top);
        if (with && !else_too)
            add_candidate(m, &in, e);
        if (!with && else_too)
            add_candidate(m, &out, e);
    }
    row->in = keep(m, &in);
    row->out = keep(m, &out);
}

static struct rk_text list_top(struct rk_impact *m, const struct impact_contest *c,
                               const uint32_t *ranks, uint32_t k)
{
    struct rk_buf list = {0};
    for (size_t e = c->first; e < c->last; e++)
        if (in_top(m, c, ranks, e, k))
            add_candidate(m, &list, e);
    return keep(m, &list);
}

/* ---- orders ---- */

static int by_double(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

/* Places as competition ranks among themselves. */
static void rank_anew(double *ranks, size_t n)
{
    double *sorted = rk_resize(NULL, n + 1, sizeof *sorted);
    memcpy(sorted, ranks, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_double);
    for (size_t i = 0; i < n; i++) {
        size_t low = 0, high = n; /* the first that is not less */
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (sorted[middle] < ranks[i])
                low = middle + 1;
            else
                high = middle;
        }
        ranks[i] = (double)low + 1;
    }
    rk_free(sorted);
}

struct impact_comparison rk_impact_compare(const struct impact_contest *c, const uint32_t *x,
                                           const uint32_t *y)
{
    struct impact_comparison result = {NAN, NAN, NAN, NAN};
    size_t n = 0;
    double *a = rk_resize(NULL, c->last - c->first + 1, sizeof *a);
    double *b = rk_resize(NULL, c->last - c->first + 1, sizeof *b);
    for (size_t e = c->first; e < c->last; e++)
        if (x[e] && y[e]) {
            a[n] = x[e];
            b[n++] = y[e];
        }
    rank_anew(a, n);
    rank_anew(b, n);
    if (n) {
        struct rk_concordance pairs = rk_concordance_of(a, b, n, 0, 0);
        double sum = 0, largest = 0;
        for (size_t i = 0; i < n; i++) {
            sum += fabs(a[i] - b[i]);
            largest = fmax(largest, fabs(a[i] - b[i]));
        }
        result = (struct impact_comparison){rk_tau_b(&pairs), rk_spearman(a, b, n, 0, 0),
                                            sum / (double)n, largest};
    }
    rk_free(a);
    rk_free(b);
    return result;
}

/* ---- rows ---- */

/* The row of the base that tells of a contest's groups: one that all of them rated, where there is.
 */
static const struct rk_ranking_row *row_of_groups(const struct rk_impact *m,
                                                  const struct impact_contest *c)
{
    const struct rk_ranking_row *rows = m->base->rows;
    for (size_t i = c->first; i < c->last; i++)
        if (rows[i].whole)
            return &rows[i];
    return &rows[c->first];
}

static uint32_t count_ranked(const uint32_t *ranks, const struct impact_contest *c)
{
    uint32_t n = 0;
    for (size_t e = c->first; e < c->last; e++)
        n += ranks[e] > 0;
    return n;
}

static void add_row(struct rk_impact *m, const struct impact_contest *c, uint32_t group)
{
    RK_GROW(m->rows, m->row_count, m->row_room);
    m->rows[m->row_count++] = (struct rk_impact_row){.recruitment = c->recruitment,
                                                     .stage = c->stage,
                                                     .group = group,
                                                     .state = state_of(m, c->recruitment),
                                                     .decides = c->decides,
                                                     .candidates = count_ranked(m->all, c),
                                                     .first = list_first(m, c, m->all),
                                                     .weight = NAN,
                                                     .same = RK_MATCH_MISSING,
                                                     .tau_b = NAN,
                                                     .spearman = NAN,
                                                     .mean_shift = NAN,
                                                     .largest_shift = NAN,
                                                     .own_tau_b = NAN,
                                                     .own_spearman = NAN,
                                                     .own_mean_shift = NAN,
                                                     .own_largest_shift = NAN,
                                                     .from = NAN,
                                                     .to = NAN,
                                                     .flip = NAN,
                                                     .shapley = NAN,
                                                     .banzhaf = NAN,
                                                     .banzhaf_absolute = NAN,
                                                     .formal = NAN,
                                                     .followed = RK_MATCH_MISSING};
}

static void add_rows(struct rk_impact *m)
{
    for (size_t i = 0; i < m->contest_count; i++) {
        struct impact_contest *c = &m->contests[i];
        const struct rk_ranking_group *groups = row_of_groups(m, c)->groups;
        c->rows = m->row_count;
        add_row(m, c, RK_NONE);
        for (size_t g = 0; g < m->width; g++) {
            if (!groups[g].expected)
                continue;
            add_row(m, c, m->base->groups[g]);
            if (!m->options.heads) /* then groups have none */
                m->rows[m->row_count - 1].weight = rk_fixed_double(groups[g].weight);
        }
        c->row_end = m->row_count;
        for (size_t k = c->rows + 1; k < c->row_end && m->options.decides; k++)
            m->rows[k].formal =
                rk_text_is(rk_id_text(m->ids, RK_ID_GROUP, m->rows[k].group), m->options.decides);
    }
}

static struct rk_impact_row *row_of(const struct rk_impact *m, const struct impact_contest *c,
                                    uint32_t group)
{
    for (size_t i = c->rows; i < c->row_end; i++)
        if (m->rows[i].group == group)
            return &m->rows[i];
    return NULL;
}

/* Who was chosen, and whether that was whom `ranks` put first; codes where it was not. */
static void tell_chosen(struct rk_impact *m, const struct impact_contest *c, const uint32_t *ranks,
                        struct rk_impact_row *row)
{
    const struct rk_impact_choice *choices = m->choices.rows;
    const struct rk_impact_reason *reasons = m->reasons.rows;
    struct rk_buf list = {0}, codes = {0};
    uint32_t r = c->recruitment;
    if (row->state != RK_IMPACT_DECIDED || !c->decides)
        return;
    for (uint32_t i = m->choices.first[r]; i < m->choices.first[r + 1]; i++) /* also the unranked */
        add_item(&list, rk_id_text(m->ids, RK_ID_CANDIDATE, choices[i].candidate));
    row->chosen = keep(m, &list);
    for (size_t e = c->first; e < c->last; e++)
        if (ranks[e] && is_chosen(m, c, e) && (!row->chosen_rank || ranks[e] < row->chosen_rank))
            row->chosen_rank = ranks[e];
    row->followed = rk_impact_followed(m, c, ranks);
    if (row->followed == RK_MATCH_NO)
        for (uint32_t i = m->reasons.first[r]; i < m->reasons.first[r + 1]; i++)
            add_once(&codes, reasons[i].code);
    row->reasons = keep(m, &codes);
}

static void list_statements(struct rk_impact *m, const struct impact_contest *c,
                            struct rk_impact_row *row)
{
    const struct rk_statement *all = m->statements.rows;
    struct rk_buf list = {0}, one = {0};
    for (uint32_t i = m->statements.first[c->recruitment];
         i < m->statements.first[c->recruitment + 1]; i++) {
        struct rk_text group = rk_id_text(m->ids, RK_ID_GROUP, all[i].group);
        rk_buf_clear(&one);
        rk_buf_add(&one, group.text, group.size);
        rk_buf_printf(&one, ":%s", rk_position_words[all[i].position]);
        add_once(&list, (struct rk_text){one.text, one.size});
    }
    rk_buf_free(&one);
    row->statements = keep(m, &list);
}

static void flag(struct rk_impact *m, struct rk_impact_row *row, const char *word)
{
    struct rk_buf flags = {0};
    rk_buf_add(&flags, row->flags.text, row->flags.size);
    add_item(&flags, rk_text(word));
    row->flags = keep(m, &flags);
}

static bool has_several(struct rk_text list)
{
    return memchr(list.text ? list.text : "", '|', list.size);
}

static uint32_t top_of(const struct rk_impact *m, uint32_t recruitment)
{
    uint32_t hired = m->choices.first[recruitment + 1] - m->choices.first[recruitment];
    return m->options.top ? m->options.top : hired ? hired : 1;
}

static void tell_all(struct rk_impact *m)
{
    for (size_t i = 0; i < m->contest_count; i++) {
        const struct impact_contest *c = &m->contests[i];
        struct rk_impact_row *row = &m->rows[c->rows];
        uint32_t top = top_of(m, c->recruitment);
        for (size_t k = c->rows; k < c->row_end; k++)
            m->rows[k].top = top;
        row->top_own = list_top(m, c, m->all, top);
        tell_chosen(m, c, m->all, row);
        list_statements(m, c, row);
        if (has_several(row->first))
            flag(m, row, "tied_first");
        if (!row->candidates)
            flag(m, row, "no_ranking");
        if (row->chosen.size && !row->chosen_rank)
            flag(m, row, "chosen_unranked");
    }
}

/* ---- what-ifs ---- */

/* Ranks after a change of the rule. */
static enum rk_status replay_ranks(struct rk_impact *m, struct rk_replay *replay,
                                   const struct rk_replay_change *change, uint32_t *ranks,
                                   struct rk_error *error)
{
    struct rk_aggregate *aggregate = NULL;
    const struct rk_aggregate_result *result = NULL;
    enum rk_status status = rk_replay_changed(replay, change, &aggregate, &result, error);
    if (!status) {
        read_ranks(m, &result->ranking, ranks);
        m->unproven += result->unproven;
    }
    rk_aggregate_free(aggregate);
    return status;
}

/* The rankings without a group, and by it alone. */
static enum rk_status replay_group(struct rk_impact *m, struct rk_replay *replay, size_t g,
                                   uint32_t *without, struct rk_error *error)
{
    uint32_t group = m->base->groups[g], count = m->ids->of[RK_ID_GROUP].count;
    const struct rk_group_weight one = {group, RK_FIXED_ONE};
    bool *silent = rk_alloc((size_t)count + 1, sizeof *silent);
    const struct rk_replay_change rest = {silent, count, NULL, 0, m->options.heads},
                                  alone = {silent, count, &one, 1, false};
    silent[group] = true;
    enum rk_status status = replay_ranks(m, replay, &rest, without, error);
    for (uint32_t i = 0; i < count; i++)
        silent[i] = i != group;
    if (!status)
        status = replay_ranks(m, replay, &alone, m->own + g * m->entries.count, error);
    rk_free(silent);
    return status;
}

static void tell_group(struct rk_impact *m, const struct impact_contest *c, const uint32_t *without,
                       const uint32_t *own, struct rk_impact_row *row)
{
    row->without = list_first(m, c, without);
    row->own = list_first(m, c, own);
    row->same = rk_impact_match_first(c, m->all, without);
    row->top_own = list_top(m, c, own, row->top);
    if (is_ranked(m->all, c) && is_ranked(without, c)) {
        struct impact_comparison orders = rk_impact_compare(c, m->all, without),
                                 with_own = rk_impact_compare(c, own, without);
        compare_top(m, c, without, row);
        row->tau_b = orders.tau_b;
        row->spearman = orders.spearman;
        row->mean_shift = orders.mean_shift;
        row->largest_shift = orders.largest_shift;
        row->own_tau_b = with_own.tau_b;
        row->own_spearman = with_own.spearman;
        row->own_mean_shift = with_own.mean_shift;
        row->own_largest_shift = with_own.largest_shift;
    } else {
        flag(m, row, "not_compared");
    }
    tell_chosen(m, c, own, row);
    if (has_several(row->own))
        flag(m, row, "tied_first");
}

static enum rk_status replay_all(struct rk_impact *m, struct rk_replay *replay,
                                 struct rk_error *error)
{
    uint32_t *without = rk_resize(NULL, (size_t)m->entries.count + 1, sizeof *without);
    enum rk_status status = RK_OK;
    m->own = rk_alloc(m->width * m->entries.count + 1, sizeof *m->own);
    for (size_t g = 0; g < m->width && !status; g++) {
        status = replay_group(m, replay, g, without, error);
        for (size_t i = 0; i < m->contest_count && !status; i++) {
            struct rk_impact_row *row = row_of(m, &m->contests[i], m->base->groups[g]);
            if (row)
                tell_group(m, &m->contests[i], without, m->own + g * m->entries.count, row);
        }
    }
    rk_free(without);
    return status;
}

/* ---- weights ---- */

/* Weights so near each other are one: ends of ranges come of sums that were rounded. */
static const double same_weight = 1e-12;

static double end_of(double weight)
{
    return weight < same_weight ? 0 : weight > 1 - same_weight ? 1 : weight;
}

/* The ends, within 0 and 1, of the ranges over which somebody is first; those of who is first now.
 */
static void read_ranges(struct rk_impact *m, const struct rk_aggregate_result *result)
{
    struct end { /* of a range */
        size_t row;
        double at;
    } *ends = NULL;
    size_t count = 0, room = 0, next;
    for (size_t i = 0; i < result->measure_count; i++) {
        const struct rk_ranking_measure *r = &result->measures[i];
        bool stays = !strcmp(r->measure, "first_stays");
        if (!stays && strcmp(r->measure, "first_by_weight") != 0)
            continue;
        uint32_t c = rk_tuples_find(&m->contest_keys, (uint32_t[]){r->recruitment, r->stage});
        struct rk_impact_row *row = c == RK_NONE ? NULL : row_of(m, &m->contests[c], r->group);
        if (!row)
            continue;
        if (stays) { /* of who share the first place, while all of them do */
            row->from = fmax(end_of(r->low), isnan(row->from) ? 0 : row->from);
            row->to = fmin(end_of(r->high), isnan(row->to) ? 1 : row->to);
        }
        for (int high = 0; high < 2; high++) {
            double at = end_of(high ? r->high : r->low);
            if (at <= 0 || at >= 1)
                continue;
            RK_GROW(ends, count, room);
            ends[count++] = (struct end){(size_t)(row - m->rows), at};
        }
    }
    /* in order of the rows already, but for what comes of the same row */
    for (size_t i = 0; i < count; i = next) {
        struct rk_impact_row *row = &m->rows[ends[i].row];
        struct rk_buf list = {0};
        double *at = rk_resize(NULL, count - i, sizeof *at);
        for (next = i; next < count && ends[next].row == ends[i].row; next++)
            at[next - i] = ends[next].at;
        qsort(at, next - i, sizeof *at, by_double);
        for (size_t k = 0; k < next - i; k++)
            if (!k || at[k] - at[k - 1] > same_weight) {
                if (list.size)
                    rk_buf_char(&list, '|');
                rk_double_print(&list, at[k]);
            }
        row->flips = keep(m, &list);
        rk_free(at);
    }
    rk_free(ends);
    for (size_t i = 0; i < m->row_count; i++) {
        struct rk_impact_row *row = &m->rows[i];
        if (row->from > 0)
            row->flip = row->from;
        if (row->to < 1 && !(row->weight - row->flip <= row->to - row->weight))
            row->flip = row->to;
    }
}

/* ---- power ---- */

/* A group's weight as it was given, before shares were made of it. */
static rk_fixed given_weight(const struct rk_impact *m, uint32_t recruitment, uint32_t group)
{
    const struct rk_impact_options *o = &m->options;
    for (size_t i = 0; i < o->weight_count; i++)
        if (o->weights[i].group == group)
            return o->weights[i].weight;
    const struct rk_rubric *rubric =
        o->rubrics && o->rubrics->count ? rk_rubrics_for(o->rubrics, recruitment) : NULL;
    size_t g =
        rubric ? rk_rubric_group(rubric, rk_id_text(m->ids, RK_ID_GROUP, group).text) : SIZE_MAX;
    return g == SIZE_MAX ? RK_FIXED_ONE : rubric->groups[g].weight;
}

/* Weights of the rows of a contest's groups: as given; over several stages, their shares of the sum
 * of those. */
static void find_weights(const struct rk_impact *m, const struct impact_contest *c,
                         rk_fixed *weights)
{
    rk_fixed sum = 0;
    size_t n = c->row_end - c->rows - 1;
    for (size_t i = 0; i < n; i++)
        sum += weights[i] = given_weight(m, c->recruitment, m->rows[c->rows + 1 + i].group);
    for (size_t i = 0; i < n && c->stage == RK_NONE; i++)
        weights[i] = rk_fixed_round_to(
            rk_fixed_from_double(m->rows[c->rows + 1 + i].weight * rk_fixed_double(sum)), 9);
}

static enum rk_status find_power(struct rk_impact *m, const struct impact_contest *c,
                                 struct rk_error *error)
{
    size_t n = c->row_end - c->rows - 1;
    struct rk_power *power = rk_alloc(n + 1, sizeof *power);
    rk_fixed *weights = rk_alloc(n + 1, sizeof *weights);
    find_weights(m, c, weights);
    rk_fixed quota = m->options.quota ? m->options.quota : rk_power_majority(weights, n);
    bool fits = rk_power_of(weights, n, quota, power);
    for (size_t i = 0; i < n && fits; i++) {
        struct rk_impact_row *row = &m->rows[c->rows + 1 + i];
        row->shapley = power[i].shapley;
        row->banzhaf = power[i].banzhaf;
        row->banzhaf_absolute = power[i].banzhaf_absolute;
        if (!m->options.decides)
            row->formal = row->shapley;
    }
    rk_free(power);
    rk_free(weights);
    return fits ? RK_OK
                : rk_fail(error, RK_BAD_DATA,
                          _("the groups' weights come to too many different sums for their power "
                            "to be counted"));
}

/* ---- what is told of recruitments ---- */

static int compare(uint32_t x, uint32_t y) { return (x > y) - (x < y); }

static int by_choice(const void *x, const void *y, void *context)
{
    const struct rk_impact_choice *p = x, *q = y;
    const uint32_t *rank = context;
    int by = compare(p->recruitment, q->recruitment);
    return by ? by : compare(rank[p->candidate], rank[q->candidate]);
}

static int by_code(const void *x, const void *y, void *context)
{
    const struct rk_impact_reason *p = x, *q = y;
    (void)context;
    int by = compare(p->recruitment, q->recruitment);
    return by ? by : rk_text_compare(p->code, q->code);
}

static int by_statement(const void *x, const void *y, void *context)
{
    const struct rk_statement *p = x, *q = y;
    const struct rk_ids *ids = context;
    int by = compare(p->recruitment, q->recruitment);
    if (!by)
        by = rk_text_compare(rk_id_text(ids, RK_ID_GROUP, p->group),
                             rk_id_text(ids, RK_ID_GROUP, q->group));
    return by ? by : compare(p->position, q->position);
}

static struct impact_told sorted(const struct rk_impact *m, const void *rows, size_t count,
                                 size_t size, int (*order)(const void *, const void *, void *),
                                 void *context)
{
    struct impact_told told = {.rows = rk_resize(NULL, count + 1, size)};
    if (count) {
        memcpy(told.rows, rows, count * size);
        qsort_r(told.rows, count, size, order, context);
    }
    told.first = rk_firsts(told.rows, (uint32_t)count, size, m->ids->of[RK_ID_RECRUITMENT].count);
    return told;
}

static void sort_told(struct rk_impact *m)
{
    const struct rk_impact_options *o = &m->options;
    const struct rk_statements *s = o->statements;
    m->choices =
        sorted(m, o->choices, o->choice_count, sizeof *o->choices, by_choice, m->name_rank);
    m->reasons = sorted(m, o->reasons, o->reason_count, sizeof *o->reasons, by_code, NULL);
    m->statements = sorted(m, s ? s->rows : NULL, s ? s->count : 0, sizeof *s->rows, by_statement,
                           (void *)m->ids);
}

/* ---- all of it ---- */

enum rk_status rk_impact_new(struct rk_impact **impact, const struct rk_impact_options *options,
                             struct rk_replay *replay, const struct rk_aggregate_result *result,
                             const struct rk_ids *ids, struct rk_error *error)
{
    struct rk_impact *m = *impact = rk_alloc(1, sizeof *m);
    m->options = *options;
    m->ids = ids;
    m->base = &result->ranking;
    m->width = result->ranking.group_count;
    m->entries.width = 3;
    m->contest_keys.width = m->chosen.width = 2;
    m->name_rank = rk_strings_ranks(&ids->of[RK_ID_CANDIDATE]);
    list_entries(m);
    m->all = rk_resize(NULL, (size_t)m->entries.count + 1, sizeof *m->all);
    if (options->heads)
        RK_TRY(replay_ranks(m, replay, &(struct rk_replay_change){.heads = true}, m->all, error));
    else
        read_ranks(m, m->base, m->all);
    for (size_t i = 0; i < options->choice_count; i++)
        rk_tuples_add(&m->chosen,
                      (uint32_t[]){options->choices[i].recruitment, options->choices[i].candidate});
    sort_told(m);
    find_deciding(m);
    add_rows(m);
    tell_all(m);
    RK_TRY(replay_all(m, replay, error));
    if (options->heads)
        return RK_OK;
    read_ranges(m, result);
    for (size_t i = 0; i < m->contest_count; i++)
        RK_TRY(find_power(m, &m->contests[i], error));
    return RK_OK;
}

const struct rk_impact_row *rk_impact_rows(const struct rk_impact *m, size_t *count)
{
    *count = m->row_count;
    return m->rows;
}

uint64_t rk_impact_unproven(const struct rk_impact *m) { return m->unproven; }

void rk_impact_free(struct rk_impact *m)
{
    if (!m)
        return;
    rk_tuples_free(&m->entries);
    rk_tuples_free(&m->contest_keys);
    rk_tuples_free(&m->chosen);
    for (int i = 0; i < 3; i++) {
        struct impact_told *told[] = {&m->choices, &m->reasons, &m->statements};
        rk_free(told[i]->rows);
        rk_free(told[i]->first);
    }
    rk_free(m->contests);
    rk_free(m->name_rank);
    rk_free(m->all);
    rk_free(m->own);
    rk_free(m->rows);
    rk_free(m->measures);
    rk_arena_free(&m->arena);
    rk_free(m);
}
