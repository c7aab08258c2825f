#include "evening/result.h"

/* ---- rows ---- */

static int by_time(const void *x, const void *y)
{
    const struct rk_plan_row *a = x, *b = y;
    bool in_a = a->status <= RK_PLAN_MOVED, in_b = b->status <= RK_PLAN_MOVED;
    if (in_a != in_b)
        return in_a ? -1 : 1;
    if (in_a && a->round != b->round)
        return a->round < b->round ? -1 : 1;
    int rooms = in_a ? rk_text_compare(a->room_id, b->room_id) : 0;
    if (rooms)
        return rooms;
    return a->pos.line < b->pos.line ? -1 : a->pos.line > b->pos.line;
}

static const struct rk_plan_row *find_old(const struct rk_plan_rows *old, struct rk_text id)
{
    for (uint32_t i = 0; old && i < old->count; i++)
        if (rk_text_equal(old->rows[i].id, id))
            return &old->rows[i];
    return NULL;
}

static bool stood(const struct rk_plan_row *row)
{
    return row && row->round && row->status <= RK_PLAN_MOVED;
}

void rk_evening_rows(struct rk_plan_rows *rows, const struct rk_assembled *a,
                     const struct rk_evening_plan *plan, const struct rk_plan_rows *old)
{
    const struct rk_evening_tables *t = a->tables;
    for (uint32_t i = 0; i < t->wanted_count; i++) {
        const struct rk_wanted *w = &t->wanted[i];
        const struct rk_plan_row *before = find_old(old, w->id);
        struct rk_plan_row row = {.id = w->id,
                                  .room_id = {"", 0},
                                  .place = w->place,
                                  .participants = a->participants[i],
                                  .candidate_id = w->candidate == RK_NONE
                                                      ? (struct rk_text){"", 0}
                                                      : t->attendees.rows[w->candidate].id,
                                  .support = a->support[i],
                                  .out = a->out[i],
                                  .start = INT64_MIN,
                                  .end = INT64_MIN,
                                  .sequence = before ? before->sequence : 0,
                                  .pos.line = i};
        uint32_t m = a->meeting[i];
        if (m != RK_NONE) {
            row.round = plan->start[m] + 1;
            row.start = rk_assembled_start(a, plan->start[m]);
            row.end = rk_assembled_end(a, plan->start[m] + a->meetings[m].length - 1);
            if (plan->room[m] != RK_NONE)
                row.room_id = t->rooms[plan->room[m]].id;
            bool changed = stood(before) && (before->round != row.round ||
                                             before->start != row.start || before->end != row.end ||
                                             !rk_text_equal(before->room_id, row.room_id) ||
                                             !rk_text_equal(before->place, row.place));
            row.sequence += changed || (before && !stood(before));
            row.status = changed ? RK_PLAN_MOVED : RK_PLAN_PLANNED;
        } else {
            row.status = a->state[i] == RK_WANTED_CONFLICT && !stood(before) ? RK_PLAN_CONFLICT
                                                                             : RK_PLAN_CANCELLED;
            if (stood(before)) {
                row.round = before->round;
                row.start = before->start;
                row.end = before->end;
                row.room_id = before->room_id;
                row.sequence++;
            }
        }
        RK_GROW(rows->rows, rows->count, rows->room);
        rows->rows[rows->count++] = row;
    }
    for (uint32_t i = 0; old && i < old->count; i++) {
        struct rk_plan_row row = old->rows[i];
        if (rk_strings_find(&t->wanted_ids, row.id) != RK_NONE)
            continue;
        row.sequence += row.status <= RK_PLAN_MOVED;
        row.status = RK_PLAN_CANCELLED;
        row.pos = (struct rk_pos){.line = (uint64_t)t->wanted_count + i};
        RK_GROW(rows->rows, rows->count, rows->room);
        rows->rows[rows->count++] = row;
    }
    if (rows->count)
        qsort(rows->rows, rows->count, sizeof *rows->rows, by_time);
}

static void add_person(struct rk_evening_person **people, uint32_t *count, uint32_t *room,
                       struct rk_text id, bool candidate)
{
    for (uint32_t i = 0; i < *count; i++)
        if ((*people)[i].candidate == candidate && rk_text_equal((*people)[i].id, id))
            return;
    RK_GROW(*people, *count, *room);
    (*people)[(*count)++] = (struct rk_evening_person){id, candidate};
}

uint32_t rk_evening_people(const struct rk_assembled *a, const struct rk_plan_row *row,
                           struct rk_evening_person **people)
{
    const struct rk_attendees *all = &a->tables->attendees;
    uint32_t count = 0, room = 0;
    struct rk_text rest = row->participants, item, member;
    *people = NULL;
    while (rk_list_next(&rest, &item)) {
        uint32_t p = rk_attendees_find(all, false, item);
        struct rk_text members = p == RK_NONE ? (struct rk_text){"", 0} : all->rows[p].members;
        if (rk_list_has(row->out, item))
            continue;
        if (!members.size)
            add_person(people, &count, &room, item, false);
        while (rk_list_next(&members, &member))
            if (!rk_list_has(row->out, member))
                add_person(people, &count, &room, member, false);
    }
    if (row->candidate_id.size)
        add_person(people, &count, &room, row->candidate_id, true);
    for (rest = row->support; rk_list_next(&rest, &item);)
        add_person(people, &count, &room, item, false);
    return count;
}
