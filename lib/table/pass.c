#include "table/pass.h"

#include "base/mem.h"

struct rk_pass {
    struct rk_table *table;
    const struct rk_schema *schema;
    struct rk_out *out;
    enum rk_form form;
    struct rk_writer *writer;
    size_t extras;
};

struct rk_pass *rk_pass_new(struct rk_table *table, const struct rk_schema *schema,
                            struct rk_out *out, enum rk_form form)
{
    struct rk_pass *p = rk_alloc(1, sizeof *p);
    *p = (struct rk_pass){.table = table, .schema = schema, .out = out, .form = form};
    return p;
}

/* In JSON any later record may bring a column of the schema's. */
static bool is_there(const struct rk_pass *p, size_t field)
{
    return rk_reader_is_json(rk_table_reader(p->table)) || rk_table_has(p->table, field);
}

static void open_writer(struct rk_pass *p)
{
    size_t n = 0;
    p->extras = rk_table_extras(p->table);
    struct rk_writer_column *columns =
        rk_alloc(p->schema->field_count + p->extras, sizeof *columns);
    for (size_t f = 0; f < p->schema->field_count; f++) {
        const struct rk_field *field = &p->schema->fields[f];
        if (is_there(p, f))
            columns[n++] = (struct rk_writer_column){field->name, field->type == RK_NUMBER ||
                                                                      field->type == RK_INTEGER};
    }
    for (size_t x = 0; x < p->extras; x++)
        columns[n++].name = rk_table_extra_name(p->table, x).text;
    p->writer = rk_writer_open(p->out, p->form, columns, n);
    rk_free(columns);
}

enum rk_status rk_pass_row(struct rk_pass *p, const struct rk_row *row, struct rk_error *error)
{
    if (!p->writer)
        open_writer(p);
    if (rk_table_extras(p->table) != p->extras)
        return rk_fail(
            error, RK_BAD_DATA,
            _("record %llu brings a column that the records before it have not; CSV says "
              "it at the start"),
            (unsigned long long)row->number);
    for (size_t f = 0; f < p->schema->field_count; f++)
        if (is_there(p, f)) {
            const struct rk_value *v = &row->values[f];
            rk_write_cell(p->writer, &(struct rk_cell){v->text, v->size, v->bare});
        }
    for (size_t x = 0; x < p->extras; x++) {
        struct rk_cell cell = rk_table_extra(p->table, x);
        rk_write_cell(p->writer, &cell);
    }
    rk_write_end(p->writer);
    return RK_OK;
}

void rk_pass_finish(struct rk_pass *p)
{
    if (!p)
        return;
    if (!p->writer)
        open_writer(p);
    rk_writer_finish(p->writer);
    rk_free(p);
}
