#include "stat/alike.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>

enum {
    MOST_TAKEN = 8,     /* that one exchange takes */
    MOST_SETS = 21000,  /* sets of so many that are looked through for exchanges */
    MOST_MOVES = 20000, /* exchanges that are tried */
    MOST_TRIED = 30000, /* answers that are looked at, after exchanges of each size */
    OTHERS = 50,        /* from which more are looked for though they are new in nothing */
    SUMS = RK_ALIKE_NUMBERS + RK_ALIKE_PARTS,
};

/* Some that are taken together, and the sums over them. */
struct taken {
    int64_t sum[SUMS];
    uint32_t kind[MOST_TAKEN];
    uint64_t mixed; /* puts those with the same sums into an order of no meaning */
};

struct move { /* so many out, and as many others in */
    uint32_t out[MOST_TAKEN], in[MOST_TAKEN], size;
};

struct range { /* a number that is to be kept */
    unsigned order;
    uint32_t from, to;
    int64_t seen[RK_ALIKE_WAYS];
    unsigned ways;
};

struct search {
    const struct rk_alike *of;
    int64_t all, *start, *now, *below; /* below: of an order, how many are below each place */
    unsigned told;                     /* bits of the parts that are told */
    uint32_t places[RK_ALIKE_ORDERS], most_places;
    uint32_t middle[2]; /* of order 0 */
    struct range *ranges;
    size_t range_count, range_room, open;
    struct move *moves;
    size_t move_count, move_room;
    struct rk_strings found;
};

static bool is_small(const struct search *s, int64_t number)
{
    int64_t rest = s->all - number, threshold = s->of->threshold;
    return (number > 0 && number < threshold) || (rest > 0 && rest < threshold);
}

static int64_t of_part(const struct search *s, const int64_t *counts, unsigned part)
{
    int64_t sum = 0;
    for (size_t k = 0; k < s->of->count; k++)
        sum += s->of->kinds[k].parts >> part & 1 ? counts[k] : 0;
    return sum;
}

/* below[p] = how many are at places before p of the order. */
static void add_up(struct search *s, const int64_t *counts, unsigned order)
{
    for (uint32_t p = 0; p <= s->most_places; p++)
        s->below[p] = 0;
    for (size_t k = 0; k < s->of->count; k++)
        s->below[s->of->kinds[k].place[order] + 1] += counts[k];
    for (uint32_t p = 0; p < s->most_places; p++)
        s->below[p + 1] += s->below[p];
}

static void find_middle(struct search *s, const int64_t *counts, uint32_t middle[2])
{
    add_up(s, counts, 0);
    for (int i = 0; i < 2; i++) {
        int64_t at = i ? s->all / 2 : (s->all - 1) / 2;
        middle[i] = 0;
        while (s->below[middle[i] + 1] <= at)
            middle[i]++;
    }
}

/* ---- exchanges ---- */

static int by_sums(const void *a, const void *b)
{
    const struct taken *x = a, *y = b;
    for (size_t i = 0; i < SUMS; i++)
        if (x->sum[i] != y->sum[i])
            return x->sum[i] < y->sum[i] ? -1 : 1;
    return (x->mixed > y->mixed) - (x->mixed < y->mixed);
}

static bool same_sums(const struct taken *a, const struct taken *b)
{
    for (size_t i = 0; i < SUMS; i++)
        if (a->sum[i] != b->sum[i])
            return false;
    return true;
}

static bool share_one(const struct taken *a, const struct taken *b, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        for (uint32_t k = 0; k < size; k++)
            if (a->kind[i] == b->kind[k])
                return true;
    return false;
}

static void add_move(struct search *s, const struct taken *out, const struct taken *in,
                     uint32_t size)
{
    struct move *move;
    RK_GROW(s->moves, s->move_count, s->move_room);
    move = &s->moves[s->move_count++];
    move->size = size;
    for (uint32_t i = 0; i < size; i++) {
        move->out[i] = out->kind[i];
        move->in[i] = in->kind[i];
    }
}

/* Every exchange of so many, one that is left as it is aside. False where there are too many. */
static bool find_moves(struct search *s, uint32_t size)
{
    const struct rk_alike *of = s->of;
    uint32_t at[MOST_TAKEN] = {0};
    size_t sets = 1, count = 0;
    for (uint32_t i = 0; i < size; i++)
        sets = sets * (of->count + i) / (i + 1); /* C(count + size - 1, size), exact at each step */
    if (sets > MOST_SETS)
        return false;
    struct taken *all = rk_alloc(sets + 1, sizeof *all);
    for (;;) {
        struct taken *t = &all[count++];
        for (uint32_t i = 0; i < size; i++) {
            const struct rk_alike_kind *kind = &of->kinds[at[i]];
            t->kind[i] = at[i];
            t->mixed = (t->mixed ^ (at[i] + 1)) * UINT64_C(0x9e3779b97f4a7c15);
            t->mixed ^= t->mixed >> 29;
            for (unsigned n = 0; n < of->numbers; n++)
                t->sum[n] += kind->number[n];
            for (unsigned p = 0; p < of->parts; p++)
                t->sum[RK_ALIKE_NUMBERS + p] += (s->told & kind->parts) >> p & 1;
        }
        uint32_t last = size;
        while (last && at[last - 1] == of->count - 1)
            last--;
        if (!last)
            break;
        at[last - 1]++;
        for (uint32_t i = last; i < size; i++)
            at[i] = at[last - 1];
    }
    qsort(all, count, sizeof *all, by_sums);
    /* with the next of the same sums, then with the one after it: some of each, where there are
     * many */
    bool more = true;
    for (size_t apart = 1; more && s->move_count < MOST_MOVES; apart++) {
        more = false;
        for (size_t i = 0; i + apart < count && s->move_count < MOST_MOVES; i++) {
            const struct taken *a = &all[i], *b = &all[i + apart];
            bool same = same_sums(a, b);
            more = more || same;
            if (!same || share_one(a, b, size))
                continue;
            add_move(s, a, b, size);
            add_move(s, b, a, size);
        }
    }
    rk_free(all);
    return true;
}

/* ---- what is possible ---- */

static void find_ranges(struct search *s)
{
    for (unsigned o = 0; o < s->of->orders; o++) {
        add_up(s, s->start, o);
        for (uint32_t from = 0; from < s->places[o]; from++)
            for (uint32_t to = from + 1; to <= s->places[o]; to++) {
                int64_t number = s->below[to] - s->below[from];
                if (!is_small(s, number))
                    continue;
                RK_GROW(s->ranges, s->range_count, s->range_room);
                s->ranges[s->range_count++] = (struct range){o, from, to, {number}, 1};
            }
    }
    s->open = s->range_count;
}

/* Whether they give any range a number that was not known to be possible. */
static bool see(struct search *s, const int64_t *counts)
{
    unsigned order = RK_ALIKE_ORDERS;
    bool any = false;
    for (size_t i = 0; i < s->range_count; i++) {
        struct range *r = &s->ranges[i];
        bool known = r->ways == RK_ALIKE_WAYS;
        if (known)
            continue;
        if (r->order != order)
            add_up(s, counts, order = r->order);
        int64_t number = s->below[r->to] - s->below[r->from];
        for (unsigned w = 0; w < r->ways; w++)
            known = known || r->seen[w] == number;
        if (known)
            continue;
        any = true;
        r->seen[r->ways++] = number;
        s->open -= r->ways == RK_ALIKE_WAYS;
    }
    return any;
}

/* Whether they give all that is told besides the sums: that a part is hidden says that it is small.
 */
static bool gives_the_same(struct search *s, const int64_t *counts)
{
    uint32_t middle[2];
    for (unsigned p = 0; p < s->of->parts; p++)
        if (!(s->told >> p & 1) && !is_small(s, of_part(s, counts, p)))
            return false;
    if (!s->of->median)
        return true;
    find_middle(s, counts, middle);
    return middle[0] == s->middle[0] && middle[1] == s->middle[1];
}

static bool exchange(int64_t *counts, const struct move *move)
{
    bool there = true;
    for (uint32_t i = 0; i < move->size; i++)
        there = --counts[move->out[i]] >= 0 && there;
    for (uint32_t i = 0; i < move->size; i++)
        counts[move->in[i]]++;
    return there;
}

static void take_back(int64_t *counts, const struct move *move)
{
    for (uint32_t i = 0; i < move->size; i++) {
        counts[move->out[i]]++;
        counts[move->in[i]]--;
    }
}

/* From each that was found, first those that are new in something; a few others are ways to them.
 */
static void look(struct search *s)
{
    size_t size = s->of->count * sizeof *s->now, tried = 0;
    rk_strings_free(&s->found);
    rk_strings_add(&s->found, (struct rk_text){(const char *)s->start, size});
    for (uint32_t f = 0; f < s->found.count; f++) {
        memcpy(s->now, s->found.texts[f].text, size);
        for (size_t m = 0; m < s->move_count; m++) {
            if (!s->open || tried == MOST_TRIED)
                return;
            if (exchange(s->now, &s->moves[m])) {
                tried++;
                if (gives_the_same(s, s->now) && (see(s, s->now) || s->found.count < OTHERS))
                    rk_strings_add(&s->found, (struct rk_text){(const char *)s->now, size});
            }
            take_back(s->now, &s->moves[m]);
        }
    }
}

static void begin(struct search *s, const struct rk_alike *of)
{
    *s = (struct search){.of = of, .start = rk_alloc(of->count + 1, sizeof *s->start)};
    for (size_t k = 0; k < of->count; k++) {
        s->start[k] = of->kinds[k].count;
        s->all += s->start[k];
        for (unsigned o = 0; o < of->orders; o++)
            if (of->kinds[k].place[o] >= s->places[o])
                s->places[o] = of->kinds[k].place[o] + 1;
    }
    for (unsigned o = 0; o < of->orders; o++)
        s->most_places = s->places[o] > s->most_places ? s->places[o] : s->most_places;
    s->now = rk_alloc(of->count + 1, sizeof *s->now);
    s->below = rk_alloc((size_t)s->most_places + 2, sizeof *s->below);
    for (unsigned p = 0; p < of->parts; p++)
        s->told |= is_small(s, of_part(s, s->start, p)) ? 0 : 1u << p;
    find_ranges(s);
}

static void end(struct search *s)
{
    rk_strings_free(&s->found);
    rk_free(s->start);
    rk_free(s->now);
    rk_free(s->below);
    rk_free(s->ranges);
    rk_free(s->moves);
}

bool rk_alike_keeps(const struct rk_alike *alike)
{
    struct search s;
    begin(&s, alike);
    if (alike->median && s.all)
        find_middle(&s, s.start, s.middle);
    for (uint32_t size = 1; size <= MOST_TAKEN && s.open; size++) {
        if (!find_moves(&s, size))
            break;
        look(&s);
    }
    bool keeps = !s.open;
    end(&s);
    return keeps;
}

bool rk_alike_any_small(const struct rk_alike *alike)
{
    struct search s;
    begin(&s, alike);
    bool any = s.range_count > 0;
    end(&s);
    return any;
}
