/* A user bank and its recruitments, as large as asked for, for rk-panel-match to be measured on:
 *
 *     panel-programme uniform|clustered PANELISTS RECRUITMENTS SEED DIR
 *
 * writes panelists.csv, recruitments.csv, quotas-gender.csv (one family) and quotas-crossing.csv
 * (three) into DIR. About 20 recruitments are open to each panelist, 10 seats each, 1 to 3
 * memberships a year. clustered: few experiences that many recruitments ask for and many that few
 * do, as Zipf's law has it, and panelists of an area have much the same ones. */
#include "base/mem.h"
#include "base/random.h"

#include <stdio.h>
#include <stdlib.h>

static FILE *file(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    if (!out) {
        perror(path);
        exit(4);
    }
    return out;
}

/* weight[i] … an experience with probability in proportion to its weight, by the sums of them */
static uint32_t pick(struct rk_random *random, const uint64_t *sums, uint32_t count)
{
    uint64_t at = rk_random_below(random, sums[count - 1]);
    uint32_t low = 0, high = count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sums[middle] > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr,
                "usage: panel-programme uniform|clustered PANELISTS RECRUITMENTS SEED DIR\n");
        return 2;
    }
    bool clustered = !strcmp(argv[1], "clustered");
    uint32_t panelists = (uint32_t)strtoul(argv[2], NULL, 10),
             recruitments = (uint32_t)strtoul(argv[3], NULL, 10);
    uint32_t kinds = recruitments / 10 > 20 ? recruitments / 10 : 20, areas = 20;
    uint64_t *sums = rk_alloc(kinds, sizeof *sums), sum = 0;
    for (uint32_t i = 0; i < kinds; i++)
        sums[i] = sum += clustered ? UINT64_C(1000000000) / (i + 8) : 1000;
    struct rk_random random = rk_random(rk_text(argv[4]), RK_TEXT("programme"));
    FILE *out = file(argv[5], "panelists.csv");
    fputs("panelist_id,status,experience,birth_year,gender,area,consent_until,max_per_year\n", out);
    for (uint32_t p = 0; p < panelists; p++) {
        uint32_t area = (uint32_t)rk_random_below(&random, areas), has[2];
        for (int k = 0; k < 2; k++) {
            has[k] = pick(&random, sums, kinds);
            if (clustered && rk_random_below(&random, 2)) /* what one's area is known for */
                has[k] = (has[k] / areas * areas + area) % kinds;
        }
        fprintf(out, "P%07u,active,e%u|e%u,%u,%s,a%u,2030-12-31,%u\n", p, has[0], has[1],
                1950 + (uint32_t)rk_random_below(&random, 58),
                rk_random_below(&random, 3) ? "woman" : "man", area,
                1 + (uint32_t)rk_random_below(&random, 3));
    }
    fclose(out);
    out = file(argv[5], "recruitments.csv");
    fputs("recruitment_id,department,role,rubric,seats,need,want,opened\n", out);
    for (uint32_t r = 0; r < recruitments; r++)
        fprintf(out, "R%05u,SOF,role,none,10,e%u,e%u:%u|e%u:%u,2026-%02u-01\n", r,
                pick(&random, sums, kinds), 2 * (r % (kinds / 2)),
                1 + (uint32_t)rk_random_below(&random, 9), 2 * (r % (kinds / 2)) + 1,
                1 + (uint32_t)rk_random_below(&random, 9),
                1 + (uint32_t)rk_random_below(&random, 12));
    fclose(out);
    out = file(argv[5], "quotas-gender.csv");
    fputs("recruitment_id,feature,value,min,max\n*,gender,woman,4,7\n*,gender,man,3,6\n", out);
    fclose(out);
    out = file(argv[5], "quotas-crossing.csv");
    fputs("recruitment_id,feature,value,min,max\n*,gender,woman,4,7\n*,gender,man,3,6\n"
          "*,age,0-30,2,6\n*,age,31+,4,8\n",
          out);
    fclose(out);
    rk_free(sums);
    return 0;
}
