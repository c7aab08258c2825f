/* Data packages as files, for rk-validate. */
#ifndef RK_PACKAGE_FILES_H
#define RK_PACKAGE_FILES_H

#include "model/contents.h"
#include "model/rubric.h"
#include "table/findings.h"
#include "tool/tool.h"

/* Checks a document by reading it. A rubric is added to `rubrics`, unless that is NULL; `wrong`:
 * what a datapackage.json says of files and is not so. */
enum rk_status rk_package_files_document(struct rk_run *run, const struct rk_content_file *file,
                                         struct rk_rubrics *rubrics,
                                         void (*wrong)(void *context, const char *why),
                                         void *context, struct rk_error *error);

/* Writes to `path` a datapackage.json about the files of `folder`, see table/describe.h. Files that
 * lie elsewhere are RK_BAD_USE. */
enum rk_status rk_package_files_describe(struct rk_run *run, const char *path, const char *folder,
                                         const struct rk_contents *files, struct rk_error *error);

/* Holds the table `name` in the second file against the first, see table/compare.h; `found` and
 * `secret` as there. A file that a table cannot be read from is the end. */
enum rk_status rk_package_files_compare(struct rk_run *run, const char *name,
                                        const char *const paths[2], rk_package_found *found,
                                        rk_package_secret *secret, void *context,
                                        struct rk_error *error);

#endif
