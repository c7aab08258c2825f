/* Memory. No allocation here returns NULL: when memory is out, the handler set by lib/tool runs
 * (it removes temporaries, says so and ends the program with status 4); without one the program
 * aborts. Sizes are counts times size_t, checked for overflow. */
#ifndef RK_MEM_H
#define RK_MEM_H

#include <stddef.h>

/* Zeroed memory for `count` things of `size` bytes. Give back with rk_free. */
void *rk_alloc(size_t count, size_t size);
/* Resizes `old` (or NULL) to `count` things; what is new is not zeroed. */
void *rk_resize(void *old, size_t count, size_t size);
void rk_free(void *memory);
char *rk_strdup(const char *text);
char *rk_strndup(const char *text, size_t size);
/* The same text, kept until the program ends: for names that messages point to. */
const char *rk_keep(const char *text);
/* `handler` must not return, and not allocate. */
void rk_mem_set_handler(void (*handler)(void));

/* Makes room for one more thing in a growing array: RK_GROW(array, count, room). */
#define RK_GROW(array, count, room)                                                              \
    do {                                                                                         \
        if ((count) == (room)) {                                                                 \
            (room) = (room) ? (room) * 2 : 16;                                                   \
            (array) = rk_resize((array), (room), sizeof *(array));                               \
        }                                                                                        \
    } while (0)

/* An arena gives memory that is freed all at once. A zeroed struct is an empty arena. */
struct rk_arena {
    struct rk_arena_block *last;
};
void *rk_arena_alloc(struct rk_arena *arena, size_t size); /* aligned for any type, not zeroed */
char *rk_arena_text(struct rk_arena *arena, const char *text, size_t size); /* NUL-ended copy */
void *rk_arena_zeroed(struct rk_arena *arena, size_t count, size_t size); /* count × size fits */
const char *rk_arena_keep(struct rk_arena *arena, const char *text); /* a copy; NULL of NULL */
void rk_arena_join(struct rk_arena *to, struct rk_arena *from); /* takes all of it over */
void rk_arena_reset(struct rk_arena *arena); /* forgets all, keeps one block */
void rk_arena_free(struct rk_arena *arena);

#endif
