/* lib/table: columns by name and by map, every bad cell told with its place, none silently lost. */
#include "base/mem.h"
#include "base/random.h"
#include "check.h"
#include "table/table.h"

#include <stdlib.h>
#include <unistd.h>

static struct rk_buf told;

static void collect(struct rk_log *log, enum rk_severity severity, const struct rk_pos *pos,
                    const char *text)
{
    (void)log, (void)severity;
    rk_buf_printf(&told, "%d:%d:%s: %s\n", pos ? (int)pos->line : 0, pos ? (int)pos->column : 0,
                  pos && pos->field ? pos->field : "", text);
}

static char path[2][40] = {"/tmp/rk-unit-XXXXXX", "/tmp/rk-unit-YXXXXXX"};
static const struct rk_schema *schema;
static struct rk_error error;

static void put(int file, const char *text)
{
    FILE *out = fopen(path[file], "wb");
    fputs(text, out);
    fclose(out);
}

/* Reads the file(s) and shows recruitment, candidate, rater, stage, score of every good row. */
static const char *read_all(struct rk_map *map, const char *const *defaults, size_t files,
                            const char *rejects)
{
    static struct rk_buf out;
    struct rk_log log = {.emit = collect};
    struct rk_outputs outputs = {0};
    struct rk_table *table;
    const struct rk_row *row;
    struct rk_table_options options = {.map = map, .log = &log, .defaults = defaults};
    const char *const paths[] = {path[0], path[1]};
    rk_buf_clear(&out);
    rk_buf_text(&out, "");
    rk_buf_clear(&told);
    rk_buf_text(&told, "");
    error = (struct rk_error){0};
    if (rejects)
        CHECK(!rk_out_open(&outputs, &options.rejects, rejects, &error));
    if (rk_table_open(&table, schema, paths, files, &options, &error))
        return NULL;
    enum rk_status status;
    static const char *const shown[] = {"recruitment_id", "candidate_id", "rater_id", "stage", "score"};
    while (!(status = rk_table_next(table, &row, &error)) && row) {
        for (size_t i = 0; i < 5; i++) {
            const struct rk_value *v = &row->values[rk_schema_field(schema, shown[i])];
            rk_buf_add(&out, v->text, v->size);
            rk_buf_char(&out, i < 4 ? ',' : ';');
        }
        if (rk_table_extras(table)) {
            struct rk_cell cell = rk_table_extra(table, 0);
            rk_buf_add(&out, cell.text, cell.size);
        }
    }
    rk_buf_printf(&out, "%d-%d", (int)rk_table_rows_in(table), (int)rk_table_rows_rejected(table));
    rk_table_close(table);
    if (rejects)
        CHECK(!rk_outputs_commit(&outputs, &error));
    return status ? NULL : out.text;
}

#define HEADER "recruitment_id,candidate_id,rater_id,rater_group,criterion,score,basis\n"

static void plain(void)
{
    put(0, HEADER "R1,C1,P1,user,k,4.5,individual\nR1,C2,P1,user,k,,\n");
    CHECK_TEXT(read_all(NULL, NULL, 1, NULL), "R1,C1,P1,,4.5;R1,C2,P1,,;2-0");
    put(1, "score,criterion,rater_group,note,rater_id,candidate_id,recruitment_id\n"
           "3,k,staff,n,P9,C9,R9\n");
    CHECK_TEXT(read_all(NULL, NULL, 2, NULL), "R1,C1,P1,,4.5;R1,C2,P1,,;R9,C9,P9,,3;n3-0");
    put(0, "[{\"recruitment_id\":\"R1\",\"candidate_id\":\"C1\",\"rater_id\":7,\"rater_group\":\"user\","
           "\"criterion\":\"k\"},{\"recruitment_id\":\"R1\",\"candidate_id\":\"C2\",\"rater_id\":7,"
           "\"rater_group\":\"user\",\"criterion\":\"k\",\"score\":4.50}]");
    CHECK_TEXT(read_all(NULL, NULL, 1, NULL), "R1,C1,7,,;R1,C2,7,,4.50;2-0");
}

static void mapped(void)
{
    static const char *const defaults[] = {"recruitment_id", "all", "rater_group", "all",
                                           "criterion",      "all", NULL};
    struct rk_map *map = rk_map_new();
    CHECK(!rk_map_add(map, "candidate_id=unit", &error));
    CHECK(!rk_map_add(map, "ratings.rater_id=rater", &error));
    CHECK(rk_map_add(map, "nonsense", &error) == RK_BAD_USE);
    put(0, "unit,rater,score\n1,J1,9\n");
    CHECK_TEXT(read_all(map, defaults, 1, NULL), "all,1,J1,,9;1-0");
    CHECK(!rk_map_check(map, &schema, 1, &error));
    CHECK(!rk_map_add(map, "skore=betyg", &error));
    CHECK(rk_map_check(map, &schema, 1, &error) == RK_BAD_USE && strstr(error.text, "\"score\""));
    rk_map_free(map);
    CHECK(!read_all(NULL, defaults, 1, NULL) && error.status == RK_BAD_DATA &&
          strstr(error.text, "candidate_id"));
    put(0, "candidat_id,rater_id,score\n1,J1,9\n");
    CHECK(!read_all(NULL, defaults, 1, NULL) && strstr(error.text, "candidat_id"));
    put(0, "{\"columns\":{\"candidate_id\":\"unit\"},\"constants\":{\"rater_id\":\"P0\"},"
           "\"values\":{\"basis\":{\"var för sig\":\"individual\"}}}");
    map = rk_map_new();
    CHECK(!rk_map_read(map, path[0], &error));
    put(0, "unit,score,basis\nA,1,var för sig\nB,2,individual\n");
    CHECK_TEXT(read_all(map, defaults, 1, NULL), "all,A,P0,,1;all,B,P0,,2;2-0");
    rk_map_free(map);
}

/* What only rk-import understands is read, joined over files, and refused by every other reader. */
static void import_map(void)
{
    static const char *const wrong[] = {
        "{\"rest\":\"leave\"}",       "{\"alternatives\":[{}]}", "{\"alternatives\":[{\"stage\":1}]}",
        "{\"alternatives\":[\"a\"]}", "{\"ask\":[1]}",         "{\"exact\":1}",
        "{\"table\":\"scores\"}",     "{\"rests\":\"keep\"}"};
    const char *our, *theirs;
    struct rk_map *map = rk_map_new();
    CHECK(rk_map_rest(NULL) == RK_REST_REFUSE && !rk_map_exact(NULL) && !rk_map_table(NULL));
    CHECK(!rk_map_alternative(NULL, 0, 0, &our, &theirs) && !rk_map_asked(NULL, 0));
    put(0, "{\"constants\":{\"stage\":\"k\"}}");
    CHECK(!rk_map_read(map, path[0], &error));
    CHECK(!rk_map_check(map, &schema, 1, &error));
    put(0, "{\"table\":\"ratings\",\"exact\":true,\"rest\":\"drop\",\"ask\":[\"stage\"],"
           "\"alternatives\":[{\"rater_id\":\"r\",\"score\":\"s\"},{\"rater_id\":\"q\"}]}");
    CHECK(!rk_map_read(map, path[0], &error));
    put(0, "{\"table\":\"ratings\",\"ask\":[\"stage\",\"score\"]}");
    CHECK(!rk_map_read(map, path[0], &error));
    CHECK_TEXT(rk_map_table(map), "ratings");
    CHECK(rk_map_rest(map) == RK_REST_DROP && rk_map_exact(map));
    CHECK(rk_map_alternative(map, 0, 1, &our, &theirs) && !strcmp(our, "score") && !strcmp(theirs, "s"));
    CHECK(rk_map_alternative(map, 1, 0, &our, &theirs) && !strcmp(theirs, "q"));
    CHECK(!rk_map_alternative(map, 1, 1, &our, &theirs) && !rk_map_alternative(map, 2, 0, &our, &theirs));
    CHECK_TEXT(rk_map_asked(map, 1), "score");
    CHECK(!rk_map_asked(map, 2));
    CHECK(rk_map_check(map, &schema, 1, &error) == RK_BAD_USE && strstr(error.text, "rk-import"));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        put(0, wrong[i]);
        CHECK(rk_map_read(map, path[0], &error));
    }
    rk_map_free(map);
}

static void bad_rows(void)
{
    put(0, HEADER "R1,C1,P1,user,k,4,5,individual\n" /* a decimal comma makes one cell too many */
                  "R1,,P1,user,k,\"4,5\",both\n"
                  "\n"
                  "R1,C3,P1,user,k,4,individual\n");
    CHECK(!read_all(NULL, NULL, 1, NULL) && error.status == RK_BAD_DATA);
    CHECK(strstr(told.text, "2:0:: 8 cells, but the header has 7\n"));
    CHECK(strstr(told.text, "3:4:candidate_id: missing, but required\n"));
    CHECK(strstr(told.text, "3:15:score: '4,5' is not a number; rk-import"));
    CHECK(strstr(told.text, "3:21:basis: 'both' is not one of individual, consensus"));
    CHECK(strstr(told.text, "4:0:: an empty line\n"));
    char aside[60];
    snprintf(aside, sizeof aside, "%s.rejects", path[0]);
    CHECK_TEXT(read_all(NULL, NULL, 1, aside), "R1,C3,P1,,4;4-3");
    struct rk_in *in;
    struct rk_buf all = {0};
    CHECK(!rk_in_open(&in, aside, &error) && !rk_in_read_all(in, &all, 9999, &error));
    CHECK(all.text && strstr(all.text, ",rk:column 8\n") && strstr(all.text, ",\"4,5\",both,\n"));
    rk_in_close(in);
    rk_buf_free(&all);
    unlink(aside);
}

static void cells(void)
{
    struct rk_buf why = {0};
    struct rk_value value;
    struct rk_field field = {.name = "f", .type = RK_YEAR, .personal = true,
                             .has_minimum = true, .minimum = rk_fixed_int(1900)};
    CHECK(!rk_field_check(&field, RK_TEXT("1850"), &value, &why) && !strstr(why.text, "1850"));
    rk_buf_clear(&why);
    CHECK(!rk_field_check(&field, RK_TEXT("19811228-9874"), &value, &why) &&
          !strstr(why.text, "9874"));
    CHECK(rk_field_check(&field, RK_TEXT("2001"), &value, &why) && value.number == rk_fixed_int(2001));
    const char *words[] = {"a", "b", NULL};
    field = (struct rk_field){.name = "f", .type = RK_LIST, .choices = words};
    CHECK(rk_field_check(&field, RK_TEXT("a|b"), &value, &why));
    CHECK(!rk_field_check(&field, RK_TEXT("a|c"), &value, &why));
    field = (struct rk_field){.name = "f", .type = RK_DATETIME};
    CHECK(rk_field_check(&field, RK_TEXT("2020-02-29T17:30"), &value, &why));
    CHECK(!rk_field_check(&field, RK_TEXT("2019-02-29T17:30"), &value, &why));
    field.type = RK_INTEGER;
    CHECK(!rk_field_check(&field, RK_TEXT("1.5"), &value, &why));
    CHECK(rk_field_check(&field, RK_TEXT("1.0"), &value, &why));
    rk_buf_free(&why);
}

/* ---- rows much like those before them ---- */

enum { FIELDS = 11, COLUMNS = 130 };
static uint64_t state;
static size_t below(size_t n) { return (size_t)(rk_splitmix64(&state) % n); }

/* What a field's value ought to be, of its text alone. */
static bool is_value(const struct rk_value *value, size_t field, const char *text)
{
    struct rk_buf why = {0};
    struct rk_value fresh;
    bool good = rk_field_check(&schema->fields[field], rk_text(text), &fresh, &why);
    rk_buf_free(&why);
    return good && rk_text_equal(rk_value_text(value), rk_value_text(&fresh)) &&
           value->choice == fresh.choice && value->number == fresh.number &&
           value->time == fresh.time;
}

/* Whatever is kept of the row before: columns anywhere, more of them than bits, one that two fields
 * come from, words and constants of a map, rows that are bad. */
static void alike(void)
{
    static const char *const texts[FIELDS][3] = {
        {"R1", "R2", "R3"},
        {"C1", "C2", "C3"},
        {"P1", "P2", "P3"},
        {"user", "staff", "x"},
        {"interview", "", "s"},
        {"k1", "k2", "k3"},
        {"4", "0.5", "x"},
        {"", "", "abstained"},
        {"var", "consensus", ""},
        {"", "3", "4"},
        {"2024-01-22T15:00", "", "2024-01-23T15:00"},
    };
    CHECK(schema->field_count == FIELDS);
    struct rk_buf file = {0};
    for (int round = 0; round < 40; round++) {
        size_t columns = FIELDS + below(round % 2 ? 20 : COLUMNS - FIELDS), at[FIELDS];
        size_t field_of[COLUMNS], now[FIELDS] = {0}, rows = 300, good = 0;
        bool same_ids = below(2);
        for (size_t c = 0; c < columns; c++)
            field_of[c] = FIELDS;
        for (size_t f = 0; f < FIELDS; f++) {
            do
                at[f] = below(columns);
            while (field_of[at[f]] < FIELDS);
            field_of[at[f]] = f;
        }
        struct rk_map *map = rk_map_new();
        CHECK(!rk_map_add(map, same_ids ? "candidate_id=rater_id" : "candidate_id=candidate_id",
                          &error));
        put(0,
            "{\"values\":{\"basis\":{\"var\":\"individual\"}},\"constants\":{\"stage\":\"all\"}}");
        CHECK(!rk_map_read(map, path[0], &error));
        rk_buf_clear(&file);
        for (size_t c = 0; c < columns; c++)
            if (field_of[c] < FIELDS)
                rk_buf_printf(&file, "%s%s", c ? "," : "", schema->fields[field_of[c]].name);
            else
                rk_buf_printf(&file, "%smore%zu", c ? "," : "", c);
        size_t(*wanted)[FIELDS] = rk_alloc(rows, sizeof *wanted);
        for (size_t r = 0; r < rows; r++) {
            for (size_t n = below(3); n; n--) {
                size_t f = below(FIELDS);
                now[f] = below(3);
            }
            rk_buf_char(&file, '\n');
            for (size_t c = 0; c < columns; c++)
                rk_buf_printf(&file, "%s%s", c ? "," : "",
                              field_of[c] < FIELDS ? texts[field_of[c]][now[field_of[c]]] : "m");
            if (!strcmp(texts[6][now[6]], "x"))
                continue;
            memcpy(wanted[good++], now, sizeof now);
        }
        rk_buf_char(&file, '\n');
        put(0, file.text);
        const char *const paths[] = {path[0]};
        struct rk_log log = {.emit = collect};
        struct rk_table_options options = {.map = map, .log = &log};
        struct rk_table *table;
        const struct rk_row *row;
        struct rk_value before[FIELDS] = {{0}};
        char kept[FIELDS][32] = {{0}};
        CHECK(!rk_table_open(&table, schema, paths, 1, &options, &error));
        size_t r = 0;
        for (; !rk_table_next(table, &row, &error) && row; r++)
            for (size_t f = 0; f < FIELDS && r < good; f++) {
                const char *text = texts[f][wanted[r][f]];
                if (f == 1 && same_ids)
                    text = texts[2][wanted[r][2]];
                if (f == 4)
                    text = "all";
                if (f == 8 && !strcmp(text, "var"))
                    text = "individual";
                const struct rk_value *v = &row->values[f];
                CHECK(is_value(v, f, text));
                CHECK(!(row->same >> f & 1) ||
                      (rk_text_is(rk_value_text(v), kept[f]) && before[f].number == v->number));
                before[f] = *v;
                snprintf(kept[f], sizeof kept[f], "%s", text);
            }
        CHECK(r == good && rk_table_rows_rejected(table) == rows - good);
        rk_table_close(table);
        rk_map_free(map);
        rk_free(wanted);
    }
    rk_buf_free(&file);
}

int main(void)
{
    struct rk_schema *loaded;
    int fd = mkstemp(path[0]), second = mkstemp(path[1]);
    if (fd < 0 || second < 0 || rk_schema_load(&loaded, "share/schema", "ratings", &error)) {
        printf("%s\n", error.text);
        return 1;
    }
    close(fd);
    close(second);
    schema = loaded;
    plain();
    mapped();
    import_map();
    bad_rows();
    cells();
    alike();
    unlink(path[0]);
    unlink(path[1]);
    rk_schema_free(loaded);
    rk_buf_free(&told);
    return finish();
}
