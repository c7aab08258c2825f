/* Small programmes at random, and whether a choice keeps their rules: for the tests of what matches
 * and draws. */
#ifndef RK_PROGRAMME_TEST_H
#define RK_PROGRAMME_TEST_H

#include "base/mem.h"
#include "base/random.h"
#include "check.h"
#include "panel/match.h"

#define PANELISTS 5
#define RECRUITMENTS 5
#define PAIRS 13

struct instance {
    struct rk_match_problem problem;
    struct rk_match_panelist panelists[PANELISTS];
    struct rk_match_recruitment recruitments[RECRUITMENTS];
    struct rk_match_session sessions[3 * RECRUITMENTS];
    struct rk_match_used used[12];
    struct rk_match_pair pairs[PAIRS];
    struct rk_match_quota quotas[3 * RECRUITMENTS];
    struct rk_match_cell cells[4 * RECRUITMENTS];
    uint32_t cell_rows[8 * RECRUITMENTS], pair_cell[PAIRS];
    int64_t stay[PAIRS];
};

static const char *const names[] = {"A", "B", "C", "D", "E"};

static uint32_t below(struct rk_random *random, uint64_t n)
{
    return (uint32_t)rk_random_below(random, n);
}

/* kind 0: no overlaps; 1: sessions from few slots, which nest; 2: any intervals */
static void invent(struct instance *in, int trial, int kind)
{
    char key[32];
    snprintf(key, sizeof key, "match|%d|%d", kind, trial);
    struct rk_random random = rk_random(RK_TEXT("match-test"), rk_text(key));
    *in = (struct instance){0};
    struct rk_match_problem *p = &in->problem;
    *p = (struct rk_match_problem){.panelists = in->panelists,
                                   .recruitments = in->recruitments,
                                   .sessions = in->sessions,
                                   .used = in->used,
                                   .pairs = in->pairs,
                                   .seed = RK_TEXT("s")};
    p->panelist_count = 1 + below(&random, PANELISTS);
    p->recruitment_count = 1 + below(&random, RECRUITMENTS);
    int32_t months[RECRUITMENTS];
    for (uint32_t r = 0; r < p->recruitment_count; r++) {
        months[r] = 24000 + (int32_t)below(&random, 2) + 12 * (int32_t)below(&random, 2);
        in->recruitments[r] = (struct rk_match_recruitment){.id = rk_text(names[r]),
                                                            .month = months[r],
                                                            .places = (int32_t)below(&random, 4),
                                                            .lacking = below(&random, 5) ? 0 : 1,
                                                            .reserves = (int32_t)below(&random, 3)};
        uint32_t sessions = kind == 2 ? 1 + below(&random, 2) : 1;
        for (uint32_t k = 0; k < sessions; k++) {
            int64_t start = kind == 0   ? 100 * r
                            : kind == 1 ? 100 * months[r] + 10 * below(&random, 2)
                                        : below(&random, 12);
            int64_t length = kind == 2 ? 1 + below(&random, 5) : 10;
            in->sessions[p->session_count++] = (struct rk_match_session){r, start, start + length};
        }
    }
    for (uint32_t i = 0; i < p->panelist_count; i++) {
        in->panelists[i] = (struct rk_match_panelist){
            .id = rk_text(names[i]),
            .load = below(&random, 3),
            .max_per_month = below(&random, 2) ? -1 : (int32_t)below(&random, 3),
            .max_per_year = below(&random, 2) ? -1 : (int32_t)below(&random, 4)};
        for (uint32_t k = 0; k < 2 && below(&random, 3) == 0; k++)
            in->used[p->used_count++] =
                (struct rk_match_used){i, 24000 + (int32_t)below(&random, 14)};
    }
    uint64_t dense = 3 + below(&random, 7);
    for (uint32_t i = 0; i < p->panelist_count; i++)
        for (uint32_t r = 0; r < p->recruitment_count; r++)
            if (p->pair_count < PAIRS && below(&random, 10) < dense)
                in->pairs[p->pair_count++] =
                    (struct rk_match_pair){i, r, below(&random, 2) ? 0 : below(&random, 4)};
}

/* Quotas that nest, for some recruitments: two values of a feature, and a row inside the first of
 * people who have a second feature as well. Panelist p has the first value where p is even, the
 * second feature where p / 2 is even. */
static inline void add_quotas(struct instance *in, int trial)
{
    struct rk_match_problem *p = &in->problem;
    char key[32];
    snprintf(key, sizeof key, "quotas|%d", trial);
    struct rk_random random = rk_random(RK_TEXT("match-test"), rk_text(key));
    uint32_t rows = 0, cell_of[RECRUITMENTS][4];
    for (uint32_t r = 0; r < p->recruitment_count; r++) {
        uint32_t kinds = below(&random, 4), first = p->quota_count;
        for (uint32_t k = 0; k < kinds && k < 3; k++) {
            struct rk_match_quota *quota = &in->quotas[p->quota_count++];
            quota->recruitment = r;
            quota->parts[quota->part_count++].value = k == 1;
            if (k == 2)
                quota->parts[quota->part_count++].feature = 1;
            quota->min = (int32_t)below(&random, 3);
            quota->max = quota->min + (int32_t)below(&random, 3);
        }
        /* all together fit: which are lowered where they do not is another test's */
        struct rk_match_quota *q = &in->quotas[first];
        int32_t places = in->recruitments[r].places;
        if (kinds > 2)
            q[2].min = q[2].min < q[0].max ? q[2].min : q[0].max;
        while (kinds &&
               (q[0].min > places || (kinds > 2 && q[2].min > places) ||
                (kinds > 1 &&
                 (kinds > 2 && q[2].min > q[0].min ? q[2].min : q[0].min) + q[1].min > places)))
            for (uint32_t k = 0; k < kinds && k < 3; k++)
                q[k].min -= q[k].min > 0;
        for (uint32_t c = 0; c < 4; c++) {
            bool used = false; /* where nobody is of a cell, other rows may be of equal people */
            for (uint32_t i = 0; i < p->pair_count; i++)
                used = used || (p->pairs[i].recruitment == r && p->pairs[i].panelist % 4 == c);
            cell_of[r][c] = kinds ? p->cell_count : UINT32_MAX;
            if (!kinds || !used)
                continue;
            struct rk_match_cell *cell = &in->cells[p->cell_count++];
            *cell = (struct rk_match_cell){r, rows, 0};
            for (uint32_t k = 0; k < kinds && k < 3; k++)
                if (k == 0 ? c % 2 == 0 : k == 1 ? c % 2 == 1 : c == 0) {
                    in->cell_rows[rows++] = first + k;
                    cell->count++;
                }
        }
    }
    for (uint32_t i = 0; i < p->pair_count; i++)
        in->pair_cell[i] = cell_of[p->pairs[i].recruitment][p->pairs[i].panelist % 4];
    p->quotas = in->quotas;
    p->cells = in->cells;
    p->cell_rows = in->cell_rows;
    p->pair_cell = in->pair_cell;
}

/* Some of the pairs had a seat before. */
static inline void add_stay(struct instance *in, int trial)
{
    for (uint32_t i = 0; i < in->problem.pair_count; i++)
        in->stay[i] = (trial + (int)i) % 3 == 0 ? 4 : (trial + (int)i) % 5 == 0;
    in->problem.stay = in->stay;
}

/* Does the panel of recruitment r with these members of each kind keep its quotas when its empty
 * seats can be kept for the people of a row? Minimums that the places cannot hold together are
 * lowered, the last rows' first. */
static bool keeps_quotas(const struct rk_match_problem *p, uint32_t r, const int32_t *kind)
{
    const struct rk_match_quota *row[3] = {NULL};
    for (uint32_t q = 0, k = 0; q < p->quota_count; q++)
        if (p->quotas[q].recruitment == r)
            row[k++] = &p->quotas[q];
    if (!row[0])
        return true;
    int32_t places = p->recruitments[r].places, min[3] = {0}, max[3] = {places, places, places};
    for (int k = 0; k < 3 && row[k]; k++) {
        min[k] = row[k]->min;
        max[k] = row[k]->max;
    }
    int32_t have[3] = {kind[0] + kind[2], kind[1] + kind[3], kind[0]},
            members = kind[0] + kind[1] + kind[2] + kind[3];
    int32_t inner = min[2] > have[2] ? min[2] - have[2] : 0;
    int32_t first = min[0] > have[0] + inner ? min[0] - have[0] - inner : 0;
    int32_t second = min[1] > have[1] ? min[1] - have[1] : 0;
    return have[2] + inner <= max[2] && have[0] + inner + first <= max[0] &&
           have[1] + second <= max[1] && members + inner + first + second <= places;
}

static bool clash(const struct rk_match_problem *p, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < p->session_count; i++)
        for (uint32_t j = 0; j < p->session_count; j++)
            if (p->sessions[i].recruitment == a && p->sessions[j].recruitment == b &&
                p->sessions[i].start < p->sessions[j].end &&
                p->sessions[j].start < p->sessions[i].end)
                return true;
    return false;
}

static bool allowed(const struct rk_match_problem *p, uint32_t chosen)
{
    int32_t filled[RECRUITMENTS] = {0};
    for (uint32_t i = 0; i < p->pair_count; i++) {
        if (!(chosen >> i & 1))
            continue;
        uint32_t person = p->pairs[i].panelist, r = p->pairs[i].recruitment;
        if (++filled[r] > p->recruitments[r].places)
            return false;
        int32_t month = 0, year = 0, at = p->recruitments[r].month;
        for (uint32_t u = 0; u < p->used_count; u++) {
            month += p->used[u].panelist == person && p->used[u].month == at;
            year += p->used[u].panelist == person && p->used[u].month / 12 == at / 12;
        }
        for (uint32_t j = 0; j < p->pair_count; j++) {
            if (!(chosen >> j & 1) || p->pairs[j].panelist != person)
                continue;
            int32_t other = p->recruitments[p->pairs[j].recruitment].month;
            month += other == at;
            year += other / 12 == at / 12;
            if (j != i && clash(p, r, p->pairs[j].recruitment))
                return false;
        }
        if ((p->panelists[person].max_per_month >= 0 &&
             month > p->panelists[person].max_per_month) ||
            (p->panelists[person].max_per_year >= 0 && year > p->panelists[person].max_per_year))
            return false;
    }
    for (uint32_t r = 0; r < p->recruitment_count; r++) {
        int32_t kind[4] = {0};
        for (uint32_t i = 0; i < p->pair_count; i++)
            kind[p->pairs[i].panelist % 4] += (chosen >> i & 1) && p->pairs[i].recruitment == r;
        if (p->recruitments[r].places > 0 && !keeps_quotas(p, r, kind))
            return false;
    }
    return true;
}

/* The documented key of the lottery, written out again. */
static inline int64_t lot(const struct rk_match_problem *p, uint32_t pair)
{
    char key[64];
    snprintf(key, sizeof key, "panel-tie|1|%s|%s",
             p->recruitments[p->pairs[pair].recruitment].id.text,
             p->panelists[p->pairs[pair].panelist].id.text);
    struct rk_random random = rk_random(p->seed, rk_text(key));
    return (int64_t)(rk_random_u64(&random) >> 32);
}

#endif
