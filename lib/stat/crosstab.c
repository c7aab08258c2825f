#include "stat/crosstab.h"

#include "base/mem.h"
#include "stat/contingency.h"
#include "stat/distribution.h"

#include <math.h>

struct margins {
    double *row, *column, n;
    size_t rows, columns; /* that hold anything */
};

static struct margins margins_of(const int64_t *counts, size_t rows, size_t columns)
{
    struct margins m = {rk_alloc(rows + 1, sizeof *m.row), rk_alloc(columns + 1, sizeof *m.column),
                        0, 0, 0};
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) {
            double x = (double)counts[r * columns + c];
            m.row[r] += x;
            m.column[c] += x;
            m.n += x;
        }
    for (size_t r = 0; r < rows; r++)
        m.rows += m.row[r] > 0;
    for (size_t c = 0; c < columns; c++)
        m.columns += m.column[c] > 0;
    return m;
}

static void free_margins(struct margins *m)
{
    rk_free(m->row);
    rk_free(m->column);
}

static double lambda_of(const int64_t *counts, size_t rows, size_t columns, const struct margins *m)
{
    double best = 0, within = 0;
    for (size_t c = 0; c < columns; c++)
        best = m->column[c] > best ? m->column[c] : best;
    for (size_t r = 0; r < rows; r++) {
        double most = 0;
        for (size_t c = 0; c < columns; c++) {
            double x = (double)counts[r * columns + c];
            most = x > most ? x : most;
        }
        within += most;
    }
    return m->n > best ? (within - best) / (m->n - best) : (double)NAN;
}

/* Fisher's test where one side has two that hold anything. */
static double fisher_of(const int64_t *counts, size_t rows, size_t columns, const struct margins *m)
{
    bool along = m->columns == 2; /* groups are rows */
    if (!along && m->rows != 2)
        return (double)NAN;
    size_t groups = along ? rows : columns, k = 0, picked = 0;
    while ((along ? m->column : m->row)[picked] <= 0)
        picked++;
    int64_t *x = rk_alloc(groups + 1, sizeof *x), *n = rk_alloc(groups + 1, sizeof *n);
    for (size_t g = 0; g < groups; g++) {
        double all = (along ? m->row : m->column)[g];
        if (all > 0) {
            x[k] = along ? counts[g * columns + picked] : counts[picked * columns + g];
            n[k++] = (int64_t)all;
        }
    }
    double p = (double)NAN;
    if (k < 2 || !rk_fisher_groups(x, n, k, 0, &p, NULL))
        p = (double)NAN;
    rk_free(x);
    rk_free(n);
    return p;
}

static double yates(const int64_t *counts, size_t columns, size_t rows, const struct margins *m)
{
    if (m->rows != 2 || m->columns != 2 || rows != 2 || columns != 2)
        return (double)NAN;
    double a = (double)counts[0], b = (double)counts[1], c = (double)counts[2],
           d = (double)counts[3], off = fabs(a * d - b * c) - m->n / 2;
    return off <= 0 ? 0 : m->n * off * off / (m->row[0] * m->row[1] * m->column[0] * m->column[1]);
}

struct rk_crosstab rk_crosstab(const int64_t *counts, size_t rows, size_t columns)
{
    const double none = (double)NAN;
    struct margins m = margins_of(counts, rows, columns);
    struct rk_crosstab t = {m.rows, m.columns, m.n,  none, none, none, none, none,
                            none,   none,      none, none, none, none, none, none};
    if (m.rows > 1 && m.columns > 1) {
        double r = (double)m.rows, k = (double)m.columns;
        t.df = (r - 1) * (k - 1);
        t.chi_square = t.g = 0;
        t.least_expected = m.n;
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++) {
                double x = (double)counts[i * columns + j], e = m.row[i] * m.column[j] / m.n;
                if (!(e > 0))
                    continue;
                t.chi_square += (x - e) * (x - e) / e;
                t.g += x > 0 ? 2 * x * log(x / e) : 0;
                t.least_expected = e < t.least_expected ? e : t.least_expected;
            }
        t.g = t.g < 0 ? 0 : t.g;
        t.p = rk_chi_square_above(t.chi_square, t.df);
        t.g_p = rk_chi_square_above(t.g, t.df);
        t.corrected = yates(counts, columns, rows, &m);
        t.corrected_p = isnan(t.corrected) ? none : rk_chi_square_above(t.corrected, 1);
        double phi2 = t.chi_square / m.n, least = r < k ? r : k;
        t.v = sqrt(phi2 / (least - 1));
        t.contingency = sqrt(t.chi_square / (t.chi_square + m.n));
        double less = phi2 - t.df / (m.n - 1), r1 = r - (r - 1) * (r - 1) / (m.n - 1),
               k1 = k - (k - 1) * (k - 1) / (m.n - 1), least1 = r1 < k1 ? r1 : k1;
        if (m.n > 1 && least1 > 1)
            t.v_unbiased = sqrt((less > 0 ? less : 0) / (least1 - 1));
        t.lambda = lambda_of(counts, rows, columns, &m);
        t.fisher_p = fisher_of(counts, rows, columns, &m);
    }
    free_margins(&m);
    return t;
}

void rk_crosstab_cells(const int64_t *counts, size_t rows, size_t columns, double *expected,
                       double *residual)
{
    struct margins m = margins_of(counts, rows, columns);
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) {
            size_t at = r * columns + c;
            double e = m.n > 0 ? m.row[r] * m.column[c] / m.n : (double)NAN;
            double v = e * (1 - m.row[r] / m.n) * (1 - m.column[c] / m.n);
            expected[at] = e;
            residual[at] = v > 0 ? ((double)counts[at] - e) / sqrt(v) : (double)NAN;
        }
    free_margins(&m);
}
