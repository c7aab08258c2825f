#include "simulate/plan.h"

#include "stream/write.h"

static void quote(struct rk_buf *out, const char *text) { rk_json_quote(out, rk_text(text)); }

static void member(struct rk_buf *out, const char *key, const char *text)
{
    rk_buf_printf(out, "\"%s\": ", key);
    quote(out, text);
}

void rk_simulate_rubric(const struct rk_simulate *simulate, uint32_t department,
                        struct rk_buf *out)
{
    static const struct {
        const char *id, *letter, *sv, *en;
    } stages[] = {{"application", "A", "Ansökan", "Application"},
                  {"interview", "I", "Intervju", "Interview"}};
    const struct rk_simulate_options *o = &simulate->options;
    struct rk_buf groups = {0};
    for (uint32_t g = 0; g < o->group_count; g++) {
        rk_buf_text(&groups, g ? ", " : "");
        quote(&groups, o->groups[g]);
    }
    rk_buf_text(out, "{\n  ");
    member(out, "id", o->departments[department]);
    rk_buf_text(out, ",\n  ");
    member(out, "department", o->departments[department]);
    rk_buf_text(out, ",\n  \"label\": {\"sv\": \"Simulerad mall\", \"en\": \"Simulated rubric\"},\n"
                     "  \"groups\": [");
    for (uint32_t g = 0; g < o->group_count; g++) {
        rk_buf_text(out, g ? ",\n    {" : "\n    {");
        member(out, "id", o->groups[g]);
        rk_buf_text(out, ", ");
        member(out, "label", o->groups[g]);
        rk_buf_text(out, ", \"weight\": 1}");
    }
    rk_buf_text(out, "\n  ],\n  \"stages\": [");
    for (size_t s = 0; s < 2; s++) {
        rk_buf_printf(out,
                      "%s\n    {\"id\": \"%s\", \"label\": {\"sv\": \"%s\", \"en\": \"%s\"}, "
                      "\"weight\": 1,\n     \"criteria\": [",
                      s ? "," : "", stages[s].id, stages[s].sv, stages[s].en);
        for (uint32_t k = 0; k < o->criteria; k++)
            rk_buf_printf(out, "%s\"%s%u\"", k ? ", " : "", stages[s].letter, k + 1);
        rk_buf_printf(out, "],\n     \"groups\": [%s]}", groups.text);
    }
    rk_buf_text(out, "\n  ],\n  \"criteria\": [");
    for (size_t s = 0; s < 2; s++)
        for (uint32_t k = 0; k < o->criteria; k++)
            rk_buf_printf(out,
                          "%s\n    {\"id\": \"%s%u\", \"label\": {\"sv\": \"%s, kriterium %u\", "
                          "\"en\": \"%s, criterion %u\"}, \"weight\": 1, \"min\": %d, \"max\": %d, "
                          "\"step\": 1}",
                          s + k ? "," : "", stages[s].letter, k + 1, stages[s].sv, k + 1,
                          stages[s].en, k + 1, (int)o->least, (int)o->most);
    rk_buf_text(out, "\n  ]\n}\n");
    rk_buf_free(&groups);
}
