#include "table/schema.h"

#include "base/mem.h"
#include "stream/json.h"
#include "stream/listing.h"

#include <assert.h>
#include <unistd.h>

/* A schema with what it stands on: its texts are the document's own. */
struct loaded {
    struct rk_schema schema; /* first */
    struct rk_arena arena;
    rk_json *document;
};

/* in the order of enum rk_type */
static const char *const type_names[] = {"string",  "list", "integer",  "number",
                                         "boolean", "date", "datetime", "year"};

const char *rk_type_name(enum rk_type type) { return type_names[type]; }

/* An array of texts, ending with NULL; an absent one gives NULL. */
static enum rk_status texts(struct loaded *l, const rk_json *object, const char *key,
                            const char ***list, const char *what, struct rk_error *error)
{
    const rk_json *array = NULL;
    enum rk_status status = rk_json_array(object, key, false, &array, what, error);
    if (status != RK_OK || !array)
        return status;
    size_t count = rk_json_count(array);
    *list = rk_arena_zeroed(&l->arena, count + 1, sizeof **list);
    for (size_t i = 0; i < count; i++)
        if (!((*list)[i] = rk_json_text(rk_json_item(array, i))))
            return rk_fail(error, RK_BAD_DATA, _("%s.%s[%zu]: expected a text"), what, key, i);
    return RK_OK;
}

static enum rk_status constraints(struct loaded *l, const rk_json *object, struct rk_field *field,
                                  const char *what, struct rk_error *error)
{
    static const char *const known[] = {"required", "unique", "enum", "minimum", "maximum", NULL};
    const rk_json *c = NULL;
    struct rk_buf path = {0};
    enum rk_status status = rk_json_object(object, "constraints", false, &c, what, error);
    if (status != RK_OK || !c)
        return status;
    rk_buf_printf(&path, "%s.constraints", what);
    bool unique; /* the primary key says it; here for other readers of the schema */
    status = rk_json_only(c, known, path.text, error);
    if (status == RK_OK)
        status = rk_json_flag(c, "required", false, &field->required, path.text, error);
    if (status == RK_OK)
        status = rk_json_flag(c, "unique", false, &unique, path.text, error);
    if (status == RK_OK)
        status = texts(l, c, "enum", &field->choices, path.text, error);
    if (status == RK_OK)
        status = rk_json_fixed(c, "minimum", false, &field->minimum, path.text, error);
    if (status == RK_OK)
        status = rk_json_fixed(c, "maximum", false, &field->maximum, path.text, error);
    /* a bound that is there leaves a trace in the document alone: 0 is a bound too */
    void *iterator = NULL;
    const char *key;
    const rk_json *value;
    while (rk_json_each(c, &iterator, &key, &value)) {
        field->has_minimum |= !strcmp(key, "minimum");
        field->has_maximum |= !strcmp(key, "maximum");
    }
    rk_buf_free(&path);
    return status;
}

static enum rk_status read_field(struct loaded *l, const rk_json *object, struct rk_field *field,
                                 const char *what, struct rk_error *error)
{
    const char *type = NULL, *delimiter = NULL;
    enum rk_status status = rk_json_string(object, "name", true, &field->name, what, error);
    if (status == RK_OK)
        status = rk_json_string(object, "type", true, &type, what, error);
    if (status == RK_OK)
        status = rk_json_string(object, "delimiter", false, &delimiter, what, error);
    if (status == RK_OK)
        status = rk_json_flag(object, "rk:personal", false, &field->personal, what, error);
    if (status == RK_OK)
        status = rk_json_flag(object, "rk:leads", false, &field->leads, what, error);
    if (status == RK_OK)
        status = rk_json_string(object, "description", true, &field->description, what, error);
    if (status == RK_OK)
        status =
            rk_json_string(object, "rk:description-sv", true, &field->description_sv, what, error);
    if (status == RK_OK)
        status = rk_json_string(object, "rk:empty", false, &field->empty, what, error);
    field->aliases = rk_arena_zeroed(&l->arena, 1, sizeof *field->aliases);
    if (status == RK_OK)
        status = texts(l, object, "rk:aliases", &field->aliases, what, error);
    if (status == RK_OK)
        status = constraints(l, object, field, what, error);
    if (status != RK_OK)
        return status;
    size_t count = sizeof type_names / sizeof *type_names, t = 0;
    while (t < count && strcmp(type_names[t], type))
        t++;
    if (t == count)
        return rk_fail(error, RK_BAD_DATA, _("%s.type: '%s' is not a type that rk knows"), what,
                       type);
    field->type = (enum rk_type)t;
    if (field->type == RK_LIST && (!delimiter || strcmp(delimiter, "|")))
        return rk_fail(error, RK_BAD_DATA, _("%s.delimiter: expected '%s'"), what, "|");
    return RK_OK;
}

/* The number of the field named by `value`, a text of the document. */
static enum rk_status named(const struct loaded *l, const rk_json *value, size_t *field,
                            const char *what, struct rk_error *error)
{
    const char *name = rk_json_text(value);
    *field = name ? rk_schema_find(&l->schema, rk_text(name)) : SIZE_MAX;
    if (*field == SIZE_MAX)
        return rk_fail(error, RK_BAD_DATA, _("%s: expected the name of a field"), what);
    return RK_OK;
}

static enum rk_status named_all(struct loaded *l, const rk_json *array, size_t **fields,
                                size_t *count, const char *what, struct rk_error *error)
{
    enum rk_status status = RK_OK;
    *count = rk_json_count(array);
    *fields = rk_arena_zeroed(&l->arena, *count, sizeof **fields);
    for (size_t i = 0; i < *count && status == RK_OK; i++)
        status = named(l, rk_json_item(array, i), &(*fields)[i], what, error);
    return status;
}

static enum rk_status read_foreign_key(struct loaded *l, const rk_json *object,
                                       struct rk_foreign_key *key, struct rk_error *error)
{
    static const char what[] = "foreignKeys";
    const rk_json *fields = NULL, *reference = NULL, *there = NULL;
    enum rk_status status = rk_json_array(object, "fields", true, &fields, what, error);
    if (status == RK_OK)
        status = rk_json_object(object, "reference", true, &reference, what, error);
    if (status == RK_OK)
        status = rk_json_string(object, "rk:except", false, &key->except, what, error);
    if (status == RK_OK)
        status = rk_json_string(reference, "resource", true, &key->table, what, error);
    if (status == RK_OK)
        status = rk_json_array(reference, "fields", true, &there, what, error);
    if (status != RK_OK)
        return status;
    key->count = rk_json_count(fields);
    if (!key->count || key->count > RK_FOREIGN_FIELDS || rk_json_count(there) != key->count)
        return rk_fail(error, RK_BAD_DATA, _("%s: expected one to %d fields, as many on each side"),
                       what, RK_FOREIGN_FIELDS);
    for (size_t i = 0; i < key->count && status == RK_OK; i++) {
        key->references[i] = rk_json_text(rk_json_item(there, i));
        status = key->references[i]
                     ? named(l, rk_json_item(fields, i), &key->fields[i], what, error)
                     : rk_fail(error, RK_BAD_DATA, _("%s: a field must be a text"), what);
    }
    return status;
}

static enum rk_status read_rule(struct loaded *l, const rk_json *object, struct rk_rule *rule,
                                struct rk_error *error)
{
    static const char *const kinds[] = {"order", "before", "one", "any", "needs", NULL};
    static const char what[] = "rk:rules";
    for (size_t k = 0; kinds[k]; k++) {
        const rk_json *fields = NULL;
        enum rk_status status = rk_json_array(object, kinds[k], false, &fields, what, error);
        if (status == RK_OK && !fields)
            continue;
        rule->kind = (enum rk_rule_kind)k;
        if (status == RK_OK)
            status = named_all(l, fields, &rule->fields, &rule->field_count, what, error);
        if (status == RK_OK)
            status = rk_json_string(object, "value", rule->kind == RK_RULE_NEEDS, &rule->value,
                                    what, error);
        if (status == RK_OK && rule->field_count < 2)
            status = rk_fail(error, RK_BAD_DATA, _("%s: expected at least two fields"), what);
        return status;
    }
    return rk_fail(error, RK_BAD_DATA, _("%s: expected order, before, one, any or needs"), what);
}

static enum rk_status read_fields(struct loaded *l, struct rk_error *error)
{
    struct rk_schema *s = &l->schema;
    const rk_json *fields = NULL;
    enum rk_status status = rk_json_array(l->document, "fields", true, &fields, "", error);
    if (status != RK_OK)
        return status;
    s->field_count = rk_json_count(fields);
    s->fields = rk_arena_zeroed(&l->arena, s->field_count, sizeof *s->fields);
    for (size_t i = 0; i < s->field_count && status == RK_OK; i++) {
        char what[40];
        snprintf(what, sizeof what, "fields[%zu]", i);
        status = read_field(l, rk_json_item(fields, i), &s->fields[i], what, error);
        for (size_t j = 0; j < i && status == RK_OK; j++)
            if (!strcmp(s->fields[j].name, s->fields[i].name))
                status = rk_fail(error, RK_BAD_DATA, _("%s.name: '%s' stands twice"), what,
                                 s->fields[i].name);
    }
    return status;
}

static enum rk_status read_schema(struct loaded *l, struct rk_error *error)
{
    struct rk_schema *s = &l->schema;
    const rk_json *key = NULL, *foreign = NULL, *rules = NULL;
    enum rk_status status = rk_json_string(l->document, "name", true, &s->name, "", error);
    if (status == RK_OK)
        status = rk_json_string(l->document, "title", true, &s->title, "", error);
    if (status == RK_OK)
        status = rk_json_string(l->document, "rk:title-sv", true, &s->title_sv, "", error);
    if (status == RK_OK)
        status = read_fields(l, error);
    if (status == RK_OK)
        status = rk_json_array(l->document, "primaryKey", false, &key, "", error);
    if (status == RK_OK && key)
        status = named_all(l, key, &s->key, &s->key_count, "primaryKey", error);
    if (status == RK_OK)
        status = rk_json_array(l->document, "foreignKeys", false, &foreign, "", error);
    if (status == RK_OK && foreign) {
        s->foreign_key_count = rk_json_count(foreign);
        s->foreign_keys = rk_arena_zeroed(&l->arena, s->foreign_key_count, sizeof *s->foreign_keys);
        for (size_t i = 0; i < s->foreign_key_count && status == RK_OK; i++)
            status = read_foreign_key(l, rk_json_item(foreign, i), &s->foreign_keys[i], error);
    }
    if (status == RK_OK)
        status = rk_json_array(l->document, "rk:rules", false, &rules, "", error);
    if (status == RK_OK && rules) {
        s->rule_count = rk_json_count(rules);
        s->rules = rk_arena_zeroed(&l->arena, s->rule_count, sizeof *s->rules);
        for (size_t i = 0; i < s->rule_count && status == RK_OK; i++)
            status = read_rule(l, rk_json_item(rules, i), &s->rules[i], error);
    }
    return status;
}

/* ---- names ---- */

/* "ratings.json", not "rubric.schema.json" (a JSON Schema) */
static size_t stem(const char *file)
{
    size_t size = strlen(file);
    if (size <= 5 || strcmp(file + size - 5, ".json"))
        return 0;
    return memchr(file, '.', size - 5) ? 0 : size - 5;
}

enum rk_status rk_schema_names(char ***names, const char *directory, struct rk_error *error)
{
    enum rk_status status = rk_listing(names, directory, error);
    size_t kept = 0;
    for (char **n = *names; n && *n; n++) {
        size_t size = stem(*n);
        if (size) {
            (*n)[size] = '\0';
            (*names)[kept++] = *n;
        } else {
            rk_free(*n);
        }
    }
    if (*names)
        (*names)[kept] = NULL;
    return status;
}

void rk_schema_free_names(char **names) { rk_listing_free(names); }

static enum rk_status no_table(const char *directory, const char *name, struct rk_error *error)
{
    char **names;
    enum rk_status status = rk_schema_names(&names, directory, error);
    const char *near = status ? NULL : rk_nearest(name, (const char *const *)names);
    if (near)
        status = rk_fail(error, RK_BAD_USE, _("there is no table '%s', did you mean '%s'?"), name,
                         near);
    else if (!status)
        status = rk_fail(error, RK_BAD_USE, _("there is no table '%s'"), name);
    rk_schema_free_names(names);
    return status;
}

/* ---- load ---- */

enum rk_status rk_schema_load(struct rk_schema **schema, const char *directory, const char *name,
                              struct rk_error *error)
{
    struct rk_buf path = {0};
    *schema = NULL;
    rk_buf_printf(&path, "%s/%s.json", directory, name);
    if (strpbrk(name, "./") || access(path.text, F_OK)) {
        rk_buf_free(&path);
        return no_table(directory, name, error);
    }
    struct loaded *l = rk_alloc(1, sizeof *l);
    enum rk_status status = rk_json_read(&l->document, path.text, error);
    if (status == RK_OK) {
        status = read_schema(l, error);
        if (status == RK_OK && strcmp(l->schema.name, name))
            status = rk_fail(error, RK_BAD_DATA, _("name: expected '%s'"), name);
    }
    if (status != RK_OK) {
        /* `path` is gone before the message is shown: the place is told in the text */
        if (error) {
            char text[sizeof error->text];
            snprintf(text, sizeof text, "%s", error->text);
            snprintf(error->text, sizeof error->text, _("schema %s: %.500s"), name, text);
            error->pos.file = NULL;
        }
        rk_schema_free(&l->schema);
        rk_buf_free(&path);
        return status;
    }
    rk_buf_free(&path);
    *schema = &l->schema;
    return RK_OK;
}

void rk_schema_free(struct rk_schema *schema)
{
    if (!schema)
        return;
    struct loaded *l = (struct loaded *)schema;
    rk_json_free(l->document);
    rk_arena_free(&l->arena);
    rk_free(l);
}

size_t rk_schema_find(const struct rk_schema *schema, struct rk_text name)
{
    for (size_t i = 0; i < schema->field_count; i++)
        if (schema->fields[i].name && rk_text_is(name, schema->fields[i].name))
            return i;
    return SIZE_MAX;
}

size_t rk_schema_field(const struct rk_schema *schema, const char *name)
{
    size_t field = rk_schema_find(schema, rk_text(name));
    assert(field != SIZE_MAX);
    return field;
}
