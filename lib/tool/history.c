#include "tool/history.h"

#include "base/date.h"
#include "base/mem.h"
#include "model/contents.h"
#include "report/before.h"

#include <unistd.h>

const char *rk_history_name(const char *path, int64_t edition)
{
    struct rk_buf name = {0};
    const char *base = rk_content_name(path), *dot = strrchr(base, '.');
    const char *end = dot && dot > base ? dot : base + strlen(base);
    rk_buf_add(&name, path, (size_t)(end - path));
    rk_buf_printf(&name, ".v%lld%s", (long long)edition, end);
    const char *kept = rk_keep(name.text);
    rk_buf_free(&name);
    return kept;
}

enum rk_status rk_history_find(const char **found, const char *path, const char *sha256,
                               struct rk_error *error)
{
    char now[RK_SHA256_HEX];
    const char *at = path;
    *found = path;
    for (int64_t edition = 1; !access(at, F_OK); at = rk_history_name(path, edition++)) {
        RK_TRY(rk_sha256_file(now, at, error));
        if (!strcmp(now, sha256)) {
            *found = at;
            return RK_OK;
        }
    }
    return RK_OK;
}

/* Where the record lies under its own name: that of an earlier version is told from it. */
static const char *base_of(const char *record, int64_t edition)
{
    struct rk_buf mark = {0}, base = {0};
    rk_buf_printf(&mark, ".v%lld.", (long long)edition);
    const char *at = strstr(rk_content_name(record), mark.text), *kept = record;
    if (at && !strchr(at + mark.size, '.')) {
        rk_buf_add(&base, record, (size_t)(at - record));
        rk_buf_text(&base, at + mark.size - 1);
        kept = rk_keep(base.text);
    }
    rk_buf_free(&mark);
    rk_buf_free(&base);
    return kept;
}

/* The versions before the one that is made again, each of which the next one names by its digest.
 */
static enum rk_status read_versions(struct rk_run *run, struct rk_published *p,
                                    struct rk_error *error)
{
    const char *record = p->verify ? p->verify : p->record,
               *base = base_of(record, p->then.edition);
    const char *next = p->then.earlier;
    int64_t edition = p->then.edition - (p->reason ? 0 : 1);
    char now[RK_SHA256_HEX];
    for (; edition > 0; edition--) {
        bool latest = edition == p->then.edition;
        const char *path = latest ? record : rk_history_name(base, edition);
        if (access(path, F_OK)) {
            rk_run_warn(run,
                        _("version %lld is not there any more (%s): what it and those before it "
                          "told is not counted with"),
                        (long long)edition, path);
            return RK_OK;
        }
        RK_TRY(rk_sha256_file(now, path, error));
        if (!latest && strcmp(now, next) != 0)
            return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = path},
                              _("this is not the record that version %lld took the place of"),
                              (long long)edition + 1);
        p->versions = rk_resize(p->versions, p->version_count + 1, sizeof *p->versions);
        struct rk_provenance *version = &p->versions[p->version_count];
        *version = (struct rk_provenance){0};
        RK_TRY(rk_provenance_read(version, path, error));
        p->version_count++;
        next = version->earlier;
    }
    return RK_OK;
}

static enum rk_status read_other(struct rk_published *p, const char *path, const char *name,
                                 struct rk_error *error)
{
    struct rk_history_file file = {path, name, ""};
    struct rk_provenance other = {0};
    RK_TRY(rk_sha256_file(file.sha256, path, error));
    RK_TRY(rk_provenance_read(&other, path, error));
    p->others = rk_resize(p->others, p->other_count + 1, sizeof *p->others);
    p->other_files = rk_resize(p->other_files, p->other_count + 1, sizeof *p->other_files);
    p->others[p->other_count] = other;
    p->other_files[p->other_count++] = file;
    return RK_OK;
}

/* Of another month the record is refused later on, and has nothing to say here. */
static bool same_month(struct rk_run *run, const struct rk_published *p)
{
    const char *name, *value, *asked = "", *recorded = "";
    for (size_t a = 0; (name = rk_run_option(run, a, &value)); a++)
        asked = !strcmp(name, "month") ? value : asked;
    for (size_t i = 0; i < p->then.option_count; i++)
        if (!strcmp(p->then.options[i].name, "month"))
            recorded = p->then.options[i].value;
    return !strcmp(asked, recorded);
}

enum rk_status rk_history_read(struct rk_run *run, struct rk_published *p, struct rk_error *error)
{
    bool stands = p->was && !p->reason;
    if (p->was && same_month(run, p))
        RK_TRY(read_versions(run, p, error));
    for (size_t i = 0; i < p->then.material_count && stands; i++) {
        const struct rk_provenance_material *m = &p->then.materials[i];
        const char *path;
        if (strcmp(m->role, RK_HISTORY_ROLE) != 0)
            continue;
        RK_TRY(rk_history_find(&path, rk_published_lies(run, p, m->name), m->sha256, error));
        if (access(path, F_OK))
            rk_run_warn(run, _("%s is not there any more: what it told is not counted with"), path);
        else
            RK_TRY(read_other(p, path, m->name, error));
    }
    for (size_t i = 0; i < p->beside_count && !stands; i++)
        RK_TRY(read_other(p, p->beside[i], NULL, error));
    return RK_OK;
}

/* The only month that the report is of. */
static bool month_of(const struct rk_provenance *p, int32_t *month)
{
    for (size_t i = 0; i < p->option_count; i++)
        if (!strcmp(p->options[i].name, "month"))
            return rk_month_parse(rk_text(p->options[i].value), month);
    return false;
}

void rk_history_cells(struct rk_report_cells *cells, const struct rk_published *p,
                      const struct rk_report *report, int32_t first, int32_t last)
{
    int32_t month;
    rk_report_cells_make(cells, report);
    for (size_t i = 0; i < p->version_count; i++)
        rk_report_cells_version(cells, report, &p->versions[i]);
    for (size_t i = 0; i < p->other_count; i++)
        rk_report_cells_beside(cells, report, &p->others[i],
                               first == last && month_of(&p->others[i], &month) ? first - month
                                                                                : 0);
    rk_report_cells_settle(cells);
}

enum rk_status rk_history_judge(struct rk_run *run, const struct rk_published *p,
                                const struct rk_guard *guard, const struct rk_report *report)
{
    struct rk_report_place place;
    rk_guard_tell(run, guard);
    if (!guard->lost || p->verify)
        return RK_OK;
    rk_log(run->log, RK_ERROR, NULL,
           _("with what is published, this would tell somebody %u small figures or changes, "
             "whatever is hidden. Nothing is written"),
           guard->lost);
    if (rk_report_place(report, guard->first_lost, &place))
        rk_run_note(run, "%s, %s, %s", place.section, place.row, place.column);
    rk_run_withhold(run);
    return RK_ATTENTION;
}

void rk_history_free(struct rk_published *p)
{
    for (size_t i = 0; i < p->version_count; i++)
        rk_provenance_free(&p->versions[i]);
    for (size_t i = 0; i < p->other_count; i++)
        rk_provenance_free(&p->others[i]);
    rk_free(p->versions);
    rk_free(p->others);
    rk_free(p->other_files);
}
