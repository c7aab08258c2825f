/* A folder out, all or nothing: its files are made in a temporary folder beside it, which takes the
 * name in one rename at commit, or leaves no trace. */
#ifndef RK_FOLDER_H
#define RK_FOLDER_H

#include "stream/out.h"

#include <stdbool.h>

/* At most so many files, of which each is open and has a temporary until commit. */
#define RK_FOLDER_FILES 1001
struct rk_folder;

/* Begins a folder that will be called `path`. One that is there already must be empty (RK_BAD_USE);
 * unless `ours` is given and true for the name of everything in it ("ratings.csv",
 * "truth/raters.csv": at most one folder deep), then it is replaced whole. One folder at a time. */
enum rk_status rk_folder_open(struct rk_folder **folder, const char *path,
                              bool (*ours)(const char *name), struct rk_error *error);
/* Adds a file "NAME" or "SUBFOLDER/NAME", to be written with rk_out_write. Owned by the folder. */
enum rk_status rk_folder_file(struct rk_folder *folder, struct rk_out **out, const char *name,
                              struct rk_error *error);
/* Makes the folder visible, or nothing; frees it. */
enum rk_status rk_folder_commit(struct rk_folder *folder, struct rk_error *error);
void rk_folder_discard(struct rk_folder *folder); /* throws it away; NULL is allowed */

/* Removes what stands of an unfinished folder; safe in a signal handler. rk_outputs_unlink_now
 * calls it. */
void rk_folder_remove_now(void);

#endif
