/* lib/stream/workbook: what a sheet holds, and that no damaged or hostile workbook passes.
 * `workbook --write FOLDER` writes the workbooks of the golden cases of rk-import there instead. */
#include "stream/workbook.h"

#include "check.h"
#include "workbook.h"

static const char scores_sheet[] = WORKBOOK_SHEET(
    "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
    "<c r=\"C1\" t=\"inlineStr\"><is><t>Kön</t></is></c><c r=\"D1\" t=\"s\"><v>2</v></c></row>"
    "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>3</v></c><c r=\"B2\" s=\"1\"><v>43895</v></c>"
    "<c r=\"C2\" t=\"str\"><f>A1</f><v>kvinna</v></c><c r=\"D2\" "
    "s=\"4\"><v>0.30000000000000004</v></c></row>"
    "<row r=\"4\" hidden=\"1\"><c r=\"A4\"><v>17</v></c><c r=\"B4\" "
    "s=\"2\"><v>43895.729166666664</v></c>"
    "<c r=\"D4\"><f>SUM(D2:D3)</f><v>4.5</v></c></row>"
    "<row><c t=\"b\"><v>1</v></c><c s=\"3\"><v>0.0625</v></c><c s=\"1\"/>"
    "<c t=\"e\"><f>X1</f><v>#REF!</v></c><c><f>NOW()</f></c></row>");
static const char scores_strings[] = WORKBOOK_STRINGS(
    "<si><t>Kandidat</t></si><si><t xml:space=\"preserve\"> Ansökningsdatum</t></si>"
    "<si><r><t>Po</t></r><r><rPr/><t>äng</t></r><rPh><t>reading</t></rPh></si>"
    "<si><t>K_x002D_1_x000D_</t></si>");
static const char scores_dump[] = "1:t<Kandidat>t< Ansökningsdatum>t<Kön>t<Poäng>\n"
                                  "2:t<K-1\r>D<43895>t<kvinna>n<0.3>\n"
                                  "4:n<17>M<43895.7291666667>-n<4.5>\n"
                                  "5:b<true>H<0.0625>-e<#REF!>u<=>\n";

/* Rows as text; NULL and the reason in `error` when the workbook is refused. */
static char *dump(const struct rk_buf *bytes, struct rk_error *error)
{
    struct rk_workbook *book;
    struct rk_buf out = {0};
    /* an exact copy, so that a sanitizer sees a read past the end */
    char *copy = rk_alloc(bytes->size ? bytes->size : 1, 1);
    if (bytes->size)
        memcpy(copy, bytes->text, bytes->size);
    enum rk_status status = rk_workbook_open(&book, "f.xlsx", copy, bytes->size, error);
    if (status == RK_OK)
        status = rk_workbook_select(book, 0, error);
    for (bool more = true; status == RK_OK && more;) {
        struct rk_foreign_row row;
        status = rk_workbook_next(book, &row, &more, error);
        if (status != RK_OK || !more)
            break;
        rk_buf_printf(&out, "%d:", (int)row.line);
        for (size_t i = 0; i < row.count; i++) {
            const struct rk_foreign_cell *c = &row.cells[i];
            if (c->size)
                rk_buf_printf(&out, "%c<%.*s>", "tnpbDMHeu"[c->kind], (int)c -> size, c -> text);
            else
                rk_buf_char(&out, '-');
        }
        rk_buf_char(&out, '\n');
    }
    rk_workbook_close(book);
    rk_free(copy);
    if (status != RK_OK) {
        rk_buf_free(&out);
        return NULL;
    }
    return out.text ? rk_buf_take(&out) : rk_strdup("");
}

static bool refused(struct rk_buf bytes, const char *because)
{
    struct rk_error error = {0};
    char *text = dump(&bytes, &error);
    bool good = !text && error.status == RK_BAD_DATA && strstr(error.text, because);
    if (!good)
        printf("got '%s' (%d), expected '%s'\n", text ? text : error.text, error.status, because);
    rk_free(text);
    rk_buf_free(&bytes);
    return good;
}

static struct rk_buf rows_only(const char *rows)
{
    struct rk_buf sheet = {0};
    rk_buf_printf(&sheet, XML "<worksheet xmlns=\"" MAIN "\"><sheetData>%s</sheetData></worksheet>",
                  rows);
    struct rk_buf book = workbook(NULL, sheet.text, NULL);
    rk_buf_free(&sheet);
    return book;
}

static void contents(void)
{
    struct rk_error error = {0};
    struct rk_buf book = workbook(NULL, scores_sheet, scores_strings);
    char *text = dump(&book, &error);
    CHECK_TEXT(text ? text : error.text, scores_dump);
    rk_free(text);
    rk_buf_free(&book);

    /* strict OOXML, a 1904 workbook, a hidden first sheet, a chart sheet */
    static const char strict_sheet[] =
        "<s:worksheet xmlns:s=\"http://purl.oclc.org/ooxml/spreadsheetml/main\"><s:sheetData>"
        "<s:row r=\"1\"><s:c r=\"B1\"><s:v>1E+2</s:v></s:c></s:row></s:sheetData></s:worksheet>";
    static const char two[] =
        XML "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" RELS "\"><workbookPr date1904=\"1\"/><sheets>"
            "<sheet name=\"Diagram\" sheetId=\"3\" r:id=\"rId9\"/>"
            "<sheet name=\"A\" sheetId=\"1\" r:id=\"rId1\" state=\"hidden\"/></sheets></workbook>";
    book = workbook(two, strict_sheet, NULL);
    struct rk_workbook *opened;
    CHECK(rk_workbook_open(&opened, "f", book.text, book.size, &error) == RK_OK &&
          rk_workbook_sheets(opened) == 1 && rk_workbook_sheet_hidden(opened, 0) &&
          rk_workbook_1904(opened));
    CHECK_TEXT(rk_workbook_sheet_name(opened, 0), "A");
    rk_workbook_close(opened);
    text = dump(&book, &error);
    CHECK_TEXT(text, "1:-n<100>\n");
    rk_free(text);
    rk_buf_free(&book);

    /* merged cells are told */
    book = workbook(NULL,
                    XML "<worksheet xmlns=\"" MAIN "\"><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v>"
                        "</c></row></sheetData><mergeCells><mergeCell ref=\"C1:D1\"/>"
                        "<mergeCell ref=\"A2:A4\"/></mergeCells></worksheet>",
                    NULL);
    CHECK(rk_workbook_open(&opened, "f", book.text, book.size, &error) == RK_OK &&
          rk_workbook_select(opened, 0, &error) == RK_OK);
    struct rk_foreign_row row;
    bool more = true;
    while (more && rk_workbook_next(opened, &row, &more, &error) == RK_OK)
        ;
    CHECK(!more);
    struct rk_foreign_merge merge;
    CHECK(rk_workbook_merge(opened, 1, &merge) && merge.first_line == 2 && merge.last_line == 4 &&
          merge.first_column == 0 && merge.last_column == 0);
    CHECK(!rk_workbook_merge(opened, 2, &merge));
    rk_workbook_close(opened);
    rk_buf_free(&book);

    /* more rows than one chunk, and rows that chunks cut */
    struct rk_buf sheet = {0};
    rk_buf_text(&sheet, XML "<worksheet xmlns=\"" MAIN "\"><sheetData>");
    for (int i = 1; i <= 5000; i++)
        rk_buf_printf(&sheet,
                      "<row r=\"%d\"><c r=\"A%d\"><v>%d</v></c><c r=\"B%d\" t=\"inlineStr\"><is>"
                      "<t>text number %d</t></is></c></row>",
                      i, i, i, i, i);
    rk_buf_text(&sheet, "</sheetData></worksheet>");
    book = workbook(NULL, sheet.text, NULL);
    text = dump(&book, &error);
    struct rk_buf expected = {0};
    for (int i = 1; i <= 5000; i++)
        rk_buf_printf(&expected, "%d:n<%d>t<text number %d>\n", i, i, i);
    CHECK(text && !strcmp(text, expected.text));
    rk_free(text);
    rk_buf_free(&expected);
    rk_buf_free(&sheet);
    rk_buf_free(&book);
}

static const char *number(const char *text)
{
    static struct rk_buf out;
    rk_buf_clear(&out);
    return rk_workbook_number(rk_text(text), &out) ? out.text : "refused";
}

static void numbers(void)
{
    CHECK_TEXT(number("3.1400000000000001"), "3.14");
    CHECK_TEXT(number("0.1"), "0.1");
    CHECK_TEXT(number("-5"), "-5");
    CHECK_TEXT(number("999999999999999.9"), "1000000000000000");
    CHECK_TEXT(number("198803123456"), "198803123456");
    CHECK_TEXT(number("1.98803E+11"), "198803000000");
    CHECK_TEXT(number("2.5e-3"), "0.0025");
    CHECK_TEXT(number("007.50"), "7.5");
    CHECK_TEXT(number("-0.0"), "0");
    CHECK_TEXT(number(".5"), "0.5");
    CHECK_TEXT(number(""), "refused");
    CHECK_TEXT(number("1,5"), "refused");
    CHECK_TEXT(number("1e"), "refused");
    CHECK_TEXT(number("nan"), "refused");
    CHECK_TEXT(number("1e300"), "refused");
    CHECK(rk_workbook_format_kind("General") == RK_FOREIGN_NUMBER);
    CHECK(rk_workbook_format_kind("0.00") == RK_FOREIGN_NUMBER);
    CHECK(rk_workbook_format_kind("#,##0\\ \"kr/day\"") == RK_FOREIGN_NUMBER);
    CHECK(rk_workbook_format_kind("[Red]0.0;[Blue]-0.0") == RK_FOREIGN_NUMBER);
    CHECK(rk_workbook_format_kind("yyyy\\-mm\\-dd") == RK_FOREIGN_DAY);
    CHECK(rk_workbook_format_kind("[$-41D]d\\ mmmm\\ yyyy;@") == RK_FOREIGN_DAY);
    CHECK(rk_workbook_format_kind("mmm") == RK_FOREIGN_DAY);
    CHECK(rk_workbook_format_kind("d/m/yy h:mm") == RK_FOREIGN_MOMENT);
    CHECK(rk_workbook_format_kind("0.0%") == RK_FOREIGN_PERCENT);
    CHECK(rk_workbook_format_kind("0\\%") == RK_FOREIGN_NUMBER);
    CHECK(rk_workbook_format_kind("[h]:mm") == RK_FOREIGN_DURATION);
    CHECK(rk_workbook_format_kind("h:mm AM/PM") == RK_FOREIGN_DURATION);
    struct rk_buf name = {0};
    rk_workbook_column(&name, 0);
    rk_workbook_column(&name, 25);
    rk_workbook_column(&name, 26);
    rk_workbook_column(&name, 16383);
    CHECK_TEXT(name.text, "AZAAXFD");
    rk_buf_free(&name);
}

static const char *iso(const char *text, bool is_1904)
{
    static struct rk_buf out;
    enum rk_foreign_kind kind;
    rk_buf_clear(&out);
    if (!rk_workbook_iso(rk_text(text), is_1904, &out, &kind))
        return "refused";
    rk_buf_printf(&out, "%c", "tnpbDMHeu"[kind]);
    return out.text;
}

static void dates(void)
{
    CHECK_TEXT(iso("2020-03-05", false), "43895D");
    CHECK_TEXT(iso("2020-03-05", true), "42433D");
    CHECK_TEXT(iso("2020-03-05T12:00:00", false), "43895.500000000M");
    CHECK_TEXT(iso("2020-03-05T18:00", false), "43895.750000000M");
    CHECK_TEXT(iso("2020-03-05T00:00:00.000", false), "43895M");
    /* Excel counts a 29 February 1900: before it a day less, as Excel shows them */
    CHECK_TEXT(iso("1900-03-01", false), "61D");
    CHECK_TEXT(iso("1900-02-28", false), "59D");
    CHECK_TEXT(iso("1900-01-01", false), "1D");
    CHECK_TEXT(iso("1899-12-31", false), "refused");
    CHECK_TEXT(iso("1904-01-01", true), "0D");
    CHECK_TEXT(iso("1903-12-31", true), "refused");
    CHECK_TEXT(iso("2021-02-29", false), "refused");
    CHECK_TEXT(iso("2020-03-05T25:00", false), "refused");
    CHECK_TEXT(iso("2020-03-05T12:00Z", false), "refused");
    CHECK_TEXT(iso("2020-03-05 12:00", false), "refused");
    CHECK_TEXT(iso("PT02H30M00S", false), "0.104166667H");
    CHECK_TEXT(iso("PT36H", false), "1.500000000H");
    CHECK_TEXT(iso("PT", false), "refused");
    CHECK_TEXT(iso("PT5", false), "refused");
    CHECK_TEXT(iso("P1DT2H", false), "refused");
}

/* Every cut is refused; no single changed byte is an error of memory or gives another table. */
static void damage(void)
{
    struct rk_buf book = workbook(NULL, scores_sheet, scores_strings);
    int passed_cuts = 0, other = 0, spoilt = 0;
    for (size_t size = 0; size < book.size; size++) {
        struct rk_error error = {0};
        struct rk_buf cut = {book.text, size, 0};
        char *text = dump(&cut, &error);
        passed_cuts += text != NULL || error.status != RK_FAILED || !*error.text;
        rk_free(text);
    }
    CHECK(passed_cuts == 0);
    for (size_t at = 0; at < book.size; at++)
        for (int bit = 0; bit < 8; bit++) {
            struct rk_error error = {0};
            book.text[at] ^= (char)(1 << bit);
            char *text = dump(&book, &error);
            book.text[at] ^= (char)(1 << bit);
            bool same = text && !strcmp(text, scores_dump);
            if (text && !same)
                printf("byte %zu bit %d gives:\n%s", at, bit, text);
            other += text ? !same : error.status != RK_BAD_DATA && error.status != RK_FAILED;
            spoilt += !text && error.status == RK_FAILED;
            rk_free(text);
        }
    CHECK(other == 0 && spoilt > 0);
    rk_buf_char(&book, 'x');
    struct rk_error error = {0};
    CHECK(!dump(&book, &error) && error.status == RK_FAILED);
    rk_buf_free(&book);
}

/* Any one byte of the sheet's XML changed, cut away or doubled: read or refused, never worse. */
static void broken_xml(void)
{
    size_t size = sizeof scores_sheet - 1, n = 0;
    static const char put[] = {'<', '>', '"', '&', '9', 'A', '\0', ' ', '\x80'};
    char *text = rk_alloc(size + 2, 1);
    for (size_t at = 0; at < size; at += 3)
        for (size_t k = 0; k < sizeof put + 2; k++) {
            size_t cut = k == sizeof put, twice = k == sizeof put + 1;
            memcpy(text, scores_sheet, at);
            memcpy(text + at + twice, scores_sheet + at + cut, size - at - cut);
            if (twice)
                text[at] = scores_sheet[at];
            else if (!cut)
                text[at] = put[k];
            struct workbook_part parts[] = {{"[Content_Types].xml", workbook_types, 0},
                                            {"_rels/.rels", workbook_root, 0},
                                            {"xl/workbook.xml", workbook_main, 0},
                                            {"xl/_rels/workbook.xml.rels", workbook_rels, 0},
                                            {"xl/styles.xml", workbook_styles, 0},
                                            {"xl/sharedStrings.xml", scores_strings, 0},
                                            {"xl/worksheets/sheet1.xml", text, size - cut + twice}};
            struct rk_buf book = workbook_zip(parts, 7);
            struct rk_error error = {0};
            char *got = dump(&book, &error);
            n += !got && (error.status != RK_BAD_DATA || !*error.text);
            rk_free(got);
            rk_buf_free(&book);
        }
    rk_free(text);
    CHECK(n == 0);
}

static void hostile(void)
{
    static const char cell[] = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
    struct workbook_part parts[] = {
        {"[Content_Types].xml", workbook_types, 0},
        {"_rels/.rels", workbook_root, 0},
        {"xl/workbook.xml", workbook_main, 0},
        {"xl/_rels/workbook.xml.rels", workbook_rels, 0},
        {"xl/styles.xml", workbook_styles, 0},
        {"xl/sharedStrings.xml", WORKBOOK_STRINGS(""), 0},
        {"xl/worksheets/sheet1.xml", scores_sheet, 0},
    };
    const size_t n = sizeof parts / sizeof *parts;
    for (size_t i = 0; i < n; i++) { /* each part missing in turn */
        const char *text = parts[i].text;
        parts[i].text = NULL;
        CHECK(refused(workbook_zip(parts, n), i < 2 ? "but no workbook" : "is missing"));
        parts[i].text = "<unended>";
        if (i)
            CHECK(refused(workbook_zip(parts, n), "damaged"));
        parts[i].text = text;
    }
    parts[6].text = XML "<!DOCTYPE w [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]>"
                        "<worksheet xmlns=\"" MAIN "\"><sheetData/></worksheet>";
    CHECK(refused(workbook_zip(parts, n), "declares entities"));
    parts[6].text = XML "<!DOCTYPE w SYSTEM \"file:///etc/passwd\"><worksheet/>";
    CHECK(refused(workbook_zip(parts, n), "declares entities"));

    /* 64 MiB of blanks in 64 KiB */
    size_t size = (size_t)64 << 20;
    char *bomb = rk_alloc(size, 1);
    memset(bomb, ' ', size);
    memcpy(bomb, "<a>", 3);
    parts[6] = (struct workbook_part){"xl/worksheets/sheet1.xml", bomb, size};
    CHECK(refused(workbook_zip(parts, n), "would unpack to 67108864 bytes"));
    rk_free(bomb);

    struct rk_buf deep = {0};
    for (int i = 0; i < 1000; i++)
        rk_buf_text(&deep, "<a>");
    parts[6] = (struct workbook_part){"xl/worksheets/sheet1.xml", deep.text, 0};
    CHECK(refused(workbook_zip(parts, n), "nested deeper"));
    rk_buf_free(&deep);

    parts[0] =
        (struct workbook_part){"mimetype", "application/vnd.oasis.opendocument.spreadsheet", 0};
    parts[1] = (struct workbook_part){"content.xml", "<a/>", 0};
    CHECK(refused(workbook_zip(parts, 2), "without sheets"));
    parts[0] = (struct workbook_part){"letter.txt", "hello", 0};
    CHECK(refused(workbook_zip(parts, 1), "but no workbook"));

    CHECK(refused(rows_only("<row r=\"2\"/><row r=\"1\"/>"), "not in order"));
    CHECK(refused(rows_only("<row r=\"1048577\"/>"), "not in order"));
    CHECK(refused(rows_only("<row r=\"1\"><c r=\"B1\"><v>1</v></c><c r=\"A1\"/></row>"),
                  "not in order"));
    CHECK(refused(rows_only("<row r=\"1\"><c r=\"A2\"/></row>"), "not in order"));
    CHECK(refused(rows_only("<row r=\"1\"><c r=\"XFE1\"/></row>"), "not in order"));
    CHECK(refused(rows_only("<row r=\"1\"><c t=\"s\"><v>0</v></c></row>"), "shared text"));
    CHECK(refused(rows_only("<row r=\"1\"><c t=\"s\"><v>-1</v></c></row>"), "shared text"));
    CHECK(refused(rows_only("<row r=\"1\"><c s=\"99\"><v>0</v></c></row>"), "style"));
    CHECK(refused(rows_only("<row r=\"1\"><c><v>1,5</v></c></row>"), "cannot be read"));
    CHECK(refused(rows_only("<row r=\"1\"><c t=\"b\"><v>2</v></c></row>"), "neither"));
    CHECK(refused(rows_only("<row r=\"1\"><c t=\"q\"><v>2</v></c></row>"), "unknown type"));
    CHECK(refused(rows_only("<row><row/></row>"), "not where they should be"));
    CHECK(refused(rows_only("<c><v>1</v></c>"), "not where they should be"));
    CHECK(refused(workbook(NULL, "<worksheet xmlns=\"" MAIN "\"/>", NULL), "holds no rows"));

    struct rk_error error = {0};
    struct rk_buf book = rows_only("<row><c><v>9.9999999999999992E+307</v></c></row>");
    char *text = dump(&book, &error);
    CHECK_TEXT(text, "1:n<9.9999999999999992E+307>\n");
    rk_free(text);
    rk_buf_free(&book);
    book = rows_only(cell);
    text = dump(&book, &error);
    CHECK_TEXT(text, "1:n<1>\n");
    rk_free(text);
    rk_buf_free(&book);
}

#define OASIS "urn:oasis:names:tc:opendocument:xmlns:"
#define ODS(tables)                                                                                \
    XML "<o:document-content xmlns:o=\"" OASIS "office:1.0\" xmlns:table=\"" OASIS                 \
        "table:1.0\" xmlns:text=\"" OASIS "text:1.0\"><o:body><o:spreadsheet>" tables              \
        "</o:spreadsheet></o:body></o:document-content>"
#define ODS_ROWS(rows) ODS("<table:table table:name=\"A\">" rows "</table:table>")

static struct rk_buf opendocument_of(const char *content)
{
    struct workbook_part parts[] = {
        {"mimetype", "application/vnd.oasis.opendocument.spreadsheet", 0},
        {"content.xml", content, 0}};
    return workbook_zip(parts, 2);
}

/* What the rows of an ODS sheet are read as, or the error. */
static const char *read_ods(const char *content)
{
    static struct rk_error error;
    static char *text;
    struct rk_buf book = opendocument_of(content);
    error = (struct rk_error){0};
    rk_free(text);
    text = dump(&book, &error);
    rk_buf_free(&book);
    return text ? text : error.text;
}

static const char ods_sheet[] = ODS_ROWS(
    "<table:table-row><table:table-cell o:value-type=\"string\"><text:p>a<text:s text:c=\"2\"/>b"
    "<text:span>c</text:span></text:p><text:p>d</text:p></table:table-cell>"
    "<table:table-cell table:number-columns-repeated=\"2\" o:value-type=\"float\" "
    "o:value=\"0.30000000000000004\"><text:p>0,3</text:p></table:table-cell></table:table-row>"
    "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell/>"
    "<table:table-cell o:value-type=\"date\" o:date-value=\"2020-03-05\"/></table:table-row>"
    "<table:table-row table:number-rows-repeated=\"1048500\"><table:table-cell "
    "table:number-columns-repeated=\"16384\"/></table:table-row>");
static const char ods_dump[] = "1:t<a  bc\nd>n<0.3>n<0.3>\n2:-D<43895>\n3:-D<43895>\n4:-D<43895>\n";

static void opendocument(void)
{
    CHECK_TEXT(read_ods(ods_sheet), ods_dump);
    /* a note, a table in a cell, a formula not computed, a covered cell's own text: no values */
    CHECK_TEXT(
        read_ods(ODS_ROWS(
            "<table:table-row><table:table-cell o:value-type=\"string\"><o:annotation><text:p>n"
            "</text:p></o:annotation><text:p>x</text:p></table:table-cell>"
            "<table:table-cell table:formula=\"of:=A1\"/>"
            "<table:covered-table-cell o:value-type=\"string\"><text:p>y</text:p>"
            "</table:covered-table-cell><table:table-cell o:value-type=\"boolean\" "
            "o:boolean-value=\"true\"/></table:table-row>")),
        "1:t<x>u<=>-b<true>\n");
    /* rows and columns without bound */
    CHECK(strstr(read_ods(ODS_ROWS("<table:table-row table:number-rows-repeated=\"1048577\">"
                                   "<table:table-cell o:value-type=\"float\" o:value=\"1\"/>"
                                   "</table:table-row>")),
                 "more rows than"));
    CHECK(strstr(read_ods(ODS_ROWS("<table:table-row><table:table-cell "
                                   "table:number-columns-repeated=\"16385\" "
                                   "o:value-type=\"float\" o:value=\"1\"/></table:table-row>")),
                 "more columns than"));
    CHECK(strstr(read_ods(ODS_ROWS("<table:table-row table:number-rows-repeated=\"100000\">"
                                   "<table:table-cell table:number-columns-repeated=\"1000\" "
                                   "o:value-type=\"float\" o:value=\"1\"/></table:table-row>")),
                 "more than 67108864 cells"));
    CHECK(strstr(read_ods(ODS_ROWS("<table:table-row><table:table-cell "
                                   "table:number-columns-repeated=\"-1\"/></table:table-row>")),
                 "not where they should be"));
    CHECK(strstr(read_ods(ODS_ROWS("<table:table-row><table:table-cell o:value-type=\"float\" "
                                   "o:value=\"1,5\"/></table:table-row>")),
                 "cannot be read"));
    CHECK(strstr(read_ods(ODS_ROWS("<table:table-row><table:table-cell o:value-type=\"q\"/>"
                                   "</table:table-row>")),
                 "unknown type"));
    CHECK(strstr(read_ods("<!DOCTYPE a><a/>"), "declares entities"));

    /* any one byte of the XML changed: read or refused, never worse */
    size_t size = sizeof ods_sheet - 1, wrong = 0;
    static const char put[] = {'<', '>', '"', '9', '-', ' ', 'a'};
    char *text = rk_strdup(ods_sheet);
    for (size_t at = 0; at < size; at += 3)
        for (size_t k = 0; k < sizeof put; k++) {
            struct rk_error error = {0};
            text[at] = put[k];
            struct rk_buf book = opendocument_of(text);
            char *got = dump(&book, &error);
            wrong += !got && (error.status != RK_BAD_DATA || !*error.text);
            rk_free(got);
            rk_buf_free(&book);
            text[at] = ods_sheet[at];
        }
    rk_free(text);
    CHECK(wrong == 0);
}

/* Puts `value` where the nth central directory entry has the bytes at `offset`. */
static void patch_entry(struct rk_buf *book, int n, size_t offset, uint32_t value)
{
    for (size_t at = 0; at + 46 < book->size; at++)
        if (!memcmp(book->text + at, "PK\1\2", 4) && !n--) {
            for (int i = 0; i < 4; i++)
                book->text[at + offset + (size_t)i] = (char)(value >> 8 * i);
            return;
        }
    CHECK(!"no such entry");
}

/* Archives that are well formed for some readers, and traps for others. */
static void archives(void)
{
    static const char *const names[] = {"../evil.xml", "/etc/passwd", "xl\\workbook.xml",
                                        "a/../../b", "c:evil.xml"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct workbook_part parts[] = {{"[Content_Types].xml", workbook_types, 0},
                                        {names[i], "x", 0}};
        CHECK(refused(workbook_zip(parts, 2), "leads out of the archive"));
    }
    struct workbook_part twice[] = {{"a.xml", "x", 0}, {"A.xml", "y", 0}};
    CHECK(refused(workbook_zip(twice, 2), "is there twice"));

    /* the second part is said to stand where the first one does */
    struct rk_buf book = workbook(NULL, scores_sheet, scores_strings);
    patch_entry(&book, 1, 42, 0);
    CHECK(refused(book, "over one another"));
    /* the last part is said to reach into the directory */
    book = workbook(NULL, scores_sheet, scores_strings);
    patch_entry(&book, 6, 20, (uint32_t)book.size);
    CHECK(refused(book, "over one another"));
}

/* ---- the workbooks of the golden cases ---- */

static void write_file(const char *folder, const char *name, const struct rk_buf *bytes,
                       size_t size)
{
    struct rk_buf path = {0};
    rk_buf_printf(&path, "%s/%s", folder, name);
    FILE *file = fopen(path.text, "wb");
    CHECK(file && fwrite(bytes->text, 1, size, file) == size);
    if (file)
        CHECK(!fclose(file));
    rk_buf_free(&path);
}

static void write_samples(const char *folder)
{
    static const char two_sheets[] =
        XML "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" RELS "\"><workbookPr/><sheets>"
            "<sheet name=\"Intervju 12 mars\" sheetId=\"1\" r:id=\"rId1\"/>"
            "<sheet name=\"Noter\" sheetId=\"2\" r:id=\"rId1\"/></sheets></workbook>";
    static const char sheet[] = WORKBOOK_SHEET(
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
        "<c r=\"C1\" t=\"s\"><v>2</v></c><c r=\"D1\" t=\"s\"><v>3</v></c>"
        "<c r=\"E1\" t=\"s\"><v>4</v></c><c r=\"F1\" t=\"s\"><v>5</v></c></row>"
        "<row r=\"2\"><c r=\"A2\"><v>101</v></c><c r=\"B2\" t=\"s\"><v>6</v></c>"
        "<c r=\"C2\" s=\"2\"><v>43902.729166666664</v></c><c r=\"D2\" s=\"4\"><v>4.5</v></c>"
        "<c r=\"E2\"><v>3</v></c><c r=\"F2\"><f>SUM(D2:E2)</f><v>7.5</v></c></row>"
        "<row r=\"3\" hidden=\"1\"><c r=\"A3\"><v>101</v></c><c r=\"B3\" t=\"s\"><v>7</v></c>"
        "<c r=\"C3\" s=\"2\"><v>43902.75</v></c><c r=\"D3\"><v>4</v></c>"
        "<c r=\"E3\" t=\"s\"><v>8</v></c><c r=\"F3\"><f>SUM(D3:E3)</f><v>4</v></c></row>"
        "<row r=\"4\"><c r=\"A4\"><v>102</v></c><c r=\"B4\" t=\"s\"><v>6</v></c>"
        "<c r=\"C4\" s=\"2\"><v>43902.770833333336</v></c>"
        "<c r=\"D4\"><f>1.1+2.2</f><v>3.3000000000000003</v></c>"
        "<c r=\"F4\"><f>SUM(D4:E4)</f><v>3.3</v></c></row>"
        "<row r=\"5\"><c r=\"A5\" s=\"1\"/></row>"
        "<row r=\"6\"><c r=\"A6\" t=\"inlineStr\"><is><t> </t></is></c></row>");
    static const char strings_of_sheet[] = WORKBOOK_STRINGS(
        "<si><t>Kandidat</t></si><si><t>Bedömare</t></si><si><t>Bedömd den</t></si>"
        "<si><t>Respekt för brukaren</t></si><si><r><t>Kun</t></r><r><t>skap</t></r></si>"
        "<si><t>Summa</t></si><si><t>B1</t></si><si><t>B2</t></si><si><t>jäv</t></si>");
    struct rk_buf book = workbook(two_sheets, sheet, strings_of_sheet);
    write_file(folder, "blad.xlsx", &book, book.size);
    write_file(folder, "bad-cut.xlsx", &book, book.size / 2);
    write_file(folder, "bad-end.xlsx", &book, book.size - 1);
    book.text[book.size / 2] ^= 1;
    write_file(folder, "bad-byte.xlsx", &book, book.size);
    rk_buf_free(&book);
    book = workbook(
        NULL,
        WORKBOOK_SHEET(
            "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Kandidat</t></is></c>"
            "<c r=\"B1\" t=\"inlineStr\"><is><t>Ref.nr</t></is></c>"
            "<c r=\"C1\" t=\"inlineStr\"><is><t>Ansökningsdatum</t></is></c></row>"
            "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" t=\"e\"><f>X!A1</f><v>#REF!</v></c>"
            "<c r=\"C2\"><f>TODAY()</f></c></row>"
            "<row r=\"3\"><c r=\"A3\" s=\"1\"><v>43895</v></c>"
            "<c r=\"B3\" t=\"inlineStr\"><is><t>R7</t></is></c>"
            "<c r=\"C3\" t=\"inlineStr\"><is><t>#SAKNAS!</t></is></c></row>"),
        NULL);
    write_file(folder, "bad-cells.xlsx", &book, book.size);
    rk_buf_free(&book);
    book = workbook(NULL,
                    XML "<!DOCTYPE w [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;&a;\">]>"
                        "<worksheet xmlns=\"" MAIN "\"><sheetData><row r=\"1\"><c "
                        "t=\"inlineStr\"><is><t>&b;</t></is></c></row></sheetData></worksheet>",
                    NULL);
    write_file(folder, "bad-entities.xlsx", &book, book.size);
    rk_buf_free(&book);
    size_t size = (size_t)16 << 20;
    char *blanks = rk_alloc(size + 1, 1);
    memset(blanks, ' ', size);
    memcpy(blanks, "<worksheet>", 11);
    book = workbook(NULL, blanks, NULL);
    rk_free(blanks);
    write_file(folder, "bad-bomb.xlsx", &book, book.size);
    rk_buf_free(&book);
    book = workbook(
        NULL,
        WORKBOOK_SHEET(
            "<row r=\"1\"><c t=\"inlineStr\"><is><t>Kandidat</t></is></c><c t=\"inlineStr\"><is>"
            "<t>Rekrytering</t></is></c><c t=\"inlineStr\"><is><t>Status</t></is></c></row>"
            "<row r=\"2\"><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c "
            "t=\"s\"><v>2</v></c></row>"),
        WORKBOOK_STRINGS("<si><t>K1</t></si><si><t>R1</t></si><si><t>aktiv</t></si>"));
    write_file(folder, "kandidater.xlsx", &book, book.size); /* of tests/faults */
    rk_buf_free(&book);
    struct workbook_part letter = {"letter.txt", "not a workbook", 0};
    book = workbook_zip(&letter, 1);
    write_file(folder, "bad-letter.xlsx", &book, book.size);
    rk_buf_free(&book);
}

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "--write")) {
        write_samples(argv[2]);
        return finish();
    }
    contents();
    numbers();
    dates();
    opendocument();
    archives();
    damage();
    broken_xml();
    hostile();
    return finish();
}
