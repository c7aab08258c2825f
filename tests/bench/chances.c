/* Speed of lib/panel/chances on programmes made up by a seed: levels, maximum flows, draws, memory
 * (make bench-chances).
 *
 *     build/bench/chances PANELISTS RECRUITMENTS uniform|skewed|clustered
 *
 * uniform: everybody is eligible for 20 recruitments anywhere. skewed: for the same ones far more
 * often than for others. clustered: recruitments lie in areas of 20, few of which draw most people;
 * up to 15 pairs in the own area, and one person in eight has 5 more in another. Up to 3 earlier
 * memberships but in the first. Ten seats each, at most six of either gender; 1 to 3 memberships a
 * person, one of them in the first half of the recruitments.
 */
#include "panel/chances.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/random.h"

#include <sys/resource.h>
#include <time.h>

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

/* The same, far more so: half of all in the first fortieth. */
static uint32_t popular(struct rk_random *random, uint32_t n)
{
    double u = rk_random_unit(random) * rk_random_unit(random);
    return (uint32_t)(u * rk_random_unit(random) * rk_random_unit(random) * n);
}

int main(int argc, char **argv)
{
    uint32_t panelists = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
    uint32_t recruitments = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    const char *kind = argc > 3 ? argv[3] : "";
    bool uniform = !strcmp(kind, "uniform"), clustered = !strcmp(kind, "clustered");
    if (argc != 4 || !panelists || recruitments < 40 ||
        (!uniform && !clustered && strcmp(kind, "skewed") != 0)) {
        fputs("use: chances PANELISTS RECRUITMENTS uniform|skewed|clustered\n", stderr);
        return 2;
    }
    /* giver, panelists, their first halves, cells (two a recruitment), recruitments; what reaches a
     * recruitment goes back to the giver, so that any amount may be given */
    uint32_t half = 1 + panelists, cell = half + panelists, room = cell + 2 * recruitments;
    struct rk_chances *chances = rk_chances_new(room + recruitments);
    struct rk_random random = rk_random(RK_TEXT("bench"), RK_TEXT("chances"));
    uint32_t *taken = rk_alloc(recruitments, sizeof *taken), pairs = 0, arcs = 0,
             areas = recruitments / 20;
    for (uint32_t r = 0; r < recruitments; r++) {
        rk_chances_arc(chances, room + r, 0, 0, 10, 0);
        rk_chances_arc(chances, cell + 2 * r, room + r, 0, 6, 0);
        arcs = 1 + rk_chances_arc(chances, cell + 2 * r + 1, room + r, 0, 6, 0);
    }
    for (uint32_t p = 0; p < panelists; p++) {
        uint32_t cap = 1 + below(&random, 3), area = skewed(&random, areas),
                 gender = below(&random, 2);
        rk_chances_person(chances, rk_chances_arc(chances, 0, 1 + p, 0, (int32_t)cap, 0),
                          uniform ? 0 : (int32_t)skewed(&random, 4));
        rk_chances_arc(chances, 1 + p, half + p, 0, 1, 0);
        arcs += 2;
        uint32_t other = below(&random, 8) ? area : skewed(&random, areas);
        for (uint32_t i = 0; i < 20; i++) {
            uint32_t in = i < 15 ? area : other;
            uint32_t r = clustered ? in * 20 + below(&random, 20)
                         : uniform ? below(&random, recruitments)
                                   : popular(&random, recruitments);
            if (taken[r] == p + 1)
                continue;
            taken[r] = p + 1;
            rk_chances_arc(chances, r < recruitments / 2 ? half + p : 1 + p, cell + 2 * r + gender,
                           0, 1, 0);
            pairs++;
        }
    }
    arcs += pairs;
    double begun = cpu_seconds();
    if (rk_chances_solve(chances) != RK_CHANCES_SOLVED)
        return 1;
    double solved = cpu_seconds();
    int64_t seats = 0;
    for (uint32_t l = 0; l < rk_chances_level_count(chances); l++)
        seats += rk_chances_level(chances, l)->seats;
    int32_t *amounts = rk_alloc(arcs, sizeof *amounts);
    double drawing = cpu_seconds();
    for (int i = 0; i < 10; i++) {
        char seed[16];
        snprintf(seed, sizeof seed, "%d", i);
        rk_chances_draw(chances, rk_text(seed), amounts);
    }
    double drawn = cpu_seconds();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%u x %u %s: %u pairs, %u levels, %u flows, %.2f s CPU, %u fractions, draw %.3f s, %ld "
           "MB\n",
           panelists, recruitments, kind, pairs, rk_chances_level_count(chances),
           rk_chances_rounds(chances), solved - begun, rk_chances_fractions(chances),
           (drawn - drawing) / 10, usage.ru_maxrss / 1024);
    rk_free(amounts);
    rk_free(taken);
    rk_chances_free(chances);
    return 0;
}
