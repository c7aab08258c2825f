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

/* [recruitment_id, panelist_id] each */
static void read_left(struct reading *r, const rk_json *document)
{
    const rk_json *list = array(r, document, "left", false, "");
    size_t n = list ? rk_json_count(list) : 0;
    r->c->repair = list != NULL;
    r->c->left = rk_arena_zeroed(&r->c->arena, n + 1, sizeof *r->c->left);
    for (uint32_t i = 0; i < n && !r->status; i++) {
        const rk_json *item = rk_json_item(list, i);
        expect(r, rk_json_count(item) == 2, "left", "[recruitment_id, panelist_id]");
        r->c->left[r->c->left_count++] =
            (struct rk_certificate_pair){recruitment(r, rk_json_item(item, 0), "left"),
                                         panelist(r, rk_json_item(item, 1), "left")};
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

static void read_quotas(struct reading *r, const rk_json *document)
{
    static const char *const known[] = {"recruitment", "feature", "value",  "min",
                                        "max",         "group",   "around", NULL};
    const rk_json *list = array(r, document, "quotas", true, "");
    struct rk_certificate *c = r->c;
    c->quota_count = list ? (uint32_t)rk_json_count(list) : 0;
    c->quotas = rk_arena_zeroed(&c->arena, (size_t)c->quota_count + 1, sizeof *c->quotas);
    for (uint32_t i = 0; i < c->quota_count && !r->status; i++) {
        const rk_json *item = rk_json_item(list, i), *around = rk_json_member(item, "around");
        struct rk_certificate_quota *q = &c->quotas[i];
        char what[40];
        snprintf(what, sizeof what, "quotas[%u]", i);
        only(r, item, known, what);
        q->recruitment = recruitment(r, rk_json_member(item, "recruitment"), what);
        q->feature = kept_string(r, item, "feature", what);
        q->value = kept_string(r, item, "value", what);
        q->min = bound(r, item, "min", what);
        q->max = bound(r, item, "max", what);
        expect(r, q->min <= q->max, what, _("min at most max"));
        q->group = index_below(r, rk_json_member(item, "group"), 0, i + 1, what);
        q->around = RK_NONE;
        if (around && !rk_json_is_null(around))
            q->around = index_below(r, around, i + 1, c->quota_count, what);
        const struct rk_certificate_quota *first = &c->quotas[r->status ? 0 : q->group];
        expect(r,
               first == q || (first->recruitment == q->recruitment && (q - 1)->group == q->group),
               what, _("a group of quotas of one recruitment"));
    }
    for (uint32_t i = 0; i < c->quota_count && !r->status; i++)
        expect(r,
               c->quotas[i].around == RK_NONE ||
                   c->quotas[c->quotas[i].around].group == c->quotas[i].group,
               "quotas", _("quotas inside each other of the same group"));
}

/* ---- rows, prices and nodes ---- */

static int ascending(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

static void read_list(struct reading *r, const rk_json *list, struct rk_certificate_row *row,
                      const char *where)
{
    uint32_t count = (uint32_t)rk_json_count(list);
    uint32_t *of = rk_arena_zeroed(&r->c->arena, (size_t)count + 1, sizeof *of);
    for (uint32_t i = 0; i < count && !r->status; i++)
        of[i] = row->kind == RK_CERTIFICATE_OVERLAP ? recruitment(r, rk_json_item(list, i), where)
                                                    : panelist(r, rk_json_item(list, i), where);
    if (count)
        qsort(of, count, sizeof *of, ascending);
    for (uint32_t i = 1; i < count; i++)
        expect(r, of[i] != of[i - 1], where, _("nothing twice"));
    expect(r, count > 0, where, _("a list"));
    row->list = of;
    row->count = count;
}

/* "2026", or "2026-03" */
static void read_period(struct reading *r, const char *text, struct rk_certificate_row *row,
                        const char *where)
{
    char month[16];
    bool year = row->kind == RK_CERTIFICATE_YEAR;
    snprintf(month, sizeof month, year ? "%.8s-01" : "%.12s", text ? text : "");
    expect(r, rk_month_parse(rk_text(month), &row->month), where,
           year ? _("a year, such as 2026") : _("a month, such as 2026-03"));
}

/* ["cut", least, [[type, factor], …], [[quota, factor], …], the first node of its proof] */
static void read_cut(struct reading *r, const rk_json *item, struct rk_certificate_row *row,
                     const char *where)
{
    const rk_json *types = rk_json_item(item, 2), *quotas = rk_json_item(item, 3);
    row->types = (uint32_t)rk_json_count(types);
    row->count = row->types + (uint32_t)rk_json_count(quotas);
    uint32_t *of = rk_arena_zeroed(&r->c->arena, (size_t)row->count + 1, sizeof *of);
    int64_t *factor = rk_arena_zeroed(&r->c->arena, (size_t)row->count + 1, sizeof *factor);
    row->least = whole(r, rk_json_item(item, 1), where);
    for (uint32_t i = 0; i < row->count && !r->status; i++) {
        bool type = i < row->types;
        const rk_json *pair = rk_json_item(type ? types : quotas, type ? i : i - row->types);
        of[i] = index_below(r, rk_json_item(pair, 0), 0,
                            type ? r->c->lottery.type_count : r->c->quota_count, where);
        factor[i] = whole(r, rk_json_item(pair, 1), where);
        expect(r, !i || i == row->types || of[i - 1] < of[i], where, _("places that ascend"));
    }
    row->list = of;
    row->factor = factor;
    row->node = index_below(r, rk_json_item(item, 4), 0, UINT32_MAX, where);
}

static uint32_t level_of(struct reading *r, const rk_json *value, const char *where)
{
    const char *name = rk_json_text(value);
    uint32_t level = 0;
    while (name && level < RK_CHOICE_LEVELS && strcmp(name, rk_choice_level_names[level]))
        level++;
    expect(r, name && level < RK_CHOICE_LEVELS, where, _("a level"));
    return level;
}

static void read_row(struct reading *r, const rk_json *item, struct rk_certificate_row *row,
                     const char *where)
{
    static const char *const kinds[] = {"panelist", "seats",   "empty", "quota",  "year",
                                        "month",    "overlap", "level", "people", "cut"};
    static const size_t sizes[] = {2, 2, 2, 2, 3, 3, 3, 2, 3, 5};
    enum { KINDS = sizeof sizes / sizeof *sizes };
    const char *kind = rk_json_text(rk_json_item(item, 0));
    const rk_json *first = rk_json_item(item, 1), *second = rk_json_item(item, 2);
    uint32_t at = 0;
    while (kind && at < KINDS && strcmp(kinds[at], kind))
        at++;
    expect(r, kind && at < KINDS && rk_json_count(item) == sizes[at], where,
           _("[\"panelist\", panelist_id], …"));
    if (r->status)
        return;
    row->kind = (enum rk_certificate_kind)at;
    switch (row->kind) {
    case RK_CERTIFICATE_SEATS: row->of = recruitment(r, first, where); break;
    case RK_CERTIFICATE_EMPTY:
    case RK_CERTIFICATE_QUOTA: row->of = index_below(r, first, 0, r->c->quota_count, where); break;
    case RK_CERTIFICATE_LEVEL: row->of = level_of(r, first, where); break;
    case RK_CERTIFICATE_CUT: read_cut(r, item, row, where); break;
    case RK_CERTIFICATE_PEOPLE:
        row->of = recruitment(r, first, where);
        read_list(r, second, row, where);
        break;
    default:
        row->of = panelist(r, first, where);
        if (row->kind == RK_CERTIFICATE_OVERLAP)
            read_list(r, second, row, where);
        else if (row->kind != RK_CERTIFICATE_PANELIST)
            read_period(r, rk_json_text(second), row, where);
    }
}

static void read_rows(struct reading *r, const rk_json *document)
{
    struct rk_certificate *c = r->c;
    const rk_json *list = array(r, document, "rows", true, "");
    c->row_count = list ? (uint32_t)rk_json_count(list) : 0;
    c->rows = rk_arena_zeroed(&c->arena, (size_t)c->row_count + 1, sizeof *c->rows);
    for (uint32_t i = 0; i < c->row_count && !r->status; i++) {
        char where[40];
        snprintf(where, sizeof where, "rows[%u]", i);
        read_row(r, rk_json_item(list, i), &c->rows[i], where);
    }
}

static struct rk_certificate_prices read_prices(struct reading *r, const rk_json *object,
                                                const char *what)
{
    const rk_json *list = array(r, object, "prices", true, what);
    struct rk_certificate_prices prices = {.count = list ? (uint32_t)rk_json_count(list) : 0};
    char where[80];
    prices.items = rk_arena_zeroed(&r->c->arena, (size_t)prices.count + 1, sizeof *prices.items);
    for (uint32_t i = 0; i < prices.count && !r->status; i++) {
        const rk_json *pair = rk_json_item(list, i);
        snprintf(where, sizeof where, "%s.prices[%u]", what, i);
        expect(r, rk_json_count(pair) == 2, where, _("a pair: a row, and its price"));
        prices.items[i].row = index_below(r, rk_json_item(pair, 0), 0, r->c->row_count, where);
        prices.items[i].price = whole(r, rk_json_item(pair, 1), where);
    }
    return prices;
}

static void read_stage(struct reading *r, const rk_json *item, struct rk_certificate_stage *s,
                       const char *what)
{
    static const char *const known[] = {"levels", "weights", "prices", NULL};
    only(r, item, known, what);
    const rk_json *levels = array(r, item, "levels", true, what);
    const rk_json *weights = array(r, item, "weights", true, what);
    size_t count = levels ? rk_json_count(levels) : 0;
    expect(r, rk_json_count(weights) == (count ? count : 1), what,
           _("levels, and as many weights"));
    if (!count) {
        s->first = RK_CHOICE_LEVELS;
        s->end = RK_CHOICE_LEVELS + 1;
        s->weight[RK_CHOICE_LEVELS] = whole(r, rk_json_item(weights, 0), what);
        expect(r, s->weight[RK_CHOICE_LEVELS] > 0, what, _("weights over 0"));
    }
    for (size_t l = 0; l < count && !r->status; l++) {
        uint32_t level = level_of(r, rk_json_item(levels, l), what);
        s->first = l ? s->first : (int)level;
        expect(r, (int)level == s->first + (int)l, what, _("the levels in their order"));
        s->end = (int)level + 1;
        if (r->status)
            return;
        s->weight[level] = whole(r, rk_json_item(weights, l), what);
        expect(r, s->weight[level] > 0, what, _("weights over 0"));
    }
    s->prices = read_prices(r, item, what);
}

static void read_nodes(struct reading *r, const rk_json *document)
{
    static const char *const known[] = {"stages", "split", NULL};
    struct rk_certificate *c = r->c;
    const rk_json *list = array(r, document, "nodes", true, "");
    uint32_t stages = 0;
    c->node_count = list ? (uint32_t)rk_json_count(list) : 0;
    c->nodes = rk_arena_zeroed(&c->arena, (size_t)c->node_count + 1, sizeof *c->nodes);
    bool *is_side = rk_alloc((size_t)c->node_count + 1, sizeof *is_side);
    for (uint32_t i = 0; i < c->node_count; i++)
        stages += (uint32_t)rk_json_count(rk_json_member(rk_json_item(list, i), "stages"));
    c->stages = rk_arena_zeroed(&c->arena, (size_t)stages + 1, sizeof *c->stages);
    for (uint32_t i = 0; i < c->node_count && !r->status; i++) {
        const rk_json *item = rk_json_item(list, i), *split = rk_json_member(item, "split");
        struct rk_certificate_node *node = &c->nodes[i];
        char what[40];
        snprintf(what, sizeof what, "nodes[%u]", i);
        only(r, item, known, what);
        const rk_json *own = array(r, item, "stages", true, what);
        node->split = RK_NONE;
        node->first_stage = c->stage_count;
        for (node->stages = 0; own && node->stages < rk_json_count(own) && !r->status;
             node->stages++)
            read_stage(r, rk_json_item(own, node->stages), &c->stages[c->stage_count++], what);
        if (!split || r->status)
            continue;
        node->split = index_below(r, rk_json_item(split, 0), 0, c->row_count, what);
        node->at = whole(r, rk_json_item(split, 1), what);
        node->low = index_below(r, rk_json_item(split, 2), i + 1, c->node_count, what);
        node->high = index_below(r, rk_json_item(split, 3), i + 1, c->node_count, what);
        expect(r,
               rk_json_count(split) == 4 && node->low != node->high && !is_side[node->low] &&
                   !is_side[node->high],
               what, _("[row, at most, node, node], each node once"));
        if (!r->status)
            is_side[node->low] = is_side[node->high] = true;
    }
    for (uint32_t i = 0; i < c->row_count && !r->status; i++)
        expect(r, c->rows[i].kind != RK_CERTIFICATE_CUT || c->rows[i].node < c->node_count, "rows",
               _("the node that proves a cut"));
    rk_free(is_side);
}

static void read_names(struct reading *r, const rk_json *document, const char *key,
                       struct rk_strings *names)
{
    const rk_json *list = array(r, document, key, false, "");
    for (size_t i = 0; list && i < rk_json_count(list) && !r->status; i++) {
        const char *name = rk_json_text(rk_json_item(list, i));
        expect(r, name != NULL, key, _("names"));
        if (name)
            rk_strings_add(names, rk_text(name));
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
                                                  const char *key, uint32_t places)
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
            term->of = index_below(r, rk_json_item(pair, 0), 0, places, key);
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
    const rk_json *types = array(r, document, "types", true, "");
    if (r->status)
        return;
    p->type_count = (uint32_t)rk_json_count(types);
    p->type_of = rk_arena_zeroed(&r->c->arena, (size_t)r->panelists->count + 1, sizeof(uint32_t));
    for (uint32_t i = 0; i < r->panelists->count; i++)
        p->type_of[i] = RK_NONE;
    for (uint32_t t = 0; t < p->type_count && !r->status; t++) {
        const rk_json *people = rk_json_item(types, t);
        expect(r, rk_json_count(people) > 0, "types", _("the panelists who are alike"));
        for (size_t k = 0; k < rk_json_count(people) && !r->status; k++) {
            uint32_t who = panelist(r, rk_json_item(people, k), "types");
            expect(r, !r->status && p->type_of[who] == RK_NONE, "types", _("nobody twice"));
            if (!r->status)
                p->type_of[who] = t;
        }
    }
    p->panels = read_vectors(r, document, "panels", p->type_count);
}

/* ---- a lottery over a programme ---- */

/* [recruitment_id, panelist_id, expected], or [quota, expected] */
static struct rk_certificate_chance *read_chances(struct reading *r, const rk_json *document,
                                                  const char *key, bool kept, uint32_t *count)
{
    const rk_json *list = array(r, document, key, true, "");
    uint32_t n = list ? (uint32_t)rk_json_count(list) : 0;
    struct rk_certificate_chance *chances =
        rk_arena_zeroed(&r->c->arena, (size_t)n + 1, sizeof *chances);
    for (*count = 0; *count < n && !r->status; ++*count) {
        const rk_json *item = rk_json_item(list, *count);
        struct rk_certificate_chance *chance = &chances[*count];
        rk_fraction_set_whole(&chance->expected, 0);
        expect(r, rk_json_count(item) == (kept ? 2 : 3), key, _("what, and its expected number"));
        chance->recruitment = kept ? RK_NONE : recruitment(r, rk_json_item(item, 0), key);
        chance->of = kept ? index_below(r, rk_json_item(item, 0), 0, r->c->quota_count, key)
                          : panelist(r, rk_json_item(item, 1), key);
        read_fraction(r, rk_json_item(item, kept ? 1 : 2), &chance->expected, key);
    }
    return chances;
}

static void read_programme(struct reading *r, const rk_json *document)
{
    static const char *const known[] = {"prices", NULL};
    struct rk_certificate_programme *p = &r->c->programme;
    const rk_json *totals = array(r, document, "totals", true, ""), *equal = NULL;
    uint32_t count = totals ? (uint32_t)rk_json_count(totals) : 0;
    p->totals = rk_arena_zeroed(&r->c->arena, (size_t)count + 1, sizeof *p->totals);
    for (p->total_count = 0; p->total_count < count && !r->status; p->total_count++) {
        struct rk_fraction *total = &p->totals[p->total_count];
        rk_fraction_set_whole(total, 0);
        read_fraction(r, rk_json_item(totals, p->total_count), total, "totals");
        expect(r, !p->total_count || rk_fraction_compare(total - 1, total) < 0, "totals",
               _("fractions that ascend"));
    }
    p->chances = read_chances(r, document, "chances", false, &p->chance_count);
    p->kept = read_chances(r, document, "kept", true, &p->kept_count);
    if (r->status == RK_OK)
        r->status = rk_json_object(document, "equal", true, &equal, "", r->error);
    if (r->status)
        return;
    only(r, equal, known, "equal");
    p->prices = read_prices(r, equal, "equal");
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
    static const char *const known[] = {"$schema", "certificate", "version", "mode",    "seed",
                                        "rules",   "levels",      "only",    "left",    "quotas",
                                        "rows",    "nodes",       "totals",  "chances", "kept",
                                        "equal",   "types",       "panels",  "steps",   NULL};
    static const char *const modes[] = {"choice", "lottery-programme", "lottery-panels"};
    struct rk_certificate *c = r->c;
    int mode = 0;
    only(r, document, known, "");
    expect(r, !strcmp(string(r, document, "certificate", ""), "rk-panel-match"), "certificate",
           "rk-panel-match");
    rk_fixed version = 0;
    if (r->status == RK_OK)
        r->status = rk_json_fixed(document, "version", true, &version, "", r->error);
    expect(r, version == 3 * RK_FIXED_ONE, "version", "3");
    const char *name = string(r, document, "mode", "");
    while (mode < 3 && strcmp(modes[mode], name))
        mode++;
    expect(r, mode < 3, "mode", "choice, lottery-programme, lottery-panels");
    c->mode = (enum rk_certificate_mode)mode;
    c->seed = kept_string(r, document, "seed", "");
    read_rules(r, document);
    const rk_json *levels = array(r, document, "levels", true, "");
    expect(r, rk_json_count(levels) == RK_CHOICE_LEVELS, "levels", _("the levels in their order"));
    for (int l = 0; l < RK_CHOICE_LEVELS && !r->status; l++) {
        const char *level = rk_json_text(rk_json_item(levels, (size_t)l));
        expect(r, level && !strcmp(level, rk_choice_level_names[l]), "levels",
               _("the levels in their order"));
    }
    read_left(r, document);
    read_names(r, document, "only", &c->only);
    read_quotas(r, document);
    if (c->mode == RK_CERTIFICATE_PANELS)
        read_lottery(r, document);
    read_rows(r, document);
    read_nodes(r, document);
    if (c->mode == RK_CERTIFICATE_PANELS)
        c->lottery.steps = read_vectors(r, document, "steps", c->row_count);
    if (c->mode == RK_CERTIFICATE_PROGRAMME)
        read_programme(r, document);
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
    rk_json_free(document);
    return r.status;
}

void rk_certificate_free(struct rk_certificate *certificate)
{
    struct rk_certificate_panels *lottery = &certificate->lottery;
    struct rk_certificate_programme *programme = &certificate->programme;
    free_vectors(&lottery->panels);
    free_vectors(&lottery->steps);
    for (uint32_t i = 0; i < programme->total_count; i++)
        rk_fraction_free(&programme->totals[i]);
    for (uint32_t i = 0; i < programme->chance_count; i++)
        rk_fraction_free(&programme->chances[i].expected);
    for (uint32_t i = 0; i < programme->kept_count; i++)
        rk_fraction_free(&programme->kept[i].expected);
    rk_strings_free(&certificate->only);
    rk_arena_free(&certificate->arena);
    *certificate = (struct rk_certificate){0};
}
