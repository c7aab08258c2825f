#include "privacy/subjects.h"

#include "base/hash.h"

#include <sodium/utils.h>

struct rk_subjects {
    unsigned char (*keys)[RK_KEY_SIZE]; /* key memory: [0] makes the tags, then by place + 1 */
    size_t room;                        /* of keys */
    struct rk_strings tags;             /* by place */
    bool *shredded;                     /* by place */
    size_t shredded_room;
};

static bool make_room(struct rk_subjects *s, size_t count)
{
    if (count < s->room)
        return true;
    size_t room = s->room ? s->room * 2 : 64;
    unsigned char(*keys)[RK_KEY_SIZE] = rk_key_alloc(room * sizeof *keys);
    if (!keys)
        return false;
    if (s->keys)
        memcpy(keys, s->keys, s->room * sizeof *keys);
    rk_key_free(s->keys);
    s->keys = keys;
    s->room = room;
    return true;
}

struct rk_subjects *rk_subjects_new(const unsigned char *key)
{
    struct rk_subjects *s = rk_alloc(1, sizeof *s);
    unsigned char *extracted = rk_key_alloc(RK_KEY_SIZE);
    if (!extracted || !make_room(s, 0)) {
        rk_key_free(extracted);
        rk_subjects_free(s);
        return NULL;
    }
    rk_hkdf_extract(extracted, RK_TEXT(""), (struct rk_text){(const char *)key, RK_KEY_SIZE});
    rk_hkdf_expand(s->keys[0], RK_KEY_SIZE, extracted, RK_TEXT("rk tags of subjects"));
    rk_key_free(extracted);
    return s;
}

void rk_subjects_free(struct rk_subjects *s)
{
    if (!s)
        return;
    rk_key_free(s->keys);
    rk_strings_free(&s->tags);
    rk_free(s->shredded);
    rk_free(s);
}

static void tag_of(const struct rk_subjects *s, struct rk_text kind, struct rk_text value,
                   char tag[RK_SUBJECT_TAG + 1])
{
    struct rk_buf named = {0};
    unsigned char hash[RK_KEY_SIZE];
    rk_buf_add(&named, kind.text, kind.size);
    rk_buf_char(&named, '|');
    rk_buf_add(&named, value.text, value.size);
    rk_hmac_sha256(hash, (struct rk_text){(const char *)s->keys[0], RK_KEY_SIZE},
                   (struct rk_text){named.text, named.size});
    rk_key_text(tag, RK_SUBJECT_TAG, hash);
    rk_buf_free(&named);
}

/* A place of its own for a tag; its key is to be filled in. SIZE_MAX: known already, or no memory.
 */
static size_t place_for(struct rk_subjects *s, struct rk_text tag, bool shredded)
{
    uint32_t known = s->tags.count;
    if (!make_room(s, (size_t)known + 1) || rk_strings_add(&s->tags, tag) != known)
        return SIZE_MAX;
    size_t count = known;
    RK_GROW(s->shredded, count, s->shredded_room);
    s->shredded[known] = shredded;
    return known;
}

bool rk_subjects_read(struct rk_subjects *s, struct rk_text bytes, uint64_t *line)
{
    *line = 1;
    for (size_t at = 0; at < bytes.size; at += RK_SUBJECT_LINE, (*line)++) {
        const char *here = bytes.text + at, *hex = here + RK_SUBJECT_TAG + 1;
        if (bytes.size - at < RK_SUBJECT_LINE || here[RK_SUBJECT_TAG] != ' ' ||
            hex[RK_SUBJECT_HEX] != '\n' ||
            strspn(here, "abcdefghijklmnopqrstuvwxyz234567") != RK_SUBJECT_TAG ||
            strspn(hex, "0123456789abcdef-") != RK_SUBJECT_HEX)
            return false;
        bool shredded = memchr(hex, '-', RK_SUBJECT_HEX) != NULL;
        size_t place = place_for(s, (struct rk_text){here, RK_SUBJECT_TAG}, shredded);
        if (place == SIZE_MAX)
            return false;
        if (!shredded)
            sodium_hex2bin(s->keys[place + 1], RK_KEY_SIZE, hex, RK_SUBJECT_HEX, NULL, NULL, NULL);
    }
    return true;
}

enum rk_subject rk_subjects_find(const struct rk_subjects *s, struct rk_text kind,
                                 struct rk_text value, size_t *place)
{
    char tag[RK_SUBJECT_TAG + 1];
    tag_of(s, kind, value, tag);
    uint32_t found = rk_strings_find(&s->tags, (struct rk_text){tag, RK_SUBJECT_TAG});
    *place = found;
    return found == RK_NONE     ? RK_SUBJECT_UNKNOWN
           : s->shredded[found] ? RK_SUBJECT_SHREDDED
                                : RK_SUBJECT_KNOWN;
}

bool rk_subjects_add(struct rk_subjects *s, struct rk_text kind, struct rk_text value,
                     size_t *place)
{
    char tag[RK_SUBJECT_TAG + 1];
    tag_of(s, kind, value, tag);
    *place = place_for(s, (struct rk_text){tag, RK_SUBJECT_TAG}, false);
    if (*place == SIZE_MAX)
        return false;
    rk_key_random(s->keys[*place + 1], RK_KEY_SIZE);
    return true;
}

const unsigned char *rk_subjects_key(const struct rk_subjects *s, size_t place)
{
    return s->keys[place + 1];
}

size_t rk_subjects_count(const struct rk_subjects *s) { return s->tags.count; }

void rk_subjects_line(const struct rk_subjects *s, size_t place, char *line)
{
    static const char digits[] = "0123456789abcdef";
    memcpy(line, s->tags.texts[place].text, RK_SUBJECT_TAG);
    line[RK_SUBJECT_TAG] = ' ';
    char *hex = line + RK_SUBJECT_TAG + 1;
    for (size_t i = 0; i < RK_KEY_SIZE; i++) {
        unsigned char byte = s->keys[place + 1][i];
        hex[2 * i] = s->shredded[place] ? '-' : digits[byte >> 4];
        hex[2 * i + 1] = s->shredded[place] ? '-' : digits[byte & 15];
    }
    hex[RK_SUBJECT_HEX] = '\n';
}
