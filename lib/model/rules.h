/* What must hold between tables of ours beyond their schemas: consent on the day, the rules about scores,
 * conflicts of interest. Give the tables in the order of rk_rules_tables, so that what one row is held
 * against has been seen; a table that never came is not held against.
 *
 *     rules = rk_rules_new(&options, found, context);
 *     for each table: rk_rules_begin(rules, schema); for each row: rk_rules_row(rules, row);
 *     rk_rules_free(rules);
 *
 * No message holds the text of a cell. Memory is in proportion to the people, recruitments and candidates. */
#ifndef RK_RULES_H
#define RK_RULES_H

#include "model/rubric.h"
#include "table/table.h"

struct rk_rules_options {
    const struct rk_rubrics *rubrics; /* or NULL: then ratings are not held against any */
    bool require_declarations;        /* who rates must have declared conflicts, or to have none */
};

/* `field` of the schema last begun. `kind`: row-constraint, foreign-key, consent, cap, scale,
 * conflict, declaration. */
typedef void rk_rules_found(void *context, size_t field, const char *kind, const char *text);

/* Every table of ours, those that others are held against first; ends with NULL. */
extern const char *const rk_rules_tables[];

struct rk_rules;
struct rk_rules *rk_rules_new(const struct rk_rules_options *options, rk_rules_found *found,
                              void *context);
void rk_rules_begin(struct rk_rules *rules, const struct rk_schema *schema);
void rk_rules_row(struct rk_rules *rules, const struct rk_row *row);
void rk_rules_free(struct rk_rules *rules);

#endif
