#include "model/certificate.h"

#include "base/date.h"
#include "stream/json.h"

#define LARGEST ((size_t)4 << 30)

const char *const rk_choice_level_names[] = {"seats", "shortage", "change", "fit",
                                             "load",  "lottery",  NULL};

/* Reading goes on only while all is well: each step asks `status`. */
struct reading {
    struct rk_certificate *c;
    const struct rk_panelists *panelists;
    const struct rk_recruitments *recruitments;
    struct rk_strings limits; /* keys of limits, to numbers */
    struct rk_error *error;
    enum rk_status status;
};

static void expect(struct reading *r, bool good, const char *what, const char *expected)
{
    if (r->status == RK_OK && !good)
        r->status = rk_fail_at(r->error, RK_BAD_DATA, &(struct rk_pos){.file = r->c->file},
                               _("%s: expected %s"), what, expected);
}

static const char *string(struct reading *r, const rk_json *object, const char *key,
                          const char *what)
{
    const char *text = "";
    if (r->status == RK_OK)
        r->status = rk_json_string(object, key, true, &text, what, r->error);
    return text;
}

static struct rk_text kept_string(struct reading *r, const rk_json *object, const char *key,
                                  const char *what)
{
    return rk_text(rk_arena_keep(&r->c->arena, string(r, object, key, what)));
}

static bool flag(struct reading *r, const rk_json *object, const char *key, const char *what)
{
    bool value = false;
    if (r->status == RK_OK)
        r->status = rk_json_flag(object, key, true, &value, what, r->error);
    return value;
}

/* NULL, of which there are no items, where it is missing (and need not be there) or wrong. */
static const rk_json *array(struct reading *r, const rk_json *object, const char *key,
                            bool required, const char *what)
{
    const rk_json *value = NULL;
    if (r->status == RK_OK)
        r->status = rk_json_array(object, key, required, &value, what, r->error);
    return value;
}

static void only(struct reading *r, const rk_json *object, const char *const *known,
                 const char *what)
{
    if (r->status == RK_OK)
        r->status = rk_json_only(object, known, what, r->error);
}

static int64_t whole(struct reading *r, const rk_json *value, const char *what)
{
    int64_t number = 0;
    expect(r, rk_json_int(value, &number), what, _("a whole number"));
    return number;
}

static uint32_t recruitment(struct reading *r, const rk_json *value, const char *what)
{
    const char *id = rk_json_text(value);
    uint32_t place = id ? rk_recruitments_find(r->recruitments, rk_text(id)) : RK_NONE;
    expect(r, place != RK_NONE, what, _("a recruitment_id of the table recruitments"));
    return place;
}

static uint32_t panelist(struct reading *r, const rk_json *value, const char *what)
{
    const char *id = rk_json_text(value);
    uint32_t place = id ? rk_panelists_find(r->panelists, rk_text(id)) : RK_NONE;
    expect(r, place != RK_NONE, what, _("a panelist_id of the table panelists"));
    return place;
}

static uint32_t index_below(struct reading *r, const rk_json *value, uint32_t from, uint32_t end,
                            const char *what)
{
    int64_t index = whole(r, value, what);
    expect(r, index >= from && index < end, what, _("the place of a row, from 0"));
    return r->status ? RK_NONE : (uint32_t)index;
}

static void read_levels(struct reading *r, const rk_json *document, const char *key,
                        int64_t values[RK_CHOICE_LEVELS])
{
    const rk_json *list = array(r, document, key, true, "");
    expect(r, rk_json_count(list) == RK_CHOICE_LEVELS, key, _("a number for each level"));
    for (size_t l = 0; l < RK_CHOICE_LEVELS && !r->status; l++)
        values[l] = whole(r, rk_json_item(list, l), key);
}

static void read_stay(struct reading *r, const rk_json *document)
{
    struct rk_certificate *c = r->c;
    const rk_json *list = array(r, document, "stay", false, "");
    size_t count = list ? rk_json_count(list) : 0;
    c->stay = rk_arena_zeroed(&c->arena, count + 1, sizeof *c->stay);
    for (size_t i = 0; i < count && !r->status; i++) {
        const rk_json *item = rk_json_item(list, i);
        expect(r, rk_json_count(item) == 3, "stay", "[recruitment_id, panelist_id, number]");
        c->stay[c->stay_count++] = (struct rk_certificate_stay){
            recruitment(r, rk_json_item(item, 0), "stay"),
            panelist(r, rk_json_item(item, 1), "stay"), whole(r, rk_json_item(item, 2), "stay")};
    }
}

static int32_t bound(struct reading *r, const rk_json *object, const char *key, const char *what)
{
    rk_fixed number = 0;
    if (r->status == RK_OK)
        r->status = rk_json_fixed(object, key, true, &number, what, r->error);
    expect(r, number >= 0 && number % RK_FIXED_ONE == 0 && number < rk_fixed_int(INT32_MAX), what,
           _("a whole number from 0"));
    return r->status ? 0 : (int32_t)(number / RK_FIXED_ONE);
}

static uint32_t read_rows(struct reading *r, const rk_json *document, const char *key,
                          struct rk_certificate_row **rows)
{
    static const char *const known[] = {"recruitment", "feature", "value", "min",
                                        "max",         "around",  NULL};
    const rk_json *list = array(r, document, key, true, "");
    uint32_t count = list ? (uint32_t)rk_json_count(list) : 0;
    bool crossing = rows == &r->c->crossing;
    *rows = rk_arena_zeroed(&r->c->arena, (size_t)count + 1, sizeof **rows);
    for (uint32_t i = 0; i < count && !r->status; i++) {
        const rk_json *item = rk_json_item(list, i), *around = NULL;
        struct rk_certificate_row *row = &(*rows)[i];
        char what[40];
        snprintf(what, sizeof what, "%s[%u]", key, i);
        only(r, item, known, what);
        row->recruitment = recruitment(r, rk_json_member(item, "recruitment"), what);
        around = rk_json_member(item, "around");
        row->feature = kept_string(r, item, "feature", what);
        row->value = kept_string(r, item, "value", what);
        row->min = bound(r, item, "min", what);
        row->max = bound(r, item, "max", what);
        expect(r, row->min <= row->max, what, _("min at most max"));
        row->around = RK_NONE;
        expect(r, !around || !crossing, what, _("no 'around' where rows cross"));
        if (around && !rk_json_is_null(around))
            row->around = index_below(r, around, i + 1, count, what);
    }
    for (uint32_t i = 0; i < count && !r->status; i++)
        expect(r,
               (*rows)[i].around == RK_NONE ||
                   (*rows)[(*rows)[i].around].recruitment == (*rows)[i].recruitment,
               key, _("rows inside each other of the same recruitment"));
    return count;
}

/* ---- stages ---- */

enum priced { OF_RECRUITMENTS, OF_PANELISTS, OF_ROWS, OF_CROSSING };

static struct rk_certificate_prices read_prices(struct reading *r, const rk_json *stage,
                                                const char *key, enum priced of, const char *what)
{
    const rk_json *list = array(r, stage, key, true, what);
    struct rk_certificate_prices prices = {.count = list ? (uint32_t)rk_json_count(list) : 0};
    char where[80];
    prices.items = rk_arena_zeroed(&r->c->arena, (size_t)prices.count + 1, sizeof *prices.items);
    for (uint32_t i = 0; i < prices.count && !r->status; i++) {
        const rk_json *pair = rk_json_item(list, i), *first = rk_json_item(pair, 0);
        snprintf(where, sizeof where, "%s.%s[%u]", what, key, i);
        expect(r, rk_json_count(pair) == 2, where, _("a pair: what, and its price"));
        prices.items[i].of = of == OF_RECRUITMENTS ? recruitment(r, first, where)
                             : of == OF_PANELISTS  ? panelist(r, first, where)
                             : of == OF_ROWS
                                 ? index_below(r, first, 0, r->c->row_count, where)
                                 : index_below(r, first, 0, r->c->crossing_count, where);
        prices.items[i].price = whole(r, rk_json_item(pair, 1), where);
    }
    return prices;
}

static int ascending(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

static void read_overlap(struct reading *r, const rk_json *list, struct rk_certificate_limit *limit,
                         const char *where)
{
    size_t count = rk_json_count(list);
    uint32_t *of = rk_arena_zeroed(&r->c->arena, count + 1, sizeof *of);
    for (size_t i = 0; i < count && !r->status; i++)
        of[i] = recruitment(r, rk_json_item(list, i), where);
    qsort(of, count, sizeof *of, ascending);
    for (size_t i = 1; i < count; i++)
        expect(r, of[i] != of[i - 1], where, _("no recruitment twice"));
    expect(r, count > 0, where, _("recruitments that overlap"));
    limit->overlap = of;
    limit->overlap_count = (uint32_t)count;
}

/* "2026", or "2026-03" */
static void read_period(struct reading *r, const char *text, struct rk_certificate_limit *limit,
                        const char *where)
{
    char month[16];
    bool year = limit->kind == RK_CERTIFICATE_YEAR;
    snprintf(month, sizeof month, year ? "%.8s-01" : "%.12s", text ? text : "");
    expect(r, rk_month_parse(rk_text(month), &limit->month), where,
           year ? _("a year, such as 2026") : _("a month, such as 2026-03"));
}

static void read_limits(struct reading *r, const rk_json *stage, struct rk_certificate_stage *s,
                        const char *what)
{
    static const char *const kinds[] = {"year", "month", "overlap"};
    const rk_json *list = array(r, stage, "limits", true, what);
    uint32_t count = list ? (uint32_t)rk_json_count(list) : 0;
    struct rk_buf key = {0};
    char where[80];
    s->limits = rk_arena_zeroed(&r->c->arena, (size_t)count + 1, sizeof *s->limits);
    for (uint32_t i = 0; i < count && !r->status; i++) {
        const rk_json *item = rk_json_item(list, i), *of = rk_json_item(item, 2);
        struct rk_certificate_limit *limit = &s->limits[s->limit_count++];
        const char *kind = rk_json_text(rk_json_item(item, 1));
        snprintf(where, sizeof where, "%s.limits[%u]", what, i);
        expect(r, rk_json_count(item) == 4 && kind, where,
               _("[panelist_id, \"year\", \"month\" or \"overlap\", of what, its price]"));
        limit->panelist = panelist(r, rk_json_item(item, 0), where);
        while (!r->status && limit->kind <= RK_CERTIFICATE_OVERLAP &&
               strcmp(kinds[limit->kind], kind))
            limit->kind++;
        expect(r, limit->kind <= RK_CERTIFICATE_OVERLAP, where, "year, month, overlap");
        if (limit->kind == RK_CERTIFICATE_OVERLAP)
            read_overlap(r, of, limit, where);
        else
            read_period(r, rk_json_text(of), limit, where);
        limit->price = whole(r, rk_json_item(item, 3), where);
        rk_buf_clear(&key);
        rk_buf_printf(&key, "%u|%d|%d", limit->panelist, (int)limit->kind, limit->month);
        for (uint32_t o = 0; o < limit->overlap_count; o++)
            rk_buf_printf(&key, "|%u", limit->overlap[o]);
        limit->number = rk_strings_add(&r->limits, (struct rk_text){key.text, key.size});
    }
    rk_buf_free(&key);
}

static void read_stages(struct reading *r, const rk_json *document)
{
    static const char *const known[] = {"levels", "weights", "recruitments", "pools", "panelists",
                                        "limits", "rows",    "crossing",     NULL};
    struct rk_certificate *c = r->c;
    const rk_json *list = array(r, document, "stages", true, "");
    uint32_t count = list ? (uint32_t)rk_json_count(list) : 0;
    int level = 0;
    c->stages = rk_arena_zeroed(&c->arena, (size_t)count + 1, sizeof *c->stages);
    for (uint32_t i = 0; i < count && !r->status; i++) {
        const rk_json *item = rk_json_item(list, i);
        struct rk_certificate_stage *s = &c->stages[c->stage_count++];
        char what[40];
        snprintf(what, sizeof what, "stages[%u]", i);
        only(r, item, known, what);
        const rk_json *levels = array(r, item, "levels", true, what);
        const rk_json *weights = array(r, item, "weights", true, what);
        if (r->status)
            return;
        s->first = level;
        expect(r, rk_json_count(levels) > 0 && rk_json_count(levels) == rk_json_count(weights),
               what, _("levels, and as many weights"));
        for (size_t l = 0; l < rk_json_count(levels) && !r->status; l++, level++) {
            const char *name = rk_json_text(rk_json_item(levels, l));
            expect(r,
                   level < RK_CHOICE_LEVELS && name && !strcmp(name, rk_choice_level_names[level]),
                   what, _("the levels in their order"));
            if (r->status)
                return;
            s->weight[level] = whole(r, rk_json_item(weights, l), what);
            expect(r, s->weight[level] > 0, what, _("weights over 0"));
        }
        s->end = level;
        s->recruitments = read_prices(r, item, "recruitments", OF_RECRUITMENTS, what);
        s->pools = read_prices(r, item, "pools", OF_RECRUITMENTS, what);
        s->panelists = read_prices(r, item, "panelists", OF_PANELISTS, what);
        read_limits(r, item, s, what);
        s->rows = read_prices(r, item, "rows", OF_ROWS, what);
        s->crossing = read_prices(r, item, "crossing", OF_CROSSING, what);
    }
}

static void read_rules(struct reading *r, const rk_json *document)
{
    static const char *const known[] = {"assume_available", "assume_adult", "require_declarations",
                                        "candidate_conflict", NULL};
    const rk_json *rules = NULL;
    if (r->status == RK_OK)
        r->status = rk_json_object(document, "rules", true, &rules, "", r->error);
    if (r->status)
        return;
    only(r, rules, known, "rules");
    r->c->assume_available = flag(r, rules, "assume_available", "rules");
    r->c->assume_adult = flag(r, rules, "assume_adult", "rules");
    r->c->require_declarations = flag(r, rules, "require_declarations", "rules");
    const char *conflict = string(r, rules, "candidate_conflict", "rules");
    r->c->candidate_conflicts_pass = !strcmp(conflict, "drop");
    expect(r, r->c->candidate_conflicts_pass || !strcmp(conflict, "exclude"),
           "rules.candidate_conflict", _("exclude or drop"));
}

/* ---- a lottery over panels ---- */

/* "12", or 12 */
static void read_whole(struct reading *r, struct rk_text digits, struct rk_whole *to,
                       const char *what)
{
    const struct rk_whole ten = {.small = 10};
    size_t i = digits.size && digits.text[0] == '-';
    expect(r, digits.size > i, what, _("a whole number"));
    for (; i < digits.size && !r->status; i++) {
        struct rk_whole digit = {.small = digits.text[i] - '0'};
        expect(r, digit.small >= 0 && digit.small <= 9, what, _("a whole number"));
        rk_whole_multiply(to, to, &ten);
        rk_whole_add(to, to, &digit);
    }
    if (digits.size && digits.text[0] == '-')
        rk_whole_negate(to);
}

/* "3/4" or "3" or 3 */
static void read_fraction(struct reading *r, const rk_json *value, struct rk_fraction *to,
                          const char *what)
{
    const char *text = rk_json_text(value), *slash = text ? strchr(text, '/') : NULL;
    struct rk_whole top = {0}, over = {.small = slash ? 0 : 1};
    if (text)
        read_whole(r, (struct rk_text){text, slash ? (size_t)(slash - text) : strlen(text)}, &top,
                   what);
    else
        rk_whole_set_i64(&top, whole(r, value, what));
    if (slash)
        read_whole(r, rk_text(slash + 1), &over, what);
    expect(r, rk_whole_sign(&over) > 0, what, _("a fraction"));
    if (r->status)
        rk_whole_set_i64(&over, 1);
    rk_fraction_make(to, &top, &over);
    rk_whole_free(&top);
    rk_whole_free(&over);
}

/* [number, [[place, number], …]] each */
static struct rk_certificate_vectors read_vectors(struct reading *r, const rk_json *document,
                                                  const char *key)
{
    const rk_json *list = array(r, document, key, true, "");
    struct rk_certificate_vectors v = {.count = list ? (uint32_t)rk_json_count(list) : 0};
    v.items = rk_arena_zeroed(&r->c->arena, (size_t)v.count + 1, sizeof *v.items);
    for (uint32_t i = 0; i < v.count; i++)
        rk_fraction_set_whole(&v.items[i].number, 0);
    for (uint32_t i = 0; i < v.count && !r->status; i++) {
        const rk_json *item = rk_json_item(list, i), *terms = rk_json_item(item, 1);
        uint32_t count = (uint32_t)rk_json_count(terms);
        expect(r, rk_json_count(item) == 2, key, _("a pair: a number, and a list"));
        read_fraction(r, rk_json_item(item, 0), &v.items[i].number, key);
        v.items[i].terms =
            rk_arena_zeroed(&r->c->arena, (size_t)count + 1, sizeof(*v.items->terms));
        for (v.items[i].count = 0; v.items[i].count < count && !r->status; v.items[i].count++) {
            struct rk_certificate_term *term = &v.items[i].terms[v.items[i].count];
            const rk_json *pair = rk_json_item(terms, v.items[i].count);
            const char *text = rk_json_text(rk_json_item(pair, 1));
            expect(r, rk_json_count(pair) == 2, key, _("a pair: a place, and a number"));
            term->of = index_below(r, rk_json_item(pair, 0), 0, UINT32_MAX, key);
            if (text)
                read_whole(r, rk_text(text), &term->number, key);
            else
                rk_whole_set_i64(&term->number, whole(r, rk_json_item(pair, 1), key));
            expect(r, !v.items[i].count || term[-1].of < term->of, key, _("places that ascend"));
        }
    }
    return v;
}

static void read_lottery(struct reading *r, const rk_json *document)
{
    struct rk_certificate_panels *p = &r->c->lottery;
    const rk_json *quotas = array(r, document, "quotas", true, "");
    const rk_json *types = array(r, document, "types", true, "");
    const rk_json *values = array(r, document, "type_values", true, "");
    if (r->status)
        return;
    p->quota_count = (uint32_t)rk_json_count(quotas);
    p->type_count = (uint32_t)rk_json_count(types);
    p->quotas = rk_arena_zeroed(&r->c->arena, (size_t)p->quota_count + 1, sizeof *p->quotas);
    p->type_of = rk_arena_zeroed(&r->c->arena, (size_t)r->panelists->count + 1, sizeof(uint32_t));
    p->type_values =
        rk_arena_zeroed(&r->c->arena, (size_t)p->type_count + 1, sizeof *p->type_values);
    for (uint32_t i = 0; i < p->quota_count && !r->status; i++) {
        const rk_json *item = rk_json_item(quotas, i);
        const char *feature = rk_json_text(rk_json_item(item, 0)),
                   *value = rk_json_text(rk_json_item(item, 1));
        int64_t min = whole(r, rk_json_item(item, 2), "quotas"),
                max = whole(r, rk_json_item(item, 3), "quotas");
        expect(r, feature && value && min >= 0 && min <= max && max <= INT32_MAX, "quotas",
               _("[feature, value, min, max]"));
        p->quotas[i] = (struct rk_certificate_row){
            RK_NONE,
            rk_text(rk_arena_keep(&r->c->arena, feature ? feature : "")),
            rk_text(rk_arena_keep(&r->c->arena, value ? value : "")),
            (int32_t)min,
            (int32_t)max,
            RK_NONE};
    }
    for (uint32_t i = 0; i < r->panelists->count; i++)
        p->type_of[i] = RK_NONE;
    expect(r, rk_json_count(values) == p->type_count, "type_values", _("a value for each type"));
    for (uint32_t t = 0; t < p->type_count; t++)
        rk_fraction_set_whole(&p->type_values[t], 0);
    for (uint32_t t = 0; t < p->type_count && !r->status; t++) {
        const rk_json *people = rk_json_item(types, t);
        read_fraction(r, rk_json_item(values, t), &p->type_values[t], "type_values");
        expect(r, rk_json_count(people) > 0, "types", _("the panelists who are alike"));
        for (size_t k = 0; k < rk_json_count(people) && !r->status; k++) {
            uint32_t who = panelist(r, rk_json_item(people, k), "types");
            expect(r, !r->status && p->type_of[who] == RK_NONE, "types", _("nobody twice"));
            if (!r->status)
                p->type_of[who] = t;
        }
    }
    p->empty = index_below(r, rk_json_member(document, "empty"), 0, INT32_MAX, "empty");
    read_fraction(r, rk_json_member(document, "total"), &p->total, "total");
    p->panels = read_vectors(r, document, "panels");
    p->drawn = index_below(r, rk_json_member(document, "drawn"), 0, p->panels.count, "drawn");
    p->steps = read_vectors(r, document, "steps");
    p->cuts = read_vectors(r, document, "cuts");
}

static void free_vectors(struct rk_certificate_vectors *v)
{
    for (uint32_t i = 0; i < v->count; i++) {
        rk_fraction_free(&v->items[i].number);
        for (uint32_t k = 0; k < v->items[i].count; k++)
            rk_whole_free(&v->items[i].terms[k].number);
    }
}

static void read_document(struct reading *r, const rk_json *document)
{
    static const char *const known[] = {
        "certificate", "version", "mode",   "case",         "seed",     "rules",       "levels",
        "stay",        "values",  "bounds", "optimal",      "fit_unit", "rows",        "stages",
        "crossing",    "$schema", "totals", "recruitments", "pools",    "row_levels",  "panelists",
        "limits",      "chances", "kept",   "quotas",       "types",    "type_values", "empty",
        "total",       "drawn",   "panels", "steps",        "cuts",     NULL};
    static const char *const modes[] = {"choice", "lottery-programme", "lottery-panels"};
    struct rk_certificate *c = r->c;
    int mode = 0;
    only(r, document, known, "");
    expect(r, !strcmp(string(r, document, "certificate", ""), "rk-panel-match"), "certificate",
           "rk-panel-match");
    rk_fixed version = 0;
    if (r->status == RK_OK)
        r->status = rk_json_fixed(document, "version", true, &version, "", r->error);
    expect(r, version == RK_FIXED_ONE, "version", "1");
    const char *name = string(r, document, "mode", "");
    while (mode < 3 && strcmp(modes[mode], name))
        mode++;
    expect(r, mode < 3, "mode", "choice, lottery-programme, lottery-panels");
    c->mode = (enum rk_certificate_mode)mode;
    const char *which = string(r, document, "case", "");
    expect(r, *which >= 'A' && *which <= 'C' && !which[1], "case", "A, B, C");
    c->which = *which;
    c->seed = kept_string(r, document, "seed", "");
    read_rules(r, document);
    const rk_json *levels = array(r, document, "levels", true, "");
    expect(r, rk_json_count(levels) == RK_CHOICE_LEVELS, "levels", _("the levels in their order"));
    for (int l = 0; l < RK_CHOICE_LEVELS && !r->status; l++) {
        const char *level = rk_json_text(rk_json_item(levels, (size_t)l));
        expect(r, level && !strcmp(level, rk_choice_level_names[l]), "levels",
               _("the levels in their order"));
    }
    struct rk_text unit = rk_text(string(r, document, "fit_unit", ""));
    expect(r, rk_fixed_parse(unit, &c->fit_unit) && c->fit_unit > 0, "fit_unit",
           _("a number over 0, as a text"));
    read_levels(r, document, "values", c->values);
    read_levels(r, document, "bounds", c->bounds);
    c->optimal = flag(r, document, "optimal", "");
    read_stay(r, document);
    if (c->mode == RK_CERTIFICATE_PANELS) {
        read_lottery(r, document);
        return;
    }
    c->row_count = read_rows(r, document, "rows", &c->rows);
    c->crossing_count = read_rows(r, document, "crossing", &c->crossing);
    read_stages(r, document);
}

enum rk_status rk_certificate_read(struct rk_certificate *certificate, const char *path,
                                   const struct rk_panelists *panelists,
                                   const struct rk_recruitments *recruitments,
                                   struct rk_error *error)
{
    rk_json *document;
    *certificate = (struct rk_certificate){.file = rk_keep(path)};
    RK_TRY(rk_json_read_large(&document, path, LARGEST, error));
    struct reading r = {
        .c = certificate, .panelists = panelists, .recruitments = recruitments, .error = error};
    read_document(&r, document);
    if (r.status && error && !error->pos.file)
        error->pos.file = certificate->file;
    certificate->limit_numbers = r.limits.count;
    rk_strings_free(&r.limits);
    rk_json_free(document);
    return r.status;
}

void rk_certificate_free(struct rk_certificate *certificate)
{
    struct rk_certificate_panels *lottery = &certificate->lottery;
    for (uint32_t t = 0; t < lottery->type_count && lottery->type_values; t++)
        rk_fraction_free(&lottery->type_values[t]);
    rk_fraction_free(&lottery->total);
    free_vectors(&lottery->panels);
    free_vectors(&lottery->steps);
    free_vectors(&lottery->cuts);
    rk_arena_free(&certificate->arena);
    *certificate = (struct rk_certificate){0};
}
