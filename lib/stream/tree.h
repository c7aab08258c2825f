/* Folders that a program makes and takes away itself. */
#ifndef RK_TREE_H
#define RK_TREE_H

#include "base/message.h"

/* Removes the folder `path` with all that is in it; one that is not there is RK_OK. Links are not
 * followed, and other file systems not entered. */
enum rk_status rk_tree_remove(const char *path, struct rk_error *error);
/* The folder will not outlive the program: it is removed by rk_tree_clear, and when memory is out or a signal
 * ends the program. `path` must outlive that; only files are in it. At most RK_TREES of them. */
#define RK_TREES 4
void rk_tree_passing(const char *path);
void rk_tree_stays(const char *path); /* it will, after all */
void rk_tree_clear(void);             /* safe in a signal handler; rk_outputs_unlink_now calls it */
/* Gives every file of the folder `from` that does not begin with a dot a second name in the folder
 * `to`, which exists: the bytes are the same ones. */
enum rk_status rk_tree_link(const char *from, const char *to, struct rk_error *error);

#endif
