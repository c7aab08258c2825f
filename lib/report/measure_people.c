/* Measures of the people who take part: their work, their bank, their influence before any score.
 */
#include "report/measure.h"

#include <assert.h>

enum { HOUR_DECIMALS = 1 }; /* wherever hours are told: a figure told twice is the same */

/* ---- work done ---- */

/* A piece of work by one person, from activities or, where there are none, from sessions. */
struct work {
    uint32_t panelist, stage;
    int32_t date;
    rk_fixed hours;
};
struct works {
    struct work *all;
    size_t count, room;
    bool planned; /* worked out from sessions and assignments */
};

/* false when the material has neither. */
static bool find_work(struct rk_measuring *m, struct works *works)
{
    const struct rk_material *material = m->material;
    if (material->present[RK_MATERIAL_activities]) {
        for (size_t i = 0; i < material->activities_count; i++) {
            const struct rk_material_activity *a = &material->activities[i];
            RK_GROW(works->all, works->count, works->room);
            works->all[works->count++] = (struct work){a->panelist, a->stage, a->date, a->hours};
        }
        return true;
    }
    if (!material->present[RK_MATERIAL_assignments] || !material->present[RK_MATERIAL_sessions])
        return false;
    works->planned = true;
    uint32_t *first = rk_resize(NULL, material->words.count, sizeof *first); /* by recruitment */
    uint32_t *next = rk_resize(NULL, material->sessions_count, sizeof *next);
    for (uint32_t i = 0; i < material->words.count; i++)
        first[i] = RK_NONE;
    for (uint32_t i = (uint32_t)material->sessions_count; i-- > 0;) {
        next[i] = first[material->sessions[i].recruitment];
        first[material->sessions[i].recruitment] = i;
    }
    for (size_t i = 0; i < material->assignments_count; i++) {
        const struct rk_material_assignment *a = &material->assignments[i];
        if (!rk_measure_is(m, a->seat, "member") ||
            !(rk_measure_is(m, a->status, "confirmed") || rk_measure_is(m, a->status, "attended")))
            continue;
        struct rk_text stages = material->words.texts[a->stages];
        for (uint32_t j = first[a->recruitment]; j != RK_NONE; j = next[j]) {
            const struct rk_material_session *s = &material->sessions[j];
            if (stages.size && !rk_list_has(stages, material->words.texts[s->stage]))
                continue;
            RK_GROW(works->all, works->count, works->room);
            works->all[works->count++] = (struct work){
                a->panelist, s->stage, (int32_t)(s->start / 1440 - (s->start % 1440 < 0)),
                rk_fixed_divide(rk_fixed_int(s->end - s->start), 60)};
        }
    }
    rk_free(first);
    rk_free(next);
    return true;
}

static void tell_planned(struct rk_measuring *m, struct rk_report_section *section,
                         const struct works *works)
{
    if (works->planned)
        rk_section_note(m->report, section,
                        RK_SAY("Worked out from confirmed seats and the length of the sessions; "
                               "work was not reported (table activities).",
                               "Räknat på bekräftade platser och mötenas längd; utfört arbete har "
                               "inte rapporterats (tabellen activities)."));
}

static const char *no_work = "activities";

void rk_measure_participation(struct rk_measuring *m, struct rk_report_section *section)
{
    enum { PEOPLE, TIMES, HOURS };
    struct works works = {0};
    if (!find_work(m, &works)) {
        rk_no_table(m, section, no_work);
        return;
    }
    struct rk_groups stages = {0};
    for (size_t i = 0; i < works.count; i++)
        if (rk_in_period(m, works.all[i].date))
            rk_groups_add(&stages, works.all[i].stage);
    if (!stages.count) {
        rk_no_rows(m, section, works.planned ? "sessions" : no_work);
        rk_free(works.all);
        return;
    }
    rk_groups_sort_stages(m, &stages);
    struct rk_report_table *table = rk_section_table(
        m->report, section,
        rk_report_text(m->report, RK_SAY("Users who took part, %s", "Brukare som deltog, %s"),
                       m->period),
        RK_SAY("Stage", "Steg"));
    rk_report_column(table, RK_SAY("People", "Personer"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Occasions", "Tillfällen"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Hours", "Timmar"), RK_MEASURED, HOUR_DECIMALS);
    table->columns[PEOPLE].whole = RK_ATMOST;
    table->columns[TIMES].whole = table->columns[HOURS].whole = RK_SUM;
    table->columns[TIMES].least = 1 + PEOPLE;
    for (size_t g = 0; g <= stages.count; g++) {
        struct rk_tuples people = {.width = 1};
        int64_t times = 0;
        rk_fixed hours = 0;
        for (size_t i = 0; i < works.count; i++) {
            const struct work *w = &works.all[i];
            if (!rk_in_period(m, w->date) || (g < stages.count && w->stage != stages.words[g]))
                continue;
            rk_tuples_add(&people, &w->panelist);
            times++;
            hours += w->hours;
        }
        struct rk_figure *f = rk_report_row(table,
                                            g < stages.count ? rk_measure_label(m, stages.words[g])
                                                             : RK_SAY("All stages", "Alla steg"),
                                            g == stages.count);
        f[PEOPLE] = rk_figure_count(people.count, true);
        f[TIMES] = rk_figure_of(rk_fixed_int(times), people.count, true);
        f[HOURS] = rk_figure_of(hours, people.count, true);
        rk_tuples_free(&people);
    }
    rk_measure_finish(m, section, RK_SAY("People who took part", "Personer som deltog"), PEOPLE,
                      SIZE_MAX);
    rk_section_note(m->report, section,
                    RK_SAY("A person who takes part in several stages is counted once in the last "
                           "row.",
                           "Den som deltar i flera steg räknas en gång i sista raden."));
    tell_planned(m, section, &works);
    const struct rk_figure *all = table->rows[stages.count].figures;
    const char *people = rk_figure_text(m->report, &table->columns[PEOPLE], &all[PEOPLE]);
    const char *hours = rk_said(m, table, HOURS);
    rk_report_key_figure(m->report, &all[PEOPLE], people,
                         RK_SAY("users took part", "brukare deltog"));
    rk_report_key_figure(m->report, &all[HOURS], hours,
                         RK_SAY("hours of users’ work", "timmars arbete av brukare"));
    if (rk_figure_shown(&all[PEOPLE]) && rk_figure_shown(&all[HOURS]))
        rk_report_summarize(
            m->report, rk_report_text(m->report,
                                      all[PEOPLE].value == RK_FIXED_ONE
                                          ? RK_SAY("%s user took part, for %s hours.",
                                                   "%s brukare deltog, i %s timmar.")
                                          : RK_SAY("%s users took part, for %s hours together.",
                                                   "%s brukare deltog, tillsammans i %s timmar."),
                                      people, hours));
    rk_free(works.all);
    rk_free(stages.words);
}

/* The months a series shows: twelve up to the period's last, or the period if that is longer. */
static int32_t series_start(const struct rk_measuring *m)
{
    return m->last - 11 < m->first ? m->last - 11 : m->first;
}

static struct rk_figure *month_row(struct rk_measuring *m, struct rk_report_table *table,
                                   int32_t month)
{
    struct rk_figure *figures = rk_report_row(table, rk_month_text(m, month), false);
    struct rk_report_row *row = &table->rows[table->row_count - 1];
    struct rk_buf brief = {0};
    rk_say_month_short(&brief, m->language, month);
    row->brief[0] = rk_report_text(m->report, "%s", brief.text);
    if (table->row_count == 1 || month % 12 == 0)
        row->brief[1] = rk_report_text(m->report, "%d", (int)(month / 12));
    rk_buf_free(&brief);
    return figures;
}

void rk_measure_months(struct rk_measuring *m, struct rk_report_section *section)
{
    struct works works = {0};
    if (!find_work(m, &works)) {
        rk_no_table(m, section, no_work);
        return;
    }
    int32_t start = series_start(m), known = INT32_MAX;
    for (size_t i = 0; i < works.count; i++) {
        int32_t month = rk_month_of(works.all[i].date);
        if (month >= start && month <= m->last && month < known)
            known = month;
    }
    if (known == INT32_MAX) {
        rk_no_rows(m, section, works.planned ? "sessions" : no_work);
        rk_free(works.all);
        return;
    }
    if (known < m->first)
        start = known; /* before the first month known there is nothing to tell */
    else if (start < m->first)
        start = m->first;
    struct rk_report_table *table =
        rk_section_table(m->report, section,
                         RK_SAY("Users who took part, by month", "Brukare som deltog, per månad"),
                         RK_SAY("Month", "Månad"));
    table->dated = true;
    rk_report_column(table, RK_SAY("People", "Personer"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Hours", "Timmar"), RK_MEASURED, HOUR_DECIMALS);
    struct rk_buf missing = {0};
    for (int32_t month = start; month <= m->last; month++) {
        struct rk_tuples people = {.width = 1};
        rk_fixed hours = 0;
        for (size_t i = 0; i < works.count; i++)
            if (rk_month_of(works.all[i].date) == month) {
                rk_tuples_add(&people, &works.all[i].panelist);
                hours += works.all[i].hours;
            }
        struct rk_figure *f = month_row(m, table, month);
        if (people.count) {
            f[0] = rk_figure_count(people.count, true);
            f[1] = rk_figure_of(hours, people.count, true);
        } else {
            f[0].state = f[1].state = RK_FIGURE_MISSING;
            if (missing.size)
                rk_buf_text(&missing, ", ");
            rk_say_month(&missing, m->language, month);
        }
        rk_tuples_free(&people);
    }
    rk_measure_finish(m, section, RK_SAY("Participation, by month", "Deltagandet, per månad"), 0,
                      m->wanted->chart == RK_SPEC_MONTHS ? 1 : SIZE_MAX);
    if (missing.size) {
        rk_section_note(
            m->report, section,
            rk_report_text(m->report,
                           RK_SAY("No work is reported for %s: whether nobody took part "
                                  "or nobody reported cannot be told.",
                                  "Inget arbete är rapporterat för %s: det går inte att "
                                  "se om ingen deltog eller om ingen rapporterade."),
                           missing.text));
        rk_buf_free(&missing);
    }
    tell_planned(m, section, &works);
    rk_free(works.all);
}

/* ---- honoraria ---- */

static bool paid_in_period(const struct rk_measuring *m, const struct rk_material_honorarium *h)
{
    int32_t month;
    return rk_month_parse(m->material->words.texts[h->month], &month) && month >= m->first &&
           month <= m->last;
}

/* Of a line without a recruitment the empty word: "not stated". */
static uint32_t paid_by(struct rk_measuring *m, const struct rk_material_honorarium *h)
{
    const struct rk_material_recruitment *r = rk_measure_recruitment(m, h->recruitment);
    return r ? rk_divide(m, r) : 0;
}

void rk_measure_honoraria(struct rk_measuring *m, struct rk_report_section *section)
{
    enum { PEOPLE, PAY, TRAVEL, ALL };
    if (!m->material->present[RK_MATERIAL_honoraria]) {
        rk_no_table(m, section, "honoraria");
        return;
    }
    struct rk_groups rows = {0};
    for (size_t i = 0; i < m->material->honoraria_count; i++)
        if (paid_in_period(m, &m->material->honoraria[i]))
            rk_groups_add(&rows, paid_by(m, &m->material->honoraria[i]));
    if (!rows.count) {
        rk_no_rows(m, section, "honoraria");
        return;
    }
    rk_groups_sort(m, &rows);
    struct rk_report_table *table = rk_section_table(
        m->report, section,
        rk_report_text(m->report,
                       RK_SAY("Paid to users, %s, kronor", "Betalat till brukare, %s, kronor"),
                       m->period),
        rk_divide_name(m));
    rk_report_column(table, RK_SAY("People", "Personer"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Honoraria", "Arvoden"), RK_MEASURED, 0);
    rk_report_column(table, RK_SAY("Travel and expenses", "Resor och utlägg"), RK_MEASURED, 0);
    rk_report_column(table, RK_SAY("Together", "Tillsammans"), RK_MEASURED, 0);
    table->columns[ALL].unit = "kr";
    table->columns[PEOPLE].whole = RK_ATMOST;
    for (int c = PAY; c <= ALL; c++) {
        table->columns[c].whole = RK_SUM;
        table->columns[c].part = c < ALL;
    }
    table->columns[ALL].total = true;
    for (size_t g = 0; g <= rows.count; g++) {
        struct rk_tuples people[ALL + 1]; /* whom each figure rests on */
        rk_fixed sums[ALL + 1] = {0};
        for (int c = 0; c <= ALL; c++)
            people[c] = (struct rk_tuples){.width = 1};
        for (size_t i = 0; i < m->material->honoraria_count; i++) {
            const struct rk_material_honorarium *h = &m->material->honoraria[i];
            if (!paid_in_period(m, h) || (g < rows.count && paid_by(m, h) != rows.words[g]))
                continue;
            int kind = rk_measure_is(m, h->kind, "fee") ? PAY : TRAVEL;
            rk_tuples_add(&people[kind], &h->panelist);
            rk_tuples_add(&people[ALL], &h->panelist);
            sums[kind] += h->amount;
            sums[ALL] += h->amount;
        }
        struct rk_figure *f = rk_group_row(m, table, &rows, g);
        f[PEOPLE] = rk_figure_count(people[ALL].count, true);
        for (int i = PAY; i <= ALL; i++) /* nobody: a nought, which is shown */
            f[i] = (struct rk_figure){RK_FIGURE_SHOWN, sums[i], people[i].count, true};
        for (int c = 0; c <= ALL; c++)
            rk_tuples_free(&people[c]);
    }
    rk_measure_finish(m, section, RK_SAY("Paid to users, kronor", "Betalat till brukare, kronor"),
                      ALL, SIZE_MAX);
    const struct rk_figure *all = table->rows[rows.count].figures;
    rk_report_key_figure(m->report, &all[ALL],
                         rk_report_text(m->report, "%s\u00a0kr",
                                        rk_figure_text(m->report, &table->columns[ALL], &all[ALL])),
                         RK_SAY("paid to users", "betalat till brukare"));
    rk_free(rows.words);
}

/* ---- which stages had whom ---- */

void rk_measure_presence(struct rk_measuring *m, struct rk_report_section *section)
{
    enum { HELD, FIRST, FIRST_SHARE, SECOND, SECOND_SHARE };
    if (!m->material->present[RK_MATERIAL_events]) {
        rk_no_table(m, section, "events");
        return;
    }
    struct rk_tuples seen = {.width = 3}; /* stage, recruitment, side or RK_NONE */
    struct rk_groups stages = {0};
    for (size_t i = 0; i < m->material->events_count; i++) {
        const struct rk_material_event *e = &m->material->events[i];
        if (!rk_in_period(m, e->date))
            continue;
        rk_groups_add(&stages, e->stage);
        rk_tuples_add(&seen, (uint32_t[]){e->stage, e->recruitment, RK_NONE});
        for (uint32_t side = 0; side < 2; side++)
            if (e->n > 0 && rk_on_side(m, (int)side, e->group))
                rk_tuples_add(&seen, (uint32_t[]){e->stage, e->recruitment, side});
    }
    if (!stages.count) {
        rk_no_rows(m, section, "events");
        rk_tuples_free(&seen);
        return;
    }
    rk_groups_sort_stages(m, &stages);
    const char *const name[2] = {rk_side_name(m, 0), rk_side_name(m, 1)};
    struct rk_report_table *table =
        rk_section_table(m->report, section,
                         rk_report_text(m->report,
                                        RK_SAY("Recruitments by who took part in the stage, %s",
                                               "Rekryteringar efter vilka som deltog i steget, %s"),
                                        m->period),
                         RK_SAY("Stage", "Steg"));
    rk_report_column(table, RK_SAY("Recruitments", "Rekryteringar"), RK_COUNTED, 0);
    for (int i = 0; i < 2; i++) {
        rk_report_column(table, rk_report_text(m->report, RK_SAY("With: %s", "Med: %s"), name[i]),
                         RK_COUNTED, 0);
        rk_report_column(
            table, rk_report_text(m->report, RK_SAY("Share with: %s", "Andel med: %s"), name[i]),
            RK_SHARED, 0);
        table->columns[table->column_count - 1].from[0] = 1 + HELD;
        table->columns[table->column_count - 1].from[1] = table->column_count - 1;
    }
    bool few = !m->wanted->show_small;
    for (size_t s = 0; s < stages.count; s++) {
        int64_t n[3] = {0};
        for (uint32_t i = 0; i < seen.count; i++) {
            const uint32_t *t = &seen.members[(size_t)i * 3];
            if (t[0] != stages.words[s])
                continue;
            n[0] += t[2] == RK_NONE;
            n[1] += t[2] == 0;
            n[2] += t[2] == 1;
        }
        struct rk_figure *f = rk_report_row(table, rk_measure_label(m, stages.words[s]), false);
        f[HELD] = rk_figure_count(n[0], few);
        f[FIRST] = rk_figure_count(n[1], few);
        f[FIRST_SHARE] = rk_figure_share(n[1], n[0], n[0], few);
        f[SECOND] = rk_figure_count(n[2], few);
        f[SECOND_SHARE] = rk_figure_share(n[2], n[0], n[0], few);
    }
    rk_measure_finish(m, section,
                      RK_SAY("Share of recruitments in which each group took part",
                             "Andel rekryteringar där gruppen deltog"),
                      FIRST_SHARE, SECOND_SHARE);
    section->chart.most = RK_FIXED_ONE;
    rk_tuples_free(&seen);
    rk_free(stages.words);
}

void rk_measure_contributions(struct rk_measuring *m, struct rk_report_section *section)
{
    static const char *const answers[] = {"yes", "partly", "no"};
    enum { TOTAL = 3, COLUMNS };
    if (!m->material->present[RK_MATERIAL_contributions]) {
        rk_no_table(m, section, "contributions");
        return;
    }
    bool stages = !strcmp(m->wanted->by, "stage");
    struct rk_groups rows = {0};
    bool *in = rk_alloc(m->material->contributions_count, sizeof *in);
    for (size_t i = 0; i < m->material->contributions_count; i++) {
        const struct rk_material_contribution *c = &m->material->contributions[i];
        const struct rk_material_recruitment *r = rk_measure_recruitment(m, c->recruitment);
        in[i] = rk_on_side(m, 0, c->group) &&
                (c->date != RK_NO_DAY ? rk_in_period(m, c->date) : r && rk_under_way(m, r));
        if (in[i])
            rk_groups_add(&rows, stages ? c->stage : c->kind);
    }
    if (!rows.count) {
        rk_no_rows(m, section, "contributions");
        rk_free(in);
        return;
    }
    (stages ? rk_groups_sort_stages : rk_groups_sort)(m, &rows);
    struct rk_report_table *table = rk_section_table(
        m->report, section,
        rk_report_text(m->report, RK_SAY("Users’ proposals, %s", "Brukarnas förslag, %s"),
                       m->period),
        stages ? RK_SAY("Stage", "Steg") : RK_SAY("Kind", "Slag"));
    rk_report_column(table, RK_SAY("Adopted", "Antagna"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Partly", "Delvis"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Not adopted", "Inte antagna"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("All proposals", "Alla förslag"), RK_COUNTED, 0);
    rk_add_up(table, 0, TOTAL, TOTAL);
    for (size_t g = 0; g <= rows.count; g++) {
        int64_t n[COLUMNS] = {0};
        for (size_t i = 0; i < m->material->contributions_count; i++) {
            const struct rk_material_contribution *c = &m->material->contributions[i];
            if (!in[i] || (g < rows.count && (stages ? c->stage : c->kind) != rows.words[g]))
                continue;
            for (int a = 0; a < TOTAL; a++)
                n[a] += rk_measure_is(m, c->adopted, answers[a]);
            n[TOTAL]++;
        }
        struct rk_figure *f = rk_group_row(m, table, &rows, g);
        for (int c = 0; c < COLUMNS; c++)
            f[c] = rk_figure_count(n[c], true);
    }
    rk_measure_finish(m, section,
                      RK_SAY("Users’ proposals that were adopted", "Brukarnas förslag som antogs"),
                      0, TOTAL);
    rk_free(in);
    rk_free(rows.words);
}

/* ---- the bank ---- */

static bool in_bank(const struct rk_measuring *m, const struct rk_material_panelist *p)
{
    if (rk_measure_is(m, p->status, "applied") ||
        (rk_measure_is(m, p->status, "left") && p->left == RK_NO_DAY))
        return false;
    return (p->joined == RK_NO_DAY || p->joined < m->to) &&
           (p->left == RK_NO_DAY || p->left >= m->to);
}

/* Who has left since the period belonged to the bank then, and no table says whether paused. */
static uint32_t bank_status(struct rk_measuring *m, const struct rk_material_panelist *p)
{
    return rk_measure_is(m, p->status, "left") ? rk_material_word(m->material, "active")
                                               : p->status;
}

/* Who has come to the bank, and who has left it, of a status (RK_NONE: of all). */
static uint64_t bank_within(struct rk_measuring *m, uint32_t status)
{
    struct rk_counted counted = {{0}, {0}};
    for (int32_t back = -RK_MONTHS_BACK; back <= RK_MONTHS_BACK; back++) {
        struct rk_measuring then = rk_months_before(m, back);
        for (size_t i = 0; i < m->material->panelists_count; i++) {
            const struct rk_material_panelist *p = &m->material->panelists[i];
            if (status == RK_NONE || bank_status(m, p) == status)
                rk_count_once(&counted, back, in_bank(m, p), in_bank(&then, p));
        }
    }
    return rk_counted_within(&counted);
}

void rk_measure_bank(struct rk_measuring *m, struct rk_report_section *section)
{
    enum { TRAINED, UNTRAINED, ALL, COLUMNS };
    if (!m->material->present[RK_MATERIAL_panelists]) {
        rk_no_table(m, section, "panelists");
        return;
    }
    struct rk_groups rows = {0};
    for (size_t i = 0; i < m->material->panelists_count; i++)
        if (in_bank(m, &m->material->panelists[i]))
            rk_groups_add(&rows, bank_status(m, &m->material->panelists[i]));
    if (!rows.count) {
        rk_no_rows(m, section, "panelists");
        return;
    }
    rk_groups_sort(m, &rows);
    struct rk_buf end = {0};
    rk_say_date(&end, m->language, m->to - 1);
    struct rk_report_table *table = rk_section_table(
        m->report, section,
        rk_report_text(m->report, RK_SAY("The user bank on %s", "Brukarbanken den %s"), end.text),
        RK_SAY("Status", "Status"));
    rk_buf_free(&end);
    rk_report_column(table, RK_SAY("Trained", "Utbildade"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Not yet trained", "Ännu inte utbildade"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("All", "Alla"), RK_COUNTED, 0);
    rk_add_up(table, TRAINED, ALL, ALL);
    for (size_t g = 0; g <= rows.count; g++) {
        int64_t n[COLUMNS] = {0};
        for (size_t i = 0; i < m->material->panelists_count; i++) {
            const struct rk_material_panelist *p = &m->material->panelists[i];
            if (!in_bank(m, p) || (g < rows.count && bank_status(m, p) != rows.words[g]))
                continue;
            n[p->trained != RK_NO_DAY && p->trained < m->to ? TRAINED : UNTRAINED]++;
            n[ALL]++;
        }
        struct rk_figure *f = rk_group_row(m, table, &rows, g);
        for (int c = 0; c < COLUMNS; c++)
            f[c] = rk_figure_count(n[c], true);
        table->rows[g].within = bank_within(m, g < rows.count ? rows.words[g] : RK_NONE);
    }
    rk_measure_finish(m, section,
                      RK_SAY("Trained, of all in the bank", "Utbildade, av alla i banken"), TRAINED,
                      ALL);
    const struct rk_figure *all = table->rows[rows.count].figures;
    rk_section_note(m->report, section,
                    RK_SAY("Dates decide who belonged to the bank. Status is what the bank says "
                           "now; who has left since is among the active.",
                           "Datumen avgör vilka som hörde till banken. Status är den som banken "
                           "anger nu; den som slutat sedan dess är bland de aktiva."));
    rk_report_key_figure(m->report, &all[ALL],
                         rk_figure_text(m->report, &table->columns[ALL], &all[ALL]),
                         RK_SAY("people in the user bank", "personer i brukarbanken"));
    rk_free(rows.words);
}

/* Whether the day is in the twelve months up to the period's last. */
static bool in_year(const struct rk_measuring *m, int32_t day)
{
    return day != RK_NO_DAY && day >= rk_month_first(m->last - 11) && day < m->to;
}

/* Who left the bank in the year, or else came into it: who has only applied has not. */
static bool changed(const struct rk_measuring *m, const struct rk_material_panelist *p, bool left)
{
    return left ? in_year(m, p->left)
                : in_year(m, p->joined) && !rk_measure_is(m, p->status, "applied");
}

static uint64_t changes_within(const struct rk_measuring *m, bool left)
{
    struct rk_counted counted = {{0}, {0}};
    for (int32_t back = -RK_MONTHS_BACK; back <= RK_MONTHS_BACK; back++) {
        struct rk_measuring then = rk_months_before(m, back);
        for (size_t i = 0; i < m->material->panelists_count; i++) {
            const struct rk_material_panelist *p = &m->material->panelists[i];
            rk_count_once(&counted, back, changed(m, p, left), changed(&then, p, left));
        }
    }
    return rk_counted_within(&counted);
}

void rk_measure_changes(struct rk_measuring *m, struct rk_report_section *section)
{
    if (!m->material->present[RK_MATERIAL_panelists]) {
        rk_no_table(m, section, "panelists");
        return;
    }
    int64_t joined = 0, left = 0, undated = 0;
    for (size_t i = 0; i < m->material->panelists_count; i++) {
        const struct rk_material_panelist *p = &m->material->panelists[i];
        joined += changed(m, p, false);
        left += changed(m, p, true);
        undated += p->joined == RK_NO_DAY && !rk_measure_is(m, p->status, "applied");
    }
    if (undated == (int64_t)m->material->panelists_count) {
        rk_no_rows(m, section, "panelists");
        return;
    }
    struct rk_buf span = {0};
    rk_say_months(&span, m->language, m->last - 11, m->last);
    struct rk_report_table *table = rk_section_table(
        m->report, section,
        rk_report_text(m->report,
                       RK_SAY("To and from the user bank, %s", "Till och från brukarbanken, %s"),
                       span.text),
        RK_SAY("What", "Vad"));
    rk_buf_free(&span);
    rk_report_column(table, RK_SAY("People", "Personer"), RK_COUNTED, 0);
    rk_report_row(table, RK_SAY("New in the bank", "Nya i banken"), false)[0] =
        rk_figure_count(joined, true);
    rk_report_row(table, RK_SAY("Left the bank", "Har slutat"), false)[0] =
        rk_figure_count(left, true);
    for (size_t r = 0; r < 2; r++)
        table->rows[r].within = changes_within(m, r == 1);
    rk_measure_finish(m, section, RK_SAY("To and from the bank", "Till och från banken"), 0,
                      SIZE_MAX);
    if (undated)
        rk_section_note(m->report, section,
                        RK_SAY("Some have no date of joining and are not counted as new.",
                               "För några saknas datum för inträdet; de räknas inte som nya."));
}

enum { LOAD_MOST = 4 };
struct load {
    struct rk_tuples people; /* who has a seat in some recruitment opened in the twelve months */
    int64_t *times;          /* by person: in how many */
};

static struct load find_load(struct rk_measuring *m)
{
    struct load load = {.people = {.width = 1}};
    struct rk_tuples seats = {.width = 2};
    int32_t from = rk_month_first(m->last - 11);
    for (size_t i = 0; i < m->material->assignments_count; i++) {
        const struct rk_material_assignment *a = &m->material->assignments[i];
        const struct rk_material_recruitment *r = rk_measure_recruitment(m, a->recruitment);
        if (!r || r->opened == RK_NO_DAY || r->opened < from || r->opened >= m->to ||
            !rk_holds_seat(m, a) || !rk_measure_is(m, a->seat, "member"))
            continue;
        rk_tuples_add(&load.people, &a->panelist);
        rk_tuples_add(&seats, (uint32_t[]){a->panelist, a->recruitment});
    }
    load.times = rk_alloc((size_t)load.people.count + 1, sizeof *load.times);
    for (uint32_t i = 0; i < seats.count; i++)
        load.times[rk_tuples_find(&load.people, &seats.members[(size_t)i * 2])]++;
    rk_tuples_free(&seats);
    return load;
}

static void free_load(struct load *load)
{
    rk_tuples_free(&load->people);
    rk_free(load->times);
}

/* Whether the person is among those with so many recruitments; LOAD_MOST: or more; 0: with any. */
static bool has_load(const struct load *load, uint32_t person, int64_t times)
{
    uint32_t at = rk_tuples_find(&load->people, &person);
    int64_t has = at == RK_NONE ? 0 : load->times[at];
    return has && (!times || (has < LOAD_MOST ? has : LOAD_MOST) == times);
}

static void load_within(struct rk_measuring *m, const struct load *now,
                        struct rk_report_table *table)
{
    struct rk_counted counted[LOAD_MOST + 1] = {{{0}, {0}}};
    for (int32_t back = -RK_MONTHS_BACK; back <= RK_MONTHS_BACK; back++) {
        struct rk_measuring before = rk_months_before(m, back);
        struct load then = find_load(&before);
        for (int64_t k = 0; k <= LOAD_MOST; k++) {
            for (uint32_t i = 0; i < now->people.count; i++)
                rk_count_once(&counted[k], back, has_load(now, now->people.members[i], k),
                              has_load(&then, now->people.members[i], k));
            for (uint32_t i = 0; i < then.people.count; i++)
                rk_count_once(&counted[k], back, has_load(now, then.people.members[i], k),
                              has_load(&then, then.people.members[i], k));
        }
        free_load(&then);
    }
    for (size_t k = 1; k <= LOAD_MOST; k++)
        table->rows[k - 1].within = rk_counted_within(&counted[k]);
    table->rows[LOAD_MOST].within = rk_counted_within(&counted[0]);
}

void rk_measure_load(struct rk_measuring *m, struct rk_report_section *section)
{
    enum { MOST = LOAD_MOST };
    static const enum rk_material_table needs[] = {RK_MATERIAL_assignments,
                                                   RK_MATERIAL_recruitments};
    for (size_t i = 0; i < 2; i++)
        if (!m->material->present[needs[i]]) {
            rk_no_table(m, section, rk_material_names[needs[i]]);
            return;
        }
    int32_t from = rk_month_first(m->last - 11);
    bool older = false;
    for (size_t i = 0; i < m->material->recruitments_count; i++) {
        int32_t opened = m->material->recruitments[i].opened;
        older = older || (opened != RK_NO_DAY && opened >= from && opened < m->from);
    }
    struct load load = find_load(m);
    if (!load.people.count) {
        rk_no_rows(m, section, "assignments");
        free_load(&load);
        return;
    }
    int64_t n[MOST + 1] = {0};
    for (uint32_t i = 0; i < load.people.count; i++)
        n[load.times[i] < MOST ? load.times[i] : MOST]++;
    struct rk_report_table *table = rk_section_table(
        m->report, section,
        RK_SAY("People by the number of recruitments they had a seat in, opened in the last twelve "
               "months",
               "Personer efter antal rekryteringar de haft plats i, öppnade de senaste tolv "
               "månaderna"),
        RK_SAY("Recruitments", "Rekryteringar"));
    rk_report_column(table, RK_SAY("People", "Personer"), RK_COUNTED, 0);
    table->columns[0].whole = RK_SUM;
    for (int k = 1; k <= MOST; k++)
        rk_report_row(
            table,
            rk_report_text(m->report, k < MOST ? "%d" : RK_SAY("%d or more", "%d eller fler"), k),
            false)[0] = rk_figure_count(n[k], true);
    rk_report_row(table, RK_SAY("All", "Alla"), true)[0] = rk_figure_count(load.people.count, true);
    load_within(m, &load, table);
    rk_measure_finish(
        m, section,
        RK_SAY("People by number of recruitments", "Personer efter antal rekryteringar"), 0,
        SIZE_MAX);
    /* Where no recruitment of these months is older than the period, the people are those who took
     * part and the seats those filled, whose numbers other sections tell. */
    if (!older && table->hidden)
        rk_report_hide_column(table, 0);
    free_load(&load);
}
