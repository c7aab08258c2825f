/* What is in a folder. */
#ifndef RK_LISTING_H
#define RK_LISTING_H

#include "base/message.h"

/* The names in the folder `path` but hidden ones, in bytewise order, ends with NULL. Free with
 * rk_listing_free, also after a failure. */
enum rk_status rk_listing(char ***names, const char *path, struct rk_error *error);
void rk_listing_free(char **names);

#endif
