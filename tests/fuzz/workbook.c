/* Any bytes as a workbook: read or refused, never more, and the second time as the first. The first byte
 * says what the rest is: an archive as it stands; the parts of an XLSX workbook, sheet, shared texts and
 * styles, with a byte 0xff between them; or the content of an ODS file: packed here, so that the checksums
 * do not stand in the way. `make fuzz` */
#include "../unit/workbook.h"

#include "stream/workbook.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

enum { ARCHIVE = 'a', XLSX = 'x', ODS = 'o' };

/* What all sheets hold, as a number; the rows themselves are looked at, for the sanitizers. */
static uint64_t read_all(const void *bytes, size_t size)
{
    struct rk_error error = {0};
    struct rk_workbook *book;
    uint64_t sum = 0;
    if (rk_workbook_open(&book, "fuzz", bytes, size, &error))
        return 1;
    for (size_t s = 0; s < rk_workbook_sheets(book) && s < 4; s++) {
        struct rk_foreign_row row;
        struct rk_foreign_merge merge;
        struct rk_buf hidden = {0};
        bool more = true;
        enum rk_status status = rk_workbook_select(book, s, &error);
        for (size_t rows = 0; !status && more && rows < 5000; rows++) {
            status = rk_workbook_next(book, &row, &more, &error);
            for (size_t i = 0; !status && more && i < row.count; i++)
                for (size_t k = 0; k < row.cells[i].size; k++)
                    sum = sum * 31 + (unsigned char)row.cells[i].text[k] + row.cells[i].kind;
        }
        for (size_t i = 0; rk_workbook_merge(book, i, &merge); i++)
            sum = sum * 31 + merge.last_line + merge.last_column;
        rk_workbook_hidden_columns(book, &hidden);
        sum = sum * 31 + hidden.size + rk_workbook_hidden_rows(book) + status;
        rk_buf_free(&hidden);
    }
    rk_workbook_close(book);
    return sum;
}

static void twice(const void *bytes, size_t size)
{
    if (read_all(bytes, size) != read_all(bytes, size))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (!size)
        return 0;
    const char *rest = (const char *)bytes + 1;
    size--;
    if (*bytes == ARCHIVE) {
        twice(rest, size);
        return 0;
    }
    char *text[3];
    size_t count = 0;
    for (size_t at = 0; count < 3; count++) {
        const char *end = at < size ? memchr(rest + at, 0xff, size - at) : NULL;
        size_t length = at > size ? 0 : (end ? (size_t)(end - rest) : size) - at;
        text[count] = rk_alloc(length + 1, 1);
        memcpy(text[count], rest + (at > size ? 0 : at), length);
        at += length + 1;
    }
    struct rk_buf book = {0};
    if (*bytes == ODS) {
        const struct workbook_part parts[] = {
            {"mimetype", "application/vnd.oasis.opendocument.spreadsheet", 0},
            {"content.xml", text[0], 0}};
        book = workbook_zip(parts, 2);
    } else {
        const struct workbook_part parts[] = {{"[Content_Types].xml", workbook_types, 0},
                                              {"_rels/.rels", workbook_root, 0},
                                              {"xl/workbook.xml", workbook_main, 0},
                                              {"xl/_rels/workbook.xml.rels", workbook_rels, 0},
                                              {"xl/styles.xml", *text[2] ? text[2] : workbook_styles, 0},
                                              {"xl/sharedStrings.xml", text[1], 0},
                                              {"xl/worksheets/sheet1.xml", text[0], 0}};
        book = workbook_zip(parts, 7);
    }
    twice(book.text, book.size);
    rk_buf_free(&book);
    for (size_t i = 0; i < count; i++)
        rk_free(text[i]);
    return 0;
}

/* ---- where it begins ---- */

static void seed(const char *folder, const char *name, int kind, const char *text, size_t size)
{
    struct rk_buf path = {0};
    rk_buf_printf(&path, "%s/%s", folder, name);
    FILE *file = fopen(path.text, "wb");
    if (!file || fputc(kind, file) == EOF || fwrite(text, 1, size, file) != size || fclose(file))
        abort();
    rk_buf_free(&path);
}

/* The seeds are written into the corpus, the folder that the command line ends with. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char sheet[] = XML
        "<worksheet xmlns=\"" MAIN "\"><cols><col min=\"2\" max=\"3\" hidden=\"1\"/></cols><sheetData>"
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is><t>x</t></is></c></row>"
        "<row r=\"3\" hidden=\"1\"><c s=\"1\"><v>43895.5</v></c><c t=\"b\"><v>1</v></c><c t=\"e\"><v>#N/A"
        "</v></c><c t=\"d\"><v>2020-03-05T17:30:00</v></c><c t=\"str\"><f>A1</f><v>y</v></c></row>"
        "</sheetData><mergeCells><mergeCell ref=\"A1:B2\"/></mergeCells></worksheet>\xff"
        "<sst xmlns=\"" MAIN "\"><si><r><t>a</t></r><rPh><t>b</t></rPh></si><si><t>_x000D_</t></si></sst>\xff";
    static const char content[] = XML
        "<o:d xmlns:o=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "
        "xmlns:t=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" "
        "xmlns:x=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><t:table t:name=\"A\"><t:table-row "
        "t:number-rows-repeated=\"2\"><t:table-cell o:value-type=\"float\" o:value=\"1.5\" "
        "t:number-columns-repeated=\"2\"/><t:table-cell o:value-type=\"date\" o:date-value=\"2020-03-05\"/>"
        "<t:table-cell o:value-type=\"time\" o:time-value=\"PT2H30M\"/><t:table-cell "
        "o:value-type=\"string\" t:number-columns-spanned=\"2\"><x:p>a<x:s x:c=\"2\"/>b</x:p></t:table-cell>"
        "<t:covered-table-cell/></t:table-row></t:table></o:d>";
    if (*argc < 2 || strchr((*argv)[*argc - 1], '='))
        return 0;
    const char *folder = (*argv)[*argc - 1];
    struct rk_buf book =
        workbook(NULL, WORKBOOK_SHEET("<row r=\"1\"><c t=\"s\"><v>0</v></c></row>"),
                 WORKBOOK_STRINGS("<si><t>a</t></si>"));
    seed(folder, "seed-xlsx", XLSX, sheet, sizeof sheet - 1);
    seed(folder, "seed-ods", ODS, content, sizeof content - 1);
    seed(folder, "seed-archive", ARCHIVE, book.text, book.size);
    rk_buf_free(&book);
    return 0;
}
