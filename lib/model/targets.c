#include "model/targets.h"

#include "model/cells.h"

enum rk_status rk_targets_read(struct rk_targets *targets, struct rk_table *table,
                               const struct rk_schema *schema, struct rk_error *error)
{
    size_t feature = rk_schema_field(schema, "feature"), value = rk_schema_field(schema, "value"),
           share = rk_schema_field(schema, "share"), count = rk_schema_field(schema, "count");
    struct rk_strings words = {0};
    struct rk_tuples known = {.width = 2};
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t pair[2] = {rk_strings_add(&words, rk_value_text(&v[feature])),
                            rk_strings_add(&words, rk_value_text(&v[value]))};
        if (rk_tuples_find(&known, pair) != RK_NONE) {
            rk_table_reject(table, value, _("the feature and value are in the table already"));
            continue;
        }
        if (!v[share].size && !v[count].size) {
            rk_table_reject(table, share, _("a share or a count was expected"));
            continue;
        }
        rk_tuples_add(&known, pair);
        struct rk_pos pos = rk_table_pos(table, value);
        pos.field = "value"; /* the file's own name goes with the table */
        RK_GROW(targets->rows, targets->count, targets->room);
        targets->rows[targets->count++] = (struct rk_target){
            .feature = rk_cell_text(&targets->arena, &v[feature]),
            .value = rk_cell_text(&targets->arena, &v[value]),
            .has_share = v[share].size != 0,
            .has_count = v[count].size != 0,
            .share = v[share].number,
            .count = v[count].number,
            .pos = pos,
        };
    }
    rk_strings_free(&words);
    rk_tuples_free(&known);
    return status;
}

enum rk_status rk_targets_expect(struct rk_targets *targets, struct rk_features *features,
                                 bool wanted, struct rk_error *error)
{
    struct rk_tuples known = {.width = 2};
    enum rk_status status = RK_OK;
    for (uint32_t i = 0; i < targets->count && !status; i++) {
        struct rk_target *target = &targets->rows[i];
        target->in_feature = wanted ? rk_features_find(features, target->feature)
                                    : rk_features_want(features, target->feature);
        if (target->in_feature == RK_NONE && wanted)
            continue;
        if (target->in_feature == RK_NONE) {
            status = rk_fail_at(error, RK_BAD_DATA, &target->pos, _("'%s' is not a feature"),
                                target->feature.text);
            break;
        }
        target->in_value = rk_features_expect(features, target->in_feature, target->value);
        uint32_t pair[2] = {target->in_feature, target->in_value};
        if (target->in_value == RK_NONE)
            status = rk_fail_at(error, RK_BAD_DATA, &target->pos, _("'%s' is not a value of '%s'"),
                                target->value.text, target->feature.text);
        else if (rk_tuples_find(&known, pair) != RK_NONE)
            status = rk_fail_at(error, RK_BAD_DATA, &target->pos, _("'%s' of '%s' is there twice"),
                                target->value.text, target->feature.text);
        else
            rk_tuples_add(&known, pair);
    }
    rk_tuples_free(&known);
    return status;
}

void rk_targets_free(struct rk_targets *targets)
{
    rk_free(targets->rows);
    rk_arena_free(&targets->arena);
    *targets = (struct rk_targets){0};
}
