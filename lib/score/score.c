#include "score/score.h"

#include "score/scored.h"
#include "stream/once.h"

#include <assert.h>

/* One criterion of a plan. */
struct item {
    struct rk_ratio ratio; /* w·100 / (max - min), negative where low is good */
    struct rk_ratio plain; /* the same without w */
    rk_fixed from;         /* y·w = (x - from) · ratio */
    rk_fixed weight;
    const struct rk_criterion *criterion; /* NULL without a rubric */
    uint32_t gate;                        /* place among the plan's gates, RK_NONE */
};

struct plan_stage {
    uint32_t id;     /* RK_ID_STAGE */
    rk_fixed weight; /* Σ of its criteria */
    bool *has;       /* by criterion of the rubric */
    size_t criterion_count;
    uint32_t *groups;
    size_t group_count; /* 0 = any */
};

/* A rubric in the numbers of this run. */
struct plan {
    const struct rk_rubric *rubric;
    struct item *items;
    uint32_t *item_of; /* by RK_ID_CRITERION, RK_NONE = not in the rubric */
    uint32_t item_of_count;
    struct plan_stage *stages;
    size_t stage_count; /* 0 = any stage, all criteria */
    rk_fixed weight;    /* Σ of all criteria */
    uint32_t gate_count;
    uint32_t *gated; /* items that have gates, in order of criterion id */
};

struct sheet {
    rk_fixed total, weight;
    uint64_t places; /* where its tokens start in scorer->places */
    uint32_t width;  /* how many of them */
    uint32_t place;  /* of its first row */
    uint32_t group;
    uint32_t persons, count;
    uint32_t scored, seen; /* criteria */
    uint32_t whole;        /* so many seen: nothing can follow; 0 = not known */
    uint8_t basis;
    uint8_t missing; /* bit per reason */
    bool given;      /* whole, and taken */
};

/* Sheets that are held before those that were given are let go. */
enum { HELD = 1024 };

struct gate_sum {
    rk_fixed sum[2]; /* by basis */
    uint64_t n[2];
};

struct person {     /* a candidate of a recruitment */
    uint64_t gates; /* where its sums start */
    struct rk_text failed;
};

struct rk_scorer {
    struct rk_scorer_options options;
    struct rk_ids *ids;
    struct plan *plans; /* by place in options.rubrics->all */
    struct item plain;  /* without a rubric: every criterion */

    struct rk_tuples keys;  /* recruitment, candidate, rater, stage → sheet */
    struct rk_tuples spare; /* of the same width, empty */
    struct sheet *sheets;
    uint32_t sheet_room;
    uint32_t last_sheet;
    uint32_t *places;
    uint64_t place_count, place_room;
    struct rk_tuples rest; /* sheet, criterion: beyond the sheet's width */
    uint32_t *rest_place;
    uint32_t rest_room;
    struct rk_once once; /* all sheets: recruitment, candidate, stage, rater; the places of those
                          * that were let go */
    uint32_t most_held;  /* 0 = all: one of those came again */
    uint32_t open;       /* sheets not given */

    struct rk_tuples people; /* recruitment, candidate */
    struct person *persons;
    uint32_t person_room;
    uint32_t last_person;
    struct gate_sum *gates;
    uint64_t gate_count, gate_room;

    struct rk_tuples cells; /* raw only: recruitment, stage, group, criterion */
    rk_fixed *farthest;
    uint32_t farthest_room;

    struct rk_scored scored; /* sheets with a score, when nothing can follow on them */
    struct rk_scorer_empty empty;
    struct rk_arena arena;
    struct rk_text flags[256]; /* by `missing` */
    struct rk_scorer_view view;
    struct term {
        const struct item *item; /* NULL = free */
        rk_fixed score, value;
    } terms[256]; /* y·w of scores that were good: there are few */
    struct {
        uint32_t recruitment, stage, group; /* RK_NONE = none */
        const struct plan *plan;            /* NULL without a rubric */
        const struct plan_stage *of;        /* … or stages */
    } last;                                 /* of the rating that was good last */
};

static struct rk_ratio reciprocal(struct rk_scorer_view *view, rk_fixed weight)
{
    size_t at = (size_t)((uint64_t)weight * 0x9e3779b97f4a7c15u >> 58);
    if (view->reciprocals[at].weight != weight) {
        view->reciprocals[at].weight = weight;
        view->reciprocals[at].ratio = rk_ratio(RK_FIXED_ONE, weight);
    }
    return view->reciprocals[at].ratio;
}

static rk_fixed mean(struct rk_scorer_view *view, rk_fixed total, rk_fixed weight)
{
    size_t at = (size_t)((uint64_t)(total ^ weight) * 0x9e3779b97f4a7c15u >> 56);
    if (view->means[at].weight != weight || view->means[at].total != total) {
        view->means[at].weight = weight;
        view->means[at].total = total;
        view->means[at].score = rk_fixed_round(rk_fixed_times(total, reciprocal(view, weight)));
    }
    return view->means[at].score;
}

static struct item make_item(const struct rk_criterion *c)
{
    rk_fixed span = c->maximum - c->minimum;
    return (struct item){rk_ratio((c->reverse ? -100 : 100) * c->weight, span),
                         rk_ratio((c->reverse ? -100 : 100) * RK_FIXED_ONE, span),
                         c->reverse ? c->maximum : c->minimum,
                         c->weight,
                         c,
                         RK_NONE};
}

static void make_plan(struct rk_scorer *scorer, struct plan *plan, const struct rk_rubric *rubric)
{
    struct rk_ids *ids = scorer->ids;
    size_t n = rubric->criterion_count;
    uint32_t *numbers = rk_arena_alloc(&scorer->arena, n * sizeof *numbers);
    uint32_t *items = rk_arena_alloc(&scorer->arena, n * sizeof *items);
    plan->rubric = rubric;
    plan->items = rk_arena_alloc(&scorer->arena, n * sizeof *plan->items);
    for (size_t c = 0; c < n; c++) {
        plan->items[c] = make_item(&rubric->criteria[c]);
        plan->weight += rubric->criteria[c].weight;
        numbers[c] = rk_id(ids, RK_ID_CRITERION, rk_text(rubric->criteria[c].id));
        if (numbers[c] >= plan->item_of_count)
            plan->item_of_count = numbers[c] + 1;
        if (!rubric->criteria[c].has_gate)
            continue;
        uint32_t at = plan->gate_count++;
        for (; at && strcmp(rubric->criteria[items[at - 1]].id, rubric->criteria[c].id) > 0; at--)
            items[at] = items[at - 1];
        items[at] = (uint32_t)c;
    }
    plan->gated = items;
    for (uint32_t g = 0; g < plan->gate_count; g++)
        plan->items[items[g]].gate = g;
    plan->item_of = rk_arena_alloc(&scorer->arena, plan->item_of_count * sizeof *plan->item_of);
    for (uint32_t i = 0; i < plan->item_of_count; i++)
        plan->item_of[i] = RK_NONE;
    for (size_t c = 0; c < n; c++)
        plan->item_of[numbers[c]] = (uint32_t)c;
    plan->stage_count = rubric->stage_count;
    plan->stages = rk_arena_alloc(&scorer->arena, (rubric->stage_count + 1) * sizeof *plan->stages);
    for (size_t s = 0; s < rubric->stage_count; s++) {
        const struct rk_rubric_stage *from = &rubric->stages[s];
        struct plan_stage *to = &plan->stages[s];
        *to = (struct plan_stage){.id = rk_id(ids, RK_ID_STAGE, rk_text(from->id)),
                                  .criterion_count = from->criterion_count,
                                  .group_count = from->group_count};
        to->has = rk_arena_alloc(&scorer->arena, n * sizeof *to->has);
        memset(to->has, 0, n * sizeof *to->has);
        for (size_t c = 0; c < from->criterion_count; c++) {
            to->has[from->criteria[c]] = true;
            to->weight += rubric->criteria[from->criteria[c]].weight;
        }
        to->groups = rk_arena_alloc(&scorer->arena, (from->group_count + 1) * sizeof *to->groups);
        for (size_t g = 0; g < from->group_count; g++)
            to->groups[g] = rk_id(ids, RK_ID_GROUP, rk_text(rubric->groups[from->groups[g]].id));
    }
    /* without stages, the groups of the rubric still are the only ones */
    if (!rubric->stage_count && rubric->group_count) {
        struct plan_stage *any = &plan->stages[0];
        *any = (struct plan_stage){.group_count = rubric->group_count};
        any->groups = rk_arena_alloc(&scorer->arena, rubric->group_count * sizeof *any->groups);
        for (size_t g = 0; g < rubric->group_count; g++)
            any->groups[g] = rk_id(ids, RK_ID_GROUP, rk_text(rubric->groups[g].id));
    } else if (!rubric->stage_count)
        plan->stages[0] = (struct plan_stage){0};
}

struct rk_scorer *rk_scorer_new(const struct rk_scorer_options *options, struct rk_ids *ids)
{
    struct rk_scorer *scorer = rk_alloc(1, sizeof *scorer);
    scorer->options = *options;
    scorer->ids = ids;
    scorer->keys.width = scorer->spare.width = 4;
    scorer->last.recruitment = RK_NONE;
    scorer->rest.width = 2;
    scorer->people.width = scorer->people.apart = 2;
    scorer->once.places.width = 3;
    scorer->once.places.apart = 2;
    scorer->cells.width = 4;
    scorer->plain = (struct item){{1, 1}, {1, 1}, 0, RK_FIXED_ONE, NULL, RK_NONE};
    if (options->rubrics && options->rubrics->count) {
        scorer->plans = rk_alloc(options->rubrics->count, sizeof *scorer->plans);
        for (size_t i = 0; i < options->rubrics->count; i++)
            make_plan(scorer, &scorer->plans[i], options->rubrics->all[i]);
        scorer->most_held = options->partial ? 0 : HELD;
    } else if (options->has_scale) {
        scorer->plain.ratio = scorer->plain.plain =
            rk_ratio(100 * RK_FIXED_ONE, options->maximum - options->minimum);
        scorer->plain.from = options->minimum;
    }
    return scorer;
}

/* The scores have all that is still asked for, and to sort them takes room. */
static void forget_sheets(struct rk_scorer *scorer)
{
    rk_tuples_free(&scorer->keys);
    rk_tuples_free(&scorer->spare);
    rk_tuples_free(&scorer->rest);
    rk_once_free(&scorer->once);
    rk_free(scorer->sheets);
    rk_free(scorer->places);
    rk_free(scorer->rest_place);
    scorer->sheets = NULL;
    scorer->places = scorer->rest_place = NULL;
    scorer->sheet_room = scorer->rest_room = 0;
    scorer->place_count = scorer->place_room = 0;
}

void rk_scorer_free(struct rk_scorer *scorer)
{
    if (!scorer)
        return;
    rk_free(scorer->plans);
    forget_sheets(scorer);
    rk_tuples_free(&scorer->people);
    rk_tuples_free(&scorer->cells);
    rk_free(scorer->persons);
    rk_free(scorer->gates);
    rk_free(scorer->farthest);
    rk_scored_free(&scorer->scored);
    rk_arena_free(&scorer->arena);
    rk_free(scorer);
}

static const struct plan *plan_for(const struct rk_scorer *scorer, uint32_t recruitment)
{
    const struct rk_rubrics *rubrics = scorer->options.rubrics;
    if (!scorer->plans)
        return NULL;
    if (!rubrics->assigned)
        return rubrics->count == 1 ? scorer->plans : NULL;
    const struct rk_rubric *rubric = rk_rubrics_for(rubrics, recruitment);
    for (size_t i = 0; i < rubrics->count; i++)
        if (rubrics->all[i] == rubric)
            return &scorer->plans[i];
    return NULL;
}

/* NULL where the rubric has no stages, or not this one. */
static const struct plan_stage *plan_stage_of(const struct plan *plan, uint32_t stage)
{
    for (size_t s = 0; s < plan->stage_count; s++)
        if (plan->stages[s].id == stage)
            return &plan->stages[s];
    return NULL;
}

/* How many criteria a sheet of the stage can have; 0 where there is no rubric. */
static uint32_t criteria_of(const struct plan *plan, uint32_t stage)
{
    const struct plan_stage *of = plan ? plan_stage_of(plan, stage) : NULL;
    return plan ? (uint32_t)(of ? of->criterion_count : plan->rubric->criterion_count) : 0;
}

static enum rk_status bad(struct rk_error *error, const char *field, const char *text)
{
    struct rk_pos pos = {.field = field};
    return rk_fail_at(error, RK_BAD_DATA, &pos, "%s", text);
}

/* An unknown word, with the nearest that would have been right. */
static enum rk_status unknown(struct rk_error *error, const char *field, const char *what,
                              const char *word, const char *const *names)
{
    struct rk_pos pos = {.field = field};
    const char *nearest = rk_nearest(word, names);
    if (nearest)
        return rk_fail_at(error, RK_BAD_DATA, &pos, _("%s; did you mean '%s'?"), what, nearest);
    struct rk_buf list = {0};
    for (size_t i = 0; names[i] && list.size < 300; i++)
        rk_buf_printf(&list, i ? ", %s" : "%s", names[i]);
    enum rk_status status = rk_fail_at(error, RK_BAD_DATA, &pos, _("%s; expected one of: %s"), what,
                                       list.text ? list.text : "");
    rk_buf_free(&list);
    return status;
}

static enum rk_status unknown_in_rubric(const struct rk_scorer *scorer, const struct plan *plan,
                                        const struct plan_stage *stage,
                                        const struct rk_rating *rating, const char *field,
                                        struct rk_error *error)
{
    const struct rk_rubric *rubric = plan->rubric;
    size_t most = rubric->criterion_count + rubric->stage_count + rubric->group_count, n = 0;
    const char **names = rk_alloc(most + 1, sizeof *names);
    const char *word, *what;
    if (!strcmp(field, "stage")) {
        word = rk_id_text(scorer->ids, RK_ID_STAGE, rating->stage).text;
        what = _("not a stage of the rubric");
        for (size_t s = 0; s < rubric->stage_count; s++)
            names[n++] = rubric->stages[s].id;
    } else if (!strcmp(field, "criterion")) {
        word = rk_id_text(scorer->ids, RK_ID_CRITERION, rating->criterion).text;
        what = plan->stage_count ? _("not a criterion of this stage in the rubric")
                                 : _("not a criterion of the rubric");
        for (size_t c = 0; c < rubric->criterion_count; c++)
            if (!plan->stage_count || stage->has[c])
                names[n++] = rubric->criteria[c].id;
    } else {
        word = rk_id_text(scorer->ids, RK_ID_GROUP, rating->group).text;
        what = plan->stage_count ? _("not a group that rates this stage in the rubric")
                                 : _("not a group of the rubric");
        for (size_t g = 0; g < stage->group_count; g++)
            names[n++] = rk_id_text(scorer->ids, RK_ID_GROUP, stage->groups[g]).text;
    }
    enum rk_status status = unknown(error, field, what, word, names);
    rk_free(names);
    return status;
}

/* The rating's place in the rubric. `*stage` is what it is the next time for one of the same
 * recruitment, stage and group; NULL the first time. */
static enum rk_status find_item(const struct rk_scorer *scorer, const struct plan *plan,
                                const struct rk_rating *rating, const struct plan_stage **stage,
                                const struct item **item, uint32_t *place, struct rk_error *error)
{
    const bool known = *stage;
    if (!known) {
        *stage = plan->stage_count ? plan_stage_of(plan, rating->stage) : &plan->stages[0];
        if (!*stage)
            return unknown_in_rubric(scorer, plan, NULL, rating, "stage", error);
    }
    uint32_t c =
        rating->criterion < plan->item_of_count ? plan->item_of[rating->criterion] : RK_NONE;
    if (c == RK_NONE || (plan->stage_count && !(*stage)->has[c]))
        return unknown_in_rubric(scorer, plan, *stage, rating, "criterion", error);
    if (!known && (*stage)->group_count) {
        size_t g = 0;
        while (g < (*stage)->group_count && (*stage)->groups[g] != rating->group)
            g++;
        if (g == (*stage)->group_count)
            return unknown_in_rubric(scorer, plan, *stage, rating, "rater_group", error);
    }
    *item = &plan->items[c];
    *place = c;
    return RK_OK;
}

static enum rk_status check_score(rk_fixed score, rk_fixed minimum, rk_fixed maximum, rk_fixed step,
                                  struct rk_error *error)
{
    if (score >= minimum && score <= maximum && (!step || (score - minimum) % step == 0))
        return RK_OK;
    struct rk_buf from = {0}, to = {0}, by = {0};
    rk_fixed_print(&from, minimum);
    rk_fixed_print(&to, maximum);
    rk_fixed_print(&by, step);
    struct rk_pos pos = {.field = "score"};
    if (score < minimum || score > maximum)
        rk_fail_at(error, RK_BAD_DATA, &pos, _("outside the scale, expected %s to %s"), from.text,
                   to.text);
    else
        rk_fail_at(error, RK_BAD_DATA, &pos,
                   _("between the steps, expected %s to %s in steps of %s"), from.text, to.text,
                   by.text);
    rk_buf_free(&from);
    rk_buf_free(&to);
    rk_buf_free(&by);
    return RK_BAD_DATA;
}

static struct sheet *new_sheet(struct rk_scorer *scorer, const struct plan *plan,
                               const struct sheet *like, uint32_t number)
{
    if (number >= scorer->sheet_room) {
        scorer->sheet_room = scorer->sheet_room ? scorer->sheet_room * 2 : 64;
        scorer->sheets = rk_resize(scorer->sheets, scorer->sheet_room, sizeof *scorer->sheets);
    }
    /* with a rubric its criteria; else the criteria met so far, within reason */
    uint32_t width = plan ? (uint32_t)plan->rubric->criterion_count : 1;
    if (!plan) {
        uint32_t met = scorer->ids->of[RK_ID_CRITERION].count;
        while (width < met && width < 64)
            width *= 2;
    }
    if (scorer->place_count + width > scorer->place_room) {
        scorer->place_room = (scorer->place_count + width) * 2;
        scorer->places =
            rk_resize(scorer->places, (size_t)scorer->place_room, sizeof *scorer->places);
    }
    memset(scorer->places + scorer->place_count, 0, width * sizeof *scorer->places);
    struct sheet *sheet = &scorer->sheets[number];
    *sheet = *like;
    scorer->open += !like->given;
    sheet->places = scorer->place_count;
    sheet->width = width;
    scorer->place_count += width;
    return sheet;
}

/* Where the place of (sheet, criterion) is kept. */
static uint32_t *place_of(struct rk_scorer *scorer, const struct sheet *sheet, uint32_t number,
                          uint32_t criterion)
{
    if (criterion < sheet->width)
        return &scorer->places[sheet->places + criterion];
    uint32_t before = scorer->rest.count;
    uint32_t at = rk_tuples_add(&scorer->rest, (uint32_t[]){number, criterion});
    if (at >= scorer->rest_room) {
        scorer->rest_room = scorer->rest_room ? scorer->rest_room * 2 : 64;
        scorer->rest_place =
            rk_resize(scorer->rest_place, scorer->rest_room, sizeof *scorer->rest_place);
    }
    if (at == before)
        scorer->rest_place[at] = 0;
    return &scorer->rest_place[at];
}

static enum rk_status clash(struct rk_error *error, const char *field, uint32_t place,
                            const char *text)
{
    struct rk_pos pos = {.field = field, .line = place};
    return rk_fail_at(error, RK_BAD_DATA, &pos, "%s", text);
}

/* The sums for the gates of a candidate. */
static struct gate_sum *gates_of(struct rk_scorer *scorer, const struct plan *plan,
                                 uint32_t recruitment, uint32_t candidate)
{
    const uint32_t key[2] = {recruitment, candidate};
    uint32_t person = scorer->last_person;
    if (person >= scorer->people.count ||
        memcmp(scorer->people.members + 2 * (size_t)person, key, sizeof key) != 0) {
        uint32_t before = scorer->people.count;
        person = scorer->last_person = rk_tuples_add(&scorer->people, key);
        if (person == before) {
            if (person >= scorer->person_room) {
                scorer->person_room = scorer->person_room ? scorer->person_room * 2 : 64;
                scorer->persons =
                    rk_resize(scorer->persons, scorer->person_room, sizeof *scorer->persons);
            }
            if (scorer->gate_count + plan->gate_count > scorer->gate_room) {
                scorer->gate_room = (scorer->gate_count + plan->gate_count) * 2;
                scorer->gates =
                    rk_resize(scorer->gates, (size_t)scorer->gate_room, sizeof *scorer->gates);
            }
            memset(scorer->gates + scorer->gate_count, 0, plan->gate_count * sizeof *scorer->gates);
            scorer->persons[person] = (struct person){.gates = scorer->gate_count};
            scorer->gate_count += plan->gate_count;
        }
    }
    return scorer->gates + scorer->persons[person].gates;
}

/* False when the sum would be too large. */
static bool add_to_gate(struct rk_scorer *scorer, const struct plan *plan, const struct item *item,
                        const struct rk_rating *rating)
{
    struct gate_sum *sum =
        &gates_of(scorer, plan, rating->recruitment, rating->candidate)[item->gate];
    const struct rk_criterion *c = item->criterion;
    rk_fixed x = c->reverse ? c->minimum + c->maximum - rating->score : rating->score;
    rk_fixed times;
    sum->n[rating->basis] += rating->count;
    return !__builtin_mul_overflow(x, (rk_fixed)rating->count, &times) &&
           !__builtin_add_overflow(sum->sum[rating->basis], times, &sum->sum[rating->basis]);
}

static void note_farthest(struct rk_scorer *scorer, const struct rk_rating *rating)
{
    uint32_t before = scorer->cells.count;
    uint32_t cell = rk_tuples_add(&scorer->cells, (uint32_t[]){rating->recruitment, rating->stage,
                                                               rating->group, rating->criterion});
    if (cell >= scorer->farthest_room) {
        scorer->farthest_room = scorer->farthest_room ? scorer->farthest_room * 2 : 64;
        scorer->farthest =
            rk_resize(scorer->farthest, scorer->farthest_room, sizeof *scorer->farthest);
    }
    rk_fixed far = rating->score < 0 ? -rating->score : rating->score;
    if (cell == before || far > scorer->farthest[cell])
        scorer->farthest[cell] = far;
}

/* Where the term is remembered, if it is. */
static struct term *term_at(struct rk_scorer *scorer, const struct item *item, rk_fixed score)
{
    uint64_t mixed = ((uint64_t)score + (uint64_t)(uintptr_t)item) * 0x9e3779b97f4a7c15u;
    return &scorer->terms[mixed >> 56];
}

static bool is_term(const struct term *term, const struct item *item, rk_fixed score)
{
    return term->item == item && term->score == score;
}

/* Holds a rating against the rubric or the scale; where it belongs. */
static enum rk_status check(struct rk_scorer *scorer, const struct rk_rating *rating,
                            const struct plan **rubric, const struct item **place, uint32_t *number,
                            struct rk_error *error)
{
    const bool plan_known = rating->recruitment == scorer->last.recruitment;
    const bool known =
        plan_known && rating->stage == scorer->last.stage && rating->group == scorer->last.group;
    const struct plan *plan = NULL;
    const struct plan_stage *stage = known ? scorer->last.of : NULL;
    const struct item *item = &scorer->plain;
    uint32_t criterion = rating->criterion;
    enum rk_status status = RK_OK;
    if (!known && rk_text_is(rk_id_text(scorer->ids, RK_ID_STAGE, rating->stage), "*"))
        return bad(error, "stage", _("'*' is the name of all stages together"));
    if (scorer->plans) {
        plan = plan_known ? scorer->last.plan : plan_for(scorer, rating->recruitment);
        if (!plan)
            return bad(error, "recruitment_id", _("no rubric was given for this recruitment"));
        status = find_item(scorer, plan, rating, &stage, &item, &criterion, error);
        if (status == RK_OK && !rating->missing &&
            !is_term(term_at(scorer, item, rating->score), item, rating->score))
            status = check_score(rating->score, item->criterion->minimum, item->criterion->maximum,
                                 item->criterion->step, error);
    } else if (scorer->options.has_scale && !rating->missing)
        status =
            check_score(rating->score, scorer->options.minimum, scorer->options.maximum, 0, error);
    if (status == RK_OK && !plan && !scorer->options.has_scale && !rating->missing)
        note_farthest(scorer, rating);
    if (status == RK_OK && !known) {
        scorer->last.recruitment = rating->recruitment;
        scorer->last.stage = rating->stage;
        scorer->last.group = rating->group;
        scorer->last.plan = plan;
        scorer->last.of = stage;
    }
    *rubric = plan;
    *place = item;
    *number = criterion;
    return status;
}

enum rk_status rk_scorer_rate(struct rk_scorer *scorer, const struct rk_rating *rating,
                              struct rk_scorer_value *value, struct rk_error *error)
{
    const struct plan *plan;
    const struct item *item;
    uint32_t criterion;
    RK_TRY(check(scorer, rating, &plan, &item, &criterion, error));
    *value = (struct rk_scorer_value){.weight = item->weight};
    if (item->criterion) {
        value->minimum = item->criterion->minimum;
        value->maximum = item->criterion->maximum;
        value->step = item->criterion->step;
    } else if (scorer->options.has_scale) {
        value->minimum = scorer->options.minimum;
        value->maximum = scorer->options.maximum;
    }
    if (!rating->missing)
        value->value = rk_fixed_times(rating->score - item->from, item->plain);
    return RK_OK;
}

/* ---- sheets given at once ---- */

static struct rk_scored_marks marks_of(struct rk_scorer *scorer, uint32_t number);
static void fill_score(const struct rk_scorer *scorer, struct rk_scorer_view *view,
                       const struct rk_scored_one *one, const struct rk_scored_marks *marks,
                       struct rk_score *score);
static void keep(struct rk_scorer *scorer, uint32_t number);
static void count_empty(struct rk_scorer *scorer, const struct sheet *sheet);

/* Lets go of the sheets that were given; the others are numbered anew, in the same order. */
static void let_go(struct rk_scorer *scorer)
{
    struct rk_tuples old = scorer->keys;
    scorer->keys = scorer->spare;
    scorer->place_count = 0;
    for (uint32_t i = 0; i < old.count; i++) {
        const uint32_t *m = old.members + 4 * (size_t)i;
        struct sheet *sheet = &scorer->sheets[i];
        const uint32_t *places = scorer->places + sheet->places;
        if (sheet->given) {
            rk_once_note(&scorer->once, (uint32_t[]){m[0], m[1], m[3], m[2]}, places, sheet->width);
            continue;
        }
        memmove(scorer->places + scorer->place_count, places, sheet->width * sizeof *places);
        sheet->places = scorer->place_count;
        scorer->place_count += sheet->width;
        scorer->sheets[rk_tuples_add(&scorer->keys, m)] = *sheet;
    }
    rk_tuples_clear(&old);
    scorer->spare = old;
    scorer->most_held = HELD + 2 * scorer->open;
}

static void take_back(void *context, const uint32_t key[4], const uint32_t *places, size_t count)
{
    struct rk_scorer *scorer = context;
    uint32_t number = rk_tuples_add(&scorer->keys, (uint32_t[]){key[0], key[1], key[3], key[2]});
    struct sheet *sheet =
        new_sheet(scorer, plan_for(scorer, key[0]), &(struct sheet){.given = true}, number);
    assert(sheet->width == count);
    memcpy(scorer->places + sheet->places, places, count * sizeof *places);
}

/* A sheet that is not held, whose key has got `number`, is begun. One that was let go may have come
 * again: then all are held from now on, this one among them, with the places of their ratings. */
static enum rk_status begin_sheet(struct rk_scorer *scorer, const struct plan *plan,
                                  const uint32_t key[4], const struct sheet *fresh, uint32_t number,
                                  struct rk_error *error)
{
    if (!scorer->most_held ||
        rk_once_add(&scorer->once, (uint32_t[]){key[0], key[1], key[3], key[2]})) {
        new_sheet(scorer, plan, fresh, number);
        return RK_OK;
    }
    scorer->most_held = 0;
    if (!rk_once_read(&scorer->once, take_back, scorer))
        return rk_fail(error, RK_FAILED, "%s", _("cannot read a temporary file"));
    rk_once_free(&scorer->once);
    return RK_OK;
}

/* A sheet to which nothing can be added any more. */
static enum rk_status give(struct rk_scorer *scorer, uint32_t number, struct rk_error *error)
{
    struct sheet *sheet = &scorer->sheets[number];
    sheet->given = true;
    scorer->open--;
    if (!sheet->weight) {
        count_empty(scorer, sheet);
        return RK_OK;
    }
    if (!scorer->options.take) {
        keep(scorer, number);
        return RK_OK;
    }
    const uint32_t *m = scorer->keys.members + 4 * (size_t)number;
    const struct rk_scored_marks marks = marks_of(scorer, number);
    struct rk_score score;
    fill_score(scorer, &scorer->view, &(struct rk_scored_one){sheet->total, m[0], m[1], m[2], 0},
               &marks, &score);
    return scorer->options.take(scorer->options.context, &score, 0, error);
}

static enum rk_status add(struct rk_scorer *scorer, const struct rk_rating *rating, uint32_t *into,
                          struct rk_error *error)
{
    const struct plan *plan;
    const struct item *item;
    uint32_t criterion;
    RK_TRY(check(scorer, rating, &plan, &item, &criterion, error));

    const uint32_t key[4] = {rating->recruitment, rating->candidate, rating->rater, rating->stage};
    uint32_t number = scorer->last_sheet;
    struct sheet *sheet;
    if (number >= scorer->keys.count ||
        memcmp(scorer->keys.members + 4 * (size_t)number, key, sizeof key) != 0) {
        if (scorer->most_held && scorer->keys.count >= scorer->most_held)
            let_go(scorer);
        uint32_t before = scorer->keys.count;
        number = rk_tuples_add(&scorer->keys, key);
        if (number == before)
            RK_TRY(begin_sheet(scorer, plan, key,
                               &(struct sheet){.place = rating->place,
                                               .group = rating->group,
                                               .persons = rating->persons,
                                               .count = rating->count,
                                               .whole = criteria_of(plan, rating->stage),
                                               .basis = (uint8_t)rating->basis},
                               number, error));
        scorer->last_sheet = number;
    }
    sheet = &scorer->sheets[number];
    *into = number;

    uint32_t *place = place_of(scorer, sheet, number, criterion);
    if (*place)
        return clash(error, "criterion", *place, _("the same rating was already given"));
    if (sheet->group != rating->group)
        return clash(error, "rater_group", sheet->place,
                     _("this rater is of another group for the same candidate and stage"));
    if (sheet->basis != rating->basis)
        return clash(error, "basis", sheet->place,
                     _("this sheet has another basis; a joint sheet has a rater_id of its own"));
    if (rating->persons && sheet->persons && sheet->persons != rating->persons)
        return clash(error, "n_persons", sheet->place, _("this sheet has another n_persons"));
    if (sheet->count != rating->count)
        return clash(error, NULL, sheet->place, _("this sheet has another count"));
    *place = rating->place;
    if (rating->persons)
        sheet->persons = rating->persons;
    sheet->seen++;
    if (rating->missing) {
        sheet->missing |= (uint8_t)(1u << rating->missing);
        return RK_OK;
    }
    struct term *term = term_at(scorer, item, rating->score);
    if (!is_term(term, item, rating->score))
        *term = (struct term){item, rating->score,
                              rk_fixed_times(rating->score - item->from, item->ratio)};
    sheet->total += term->value;
    sheet->weight += item->weight;
    sheet->scored++;
    if (item->gate != RK_NONE && !add_to_gate(scorer, plan, item, rating))
        return rk_fail(error, RK_FAILED, _("scores are too large to be added exactly"));
    return RK_OK;
}

enum rk_status rk_scorer_add(void *context, const struct rk_rating *rating, struct rk_error *error)
{
    struct rk_scorer *scorer = context;
    uint32_t number;
    RK_TRY(add(scorer, rating, &number, error));
    const struct sheet *sheet = &scorer->sheets[number];
    return sheet->seen == sheet->whole && !scorer->options.partial ? give(scorer, number, error)
                                                                   : RK_OK;
}

static enum rk_status check_scales(const struct rk_scorer *scorer, struct rk_error *error)
{
    struct rk_tuples places = {.width = 2}; /* recruitment, stage */
    struct {
        uint32_t least, most;
    } *ends = rk_alloc(scorer->cells.count + 1, sizeof *ends);
    for (uint32_t c = 0; c < scorer->cells.count; c++) {
        const uint32_t *m = scorer->cells.members + 4 * (size_t)c;
        uint32_t before = places.count, at = rk_tuples_add(&places, m);
        if (at == before)
            ends[at].least = ends[at].most = c;
        if (scorer->farthest[c] < scorer->farthest[ends[at].least])
            ends[at].least = c;
        if (scorer->farthest[c] > scorer->farthest[ends[at].most])
            ends[at].most = c;
    }
    enum rk_status status = RK_OK;
    for (uint32_t p = 0; p < places.count && status == RK_OK; p++) {
        rk_fixed low = scorer->farthest[ends[p].least], high = scorer->farthest[ends[p].most];
        if (high <= rk_fixed_int(10) || high <= 4 * low)
            continue;
        const uint32_t *a = scorer->cells.members + 4 * (size_t)ends[p].least;
        const uint32_t *b = scorer->cells.members + 4 * (size_t)ends[p].most;
        struct rk_buf small = {0}, large = {0};
        rk_fixed_print(&small, low);
        rk_fixed_print(&large, high);
        status = rk_fail(
            error, RK_BAD_DATA,
            _("mixed scales in recruitment %s, stage %s: criterion %s of group %s never passes %s, "
              "criterion %s of group %s goes to %s; a rubric (--rubric) or --scale is needed"),
            rk_id_text(scorer->ids, RK_ID_RECRUITMENT, a[0]).text,
            rk_id_text(scorer->ids, RK_ID_STAGE, a[1]).text,
            rk_id_text(scorer->ids, RK_ID_CRITERION, a[3]).text,
            rk_id_text(scorer->ids, RK_ID_GROUP, a[2]).text, small.text,
            rk_id_text(scorer->ids, RK_ID_CRITERION, b[3]).text,
            rk_id_text(scorer->ids, RK_ID_GROUP, b[2]).text, large.text);
        rk_buf_free(&small);
        rk_buf_free(&large);
    }
    rk_tuples_free(&places);
    rk_free(ends);
    return status;
}

/* The list of gates that each candidate failed. */
static void judge_gates(struct rk_scorer *scorer)
{
    struct rk_buf list = {0};
    for (uint32_t p = 0; p < scorer->people.count; p++) {
        const struct plan *plan = plan_for(scorer, scorer->people.members[2 * (size_t)p]);
        rk_buf_clear(&list);
        for (uint32_t g = 0; g < plan->gate_count; g++) {
            const struct gate_sum *sum = &scorer->gates[scorer->persons[p].gates + g];
            const struct rk_criterion *c = plan->items[plan->gated[g]].criterion;
            int basis = sum->n[RK_INDIVIDUAL] ? RK_INDIVIDUAL : RK_CONSENSUS;
            /* mean < gate, without dividing */
            if (sum->n[basis] && sum->sum[basis] < c->gate * (__int128)sum->n[basis])
                rk_buf_printf(&list, list.size ? "|%s" : "%s", c->id);
        }
        if (list.size)
            scorer->persons[p].failed =
                (struct rk_text){rk_arena_text(&scorer->arena, list.text, list.size), list.size};
    }
    rk_buf_free(&list);
}

/* Can there be more of the sheet in another part? One that has no score yet is kept as it is, too.
 */
static bool is_open(const struct rk_scorer *scorer, uint32_t number)
{
    const uint32_t *m = scorer->keys.members + 4 * (size_t)number;
    return scorer->sheets[number].seen < criteria_of(plan_for(scorer, m[0]), m[3]) ||
           !scorer->sheets[number].weight;
}

static void count_empty(struct rk_scorer *scorer, const struct sheet *sheet)
{
    scorer->empty.sheets++;
    for (int why = 1; why < RK_MISSING_KINDS; why++)
        scorer->empty.why[why] += sheet->missing >> why & 1;
    scorer->empty.weightless += sheet->scored > 0;
}

enum rk_status rk_scorer_finish(struct rk_scorer *scorer, struct rk_error *error)
{
    enum rk_status status = check_scales(scorer, error);
    if (status != RK_OK)
        return status;
    if (!scorer->options.partial)
        judge_gates(scorer);
    if (!scorer->options.partial)
        rk_scored_reserve(&scorer->scored, scorer->open);
    for (uint32_t i = 0; i < scorer->keys.count; i++)
        if (scorer->sheets[i].given || (scorer->options.partial && is_open(scorer, i)))
            continue;
        else if (scorer->sheets[i].weight)
            keep(scorer, i);
        else
            count_empty(scorer, &scorer->sheets[i]);
    if (!scorer->options.partial)
        forget_sheets(scorer);
    rk_scored_sort(&scorer->scored, scorer->ids);
    return RK_OK;
}

size_t rk_scorer_count(const struct rk_scorer *scorer) { return scorer->scored.count; }

const struct rk_scorer_empty *rk_scorer_empty(const struct rk_scorer *scorer)
{
    return &scorer->empty;
}

bool rk_scorer_tell_empty(const struct rk_scorer *scorer, struct rk_buf *text)
{
    const struct rk_scorer_empty *empty = &scorer->empty;
    struct rk_buf why = {0};
    if (!empty->sheets)
        return false;
    for (int m = 1; m < RK_MISSING_KINDS; m++)
        if (empty->why[m])
            rk_buf_printf(&why, "%s%s %llu", why.size ? ", " : "", rk_missing_name(m),
                          (unsigned long long)empty->why[m]);
    if (empty->weightless)
        rk_buf_printf(&why, "%s%s %llu", why.size ? ", " : "", _("only criteria of weight 0"),
                      (unsigned long long)empty->weightless);
    rk_buf_printf(text, _("sheets without any score, and so without a row: %llu (%s)"),
                  (unsigned long long)empty->sheets, why.text);
    rk_buf_free(&why);
    return true;
}

static void make_flags(struct rk_scorer *scorer, uint8_t missing)
{
    struct rk_text *text = &scorer->flags[missing];
    if (missing && !text->size) {
        struct rk_buf list = {0};
        for (int why = 1; why < RK_MISSING_KINDS; why++)
            if (missing >> why & 1)
                rk_buf_printf(&list, list.size ? "|%s" : "%s", rk_missing_name(why));
        *text = (struct rk_text){rk_arena_text(&scorer->arena, list.text, list.size), list.size};
        rk_buf_free(&list);
    }
}

static struct rk_scored_marks marks_of(struct rk_scorer *scorer, uint32_t number)
{
    const struct sheet *sheet = &scorer->sheets[number];
    const uint32_t *m = scorer->keys.members + 4 * (size_t)number;
    const struct plan *plan = plan_for(scorer, m[0]);
    rk_fixed whole = rk_fixed_int(sheet->seen);
    if (plan) {
        const struct plan_stage *stage = plan_stage_of(plan, m[3]);
        whole = stage ? stage->weight : plan->weight;
    }
    make_flags(scorer, sheet->missing);
    return (struct rk_scored_marks){
        .weight = sheet->weight,
        .covered =
            sheet->weight == whole
                ? RK_FIXED_ONE
                : rk_fixed_round(rk_fixed_times(sheet->weight, reciprocal(&scorer->view, whole))),
        .stage = m[3],
        .group = sheet->group,
        .persons = sheet->persons,
        .count = sheet->count,
        .scored = sheet->scored,
        .basis = sheet->basis,
        .missing = sheet->missing,
        .percent = plan || scorer->options.has_scale};
}

/* Keeps the score of a sheet, in few bytes. */
static void keep(struct rk_scorer *scorer, uint32_t number)
{
    const uint32_t *m = scorer->keys.members + 4 * (size_t)number;
    const struct rk_scored_marks marks = marks_of(scorer, number);
    rk_scored_add(&scorer->scored,
                  &(struct rk_scored_one){scorer->sheets[number].total, m[0], m[1], m[2], 0},
                  &marks);
}

/* All of a score but the gates. */
static void fill_score(const struct rk_scorer *scorer, struct rk_scorer_view *view,
                       const struct rk_scored_one *one, const struct rk_scored_marks *marks,
                       struct rk_score *score)
{
    *score = (struct rk_score){
        .recruitment = one->recruitment,
        .candidate = one->candidate,
        .rater = one->rater,
        .stage = marks->stage,
        .group = marks->group,
        .basis = (enum rk_basis)marks->basis,
        .percent = marks->percent,
        .n_criteria = marks->scored,
        .persons = marks->persons,
        .count = marks->count,
        .flags = scorer->flags[marks->missing],
        .weight_covered = marks->covered,
    };
    score->score = mean(view, one->total, marks->weight);
}

void rk_scorer_get(struct rk_scorer *scorer, size_t index, struct rk_score *score)
{
    rk_scorer_view(scorer, &scorer->view, index, score);
}

void rk_scorer_view(const struct rk_scorer *scorer, struct rk_scorer_view *view, size_t index,
                    struct rk_score *score)
{
    assert(index < scorer->scored.count);
    const struct rk_scored_one *one = &scorer->scored.all[index];
    fill_score(scorer, view, one, rk_scored_marks(&scorer->scored, one), score);
    if (scorer->people.count) {
        const uint32_t key[2] = {one->recruitment, one->candidate};
        uint32_t person = view->last_person; /* rows of a candidate stand together */
        if (person >= scorer->people.count ||
            memcmp(scorer->people.members + 2 * (size_t)person, key, sizeof key) != 0)
            person = rk_tuples_find(&scorer->people, key);
        if (person != RK_NONE) {
            view->last_person = person;
            score->gates = scorer->persons[person].failed;
        }
    }
}

/* ---- parts ---- */

void rk_scorer_give(const struct rk_scorer *scorer, struct rk_partial *p)
{
    for (uint32_t i = 0; i < scorer->keys.count; i++) {
        const struct sheet *sheet = &scorer->sheets[i];
        if (!is_open(scorer, i))
            continue;
        const uint32_t *m = scorer->keys.members + 4 * (size_t)i;
        const struct plan *plan = plan_for(scorer, m[0]);
        struct rk_partial_sheet row = {.recruitment = m[0],
                                       .candidate = m[1],
                                       .rater = m[2],
                                       .stage = m[3],
                                       .group = sheet->group,
                                       .basis = (enum rk_basis)sheet->basis,
                                       .persons = sheet->persons,
                                       .count = sheet->count,
                                       .total = sheet->total,
                                       .weight = sheet->weight,
                                       .scored = sheet->scored,
                                       .missing = sheet->missing,
                                       .first = p->criterion_count,
                                       .number = sheet->seen};
        for (uint32_t c = 0; c < sheet->width; c++) {
            if (!scorer->places[sheet->places + c])
                continue;
            RK_GROW(p->criteria, p->criterion_count, p->criterion_room);
            p->criteria[p->criterion_count++] = rk_strings_find(
                &scorer->ids->of[RK_ID_CRITERION], rk_text(plan->rubric->criteria[c].id));
        }
        RK_GROW(p->sheets, p->sheet_count, p->sheet_room);
        p->sheets[p->sheet_count++] = row;
    }
    for (uint32_t i = 0; i < scorer->people.count; i++) {
        const uint32_t *m = scorer->people.members + 2 * (size_t)i;
        const struct plan *plan = plan_for(scorer, m[0]);
        for (uint32_t g = 0; g < plan->gate_count; g++) {
            const struct gate_sum *sum = &scorer->gates[scorer->persons[i].gates + g];
            const char *id = plan->items[plan->gated[g]].criterion->id;
            if (!sum->n[0] && !sum->n[1])
                continue;
            RK_GROW(p->gates, p->gate_count, p->gate_room);
            p->gates[p->gate_count++] = (struct rk_partial_gate){
                m[0],
                m[1],
                rk_strings_find(&scorer->ids->of[RK_ID_CRITERION], rk_text(id)),
                {sum->sum[0], sum->sum[1]},
                {sum->n[0], sum->n[1]}};
        }
    }
}

static enum rk_status not_of_rubric(struct rk_error *error)
{
    return rk_fail(error, RK_BAD_DATA, "%s",
                   _("the partial has a recruitment, stage or criterion that its rubric has not"));
}

static enum rk_status take_sheet(struct rk_scorer *scorer, const struct rk_partial_sheet *row,
                                 const uint32_t *criteria, struct rk_error *error)
{
    const struct plan *plan = plan_for(scorer, row->recruitment);
    if (!plan || (plan->stage_count && !plan_stage_of(plan, row->stage)))
        return not_of_rubric(error);
    uint32_t before = scorer->keys.count;
    uint32_t number = rk_tuples_add(
        &scorer->keys, (uint32_t[]){row->recruitment, row->candidate, row->rater, row->stage});
    struct sheet *sheet = number != before
                              ? &scorer->sheets[number]
                              : new_sheet(scorer, plan,
                                          &(struct sheet){.group = row->group,
                                                          .persons = row->persons,
                                                          .count = row->count,
                                                          .basis = (uint8_t)row->basis},
                                          number);
    const char *why = NULL;
    if (sheet->group != row->group)
        why = _("this rater is of another group for the same candidate and stage");
    else if (sheet->basis != row->basis)
        why = _("this sheet has another basis; a joint sheet has a rater_id of its own");
    else if (row->persons && sheet->persons && sheet->persons != row->persons)
        why = _("this sheet has another n_persons");
    else if (sheet->count != row->count)
        why = _("this sheet has another count");
    for (size_t i = 0; i < row->number && !why; i++) {
        uint32_t c = criteria[i] < plan->item_of_count ? plan->item_of[criteria[i]] : RK_NONE;
        if (c == RK_NONE)
            return not_of_rubric(error);
        if (scorer->places[sheet->places + c])
            why = _("the same rating was already given");
        scorer->places[sheet->places + c] = 1;
        sheet->seen++;
    }
    if (why)
        return rk_fail(error, RK_BAD_DATA,
                       _("two shards have ratings of candidate %s by one rater (recruitment %s, "
                         "stage %s): %s"),
                       rk_id_text(scorer->ids, RK_ID_CANDIDATE, row->candidate).text,
                       rk_id_text(scorer->ids, RK_ID_RECRUITMENT, row->recruitment).text,
                       rk_id_text(scorer->ids, RK_ID_STAGE, row->stage).text, why);
    if (row->persons)
        sheet->persons = row->persons;
    sheet->missing |= row->missing;
    sheet->scored += row->scored;
    return __builtin_add_overflow(sheet->total, row->total, &sheet->total) ||
                   __builtin_add_overflow(sheet->weight, row->weight, &sheet->weight)
               ? rk_fail(error, RK_FAILED, _("scores are too large to be added exactly"))
               : RK_OK;
}

enum rk_status rk_scorer_take(struct rk_scorer *scorer, const struct rk_partial *p,
                              struct rk_error *error)
{
    for (size_t i = 0; i < p->sheet_count; i++)
        RK_TRY(take_sheet(scorer, &p->sheets[i], p->criteria + p->sheets[i].first, error));
    for (size_t i = 0; i < p->gate_count; i++) {
        const struct rk_partial_gate *row = &p->gates[i];
        const struct plan *plan = plan_for(scorer, row->recruitment);
        uint32_t c =
            plan && row->criterion < plan->item_of_count ? plan->item_of[row->criterion] : RK_NONE;
        if (c == RK_NONE || plan->items[c].gate == RK_NONE)
            return not_of_rubric(error);
        struct gate_sum *sum =
            &gates_of(scorer, plan, row->recruitment, row->candidate)[plan->items[c].gate];
        for (int basis = 0; basis < 2; basis++)
            if (__builtin_add_overflow(sum->sum[basis], row->sum[basis], &sum->sum[basis]) ||
                __builtin_add_overflow(sum->n[basis], row->n[basis], &sum->n[basis]))
                return rk_fail(error, RK_FAILED, _("scores are too large to be added exactly"));
    }
    return RK_OK;
}

bool rk_scorer_gates(const struct rk_scorer *scorer, uint32_t index, uint32_t *recruitment,
                     uint32_t *candidate, struct rk_text *gates)
{
    if (index >= scorer->people.count)
        return false;
    *recruitment = scorer->people.members[2 * (size_t)index];
    *candidate = scorer->people.members[2 * (size_t)index + 1];
    *gates = scorer->persons[index].failed;
    return true;
}
