#include "model/measure_rows.h"

static void add(struct rk_measure_rows *rows, const char *column, size_t column_size,
                const char *text, size_t size)
{
    if (!size)
        return;
    RK_GROW(rows->cells, rows->cell_count, rows->cell_room);
    rows->cells[rows->cell_count++] = (struct rk_measure_cell){
        rk_strings_add(&rows->words, (struct rk_text){column, column_size}),
        rk_strings_add(&rows->words, (struct rk_text){text, size})};
    rows->rows[rows->count - 1].count++;
}

static struct rk_measure_number number_of(const struct rk_value *value)
{
    return (struct rk_measure_number){value->size > 0, value->number};
}

enum rk_status rk_measure_rows_read(struct rk_measure_rows *rows, struct rk_table *table,
                                    struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    size_t measure = rk_schema_field(schema, "measure"),
           variant = rk_schema_field(schema, "variant"), method = rk_schema_field(schema, "method"),
           estimate = rk_schema_field(schema, "estimate"), low = rk_schema_field(schema, "low"),
           high = rk_schema_field(schema, "high"), n = rk_schema_field(schema, "n");
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        RK_GROW(rows->rows, rows->count, rows->room);
        rows->rows[rows->count++] = (struct rk_measure_row){
            rows->cell_count, 0, number_of(&v[estimate]), number_of(&v[low]), number_of(&v[high]),
            number_of(&v[n])};
        add(rows, "measure", 7, v[measure].text, v[measure].size);
        add(rows, "variant", 7, v[variant].text, v[variant].size);
        add(rows, "method", 6, v[method].text, v[method].size);
        struct rk_pos pos = rk_table_pos(table, SIZE_MAX);
        const char *file = pos.file ? pos.file : "", *slash = strrchr(file, '/');
        file = slash ? slash + 1 : file;
        add(rows, "file", 4, file, strcspn(file, "."));
        for (size_t i = 0; i < rk_table_extras(table); i++) {
            struct rk_text name = rk_table_extra_name(table, i);
            struct rk_cell cell = rk_table_extra(table, i);
            add(rows, name.text, name.size, cell.text, cell.size);
        }
    }
    return status;
}

struct rk_text rk_measure_rows_text(const struct rk_measure_rows *rows, size_t row,
                                    struct rk_text column)
{
    const struct rk_measure_row *r = &rows->rows[row];
    for (size_t i = r->start; i < r->start + r->count; i++)
        if (rk_text_equal(rows->words.texts[rows->cells[i].column], column))
            return rows->words.texts[rows->cells[i].text];
    return RK_TEXT("");
}

void rk_measure_rows_free(struct rk_measure_rows *rows)
{
    rk_free(rows->rows);
    rk_free(rows->cells);
    rk_strings_free(&rows->words);
    *rows = (struct rk_measure_rows){0};
}
