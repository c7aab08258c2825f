/* What stands in a data package's folder, by the names of its files: NAME.csv (.json, .jsonl, each
 * also .gz) where NAME is a table; rubric*.json and rubrics/NAME.json; codebook*.json and
 * codebooks/NAME.json; specification*.json and reports/NAME.json; datapackage.json. */
#ifndef RK_CONTENTS_H
#define RK_CONTENTS_H

#include "base/message.h"

enum rk_content {
    RK_CONTENT_NONE,
    RK_CONTENT_TABLE,
    RK_CONTENT_RUBRIC,
    RK_CONTENT_CODEBOOK,
    RK_CONTENT_SPECIFICATION,
    RK_CONTENT_PACKAGE,
};

struct rk_content_file {
    const char *path; /* kept until the program ends, for messages */
    enum rk_content kind;
    const char *table; /* of a table: one of the names given */
};

struct rk_contents { /* zeroed = empty */
    struct rk_content_file *files;
    size_t count, room;
};

/* What a file is by its name and that of the folder it stands in; `tables` ends with NULL. */
enum rk_content rk_content_of(const char *path, const char *const *tables, const char **table);
void rk_contents_add(struct rk_contents *contents, const char *path, enum rk_content kind,
                     const char *table);
/* All of a folder, documents first, then the tables in the order of `tables`. Data that are nothing
 * of ours are warned of in `log`. */
enum rk_status rk_contents_add_folder(struct rk_contents *contents, const char *root,
                                      const char *const *tables, struct rk_log *log,
                                      struct rk_error *error);
/* Sorts in that order. */
void rk_contents_sort(struct rk_contents *contents, const char *const *tables);
void rk_contents_free(struct rk_contents *contents);
/* The last part of a path. */
const char *rk_content_name(const char *path);

/* The file in `folder` that its datapackage.json names for the table: *path, kept until the program
 * ends; NULL where there is no such document or it does not name the table. */
enum rk_status rk_contents_listed(const char *folder, const char *table, const char **path,
                                  struct rk_error *error);
/* Calls `wrong` for every file that the package `path` lists and that isn't in its folder, or is
 * there with another size or SHA-256 than it says. A hash of another kind cannot be looked at,
 * which `log` is told. */
enum rk_status rk_contents_check_listed(const char *path,
                                        void (*wrong)(void *context, const char *why),
                                        void *context, struct rk_log *log, struct rk_error *error);

#endif
