/* A key for each subject, so that one subject's pseudonyms can be cut off for ever by destroying
 * its key. As bytes, a line of RK_SUBJECT_LINE each: a tag, a space, the key in hexadecimal, a
 * newline. The tag is the subject's id under the key of the bank, so that the file names nobody. A
 * destroyed key is dashes. */
#ifndef RK_SUBJECTS_H
#define RK_SUBJECTS_H

#include "privacy/keyed.h"

#include <stdbool.h>

enum {
    RK_SUBJECT_TAG = 32,
    RK_SUBJECT_HEX = 2 * RK_KEY_SIZE,
    RK_SUBJECT_LINE = RK_SUBJECT_TAG + 1 + RK_SUBJECT_HEX + 1
};

struct rk_subjects;
/* `key`: of RK_KEY_SIZE bytes, must outlive it. NULL when there is no memory for keys. */
struct rk_subjects *rk_subjects_new(const unsigned char *key);
void rk_subjects_free(struct rk_subjects *subjects); /* wipes; NULL is allowed */
/* Takes the bytes of a file. False: they are not such lines, or a tag stands twice; *line tells
 * where, from
 * 1. A key that was begun to be destroyed counts as destroyed. */
bool rk_subjects_read(struct rk_subjects *subjects, struct rk_text bytes, uint64_t *line);

enum rk_subject { RK_SUBJECT_KNOWN, RK_SUBJECT_UNKNOWN, RK_SUBJECT_SHREDDED };
/* The subject's place among the lines, unless it is unknown. */
enum rk_subject rk_subjects_find(const struct rk_subjects *subjects, struct rk_text kind,
                                 struct rk_text value, size_t *place);
/* A random key for a subject that is unknown: its place. False: no memory for keys. */
bool rk_subjects_add(struct rk_subjects *subjects, struct rk_text kind, struct rk_text value,
                     size_t *place);
/* The key of a place; until the next addition. */
const unsigned char *rk_subjects_key(const struct rk_subjects *subjects, size_t place);
size_t rk_subjects_count(const struct rk_subjects *subjects);
/* The line of a place, to be written: RK_SUBJECT_LINE bytes of key memory. */
void rk_subjects_line(const struct rk_subjects *subjects, size_t place, char *line);

#endif
