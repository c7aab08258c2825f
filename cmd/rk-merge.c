/* rk-merge: partials of rk-aggregate in, the ranking of all of them out. */
#include "base/mem.h"
#include "model/shards.h"
#include "tool/ranking.h"

static struct {
    const char *manifest, *measures;
    bool in_long, partial;
} options;

enum { MANIFEST = 0x100, MEASURES, LONG, PARTIAL };

static const struct argp_option table[] = {
    {"manifest", MANIFEST, "FILE", 0,
     N_("what rk-split wrote beside the parts: each of them must be there, and no other"), 0},
    {"partial", PARTIAL, NULL, 0, N_("write one partial of all of them instead of the ranking"), 0},
    {"measures", MEASURES, "FILE", RK_MAKES,
     N_("how sure the ranking is, what another weight or a rater less would change, how groups "
        "agree, as table measures (partials made with --partial=voices)"),
     0},
    {"long", LONG, NULL, 0, N_("one row per candidate and group, instead of columns for each"), 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case MANIFEST: options.manifest = arg; break;
    case MEASURES: options.measures = arg; break;
    case LONG: options.in_long = true; break;
    case PARTIAL: options.partial = true; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* What the run holds; freed at its end. */
struct work {
    struct rk_ids ids;
    struct rk_partial *parts;
    size_t count, room;
    size_t shards; /* of all parts */
    struct rk_manifest manifest;
    struct rk_aggregate_known known;
    struct rk_scorer *scorer;
    struct rk_aggregate *aggregate;
    struct rk_partial merged;
    uint64_t raw, rejected;
};

/* A file can hold several, one after another. */
static enum rk_status read_file(struct work *work, const char *path, struct rk_error *error)
{
    struct rk_partial_reader *reader;
    bool more = true;
    RK_TRY(rk_partial_open(&reader, path, error));
    enum rk_status status = RK_OK;
    while (more && !status) {
        RK_GROW(work->parts, work->count, work->room);
        struct rk_partial *part = &work->parts[work->count];
        status = rk_partial_read(reader, &work->ids, part, &more, error);
        if (more)
            work->count++;
        else
            rk_partial_free(part);
    }
    rk_partial_close(reader);
    return status;
}

static enum rk_status read_files(struct rk_run *run, struct work *work, struct rk_error *error)
{
    if (!run->operand_count) {
        rk_refuse_terminal();
        return read_file(work, "-", error);
    }
    for (size_t i = 0; i < run->operand_count; i++)
        RK_TRY(read_file(work, run->operands[i], error));
    return RK_OK;
}

/* Which of them count, and whether all that there should be are there. */
static enum rk_status choose(struct rk_run *run, struct work *work, struct rk_error *error)
{
    size_t all = work->count;
    RK_TRY(rk_shards_once(work->parts, &work->count, error));
    if (options.manifest) {
        RK_TRY(rk_manifest_read(&work->manifest, options.manifest, error));
        RK_TRY(rk_shards_all(work->parts, work->count, &work->manifest, error));
    }
    for (size_t i = 0; i < work->count; i++) {
        work->shards += work->parts[i].shard_count;
        work->raw += work->parts[i].raw;
        work->rejected += work->parts[i].rejected;
    }
    rk_run_detail(run,
                  _("partials: %zu, shards with rows: %zu, partials whose shards others have "
                    "too: %zu"),
                  all, work->shards, all - work->count);
    return RK_OK;
}

static enum rk_status join(struct rk_run *run, struct work *work, struct rk_error *error)
{
    struct rk_aggregate_options how;
    const struct rk_partial *first = work->parts;
    RK_TRY(rk_aggregate_understand(first, work->count, &work->ids, &work->known, &how, error));
    how.measures = options.measures != NULL;
    how.method.listed = how.measures ? 20 : 1;
    how.threads = run->threads;
    how.partial = options.partial;
    work->aggregate = rk_aggregate_new(&how, &work->ids);
    if (!rk_partial_keeps_voices(first) && rk_aggregate_needs_voices(work->aggregate))
        return rk_fail_at(error, RK_BAD_USE, &(struct rk_pos){.file = first->file},
                          _("this needs each rater's scores: rk-aggregate --partial=voices"));
    const struct rk_scorer_options scoring = {.rubrics = &work->known.rubrics,
                                              .partial = options.partial};
    if (!strcmp(rk_partial_value(first, "input"), "ratings"))
        work->scorer = rk_scorer_new(&scoring, &work->ids);
    return rk_aggregate_take(work->aggregate, work->scorer, first, work->count, error);
}

static void write_partial(struct rk_run *run, struct work *work)
{
    struct rk_partial *to = &work->merged;
    for (size_t i = 0; i < work->parts->option_count; i++)
        rk_partial_option(to, work->parts->options[i].name, work->parts->options[i].value);
    to->rubrics = &work->known.rubrics;
    for (size_t i = 0; i < work->count; i++)
        for (size_t s = 0; s < work->parts[i].shard_count; s++)
            rk_partial_shard(to, work->parts[i].shards[s]);
    to->raw = work->raw;
    to->rejected = work->rejected;
    if (work->scorer)
        rk_scorer_give(work->scorer, to);
    rk_aggregate_give(work->aggregate, to);
    rk_partial_write(to, &work->ids, rk_run_out(run));
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct work work = {0};
    enum rk_status status = RK_OK;
    if (options.partial && (options.measures || options.in_long || run->form != RK_CSV))
        status = rk_fail(error, RK_BAD_USE,
                         _("--partial: --measures, --long and --to are for the ranking"));
    if (!status)
        status = read_files(run, &work, error);
    if (!status)
        status = choose(run, &work, error);
    if (!status)
        status = join(run, &work, error);
    if (!status && options.partial)
        write_partial(run, &work);
    else if (!status) {
        if (work.scorer)
            rk_run_tell_empty(run, work.scorer);
        status = rk_run_ranking(
            run, work.aggregate, &work.ids,
            &(struct rk_ranking_output){options.measures, options.in_long, work.raw}, error);
        if ((!status || status == RK_ATTENTION) && !options.manifest)
            rk_run_note(run, _("shards joined: %zu; only --manifest tells whether one is missing"),
                        work.shards);
    }
    if (!status && work.rejected) {
        rk_run_warn(run, _("rows that were set aside when the partials were made: %llu"),
                    (unsigned long long)work.rejected);
        status = RK_ATTENTION;
    }
    rk_scorer_free(work.scorer);
    rk_aggregate_free(work.aggregate);
    rk_partial_free(&work.merged);
    rk_aggregate_known_free(&work.known);
    rk_manifest_free(&work.manifest);
    for (size_t i = 0; i < work.count; i++)
        rk_partial_free(&work.parts[i]);
    rk_free(work.parts);
    rk_ids_free(&work.ids);
    return status;
}

static const struct rk_tool_table outputs[] = {
    {"ranking", RK_MAIN, NULL}, {"measures", RK_OPTIONAL, NULL}, {0}};
static const char *const examples[] = {
    "rk-merge partials/*.jsonl",
    "rk-merge --manifest parts/manifest.json -o ranking.csv partials/*.jsonl",
    "rk-merge --partial -o all.jsonl partials/*.jsonl", NULL};

static const struct rk_tool tool = {
    .name = "rk-merge",
    .purpose = N_("join partials of rk-aggregate to the ranking of the whole"),
    .operands = "[FILE…]",
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS | RK_HAS_THREADS,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
