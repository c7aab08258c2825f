/* Speed of lib/panel/price on programmes made up by a seed: fit and its proven gap, quotas, time,
 * memory, as a row of a table (tests/bench/prices).
 *
 *     build/bench/price PANELISTS RECRUITMENTS uniform|clustered
 *
 * Ten seats each; 4 to 6 of either gender, 2 to 4 youths, 2 to 5 of each of three regions: seven
 * quota rows and twelve cells that cross. One person in four is a youth; 1 to 3 memberships a
 * person. uniform: everybody is eligible for 20 recruitments anywhere, and fits by 0 to 100.
 * clustered: recruitments lie in areas of 20, few of which draw most people; up to 15 pairs in the
 * own area, 5 in another; a recruitment wants three of 40 kinds of experience, which few (the
 * first) most people have; fit is the sum of 8, 4 and 2 for those that are there.
 */
#include "base/hash.h"
#include "base/random.h"
#include "panel/match.h"

#include <sys/resource.h>
#include <time.h>

enum { SEATS = 10, CELLS = 12, ROWS = 7, WANTED = 40 };

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static uint32_t below(struct rk_random *random, uint32_t n)
{
    return (uint32_t)rk_random_below(random, n);
}

/* Low numbers far more often than high ones. */
static uint32_t skewed(struct rk_random *random, uint32_t n)
{
    double u = rk_random_unit(random);
    return (uint32_t)(u * u * u * n);
}

static int by_recruitment(const void *x, const void *y)
{
    const struct rk_match_pair *a = x, *b = y;
    return a->recruitment < b->recruitment ? -1 : a->recruitment > b->recruitment;
}

/* Gender, youth and region of a cell, and the rows that it counts under. */
static void add_quotas(struct rk_match_problem *problem, struct rk_match_quota *quotas,
                       struct rk_match_cell *cells, uint32_t *cell_rows)
{
    static const struct {
        uint32_t feature, value;
        int32_t min, max;
    } rows[ROWS] = {{0, 0, 4, 6}, {0, 1, 4, 6}, {1, 0, 2, 4}, {1, 1, 6, 8},
                    {2, 0, 2, 5}, {2, 1, 2, 5}, {2, 2, 2, 5}};
    uint32_t count = 0;
    for (uint32_t r = 0; r < problem->recruitment_count; r++) {
        for (uint32_t k = 0; k < ROWS; k++) {
            struct rk_match_quota *quota = &quotas[r * ROWS + k];
            *quota = (struct rk_match_quota){.recruitment = r, .part_count = 1};
            quota->parts[0].feature = rows[k].feature;
            quota->parts[0].value = rows[k].value;
            quota->min = rows[k].min;
            quota->max = rows[k].max;
        }
        for (uint32_t c = 0; c < CELLS; c++) {
            cells[r * CELLS + c] = (struct rk_match_cell){r, count, 3};
            cell_rows[count++] = r * ROWS + c % 2;
            cell_rows[count++] = r * ROWS + 2 + c / 2 % 2;
            cell_rows[count++] = r * ROWS + 4 + c / 4;
        }
    }
    problem->quotas = quotas;
    problem->cells = cells;
    problem->cell_rows = cell_rows;
    problem->quota_count = problem->recruitment_count * ROWS;
    problem->cell_count = problem->recruitment_count * CELLS;
}

/* Rows of the table that the panels do not keep. */
static uint32_t broken(const struct rk_match_problem *problem, const bool *member)
{
    int32_t *counts = rk_alloc((size_t)problem->quota_count + 1, sizeof *counts);
    int32_t *members = rk_alloc((size_t)problem->recruitment_count + 1, sizeof *members);
    uint32_t panels = 0;
    for (uint32_t i = 0; i < problem->pair_count; i++)
        if (member[i]) {
            const struct rk_match_cell *cell = &problem->cells[problem->pair_cell[i]];
            members[cell->recruitment]++;
            for (uint32_t k = 0; k < cell->count; k++)
                counts[problem->cell_rows[cell->first + k]]++;
        }
    for (uint32_t r = 0; r < problem->recruitment_count; r++)
        panels += !rk_match_quotas_hold(problem->quotas + r * ROWS, ROWS, counts + r * ROWS,
                                        SEATS - members[r]);
    rk_free(counts);
    rk_free(members);
    return panels;
}

int main(int argc, char **argv)
{
    uint32_t panelists = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
    uint32_t recruitments = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    bool clustered = argc > 3 && !strcmp(argv[3], "clustered");
    if (argc != 4 || !panelists || recruitments < 20 ||
        (!clustered && strcmp(argv[3], "uniform") != 0)) {
        fputs("use: price PANELISTS RECRUITMENTS uniform|clustered\n", stderr);
        return 2;
    }
    struct rk_random random = rk_random(RK_TEXT("bench"), RK_TEXT("price"));
    struct rk_match_panelist *people = rk_alloc(panelists, sizeof *people);
    struct rk_match_recruitment *panels = rk_alloc(recruitments, sizeof *panels);
    struct rk_match_pair *pairs = rk_alloc((size_t)panelists * 20, sizeof *pairs);
    uint32_t *pair_cell = rk_alloc((size_t)panelists * 20, sizeof *pair_cell);
    uint32_t *taken = rk_alloc(recruitments, sizeof *taken), areas = recruitments / 20;
    uint32_t(*wanted)[3] = rk_alloc(recruitments, sizeof *wanted);
    char *names = rk_alloc((size_t)panelists + recruitments, 12);
    struct rk_match_problem problem = {.panelists = people,
                                       .recruitments = panels,
                                       .pairs = pairs,
                                       .panelist_count = panelists,
                                       .recruitment_count = recruitments,
                                       .pair_cell = pair_cell,
                                       .seed = RK_TEXT("bench")};
    for (uint32_t r = 0; r < recruitments; r++) {
        char *name = names + (size_t)r * 12;
        snprintf(name, 12, "R%07u", r);
        panels[r] = (struct rk_match_recruitment){
            .id = rk_text(name), .month = 24000 + (int32_t)(r % 12), .places = SEATS};
        for (int k = 0; k < 3; k++)
            wanted[r][k] = skewed(&random, WANTED);
    }
    for (uint32_t p = 0; p < panelists; p++) {
        char *name = names + ((size_t)recruitments + p) * 12;
        snprintf(name, 12, "P%07u", p);
        people[p] = (struct rk_match_panelist){.id = rk_text(name),
                                               .load = below(&random, 3),
                                               .max_per_month = -1,
                                               .max_per_year = 1 + (int32_t)below(&random, 3)};
        uint32_t kind = below(&random, 2) + 2 * (below(&random, 4) != 0) + 4 * below(&random, 3);
        uint32_t area = skewed(&random, areas), other = skewed(&random, areas);
        uint64_t has = 0;
        for (int k = 0; k < 4; k++)
            has |= UINT64_C(1) << skewed(&random, WANTED);
        uint32_t first = problem.pair_count;
        for (uint32_t i = 0; i < 20; i++) {
            uint32_t r = clustered ? (i < 15 ? area : other) * 20 + below(&random, 20)
                                   : below(&random, recruitments);
            int64_t fit = clustered ? 0 : below(&random, 101);
            if (taken[r] == p + 1)
                continue;
            taken[r] = p + 1;
            for (int k = 0; k < 3 && clustered; k++)
                fit += (has >> wanted[r][k] & 1) * (8u >> k);
            pairs[problem.pair_count++] = (struct rk_match_pair){p, r, fit};
        }
        qsort(pairs + first, problem.pair_count - first, sizeof *pairs, by_recruitment);
        for (uint32_t i = first; i < problem.pair_count; i++)
            pair_cell[i] = pairs[i].recruitment * CELLS + kind;
    }
    add_quotas(&problem, rk_alloc((size_t)recruitments * ROWS, sizeof(struct rk_match_quota)),
               rk_alloc((size_t)recruitments * CELLS, sizeof(struct rk_match_cell)),
               rk_alloc((size_t)recruitments * CELLS * 3, sizeof(uint32_t)));
    double begun = cpu_seconds();
    struct rk_match_result result;
    if (rk_match(&problem, &result, NULL))
        return 1;
    double solved = cpu_seconds();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("| %u × %u, %s | %u | %u | %lld | %.4f %s | %u | %llu | %.1f | %ld |\n", panelists,
           recruitments, argv[3], problem.pair_count, problem.quota_count,
           (long long)result.value[RK_MATCH_SEATS],
           100.0 * (double)(result.value[RK_MATCH_FIT] - result.bound[RK_MATCH_FIT]) /
               (double)-result.value[RK_MATCH_FIT],
           result.value[RK_MATCH_SEATS] == result.bound[RK_MATCH_SEATS] ? "" : "(seats are open)",
           broken(&problem, result.member), (unsigned long long)result.solves, solved - begun,
           usage.ru_maxrss / 1024);
    return 0;
}
