#include "privacy/publish_write.h"

#include "base/mem.h"

#include <string.h>

size_t rk_publish_columns(const struct rk_tabulation *t, enum rk_publish_output output,
                          struct rk_writer_column *columns)
{
    static const struct rk_writer_column ours[3][RK_PUBLISH_COLUMNS - RK_TABULATION_DIMS] = {
        {{"value", true}},
        {{"value", true},
         {"reason", false},
         {"low", true},
         {"high", true},
         {"insider_low", true},
         {"insider_high", true},
         {"verdict", false}},
        {{"same", true}, {"population", true}, {"risk", true}},
    };
    size_t count = t->dim_count;
    for (uint32_t d = 0; d < t->dim_count; d++)
        columns[d] = (struct rk_writer_column){t->names[d].text, false};
    for (size_t i = 0; i < RK_PUBLISH_COLUMNS - RK_TABULATION_DIMS && ours[output][i].name; i++)
        columns[count++] = ours[output][i];
    return count;
}

static void write_cell_labels(struct rk_writer *writer, const struct rk_publish *p,
                              const struct rk_tabulation *t, uint32_t cell)
{
    const uint32_t *labels = p->layout.keys.members + (size_t)cell * t->dim_count;
    for (uint32_t d = 0; d < t->dim_count; d++)
        rk_write_text(writer, rk_tabulation_label(t, d, labels[d]));
}

void rk_publish_write(const struct rk_publish *p, const struct rk_tabulation *t, const char *symbol,
                      struct rk_writer *writer)
{
    uint32_t rows = t->has_totals ? t->row_count : p->cells;
    struct rk_text *stood = rk_alloc((size_t)p->cells + 1, sizeof *stood);
    for (uint32_t r = 0; r < t->before_count; r++)
        if (t->before[r].hidden && t->before[r].stood.size)
            stood[rk_publish_cell(p, &t->before[r])] = t->before[r].stood;
    for (uint32_t r = 0; r < rows; r++) {
        uint32_t cell = t->has_totals ? rk_publish_cell(p, &t->rows[r]) : p->order[r];
        write_cell_labels(writer, p, t, cell);
        if (p->reason[cell] == RK_IS_SHOWN)
            rk_write_fixed(writer, p->value[cell] * p->unit);
        else if (stood[cell].size)
            rk_write_text(writer, stood[cell]);
        else
            rk_write_string(writer, symbol);
        rk_write_end(writer);
    }
    rk_free(stood);
    rk_writer_finish(writer);
}

static void write_end(struct rk_writer *writer, const struct rk_publish *p, int64_t value,
                      bool none)
{
    if (none || value >= RK_CELL_NO_END || value <= -RK_CELL_NO_END)
        rk_write_missing(writer);
    else
        rk_write_fixed(writer, value * p->unit);
}

void rk_publish_write_intervals(const struct rk_publish *p, const struct rk_tabulation *t,
                                struct rk_writer *writer)
{
    static const char *const reasons[] = {"",          "small",     "zero", "dominance",
                                          "p_percent", "secondary", "",     "before"};
    static const char *const verdicts[] = {"kept",    "narrow", "disclosed",
                                           "insider", "open",   "assumed"};
    for (uint32_t i = 0; i < p->cells; i++) {
        uint32_t c = p->order[i];
        const struct rk_audit_finding *f = &p->findings[c];
        if (p->reason[c] == RK_IS_SHOWN)
            continue;
        write_cell_labels(writer, p, t, c);
        if (p->has_value[c])
            rk_write_fixed(writer, p->value[c] * p->unit);
        else
            rk_write_missing(writer);
        rk_write_string(writer, reasons[p->reason[c]]);
        write_end(writer, p, f->range.low, false);
        write_end(writer, p, f->range.high, false);
        write_end(writer, p, f->insider.low, f->insider.none);
        write_end(writer, p, f->insider.high, f->insider.none);
        rk_write_string(writer, verdicts[f->verdict]);
        rk_write_end(writer);
    }
    rk_writer_finish(writer);
}

void rk_publish_write_alike(const struct rk_alike *alike, const struct rk_tabulation *t,
                            struct rk_writer *writer)
{
    for (uint32_t r = 0; r < t->row_count; r++) {
        for (uint32_t d = 0; d < t->dim_count; d++)
            if (t->rows[r].labels[d] == RK_LABEL_TOTAL)
                rk_write_missing(writer);
            else
                rk_write_text(writer, rk_tabulation_label(t, d, t->rows[r].labels[d]));
        rk_write_int(writer, alike[r].same);
        rk_write_fixed(writer, alike[r].population);
        rk_write_double(writer, alike[r].risk);
        rk_write_end(writer);
    }
    rk_writer_finish(writer);
}
