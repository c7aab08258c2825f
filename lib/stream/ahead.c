#include "stream/ahead.h"

#include "stream/in.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { BATCHES = 4 };

struct rk_ahead {
    rk_fill_batch *fill;
    void *context;
    pthread_t thread;
    int stopper; /* see in.h. Not pthread_cancel, which loads a library where the run may be fenced
                    in */
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    struct rk_batch batches[BATCHES];
    uint64_t made, used; /* batches, from the first on; batch n lies at n % BATCHES */
    bool ended, stopped;
    enum rk_status status; /* of the last batch made */
    struct rk_error error;
};

static bool wait_for_room(struct rk_ahead *a)
{
    pthread_mutex_lock(&a->lock);
    while (!a->stopped && a->made - a->used == BATCHES)
        pthread_cond_wait(&a->changed, &a->lock);
    bool goes_on = !a->stopped;
    pthread_mutex_unlock(&a->lock);
    return goes_on;
}

static void *work(void *context)
{
    struct rk_ahead *a = context;
    rk_in_stopper = a->stopper;
    for (bool last = false; !last && wait_for_room(a);) {
        struct rk_batch *batch = &a->batches[a->made % BATCHES];
        struct rk_error error = {0};
        batch->count = batch->cell_count = batch->made_size = 0;
        rk_arena_reset(&batch->more);
        enum rk_status status = a->fill(a->context, batch, &last, &error);
        last |= status != RK_OK;
        pthread_mutex_lock(&a->lock);
        a->made++;
        a->ended = last;
        a->status = status;
        a->error = error;
        pthread_cond_signal(&a->changed);
        pthread_mutex_unlock(&a->lock);
    }
    return NULL;
}

struct rk_ahead *rk_ahead_start(rk_fill_batch *fill, void *context)
{
    struct rk_ahead *a = rk_alloc(1, sizeof *a);
    a->fill = fill;
    a->context = context;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    a->used = a->made = 0;
    a->stopper = eventfd(0, EFD_CLOEXEC);
    if (a->stopper >= 0 && !pthread_create(&a->thread, NULL, work, a))
        return a;
    if (a->stopper >= 0)
        close(a->stopper);
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->changed);
    rk_free(a);
    return NULL;
}

enum rk_status rk_ahead_next(struct rk_ahead *a, const struct rk_batch **batch,
                             struct rk_error *error)
{
    enum rk_status status = RK_OK;
    pthread_mutex_lock(&a->lock);
    if (*batch) {
        a->used++;
        pthread_cond_signal(&a->changed);
    }
    while (a->made == a->used && !a->ended)
        pthread_cond_wait(&a->changed, &a->lock);
    *batch = a->made > a->used ? &a->batches[a->used % BATCHES] : NULL;
    if (!*batch && a->status != RK_OK) {
        status = a->status;
        *error = a->error;
        if (error->pos.field)
            error->pos.field = error->field;
    }
    pthread_mutex_unlock(&a->lock);
    return status;
}

void rk_ahead_stop(struct rk_ahead *a)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->stopped = true;
    pthread_cond_signal(&a->changed);
    pthread_mutex_unlock(&a->lock);
    eventfd_write(a->stopper, 1);
    pthread_join(a->thread, NULL);
    close(a->stopper);
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->changed);
    for (size_t i = 0; i < BATCHES; i++) {
        rk_free(a->batches[i].bytes);
        rk_free(a->batches[i].cells);
        rk_free(a->batches[i].made);
        rk_free(a->batches[i].records);
        rk_arena_free(&a->batches[i].more);
    }
    rk_free(a);
}
