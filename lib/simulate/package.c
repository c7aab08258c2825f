#include "simulate/simulate.h"

#include "stream/write.h"

static bool is(const char *name, const char *before, size_t size, const char *after)
{
    return !strncmp(name, before, size) && !strcmp(name + size, after);
}

bool rk_simulate_made(const char *name)
{
    size_t size = strlen(name);
    if (!strcmp(name, "datapackage.json"))
        return true;
    if (!strncmp(name, "rubrics/", 8) && size > 13 && !strcmp(name + size - 5, ".json"))
        return true;
    for (size_t t = 0; t < RK_SIMULATE_TABLES; t++)
        if (is(name, rk_simulate_sheets[t].name, strlen(rk_simulate_sheets[t].name), ".csv"))
            return true;
    return false;
}

void rk_simulate_describe(const struct rk_simulate_options *options, const struct rk_text *schemas,
                          struct rk_buf *out)
{
    rk_buf_text(out, "{\n\"profile\": \"tabular-data-package\",\n"
                     "\"name\": \"simulated-municipality\",\n"
                     "\"title\": \"A simulated municipality: no person in it is real\",\n"
                     "\"rk:seed\": ");
    rk_json_quote(out, options->seed);
    rk_buf_text(out, ",\n\"resources\": [");
    for (size_t t = 0; t < RK_SIMULATE_TRUTH; t++) {
        const char *name = rk_simulate_sheets[t].name;
        rk_buf_printf(out,
                      "%s\n{\"name\": \"%s\", \"path\": \"%s.csv\", "
                      "\"profile\": \"tabular-data-resource\", \"encoding\": \"utf-8\",\n"
                      "\"schema\": ",
                      t ? "," : "", name, name);
        struct rk_text schema = schemas[t];
        while (schema.size && schema.text[schema.size - 1] == '\n')
            schema.size--;
        rk_buf_add(out, schema.text, schema.size);
        rk_buf_char(out, '}');
    }
    rk_buf_text(out, "\n]\n}\n");
}
