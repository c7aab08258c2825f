#include "model/partial.h"

#include "stream/write.h"

const char *const rk_partial_statuses[] = {"active", "withdrawn", "ineligible", NULL};

void rk_partial_free(struct rk_partial *p)
{
    rk_free(p->options);
    rk_rubrics_free(&p->own);
    rk_free(p->shards);
    rk_free(p->recruitments);
    rk_free(p->candidates);
    rk_free(p->contests);
    rk_free(p->people);
    rk_free(p->gates);
    rk_free(p->sums);
    rk_free(p->voices);
    rk_free(p->sheets);
    rk_free(p->criteria);
    rk_arena_free(&p->arena);
    *p = (struct rk_partial){0};
}

void rk_partial_option(struct rk_partial *p, const char *name, const char *value)
{
    RK_GROW(p->options, p->option_count, p->option_room);
    p->options[p->option_count++] =
        (struct rk_partial_option){rk_arena_keep(&p->arena, name), rk_arena_keep(&p->arena, value)};
}

const char *rk_partial_value(const struct rk_partial *p, const char *name)
{
    for (size_t i = 0; i < p->option_count; i++)
        if (!strcmp(p->options[i].name, name))
            return p->options[i].value;
    return NULL;
}

bool rk_partial_keeps_voices(const struct rk_partial *p)
{
    const char *voices = rk_partial_value(p, "voices");
    return voices && !strcmp(voices, "true");
}

void rk_partial_shard(struct rk_partial *p, const char *sha256)
{
    RK_GROW(p->shards, p->shard_count, p->shard_room);
    memcpy(p->shards[p->shard_count++], sha256, RK_SHA256_HEX);
}

/* Rubrics by id, so that the order in which they were read plays no part. */
static int by_rubric(const void *x, const void *y)
{
    return strcmp((*(const struct rk_rubric *const *)x)->id,
                  (*(const struct rk_rubric *const *)y)->id);
}

/* The part of the header that makes partials alike, and its hash. */
void rk_partial_definition(struct rk_partial *p, struct rk_buf *text)
{
    size_t start = text->size;
    rk_buf_text(text, "\"options\":{");
    for (size_t i = 0; i < p->option_count; i++) {
        rk_buf_text(text, i ? "," : "");
        rk_json_quote(text, rk_text(p->options[i].name));
        rk_buf_char(text, ':');
        rk_json_quote(text, rk_text(p->options[i].value));
    }
    rk_buf_text(text, "},\"rubrics\":[");
    size_t n = p->rubrics ? p->rubrics->count : 0;
    struct rk_rubric **sorted = rk_alloc(n + 1, sizeof *sorted);
    for (size_t i = 0; i < n; i++)
        sorted[i] = p->rubrics->all[i];
    qsort(sorted, n, sizeof *sorted, by_rubric);
    for (size_t i = 0; i < n; i++) {
        rk_buf_text(text, i ? "," : "");
        rk_rubric_print(text, sorted[i]);
    }
    rk_buf_char(text, ']');
    rk_free(sorted);
    rk_sha256(p->definition, text->text + start, text->size - start);
}

/* ---- writing ---- */

struct writing {
    struct rk_partial *p;
    const struct rk_ids *ids;
    uint32_t *ranks[RK_ID_KINDS];
    struct rk_out *out;
    struct rk_sha256_sum *hash;
    struct rk_buf line;
    uint64_t lines;
};

static void end_line(struct writing *w)
{
    rk_buf_char(&w->line, '\n');
    rk_sha256_add(w->hash, w->line.text, w->line.size);
    rk_out_write(w->out, w->line.text, w->line.size);
    rk_buf_clear(&w->line);
    w->lines++;
}

static void put_part(struct writing *w, const char *part)
{
    rk_buf_printf(&w->line, "{\"part\":\"%s\"", part);
}

static void put_text(struct writing *w, const char *key, struct rk_text text)
{
    rk_buf_printf(&w->line, ",\"%s\":", key);
    rk_json_quote(&w->line, text);
}

static void put_id(struct writing *w, const char *key, enum rk_id_kind kind, uint32_t id)
{
    put_text(w, key, rk_id_text(w->ids, kind, id));
}

static void put_number(struct writing *w, const char *key, uint64_t value)
{
    rk_buf_printf(&w->line, ",\"%s\":%llu", key, (unsigned long long)value);
}

static void quote_fixed(struct writing *w, rk_fixed value)
{
    rk_buf_char(&w->line, '"');
    rk_fixed_print_exact(&w->line, value);
    rk_buf_char(&w->line, '"');
}

static void put_fixed(struct writing *w, const char *key, rk_fixed value)
{
    rk_buf_printf(&w->line, ",\"%s\":", key);
    quote_fixed(w, value);
}

static void put_list(struct writing *w, size_t place, const char *key)
{
    if (place)
        rk_buf_char(&w->line, ',');
    else
        rk_buf_printf(&w->line, ",\"%s\":[", key);
}

static int by_hash(const void *x, const void *y) { return strcmp(x, y); }

static void write_header(struct writing *w)
{
    struct rk_partial *p = w->p;
    struct rk_buf definition = {0};
    rk_partial_definition(p, &definition);
    if (p->shard_count)
        qsort(p->shards, p->shard_count, sizeof *p->shards, by_hash);
    rk_buf_printf(&w->line, "{\"partial\":\"rk-aggregate\",\"version\":1,\"definition\":\"%s\",",
                  p->definition);
    rk_buf_add(&w->line, definition.text, definition.size);
    rk_buf_text(&w->line, ",\"shards\":[");
    for (size_t i = 0; i < p->shard_count; i++)
        rk_buf_printf(&w->line, "%s\"%s\"", i ? "," : "", p->shards[i]);
    rk_buf_char(&w->line, ']');
    put_number(w, "raw", p->raw);
    put_number(w, "rejected", p->rejected);
    rk_buf_char(&w->line, '}');
    end_line(w);
    rk_buf_free(&definition);
}

/* Orders of two rows by members that are ids, each by its rank. */
#define BY(kind, member)                                                                           \
    do {                                                                                           \
        uint32_t i_ = w->ranks[kind][p->member], j_ = w->ranks[kind][q->member];                   \
        if (i_ != j_)                                                                              \
            return i_ > j_ ? 1 : -1;                                                               \
    } while (0)

static int by_recruitment(const void *x, const void *y, void *context)
{
    const struct writing *w = context;
    const struct rk_partial_recruitment *p = x, *q = y;
    BY(RK_ID_RECRUITMENT, recruitment);
    return 0;
}

static int by_candidate(const void *x, const void *y, void *context)
{
    const struct writing *w = context;
    const struct rk_partial_candidate *p = x, *q = y;
    BY(RK_ID_RECRUITMENT, recruitment);
    BY(RK_ID_CANDIDATE, candidate);
    return 0;
}

static int by_contest(const void *x, const void *y, void *context)
{
    const struct writing *w = context;
    const struct rk_partial_contest *p = x, *q = y;
    BY(RK_ID_RECRUITMENT, recruitment);
    BY(RK_ID_STAGE, stage);
    return 0;
}

static int by_person(const void *x, const void *y, void *context)
{
    const struct writing *w = context;
    const struct rk_partial_person *p = x, *q = y;
    BY(RK_ID_RECRUITMENT, recruitment);
    BY(RK_ID_CANDIDATE, candidate);
    return 0;
}

static int by_gate(const void *x, const void *y, void *context)
{
    const struct writing *w = context;
    const struct rk_partial_gate *p = x, *q = y;
    BY(RK_ID_RECRUITMENT, recruitment);
    BY(RK_ID_CANDIDATE, candidate);
    BY(RK_ID_CRITERION, criterion);
    return 0;
}

static int by_sum(const void *x, const void *y, void *context)
{
    const struct writing *w = context;
    const struct rk_partial_sum *p = x, *q = y;
    BY(RK_ID_RECRUITMENT, recruitment);
    BY(RK_ID_STAGE, stage);
    BY(RK_ID_CANDIDATE, candidate);
    BY(RK_ID_GROUP, group);
    return (p->basis > q->basis) - (p->basis < q->basis);
}

static int by_voice(const void *x, const void *y, void *context)
{
    const struct writing *w = context;
    const struct rk_partial_voice *p = x, *q = y;
    BY(RK_ID_RATER, rater);
    return 0;
}

static int by_sheet(const void *x, const void *y, void *context)
{
    const struct writing *w = context;
    const struct rk_partial_sheet *p = x, *q = y;
    BY(RK_ID_RECRUITMENT, recruitment);
    BY(RK_ID_CANDIDATE, candidate);
    BY(RK_ID_RATER, rater);
    BY(RK_ID_STAGE, stage);
    return 0;
}

static int by_criterion(const void *x, const void *y, void *context)
{
    const struct writing *w = context;
    uint32_t i = w->ranks[RK_ID_CRITERION][*(const uint32_t *)x];
    uint32_t j = w->ranks[RK_ID_CRITERION][*(const uint32_t *)y];
    return (i > j) - (i < j);
}

#define SORT(rows, count, compare)                                                                 \
    do {                                                                                           \
        if (count)                                                                                 \
            qsort_r((rows), (count), sizeof *(rows), (compare), w);                                \
    } while (0)

static void write_recruitments(struct writing *w)
{
    struct rk_partial *p = w->p;
    SORT(p->recruitments, p->recruitment_count, by_recruitment);
    for (size_t i = 0; i < p->recruitment_count; i++) {
        put_part(w, "recruitment");
        put_id(w, "recruitment", RK_ID_RECRUITMENT, p->recruitments[i].recruitment);
        put_text(w, "rubric", rk_text(p->recruitments[i].rubric->id));
        rk_buf_char(&w->line, '}');
        end_line(w);
    }
    SORT(p->candidates, p->candidate_count, by_candidate);
    for (size_t i = 0; i < p->candidate_count; i++) {
        const struct rk_partial_candidate *c = &p->candidates[i];
        put_part(w, "candidate");
        put_id(w, "recruitment", RK_ID_RECRUITMENT, c->recruitment);
        put_id(w, "candidate", RK_ID_CANDIDATE, c->candidate);
        if (c->status)
            put_text(w, "status", rk_text(rk_partial_statuses[c->status]));
        if (c->reached != RK_NONE)
            put_id(w, "reached", RK_ID_STAGE, c->reached);
        rk_buf_char(&w->line, '}');
        end_line(w);
    }
}

static void write_contests(struct writing *w)
{
    struct rk_partial *p = w->p;
    SORT(p->contests, p->contest_count, by_contest);
    for (size_t i = 0; i < p->contest_count; i++) {
        const struct rk_partial_contest *c = &p->contests[i];
        put_part(w, "contest");
        put_id(w, "recruitment", RK_ID_RECRUITMENT, c->recruitment);
        put_id(w, "stage", RK_ID_STAGE, c->stage);
        put_text(w, "scale", c->percent ? RK_TEXT("0-100") : RK_TEXT("raw"));
        if (c->adjusted)
            rk_buf_text(&w->line, ",\"adjusted\":true");
        put_fixed(w, "least", c->least);
        put_fixed(w, "most", c->most);
        rk_buf_char(&w->line, '}');
        end_line(w);
    }
}

static void write_people(struct writing *w)
{
    struct rk_partial *p = w->p;
    SORT(p->people, p->person_count, by_person);
    for (size_t i = 0; i < p->person_count; i++) {
        const struct rk_partial_person *person = &p->people[i];
        put_part(w, "person");
        put_id(w, "recruitment", RK_ID_RECRUITMENT, person->recruitment);
        put_id(w, "candidate", RK_ID_CANDIDATE, person->candidate);
        if (person->gates.size)
            put_text(w, "gates", person->gates);
        if (person->unlinked)
            rk_buf_text(&w->line, ",\"severity_unlinked\":true");
        if (person->unadjusted)
            rk_buf_text(&w->line, ",\"not_estimable\":true");
        rk_buf_char(&w->line, '}');
        end_line(w);
    }
    SORT(p->gates, p->gate_count, by_gate);
    for (size_t i = 0; i < p->gate_count; i++) {
        const struct rk_partial_gate *g = &p->gates[i];
        put_part(w, "gate");
        put_id(w, "recruitment", RK_ID_RECRUITMENT, g->recruitment);
        put_id(w, "candidate", RK_ID_CANDIDATE, g->candidate);
        put_id(w, "criterion", RK_ID_CRITERION, g->criterion);
        for (int basis = 0; basis < 2; basis++)
            if (g->n[basis]) {
                put_fixed(w, basis ? "joint_sum" : "sum", g->sum[basis]);
                put_number(w, basis ? "joint_n" : "n", g->n[basis]);
            }
        rk_buf_char(&w->line, '}');
        end_line(w);
    }
}

static void write_sums(struct writing *w)
{
    struct rk_partial *p = w->p;
    bool voices = rk_partial_keeps_voices(p);
    SORT(p->sums, p->sum_count, by_sum);
    for (size_t i = 0; i < p->sum_count; i++) {
        const struct rk_partial_sum *s = &p->sums[i];
        struct rk_partial_voice *v = p->voices + s->first;
        bool counts = false;
        SORT(v, s->count, by_voice);
        put_part(w, "sum");
        put_id(w, "recruitment", RK_ID_RECRUITMENT, s->recruitment);
        put_id(w, "stage", RK_ID_STAGE, s->stage);
        put_id(w, "candidate", RK_ID_CANDIDATE, s->candidate);
        put_id(w, "group", RK_ID_GROUP, s->group);
        if (s->basis == RK_CONSENSUS)
            put_text(w, "basis", RK_TEXT("consensus"));
        put_fixed(w, "sum", s->sum);
        put_number(w, "n", s->n);
        for (size_t k = 0; k < s->count; k++) {
            put_list(w, k, "raters");
            rk_json_quote(&w->line, rk_id_text(w->ids, RK_ID_RATER, v[k].rater));
            counts |= v[k].count != 1;
        }
        rk_buf_char(&w->line, ']');
        for (size_t k = 0; voices && k < s->count; k++) {
            put_list(w, k, "scores");
            quote_fixed(w, v[k].value);
        }
        if (voices)
            rk_buf_char(&w->line, ']');
        for (size_t k = 0; counts && k < s->count; k++) {
            put_list(w, k, "counts");
            rk_buf_printf(&w->line, "%u", v[k].count);
        }
        rk_buf_text(&w->line, counts ? "]}" : "}");
        end_line(w);
    }
}

static void write_sheets(struct writing *w)
{
    struct rk_partial *p = w->p;
    SORT(p->sheets, p->sheet_count, by_sheet);
    for (size_t i = 0; i < p->sheet_count; i++) {
        const struct rk_partial_sheet *s = &p->sheets[i];
        put_part(w, "sheet");
        put_id(w, "recruitment", RK_ID_RECRUITMENT, s->recruitment);
        put_id(w, "candidate", RK_ID_CANDIDATE, s->candidate);
        put_id(w, "rater", RK_ID_RATER, s->rater);
        put_id(w, "stage", RK_ID_STAGE, s->stage);
        put_id(w, "group", RK_ID_GROUP, s->group);
        if (s->basis == RK_CONSENSUS)
            put_text(w, "basis", RK_TEXT("consensus"));
        if (s->persons)
            put_number(w, "persons", s->persons);
        if (s->count != 1)
            put_number(w, "count", s->count);
        SORT(p->criteria + s->first, s->number, by_criterion);
        for (size_t k = 0; k < s->number; k++) {
            put_list(w, k, "criteria");
            rk_json_quote(&w->line, rk_id_text(w->ids, RK_ID_CRITERION, p->criteria[s->first + k]));
        }
        rk_buf_char(&w->line, ']');
        put_number(w, "scored", s->scored);
        put_fixed(w, "total", s->total);
        put_fixed(w, "weight", s->weight);
        if (s->missing)
            put_number(w, "missing", s->missing);
        rk_buf_char(&w->line, '}');
        end_line(w);
    }
}

void rk_partial_write(struct rk_partial *p, const struct rk_ids *ids, struct rk_out *out)
{
    struct writing w = {.p = p, .ids = ids, .out = out, .hash = rk_sha256_begin()};
    char hex[RK_SHA256_HEX];
    for (int kind = 0; kind < RK_ID_KINDS; kind++)
        w.ranks[kind] = rk_strings_ranks(&ids->of[kind]);
    write_header(&w);
    write_recruitments(&w);
    write_contests(&w);
    write_people(&w);
    write_sums(&w);
    write_sheets(&w);
    rk_sha256_end(w.hash, hex);
    rk_buf_printf(&w.line, "{\"end\":\"rk-aggregate\",\"lines\":%llu,\"sha256\":\"%s\"}\n",
                  (unsigned long long)w.lines, hex);
    rk_out_write(out, w.line.text, w.line.size);
    rk_buf_free(&w.line);
    for (int kind = 0; kind < RK_ID_KINDS; kind++)
        rk_free(w.ranks[kind]);
}
