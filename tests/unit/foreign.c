/* lib/stream/foreign: encodings, delimiters, quotes, places. */
#include "stream/foreign.h"

#include "check.h"
#include "workbook.h"

#include <unistd.h>

static struct rk_buf notes;

static void keep(struct rk_log *log, enum rk_severity severity, const struct rk_pos *pos,
                 const char *text)
{
    (void)log, (void)pos;
    if (severity != RK_DETAIL)
        rk_buf_printf(&notes, "(%s)", text);
}

/* Rows as text, or the error with its place. */
static const char *read_with(const char *bytes, size_t size, struct rk_foreign_options options)
{
    static struct rk_buf out;
    static char path[64];
    snprintf(path, sizeof path, "/tmp/rk-foreign-%ld", (long)getpid());
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file))
        return "cannot write";
    rk_buf_clear(&notes);
    rk_buf_clear(&out);
    struct rk_log log = {.emit = keep};
    struct rk_error error = {0};
    struct rk_foreign *foreign;
    enum rk_status status = rk_foreign_open(&foreign, path, &options, &log, &error);
    unlink(path);
    for (bool more = true; status == RK_OK && more;) {
        struct rk_foreign_row row;
        status = rk_foreign_next(foreign, &row, &more, &error);
        if (status != RK_OK || !more)
            break;
        rk_buf_printf(&out, "%d%s", (int)row.line, row.blank ? "_" : "");
        for (size_t i = 0; i < row.count; i++) {
            struct rk_pos pos = rk_foreign_pos(foreign, i);
            rk_buf_printf(&out, "<%.*s@%d:%d>", (int)row.cells[i].size,
                          row.cells[i].size ? row.cells[i].text : "", (int)pos.line,
                          (int)pos.column);
        }
        rk_buf_char(&out, '\n');
    }
    if (status != RK_OK) {
        rk_buf_clear(&out);
        rk_buf_printf(&out, "%d:%d: %s", (int)error.pos.line, (int)error.pos.column, error.text);
    }
    rk_foreign_close(foreign);
    return out.text ? out.text : "";
}

#define READ(literal) read_with(literal, sizeof(literal) - 1, (struct rk_foreign_options){0})
#define READ_AS(literal, ...)                                                                      \
    read_with(literal, sizeof(literal) - 1, (struct rk_foreign_options){__VA_ARGS__})

static void encodings(void)
{
    CHECK_TEXT(READ("\xef\xbb\xbfKön;P\nå;1\n"), "1<Kön@1:1><P@1:5>\n2<å@2:1><1@2:3>\n");
    CHECK(!notes.size || !*notes.text);
    CHECK_TEXT(READ("K\xf6n;P\r\n\xe5;\x80\r\n"), "1<Kön@1:1><P@1:5>\n2<å@2:1><€@2:3>\n");
    CHECK_TEXT(notes.text, "(not UTF-8: read as Windows-1252)");
    CHECK_TEXT(READ("\xff\xfeK\0\xf6\0;\0a\0\n\0=\xd8\0\xde;\0\x31\0"),
               "1<Kö@1:1><a@1:4>\n2<😀@2:1><1@2:3>\n");
    CHECK_TEXT(notes.text, "(not UTF-8: read as UTF-16)");
    CHECK_TEXT(READ("\xfe\xff\0K\0;\0a\0\r\0\n"), "1<K@1:1><a@1:3>\n");
    CHECK_TEXT(READ_AS("K\0;\0a\0\n\0", .encoding = RK_UTF_16), "1<K@1:1><a@1:3>\n");
    CHECK(strstr(READ("K\0;\0a\0\n\0"), "1:2: a zero byte"));
    CHECK(strstr(READ("\xff\xfeK\0;"), "cut short"));
    CHECK(strstr(READ("\xff\xfeK\0\0\xd8;\0"), "not whole UTF-16"));
    CHECK(strstr(READ("a;b\n\xe5;\x81\n"), "2:3: byte 0x81"));
    CHECK(strstr(READ("\xef\xbb\xbf"
                      "a;b\n\xe5;1\n"),
                 "2:1: the text is not whole UTF-8"));
    CHECK(strstr(READ("Kön;b\nx;\xe5\n"),
                 "2:3: the text is not whole UTF-8, yet line 1 holds UTF-8"));
    CHECK_TEXT(READ_AS("K\xc3\xb6;b\nx;\xe5\n", .encoding = RK_WINDOWS_1252),
               "1<KÃ¶@1:1><b@1:5>\n2<x@2:1><å@2:3>\n");
    CHECK(strstr(READ_AS("K\xf6;b\n", .encoding = RK_UTF_8), "1:2: the text is not whole UTF-8"));
    CHECK(strstr(READ(""), "is empty"));
    CHECK(strstr(READ("\xef\xbb\xbf"), "is empty"));
}

static void dialects(void)
{
    CHECK_TEXT(READ("a;b\n1,1;2,2\n"), "1<a@1:1><b@1:3>\n2<1,1@2:1><2,2@2:5>\n");
    CHECK_TEXT(READ("a\tb\n1\t\n"), "1<a@1:1><b@1:3>\n2<1@2:1><@2:3>\n");
    CHECK_TEXT(READ("\"a;b\",c\n1,2\n"), "1<a;b@1:1><c@1:7>\n2<1@2:1><2@2:3>\n");
    CHECK_TEXT(READ("sep=,\r\na;x,b\r\n1,2\r\n"), "2<a;x@2:1><b@2:5>\n3<1@3:1><2@3:3>\n");
    CHECK_TEXT(READ("\"sep=;\"\na;b\n"), "2<a@2:1><b@2:3>\n");
    CHECK_TEXT(READ("ID\n1\n"), "1<ID@1:1>\n2<1@2:1>\n");
    CHECK_TEXT(READ(";;\na;b,c;d\n"), "1_<@1:1><@1:2><@1:3>\n2<a@2:1><b,c@2:3><d@2:7>\n");
    CHECK(strstr(READ("a;b,c\n"), "as many of one delimiter"));
    CHECK_TEXT(READ_AS("a;b,c\n", .delimiter = ','), "1<a;b@1:1><c@1:5>\n");
    /* CR alone, blank lines, no line end at the end, true lines after a line break in quotes */
    CHECK_TEXT(READ("a;b\r1;2\r"), "1<a@1:1><b@1:3>\n2<1@2:1><2@2:3>\n");
    CHECK_TEXT(
        READ("a;b\n\n;\n \xc2\xa0;\n1;2"),
        "1<a@1:1><b@1:3>\n2_<@2:1>\n3_<@3:1><@3:2>\n4_< \xc2\xa0@4:1><@4:4>\n5<1@5:1><2@5:3>\n");
    CHECK_TEXT(READ("a;b\n\"x\r\n\"\"y\"\"\";2\n3;4\n"),
               "1<a@1:1><b@1:3>\n2<x\r\n\"y\"@2:1><2@3:8>\n4<3@4:1><4@4:3>\n");
    CHECK_TEXT(READ("a;b\n1;\"\"\n"), "1<a@1:1><b@1:3>\n2<1@2:1><@2:3>\n");
    CHECK(strstr(READ("a;b\n1;\"2\n3;4\n"), "2:3: a quoted field is never closed"));
    CHECK(strstr(READ("a;b\n1;\"2\"3\n"), "2:6: text after a closing quote"));
    CHECK(strstr(READ("a;b\n1;5\" x\n"), "2:4: a quote inside a field"));
    CHECK(strstr(READ("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"), "old kind (.xls)"));
    CHECK(strstr(READ("%PDF-1.7\n"), "a PDF file"));
    CHECK(strstr(READ("PK\3\4 cut"), "cut short"));
}

static void json(void)
{
    CHECK_TEXT(READ("[{\"a\": \"x\", \"b\": 1.50}, {\"c\": true, \"a\": null}]"),
               "0<a@0:0><b@0:0><c@0:0>\n1<x@1:0><1.5@1:0><@1:0>\n1<@1:0><@1:0><true@1:0>\n");
    CHECK_TEXT(READ("{\"a\": 1}\n{\"a\": 2}\n"), "0<a@0:0>\n1<1@1:0>\n2<2@2:0>\n");
    CHECK(strstr(READ("[{\"a\": 1}"), "1:"));
    CHECK_TEXT(READ("[a];b\n1;2\n"), "1<[a]@1:1><b@1:5>\n2<1@2:1><2@2:3>\n");
}

static void workbooks(void)
{
    struct rk_buf book = workbook(
        XML "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" RELS "\"><sheets>"
            "<sheet name=\"Poäng\" sheetId=\"1\" r:id=\"rId1\"/>"
            "<sheet name=\"Anteckningar\" sheetId=\"2\" r:id=\"rId1\"/></sheets></workbook>",
        WORKBOOK_SHEET("<row r=\"3\"><c r=\"B3\"><v>4</v></c></row>"), NULL);
    const char *got = read_with(book.text, book.size, (struct rk_foreign_options){0});
    CHECK(strstr(got, "several sheets hold something") &&
          strstr(got, "1 'Poäng', 2 'Anteckningar'"));
    got = read_with(book.text, book.size, (struct rk_foreign_options){.sheet = "2"});
    CHECK_TEXT(got, "3<@3:1><4@3:2>\n");
    got = read_with(book.text, book.size, (struct rk_foreign_options){.sheet = "Poäng"});
    CHECK_TEXT(got, "3<@3:1><4@3:2>\n");
    got = read_with(book.text, book.size, (struct rk_foreign_options){.sheet = "3"});
    CHECK(strstr(got, "there is no sheet '3'"));
    got = READ_AS("a;b\n", .sheet = "1");
    CHECK(strstr(got, "this is none"));
    rk_buf_free(&book);
}

int main(void)
{
    encodings();
    dialects();
    json();
    workbooks();
    rk_buf_free(&notes);
    return finish();
}
