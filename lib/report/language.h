/* The language of a report: its words, its numbers and its dates. A report's language is chosen by
 * the report, not by the person who runs the program, and two reports in two languages may be made
 * in one run; so its texts are pairs, English and Swedish side by side, and not messages of
 * gettext.
 *
 * Numbers and dates follow CLDR 48: sv groups thousands by U+00A0, writes a decimal comma, the
 * minus U+2212, `45 %` with U+00A0, `16 oktober 2019`; en is written as Europe writes it (en-GB):
 * `1,234.5`, `-2`, `45%`, `16 October 2019`. */
#ifndef RK_LANGUAGE_H
#define RK_LANGUAGE_H

#include "base/buf.h"
#include "base/date.h"
#include "base/fixed.h"

enum rk_language { RK_ENGLISH, RK_SWEDISH };

bool rk_language_parse(const char *code, enum rk_language *language); /* "sv", "en" */
const char *rk_language_code(enum rk_language language);

/* The text in the language; both are checked against printf's arguments. */
static inline const char *rk_say(enum rk_language language, const char *english,
                                 const char *swedish) __attribute__((format_arg(2), format_arg(3)));
static inline const char *rk_say(enum rk_language language, const char *english,
                                 const char *swedish)
{
    return language == RK_SWEDISH ? swedish : english;
}

/* Rounded half to even to `decimals`, which are all written. */
void rk_say_number(struct rk_buf *out, enum rk_language language, rk_fixed value, int decimals);
void rk_say_count(struct rk_buf *out, enum rk_language language, int64_t value);
/* `share` 1 = 100 %. */
void rk_say_percent(struct rk_buf *out, enum rk_language language, rk_fixed share, int decimals);
void rk_say_date(struct rk_buf *out, enum rk_language language, int32_t days);
/* A month as year * 12 + month - 1 (rk_month_parse): "mars 2020". */
void rk_say_month(struct rk_buf *out, enum rk_language language, int32_t month);
void rk_say_month_short(struct rk_buf *out, enum rk_language language, int32_t month); /* "mars" */
/* first … last, both included: "mars 2020", "januari–mars 2020", "november 2019–februari 2020". */
void rk_say_months(struct rk_buf *out, enum rk_language language, int32_t first, int32_t last);

/* The order of two labels for readers of the language (rk_collation_key), and bytewise where that
 * makes no difference. */
int rk_label_compare(const char *a, const char *b, enum rk_language language);

#endif
