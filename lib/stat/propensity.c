#include "stat/propensity.h"

#include "base/hash.h"
#include "base/mem.h"
#include "stat/logistic.h"

#include <math.h>

/* Beyond this many numbers the standard errors of single values are not worked out. */
enum { MOST_NUMBERS = 50000000 };

/* A model fitted on some of the features, with what the formulas share. */
struct model {
    const struct rk_propensity_problem *problem;
    uint32_t *columns; /* rows × width: parameters */
    size_t width, parameters;
    struct rk_logistic fit;
    double people, mean, variance; /* variance: divisor n */
};

/* A parameter for each value that somebody has, but the first of each feature. */
static void number_columns(struct model *m, const size_t *features, size_t count)
{
    const struct rk_propensity_problem *p = m->problem;
    m->columns = rk_alloc(p->rows * count, sizeof *m->columns);
    m->width = count;
    m->parameters = 1;
    for (size_t i = 0; i < count; i++) {
        size_t f = features[i], values = p->of[f];
        uint32_t *parameter = rk_alloc(values, sizeof *parameter);
        bool reference = true;
        for (size_t r = 0; r < p->rows; r++)
            if (p->people[r] > 0)
                parameter[p->values[r * p->features + f]] = 1;
        for (size_t v = 0; v < values; v++) {
            if (parameter[v] && !reference)
                parameter[v] = (uint32_t)m->parameters++;
            else if (parameter[v])
                parameter[v] = RK_NONE, reference = false;
            else
                parameter[v] = RK_NONE;
        }
        for (size_t r = 0; r < p->rows; r++)
            m->columns[r * count + i] = parameter[p->values[r * p->features + f]];
        rk_free(parameter);
    }
}

static void fit_model(struct model *m, const struct rk_propensity_problem *problem,
                      const size_t *features, size_t count)
{
    *m = (struct model){.problem = problem};
    number_columns(m, features, count);
    struct rk_logistic_problem logistic = {problem->rows, m->width,        m->parameters,
                                           m->columns,    problem->people, problem->selected};
    rk_logistic_fit(&logistic, &m->fit);
    const double *p = m->fit.fitted, *n = problem->people;
    double sum = 0;
    for (size_t r = 0; r < problem->rows; r++) {
        m->people += n[r];
        sum += n[r] * p[r];
    }
    m->mean = sum / m->people;
    for (size_t r = 0; r < problem->rows; r++)
        m->variance += n[r] * (p[r] - m->mean) * (p[r] - m->mean);
    m->variance /= m->people;
}

static void free_model(struct model *m)
{
    rk_free(m->columns);
    rk_logistic_free(&m->fit);
}

/* The derivative of row r's propensity by its parameters is w on each of them, 0 elsewhere. */
static double slope(const struct model *m, size_t r)
{
    return m->fit.fitted[r] * (1 - m->fit.fitted[r]);
}

/* The parameters of row r: how many, and which. */
static size_t parameters_of(const struct model *m, size_t r, uint32_t *which)
{
    size_t count = 0;
    which[count++] = 0;
    for (size_t i = 0; i < m->width; i++)
        if (m->columns[r * m->width + i] != RK_NONE)
            which[count++] = m->columns[r * m->width + i];
    return count;
}

/* ---- matrices of n × n ---- */

static double quadratic(const double *a, const double *sigma, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum += a[i] * sigma[i * n + j] * a[j];
    return sum;
}

/* trace(B Σ B Σ) */
static double trace_of_square(const double *b, const double *sigma, size_t n)
{
    double *product = rk_alloc(n * n, sizeof *product), sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            for (size_t j = 0; b[i * n + k] != 0 && j < n; j++)
                product[i * n + j] += b[i * n + k] * sigma[k * n + j];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum += product[i * n + j] * product[j * n + i];
    rk_free(product);
    return sum;
}

/* ---- R ---- */

/* What the variance of the propensities is too large by: mean over people of z' Σ z. */
static double bias(const struct model *m)
{
    uint32_t which[RK_PROPENSITY_FEATURES + 1];
    const double *sigma = m->fit.covariance;
    double sum = 0;
    for (size_t r = 0; r < m->problem->rows; r++) {
        size_t count = parameters_of(m, r, which);
        double form = 0;
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < count; j++)
                form += sigma[which[i] * m->parameters + which[j]];
        sum += m->problem->people[r] * slope(m, r) * slope(m, r) * form;
    }
    return sum / m->people;
}

/* The variance of R by the delta method, to the second order in the coefficients. */
static double variance_of_r(const struct model *m)
{
    size_t n = m->parameters;
    uint32_t which[RK_PROPENSITY_FEATURES + 1];
    double *a = rk_alloc(n, sizeof *a), *mean = rk_alloc(n, sizeof *mean);
    double *b = rk_alloc(n * n, sizeof *b);
    for (size_t r = 0; r < m->problem->rows; r++) {
        size_t count = parameters_of(m, r, which);
        double weight = m->problem->people[r] / m->people, w = slope(m, r);
        for (size_t i = 0; i < count; i++) {
            a[which[i]] += weight * (m->fit.fitted[r] - m->mean) * w;
            mean[which[i]] += weight * w;
            for (size_t j = 0; j < count; j++)
                b[which[i] * n + which[j]] += weight * w * w;
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            b[i * n + j] -= mean[i] * mean[j];
    double sum =
        4 * quadratic(a, m->fit.covariance, n) + 2 * trace_of_square(b, m->fit.covariance, n);
    rk_free(a);
    rk_free(mean);
    rk_free(b);
    return m->variance > 0 ? sum / m->variance : NAN;
}

/* ---- partials ---- */

static void between_values(const struct model *m, size_t f, struct rk_propensity_feature *partial)
{
    const struct rk_propensity_problem *p = m->problem;
    size_t values = p->of[f];
    double *people = rk_alloc(values, sizeof *people), *sum = rk_alloc(values, sizeof *sum),
           all = 0;
    for (size_t r = 0; r < p->rows; r++) {
        uint32_t v = p->values[r * p->features + f];
        people[v] += p->people[r];
        sum[v] += p->people[r] * m->fit.fitted[r];
    }
    for (size_t v = 0; v < values; v++) {
        double off = people[v] > 0 ? sum[v] / people[v] - m->mean : NAN;
        partial->values[v].pu = off * sqrt(people[v] / m->people);
        if (people[v] > 0)
            all += people[v] / m->people * off * off;
    }
    partial->pu = sqrt(all);
    rk_free(people);
    rk_free(sum);
}

/* The rows alike in all features but `f` have one number. */
static uint32_t *alike_in_others(const struct rk_propensity_problem *p, size_t f, uint32_t *groups)
{
    uint32_t *group = rk_alloc(p->rows, sizeof *group), others[RK_PROPENSITY_FEATURES] = {0};
    struct rk_tuples tuples = {.width = p->features > 1 ? (uint32_t)p->features - 1 : 1};
    for (size_t r = 0; r < p->rows; r++) {
        for (size_t i = 0, at = 0; i < p->features; i++)
            if (i != f)
                others[at++] = p->values[r * p->features + i];
        group[r] = rk_tuples_add(&tuples, others);
    }
    *groups = tuples.count;
    rk_tuples_free(&tuples);
    return group;
}

/* The standard error of Pc of each value: `mean` has, by group, what z is there on average. */
static void errors_within(const struct model *m, size_t f, const uint32_t *group,
                          const double *mean, const double *off,
                          struct rk_propensity_feature *partial)
{
    const struct rk_propensity_problem *p = m->problem;
    size_t n = m->parameters;
    uint32_t which[RK_PROPENSITY_FEATURES + 1];
    double *z = rk_alloc(n, sizeof *z), *a = rk_alloc(n, sizeof *a),
           *b = rk_alloc(n * n, sizeof *b);
    for (uint32_t v = 0; v < p->of[f]; v++) {
        double squares = 0;
        memset(a, 0, n * sizeof *a);
        memset(b, 0, n * n * sizeof *b);
        for (size_t r = 0; r < p->rows; r++) {
            if (p->values[r * p->features + f] != v || !(p->people[r] > 0))
                continue;
            for (size_t i = 0; i < n; i++)
                z[i] = -mean[group[r] * n + i];
            size_t count = parameters_of(m, r, which);
            for (size_t i = 0; i < count; i++)
                z[which[i]] += slope(m, r);
            squares += p->people[r] * off[r] * off[r];
            for (size_t i = 0; i < n; i++) {
                a[i] += p->people[r] * off[r] * z[i];
                for (size_t j = 0; j < n; j++)
                    b[i * n + j] += p->people[r] * z[i] * z[j];
            }
        }
        const double *sigma = m->fit.covariance;
        partial->values[v].pc_se =
            sqrt((4 * quadratic(a, sigma, n) + 2 * trace_of_square(b, sigma, n)) /
                 (4 * m->people * squares));
    }
    rk_free(z);
    rk_free(a);
    rk_free(b);
}

static void within_others(const struct model *m, size_t f, struct rk_propensity_feature *partial)
{
    const struct rk_propensity_problem *p = m->problem;
    uint32_t groups, which[RK_PROPENSITY_FEATURES + 1], *group = alike_in_others(p, f, &groups);
    size_t n = m->parameters, values = p->of[f];
    double *people = rk_alloc(groups, sizeof *people), *mean_p = rk_alloc(groups, sizeof *mean_p);
    double *off = rk_alloc(p->rows, sizeof *off), *squares = rk_alloc(values, sizeof *squares);
    bool *anybody = rk_alloc(values, sizeof *anybody);
    double *mean_z = NULL, all = 0;
    if ((double)groups * (double)n <= MOST_NUMBERS &&
        (double)p->rows * (double)(n * n) <= 20.0 * MOST_NUMBERS)
        mean_z = rk_alloc((size_t)groups * n, sizeof *mean_z);
    for (size_t r = 0; r < p->rows; r++) {
        people[group[r]] += p->people[r];
        mean_p[group[r]] += p->people[r] * m->fit.fitted[r];
        size_t count = parameters_of(m, r, which);
        for (size_t i = 0; mean_z && i < count; i++)
            mean_z[group[r] * n + which[i]] += p->people[r] * slope(m, r);
    }
    for (size_t g = 0; mean_z && g < groups; g++)
        for (size_t i = 0; i < n && people[g] > 0; i++)
            mean_z[g * n + i] /= people[g];
    for (size_t r = 0; r < p->rows; r++) {
        uint32_t v = p->values[r * p->features + f];
        if (!(p->people[r] > 0))
            continue;
        anybody[v] = true;
        off[r] = m->fit.fitted[r] - mean_p[group[r]] / people[group[r]];
        squares[v] += p->people[r] / m->people * off[r] * off[r];
    }
    for (size_t v = 0; v < values; v++) {
        all += squares[v];
        partial->values[v].pc = anybody[v] ? sqrt(squares[v]) : NAN;
        partial->values[v].pc_se = NAN;
    }
    partial->pc = sqrt(all);
    if (mean_z)
        errors_within(m, f, group, mean_z, off, partial);
    rk_free(group);
    rk_free(people);
    rk_free(mean_p);
    rk_free(off);
    rk_free(squares);
    rk_free(anybody);
    rk_free(mean_z);
}

bool rk_propensity(const struct rk_propensity_problem *problem, struct rk_propensity *result)
{
    double people = 0, selected = 0;
    *result = (struct rk_propensity){0};
    for (size_t r = 0; r < problem->rows; r++) {
        people += problem->people[r];
        selected += problem->selected[r];
    }
    if (people < 2 || selected <= 0 || selected >= people)
        return false;
    size_t features[RK_PROPENSITY_FEATURES];
    for (size_t f = 0; f < problem->features; f++)
        features[f] = f;
    struct model m;
    fit_model(&m, problem, features, problem->features);
    double unbiased = m.variance * m.people / (m.people - 1), too_much = bias(&m);
    double left = too_much < unbiased ? 1 - too_much / unbiased : 0, of_r = variance_of_r(&m);
    double cv = sqrt(unbiased) / m.mean;
    result->people = m.people;
    result->mean = m.mean;
    result->r = 1 - 2 * sqrt(unbiased);
    result->r_adjusted = 1 - 2 * sqrt(unbiased * left);
    result->r_se = sqrt(of_r);
    result->cv = cv;
    result->cv_se = sqrt(of_r / (4 * m.mean * m.mean) + cv * cv * cv * cv / m.people);
    result->is_extreme = m.fit.is_extreme;
    result->converged = m.fit.converged;
    result->feature_count = problem->features;
    for (size_t f = 0; f < problem->features; f++) {
        struct rk_propensity_feature *partial = &result->features[f];
        partial->values = rk_alloc(problem->of[f], sizeof *partial->values);
        between_values(&m, f, partial);
        within_others(&m, f, partial);
        partial->pu_adjusted = partial->pu * sqrt(left);
        partial->pc_adjusted = partial->pc * sqrt(left);
        struct model alone;
        fit_model(&alone, problem, &f, 1);
        partial->se = sqrt(variance_of_r(&alone)) / 2;
        free_model(&alone);
    }
    free_model(&m);
    return true;
}

void rk_propensity_free(struct rk_propensity *result)
{
    for (size_t f = 0; f < result->feature_count; f++)
        rk_free(result->features[f].values);
    *result = (struct rk_propensity){0};
}
