/* Another program, run to its end: by its path, never through a shell, with nothing on its standard
 * input. It ends when we do. */
#ifndef RK_CHILD_H
#define RK_CHILD_H

#include "base/buf.h"
#include "base/message.h"

/* `words` ends with NULL; words[0] is the program, sought in PATH where it has no slash. What it
 * writes on standard output and error is put into `said`, at most 16 MiB of it. *exit: its exit
 * status, 128 + N where signal N ended it, 127 where there is no such program. More than `seconds`
 * (0 = as long as it takes) is RK_FAILED, and the program is ended. */
enum rk_status rk_child_run(const char *const *words, unsigned seconds, int *exit,
                            struct rk_buf *said, struct rk_error *error);
/* The variable of the environment that tells a tool of ours which language ("sv", "en") messages
 * are in, before
 * --lang, which is then of the result alone, and the locale. */
#define RK_CHILD_LANGUAGE "RK_MESSAGES"
/* The program NAME of rk, beside the one that runs; kept until the program ends. */
const char *rk_child_tool(const char *name);

#endif
