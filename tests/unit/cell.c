/* lib/table/cell and words: cells as Swedish offices and Excel write them. */
#include "table/cell.h"

#include "check.h"
#include "stream/json.h"
#include "table/words.h"

static struct rk_cell_column column;
static struct rk_buf out, why;

static const char *read_kind(enum rk_type type, enum rk_foreign_kind kind, const char *text)
{
    struct rk_foreign_cell cell = {text, strlen(text), kind};
    struct rk_pos pos = {.line = 1};
    column.type = type;
    rk_buf_clear(&out);
    rk_buf_clear(&why);
    if (!rk_cell_read(&column, &cell, &pos, &out, &why))
        return "refused";
    return out.text ? out.text : "";
}

static const char *as(enum rk_type type, const char *text)
{
    return read_kind(type, RK_FOREIGN_TEXT, text);
}

static void numbers(void)
{
    column = (struct rk_cell_column){0};
    CHECK_TEXT(as(RK_NUMBER, "4,5"), "4.5");
    CHECK_TEXT(as(RK_NUMBER, "4.50"), "4.50");
    CHECK_TEXT(as(RK_NUMBER, "\xe2\x88\x92"
                             "2,5"),
               "-2.5");
    CHECK_TEXT(as(RK_NUMBER, "12\xc2\xa0"
                             "500,25"),
               "12500.25");
    CHECK_TEXT(as(RK_NUMBER, "1\xe2\x80\xaf"
                             "234 567"),
               "1234567");
    CHECK_TEXT(as(RK_NUMBER, "12 50"), "refused");
    CHECK_TEXT(as(RK_NUMBER, "1 234 5,0"), "refused");
    CHECK_TEXT(as(RK_NUMBER, "1.234,5"), "refused");
    CHECK_TEXT(as(RK_NUMBER, "1.234.567"), "refused");
    CHECK_TEXT(as(RK_NUMBER, "4,"), "refused");
    CHECK_TEXT(as(RK_NUMBER, ",5"), "refused");
    CHECK_TEXT(as(RK_NUMBER, "5 kr"), "refused");
    CHECK_TEXT(as(RK_NUMBER, "12,5 %"), "refused");
    CHECK(strstr(why.text, "percent"));
    CHECK_TEXT(as(RK_NUMBER, "1,98803E+11"), "refused");
    CHECK_TEXT(as(RK_STRING, "1,98803E+11"), "refused");
    CHECK_TEXT(as(RK_STRING, "K1,5E+1x"), "K1,5E+1x");
    CHECK_TEXT(as(RK_NUMBER, "#REFERENS!"), "refused");
    CHECK_TEXT(as(RK_STRING, "#SAKNAS!"), "refused");
    CHECK_TEXT(as(RK_INTEGER, "4,0"), "4");
    CHECK_TEXT(as(RK_INTEGER, "4,5"), "4.5"); /* for rk_field_check to refuse */
    CHECK_TEXT(as(RK_INTEGER, "400"), "400");
    CHECK_TEXT(read_kind(RK_NUMBER, RK_FOREIGN_NUMBER, "0.25"), "0.25");
    CHECK_TEXT(read_kind(RK_NUMBER, RK_FOREIGN_DAY, "43895"), "refused");
    CHECK_TEXT(read_kind(RK_STRING, RK_FOREIGN_DAY, "43895"), "refused");
    CHECK_TEXT(read_kind(RK_STRING, RK_FOREIGN_UNSTORED, "="), "refused");

    column = (struct rk_cell_column){.decimal = ','};
    CHECK_TEXT(as(RK_NUMBER, "1.234,5"), "1234.5");
    CHECK_TEXT(as(RK_NUMBER, "1.234"), "1234");
    CHECK_TEXT(as(RK_NUMBER, "4.5"), "refused");
    column = (struct rk_cell_column){.decimal = '.'};
    CHECK_TEXT(as(RK_NUMBER, "1,234.5"), "1234.5");
    CHECK_TEXT(as(RK_NUMBER, "4,5"), "refused");

    column = (struct rk_cell_column){0};
    as(RK_NUMBER, "1,234");
    as(RK_NUMBER, "0,234");
    as(RK_NUMBER, "5.5");
    CHECK(column.marks[0] == 2 && column.marks[1] == 1 && column.thousand_like == 1);
}

static void dates(void)
{
    column = (struct rk_cell_column){0};
    CHECK_TEXT(as(RK_DATE, "2020-03-05"), "2020-03-05");
    CHECK_TEXT(as(RK_DATE, "20200305"), "2020-03-05");
    CHECK_TEXT(as(RK_DATE, "2020/3/5"), "2020-03-05");
    CHECK_TEXT(as(RK_DATE, "2020.03.05"), "2020-03-05");
    CHECK_TEXT(as(RK_DATE, "5/3 2020"), "2020-03-05");
    CHECK_TEXT(as(RK_DATE, "5 mars 2020"), "2020-03-05");
    CHECK_TEXT(as(RK_DATE, "5 okt. 2020"), "2020-10-05");
    CHECK(column.notes[RK_CELL_DAY_FIRST] == 0);
    CHECK_TEXT(as(RK_DATE, "5/3/2020"), "2020-03-05");
    CHECK_TEXT(as(RK_DATE, "31.12.2020"), "2020-12-31");
    CHECK(column.notes[RK_CELL_DAY_FIRST] == 2);
    CHECK_TEXT(as(RK_DATE, "3/31/2020"), "refused");
    CHECK_TEXT(as(RK_DATE, "2020-02-30"), "refused");
    CHECK_TEXT(as(RK_DATE, "200305"), "refused");
    CHECK(strstr(why.text, "six digits"));
    CHECK_TEXT(as(RK_DATE, "2020-03"), "refused");
    CHECK_TEXT(as(RK_DATE, "5/3 20"), "refused");
    CHECK_TEXT(as(RK_DATE, "2020-03/05"), "refused");
    CHECK_TEXT(as(RK_DATE, "5 m 2020"), "refused");
    CHECK_TEXT(as(RK_DATE, "5"), "refused");
    CHECK(column.notes[RK_CELL_TIME_LEFT_OUT] == 0);
    CHECK_TEXT(as(RK_DATE, "2020-03-05 00:00:00"), "2020-03-05");
    CHECK(column.notes[RK_CELL_TIME_LEFT_OUT] == 0);
    CHECK_TEXT(as(RK_DATE, "2020-03-05T14:22"), "2020-03-05");
    CHECK(column.notes[RK_CELL_TIME_LEFT_OUT] == 1);

    /* serials: 43895 is 2020-03-05, 1 is 1900-01-01, 59 the last before Excel's 29 February 1900 */
    CHECK_TEXT(as(RK_DATE, "43895"), "2020-03-05");
    CHECK(column.notes[RK_CELL_SERIAL] == 1);
    CHECK_TEXT(as(RK_DATE, "4389"), "refused");
    CHECK_TEXT(read_kind(RK_DATE, RK_FOREIGN_DAY, "43895"), "2020-03-05");
    CHECK_TEXT(read_kind(RK_DATE, RK_FOREIGN_DAY, "1"), "1900-01-01");
    CHECK_TEXT(read_kind(RK_DATE, RK_FOREIGN_DAY, "59"), "1900-02-28");
    CHECK_TEXT(read_kind(RK_DATE, RK_FOREIGN_DAY, "60"), "refused");
    CHECK_TEXT(read_kind(RK_DATE, RK_FOREIGN_DAY, "61"), "1900-03-01");
    CHECK_TEXT(read_kind(RK_DATE, RK_FOREIGN_DURATION, "0.5"), "refused");
    column.is_1904 = true;
    CHECK_TEXT(read_kind(RK_DATE, RK_FOREIGN_DAY, "42433"), "2020-03-05");
    CHECK_TEXT(read_kind(RK_DATE, RK_FOREIGN_DAY, "0"), "1904-01-01");

    column = (struct rk_cell_column){0};
    CHECK_TEXT(as(RK_DATETIME, "2020-03-05 17:30"), "2020-03-05T17:30");
    CHECK_TEXT(as(RK_DATETIME, "2020-03-05T17:30:00.000"), "2020-03-05T17:30");
    CHECK_TEXT(as(RK_DATETIME, "5/3 2020 kl. 9.05"), "2020-03-05T09:05");
    CHECK(column.notes[RK_CELL_SECONDS_LEFT_OUT] == 0);
    CHECK_TEXT(as(RK_DATETIME, "2020-03-05 17:30:59"), "2020-03-05T17:30");
    CHECK(column.notes[RK_CELL_SECONDS_LEFT_OUT] == 1);
    CHECK_TEXT(read_kind(RK_DATETIME, RK_FOREIGN_MOMENT, "43895.7291666667"), "2020-03-05T17:30");
    CHECK_TEXT(read_kind(RK_DATETIME, RK_FOREIGN_MOMENT, "43895"), "2020-03-05T00:00");
    CHECK_TEXT(read_kind(RK_DATETIME, RK_FOREIGN_DAY, "43895"), "refused");
    CHECK_TEXT(as(RK_DATETIME, "43895,729166667"), "2020-03-05T17:30");
    CHECK_TEXT(as(RK_DATETIME, "2020-03-05"), "refused");
    CHECK_TEXT(as(RK_DATETIME, "2020-03-05T17:30Z"), "refused");
    CHECK_TEXT(as(RK_DATETIME, "2020-03-05 24:00"), "refused");
    CHECK_TEXT(as(RK_DATETIME, "2020-03-0517:30"), "refused");
}

static void years(void)
{
    column = (struct rk_cell_column){.birth = true};
    CHECK_TEXT(as(RK_YEAR, "1987"), "1987");
    CHECK_TEXT(as(RK_YEAR, "870312"), "1987");
    CHECK_TEXT(as(RK_YEAR, "080312"), "2008");
    CHECK_TEXT(as(RK_YEAR, "19870312"), "1987");
    CHECK_TEXT(as(RK_YEAR, "1987-03-12"), "1987");
    CHECK_TEXT(read_kind(RK_YEAR, RK_FOREIGN_DAY, "31848"), "1987");
    CHECK(column.notes[RK_CELL_SHORT_BIRTH] == 2 && column.notes[RK_CELL_JUNK_BIRTH] == 0);
    CHECK_TEXT(as(RK_YEAR, "111111"), "");
    CHECK_TEXT(as(RK_YEAR, "000000"), "");
    CHECK_TEXT(as(RK_YEAR, "19000101"), "");
    CHECK_TEXT(as(RK_YEAR, "123456"), "");
    CHECK_TEXT(as(RK_YEAR, "1111-11-11"), "");
    CHECK(column.notes[RK_CELL_JUNK_BIRTH] == 5);
    CHECK_TEXT(as(RK_YEAR, "871312"), "refused");
    CHECK_TEXT(as(RK_YEAR, "87"), "refused");
    CHECK_TEXT(as(RK_YEAR, "34 år"), "refused");
    CHECK_TEXT(as(RK_YEAR, "6408233235"), "refused");
    CHECK(!strstr(why.text, "6408")); /* never shown */
    column.birth = false;
    CHECK_TEXT(as(RK_YEAR, "2019"), "2019");
    CHECK_TEXT(as(RK_YEAR, "870312"), "refused");
}

static void lists(void)
{
    column = (struct rk_cell_column){0};
    CHECK_TEXT(as(RK_LIST, "LSS, hemtjänst;  skola/fritid"), "LSS|hemtjänst|skola|fritid");
    CHECK_TEXT(as(RK_LIST, "a\nb\r\nc"), "a|b|c");
    CHECK_TEXT(as(RK_LIST, "Stöd, vård | skola"), "Stöd, vård|skola");
    CHECK_TEXT(as(RK_LIST, "skola:0,5, vård:2,LSS;fritid:1,25"), "skola:0.5|vård:2|LSS|fritid:1.25");
    CHECK_TEXT(as(RK_LIST, "interpreter:ar,sign:1,"), "interpreter:ar|sign:1");
    CHECK_TEXT(as(RK_LIST, " , ;"), "");
    CHECK_TEXT(as(RK_LIST, "interpreter:ar"), "interpreter:ar");
}

static const char *fold(const char *text)
{
    static struct rk_buf buf;
    rk_fold(&buf, rk_text(text));
    return buf.text;
}

static void words(void)
{
    struct rk_text ours;
    struct rk_words *w = rk_words_new();
    CHECK(rk_looks_like_name(RK_TEXT("Namn Ettsson")) && rk_looks_like_name(RK_TEXT("Å Öst-Berg")));
    CHECK(!rk_looks_like_name(RK_TEXT("Bedömare 1")) && !rk_looks_like_name(RK_TEXT("Avogadro")) &&
          !rk_looks_like_name(RK_TEXT("Respekt för brukaren")));
    CHECK_TEXT(fold("  Kandidat\n ID\xc2\xa0: "), "kandidat id");
    CHECK_TEXT(fold("A\xcc\x8aLDER"), "ålder"); /* å put together from two */
    CHECK_TEXT(fold("ÅLDER*"), "ålder");
    CHECK(rk_words_add(w, "status", RK_TEXT("Aktiv"), RK_TEXT("active")));
    CHECK(rk_words_add(w, "candidates.status", RK_TEXT("aktiv"), RK_TEXT("other")));
    CHECK(rk_words_add(w, "status", RK_TEXT("aktiv "), RK_TEXT("active")));
    CHECK(!rk_words_add(w, "status", RK_TEXT("AKTIV"), RK_TEXT("paused")));
    CHECK(rk_words_find(w, "panelists", "status", RK_TEXT("AKTIV"), &ours) &&
          rk_text_is(ours, "active"));
    CHECK(rk_words_find(w, "candidates", "status", RK_TEXT("AKTIV"), &ours) &&
          rk_text_is(ours, "other"));
    CHECK(!rk_words_find(w, "panelists", "gender", RK_TEXT("aktiv"), &ours));
    CHECK(rk_words_has(w, "panelists", "status") && !rk_words_has(w, "panelists", "gender"));
    rk_words_free(w);

    /* what ships with rk */
    w = rk_words_new();
    struct rk_error error = {0};
    CHECK(rk_words_read(w, "share/schema/words.map.json", &error) == RK_OK);
    CHECK(rk_words_find(w, "ratings", "missing", RK_TEXT("Jäv"), &ours) &&
          rk_text_is(ours, "conflict"));
    CHECK(rk_words_in(w, "personal", RK_TEXT("FÖRNAMN")) &&
          !rk_words_in(w, "personal", RK_TEXT("kön")));
    rk_words_free(w);
}

/* Every word that ships for a column with choices must mean one of them. */
static void shipped_words(void)
{
    struct rk_error error = {0};
    char **names;
    rk_json *document;
    const rk_json *values, *words_of, *ours;
    const char *word;
    size_t count = 0;
    CHECK(rk_json_read(&document, "share/schema/words.map.json", &error) == RK_OK &&
          rk_json_object(document, "values", true, &values, "", &error) == RK_OK);
    CHECK(rk_schema_names(&names, "share/schema", &error) == RK_OK);
    for (char **name = names; *name; name++) {
        struct rk_schema *schema;
        CHECK(rk_schema_load(&schema, "share/schema", *name, &error) == RK_OK);
        for (size_t f = 0; f < schema->field_count; f++)
            for (int dotted = 0; dotted < 2 && schema->fields[f].choices; dotted++) {
                struct rk_buf key = {0};
                rk_buf_printf(&key, "%s%s%s", dotted ? *name : "", dotted ? "." : "",
                              schema->fields[f].name);
                words_of = NULL;
                rk_json_object(values, key.text, false, &words_of, "", &error);
                for (void *at = NULL; words_of && rk_json_each(words_of, &at, &word, &ours);) {
                    const char **choice = schema->fields[f].choices;
                    while (*choice && strcmp(*choice, rk_json_text(ours)))
                        choice++;
                    if (!*choice)
                        printf("%s: %s\n", key.text, word);
                    CHECK(*choice);
                    count++;
                }
                rk_buf_free(&key);
            }
        rk_schema_free(schema);
    }
    CHECK(count > 100);
    rk_schema_free_names(names);
    rk_json_free(document);
}

int main(void)
{
    shipped_words();
    numbers();
    dates();
    years();
    lists();
    words();
    rk_buf_free(&out);
    rk_buf_free(&why);
    return finish();
}
