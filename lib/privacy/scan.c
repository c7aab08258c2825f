#include "privacy/scan.h"

#include "base/message.h"
#include "privacy/identity.h"

static bool digit(char c) { return c >= '0' && c <= '9'; }

/* Bytes above ASCII are parts of letters here: å, ä, ö and the like. */
static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool at_word(struct rk_text text, size_t at)
{
    return !at ||
           (!digit(text.text[at - 1]) && !letter(text.text[at - 1]) && text.text[at - 1] != '_');
}

static bool ends_word(struct rk_text text, size_t at)
{
    return at == text.size || (!digit(text.text[at]) && !letter(text.text[at]));
}

/* The size of one character that people put between the digits of a telephone number, or 0. */
static size_t gap(struct rk_text text, size_t at)
{
    static const char *const marks[] = {"-",      "/",      "(",      ")", ".",
                                        "\u2010", "\u2011", "\u2013", NULL};
    size_t blank = at < text.size ? rk_text_blank(text.text + at, text.size - at) : 0;
    for (const char *const *m = marks; *m && !blank; m++)
        if (text.size - at >= strlen(*m) && !memcmp(text.text + at, *m, strlen(*m)))
            blank = strlen(*m);
    return blank;
}

static size_t digits_from(struct rk_text text, size_t at)
{
    size_t n = 0;
    while (at + n < text.size && digit(text.text[at + n]))
        n++;
    return n;
}

/* As many digits as a telephone number that begins so may have. */
static size_t most_digits(struct rk_text text, bool plus)
{
    bool zeros = !plus && text.size >= 2 && !memcmp(text.text, "00", 2);
    struct rk_text country = {text.text + (zeros ? 2 : 0), text.size - (zeros ? 2 : 0)};
    if (!plus && !zeros)
        return 10;
    bool sweden = country.size >= 2 && !memcmp(country.text, "46", 2); /* +46 (0)70 … */
    return (sweden ? 12 : 15) + (zeros ? 2 : 0);
}

/* The size of the telephone number at `at`, or 0: 07…, 0…, +46 … or 0046 …, at least 8 digits, in
 * groups with up to three marks between them; an area code has 2 to 4 digits. A run of bare digits
 * is one only where it is as long as a mobile's. A day such as 2020-04-17 does not begin with 0,
 * and an amount or a share (0.125) has a point after its 0. */
static size_t phone_at(struct rk_text text, size_t at)
{
    bool plus = text.text[at] == '+';
    size_t i = at + (plus || text.text[at] == '('), end = at, digits = 0, first = 0, groups = 0;
    if (i >= text.size || !digit(text.text[i]) || (!plus && text.text[i] != '0') ||
        (at && strchr(".,-:", text.text[at - 1])))
        return 0; /* or a part of a number, a day or a time */
    struct rk_text number = {text.text + i, text.size - i};
    size_t most = most_digits(number, plus);
    for (;;) {
        size_t group = digits_from(text, i), wide = 0, one;
        if (!group || digits + group > most ||
            (groups == 1 && digits == 1 && text.text[end] == '.'))
            break;
        digits += group;
        end = i + group;
        first = groups++ ? first : group;
        for (size_t marks = 0; marks < 3 && (one = gap(text, end + wide)); marks++)
            wide += one;
        if (!wide)
            break;
        i = end + wide;
    }
    bool mobile = number.size >= 2 && number.text[1] == '7';
    if (!ends_word(text, end) || digits < (most > 10 ? 9 : 8))
        return 0;
    if (most == 10 && (groups == 1 ? digits != 10 || !mobile : (first < 2 || first > 4) && !mobile))
        return 0;
    return end - at;
}

static bool in_address(char c)
{
    return digit(c) || letter(c) || strchr(".!#$%&'*+/=?^_`{|}~-", c);
}

/* The e-mail address around the '@' at `at`: its start, and its size, or 0. */
static size_t email_around(struct rk_text text, size_t at, size_t from, size_t *start)
{
    size_t begin = at, end = at + 1, dot = 0;
    while (begin > from && text.text[begin - 1] && in_address(text.text[begin - 1]))
        begin--;
    while (end < text.size && (digit(text.text[end]) || letter(text.text[end]) ||
                               text.text[end] == '-' || text.text[end] == '.')) {
        if (text.text[end] == '.')
            dot = end;
        end++;
    }
    while (end > at + 1 && (text.text[end - 1] == '.' || text.text[end - 1] == '-'))
        end--;
    if (begin == at || !dot || dot <= at + 1 || end < dot + 3)
        return 0;
    *start = begin;
    return end - begin;
}

/* A word that ends as names of Swedish streets do, then a number: Storgatan 5, Södra Vägen 12 B. */
static size_t street_at(struct rk_text text, size_t at)
{
    static const char *const endings[] = {"gatan",   "gata",       "vägen",   "väg",     "gränd",
                                          "gränden", "allén",      "allé",    "torget",  "torg",
                                          "stigen",  "stig",       "platsen", "plats",   "backen",
                                          "leden",   "esplanaden", "plan",    "stråket", NULL};
    size_t end = at, longest = 0;
    while (end < text.size && letter(text.text[end]))
        end++;
    for (const char *const *e = endings; *e; e++) {
        size_t n = strlen(*e);
        if (end - at < n)
            continue;
        const char *tail = text.text + end - n;
        bool same = !memcmp(tail + 1, *e + 1, n - 1) && (tail[0] | 0x20) == (*e)[0];
        if (same && n > longest)
            longest = n;
    }
    size_t blank = longest && end < text.size ? rk_text_blank(text.text + end, text.size - end) : 0;
    size_t i = end + blank, number = i;
    while (i < text.size && digit(text.text[i]))
        i++;
    if (!blank || i == number || i - number > 4)
        return 0;
    size_t after = i;
    if (after < text.size && text.text[after] == ' ')
        after++;
    if (after < text.size && text.text[after] >= 'A' && text.text[after] <= 'H' &&
        ends_word(text, after + 1))
        i = after + 1; /* the entrance */
    else if (i < text.size && letter(text.text[i]) && ends_word(text, i + 1))
        i++;
    return ends_word(text, i) ? i - at : 0;
}

/* A post code with its place: 252 25 Helsingborg. */
static size_t post_code_at(struct rk_text text, size_t at)
{
    static const char form[] = "ddd dd ";
    if (text.size - at < sizeof form)
        return 0;
    for (size_t i = 0; i < sizeof form - 1; i++)
        if (form[i] == 'd' ? !digit(text.text[at + i]) : text.text[at + i] != form[i])
            return 0;
    size_t i = at + sizeof form - 1;
    bool capital = (text.text[i] >= 'A' && text.text[i] <= 'Z') ||
                   (i + 1 < text.size && text.text[i] == '\xc3' &&
                    ((unsigned char)text.text[i + 1] & 0x20) == 0); /* À … Ö of Latin-1 */
    if (!capital || text.text[at] == '0')
        return 0;
    while (i < text.size && letter(text.text[i]))
        i++;
    return i - (at + sizeof form - 1) > 1 ? i - at : 0;
}

static void next_number(struct rk_scan_walk *w)
{
    struct rk_text rest = {w->text.text + w->at, w->text.size - w->at};
    size_t start = rest.size;
    if (rest.size >= 10 && !rk_identity_find(rest, &start, &w->number_size))
        start = rest.size;
    w->number = w->at + start;
    w->begun = true;
}

/* What stands at `i`, with an '@' around it. */
static enum rk_scan look(const struct rk_scan_walk *w, size_t i, size_t *start, size_t *size)
{
    char c = w->text.text[i];
    *start = i;
    if (c == '@')
        return (*size = email_around(w->text, i, w->at, start)) ? RK_SCAN_EMAIL : RK_SCAN_NOTHING;
    if (!at_word(w->text, i))
        return RK_SCAN_NOTHING;
    if ((c == '+' || c == '0' || c == '(') && (*size = phone_at(w->text, i)))
        return RK_SCAN_PHONE;
    if (digit(c) && (*size = post_code_at(w->text, i)))
        return RK_SCAN_ADDRESS;
    return letter(c) && (*size = street_at(w->text, i)) ? RK_SCAN_ADDRESS : RK_SCAN_NOTHING;
}

enum rk_scan rk_scan_next(struct rk_scan_walk *w, size_t *start, size_t *size)
{
    if (!w->begun || w->number < w->at)
        next_number(w);
    for (size_t i = w->at; i < w->text.size; i++) {
        enum rk_scan kind = i == w->number ? RK_SCAN_IDENTITY : look(w, i, start, size);
        /* a number inside what looks like another thing is the worse of the two */
        if (kind == RK_SCAN_IDENTITY ||
            (kind && w->number >= *start && w->number < *start + *size)) {
            kind = RK_SCAN_IDENTITY;
            *start = w->number;
            *size = w->number_size;
        }
        if (!kind)
            continue;
        w->at = *start + *size;
        return kind;
    }
    w->at = w->text.size;
    return RK_SCAN_NOTHING;
}

const char *rk_scan_name(enum rk_scan kind)
{
    static const char *const names[] = {"", "identity-number", "phone", "email", "address"};
    return names[kind];
}

const char *rk_scan_message(enum rk_scan kind)
{
    return kind == RK_SCAN_IDENTITY ? _("holds an identity number; --redact replaces it")
           : kind == RK_SCAN_PHONE  ? _("holds a telephone number; --redact replaces it")
           : kind == RK_SCAN_EMAIL  ? _("holds an e-mail address; --redact replaces it")
                                    : _("holds a street address; --redact replaces it");
}

size_t rk_scan_redact(struct rk_text text, struct rk_buf *out)
{
    struct rk_scan_walk walk = {.text = text};
    size_t at = 0, start, size, count = 0;
    for (enum rk_scan kind; (kind = rk_scan_next(&walk, &start, &size)); count++) {
        rk_buf_add(out, text.text + at, start - at);
        rk_buf_printf(out, "[%s]", rk_scan_name(kind));
        at = start + size;
    }
    rk_buf_add(out, text.text + at, text.size - at);
    return count;
}
