#include "tool/report_sources.h"

#include "base/sha256.h"
#include "model/contents.h"
#include "model/material.h"

/* The options that the report depends on, however they were written. */
static void tell_options(struct rk_run *run, struct rk_published *published,
                         struct rk_report *report)
{
    static const char *const kept[] = {"spec", "month",     "recruitment", "stage",
                                       "map",  "delimiter", "to"};
    struct rk_buf text = {0};
    const char *name, *value;
    for (size_t a = 0; (name = rk_run_option(run, a, &value)); a++)
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
            if (strcmp(name, kept[i]) != 0)
                continue;
            value = i ? value : rk_content_name(value);
            if (i < 6) /* the form does not change what is told */
                rk_buf_printf(&text, "%s--%s=%s", text.size ? " " : "", name, value);
            rk_published_option(published, name, value);
        }
    /* whoever chose it: the user or the specification */
    rk_published_option(published, "lang", rk_language_code(report->language));
    rk_report_source(report, rk_say(report->language, "Program", "Program"),
                     "rk-report " RK_VERSION, false);
    rk_report_source(report, rk_say(report->language, "Options", "Val"), text.size ? text.text : "",
                     true);
    rk_report_source(report, rk_say(report->language, "Threshold", "Tröskel"),
                     rk_report_text(report, "%lld", (long long)report->threshold), false);
    rk_report_source(report, rk_say(report->language, "Seed", "Frö"),
                     rk_say(report->language, "none: nothing is drawn by chance",
                            "inget: inget dras av slumpen"),
                     false);
    rk_buf_free(&text);
}

static enum rk_status tell_file(struct rk_run *run, struct rk_published *published,
                                struct rk_report *report, const char *role, const char *path,
                                struct rk_error *error)
{
    char hex[RK_SHA256_HEX];
    RK_TRY(rk_sha256_file(hex, path, error));
    rk_report_source(report, rk_content_name(path), hex, true);
    rk_published_material(run, published, role, path, hex);
    return RK_OK;
}

enum rk_status rk_report_sources(struct rk_run *run, struct rk_published *published,
                                 struct rk_report *report, const char *spec,
                                 const char *const *codebooks, struct rk_error *error)
{
    const char *name, *value;
    tell_options(run, published, report);
    RK_TRY(tell_file(run, published, report, "specification", spec, error));
    for (; codebooks && *codebooks; codebooks++) {
        RK_TRY(rk_run_shipped(run, "codebooks", *codebooks, false, &value, error));
        RK_TRY(tell_file(run, published, report, "codebook", value, error));
    }
    for (size_t a = 0; (name = rk_run_option(run, a, &value)); a++)
        if (!strcmp(name, "map-file"))
            RK_TRY(tell_file(run, published, report, name, value, error));
    for (size_t i = 0; i < run->operand_count; i++)
        RK_TRY(tell_file(run, published, report, "measures", run->operands[i], error));
    if (!run->operand_count && rk_run_path(run, "measures"))
        RK_TRY(tell_file(run, published, report, "measures", rk_run_path(run, "measures"), error));
    for (size_t t = 0; t < RK_MATERIAL_COUNT; t++) {
        const char *path = rk_run_path(run, rk_material_names[t]);
        if (path && !strcmp(path, "-"))
            return rk_fail(error, RK_BAD_USE,
                           _("--%s: a report tells the digest of each file it was made from; "
                             "standard input has none"),
                           rk_material_names[t]);
        if (path)
            RK_TRY(tell_file(run, published, report, rk_material_names[t], path, error));
    }
    return RK_OK;
}
