#include "model/ids.h"

#include <assert.h>

/* Bits of a place among the recent ones, as long as there are fewer texts than it has places, and
 * after that. */
enum { FEW = 8, MANY = 12 };

/* The number met last of those whose text has the same place, and more of what its ends are like.
 */
struct rk_recent {
    uint32_t next_id; /* 1 + the number */
    uint32_t ends;
};

/* Mixes a text's ends, cheaply: the first bits are its place among the recent ones. */
static uint32_t mix_ends(struct rk_text text)
{
    uint32_t head, tail;
    memcpy(&head, text.text, sizeof head);
    memcpy(&tail, text.text + text.size - sizeof tail, sizeof tail);
    return tail * 2654435761u ^ head * 2246822519u;
}

static struct rk_recent *recent_place(struct rk_ids *ids, enum rk_id_kind kind, uint32_t ends)
{
    const uint8_t bits = ids->of[kind].count < 1 << FEW ? FEW : MANY;
    if (ids->recent_bits[kind] != bits) {
        rk_free(ids->recent[kind]);
        ids->recent[kind] = rk_alloc((size_t)1 << bits, sizeof **ids->recent);
        ids->recent_bits[kind] = bits;
    }
    return &ids->recent[kind][ends >> (32 - bits)];
}

static uint32_t look_up(struct rk_ids *ids, enum rk_id_kind kind, struct rk_text text)
{
    struct rk_strings *strings = &ids->of[kind];
    uint32_t last = ids->last[kind];
    if (!strings->count)
        return rk_strings_add(strings, text);
    if (rk_text_equal(strings->texts[last], text))
        return last;
    if (last < ids->next_room[kind]) {
        uint32_t guess = ids->next[kind][last];
        if (guess < strings->count && rk_text_equal(strings->texts[guess], text))
            return guess;
    }
    uint32_t id = RK_NONE;
    if (text.size < sizeof(uint32_t))
        id = rk_strings_add(strings, text);
    else {
        uint32_t ends = mix_ends(text);
        struct rk_recent *r = recent_place(ids, kind, ends);
        if (r->next_id && r->ends == ends && rk_text_equal(strings->texts[r->next_id - 1], text))
            id = r->next_id - 1;
        else
            id = rk_strings_add(strings, text);
        *r = (struct rk_recent){id + 1, ends};
    }
    if (last >= ids->next_room[kind]) {
        uint32_t room = last < 8 ? 16 : last * 2;
        ids->next[kind] = rk_resize(ids->next[kind], room, sizeof **ids->next);
        for (uint32_t i = ids->next_room[kind]; i < room; i++)
            ids->next[kind][i] = RK_NONE;
        ids->next_room[kind] = room;
    }
    ids->next[kind][last] = id;
    return id;
}

uint32_t rk_id(struct rk_ids *ids, enum rk_id_kind kind, struct rk_text text)
{
    return ids->last[kind] = look_up(ids, kind, text);
}

void rk_id_write(const struct rk_ids *ids, enum rk_id_kind kind, uint32_t id,
                 struct rk_writer *writer)
{
    if (id == RK_NONE)
        rk_write_missing(writer);
    else
        rk_write_text(writer, rk_id_text(ids, kind, id));
}

void rk_ids_close(struct rk_ids *ids)
{
    for (int kind = 0; kind < RK_ID_KINDS; kind++) {
        rk_strings_close(&ids->of[kind]);
        rk_free(ids->next[kind]);
        ids->next[kind] = NULL;
    }
}

void rk_ids_free(struct rk_ids *ids)
{
    for (int kind = 0; kind < RK_ID_KINDS; kind++) {
        rk_strings_free(&ids->of[kind]);
        rk_free(ids->next[kind]);
        rk_free(ids->recent[kind]);
    }
    *ids = (struct rk_ids){0};
}

static const char *const names[RK_ID_KINDS] = {[RK_ID_RECRUITMENT] = "recruitment_id",
                                               [RK_ID_CANDIDATE] = "candidate_id",
                                               [RK_ID_RATER] = "rater_id",
                                               [RK_ID_GROUP] = "rater_group",
                                               [RK_ID_STAGE] = "stage",
                                               [RK_ID_CRITERION] = "criterion"};

struct rk_keys rk_keys_find(const struct rk_schema *schema, const enum rk_id_kind *kinds,
                            size_t count)
{
    struct rk_keys keys = {.count = count};
    assert(count <= RK_KEYS && schema->field_count <= 64); /* the bits of row->same */
    for (size_t k = 0; k < count; k++) {
        keys.field[k] = rk_schema_field(schema, names[kinds[k]]);
        keys.kind[k] = kinds[k];
    }
    return keys;
}

static bool is_same(const struct rk_keys *keys, const struct rk_row *row, size_t k)
{
    return row->same >> keys->field[k] & 1;
}

static struct rk_text key_text(const struct rk_keys *keys, const struct rk_row *row, size_t k)
{
    struct rk_text text = rk_value_text(&row->values[keys->field[k]]);
    return text.size ? text : RK_TEXT("all");
}

void rk_keys_read(const struct rk_keys *keys, const struct rk_row *row, struct rk_ids *ids,
                  uint32_t *id)
{
    for (size_t k = 0; k < keys->count; k++)
        if (!is_same(keys, row, k))
            id[k] = rk_id(ids, keys->kind[k], key_text(keys, row, k));
}

bool rk_key_ahead_read(struct rk_ids_ahead *ahead, const struct rk_keys *keys,
                       const struct rk_row *row, size_t k)
{
    if (!is_same(keys, row, k))
        ahead->id[k] = rk_id(&ahead->ids, keys->kind[k], key_text(keys, row, k));
    return ahead->id[k] < ahead->told[keys->kind[k]];
}

void rk_keys_ahead_read(struct rk_ids_ahead *ahead, const struct rk_keys *keys,
                        const struct rk_row *row, struct rk_keys_ahead *read)
{
    struct rk_text fresh[RK_KEYS];
    size_t count = 0;
    read->fresh = 0;
    for (size_t k = 0; k < keys->count; k++) {
        if (rk_key_ahead_read(ahead, keys, row, k))
            continue;
        fresh[count++] = rk_id_text(&ahead->ids, keys->kind[k], ahead->id[k]);
        read->fresh |= (uint8_t)(1u << k);
        ahead->told[keys->kind[k]]++;
    }
    memcpy(read->id, ahead->id, sizeof read->id);
    if (count) {
        struct rk_text *texts = rk_arena_alloc(&ahead->texts, count * sizeof *texts);
        memcpy(texts, fresh, count * sizeof *texts);
        read->texts = texts;
    }
}

void rk_keys_ahead_take(struct rk_ids_ahead *ahead, const struct rk_keys *keys,
                        const struct rk_keys_ahead *read, struct rk_ids *ids, uint32_t *id)
{
    const struct rk_text *text = read->texts;
    for (size_t k = 0; k < keys->count; k++) {
        enum rk_id_kind kind = keys->kind[k];
        uint32_t theirs = read->id[k];
        if (read->fresh >> k & 1) {
            if (theirs >= ahead->room[kind]) {
                ahead->room[kind] = theirs < 8 ? 16 : theirs * 2;
                ahead->of[kind] = rk_resize(ahead->of[kind], ahead->room[kind], sizeof **ahead->of);
            }
            ahead->of[kind][theirs] = rk_id(ids, kind, *text++);
        }
        id[k] = ahead->of[kind][theirs];
    }
}

void rk_ids_ahead_free(struct rk_ids_ahead *ahead)
{
    rk_ids_free(&ahead->ids);
    rk_arena_free(&ahead->texts);
    for (int kind = 0; kind < RK_ID_KINDS; kind++)
        rk_free(ahead->of[kind]);
}
