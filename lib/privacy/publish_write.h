/* What privacy/publish found, as rows: the table to show, the intervals, who are alike. The dimensions come
 * before the columns named in share/schema. */
#ifndef RK_PUBLISH_WRITE_H
#define RK_PUBLISH_WRITE_H

#include "privacy/publish.h"
#include "stream/write.h"

enum { RK_PUBLISH_COLUMNS = RK_TABULATION_DIMS + 7 };
enum rk_publish_output {
    RK_PUBLISH_TABLE,     /* value */
    RK_PUBLISH_INTERVALS, /* as the schema of that name */
    RK_PUBLISH_ALIKE,     /* same, population, risk */
};
/* Fills `columns`, with room for RK_PUBLISH_COLUMNS, and returns how many. */
size_t rk_publish_columns(const struct rk_tabulation *table, enum rk_publish_output output,
                          struct rk_writer_column *columns);
/* These finish the writer. `symbol` stands for what is hidden, but for what was published: what
 * stood there does. */
void rk_publish_write(const struct rk_publish *publish, const struct rk_tabulation *table,
                      const char *symbol, struct rk_writer *writer);
void rk_publish_write_intervals(const struct rk_publish *publish,
                                const struct rk_tabulation *table, struct rk_writer *writer);
void rk_publish_write_alike(const struct rk_alike *alike, const struct rk_tabulation *table,
                            struct rk_writer *writer);

#endif
