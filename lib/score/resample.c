#include "score/resample.h"

#include "base/mem.h"
#include "base/random.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* The draws are shared out in so many parts, whatever the threads, and their sums added in order.
 */
enum { PARTS = 32 };
enum {
    MOST_MEMBERS = 500
}; /* of a group whose ways are listed: their probabilities fit a double */

/* A way to draw a group's raters: how often each. */
struct ways {
    size_t first, last; /* its voices [first, last) */
    uint64_t members;   /* raters */
    uint32_t *times;    /* count × voices; all ways, where all are taken */
    double *weight;     /* by way: its probability */
    size_t count;
};

struct sums { /* of a part */
    double weight, used;
    double *first, *top, *rank; /* by candidate */
    double *above;              /* count × count */
};

struct job {
    const struct rk_voices *voices;
    const struct rk_rule *rule;
    const struct rk_resample_options *options;
    struct rk_random random;
    bool exact;
    uint64_t draws;
    struct ways *groups;
    size_t group_count;
    uint32_t *owner;  /* of the group's raters one after another, whose voice: by rater */
    uint64_t *owned;  /* by group: where its raters begin in `owner` */
    double *standing; /* draws × candidates; NAN in the first = not ranked */
    uint32_t *place;  /* draws × candidates */
    double *weight;   /* by draw */
    struct sums sums[PARTS];
    atomic_uint next;
};

/* ---- which resamples ---- */

static void find_groups(struct job *job)
{
    const struct rk_voices *v = job->voices;
    uint64_t raters = 0;
    job->groups = rk_alloc(v->voice_count + 1, sizeof *job->groups);
    job->owned = rk_alloc(v->voice_count + 1, sizeof *job->owned);
    for (size_t i = 0, next; i < v->voice_count; i = next) {
        struct ways *w = &job->groups[job->group_count];
        job->owned[job->group_count++] = raters;
        w->first = i;
        for (next = i; next < v->voice_count && v->voices[next].group == v->voices[i].group; next++)
            w->members += v->voices[next].count;
        w->last = next;
        raters += w->members;
    }
}

/* Ways to draw m from v different ones; UINT64_MAX = too many. */
static uint64_t count_ways(uint64_t m, size_t v, uint64_t most)
{
    uint64_t ways = 1; /* (m + v - 1 choose v - 1), product by product whole */
    for (uint64_t k = 1; k < v; k++) {
        ways = ways * (m + k) / k;
        if (ways > most)
            return UINT64_MAX;
    }
    return ways;
}

static bool all_fit(const struct job *job)
{
    uint64_t total = 1, most = job->options->exact;
    if (most > (uint64_t)1 << 24)
        most = (uint64_t)1 << 24;
    for (size_t g = 0; g < job->group_count; g++) {
        const struct ways *w = &job->groups[g];
        uint64_t ways = count_ways(w->members, w->last - w->first, most);
        if (ways == UINT64_MAX || (ways > 1 && w->members > MOST_MEMBERS) || (total *= ways) > most)
            return false;
    }
    return true;
}

/* All ways of one group, each with its probability, m!/∏k! · ∏(count/m)^k. */
static void list_ways(const struct rk_voices *voices, struct ways *w)
{
    size_t v = w->last - w->first;
    w->count = (size_t)count_ways(w->members, v, UINT64_MAX / 2);
    w->times = rk_alloc(w->count * v + 1, sizeof *w->times);
    w->weight = rk_resize(NULL, w->count + 1, sizeof *w->weight);
    uint32_t *now = rk_alloc(v + 1, sizeof *now);
    now[v - 1] = (uint32_t)w->members;
    for (size_t k = 0; k < w->count; k++) {
        uint64_t left = w->members;
        double weight = 1;
        for (size_t i = 0; i < v && v > 1; i++)
            for (uint32_t t = 1; t <= now[i]; t++, left--)
                weight *=
                    (double)left * voices->voices[w->first + i].count / t / (double)w->members;
        memcpy(w->times + k * v, now, v * sizeof *now);
        w->weight[k] = weight;
        /* the next one: what the last voice has goes over to the one before */
        size_t i = v - 1;
        uint32_t last = now[v - 1];
        now[v - 1] = 0;
        for (; i > 0; i--) {
            if (last) {
                now[i - 1]++;
                now[v - 1] = last - 1;
                break;
            }
            last = now[i - 1];
            now[i - 1] = 0;
        }
    }
    rk_free(now);
}

/* Where the draw's own sequence begins: by its number, not by what was drawn before. */
static uint64_t seed_of(const struct job *job, uint64_t draw)
{
    uint32_t counter[4] = {(uint32_t)draw, (uint32_t)(draw >> 32), (uint32_t)job->random.stream,
                           (uint32_t)(job->random.stream >> 32)};
    uint32_t words[4];
    rk_philox4x32(counter, job->random.key, words);
    return words[0] | (uint64_t)words[1] << 32;
}

/* Draws `members` of a group's raters: without bias, since the numbers that would favour some are
 * passed over (Lemire 2019). Quarters of 64 bits do for small groups. */
static void draw_group(uint64_t *state, const uint32_t *owner, uint32_t members, uint32_t *times)
{
    unsigned size = members <= 4096 ? 16 : 32, left = 0;
    uint64_t mask = ((uint64_t)1 << size) - 1, tail = (mask + 1) % members, bits = 0;
    for (uint32_t k = 0; k < members;) {
        if (!left) {
            bits = rk_splitmix64(state);
            left = 64 / size;
        }
        uint64_t product = (bits & mask) * members;
        bits >>= size;
        left--;
        if ((product & mask) < tail)
            continue;
        times[owner[product >> size]]++;
        k++;
    }
}

/* The draw's times into `times`; returns its weight. */
static double draw_times(const struct job *job, uint64_t draw, uint32_t *times)
{
    uint64_t state = job->exact ? 0 : seed_of(job, draw);
    double weight = 1;
    if (!job->exact)
        memset(times, 0, job->voices->voice_count * sizeof *times);
    for (size_t g = 0; g < job->group_count; g++) {
        const struct ways *w = &job->groups[g];
        size_t v = w->last - w->first;
        if (job->exact) {
            size_t way = (size_t)(draw % w->count);
            draw /= w->count;
            memcpy(times + w->first, w->times + way * v, v * sizeof *times);
            weight *= w->weight[way];
            continue;
        }
        draw_group(&state, job->owner + job->owned[g], (uint32_t)w->members, times);
    }
    return weight;
}

/* ---- what they say ---- */

/* How much of the places place … place + alike - 1 is within the first k. */
static double within(uint32_t place, uint32_t alike, size_t k)
{
    return place >= k ? 0 : place + alike <= k ? 1 : (double)(k - place) / alike;
}

static void add_draw(const struct job *job, struct sums *sums, const uint32_t *place,
                     uint32_t *alike, double weight)
{
    size_t n = job->voices->candidates;
    memset(alike, 0, n * sizeof *alike);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            alike[i] += place[i] == place[j];
            sums->above[i * n + j] += place[i] < place[j]    ? weight
                                      : place[i] == place[j] ? weight / 2
                                                             : 0;
        }
    for (size_t i = 0; i < n; i++) {
        sums->first[i] += weight * within(place[i], alike[i], 1);
        sums->top[i] += weight * within(place[i], alike[i], job->options->top);
        sums->rank[i] += weight * (place[i] + (alike[i] + 1) / 2.0);
    }
    sums->used += weight;
}

static void *work_on(void *context)
{
    struct job *job = context;
    size_t n = job->voices->candidates;
    struct rk_rule_work *work = rk_rule_work_new(job->rule);
    uint32_t *times = rk_resize(NULL, job->voices->voice_count + 1, sizeof *times);
    uint32_t *alike = rk_resize(NULL, n + 1, sizeof *alike);
    for (unsigned part; (part = atomic_fetch_add(&job->next, 1)) < PARTS;) {
        struct sums *sums = &job->sums[part];
        sums->first = rk_alloc(n + 1, sizeof *sums->first);
        sums->top = rk_alloc(n + 1, sizeof *sums->top);
        sums->rank = rk_alloc(n + 1, sizeof *sums->rank);
        sums->above = rk_alloc(n * n + 1, sizeof *sums->above);
        for (uint64_t d = job->draws * part / PARTS; d < job->draws * (part + 1) / PARTS; d++) {
            double *standing = job->standing + d * n;
            uint32_t *place = job->place + d * n;
            job->weight[d] = draw_times(job, d, times);
            sums->weight += job->weight[d];
            if (rk_rule_apply(job->rule, times, NULL, work, standing, place))
                add_draw(job, sums, place, alike, job->weight[d]);
            else
                standing[0] = NAN;
        }
    }
    rk_rule_work_free(work);
    rk_free(times);
    rk_free(alike);
    return NULL;
}

struct atom {
    double value, weight;
};

static int by_atom(const void *x, const void *y)
{
    const struct atom *p = x, *q = y;
    return (p->value > q->value) - (p->value < q->value);
}

/* The least value up to which at least the share q lies. */
static double quantile(const struct atom *atoms, size_t count, double total, double q)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        if ((sum += atoms[i].weight) >= q * total * (1 - 1e-12))
            return atoms[i].value;
    return atoms[count - 1].value;
}

static void summarise(const struct job *job, double used, struct rk_resample *result)
{
    size_t n = job->voices->candidates;
    double tail = (1 - job->options->level) / 2;
    struct atom *atoms = rk_resize(NULL, (size_t)job->draws + 1, sizeof *atoms);
    struct atom *ranks = rk_resize(NULL, n + 1, sizeof *ranks);
    for (size_t i = 0; i < n; i++) {
        struct rk_resampled *to = &result->candidates[i];
        size_t count = 0;
        double mean = 0, squares = 0;
        for (uint64_t d = 0; d < job->draws; d++)
            if (!isnan(job->standing[d * n]))
                atoms[count++] = (struct atom){job->standing[d * n + i], job->weight[d]};
        for (size_t k = 0; k < count; k++)
            mean += atoms[k].value * atoms[k].weight;
        mean /= used;
        for (size_t k = 0; k < count; k++)
            squares += (atoms[k].value - mean) * (atoms[k].value - mean) * atoms[k].weight;
        to->se = sqrt(squares / used);
        qsort(atoms, count, sizeof *atoms, by_atom);
        to->low = quantile(atoms, count, used, tail);
        to->high = quantile(atoms, count, used, 1 - tail);
        for (size_t k = 0; k < n; k++)
            ranks[k] = (struct atom){(double)k + 1, 0};
        for (uint64_t d = 0; d < job->draws; d++)
            if (!isnan(job->standing[d * n]))
                ranks[job->place[d * n + i]].weight += job->weight[d];
        to->rank_low = (uint32_t)quantile(ranks, n, used, tail);
        to->rank_high = (uint32_t)quantile(ranks, n, used, 1 - tail);
    }
    rk_free(atoms);
    rk_free(ranks);
}

static void run_all(struct job *job)
{
    pthread_t threads[PARTS];
    unsigned started = 0, wanted = job->options->threads < PARTS ? job->options->threads : PARTS;
    while (started + 1 < wanted && pthread_create(&threads[started], NULL, work_on, job) == 0)
        started++;
    work_on(job);
    while (started)
        pthread_join(threads[--started], NULL);
}

static void add_parts(struct job *job, struct rk_resample *result)
{
    size_t n = job->voices->candidates;
    double weight = 0;
    for (int part = 0; part < PARTS; part++) {
        const struct sums *s = &job->sums[part];
        weight += s->weight;
        result->used += s->used;
        for (size_t i = 0; i < n; i++) {
            result->candidates[i].p_first += s->first[i];
            result->candidates[i].p_top += s->top[i];
            result->candidates[i].expected_rank += s->rank[i];
            for (size_t j = 0; j < n; j++)
                result->p_above[i * n + j] += s->above[i * n + j];
        }
    }
    for (size_t i = 0; i < n && result->used > 0; i++) {
        struct rk_resampled *to = &result->candidates[i];
        to->p_first /= result->used;
        to->p_top /= result->used;
        to->expected_rank /= result->used;
        for (size_t j = 0; j < n; j++)
            result->p_above[i * n + j] /= result->used;
    }
    if (result->used > 0)
        summarise(job, result->used, result);
    result->used /= weight;
}

bool rk_resample(const struct rk_voices *voices, const struct rk_rule *rule,
                 const struct rk_resample_options *options, struct rk_resample *result)
{
    size_t n = voices->candidates;
    struct job job = {.voices = voices, .rule = rule, .options = options};
    job.random = rk_random(options->seed, options->key);
    find_groups(&job);
    job.draws = options->draws;
    if ((job.exact = all_fit(&job))) {
        job.draws = 1;
        for (size_t g = 0; g < job.group_count; g++) {
            list_ways(voices, &job.groups[g]);
            job.draws *= job.groups[g].count;
        }
    } else {
        uint64_t raters = 0;
        for (size_t g = 0; g < job.group_count; g++)
            raters += job.groups[g].members;
        job.owner = rk_resize(NULL, raters + 1, sizeof *job.owner);
        raters = 0;
        for (uint32_t i = 0; i < voices->voice_count; i++)
            for (uint32_t k = 0; k < voices->voices[i].count; k++)
                job.owner[raters++] = i;
    }
    job.standing = rk_resize(NULL, job.draws * n + 1, sizeof *job.standing);
    job.place = rk_resize(NULL, job.draws * n + 1, sizeof *job.place);
    job.weight = rk_resize(NULL, job.draws + 1, sizeof *job.weight);
    *result = (struct rk_resample){.exact = job.exact, .draws = job.draws};
    result->candidates = rk_alloc(n + 1, sizeof *result->candidates);
    result->p_above = rk_alloc(n * n + 1, sizeof *result->p_above);
    run_all(&job);
    add_parts(&job, result);
    for (int part = 0; part < PARTS; part++) {
        rk_free(job.sums[part].first);
        rk_free(job.sums[part].top);
        rk_free(job.sums[part].rank);
        rk_free(job.sums[part].above);
    }
    for (size_t g = 0; g < job.group_count; g++) {
        rk_free(job.groups[g].times);
        rk_free(job.groups[g].weight);
    }
    rk_free(job.groups);
    rk_free(job.owned);
    rk_free(job.owner);
    rk_free(job.standing);
    rk_free(job.place);
    rk_free(job.weight);
    return result->used > 0;
}

void rk_resample_free(struct rk_resample *result)
{
    rk_free(result->candidates);
    rk_free(result->p_above);
}
