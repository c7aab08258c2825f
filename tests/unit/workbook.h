/* Small XLSX workbooks for tests, written part by part so that what is in them can be read here.
 * WORKBOOK_CELLS gives the whole of a sheet; everything else has a usual form. */
#ifndef RK_TEST_WORKBOOK_H
#define RK_TEST_WORKBOOK_H

#include "base/buf.h"
#include "base/mem.h"

#include <zip.h>

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006"
#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

struct workbook_part {
    const char *name;
    const char *text; /* NULL: the part is left out */
    size_t size;      /* 0 = up to the NUL */
};

static const char workbook_types[] =
    XML "<Types xmlns=\"" PACKAGE "/content-types\">"
        "<Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>";
static const char workbook_root[] =
    XML "<Relationships xmlns=\"" PACKAGE "/relationships\"><Relationship Id=\"rId1\" Type=\"" RELS
        "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
static const char workbook_rels[] = XML
    "<Relationships xmlns=\"" PACKAGE "/relationships\">"
    "<Relationship Id=\"rId1\" Type=\"" RELS "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
    "<Relationship Id=\"rId3\" Type=\"" RELS "/styles\" Target=\"styles.xml\"/>"
    "<Relationship Id=\"rId4\" Type=\"" RELS "/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/>"
    "</Relationships>";
static const char workbook_main[] =
    XML "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" RELS "\"><workbookPr/><sheets>"
        "<sheet name=\"Blad1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
/* style 1: yyyy-mm-dd (14), 2: yyyy-mm-dd hh:mm (own), 3: [h]:mm (46), 4: two decimals (2) */
static const char workbook_styles[] =
    XML "<styleSheet xmlns=\"" MAIN "\"><numFmts count=\"1\">"
        "<numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\\ hh:mm\"/></numFmts>"
        "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
        "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/>"
        "<xf numFmtId=\"46\"/><xf numFmtId=\"2\"/></cellXfs></styleSheet>";

#define WORKBOOK_SHEET(rows)                                                                       \
    XML "<worksheet xmlns=\"" MAIN "\"><sheetData>" rows "</sheetData></worksheet>"
#define WORKBOOK_STRINGS(items) XML "<sst xmlns=\"" MAIN "\">" items "</sst>"

/* The archive of the parts, in order; same bytes each time. */
static inline struct rk_buf workbook_zip(const struct workbook_part *parts, size_t count)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(target);
    zip_t *zip = zip_open_from_source(target, ZIP_CREATE | ZIP_TRUNCATE, &error);
    for (size_t i = 0; i < count; i++) {
        if (!parts[i].text)
            continue;
        zip_source_t *source = zip_source_buffer(
            zip, parts[i].text, parts[i].size ? parts[i].size : strlen(parts[i].text), 0);
        zip_int64_t index = zip_file_add(zip, parts[i].name, source, ZIP_FL_ENC_UTF_8);
        zip_file_set_dostime(zip, (zip_uint64_t)index, 0, 0x4c21, 0); /* 2018-01-01 */
    }
    struct rk_buf out = {0};
    if (zip_close(zip)) {
        printf("zip: %s\n", zip_strerror(zip));
        return out;
    }
    zip_source_open(target);
    for (;;) {
        zip_int64_t got = zip_source_read(target, rk_buf_reserve(&out, 4096), 4096);
        if (got <= 0)
            break;
        out.size += (size_t)got;
    }
    zip_source_close(target);
    zip_source_free(target);
    return out;
}

/* A workbook of one sheet; any of the texts may be NULL for the usual one (strings: none). */
static inline struct rk_buf workbook(const char *main_part, const char *sheet, const char *strings)
{
    struct workbook_part parts[] = {
        {"[Content_Types].xml", workbook_types, 0},
        {"_rels/.rels", workbook_root, 0},
        {"xl/workbook.xml", main_part ? main_part : workbook_main, 0},
        {"xl/_rels/workbook.xml.rels", workbook_rels, 0},
        {"xl/styles.xml", workbook_styles, 0},
        {"xl/sharedStrings.xml", strings ? strings : WORKBOOK_STRINGS(""), 0},
        {"xl/worksheets/sheet1.xml", sheet, 0},
    };
    return workbook_zip(parts, sizeof parts / sizeof *parts);
}

#endif
