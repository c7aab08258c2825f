/* Bytes in: a file, or "-" for standard input; gzip is told by its first bytes, not its name, and
 * unpacked on the way. Several gzip members in a row are one input. A cut or damaged member, or
 * anything after the last, is RK_FAILED; no byte of a damaged input is ever taken for the end. */
#ifndef RK_IN_H
#define RK_IN_H

#include "base/buf.h"
#include "base/message.h"
#include "base/sha256.h"

struct rk_in;

/* Opens `path` for reading. A directory or an unreadable file is RK_FAILED; standard input a second
 * time is RK_BAD_USE. Close with rk_in_close. */
enum rk_status rk_in_open(struct rk_in **in, const char *path, struct rk_error *error);
/* Reads the bytes of `size` at `bytes` (not copied, must outlive it) as if they were a file. */
struct rk_in *rk_in_memory(const char *name, const void *bytes, size_t size);
/* The next bytes, at most `room` (> 0): *got = 0 only at the true end. */
enum rk_status rk_in_read(struct rk_in *in, void *bytes, size_t room, size_t *got,
                          struct rk_error *error);
/* Everything that is left; more than `limit` bytes is RK_BAD_DATA. */
enum rk_status rk_in_read_all(struct rk_in *in, struct rk_buf *all, size_t limit,
                              struct rk_error *error);
/* Asked before the first byte: everything will be read a second time, by *again, which rk_in_again
 * opens after the true end of this one and which the caller closes. What can't be read twice, like a
 * pipe, is copied to an unlinked temporary. */
enum rk_status rk_in_keep(struct rk_in *in, struct rk_error *error);
enum rk_status rk_in_again(struct rk_in *in, struct rk_in **again, struct rk_error *error);
/* Asked before the first byte: the SHA-256 of all bytes, unpacked. rk_in_hash_end, asked once after
 * the true end, tells it. */
void rk_in_hash(struct rk_in *in);
void rk_in_hash_end(struct rk_in *in, char hex[RK_SHA256_HEX]);
/* Of this thread: a descriptor that can be read as soon as the thread is to wait for no more bytes, and
 * its read fails then; 0 = none. */
extern _Thread_local int rk_in_stopper;
const char *rk_in_name(const struct rk_in *in); /* as in messages */
void rk_in_close(struct rk_in *in);             /* NULL is allowed */

#endif
