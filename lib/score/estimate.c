#include "score/estimate.h"

#include "stat/dense.h"
#include "stat/distribution.h"

#include <math.h>

enum { CANDIDATE = RK_RATED_CANDIDATE, RATER = RK_RATED_RATER, CRITERION = RK_RATED_CRITERION };
static const char *const facet_names[RK_RATED_FACETS] = {"candidate", "rater", "criterion"};

const char *rk_severity_method(const struct rk_severity_options *options)
{
    switch (options->model) {
    case RK_SEVERITY_ADDITIVE: return "additive";
    case RK_SEVERITY_RANDOM: return options->marginal ? "random-ml" : "random-reml";
    default:
        if (options->partial_credit)
            return options->marginal ? "rasch-partial-credit-mml" : "rasch-partial-credit-jml";
        return options->marginal ? "rasch-rating-scale-mml" : "rasch-rating-scale-jml";
    }
}

/* A block whose rows are being made. */
struct making {
    const struct rk_severities *s;
    const struct rk_severity_block *block;
    const struct rk_unit *unit;
    const struct rk_ids *ids;
    const struct rk_bias_groups *groups;
    rk_take_estimate *take;
    void *context;
    struct rk_estimate row; /* what all rows share */
    size_t *count[RK_RATED_FACETS];
    double scale;
    int digits;
};

/* Errors come through an inverse, which is where processors differ first. */
static double settle_error(double se) { return rk_settle(se, fabs(se), 9); }

static void put(struct making *m, struct rk_estimate *row, const char *measure,
                struct rk_severity_estimate e, double scale, int digits)
{
    row->measure = measure;
    row->estimate = rk_settle(e.value, scale, digits);
    row->se = settle_error(e.se);
    row->low = rk_settle(e.low, scale, 9);
    row->high = rk_settle(e.high, scale, 9);
    row->method = rk_severity_method(&m->s->options);
    if (!isnan(e.value)) /* a measure without a value has no row */
        m->take(m->context, row);
}

/* Where all fits exactly what is left is rounding: mean squares, of about 1, are told in units of
 * 1e-9. */
static const double LEAST_FIT = 0.1;

static struct rk_severity_estimate bare(double value)
{
    return (struct rk_severity_estimate){value, NAN, NAN, NAN};
}
static struct rk_severity_estimate with_error(double value, double se)
{
    return rk_severity_interval(value, se, rk_normal_quantile(0.975));
}

/* A number about the facet as a whole, or the model (facet -1). */
static void put_whole(struct making *m, int facet, const char *measure,
                      struct rk_severity_estimate e, int digits, size_t n)
{
    struct rk_estimate row = m->row;
    row.facet = facet < 0 ? "model" : facet_names[facet];
    row.n = n;
    put(m, &row, measure, e, fabs(e.value), digits);
}

/* The same of logits, or without a unit: what is nothing beside 1 is nothing. */
static void put_logits(struct making *m, int facet, const char *measure, double value, size_t n)
{
    put_whole(m, facet, measure, bare(fabs(value) < 1e-9 ? 0 : value), 9, n);
}

static const struct rk_rated_level *name_of(const struct making *m, int facet, uint32_t level)
{
    if (m->block->unit_level[facet])
        level = m->block->unit_level[facet][level];
    return &m->unit->name[facet][level];
}

/* The row of one candidate, rater or criterion, without its number. */
static struct rk_estimate row_of(const struct making *m, int facet, uint32_t level)
{
    static const enum rk_id_kind kinds[] = {RK_ID_CANDIDATE, RK_ID_RATER, RK_ID_CRITERION};
    const struct rk_rated_level *name = name_of(m, facet, level);
    struct rk_estimate row = m->row;
    row.facet = facet_names[facet];
    row.element = rk_id_text(m->ids, kinds[facet], name->id);
    row.n = m->count[facet][level];
    *(facet == CANDIDATE ? &row.recruitment
      : facet == RATER   ? &row.group
                         : &row.stage) = name->scope;
    return row;
}

static void put_level(struct making *m, int facet, uint32_t level, const char *measure,
                      struct rk_severity_estimate e)
{
    struct rk_estimate row = row_of(m, facet, level);
    put(m, &row, measure, e, m->scale, m->digits);
}

static void additive_rows(struct making *m)
{
    const struct rk_additive *fit = &m->block->additive;
    double quantile = fit->df > 0 ? rk_t_quantile(0.975, fit->df) : NAN, n = m->block->n;
    struct rk_estimate row = m->row;
    row.facet = "model";
    row.n = m->block->n;
    put(m, &row, "mean",
        rk_severity_interval(rk_fixed_double(m->block->mean) + fit->mu, fit->mu_se, quantile),
        m->scale, 12);
    put_whole(m, -1, "residual_sd", bare(fit->sd), 11, m->block->n);
    put_whole(m, -1, "residual_df", bare(fit->df), 12, m->block->n);
    put_whole(m, -1, "r_squared", bare(fit->r2), 11, m->block->n);
    for (int f = 0; f < RK_RATED_FACETS; f++) {
        if (!fit->effect[f])
            continue;
        put_whole(m, f, "f", bare(fit->f[f]), 11, m->block->levels[f]);
        if (!isnan(fit->f[f]))
            put_whole(m, f, "p", bare(rk_f_above(fit->f[f], m->block->levels[f] - 1, fit->df)), 9,
                      (size_t)n);
        for (uint32_t l = 0; l < m->block->levels[f]; l++) {
            if (f == RATER)
                put_level(m, f, l, "severity", rk_severity_rater(m->s, m->block, l));
            else
                put_level(m, f, l, "effect",
                          rk_severity_interval(fit->effect[f][l], fit->se[f][l], quantile));
            if (f == CANDIDATE)
                put_level(m, f, l, "adjusted", rk_severity_candidate(m->s, m->block, l));
        }
    }
}

static void random_rows(struct making *m)
{
    const struct rk_mixed *fit = &m->block->mixed;
    struct rk_estimate row = m->row;
    row.facet = "model";
    row.n = m->block->n;
    put(m, &row, "mean", with_error(rk_fixed_double(m->block->mean) + fit->mu, fit->mu_se),
        m->scale, 9);
    put_whole(m, -1, "residual_variance", bare(fit->residual), 9, m->block->n);
    put_whole(m, -1, "deviance", bare(fit->deviance), 11, m->block->n);
    for (int f = 0; f < RK_RATED_FACETS; f++) {
        if (!fit->effect[f] || fit->left_out[f])
            continue;
        put_whole(m, f, "variance", bare(fit->variance[f]), 9, m->block->levels[f]);
        for (uint32_t l = 0; l < m->block->levels[f]; l++) {
            if (f == RATER)
                put_level(m, f, l, "severity", rk_severity_rater(m->s, m->block, l));
            else
                put_level(m, f, l, "effect", with_error(fit->effect[f][l], fit->se[f][l]));
            if (f == CANDIDATE)
                put_level(m, f, l, "adjusted", rk_severity_candidate(m->s, m->block, l));
        }
    }
}

static void threshold_rows(struct making *m)
{
    const struct rk_rasch *fit = &m->block->rasch;
    struct rk_buf into = {0};
    for (uint32_t set = 0; set < m->block->rasch_data.sets; set++)
        for (uint32_t k = 1; k < fit->used[set]; k++) {
            struct rk_estimate row = m->row;
            if (m->block->rasch_data.sets > 1)
                row = row_of(m, CRITERION, set);
            row.facet = "threshold";
            row.n = 0;
            rk_buf_clear(&into);
            rk_double_print(&into, fit->value[set][k]);
            row.variant = (struct rk_text){into.text, into.size};
            put(m, &row, "threshold",
                rk_severity_measure(fit->threshold[set][k - 1], fit->threshold_se[set][k - 1],
                                    fit->threshold_full_se[set][k - 1]),
                1, 9);
        }
    rk_buf_free(&into);
}

static void bias_rows(struct making *m)
{
    const struct rk_strings *names = m->groups->names;
    uint32_t *group = rk_resize(NULL, m->block->levels[CANDIDATE], sizeof *group);
    uint32_t *rank = rk_strings_ranks(names); /* the order of candidates has no say */
    uint32_t *of_rank = rk_resize(NULL, (size_t)names->count + 1, sizeof *of_rank);
    struct rk_rasch_bias *biases;
    for (uint32_t g = 0; g < names->count; g++)
        of_rank[rank[g]] = g;
    for (uint32_t l = 0; l < m->block->levels[CANDIDATE]; l++) {
        uint32_t id = name_of(m, CANDIDATE, l)->id;
        group[l] = id < m->groups->of_count ? m->groups->of[id] : RK_NONE;
        if (group[l] != RK_NONE)
            group[l] = rank[group[l]];
    }
    size_t n = rk_rasch_biases(&m->block->rasch, group, names->count, &biases);
    for (size_t i = 0; i < n; i++) {
        struct rk_estimate row = row_of(m, RATER, biases[i].rater);
        row.facet = "bias";
        row.variant = names->texts[of_rank[biases[i].group]];
        row.n = biases[i].count;
        double t = biases[i].shift / biases[i].se, df = (double)biases[i].count - 1;
        put(m, &row, "bias",
            rk_severity_interval(biases[i].shift, biases[i].se,
                                 df > 0 ? rk_t_quantile(0.975, df) : NAN),
            1, 9);
        double p = df > 0 ? 2 * rk_t_above(fabs(t), df) : NAN;
        put(m, &row, "bias_p", bare(p), p, 9);
    }
    rk_free(biases);
    rk_free(group);
    rk_free(rank);
    rk_free(of_rank);
}

static void rasch_rows(struct making *m)
{
    static const char *const measures[] = {"ability", "severity", "difficulty"};
    const struct rk_rasch *fit = &m->block->rasch;
    put_whole(m, -1, "log_likelihood", bare(fit->log_likelihood), 11, fit->ratings);
    put_whole(m, -1, "deviance", bare(-2 * fit->log_likelihood), 11, fit->ratings);
    if (fit->mml) {
        put_whole(m, CANDIDATE, "variance", bare(fit->variance), 9, m->block->levels[CANDIDATE]);
        put_whole(m, CANDIDATE, "eap_reliability", bare(fit->reliability), 9,
                  m->block->levels[CANDIDATE]);
    }
    put_whole(m, -1, "unused_categories", bare(m->block->unused), 12, 0);
    threshold_rows(m);
    for (int f = 0; f < RK_RATED_FACETS; f++) {
        const struct rk_rasch_facet_summary *sum = &fit->summary[f];
        size_t n = sum->levels - sum->extremes;
        put_whole(m, f, "extremes", bare((double)sum->extremes), 12, sum->levels);
        put_logits(m, f, "sd", sum->sd, n);
        put_logits(m, f, "rmse", sum->rmse, n);
        put_logits(m, f, "separation", sum->separation, n);
        put_logits(m, f, "reliability", sum->reliability, n);
        put_logits(m, f, "chi_square", sum->chi_square, n);
        if (!isnan(sum->chi_square))
            put_whole(m, f, "chi_square_p", bare(rk_chi_square_above(sum->chi_square, sum->df)), 9,
                      n);
        for (uint32_t l = 0; l < m->block->levels[f]; l++) {
            const struct rk_rasch_level *level = &fit->levels[f][l];
            struct rk_estimate row = row_of(m, f, l);
            if (level->extreme)
                row.variant = RK_TEXT("extreme");
            put(m, &row, measures[f],
                rk_severity_measure(level->measure, level->se, level->full_se), 1, 9);
            if (isnan(level->measure))
                put(m, &row, "not_estimable", bare(1), 1, 12);
            put(m, &row, "infit", bare(level->infit), fmax(level->infit, LEAST_FIT), 9);
            put(m, &row, "outfit", bare(level->outfit), fmax(level->outfit, LEAST_FIT), 9);
            put(m, &row, "fair_average", rk_severity_fair(level), m->block->scale, 9);
            put(m, &row, "observed_average", bare(level->observed), m->block->scale, 12);
        }
    }
    if (m->groups->names)
        bias_rows(m);
}

void rk_estimate_all(const struct rk_severities *severities, const struct rk_ids *ids,
                     const struct rk_bias_groups *groups, rk_take_estimate *take, void *context)
{
    for (size_t b = 0; b < severities->count; b++) {
        const struct rk_severity_block *block = &severities->blocks[b];
        const struct rk_unit *unit = rk_rated_unit(severities->rated, block->unit);
        struct making m = {.s = severities,
                           .block = block,
                           .unit = unit,
                           .ids = ids,
                           .groups = groups,
                           .take = take,
                           .context = context,
                           .scale = block->scale > 0 ? block->scale : 1,
                           .digits = severities->options.model == RK_SEVERITY_ADDITIVE ? 12 : 9};
        m.row = (struct rk_estimate){.recruitment = unit->recruitment,
                                     .stage = unit->stage,
                                     .group = unit->group,
                                     .basis = unit->basis,
                                     .part = block->part == RK_NONE ? unit->parts == 1
                                                                    : block->part + 1};
        for (int f = 0; f < RK_RATED_FACETS; f++) {
            m.count[f] = rk_alloc(block->levels[f], sizeof *m.count[f]);
            for (size_t i = 0; i < block->n; i++)
                m.count[f][block->level[f][i]]++;
        }
        put_whole(&m, -1, "parts", bare(unit->parts), 12, unit->n);
        if (block->end) {
            struct rk_estimate row = m.row;
            row.facet = "model";
            row.n = block->n;
            row.variant = rk_text(rk_severity_end_name(block->end));
            put(&m, &row, "not_estimable", bare(1), 1, 12);
        } else if (severities->options.model == RK_SEVERITY_ADDITIVE)
            additive_rows(&m);
        else if (severities->options.model == RK_SEVERITY_RANDOM)
            random_rows(&m);
        else
            rasch_rows(&m);
        for (int f = 0; f < RK_RATED_FACETS; f++)
            rk_free(m.count[f]);
    }
}
