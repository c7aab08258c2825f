/* The unit tests' only tool: CHECK counts and names what failed; finish() prints the sum. */
#ifndef RK_CHECK_H
#define RK_CHECK_H

#include <stdio.h>
#include <string.h>

static int passed, failed;

#define CHECK(what)                                                                              \
    do {                                                                                         \
        if (what)                                                                                \
            passed++;                                                                            \
        else {                                                                                   \
            failed++;                                                                            \
            printf("%s:%d: failed: %s\n", __FILE__, __LINE__, #what);                            \
        }                                                                                        \
    } while (0)

#define CHECK_TEXT(got, expected)                                                                \
    do {                                                                                         \
        const char *got_ = (got), *expected_ = (expected);                                       \
        if (got_ && !strcmp(got_, expected_))                                                    \
            passed++;                                                                            \
        else {                                                                                   \
            failed++;                                                                            \
            printf("%s:%d: %s is '%s', expected '%s'\n", __FILE__, __LINE__, #got,               \
                   got_ ? got_ : "(null)", expected_);                                           \
        }                                                                                        \
    } while (0)

static inline int finish(void)
{
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}

#endif
