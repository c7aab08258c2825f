#include "tool/import_files.h"

#include "base/mem.h"
#include "model/codebook.h"
#include "privacy/identity.h"

enum rk_status rk_run_import_raters(struct rk_run *run, const char *path,
                                    struct rk_import_raters *raters, struct rk_error *error)
{
    const struct rk_schema *schema;
    struct rk_table *rows;
    const struct rk_row *row;
    const char *paths[] = {path};
    const struct rk_table_options how = {.log = run->log};
    enum rk_status status = rk_run_schema(run, &schema, "raters", error);
    if (status == RK_OK)
        status = rk_table_open(&rows, schema, paths, 1, &how, error);
    if (status != RK_OK)
        return status;
    size_t id = rk_schema_field(schema, "rater_id"), group = rk_schema_field(schema, "rater_group");
    while ((status = rk_table_next(rows, &row, error)) == RK_OK && row) {
        uint32_t known = raters->ids.count;
        uint32_t n = rk_strings_add(&raters->ids, rk_value_text(&row->values[id]));
        uint32_t g = rk_strings_add(&raters->groups, rk_value_text(&row->values[group]));
        if (n < known && raters->group[n] != g)
            rk_table_reject(rows, group, _("the rater stands in two groups"));
        if (n < known)
            continue;
        RK_GROW(raters->group, n, raters->room);
        raters->group[n] = g;
    }
    rk_table_close(rows);
    return status;
}

const char *rk_import_group_of(void *context, struct rk_text rater)
{
    const struct rk_import_raters *raters = context;
    uint32_t n = rk_strings_find(&raters->ids, rater);
    return n == RK_NONE ? NULL : raters->groups.texts[raters->group[n]].text;
}

bool rk_import_is_identity(struct rk_text text)
{
    size_t start, size;
    return rk_identity_find(text, &start, &size) != RK_IDENTITY_NONE;
}

/* With --set stage=ID a sheet holds the criteria of that stage alone. */
static bool of_stage(const rk_json *rubric, const char *const *constants, const char *criterion)
{
    const char *wanted = NULL, *id = NULL;
    const rk_json *stages = NULL, *list = NULL;
    for (; constants && *constants; constants++)
        if (!strncmp(*constants, "stage=", 6))
            wanted = *constants + 6;
    if (!wanted || rk_json_array(rubric, "stages", false, &stages, "", NULL) || !stages)
        return true;
    for (size_t i = 0; i < rk_json_count(stages); i++) {
        const rk_json *stage = rk_json_item(stages, i);
        if (rk_json_string(stage, "id", false, &id, "", NULL) || !id || strcmp(id, wanted) ||
            rk_json_array(stage, "criteria", false, &list, "", NULL) || !list)
            continue;
        for (size_t c = 0; c < rk_json_count(list); c++) {
            const char *text = rk_json_text(rk_json_item(list, c));
            if (text && !strcmp(text, criterion))
                return true;
        }
        return false;
    }
    return true;
}

/* The rubric's criteria with both labels; they point into the document. */
enum rk_status rk_import_read_criteria(const char *path, const char *const *constants,
                                       rk_json **document, struct rk_import_criterion **criteria,
                                       size_t *count, struct rk_error *error)
{
    const rk_json *list;
    enum rk_status status = rk_json_read(document, path, error);
    if (status == RK_OK)
        status = rk_json_array(*document, "criteria", true, &list, "", error);
    if (status != RK_OK)
        return status;
    *criteria = rk_alloc(rk_json_count(list), sizeof **criteria);
    for (size_t i = 0; status == RK_OK && i < rk_json_count(list); i++) {
        struct rk_import_criterion *c = &(*criteria)[(*count)++];
        const rk_json *item = rk_json_item(list, i);
        status = rk_json_string(item, "id", true, &c->id, "criteria", error);
        if (status == RK_OK)
            status = rk_json_label(item, "label", "sv", &c->label_sv, "criteria", error);
        if (status == RK_OK)
            status = rk_json_label(item, "label", "en", &c->label_en, "criteria", error);
        if (status == RK_OK && !of_stage(*document, constants, c->id))
            --*count;
    }
    return status;
}

enum rk_status rk_run_import_items(struct rk_run *run, const char *name,
                                   struct rk_codebook **codebook, struct rk_import_item **items,
                                   struct rk_arena *arena, struct rk_error *error)
{
    const char *path;
    enum rk_status status = rk_run_shipped(run, "codebooks", name, true, &path, error);
    if (status == RK_OK)
        status = rk_codebook_read(codebook, path, error);
    if (status != RK_OK)
        return status;
    const struct rk_codebook *c = *codebook;
    *items = rk_arena_zeroed(arena, c->item_count, sizeof **items);
    for (size_t i = 0; i < c->item_count; i++) {
        const struct rk_codebook_item *from = &c->items[i];
        struct rk_import_item *to = &(*items)[i];
        *to = (struct rk_import_item){.id = from->id,
                                      .headings = from->headings,
                                      .scaled = from->scale != SIZE_MAX,
                                      .question = from->question,
                                      .question_headings = from->question_headings,
                                      .choices = from->choices};
        if (!to->scaled)
            continue;
        const struct rk_codebook_scale *scale = &c->scales[from->scale];
        to->minimum = scale->minimum;
        to->maximum = scale->maximum;
        to->answer_count = scale->word_count;
        struct rk_import_answer *answers =
            rk_arena_zeroed(arena, scale->word_count + 1, sizeof *answers);
        for (size_t w = 0; w < scale->word_count; w++) {
            struct rk_buf number = {0};
            rk_fixed_print(&number, scale->words[w].value);
            answers[w] = (struct rk_import_answer){
                scale->words[w].text, scale->words[w].answer
                                          ? rk_arena_text(arena, number.text, number.size)
                                          : scale->words[w].text};
            rk_buf_free(&number);
        }
        to->answers = answers;
    }
    return RK_OK;
}
