#include "model/severities.h"

static const struct {
    const char *name, *text;
} flags[RK_RATER_FLAGS] = {
    {"severe", N_("stricter than the others by more than chance explains")},
    {"lenient", N_("more lenient than the others by more than chance explains")},
    {"flat", N_("gave every candidate the same")},
    {"narrow",
     N_("uses at most half of the range, and spreads candidates less than the others do")},
    {"central", N_("keeps to the middle of the scale")},
    {"halo", N_("rates the criteria of a candidate almost alike: one impression may colour all")},
    {"odd", N_("puts the candidates in another order than the rest of the group: talk it through")},
    {"erratic", N_("ratings that do not follow from candidate, criterion and severity")},
    {"muted", N_("ratings that follow the others too closely to say much of their own")},
    {"few", N_("met fewer than three candidates: too little to judge by")},
    {"one_rater", N_("nobody to compare with")},
    {"severity_unlinked",
     N_("shares no candidate with the raters of other parts: not comparable with them")},
    {"not_estimable", N_("severity could not be estimated")},
    {"no_error", N_("as many unknowns as ratings: nothing tells how sure the severity is")},
};

void rk_severities_columns(struct rk_writer_column columns[RK_SEVERITIES_COLUMNS])
{
    static const struct rk_writer_column all[RK_SEVERITIES_COLUMNS] = {
        {"recruitment_id", false}, {"stage", false}, {"rater_group", false}, {"basis", false},
        {"part", true}, {"rater_id", false}, {"n_ratings", true}, {"n_candidates", true},
        {"mean", true}, {"severity", true}, {"se", true}, {"low", true}, {"high", true},
        {"spread", true}, {"spread_others", true}, {"range_used", true}, {"agree_own", true},
        {"agree_rest", true}, {"halo", true}, {"central", true}, {"infit", true},
        {"outfit", true}, {"flags", false}, {"note", false},
    };
    memcpy(columns, all, sizeof all);
}

void rk_severities_write(const struct rk_ids *ids, const struct rk_rater_row *row,
                         struct rk_writer *writer)
{
    struct rk_buf names = {0}, texts = {0};
    for (int f = 0; f < RK_RATER_FLAGS; f++)
        if (row->flags >> f & 1) {
            rk_buf_printf(&names, names.size ? "|%s" : "%s", flags[f].name);
            rk_buf_printf(&texts, texts.size ? "; %s" : "%s", _(flags[f].text));
        }
    rk_id_write(ids, RK_ID_RECRUITMENT, row->recruitment, writer);
    rk_id_write(ids, RK_ID_STAGE, row->stage, writer);
    rk_id_write(ids, RK_ID_GROUP, row->group, writer);
    rk_write_string(writer, rk_basis_name(row->basis));
    if (row->part)
        rk_write_int(writer, row->part);
    else
        rk_write_missing(writer);
    rk_id_write(ids, RK_ID_RATER, row->rater, writer);
    rk_write_int(writer, (int64_t)row->n_ratings);
    rk_write_int(writer, (int64_t)row->n_candidates);
    const double numbers[] = {
        row->mean,   row->severity,      row->se,         row->low,       row->high,
        row->spread, row->spread_others, row->range_used, row->agree_own, row->agree_rest,
        row->halo,   row->central,       row->infit,      row->outfit};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        rk_write_double(writer, numbers[i]);
    rk_write_text(writer, (struct rk_text){names.text, names.size});
    rk_write_text(writer, (struct rk_text){texts.text, texts.size});
    rk_write_end(writer);
    rk_buf_free(&names);
    rk_buf_free(&texts);
}
