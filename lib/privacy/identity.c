#include "privacy/identity.h"

#include "base/date.h"

static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static int two(const char *digits) { return (digits[0] - '0') * 10 + digits[1] - '0'; }

/* The ten digits' weighted sum is a multiple of ten. */
static bool luhn(const char *ten)
{
    int sum = 0;
    for (int i = 0; i < 10; i++) {
        int product = (ten[i] - '0') * (i % 2 ? 1 : 2);
        sum += product / 10 + product % 10;
    }
    return sum % 10 == 0;
}

/* Whether the day is in the calendar of that century, or of any where it isn't known. */
static bool in_calendar(const char *century, int year, int month, int day)
{
    for (int c = 18; c <= 20; c++)
        if ((!century || two(century) == c) &&
            rk_date_valid((struct rk_date){c * 100 + year, month, day}))
            return true;
    return false;
}

static bool known_century(const char *century)
{
    return !century || (two(century) >= 18 && two(century) <= 20);
}

/* `ten` digits, and the two of the century or NULL. The birth numbers of a day begin with 001. */
static enum rk_identity judge(const char *century, const char *ten)
{
    int year = two(ten), month = two(ten + 2), day = two(ten + 4);
    if (!luhn(ten) || !memcmp(ten + 6, "000", 3))
        return RK_IDENTITY_NONE;
    if (day < 60)
        return in_calendar(century, year, month, day) ? RK_IDENTITY_PERSONAL : RK_IDENTITY_NONE;
    /* the day need not be in the calendar: of those born on a day that is not known, some have 91 in
     * February or April */
    return month <= 12 && day <= 91 && known_century(century) ? RK_IDENTITY_COORDINATION
                                                              : RK_IDENTITY_NONE;
}

/* `date` has 6 or 8 digits, `last` four. */
static enum rk_identity judge_parts(const char *date, size_t size, const char *last)
{
    char ten[10];
    memcpy(ten, date + size - 6, 6);
    memcpy(ten + 6, last, 4);
    return judge(size == 8 ? date : NULL, ten);
}

static size_t digits_at(struct rk_text text, size_t at)
{
    size_t n = 0;
    while (at + n < text.size && digit(text.text[at + n]))
        n++;
    return n;
}

enum rk_identity rk_identity_check(struct rk_text text)
{
    size_t n = digits_at(text, 0);
    if (n == text.size && (n == 10 || n == 12))
        return judge_parts(text.text, n - 4, text.text + n - 4);
    if ((n == 6 || n == 8) && text.size == n + 5 && (text.text[n] == '-' || text.text[n] == '+') &&
        digits_at(text, n + 1) == 4)
        return judge_parts(text.text, n, text.text + n + 1);
    return RK_IDENTITY_NONE;
}

bool rk_identity_normalise(struct rk_text text, char ten[11], char century[3])
{
    static const char interim[] = "JKLMNPRSTUWXjklmnprstuwx";
    char copy[14];
    text = rk_text_trim(text);
    if (text.size < 10 || text.size >= sizeof copy)
        return false;
    memcpy(copy, text.text, text.size);
    copy[text.size] = '\0';
    char *serial = copy + text.size - 4, letter_there = 0;
    if (*serial && strchr(interim, *serial)) {
        letter_there = *serial;
        *serial = '1';
    }
    if (!rk_identity_check((struct rk_text){copy, text.size}))
        return false;
    size_t date = digits_at((struct rk_text){copy, text.size}, 0);
    date = date == text.size ? date - 4 : date;
    memcpy(ten, copy + date - 6, 6);
    memcpy(ten + 6, serial, 4);
    if (letter_there)
        ten[6] = letter_there & ~0x20; /* a capital */
    ten[10] = century[0] = century[2] = '\0';
    if (date == 8)
        memcpy(century, copy, 2);
    return true;
}

/* The size of one dash, plus or space at `at`, or 0. */
static size_t mark_at(struct rk_text text, size_t at)
{
    static const char *const signs[] = {"-",      "+",      " ",      "\u00a0", "\u2010", "\u2011",
                                        "\u2012", "\u2013", "\u2014", "\u2212", "\u202f", NULL};
    for (const char *const *s = signs; *s; s++) {
        size_t size = strlen(*s);
        if (at + size <= text.size && !memcmp(text.text + at, *s, size))
            return size;
    }
    return 0;
}

/* The size of the sign at `at` as people type it, perhaps with a space on either side, or 0. */
static size_t sign_at(struct rk_text text, size_t at)
{
    size_t size = 0;
    for (size_t marks = 0, one; marks < 3 && (one = mark_at(text, at + size)); marks++)
        size += one;
    return size;
}

/* The size of YYYY-MM-DD, a dash or plus, and four digits at `at`, or 0; its digits to `digits`. A
 * space instead would be a time of day. */
static size_t dated_at(struct rk_text text, size_t at, char digits[12])
{
    static const char form[] = "dddd-dd-dd-dddd";
    size_t n = 0;
    if (text.size - at < sizeof form - 1)
        return 0;
    for (size_t i = 0; i < sizeof form - 1; i++) {
        char c = text.text[at + i];
        if (form[i] == 'd' && digit(c))
            digits[n++] = c;
        else if (form[i] == 'd' || (c != '-' && (c != '+' || i != 10)))
            return 0;
    }
    return sizeof form - 1;
}

/* What stands before may be letters, if these are all there is of the word. */
static bool free_before(struct rk_text text, size_t at)
{
    while (at && letter(text.text[at - 1]))
        at--;
    return !at || !digit(text.text[at - 1]);
}

static bool free_after(struct rk_text text, size_t at)
{
    return at == text.size || (!digit(text.text[at]) && !letter(text.text[at]));
}

/* The digits are a part of a number such as 66.6412019876, on either side of its decimal mark; but
 * 6412019876.0 is a whole one, written so by other programs. */
static bool in_number(struct rk_text text, size_t at, size_t size)
{
    size_t end = at + size;
    if (at >= 2 && (text.text[at - 1] == '.' || text.text[at - 1] == ',') &&
        digit(text.text[at - 2]))
        return true;
    if (end == text.size || (text.text[end] != '.' && text.text[end] != ','))
        return false;
    for (end++; end < text.size && text.text[end] == '0';)
        end++;
    return end < text.size && digit(text.text[end]);
}

enum rk_identity rk_identity_find(struct rk_text text, size_t *start, size_t *size)
{
    for (size_t at = 0; at < text.size;) {
        size_t n = digits_at(text, at);
        if (!n) {
            at++;
            continue;
        }
        size_t total = n, sign = n == 6 || n == 8 ? sign_at(text, at + n) : 0;
        enum rk_identity found = RK_IDENTITY_NONE;
        char digits[12];
        size_t dated = dated_at(text, at, digits);
        if (dated) {
            total = dated;
            found = judge_parts(digits, 8, digits + 8);
        } else if ((n == 10 || n == 12) && !in_number(text, at, n))
            found = judge_parts(text.text + at, n - 4, text.text + at + n - 4);
        else if (sign && digits_at(text, at + n + sign) == 4) {
            total = n + sign + 4;
            found = judge_parts(text.text + at, n, text.text + at + n + sign);
        }
        if (found && free_before(text, at) && free_after(text, at + total)) {
            *start = at;
            *size = total;
            return found;
        }
        at += n;
    }
    return RK_IDENTITY_NONE;
}
