/* Writes the network of a made-up programme of recruitments as a DIMACS minimum-cost flow:
 *
 *   flow-programme KIND LOADS PANELISTS RECRUITMENTS SEED >FILE
 *
 * KIND uniform: each panelist could sit in 10 … 30 recruitments, any of them, at a cost of 0 … 999.
 * KIND clustered: the k-th of 48 experiences is as common as k^-1.5 among panelists while all are
 * wanted alike, so experts are short; panelists go to recruitments near by; costs have few levels,
 * so that many choices tie.
 * LOADS flat: 1 … 3 places per panelist cost nothing; convex: each further one costs more.
 * 8 … 12 seats per recruitment, at least two fifths of either gender; a seat that stays empty costs
 * 100,000. Node 1 gives the places out; then the panelists; then women's, others' and all seats of
 * each recruitment. The same words give the same bytes on every machine. */
#include "base/mem.h"
#include "base/random.h"
#include "base/text.h"

enum { EXPERIENCES = 48, MOST_PAIRS = 30, EMPTY_SEAT = 100000 };

struct programme {
    bool clustered, convex;
    uint32_t panelists, recruitments, areas;
    struct rk_random random;
    uint8_t *seats, *cap, *pair_count;
    bool *woman;
    uint32_t *pairs, *costs; /* MOST_PAIRS per panelist */
    uint32_t *first, *wants; /* wants[first[e * areas + a]] …: recruitments in area a that want e */
};

static uint32_t below(struct programme *p, uint32_t n)
{
    return (uint32_t)rk_random_below(&p->random, n);
}

/* 0 … EXPERIENCES - 1, the k-th as likely as (k + 1)^-1.5, in whole numbers */
static uint32_t experience_of(struct programme *p)
{
    static uint32_t weight[EXPERIENCES], sum;
    for (uint32_t k = 0; k < EXPERIENCES && !weight[EXPERIENCES - 1]; k++) {
        uint32_t root = 0, square = 10000 * (k + 1) * (k + 1) * (k + 1);
        while ((root + 1) * (root + 1) <= square)
            root++;
        sum += weight[k] = 10000000 / root;
    }
    uint32_t k = 0;
    for (uint32_t left = below(p, sum); left >= weight[k]; k++)
        left -= weight[k];
    return k;
}

static void draw_recruitments(struct programme *p)
{
    uint32_t cells = EXPERIENCES * p->areas;
    uint32_t *cell = rk_alloc(p->recruitments, sizeof *cell);
    p->seats = rk_alloc(p->recruitments, sizeof *p->seats);
    p->first = rk_alloc((size_t)cells + 1, sizeof *p->first);
    p->wants = rk_alloc(p->recruitments, sizeof *p->wants);
    for (uint32_t r = 0; r < p->recruitments; r++) {
        p->seats[r] = (uint8_t)(8 + below(p, 5));
        cell[r] = below(p, EXPERIENCES) * p->areas + below(p, p->areas);
        p->first[cell[r] + 1]++;
    }
    for (uint32_t c = 0; c < cells; c++)
        p->first[c + 1] += p->first[c];
    for (uint32_t r = p->recruitments; r-- > 0;)
        p->wants[--p->first[cell[r] + 1]] = r;
    /* each first[c + 1] is now where cell c starts */
    memmove(p->first, p->first + 1, cells * sizeof *p->first);
    p->first[cells] = p->recruitments;
    rk_free(cell);
}

static void draw_panelist(struct programme *p, uint32_t panelist)
{
    uint32_t *pairs = p->pairs + (size_t)panelist * MOST_PAIRS, count = 0;
    uint32_t *costs = p->costs + (size_t)panelist * MOST_PAIRS;
    uint32_t wanted = 10 + below(p, MOST_PAIRS - 9), area = below(p, p->areas);
    uint32_t experience[3] = {experience_of(p), experience_of(p), experience_of(p)};
    p->woman[panelist] = below(p, 5) < 3;
    p->cap[panelist] = (uint8_t)(1 + below(p, 3));
    for (uint32_t tries = 0; count < wanted && tries < 3 * wanted; tries++) {
        uint32_t recruitment, cost;
        if (p->clustered) {
            uint32_t rank = below(p, 3), away = below(p, 10) < 7 ? 0 : 1 + below(p, 2);
            uint32_t c = experience[rank] * p->areas + (area + away) % p->areas;
            uint32_t choices = p->first[c + 1] - p->first[c];
            if (!choices)
                continue;
            recruitment = p->wants[p->first[c] + below(p, choices)];
            cost = 100 * rank + 50 * away + 10 * below(p, 4);
        } else {
            recruitment = below(p, p->recruitments);
            cost = below(p, 1000);
        }
        uint32_t i = 0;
        while (i < count && pairs[i] != recruitment)
            i++;
        if (i < count)
            continue;
        pairs[count] = recruitment;
        costs[count++] = cost;
    }
    p->pair_count[panelist] = (uint8_t)count;
}

static void write_arc(uint32_t from, uint32_t to, uint32_t low, uint32_t high, uint32_t cost)
{
    printf("a %u %u %u %u %u\n", from, to, low, high, cost);
}

static bool write(const struct programme *p)
{
    uint32_t n = p->panelists, m = p->recruitments, arcs = 4 * m, seats = 0;
    uint32_t source = 1, panelist = 2, women = panelist + n, others = women + m, all = others + m;
    for (uint32_t i = 0; i < n; i++)
        arcs += p->pair_count[i] + (p->convex ? p->cap[i] : 1);
    for (uint32_t r = 0; r < m; r++)
        seats += p->seats[r];
    printf("p min %u %u\nn %u %u\n", 1 + n + 3 * m, arcs, source, seats);
    for (uint32_t r = 0; r < m; r++)
        printf("n %u -%u\n", all + r, p->seats[r]);
    for (uint32_t r = 0; r < m; r++) {
        uint32_t least = p->seats[r] * 2 / 5;
        write_arc(source, women + r, 0, p->seats[r], EMPTY_SEAT);
        write_arc(source, others + r, 0, p->seats[r], EMPTY_SEAT);
        write_arc(women + r, all + r, least, p->seats[r] - least, 0);
        write_arc(others + r, all + r, least, p->seats[r] - least, 0);
    }
    for (uint32_t i = 0; i < n; i++)
        if (p->convex)
            for (uint32_t k = 0; k < p->cap[i]; k++)
                write_arc(source, panelist + i, 0, 1, 40 * (2 * k + 1));
        else
            write_arc(source, panelist + i, 0, p->cap[i], 0);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < p->pair_count[i]; k++)
            write_arc(panelist + i,
                      (p->woman[i] ? women : others) + p->pairs[(size_t)i * MOST_PAIRS + k], 0, 1,
                      p->costs[(size_t)i * MOST_PAIRS + k]);
    return fflush(stdout) == 0 && !ferror(stdout);
}

int main(int count, char **words)
{
    int64_t panelists, recruitments;
    if (count != 6 || !rk_text_int(rk_text(words[3]), &panelists) ||
        !rk_text_int(rk_text(words[4]), &recruitments) || panelists < 1 || recruitments < 1 ||
        panelists > 10000000 || recruitments > 1000000) {
        fputs("usage: flow-programme uniform|clustered flat|convex PANELISTS RECRUITMENTS SEED\n",
              stderr);
        return 2;
    }
    struct programme p = {.clustered = !strcmp(words[1], "clustered"),
                          .convex = !strcmp(words[2], "convex"),
                          .panelists = (uint32_t)panelists,
                          .recruitments = (uint32_t)recruitments,
                          .areas = 1 + (uint32_t)recruitments / 400,
                          .random = rk_random(rk_text(words[5]), RK_TEXT("flow-programme"))};
    p.woman = rk_alloc(p.panelists, sizeof *p.woman);
    p.cap = rk_alloc(p.panelists, sizeof *p.cap);
    p.pair_count = rk_alloc(p.panelists, sizeof *p.pair_count);
    p.pairs = rk_alloc((size_t)p.panelists * MOST_PAIRS, sizeof *p.pairs);
    p.costs = rk_alloc((size_t)p.panelists * MOST_PAIRS, sizeof *p.costs);
    draw_recruitments(&p);
    for (uint32_t i = 0; i < p.panelists; i++)
        draw_panelist(&p, i);
    bool good = write(&p);
    if (!good)
        fputs("flow-programme: cannot write\n", stderr);
    rk_free(p.woman);
    rk_free(p.cap);
    rk_free(p.pair_count);
    rk_free(p.pairs);
    rk_free(p.costs);
    rk_free(p.seats);
    rk_free(p.first);
    rk_free(p.wants);
    return good ? 0 : 4;
}
