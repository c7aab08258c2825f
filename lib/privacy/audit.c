#include "privacy/audit.h"

#include "base/mem.h"
#include "privacy/suppress.h"

#include <string.h>

/* Of the work on verdicts, whatever the effort. */
#define LEAST_LIMIT UINT64_C(2000000000)

static bool is_narrower(const struct rk_range *a, const struct rk_range *b)
{
    return b->none || a->high - a->low < b->high - b->low;
}

/* What somebody who knows the cells of `person`, or that `cell` is 1, infers of the others. */
static void attack_from(struct rk_attack *attack, const struct rk_audit_cell *cells, uint32_t count,
                        const uint32_t *person, uint32_t who, uint32_t cell, uint64_t effort,
                        struct rk_audit_finding *findings)
{
    for (uint32_t c = 0; c < count; c++)
        if (cells[c].hidden && (cell == UINT32_MAX ? person[c] == who : c == cell))
            rk_attack_know(attack, c, cell == UINT32_MAX ? cells[c].value : 1);
    for (uint32_t c = 0; c < count; c++) {
        if (!cells[c].hidden || !cells[c].guarded || c == cell ||
            (cell == UINT32_MAX && person[c] == who))
            continue;
        bool in_time = rk_attack_work(attack) < effort;
        struct rk_range range = rk_attack_range(attack, c, in_time ? INT64_MAX : cells[c].width);
        if (range.none)
            break; /* nobody can be in such a cell */
        if (is_narrower(&range, &findings[c].insider))
            findings[c].insider = range;
    }
    rk_attack_forget(attack);
}

static void attack_inside(struct rk_attack *attack, const struct rk_audit_cell *cells,
                          uint32_t count, const struct rk_sums *sums, enum rk_insiders insiders,
                          uint64_t effort, struct rk_audit_finding *findings)
{
    struct rk_suppress_cell *alone = rk_alloc(count, sizeof *alone);
    uint32_t *person = rk_alloc(count, sizeof *person);
    for (uint32_t c = 0; c < count; c++)
        alone[c].alone = cells[c].hidden && cells[c].has_value && cells[c].alone;
    uint32_t persons = rk_suppress_persons(alone, count, sums, person);
    for (uint32_t p = 0; p < persons; p++)
        attack_from(attack, cells, count, person, p, UINT32_MAX, effort, findings);
    for (uint32_t c = 0; c < count && insiders == RK_INSIDERS_POSSIBLE; c++)
        if (cells[c].hidden && !cells[c].has_value && findings[c].range.low <= 1 &&
            findings[c].range.high >= 1)
            attack_from(attack, cells, count, person, 0, c, effort, findings);
    rk_free(alone);
    rk_free(person);
}

static enum rk_verdict judge(const struct rk_audit_cell *cell, const struct rk_audit_finding *f)
{
    const struct rk_range *r = &f->range;
    if (r->high - r->low < cell->width)
        return r->open ? RK_OPEN : r->high == r->low ? RK_DISCLOSED : RK_NARROW;
    if (!f->insider.none && f->insider.high - f->insider.low < cell->width)
        return f->insider.open ? RK_OPEN : RK_INSIDER;
    return RK_KEPT;
}

bool rk_audit(const struct rk_audit_cell *cells, uint32_t count, const struct rk_sums *sums,
              enum rk_insiders insiders, uint64_t effort, struct rk_audit_finding *findings,
              uint32_t *sum)
{
    struct rk_attack *attack = rk_attack_new(count, sums);
    int64_t *table = rk_alloc(count, sizeof *table);
    bool all = true;
    if (effort > LEAST_LIMIT / 4)
        rk_attack_limit(attack, effort > UINT64_MAX / 4 ? UINT64_MAX : 4 * effort);
    for (uint32_t c = 0; c < count; c++) {
        bool shown = !cells[c].hidden;
        all = all && cells[c].has_value;
        table[c] = cells[c].value;
        rk_attack_cell(attack, c, shown ? cells[c].value : cells[c].least,
                       shown ? cells[c].value : cells[c].most);
    }
    bool exists = rk_attack_start(attack, sum);
    if (exists && all)
        rk_attack_possible(attack, table);
    else if (exists)
        exists = rk_attack_exists(attack, table);
    for (uint32_t c = 0; c < count && exists; c++) { /* first as far as the verdicts ask */
        findings[c] = (struct rk_audit_finding){.insider.none = true};
        if (cells[c].hidden)
            findings[c].range = rk_attack_range(attack, c, cells[c].width);
    }
    for (uint32_t c = 0; c < count && exists; c++)
        if (cells[c].hidden && findings[c].range.open && rk_attack_work(attack) < effort)
            findings[c].range = rk_attack_range(attack, c, INT64_MAX);
    if (exists && insiders != RK_INSIDERS_OFF)
        attack_inside(attack, cells, count, sums, insiders, effort, findings);
    for (uint32_t c = 0; c < count && exists; c++)
        if (cells[c].hidden)
            findings[c].verdict = judge(&cells[c], &findings[c]);
    rk_attack_free(attack);
    rk_free(table);
    return exists;
}
