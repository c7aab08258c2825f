/* lib/score: methods on pairs and Kemeny's order, against published elections, against brute force,
 * and against the properties that define them. */
#include "base/mem.h"
#include "base/random.h"
#include "check.h"
#include "score/kemeny.h"

enum { MOST = 12 };

static uint64_t below(struct rk_random *random, uint64_t n) { return rk_random_below(random, n); }

struct profile {
    struct rk_pairs pairs;
    rk_support support[MOST * MOST], alike[MOST * MOST];
};

static rk_support *at(struct profile *p, size_t i, size_t j)
{
    return &p->support[i * p->pairs.count + j];
}

static void start(struct profile *p, size_t n)
{
    *p = (struct profile){.pairs = {n, NULL, NULL}};
    p->pairs.support = p->support;
    p->pairs.alike = p->alike;
}

/* Voters with weights who rank candidates on so many levels: few levels make many ties. */
static void make_profile(struct profile *p, struct rk_random *random, size_t n, size_t voters,
                         uint64_t levels)
{
    start(p, n);
    for (size_t v = 0; v < voters; v++) {
        uint64_t level[MOST], weight = 1 + below(random, 3);
        for (size_t i = 0; i < n; i++)
            level[i] = below(random, levels);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                *at(p, i, j) += level[i] < level[j] ? (rk_support)weight : 0;
                p->alike[i * n + j] += i != j && level[i] == level[j] ? (rk_support)weight : 0;
            }
    }
}

/* ---- published ---- */

static char names[MOST][60];
static size_t name_count;

static size_t candidate(const char *name, size_t size)
{
    for (size_t i = 0; i < name_count; i++)
        if (strlen(names[i]) == size && !strncmp(names[i], name, size))
            return i;
    CHECK(name_count < MOST && size < sizeof names[0]);
    memcpy(names[name_count], name, size);
    names[name_count][size] = '\0';
    return name_count++;
}

/* The next field of a line that ends where it ends or at a comma. */
static const char *field(const char **rest, size_t *size)
{
    const char *text = *rest;
    *size = strcspn(text, ",\n");
    *rest = text + *size + (text[*size] == ',');
    return text;
}

static void read_election(const char *election, struct profile *p)
{
    char line[200];
    memset(names, 0, sizeof names);
    name_count = 0;
    start(p, 0);
    for (int pass = 0; pass < 2; pass++) { /* who there are, then supports */
        FILE *file = fopen("tests/reference/supports.csv", "r");
        CHECK(file != NULL);
        while (file && fgets(line, sizeof line, file)) {
            const char *rest = line;
            size_t size, a, b;
            const char *text = field(&rest, &size);
            if (size != strlen(election) || strncmp(text, election, size))
                continue;
            text = field(&rest, &size);
            a = candidate(text, size);
            text = field(&rest, &size);
            b = candidate(text, size);
            if (pass)
                *at(p, a, b) = strtol(rest, NULL, 10);
        }
        if (file)
            fclose(file);
        p->pairs.count = name_count;
    }
}

/* "A > B = C", those alike in order of name. */
static const char *order_text(const uint32_t *places, bool first_only)
{
    static char text[600];
    size_t size = 0, told = 0;
    text[0] = '\0';
    for (uint32_t place = 0; place < name_count && !(first_only && told); place++)
        for (bool alike = false;; alike = true) {
            size_t next = SIZE_MAX;
            for (size_t i = 0; i < name_count; i++) /* the first by name that is not told */
                if (places[i] == place && !strstr(text, names[i]) &&
                    (next == SIZE_MAX || strcmp(names[i], names[next]) < 0))
                    next = i;
            if (next == SIZE_MAX)
                break;
            size += (size_t)snprintf(text + size, sizeof text - size, "%s%s",
                                     !told   ? ""
                                     : alike ? " = "
                                             : " > ",
                                     names[next]);
            told++;
        }
    return text;
}

static void published(void)
{
    char line[300];
    int checked = 0;
    FILE *file = fopen("tests/reference/winners.csv", "r");
    CHECK(file != NULL);
    if (!file || !fgets(line, sizeof line, file))
        return;
    while (fgets(line, sizeof line, file)) {
        const char *rest = line;
        size_t size;
        char election[40], method[40], expected[200];
        const char *text = field(&rest, &size);
        snprintf(election, sizeof election, "%.*s", (int)size, text);
        text = field(&rest, &size);
        snprintf(method, sizeof method, "%.*s", (int)size, text);
        snprintf(expected, sizeof expected, "%.*s", (int)strcspn(rest, "\n"), rest);
        struct profile p;
        read_election(election, &p);
        size_t n = p.pairs.count;
        bool above[MOST * MOST];
        uint32_t places[MOST];
        checked++;
        if (!strcmp(method, "condorcet")) {
            size_t winner = rk_social_condorcet(&p.pairs);
            CHECK_TEXT(winner == SIZE_MAX ? "none" : names[winner], expected);
        } else if (!strncmp(method, "schulze", 7) || !strcmp(method, "ranked-pairs")) {
            for (int strength = 0; strength < 2; strength++) {
                if (method[0] == 's')
                    rk_social_schulze(&p.pairs, (enum rk_strength)strength, above);
                else
                    rk_social_ranked_pairs(&p.pairs, (enum rk_strength)strength, NULL, above);
                rk_social_places(above, n, places);
                CHECK_TEXT(order_text(places, strstr(method, "first") != NULL), expected);
            }
        } else {
            struct rk_kemeny kemeny;
            rk_kemeny(&p.pairs, &(struct rk_kemeny_options){0}, &kemeny);
            CHECK(kemeny.bound == kemeny.distance && kemeny.counted && kemeny.optima == 1);
            rk_support all = 0;
            for (size_t i = 0; i < n * n; i++)
                all += p.support[i];
            char score[40];
            snprintf(score, sizeof score, "%lld", (long long)(all - kemeny.distance));
            rk_social_places(kemeny.above, n, places);
            CHECK_TEXT(!strcmp(method, "kemeny-score") ? score : order_text(places, false),
                       expected);
            rk_kemeny_free(&kemeny);
        }
    }
    fclose(file);
    CHECK(checked == 13);
}

/* ---- Kemeny against every order ---- */

struct brute {
    rk_support least;
    uint64_t optima;
    bool above[MOST * MOST];
    uint32_t orders[5][MOST]; /* the first of the optima */
};

static void try_orders(const struct rk_pairs *p, uint32_t *order, size_t depth, uint32_t left,
                       rk_support distance, struct brute *b)
{
    if (depth == p->count) {
        if (!b->optima || distance < b->least) {
            b->least = distance;
            b->optima = 0;
            memset(b->above, true, sizeof b->above);
        }
        if (distance > b->least)
            return;
        if (b->optima < 5)
            memcpy(b->orders[b->optima], order, depth * sizeof *order);
        b->optima++;
        for (size_t x = 0; x < depth; x++)
            for (size_t y = 0; y <= x; y++)
                b->above[order[x] * p->count + order[y]] = false;
        return;
    }
    for (uint32_t i = 0; i < p->count; i++) {
        if (!(left >> i & 1))
            continue;
        rk_support more = distance;
        for (uint32_t j = 0; j < p->count; j++)
            if (j != i && left >> j & 1)
                more += p->support[j * p->count + i];
        order[depth] = i;
        try_orders(p, order, depth + 1, left & ~((uint32_t)1 << i), more, b);
    }
}

static void kemeny_by_brute_force(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("kemeny"));
    for (int round = 0; round < 3600; round++) {
        size_t n = round < 3000 ? 1 + below(&random, 5) : round < 3500 ? 6 : round < 3580 ? 7 : 8;
        struct profile p;
        make_profile(&p, &random, n, 1 + below(&random, 12), 2 + below(&random, 30));
        struct brute b = {0};
        uint32_t order[MOST];
        try_orders(&p.pairs, order, 0, ((uint32_t)1 << n) - 1, 0, &b);
        struct rk_kemeny kemeny;
        rk_kemeny(&p.pairs, &(struct rk_kemeny_options){.listed = 5}, &kemeny);
        CHECK(kemeny.counted && kemeny.bound == kemeny.distance);
        CHECK(kemeny.distance == b.least && kemeny.optima == b.optima);
        CHECK(!memcmp(kemeny.above, b.above, n * n * sizeof *b.above));
        CHECK(kemeny.listed == (b.optima < 5 ? b.optima : 5));
        for (size_t k = 0; k < kemeny.listed; k++) {
            CHECK(rk_kemeny_distance(&p.pairs, kemeny.orders + k * n) == b.least);
            /* parts are in order and each lists its own in order: so are all */
            CHECK(!memcmp(kemeny.orders + k * n, b.orders[k], n * sizeof *order));
        }
        rk_kemeny_free(&kemeny);
        /* with next to no room it says what it knows, and nothing else */
        rk_kemeny(&p.pairs, &(struct rk_kemeny_options){.states = 4}, &kemeny);
        CHECK(kemeny.bound <= b.least && b.least <= kemeny.distance && kemeny.optima <= b.optima);
        CHECK(rk_kemeny_distance(&p.pairs, kemeny.orders) == kemeny.distance);
        rk_kemeny_free(&kemeny);
    }
}

/* Every way to give levels, those that leave none out. */
static void kemeny_with_ties_by_brute_force(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("ties"));
    for (int round = 0; round < 1500; round++) {
        size_t n = 1 + below(&random, 5);
        struct profile p;
        make_profile(&p, &random, n, 1 + below(&random, 6), 2 + below(&random, 6));
        uint64_t all = 1, optima = 0, found;
        rk_support most = 0, agreement;
        for (size_t i = 0; i < n; i++)
            all *= n;
        for (uint64_t code = 0; code < all; code++) {
            uint64_t rest = code;
            uint32_t level[MOST], used = 0;
            for (size_t i = 0; i < n; i++, rest /= n)
                used |= 1u << (level[i] = (uint32_t)(rest % n));
            if (used & (used + 1))
                continue;
            rk_support sum = 0;
            for (size_t i = 0; i < n; i++)
                for (size_t j = i + 1; j < n; j++) {
                    rk_support margin = *at(&p, i, j) - *at(&p, j, i);
                    sum += level[i] == level[j]  ? p.alike[i * n + j]
                           : level[i] < level[j] ? margin
                                                 : -margin;
                }
            if (!optima || sum > most) {
                most = sum;
                optima = 0;
            }
            optima += sum == most;
        }
        uint32_t levels[MOST];
        CHECK(rk_kemeny_ties(&p.pairs, levels, &agreement, &found));
        CHECK(agreement == most && found == optima);
    }
}

/* Larger ones, whose optimum is known: all alike, and a cycle of equal blocks. */
static void kemeny_of_many(void)
{
    struct rk_kemeny kemeny;
    enum { MANY = 40 };
    static rk_support support[MANY * MANY];
    struct rk_pairs pairs = {MANY, support, NULL};
    rk_kemeny(&pairs, &(struct rk_kemeny_options){.listed = 3}, &kemeny);
    CHECK(kemeny.distance == 0 && kemeny.bound == 0 && kemeny.optima == UINT64_MAX);
    CHECK(kemeny.listed == 3 && kemeny.orders[0] == 0 && kemeny.orders[2 * MANY - 1] == MANY - 2);
    rk_kemeny_free(&kemeny);
    /* a ring, each beating the next 19: too hard for little room, but never claimed to be solved */
    for (size_t i = 0; i < MANY; i++)
        for (size_t k = 1; k < MANY; k++)
            support[i * MANY + (i + k) % MANY] = k < MANY / 2 ? 2 : 1;
    rk_kemeny(&pairs, &(struct rk_kemeny_options){.states = 1000}, &kemeny);
    CHECK(kemeny.bound <= kemeny.distance &&
          rk_kemeny_distance(&pairs, kemeny.orders) == kemeny.distance);
    rk_kemeny_free(&kemeny);
}

/* ---- properties ---- */

static void check_first(const struct rk_pairs *p, const bool *above, size_t winner, size_t loser,
                        const bool *smith)
{
    uint32_t places[MOST];
    size_t firsts = 0;
    rk_social_places(above, p->count, places);
    for (size_t i = 0; i < p->count; i++) {
        firsts += places[i] == 0;
        CHECK(places[i] != 0 || smith[i]);
        CHECK(!above[i * p->count + i]);
        for (size_t j = 0; j < p->count; j++) {
            CHECK(!above[i * p->count + j] || places[i] < places[j]);
            for (size_t k = 0; k < p->count; k++)
                if (above[i * p->count + j] && above[j * p->count + k])
                    CHECK(above[i * p->count + k]);
        }
    }
    CHECK(firsts >= 1);
    if (winner != SIZE_MAX)
        CHECK(firsts == 1 && places[winner] == 0);
    if (loser != SIZE_MAX && p->count > 1)
        CHECK(places[loser] == p->count - 1);
}

/* The strongest path by asking of every strength whether there is a path of such wins. */
static void check_paths(struct profile *p, enum rk_strength strength)
{
    size_t n = p->pairs.count;
    rk_support paths[MOST * MOST];
    rk_social_paths(&p->pairs, strength, paths);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            rk_support strongest = 0;
            for (size_t k = 0; i != j && k < n * n; k++) { /* the strength of each win */
                size_t a = k / n, b = k % n;
                rk_support margin = *at(p, a, b) - *at(p, b, a);
                rk_support limit = strength == RK_MARGINS ? margin : *at(p, a, b);
                bool reach[MOST] = {false};
                if (margin <= 0 || limit <= strongest)
                    continue;
                reach[i] = true;
                for (size_t round = 0; round < n; round++)
                    for (size_t x = 0; x < n; x++)
                        for (size_t y = 0; y < n; y++) {
                            rk_support m = *at(p, x, y) - *at(p, y, x);
                            reach[y] |= reach[x] && m > 0 &&
                                        (strength == RK_MARGINS ? m : *at(p, x, y)) >= limit;
                        }
                strongest = reach[j] ? limit : strongest;
            }
            CHECK(paths[i * n + j] == strongest);
        }
}

/* The same candidates in another order give the same relation. */
static void check_neutral(struct profile *p, struct rk_random *random)
{
    size_t n = p->pairs.count, to[MOST];
    for (size_t i = 0; i < n; i++) {
        size_t k = below(random, i + 1);
        to[i] = i;
        to[i] = to[k];
        to[k] = i;
    }
    struct profile q;
    start(&q, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            *at(&q, to[i], to[j]) = *at(p, i, j);
    for (int strength = 0; strength < 2; strength++) {
        bool a[MOST * MOST], b[MOST * MOST];
        rk_social_ranked_pairs(&p->pairs, (enum rk_strength)strength, NULL, a);
        rk_social_ranked_pairs(&q.pairs, (enum rk_strength)strength, NULL, b);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                CHECK(a[i * n + j] == b[to[i] * n + to[j]]);
    }
}

static void properties(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("properties"));
    size_t with_winner = 0, without = 0;
    for (int round = 0; round < 4000; round++) {
        size_t n = 1 + below(&random, 7);
        struct profile p;
        make_profile(&p, &random, n, 1 + below(&random, 9), 2 + below(&random, 20));
        bool smith[MOST], above[MOST * MOST];
        rk_social_smith(&p.pairs, smith);
        size_t winner = rk_social_condorcet(&p.pairs), loser = rk_social_condorcet_loser(&p.pairs);
        *(winner == SIZE_MAX ? &without : &with_winner) += 1;
        /* the Smith set beats all others, and no smaller one does: it is one part of "not beaten
         * by" */
        size_t members = 0;
        for (size_t i = 0; i < n; i++) {
            members += smith[i];
            for (size_t j = 0; j < n; j++)
                CHECK(!(smith[i] && !smith[j]) || *at(&p, i, j) > *at(&p, j, i));
        }
        CHECK(members >= 1 && (winner == SIZE_MAX || (members == 1 && smith[winner])));
        for (int strength = 0; strength < 2; strength++) {
            rk_social_schulze(&p.pairs, (enum rk_strength)strength, above);
            check_first(&p.pairs, above, winner, loser, smith);
            rk_social_ranked_pairs(&p.pairs, (enum rk_strength)strength, NULL, above);
            check_first(&p.pairs, above, winner, loser, smith);
            uint64_t lots[MOST * MOST];
            for (size_t i = 0; i < n * n; i++)
                lots[i] = rk_random_u64(&random);
            rk_social_ranked_pairs(&p.pairs, (enum rk_strength)strength, lots, above);
            check_first(&p.pairs, above, winner, loser, smith);
            rk_support worst[MOST];
            rk_social_minimax(&p.pairs, (enum rk_strength)strength, worst);
            for (size_t i = 0; winner != SIZE_MAX && i < n; i++)
                CHECK(i == winner ? worst[i] == 0 : worst[i] > 0);
            if (n <= 5)
                check_paths(&p, (enum rk_strength)strength);
        }
        struct rk_kemeny kemeny;
        rk_kemeny(&p.pairs, &(struct rk_kemeny_options){0}, &kemeny);
        check_first(&p.pairs, kemeny.above, winner, loser, smith);
        rk_kemeny_free(&kemeny);
        uint64_t halves[MOST], most = 0;
        rk_social_copeland(&p.pairs, halves);
        for (size_t i = 0; i < n; i++)
            most = halves[i] > most ? halves[i] : most;
        for (size_t i = 0; i < n; i++)
            CHECK(halves[i] < most || smith[i]);
        if (winner != SIZE_MAX)
            CHECK(halves[winner] == 2 * (n - 1));
        check_neutral(&p, &random);
    }
    CHECK(with_winner > 500 && without > 500); /* both kinds were tried */
}

/* A cycle of equal wins: together, none of them counts, and all are first; by lot one order comes.
 */
static void equal_wins(void)
{
    struct profile p;
    start(&p, 3);
    *at(&p, 0, 1) = *at(&p, 1, 2) = *at(&p, 2, 0) = 2;
    *at(&p, 1, 0) = *at(&p, 2, 1) = *at(&p, 0, 2) = 1;
    bool above[9];
    uint32_t places[3];
    rk_social_ranked_pairs(&p.pairs, RK_MARGINS, NULL, above);
    rk_social_places(above, 3, places);
    CHECK(!places[0] && !places[1] && !places[2]);
    uint64_t lots[9] = {
        [1] = 5, [5] = 3, [6] = 9}; /* 1 over 2, then 0 over 1; 2 over 0 is too late */
    rk_social_ranked_pairs(&p.pairs, RK_MARGINS, lots, above);
    rk_social_places(above, 3, places);
    CHECK(places[0] == 0 && places[1] == 1 && places[2] == 2);
}

int main(void)
{
    published();
    kemeny_by_brute_force();
    kemeny_with_ties_by_brute_force();
    kemeny_of_many();
    properties();
    equal_wins();
    return finish();
}
