/* lib/table/package, lib/model/{rules,contents,codebook}: what golden cases can't see, and that
 * what the project ships is sound. Run in the project's folder. */
#include "table/package.h"

#include "base/buf.h"
#include "check.h"
#include "model/codebook.h"
#include "model/contents.h"
#include "model/rules.h"

#include <unistd.h>

static struct rk_error error;

/* Every table is in the order, after all that it refers to. */
static void order_of_tables(void)
{
    char **names;
    size_t count = 0;
    CHECK(rk_schema_names(&names, "share/schema", &error) == RK_OK);
    for (char **n = names; n && *n; n++, count++) {
        struct rk_schema *schema;
        size_t at = 0;
        while (rk_rules_tables[at] && strcmp(rk_rules_tables[at], *n) != 0)
            at++;
        CHECK(rk_rules_tables[at] != NULL);
        CHECK(rk_schema_load(&schema, "share/schema", *n, &error) == RK_OK);
        for (size_t k = 0; schema && k < schema->foreign_key_count; k++) {
            size_t other = 0;
            while (rk_rules_tables[other] &&
                   strcmp(rk_rules_tables[other], schema->foreign_keys[k].table) != 0)
                other++;
            if (other >= at)
                printf("%s refers to %s\n", *n, schema->foreign_keys[k].table);
            CHECK(other < at);
        }
        rk_schema_free(schema);
    }
    size_t ordered = 0;
    while (rk_rules_tables[ordered])
        ordered++;
    CHECK(ordered == count);
    rk_schema_free_names(names);
}

/* ---- a table of three files ---- */

struct seen {
    struct rk_buf text;
};

static void on_finding(void *context, const struct rk_finding *finding)
{
    struct seen *seen = context;
    rk_buf_printf(&seen->text, "%llu:%zu:%s;", (unsigned long long)finding->row,
                  finding->field_number, finding->kind);
}

static bool begins_with_x(struct rk_text text) { return text.text[0] == 'x'; }

static void drop(struct rk_log *log, enum rk_severity severity, const struct rk_pos *pos,
                 const char *text)
{
    (void)log, (void)severity, (void)pos, (void)text;
}

static const char *read_all(struct rk_package *package, struct seen *seen,
                            const struct rk_schema *schema, const char *text,
                            struct rk_package_count *count)
{
    char path[] = "/tmp/rk-unit-package.XXXXXX";
    const char *paths[] = {path};
    struct rk_log log = {.emit = drop};
    struct rk_table_options options = {.log = &log, .unchecked = true};
    struct rk_table *table;
    const struct rk_row *row = NULL;
    rk_buf_clear(&seen->text);
    rk_buf_text(&seen->text, "");
    int fd = mkstemp(path);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    CHECK(rk_table_open(&table, schema, paths, 1, &options, &error) == RK_OK);
    rk_package_begin(package, schema, table);
    while (rk_package_next(package, &row, &error) == RK_OK && row)
        ;
    rk_package_end(package, count);
    rk_table_close(table);
    unlink(path);
    return seen->text.text ? seen->text.text : "";
}

static void findings(void)
{
    struct rk_schema *panelists, *raters;
    struct rk_package_count count;
    struct seen seen = {{0}};
    CHECK(rk_schema_load(&panelists, "share/schema", "panelists", &error) == RK_OK);
    CHECK(rk_schema_load(&raters, "share/schema", "raters", &error) == RK_OK);
    struct rk_package *package = rk_package_new(on_finding, begins_with_x, &seen);
    rk_package_expect(package, "panelists");
    rk_package_expect(package, "raters");
    CHECK(rk_package_expects(package, "raters") && !rk_package_expects(package, "ratings"));

    CHECK_TEXT(read_all(package, &seen, panelists,
                        "panelist_id,status,experience\nP1,active,debt\nP2,gone,debt\n", &count),
               "2:2:constraint-error;");
    CHECK(count.rows == 2 && count.bad_rows == 1 && count.findings == 1);
    /* the id of a bad row is known all the same; the second file of a table adds to the first */
    CHECK_TEXT(read_all(package, &seen, panelists,
                        "panelist_id,status,experience\nP3,active,debt\nP1,active,debt\n", &count),
               "2:1:primary-key;");
    CHECK_TEXT(read_all(package, &seen, raters,
                        "rater_id,rater_group,panelist_id\nB1,user,P2\nB2,user,P3\nB3,user,P4\n"
                        "B4,user,\nB5\n",
                        &count),
               "3:3:foreign-key;5:0:missing-cell;");
    CHECK(count.rows == 5 && count.bad_rows == 2);
    /* a header that lacks a required column is told once, not on every row */
    CHECK_TEXT(read_all(package, &seen, raters, "rater_id\nB6\nB7\n", &count),
               "0:0:missing-label;");
    CHECK(count.rows == 2 && count.bad_rows == 0 && count.findings == 1);
    rk_package_free(package);
    rk_schema_free(panelists);
    rk_schema_free(raters);
    rk_buf_free(&seen.text);
}

/* ---- contents ---- */

static void contents(void)
{
    const char *table;
    CHECK(rk_content_of("a/b/ratings.csv", rk_rules_tables, &table) == RK_CONTENT_TABLE);
    CHECK_TEXT(table, "ratings");
    CHECK(rk_content_of("ratings.2019.jsonl.gz", rk_rules_tables, &table) == RK_CONTENT_TABLE);
    CHECK(rk_content_of("ratings.txt", rk_rules_tables, &table) == RK_CONTENT_NONE);
    CHECK(rk_content_of("rating.csv", rk_rules_tables, &table) == RK_CONTENT_NONE);
    CHECK(rk_content_of("rubric-sof.json", rk_rules_tables, &table) == RK_CONTENT_RUBRIC);
    CHECK(rk_content_of("rubrics/sof.json", rk_rules_tables, &table) == RK_CONTENT_RUBRIC);
    CHECK(rk_content_of("codebook.json", rk_rules_tables, &table) == RK_CONTENT_CODEBOOK);
    CHECK(rk_content_of("town/datapackage.json", rk_rules_tables, &table) == RK_CONTENT_PACKAGE);
    CHECK(rk_content_of("a/reports/monthly.json", rk_rules_tables, &table) ==
          RK_CONTENT_SPECIFICATION);
    CHECK(rk_content_of("myreports/monthly.json", rk_rules_tables, &table) == RK_CONTENT_NONE);
    CHECK(rk_content_of("reports/monthly.csv", rk_rules_tables, &table) == RK_CONTENT_NONE);
    CHECK_TEXT(rk_content_name("a/b/c"), "c");
    CHECK_TEXT(rk_content_name("c"), "c");
}

/* ---- what is shipped ---- */

static void shipped_rubrics(void)
{
    static const char *const names[] = {"amf", "sff", "sof"};
    for (size_t i = 0; i < 3; i++) {
        struct rk_rubric *rubric;
        char path[60];
        size_t gates = 0, reversed = 0;
        snprintf(path, sizeof path, "share/rubrics/%s.json", names[i]);
        CHECK(rk_rubric_read(&rubric, path, &error) == RK_OK);
        if (!rubric)
            continue;
        CHECK_TEXT(rubric->id, names[i]);
        CHECK(rubric->stage_count == 2 && rubric->stages_weigh);
        CHECK(rk_rubric_stage(rubric, "application") == 0);
        CHECK(rk_rubric_stage(rubric, "interview") == 1);
        for (size_t c = 0; c < rubric->criterion_count; c++) {
            gates += rubric->criteria[c].has_gate;
            reversed += rubric->criteria[c].reverse;
        }
        CHECK(gates == 1 && reversed == 1);
        rk_rubric_free(rubric);
    }
}

static void codebooks(void)
{
    struct rk_codebook *c;
    CHECK(rk_codebook_read(&c, "share/codebooks/effect-goals.json", &error) == RK_OK);
    if (!c)
        return;
    CHECK_TEXT(c->id, "effect-goals");
    CHECK(c->goal_count == 3 && c->scale_count == 2);
    size_t answered[3] = {0}, reversed = 0;
    for (size_t i = 0; i < c->item_count; i++) {
        if (c->items[i].goal != SIZE_MAX)
            answered[c->items[i].goal]++;
        reversed += c->items[i].reverse;
        CHECK(c->items[i].headings[0] && c->items[i].headings[1]);
        CHECK(strcmp(c->items[i].label, c->items[i].label_sv) != 0);
    }
    CHECK(answered[0] && answered[1] && answered[2] && reversed);
    bool found = false, unknown = false;
    for (size_t w = 0; w < c->scales[0].word_count; w++) {
        const struct rk_codebook_word *word = &c->scales[0].words[w];
        found |=
            !strcmp(word->text, "Instämmer helt") && word->answer && word->value == rk_fixed_int(5);
        unknown |= !strcmp(word->text, "Vet inte") && !word->answer;
    }
    CHECK(found && unknown);
    rk_codebook_free(c);
}

static const char *refused(const char *text)
{
    char path[] = "/tmp/rk-unit-codebook.XXXXXX";
    struct rk_codebook *codebook;
    error = (struct rk_error){0};
    int fd = mkstemp(path);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    enum rk_status status = rk_codebook_read(&codebook, path, &error);
    rk_codebook_free(codebook);
    unlink(path);
    return status == RK_OK ? "taken" : error.text;
}

#define SCALE "\"scales\": [{\"id\": \"s\", \"min\": 1, \"max\": 2, \"values\": ["

static void bad_codebooks(void)
{
    CHECK_TEXT(refused("{\"id\": \"a\", \"items\": [{\"id\": \"x\", \"label\": \"X?\"}]}"),
               "taken");
    CHECK_TEXT(refused("{\"id\": \"a\", \"items\": []}"), "items: there must be at least one");
    CHECK_TEXT(refused("{\"id\": \"a\", \"items\": [{\"id\": \"x\", \"label\": \"X?\", \"scale\": "
                       "\"s\"}]}"),
               "items[0]: there is no scale 's'");
    CHECK_TEXT(refused("{\"id\": \"a\", \"items\": [{\"id\": \"x\", \"label\": \"X?\"}, {\"id\": "
                       "\"x\", \"label\": \"Y?\"}]}"),
               "items[1]: 'x' is there already");
    CHECK_TEXT(
        refused("{\"id\": \"a\", " SCALE "{\"value\": 3, \"label\": \"ja\"}]}], \"items\": []}"),
        "scales[0].values[0].value: outside min and max of the scale");
    CHECK_TEXT(refused("{\"id\": \"a\", " SCALE "{\"value\": 1, \"label\": \"ja\"}, {\"value\": 2, "
                       "\"label\": \"ja\"}]}], \"items\": []}"),
               "scales[0].values[1]: 'ja' is there already");
    CHECK_TEXT(refused("{\"id\": \"a\", \"items\": [{\"id\": \"x\", \"label\": \"X?\", \"actors\": "
                       "[\"users\"]}]}"),
               "items[0].actors: expected user, staff, manager, candidate, commissioner, client, "
               "union or organisation");
}

int main(void)
{
    order_of_tables();
    findings();
    contents();
    shipped_rubrics();
    codebooks();
    bad_codebooks();
    return finish();
}
