/* A table without what tells who is who: each column is dropped, kept, pseudonymised or made
 * coarser.
 *
 * Without a rule of the user's: ids (columns that end in _id, and identity_number) are
 * pseudonymised, each kind by its column's name, so that the same id agrees in every table; a birth
 * year becomes the first of its band where bands are asked for; other personal columns, and those
 * that lead to a person, are dropped; what the schema knows besides is kept. A column that the
 * schema does not know needs a rule. Kept texts are searched for what a person is known or reached
 * by (privacy/scan.h). */
#ifndef RK_DEIDENTIFY_H
#define RK_DEIDENTIFY_H

#include "privacy/pseudonym.h"
#include "table/table.h"

enum rk_treat { RK_TREAT_UNKNOWN, RK_TREAT_DROP, RK_TREAT_KEEP, RK_TREAT_PSEUDONYM, RK_TREAT_BAND };
enum rk_coarse { RK_COARSE_NO, RK_COARSE_MONTH, RK_COARSE_QUARTER, RK_COARSE_YEAR };

struct rk_treat_rule {
    struct rk_text column; /* ends in '*': all that begin so */
    struct rk_text kind;   /* of RK_TREAT_PSEUDONYM; empty = the column's own name */
    enum rk_treat treat;
    bool used;
};

struct rk_treat_rules { /* zeroed = none */
    struct rk_treat_rule *rules;
    size_t count, room;
    enum rk_coarse
        dates;   /* of every kept day, time and month: the first of its month, quarter, year */
    int band;    /* years of a birth-year band; 0 = none: birth years are personal */
    bool redact; /* what is found in kept texts is replaced; else its row is refused */
    const struct rk_field *lacks; /* the last column left out, without a rule, that its schema
                                   * requires; or NULL */
};

/* Adds "COLUMN[=KIND],COLUMN…" (a kind only with RK_TREAT_PSEUDONYM; the text must outlive the
 * rules). RK_BAD_USE for an empty name or one that has a rule already. */
enum rk_status rk_treat_rules_add(struct rk_treat_rules *rules, enum rk_treat treat,
                                  const char *text, struct rk_error *error);
/* RK_BAD_USE naming a rule that no column of any table so far came under. */
enum rk_status rk_treat_rules_used(const struct rk_treat_rules *rules, struct rk_error *error);
void rk_treat_rules_free(struct rk_treat_rules *rules);

/* `day` or `month` to the first of its period, written as it was: a day, a time, a month. False:
 * the text is none of them, and nothing was added. */
bool rk_coarse_date(enum rk_coarse dates, struct rk_text text, struct rk_buf *out);
/* "1987" to the first year of its band. */
bool rk_coarse_year(int band, struct rk_text text, struct rk_buf *out);

/* Reads the table to its end and writes what may be seen of it. `schema` NULL: a table of no
 * schema, whose every column needs a rule. The table was opened unchecked; its bad rows are
 * rejected (rk_table_reject). RK_BAD_DATA: a column without a rule, or two ids with one pseudonym;
 * RK_FAILED: no memory for keys. */
enum rk_status rk_deidentify_table(struct rk_table *table, const struct rk_schema *schema,
                                   struct rk_treat_rules *rules, struct rk_pseudonyms *pseudonyms,
                                   struct rk_out *out, enum rk_form form, struct rk_error *error);

#endif
