/* How long leximin chances for one panel take: the reference pools ($RK_REFERENCE/match), and pools
 * of ours in the shapes of real ones that are withheld (people, seats and features as published;
 * how features are spread and the quotas, which surround a panel that exists, are made up from a
 * seed). Figures are processor time of this machine; the answers are proven each time. */
#include "../unit/pool.h"
#include "base/random.h"
#include "panel/leximin.h"

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void measure(const char *name, const struct rk_panel_problem *problem)
{
    struct rk_panel *panel = rk_panel_new(problem);
    struct rk_effort effort = {.nodes = 10000000};
    double start = seconds();
    struct rk_leximin l = rk_leximin_solve(panel, NULL, &effort);
    double solved = seconds();
    double poorest = 2;
    for (uint32_t t = 0; l.found && t < l.lottery.types; t++) {
        double value = rk_fraction_double(&l.value[t]);
        poorest = value < poorest ? value : poorest;
    }
    printf("%-26s %6u %5u %5u %4u %s %9.6f %6u %4u %6u %8llu %8.2f\n", name, problem->person_count,
           problem->seats, rk_panel_types(panel), problem->row_count,
           l.outcome == RK_PROGRAM_FOUND ? "proven" : "open  ", poorest, l.levels.step_count,
           l.cut_count, l.lottery.count, (unsigned long long)l.nodes, solved - start);
    fflush(stdout);
    rk_leximin_free(&l);
    rk_panel_free(panel);
}

static void from_reference(const char *name, const char *folder, const char *people,
                           const char *rows, uint32_t seats)
{
    char path[4096];
    const char *root = getenv("RK_REFERENCE");
    snprintf(path, sizeof path, "%s/match/%s/%s", root ? root : "", folder, people);
    char *respondents = pool_text(path);
    snprintf(path, sizeof path, "%s/match/%s/%s", root ? root : "", folder, rows);
    char *categories = pool_text(path);
    struct pool pool;
    if (!respondents || !categories)
        printf("%-26s is not in the reference folder\n", name);
    else if (pool_read(&pool, respondents, categories, seats, NULL)) {
        measure(name, &pool.problem);
        pool_free(&pool);
    }
    rk_free(respondents);
    rk_free(categories);
}

/* Features of the given sizes, the values unevenly spread; quotas `width` apart around the counts
 * of a panel of people who are not quite like the pool. */
static void made_up(const char *name, uint32_t people, uint32_t seats, const uint32_t *sizes,
                    uint32_t features, uint32_t width)
{
    struct rk_random random = rk_random(RK_TEXT("bench"), rk_text(name));
    uint32_t rows = 0;
    for (uint32_t f = 0; f < features; f++)
        rows += sizes[f];
    uint64_t *member = rk_alloc(people * rk_panel_words(rows), sizeof *member);
    struct rk_panel_row *row = rk_alloc(rows, sizeof *row);
    uint32_t weight[16], likes[64];
    for (uint32_t f = 0, first = 0; f < features; first += sizes[f++]) {
        uint32_t sum = 0;
        for (uint32_t v = 0; v < sizes[f]; v++) {
            row[first + v].feature = f;
            sum += weight[v] = 500 / (1 + v) + (uint32_t)rk_random_below(&random, 500);
            likes[first + v] = 50 + (uint32_t)rk_random_below(&random, 51);
        }
        for (uint32_t i = 0; i < people; i++) {
            uint32_t at = (uint32_t)rk_random_below(&random, sum), v = 0;
            while (at >= weight[v])
                at -= weight[v++];
            member[i] |= UINT64_C(1) << (first + v);
        }
    }
    bool *taken = rk_alloc(people, sizeof *taken);
    for (uint32_t found = 0; found < seats;) {
        uint32_t i = (uint32_t)rk_random_below(&random, people);
        bool liked = !taken[i];
        for (uint32_t r = 0; liked && r < rows; r++)
            liked = !(member[i] >> r & 1) || rk_random_below(&random, 100) < likes[r];
        if (!liked)
            continue;
        taken[i] = true;
        found++;
        for (uint32_t r = 0; r < rows; r++)
            row[r].least += member[i] >> r & 1;
    }
    for (uint32_t r = 0; r < rows; r++) {
        uint32_t down = (uint32_t)rk_random_below(&random, width + 1);
        row[r].least = row[r].least > down ? row[r].least - down : 0;
        row[r].most = row[r].most_flex = row[r].least + width;
    }
    struct rk_panel_problem problem = {row, member, NULL, NULL, people, rows, seats};
    measure(name, &problem);
    rk_free(member);
    rk_free(row);
    rk_free(taken);
}

int main(void)
{
    printf("%-26s %6s %5s %5s %4s %-6s %9s %6s %4s %6s %8s %8s\n", "pool", "people", "seats",
           "types", "rows", "", "poorest", "levels", "cuts", "panels", "nodes", "seconds");
    from_reference("example_small_20", "citizensassemblies-replication/data/example_small_20",
                   "respondents.csv", "categories.csv", 20);
    from_reference("example_large_200", "citizensassemblies-replication/data/example_large_200",
                   "respondents.csv", "categories.csv", 200);
    from_reference("opendlp", "opendlp-fixture", "respondents.csv", "categories.csv", 30);
    from_reference("sortition-algorithms 150", "sortition-algorithms", "candidates.csv",
                   "features.csv", 22);
    from_reference("sortition-algorithms 300", "sortition-algorithms/scaled_300", "respondents.csv",
                   "categories.csv", 45);
    from_reference("cca_825_75", "synthetic-sf_e-like/cca_825_75", "respondents.csv",
                   "categories.csv", 75);
    from_reference("big_10000_150", "synthetic-sf_e-like/big_10000_150", "respondents.csv",
                   "categories.csv", 150);
    static const uint32_t mass[] = {2, 3, 4, 3, 3}, sf_c[] = {2, 4, 4, 3, 5, 3, 4},
                          obf[] = {2, 3, 3, 4, 4, 5, 3, 3}, nexus[] = {2, 4, 4, 5, 6},
                          sf_e[] = {2, 4, 4, 4, 6, 6, 6};
    made_up("like mass, exact quotas", 70, 24, mass, 5, 0);
    made_up("like sf_c", 161, 44, sf_c, 7, 1);
    made_up("like sf_c, exact quotas", 161, 44, sf_c, 7, 0);
    made_up("like nexus", 342, 170, nexus, 5, 1);
    made_up("like obf", 321, 30, obf, 8, 1);
    made_up("like sf_e", 1727, 110, sf_e, 7, 2);
    return 0;
}
