#include "model/provenance.h"

#include "base/hash.h"
#include "stream/json.h"
#include "stream/write.h"

enum { LARGEST = 64 * 1024 * 1024 };
static const char statement_type[] = "https://in-toto.io/Statement/v1";
static const char predicate_type[] = "https://slsa.dev/provenance/v1";

void rk_provenance_free(struct rk_provenance *p)
{
    rk_free(p->options);
    rk_free(p->materials);
    rk_free(p->figures);
    rk_free(p->changes);
    rk_arena_free(&p->arena);
    *p = (struct rk_provenance){0};
}

void rk_provenance_add_option(struct rk_provenance *p, const char *name, const char *value)
{
    RK_GROW(p->options, p->option_count, p->option_room);
    p->options[p->option_count++] = (struct rk_provenance_option){rk_arena_keep(&p->arena, name),
                                                                  rk_arena_keep(&p->arena, value)};
}

void rk_provenance_add_material(struct rk_provenance *p, const char *role, const char *name,
                                const char *sha256)
{
    struct rk_provenance_material m = {rk_arena_keep(&p->arena, role),
                                       rk_arena_keep(&p->arena, name), ""};
    memcpy(m.sha256, sha256, sizeof m.sha256);
    RK_GROW(p->materials, p->material_count, p->material_room);
    p->materials[p->material_count++] = m;
}

void rk_provenance_add_figure(struct rk_provenance *p, const struct rk_provenance_figure *figure)
{
    RK_GROW(p->figures, p->figure_count, p->figure_room);
    p->figures[p->figure_count++] =
        (struct rk_provenance_figure){rk_arena_keep(&p->arena, figure->section),
                                      rk_arena_keep(&p->arena, figure->row),
                                      rk_arena_keep(&p->arena, figure->column),
                                      *figure->state ? 0 : rk_fixed_round(figure->value),
                                      *figure->state ? 0 : figure->n,
                                      rk_arena_keep(&p->arena, figure->state)};
}

void rk_provenance_add_change(struct rk_provenance *p, const struct rk_provenance_change *change)
{
    RK_GROW(p->changes, p->change_count, p->change_room);
    p->changes[p->change_count++] = (struct rk_provenance_change){
        rk_arena_keep(&p->arena, change->section), rk_arena_keep(&p->arena, change->row),
        rk_arena_keep(&p->arena, change->column), rk_arena_keep(&p->arena, change->was),
        rk_arena_keep(&p->arena, change->is)};
}

void rk_provenance_figure_print(struct rk_buf *out, const struct rk_provenance_figure *figure)
{
    *figure->state ? rk_buf_text(out, figure->state) : rk_fixed_print(out, figure->value);
}

/* ---- out ---- */

static void member(struct rk_buf *out, const char *before, const char *key, const char *text)
{
    rk_buf_printf(out, "%s\"%s\": ", before, key);
    rk_json_quote(out, rk_text(text));
}

static void digest(struct rk_buf *out, const char *sha256)
{
    rk_buf_printf(out, ", \"digest\": {\"sha256\": \"%s\"}", sha256);
}

static void print_figures(struct rk_buf *out, const struct rk_provenance *p)
{
    rk_buf_text(out, ",\n    \"rk_figures\": [");
    for (size_t i = 0; i < p->figure_count; i++) {
        const struct rk_provenance_figure *f = &p->figures[i];
        member(out, i ? ",\n      {" : "\n      {", "section", f->section);
        member(out, ", ", "row", f->row);
        member(out, ", ", "column", f->column);
        if (*f->state) {
            member(out, ", ", "state", f->state);
        } else {
            rk_buf_text(out, ", \"value\": ");
            rk_fixed_print(out, f->value);
            rk_buf_printf(out, ", \"n\": %lld", (long long)f->n);
        }
        rk_buf_char(out, '}');
    }
    rk_buf_text(out, p->figure_count ? "\n    ]" : "]");
}

static void print_edition(struct rk_buf *out, const struct rk_provenance *p)
{
    rk_buf_printf(out, ",\n    \"rk_edition\": %lld", (long long)p->edition);
    if (p->edition < 2)
        return;
    member(out, ",\n    ", "rk_reason", p->reason);
    rk_buf_printf(out, ",\n    \"rk_earlier\": {\"sha256\": \"%s\"}", p->earlier);
    rk_buf_text(out, ",\n    \"rk_changes\": [");
    for (size_t i = 0; i < p->change_count; i++) {
        const struct rk_provenance_change *c = &p->changes[i];
        member(out, i ? ",\n      {" : "\n      {", "section", c->section);
        member(out, ", ", "row", c->row);
        member(out, ", ", "column", c->column);
        member(out, ", ", "was", c->was);
        member(out, ", ", "is", c->is);
        rk_buf_char(out, '}');
    }
    rk_buf_text(out, p->change_count ? "\n    ]" : "]");
}

void rk_provenance_print(struct rk_buf *out, const struct rk_provenance *p)
{
    rk_buf_printf(out, "{\n  \"_type\": \"%s\",\n  \"subject\": [", statement_type);
    member(out, "{", "name", p->subject);
    digest(out, p->sha256);
    rk_buf_printf(out,
                  "}],\n  \"predicateType\": \"%s\",\n  \"predicate\": {\n"
                  "    \"buildDefinition\": {\n      \"buildType\": \"urn:%s:1\",\n"
                  "      \"externalParameters\": {\"seed\": null, \"options\": [",
                  predicate_type, p->tool);
    for (size_t i = 0; i < p->option_count; i++) {
        member(out, i ? ",\n        {" : "\n        {", "name", p->options[i].name);
        member(out, ", ", "value", p->options[i].value);
        rk_buf_char(out, '}');
    }
    rk_buf_text(out, "]},\n      \"resolvedDependencies\": [");
    for (size_t i = 0; i < p->material_count; i++) {
        const struct rk_provenance_material *m = &p->materials[i];
        member(out, i ? ",\n        {" : "\n        {", "name", m->name);
        digest(out, m->sha256);
        member(out, ", \"annotations\": {", "role", m->role);
        rk_buf_text(out, "}}");
    }
    rk_buf_printf(out, "]\n    },\n    \"runDetails\": {\"builder\": {\"id\": \"urn:%s\", ",
                  p->tool);
    member(out, "\"version\": {", "rk", p->version);
    rk_buf_text(out, "}}}");
    print_edition(out, p);
    print_figures(out, p);
    rk_buf_text(out, "\n  }\n}\n");
}

/* ---- in ---- */

static enum rk_status no_record(struct rk_error *error)
{
    return rk_fail(error, RK_BAD_DATA, "%s", _("not a record as --record writes it"));
}

/* The texts of an object, by their keys; each must be there. */
static enum rk_status read_texts(const rk_json *object, const char *const *keys,
                                 const char **values, const char *what, struct rk_error *error)
{
    for (size_t i = 0; keys[i]; i++)
        RK_TRY(rk_json_string(object, keys[i], true, &values[i], what, error));
    return RK_OK;
}

static enum rk_status read_digest(const rk_json *object, const char *key, char *sha256,
                                  struct rk_error *error)
{
    const rk_json *holder = object;
    const char *hex = NULL;
    RK_TRY(rk_json_object(object, key, true, &holder, key, error));
    RK_TRY(rk_json_string(holder, "sha256", true, &hex, key, error));
    if (strlen(hex) != RK_SHA256_HEX - 1 || strspn(hex, "0123456789abcdef") != RK_SHA256_HEX - 1)
        return no_record(error);
    memcpy(sha256, hex, RK_SHA256_HEX);
    return RK_OK;
}

static enum rk_status read_material(struct rk_provenance *p, const rk_json *item,
                                    struct rk_error *error)
{
    const rk_json *notes = NULL;
    const char *name = NULL, *role = NULL;
    char sha256[RK_SHA256_HEX];
    RK_TRY(rk_json_string(item, "name", true, &name, "resolvedDependencies", error));
    RK_TRY(read_digest(item, "digest", sha256, error));
    RK_TRY(rk_json_object(item, "annotations", true, &notes, "resolvedDependencies", error));
    RK_TRY(rk_json_string(notes, "role", true, &role, "annotations", error));
    rk_provenance_add_material(p, role, name, sha256);
    return RK_OK;
}

static enum rk_status read_definition(struct rk_provenance *p, const rk_json *predicate,
                                      struct rk_error *error)
{
    static const char *const keys[] = {"name", "value", NULL};
    const rk_json *definition = NULL, *parameters = NULL, *list = NULL;
    const char *texts[2] = {NULL, NULL};
    RK_TRY(rk_json_object(predicate, "buildDefinition", true, &definition, "predicate", error));
    RK_TRY(rk_json_object(definition, "externalParameters", true, &parameters, "buildDefinition",
                          error));
    RK_TRY(rk_json_array(parameters, "options", true, &list, "externalParameters", error));
    for (size_t i = 0; i < rk_json_count(list); i++) {
        RK_TRY(read_texts(rk_json_item(list, i), keys, texts, "options", error));
        rk_provenance_add_option(p, texts[0], texts[1]);
    }
    RK_TRY(
        rk_json_array(definition, "resolvedDependencies", true, &list, "buildDefinition", error));
    for (size_t i = 0; i < rk_json_count(list); i++)
        RK_TRY(read_material(p, rk_json_item(list, i), error));
    return RK_OK;
}

static enum rk_status read_builder(struct rk_provenance *p, const rk_json *predicate,
                                   struct rk_error *error)
{
    const rk_json *details = NULL, *builder = NULL, *versions = NULL;
    const char *id = NULL, *version = NULL;
    RK_TRY(rk_json_object(predicate, "runDetails", true, &details, "predicate", error));
    RK_TRY(rk_json_object(details, "builder", true, &builder, "runDetails", error));
    RK_TRY(rk_json_string(builder, "id", true, &id, "builder", error));
    RK_TRY(rk_json_object(builder, "version", true, &versions, "builder", error));
    RK_TRY(rk_json_string(versions, "rk", true, &version, "version", error));
    if (strncmp(id, "urn:", 4) != 0)
        return no_record(error);
    p->tool = rk_arena_keep(&p->arena, id + 4);
    p->version = rk_arena_keep(&p->arena, version);
    return RK_OK;
}

static enum rk_status read_figure(struct rk_provenance *p, const rk_json *item,
                                  struct rk_error *error)
{
    static const char *const keys[] = {"section", "row", "column", NULL};
    static const char *const states[] = {"hidden", "missing", "none"};
    const char *texts[3] = {NULL, NULL, NULL};
    struct rk_provenance_figure f = {.state = ""};
    bool shown, known = false;
    RK_TRY(read_texts(item, keys, texts, "rk_figures", error));
    RK_TRY(rk_json_string(item, "state", false, &f.state, "rk_figures", error));
    shown = !*f.state;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        known = known || !strcmp(f.state, states[i]);
    if (shown)
        RK_TRY(rk_json_fixed(item, "value", true, &f.value, "rk_figures", error));
    if (shown ? !rk_json_int(rk_json_member(item, "n"), &f.n) : !known)
        return no_record(error);
    f.section = texts[0];
    f.row = texts[1];
    f.column = texts[2];
    rk_provenance_add_figure(p, &f);
    return RK_OK;
}

static enum rk_status read_edition(struct rk_provenance *p, const rk_json *predicate,
                                   struct rk_error *error)
{
    static const char *const keys[] = {"section", "row", "column", "was", "is", NULL};
    const rk_json *list = NULL;
    if (!rk_json_int(rk_json_member(predicate, "rk_edition"), &p->edition) || p->edition < 1)
        return no_record(error);
    RK_TRY(rk_json_array(predicate, "rk_figures", true, &list, "predicate", error));
    for (size_t i = 0; i < rk_json_count(list); i++)
        RK_TRY(read_figure(p, rk_json_item(list, i), error));
    if (p->edition < 2)
        return RK_OK;
    RK_TRY(rk_json_string(predicate, "rk_reason", true, &p->reason, "predicate", error));
    p->reason = rk_arena_keep(&p->arena, p->reason);
    RK_TRY(read_digest(predicate, "rk_earlier", p->earlier, error));
    RK_TRY(rk_json_array(predicate, "rk_changes", true, &list, "predicate", error));
    for (size_t i = 0; i < rk_json_count(list); i++) {
        const char *t[5] = {NULL, NULL, NULL, NULL, NULL};
        RK_TRY(read_texts(rk_json_item(list, i), keys, t, "rk_changes", error));
        rk_provenance_add_change(p, &(struct rk_provenance_change){t[0], t[1], t[2], t[3], t[4]});
    }
    return RK_OK;
}

static enum rk_status read_statement(struct rk_provenance *p, const rk_json *document,
                                     struct rk_error *error)
{
    const rk_json *subjects = NULL, *predicate = NULL;
    const char *type = NULL, *predicate_is = NULL, *name = NULL;
    RK_TRY(rk_json_string(document, "_type", true, &type, "record", error));
    RK_TRY(rk_json_string(document, "predicateType", true, &predicate_is, "record", error));
    RK_TRY(rk_json_array(document, "subject", true, &subjects, "record", error));
    if (strcmp(type, statement_type) != 0 || strcmp(predicate_is, predicate_type) != 0 ||
        rk_json_count(subjects) != 1)
        return no_record(error);
    RK_TRY(rk_json_string(rk_json_item(subjects, 0), "name", true, &name, "subject", error));
    p->subject = rk_arena_keep(&p->arena, name);
    RK_TRY(read_digest(rk_json_item(subjects, 0), "digest", p->sha256, error));
    RK_TRY(rk_json_object(document, "predicate", true, &predicate, "record", error));
    RK_TRY(read_definition(p, predicate, error));
    RK_TRY(read_builder(p, predicate, error));
    return read_edition(p, predicate, error);
}

enum rk_status rk_provenance_read(struct rk_provenance *p, const char *path, struct rk_error *error)
{
    rk_json *document;
    RK_TRY(rk_json_read_large(&document, path, LARGEST, error));
    enum rk_status status = read_statement(p, document, error);
    rk_json_free(document);
    if (status == RK_BAD_DATA && error && !error->pos.file)
        error->pos.file = path;
    return status;
}

/* ---- beside each other ---- */

/* A number for the figure, which is new among those that `known` has numbers for: a label that
 * stands twice is told apart by its turn. */
static uint32_t number(struct rk_strings *known, const struct rk_provenance_figure *f)
{
    struct rk_buf key = {0};
    uint32_t place = RK_NONE;
    for (unsigned turn = 0; place == RK_NONE; turn++) {
        rk_buf_clear(&key);
        rk_buf_printf(&key, "%s\x1f%s\x1f%s\x1f%u", f->section, f->row, f->column, turn);
        if (rk_strings_find(known, (struct rk_text){key.text, key.size}) == RK_NONE)
            place = rk_strings_add(known, (struct rk_text){key.text, key.size});
    }
    rk_buf_free(&key);
    return place;
}

void rk_provenance_compare(const struct rk_provenance *then, const struct rk_provenance *now,
                           void (*differs)(void *context, const struct rk_provenance_figure *was,
                                           const struct rk_provenance_figure *is),
                           void *context)
{
    struct rk_strings of_then = {0}, of_now = {0};
    bool *met = rk_alloc(then->figure_count + 1, sizeof *met);
    for (size_t i = 0; i < then->figure_count; i++)
        number(&of_then, &then->figures[i]);
    for (size_t i = 0; i < now->figure_count; i++) {
        const struct rk_provenance_figure *is = &now->figures[i], *was = NULL;
        uint32_t mine = number(&of_now, is);
        uint32_t at = rk_strings_find(&of_then, of_now.texts[mine]);
        if (at != RK_NONE) {
            was = &then->figures[at];
            met[at] = true;
        }
        if (!was || was->value != is->value || was->n != is->n || strcmp(was->state, is->state))
            differs(context, was, is);
    }
    for (size_t i = 0; i < then->figure_count; i++)
        if (!met[i])
            differs(context, &then->figures[i], NULL);
    rk_free(met);
    rk_strings_free(&of_then);
    rk_strings_free(&of_now);
}

/* Records of other reports that lie beside come last, and are no inputs. */
static size_t inputs_of(const struct rk_provenance *p)
{
    size_t count = p->material_count;
    while (count && !strcmp(p->materials[count - 1].role, "beside"))
        count--;
    return count;
}

bool rk_provenance_same_inputs(const struct rk_provenance *a, const struct rk_provenance *b)
{
    if (a->option_count != b->option_count || inputs_of(a) != inputs_of(b) ||
        strcmp(a->version, b->version) != 0)
        return false;
    for (size_t i = 0; i < a->option_count; i++)
        if (strcmp(a->options[i].name, b->options[i].name) != 0 ||
            strcmp(a->options[i].value, b->options[i].value) != 0)
            return false;
    for (size_t i = 0; i < inputs_of(a); i++)
        if (strcmp(a->materials[i].role, b->materials[i].role) != 0 ||
            strcmp(a->materials[i].sha256, b->materials[i].sha256) != 0)
            return false;
    return true;
}
