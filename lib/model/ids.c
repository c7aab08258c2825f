#include "model/ids.h"

enum { RECENT = 4096 };

/* The number met last of those whose text has the same place, and more of what its ends are like. */
struct rk_recent {
    uint32_t next_id; /* 1 + the number */
    uint32_t ends;
};

/* Mixes a text's ends, cheaply: the first twelve bits are its place among the recent ones. */
static uint32_t mix_ends(struct rk_text text)
{
    uint32_t head, tail;
    memcpy(&head, text.text, sizeof head);
    memcpy(&tail, text.text + text.size - sizeof tail, sizeof tail);
    return tail * 2654435761u ^ head * 2246822519u;
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
        if (!ids->recent[kind])
            ids->recent[kind] = rk_alloc(RECENT, sizeof **ids->recent);
        uint32_t ends = mix_ends(text);
        struct rk_recent *r = &ids->recent[kind][ends >> 20];
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
