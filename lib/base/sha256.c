#include "base/sha256.h"

#include "base/mem.h"

#include <errno.h>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>

static void finish(crypto_hash_sha256_state *state, char hex[RK_SHA256_HEX])
{
    unsigned char sum[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(state, sum);
    sodium_bin2hex(hex, RK_SHA256_HEX, sum, sizeof sum);
}

void rk_sha256(char hex[RK_SHA256_HEX], const void *bytes, size_t size)
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, bytes, size);
    finish(&state, hex);
}

struct rk_sha256_sum {
    crypto_hash_sha256_state state;
};

struct rk_sha256_sum *rk_sha256_begin(void)
{
    struct rk_sha256_sum *sum = rk_alloc(1, sizeof *sum);
    crypto_hash_sha256_init(&sum->state);
    return sum;
}

void rk_sha256_add(struct rk_sha256_sum *sum, const void *bytes, size_t size)
{
    crypto_hash_sha256_update(&sum->state, bytes, size);
}

void rk_sha256_end(struct rk_sha256_sum *sum, char hex[RK_SHA256_HEX])
{
    finish(&sum->state, hex);
    rk_free(sum);
}

enum rk_status rk_sha256_file(char hex[RK_SHA256_HEX], const char *path, struct rk_error *error)
{
    struct rk_pos pos = {.file = path};
    FILE *file = fopen(path, "rb");
    if (!file)
        return rk_fail_errno(error, RK_FAILED, &pos, errno, _("cannot open"));
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    unsigned char bytes[16384];
    size_t got;
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
        crypto_hash_sha256_update(&state, bytes, got);
    int why = ferror(file) ? errno : 0;
    fclose(file);
    if (why)
        return rk_fail_errno(error, RK_FAILED, &pos, why, _("cannot read"));
    finish(&state, hex);
    return RK_OK;
}
