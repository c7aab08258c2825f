#include "model/impact.h"

#include <math.h>

const char *const rk_impact_state_words[RK_IMPACT_STATES] = {"undecided", "decided", "no_hire",
                                                             "cancelled"};

struct rk_writer *rk_impact_open(struct rk_out *out, enum rk_form form)
{
    static const struct rk_writer_column columns[] = {{"recruitment_id", false},
                                                      {"stage", false},
                                                      {"rater_group", false},
                                                      {"state", false},
                                                      {"decides", false},
                                                      {"candidates", true},
                                                      {"weight", true},
                                                      {"first", false},
                                                      {"first_without", false},
                                                      {"first_of_group", false},
                                                      {"first_changed", false},
                                                      {"top", true},
                                                      {"top_in", false},
                                                      {"top_out", false},
                                                      {"top_of_group", false},
                                                      {"tau_b", true},
                                                      {"spearman", true},
                                                      {"mean_shift", true},
                                                      {"largest_shift", true},
                                                      {"own_tau_b", true},
                                                      {"own_spearman", true},
                                                      {"own_mean_shift", true},
                                                      {"own_largest_shift", true},
                                                      {"stays_from", true},
                                                      {"stays_to", true},
                                                      {"flip_weight", true},
                                                      {"flip_weights", false},
                                                      {"shapley_shubik", true},
                                                      {"banzhaf", true},
                                                      {"banzhaf_absolute", true},
                                                      {"formal_power", true},
                                                      {"chosen", false},
                                                      {"chosen_rank", true},
                                                      {"first_chosen", false},
                                                      {"reason_codes", false},
                                                      {"statements", false},
                                                      {"flags", false}};
    return rk_writer_open(out, form, columns, sizeof columns / sizeof *columns);
}

static void write_count(struct rk_writer *w, uint32_t count)
{
    if (count)
        rk_write_int(w, count);
    else
        rk_write_missing(w);
}

static const char *match_word(enum rk_impact_match match, const char *no, const char *shared,
                              const char *yes)
{
    return match == RK_MATCH_MISSING ? NULL
           : match == RK_MATCH_NO    ? no
           : match == RK_MATCH_YES   ? yes
                                     : shared;
}

static void write_row(const struct rk_impact_row *r, const struct rk_ids *ids, struct rk_writer *w)
{
    rk_id_write(ids, RK_ID_RECRUITMENT, r->recruitment, w);
    if (r->stage == RK_NONE)
        rk_write_string(w, "*");
    else
        rk_id_write(ids, RK_ID_STAGE, r->stage, w);
    if (r->group == RK_NONE)
        rk_write_string(w, "*");
    else
        rk_id_write(ids, RK_ID_GROUP, r->group, w);
    rk_write_string(w, rk_impact_state_words[r->state]);
    rk_write_string(w, r->decides ? "true" : "false");
    rk_write_int(w, r->candidates);
    rk_write_double(w, r->weight);
    rk_write_text(w, r->first);
    rk_write_text(w, r->without);
    rk_write_text(w, r->own);
    rk_write_string(w, match_word(r->same, "yes", "partly", "no"));
    write_count(w, r->top);
    rk_write_text(w, r->in);
    rk_write_text(w, r->out);
    rk_write_text(w, r->top_own);
    const double numbers[] = {
        r->tau_b,        r->spearman,       r->mean_shift,        r->largest_shift, r->own_tau_b,
        r->own_spearman, r->own_mean_shift, r->own_largest_shift, r->from,          r->to,
        r->flip};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        rk_write_double(w, numbers[i]);
    rk_write_text(w, r->flips);
    rk_write_double(w, r->shapley);
    rk_write_double(w, r->banzhaf);
    rk_write_double(w, r->banzhaf_absolute);
    rk_write_double(w, r->formal);
    rk_write_text(w, r->chosen);
    write_count(w, r->chosen_rank);
    rk_write_string(w, match_word(r->followed, "no", "shared", "yes"));
    rk_write_text(w, r->reasons);
    rk_write_text(w, r->statements);
    rk_write_text(w, r->flags);
    rk_write_end(w);
}

void rk_impact_write(const struct rk_impact_row *rows, size_t count, const struct rk_ids *ids,
                     struct rk_writer *writer)
{
    for (size_t i = 0; i < count; i++)
        write_row(&rows[i], ids, writer);
}

/* ---- measures ---- */

static struct rk_text group_text(const struct rk_ids *ids, uint32_t group)
{
    return group == RK_IMPACT_ALL ? RK_TEXT("*")
           : group == RK_NONE     ? RK_TEXT("")
                                  : rk_id_text(ids, RK_ID_GROUP, group);
}

struct rk_writer *rk_impact_measures_open(const struct rk_impact_parts *parts, struct rk_out *out,
                                          enum rk_form form)
{
    static const char *const ours[] = {"stage", "rater_group", "other_group"};
    static const char *const more[] = {"small_n"};
    const char *names[RK_IMPACT_BY + 3];
    struct rk_writer_column columns[RK_IMPACT_BY + 3 + RK_MEASURE_COLUMNS + 1];
    size_t n = parts->by_count;
    for (size_t i = 0; i < n; i++)
        names[i] = parts->by[i];
    for (size_t i = 0; i < 3; i++)
        names[n + i] = ours[i];
    return rk_writer_open(out, form, columns, rk_measures_columns(names, n + 3, more, 1, columns));
}

void rk_impact_measures_write(const struct rk_impact_measure *measures, size_t count,
                              const struct rk_impact_parts *parts, const struct rk_ids *ids,
                              struct rk_writer *writer)
{
    struct rk_text by[RK_IMPACT_BY + 3];
    size_t n = parts->by_count;
    for (size_t k = 0; k < count; k++) {
        const struct rk_impact_measure *m = &measures[k];
        for (size_t i = 0; i < n; i++)
            by[i] = parts->texts.texts[parts->tuples.members[m->part * n + i]];
        by[n] = m->stage == RK_NONE         ? RK_TEXT("")
                : m->stage == RK_IMPACT_ALL ? RK_TEXT("*")
                                            : rk_id_text(ids, RK_ID_STAGE, m->stage);
        by[n + 1] = m->actor ? rk_text(m->actor) : group_text(ids, m->group);
        by[n + 2] = group_text(ids, m->other);
        const struct rk_measure measure = {
            m->measure, m->variant, m->estimate, m->se,
            m->low,     m->high,    m->n,        m->method ? rk_text(m->method) : RK_TEXT("")};
        rk_measures_write(by, n + 3, &measure, (double[]){m->small ? 1 : NAN}, 1, writer);
    }
    rk_writer_finish(writer);
}
