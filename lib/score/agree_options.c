/* What rk-agree's options say, from their texts. */
#include "base/mem.h"
#include "score/agree.h"

static void add_category(struct rk_agree_options *o, struct rk_text text)
{
    RK_GROW(o->categories, o->category_count, o->category_room);
    o->categories[o->category_count++] = text;
}

/* The text up to `stop`, or all of it; *rest goes on after it, or becomes NULL. */
static struct rk_text cut(const char **rest, char stop)
{
    const char *start = *rest, *end = strchr(start, stop);
    *rest = end ? end + 1 : NULL;
    return (struct rk_text){start, end ? (size_t)(end - start) : strlen(start)};
}

static bool read_number(struct rk_text text, double *number)
{
    rk_fixed value;
    if (!rk_fixed_parse(text, &value))
        return false;
    *number = rk_fixed_double(value);
    return true;
}

bool rk_agree_read_categories(struct rk_agree_options *o, const char *text)
{
    enum { MOST = 100000 };
    const char *colon = strchr(text, ':');
    int64_t low, high;
    o->category_count = 0;
    if (!strchr(text, '|') && colon &&
        rk_text_int((struct rk_text){text, (size_t)(colon - text)}, &low) &&
        rk_text_int(rk_text(colon + 1), &high)) {
        if (low < -MOST || high > MOST || high <= low || high - low >= MOST)
            return false;
        for (; low <= high; low++) {
            struct rk_buf number = {0};
            rk_buf_printf(&number, "%lld", (long long)low);
            add_category(o, rk_text(rk_keep(number.text)));
            rk_buf_free(&number);
        }
        return true;
    }
    struct rk_text rest = rk_text(text), item;
    while (rk_list_next(&rest, &item))
        add_category(o, item);
    return o->category_count >= 2 && o->category_count <= MOST;
}

bool rk_agree_read_disagreement(struct rk_agree_options *o, const char *text)
{
    size_t count = 0, room = 0, rows = 0, columns = 0, in_row = 0;
    for (const char *at = text; at;) {
        size_t size = strcspn(at, ",/");
        RK_GROW(o->disagreement, count, room);
        if (!read_number((struct rk_text){at, size}, &o->disagreement[count++]))
            return false;
        in_row++;
        char stop = at[size];
        at = stop ? at + size + 1 : NULL;
        if (stop == ',')
            continue;
        columns = rows++ ? columns : in_row;
        if (in_row != columns)
            return false;
        in_row = 0;
    }
    bool good = rows >= 2 && rows == columns;
    for (size_t i = 0; i < count && good; i++)
        good = o->disagreement[i] >= 0 && (i % (rows + 1) || o->disagreement[i] == 0);
    o->disagreement_size = rows;
    return good;
}

bool rk_agree_read_scale(struct rk_agree_options *o, const char *text)
{
    double part[3] = {0, 0, 1};
    size_t n = 0;
    for (const char *rest = text; rest; n++)
        if (n == 3 || !read_number(cut(&rest, ':'), &part[n]))
            return false;
    double steps = (part[1] - part[0]) / part[2];
    o->step = part[2];
    o->steps = round(steps) + 1;
    return n >= 2 && part[1] > part[0] && part[2] > 0 && fabs(steps - round(steps)) < 1e-9;
}

bool rk_agree_read_decision(struct rk_decide_sizes *sizes, const char *text)
{
    sizes->count = 0;
    for (const char *rest = text; rest;) {
        int64_t number;
        if (sizes->count == RK_DECIDE_MOST || !rk_text_int(cut(&rest, ','), &number) ||
            number < 1 || number > 1000000)
            return false;
        sizes->of[sizes->count++] = (double)number;
    }
    return true;
}

static bool any(const bool *flags, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (flags[i])
            return true;
    return false;
}

void rk_agree_complete(struct rk_agree_options *o, bool all)
{
    bool asked = any(o->asked, RK_FAMILIES);
    for (int f = 0; f < RK_FAMILIES; f++)
        o->wanted[f] = all || (asked ? o->asked[f] : f != RK_F_GENERALIZABILITY);
    o->weights_asked = o->disagreement || any(o->weights, RK_WEIGHTINGS);
    if (!any(o->weights, RK_WEIGHTINGS))
        o->weights[o->disagreement ? RK_CUSTOM : RK_UNWEIGHTED] = true;
    if (any(o->metrics, RK_METRICS))
        return;
    for (int m = 0; m <= (o->words ? RK_NOMINAL : RK_RATIO_METRIC); m++)
        o->metrics[m] = true;
}

void rk_agree_options_free(struct rk_agree_options *o)
{
    rk_free(o->categories);
    rk_free(o->disagreement);
    o->categories = NULL;
    o->disagreement = NULL;
}
