/* --map and --map-file: what foreign columns, constants and words mean. */
#include "base/hash.h"
#include "base/mem.h"
#include "stream/json.h"
#include "table/table.h"

struct entry {
    char *our;    /* "column" or "TABLE.column" */
    char *theirs; /* column name, constant or word */
    char *value;  /* our word for theirs, in values alone */
};

struct entries {
    struct entry *all;
    size_t count, room;
};

struct rk_map {
    struct entries columns, constants, values;
    struct entries *alternatives; /* each a set of columns */
    size_t alternative_count, alternative_room;
    struct rk_strings asked;
    struct names { /* ends with NULL */
        const char **all;
        size_t count, room;
    } kept, dropped;
    char *table; /* or NULL */
    enum rk_map_rest rest;
    bool exact;
    const char *import_path; /* the file that speaks of rk-import alone, or NULL */
};

struct rk_map *rk_map_new(void) { return rk_alloc(1, sizeof(struct rk_map)); }

static void free_entries(struct entries *list)
{
    for (size_t i = 0; i < list->count; i++) {
        rk_free(list->all[i].our);
        rk_free(list->all[i].theirs);
        rk_free(list->all[i].value);
    }
    rk_free(list->all);
}

void rk_map_free(struct rk_map *map)
{
    if (!map)
        return;
    free_entries(&map->columns);
    free_entries(&map->constants);
    free_entries(&map->values);
    for (size_t i = 0; i < map->alternative_count; i++)
        free_entries(&map->alternatives[i]);
    rk_free(map->alternatives);
    rk_strings_free(&map->asked);
    rk_free(map->kept.all);
    rk_free(map->dropped.all);
    rk_free(map->table);
    rk_free(map);
}

static void add(struct entries *list, const char *our, size_t our_size, const char *theirs,
                const char *value)
{
    RK_GROW(list->all, list->count, list->room);
    list->all[list->count++] = (struct entry){rk_strndup(our, our_size), rk_strdup(theirs),
                                              value ? rk_strdup(value) : NULL};
}

/* The same, where a second word on the matter would be passed over without one. */
static enum rk_status add_once(struct entries *list, const char *our, size_t our_size,
                               const char *theirs, struct rk_error *error)
{
    for (size_t i = 0; i < list->count; i++)
        if (rk_text_is((struct rk_text){our, our_size}, list->all[i].our) &&
            strcmp(list->all[i].theirs, theirs))
            return rk_fail(error, RK_BAD_USE, _("%s is mapped to \"%s\" and to \"%s\""),
                           list->all[i].our, list->all[i].theirs, theirs);
    add(list, our, our_size, theirs, NULL);
    return RK_OK;
}

/* Does the entry speak of column `our` of `table`? */
static bool speaks_of(const struct entry *entry, const char *table, const char *our)
{
    const char *dot = strchr(entry->our, '.');
    if (!dot)
        return !strcmp(entry->our, our);
    size_t size = (size_t)(dot - entry->our);
    return strlen(table) == size && !memcmp(table, entry->our, size) && !strcmp(dot + 1, our);
}

/* The entry that speaks of the column, one that names the table before one that doesn't. */
static const struct entry *find(const struct entries *list, const char *table, const char *our)
{
    const struct entry *found = NULL;
    for (size_t i = 0; i < list->count; i++)
        if (speaks_of(&list->all[i], table, our) && (!found || strchr(list->all[i].our, '.')))
            found = &list->all[i];
    return found;
}

enum rk_status rk_map_add(struct rk_map *map, const char *text, struct rk_error *error)
{
    const char *equal = strchr(text, '=');
    if (!equal || equal == text || !equal[1])
        return rk_fail(error, RK_BAD_USE, _("\"%.80s\" is not of the form our_column=Their column"),
                       text);
    return add_once(&map->columns, text, (size_t)(equal - text), equal + 1, error);
}

/* The members of an object that maps names to texts. */
static enum rk_status read_texts(struct entries *list, const rk_json *object, const char *part,
                                 struct rk_error *error)
{
    const rk_json *value;
    enum rk_status status = RK_OK;
    void *at = NULL;
    const char *our;
    while (!status && rk_json_each(object, &at, &our, &value)) {
        const char *text = rk_json_text(value);
        if (!text)
            return rk_fail(error, RK_BAD_DATA, _("%s.%s must be a text"), part, our);
        status = add_once(list, our, strlen(our), text, error);
    }
    return status;
}

/* A member that maps names to texts, or words of a column to our words where `deep`. */
static enum rk_status read_part(struct entries *list, const rk_json *document, const char *part,
                                bool deep, struct rk_error *error)
{
    const rk_json *object = NULL, *value;
    enum rk_status status = rk_json_object(document, part, false, &object, "", error);
    if (!status && object && !deep)
        return read_texts(list, object, part, error);
    void *at = NULL;
    const char *our;
    while (!status && object && rk_json_each(object, &at, &our, &value)) {
        const rk_json *words = NULL, *word;
        status = rk_json_object(object, our, true, &words, part, error);
        void *inner = NULL;
        const char *theirs;
        while (!status && rk_json_each(words, &inner, &theirs, &word)) {
            if (!rk_json_text(word))
                return rk_fail(error, RK_BAD_DATA, _("%s.%s.%s must be a text"), part, our, theirs);
            add(list, our, strlen(our), theirs, rk_json_text(word));
        }
    }
    return status;
}

/* A list of their columns, added to those of a file before. */
static enum rk_status read_names(struct names *names, const rk_json *document, const char *part,
                                 struct rk_error *error)
{
    const rk_json *list = NULL;
    enum rk_status status = rk_json_array(document, part, false, &list, "", error);
    for (size_t i = 0; !status && list && i < rk_json_count(list); i++) {
        const char *name = rk_json_text(rk_json_item(list, i));
        if (!name)
            return rk_fail(error, RK_BAD_DATA, _("%s must be a list of texts"), part);
        if (names->count + 2 > names->room) {
            names->room = names->room * 2 + 8;
            names->all = rk_resize(names->all, names->room, sizeof *names->all);
        }
        names->all[names->count++] = rk_keep(name);
        names->all[names->count] = NULL;
    }
    return status;
}

/* What rk-import alone understands. The members of a second map file join those of the first. */
static enum rk_status read_import(struct rk_map *map, const rk_json *document, const char *path,
                                  struct rk_error *error)
{
    const rk_json *list = NULL, *asked = NULL;
    const char *table = NULL, *rest = NULL;
    bool exact = false;
    size_t columns = map->kept.count + map->dropped.count;
    enum rk_status status = rk_json_array(document, "alternatives", false, &list, "", error);
    if (!status)
        status = read_names(&map->kept, document, "keep", error);
    if (!status)
        status = read_names(&map->dropped, document, "drop", error);
    if (!status)
        status = rk_json_array(document, "ask", false, &asked, "", error);
    if (!status)
        status = rk_json_string(document, "table", false, &table, "", error);
    if (!status)
        status = rk_json_string(document, "rest", false, &rest, "", error);
    if (!status)
        status = rk_json_flag(document, "exact", false, &exact, "", error);
    for (size_t i = 0; !status && list && i < rk_json_count(list); i++) {
        RK_GROW(map->alternatives, map->alternative_count, map->alternative_room);
        struct entries *alternative = &map->alternatives[map->alternative_count++];
        *alternative = (struct entries){0};
        status = read_texts(alternative, rk_json_item(list, i), "alternatives", error);
        if (!status && !alternative->count)
            status = rk_fail(error, RK_BAD_DATA, _("alternatives: each must name columns"));
    }
    for (size_t i = 0; !status && asked && i < rk_json_count(asked); i++) {
        const char *our = rk_json_text(rk_json_item(asked, i));
        if (!our)
            return rk_fail(error, RK_BAD_DATA, _("%s must be a list of texts"), "ask");
        rk_strings_add(&map->asked, rk_text(our));
    }
    if (status)
        return status;
    if (table && map->table && strcmp(table, map->table))
        return rk_fail(error, RK_BAD_USE, _("one map file is for table %s, another for %s"),
                       map->table, table);
    if (rest && strcmp(rest, "keep") && strcmp(rest, "drop"))
        return rk_fail(error, RK_BAD_DATA, _("rest must be keep or drop"));
    if (table && !map->table)
        map->table = rk_strdup(table);
    if (rest)
        map->rest = *rest == 'k' ? RK_REST_KEEP : RK_REST_DROP;
    map->exact |= exact;
    if (list || asked || table || rest || exact || map->kept.count + map->dropped.count > columns)
        map->import_path = rk_keep(path);
    return RK_OK;
}

enum rk_status rk_map_read(struct rk_map *map, const char *path, struct rk_error *error)
{
    static const char *const known[] = {"columns", "constants", "values",       "table",
                                        "exact",   "rest",      "alternatives", "ask",
                                        "keep",    "drop",      "guess", /* why, for people */
                                        NULL};
    rk_json *document;
    enum rk_status status = rk_json_read(&document, path, error);
    if (status)
        return status;
    status = rk_json_only(document, known, _("the map file"), error);
    if (!status)
        status = read_part(&map->columns, document, "columns", false, error);
    if (!status)
        status = read_part(&map->constants, document, "constants", false, error);
    if (!status)
        status = read_part(&map->values, document, "values", true, error);
    if (!status)
        status = read_import(map, document, path, error);
    if (status && error && !error->pos.file)
        error->pos.file = rk_keep(path);
    rk_json_free(document);
    return status;
}

const char *rk_map_column(const struct rk_map *map, const char *table, const char *our)
{
    const struct entry *entry = map ? find(&map->columns, table, our) : NULL;
    return entry ? entry->theirs : NULL;
}

const char *rk_map_constant(const struct rk_map *map, const char *table, const char *our)
{
    const struct entry *entry = map ? find(&map->constants, table, our) : NULL;
    return entry ? entry->theirs : NULL;
}

bool rk_map_entry(const struct rk_map *map, enum rk_map_part part, size_t index, const char **our,
                  const char **theirs, const char **value)
{
    const struct entries *list = part == RK_MAP_COLUMNS     ? &map->columns
                                 : part == RK_MAP_CONSTANTS ? &map->constants
                                                            : &map->values;
    if (index >= list->count)
        return false;
    *our = list->all[index].our;
    *theirs = list->all[index].theirs;
    *value = list->all[index].value;
    return true;
}

bool rk_map_alternative(const struct rk_map *map, size_t alternative, size_t index,
                        const char **our, const char **theirs)
{
    if (!map || alternative >= map->alternative_count ||
        index >= map->alternatives[alternative].count)
        return false;
    *our = map->alternatives[alternative].all[index].our;
    *theirs = map->alternatives[alternative].all[index].theirs;
    return true;
}

const char *rk_map_asked(const struct rk_map *map, size_t index)
{
    return map && index < map->asked.count ? map->asked.texts[index].text : NULL;
}

const char *const *rk_map_kept(const struct rk_map *map)
{
    return map ? (const char *const *)map->kept.all : NULL;
}

const char *const *rk_map_dropped(const struct rk_map *map)
{
    return map ? (const char *const *)map->dropped.all : NULL;
}

const char *rk_map_table(const struct rk_map *map) { return map ? map->table : NULL; }

enum rk_map_rest rk_map_rest(const struct rk_map *map) { return map ? map->rest : RK_REST_REFUSE; }

bool rk_map_exact(const struct rk_map *map) { return map && map->exact; }

bool rk_map_has_values(const struct rk_map *map, const char *table, const char *our)
{
    return map && find(&map->values, table, our);
}

bool rk_map_value(const struct rk_map *map, const char *table, const char *our,
                  struct rk_text theirs, struct rk_text *ours)
{
    for (size_t i = 0; map && i < map->values.count; i++)
        if (speaks_of(&map->values.all[i], table, our) &&
            rk_text_is(theirs, map->values.all[i].theirs)) {
            *ours = rk_text(map->values.all[i].value);
            return true;
        }
    return false;
}

static enum rk_status check(const struct entries *list, const struct rk_schema *const *schemas,
                            size_t count, struct rk_error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        bool known = false;
        size_t name_count = 0;
        const char **all = NULL;
        size_t room = 0;
        const char *dot = strchr(list->all[i].our, '.');
        const char *our = dot ? dot + 1 : list->all[i].our;
        for (size_t s = 0; s < count; s++)
            for (size_t f = 0; f < schemas[s]->field_count; f++) {
                known |= speaks_of(&list->all[i], schemas[s]->name, schemas[s]->fields[f].name);
                RK_GROW(all, name_count, room);
                all[name_count++] = schemas[s]->fields[f].name;
            }
        RK_GROW(all, name_count, room);
        all[name_count] = NULL;
        const char *nearest = known ? NULL : rk_nearest(our, all);
        rk_free(all);
        if (!known && nearest)
            return rk_fail(error, RK_BAD_USE,
                           _("no column of ours is called \"%s\"; did you mean \"%s\"?"),
                           list->all[i].our, nearest);
        if (!known)
            return rk_fail(error, RK_BAD_USE, _("no column of ours is called \"%s\""),
                           list->all[i].our);
    }
    return RK_OK;
}

bool rk_map_is_empty(const struct rk_map *map)
{
    return !map->columns.count && !map->constants.count && !map->values.count && !map->import_path;
}

enum rk_status rk_map_check(const struct rk_map *map, const struct rk_schema *const *schemas,
                            size_t count, struct rk_error *error)
{
    if (map->import_path) {
        struct rk_pos pos = {.file = map->import_path};
        return rk_fail_at(error, RK_BAD_USE, &pos,
                          _("this map file is for rk-import: what it says of the remaining columns "
                            "holds nowhere else"));
    }
    enum rk_status status = check(&map->columns, schemas, count, error);
    if (!status)
        status = check(&map->constants, schemas, count, error);
    if (!status)
        status = check(&map->values, schemas, count, error);
    return status;
}
