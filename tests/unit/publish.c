/* lib/privacy/publish: a second version, beside a first one that is published, is hidden for the
 * least there is, and what cannot be kept any more is counted, both against looking at every choice
 * and every table. */
#include "privacy/publish.h"

#include "base/mem.h"
#include "base/random.h"
#include "check.h"

enum { AREAS = 3, LINE = AREAS + 1, CELLS = 2 * LINE, MOST = 7, SMALL = 3 };

/* Cell v × LINE + a is area a of version v, and the last of a line its total. */
struct two {
    int64_t value[CELLS];
    bool hidden[CELLS]; /* of version 0: as published; of 1: the choice looked at */
};

/* What someone can infer who sees all that is shown, and knows that what has not changed has not:
 * of the cells, and of the changes. */
static void all_tables(const struct two *t, int64_t low[CELLS + LINE], int64_t high[CELLS + LINE])
{
    int64_t v[CELLS] = {0};
    int i;
    for (int k = 0; k < CELLS + LINE; k++) {
        low[k] = INT64_MAX;
        high[k] = INT64_MIN;
    }
    do {
        bool fits = true;
        for (int k = 0; k < 2; k++) {
            v[k * LINE + AREAS] = 0;
            for (int a = 0; a < AREAS; a++)
                v[k * LINE + AREAS] += v[k * LINE + a];
        }
        for (int k = 0; k < CELLS && fits; k++)
            fits = t->hidden[k] || v[k] == t->value[k];
        for (int a = 0; a < LINE && fits; a++)
            fits = t->value[a] != t->value[LINE + a] || v[a] == v[LINE + a];
        for (int k = 0; k < CELLS + LINE && fits; k++) {
            int64_t is = k < CELLS ? v[k] : v[k - CELLS + LINE] - v[k - CELLS];
            low[k] = is < low[k] ? is : low[k];
            high[k] = is > high[k] ? is : high[k];
        }
        for (i = 0; i < CELLS; i++)
            if (i % LINE != AREAS && ++v[i] <= MOST)
                break;
            else
                v[i] = 0;
    } while (i < CELLS);
}

static bool is_small(const struct two *t, int k)
{
    int64_t is = k < CELLS ? t->value[k] : t->value[k - CELLS + LINE] - t->value[k - CELLS];
    return k < CELLS ? is > 0 && is < SMALL : is != 0 && is < SMALL && is > -SMALL;
}

static void publish(const struct two *t, struct rk_publish *p)
{
    static const char *const areas[] = {"north", "south", "east"};
    struct rk_tabulation table = {0};
    struct rk_publish_options how = {
        .threshold = SMALL, .width = RK_FIXED_ONE, .effort = 100000000, .versions = "version"};
    struct rk_error error;
    rk_tabulation_totals(&table, "Total");
    CHECK(rk_tabulation_dimensions(&table, "version,area"));
    uint32_t labels[2][3];
    for (uint32_t k = 0; k < 2; k++)
        labels[0][k] = rk_strings_add(&table.labels[0], k ? RK_TEXT("2") : RK_TEXT("1"));
    for (uint32_t a = 0; a < AREAS; a++)
        labels[1][a] = rk_strings_add(&table.labels[1], rk_text(areas[a]));
    table.before = rk_alloc(LINE, sizeof *table.before);
    for (uint32_t k = 0; k < CELLS; k++) {
        struct rk_tabulation_row row = {.value = t->value[k] * RK_FIXED_ONE,
                                        .contributors = -1,
                                        .record_key = -1,
                                        .contributor = RK_NONE,
                                        .has_value = true};
        row.labels[0] = labels[0][k / LINE];
        row.labels[1] = k % LINE == AREAS ? RK_LABEL_TOTAL : labels[1][k % LINE];
        if (k % LINE != AREAS) {
            RK_GROW(table.rows, table.row_count, table.row_room);
            table.rows[table.row_count++] = row;
        }
        row.hidden = t->hidden[k];
        row.has_value = !row.hidden;
        if (k < LINE)
            table.before[table.before_count++] = row;
    }
    CHECK(rk_publish(p, &table, &how, &error) == RK_OK);
    rk_tabulation_free(&table);
}

static void second_versions(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("publish"));
    uint32_t kept = 0, lost = 0;
    for (int round = 0; round < 80; round++) {
        struct two t = {0};
        struct rk_publish p = {0};
        int64_t low[CELLS + LINE], high[CELLS + LINE], best = INT64_MAX;
        bool can[CELLS + LINE];
        for (int a = 0; a < AREAS; a++) {
            t.value[a] = (int64_t)rk_random_below(&random, MOST - 1);
            bool changes = rk_random_below(&random, 3) == 0;
            t.value[LINE + a] = changes ? (int64_t)rk_random_below(&random, MOST - 1) : t.value[a];
            t.value[AREAS] += t.value[a];
            t.value[LINE + AREAS] += t.value[LINE + a];
        }
        for (int a = 0; a < LINE; a++) /* hidden well, or as it came */
            t.hidden[a] = t.value[a] && rk_random_below(&random, is_small(&t, a) ? 5 : 2);
        /* with all hidden that can be: what is kept then can be kept */
        for (int a = 0; a < LINE; a++)
            t.hidden[LINE + a] = t.value[LINE + a] != 0;
        all_tables(&t, low, high);
        uint32_t figures = 0, changes = 0;
        for (int k = 0; k < CELLS + LINE; k++) {
            can[k] = high[k] > low[k];
            *(k < CELLS ? &figures : &changes) += is_small(&t, k) && !can[k];
        }
        for (uint32_t set = 0; set < 1 << LINE; set++) {
            int64_t cost = 0;
            bool fits = true;
            for (int a = 0; a < LINE; a++) {
                bool always = is_small(&t, LINE + a);
                t.hidden[LINE + a] = set >> a & 1;
                fits = fits && (!always || t.hidden[LINE + a]) &&
                       (t.value[LINE + a] || !t.hidden[LINE + a]);
                cost += t.hidden[LINE + a] && !always ? t.value[LINE + a] : 0;
            }
            if (!fits || cost >= best)
                continue;
            all_tables(&t, low, high);
            for (int k = 0; k < CELLS + LINE && fits; k++)
                fits = !is_small(&t, k) || !can[k] || high[k] > low[k];
            best = fits ? cost : best;
        }
        publish(&t, &p);
        CHECK(p.lost == figures && p.lost_changes == changes);
        CHECK(p.proven && p.secondary_value == best * RK_FIXED_ONE);
        kept += !figures && !changes;
        lost += figures || changes;
        rk_publish_free(&p);
    }
    CHECK(kept > 20 && lost > 10); /* the rounds try both */
}

/* ---- three versions ---- */

enum { VERSIONS = 3, PARTS = 2, ROW = PARTS + 1, ALL = VERSIONS * ROW, LARGEST = 8 };

static void publish_three(const int64_t value[ALL], bool hidden[ALL])
{
    static const char *const names[] = {"1", "2", "3"};
    struct rk_tabulation table = {0};
    struct rk_publish p = {0};
    struct rk_publish_options how = {
        .threshold = SMALL, .width = RK_FIXED_ONE, .effort = 100000000, .versions = "version"};
    struct rk_error error;
    rk_tabulation_totals(&table, "Total");
    CHECK(rk_tabulation_dimensions(&table, "version,area"));
    for (uint32_t k = 0; k < ALL; k++) {
        struct rk_tabulation_row row = {.value = value[k] * RK_FIXED_ONE,
                                        .contributors = -1,
                                        .record_key = -1,
                                        .contributor = RK_NONE,
                                        .has_value = true};
        row.labels[0] = rk_strings_add(&table.labels[0], rk_text(names[k / ROW]));
        row.labels[1] = rk_strings_add(&table.labels[1], rk_text(k % ROW ? "south" : "north"));
        if (k % ROW == PARTS)
            continue;
        RK_GROW(table.rows, table.row_count, table.row_room);
        table.rows[table.row_count++] = row;
    }
    CHECK(rk_publish(&p, &table, &how, &error) == RK_OK && p.versions == 3 && p.reach == 2);
    for (uint32_t k = 0; k < ALL; k++) {
        struct rk_tabulation_row row = {
            .labels = {1 + k / ROW, k % ROW == PARTS ? 0 : 1 + k % ROW}};
        hidden[k] = p.reason[rk_publish_cell(&p, &row)] != RK_IS_SHOWN;
    }
    rk_publish_free(&p);
    rk_tabulation_free(&table);
}

/* What can be told of the changes between any two of three versions by whoever knows what has not
 * changed, with every table looked at. */
static void three_versions(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("three"));
    uint32_t far = 0;
    for (int round = 0; round < 40; round++) {
        int64_t value[ALL], v[ALL] = {0}, low[VERSIONS][ROW], high[VERSIONS][ROW];
        bool hidden[ALL];
        int i;
        for (int k = 0; k < ALL; k++) {
            bool changes = k < ROW || rk_random_below(&random, 2);
            value[k] = k % ROW == PARTS ? value[k - 1] + value[k - 2]
                       : changes        ? SMALL + (int64_t)rk_random_below(&random, LARGEST - SMALL)
                                        : value[k - ROW];
        }
        publish_three(value, hidden);
        for (int k = 0; k < VERSIONS * ROW; k++) {
            low[k / ROW][k % ROW] = INT64_MAX;
            high[k / ROW][k % ROW] = INT64_MIN;
        }
        do {
            bool fits = true;
            for (int k = PARTS; k < ALL; k += ROW)
                v[k] = v[k - 1] + v[k - 2];
            for (int k = 0; k < ALL && fits; k++) {
                fits = hidden[k] || v[k] == value[k];
                for (int other = k + ROW; other < ALL && fits; other += ROW)
                    fits = value[k] != value[other] || v[k] == v[other];
            }
            for (int k = 0; k < ALL && fits; k++) { /* each with the version after it, in turn */
                int64_t is = v[(k + ROW) % ALL] - v[k];
                low[k / ROW][k % ROW] = is < low[k / ROW][k % ROW] ? is : low[k / ROW][k % ROW];
                high[k / ROW][k % ROW] = is > high[k / ROW][k % ROW] ? is : high[k / ROW][k % ROW];
            }
            for (i = 0; i < ALL; i++)
                if (i % ROW != PARTS && ++v[i] <= LARGEST + 1)
                    break;
                else
                    v[i] = 0;
        } while (i < ALL);
        for (int k = 0; k < ALL; k++) {
            int64_t is = value[(k + ROW) % ALL] - value[k];
            bool small = is && is < SMALL && is > -SMALL;
            CHECK(!small || low[k / ROW][k % ROW] < high[k / ROW][k % ROW]);
            far += small && k / ROW == VERSIONS - 1;
        }
    }
    CHECK(far > 10);
}

int main(void)
{
    second_versions();
    three_versions();
    return finish();
}
