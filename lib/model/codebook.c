#include "model/codebook.h"

#include "base/hash.h"
#include "stream/json.h"

static const char *const known_actors[] = {"user",         "staff",  "manager", "candidate",
                                           "commissioner", "client", "union", "organisation", NULL};

static enum rk_status taken(const char *what, const char *id, struct rk_error *error)
{
    return rk_fail(error, RK_BAD_DATA, _("%s: '%s' is there already"), what, id);
}

/* How many texts a label has, and each of them: it is a text, or one by language. */
static size_t label_texts(const rk_json *object, const char *key, const char **texts, size_t most)
{
    void *members = NULL, *languages = NULL;
    const char *name;
    const rk_json *value, *text;
    size_t n = 0;
    while (rk_json_each(object, &members, &name, &value))
        if (!strcmp(name, key)) {
            if (rk_json_text(value) && n < most)
                texts[n++] = rk_json_text(value);
            else
                while (n < most && rk_json_each(value, &languages, &name, &text))
                    if (rk_json_text(text))
                        texts[n++] = rk_json_text(text);
            break;
        }
    return n;
}

static enum rk_status read_goals(struct rk_codebook *c, const rk_json *list, struct rk_error *error)
{
    static const char *const known[] = {"id", "label", "kind", NULL};
    c->goals = rk_arena_zeroed(&c->arena, rk_json_count(list), sizeof *c->goals);
    for (size_t i = 0; i < rk_json_count(list); i++) {
        const rk_json *item = rk_json_item(list, i);
        const char *id = NULL, *label = NULL, *kind = "effect";
        char what[40];
        snprintf(what, sizeof what, "goals[%zu]", i);
        RK_TRY(rk_json_only(item, known, what, error));
        RK_TRY(rk_json_string(item, "id", true, &id, what, error));
        RK_TRY(rk_json_string(item, "kind", false, &kind, what, error));
        RK_TRY(rk_json_label(item, "label", "en", &label, what, error));
        if (!label)
            return rk_fail(error, RK_BAD_DATA, _("%s.label: is missing"), what);
        if (strcmp(kind, "effect") != 0 && strcmp(kind, "research") != 0)
            return rk_fail(error, RK_BAD_DATA, _("%s.kind: expected effect or research"), what);
        for (size_t j = 0; j < i; j++)
            if (!strcmp(c->goals[j], id))
                return taken(what, id, error);
        c->goals[c->goal_count++] = rk_arena_keep(&c->arena, id);
    }
    return RK_OK;
}

static enum rk_status read_value(struct rk_codebook *c, struct rk_codebook_scale *s,
                                 const rk_json *item, size_t *room, const char *what,
                                 struct rk_error *error)
{
    static const char *const known[] = {"value", "label", "also", NULL};
    const rk_fixed none = -((rk_fixed)1 << 126);
    const char *texts[8], *label = NULL;
    const rk_json *also = NULL;
    rk_fixed value = none;
    RK_TRY(rk_json_only(item, known, what, error));
    RK_TRY(rk_json_label(item, "label", "en", &label, what, error));
    RK_TRY(rk_json_fixed(item, "value", false, &value, what, error));
    RK_TRY(rk_json_array(item, "also", false, &also, what, error));
    if (!label)
        return rk_fail(error, RK_BAD_DATA, _("%s.label: is missing"), what);
    if (value != none && (value < s->minimum || value > s->maximum))
        return rk_fail(error, RK_BAD_DATA, _("%s.value: outside min and max of the scale"), what);
    size_t own = label_texts(item, "label", texts, 8);
    for (size_t i = 0; i < own + (also ? rk_json_count(also) : 0); i++) {
        const char *text = i < own ? texts[i] : rk_json_text(rk_json_item(also, i - own));
        if (!text)
            return rk_fail(error, RK_BAD_DATA, _("%s.also: expected texts"), what);
        bool known_word = false;
        for (size_t w = 0; w < s->word_count; w++)
            if (!strcmp(s->words[w].text, text)) {
                if (s->words[w].answer != (value != none) ||
                    (value != none && s->words[w].value != value))
                    return taken(what, text, error);
                known_word = true;
            }
        if (known_word)
            continue;
        if (s->word_count == *room) {
            size_t larger = *room ? *room * 2 : 16;
            struct rk_codebook_word *words = rk_arena_zeroed(&c->arena, larger, sizeof *words);
            if (s->word_count)
                memcpy(words, s->words, s->word_count * sizeof *words);
            s->words = words;
            *room = larger;
        }
        s->words[s->word_count++] =
            (struct rk_codebook_word){rk_arena_keep(&c->arena, text), value != none, value != none ? value : 0};
    }
    return RK_OK;
}

static enum rk_status read_scales(struct rk_codebook *c, const rk_json *list,
                                  struct rk_error *error)
{
    static const char *const known[] = {"id", "min", "max", "values", NULL};
    c->scales = rk_arena_zeroed(&c->arena, rk_json_count(list) + 1, sizeof *c->scales);
    for (size_t i = 0; i < rk_json_count(list); i++) {
        const rk_json *item = rk_json_item(list, i), *values = NULL;
        struct rk_codebook_scale *s = &c->scales[i];
        char what[60];
        size_t room = 0;
        snprintf(what, sizeof what, "scales[%zu]", i);
        RK_TRY(rk_json_only(item, known, what, error));
        RK_TRY(rk_json_string(item, "id", true, &s->id, what, error));
        RK_TRY(rk_json_fixed(item, "min", true, &s->minimum, what, error));
        RK_TRY(rk_json_fixed(item, "max", true, &s->maximum, what, error));
        RK_TRY(rk_json_array(item, "values", false, &values, what, error));
        if (s->minimum >= s->maximum)
            return rk_fail(error, RK_BAD_DATA, _("%s: min must be less than max"), what);
        for (size_t j = 0; j < i; j++)
            if (!strcmp(c->scales[j].id, s->id))
                return taken(what, s->id, error);
        s->id = rk_arena_keep(&c->arena, s->id);
        c->scale_count++;
        for (size_t v = 0; values && v < rk_json_count(values); v++) {
            snprintf(what, sizeof what, "scales[%zu].values[%zu]", i, v);
            RK_TRY(read_value(c, s, rk_json_item(values, v), &room, what, error));
        }
    }
    return RK_OK;
}

static enum rk_status read_actors(struct rk_codebook *c, struct rk_codebook_item *item,
                                  const rk_json *list, const char *what, struct rk_error *error)
{
    item->actors = rk_arena_zeroed(&c->arena, rk_json_count(list) + 1, sizeof *item->actors);
    for (size_t i = 0; i < rk_json_count(list); i++) {
        const char *text = rk_json_text(rk_json_item(list, i));
        const char *const *a = known_actors;
        while (text && *a && strcmp(*a, text) != 0)
            a++;
        if (!text || !*a)
            return rk_fail(error, RK_BAD_DATA,
                           _("%s.actors: expected user, staff, manager, candidate, commissioner, "
                             "client, union or organisation"),
                           what);
        item->actors[i] = *a;
    }
    return RK_OK;
}

/* What the item names: its scale, and the goal it answers. */
static enum rk_status find_named(struct rk_codebook *c, struct rk_codebook_item *item,
                                 const char *scale, const char *goal, const char *what,
                                 struct rk_error *error)
{
    item->scale = item->goal = SIZE_MAX;
    for (size_t s = 0; scale && s < c->scale_count; s++)
        if (!strcmp(c->scales[s].id, scale))
            item->scale = s;
    for (size_t g = 0; goal && g < c->goal_count; g++)
        if (!strcmp(c->goals[g], goal))
            item->goal = g;
    if (scale && item->scale == SIZE_MAX)
        return rk_fail(error, RK_BAD_DATA, _("%s: there is no scale '%s'"), what, scale);
    if (goal && item->goal == SIZE_MAX)
        return rk_fail(error, RK_BAD_DATA, _("%s: there is no goal '%s'"), what, goal);
    if (item->reverse && !scale)
        return rk_fail(error, RK_BAD_DATA, _("%s.reverse: free text has no direction"), what);
    return RK_OK;
}

/* The texts of a label in any language, those under `also`, and `extra` unless NULL; ends with NULL. */
static enum rk_status read_texts(struct rk_codebook *c, const rk_json *object, const char *extra,
                                 const char ***list, const char *what, struct rk_error *error)
{
    const char *texts[8];
    const rk_json *also = NULL;
    RK_TRY(rk_json_array(object, "also", false, &also, what, error));
    size_t own = label_texts(object, "label", texts, 8);
    size_t count = own + (also ? rk_json_count(also) : 0);
    *list = rk_arena_zeroed(&c->arena, count + 2, sizeof **list);
    for (size_t t = 0; t < count; t++) {
        const char *text = t < own ? texts[t] : rk_json_text(rk_json_item(also, t - own));
        if (!text)
            return rk_fail(error, RK_BAD_DATA, _("%s.also: expected texts"), what);
        (*list)[t] = rk_arena_keep(&c->arena, text);
    }
    (*list)[count] = rk_arena_keep(&c->arena, extra);
    return RK_OK;
}

static enum rk_status add_item(struct rk_codebook *c, const struct rk_codebook_item *item,
                               const char *what, struct rk_error *error)
{
    for (size_t j = 0; j < c->item_count; j++)
        if (!strcmp(c->items[j].id, item->id))
            return taken(what, item->id, error);
    c->items[c->item_count++] = *item;
    return RK_OK;
}

static const char *joined(struct rk_codebook *c, const char *a, const char *between, const char *b,
                          const char *after)
{
    struct rk_buf text = {0};
    rk_buf_printf(&text, "%s%s%s%s", a, between, b, after);
    const char *kept = rk_arena_text(&c->arena, text.text, text.size);
    rk_buf_free(&text);
    return kept;
}

/* The headings of an option's own column, as survey tools write them: "Why? [Pay]", "Why? - Pay",
 * "Q5_1". */
static const char **option_headings(struct rk_codebook *c, const struct rk_codebook_item *item,
                                    size_t number)
{
    size_t questions = 0, choices = 0, n = 0;
    char ordinal[24];
    while (item->question_headings[questions])
        questions++;
    while (item->choices[choices])
        choices++;
    const char **all =
        rk_arena_zeroed(&c->arena, questions * (2 * choices + 1) + 1, sizeof *all);
    snprintf(ordinal, sizeof ordinal, "%zu", number);
    for (size_t q = 0; q < questions; q++) {
        for (size_t i = 0; i < choices; i++) {
            all[n++] = joined(c, item->question_headings[q], " [", item->choices[i], "]");
            all[n++] = joined(c, item->question_headings[q], " - ", item->choices[i], "");
        }
        all[n++] = joined(c, item->question_headings[q], "_", ordinal, "");
    }
    return all;
}

/* An item for each option of the question, which `item` tells of. */
static enum rk_status read_options(struct rk_codebook *c, struct rk_codebook_item item,
                                   const rk_json *list, const char *what, struct rk_error *error)
{
    static const char *const known[] = {"id", "label", "also", NULL};
    const char *label = item.label, *label_sv = item.label_sv;
    item.question = item.id;
    item.question_headings = item.headings;
    if (!rk_json_count(list))
        return rk_fail(error, RK_BAD_DATA, _("%s: there must be at least one"), what);
    for (size_t i = 0; i < rk_json_count(list); i++) {
        const rk_json *object = rk_json_item(list, i);
        const char *id = NULL, *own = NULL, *own_sv = NULL;
        char where[80];
        snprintf(where, sizeof where, "%s.options[%zu]", what, i);
        RK_TRY(rk_json_only(object, known, where, error));
        RK_TRY(rk_json_string(object, "id", true, &id, where, error));
        RK_TRY(rk_json_label(object, "label", "en", &own, where, error));
        RK_TRY(rk_json_label(object, "label", "sv", &own_sv, where, error));
        if (!own)
            return rk_fail(error, RK_BAD_DATA, _("%s.label: is missing"), where);
        RK_TRY(read_texts(c, object, id, &item.choices, where, error));
        item.id = joined(c, item.question, ".", id, "");
        item.label = joined(c, label, " – ", own, "");
        item.label_sv = joined(c, label_sv ? label_sv : label, " – ", own_sv ? own_sv : own, "");
        item.headings = option_headings(c, &item, i + 1);
        RK_TRY(add_item(c, &item, where, error));
    }
    return RK_OK;
}

/* The scale of options: not chosen or chosen. */
static size_t chosen_scale(struct rk_codebook *c)
{
    struct rk_codebook_scale *s = &c->scales[c->scale_count];
    if (!s->id)
        *s = (struct rk_codebook_scale){"", 0, rk_fixed_int(1), NULL, 0};
    return c->scale_count;
}

static enum rk_status read_items(struct rk_codebook *c, const rk_json *list, struct rk_error *error)
{
    static const char *const known[] = {"id",   "label",  "also",    "scale", "reverse",
                                        "goal", "actors", "options", NULL};
    size_t most = rk_json_count(list);
    const rk_json *options = NULL;
    if (!most)
        return rk_fail(error, RK_BAD_DATA, _("%s: there must be at least one"), "items");
    for (size_t i = 0; i < rk_json_count(list); i++) {
        RK_TRY(rk_json_array(rk_json_item(list, i), "options", false, &options, "items", error));
        most += options ? rk_json_count(options) : 0;
        options = NULL;
    }
    c->items = rk_arena_zeroed(&c->arena, most, sizeof *c->items);
    for (size_t i = 0; i < rk_json_count(list); i++) {
        const rk_json *object = rk_json_item(list, i), *actors = NULL;
        struct rk_codebook_item item = {0};
        const char *scale = NULL, *goal = NULL;
        char what[40];
        snprintf(what, sizeof what, "items[%zu]", i);
        options = NULL;
        RK_TRY(rk_json_only(object, known, what, error));
        RK_TRY(rk_json_string(object, "id", true, &item.id, what, error));
        RK_TRY(rk_json_label(object, "label", "en", &item.label, what, error));
        RK_TRY(rk_json_label(object, "label", "sv", &item.label_sv, what, error));
        RK_TRY(rk_json_string(object, "scale", false, &scale, what, error));
        RK_TRY(rk_json_flag(object, "reverse", false, &item.reverse, what, error));
        RK_TRY(rk_json_string(object, "goal", false, &goal, what, error));
        RK_TRY(rk_json_array(object, "actors", false, &actors, what, error));
        RK_TRY(rk_json_array(object, "options", false, &options, what, error));
        if (!item.label)
            return rk_fail(error, RK_BAD_DATA, _("%s.label: is missing"), what);
        if (options && (scale || item.reverse))
            return rk_fail(error, RK_BAD_DATA, _("%s: options have no scale and no direction"),
                           what);
        RK_TRY(find_named(c, &item, scale, goal, what, error));
        item.id = rk_arena_keep(&c->arena, item.id);
        item.label = rk_arena_keep(&c->arena, item.label);
        item.label_sv = rk_arena_keep(&c->arena, item.label_sv);
        RK_TRY(read_texts(c, object, NULL, &item.headings, what, error));
        if (actors)
            RK_TRY(read_actors(c, &item, actors, what, error));
        if (options) {
            item.scale = chosen_scale(c);
            RK_TRY(read_options(c, item, options, what, error));
        } else {
            RK_TRY(add_item(c, &item, what, error));
        }
    }
    c->scale_count += c->scales[c->scale_count].id != NULL;
    return RK_OK;
}

static enum rk_status fill(struct rk_codebook *c, const rk_json *document, struct rk_error *error)
{
    static const char *const known[] = {"$schema", "id",     "label", "description",
                                        "goals",   "scales", "items", NULL};
    const rk_json *goals = NULL, *scales = NULL, *items = NULL;
    RK_TRY(rk_json_only(document, known, "", error));
    RK_TRY(rk_json_string(document, "id", true, &c->id, "", error));
    RK_TRY(rk_json_array(document, "goals", false, &goals, "", error));
    RK_TRY(rk_json_array(document, "scales", false, &scales, "", error));
    RK_TRY(rk_json_array(document, "items", true, &items, "", error));
    c->id = rk_arena_keep(&c->arena, c->id);
    if (goals)
        RK_TRY(read_goals(c, goals, error));
    if (scales)
        RK_TRY(read_scales(c, scales, error));
    else
        c->scales = rk_arena_zeroed(&c->arena, 1, sizeof *c->scales);
    return read_items(c, items, error);
}

enum rk_status rk_codebook_read(struct rk_codebook **codebook, const char *path,
                                struct rk_error *error)
{
    rk_json *document = NULL;
    *codebook = NULL;
    RK_TRY(rk_json_read(&document, path, error));
    *codebook = rk_alloc(1, sizeof **codebook);
    enum rk_status status = fill(*codebook, document, error);
    rk_json_free(document);
    if (status != RK_OK) {
        rk_codebook_free(*codebook);
        *codebook = NULL;
        if (error)
            error->pos.file = path;
    }
    return status;
}

void rk_codebook_free(struct rk_codebook *codebook)
{
    if (!codebook)
        return;
    struct rk_arena arena = codebook->arena;
    rk_arena_free(&arena);
    rk_free(codebook);
}
