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

/* Where an earlier version of the record would lie: beside it under its name, or under the one that
 * an earlier version itself was kept from. */
static const char *earlier_of(const char *record, int64_t edition, int64_t earlier)
{
    const char *own = rk_history_name(record, earlier);
    return access(own, F_OK) ? rk_history_name(base_of(record, edition), earlier) : own;
}

static bool is_gone(struct rk_run *run, const char *path, int64_t edition)
{
    bool gone = access(path, F_OK);
    if (gone)
        rk_run_warn(
            run,
            _("version %lld is not there any more (%s): what it and those before it told is "
              "not counted with"),
            (long long)edition, path);
    return gone;
}

static enum rk_status not_before(const char *path, int64_t edition, struct rk_error *error)
{
    return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = path},
                      _("this is not the record that version %lld took the place of"),
                      (long long)edition + 1);
}

/* The versions before the one that is made again, each of which the next one names by its digest.
 */
static enum rk_status read_versions(struct rk_run *run, struct rk_published *p,
                                    struct rk_error *error)
{
    const char *record = p->verify ? p->verify : p->record;
    const char *next = p->then.earlier;
    int64_t edition = p->then.edition - (p->reason ? 0 : 1);
    char now[RK_SHA256_HEX];
    for (; edition > 0; edition--) {
        bool latest = edition == p->then.edition;
        const char *path = latest ? record : earlier_of(record, p->then.edition, edition);
        if (is_gone(run, path, edition))
            return RK_OK;
        RK_TRY(rk_sha256_file(now, path, error));
        if (!latest && strcmp(now, next) != 0)
            return not_before(path, edition, error);
        p->versions = rk_resize(p->versions, p->version_count + 1, sizeof *p->versions);
        struct rk_provenance *version = &p->versions[p->version_count];
        *version = (struct rk_provenance){0};
        RK_TRY(rk_provenance_read(version, path, error));
        p->version_count++;
        next = version->earlier;
    }
    return RK_OK;
}

static enum rk_status read_other(struct rk_run *run, struct rk_published *p, const char *path,
                                 const char *name, struct rk_error *error)
{
    struct rk_history_file file = {path, name, ""};
    struct rk_provenance other = {0};
    RK_TRY(rk_sha256_file(file.sha256, path, error));
    RK_TRY(rk_provenance_read(&other, path, error));
    p->others = rk_resize(p->others, p->other_count + 1, sizeof *p->others);
    p->other_files = rk_resize(p->other_files, p->other_count + 1, sizeof *p->other_files);
    p->others[p->other_count] = other;
    p->other_files[p->other_count++] = file;
    if (strcmp(other.tool, run->tool->name) != 0)
        return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = path},
                          _("the record is of %s, not of %s"), other.tool, run->tool->name);
    return RK_OK;
}

/* One that the user names, and its earlier versions that lie beside it. */
static enum rk_status read_beside(struct rk_run *run, struct rk_published *p, const char *path,
                                  struct rk_error *error)
{
    RK_TRY(read_other(run, p, path, NULL, error));
    int64_t edition = p->others[p->other_count - 1].edition;
    for (int64_t earlier = edition - 1; earlier > 0; earlier--) {
        const char *at = earlier_of(path, edition, earlier);
        if (is_gone(run, at, earlier))
            return RK_OK;
        RK_TRY(read_other(run, p, at, NULL, error));
        if (strcmp(p->other_files[p->other_count - 1].sha256,
                   p->others[p->other_count - 2].earlier) != 0)
            return not_before(at, earlier, error);
    }
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

static bool is_read(const struct rk_published *p, const char *sha256)
{
    for (size_t i = 0; i < p->other_count; i++)
        if (!strcmp(p->other_files[i].sha256, sha256))
            return true;
    return false;
}

enum rk_status rk_history_read(struct rk_run *run, struct rk_published *p, struct rk_error *error)
{
    bool stands = p->was && !p->reason;
    if (p->was && same_month(run, p))
        RK_TRY(read_versions(run, p, error));
    for (size_t i = 0; i < p->beside_count && !stands; i++)
        RK_TRY(read_beside(run, p, p->beside[i], error));
    for (size_t i = 0; i < p->then.material_count; i++) { /* known whether or not named again */
        const struct rk_provenance_material *m = &p->then.materials[i];
        const char *path;
        if (strcmp(m->role, RK_HISTORY_ROLE) != 0 || (!stands && is_read(p, m->sha256)))
            continue;
        RK_TRY(rk_history_find(&path, rk_published_lies(run, p, m->name), m->sha256, error));
        if (access(path, F_OK))
            rk_run_warn(run, _("%s is not there any more: what it told is not counted with"), path);
        else
            RK_TRY(read_other(run, p, path, stands ? m->name : NULL, error));
    }
    return RK_OK;
}

/* a/b/../c as a/c, for people: the last way up alone, which leads from one month to another. */
static const char *straight(const char *path)
{
    const char *up = NULL, *from;
    for (const char *next = path; (next = strstr(next, "/../")); next++)
        up = next;
    for (from = up; from && from > path && from[-1] != '/';)
        from--;
    if (!up || (size_t)(up - from) <= strspn(from, "."))
        return path;
    struct rk_buf text = {0};
    rk_buf_add(&text, path, (size_t)(from - path));
    rk_buf_text(&text, up + strlen("/../"));
    const char *kept = rk_keep(text.text);
    rk_buf_free(&text);
    return kept;
}

enum rk_status rk_history_gone(struct rk_run *run, const char *record, struct rk_strings *gone,
                               struct rk_error *error)
{
    struct rk_published p = {.record = record};
    enum rk_status status = rk_provenance_read(&p.then, record, error);
    bool there = true;
    for (int64_t edition = p.then.edition - 1; !status && edition > 0 && there; edition--) {
        const char *path = rk_history_name(record, edition);
        there = !access(path, F_OK);
        if (!there)
            rk_strings_add(gone, rk_text(path));
    }
    for (size_t i = 0; !status && i < p.then.material_count; i++) {
        const struct rk_provenance_material *m = &p.then.materials[i];
        const char *path = rk_published_lies(run, &p, m->name);
        if (!strcmp(m->role, RK_HISTORY_ROLE) && access(path, F_OK))
            rk_strings_add(gone, rk_text(straight(path)));
    }
    rk_provenance_free(&p.then);
    return status;
}

static const char *option_of(const struct rk_provenance *p, const char *name)
{
    for (size_t i = 0; i < p->option_count; i++)
        if (!strcmp(p->options[i].name, name))
            return p->options[i].value;
    return "";
}

/* The months that the report is of. */
static bool months_of(const struct rk_provenance *p, int32_t *first, int32_t *last)
{
    const char *text = option_of(p, "month"), *dots = strstr(text, "..");
    struct rk_text from = rk_text(text);
    from.size = dots ? (size_t)(dots - text) : from.size;
    return rk_month_parse(from, first) && rk_month_parse(dots ? rk_text(dots + 2) : from, last);
}

/* In which of the two languages the record is. */
static enum rk_language language_of(const struct rk_provenance *p, enum rk_language otherwise)
{
    enum rk_language language;
    return rk_language_parse(option_of(p, "lang"), &language) ? language : otherwise;
}

bool rk_history_needs(const struct rk_published *p, enum rk_language language)
{
    bool any = false;
    for (size_t i = 0; i < p->other_count; i++)
        any = any || language_of(&p->others[i], !language) == language;
    return any;
}

void rk_history_cells(struct rk_report_cells *cells, const struct rk_published *p,
                      const struct rk_report *report, const struct rk_report *translated,
                      int32_t first, int32_t last)
{
    int32_t from, to;
    rk_report_cells_make(cells, report);
    for (size_t i = 0; i < p->version_count; i++)
        rk_report_cells_version(cells, report, &p->versions[i]);
    for (size_t i = 0; i < p->other_count; i++) {
        const struct rk_provenance *other = &p->others[i];
        const struct rk_report *of =
            language_of(other, report->language) == report->language ? report : translated;
        bool told = months_of(other, &from, &to);
        if (told && from == first && to == last) /* in another form, or language */
            rk_report_cells_version(cells, of, other);
        else
            rk_report_cells_beside(cells, of, other,
                                   told && first == last && from == to ? first - from : 0);
    }
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
           RK_PLURAL("with what is published, this would tell somebody %u small figure or change, "
                     "whatever is hidden. Nothing is written",
                     "with what is published, this would tell somebody %u small figures or "
                     "changes, whatever is hidden. Nothing is written",
                     guard->lost),
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
