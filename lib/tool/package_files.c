#include "tool/package_files.h"

#include "base/mem.h"
#include "base/sha256.h"
#include "model/codebook.h"
#include "model/picks.h"
#include "table/compare.h"
#include "table/describe.h"

#include <errno.h>
#include <sys/stat.h>

enum rk_status rk_package_files_document(struct rk_run *run, const struct rk_content_file *file,
                                         struct rk_rubrics *rubrics,
                                         void (*wrong)(void *context, const char *why),
                                         void *context, struct rk_error *error)
{
    struct rk_codebook *codebook;
    struct rk_rubric *rubric;
    struct rk_specification specification;
    struct rk_picks picks = {0};
    rk_json *document = NULL;
    enum rk_status status = RK_OK;
    switch (file->kind) {
    case RK_CONTENT_RUBRIC:
        if (rubrics)
            return rk_rubrics_add(rubrics, file->path, error);
        status = rk_rubric_read(&rubric, file->path, error);
        if (!status)
            rk_rubric_free(rubric);
        return status;
    case RK_CONTENT_CODEBOOK:
        status = rk_codebook_read(&codebook, file->path, error);
        if (!status)
            rk_codebook_free(codebook);
        return status;
    case RK_CONTENT_SPECIFICATION:
        status = rk_json_read(&document, file->path, error);
        if (!status && rk_picks_are(document)) {
            status = rk_picks_from_json(&picks, document, file->path, error);
            rk_picks_free(&picks);
        } else if (!status) {
            status = rk_specification_from_json(&specification, document, file->path, error);
            if (!status)
                rk_specification_free(&specification);
        }
        rk_json_free(document);
        return status;
    default: return rk_contents_check_listed(file->path, wrong, context, run->log, error);
    }
}

/* ---- described ---- */

static bool among(const void *context, const char *table)
{
    const struct rk_contents *files = context;
    for (size_t i = 0; i < files->count; i++)
        if (files->files[i].table && !strcmp(files->files[i].table, table))
            return true;
    return false;
}

static enum rk_status measure(struct rk_described *described, char hash[RK_SHA256_HEX],
                              const char *path, struct rk_error *error)
{
    struct stat info;
    enum rk_status status = rk_sha256_file(hash, path, error);
    if (!status && stat(path, &info))
        status = rk_fail_errno(error, RK_FAILED, &(struct rk_pos){.file = path}, errno, "%s",
                               _("cannot read"));
    if (!status)
        described->bytes = (uint64_t)info.st_size;
    described->hash = hash;
    return status;
}

/* The header of the table in a file; *columns = NULL for JSON. Free the array; the texts last as
 * long as the table is open. */
static enum rk_status read_header(struct rk_run *run, struct rk_table **table,
                                  const struct rk_content_file *file, struct rk_text **columns,
                                  size_t *count, struct rk_error *error)
{
    const struct rk_schema *schema;
    enum rk_status status = rk_run_schema(run, &schema, file->table, error);
    if (!status)
        status = rk_run_open(run, table, schema, file->path, true, error);
    if (status || rk_reader_is_json(rk_table_reader(*table)))
        return status;
    const struct rk_reader *reader = rk_table_reader(*table);
    *count = rk_reader_columns(reader);
    *columns = rk_alloc(*count, sizeof **columns);
    for (size_t c = 0; c < *count; c++)
        (*columns)[c] = rk_reader_column(reader, c);
    return status;
}

static enum rk_status describe_table(struct rk_run *run, struct rk_buf *text,
                                     const struct rk_described *described,
                                     const struct rk_content_file *file, size_t copies,
                                     const struct rk_contents *files, struct rk_error *error)
{
    struct rk_table *table = NULL;
    struct rk_text *columns = NULL;
    size_t count = 0;
    rk_json *schema = NULL;
    struct rk_buf name = {0};
    rk_buf_printf(&name, "%s/schema/%s.json", run->share, file->table);
    enum rk_status status = rk_json_read(&schema, name.text, error);
    if (!status)
        status = read_header(run, &table, file, &columns, &count, error);
    rk_buf_clear(&name);
    rk_buf_text(&name, file->table);
    if (copies) /* names are used once in a package */
        rk_buf_printf(&name, "-%zu", copies + 1);
    if (!status)
        rk_describe_table(text, described, name.text, schema, columns, count, among, files);
    if (table)
        rk_run_close(run, table);
    rk_free(columns);
    rk_json_free(schema);
    rk_buf_free(&name);
    return status;
}

static enum rk_status read_old(const char *folder, rk_json **old, struct rk_error *error)
{
    struct rk_buf path = {0};
    struct stat info;
    rk_buf_printf(&path, "%s/datapackage.json", folder);
    enum rk_status status =
        stat(path.text, &info) ? RK_OK : rk_json_read(old, rk_keep(path.text), error);
    rk_buf_free(&path);
    return status;
}

enum rk_status rk_package_files_describe(struct rk_run *run, const char *path, const char *folder,
                                         const struct rk_contents *files, struct rk_error *error)
{
    rk_json *old = NULL;
    struct rk_buf text = {0};
    struct rk_out *out;
    size_t inside = strlen(folder), tables = 0, documents = 0, copies = 0;
    enum rk_status status = read_old(folder, &old, error);
    for (size_t i = 0; i < files->count; i++) {
        tables += files->files[i].kind == RK_CONTENT_TABLE;
        documents +=
            files->files[i].kind != RK_CONTENT_TABLE && files->files[i].kind != RK_CONTENT_PACKAGE;
    }
    rk_describe_begin(&text, old, !documents);
    for (size_t i = 0; i < files->count && !status; i++) {
        const struct rk_content_file *file = &files->files[i];
        char hash[RK_SHA256_HEX];
        struct rk_described described = {.path = file->path + inside};
        if (file->kind == RK_CONTENT_PACKAGE)
            continue;
        while (*described.path == '/')
            described.path++;
        status = measure(&described, hash, file->path, error);
        copies = i && file->table && files->files[i - 1].table == file->table ? copies + 1 : 0;
        if (!status && file->table)
            status = describe_table(run, &text, &described, file, copies, files, error);
        else if (!status)
            rk_describe_document(&text, &described);
    }
    rk_describe_end(&text);
    if (!status)
        status = rk_run_file(run, &out, path, error);
    if (!status)
        rk_out_write(out, text.text, text.size);
    if (!status)
        rk_run_note(run, _("%s: tables described: %zu, documents: %zu"), path, tables, documents);
    rk_json_free(old);
    rk_buf_free(&text);
    return status;
}

/* ---- compared ---- */

enum rk_status rk_package_files_compare(struct rk_run *run, const char *name,
                                        const char *const paths[2], rk_package_found *found,
                                        rk_package_secret *secret, void *context,
                                        struct rk_error *error)
{
    const struct rk_schema *schema;
    struct rk_compare *compare = NULL;
    uint64_t rows[2] = {0};
    enum rk_status status = rk_run_schema(run, &schema, name, error);
    if (!status)
        status = rk_compare_new(&compare, schema, found, secret, context, error);
    for (int i = 0; i < 2 && !status; i++) {
        struct rk_table *table = NULL;
        const struct rk_row *row;
        status = rk_run_open(run, &table, schema, paths[i], false, error);
        if (status)
            break;
        while (!(status = rk_table_next(table, &row, error)) && row)
            i ? rk_compare_second(compare, table, row) : rk_compare_first(compare, table, row);
        rows[i] = rk_table_rows_in(table);
        if (!status && rk_table_extras(table))
            rk_run_warn(run, _("%s: columns that the table %s has not are not compared"), paths[i],
                        name);
        rk_run_close(run, table);
    }
    if (!status) {
        rk_compare_end(compare);
        rk_run_note(run,
                    RK_PLURAL("%llu and %llu row, %llu of them in both files",
                              "%llu and %llu rows, %llu of them in both files", rows[1]),
                    (unsigned long long)rows[0], (unsigned long long)rows[1],
                    (unsigned long long)rk_compare_matched(compare));
    }
    rk_compare_free(compare);
    return status;
}
