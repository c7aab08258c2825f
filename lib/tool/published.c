#include "tool/published.h"

#include "base/mem.h"
#include "model/contents.h"
#include "privacy/identity.h"
#include "report/recorded.h"
#include "stream/in.h"
#include "stream/listing.h"
#include "tool/history.h"
#include "tool/state.h"
#include "tool/steps.h"

#include <errno.h>
#include <libgen.h>
#include <unistd.h>

enum { LARGEST = 256 * 1024 * 1024 };
static const char ours[] = "rk:"; /* what comes with rk: share/ */

static const char *folder_of(const char *path)
{
    char *copy = rk_strdup(path);
    const char *kept = rk_keep(dirname(copy));
    rk_free(copy);
    return kept;
}

/* ---- where things lie ---- */

/* `path` as it is seen from `folder`; both lead somewhere. */
static void seen_from(struct rk_buf *out, const char *folder, const char *path)
{
    char *base = realpath(folder, NULL), *real = realpath(path, NULL);
    if (!base || !real) {
        rk_buf_text(out, path);
    } else {
        size_t shared = 0, i = 0;
        for (; base[i] && base[i] == real[i]; i++)
            if (base[i] == '/')
                shared = i;
        if (!base[i] && (real[i] == '/' || !real[i]))
            shared = i;
        for (const char *rest = base + shared; rest[0] && rest[1]; rest++)
            if (*rest == '/')
                rk_buf_text(out, "../");
        rk_buf_text(out, real + shared + (real[shared] == '/'));
    }
    free(base);
    free(real);
}

static const char *name_of(const struct rk_run *run, const char *record, const char *path)
{
    struct rk_buf name = {0};
    size_t share = strlen(run->share);
    if (!strncmp(path, run->share, share) && path[share] == '/')
        rk_buf_printf(&name, "%s%s", ours, path + share + 1);
    else
        seen_from(&name, record ? folder_of(record) : ".", path);
    const char *kept = rk_keep(name.text);
    rk_buf_free(&name);
    return kept;
}

const char *rk_published_lies(const struct rk_run *run, const struct rk_published *p,
                              const char *name)
{
    const char *record = p->verify ? p->verify : p->record;
    struct rk_buf path = {0};
    if (!strncmp(name, ours, sizeof ours - 1))
        rk_buf_printf(&path, "%s/%s", run->share, name + sizeof ours - 1);
    else if (strchr(record, '/'))
        rk_buf_printf(&path, "%s/%s", folder_of(record), name);
    else
        rk_buf_text(&path, name);
    const char *kept = rk_keep(path.text);
    rk_buf_free(&path);
    return kept;
}

const char *rk_published_place(const struct rk_run *run, const struct rk_published *p,
                               const char *role)
{
    for (size_t i = 0; p->verify && i < p->then.material_count; i++)
        if (!strcmp(p->then.materials[i].role, role))
            return rk_published_lies(run, p, p->then.materials[i].name);
    return NULL;
}

void rk_published_option(struct rk_published *p, const char *name, const char *value)
{
    rk_provenance_add_option(&p->now, name, value);
}

void rk_published_material(struct rk_run *run, struct rk_published *p, const char *role,
                           const char *path, const char *sha256)
{
    if (p->record)
        rk_provenance_add_material(&p->now, role, name_of(run, p->record, path), sha256);
}

/* ---- what is held against a record ---- */

static void find(struct rk_published *p, const char *kind, const char *const place[3],
                 const char *recorded, const char *found, const char *state)
{
    rk_write_string(p->findings, kind);
    for (size_t i = 0; i < 3; i++)
        rk_write_string(p->findings, place[i]);
    rk_write_string(p->findings, recorded);
    rk_write_string(p->findings, found);
    rk_write_string(p->findings, state);
    rk_write_end(p->findings);
    if (!strcmp(state, "purged"))
        p->excused++;
    else
        p->wrong++;
}

/* Is it a table that --data is to give? */
static bool is_of_package(const struct rk_run *run, const char *role)
{
    const struct rk_tool_table *t = run->tool->inputs;
    while (t->schema && strcmp(t->schema, role) != 0)
        t++;
    return t->schema && t->use != RK_MAIN;
}

/* Looks at one input of the record, and takes it for the report where it is there. */
static enum rk_status take_material(struct rk_run *run, struct rk_published *p, size_t which,
                                    struct rk_error *error)
{
    const struct rk_provenance_material *m = &p->then.materials[which];
    const char *path = rk_published_lies(run, p, m->name), *given = rk_run_given_path(run, m->role);
    bool moved = false; /* an operand, named as it was then */
    for (size_t i = 0; i < p->file_count && !strcmp(m->role, "measures") && !moved; i++)
        if (!strcmp(rk_content_name(p->files[i]), rk_content_name(path))) {
            given = p->files[i];
            moved = true;
        }
    char now[RK_SHA256_HEX] = "";
    bool there = true;
    if (!given && rk_run_data(run) && is_of_package(run, m->role)) { /* no longer there */
        struct rk_buf lost = {0};
        rk_buf_printf(&lost, "%s/%s", rk_run_data(run), rk_content_name(path));
        given = rk_keep(lost.text);
        rk_buf_free(&lost);
    }
    if (given) { /* it lies elsewhere now */
        p->unlike = p->unlike || strcmp(rk_content_name(given), rk_content_name(path)) != 0;
        path = given;
    }
    if (!strcmp(m->role, RK_HISTORY_ROLE)) /* it may have a later version by now */
        RK_TRY(rk_history_find(&path, path, m->sha256, error));
    there = !access(path, F_OK);
    if (there)
        RK_TRY(rk_sha256_file(now, path, error));
    if (!there || strcmp(now, m->sha256) != 0) {
        bool excused = rk_purged_explains(&p->log, m->sha256, there ? now : NULL);
        p->unlike = true;
        find(p, "input", (const char *const[]){m->name, NULL, NULL}, m->sha256, there ? now : NULL,
             excused ? "purged"
             : there ? "changed"
                     : "missing");
    }
    bool is_option = !strcmp(m->role, "map-file");
    for (const struct rk_tool_table *t = run->tool->inputs; t->schema; t++)
        is_option = is_option || !strcmp(t->schema, m->role);
    if (is_option && there && (!given || moved))
        rk_run_take(run, m->role, path);
    return RK_OK;
}

/* Operands are files of measures that lie elsewhere now, each in the place of the recorded one of
 * its name; they are read in the order of the record. */
static void take_files(struct rk_run *run, struct rk_published *p)
{
    for (size_t f = 0; f < run->operand_count; f++) {
        bool met = false;
        for (size_t i = 0; i < p->then.material_count && !met; i++)
            met = !strcmp(p->then.materials[i].role, "measures") &&
                  !strcmp(rk_content_name(p->then.materials[i].name),
                          rk_content_name(run->operands[f]));
        if (!met)
            rk_run_warn(run, _("%s is not read: the record names no file of measures called so"),
                        run->operands[f]);
        p->files = rk_resize(p->files, p->file_count + 1, sizeof *p->files);
        p->files[p->file_count++] = run->operands[f];
    }
    rk_state.operand_count = run->operand_count = 0;
}

static bool ends_json(const char *name)
{
    size_t size = strlen(name);
    return size > 5 && !strcmp(name + size - 5, ".json");
}

/* A record is read; of a report, the record that lies beside it and is of it. */
static enum rk_status read_record(struct rk_published *p, struct rk_error *error)
{
    const char *report = p->verify, *folder = folder_of(report);
    char **names = NULL;
    bool found = false;
    enum rk_status status = rk_provenance_read(&p->then, report, error);
    if (status != RK_BAD_DATA)
        return status;
    RK_TRY(rk_listing(&names, folder, error));
    for (char **name = names; *name && !found; name++) {
        struct rk_buf path = {0};
        if (!ends_json(*name) || !strcmp(*name, rk_content_name(report)))
            continue;
        rk_buf_printf(&path, "%s%s%s", strchr(report, '/') ? folder : "",
                      strchr(report, '/') ? "/" : "", *name);
        rk_provenance_free(&p->then);
        found = !rk_provenance_read(&p->then, path.text, NULL) &&
                !strcmp(rk_content_name(p->then.subject), rk_content_name(report));
        if (found)
            p->verify = rk_keep(path.text);
        rk_buf_free(&path);
    }
    rk_listing_free(names);
    if (found || ends_json(report))
        return found ? RK_OK : status;
    return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = report},
                      _("this is no record, and none of it lies beside it; --verify takes what "
                        "--record wrote, or the report where its record is"));
}

/* What rk-monthly made for a report and took away again, it alone can make anew. */
static enum rk_status mind_monthly(struct rk_run *run, const struct rk_published *p,
                                   struct rk_error *error)
{
    const char *month = "";
    for (size_t i = 0; i < p->then.option_count; i++)
        if (!strcmp(p->then.options[i].name, "month"))
            month = p->then.options[i].value;
    for (size_t i = 0; i < p->then.material_count && !run->operand_count && !rk_run_data(run);
         i++) {
        const char *name = p->then.materials[i].name;
        if (strcmp(rk_content_name(folder_of(name)), RK_STEP_WORKING) != 0 ||
            rk_run_given_path(run, p->then.materials[i].role) ||
            !access(rk_published_lies(run, p, name), F_OK))
            continue;
        return rk_fail_at(
            error, RK_BAD_USE, &(struct rk_pos){.file = p->verify},
            _("the report is of rk-monthly, made of files that it took away again (%s); "
              "rk-monthly --data DIR -o DIR --month %s --verify makes them anew and "
              "checks it"),
            rk_content_name(name), month);
    }
    return RK_OK;
}

static enum rk_status begin_verify(struct rk_run *run, struct rk_published *p,
                                   struct rk_error *error)
{
    static const struct rk_writer_column columns[] = {
        {"what", false},     {"name", false},  {"row", false},  {"column", false},
        {"recorded", false}, {"found", false}, {"state", false}};
    static const char *const taken[] = {"spec", "month",     "recruitment", "stage",
                                        "map",  "delimiter", "lang",        "to"};
    RK_TRY(read_record(p, error));
    p->was = true;
    if (strcmp(p->then.tool, run->tool->name) != 0)
        return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = p->verify},
                          _("the record is of %s, not of %s"), p->then.tool, run->tool->name);
    RK_TRY(mind_monthly(run, p, error));
    if (p->purged)
        RK_TRY(rk_purged_read(&p->log, p->purged, error));
    p->findings = rk_run_writer(run, columns, sizeof columns / sizeof *columns);
    if (strcmp(p->then.version, RK_VERSION) != 0) {
        rk_run_note(run, _("the report was made by version %s; this is %s"), p->then.version,
                    RK_VERSION);
        p->unlike = true;
    }
    for (size_t i = 0; i < p->then.option_count; i++)
        for (size_t k = 0; k < sizeof taken / sizeof *taken; k++)
            if (!strcmp(p->then.options[i].name, taken[k]))
                rk_run_take(run, taken[k], p->then.options[i].value);
    take_files(run, p);
    for (size_t i = 0; i < p->then.material_count; i++)
        RK_TRY(take_material(run, p, i, error));
    return RK_OK;
}

enum rk_status rk_published_begin(struct rk_run *run, struct rk_published *p,
                                  struct rk_error *error)
{
    size_t start, size;
    if (p->verify && (p->record || p->reason))
        rk_usage(_("--verify looks at what is published; --record and --restate publish"));
    if (p->purged && !p->verify)
        rk_usage(_("--purged is for --verify"));
    if (p->reason && !p->record)
        rk_usage(_("--restate: --record names the record of what is published"));
    if (p->reason && !*p->reason)
        rk_usage(_("--restate: a reason is needed"));
    if (p->reason && rk_identity_find(rk_text(p->reason), &start, &size))
        rk_usage(_("--restate: the reason is published and must hold no identity number"));
    p->now.tool = run->tool->name;
    p->now.version = RK_VERSION;
    p->now.edition = 1;
    if (p->beside_count && p->verify)
        rk_usage(_("--beside: what is published beside a report stands in its record"));
    if (p->verify)
        RK_TRY(begin_verify(run, p, error));
    else if (p->record && !access(p->record, F_OK)) {
        RK_TRY(rk_provenance_read(&p->then, p->record, error));
        p->was = true;
    } else if (p->reason) {
        return rk_fail(error, RK_BAD_USE, _("--restate: nothing is published yet: there is no %s"),
                       p->record);
    }
    return rk_history_read(run, p, error);
}

void rk_published_fence(struct rk_run *run, const struct rk_published *p, const char *specification,
                        const char *const *codebooks)
{
    size_t most = 4 + (p->verify ? p->then.material_count : 0), count = 0;
    for (const char *const *name = codebooks; name && *name; name++)
        most++;
    const char **reads = rk_alloc(most, sizeof *reads);
    reads[count++] = specification;
    for (; codebooks && *codebooks; codebooks++)
        reads[count++] = *codebooks; /* a name of ours is no file, and passed over */
    for (size_t i = 0; p->verify && i < p->then.material_count; i++)
        reads[count++] = rk_published_lies(run, p, p->then.materials[i].name);
    if (p->verify)
        reads[count++] =
            folder_of(rk_published_lies(run, p, p->then.subject)); /* with its versions */
    else if (p->record && rk_state.output_path)
        reads[count++] = rk_state.output_path; /* kept when it is replaced */
    rk_run_fence(run, reads, NULL);
    rk_free(reads);
}

void rk_published_free(struct rk_published *p)
{
    rk_provenance_free(&p->now);
    rk_provenance_free(&p->then);
    rk_purged_free(&p->log);
    rk_free(p->files);
    rk_free(p->beside);
    rk_history_free(p);
}

/* ---- edition ---- */

static void figure_texts(struct rk_buf text[2], const struct rk_provenance_figure *was,
                         const struct rk_provenance_figure *is)
{
    const struct rk_provenance_figure *figures[2] = {was, is};
    for (size_t i = 0; i < 2; i++)
        if (figures[i])
            rk_provenance_figure_print(&text[i], figures[i]);
        else
            rk_buf_text(&text[i], "");
    if (!was || !is || strcmp(text[0].text, text[1].text) != 0)
        return;
    for (size_t i = 0; i < 2; i++) /* the same of another number of people */
        rk_buf_printf(&text[i], " (n %lld)", (long long)figures[i]->n);
}

static void on_change(void *context, const struct rk_provenance_figure *was,
                      const struct rk_provenance_figure *is)
{
    struct rk_published *p = context;
    const struct rk_provenance_figure *any = is ? is : was;
    struct rk_buf text[2] = {{0}, {0}};
    rk_buf_text(&text[0], "");
    rk_buf_text(&text[1], "");
    figure_texts(text, was, is);
    if (p->findings)
        find(p, "figure", (const char *const[]){any->section, any->row, any->column}, text[0].text,
             text[1].text, p->excused ? "purged" : "changed");
    else
        rk_provenance_add_change(&p->now,
                                 &(struct rk_provenance_change){any->section, any->row, any->column,
                                                                text[0].text, text[1].text});
    rk_buf_free(&text[0]);
    rk_buf_free(&text[1]);
}

/* The edition that is published, told again. */
static void tell_edition(struct rk_published *p)
{
    p->now.edition = p->then.edition;
    p->now.reason = p->then.reason;
    memcpy(p->now.earlier, p->then.earlier, sizeof p->now.earlier);
    for (size_t i = 0; i < p->then.change_count; i++)
        rk_provenance_add_change(&p->now, &p->then.changes[i]);
}

/* Is the record of what is published of this very report: same specification, month, language,
 * form? */
static bool of_this(const struct rk_published *p)
{
    static const char *const names[] = {"spec", "month", "recruitment", "stage", "lang", "to"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const char *values[2] = {"", ""};
        const struct rk_provenance *both[2] = {&p->now, &p->then};
        for (size_t b = 0; b < 2; b++)
            for (size_t i = 0; i < both[b]->option_count; i++)
                if (!strcmp(both[b]->options[i].name, names[k]))
                    values[b] = both[b]->options[i].value;
        if (strcmp(values[0], values[1]) != 0)
            return false;
    }
    return true;
}

/* What is published beside the report; of one that stands, what was when it was made. */
static void tell_beside(const struct rk_run *run, struct rk_published *p)
{
    for (size_t i = 0; i < p->then.material_count && p->same; i++)
        if (!strcmp(p->then.materials[i].role, RK_HISTORY_ROLE))
            rk_provenance_add_material(&p->now, RK_HISTORY_ROLE, p->then.materials[i].name,
                                       p->then.materials[i].sha256);
    for (size_t i = 0; i < p->other_count && !p->same; i++) {
        const struct rk_history_file *file = &p->other_files[i];
        rk_provenance_add_material(&p->now, RK_HISTORY_ROLE,
                                   file->name ? file->name : name_of(run, p->record, file->path),
                                   file->sha256);
    }
}

enum rk_status rk_published_judge(struct rk_run *run, struct rk_published *p,
                                  struct rk_report *report, struct rk_error *error)
{
    rk_report_record(&p->now, report);
    if (p->verify) {
        rk_provenance_compare(&p->then, &p->now, on_change, p);
        tell_edition(p);
    } else if (p->was) {
        if (!of_this(p))
            return rk_fail_at(error, RK_BAD_USE, &(struct rk_pos){.file = p->record}, "%s",
                              _("this is the record of another report: of another month, "
                                "specification, language or form"));
        rk_provenance_compare(&p->then, &p->now, on_change, p);
        p->same = !p->now.change_count && rk_provenance_same_inputs(&p->then, &p->now);
        if (p->same && p->reason)
            rk_run_note(run, _("nothing has changed: version %lld stands"),
                        (long long)p->then.edition);
        if (p->same) {
            tell_edition(p);
        } else {
            p->now.edition = p->then.edition + 1;
            p->now.reason = p->reason;
            RK_TRY(rk_sha256_file(p->now.earlier, p->record, error));
        }
    }
    if (p->record)
        tell_beside(run, p);
    if (!p->was || p->same || p->reason || p->verify)
        rk_report_restate(report, &p->now);
    return RK_OK;
}

/* ---- out ---- */

/* What differs from what is published, for the person who decides whether to restate. */
static enum rk_status hold_back(struct rk_run *run, struct rk_published *p)
{
    struct rk_buf names = {0};
    for (size_t i = 0; i < p->now.material_count; i++) {
        const struct rk_provenance_material *m = &p->now.materials[i];
        bool met = false;
        for (size_t k = 0; k < p->then.material_count && !met; k++)
            met = !strcmp(p->then.materials[k].role, m->role) &&
                  !strcmp(p->then.materials[k].sha256, m->sha256);
        if (!met)
            rk_buf_printf(&names, "%s%s", names.size ? ", " : "", m->name);
    }
    rk_log(run->log, RK_ERROR, &(struct rk_pos){.file = p->record},
           _("this is published as version %lld, and its inputs have changed since (%s); figures "
             "that would be others: %zu. Nothing is written; --restate REASON publishes the next "
             "version"),
           (long long)p->then.edition, names.size ? names.text : "-", p->now.change_count);
    for (size_t i = 0; i < p->now.change_count && i < 10; i++) {
        const struct rk_provenance_change *c = &p->now.changes[i];
        rk_run_note(run, "%s, %s, %s: %s -> %s", c->section, c->row, c->column,
                    *c->was ? c->was : "-", *c->is ? c->is : "-");
    }
    rk_buf_free(&names);
    rk_run_withhold(run);
    return RK_ATTENTION;
}

/* Puts what is published aside, under the name of its version, in the same commit. */
static enum rk_status keep_former(struct rk_run *run, const char *path, int64_t edition,
                                  struct rk_error *error)
{
    const char *to = rk_history_name(path, edition);
    struct rk_buf bytes = {0};
    struct rk_out *out;
    struct rk_in *in;
    if (access(path, F_OK))
        return RK_OK;
    if (!access(to, F_OK))
        return rk_fail(error, RK_FAILED,
                       _("%s is there already: an earlier version is not replaced"), to);
    RK_TRY(rk_in_open(&in, path, error));
    enum rk_status status = rk_in_read_all(in, &bytes, LARGEST, error);
    rk_in_close(in);
    if (!status)
        status = rk_run_file(run, &out, to, error);
    if (!status)
        rk_out_write(out, bytes.text, bytes.size);
    rk_buf_free(&bytes);
    return status;
}

/* The report is the same, packed or not. */
static const char *unpacked_name(const char *name)
{
    size_t size = strlen(name);
    if (size <= 3 || strcmp(name + size - 3, ".gz") != 0)
        return name;
    char *copy = rk_strndup(name, size - 3);
    const char *kept = rk_keep(copy);
    rk_free(copy);
    return kept;
}

/* The report, which may not be there yet, as it is seen from its record's folder. */
static const char *file_seen(const char *record, const char *file)
{
    struct rk_buf name = {0};
    seen_from(&name, folder_of(record), folder_of(file));
    rk_buf_printf(&name, "%s%s", name.size ? "/" : "", rk_content_name(file));
    const char *kept = rk_keep(name.text);
    rk_buf_free(&name);
    return kept;
}

static enum rk_status publish(struct rk_run *run, struct rk_published *p, const struct rk_buf *text,
                              struct rk_error *error)
{
    const char *file = rk_state.output_path;
    bool is_file = file && strcmp(file, "-") != 0;
    struct rk_buf record = {0};
    struct rk_out *out;
    if (p->was && !p->same && is_file)
        RK_TRY(keep_former(run, file, p->then.edition, error));
    if (p->was && !p->same)
        RK_TRY(keep_former(run, p->record, p->then.edition, error));
    p->now.subject = is_file ? unpacked_name(file_seen(p->record, file)) : "-";
    rk_sha256(p->now.sha256, text->text, text->size);
    RK_TRY(rk_run_file(run, &out, p->record, error));
    rk_provenance_print(&record, &p->now);
    rk_out_write(out, record.text, record.size);
    rk_buf_free(&record);
    return RK_OK;
}

/* The digest of a report that may lie packed. */
static enum rk_status digest_of(char sha256[RK_SHA256_HEX], const char *path,
                                struct rk_error *error)
{
    struct rk_buf bytes = {0};
    struct rk_in *in;
    RK_TRY(rk_in_open(&in, path, error));
    enum rk_status status = rk_in_read_all(in, &bytes, LARGEST, error);
    rk_in_close(in);
    if (!status)
        rk_sha256(sha256, bytes.text ? bytes.text : "", bytes.size);
    rk_buf_free(&bytes);
    return status;
}

static const char *packed(const char *path)
{
    struct rk_buf name = {0};
    rk_buf_printf(&name, "%s.gz", path);
    const char *kept = rk_keep(name.text);
    rk_buf_free(&name);
    return kept;
}

/* The published file beside its record, and the bytes that its inputs give now. */
static enum rk_status verify(struct rk_run *run, struct rk_published *p, const struct rk_buf *text,
                             struct rk_error *error)
{
    char sha256[RK_SHA256_HEX];
    const char *file = rk_published_lies(run, p, p->then.subject);
    /* a later version may have taken its place */
    const char *places[] = {rk_history_name(file, p->then.edition),
                            rk_history_name(packed(file), p->then.edition), file, packed(file)};
    const char *const place[] = {p->then.subject, NULL, NULL};
    size_t at = 0;
    while (at < 4 && access(places[at], F_OK))
        at++;
    bool has_file = strcmp(p->then.subject, "-") != 0;
    if (has_file && at == 4)
        find(p, "report", place, p->then.sha256, NULL, "missing");
    if (has_file && at < 4) {
        RK_TRY(digest_of(sha256, places[at], error));
        if (strcmp(sha256, p->then.sha256) != 0)
            find(p, "report", place, p->then.sha256, sha256, "altered");
    }
    if (text && !p->unlike && !p->wrong) {
        rk_sha256(sha256, text->text, text->size);
        if (strcmp(sha256, p->then.sha256) != 0)
            find(p, "report", place, p->then.sha256, sha256, "changed");
    }
    rk_writer_finish(p->findings);
    rk_run_note(
        run,
        _("recomputed: %zu figures, from %zu inputs; differences: %zu; explained by a purge: "
          "%zu"),
        p->now.figure_count, p->then.material_count, p->wrong, p->excused);
    if (p->wrong)
        rk_run_find(run);
    return p->wrong ? RK_BAD_DATA : RK_OK;
}

enum rk_status rk_published_finish(struct rk_run *run, struct rk_published *p,
                                   const struct rk_buf *text, struct rk_error *error)
{
    if (p->verify)
        return verify(run, p, text, error);
    if (p->was && !p->same && !p->reason)
        return hold_back(run, p);
    if (p->record)
        RK_TRY(publish(run, p, text, error));
    rk_out_write(rk_run_out(run), text->text, text->size);
    return RK_OK;
}
