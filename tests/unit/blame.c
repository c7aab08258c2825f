/* lib/panel/blame against all sets of quotas there are: panels at random, full and with empty
 * seats, and somebody who would sit there. */
#include "panel/blame.h"

#include "base/mem.h"
#include "base/random.h"
#include "check.h"

enum { FEATURES = 3, VALUES = 3, MEMBERS = 4, QUOTAS = FEATURES * VALUES };

struct trial {
    struct rk_match_quota quotas[QUOTAS];
    uint32_t quota_count;
    int32_t counts[(MEMBERS + 1) * QUOTAS], empty[MEMBERS + 1];
    struct rk_blame_cases cases;
};

static uint32_t below(struct rk_random *random, uint64_t n)
{
    return (uint32_t)rk_random_below(random, n);
}

/* A panel, quotas around what it has that let it be, and a case for each member who could leave and
 * for an empty seat. */
static void invent(struct trial *t, int number, int32_t empty)
{
    char key[32];
    snprintf(key, sizeof key, "blame|%d|%d", empty, number);
    struct rk_random random = rk_random(RK_TEXT("blame-test"), rk_text(key));
    uint32_t people[MEMBERS + 1][FEATURES];
    *t = (struct trial){0};
    for (int i = 0; i <= MEMBERS; i++)
        for (int f = 0; f < FEATURES; f++)
            people[i][f] = below(&random, VALUES);
    for (uint32_t f = 0; f < FEATURES; f++) {
        int32_t kept_for = empty ? (int32_t)below(&random, (uint64_t)empty + 1) : 0;
        for (uint32_t v = 0; v < VALUES; v++) {
            int32_t has = 0;
            for (int i = 0; i < MEMBERS; i++)
                has += people[i][f] == v;
            if (!below(&random, 4))
                continue;
            int32_t slack = (int32_t)below(&random, 2), asked = v ? 0 : kept_for;
            t->quotas[t->quota_count++] =
                (struct rk_match_quota){.parts = {{f, v, 0, 0}},
                                        .part_count = 1,
                                        .min = has + asked > slack ? has + asked - slack : 0,
                                        .max = has + asked + (int32_t)below(&random, 2)};
        }
    }
    uint32_t at = 0;
    for (int out = 0; out <= MEMBERS; out++) {
        if (out == MEMBERS && !empty)
            continue;
        t->empty[at] = empty - (out == MEMBERS);
        for (uint32_t q = 0; q < t->quota_count; q++)
            for (int i = 0; i <= MEMBERS; i++)
                t->counts[at * t->quota_count + q] +=
                    (i != out || out == MEMBERS) &&
                    people[i][t->quotas[q].parts[0].feature] == t->quotas[q].parts[0].value;
        at++;
    }
    t->cases = (struct rk_blame_cases){t->quotas, t->quota_count, t->counts, t->empty, at};
}

/* Do the halves in `set` (maximums from bit 0, minimums from bit quota_count on) stop the case? Who
 * is not found yet has one value of each feature. */
static bool stopped(const struct trial *t, uint32_t at, uint32_t set)
{
    int32_t lacking[FEATURES] = {0};
    for (uint32_t q = 0; q < t->quota_count; q++) {
        int32_t has = t->counts[at * t->quota_count + q];
        if ((set >> q & 1) && has > t->quotas[q].max)
            return true;
        if (!(set >> (t->quota_count + q) & 1) || has >= t->quotas[q].min)
            continue;
        if ((set >> q & 1) && t->quotas[q].min > t->quotas[q].max)
            return true;
        lacking[t->quotas[q].parts[0].feature] += t->quotas[q].min - has;
    }
    for (int f = 0; f < FEATURES; f++)
        if (lacking[f] > t->empty[at])
            return true;
    return false;
}

/* The size of the smallest set of which one by itself stops each case that any does. */
static uint32_t fewest(const struct trial *t)
{
    uint32_t count = 0, stops[2 * QUOTAS + 1] = {0}, asked = 0;
    for (uint32_t h = 0; h < 2 * t->quota_count; h++) {
        for (uint32_t at = 0; at < t->cases.count; at++)
            stops[count] |= (uint32_t)stopped(t, at, 1u << h) << at;
        asked |= stops[count];
        count += stops[count] != 0;
    }
    uint32_t best = count;
    for (uint32_t set = 0; set < 1u << count; set++) {
        uint32_t covered = 0;
        for (uint32_t i = 0; i < count; i++)
            covered |= set >> i & 1 ? stops[i] : 0;
        uint32_t size = (uint32_t)__builtin_popcount(set);
        best = covered == asked && size < best ? size : best;
    }
    return best;
}

/* Has it a part in stopping some case, with others of the set or by itself? */
static bool has_part(const struct trial *t, uint32_t set, uint32_t half)
{
    for (uint32_t at = 0; at < t->cases.count; at++)
        for (uint32_t with = set;; with = (with - 1) & set) {
            if ((with >> half & 1) && stopped(t, at, with) && !stopped(t, at, with & ~(1u << half)))
                return true;
            if (!with)
                break;
        }
    return false;
}

static void against_all(int32_t empty, int trials)
{
    int wrong = 0, several = 0, together = 0, blamed = 0;
    for (int number = 0; number < trials; number++) {
        struct trial t;
        invent(&t, number, empty);
        uint32_t all = (1u << 2 * t.quota_count) - 1, set = 0, last = 0;
        struct rk_blame blame = rk_blame_find(&t.cases);
        for (uint32_t i = 0; i < blame.count; i++) {
            uint32_t half = blame.quotas[i].quota + (blame.quotas[i].least ? t.quota_count : 0);
            wrong += i && half <= last;
            last = half;
            set |= 1u << half;
        }
        bool only_together = false;
        for (uint32_t at = 0; at < t.cases.count; at++) {
            bool alone = false;
            for (uint32_t h = 0; h < 2 * t.quota_count; h++)
                alone = alone || stopped(&t, at, 1u << h);
            only_together = only_together || (!alone && stopped(&t, at, all));
            wrong += stopped(&t, at, set) != stopped(&t, at, all);
        }
        for (uint32_t h = 0; h < 2 * t.quota_count; h++)
            wrong += (set >> h & 1) && !has_part(&t, set, h);
        wrong += blame.together != only_together;
        wrong += only_together ? blame.count < fewest(&t) : blame.count != fewest(&t);
        blamed += blame.count > 0;
        several += blame.count > 1;
        together += blame.together;
        rk_free(blame.quotas);
    }
    printf("%d empty: %d blamed, %d several, %d together\n", empty, blamed, several, together);
    CHECK(wrong == 0);
    CHECK(blamed > trials / 2 && several > trials / 10);
    CHECK(!empty || together > trials / 50);
}

/* More cases than the search for the fewest gets through: still each is covered and none is
 * needless. Quota q stops case c by itself where some bits of theirs agree. */
static void many(void)
{
    enum { COUNT = 120 };
    static struct rk_match_quota quotas[COUNT];
    static int32_t counts[COUNT * COUNT], empty[COUNT];
    struct rk_random random = rk_random(RK_TEXT("blame-test"), RK_TEXT("many"));
    for (uint32_t q = 0; q < COUNT; q++)
        quotas[q] = (struct rk_match_quota){.parts = {{q, 0, 0, 0}}, .part_count = 1, .max = 1};
    for (uint32_t i = 0; i < COUNT * COUNT; i++)
        counts[i] = below(&random, 12) ? 1 : 2;
    for (uint32_t c = 0; c < COUNT; c++)
        counts[c * COUNT + c] = 2;
    struct rk_blame_cases cases = {quotas, COUNT, counts, empty, COUNT};
    struct rk_blame blame = rk_blame_find(&cases);
    int uncovered = 0, needless = 0;
    for (uint32_t skip = 0; skip <= blame.count; skip++) {
        bool all = true;
        for (uint32_t c = 0; c < COUNT; c++) {
            bool covered = false;
            for (uint32_t i = 0; i < blame.count; i++)
                covered = covered || (i != skip && counts[c * COUNT + blame.quotas[i].quota] == 2);
            all = all && covered;
        }
        needless += skip < blame.count && all;
        uncovered += skip == blame.count && !all;
    }
    CHECK(uncovered == 0 && needless == 0 && !blame.together);
    CHECK(blame.count > 5 && blame.count < 40);
    rk_free(blame.quotas);
}

int main(void)
{
    against_all(0, 400);
    against_all(1, 400);
    against_all(2, 400);
    many();
    return finish();
}
