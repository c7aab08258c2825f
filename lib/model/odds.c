#include "model/odds.h"

const struct rk_writer_column rk_odds_columns[] = {
    {"recruitment_id", false}, {"panelist_id", false}, {"chance", true},
    {"exact", false},          {"before", true},       {"level", true},
    {"competing", true},       {"seats", false},       {"state", false}};

void rk_odds_write(struct rk_writer *writer, const struct rk_odds *odds,
                   const struct rk_panelists *panelists, const struct rk_recruitments *recruitments)
{
    static const char *const states[] = {"shares", "full", "has_more", "no_more", "none", "open"};
    bool all = odds->recruitment == RK_NONE;
    rk_write_text(writer,
                  all ? RK_TEXT("*") : recruitments->rows[odds->recruitment].recruitment_id);
    rk_write_text(writer, panelists->rows[odds->panelist].panelist_id);
    rk_write_fixed(writer, odds->chance);
    rk_write_text(writer, odds->exact);
    if (all)
        rk_write_int(writer, odds->before);
    else
        rk_write_missing(writer);
    if (all && odds->level) {
        rk_write_int(writer, odds->level);
        rk_write_int(writer, odds->competing);
        rk_write_text(writer, odds->seats);
    } else {
        rk_write_missing(writer);
        rk_write_missing(writer);
        rk_write_missing(writer);
    }
    rk_write_string(writer, all ? states[odds->state] : NULL);
    rk_write_end(writer);
}
