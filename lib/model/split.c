#include "model/split.h"

#include <assert.h>

struct part {
    struct rk_out *out;
    struct rk_sha256_sum *hash;
};

struct splitting {
    const struct rk_split_options *options;
    struct rk_folder *folder;
    struct rk_manifest *manifest;
    struct rk_reader *reader;
    struct rk_buf header; /* with its line end; empty in JSON */
    struct part *parts;   /* by shard of the manifest */
    size_t room, now;     /* now: of runs, the part that is filled */
    size_t *columns;      /* of `by` */
    uint64_t total, done; /* records */
    struct rk_buf text;
};

static void add(struct splitting *s, size_t part, const char *bytes, size_t size)
{
    rk_out_write(s->parts[part].out, bytes, size);
    rk_sha256_add(s->parts[part].hash, bytes, size);
    s->manifest->shards[part].bytes += size;
}

static enum rk_status open_part(struct splitting *s, struct rk_error *error)
{
    struct rk_manifest *m = s->manifest;
    size_t part = m->count;
    if (part == RK_SPLIT_MOST)
        return rk_fail(error, RK_BAD_DATA, _("more than %d parts; let them be larger"),
                       RK_SPLIT_MOST);
    rk_buf_clear(&s->text);
    rk_buf_printf(&s->text, "%04zu.%s%s", part, rk_reader_is_json(s->reader) ? "jsonl" : "csv",
                  s->options->gzip ? ".gz" : "");
    RK_GROW(m->shards, m->count, m->room);
    m->shards[m->count++] = (struct rk_shard){.file = rk_arena_keep(&m->arena, s->text.text)};
    if (part >= s->room) {
        s->room = s->room ? s->room * 2 : 16;
        s->parts = rk_resize(s->parts, s->room, sizeof *s->parts);
    }
    s->parts[part] = (struct part){NULL, rk_sha256_begin()};
    RK_TRY(rk_folder_file(s->folder, &s->parts[part].out, m->shards[part].file, error));
    add(s, part, s->header.text, s->header.size);
    return RK_OK;
}

static enum rk_status find_columns(struct splitting *s, struct rk_error *error)
{
    const char *const *by = s->options->by;
    size_t n = rk_reader_columns(s->reader);
    for (size_t i = 0; by && by[i]; i++) {
        const char **names = rk_alloc(n + 1, sizeof *names);
        s->columns[i] = SIZE_MAX;
        for (size_t c = 0; c < n; c++) {
            names[c] = rk_reader_column(s->reader, c).text;
            if (!strcmp(names[c], by[i]))
                s->columns[i] = c;
        }
        const char *nearest = s->columns[i] == SIZE_MAX ? rk_nearest(by[i], names) : NULL;
        rk_free(names);
        struct rk_pos pos = rk_reader_pos(s->reader, 0);
        pos = (struct rk_pos){.file = pos.file, .line = pos.line};
        if (nearest)
            return rk_fail_at(error, RK_BAD_DATA, &pos,
                              _("there is no column \"%s\"; the nearest is \"%s\""), by[i],
                              nearest);
        if (s->columns[i] == SIZE_MAX)
            return rk_fail_at(error, RK_BAD_DATA, &pos, _("there is no column \"%s\""), by[i]);
    }
    return RK_OK;
}

/* Not keyed: every machine must come to the same part. */
static size_t part_by_key(struct splitting *s, const struct rk_record *record)
{
    static const uint64_t key[2] = {0, 0};
    rk_buf_clear(&s->text);
    for (size_t i = 0; s->options->by[i]; i++) {
        const struct rk_cell *cell = &record->cells[s->columns[i]];
        rk_buf_add(&s->text, cell->text, cell->size);
        rk_buf_char(&s->text, '\0'); /* no cell holds one */
    }
    return (size_t)(rk_siphash(key, s->text.text, s->text.size) % s->options->parts);
}

/* The part for a run's next record of `size` bytes; another one than now may have to be opened. */
static size_t part_by_run(const struct splitting *s, size_t size)
{
    const struct rk_split_options *o = s->options;
    const struct rk_shard *shard = &s->manifest->shards[s->now];
    if (o->parts)
        return (size_t)((unsigned __int128)s->done * o->parts / s->total);
    return s->now + (shard->records && ((o->rows && shard->records >= o->rows) ||
                                        (o->bytes && shard->bytes + size > o->bytes)));
}

static enum rk_status take(struct splitting *s, const struct rk_record *record,
                           struct rk_error *error)
{
    bool json = rk_reader_is_json(s->reader);
    size_t columns = rk_reader_columns(s->reader);
    if (json && s->options->by)
        RK_TRY(find_columns(s, error)); /* an object may lack what others have */
    if (!json && record->count != columns) {
        struct rk_pos pos = {.file = rk_reader_file(s->reader), .line = record->line};
        if (record->count == 1 && !record->cells[0].size)
            return rk_fail_at(error, RK_BAD_DATA, &pos, "%s", _("an empty line"));
        return rk_fail_at(error, RK_BAD_DATA, &pos,
                          RK_PLURAL("%zu cell, but the header has %zu",
                                    "%zu cells, but the header has %zu", record->count),
                          record->count, columns);
    }
    struct rk_text raw = rk_reader_raw(s->reader);
    size_t part = s->options->by ? part_by_key(s, record) : part_by_run(s, raw.size + 1);
    while (part >= s->manifest->count)
        RK_TRY(open_part(s, error));
    s->now = part;
    rk_buf_clear(&s->text);
    rk_buf_add(&s->text, raw.text, raw.size);
    for (size_t i = 0; json && i < raw.size; i++) /* between members: in texts there are none */
        if (s->text.text[i] == '\n' || s->text.text[i] == '\r')
            s->text.text[i] = ' ';
    rk_buf_char(&s->text, '\n');
    add(s, part, s->text.text, s->text.size);
    s->manifest->shards[part].records++;
    s->done++;
    return RK_OK;
}

static enum rk_status count_records(struct rk_reader *reader, uint64_t *count,
                                    struct rk_error *error)
{
    struct rk_record record;
    bool more = true;
    for (*count = 0;; ++*count) {
        RK_TRY(rk_reader_next(reader, &record, &more, error));
        if (!more)
            return RK_OK;
    }
}

/* Runs of equal length need to know how many records there are: the input is read twice. */
static enum rk_status count_first(struct splitting *s, struct rk_in **in, struct rk_error *error)
{
    struct rk_in *again = NULL;
    enum rk_status status = rk_in_keep(*in, error);
    if (status) {
        rk_in_close(*in);
        *in = NULL;
        return status;
    }
    struct rk_in *first = *in;
    *in = NULL; /* the reader's */
    RK_TRY(rk_reader_open(&s->reader, first, &s->options->reader, error));
    status = count_records(s->reader, &s->total, error);
    if (!status)
        status = rk_in_again(first, &again, error);
    rk_reader_close(s->reader);
    s->reader = NULL;
    *in = again;
    return status;
}

static enum rk_status split(struct splitting *s, struct rk_in **in, struct rk_error *error)
{
    const struct rk_split_options *o = s->options;
    bool alike = o->parts && !o->by;
    if (alike)
        RK_TRY(count_first(s, in, error));
    struct rk_in *own = *in;
    *in = NULL;
    RK_TRY(rk_reader_open(&s->reader, own, &o->reader, error));
    if (!rk_reader_is_json(s->reader)) {
        struct rk_text raw = rk_reader_raw(s->reader), first = rk_reader_column(s->reader, 0);
        /* after a byte order mark, which goes, it may begin as it must not without one */
        if (raw.size >= first.size && !memcmp(raw.text, first.text, first.size)) {
            rk_csv_field(&s->header, first, o->reader.delimiter ? o->reader.delimiter : ',');
            raw = (struct rk_text){raw.text + first.size, raw.size - first.size};
        }
        rk_buf_add(&s->header, raw.text, raw.size);
        rk_buf_char(&s->header, '\n');
        RK_TRY(find_columns(s, error));
    }
    for (size_t i = 0; i < (o->parts ? o->parts : 1); i++)
        RK_TRY(open_part(s, error));
    for (;;) {
        struct rk_record record;
        bool more;
        RK_TRY(rk_reader_next(s->reader, &record, &more, error));
        if (alike && more != (s->done < s->total))
            return rk_fail_at(error, RK_FAILED, &(struct rk_pos){.file = rk_reader_file(s->reader)},
                              "%s", _("it changed while it was read"));
        if (!more)
            return RK_OK;
        RK_TRY(take(s, &record, error));
    }
}

enum rk_status rk_split(struct rk_in *in, const struct rk_split_options *options,
                        struct rk_folder *folder, struct rk_manifest *manifest,
                        struct rk_error *error)
{
    struct splitting s = {.options = options, .folder = folder, .manifest = manifest};
    size_t columns = 0;
    while (options->by && options->by[columns])
        columns++;
    assert(options->parts <= RK_SPLIT_MOST && (!options->by || options->parts));
    assert(options->parts || options->rows || options->bytes);
    s.columns = rk_alloc(columns + 1, sizeof *s.columns);
    manifest->by = options->by;
    enum rk_status status = split(&s, &in, error);
    for (size_t i = 0; i < manifest->count; i++)
        rk_sha256_end(s.parts[i].hash, manifest->shards[i].sha256);
    rk_reader_close(s.reader);
    rk_in_close(in);
    rk_buf_free(&s.header);
    rk_buf_free(&s.text);
    rk_free(s.parts);
    rk_free(s.columns);
    return status;
}

bool rk_split_made(const char *name)
{
    static const char *const endings[] = {".csv", ".csv.gz", ".jsonl", ".jsonl.gz"};
    size_t digits = strspn(name, "0123456789");
    if (!strcmp(name, "manifest.json"))
        return true;
    for (size_t i = 0; digits == 4 && i < sizeof endings / sizeof *endings; i++)
        if (!strcmp(name + digits, endings[i]))
            return true;
    return false;
}
