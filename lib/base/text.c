#include "base/text.h"

#include "base/mem.h"

#include <unistr.h>
#include <uniwidth.h>

struct rk_text rk_text(const char *nul_ended)
{
    return (struct rk_text){nul_ended, nul_ended ? strlen(nul_ended) : 0};
}

bool rk_text_is(struct rk_text text, const char *nul_ended)
{
    return strlen(nul_ended) == text.size && (!text.size || !memcmp(text.text, nul_ended, text.size));
}

int rk_text_compare(struct rk_text a, struct rk_text b)
{
    size_t n = a.size < b.size ? a.size : b.size;
    int order = n ? memcmp(a.text, b.text, n) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

size_t rk_text_blank(const char *text, size_t size)
{
    if (size && (*text == ' ' || *text == '\t'))
        return 1;
    if (size > 1 && !memcmp(text, "\xc2\xa0", 2))
        return 2;
    if (size > 2 && (!memcmp(text, "\xe2\x80\xaf", 3) || !memcmp(text, "\xe2\x80\x89", 3)))
        return 3;
    return 0;
}

struct rk_text rk_text_trim(struct rk_text text)
{
    size_t n;
    while ((n = rk_text_blank(text.text, text.size))) {
        text.text += n;
        text.size -= n;
    }
    for (bool more = true; more && text.size;) {
        more = false;
        for (n = 1; n <= 3 && n <= text.size; n++)
            if (rk_text_blank(text.text + text.size - n, n) == n) {
                text.size -= n;
                more = true;
                break;
            }
    }
    return text;
}

size_t rk_utf8_valid(const char *text, size_t size)
{
    size_t at = 0;
    while (at < size) {
        /* eight plain characters at a time: no high bit, no zero byte */
        uint64_t word;
        while (size - at >= sizeof word) {
            memcpy(&word, text + at, sizeof word);
            if ((word & 0x8080808080808080u) ||
                ((word - 0x0101010101010101u) & ~word & 0x8080808080808080u))
                break;
            at += sizeof word;
        }
        if (at == size)
            break;
        if (!text[at])
            return at;
        int n = (unsigned char)text[at] < 0x80 ? 1
                                               : u8_mblen((const uint8_t *)text + at, size - at);
        if (n <= 0)
            return at;
        at += (size_t)n;
    }
    return at;
}

size_t rk_utf8_length(const char *text, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < size; i++)
        length += ((unsigned char)text[i] & 0xc0) != 0x80;
    return length;
}

size_t rk_utf8_width(const char *text, size_t size)
{
    int width = u8_width((const uint8_t *)text, size, "UTF-8");
    return width > 0 ? (size_t)width : 0;
}

bool rk_text_int(struct rk_text text, int64_t *value)
{
    bool minus = text.size && *text.text == '-';
    size_t i = minus;
    int64_t v = 0;
    if (i == text.size || text.size > 20)
        return false;
    for (; i < text.size; i++) {
        int digit = text.text[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(v, 10, &v) ||
            __builtin_sub_overflow(v, digit, &v))
            return false;
    }
    if (!minus && v == INT64_MIN)
        return false;
    *value = minus ? v : -v;
    return true;
}

bool rk_list_next(struct rk_text *rest, struct rk_text *item)
{
    while (rest->size) {
        const char *bar = memchr(rest->text, '|', rest->size);
        size_t size = bar ? (size_t)(bar - rest->text) : rest->size;
        *item = rk_text_trim((struct rk_text){rest->text, size});
        rest->text += bar ? size + 1 : size;
        rest->size -= bar ? size + 1 : size;
        if (item->size)
            return true;
    }
    return false;
}

bool rk_list_has(struct rk_text list, struct rk_text item)
{
    struct rk_text one;
    while (rk_list_next(&list, &one))
        if (rk_text_equal(one, item))
            return true;
    return false;
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Levenshtein distance. */
static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(b);
    size_t *row = rk_alloc(n + 1, sizeof *row);
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            size_t above = row[j + 1];
            size_t best = corner + (lower(a[i]) != lower(b[j]));
            if (above + 1 < best)
                best = above + 1;
            if (row[j] + 1 < best)
                best = row[j] + 1;
            row[j + 1] = best;
            corner = above;
        }
    }
    size_t result = row[n];
    rk_free(row);
    return result;
}

const char *rk_nearest(const char *name, const char *const *names)
{
    const char *best = NULL;
    size_t limit = strlen(name) / 3, least = SIZE_MAX;
    if (limit < 2)
        limit = 2;
    if (strlen(name) > 200)
        return NULL;
    for (; *names; names++) {
        size_t d = strlen(*names) > 200 ? limit + 1 : distance(name, *names);
        if (d <= limit && d < strlen(*names) && d < least) {
            best = *names;
            least = d;
        }
    }
    return best;
}

bool rk_mistyped(const char *name, const char *right)
{
    size_t n = strlen(name), m = strlen(right);
    if (n >= 8 && m == n + 2) /* an abbreviation */
        return distance(name, right) == 2;
    if (n < 4 || m < 4 || n > m + 1 || m > n + 1)
        return false;
    if (distance(name, right) <= 1)
        return true;
    size_t i = 0;
    while (i < n && lower(name[i]) == lower(right[i]))
        i++;
    return n == m && i + 1 < n && lower(name[i]) == lower(right[i + 1]) &&
           lower(name[i + 1]) == lower(right[i]) && !distance(name + i + 2, right + i + 2);
}

void rk_text_visible(struct rk_buf *out, const char *text, size_t size)
{
    const uint8_t *s = (const uint8_t *)text;
    while (size) {
        ucs4_t c;
        int n = u8_mbtouc(&c, s, size);
        if (c < 0x20 || c == 0x7f)
            rk_buf_printf(out, "\\x%02x", (unsigned)c);
        else if ((c >= 0x80 && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) ||
                 (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x61c ||
                 c == 0xfffd)
            rk_buf_printf(out, "\\u%04x", (unsigned)c);
        else
            rk_buf_add(out, s, (size_t)n);
        s += n;
        size -= (size_t)n;
    }
}
