#include "model/explanation.h"

const char *rk_refusal_name(enum rk_refusal refusal)
{
    static const char *const names[RK_REFUSALS] = {
        N_("status"),       N_("consent"),  N_("guardian"),    N_("training"),
        N_("need"),         N_("conflict"), N_("declaration"), N_("declined"),
        N_("availability"), N_("overlap"),  N_("cap"),         N_("quota")};
    return names[refusal];
}

static void print(struct rk_buf *out, unsigned bits, const char *joint, bool translated)
{
    const char *before = "";
    for (unsigned i = 0; i < RK_REFUSALS; i++)
        if (bits & RK_REFUSED_BIT(i)) {
            const char *name = rk_refusal_name((enum rk_refusal)i);
            rk_buf_printf(out, "%s%s", before, translated ? _(name) : name);
            before = joint;
        }
}

void rk_refusals_print(struct rk_buf *out, unsigned bits) { print(out, bits, "|", false); }
void rk_refusals_say(struct rk_buf *out, unsigned bits) { print(out, bits, ", ", true); }

void rk_explanation_columns(struct rk_writer_column *columns)
{
    static const char *const names[RK_EXPLANATION_COLUMNS] = {"recruitment_id",
                                                              "seats",
                                                              "filled",
                                                              "room_lacks",
                                                              "reserves",
                                                              "standing_by",
                                                              "eligible",
                                                              "first_status",
                                                              "first_consent",
                                                              "first_guardian",
                                                              "first_training",
                                                              "first_need",
                                                              "first_conflict",
                                                              "first_declaration",
                                                              "first_declined",
                                                              "first_availability",
                                                              "first_overlap",
                                                              "first_cap",
                                                              "only_status",
                                                              "only_consent",
                                                              "only_guardian",
                                                              "only_training",
                                                              "only_need",
                                                              "only_conflict",
                                                              "only_declaration",
                                                              "only_declined",
                                                              "only_availability",
                                                              "only_overlap",
                                                              "only_cap",
                                                              "group",
                                                              "group_places",
                                                              "group_panelists",
                                                              "group_filled",
                                                              "group_quotas",
                                                              "rules",
                                                              "stopped",
                                                              "why"};
    for (int i = 0; i < RK_EXPLANATION_COLUMNS; i++)
        columns[i] = (struct rk_writer_column){names[i], i > 0 && i != RK_EXPLANATION_COLUMNS - 4 &&
                                                             i != RK_EXPLANATION_COLUMNS - 3 &&
                                                             i != RK_EXPLANATION_COLUMNS - 1};
}

static void write_if(struct rk_writer *writer, bool there, int64_t value)
{
    if (there)
        rk_write_int(writer, value);
    else
        rk_write_missing(writer);
}

void rk_explanation_write(struct rk_writer *writer, const struct rk_explanation *explanation,
                          const struct rk_recruitments *recruitments, struct rk_text quotas,
                          struct rk_text why)
{
    struct rk_buf rules = {0};
    bool group = explanation->group != 0;
    rk_write_text(writer, recruitments->rows[explanation->recruitment].recruitment_id);
    rk_write_int(writer, explanation->seats);
    rk_write_int(writer, explanation->filled);
    rk_write_int(writer, explanation->room_lacks);
    rk_write_int(writer, explanation->reserves);
    rk_write_int(writer, explanation->standing_by);
    rk_write_int(writer, explanation->eligible);
    for (int i = 0; i < RK_PAIR_REFUSALS; i++)
        rk_write_int(writer, explanation->first[i]);
    for (int i = 0; i < RK_PAIR_REFUSALS; i++)
        rk_write_int(writer, explanation->only[i]);
    write_if(writer, group, explanation->group);
    write_if(writer, group, explanation->group_places);
    write_if(writer, group, explanation->group_panelists);
    write_if(writer, group, explanation->group_filled);
    rk_write_text(writer, quotas);
    rk_refusals_print(&rules, explanation->rules);
    rk_write_text(writer, (struct rk_text){rules.text, rules.size});
    write_if(writer, explanation->rules != 0, explanation->stopped);
    rk_write_text(writer, why);
    rk_write_end(writer);
    rk_buf_free(&rules);
}
