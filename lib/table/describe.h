/* A datapackage.json written: a Frictionless Data Package (v1) that other people's tools read as
 * well. Every table comes with its schema cut to what the file holds, in the order of its header,
 * so that it stands on its own; every file with its size and SHA-256.
 *
 *     rk_describe_begin(&text, old);
 *     for each file: rk_describe_table(&text, …) or rk_describe_document(&text, …)
 *     rk_describe_end(&text);
 */
#ifndef RK_DESCRIBE_H
#define RK_DESCRIBE_H

#include "base/buf.h"
#include "stream/json.h"
#include "stream/write.h"

struct rk_described { /* a file, as it lies on disk */
    const char *path; /* within the package's folder */
    uint64_t bytes;
    const char *hash; /* SHA-256, hexadecimal */
};

/* What `old` says of the package as a whole is kept; NULL: there is none. `tables_only`: no
 * document follows. */
void rk_describe_begin(struct rk_buf *out, const rk_json *old, bool tables_only);
/* `schema`: the document share/schema/NAME.json. `columns`: the header, NULL = all that the schema
 * has (JSON); those that the schema lacks are texts. What the schema says of columns that are not
 * there is left out, and references to tables for which `is_there` is false. */
void rk_describe_table(struct rk_buf *out, const struct rk_described *file, const char *name,
                       const rk_json *schema, const struct rk_text *columns, size_t column_count,
                       bool (*is_there)(const void *context, const char *table),
                       const void *context);
void rk_describe_document(struct rk_buf *out, const struct rk_described *file);
void rk_describe_end(struct rk_buf *out);

struct rk_redescribed { /* a file that took the place of another */
    struct rk_described before, after;
};
enum rk_renewed {
    RK_RENEWED_NOTHING, /* no size or hash of these files is in it */
    RK_RENEWED,         /* `out` is to take its place */
    RK_RENEWED_STALE,   /* likewise, or it is as it was; but some did not fit before either */
};
/* A description with the sizes and hashes of these files renewed, and all else as it was. What did
 * not fit the file before is left: it would otherwise vouch for what nobody looked at. */
enum rk_renewed rk_describe_renew(struct rk_buf *out, const rk_json *document,
                                  const struct rk_redescribed *files, size_t count);

#endif
