#include "tool/evening_files.h"

#include "evening/agenda.h"
#include "stream/folder.h"

#include <sys/stat.h>

enum rk_status rk_evening_files_read(struct rk_run *run, struct rk_evening_tables *t,
                                     struct rk_error *error)
{
    static const struct {
        const char *name;
        rk_evening_reader *read;
    } readers[] = {{"participants", rk_evening_read_participants},
                   {"meetings", rk_evening_read_meetings},
                   {"panelists", rk_evening_read_panelists},
                   {"recruitments", rk_evening_read_recruitments},
                   {"raters", rk_evening_read_raters},
                   {"conflicts", rk_evening_read_conflicts},
                   {"presence", rk_evening_read_presence},
                   {"availability", rk_evening_read_availability},
                   {"rounds", rk_evening_read_rounds},
                   {"rooms", rk_evening_read_rooms},
                   {"travel", rk_evening_read_travel},
                   {"gaps", rk_evening_read_gaps}};
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        struct rk_table *in;
        const struct rk_schema *schema;
        RK_TRY(rk_run_schema(run, &schema, readers[i].name, error));
        RK_TRY(rk_run_table(run, &in, readers[i].name, error));
        if (in)
            RK_TRY(readers[i].read(t, in, schema, error));
        if (in && readers[i].read == rk_evening_read_rooms && !t->room_count)
            rk_run_warn(run, _("the table rooms tells of no room, as if it were not there"));
    }
    if (t->strangers)
        rk_run_warn(run,
                    RK_PLURAL("%u row tells when somebody can come who is in no meeting",
                              "%u rows tell when somebody can come who is in no meeting",
                              t->strangers),
                    t->strangers);
    if (t->vague)
        rk_run_warn(
            run,
            RK_PLURAL("%u conflict of interest cannot be held against the meetings: --raters or "
                      "--recruitments FILE tells whose it is, and which unit",
                      "%u conflicts of interest cannot be held against the meetings: --raters or "
                      "--recruitments FILE tells whose they are, and which unit",
                      t->vague),
            t->vague);
    return RK_OK;
}

enum rk_status rk_evening_files_plan(struct rk_run *run, struct rk_plan_rows *plan,
                                     const char *path, struct rk_error *error)
{
    struct rk_table *in;
    const struct rk_schema *schema;
    RK_TRY(rk_run_schema(run, &schema, "plan", error));
    RK_TRY(rk_run_open(run, &in, schema, path, false, error));
    return rk_plan_read(plan, in, schema, error);
}

/* ---- what comes out ---- */

struct findings {
    struct rk_writer *writer;
    bool broken[RK_CHECKS];
};

static void finding(struct rk_writer *writer, const char *check, const char *result,
                    const char *detail)
{
    rk_write_string(writer, check);
    rk_write_string(writer, result);
    rk_write_string(writer, detail);
    rk_write_end(writer);
}

static void tell(void *context, enum rk_evening_check check, const char *detail)
{
    struct findings *f = context;
    f->broken[check] = true;
    finding(f->writer, rk_evening_check_name(check), "broken", detail);
}

enum rk_status rk_evening_files_check(struct rk_run *run, const struct rk_assembled *a,
                                      const struct rk_plan_rows *plan)
{
    static const struct rk_writer_column columns[] = {
        {"check", false}, {"result", false}, {"detail", false}};
    struct findings f = {.writer = rk_run_writer(run, columns, 3)};
    uint32_t *start = rk_alloc((size_t)a->evening.meeting_count + 1, sizeof *start), rounds = 0;
    struct rk_buf text = {0};
    rk_run_speak(run, true);
    uint64_t broken = rk_evening_audit(a, plan, start, tell, &f);
    for (int c = 0; c < RK_CHECKS; c++)
        if (!f.broken[c])
            finding(f.writer, rk_evening_check_name(c), "holds", NULL);
    for (uint32_t m = 0; m < a->evening.meeting_count; m++)
        if (start[m] != RK_NONE && start[m] + a->meetings[m].length > rounds)
            rounds = start[m] + a->meetings[m].length;
    uint32_t least = rk_evening_least(&a->evening);
    rk_buf_printf(&text,
                  RK_PLURAL("%u round; no plan has fewer than %u",
                            "%u rounds; no plan has fewer than %u", rounds),
                  rounds, least);
    if (!broken)
        finding(f.writer, "best_rounds", rounds == least ? "proven" : "gap", text.text);
    rk_run_speak(run, false);
    rk_writer_finish(f.writer);
    if (broken)
        rk_run_note(run, RK_PLURAL("%llu thing is broken", "%llu things are broken", broken),
                    (unsigned long long)broken);
    else
        rk_run_note(run, _("every rule holds"));
    rk_buf_free(&text);
    rk_free(start);
    return broken ? RK_ATTENTION : RK_OK;
}

static enum rk_status explain(struct rk_run *run, const char *path, const struct rk_assembled *a,
                              const struct rk_bottleneck *why, struct rk_error *error)
{
    static const struct rk_writer_column columns[] = {
        {"meeting_id", false}, {"participants", false}, {"candidate_id", false}, {"rounds", false}};
    struct rk_out *out;
    struct rk_buf when = {0};
    RK_TRY(rk_run_file(run, &out, path, error));
    struct rk_writer *writer = rk_writer_open(out, RK_CSV, columns, 4);
    for (uint32_t i = 0; i < why->count; i++) {
        uint32_t w = a->wanted[why->meetings[i]], c = a->tables->wanted[w].candidate;
        rk_buf_clear(&when);
        rk_evening_when(&when, a, why->meetings[i]);
        rk_write_text(writer, a->tables->wanted[w].id);
        rk_write_text(writer, a->participants[w]);
        rk_write_string(writer, c == RK_NONE ? NULL : rk_assembled_who(a, c).text);
        rk_write_text(writer, (struct rk_text){when.text ? when.text : "", when.size});
        rk_write_end(writer);
    }
    rk_writer_finish(writer);
    rk_buf_free(&when);
    return RK_OK;
}

struct calendars {
    struct rk_run *run;
    const char *path;
    struct rk_folder *folder; /* that is made; NULL where it is there */
};

static enum rk_status calendar_file(void *context, const char *name, struct rk_text bytes,
                                    struct rk_error *error)
{
    struct rk_out *out;
    struct rk_buf path = {0};
    const struct calendars *calendars = context;
    rk_buf_printf(&path, "%s/%s", calendars->path, name);
    enum rk_status status = calendars->folder
                                ? rk_folder_file(calendars->folder, &out, name, error)
                                : rk_run_file(calendars->run, &out, rk_keep(path.text), error);
    if (!status)
        rk_out_write(out, bytes.text, bytes.size);
    rk_buf_free(&path);
    return status;
}

/* When calendars are made: SOURCE_DATE_EPOCH, or else always the same. */
static int64_t stamp(void)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    int64_t seconds;
    return epoch && rk_text_int(rk_text(epoch), &seconds) && seconds >= 0 &&
                   seconds < INT64_C(253402300800)
               ? seconds
               : INT64_C(946684800);
}

/* Into the folder that is there, beside what an earlier plan left, or into a new one. */
static enum rk_status write_calendars(struct rk_run *run, const char *path,
                                      const struct rk_assembled *a, const struct rk_plan_rows *rows,
                                      const struct rk_plan_rows *old, struct rk_error *error)
{
    struct stat there;
    struct calendars calendars = {run, path, NULL};
    if (stat(path, &there))
        RK_TRY(rk_folder_open(&calendars.folder, path, NULL, error));
    enum rk_status status =
        rk_agenda_write(a, rows, old, stamp(), calendar_file, &calendars, error);
    if (!status && calendars.folder)
        return rk_folder_commit(calendars.folder, error);
    rk_folder_discard(calendars.folder);
    return status;
}

static void note_plan(struct rk_run *run, const struct rk_assembled *a,
                      const struct rk_evening_plan *p, bool repair)
{
    struct rk_buf why = {0};
    if (!a->evening.meeting_count) {
        rk_run_note(run, _("there is no meeting to plan"));
        return;
    }
    rk_evening_why(&why, a, &p->why, false);
    if (repair && p->moved == p->least_moved)
        rk_run_note(run,
                    RK_PLURAL("%u meeting moved, and fewer cannot be",
                              "%u meetings moved, and fewer cannot be", p->moved),
                    p->moved);
    else if (repair)
        rk_run_note(run,
                    RK_PLURAL("%u meeting moved; it is not known whether %u would do",
                              "%u meetings moved; it is not known whether %u would do", p->moved),
                    p->moved, p->least_moved);
    if (p->rounds != p->least_rounds)
        rk_run_note(run,
                    RK_PLURAL("%u round; it is not known whether %u would do",
                              "%u rounds; it is not known whether %u would do", p->rounds),
                    p->rounds, p->least_rounds);
    else if (repair)
        rk_run_note(run,
                    RK_PLURAL("%u round, and fewer cannot be with so few moved",
                              "%u rounds, and fewer cannot be with so few moved", p->rounds),
                    p->rounds);
    else
        rk_run_note(run,
                    RK_PLURAL("%u round, and fewer cannot be: %s",
                              "%u rounds, and fewer cannot be: %s", p->rounds),
                    p->rounds, why.text);
    if (!repair && p->waits == p->least_waits)
        rk_run_note(
            run,
            RK_PLURAL("%llu round of waiting in all, and less cannot be; the longest wait is %u",
                      "%llu rounds of waiting in all, and less cannot be; the longest wait is %u",
                      p->waits),
            (unsigned long long)p->waits, p->longest);
    else
        rk_run_note(run,
                    RK_PLURAL("%llu round of waiting in all, of which at least %llu cannot be "
                              "spared; the longest wait is %u",
                              "%llu rounds of waiting in all, of which at least %llu cannot be "
                              "spared; the longest wait is %u",
                              p->waits),
                    (unsigned long long)p->waits, (unsigned long long)p->least_waits, p->longest);
    uint32_t conflicts = 0;
    for (uint32_t i = 0; i < a->tables->wanted_count; i++)
        conflicts += a->state[i] == RK_WANTED_CONFLICT;
    if (conflicts)
        rk_run_warn(
            run,
            RK_PLURAL("%u wanted meeting falls away for a conflict of interest (status conflict)",
                      "%u wanted meetings fall away for a conflict of interest (status conflict)",
                      conflicts),
            conflicts);
    if (a->stepped_out)
        rk_run_note(run,
                    RK_PLURAL("%u time a member steps out for a conflict of interest",
                              "%u times a member steps out for a conflict of interest",
                              a->stepped_out),
                    a->stepped_out);
    rk_buf_free(&why);
}

static enum rk_status write_plan(struct rk_run *run, const struct rk_evening_files *files,
                                 const struct rk_assembled *a, const struct rk_evening_plan *p,
                                 const struct rk_plan_rows *old, struct rk_error *error)
{
    struct rk_plan_rows rows = {0};
    struct rk_buf wall = {0};
    struct rk_out *out;
    rk_evening_rows(&rows, a, p, old);
    struct rk_writer *writer = rk_run_writer(run, rk_plan_columns, RK_PLAN_COLUMNS);
    for (uint32_t i = 0; i < rows.count; i++)
        rk_plan_write(writer, &rows.rows[i]);
    rk_writer_finish(writer);
    rk_run_speak(run, true);
    if (files->wall)
        rk_evening_wall(&wall, a, &rows, run->language_asked ? run->language_asked : "en");
    enum rk_status status = RK_OK;
    if (files->wall) {
        status = rk_run_file(run, &out, files->wall, error);
        if (!status)
            rk_out_write(out, wall.text, wall.size);
    }
    if (!status && files->calendars)
        status = write_calendars(run, files->calendars, a, &rows, old, error);
    rk_run_speak(run, false);
    rk_buf_free(&wall);
    rk_plan_rows_free(&rows);
    return status;
}

enum rk_status rk_evening_files_write(struct rk_run *run, const struct rk_evening_files *files,
                                      const struct rk_assembled *a, const struct rk_evening_plan *p,
                                      const struct rk_plan_rows *old, struct rk_error *error)
{
    enum rk_status status = RK_OK;
    if (p->found) {
        note_plan(run, a, p, old != NULL);
        status = write_plan(run, files, a, p, old, error);
    } else {
        struct rk_buf why = {0};
        rk_evening_why(&why, a, &p->why, !p->found);
        rk_writer_finish(rk_run_writer(run, rk_plan_columns, RK_PLAN_COLUMNS));
        if (p->infeasible)
            rk_run_warn(run, _("there is no plan: %s"), why.text);
        else
            rk_run_warn(run, _("no plan was found, and it is not known whether there is one"));
        rk_buf_free(&why);
    }
    if (p->too_large)
        rk_run_note(run, _("the search would be too large, and was not tried"));
    if (!status && files->explain)
        status = explain(run, files->explain, a, &p->why, error);
    bool open = !p->found || p->rounds != p->least_rounds || p->moved != p->least_moved;
    return status ? status : open ? RK_ATTENTION : RK_OK;
}
