#include "model/ids.h"

enum { RECENT = 4096 };

/* Where among the recent ones a text would be: cheap, and no matter if it is another's place. */
static uint32_t recent_place(struct rk_text text)
{
    uint32_t head = 0, tail = 0;
    if (text.size < sizeof head)
        return RECENT;
    memcpy(&head, text.text, sizeof head);
    memcpy(&tail, text.text + text.size - sizeof tail, sizeof tail);
    return (tail * 2654435761u ^ head * 2246822519u) >> 20;
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
    uint32_t place = recent_place(text), id = RK_NONE;
    if (place < RECENT && !ids->recent[kind])
        ids->recent[kind] = rk_alloc(RECENT, sizeof **ids->recent);
    if (place < RECENT && ids->recent[kind][place]) {
        id = ids->recent[kind][place] - 1;
        if (!rk_text_equal(strings->texts[id], text))
            id = RK_NONE;
    }
    if (id == RK_NONE)
        id = rk_strings_add(strings, text);
    if (place < RECENT)
        ids->recent[kind][place] = id + 1;
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
