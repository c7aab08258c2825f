/* lib/panel/cover: who is in which pool, what is hidden (by an attacker who tries all tables that
 * fit what is told), what is told first, and figures worked out by hand. */
#include "panel/cover.h"
#include "tool/guard.h"

#include "base/mem.h"
#include "base/random.h"
#include "check.h"

#include <math.h>
#include <unistd.h>

#define NEAR(got, wanted, most) CHECK(fabs((got) - (wanted)) <= (most))

static char path[] = "/tmp/rk-unit-XXXXXX";
static struct rk_error error;
static struct rk_schema *schemas[5];
static const char *const names[] = {"panelists", "people", "targets", "recruitments",
                                    "assignments"};
enum { PANELISTS, PEOPLE, TARGETS, RECRUITMENTS, ASSIGNMENTS };

static struct rk_features features;
static struct rk_panelists panelists;
static struct rk_people people;
static struct rk_targets targets;
static struct rk_recruitments recruitments;
static struct rk_assignments assignments;
static uint32_t listed[4], listed_count;
static struct rk_cover *cover;

static void quiet(struct rk_log *log, enum rk_severity severity, const struct rk_pos *pos,
                  const char *text)
{
    (void)log, (void)severity;
    printf("%d: %s: %s\n", pos ? (int)pos->line : 0, pos && pos->field ? pos->field : "", text);
}

static void read_table(int which, const char *text)
{
    struct rk_log log = {.emit = quiet};
    struct rk_table_options options = {.log = &log};
    const char *const paths[] = {path};
    struct rk_table *table = NULL;
    const struct rk_schema *schema = schemas[which];
    FILE *out = fopen(path, "wb");
    fputs(text, out);
    fclose(out);
    enum rk_status status = rk_table_open(&table, schema, paths, 1, &options, &error);
    if (!status)
        switch (which) {
        case PANELISTS:
            panelists.features = &features;
            status = rk_panelists_read(&panelists, table, schema, &error);
            break;
        case PEOPLE:
            people.features = &features;
            status = rk_people_read(&people, table, schema, &error);
            break;
        case TARGETS: status = rk_targets_read(&targets, table, schema, &error); break;
        case RECRUITMENTS:
            status = rk_recruitments_read(&recruitments, table, schema, &error);
            break;
        default:
            status =
                rk_assignments_read(&assignments, table, schema, &panelists, &recruitments, &error);
        }
    if (status)
        printf("%s: %s\n", names[which], error.text);
    CHECK(!status);
    rk_table_close(table);
}

static void list(const char *name)
{
    listed[listed_count++] = rk_features_want(&features, rk_text(name));
}

static struct rk_cover_facts facts(bool bank)
{
    return (struct rk_cover_facts){.features = &features,
                                   .listed = listed,
                                   .listed_count = listed_count,
                                   .targets = &targets,
                                   .panelists = bank ? &panelists : NULL,
                                   .people = bank ? NULL : &people,
                                   .recruitments = bank ? &recruitments : NULL,
                                   .assignments = bank ? &assignments : NULL,
                                   .day = RK_NO_DATE};
}

static void clear(void)
{
    rk_cover_free(cover);
    rk_features_free(&features);
    rk_panelists_free(&panelists);
    rk_people_free(&people);
    rk_targets_free(&targets);
    rk_recruitments_free(&recruitments);
    rk_assignments_free(&assignments);
    cover = NULL;
    listed_count = 0;
}

/* The row of these names; NULL where there is none. */
static const struct rk_measure *row(const char *feature, const char *value, const char *pool,
                                    const char *measure, const char *variant)
{
    size_t count;
    const struct rk_cover_row *rows = rk_cover_rows(cover, &count);
    for (size_t i = 0; i < count; i++)
        if (rk_text_is(rows[i].feature, feature) && rk_text_is(rows[i].value, value) &&
            !strcmp(rows[i].pool, pool) && !strcmp(rows[i].measure.measure, measure) &&
            rk_text_is(rows[i].measure.variant, variant))
            return &rows[i].measure;
    return NULL;
}

static double figure(const char *feature, const char *value, const char *pool, const char *measure,
                     const char *variant)
{
    const struct rk_measure *found = row(feature, value, pool, measure, variant);
    return found ? found->estimate : NAN;
}

/* ---- the bank ---- */

static const char bank[] = "panelist_id,status,experience,gender,joined,left,trained_on,consent_"
                           "until,consent_withdrawn_on\n"
                           "A,active,care|school,woman,2024-01-01,,2024-02-01,2027-01-01,\n"
                           "B,active,care,woman,2024-01-01,,,2027-01-01,\n"
                           "C,active,care,man,2024-01-01,,2024-02-01,2027-01-01,2025-06-01\n"
                           "D,paused,care,man,2024-01-01,,2024-02-01,2027-01-01,\n"
                           "E,left,care,woman,2024-01-01,2025-09-01,2024-02-01,2027-01-01,\n"
                           "F,applied,care,woman,2025-11-01,,,,\n"
                           "G,applied,care,man,2024-01-01,,,,\n";
static const char jobs[] =
    "recruitment_id,department,role,rubric,status,seats,need,want,opened,cancelled_on\n"
    "R1,SOF,r,r,decided,2,care|rare,school:2,2025-01-01,\n"
    "R2,AMF,r,r,open,3,,rare|care,2025-10-01,\n"
    "R3,AMF,r,r,cancelled,9,never,,2025-01-01,2025-02-01\n";
static const char seats[] = "recruitment_id,panelist_id,seat,status\n"
                            "R1,A,member,attended\nR1,E,member,absent\nR1,C,member,declined\n"
                            "R2,A,member,confirmed\nR2,G,member,proposed\n";

static void pools(void)
{
    list("gender");
    read_table(PANELISTS, bank);
    read_table(RECRUITMENTS, jobs);
    read_table(ASSIGNMENTS, seats);
    struct rk_cover_facts f = facts(true);
    CHECK(!rk_cover_new(&cover, &f, &error));
    rk_cover_tell(cover, NULL, RK_TEXT(""), true);
    static const struct {
        const char *pool;
        double people, women;
    } wanted[] = {{"applied", 7, 4}, /* all */
                  {"bank", 6, 3},    /* not F; G was invited */
                  {"active", 3, 2},   {"paused", 1, 0},
                  {"left", 1, 1},     {"consented", 2, 2}, /* C took it back */
                  {"trained", 1, 1},  {"invited", 4, 2},   /* A once, C, E, G */
                  {"declined", 1, 0}, {"accepted", 2, 2},
                  {"attended", 1, 1}, {"absent", 1, 1}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        CHECK(figure("", "", wanted[i].pool, "persons", "") == wanted[i].people);
        if (wanted[i].women > 0)
            CHECK(figure("gender", "woman", wanted[i].pool, "persons", "") == wanted[i].women);
    }
    NEAR(figure("", "", "invited", "rate", "bank"), 4.0 / 6, 1e-12);
    NEAR(figure("gender", "woman", "invited", "rate_ratio", "bank"), 1, 1e-12);
    NEAR(figure("gender", "man", "declined", "rate_gap", "invited"), 0.5, 1e-12);
    /* experience: care by R1 (need) and R2 (want), rare likewise and nobody has it, never is not
     * asked */
    CHECK(figure("experience", "care", "demand", "recruitments", "need or want") == 2);
    CHECK(figure("experience", "care", "demand", "seats", "need") == 2);
    CHECK(figure("experience", "care", "demand", "seats", "want") == 3);
    CHECK(figure("experience", "care", "demand", "supply", "active") == 3);
    NEAR(figure("experience", "care", "demand", "seats_per_person", "need or want"), 5.0 / 3,
         1e-12);
    CHECK(figure("experience", "rare", "demand", "supply", "active") == 0);
    CHECK(!row("experience", "never", "demand", "supply", "active"));
    size_t count;
    const struct rk_cover_missing *missing = rk_cover_missing(cover, &count);
    CHECK(count == 1 && rk_text_is(missing->experience, "rare") && missing->seats == 5 &&
          missing->recruitments == 2);
    /* assignments of the active: A 2, B 0, C 1; the busiest tenth is one person */
    CHECK(figure("", "", "invited", "assignments", "of the active") == 3);
    NEAR(figure("", "", "invited", "gini", ""), 4.0 / 9, 1e-12);
    CHECK(figure("", "", "invited", "gini", "least possible") == 0);
    NEAR(figure("", "", "invited", "top_share", "busiest tenth"), 2.0 / 3, 1e-12);
    NEAR(figure("", "", "invited", "never", ""), 1.0 / 3, 1e-12);
    CHECK(figure("", "", "invited", "persons_having", "1") == 1);
    CHECK(figure("", "", "attended", "persons_having", "0") == 2);
    /* of SOF alone */
    const bool counted[] = {true, false, false};
    rk_cover_tell(cover, counted, RK_TEXT("SOF"), false);
    const struct rk_cover_row *rows = rk_cover_rows(cover, &count);
    double invited = NAN;
    for (size_t i = 0; i < count; i++)
        if (rk_text_is(rows[i].by, "SOF")) {
            CHECK(strcmp(rows[i].pool, "active") && strcmp(rows[i].pool, "bank"));
            if (!strcmp(rows[i].pool, "invited") && !strcmp(rows[i].measure.measure, "persons") &&
                !rows[i].feature.size)
                invited = rows[i].measure.estimate;
        }
    CHECK(invited == 3);
    rk_cover_free(cover);

    /* as it was on 1 July 2025: E was active, F was not there, C had taken the consent back, R2 not
     * open */
    f.day = rk_date_days((struct rk_date){2025, 7, 1});
    CHECK(!rk_cover_new(&cover, &f, &error));
    rk_cover_tell(cover, NULL, RK_TEXT(""), true);
    CHECK(figure("", "", "applied", "persons", "") == 6);
    CHECK(figure("", "", "active", "persons", "") == 4);
    CHECK(figure("", "", "left", "persons", "") == 0);
    CHECK(figure("", "", "consented", "persons", "") == 3);
    CHECK(figure("", "", "invited", "persons", "") == 3);
    CHECK(figure("experience", "rare", "demand", "seats", "need or want") == 2);
    rk_cover_free(cover);
    f.day = rk_date_days((struct rk_date){2025, 5, 31});
    CHECK(!rk_cover_new(&cover, &f, &error));
    rk_cover_tell(cover, NULL, RK_TEXT(""), true);
    CHECK(figure("", "", "consented", "persons", "") == 4);
    clear();
}

/* ---- targets ---- */

static void mirrored(void)
{
    read_table(TARGETS,
               "feature,value,share,count\ncolour,red,0.5,\ncolour,blue,0.3,\n"
               "colour,green,0.2,\nsize × colour,big×green,,10\nsize×colour,small×red,,30\n"
               "part,left,0.25,\n");
    CHECK(!rk_targets_expect(&targets, &features, false, &error));
    list("colour");
    list("size×colour");
    list("part");
    read_table(PEOPLE,
               "count,selected,colour,size,part\n"
               "6,3,red,big,left\n4,0,blue,small,right\n2,1,yellow,small,left\n1,1,,big,\n");
    struct rk_cover_facts f = facts(false);
    CHECK(!rk_cover_new(&cover, &f, &error));
    rk_cover_tell(cover, NULL, RK_TEXT(""), true);
    /* shares are of the ten people whose colour has a target */
    const struct rk_measure *share = row("colour", "red", "all", "share", "");
    CHECK(share && share->estimate == 0.6 && share->n == 10 &&
          rk_text_is(share->method, "clopper-pearson"));
    NEAR(figure("colour", "red", "all", "ratio", ""), 1.2, 1e-12);
    NEAR(figure("colour", "red", "all", "gap", ""), 0.1, 1e-12);
    CHECK(figure("colour", "green", "all", "persons", "") == 0);
    CHECK(figure("colour", "yellow", "all", "persons", "") == 2);
    CHECK(!row("colour", "yellow", "all", "share", ""));
    CHECK(figure("colour", "(missing)", "all", "persons", "") == 1);
    NEAR(figure("colour", "", "all", "covered", "target"), 0.8, 1e-12);
    NEAR(figure("colour", "", "all", "total_variation", ""), 0.2, 1e-12);
    NEAR(figure("colour", "", "all", "chi_square", "df 2"), 1.0 / 5 + 1.0 / 3 + 2, 1e-12);
    CHECK(
        !row("colour", "", "all", "chi_square_p", "df 2")); /* two cells of three expect under 5 */
    CHECK(row("colour", "", "all", "exact_p", "multinomial"));
    CHECK(figure("colour", "red", "selected", "rate", "all") == 0.5);
    /* counts become shares; two values of the cross with targets, and nobody has them */
    NEAR(figure("size×colour", "small×red", "all", "target", ""), 0.75, 1e-12);
    CHECK(figure("size×colour", "", "all", "nobody", "cells") == 2);
    /* a quarter is told of: the rest is one cell */
    NEAR(figure("part", "left", "all", "share", ""), 8.0 / 12, 1e-12);
    NEAR(figure("part", "(other)", "all", "target", ""), 0.75, 1e-12);
    CHECK(figure("part", "(other)", "all", "persons", "") == 4);
    size_t count;
    const struct rk_cover_gap *gaps = rk_cover_gaps(cover, &count);
    CHECK(count == 7); /* green, the two crossed; and in `selected` those and blue */
    CHECK(gaps[0].target == 0.75 && gaps[0].pool == RK_COVER_ALL && !gaps[0].is_known);
    for (size_t i = 3; i < count; i++)
        CHECK(gaps[i].pool == RK_COVER_SELECTED && gaps[i].is_known == (gaps[i].target != 0.3));
    /* the first row of values is the one with nobody */
    const struct rk_cover_row *rows = rk_cover_rows(cover, &count);
    for (size_t i = 0; i < count; i++)
        if (rk_text_is(rows[i].feature, "colour") && rows[i].value.size &&
            !rk_text_is(rows[i].value, "(missing)")) {
            CHECK(rk_text_is(rows[i].value, "green"));
            break;
        }
    clear();
}

static void wrong_targets(void)
{
    static const char *const wrong[] = {"colour,red,0.5,\ncolour,blue,,3\n",
                                        "colour,red,0.7,\ncolour,blue,0.7,\n",
                                        "colour,red,0,\ncolour,blue,0,\n", "both,red,,5\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct rk_buf text = {0};
        rk_buf_printf(&text, "feature,value,share,count\n%s", wrong[i]);
        read_table(TARGETS, text.text);
        rk_buf_free(&text);
        CHECK(!rk_targets_expect(&targets, &features, false, &error));
        list(i < 3 ? "colour" : "both");
        read_table(PEOPLE, "count,colour,both\n6,red,red|blue\n");
        struct rk_cover_facts f = facts(false);
        enum rk_status status = rk_cover_new(&cover, &f, &error);
        CHECK(status == RK_BAD_DATA && *error.text);
        clear();
    }
    read_table(TARGETS, "feature,value,share\na×b,x,1\n");
    CHECK(rk_targets_expect(&targets, &features, false, &error) == RK_BAD_DATA);
    clear();
    read_table(TARGETS, "feature,value,share\na×b,x×y,0.5\na × b,x × y,0.5\n");
    CHECK(rk_targets_expect(&targets, &features, false, &error) == RK_BAD_DATA);
    clear();
}

/* ---- what is hidden ---- */

enum { ROWS = 2, COLUMNS = 3, CELLS = ROWS * COLUMNS, LEAST = 4 };
/* The numbers of a table: cells, then sums of rows and of columns, then people without a row,
 * without a column, and without either of the two (or both). */
enum {
    OF_ROWS = CELLS,
    OF_COLUMNS = CELLS + ROWS,
    NO_ROW = OF_COLUMNS + COLUMNS,
    NO_COLUMN,
    NO_CELL,
    NUMBERS
};

/* What is told of each: the number, or -1 = hidden (then it is at least `floor`: 1, or 0 where one that is
 * nobody's is hidden too). */
struct attacker {
    int64_t total, told[NUMBERS], floor;
    int64_t cells[CELLS], least[NUMBERS], most[NUMBERS];
    bool empty_hidden;
};

static int64_t told_of(const char *feature, const char *value, int64_t otherwise)
{
    const struct rk_measure *shown = row(feature, value, "all", "persons", "");
    if (row(feature, value, "all", "hidden", "under")) {
        CHECK(!shown);
        return -1;
    }
    return shown ? (int64_t)shown->estimate : otherwise;
}

static bool fits(const struct attacker *a, int number, int64_t of)
{
    return a->told[number] < 0 ? of >= a->floor : a->told[number] == of;
}

static void can_be(struct attacker *a, int i, int64_t least, int64_t most)
{
    a->least[i] = least < a->least[i] ? least : a->least[i];
    a->most[i] = most > a->most[i] ? most : a->most[i];
}

/* Can `lost` people be shared among the lines, so that what is told of their sums holds? With
 * `note`, the sums that are hidden can be from that of their cells alone to that with all who are
 * left. */
static bool can_share(struct attacker *a, int first, int count, const int64_t *sums, int64_t lost,
                      bool note)
{
    int64_t left = lost, open = 0, needed = 0;
    for (int i = 0; i < count; i++)
        if (a->told[first + i] >= 0) {
            if (sums[i] > a->told[first + i])
                return false;
            left -= a->told[first + i] - sums[i];
        } else {
            open++;
            needed += a->floor > sums[i];
        }
    if (left < needed || (!open && left))
        return false;
    for (int i = 0; note && i < count; i++)
        if (a->told[first + i] < 0) {
            int64_t own = a->floor > sums[i], others = needed - own;
            can_be(a, first + i, open > 1 ? sums[i] + own : sums[i] + left,
                   sums[i] + left - others);
        } else {
            can_be(a, first + i, a->told[first + i], a->told[first + i]);
        }
    return true;
}

/* All tables that fit: the least and the most that each number can be. */
static void attack(struct attacker *a, int at, int64_t left)
{
    if (at < CELLS) {
        bool hidden = a->told[at] < 0;
        for (int64_t n = hidden ? a->floor : a->told[at]; n <= left && (hidden || n == a->told[at]); n++) {
            a->cells[at] = n;
            attack(a, at + 1, left - n);
        }
        return;
    }
    if (!fits(a, NO_CELL, left))
        return;
    int64_t rows[ROWS] = {0}, columns[COLUMNS] = {0};
    for (int i = 0; i < CELLS; i++) {
        rows[i / COLUMNS] += a->cells[i];
        columns[i % COLUMNS] += a->cells[i];
    }
    for (int64_t both = 0; both <= left; both++)
        for (int64_t lost = 0; lost + both <= left; lost++) { /* have a row and no column */
            int64_t no_column = lost + both, no_row = left - lost;
            if (!fits(a, NO_COLUMN, no_column) || !fits(a, NO_ROW, no_row) ||
                !can_share(a, OF_ROWS, ROWS, rows, lost, false) ||
                !can_share(a, OF_COLUMNS, COLUMNS, columns, left - both - lost, false))
                continue;
            can_share(a, OF_ROWS, ROWS, rows, lost, true);
            can_share(a, OF_COLUMNS, COLUMNS, columns, left - both - lost, true);
            for (int i = 0; i < CELLS; i++)
                can_be(a, i, a->cells[i], a->cells[i]);
            can_be(a, NO_ROW, no_row, no_row);
            can_be(a, NO_COLUMN, no_column, no_column);
            can_be(a, NO_CELL, left, left);
        }
}

/* People of a random table into the file and the numbers. */
static int64_t make_up(struct rk_random *random, bool missing, struct rk_buf *text,
                       int64_t *numbers)
{
    int64_t total = 0;
    rk_buf_text(text, "count,a,b\n");
    for (int r = 0; r <= ROWS; r++)
        for (int c = 0; c <= COLUMNS; c++) {
            bool lost = r == ROWS || c == COLUMNS;
            int64_t n = (int64_t)rk_random_below(random, lost ? 3 : missing ? 6 : 9);
            if (rk_random_below(random, 3) == 0 || (lost && !missing))
                n = 0;
            total += n;
            numbers[r == ROWS ? NO_ROW : OF_ROWS + r] += n;
            numbers[c == COLUMNS ? NO_COLUMN : OF_COLUMNS + c] += n;
            numbers[lost ? NO_CELL : r * COLUMNS + c] += n;
            rk_buf_printf(text, "%d,", (int)n);
            rk_buf_printf(text, r < ROWS ? "r%d," : ",", r);
            rk_buf_printf(text, c < COLUMNS ? "c%d\n" : "\n", c);
        }
    return total;
}

static void look(struct attacker *a, const int64_t *numbers)
{
    char value[16];
    for (int i = 0; i < CELLS; i++) {
        snprintf(value, sizeof value, "r%d×c%d", i / COLUMNS, i % COLUMNS);
        a->told[i] = told_of("a×b", value, -2);
        CHECK(a->told[i] == -1 || a->told[i] == numbers[i]);
    }
    for (int i = 0; i < ROWS + COLUMNS; i++) {
        snprintf(value, sizeof value, i < ROWS ? "r%d" : "c%d", i < ROWS ? i : i - ROWS);
        a->told[OF_ROWS + i] = told_of(i < ROWS ? "a" : "b", value, -2);
        CHECK(a->told[OF_ROWS + i] == -1 || a->told[OF_ROWS + i] == numbers[OF_ROWS + i]);
    }
    a->told[NO_ROW] = told_of("a", "(missing)", numbers[NO_ROW]);
    a->told[NO_COLUMN] = told_of("b", "(missing)", numbers[NO_COLUMN]);
    a->told[NO_CELL] = told_of("a×b", "(missing)", numbers[NO_CELL]);
    for (int i = 0; i < NUMBERS; i++)
        a->empty_hidden |= !numbers[i] && a->told[i] == -1;
}

static void choose(void *context, const struct rk_report_cells *cells, bool *hidden)
{
    struct rk_guard guard = rk_guard_report(cells);
    (void)context;
    memcpy(hidden, guard.hidden, cells->figures);
    rk_free(guard.hidden);
}

/* Whether a small number that is hidden can be but one. */
static bool all_ranges(struct attacker *a, const int64_t *numbers)
{
    bool settled = false;
    for (int i = 0; i < NUMBERS; i++)
        a->least[i] = INT64_MAX, a->most[i] = -1;
    bool known = told_of("", "", 0) >= 0; /* else it may be any, and some more are tried */
    for (int64_t total = known ? a->total : a->floor; total <= a->total + (known ? 0 : 3); total++)
        attack(a, 0, total);
    for (int i = 0; i < NUMBERS; i++)
        settled |= numbers[i] > 0 && numbers[i] < LEAST && a->least[i] == a->most[i];
    return settled;
}

static void hidden_cells(bool missing, int rounds)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("cover"));
    int small = 0, shown = 0, hidden = 0, unknown = 0;
    for (int round = 0; round < rounds; round++) {
        int64_t numbers[NUMBERS] = {0};
        struct rk_buf text = {0};
        struct attacker a = {.total = make_up(&random, missing, &text, numbers)};
        list("a×b");
        list("a");
        list("b");
        read_table(PEOPLE, text.text);
        rk_buf_free(&text);
        struct rk_cover_facts f = facts(false);
        f.min_count = LEAST;
        CHECK(!rk_cover_new(&cover, &f, &error));
        do
            rk_cover_tell(cover, NULL, RK_TEXT(""), true);
        while (rk_cover_choose(cover, choose, NULL));
        look(&a, numbers);
        a.floor = !a.empty_hidden;
        bool settled = all_ranges(&a, numbers);
        if (settled && a.floor) { /* that nobody is hidden is not for everybody to know */
            a.floor = 0;
            settled = all_ranges(&a, numbers);
        }
        if (settled)
            printf("round %d\n", round);
        CHECK(!settled);
        unknown += !a.floor;
        for (int i = 0; i < NUMBERS; i++) {
            hidden += a.told[i] < 0;
            shown += a.told[i] > 0;
            CHECK(a.least[i] <= numbers[i] && numbers[i] <= a.most[i]);
            small += numbers[i] > 0 && numbers[i] < LEAST;
        }
        clear();
    }
    CHECK(small > rounds && hidden > rounds && shown > rounds);
    CHECK(unknown < rounds / 3);
}

int main(void)
{
    int fd = mkstemp(path);
    for (int i = 0; i < 5; i++)
        if (fd < 0 || rk_schema_load(&schemas[i], "share/schema", names[i], &error)) {
            printf("%s\n", error.text);
            return 1;
        }
    close(fd);
    pools();
    mirrored();
    wrong_targets();
    hidden_cells(false, 1000);
    hidden_cells(true, 400);
    unlink(path);
    for (int i = 0; i < 5; i++)
        rk_schema_free(schemas[i]);
    return finish();
}
