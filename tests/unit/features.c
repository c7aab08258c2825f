/* lib/model/features: columns of ours and of others, lists, ages in bands, crossed features, and
 * the rows in the order of the panelists. */
#include "base/mem.h"
#include "check.h"
#include "model/panelists.h"

#include <unistd.h>

static char path[] = "/tmp/rk-unit-XXXXXX";
static struct rk_schema *schema;
static struct rk_error error;
static struct rk_features features;
static struct rk_panelists panelists;

static void quiet(struct rk_log *log, enum rk_severity severity, const struct rk_pos *pos,
                  const char *text)
{
    (void)log, (void)severity, (void)pos, (void)text;
}

static enum rk_status read_all(const char *text)
{
    struct rk_log log = {.emit = quiet};
    struct rk_table_options options = {.log = &log};
    const char *const paths[] = {path};
    struct rk_table *table;
    FILE *out = fopen(path, "wb");
    fputs(text, out);
    fclose(out);
    error = (struct rk_error){0};
    panelists = (struct rk_panelists){.features = &features};
    enum rk_status status = rk_table_open(&table, schema, paths, 1, &options, &error);
    if (!status)
        status = rk_panelists_read(&panelists, table, schema, &error);
    rk_table_close(table);
    return status;
}

static uint32_t want(const char *name) { return rk_features_want(&features, rk_text(name)); }

static void clear(void)
{
    rk_features_free(&features);
    rk_panelists_free(&panelists);
}

/* "woman,man": a person's values; "" = none. */
static const char *values(uint32_t row, uint32_t feature)
{
    static struct rk_buf text;
    uint32_t count;
    const uint32_t *of = rk_features_of(&features, row, feature, &count);
    rk_buf_clear(&text);
    rk_buf_text(&text, "");
    for (uint32_t i = 0; i < count; i++)
        rk_buf_printf(&text, "%s%s", i ? "," : "", features.all[feature].values.texts[of[i]].text);
    return text.text;
}

static void columns(void)
{
    uint32_t gender = want("gender"), experience = want("experience"), housing = want("housing");
    CHECK(want("gender") == gender && features.count == 3);
    /* B before A: rows come in the order of the panelists, values in that of the file */
    CHECK(!read_all("panelist_id,status,experience,gender,housing\n"
                    "B,active,school| care |school,woman,own|rented\n"
                    "A,active,care,,own\n"));
    CHECK(panelists.count == 2 && features.row_count == 2);
    CHECK_TEXT(values(0, gender), "");
    CHECK_TEXT(values(1, gender), "woman");
    CHECK_TEXT(values(0, experience), "care");
    CHECK_TEXT(values(1, experience), "school,care"); /* one told twice counts once */
    CHECK_TEXT(values(1, housing), "own,rented");
    CHECK(features.all[experience].is_list && !features.all[gender].is_list);
    CHECK(rk_features_has(&features, 1, housing, 1) && !rk_features_has(&features, 0, housing, 1));
    clear();
}

/* Other tools don't tell words apart by case: what is expected is found, but not one of two. */
static void case_and_blanks(void)
{
    uint32_t region = want("region"), area = want("area"), experience = want("experience");
    uint32_t both = want("region×area");
    rk_features_expect(&features, region, RK_TEXT("South  Scotland"));
    rk_features_expect(&features, region, RK_TEXT("Örebro"));
    rk_features_expect(&features, region, RK_TEXT("A"));
    rk_features_expect(&features, region, RK_TEXT("a"));
    rk_features_expect(&features, area, RK_TEXT("North"));
    rk_features_expect(&features, both, RK_TEXT("Örebro×East"));
    rk_features_expect(&features, experience, RK_TEXT("School"));
    CHECK(!read_all("panelist_id,status,experience,area,region\n"
                    "A,active,school,NORTH,south scotland|SOUTH SCOTLAND\n"
                    "B,active,School,east,ÖREBRO\n"
                    "C,active,care,West,a\n"
                    "D,active,care,west,A|á\n"
                    "E,active,care,,á|north\n"));
    CHECK_TEXT(values(0, region), "South  Scotland");
    CHECK_TEXT(values(0, area), "North");
    CHECK_TEXT(values(0, experience), "school"); /* a list of the schema: word for word */
    CHECK_TEXT(values(1, region), "Örebro");
    CHECK_TEXT(values(1, both), "Örebro×East");
    CHECK_TEXT(values(2, region), "a"); /* as it is expected, though another is alike */
    CHECK_TEXT(values(2, area), "West");
    CHECK_TEXT(values(3, area), "west"); /* nobody expects it: as it stands */
    CHECK_TEXT(values(3, region), "A,á");
    CHECK_TEXT(values(4, region), "á,north");
    clear();
    region = want("Region of  Life"); /* so with names of columns */
    area = want("AREA");
    CHECK(!read_all("panelist_id,status,experience,area,region of life\nA,active,care,x,y\n"));
    CHECK_TEXT(values(0, region), "y");
    CHECK_TEXT(values(0, area), "x");
    clear();
    want("region");
    CHECK(read_all("panelist_id,status,experience,Region,REGION\nA,active,care,x,y\n") ==
          RK_BAD_DATA);
    clear();
    region = want("region"); /* the file's own comes first */
    CHECK(!read_all("panelist_id,status,experience,Region,region\nA,active,care,x,y\n"));
    CHECK_TEXT(values(0, region), "y");
    clear();
    region = want("region"); /* alike to two: neither */
    rk_features_expect(&features, region, RK_TEXT("Å a"));
    rk_features_expect(&features, region, RK_TEXT("å A"));
    CHECK(!read_all("panelist_id,status,experience,region\nA,active,care,Å A\n"));
    CHECK_TEXT(values(0, region), "Å A");
    clear();
}

static void ages(void)
{
    features.year = 2026;
    uint32_t age = want("age");
    CHECK(!read_all("panelist_id,status,experience,birth_year\n"
                    "A,active,x,2013\nB,active,x,2008\nC,active,x,1961\nD,active,x,\n"));
    CHECK_TEXT(values(0, age), "13-17");
    CHECK_TEXT(values(1, age), "18-24");
    CHECK_TEXT(values(2, age), "65+");
    CHECK_TEXT(values(3, age), "");
    clear();

    features.year = 2026; /* bands expected may overlap, and need not hold everybody */
    age = want("age");
    CHECK(rk_features_expect(&features, age, RK_TEXT("13-25")) == 0);
    CHECK(rk_features_expect(&features, age, RK_TEXT("18-")) == 1);
    CHECK(!read_all("panelist_id,status,experience,birth_year\n"
                    "A,active,x,2008\nB,active,x,2020\nC,active,x,2001\n"));
    CHECK_TEXT(values(0, age), "13-25,18-");
    CHECK_TEXT(values(1, age), "");
    CHECK_TEXT(values(2, age), "13-25,18-");
    clear();

    age = want("age"); /* a column of that name is what is meant; then no year is needed */
    rk_features_expect(&features, age, RK_TEXT("young"));
    CHECK(!read_all("panelist_id,status,experience,birth_year,age\nA,active,x,2008,old\n"));
    CHECK_TEXT(values(0, age), "old");
    clear();

    want("age");
    CHECK(read_all("panelist_id,status,experience,birth_year\nA,active,x,2008\n") == RK_BAD_USE);
    clear();
    features.year = 2026;
    rk_features_expect(&features, want("age"), RK_TEXT("young"));
    CHECK(read_all("panelist_id,status,experience,birth_year\nA,active,x,2008\n") == RK_BAD_DATA);
    CHECK(strstr(error.text, "young"));
    clear();
    want("age");
    CHECK(read_all("panelist_id,status,experience\nA,active,x\n") == RK_BAD_DATA);
    CHECK(strstr(error.text, "birth_year"));
    clear();
}

static void crossed(void)
{
    features.year = 2026;
    uint32_t both = want("gender × age"), lists = want("experience×language");
    CHECK_TEXT(features.all[both].name.text, "gender×age");
    CHECK(features.all[both].part_count == 2);
    CHECK(rk_features_expect(&features, both, RK_TEXT("man×13-17")) == 0);
    CHECK(rk_features_expect(&features, both, RK_TEXT("woman×18+")) == 1);
    CHECK(rk_features_expect(&features, both, RK_TEXT("woman")) == RK_NONE);
    CHECK(rk_features_expect(&features, both, RK_TEXT("a×b×c")) == RK_NONE);
    CHECK(want("a×b×c×d×e") == RK_NONE && want("a×") == RK_NONE && want("a×a") == RK_NONE);
    CHECK(!read_all("panelist_id,status,experience,gender,birth_year,language\n"
                    "A,active,x|y,woman,1990,sv|ar\n"
                    "B,active,x,,1990,sv\n"
                    "C,active,y,man,2011,\n"));
    CHECK_TEXT(values(0, both), "woman×18+");
    CHECK_TEXT(values(1, both), ""); /* a part is missing */
    CHECK_TEXT(values(2, both), "man×13-17");
    CHECK_TEXT(values(0, lists), "x×sv,x×ar,y×sv,y×ar");
    CHECK_TEXT(values(2, lists), "");
    /* what nobody has */
    uint32_t parts[RK_FEATURE_PARTS];
    CHECK(features.all[lists].values.count == 4);
    CHECK(!rk_features_fill(&features, lists, 3) && rk_features_fill(&features, lists, 4));
    CHECK(features.all[lists].values.count == 4);
    CHECK(rk_features_fill(&features, both, 100) && features.all[both].values.count == 4);
    CHECK_TEXT(features.all[both].values.texts[2].text, "man×18+");
    rk_features_split(&features, both, 2, parts);
    CHECK_TEXT(features.all[features.all[both].parts[0]].values.texts[parts[0]].text, "man");
    CHECK_TEXT(features.all[features.all[both].parts[1]].values.texts[parts[1]].text, "18+");
    clear();
}

static void wrong(void)
{
    static const char *const nobody = "panelist_id,status,experience,gender,housing\n";
    struct rk_buf file = {0};
    for (int rows = 0; rows < 2; rows++) { /* a header alone is held against the features too */
        rk_buf_text(&file, rows ? "A,active,x,woman,own\n" : nobody);
        want("huosing");
        CHECK(read_all(file.text) == RK_BAD_DATA);
        CHECK(strstr(error.text, "\"housing\""));
        clear();
        want("area"); /* a column of ours that this file lacks */
        CHECK(read_all(file.text) == RK_BAD_DATA);
        clear();
    }
    rk_buf_free(&file);
    /* JSON: a column is known only once some record has had it */
    uint32_t housing = want("housing");
    CHECK(!read_all("{\"panelist_id\":\"A\",\"status\":\"active\",\"experience\":\"x\"}\n"
                    "{\"panelist_id\":\"B\",\"status\":\"active\",\"experience\":\"x\","
                    "\"housing\":[\"own\",\"rented\"]}\n"));
    CHECK_TEXT(values(0, housing), "");
    CHECK_TEXT(values(1, housing), "own,rented");
    clear();
    want("housing");
    CHECK(read_all("{\"panelist_id\":\"A\",\"status\":\"active\",\"experience\":\"x\"}\n") ==
          RK_BAD_DATA);
    clear();
}

static void bands(void)
{
    int32_t from, to;
    CHECK(rk_feature_band(RK_TEXT("13-17"), &from, &to) && from == 13 && to == 17);
    CHECK(rk_feature_band(RK_TEXT("65+"), &from, &to) && from == 65 && to == 999);
    CHECK(rk_feature_band(RK_TEXT("85-"), &from, &to) && from == 85 && to == 999);
    CHECK(rk_feature_band(RK_TEXT("-12"), &from, &to) && from == 0 && to == 12);
    CHECK(rk_feature_band(RK_TEXT("18"), &from, &to) && from == 18 && to == 18);
    static const char *const wrong[] = {"", "-", "+", "17-13", "1-2-3", "young", "13 - 17", "1e3"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(!rk_feature_band(rk_text(wrong[i]), &from, &to));
}

int main(void)
{
    int fd = mkstemp(path);
    if (fd < 0 || rk_schema_load(&schema, "share/schema", "panelists", &error)) {
        printf("%s\n", error.text);
        return 1;
    }
    close(fd);
    columns();
    case_and_blanks();
    ages();
    crossed();
    wrong();
    bands();
    unlink(path);
    rk_schema_free(schema);
    return finish();
}
