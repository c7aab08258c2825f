#include "model/picks.h"

enum { MOST_DECIMALS = 6 };

bool rk_picks_are(const rk_json *document) { return rk_json_member(document, "tables") != NULL; }

static enum rk_status text_of(struct rk_picks *p, const rk_json *object, const char *key,
                              bool required, const char *what, struct rk_specification_text *text,
                              struct rk_error *error)
{
    static const char *const known[] = {"sv", "en", NULL};
    const rk_json *pair = NULL;
    RK_TRY(rk_json_object(object, key, required, &pair, what, error));
    if (!pair)
        return RK_OK;
    RK_TRY(rk_json_only(pair, known, key, error));
    RK_TRY(rk_json_string(pair, "sv", true, &text->sv, key, error));
    RK_TRY(rk_json_string(pair, "en", true, &text->en, key, error));
    text->sv = rk_arena_keep(&p->arena, text->sv);
    text->en = rk_arena_keep(&p->arena, text->en);
    return RK_OK;
}

static struct rk_text keep(struct rk_picks *p, const char *text)
{
    return rk_text(rk_arena_keep(&p->arena, text));
}

static enum rk_status row_of(struct rk_picks *p, struct rk_pick_row *row, const rk_json *object,
                             const char *what, struct rk_error *error)
{
    static const char *const known[] = {"label", "where", "by", NULL};
    const rk_json *where = NULL, *value;
    const char *column, *by = "";
    void *members = NULL;
    RK_TRY(rk_json_only(object, known, what, error));
    RK_TRY(text_of(p, object, "label", false, what, &row->label, error));
    RK_TRY(rk_json_object(object, "where", true, &where, what, error));
    RK_TRY(rk_json_string(object, "by", false, &by, what, error));
    row->by = rk_arena_keep(&p->arena, by);
    if (!row->label.sv && !*row->by)
        return rk_fail(error, RK_BAD_DATA, _("%s: expected a label, or by"), what);
    row->where = rk_arena_zeroed(&p->arena, 2 * rk_json_count(where) + 1, sizeof *row->where);
    while (rk_json_each(where, &members, &column, &value)) {
        if (!rk_json_text(value))
            return rk_fail(error, RK_BAD_DATA, _("%s.where: expected texts"), what);
        row->where[2 * row->where_count] = keep(p, column);
        row->where[2 * row->where_count++ + 1] = keep(p, rk_json_text(value));
    }
    return RK_OK;
}

static enum rk_status table_of(struct rk_picks *p, struct rk_pick_table *t, const rk_json *object,
                               size_t index, struct rk_error *error)
{
    static const char *const known[] = {"id",       "title",  "text", "unit",
                                        "decimals", "people", "rows", NULL};
    const char *unit = "number";
    const rk_json *rows = NULL;
    rk_fixed decimals = RK_FIXED_ONE;
    char what[60];
    snprintf(what, sizeof what, "tables[%zu]", index);
    RK_TRY(rk_json_only(object, known, what, error));
    RK_TRY(rk_json_string(object, "id", true, &t->id, what, error));
    RK_TRY(text_of(p, object, "title", true, what, &t->title, error));
    RK_TRY(text_of(p, object, "text", false, what, &t->text, error));
    RK_TRY(rk_json_string(object, "unit", false, &unit, what, error));
    RK_TRY(rk_json_fixed(object, "decimals", false, &decimals, what, error));
    RK_TRY(rk_json_flag(object, "people", false, &t->people, what, error));
    RK_TRY(rk_json_array(object, "rows", true, &rows, what, error));
    t->id = rk_arena_keep(&p->arena, t->id);
    t->is_share = !strcmp(unit, "share");
    t->decimals = (int)(decimals / RK_FIXED_ONE);
    if (!t->is_share && strcmp(unit, "number") != 0)
        return rk_fail(error, RK_BAD_DATA, _("%s.unit: expected share or number"), what);
    if (decimals % RK_FIXED_ONE || decimals < 0 || decimals > MOST_DECIMALS * RK_FIXED_ONE)
        return rk_fail(error, RK_BAD_DATA, _("%s.decimals: expected 0 to %d"), what, MOST_DECIMALS);
    for (size_t i = 0; i < index; i++)
        if (!strcmp(p->tables[i].id, t->id))
            return rk_fail(error, RK_BAD_DATA, _("%s: '%s' is there already"), what, t->id);
    t->row_count = rk_json_count(rows);
    t->rows = rk_arena_zeroed(&p->arena, t->row_count + 1, sizeof *t->rows);
    for (size_t i = 0; i < t->row_count; i++) {
        snprintf(what, sizeof what, "tables[%zu].rows[%zu]", index, i);
        RK_TRY(row_of(p, &t->rows[i], rk_json_item(rows, i), what, error));
    }
    return RK_OK;
}

void rk_picks_label(struct rk_picks *picks, const char *word, const char *sv, const char *en)
{
    for (size_t i = 0; i < picks->label_count; i++)
        if (!strcmp(picks->labels[i].word, word))
            return;
    RK_GROW(picks->labels, picks->label_count, picks->label_room);
    picks->labels[picks->label_count++] = (struct rk_specification_label){
        rk_arena_keep(&picks->arena, word),
        {rk_arena_keep(&picks->arena, sv), rk_arena_keep(&picks->arena, en)}};
}

static enum rk_status fill(struct rk_picks *p, const rk_json *document, struct rk_error *error)
{
    static const char *const known[] = {"$schema",   "id",     "title",     "publisher", "language",
                                        "threshold", "labels", "codebooks", "tables",    NULL};
    const rk_json *labels = NULL, *codebooks = NULL, *tables = NULL, *value;
    const char *word;
    void *members = NULL;
    rk_fixed threshold = rk_fixed_int(5);
    p->language = "sv";
    RK_TRY(rk_json_only(document, known, "", error));
    RK_TRY(rk_json_string(document, "id", true, &p->id, "", error));
    RK_TRY(text_of(p, document, "title", true, "", &p->title, error));
    RK_TRY(text_of(p, document, "publisher", false, "", &p->publisher, error));
    RK_TRY(rk_json_string(document, "language", false, &p->language, "", error));
    RK_TRY(rk_json_fixed(document, "threshold", false, &threshold, "", error));
    RK_TRY(rk_json_object(document, "labels", false, &labels, "", error));
    RK_TRY(rk_json_array(document, "codebooks", false, &codebooks, "", error));
    RK_TRY(rk_json_array(document, "tables", true, &tables, "", error));
    p->id = rk_arena_keep(&p->arena, p->id);
    if (strcmp(p->language, "sv") != 0 && strcmp(p->language, "en") != 0)
        return rk_fail(error, RK_BAD_DATA, _("language: expected sv or en"));
    p->language = rk_arena_keep(&p->arena, p->language);
    p->threshold = (int64_t)(threshold / RK_FIXED_ONE);
    if (threshold % RK_FIXED_ONE || p->threshold < 1 || p->threshold > 1000)
        return rk_fail(error, RK_BAD_DATA, "threshold: %s",
                       _("expected a whole number from 1 to 1000"));
    while (labels && rk_json_each(labels, &members, &word, &value)) {
        struct rk_specification_text text = {0};
        RK_TRY(text_of(p, labels, word, true, "labels", &text, error));
        rk_picks_label(p, word, text.sv, text.en);
    }
    size_t n = codebooks ? rk_json_count(codebooks) : 0;
    p->codebooks = rk_arena_zeroed(&p->arena, n + 1, sizeof *p->codebooks);
    for (size_t i = 0; i < n; i++) {
        const char *name = rk_json_text(rk_json_item(codebooks, i));
        if (!name)
            return rk_fail(error, RK_BAD_DATA, _("%s: expected texts"), "codebooks");
        p->codebooks[i] = rk_arena_keep(&p->arena, name);
    }
    p->tables = rk_arena_zeroed(&p->arena, rk_json_count(tables) + 1, sizeof *p->tables);
    for (size_t i = 0; i < rk_json_count(tables); i++) {
        RK_TRY(table_of(p, &p->tables[i], rk_json_item(tables, i), i, error));
        p->table_count++;
    }
    return RK_OK;
}

enum rk_status rk_picks_from_json(struct rk_picks *picks, const rk_json *document, const char *path,
                                  struct rk_error *error)
{
    *picks = (struct rk_picks){0};
    enum rk_status status = fill(picks, document, error);
    if (status && error)
        error->pos.file = path;
    return status;
}

void rk_picks_free(struct rk_picks *picks)
{
    rk_free(picks->labels);
    rk_arena_free(&picks->arena);
    *picks = (struct rk_picks){0};
}
