#include "tool/survey_files.h"

#include "model/targets.h"
#include "tool/features.h"
#include "tool/publish_measures.h"

#include <math.h>

/* ---- who is told apart ---- */

static const struct rk_answers_column *column_of(const struct rk_answers *a, struct rk_text name)
{
    for (uint32_t c = 0; c < a->column_count; c++)
        if (rk_text_equal(a->columns[c].name, name))
            return &a->columns[c];
    return NULL; /* wanted before reading, so never */
}

enum { MOST_COLUMNS = 8 };

struct combined {
    uint32_t ranks[MOST_COLUMNS], number;
    uint32_t columns;
};

static int by_ranks(const void *x, const void *y)
{
    const struct combined *a = x, *b = y;
    for (uint32_t c = 0; c < a->columns; c++)
        if (a->ranks[c] != b->ranks[c])
            return a->ranks[c] < b->ranks[c] ? -1 : 1;
    return 0;
}

enum rk_status rk_survey_part_by(struct rk_survey_groups *parts, const struct rk_answers *a,
                                 const char *columns, struct rk_error *error)
{
    struct rk_text name;
    uint32_t *rank[MOST_COLUMNS];
    parts->count = 1;
    if (!columns)
        return RK_OK;
    parts->columns = rk_alloc(MOST_COLUMNS, sizeof(struct rk_answers_column *));
    while (rk_option_item(&columns, &name)) {
        if (parts->column_count == MOST_COLUMNS)
            return rk_fail(error, RK_BAD_USE, _("--by: at most %d columns"), MOST_COLUMNS);
        parts->columns[parts->column_count++] = column_of(a, name);
    }
    uint32_t k = parts->column_count;
    struct rk_tuples seen = {.width = k};
    for (uint32_t c = 0; c < k; c++)
        rank[c] = rk_strings_ranks(&parts->columns[c]->values);
    parts->of = rk_alloc(a->rows + 1, sizeof *parts->of);
    for (size_t r = 0; r < a->rows; r++) {
        uint32_t key[MOST_COLUMNS];
        for (uint32_t c = 0; c < k; c++)
            key[c] = parts->columns[c]->of[r];
        parts->of[r] = rk_tuples_add(&seen, key);
    }
    struct combined *order = rk_alloc((size_t)seen.count + 1, sizeof *order);
    uint32_t *place = rk_alloc((size_t)seen.count + 1, sizeof *place);
    for (uint32_t p = 0; p < seen.count; p++) {
        order[p] = (struct combined){.number = p, .columns = k};
        for (uint32_t c = 0; c < k; c++) {
            uint32_t value = seen.members[p * k + c];
            order[p].ranks[c] = value == RK_NONE ? 0 : 1 + rank[c][value];
        }
    }
    qsort(order, seen.count, sizeof *order, by_ranks);
    parts->values = rk_alloc((size_t)seen.count * k + 1, sizeof *parts->values);
    for (uint32_t p = 0; p < seen.count; p++) {
        place[order[p].number] = p;
        for (uint32_t c = 0; c < k; c++)
            parts->values[p * k + c] = seen.members[order[p].number * k + c];
    }
    for (size_t r = 0; r < a->rows; r++)
        parts->of[r] = place[parts->of[r]];
    parts->count = seen.count;
    for (uint32_t c = 0; c < k; c++)
        rk_free(rank[c]);
    rk_free(order);
    rk_free(place);
    rk_tuples_free(&seen);
    return RK_OK;
}

enum rk_status rk_survey_group_by(struct rk_survey_groups *groups, const struct rk_answers *a,
                                  const char *column, struct rk_error *error)
{
    enum { MOST = 200 };
    const struct rk_answers_column *of = column_of(a, rk_text(column));
    uint32_t *rank = rk_strings_ranks(&of->values);
    *groups = (struct rk_survey_groups){rk_alloc(a->rows + 1, sizeof *groups->of), of->values.count,
                                        rk_alloc(1, sizeof(struct rk_answers_column *)), 1,
                                        rk_alloc((size_t)of->values.count + 1, sizeof(uint32_t))};
    groups->columns[0] = of;
    for (size_t r = 0; r < a->rows; r++)
        groups->of[r] = of->of[r] == RK_NONE ? RK_NONE : rank[of->of[r]];
    for (uint32_t v = 0; v < of->values.count; v++)
        groups->values[rank[v]] = v;
    rk_free(rank);
    return of->values.count <= MOST
               ? RK_OK
               : rk_fail(error, RK_BAD_DATA, _("%s has over %d values"), column, MOST);
}

enum rk_status rk_survey_waves(struct rk_survey_groups *groups, const struct rk_answers *a,
                               const char *column, const char *before, const char *after,
                               struct rk_error *error)
{
    const struct rk_answers_column *of = column_of(a, rk_text(column));
    uint32_t from = rk_strings_find(&of->values, rk_text(before)),
             to = rk_strings_find(&of->values, rk_text(after));
    if (a->rows && (from == RK_NONE || to == RK_NONE))
        return rk_fail(error, RK_BAD_USE, _("%s has no value '%s'"), column,
                       from == RK_NONE ? before : after);
    *groups = (struct rk_survey_groups){rk_alloc(a->rows + 1, sizeof *groups->of), 2,
                                        rk_alloc(1, sizeof(struct rk_answers_column *)), 1,
                                        rk_alloc(2, sizeof(uint32_t))};
    groups->columns[0] = of;
    groups->values[0] = from;
    groups->values[1] = to;
    groups->column_count = from != RK_NONE && to != RK_NONE; /* nobody, and no wave to name */
    struct rk_tuples seen = {.width = 2};
    bool twice = false;
    for (size_t r = 0; r < a->rows; r++) {
        groups->of[r] = of->of[r] == from ? 0 : of->of[r] == to ? 1 : RK_NONE;
        if (groups->of[r] == RK_NONE || a->person[r] == RK_NONE)
            continue;
        uint32_t known = seen.count;
        twice |= rk_tuples_add(&seen, (uint32_t[]){a->person[r], groups->of[r]}) != known;
    }
    rk_tuples_free(&seen);
    return twice
               ? rk_fail(error, RK_BAD_DATA,
                         _("somebody has two rows in one wave; --wave names the column that tells "
                           "them apart"))
               : RK_OK;
}

enum rk_status rk_survey_cross(struct rk_survey *to, struct rk_survey_groups *first,
                               struct rk_survey_groups *second, const struct rk_answers *a,
                               const char *columns, const struct rk_survey_options *options,
                               struct rk_error *error)
{
    struct rk_text names[2], more;
    if (!rk_option_item(&columns, &names[0]) || !rk_option_item(&columns, &names[1]) ||
        rk_option_item(&columns, &more))
        return rk_fail(error, RK_BAD_USE, _("--table: expected two columns"));
    RK_TRY(rk_survey_group_by(first, a, column_of(a, names[0])->name.text, error));
    RK_TRY(rk_survey_group_by(second, a, column_of(a, names[1])->name.text, error));
    uint32_t r = first->count, c = second->count;
    int64_t *counts = rk_alloc((size_t)r * c + 1, sizeof *counts), n = 0;
    for (size_t i = 0; i < a->rows; i++)
        if (first->of[i] != RK_NONE && second->of[i] != RK_NONE) {
            counts[(size_t)first->of[i] * c + second->of[i]]++;
            n++;
        }
    rk_survey_table(to, counts, r, c, options);
    bool same = r == 2 && c == 2;
    for (uint32_t v = 0; v < 2 && same; v++)
        same = rk_text_equal(first->columns[0]->values.texts[first->values[v]],
                             second->columns[0]->values.texts[second->values[v]]);
    if (same && n >= options->least)
        rk_survey_turned(to, (unsigned)counts[1], (unsigned)counts[2], (double)n);
    rk_free(counts);
    return RK_OK;
}

void rk_survey_groups_free(struct rk_survey_groups *groups)
{
    rk_free(groups->of);
    rk_free(groups->columns);
    rk_free(groups->values);
    *groups = (struct rk_survey_groups){0};
}

/* ---- scales ---- */

struct made {
    struct rk_text name;
    uint32_t *items, count;
};

static enum rk_status parse_scale(const struct rk_answers *a, const char *text, struct made *made,
                                  struct rk_error *error)
{
    const char *equals = strchr(text, '='), *rest = equals + 1;
    struct rk_text item;
    made->name = (struct rk_text){text, (size_t)(equals - text)};
    made->items = rk_alloc((size_t)a->item_count + 1, sizeof *made->items);
    while (rk_option_item(&rest, &item)) {
        uint32_t of = rk_answers_item(a, item);
        bool twice = false;
        for (uint32_t i = 0; i < made->count; i++)
            twice |= made->items[i] == of;
        if (of == RK_NONE || twice)
            return rk_fail(error, RK_BAD_USE,
                           twice ? _("--scale: %.*s is there twice")
                                 : _("--scale: nobody was asked an item '%.*s'"),
                           (int)item.size, item.text);
        made->items[made->count++] = of;
    }
    return made->count ? RK_OK : rk_fail(error, RK_BAD_USE, _("--scale: it has no items"));
}

/* One for each goal of the codebook that items answer, on one scale. */
static enum rk_status goals_of(const struct rk_answers *a, struct made *made, size_t *count,
                               struct rk_error *error)
{
    const struct rk_codebook *c = a->codebook;
    if (!c)
        return rk_fail(error, RK_BAD_USE, _("--scale goals needs --codebook"));
    for (size_t g = 0; g < c->goal_count; g++) {
        struct made *m = &made[*count];
        *m = (struct made){rk_text(c->goals[g]),
                           rk_alloc((size_t)a->item_count + 1, sizeof *m->items), 0};
        for (uint32_t i = 0; i < a->item_count; i++)
            if (a->coded[i] && a->coded[i]->goal == g && a->coded[i]->scale != SIZE_MAX)
                m->items[m->count++] = i;
        if (m->count)
            (*count)++;
        else
            rk_free(m->items);
    }
    return RK_OK;
}

static void make(struct rk_survey_scales *to, const struct rk_answers *a, const struct made *made)
{
    struct rk_survey_scale_of *s = &to->all[to->count++];
    struct rk_survey_item *item = &to->items[to->item_count];
    double *mean = rk_alloc(a->rows + 1, sizeof *mean), least = 0, most = 0;
    uint32_t *parts = rk_arena_zeroed(&to->arena, made->count, sizeof *parts);
    *s = (struct rk_survey_scale_of){
        to->item_count++, rk_alloc(a->rows * made->count + 1, sizeof *s->values),
        rk_arena_zeroed(&to->arena, made->count, sizeof *s->names), made->count};
    *item = (struct rk_survey_item){
        {rk_arena_text(&to->arena, made->name.text, made->name.size), made->name.size},
        mean,
        true,
        0,
        0,
        parts,
        made->count};
    for (uint32_t i = 0; i < made->count; i++) {
        uint32_t of = made->items[i];
        for (uint32_t k = 0; k + 1 < to->item_count; k++)
            if (to->items[k].values == a->values + of * a->rows)
                parts[i] = k;
        bool known = rk_answers_scale(a, of, &least, &most);
        s->names[i] = a->items[of];
        item->has_scale &= known && (!i || (least == item->least && most == item->most));
        item->least = least;
        item->most = most;
        for (size_t r = 0; r < a->rows; r++) {
            double x = a->values[of * a->rows + r];
            s->values[i * a->rows + r] = known && rk_answers_reversed(a, of) ? least + most - x : x;
        }
    }
    for (size_t r = 0; r < a->rows; r++) {
        double sum = 0, n = 0;
        for (uint32_t i = 0; i < made->count; i++)
            if (!isnan(s->values[i * a->rows + r])) {
                sum += s->values[i * a->rows + r];
                n++;
            }
        mean[r] = n > 0 && 2 * n >= made->count ? sum / n : (double)NAN;
    }
}

enum rk_status rk_survey_scales_make(struct rk_survey_scales *to, const struct rk_answers *a,
                                     const char *const *texts, size_t count, struct rk_error *error)
{
    size_t goals = a->codebook ? a->codebook->goal_count : 0, n = 0;
    struct made *made = rk_alloc(count * (goals + 1) + 1, sizeof *made);
    enum rk_status status = RK_OK;
    for (size_t t = 0; t < count && !status; t++)
        status = !strcmp(texts[t], "goals") ? goals_of(a, made, &n, error)
                                            : parse_scale(a, texts[t], &made[n++], error);
    to->items = rk_alloc((size_t)a->item_count + n + 1, sizeof *to->items);
    to->all = rk_alloc(n + 1, sizeof *to->all);
    for (uint32_t i = 0; i < a->item_count && !status; i++) {
        if (a->coded[i] && a->coded[i]->scale == SIZE_MAX)
            continue; /* free text is nothing to sum */
        struct rk_survey_item *item = &to->items[to->item_count++];
        *item = (struct rk_survey_item){.name = a->items[i], .values = a->values + i * a->rows};
        item->has_scale = rk_answers_scale(a, i, &item->least, &item->most);
    }
    for (size_t i = 0; i < n; i++) {
        if (!status)
            make(to, a, &made[i]);
        rk_free(made[i].items);
    }
    rk_free(made);
    return status;
}

void rk_survey_scales_free(struct rk_survey_scales *scales)
{
    for (uint32_t s = 0; s < scales->count; s++) {
        rk_free((void *)scales->items[scales->all[s].item].values);
        rk_free(scales->all[s].values);
    }
    rk_free(scales->items);
    rk_free(scales->all);
    rk_arena_free(&scales->arena);
    *scales = (struct rk_survey_scales){0};
}

/* ---- weights ---- */

/* The targets of one column, by value of the answers; a value with none is told. */
static enum rk_status margin_of(const struct rk_targets *targets,
                                const struct rk_answers_column *column, double population,
                                double *to, double *sum, struct rk_error *error)
{
    bool counts = false, shares = false;
    struct rk_pos pos = {0}; /* of the first of them */
    *sum = 0;
    for (uint32_t v = 0; v < column->values.count; v++)
        to[v] = -1;
    for (uint32_t t = 0; t < targets->count; t++) {
        const struct rk_target *target = &targets->rows[t];
        if (!rk_text_equal(target->feature, column->name))
            continue;
        if (!pos.line)
            pos = (struct rk_pos){target->pos.file, target->pos.line, 0, NULL};
        double want = rk_fixed_double(target->has_count ? target->count : target->share);
        uint32_t v = rk_strings_find(&column->values, target->value);
        counts |= target->has_count;
        shares |= !target->has_count;
        *sum += want;
        if (v == RK_NONE && want > 0)
            return rk_fail_at(
                error, RK_BAD_DATA, &target->pos,
                _("--rake: nobody who answered is %s=%s, so no weight can make up for it"),
                column->name.text, target->value.text);
        if (v != RK_NONE)
            to[v] = want;
    }
    if (column->values.count && !(*sum > 0))
        return rk_fail_at(error, RK_BAD_DATA, &pos, _("--rake: the targets of %s sum to 0"),
                          column->name.text);
    if (counts && shares)
        return rk_fail_at(error, RK_BAD_DATA, &pos,
                          _("--rake: %s has both shares and counts as targets"), column->name.text);
    for (uint32_t v = 0; v < column->values.count; v++)
        if (to[v] < 0)
            return rk_fail_at(error, RK_BAD_DATA, &pos, _("--rake: there is no target for %s=%s"),
                              column->name.text, column->values.texts[v].text);
    for (uint32_t v = 0; v < column->values.count && !counts; v++)
        to[v] *= population / *sum;
    *sum = counts ? *sum : population;
    return RK_OK;
}

enum rk_status rk_survey_rake(struct rk_run *run, struct rk_survey_raking *raking,
                              const struct rk_answers *a, const char *columns, double trim,
                              struct rk_error *error)
{
    struct rk_table *in;
    struct rk_targets targets = {0};
    struct rk_rake_problem problem = {.rows = a->rows, .base = a->weight, .trim = trim};
    const struct rk_answers_column *of[RK_RAKE_MARGINS];
    struct rk_text name;
    double population = 0, first = 0, *wanted[RK_RAKE_MARGINS] = {0};
    RK_TRY(rk_run_table(run, &in, "targets", error));
    if (!in)
        return rk_fail(error, RK_BAD_USE, _("--rake needs --targets FILE (or --data DIR)"));
    enum rk_status status = rk_targets_read(&targets, in, rk_table_schema(in), error);
    for (size_t r = 0; r < a->rows; r++)
        population += a->weight ? a->weight[r] : 1;
    while (!status && rk_option_item(&columns, &name)) {
        size_t m = problem.margins;
        if (m == RK_RAKE_MARGINS) {
            status = rk_fail(error, RK_BAD_USE, _("--rake: at most %d columns"), RK_RAKE_MARGINS);
            break;
        }
        double sum;
        of[m] = column_of(a, name);
        wanted[m] = rk_alloc((size_t)of[m]->values.count + 1, sizeof **wanted);
        problem.targets[m] = wanted[m];
        problem.cells[m] = of[m]->values.count;
        problem.margins++;
        status = margin_of(&targets, of[m], population, wanted[m], &sum, error);
        if (!status && m &&
            fabs(sum - first) > 1e-9 * first) { /* non-additive margins: to the first */
            rk_run_note(run,
                        _("the targets of %s sum to %.12g, and those of %s to %.12g: they are "
                          "brought to the first"),
                        of[m]->name.text, sum, of[0]->name.text, first);
            for (uint32_t v = 0; v < problem.cells[m]; v++)
                wanted[m][v] *= first / sum;
        }
        first = m ? first : sum;
    }
    uint32_t *values = rk_alloc(a->rows * problem.margins + 1, sizeof *values);
    for (size_t r = 0; r < a->rows && !status; r++)
        for (size_t m = 0; m < problem.margins && !status; m++) {
            values[r * problem.margins + m] = of[m]->of[r];
            if (of[m]->of[r] == RK_NONE)
                status = rk_fail(error, RK_BAD_DATA,
                                 _("--rake: %s is not told of everybody who answered"),
                                 of[m]->name.text);
        }
    problem.values = values;
    if (!status) {
        rk_rake(&raking->result, &problem);
        raking->margins = problem.margins;
        raking->failed = raking->result.error > 1e-6 && a->rows;
        if (raking->failed)
            rk_run_warn(run,
                        _("--rake: after %u rounds a margin is still %.3g of its target away%s"),
                        raking->result.steps, raking->result.error, trim > 0 ? _(" (--trim)") : "");
    }
    for (size_t m = 0; m < RK_RAKE_MARGINS; m++)
        rk_free(wanted[m]);
    rk_free(values);
    rk_targets_free(&targets);
    return status;
}

enum rk_status rk_survey_write_weights(struct rk_run *run, const struct rk_survey_raking *raking,
                                       const struct rk_answers *a, const char *columns,
                                       const char *path, struct rk_error *error)
{
    struct rk_writer_column heads[RK_RAKE_MARGINS + 2] = {{"row", true}};
    const struct rk_answers_column *of[RK_RAKE_MARGINS];
    struct rk_text name;
    struct rk_out *out;
    size_t k = 0;
    RK_TRY(rk_run_file(run, &out, path, error));
    while (rk_option_item(&columns, &name)) {
        of[k] = column_of(a, name);
        heads[1 + k] = (struct rk_writer_column){of[k]->name.text, false};
        k++;
    }
    heads[1 + k] = (struct rk_writer_column){"weight", true};
    struct rk_writer *writer = rk_writer_open(out, RK_CSV, heads, k + 2);
    for (size_t r = 0; r < a->rows; r++) {
        rk_write_int(writer, (int64_t)r + 1);
        for (size_t c = 0; c < k; c++)
            rk_write_text(writer, of[c]->values.texts[of[c]->of[r]]);
        rk_write_double(writer, raking->result.weights[r]);
        rk_write_end(writer);
    }
    rk_writer_finish(writer);
    return RK_OK;
}

void rk_survey_raking_free(struct rk_survey_raking *raking)
{
    rk_free(raking->result.weights);
    *raking = (struct rk_survey_raking){0};
}

/* ---- rows out ---- */

static void write_value(struct rk_writer *writer, const struct rk_survey_groups *groups,
                        uint32_t group)
{
    if (group == RK_NONE || !groups->column_count)
        rk_write_missing(writer);
    else
        rk_write_text(writer, groups->columns[0]->values.texts[groups->values[group]]);
}

static void write_raking(struct rk_writer *writer, uint32_t parts, const struct rk_raked *raked)
{
    const struct {
        const char *name;
        double value;
    } told[] = {{"rake_rounds", raked->steps},
                {"rake_error", raked->error},
                {"design_effect", raked->design},
                {"n_effective", raked->n_effective},
                {"trimmed", (double)raked->trimmed}};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        for (uint32_t c = 0; c < parts + 3; c++)
            rk_write_missing(writer);
        rk_measure_write(writer, &(struct rk_measure){told[i].name, RK_TEXT(""), told[i].value,
                                                      (double)NAN, (double)NAN, (double)NAN,
                                                      (double)NAN, RK_TEXT("kish")});
    }
}

void rk_survey_write(struct rk_run *run, const struct rk_survey *result,
                     const struct rk_survey_groups *parts, const struct rk_survey_groups *groups,
                     const struct rk_survey_groups *against, const struct rk_survey_scales *scales,
                     const struct rk_survey_raking *raking, const struct rk_answers *a)
{
    struct rk_writer_column columns[MOST_COLUMNS + 3 + RK_MEASURE_COLUMNS];
    uint32_t k = parts->column_count;
    for (uint32_t c = 0; c < k; c++)
        columns[c] = (struct rk_writer_column){parts->columns[c]->name.text, false};
    columns[k] = (struct rk_writer_column){"item", false};
    columns[k + 1] = (struct rk_writer_column){"value", false};
    columns[k + 2] = (struct rk_writer_column){"against", false};
    memcpy(columns + k + 3, rk_measure_columns, sizeof rk_measure_columns);
    struct rk_writer *writer = rk_run_writer(run, columns, k + 3 + RK_MEASURE_COLUMNS);
    rk_publish_measures(run, writer, NULL);
    if (raking && a->rows)
        write_raking(writer, k, &raking->result);
    for (size_t i = 0; i < result->count; i++) {
        const struct rk_survey_row *row = &result->rows[i];
        for (uint32_t c = 0; c < k; c++) {
            uint32_t value = parts->values[row->part * k + c];
            rk_write_text(writer,
                          value == RK_NONE ? RK_TEXT("") : parts->columns[c]->values.texts[value]);
        }
        rk_write_text(writer, row->item == RK_NONE ? RK_TEXT("") : scales->items[row->item].name);
        write_value(writer, groups, row->group);
        write_value(writer, against, row->against);
        rk_measure_write(writer, &row->measure);
    }
    rk_writer_finish(writer);
    if (result->kept)
        rk_run_note(run,
                    _("%llu figures are hidden: with the others they would tell how many gave an "
                      "answer that fewer than %d gave"),
                    (unsigned long long)result->kept, RK_PUBLISH_THRESHOLD);
}

/* ---- series ---- */

struct numbers {
    double *time, *value, *exposure, *season;
    bool *after, *treated;
    size_t count, room;
};

static void free_numbers(struct numbers *n)
{
    rk_free(n->time);
    rk_free(n->value);
    rk_free(n->exposure);
    rk_free(n->season);
    rk_free(n->after);
    rk_free(n->treated);
}

static enum rk_status read_series(struct numbers *n, struct rk_table *in,
                                  const struct rk_series_options *o, bool *treated, bool *exposed,
                                  struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(in);
    size_t time = rk_schema_field(schema, "time"), after = rk_schema_field(schema, "after"),
           value = rk_schema_field(schema, "value"), exposure = rk_schema_field(schema, "exposure"),
           season = rk_schema_field(schema, "season"), group = rk_schema_field(schema, "treated");
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(in, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        *treated = rk_table_has(in, group);
        *exposed = rk_table_has(in, exposure);
        size_t lacks = *treated && !v[group].size                     ? group
                       : !*treated && !v[time].size                   ? time
                       : o->harmonics && !*treated && !v[season].size ? season
                       : *exposed && !(v[exposure].number > 0)        ? exposure
                       : o->counts && v[value].number < 0             ? value
                                                                      : SIZE_MAX;
        if (lacks != SIZE_MAX) {
            rk_table_reject(in, lacks,
                            lacks == exposure || lacks == value ? _("a number above 0 was expected")
                                                                : _("a number was expected"));
            continue;
        }
        if (!*treated && n->count && !(rk_fixed_double(v[time].number) > n->time[n->count - 1])) {
            rk_table_reject(in, time, _("it is not after the time before it"));
            continue;
        }
        if (n->count == n->room) {
            n->room = n->room ? 2 * n->room : 128;
            n->time = rk_resize(n->time, n->room, sizeof *n->time);
            n->value = rk_resize(n->value, n->room, sizeof *n->value);
            n->exposure = rk_resize(n->exposure, n->room, sizeof *n->exposure);
            n->season = rk_resize(n->season, n->room, sizeof *n->season);
            n->after = rk_resize(n->after, n->room, sizeof *n->after);
            n->treated = rk_resize(n->treated, n->room, sizeof *n->treated);
        }
        n->time[n->count] = rk_fixed_double(v[time].number);
        n->value[n->count] = rk_fixed_double(v[value].number);
        n->exposure[n->count] = rk_fixed_double(v[exposure].number);
        n->season[n->count] = rk_fixed_double(v[season].number);
        n->after[n->count] = v[after].number != 0;
        n->treated[n->count++] = v[group].number != 0;
    }
    return status;
}

enum rk_status rk_series_tell(struct rk_run *run, struct rk_table *in,
                              const struct rk_series_options *options, struct rk_error *error)
{
    struct numbers n = {0};
    struct rk_series_result result;
    bool treated = false, exposed = false;
    enum rk_status status = read_series(&n, in, options, &treated, &exposed, error);
    struct rk_series series = {n.count,
                               n.time,
                               n.value,
                               exposed ? n.exposure : NULL,
                               n.season,
                               n.after,
                               treated ? n.treated : NULL};
    if (!status)
        status = treated ? rk_series_differences(&result, &series, options, error)
                         : rk_series_interrupted(&result, &series, options, error);
    if (!status) {
        struct rk_writer *writer = rk_run_writer(run, rk_measure_columns, RK_MEASURE_COLUMNS);
        for (size_t i = 0; i < result.count; i++) {
            struct rk_measure m = result.rows[i].measure;
            if (result.rows[i].variant)
                m.variant = rk_text(result.rows[i].variant);
            rk_measure_write(writer, &m);
        }
        rk_writer_finish(writer);
    }
    free_numbers(&n);
    return status;
}
