#include "stream/json.h"

#include "base/hash.h"
#include "base/mem.h"
#include "stream/in.h"

#include <jansson.h>

#define LARGEST ((size_t)16 * 1024 * 1024)
#define DEEPEST 64

/* jansson's own memory comes from lib/base too, so that running out of it ends in one place. */
static void *allocate(size_t size) { return rk_resize(NULL, size, 1); }

rk_json *rk_json_load(struct rk_text text, struct json_error_t *why)
{
    json_set_alloc_funcs(allocate, rk_free);
    json_object_seed(rk_hash_seed()); /* it would open a file to find one */
    return json_loadb(text.text, text.size, JSON_REJECT_DUPLICATES, why);
}

/* Past the text in quotes that begins at `s`. */
static const char *past_quoted(const char *s, const char *end)
{
    for (const char *quote = s; (quote = memchr(quote + 1, '"', (size_t)(end - quote - 1)));) {
        const char *before = quote;
        while (before[-1] == '\\')
            before--;
        if ((quote - before) % 2 == 0)
            return quote + 1;
    }
    return end;
}

/* How deep arrays and objects nest at most, quoted text passed over. */
static size_t depth(struct rk_text text)
{
    size_t now = 0, most = 0;
    for (const char *s = text.text, *end = s + text.size; s < end;) {
        if (*s == '"') {
            s = past_quoted(s, end);
            continue;
        }
        if (*s == '{' || *s == '[')
            most = ++now > most ? now : most;
        else if ((*s == '}' || *s == ']') && now)
            now--;
        s++;
    }
    return most;
}

const char *rk_json_reason(const struct json_error_t *why)
{
    switch (json_error_code(why)) {
    case json_error_invalid_utf8: return _("invalid UTF-8");
    case json_error_premature_end_of_input: return _("the JSON document is cut short");
    case json_error_end_of_input_expected: return _("something follows the JSON document");
    case json_error_duplicate_key: return _("a name stands twice in one JSON object");
    case json_error_numeric_overflow: return _("a number is too large");
    case json_error_null_character:
    case json_error_null_byte_in_key: return _("a NUL character in a text");
    default: return _("not valid JSON");
    }
}

enum rk_status rk_json_parse(rk_json **document, struct rk_text text, const struct rk_pos *from,
                             struct rk_error *error)
{
    struct rk_pos pos = *from;
    *document = NULL;
    if (text.size >= 3 && !memcmp(text.text, "\xef\xbb\xbf", 3)) {
        text.text += 3;
        text.size -= 3;
    }
    if (!text.size)
        return rk_fail_at(error, RK_BAD_DATA, &pos, _("the input is empty, expected JSON"));
    if (depth(text) > DEEPEST)
        return rk_fail_at(error, RK_BAD_DATA, &pos, _("the JSON nests deeper than %d levels"),
                          DEEPEST);
    json_error_t why;
    *document = rk_json_load(text, &why);
    if (*document)
        return RK_OK;
    /* out of memory leaves the text empty and the line -1 */
    if (json_error_code(&why) == json_error_out_of_memory || !why.text[0])
        return rk_fail_at(error, RK_FAILED, &pos, _("out of memory"));
    pos.line = why.line > 0 ? (uint64_t)why.line + (pos.line ? pos.line - 1 : 0) : pos.line;
    pos.column = why.line > 0 && why.column > 0 ? (uint64_t)why.column : 0;
    return rk_fail_at(error, RK_BAD_DATA, &pos, "%s", rk_json_reason(&why));
}

enum rk_status rk_json_read(rk_json **document, const char *path, struct rk_error *error)
{
    return rk_json_read_large(document, path, LARGEST, error);
}

enum rk_status rk_json_read_large(rk_json **document, const char *path, size_t largest,
                                  struct rk_error *error)
{
    struct rk_in *in;
    struct rk_buf all = {0};
    *document = NULL;
    enum rk_status status = rk_in_open(&in, path, error);
    if (status != RK_OK)
        return status;
    status = rk_in_read_all(in, &all, largest, error);
    rk_in_close(in);
    if (status == RK_OK)
        status = rk_json_parse(document, (struct rk_text){all.text, all.size},
                               &(struct rk_pos){.file = path}, error);
    rk_buf_free(&all);
    return status;
}

void rk_json_free(rk_json *document) { json_decref(document); }

bool rk_json_is_number(struct rk_text text)
{
    const char *s = text.text, *end = s + text.size, *part;
    s += text.size && *s == '-';
    for (part = s; s < end && *s >= '0' && *s <= '9'; s++)
        ;
    if (s == part || (*part == '0' && s > part + 1))
        return false;
    if (s < end && *s == '.') {
        for (part = ++s; s < end && *s >= '0' && *s <= '9'; s++)
            ;
        if (s == part)
            return false;
    }
    if (s < end && (*s == 'e' || *s == 'E')) {
        s++;
        s += s < end && (*s == '+' || *s == '-');
        for (part = s; s < end && *s >= '0' && *s <= '9'; s++)
            ;
        if (s == part)
            return false;
    }
    return s == end;
}

/* ---- checked members ---- */

/* "criteria[2].weight", or "weight" at the top */
static enum rk_status wrong(struct rk_error *error, const char *what, const char *key,
                            const char *expected)
{
    return rk_fail(error, RK_BAD_DATA, _("%s%s%s: expected %s"), what, *what ? "." : "", key,
                   expected);
}

static enum rk_status member(const rk_json *object, const char *key, bool required,
                             const json_t **value, const char *what, struct rk_error *error)
{
    *value = NULL;
    if (!json_is_object(object))
        return rk_fail(error, RK_BAD_DATA, _("%s: expected an object"),
                       *what ? what : _("the document"));
    *value = json_object_get(object, key);
    if (!*value && required)
        return rk_fail(error, RK_BAD_DATA, _("%s%s%s: is missing"), what, *what ? "." : "", key);
    return RK_OK;
}

enum rk_status rk_json_string(const rk_json *object, const char *key, bool required,
                              const char **value, const char *what, struct rk_error *error)
{
    const json_t *found;
    enum rk_status status = member(object, key, required, &found, what, error);
    if (status != RK_OK || !found)
        return status;
    if (!json_is_string(found))
        return wrong(error, what, key, _("a text"));
    *value = json_string_value(found);
    return RK_OK;
}

/* The decimal that was written. jansson keeps a double: its shortest text that reads back as the
 * same double is the number in the file, wherever that had at most 15 digits. */
static bool exact(double real, rk_fixed *value)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        int size = snprintf(text, sizeof text, "%.*g", digits, real);
        for (char *c = text; *c; c++)
            if (*c == ',')
                *c = '.';                 /* in case somebody set LC_NUMERIC */
        if ((strtod)(text, NULL) != real) /* banned for data; this text is our own */
            continue;
        return rk_fixed_parse((struct rk_text){text, (size_t)size}, value);
    }
    return false;
}

enum rk_status rk_json_fixed(const rk_json *object, const char *key, bool required, rk_fixed *value,
                             const char *what, struct rk_error *error)
{
    const json_t *found;
    enum rk_status status = member(object, key, required, &found, what, error);
    if (status != RK_OK || !found)
        return status;
    if (!json_is_number(found))
        return wrong(error, what, key, _("a number"));
    if (json_is_integer(found)) {
        json_int_t whole = json_integer_value(found);
        if (whole > -1000000000000 && whole < 1000000000000) {
            *value = rk_fixed_int(whole);
            return RK_OK;
        }
    } else if (exact(json_real_value(found), value))
        return RK_OK;
    return wrong(error, what, key, _("a number under 10^12 with at most 18 decimals"));
}

enum rk_status rk_json_flag(const rk_json *object, const char *key, bool required, bool *value,
                            const char *what, struct rk_error *error)
{
    const json_t *found;
    enum rk_status status = member(object, key, required, &found, what, error);
    if (status != RK_OK || !found)
        return status;
    if (!json_is_boolean(found))
        return wrong(error, what, key, _("true or false"));
    *value = json_is_true(found);
    return RK_OK;
}

enum rk_status rk_json_array(const rk_json *object, const char *key, bool required,
                             const rk_json **value, const char *what, struct rk_error *error)
{
    const json_t *found;
    enum rk_status status = member(object, key, required, &found, what, error);
    if (status != RK_OK || !found)
        return status;
    if (!json_is_array(found))
        return wrong(error, what, key, _("an array"));
    *value = found;
    return RK_OK;
}

enum rk_status rk_json_object(const rk_json *object, const char *key, bool required,
                              const rk_json **value, const char *what, struct rk_error *error)
{
    const json_t *found;
    enum rk_status status = member(object, key, required, &found, what, error);
    if (status != RK_OK || !found)
        return status;
    if (!json_is_object(found))
        return wrong(error, what, key, _("an object"));
    *value = found;
    return RK_OK;
}

enum rk_status rk_json_label(const rk_json *object, const char *key, const char *language,
                             const char **value, const char *what, struct rk_error *error)
{
    const json_t *found;
    enum rk_status status = member(object, key, false, &found, what, error);
    if (status != RK_OK || !found)
        return status;
    if (json_is_object(found)) {
        const json_t *in_language = json_object_get(found, language);
        if (!in_language) {
            void *first = json_object_iter((json_t *)found);
            in_language = first ? json_object_iter_value(first) : NULL;
        }
        found = in_language;
    }
    if (!found || !json_is_string(found))
        return wrong(error, what, key, _("a text, or one by language: {\"sv\": …, \"en\": …}"));
    *value = json_string_value(found);
    return RK_OK;
}

enum rk_status rk_json_only(const rk_json *object, const char *const *known, const char *what,
                            struct rk_error *error)
{
    void *iterator = NULL;
    const char *key;
    const rk_json *value;
    if (!json_is_object(object))
        return rk_fail(error, RK_BAD_DATA, _("%s: expected an object"),
                       *what ? what : _("the document"));
    while (rk_json_each(object, &iterator, &key, &value)) {
        const char *const *k = known;
        while (*k && strcmp(*k, key))
            k++;
        if (*k)
            continue;
        const char *near = rk_nearest(key, known);
        if (near)
            return rk_fail(error, RK_BAD_DATA, _("%s%s%s: is not known, did you mean '%s'?"), what,
                           *what ? "." : "", key, near);
        return rk_fail(error, RK_BAD_DATA, _("%s%s%s: is not known"), what, *what ? "." : "", key);
    }
    return RK_OK;
}

size_t rk_json_count(const rk_json *array_or_object)
{
    return json_is_array(array_or_object) ? json_array_size(array_or_object)
                                          : json_object_size(array_or_object);
}

const rk_json *rk_json_item(const rk_json *array, size_t index)
{
    return json_array_get(array, index);
}

const char *rk_json_text(const rk_json *value) { return json_string_value(value); }

const rk_json *rk_json_member(const rk_json *object, const char *key)
{
    return json_object_get(object, key);
}

bool rk_json_is_null(const rk_json *value) { return json_is_null(value); }

bool rk_json_int(const rk_json *value, int64_t *number)
{
    *number = json_integer_value(value);
    return json_is_integer(value);
}

bool rk_json_each(const rk_json *object, void **iterator, const char **key, const rk_json **value)
{
    json_t *borrowed = (json_t *)object; /* jansson's iterators take no const */
    *iterator = *iterator ? json_object_iter_next(borrowed, *iterator) : json_object_iter(borrowed);
    if (!*iterator)
        return false;
    *key = json_object_iter_key(*iterator);
    *value = json_object_iter_value(*iterator);
    return true;
}

static int print_piece(const char *text, size_t size, void *out)
{
    rk_buf_add(out, text, size);
    return 0;
}

void rk_json_print(struct rk_buf *out, const rk_json *value)
{
    json_dump_callback(value, print_piece, out, JSON_ENCODE_ANY);
}
