/* Measures of the users' and the staff's orders, and of what was then decided. */
#include "report/measure.h"

#include <assert.h>
#include <math.h>

/* Places in material->ranking, sorted by recruitment, stage in time, candidate, group. */
struct sorted {
    struct rk_measuring *m;
    uint32_t *places;
    size_t count;
};

static int by_candidate(const void *a, const void *b, void *context)
{
    struct sorted *s = context;
    const struct rk_material_ranking *x = &s->m->material->ranking[*(const uint32_t *)a],
                                     *y = &s->m->material->ranking[*(const uint32_t *)b];
    if (x->recruitment != y->recruitment)
        return x->recruitment < y->recruitment ? -1 : 1;
    if (x->stage != y->stage)
        return rk_stage_compare(s->m, x->stage, y->stage);
    if (x->candidate != y->candidate)
        return x->candidate < y->candidate ? -1 : 1;
    return (x->group > y->group) - (x->group < y->group);
}

static struct sorted sort_ranking(struct rk_measuring *m)
{
    struct sorted s = {m, rk_alloc(m->material->ranking_count, sizeof *s.places),
                       m->material->ranking_count};
    for (uint32_t i = 0; i < s.count; i++)
        s.places[i] = i;
    qsort_r(s.places, s.count, sizeof *s.places, by_candidate, &s);
    return s;
}

static const struct rk_material_ranking *at(const struct sorted *s, size_t i)
{
    return &s->m->material->ranking[s->places[i]];
}

static bool decided_in(const struct rk_measuring *m, const struct rk_material_recruitment *r)
{
    return rk_in_period(m, r->decided != RK_NO_DAY ? r->decided
                                                   : m->hired_on[r - m->material->recruitments]);
}

/* ---- the two orders ---- */

struct pair { /* one candidate's scores from the two sides, and how many groups each rests on */
    rk_fixed score[2];
    int voices[2];
};

struct comparison {
    int64_t recruitments, candidates, same_first;
    int64_t pairs, same, opposite, tied[2];
};

static int sign_of(rk_fixed difference, rk_fixed tolerance)
{
    return (difference > tolerance) - (difference < -tolerance);
}

static void compare_pairs(struct comparison *c, const struct pair *pairs, size_t count)
{
    rk_fixed best[2] = {pairs[0].score[0], pairs[0].score[1]}, largest = 0;
    for (size_t i = 0; i < count; i++)
        for (int g = 0; g < 2; g++) {
            rk_fixed score = pairs[i].score[g];
            best[g] = score > best[g] ? score : best[g];
            largest = score > largest ? score : -score > largest ? -score : largest;
        }
    rk_fixed tolerance = largest / RK_TIE_PARTS;
    bool same_first = false;
    for (size_t i = 0; i < count; i++) {
        same_first = same_first || (best[0] - pairs[i].score[0] <= tolerance &&
                                    best[1] - pairs[i].score[1] <= tolerance);
        for (size_t j = 0; j < i; j++) {
            int sign[2];
            for (int g = 0; g < 2; g++) {
                sign[g] = sign_of(pairs[i].score[g] - pairs[j].score[g], tolerance);
                c->tied[g] += sign[g] == 0;
            }
            c->pairs++;
            c->same += sign[0] * sign[1] > 0;
            c->opposite += sign[0] * sign[1] < 0;
        }
    }
    c->recruitments++;
    c->candidates += (int64_t)count;
    c->same_first += same_first;
}

/* A candidate's rows are [from, to): the side's score is the mean of its groups', by their weights;
 * equal where all weigh nothing. */
static void side_score(const struct sorted *s, size_t from, size_t to, int side, struct pair *pair)
{
    rk_fixed weights = 0, sum = 0;
    int voices = 0;
    for (size_t i = from; i < to; i++)
        if (rk_on_side(s->m, side, at(s, i)->group)) {
            weights += at(s, i)->weight;
            voices++;
        }
    for (size_t i = from; i < to; i++)
        if (rk_on_side(s->m, side, at(s, i)->group))
            sum += weights ? rk_fixed_times(at(s, i)->value, rk_ratio(at(s, i)->weight, weights))
                           : rk_fixed_divide(at(s, i)->value, voices);
    pair->score[side] = sum;
    pair->voices[side] = voices;
}

/* The candidates of the stage [from, to) whom each side scored with all of its groups that scored
 * anybody there. */
static size_t stage_pairs(const struct sorted *s, size_t from, size_t to, struct pair *pairs)
{
    size_t count = 0, kept = 0;
    int most[2] = {1, 1};
    for (size_t i = from, next; i < to; i = next) {
        for (next = i; next < to && at(s, next)->candidate == at(s, i)->candidate;)
            next++;
        for (int side = 0; side < 2; side++) {
            side_score(s, i, next, side, &pairs[count]);
            if (pairs[count].voices[side] > most[side])
                most[side] = pairs[count].voices[side];
        }
        count++;
    }
    for (size_t i = 0; i < count; i++)
        if (pairs[i].voices[0] == most[0] && pairs[i].voices[1] == most[1])
            pairs[kept++] = pairs[i];
    return kept;
}

/* The last stage of the recruitment (or its combination of stages) that both sides scored, into
 * `pairs`; 0 when there are not two candidates to compare. The recruitment's rows are [from, to).
 */
static size_t last_stage(const struct sorted *s, size_t from, size_t to, struct pair *pairs)
{
    for (size_t end = to, start; end > from; end = start) {
        for (start = end - 1; start > from && at(s, start - 1)->stage == at(s, end - 1)->stage;)
            start--;
        size_t count = stage_pairs(s, start, end, pairs);
        if (count)
            return count >= 2 ? count : 0;
    }
    return 0;
}

void rk_measure_order(struct rk_measuring *m, struct rk_report_section *section)
{
    enum { RECRUITMENTS, CANDIDATES, FIRST, SAME, TAU };
    static const enum rk_material_table needs[] = {RK_MATERIAL_ranking, RK_MATERIAL_recruitments};
    for (size_t i = 0; i < 2; i++)
        if (!m->material->present[needs[i]]) {
            rk_no_table(m, section, rk_material_names[needs[i]]);
            return;
        }
    struct rk_groups rows = {0};
    int64_t decided = 0;
    for (size_t i = 0; i < m->material->recruitments_count; i++)
        if (decided_in(m, &m->material->recruitments[i])) {
            rk_groups_add(&rows, rk_divide(m, &m->material->recruitments[i]));
            decided++;
        }
    rk_groups_sort(m, &rows);
    struct comparison *all = rk_alloc(rows.count + 1, sizeof *all);
    const char *const name[2] = {rk_side_name(m, 0), rk_side_name(m, 1)};
    struct sorted s = sort_ranking(m);
    struct pair *pairs = rk_alloc(s.count, sizeof *pairs);
    for (size_t from = 0, to; from < s.count; from = to) {
        for (to = from; to < s.count && at(&s, to)->recruitment == at(&s, from)->recruitment;)
            to++;
        const struct rk_material_recruitment *r =
            rk_measure_recruitment(m, at(&s, from)->recruitment);
        if (!r || !decided_in(m, r))
            continue;
        size_t n = last_stage(&s, from, to, pairs);
        if (n) {
            compare_pairs(&all[rk_groups_find(&rows, rk_divide(m, r))], pairs, n);
            compare_pairs(&all[rows.count], pairs, n);
        }
    }
    rk_free(pairs);
    rk_free(s.places);
    if (!all[rows.count].pairs) {
        rk_section_paragraph(
            m->report, section,
            rk_report_text(m->report,
                           RK_SAY("No data: no recruitment decided in %s has scores from both "
                                  "groups.",
                                  "Uppgift saknas: ingen rekrytering som avgjordes i %s har "
                                  "bedömningar från båda grupperna."),
                           m->period));
        rk_free(all);
        rk_free(rows.words);
        return;
    }
    struct rk_report_table *table = rk_section_table(
        m->report, section,
        rk_report_text(m->report,
                       RK_SAY("Two orders compared, %s and %s: recruitments decided in %s",
                              "Två rangordningar jämförda, %s och %s: rekryteringar avgjorda i %s"),
                       name[0], name[1], m->period),
        rk_divide_name(m));
    rk_report_column(table, RK_SAY("Recruitments", "Rekryteringar"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Candidates", "Kandidater"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Same first choice", "Samma förstaval"), RK_SHARED, 0);
    rk_report_column(table, RK_SAY("Pairs in the same order", "Par i samma ordning"), RK_SHARED, 0);
    rk_report_column(table, RK_SAY("Kendall’s tau", "Kendalls tau"), RK_MEASURED, 2);
    /* Fractions may tell of how many. Of the numbers no sum is told where a row is hidden: another
     * row would go for it, and its orders are what the table is for. */
    table->columns[FIRST].from[0] = 1 + RECRUITMENTS;
    table->columns[SAME].from[0] = table->columns[TAU].from[0] = 1 + CANDIDATES;
    for (size_t g = 0; g <= rows.count; g++) {
        const struct comparison *c = &all[g];
        if (!c->recruitments)
            continue; /* decided, but nothing to compare: told in the note */
        struct rk_figure *f = rk_group_row(m, table, &rows, g);
        int64_t untied[2] = {c->pairs - c->tied[0], c->pairs - c->tied[1]};
        f[RECRUITMENTS] = rk_figure_count(c->recruitments, true);
        f[CANDIDATES] = rk_figure_count(c->candidates, true);
        f[FIRST] = rk_figure_share(c->same_first, c->recruitments, c->recruitments, true);
        f[SAME] = rk_figure_share(c->same, c->same + c->opposite, c->candidates, true);
        bool defined = untied[0] && untied[1];
        double tau = defined ? (double)(c->same - c->opposite) /
                                   (sqrt((double)untied[0]) * sqrt((double)untied[1]))
                             : 0;
        f[TAU] = rk_figure_of(rk_fixed_from_double(tau), defined ? c->candidates : 0, true);
    }
    rk_measure_finish(m, section,
                      rk_report_text(m->report,
                                     RK_SAY("How alike the two orders are (Kendall’s tau): %s and "
                                            "%s",
                                            "Hur lika de två rangordningarna är (Kendalls tau): %s "
                                            "och %s"),
                                     name[0], name[1]),
                      TAU, SIZE_MAX);
    /* How many were decided is told in other sections, so the column's sum is known. */
    bool known = rk_figure_shown(&table->rows[table->row_count - 1].figures[RECRUITMENTS]);
    if (!known) {
        rk_report_hide_column(table, RECRUITMENTS);
        rk_report_hide_column(table, FIRST);
    }
    section->chart.least = -RK_FIXED_ONE;
    section->chart.most = RK_FIXED_ONE;
    section->chart.least_label = RK_SAY("−1 opposite", "−1 omvända");
    section->chart.middle_label = "0";
    section->chart.most_label = RK_SAY("same order 1", "samma ordning 1");
    int64_t without = decided - all[rows.count].recruitments;
    if (without && known && without >= m->report->threshold)
        rk_section_note(
            m->report, section,
            rk_report_text(m->report,
                           RK_SAY("Decided but not compared, since not both groups scored two "
                                  "candidates: %s.",
                                  "Avgjorda men inte jämförda, eftersom inte båda grupperna bedömt "
                                  "två kandidater: %s."),
                           rk_count_text(m, without)));
    else if (without)
        rk_section_note(m->report, section,
                        RK_SAY("Some recruitments were decided but are not compared, since not "
                               "both groups scored two candidates.",
                               "Några rekryteringar avgjordes men jämförs inte, eftersom inte båda "
                               "grupperna bedömt två kandidater."));
    rk_section_note(
        m->report, section,
        RK_SAY("The stages weighed together where the rubric weighs them, else the last stage that "
               "both groups scored. Same first choice: the share of recruitments where some "
               "candidate is first, alone or shared, for both. Pairs: "
               "of every two candidates whom both groups set apart, how often in the same order. "
               "Tau-b over all pairs within recruitments: 1 the same order, −1 the opposite.",
               "Stegen sammanvägda där bedömningsmallen väger dem, annars sista steget som båda "
               "grupperna bedömt. Samma förstaval: andelen rekryteringar där någon kandidat är "
               "först, ensam eller delat, för båda. Par: av "
               "varje två kandidater som båda grupperna skiljer åt, hur ofta i samma ordning. "
               "Tau-b över alla par inom rekryteringarna: 1 samma ordning, −1 omvänd."));
    const struct rk_figure *f = table->rows[table->row_count - 1].figures;
    const char *same = rk_figure_text(m->report, &table->columns[SAME], &f[SAME]);
    rk_report_key_figure(m->report, &f[SAME], same,
                         RK_SAY("of pairs of candidates in the same order by users and staff",
                                "av kandidatparen i samma ordning hos brukare och medarbetare"));
    if (rk_figure_shown(&f[SAME]) && rk_figure_shown(&f[CANDIDATES]) && !rk_figure_shown(&f[FIRST]))
        rk_report_summarize(
            m->report,
            rk_report_text(
                m->report,
                RK_SAY("Of two candidates, the two groups put the same one first %s of the time "
                       "(n = %s candidates).",
                       "Av två kandidater satte båda grupperna samma person före i %s av fallen "
                       "(n = %s kandidater)."),
                same, rk_figure_text(m->report, &table->columns[CANDIDATES], &f[CANDIDATES])));
    else if (rk_figure_shown(&f[SAME]) && rk_figure_shown(&f[CANDIDATES]))
        rk_report_summarize(
            m->report,
            rk_report_text(
                m->report,
                RK_SAY("Of two candidates, the two groups put the same one first %s of the time "
                       "(n = %s candidates). They shared a first choice in %s of the recruitments.",
                       "Av två kandidater satte de två grupperna samma före i %s av fallen (n = %s "
                       "kandidater). De hade ett gemensamt förstaval i %s av rekryteringarna."),
                same, rk_figure_text(m->report, &table->columns[CANDIDATES], &f[CANDIDATES]),
                rk_figure_text(m->report, &table->columns[FIRST], &f[FIRST])));
    rk_free(all);
    rk_free(rows.words);
}

/* ---- decisions ---- */

/* How a candidate stands on the day of decision. */
enum standing { AVAILABLE, HIRED, GONE };

/* Of all who are not available any more: (recruitment, candidate) and how they stand. */
struct standings {
    struct rk_tuples who;
    enum standing *how;
    uint32_t room;
};

static void stand(struct standings *all, uint32_t recruitment, uint32_t candidate,
                  enum standing how)
{
    uint32_t place = rk_tuples_add(&all->who, (uint32_t[]){recruitment, candidate});
    while (place >= all->room) {
        all->room = all->room ? all->room * 2 : 64;
        all->how = rk_resize(all->how, all->room, sizeof *all->how);
    }
    all->how[place] = how;
}

static struct standings find_standings(const struct rk_measuring *m)
{
    struct standings all = {.who = {.width = 2}};
    for (size_t i = 0; i < m->material->candidates_count; i++) {
        const struct rk_material_candidate *c = &m->material->candidates[i];
        if (rk_measure_is(m, c->status, "withdrawn") || rk_measure_is(m, c->status, "ineligible"))
            stand(&all, c->recruitment, c->id, GONE);
    }
    for (size_t i = 0; i < m->material->decisions_count; i++) {
        const struct rk_material_decision *d = &m->material->decisions[i];
        if (rk_measure_is(m, d->outcome, "hired"))
            stand(&all, d->recruitment, d->candidate, HIRED);
        else if (rk_measure_is(m, d->outcome, "offered_declined"))
            stand(&all, d->recruitment, d->candidate, GONE);
    }
    return all;
}

static enum standing standing_of(const struct standings *all, uint32_t recruitment,
                                 uint32_t candidate)
{
    uint32_t place = rk_tuples_find(&all->who, (uint32_t[]){recruitment, candidate});
    return place == RK_NONE ? AVAILABLE : all->how[place];
}

enum followed { FOLLOWED, OTHER, UNKNOWN };

/* Whether nobody still available was ranked before somebody hired, in the last stage ranked. */
static enum followed followed(const struct standings *all, const struct sorted *s, size_t from,
                              size_t to)
{
    size_t start = from; /* of the last stage that has ranks */
    for (size_t i = from; i < to; i++)
        if (at(s, i)->group == RK_NONE && at(s, i)->stage != at(s, start)->stage)
            start = i;
    bool hired = false, available = false;
    rk_fixed worst_hired = 0, best_left = 0;
    for (size_t i = start; i < to; i++) {
        const struct rk_material_ranking *row = at(s, i);
        if (row->group != RK_NONE || row->stage != at(s, start)->stage)
            continue;
        enum standing standing = standing_of(all, row->recruitment, row->candidate);
        if (standing == HIRED && (!hired || row->value > worst_hired)) {
            hired = true;
            worst_hired = row->value;
        }
        if (standing == AVAILABLE && (!available || row->value < best_left)) {
            available = true;
            best_left = row->value;
        }
    }
    if (!hired)
        return UNKNOWN;
    return available && best_left < worst_hired ? OTHER : FOLLOWED;
}

void rk_measure_decisions(struct rk_measuring *m, struct rk_report_section *section)
{
    enum { TOTAL = 2, COLUMNS };
    static const enum rk_material_table needs[] = {RK_MATERIAL_decisions, RK_MATERIAL_recruitments,
                                                   RK_MATERIAL_ranking};
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
        if (!m->material->present[needs[i]]) {
            rk_no_table(m, section, rk_material_names[needs[i]]);
            return;
        }
    struct rk_groups rows = {0};
    for (size_t i = 0; i < m->material->recruitments_count; i++)
        if (decided_in(m, &m->material->recruitments[i]))
            rk_groups_add(&rows, rk_divide(m, &m->material->recruitments[i]));
    if (!rows.count) {
        rk_section_paragraph(m->report, section,
                             rk_report_text(m->report,
                                            RK_SAY("No recruitment was decided in %s.",
                                                   "Ingen rekrytering avgjordes i %s."),
                                            m->period));
        return;
    }
    rk_groups_sort(m, &rows);
    int64_t *n = rk_alloc((rows.count + 1) * COLUMNS, sizeof *n);
    int64_t without = 0;
    struct rk_groups departed = {0}, reasons = {0};
    struct sorted s = sort_ranking(m);
    struct standings standings = find_standings(m);
    enum followed *how = rk_alloc(m->material->recruitments_count, sizeof *how);
    for (size_t i = 0; i < m->material->recruitments_count; i++)
        how[i] = UNKNOWN;
    for (size_t from = 0, to; from < s.count; from = to) {
        for (to = from; to < s.count && at(&s, to)->recruitment == at(&s, from)->recruitment;)
            to++;
        const struct rk_material_recruitment *r =
            rk_measure_recruitment(m, at(&s, from)->recruitment);
        if (r && decided_in(m, r))
            how[r - m->material->recruitments] = followed(&standings, &s, from, to);
    }
    for (size_t i = 0; i < m->material->recruitments_count; i++) {
        const struct rk_material_recruitment *r = &m->material->recruitments[i];
        if (!decided_in(m, r))
            continue;
        without += how[i] == UNKNOWN;
        if (how[i] == UNKNOWN)
            continue;
        size_t g = rk_groups_find(&rows, rk_divide(m, r));
        n[g * COLUMNS + how[i]]++;
        n[g * COLUMNS + TOTAL]++;
        n[rows.count * COLUMNS + how[i]]++;
        n[rows.count * COLUMNS + TOTAL]++;
        if (how[i] == OTHER)
            rk_groups_add(&departed, r->id);
    }
    struct rk_report_table *table =
        rk_section_table(m->report, section,
                         rk_report_text(m->report,
                                        RK_SAY("Decisions and the panel’s order, decided in %s",
                                               "Beslut och panelens ordning, avgjorda i %s"),
                                        m->period),
                         rk_divide_name(m));
    rk_report_column(table, RK_SAY("The panel’s first", "Panelens första"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Another candidate", "En annan kandidat"), RK_COUNTED, 0);
    rk_report_column(table, RK_SAY("Compared", "Jämförda"), RK_COUNTED, 0);
    rk_add_up(table, FOLLOWED, TOTAL, TOTAL);
    table->columns[TOTAL].known = true; /* how many were decided is told in other sections */
    for (size_t g = rk_divide_first(m, rows.count); g <= rows.count; g++) {
        struct rk_figure *f = rk_group_row(m, table, &rows, g);
        for (int c = 0; c < COLUMNS; c++)
            f[c] = rk_figure_count(n[g * COLUMNS + c], true);
    }
    rk_measure_finish(
        m, section,
        RK_SAY("Decisions for the panel’s first, of all", "Beslut för panelens första, av alla"),
        FOLLOWED, TOTAL);
    const struct rk_figure *f = table->rows[table->row_count - 1].figures;
    if (rk_figure_shown(&f[OTHER]) && n[rows.count * COLUMNS + OTHER]) {
        for (size_t i = 0; i < m->material->decisions_count; i++)
            for (size_t j = 0; j < departed.count; j++)
                if (m->material->decisions[i].recruitment == departed.words[j] &&
                    rk_measure_is(m, m->material->decisions[i].outcome, "hired"))
                    rk_groups_add(&reasons, m->material->decisions[i].reason);
        rk_groups_sort(m, &reasons);
        struct rk_buf list = {0};
        for (size_t i = 0; i < reasons.count; i++)
            rk_buf_printf(&list, "%s%s", i ? "; " : "", rk_measure_label(m, reasons.words[i]));
        rk_section_note(m->report, section,
                        rk_report_text(m->report,
                                       RK_SAY("Reasons given for another candidate: %s.",
                                              "Angivna skäl för en annan kandidat: %s."),
                                       list.text));
        rk_buf_free(&list);
    }
    if (without)
        rk_section_note(m->report, section,
                        RK_SAY("Recruitments that ended without a hire, or have no order, are not "
                               "counted here.",
                               "Rekryteringar som slutade utan anställning, eller saknar "
                               "rangordning, räknas inte här."));
    rk_section_note(m->report, section,
                    RK_SAY("The panel’s first: nobody who was still available stood before the "
                           "person hired. The manager decides.",
                           "Panelens första: ingen som fortfarande var aktuell stod före den som "
                           "anställdes. Chefen beslutar."));
    if (rk_figure_shown(&f[FOLLOWED]) && rk_figure_shown(&f[TOTAL]))
        rk_report_summarize(
            m->report,
            rk_report_text(m->report,
                           RK_SAY("In %s of %s decisions the panel’s first was hired.",
                                  "I %s av %s beslut anställdes panelens första."),
                           rk_figure_text(m->report, &table->columns[FOLLOWED], &f[FOLLOWED]),
                           rk_figure_text(m->report, &table->columns[TOTAL], &f[TOTAL])));
    rk_tuples_free(&standings.who);
    rk_free(standings.how);
    rk_free(how);
    rk_free(s.places);
    rk_free(n);
    rk_free(departed.words);
    rk_free(reasons.words);
    rk_free(rows.words);
}
