#include "report/picked.h"

struct picking {
    struct rk_report *report;
    const struct rk_picks *picks;
    const struct rk_measure_rows *rows;
    enum rk_language language;
    bool brief;         /* where nothing of a table is found, words say so */
    bool whole;         /* numbers of people are not hidden yet */
    const bool *chosen; /* of the figures from the next table on, or NULL */
};

static const char *in(const struct picking *p, const struct rk_specification_text *text)
{
    return p->language == RK_SWEDISH ? text->sv : text->en;
}

/* A measure that the tool which told it has hidden, without saying which it was. */
static bool hidden(const struct picking *p, size_t row)
{
    return rk_text_is(rk_measure_rows_text(p->rows, row, RK_TEXT("measure")), "hidden");
}

static bool has(const struct picking *p, size_t row, const struct rk_text *where, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct rk_text *pair = &where[2 * i];
        if (!rk_text_equal(rk_measure_rows_text(p->rows, row, pair[0]), pair[1]) &&
            !(hidden(p, row) && (rk_text_is(pair[0], "measure") || rk_text_is(pair[0], "variant"))))
            return false;
    }
    return true;
}

static bool about(const struct picking *p, size_t row)
{
    return !p->picks->recruitment.size ||
           (rk_text_equal(rk_measure_rows_text(p->rows, row, RK_TEXT("recruitment_id")),
                          p->picks->recruitment) &&
            rk_text_equal(rk_measure_rows_text(p->rows, row, RK_TEXT("stage")), p->picks->stage));
}

/* What the word is called; NULL where the specification does not say. */
static const char *label_of(const struct picking *p, struct rk_text word)
{
    for (size_t i = 0; i < p->picks->label_count; i++)
        if (rk_text_is(word, p->picks->labels[i].word))
            return in(p, &p->picks->labels[i].text);
    return NULL;
}

static void add_name(struct rk_buf *name, const char *text, size_t size)
{
    if (name->size && size)
        rk_buf_text(name, ": ");
    rk_buf_add(name, text, size);
}

/* The label, and what the row has in the columns of `by`, by their labels. Of a row that is not
 * there (SIZE_MAX): what was asked for that has a label. */
static const char *name_of(const struct picking *p, const struct rk_pick_row *wanted, size_t row)
{
    struct rk_buf name = {0};
    struct rk_text rest = rk_text(wanted->by), column;
    if (wanted->label.sv)
        rk_buf_text(&name, in(p, &wanted->label));
    while (row != SIZE_MAX && rk_list_next(&rest, &column)) {
        struct rk_text word = rk_measure_rows_text(p->rows, row, column);
        const char *text = label_of(p, word);
        add_name(&name, text ? text : word.text, text ? strlen(text) : word.size);
    }
    for (size_t i = 0; row == SIZE_MAX && !wanted->label.sv && i < wanted->where_count; i++) {
        const char *text = label_of(p, wanted->where[2 * i + 1]);
        add_name(&name, text ? text : "", text ? strlen(text) : 0);
    }
    const char *none = row == SIZE_MAX ? rk_say(p->language, "No data", "Uppgift saknas")
                                       : rk_say(p->language, "All", "Alla");
    const char *text = rk_report_text(p->report, "%s", name.size ? name.text : none);
    rk_buf_free(&name);
    return text;
}

/* Whether two measures have the same in the columns of `by`: then they are of the same line. */
static bool same_line(const struct picking *p, const struct rk_pick_row *wanted, size_t a, size_t b)
{
    struct rk_text rest = rk_text(wanted->by), column;
    while (rk_list_next(&rest, &column))
        if (!rk_text_equal(rk_measure_rows_text(p->rows, a, column),
                           rk_measure_rows_text(p->rows, b, column)))
            return false;
    return true;
}

static struct rk_figure figure(const struct picking *p, const struct rk_pick_table *wanted,
                               const struct rk_pick_column *column, size_t row)
{
    const struct rk_measure_row *r = &p->rows->rows[row];
    const struct rk_measure_number *const of[] = {&r->estimate, &r->low, &r->high, &r->n};
    const struct rk_measure_number *number = of[column->what];
    bool counted = wanted->people; /* else n is told where the table has a column of it */
    for (size_t c = 0; c < wanted->column_count; c++)
        counted = counted || wanted->columns[c].what == RK_PICK_N;
    int64_t n = r->n.known && counted ? (int64_t)(r->n.value / RK_FIXED_ONE) : 0;
    if (hidden(p, row) ||
        rk_text_is(rk_measure_rows_text(p->rows, row, RK_TEXT("method")), "hidden"))
        return (struct rk_figure){RK_FIGURE_HIDDEN, 0, n, wanted->people}; /* by who told it */
    return (struct rk_figure){number->known ? RK_FIGURE_SHOWN : RK_FIGURE_MISSING,
                              number->known ? number->value : 0, n, wanted->people};
}

/* The pool of rk-panel-cover whose people the line tells, of all recruitments and features. */
static const char *pool_of(const struct rk_pick_row *line)
{
    const char *pool = NULL;
    bool persons = false, cover = false, all = false;
    for (size_t i = 0; i < line->where_count; i++) {
        struct rk_text name = line->where[2 * i], is = line->where[2 * i + 1];
        cover = cover || (rk_text_is(name, "file") && rk_text_is(is, "cover"));
        all = all || (rk_text_is(name, "feature") && !is.size);
        persons = persons || (rk_text_is(name, "measure") && rk_text_is(is, "persons"));
        pool = rk_text_is(name, "pool") ? is.text : pool;
    }
    return cover && all && persons && !*line->by ? pool : NULL;
}

/* Whether the table has nothing but numbers of people. */
static bool counts(const struct rk_pick_table *wanted)
{
    bool all = wanted->people && !wanted->sort && wanted->column_count == 1 &&
               wanted->columns[0].what == RK_PICK_ESTIMATE &&
               wanted->columns[0].unit == RK_PICK_NUMBER && !wanted->columns[0].decimals;
    for (size_t i = 0; i < wanted->row_count; i++)
        all = all && pool_of(&wanted->rows[i]);
    return all;
}

/* The line that measure `first` begins, of the `count` measures in `found`. */
static void add_line(const struct picking *p, const struct rk_pick_table *wanted,
                     const struct rk_pick_row *line, struct rk_report_table *table,
                     const size_t *found, size_t count, size_t first)
{
    size_t row = first == SIZE_MAX ? SIZE_MAX : found[first];
    struct rk_figure *figures = rk_report_row(table, name_of(p, line, row), false);
    struct rk_report_row *told = &table->rows[table->row_count - 1];
    struct rk_text rest = rk_text(line->by), column;
    int64_t n = -1;
    if (row != SIZE_MAX && rk_list_next(&rest, &column) &&
        !rk_fixed_parse(rk_measure_rows_text(p->rows, row, column), &told->at))
        told->at = 0;
    told->pool = pool_of(line);
    told->series = line->label.sv ? in(p, &line->label) : NULL;
    for (size_t c = 0; c < wanted->column_count; c++) {
        const struct rk_pick_column *of = &wanted->columns[c];
        figures[c] = (struct rk_figure){.state = RK_FIGURE_MISSING};
        for (size_t i = first; i < count; i++)
            if (has(p, found[i], of->where, of->where_count) && same_line(p, line, row, found[i])) {
                figures[c] = figure(p, wanted, of, found[i]);
                n = figures[c].state == RK_FIGURE_HIDDEN ? -2 : n == -1 ? figures[c].n : n;
                break;
            }
    }
    for (size_t c = 0; c < wanted->column_count; c++)
        if (wanted->columns[c].zero && figures[c].state == RK_FIGURE_MISSING && n >= 0)
            figures[c] = (struct rk_figure){RK_FIGURE_SHOWN, 0, n, wanted->people};
}

static bool any_column(const struct picking *p, const struct rk_pick_table *wanted, size_t row)
{
    for (size_t c = 0; c < wanted->column_count; c++)
        if (has(p, row, wanted->columns[c].where, wanted->columns[c].where_count))
            return true;
    return false;
}

static bool is_of(const struct picking *p, const struct rk_pick_table *wanted,
                  const struct rk_pick_row *line, size_t row)
{
    return has(p, row, line->where, line->where_count) && about(p, row) &&
           any_column(p, wanted, row);
}

static bool any_line(const struct picking *p, const struct rk_pick_table *wanted)
{
    for (size_t i = 0; i < wanted->row_count; i++)
        for (size_t r = 0; r < p->rows->count; r++)
            if (is_of(p, wanted, &wanted->rows[i], r))
                return true;
    return false;
}

/* The lines of one row of the specification; false where nothing is found. */
static bool add_lines(const struct picking *p, const struct rk_pick_table *wanted,
                      const struct rk_pick_row *line, struct rk_report_table *table)
{
    size_t *found = NULL, count = 0, room = 0;
    for (size_t r = 0; r < p->rows->count; r++)
        if (is_of(p, wanted, line, r)) {
            RK_GROW(found, count, room);
            found[count++] = r;
        }
    for (size_t i = 0; i < count && (!i || *line->by); i++) {
        size_t earlier = 0; /* a measure of one column may begin a line that others go on */
        while (earlier < i && (wanted->each || !same_line(p, line, found[earlier], found[i])))
            earlier++;
        if (earlier == i)
            add_line(p, wanted, line, table, found, count, i);
    }
    if (!count)
        add_line(p, wanted, line, table, found, 0, SIZE_MAX);
    rk_free(found);
    return count > 0;
}

struct sorting {
    int sort;
    enum rk_language language;
};

static int by_first_figure(const void *a, const void *b, void *context)
{
    const struct sorting *by = context;
    const struct rk_report_row *x = a, *y = b;
    const struct rk_figure *f = &x->figures[0], *g = &y->figures[0];
    if (rk_figure_shown(f) != rk_figure_shown(g))
        return rk_figure_shown(f) ? -1 : 1;
    if (rk_figure_shown(f) && f->value != g->value)
        return f->value < g->value ? -by->sort : by->sort;
    return rk_label_compare(x->label, y->label, by->language);
}

static void set_chart(const struct picking *p, const struct rk_pick_table *wanted,
                      struct rk_report_section *section)
{
    static const enum rk_chart_kind kinds[] = {RK_CHART_NONE,      RK_CHART_BARS,  RK_CHART_DOTS,
                                               RK_CHART_INTERVALS, RK_CHART_SLOPE, RK_CHART_LIKERT,
                                               RK_CHART_STEPS,     RK_CHART_FUNNEL};
    static const size_t takes[] = {0, 1, 2, 3, 2, RK_CHART_MOST, 3, 1};
    struct rk_report_chart *chart = &section->chart;
    const struct rk_report_table *table = section->table;
    *chart = (struct rk_report_chart){.kind = kinds[wanted->chart],
                                      .title = in(p, &wanted->title),
                                      .rank = wanted->columns[0].unit == RK_PICK_RANK,
                                      .least = wanted->least,
                                      .most = wanted->most};
    while (chart->column_count < takes[wanted->chart] &&
           chart->column_count < wanted->column_count &&
           wanted->columns[chart->column_count].what != RK_PICK_N) {
        chart->columns[chart->column_count] = chart->column_count;
        chart->column_count++;
    }
    bool any = false;
    for (size_t r = 0; r < table->row_count; r++)
        any = any || rk_figure_shown(&table->rows[r].figures[0]);
    if (!any)
        chart->kind = RK_CHART_NONE;
    section->table_open = wanted->table_open;
}

/* {0} is the first line's label, with those that share its place where lines are sorted, {1} … its
 * figures; nothing where one of them is not shown. */
static void summarize(const struct picking *p, const struct rk_pick_table *wanted,
                      const struct rk_report_table *table)
{
    struct rk_buf out = {0};
    const char *text = wanted->summary.sv ? in(p, &wanted->summary) : "";
    bool whole = *text && table->row_count;
    for (; *text && whole; text++) {
        size_t place = text[0] == '{' && text[1] >= '0' && text[1] <= '9' && text[2] == '}'
                           ? (size_t)(text[1] - '0')
                           : SIZE_MAX;
        if (place == SIZE_MAX) {
            rk_buf_char(&out, *text);
            continue;
        }
        text += 2;
        for (size_t r = 0; !place && r < table->row_count; r++)
            if (!r || (wanted->sort && rk_figure_shown(&table->rows[r].figures[0]) &&
                       table->rows[r].figures[0].value == table->rows[0].figures[0].value))
                rk_buf_printf(&out, "%s%s", r ? ", " : "", table->rows[r].label);
        whole = !place || (place <= table->column_count &&
                           rk_figure_shown(&table->rows[0].figures[place - 1]));
        if (place && whole)
            rk_buf_text(&out, rk_figure_text(p->report, &table->columns[place - 1],
                                             &table->rows[0].figures[place - 1]));
    }
    if (whole)
        rk_report_summarize(p->report, rk_report_text(p->report, "%s", out.text));
    rk_buf_free(&out);
}

/* The people that a share is of its n; -1 where it is of none, as when answers are weighed. */
static int64_t part_of(const struct rk_figure *f)
{
    if (f->state != RK_FIGURE_SHOWN || f->n <= 0 || f->value < 0 || f->value > RK_FIXED_ONE)
        return -1;
    rk_fixed product = f->value * f->n, part = (product + RK_FIXED_ONE / 2) / RK_FIXED_ONE;
    rk_fixed off = product - part * RK_FIXED_ONE;
    return (off < 0 ? -off : off) <= RK_FIXED_ONE / 1000000 ? (int64_t)part : -1;
}

/* A share of n tells a number of people, and so do the others of its row, which make up the rest,
 * and the ends of intervals: where it is small, or leaves few, they are hidden together. */
static void hide_shares(const struct rk_pick_table *wanted, struct rk_report_table *table,
                        int64_t threshold)
{
    for (size_t r = 0; r < table->row_count; r++) {
        struct rk_figure *figures = table->rows[r].figures;
        bool small = false;
        for (size_t c = 0; c < wanted->column_count; c++) {
            const struct rk_pick_column *of = &wanted->columns[c];
            int64_t part = of->unit == RK_PICK_SHARE && of->what == RK_PICK_ESTIMATE
                               ? part_of(&figures[c])
                               : -1;
            int64_t rest = part < 0 ? 0 : figures[c].n - part;
            small |= (part > 0 && part < threshold) || (rest > 0 && rest < threshold);
        }
        for (size_t c = 0; c < wanted->column_count && small; c++)
            if (wanted->columns[c].unit == RK_PICK_SHARE)
                rk_report_hide(table, r, c);
    }
}

/* A number of people rests on as many; as time goes some come to it. */
static void count_people(struct rk_report_table *table)
{
    for (size_t r = 0; r < table->row_count; r++) {
        struct rk_figure *f = &table->rows[r].figures[0];
        if (rk_figure_shown(f) && f->value > 0)
            f->n = rk_fixed_round(f->value) / RK_FIXED_ONE;
        table->rows[r].within = UINT64_MAX;
    }
}

/* How many a figure rests on, where no measure told it; that is not nobody. */
static void forget_numbers(struct rk_report_table *table, const struct rk_pick_table *wanted)
{
    bool told = wanted->people;
    for (size_t c = 0; c < wanted->column_count; c++)
        told = told || wanted->columns[c].what == RK_PICK_N;
    for (size_t r = 0; r < table->row_count; r++)
        for (size_t c = 0; c < table->column_count; c++) {
            struct rk_figure *f = &table->rows[r].figures[c];
            if (rk_figure_shown(f) && !f->n && (f->value || !told))
                f->n = RK_N_UNKNOWN;
        }
}

static void section(struct picking *p, const struct rk_pick_table *wanted)
{
    if (wanted->optional && !any_line(p, wanted))
        return;
    bool counted = counts(wanted);
    enum rk_language l = p->language;
    struct rk_report_section *section =
        rk_report_section(p->report, wanted->id, in(p, &wanted->title));
    if (wanted->text.sv)
        rk_section_paragraph(p->report, section, in(p, &wanted->text));
    struct rk_report_table *table =
        rk_section_table(p->report, section, in(p, &wanted->title), rk_say(l, "What", "Vad"));
    for (size_t c = 0; c < wanted->column_count; c++)
        rk_report_column(table, in(p, &wanted->columns[c].label),
                         wanted->columns[c].unit == RK_PICK_SHARE ? RK_SHARED
                         : counted                                ? RK_COUNTED
                                                                  : RK_MEASURED,
                         wanted->columns[c].decimals);
    bool found = false;
    for (size_t i = 0; i < wanted->row_count; i++)
        found |= add_lines(p, wanted, &wanted->rows[i], table);
    if (!found && p->brief) {
        rk_free(table->columns);
        rk_free(table->rows);
        section->table = NULL;
        rk_section_paragraph(
            p->report, section,
            rk_say(
                l, "No data: no measure of this was given. That is not the same as nought.",
                "Uppgift saknas: inget mått på detta fanns med. Det är inte detsamma som noll."));
        return;
    }
    for (size_t r = 0; r < table->row_count; r++)
        for (size_t c = 0; c < table->column_count; c++) {
            table->hidden |= table->rows[r].figures[c].state == RK_FIGURE_HIDDEN;
            table->missing |= table->rows[r].figures[c].state == RK_FIGURE_MISSING;
        }
    if (counted)
        count_people(table);
    if (wanted->people && !(counted && p->whole)) {
        hide_shares(wanted, table, p->picks->threshold);
        rk_report_protect(table, p->report->threshold, counted ? p->chosen : NULL);
    }
    forget_numbers(table, wanted);
    if (p->chosen)
        p->chosen += table->row_count * table->column_count;
    /* after that: the place of a row that is hidden must not tell between which it lies */
    if (wanted->sort && table->row_count) {
        struct sorting by = {wanted->sort, l};
        qsort_r(table->rows, table->row_count, sizeof *table->rows, by_first_figure, &by);
    }
    set_chart(p, wanted, section);
    summarize(p, wanted, table);
}

void rk_picked_add(struct rk_report *report, const struct rk_picks *picks,
                   const struct rk_measure_rows *rows, const bool *chosen)
{
    struct picking picking = {report, picks, rows, report->language, true, !chosen, chosen};
    if (!rows->count) { /* once, and not in every section */
        if (picks->table_count)
            rk_report_summarize(
                report,
                rk_say(report->language,
                       "No measures were given (FILE…): the sections that rest on them are left "
                       "out.",
                       "Inga mått fanns med (FIL…): avsnitten som bygger på dem är "
                       "utelämnade."));
        return;
    }
    for (size_t i = 0; i < picks->table_count; i++)
        section(&picking, &picks->tables[i]);
}

enum rk_status rk_picks_choose(struct rk_picks *picks, const struct rk_measure_rows *rows,
                               const char *recruitment, const char *stage, struct rk_error *error)
{
    struct rk_text id = rk_text(recruitment), only = RK_TEXT("");
    bool found = false, together = false, several = false;
    for (size_t r = 0; r < rows->count; r++) {
        struct rk_text at = rk_measure_rows_text(rows, r, RK_TEXT("stage"));
        if (!rk_text_equal(rk_measure_rows_text(rows, r, RK_TEXT("recruitment_id")), id))
            continue;
        together = together || rk_text_is(at, "*");
        several = several || (found && !rk_text_equal(at, only));
        only = found ? only : at;
        found = true;
        if (stage && rk_text_is(at, stage))
            picks->stage = rk_text(rk_arena_keep(&picks->arena, stage));
    }
    if (!found)
        return rk_fail(error, RK_BAD_DATA, _("--recruitment: the measures tell nothing of '%s'"),
                       recruitment);
    if (stage && !picks->stage.size)
        return rk_fail(error, RK_BAD_DATA, _("--stage: the measures tell nothing of '%s'"), stage);
    if (!stage && !together && several)
        return rk_fail(error, RK_BAD_USE,
                       _("the recruitment has several stages that are not weighed together: "
                         "--stage says which"));
    if (!stage)
        picks->stage = rk_text(
            rk_arena_text(&picks->arena, together ? "*" : only.text, together ? 1 : only.size));
    picks->recruitment = rk_text(rk_arena_keep(&picks->arena, recruitment));
    return RK_OK;
}

/* "R0001, all stages together" */
static const char *subject(const struct picking *p)
{
    if (!p->picks->recruitment.size)
        return rk_say(p->language, "Evaluation", "Utvärdering");
    const char *stage = label_of(p, p->picks->stage);
    return rk_report_text(p->report, "%s, %s", p->picks->recruitment.text,
                          rk_text_is(p->picks->stage, "*")
                              ? rk_say(p->language, "all stages together", "alla steg sammanvägda")
                          : stage ? stage
                                  : p->picks->stage.text);
}

void rk_picked_report(struct rk_report *report, const struct rk_picks *picks,
                      const struct rk_measure_rows *rows, enum rk_language language)
{
    struct picking picking = {report, picks, rows, language, false, false, NULL}, *p = &picking;
    *report =
        (struct rk_report){.language = language, .internal = true, .threshold = picks->threshold};
    report->title = rk_report_text(report, "%s", in(p, &picks->title));
    report->period = subject(p);
    if (picks->publisher.sv)
        report->publisher = rk_report_text(report, "%s", in(p, &picks->publisher));
    for (size_t i = 0; i < picks->table_count; i++)
        section(p, &picks->tables[i]);
    size_t told = 0, asked = 0;
    for (size_t i = 0; i < report->section_count; i++) {
        const struct rk_report_table *table = report->sections[i].table;
        for (size_t r = 0; r < table->row_count; r++) {
            asked++;
            told += table->rows[r].figures[0].state == RK_FIGURE_SHOWN;
        }
    }
    if (picks->about_recruitment && told == asked)
        return;
    rk_report_summarize(
        report,
        rk_report_text(report,
                       rk_say(language,
                              "%zu of %zu figures could be told. Each has its n, and an "
                              "interval of 95 %% where it has one.",
                              "%zu av %zu siffror kunde visas. Var och en har sitt n, och ett "
                              "95-procentigt intervall där ett finns."),
                       told, asked));
}
