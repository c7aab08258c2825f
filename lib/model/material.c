#include "model/material.h"

#include <assert.h>
#include <stddef.h>

const char *const rk_material_names[RK_MATERIAL_COUNT + 1] = {
#define X(table, row) #table,
    RK_MATERIAL_TABLES(X)
#undef X
        NULL};

enum kind { WORD, DAY, COUNT, NUMBER, MINUTES };

struct part { /* a column of the table and the member it goes to */
    enum rk_material_table table;
    const char *column;
    enum kind kind;
    size_t offset;
};

#define PART(table, row, column, kind, member)                                                     \
    {                                                                                              \
        RK_MATERIAL_##table, column, kind, offsetof(struct rk_material_##row, member)              \
    }
static const struct part parts[] = {
    PART(recruitments, recruitment, "recruitment_id", WORD, id),
    PART(recruitments, recruitment, "department", WORD, department),
    PART(recruitments, recruitment, "role", WORD, role),
    PART(recruitments, recruitment, "status", WORD, status),
    PART(recruitments, recruitment, "reason_code", WORD, reason),
    PART(recruitments, recruitment, "seats", COUNT, seats),
    PART(recruitments, recruitment, "reserves", COUNT, reserves),
    PART(recruitments, recruitment, "opened", DAY, opened),
    PART(recruitments, recruitment, "closes", DAY, closes),
    PART(recruitments, recruitment, "decided_on", DAY, decided),
    PART(recruitments, recruitment, "cancelled_on", DAY, cancelled),
    PART(sessions, session, "recruitment_id", WORD, recruitment),
    PART(sessions, session, "stage", WORD, stage),
    PART(sessions, session, "start", MINUTES, start),
    PART(sessions, session, "end", MINUTES, end),
    PART(assignments, assignment, "recruitment_id", WORD, recruitment),
    PART(assignments, assignment, "panelist_id", WORD, panelist),
    PART(assignments, assignment, "seat", WORD, seat),
    PART(assignments, assignment, "status", WORD, status),
    PART(assignments, assignment, "stages", WORD, stages),
    PART(assignments, assignment, "declared_on", DAY, declared),
    PART(panelists, panelist, "panelist_id", WORD, id),
    PART(panelists, panelist, "status", WORD, status),
    PART(panelists, panelist, "joined", DAY, joined),
    PART(panelists, panelist, "left", DAY, left),
    PART(panelists, panelist, "trained_on", DAY, trained),
    PART(panelists, panelist, "consent_until", DAY, consent_until),
    PART(panelists, panelist, "consent_withdrawn_on", DAY, withdrawn),
    PART(candidates, candidate, "candidate_id", WORD, id),
    PART(candidates, candidate, "recruitment_id", WORD, recruitment),
    PART(candidates, candidate, "status", WORD, status),
    PART(candidates, candidate, "stage_reached", WORD, stage),
    PART(candidates, candidate, "applied_on", DAY, applied),
    PART(ranking, ranking, "recruitment_id", WORD, recruitment),
    PART(ranking, ranking, "stage", WORD, stage),
    PART(ranking, ranking, "candidate_id", WORD, candidate),
    PART(ranking, ranking, "rank", NUMBER, value),
    PART(decisions, decision, "recruitment_id", WORD, recruitment),
    PART(decisions, decision, "candidate_id", WORD, candidate),
    PART(decisions, decision, "outcome", WORD, outcome),
    PART(decisions, decision, "reason_code", WORD, reason),
    PART(decisions, decision, "decided_on", DAY, decided),
    PART(decisions, decision, "legal_force_on", DAY, legal_force),
    PART(decisions, decision, "users_told_on", DAY, users_told),
    PART(decisions, decision, "candidates_told_on", DAY, candidates_told),
    PART(activities, activity, "panelist_id", WORD, panelist),
    PART(activities, activity, "recruitment_id", WORD, recruitment),
    PART(activities, activity, "stage", WORD, stage),
    PART(activities, activity, "date", DAY, date),
    PART(activities, activity, "hours", NUMBER, hours),
    PART(events, event, "recruitment_id", WORD, recruitment),
    PART(events, event, "stage", WORD, stage),
    PART(events, event, "rater_group", WORD, group),
    PART(events, event, "date", DAY, date),
    PART(events, event, "n", COUNT, n),
    PART(contributions, contribution, "recruitment_id", WORD, recruitment),
    PART(contributions, contribution, "stage", WORD, stage),
    PART(contributions, contribution, "rater_group", WORD, group),
    PART(contributions, contribution, "kind", WORD, kind),
    PART(contributions, contribution, "adopted", WORD, adopted),
    PART(contributions, contribution, "date", DAY, date),
    PART(honoraria, honorarium, "month", WORD, month),
    PART(honoraria, honorarium, "panelist_id", WORD, panelist),
    PART(honoraria, honorarium, "recruitment_id", WORD, recruitment),
    PART(honoraria, honorarium, "kind", WORD, kind),
    PART(honoraria, honorarium, "amount", NUMBER, amount),
};
enum { PARTS = sizeof parts / sizeof *parts };

void rk_material_start(struct rk_material *material)
{
    *material = (struct rk_material){0};
    rk_strings_add(&material->words, RK_TEXT(""));
}

void rk_material_free(struct rk_material *material)
{
#define X(table, row) rk_free(material->table);
    RK_MATERIAL_TABLES(X)
#undef X
    rk_strings_free(&material->words);
    *material = (struct rk_material){0};
}

static void *new_row(struct rk_material *material, enum rk_material_table which)
{
    switch (which) {
#define X(table, row)                                                                              \
    case RK_MATERIAL_##table:                                                                      \
        RK_GROW(material->table, material->table##_count, material->table##_room);                 \
        return &material->table[material->table##_count++];
        RK_MATERIAL_TABLES(X)
#undef X
    case RK_MATERIAL_COUNT: break;
    }
    assert(!"a table of the material");
    return NULL;
}

static void set(struct rk_material *material, const struct part *part, void *row,
                const struct rk_value *value)
{
    char *member = (char *)row + part->offset;
    switch (part->kind) {
    case WORD:
        *(uint32_t *)(void *)member = rk_strings_add(&material->words, rk_value_text(value));
        break;
    case DAY: *(int32_t *)(void *)member = value->size ? (int32_t)value->time : RK_NO_DAY; break;
    case COUNT:
        *(int64_t *)(void *)member =
            value->size ? (int64_t)(value->number / RK_FIXED_ONE) : RK_NO_COUNT;
        break;
    case NUMBER: memcpy(member, &value->number, sizeof value->number); break;
    case MINUTES: *(int64_t *)(void *)member = value->time; break;
    }
}

/* What follows `prefix` in the name of an extra column; size 0 when the name is another. */
static struct rk_text group_of(const struct rk_table *table, size_t extra, const char *prefix)
{
    struct rk_text name = rk_table_extra_name(table, extra);
    size_t size = strlen(prefix);
    if (name.size <= size || memcmp(name.text, prefix, size))
        return RK_TEXT("");
    return (struct rk_text){name.text + size, name.size - size};
}

static enum rk_status number_of(struct rk_table *table, size_t extra, rk_fixed *value,
                                struct rk_error *error)
{
    struct rk_cell cell = rk_table_extra(table, extra);
    if (!cell.size || rk_fixed_parse((struct rk_text){cell.text, cell.size}, value))
        return RK_OK;
    struct rk_pos pos = rk_table_pos(table, SIZE_MAX);
    struct rk_text name = rk_table_extra_name(table, extra);
    return rk_fail_at(error, RK_BAD_DATA, &pos, _("%.*s: expected a number"), (int)name.size,
                      name.text);
}

/* The ranking has columns score_G and weight_G for each rater group G; the schema cannot know
 * which. */
static enum rk_status read_groups(struct rk_material *material, struct rk_table *table,
                                  const struct rk_material_ranking *rank, struct rk_error *error)
{
    struct rk_material_ranking base = *rank; /* the array may move */
    size_t extras = rk_table_extras(table);
    enum rk_status status = RK_OK;
    for (size_t i = 0; i < extras && !status; i++) {
        struct rk_text group = group_of(table, i, "score_");
        if (!group.size || !rk_table_extra(table, i).size)
            continue;
        struct rk_material_ranking *row = new_row(material, RK_MATERIAL_ranking);
        *row = base;
        row->group = rk_strings_add(&material->words, group);
        row->weight = RK_FIXED_ONE;
        status = number_of(table, i, &row->value, error);
        for (size_t j = 0; j < extras && !status; j++)
            if (rk_text_equal(group_of(table, j, "weight_"), group))
                status = number_of(table, j, &row->weight, error);
    }
    return status;
}

enum rk_status rk_material_read(struct rk_material *material, enum rk_material_table which,
                                struct rk_table *table, const struct rk_schema *schema,
                                struct rk_error *error)
{
    size_t fields[PARTS];
    for (size_t i = 0; i < PARTS; i++)
        if (parts[i].table == which)
            fields[i] = rk_schema_field(schema, parts[i].column);
    material->present[which] = true;
    for (;;) {
        const struct rk_row *row;
        enum rk_status status = rk_table_next(table, &row, error);
        if (status != RK_OK || !row)
            return status;
        if (which == RK_MATERIAL_ranking && !row->values[rk_schema_field(schema, "rank")].size) {
            struct rk_material_ranking unranked = {.group = RK_NONE};
            for (size_t i = 0; i < PARTS; i++) /* no combined rank, but maybe groups' scores */
                if (parts[i].table == which)
                    set(material, &parts[i], &unranked, &row->values[fields[i]]);
            status = read_groups(material, table, &unranked, error);
            if (status != RK_OK)
                return status;
            continue;
        }
        void *member = new_row(material, which);
        for (size_t i = 0; i < PARTS; i++)
            if (parts[i].table == which)
                set(material, &parts[i], member, &row->values[fields[i]]);
        if (which == RK_MATERIAL_ranking) {
            ((struct rk_material_ranking *)member)->group = RK_NONE;
            status = read_groups(material, table, member, error);
            if (status != RK_OK)
                return status;
        }
    }
}
