/* Partials: shards of ratings, each worked on as by a process of its own, joined in any order, are
 * the bytes of one run over all of them; and what is cut, changed, foreign or there twice is
 * refused. */
#include "base/random.h"
#include "check.h"
#include "model/shards.h"
#include "score/aggregate.h"

#include <stdlib.h>
#include <unistd.h>

enum { MOST_ROWS = 4000, MOST_SHARDS = 64 };

static const char rubric_text[] =
    "{\"id\":\"X\",\"groups\":[{\"id\":\"user\",\"weight\":2},{\"id\":\"staff\"}],"
    "\"stages\":[{\"id\":\"application\",\"weight\":1,\"criteria\":[\"a\"]},"
    "{\"id\":\"interview\",\"weight\":2.5}],"
    "\"criteria\":[{\"id\":\"a\",\"min\":1,\"max\":5,\"gate\":2.5},"
    "{\"id\":\"b\",\"weight\":0.3,\"min\":0,\"max\":10,\"reverse\":true,\"gate\":4},"
    "{\"id\":\"c\",\"weight\":0,\"min\":1,\"max\":7}]}";

struct line {         /* of the table ratings */
    char word[5][12]; /* recruitment, candidate, rater, group, stage */
    int criterion, score, missing, joint;
};
static struct line lines[MOST_ROWS];
static size_t line_count;
static struct rk_error error;
static char folder[] = "/tmp/rk-partial.XXXXXX";

/* What a process holds. */
struct process {
    struct rk_ids ids;
    struct rk_rubrics rubrics;
    struct rk_aggregate_options how;
    struct rk_scorer *scorer;
    struct rk_aggregate *aggregate;
    struct rk_partial part;
};

static void make_lines(struct rk_random *random)
{
    static const char *const stages[] = {"application", "interview"};
    line_count = 0;
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 5; c++)
            for (int rater = 0; rater < 9; rater++)
                for (int s = 0; s < 2; s++) {
                    bool met = rk_random_below(random, 12) > 0;
                    for (int k = 0; k < (s ? 3 : 1); k++) {
                        struct line *l = &lines[line_count];
                        *l = (struct line){.criterion = k, .joint = rater == 8};
                        snprintf(l->word[0], sizeof l->word[0], "R%d", r);
                        snprintf(l->word[1], sizeof l->word[1], "K%d", c);
                        snprintf(l->word[2], sizeof l->word[2], "%s%d", rater < 5 ? "u" : "s",
                                 rater);
                        snprintf(l->word[3], sizeof l->word[3], rater < 5 ? "user" : "staff");
                        snprintf(l->word[4], sizeof l->word[4], "%s", stages[s]);
                        l->score = 1 + (int)rk_random_below(random, 5);
                        l->missing = !met ? RK_CONFLICT
                                     : rk_random_below(random, 15)
                                         ? 0
                                         : (int)(1 + rk_random_below(random, 3));
                        line_count += rk_random_below(random, 20) > 0; /* some rows never came */
                    }
                }
}

static struct rk_rating rating_of(struct rk_ids *ids, size_t i)
{
    static const char *const criteria[] = {"a", "b", "c"};
    const struct line *l = &lines[i];
    return (struct rk_rating){.recruitment = rk_id(ids, RK_ID_RECRUITMENT, rk_text(l->word[0])),
                              .candidate = rk_id(ids, RK_ID_CANDIDATE, rk_text(l->word[1])),
                              .rater = rk_id(ids, RK_ID_RATER, rk_text(l->word[2])),
                              .group = rk_id(ids, RK_ID_GROUP, rk_text(l->word[3])),
                              .stage = rk_id(ids, RK_ID_STAGE, rk_text(l->word[4])),
                              .criterion =
                                  rk_id(ids, RK_ID_CRITERION, rk_text(criteria[l->criterion])),
                              .missing = (enum rk_missing)l->missing,
                              .score = l->missing ? 0 : rk_fixed_int(l->score),
                              .basis = l->joint ? RK_CONSENSUS : RK_INDIVIDUAL,
                              .count = 1,
                              .place = (uint32_t)i + 1};
}

static void begin(struct process *p, enum rk_method method, uint64_t draws, bool partial)
{
    rk_json *document;
    struct rk_rubric *rubric = NULL;
    *p = (struct process){0};
    CHECK(rk_json_parse(&document, rk_text(rubric_text), &(struct rk_pos){0}, &error) == RK_OK);
    CHECK(rk_rubric_from_json(&rubric, document, "rubric", &error) == RK_OK);
    rk_json_free(document);
    RK_GROW(p->rubrics.all, p->rubrics.count, p->rubrics.room);
    p->rubrics.all[p->rubrics.count++] = rubric;
    p->how = (struct rk_aggregate_options){.rubrics = &p->rubrics,
                                           .stages = RK_STAGES_BOTH,
                                           .method = {.method = method,
                                                      .unranked = RK_UNRANKED_APART,
                                                      .trim = RK_FIXED_ONE / 5,
                                                      .seed = RK_TEXT("s"),
                                                      .listed = 1},
                                           .draws = draws,
                                           .top = 3,
                                           .threads = 1,
                                           .partial = partial};
    p->scorer = rk_scorer_new(
        &(struct rk_scorer_options){.rubrics = &p->rubrics, .partial = partial}, &p->ids);
    p->aggregate = rk_aggregate_new(&p->how, &p->ids);
}

static void end(struct process *p)
{
    rk_partial_free(&p->part);
    rk_scorer_free(p->scorer);
    rk_aggregate_free(p->aggregate);
    rk_rubrics_free(&p->rubrics);
    rk_ids_free(&p->ids);
}

/* The rows of one shard, in another order than those of the next. */
static void add_rows(struct process *p, const unsigned *shard_of, unsigned shard)
{
    for (size_t k = 0; k < line_count; k++) {
        size_t i = shard % 2 ? line_count - 1 - k : k;
        if (shard_of && shard_of[i] != shard)
            continue;
        struct rk_rating rating = rating_of(&p->ids, i);
        CHECK(rk_scorer_add(p->scorer, &rating, &error) == RK_OK);
    }
    CHECK(rk_scorer_finish(p->scorer, &error) == RK_OK);
    for (size_t i = 0; i < rk_scorer_count(p->scorer); i++) {
        struct rk_score score;
        rk_scorer_get(p->scorer, i, &score);
        CHECK(rk_aggregate_add(p->aggregate, &score, 0, &error) == RK_OK);
    }
}

/* A file in our folder: what was written to it. */
static char *path_of(const char *name)
{
    static char path[80];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void read_back(const char *name, struct rk_buf *bytes)
{
    struct rk_in *in;
    rk_buf_clear(bytes);
    CHECK(rk_in_open(&in, rk_keep(path_of(name)), &error) == RK_OK);
    CHECK(rk_in_read_all(in, bytes, (size_t)1 << 30, &error) == RK_OK);
    rk_in_close(in);
}

static void write_down(const char *name, const void *bytes, size_t size)
{
    struct rk_outputs outputs = {0};
    struct rk_out *out;
    CHECK(rk_out_open(&outputs, &out, path_of(name), &error) == RK_OK);
    rk_out_write(out, bytes, size);
    CHECK(rk_outputs_commit(&outputs, &error) == RK_OK);
}

static void rank(struct rk_aggregate *aggregate, const struct rk_ids *ids, struct rk_buf *bytes)
{
    const struct rk_aggregate_result *result;
    struct rk_outputs outputs = {0};
    struct rk_out *out;
    CHECK(rk_aggregate_finish(aggregate, &result, &error) == RK_OK);
    CHECK(rk_out_open(&outputs, &out, path_of("ranking"), &error) == RK_OK);
    struct rk_writer *writer = rk_ranking_open(&result->ranking, ids, false, out, RK_CSV);
    rk_ranking_write(&result->ranking, ids, false, 1, writer);
    rk_writer_finish(writer);
    CHECK(rk_outputs_commit(&outputs, &error) == RK_OK);
    read_back("ranking", bytes);
}

/* The partial of a shard, as a process would write it. */
static void write_shard(enum rk_method method, uint64_t draws, const unsigned *shard_of,
                        unsigned shard, struct rk_out *out)
{
    struct process p;
    char name[24], hash[RK_SHA256_HEX];
    begin(&p, method, draws, true);
    add_rows(&p, shard_of, shard);
    rk_aggregate_define(&p.how, &p.ids, "ratings", rk_aggregate_needs_voices(p.aggregate), &p.part);
    snprintf(name, sizeof name, "shard %u", shard);
    rk_sha256(hash, name, strlen(name));
    rk_partial_shard(&p.part, hash);
    rk_scorer_give(p.scorer, &p.part);
    rk_aggregate_give(p.aggregate, &p.part);
    rk_partial_write(&p.part, &p.ids, out);
    end(&p);
}

/* What rk-merge does: all partials of a file to a ranking, or to one partial in the file `to`. */
static enum rk_status merge(const char *from, const char *to, struct rk_buf *bytes)
{
    struct rk_ids ids = {0};
    struct rk_partial *parts = rk_alloc(2 * MOST_SHARDS + 1, sizeof *parts), merged = {0};
    struct rk_partial_reader *reader;
    struct rk_aggregate_known known = {0};
    struct rk_aggregate_options how;
    struct rk_scorer *scorer = NULL;
    struct rk_aggregate *aggregate = NULL;
    size_t count = 0, all;
    bool more = true;
    enum rk_status status = rk_partial_open(&reader, rk_keep(path_of(from)), &error);
    for (; !status && more; count += more)
        status = rk_partial_read(reader, &ids, &parts[count], &more, &error);
    rk_partial_close(reader);
    all = count;
    if (!status)
        status = rk_shards_once(parts, &count, &error);
    if (!status)
        status = rk_aggregate_understand(parts, count, &ids, &known, &how, &error);
    if (!status) {
        how.threads = 1;
        how.partial = to != NULL;
        how.method.listed = 1;
        scorer = rk_scorer_new(
            &(struct rk_scorer_options){.rubrics = &known.rubrics, .partial = to != NULL}, &ids);
        aggregate = rk_aggregate_new(&how, &ids);
        status = rk_aggregate_take(aggregate, scorer, parts, count, &error);
    }
    if (!status && !to)
        rank(aggregate, &ids, bytes);
    if (!status && to) {
        struct rk_outputs outputs = {0};
        struct rk_out *out;
        for (size_t i = 0; i < parts->option_count; i++)
            rk_partial_option(&merged, parts->options[i].name, parts->options[i].value);
        merged.rubrics = &known.rubrics;
        for (size_t i = 0; i < count; i++)
            for (size_t s = 0; s < parts[i].shard_count; s++)
                rk_partial_shard(&merged, parts[i].shards[s]);
        rk_scorer_give(scorer, &merged);
        rk_aggregate_give(aggregate, &merged);
        CHECK(rk_out_open(&outputs, &out, path_of(to), &error) == RK_OK);
        rk_partial_write(&merged, &ids, out);
        CHECK(rk_outputs_commit(&outputs, &error) == RK_OK);
    }
    rk_partial_free(&merged);
    rk_scorer_free(scorer);
    rk_aggregate_free(aggregate);
    rk_aggregate_known_free(&known);
    for (size_t i = 0; i <= all; i++)
        rk_partial_free(&parts[i]);
    rk_free(parts);
    rk_ids_free(&ids);
    return status;
}

static bool same(const struct rk_buf *a, const struct rk_buf *b)
{
    return a->size == b->size && !memcmp(a->text, b->text, a->size);
}

/* The order in which shards are written: shuffled. */
static void shuffle(struct rk_random *random, unsigned *order, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        unsigned j = (unsigned)rk_random_below(random, i + 1);
        order[i] = order[j];
        order[j] = i;
    }
}

/* Any number of shards, rows dealt at random so that sheets are torn, in any order, at once or by
 * way of merges of merges. */
static void any_number_of_shards(enum rk_method method, uint64_t draws, unsigned step)
{
    struct rk_random random = rk_random(RK_TEXT("partial"), RK_TEXT("rows"));
    struct rk_buf whole = {0}, got = {0}, one = {0}, other = {0}, halves = {0};
    struct process p;
    make_lines(&random);
    begin(&p, method, draws, false);
    add_rows(&p, NULL, 0);
    rank(p.aggregate, &p.ids, &whole);
    end(&p);
    for (unsigned n = 1; n <= MOST_SHARDS; n += step) {
        unsigned shard_of[MOST_ROWS], order[MOST_SHARDS];
        struct rk_outputs outputs = {0};
        struct rk_out *all, *left, *right;
        for (size_t i = 0; i < line_count; i++)
            shard_of[i] = (unsigned)rk_random_below(&random, n);
        shuffle(&random, order, n);
        CHECK(rk_out_open(&outputs, &all, path_of("all"), &error) == RK_OK);
        CHECK(rk_out_open(&outputs, &left, path_of("left"), &error) == RK_OK);
        CHECK(rk_out_open(&outputs, &right, path_of("right"), &error) == RK_OK);
        for (unsigned i = 0; i < n; i++) {
            write_shard(method, draws, shard_of, order[i], all);
            write_shard(method, draws, shard_of, order[i], i % 3 ? left : right);
        }
        CHECK(rk_outputs_commit(&outputs, &error) == RK_OK);
        CHECK(merge("all", NULL, &got) == RK_OK && same(&got, &whole));
        CHECK(merge("all", "one", NULL) == RK_OK && merge("one", NULL, &got) == RK_OK);
        CHECK(same(&got, &whole));
        read_back("one", &one);
        if (n < 2 || n % 4)
            continue;
        /* (left) + (right) is the partial of all, byte for byte; and so with everything once more
         */
        CHECK(merge("left", "left-one", NULL) == RK_OK);
        CHECK(merge("right", "right-one", NULL) == RK_OK);
        read_back("left-one", &halves);
        read_back("right-one", &other);
        rk_buf_add(&halves, other.text, other.size);
        write_down("halves", halves.text, halves.size);
        CHECK(merge("halves", "two", NULL) == RK_OK);
        read_back("two", &other);
        CHECK(same(&one, &other));
        rk_buf_add(&halves, one.text, one.size);
        write_down("halves", halves.text, halves.size);
        CHECK(merge("halves", "two", NULL) == RK_OK);
        read_back("two", &other);
        CHECK(same(&one, &other));
    }
    rk_buf_free(&whole);
    rk_buf_free(&got);
    rk_buf_free(&one);
    rk_buf_free(&other);
    rk_buf_free(&halves);
}

static void write_some(const char *name, enum rk_method method, const unsigned *shard_of,
                       const unsigned *shards, size_t count)
{
    struct rk_outputs outputs = {0};
    struct rk_out *out;
    CHECK(rk_out_open(&outputs, &out, path_of(name), &error) == RK_OK);
    for (size_t i = 0; i < count; i++)
        write_shard(method, 0, shard_of, shards[i], out);
    CHECK(rk_outputs_commit(&outputs, &error) == RK_OK);
}

static void what_is_refused(void)
{
    struct rk_random random = rk_random(RK_TEXT("partial"), RK_TEXT("refused"));
    struct rk_buf bytes = {0}, got = {0}, more = {0};
    unsigned shard_of[MOST_ROWS];
    make_lines(&random);
    for (size_t i = 0; i < line_count; i++)
        shard_of[i] = (unsigned)(i % 3);
    write_some("good", RK_METHOD_MEAN, shard_of, (unsigned[]){0}, 1);
    CHECK(merge("good", NULL, &got) == RK_OK);
    read_back("good", &bytes);

    /* cut after every line but the last */
    for (size_t i = 0; i + 1 < bytes.size; i++)
        if (bytes.text[i] == '\n') {
            write_down("bad", bytes.text, i + 1);
            CHECK(merge("bad", NULL, &got) == RK_FAILED);
            CHECK(strstr(error.text, "cut short"));
        }
    /* within a line, and without the last line end */
    write_down("bad", bytes.text, bytes.size / 2);
    CHECK(merge("bad", NULL, &got) == RK_FAILED);
    write_down("bad", bytes.text, bytes.size - 1);
    CHECK(merge("bad", NULL, &got) == RK_FAILED);
    /* any byte changed: damaged, or no partial at all where its first words are hit */
    for (size_t i = 0; i < bytes.size; i += 1 + bytes.size / 400) {
        char was = bytes.text[i];
        bytes.text[i] = was == '1' ? '2' : '1';
        write_down("bad", bytes.text, bytes.size);
        enum rk_status status = merge("bad", NULL, &got);
        CHECK(status == RK_FAILED || (i < 30 && status == RK_BAD_DATA));
        bytes.text[i] = was;
    }
    write_down("bad", "", 0);
    CHECK(merge("bad", NULL, &got) == RK_BAD_DATA);

    /* made with another method */
    write_some("other", RK_METHOD_MEDIAN, shard_of, (unsigned[]){1}, 1);
    read_back("other", &more);
    rk_buf_add(&more, bytes.text, bytes.size);
    write_down("bad", more.text, more.size);
    CHECK(merge("bad", NULL, &got) == RK_BAD_DATA);
    CHECK(strstr(error.text, "method") && strstr(error.text, "median"));

    /* merges that have a shard in common and others not */
    write_some("part", RK_METHOD_MEAN, shard_of, (unsigned[]){0, 1}, 2);
    CHECK(merge("part", "01", NULL) == RK_OK);
    write_some("part", RK_METHOD_MEAN, shard_of, (unsigned[]){1, 2}, 2);
    CHECK(merge("part", "12", NULL) == RK_OK);
    read_back("01", &more);
    read_back("12", &bytes);
    rk_buf_add(&more, bytes.text, bytes.size);
    write_down("bad", more.text, more.size);
    CHECK(merge("bad", NULL, &got) == RK_BAD_DATA);
    CHECK(strstr(error.text, "others not"));

    /* the same rows in two shards: one rating in both, of a sheet that is whole in neither, in one,
     * in both */
    for (int which = 0; which < 3; which++) {
        unsigned before[MOST_ROWS];
        size_t i = 0;
        memcpy(before, shard_of, sizeof before);
        while (strcmp(lines[i].word[4], "interview") != 0)
            i++;
        struct line twice = lines[i];
        for (size_t k = 0; k < line_count; k++)
            if (!memcmp(lines[k].word, twice.word, sizeof twice.word))
                shard_of[k] = which || lines[k].criterion == twice.criterion ? 0 : 2;
        size_t old = line_count, end = which == 2 ? line_count : 0;
        lines[line_count++] = twice;
        shard_of[old] = 1;
        for (size_t k = 0; k < end; k++) /* the rest of the sheet, too */
            if (!memcmp(lines[k].word, twice.word, sizeof twice.word) && k != i) {
                shard_of[line_count] = 1;
                lines[line_count++] = lines[k];
            }
        write_some("bad", RK_METHOD_MEAN, shard_of, (unsigned[]){0, 1, 2}, 3);
        CHECK(merge("bad", NULL, &got) == RK_BAD_DATA);
        CHECK(strstr(error.text, "by one rater"));
        CHECK(merge("bad", "one", NULL) == RK_BAD_DATA);
        line_count = old;
        memcpy(shard_of, before, sizeof before);
    }

    /* the same shard with other rows: a task that ran twice and did not do the same */
    write_some("part", RK_METHOD_MEAN, shard_of, (unsigned[]){0}, 1);
    read_back("part", &bytes);
    lines[0].score = lines[0].score % 5 + 1;
    lines[0].missing = 0;
    write_some("part", RK_METHOD_MEAN, shard_of, (unsigned[]){0}, 1);
    read_back("part", &more);
    rk_buf_add(&bytes, more.text, more.size);
    write_down("bad", bytes.text, bytes.size);
    CHECK(merge("bad", NULL, &got) == RK_BAD_DATA);
    CHECK(strstr(error.text, "not the same"));
    rk_buf_free(&bytes);
    rk_buf_free(&got);
    rk_buf_free(&more);
}

/* Exact numbers pass as texts and come back the same. */
static void exact_numbers(void)
{
    static const char *const texts[] = {"0",     "1",    "-1",          "0.5",
                                        "-0.05", "10.1", "123.0000001", "0.000000000000000001"};
    struct rk_buf out = {0};
    rk_fixed value;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        rk_buf_clear(&out);
        CHECK(rk_fixed_parse_exact(rk_text(texts[i]), &value));
        rk_fixed_print_exact(&out, value);
        CHECK_TEXT(out.text, texts[i]);
    }
    const rk_fixed most = (rk_fixed)(~(unsigned __int128)0 >> 1);
    for (rk_fixed v = most; v; v /= -7) {
        rk_buf_clear(&out);
        rk_fixed_print_exact(&out, v);
        CHECK(rk_fixed_parse_exact((struct rk_text){out.text, out.size}, &value) && value == v);
    }
    static const char *const wrong[] = {"",
                                        "-",
                                        ".5",
                                        "5.",
                                        "1e3",
                                        "1.2.3",
                                        " 1",
                                        "0.0000000000000000001",
                                        "+1",
                                        "170141183460469231732",
                                        "99999999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(!rk_fixed_parse_exact(rk_text(wrong[i]), &value));
    rk_buf_free(&out);
}

static void remove_files(void)
{
    static const char *const names[] = {"ranking", "all",       "left",   "right", "one",
                                        "two",     "left-one",  "halves", "good",  "bad",
                                        "other",   "right-one", "part",   "01",    "12"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(names[i]));
    CHECK(rmdir(folder) == 0);
}

int main(void)
{
    CHECK(mkdtemp(folder) != NULL);
    exact_numbers();
    any_number_of_shards(RK_METHOD_MEAN, 0, 1);
    any_number_of_shards(RK_METHOD_MEDIAN, 0, 21);
    any_number_of_shards(RK_METHOD_SCHULZE, 50, 31);
    what_is_refused();
    remove_files();
    return finish();
}
