/* lib/report/before: a report and what has been published of it, held against whoever knows which
 * figures have changed and tries all tables that agree with both. */
#include "report/before.h"

#include "base/random.h"
#include "check.h"
#include "report/recorded.h"
#include "tool/guard.h"

enum { CELLS = 9, LEAVES = 4, THRESHOLD = 5 };

static const char *const rows[] = {"north", "south", "all"};
static const char *const columns[] = {"women", "men", "together"};

/* Two rows, two columns and their sums; of rows, those that are told elsewhere if `known`. */
static void fill(int64_t cell[CELLS], const int64_t leaf[LEAVES])
{
    for (int r = 0; r < 2; r++) {
        for (int c = 0; c < 2; c++)
            cell[3 * r + c] = leaf[2 * r + c];
        cell[3 * r + 2] = leaf[2 * r] + leaf[2 * r + 1];
    }
    for (int c = 0; c < 3; c++)
        cell[6 + c] = cell[c] + cell[3 + c];
}

static void make(struct rk_report *report, const int64_t cell[CELLS], bool known)
{
    *report = (struct rk_report){.language = RK_ENGLISH, .threshold = THRESHOLD};
    struct rk_report_table *table =
        rk_section_table(report, rk_report_section(report, "a", "A"), "", "");
    for (int c = 0; c < 3; c++) {
        rk_report_column(table, columns[c], RK_COUNTED, 0);
        table->columns[c].whole = RK_SUM;
        table->columns[c].part = c < 2;
        table->columns[c].total = c == 2;
        table->columns[c].known = c == 2 && known;
    }
    for (int r = 0; r < 3; r++) {
        struct rk_figure *f = rk_report_row(table, rows[r], r == 2);
        for (int c = 0; c < 3; c++)
            f[c] = rk_figure_count(cell[3 * r + c], true);
    }
}

/* Makes the report with what was told before; its record, what is hidden, and how many are lost. */
static uint32_t publish(const int64_t cell[CELLS], const struct rk_provenance *versions,
                        size_t count, struct rk_provenance *record, bool hidden[CELLS], bool known)
{
    struct rk_report report;
    struct rk_report_cells cells = {0};
    make(&report, cell, known);
    rk_report_cells_make(&cells, &report);
    for (size_t v = 0; v < count; v++)
        rk_report_cells_version(&cells, &report, &versions[v]);
    rk_report_cells_settle(&cells);
    struct rk_guard guard = rk_guard_report(&cells);
    rk_report_protect(report.sections[0].table, THRESHOLD, guard.hidden);
    for (int c = 0; c < CELLS; c++)
        hidden[c] = report.sections[0].table->rows[c / 3].figures[c % 3].state == RK_FIGURE_HIDDEN;
    rk_report_record(record, &report);
    uint32_t lost = guard.lost;
    rk_free(guard.hidden);
    rk_report_cells_free(&cells);
    rk_report_free(&report);
    return lost;
}

struct version {
    int64_t cell[CELLS];
    bool hidden[CELLS];
};

/* All tables of one version that agree with what it shows: cells of each, one after the other. */
static size_t all_tables(const struct version *v, int64_t (*tables)[CELLS])
{
    int64_t leaf[LEAVES], cell[CELLS], most = v->cell[8] + 3;
    size_t count = 0;
    for (leaf[0] = 0; leaf[0] <= most; leaf[0]++)
        for (leaf[1] = 0; leaf[0] + leaf[1] <= most; leaf[1]++)
            for (leaf[2] = 0; leaf[0] + leaf[1] + leaf[2] <= most; leaf[2]++)
                for (leaf[3] = 0; leaf[0] + leaf[1] + leaf[2] + leaf[3] <= most; leaf[3]++) {
                    bool agrees = true;
                    fill(cell, leaf);
                    for (int c = 0; c < CELLS && agrees; c++)
                        agrees = v->hidden[c] || cell[c] == v->cell[c];
                    if (agrees)
                        memcpy(tables[count++], cell, sizeof cell);
                }
    return count;
}

static bool small(int64_t value) { return value && value < THRESHOLD && value > -THRESHOLD; }

/* What whoever has both versions takes to be the same in both: what is, but for hidden figures in a
 * sum that tells that something in it is another. */
static void find_ties(const struct version *was, const struct version *is, bool tied[CELLS])
{
    static const int sums[][3] = {{2, 0, 1}, {5, 3, 4}, {8, 6, 7}, {6, 0, 3}, {7, 1, 4}, {8, 2, 5}};
    bool moved[CELLS] = {false};
    for (int s = 0; s < 6; s++) {
        int64_t left = 0;
        for (int i = 0; i < 3; i++) {
            int c = sums[s][i];
            left += (i ? 1 : -1) * (was->hidden[c] ? is : was)->cell[c];
        }
        for (int i = 0; i < 3 && left; i++)
            moved[sums[s][i]] = true;
    }
    for (int c = 0; c < CELLS; c++)
        tied[c] = was->cell[c] == is->cell[c] && !(was->hidden[c] && moved[c]);
}

/* How many small figures and changes whoever has both versions can tell. */
static int told(const struct version *was, const struct version *is)
{
    enum { MOST = 200000 };
    static int64_t then[MOST][CELLS], now[MOST][CELLS];
    size_t then_count = all_tables(was, then), now_count = all_tables(is, now);
    int64_t low[3][CELLS], high[3][CELLS];
    bool tied[CELLS];
    int known = 0;
    if (then_count * now_count > 3000000) /* little is told then, and it would take long */
        return -1;
    find_ties(was, is, tied);
    for (int c = 0; c < CELLS; c++)
        for (int k = 0; k < 3; k++) {
            low[k][c] = INT64_MAX;
            high[k][c] = INT64_MIN;
        }
    for (size_t a = 0; a < then_count; a++)
        for (size_t b = 0; b < now_count; b++) {
            bool agrees = true;
            for (int c = 0; c < CELLS && agrees; c++)
                agrees = !tied[c] || then[a][c] == now[b][c];
            for (int c = 0; c < CELLS && agrees; c++) {
                int64_t of[3] = {then[a][c], now[b][c], now[b][c] - then[a][c]};
                for (int k = 0; k < 3; k++) {
                    low[k][c] = of[k] < low[k][c] ? of[k] : low[k][c];
                    high[k][c] = of[k] > high[k][c] ? of[k] : high[k][c];
                }
            }
        }
    for (int c = 0; c < CELLS; c++) {
        int64_t truth[3] = {was->cell[c], is->cell[c], is->cell[c] - was->cell[c]};
        for (int k = 0; k < 3; k++)
            known += small(truth[k]) && low[k][c] == high[k][c];
    }
    return known;
}

static void change(struct rk_random *random, int64_t leaf[LEAVES])
{
    for (int i = 0; i < LEAVES; i++) {
        if (rk_random_below(random, 3))
            continue;
        leaf[i] += (int64_t)rk_random_below(random, 13) - 6;
        leaf[i] = leaf[i] < 0 ? 0 : leaf[i];
    }
}

/* Up to three versions, one after the other: nobody who has two of them can tell what is small.
 * Without regard to what was told, the second gives much away. */
static void test_versions(int rounds)
{
    enum { VERSIONS = 3 };
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("before"));
    int unaware = 0, looked = 0;
    for (int round = 0; round < rounds; round++) {
        int64_t leaf[LEAVES];
        struct version version[VERSIONS], alone;
        struct rk_provenance record[VERSIONS] = {{0}}, again = {0};
        for (int i = 0; i < LEAVES; i++)
            leaf[i] = (int64_t)rk_random_below(&random, 13);
        for (size_t v = 0; v < VERSIONS; v++) {
            fill(version[v].cell, leaf);
            CHECK(!publish(version[v].cell, record, v, &record[v], version[v].hidden, false));
            for (size_t was = 0; was < v; was++) {
                int known = told(&version[was], &version[v]);
                looked += known >= 0;
                CHECK(known <= 0);
            }
            change(&random, leaf);
        }
        alone = version[1];
        publish(alone.cell, NULL, 0, &again, alone.hidden, false);
        unaware += told(&version[0], &alone) > 0;
        for (size_t i = 0; i < VERSIONS; i++)
            rk_provenance_free(&record[i]);
        rk_provenance_free(&again);
    }
    CHECK(looked > 2 * rounds && unaware > rounds / 3);
}

/* Where the sum of a row is told elsewhere, and one of two figures stays as it was, the change of
 * the other is told by the sum, whatever is hidden. */
static void test_lost(void)
{
    struct version was, is;
    struct rk_provenance record[2] = {{0}, {0}};
    fill(was.cell, (int64_t[]){6, 7, 8, 9});
    fill(is.cell, (int64_t[]){7, 7, 8, 9});
    CHECK(!publish(was.cell, NULL, 0, &record[0], was.hidden, true));
    CHECK(publish(is.cell, record, 1, &record[1], is.hidden, true) ==
          2); /* and that of all women */
    CHECK(is.hidden[0] && !is.hidden[1] && !is.hidden[2] && is.hidden[6]);
    rk_provenance_free(&record[0]);
    rk_provenance_free(&record[1]);
    /* the sum not told elsewhere, it goes with the figure, and the others of it that have changed
     */
    CHECK(!publish(was.cell, NULL, 0, &record[0], was.hidden, false));
    CHECK(!publish(is.cell, record, 1, &record[1], is.hidden, false));
    for (int c = 0; c < CELLS; c++)
        CHECK(is.hidden[c] == (was.cell[c] != is.cell[c]));
    /* five more are not few */
    rk_provenance_free(&record[1]);
    fill(is.cell, (int64_t[]){11, 7, 8, 9});
    CHECK(!publish(is.cell, record, 1, &record[1], is.hidden, false));
    for (int c = 0; c < CELLS; c++)
        CHECK(!is.hidden[c]);
    rk_provenance_free(&record[0]);
    rk_provenance_free(&record[1]);
}

/* A month later, or earlier, and everybody of the other month still counted: few more are hidden,
 * and their sums; many are not, nor a difference of some who came and some who went. */
static void test_months(void)
{
    static const struct {
        int64_t leaf[LEAVES];
        uint64_t within;
        bool hidden;
        int32_t back;
    } months[] = {{{14, 20, 30, 40}, 1 << 1, true, 1},
                  {{17, 20, 30, 40}, 1 << 1, false, 1},
                  {{14, 20, 30, 40}, 1 << 2, false, 1},
                  {{12, 20, 30, 40}, 1 << 1, false, 1},
                  {{14, 20, 30, 40}, UINT64_C(1) << 33, true, -1},
                  {{14, 20, 30, 40}, UINT64_C(1) << 33, false, 1},
                  {{14, 20, 30, 40}, 1 << 1, false, -1},
                  {{17, 20, 30, 40}, UINT64_C(1) << 33, false, -1}};
    for (size_t i = 0; i < sizeof months / sizeof *months; i++) {
        int64_t cell[CELLS];
        bool hidden[CELLS];
        struct rk_provenance before = {0};
        struct rk_report_cells cells = {0};
        struct rk_report report;
        fill(cell, (int64_t[]){12, 20, 30, 40});
        publish(cell, NULL, 0, &before, hidden, false);
        fill(cell, months[i].leaf);
        make(&report, cell, false);
        for (size_t r = 0; r < 3; r++)
            report.sections[0].table->rows[r].within = months[i].within;
        rk_report_cells_make(&cells, &report);
        rk_report_cells_beside(&cells, &report, &before, months[i].back);
        rk_report_cells_settle(&cells);
        struct rk_guard guard = rk_guard_report(&cells);
        for (int c = 0; c < CELLS; c++) /* the first, and what counts it */
            CHECK(guard.hidden[c] == (months[i].hidden && (c == 0 || c == 2 || c == 6 || c == 8)));
        CHECK(!guard.lost && !guard.drifted);
        rk_free(guard.hidden);
        rk_report_cells_free(&cells);
        rk_report_free(&report);
        rk_provenance_free(&before);
    }
}

int main(void)
{
    test_months();
    test_versions(40);
    test_lost();
    return finish();
}
