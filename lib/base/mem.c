#include "base/mem.h"

#include <malloc.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* the one file that may */
#undef malloc
#undef calloc
#undef realloc

static void (*out_of_memory)(void);

/* Large arrays go back to the system when they are freed, however large the last freed one was.
 * What is small is not given back and asked for again time after time. */
__attribute__((constructor)) static void give_back(void)
{
    enum { LARGE = 1 << 20 };
    mallopt(M_MMAP_THRESHOLD, LARGE);
    mallopt(M_TRIM_THRESHOLD, LARGE);
}

void rk_mem_set_handler(void (*handler)(void)) { out_of_memory = handler; }

/* Of several threads for which memory runs out, one tells. */
static _Noreturn void fail(void)
{
    static atomic_flag failing = ATOMIC_FLAG_INIT;
    while (atomic_flag_test_and_set(&failing))
        pause();
    if (out_of_memory)
        out_of_memory();
    abort();
}

/* Asks for large pages where there is much to fill: fewer of them have to be brought in, one by one.
 * That they are not to be had does no harm. It is asked of all pages that the memory has: were those of
 * its ends of another kind, it could not grow without being copied. */
static void *with_large_pages(void *memory, size_t bytes)
{
    if (bytes < 1 << 23)
        return memory;
    const uintptr_t page = (uintptr_t)getpagesize();
    uintptr_t from = (uintptr_t)memory / page * page,
              to = ((uintptr_t)memory + malloc_usable_size(memory) + page - 1) / page * page;
    madvise((void *)from, to - from, MADV_HUGEPAGE);
    return memory;
}

void *rk_alloc(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size ? size : 1);
    if (!memory)
        fail();
    return with_large_pages(memory, count * size);
}

void *rk_resize(void *old, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        fail();
    void *memory = realloc(old, bytes ? bytes : 1);
    if (!memory)
        fail();
    return with_large_pages(memory, bytes);
}

void rk_free(void *memory) { free(memory); }

char *rk_strndup(const char *text, size_t size)
{
    char *copy = rk_resize(NULL, size + 1, 1);
    if (size)
        memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

char *rk_strdup(const char *text) { return rk_strndup(text, strlen(text)); }

struct rk_arena_block {
    struct rk_arena_block *before;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

/* Of an arena's first block, and at most of a later one: each is twice as large as that before. */
enum { FIRST_BLOCK = 1024, BLOCK = 64 * 1024 };

void *rk_arena_alloc(struct rk_arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    struct rk_arena_block *block = arena->last;
    if (size > SIZE_MAX / 2)
        fail();
    size = (size + align - 1) / align * align;
    if (!block || block->size - block->used < size) {
        size_t room = !block ? FIRST_BLOCK : block->size < BLOCK / 2 ? block->size * 2 : BLOCK;
        room = size > room ? size : room;
        block = rk_resize(NULL, sizeof *block + room, 1);
        block->used = 0;
        block->size = room;
        block->before = arena->last;
        arena->last = block;
    }
    void *memory = block->bytes + block->used;
    block->used += size;
    return memory;
}

char *rk_arena_text(struct rk_arena *arena, const char *text, size_t size)
{
    char *copy = rk_arena_alloc(arena, size + 1);
    if (size)
        memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

void *rk_arena_zeroed(struct rk_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        fail();
    void *memory = rk_arena_alloc(arena, bytes ? bytes : 1);
    memset(memory, 0, bytes);
    return memory;
}

const char *rk_arena_keep(struct rk_arena *arena, const char *text)
{
    return text ? rk_arena_text(arena, text, strlen(text)) : NULL;
}

static void free_blocks(struct rk_arena_block *block)
{
    while (block) {
        struct rk_arena_block *before = block->before;
        free(block);
        block = before;
    }
}

void rk_arena_join(struct rk_arena *to, struct rk_arena *from)
{
    struct rk_arena_block **first = &from->last;
    while (*first)
        first = &(*first)->before;
    *first = to->last;
    to->last = from->last;
    from->last = NULL;
}

void rk_arena_reset(struct rk_arena *arena)
{
    if (!arena->last)
        return;
    free_blocks(arena->last->before);
    arena->last->before = NULL;
    arena->last->used = 0;
}

void rk_arena_free(struct rk_arena *arena)
{
    free_blocks(arena->last);
    arena->last = NULL;
}

const char *rk_keep(const char *text)
{
    static struct kept {
        struct kept *before;
        char text[];
    } * last;
    for (const struct kept *k = last; k; k = k->before)
        if (!strcmp(k->text, text))
            return k->text;
    struct kept *fresh = rk_resize(NULL, sizeof *fresh + strlen(text) + 1, 1);
    memcpy(fresh->text, text, strlen(text) + 1);
    fresh->before = last;
    last = fresh;
    return fresh->text;
}
