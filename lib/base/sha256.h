/* SHA-256 (FIPS 180-4) of inputs, for provenance; libsodium does the work. */
#ifndef RK_SHA256_H
#define RK_SHA256_H

#include "base/message.h"

#include <stddef.h>

#define RK_SHA256_HEX 65 /* 64 hexadecimal digits and a NUL */

void rk_sha256(char hex[RK_SHA256_HEX], const void *bytes, size_t size);
/* Of a file as it lies on disk: a gzip file is not unpacked. */
enum rk_status rk_sha256_file(char hex[RK_SHA256_HEX], const char *path, struct rk_error *error);

#endif
