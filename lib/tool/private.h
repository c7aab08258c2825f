/* Files that name people or hold keys. */
#ifndef RK_PRIVATE_H
#define RK_PRIVATE_H

#include "base/message.h"

/* RK_BAD_USE unless `path` is a regular file of the user's own that nobody else can read or write.
 * `what` names its option. */
enum rk_status rk_private_file(const char *path, const char *what, struct rk_error *error);
/* From now on new files are for their owner alone: for parse(), before outputs are opened. */
void rk_private_outputs(void);

#endif
