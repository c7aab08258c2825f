#include "report/language.h"

#include "table/words.h"

#include <assert.h>

#define NBSP "\xc2\xa0"
#define MINUS "\xe2\x88\x92"
#define EN_DASH "\xe2\x80\x93"

bool rk_language_parse(const char *code, enum rk_language *language)
{
    if (strcmp(code, "sv") && strcmp(code, "en"))
        return false;
    *language = code[0] == 's' ? RK_SWEDISH : RK_ENGLISH;
    return true;
}

const char *rk_language_code(enum rk_language language) { return rk_say(language, "en", "sv"); }

void rk_say_number(struct rk_buf *out, enum rk_language language, rk_fixed value, int decimals)
{
    assert(decimals >= 0 && decimals <= 18);
    value = rk_fixed_round_to(value, decimals);
    unsigned __int128 size = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    uint64_t whole = (uint64_t)(size / (unsigned __int128)RK_FIXED_ONE);
    uint64_t part = (uint64_t)(size % (unsigned __int128)RK_FIXED_ONE);
    if (value < 0)
        rk_buf_text(out, rk_say(language, "-", MINUS));
    char digits[24];
    int count = 0;
    do
        digits[count++] = (char)('0' + (int)(whole % 10));
    while (whole /= 10);
    while (count--) {
        rk_buf_char(out, digits[count]);
        if (count && count % 3 == 0)
            rk_buf_text(out, rk_say(language, ",", NBSP));
    }
    if (decimals) {
        char decimal[20];
        snprintf(decimal, sizeof decimal, "%018llu", (unsigned long long)part);
        rk_buf_char(out, language == RK_SWEDISH ? ',' : '.');
        rk_buf_add(out, decimal, (size_t)decimals);
    }
}

void rk_say_count(struct rk_buf *out, enum rk_language language, int64_t value)
{
    rk_say_number(out, language, rk_fixed_int(value), 0);
}

void rk_say_percent(struct rk_buf *out, enum rk_language language, rk_fixed share, int decimals)
{
    rk_say_number(out, language, share * 100, decimals);
    rk_buf_text(out, language == RK_SWEDISH ? NBSP "%" : "%");
}

static const char *month_name(enum rk_language language, int32_t month)
{
    static const char *const names[2][12] = {
        {"January", "February", "March", "April", "May", "June", "July", "August", "September",
         "October", "November", "December"},
        {"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september",
         "oktober", "november", "december"},
    };
    return names[language][month % 12];
}

void rk_say_date(struct rk_buf *out, enum rk_language language, int32_t days)
{
    struct rk_date date = rk_date_from_days(days);
    rk_buf_printf(out, "%d %s %d", date.day, month_name(language, date.month - 1), date.year);
}

void rk_say_month(struct rk_buf *out, enum rk_language language, int32_t month)
{
    rk_buf_printf(out, "%s %d", month_name(language, month), month / 12);
}

void rk_say_month_short(struct rk_buf *out, enum rk_language language, int32_t month)
{
    /* CLDR's abbreviated months, stand-alone, without the full stops of sv: they label axes */
    static const char *const names[2][12] = {
        {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
        {"jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"},
    };
    rk_buf_text(out, names[language][month % 12]);
}

void rk_say_months(struct rk_buf *out, enum rk_language language, int32_t first, int32_t last)
{
    if (first != last) {
        if (first / 12 == last / 12)
            rk_buf_text(out, month_name(language, first));
        else
            rk_say_month(out, language, first);
        rk_buf_text(out, EN_DASH);
    }
    rk_say_month(out, language, last);
}

int rk_label_compare(const char *a, const char *b, enum rk_language language)
{
    struct rk_buf keys[2] = {0};
    int order = rk_text_compare(rk_collation_key(&keys[0], rk_text(a), language == RK_SWEDISH),
                                rk_collation_key(&keys[1], rk_text(b), language == RK_SWEDISH));
    rk_buf_free(&keys[0]);
    rk_buf_free(&keys[1]);
    return order ? order : strcmp(a, b);
}
