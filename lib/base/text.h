/* Text: UTF-8, numbers in words, nearness of names. Lengths are bytes; nothing here needs a NUL
 * unless it says so. */
#ifndef RK_TEXT_H
#define RK_TEXT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A piece of somebody else's memory. */
struct rk_text {
    const char *text;
    size_t size;
};
#define RK_TEXT(literal) ((struct rk_text){(literal), sizeof(literal) - 1})
struct rk_text rk_text(const char *nul_ended);
bool rk_text_is(struct rk_text text, const char *nul_ended);
/* Ids differ most at their ends: those are looked at first. */
static inline bool rk_text_equal(struct rk_text a, struct rk_text b)
{
    return a.size == b.size && (!a.size || (a.text[a.size - 1] == b.text[a.size - 1] &&
                                            !memcmp(a.text, b.text, a.size)));
}
int rk_text_compare(struct rk_text a, struct rk_text b); /* bytewise, shorter first: C order */
/* The size of the blank character that `text` starts with (space, tab, no-break and thin spaces), or 0. */
size_t rk_text_blank(const char *text, size_t size);
struct rk_text rk_text_trim(struct rk_text text);        /* spaces, tabs, no-break spaces */

/* The number of leading bytes that are valid UTF-8 and not NUL; == size when all are. */
size_t rk_utf8_valid(const char *text, size_t size);
size_t rk_utf8_length(const char *text, size_t size); /* characters */
size_t rk_utf8_width(const char *text, size_t size);  /* columns on a terminal */

/* Whole numbers, all of the text, no sign but '-'. */
bool rk_text_int(struct rk_text text, int64_t *value);

/* The next item of a '|'-joined list: false when there is none. Items are trimmed, empty ones
 * passed over. `rest` starts as the whole cell. */
bool rk_list_next(struct rk_text *rest, struct rk_text *item);
bool rk_list_has(struct rk_text list, struct rk_text item);

/* The candidate nearest to `name` (edit distance at most a third of its length, at least 2), or
 * NULL; `names` ends with NULL. Upper and lower case are alike. */
const char *rk_nearest(const char *name, const char *const *names);
/* Is `name` so near `right` that it was hardly meant to be another: one letter wrong, missing, too many,
 * or two that changed places, of names with at least four letters; or two missing, of at least eight that
 * are left; whatever their case? */
bool rk_mistyped(const char *name, const char *right);

/* Control characters, line separators and bidirectional overrides become \x1b or \u202e, so that data can't reach
 * the terminal. */
void rk_text_visible(struct rk_buf *out, const char *text, size_t size);

#endif
