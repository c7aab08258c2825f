#include "panel/kinds.h"

#include "base/hash.h"
#include "base/mem.h"

enum { MOST_KINDS = 20000 }; /* of a recruitment; others are passed over */

struct listing {
    struct rk_match_kinds *kinds;
    const struct rk_match_quota *quotas;
    uint32_t count, room, group_room;
    struct rk_strings known;
};

static bool has(const uint64_t *set, uint32_t q) { return set[q / 64] >> q % 64 & 1; }
static void put(uint64_t *set, uint32_t q) { set[q / 64] |= UINT64_C(1) << q % 64; }

/* Have they a feature in common, or ask both for an age? `apart`: nobody is what both ask for. */
static bool tie(const struct rk_match_quota *a, const struct rk_match_quota *b, bool *apart)
{
    bool tied = false;
    for (uint32_t i = 0; i < a->part_count; i++)
        for (uint32_t j = 0; j < b->part_count; j++) {
            const struct rk_match_part *p = &a->parts[i], *q = &b->parts[j];
            tied = tied || (p->to && q->to) || p->feature == q->feature;
            *apart = *apart || rk_match_parts_apart(p, q);
        }
    return tied;
}

/* What the bands of the quotas in the set have in common; to = 0: they ask for no age. */
static struct rk_match_part common_age(const struct listing *l, const uint64_t *set)
{
    struct rk_match_part age = {0};
    for (uint32_t q = 0; q < l->count; q++)
        for (uint32_t k = 0; k < l->quotas[q].part_count && has(set, q); k++) {
            const struct rk_match_part *own = &l->quotas[q].parts[k];
            if (own->to && own->from > age.from)
                age.from = own->from;
            if (own->to && (!age.to || own->to < age.to))
                age.to = own->to;
        }
    return age;
}

/* The last of the ages from `from` to `to` that are of the same bands as the first. */
static int32_t same_bands(const struct listing *l, int32_t from, int32_t to)
{
    for (uint32_t q = 0; q < l->count; q++)
        for (uint32_t k = 0; k < l->quotas[q].part_count; k++)
            to = rk_match_same_band(&l->quotas[q].parts[k], from, to);
    return to;
}

/* Is whoever is of the quotas in the set, and of these ages, of this quota? */
static bool is_implied(const struct listing *l, const uint64_t *set,
                       const struct rk_match_part *age, uint32_t quota)
{
    bool implied = true;
    for (uint32_t i = 0; i < l->quotas[quota].part_count && implied; i++) {
        const struct rk_match_part *part = &l->quotas[quota].parts[i];
        implied = part->to && age->to && rk_match_part_in(age, part);
        for (uint32_t q = 0; q < l->count && !part->to; q++)
            for (uint32_t k = 0; k < l->quotas[q].part_count && has(set, q); k++)
                implied = implied || rk_match_part_in(&l->quotas[q].parts[k], part);
    }
    return implied;
}

static void add_kind(struct listing *l, const uint64_t *set, const struct rk_match_part *age,
                     uint32_t quota)
{
    struct rk_match_kinds *kinds = l->kinds;
    uint64_t *whole = rk_alloc(kinds->words + 1, sizeof *whole);
    for (uint32_t q = 0; q < l->count; q++)
        if (is_implied(l, set, age, q))
            put(whole, q);
    struct rk_text key = {(const char *)whole, kinds->words * sizeof *whole};
    if (rk_strings_add(&l->known, key) == kinds->count) {
        uint32_t count = kinds->count;
        RK_GROW(kinds->group, count, l->group_room);
        kinds->group[kinds->count++] = kinds->tied[quota];
        kinds->quotas = rk_resize(kinds->quotas, kinds->count * kinds->words, sizeof *whole);
        memcpy(kinds->quotas + (kinds->count - 1) * kinds->words, whole,
               kinds->words * sizeof *whole);
    }
    rk_free(whole);
}

/* Whoever is of the quotas in the set is of one kind for each run of ages that no band divides. */
static void add_kinds(struct listing *l, const uint64_t *set, uint32_t quota)
{
    struct rk_match_part all = common_age(l, set), age = all;
    for (bool more = true; more && l->kinds->count < MOST_KINDS; age.from = age.to + 1) {
        age.to = same_bands(l, age.from, all.to);
        add_kind(l, set, &age, quota);
        more = age.to < all.to;
    }
}

static void tie_quotas(struct listing *l)
{
    bool apart = false;
    for (uint32_t q = 0; q < l->count; q++)
        l->kinds->tied[q] = q;
    for (bool more = true; more;) {
        more = false;
        for (uint32_t a = 0; a < l->count; a++)
            for (uint32_t b = 0; b < l->count; b++)
                if (l->kinds->tied[a] > l->kinds->tied[b] &&
                    tie(&l->quotas[a], &l->quotas[b], &apart)) {
                    l->kinds->tied[a] = l->kinds->tied[b];
                    more = true;
                }
    }
}

void rk_match_kinds_find(struct rk_match_kinds *kinds, const struct rk_match_quota *quotas,
                         uint32_t count)
{
    struct listing l = {.kinds = kinds, .quotas = quotas, .count = count};
    *kinds = (struct rk_match_kinds){.words = ((size_t)count + 63) / 64};
    kinds->tied = rk_alloc((size_t)count + 1, sizeof *kinds->tied);
    uint64_t *set = rk_alloc(kinds->words + 1, sizeof *set);
    tie_quotas(&l);
    for (uint32_t q = 0; q < count; q++)
        for (uint32_t k = 0, before = kinds->count;
             k <= before && quotas[q].min > 0 && kinds->count < MOST_KINDS; k++) {
            bool apart = k < before && kinds->group[k] != kinds->tied[q];
            memset(set, 0, kinds->words * sizeof *set);
            if (k < before)
                memcpy(set, kinds->quotas + k * kinds->words, kinds->words * sizeof *set);
            for (uint32_t o = 0; o < count && !apart; o++)
                if (has(set, o))
                    tie(&quotas[o], &quotas[q], &apart);
            put(set, q);
            if (!apart)
                add_kinds(&l, set, q);
        }
    rk_strings_free(&l.known);
    rk_free(set);
}

void rk_match_kinds_free(struct rk_match_kinds *kinds)
{
    rk_free(kinds->quotas);
    rk_free(kinds->group);
    rk_free(kinds->tied);
    *kinds = (struct rk_match_kinds){0};
}
