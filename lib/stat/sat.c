#include "stat/sat.h"

#include "base/mem.h"

#include <picosat/picosat.h>

struct rk_sat {
    PicoSAT *solver;
    uint64_t size;
    bool (*stop)(void *);
    void *context;
};

static void *give(void *state, size_t size)
{
    (void)state;
    return rk_alloc(size ? size : 1, 1);
}

static void *change(void *state, void *old, size_t before, size_t after)
{
    (void)state, (void)before;
    return rk_resize(old, after ? after : 1, 1);
}

static void take(void *state, void *memory, size_t size)
{
    (void)state, (void)size;
    rk_free(memory);
}

static int stops(void *sat)
{
    const struct rk_sat *s = sat;
    return s->stop(s->context);
}

struct rk_sat *rk_sat_new(bool (*stop)(void *), void *context)
{
    struct rk_sat *sat = rk_alloc(1, sizeof *sat);
    *sat = (struct rk_sat){picosat_minit(NULL, give, change, take), 0, stop, context};
    picosat_set_global_default_phase(sat->solver, 0);
    if (stop)
        picosat_set_interrupt(sat->solver, sat, stops);
    return sat;
}

void rk_sat_free(struct rk_sat *sat)
{
    if (!sat)
        return;
    picosat_reset(sat->solver);
    rk_free(sat);
}

int rk_sat_variable(struct rk_sat *sat) { return picosat_inc_max_var(sat->solver); }

void rk_sat_add(struct rk_sat *sat, int literal)
{
    sat->size += literal != 0;
    picosat_add(sat->solver, literal);
}

void rk_sat_add2(struct rk_sat *sat, int a, int b)
{
    rk_sat_add(sat, a);
    rk_sat_add(sat, b);
    rk_sat_add(sat, 0);
}

void rk_sat_add3(struct rk_sat *sat, int a, int b, int c)
{
    rk_sat_add(sat, a);
    rk_sat_add2(sat, b, c);
}

uint64_t rk_sat_size(const struct rk_sat *sat) { return sat->size; }

uint64_t rk_sat_decisions(const struct rk_sat *sat) { return picosat_decisions(sat->solver); }

void rk_sat_prefer(struct rk_sat *sat, int literal)
{
    picosat_set_default_phase_lit(sat->solver, literal, 1);
}

void rk_sat_assume(struct rk_sat *sat, int literal) { picosat_assume(sat->solver, literal); }

enum rk_sat_answer rk_sat_solve(struct rk_sat *sat, int decisions)
{
    int answer = picosat_sat(sat->solver, decisions);
    return answer == PICOSAT_SATISFIABLE     ? RK_SAT_YES
           : answer == PICOSAT_UNSATISFIABLE ? RK_SAT_NO
                                             : RK_SAT_OPEN;
}

bool rk_sat_true(const struct rk_sat *sat, int literal)
{
    return picosat_deref(sat->solver, literal) == 1;
}

bool rk_sat_failed(const struct rk_sat *sat, int literal)
{
    return picosat_failed_assumption(sat->solver, literal) != 0;
}

int rk_sat_at_most_one(struct rk_sat *sat, const int *literals, uint32_t count)
{
    int so_far = count ? literals[0] : 0;
    for (uint32_t i = 1; i < count; i++) {
        rk_sat_add2(sat, -so_far, -literals[i]);
        int next = rk_sat_variable(sat);
        rk_sat_add2(sat, -so_far, next);
        rk_sat_add2(sat, -literals[i], next);
        so_far = next;
    }
    return so_far;
}

void rk_sat_count(struct rk_sat *sat, const int *literals, uint32_t count, int *result,
                  uint32_t most)
{
    int *before = rk_alloc((size_t)most + 1, sizeof *before), *now = result;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < most; j++) {
            before[j] = i ? now[j] : 0;
            now[j] = j <= i ? rk_sat_variable(sat) : 0;
        }
        for (uint32_t j = 0; j < most && j <= i; j++) {
            if (before[j])
                rk_sat_add2(sat, -before[j], now[j]);
            if (!j)
                rk_sat_add2(sat, -literals[i], now[j]);
            else if (before[j - 1])
                rk_sat_add3(sat, -literals[i], -before[j - 1], now[j]);
        }
    }
    for (uint32_t j = count; j < most; j++)
        result[j] = -rk_sat_variable(sat); /* cannot be: a free one, denied for nothing */
    rk_free(before);
}
