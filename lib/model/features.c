#include "model/features.h"

#include "base/mem.h"
#include "table/words.h"

#include <assert.h>

static const char *const common_bands[] = {"0-12", "13-17", "18-24", "25-44", "45-64", "65+"};
enum { COMMON_BANDS = sizeof common_bands / sizeof *common_bands, OLDEST = 999 };

/* The next part of a crossed name or value; `more` tells whether a cross followed it. */
static struct rk_text next_part(struct rk_text *rest, bool *more)
{
    const size_t cross = sizeof RK_FEATURE_CROSS - 1;
    const char *at = rest->size ? memmem(rest->text, rest->size, RK_FEATURE_CROSS, cross) : NULL;
    struct rk_text part = {rest->text, at ? (size_t)(at - rest->text) : rest->size};
    size_t used = part.size + (at ? cross : 0);
    *more = at != NULL;
    *rest = (struct rk_text){rest->text + used, rest->size - used};
    return rk_text_trim(part);
}

static uint32_t find(const struct rk_features *features, struct rk_text name)
{
    for (uint32_t f = 0; f < features->count; f++)
        if (rk_text_equal(features->all[f].name, name))
            return f;
    return RK_NONE;
}

static uint32_t add(struct rk_features *features, struct rk_text name)
{
    uint32_t found = find(features, name);
    if (found != RK_NONE)
        return found;
    RK_GROW(features->all, features->count, features->room);
    features->all[features->count] =
        (struct rk_feature){.name = {rk_strndup(name.text, name.size), name.size},
                            .field = SIZE_MAX,
                            .extra = SIZE_MAX};
    return features->count++;
}

/* The parts of a name: how many, 0 where it is none. */
static uint32_t parts_of(struct rk_text name, struct rk_text parts[RK_FEATURE_PARTS])
{
    uint32_t count = 0;
    for (bool more = true; more; count++) {
        if (count == RK_FEATURE_PARTS)
            return 0;
        parts[count] = next_part(&name, &more);
        for (uint32_t i = 0; i < count; i++)
            if (rk_text_equal(parts[i], parts[count]))
                return 0;
        if (!parts[count].size)
            return 0;
    }
    return count;
}

static void join(struct rk_buf *joined, const struct rk_text *parts, uint32_t count)
{
    rk_buf_clear(joined);
    for (uint32_t i = 0; i < count; i++) {
        rk_buf_text(joined, i ? RK_FEATURE_CROSS : "");
        rk_buf_add(joined, parts[i].text, parts[i].size);
    }
}

uint32_t rk_features_find(const struct rk_features *features, struct rk_text name)
{
    struct rk_text parts[RK_FEATURE_PARTS];
    struct rk_buf joined = {0};
    join(&joined, parts, parts_of(name, parts));
    uint32_t found = find(features, (struct rk_text){joined.text, joined.size});
    rk_buf_free(&joined);
    return found;
}

uint32_t rk_features_want(struct rk_features *features, struct rk_text name)
{
    struct rk_text parts[RK_FEATURE_PARTS];
    uint32_t count = parts_of(name, parts), numbers[RK_FEATURE_PARTS];
    assert(!features->row_count);
    if (!count)
        return RK_NONE;
    for (uint32_t i = 0; i < count; i++)
        numbers[i] = add(features, parts[i]);
    if (count == 1)
        return numbers[0];
    struct rk_buf joined = {0};
    join(&joined, parts, count);
    uint32_t crossed = add(features, (struct rk_text){joined.text, joined.size});
    struct rk_feature *feature = &features->all[crossed];
    memcpy(feature->parts, numbers, count * sizeof *numbers);
    feature->part_count = count;
    rk_buf_free(&joined);
    return crossed;
}

uint32_t rk_features_expect(struct rk_features *features, uint32_t f, struct rk_text value)
{
    struct rk_feature *feature = &features->all[f];
    struct rk_text parts[RK_FEATURE_PARTS], rest = value;
    uint32_t count = 0;
    bool more = true;
    if (!feature->part_count)
        return rk_strings_add(&feature->values, rk_text_trim(value));
    for (; more && count < feature->part_count; count++)
        parts[count] = next_part(&rest, &more);
    if (more || count < feature->part_count)
        return RK_NONE;
    struct rk_buf joined = {0};
    for (uint32_t i = 0; i < count; i++)
        rk_features_expect(features, feature->parts[i], parts[i]);
    join(&joined, parts, count);
    uint32_t number = rk_strings_add(&feature->values, (struct rk_text){joined.text, joined.size});
    rk_buf_free(&joined);
    return number;
}

static bool age_of(struct rk_text text, int32_t *age)
{
    int64_t value;
    if (!text.size || !rk_text_int(text, &value) || value < 0 || value > OLDEST)
        return false;
    *age = (int32_t)value;
    return true;
}

bool rk_feature_band(struct rk_text text, int32_t *from, int32_t *to)
{
    const char *dash = text.size ? memchr(text.text, '-', text.size) : NULL;
    *from = 0;
    *to = OLDEST;
    if (text.size && text.text[text.size - 1] == '+')
        return age_of((struct rk_text){text.text, text.size - 1}, from);
    if (!dash) {
        bool one = age_of(text, from);
        *to = *from;
        return one;
    }
    struct rk_text before = {text.text, (size_t)(dash - text.text)};
    struct rk_text after = {dash + 1, text.size - before.size - 1};
    return (before.size || after.size) && (!before.size || age_of(before, from)) &&
           (!after.size || age_of(after, to)) && *from <= *to;
}

/* ---- where a feature's cells are ---- */

/* "there is no column X to count by; the nearest is Y" */
static enum rk_status no_feature(const struct rk_feature *feature, const struct rk_table *table,
                                 struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    size_t extras = rk_table_extras(table), n = 0;
    const char **names = rk_alloc(schema->field_count + extras + 2, sizeof *names);
    for (size_t f = 0; f < schema->field_count; f++)
        if (rk_table_has(table, f))
            names[n++] = schema->fields[f].name;
    for (size_t i = 0; i < extras; i++)
        names[n++] = rk_table_extra_name(table, i).text;
    names[n++] = "age";
    bool age = rk_text_is(feature->name, "age");
    const char *nearest = age ? NULL : rk_nearest(feature->name.text, names);
    struct rk_pos pos = {.file = rk_reader_file(rk_table_reader(table))};
    rk_free(names);
    if (age)
        return rk_fail_at(error, RK_BAD_DATA, &pos,
                          _("the feature \"age\" needs a column birth_year, or age"));
    if (nearest)
        return rk_fail_at(error, RK_BAD_DATA, &pos,
                          _("the feature \"%s\" is no column; the nearest is \"%s\""),
                          feature->name.text, nearest);
    return rk_fail_at(error, RK_BAD_DATA, &pos, _("the feature \"%s\" is no column"),
                      feature->name.text);
}

static enum rk_status make_bands(const struct rk_features *features, struct rk_feature *feature,
                                 struct rk_error *error)
{
    if (!features->year)
        return rk_fail(error, RK_BAD_USE,
                       _("the feature \"age\" is told from birth_year, and needs a day"));
    bool expected = feature->values.count > 0;
    for (int i = 0; !expected && i < COMMON_BANDS; i++)
        rk_strings_add(&feature->values, rk_text(common_bands[i]));
    feature->is_age = true;
    feature->bands = rk_alloc(feature->values.count, sizeof *feature->bands);
    feature->band_count = feature->values.count;
    for (uint32_t v = 0; v < feature->band_count; v++) {
        struct rk_feature_band *band = &feature->bands[v];
        band->value = v;
        if (!rk_feature_band(feature->values.texts[v], &band->from, &band->to))
            return rk_fail(error, RK_BAD_DATA,
                           _("the feature \"age\": '%s' is not a band such as 13-17 or 65+"),
                           feature->values.texts[v].text);
    }
    return RK_OK;
}

static bool are_same(struct rk_text a, struct rk_text b, bool folded)
{
    struct rk_buf one = {0}, other = {0};
    bool same = folded ? rk_text_equal(rk_fold(&one, a), rk_fold(&other, b)) : rk_text_equal(a, b);
    rk_buf_free(&one);
    rk_buf_free(&other);
    return same;
}

/* How many columns are called so; the last of them is kept. */
static size_t look_for(struct rk_feature *feature, const struct rk_table *table, bool folded)
{
    const struct rk_schema *schema = rk_table_schema(table);
    size_t extras = rk_table_extras(table), count = 0;
    struct rk_text column = feature->name;
    feature->field = feature->extra = SIZE_MAX;
    for (size_t f = 0; f < schema->field_count; f++)
        if (rk_table_has(table, f) &&
            are_same(rk_text(schema->fields[f].name), feature->name, folded)) {
            feature->field = f;
            count++;
        }
    for (size_t i = 0; i < extras; i++)
        if (are_same(rk_table_extra_name(table, i), feature->name, folded)) {
            column = rk_table_extra_name(table, feature->extra = i);
            count++;
        }
    if (count == 1) {
        rk_free((char *)feature->column.text);
        feature->column = (struct rk_text){rk_strndup(column.text, column.size), column.size};
    }
    return count;
}

/* Finds the column again, since another file or a later JSON record may have it elsewhere; one
 * whose name differs by case and blanks where no other does. */
static bool locate(struct rk_feature *feature, const struct rk_table *table)
{
    if (feature->field != SIZE_MAX && rk_table_has(table, feature->field))
        return true;
    if (feature->extra < rk_table_extras(table) &&
        rk_text_equal(rk_table_extra_name(table, feature->extra), feature->column))
        return true;
    if (look_for(feature, table, false) == 1 || look_for(feature, table, true) == 1)
        return true;
    feature->field = feature->extra = SIZE_MAX;
    return false;
}

static size_t birth_year_of(const struct rk_table *table)
{
    size_t field = rk_schema_find(rk_table_schema(table), RK_TEXT("birth_year"));
    return field != SIZE_MAX && rk_table_has(table, field) ? field : SIZE_MAX;
}

/* ---- a row ---- */

static void put(struct rk_features *features, struct rk_feature_set *set, uint32_t value)
{
    uint32_t *items = features->items + set->start, at = set->count;
    for (uint32_t i = 0; i < set->count; i++)
        if (items[i] == value)
            return;
    RK_GROW(features->items, features->item_count, features->item_room);
    items = features->items + set->start;
    for (; at && items[at - 1] > value; at--)
        items[at] = items[at - 1];
    items[at] = value;
    set->count++;
    features->item_count++;
}

static void put_ages(struct rk_features *features, const struct rk_feature *feature,
                     struct rk_feature_set *set, const struct rk_value *birth_year)
{
    int64_t age = features->year - (int64_t)(birth_year->number / RK_FIXED_ONE);
    for (uint32_t b = 0; birth_year->size && b < feature->band_count; b++)
        if (age >= feature->bands[b].from && age <= feature->bands[b].to)
            put(features, set, feature->bands[b].value);
}

/* What is expected, by what it folds to: RK_NONE where two are alike. */
static void fold_expected(struct rk_feature *feature)
{
    struct rk_buf folded = {0};
    feature->expected = rk_alloc((size_t)feature->values.count + 1, sizeof *feature->expected);
    for (uint32_t v = 0; v < feature->values.count; v++) {
        uint32_t known = feature->folded.count;
        uint32_t i = rk_strings_add(&feature->folded, rk_fold(&folded, feature->values.texts[v]));
        feature->expected[i] = i == known ? v : RK_NONE;
    }
    rk_buf_free(&folded);
}

/* A text's number: that of what is expected where nothing but case and blanks tell them apart. */
static uint32_t number_of(struct rk_feature *feature, struct rk_text text)
{
    struct rk_buf folded = {0};
    uint32_t number = rk_strings_find(&feature->values, text);
    if (number == RK_NONE && feature->folded.count && !feature->may_list) {
        uint32_t i = rk_strings_find(&feature->folded, rk_fold(&folded, text));
        number = i == RK_NONE ? RK_NONE : feature->expected[i];
        rk_buf_free(&folded);
    }
    return number == RK_NONE ? rk_strings_add(&feature->values, text) : number;
}

static void put_texts(struct rk_features *features, struct rk_feature *feature,
                      struct rk_feature_set *set, struct rk_text cell, bool list)
{
    struct rk_text item = cell;
    if (!list && cell.size)
        put(features, set, number_of(feature, cell));
    while (list && rk_list_next(&cell, &item))
        put(features, set, number_of(feature, item));
}

/* The number of the crossed value that is made of these of the parts. */
static uint32_t combine(struct rk_features *features, struct rk_feature *feature,
                        const uint32_t *values)
{
    struct rk_text parts[RK_FEATURE_PARTS];
    struct rk_buf joined = {0};
    for (uint32_t p = 0; p < feature->part_count; p++)
        parts[p] = features->all[feature->parts[p]].values.texts[values[p]];
    join(&joined, parts, feature->part_count);
    uint32_t number = rk_strings_add(&feature->values, (struct rk_text){joined.text, joined.size});
    rk_buf_free(&joined);
    return number;
}

/* The next combination, the last part fastest; false after the last. */
static bool step(uint32_t *at, const uint32_t *counts, uint32_t n)
{
    while (n && ++at[n - 1] == counts[n - 1])
        at[--n] = 0;
    return n > 0;
}

/* Every combination of what the person has of the parts. */
static void put_crossed(struct rk_features *features, struct rk_feature *feature,
                        struct rk_feature_set *set, const struct rk_feature_set *sets)
{
    uint32_t at[RK_FEATURE_PARTS] = {0}, counts[RK_FEATURE_PARTS], values[RK_FEATURE_PARTS];
    for (uint32_t p = 0; p < feature->part_count; p++)
        if (!(counts[p] = sets[feature->parts[p]].count))
            return;
    do {
        for (uint32_t p = 0; p < feature->part_count; p++)
            values[p] = features->items[sets[feature->parts[p]].start + at[p]];
        put(features, set, combine(features, feature, values));
    } while (step(at, counts, feature->part_count));
}

static enum rk_status put_column(struct rk_features *features, uint32_t f,
                                 const struct rk_table *table, const struct rk_row *row,
                                 struct rk_feature_set *set, struct rk_error *error)
{
    struct rk_feature *feature = &features->all[f];
    if (feature->is_age || !locate(feature, table)) {
        size_t born = birth_year_of(table);
        bool age = rk_text_is(feature->name, "age") && !feature->found && born != SIZE_MAX;
        if (!feature->is_age && age)
            RK_TRY(make_bands(features, feature, error));
        if (feature->is_age && born != SIZE_MAX)
            put_ages(features, feature, set, &row->values[born]);
        else if (!rk_reader_is_json(rk_table_reader(table)))
            return no_feature(feature, table, error);
        return RK_OK;
    }
    feature->found = true;
    if (feature->field != SIZE_MAX) {
        const struct rk_value *value = &row->values[feature->field];
        feature->may_list = rk_table_schema(table)->fields[feature->field].type == RK_LIST;
        put_texts(features, feature, set, rk_value_text(value), feature->may_list);
    } else {
        struct rk_cell cell = rk_table_extra(table, feature->extra);
        put_texts(features, feature, set, (struct rk_text){cell.text, cell.size}, true);
    }
    return RK_OK;
}

enum rk_status rk_features_add(struct rk_features *features, const struct rk_table *table,
                               const struct rk_row *row, struct rk_error *error)
{
    size_t first = (size_t)features->row_count * features->count;
    while (features->set_room < first + features->count) {
        features->set_room = features->set_room ? features->set_room * 2 : 64;
        features->sets = rk_resize(features->sets, features->set_room, sizeof *features->sets);
    }
    struct rk_feature_set *sets = features->sets + first;
    for (uint32_t f = 0; f < features->count && !features->row_count; f++)
        if (!features->all[f].part_count)
            fold_expected(&features->all[f]);
    for (int crossed = 0; crossed < 2; crossed++) /* the parts of a crossed one are needed first */
        for (uint32_t f = 0; f < features->count; f++) {
            struct rk_feature *feature = &features->all[f];
            if ((feature->part_count > 0) != crossed)
                continue;
            sets[f] = (struct rk_feature_set){features->item_count, 0};
            if (crossed)
                put_crossed(features, feature, &sets[f], sets);
            else
                RK_TRY(put_column(features, f, table, row, &sets[f], error));
            feature->is_list |= sets[f].count > 1;
        }
    features->row_count++;
    return RK_OK;
}

enum rk_status rk_features_finish(struct rk_features *features, const struct rk_table *table,
                                  struct rk_error *error)
{
    for (uint32_t f = 0; f < features->count; f++) {
        struct rk_feature *feature = &features->all[f];
        if (feature->part_count || feature->found || feature->is_age)
            continue;
        bool age = rk_text_is(feature->name, "age") && birth_year_of(table) != SIZE_MAX;
        if (age)
            RK_TRY(make_bands(features, feature, error));
        else if ((features->row_count || !rk_reader_is_json(rk_table_reader(table))) &&
                 !locate(feature, table))
            return no_feature(feature, table, error);
    }
    return RK_OK;
}

void rk_features_arrange(struct rk_features *features, const uint32_t *place)
{
    size_t width = features->count;
    struct rk_feature_set *sets = rk_alloc(features->row_count * width, sizeof *sets);
    for (uint32_t r = 0; r < features->row_count && width; r++)
        memcpy(sets + place[r] * width, features->sets + r * width, width * sizeof *sets);
    rk_free(features->sets);
    features->sets = sets;
    features->set_room = features->row_count * width;
}

void rk_features_split(const struct rk_features *features, uint32_t f, uint32_t value,
                       uint32_t parts[RK_FEATURE_PARTS])
{
    const struct rk_feature *feature = &features->all[f];
    struct rk_text rest = feature->values.texts[value];
    bool more;
    for (uint32_t p = 0; p < feature->part_count; p++)
        parts[p] =
            rk_strings_find(&features->all[feature->parts[p]].values, next_part(&rest, &more));
}

bool rk_features_fill(struct rk_features *features, uint32_t f, uint64_t most)
{
    struct rk_feature *feature = &features->all[f];
    uint32_t at[RK_FEATURE_PARTS] = {0}, counts[RK_FEATURE_PARTS];
    uint64_t all = 1;
    for (uint32_t p = 0; p < feature->part_count; p++) {
        counts[p] = features->all[feature->parts[p]].values.count;
        if (counts[p] && all > most / counts[p])
            return false;
        all *= counts[p];
    }
    if (all)
        do
            combine(features, feature, at);
        while (step(at, counts, feature->part_count));
    return true;
}

bool rk_features_has(const struct rk_features *features, uint32_t row, uint32_t feature,
                     uint32_t value)
{
    uint32_t count;
    const uint32_t *values = rk_features_of(features, row, feature, &count);
    for (uint32_t i = 0; i < count; i++)
        if (values[i] == value)
            return true;
    return false;
}

bool rk_features_anybody(const struct rk_features *features, uint32_t feature, uint32_t value)
{
    bool found = !features->row_count;
    for (uint32_t row = 0; row < features->row_count && !found; row++)
        found = rk_features_has(features, row, feature, value);
    return found;
}

void rk_features_free(struct rk_features *features)
{
    for (uint32_t f = 0; f < features->count; f++) {
        rk_free((char *)features->all[f].name.text);
        rk_free((char *)features->all[f].column.text);
        rk_strings_free(&features->all[f].values);
        rk_strings_free(&features->all[f].folded);
        rk_free(features->all[f].expected);
        rk_free(features->all[f].bands);
    }
    rk_free(features->all);
    rk_free(features->sets);
    rk_free(features->items);
    *features = (struct rk_features){0};
}
