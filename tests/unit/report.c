/* lib/report: how a language writes numbers, what is hidden, what is escaped, and a month worked
 * out by hand. */
#include "base/sha256.h"
#include "check.h"
#include "report/monthly.h"
#include "report/render.h"
#include "tool/guard.h"

#define NBSP "\xc2\xa0"

static struct rk_buf buf;

static const char *number(enum rk_language language, const char *text, int decimals)
{
    rk_fixed value;
    rk_buf_clear(&buf);
    CHECK(rk_fixed_parse(rk_text(text), &value));
    rk_say_number(&buf, language, value, decimals);
    return buf.text;
}

static void numbers(void)
{
    CHECK_TEXT(number(RK_SWEDISH, "1234567.891", 2), "1" NBSP "234" NBSP "567,89");
    CHECK_TEXT(number(RK_ENGLISH, "1234567.891", 2), "1,234,567.89");
    CHECK_TEXT(number(RK_SWEDISH, "-0.5", 1), "\xe2\x88\x92"
                                              "0,5");
    CHECK_TEXT(number(RK_ENGLISH, "-0.5", 1), "-0.5");
    CHECK_TEXT(number(RK_SWEDISH, "-0.04", 1), "0,0"); /* no minus nought */
    CHECK_TEXT(number(RK_SWEDISH, "0.25", 1), "0,2");  /* half to even */
    CHECK_TEXT(number(RK_SWEDISH, "999.95", 1), "1" NBSP "000,0");
    CHECK_TEXT(number(RK_SWEDISH, "100", 0), "100");
    CHECK_TEXT(number(RK_ENGLISH, "3.05", 2), "3.05");
    rk_buf_clear(&buf);
    rk_say_percent(&buf, RK_SWEDISH, RK_FIXED_ONE * 456 / 1000, 0);
    CHECK_TEXT(buf.text, "46" NBSP "%");
    rk_buf_clear(&buf);
    rk_say_percent(&buf, RK_ENGLISH, RK_FIXED_ONE / 8, 1);
    CHECK_TEXT(buf.text, "12.5%");
    int32_t day = rk_date_days((struct rk_date){2019, 10, 16});
    rk_buf_clear(&buf);
    rk_say_date(&buf, RK_SWEDISH, day);
    CHECK_TEXT(buf.text, "16 oktober 2019");
    rk_buf_clear(&buf);
    rk_say_date(&buf, RK_ENGLISH, day);
    CHECK_TEXT(buf.text, "16 October 2019");
    rk_buf_clear(&buf);
    rk_say_months(&buf, RK_SWEDISH, 2020 * 12, 2020 * 12 + 2);
    CHECK_TEXT(buf.text, "januari–mars 2020");
    rk_buf_clear(&buf);
    rk_say_months(&buf, RK_ENGLISH, 2019 * 12 + 10, 2020 * 12);
    CHECK_TEXT(buf.text, "November 2019–January 2020");
    rk_buf_clear(&buf);
    rk_say_months(&buf, RK_SWEDISH, 2020 * 12 + 2, 2020 * 12 + 2);
    CHECK_TEXT(buf.text, "mars 2020");
}

static void digests(void)
{
    char hex[RK_SHA256_HEX]; /* FIPS 180-4 examples (NIST CSRC) */
    rk_sha256(hex, "abc", 3);
    CHECK_TEXT(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    rk_sha256(hex, "", 0);
    CHECK_TEXT(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    struct rk_error error;
    CHECK(rk_sha256_file(hex, "/nowhere/at/all", &error) == RK_FAILED);
}

/* ---- what is hidden ---- */

enum { MOST_FIGURES = 200 };
static bool chosen[MOST_FIGURES]; /* what the guard hid of the report made last */

/* Hides in the only table of the report what must be. */
static void guard(struct rk_report *report)
{
    struct rk_report_cells cells = {0};
    rk_report_cells_make(&cells, report);
    struct rk_guard g = rk_guard_report(&cells);
    CHECK(cells.figures <= MOST_FIGURES);
    memcpy(chosen, g.hidden, cells.figures * sizeof *chosen);
    rk_report_protect(report->sections[0].table, report->threshold, g.hidden);
    rk_free(g.hidden);
    rk_report_cells_free(&cells);
}

/* Rows of counts with their sums; `known`: the sums of rows are told elsewhere. */
static struct rk_report_table *counted(struct rk_report *report, const int64_t *counts, size_t rows,
                                       size_t columns, bool known)
{
    *report = (struct rk_report){.language = RK_ENGLISH, .threshold = 5};
    struct rk_report_section *section = rk_report_section(report, "a", "A");
    struct rk_report_table *table = rk_section_table(report, section, "caption", "corner");
    for (size_t c = 0; c <= columns; c++) {
        rk_report_column(table, c < columns ? "part" : "all", RK_COUNTED, 0);
        table->columns[c].whole = RK_SUM;
        table->columns[c].part = c < columns;
    }
    table->columns[columns].total = true;
    table->columns[columns].known = known;
    for (size_t r = 0; r <= rows; r++) {
        struct rk_figure *f = rk_report_row(table, "row", r == rows);
        int64_t all = 0;
        for (size_t c = 0; c < columns; c++) {
            int64_t n = 0;
            for (size_t i = 0; i < rows; i++)
                n += r == rows || i == r ? counts[i * columns + c] : 0;
            f[c] = rk_figure_count(n, true);
            all += n;
        }
        f[columns] = rk_figure_count(all, true);
    }
    return table;
}

/* `[c]` where hidden: "3 9 12/…". */
static const char *protected(const int64_t *counts, size_t rows, size_t columns, bool known)
{
    struct rk_report report;
    struct rk_report_table *table = counted(&report, counts, rows, columns, known);
    guard(&report);
    rk_report_protect(table, 5, chosen); /* again changes nothing */
    rk_buf_clear(&buf);
    for (size_t r = 0; r <= rows; r++)
        for (size_t c = 0; c <= columns; c++) {
            const struct rk_figure *f = &table->rows[r].figures[c];
            rk_buf_printf(&buf, "%s%s",
                          c   ? " "
                          : r ? "/"
                              : "",
                          rk_figure_text(&report, &table->columns[c], f));
            CHECK(rk_figure_shown(f) || f->value == 0); /* no value behind the sign */
        }
    rk_report_free(&report);
    return buf.text;
}

static void hidden(void)
{
    CHECK_TEXT(protected((int64_t[]){5, 9, 8, 7}, 2, 2, false), "5 9 14/8 7 15/13 16 29");
    /* the least that keeps the 4: a rectangle of figures, 9 + 8 + 7 of them */
    CHECK_TEXT(protected((int64_t[]){4, 9, 8, 7}, 2, 2, false), "[c] [c] 13/[c] [c] 15/12 16 28");
    CHECK_TEXT(protected((int64_t[]){4, 9, 8, 7}, 2, 2, true), "[c] [c] 13/[c] [c] 15/12 16 28");
    CHECK_TEXT(protected((int64_t[]){0, 9, 8, 7}, 2, 2, false), "0 9 9/8 7 15/8 16 24");
    /* nought is shown: with the 3 its row is known, and so the column's sum and that of all go */
    CHECK_TEXT(protected((int64_t[]){3, 0, 8, 7}, 2, 2, false), "[c] 0 [c]/[c] 7 [c]/11 7 18");
    /* where the row's sum is told elsewhere, it is not */
    CHECK_TEXT(protected((int64_t[]){3, 0, 8, 7}, 2, 2, true), "[c] [c] [c]/[c] [c] 15/11 7 18");
    CHECK_TEXT(protected((int64_t[]){3}, 1, 1, false), "[c] [c]/[c] [c]");
    CHECK_TEXT(protected((int64_t[]){3, 4}, 2, 1, false), "[c] [c]/[c] [c]/7 7");
    /* one person each: everybody who knows that no hidden one is nought would know all */
    CHECK_TEXT(protected((int64_t[]){1, 1, 1, 1, 1}, 5, 1, false),
               "[c] [c]/[c] [c]/[c] [c]/[c] [c]/[c] [c]/[c] [c]");
}

/* Whoever counts on his fingers: every table of whole numbers up to the sum that agrees with what is
 * shown; a hidden small figure is not the same in all of them. */
static void fingers(void)
{
    uint64_t state = 7;
    for (int round = 0; round < 80; round++) {
        int64_t counts[4], other[4];
        for (int i = 0; i < 4; i++) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            counts[i] = (int64_t)(state >> 33) % 10;
        }
        struct rk_report report;
        counted(&report, counts, 2, 2, false);
        guard(&report);
        rk_report_free(&report);
        int64_t low[9], high[9];
        for (int i = 0; i < 9; i++) {
            low[i] = INT64_MAX;
            high[i] = -1;
        }
        enum { END = 22 };
        int64_t mine[9], his[9];
#define FILL(into, of)                                                                             \
    memcpy(into,                                                                                   \
           ((int64_t[9]){of[0], of[1], of[0] + of[1], of[2], of[3], of[2] + of[3], of[0] + of[2],  \
                         of[1] + of[3], of[0] + of[1] + of[2] + of[3]}),                           \
           sizeof into)
        FILL(mine, counts);
        for (int64_t t = 0; t < (int64_t)END * END * END * END; t++) {
            for (int64_t i = 0, rest = t; i < 4; i++, rest /= END)
                other[i] = rest % END;
            FILL(his, other);
            bool agrees = true;
            for (int i = 0; i < 9; i++)
                agrees = agrees && (chosen[i] || his[i] == mine[i]);
            for (int i = 0; i < 9 && agrees; i++) {
                low[i] = his[i] < low[i] ? his[i] : low[i];
                high[i] = his[i] > high[i] ? his[i] : high[i];
            }
        }
        for (int i = 0; i < 9; i++)
            if (mine[i] > 0 && mine[i] < 5)
                CHECK(chosen[i] && low[i] < high[i]);
    }
}

static void escaping(void)
{
    rk_buf_clear(&buf);
    rk_escape_html(&buf, "<script>\"a\" & 'b'\x01</script>");
    CHECK_TEXT(buf.text,
               "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;\xef\xbf\xbd&lt;/script&gt;");
    rk_buf_clear(&buf);
    rk_escape_markdown(&buf, "=cmd|' /C calc'!A0");
    CHECK_TEXT(buf.text, "\\=cmd\\|' /C calc'!A0");
    rk_buf_clear(&buf);
    rk_escape_markdown(&buf, "a*b_c`d\n<img src=x>[e](f)");
    CHECK_TEXT(buf.text, "a\\*b\\_c\\`d &lt;img src=x&gt;\\[e\\](f)");
}

/* ---- a month by hand ---- */

static struct rk_material material;
static uint32_t word(const char *text) { return rk_material_word(&material, text); }
static int32_t day(int month, int d) { return rk_date_days((struct rk_date){2020, month, d}); }

#define ADD(table, ...)                                                                            \
    do {                                                                                           \
        RK_GROW(material.table, material.table##_count, material.table##_room);                    \
        material.table[material.table##_count++] = (__typeof__(*material.table))__VA_ARGS__;       \
        material.present[RK_MATERIAL_##table] = true;                                              \
    } while (0)

static void recruitment(const char *id, const char *department, int32_t opened, int32_t decided,
                        int32_t cancelled)
{
    ADD(recruitments, {.id = word(id),
                       .department = word(department),
                       .role = word("carer"),
                       .status = word("open"),
                       .seats = 3,
                       .reserves = 1,
                       .opened = opened,
                       .closes = opened + 14,
                       .decided = decided,
                       .cancelled = cancelled});
}

static void ranked(const char *recruitment_id, const char *candidate, int rank, int user, int staff)
{
    struct rk_material_ranking row = {
        word(recruitment_id), word("interview"), word(candidate), RK_NONE, rk_fixed_int(rank), 0};
    const uint32_t groups[] = {word("user"), word("staff")};
    ADD(ranking, {row.recruitment, row.stage, row.candidate, RK_NONE, row.value, 0});
    ADD(ranking,
        {row.recruitment, row.stage, row.candidate, groups[0], rk_fixed_int(user), RK_FIXED_ONE});
    ADD(ranking,
        {row.recruitment, row.stage, row.candidate, groups[1], rk_fixed_int(staff), RK_FIXED_ONE});
}

static void fill(void)
{
    rk_material_start(&material);
    recruitment("R1", "AMF", day(1, 10), day(3, 1), RK_NO_DAY);  /* 51 days; the first of March */
    recruitment("R2", "AMF", day(2, 20), day(3, 31), RK_NO_DAY); /* 40 days; the last of March */
    recruitment("R3", "SOF", day(2, 1), day(4, 1), RK_NO_DAY);   /* decided the day after */
    recruitment("R4", "SOF", day(3, 5), RK_NO_DAY, day(3, 20));  /* cancelled */
    recruitment("R5", "SOF", day(4, 1), RK_NO_DAY, RK_NO_DAY);   /* not yet */
    static const char *const people[] = {"P1", "P2", "P3", "P4", "P5", "P6", "P7"};
    for (int i = 0; i < 7; i++) { /* seven at the interview, three of them at the shortlist */
        ADD(activities,
            {word(people[i]), word("R1"), word("interview"), day(3, 10), rk_fixed_int(2)});
        if (i < 3)
            ADD(activities, {word(people[i]), word("R1"), word("shortlist"), day(3, 3),
                             RK_FIXED_ONE * 1234 / 100});
        ADD(assignments, {word(i < 3 ? "R1" : "R2"), word(people[i]), word("member"),
                          word(i == 6 ? "declined" : "confirmed"), word(""), RK_NO_DAY});
    }
    ADD(activities, {word("P1"), word("R1"), word("interview"), day(1, 31), rk_fixed_int(2)});
    /* users and staff: one recruitment in the same order but for one tie, one half reversed */
    ranked("R1", "A", 1, 90, 80);
    ranked("R1", "B", 2, 70, 80);
    ranked("R1", "C", 3, 50, 40);
    ranked("R2", "D", 1, 90, 60);
    ranked("R2", "E", 2, 80, 70);
    ranked("R2", "F", 3, 10, 20);
    ADD(decisions, {.recruitment = word("R1"),
                    .candidate = word("A"),
                    .outcome = word("hired"),
                    .decided = day(3, 1),
                    .legal_force = RK_NO_DAY,
                    .users_told = RK_NO_DAY,
                    .candidates_told = RK_NO_DAY});
}

static struct rk_specification_section sections[] = {
    {.id = "a",
     .title = {"A", "A"},
     .measure = "recruitments",
     .by = "department",
     .show_small = true},
    {.id = "b",
     .title = {"B", "B"},
     .measure = "participation",
     .by = "stage",
     .chart = RK_SPEC_BARS},
    {.id = "c",
     .title = {"C", "C"},
     .measure = "people-by-month",
     .by = "month",
     .chart = RK_SPEC_COLUMNS},
    {.id = "d", .title = {"D", "D"}, .measure = "order", .by = "department", .chart = RK_SPEC_DOTS},
    {.id = "e", .title = {"E", "E"}, .measure = "days", .by = "department", .show_small = true},
    {.id = "f", .title = {"F", "F"}, .measure = "seats", .by = "department", .chart = RK_SPEC_BARS},
    {.id = "g", .title = {"G", "G"}, .measure = "presence", .by = "stage", .chart = RK_SPEC_DOTS},
};

static struct rk_specification specification = {.id = "test",
                                                .title = {"Prov", "Test"},
                                                .language = "sv",
                                                .threshold = 5,
                                                .groups = {"user", "staff"},
                                                .sections = sections,
                                                .section_count =
                                                    sizeof sections / sizeof *sections};

static void make(struct rk_report *report, const struct rk_specification *of,
                 enum rk_language language, int32_t month)
{
    static const struct rk_picks no_picks;
    static const struct rk_measure_rows no_rows;
    struct rk_report all;
    struct rk_report_cells cells = {0};
    rk_monthly_report(&all, of, &no_picks, &no_rows, &material, language, month, month, NULL);
    rk_report_cells_make(&cells, &all);
    struct rk_guard g = rk_guard_report(&cells);
    rk_monthly_report(report, of, &no_picks, &no_rows, &material, language, month, month, g.hidden);
    rk_free(g.hidden);
    rk_report_cells_free(&cells);
    rk_report_free(&all);
}

/* The figures of a row, or "none". */
static const char *row(struct rk_report *report, size_t section, size_t r)
{
    const struct rk_report_table *table = report->sections[section].table;
    if (!table || r >= table->row_count)
        return "none";
    rk_buf_clear(&buf);
    rk_buf_printf(&buf, "%s:", table->rows[r].label);
    for (size_t c = 0; c < table->column_count; c++)
        rk_buf_printf(&buf, " %s",
                      rk_figure_text(report, &table->columns[c], &table->rows[r].figures[c]));
    return buf.text;
}

static void month(void)
{
    struct rk_report report;
    const int32_t march = 2020 * 12 + 2;
    make(&report, &specification, RK_ENGLISH, march);
    /* under way, opened, decided, cancelled, open at the end */
    CHECK_TEXT(row(&report, 0, 0), "AMF: 2 0 2 0 0");
    CHECK_TEXT(row(&report, 0, 1), "SOF: 2 1 0 1 1");
    CHECK_TEXT(row(&report, 0, 2), "All: 4 1 2 1 1");
    /* people, occasions, hours: 3 x 12.34 at the shortlist is hidden, and so are the 14 hours and 7
     * occasions that with those of all would tell it; people are counted once in all */
    CHECK_TEXT(row(&report, 1, 0), "shortlist: [c] [c] [c]");
    CHECK_TEXT(row(&report, 1, 1), "interview: 7 [c] [c]");
    CHECK_TEXT(row(&report, 1, 2), "All stages: 7 10 51.0");
    /* January has one person, February nobody: hidden is not the same as no data. */
    CHECK_TEXT(row(&report, 2, 0), "January 2020: [c] [c]");
    CHECK_TEXT(row(&report, 2, 1), "February 2020: [x] [x]");
    CHECK_TEXT(row(&report, 2, 2), "March 2020: 7 51.0");
    /* R1: 3 pairs, users all apart, staff tie A = B: 2 the same. R2: 3 pairs, D and E turned: 2 the
     * same, 1 opposite. 4 of 5 = 80 %; tau-b = (4 - 1) / sqrt(6 x 5) = 0.5477. Same first: R1 only.
     */
    CHECK_TEXT(row(&report, 3, 0), "AMF: [c] 6 [c] 80% 0.55"); /* two recruitments are few */
    CHECK_TEXT(row(&report, 3, 1), "All: [c] 6 [c] 80% 0.55");
    struct rk_specification told = specification;
    told.threshold = 1;
    struct rk_report all;
    make(&all, &told, RK_ENGLISH, march);
    CHECK_TEXT(row(&all, 3, 0), "AMF: 2 6 50% 80% 0.55");
    rk_report_free(&all);
    CHECK_TEXT(row(&report, 4, 0), "AMF: 2 45.5"); /* (51 + 40) / 2 */
    /* seats of R1, R2 and R3; the cancelled R4 and the declined seat do not count */
    CHECK_TEXT(row(&report, 5, 0), "AMF: 6 6 100% 0");
    CHECK_TEXT(row(&report, 5, 1), "SOF: 3 0 0% 0");
    CHECK_TEXT(row(&report, 6, 0), "none");
    CHECK(strstr(report.sections[6].paragraphs[0], "events was not given"));

    /* what is hidden stands nowhere, in no form and no language */
    for (int l = 0; l < 2; l++)
        for (int form = 0; form < 2; form++) {
            struct rk_report again;
            struct rk_buf text = {0}, second = {0};
            make(&again, &specification, (enum rk_language)l, march);
            (form ? rk_render_markdown : rk_render_html)(&text, &again);
            (form ? rk_render_markdown : rk_render_html)(&second, &again);
            static const char *const secrets[] = {"37.0", "37,0", "14.0", "14,0", "12.3", "12,3"};
            for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
                CHECK(!strstr(text.text, secrets[i]));
            CHECK(text.size == second.size && !memcmp(text.text, second.text, text.size));
            CHECK(strstr(text.text, l == RK_SWEDISH ? "INTERN – får inte publiceras"
                                                    : "INTERNAL – not for publication"));
            CHECK(!strstr(text.text, "<script") && !strstr(text.text, "http:") &&
                  !strstr(text.text, "https:"));
            rk_buf_free(&text);
            rk_buf_free(&second);
            rk_report_free(&again);
        }

    struct rk_buf svg = {0};
    rk_render_svg(&svg, &report, "b", report.sections[1].table, &report.sections[1].chart);
    CHECK(strstr(svg.text, "<title id=\"chart-b-title\">People who took part</title>"));
    CHECK(strstr(svg.text, "Bar chart. shortlist: hidden; interview: 7; All stages: 7."));
    size_t bars = 0; /* one bar is drawn: nothing for what is hidden, not even of no width */
    for (const char *at = svg.text; (at = strstr(at, "<rect")); at++)
        bars++;
    CHECK(bars == 1);
    rk_buf_free(&svg);
    rk_report_free(&report);

    /* a month of which nothing is known is told, and is not nought */
    make(&report, &specification, RK_SWEDISH, march + 24);
    CHECK(!report.sections[1].table);
    CHECK(strstr(report.sections[1].paragraphs[0], "Uppgift saknas"));
    rk_report_free(&report);
}

static void voice(const char *candidate, const char *group, int score, int weight)
{
    ADD(ranking, {word("R9"), word("*"), word(candidate), word(group), rk_fixed_int(score),
                  RK_FIXED_ONE * weight / 1000});
}

/* A side of two groups: their mean by weight, and only of candidates whom both scored. */
static void sides(void)
{
    rk_material_free(&material);
    rk_material_start(&material);
    recruitment("R9", "SFF", day(4, 1), day(5, 5), RK_NO_DAY);
    voice("X", "user", 80, 375); /* 80 x 3/4 + 40 x 1/4 = 70 */
    voice("X", "pupil", 40, 125);
    voice("X", "staff", 50, 500);
    voice("Y", "user", 60, 375); /* 60 x 3/4 + 100 x 1/4 = 70: a tie */
    voice("Y", "pupil", 100, 125);
    voice("Y", "staff", 60, 500);
    voice("Z", "user", 90, 375); /* no pupil scored Z */
    voice("Z", "staff", 90, 500);
    struct rk_specification_section only = sections[3];
    struct rk_specification spec = specification;
    spec.groups[0] = "user|pupil";
    spec.threshold = 1;
    spec.sections = &only;
    spec.section_count = 1;
    struct rk_report report;
    const int32_t may = 2020 * 12 + 4;
    make(&report, &spec, RK_ENGLISH, may);
    CHECK_TEXT(row(&report, 0, 0), "SFF: 1 2 100% [z] [z]");
    rk_report_free(&report);
    voice("Z", "pupil", 10, 125); /* 90 x 3/4 + 10 x 1/4 = 70: all alike; staff all apart */
    make(&report, &spec, RK_ENGLISH, may);
    CHECK_TEXT(row(&report, 0, 0), "SFF: 1 3 100% [z] [z]");
    rk_report_free(&report);
    spec.groups[0] = "user"; /* X 80, Y 60, Z 90 against 50, 60, 90: 2 of 3 pairs alike */
    make(&report, &spec, RK_ENGLISH, may);
    CHECK_TEXT(row(&report, 0, 0), "SFF: 1 3 100% 67% 0.33");
    rk_report_free(&report);
}

static void checks(void)
{
    static const char *both[] = {"recruitments", "assignments", NULL},
                      *one[] = {"recruitments", NULL};
    struct rk_specification_section s[2] = {
        {.id = "a", .measure = "seats", .by = "department", .source = both},
        {.id = "b", .measure = "recruitments", .by = "department", .source = one}};
    struct rk_specification spec = {.sections = s, .section_count = 2};
    struct rk_error error;
    CHECK(rk_monthly_check(&spec, "x.json", &error) == RK_OK);
    s[1].by = "departmnet";
    CHECK(rk_monthly_check(&spec, "x.json", &error) == RK_BAD_DATA);
    CHECK_TEXT(error.text, "sections[1].by: 'departmnet' is not known here; did you mean "
                           "'department'?");
    s[1].by = "role";
    s[0].show_small = true;
    CHECK(rk_monthly_check(&spec, "x.json", &error) == RK_BAD_DATA);
    CHECK(strstr(error.text, "counts people"));
    s[0].show_small = false;
    s[1] = s[0];
    CHECK(rk_monthly_check(&spec, "x.json", &error) == RK_BAD_DATA);
    CHECK(strstr(error.text, "in sections[0] already"));
    s[0].source = one;
    spec.section_count = 1;
    CHECK(rk_monthly_check(&spec, "x.json", &error) == RK_BAD_DATA);
    CHECK(strstr(error.text, "reads recruitments|assignments"));
}

/* å, ä and ö last and apart in Swedish, letters with something over them in English; case decides
 * nothing. */
static void order_of_labels(void)
{
    static const char *const swedish[] = {"arbete",    "École", "Ekonomi", "zoo", "Åhus",
                                          "Ängelholm", "ærlig", "Ödåkra",  "öl"};
    static const char *const english[] = {"Ähus",    "aid",   "Arena", "École",
                                          "ecology", "Öland", "zoo"};
    for (size_t i = 0; i + 1 < sizeof swedish / sizeof *swedish; i++)
        CHECK(rk_label_compare(swedish[i], swedish[i + 1], RK_SWEDISH) < 0 &&
              rk_label_compare(swedish[i + 1], swedish[i], RK_SWEDISH) > 0);
    for (size_t i = 0; i + 1 < sizeof english / sizeof *english; i++)
        CHECK(rk_label_compare(english[i], english[i + 1], RK_ENGLISH) < 0);
    CHECK(rk_label_compare("Ale", "ale", RK_SWEDISH) < 0);
    CHECK(!rk_label_compare("a", "a", RK_SWEDISH));
}

int main(void)
{
    order_of_labels();
    numbers();
    digests();
    hidden();
    fingers();
    escaping();
    fill();
    month();
    sides();
    checks();
    rk_material_free(&material);
    rk_buf_free(&buf);
    return finish();
}
