#include "model/certificate.h"

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

static uint32_t place(struct reading *r, const rk_json *value, const char *what)
{
    int64_t at = whole(r, value, what);
    expect(r, at >= 0 && at < INT32_MAX, what, _("a place, from 0"));
    return r->status ? 0 : (uint32_t)at;
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

/* [quota, by] each */
static void read_lowered(struct reading *r, const rk_json *document)
{
    const rk_json *list = array(r, document, "lowered", false, "");
    struct rk_certificate *c = r->c;
    uint32_t n = list ? (uint32_t)rk_json_count(list) : 0;
    c->lowered = rk_arena_zeroed(&c->arena, (size_t)n + 1, sizeof *c->lowered);
    for (uint32_t i = 0; i < n && !r->status; i++) {
        const rk_json *item = rk_json_item(list, i);
        c->lowered[c->lowered_count].quota = place(r, rk_json_item(item, 0), "lowered");
        c->lowered[c->lowered_count++].by = (int32_t)place(r, rk_json_item(item, 1), "lowered");
    }
}

/* ---- rows, prices and nodes ---- */

static uint32_t row_place(struct reading *r, const rk_json *value, const char *what)
{
    uint32_t row = place(r, value, what);
    r->c->row_end = row >= r->c->row_end ? row + 1 : r->c->row_end;
    return row;
}

static uint32_t number_place(struct reading *r, const rk_json *value, const char *what)
{
    uint32_t number = place(r, value, what);
    r->c->number_end = number >= r->c->number_end ? number + 1 : r->c->number_end;
    return number;
}

/* Numbers, each by itself or as [number, factor] */
static void read_rows(struct reading *r, const rk_json *document)
{
    struct rk_certificate *c = r->c;
    const rk_json *list = array(r, document, "rows", true, "");
    c->row_count = list ? (uint32_t)rk_json_count(list) : 0;
    c->rows = rk_arena_zeroed(&c->arena, (size_t)c->row_count + 1, sizeof *c->rows);
    for (uint32_t i = 0; i < c->row_count && !r->status; i++) {
        const rk_json *items = rk_json_item(list, i);
        struct rk_certificate_row *row = &c->rows[i];
        uint32_t n = (uint32_t)rk_json_count(items);
        row->of = rk_arena_zeroed(&c->arena, (size_t)n + 1, sizeof *row->of);
        row->factor = rk_arena_zeroed(&c->arena, (size_t)n + 1, sizeof *row->factor);
        for (row->count = 0; row->count < n && !r->status; row->count++) {
            const rk_json *item = rk_json_item(items, row->count);
            bool pair = rk_json_count(item) > 0;
            row->of[row->count] = number_place(r, pair ? rk_json_item(item, 0) : item, "rows");
            row->factor[row->count] = pair ? whole(r, rk_json_item(item, 1), "rows") : 1;
            expect(r, !row->count || row->of[row->count - 1] < row->of[row->count], "rows",
                   _("places that ascend"));
        }
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
        prices.items[i].row = row_place(r, rk_json_item(pair, 0), where);
        prices.items[i].price = whole(r, rk_json_item(pair, 1), where);
    }
    return prices;
}

static void read_stage(struct reading *r, const rk_json *item, struct rk_certificate_stage *s,
                       const char *what)
{
    static const char *const known[] = {"level", "weights", "prices", NULL};
    only(r, item, known, what);
    const rk_json *weights = array(r, item, "weights", true, what);
    uint32_t count = weights ? (uint32_t)rk_json_count(weights) : 0;
    s->first = (int)index_below(r, rk_json_member(item, "level"), 0, RK_CHOICE_LEVELS + 1, what);
    s->end = s->first + (int)count;
    expect(r, count > 0 && count <= RK_CHOICE_LEVELS + 1 && s->end <= RK_CHOICE_LEVELS + 1, what,
           _("weights of levels"));
    for (uint32_t l = 0; l < count && !r->status; l++) {
        s->weight[s->first + (int)l] = whole(r, rk_json_item(weights, l), what);
        expect(r, s->weight[s->first + (int)l] > 0, what, _("weights over 0"));
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
        node->split = row_place(r, rk_json_item(split, 0), what);
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

/* ---- lotteries ---- */

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
                                                  const char *key, bool rows)
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
            term->of = (rows ? row_place : place)(r, rk_json_item(pair, 0), key);
            if (text)
                read_whole(r, rk_text(text), &term->number, key);
            else
                rk_whole_set_i64(&term->number, whole(r, rk_json_item(pair, 1), key));
            expect(r, !v.items[i].count || term[-1].of < term->of, key, _("places that ascend"));
        }
    }
    return v;
}

/* [row, least, the first node of its proof] each */
static void read_cuts(struct reading *r, const rk_json *document)
{
    struct rk_certificate *c = r->c;
    const rk_json *cuts = array(r, document, "cuts", true, "");
    uint32_t n = cuts ? (uint32_t)rk_json_count(cuts) : 0;
    c->cuts = rk_arena_zeroed(&c->arena, (size_t)n + 1, sizeof *c->cuts);
    for (; c->cut_count < n && !r->status; c->cut_count++) {
        const rk_json *cut = rk_json_item(cuts, c->cut_count);
        c->cuts[c->cut_count].row = row_place(r, rk_json_item(cut, 0), "cuts");
        c->cuts[c->cut_count].least = whole(r, rk_json_item(cut, 1), "cuts");
        c->cuts[c->cut_count].node = index_below(r, rk_json_item(cut, 2), 0, c->node_count, "cuts");
    }
}

static void read_values(struct reading *r, const rk_json *document)
{
    struct rk_certificate *c = r->c;
    const rk_json *values = array(r, document, "values", true, "");
    uint32_t n = values ? (uint32_t)rk_json_count(values) : 0;
    c->values = rk_arena_zeroed(&c->arena, (size_t)n + 1, sizeof *c->values);
    for (; c->value_count < n && !r->status; c->value_count++) {
        const rk_json *pair = rk_json_item(values, c->value_count);
        struct rk_certificate_value *value = &c->values[c->value_count];
        rk_fraction_set_whole(&value->expected, 0);
        value->of = number_place(r, rk_json_item(pair, 0), "values");
        read_fraction(r, rk_json_item(pair, 1), &value->expected, "values");
        expect(r, !c->value_count || value[-1].of < value->of, "values", _("places that ascend"));
    }
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
        "$schema", "certificate", "version", "mode",   "seed",   "rules", "only",  "left",
        "lowered", "rows",        "nodes",   "values", "panels", "cuts",  "steps", NULL};
    static const char *const modes[] = {"choice", "lottery-programme", "lottery-panels"};
    struct rk_certificate *c = r->c;
    int mode = 0;
    only(r, document, known, "");
    expect(r, !strcmp(string(r, document, "certificate", ""), "rk-panel-match"), "certificate",
           "rk-panel-match");
    rk_fixed version = 0;
    if (r->status == RK_OK)
        r->status = rk_json_fixed(document, "version", true, &version, "", r->error);
    expect(r, version == 5 * RK_FIXED_ONE, "version", "5");
    const char *name = string(r, document, "mode", "");
    while (mode < 3 && strcmp(modes[mode], name))
        mode++;
    expect(r, mode < 3, "mode", "choice, lottery-programme, lottery-panels");
    c->mode = (enum rk_certificate_mode)mode;
    c->seed = kept_string(r, document, "seed", "");
    read_rules(r, document);
    read_left(r, document);
    read_names(r, document, "only", &c->only);
    read_lowered(r, document);
    read_rows(r, document);
    read_nodes(r, document);
    if (c->mode != RK_CERTIFICATE_CHOICE)
        c->steps = read_vectors(r, document, "steps", true);
    if (c->mode == RK_CERTIFICATE_PROGRAMME)
        read_values(r, document);
    if (c->mode == RK_CERTIFICATE_PANELS) {
        c->panels = read_vectors(r, document, "panels", false);
        read_cuts(r, document);
    }
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
    free_vectors(&certificate->panels);
    free_vectors(&certificate->steps);
    for (uint32_t i = 0; i < certificate->value_count; i++)
        rk_fraction_free(&certificate->values[i].expected);
    rk_strings_free(&certificate->only);
    rk_arena_free(&certificate->arena);
    *certificate = (struct rk_certificate){0};
}
