/* Keyed pseudonyms. One id is given the same pseudonym wherever it stands, as long as key, purpose,
 * recipient and year are the same; those of another recipient have nothing to do with it.
 *
 *     recipient's key = HKDF(material = the key, no salt, info = "purpose|recipient|year")
 *     pseudonym       = base32(HMAC(recipient's key, "kind|value")), its first `length` characters
 *     with keys of subjects, the recipient's key of each is
 *                       HKDF(material = the subject's key, salt = the key, info = the same)
 *
 * The kind says what the value is an id of ("panelist_id"): the same text as another kind is
 * another person. A value that is a whole identity number stands for its ten digits, so that its
 * four spellings are one. Sources: RFC 2104, RFC 5869, EDPB Guidelines 01/2025 (pseudonymisation
 * domains). */
#ifndef RK_PSEUDONYM_H
#define RK_PSEUDONYM_H

#include "privacy/subjects.h"
#include "stream/write.h"

/* Without identity numbers among the values of this kind, they are refused. */
#define RK_KIND_IDENTITY "identity_number"

enum rk_pseudonym {
    RK_PSEUDONYM_GIVEN,
    RK_PSEUDONYM_COLLIDES,  /* another id has the same pseudonym: a greater length is needed */
    RK_PSEUDONYM_CENTURIES, /* the ten digits were met with another century: two persons' */
    RK_PSEUDONYM_NO_NUMBER, /* of RK_KIND_IDENTITY, and not an identity number */
    RK_PSEUDONYM_SHREDDED,  /* the subject's key was destroyed */
    RK_PSEUDONYM_NO_MEMORY, /* for keys */
};

struct rk_pseudonym_options {
    const unsigned char *key;               /* RK_KEY_SIZE bytes; must outlive the pseudonyms */
    const char *purpose, *recipient, *year; /* without '|' */
    size_t length;                          /* characters, 8 … 51 */
    struct rk_subjects *subjects; /* NULL = no keys of subjects; gets those of new subjects */
};

struct rk_pseudonyms;
/* NULL when there is no memory for keys. */
struct rk_pseudonyms *rk_pseudonyms_new(const struct rk_pseudonym_options *options);
void rk_pseudonyms_free(struct rk_pseudonyms *pseudonyms); /* NULL is allowed */
/* The pseudonym of an id, kept until the free; only when GIVEN. `value` is not empty. */
enum rk_pseudonym rk_pseudonyms_give(struct rk_pseudonyms *pseudonyms, struct rk_text kind,
                                     struct rk_text value, struct rk_text *pseudonym);
/* Who is who: a row of kind, id and pseudonym for every id given so far, in bytewise order of kind
 * and id. */
void rk_pseudonyms_write(const struct rk_pseudonyms *pseudonyms, struct rk_writer *writer);

#endif
