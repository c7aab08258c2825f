#include "evening/work.h"

enum {
    FIRST_DECISIONS = 20000,  /* of one question; doubled when all questions stay open */
    MOST_DECISIONS = 2000000, /* of the search for fewest rounds, or fewest moved */
    WAIT_DECISIONS = 3000,    /* of that for the shortest waits, unless told otherwise */
    WAIT_CELLS = 20000,       /* meetings × rounds with which that is tried */
    SQUEEZE_CELLS = 20000, /* meetings × rounds from which a plan is squeezed before the search */
    MOST_SQUEEZE_CELLS = 1 << 26,
    WHY_DECISIONS = 20000, /* of each meeting that might be left out of a bottleneck */
    MOST_FORBIDDEN = 2000,
};

struct search {
    struct rk_evening_work work;
    const struct rk_evening_wish *wish;
    struct rk_evening_plan *plan;
    struct rk_evening_code *code;
    uint32_t *start, *room, *stuck;
    uint64_t left; /* decisions */
};

static bool stopped(const struct search *s)
{
    return s->wish->stop && s->wish->stop(s->wish->context);
}

static uint32_t rounds_of(const struct rk_evening *e, const uint32_t *start)
{
    uint32_t rounds = 0;
    for (uint32_t m = 0; m < e->meeting_count; m++)
        if (start[m] + e->meetings[m].length > rounds)
            rounds = start[m] + e->meetings[m].length;
    return rounds;
}

static uint32_t moved_of(const struct rk_evening *e, const uint32_t *start)
{
    uint32_t moved = 0;
    for (uint32_t m = 0; m < e->meeting_count && e->repair; m++)
        moved += e->meetings[m].old != RK_NONE && e->meetings[m].old != start[m];
    return moved;
}

/* Takes the starts as the plan, if rooms can be given. */
static bool take(struct search *s)
{
    const struct rk_evening *e = s->work.evening;
    uint32_t count;
    if (!rk_evening_rooms(&s->work, s->start, s->room, s->stuck, &count))
        return false;
    struct rk_evening_plan *p = s->plan;
    if (e->meeting_count) {
        memcpy(p->start, s->start, e->meeting_count * sizeof *p->start);
        memcpy(p->room, s->room, e->meeting_count * sizeof *p->room);
    }
    p->found = true;
    p->rounds = rounds_of(e, p->start);
    p->moved = moved_of(e, p->start);
    p->waits = p->longest = 0;
    for (uint32_t i = 0; i < e->who_count; i++) {
        uint32_t wait =
            s->work.first[i + 1] - s->work.first[i] > 1 ? rk_evening_wait(e, p->start, i) : 0;
        p->waits += wait;
        p->longest = wait > p->longest ? wait : p->longest;
    }
    return true;
}

/* Asks, and where rooms cannot be given asks again without those starts. */
static enum rk_evening_answer question(struct search *s, const struct rk_evening_ask *ask)
{
    for (uint32_t i = 0; i < MOST_FORBIDDEN; i++) {
        uint64_t before = rk_evening_code_decisions(s->code);
        enum rk_evening_answer answer = rk_evening_code_ask(s->code, ask, s->start);
        uint64_t made = rk_evening_code_decisions(s->code) - before + 1;
        s->left -= s->left < made ? s->left : made;
        if (answer != RK_EVENING_YES || take(s))
            return answer;
        uint32_t count;
        rk_evening_rooms(&s->work, s->start, s->room, s->stuck, &count);
        rk_evening_code_forbid(s->code, s->start, s->stuck, count);
    }
    return RK_EVENING_OPEN;
}

/* Seeks the least value of one limit, *limit, from `low` on; `high` is known to be possible, or one
 * more than all. `reached` tells the value of the plan taken. Returns what is proven: no plan has
 * less.
 */
static uint32_t seek(struct search *s, struct rk_evening_ask *ask, uint32_t *limit, uint32_t low,
                     uint32_t high, uint32_t (*reached)(const struct rk_evening_plan *))
{
    ask->decisions = FIRST_DECISIONS;
    while (low < high && s->left && !stopped(s)) {
        for (uint32_t at = low; at < high && s->left && !stopped(s); at++) {
            *limit = at;
            enum rk_evening_answer answer = question(s, ask);
            if (answer == RK_EVENING_NO)
                low = at + 1;
            if (answer == RK_EVENING_YES)
                high = reached(s->plan);
        }
        ask->decisions = ask->decisions < 1 << 29 ? ask->decisions * 2 : ask->decisions;
    }
    *limit = high;
    return low;
}

static uint32_t plan_rounds(const struct rk_evening_plan *p) { return p->rounds; }
static uint32_t plan_moved(const struct rk_evening_plan *p) { return p->moved; }
static uint32_t plan_waits(const struct rk_evening_plan *p) { return (uint32_t)p->waits; }
static uint32_t plan_longest(const struct rk_evening_plan *p) { return p->longest; }

/* Is nothing told of the rounds but how many there are? Then they can be taken in any order. */
static bool alike(const struct rk_evening_work *w, uint32_t rounds)
{
    const struct rk_evening *e = w->evening;
    if (!w->plain || e->repair)
        return false;
    for (uint32_t m = 0; m < e->meeting_count; m++)
        for (uint32_t r = 0; r < rounds; r++)
            if (!rk_round_in(rk_evening_can(w, m), r))
                return false;
    for (uint32_t p = 0; p < e->who_count; p++)
        if (w->live[p] && e->who[p].in_a_row)
            return false;
    for (uint32_t c = 0; c < w->class_count; c++)
        for (uint32_t r = 1; r < rounds; r++)
            if (w->classes[c].rooms[r] != w->classes[c].rooms[0])
                return false;
    return true;
}

static void explain(struct search *s)
{
    struct rk_evening_code *code =
        rk_evening_code_new(&s->work, s->wish, s->work.evening->round_count, true);
    if (code)
        rk_evening_code_why(code, WHY_DECISIONS, &s->plan->why);
    rk_evening_code_free(code);
}

/* Large evenings: what the quick plan lacks of the bound, or of being one. */
static void squeeze(struct search *s)
{
    const struct rk_evening *e = s->work.evening;
    struct rk_evening_plan *p = s->plan;
    uint64_t cells = (uint64_t)e->round_count * (e->meeting_count + e->who_count);
    if ((uint64_t)e->meeting_count * e->round_count <= SQUEEZE_CELLS || cells > MOST_SQUEEZE_CELLS)
        return;
    if (rk_evening_squeeze(&s->work, s->wish, p->least_rounds, s->start) ||
        (!p->found && rk_evening_squeeze(&s->work, s->wish, e->round_count, s->start)))
        take(s);
}

static void fewest_rounds(struct search *s)
{
    const struct rk_evening *e = s->work.evening;
    struct rk_evening_plan *p = s->plan;
    if (rk_evening_colour(&s->work, p->least_rounds, s->start) && take(s))
        return;
    if (rk_evening_greedy(&s->work, p->least_rounds, s->start))
        take(s);
    if (p->found && p->rounds == p->least_rounds)
        return;
    squeeze(s);
    if (p->found && p->rounds == p->least_rounds)
        return;
    uint32_t rounds = p->found ? p->rounds - 1 : e->round_count;
    s->code = rk_evening_code_new(&s->work, s->wish, rounds, false);
    p->too_large = !s->code;
    if (!s->code)
        return;
    struct rk_evening_ask ask = {rounds, RK_NONE, RK_NONE, UINT64_MAX, alike(&s->work, rounds), 0};
    uint32_t least = seek(s, &ask, &ask.rounds, p->least_rounds, rounds + 1, plan_rounds);
    if (least > p->least_rounds) { /* what the bounds blamed is not all */
        rk_free(p->why.meetings);
        p->why = (struct rk_bottleneck){0};
    }
    p->least_rounds = least;
    if (!p->found && least > rounds) {
        p->infeasible = true;
        explain(s);
    }
}

static void least_moved(struct search *s)
{
    const struct rk_evening *e = s->work.evening;
    struct rk_evening_plan *p = s->plan;
    uint32_t old = 0;
    for (uint32_t m = 0; m < e->meeting_count; m++) {
        old += e->meetings[m].old != RK_NONE;
        p->least_moved += e->meetings[m].old != RK_NONE &&
                          (e->meetings[m].old >= e->round_count ||
                           !rk_round_in(rk_evening_can(&s->work, m), e->meetings[m].old));
    }
    if (rk_evening_greedy(&s->work, p->least_rounds, s->start))
        take(s);
    if (p->found && p->moved == p->least_moved && p->rounds == p->least_rounds)
        return;
    uint32_t high = p->found ? p->moved : old + 1;
    s->code = rk_evening_code_new(&s->work, s->wish, e->round_count, false);
    p->too_large = !s->code || !rk_evening_code_moved(s->code, high);
    if (p->too_large)
        return;
    struct rk_evening_ask ask = {e->round_count, 0, RK_NONE, UINT64_MAX, false, 0};
    p->least_moved = seek(s, &ask, &ask.moved, p->least_moved, high, plan_moved);
    if (!p->found && p->least_moved > old) {
        p->infeasible = true;
        explain(s);
        return;
    }
    if (!p->found)
        return;
    ask.moved = p->moved;
    p->least_rounds = seek(s, &ask, &ask.rounds, p->least_rounds, p->rounds, plan_rounds);
}

static void shortest_waits(struct search *s)
{
    const struct rk_evening *e = s->work.evening;
    struct rk_evening_plan *p = s->plan;
    p->least_waits = rk_evening_bound_waits(&s->work, p->rounds);
    if (e->repair || s->wish->any_waits)
        return;
    uint32_t rounds = p->rounds;
    memcpy(s->start, p->start, e->meeting_count * sizeof *s->start);
    rk_evening_shorten(&s->work, s->wish, rounds, s->start);
    take(s);
    if (p->waits == p->least_waits && p->longest <= 1) {
        p->least_longest = p->longest;
        return;
    }
    rk_evening_code_free(s->code);
    s->code = NULL;
    if ((uint64_t)e->meeting_count * rounds > WAIT_CELLS)
        return;
    s->code = rk_evening_code_new(&s->work, s->wish, rounds, false);
    if (!s->code || !rk_evening_code_waits(s->code, rounds, p->waits, p->longest))
        return;
    s->left = s->wish->most_decisions ? s->wish->most_decisions : WAIT_DECISIONS;
    struct rk_evening_ask ask = {rounds, RK_NONE, RK_NONE, UINT64_MAX, false, 0};
    uint32_t waits = (uint32_t)p->waits;
    /* downwards first: each better plan is one to keep */
    while (waits > p->least_waits && s->left && !stopped(s)) {
        ask.waits = waits - 1;
        ask.decisions = s->left < INT32_MAX ? (int)s->left : INT32_MAX;
        enum rk_evening_answer answer = question(s, &ask);
        if (answer == RK_EVENING_YES)
            waits = plan_waits(p);
        else if (answer == RK_EVENING_NO)
            p->least_waits = waits;
    }
    if (p->waits > p->least_waits)
        return;
    ask.waits = p->waits;
    p->least_longest = seek(s, &ask, &ask.longest, p->waits != 0, p->longest, plan_longest);
}

enum rk_status rk_evening_solve(const struct rk_evening *e, const struct rk_evening_wish *wish,
                                struct rk_evening_plan *plan, struct rk_error *error)
{
    struct search s = {.wish = wish, .plan = plan};
    *plan =
        (struct rk_evening_plan){.start = rk_alloc((size_t)e->meeting_count + 1, sizeof(uint32_t)),
                                 .room = rk_alloc((size_t)e->meeting_count + 1, sizeof(uint32_t))};
    enum rk_status status = rk_evening_work_new(&s.work, e, error);
    if (!status) {
        s.start = rk_alloc((size_t)e->meeting_count + 1, sizeof *s.start);
        s.room = rk_alloc((size_t)e->meeting_count + 1, sizeof *s.room);
        s.stuck = rk_alloc((size_t)e->meeting_count + 1, sizeof *s.stuck);
        s.left = wish->most_decisions ? wish->most_decisions : MOST_DECISIONS;
        plan->least_rounds = rk_evening_bound(&s.work, &plan->why);
        plan->infeasible = plan->least_rounds == RK_NONE;
        if (plan->infeasible)
            plan->least_rounds = 0;
        else if (e->repair)
            least_moved(&s);
        else
            fewest_rounds(&s);
        if (plan->found && e->meeting_count)
            shortest_waits(&s);
    }
    rk_evening_code_free(s.code);
    rk_free(s.start);
    rk_free(s.room);
    rk_free(s.stuck);
    rk_evening_work_free(&s.work);
    return status;
}

void rk_evening_plan_free(struct rk_evening_plan *plan)
{
    rk_free(plan->start);
    rk_free(plan->room);
    rk_free(plan->why.meetings);
    *plan = (struct rk_evening_plan){0};
}
