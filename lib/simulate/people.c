/* The rows that do not belong to a single recruitment: the bank, its availability, the staff. */
#include "simulate/plan.h"

#include "base/date.h"

void rk_simulate_rater_rows(const struct rk_simulate *simulate, const char *rater_id,
                            uint32_t group, const char *panelist, struct rk_simulate_rows *rows)
{
    struct rk_buf *cells = &rows->cells[RK_SIMULATE_RATERS];
    const char *group_id = simulate->options.groups[group];
    rk_simulate_string(cells, rater_id);
    rk_simulate_string(cells, group_id);
    rk_simulate_string(cells, panelist);
    struct rk_simulate_rater rater = rk_simulate_rater(simulate, rater_id, group);
    cells = &rows->cells[RK_SIMULATE_TRUE_RATERS];
    rk_simulate_string(cells, rater_id);
    rk_simulate_string(cells, group_id);
    rk_simulate_number(cells, rater.severity);
    rk_simulate_number(cells, rater.noise);
    rk_simulate_number(cells, rater.bias);
}

static void model(const struct rk_simulate *simulate, struct rk_simulate_rows *rows)
{
    const struct {
        const char *name;
        double value;
    } truths[] = {
        {"least", simulate->options.least},
        {"most", simulate->options.most},
        {"middle", simulate->middle},
        {"sd_quality", 0.15 * simulate->length},
        {"sd_facet", 0.06 * simulate->length},
        {"sd_view", 0.06 * simulate->length},
        {"sd_severity", 0.08 * simulate->length},
        {"least_noise", 0.1 * simulate->length},
        {"most_noise", 0.2 * simulate->length},
        {"mean_bias_first_group", 0},
        {"mean_bias_other_groups", 0.04 * simulate->length},
        {"sd_bias", 0.02 * simulate->length},
        {"leaving_chance_per_month_with_users", 0.015},
        {"leaving_chance_per_month_without_users", 0.03},
        {"advert_effect_attractiveness", 0.3},
        {"advert_effect_intention", 0.6},
    };
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++) {
        rk_simulate_string(&rows->cells[RK_SIMULATE_TRUE_MODEL], truths[i].name);
        rk_simulate_number(&rows->cells[RK_SIMULATE_TRUE_MODEL], truths[i].value);
    }
}

void rk_simulate_common_rows(const struct rk_simulate *simulate, struct rk_simulate_rows *rows)
{
    const struct rk_simulate_options *o = &simulate->options;
    char id[RK_ID];
    model(simulate, rows);
    for (uint32_t g = 1; g < o->group_count; g++)
        for (uint32_t d = 0; d < o->department_count; d++)
            for (uint32_t i = 0; i < simulate->pool; i++) {
                rk_simulate_pool_rater_id(simulate, g, d, i, id);
                rk_simulate_rater_rows(simulate, id, g, NULL, rows);
            }

    /* What the municipality follows beside recruitments, month by month. */
    struct rk_random random = rk_simulate_chance(simulate, "indicators");
    for (int32_t m = 0; m < o->months; m++) {
        static const char *const names[] = {"trainees", "study_visits", "spin_offs"};
        int64_t values[3];
        values[0] = 39 + (o->months > 1 ? 36 * (int64_t)m / (o->months - 1) : 0);
        values[1] = rk_simulate_between(&random, 0, 5);
        values[2] = rk_simulate_happens(&random, 0.1);
        struct rk_buf month = {0};
        rk_month_print(&month, o->first_month + m);
        for (size_t i = 0; i < 3; i++) {
            struct rk_buf *cells = &rows->cells[RK_SIMULATE_INDICATORS];
            rk_simulate_string(cells, month.text);
            rk_simulate_string(cells, names[i]);
            rk_simulate_int(cells, values[i]);
            if (i)
                rk_simulate_missing(cells, 1);
            else
                rk_simulate_int(cells, 75);
            rk_simulate_string(cells, "simulated");
        }
        rk_buf_free(&month);
    }
}

static void add_experience(struct rk_buf *cells, uint16_t experience)
{
    bool first = true;
    for (int e = 0; e < RK_EXPERIENCES; e++)
        if (experience >> e & 1) {
            if (!first)
                rk_buf_char(cells, '|');
            rk_buf_text(cells, rk_simulate_experiences[e]);
            first = false;
        }
    rk_buf_char(cells, '\0');
}

/* Times are told for the weeks in which undecided recruitments hold their sessions. */
static void availability(const struct rk_simulate *simulate, const char *id, bool minor,
                         struct rk_simulate_rows *rows)
{
    const struct rk_simulate_options *o = &simulate->options;
    uint32_t open = o->recruitments - (uint32_t)(o->open * o->recruitments + 0.5);
    if (open == o->recruitments)
        return;
    int32_t first = simulate->recruitments[open].shortlist_on, last = simulate->end_day + 50;
    for (uint32_t i = open; i < o->recruitments && i < open + 50; i++)
        if (simulate->recruitments[i].shortlist_on < first)
            first = simulate->recruitments[i].shortlist_on;
    struct rk_random random = rk_simulate_chance(simulate, "availability|%s", id);
    if (rk_simulate_happens(&random, 0.05)) /* never answered */
        return;
    double day_share = minor ? 0.25 : 0.4 + 0.5 * rk_random_unit(&random);
    double evening_share = 0.3 + 0.6 * rk_random_unit(&random);
    struct rk_buf *cells = &rows->cells[RK_SIMULATE_AVAILABILITY];
    for (int32_t day = first; day <= last; day++) {
        if (rk_date_weekday(day) > 5)
            continue;
        bool daytime = rk_simulate_happens(&random, day_share);
        bool evening = rk_simulate_happens(&random, evening_share);
        if (!daytime && !evening)
            continue;
        rk_simulate_string(cells, id);
        rk_simulate_time(cells, day, daytime ? 8 * 60 : 17 * 60);
        rk_simulate_time(cells, day, evening ? 21 * 60 : 17 * 60);
    }
}

void rk_simulate_panelist_rows(const struct rk_simulate *simulate, uint32_t panelist,
                               struct rk_simulate_rows *rows)
{
    static const char *const statuses[] = {"applied", "active", "paused", "left"};
    static const char *const genders[] = {"woman", "man", "other", "undisclosed"};
    static const char *const areas[] = {"north", "south", "east", "west", "centre"};
    static const char *const languages[] = {"ar", "so", "fa", "en", "pl", "bs"};
    const struct rk_simulate_panelist *p = &simulate->panelists[panelist];
    char id[RK_ID], rater[RK_ID];
    rk_simulate_panelist_id(simulate, panelist, id);
    struct rk_random random = rk_simulate_chance(simulate, "panelist-rest|%s", id);
    struct rk_buf *cells = &rows->cells[RK_SIMULATE_PANELISTS];
    bool minor = rk_date_from_days(simulate->first_day).year - p->birth_year <= 18;

    rk_simulate_string(cells, id);
    rk_simulate_string(cells, statuses[p->status]);
    add_experience(cells, p->experience);
    if (rk_simulate_happens(&random, 0.03) && !minor)
        rk_simulate_missing(cells, 1);
    else
        rk_simulate_int(cells, p->birth_year);
    rk_simulate_string(cells, genders[p->gender]);
    if (rk_simulate_happens(&random, 0.3)) {
        rk_buf_printf(cells, "O%02u", (unsigned)rk_simulate_between(&random, 1, 9));
        rk_buf_char(cells, '\0');
    } else
        rk_simulate_missing(cells, 1);
    rk_buf_text(cells, "sv");
    if (rk_simulate_happens(&random, 0.25)) {
        rk_buf_char(cells, '|');
        rk_buf_text(cells, languages[rk_random_below(&random, 6)]);
    }
    rk_buf_char(cells, '\0');
    double support = rk_random_unit(&random);
    rk_simulate_string(cells, support < 0.03   ? "interpreter:ar"
                              : support < 0.04 ? "sign"
                              : support < 0.08 ? "companion"
                                               : NULL);
    rk_simulate_string(cells, areas[rk_random_below(&random, 5)]);
    rk_simulate_date(cells, p->joined);
    rk_simulate_date(cells, p->left);
    rk_simulate_date(cells, p->trained_on);
    rk_simulate_date(cells, p->consent_until);
    rk_simulate_date(cells, p->withdrawn_on);
    rk_simulate_string(cells, p->consent_until == RK_SIMULATE_NEVER ? NULL : "consent");
    rk_simulate_string(cells, rk_simulate_happens(&random, 0.7) ? "true" : "false");
    rk_simulate_string(cells, !minor ? NULL : p->guardian ? "true" : "false");
    if (p->max_per_month)
        rk_simulate_int(cells, p->max_per_month);
    else
        rk_simulate_missing(cells, 1);
    if (p->max_per_year)
        rk_simulate_int(cells, p->max_per_year);
    else
        rk_simulate_missing(cells, 1);

    rk_simulate_user_rater_id(simulate, panelist, rater);
    rk_simulate_rater_rows(simulate, rater, 0, id, rows);
    if (p->status == 1 || p->status == 2)
        availability(simulate, id, minor, rows);

    /* What a coordinator must know before any recruitment: one's own case worker's unit. */
    if (p->conflict_unit != UINT32_MAX) {
        char unit[RK_ID];
        rk_simulate_unit_id(simulate, p->conflict_unit, unit);
        cells = &rows->cells[RK_SIMULATE_CONFLICTS];
        rk_simulate_string(cells, id);
        rk_simulate_missing(cells, 3);
        rk_simulate_string(cells, unit);
        rk_simulate_string(cells, "other");
        rk_simulate_date(cells, p->joined);
    }
}
