#include "stat/rake.h"

#include "base/mem.h"

#include <math.h>
#include <stdbool.h>

/* Brings the weights to one margin. */
static void fit(const struct rk_rake_problem *p, size_t margin, double *weights, double *sums)
{
    for (uint32_t c = 0; c < p->cells[margin]; c++)
        sums[c] = 0;
    for (size_t i = 0; i < p->rows; i++)
        sums[p->values[i * p->margins + margin]] += weights[i];
    for (size_t i = 0; i < p->rows; i++) {
        uint32_t c = p->values[i * p->margins + margin];
        if (sums[c] > 0)
            weights[i] *= p->targets[margin][c] / sums[c];
    }
}

static double distance(const struct rk_rake_problem *p, const double *weights, double *sums)
{
    double most = 0;
    for (size_t m = 0; m < p->margins; m++) {
        for (uint32_t c = 0; c < p->cells[m]; c++)
            sums[c] = 0;
        for (size_t i = 0; i < p->rows; i++)
            sums[p->values[i * p->margins + m]] += weights[i];
        for (uint32_t c = 0; c < p->cells[m]; c++) {
            double target = p->targets[m][c], off = fabs(sums[c] - target);
            off = target > 0 ? off / target : off;
            most = off > most ? off : most;
        }
    }
    return most;
}

static bool find_empty(const struct rk_rake_problem *p, struct rk_raked *result, double *sums)
{
    for (size_t m = 0; m < p->margins; m++) {
        for (uint32_t c = 0; c < p->cells[m]; c++)
            sums[c] = 0;
        for (size_t i = 0; i < p->rows; i++)
            sums[p->values[i * p->margins + m]]++;
        for (uint32_t c = 0; c < p->cells[m]; c++)
            if (p->targets[m][c] > 0 && !(sums[c] > 0)) {
                result->empty_margin = m;
                result->empty_cell = c;
                return true;
            }
    }
    return false;
}

/* No weight is over so many times the mean of those above 0: what is cut off goes to the others, in
 * proportion, so that the sum and the mean stay and the limit holds for the weights that come out.
 */
static size_t trim(const struct rk_rake_problem *p, double *weights)
{
    double sum = 0;
    size_t counted = 0, cut = 0;
    for (size_t i = 0; i < p->rows; i++) {
        sum += weights[i];
        counted += weights[i] > 0;
    }
    double most = p->trim * sum / (double)counted;
    for (bool over = true; over;) {
        double others = 0;
        over = false;
        for (size_t i = 0; i < p->rows; i++)
            if (weights[i] > most) {
                weights[i] = most;
                cut++;
                over = true;
            } else if (weights[i] < most) {
                others += weights[i];
            }
        double grow = (sum - most * (double)cut) / others;
        for (size_t i = 0; over && others > 0 && i < p->rows; i++)
            if (weights[i] < most)
                weights[i] *= grow;
    }
    return cut;
}

void rk_rake(struct rk_raked *result, const struct rk_rake_problem *p)
{
    uint32_t widest = 1;
    for (size_t m = 0; m < p->margins; m++)
        widest = p->cells[m] > widest ? p->cells[m] : widest;
    double *sums = rk_alloc(widest, sizeof *sums), within = p->within > 0 ? p->within : 1e-12;
    unsigned most = p->steps ? p->steps : 1000;
    *result = (struct rk_raked){.weights = rk_alloc(p->rows + 1, sizeof *result->weights),
                                .error = (double)INFINITY,
                                .empty_margin = SIZE_MAX};
    for (size_t i = 0; i < p->rows; i++)
        result->weights[i] = p->base ? p->base[i] : 1;
    if (!find_empty(p, result, sums) && p->rows) {
        for (; result->steps < most && result->error > within; result->steps++) {
            for (size_t m = 0; m < p->margins; m++)
                fit(p, m, result->weights, sums);
            result->trimmed = p->trim > 0 ? trim(p, result->weights) : 0;
            result->error = distance(p, result->weights, sums);
        }
        double sum = 0, squares = 0;
        for (size_t i = 0; i < p->rows; i++) {
            sum += result->weights[i];
            squares += result->weights[i] * result->weights[i];
        }
        result->n_effective = sum * sum / squares;
        result->design = (double)p->rows / result->n_effective;
    }
    rk_free(sums);
}
