#include "model/rubric.h"

#include "stream/write.h"

#include <dirent.h>
#include <errno.h>

size_t rk_rubric_criterion(const struct rk_rubric *rubric, const char *id)
{
    for (size_t i = 0; i < rubric->criterion_count; i++)
        if (!strcmp(rubric->criteria[i].id, id))
            return i;
    return SIZE_MAX;
}

size_t rk_rubric_stage(const struct rk_rubric *rubric, const char *id)
{
    for (size_t i = 0; i < rubric->stage_count; i++)
        if (!strcmp(rubric->stages[i].id, id))
            return i;
    return SIZE_MAX;
}

size_t rk_rubric_group(const struct rk_rubric *rubric, const char *id)
{
    for (size_t i = 0; i < rubric->group_count; i++)
        if (!strcmp(rubric->groups[i].id, id))
            return i;
    return SIZE_MAX;
}

static enum rk_status wrong(const struct rk_rubric *rubric, struct rk_error *error,
                            const char *what, const char *why)
{
    struct rk_pos pos = {.file = rubric->file};
    return rk_fail_at(error, RK_BAD_DATA, &pos, "%s: %s", what, why);
}

/* An id can stand in a list ('|') and in a column name, and '*' means "all stages" in a ranking. */
static enum rk_status check_id(const struct rk_rubric *rubric, const char *id, const char *what,
                               struct rk_error *error)
{
    if (!*id || strchr(id, '|') || !strcmp(id, "*"))
        return wrong(rubric, error, what, _("an id is some text without '|', and not '*'"));
    return RK_OK;
}

static enum rk_status read_groups(struct rk_rubric *rubric, const rk_json *list,
                                  struct rk_error *error)
{
    static const char *const known[] = {"id", "label", "weight", "why", NULL};
    size_t count = rk_json_count(list);
    rk_fixed sum = 0;
    rubric->groups = rk_arena_zeroed(&rubric->arena, count, sizeof *rubric->groups);
    for (size_t i = 0; i < count; i++) {
        const rk_json *item = rk_json_item(list, i);
        char what[40];
        snprintf(what, sizeof what, "groups[%zu]", i);
        const char *id = NULL;
        rk_fixed weight = RK_FIXED_ONE;
        RK_TRY(rk_json_only(item, known, what, error));
        RK_TRY(rk_json_string(item, "id", true, &id, what, error));
        RK_TRY(rk_json_fixed(item, "weight", false, &weight, what, error));
        RK_TRY(check_id(rubric, id, what, error));
        if (rk_rubric_group(rubric, id) != SIZE_MAX)
            return wrong(rubric, error, what, _("this id is there already"));
        if (weight < 0)
            return wrong(rubric, error, what, _("a weight is 0 or more"));
        sum += weight;
        rubric->groups[rubric->group_count++] =
            (struct rk_rubric_group){rk_arena_keep(&rubric->arena, id), weight};
    }
    if (count && !sum)
        return wrong(rubric, error, "groups", _("at least one weight must be more than 0"));
    return RK_OK;
}

static enum rk_status read_criteria(struct rk_rubric *rubric, const rk_json *list,
                                    struct rk_error *error)
{
    static const char *const known[] = {"id",   "label",   "weight", "min",     "max",
                                        "step", "reverse", "gate",   "anchors", NULL};
    size_t count = rk_json_count(list);
    if (!count)
        return wrong(rubric, error, "criteria", _("there must be at least one"));
    rubric->criteria = rk_arena_zeroed(&rubric->arena, count, sizeof *rubric->criteria);
    for (size_t i = 0; i < count; i++) {
        const rk_json *item = rk_json_item(list, i);
        char what[40];
        snprintf(what, sizeof what, "criteria[%zu]", i);
        struct rk_criterion c = {.weight = RK_FIXED_ONE};
        const rk_fixed unset = -((rk_fixed)1 << 126);
        c.gate = unset;
        RK_TRY(rk_json_only(item, known, what, error));
        RK_TRY(rk_json_string(item, "id", true, &c.id, what, error));
        RK_TRY(rk_json_fixed(item, "weight", false, &c.weight, what, error));
        RK_TRY(rk_json_fixed(item, "min", true, &c.minimum, what, error));
        RK_TRY(rk_json_fixed(item, "max", true, &c.maximum, what, error));
        RK_TRY(rk_json_fixed(item, "step", false, &c.step, what, error));
        RK_TRY(rk_json_flag(item, "reverse", false, &c.reverse, what, error));
        RK_TRY(rk_json_fixed(item, "gate", false, &c.gate, what, error));
        RK_TRY(check_id(rubric, c.id, what, error));
        c.has_gate = c.gate != unset;
        if (rk_rubric_criterion(rubric, c.id) != SIZE_MAX)
            return wrong(rubric, error, what, _("this id is there already"));
        if (c.weight < 0)
            return wrong(rubric, error, what, _("a weight is 0 or more"));
        if (c.minimum >= c.maximum)
            return wrong(rubric, error, what, _("min must be less than max"));
        if (c.step < 0 || c.step > c.maximum - c.minimum)
            return wrong(rubric, error, what, _("step must fit between min and max"));
        if (c.has_gate && (c.gate < c.minimum || c.gate > c.maximum))
            return wrong(rubric, error, what, _("gate must lie between min and max"));
        c.id = rk_arena_keep(&rubric->arena, c.id);
        rubric->criteria[rubric->criterion_count++] = c;
    }
    return RK_OK;
}

/* A stage's list of ids as places; an unknown id names the nearest. */
static enum rk_status read_places(struct rk_rubric *rubric, const rk_json *list, bool criteria,
                                  size_t **places, size_t *count, const char *what,
                                  struct rk_error *error)
{
    *count = rk_json_count(list);
    if (!*count) /* none at all would silence everybody */
        return wrong(rubric, error, what,
                     _("an empty list of ids; leave it out to mean all of them"));
    *places = rk_arena_zeroed(&rubric->arena, *count, sizeof **places);
    for (size_t i = 0; i < *count; i++) {
        const char *id = rk_json_text(rk_json_item(list, i));
        if (!id)
            return wrong(rubric, error, what, _("a list of ids was expected"));
        size_t place = criteria ? rk_rubric_criterion(rubric, id) : rk_rubric_group(rubric, id);
        if (place == SIZE_MAX) {
            struct rk_pos pos = {.file = rubric->file};
            return rk_fail_at(error, RK_BAD_DATA, &pos,
                              criteria ? _("%s: there is no criterion '%s'")
                                       : _("%s: there is no group '%s'"),
                              what, id);
        }
        for (size_t j = 0; j < i; j++)
            if ((*places)[j] == place)
                return wrong(rubric, error, what, _("an id is listed twice"));
        (*places)[i] = place;
    }
    return RK_OK;
}

static enum rk_status read_stages(struct rk_rubric *rubric, const rk_json *list,
                                  struct rk_error *error)
{
    static const char *const known[] = {"id", "label", "weight", "criteria", "groups", NULL};
    size_t count = rk_json_count(list), weighed = 0;
    rubric->stages = rk_arena_zeroed(&rubric->arena, count, sizeof *rubric->stages);
    for (size_t i = 0; i < count; i++) {
        const rk_json *item = rk_json_item(list, i), *ids = NULL;
        char what[40];
        snprintf(what, sizeof what, "stages[%zu]", i);
        struct rk_rubric_stage s = {.weight = -1};
        RK_TRY(rk_json_only(item, known, what, error));
        RK_TRY(rk_json_string(item, "id", true, &s.id, what, error));
        RK_TRY(rk_json_fixed(item, "weight", false, &s.weight, what, error));
        RK_TRY(check_id(rubric, s.id, what, error));
        if (rk_rubric_stage(rubric, s.id) != SIZE_MAX)
            return wrong(rubric, error, what, _("this id is there already"));
        weighed += s.weight != -1;
        if (s.weight != -1 && s.weight <= 0)
            return wrong(rubric, error, what, _("a stage's weight is more than 0"));
        if (s.weight == -1)
            s.weight = 0;
        RK_TRY(rk_json_array(item, "criteria", false, &ids, what, error));
        if (ids)
            RK_TRY(read_places(rubric, ids, true, &s.criteria, &s.criterion_count, what, error));
        else {
            s.criterion_count = rubric->criterion_count;
            s.criteria = rk_arena_zeroed(&rubric->arena, s.criterion_count, sizeof *s.criteria);
            for (size_t c = 0; c < s.criterion_count; c++)
                s.criteria[c] = c;
        }
        rk_fixed sum = 0;
        for (size_t c = 0; c < s.criterion_count; c++)
            sum += rubric->criteria[s.criteria[c]].weight;
        if (!sum)
            return wrong(rubric, error, what, _("no criterion has a weight"));
        ids = NULL;
        RK_TRY(rk_json_array(item, "groups", false, &ids, what, error));
        if (ids)
            RK_TRY(read_places(rubric, ids, false, &s.groups, &s.group_count, what, error));
        else {
            s.group_count = rubric->group_count;
            s.groups = rk_arena_zeroed(&rubric->arena, s.group_count, sizeof *s.groups);
            for (size_t g = 0; g < s.group_count; g++)
                s.groups[g] = g;
        }
        s.id = rk_arena_keep(&rubric->arena, s.id);
        rubric->stages[rubric->stage_count++] = s;
    }
    if (weighed && weighed != count)
        return wrong(rubric, error, "stages", _("either every stage has a weight or none has"));
    rubric->stages_weigh = weighed && count > 1;
    return RK_OK;
}

static enum rk_status fill(struct rk_rubric *rubric, const rk_json *document, const char *file,
                           struct rk_error *error)
{
    static const char *const known[] = {"id",     "department", "label", "description", "groups",
                                        "stages", "criteria",   "why",   "$schema",     NULL};
    const rk_json *groups = NULL, *stages = NULL, *criteria = NULL;
    rubric->file = rk_arena_keep(&rubric->arena, file);
    RK_TRY(rk_json_only(document, known, "rubric", error));
    RK_TRY(rk_json_string(document, "id", true, &rubric->id, "rubric", error));
    RK_TRY(rk_json_string(document, "department", false, &rubric->department, "rubric", error));
    RK_TRY(rk_json_array(document, "groups", false, &groups, "rubric", error));
    RK_TRY(rk_json_array(document, "criteria", true, &criteria, "rubric", error));
    RK_TRY(rk_json_array(document, "stages", false, &stages, "rubric", error));
    RK_TRY(check_id(rubric, rubric->id, "rubric", error));
    rubric->id = rk_arena_keep(&rubric->arena, rubric->id);
    rubric->department = rk_arena_keep(&rubric->arena, rubric->department);
    if (groups)
        RK_TRY(read_groups(rubric, groups, error));
    RK_TRY(read_criteria(rubric, criteria, error));
    if (stages)
        RK_TRY(read_stages(rubric, stages, error));
    rk_fixed sum = 0;
    for (size_t c = 0; c < rubric->criterion_count; c++)
        sum += rubric->criteria[c].weight;
    return sum ? RK_OK : wrong(rubric, error, "criteria", _("no criterion has a weight"));
}

enum rk_status rk_rubric_from_json(struct rk_rubric **rubric, const rk_json *document,
                                   const char *file, struct rk_error *error)
{
    *rubric = rk_alloc(1, sizeof **rubric);
    enum rk_status status = fill(*rubric, document, file, error);
    if (status != RK_OK) {
        rk_rubric_free(*rubric);
        *rubric = NULL;
        if (error)
            error->pos.file = file; /* the caller's, not what was just freed */
    }
    return status;
}

enum rk_status rk_rubric_read(struct rk_rubric **rubric, const char *path, struct rk_error *error)
{
    rk_json *document = NULL;
    *rubric = NULL;
    RK_TRY(rk_json_read(&document, path, error));
    enum rk_status status = rk_rubric_from_json(rubric, document, path, error);
    rk_json_free(document);
    return status;
}

void rk_rubric_free(struct rk_rubric *rubric)
{
    if (!rubric)
        return;
    struct rk_arena arena = rubric->arena;
    rk_arena_free(&arena);
    rk_free(rubric);
}

static void print_number(struct rk_buf *out, const char *key, rk_fixed value)
{
    rk_buf_printf(out, ",\"%s\":", key);
    rk_fixed_print_exact(out, value);
}

static void print_start(struct rk_buf *out, size_t place, const char *id)
{
    rk_buf_text(out, place ? ",{\"id\":" : "{\"id\":");
    rk_json_quote(out, rk_text(id));
}

void rk_rubric_print(struct rk_buf *out, const struct rk_rubric *rubric)
{
    print_start(out, 0, rubric->id);
    for (size_t g = 0; g < rubric->group_count; g++) {
        rk_buf_text(out, g ? "" : ",\"groups\":[");
        print_start(out, g, rubric->groups[g].id);
        print_number(out, "weight", rubric->groups[g].weight);
        rk_buf_text(out, g + 1 < rubric->group_count ? "}" : "}]");
    }
    for (size_t s = 0; s < rubric->stage_count; s++) {
        const struct rk_rubric_stage *stage = &rubric->stages[s];
        rk_buf_text(out, s ? "" : ",\"stages\":[");
        print_start(out, s, stage->id);
        if (rubric->stages_weigh)
            print_number(out, "weight", stage->weight);
        for (size_t i = 0; i < stage->criterion_count; i++) {
            rk_buf_text(out, i ? "," : ",\"criteria\":[");
            rk_json_quote(out, rk_text(rubric->criteria[stage->criteria[i]].id));
        }
        rk_buf_text(out, "]");
        for (size_t i = 0; i < stage->group_count; i++) {
            rk_buf_text(out, i ? "," : ",\"groups\":[");
            rk_json_quote(out, rk_text(rubric->groups[stage->groups[i]].id));
        }
        rk_buf_text(out, stage->group_count ? "]}" : "}");
        rk_buf_text(out, s + 1 < rubric->stage_count ? "" : "]");
    }
    for (size_t c = 0; c < rubric->criterion_count; c++) {
        const struct rk_criterion *criterion = &rubric->criteria[c];
        rk_buf_text(out, c ? "" : ",\"criteria\":[");
        print_start(out, c, criterion->id);
        print_number(out, "weight", criterion->weight);
        print_number(out, "min", criterion->minimum);
        print_number(out, "max", criterion->maximum);
        if (criterion->step)
            print_number(out, "step", criterion->step);
        if (criterion->reverse)
            rk_buf_text(out, ",\"reverse\":true");
        if (criterion->has_gate)
            print_number(out, "gate", criterion->gate);
        rk_buf_text(out, "}");
    }
    rk_buf_text(out, "]}");
}

enum rk_status rk_rubrics_add(struct rk_rubrics *rubrics, const char *path, struct rk_error *error)
{
    struct rk_rubric *rubric;
    RK_TRY(rk_rubric_read(&rubric, path, error));
    for (size_t i = 0; i < rubrics->count; i++)
        if (!strcmp(rubrics->all[i]->id, rubric->id)) {
            struct rk_pos pos = {.file = path};
            rk_fail_at(error, RK_BAD_DATA, &pos, _("the rubric '%s' was already read from %s"),
                       rubric->id, rubrics->all[i]->file);
            rk_rubric_free(rubric);
            return RK_BAD_DATA;
        }
    RK_GROW(rubrics->all, rubrics->count, rubrics->room);
    rubrics->all[rubrics->count++] = rubric;
    return RK_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum rk_status rk_rubrics_add_directory(struct rk_rubrics *rubrics, const char *directory,
                                        struct rk_error *error)
{
    struct rk_pos pos = {.file = directory};
    DIR *dir = opendir(directory);
    if (!dir)
        return rk_fail_errno(error, RK_FAILED, &pos, errno, _("can't read the folder"));
    char **names = NULL;
    size_t count = 0, room = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        size_t size = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || size < 6 || strcmp(entry->d_name + size - 5, ".json") != 0)
            continue;
        RK_GROW(names, count, room);
        names[count++] = rk_strdup(entry->d_name);
    }
    closedir(dir);
    if (count)
        qsort(names, count, sizeof *names, by_name);
    enum rk_status status =
        count ? RK_OK : rk_fail_at(error, RK_BAD_DATA, &pos, _("no rubric (*.json) in the folder"));
    struct rk_buf path = {0};
    for (size_t i = 0; i < count; i++) {
        rk_buf_clear(&path);
        rk_buf_printf(&path, "%s/%s", directory, names[i]);
        if (status == RK_OK)
            status = rk_rubrics_add(rubrics, rk_keep(path.text), error);
        rk_free(names[i]);
    }
    rk_buf_free(&path);
    rk_free(names);
    return status;
}

enum rk_status rk_rubrics_load(struct rk_rubrics *rubrics, const char *const *paths, size_t count,
                               const char *directory, struct rk_error *error)
{
    for (size_t i = 0; i < count; i++)
        RK_TRY(rk_rubrics_add(rubrics, paths[i], error));
    return directory ? rk_rubrics_add_directory(rubrics, directory, error) : RK_OK;
}

bool rk_rubrics_give(struct rk_rubrics *rubrics, uint32_t recruitment,
                     const struct rk_rubric *rubric)
{
    if (recruitment >= rubrics->of_count) {
        uint32_t count = recruitment < 8 ? 16 : recruitment * 2;
        rubrics->of = rk_resize(rubrics->of, count, sizeof *rubrics->of);
        for (uint32_t i = rubrics->of_count; i < count; i++)
            rubrics->of[i] = NULL;
        rubrics->of_count = count;
    }
    if (rubrics->of[recruitment] && rubrics->of[recruitment] != rubric)
        return false;
    rubrics->of[recruitment] = rubric;
    return true;
}

bool rk_rubrics_set(struct rk_rubrics *rubrics, uint32_t recruitment, struct rk_text name)
{
    rubrics->assigned = true;
    for (size_t i = 0; i < rubrics->count; i++)
        if (rk_text_is(name, rubrics->all[i]->id))
            return rk_rubrics_give(rubrics, recruitment, rubrics->all[i]);
    return true; /* of a recruitment that may not be among the ratings */
}

enum rk_status rk_rubrics_assign(struct rk_rubrics *rubrics, struct rk_table *recruitments,
                                 struct rk_ids *ids, struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(recruitments);
    size_t id_field = rk_schema_field(schema, "recruitment_id");
    size_t rubric_field = rk_schema_field(schema, "rubric");
    const struct rk_row *row;
    rubrics->assigned = true;
    for (;;) {
        RK_TRY(rk_table_next(recruitments, &row, error));
        if (!row)
            return RK_OK;
        uint32_t id = rk_id(ids, RK_ID_RECRUITMENT, rk_value_text(&row->values[id_field]));
        if (!rk_rubrics_set(rubrics, id, rk_value_text(&row->values[rubric_field])))
            rk_table_reject(recruitments, id_field, _("this recruitment has another rubric above"));
    }
}

const struct rk_rubric *rk_rubrics_for(const struct rk_rubrics *rubrics, uint32_t recruitment)
{
    if (rubrics->assigned)
        return recruitment < rubrics->of_count ? rubrics->of[recruitment] : NULL;
    return rubrics->count == 1 ? rubrics->all[0] : NULL;
}

void rk_rubrics_free(struct rk_rubrics *rubrics)
{
    for (size_t i = 0; i < rubrics->count; i++)
        rk_rubric_free(rubrics->all[i]);
    rk_free(rubrics->all);
    rk_free(rubrics->of);
    *rubrics = (struct rk_rubrics){0};
}
