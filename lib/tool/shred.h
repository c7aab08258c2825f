/* Destroying the keys of subjects. */
#ifndef RK_SHRED_H
#define RK_SHRED_H

#include "tool/tool.h"

/* Writes over the key of `subject` ("KIND=ID"; "-": those on standard input, one a line) in the
 * file of subjects' keys, and tells what that cannot reach. A subject without a key is RK_BAD_DATA.
 */
enum rk_status rk_run_shred(struct rk_run *run, const char *key_path, const char *subject_keys,
                            const char *subject, struct rk_error *error);

#endif
