/* Pieces made side by side, handed over in order. */
#include "simulate/plan.h"

#include <assert.h>
#include <pthread.h>

typedef void make_piece(const struct rk_simulate *simulate, uint32_t number,
                        struct rk_simulate_rows *rows);

#define PIECES 64 /* per thread and round */

struct worker {
    const struct rk_simulate *simulate;
    make_piece *make;
    uint32_t first, end;
    struct rk_simulate_rows rows;
    pthread_t thread;
    bool started;
};

static void *work(void *argument)
{
    struct worker *worker = argument;
    for (uint32_t i = worker->first; i < worker->end; i++)
        worker->make(worker->simulate, i, &worker->rows);
    return NULL;
}

struct taker {
    void (*take)(void *context, const struct rk_simulate_rows *rows, uint64_t done,
                 uint64_t total);
    void *context;
    uint64_t done, total;
};

/* A thread that cannot be started does no harm: its pieces are made here. */
static void make_all(const struct rk_simulate *simulate, make_piece *make, uint32_t count,
                     struct worker *workers, unsigned threads, struct taker *taker)
{
    for (uint32_t at = 0; at < count;) {
        for (unsigned t = 0; t < threads; t++) {
            struct worker *w = &workers[t];
            w->simulate = simulate;
            w->make = make;
            w->first = at;
            w->end = count - at < PIECES ? count : at + PIECES;
            at = w->end;
            w->started = threads > 1 && w->first < w->end &&
                         !pthread_create(&w->thread, NULL, work, w);
            if (!w->started)
                work(w);
        }
        for (unsigned t = 0; t < threads; t++) {
            struct worker *w = &workers[t];
            if (w->started)
                pthread_join(w->thread, NULL);
            taker->done += w->end - w->first;
            taker->take(taker->context, &w->rows, taker->done, taker->total);
            rk_simulate_rows_clear(&w->rows);
        }
    }
}

void rk_simulate_run(const struct rk_simulate *simulate, unsigned threads,
                     void (*take)(void *context, const struct rk_simulate_rows *rows,
                                  uint64_t done, uint64_t total),
                     void *context)
{
    assert(threads > 0);
    const struct rk_simulate_options *o = &simulate->options;
    struct taker taker = {take, context, 0, (uint64_t)o->panelists + o->recruitments};
    struct worker *workers = rk_alloc(threads, sizeof *workers);
    rk_simulate_common_rows(simulate, &workers[0].rows);
    take(context, &workers[0].rows, 0, taker.total);
    rk_simulate_rows_clear(&workers[0].rows);
    make_all(simulate, rk_simulate_panelist_rows, o->panelists, workers, threads, &taker);
    make_all(simulate, rk_simulate_recruitment_rows, o->recruitments, workers, threads, &taker);
    for (unsigned t = 0; t < threads; t++)
        rk_simulate_rows_free(&workers[t].rows);
    rk_free(workers);
}
