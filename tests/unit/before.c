/* lib/report/before: a report and what has been published of it, held against whoever knows which
 * figures have changed and tries all tables that agree with both. */
#include "base/random.h"
#include <stdlib.h>
#include "check.h"
#include "report/before.h"
#include "report/recorded.h"
#include "tool/guard.h"

enum { CELLS = 9, LEAVES = 4, THRESHOLD = 5, MOST = 40 };

static const char *const rows[] = {"north", "south", "all"};
static const char *const columns[] = {"women", "men", "together"};

/* Two rows, two columns and their sums. */
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

static void make(struct rk_report *report, const int64_t cell[CELLS])
{
    *report = (struct rk_report){.language = RK_ENGLISH, .threshold = THRESHOLD};
    struct rk_report_table *table =
        rk_section_table(report, rk_report_section(report, "a", "A"), "", "");
    for (int c = 0; c < 3; c++) {
        rk_report_column(table, columns[c], RK_COUNTED, 0);
        table->columns[c].whole = RK_SUM;
        table->columns[c].part = c < 2;
        table->columns[c].total = c == 2;
    }
    for (int r = 0; r < 3; r++) {
        struct rk_figure *f = rk_report_row(table, rows[r], r == 2);
        for (int c = 0; c < 3; c++)
            f[c] = rk_figure_count(cell[3 * r + c], true);
    }
}

/* Makes the report with what was told before; its record, what is hidden, and how many are lost. */
static uint32_t publish(const int64_t cell[CELLS], const struct rk_provenance *versions, size_t count,
                        struct rk_provenance *record, bool hidden[CELLS])
{
    struct rk_report report;
    struct rk_report_cells cells = {0};
    make(&report, cell);
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

static bool small(int64_t value)
{
    return value && value < THRESHOLD && value > -THRESHOLD;
}

/* How many small figures and changes whoever knows what has changed and what not can tell. */
static int told(const struct version *was, const struct version *is)
{
    static int64_t then[20000][CELLS], now[20000][CELLS];
    size_t then_count = all_tables(was, then), now_count = all_tables(is, now);
    int64_t low[3][CELLS], high[3][CELLS];
    int known = 0;
    for (int c = 0; c < CELLS; c++)
        for (int k = 0; k < 3; k++) {
            low[k][c] = INT64_MAX;
            high[k][c] = INT64_MIN;
        }
    for (size_t a = 0; a < then_count; a++)
        for (size_t b = 0; b < now_count; b++) {
            bool agrees = true;
            for (int c = 0; c < CELLS && agrees; c++)
                agrees = was->cell[c] != is->cell[c] || then[a][c] == now[b][c];
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
            if (small(truth[k]) && low[k][c] == high[k][c]) {
                known++;
                if (getenv("TELL"))
                    printf("  cell %d kind %d truth %ld\n", c, k, (long)truth[k]);
            }
    }
    return known;
}

static void test_versions(int rounds)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("before"));
    int lost = 0, alone = 0;
    for (int round = 0; round < rounds; round++) {
        int64_t leaf[LEAVES];
        struct version was, is;
        struct rk_provenance record[2] = {{0}, {0}}, again = {0};
        for (int i = 0; i < LEAVES; i++)
            leaf[i] = (int64_t)rk_random_below(&random, 13);
        fill(was.cell, leaf);
        CHECK(!publish(was.cell, NULL, 0, &record[0], was.hidden));
        for (int i = 0; i < LEAVES; i++)
            if (!rk_random_below(&random, 3)) {
                leaf[i] += (int64_t)rk_random_below(&random, 13) - 6;
                leaf[i] = leaf[i] < 0 ? 0 : leaf[i];
            }
        fill(is.cell, leaf);
        bool open[CELLS];
        publish(is.cell, NULL, 0, &again, open); /* as though nothing were published */
        uint32_t gone = publish(is.cell, record, 1, &record[1], is.hidden);
        lost += gone > 0;
        struct version unaware = is;
        memcpy(unaware.hidden, open, sizeof open);
        alone += told(&was, &unaware) > 0;
        int known = gone ? 0 : told(&was, &is);
        CHECK(!known);
        if (known && getenv("TELL")) {
            for (int c = 0; c < CELLS; c++)
                printf("%ld%s -> %ld%s%s", (long)was.cell[c], was.hidden[c] ? "h" : "",
                       (long)is.cell[c], is.hidden[c] ? "h" : "", c % 3 == 2 ? "\n" : "   ");
        }
        for (size_t i = 0; i < 2; i++)
            rk_provenance_free(&record[i]);
        rk_provenance_free(&again);
    }
    printf("lost %d alone %d of %d\n", lost, alone, rounds);
}

int main(void)
{
    test_versions(300);
    return finish();
}
