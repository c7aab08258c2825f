/* Before a tool by LD_PRELOAD: the allocation numbered RK_MEMORY_AT (from 0) fails, alone where
 * RK_MEMORY_ONCE is set, else with all after it. The file RK_MEMORY_COUNT is told how many there were. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static long done;

static int fails(void)
{
    static long at = -2;
    static int once;
    if (at == -2) {
        const char *text = getenv("RK_MEMORY_AT");
        once = getenv("RK_MEMORY_ONCE") != NULL;
        at = text ? atol(text) : -1;
    }
    long number = __atomic_fetch_add(&done, 1, __ATOMIC_RELAXED);
    if (at < 0 || number < at || (once && number > at))
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return fails() ? NULL : __libc_calloc(count, size); }
void *realloc(void *old, size_t size) { return fails() ? NULL : __libc_realloc(old, size); }

/* Opened before the tool lets its fence fall. */
static int file = -1;
__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("RK_MEMORY_COUNT");
    file = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
}

__attribute__((destructor)) static void tell(void)
{
    if (file >= 0)
        dprintf(file, "%ld\n", done);
}
