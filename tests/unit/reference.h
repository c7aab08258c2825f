/* Published cases, read in place from $RK_REFERENCE; where one is missing it is passed over with a word and
 * counted. */
#ifndef RK_REFERENCE_H
#define RK_REFERENCE_H

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

static int skipped;

static inline FILE *reference_file(const char *name)
{
    const char *folder = getenv("RK_REFERENCE");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "", name);
    FILE *file = folder ? fopen(path, "r") : NULL;
    if (!file) {
        printf("skipped: %s is not in the reference folder\n", name);
        skipped++;
    }
    return file;
}

/* The whole of a file of its folder match, or NULL. Free with rk_free. */
static inline char *reference(const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "match/%s", name);
    FILE *file = reference_file(path);
    if (!file)
        return NULL;
    struct rk_buf all = {0};
    char piece[65536];
    size_t got;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        rk_buf_add(&all, piece, got);
    fclose(file);
    return rk_buf_take(&all);
}

#endif
