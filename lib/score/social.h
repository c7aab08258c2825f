/* Methods that look at pairs of candidates: how much support each has over each. Supports are whole
 * numbers (voices, brought to one denominator where groups weigh the same whatever their size), so
 * that no rounding decides who is first.
 *
 * Definitions: Copeland 1951 (a win 1, a tie 1/2), Schulze 2011 ("A new monotonic,
 * clone-independent …"), ranked pairs by Tideman 1987, minimax by Simpson 1969 and Kramer 1977, the
 * Smith set by Smith 1973. i beats j when support(i, j) > support(j, i).
 *
 * What strength a win has can change who is first where voices leave candidates out:
 *     winning votes   support(i, j)
 *     margins         support(i, j) - support(j, i)
 *
 * A method gives a relation `above`, count × count, transitive and without cycles. */
#ifndef RK_SOCIAL_H
#define RK_SOCIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef __int128 rk_support;

struct rk_pairs {
    size_t count;
    rk_support *support; /* [i * count + j]: of i over j, 0 or more; the diagonal is 0 */
    rk_support *alike;   /* likewise: voices that put i and j alike; NULL = not told */
};

enum rk_strength { RK_WINNING_VOTES, RK_MARGINS };

/* Half points: 2 for each that i beats, 1 for each tie. */
void rk_social_copeland(const struct rk_pairs *pairs, uint64_t *halves);
/* The strength of the worst defeat of each, 0 = nobody beats it: the least is first. */
void rk_social_minimax(const struct rk_pairs *pairs, enum rk_strength strength, rk_support *worst);
/* The strength of the strongest path from i to j, count × count. */
void rk_social_paths(const struct rk_pairs *pairs, enum rk_strength strength, rk_support *paths);
/* i above j: the path from i to j is stronger than the one back. */
void rk_social_schulze(const struct rk_pairs *pairs, enum rk_strength strength, bool *above);
/* Wins are locked from the strongest (by support, then margin, or by margin alone), unless one
 * closes a cycle with those before. Wins of equal strength: all that close no cycle with those
 * before and with each other, which treats candidates alike; or, where `lots` has a number for each
 * pair (i * count + j), one after another from the lowest. */
void rk_social_ranked_pairs(const struct rk_pairs *pairs, enum rk_strength strength,
                            const uint64_t *lots, bool *above);

/* Who beats everyone, or SIZE_MAX; who is beaten by everyone. */
size_t rk_social_condorcet(const struct rk_pairs *pairs);
size_t rk_social_condorcet_loser(const struct rk_pairs *pairs);
/* The smallest set whose members beat all others. */
void rk_social_smith(const struct rk_pairs *pairs, bool *member);

/* A relation as places, 0 = first: nobody above. The others by how many they are above of; the same
 * number is the same place. (Whoever is above another so stands before; of two of which neither is,
 * one may.) */
void rk_social_places(const bool *above, size_t count, uint32_t *places);

/* Parts of a relation in which everybody reaches everybody, in an order in which the relation goes
 * from earlier parts to later ones: part[i] = 0 … parts - 1; returns how many. */
size_t rk_social_parts(const bool *relation, size_t count, uint32_t *part);

#endif
