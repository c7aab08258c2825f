/* Table schemas: share/schema/NAME.json, Frictionless Table Schema. They are the single source of
 * what a column is called, holds and means. */
#ifndef RK_SCHEMA_H
#define RK_SCHEMA_H

#include "base/fixed.h"
#include "base/message.h"
#include "base/text.h"

enum rk_type { /* Frictionless "type" */
    RK_STRING,
    RK_LIST,    /* '|'-joined (Frictionless list, delimiter "|") */
    RK_INTEGER,
    RK_NUMBER,
    RK_BOOLEAN, /* true, false */
    RK_DATE,
    RK_DATETIME,
    RK_YEAR,
};

struct rk_field {
    const char *name;
    enum rk_type type;
    bool required;                /* no empty cell, and the column must be there */
    bool personal;                /* rk:personal: never echoed */
    bool leads;                   /* rk:leads: may be echoed, but leads to a person elsewhere */
    bool has_minimum, has_maximum;
    rk_fixed minimum, maximum;
    const char **choices;         /* enum, ends with NULL; NULL = any. For a list: of each item */
    const char **aliases;         /* rk:aliases, ends with NULL, may be empty */
    const char *empty;            /* rk:empty, what an empty cell means ("all"), or NULL */
    const char *description;      /* English */
    const char *description_sv;   /* rk:description-sv */
};

enum { RK_FOREIGN_FIELDS = 4 };
struct rk_foreign_key {
    size_t fields[RK_FOREIGN_FIELDS]; /* a single list field: every item */
    const char *table;            /* "" = this table */
    const char *references[RK_FOREIGN_FIELDS]; /* columns there; where several, its whole key */
    size_t count;                 /* of both, at least 1 */
    const char *except;           /* rk:except, a value that needs no match ("*"), or NULL */
};

/* rk:rules, what holds between the columns of one row. A missing cell breaks no order. */
enum rk_rule_kind {
    RK_RULE_ORDER,  /* "order": none is greater than the one after it */
    RK_RULE_BEFORE, /* "before": each is less than the one after it */
    RK_RULE_ONE,    /* "one": exactly one of them is there */
    RK_RULE_ANY,    /* "any": at least one of them is there */
    RK_RULE_NEEDS,  /* "needs": where the first is `value`, the others are there */
};

struct rk_rule {
    enum rk_rule_kind kind;
    size_t *fields;
    size_t field_count;
    const char *value;            /* of RK_RULE_NEEDS, else NULL */
};

struct rk_schema {
    const char *name;             /* "ratings" */
    const char *title, *title_sv;
    struct rk_field *fields;
    size_t field_count;
    size_t *key;                  /* primaryKey, as field numbers */
    size_t key_count;
    struct rk_foreign_key *foreign_keys;
    size_t foreign_key_count;
    struct rk_rule *rules;
    size_t rule_count;
};

/* Loads `directory`/NAME.json. An unknown name is RK_BAD_USE and names the nearest. Free with
 * rk_schema_free. */
enum rk_status rk_schema_load(struct rk_schema **schema, const char *directory, const char *name,
                              struct rk_error *error);
void rk_schema_free(struct rk_schema *schema);
/* The names of all schemas in `directory`, in order, ends with NULL. Free with
 * rk_schema_free_names, also after a failure. */
enum rk_status rk_schema_names(char ***names, const char *directory, struct rk_error *error);
void rk_schema_free_names(char **names);
/* The field's number; a name the schema does not have is a mistake in the program (assert). */
size_t rk_schema_field(const struct rk_schema *schema, const char *name);
/* Likewise, SIZE_MAX when there is none. */
size_t rk_schema_find(const struct rk_schema *schema, struct rk_text name);
const char *rk_type_name(enum rk_type type);

#endif
