#include "tool/pay_files.h"

#include "report/slip.h"
#include "tool/private.h"

/* ---- identities ---- */

enum rk_status rk_identities_read(struct rk_run *run, struct rk_identities *identities,
                                  const char *path, struct rk_error *error)
{
    const struct rk_schema *schema;
    struct rk_table *in;
    RK_TRY(rk_private_file(path, "identities", error));
    RK_TRY(rk_run_schema(run, &schema, "identities", error));
    RK_TRY(rk_run_open(run, &in, schema, path, false, error));
    size_t who = rk_schema_field(schema, "panelist_id"),
           number = rk_schema_field(schema, "identity_number"),
           name = rk_schema_field(schema, "name"), address = rk_schema_field(schema, "address"),
           account = rk_schema_field(schema, "account");
    struct rk_arena *arena = &identities->arena;
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(in, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t count = identities->ids.count;
        if (rk_strings_add(&identities->ids, rk_value_text(&v[who])) != count) {
            rk_table_reject(in, who, _("the panelist is in the table already"));
            continue;
        }
        RK_GROW(identities->rows, count, identities->room);
        identities->rows[count] = (struct rk_identity){
            rk_cell_text(arena, &v[number]), rk_cell_text(arena, &v[name]),
            rk_cell_text(arena, &v[address]), rk_cell_text(arena, &v[account])};
    }
    return status;
}

void rk_identities_free(struct rk_identities *identities)
{
    rk_strings_free(&identities->ids);
    rk_free(identities->rows);
    rk_arena_free(&identities->arena);
    *identities = (struct rk_identities){0};
}

static struct rk_identity identity_of(const struct rk_pay_view *view, uint32_t panelist)
{
    uint32_t known =
        rk_strings_find(&view->identities->ids, view->activities->panelists.texts[panelist]);
    return known == RK_NONE ? (struct rk_identity){0} : view->identities->rows[known];
}

/* ---- cells ---- */

static bool told(const struct rk_pay_view *view, int32_t month)
{
    return !view->by_month || month == view->month;
}

static void write_month(struct rk_writer *writer, int32_t month)
{
    struct rk_buf text = {0};
    rk_month_print(&text, month);
    rk_write_string(writer, text.text);
    rk_buf_free(&text);
}

static void write_flags(struct rk_writer *writer, unsigned flags)
{
    struct rk_buf text = {0};
    for (size_t f = 0; rk_pay_flags[f]; f++)
        if (flags >> f & 1)
            rk_buf_printf(&text, "%s%s", text.size ? "|" : "", rk_pay_flags[f]);
    rk_write_text(writer, (struct rk_text){text.text, text.size});
    rk_buf_free(&text);
}

static void write_flag(struct rk_writer *writer, bool flag)
{
    rk_write_string(writer, flag ? "true" : "false");
}

static void write_panelist(struct rk_writer *writer, const struct rk_pay_view *view,
                           uint32_t panelist)
{
    rk_write_text(writer, view->activities->panelists.texts[panelist]);
}

static void write_recruitment(struct rk_writer *writer, const struct rk_pay_view *view,
                              const struct rk_activity *a)
{
    if (a->recruitment == RK_NONE)
        rk_write_missing(writer);
    else
        rk_write_text(writer, view->activities->recruitments.texts[a->recruitment]);
}

static void write_centre(struct rk_writer *writer, const struct rk_pay_view *view,
                         const struct rk_activity *a)
{
    if (a->recruitment == RK_NONE || view->centre[a->recruitment] == RK_NONE)
        rk_write_missing(writer);
    else
        rk_write_text(writer, view->centres->texts[view->centre[a->recruitment]]);
}

/* ---- tables ---- */

static const struct rk_writer_column of_lines[] = {
    {"month", false},   {"panelist_id", false}, {"recruitment_id", false}, {"cost_centre", false},
    {"stage", false},   {"date", false},        {"kind", false},           {"unit", false},
    {"quantity", true}, {"rate", true},         {"amount", true},          {"taxable", false},
    {"flags", false}};
static const struct rk_writer_column of_months[] = {
    {"month", false},    {"panelist_id", false}, {"taxable", true},      {"untaxed", true},
    {"expense", true},   {"amount", true},       {"year_to_date", true}, {"contributions_on", true},
    {"withhold", false}, {"flags", false}};
static const struct rk_writer_column of_centres[] = {{"month", false},  {"cost_centre", false},
                                                     {"taxable", true}, {"untaxed", true},
                                                     {"expense", true}, {"amount", true}};
static const struct rk_writer_column of_costs[] = {
    {"recruitment_id", false}, {"kind", false}, {"date", false}, {"hours", true}, {"amount", true}};
static const struct rk_writer_column of_payroll[] = {
    {"panelist_id", false}, {"identity_number", false},
    {"name", false},        {"account", false},
    {"month", false},       {"cost_centre", false},
    {"pay_code", false},    {"unit", false},
    {"quantity", true},     {"rate", true},
    {"amount", true}};

#define COLUMNS(columns) columns, sizeof columns / sizeof *columns
static const struct {
    const struct rk_writer_column *columns;
    size_t count;
} tables[] = {[RK_PAY_LINES] = {COLUMNS(of_lines)},
              [RK_PAY_MONTHS] = {COLUMNS(of_months)},
              [RK_PAY_CENTRES] = {COLUMNS(of_centres)},
              [RK_PAY_COSTS] = {COLUMNS(of_costs)},
              [RK_PAY_PAYROLL] = {COLUMNS(of_payroll)}};

static void write_line(struct rk_writer *writer, const struct rk_pay_view *view,
                       const struct rk_pay_line *line)
{
    const struct rk_activity *a = &view->activities->rows[line->activity];
    write_month(writer, line->month);
    write_panelist(writer, view, a->panelist);
    write_recruitment(writer, view, a);
    write_centre(writer, view, a);
    rk_write_text(writer, view->activities->stages.texts[a->stage]);
    rk_write_date(writer, a->date);
    rk_write_string(writer, rk_pay_kinds[line->kind]);
    rk_write_string(writer, line->unit);
    rk_write_fixed(writer, line->quantity);
    rk_write_fixed(writer, line->rate);
    rk_write_fixed(writer, line->amount);
    write_flag(writer, rk_pay_is_taxable(line->kind));
    write_flags(writer, line->flags);
    rk_write_end(writer);
}

static void write_of_month(struct rk_writer *writer, const struct rk_pay_view *view,
                           const struct rk_pay_month *month)
{
    write_month(writer, month->month);
    write_panelist(writer, view, month->panelist);
    rk_write_fixed(writer, month->taxable);
    rk_write_fixed(writer, month->untaxed);
    rk_write_fixed(writer, month->expense);
    rk_write_fixed(writer, month->taxable + month->untaxed + month->expense);
    rk_write_fixed(writer, month->year_to_date);
    rk_write_fixed(writer, month->contributions_on);
    write_flag(writer, month->withhold);
    write_flags(writer, month->flags);
    rk_write_end(writer);
}

static void write_sum(struct rk_writer *writer, const struct rk_pay_view *view,
                      enum rk_pay_table table, const struct rk_pay_sum *sum)
{
    const struct rk_pay_line *line = &view->result->lines[sum->line];
    const struct rk_activity *a = &view->activities->rows[line->activity];
    if (table == RK_PAY_PAYROLL) {
        struct rk_identity identity = identity_of(view, a->panelist);
        const char *code = view->codes[line->kind];
        write_panelist(writer, view, a->panelist);
        rk_write_text(writer, identity.number);
        rk_write_text(writer, identity.name);
        rk_write_text(writer, identity.account);
        write_month(writer, line->month);
        write_centre(writer, view, a);
        rk_write_string(writer, code ? code : rk_pay_kinds[line->kind]);
        rk_write_string(writer, line->unit);
        rk_write_fixed(writer, sum->quantity);
        rk_write_fixed(writer, line->rate);
    } else if (table == RK_PAY_CENTRES) {
        write_month(writer, line->month);
        write_centre(writer, view, a);
        rk_write_fixed(writer, sum->taxable);
        rk_write_fixed(writer, sum->untaxed);
        rk_write_fixed(writer, sum->expense);
    } else {
        write_recruitment(writer, view, a);
        rk_write_string(writer, "honorarium");
        rk_write_date(writer, rk_month_first(line->month + 1) - 1);
        rk_write_fixed(writer, sum->hours);
    }
    rk_write_fixed(writer, sum->taxable + sum->untaxed + sum->expense);
    rk_write_end(writer);
}

void rk_pay_write(struct rk_run *run, const struct rk_pay_view *view, enum rk_pay_table table)
{
    static const unsigned apart[] = {[RK_PAY_CENTRES] = RK_PAY_BY_CENTRE,
                                     [RK_PAY_COSTS] = RK_PAY_BY_RECRUITMENT,
                                     [RK_PAY_PAYROLL] =
                                         RK_PAY_BY_PANELIST | RK_PAY_BY_CENTRE | RK_PAY_BY_PAY};
    const struct rk_honorarium *result = view->result;
    struct rk_writer *writer = rk_run_writer(run, tables[table].columns, tables[table].count);
    if (table == RK_PAY_LINES) {
        for (size_t i = 0; i < result->line_count; i++)
            if (told(view, result->lines[i].month))
                write_line(writer, view, &result->lines[i]);
    } else if (table == RK_PAY_MONTHS) {
        for (size_t i = 0; i < result->month_count; i++)
            if (told(view, result->months[i].month))
                write_of_month(writer, view, &result->months[i]);
    } else {
        size_t count;
        struct rk_pay_sum *sums = rk_honorarium_sums(result, view->activities, apart[table],
                                                     view->centres, view->centre, &count);
        for (size_t i = 0; i < count; i++)
            if (told(view, result->lines[sums[i].line].month))
                write_sum(writer, view, table, &sums[i]);
        rk_free(sums);
    }
    rk_writer_finish(writer);
}

/* ---- slips ---- */

static size_t lines_of(const struct rk_pay_view *view, size_t from,
                       const struct rk_pay_month *month, struct rk_slip_line *lines)
{
    const struct rk_honorarium *r = view->result;
    size_t count = 0;
    for (size_t i = from; i < r->line_count; i++) {
        const struct rk_pay_line *line = &r->lines[i];
        const struct rk_activity *a = &view->activities->rows[line->activity];
        if (a->panelist != month->panelist || line->month != month->month)
            break;
        if (lines)
            lines[count] = (struct rk_slip_line){a->date,
                                                 view->activities->stages.texts[a->stage],
                                                 rk_pay_kinds[line->kind],
                                                 line->unit,
                                                 line->quantity,
                                                 line->rate,
                                                 line->amount,
                                                 line->flags & RK_PAY_HELD};
        count++;
    }
    return count;
}

static enum rk_status write_slip(struct rk_run *run, const struct rk_pay_view *view, size_t from,
                                 const struct rk_pay_month *month, const char *folder,
                                 struct rk_error *error)
{
    struct rk_text who = view->activities->panelists.texts[month->panelist];
    struct rk_identity identity = identity_of(view, month->panelist);
    enum rk_language language = RK_ENGLISH;
    struct rk_out *out;
    struct rk_buf text = {0};
    if (who.text[0] == '.' || memchr(who.text, '/', who.size))
        return rk_fail(error, RK_BAD_DATA,
                       _("--slips: the panelist_id %s cannot be the name of a file"), who.text);
    rk_buf_printf(&text, "%s/%s.html", folder, who.text);
    enum rk_status status = rk_run_file(run, &out, rk_keep(text.text), error);
    if (!status) {
        size_t count = lines_of(view, from, month, NULL);
        struct rk_slip_line *lines = rk_alloc(count + 1, sizeof *lines);
        lines_of(view, from, month, lines);
        if (run->language_asked)
            rk_language_parse(run->language_asked, &language);
        struct rk_slip slip = {language,
                               who,
                               identity.name,
                               identity.address,
                               month->month,
                               lines,
                               count,
                               month->taxable,
                               month->untaxed,
                               month->expense,
                               month->year_to_date,
                               month->withhold};
        rk_buf_clear(&text);
        rk_slip_render(&text, &slip);
        rk_out_write(out, text.text, text.size);
        rk_free(lines);
    }
    rk_buf_free(&text);
    return status;
}

enum rk_status rk_pay_slips(struct rk_run *run, const struct rk_pay_view *view, const char *folder,
                            struct rk_error *error)
{
    const struct rk_honorarium *r = view->result;
    size_t line = 0;
    for (size_t m = 0; m < r->month_count; m++) {
        const struct rk_pay_month *month = &r->months[m];
        size_t count = lines_of(view, line, month, NULL);
        if (told(view, month->month))
            RK_TRY(write_slip(run, view, line, month, folder, error));
        line += count;
    }
    return RK_OK;
}
