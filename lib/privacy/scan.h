/* What in a free text tells who somebody is or how to reach them: identity numbers, telephone
 * numbers, e-mail addresses, Swedish street addresses and post codes with a place. It finds what is
 * written in the usual ways; names of people it cannot tell from other words. */
#ifndef RK_SCAN_H
#define RK_SCAN_H

#include "base/text.h"

enum rk_scan { RK_SCAN_NOTHING, RK_SCAN_IDENTITY, RK_SCAN_PHONE, RK_SCAN_EMAIL, RK_SCAN_ADDRESS };

/* A walk through a text: set `text`, the rest zero. */
struct rk_scan_walk {
    struct rk_text text;
    size_t at;                  /* where it goes on */
    size_t number, number_size; /* the next identity number, text.size where there is none */
    bool begun;
};
/* The next of them: its place in *start and *size, in bytes. */
enum rk_scan rk_scan_next(struct rk_scan_walk *walk, size_t *start, size_t *size);
/* "identity-number", "phone", "email", "address" */
const char *rk_scan_name(enum rk_scan kind);
const char *rk_scan_message(enum rk_scan kind); /* for people */
/* Appends the text with "[phone]" and so on in place of what was found; how many there were. */
size_t rk_scan_redact(struct rk_text text, struct rk_buf *out);

#endif
