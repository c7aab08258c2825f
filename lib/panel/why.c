#include "panel/why.h"

#include "base/date.h"

struct rk_why {
    const struct rk_explain *match;
    const struct rk_assignment *rows; /* by recruitment, seat, position */
    uint32_t row_count;
    uint32_t *first_row;          /* by recruitment, + 1 */
    uint32_t *first_pair, *pairs; /* by recruitment, + 1: its pairs */
    uint32_t *first_quota;        /* by recruitment, + 1 */
    struct rk_match_state *state;
};

static uint32_t *starts(uint32_t count) { return rk_alloc((size_t)count + 2, sizeof(uint32_t)); }

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
    why->first_pair = starts(n);
    why->first_quota = starts(n);
    why->pairs = rk_alloc((size_t)problem->pair_count + 1, sizeof *why->pairs);
    for (uint32_t i = 0; i < count; i++)
        why->first_row[rows[i].recruitment + 1]++;
    for (uint32_t i = 0; i < problem->quota_count; i++)
        why->first_quota[problem->quotas[i].recruitment + 1]++;
    for (uint32_t i = 0; i < problem->pair_count; i++)
        why->first_pair[problem->pairs[i].recruitment + 2]++;
    for (uint32_t r = 0; r < n; r++) {
        why->first_row[r + 1] += why->first_row[r];
        why->first_quota[r + 1] += why->first_quota[r];
        why->first_pair[r + 2] += why->first_pair[r + 1];
    }
    for (uint32_t i = 0; i < problem->pair_count; i++)
        why->pairs[why->first_pair[problem->pairs[i].recruitment + 1]++] = i;
    why->state = rk_match_state_new(problem, match->result);
    return why;
}

void rk_why_free(struct rk_why *why)
{
    if (!why)
        return;
    rk_match_state_free(why->state);
    rk_free(why->first_row);
    rk_free(why->first_pair);
    rk_free(why->first_quota);
    rk_free(why->pairs);
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

/* The recruitments that the panelist got. */
static void name_given(const struct rk_why *why, uint32_t panelist, struct rk_buf *names)
{
    for (uint32_t i = 0; i < why->row_count; i++)
        if (why->rows[i].panelist == panelist && why->rows[i].seat == RK_SEAT_MEMBER) {
            rk_buf_text(names, names->size ? ", " : "");
            rk_buf_text(
                names,
                why->match->recruitments->rows[why->rows[i].recruitment].recruitment_id.text);
        }
}

static void name_wanted(const struct rk_recruitment *recruitment, struct rk_buf *names)
{
    for (uint32_t i = 0; i < recruitment->want_count; i++) {
        rk_buf_text(names, i ? ", " : "");
        rk_buf_add(names, recruitment->want[i].experience.text,
                   recruitment->want[i].experience.size);
    }
}

static void say_rule(const struct rk_why *why, enum rk_refusal rule, uint32_t r,
                     struct rk_buf *reason, struct rk_buf *change)
{
    const struct rk_eligible_panel *panel = rk_eligible_panel(why->match->eligible, r);
    const struct rk_recruitment *recruitment = &why->match->recruitments->rows[r];
    struct rk_buf day = {0};
    switch (rule) {
    case RK_REFUSED_STATUS:
        say(reason, _("Is not active in the user bank."));
        say(change, _("To be active in the bank."));
        break;
    case RK_REFUSED_CONSENT:
        print_day(&day, panel->last_day);
        sayf(reason, _("There is no consent that lasts until %s."), day.text);
        sayf(change, _("A consent until %s or later."), day.text);
        break;
    case RK_REFUSED_GUARDIAN:
        say(reason, _("A guardian's consent is missing; it is asked of minors, and where no birth "
                      "year is told."));
        say(change, _("A guardian's consent, or a birth year that shows full age."));
        break;
    case RK_REFUSED_TRAINING:
        print_day(&day, panel->first_day);
        sayf(reason, _("The introduction that is asked for was not done by %s."), day.text);
        say(change, _("To take the introduction before the recruitment starts."));
        break;
    case RK_REFUSED_NEED:
        sayf(reason, _("Own experience of one of these is asked for: %s."), recruitment->need.text);
        say(change, _("Such experience, if it is there and was not told."));
        break;
    case RK_REFUSED_CONFLICT:
        say(reason, _("A conflict of interest is declared."));
        say(change, _("Nothing, as long as the conflict is there."));
        break;
    case RK_REFUSED_DECLARATION:
        say(reason, _("Nothing is declared about conflicts of interest."));
        say(change, _("To declare whether there is a conflict of interest."));
        break;
    case RK_REFUSED_DECLINED:
        say(reason, _("Has declined, or was absent."));
        say(change, _("To say yes again."));
        break;
    case RK_REFUSED_AVAILABILITY:
        say(reason, _("Is not known to be free at all of the meetings."));
        say(change, _("To be free at all of them, and to tell so."));
        break;
    case RK_REFUSED_OVERLAP:
        say(reason, _("Has a meeting of another recruitment at the same time."));
        say(change, _("Other times, or to leave the other one."));
        break;
    case RK_REFUSED_CAP:
        say(reason,
            _("Has had as many assignments as the limit of the month or the year lets be."));
        say(change, _("A higher limit of one's own, or another month."));
        break;
    default: break;
    }
    rk_buf_free(&day);
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

static void say_quotas(const struct rk_why *why, const uint32_t *own, uint32_t own_count,
                       struct rk_buf *reason, struct rk_buf *change)
{
    struct rk_buf names = {0};
    for (uint32_t i = 0; i < own_count; i++) {
        const struct rk_quota *row = rk_panel_quota_row(why->match->quotas, own[i]);
        if (row->max >=
            why->match->recruitments->rows[why->match->problem->quotas[own[i]].recruitment].seats)
            continue;
        rk_buf_printf(&names, _("%sat most %d of %s=%s"), names.size ? "; " : "", row->max,
                      row->feature.text, row->value.text);
    }
    if (names.size)
        sayf(reason, _("The panel may have %s; the other seats are kept for others."), names.text);
    else
        say(reason, _("The seats are kept for people that the quotas ask for."));
    say(change, _("Other quotas, or that somebody of the same kind drops out."));
    rk_buf_free(&names);
}

/* Who was chosen and could have been replaced by the panelist, all quotas kept. */
struct rivals {
    uint32_t count, same_fit; /* all; those with the panelist's fit */
    int64_t least_fit;        /* of all */
    int64_t most_load;        /* earlier memberships, of those of the same fit */
    bool worse_fit, same_load;
};

static struct rivals find_rivals(const struct rk_why *why, uint32_t pair)
{
    const struct rk_match_problem *problem = why->match->problem;
    const struct rk_match_pair *own = &problem->pairs[pair];
    struct rivals rivals = {.least_fit = INT64_MAX, .most_load = -1};
    int64_t load = problem->panelists[own->panelist].load;
    for (uint32_t k = why->first_pair[own->recruitment]; k < why->first_pair[own->recruitment + 1];
         k++) {
        uint32_t other = why->pairs[k];
        if (!why->match->result->member[other] || !rk_match_replaces(why->state, pair, other))
            continue;
        const struct rk_match_pair *rival = &problem->pairs[other];
        rivals.count++;
        rivals.least_fit = rival->fit < rivals.least_fit ? rival->fit : rivals.least_fit;
        rivals.worse_fit = rivals.worse_fit || rival->fit < own->fit;
        if (rival->fit != own->fit)
            continue;
        int64_t its = problem->panelists[rival->panelist].load;
        rivals.same_fit++;
        rivals.most_load = its > rivals.most_load ? its : rivals.most_load;
        rivals.same_load = rivals.same_load || its == load;
    }
    return rivals;
}

static enum rk_answer_outcome compare(const struct rk_why *why, uint32_t pair, uint32_t competing,
                                      struct rk_buf *reason, struct rk_buf *change)
{
    const struct rk_match_problem *problem = why->match->problem;
    const struct rk_match_pair *own = &problem->pairs[pair];
    struct rivals rivals = find_rivals(why, pair);
    int32_t seats = problem->recruitments[own->recruitment].places;
    sayf(reason, _("%u people could take %d seats."), competing, seats);
    if (!rivals.count) {
        uint32_t *rows = rk_alloc((size_t)problem->quota_count + 1, sizeof *rows);
        uint32_t count = own_quotas(why, own->panelist, own->recruitment, rows);
        say_quotas(why, rows, count, reason, change);
        rk_free(rows);
        return RK_ANSWER_QUOTA;
    }
    if (why->match->chance) {
        struct rk_buf chance = {0};
        rk_fixed_print(&chance, why->match->chance(why->match->lottery, pair));
        sayf(reason, _("The seats were drawn by lot; the chance was %s."), chance.text);
        say(change, _("Another draw: a new seed."));
        rk_buf_free(&chance);
        return RK_ANSWER_LOT;
    }
    if (rivals.least_fit > own->fit) {
        struct rk_buf has = {0}, asks = {0};
        rk_fixed_print(&has, own->fit * why->match->unit);
        rk_fixed_print(&asks, rivals.least_fit * why->match->unit);
        sayf(reason,
             _("Everybody chosen has more of the experience that is wanted: fit at least %s, and "
               "this "
               "panelist %s."),
             asks.text, has.text);
        rk_buf_clear(&has);
        name_wanted(&why->match->recruitments->rows[own->recruitment], &has);
        sayf(change, _("More of the wanted experience: %s."), has.text);
        rk_buf_free(&has);
        rk_buf_free(&asks);
        return RK_ANSWER_FIT;
    }
    int64_t load = problem->panelists[own->panelist].load;
    if (!rivals.worse_fit && rivals.same_fit && rivals.most_load < load) {
        sayf(reason,
             _("Those chosen have had fewer assignments before: at most %lld, and this panelist "
               "%lld."),
             (long long)rivals.most_load, (long long)load);
        say(change, _("Time: who has had fewer comes first."));
        return RK_ANSWER_LOAD;
    }
    if (!rivals.worse_fit && rivals.same_load) {
        say(reason, _("As good a choice as those chosen; the lot decided."));
        say(change, _("Another draw: a new seed."));
        return RK_ANSWER_LOT;
    }
    say(reason,
        _("All panels together come out best like this: somebody is needed where he sits, or "
          "this panelist elsewhere."));
    say(change, _("Other panels, or more people for them."));
    return RK_ANSWER_WHOLE;
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
        answer.competing = why->first_pair[recruitment + 1] - why->first_pair[recruitment];
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
        sayf(reason, _("Is reserve number %d."), row->position);
    }
    answer.rules = rk_eligible_reasons(match->eligible, panelist, recruitment);
    if (answer.rules) {
        for (unsigned rule = 0; rule < RK_PAIR_REFUSALS; rule++)
            if (answer.rules & RK_REFUSED_BIT(rule))
                say_rule(why, (enum rk_refusal)rule, recruitment, reason, change);
        answer.outcome = answer.position > 0 ? answer.outcome : RK_ANSWER_RULE;
        return answer;
    }
    enum rk_answer_outcome outcome = RK_ANSWER_WHOLE;
    uint32_t *rows = rk_alloc((size_t)match->problem->quota_count + 1, sizeof *rows);
    uint32_t count = own_quotas(why, panelist, recruitment, rows);
    unsigned blocked = rk_match_blocked(why->state, panelist, recruitment, rows, count);
    if (blocked & (RK_MATCH_CAP | RK_MATCH_OVERLAP)) {
        struct rk_buf names = {0};
        name_given(why, panelist, &names);
        if (blocked & RK_MATCH_OVERLAP)
            sayf(reason, _("Got a seat whose meetings are at the same time (%s)."), names.text);
        else
            sayf(reason, _("Got all the assignments that the limit lets be (%s)."), names.text);
        say(change, _("To leave that seat, or a higher limit of one's own."));
        answer.rules = (blocked & RK_MATCH_CAP ? RK_REFUSED_BIT(RK_REFUSED_CAP) : 0) |
                       (blocked & RK_MATCH_OVERLAP ? RK_REFUSED_BIT(RK_REFUSED_OVERLAP) : 0);
        outcome = RK_ANSWER_ELSEWHERE;
        rk_buf_free(&names);
    } else if (pair != RK_NONE) {
        outcome = compare(why, pair, answer.competing, reason, change);
        if (outcome == RK_ANSWER_QUOTA)
            answer.rules = RK_REFUSED_BIT(RK_REFUSED_QUOTA);
    }
    rk_free(rows);
    answer.outcome = answer.position > 0 ? answer.outcome : outcome;
    return answer;
}
