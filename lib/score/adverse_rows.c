/* Who is counted, how far each came, and in which group, stratum and part. */
#include "score/adverse.h"

/* Numbers by first appearance become places in bytewise order, so that the order of the rows does
 * not matter. */
static uint32_t *arrange(const struct rk_strings *texts, uint32_t *numbers, uint32_t rows)
{
    uint32_t *rank = rk_strings_ranks(texts), *order = rk_alloc((size_t)texts->count + 1, 4);
    for (uint32_t i = 0; i < texts->count; i++)
        order[rank[i]] = i;
    for (uint32_t row = 0; row < rows; row++)
        if (numbers[row] != RK_NONE)
            numbers[row] = rank[numbers[row]];
    rk_free(rank);
    return order;
}

static void finish(struct rk_adverse_counted *counted)
{
    if (counted->stratum)
        rk_free(arrange(&counted->strata, counted->stratum, counted->rows));
    if (counted->part)
        counted->part_order = arrange(&counted->parts, counted->part, counted->rows);
}

static void make_room(struct rk_adverse_counted *counted, size_t rows, bool strata, bool parts)
{
    counted->source = rk_alloc(rows + 1, sizeof *counted->source);
    counted->reached = rk_alloc(rows + 1, sizeof *counted->reached);
    counted->stratum = strata ? rk_alloc(rows + 1, sizeof *counted->stratum) : NULL;
    counted->part = parts ? rk_alloc(rows + 1, sizeof *counted->part) : NULL;
}

static uint32_t number_of(struct rk_strings *texts, struct rk_text text)
{
    return text.size ? rk_strings_add(texts, text) : RK_NONE;
}

/* ---- candidates ---- */

bool rk_adverse_add_stage(struct rk_adverse_stages *stages, struct rk_text word)
{
    for (uint32_t i = 0; i < stages->count; i++)
        if (rk_text_equal(stages->words[i], word))
            return false;
    if (!word.size || stages->count == RK_ADVERSE_STAGES)
        return false;
    stages->words[stages->count++] = word;
    return true;
}

void rk_adverse_usual_stages(struct rk_adverse_stages *stages,
                             const struct rk_candidates *candidates)
{
    static const char *const words[] = {"application", "shortlist", "interview"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!i || rk_strings_find(&candidates->stages, rk_text(words[i])) != RK_NONE)
            rk_adverse_add_stage(stages, rk_text(words[i]));
}

/* By recruitment: is it over? */
static bool *find_decided(const struct rk_candidates *candidates,
                          const struct rk_recruitments *recruitments,
                          const struct rk_decisions *decisions)
{
    uint32_t n = recruitments ? recruitments->count : candidates->recruitments.count;
    bool *decided = rk_alloc((size_t)n + 1, sizeof *decided);
    for (uint32_t r = 0; r < n; r++)
        decided[r] = !decisions;
    for (uint32_t i = 0; decisions && i < decisions->count; i++)
        decided[candidates->rows[decisions->rows[i].candidate].recruitment] = true;
    for (uint32_t r = 0; recruitments && r < n; r++)
        decided[r] &= recruitments->rows[r].status == RK_RECRUITMENT_DECIDED;
    return decided;
}

/* How many steps a word of stage_reached tells of. */
static enum rk_status find_stages(const struct rk_strings *words,
                                  const struct rk_adverse_stages *stages, uint32_t *passed,
                                  struct rk_error *error)
{
    for (uint32_t w = 0; w < words->count; w++) {
        passed[w] = RK_NONE;
        for (uint32_t i = 0; i < stages->count; i++)
            if (rk_text_equal(stages->words[i], words->texts[w]))
                passed[w] = i;
        if (passed[w] == RK_NONE)
            return rk_fail(error, RK_BAD_DATA,
                           _("stage_reached: '%s' is not among the stages; --stages names them in "
                             "order"),
                           words->texts[w].text);
    }
    return RK_OK;
}

static struct rk_text column_of(const struct rk_candidates *candidates,
                                const struct rk_recruitments *recruitments, uint32_t recruitment,
                                size_t column)
{
    return recruitments ? rk_recruitment_text(&recruitments->rows[recruitment], column)
                        : candidates->recruitments.texts[recruitment];
}

enum rk_status rk_adverse_candidates(struct rk_adverse_counted *counted,
                                     const struct rk_candidates *candidates,
                                     const struct rk_recruitments *recruitments,
                                     const struct rk_decisions *decisions,
                                     const struct rk_adverse_stages *stages, size_t strata,
                                     size_t parts, struct rk_error *error)
{
    uint32_t *passed = rk_alloc((size_t)candidates->stages.count + 1, sizeof *passed);
    enum rk_status status = find_stages(&candidates->stages, stages, passed, error);
    if (status) {
        rk_free(passed);
        return status;
    }
    bool *decided = find_decided(candidates, recruitments, decisions);
    bool *chosen = rk_alloc((size_t)candidates->count + 1, sizeof *chosen);
    struct rk_adverse_left_out *out = &counted->left_out;
    for (uint32_t i = 0; decisions && i < decisions->count; i++)
        chosen[decisions->rows[i].candidate] = decisions->rows[i].outcome != RK_OUTCOME_NOT_OFFERED;
    counted->steps = stages->count - 1 + (decisions != NULL);
    make_room(counted, candidates->count, strata != SIZE_MAX, parts != SIZE_MAX);
    for (uint32_t c = 0; c < candidates->count; c++) {
        const struct rk_candidate *candidate = &candidates->rows[c];
        int64_t *why = candidate->status == RK_CANDIDATE_WITHDRAWN    ? &out->withdrawn
                       : candidate->status == RK_CANDIDATE_INELIGIBLE ? &out->ineligible
                       : candidate->status == RK_CANDIDATE_PROTECTED  ? &out->is_protected
                       : !decided[candidate->recruitment]             ? &out->pending
                                                                      : NULL;
        if (why) {
            ++*why;
            continue;
        }
        uint32_t row = counted->rows++, recruitment = candidate->recruitment;
        counted->source[row] = c;
        counted->reached[row] = chosen[c]                     ? counted->steps
                                : candidate->stage == RK_NONE ? 0
                                                              : passed[candidate->stage];
        if (counted->stratum)
            counted->stratum[row] = number_of(
                &counted->strata, column_of(candidates, recruitments, recruitment, strata));
        if (counted->part)
            counted->part[row] =
                number_of(&counted->parts, column_of(candidates, recruitments, recruitment, parts));
    }
    finish(counted);
    rk_free(passed);
    rk_free(decided);
    rk_free(chosen);
    return RK_OK;
}

/* ---- people ---- */

static struct rk_text value_of(const struct rk_features *features, uint32_t row, uint32_t feature)
{
    uint32_t count;
    const uint32_t *values = rk_features_of(features, row, feature, &count);
    return count ? features->all[feature].values.texts[*values] : RK_TEXT("");
}

void rk_adverse_people(struct rk_adverse_counted *counted, const struct rk_people *people,
                       const struct rk_features *features, uint32_t strata, uint32_t parts,
                       uint32_t outcome, uint32_t selected)
{
    counted->steps = 1;
    make_room(counted, 2 * (size_t)people->rows, strata != RK_NONE, parts != RK_NONE);
    counted->people = rk_alloc(2 * (size_t)people->rows + 1, sizeof *counted->people);
    for (uint32_t i = 0; i < 2 * people->rows; i++) { /* a row is two: the others, those selected */
        uint32_t row = i / 2, all = people->count[row], of_them;
        if (outcome == RK_NONE)
            of_them = people->selected[row];
        else
            of_them = rk_features_has(features, row, outcome, selected) ? all : 0;
        counted->source[i] = row;
        counted->reached[i] = i % 2;
        counted->people[i] = i % 2 ? of_them : all - of_them;
        if (counted->stratum)
            counted->stratum[i] = number_of(&counted->strata, value_of(features, row, strata));
        if (counted->part)
            counted->part[i] = number_of(&counted->parts, value_of(features, row, parts));
    }
    counted->rows = 2 * people->rows;
    finish(counted);
}

/* ---- groups ---- */

/* The group of each row, and the value of each group. */
static void place(struct rk_adverse_told *told, const struct rk_adverse_counted *counted,
                  const struct rk_features *features, uint32_t f, uint32_t *group)
{
    const struct rk_feature *feature = told->feature;
    uint32_t *rank = rk_strings_ranks(&feature->values);
    for (uint32_t v = 0; v < feature->values.count; v++) {
        if (feature->is_age)
            rank[v] = v;
        told->value[rank[v]] = v;
    }
    for (uint32_t row = 0; row < counted->rows; row++) {
        uint32_t count;
        const uint32_t *of = rk_features_of(features, counted->source[row], f, &count);
        bool is_known = count && !rk_text_is(feature->values.texts[*of], "undisclosed");
        group[row] = is_known ? rank[*of] : RK_NONE;
    }
    rk_free(rank);
}

static enum rk_status tell_feature(struct rk_adverse_told *told,
                                   const struct rk_adverse_counted *counted,
                                   const struct rk_features *features, uint32_t feature,
                                   const struct rk_adverse_options *options,
                                   struct rk_adverse_hiding *hiding, struct rk_error *error)
{
    told->feature = &features->all[feature];
    if (told->feature->is_list)
        return rk_fail(error, RK_BAD_DATA,
                       _("%s: somebody has several values; groups must be apart"),
                       told->feature->name.text);
    if (told->feature->values.count > RK_ADVERSE_GROUPS)
        return rk_fail(error, RK_BAD_DATA, _("%s: there are more than %d groups"),
                       told->feature->name.text, RK_ADVERSE_GROUPS);
    uint32_t *group = rk_alloc((size_t)counted->rows + 1, sizeof *group);
    place(told, counted, features, feature, group);
    struct rk_adverse_facts facts = {.rows = counted->rows,
                                     .group = group,
                                     .reached = counted->reached,
                                     .people = counted->people,
                                     .stratum = counted->stratum,
                                     .part = counted->part,
                                     .parts = counted->parts.count,
                                     .groups = told->feature->values.count,
                                     .steps = counted->steps,
                                     .reference = RK_NONE,
                                     .min_group = options->min_group,
                                     .min_count = options->min_count,
                                     .hiding = hiding};
    for (uint32_t g = 0; options->reference && g < facts.groups; g++)
        if (rk_text_is(rk_adverse_value(told, g), options->reference))
            facts.reference = g;
    told->has_reference = facts.reference != RK_NONE;
    enum rk_status status = rk_adverse_tell(&told->adverse, &facts, error);
    rk_free(group);
    return status;
}

enum rk_status rk_adverse_features(struct rk_adverse_told *told,
                                   const struct rk_adverse_counted *counted,
                                   const struct rk_features *features, const uint32_t *listed,
                                   uint32_t count, const struct rk_adverse_options *options,
                                   rk_report_cells_choose *choose, void *context,
                                   struct rk_error *error)
{
    struct rk_adverse_hiding hiding = {0};
    enum rk_status status = RK_OK;
    do
        for (uint32_t f = 0; f < count && !status; f++) {
            rk_adverse_free(&told[f].adverse);
            status = tell_feature(&told[f], counted, features, listed[f], options, &hiding, error);
        }
    while (!status && rk_adverse_choose(&hiding, choose, context));
    rk_adverse_hiding_free(&hiding);
    return status;
}

struct rk_text rk_adverse_value(const struct rk_adverse_told *told, uint32_t group)
{
    return group == RK_NONE ? RK_TEXT("") : told->feature->values.texts[told->value[group]];
}

struct rk_text rk_adverse_part(const struct rk_adverse_counted *counted, uint32_t part)
{
    return counted->part ? counted->parts.texts[counted->part_order[part]] : RK_TEXT("");
}

void rk_adverse_counted_free(struct rk_adverse_counted *counted)
{
    rk_free(counted->source);
    rk_free(counted->reached);
    rk_free(counted->people);
    rk_free(counted->stratum);
    rk_free(counted->part);
    rk_free(counted->part_order);
    rk_strings_free(&counted->strata);
    rk_strings_free(&counted->parts);
    *counted = (struct rk_adverse_counted){0};
}
