#include "model/picks.h"

enum { MOST_DECIMALS = 6, MOST_LEVELS = 7 };

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

/* The object's member `where`, as pairs. */
static enum rk_status where_of(struct rk_picks *p, const rk_json *object, bool required,
                               const char *what, struct rk_text **pairs, size_t *count,
                               struct rk_error *error)
{
    const rk_json *where = NULL, *value;
    const char *column;
    void *members = NULL;
    RK_TRY(rk_json_object(object, "where", required, &where, what, error));
    if (!where)
        return RK_OK;
    *pairs = rk_arena_zeroed(&p->arena, 2 * rk_json_count(where) + 1, sizeof **pairs);
    while (rk_json_each(where, &members, &column, &value)) {
        if (!rk_json_text(value))
            return rk_fail(error, RK_BAD_DATA, _("%s.where: expected texts"), what);
        (*pairs)[2 * *count] = keep(p, column);
        (*pairs)[2 * (*count)++ + 1] = keep(p, rk_json_text(value));
    }
    return RK_OK;
}

/* The place of the member's word among `words`, the first where it is left out. */
static enum rk_status choice_of(const rk_json *object, const char *key, const char *const *words,
                                const char *what, int *place, struct rk_error *error)
{
    const char *word = words[*place];
    RK_TRY(rk_json_string(object, key, false, &word, what, error));
    for (*place = 0; words[*place] && strcmp(words[*place], word) != 0;)
        ++*place;
    if (words[*place])
        return RK_OK;
    const char *nearest = rk_nearest(word, words);
    return nearest
               ? rk_fail(error, RK_BAD_DATA, _("%s.%s: '%s' is not a choice; did you mean '%s'?"),
                         what, key, word, nearest)
               : rk_fail(error, RK_BAD_DATA, _("%s.%s: '%s' is not a choice"), what, key, word);
}

/* unit and decimals, where left out those that are there. */
static enum rk_status form_of(const rk_json *object, const char *what,
                              struct rk_pick_column *column, struct rk_error *error)
{
    static const char *const units[] = {"number", "share", "rank", NULL};
    int unit = (int)column->unit;
    rk_fixed decimals = -RK_FIXED_ONE;
    RK_TRY(choice_of(object, "unit", units, what, &unit, error));
    RK_TRY(rk_json_fixed(object, "decimals", false, &decimals, what, error));
    if (decimals == -RK_FIXED_ONE && unit == RK_PICK_RANK)
        decimals = 0;
    column->unit = (enum rk_pick_unit)unit;
    if (decimals == -RK_FIXED_ONE)
        return RK_OK;
    if (decimals % RK_FIXED_ONE || decimals < 0 || decimals > MOST_DECIMALS * RK_FIXED_ONE)
        return rk_fail(error, RK_BAD_DATA, _("%s.decimals: expected 0 to %d"), what, MOST_DECIMALS);
    column->decimals = (int)(decimals / RK_FIXED_ONE);
    return RK_OK;
}

static enum rk_status column_of(struct rk_picks *p, struct rk_pick_column *column,
                                const rk_json *object, const char *what, struct rk_error *error)
{
    static const char *const known[] = {"label", "where", "what", "unit", "decimals", "zero", NULL};
    static const char *const whats[] = {"estimate", "low", "high", "n", NULL};
    int place = 0;
    RK_TRY(rk_json_only(object, known, what, error));
    RK_TRY(text_of(p, object, "label", true, what, &column->label, error));
    RK_TRY(where_of(p, object, false, what, &column->where, &column->where_count, error));
    RK_TRY(choice_of(object, "what", whats, what, &place, error));
    RK_TRY(form_of(object, what, column, error));
    column->what = (enum rk_pick_what)place;
    if (column->what == RK_PICK_N) {
        column->unit = RK_PICK_NUMBER;
        column->decimals = 0;
    }
    return rk_json_flag(object, "zero", false, &column->zero, what, error);
}

/* The columns of a table that does not say: estimate, its interval, n. */
static void usual_columns(struct rk_picks *p, struct rk_pick_table *t,
                          const struct rk_pick_column *form)
{
    static const struct rk_specification_text labels[] = {
        {"Skattning", "Estimate"}, {"Från", "From"}, {"Till", "To"}, {"n", "n"}};
    t->column_count = sizeof labels / sizeof *labels;
    t->columns = rk_arena_zeroed(&p->arena, t->column_count, sizeof *t->columns);
    t->each = true;
    for (size_t i = 0; i < t->column_count; i++) {
        t->columns[i] = *form;
        t->columns[i].label = labels[i];
        t->columns[i].what = (enum rk_pick_what)i;
    }
    t->columns[RK_PICK_N].unit = RK_PICK_NUMBER;
    t->columns[RK_PICK_N].decimals = 0;
}

static enum rk_status chart_of(struct rk_pick_table *t, const rk_json *object, const char *what,
                               struct rk_error *error)
{
    static const char *const charts[] = {"none",   "bars",  "dots",   "intervals", "slope",
                                         "likert", "steps", "funnel", NULL};
    static const size_t least[] = {0, 1, 1, 3, 2, 2, 1, 1};
    static const char *const tables[] = {"folded", "open", NULL};
    static const char *const ends[] = {"least", "most", NULL};
    static const char *const orders[] = {"down", "none", "up", NULL};
    const rk_json *scale = NULL;
    int place = 0, open = 0, order = 1;
    RK_TRY(choice_of(object, "chart", charts, what, &place, error));
    RK_TRY(choice_of(object, "table", tables, what, &open, error));
    RK_TRY(choice_of(object, "sort", orders, what, &order, error));
    t->chart = (enum rk_pick_chart)place;
    t->table_open = open == 1;
    t->sort = order - 1;
    size_t drawn = 0; /* the first columns, up to one of n */
    while (drawn < t->column_count && t->columns[drawn].what != RK_PICK_N)
        drawn++;
    if (drawn < least[t->chart])
        return rk_fail(error, RK_BAD_DATA, _("%s.chart: too few columns for it"), what);
    if (t->chart == RK_PICK_LIKERT && drawn > MOST_LEVELS)
        return rk_fail(error, RK_BAD_DATA, _("%s.chart: more than %d columns"), what, MOST_LEVELS);
    RK_TRY(rk_json_object(object, "scale", false, &scale, what, error));
    if (!scale)
        return RK_OK;
    RK_TRY(rk_json_only(scale, ends, what, error));
    RK_TRY(rk_json_fixed(scale, "least", true, &t->least, what, error));
    RK_TRY(rk_json_fixed(scale, "most", true, &t->most, what, error));
    if (t->least >= t->most)
        return rk_fail(error, RK_BAD_DATA, _("%s.scale: expected the lesser number first"), what);
    return RK_OK;
}

static enum rk_status row_of(struct rk_picks *p, struct rk_pick_row *row, const rk_json *object,
                             const char *what, struct rk_error *error)
{
    static const char *const known[] = {"label", "where", "by", NULL};
    const char *by = "";
    RK_TRY(rk_json_only(object, known, what, error));
    RK_TRY(text_of(p, object, "label", false, what, &row->label, error));
    RK_TRY(where_of(p, object, true, what, &row->where, &row->where_count, error));
    RK_TRY(rk_json_string(object, "by", false, &by, what, error));
    row->by = rk_arena_keep(&p->arena, by);
    if (!row->label.sv && !*row->by)
        return rk_fail(error, RK_BAD_DATA, _("%s: expected a label, or by"), what);
    return RK_OK;
}

static enum rk_status table_of(struct rk_picks *p, struct rk_pick_table *t, const rk_json *object,
                               size_t index, struct rk_error *error)
{
    static const char *const known[] = {"id",     "title", "text",    "unit",     "decimals",
                                        "people", "rows",  "columns", "chart",    "table",
                                        "scale",  "sort",  "summary", "optional", NULL};
    struct rk_pick_column form = {.decimals = 1};
    const rk_json *rows = NULL, *columns = NULL;
    char what[60];
    snprintf(what, sizeof what, "tables[%zu]", index);
    RK_TRY(rk_json_only(object, known, what, error));
    RK_TRY(rk_json_string(object, "id", true, &t->id, what, error));
    RK_TRY(text_of(p, object, "title", true, what, &t->title, error));
    RK_TRY(text_of(p, object, "text", false, what, &t->text, error));
    RK_TRY(text_of(p, object, "summary", false, what, &t->summary, error));
    RK_TRY(form_of(object, what, &form, error));
    RK_TRY(rk_json_flag(object, "people", false, &t->people, what, error));
    RK_TRY(rk_json_flag(object, "optional", false, &t->optional, what, error));
    RK_TRY(rk_json_array(object, "rows", true, &rows, what, error));
    RK_TRY(rk_json_array(object, "columns", false, &columns, what, error));
    t->id = rk_arena_keep(&p->arena, t->id);
    for (size_t i = 0; i < index; i++)
        if (!strcmp(p->tables[i].id, t->id))
            return rk_fail(error, RK_BAD_DATA, _("%s: '%s' is there already"), what, t->id);
    if (!columns)
        usual_columns(p, t, &form);
    else
        t->columns = rk_arena_zeroed(&p->arena, rk_json_count(columns) + 1, sizeof *t->columns);
    for (size_t i = 0; columns && i < rk_json_count(columns); i++) {
        char which[90];
        snprintf(which, sizeof which, "%s.columns[%zu]", what, i);
        t->columns[t->column_count] = form;
        RK_TRY(
            column_of(p, &t->columns[t->column_count++], rk_json_item(columns, i), which, error));
    }
    if (!t->column_count)
        return rk_fail(error, RK_BAD_DATA, _("%s.columns: expected at least one"), what);
    RK_TRY(chart_of(t, object, what, error));
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
                                        "threshold", "labels", "codebooks", "about",     "tables",
                                        "sections",  "groups", NULL};
    static const char *const abouts[] = {"all", "recruitment", NULL};
    int about = 0;
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
    RK_TRY(choice_of(document, "about", abouts, "", &about, error));
    p->about_recruitment = about == 1;
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
