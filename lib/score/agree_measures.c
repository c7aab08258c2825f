/* What there is to measure, in the order in which it is written. */
#include "base/mem.h"
#include "score/agree_part.h"
#include "stat/generalizability.h"
#include "stat/items.h"
#include "stat/kappa.h"
#include "stat/reliability.h"
#include "stat/reml.h"

const char rk_reml_later[] = N_("more than 200 raters: --measures reml asks for it");
const char rk_family_words[] =
    "percent|cohen|fleiss|conger|light|scott|brennan-prediger|pabak|ac|alpha|"
    "kendall|correlation|icc|cronbach|variance|reml|within|homogeneity|"
    "generalizability";
const char *rk_family_name(enum rk_family family)
{
    static const char *const names[RK_FAMILIES] = {
        "percent", "cohen",       "fleiss",           "conger",
        "light",   "scott",       "brennan-prediger", "pabak",
        "ac",      "alpha",       "kendall",          "correlation",
        "icc",     "cronbach",    "variance",         "reml",
        "within",  "homogeneity", "generalizability"};
    return names[family];
}

const char rk_metric_words[] = "nominal|ordinal|interval|ratio|polar|circular";
const char *rk_metric_name(enum rk_metric metric)
{
    static const char *const names[RK_METRICS] = {"nominal", "ordinal", "interval",
                                                  "ratio",   "polar",   "circular"};
    return names[metric];
}

struct work {
    const struct rk_agree_part *part;
    const struct rk_judged *judged;
    const struct rk_agree_options *options;
    double confidence;
    rk_take_measure *take;
    void *context;
};

static void give(const struct work *w, enum rk_family family, const char *measure,
                 const char *variant, struct rk_estimate e)
{
    if (w->options->wanted[family])
        w->take(w->context, family, measure, variant, &e);
}

static bool wants(const struct work *w, enum rk_family first, enum rk_family last)
{
    for (enum rk_family f = first; f <= last; f++)
        if (w->options->wanted[f])
            return true;
    return false;
}

/* ---- with weights ---- */

static const char *make_weights(const struct work *w, enum rk_weighting kind,
                                struct rk_weights *weights, double **table)
{
    const struct rk_judged *j = w->judged;
    const struct rk_agree_options *o = w->options;
    size_t q = j->categories;
    *table = NULL;
    *weights = (struct rk_weights){0};
    if (kind != RK_UNWEIGHTED && kind != RK_CUSTOM && !w->part->ordered)
        return N_("weights between words need their order: --categories");
    if (kind == RK_CUSTOM) {
        if (!o->disagreement || o->disagreement_size != q)
            return N_("the table of disagreement has not as many categories as were used");
        double most = 0;
        for (size_t i = 0; i < q * q; i++)
            most = fmax(most, o->disagreement[i]);
        if (!(most > 0))
            return N_("the table of disagreement is all 0");
        *table = rk_alloc(q * q, sizeof **table);
        for (size_t i = 0; i < q * q; i++)
            (*table)[i] = 1 - o->disagreement[i] / most;
    }
    return rk_weights_make(weights, kind, q, o->by_place ? NULL : j->values, *table);
}

static void two_raters(const struct work *w, const struct rk_weights *weights, const char *why,
                       const char *variant, const struct rk_estimate *fleiss,
                       const struct rk_estimate *percent)
{
    const struct rk_judged *j = w->judged;
    if (!why)
        why = j->anonymous     ? N_("raters are not told apart")
              : j->raters != 2 ? N_("it is for two raters")
                               : NULL;
    struct rk_estimate none = rk_estimate_none(why);
    if (why) {
        give(w, RK_F_COHEN, "cohen_kappa", variant, none);
        give(w, RK_F_SCOTT, "scott_pi", variant, none);
        if (weights->kind == RK_UNWEIGHTED)
            give(w, RK_F_PABAK, "pabak", "", none);
        return;
    }
    struct rk_pairs pairs = rk_pairs_make(j, 0, 1);
    give(w, RK_F_COHEN, "cohen_kappa", variant, rk_kappa_cohen(&pairs, weights, w->confidence));
    struct rk_estimate scott = *fleiss;
    if (!scott.why)
        scott.method = "scott-1955";
    give(w, RK_F_SCOTT, "scott_pi", variant, scott);
    if (weights->kind == RK_UNWEIGHTED) {
        struct rk_estimate e = *percent;
        if (!e.why) {
            e.value = 2 * e.value - 1;
            e.expected = 0.5;
            e.se *= 2;
            e.low = 2 * e.low - 1;
            e.high = 2 * e.high - 1;
            e.statistic = e.df1 = e.p = NAN;
            e.method = "byrt-1993";
        }
        give(w, RK_F_PABAK, "pabak", "", e);
    }
    rk_pairs_free(&pairs);
}

static void fleiss_categories(const struct work *w)
{
    enum { MOST = 50 };
    size_t q = w->judged->categories;
    if (!w->options->wanted[RK_F_FLEISS])
        return;
    if (q > MOST) {
        give(w, RK_F_FLEISS, "fleiss_kappa", "category",
             rk_estimate_none(N_("more than 50 categories")));
        return;
    }
    struct rk_estimate all[MOST];
    struct rk_buf name = {0};
    rk_fleiss_categories(w->judged, all);
    for (size_t k = 0; k < q; k++) {
        rk_buf_clear(&name);
        rk_buf_text(&name, "category:");
        rk_buf_add(&name, w->part->labels[k].text, w->part->labels[k].size);
        give(w, RK_F_FLEISS, "fleiss_kappa", name.text, all[k]);
    }
    rk_buf_free(&name);
}

/* The weights under which Gwet's alpha is Krippendorff's with the metric; ordinal goes by ranks. */
static const enum rk_weighting same[RK_METRICS] = {RK_UNWEIGHTED, RK_QUADRATIC, RK_QUADRATIC,
                                                   RK_RATIO,      RK_BIPOLAR,   RK_CIRCULAR};

static bool has_metric(const struct work *w, enum rk_weighting kind)
{
    bool has = false;
    for (enum rk_metric m = 0; m < RK_METRICS; m++)
        has |= m != RK_ORDINAL_METRIC && w->options->metrics[m] && same[m] == kind;
    return has;
}

static void weighted(const struct work *w, enum rk_weighting kind)
{
    struct rk_weights weights;
    double *table;
    struct rk_estimate all[RK_AGREEMENTS], alpha;
    const char *why = make_weights(w, kind, &weights, &table);
    struct rk_buf variant = {0};
    rk_buf_text(&variant, rk_weighting_name(kind));
    if (w->options->by_place && w->judged->values && kind != RK_UNWEIGHTED && kind != RK_CUSTOM)
        rk_buf_text(&variant, ":place");
    if (why) {
        for (int c = 0; c < RK_AGREEMENTS; c++)
            all[c] = rk_estimate_none(why);
        alpha = all[0];
    } else {
        rk_agreement(w->judged, &weights, w->confidence, all);
        alpha = rk_alpha(w->judged, &weights, w->confidence);
    }
    if (kind == RK_UNWEIGHTED && !all[RK_FLEISS].why && w->confidence > 0)
        all[RK_FLEISS].se_null = rk_fleiss_se_null(w->judged);
    give(w, RK_F_PERCENT, "percent_agreement", variant.text, all[RK_PERCENT]);
    two_raters(w, &weights, why, variant.text, &all[RK_FLEISS], &all[RK_PERCENT]);
    give(w, RK_F_FLEISS, "fleiss_kappa", variant.text, all[RK_FLEISS]);
    if (kind == RK_UNWEIGHTED)
        fleiss_categories(w);
    give(w, RK_F_CONGER, "conger_kappa", variant.text, all[RK_CONGER]);
    if (w->options->wanted[RK_F_LIGHT])
        give(w, RK_F_LIGHT, "light_kappa", variant.text,
             why ? rk_estimate_none(why) : rk_kappa_light(w->judged, &weights));
    give(w, RK_F_BRENNAN_PREDIGER, "brennan_prediger", variant.text, all[RK_BRENNAN_PREDIGER]);
    give(w, RK_F_AC, kind == RK_UNWEIGHTED ? "gwet_ac1" : "gwet_ac2", variant.text, all[RK_GWET]);
    if (w->options->weights_asked && !has_metric(w, kind)) /* else it is among these */
        give(w, RK_F_ALPHA, "krippendorff_alpha_weighted", variant.text, alpha);
    if (w->options->as_packages && w->options->header) {
        if (!alpha.why && alpha.se > 0 && w->confidence > 0) {
            alpha.se = rk_alpha_se_irrcac(w->judged, &weights);
            rk_estimate_interval(&alpha, alpha.df1, w->confidence, 1);
        }
        alpha.method = "irrCAC-1.0-dist";
        give(w, RK_F_ALPHA, "krippendorff_alpha_weighted", variant.text, alpha);
    }
    rk_buf_free(&variant);
    rk_weights_free(&weights);
    rk_free(table);
}

static struct rk_estimate alpha_of(const struct work *w, enum rk_metric metric)
{
    const struct rk_judged *j = w->judged;
    bool ordinal = metric == RK_ORDINAL_METRIC;
    if (metric != RK_NOMINAL && !w->part->ordered)
        return rk_estimate_none(N_("weights between words need their order: --categories"));
    double *ranks = NULL;
    struct rk_weights weights;
    if (ordinal) {
        ranks = rk_alloc(j->categories + 1, sizeof *ranks);
        rk_alpha_ranks(j, ranks);
    }
    const char *why = rk_weights_make(&weights, same[metric], j->categories,
                                      ordinal                ? ranks
                                      : w->options->by_place ? NULL
                                                             : j->values,
                                      NULL);
    if (why && ordinal && j->categories > 1)
        why = N_("all ratings are in one category, so that chance alone would agree");
    struct rk_estimate e = why ? rk_estimate_none(why) : rk_alpha(j, &weights, w->confidence);
    rk_weights_free(&weights);
    rk_free(ranks);
    return e;
}

/* ---- order and scores ---- */

static void kendall(const struct work *w)
{
    struct rk_estimate all[RK_CONCORDANCES];
    if (!w->options->wanted[RK_F_KENDALL])
        return;
    if (w->part->judged.values && !w->part->complete && !w->part->judged.anonymous) {
        give(w, RK_F_KENDALL, "kendall_w", "missing", rk_concordance_missing(w->judged));
        return;
    }
    rk_concordance(w->judged, all);
    give(w, RK_F_KENDALL, "kendall_w", "ties", all[RK_W_TIES]);
    give(w, RK_F_KENDALL, "kendall_w", "ties", all[RK_W_TIES_F]);
    give(w, RK_F_KENDALL, "kendall_w", "plain", all[RK_W_PLAIN]);
}

static void correlations(const struct work *w)
{
    if (!w->options->wanted[RK_F_CORRELATION])
        return;
    for (int ranks = 0; ranks < 2; ranks++)
        for (int fisher = 0; fisher < 2; fisher++)
            give(w, RK_F_CORRELATION, "mean_correlation", ranks ? "spearman" : "pearson",
                 rk_mean_correlation(w->judged, ranks, fisher));
}

static void ten_forms(const struct work *w, const struct rk_anova *a)
{
    static const struct {
        const char *name;
        enum rk_icc_form form;
    } forms[] = {{"1", RK_ICC_1},          {"k", RK_ICC_K},          {"random:C1", RK_ICC_C1},
                 {"random:Ck", RK_ICC_CK}, {"random:A1", RK_ICC_A1}, {"random:Ak", RK_ICC_AK},
                 {"mixed:C1", RK_ICC_C1},  {"mixed:Ck", RK_ICC_CK},  {"mixed:A1", RK_ICC_A1},
                 {"mixed:Ak", RK_ICC_AK}};
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        struct rk_estimate e = rk_icc(a, forms[f].form, w->confidence);
        give(w, RK_F_ICC, "icc", forms[f].name, e);
        if (w->options->as_packages && forms[f].form == RK_ICC_AK) {
            if (!e.why && e.low == e.low && w->confidence > 0)
                rk_icc_interval_irr(a, &e, w->confidence);
            e.method = w->part->complete ? "irr-0.84.1" : "irrNA-0.2.3";
            give(w, RK_F_ICC, "icc", forms[f].name, e);
        }
    }
    give(w, RK_F_ICC, "icc_bliese", "1", rk_icc_bliese(a, false));
    give(w, RK_F_ICC, "icc_bliese", "2", rk_icc_bliese(a, true));
}

/* By REML where asked, or where ratings are missing. */
static void likeliest(const struct work *w, const struct rk_anova *a)
{
    const struct rk_agree_options *o = w->options;
    bool asked = o->asked[RK_F_REML], two = !w->part->complete || asked,
         one = !w->part->balanced || asked;
    enum { UNASKED = 200 }; /* time grows as the cube of the smaller of units and raters */
    size_t units = w->judged->units, raters = w->judged->raters,
           less = units < raters ? units : raters;
    const char *late = !asked && less > UNASKED ? rk_reml_later : NULL;
    static const char *const parts[] = {"candidate", "rater", "residual"};
    if (!o->wanted[RK_F_REML])
        return;
    if (two) {
        struct rk_reml m = {.why = late};
        if (!late)
            m = rk_reml(w->judged, true);
        for (int k = 0; k < 3; k++) {
            struct rk_estimate e =
                m.why ? rk_estimate_none(m.why) : rk_estimate_of(m.variance[k], m.n, "reml");
            give(w, RK_F_REML, "variance", parts[k], e);
        }
        double size = a->k0;
        static const struct {
            const char *name;
            bool agreement, of_means;
        } forms[] = {{"random:C1", false, false},
                     {"random:Ck", false, true},
                     {"random:A1", true, false},
                     {"random:Ak", true, true}};
        for (size_t f = 0; f < sizeof forms / sizeof *forms; f++)
            give(w, RK_F_REML, "icc", forms[f].name,
                 rk_reml_icc(&m, forms[f].agreement, forms[f].of_means ? size : 0, w->confidence));
    }
    if (one) {
        struct rk_reml m = rk_reml(w->judged, false);
        for (int k = 0; k < 3; k += 2) {
            struct rk_estimate e = m.why ? rk_estimate_none(m.why)
                                         : rk_estimate_of(m.variance[k], m.n, "reml-one-way");
            give(w, RK_F_REML, "variance", k ? "within" : "between", e);
        }
        for (int of_means = 0; of_means < 2; of_means++) {
            struct rk_estimate e = rk_reml_icc(&m, false, of_means ? a->k0 : 0, w->confidence);
            if (!e.why)
                e.method = "reml-one-way";
            give(w, RK_F_REML, "icc", of_means ? "k" : "1", e);
        }
    }
}

/* Once for each rater, whose id ends the variant. */
static void by_each_rater(const struct work *w, const struct rk_items *items, const char *measure,
                          const char *variant,
                          struct rk_estimate (*of)(const struct rk_items *items, size_t item))
{
    struct rk_buf name = {0};
    for (size_t g = 0; g < items->count; g++) {
        rk_buf_clear(&name);
        rk_buf_text(&name, variant);
        rk_buf_add(&name, w->part->raters[g].text, w->part->raters[g].size);
        give(w, RK_F_CRONBACH, measure, name.text, of(items, g));
    }
    rk_buf_free(&name);
}

static void cronbach(const struct work *w, const struct rk_anova *a)
{
    if (!w->options->wanted[RK_F_CRONBACH])
        return;
    struct rk_estimate e = rk_icc(a, RK_ICC_CK, w->confidence);
    if (!e.why && !w->part->complete)
        e = rk_estimate_none(N_("not every rater rated all"));
    if (!e.why)
        e.method = "feldt-1965";
    give(w, RK_F_CRONBACH, "cronbach_alpha", "", e);
    struct rk_items items = rk_items(w->judged);
    give(w, RK_F_CRONBACH, "cronbach_alpha", "standardized", rk_items_standardized(&items));
    if (w->options->asked[RK_F_CRONBACH] && w->part->complete && items.count > 2 &&
        items.count <= RK_ITEMS_MOST) {
        by_each_rater(w, &items, "cronbach_alpha", "without:", rk_items_without);
        by_each_rater(w, &items, "rest_correlation", "", rk_items_with_rest);
    }
    rk_items_free(&items);
}

static struct rk_estimate number(const struct rk_anova *a, bool two_way, double value)
{
    const char *why = two_way ? rk_anova_why_two_way(a) : a->why;
    return why ? rk_estimate_none(why)
               : rk_estimate_of(value, a->n,
                                two_way && !a->complete ? "ebel-brueckl-2011" : "anova");
}

static void variances(const struct work *w, const struct rk_anova *a)
{
    double between = a->msb * (a->n - 1);
    give(w, RK_F_VARIANCE, "mean", "", rk_mean_score(w->judged, w->confidence));
    give(w, RK_F_VARIANCE, "standard_deviation", "", rk_deviation(w->judged));
    give(w, RK_F_VARIANCE, "mean_square", "between", number(a, false, a->msb));
    give(w, RK_F_VARIANCE, "mean_square", "within", number(a, false, a->msw));
    struct rk_estimate f = number(a, false, a->total > 0 ? between / a->total : NAN);
    if (!f.why && a->msw > 0)
        rk_estimate_f(&f, a->msb / a->msw, a->n - 1, a->df_within);
    give(w, RK_F_VARIANCE, "eta_squared", "", f);
    give(w, RK_F_VARIANCE, "ratings_per_candidate", "k0", number(a, false, a->k0));
    give(w, RK_F_VARIANCE, "mean_square", "candidate", number(a, true, a->msr));
    give(w, RK_F_VARIANCE, "mean_square", "rater", number(a, true, a->msc));
    give(w, RK_F_VARIANCE, "mean_square", "residual", number(a, true, a->mse));
    give(w, RK_F_VARIANCE, "variance", "between", rk_anova_component_one_way(a, false));
    give(w, RK_F_VARIANCE, "variance", "within", rk_anova_component_one_way(a, true));
    struct rk_estimate unit = rk_anova_component(a, RK_OF_UNITS),
                       rater = rk_anova_component(a, RK_OF_RATERS),
                       rest = rk_anova_component(a, RK_OF_REST);
    give(w, RK_F_VARIANCE, "variance", "candidate", unit);
    give(w, RK_F_VARIANCE, "variance", "rater", rater);
    give(w, RK_F_VARIANCE, "variance", "residual", rest);
    struct rk_estimate sem = rest;
    sem.value = sqrt(rest.value);
    give(w, RK_F_VARIANCE, "standard_error_of_measurement", "consistency", sem);
    sem.value = sqrt(fmax(0, rater.value) + rest.value);
    give(w, RK_F_VARIANCE, "standard_error_of_measurement", "agreement", sem);
}

static void within(const struct work *w, const struct rk_anova *a)
{
    const struct rk_agree_options *o = w->options;
    if (!o->wanted[RK_F_WITHIN])
        return;
    bool scale = o->steps > 1;
    double random = scale ? rk_random_variance(o->steps, o->step) : NAN;
    struct rk_estimate none =
        rk_estimate_none(w->judged->values ? N_("it needs the scale: --scale")
                                           : N_("scores are words, not numbers"));
    scale = scale && w->judged->values;
    give(w, RK_F_WITHIN, "rwg", "mean", scale ? rk_rwg(w->judged, random) : none);
    if (w->part->criteria > 1)
        give(w, RK_F_WITHIN, "rwg_j", "mean",
             scale ? rk_rwg_items(w->judged, w->part->candidate, w->part->candidates, random)
                   : none);
    give(w, RK_F_WITHIN, "average_deviation", "mean", rk_average_deviation(w->judged, false));
    give(w, RK_F_WITHIN, "average_deviation", "median", rk_average_deviation(w->judged, true));
    give(w, RK_F_WITHIN, "finn", "one-way", scale ? rk_finn(a, random, false) : none);
    give(w, RK_F_WITHIN, "finn", "two-way", scale ? rk_finn(a, random, true) : none);
    give(w, RK_F_WITHIN, "robinson_a", "", rk_robinson(a));
}

static void homogeneity(const struct work *w)
{
    static const struct {
        const char *name;
        struct rk_estimate (*test)(const struct rk_pairs *pairs);
    } tests[] = {{"stuart_maxwell", rk_stuart_maxwell},
                 {"bhapkar", rk_bhapkar},
                 {"bowker", rk_bowker},
                 {"rater_bias", rk_rater_bias}};
    const struct rk_judged *j = w->judged;
    if (!w->options->wanted[RK_F_HOMOGENEITY])
        return;
    const char *why = j->anonymous     ? N_("raters are not told apart")
                      : j->raters != 2 ? N_("it is for two raters")
                                       : NULL;
    struct rk_pairs pairs = {0};
    if (!why)
        pairs = rk_pairs_make(j, 0, 1);
    for (size_t t = 0; t < sizeof tests / sizeof *tests; t++) {
        bool needs_order = tests[t].test == rk_rater_bias && !w->part->ordered;
        give(w, RK_F_HOMOGENEITY, tests[t].name, "",
             why ? rk_estimate_none(why)
             : needs_order
                 ? rk_estimate_none(N_("weights between words need their order: --categories"))
                 : tests[t].test(&pairs));
    }
    rk_pairs_free(&pairs);
}

/* ---- generalizability ---- */

/* Scores as candidates × raters × criteria, and how many candidates each stands for (NULL: one);
 * NULL and the reason where one is missing. */
static double *lay_out(const struct work *w, uint32_t **times, const char **why)
{
    const struct rk_judged *j = w->judged;
    size_t r = j->raters, i = w->part->criteria, p = w->part->candidates;
    *why = !j->centred                  ? N_("scores are words, not numbers")
           : j->anonymous               ? N_("raters are not told apart")
           : r == 0 || i == 0 || p == 0 ? N_("nothing was rated")
           : p > SIZE_MAX / sizeof(double) / r / i || p * r * i != j->start[j->units]
               ? N_("not every rater rated all candidates on all criteria")
               : NULL;
    if (*why)
        return NULL;
    double *y = rk_alloc(p * r * i, sizeof *y);
    for (size_t u = 0; u < j->units; u++)
        for (size_t at = j->start[u]; at < j->start[u + 1]; at++)
            y[(w->part->candidate[u] * r + j->all[at].rater) * i + w->part->criterion[u]] =
                j->centred[j->all[at].category];
    if (j->times) { /* pairs, or a resample, which draws candidates whole */
        *times = rk_alloc(p, sizeof **times);
        for (size_t u = 0; u < j->units; u++)
            (*times)[w->part->candidate[u]] = j->times[u];
    }
    return y;
}

static void generalize(const struct work *w)
{
    const struct rk_agree_options *o = w->options;
    if (!o->wanted[RK_F_GENERALIZABILITY])
        return;
    const char *why;
    size_t p = w->part->candidates, r = w->judged->raters, criteria = w->part->criteria;
    uint32_t *times = NULL;
    double *y = lay_out(w, &times, &why);
    struct rk_generalizability g = {.why = why};
    if (!why)
        g = rk_generalize(y, times, p, r, criteria);
    rk_free(y);
    rk_free(times);
    for (int additive = 0; additive < 2; additive++)
        for (enum rk_facets e = 0; e < RK_G_EFFECTS; e++) {
            bool there = criteria > 1 ? !additive || e <= RK_G_I || e == RK_G_PRI
                                      : !additive && (e == RK_G_P || e == RK_G_R || e == RK_G_PR);
            double value = additive ? g.additive[e] : g.crossed[e];
            if (there)
                give(w, RK_F_GENERALIZABILITY, "variance", rk_facets_name(e, criteria),
                     g.why ? rk_estimate_none(g.why)
                           : rk_estimate_of(value, g.p,
                                            additive ? "anova-additive" : "anova-crossed"));
        }
    struct rk_decide_sizes raters = o->decide_raters, items = o->decide_criteria;
    if (!raters.count)
        raters = (struct rk_decide_sizes){{(double)r}, 1};
    if (!items.count)
        items = (struct rk_decide_sizes){{(double)criteria}, 1};
    struct rk_buf variant = {0};
    for (size_t a = 0; a < raters.count; a++)
        for (size_t b = 0; b < items.count; b++)
            for (int absolute = 0; absolute < 2; absolute++) {
                rk_buf_clear(&variant);
                rk_buf_printf(&variant, "raters:%.0f criteria:%.0f", raters.of[a], items.of[b]);
                give(w, RK_F_GENERALIZABILITY, absolute ? "phi_coefficient" : "g_coefficient",
                     variant.text, rk_decide(&g, raters.of[a], items.of[b], absolute));
            }
    rk_buf_free(&variant);
}

void rk_agree_measure(const struct rk_agree_part *part, double confidence, rk_take_measure *take,
                      void *context)
{
    const struct rk_agree_options *o = part->options;
    const struct work w = {part, &part->judged, o, confidence, take, context};
    if (wants(&w, RK_F_PERCENT, RK_F_ALPHA))
        for (enum rk_weighting k = 0; k < RK_WEIGHTINGS; k++)
            if (o->weights[k])
                weighted(&w, k);
    if (o->tolerance >= 0) {
        struct rk_buf variant = {0};
        rk_buf_text(&variant, "tolerance:");
        rk_double_print(&variant, o->tolerance);
        give(&w, RK_F_PERCENT, "agreement_within", variant.text,
             rk_within_tolerance(w.judged, o->tolerance));
        rk_buf_free(&variant);
    }
    for (enum rk_metric m = 0; m < RK_METRICS && o->wanted[RK_F_ALPHA]; m++)
        if (o->metrics[m])
            give(&w, RK_F_ALPHA, "krippendorff_alpha", rk_metric_name(m), alpha_of(&w, m));
    kendall(&w);
    correlations(&w);
    if (wants(&w, RK_F_ICC, RK_F_WITHIN)) {
        struct rk_anova a = rk_anova(w.judged);
        if (o->wanted[RK_F_ICC])
            ten_forms(&w, &a);
        likeliest(&w, &a);
        cronbach(&w, &a);
        if (o->wanted[RK_F_VARIANCE])
            variances(&w, &a);
        within(&w, &a);
    }
    homogeneity(&w);
    generalize(&w);
}
