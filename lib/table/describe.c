#include "table/describe.h"

#include <ctype.h>
#include <strings.h>

static void member(struct rk_buf *out, const char *key, const char *value)
{
    rk_json_quote(out, rk_text(key));
    rk_buf_text(out, ": ");
    rk_json_quote(out, rk_text(value));
}

static void separate(struct rk_buf *out, bool first, const char *blank)
{
    rk_buf_text(out, first ? "" : ",");
    rk_buf_text(out, blank);
}

void rk_describe_begin(struct rk_buf *out, const rk_json *old, bool tables_only)
{
    void *iterator = NULL;
    const char *key;
    const rk_json *value;
    rk_buf_text(out, "{\n");
    member(out, "profile", tables_only ? "tabular-data-package" : "data-package");
    while (old && rk_json_each(old, &iterator, &key, &value)) {
        if (!strcmp(key, "profile") || !strcmp(key, "resources"))
            continue;
        rk_buf_text(out, ",\n");
        rk_json_quote(out, rk_text(key));
        rk_buf_text(out, ": ");
        rk_json_print(out, value);
    }
    rk_buf_text(out, ",\n\"resources\": [");
}

/* The comma before a resource: none after the bracket that opens the list. */
static void resource(struct rk_buf *out, const struct rk_described *file, const char *name)
{
    separate(out, out->text[out->size - 1] == '[', "\n{");
    member(out, "name", name);
    rk_buf_text(out, ", ");
    member(out, "path", file->path);
    rk_buf_printf(out, ", \"bytes\": %llu, \"hash\": \"sha256:%s\",\n ",
                  (unsigned long long)file->bytes, file->hash);
}

static bool is_column(const struct rk_text *columns, size_t count, const char *name)
{
    for (size_t c = 0; c < count; c++)
        if (rk_text_is(columns[c], name))
            return true;
    return !columns;
}

static bool ends_with(const char *path, const char *end)
{
    size_t size = strlen(path), of_end = strlen(end);
    return size >= of_end && !strcmp(path + size - of_end, end);
}

/* Are all the columns there that a text or a list of texts names? */
static bool all_there(const rk_json *names, const struct rk_text *columns, size_t count)
{
    if (rk_json_text(names))
        return is_column(columns, count, rk_json_text(names));
    for (size_t i = 0; i < rk_json_count(names); i++)
        if (!is_column(columns, count, rk_json_text(rk_json_item(names, i))))
            return false;
    return true;
}

static const rk_json *field_named(const rk_json *fields, struct rk_text name)
{
    for (size_t f = 0; f < rk_json_count(fields); f++)
        if (rk_text_is(name, rk_json_text(rk_json_member(rk_json_item(fields, f), "name"))))
            return rk_json_item(fields, f);
    return NULL;
}

static void write_fields(struct rk_buf *out, const rk_json *fields, const struct rk_text *columns,
                         size_t count)
{
    size_t n = columns ? count : rk_json_count(fields);
    rk_buf_text(out, "\"fields\": [");
    for (size_t i = 0; i < n; i++) {
        const rk_json *field = columns ? field_named(fields, columns[i]) : rk_json_item(fields, i);
        separate(out, !i, "\n  ");
        if (field) {
            rk_json_print(out, field);
            continue;
        }
        rk_buf_text(out, "{\"name\": ");
        rk_json_quote(out, columns[i]);
        rk_buf_text(out, ", \"type\": \"string\"}");
    }
    rk_buf_char(out, ']');
}

/* The members of the list `key` that speak of columns and tables that are there. */
static void write_list(struct rk_buf *out, const char *key, const rk_json *list,
                       const struct rk_text *columns, size_t count,
                       bool (*is_there)(const void *context, const char *table),
                       const void *context)
{
    bool first = true;
    for (size_t i = 0; i < rk_json_count(list); i++) {
        const rk_json *item = rk_json_item(list, i), *value;
        const rk_json *reference = rk_json_member(item, "reference");
        const char *table = reference ? rk_json_text(rk_json_member(reference, "resource")) : NULL;
        bool holds = !table || !*table || is_there(context, table);
        void *iterator = NULL;
        const char *of;
        while (rk_json_each(item, &iterator, &of, &value))
            if (strcmp(of, "value") != 0 && strcmp(of, "reference") != 0 &&
                strncmp(of, "rk:", 3) != 0)
                holds = holds && all_there(value, columns, count);
        if (!holds)
            continue;
        if (first)
            rk_buf_printf(out, ",\n \"%s\": [", key);
        separate(out, first, "\n  ");
        rk_json_print(out, item);
        first = false;
    }
    if (!first)
        rk_buf_char(out, ']');
}

void rk_describe_table(struct rk_buf *out, const struct rk_described *file, const char *name,
                       const rk_json *schema, const struct rk_text *columns, size_t column_count,
                       bool (*is_there)(const void *context, const char *table),
                       const void *context)
{
    void *iterator = NULL;
    const char *key;
    const rk_json *value;
    bool first = true, csv = !strstr(file->path, ".json");
    resource(out, file, name);
    if (csv) /* tabular-data-resource is for CSV alone */
        rk_buf_text(out, "\"profile\": \"tabular-data-resource\", \"format\": \"csv\", ");
    else
        member(out, "format", strstr(file->path, ".jsonl") ? "ndjson" : "json");
    rk_buf_text(out, csv ? "\"encoding\": \"utf-8\"" : ", \"encoding\": \"utf-8\"");
    if (ends_with(file->path, ".gz"))
        rk_buf_text(out, ", \"compression\": \"gz\"");
    rk_buf_text(out, ",\n \"schema\": {");
    while (rk_json_each(schema, &iterator, &key, &value)) {
        if (!strcmp(key, "foreignKeys") || !strcmp(key, "rk:rules")) {
            write_list(out, key, value, columns, column_count, is_there, context);
            continue;
        }
        if (!strcmp(key, "primaryKey") && !all_there(value, columns, column_count))
            continue;
        separate(out, first, first ? "" : "\n ");
        first = false;
        if (!strcmp(key, "fields")) {
            write_fields(out, value, columns, column_count);
            continue;
        }
        rk_json_quote(out, rk_text(key));
        rk_buf_text(out, ": ");
        rk_json_print(out, value);
    }
    rk_buf_text(out, "}}");
}

void rk_describe_document(struct rk_buf *out, const struct rk_described *file)
{
    struct rk_buf name = {0}; /* rubrics/sof.json: rubrics-sof */
    size_t size = strlen(file->path);
    if (ends_with(file->path, ".json"))
        size -= strlen(".json");
    for (size_t i = 0; i < size; i++) {
        char c = file->path[i];
        rk_buf_char(&name, isalnum((unsigned char)c) || c == '.' || c == '_'
                               ? (char)tolower((unsigned char)c)
                               : '-');
    }
    resource(out, file, name.text);
    rk_buf_text(out, "\"format\": \"json\", \"mediatype\": \"application/json\"}");
    rk_buf_free(&name);
}

void rk_describe_end(struct rk_buf *out) { rk_buf_text(out, "\n]\n}\n"); }

/* ---- renewed ---- */

static const char sha256[] = "sha256:";

/* The file of a resource, if it is one that changed. */
static const struct rk_redescribed *renewed_file(const rk_json *resource,
                                                 const struct rk_redescribed *files, size_t count)
{
    const char *path = rk_json_text(rk_json_member(resource, "path"));
    while (path && !strncmp(path, "./", 2))
        path += 2;
    for (size_t i = 0; path && i < count; i++)
        if (!strcmp(files[i].before.path, path))
            return &files[i];
    return NULL;
}

/* Does what is said fit the file as it was? */
static bool fitted(const rk_json *bytes, const rk_json *hash, const struct rk_described *before)
{
    int64_t size;
    const char *text = rk_json_text(hash);
    if (bytes && (!rk_json_int(bytes, &size) || size < 0 || (uint64_t)size != before->bytes))
        return false;
    return !hash || (text && !strncmp(text, sha256, strlen(sha256)) &&
                     !strcasecmp(text + strlen(sha256), before->hash));
}

static void renew_resource(struct rk_buf *out, const rk_json *resource,
                           const struct rk_described *after)
{
    void *iterator = NULL;
    const char *key;
    const rk_json *value;
    bool first = true;
    while (rk_json_each(resource, &iterator, &key, &value)) {
        separate(out, first, first ? "{" : " ");
        first = false;
        rk_json_quote(out, rk_text(key));
        rk_buf_text(out, ": ");
        if (!strcmp(key, "bytes"))
            rk_buf_printf(out, "%llu", (unsigned long long)after->bytes);
        else if (!strcmp(key, "hash"))
            rk_buf_printf(out, "\"%s%s\"", sha256, after->hash);
        else
            rk_json_print(out, value);
    }
    rk_buf_char(out, '}');
}

enum rk_renewed rk_describe_renew(struct rk_buf *out, const rk_json *document,
                                  const struct rk_redescribed *files, size_t count)
{
    enum rk_renewed result = RK_RENEWED_NOTHING;
    bool first = true;
    void *iterator = NULL;
    const char *key;
    const rk_json *value;
    rk_buf_text(out, "{\n");
    while (rk_json_each(document, &iterator, &key, &value)) {
        separate(out, first, first ? "" : "\n");
        first = false;
        rk_json_quote(out, rk_text(key));
        rk_buf_text(out, ": ");
        if (strcmp(key, "resources") != 0) {
            rk_json_print(out, value);
            continue;
        }
        rk_buf_char(out, '[');
        for (size_t i = 0; i < rk_json_count(value); i++) {
            const rk_json *resource = rk_json_item(value, i);
            const struct rk_redescribed *file = renewed_file(resource, files, count);
            const rk_json *bytes = rk_json_member(resource, "bytes");
            const rk_json *hash = rk_json_member(resource, "hash");
            separate(out, !i, "\n");
            if (file && (bytes || hash) && fitted(bytes, hash, &file->before)) {
                renew_resource(out, resource, &file->after);
                result = result == RK_RENEWED_STALE ? result : RK_RENEWED;
                continue;
            }
            if (file && (bytes || hash))
                result = RK_RENEWED_STALE;
            rk_json_print(out, resource);
        }
        rk_buf_char(out, ']');
    }
    rk_buf_text(out, "\n}\n");
    return result;
}
