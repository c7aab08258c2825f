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

static enum rk_status read_header(struct rk_import *im, struct rk_error *error)
{
    struct rk_foreign_row row;
    bool more;
    unsigned long long above = 0;
    for (;;) {
        enum rk_status status = rk_foreign_next(im->foreign, &row, &more, error);
        if (status != RK_OK)
            return status;
        struct rk_pos pos = {.file = rk_foreign_pos(im->foreign, 0).file};
        if (!more)
            return rk_fail_at(error, RK_BAD_DATA, &pos, _("there is no header: the file is blank"));
        if (im->options.header && row.line < im->options.header) {
            above += !row.blank;
            continue;
        }
        if (im->options.header && (row.line > im->options.header || row.blank)) {
            pos.line = im->options.header;
            return rk_fail_at(error, RK_BAD_DATA, &pos, _("there is no header on this line"));
        }
        if (!row.blank)
            break;
        im->counts.rows_in++;
        im->counts.blank++;
    }
    if (above) {
        struct rk_pos pos = {.file = rk_foreign_pos(im->foreign, 0).file, .line = row.line};
        rk_log(im->options.log, RK_NOTE, &pos, _("not read, above the header (rows: %llu)"), above);
    }
    im->header_line = row.line;
    im->column_count = row.count;
    im->columns = rk_alloc(row.count, sizeof *im->columns);
    for (size_t i = 0; i < row.count; i++) {
        struct rk_import_column *c = &im->columns[i];
        struct rk_text name = {row.cells[i].text, row.cells[i].size};
        c->name = rk_import_keep(&im->arena, rk_tidy(&im->tidy, name.size ? name : RK_TEXT("")));
        c->folded = rk_import_keep(&im->arena, rk_fold(&im->text, c->name));
        c->pos = rk_foreign_pos(im->foreign, i);
        c->pos.field = c->name.size ? c->name.text : NULL;
        c->field = SIZE_MAX;
        if (!c->folded.size)
            c->use = NAMELESS;
    }
    return RK_OK;
}

/* The column whose header is `name`: SIZE_MAX none, or more than one (an error, told). */
static size_t find_header(struct rk_import *im, const char *name, const char *option, bool *failed)
{
    struct rk_text folded = rk_fold(&im->text, rk_text(name));
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < im->column_count; i++)
        if (im->columns[i].folded.size && rk_text_equal(im->columns[i].folded, folded)) {
            if (found != SIZE_MAX) {
                rk_import_error(im, &im->columns[i].pos,
                                _("two columns have this name, and %s asks "
                                  "for one"),
                                option);
                *failed = true;
                return SIZE_MAX;
            }
            found = i;
        }
    if (found != SIZE_MAX)
        return found;
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
                                   .is_1904 = rk_foreign_1904(im->foreign),
                                   .decimal = im->options.decimal};
}

/* --keep and --drop */
static void bind_asked(struct rk_import *im, const char *const *names, enum rk_use_of use,
                       const char *option)
{
    for (; names && *names; names++) {
        struct rk_text folded = rk_import_keep(&im->arena, rk_fold(&im->text, rk_text(*names)));
        bool any = false, failed = false;
        for (size_t i = 0; i < im->column_count; i++) {
            struct rk_import_column *c = &im->columns[i];
            if (!c->folded.size || !rk_text_equal(c->folded, folded))
                continue;
            any = true;
            c->use = use;
            if (use != KEEP)
                continue;
            if (rk_words_in(im->options.words, "personal", c->name))
                rk_import_error(im, &c->pos,
                                _("names, addresses and identity numbers of people are "
                                  "in no table of ours: it can only be left out (--drop)"));
            else if (rk_schema_find(im->schema, c->name) != SIZE_MAX)
                rk_import_error(im, &c->pos,
                                _("a column of ours has this name: it can't be kept as "
                                  "something else"));
        }
        if (!any)
            find_header(im, *names, option, &failed);
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
    return score_key(our, "criterion") || score_key(our, "rater");
}

/* --map and the map file's columns and words; entries for other tables are passed over. */
static enum rk_status bind_map(struct rk_import *im, struct rk_error *error)
{
    const char *our, *theirs, *value;
    const char *kind = im->options.wide == RK_WIDE_CRITERIA ? "criterion"
                       : im->options.wide == RK_WIDE_RATERS ? "rater"
                                                            : NULL;
    const char **names = rk_alloc(im->schema->field_count + 1, sizeof *names);
    for (size_t f = 0; f < im->schema->field_count; f++)
        names[f] = im->schema->fields[f].name;
    for (int part = RK_MAP_COLUMNS; im->options.map && part <= RK_MAP_VALUES; part++)
        for (size_t i = 0;
             rk_map_entry(im->options.map, (enum rk_map_part)part, i, &our, &theirs, &value); i++) {
            const char *dot = strchr(our, '.'), *name = our;
            bool failed = false;
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
                rk_free(names);
                return rk_fail(error, RK_BAD_USE, _("the map: there is no table '%.*s'"),
                               (int)(dot - our), our);
            }
            if (dot)
                name = dot + 1;
            size_t field = rk_schema_find(im->schema, rk_text(name));
            if (field == SIZE_MAX) {
                const char *nearest = rk_nearest(name, names);
                enum rk_status status =
                    nearest ? rk_fail(error, RK_BAD_USE,
                                      _("the map: table %s has no column '%s', did you mean '%s'?"),
                                      im->table, name, nearest)
                            : rk_fail(error, RK_BAD_USE, _("the map: table %s has no column '%s'"),
                                      im->table, name);
                rk_free(names);
                return status;
            }
            if (part == RK_MAP_VALUES) {
                if (!rk_words_add(im->mapped, our, rk_text(theirs), rk_text(value))) {
                    rk_free(names);
                    return rk_fail(error, RK_BAD_DATA,
                                   _("the map: the word '%s' of %s has two meanings"), theirs, our);
                }
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
    rk_free(names);
    return RK_OK;
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
            rk_words_in(im->options.words, "personal", c->name))
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
static int matches(struct rk_import *im, const struct rk_import_column *c, size_t field)
{
    const struct rk_field *f = &im->schema->fields[field];
    if (rk_text_equal(rk_fold(&im->text, rk_text(f->name)), c->folded))
        return 2;
    for (const char **alias = f->aliases; alias && *alias; alias++)
        if (rk_text_equal(rk_fold(&im->text, rk_text(*alias)), c->folded))
            return 1;
    return 0;
}

/* Is the field still to be found among the headers? */
static bool wanted(const struct rk_import *im, size_t f)
{
    if (im->source[f] != SIZE_MAX || im->constant[f].text)
        return false;
    if (im->options.wide == RK_LONG)
        return true;
    return f != im->score && f != im->missing &&
           f != (im->options.wide == RK_WIDE_CRITERIA ? im->criterion : im->rater);
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
                if (!open[f] || matches(im, c, f) != strength)
                    continue;
                size_t before = im->source[f];
                if (before != SIZE_MAX && matches(im, &im->columns[before], f) > strength)
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
        rk_import_error(im, &pos,
                        _("no column is %s, which every row needs: name theirs with %s, or "
                          "give all rows one value with --set %s=…"),
                        field->name, option.text, field->name);
        rk_buf_free(&option);
        rk_free(names);
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
    struct rk_buf paste = {0}, dropped = {0};
    for (size_t i = 0; i < im->column_count; i++) {
        struct rk_import_column *c = &im->columns[i];
        if (c->use != UNCLAIMED)
            continue;
        if (im->options.drop_unknown) {
            c->use = DROP;
            rk_buf_printf(&dropped, "%s'%s'", dropped.size ? ", " : "", c->name.text);
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
        if (rk_words_in(im->options.words, "personal", c->name))
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
    if (dropped.size)
        rk_log(im->options.log, RK_NOTE, &pos, _("columns left out: %s"), dropped.text);
    if (left)
        rk_log(im->options.log, RK_NOTE, &pos, _("to leave them out:%s"), paste.text);
    rk_buf_free(&paste);
    rk_buf_free(&dropped);
    rk_free(names);
    rk_free(fields);
}

static bool is_in_output(const struct rk_import *im, size_t f)
{
    if (im->source[f] != SIZE_MAX || im->constant[f].text)
        return true;
    if (im->options.wide != RK_LONG)
        return f == im->score || f == im->missing || f == im->criterion || f == im->rater ||
               (f == im->group && im->options.group_of);
    return (f == im->missing && im->source[im->score] != SIZE_MAX) ||
           (f == im->group && im->options.group_of) || f == im->status;
}

static void decide_output(struct rk_import *im)
{
    size_t most = im->schema->field_count + im->column_count;
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
    for (size_t i = 0; i < im->column_count; i++) {
        if (im->columns[i].use != KEEP)
            continue;
        for (size_t k = 0; k < im->out_count; k++)
            if (!strcmp(im->out[k].name, im->columns[i].name.text))
                rk_import_error(im, &im->columns[i].pos, _("two columns to keep have this name"));
        im->out_field[im->out_count] = SIZE_MAX;
        im->out_column[im->out_count] = i;
        im->out[im->out_count++] = (struct rk_writer_column){im->columns[i].name.text, false};
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
        if (im->columns[i].use != DROP && im->columns[i].use != NAMELESS)
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
    if (im->options.wide != RK_LONG &&
        (im->score == SIZE_MAX || im->criterion == SIZE_MAX || im->rater == SIZE_MAX))
        return rk_fail(error, RK_BAD_USE,
                       _("--wide turns score sheets into ratings: --table ratings"));
    enum rk_status status = read_header(im, error);
    if (status != RK_OK)
        return status;
    bind_asked(im, im->options.keep, KEEP, "--keep");
    bind_asked(im, im->options.drop, DROP, "--drop");
    status = bind_constants(im, error);
    if (status == RK_OK)
        status = bind_map(im, error);
    if (status != RK_OK)
        return status;
    if (im->options.wide != RK_LONG)
        bind_scores(im);
    refuse_identities(im);
    bind_aliases(im);
    bind_remaining_raters(im);
    if (im->options.wide != RK_LONG)
        check_scores(im);
    check_required(im);
    check_unclaimed(im);
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
