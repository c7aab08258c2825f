/* lib/model: ratings and scores read ahead by a thread are those read without one, and what is told
 * of bad rows is the same, whoever finds them bad; lib/stream: rows written by threads stand in
 * their order. */
#include "base/mem.h"
#include "base/random.h"
#include "check.h"
#include "model/scores.h"

#include <stdlib.h>
#include <unistd.h>

static uint64_t state;
static uint64_t below(uint64_t n) { return rk_splitmix64(&state) % n; }

static char path[3][40] = {"/tmp/rk-unit-XXXXXX", "/tmp/rk-unit-YXXXXXX", "/tmp/rk-unit-ZXXXXXX"};

static void put(int file, const struct rk_buf *text)
{
    FILE *out = fopen(path[file], "wb");
    CHECK(out && fwrite(text->text, 1, text->size, out) == text->size && !fclose(out));
}

static void collect(struct rk_log *log, enum rk_severity severity, const struct rk_pos *pos,
                    const char *text)
{
    rk_buf_printf(log->context, "%d:%d:%d:%s: %s\n", severity, pos ? (int)pos->line : 0,
                  pos ? (int)pos->column : 0, pos && pos->field ? pos->field : "", text);
}

/* A table of ratings or of scores, whose rows are much like those before them. Of a bad one the
 * first may be bad, or more than are read before the thread begins. */
static void make_table(struct rk_buf *text, bool scores, bool count, size_t rows, bool bad)
{
    static const char *const missing[] = {"abstained", "not_met", "\"conflict\"", "consensus"};
    static const char *const lists[] = {"", "\"k1\"", "k1|k2"};
    static const char *const notes[] = {"", "omdöme å", "omdöme ä", "\"of two\nlines\"", "\"q\""};
    const char *note = "", *end = below(2) ? "\n" : "\r\n";
    int recruitment = 1, candidate = 1, rater = 1;
    size_t first = bad ? (size_t[]){0, 1, 2600}[below(3)] : 0;
    rk_buf_clear(text);
    rk_buf_printf(
        text, "note,recruitment_id,candidate_id,rater_id,rater_group,stage,%s,basis,n_persons%s%s",
        scores ? "flags,score,gates" : "criterion,score,missing", count ? ",count" : "", end);
    for (size_t r = 0; r < rows; r++) {
        recruitment += below(400) == 0;
        candidate += below(12) == 0;
        rater = below(4) ? rater : 1 + (int)below(50);
        const char *why = below(12) ? "" : missing[below(bad ? 4 : 3)];
        note = below(20) ? note : notes[below(5)];
        rk_buf_printf(text, "%s,", note);
        rk_buf_printf(text, below(40) ? "R%d,K%d,p%d," : "\"R%d\",K%d,\"p%d\",", recruitment,
                      candidate, rater);
        rk_buf_printf(text, "%s,%s,", rater % 3 ? "user" : "staff", below(9) ? "interview" : "");
        if (scores)
            rk_buf_printf(text, "%s,%d,%s", lists[below(3)], (int)below(6), lists[below(3)]);
        else
            rk_buf_printf(text, "k%d,%s,%s", (int)below(5),
                          *why && !(bad && below(9) == 0) ? "" : "4", why);
        rk_buf_printf(text, ",%s,%s", below(30) ? "individual" : "consensus",
                      r < first || (bad && below(900) == 0) ? "x"
                      : below(50)                           ? ""
                                                            : "4");
        if (count)
            rk_buf_printf(text, ",%d", bad && below(500) == 0 ? 0 : 1 + (int)below(3));
        rk_buf_text(text, bad && below(900) == 0 ? ",more" : "");
        if (r + 1 < rows || below(2))
            rk_buf_text(text, end);
    }
}

/* What becomes of the rows, as a text. */
struct seen {
    struct rk_buf text;
    struct rk_ids ids;
    uint64_t taken, most; /* after so many it ends */
    uint32_t last;        /* place */
};

static enum rk_status judge(struct seen *s, uint32_t rater, uint32_t place, struct rk_error *error)
{
    uint32_t before = s->last;
    s->last = place;
    if (++s->taken == s->most)
        return rk_fail(error, RK_FAILED, "enough");
    struct rk_text name = rk_id_text(&s->ids, RK_ID_RATER, rater);
    if (name.text[name.size - 1] == '7' && place % 5 == 0)
        return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.field = "rater_id", .line = before},
                          "not this one");
    return RK_OK;
}

static enum rk_status take_rating(void *context, const struct rk_rating *r, struct rk_error *error)
{
    struct seen *s = context;
    rk_buf_printf(&s->text, "%u:%s,%s,%s,%s,%s,%s,%d,%d,%u,%u,", r->place,
                  rk_id_text(&s->ids, RK_ID_RECRUITMENT, r->recruitment).text,
                  rk_id_text(&s->ids, RK_ID_CANDIDATE, r->candidate).text,
                  rk_id_text(&s->ids, RK_ID_RATER, r->rater).text,
                  rk_id_text(&s->ids, RK_ID_GROUP, r->group).text,
                  rk_id_text(&s->ids, RK_ID_STAGE, r->stage).text,
                  rk_id_text(&s->ids, RK_ID_CRITERION, r->criterion).text, r->missing, r->basis,
                  r->persons, r->count);
    rk_fixed_print(&s->text, r->score);
    rk_buf_char(&s->text, '\n');
    return judge(s, r->rater, r->place, error);
}

static enum rk_status take_score(void *context, const struct rk_score *r, uint32_t place,
                                 struct rk_error *error)
{
    struct seen *s = context;
    rk_buf_printf(&s->text, "%u:%s,%s,%s,%s,%s,%d,%d,%u,%d,", place,
                  rk_id_text(&s->ids, RK_ID_RECRUITMENT, r->recruitment).text,
                  rk_id_text(&s->ids, RK_ID_CANDIDATE, r->candidate).text,
                  rk_id_text(&s->ids, RK_ID_RATER, r->rater).text,
                  rk_id_text(&s->ids, RK_ID_GROUP, r->group).text,
                  rk_id_text(&s->ids, RK_ID_STAGE, r->stage).text, r->basis, r->percent, r->count,
                  r->has_adjusted);
    rk_buf_add(&s->text, r->gates.text, r->gates.size);
    rk_buf_char(&s->text, ';');
    rk_buf_add(&s->text, r->flags.text, r->flags.size);
    rk_fixed_print(&s->text, r->score);
    rk_buf_char(&s->text, '\n');
    return judge(s, r->rater, place, error);
}

/* Reads files 0 and 1; what is told goes in between what is taken. */
static void see(const struct rk_schema *schema, bool scores, bool ahead, uint64_t most,
                bool rejects, struct seen *s)
{
    const char *const paths[] = {path[0], path[1]};
    struct rk_outputs outputs = {0};
    struct rk_error error = {0};
    struct rk_table *table;
    *s = (struct seen){.most = most};
    struct rk_log log = {.emit = collect, .context = &s->text};
    struct rk_table_options options = {.log = &log,
                                       .defaults =
                                           scores ? rk_scores_defaults : rk_ratings_defaults,
                                       .reader.ahead = ahead};
    rk_id(&s->ids, RK_ID_RATER, RK_TEXT("p9")); /* known before */
    if (rejects)
        CHECK(!rk_out_open(&outputs, &options.rejects, path[2], &error));
    CHECK(!rk_table_open(&table, schema, paths, 2, &options, &error));
    struct rk_ratings ratings = {.ids = &s->ids};
    enum rk_status status = scores ? rk_scores_read(table, &s->ids, take_score, s, &error)
                                   : rk_ratings_read(&ratings, table, take_rating, s, &error);
    rk_buf_printf(&s->text, "%d %s %d %d %d", status, error.text, ratings.has_count,
                  (int)rk_table_rows_in(table), (int)rk_table_rows_rejected(table));
    for (int kind = 0; kind < RK_ID_KINDS; kind++) /* in the same order */
        for (uint32_t i = 0; i < s->ids.of[kind].count; i++)
            rk_buf_printf(&s->text, " %s", s->ids.of[kind].texts[i].text);
    rk_table_close(table);
    if (rejects && !status) {
        char line[400];
        CHECK(!rk_outputs_commit(&outputs, &error));
        FILE *in = fopen(path[2], "rb");
        while (fgets(line, sizeof line, in))
            rk_buf_text(&s->text, line);
        fclose(in);
    }
    rk_outputs_discard(&outputs);
    rk_ids_free(&s->ids);
}

static void alike(const struct rk_schema *schema, bool scores)
{
    struct rk_buf table = {0};
    for (int round = 0; round < 12; round++) {
        for (int file = 0; file < 2; file++) {
            make_table(&table, scores, (round + file) % 3 == 0, 3000 + below(4000), round % 4 > 0);
            if (round == 9 && file)
                rk_buf_text(&table, "R1,\"never closed\n");
            put(file, &table);
        }
        struct seen plain, ahead;
        uint64_t most = round % 5 == 4 ? 2500 + below(3000) : 0;
        see(schema, scores, false, most, round % 2, &plain);
        see(schema, scores, true, most, round % 2, &ahead);
        CHECK(plain.text.size > 100000 && plain.text.size == ahead.text.size &&
              !memcmp(plain.text.text, ahead.text.text, plain.text.size));
        rk_buf_free(&plain.text);
        rk_buf_free(&ahead.text);
    }
    rk_buf_free(&table);
}

/* ---- written by threads ---- */

static void write_some(void *context, size_t from, size_t to, struct rk_writer *writer)
{
    const uint64_t *seed = context;
    for (size_t i = from; i < to; i++)
        for (uint64_t row = 0; row < (i * *seed) % 3; row++) {
            rk_write_int(writer, (int64_t)i);
            rk_write_text(writer, i % 7 ? RK_TEXT("x") : RK_TEXT("a \"b\",\nc"));
            rk_write_end(writer);
        }
}

static void write_blocks(enum rk_form form, size_t count, unsigned threads, uint64_t seed,
                         struct rk_buf *text)
{
    static const struct rk_writer_column columns[] = {{"n", true}, {"t", false}};
    struct rk_outputs outputs = {0};
    struct rk_error error;
    struct rk_out *out;
    char part[4096];
    CHECK(!rk_out_open(&outputs, &out, path[2], &error));
    struct rk_writer *writer = rk_writer_open(out, form, columns, 2);
    rk_write_blocks(writer, count, threads, write_some, &seed);
    rk_buf_clear(text);
    rk_buf_printf(text, "%llu rows\n", (unsigned long long)rk_writer_rows(writer));
    rk_writer_finish(writer);
    CHECK(!rk_outputs_commit(&outputs, &error));
    FILE *in = fopen(path[2], "rb");
    for (size_t n; (n = fread(part, 1, sizeof part, in));)
        rk_buf_add(text, part, n);
    fclose(in);
}

static void written_in_order(void)
{
    struct rk_buf one = {0}, many = {0};
    for (int round = 0; round < 12; round++) {
        static const enum rk_form forms[] = {RK_CSV, RK_JSONL, RK_JSON, RK_TABLE};
        enum rk_form form = forms[round % 4];
        size_t count = round < 4 ? (size_t)round * 2048 : below(30000);
        uint64_t seed = below(1000);
        write_blocks(form, count, 1, seed, &one);
        for (unsigned threads = 2; threads < 12; threads += 3) {
            write_blocks(form, count, threads, seed, &many);
            CHECK(one.size == many.size && !memcmp(one.text, many.text, one.size));
        }
    }
    rk_buf_free(&one);
    rk_buf_free(&many);
}

int main(void)
{
    struct rk_schema *schema;
    struct rk_error error;
    static const char *const names[] = {"ratings", "scores"};
    for (int file = 0; file < 3; file++)
        close(mkstemp(path[file]));
    for (int i = 0; i < 2; i++) {
        CHECK(!rk_schema_load(&schema, "share/schema", names[i], &error));
        alike(schema, i);
        rk_schema_free(schema);
    }
    written_in_order();
    for (int file = 0; file < 3; file++)
        unlink(path[file]);
    return finish();
}
