/* Several files of a folder replaced together: all of them or none, also where the machine stops on
 * the way. New versions are written into a hidden folder inside, FOLDER/.rk-purge.part, with a plan
 * of what replaces what; the rename of that folder to FOLDER/.rk-purge is the moment of decision.
 * What stopped before it is undone by the next rk_exchange_open, what stopped after it is finished
 * by it, told apart by the SHA-256 of each file. The folder is locked meanwhile.
 *
 *     rk_exchange_open(&x, folder, &found, &error)
 *     for each file: rk_exchange_file(x, &out, path, &error); rk_out_write(out, …)
 *     rk_exchange_settle(x, &error)          their hashes are known; more files may follow
 *     rk_exchange_commit(x, &error) or rk_exchange_discard(x)
 *     rk_exchange_close(x) */
#ifndef RK_EXCHANGE_H
#define RK_EXCHANGE_H

#include "base/sha256.h"
#include "stream/out.h"

#include <stddef.h>

struct rk_exchange;
enum rk_exchange_found {
    RK_EXCHANGE_NOTHING,
    RK_EXCHANGE_UNDONE,   /* an exchange that was not yet decided */
    RK_EXCHANGE_FINISHED, /* one that was */
};

/* Locks the folder and brings what an earlier run left to its end. RK_FAILED where another run has
 * the lock; RK_BAD_DATA where a file was changed in between, so that neither version is right. */
enum rk_status rk_exchange_open(struct rk_exchange **exchange, const char *folder,
                                enum rk_exchange_found *found, struct rk_error *error);
/* At most so many files in one exchange. */
#define RK_EXCHANGE_FILES 500
/* A new version of `path`, which begins with the folder's name as given; it may be new. It keeps
 * mode and, where allowed, owner. Asked before the old version is read, for its hash is taken here.
 * Owned by the exchange. */
enum rk_status rk_exchange_file(struct rk_exchange *exchange, struct rk_out **out, const char *path,
                                struct rk_error *error);
/* What was written so far is whole and on the disk; no output of it may be written any more. */
enum rk_status rk_exchange_settle(struct rk_exchange *exchange, struct rk_error *error);
/* After settle, by order of rk_exchange_file: of the bytes as they lie on the disk; "" = new. */
const char *rk_exchange_before(const struct rk_exchange *exchange, size_t file);
const char *rk_exchange_after(const struct rk_exchange *exchange, size_t file);
uint64_t rk_exchange_size_before(const struct rk_exchange *exchange, size_t file); /* bytes */
uint64_t rk_exchange_size_after(const struct rk_exchange *exchange, size_t file);
/* All take their places, or all is as before. A file that is no longer what it was when
 * rk_exchange_file was asked for it is RK_FAILED. */
enum rk_status rk_exchange_commit(struct rk_exchange *exchange, struct rk_error *error);
/* After commit, also one that failed: have new versions taken places, or will the next open finish
 * it? */
bool rk_exchange_replaced(const struct rk_exchange *exchange);
void rk_exchange_discard(struct rk_exchange *exchange); /* throws away what was written */
void rk_exchange_close(struct rk_exchange *exchange);   /* likewise, and unlocks; NULL is allowed */

/* Removes what stands of an exchange that is not decided; safe in a signal handler.
 * rk_outputs_unlink_now calls it. */
void rk_exchange_remove_now(void);

#endif
