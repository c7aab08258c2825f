#include "model/answer.h"

const struct rk_writer_column rk_answer_columns[] = {
    {"panelist_id", false}, {"recruitment_id", false}, {"outcome", false}, {"position", true},
    {"rules", false},       {"competing", true},       {"seats", true},    {"chance", true},
    {"why", false},         {"change", false}};

void rk_answer_write(struct rk_writer *writer, const struct rk_answer *answer,
                     const struct rk_panelists *panelists,
                     const struct rk_recruitments *recruitments, struct rk_text why,
                     struct rk_text change)
{
    static const char *const outcomes[] = {"member", "reserve", "rule", "elsewhere", "kept",
                                           "quota",  "fit",     "load", "lot",       "unproven"};
    struct rk_buf rules = {0};
    rk_write_text(writer, panelists->rows[answer->panelist].panelist_id);
    rk_write_text(writer, recruitments->rows[answer->recruitment].recruitment_id);
    rk_write_string(writer, outcomes[answer->outcome]);
    if (answer->position > 0)
        rk_write_int(writer, answer->position);
    else
        rk_write_missing(writer);
    rk_refusals_print(&rules, answer->rules);
    rk_write_text(writer, (struct rk_text){rules.text, rules.size});
    if (answer->competing) {
        rk_write_int(writer, answer->competing);
        rk_write_int(writer, answer->seats);
    } else {
        rk_write_missing(writer);
        rk_write_missing(writer);
    }
    if (answer->has_chance)
        rk_write_fixed(writer, answer->chance);
    else
        rk_write_missing(writer);
    rk_write_text(writer, why);
    rk_write_text(writer, change);
    rk_write_end(writer);
    rk_buf_free(&rules);
}
