/* Agreement and reliability of a whole table: judgements are added one by one, in any order, and
 * kept in 24 bytes each; at the end every part (recruitment, criterion, group …, as asked) gets its
 * statistics. What a part cannot have is told with the reason, never left out in silence.
 *
 * Categories are ascending where scores are numbers, else as listed, else in bytewise order. A part
 * has the categories that were listed, or those its judgements used. */
#ifndef RK_AGREE_H
#define RK_AGREE_H

#include "model/judgements.h"
#include "stat/agreement.h"

enum rk_family { /* what can be asked for */
                 RK_F_PERCENT,
                 RK_F_COHEN,
                 RK_F_FLEISS,
                 RK_F_CONGER,
                 RK_F_LIGHT,
                 RK_F_SCOTT,
                 RK_F_BRENNAN_PREDIGER,
                 RK_F_PABAK,
                 RK_F_AC,
                 RK_F_ALPHA,
                 RK_F_KENDALL,
                 RK_F_CORRELATION,
                 RK_F_ICC,
                 RK_F_CRONBACH,
                 RK_F_VARIANCE,
                 RK_F_REML,
                 RK_F_WITHIN,
                 RK_F_HOMOGENEITY,
                 RK_F_GENERALIZABILITY,
                 RK_FAMILIES
};
extern const char rk_reml_later[]; /* the reason why REML was not done unasked */
extern const char rk_family_words[]; /* "percent|cohen|…", to choose from */
const char *rk_family_name(enum rk_family family);

/* Krippendorff's metrics: "nominal|ordinal|interval|ratio|polar|circular". */
enum rk_metric {
    RK_NOMINAL,
    RK_ORDINAL_METRIC,
    RK_INTERVAL,
    RK_RATIO_METRIC,
    RK_POLAR,
    RK_CIRCULAR_METRIC,
    RK_METRICS
};
extern const char rk_metric_words[];
const char *rk_metric_name(enum rk_metric metric);

enum { RK_DECIDE_MOST = 64 };
struct rk_decide_sizes {
    double of[RK_DECIDE_MOST];
    size_t count;
};

struct rk_agree_options {       /* zeroed, tolerance NaN; give back with rk_agree_options_free */
    bool words;                 /* scores are words, not numbers */
    bool table;                 /* the input is pairs */
    bool header;                /* the input is counts: categories are all there, in order */
    struct rk_text *categories; /* the full list; NULL = none given */
    size_t category_count, category_room;
    bool asked[RK_FAMILIES];  /* by name */
    bool wanted[RK_FAMILIES]; /* by name, or as one of those given without being asked for */
    bool weights[RK_WEIGHTINGS];
    bool weights_asked; /* not only unweighted since nothing was said */
    bool metrics[RK_METRICS];
    bool by_place;        /* distances between categories: places, not values */
    double *disagreement; /* of RK_CUSTOM: square, a row per category of the first rater */
    size_t disagreement_size;
    double steps, step; /* of the scale, 0 = not told */
    double tolerance;   /* NaN = not asked */
    struct rk_decide_sizes decide_raters,
        decide_criteria; /* for the D study; none = as many as there are */
    double confidence;   /* 0 to 1 */
    uint32_t bootstrap;  /* replicates, 0 = none */
    struct rk_text seed;
    unsigned threads;
    bool listwise;    /* only units that every rater rated */
    bool as_packages; /* add what packages are known to give wrong, named after them */
};

/* From the text of an option; false where it is something else. `text` must outlive the options. */
bool rk_agree_read_categories(struct rk_agree_options *options,
                              const char *text); /* A|B|C, or 1:5 */
bool rk_agree_read_disagreement(struct rk_agree_options *options, const char *text); /* 0,1/1,0 */
bool rk_agree_read_scale(struct rk_agree_options *options, const char *text); /* 1:5 or 0:100:5 */
bool rk_agree_read_decision(struct rk_decide_sizes *sizes, const char *text); /* 1,2,5 */
/* What was not said: every family but generalizability, or all of them, or those asked for; no weights
 * but those of the user's own; Krippendorff's four metrics, of words the first. */
void rk_agree_complete(struct rk_agree_options *options, bool all);
void rk_agree_options_free(struct rk_agree_options *options);

struct rk_agree_row {
    uint32_t part;
    enum rk_family family;
    const char *measure, *variant; /* kept by the rk_agree */
    struct rk_estimate estimate;
    const char *method; /* estimate.method, and how its interval was made; kept likewise */
    uint64_t candidates, raters, ratings; /* of the part; raters 0 = not told apart */
    uint32_t undefined;                   /* bootstrap replicates without a value */
};

struct rk_agree;
/* Options must outlive it. RK_BAD_USE: the categories are not what the scores are. */
enum rk_status rk_agree_new(struct rk_agree **agree, const struct rk_agree_options *options,
                            struct rk_error *error);
void rk_agree_free(struct rk_agree *agree);
/* Is an rk_take_judgement with the rk_agree as context. */
enum rk_status rk_agree_add(void *agree, const struct rk_one_judgement *one,
                            struct rk_error *error);

/* After the last: works out every part of `order` (count of them) and hands its rows over, those
 * without a value too (estimate.why). */
typedef void rk_take_agree_row(void *context, const struct rk_agree_row *row);
void rk_agree_finish(struct rk_agree *agree, const struct rk_judgements *judgements,
                     const uint32_t *order, size_t count, rk_take_agree_row *take, void *context);

#endif
