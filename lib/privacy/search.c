#include "privacy/search.h"

#include "base/mem.h"

enum { LARGEST = 256 << 20 };

static void find(struct rk_findings *findings, struct rk_finding *finding, struct rk_text text)
{
    struct rk_scan_walk walk = {.text = text};
    size_t start, size;
    for (enum rk_scan kind; (kind = rk_scan_next(&walk, &start, &size));) {
        finding->kind = rk_scan_name(kind);
        finding->text = rk_scan_message(kind);
        rk_findings_add(findings, finding);
    }
}

/* What a cell of a number or a day holds is no text, if it is what it should be. */
static bool is_no_text(const struct rk_field *field, struct rk_text text)
{
    struct rk_value value;
    struct rk_buf why = {0};
    if ((field->type == RK_STRING || field->type == RK_LIST) && !field->choices)
        return false;
    bool fits = rk_field_check(field, text, &value, &why);
    rk_buf_free(&why);
    return fits;
}

static void search_row(struct rk_findings *findings, struct rk_table *table,
                       const struct rk_schema *schema)
{
    const struct rk_record *record = rk_table_record(table);
    const struct rk_reader *reader = rk_table_reader(table);
    for (size_t c = 0; c < record->count; c++) {
        struct rk_text text = {record->cells[c].text, record->cells[c].size};
        size_t field = SIZE_MAX;
        for (size_t f = 0; schema && f < schema->field_count && field == SIZE_MAX; f++)
            if (rk_table_column(table, f) == c)
                field = f;
        if (!text.size || (field != SIZE_MAX && is_no_text(&schema->fields[field], text)))
            continue;
        bool named = c < rk_reader_columns(reader);
        struct rk_finding finding = {
            .schema = schema,
            .pos = named ? rk_reader_pos(reader, c)
                         : (struct rk_pos){rk_reader_file(reader), record->line, 0, NULL},
            .field = field,
            .field_number = c + 1,
            .row = record->number};
        find(findings, &finding, text);
    }
}

enum rk_status rk_search_table(struct rk_findings *findings, struct rk_table *table,
                               const struct rk_schema *schema, const char *path,
                               struct rk_error *error)
{
    const struct rk_row *row = NULL;
    uint64_t rows = 0;
    enum rk_status status;
    rk_findings_begin(findings, schema ? schema->name : path, path, "table");
    while (!(status = rk_table_next(table, &row, error)) && row) {
        search_row(findings, table, schema);
        rows++;
    }
    rk_findings_end(findings, rk_reader_columns(rk_table_reader(table)), rows);
    return status;
}

static enum rk_status read(struct rk_buf *all, const char *path, struct rk_error *error)
{
    struct rk_in *in;
    RK_TRY(rk_in_open(&in, path, error));
    enum rk_status status = rk_in_read_all(in, all, LARGEST, error);
    rk_in_close(in);
    return status;
}

enum rk_status rk_search_text(struct rk_findings *findings, const char *path,
                              struct rk_error *error)
{
    struct rk_buf all = {0};
    uint64_t lines = 0;
    enum rk_status status = read(&all, path, error);
    rk_findings_begin(findings, path, path, "text");
    for (size_t at = 0, size; at < all.size && !status; at += size + 1) {
        const char *end = memchr(all.text + at, '\n', all.size - at);
        size = end ? (size_t)(end - all.text) - at : all.size - at;
        struct rk_scan_walk walk = {.text = {all.text + at, size}};
        size_t start, found;
        lines++;
        for (enum rk_scan kind; (kind = rk_scan_next(&walk, &start, &found));) {
            struct rk_finding finding = {
                .pos = {path, lines, rk_utf8_length(all.text + at, start) + 1, NULL},
                .field = SIZE_MAX,
                .row = lines,
                .kind = rk_scan_name(kind),
                .text = rk_scan_message(kind)};
            rk_findings_add(findings, &finding);
        }
    }
    rk_findings_end(findings, 0, lines);
    rk_buf_free(&all);
    return status;
}

enum rk_status rk_search_none(struct rk_buf *all, const char *path, struct rk_error *error)
{
    size_t start, size;
    RK_TRY(read(all, path, error));
    struct rk_scan_walk walk = {.text = {all->text, all->size}};
    enum rk_scan found = rk_scan_next(&walk, &start, &size);
    return found ? rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = path}, "%s",
                              rk_scan_message(found))
                 : RK_OK;
}

enum rk_status rk_search_redact(struct rk_out *out, const char *path, struct rk_error *error)
{
    struct rk_buf all = {0}, clean = {0};
    enum rk_status status = read(&all, path, error);
    for (size_t at = 0, size; at < all.size && !status; at += size) {
        const char *end = memchr(all.text + at, '\n', all.size - at);
        size = end ? (size_t)(end - all.text) + 1 - at : all.size - at;
        rk_scan_redact((struct rk_text){all.text + at, size}, &clean);
        rk_out_write(out, clean.text, clean.size);
        rk_buf_clear(&clean);
    }
    rk_buf_free(&all);
    rk_buf_free(&clean);
    return status;
}
