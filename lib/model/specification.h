/* A report specification (share/reports/NAME.json): which sections a report has, in which order,
 * and how each is shown. What may stand in it is checked here (unknown keys, types) and, for
 * measures and what they can be divided by, by rk_monthly_check. Texts are {"sv": …, "en": …}.
 *
 *   id            the report's name
 *   title         its title
 *   publisher     who publishes it (may be left out)
 *   language      "sv" or "en" where --lang does not say
 *   threshold     counts of persons under it are hidden; 1 … 1000, 5 where left out
 *   groups        the two sides whose orders are compared, each a rater group or several joined by
 *                 '|', the first of which names the side; ["user", "staff"] where left out
 *   labels        what words in the data are called: {"AMF": {"sv": …, "en": …}}
 *   sections      [{id, title, text, source [tables], measure, by, chart, table, small_cells}]
 *     chart        "none", "bars", "dots", "columns", "months"
 *     table        "open" or "folded" (under the chart)
 *     small_cells  "hide" (also where left out) or "show": only for what does not count persons
 */
#ifndef RK_SPECIFICATION_H
#define RK_SPECIFICATION_H

#include "base/hash.h"
#include "base/mem.h"
#include "base/message.h"
#include "stream/json.h"

struct rk_specification_text {
    const char *sv, *en; /* both are there, or neither */
};

enum rk_specification_chart {
    RK_SPEC_NONE,
    RK_SPEC_BARS,
    RK_SPEC_DOTS,
    RK_SPEC_COLUMNS,
    RK_SPEC_MONTHS
};

struct rk_specification_section {
    const char *id;
    struct rk_specification_text title, text;
    const char **source; /* ends with NULL */
    const char *measure;
    const char *by; /* "" where left out */
    enum rk_specification_chart chart;
    bool table_open;
    bool show_small;
};

struct rk_specification_label {
    const char *word;
    struct rk_specification_text text;
};

struct rk_specification {
    const char *id;
    struct rk_specification_text title, publisher;
    const char *language; /* "sv" or "en" */
    int64_t threshold;
    const char *groups[2];
    struct rk_specification_label *labels; /* in the file's order */
    size_t label_count, label_room;
    struct rk_specification_section *sections;
    size_t section_count;
    struct rk_arena arena;
};

/* From a document; `path` is what messages call it. The document may be freed afterwards. */
enum rk_status rk_specification_from_json(struct rk_specification *specification,
                                          const rk_json *document, const char *path,
                                          struct rk_error *error);
void rk_specification_free(struct rk_specification *specification);

#endif
