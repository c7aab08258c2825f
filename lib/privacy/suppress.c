#include "privacy/suppress.h"

#include "base/hash.h"
#include "base/mem.h"
#include "privacy/attack.h"
#include "privacy/circuits.h"
#include "privacy/cuts.h"
#include "privacy/moves.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    NOBODY = RK_NONE,
    ROUNDS = 60,
    MOST_PAIRS = 4000,
    MOST_WEIGHT = 1 << 20,
    MOST_TIMES = 6,
    MOST_GROWN = 200,
    MOST_ROWS = 300, /* of cuts, before loose ones are forgotten */
};
#define FAR 4096. /* times what is wanted: as good as no end, in a push */

struct search {
    const struct rk_suppress_cell *cells;
    uint32_t count;
    const struct rk_sums *sums;
    struct rk_moves *moves;
    struct rk_cuts *cuts;
    struct rk_circuits *circuits;
    uint32_t *person; /* by cell; NOBODY */
    uint32_t persons;
    uint32_t *sensitive;
    uint32_t sensitive_count;
    bool *fixed;    /* by cell: hidden whatever is chosen */
    uint64_t *used; /* by sensitive cell: the cells that its room rests on */
    uint32_t words;
    double *low, *high;
    double *chance; /* 0 and 1, of `hidden` */
    int64_t *move, *up, *down, *weight;
    int64_t up_scale, down_scale;
    bool *hidden; /* the choice looked at */
    bool *best;
    __int128 best_cost;
    int64_t *cost; /* by cell: 0 of those fixed */
    int8_t *range; /* by cell, where the search is: 0, 1, or 2 = either */
    bool *never;   /* by cell: shown, wherever the search is */
    uint64_t effort;
    uint64_t branches;
    bool roughly;   /* do not ask privacy/attack: what is not seen to be kept is not */
    uint64_t exact; /* effort of questions that privacy/attack answered */
};

/* ---- who is alone in which cells ---- */

static uint32_t root_of(uint32_t *parent, uint32_t c)
{
    while (parent[c] != c)
        c = parent[c] = parent[parent[c]];
    return c;
}

uint32_t rk_suppress_persons(const struct rk_suppress_cell *cells, uint32_t count,
                             const struct rk_sums *sums, uint32_t *person)
{
    uint32_t *parent = rk_alloc(count, sizeof *parent), *number = rk_alloc(count, sizeof *number);
    uint32_t persons = 0;
    for (uint32_t c = 0; c < count; c++)
        parent[c] = c;
    for (uint32_t s = 0; s < sums->count; s++) {
        uint32_t total = sums->cell[sums->first[s]];
        for (uint32_t i = sums->first[s] + 1; cells[total].alone && i < sums->first[s + 1]; i++)
            if (cells[sums->cell[i]].alone)
                parent[root_of(parent, sums->cell[i])] = root_of(parent, total);
    }
    memset(number, 0xff, count * sizeof *number);
    for (uint32_t c = 0; c < count; c++) {
        person[c] = NOBODY;
        if (!cells[c].alone)
            continue;
        uint32_t root = root_of(parent, c);
        if (number[root] == NOBODY)
            number[root] = persons++;
        person[c] = number[root];
    }
    rk_free(parent);
    rk_free(number);
    return persons;
}

/* ---- what a choice gives a sensitive cell ---- */

static bool bit(const uint64_t *set, uint32_t i) { return set[i / 64] >> (i % 64) & 1; }
static void set_bit(uint64_t *set, uint32_t i) { set[i / 64] |= UINT64_C(1) << (i % 64); }

static int64_t room_below(const struct search *s, uint32_t c)
{
    return s->cells[c].least <= -RK_CELL_NO_END ? RK_CELL_NO_END
                                                : s->cells[c].value - s->cells[c].least;
}

static uint64_t work_done(const struct search *s)
{
    return rk_moves_work(s->moves) + rk_cuts_work(s->cuts) + rk_circuits_work(s->circuits) +
           s->exact;
}

static bool is_spent(const struct search *s) { return work_done(s) >= s->effort; }

/* The ranges of a move for who knows the cells of `person`, each cell hidden by its chance and
 * moving at most `most`. */
static void set_ranges(struct search *s, const double *chance, uint32_t person, double most)
{
    for (uint32_t c = 0; c < s->count; c++) {
        bool known = chance[c] <= 0 || (person != NOBODY && s->person[c] == person);
        double below = (double)room_below(s, c);
        s->low[c] = known ? 0 : -(below < most ? below : most) * chance[c];
        s->high[c] = known ? 0 : most * chance[c];
    }
}

/* Pushes the cell, and takes down what held it; *scale is 0 where nothing did, or it cannot be
 * told. */
static double push(struct search *s, uint32_t cell, bool up, double enough, int64_t *reason,
                   int64_t *scale)
{
    double far = rk_moves_push(s->moves, cell, up, s->low, s->high, enough);
    if (far >= enough - 1e-6 || !rk_moves_reason(s->moves, reason, scale))
        *scale = 0;
    return far;
}

/* Adds the cells of the move found to `set`, when it, or it a few times, is one of whole numbers
 * within the ranges; how far the cell went, or -1. */
static int64_t take_move(struct search *s, uint32_t cell, uint32_t person, uint64_t *set)
{
    int times = 1;
    while (times <= MOST_TIMES && !rk_moves_whole(s->moves, times, s->move))
        times++;
    if (times > MOST_TIMES)
        return -1;
    for (uint32_t c = 0; c < s->count; c++) {
        if (!s->move[c])
            continue;
        if (!s->hidden[c] || (person != NOBODY && s->person[c] == person) ||
            -s->move[c] > room_below(s, c))
            return -1;
    }
    for (uint32_t c = 0; c < s->count; c++)
        if (s->move[c])
            set_bit(set, c);
    return s->move[cell] < 0 ? -s->move[cell] : s->move[cell];
}

static int64_t wanted_up(const struct rk_suppress_cell *c)
{
    return c->up > c->width ? c->up : c->width;
}

/* The answer in whole numbers, where a corner of the program is no table. */
static bool has_room_exactly(struct search *s, uint32_t cell, uint32_t person)
{
    struct rk_attack *attack = rk_attack_new(s->count, s->sums);
    const struct rk_suppress_cell *of = &s->cells[cell];
    struct rk_range range = {0};
    int64_t *table = rk_alloc(s->count, sizeof *table);
    uint32_t wrong;
    for (uint32_t c = 0; c < s->count; c++) {
        bool known = !s->hidden[c] || (person != NOBODY && s->person[c] == person);
        rk_attack_cell(attack, c, known ? s->cells[c].value : s->cells[c].least,
                       known ? s->cells[c].value : RK_CELL_NO_END);
        table[c] = s->cells[c].value;
    }
    if (rk_attack_start(attack, &wrong)) {
        rk_attack_possible(attack, table);
        range = rk_attack_range(attack, cell, of->up || of->down ? INT64_MAX : of->width);
    }
    s->exact += rk_attack_work(attack);
    rk_attack_free(attack);
    rk_free(table);
    return range.high - range.low >= of->width && range.high - of->value >= of->up &&
           of->value - range.low >= of->down;
}

/* Does s->hidden give the cell its room before who knows the cells of `person`? What the room rests
 * on is added to `set`. When not, *whole tells whether only whole numbers stand in the way, and
 * s->up and s->down hold why otherwise. */
static bool has_room(struct search *s, uint32_t cell, uint32_t person, uint64_t *set, bool *whole)
{
    const struct rk_suppress_cell *of = &s->cells[cell];
    int64_t far[2] = {0};
    double most[2] = {0};
    bool exact = true;
    *whole = false;
    for (uint32_t c = 0; c < s->count; c++)
        s->chance[c] = s->hidden[c];
    for (int pass = 0; pass < 2; pass++) {
        double limit = (double)(wanted_up(of) > of->down ? wanted_up(of) : of->down);
        limit *= pass ? FAR : 1;
        exact = true;
        most[0] = most[1] = 0;
        s->up_scale = s->down_scale = 0; /* what is left of an earlier question is no reason */
        set_ranges(s, s->chance, person, limit);
        for (int way = 0; way < 2; way++) {
            int64_t enough = wanted_up(of);
            if (way) {
                enough = of->width - far[0];
                enough = enough > of->down ? enough : of->down;
                if (enough <= 0)
                    break;
            }
            most[way] = push(s, cell, way == 0, (double)enough, way ? s->down : s->up,
                             way ? &s->down_scale : &s->up_scale);
            far[way] = take_move(s, cell, person, set);
            exact = exact && far[way] >= 0;
            far[way] = far[way] < 0 ? 0 : far[way];
        }
        if (far[0] + far[1] >= of->width && far[0] >= of->up && far[1] >= of->down)
            return true;
    }
    if (most[0] + most[1] < (double)of->width - 1e-6 || most[0] < (double)of->up - 1e-6 ||
        most[1] < (double)of->down - 1e-6)
        return false;
    *whole = true;
    if (exact || s->roughly || !has_room_exactly(s, cell, person))
        return false;
    for (uint32_t c = 0; c < s->count; c++)
        if (s->hidden[c])
            set_bit(set, c);
    return true;
}

/* The same before everybody; *person is who can work the cell out. */
static bool is_kept(struct search *s, uint32_t which, uint32_t *person, bool *whole)
{
    uint64_t *set = s->used + (size_t)which * s->words;
    uint32_t cell = s->sensitive[which];
    memset(set, 0, s->words * sizeof *set);
    *person = NOBODY;
    if (!has_room(s, cell, NOBODY, set, whole))
        return false;
    if (s->cells[cell].unguarded)
        return true;
    /* who knows none of the cells that the room rests on sees the same room */
    uint32_t touched = 0, *persons = rk_alloc(s->persons, sizeof *persons);
    bool kept = true;
    for (uint32_t c = 0; c < s->count; c++) {
        uint32_t p = bit(set, c) ? s->person[c] : NOBODY;
        bool again = p == NOBODY || p == s->person[cell];
        for (uint32_t i = 0; i < touched && !again; i++)
            again = persons[i] == p;
        if (!again)
            persons[touched++] = p;
    }
    for (uint32_t i = 0; i < touched && kept; i++) {
        *person = persons[i];
        kept = has_room(s, cell, *person, set, whole);
    }
    rk_free(persons);
    return kept;
}

/* ---- cuts ---- */

/* What is at most the cell's difference one way, as weights of the chances: infinite ones are -1.
 */
static void add_reason(const struct search *s, uint32_t cell, bool up, const int64_t *reason,
                       int64_t times, uint32_t person, int64_t *weight, int64_t *sure)
{
    for (uint32_t c = 0; c < s->count; c++) {
        int64_t r = reason[c];
        if (!r || (person != NOBODY && s->person[c] == person))
            continue;
        int64_t below = room_below(s, c);
        bool rises = (r > 0) == up;
        int64_t size = r < 0 ? -r : r;
        int64_t add = rises || below >= RK_CELL_NO_END ? -1 : size * times * below;
        if (c == cell || s->fixed[c]) {
            *sure = *sure < 0 || add < 0 ? -1 : *sure + add;
        } else if (add) {
            weight[c] =
                weight[c] < 0 || add < 0 || weight[c] + add > RK_CELL_NO_END ? -1 : weight[c] + add;
        }
    }
}

/* Adds the cut that the weights, infinite ones -1, must come to `least`, unless the chances keep it
 * already. */
static bool add_cut(struct search *s, int64_t *weight, int64_t least, const double *chance)
{
    double sum = 0;
    bool plain = least >= MOST_WEIGHT;
    for (uint32_t c = 0; c < s->count; c++)
        if (weight[c] && (weight[c] < 0 || weight[c] > least || plain))
            weight[c] = plain ? 1 : least;
    least = plain ? 1 : least;
    for (uint32_t c = 0; c < s->count; c++) {
        if (s->never[c])
            weight[c] = 0;
        sum += (double)weight[c] * chance[c];
    }
    if (sum > (double)least * (1 - 1e-4))
        return false;
    rk_cuts_add(s->cuts, weight, least);
    return true;
}

/* The cut that says why the chances, or s->hidden, give the cell too little room. */
static bool cut_room(struct search *s, uint32_t cell, uint32_t person, const double *chance)
{
    const struct rk_suppress_cell *of = &s->cells[cell];
    bool added = false;
    for (int kind = 0; kind < 3; kind++) { /* up, down, both */
        int64_t need = kind == 0 ? of->up : kind == 1 ? of->down : of->width, sure = 0;
        int64_t scale = kind == 0   ? s->up_scale
                        : kind == 1 ? s->down_scale
                                    : s->up_scale * s->down_scale;
        if (!need || !scale)
            continue;
        memset(s->weight, 0, s->count * sizeof *s->weight);
        if (kind != 1)
            add_reason(s, cell, true, s->up, kind == 0 ? 1 : s->down_scale, person, s->weight,
                       &sure);
        if (kind != 0)
            add_reason(s, cell, false, s->down, kind == 1 ? 1 : s->up_scale, person, s->weight,
                       &sure);
        if (sure >= 0 && need * scale > sure)
            added |= add_cut(s, s->weight, need * scale - sure, chance);
    }
    return added;
}

static bool separate_sensitive(struct search *s, uint32_t cell, uint32_t person,
                               const double *chance)
{
    const struct rk_suppress_cell *of = &s->cells[cell];
    double most = (double)(wanted_up(of) > of->down ? wanted_up(of) : of->down);
    set_ranges(s, chance, person, most);
    s->up_scale = s->down_scale = 0;
    double up = push(s, cell, true, (double)wanted_up(of), s->up, &s->up_scale);
    double rest =
        (double)of->width - up > (double)of->down ? (double)of->width - up : (double)of->down;
    if (up >= (double)wanted_up(of) - 1e-6 && rest <= 1e-6)
        return false;
    double down = rest > 0 ? push(s, cell, false, rest, s->down, &s->down_scale) : 0;
    if (up >= (double)of->up - 1e-6 && down >= rest - 1e-6)
        return false;
    return cut_room(s, cell, person, chance);
}

/* A cell hidden besides that could be worked out all the same need not be hidden: if it is, so is
 * another that it moves with. */
static bool separate_other(struct search *s, uint32_t cell, const double *chance)
{
    uint32_t *with = NULL, count = 0, room = 0;
    double enough = chance[cell], sum = 0;
    bool added = false, sure = false;
    set_ranges(s, chance, NOBODY, 1);
    s->low[cell] = room_below(s, cell) ? -1 : 0; /* its own chance is not what holds it */
    s->high[cell] = 1;
    double up = push(s, cell, true, enough, s->up, &s->up_scale);
    if (up >= enough - 1e-3)
        return false;
    double down = push(s, cell, false, enough - up, s->down, &s->down_scale);
    if (up + down >= enough - 1e-3 || !s->up_scale || !s->down_scale)
        return false;
    for (uint32_t c = 0; c < s->count && !sure; c++) {
        bool below = room_below(s, c) > 0;
        bool moves =
            s->up[c] > 0 || (s->up[c] < 0 && below) || s->down[c] < 0 || (s->down[c] > 0 && below);
        if (c == cell || !moves || s->never[c])
            continue;
        sure = s->fixed[c];
        sum += chance[c];
        RK_GROW(with, count, room);
        with[count++] = c;
    }
    /* what held it must not be its own range, which says nothing */
    sure = sure || (s->up[cell] != 0) || (s->down[cell] != 0 && room_below(s, cell));
    if (!sure && sum < enough - 1e-3) {
        rk_cuts_cover(s->cuts, with, count, cell);
        added = true;
    }
    rk_free(with);
    return added;
}

static bool separate(struct search *s, const double *chance)
{
    bool added = false;
    for (uint32_t i = 0; i < s->sensitive_count && !is_spent(s); i++)
        added |= separate_sensitive(s, s->sensitive[i], NOBODY, chance);
    for (uint32_t c = 0; c < s->count && !is_spent(s); c++)
        if (!s->fixed[c] && chance[c] > .02)
            added |= separate_other(s, c, chance);
    if (added || (uint64_t)s->sensitive_count * s->persons > MOST_PAIRS)
        return added;
    for (uint32_t i = 0; i < s->sensitive_count && !is_spent(s); i++)
        for (uint32_t p = 0; p < s->persons; p++)
            if (p != s->person[s->sensitive[i]] && !s->cells[s->sensitive[i]].unguarded)
                added |= separate_sensitive(s, s->sensitive[i], p, chance);
    return added;
}

/* Of a choice that only whole numbers stand in the way of: with all that can be hidden besides and
 * the cell still without room, at least one of the rest must be. In a large table the choice is not
 * added to: each question takes long. */
static void cut_whole(struct search *s, uint32_t cell, uint32_t person)
{
    uint32_t *rest = rk_alloc(s->count, sizeof *rest), count = 0;
    for (uint32_t c = 0; c < s->count; c++) {
        if (s->hidden[c] || s->never[c])
            continue;
        s->hidden[c] = s->count <= MOST_GROWN;
        if (!s->hidden[c] || has_room_exactly(s, cell, person)) {
            s->hidden[c] = false;
            rest[count++] = c;
        }
    }
    rk_cuts_cover(s->cuts, rest, count, RK_NONE);
    rk_free(rest);
}

/* ---- choices ---- */

static __int128 cost_of(const struct search *s, const bool *hidden)
{
    __int128 cost = 0;
    for (uint32_t c = 0; c < s->count; c++)
        if (hidden[c] && !s->fixed[c])
            cost += s->cells[c].cost;
    return cost;
}

static void keep_best(struct search *s)
{
    __int128 cost = cost_of(s, s->hidden);
    if (cost >= s->best_cost)
        return;
    s->best_cost = cost;
    memcpy(s->best, s->hidden, s->count * sizeof *s->best);
}

/* All sensitive cells have their room in s->hidden; *lost is the first that has not. */
static bool all_kept(struct search *s, uint32_t *lost, uint32_t *person, bool *whole)
{
    for (uint32_t i = 0; i < s->sensitive_count; i++)
        if (!is_kept(s, i, person, whole)) {
            *lost = s->sensitive[i];
            return false;
        }
    return true;
}

struct order {
    double weight;
    uint32_t cell;
};
static int by_weight(const void *a, const void *b)
{
    const struct order *x = a, *y = b;
    return x->weight != y->weight ? (x->weight < y->weight) - (x->weight > y->weight)
                                  : (x->cell > y->cell) - (x->cell < y->cell);
}

/* Shows of s->hidden, in which all are kept, one cell after another where all still are, those
 * first that cost most and the chances want least. */
static void reduce(struct search *s, const double *chance)
{
    struct order *order = rk_alloc(s->count, sizeof *order);
    uint64_t *before = rk_alloc((size_t)s->sensitive_count * s->words, sizeof *before);
    uint32_t count = 0, person;
    bool whole;
    for (uint32_t c = 0; c < s->count; c++)
        if (s->hidden[c] && !s->fixed[c])
            order[count++] = (struct order){(double)s->cells[c].cost * (1.001 - chance[c]), c};
    qsort(order, count, sizeof *order, by_weight);
    s->roughly = true;
    /* what there is no time for stays hidden */
    for (uint32_t i = 0; i < count && work_done(s) < s->effort + s->effort / 4; i++) {
        uint32_t c = order[i].cell;
        bool kept = true;
        s->hidden[c] = false;
        memcpy(before, s->used, (size_t)s->sensitive_count * s->words * sizeof *before);
        for (uint32_t k = 0; k < s->sensitive_count && kept; k++)
            if (bit(s->used + (size_t)k * s->words, c))
                kept = is_kept(s, k, &person, &whole);
        if (kept)
            continue;
        s->hidden[c] = true;
        memcpy(s->used, before, (size_t)s->sensitive_count * s->words * sizeof *before);
    }
    s->roughly = false;
    rk_free(order);
    rk_free(before);
}

static int by_cost(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* A choice near the chances: what they want, or that and the cheapest part of the rest, as little
 * as is enough; then less, as long as all are kept. False where none was seen. */
static bool try_near(struct search *s, const double *chance)
{
    static const struct {
        double wanted;
        uint32_t parts; /* of ten, of the cells by cost */
    } tries[] = {{.5, 0}, {.05, 0}, {.001, 0}, {.001, 1}, {.001, 3}, {.001, 6}, {-1, 10}};
    int64_t *cost = rk_alloc(s->count, sizeof *cost);
    uint32_t lost, person;
    bool whole, kept = false;
    memcpy(cost, s->cost, s->count * sizeof *cost);
    qsort(cost, s->count, sizeof *cost, by_cost);
    s->roughly = true;
    for (size_t i = 0; i < sizeof tries / sizeof *tries && !kept; i++) {
        uint32_t cheap = s->count * tries[i].parts / 10;
        for (uint32_t c = 0; c < s->count; c++)
            s->hidden[c] =
                s->fixed[c] || (!s->cells[c].shown && (chance[c] > tries[i].wanted ||
                                                       (cheap && s->cost[c] <= cost[cheap - 1])));
        kept = all_kept(s, &lost, &person, &whole);
    }
    s->roughly = false;
    rk_free(cost);
    if (!kept)
        return false;
    reduce(s, chance);
    keep_best(s);
    return true;
}

/* ---- a choice of circuits ---- */

/* A choice being made of circuits: what hiding each cell would cost more, -1 = it cannot be; and
 * how far each can fall. */
struct making {
    int64_t *cost, *below, *blocked;
    __int128 spent;
};

/* A circuit, or two, that give the cell its room before who knows the cells of `person`. */
static bool find_circuits(struct search *s, struct making *m, uint32_t cell, uint32_t person,
                          int64_t under, struct rk_circuit found[2], int *count)
{
    const struct rk_suppress_cell *of = &s->cells[cell];
    const int64_t *cost = m->cost;
    if (person != NOBODY) {
        for (uint32_t c = 0; c < s->count; c++)
            m->blocked[c] = s->person[c] == person ? -1 : m->cost[c];
        cost = m->blocked;
    }
    *count = 0;
    if (!of->up && !of->down) { /* either way will do */
        bool up =
            rk_circuits_find(s->circuits, cell, true, cost, m->below, of->width, under, &found[0]);
        if (rk_circuits_find(s->circuits, cell, false, cost, m->below, of->width,
                             up ? found[0].cost : under, &found[up]))
            found[0] = found[up];
        else if (!up)
            return false;
        *count = 1;
        return true;
    }
    int64_t up = of->width - of->down > of->up ? of->width - of->down : of->up;
    if (up > 0 &&
        !rk_circuits_find(s->circuits, cell, true, cost, m->below, up, under, &found[(*count)++]))
        return false;
    return !of->down || rk_circuits_find(s->circuits, cell, false, cost, m->below, of->down, under,
                                         &found[(*count)++]);
}

/* Hides what the sensitive cell needs, and takes down what its room rests on; false where that is
 * not found, or would come to `under`. */
static bool encircle(struct search *s, struct making *m, uint32_t which, __int128 under)
{
    uint64_t *set = s->used + (size_t)which * s->words;
    uint32_t cell = s->sensitive[which], person_count = 1, room = 0;
    uint32_t *persons = NULL; /* whom the room must not rest on; first nobody */
    bool kept = true;
    memset(set, 0, s->words * sizeof *set);
    RK_GROW(persons, person_count - 1, room);
    persons[0] = NOBODY;
    for (uint32_t i = 0; i < person_count && kept; i++) {
        struct rk_circuit found[2];
        int count;
        __int128 left = under - m->spent;
        kept = find_circuits(s, m, cell, persons[i], left > INT64_MAX ? INT64_MAX : (int64_t)left,
                             found, &count);
        for (int f = 0; f < count && kept; f++)
            for (uint32_t k = 0; k < found[f].count; k++) {
                uint32_t c = found[f].cell[k], p = s->person[c];
                set_bit(set, c);
                m->spent += m->cost[c];
                m->cost[c] = 0;
                s->hidden[c] = true;
                bool again = i || p == NOBODY || p == s->person[cell] || s->cells[cell].unguarded;
                for (uint32_t j = 0; j < person_count && !again; j++)
                    again = persons[j] == p;
                if (!again) {
                    RK_GROW(persons, person_count, room);
                    persons[person_count++] = p;
                }
            }
    }
    rk_free(persons);
    return kept;
}

/* Shows what no room rests on, and what others can take the place of for less: those that cost most
 * first. */
static bool lessen(struct search *s, struct making *m)
{
    size_t size = (size_t)s->sensitive_count * s->words;
    struct order *order = rk_alloc(s->count, sizeof *order);
    uint64_t *used = rk_alloc(size, sizeof *used);
    bool *hidden = rk_alloc(s->count, sizeof *hidden), better = false;
    int64_t *cost = rk_alloc(s->count, sizeof *cost);
    uint32_t count = 0;
    for (uint32_t c = 0; c < s->count; c++)
        if (s->hidden[c] && !s->fixed[c])
            order[count++] = (struct order){(double)s->cells[c].cost, c};
    qsort(order, count, sizeof *order, by_weight);
    for (uint32_t i = 0; i < count && work_done(s) < s->effort; i++) {
        uint32_t c = order[i].cell;
        bool kept = true;
        memcpy(used, s->used, size * sizeof *used);
        memcpy(hidden, s->hidden, s->count * sizeof *hidden);
        memcpy(cost, m->cost, s->count * sizeof *cost);
        s->hidden[c] = false;
        m->cost[c] = -1;
        m->spent = 0;
        for (uint32_t k = 0; k < s->sensitive_count && kept; k++)
            if (bit(used + (size_t)k * s->words, c))
                kept = encircle(s, m, k, s->cells[c].cost);
        if (kept) {
            m->cost[c] = s->cells[c].cost;
            better = true;
            continue;
        }
        memcpy(s->used, used, size * sizeof *used);
        memcpy(s->hidden, hidden, s->count * sizeof *hidden);
        memcpy(m->cost, cost, s->count * sizeof *cost);
    }
    rk_free(order);
    rk_free(used);
    rk_free(hidden);
    rk_free(cost);
    return better;
}

/* A choice in which every sensitive cell has its room by circuits; false where that was not found.
 */
static bool try_circuits(struct search *s)
{
    struct making m = {.cost = rk_alloc(s->count, sizeof *m.cost),
                       .below = rk_alloc(s->count, sizeof *m.below),
                       .blocked = rk_alloc(s->count, sizeof *m.blocked)};
    bool kept = true;
    for (uint32_t c = 0; c < s->count; c++) {
        s->hidden[c] = s->fixed[c];
        m.cost[c] = s->fixed[c] ? 0 : s->never[c] ? -1 : s->cells[c].cost;
        m.below[c] = room_below(s, c);
    }
    for (uint32_t k = 0; k < s->sensitive_count && kept; k++)
        kept = encircle(s, &m, k, (__int128)1 << 100);
    while (kept && !is_spent(s) && lessen(s, &m))
        ;
    if (kept)
        keep_best(s);
    rk_free(m.cost);
    rk_free(m.below);
    rk_free(m.blocked);
    return kept;
}

/* ---- branch and cut ---- */

static void read_chances(const struct search *s, double *chance)
{
    for (uint32_t c = 0; c < s->count; c++)
        chance[c] = s->fixed[c] ? 1 : s->range[c] == 0 ? 0 : rk_cuts_value(s->cuts, c);
}

/* The cell whose chance says least; RK_NONE where all say yes or no. */
static uint32_t doubtful(const struct search *s, const double *chance)
{
    uint32_t found = RK_NONE;
    double most = 0;
    for (uint32_t c = 0; c < s->count; c++) {
        double doubt = chance[c] < .5 ? chance[c] : 1 - chance[c];
        if (s->fixed[c] || doubt < 1e-6)
            continue;
        doubt *= (double)s->cells[c].cost;
        if (doubt > most) {
            most = doubt;
            found = c;
        }
    }
    return found;
}

/* Cells that would cost too much the other way stay as they are for good. */
static void fix_for_good(struct search *s, __int128 bound, const __int128 *more)
{
    for (uint32_t c = 0; c < s->count; c++) {
        int8_t to = more[c] < 0;
        if (s->range[c] != 2 || bound + (to ? -more[c] : more[c]) < s->best_cost)
            continue;
        s->range[c] = to;
        s->never[c] = !to;
        rk_cuts_hold(s->cuts, c, to);
    }
}

/* The least that a choice within the ranges at hand costs, as far as is known: at least
 * s->best_cost where there is none better. */
static __int128 search(struct search *s, bool top)
{
    double *chance = rk_alloc(s->count, sizeof *chance);
    __int128 bound = 0, *more = rk_alloc(s->count, sizeof *more);
    uint32_t split = RK_NONE, lost, person;
    bool whole, stopped = false, settled = false;
    s->branches++;
    for (int round = 0;; round++) {
        bool solved = rk_cuts_solve(s->cuts);
        __int128 now = rk_cuts_bound(s->cuts, more);
        bound = now > bound ? now : bound;
        if (bound >= s->best_cost) {
            settled = true;
            break;
        }
        stopped = is_spent(s);
        if (stopped)
            break;
        if (rk_cuts_rows(s->cuts) > MOST_ROWS && solved)
            rk_cuts_prune(s->cuts);
        read_chances(s, chance);
        split = doubtful(s, chance);
        if (!solved) { /* the bound should have said so; branch, and let it */
            for (uint32_t c = 0; c < s->count && split == RK_NONE; c++)
                split = !s->fixed[c] && s->range[c] == 2 ? c : RK_NONE;
            break;
        }
        if (top && round && !(round & (round - 1)))
            (void)try_near(s, chance);
        if (top && solved)
            fix_for_good(s, now, more);
        if (split == RK_NONE) {
            for (uint32_t c = 0; c < s->count; c++)
                s->hidden[c] = s->fixed[c] || chance[c] > .5;
            if (all_kept(s, &lost, &person, &whole)) {
                keep_best(s);
                settled = true;
                break;
            }
            if (whole || !cut_room(s, lost, person, chance))
                cut_whole(s, lost, person);
            (void)separate(s, chance);
            continue;
        }
        if ((round < ROUNDS || top) && separate(s, chance) && round < 4 * ROUNDS)
            continue;
        break;
    }
    if (top && !settled && !stopped)
        (void)try_near(s, chance);
    rk_free(more);
    rk_free(chance);
    if (settled || stopped || split == RK_NONE)
        return bound;
    __int128 least = INT64_MAX;
    least *= INT64_MAX;
    for (int side = 1; side >= 0; side--) {
        int8_t was = s->range[split];
        s->range[split] = (int8_t)side;
        rk_cuts_range(s->cuts, split, side, side);
        __int128 of_side = search(s, false);
        of_side = of_side > bound ? of_side : bound;
        least = of_side < least ? of_side : least;
        s->range[split] = was;
        rk_cuts_range(s->cuts, split, was == 2 ? 0 : was, was == 2 ? 1 : was);
    }
    return least;
}

static void start(struct search *s)
{
    for (uint32_t c = 0; c < s->count; c++) {
        const struct rk_suppress_cell *of = &s->cells[c];
        assert(of->cost > 0 && !(of->sensitive && of->shown));
        assert(!of->sensitive || of->width > 0 || of->up > 0 || of->down > 0);
        s->fixed[c] = of->sensitive || of->unseen;
        s->range[c] = s->fixed[c] ? 1 : of->shown ? 0 : 2;
        s->never[c] = of->shown;
        s->cost[c] = s->fixed[c] ? 0 : of->cost;
        if (of->sensitive)
            s->sensitive[s->sensitive_count++] = c;
    }
    s->words = (s->count + 63) / 64;
    s->used = rk_alloc((size_t)s->sensitive_count * s->words, sizeof *s->used);
    s->circuits = rk_circuits_new(s->count, s->sums);
    s->moves = rk_moves_new(s->count, s->sums);
    s->cuts = rk_cuts_new(s->count, s->cost);
    for (uint32_t c = 0; c < s->count; c++)
        if (s->range[c] != 2)
            rk_cuts_hold(s->cuts, c, s->range[c]);
}

struct rk_suppression rk_suppress(const struct rk_suppress_cell *cells, uint32_t count,
                                  const struct rk_sums *sums, bool insiders, uint64_t effort)
{
    struct search s = {
        .cells = cells,
        .count = count,
        .sums = sums,
        .effort = effort,
        .best_cost = (__int128)1 << 100,
        .person = rk_alloc(count, sizeof *s.person),
        .sensitive = rk_alloc(count, sizeof *s.sensitive),
        .fixed = rk_alloc(count, sizeof *s.fixed),
        .range = rk_alloc(count, sizeof *s.range),
        .never = rk_alloc(count, sizeof *s.never),
        .cost = rk_alloc(count, sizeof *s.cost),
        .low = rk_alloc(count, sizeof *s.low),
        .high = rk_alloc(count, sizeof *s.high),
        .chance = rk_alloc(count, sizeof *s.chance),
        .move = rk_alloc(count, sizeof *s.move),
        .up = rk_alloc(count, sizeof *s.up),
        .down = rk_alloc(count, sizeof *s.down),
        .weight = rk_alloc(count, sizeof *s.weight),
        .hidden = rk_alloc(count, sizeof *s.hidden),
        .best = rk_alloc(count, sizeof *s.best),
    };
    struct rk_suppression result = {.lost = RK_NONE};
    uint32_t person;
    bool whole;
    start(&s);
    if (insiders)
        s.persons = rk_suppress_persons(cells, count, sums, s.person);
    else
        memset(s.person, 0xff, count * sizeof *s.person);
    double *none = rk_alloc(count, sizeof *none);
    bool possible = try_near(&s, none);
    rk_free(none);
    if (!possible) { /* then with all hidden, and asked exactly */
        for (uint32_t c = 0; c < count; c++)
            s.hidden[c] = s.range[c] != 0;
        possible = all_kept(&s, &result.lost, &person, &whole);
        result.inside = !possible && person != NOBODY;
        if (possible)
            keep_best(&s);
    }
    if (possible) {
        __int128 least = search(&s, true);
        if (least < s.best_cost) { /* cut short, as in large tables */
            s.effort = work_done(&s) + effort / 4;
            (void)try_circuits(&s);
        }
        result.cost = s.best_cost;
        result.bound = least < s.best_cost ? least : s.best_cost;
        result.branches = s.branches;
    }
    result.hidden = s.best;
    rk_circuits_free(s.circuits);
    rk_moves_free(s.moves);
    rk_cuts_free(s.cuts);
    rk_free(s.person);
    rk_free(s.sensitive);
    rk_free(s.fixed);
    rk_free(s.used);
    rk_free(s.range);
    rk_free(s.never);
    rk_free(s.cost);
    rk_free(s.low);
    rk_free(s.high);
    rk_free(s.chance);
    rk_free(s.move);
    rk_free(s.up);
    rk_free(s.down);
    rk_free(s.weight);
    rk_free(s.hidden);
    return result;
}

void rk_suppression_free(struct rk_suppression *suppression)
{
    rk_free(suppression->hidden);
    *suppression = (struct rk_suppression){0};
}
