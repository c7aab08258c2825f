#include "model/rates.h"

enum rk_status rk_rates_read(struct rk_rates *rates, struct rk_table *table,
                             const struct rk_schema *schema, struct rk_error *error)
{
    size_t year = rk_schema_field(schema, "year"), name = rk_schema_field(schema, "name"),
           value = rk_schema_field(schema, "value"), unit = rk_schema_field(schema, "unit"),
           confirmed = rk_schema_field(schema, "confirmed");
    struct rk_tuples here = {.width = 1}; /* what this table has told */
    enum rk_status status;
    rates->keys.width = 2;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        struct rk_rate one = {
            .year = rk_cell_count(&v[year]),
            .name = rk_strings_add(&rates->names, rk_value_text(&v[name])),
            .value = v[value].number,
            .unit = (enum rk_rate_unit)v[unit].choice,
            .confirmed = rk_cell_flag(&v[confirmed]) == 1,
        };
        uint32_t place = rk_tuples_add(&rates->keys, (uint32_t[]){(uint32_t)one.year, one.name});
        uint32_t known = here.count;
        if (rk_tuples_add(&here, &place) != known) {
            rk_table_reject(table, name, _("the rate of the year is in the table already"));
            continue;
        }
        if (place == rates->count) {
            RK_GROW(rates->rows, rates->count, rates->room);
            rates->count++;
        }
        rates->rows[place] = one;
    }
    rk_tuples_free(&here);
    return status;
}

const struct rk_rate *rk_rates_find(const struct rk_rates *rates, int32_t year, const char *name)
{
    uint32_t id = rk_strings_find(&rates->names, rk_text(name));
    if (id == RK_NONE)
        return NULL;
    uint32_t place = rk_tuples_find(&rates->keys, (uint32_t[]){(uint32_t)year, id});
    return place == RK_NONE ? NULL : &rates->rows[place];
}

void rk_rates_free(struct rk_rates *rates)
{
    rk_free(rates->rows);
    rk_strings_free(&rates->names);
    rk_tuples_free(&rates->keys);
    *rates = (struct rk_rates){0};
}
