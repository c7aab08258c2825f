/* Files that name people or hold keys: they must be their owner's alone, by their mode, and are
 * never taken from an option or the environment. Keys stay in memory that no core dump gets. */
#ifndef RK_PRIVATE_H
#define RK_PRIVATE_H

#include "base/message.h"
#include "privacy/subjects.h"

/* RK_BAD_USE unless `path` is a regular file of the user's own that nobody else can read or write.
 * `what` names its option. */
enum rk_status rk_private_file(const char *path, const char *what, struct rk_error *error);
/* From now on new files are for their owner alone: for parse(), before outputs are opened. */
void rk_private_outputs(void);

/* RK_BAD_USE where `path` lies in one of the folders (which end with NULL): a secret beside the
 * data goes where the data go. */
enum rk_status rk_keep_apart(const char *path, const char *what, const char *const *folders,
                             struct rk_error *error);

/* Makes a file with a random key (64 hexadecimal digits and a newline), for its owner alone. One
 * that is there is RK_BAD_USE. */
enum rk_status rk_key_make(const char *path, struct rk_error *error);
/* Reads it: RK_KEY_SIZE bytes, given back with rk_key_free. */
enum rk_status rk_key_read(unsigned char **key, const char *path, const char *what,
                           struct rk_error *error);

/* The file of subjects' keys, locked against other runs until it is closed. Lines are only added at
 * its end, and keys destroyed where they stand, so that no copies of it come about. */
struct rk_subject_file {
    const char *path;
    int fd;       /* -1 = closed */
    size_t lines; /* that are in it */
};
/* Opens it, with `make` one that is not there too, and reads what it holds. */
enum rk_status rk_subject_file_open(struct rk_subject_file *file, const char *path, bool make,
                                    struct rk_subjects *subjects, struct rk_error *error);
/* Adds the lines of new subjects, and is sure of them. */
enum rk_status rk_subject_file_add(struct rk_subject_file *file, const struct rk_subjects *subjects,
                                   struct rk_error *error);
/* Writes over the key of a place: it is gone from the file, whatever the disk still has. */
enum rk_status rk_subject_file_shred(struct rk_subject_file *file, size_t place,
                                     struct rk_error *error);
void rk_subject_file_close(struct rk_subject_file *file);

#endif
