#include "evening/agenda.h"

#include "base/sha256.h"
#include "evening/calendar.h"

struct entry {
    uint32_t person; /* number of the key */
    const struct rk_plan_row *row;
    bool cancelled;
    uint32_t sequence;
};

struct agenda {
    const struct rk_assembled *assembled;
    struct rk_strings keys; /* "p" or "c" before the id */
    struct entry *entries;
    size_t count, room;
};

static int by_person(const void *x, const void *y)
{
    const struct entry *a = x, *b = y;
    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    if (a->row->start != b->row->start)
        return a->row->start < b->row->start ? -1 : 1;
    return rk_text_compare(a->row->id, b->row->id);
}

static bool holds(const struct rk_plan_row *row)
{
    return row->round && row->start != INT64_MIN && row->status <= RK_PLAN_MOVED;
}

static bool is_in(const struct rk_assembled *a, const struct rk_plan_row *row,
                  const struct rk_evening_person *who)
{
    struct rk_evening_person *people;
    uint32_t count = rk_evening_people(a, row, &people);
    bool in = false;
    for (uint32_t i = 0; i < count; i++)
        in = in || (people[i].candidate == who->candidate && rk_text_equal(people[i].id, who->id));
    rk_free(people);
    return in;
}

static void add(struct agenda *x, const struct rk_evening_person *who,
                const struct rk_plan_row *row, bool cancelled, uint32_t sequence)
{
    struct rk_buf key = {0};
    rk_buf_char(&key, who->candidate ? 'c' : 'p');
    rk_buf_add(&key, who->id.text, who->id.size);
    RK_GROW(x->entries, x->count, x->room);
    x->entries[x->count++] = (struct entry){
        rk_strings_add(&x->keys, (struct rk_text){key.text, key.size}), row, cancelled, sequence};
    rk_buf_free(&key);
}

static void gather(struct agenda *x, const struct rk_plan_rows *rows,
                   const struct rk_plan_rows *old)
{
    struct rk_strings ids = {0};
    const struct rk_plan_row **now = rk_alloc((size_t)rows->count + 1, sizeof *now);
    for (uint32_t i = 0; i < rows->count; i++) {
        struct rk_evening_person *people;
        const struct rk_plan_row *row = &rows->rows[i];
        now[rk_strings_add(&ids, row->id)] = row;
        uint32_t count = holds(row) ? rk_evening_people(x->assembled, row, &people) : 0;
        for (uint32_t k = 0; k < count; k++)
            add(x, &people[k], row, false, row->sequence);
        if (holds(row))
            rk_free(people);
    }
    for (uint32_t i = 0; old && i < old->count; i++) {
        struct rk_evening_person *people;
        const struct rk_plan_row *row = &old->rows[i];
        uint32_t at = rk_strings_find(&ids, row->id);
        if (!holds(row))
            continue;
        uint32_t count = rk_evening_people(x->assembled, row, &people);
        for (uint32_t k = 0; k < count; k++)
            if (at == RK_NONE || !holds(now[at]) || !is_in(x->assembled, now[at], &people[k]))
                add(x, &people[k], row, true, row->sequence + 1);
        rk_free(people);
    }
    rk_free(now);
    rk_strings_free(&ids);
}

/* What may stand in a file's name, and no more. */
static void name_of(struct rk_buf *out, struct rk_text key)
{
    if (key.text[0] == 'c')
        rk_buf_text(out, "candidate-");
    for (size_t i = 1; i < key.size; i++) {
        unsigned char c = (unsigned char)key.text[i];
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
            c == '-' || c == '_')
            rk_buf_char(out, (char)c);
        else
            rk_buf_printf(out, "%%%02X", c);
    }
}

static enum rk_status write_one(const struct agenda *x, const struct entry *entries, size_t count,
                                bool cancel, int64_t stamp, rk_agenda_file *file, void *context,
                                struct rk_error *error)
{
    struct rk_calendar_event *events = rk_alloc(count + 1, sizeof *events);
    struct rk_arena arena = {0};
    struct rk_buf name = {0}, text = {0};
    struct rk_text key = x->keys.texts[entries->person];
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        const struct rk_plan_row *row = entries[i].row;
        char hex[RK_SHA256_HEX];
        if (cancel && !entries[i].cancelled)
            continue;
        rk_buf_clear(&text);
        rk_buf_text(&text, "rk-evening");
        rk_buf_add(&text, "", 1);
        rk_buf_add(&text, row->id.text, row->id.size + 1);
        rk_buf_add(&text, key.text, key.size);
        rk_sha256(hex, text.text, text.size);
        rk_buf_clear(&text);
        rk_buf_printf(&text, "%.32s@rk", hex);
        events[n].uid = rk_arena_text(&arena, text.text, text.size);
        rk_buf_clear(&text);
        rk_buf_printf(&text, "%.*s%s%.*s", (int)row->room_id.size, row->room_id.text,
                      row->room_id.size && row->place.size ? ", " : "", (int)row->place.size,
                      row->place.text);
        events[n].location = rk_arena_text(&arena, text.text, text.size);
        events[n].summary = _("Meeting with candidates and panel");
        events[n].start = row->start;
        events[n].end = row->end;
        events[n].sequence = entries[i].sequence;
        events[n++].cancelled = entries[i].cancelled;
    }
    enum rk_status status = RK_OK;
    rk_buf_clear(&text);
    if (n) {
        name_of(&name, key);
        rk_buf_text(&name, cancel ? ".cancel.ics" : ".ics");
        status = rk_calendar_write(&text, events, n, cancel, stamp, error);
        if (!status)
            status = file(context, name.text, (struct rk_text){text.text, text.size}, error);
    }
    rk_free(events);
    rk_arena_free(&arena);
    rk_buf_free(&name);
    rk_buf_free(&text);
    return status;
}

enum rk_status rk_agenda_write(const struct rk_assembled *assembled,
                               const struct rk_plan_rows *rows, const struct rk_plan_rows *old,
                               int64_t stamp, rk_agenda_file *file, void *context,
                               struct rk_error *error)
{
    struct agenda x = {.assembled = assembled};
    enum rk_status status = RK_OK;
    if (!assembled->evening.rounds)
        return rk_fail(error, RK_BAD_USE,
                       _("calendars need rounds with times: --rounds FILE, --evening or --days"));
    for (uint32_t i = 0; i < rows->count; i++)
        if (holds(&rows->rows[i]) && (!rk_calendar_time_exists(rows->rows[i].start) ||
                                      !rk_calendar_time_exists(rows->rows[i].end)))
            return rk_fail(error, RK_BAD_DATA,
                           _("%s is at a time that does not exist: clocks go forward over it"),
                           rows->rows[i].id.text);
    gather(&x, rows, old);
    if (x.count)
        qsort(x.entries, x.count, sizeof *x.entries, by_person);
    for (size_t i = 0, end; i < x.count && !status; i = end) {
        for (end = i; end < x.count && x.entries[end].person == x.entries[i].person;)
            end++;
        for (int cancel = 0; cancel < 2 && !status; cancel++)
            status = write_one(&x, x.entries + i, end - i, cancel, stamp, file, context, error);
    }
    rk_free(x.entries);
    rk_strings_free(&x.keys);
    return status;
}
