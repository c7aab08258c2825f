#include "privacy/keyed.h"

#include <assert.h>
#include <sodium/core.h>
#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>

void *rk_key_alloc(size_t size) { return sodium_init() < 0 ? NULL : sodium_malloc(size); }
void rk_key_free(void *memory) { sodium_free(memory); }
void rk_key_random(void *bytes, size_t size) { randombytes_buf(bytes, size); }
void rk_key_wipe(void *bytes, size_t size) { sodium_memzero(bytes, size); }

static void add(crypto_auth_hmacsha256_state *state, struct rk_text text)
{
    crypto_auth_hmacsha256_update(state, (const unsigned char *)text.text, text.size);
}

/* The hash of three texts as if they were one. */
static void keyed(unsigned char hash[RK_KEY_SIZE], struct rk_text key, struct rk_text a,
                  struct rk_text b, struct rk_text c)
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)key.text, key.size);
    add(&state, a);
    add(&state, b);
    add(&state, c);
    crypto_auth_hmacsha256_final(&state, hash);
    rk_key_wipe(&state, sizeof state);
}

void rk_hmac_sha256(unsigned char hash[RK_KEY_SIZE], struct rk_text key, struct rk_text data)
{
    keyed(hash, key, data, RK_TEXT(""), RK_TEXT(""));
}

void rk_hkdf_extract(unsigned char key[RK_KEY_SIZE], struct rk_text salt, struct rk_text material)
{
    rk_hmac_sha256(key, salt, material); /* HMAC fills a short key with zeros, as the RFC does */
}

void rk_hkdf_expand(unsigned char *out, size_t size, const unsigned char key[RK_KEY_SIZE],
                    struct rk_text info)
{
    unsigned char block[RK_KEY_SIZE];
    struct rk_text before = {(const char *)block, 0};
    assert(size <= 255 * RK_KEY_SIZE);
    for (unsigned char n = 1; size; n++) {
        size_t part = size < RK_KEY_SIZE ? size : RK_KEY_SIZE;
        keyed(block, (struct rk_text){(const char *)key, RK_KEY_SIZE}, before, info,
              (struct rk_text){(const char *)&n, 1});
        memcpy(out, block, part);
        out += part;
        size -= part;
        before.size = RK_KEY_SIZE;
    }
    rk_key_wipe(block, sizeof block);
}

void rk_key_text(char *text, size_t length, const unsigned char hash[RK_KEY_SIZE])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    assert(length * 5 <= RK_KEY_SIZE * 8);
    for (size_t i = 0; i < length; i++) {
        unsigned five = 0;
        for (size_t bit = 5 * i; bit < 5 * i + 5; bit++)
            five = five << 1 | (hash[bit / 8] >> (7 - bit % 8) & 1);
        text[i] = letters[five];
    }
    text[length] = '\0';
}
