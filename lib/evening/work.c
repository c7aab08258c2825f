#include "evening/work.h"

enum { MOST_PAIRS = 20000000 };

static bool contains(const uint32_t *large, uint32_t large_count, const uint32_t *small,
                     uint32_t small_count)
{
    uint32_t i = 0;
    for (uint32_t j = 0; j < small_count; j++, i++) {
        while (i < large_count && large[i] < small[j])
            i++;
        if (i == large_count || large[i] != small[j])
            return false;
    }
    return true;
}

static void list_meetings(struct rk_evening_work *w)
{
    const struct rk_evening *e = w->evening;
    w->first = rk_alloc((size_t)e->who_count + 2, sizeof *w->first);
    for (uint32_t m = 0; m < e->meeting_count; m++)
        for (uint32_t i = 0; i < e->meetings[m].who_count; i++)
            w->first[e->meetings[m].who[i] + 2]++;
    for (uint32_t p = 0; p < e->who_count; p++)
        w->first[p + 2] += w->first[p + 1];
    w->of = rk_alloc((size_t)w->first[e->who_count + 1] + 1, sizeof *w->of);
    for (uint32_t m = 0; m < e->meeting_count; m++)
        for (uint32_t i = 0; i < e->meetings[m].who_count; i++)
            w->of[w->first[e->meetings[m].who[i] + 1]++] = m;
}

static bool looser(uint32_t limit, uint32_t than) { return !limit || (than && limit >= than); }

/* Who is only ever where another is, and may be in a row as long, is never the reason that two
 * meetings cannot be at once. Of those with the same meetings the first stays. */
static void find_live(struct rk_evening_work *w)
{
    const struct rk_evening *e = w->evening;
    w->live = rk_alloc((size_t)e->who_count + 1, sizeof *w->live);
    for (uint32_t p = 0; p < e->who_count; p++) {
        uint32_t n = w->first[p + 1] - w->first[p];
        w->live[p] = n != 0;
        if (!n || (n == 1 && e->meetings[w->of[w->first[p]]].length == 1))
            continue;
        const struct rk_evening_meeting *m = &e->meetings[w->of[w->first[p]]];
        for (uint32_t i = 0; i < m->who_count && w->live[p]; i++) {
            uint32_t q = m->who[i], k = w->first[q + 1] - w->first[q];
            if (q == p || k < n || !looser(e->who[p].in_a_row, e->who[q].in_a_row) ||
                !contains(w->of + w->first[q], k, w->of + w->first[p], n))
                continue;
            bool same = k == n && looser(e->who[q].in_a_row, e->who[p].in_a_row);
            w->live[p] = same && p < q;
        }
    }
}

static void find_rows(struct rk_evening_work *w)
{
    const struct rk_evening *e = w->evening;
    w->row = rk_alloc((size_t)e->round_count + 1, sizeof *w->row);
    w->night = rk_alloc((size_t)e->round_count + 1, sizeof *w->night);
    for (uint32_t r = 1; r < e->round_count; r++) {
        int64_t pause = e->rounds ? e->rounds[r].start - e->rounds[r - 1].end : 0;
        w->row[r] = w->row[r - 1] + (e->rounds && pause >= e->pause);
        w->night[r] = w->night[r - 1] + (e->rounds && pause >= RK_EVENING_NIGHT);
    }
}

static void find_rounds(struct rk_evening_work *w)
{
    const struct rk_evening *e = w->evening;
    uint64_t *all = rk_alloc((size_t)w->words + 1, sizeof *all);
    w->can = rk_alloc((size_t)w->words * e->meeting_count + 1, sizeof *w->can);
    for (uint32_t m = 0; m < e->meeting_count; m++) {
        const struct rk_evening_meeting *x = &e->meetings[m];
        uint64_t *can = w->can + (size_t)m * w->words;
        for (uint32_t k = 0; k < w->words; k++)
            all[k] = UINT64_MAX;
        if (e->round_count % 64)
            all[w->words - 1] = (UINT64_C(1) << e->round_count % 64) - 1;
        for (uint32_t i = 0; i < x->who_count; i++)
            for (uint32_t k = 0; k < w->words && e->who[x->who[i]].there; k++)
                all[k] &= e->who[x->who[i]].there[k];
        for (uint32_t r = 0; r < e->round_count; r++) {
            bool fits = r + x->length <= e->round_count && (x->fixed == RK_NONE || x->fixed == r) &&
                        w->night[r] == w->night[r + x->length - 1];
            for (uint32_t k = 0; k < x->length && fits; k++)
                fits = rk_round_in(all, r + k);
            for (uint32_t p = 0; p < x->who_count && fits && x->length > 1; p++)
                fits = !e->who[x->who[p]].in_a_row || x->length <= e->who[x->who[p]].in_a_row;
            /* a room that is free all the while; who need it besides is the classes' matter */
            for (uint32_t k = 0; k < e->room_count && fits; k++) {
                const struct rk_evening_room *room = &e->rooms[k];
                bool free = room->place == x->place && room->size >= x->size;
                for (uint32_t j = 0; j < x->length && free && room->free; j++)
                    free = rk_round_in(room->free, r + j);
                if (free)
                    break;
                fits = k + 1 < e->room_count;
            }
            if (fits)
                rk_round_add(can, r);
        }
    }
    rk_free(all);
}

bool rk_evening_share(const struct rk_evening_work *w, uint32_t a, uint32_t b)
{
    const struct rk_evening_meeting *x = &w->evening->meetings[a], *y = &w->evening->meetings[b];
    for (uint32_t i = 0, j = 0; i < x->who_count && j < y->who_count;) {
        if (x->who[i] == y->who[j] && w->live[x->who[i]])
            return true;
        uint32_t p = x->who[i], q = y->who[j];
        i += p <= q;
        j += q <= p;
    }
    return false;
}

static bool add_pair(struct rk_evening_work *w, struct rk_tuples *known, uint32_t a, uint32_t b,
                     uint32_t gap)
{
    const struct rk_evening *e = w->evening;
    uint32_t key[2] = {a < b ? a : b, a < b ? b : a}, before = known->count,
             at = rk_tuples_add(known, key);
    if (at < before) {
        if (gap > w->pairs[at].gap)
            w->pairs[at].gap = gap;
        return true;
    }
    bool shared = rk_evening_share(w, a, b);
    uint32_t travel = shared && e->travel
                          ? e->travel[(size_t)e->meetings[key[0]].place * e->place_count +
                                      e->meetings[key[1]].place]
                          : 0;
    RK_GROW(w->pairs, w->pair_count, w->pair_room);
    w->pairs[w->pair_count++] = (struct rk_evening_pair){key[0], key[1], gap, travel, shared};
    return w->pair_count < MOST_PAIRS;
}

static bool find_pairs(struct rk_evening_work *w)
{
    const struct rk_evening *e = w->evening;
    struct rk_tuples known = {.width = 2};
    bool fits = true;
    for (uint32_t g = 0; g < e->gap_count && fits; g++)
        if (e->gaps[g].rounds)
            fits = add_pair(w, &known, e->gaps[g].a, e->gaps[g].b, e->gaps[g].rounds);
    for (uint32_t p = 0; p < e->who_count && fits && e->travel; p++)
        for (uint32_t i = w->first[p]; i < w->first[p + 1] && w->live[p] && fits; i++)
            for (uint32_t j = i + 1; j < w->first[p + 1] && fits; j++) {
                uint32_t a = w->of[i], b = w->of[j];
                if (e->travel[(size_t)e->meetings[a].place * e->place_count + e->meetings[b].place])
                    fits = add_pair(w, &known, a, b, 0);
            }
    rk_tuples_free(&known);
    w->pair_first = rk_alloc((size_t)e->meeting_count + 2, sizeof *w->pair_first);
    for (uint32_t i = 0; i < w->pair_count; i++) {
        w->pair_first[w->pairs[i].a + 2]++;
        w->pair_first[w->pairs[i].b + 2]++;
    }
    for (uint32_t m = 0; m < e->meeting_count; m++)
        w->pair_first[m + 2] += w->pair_first[m + 1];
    w->pair_of = rk_alloc((size_t)w->pair_count * 2 + 1, sizeof *w->pair_of);
    for (uint32_t i = 0; i < w->pair_count; i++) {
        w->pair_of[w->pair_first[w->pairs[i].a + 1]++] = i;
        w->pair_of[w->pair_first[w->pairs[i].b + 1]++] = i;
    }
    return fits;
}

bool rk_evening_apart(const struct rk_evening_work *w, const struct rk_evening_pair *pair,
                      uint32_t start_a, uint32_t start_b)
{
    const struct rk_evening *e = w->evening;
    bool turned = start_b < start_a;
    uint32_t early = turned ? start_b : start_a, late = turned ? start_a : start_b;
    if (late - early < pair->gap)
        return false;
    if (!pair->shared)
        return true;
    uint32_t end = early + e->meetings[turned ? pair->b : pair->a].length;
    if (late < end)
        return false;
    if (e->rounds)
        return e->rounds[late].start - e->rounds[end - 1].end >= pair->travel;
    return late - end >= pair->travel;
}

/* For each place and each number that its rooms are large enough for: how many there are. A class
 * whose rooms are those of a class with more meetings says nothing new. */
static void find_classes(struct rk_evening_work *w)
{
    const struct rk_evening *e = w->evening;
    uint32_t room = 0;
    uint32_t places = e->room_count ? e->place_count : e->room_limit ? 1 : 0;
    for (uint32_t place = 0; place < places; place++) {
        uint32_t least = 0, before = w->class_count;
        for (bool more = true; more;) {
            struct rk_evening_class c = {
                .meetings = rk_alloc((size_t)e->meeting_count + 1, sizeof *c.meetings),
                .rooms = rk_alloc((size_t)e->round_count + 1, sizeof *c.rooms)};
            uint32_t next = RK_NONE;
            for (uint32_t m = 0; m < e->meeting_count; m++) {
                const struct rk_evening_meeting *x = &e->meetings[m];
                if (e->room_count && (x->place != place || x->size < least))
                    continue;
                c.meetings[c.count++] = m;
                if (e->room_count && x->size > least && x->size < next)
                    next = x->size;
            }
            for (uint32_t r = 0; r < e->round_count; r++) {
                for (uint32_t k = 0; k < e->room_count; k++)
                    c.rooms[r] += e->rooms[k].place == place && e->rooms[k].size >= least &&
                                  (!e->rooms[k].free || rk_round_in(e->rooms[k].free, r));
                if (!e->room_count)
                    c.rooms[r] = e->room_limit;
                if (c.rooms[r] > c.most)
                    c.most = c.rooms[r];
            }
            more = next != RK_NONE;
            least = next;
            bool old =
                w->class_count > before && !memcmp(w->classes[w->class_count - 1].rooms, c.rooms,
                                                   e->round_count * sizeof *c.rooms);
            if (!c.count || old) {
                rk_free(c.meetings);
                rk_free(c.rooms);
                continue;
            }
            RK_GROW(w->classes, w->class_count, room);
            w->classes[w->class_count++] = c;
        }
    }
}

enum rk_status rk_evening_work_new(struct rk_evening_work *w, const struct rk_evening *e,
                                   struct rk_error *error)
{
    *w = (struct rk_evening_work){.evening = e, .words = rk_round_words(e->round_count)};
    if (e->round_count > RK_EVENING_ROUNDS)
        return rk_fail(error, RK_BAD_DATA, _("there are more than %d rounds"), RK_EVENING_ROUNDS);
    if (e->meeting_count > RK_EVENING_MEETINGS)
        return rk_fail(error, RK_BAD_DATA, _("there are more than %d meetings"),
                       RK_EVENING_MEETINGS);
    list_meetings(w);
    find_live(w);
    find_rows(w);
    find_rounds(w);
    if (!find_pairs(w))
        return rk_fail(error, RK_BAD_DATA,
                       _("there are too many pairs of meetings to travel between"));
    find_classes(w);
    w->plain = !w->pair_count;
    for (uint32_t m = 0; m < e->meeting_count; m++)
        w->plain = w->plain && e->meetings[m].length == 1;
    return RK_OK;
}

void rk_evening_work_free(struct rk_evening_work *w)
{
    rk_free(w->can);
    rk_free(w->first);
    rk_free(w->of);
    rk_free(w->live);
    rk_free(w->row);
    rk_free(w->night);
    rk_free(w->pairs);
    rk_free(w->pair_first);
    rk_free(w->pair_of);
    for (uint32_t c = 0; c < w->class_count; c++) {
        rk_free(w->classes[c].meetings);
        rk_free(w->classes[c].rooms);
    }
    rk_free(w->classes);
    *w = (struct rk_evening_work){0};
}

/* ---- state ---- */

void rk_evening_state_new(struct rk_evening_state *s, const struct rk_evening_work *w)
{
    const struct rk_evening *e = w->evening;
    *s = (struct rk_evening_state){
        .work = w,
        .start = rk_alloc((size_t)e->meeting_count + 1, sizeof *s->start),
        .busy = rk_alloc((size_t)e->who_count * e->round_count + 1, sizeof *s->busy),
        .used = rk_alloc((size_t)w->class_count * e->round_count + 1, sizeof *s->used),
        .class_first = rk_alloc((size_t)e->meeting_count + 2, sizeof *s->class_first)};
    size_t all = 0;
    for (uint32_t c = 0; c < w->class_count; c++) {
        all += w->classes[c].count;
        for (uint32_t i = 0; i < w->classes[c].count; i++)
            s->class_first[w->classes[c].meetings[i] + 2]++;
    }
    s->class_of = rk_alloc(all + 1, sizeof *s->class_of);
    for (uint32_t m = 0; m < e->meeting_count; m++) {
        s->class_first[m + 2] += s->class_first[m + 1];
        s->start[m] = RK_NONE;
    }
    for (uint32_t c = 0; c < w->class_count; c++)
        for (uint32_t i = 0; i < w->classes[c].count; i++)
            s->class_of[s->class_first[w->classes[c].meetings[i] + 1]++] = c;
}

void rk_evening_state_free(struct rk_evening_state *s)
{
    rk_free(s->start);
    rk_free(s->busy);
    rk_free(s->used);
    rk_free(s->class_first);
    rk_free(s->class_of);
}

/* Would the rounds first … last, taken beside the others, be too many in a row for the person? */
static bool too_long(const struct rk_evening_state *s, uint32_t who, uint32_t first, uint32_t last)
{
    const struct rk_evening *e = s->work->evening;
    const uint8_t *busy = s->busy + (size_t)who * e->round_count;
    const uint32_t *row = s->work->row;
    while (first > 0 && row[first - 1] == row[first] && busy[first - 1])
        first--;
    while (last + 1 < e->round_count && row[last + 1] == row[last] && busy[last + 1])
        last++;
    for (uint32_t r = first, length = 0; r <= last; r++) {
        length = r > first && row[r] != row[r - 1] ? 1 : length + 1;
        if (length > e->who[who].in_a_row)
            return true;
    }
    return false;
}

bool rk_evening_fits(const struct rk_evening_state *s, uint32_t m, uint32_t round)
{
    const struct rk_evening_work *w = s->work;
    const struct rk_evening *e = w->evening;
    const struct rk_evening_meeting *x = &e->meetings[m];
    if (!rk_round_in(rk_evening_can(w, m), round))
        return false;
    uint32_t last = round + x->length - 1;
    for (uint32_t i = 0; i < x->who_count; i++) {
        uint32_t p = x->who[i];
        if (!w->live[p])
            continue;
        for (uint32_t r = round; r <= last; r++)
            if (s->busy[(size_t)p * e->round_count + r])
                return false;
        if (e->who[p].in_a_row && too_long(s, p, round, last))
            return false;
    }
    for (uint32_t i = s->class_first[m]; i < s->class_first[m + 1]; i++)
        for (uint32_t r = round; r <= last; r++)
            if (s->used[(size_t)s->class_of[i] * e->round_count + r] >=
                w->classes[s->class_of[i]].rooms[r])
                return false;
    for (uint32_t i = w->pair_first[m]; i < w->pair_first[m + 1]; i++) {
        const struct rk_evening_pair *pair = &w->pairs[w->pair_of[i]];
        uint32_t other = s->start[pair->a == m ? pair->b : pair->a];
        if (other != RK_NONE && !(pair->a == m ? rk_evening_apart(w, pair, round, other)
                                               : rk_evening_apart(w, pair, other, round)))
            return false;
    }
    return true;
}

static void mark(struct rk_evening_state *s, uint32_t m, bool on)
{
    const struct rk_evening *e = s->work->evening;
    const struct rk_evening_meeting *x = &e->meetings[m];
    for (uint32_t r = s->start[m]; r < s->start[m] + x->length; r++) {
        for (uint32_t i = 0; i < x->who_count; i++)
            s->busy[(size_t)x->who[i] * e->round_count + r] += on ? 1 : UINT8_MAX;
        for (uint32_t i = s->class_first[m]; i < s->class_first[m + 1]; i++)
            s->used[(size_t)s->class_of[i] * e->round_count + r] += on ? 1 : UINT32_MAX;
    }
}

void rk_evening_place(struct rk_evening_state *s, uint32_t m, uint32_t round)
{
    s->start[m] = round;
    mark(s, m, true);
}

void rk_evening_lift(struct rk_evening_state *s, uint32_t m)
{
    mark(s, m, false);
    s->start[m] = RK_NONE;
}
