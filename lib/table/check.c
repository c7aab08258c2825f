/* One cell against its field. */
#include "base/mem.h"
#include "table/table.h"

void rk_field_show(const struct rk_field *field, struct rk_text text, struct rk_buf *why)
{
    if (field->personal) {
        rk_buf_text(why, _("the value"));
        return;
    }
    size_t size = text.size;
    if (size > 60) {
        size = 60;
        while (size && ((unsigned char)text.text[size] & 0xc0) == 0x80)
            size--;
    }
    rk_buf_char(why, '\'');
    rk_text_visible(why, text.text, size);
    rk_buf_text(why, size < text.size ? "…'" : "'");
}

static const char *nearest_choice(const struct rk_field *field, struct rk_text text)
{
    if (!field->choices)
        return NULL;
    char *word = rk_strndup(text.text, text.size);
    const char *nearest = rk_nearest(word, field->choices);
    rk_free(word);
    return nearest;
}

/* What slipped into a wrong column may be somebody's name, number or address. */
static bool may_be_somebody(const struct rk_field *field, struct rk_text text)
{
    size_t digits = 0, blanks = 0;
    for (size_t i = 0; i < text.size; i++) {
        digits += text.text[i] >= '0' && text.text[i] <= '9';
        blanks += text.text[i] == ' ' || text.text[i] == '@';
    }
    bool like_a_date = text.size > 4 && text.text[4] == '-';
    return (blanks && digits + blanks < text.size && !nearest_choice(field, text)) ||
           (digits > 8 && !like_a_date);
}

static bool wrong(const struct rk_field *field, struct rk_text text, struct rk_buf *why,
                  const char *what)
{
    if (may_be_somebody(field, text))
        rk_buf_text(why, _("the value"));
    else
        rk_field_show(field, text, why);
    rk_buf_char(why, ' ');
    rk_buf_text(why, what);
    return false;
}

static int choose(const struct rk_field *field, struct rk_text text)
{
    for (int i = 0; field->choices[i]; i++)
        if (rk_text_is(text, field->choices[i]))
            return i;
    return -1;
}

static bool unknown_choice(const struct rk_field *field, struct rk_text text, struct rk_buf *why)
{
    wrong(field, text, why, _("is not one of"));
    for (int i = 0; field->choices[i]; i++)
        rk_buf_printf(why, "%s %s", i ? "," : "", field->choices[i]);
    if (field->personal)
        return false;
    const char *nearest = nearest_choice(field, text);
    if (nearest)
        rk_buf_printf(why, _("; did you mean %s?"), nearest);
    return false;
}

static bool in_range(const struct rk_field *field, struct rk_text text, rk_fixed number,
                     struct rk_buf *why)
{
    bool low = field->has_minimum && number < field->minimum;
    if (!low && !(field->has_maximum && number > field->maximum))
        return true;
    wrong(field, text, why, low ? _("is less than") : _("is more than"));
    rk_buf_char(why, ' ');
    rk_fixed_print(why, low ? field->minimum : field->maximum);
    return false;
}

static bool check_number(const struct rk_field *field, struct rk_text text, struct rk_value *value,
                         struct rk_buf *why)
{
    if (!rk_fixed_parse(text, &value->number)) {
        if (memchr(text.text, ',', text.size))
            return wrong(field, text, why,
                         _("is not a number; rk-import reads numbers with a decimal comma"));
        return wrong(field, text, why, _("is not a number"));
    }
    if (field->type == RK_INTEGER && value->number % RK_FIXED_ONE)
        return wrong(field, text, why, _("is not a whole number"));
    return in_range(field, text, value->number, why);
}

static bool check_time(const struct rk_field *field, struct rk_text text, struct rk_value *value,
                       struct rk_buf *why)
{
    struct rk_date date;
    if (field->type == RK_DATETIME)
        return rk_time_parse(text, &value->time) ||
               wrong(field, text, why, _("is not a date and time such as 2019-10-16T17:30"));
    if (!rk_date_parse(text, &date))
        return wrong(field, text, why, _("is not a date such as 2019-10-16"));
    value->time = rk_date_days(date);
    return true;
}

bool rk_field_check(const struct rk_field *field, struct rk_text text, struct rk_value *value,
                    struct rk_buf *why)
{
    *value = (struct rk_value){.text = text.text, .size = text.size, .choice = -1};
    if (!text.size) {
        if (field->required)
            rk_buf_text(why, _("missing, but required"));
        return !field->required;
    }
    struct rk_text rest = text, item;
    int64_t whole;
    switch (field->type) {
    case RK_STRING:
        if (field->choices && (value->choice = choose(field, text)) < 0)
            return unknown_choice(field, text, why);
        return true;
    case RK_LIST:
        while (field->choices && rk_list_next(&rest, &item))
            if (choose(field, item) < 0)
                return unknown_choice(field, item, why);
        return true;
    case RK_INTEGER:
    case RK_NUMBER: return check_number(field, text, value, why);
    case RK_BOOLEAN:
        if (!rk_text_is(text, "true") && !rk_text_is(text, "false"))
            return wrong(field, text, why, _("is neither true nor false"));
        value->number = rk_text_is(text, "true") ? RK_FIXED_ONE : 0;
        return true;
    case RK_DATE:
    case RK_DATETIME: return check_time(field, text, value, why);
    case RK_YEAR:
        if (text.size != 4 || !rk_text_int(text, &whole) || whole < 1)
            return wrong(field, text, why, _("is not a year such as 2019"));
        value->number = rk_fixed_int(whole);
        return in_range(field, text, value->number, why);
    }
    return false;
}
