/* Positions, error values and messages. Below lib/tool nothing prints and nothing exits: a function
 * that can fail returns a status and fills an rk_error; what is wrong with single rows goes, one
 * message each, to the rk_log that the caller handed down. */
#ifndef RK_MESSAGE_H
#define RK_MESSAGE_H

#include <libintl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text for people, in the language chosen (Swedish in share/locale/sv/). N_ marks one that is
 * translated later. Nothing in data or column names is ever translated. */
#define _(text) gettext(text)
#define N_(text) (text)
/* The same where a number is told in it, which may be 1. */
#define RK_PLURAL(one, several, number) ngettext(one, several, (unsigned long)(number))

/* The exit status of every tool (design/tools.md, "Exit status"). */
enum rk_status {
    RK_OK = 0,        /* whole output from the whole input */
    RK_BAD_DATA = 1,  /* the data are wrong */
    RK_BAD_USE = 2,   /* wrong options */
    RK_ATTENTION = 3, /* done, but something needs a person */
    RK_FAILED = 4,    /* the system failed */
};

/* Where in the input. Line 0 = the file as a whole, column 0 = the line as a whole. */
struct rk_pos {
    const char *file;  /* as the user named it, "-" for standard input; NULL = no place. Kept
                        * until the program ends (rk_keep) */
    uint64_t line;     /* from 1, physical lines */
    uint64_t column;   /* from 1, characters */
    const char *field; /* column name in the file, or NULL */
};

struct rk_error {
    enum rk_status status;
    struct rk_pos pos; /* pos.field points into `field` */
    char field[96];
    char text[600];
};

/* Fills `error` (which may be NULL) and returns `status`. rk_fail_errno adds ": " and the system's
 * reason in the chosen language. */
enum rk_status rk_fail(struct rk_error *error, enum rk_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
enum rk_status rk_fail_at(struct rk_error *error, enum rk_status status, const struct rk_pos *pos,
                          const char *format, ...) __attribute__((format(printf, 4, 5)));
enum rk_status rk_fail_errno(struct rk_error *error, enum rk_status status, const struct rk_pos *pos,
                             int error_number, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
const char *rk_strerror(int error_number); /* translated by our catalogue, not the system's */

enum rk_severity { RK_DETAIL, RK_NOTE, RK_WARNING, RK_ERROR };

/* Hands a failure on to the caller. */
#define RK_TRY(call)                                                                             \
    do {                                                                                         \
        enum rk_status rk_try_status = (call);                                                   \
        if (rk_try_status != RK_OK)                                                              \
            return rk_try_status;                                                                \
    } while (0)

/* Where messages go. lib/tool makes one that prints; tests make one that collects. */
struct rk_log {
    void (*emit)(struct rk_log *log, enum rk_severity severity, const struct rk_pos *pos,
                 const char *text);
    uint64_t errors; /* counted whether or not they were shown */
    uint64_t warnings;
    void *context;
};
void rk_log(struct rk_log *log, enum rk_severity severity, const struct rk_pos *pos,
            const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
