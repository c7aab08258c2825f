#include "evening/check.h"

#include "base/date.h"
#include "evening/work.h"

const char *rk_evening_check_name(enum rk_evening_check check)
{
    static const char *const names[RK_CHECKS] = {"once",   "row",          "fixed",    "overlap",
                                                 "travel", "availability", "in_a_row", "room",
                                                 "gap",    "conflict",     "support"};
    return names[check];
}

struct audit {
    const struct rk_assembled *a;
    const struct rk_plan_rows *plan;
    uint32_t *start, *room, *row; /* by meeting: round, room, row of the plan; or RK_NONE */
    rk_evening_tell *tell;
    void *context;
    uint64_t broken;
};

static void tell(struct audit *x, enum rk_evening_check check, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void tell(struct audit *x, enum rk_evening_check check, const char *format, ...)
{
    struct rk_buf text = {0};
    va_list args;
    va_start(args, format);
    rk_buf_vprintf(&text, format, args);
    va_end(args);
    x->broken++;
    x->tell(x->context, check, text.text);
    rk_buf_free(&text);
}

static const char *name(const struct audit *x, uint32_t meeting)
{
    return x->a->tables->wanted[x->a->wanted[meeting]].id.text;
}

static const char *who(const struct audit *x, uint32_t person)
{
    return rk_assembled_who(x->a, person).text;
}

static bool same_list(struct rk_text one, struct rk_text other)
{
    struct rk_text rest = one, item;
    uint32_t n = 0, m = 0;
    for (; rk_list_next(&rest, &item); n++)
        if (!rk_list_has(other, item))
            return false;
    for (rest = other; rk_list_next(&rest, &item);)
        m++;
    return n == m;
}

/* What each row says of itself, and which meeting it is. */
static void read_rows(struct audit *x)
{
    const struct rk_assembled *a = x->a;
    const struct rk_evening_tables *t = a->tables;
    const struct rk_evening *e = &a->evening;
    for (uint32_t m = 0; m < e->meeting_count; m++)
        x->start[m] = x->room[m] = x->row[m] = RK_NONE;
    for (uint32_t i = 0; i < x->plan->count; i++) {
        const struct rk_plan_row *row = &x->plan->rows[i];
        uint32_t at = rk_strings_find(&t->wanted_ids, row->id);
        if (row->status > RK_PLAN_MOVED)
            continue;
        if (at == RK_NONE) {
            tell(x, RK_CHECK_ONCE, _("%s: nobody asked for this meeting"), row->id.text);
            continue;
        }
        uint32_t m = a->meeting[at];
        if (m == RK_NONE) {
            if (a->state[at] == RK_WANTED_CONFLICT)
                tell(x, RK_CHECK_CONFLICT,
                     _("%s: all who were to meet the candidate have a conflict of interest"),
                     row->id.text);
            else
                tell(x, RK_CHECK_ONCE, _("%s: it is called off"), row->id.text);
            continue;
        }
        const struct rk_evening_meeting *y = &e->meetings[m];
        if (x->row[m] != RK_NONE) {
            tell(x, RK_CHECK_ONCE, _("%s: it is there twice"), row->id.text);
            continue;
        }
        x->row[m] = i;
        if (row->has_participants && !same_list(row->participants, a->participants[at]))
            tell(x, RK_CHECK_ROW, _("%s: those who meet are not those who were to"), row->id.text);
        if (row->has_support && !same_list(row->support, a->support[at]))
            tell(x, RK_CHECK_SUPPORT, _("%s: the support is not that of those who meet"),
                 row->id.text);
        if (!row->round || row->round > e->round_count ||
            y->length > e->round_count - row->round + 1) {
            tell(x, RK_CHECK_ROW, _("%s: there is no such round"), row->id.text);
            continue;
        }
        uint32_t start = x->start[m] = row->round - 1, last = start + y->length - 1;
        if (e->rounds) {
            if ((row->start != INT64_MIN && row->start != e->rounds[start].start) ||
                (row->end != INT64_MIN && row->end != e->rounds[last].end))
                tell(x, RK_CHECK_ROW, _("%s: its times are not those of its round"), row->id.text);
            for (uint32_t r = start; r < last; r++)
                if (e->rounds[r + 1].start - e->rounds[r].end >= RK_EVENING_NIGHT)
                    tell(x, RK_CHECK_ROW, _("%s: it goes on over a night"), row->id.text);
        }
        if (y->fixed != RK_NONE && y->fixed != start)
            tell(x, RK_CHECK_FIXED, _("%s: it must start in round %u"), row->id.text, y->fixed + 1);
        for (uint32_t k = 0; k < t->room_count; k++)
            if (rk_text_equal(t->rooms[k].id, row->room_id))
                x->room[m] = k;
        if (t->room_count && x->room[m] == RK_NONE)
            tell(x, RK_CHECK_ROOM, _("%s: it has no room that there is"), row->id.text);
        struct rk_text rest = a->out[at], item;
        while (rk_list_next(&rest, &item))
            if (row->has_participants && !rk_list_has(row->out, item))
                tell(x, RK_CHECK_CONFLICT,
                     _("%s: %.*s has a conflict of interest and is not out of it"), row->id.text,
                     (int)item.size, item.text);
    }
    for (uint32_t m = 0; m < e->meeting_count; m++)
        if (x->row[m] == RK_NONE)
            tell(x, RK_CHECK_ONCE, _("%s: it is not planned"), name(x, m));
}

static uint32_t end_of(const struct audit *x, uint32_t m)
{
    return x->start[m] + x->a->evening.meetings[m].length;
}

/* One person: their meetings two by two, and their rounds one after another. */
static void audit_person(struct audit *x, uint32_t person, const uint32_t *meetings, uint32_t count,
                         bool *busy)
{
    const struct rk_evening *e = &x->a->evening;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < count; j++) {
            uint32_t m = meetings[i], n = meetings[j];
            if (m == n || x->start[m] > x->start[n] || (x->start[m] == x->start[n] && m > n))
                continue;
            uint32_t end = end_of(x, m);
            if (x->start[n] < end) {
                tell(x, RK_CHECK_OVERLAP, _("%s is in %s and in %s in round %u"), who(x, person),
                     name(x, m), name(x, n), x->start[n] + 1);
                continue;
            }
            if (!e->travel)
                continue;
            uint32_t needs =
                e->travel[(size_t)e->meetings[m].place * e->place_count + e->meetings[n].place];
            int64_t has = e->rounds ? e->rounds[x->start[n]].start - e->rounds[end - 1].end
                                    : (int64_t)x->start[n] - end;
            if (has < needs)
                tell(x, RK_CHECK_TRAVEL, _("%s cannot get from %s to %s in time"), who(x, person),
                     name(x, m), name(x, n));
        }
    memset(busy, 0, (size_t)e->round_count + 1);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t r = x->start[meetings[i]]; r < end_of(x, meetings[i]); r++) {
            busy[r] = true;
            if (e->who[person].there && !rk_round_in(e->who[person].there, r))
                tell(x, RK_CHECK_AVAILABILITY, _("%s cannot come in round %u: %s"), who(x, person),
                     r + 1, name(x, meetings[i]));
        }
    for (uint32_t r = 0, length = 0; r < e->round_count && e->who[person].in_a_row; r++) {
        bool rest = r && e->rounds && e->rounds[r].start - e->rounds[r - 1].end >= e->pause;
        length = !busy[r] ? 0 : rest ? 1 : length + 1;
        if (length == e->who[person].in_a_row + 1)
            tell(x, RK_CHECK_IN_A_ROW, _("%s has more than %u in a row up to round %u"),
                 who(x, person), e->who[person].in_a_row, r + 1);
    }
}

static void audit_people(struct audit *x)
{
    const struct rk_evening *e = &x->a->evening;
    uint32_t *first = rk_alloc((size_t)e->who_count + 2, sizeof *first), *of;
    bool *busy = rk_alloc((size_t)e->round_count + 1, sizeof *busy);
    for (uint32_t m = 0; m < e->meeting_count; m++)
        for (uint32_t i = 0; i < e->meetings[m].who_count && x->start[m] != RK_NONE; i++)
            first[e->meetings[m].who[i] + 2]++;
    for (uint32_t p = 0; p < e->who_count; p++)
        first[p + 2] += first[p + 1];
    of = rk_alloc((size_t)first[e->who_count + 1] + 1, sizeof *of);
    for (uint32_t m = 0; m < e->meeting_count; m++)
        for (uint32_t i = 0; i < e->meetings[m].who_count && x->start[m] != RK_NONE; i++)
            of[first[e->meetings[m].who[i] + 1]++] = m;
    for (uint32_t p = 0; p < e->who_count; p++)
        audit_person(x, p, of + first[p], first[p + 1] - first[p], busy);
    rk_free(first);
    rk_free(of);
    rk_free(busy);
}

static void audit_rooms(struct audit *x)
{
    const struct rk_evening *e = &x->a->evening;
    const struct rk_evening_tables *t = x->a->tables;
    uint32_t *used = rk_alloc((size_t)(e->room_count + 1) * (e->round_count + 1), sizeof *used);
    for (uint32_t m = 0; m < e->meeting_count; m++) {
        uint32_t k = x->room[m];
        if (x->start[m] == RK_NONE)
            continue;
        for (uint32_t r = x->start[m]; r < end_of(x, m); r++) {
            uint32_t *there =
                &used[(size_t)(e->room_count ? (k == RK_NONE ? e->room_count : k) : 0) *
                          (e->round_count + 1) +
                      r];
            ++*there;
            if (!e->room_count && e->room_limit && *there == e->room_limit + 1)
                tell(x, RK_CHECK_ROOM, _("round %u has more than %u meetings"), r + 1,
                     e->room_limit);
            if (k == RK_NONE)
                continue;
            if (*there == 2)
                tell(x, RK_CHECK_ROOM, _("room %s has more than one meeting in round %u"),
                     t->rooms[k].id.text, r + 1);
            if (e->rooms[k].free && !rk_round_in(e->rooms[k].free, r))
                tell(x, RK_CHECK_ROOM, _("%s: room %s is not free in round %u"), name(x, m),
                     t->rooms[k].id.text, r + 1);
        }
        if (k == RK_NONE)
            continue;
        if (e->rooms[k].place != e->meetings[m].place)
            tell(x, RK_CHECK_ROOM, _("%s: room %s is in another place"), name(x, m),
                 t->rooms[k].id.text);
        if (e->rooms[k].size < e->meetings[m].size)
            tell(x, RK_CHECK_ROOM, _("%s: room %s is too small"), name(x, m), t->rooms[k].id.text);
    }
    rk_free(used);
}

uint64_t rk_evening_audit(const struct rk_assembled *a, const struct rk_plan_rows *plan,
                          uint32_t *start, rk_evening_tell *told, void *context)
{
    const struct rk_evening *e = &a->evening;
    struct audit x = {a,
                      plan,
                      start,
                      rk_alloc((size_t)e->meeting_count + 1, sizeof *x.room),
                      rk_alloc((size_t)e->meeting_count + 1, sizeof *x.row),
                      told,
                      context,
                      0};
    read_rows(&x);
    audit_people(&x);
    audit_rooms(&x);
    for (uint32_t g = 0; g < e->gap_count; g++) {
        uint32_t s = start[e->gaps[g].a], t = start[e->gaps[g].b];
        if (s != RK_NONE && t != RK_NONE && (s > t ? s - t : t - s) < e->gaps[g].rounds)
            tell(&x, RK_CHECK_GAP, _("%s and %s start less than %u rounds apart"),
                 name(&x, e->gaps[g].a), name(&x, e->gaps[g].b), e->gaps[g].rounds);
    }
    rk_free(x.room);
    rk_free(x.row);
    return x.broken;
}

uint32_t rk_evening_least(const struct rk_evening *evening)
{
    struct rk_evening_work work;
    struct rk_bottleneck why = {0};
    uint32_t least = 0;
    if (rk_evening_work_new(&work, evening, NULL) == RK_OK)
        least = rk_evening_bound(&work, &why);
    rk_free(why.meetings);
    rk_evening_work_free(&work);
    return least == RK_NONE ? 0 : least;
}
