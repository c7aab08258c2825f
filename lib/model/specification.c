#include "model/specification.h"

/* Reading goes on only while all is well: each step asks `status`. */
struct reading {
    struct rk_specification *s;
    struct rk_error *error;
    enum rk_status status;
};

static void fail(struct reading *r, const char *what, const char *problem)
{
    if (r->status == RK_OK)
        r->status = rk_fail(r->error, RK_BAD_DATA, "%s: %s", what, problem);
}

static const char *keep(struct reading *r, const char *text)
{
    return rk_arena_text(&r->s->arena, text, strlen(text));
}

static const char *string(struct reading *r, const rk_json *object, const char *key, bool required,
                          const char *otherwise, const char *what)
{
    const char *value = otherwise;
    if (r->status == RK_OK)
        r->status = rk_json_string(object, key, required, &value, what, r->error);
    return value ? keep(r, value) : NULL;
}

static void only(struct reading *r, const rk_json *object, const char *const *known,
                 const char *what)
{
    if (r->status == RK_OK)
        r->status = rk_json_only(object, known, what, r->error);
}

static struct rk_specification_text both_languages(struct reading *r, const rk_json *object,
                                                   const char *key, bool required, const char *what)
{
    static const char *const known[] = {"sv", "en", NULL};
    struct rk_specification_text text = {0};
    const rk_json *pair = NULL;
    if (r->status == RK_OK)
        r->status = rk_json_object(object, key, required, &pair, what, r->error);
    if (r->status != RK_OK || !pair)
        return text;
    struct rk_buf path = {0};
    rk_buf_printf(&path, *what ? "%s.%s" : "%s%s", what, key);
    only(r, pair, known, path.text);
    text.sv = string(r, pair, "sv", true, NULL, path.text);
    text.en = string(r, pair, "en", true, NULL, path.text);
    rk_buf_free(&path);
    return text;
}

/* The place of a word among the words allowed; the first where it is left out. */
static int choice(struct reading *r, const rk_json *object, const char *key,
                  const char *const *words, const char *what)
{
    const char *word = string(r, object, key, false, words[0], what);
    for (int i = 0; words[i] && word; i++)
        if (!strcmp(words[i], word))
            return i;
    if (r->status == RK_OK) {
        const char *nearest = rk_nearest(word, words), *dot = *what ? "." : "";
        r->status = nearest ? rk_fail(r->error, RK_BAD_DATA,
                                      _("%s%s%s: '%s' is not a choice; did you mean '%s'?"), what,
                                      dot, key, word, nearest)
                            : rk_fail(r->error, RK_BAD_DATA, _("%s%s%s: '%s' is not a choice"),
                                      what, dot, key, word);
    }
    return 0;
}

static bool identifier(const char *text)
{
    for (const char *c = text; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9' && c > text) ||
              (*c == '-' && c > text)))
            return false;
    return *text != '\0';
}

static void section(struct reading *r, const rk_json *object, size_t index)
{
    static const char *const known[] = {"id", "title", "text",  "source",      "measure",
                                        "by", "chart", "table", "small_cells", NULL};
    static const char *const charts[] = {"none", "bars", "dots", "columns", "months", NULL};
    static const char *const tables[] = {"folded", "open", NULL};
    static const char *const small[] = {"hide", "show", NULL};
    struct rk_specification_section *s = &r->s->sections[index];
    char what[32];
    snprintf(what, sizeof what, "sections[%zu]", index);
    only(r, object, known, what);
    s->id = string(r, object, "id", true, NULL, what);
    s->title = both_languages(r, object, "title", true, what);
    s->text = both_languages(r, object, "text", false, what);
    s->measure = string(r, object, "measure", true, NULL, what);
    s->by = string(r, object, "by", false, "", what);
    s->chart = (enum rk_specification_chart)choice(r, object, "chart", charts, what);
    s->table_open = choice(r, object, "table", tables, what) == 1;
    s->show_small = choice(r, object, "small_cells", small, what) == 1;
    const rk_json *source = NULL;
    if (r->status == RK_OK)
        r->status = rk_json_array(object, "source", true, &source, what, r->error);
    if (r->status != RK_OK)
        return;
    size_t count = rk_json_count(source);
    s->source = rk_arena_alloc(&r->s->arena, (count + 1) * sizeof *s->source);
    for (size_t i = 0; i < count; i++) {
        const char *name = rk_json_text(rk_json_item(source, i));
        if (!name) {
            fail(r, what, _("source: expected names of tables"));
            return;
        }
        s->source[i] = keep(r, name);
    }
    s->source[count] = NULL;
    if (!identifier(s->id))
        fail(r, what, _("id: expected small letters, digits and hyphens, a letter first"));
    if (!strcmp(s->id, "main") || !strcmp(s->id, "summary") || !strcmp(s->id, "contents") ||
        !strcmp(s->id, "sources"))
        fail(r, what, _("id: main, summary, contents and sources are taken by the report itself"));
    for (size_t i = 0; i < index; i++)
        if (r->status == RK_OK && !strcmp(r->s->sections[i].id, s->id))
            fail(r, what, _("id: used by an earlier section"));
}

static void labels(struct reading *r, const rk_json *document)
{
    const rk_json *object = NULL;
    if (r->status == RK_OK)
        r->status = rk_json_object(document, "labels", false, &object, "", r->error);
    if (r->status != RK_OK || !object)
        return;
    void *iterator = NULL;
    const char *word;
    const rk_json *value;
    while (r->status == RK_OK && rk_json_each(object, &iterator, &word, &value)) {
        RK_GROW(r->s->labels, r->s->label_count, r->s->label_room);
        struct rk_specification_label *label = &r->s->labels[r->s->label_count++];
        *label = (struct rk_specification_label){.word = keep(r, word)};
        label->text = both_languages(r, object, word, true, "labels");
    }
}

enum rk_status rk_specification_from_json(struct rk_specification *specification,
                                          const rk_json *document, const char *path,
                                          struct rk_error *error)
{
    static const char *const known[] = {"id",        "title",  "publisher", "language",
                                        "threshold", "groups", "labels",    "sections",
                                        "$schema",   "tables", "codebooks", NULL};
    static const char *const languages[] = {"sv", "en", NULL};
    *specification = (struct rk_specification){.groups = {"user", "staff"}};
    struct rk_error inner = {.status = RK_OK};
    struct reading reading = {specification, &inner, RK_OK}, *r = &reading;
    only(r, document, known, "");
    specification->id = string(r, document, "id", true, NULL, "");
    specification->title = both_languages(r, document, "title", true, "");
    specification->publisher = both_languages(r, document, "publisher", false, "");
    specification->language = languages[choice(r, document, "language", languages, "")];
    rk_fixed threshold = rk_fixed_int(5);
    if (r->status == RK_OK)
        r->status = rk_json_fixed(document, "threshold", false, &threshold, "", &inner);
    specification->threshold = (int64_t)(threshold / RK_FIXED_ONE);
    if (threshold % RK_FIXED_ONE || specification->threshold < 1 || specification->threshold > 1000)
        fail(r, "threshold", _("expected a whole number from 1 to 1000"));
    const rk_json *groups = NULL, *sections = NULL;
    if (r->status == RK_OK)
        r->status = rk_json_array(document, "groups", false, &groups, "", &inner);
    if (r->status == RK_OK && groups) {
        for (size_t i = 0; i < 2; i++) {
            const rk_json *item = i < rk_json_count(groups) ? rk_json_item(groups, i) : NULL;
            const char *group = item ? rk_json_text(item) : NULL;
            if (!group || rk_json_count(groups) != 2)
                fail(r, "groups", _("expected the names of two rater groups"));
            else
                specification->groups[i] = keep(r, group);
        }
        struct rk_text rest = rk_text(specification->groups[0]), item;
        bool empty = !rk_list_next(&rest, &item);
        for (rest = rk_text(specification->groups[0]); rk_list_next(&rest, &item);)
            if (rk_list_has(rk_text(specification->groups[1]), item))
                fail(r, "groups", _("a rater group stands on both sides"));
        rest = rk_text(specification->groups[1]);
        if (empty || !rk_list_next(&rest, &item))
            fail(r, "groups", _("expected the names of two rater groups"));
    }
    labels(r, document);
    if (r->status == RK_OK)
        r->status = rk_json_array(document, "sections", true, &sections, "", &inner);
    if (r->status == RK_OK) {
        specification->section_count = rk_json_count(sections);
        if (!specification->section_count)
            fail(r, "sections", _("expected at least one section"));
        specification->sections =
            rk_alloc(specification->section_count, sizeof *specification->sections);
        for (size_t i = 0; i < specification->section_count; i++)
            section(r, rk_json_item(sections, i), i);
    }
    if (r->status != RK_OK) {
        rk_specification_free(specification);
        struct rk_pos pos = {.file = path};
        return rk_fail_at(error, r->status, &pos, "%s", inner.text);
    }
    return RK_OK;
}

void rk_specification_free(struct rk_specification *specification)
{
    rk_free(specification->labels);
    rk_free(specification->sections);
    rk_arena_free(&specification->arena);
    *specification = (struct rk_specification){0};
}
