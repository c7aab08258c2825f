#include "report/measure.h"

#include <assert.h>

struct entry {
    const char *name;
    const char *tables; /* '|'-joined: what it reads */
    const char *by;     /* '|'-joined; "" = it is not divided */
    const char *charts; /* '|'-joined, besides none */
    bool persons;
    rk_measure *measure;
};

static const struct entry registry[] = {
    {"recruitments", "recruitments", "all|department|role", "bars", false, rk_measure_recruitments},
    {"seats", "recruitments|assignments", "department|role", "bars", true, rk_measure_seats},
    {"participation", "activities|assignments|sessions", "stage", "bars", true,
     rk_measure_participation},
    {"people-by-month", "activities|assignments|sessions", "month", "columns|months", true,
     rk_measure_months},
    {"honoraria", "honoraria|recruitments", "department|role", "bars", true, rk_measure_honoraria},
    {"presence", "events|recruitments", "stage", "dots", false, rk_measure_presence},
    {"contributions", "contributions|recruitments", "kind|stage", "bars", true,
     rk_measure_contributions},
    {"applicants", "candidates|recruitments", "department|role|stage", "bars", true,
     rk_measure_applicants},
    {"order", "ranking|recruitments|decisions", "department|role", "dots", true, rk_measure_order},
    {"decisions", "decisions|recruitments|ranking|candidates", "all|department|role", "bars", true,
     rk_measure_decisions},
    {"days", "recruitments", "all|department|role", "bars", false, rk_measure_days},
    {"bank", "panelists", "status", "bars", true, rk_measure_bank},
    {"bank-changes", "panelists", "way", "bars", true, rk_measure_changes},
    {"load", "assignments|recruitments", "times", "bars", true, rk_measure_load},
    {"due", "decisions|assignments|recruitments|panelists", "matter", "bars", true, rk_measure_due},
};
enum { ENTRIES = sizeof registry / sizeof *registry };

const char *const *rk_monthly_measures(void)
{
    static const char *names[ENTRIES + 1];
    for (size_t i = 0; i < ENTRIES; i++)
        names[i] = registry[i].name;
    return names;
}

static const struct entry *find(const char *measure)
{
    for (size_t i = 0; i < ENTRIES; i++)
        if (!strcmp(registry[i].name, measure))
            return &registry[i];
    return NULL;
}

static enum rk_status unknown(struct rk_error *error, const struct rk_pos *pos, size_t section,
                              const char *key, const char *word, const char *list,
                              const char *const *names)
{
    const char *split[16] = {NULL};
    struct rk_arena arena = {0};
    struct rk_text rest = rk_text(list ? list : ""), item;
    for (size_t i = 0; i < 15 && rk_list_next(&rest, &item); i++)
        split[i] = rk_arena_text(&arena, item.text, item.size);
    const char *nearest = rk_nearest(word, names ? names : split);
    enum rk_status status;
    if (nearest)
        status = rk_fail_at(error, RK_BAD_DATA, pos,
                            _("sections[%zu].%s: '%s' is not known here; did you mean '%s'?"),
                            section, key, word, nearest);
    else if (list && *list)
        status = rk_fail_at(error, RK_BAD_DATA, pos,
                            _("sections[%zu].%s: '%s' is not known here; expected one of %s"),
                            section, key, word, list);
    else
        status = rk_fail_at(error, RK_BAD_DATA, pos, _("sections[%zu].%s: '%s' is not known here"),
                            section, key, word);
    rk_arena_free(&arena);
    return status;
}

enum rk_status rk_monthly_check(const struct rk_specification *specification, const char *path,
                                struct rk_error *error)
{
    static const char *const chart_names[] = {"none", "bars", "dots", "columns", "months"};
    struct rk_pos pos = {.file = path};
    for (size_t i = 0; i < specification->section_count; i++) {
        const struct rk_specification_section *s = &specification->sections[i];
        const struct entry *entry = find(s->measure);
        if (!entry)
            return unknown(error, &pos, i, "measure", s->measure, NULL, rk_monthly_measures());
        if (!rk_list_has(rk_text(entry->by), rk_text(s->by)))
            return unknown(error, &pos, i, "by", s->by, entry->by, NULL);
        if (s->chart != RK_SPEC_NONE &&
            !rk_list_has(rk_text(entry->charts), rk_text(chart_names[s->chart])))
            return unknown(error, &pos, i, "chart", chart_names[s->chart], entry->charts, NULL);
        struct rk_text rest = rk_text(entry->tables), table;
        size_t count = 0, given = 0;
        while (rk_list_next(&rest, &table))
            count++;
        for (; s->source[given]; given++)
            if (!rk_list_has(rk_text(entry->tables), rk_text(s->source[given])))
                return unknown(error, &pos, i, "source", s->source[given], entry->tables, NULL);
        if (given != count)
            return rk_fail_at(error, RK_BAD_DATA, &pos,
                              _("sections[%zu].source: measure '%s' reads %s, each named once"), i,
                              s->measure, entry->tables);
        if (s->show_small && entry->persons)
            return rk_fail_at(error, RK_BAD_DATA, &pos,
                              _("sections[%zu].small_cells: measure '%s' counts people; small "
                                "numbers of people are always hidden"),
                              i, s->measure);
        for (size_t j = 0; j < i && entry->persons; j++)
            if (!strcmp(specification->sections[j].measure, s->measure))
                return rk_fail_at(error, RK_BAD_DATA, &pos,
                                  _("sections[%zu].measure: '%s' is in sections[%zu] already; two "
                                    "divisions of the same people would give away what is hidden"),
                                  i, s->measure, j);
    }
    return RK_OK;
}

void rk_monthly_tables(const struct rk_specification *specification, bool needed[RK_MATERIAL_COUNT])
{
    for (size_t t = 0; t < RK_MATERIAL_COUNT; t++) {
        needed[t] = false;
        for (size_t i = 0; i < specification->section_count; i++) {
            const struct entry *entry = find(specification->sections[i].measure);
            needed[t] = needed[t] || (entry && rk_list_has(rk_text(entry->tables),
                                                           rk_text(rk_material_names[t])));
        }
    }
}

/* ---- what the measures share ---- */

bool rk_groups_has(const struct rk_groups *groups, uint32_t word)
{
    for (size_t i = 0; i < groups->count; i++)
        if (groups->words[i] == word)
            return true;
    return false;
}

void rk_groups_add(struct rk_groups *groups, uint32_t word)
{
    if (rk_groups_has(groups, word))
        return;
    RK_GROW(groups->words, groups->count, groups->room);
    groups->words[groups->count++] = word;
}

size_t rk_groups_find(const struct rk_groups *groups, uint32_t word)
{
    for (size_t i = 0; i < groups->count; i++)
        if (groups->words[i] == word)
            return i;
    assert(!"a word among the groups");
    return 0;
}

/* By what the reader sees, as the language orders it. */
static int by_text(const void *a, const void *b, void *context)
{
    struct rk_measuring *m = context;
    const struct rk_text *texts = m->material->words.texts;
    uint32_t words[2] = {*(const uint32_t *)a, *(const uint32_t *)b};
    int order =
        rk_label_compare(rk_measure_label(m, words[0]), rk_measure_label(m, words[1]), m->language);
    return order ? order : rk_text_compare(texts[words[0]], texts[words[1]]);
}

void rk_groups_sort(struct rk_measuring *m, struct rk_groups *groups)
{
    if (groups->count)
        qsort_r(groups->words, groups->count, sizeof *groups->words, by_text, m);
}

int rk_stage_compare(struct rk_measuring *m, uint32_t a, uint32_t b)
{
    static const char *const order[] = {
        "profile",  "advert",   "applied", "application", "shortlist", "test", "interview",
        "analysis", "decision", "hired",   "follow_up",   "all",       "*",    NULL};
    int place[2];
    uint32_t words[2] = {a, b};
    for (int i = 0; i < 2; i++)
        for (place[i] = 0; order[place[i]] && !rk_measure_is(m, words[i], order[place[i]]);)
            place[i]++;
    return place[0] != place[1] ? (place[0] > place[1]) - (place[0] < place[1])
                                : by_text(&a, &b, m);
}

static int by_stage(const void *a, const void *b, void *context)
{
    return rk_stage_compare(context, *(const uint32_t *)a, *(const uint32_t *)b);
}

void rk_groups_sort_stages(struct rk_measuring *m, struct rk_groups *groups)
{
    if (groups->count)
        qsort_r(groups->words, groups->count, sizeof *groups->words, by_stage, m);
}

const char *rk_measure_label(struct rk_measuring *m, uint32_t word)
{
    const char *text = m->material->words.texts[word].text;
    if (!*text)
        return RK_SAY("Not stated", "Inte angivet");
    for (size_t i = 0; i < m->specification->label_count; i++)
        if (!strcmp(m->specification->labels[i].word, text)) {
            const struct rk_specification_text *label = &m->specification->labels[i].text;
            return m->language == RK_SWEDISH ? label->sv : label->en;
        }
    return text;
}

struct rk_figure *rk_group_row(struct rk_measuring *m, struct rk_report_table *table,
                               const struct rk_groups *groups, size_t row)
{
    bool total = row == groups->count;
    return rk_report_row(
        table, total ? RK_SAY("All", "Alla") : rk_measure_label(m, groups->words[row]), total);
}

bool rk_measure_is(const struct rk_measuring *m, uint32_t word, const char *text)
{
    return word != RK_NONE && rk_text_is(m->material->words.texts[word], text);
}

bool rk_in_period(const struct rk_measuring *m, int32_t day)
{
    return day != RK_NO_DAY && day >= m->from && day < m->to;
}

struct rk_material_recruitment *rk_measure_recruitment(struct rk_measuring *m, uint32_t word)
{
    if (word >= m->word_count || m->recruitment_of[word] == RK_NONE)
        return NULL;
    return &m->material->recruitments[m->recruitment_of[word]];
}

static int32_t end_of(const struct rk_material_recruitment *r)
{
    if (r->decided == RK_NO_DAY)
        return r->cancelled;
    return r->cancelled != RK_NO_DAY && r->cancelled < r->decided ? r->cancelled : r->decided;
}

bool rk_under_way(const struct rk_measuring *m, const struct rk_material_recruitment *r)
{
    int32_t end = end_of(r);
    if (r->opened == RK_NO_DAY)
        return rk_in_period(m, end);
    return r->opened < m->to && (end == RK_NO_DAY || end >= m->from);
}

struct rk_measuring rk_months_before(const struct rk_measuring *m, int32_t back)
{
    struct rk_measuring then = *m;
    then.first -= back;
    then.last -= back;
    then.from = rk_month_first(then.first);
    then.to = rk_month_first(then.last + 1);
    return then;
}

uint64_t rk_counted_within(const struct rk_counted *c)
{
    enum { AFTER = 32 };
    uint64_t within = 0;
    for (int32_t back = 1; back <= RK_MONTHS_BACK; back++) {
        size_t before = RK_MONTHS_BACK + (size_t)back, after = RK_MONTHS_BACK - (size_t)back;
        within |= (uint64_t)(!c->came[before] || !c->went[before]) << back;
        within |= (uint64_t)(!c->came[after] || !c->went[after]) << (AFTER + back);
    }
    return within;
}

uint32_t rk_divide(const struct rk_measuring *m, const struct rk_material_recruitment *r)
{
    return strcmp(m->wanted->by, "role") ? r->department : r->role;
}

const char *rk_divide_name(struct rk_measuring *m)
{
    if (!strcmp(m->wanted->by, "all"))
        return RK_SAY("Recruitments", "Rekryteringar");
    return strcmp(m->wanted->by, "role") ? RK_SAY("Department", "Förvaltning")
                                         : RK_SAY("Role", "Yrkesroll");
}

size_t rk_divide_first(const struct rk_measuring *m, size_t groups)
{
    return strcmp(m->wanted->by, "all") ? 0 : groups;
}

bool rk_holds_seat(const struct rk_measuring *m, const struct rk_material_assignment *a)
{
    return rk_measure_is(m, a->status, "proposed") || rk_measure_is(m, a->status, "confirmed") ||
           rk_measure_is(m, a->status, "attended");
}

bool rk_on_side(const struct rk_measuring *m, int side, uint32_t group)
{
    return group != RK_NONE &&
           rk_list_has(rk_text(m->specification->groups[side]), m->material->words.texts[group]);
}

const char *rk_side_name(struct rk_measuring *m, int side)
{
    struct rk_text rest = rk_text(m->specification->groups[side]), first = RK_TEXT("");
    rk_list_next(&rest, &first);
    return rk_measure_label(m, rk_strings_add(&m->material->words, first));
}

const char *rk_said(struct rk_measuring *m, const struct rk_report_table *table, size_t column)
{
    const struct rk_figure *figure = &table->rows[table->row_count - 1].figures[column];
    struct rk_report_column as = table->columns[column];
    if (as.kind == RK_MEASURED && figure->value % RK_FIXED_ONE == 0)
        as.decimals = 0;
    return rk_figure_text(m->report, &as, figure);
}

const char *rk_count_text(struct rk_measuring *m, int64_t count)
{
    struct rk_buf buf = {0};
    rk_say_count(&buf, m->language, count);
    const char *text = rk_arena_text(&m->report->arena, buf.text, buf.size);
    rk_buf_free(&buf);
    return text;
}

const char *rk_month_text(struct rk_measuring *m, int32_t month)
{
    struct rk_buf buf = {0};
    rk_say_month(&buf, m->language, month);
    const char *text = rk_arena_text(&m->report->arena, buf.text, buf.size);
    rk_buf_free(&buf);
    return text;
}

void rk_no_table(struct rk_measuring *m, struct rk_report_section *section, const char *table)
{
    rk_section_paragraph(m->report, section,
                         rk_report_text(m->report,
                                        RK_SAY("No data: the table %s was not given. That is not "
                                               "the same as nought.",
                                               "Uppgift saknas: tabellen %s fanns inte med. Det är "
                                               "inte detsamma som noll."),
                                        table));
}

void rk_no_rows(struct rk_measuring *m, struct rk_report_section *section, const char *table)
{
    m->report->empty_count++;
    rk_section_paragraph(
        m->report, section,
        rk_report_text(m->report,
                       RK_SAY("No data: the table %s has nothing about %s. That "
                              "is not the same as nought.",
                              "Uppgift saknas: tabellen %s innehåller inget om %s. "
                              "Det är inte detsamma som noll."),
                       table, m->period));
}

void rk_add_up(struct rk_report_table *table, size_t from, size_t to, size_t total)
{
    for (size_t c = from; c < to; c++) {
        table->columns[c].part = true;
        table->columns[c].whole = RK_SUM;
    }
    table->columns[total].total = true;
    table->columns[total].whole = RK_SUM;
}

void rk_measure_finish(struct rk_measuring *m, struct rk_report_section *section,
                       const char *chart_title, size_t first_column, size_t second_column)
{
    static const enum rk_chart_kind kinds[] = {RK_CHART_NONE, RK_CHART_BARS, RK_CHART_DOTS,
                                               RK_CHART_COLUMNS, RK_CHART_MONTHS};
    if (!m->wanted->show_small && m->chosen)
        rk_report_protect(section->table, m->report->threshold, m->chosen);
    if (m->chosen)
        m->chosen += section->table->row_count * section->table->column_count;
    section->table_open = m->wanted->table_open;
    section->chart = (struct rk_report_chart){.kind = kinds[m->wanted->chart],
                                              .title = chart_title,
                                              .columns = {first_column, second_column},
                                              .column_count = second_column == SIZE_MAX ? 1 : 2};
    bool any = false; /* a chart of nothing but hidden figures says nothing */
    for (size_t r = 0; r < section->table->row_count; r++)
        any = any || (rk_figure_shown(&section->table->rows[r].figures[first_column]) &&
                      !(section->table->rows[r].total && section->chart.kind == RK_CHART_BARS));
    if (!any)
        section->chart.kind = RK_CHART_NONE;
}

static void index_recruitments(struct rk_measuring *m)
{
    struct rk_material *material = m->material;
    m->word_count = material->words.count;
    m->recruitment_of = rk_resize(NULL, m->word_count, sizeof *m->recruitment_of);
    for (uint32_t i = 0; i < m->word_count; i++)
        m->recruitment_of[i] = RK_NONE;
    for (size_t i = 0; i < material->recruitments_count; i++)
        m->recruitment_of[material->recruitments[i].id] = (uint32_t)i;
    m->hired_on = rk_resize(NULL, material->recruitments_count, sizeof *m->hired_on);
    for (size_t i = 0; i < material->recruitments_count; i++)
        m->hired_on[i] = RK_NO_DAY;
    for (size_t i = 0; i < material->decisions_count; i++) {
        const struct rk_material_decision *d = &material->decisions[i];
        uint32_t r = m->recruitment_of[d->recruitment];
        if (r != RK_NONE && rk_measure_is(m, d->outcome, "hired") &&
            (m->hired_on[r] == RK_NO_DAY || d->decided < m->hired_on[r]))
            m->hired_on[r] = d->decided;
    }
}

/* The section of that measure that has a table, or SIZE_MAX. */
static size_t table_of(const struct rk_report *report, const struct rk_specification *specification,
                       const char *measure)
{
    for (size_t i = 0; i < specification->section_count; i++)
        if (!strcmp(specification->sections[i].measure, measure) && report->sections[i].table)
            return i;
    return SIZE_MAX;
}

/* What the table of stages tells of all stages, the table of months tells again: the hours of the
 * period's months are those of all stages, and so are the people, counted once. */
static void link_people(struct rk_report *report, const struct rk_specification *specification,
                        size_t period)
{
    enum { PEOPLE, HOURS, STAGE_HOURS };
    size_t stages = table_of(report, specification, "participation");
    size_t months = table_of(report, specification, "people-by-month");
    if (stages == SIZE_MAX || months == SIZE_MAX)
        return;
    size_t all = report->sections[stages].table->row_count - 1;
    size_t rows = report->sections[months].table->row_count;
    size_t count = period < rows ? period : rows;
    struct rk_figure_place *parts = rk_alloc(count, sizeof *parts);
    for (int column = PEOPLE; column <= HOURS; column++) {
        for (size_t i = 0; i < count; i++)
            parts[i] = (struct rk_figure_place){months, rows - count + i, (size_t)column};
        rk_report_link(
            report, column == PEOPLE ? RK_ATMOST : RK_SUM,
            (struct rk_figure_place){stages, all, column == PEOPLE ? PEOPLE : STAGE_HOURS}, parts,
            count);
    }
    rk_free(parts);
}

/* The figure that tells the people of the pool; false: none does. */
static bool pool_at(const struct rk_report *report, const char *pool, struct rk_figure_place *at)
{
    for (size_t s = 0; s < report->section_count; s++)
        for (size_t r = 0; report->sections[s].table && r < report->sections[s].table->row_count;
             r++) {
            const char *of = report->sections[s].table->rows[r].pool;
            *at = (struct rk_figure_place){s, r, 0};
            if (of && !strcmp(of, pool))
                return true;
        }
    return false;
}

/* What rk-panel-cover tells of the bank, and of the way into it and on, the bank's table tells
 * again, or tells of more people. */
static void link_pools(struct rk_measuring *m)
{
    enum { TRAINED = 0, ALL = 2 };
    static const char *const steps[][2] = {
        {"applied", "bank"},     {"bank", "active"},       {"bank", "paused"},
        {"active", "consented"}, {"consented", "trained"}, {"bank", "invited"},
        {"invited", "accepted"}, {"invited", "attended"},  {"accepted", "attended"}};
    static const struct {
        const char *status, *pool;
        size_t column;
        enum rk_whole whole; /* of the two that is the larger */
        bool pool_larger;
    } rows[] = {{"active", "active", ALL, RK_SAME, false},
                {"paused", "paused", ALL, RK_SAME, false},
                {"active", "consented", ALL, RK_REST, false},
                {"active", "trained", TRAINED, RK_REST, false},
                {NULL, "bank", ALL, RK_REST, true}};
    struct rk_report *report = m->report;
    struct rk_figure_place whole, part;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (pool_at(report, steps[i][0], &whole) && pool_at(report, steps[i][1], &part))
            rk_report_link(report, RK_REST, whole, &part, 1);
    size_t bank = table_of(report, m->specification, "bank");
    if (bank == SIZE_MAX)
        return;
    const struct rk_report_table *table = report->sections[bank].table;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t r = 0;
        const char *label = rows[i].status
                                ? rk_measure_label(m, rk_material_word(m->material, rows[i].status))
                                : NULL;
        while (r < table->row_count &&
               (label ? table->rows[r].total || strcmp(table->rows[r].label, label) != 0
                      : !table->rows[r].total))
            r++;
        if (r == table->row_count || !pool_at(report, rows[i].pool, &part))
            continue;
        whole = (struct rk_figure_place){bank, r, rows[i].column};
        if (rows[i].pool_larger)
            rk_report_link(report, rows[i].whole, part, &whole, 1);
        else
            rk_report_link(report, rows[i].whole, whole, &part, 1);
    }
}

/* The bank of twelve months before, those who came since, and those who went. */
static void balance_bank(struct rk_report *report, const struct rk_specification *specification)
{
    enum { ALL = 2, CAME = 0, WENT, MONTHS = 12 };
    size_t bank = table_of(report, specification, "bank");
    size_t changes = table_of(report, specification, "bank-changes");
    if (bank != SIZE_MAX && changes != SIZE_MAX)
        report->balance =
            (struct rk_report_balance){{bank, report->sections[bank].table->row_count - 1, ALL},
                                       {changes, CAME, 0},
                                       {changes, WENT, 0},
                                       MONTHS};
}

/* How many were decided is told of all recruitments and, where all dates are known, of their days.
 */
static void link_decided(struct rk_report *report, const struct rk_specification *specification)
{
    enum { DAYS_DECIDED = 0, DECIDED = 2 };
    size_t all = table_of(report, specification, "recruitments");
    size_t days = table_of(report, specification, "days");
    if (all == SIZE_MAX || days == SIZE_MAX)
        return;
    const struct rk_report_table *of = report->sections[all].table,
                                 *in = report->sections[days].table;
    for (size_t r = 0; r < in->row_count; r++)
        for (size_t k = 0; k < of->row_count; k++)
            if (!strcmp(in->rows[r].label, of->rows[k].label) &&
                in->rows[r].figures[DAYS_DECIDED].n == of->rows[k].figures[DECIDED].n)
                rk_report_link(report, RK_SUM, (struct rk_figure_place){days, r, DAYS_DECIDED},
                               &(struct rk_figure_place){all, k, DECIDED}, 1);
}

static void tell_hidden(struct rk_measuring *m)
{
    int64_t hidden = 0;
    for (size_t i = 0; i < m->report->section_count; i++)
        hidden += m->report->sections[i].table && m->report->sections[i].table->hidden;
    if (hidden)
        rk_report_summarize(
            m->report,
            rk_report_text(
                m->report,
                hidden == 1
                    ? RK_SAY("%s section has figures that are hidden, [c], because few "
                             "people are behind them. A longer period shows more.",
                             "%s avsnitt har dolda siffror, [c], eftersom de vilar på så få "
                             "personer. En längre period visar mer.")
                    : RK_SAY("%s sections have figures that are hidden, [c], because "
                             "few people are behind them. A longer period shows more.",
                             "%s avsnitt har dolda siffror, [c], eftersom de vilar på så få "
                             "personer. En längre period visar mer."),
                rk_count_text(m, hidden)));
}

void rk_monthly_report(struct rk_report *report, const struct rk_specification *specification,
                       const struct rk_picks *picks, const struct rk_measure_rows *rows,
                       struct rk_material *material, enum rk_language language, int32_t first,
                       int32_t last, const bool *chosen)
{
    assert(first <= last);
    bool sv = language == RK_SWEDISH;
    *report = (struct rk_report){
        .language = language, .internal = true, .threshold = specification->threshold};
    struct rk_buf period = {0};
    rk_say_months(&period, language, first, last);
    report->title =
        rk_report_text(report, "%s", sv ? specification->title.sv : specification->title.en);
    report->period = rk_report_text(report, "%s", period.text);
    rk_buf_free(&period);
    if (specification->publisher.sv)
        report->publisher = rk_report_text(
            report, "%s", sv ? specification->publisher.sv : specification->publisher.en);
    struct rk_measuring measuring = {.report = report,
                                     .specification = specification,
                                     .material = material,
                                     .language = language,
                                     .first = first,
                                     .last = last,
                                     .from = rk_month_first(first),
                                     .to = rk_month_first(last + 1),
                                     .period = report->period,
                                     .chosen = chosen};
    struct rk_measuring *m = &measuring;
    index_recruitments(m);
    for (size_t i = 0; i < specification->section_count; i++) {
        m->wanted = &specification->sections[i];
        struct rk_report_section *section = rk_report_section(
            report, m->wanted->id, sv ? m->wanted->title.sv : m->wanted->title.en);
        if (m->wanted->text.sv)
            rk_section_paragraph(report, section, sv ? m->wanted->text.sv : m->wanted->text.en);
        find(m->wanted->measure)->measure(m, section);
    }
    link_people(report, specification, (size_t)(last - first) + 1);
    link_decided(report, specification);
    balance_bank(report, specification);
    rk_picked_add(report, picks, rows, m->chosen);
    link_pools(m);
    if (!report->summary_count)
        rk_report_summarize(report,
                            RK_SAY("There are too few cases, or no data, for a summary that "
                                   "protects the people behind the figures.",
                                   "Det finns för få fall, eller inga uppgifter, för en "
                                   "sammanfattning som skyddar dem som siffrorna handlar om."));
    tell_hidden(m);
    rk_free(m->recruitment_of);
    rk_free(m->hired_on);
}
