/* Keyed hashing: HMAC-SHA-256 (RFC 2104) through libsodium, and HKDF (RFC 5869) over it, since
 * Debian's libsodium has none of its own; and memory for keys. */
#ifndef RK_KEYED_H
#define RK_KEYED_H

#include "base/text.h"

#define RK_KEY_SIZE 32 /* bytes of a key, and of a hash */

/* Memory that a core dump and the swap do not get (locked as far as the system allows), between
 * guard pages. NULL when there is none. rk_key_free wipes it; NULL is allowed. */
void *rk_key_alloc(size_t size);
void rk_key_free(void *memory);
void rk_key_random(void *bytes, size_t size);
void rk_key_wipe(void *bytes, size_t size);

void rk_hmac_sha256(unsigned char hash[RK_KEY_SIZE], struct rk_text key, struct rk_text data);
/* The pseudorandom key of RFC 5869, 2.2; an empty salt is the RFC's "not provided". */
void rk_hkdf_extract(unsigned char key[RK_KEY_SIZE], struct rk_text salt, struct rk_text material);
/* `size` bytes, at most 255 * 32, of RFC 5869, 2.3. */
void rk_hkdf_expand(unsigned char *out, size_t size, const unsigned char key[RK_KEY_SIZE],
                    struct rk_text info);

/* The first `length` characters (at most 51) of a hash in base32 (RFC 4648, small letters): a-z and
 * 2-7. Such a text is never an identity number, whose month has a 0 or a 1. Ends with a NUL. */
void rk_key_text(char *text, size_t length, const unsigned char hash[RK_KEY_SIZE]);

#endif
