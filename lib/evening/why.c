/* Why there is no plan, or none with fewer rounds: who, when and where. */
#include "evening/result.h"

enum { SHOWN = 4 };

static bool is_there(const struct rk_assembled *a, uint32_t who, uint32_t round)
{
    return !a->evening.who[who].there || rk_round_in(a->evening.who[who].there, round);
}

static bool can_be(const struct rk_assembled *a, uint32_t meeting, uint32_t round)
{
    const struct rk_evening_meeting *x = &a->meetings[meeting];
    if (x->fixed != RK_NONE && (round < x->fixed || round >= x->fixed + x->length))
        return false;
    for (uint32_t i = 0; i < x->who_count; i++)
        if (!is_there(a, x->who[i], round))
            return false;
    return true;
}

/* The rounds in which some of the meetings can be; how many. */
static uint32_t when(struct rk_buf *out, const struct rk_assembled *a, const uint32_t *meetings,
                     uint32_t count)
{
    size_t before = out->size;
    uint32_t rounds = 0;
    for (uint32_t r = 0, first = RK_NONE; r <= a->evening.round_count; r++) {
        bool can = false;
        for (uint32_t i = 0; i < count && !can && r < a->evening.round_count; i++)
            can = can_be(a, meetings[i], r);
        rounds += can;
        if (can && first == RK_NONE)
            first = r;
        if (can || first == RK_NONE)
            continue;
        rk_buf_printf(out, "%s%u", out->size > before ? ", " : "", first + 1);
        if (r > first + 1)
            rk_buf_printf(out, "-%u", r);
        first = RK_NONE;
    }
    return rounds;
}

void rk_evening_when(struct rk_buf *out, const struct rk_assembled *a, uint32_t meeting)
{
    when(out, a, &meeting, 1);
}

static const char *id_of(const struct rk_assembled *a, uint32_t meeting)
{
    return a->tables->wanted[a->wanted[meeting]].id.text;
}

static const char *name_of(const struct rk_assembled *a, uint32_t who)
{
    return rk_assembled_who(a, who).text;
}

/* Are all of the people there in so many rounds one after another? `without` is left out of them,
 * and who is marked. */
static bool meet(const struct rk_assembled *a, const struct rk_evening_meeting *x,
                 const bool *left_out, uint32_t without)
{
    for (uint32_t r = 0, row = 0; r < a->evening.round_count; r++) {
        bool all = true;
        for (uint32_t i = 0; i < x->who_count && all; i++)
            all = left_out[i] || i == without || is_there(a, x->who[i], r);
        row = all ? row + 1 : 0;
        if (row >= x->length)
            return true;
    }
    return false;
}

/* People of the meeting who can never come together, and without any of whom the others can. */
static bool never_together(struct rk_buf *out, const struct rk_assembled *a, uint32_t meeting)
{
    const struct rk_evening_meeting *x = &a->meetings[meeting];
    bool *left_out = rk_alloc((size_t)x->who_count + 1, sizeof *left_out);
    bool never = !meet(a, x, left_out, RK_NONE);
    uint32_t left = x->who_count, told = 0;
    for (uint32_t i = 0; i < x->who_count && never; i++)
        if (!meet(a, x, left_out, i)) {
            left_out[i] = true;
            left--;
        }
    struct rk_buf names = {0};
    for (uint32_t i = 0; i < x->who_count && never; i++)
        if (!left_out[i])
            rk_buf_printf(&names, "%s%s", told++ ? ", " : "", name_of(a, x->who[i]));
    if (never && left > 1)
        rk_buf_printf(out, _("%s can never come together to %s"), names.text, id_of(a, meeting));
    else if (never)
        rk_buf_printf(out, _("%s can come in no %u rounds one after another, as %s takes"),
                      names.text ? names.text : "", x->length, id_of(a, meeting));
    rk_buf_free(&names);
    rk_free(left_out);
    return never;
}

/* Somebody of the meeting who cannot come at all, or not when it is fixed. */
static bool person_away(struct rk_buf *out, const struct rk_assembled *a, uint32_t meeting)
{
    const struct rk_evening_meeting *x = &a->meetings[meeting];
    for (uint32_t i = 0; i < x->who_count; i++) {
        uint32_t p = x->who[i], rounds = 0, late = 0;
        for (uint32_t r = 0; r < a->evening.round_count; r++) {
            rounds += is_there(a, p, r);
            late += rk_assembled_too_late(a, p, r);
        }
        const char *name = name_of(a, p);
        if (a->unknown[p])
            rk_buf_printf(out, _("nobody knows when %s can come to %s (--assume-available)"), name,
                          id_of(a, meeting));
        else if (!rounds && late)
            rk_buf_printf(out,
                          _("%s of %s is a minor, and can come in no round that ends by "
                            "%02d:%02d"),
                          name, id_of(a, meeting), a->minors_until / 60, a->minors_until % 60);
        else if (!rounds)
            rk_buf_printf(out, _("%s of %s can come in no round"), name, id_of(a, meeting));
        else if (x->fixed < a->evening.round_count && !is_there(a, p, x->fixed))
            rk_buf_printf(out, _("%s is fixed to round %u, and %s cannot come then"),
                          id_of(a, meeting), x->fixed + 1, name);
        else if (a->evening.who[p].in_a_row && x->length > a->evening.who[p].in_a_row)
            rk_buf_printf(out, _("%s takes %u rounds, and %s has at most %u in a row"),
                          id_of(a, meeting), x->length, name, a->evening.who[p].in_a_row);
        else
            continue;
        return true;
    }
    return false;
}

static bool room_missing(struct rk_buf *out, const struct rk_assembled *a, uint32_t meeting)
{
    const struct rk_evening *e = &a->evening;
    const struct rk_evening_meeting *x = &a->meetings[meeting];
    struct rk_text place = a->tables->wanted[a->wanted[meeting]].place;
    uint32_t here = 0, large = 0;
    for (uint32_t k = 0; k < e->room_count; k++) {
        here += e->rooms[k].place == x->place;
        large += e->rooms[k].place == x->place && e->rooms[k].size >= x->size;
    }
    if (!e->room_count || large)
        return false;
    if (here)
        rk_buf_printf(out, _("no room takes the %u of %s"), x->size, id_of(a, meeting));
    else if (place.size)
        rk_buf_printf(out, _("there is no room at %s, where %s is to be"), place.text,
                      id_of(a, meeting));
    else
        rk_buf_printf(out, _("every room is at some place, and %s tells none"), id_of(a, meeting));
    return true;
}

/* Why a meeting has no round, alone in the world. */
static void meeting_why(struct rk_buf *out, const struct rk_assembled *a, uint32_t meeting)
{
    const struct rk_evening_meeting *x = &a->meetings[meeting];
    if (x->length > a->evening.round_count)
        rk_buf_printf(out, _("%s takes %u rounds, and there are %u"), id_of(a, meeting), x->length,
                      a->evening.round_count);
    else if (x->fixed != RK_NONE && x->fixed >= a->evening.round_count)
        rk_buf_printf(out, _("%s is fixed to round %u, and there are %u"), id_of(a, meeting),
                      x->fixed + 1, a->evening.round_count);
    else if (!person_away(out, a, meeting) && !room_missing(out, a, meeting) &&
             !never_together(out, a, meeting))
        rk_buf_printf(out, _("there is no round for %s"), id_of(a, meeting));
}

/* Somebody beside `who` in all of the meetings, who cannot come when `who` can; or RK_NONE. */
static uint32_t held_up_by(const struct rk_assembled *a, const struct rk_bottleneck *why)
{
    const struct rk_evening_meeting *x = &a->meetings[why->meetings[0]];
    uint32_t narrow = RK_NONE, most = 0;
    for (uint32_t i = 0; i < x->who_count; i++) {
        uint32_t p = x->who[i], all = 1, missed = 0;
        for (uint32_t k = 1; k < why->count; k++) {
            const struct rk_evening_meeting *y = &a->meetings[why->meetings[k]];
            for (uint32_t j = 0; j < y->who_count; j++)
                all += y->who[j] == p;
        }
        for (uint32_t r = 0; r < a->evening.round_count; r++)
            missed += is_there(a, why->who, r) && !is_there(a, p, r);
        if (p != why->who && all == why->count && missed > most) {
            most = missed;
            narrow = p;
        }
    }
    return narrow;
}

static void person_why(struct rk_buf *out, const struct rk_assembled *a,
                       const struct rk_bottleneck *why, bool none)
{
    const char *id = name_of(a, why->who);
    uint32_t needs = 0, late = 0;
    for (uint32_t i = 0; i < why->count; i++)
        needs += a->meetings[why->meetings[i]].length;
    if (a->unknown[why->who]) {
        rk_buf_printf(out, _("nobody knows when %s can come (--assume-available)"), id);
        return;
    }
    if (why->rounds >= needs)
        rk_buf_printf(out, _("%s needs %u rounds for %u meetings, and rests between them"), id,
                      needs, why->count);
    else if (none)
        rk_buf_printf(out, _("%s needs %u rounds for %u meetings, and has %u"), id, needs,
                      why->count, why->rounds);
    else
        rk_buf_printf(out, _("%s needs %u rounds for %u meetings, and fewer would leave %u"), id,
                      needs, why->count, why->rounds);
    if (!none)
        return;
    struct rk_buf rounds = {0};
    if (why->rounds && when(&rounds, a, why->meetings, why->count) == why->rounds)
        rk_buf_printf(out, " (%s)", rounds.text);
    rk_buf_free(&rounds);
    uint32_t narrow = held_up_by(a, why), of = narrow == RK_NONE ? why->who : narrow;
    for (uint32_t r = 0; r < a->evening.round_count; r++)
        late += rk_assembled_too_late(a, of, r);
    if (late)
        rk_buf_printf(out, _("; %s is a minor, and in no round that ends after %02d:%02d"),
                      name_of(a, of), a->minors_until / 60, a->minors_until % 60);
    else if (narrow != RK_NONE)
        rk_buf_printf(out, _("; %s cannot come in the others"), name_of(a, narrow));
}

static void rooms_why(struct rk_buf *out, const struct rk_assembled *a,
                      const struct rk_bottleneck *why, bool none)
{
    const struct rk_evening *e = &a->evening;
    uint32_t least = RK_NONE, rooms = 0, place = a->meetings[why->meetings[0]].place;
    for (uint32_t i = 0; i < why->count; i++) {
        uint32_t size = a->meetings[why->meetings[i]].size;
        least = size < least ? size : least;
    }
    for (uint32_t k = 0; k < e->room_count; k++)
        rooms += e->rooms[k].place == place && e->rooms[k].size >= least;
    rk_buf_printf(out,
                  none ? _("there are too few rooms for %u meetings")
                       : _("there would be too few rooms for %u meetings"),
                  why->count);
    if (!none)
        return;
    struct rk_buf rounds = {0};
    when(&rounds, a, why->meetings, why->count);
    rk_buf_printf(out, _(": %u large enough, in the rounds %s"),
                  e->room_count ? rooms : e->room_limit, rounds.text ? rounds.text : "");
    rk_buf_free(&rounds);
}

static void together_why(struct rk_buf *out, const struct rk_assembled *a,
                         const struct rk_bottleneck *why)
{
    rk_buf_printf(out, _("%u meetings cannot be placed together"), why->count);
    for (uint32_t i = 0; i < why->count && i < SHOWN; i++) {
        rk_buf_printf(out, "%s%s (", i ? ", " : ": ", id_of(a, why->meetings[i]));
        rk_evening_when(out, a, why->meetings[i]);
        rk_buf_text(out, ")");
    }
    if (why->count > SHOWN)
        rk_buf_text(out, " …");
}

void rk_evening_why(struct rk_buf *out, const struct rk_assembled *a,
                    const struct rk_bottleneck *why, bool none)
{
    switch (why->kind) {
    case RK_BOTTLENECK_NONE: rk_buf_text(out, _("all plans with fewer were searched")); break;
    case RK_BOTTLENECK_WHO: person_why(out, a, why, none); break;
    case RK_BOTTLENECK_ROOMS: rooms_why(out, a, why, none); break;
    case RK_BOTTLENECK_PEOPLE:
        rk_buf_printf(out,
                      _("%u meetings take two people or more each, and there are too few "
                        "people for more at a time"),
                      why->count);
        break;
    case RK_BOTTLENECK_TOGETHER:
        if (why->count != 1)
            together_why(out, a, why);
        else if (none)
            meeting_why(out, a, why->meetings[0]);
        else
            rk_buf_printf(out, _("there is no earlier round for %s"), id_of(a, why->meetings[0]));
        break;
    }
}
