#include "model/shards.h"

#include "stream/json.h"
#include "stream/write.h"

void rk_manifest_free(struct rk_manifest *m)
{
    rk_free(m->shards);
    rk_arena_free(&m->arena);
    *m = (struct rk_manifest){0};
}

void rk_manifest_print(struct rk_buf *out, const struct rk_manifest *m)
{
    uint64_t records = 0;
    for (size_t i = 0; i < m->count; i++)
        records += m->shards[i].records;
    rk_buf_text(out, "{\"manifest\":\"rk-split\",\"version\":1");
    for (size_t i = 0; m->by && m->by[i]; i++) {
        rk_buf_text(out, i ? "," : ",\"by\":[");
        rk_json_quote(out, rk_text(m->by[i]));
    }
    rk_buf_printf(out, "%s,\"records\":%llu,\"parts\":[", m->by ? "]" : "",
                  (unsigned long long)records);
    for (size_t i = 0; i < m->count; i++) {
        const struct rk_shard *s = &m->shards[i];
        rk_buf_text(out, i ? ",\n{\"file\":" : "\n{\"file\":");
        rk_json_quote(out, rk_text(s->file));
        rk_buf_printf(out, ",\"records\":%llu,\"bytes\":%llu,\"sha256\":\"%s\"}",
                      (unsigned long long)s->records, (unsigned long long)s->bytes, s->sha256);
    }
    rk_buf_text(out, "\n]}\n");
}

static enum rk_status read_shard(struct rk_manifest *m, const rk_json *item, struct rk_error *error)
{
    static const char *const known[] = {"file", "records", "bytes", "sha256", NULL};
    const char *file = NULL, *hash = NULL;
    int64_t records = 0, bytes = 0;
    RK_TRY(rk_json_only(item, known, "parts", error));
    RK_TRY(rk_json_string(item, "file", true, &file, "parts", error));
    RK_TRY(rk_json_string(item, "sha256", true, &hash, "parts", error));
    if (!rk_json_int(rk_json_member(item, "records"), &records) || records < 0 ||
        !rk_json_int(rk_json_member(item, "bytes"), &bytes) || bytes < 0 ||
        strlen(hash) != RK_SHA256_HEX - 1)
        return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = m->file}, "%s",
                          _("not a manifest as rk-split writes it"));
    struct rk_shard s = {rk_arena_keep(&m->arena, file), (uint64_t)records, (uint64_t)bytes, ""};
    memcpy(s.sha256, hash, sizeof s.sha256);
    RK_GROW(m->shards, m->count, m->room);
    m->shards[m->count++] = s;
    return RK_OK;
}

static enum rk_status read_manifest(struct rk_manifest *m, const rk_json *document,
                                    struct rk_error *error)
{
    static const char *const known[] = {"manifest", "version", "by", "records",
                                        "parts",    "$schema", NULL};
    const char *name = NULL;
    const rk_json *parts = NULL;
    int64_t version = 0;
    RK_TRY(rk_json_string(document, "manifest", true, &name, "manifest", error));
    if (strcmp(name, "rk-split") != 0 ||
        !rk_json_int(rk_json_member(document, "version"), &version) || version != 1)
        return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = m->file}, "%s",
                          _("not a manifest as rk-split writes it"));
    RK_TRY(rk_json_only(document, known, "manifest", error));
    RK_TRY(rk_json_array(document, "parts", true, &parts, "manifest", error));
    for (size_t i = 0; i < rk_json_count(parts); i++)
        RK_TRY(read_shard(m, rk_json_item(parts, i), error));
    return RK_OK;
}

enum rk_status rk_manifest_read(struct rk_manifest *m, const char *path, struct rk_error *error)
{
    rk_json *document;
    *m = (struct rk_manifest){.file = path};
    RK_TRY(rk_json_read(&document, path, error));
    enum rk_status status = read_manifest(m, document, error);
    rk_json_free(document);
    if (status == RK_BAD_DATA && error && !error->pos.file)
        error->pos.file = path;
    return status;
}

/* ---- which partials ---- */

static enum rk_status differ(const struct rk_partial *a, const struct rk_partial *b,
                             struct rk_error *error)
{
    struct rk_pos pos = {.file = b->file, .line = b->line};
    for (size_t i = 0; i < a->option_count; i++) {
        const char *there = rk_partial_value(b, a->options[i].name);
        if (!there || strcmp(there, a->options[i].value) != 0)
            return rk_fail_at(error, RK_BAD_DATA, &pos,
                              _("made with another %s than the partial of %s: %s there, %s here"),
                              a->options[i].name, a->file, a->options[i].value,
                              there ? there : "-");
    }
    for (size_t i = 0; i < b->option_count; i++)
        if (!rk_partial_value(a, b->options[i].name))
            return rk_fail_at(error, RK_BAD_DATA, &pos,
                              _("made with another %s than the partial of %s: %s there, %s here"),
                              b->options[i].name, a->file, "-", b->options[i].value);
    return rk_fail_at(error, RK_BAD_DATA, &pos, _("made with other rubrics than the partial of %s"),
                      a->file);
}

/* Of the most shards first, so that one that is contained comes after what contains it. */
static int by_shards(const void *x, const void *y)
{
    const struct rk_partial *p = x, *q = y;
    return (p->shard_count < q->shard_count) - (p->shard_count > q->shard_count);
}

enum rk_status rk_shards_once(struct rk_partial *partials, size_t *count, struct rk_error *error)
{
    struct rk_strings shards = {0};
    size_t *taken_by = NULL, room = 0, kept = 0;
    enum rk_status status = RK_OK;
    for (size_t i = 1; i < *count && !status; i++)
        if (strcmp(partials[i].definition, partials[0].definition) != 0)
            status = differ(&partials[0], &partials[i], error);
    if (!status && *count)
        qsort(partials, *count, sizeof *partials, by_shards);
    for (size_t i = 0; i < *count && !status; i++) {
        struct rk_partial *p = &partials[i];
        size_t known = 0, other = SIZE_MAX;
        bool one = true; /* all that is known of it is of one other */
        for (size_t s = 0; s < p->shard_count; s++) {
            uint32_t at = rk_strings_find(&shards, rk_text(p->shards[s]));
            if (at == RK_NONE)
                continue;
            one &= other == SIZE_MAX || other == taken_by[at];
            other = taken_by[at];
            known++;
        }
        if (known && (known < p->shard_count || !one)) {
            status =
                rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = p->file, .line = p->line},
                           _("some of its shards are in the partial of %s too, others not"),
                           partials[other].file);
        } else if (known && partials[other].shard_count == p->shard_count &&
                   strcmp(partials[other].hash, p->hash) != 0) {
            status =
                rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = p->file, .line = p->line},
                           _("not the same as the partial of %s, which is of the same shards"),
                           partials[other].file);
        } else if (known) {
            rk_partial_free(p);
            continue;
        }
        for (size_t s = 0; s < p->shard_count && !status; s++) {
            uint32_t at = rk_strings_add(&shards, rk_text(p->shards[s]));
            if (at >= room) {
                room = at < 32 ? 64 : (size_t)at * 2;
                taken_by = rk_resize(taken_by, room, sizeof *taken_by);
            }
            taken_by[at] = kept;
        }
        if (!status && kept < i) {
            partials[kept] = *p;
            *p = (struct rk_partial){0};
        }
        kept += !status;
    }
    rk_strings_free(&shards);
    rk_free(taken_by);
    if (!status)
        *count = kept;
    return status;
}

enum rk_status rk_shards_all(const struct rk_partial *partials, size_t count,
                             const struct rk_manifest *m, struct rk_error *error)
{
    struct rk_strings have = {0}, listed = {0};
    struct rk_buf missing = {0};
    struct rk_pos pos = {.file = m->file};
    size_t lacking = 0;
    enum rk_status status = RK_OK;
    for (size_t i = 0; i < count; i++)
        for (size_t s = 0; s < partials[i].shard_count; s++)
            rk_strings_add(&have, rk_text(partials[i].shards[s]));
    for (size_t i = 0; i < m->count && !status; i++) {
        const struct rk_shard *shard = &m->shards[i];
        uint32_t before = listed.count;
        if (!shard->records)
            continue;
        if (rk_strings_add(&listed, rk_text(shard->sha256)) != before)
            status = rk_fail_at(error, RK_BAD_DATA, &pos,
                                _("%s holds the same rows as a part before it"), shard->file);
        if (rk_strings_find(&have, rk_text(shard->sha256)) != RK_NONE)
            continue;
        if (lacking++ < 10)
            rk_buf_printf(&missing, "%s%s", missing.size ? ", " : "", shard->file);
    }
    if (!status && lacking)
        status = rk_fail_at(error, RK_BAD_DATA, &pos,
                            _("shards of which there is no partial: %zu (%s%s)"), lacking,
                            missing.text, lacking > 10 ? ", …" : "");
    for (size_t i = 0; i < count && !status; i++)
        for (size_t s = 0; s < partials[i].shard_count && !status; s++)
            if (rk_strings_find(&listed, rk_text(partials[i].shards[s])) == RK_NONE)
                status =
                    rk_fail_at(error, RK_BAD_DATA,
                               &(struct rk_pos){.file = partials[i].file, .line = partials[i].line},
                               _("it has a shard that %s does not list"), m->file);
    rk_buf_free(&missing);
    rk_strings_free(&have);
    rk_strings_free(&listed);
    return status;
}
