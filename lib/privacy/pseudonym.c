#include "privacy/pseudonym.h"

#include "base/hash.h"
#include "privacy/identity.h"

struct given {
    uint32_t kind_size; /* of "kind|value", what is before the '|' */
    uint32_t pseudonym; /* among the pseudonyms */
    char century[3];    /* where the value is an identity number and a spelling stated it */
};

struct keys { /* in key memory */
    unsigned char recipient[RK_KEY_SIZE], work[RK_KEY_SIZE], one[RK_KEY_SIZE];
};

struct rk_pseudonyms {
    struct rk_pseudonym_options options;
    struct rk_buf info; /* "purpose|recipient|year" */
    struct keys *keys;
    struct rk_strings names; /* "kind|value" */
    struct given *given;     /* by name */
    size_t given_room;
    struct rk_strings pseudonyms;
    struct rk_buf name;
};

/* The recipient's key, from a key alone or that of a subject under it. */
static void derive(struct rk_pseudonyms *p, unsigned char out[RK_KEY_SIZE], struct rk_text salt,
                   const unsigned char *material)
{
    rk_hkdf_extract(p->keys->work, salt, (struct rk_text){(const char *)material, RK_KEY_SIZE});
    rk_hkdf_expand(out, RK_KEY_SIZE, p->keys->work, (struct rk_text){p->info.text, p->info.size});
}

struct rk_pseudonyms *rk_pseudonyms_new(const struct rk_pseudonym_options *options)
{
    struct rk_pseudonyms *p = rk_alloc(1, sizeof *p);
    p->options = *options;
    p->keys = rk_key_alloc(sizeof *p->keys);
    if (!p->keys) {
        rk_pseudonyms_free(p);
        return NULL;
    }
    rk_buf_printf(&p->info, "%s|%s|%s", options->purpose, options->recipient, options->year);
    derive(p, p->keys->recipient, RK_TEXT(""), options->key);
    return p;
}

void rk_pseudonyms_free(struct rk_pseudonyms *p)
{
    if (!p)
        return;
    rk_key_free(p->keys);
    rk_strings_free(&p->names);
    rk_strings_free(&p->pseudonyms);
    rk_free(p->given);
    rk_buf_free(&p->info);
    rk_buf_free(&p->name);
    rk_free(p);
}

/* The key of an id's subject to keys->one, made where there was none. */
static enum rk_pseudonym find_key(struct rk_pseudonyms *p, struct rk_text kind,
                                  struct rk_text value)
{
    size_t place;
    enum rk_subject subject = rk_subjects_find(p->options.subjects, kind, value, &place);
    if (subject == RK_SUBJECT_SHREDDED)
        return RK_PSEUDONYM_SHREDDED;
    if (subject == RK_SUBJECT_UNKNOWN && !rk_subjects_add(p->options.subjects, kind, value, &place))
        return RK_PSEUDONYM_NO_MEMORY;
    derive(p, p->keys->one, (struct rk_text){(const char *)p->options.key, RK_KEY_SIZE},
           rk_subjects_key(p->options.subjects, place));
    return RK_PSEUDONYM_GIVEN;
}

enum rk_pseudonym rk_pseudonyms_give(struct rk_pseudonyms *p, struct rk_text kind,
                                     struct rk_text value, struct rk_text *pseudonym)
{
    char ten[11], century[3] = "";
    bool number = rk_identity_normalise(value, ten, century);
    if (number)
        value = rk_text(ten);
    else if (rk_text_is(kind, RK_KIND_IDENTITY))
        return RK_PSEUDONYM_NO_NUMBER;
    rk_buf_clear(&p->name);
    rk_buf_add(&p->name, kind.text, kind.size);
    rk_buf_char(&p->name, '|');
    rk_buf_add(&p->name, value.text, value.size);
    struct rk_text name = {p->name.text, p->name.size};
    uint32_t known = rk_strings_find(&p->names, name);
    if (known != RK_NONE) {
        struct given *given = &p->given[known];
        if (*century && *given->century && strcmp(century, given->century) != 0)
            return RK_PSEUDONYM_CENTURIES;
        if (*century)
            memcpy(given->century, century, sizeof century);
        *pseudonym = p->pseudonyms.texts[given->pseudonym];
        return RK_PSEUDONYM_GIVEN;
    }
    enum rk_pseudonym result = p->options.subjects ? find_key(p, kind, value) : RK_PSEUDONYM_GIVEN;
    if (result)
        return result;
    const unsigned char *key = p->options.subjects ? p->keys->one : p->keys->recipient;
    unsigned char hash[RK_KEY_SIZE];
    char text[RK_KEY_SIZE * 8 / 5 + 1];
    rk_hmac_sha256(hash, (struct rk_text){(const char *)key, RK_KEY_SIZE}, name);
    rk_key_text(text, p->options.length, hash);
    uint32_t fresh = p->pseudonyms.count;
    if (rk_strings_add(&p->pseudonyms, rk_text(text)) != fresh)
        return RK_PSEUDONYM_COLLIDES;
    size_t count = rk_strings_add(&p->names, name);
    RK_GROW(p->given, count, p->given_room);
    p->given[count] = (struct given){(uint32_t)kind.size, fresh, ""};
    memcpy(p->given[count].century, century, sizeof century);
    *pseudonym = p->pseudonyms.texts[fresh];
    return RK_PSEUDONYM_GIVEN;
}

void rk_pseudonyms_write(const struct rk_pseudonyms *p, struct rk_writer *writer)
{
    uint32_t n = p->names.count, *ranks = rk_strings_ranks(&p->names),
             *order = rk_alloc(n, sizeof *order);
    for (uint32_t i = 0; i < n; i++)
        order[ranks[i]] = i;
    for (uint32_t i = 0; i < n; i++) {
        const struct given *given = &p->given[order[i]];
        struct rk_text name = p->names.texts[order[i]];
        uint32_t kind = given->kind_size;
        rk_write_text(writer, (struct rk_text){name.text, kind});
        rk_write_text(writer, (struct rk_text){name.text + kind + 1, name.size - kind - 1});
        rk_write_text(writer, p->pseudonyms.texts[given->pseudonym]);
        rk_write_end(writer);
    }
    rk_free(order);
    rk_free(ranks);
}
