/* Files of the reference folder ($RK_REFERENCE), read in place; passed over with a word where they
 * are missing. */
#ifndef RK_UNIT_REFERENCE_H
#define RK_UNIT_REFERENCE_H

#include <stdio.h>
#include <stdlib.h>

static inline FILE *reference(const char *name)
{
    const char *folder = getenv("RK_REFERENCE");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "", name);
    FILE *file = folder ? fopen(path, "r") : NULL;
    if (!file)
        printf("skipped: %s is not in the reference folder\n", name);
    return file;
}

#endif
