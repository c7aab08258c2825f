/* JSON documents (rubric, codebook, specification, schema, map file) through jansson, with the
 * sharp edges fenced: duplicate keys refused, depth at most 64, size at most 16 MiB, numbers read as
 * decimals, every getter checks the type and names the path in its message. */
#ifndef RK_JSON_H
#define RK_JSON_H

#include "base/fixed.h"
#include "base/message.h"
#include "base/text.h"

typedef struct json_t rk_json; /* jansson's json_t, borrowed unless a function says otherwise */

/* Reads a document from a file ("-" = standard input). Free with rk_json_free. */
enum rk_status rk_json_read(rk_json **document, const char *path, struct rk_error *error);
/* The same of a document that may be larger: at most `largest` bytes. */
enum rk_status rk_json_read_large(rk_json **document, const char *path, size_t largest,
                                  struct rk_error *error);
/* A document that is in memory; `pos`: the place of its first byte, for messages. */
enum rk_status rk_json_parse(rk_json **document, struct rk_text text, const struct rk_pos *pos,
                             struct rk_error *error);
void rk_json_free(rk_json *document);

/* Is all of `text` a number as JSON writes them (RFC 8259)? */
bool rk_json_is_number(struct rk_text text);
struct json_error_t;
/* jansson's json_loadb, set up as all loading is. */
rk_json *rk_json_load(struct rk_text text, struct json_error_t *why);
/* What was wrong, for people. jansson's own message is English and may hold a piece of the data. */
const char *rk_json_reason(const struct json_error_t *why);

/* Members of an object. `what` names the object for messages ("criteria[2]"). A missing member
 * leaves *value alone and is RK_OK unless `required`; a wrong type is RK_BAD_DATA. */
enum rk_status rk_json_string(const rk_json *object, const char *key, bool required,
                              const char **value, const char *what, struct rk_error *error);
enum rk_status rk_json_fixed(const rk_json *object, const char *key, bool required, rk_fixed *value,
                             const char *what, struct rk_error *error);
enum rk_status rk_json_flag(const rk_json *object, const char *key, bool required, bool *value,
                            const char *what, struct rk_error *error);
enum rk_status rk_json_array(const rk_json *object, const char *key, bool required,
                             const rk_json **value, const char *what, struct rk_error *error);
enum rk_status rk_json_object(const rk_json *object, const char *key, bool required,
                              const rk_json **value, const char *what, struct rk_error *error);
/* {"sv": …, "en": …} or a plain text: the text of `language`, else any. */
enum rk_status rk_json_label(const rk_json *object, const char *key, const char *language,
                             const char **value, const char *what, struct rk_error *error);
/* Members not in `known` (ends with NULL) are RK_BAD_DATA naming the nearest. */
enum rk_status rk_json_only(const rk_json *object, const char *const *known, const char *what,
                            struct rk_error *error);
size_t rk_json_count(const rk_json *array_or_object);
const rk_json *rk_json_item(const rk_json *array, size_t index);
const char *rk_json_text(const rk_json *value); /* NULL unless a string */
const rk_json *rk_json_member(const rk_json *object, const char *key); /* NULL where it is not */
bool rk_json_is_null(const rk_json *value);
/* As JSON on one line, members in the order of the file. */
void rk_json_print(struct rk_buf *out, const rk_json *value);
/* False unless it is written as a whole number, of at most 63 bits and a sign. NULL is allowed. */
bool rk_json_int(const rk_json *value, int64_t *number);
/* Members in the order of the file. Start with iterator NULL. */
bool rk_json_each(const rk_json *object, void **iterator, const char **key, const rk_json **value);

#endif
