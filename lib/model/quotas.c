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

static bool is_each(const struct rk_quota *row)
{
    return row->part_count == 1 && rk_text_is(row->value, "*");
}

/* Is there another row of the feature, for the value, or for every value? */
static bool is_told(const struct rk_quotas *quotas, const struct rk_quota *row,
                    struct rk_text value, bool of_any)
{
    for (uint32_t i = 0; i < quotas->count; i++) {
        const struct rk_quota *other = &quotas->rows[i];
        if (other != row && (of_any || other->recruitment == row->recruitment) &&
            rk_text_equal(other->feature, row->feature) && rk_text_equal(other->value, value))
            return true;
    }
    return false;
}

static void spread(struct rk_quotas *into, const struct rk_quotas *quotas,
                   const struct rk_quota *row, const struct rk_features *features)
{
    uint32_t f = rk_features_find(features, row->feature);
    const struct rk_strings *values = &features->all[f].values;
    int32_t *people = rk_alloc((size_t)values->count + 1, sizeof *people);
    for (uint32_t p = 0; p < features->row_count; p++) {
        uint32_t count;
        const uint32_t *has = rk_features_of(features, p, f, &count);
        for (uint32_t i = 0; i < count; i++)
            people[has[i]]++;
    }
    bool alone = !is_told(quotas, row, row->value, true);
    for (uint32_t v = 0; v < values->count; v++) {
        if (!people[v] || (alone && !row->min && people[v] <= row->max) ||
            is_told(quotas, row, values->texts[v], false))
            continue;
        RK_GROW(into->rows, into->count, into->room);
        struct rk_quota *one = &into->rows[into->count++];
        *one = *row;
        one->value = one->parts[0].value = values->texts[v];
    }
    rk_free(people);
}

void rk_quotas_spread(struct rk_quotas *quotas, const struct rk_features *features)
{
    struct rk_quotas all = {0};
    bool any = false;
    for (uint32_t i = 0; i < quotas->count; i++) {
        const struct rk_quota *row = &quotas->rows[i];
        any = any || is_each(row);
        if (is_each(row)) {
            spread(&all, quotas, row, features);
        } else {
            RK_GROW(all.rows, all.count, all.room);
            all.rows[all.count++] = *row;
        }
    }
    if (!any) {
        rk_free(all.rows);
        return;
    }
    rk_free(quotas->rows);
    quotas->rows = all.rows;
    quotas->count = all.count;
    quotas->room = all.room;
    if (quotas->count)
        qsort(quotas->rows, quotas->count, sizeof *quotas->rows, by_kind);
}

void rk_quotas_free(struct rk_quotas *quotas)
{
    rk_free(quotas->rows);
    rk_arena_free(&quotas->arena);
    *quotas = (struct rk_quotas){0};
}
