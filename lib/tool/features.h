/* Options that name features, for the tools that count people by them. */
#ifndef RK_TOOL_FEATURES_H
#define RK_TOOL_FEATURES_H

#include "base/message.h"
#include "model/features.h"

/* The next of the texts joined by commas, without blanks; false after the last. NULL is none. */
bool rk_option_item(const char **rest, struct rk_text *item);

struct rk_feature_list { /* zeroed = empty; give `all` back with rk_free */
    uint32_t *all, count, room;
};
/* --features: adds each, once; `*` is a cross that keyboards have. What is no feature: RK_BAD_USE.
 */
enum rk_status rk_option_features(struct rk_features *features, const char *text,
                                  struct rk_feature_list *list, struct rk_error *error);
void rk_feature_list_add(struct rk_feature_list *list, uint32_t feature);
/* --age-bands: what age is expected to be. RK_BAD_USE where age is not among the features, or one
 * is no band. */
enum rk_status rk_option_age_bands(struct rk_features *features, const char *text,
                                   struct rk_error *error);

#endif
