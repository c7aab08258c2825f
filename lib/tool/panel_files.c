#include "tool/panel_files.h"

#include "panel/relax.h"
#include "panel/why.h"
#include "panel/words.h"

static enum rk_status explain(struct rk_run *run, const char *path, const struct rk_explain *match,
                              const struct rk_explanation *rows, uint32_t count,
                              struct rk_error *error)
{
    struct rk_writer_column columns[RK_EXPLANATION_COLUMNS];
    struct rk_out *out = NULL;
    enum rk_status status = rk_run_file(run, &out, path, error);
    if (status)
        return status;
    rk_explanation_columns(columns);
    struct rk_writer *writer = rk_writer_open(out, RK_CSV, columns, RK_EXPLANATION_COLUMNS);
    struct rk_buf why = {0}, quotas = {0};
    rk_run_speak(run, true);
    for (uint32_t i = 0; i < count; i++) {
        rk_buf_clear(&why);
        rk_buf_clear(&quotas);
        rk_explain_why(match, &rows[i], &why);
        rk_explain_quotas(match, &rows[i], &quotas);
        rk_explanation_write(writer, &rows[i], match->recruitments,
                             (struct rk_text){quotas.text, quotas.size},
                             (struct rk_text){why.text, why.size});
    }
    rk_run_speak(run, false);
    rk_buf_free(&why);
    rk_buf_free(&quotas);
    rk_writer_finish(writer);
    return RK_OK;
}

static enum rk_status certify(struct rk_run *run, const struct rk_panel_files *files,
                              const struct rk_panel_work *work, struct rk_error *error)
{
    const struct rk_explain *match = &work->match;
    struct rk_out *out = NULL;
    RK_TRY(rk_run_file(run, &out, files->certificate, error));
    struct rk_buf text = {0};
    if (!match->chance && match->which == 'B')
        rk_certificate_search(match, &work->single, files->rules, &text);
    else if (!match->chance)
        rk_certificate_choice(match, files->rules, &text);
    else if (work->is_single)
        rk_certificate_panels(match, &work->single, files->rules, &text);
    else
        rk_certificate_programme(match, &work->programme, files->rules, &text);
    rk_out_write(out, text.text, text.size);
    rk_buf_free(&text);
    return RK_OK;
}

struct odds_file {
    struct rk_writer *writer;
    const struct rk_explain *match;
};

static void write_odds(void *context, const struct rk_odds *odds)
{
    struct odds_file *file = context;
    rk_odds_write(file->writer, odds, file->match->panelists, file->match->recruitments);
}

static enum rk_status write_chances(struct rk_run *run, const char *path,
                                    const struct rk_panel_work *work, struct rk_error *error)
{
    struct rk_out *out = NULL;
    RK_TRY(rk_run_file(run, &out, path, error));
    struct odds_file file = {rk_writer_open(out, RK_CSV, rk_odds_columns, RK_ODDS_COLUMNS),
                             &work->match};
    if (work->is_single) {
        struct rk_arena arena = {0};
        size_t count;
        struct rk_odds *rows = rk_single_odds(&work->single, &arena, &count);
        for (size_t i = 0; i < count; i++)
            write_odds(&file, &rows[i]);
        rk_free(rows);
        rk_arena_free(&arena);
    } else {
        rk_programme_odds(&work->programme, write_odds, &file);
    }
    rk_writer_finish(file.writer);
    return RK_OK;
}

/* --relax: the quotas to change, as rows of the table quotas, with what they were. */
static enum rk_status relax(struct rk_run *run, const char *path, const struct rk_explain *match,
                            struct rk_error *error)
{
    static const struct rk_writer_column columns[] = {{"recruitment_id", false},
                                                      {"feature", false},
                                                      {"value", false},
                                                      {"min", true},
                                                      {"max", true},
                                                      {"was_min", true},
                                                      {"was_max", true}};
    struct rk_out *out = NULL;
    RK_TRY(rk_run_file(run, &out, path, error));
    struct rk_writer *writer = rk_writer_open(out, RK_CSV, columns, 7);
    struct rk_relaxations found = {0};
    rk_relax(match, &found);
    for (uint32_t i = 0; i < found.count; i++) {
        const struct rk_relaxation *one = &found.all[i];
        const char *id = match->recruitments->rows[one->recruitment].recruitment_id.text;
        if (!one->possible)
            rk_run_warn(run,
                        one->proven
                            ? _("recruitment %s: no change of quotas within min_flex and max_flex "
                                "is enough to fill it")
                            : _("recruitment %s: no change of quotas that is enough to fill it "
                                "was found before the search ended"),
                        id);
        else
            rk_run_note(run,
                        one->proven
                            ? _("recruitment %s: quotas to change: %u; seats that could then "
                                "be filled: %d; no smaller change is enough")
                            : _("recruitment %s: quotas to change: %u; seats that could then "
                                "be filled: %d; a smaller change may be enough"),
                        id, one->count, one->seats);
        for (uint32_t k = 0; k < one->count; k++) {
            const struct rk_relaxed *change = &found.changes[one->first + k];
            const struct rk_quota *was = rk_panel_quota_row(match->quotas, change->quota);
            rk_write_string(writer, id);
            rk_write_text(writer, was->feature);
            rk_write_text(writer, was->value);
            rk_write_int(writer, change->min);
            rk_write_int(writer, change->max);
            rk_write_int(writer, was->min);
            rk_write_int(writer, was->max);
            rk_write_end(writer);
        }
    }
    rk_relaxations_free(&found);
    rk_writer_finish(writer);
    return RK_OK;
}

#define MOST_RIVALS UINT64_C(1000000000)

/* --why: the answers to the panelists named, or to everybody. */
static enum rk_status answer(struct rk_run *run, const struct rk_strings *names,
                             const struct rk_panel_work *work, const struct rk_assignment *rows,
                             uint32_t count, struct rk_error *error)
{
    struct rk_explain told_of = work->match, *match = &told_of;
    bool everybody = false;
    for (uint32_t i = 0; i < names->count; i++) {
        everybody = everybody || rk_text_is(names->texts[i], "*");
        if (!everybody && rk_panelists_find(match->panelists, names->texts[i]) == RK_NONE)
            return rk_fail(error, RK_BAD_USE, _("--why: '%s' is not in the table panelists"),
                           names->texts[i].text);
    }
    if (everybody && (uint64_t)match->problem->pair_count * match->panelists->count > MOST_RIVALS)
        match->rivals = NULL; /* each panelist's are looked for among all pairs */
    struct rk_why *why = rk_why_new(match, rows, count);
    struct rk_buf reason = {0}, change = {0};
    struct rk_writer *writer = rk_run_writer(run, rk_answer_columns, RK_ANSWER_COLUMNS);
    rk_run_speak(run, true);
    for (uint32_t i = 0; i < (everybody ? match->panelists->count : names->count); i++) {
        uint32_t p = everybody ? i : rk_panelists_find(match->panelists, names->texts[i]);
        for (uint32_t r = 0; r < match->recruitments->count; r++) {
            if (!rk_eligible_panel(match->eligible, r)->open)
                continue;
            rk_buf_clear(&reason);
            rk_buf_clear(&change);
            struct rk_answer told = rk_why_ask(why, p, r, &reason, &change);
            rk_answer_write(writer, &told, match->panelists, match->recruitments,
                            (struct rk_text){reason.text, reason.size},
                            (struct rk_text){change.text, change.size});
        }
    }
    rk_run_speak(run, false);
    rk_writer_finish(writer);
    rk_buf_free(&reason);
    rk_buf_free(&change);
    rk_why_free(why);
    return RK_OK;
}

static void write_assignments(struct rk_run *run, const struct rk_explain *match,
                              const struct rk_assignment *rows, uint32_t count)
{
    struct rk_writer *writer = rk_run_writer(run, rk_assignment_columns, RK_ASSIGNMENT_COLUMNS);
    for (uint32_t i = 0; i < count; i++)
        rk_assignment_write(writer, &rows[i], match->panelists, match->recruitments);
    rk_writer_finish(writer);
}

/* --panels: as many panels as a public draw has balls. */
static enum rk_status write_panels(struct rk_run *run, uint32_t panels,
                                   const struct rk_panel_work *work, struct rk_error *error)
{
    static const struct rk_writer_column columns[] = {
        {"recruitment_id", false}, {"panel", true}, {"position", true}, {"panelist_id", false}};
    const struct rk_single *single = &work->single;
    const struct rk_explain *match = &work->match;
    if (!work->is_single)
        return rk_fail(error, RK_BAD_USE,
                       _("--panels is for one recruitment at a time: name it with --only"));
    if ((uint64_t)panels * rk_panel_seats(single->panel) > INT32_MAX)
        return rk_fail(error, RK_BAD_USE, _("--panels: too many panels of too many seats"));
    struct rk_lottery_balls balls =
        rk_lottery_make_balls(&single->leximin.lottery, single->panel, panels, work->problem.seed);
    struct rk_writer *writer = rk_run_writer(run, columns, 4);
    for (uint32_t b = 0; b < panels; b++)
        for (uint32_t k = 0; k < balls.seats; k++) {
            uint32_t pair = single->pairs[balls.people[(size_t)b * balls.seats + k]];
            rk_write_text(writer, match->recruitments->rows[single->recruitment].recruitment_id);
            rk_write_int(writer, (int64_t)b + 1);
            rk_write_int(writer, (int64_t)k + 1);
            rk_write_text(writer,
                          match->panelists->rows[work->problem.pairs[pair].panelist].panelist_id);
            rk_write_end(writer);
        }
    rk_writer_finish(writer);
    struct rk_buf farthest = {0};
    rk_fraction_print(&farthest, &balls.farthest);
    rk_run_note(run,
                _("panels: %u; nobody's share of them is farther than %s from the exact chance"),
                panels, farthest.text);
    rk_buf_free(&farthest);
    rk_lottery_balls_free(&balls);
    return RK_OK;
}

enum rk_status rk_panel_files_write(struct rk_run *run, const struct rk_panel_files *files,
                                    const struct rk_panel_work *work,
                                    const struct rk_sessions *sessions, struct rk_error *error)
{
    const struct rk_explain *match = &work->match;
    struct rk_arena arena = {0};
    uint32_t count;
    struct rk_assignment *rows = rk_explain_rows(match, sessions, &arena, &count);
    struct rk_explanation *panels =
        rk_alloc((size_t)match->recruitments->count + 1, sizeof *panels);
    uint32_t panel_count = rk_explain_panels(match, files->explain != NULL, panels);
    enum rk_status status = RK_OK;
    if (files->why->count)
        status = answer(run, files->why, work, rows, count, error);
    else if (files->panels)
        status = write_panels(run, files->panels, work, error);
    else
        write_assignments(run, match, rows, count);
    if (!status && files->explain)
        status = explain(run, files->explain, match, panels, panel_count, error);
    if (!status && files->certificate)
        status = certify(run, files, work, error);
    if (!status && files->chances)
        status = write_chances(run, files->chances, work, error);
    if (!status && files->relax)
        status = relax(run, files->relax, match, error);
    if (!status) {
        rk_panel_tell(run->log, match);
        if (rk_panel_needs(run->log, match, panels, panel_count, files->explain != NULL))
            status = RK_ATTENTION;
    }
    rk_free(panels);
    rk_free(rows);
    rk_arena_free(&arena);
    return status;
}
