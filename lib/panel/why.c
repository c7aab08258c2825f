#include "panel/why.h"

#include "base/date.h"
#include "panel/blame.h"
#include "panel/by_recruitment.h"

enum { MOST_NAMED = 20 }; /* quotas in one text */

struct rk_why {
    const struct rk_explain *match;
    const struct rk_assignment *rows; /* by recruitment, seat, position */
    uint32_t row_count;
    uint32_t *first_row; /* by recruitment, + 1 */
    struct rk_by_recruitment by;
    uint32_t *first_quota; /* by recruitment, + 1 */
    int32_t *counts;       /* by quota: members of the kind */
    int64_t *load;         /* by panelist: memberships, these ones included */
    struct rk_match_state *state;
};

static uint32_t *starts(uint32_t count) { return rk_alloc((size_t)count + 2, sizeof(uint32_t)); }

/* Counts the pair under its quotas. */
static void count_pair(const struct rk_match_problem *problem, uint32_t pair, int32_t by,
                       int32_t *counts)
{
    if (!problem->pair_cell || problem->pair_cell[pair] == RK_NONE)
        return;
    const struct rk_match_cell *cell = &problem->cells[problem->pair_cell[pair]];
    for (uint32_t k = 0; k < cell->count; k++)
        counts[problem->cell_rows[cell->first + k]] += by;
}

struct rk_why *rk_why_new(const struct rk_explain *match, const struct rk_assignment *rows,
                          uint32_t count)
{
    const struct rk_match_problem *problem = match->problem;
    uint32_t n = problem->recruitment_count;
    struct rk_why *why = rk_alloc(1, sizeof *why);
    why->match = match;
    why->rows = rows;
    why->row_count = count;
    why->first_row = starts(n);
    why->by = rk_by_recruitment(problem);
    why->first_quota = starts(n);
    for (uint32_t i = 0; i < count; i++)
        why->first_row[rows[i].recruitment + 1]++;
    for (uint32_t i = 0; i < problem->quota_count; i++)
        why->first_quota[problem->quotas[i].recruitment + 1]++;
    for (uint32_t r = 0; r < n; r++) {
        why->first_row[r + 1] += why->first_row[r];
        why->first_quota[r + 1] += why->first_quota[r];
    }
    why->counts = rk_alloc((size_t)problem->quota_count + 1, sizeof *why->counts);
    for (uint32_t i = 0; i < problem->pair_count; i++)
        if (match->result->member[i])
            count_pair(problem, i, 1, why->counts);
    why->load = rk_alloc((size_t)problem->panelist_count + 1, sizeof *why->load);
    for (uint32_t p = 0; p < problem->panelist_count; p++)
        why->load[p] = problem->panelists[p].load;
    for (uint32_t i = 0; i < problem->pair_count; i++)
        why->load[problem->pairs[i].panelist] += match->result->member[i];
    why->state = rk_match_state_new(problem, match->result);
    return why;
}

void rk_why_free(struct rk_why *why)
{
    if (!why)
        return;
    rk_match_state_free(why->state);
    rk_free(why->first_row);
    rk_by_recruitment_free(&why->by);
    rk_free(why->first_quota);
    rk_free(why->counts);
    rk_free(why->load);
    rk_free(why);
}

static void say(struct rk_buf *out, const char *text)
{
    if (out->size)
        rk_buf_char(out, ' ');
    rk_buf_text(out, text);
}

__attribute__((format(printf, 2, 3))) static void sayf(struct rk_buf *out, const char *format, ...)
{
    va_list args;
    if (out->size)
        rk_buf_char(out, ' ');
    va_start(args, format);
    rk_buf_vprintf(out, format, args);
    va_end(args);
}

static void print_day(struct rk_buf *out, int32_t days)
{
    rk_buf_clear(out);
    rk_date_print(out, days);
}

static void name_one(struct rk_buf *names, struct rk_text name)
{
    rk_buf_text(names, names->size ? ", " : "");
    rk_buf_add(names, name.text, name.size);
}

/* The recruitments that the panelist got. */
static void name_given(const struct rk_why *why, uint32_t panelist, struct rk_buf *names)
{
    for (uint32_t i = 0; i < why->row_count; i++)
        if (why->rows[i].panelist == panelist && why->rows[i].seat == RK_SEAT_MEMBER)
            name_one(names,
                     why->match->recruitments->rows[why->rows[i].recruitment].recruitment_id);
}

static void name_wanted(const struct rk_recruitment *recruitment, struct rk_buf *names)
{
    for (uint32_t i = 0; i < recruitment->want_count; i++)
        name_one(names, recruitment->want[i].experience);
}

static void say_rule(const struct rk_why *why, enum rk_refusal rule, uint32_t r,
                     struct rk_buf *reason, struct rk_buf *change)
{
    const struct rk_eligible_panel *panel = rk_eligible_panel(why->match->eligible, r);
    const struct rk_recruitment *recruitment = &why->match->recruitments->rows[r];
    struct rk_buf told = {0};
    switch (rule) {
    case RK_REFUSED_STATUS:
        say(reason, _("Not active in the user bank."));
        say(change, _("Becoming active in the user bank."));
        break;
    case RK_REFUSED_CONSENT:
        print_day(&told, panel->last_day);
        sayf(reason, _("No consent is registered that lasts until %s."), told.text);
        sayf(change, _("A consent that lasts until %s or longer."), told.text);
        break;
    case RK_REFUSED_GUARDIAN:
        say(reason, _("A guardian's consent is needed for those who may be under age, or whose "
                      "birth year is not known; none is registered."));
        say(change, _("A guardian's consent, or a birth year that shows full age."));
        break;
    case RK_REFUSED_TRAINING:
        print_day(&told, panel->first_day);
        sayf(reason, _("The training that is required was not done by %s."), told.text);
        say(change, _("Taking the training before the recruitment starts."));
        break;
    case RK_REFUSED_NEED:
        for (struct rk_text rest = recruitment->need, one; rk_list_next(&rest, &one);)
            name_one(&told, one);
        sayf(reason, _("Own experience of at least one of these is needed: %s."), told.text);
        say(change, _("Such experience, if there is any that was not registered."));
        break;
    case RK_REFUSED_CONFLICT:
        say(reason, _("A conflict of interest is registered."));
        say(change, _("Nothing, as long as there is a conflict of interest."));
        break;
    case RK_REFUSED_DECLARATION:
        say(reason, _("Nothing was declared about conflicts of interest."));
        say(change, _("Declaring whether there is a conflict of interest."));
        break;
    case RK_REFUSED_DECLINED:
        say(reason, _("Has declined or left this recruitment, or was absent from it."));
        say(change, _("Saying yes again."));
        break;
    case RK_REFUSED_AVAILABILITY:
        say(reason, _("It is not known that this panelist can come to all the sessions."));
        say(change, _("Being able to come to all the sessions, and saying so."));
        break;
    case RK_REFUSED_OVERLAP:
        say(reason, _("A session of another recruitment is at the same time."));
        say(change, _("Other times, or leaving the other recruitment."));
        break;
    case RK_REFUSED_CAP:
        say(reason, _("The limit on assignments in a month or year is reached already."));
        say(change, _("A higher limit, if this panelist wants one, or another month or year."));
        break;
    default: break;
    }
    rk_buf_free(&told);
}

/* The quotas of r that the panelist counts under; returns how many. */
static uint32_t own_quotas(const struct rk_why *why, uint32_t panelist, uint32_t r, uint32_t *rows)
{
    uint32_t count = 0;
    for (uint32_t q = why->first_quota[r]; q < why->first_quota[r + 1]; q++)
        if (rk_panel_quota_counts(why->match->quotas, q, panelist))
            rows[count++] = q;
    return count;
}

/* The exchanges of the pair for each kind of member, and for an empty seat. */
struct exchanges {
    struct rk_blame_cases cases;
    int32_t *counts, *empty;
    uint32_t *left; /* by case: the cell of the member; RK_NONE for a seat */
    uint32_t room;
};

static void add_exchange(const struct rk_why *why, uint32_t pair, uint32_t member, int32_t empty,
                         struct exchanges *all)
{
    const struct rk_match_problem *problem = why->match->problem;
    uint32_t r = problem->pairs[pair].recruitment, first = why->first_quota[r];
    uint32_t quotas = why->first_quota[r + 1] - first, at = all->cases.count;
    uint32_t left = member == RK_NONE ? RK_NONE : problem->pair_cell[member];
    for (uint32_t i = 0; i < at; i++)
        if (all->left[i] == left)
            return;
    if (at == all->room) {
        all->room = at ? 2 * at : 16;
        all->counts = rk_resize(all->counts, (size_t)all->room * quotas, sizeof *all->counts);
        all->empty = rk_resize(all->empty, all->room, sizeof *all->empty);
        all->left = rk_resize(all->left, all->room, sizeof *all->left);
    }
    int32_t *counts = all->counts + (size_t)at * quotas;
    memcpy(counts, why->counts + first, quotas * sizeof *counts);
    for (int out = 0; out < (left == RK_NONE ? 1 : 2); out++) {
        const struct rk_match_cell *cell = &problem->cells[out ? left : problem->pair_cell[pair]];
        for (uint32_t k = 0; k < cell->count; k++)
            counts[problem->cell_rows[cell->first + k] - first] += out ? -1 : 1;
    }
    all->empty[at] = empty;
    all->left[at] = left;
    all->cases.count++;
}

struct in_the_way {
    bool together; /* some only together */
    bool kept;     /* a maximum that kept members count under */
};

/* Names the quotas in the pair's way. */
static struct in_the_way name_quotas(const struct rk_why *why, uint32_t pair, int32_t empty,
                                     struct rk_buf *names)
{
    struct in_the_way told = {0};
    const struct rk_match_problem *problem = why->match->problem;
    uint32_t r = problem->pairs[pair].recruitment, first = why->first_quota[r];
    if (!problem->pair_cell || problem->pair_cell[pair] == RK_NONE)
        return told;
    struct exchanges all = {.cases = {.quotas = problem->quotas + first,
                                      .quota_count = why->first_quota[r + 1] - first}};
    for (uint32_t k = why->by.first[r]; k < why->by.first[r + 1]; k++)
        if (why->match->result->member[why->by.pairs[k]])
            add_exchange(why, pair, why->by.pairs[k], empty, &all);
    if (empty)
        add_exchange(why, pair, RK_NONE, empty - 1, &all);
    all.cases.counts = all.counts;
    all.cases.empty = all.empty;
    struct rk_blame blame = rk_blame_find(&all.cases);
    told.together = blame.together;
    for (uint32_t i = 0; i < blame.count; i++) {
        uint32_t quota = first + blame.quotas[i].quota;
        bool least = blame.quotas[i].least;
        const struct rk_quota *row = rk_panel_quota_row(why->match->quotas, quota);
        told.kept = told.kept || (!least && rk_panel_quota_kept(why->match->quotas, quota));
        if (i >= MOST_NAMED)
            continue;
        rk_buf_text(names, i ? "; " : "");
        rk_buf_printf(names, least ? _("at least %d with %s=%s") : _("at most %d with %s=%s"),
                      least ? row->min : row->max, row->feature.text, row->value.text);
    }
    if (blame.count > MOST_NAMED)
        rk_buf_printf(names, _(" and %u more"), blame.count - MOST_NAMED);
    rk_free(blame.quotas);
    rk_free(all.counts);
    rk_free(all.empty);
    rk_free(all.left);
    return told;
}

/* Nobody chosen can make room, all quotas kept. */
static void say_quotas(const struct rk_why *why, uint32_t pair, uint32_t members, int32_t empty,
                       struct rk_buf *reason, struct rk_buf *change)
{
    struct rk_buf names = {0};
    struct in_the_way told = name_quotas(why, pair, empty, &names);
    sayf(reason,
         !empty    ? _("With the quotas, this panelist can take nobody's place (%s).")
         : members ? _("With the quotas, this panelist can take neither anybody's place nor an "
                       "empty one (%s).")
                   : _("With the quotas, this panelist can take none of the empty places (%s)."),
         names.text);
    if (told.together)
        say(reason, _("Some of these quotas stand in the way only together."));
    say(change, told.kept
                    ? _("Other quotas, or that a member of the same kind who is kept drops out.")
                    : _("Other quotas."));
    rk_buf_free(&names);
}

/* Who was chosen and could be replaced by the panelist, all quotas kept. */
struct rivals {
    uint32_t members; /* chosen at all */
    uint32_t count;   /* who could be replaced */
    uint32_t staying; /* of them, those who had the place before, when a panel is repaired */
    /* of the rest: */
    uint32_t same_fit;
    int64_t least_fit;
    int64_t most_load; /* other memberships, of those of the same fit */
    bool same_load;
};

static struct rivals find_rivals(const struct rk_why *why, uint32_t pair)
{
    const struct rk_match_problem *problem = why->match->problem;
    const struct rk_match_pair *own = &problem->pairs[pair];
    struct rivals rivals = {.least_fit = INT64_MAX, .most_load = -1};
    for (uint32_t k = why->by.first[own->recruitment]; k < why->by.first[own->recruitment + 1];
         k++) {
        uint32_t other = why->by.pairs[k];
        if (!why->match->result->member[other])
            continue;
        rivals.members++;
        if (!rk_match_replaces(why->state, pair, other))
            continue;
        const struct rk_match_pair *rival = &problem->pairs[other];
        rivals.count++;
        if (problem->stay && problem->stay[other] > problem->stay[pair]) {
            rivals.staying++;
            continue;
        }
        rivals.least_fit = rival->fit < rivals.least_fit ? rival->fit : rivals.least_fit;
        if (rival->fit != own->fit)
            continue;
        int64_t its = why->load[rival->panelist] - 1;
        rivals.same_fit++;
        rivals.most_load = its > rivals.most_load ? its : rivals.most_load;
        rivals.same_load = rivals.same_load || its == why->load[own->panelist];
    }
    return rivals;
}

/* Is a seat of the panel empty that the quotas would let the panelist have? */
static bool is_open(const struct rk_why *why, uint32_t pair, struct rivals rivals, unsigned blocked)
{
    uint32_t r = why->match->problem->pairs[pair].recruitment;
    return !(blocked & RK_MATCH_QUOTA) &&
           (int32_t)rivals.members < why->match->problem->recruitments[r].places;
}

/* Were all seats filled that can be, as far as is known? */
static bool is_filled(const struct rk_why *why)
{
    const struct rk_match_result *result = why->match->result;
    return result->value[RK_MATCH_SEATS] == result->bound[RK_MATCH_SEATS];
}

/* Is it, for all that is known, not the seats given elsewhere that keep the panelist out? */
static bool is_beaten(const struct rk_why *why, uint32_t pair, unsigned blocked)
{
    if (pair == RK_NONE || why->match->chance || why->match->problem->stay)
        return false;
    struct rivals rivals = find_rivals(why, pair);
    return is_open(why, pair, rivals, blocked)
               ? !is_filled(why)
               : !rivals.count || rivals.least_fit > why->match->problem->pairs[pair].fit;
}

static enum rk_answer_outcome say_lot(const struct rk_why *why, uint32_t pair,
                                      struct rk_buf *reason, struct rk_buf *change)
{
    const struct rk_match_panelist *own =
        &why->match->problem->panelists[why->match->problem->pairs[pair].panelist];
    if (!why->match->chance(why->match->lottery, pair) && own->load && !why->match->reached) {
        sayf(reason,
             _("There was no chance in this lottery: it evens out how many assignments each has, "
               "and this panelist has had %lld."),
             (long long)own->load);
        say(change, _("Time: those who have had fewer assignments come first."));
        return RK_ANSWER_LOAD;
    }
    struct rk_buf chance = {0};
    rk_fixed_print(&chance, why->match->chance(why->match->lottery, pair));
    sayf(reason, _("The seats were drawn by lot; the chance was %s."), chance.text);
    uint32_t people;
    int64_t seats;
    if (why->match->reached)
        say(reason, _("The search was cut short; chances more equal may be possible."));
    if (why->match->rivals &&
        why->match->rivals(why->match->lottery, why->match->problem->pairs[pair].panelist, &people,
                           &seats))
        sayf(reason,
             _("People who share seats evenly with this panelist and with nobody else, this one "
               "counted: %u; seats they share: %lld."),
             people, (long long)seats);
    say(change, _("Another draw, with another seed."));
    rk_buf_free(&chance);
    return RK_ANSWER_LOT;
}

static enum rk_answer_outcome say_fit(const struct rk_why *why, uint32_t pair, int64_t least_fit,
                                      struct rk_buf *reason, struct rk_buf *change)
{
    const struct rk_match_pair *own = &why->match->problem->pairs[pair];
    struct rk_buf has = {0}, asks = {0};
    rk_fixed_print(&has, own->fit * why->match->unit);
    rk_fixed_print(&asks, least_fit * why->match->unit);
    sayf(reason,
         _("Everybody whose place this panelist could take has more of the wanted experience: fit "
           "at least %s, and this panelist %s."),
         asks.text, has.text);
    rk_buf_clear(&has);
    name_wanted(&why->match->recruitments->rows[own->recruitment], &has);
    sayf(change, _("More of the wanted experience: %s."), has.text);
    rk_buf_free(&has);
    rk_buf_free(&asks);
    return RK_ANSWER_FIT;
}

static enum rk_answer_outcome say_unproven(struct rk_buf *reason, struct rk_buf *change)
{
    say(reason, _("The search was cut short; a choice with this panelist may be better."));
    say(change, _("A longer search."));
    return RK_ANSWER_UNPROVEN;
}

static enum rk_answer_outcome compare(const struct rk_why *why, uint32_t pair, uint32_t competing,
                                      struct rk_buf *reason, struct rk_buf *change)
{
    const struct rk_match_pair *own = &why->match->problem->pairs[pair];
    int32_t seats = why->match->problem->recruitments[own->recruitment].places;
    struct rivals rivals = find_rivals(why, pair);
    sayf(reason, _("People who could sit there: %u; seats to fill: %d."), competing, seats);
    if (rivals.members < (uint32_t)seats && !is_filled(why))
        return say_unproven(reason, change);
    if (!rivals.count) {
        say_quotas(why, pair, rivals.members, seats - (int32_t)rivals.members, reason, change);
        return RK_ANSWER_QUOTA;
    }
    if (why->match->chance)
        return say_lot(why, pair, reason, change);
    if (rivals.staying == rivals.count) {
        say(reason, _("The panel is repaired: those who had a place there before come first."));
        say(change, _("That one of them drops out."));
        return RK_ANSWER_KEPT;
    }
    if (rivals.least_fit > own->fit)
        return say_fit(why, pair, rivals.least_fit, reason, change);
    int64_t load = why->load[own->panelist];
    if (rivals.same_load) {
        say(reason, _("As good a choice as somebody who was chosen; the lot decided."));
        say(change, _("Another draw, with another seed."));
        return RK_ANSWER_LOT;
    }
    if (rivals.same_fit && rivals.most_load < load) {
        sayf(reason,
             _("Those chosen who fit as well have fewer other assignments, earlier ones counted: "
               "at most %lld, and this panelist %lld."),
             (long long)rivals.most_load, (long long)load);
        say(change, _("Time: those who have had fewer assignments come first."));
        return RK_ANSWER_LOAD;
    }
    /* a better choice by this very exchange: only where the search did not come to its end */
    return say_unproven(reason, change);
}

/* The pair of the problem, or RK_NONE. */
static uint32_t find_pair(const struct rk_match_problem *problem, uint32_t panelist,
                          uint32_t recruitment)
{
    uint32_t low = 0, high = problem->pair_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct rk_match_pair *pair = &problem->pairs[middle];
        if (pair->panelist < panelist ||
            (pair->panelist == panelist && pair->recruitment < recruitment))
            low = middle + 1;
        else
            high = middle;
    }
    return low < problem->pair_count && problem->pairs[low].panelist == panelist &&
                   problem->pairs[low].recruitment == recruitment
               ? low
               : RK_NONE;
}

struct rk_answer rk_why_ask(const struct rk_why *why, uint32_t panelist, uint32_t recruitment,
                            struct rk_buf *reason, struct rk_buf *change)
{
    const struct rk_explain *match = why->match;
    struct rk_answer answer = {.recruitment = recruitment,
                               .panelist = panelist,
                               .position = -1,
                               .seats = match->problem->recruitments[recruitment].places};
    uint32_t pair = find_pair(match->problem, panelist, recruitment);
    if (pair != RK_NONE) {
        answer.competing = why->by.first[recruitment + 1] - why->by.first[recruitment];
        answer.has_chance = match->chance != NULL;
        answer.chance = match->chance ? match->chance(match->lottery, pair) : 0;
    }
    for (uint32_t i = why->first_row[recruitment]; i < why->first_row[recruitment + 1]; i++) {
        const struct rk_assignment *row = &why->rows[i];
        if (row->panelist != panelist)
            continue;
        answer.position = row->position;
        answer.outcome = row->seat == RK_SEAT_MEMBER ? RK_ANSWER_MEMBER : RK_ANSWER_RESERVE;
        if (row->seat == RK_SEAT_MEMBER) {
            say(reason, _("Has a seat."));
            return answer;
        }
        sayf(reason, _("Reserve number %d."), row->position);
    }
    answer.rules = rk_eligible_reasons(match->eligible, panelist, recruitment);
    if (answer.rules) {
        for (unsigned rule = 0; rule < RK_PAIR_REFUSALS; rule++)
            if (answer.rules & RK_REFUSED_BIT(rule))
                say_rule(why, (enum rk_refusal)rule, recruitment, reason, change);
        answer.outcome = answer.position > 0 ? answer.outcome : RK_ANSWER_RULE;
        return answer;
    }
    enum rk_answer_outcome outcome;
    uint32_t *rows = rk_alloc((size_t)match->problem->quota_count + 1, sizeof *rows);
    uint32_t count = own_quotas(why, panelist, recruitment, rows);
    unsigned blocked = rk_match_blocked(why->state, panelist, recruitment, rows, count);
    if (blocked & (RK_MATCH_CAP | RK_MATCH_OVERLAP) && !is_beaten(why, pair, blocked)) {
        struct rk_buf names = {0};
        name_given(why, panelist, &names);
        if (blocked & RK_MATCH_OVERLAP) {
            sayf(reason, _("A seat given elsewhere is at the same time (has seats in %s)."),
                 names.text);
            say(change, _("Other times, or leaving the other recruitment."));
        }
        if (blocked & RK_MATCH_CAP) {
            sayf(reason,
                 _("The limit on assignments is reached with seats given elsewhere (has "
                   "seats in %s)."),
                 names.text);
            say(change, _("A higher limit, if this panelist wants one, or leaving one of them."));
        }
        answer.rules = (blocked & RK_MATCH_CAP ? RK_REFUSED_BIT(RK_REFUSED_CAP) : 0) |
                       (blocked & RK_MATCH_OVERLAP ? RK_REFUSED_BIT(RK_REFUSED_OVERLAP) : 0);
        outcome = RK_ANSWER_ELSEWHERE;
        rk_buf_free(&names);
    } else if (pair == RK_NONE || answer.seats <= 0) {
        say(reason, _("No seat was left to fill."));
        say(change, _("That a member who is kept drops out."));
        outcome = RK_ANSWER_KEPT;
    } else {
        outcome = compare(why, pair, answer.competing, reason, change);
        if (outcome == RK_ANSWER_QUOTA)
            answer.rules = RK_REFUSED_BIT(RK_REFUSED_QUOTA);
    }
    rk_free(rows);
    answer.outcome = answer.position > 0 ? answer.outcome : outcome;
    return answer;
}
