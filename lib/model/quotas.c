#include "model/quotas.h"

/* The next part of a crossed name; false when there is none. */
static bool next_part(struct rk_text *rest, struct rk_text *part)
{
    static const char cross[] = RK_FEATURE_CROSS;
    size_t size = sizeof cross - 1;
    if (!rest->text)
        return false;
    *part = *rest;
    for (size_t i = 0; i + size <= rest->size; i++)
        if (!memcmp(rest->text + i, cross, size)) {
            part->size = i;
            *rest = (struct rk_text){rest->text + i + size, rest->size - i - size};
            *part = rk_text_trim(*part);
            return true;
        }
    *rest = (struct rk_text){NULL, 0};
    *part = rk_text_trim(*part);
    return true;
}

/* False where the two have not the same number of parts, or too many, or an empty one. */
static bool divide(struct rk_quota *quota)
{
    struct rk_text feature = quota->feature, value = quota->value, a, b;
    for (;;) {
        bool more = next_part(&feature, &a);
        if (more != next_part(&value, &b))
            return false;
        if (!more)
            return true;
        if (quota->part_count == RK_FEATURE_PARTS || !a.size || !b.size)
            return false;
        quota->parts[quota->part_count].feature = a;
        quota->parts[quota->part_count++].value = b;
    }
}

static int by_kind(const void *x, const void *y)
{
    const struct rk_quota *a = x, *b = y;
    if (a->recruitment != b->recruitment)
        return a->recruitment < b->recruitment ? -1 : 1;
    int order = rk_text_compare(a->feature, b->feature);
    return order ? order : rk_text_compare(a->value, b->value);
}

enum rk_status rk_quotas_read(struct rk_quotas *quotas, struct rk_table *table,
                              const struct rk_schema *schema,
                              const struct rk_recruitments *recruitments, struct rk_error *error)
{
    size_t of = rk_schema_field(schema, "recruitment_id"),
           feature = rk_schema_field(schema, "feature"), value = rk_schema_field(schema, "value"),
           min = rk_schema_field(schema, "min"), max = rk_schema_field(schema, "max"),
           min_flex = rk_schema_field(schema, "min_flex"),
           max_flex = rk_schema_field(schema, "max_flex");
    struct rk_strings keys = {0};
    struct rk_buf key = {0};
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        struct rk_quota quota = {.recruitment = RK_NONE,
                                 .feature = rk_cell_text(&quotas->arena, &v[feature]),
                                 .value = rk_cell_text(&quotas->arena, &v[value]),
                                 .min = rk_cell_count(&v[min]),
                                 .max = rk_cell_count(&v[max]),
                                 .min_flex = rk_cell_count(&v[min_flex]),
                                 .max_flex = rk_cell_count(&v[max_flex])};
        if (!rk_text_is(rk_value_text(&v[of]), "*")) {
            quota.recruitment = rk_recruitments_find(recruitments, rk_value_text(&v[of]));
            if (quota.recruitment == RK_NONE) {
                rk_table_reject(table, of, _("the recruitment is not in the table recruitments"));
                continue;
            }
        }
        if (quota.max < quota.min || quota.min < quota.min_flex ||
            (quota.max_flex >= 0 && quota.max_flex < quota.max)) {
            rk_table_reject(table, max,
                            _("min_flex, min, max and max_flex are not in rising order"));
            continue;
        }
        if (!divide(&quota)) {
            rk_table_reject(table, value,
                            _("a value for each part of the feature was expected, joined by ×, at "
                              "most four"));
            continue;
        }
        rk_buf_clear(&key);
        rk_buf_printf(&key, "%u|%zu|", quota.recruitment, quota.feature.size);
        rk_buf_add(&key, quota.feature.text, quota.feature.size);
        rk_buf_add(&key, quota.value.text, quota.value.size);
        uint32_t known = keys.count;
        if (rk_strings_add(&keys, (struct rk_text){key.text, key.size}) != known) {
            rk_table_reject(table, value, _("this quota is told twice"));
            continue;
        }
        RK_GROW(quotas->rows, quotas->count, quotas->room);
        quotas->rows[quotas->count++] = quota;
    }
    if (quotas->count)
        qsort(quotas->rows, quotas->count, sizeof *quotas->rows, by_kind);
    rk_buf_free(&key);
    rk_strings_free(&keys);
    return status;
}

void rk_quotas_free(struct rk_quotas *quotas)
{
    rk_free(quotas->rows);
    rk_arena_free(&quotas->arena);
    *quotas = (struct rk_quotas){0};
}
