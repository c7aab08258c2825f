#include "table/cell.h"

#include "base/date.h"
#include "base/fixed.h"

#include <strings.h>

static bool digit(char c) { return c >= '0' && c <= '9'; }

static bool all_digits(struct rk_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!digit(text.text[i]))
            return false;
    return text.size > 0;
}

static bool because(struct rk_buf *why, const char *reason)
{
    rk_buf_text(why, reason);
    return false;
}

bool rk_cell_is_error(struct rk_text text)
{
    static const char *const errors[] = {
        "#REF!",      "#VALUE!",    "#DIV/0!",      "#NAME?",    "#N/A",
        "#NULL!",     "#NUM!",      "#SPILL!",      "#CALC!",    "#GETTING_DATA",
        "#REFERENS!", "#VÄRDEFEL!", "#DIVISION/0!", "#NAMN?",    "#SAKNAS!",
        "#SKÄRNING!", "#OGILTIGT!", "#SPILL!",      "#BERÄKNA!", NULL};
    for (size_t i = 0; errors[i]; i++)
        if (rk_text_is(text, errors[i]))
            return true;
    return false;
}

bool rk_cell_is_shortened(struct rk_text text)
{
    size_t at = 0;
    while (at < text.size && digit(text.text[at]))
        at++;
    if (at != 1 || at == text.size || (text.text[at] != ',' && text.text[at] != '.'))
        return false;
    for (at++; at < text.size && digit(text.text[at]); at++)
        ;
    return text.size - at > 2 && (text.text[at] | 0x20) == 'e' && text.text[at + 1] == '+' &&
           all_digits((struct rk_text){text.text + at + 2, text.size - at - 2});
}

/* ---- numbers ---- */

/* A blank that may stand between thousands, or a minus sign, at text[at]: its size. */
static size_t blank_at(struct rk_text text, size_t at)
{
    const char *c = text.text + at;
    size_t left = text.size - at;
    if (*c == ' ')
        return 1;
    if (left > 1 && !memcmp(c, "\xc2\xa0", 2))
        return 2;
    if (left > 2 && (!memcmp(c, "\xe2\x80\xaf", 3) || !memcmp(c, "\xe2\x80\x89", 3)))
        return 3;
    return 0;
}

/* Digits in which groups of three may be set off by blanks or by `thousands` (0 = none). *mark is
 * the decimal mark found. Appends [-]digits[.digits]. */
static bool plain_number(struct rk_text text, char thousands, char *mark, size_t *before,
                         size_t *after, struct rk_buf *out)
{
    size_t at = 0, group = 0, groups = 0;
    *mark = 0;
    *before = *after = 0;
    if (text.size > 2 && !memcmp(text.text, "\xe2\x88\x92", 3)) {
        rk_buf_char(out, '-');
        at = 3;
    } else if (text.size && (*text.text == '-' || *text.text == '+')) {
        if (*text.text == '-')
            rk_buf_char(out, '-');
        at = 1;
    }
    for (; at < text.size; at++) {
        char c = text.text[at];
        size_t blank = blank_at(text, at);
        if (digit(c)) {
            rk_buf_char(out, c);
            *(*mark ? after : before) += 1;
            group++;
        } else if (!*mark && (blank || (thousands && c == thousands)) && group &&
                   (groups ? group == 3 : group <= 3)) {
            groups++;
            group = 0;
            at += blank ? blank - 1 : 0;
        } else if (!*mark && (c == ',' || c == '.') && c != thousands) {
            if (groups && group != 3)
                return false;
            *mark = c;
            rk_buf_char(out, '.');
        } else {
            return false;
        }
    }
    if (groups && !*mark && group != 3)
        return false;
    return *before && (!*mark || *after);
}

/* A part of a day as hours, to whole seconds: 0.104166666666667 is 2.5. */
static bool read_hours(struct rk_text text, struct rk_buf *out)
{
    rk_fixed serial;
    if (!rk_fixed_parse(text, &serial) || serial < 0 || serial > rk_fixed_int(10000))
        return false;
    int64_t seconds = (int64_t)(((__int128)serial * 86400 + RK_FIXED_ONE / 2) / RK_FIXED_ONE);
    rk_double_print(out, (double)seconds / 3600);
    return true;
}

static bool read_number(struct rk_cell_column *column, const struct rk_foreign_cell *cell,
                        struct rk_text text, const struct rk_pos *pos, struct rk_buf *out,
                        struct rk_buf *why)
{
    size_t start = out->size, before = 0, after = 0;
    char mark = 0;
    if (cell->kind == RK_FOREIGN_NUMBER || cell->kind == RK_FOREIGN_PERCENT) {
        rk_buf_add(out, text.text, text.size);
        column->notes[RK_CELL_PERCENT] += cell->kind == RK_FOREIGN_PERCENT;
    } else if (cell->kind == RK_FOREIGN_DURATION && column->hours && read_hours(text, out)) {
        column->notes[RK_CELL_HOURS]++;
    } else if (cell->kind != RK_FOREIGN_TEXT) {
        return because(why,
                       cell->kind == RK_FOREIGN_TRUTH
                           ? _("true or false where a number belongs")
                           : _("a date or a time of day where a number belongs: Excel may have "
                               "turned 3/5 or 1.2 into a date"));
    } else if (rk_cell_is_shortened(text)) {
        return because(why, _("Excel has shortened a long number: its last digits are lost"));
    } else {
        char thousands = column->decimal == ',' ? '.' : column->decimal == '.' ? ',' : 0;
        if (!plain_number(text, thousands, &mark, &before, &after, out)) {
            if (out->text)
                out->text[out->size = start] = '\0';
            bool percent = text.size && text.text[text.size - 1] == '%';
            bool both = memchr(text.text, ',', text.size) && memchr(text.text, '.', text.size);
            return because(why, percent ? _("a number with a percent sign; expected a plain number")
                                : both
                                    ? _("both a comma and a point: say which is the decimal mark "
                                        "with --decimal")
                                    : _("not a number"));
        }
    }
    if (mark) {
        size_t which = mark == '.';
        if (!column->marks[which]++)
            column->first[which] = *pos;
        column->thousand_like +=
            after == 3 && before <= 3 && out->text[start + (out->text[start] == '-')] != '0';
    }
    if (column->type == RK_INTEGER) { /* 4,0 is 4 */
        char *point = memchr(out->text + start, '.', out->size - start);
        size_t end = out->size;
        while (point && end && out->text[end - 1] == '0')
            end--;
        if (point && out->text + end - 1 == point)
            out->text[out->size = (size_t)(point - out->text)] = '\0';
    }
    return true;
}

/* ---- dates ---- */

struct moment {
    struct rk_date date;
    int minutes; /* -1 = no time of day */
    bool seconds;
};

/* Excel's serial: days since 1899-12-30 from 1 March 1900 on, a day more before it, when Excel
 * believes in 29 February 1900; since 1904-01-01 in workbooks of that kind. */
static bool from_serial(struct rk_text text, bool is_1904, struct moment *moment)
{
    rk_fixed serial;
    if (!rk_fixed_parse(text, &serial) || serial < 0 || serial >= rk_fixed_int(2958466))
        return false;
    /* to whole seconds: Excel's fractions are rounded doubles */
    __int128 seconds = (serial * 86400 + RK_FIXED_ONE / 2) / RK_FIXED_ONE;
    int32_t days = (int32_t)(seconds / 86400);
    int rest = (int)(seconds % 86400);
    if (is_1904)
        days -= 24107;
    else if (days < 1 || days == 60)
        return false;
    else
        days -= days < 60 ? 25568 : 25569;
    moment->date = rk_date_from_days(days);
    moment->minutes = rest / 60;
    moment->seconds = rest % 60;
    return true;
}

/* A number of 1 to `most` digits at *at. */
static bool take_digits(struct rk_text text, size_t *at, size_t least, size_t most, int *value)
{
    size_t n = 0;
    *value = 0;
    while (*at < text.size && n < most && digit(text.text[*at])) {
        *value = *value * 10 + (text.text[*at] - '0');
        ++*at;
        n++;
    }
    return n >= least && (*at == text.size || !digit(text.text[*at]));
}

static bool take_month_name(struct rk_text text, size_t *at, int *month)
{
    static const char *const names[12][2] = {
        {"januari", "january"}, {"februari", "february"}, {"mars", "march"},
        {"april", "april"},     {"maj", "may"},           {"juni", "june"},
        {"juli", "july"},       {"augusti", "august"},    {"september", "september"},
        {"oktober", "october"}, {"november", "november"}, {"december", "december"}};
    size_t n = 0;
    while (*at + n < text.size && ((text.text[*at + n] | 0x20) >= 'a') &&
           ((text.text[*at + n] | 0x20) <= 'z'))
        n++;
    for (int m = 0; m < 12 && n >= 3; m++)
        for (int l = 0; l < 2; l++)
            if (n <= strlen(names[m][l]) && !strncasecmp(text.text + *at, names[m][l], n)) {
                *at += n;
                if (*at < text.size && text.text[*at] == '.')
                    ++*at;
                *month = m + 1;
                return true;
            }
    return false;
}

static bool take(struct rk_text text, size_t *at, const char *set)
{
    if (*at < text.size && text.text[*at] && strchr(set, text.text[*at])) {
        ++*at;
        return true;
    }
    return false;
}

static void skip_blanks(struct rk_text text, size_t *at)
{
    size_t n;
    while (*at < text.size && (n = blank_at(text, *at)))
        *at += n;
}

/* 2020-03-05, 2020/3/5, 2020.03.05, 20200305, 5/3 2020, 5/3/2020, 5.3.2020, 5-3-2020, 5 mars 2020.
 */
static bool take_day(struct rk_text text, size_t *at, struct rk_date *date, bool *day_first)
{
    size_t start = *at;
    int a, b, c;
    if (text.size - *at >= 8 && all_digits((struct rk_text){text.text + *at, 8}) &&
        take_digits(text, at, 8, 8, &a)) {
        *date = (struct rk_date){a / 10000, a / 100 % 100, a % 100};
        return rk_date_valid(*date);
    }
    *at = start;
    if (take_digits(text, at, 4, 4, &a)) {
        if (*at == text.size)
            return false;
        char sign[] = {text.text[*at], '\0'};
        if (!strchr("-/.", *sign) || !take(text, at, sign) || !take_digits(text, at, 1, 2, &b) ||
            !take(text, at, sign) || !take_digits(text, at, 1, 2, &c))
            return false;
        *date = (struct rk_date){a, b, c};
        return rk_date_valid(*date);
    }
    *at = start;
    if (!take_digits(text, at, 1, 2, &a))
        return false;
    size_t after = *at;
    skip_blanks(text, at);
    if (*at == text.size)
        return false;
    if (*at > after || !strchr("/.-", text.text[*at])) { /* 5 mars 2020 */
        if (!take_month_name(text, at, &b))
            return false;
        skip_blanks(text, at);
        if (!take_digits(text, at, 4, 4, &c))
            return false;
    } else {
        char sign[] = {text.text[*at], '\0'};
        if (!take(text, at, sign) || !take_digits(text, at, 1, 2, &b))
            return false;
        size_t blank = *at;
        skip_blanks(text, at);
        if (*at == blank) {
            *day_first = true;
            if (!take(text, at, sign))
                return false;
        } else if (*sign != '/') { /* 5/3 2020 alone has a blank for the second sign */
            return false;
        }
        if (!take_digits(text, at, 4, 4, &c))
            return false;
    }
    *date = (struct rk_date){c, b, a};
    return rk_date_valid(*date);
}

/* 17:30, 17.30, 17:30:05, 17:30:05.000; a Z or an offset is not local time and is refused. */
static bool take_time(struct rk_text text, size_t *at, struct moment *moment)
{
    int hour, minute, second = 0;
    if (!take_digits(text, at, 1, 2, &hour) || !take(text, at, ":.") ||
        !take_digits(text, at, 2, 2, &minute))
        return false;
    if (take(text, at, ":.")) {
        if (!take_digits(text, at, 2, 2, &second))
            return false;
        if (take(text, at, "."))
            while (*at < text.size && digit(text.text[*at]))
                moment->seconds |= text.text[(*at)++] != '0';
    }
    moment->minutes = hour * 60 + minute;
    moment->seconds |= second > 0;
    return hour < 24 && minute < 60 && second < 60;
}

static bool parse_moment(struct rk_text text, struct moment *moment, bool *day_first)
{
    size_t at = 0;
    *moment = (struct moment){.minutes = -1};
    if (!text.size || !take_day(text, &at, &moment->date, day_first))
        return false;
    if (at == text.size)
        return true;
    size_t before = at;
    take(text, &at, ",");
    skip_blanks(text, &at);
    if (at == before && !take(text, &at, "Tt"))
        return false;
    if (text.size - at > 3 && !strncasecmp(text.text + at, "kl", 2)) {
        at += 2;
        take(text, &at, ".");
        skip_blanks(text, &at);
    }
    return take_time(text, &at, moment) && at == text.size;
}

/* Any cell that tells a day, with or without a time of day. */
static bool read_moment(struct rk_cell_column *column, const struct rk_foreign_cell *cell,
                        struct rk_text text, struct moment *moment, struct rk_buf *why)
{
    bool day_first = false;
    switch (cell->kind) {
    case RK_FOREIGN_DAY:
    case RK_FOREIGN_MOMENT:
        if (!from_serial(text, column->is_1904, moment))
            return because(why, _("a date that does not exist"));
        if (cell->kind == RK_FOREIGN_DAY && !moment->minutes && !moment->seconds)
            moment->minutes = -1;
        return true;
    case RK_FOREIGN_DURATION: return because(why, _("a time of day without a date"));
    case RK_FOREIGN_TRUTH: return because(why, _("true or false where a date belongs"));
    default: break;
    }
    if (parse_moment(text, moment, &day_first)) {
        column->notes[RK_CELL_DAY_FIRST] += day_first;
        return true;
    }
    /* 43895: days, from 1954 to 2119; nothing shorter, which may be a year or a code */
    int64_t days;
    struct rk_text whole = text;
    const char *mark = memchr(text.text, '.', text.size);
    if (!mark)
        mark = memchr(text.text, ',', text.size);
    if (mark)
        whole.size = (size_t)(mark - text.text);
    struct rk_buf serial = {0};
    rk_buf_add(&serial, text.text, text.size);
    if (mark)
        serial.text[whole.size] = '.';
    bool good = whole.size == 5 && rk_text_int(whole, &days) && days >= 20000 && days <= 80000 &&
                from_serial((struct rk_text){serial.text, serial.size}, column->is_1904, moment);
    rk_buf_free(&serial);
    if (!good)
        return because(why, all_digits(text) && text.size == 6
                                ? _("six digits are no certain date: write 2020-03-05")
                                : _("not a date such as 2020-03-05"));
    if (!mark)
        moment->minutes = -1;
    column->notes[RK_CELL_SERIAL]++;
    return true;
}

static bool read_date(struct rk_cell_column *column, const struct rk_foreign_cell *cell,
                      struct rk_text text, struct rk_buf *out, struct rk_buf *why)
{
    struct moment moment;
    if (!read_moment(column, cell, text, &moment, why))
        return false;
    if (column->type == RK_DATE) {
        column->notes[RK_CELL_TIME_LEFT_OUT] += moment.minutes > 0 || moment.seconds;
        rk_date_print(out, rk_date_days(moment.date));
        return true;
    }
    if (moment.minutes < 0)
        return because(why, _("a date without a time of day"));
    column->notes[RK_CELL_SECONDS_LEFT_OUT] += moment.seconds;
    rk_time_print(out, (int64_t)rk_date_days(moment.date) * 1440 + moment.minutes);
    return true;
}

/* ---- years ---- */

/* What people write who would not say: 111111, 000000, 123456, 19000101 … */
static bool junk_birth(struct rk_text text)
{
    static const char *const junk[] = {"123456", "12345678", "19111111", "19000101", NULL};
    bool same = all_digits(text);
    for (size_t i = 1; i < text.size; i++)
        same &= text.text[i] == *text.text;
    for (size_t i = 0; junk[i]; i++)
        same |= rk_text_is(text, junk[i]);
    return same;
}

static bool read_year(struct rk_cell_column *column, const struct rk_foreign_cell *cell,
                      struct rk_text text, struct rk_buf *out, struct rk_buf *why)
{
    if (text.size == 4 && all_digits(text) && cell->kind <= RK_FOREIGN_NUMBER) {
        if (column->birth && junk_birth(text)) {
            column->notes[RK_CELL_JUNK_BIRTH]++;
            return true;
        }
        rk_buf_add(out, text.text, 4);
        return true;
    }
    if (!column->birth)
        return because(why, _("not a year such as 2019"));
    struct rk_buf digits = {0};
    for (size_t i = 0; i < text.size; i++)
        if (digit(text.text[i]))
            rk_buf_char(&digits, text.text[i]);
        else if (!strchr("-/. ", text.text[i]))
            rk_buf_char(&digits, '?');
    struct rk_text only = {digits.text ? digits.text : "", digits.size};
    struct moment moment;
    bool day_first = false, good = true;
    if (cell->kind <= RK_FOREIGN_NUMBER && junk_birth(only)) {
        column->notes[RK_CELL_JUNK_BIRTH]++;
    } else if (cell->kind <= RK_FOREIGN_NUMBER && all_digits(text) && text.size == 6) {
        int value = 0;
        for (size_t i = 0; i < 6; i++)
            value = value * 10 + (text.text[i] - '0');
        int year = value / 10000;
        /* there is no clock to ask: the youngest are born 2020, the oldest 1921 */
        year += year <= 20 ? 2000 : 1900;
        good = rk_date_valid((struct rk_date){year, value / 100 % 100, value % 100});
        if (good) {
            rk_buf_printf(out, "%04d", year);
            column->notes[RK_CELL_SHORT_BIRTH]++;
        }
    } else if (cell->kind == RK_FOREIGN_DAY || cell->kind == RK_FOREIGN_MOMENT) {
        good = from_serial(text, column->is_1904, &moment);
        if (good)
            rk_buf_printf(out, "%04d", moment.date.year);
    } else {
        good = cell->kind <= RK_FOREIGN_NUMBER && parse_moment(text, &moment, &day_first);
        if (good)
            rk_buf_printf(out, "%04d", moment.date.year);
    }
    rk_buf_free(&digits);
    return good ||
           because(why,
                   _("neither a year of birth such as 1987 nor a birth date of 6 or 8 digits"));
}

/* ---- lists and the rest ---- */

/* The comma between the digits of "skola:0,5", from text[at]; 0 when there is none. */
static size_t decimal_comma(struct rk_text text, size_t at)
{
    while (at < text.size && digit(text.text[at]))
        at++;
    return at + 1 < text.size && text.text[at] == ',' && digit(text.text[at + 1]) ? at : 0;
}

void rk_cell_list(struct rk_text text, struct rk_buf *out)
{
    const char *marks = memchr(text.text, '|', text.size) ? "|" : ",;/\r\n";
    size_t start = out->size;
    for (size_t at = 0; at <= text.size;) {
        size_t end = at, weight = 0;
        for (; end < text.size && (!strchr(marks, text.text[end]) || weight == end); end++)
            if (end + 2 < text.size && text.text[end] == ':' && digit(text.text[end + 1]))
                weight = decimal_comma(text, end + 1);
        struct rk_text item = rk_text_trim((struct rk_text){text.text + at, end - at});
        if (item.size) {
            if (out->size > start)
                rk_buf_char(out, '|');
            rk_buf_add(out, item.text, item.size);
            const char *comma = text.text + weight;
            if (weight && comma > item.text && comma < item.text + item.size)
                out->text[out->size - (size_t)(item.text + item.size - comma)] = '.';
        }
        at = end + 1;
    }
}

bool rk_cell_read(struct rk_cell_column *column, const struct rk_foreign_cell *cell,
                  const struct rk_pos *pos, struct rk_buf *out, struct rk_buf *why)
{
    struct rk_text text = {cell->text, cell->size};
    if (cell->kind == RK_FOREIGN_ERROR ||
        (cell->kind == RK_FOREIGN_TEXT && rk_cell_is_error(text))) {
        rk_buf_printf(why, _("the cell holds Excel's error %.*s"), (int)text.size, text.text);
        return false;
    }
    if (cell->kind == RK_FOREIGN_UNSTORED)
        return because(why,
                       _("a formula without a stored value: open the file in Excel and save it"));
    if (!text.size)
        return true;
    switch (column->type) {
    case RK_INTEGER:
    case RK_NUMBER: return read_number(column, cell, text, pos, out, why);
    case RK_DATE:
    case RK_DATETIME: return read_date(column, cell, text, out, why);
    case RK_YEAR: return read_year(column, cell, text, out, why);
    case RK_LIST:
    case RK_STRING:
    case RK_BOOLEAN: break;
    }
    if (cell->kind == RK_FOREIGN_DAY || cell->kind == RK_FOREIGN_MOMENT ||
        cell->kind == RK_FOREIGN_DURATION)
        return because(why, _("a date or a time where a text belongs: Excel may have turned a code "
                              "into a date"));
    if (rk_cell_is_shortened(text))
        return because(why, _("Excel has shortened a long number: its last digits are lost"));
    if (column->type == RK_LIST)
        rk_cell_list(text, out);
    else
        rk_buf_add(out, text.text, text.size);
    return true;
}
