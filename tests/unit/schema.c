/* lib/table/schema and share/schema: what is refused, and that every table schema is sound. Run in
 * the project's folder. */
#include "table/schema.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "check.h"

#include <unicase.h>
#include <uninorm.h>
#include <unistd.h>

#define SCHEMAS "share/schema"

static struct rk_error error;

/* A failure that names the schema and the field. */
#define CHECK_IN(schema, field, what)                                                              \
    do {                                                                                           \
        if (what)                                                                                  \
            passed++;                                                                              \
        else {                                                                                     \
            failed++;                                                                              \
            printf("%s:%d: %s.%s: failed: %s\n", __FILE__, __LINE__, (schema), (field), #what);    \
        }                                                                                          \
    } while (0)

/* The name without case, in one normal form: how people's headers are compared. */
static struct rk_text folded(struct rk_buf *buf, const char *name)
{
    size_t size = 0;
    uint8_t *text =
        u8_casefold((const uint8_t *)name, strlen(name), NULL, UNINORM_NFC, NULL, &size);
    rk_buf_clear(buf);
    rk_buf_add(buf, text, size);
    rk_free(text);
    return (struct rk_text){buf->text, buf->size};
}

/* Every name and alias leads to one field alone. */
static void names_are_unique(const struct rk_schema *s)
{
    struct rk_strings known = {0};
    struct rk_buf buf = {0};
    for (size_t f = 0; f < s->field_count; f++)
        CHECK_IN(s->name, s->fields[f].name,
                 rk_strings_add(&known, folded(&buf, s->fields[f].name)) == f);
    for (size_t f = 0; f < s->field_count; f++)
        for (const char **a = s->fields[f].aliases; *a; a++) {
            uint32_t before = known.count, number = rk_strings_add(&known, folded(&buf, *a));
            if (number != before && number != f)
                printf("alias '%s'\n", *a);
            CHECK_IN(s->name, s->fields[f].name, number == before || number == f);
        }
    rk_buf_free(&buf);
    rk_strings_free(&known);
}

static void field_is_sound(const struct rk_schema *s, const struct rk_field *f)
{
    CHECK_IN(s->name, f->name, f->description && *f->description);
    CHECK_IN(s->name, f->name, f->description_sv && *f->description_sv);
    CHECK_IN(s->name, f->name, !f->has_minimum || !f->has_maximum || f->minimum < f->maximum);
    CHECK_IN(s->name, f->name, !f->choices || f->choices[0]);
    for (const char **c = f->choices; c && *c; c++)
        for (const char **d = f->choices; d < c; d++)
            CHECK_IN(s->name, f->name, strcmp(*c, *d) != 0);
}

static void every_schema(void)
{
    char **names;
    CHECK(rk_schema_names(&names, SCHEMAS, &error) == RK_OK);
    size_t count = 0;
    for (char **n = names; n && *n; n++, count++) {
        struct rk_schema *s;
        if (rk_schema_load(&s, SCHEMAS, *n, &error) != RK_OK) {
            printf("%s\n", error.text);
            CHECK(!"the schema loads");
            continue;
        }
        CHECK_TEXT(s->name, *n);
        CHECK_IN(*n, "title", s->title && *s->title && s->title_sv && *s->title_sv);
        for (size_t f = 0; f < s->field_count; f++)
            field_is_sound(s, &s->fields[f]);
        names_are_unique(s);
        for (size_t k = 0; k < s->foreign_key_count; k++) {
            const struct rk_foreign_key *key = &s->foreign_keys[k];
            struct rk_schema *other;
            CHECK_IN(*n, key->table, rk_schema_load(&other, SCHEMAS, key->table, &error) == RK_OK);
            if (!other)
                continue;
            /* what is referred to identifies a row: a part of the key there, or all of it */
            CHECK_IN(*n, key->table, key->count == 1 || key->count == other->key_count);
            for (size_t c = 0; c < key->count; c++) {
                size_t there = rk_schema_find(other, rk_text(key->references[c]));
                bool in_key = false;
                for (size_t i = 0; i < other->key_count; i++)
                    in_key |= other->key[i] == there;
                CHECK_IN(*n, key->table, in_key);
                CHECK_IN(*n, key->table,
                         there == SIZE_MAX ||
                             other->fields[there].type == s->fields[key->fields[c]].type);
            }
            rk_schema_free(other);
        }
        rk_schema_free(s);
    }
    CHECK(count == 63);
    rk_schema_free_names(names);
}

/* Against the words of the data model: required columns, keys and enums of single tables. */
static void the_words(void)
{
    struct rk_schema *s;
    CHECK(rk_schema_load(&s, SCHEMAS, "ratings", &error) == RK_OK);
    CHECK(s->key_count == 5 && s->key[0] == rk_schema_field(s, "recruitment_id") &&
          s->key[4] == rk_schema_field(s, "criterion"));
    CHECK(s->fields[rk_schema_field(s, "criterion")].required);
    CHECK(!s->fields[rk_schema_field(s, "score")].required);
    CHECK(s->fields[rk_schema_field(s, "score")].type == RK_NUMBER);
    CHECK_TEXT(s->fields[rk_schema_field(s, "missing")].choices[4], "not_returned");
    CHECK(!s->fields[rk_schema_field(s, "missing")].choices[5]);
    CHECK(!s->fields[rk_schema_field(s, "rater_group")].choices);
    CHECK(rk_schema_find(s, RK_TEXT("scores")) == SIZE_MAX);
    CHECK(s->rule_count == 2 && s->rules[0].kind == RK_RULE_ONE &&
          s->rules[1].kind == RK_RULE_NEEDS);
    CHECK_TEXT(s->rules[1].value, "consensus");
    CHECK(s->rules[1].fields[0] == rk_schema_field(s, "basis") &&
          s->rules[1].fields[1] == rk_schema_field(s, "n_persons"));
    rk_schema_free(s);

    CHECK(rk_schema_load(&s, SCHEMAS, "panelists", &error) == RK_OK);
    CHECK(s->fields[rk_schema_field(s, "birth_year")].personal);
    CHECK(s->fields[rk_schema_field(s, "birth_year")].type == RK_YEAR);
    CHECK(s->fields[rk_schema_field(s, "experience")].type == RK_LIST);
    CHECK(!s->fields[rk_schema_field(s, "panelist_id")].personal);
    const struct rk_field *most = &s->fields[rk_schema_field(s, "max_per_year")];
    CHECK(most->has_minimum && most->minimum == 0 && !most->has_maximum);
    rk_schema_free(s);

    CHECK(rk_schema_load(&s, SCHEMAS, "quotas", &error) == RK_OK);
    CHECK_TEXT(s->foreign_keys[0].except, "*");
    rk_schema_free(s);
    CHECK(rk_schema_load(&s, SCHEMAS, "activities", &error) == RK_OK);
    CHECK(s->key_count == 0 && s->foreign_key_count == 2);
    rk_schema_free(s);
}

/* What `text`, as the schema "one", is refused for. */
static const char *refused(const char *text)
{
    char directory[] = "/tmp/rk-unit-schema.XXXXXX", path[60];
    struct rk_schema *s;
    error = (struct rk_error){0};
    if (!mkdtemp(directory))
        return "no directory";
    snprintf(path, sizeof path, "%s/one.json", directory);
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
    enum rk_status status = rk_schema_load(&s, directory, "one", &error);
    rk_schema_free(s);
    unlink(path);
    rmdir(directory);
    return status == RK_OK ? "taken" : error.text;
}

#define START "{\"name\": \"one\", \"title\": \"One\", \"rk:title-sv\": \"Ett\", "
#define TEXTS "\"description\": \"a\", \"rk:description-sv\": \"b\""
#define FIELD START "\"fields\": [{\"name\": \"x\", \"type\": \"string\", " TEXTS "}]"

static void refusals(void)
{
    struct rk_schema *s;
    CHECK(rk_schema_load(&s, SCHEMAS, "rating", &error) == RK_BAD_USE);
    CHECK_TEXT(error.text, "there is no table 'rating', did you mean 'ratings'?");
    CHECK(rk_schema_load(&s, SCHEMAS, "../schema/ratings", &error) == RK_BAD_USE);
    CHECK(rk_schema_load(&s, "nowhere", "ratings", &error) == RK_FAILED);
    CHECK_TEXT(refused(FIELD "}"), "taken");
    CHECK_TEXT(refused("[]"), "schema one: the document: expected an object");
    CHECK_TEXT(
        refused("{\"name\": \"two\", \"title\": \"t\", \"rk:title-sv\": \"t\", \"fields\": []}"),
        "schema one: name: expected 'one'");
    CHECK_TEXT(refused(START "\"fields\": [{\"name\": \"x\", \"type\": \"any\", " TEXTS "}]}"),
               "schema one: fields[0].type: 'any' is not a type that rk knows");
    CHECK_TEXT(refused(START "\"fields\": [{\"name\": \"x\", \"type\": \"list\", " TEXTS "}]}"),
               "schema one: fields[0].delimiter: expected '|'");
    CHECK_TEXT(refused(FIELD ", \"primaryKey\": [\"y\"]}"),
               "schema one: primaryKey: expected the name of a field");
    CHECK_TEXT(refused(FIELD ", \"rk:rules\": [{\"one\": [\"x\"]}]}"),
               "schema one: rk:rules: expected at least two fields");
    CHECK_TEXT(refused(START "\"fields\": [{\"name\": \"x\", \"type\": \"string\", " TEXTS
                             ", \"constraints\": {\"require\": true}}]}"),
               "schema one: fields[0].constraints.require: is not known, did you mean 'required'?");
}

int main(void)
{
    every_schema();
    the_words();
    refusals();
    return finish();
}
