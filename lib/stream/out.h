/* Bytes out, all or nothing. An output is written into a temporary beside its file (standard output:
 * into memory, then an unlinked temporary) and nothing is seen of any until rk_outputs_commit, which
 * writes standard output and renames the files, in that order, or leaves no trace: where one file
 * cannot take its place, those that did give it back (where the file system can exchange two names).
 * Errors stick: rk_out_write may be called without looking, the commit tells. A name ending in .gz is
 * compressed (same bytes each time). Devices and pipes are written to directly at commit, and so is the
 * file that standard output or error already goes to. A file that is replaced keeps its mode, and its
 * owner where that is allowed. */
#ifndef RK_OUT_H
#define RK_OUT_H

#include "base/message.h"

#include <stddef.h>

struct rk_out;
struct rk_outputs { /* zeroed = none yet */
    struct rk_out **all;
    size_t count, room;
};

/* Adds an output: `path` NULL or "-" = standard output. The same file twice, however it is spelled, is
 * RK_BAD_USE; a link that leads nowhere is RK_FAILED. Owned by `outputs`. */
enum rk_status rk_out_open(struct rk_outputs *outputs, struct rk_out **out, const char *path,
                           struct rk_error *error);
void rk_out_write(struct rk_out *out, const void *bytes, size_t size);
/* An open file that no name leads to, for what memory is too small for; -1 and errno. */
int rk_out_unlinked(void);
/* What the commit must be able to write: the folder where the file will stand, or a device or pipe; NULL
 * for standard output. */
const char *rk_out_place(const struct rk_out *out);
/* Makes everything visible, or nothing; frees the outputs. */
enum rk_status rk_outputs_commit(struct rk_outputs *outputs, struct rk_error *error);
/* Throws everything away. */
void rk_outputs_discard(struct rk_outputs *outputs);
/* Removes the temporaries of all outputs; safe in a signal handler. */
void rk_outputs_unlink_now(void);

#endif
