#include "simulate/rows.h"

#include "base/date.h"
#include "base/fixed.h"

#define WORD(name) {name, false}
#define NUMBER(name) {name, true}

static const struct rk_writer_column panelists[] = {
    WORD("panelist_id"), WORD("status"), WORD("experience"), NUMBER("birth_year"), WORD("gender"),
    WORD("organisation"), WORD("language"), WORD("support"), WORD("area"), WORD("joined"),
    WORD("left"), WORD("trained_on"), WORD("consent_until"), WORD("consent_withdrawn_on"),
    WORD("legal_basis"), WORD("research_consent"), WORD("guardian_consent"),
    NUMBER("max_per_month"), NUMBER("max_per_year"),
};
static const struct rk_writer_column recruitments[] = {
    WORD("recruitment_id"), WORD("department"), WORD("unit"), WORD("role"), WORD("rubric"),
    WORD("status"), NUMBER("seats"), NUMBER("reserves"), WORD("need"), WORD("want"),
    WORD("training_required"), NUMBER("room_max"), WORD("opened"), WORD("closes"),
    WORD("decided_on"), WORD("cancelled_on"), WORD("reason_code"),
};
static const struct rk_writer_column sessions[] = {
    WORD("recruitment_id"), WORD("stage"), WORD("start"), WORD("end"), WORD("place"),
};
static const struct rk_writer_column availability[] = {
    WORD("panelist_id"), WORD("start"), WORD("end"),
};
static const struct rk_writer_column conflicts[] = {
    WORD("panelist_id"), WORD("rater_id"), WORD("recruitment_id"), WORD("candidate_id"),
    WORD("unit"), WORD("ground"), WORD("declared_on"),
};
static const struct rk_writer_column assignments[] = {
    WORD("recruitment_id"), WORD("panelist_id"), WORD("seat"), NUMBER("position"), WORD("stages"),
    WORD("rater_id"), WORD("status"), WORD("declared_on"), WORD("confidentiality_on"),
};
static const struct rk_writer_column candidates[] = {
    WORD("candidate_id"), WORD("recruitment_id"), WORD("status"), WORD("status_on"),
    WORD("stage_reached"), WORD("source"), WORD("gender"), NUMBER("birth_year"),
    WORD("applied_on"),
};
static const struct rk_writer_column raters[] = {
    WORD("rater_id"), WORD("rater_group"), WORD("panelist_id"),
};
static const struct rk_writer_column ratings[] = {
    WORD("recruitment_id"), WORD("candidate_id"), WORD("rater_id"), WORD("rater_group"),
    WORD("stage"), WORD("criterion"), NUMBER("score"), WORD("missing"), WORD("basis"),
    NUMBER("n_persons"), WORD("rated_at"),
};
static const struct rk_writer_column decisions[] = {
    WORD("recruitment_id"), WORD("candidate_id"), WORD("outcome"), WORD("decided_on"),
    WORD("decided_by_role"), WORD("legal_force_on"), WORD("reason_code"), WORD("diary_no"),
    WORD("users_told_on"), WORD("candidates_told_on"),
};
static const struct rk_writer_column hires[] = {
    WORD("candidate_id"), WORD("recruitment_id"), WORD("department"), WORD("started"),
    WORD("ended"), WORD("end_reason"), WORD("user_involved"),
};
static const struct rk_writer_column activities[] = {
    WORD("panelist_id"), WORD("recruitment_id"), WORD("stage"), WORD("date"), NUMBER("hours"),
    NUMBER("travel_hours"), NUMBER("travel_km"), NUMBER("expense"),
};
static const struct rk_writer_column events[] = {
    WORD("recruitment_id"), WORD("stage"), WORD("date"), WORD("rater_group"), NUMBER("n"),
};
static const struct rk_writer_column respondents[] = {
    WORD("survey"), WORD("respondent_id"), WORD("actor"), WORD("department"), WORD("gender"),
    WORD("age_band"), WORD("arm"),
};
static const struct rk_writer_column responses[] = {
    WORD("survey"), WORD("wave"), WORD("respondent_id"), WORD("item"), NUMBER("value"),
};
static const struct rk_writer_column contributions[] = {
    WORD("recruitment_id"), WORD("stage"), WORD("rater_group"), WORD("kind"), WORD("adopted"),
    WORD("date"),
};
static const struct rk_writer_column statements[] = {
    WORD("recruitment_id"), WORD("stage"), WORD("group"), WORD("position"), WORD("date"),
    WORD("diary_no"),
};
static const struct rk_writer_column costs[] = {
    WORD("recruitment_id"), WORD("kind"), WORD("date"), NUMBER("hours"), NUMBER("amount"),
};
static const struct rk_writer_column indicators[] = {
    WORD("period"), WORD("name"), NUMBER("value"), NUMBER("target"), WORD("source"),
};
static const struct rk_writer_column true_model[] = {WORD("name"), NUMBER("value")};
static const struct rk_writer_column true_raters[] = {
    WORD("rater_id"), WORD("rater_group"), NUMBER("severity"), NUMBER("noise"), NUMBER("bias"),
};
static const struct rk_writer_column true_candidates[] = {
    WORD("candidate_id"), WORD("recruitment_id"), NUMBER("quality"), NUMBER("favoured"),
};
static const struct rk_writer_column true_criteria[] = {
    WORD("candidate_id"), WORD("criterion"), NUMBER("quality"),
};
static const struct rk_writer_column true_views[] = {
    WORD("candidate_id"), WORD("rater_group"), NUMBER("view"),
};

#define SHEET(name, columns) {name, columns, sizeof(columns) / sizeof *(columns)}
const struct rk_simulate_sheet rk_simulate_sheets[RK_SIMULATE_TABLES] = {
    [RK_SIMULATE_PANELISTS] = SHEET("panelists", panelists),
    [RK_SIMULATE_RECRUITMENTS] = SHEET("recruitments", recruitments),
    [RK_SIMULATE_SESSIONS] = SHEET("sessions", sessions),
    [RK_SIMULATE_AVAILABILITY] = SHEET("availability", availability),
    [RK_SIMULATE_CONFLICTS] = SHEET("conflicts", conflicts),
    [RK_SIMULATE_ASSIGNMENTS] = SHEET("assignments", assignments),
    [RK_SIMULATE_CANDIDATES] = SHEET("candidates", candidates),
    [RK_SIMULATE_RATERS] = SHEET("raters", raters),
    [RK_SIMULATE_RATINGS] = SHEET("ratings", ratings),
    [RK_SIMULATE_DECISIONS] = SHEET("decisions", decisions),
    [RK_SIMULATE_HIRES] = SHEET("hires", hires),
    [RK_SIMULATE_ACTIVITIES] = SHEET("activities", activities),
    [RK_SIMULATE_EVENTS] = SHEET("events", events),
    [RK_SIMULATE_RESPONDENTS] = SHEET("respondents", respondents),
    [RK_SIMULATE_RESPONSES] = SHEET("responses", responses),
    [RK_SIMULATE_CONTRIBUTIONS] = SHEET("contributions", contributions),
    [RK_SIMULATE_STATEMENTS] = SHEET("statements", statements),
    [RK_SIMULATE_COSTS] = SHEET("costs", costs),
    [RK_SIMULATE_INDICATORS] = SHEET("indicators", indicators),
    [RK_SIMULATE_TRUE_MODEL] = SHEET("truth/model", true_model),
    [RK_SIMULATE_TRUE_RATERS] = SHEET("truth/raters", true_raters),
    [RK_SIMULATE_TRUE_CANDIDATES] = SHEET("truth/candidates", true_candidates),
    [RK_SIMULATE_TRUE_CRITERIA] = SHEET("truth/criteria", true_criteria),
    [RK_SIMULATE_TRUE_VIEWS] = SHEET("truth/views", true_views),
};

void rk_simulate_rows_clear(struct rk_simulate_rows *rows)
{
    for (size_t i = 0; i < RK_SIMULATE_TABLES; i++)
        rk_buf_clear(&rows->cells[i]);
}

void rk_simulate_rows_free(struct rk_simulate_rows *rows)
{
    for (size_t i = 0; i < RK_SIMULATE_TABLES; i++)
        rk_buf_free(&rows->cells[i]);
}

uint64_t rk_simulate_rows_write(const struct rk_simulate_rows *rows, enum rk_simulate_table table,
                                struct rk_writer *writer)
{
    const struct rk_buf *cells = &rows->cells[table];
    const char *at = cells->text, *end = cells->size ? at + cells->size : at;
    size_t columns = rk_simulate_sheets[table].count;
    uint64_t count = 0;
    for (; at < end; count++) {
        for (size_t c = 0; c < columns; c++) {
            size_t size = strlen(at);
            rk_write_text(writer, (struct rk_text){at, size});
            at += size + 1;
        }
        rk_write_end(writer);
    }
    return count;
}

void rk_simulate_string(struct rk_buf *cells, const char *text)
{
    rk_buf_add(cells, text ? text : "", text ? strlen(text) + 1 : 1);
}

void rk_simulate_int(struct rk_buf *cells, int64_t value)
{
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    *--at = '\0';
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--at = '-';
    rk_buf_add(cells, at, (size_t)(digits + sizeof digits - at));
}

void rk_simulate_date(struct rk_buf *cells, int32_t days)
{
    if (days != RK_SIMULATE_NEVER)
        rk_date_print(cells, days);
    rk_buf_char(cells, '\0');
}

void rk_simulate_time(struct rk_buf *cells, int32_t days, int minute_of_day)
{
    rk_time_print(cells, (int64_t)days * 1440 + minute_of_day);
    rk_buf_char(cells, '\0');
}

void rk_simulate_number(struct rk_buf *cells, double value)
{
    rk_fixed_print(cells, rk_fixed_from_double(value));
    rk_buf_char(cells, '\0');
}

void rk_simulate_missing(struct rk_buf *cells, unsigned count)
{
    while (count--)
        rk_buf_char(cells, '\0');
}
