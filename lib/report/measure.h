/* What the measures of the monthly report share; only lib/report/{monthly,measure_*}.c see it. */
#ifndef RK_MEASURE_H
#define RK_MEASURE_H

#include "report/monthly.h"

struct rk_measuring {
    struct rk_report *report;
    const struct rk_specification *specification;
    const struct rk_specification_section *wanted; /* the section now being made */
    struct rk_material *material;
    enum rk_language language;
    int32_t first, last;      /* months */
    int32_t from, to;         /* days, half-open */
    uint32_t *recruitment_of; /* by word: place in material->recruitments, or RK_NONE */
    uint32_t word_count;
    int32_t *hired_on;  /* by recruitment: the first hire's day among the decisions */
    const char *period; /* "mars 2020" */
    const bool *chosen; /* of the figures from the next table on; NULL = nothing is hidden yet */
};

typedef void rk_measure(struct rk_measuring *m, struct rk_report_section *section);
rk_measure rk_measure_recruitments, rk_measure_seats, rk_measure_applicants, rk_measure_days,
    rk_measure_due, rk_measure_participation, rk_measure_months, rk_measure_honoraria,
    rk_measure_presence, rk_measure_bank, rk_measure_changes, rk_measure_load,
    rk_measure_contributions, rk_measure_order, rk_measure_decisions;

/* Words, each once, to be the rows (or columns) of a table. */
struct rk_groups {
    uint32_t *words;
    size_t count, room;
};
void rk_groups_add(struct rk_groups *groups, uint32_t word);
bool rk_groups_has(const struct rk_groups *groups, uint32_t word);
size_t rk_groups_find(const struct rk_groups *groups, uint32_t word);  /* which must be there */
void rk_groups_sort(struct rk_measuring *m, struct rk_groups *groups); /* bytewise */
void rk_groups_sort_stages(struct rk_measuring *m, struct rk_groups *groups);
int rk_stage_compare(struct rk_measuring *m, uint32_t a, uint32_t b); /* as they follow in time */

#define RK_SAY(english, swedish) rk_say(m->language, english, swedish)
const char *rk_measure_label(struct rk_measuring *m, uint32_t word); /* as people call it */
/* The period so many months before, or after where it is below 0, to ask the same of. */
struct rk_measuring rk_months_before(const struct rk_measuring *m, int32_t back);
enum { RK_MONTHS_BACK = 24 };
/* What changed of those counted, from RK_MONTHS_BACK months before to as many after: for
 * rk_report_row.within. */
struct rk_counted {
    bool came[2 * RK_MONTHS_BACK + 1], went[2 * RK_MONTHS_BACK + 1];
};
static inline void rk_count_once(struct rk_counted *c, int32_t back, bool now, bool then)
{
    c->came[back + RK_MONTHS_BACK] |= now && !then;
    c->went[back + RK_MONTHS_BACK] |= then && !now;
}
uint64_t rk_counted_within(const struct rk_counted *c);
/* A new row for group `row`, or for all where `row` is their count: the table's total. */
struct rk_figure *rk_group_row(struct rk_measuring *m, struct rk_report_table *table,
                               const struct rk_groups *groups, size_t row);
bool rk_measure_is(const struct rk_measuring *m, uint32_t word, const char *text);
bool rk_in_period(const struct rk_measuring *m, int32_t day);
/* The recruitment called `word`, or NULL. */
struct rk_material_recruitment *rk_measure_recruitment(struct rk_measuring *m, uint32_t word);
bool rk_under_way(const struct rk_measuring *m, const struct rk_material_recruitment *r);
/* The word that the section divides recruitments by: department or role. */
uint32_t rk_divide(const struct rk_measuring *m, const struct rk_material_recruitment *r);
const char *rk_divide_name(struct rk_measuring *m); /* "Department", over the rows */
/* The first of `groups` rows and the total's that is told: the total's alone where nothing divides.
 */
size_t rk_divide_first(const struct rk_measuring *m, size_t groups);
/* Whether the assignment gives its panelist a seat: proposed, confirmed or attended. */
bool rk_holds_seat(const struct rk_measuring *m, const struct rk_material_assignment *a);
/* The two sides that are compared: 0 the users', 1 the staff's. */
bool rk_on_side(const struct rk_measuring *m, int side, uint32_t group);
const char *rk_side_name(struct rk_measuring *m, int side);
const char *rk_count_text(struct rk_measuring *m, int64_t count);
/* The figure of the last row, as said in a sentence: no decimals where it is whole. */
const char *rk_said(struct rk_measuring *m, const struct rk_report_table *table, size_t column);
const char *rk_month_text(struct rk_measuring *m, int32_t month);

/* Says that there is nothing to show, and why. */
void rk_no_table(struct rk_measuring *m, struct rk_report_section *section, const char *table);
void rk_no_rows(struct rk_measuring *m, struct rk_report_section *section, const char *table);
/* Of columns that count: `total` is the sum of those from `from` up to, not including, `to`, and
 * the last row that of the rows. */
void rk_add_up(struct rk_report_table *table, size_t from, size_t to, size_t total);
/* Protects the table as the section asks, and sets the chart that it asks for on `columns`. */
void rk_measure_finish(struct rk_measuring *m, struct rk_report_section *section,
                       const char *chart_title, size_t first_column, size_t second_column);

#endif
