/* Judgements in, kept small; divided into parts; each measured, and measured again on resamples. */
#include "base/mem.h"
#include "base/random.h"
#include "score/agree_part.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct kept {
    uint32_t unit, rater, category, count, place;
    uint32_t before; /* the unit's judgement before this one, RK_NONE */
};

/* What is judged, with its judgements so far and the candidate's units so far, each the last of a
 * chain. Few are looked through; of many, the raters are in `rated`, and further units in `far`. */
enum { FEW = 24 };
struct unit {
    uint32_t key[4]; /* part, candidate, stage, criterion; of pairs: part, both categories, 0 … */
    uint32_t before, depth;
    uint32_t last, count;
};

struct rk_agree {
    const struct rk_agree_options *options;
    struct rk_strings texts; /* scores as written */
    uint32_t of_byte[256];   /* 1 + the last text that began so */
    uint32_t *category_of;   /* by text */
    uint32_t category_of_room;
    struct rk_tuples numbers; /* scores as numbers: category by value */
    struct rk_text *labels;   /* by category */
    rk_fixed *values;
    uint32_t category_count, category_room;
    bool sealed;              /* no category but those listed */
    struct unit *units;
    uint32_t unit_count, unit_room, last_unit;
    uint32_t *unit_of; /* 1 + the candidate's unit that was new last */
    uint32_t unit_of_room;
    struct rk_tuples far; /* keys; of pairs all of them, and `far_unit` is the number itself */
    uint32_t *far_unit, far_room;
    uint32_t *times, times_room; /* by unit; pairs only */
    struct rk_tuples rated;      /* unit, rater of units with many */
    uint32_t *rated_at;     /* their judgements */
    uint32_t rated_room;
    struct rk_tuples declared; /* part, category: there though nobody chose it */
    struct kept *all;
    size_t count, room;
    uint32_t rater_count; /* one more than the highest */
};

/* ---- categories ---- */

static uint32_t new_category(struct rk_agree *a, struct rk_text label, rk_fixed value)
{
    if (a->category_count == a->category_room) {
        a->category_room = a->category_room ? a->category_room * 2 : 16;
        a->labels = rk_resize(a->labels, a->category_room, sizeof *a->labels);
        a->values = rk_resize(a->values, a->category_room, sizeof *a->values);
    }
    a->labels[a->category_count] = label;
    a->values[a->category_count] = value;
    return a->category_count++;
}

/* A decimal number, also one of 13 to 18 digits before the point, as long as it is exact: scores
 * are only compared and subtracted here, never summed as they are. */
static bool parse_number(struct rk_text text, rk_fixed *value)
{
    enum { TAIL = 12 };
    if (rk_fixed_parse(text, value))
        return true;
    size_t sign = text.size && strchr("+-", text.text[0]) ? 1 : 0, whole = sign;
    while (whole < text.size && text.text[whole] >= '0' && text.text[whole] <= '9')
        whole++;
    rk_fixed head, tail, scale = 1;
    if (whole - sign <= TAIL || whole - sign > 18 || memchr(text.text, 'e', text.size) ||
        memchr(text.text, 'E', text.size) ||
        !rk_fixed_parse((struct rk_text){text.text + sign, whole - TAIL - sign}, &head) ||
        !rk_fixed_parse((struct rk_text){text.text + whole - TAIL, text.size - whole + TAIL},
                        &tail))
        return false;
    for (int i = 0; i < TAIL; i++)
        scale *= 10;
    *value = head * scale + tail;
    if (text.text[0] == '-')
        *value = -*value;
    return true;
}

/* The category of a text not met before. */
static enum rk_status find_category(struct rk_agree *a, uint32_t text, uint32_t *category,
                                    struct rk_error *error)
{
    struct rk_text label = a->texts.texts[text];
    rk_fixed value = 0;
    if (a->options->words) {
        if (a->sealed)
            return rk_fail(error, RK_BAD_DATA, _("this is none of the categories of --categories"));
        *category = new_category(a, label, 0);
        return RK_OK;
    }
    if (!parse_number(label, &value))
        return rk_fail(error, RK_BAD_DATA,
                       _("a number was expected; with --words scores are words"));
    uint32_t bits[4];
    memcpy(bits, &value, sizeof bits);
    uint32_t before = a->numbers.count;
    if (a->sealed && rk_tuples_find(&a->numbers, bits) == RK_NONE)
        return rk_fail(error, RK_BAD_DATA, _("this is none of the categories of --categories"));
    *category = rk_tuples_add(&a->numbers, bits);
    if (*category == before)
        new_category(a, label, value);
    return RK_OK;
}

static enum rk_status category_of(struct rk_agree *a, const char *column, struct rk_text score,
                                  uint32_t *category, struct rk_error *error)
{
    unsigned char byte = (unsigned char)score.text[0];
    uint32_t text = a->of_byte[byte] - 1;
    if (text == RK_NONE || !rk_text_equal(a->texts.texts[text], score)) {
        text = rk_strings_add(&a->texts, score);
        a->of_byte[byte] = text + 1;
    }
    if (text >= a->category_of_room) {
        uint32_t room = text < 8 ? 16 : text * 2;
        a->category_of = rk_resize(a->category_of, room, sizeof *a->category_of);
        for (uint32_t i = a->category_of_room; i < room; i++)
            a->category_of[i] = RK_NONE;
        a->category_of_room = room;
    }
    if (a->category_of[text] == RK_NONE) {
        enum rk_status status = find_category(a, text, &a->category_of[text], error);
        error->pos.field = status ? column : NULL;
        if (status)
            return status;
    }
    *category = a->category_of[text];
    return RK_OK;
}

enum rk_status rk_agree_new(struct rk_agree **agree, const struct rk_agree_options *options,
                            struct rk_error *error)
{
    struct rk_agree *a = *agree = rk_alloc(1, sizeof *a);
    a->options = options;
    a->numbers.width = a->far.width = 4;
    a->rated.width = a->declared.width = 2;
    for (size_t i = 0; i < options->category_count; i++) {
        uint32_t category, before = a->category_count;
        struct rk_error why = {0};
        if (category_of(a, NULL, options->categories[i], &category, &why))
            return rk_fail(error, RK_BAD_USE, _("--categories: %.*s: %s"),
                           (int)options->categories[i].size, options->categories[i].text, why.text);
        if (category != before)
            return rk_fail(error, RK_BAD_USE, _("--categories: %.*s is named twice"),
                           (int)options->categories[i].size, options->categories[i].text);
    }
    a->sealed = options->category_count > 0;
    return RK_OK;
}

void rk_agree_free(struct rk_agree *a)
{
    if (!a)
        return;
    rk_strings_free(&a->texts);
    rk_free(a->category_of);
    rk_tuples_free(&a->numbers);
    rk_free(a->labels);
    rk_free(a->values);
    rk_free(a->units);
    rk_tuples_free(&a->far);
    rk_free(a->far_unit);
    rk_free(a->times);
    rk_free(a->unit_of);
    rk_tuples_free(&a->rated);
    rk_free(a->rated_at);
    rk_tuples_free(&a->declared);
    rk_free(a->all);
    rk_free(a);
}

/* ---- judgements ---- */

static void keep(struct rk_agree *a, uint32_t unit, uint32_t rater, uint32_t category,
                 const struct rk_one_judgement *one)
{
    RK_GROW(a->all, a->count, a->room);
    a->all[a->count++] = (struct kept){unit, rater, category, one->count, one->place, RK_NONE};
    if (rater != RK_NONE && rater >= a->rater_count)
        a->rater_count = rater + 1;
}

static uint32_t new_unit(struct rk_agree *a, const uint32_t key[4], uint32_t before)
{
    if (a->unit_count == a->unit_room) {
        a->unit_room = a->unit_room ? a->unit_room * 2 : 16;
        a->units = rk_resize(a->units, a->unit_room, sizeof *a->units);
    }
    a->units[a->unit_count] =
        (struct unit){.key = {key[0], key[1], key[2], key[3]},
                      .before = before,
                      .depth = before == RK_NONE ? 0 : a->units[before].depth + 1,
                      .last = RK_NONE};
    return a->unit_count++;
}

/* Rows of the same cell are one; the last member of the key is for what a number cannot hold. */
static enum rk_status add_pair(struct rk_agree *a, const struct rk_one_judgement *one,
                               struct rk_error *error)
{
    uint32_t key[4] = {one->part}, cell;
    RK_TRY(category_of(a, "first", one->score, &key[1], error));
    RK_TRY(category_of(a, "second", one->second, &key[2], error));
    if (!one->times) {
        rk_tuples_add(&a->declared, (uint32_t[]){one->part, key[1]});
        rk_tuples_add(&a->declared, (uint32_t[]){one->part, key[2]});
        return RK_OK;
    }
    while ((cell = rk_tuples_add(&a->far, key)) < a->unit_count &&
           a->times[cell] > INT32_MAX - one->times)
        key[3]++;
    if (cell == a->unit_count) {
        uint32_t unit = new_unit(a, key, RK_NONE);
        if (unit >= a->times_room) {
            a->times_room = unit < 8 ? 16 : unit * 2;
            a->times = rk_resize(a->times, a->times_room, sizeof *a->times);
        }
        a->times[unit] = 0;
        keep(a, unit, 0, key[1], one);
        keep(a, unit, 1, key[2], one);
    }
    a->times[cell] += one->times;
    return RK_OK;
}

static void remember(struct rk_agree *a, uint32_t unit, uint32_t judgement)
{
    uint32_t at = rk_tuples_add(&a->rated, (uint32_t[]){unit, a->all[judgement].rater});
    if (at >= a->rated_room) {
        a->rated_room = at < 8 ? 16 : at * 2;
        a->rated_at = rk_resize(a->rated_at, a->rated_room, sizeof *a->rated_at);
    }
    a->rated_at[at] = judgement;
}

/* What the rater has said of the unit already, or RK_NONE. */
static uint32_t find_earlier(const struct rk_agree *a, uint32_t unit, uint32_t rater)
{
    if (a->units[unit].count > FEW) {
        uint32_t at = rk_tuples_find(&a->rated, (uint32_t[]){unit, rater});
        return at == RK_NONE ? RK_NONE : a->rated_at[at];
    }
    uint32_t at = a->units[unit].last;
    while (at != RK_NONE && a->all[at].rater != rater)
        at = a->all[at].before;
    return at;
}

/* Puts the judgement last kept into its unit's chain. */
static void link_last(struct rk_agree *a)
{
    uint32_t number = (uint32_t)(a->count - 1), unit = a->all[number].unit;
    struct unit *u = &a->units[unit];
    a->all[number].before = u->last;
    u->last = number;
    u->count++;
    if (u->count == FEW + 1)
        for (uint32_t at = number; at != RK_NONE; at = a->all[at].before)
            remember(a, unit, at);
    else if (u->count > FEW)
        remember(a, unit, number);
}

static bool is_unit(const struct rk_agree *a, uint32_t unit, const uint32_t key[4])
{
    return !memcmp(a->units[unit].key, key, 4 * sizeof *key);
}

static uint32_t find_far_unit(struct rk_agree *a, const uint32_t key[4])
{
    uint32_t before = a->far.count, at = rk_tuples_add(&a->far, key);
    if (at < before)
        return a->far_unit[at];
    if (at >= a->far_room) {
        a->far_room = at < 8 ? 16 : at * 2;
        a->far_unit = rk_resize(a->far_unit, a->far_room, sizeof *a->far_unit);
    }
    return a->far_unit[at] = new_unit(a, key, RK_NONE);
}

static uint32_t find_unit(struct rk_agree *a, const uint32_t key[4])
{
    uint32_t candidate = key[1];
    if (candidate >= a->unit_of_room) {
        uint32_t room = candidate < 8 ? 16 : candidate * 2;
        a->unit_of = rk_resize(a->unit_of, room, sizeof *a->unit_of);
        memset(a->unit_of + a->unit_of_room, 0, (room - a->unit_of_room) * sizeof *a->unit_of);
        a->unit_of_room = room;
    }
    uint32_t newest = a->unit_of[candidate] - 1, at = newest;
    while (at != RK_NONE && !is_unit(a, at, key))
        at = a->units[at].before;
    if (at != RK_NONE)
        return at;
    if (newest != RK_NONE && a->units[newest].depth == FEW)
        return find_far_unit(a, key);
    at = new_unit(a, key, newest);
    a->unit_of[candidate] = at + 1;
    return at;
}

enum rk_status rk_agree_add(void *agree, const struct rk_one_judgement *one, struct rk_error *error)
{
    struct rk_agree *a = agree;
    if (a->count > RK_NONE - 3 || a->unit_count > RK_NONE - 3)
        return rk_fail(error, RK_FAILED, _("more judgements than can be numbered"));
    if (a->options->table)
        return add_pair(a, one, error);
    uint32_t category, key[4] = {one->part, one->candidate, one->stage, one->criterion};
    RK_TRY(category_of(a, "score", one->score, &category, error));
    if (!one->count) {
        rk_tuples_add(&a->declared, (uint32_t[]){one->part, category});
        return RK_OK;
    }
    if (!a->unit_count || !is_unit(a, a->last_unit, key)) /* rows come in runs */
        a->last_unit = find_unit(a, key);
    uint32_t earlier = one->rater == RK_NONE ? RK_NONE : find_earlier(a, a->last_unit, one->rater);
    if (earlier != RK_NONE) {
        const struct rk_pos pos = {NULL, a->all[earlier].place, 0, "rater_id"};
        return rk_fail_at(error, RK_BAD_DATA, &pos,
                          _("the same rater's judgement was already given"));
    }
    keep(a, a->last_unit, one->rater, category, one);
    link_last(a);
    return RK_OK;
}

/* ---- parts ---- */

/* All judgements by part and unit, raters and categories still by their numbers in the whole, and
 * what is needed to number things anew within a part. */
struct divided {
    const struct rk_ids *ids;
    size_t *part_start; /* parts + 1 places of units */
    uint32_t *unit;     /* by place: parts one after another */
    size_t *start;      /* by place of the unit: its judgements */
    struct rk_judgement *all;
    uint32_t *declared_start, *declared;             /* categories by part */
    uint32_t *category_rank, *rater_rank;            /* places in the order */
    uint32_t *rater_at, *category_at;                /* numbers within the part, RK_NONE */
};

static int by_value(const void *x, const void *y, void *context)
{
    const struct rk_agree *a = context;
    uint32_t i = *(const uint32_t *)x, k = *(const uint32_t *)y;
    if (a->options->words)
        return rk_text_compare(a->labels[i], a->labels[k]);
    return (a->values[i] > a->values[k]) - (a->values[i] < a->values[k]);
}

static uint32_t *rank_categories(const struct rk_agree *a)
{
    uint32_t *order = rk_alloc(a->category_count + 1, sizeof *order),
             *rank = rk_alloc(a->category_count + 1, sizeof *rank);
    for (uint32_t i = 0; i < a->category_count; i++)
        order[i] = i;
    if (!a->options->words || (!a->sealed && !a->options->header)) /* else as they were listed */
        qsort_r(order, a->category_count, sizeof *order, by_value, (void *)a);
    for (uint32_t i = 0; i < a->category_count; i++)
        rank[order[i]] = i;
    rk_free(order);
    return rank;
}

static uint32_t *none(size_t count)
{
    uint32_t *all = rk_alloc(count + 1, sizeof *all);
    memset(all, 0xff, count * sizeof *all);
    return all;
}

/* Units by part, and within it by candidate, stage and criterion in bytewise order of their ids, or
 * by the two categories: what order the rows were in leaves no trace. Sorts of one member after
 * another, the last one first, each leaving equal ones as they are. */
static uint32_t *order_units(const struct rk_agree *a, uint32_t *const rank[4])
{
    uint32_t n = a->unit_count, *order = rk_alloc(n + 1, sizeof *order),
             *next = rk_alloc(n + 1, sizeof *next);
    for (uint32_t u = 0; u < n; u++)
        order[u] = u;
    for (int k = 3; k >= 0; k--) {
        uint32_t most = 0, last = 0;
        bool sorted = true;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t member = a->units[order[i]].key[k], place = rank[k] ? rank[k][member] : member;
            sorted = sorted && place >= last;
            last = place;
            most = place > most ? place : most;
        }
        if (sorted)
            continue;
        uint32_t *start = rk_alloc((size_t)most + 2, sizeof *start);
        for (int pass = 0; pass < 2; pass++) {
            for (uint32_t i = 0; i < n; i++) {
                uint32_t member = a->units[order[i]].key[k],
                         place = rank[k] ? rank[k][member] : member;
                if (pass)
                    next[start[place]++] = order[i];
                else
                    start[place + 1]++;
            }
            for (uint32_t p = 0; p <= most && !pass; p++)
                start[p + 1] += start[p];
        }
        uint32_t *swap = order;
        order = next;
        next = swap;
        rk_free(start);
    }
    rk_free(next);
    return order;
}

static void divide_units(struct divided *d, const struct rk_agree *a)
{
    uint32_t *place = rk_alloc(a->unit_count + 1, sizeof *place);
    for (uint32_t at = 0; at < a->unit_count; at++)
        place[d->unit[at]] = at;
    for (size_t i = 0; i < a->count; i++)
        d->start[place[a->all[i].unit] + 2]++;
    for (size_t at = 0; at < a->unit_count; at++)
        d->start[at + 2] += d->start[at + 1];
    for (size_t i = 0; i < a->count; i++) {
        const struct kept *k = &a->all[i];
        d->all[d->start[place[k->unit] + 1]++] =
            (struct rk_judgement){k->rater, k->category, k->count};
    }
    rk_free(place);
}

static struct divided divide(const struct rk_agree *a, const struct rk_judgements *j)
{
    size_t parts = j->parts.count, units = a->unit_count;
    uint32_t *categories = rank_categories(a),
             *candidates = rk_judgements_ranks(j, RK_ID_CANDIDATE),
             *stages = rk_judgements_ranks(j, RK_ID_STAGE),
             *criteria = rk_judgements_ranks(j, RK_ID_CRITERION);
    uint32_t *const by_ids[4] = {NULL, candidates, stages, criteria},
                    *const by_cells[4] = {NULL, categories, categories, NULL};
    struct divided d = {.ids = j->ids,
                        .start = rk_alloc(units + 2, sizeof(size_t)),
                        .part_start = rk_alloc(parts + 2, sizeof(size_t)),
                        .all = rk_alloc(a->count + 1, sizeof(struct rk_judgement)),
                        .unit = order_units(a, a->options->table ? by_cells : by_ids),
                        .declared_start = rk_alloc(parts + 2, sizeof(uint32_t)),
                        .declared = rk_alloc(a->declared.count + 1, sizeof(uint32_t)),
                        .category_rank = categories,
                        .rater_rank = rk_judgements_ranks(j, RK_ID_RATER),
                        .rater_at = none(a->rater_count),
                        .category_at = none(a->category_count)};
    rk_free(candidates);
    rk_free(stages);
    rk_free(criteria);
    for (size_t u = 0; u < units; u++)
        d.part_start[a->units[u].key[0] + 1]++;
    for (size_t i = 0; i < a->declared.count; i++)
        d.declared_start[a->declared.members[i * 2] + 2]++;
    for (size_t p = 0; p < parts; p++) {
        d.part_start[p + 1] += d.part_start[p];
        d.declared_start[p + 2] += d.declared_start[p + 1];
    }
    divide_units(&d, a);
    for (size_t i = 0; i < a->declared.count; i++)
        d.declared[d.declared_start[a->declared.members[i * 2] + 1]++] =
            a->declared.members[i * 2 + 1];
    return d;
}

static void divided_free(struct divided *d)
{
    rk_free(d->start);
    rk_free(d->part_start);
    rk_free(d->all);
    rk_free(d->unit);
    rk_free(d->declared_start);
    rk_free(d->declared);
    rk_free(d->category_rank);
    rk_free(d->rater_rank);
    rk_free(d->rater_at);
    rk_free(d->category_at);
}

/* A part with its own memory. */
struct owned {
    struct rk_agree_part part;
    size_t *start;
    struct rk_judgement *all; /* the divided's, numbered anew */
    uint32_t *times, *candidate, *criterion, *categories;
    uint32_t *raters; /* by number within the part: that in the whole */
    double *values, *centred;
    uint64_t ratings, units;
};

static int by_rank(const void *x, const void *y, void *context)
{
    const uint32_t *rank = context;
    uint32_t i = rank[*(const uint32_t *)x], k = rank[*(const uint32_t *)y];
    return (i > k) - (i < k);
}

static void use_category(struct owned *o, struct divided *d, uint32_t category, size_t *room)
{
    if (d->category_at[category] != RK_NONE)
        return;
    d->category_at[category] = 0;
    RK_GROW(o->categories, o->part.judged.categories, *room);
    o->categories[o->part.judged.categories++] = category;
}

/* The part's categories in order, with what they are worth. */
static void number_categories(struct owned *o, const struct rk_agree *a, struct divided *d,
                              uint32_t number)
{
    struct rk_judged *judged = &o->part.judged;
    size_t room = 0;
    for (uint32_t c = 0; c < a->category_count && a->sealed; c++)
        use_category(o, d, c, &room);
    for (size_t i = d->declared_start[number]; i < d->declared_start[number + 1]; i++)
        use_category(o, d, d->declared[i], &room);
    size_t end = d->start[d->part_start[number + 1]];
    for (size_t i = d->start[d->part_start[number]]; i < end; i++)
        use_category(o, d, d->all[i].category, &room);
    size_t q = judged->categories;
    if (q)
        qsort_r(o->categories, q, sizeof *o->categories, by_rank, d->category_rank);
    o->part.labels = rk_alloc(q + 1, sizeof *o->part.labels);
    o->values = rk_alloc(q + 1, sizeof *o->values);
    o->centred = rk_alloc(q + 1, sizeof *o->centred);
    for (size_t k = 0; k < q; k++) {
        uint32_t c = o->categories[k];
        d->category_at[c] = (uint32_t)k;
        o->part.labels[k] = a->labels[c];
        o->values[k] = rk_fixed_double(a->values[c]);
        o->centred[k] = rk_fixed_double(a->values[c] - a->values[o->categories[q / 2]]);
    }
    if (!a->options->words) {
        judged->values = o->values;
        judged->centred = o->centred;
    }
    o->part.ordered = !a->options->words || a->sealed || a->options->header;
}

/* Takes out the units that some rater did not rate. */
static void keep_complete(struct owned *o)
{
    struct rk_agree_part *part = &o->part;
    uint32_t *known = none(part->candidates), candidates = 0;
    size_t to = 0, from = 0, kept = 0;
    o->ratings = o->units = 0;
    for (size_t u = 0; u < part->judged.units; u++) {
        size_t end = o->start[u + 1], count = end - from;
        uint32_t times = o->times ? o->times[u] : 1, *candidate = &known[o->candidate[u]];
        if (count == part->judged.raters) {
            memmove(o->all + to, o->all + from, count * sizeof *o->all);
            to += count;
            if (*candidate == RK_NONE)
                *candidate = candidates++;
            o->candidate[kept] = *candidate;
            o->criterion[kept] = o->criterion[u];
            if (o->times)
                o->times[kept] = times;
            o->units += times;
            o->ratings += count * times;
            o->start[++kept] = to;
        }
        from = end;
    }
    part->judged.units = kept;
    part->candidates = candidates;
    rk_free(known);
}

/* The part's raters, numbered in the order of their ids; of pairs, 0 is the first rater. */
static void number_raters(struct owned *o, struct divided *d)
{
    struct rk_judged *judged = &o->part.judged;
    size_t room = 0;
    for (size_t i = 0; i < o->start[judged->units]; i++) {
        uint32_t rater = o->all[i].rater;
        if (rater == RK_NONE || d->rater_at[rater] != RK_NONE)
            continue;
        d->rater_at[rater] = 0;
        RK_GROW(o->raters, judged->raters, room);
        o->raters[judged->raters++] = rater;
    }
    if (judged->raters && !judged->table)
        qsort_r(o->raters, judged->raters, sizeof *o->raters, by_rank, d->rater_rank);
    for (uint32_t g = 0; g < judged->raters; g++)
        d->rater_at[o->raters[g]] = judged->table ? o->raters[g] : g;
}

static int by_rater_first(const void *a, const void *b)
{
    const struct rk_judgement *x = a, *y = b;
    return x->rater != y->rater         ? (x->rater > y->rater) - (x->rater < y->rater)
           : x->category != y->category ? (x->category > y->category) - (x->category < y->category)
                                        : (x->count > y->count) - (x->count < y->count);
}

/* A unit's judgements by rater, and by category where raters are not told apart. */
static void sort_judgements(struct rk_judgement *all, size_t count)
{
    bool sorted = true;
    for (size_t i = 1; i < count && sorted; i++)
        sorted = by_rater_first(&all[i - 1], &all[i]) <= 0;
    if (!sorted)
        qsort(all, count, sizeof *all, by_rater_first);
}

static void number_units(struct owned *o, const struct rk_agree *a, struct divided *d,
                         uint32_t number)
{
    struct rk_judged *judged = &o->part.judged;
    struct rk_tuples criteria = {.width = 2};
    size_t first = d->part_start[number], base = d->start[first];
    judged->table = a->options->table;
    judged->units = d->part_start[number + 1] - first;
    o->all = d->all + base;
    o->start = rk_alloc(judged->units + 1, sizeof *o->start);
    for (size_t u = 0; u < judged->units; u++)
        o->start[u + 1] = d->start[first + u + 1] - base;
    number_raters(o, d);
    o->part.raters = rk_alloc(judged->raters + 1, sizeof *o->part.raters);
    for (size_t g = 0; g < judged->raters && !judged->table; g++)
        o->part.raters[g] = rk_id_text(d->ids, RK_ID_RATER, o->raters[g]);
    o->times = judged->table ? rk_alloc(judged->units + 1, sizeof *o->times) : NULL;
    o->candidate = rk_alloc(judged->units + 1, sizeof *o->candidate);
    o->criterion = rk_alloc(judged->units + 1, sizeof *o->criterion);
    const uint32_t *before = NULL;
    for (size_t u = 0; u < judged->units; u++) {
        uint32_t unit = d->unit[first + u], times = judged->table ? a->times[unit] : 1;
        const uint32_t *key = a->units[unit].key;
        if (judged->table) {
            o->times[u] = times;
            o->candidate[u] = (uint32_t)o->part.candidates++;
        } else { /* candidates come one after another */
            o->part.candidates += !before || before[1] != key[1];
            o->candidate[u] = (uint32_t)o->part.candidates - 1;
            bool again = before && !memcmp(key + 2, before + 2, 2 * sizeof *key);
            o->criterion[u] = again ? o->criterion[u - 1] : rk_tuples_add(&criteria, key + 2);
        }
        before = key;
        o->units += times;
        struct rk_judgement *all = o->all + o->start[u];
        size_t count = o->start[u + 1] - o->start[u];
        for (size_t i = 0; i < count; i++) {
            judged->anonymous |= all[i].rater == RK_NONE || all[i].count > 1;
            all[i].rater = all[i].rater == RK_NONE ? 0 : d->rater_at[all[i].rater];
            all[i].category = d->category_at[all[i].category];
            o->ratings += (uint64_t)all[i].count * times;
        }
        sort_judgements(all, count);
    }
    o->part.criteria = judged->table ? judged->units > 0 : criteria.count;
    rk_tuples_free(&criteria);
    judged->start = o->start;
    judged->all = o->all;
    judged->times = o->times;
}

/* Forgets the part's own numbers, so that the next starts anew. */
static void forget(struct divided *d, const struct owned *o)
{
    for (size_t k = 0; k < o->part.judged.categories; k++)
        d->category_at[o->categories[k]] = RK_NONE;
    for (size_t g = 0; g < o->part.judged.raters; g++)
        d->rater_at[o->raters[g]] = RK_NONE;
}

static struct owned make_part(const struct rk_agree *a, struct divided *d, uint32_t number)
{
    struct owned o = {.part = {.options = a->options}};
    number_categories(&o, a, d, number);
    number_units(&o, a, d, number);
    forget(d, &o);
    if (a->options->listwise && !o.part.judged.anonymous)
        keep_complete(&o);
    rk_judged_tally(&o.part.judged);
    o.part.candidate = o.candidate;
    o.part.criterion = o.criterion;
    o.part.complete = rk_judged_complete(&o.part.judged);
    o.part.balanced = rk_judged_balance(&o.part.judged) > 0;
    return o;
}

static void owned_free(struct owned *o)
{
    rk_free(o->start);
    rk_free(o->raters);
    rk_free(o->times);
    rk_free(o->candidate);
    rk_free(o->criterion);
    rk_free(o->categories);
    rk_free(o->values);
    rk_free(o->centred);
    rk_free(o->part.labels);
    rk_free(o->part.raters);
    rk_judged_forget_tally(&o->part.judged);
}

/* ---- measures, and resamples ---- */

struct rows {
    struct rk_arena arena;
    struct rk_agree_row *all;
    size_t count, room;
};

static void take_row(void *context, enum rk_family family, const char *measure, const char *variant,
                     const struct rk_estimate *estimate)
{
    struct rows *rows = context;
    RK_GROW(rows->all, rows->count, rows->room);
    rows->all[rows->count++] =
        (struct rk_agree_row){.family = family,
                              .measure = measure,
                              .variant = rk_arena_text(&rows->arena, variant, strlen(variant)),
                              .estimate = *estimate,
                              .method = estimate->method};
}

/* Resamples first … end of a part, each into its column of `values`. */
struct resample {
    const struct owned *owned;
    const struct rk_agree_options *options;
    const char *key; /* of chance: names the part */
    uint64_t *until; /* by candidate: those that it and the ones before it stand for */
    double *values;  /* row × bootstrap + replicate */
    uint32_t first, end;
    pthread_t thread;
    bool started;
    size_t row, row_count; /* of the replicate at work */
    uint32_t replicate;
};

static void take_value(void *context, enum rk_family family, const char *measure,
                       const char *variant, const struct rk_estimate *estimate)
{
    struct resample *r = context;
    (void)family;
    (void)measure;
    (void)variant;
    assert(r->row < r->row_count);
    r->values[r->row++ * r->options->bootstrap + r->replicate] =
        estimate->why ? NAN : estimate->value;
}

/* How many of n numbers drawn from 0 to 1 are below a/b < 1: bit by bit, all of them at once, until
 * each is known to be below or above. */
static uint64_t count_below(uint64_t *state, uint64_t n, uint64_t a, uint64_t b)
{
    uint64_t below = 0;
    while (n && a) {
        uint64_t zeros = 0;
        for (uint64_t left = n; left;) {
            uint64_t bits = left < 64 ? left : 64, word = rk_splitmix64(state);
            zeros += (uint64_t)__builtin_popcountll(bits < 64 ? word >> (64 - bits) : word);
            left -= bits;
        }
        a *= 2;
        if (a >= b) {
            a -= b;
            below += zeros;
            n -= zeros;
        } else {
            n = zeros;
        }
    }
    return below;
}

/* n draws among the candidates low … high, each as likely as those that it stands for are many. */
static void scatter(uint64_t *state, const uint64_t *until, size_t low, size_t high, uint64_t n,
                    uint32_t *drawn)
{
    for (; low < high && n; low = (low + high) / 2 + 1) {
        size_t middle = (low + high) / 2;
        uint64_t before = low ? until[low - 1] : 0,
                 part = count_below(state, n, until[middle] - before, until[high] - before);
        scatter(state, until, low, middle, part, drawn);
        n -= part;
    }
    drawn[low] += (uint32_t)n;
}

/* Candidates drawn with replacement, each with all that was said of it. */
static void draw(const struct resample *r, uint32_t *drawn)
{
    size_t n = r->owned->part.candidates;
    struct rk_buf key = {0};
    rk_buf_printf(&key, "%s%u", r->key, r->replicate);
    struct rk_random random = rk_random(r->options->seed, rk_text(key.text));
    rk_buf_free(&key);
    memset(drawn, 0, n * sizeof *drawn);
    if (n && r->until[n - 1] > n) {
        uint64_t state = rk_random_u64(&random);
        scatter(&state, r->until, 0, n - 1, r->until[n - 1], drawn);
    } else
        for (size_t i = 0; i < n; i++)
            drawn[rk_random_below(&random, n)]++;
}

static void *resample(void *context)
{
    struct resample *r = context;
    struct rk_agree_part part = r->owned->part;
    uint32_t *drawn = rk_alloc(part.candidates + 1, sizeof *drawn),
             *times = rk_alloc(part.judged.units + 1, sizeof *times);
    part.judged.times = times;
    for (r->replicate = r->first; r->replicate < r->end; r->replicate++) {
        draw(r, drawn);
        for (size_t u = 0; u < part.judged.units; u++)
            times[u] = drawn[part.candidate[u]];
        r->row = 0;
        rk_agree_measure(&part, 0, take_value, r);
    }
    rk_free(drawn);
    rk_free(times);
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Standard deviation and percentiles of the replicates that have a value; a statistic that tests
 * has no interval. */
static void sum_up(struct rows *rows, struct rk_agree_row *row, double *values, uint32_t replicates,
                   double confidence)
{
    uint32_t n = 0;
    double mean = 0, squares = 0;
    if (row->estimate.why || !strncmp(row->method, "chi-square", 10) ||
        row->family == RK_F_HOMOGENEITY)
        return;
    for (uint32_t i = 0; i < replicates; i++)
        if (isfinite(values[i]))
            values[n++] = values[i];
    row->undefined = replicates - n;
    /* a test by the standard error that no longer stands goes with it */
    if (row->estimate.statistic == row->estimate.value / row->estimate.se)
        row->estimate.statistic = row->estimate.df1 = row->estimate.p = NAN;
    row->estimate.se = row->estimate.low = row->estimate.high = NAN;
    struct rk_buf method = {0};
    rk_buf_printf(&method, "%s+bootstrap", row->method);
    row->method = rk_arena_text(&rows->arena, method.text, method.size);
    rk_buf_free(&method);
    if (n < 2 || row->undefined > replicates / 20)
        return;
    qsort(values, n, sizeof *values, by_size);
    for (uint32_t i = 0; i < n; i++)
        mean += values[i] / n;
    for (uint32_t i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    squares = rk_squares_or_zero(squares, n, fmax(fabs(values[0]), fabs(values[n - 1])));
    row->estimate.se = sqrt(squares / (n - 1));
    double tail = (1 - confidence) / 2;
    uint32_t low = (uint32_t)ceil(n * tail - 1e-9), high = (uint32_t)ceil(n * (1 - tail) - 1e-9);
    row->estimate.low = values[low ? low - 1 : 0];
    row->estimate.high = values[high - 1];
}

static void bootstrap(const struct rk_agree_options *options, const struct owned *o,
                      struct rows *rows, const char *key)
{
    uint32_t replicates = options->bootstrap;
    unsigned threads = options->threads < replicates ? options->threads : replicates;
    double *values = rk_alloc(rows->count * replicates + 1, sizeof *values);
    uint64_t *until = rk_alloc(o->part.candidates + 1, sizeof *until);
    for (size_t c = 0; c < o->part.candidates; c++)
        until[c] = (c ? until[c - 1] : 0) + (o->times ? o->times[c] : 1);
    struct resample *all = rk_alloc(threads, sizeof *all);
    for (unsigned t = 0; t < threads; t++) {
        uint64_t from = (uint64_t)replicates * t / threads,
                 to = (uint64_t)replicates * (t + 1) / threads;
        all[t] = (struct resample){.owned = o,
                                   .options = options,
                                   .key = key,
                                   .until = until,
                                   .values = values,
                                   .row_count = rows->count,
                                   .first = (uint32_t)from,
                                   .end = (uint32_t)to};
        all[t].started = threads > 1 && !pthread_create(&all[t].thread, NULL, resample, &all[t]);
        if (!all[t].started) /* no thread to be had does no harm */
            resample(&all[t]);
    }
    for (unsigned t = 0; t < threads; t++)
        if (all[t].started)
            pthread_join(all[t].thread, NULL);
    for (size_t r = 0; r < rows->count; r++)
        sum_up(rows, &rows->all[r], values + r * replicates, replicates, options->confidence);
    rk_free(all);
    rk_free(until);
    rk_free(values);
}

void rk_agree_finish(struct rk_agree *a, const struct rk_judgements *j, const uint32_t *order,
                     size_t count, rk_take_agree_row *take, void *context)
{
    struct divided d = divide(a, j);
    rk_free(a->all); /* the divided has what is needed of them */
    a->all = NULL;
    a->count = a->room = 0;
    struct rows rows = {0};
    struct rk_buf key = {0};
    for (size_t p = 0; p < count; p++) {
        struct owned o = make_part(a, &d, order[p]);
        rows.count = 0;
        rk_arena_reset(&rows.arena);
        rk_agree_measure(&o.part, a->options->confidence, take_row, &rows);
        rk_buf_clear(&key);
        rk_buf_text(&key, "agree|");
        for (size_t b = 0; b < j->by_count;
             b++) { /* lengths keep parts apart whatever their names */
            struct rk_text text = rk_judgements_by(j, order[p], b);
            rk_buf_printf(&key, "%zu:%.*s|", text.size, (int)text.size, text.text);
        }
        if (a->options->bootstrap && o.part.candidates)
            bootstrap(a->options, &o, &rows, key.text);
        for (size_t r = 0; r < rows.count; r++) {
            struct rk_agree_row *row = &rows.all[r];
            row->part = order[p];
            if (row->estimate.why && !o.ratings)
                row->estimate.why = a->options->listwise
                                        ? N_("nothing was rated by every rater of the part")
                                        : N_("nothing was rated");
            row->candidates = a->options->table ? o.units : o.part.candidates;
            row->raters = o.part.judged.anonymous ? 0 : o.part.judged.raters;
            row->ratings = o.ratings;
            take(context, row);
        }
        owned_free(&o);
    }
    rk_buf_free(&key);
    rk_arena_free(&rows.arena);
    rk_free(rows.all);
    divided_free(&d);
}
