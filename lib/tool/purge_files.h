/* The files of a disposal: the tables of a folder, their new versions, the record, and copies of
 * what goes.
 *
 *     rk_purge_files_begin()     locks the folder, ends what an earlier run left, finds the tables
 *     rk_purge_files_fence()     lets the fence fall, for the rest
 *     rk_purge_files_learn()     reads all of them
 *     rk_purge_files_count()     … and again, into the list
 *     rk_purge_files_stage() and rk_purge_files_commit(), or rk_purge_files_extract()
 *     rk_purge_files_end() */
#ifndef RK_TOOL_PURGE_FILES_H
#define RK_TOOL_PURGE_FILES_H

#include "model/contents.h"
#include "privacy/purge.h"
#include "stream/exchange.h"
#include "stream/folder.h"
#include "tool/tool.h"

#define RK_PURGE_RECORD "purges.csv" /* in the folder */

struct rk_purge_tally { /* rows of a line of the list that lie in one file */
    size_t file, line;
    uint64_t rows;
};
struct rk_purge_files { /* zeroed, but for `run` */
    struct rk_run *run;
    const char *data;
    struct rk_contents contents;
    struct rk_exchange *exchange;
    struct rk_purge_walked *walked; /* by file of `contents` */
    struct rk_folder *folder;       /* the research export, until the commit */
    const char *export;
    struct rk_strings exported; /* paths of its files */
    uint64_t *seen;             /* by line of the list: rows in the files walked so far */
    size_t seen_count, seen_room;
    struct rk_purge_tally *tallies; /* by file */
    size_t tally_count, tally_room;
    bool strange; /* something is none of ours, or described wrongly */
};

enum rk_status rk_purge_files_begin(struct rk_purge_files *files, struct rk_error *error);
/* With `apply` the tables are written, each where it lies. */
void rk_purge_files_fence(struct rk_purge_files *files, bool apply);
enum rk_status rk_purge_files_learn(struct rk_purge_files *files, struct rk_purge *purge,
                                    struct rk_error *error);
enum rk_status rk_purge_files_count(struct rk_purge_files *files, struct rk_purge *purge,
                                    struct rk_error *error);
/* The new versions of the tables that change and of the record, not yet in place; *any = there are
 * some. */
enum rk_status rk_purge_files_stage(struct rk_purge_files *files, struct rk_purge *purge,
                                    const char *decision, int32_t day, bool *any,
                                    struct rk_error *error);
/* The export, to be made by the commit. */
enum rk_status rk_purge_files_export(struct rk_purge_files *files, struct rk_purge *purge,
                                     const char *folder, struct rk_error *error);
/* All takes its place, or nothing does. */
enum rk_status rk_purge_files_commit(struct rk_purge_files *files, struct rk_error *error);
/* The copy for the subject, a folder. */
enum rk_status rk_purge_files_extract(struct rk_purge_files *files, struct rk_purge *purge,
                                      const char *folder, struct rk_error *error);
void rk_purge_files_end(struct rk_purge_files *files);

#endif
