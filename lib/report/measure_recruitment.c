/* Measures of recruitments: how many, seats, applicants, days, and what is due. */
#include "report/measure.h"

#include <assert.h>

static void rows_of(struct rk_measuring *m, struct rk_groups *groups,
                    bool (*in)(const struct rk_measuring *, const struct rk_material_recruitment *))
{
    for (size_t i = 0; i < m->material->recruitments_count; i++) {
        const struct rk_material_recruitment *r = &m->material->recruitments[i];
        if (in(m, r))
            rk_groups_add(groups, rk_divide(m, r));
    }
    rk_groups_sort(m, groups);
}

/* Sums of `columns` numbers for each group and, last, for all. */
static int64_t *sums(const struct rk_groups *groups, size_t columns)
{
    return rk_alloc((groups->count + 1) * columns, sizeof(int64_t));
}

static void add(int64_t *all, const struct rk_groups *groups, size_t columns, size_t group,
                size_t column, int64_t n)
{
    all[group * columns + column] += n;
    all[groups->count * columns + column] += n;
}

static const struct rk_figure *last_row(const struct rk_report_table *table)
{
    return table->rows[table->row_count - 1].figures;
}

void rk_measure_recruitments(struct rk_measuring *m, struct rk_report_section *section)
{
    enum { UNDER_WAY, OPENED, DECIDED, CANCELLED, LEFT, COLUMNS };
    if (!m->material->present[RK_MATERIAL_recruitments]) {
        rk_no_table(m, section, "recruitments");
        return;
    }
    struct rk_groups groups = {0};
    rows_of(m, &groups, rk_under_way);
    if (!groups.count) {
        rk_no_rows(m, section, "recruitments");
        return;
    }
    int64_t *n = sums(&groups, COLUMNS);
    int64_t undated = 0;
    for (size_t i = 0; i < m->material->recruitments_count; i++) {
        const struct rk_material_recruitment *r = &m->material->recruitments[i];
        undated += r->opened == RK_NO_DAY && r->decided == RK_NO_DAY && r->cancelled == RK_NO_DAY;
        if (!rk_under_way(m, r))
            continue;
        size_t g = rk_groups_find(&groups, rk_divide(m, r));
        bool ended = (r->decided != RK_NO_DAY && r->decided < m->to) ||
                     (r->cancelled != RK_NO_DAY && r->cancelled < m->to);
        add(n, &groups, COLUMNS, g, UNDER_WAY, 1);
        add(n, &groups, COLUMNS, g, OPENED, rk_in_period(m, r->opened));
        add(n, &groups, COLUMNS, g, DECIDED, rk_in_period(m, r->decided));
        add(n, &groups, COLUMNS, g, CANCELLED, rk_in_period(m, r->cancelled));
        add(n, &groups, COLUMNS, g, LEFT, !ended);
    }
    struct rk_report_table *table = rk_section_table(
        m->report, section,
        rk_report_text(m->report, RK_SAY("Recruitments, %s", "Rekryteringar, %s"), m->period),
        rk_divide_name(m));
    rk_report_column(table, RK_SAY("Under way", "Pågick"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Opened", "Öppnade"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Decided", "Avgjorda"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Cancelled", "Avbrutna"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Open at the end", "Öppna vid slutet"), RK_COUNTED, 0);
    /* Those under way are those decided, cancelled or left at the end. */
    rk_add_up(table, DECIDED, LEFT + 1, UNDER_WAY);
    table->columns[OPENED].whole = RK_SUM;
    table->columns[UNDER_WAY].least = 1 + OPENED;
    for (size_t g = rk_divide_first(m, groups.count); g <= groups.count; g++) {
        struct rk_figure *figures = rk_group_row(m, table, &groups, g);
        for (size_t c = 0; c < COLUMNS; c++)
            figures[c] = rk_figure_count(n[g * COLUMNS + c], !m->wanted->show_small);
    }
    rk_measure_finish(m, section, RK_SAY("Recruitments under way", "Pågående rekryteringar"),
                      UNDER_WAY, SIZE_MAX);
    if (undated)
        rk_section_note(m->report, section,
                        rk_report_text(m->report,
                                       RK_SAY("Without any date, and so not counted: %s.",
                                              "Utan något datum, och därför inte medräknade: %s."),
                                       rk_count_text(m, undated)));
    if (m->wanted->show_small)
        rk_section_note(m->report, section,
                        RK_SAY("That a post is advertised is public, so small numbers of "
                               "recruitments are shown too.",
                               "Att en tjänst utlyses är offentligt, därför visas även små antal "
                               "rekryteringar."));
    const struct rk_figure *all = last_row(table);
    rk_report_key_figure(m->report, &all[UNDER_WAY], rk_said(m, table, UNDER_WAY),
                         RK_SAY("recruitments under way", "rekryteringar pågick"));
    if (rk_figure_shown(&all[UNDER_WAY])) {
        struct rk_buf parts = {0};
        const char *const words[COLUMNS] = {[OPENED] = RK_SAY("opened", "öppnades"),
                                            [DECIDED] = RK_SAY("decided", "avgjordes"),
                                            [CANCELLED] = RK_SAY("cancelled", "avbröts")};
        for (size_t c = OPENED; c <= CANCELLED; c++)
            if (rk_figure_shown(&all[c]) && all[c].value)
                rk_buf_printf(&parts, "%s %s %s", parts.size ? "," : ":", rk_said(m, table, c),
                              words[c]);
        rk_report_summarize(m->report,
                            rk_report_text(m->report,
                                           all[UNDER_WAY].value == RK_FIXED_ONE
                                               ? RK_SAY("%s recruitment was under way in %s%s.",
                                                        "%s rekrytering pågick i %s%s.")
                                               : RK_SAY("%s recruitments were under way in %s%s.",
                                                        "%s rekryteringar pågick i %s%s."),
                                           rk_said(m, table, UNDER_WAY), m->period,
                                           parts.size ? parts.text : ""));
        rk_buf_free(&parts);
    }
    rk_free(n);
    rk_free(groups.words);
}

static bool seats_count(const struct rk_measuring *m, const struct rk_material_recruitment *r)
{
    return rk_under_way(m, r) && !(r->cancelled != RK_NO_DAY && r->cancelled < m->to);
}

/* Which recruitments of the group (RK_NONE: of all) are told of anew, and which no more. */
static uint64_t seats_within(const struct rk_measuring *m, uint32_t group)
{
    struct rk_counted counted = {{0}, {0}};
    for (int32_t back = -RK_MONTHS_BACK; back <= RK_MONTHS_BACK; back++) {
        struct rk_measuring then = rk_months_before(m, back);
        for (size_t i = 0; i < m->material->recruitments_count; i++) {
            const struct rk_material_recruitment *r = &m->material->recruitments[i];
            if (group == RK_NONE || rk_divide(m, r) == group)
                rk_count_once(&counted, back, seats_count(m, r), seats_count(&then, r));
        }
    }
    return rk_counted_within(&counted);
}

void rk_measure_seats(struct rk_measuring *m, struct rk_report_section *section)
{
    enum { WANTED, FILLED, SHARE, RESERVES, COLUMNS };
    static const enum rk_material_table needs[] = {RK_MATERIAL_recruitments,
                                                   RK_MATERIAL_assignments};
    for (size_t i = 0; i < 2; i++)
        if (!m->material->present[needs[i]]) {
            rk_no_table(m, section, rk_material_names[needs[i]]);
            return;
        }
    struct rk_groups groups = {0};
    rows_of(m, &groups, seats_count);
    if (!groups.count) {
        rk_no_rows(m, section, "recruitments");
        return;
    }
    int64_t *n = sums(&groups, COLUMNS);
    for (size_t i = 0; i < m->material->recruitments_count; i++) {
        const struct rk_material_recruitment *r = &m->material->recruitments[i];
        if (seats_count(m, r) && r->seats != RK_NO_COUNT)
            add(n, &groups, COLUMNS, rk_groups_find(&groups, rk_divide(m, r)), WANTED, r->seats);
    }
    for (size_t i = 0; i < m->material->assignments_count; i++) {
        const struct rk_material_assignment *a = &m->material->assignments[i];
        const struct rk_material_recruitment *r = rk_measure_recruitment(m, a->recruitment);
        if (!r || !seats_count(m, r) || !rk_holds_seat(m, a))
            continue;
        add(n, &groups, COLUMNS, rk_groups_find(&groups, rk_divide(m, r)),
            rk_measure_is(m, a->seat, "member") ? FILLED : RESERVES, 1);
    }
    struct rk_report_table *table =
        rk_section_table(m->report, section,
                         rk_report_text(m->report,
                                        RK_SAY("Users’ seats in recruitments under way, %s",
                                               "Brukarplatser i pågående rekryteringar, %s"),
                                        m->period),
                         rk_divide_name(m));
    rk_report_column(table, RK_SAY("Seats", "Platser"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Filled", "Tillsatta"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Share filled", "Andel tillsatta"), RK_SHARED, 0);
    rk_report_column(table, RK_SAY("Reserves", "Reserver"), RK_COUNTED, 0);
    table->columns[FILLED].whole = table->columns[RESERVES].whole = RK_SUM;
    table->columns[SHARE].whole = RK_APART; /* the seats are told */
    table->columns[SHARE].from[0] = 1 + FILLED;
    table->columns[WANTED].least = 1 + FILLED;
    for (size_t g = 0; g <= groups.count; g++) {
        struct rk_figure *f = rk_group_row(m, table, &groups, g);
        const int64_t *of = n + g * COLUMNS;
        table->rows[g].within = seats_within(m, g < groups.count ? groups.words[g] : RK_NONE);
        f[WANTED] = rk_figure_count(of[WANTED], false);
        f[FILLED] = rk_figure_count(of[FILLED], true);
        f[SHARE] = rk_figure_share(of[FILLED], of[WANTED], of[FILLED], true);
        f[RESERVES] = rk_figure_count(of[RESERVES], true);
    }
    rk_measure_finish(m, section, RK_SAY("Seats filled by users", "Platser tillsatta med brukare"),
                      FILLED, WANTED);
    const struct rk_figure *all = last_row(table);
    rk_report_key_figure(m->report, &all[FILLED],
                         rk_report_text(m->report, RK_SAY("%s of %s", "%s av %s"),
                                        rk_said(m, table, FILLED), rk_said(m, table, WANTED)),
                         RK_SAY("users’ seats filled", "brukarplatser tillsatta"));
    if (rk_figure_shown(&all[FILLED]) && rk_figure_shown(&all[SHARE]))
        rk_report_summarize(
            m->report,
            rk_report_text(m->report,
                           RK_SAY("Users hold %s of the %s seats in recruitments under way (%s).",
                                  "Brukare har %s av de %s platserna i pågående rekryteringar "
                                  "(%s)."),
                           rk_said(m, table, FILLED), rk_said(m, table, WANTED),
                           rk_said(m, table, SHARE)));
    rk_free(n);
    rk_free(groups.words);
}

static bool closed_in(const struct rk_measuring *m, const struct rk_material_recruitment *r)
{
    return rk_in_period(m, r->closes != RK_NO_DAY ? r->closes : r->opened);
}

void rk_measure_applicants(struct rk_measuring *m, struct rk_report_section *section)
{
    static const enum rk_material_table needs[] = {RK_MATERIAL_candidates,
                                                   RK_MATERIAL_recruitments};
    for (size_t i = 0; i < 2; i++)
        if (!m->material->present[needs[i]]) {
            rk_no_table(m, section, rk_material_names[needs[i]]);
            return;
        }
    bool stages = !strcmp(m->wanted->by, "stage");
    int64_t recruitments = 0, people = 0;
    struct rk_groups groups = {0};
    for (size_t i = 0; i < m->material->recruitments_count; i++) {
        const struct rk_material_recruitment *r = &m->material->recruitments[i];
        recruitments += closed_in(m, r);
        if (closed_in(m, r) && !stages)
            rk_groups_add(&groups, rk_divide(m, r));
    }
    for (size_t i = 0; i < m->material->candidates_count; i++) {
        const struct rk_material_candidate *c = &m->material->candidates[i];
        const struct rk_material_recruitment *r = rk_measure_recruitment(m, c->recruitment);
        if (!r || !closed_in(m, r))
            continue;
        people++;
        if (stages)
            rk_groups_add(&groups, c->stage);
    }
    if (!recruitments) {
        rk_no_rows(m, section, "recruitments");
        return;
    }
    if (!people) {
        rk_no_rows(m, section, "candidates");
        rk_free(groups.words);
        return;
    }
    (stages ? rk_groups_sort_stages : rk_groups_sort)(m, &groups);
    enum { COLUMNS = 2 }; /* recruitments, people */
    int64_t *n = sums(&groups, COLUMNS);
    for (size_t i = 0; i < m->material->recruitments_count && !stages; i++) {
        const struct rk_material_recruitment *r = &m->material->recruitments[i];
        if (closed_in(m, r))
            add(n, &groups, COLUMNS, rk_groups_find(&groups, rk_divide(m, r)), 0, 1);
    }
    for (size_t i = 0; i < m->material->candidates_count; i++) {
        const struct rk_material_candidate *c = &m->material->candidates[i];
        const struct rk_material_recruitment *r = rk_measure_recruitment(m, c->recruitment);
        if (r && closed_in(m, r))
            add(n, &groups, COLUMNS, rk_groups_find(&groups, stages ? c->stage : rk_divide(m, r)),
                1, 1);
    }
    struct rk_report_table *table = rk_section_table(
        m->report, section,
        rk_report_text(m->report,
                       stages
                           ? RK_SAY("Candidates by the furthest stage they reached, "
                                    "applications closed in %s",
                                    "Kandidater efter hur långt de kom, ansökningstiden gick ut i "
                                    "%s")
                           : RK_SAY("Candidates, applications closed in %s",
                                    "Kandidater, ansökningstiden gick ut i %s"),
                       m->period),
        stages ? RK_SAY("Furthest stage", "Längst till") : rk_divide_name(m));
    size_t first = SIZE_MAX, mean = SIZE_MAX;
    if (!stages)
        first = rk_report_column(table, RK_SAY("Recruitments", "Rekryteringar"), RK_COUNTED, 0);
    size_t count = rk_report_column(table, RK_SAY("Candidates", "Kandidater"), RK_COUNTED, 0);
    if (!stages)
        mean =
            rk_report_column(table, RK_SAY("Per recruitment", "Per rekrytering"), RK_MEASURED, 1);
    table->columns[count].whole = RK_SUM;
    if (!stages) {
        table->columns[first].whole = RK_SUM;
        table->columns[mean].whole = RK_APART;
        table->columns[mean].from[0] = 1 + first;
        table->columns[mean].from[1] = 1 + count;
    }
    for (size_t g = 0; g <= groups.count; g++) {
        struct rk_figure *f = rk_group_row(m, table, &groups, g);
        const int64_t *of = n + g * COLUMNS;
        f[count] = rk_figure_count(of[1], true);
        if (stages)
            continue;
        f[first] = rk_figure_count(of[0], true);
        /* With the candidates told, the mean tells the recruitments, so it rests on the fewer. */
        f[mean] = rk_figure_of(of[0] ? rk_fixed_divide(rk_fixed_int(of[1]), of[0]) : 0,
                               of[1] < of[0] ? of[1] : of[0], true);
    }
    rk_measure_finish(m, section,
                      stages ? RK_SAY("How far the candidates came", "Hur långt kandidaterna kom")
                             : RK_SAY("Candidates", "Kandidater"),
                      count, SIZE_MAX);
    bool one = last_row(table)[count].value == RK_FIXED_ONE,
         few = stages ? recruitments < m->report->threshold
                      : !rk_figure_shown(&last_row(table)[first]);
    if (rk_figure_shown(&last_row(table)[count]))
        rk_report_summarize(
            m->report,
            few ? rk_report_text(
                      m->report,
                      one ? RK_SAY("%s candidate applied where applications closed in %s.",
                                   "%s kandidat sökte till rekryteringar vars ansökningstid "
                                   "gick ut i %s.")
                          : RK_SAY("%s candidates applied where applications closed in %s.",
                                   "%s kandidater sökte till rekryteringar vars ansökningstid "
                                   "gick ut i %s."),
                      rk_said(m, table, count), m->period)
                : rk_report_text(m->report,
                                 RK_SAY("%s candidates applied to the %s recruitments that closed "
                                        "for applications in %s.",
                                        "%s kandidater sökte de %s rekryteringar vars "
                                        "ansökningstid gick ut i %s."),
                                 rk_said(m, table, count), rk_count_text(m, recruitments),
                                 m->period));
    rk_free(n);
    rk_free(groups.words);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool timed(const struct rk_measuring *m, const struct rk_material_recruitment *r)
{
    return rk_in_period(m, r->decided) && r->opened != RK_NO_DAY;
}

void rk_measure_days(struct rk_measuring *m, struct rk_report_section *section)
{
    enum { DECIDED, MEDIAN, COLUMNS };
    if (!m->material->present[RK_MATERIAL_recruitments]) {
        rk_no_table(m, section, "recruitments");
        return;
    }
    struct rk_groups groups = {0};
    rows_of(m, &groups, timed);
    if (!groups.count) {
        rk_section_paragraph(m->report, section,
                             rk_report_text(m->report,
                                            RK_SAY("No recruitment with both dates was decided in "
                                                   "%s.",
                                                   "Ingen rekrytering med båda datumen avgjordes "
                                                   "i %s."),
                                            m->period));
        return;
    }
    struct rk_report_table *table =
        rk_section_table(m->report, section,
                         rk_report_text(m->report,
                                        RK_SAY("From opening to decision, decided in %s",
                                               "Från öppnande till beslut, avgjorda i %s"),
                                        m->period),
                         rk_divide_name(m));
    rk_report_column(table, RK_SAY("Decided", "Avgjorda"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Median, days", "Median, dagar"), RK_MEASURED, 0);
    table->columns[MEDIAN].unit = RK_SAY("days", "dagar");
    table->columns[DECIDED].whole = RK_SUM;
    int64_t *days = rk_alloc(m->material->recruitments_count, sizeof *days);
    for (size_t g = rk_divide_first(m, groups.count); g <= groups.count; g++) {
        size_t n = 0;
        for (size_t i = 0; i < m->material->recruitments_count; i++) {
            const struct rk_material_recruitment *r = &m->material->recruitments[i];
            if (timed(m, r) && (g == groups.count || rk_divide(m, r) == groups.words[g]))
                days[n++] = r->decided - r->opened;
        }
        qsort(days, n, sizeof *days, by_size);
        rk_fixed median = rk_fixed_int(days[(n - 1) / 2] + days[n / 2]) / 2;
        struct rk_figure *f = rk_group_row(m, table, &groups, g);
        f[DECIDED] = rk_figure_count((int64_t)n, !m->wanted->show_small);
        f[MEDIAN] = rk_figure_of(median, (int64_t)n, !m->wanted->show_small);
        if (median % RK_FIXED_ONE)
            table->columns[MEDIAN].decimals = 1;
    }
    rk_free(days);
    rk_measure_finish(m, section, RK_SAY("Median days to decision", "Mediantid till beslut, dagar"),
                      MEDIAN, SIZE_MAX);
    if (rk_figure_shown(&last_row(table)[MEDIAN]))
        rk_report_summarize(
            m->report, rk_report_text(m->report,
                                      RK_SAY("The median time from opening to decision was %s days "
                                             "(n = %s decided).",
                                             "Mediantiden från öppnande till beslut var %s dagar "
                                             "(n = %s avgjorda)."),
                                      rk_said(m, table, MEDIAN), rk_said(m, table, DECIDED)));
    rk_free(groups.words);
}

void rk_measure_due(struct rk_measuring *m, struct rk_report_section *section)
{
    const struct rk_material *material = m->material;
    bool decisions = material->present[RK_MATERIAL_decisions];
    bool assignments =
        material->present[RK_MATERIAL_assignments] && material->present[RK_MATERIAL_recruitments];
    bool panelists = material->present[RK_MATERIAL_panelists];
    int64_t candidates = 0, users = 0, declarations = 0, consents = 0;
    enum { ENDED = 1, TOLD = 2 }; /* of a recruitment, by its word */
    unsigned char *state = rk_alloc(material->words.count, 1);
    for (size_t i = 0; i < material->decisions_count; i++) {
        const struct rk_material_decision *d = &material->decisions[i];
        if (d->decided == RK_NO_DAY || d->decided >= m->to)
            continue;
        candidates += d->candidates_told == RK_NO_DAY || d->candidates_told >= m->to;
        if (d->users_told != RK_NO_DAY && d->users_told < m->to)
            state[d->recruitment] |= TOLD;
        state[d->recruitment] |= ENDED;
    }
    for (size_t i = 0; i < material->assignments_count; i++) {
        const struct rk_material_assignment *a = &material->assignments[i];
        const struct rk_material_recruitment *r = rk_measure_recruitment(m, a->recruitment);
        if (!rk_holds_seat(m, a))
            continue;
        users += rk_measure_is(m, a->seat, "member") && state[a->recruitment] == ENDED;
        declarations +=
            r && rk_under_way(m, r) && (a->declared == RK_NO_DAY || a->declared >= m->to);
    }
    int32_t soon = rk_month_first(m->last + 4); /* three whole months after the period */
    for (size_t i = 0; i < material->panelists_count; i++) {
        const struct rk_material_panelist *p = &material->panelists[i];
        consents += rk_measure_is(m, p->status, "active") &&
                    (p->joined == RK_NO_DAY || p->joined < m->to) &&
                    (p->consent_until == RK_NO_DAY || p->consent_until < soon ||
                     (p->withdrawn != RK_NO_DAY && p->withdrawn < m->to));
    }
    struct rk_buf end = {0};
    rk_say_date(&end, m->language, m->to - 1);
    struct rk_report_table *table = rk_section_table(
        m->report, section,
        rk_report_text(m->report, RK_SAY("What is due, as of %s", "Att göra, per den %s"),
                       end.text),
        RK_SAY("What", "Vad"));
    rk_buf_free(&end);
    rk_report_column(table, RK_SAY("Number", "Antal"), RK_COUNTED, 0);
    const struct {
        const char *label;
        bool known;
        int64_t n;
    } rows[] = {
        {RK_SAY("Candidates to be told of a decision", "Kandidater som ska få besked om beslut"),
         decisions, candidates},
        {RK_SAY("Users to be told how a recruitment ended",
                "Brukare som ska få veta hur en rekrytering slutade"),
         decisions && assignments, users},
        {RK_SAY(
             "Seats and reserves with no day noted for a declaration about conflicts of interest",
             "Platser och reserver där ingen dag för jävsdeklaration är noterad"),
         assignments, declarations},
        {RK_SAY("Active in the user bank whose consent is missing or ends within three months",
                "Aktiva i brukarbanken vars samtycke saknas eller går ut inom tre månader"),
         panelists, consents},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rk_figure *f = rk_report_row(table, rows[i].label, false);
        if (rows[i].known)
            f[0] = rk_figure_count(rows[i].n, true);
        else
            f[0].state = RK_FIGURE_MISSING;
    }
    rk_measure_finish(m, section, RK_SAY("What is due", "Att göra"), 0, SIZE_MAX);
    rk_free(state);
}
