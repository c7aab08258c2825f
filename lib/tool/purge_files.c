#include "tool/purge_files.h"

#include "base/mem.h"
#include "model/rules.h"
#include "stream/listing.h"
#include "table/describe.h"
#include "tool/state.h"

#include <sys/stat.h>
#include <unistd.h>

enum { MOST_FILES = 400, LARGEST_RECORD = 1 << 28 };

/* ---- the folder ---- */

static void ignore(struct rk_log *log, enum rk_severity severity, const struct rk_pos *pos,
                   const char *text)
{
    (void)log, (void)severity, (void)pos, (void)text;
}

static bool is_ours(const struct rk_contents *contents, const char *path)
{
    size_t size = strlen(path);
    for (size_t i = 0; i < contents->count; i++) {
        const char *ours = contents->files[i].path;
        if (!strncmp(ours, path, size) && (!ours[size] || ours[size] == '/'))
            return true;
    }
    return false;
}

/* What is in the folder and none of ours is told, and left alone: a spreadsheet, a copy, a folder.
 */
static enum rk_status tell_strange(struct rk_purge_files *files, struct rk_error *error)
{
    char **names;
    struct rk_buf path = {0};
    enum rk_status status = rk_listing(&names, files->data, error);
    for (char **n = names; n && *n && !status; n++) {
        rk_buf_clear(&path);
        rk_buf_printf(&path, "%s/%s", files->data, *n);
        if (is_ours(&files->contents, path.text))
            continue;
        files->strange = true;
        rk_log(files->run->log, RK_WARNING, &(struct rk_pos){.file = rk_keep(path.text)},
               _("is no table of ours, so it is left alone; it may hold what is to be erased"));
    }
    rk_listing_free(names);
    rk_buf_free(&path);
    return status;
}

/* The list would take the place of a table before that is rewritten, and it would be lost. */
static enum rk_status check_output(const struct rk_purge_files *files, struct rk_error *error)
{
    const char *path = files->run->state->output_path;
    struct stat out, table;
    if (!path || stat(path, &out))
        return RK_OK;
    for (size_t i = 0; i < files->contents.count; i++)
        if (!stat(files->contents.files[i].path, &table) && out.st_dev == table.st_dev &&
            out.st_ino == table.st_ino)
            return rk_fail(error, RK_BAD_USE, _("--output: %s is a file of the data package"),
                           path);
    return RK_OK;
}

enum rk_status rk_purge_files_begin(struct rk_purge_files *files, struct rk_error *error)
{
    struct rk_buf folder = {0};
    enum rk_exchange_found found;
    rk_buf_text(&folder, rk_run_data(files->run));
    while (folder.size > 1 && folder.text[folder.size - 1] == '/')
        folder.text[--folder.size] = '\0';
    files->data = rk_keep(folder.text);
    rk_buf_free(&folder);
    RK_TRY(rk_exchange_open(&files->exchange, files->data, &found, error));
    if (found == RK_EXCHANGE_UNDONE)
        rk_run_warn(files->run,
                    _("an earlier run was interrupted before it replaced any table: what it had "
                      "prepared is removed"));
    if (found == RK_EXCHANGE_FINISHED)
        rk_run_warn(files->run, _("an earlier run was interrupted while it replaced tables: it is "
                                  "finished now, as decided then"));
    struct rk_log quiet = {.emit = ignore};
    RK_TRY(rk_contents_add_folder(&files->contents, files->data, rk_rules_tables, &quiet, error));
    RK_TRY(check_output(files, error));
    RK_TRY(tell_strange(files, error));
    if (files->contents.count > MOST_FILES)
        return rk_fail(error, RK_BAD_DATA, _("%s: more than %d files"), files->data, MOST_FILES);
    files->walked = rk_alloc(files->contents.count, sizeof *files->walked);
    return RK_OK;
}

void rk_purge_files_fence(struct rk_purge_files *files, bool apply)
{
    struct rk_buf record = {0};
    const char **makes = rk_alloc(files->contents.count + 2, sizeof *makes);
    rk_buf_printf(&record, "%s/%s", files->data, RK_PURGE_RECORD);
    for (size_t i = 0; apply && i <= files->contents.count; i++)
        makes[i] = i ? files->contents.files[i - 1].path : record.text;
    rk_run_fence(files->run, NULL, makes);
    rk_buf_free(&record);
    rk_free(makes);
}

static enum rk_form form_of(const char *path)
{
    const char *name = rk_content_name(path);
    return strstr(name, ".jsonl") ? RK_JSONL : strstr(name, ".json") ? RK_JSON : RK_CSV;
}

/* One reading of one table, if the file is one: to learn from it, or with `walk`. */
static enum rk_status read_table(struct rk_purge_files *files, struct rk_purge *purge, size_t file,
                                 const enum rk_purge_walk *walk, struct rk_out *out,
                                 struct rk_error *error)
{
    const struct rk_content_file *f = &files->contents.files[file];
    const struct rk_schema *schema;
    struct rk_table *table;
    RK_TRY(rk_run_schema(files->run, &schema, f->table, error));
    RK_TRY(rk_run_open(files->run, &table, schema, f->path, false, error));
    enum rk_status status = walk ? rk_purge_walk(purge, *walk, table, schema, out, form_of(f->path),
                                                 &files->walked[file], error)
                                 : rk_purge_learn(purge, table, schema, error);
    rk_run_close(files->run, table);
    return status;
}

enum rk_status rk_purge_files_learn(struct rk_purge_files *files, struct rk_purge *purge,
                                    struct rk_error *error)
{
    for (size_t i = 0; i < files->contents.count; i++)
        if (files->contents.files[i].table)
            RK_TRY(read_table(files, purge, i, NULL, NULL, error));
    return RK_OK;
}

/* What the walk through this file added to the lines of the list. */
static void tally(struct rk_purge_files *files, const struct rk_purge *purge, size_t file)
{
    struct rk_purge_line line;
    for (size_t i = 0; rk_purge_lines(purge, i, &line); i++) {
        if (i == files->seen_count) {
            RK_GROW(files->seen, files->seen_count, files->seen_room);
            files->seen[files->seen_count++] = 0;
        }
        if (line.rows == files->seen[i])
            continue;
        RK_GROW(files->tallies, files->tally_count, files->tally_room);
        files->tallies[files->tally_count++] =
            (struct rk_purge_tally){file, i, line.rows - files->seen[i]};
        files->seen[i] = line.rows;
    }
}

enum rk_status rk_purge_files_count(struct rk_purge_files *files, struct rk_purge *purge,
                                    struct rk_error *error)
{
    static const enum rk_purge_walk walk = RK_PURGE_COUNT;
    for (size_t i = 0; i < files->contents.count; i++) {
        if (!files->contents.files[i].table)
            continue;
        RK_TRY(read_table(files, purge, i, &walk, NULL, error));
        tally(files, purge, i);
    }
    return RK_OK;
}

/* ---- the record ---- */

static const char record_header[] =
    "decision,as_of,table,board,what,action,ground,event,months,source,rows,rows_before,"
    "rows_after,sha256_before,sha256_after\n";

static const char *const whats[] = {RK_DISPOSAL_WHAT_WORDS};
static const char *const events[] = {RK_DISPOSAL_EVENT_WORDS};
static const char *const actions[] = {RK_PURGE_ACTION_WORDS};

static bool alike(const struct rk_purge_line *a, const struct rk_purge_line *b)
{
    return !strcmp(a->table, b->table) && a->what == b->what && a->action == b->action &&
           a->rule == b->rule && rk_text_equal(a->board, b->board) &&
           rk_text_equal(a->ground, b->ground);
}

/* What was done with a file, recruitments together: the record names none. */
static size_t sum_up(const struct rk_purge_files *files, const struct rk_purge *purge, size_t file,
                     struct rk_purge_line **sums)
{
    struct rk_purge_line line;
    size_t count = 0, room = 0;
    *sums = NULL;
    for (size_t i = 0; i < files->tally_count; i++) {
        const struct rk_purge_tally *tally = &files->tallies[i];
        if (tally->file != file || !rk_purge_lines(purge, tally->line, &line) ||
            (line.action != RK_PURGE_ERASE && line.action != RK_PURGE_DEIDENTIFY))
            continue;
        line.rows = tally->rows;
        size_t j = 0;
        while (j < count && !alike(&(*sums)[j], &line))
            j++;
        if (j == count) {
            RK_GROW(*sums, count, room);
            (*sums)[count++] = line;
        } else {
            (*sums)[j].rows += line.rows;
        }
    }
    return count;
}

static void add_text(struct rk_buf *row, struct rk_text text)
{
    rk_csv_field(row, text, ',');
    rk_buf_char(row, ',');
}

static void add_record(struct rk_buf *row, const struct rk_purge_line *line, const char *decision,
                       int32_t day, const struct rk_purge_walked *walked, const char *before,
                       const char *after)
{
    add_text(row, rk_text(decision));
    rk_date_print(row, day);
    rk_buf_printf(row, ",%s,", line->table);
    add_text(row, line->board);
    rk_buf_printf(row, "%s,%s,", whats[line->what], actions[line->action]);
    add_text(row, line->ground);
    if (line->rule)
        rk_buf_printf(row, "%s,%d,", events[line->rule->event], line->rule->months);
    else
        rk_buf_text(row, ",,");
    add_text(row, line->rule ? line->rule->source : RK_TEXT(""));
    rk_buf_printf(row, "%llu,%llu,%llu,%s,%s\n", (unsigned long long)line->rows,
                  (unsigned long long)walked->before, (unsigned long long)walked->after, before,
                  after);
}

/* What the record says so far, or its header. */
static enum rk_status old_record(struct rk_buf *text, const char *path, struct rk_error *error)
{
    struct rk_in *in;
    if (access(path, F_OK)) {
        rk_buf_text(text, record_header);
        return RK_OK;
    }
    RK_TRY(rk_in_open(&in, path, error));
    enum rk_status status = rk_in_read_all(in, text, LARGEST_RECORD, error);
    rk_in_close(in);
    size_t size = strlen(record_header);
    if (!status && (text->size < size || memcmp(text->text, record_header, size) != 0 ||
                    text->text[text->size - 1] != '\n'))
        status = rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = rk_keep(path)},
                            _("is not a record of rk-purge's, so nothing is added to it"));
    return status;
}

static enum rk_status write_record(struct rk_purge_files *files, const struct rk_purge *purge,
                                   const char *decision, int32_t day, struct rk_error *error)
{
    struct rk_buf path = {0}, text = {0};
    struct rk_out *out;
    size_t staged = 0;
    rk_buf_printf(&path, "%s/%s", files->data, RK_PURGE_RECORD);
    enum rk_status status = rk_exchange_file(files->exchange, &out, path.text, error);
    if (!status)
        status = old_record(&text, path.text, error);
    for (size_t i = 0; i < files->contents.count && !status; i++) {
        if (!files->contents.files[i].table || !files->walked[i].changes)
            continue;
        struct rk_purge_line *sums;
        size_t count = sum_up(files, purge, i, &sums);
        for (size_t s = 0; s < count; s++)
            add_record(&text, &sums[s], decision, day, &files->walked[i],
                       rk_exchange_before(files->exchange, staged),
                       rk_exchange_after(files->exchange, staged));
        rk_free(sums);
        staged++;
    }
    if (!status)
        rk_out_write(out, text.text, text.size);
    rk_buf_free(&path);
    rk_buf_free(&text);
    return status;
}

/* ---- the description ---- */

/* The sizes and hashes that a datapackage.json tells of the tables that change. */
static enum rk_status renew_package(struct rk_purge_files *files, const char *path, size_t count,
                                    struct rk_error *error)
{
    struct rk_redescribed *changed = rk_alloc(count, sizeof *changed);
    struct rk_buf text = {0};
    rk_json *document;
    struct rk_out *out;
    size_t staged = 0;
    for (size_t i = 0; i < files->contents.count; i++) {
        const struct rk_content_file *f = &files->contents.files[i];
        if (!f->table || !files->walked[i].changes)
            continue;
        const char *name = f->path + strlen(files->data) + 1;
        changed[staged] = (struct rk_redescribed){
            {name, rk_exchange_size_before(files->exchange, staged),
             rk_exchange_before(files->exchange, staged)},
            {name, rk_exchange_size_after(files->exchange, staged),
             rk_exchange_after(files->exchange, staged)},
        };
        staged++;
    }
    enum rk_status status = rk_json_read(&document, path, error);
    if (!status) {
        enum rk_renewed renewed = rk_describe_renew(&text, document, changed, count);
        files->strange |= renewed == RK_RENEWED_STALE;
        if (renewed == RK_RENEWED_STALE)
            rk_log(files->run->log, RK_WARNING, &(struct rk_pos){.file = rk_keep(path)},
                   _("did not fit a table before it was rewritten, and does not now: "
                     "rk-validate --package makes it anew"));
        if (renewed)
            status = rk_exchange_file(files->exchange, &out, path, error);
        if (renewed && !status)
            rk_out_write(out, text.text, text.size);
        rk_json_free(document);
    }
    rk_free(changed);
    rk_buf_free(&text);
    return status;
}

/* ---- new versions ---- */

enum rk_status rk_purge_files_stage(struct rk_purge_files *files, struct rk_purge *purge,
                                    const char *decision, int32_t day, bool *any,
                                    struct rk_error *error)
{
    static const enum rk_purge_walk walk = RK_PURGE_REWRITE;
    struct rk_out *out;
    size_t count = 0;
    for (size_t i = 0; i < files->contents.count; i++) {
        const struct rk_content_file *f = &files->contents.files[i];
        if (!f->table || !files->walked[i].changes)
            continue;
        count++;
        RK_TRY(rk_exchange_file(files->exchange, &out, f->path, error));
        RK_TRY(read_table(files, purge, i, &walk, out, error));
    }
    *any = count > 0;
    if (!count)
        return RK_OK;
    RK_TRY(rk_exchange_settle(files->exchange, error));
    RK_TRY(write_record(files, purge, decision, day, error));
    for (size_t i = 0; i < files->contents.count; i++)
        if (files->contents.files[i].kind == RK_CONTENT_PACKAGE)
            RK_TRY(renew_package(files, files->contents.files[i].path, count, error));
    return rk_exchange_settle(files->exchange, error);
}

enum rk_status rk_purge_files_export(struct rk_purge_files *files, struct rk_purge *purge,
                                     const char *folder, struct rk_error *error)
{
    const char *table;
    files->export = folder;
    RK_TRY(rk_folder_open(&files->folder, folder, NULL, error));
    for (size_t i = 0; (table = rk_purge_export_table(purge, i)); i++) {
        struct rk_buf path = {0};
        struct rk_out *out;
        rk_buf_printf(&path, "%s/%s.csv", folder, table);
        rk_strings_add(&files->exported, (struct rk_text){path.text, path.size});
        enum rk_status status =
            rk_folder_file(files->folder, &out, rk_content_name(path.text), error);
        rk_buf_free(&path);
        if (status)
            return status;
        rk_purge_export(purge, i, out);
    }
    return RK_OK;
}

enum rk_status rk_purge_files_commit(struct rk_purge_files *files, struct rk_error *error)
{
    struct rk_folder *folder = files->folder;
    files->folder = NULL;
    if (folder)
        RK_TRY(rk_folder_commit(folder, error));
    enum rk_status status = rk_exchange_commit(files->exchange, error);
    if (status && folder &&
        !rk_exchange_replaced(
            files->exchange)) { /* nothing was erased, so nothing was to be kept either */
        for (uint32_t i = 0; i < files->exported.count; i++)
            unlink(files->exported.texts[i].text);
        rmdir(files->export);
    }
    return status;
}

enum rk_status rk_purge_files_extract(struct rk_purge_files *files, struct rk_purge *purge,
                                      const char *path, struct rk_error *error)
{
    static const enum rk_purge_walk walk = RK_PURGE_EXTRACT;
    struct rk_out *out;
    RK_TRY(rk_folder_open(&files->folder, path, NULL, error));
    for (size_t i = 0; i < files->contents.count; i++) {
        const struct rk_content_file *f = &files->contents.files[i];
        if (!f->table || !files->walked[i].about)
            continue;
        RK_TRY(rk_folder_file(files->folder, &out, rk_content_name(f->path), error));
        RK_TRY(read_table(files, purge, i, &walk, out, error));
    }
    struct rk_folder *folder = files->folder;
    files->folder = NULL;
    return rk_folder_commit(folder, error);
}

void rk_purge_files_end(struct rk_purge_files *files)
{
    rk_folder_discard(files->folder);
    rk_exchange_close(files->exchange);
    rk_contents_free(&files->contents);
    rk_strings_free(&files->exported);
    rk_free(files->walked);
    rk_free(files->seen);
    rk_free(files->tallies);
    *files = (struct rk_purge_files){0};
}
