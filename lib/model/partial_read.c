#include "model/partial.h"
#include "stream/json.h"

#define LONGEST ((size_t)64 << 20)

struct rk_partial_reader {
    struct rk_in *in;
    const char *file;
    struct rk_buf bytes; /* from `start` on not yet taken */
    size_t start;
    uint64_t line; /* of the line last given */
    bool any;
};

enum rk_status rk_partial_open(struct rk_partial_reader **reader, const char *path,
                               struct rk_error *error)
{
    struct rk_in *in;
    *reader = NULL;
    RK_TRY(rk_in_open(&in, path, error));
    *reader = rk_alloc(1, sizeof **reader);
    (*reader)->in = in;
    (*reader)->file = rk_in_name(in);
    return RK_OK;
}

void rk_partial_close(struct rk_partial_reader *r)
{
    if (!r)
        return;
    rk_in_close(r->in);
    rk_buf_free(&r->bytes);
    rk_free(r);
}

static enum rk_status cut(const struct rk_partial_reader *r, struct rk_error *error)
{
    return rk_fail_at(error, RK_FAILED, &(struct rk_pos){.file = r->file, .line = r->line}, "%s",
                      _("the partial is cut short: its last line is missing"));
}

/* The next line with its end; size 0 at the end of the file. */
static enum rk_status next_line(struct rk_partial_reader *r, struct rk_text *line,
                                struct rk_error *error)
{
    size_t looked = 0, got = 0;
    for (;;) {
        const char *from = r->bytes.text + r->start;
        size_t have = r->bytes.size - r->start;
        const char *end = have > looked ? memchr(from + looked, '\n', have - looked) : NULL;
        if (end) {
            *line = (struct rk_text){from, (size_t)(end - from) + 1};
            r->start += line->size;
            r->line++;
            return RK_OK;
        }
        looked = have;
        if (have > LONGEST)
            return rk_fail_at(error, RK_BAD_DATA,
                              &(struct rk_pos){.file = r->file, .line = r->line + 1}, "%s",
                              _("the line is too long"));
        if (r->start) {
            memmove(r->bytes.text, from, have);
            r->bytes.size = have;
            r->start = 0;
        }
        RK_TRY(rk_in_read(r->in, rk_buf_reserve(&r->bytes, 1 << 16), 1 << 16, &got, error));
        r->bytes.size += got;
        if (!got) {
            *line = (struct rk_text){NULL, 0};
            return have ? cut(r, error) : RK_OK;
        }
    }
}

enum { MOST_FIELDS = 16 };

/* A member of a line. */
struct field {
    struct rk_text key, value; /* a text without its quotes and escapes; a list without [] */
    char kind;                 /* of the value: '"', '[', or 0 = a number, true or false */
};

/* A line as it is read: what is wrong comes into `status` and is told once the whole is known not
 * to be damaged. */
struct reading {
    struct rk_partial *p;
    struct rk_ids *ids;
    struct rk_pos pos;
    struct rk_error *error;
    struct field fields[MOST_FIELDS];
    size_t field_count;
    struct rk_arena texts; /* with escapes, of this line */
    enum rk_status status;
};

/* `expected` is translated here: asking for it anew each time would cost more than the reading. */
static void expect(struct reading *r, bool good, const char *key, const char *expected)
{
    if (r->status == RK_OK && !good) {
        r->pos.field = key;
        r->status = rk_fail_at(r->error, RK_BAD_DATA, &r->pos, _("expected %s"), _(expected));
    }
}

/* ---- a line into its members ----
 * Lines are many, and written by us in one way: without blanks, lists of texts or of whole numbers,
 * and no escapes but those of rk_json_quote. Anything else is no line of a partial. */

static bool unescape(struct reading *r, struct rk_text *text)
{
    char *to = rk_arena_alloc(&r->texts, text->size + 1), *start = to;
    const char *at = text->text, *end = at + text->size;
    for (; at < end; at++) {
        if (*at != '\\') {
            *to++ = *at;
            continue;
        }
        unsigned code = 0;
        switch (++at < end ? *at : 0) {
        case '"':
        case '\\': *to++ = *at; break;
        case 'n': *to++ = '\n'; break;
        case 't': *to++ = '\t'; break;
        case 'u':
            if (end - at < 5 || sscanf(at + 1, "%4x", &code) != 1 || !code || code >= 0x20)
                return false;
            *to++ = (char)code;
            at += 4;
            break;
        default: return false;
        }
    }
    *text = (struct rk_text){start, (size_t)(to - start)};
    return true;
}

/* A text from its first quote on; *at is then behind the last. */
static bool take_text(struct reading *r, const char **at, const char *end, struct rk_text *text)
{
    const char *from = *at + 1, *stop = from;
    bool escapes = false;
    if (*at >= end || **at != '"')
        return false;
    for (; stop < end && *stop != '"'; stop++)
        if (*stop == '\\') {
            escapes = true;
            stop++;
        }
    if (stop >= end)
        return false;
    *text = (struct rk_text){from, (size_t)(stop - from)};
    *at = stop + 1;
    return !escapes || unescape(r, text);
}

static bool take_bare(const char **at, const char *end, struct rk_text *text)
{
    const char *from = *at;
    while (*at < end && ((**at >= '0' && **at <= '9') || (**at >= 'a' && **at <= 'z')))
        ++*at;
    *text = (struct rk_text){from, (size_t)(*at - from)};
    return text->size > 0;
}

/* The next item of a list, as take_text and take_bare; false at the end, and where it is no list.
 */
static bool take_item(struct reading *r, struct rk_text *list, bool quoted, struct rk_text *item)
{
    const char *at = list->text, *end = at + list->size;
    if (at >= end)
        return false;
    bool good = quoted ? take_text(r, &at, end, item) : take_bare(&at, end, item);
    good = good && (at == end || (*at == ',' && at + 1 < end));
    if (at < end)
        at++;
    *list = (struct rk_text){at, good ? (size_t)(end - at) : 0};
    if (!good)
        expect(r, false, NULL, N_("a line as rk-aggregate --partial writes it"));
    return good;
}

static bool take_list(struct reading *r, const char **at, const char *end, struct rk_text *list)
{
    struct rk_text item;
    const char *from = ++*at;
    while (*at < end && **at != ']')
        if (**at == '"' ? !take_text(r, at, end, &item) : (++*at, false))
            return false;
    *list = (struct rk_text){from, (size_t)(*at - from)};
    return (*at)++ < end;
}

static bool split_line(struct reading *r, struct rk_text line)
{
    const char *at = line.text, *end = at + line.size - 1; /* without the line end */
    r->field_count = 0;
    rk_arena_reset(&r->texts);
    if (end == at || *at != '{' || rk_utf8_valid(line.text, line.size) != line.size)
        return false;
    do {
        struct field *f = &r->fields[r->field_count];
        at++;
        if (r->field_count == MOST_FIELDS || !take_text(r, &at, end, &f->key) || at >= end ||
            *at++ != ':' || at >= end)
            return false;
        f->kind = *at == '"' || *at == '[' ? *at : '\0';
        if (f->kind == '"'   ? !take_text(r, &at, end, &f->value)
            : f->kind == '[' ? !take_list(r, &at, end, &f->value)
                             : !take_bare(&at, end, &f->value))
            return false;
        r->field_count++;
    } while (at < end && *at == ',');
    return at + 1 == end && *at == '}';
}

/* ---- members ---- */

static const struct field *find_field(const struct reading *r, const char *key)
{
    size_t size = strlen(key);
    for (size_t i = 0; i < r->field_count; i++)
        if (r->fields[i].key.size == size && !memcmp(r->fields[i].key.text, key, size))
            return &r->fields[i];
    return NULL;
}

static struct rk_text get_text(struct reading *r, const char *key, const char *otherwise)
{
    const struct field *f = find_field(r, key);
    expect(r, f ? f->kind == '"' && f->value.size : otherwise != NULL, key, N_("a text"));
    return r->status ? (struct rk_text){0} : f ? f->value : rk_text(otherwise);
}

static uint32_t get_id(struct reading *r, const char *key, enum rk_id_kind kind)
{
    struct rk_text text = get_text(r, key, NULL);
    return r->status ? 0 : rk_id(r->ids, kind, text);
}

static rk_fixed as_fixed(struct reading *r, struct rk_text text, const char *key)
{
    rk_fixed number = 0;
    expect(r, rk_fixed_parse_exact(text, &number), key, N_("a decimal number as a text"));
    return number;
}

static rk_fixed get_fixed(struct reading *r, const char *key)
{
    return as_fixed(r, get_text(r, key, NULL), key);
}

static uint64_t as_number(struct reading *r, struct rk_text text, const char *key, int64_t least,
                          int64_t most)
{
    int64_t number = 0;
    expect(r, rk_text_int(text, &number) && number >= least && number <= most, key,
           N_("a whole number"));
    return r->status ? 0 : (uint64_t)number;
}

static uint64_t get_number(struct reading *r, const char *key, int64_t least, int64_t most)
{
    const struct field *f = find_field(r, key);
    expect(r, f && !f->kind, key, N_("a whole number"));
    return r->status ? 0 : as_number(r, f->value, key, least, most);
}

static bool get_flag(struct reading *r, const char *key)
{
    const struct field *f = find_field(r, key);
    expect(r, !f || (!f->kind && rk_text_is(f->value, "true")), key, "true");
    return f != NULL;
}

/* What of a list is not yet taken; empty where it is not there. */
static struct rk_text get_list(struct reading *r, const char *key)
{
    const struct field *f = find_field(r, key);
    expect(r, !f || f->kind == '[', key, N_("a list"));
    return f && !r->status ? f->value : (struct rk_text){0};
}

static enum rk_basis get_basis(struct reading *r)
{
    struct rk_text text = get_text(r, "basis", "individual");
    bool joint = rk_text_is(text, "consensus");
    expect(r, joint || rk_text_is(text, "individual"), "basis", "individual, consensus");
    return joint ? RK_CONSENSUS : RK_INDIVIDUAL;
}

/* ---- lines ---- */

static void read_recruitment(struct reading *r)
{
    struct rk_partial *p = r->p;
    struct rk_text rubric = get_text(r, "rubric", NULL);
    struct rk_partial_recruitment row = {get_id(r, "recruitment", RK_ID_RECRUITMENT), NULL};
    for (size_t i = 0; i < p->own.count; i++)
        if (rk_text_is(rubric, p->own.all[i]->id))
            row.rubric = p->own.all[i];
    expect(r, row.rubric, "rubric", N_("the id of a rubric"));
    RK_GROW(p->recruitments, p->recruitment_count, p->recruitment_room);
    p->recruitments[p->recruitment_count++] = row;
}

static void read_candidate(struct reading *r)
{
    struct rk_partial *p = r->p;
    struct rk_partial_candidate row = {get_id(r, "recruitment", RK_ID_RECRUITMENT),
                                       get_id(r, "candidate", RK_ID_CANDIDATE), 0, RK_NONE};
    struct rk_text status = get_text(r, "status", "active");
    while (rk_partial_statuses[row.status] && !rk_text_is(status, rk_partial_statuses[row.status]))
        row.status++;
    expect(r, rk_partial_statuses[row.status], "status", "active, withdrawn, ineligible");
    if (find_field(r, "reached"))
        row.reached = get_id(r, "reached", RK_ID_STAGE);
    RK_GROW(p->candidates, p->candidate_count, p->candidate_room);
    p->candidates[p->candidate_count++] = row;
}

static void read_contest(struct reading *r)
{
    struct rk_partial *p = r->p;
    struct rk_text scale = get_text(r, "scale", NULL);
    struct rk_partial_contest row = {.recruitment = get_id(r, "recruitment", RK_ID_RECRUITMENT),
                                     .stage = get_id(r, "stage", RK_ID_STAGE),
                                     .percent = rk_text_is(scale, "0-100"),
                                     .adjusted = get_flag(r, "adjusted"),
                                     .least = get_fixed(r, "least"),
                                     .most = get_fixed(r, "most")};
    expect(r, row.percent || rk_text_is(scale, "raw"), "scale", "0-100, raw");
    RK_GROW(p->contests, p->contest_count, p->contest_room);
    p->contests[p->contest_count++] = row;
}

static void read_person(struct reading *r)
{
    struct rk_partial *p = r->p;
    struct rk_partial_person row = {.recruitment = get_id(r, "recruitment", RK_ID_RECRUITMENT),
                                    .candidate = get_id(r, "candidate", RK_ID_CANDIDATE),
                                    .unlinked = get_flag(r, "severity_unlinked"),
                                    .unadjusted = get_flag(r, "not_estimable")};
    struct rk_text gates = get_text(r, "gates", "");
    row.gates = (struct rk_text){rk_arena_text(&p->arena, gates.text, gates.size), gates.size};
    RK_GROW(p->people, p->person_count, p->person_room);
    p->people[p->person_count++] = row;
}

static void read_gate(struct reading *r)
{
    struct rk_partial *p = r->p;
    struct rk_partial_gate row = {.recruitment = get_id(r, "recruitment", RK_ID_RECRUITMENT),
                                  .candidate = get_id(r, "candidate", RK_ID_CANDIDATE),
                                  .criterion = get_id(r, "criterion", RK_ID_CRITERION)};
    for (int basis = 0; basis < 2; basis++)
        if (find_field(r, basis ? "joint_n" : "n")) {
            row.sum[basis] = get_fixed(r, basis ? "joint_sum" : "sum");
            row.n[basis] = get_number(r, basis ? "joint_n" : "n", 1, INT64_MAX);
        }
    expect(r, row.n[0] || row.n[1], "n", N_("a whole number"));
    RK_GROW(p->gates, p->gate_count, p->gate_room);
    p->gates[p->gate_count++] = row;
}

static void read_sum(struct reading *r)
{
    struct rk_partial *p = r->p;
    struct rk_partial_sum row = {.recruitment = get_id(r, "recruitment", RK_ID_RECRUITMENT),
                                 .stage = get_id(r, "stage", RK_ID_STAGE),
                                 .candidate = get_id(r, "candidate", RK_ID_CANDIDATE),
                                 .group = get_id(r, "group", RK_ID_GROUP),
                                 .basis = get_basis(r),
                                 .sum = get_fixed(r, "sum"),
                                 .n = get_number(r, "n", 1, INT64_MAX),
                                 .first = p->voice_count};
    bool voices = p->keeps_voices, counted = find_field(r, "counts") != NULL;
    struct rk_text raters = get_list(r, "raters"), scores = get_list(r, "scores"),
                   counts = get_list(r, "counts"), item;
    uint64_t n = 0;
    while (!r->status && take_item(r, &raters, true, &item)) {
        expect(r, item.size, "raters", N_("a list of raters"));
        struct rk_partial_voice v = {rk_id(r->ids, RK_ID_RATER, item), 1, 0};
        if (voices) {
            expect(r, take_item(r, &scores, true, &item), "scores", N_("one for each rater"));
            v.value = as_fixed(r, item, "scores");
        }
        if (counted) {
            expect(r, take_item(r, &counts, false, &item), "counts", N_("one for each rater"));
            v.count = (uint32_t)as_number(r, item, "counts", 1, 1000000000);
        }
        n += v.count;
        RK_GROW(p->voices, p->voice_count, p->voice_room);
        p->voices[p->voice_count++] = v;
        row.count++;
    }
    expect(r, row.count, "raters", N_("a list of raters"));
    expect(r, !scores.size, "scores", N_("one for each rater"));
    expect(r, !counts.size, "counts", N_("one for each rater"));
    expect(r, n == row.n, "n", N_("the sum of the raters' counts"));
    RK_GROW(p->sums, p->sum_count, p->sum_room);
    p->sums[p->sum_count++] = row;
}

static void read_sheet(struct reading *r)
{
    struct rk_partial *p = r->p;
    struct rk_partial_sheet row = {.recruitment = get_id(r, "recruitment", RK_ID_RECRUITMENT),
                                   .candidate = get_id(r, "candidate", RK_ID_CANDIDATE),
                                   .rater = get_id(r, "rater", RK_ID_RATER),
                                   .stage = get_id(r, "stage", RK_ID_STAGE),
                                   .group = get_id(r, "group", RK_ID_GROUP),
                                   .basis = get_basis(r),
                                   .count = 1,
                                   .total = get_fixed(r, "total"),
                                   .weight = get_fixed(r, "weight"),
                                   .first = p->criterion_count};
    struct rk_text criteria = get_list(r, "criteria"), id;
    if (find_field(r, "persons"))
        row.persons = (uint32_t)get_number(r, "persons", 1, UINT32_MAX);
    if (find_field(r, "count"))
        row.count = (uint32_t)get_number(r, "count", 1, 1000000000);
    if (find_field(r, "missing"))
        row.missing = (uint8_t)get_number(r, "missing", 1, UINT8_MAX);
    while (!r->status && take_item(r, &criteria, true, &id)) {
        expect(r, id.size, "criteria", N_("a list of criteria"));
        RK_GROW(p->criteria, p->criterion_count, p->criterion_room);
        p->criteria[p->criterion_count++] = rk_id(r->ids, RK_ID_CRITERION, id);
        row.number++;
    }
    expect(r, row.number, "criteria", N_("a list of criteria"));
    row.scored = (uint32_t)get_number(r, "scored", 0, (int64_t)row.number);
    RK_GROW(p->sheets, p->sheet_count, p->sheet_room);
    p->sheets[p->sheet_count++] = row;
}

static enum rk_status read_header(struct rk_partial *p, const rk_json *header,
                                  const struct rk_pos *pos, struct rk_error *error)
{
    static const char *const known[] = {"partial", "version", "definition", "options", "rubrics",
                                        "shards",  "raw",     "rejected",   NULL};
    const rk_json *options = NULL, *rubrics = NULL, *shards = NULL;
    const char *definition = NULL;
    int64_t version = 0, raw = 0, rejected = 0;
    bool good = rk_json_int(rk_json_member(header, "version"), &version) &&
                rk_json_int(rk_json_member(header, "raw"), &raw) && raw >= 0 &&
                rk_json_int(rk_json_member(header, "rejected"), &rejected) && rejected >= 0;
    if (good && version != 1)
        return rk_fail_at(error, RK_BAD_DATA, pos, "%s",
                          _("made by another version of rk-aggregate --partial"));
    RK_TRY(rk_json_only(header, known, "partial", error));
    RK_TRY(rk_json_string(header, "definition", true, &definition, "partial", error));
    RK_TRY(rk_json_object(header, "options", true, &options, "partial", error));
    RK_TRY(rk_json_array(header, "rubrics", true, &rubrics, "partial", error));
    RK_TRY(rk_json_array(header, "shards", true, &shards, "partial", error));
    void *at = NULL;
    const char *name;
    const rk_json *value;
    while (rk_json_each(options, &at, &name, &value))
        if ((good &= rk_json_text(value) != NULL))
            rk_partial_option(p, name, rk_json_text(value));
    for (size_t i = 0; i < rk_json_count(rubrics); i++) {
        struct rk_rubric *rubric;
        RK_TRY(rk_rubric_from_json(&rubric, rk_json_item(rubrics, i), p->file, error));
        RK_GROW(p->own.all, p->own.count, p->own.room);
        p->own.all[p->own.count++] = rubric;
    }
    for (size_t i = 0; i < rk_json_count(shards); i++) {
        const char *hash = rk_json_text(rk_json_item(shards, i));
        if ((good &= hash && strlen(hash) == RK_SHA256_HEX - 1))
            rk_partial_shard(p, hash);
    }
    p->raw = (uint64_t)raw;
    p->rejected = (uint64_t)rejected;
    p->keeps_voices = rk_partial_keeps_voices(p);
    struct rk_buf text = {0};
    p->rubrics = &p->own;
    rk_partial_definition(p, &text);
    p->rubrics = NULL; /* `own` moves with the struct */
    rk_buf_free(&text);
    return good && !strcmp(definition, p->definition)
               ? RK_OK
               : rk_fail_at(error, RK_BAD_DATA, pos, "%s",
                            _("not a partial as rk-aggregate --partial writes it"));
}

static const struct {
    const char *part;
    void (*read)(struct reading *r);
} parts[] = {{"sum", read_sum},
             {"sheet", read_sheet},
             {"contest", read_contest},
             {"person", read_person},
             {"gate", read_gate},
             {"candidate", read_candidate},
             {"recruitment", read_recruitment}};

static void read_line(struct reading *r, struct rk_text line, bool header)
{
    r->pos.field = NULL;
    if (r->status)
        return;
    if (header) {
        rk_json *document;
        r->status = rk_json_parse(&document, line, &r->pos, r->error);
        if (!r->status)
            r->status = read_header(r->p, document, &r->pos, r->error);
        rk_json_free(document);
        if (r->status && !r->error->pos.file) {
            r->error->pos.file = r->pos.file;
            r->error->pos.line = r->pos.line;
        }
        return;
    }
    expect(r, split_line(r, line), NULL, N_("a line as rk-aggregate --partial writes it"));
    struct rk_text part = get_text(r, "part", NULL);
    size_t i = 0, n = sizeof parts / sizeof *parts;
    while (i < n && !rk_text_is(part, parts[i].part))
        i++;
    expect(r, i < n, "part", "sum, sheet, contest, person, gate, candidate, recruitment");
    if (!r->status)
        parts[i].read(r);
}

static bool begins(struct rk_text line, const char *with)
{
    size_t size = strlen(with);
    return line.size >= size && !memcmp(line.text, with, size);
}

enum rk_status rk_partial_read(struct rk_partial_reader *in, struct rk_ids *ids,
                               struct rk_partial *p, bool *more, struct rk_error *error)
{
    struct rk_text line;
    uint64_t lines = 0;
    char hex[RK_SHA256_HEX];
    *p = (struct rk_partial){.file = in->file};
    *more = false;
    enum rk_status status = next_line(in, &line, error);
    p->line = in->line;
    if (status)
        return status;
    if (!line.size)
        return in->any ? RK_OK
                       : rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = in->file}, "%s",
                                    _("empty, expected a partial"));
    if (!begins(line, "{\"partial\":\"rk-aggregate\""))
        return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = in->file, .line = in->line},
                          "%s", _("not a partial as rk-aggregate --partial writes it"));
    in->any = true;
    struct rk_error problem = {0};
    struct reading r = {.p = p, .ids = ids, .error = &problem};
    struct rk_sha256_sum *hash = rk_sha256_begin();
    while (!status && line.size && !begins(line, "{\"end\":")) {
        r.pos = (struct rk_pos){.file = in->file, .line = in->line};
        rk_sha256_add(hash, line.text, line.size);
        read_line(&r, line, !lines++);
        status = next_line(in, &line, error);
    }
    rk_sha256_end(hash, hex);
    rk_arena_free(&r.texts);
    if (status)
        return status;
    if (!line.size)
        return cut(in, error);
    struct rk_buf last = {0};
    rk_buf_printf(&last, "{\"end\":\"rk-aggregate\",\"lines\":%llu,\"sha256\":\"%s\"}\n",
                  (unsigned long long)lines, hex);
    bool whole = rk_text_is(line, last.text);
    rk_buf_free(&last);
    if (!whole)
        return rk_fail_at(error, RK_FAILED, &(struct rk_pos){.file = in->file, .line = in->line},
                          "%s",
                          _("the partial is damaged: its lines are not those that were written"));
    if (r.status && error) {
        *error = problem;
        error->pos.field = problem.pos.field ? error->field : NULL;
    }
    if (r.status)
        return r.status;
    memcpy(p->hash, hex, sizeof hex);
    *more = true;
    return RK_OK;
}
