/* Files that name people or hold keys. */
#ifndef RK_PRIVATE_H
#define RK_PRIVATE_H

#include "base/message.h"

/* RK_BAD_USE unless `path` is a regular file of the user's own that nobody else can read or write.
 * `what` names its option. From then on what this run writes is for its owner alone. */
enum rk_status rk_private_file(const char *path, const char *what, struct rk_error *error);

#endif
