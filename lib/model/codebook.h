/* The codebook of a survey: its items and what their answers are worth (JSON, share/schema/
 * codebook.schema.json).
 *
 *     {"id": "effect-goals", "label": …,
 *      "goals":  [{"id": "effect-1", "label": …, "kind": "effect"}, …],
 *      "scales": [{"id": "agree", "min": 1, "max": 5,
 *                  "values": [{"value": 5, "label": …, "also": ["Stämmer helt"]}, …]}, …],
 *      "items":  [{"id": "e1", "label": …, "also": […], "scale": "agree", "reverse": false,
 *                  "goal": "effect-1", "actors": ["user"]}, …]}
 *
 * An item without a scale is free text. A value without a number is no answer ("don't know").
 *
 * A question of which several may be chosen, {"id": "why", …, "options": [{"id": "pay", "label": …,
 * "also": […]}, …]}, becomes an item for each of its options, "why.pay", on the scale 0 (not chosen)
 * to 1 (chosen). */
#ifndef RK_CODEBOOK_H
#define RK_CODEBOOK_H

#include "base/fixed.h"
#include "base/mem.h"
#include "base/message.h"

struct rk_codebook_word {
    const char *text; /* as people answered, in any language */
    bool answer;      /* false: don't know */
    rk_fixed value;
};
struct rk_codebook_scale {
    const char *id;
    rk_fixed minimum, maximum; /* minimum < maximum */
    struct rk_codebook_word *words; /* no text twice */
    size_t word_count;
};
struct rk_codebook_item {
    const char *id;
    const char *label, *label_sv;
    const char **headings;  /* every text under which an export may have it, ends with NULL */
    size_t scale, goal;     /* SIZE_MAX = none */
    bool reverse;
    const char **actors;    /* ends with NULL; NULL = all */
    /* Of an option; else NULL. Lists end with NULL. */
    const char *question;           /* "why" */
    const char **question_headings; /* texts of the question: shared by its options */
    const char **choices;           /* texts of the option, its id among them */
};
struct rk_codebook {
    const char *id;
    const char **goals; /* ids */
    size_t goal_count;
    struct rk_codebook_scale *scales;
    size_t scale_count;
    struct rk_codebook_item *items;
    size_t item_count;
    struct rk_arena arena; /* holds all of it */
};

/* Reads and checks one. Free with rk_codebook_free. */
enum rk_status rk_codebook_read(struct rk_codebook **codebook, const char *path,
                                struct rk_error *error);
void rk_codebook_free(struct rk_codebook *codebook);

#endif
