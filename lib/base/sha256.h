/* SHA-256 (FIPS 180-4) of inputs, for provenance; libsodium does the work. */
#ifndef RK_SHA256_H
#define RK_SHA256_H

#include "base/message.h"

#include <stddef.h>

#define RK_SHA256_HEX 65 /* 64 hexadecimal digits and a NUL */

void rk_sha256(char hex[RK_SHA256_HEX], const void *bytes, size_t size);
/* The same of bytes that come piece by piece. */
struct rk_sha256_sum;
struct rk_sha256_sum *rk_sha256_begin(void);
void rk_sha256_add(struct rk_sha256_sum *sum, const void *bytes, size_t size);
void rk_sha256_end(struct rk_sha256_sum *sum, char hex[RK_SHA256_HEX]); /* and frees it */
/* Of a file as it lies on disk: a gzip file is not unpacked. */
enum rk_status rk_sha256_file(char hex[RK_SHA256_HEX], const char *path, struct rk_error *error);

#endif
