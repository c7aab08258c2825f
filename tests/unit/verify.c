/* lib/panel/verify: a choice proven with prices worked out by hand, each of which is then spoilt;
 * and random prices on random small banks, which must never prove what trying every choice denies.
 */
#include "panel/verify.h"

#include "base/random.h"
#include "check.h"

#define PEOPLE 3
#define PANELS 2
#define PAIRS (PEOPLE * PANELS)
enum { R1, R2, A, B, C, A_IN_2026, ROWS }; /* what prices are put on */
#define DAY 20515                          /* 2026-03-03 */

static const char *const people_ids[] = {"A", "B", "C"}, *const panel_ids[] = {"R1", "R2"};

struct town {
    struct rk_panelist people[PEOPLE];
    struct rk_recruitment panels[PANELS];
    struct rk_want wants[PANELS][2];
    struct rk_assignment rows[PAIRS];
    struct rk_panelists panelists;
    struct rk_recruitments recruitments;
    struct rk_sessions sessions;
    struct rk_availability availability;
    struct rk_conflicts conflicts;
    struct rk_candidates candidates;
    struct rk_assignments none, result;
    struct rk_quotas quotas;
    struct rk_certificate certificate;
    struct rk_certificate_stage stages[RK_CHOICE_LEVELS];
    struct rk_certificate_node node;
    struct rk_certificate_row limit;
    uint32_t limited[PANELS];
    int64_t factors[PANELS];
    struct rk_certificate_price price[RK_CHOICE_LEVELS][ROWS];
    struct rk_verify_facts facts;
};

/* Experience as the features know it: of A x and y, of B x, of C z. */
static struct rk_feature_set sets[PEOPLE] = {{0, 2}, {2, 1}, {3, 1}};
static uint32_t items[PEOPLE + 1] = {0, 1, 0, 2};
static struct rk_features experience = {.sets = sets, .items = items};

/* B has x, A has x and y, C has neither. R1 wants either at one half, R2 wants y at 1. */
static void make(struct town *t, int people)
{
    static const char *const skills[] = {"x|y", "x", "z"};
    *t = (struct town){0};
    for (int p = 0; p < PEOPLE; p++)
        t->people[p] = (struct rk_panelist){.panelist_id = rk_text(people_ids[p]),
                                            .status = RK_PANELIST_ACTIVE,
                                            .experience = rk_text(skills[p]),
                                            .birth_year = 1970,
                                            .consent_until = DAY,
                                            .consent_withdrawn_on = RK_NO_DATE,
                                            .trained_on = RK_NO_DATE,
                                            .max_per_month = -1,
                                            .max_per_year = p ? -1 : 1};
    for (int r = 0; r < PANELS; r++) {
        t->panels[r] = (struct rk_recruitment){.recruitment_id = rk_text(panel_ids[r]),
                                               .seats = 1,
                                               .want = t->wants[r],
                                               .want_count = r ? 1 : 2,
                                               .room_max = -1,
                                               .opened = DAY,
                                               .closes = RK_NO_DATE};
        t->wants[r][0] = (struct rk_want){RK_TEXT("y"), r ? RK_FIXED_ONE : RK_FIXED_ONE / 2};
        t->wants[r][1] = (struct rk_want){RK_TEXT("x"), RK_FIXED_ONE / 2};
    }
    t->panelists.rows = t->people;
    t->panelists.count = (uint32_t)people;
    t->recruitments.rows = t->panels;
    t->recruitments.count = PANELS;
    t->result.rows = t->rows;
    t->certificate.seed = RK_TEXT("");
    t->certificate.stages = t->stages;
    t->certificate.stage_count = RK_CHOICE_LEVELS;
    t->certificate.nodes = &t->node;
    t->certificate.node_count = 1;
    t->node = (struct rk_certificate_node){.stages = RK_CHOICE_LEVELS, .split = UINT32_MAX};
    t->certificate.rows = &t->limit;
    t->certificate.row_count = 1;
    t->limit = (struct rk_certificate_row){t->limited, t->factors, PANELS};
    for (uint32_t i = 0; i < PANELS; i++) { /* A's pairs are the first */
        t->limited[i] = i;
        t->factors[i] = 1;
    }
    const uint32_t rows[ROWS] = {[R1] = (uint32_t)people,
                                 [R2] = (uint32_t)people + 1,
                                 [B] = 1,
                                 [C] = people < PEOPLE ? 0 : 2,
                                 [A_IN_2026] = (uint32_t)people + PANELS + RK_CHOICE_LEVELS};
    t->certificate.row_end = rows[A_IN_2026] + 1;
    t->certificate.number_end = PANELS;
    for (int l = 0; l < RK_CHOICE_LEVELS; l++) {
        t->stages[l] = (struct rk_certificate_stage){.first = l, .end = l + 1};
        t->stages[l].weight[l] = 1;
        t->stages[l].prices = (struct rk_certificate_prices){t->price[l], ROWS};
        for (uint32_t i = 0; i < ROWS; i++)
            t->price[l][i].row = rows[i];
    }
    t->facts = (struct rk_verify_facts){{&t->panelists, &t->recruitments, &t->sessions,
                                         &t->availability, &t->conflicts, &t->candidates, &t->none,
                                         &t->none, false, false, false, false},
                                        &t->result,
                                        &t->quotas,
                                        &experience,
                                        &t->certificate,
                                        RK_TEXT("")};
}

static int64_t lot(uint32_t p, uint32_t r)
{
    char key[40];
    snprintf(key, sizeof key, "panel-tie|2|%s|%s", panel_ids[r], people_ids[p]);
    struct rk_random random = rk_random(RK_TEXT(""), rk_text(key));
    return (int64_t)(rk_random_u64(&random) >> 32);
}

static rk_fixed fit(uint32_t p, uint32_t r)
{
    static const int halves[PEOPLE][PANELS] = {{2, 2}, {1, 0}, {0, 0}};
    return RK_FIXED_ONE / 2 * halves[p][r];
}

/* The values of the choice whose bits are p * PANELS + r; false where the seats or A's cap do not
 * let it be. */
static bool value(const struct town *t, unsigned choice, int64_t values[RK_CHOICE_LEVELS])
{
    int members[PANELS] = {0};
    memset(values, 0, RK_CHOICE_LEVELS * sizeof *values);
    for (uint32_t p = 0; p < PEOPLE; p++) {
        int load = 0;
        for (uint32_t r = 0; r < PANELS; r++)
            if (choice >> (p * PANELS + r) & 1) {
                values[RK_CHOICE_FIT] -= (int64_t)(fit(p, r) / (RK_FIXED_ONE / 2));
                values[RK_CHOICE_LOTTERY] += lot(p, r);
                members[r]++;
                load++;
            }
        values[RK_CHOICE_LOAD] += load * load;
        if ((p >= t->panelists.count && load) || (p == 0 && load > 1))
            return false;
    }
    for (int r = 0; r < PANELS; r++) {
        int empty = t->panels[r].seats - members[r];
        if (empty < 0)
            return false;
        values[RK_CHOICE_SEATS] += empty;
        values[RK_CHOICE_SHORTAGE] += empty * empty;
    }
    return true;
}

static void choose(struct town *t, unsigned choice)
{
    t->result.count = 0;
    for (uint32_t r = 0; r < PANELS; r++)
        for (uint32_t p = 0, n = 0; p < PEOPLE; p++)
            if (choice >> (p * PANELS + r) & 1)
                t->rows[t->result.count++] =
                    (struct rk_assignment){.recruitment = r,
                                           .panelist = p,
                                           .position = (int32_t)++n,
                                           .has_fit = true,
                                           .fit = fit(p, r),
                                           .declared_on = RK_NO_DATE,
                                           .confidentiality_on = RK_NO_DATE};
}

struct heard {
    int proven;
    bool broken[RK_VERIFY_CHECKS];
};

static void hear(void *context, int check, enum rk_verify_verdict verdict, const char *detail)
{
    struct heard *heard = context;
    (void)detail;
    heard->proven += verdict == RK_VERIFY_PROVEN;
    heard->broken[check] |= verdict == RK_VERIFY_BROKEN;
}

static enum rk_status verify(struct town *t, struct heard *heard)
{
    struct rk_error error = {0};
    *heard = (struct heard){0};
    return rk_verify(&t->facts, hear, heard, &error);
}

/* A in R2 and B in R1: fit 1 + 1/2; A in R1 and B in R2 would have 1 + 0. Seats and shortage need
 * no prices: nothing is below 0. Fit, in halves: the one membership that A may have is priced at 2,
 * so A in either costs -2 + 2 = 0, B in R1 -1, B in R2 0, and the bound is -2 - 1 = -3. Load: each
 * first membership costs 1, so mu is 1; A's limit, tight now, gives its 1 back, and B in R2 costs 1
 * too much. Lottery: A's lot in R2 goes to the limit, what A's lot in R1 has more to R1. */
static void by_hand(struct town *t)
{
    make(t, 2);
    choose(t, 1u << 1 | 1u << 2);
    t->price[RK_CHOICE_FIT][A_IN_2026].price = -2;
    t->price[RK_CHOICE_LOAD][A].price = t->price[RK_CHOICE_LOAD][B].price = -1;
    t->price[RK_CHOICE_LOAD][A_IN_2026].price = 1;
    t->price[RK_CHOICE_LOTTERY][A_IN_2026].price = lot(0, 1);
    t->price[RK_CHOICE_LOTTERY][R1].price = lot(0, 0) - lot(0, 1);
}

static void hand_made(void)
{
    struct town t;
    struct heard heard;
    by_hand(&t);
    CHECK(verify(&t, &heard) == RK_OK && heard.proven == RK_CHOICE_LEVELS);
    /* spoilt, one thing at a time */
    int64_t *const numbers[] = {&t.price[RK_CHOICE_FIT][A_IN_2026].price,
                                &t.price[RK_CHOICE_FIT][R2].price,
                                &t.price[RK_CHOICE_LOAD][A].price,
                                &t.price[RK_CHOICE_FIT][B].price,
                                &t.price[RK_CHOICE_LOTTERY][A_IN_2026].price,
                                &t.price[RK_CHOICE_SEATS][R1].price};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (int by = -7; by <= 7; by += 14) {
            by_hand(&t);
            *numbers[i] += by;
            CHECK(verify(&t, &heard) != RK_OK);
        }
    /* a limit's price under 0 is right only once the limit is tight */
    by_hand(&t);
    t.price[RK_CHOICE_SHORTAGE][A_IN_2026].price = 1;
    CHECK(verify(&t, &heard) == RK_OK);          /* it is left out */
    t.price[RK_CHOICE_FIT][A_IN_2026].price = 2; /* and so is this one, which was needed */
    CHECK(verify(&t, &heard) == RK_ATTENTION && heard.proven == RK_CHOICE_FIT);
    /* a limit that the rules do not know; a weight that does not keep two levels apart */
    by_hand(&t);
    t.limited[1] = PANELS; /* B's */
    CHECK(verify(&t, &heard) == RK_ATTENTION && heard.proven == RK_CHOICE_FIT);
    by_hand(&t);
    t.certificate.row_end++;
    CHECK(verify(&t, &heard) == RK_BAD_DATA && heard.broken[RK_VERIFY_CERTIFICATE]);
    by_hand(&t);
    t.stages[0].end = t.stages[0].weight[1] = 2;
    t.node.stages = 1;
    CHECK(verify(&t, &heard) == RK_ATTENTION && heard.proven == 0);
    t.stages[0].weight[0] = 5; /* two empty places are 2 in squares, 4 by weight */
    CHECK(verify(&t, &heard) == RK_ATTENTION && heard.proven == 2);
    /* rules */
    by_hand(&t);
    t.people[0].max_per_year = 0;
    CHECK(verify(&t, &heard) == RK_BAD_DATA && heard.broken[RK_REFUSED_CAP]);
    by_hand(&t);
    t.people[1].consent_until = DAY - 1;
    CHECK(verify(&t, &heard) == RK_BAD_DATA && heard.broken[RK_REFUSED_CONSENT]);
    by_hand(&t);
    t.rows[0].position = 2;
    CHECK(verify(&t, &heard) == RK_BAD_DATA && heard.broken[RK_VERIFY_POSITION]);
    by_hand(&t);
    t.panels[1].room_max = 0;
    CHECK(verify(&t, &heard) == RK_BAD_DATA && heard.broken[RK_VERIFY_SEATS]);
    by_hand(&t);
    t.facts.certificate = NULL;
    CHECK(verify(&t, &heard) == RK_ATTENTION && heard.proven == 0);
    by_hand(&t);
    t.panels[0].opened = RK_NO_DATE;
    CHECK(verify(&t, &heard) == RK_BAD_DATA && heard.proven == 0);
}

/* Is no choice better up to and with the level? */
static bool is_best(const struct town *t, const int64_t mine[RK_CHOICE_LEVELS], int level)
{
    int64_t other[RK_CHOICE_LEVELS];
    for (unsigned choice = 0; choice < 1u << PAIRS; choice++) {
        if (!value(t, choice, other))
            continue;
        for (int l = 0; l <= level; l++) {
            if (other[l] < mine[l])
                return false;
            if (other[l] > mine[l])
                break;
        }
    }
    return true;
}

/* Now and then adds a little to a price. */
static void spoil(struct rk_random *random, int64_t *price)
{
    if (rk_random_below(random, 12) == 0)
        *price += (int64_t)rk_random_below(random, 7) - 3;
}

static void never_too_much(void)
{
    struct rk_random random = rk_random(RK_TEXT("verify"), RK_TEXT("prices"));
    struct town t;
    struct heard heard;
    int wrong = 0, proven[RK_CHOICE_LEVELS + 1] = {0};
    int64_t values[RK_CHOICE_LEVELS];
    for (int round = 0; round < 60000; round++) {
        by_hand(&t);
        if (rk_random_below(&random, 2)) {
            make(&t, 2 + (int)rk_random_below(&random, 2));
            t.panels[0].seats += (int32_t)rk_random_below(&random, 2);
            t.panels[1].seats += (int32_t)rk_random_below(&random, 2);
        }
        unsigned choice = rk_random_below(&random, 2)
                              ? 1u << 1 | 1u << 2
                              : (unsigned)rk_random_below(&random, 1u << PAIRS);
        if (!value(&t, choice, values))
            continue;
        choose(&t, choice);
        for (int l = 0; l < RK_CHOICE_LEVELS; l++) {
            for (int i = 0; i < ROWS; i++)
                spoil(&random, &t.price[l][i].price);
        }
        if (rk_random_below(&random, 4) == 0) { /* the first two levels as one, kept apart or not */
            t.stages[0].end = 2;
            t.stages[0].weight[0] = 1 + (int64_t)rk_random_below(&random, 12);
            t.stages[0].weight[1] = 1;
            memmove(&t.stages[1], &t.stages[2], 4 * sizeof *t.stages);
            t.node.stages = 5;
        }
        verify(&t, &heard);
        proven[heard.proven]++;
        wrong += heard.proven && !is_best(&t, values, heard.proven - 1);
    }
    CHECK(wrong == 0);
    for (int levels = 0; levels <= RK_CHOICE_LEVELS; levels++)
        CHECK(proven[levels] > 100);
}

int main(void)
{
    rk_features_want(&experience, RK_TEXT("experience"));
    rk_features_expect(&experience, 0, RK_TEXT("x"));
    rk_features_expect(&experience, 0, RK_TEXT("y"));
    rk_features_expect(&experience, 0, RK_TEXT("z"));
    hand_made();
    never_too_much();
    experience.sets = NULL;
    experience.items = NULL;
    rk_features_free(&experience);
    return finish();
}
