/* An import's header: what becomes of each foreign column, and where each of ours comes from. */
#include "base/mem.h"
#include "table/import_state.h"

void rk_import_error(struct rk_import *im, const struct rk_pos *pos, const char *format, ...)
{
    struct rk_buf text = {0};
    va_list args;
    va_start(args, format);
    rk_buf_vprintf(&text, format, args);
    va_end(args);
    rk_log(im->options.log, RK_ERROR, pos, "%s", text.text);
    rk_buf_free(&text);
    im->errors++;
}

struct rk_text rk_import_keep(struct rk_arena *arena, struct rk_text text)
{
    return (struct rk_text){rk_arena_text(arena, text.text ? text.text : "", text.size), text.size};
}

/* 'Name' as a shell reads it. */
static void add_quoted(struct rk_buf *out, const char *text)
{
    rk_buf_char(out, '\'');
    for (; *text; text++)
        if (*text == '\'')
            rk_buf_text(out, "'\\''");
        else
            rk_buf_char(out, *text);
    rk_buf_char(out, '\'');
}

static struct rk_pos header_pos(const struct rk_import *im)
{
    return (struct rk_pos){.file = im->columns[0].pos.file, .line = im->header_line};
}

/* The first column from `from` on whose header is `name`, or SIZE_MAX. */
static size_t seek_header(struct rk_import *im, const char *name, size_t from)
{
    struct rk_text folded = rk_fold(&im->text, rk_text(name));
    for (size_t i = from; i < im->column_count; i++)
        if (im->columns[i].folded.size && rk_text_equal(im->columns[i].folded, folded))
            return i;
    return SIZE_MAX;
}

/* The column whose header is `name`: SIZE_MAX none, or more than one (an error, told). */
static size_t find_header(struct rk_import *im, const char *name, const char *option, bool *failed)
{
    size_t found = seek_header(im, name, 0);
    if (found != SIZE_MAX) {
        size_t second = seek_header(im, name, found + 1);
        if (second == SIZE_MAX)
            return found;
        rk_import_error(im, &im->columns[second].pos,
                        _("two columns have this name, and %s asks "
                          "for one"),
                        option);
        *failed = true;
        return SIZE_MAX;
    }
    const char **names = rk_alloc(im->column_count + 1, sizeof *names);
    size_t n = 0;
    for (size_t i = 0; i < im->column_count; i++)
        if (im->columns[i].name.size)
            names[n++] = im->columns[i].name.text;
    const char *nearest = rk_nearest(name, names);
    rk_free(names);
    struct rk_pos pos = header_pos(im);
    if (nearest)
        rk_import_error(im, &pos, _("%s: there is no column '%s'; the nearest is '%s'"), option,
                        name, nearest);
    else
        rk_import_error(im, &pos, _("%s: there is no column '%s'"), option, name);
    *failed = true;
    return SIZE_MAX;
}

static void bind_field(struct rk_import *im, size_t column, size_t field)
{
    struct rk_import_column *c = &im->columns[column];
    c->use = FIELD;
    c->field = field;
    im->source[field] = column;
}

static struct rk_cell_column reading_of(const struct rk_import *im, size_t field)
{
    const struct rk_field *f = &im->schema->fields[field];
    return (struct rk_cell_column){.type = f->type,
                                   .birth = f->type == RK_YEAR && strstr(f->name, "birth"),
                                   .hours = f->type == RK_NUMBER && strstr(f->name, "hours"),
                                   .is_1904 = rk_foreign_1904(im->foreign),
                                   .decimal = im->options.decimal};
}

bool rk_import_is_personal(struct rk_import *im, const struct rk_import_column *c)
{
    if (rk_words_in(im->options.words, "personal", c->name))
        return true;
    struct rk_buf plain = {0};
    rk_buf_add(&plain, c->folded.text, c->folded.size);
    while (plain.size && strchr("0123456789 _", plain.text[plain.size - 1]))
        plain.size--;
    for (size_t i = 0; i < plain.size; i++)
        if (plain.text[i] == '_')
            plain.text[i] = ' ';
    bool found = plain.size && rk_words_in(im->options.words, "personal",
                                           (struct rk_text){plain.text, plain.size});
    rk_buf_free(&plain);
    return found;
}

bool rk_import_left_out(const struct rk_import_column *c)
{
    return c->use == DROP || c->use == NAMELESS || c->use == HOUSEHOLD;
}

/* --keep takes "NEW=Theirs" too, where no header is the whole of it: *their is then what follows.
 */
static const char *new_name(struct rk_import *im, const char *text, const char **theirs)
{
    const char *equal = strchr(text, '=');
    *theirs = text;
    if (!equal || equal == text || seek_header(im, text, 0) != SIZE_MAX)
        return NULL;
    *theirs = equal + 1;
    return rk_arena_text(&im->arena, text, (size_t)(equal - text));
}

/* --keep, --household and --drop */
static void bind_asked(struct rk_import *im, const char *const *names, enum rk_use_of use,
                       const char *option)
{
    for (; names && *names; names++) {
        const char *theirs = *names, *renamed = use == KEEP ? new_name(im, *names, &theirs) : NULL;
        size_t i = seek_header(im, theirs, 0);
        bool failed = false;
        if (i == SIZE_MAX)
            find_header(im, theirs, option, &failed);
        for (; i != SIZE_MAX; i = seek_header(im, theirs, i + 1)) {
            struct rk_import_column *c = &im->columns[i];
            c->use = use;
            if (use != KEEP)
                continue;
            c->out_name = renamed ? renamed : c->name.text;
            if (rk_import_is_personal(im, c) && !strcmp(im->table, "panelists"))
                rk_import_error(im, &c->pos,
                                _("names, addresses and identity numbers of people are "
                                  "in no table of ours: it can only be left out (--drop), or tell "
                                  "who share a household (--household)"));
            else if (rk_import_is_personal(im, c))
                rk_import_error(im, &c->pos,
                                _("names, addresses and identity numbers of people are "
                                  "in no table of ours: it can only be left out (--drop)"));
            else if (rk_schema_find(im->schema, rk_text(c->out_name)) != SIZE_MAX)
                rk_import_error(im, &c->pos,
                                _("a column of ours has this name: keep it under another "
                                  "(--keep NEW='%s')"),
                                c->name.text);
        }
    }
}

/* --set and the map file's constants */
static enum rk_status bind_constants(struct rk_import *im, struct rk_error *error)
{
    for (size_t f = 0; f < im->schema->field_count; f++) {
        const char *value = im->options.map ? rk_map_constant(im->options.map, im->table,
                                                              im->schema->fields[f].name)
                                            : NULL;
        if (value)
            im->constant[f] = rk_text(value);
    }
    for (const char *const *c = im->options.constants; c && *c; c++) {
        const char *equal = strchr(*c, '=');
        if (!equal || equal == *c)
            return rk_fail(error, RK_BAD_USE, _("--set expects COLUMN=VALUE, not '%s'"), *c);
        struct rk_text name = {*c, (size_t)(equal - *c)};
        size_t f = rk_schema_find(im->schema, name);
        if (f == SIZE_MAX)
            return rk_fail(error, RK_BAD_USE, _("--set: table %s has no column '%.*s'"), im->table,
                           (int)name.size, name.text);
        im->constant[f] = rk_text(equal + 1);
    }
    return RK_OK;
}

/* "criterion.ID" or "rater.ID" in the map: the part after the point. */
static const char *score_key(const char *our, const char *kind)
{
    size_t size = strlen(kind);
    return !strncmp(our, kind, size) && our[size] == '.' && our[size + 1] ? our + size + 1 : NULL;
}

/* Is what stands before the point of "TABLE.column" a table, or criterion or rater? */
static bool knows_table(const struct rk_import *im, const char *our)
{
    size_t size = strcspn(our, ".");
    for (const char *const *t = im->options.tables; t && *t; t++)
        if (strlen(*t) == size && !strncmp(*t, our, size))
            return true;
    return score_key(our, "criterion") || score_key(our, "rater") || score_key(our, "item");
}

/* Is it a column of the table whose words the quotas hold, and none of our own table? */
static bool speaks_of_feature(const struct rk_import *im, const char *our)
{
    const struct rk_schema *features = im->options.features;
    const char *dot = strchr(our, '.'), *name = dot ? dot + 1 : our;
    if (!features || rk_schema_find(features, rk_text(name)) == SIZE_MAX)
        return false;
    return dot ? strlen(features->name) == (size_t)(dot - our) &&
                     !strncmp(our, features->name, (size_t)(dot - our))
               : rk_schema_find(im->schema, rk_text(name)) == SIZE_MAX;
}

/* The map speaks of a column that the table does not have. */
static enum rk_status no_field(const struct rk_import *im, const char *name, struct rk_error *error)
{
    const char **names = rk_alloc(im->schema->field_count + 1, sizeof *names);
    for (size_t f = 0; f < im->schema->field_count; f++)
        names[f] = im->schema->fields[f].name;
    const char *nearest = rk_nearest(name, names);
    rk_free(names);
    return nearest ? rk_fail(error, RK_BAD_USE,
                             _("the map: table %s has no column '%s', did you mean '%s'?"),
                             im->table, name, nearest)
                   : rk_fail(error, RK_BAD_USE, _("the map: table %s has no column '%s'"),
                             im->table, name);
}

static enum rk_status add_word(struct rk_import *im, const char *our, const char *theirs,
                               const char *value, struct rk_error *error)
{
    if (rk_words_add(im->mapped, our, rk_text(theirs), rk_text(value)))
        return RK_OK;
    return rk_fail(error, RK_BAD_DATA, _("the map: the word '%s' of %s has two meanings"), theirs,
                   our);
}

/* --map and the map file's columns and words; entries for other tables are passed over. */
static enum rk_status bind_map(struct rk_import *im, struct rk_error *error)
{
    const char *our, *theirs, *value;
    const char *kind = im->options.wide == RK_WIDE_CRITERIA ? "criterion"
                       : im->options.wide == RK_WIDE_RATERS ? "rater"
                       : im->options.wide == RK_WIDE_ITEMS  ? "item"
                                                            : NULL;
    for (int part = RK_MAP_COLUMNS; im->options.map && part <= RK_MAP_VALUES; part++)
        for (size_t i = 0;
             rk_map_entry(im->options.map, (enum rk_map_part)part, i, &our, &theirs, &value); i++) {
            const char *dot = strchr(our, '.'), *name = our;
            bool failed = false;
            if (part == RK_MAP_VALUES && speaks_of_feature(im, our)) {
                enum rk_status status = add_word(im, our, theirs, value, error);
                if (status != RK_OK)
                    return status;
                continue;
            }
            if (part == RK_MAP_COLUMNS && kind && score_key(our, kind)) {
                size_t column = find_header(im, theirs, "--map", &failed);
                if (failed)
                    continue;
                if (im->columns[column].use != UNCLAIMED)
                    rk_import_error(im, &im->columns[column].pos,
                                    _("claimed twice: by %s and before"), our);
                im->columns[column].use = SCORE;
                im->columns[column].key = score_key(our, kind);
                continue;
            }
            if (dot && ((size_t)(dot - our) != strlen(im->table) ||
                        strncmp(our, im->table, (size_t)(dot - our)))) {
                if (knows_table(im, our))
                    continue;
                return rk_fail(error, RK_BAD_USE, _("the map: there is no table '%.*s'"),
                               (int)(dot - our), our);
            }
            if (dot)
                name = dot + 1;
            size_t field = rk_schema_find(im->schema, rk_text(name));
            if (field == SIZE_MAX)
                return no_field(im, name, error);
            if (part == RK_MAP_VALUES) {
                enum rk_status status = add_word(im, our, theirs, value, error);
                if (status != RK_OK)
                    return status;
            } else if (part == RK_MAP_COLUMNS &&
                       !strcmp(theirs, rk_map_column(im->options.map, im->table, name))) {
                size_t column = find_header(im, theirs, "--map", &failed);
                if (failed)
                    continue;
                if (im->columns[column].use != UNCLAIMED && im->columns[column].field != field)
                    rk_import_error(im, &im->columns[column].pos,
                                    _("claimed twice: by %s and before"), our);
                bind_field(im, column, field);
            }
        }
    return RK_OK;
}

/* Is the field still to be found among the headers? */
static bool wanted(const struct rk_import *im, size_t f)
{
    if (im->source[f] != SIZE_MAX || im->constant[f].text || f == im->numbered)
        return false;
    if (im->options.wide == RK_LONG)
        return true;
    if (im->options.wide == RK_WIDE_ITEMS)
        return f != im->item && f != im->answer;
    return f != im->score && f != im->missing &&
           f != (im->options.wide == RK_WIDE_CRITERIA ? im->criterion : im->rater);
}

/* Can the alternative be taken: are its columns in the file and free, and its fields still open? */
static bool fits(struct rk_import *im, size_t alternative)
{
    const char *our, *theirs;
    for (size_t i = 0; rk_map_alternative(im->options.map, alternative, i, &our, &theirs); i++) {
        size_t column = seek_header(im, theirs, 0),
               field = rk_schema_find(im->schema, rk_text(our));
        if (!wanted(im, field) || column == SIZE_MAX || im->columns[column].use != UNCLAIMED)
            return false;
    }
    return true;
}

static enum rk_status bind_alternatives(struct rk_import *im, struct rk_error *error)
{
    const char *our, *theirs;
    size_t a = 0;
    for (; rk_map_alternative(im->options.map, a, 0, &our, &theirs); a++)
        for (size_t i = 0; rk_map_alternative(im->options.map, a, i, &our, &theirs); i++)
            if (rk_schema_find(im->schema, rk_text(our)) == SIZE_MAX)
                return no_field(im, our, error);
    a = 0;
    while (rk_map_alternative(im->options.map, a, 0, &our, &theirs) && !fits(im, a))
        a++;
    for (size_t i = 0; rk_map_alternative(im->options.map, a, i, &our, &theirs); i++) {
        bool failed = false;
        size_t column = find_header(im, theirs, "alternatives", &failed);
        if (!failed)
            bind_field(im, column, rk_schema_find(im->schema, rk_text(our)));
    }
    return RK_OK;
}

/* Is it a column of an alternative? */
static bool is_alternative(struct rk_import *im, const struct rk_import_column *c)
{
    const char *our, *theirs;
    for (size_t a = 0; rk_map_alternative(im->options.map, a, 0, &our, &theirs); a++)
        for (size_t i = 0; rk_map_alternative(im->options.map, a, i, &our, &theirs); i++)
            if (rk_text_equal(rk_fold(&im->text, rk_text(theirs)), c->folded))
                return true;
    return false;
}

/* The rubric's criterion of that id or label, NULL when there is none; two are told. */
static const struct rk_import_criterion *criterion_named(struct rk_import *im,
                                                         const struct rk_import_column *column)
{
    const struct rk_import_criterion *found = NULL;
    for (size_t i = 0; i < im->options.criterion_count; i++) {
        const struct rk_import_criterion *c = &im->options.criteria[i];
        const char *names[] = {c->id, c->label_sv, c->label_en};
        bool same = false;
        for (size_t k = 0; k < 3; k++)
            same |=
                names[k] && rk_text_equal(rk_fold(&im->text, rk_text(names[k])), column->folded);
        if (same && found)
            rk_import_error(im, &column->pos, _("may be %s or %s: say which with --map"), found->id,
                            c->id);
        if (same)
            found = c;
    }
    return found;
}

static void refuse_name(struct rk_import *im, const struct rk_import_column *c)
{
    if (rk_looks_like_name(c->name))
        rk_import_error(im, &c->pos,
                        _("looks like a person's name: give the rater a code with "
                          "--map rater.CODE='%s'"),
                        c->name.text);
}

static void bind_scores(struct rk_import *im)
{
    bool criteria = im->options.wide == RK_WIDE_CRITERIA;
    for (const char *const *name = im->options.columns; name && *name; name++) {
        bool failed = false;
        size_t i = find_header(im, *name, "--columns", &failed);
        if (failed || im->columns[i].use == SCORE)
            continue;
        struct rk_import_column *c = &im->columns[i];
        const struct rk_import_criterion *known = criteria ? criterion_named(im, c) : NULL;
        if (c->use != UNCLAIMED)
            rk_import_error(im, &c->pos, _("claimed twice: by --columns and before"));
        else if (criteria && im->options.criterion_count && !known)
            rk_import_error(im, &c->pos,
                            _("no criterion of the rubric has this name: "
                              "--map criterion.ID='%s' says which it is"),
                            c->name.text);
        else if (!criteria)
            refuse_name(im, c);
        c->use = SCORE;
        c->key = known ? known->id : c->name.text;
    }
    for (size_t i = 0; criteria && !im->options.columns && i < im->column_count; i++) {
        struct rk_import_column *c = &im->columns[i];
        const struct rk_import_criterion *known =
            c->use == UNCLAIMED ? criterion_named(im, c) : NULL;
        if (known) {
            c->use = SCORE;
            c->key = known->id;
        }
    }
}

/* Raters that neither --columns nor --map names: all columns that nothing else claimed. */
static void bind_remaining_raters(struct rk_import *im)
{
    struct rk_buf taken = {0};
    struct rk_pos pos = header_pos(im);
    bool named = im->options.columns != NULL;
    for (size_t i = 0; i < im->column_count; i++)
        named |= im->columns[i].use == SCORE;
    if (im->options.wide != RK_WIDE_RATERS || named)
        return;
    for (size_t i = 0; i < im->column_count; i++) {
        struct rk_import_column *c = &im->columns[i];
        if (c->use != UNCLAIMED || (im->options.drop_unknown && rk_looks_like_name(c->name)) ||
            rk_import_is_personal(im, c))
            continue;
        if (rk_words_in(im->options.words, "computed", c->name))
            rk_import_error(im, &c->pos,
                            _("looks like a sum or a mean, not a rater: --drop '%s', or "
                              "name the raters with --columns"),
                            c->name.text);
        else
            refuse_name(im, c);
        c->use = SCORE;
        c->key = c->name.text;
        rk_buf_printf(&taken, "%s'%s'", taken.size ? ", " : "", c->name.text);
    }
    if (taken.size)
        rk_log(im->options.log, RK_NOTE, &pos, _("taken as raters: %s"), taken.text);
    rk_buf_free(&taken);
}

static void check_scores(struct rk_import *im)
{
    for (size_t i = 0; i < im->column_count; i++) {
        if (im->columns[i].use != SCORE)
            continue;
        im->score_columns++;
        im->columns[i].reading = reading_of(im, im->score);
        for (size_t k = 0; k < i; k++)
            if (im->columns[k].use == SCORE && !strcmp(im->columns[k].key, im->columns[i].key))
                rk_import_error(im, &im->columns[i].pos, _("a second column for %s"),
                                im->columns[i].key);
    }
    struct rk_pos pos = header_pos(im);
    if (!im->score_columns)
        rk_import_error(im, &pos,
                        im->options.wide == RK_WIDE_CRITERIA
                            ? _("no column is a criterion: give --rubric FILE, --columns or "
                                "--map criterion.ID=Header")
                            : _("no column is a rater: give --columns or "
                                "--map rater.CODE=Header"));
    for (size_t i = 0; i < im->options.criterion_count && im->score_columns &&
                       im->options.wide == RK_WIDE_CRITERIA;
         i++) {
        const char *id = im->options.criteria[i].id;
        bool found = false;
        for (size_t k = 0; k < im->column_count; k++)
            found |= im->columns[k].use == SCORE && !strcmp(im->columns[k].key, id);
        if (!found)
            rk_log(im->options.log, RK_NOTE, &pos, _("no column for the rubric's criterion %s"),
                   id);
    }
}

/* A header that holds an identity number is never shown, nor taken for a rater, a criterion or a
 * column to keep: the column can only be left out. */
static void refuse_identities(struct rk_import *im)
{
    for (size_t i = 0; i < im->column_count; i++) {
        struct rk_import_column *c = &im->columns[i];
        bool key = c->use == SCORE && rk_import_holds_identity(im, rk_text(c->key));
        if (c->use == DROP || (!key && !rk_import_holds_identity(im, c->name)))
            continue;
        c->pos.field = NULL;
        if (key || c->use != UNCLAIMED || !im->options.drop_unknown)
            rk_import_error(im, &c->pos,
                            _("the name of the column holds a personal identity number: give it "
                              "another in the file, or leave the column out (--drop-unknown)"));
        else
            rk_log(im->options.log, RK_NOTE, &c->pos,
                   _("a column whose name holds a personal identity number is left out"));
        c->use = DROP;
    }
}

/* 2 = the header is our own name for the field, 1 = one of its aliases. */
static int matches(struct rk_import *im, struct rk_text folded, const struct rk_field *f)
{
    if (rk_text_equal(rk_fold(&im->text, rk_text(f->name)), folded))
        return 2;
    for (const char **alias = f->aliases; alias && *alias && !rk_map_exact(im->options.map);
         alias++)
        if (rk_text_equal(rk_fold(&im->text, rk_text(*alias)), folded))
            return 1;
    return 0;
}

size_t rk_import_field_called(struct rk_import *im, const struct rk_schema *schema,
                              struct rk_text header)
{
    size_t found = SIZE_MAX, count = 0;
    header = rk_import_keep(&im->row_arena, rk_fold(&im->text, header));
    for (size_t f = 0; f < schema->field_count; f++) {
        int strength = matches(im, header, &schema->fields[f]);
        if (strength == 2)
            return f;
        if (strength == 1) {
            found = f;
            count++;
        }
    }
    return count == 1 ? found : SIZE_MAX;
}

static void bind_aliases(struct rk_import *im)
{
    size_t fields = im->schema->field_count;
    bool *open = rk_alloc(fields, sizeof *open);
    for (size_t f = 0; f < fields; f++)
        open[f] = wanted(im, f);
    for (int strength = 2; strength >= 1; strength--)
        for (size_t i = 0; i < im->column_count; i++) {
            struct rk_import_column *c = &im->columns[i];
            size_t found = SIZE_MAX;
            if (c->use != UNCLAIMED)
                continue;
            for (size_t f = 0; f < fields; f++) {
                if (!open[f] || matches(im, c->folded, &im->schema->fields[f]) != strength)
                    continue;
                size_t before = im->source[f];
                if (before != SIZE_MAX &&
                    matches(im, im->columns[before].folded, &im->schema->fields[f]) > strength)
                    continue; /* our own name has been found */
                if (found != SIZE_MAX)
                    rk_import_error(im, &c->pos, _("may be %s or %s: say which with --map"),
                                    im->schema->fields[found].name, im->schema->fields[f].name);
                else if (before != SIZE_MAX)
                    rk_import_error(im, &c->pos,
                                    _("both this column and '%s' may be %s: say which "
                                      "with --map %s=…"),
                                    im->columns[before].name.text, im->schema->fields[f].name,
                                    im->schema->fields[f].name);
                found = f;
            }
            if (found != SIZE_MAX)
                bind_field(im, i, found);
        }
    rk_free(open);
}

/* The field that can be made of a text and a number: the key, or who answered a survey, of which
 * there is one in a row; else SIZE_MAX. */
static size_t numberable(const struct rk_import *im)
{
    const struct rk_schema *s = im->schema;
    size_t respondent = rk_schema_find(s, RK_TEXT("respondent_id"));
    bool person = respondent != SIZE_MAX &&
                  (im->options.wide == RK_WIDE_ITEMS || !strcmp(im->table, "respondents"));
    if (person)
        return respondent;
    return im->options.wide == RK_LONG && s->key_count == 1 &&
                   s->fields[s->key[0]].type == RK_STRING
               ? s->key[0]
               : SIZE_MAX;
}

/* What the file can't tell and the map doesn't. */
static enum rk_status check_asked(struct rk_import *im, struct rk_error *error)
{
    const char *our;
    struct rk_pos pos = header_pos(im);
    for (size_t i = 0; (our = rk_map_asked(im->options.map, i)); i++) {
        size_t field = rk_schema_find(im->schema, rk_text(our));
        if (field == SIZE_MAX)
            return no_field(im, our, error);
        if (wanted(im, field))
            rk_import_error(im, &pos,
                            _("the map leaves %s to you, since no file of this kind tells it: "
                              "--set %s=…"),
                            our, our);
    }
    return RK_OK;
}

/* Every required column must come from somewhere. */
static void check_required(struct rk_import *im)
{
    for (size_t f = 0; f < im->schema->field_count; f++) {
        const struct rk_field *field = &im->schema->fields[f];
        bool given = !wanted(im, f) || (f == im->group && im->options.group_of);
        if (!field->required || given)
            continue;
        const char **names = rk_alloc(im->column_count + 1, sizeof *names);
        size_t n = 0;
        for (size_t i = 0; i < im->column_count; i++)
            if (im->columns[i].use == UNCLAIMED)
                names[n++] = im->columns[i].name.text;
        const char *nearest = rk_nearest(field->name, names);
        for (const char **alias = field->aliases; !nearest && alias && *alias; alias++)
            nearest = rk_nearest(*alias, names);
        struct rk_buf option = {0};
        rk_buf_printf(&option, "--map %s=", field->name);
        add_quoted(&option, nearest ? nearest : "…");
        struct rk_pos pos = header_pos(im);
        if (f == numberable(im) &&
            (rk_map_table(im->options.map) || im->options.wide == RK_WIDE_ITEMS))
            rk_import_error(im, &pos,
                            _("no column is %s, which every row needs: name theirs with %s, or "
                              "make it of the rows' numbers with --number TEXT"),
                            field->name, option.text);
        else
            rk_import_error(im, &pos,
                            _("no column is %s, which every row needs: name theirs with %s, or "
                              "give all rows one value with --set %s=…"),
                            field->name, option.text, field->name);
        rk_buf_free(&option);
        rk_free(names);
    }
}

/* Names of columns as a note shows them, and how many. */
struct listed {
    struct rk_buf names;
    size_t count;
};

static void list_name(struct listed *list, const struct rk_import_column *c)
{
    rk_buf_printf(&list->names, "%s'%s'", list->count++ ? ", " : "", c->name.text);
}

/* What a map that keeps the rest makes of a column that nothing claimed. */
static void keep_rest(struct rk_import *im, struct rk_import_column *c, struct listed *kept,
                      struct listed *personal, struct listed *dropped)
{
    size_t field = rk_import_field_called(im, im->schema, c->name);
    c->use = DROP;
    if (rk_import_is_personal(im, c)) {
        list_name(personal, c);
    } else if (is_alternative(im, c)) { /* another register's number of the same person */
        list_name(dropped, c);
    } else if (field != SIZE_MAX) {
        const char *our = im->schema->fields[field].name;
        rk_import_error(im, &c->pos,
                        _("%s is given otherwise: --map %s='%s' takes it from here, --drop '%s' "
                          "leaves this out"),
                        our, our, c->name.text, c->name.text);
    } else {
        list_name(kept, c);
        c->use = KEEP;
        c->out_name = c->name.text;
        c->unasked = true;
    }
}

/* Lists what nothing claimed, each with what to do, and the options to paste. */
static void check_unclaimed(struct rk_import *im)
{
    const char **names = NULL;
    size_t count = 0, room = 0, left = 0, *fields = NULL, field_room = 0;
    for (size_t f = 0; f < im->schema->field_count; f++) {
        const struct rk_field *field = &im->schema->fields[f];
        if (!wanted(im, f))
            continue;
        for (size_t a = 0; !a || (field->aliases && field->aliases[a - 1]); a++) {
            RK_GROW(names, count, room);
            if (count == field_room)
                fields = rk_resize(fields, field_room = room, sizeof *fields);
            fields[count] = f;
            names[count++] = a ? field->aliases[a - 1] : field->name;
        }
    }
    RK_GROW(names, count, room);
    names[count] = NULL;
    enum rk_map_rest rest = rk_map_rest(im->options.map);
    struct rk_buf paste = {0};
    struct listed dropped = {0}, kept = {0}, personal = {0};
    for (size_t i = 0; i < im->column_count; i++) {
        struct rk_import_column *c = &im->columns[i];
        if (c->use != UNCLAIMED)
            continue;
        if (im->options.drop_unknown || rest == RK_REST_DROP) {
            c->use = DROP;
            list_name(&dropped, c);
            continue;
        }
        if (rest == RK_REST_KEEP) {
            keep_rest(im, c, &kept, &personal, &dropped);
            continue;
        }
        left++;
        rk_buf_text(&paste, " --drop ");
        add_quoted(&paste, c->name.text);
        const char *nearest = rk_nearest(c->name.text, names);
        size_t field = SIZE_MAX;
        for (size_t k = 0; nearest && k < count; k++)
            if (names[k] == nearest)
                field = fields[k];
        if (rk_import_is_personal(im, c))
            rk_import_error(im, &c->pos,
                            _("names, addresses and identity numbers of people are in no "
                              "table of ours: leave it out (--drop)"));
        else if (field != SIZE_MAX)
            rk_import_error(im, &c->pos,
                            _("no column of table %s has this name; the nearest is %s "
                              "(--map %s='%s')"),
                            im->table, im->schema->fields[field].name,
                            im->schema->fields[field].name, c->name.text);
        else
            rk_import_error(im, &c->pos,
                            _("no column of table %s has this name (--keep, --drop or "
                              "--map)"),
                            im->table);
    }
    struct rk_pos pos = header_pos(im);
    if (kept.count)
        rk_log(im->options.log, RK_NOTE, &pos, _("columns kept as they are (%zu): %s"), kept.count,
               kept.names.text);
    if (personal.count)
        rk_log(im->options.log, RK_NOTE, &pos,
               _("columns left out as personal, names and the like (%zu): %s"), personal.count,
               personal.names.text);
    if (dropped.count)
        rk_log(im->options.log, RK_NOTE, &pos, _("columns left out: %s"), dropped.names.text);
    if (left)
        rk_log(im->options.log, RK_NOTE, &pos, _("to leave them out:%s"), paste.text);
    rk_buf_free(&paste);
    rk_buf_free(&dropped.names);
    rk_buf_free(&kept.names);
    rk_buf_free(&personal.names);
    rk_free(names);
    rk_free(fields);
}

/* What a map that comes with rk says of every row is for its user to know. */
static void tell_constants(struct rk_import *im)
{
    struct rk_pos pos = header_pos(im);
    struct rk_buf said = {0};
    for (size_t f = 0; f < im->schema->field_count && rk_map_table(im->options.map); f++) {
        const char *our = im->schema->fields[f].name;
        const char *value = rk_map_constant(im->options.map, im->table, our);
        if (value && im->constant[f].text == value)
            rk_buf_printf(&said, "%s%s %s", said.size ? ", " : "", our, value);
    }
    if (said.size)
        rk_log(im->options.log, RK_NOTE, &pos,
               _("the map gives every row: %s (--set gives another value)"), said.text);
    rk_buf_free(&said);
}

static bool is_in_output(const struct rk_import *im, size_t f)
{
    if (im->source[f] != SIZE_MAX || im->constant[f].text || f == im->numbered)
        return true;
    if (im->options.wide == RK_WIDE_ITEMS)
        return f == im->item || f == im->answer;
    if (im->options.wide != RK_LONG)
        return f == im->score || f == im->missing || f == im->criterion || f == im->rater ||
               (f == im->group && im->options.group_of);
    return (f == im->missing && im->source[im->score] != SIZE_MAX) ||
           (f == im->group && im->options.group_of) || f == im->status;
}

/* rk_table refuses a column that is nearly one of ours; so do we, before anything is written. */
static void refuse_mistyped(struct rk_import *im, const struct rk_import_column *c)
{
    for (size_t f = 0; f < im->schema->field_count; f++) {
        const char *our = im->schema->fields[f].name;
        if (!is_in_output(im, f) && rk_mistyped(c->out_name, our))
            rk_import_error(im, &c->pos,
                            _("nearly the name of our column %s, and would be taken for a slip: "
                              "take it as that (--map %s='%s'), or keep it under another name "
                              "(--keep NEW='%s')"),
                            our, our, c->name.text, c->name.text);
    }
}

static void decide_output(struct rk_import *im)
{
    size_t most = im->schema->field_count + im->column_count + 1;
    im->out = rk_alloc(most, sizeof *im->out);
    im->out_field = rk_alloc(most, sizeof *im->out_field);
    im->out_column = rk_alloc(most, sizeof *im->out_column);
    for (size_t f = 0; f < im->schema->field_count; f++) {
        const struct rk_field *field = &im->schema->fields[f];
        if (!is_in_output(im, f))
            continue;
        im->out_field[im->out_count] = f;
        im->out[im->out_count++] = (struct rk_writer_column){
            field->name, field->type == RK_NUMBER || field->type == RK_INTEGER};
    }
    if (im->options.household) {
        im->out_field[im->out_count] = im->out_column[im->out_count] = SIZE_MAX;
        im->out[im->out_count++] = (struct rk_writer_column){"household", false};
    }
    for (size_t i = 0; i < im->column_count; i++) {
        if (im->columns[i].use != KEEP)
            continue;
        refuse_mistyped(im, &im->columns[i]);
        for (size_t k = 0; k < im->out_count; k++)
            if (!strcmp(im->out[k].name, im->columns[i].out_name))
                rk_import_error(im, &im->columns[i].pos, _("two columns to keep have this name"));
        im->out_field[im->out_count] = SIZE_MAX;
        im->out_column[im->out_count] = i;
        im->out[im->out_count++] = (struct rk_writer_column){im->columns[i].out_name, false};
    }
}

static void open_rejects(struct rk_import *im)
{
    struct rk_writer_column *columns = rk_alloc(im->column_count + 3, sizeof *columns);
    size_t n = 3;
    columns[0].name = "rk:file";
    columns[1] = (struct rk_writer_column){"rk:line", true};
    columns[2].name = "rk:reason";
    for (size_t i = 0; i < im->column_count; i++)
        if (!rk_import_left_out(&im->columns[i]))
            columns[n++].name = im->columns[i].name.text;
    im->rejects = rk_writer_open(im->options.rejects, RK_CSV, columns, n);
    rk_free(columns);
}

static size_t field_named(const struct rk_schema *schema, const char *name)
{
    return rk_schema_find(schema, rk_text(name));
}

enum rk_status rk_import_bind(struct rk_import *im, struct rk_error *error)
{
    const struct rk_schema *s = im->schema;
    im->source = rk_alloc(s->field_count, sizeof *im->source);
    im->constant = rk_alloc(s->field_count, sizeof *im->constant);
    im->constant_reading = rk_alloc(s->field_count, sizeof *im->constant_reading);
    im->values = rk_alloc(s->field_count, sizeof *im->values);
    im->closed = rk_alloc(s->field_count, sizeof *im->closed);
    im->worded = rk_alloc(s->field_count, sizeof *im->worded);
    for (size_t f = 0; f < s->field_count; f++) {
        im->source[f] = SIZE_MAX;
        im->constant_reading[f] = reading_of(im, f);
    }
    im->score = field_named(s, "score");
    im->missing = field_named(s, "missing");
    if (im->missing == SIZE_MAX || im->score == SIZE_MAX)
        im->missing = im->score = SIZE_MAX; /* only ratings have both */
    im->criterion = field_named(s, "criterion");
    im->rater = field_named(s, "rater_id");
    im->group = im->rater == SIZE_MAX ? SIZE_MAX : field_named(s, "rater_group");
    im->status = im->gender = im->birth = SIZE_MAX;
    size_t status_field = field_named(s, "status");
    for (const char **choice = status_field == SIZE_MAX ? NULL : s->fields[status_field].choices;
         choice && *choice; choice++)
        if (!strcmp(*choice, "protected")) {
            im->status = status_field;
            im->gender = field_named(s, "gender");
            im->birth = field_named(s, "birth_year");
        }
    im->numbered = im->feature = im->value = SIZE_MAX;
    if (im->options.features) {
        im->feature = rk_schema_field(s, "feature");
        im->value = rk_schema_field(s, "value");
    }
    const char *meant = rk_map_table(im->options.map);
    if (meant && strcmp(meant, im->table))
        return rk_fail(error, RK_BAD_USE, _("the map file is for --table %s"), meant);
    if (im->options.number && numberable(im) == SIZE_MAX)
        return rk_fail(error, RK_BAD_USE,
                       _("--number makes ids where one column is the key of the table"));
    im->item = field_named(s, "item");
    im->answer = field_named(s, "value");
    if (im->options.wide == RK_WIDE_ITEMS && (im->item == SIZE_MAX || im->answer == SIZE_MAX))
        return rk_fail(
            error, RK_BAD_USE,
            _("--wide items turns a survey's answers into responses: --table responses"));
    if (im->options.wide != RK_LONG && im->options.wide != RK_WIDE_ITEMS &&
        (im->score == SIZE_MAX || im->criterion == SIZE_MAX || im->rater == SIZE_MAX))
        return rk_fail(error, RK_BAD_USE,
                       _("--wide turns score sheets into ratings: --table ratings"));
    enum rk_status status = rk_import_read_header(im, error);
    if (status != RK_OK)
        return status;
    bind_asked(im, rk_map_kept(im->options.map), KEEP, "keep");
    bind_asked(im, rk_map_dropped(im->options.map), DROP, "drop");
    bind_asked(im, im->options.keep, KEEP, "--keep");
    bind_asked(im, im->options.household, HOUSEHOLD, "--household");
    bind_asked(im, im->options.drop, DROP, "--drop");
    status = bind_constants(im, error);
    if (status == RK_OK)
        status = bind_map(im, error);
    if (status == RK_OK && im->options.number) {
        size_t key = numberable(im);
        if (!wanted(im, key))
            return rk_fail(error, RK_BAD_USE,
                           _("%s is given by --map or --set and by --number: one of them"),
                           s->fields[key].name);
        im->numbered = key;
    }
    if (status != RK_OK)
        return status;
    status = bind_alternatives(im, error);
    if (status != RK_OK)
        return status;
    if (im->options.wide == RK_WIDE_ITEMS)
        rk_import_bind_items(im);
    else if (im->options.wide != RK_LONG)
        bind_scores(im);
    refuse_identities(im);
    bind_aliases(im);
    bind_remaining_raters(im);
    if (im->options.wide != RK_LONG && im->options.wide != RK_WIDE_ITEMS)
        check_scores(im);
    check_required(im);
    status = check_asked(im, error);
    if (status != RK_OK)
        return status;
    check_unclaimed(im);
    tell_constants(im);
    for (size_t f = 0; f < s->field_count; f++) {
        const struct rk_field *field = &s->fields[f];
        im->closed[f] = rk_words_has(im->mapped, im->table, field->name);
        im->worded[f] = im->closed[f] || field->choices || field->type == RK_BOOLEAN ||
                        rk_words_has(im->options.words, im->table, field->name);
    }
    for (size_t i = 0; i < im->column_count; i++)
        if (im->columns[i].use == FIELD)
            im->columns[i].reading = reading_of(im, im->columns[i].field);
    decide_output(im);
    struct rk_pos pos = header_pos(im);
    if (im->errors)
        return rk_fail_at(error, RK_BAD_DATA, &pos, _("the columns are not all accounted for"));
    if (im->options.rejects)
        open_rejects(im);
    return RK_OK;
}
