#include "model/purged.h"

#include "stream/record.h"

static bool digest(char to[RK_SHA256_HEX], struct rk_text text)
{
    if (text.size != RK_SHA256_HEX - 1)
        return false;
    memcpy(to, text.text, text.size);
    to[text.size] = '\0';
    return strspn(to, "0123456789abcdef") == text.size;
}

static size_t column_of(const struct rk_reader *reader, const char *name)
{
    for (size_t c = 0; c < rk_reader_columns(reader); c++)
        if (rk_text_is(rk_reader_column(reader, c), name))
            return c;
    return SIZE_MAX;
}

static struct rk_text cell(const struct rk_record *record, size_t column)
{
    return column < record->count
               ? (struct rk_text){record->cells[column].text, record->cells[column].size}
               : RK_TEXT("");
}

static enum rk_status read_all(struct rk_purged *purged, struct rk_reader *reader,
                               struct rk_error *error)
{
    struct rk_record record;
    for (bool more = true;;) {
        RK_TRY(rk_reader_next(reader, &record, &more, error));
        if (!more)
            return RK_OK;
        size_t before = column_of(reader, "sha256_before"),
               after = column_of(reader, "sha256_after");
        struct rk_purged_file file = {"", ""};
        struct rk_text was = cell(&record, before), is = cell(&record, after);
        if (!was.size && !is.size) /* a line about something else */
            continue;
        if (!digest(file.before, was) || (is.size && !digest(file.after, is))) {
            struct rk_pos pos = {.file = rk_reader_file(reader), .line = record.line};
            return rk_fail_at(error, RK_BAD_DATA, &pos, "%s",
                              _("sha256_before and sha256_after: expected 64 hexadecimal digits"));
        }
        RK_GROW(purged->files, purged->count, purged->room);
        purged->files[purged->count++] = file;
    }
}

enum rk_status rk_purged_read(struct rk_purged *purged, const char *path, struct rk_error *error)
{
    struct rk_in *in;
    struct rk_reader *reader;
    RK_TRY(rk_in_open(&in, path, error));
    RK_TRY(rk_reader_open(&reader, in, NULL, error));
    enum rk_status status = read_all(purged, reader, error);
    rk_reader_close(reader);
    return status;
}

void rk_purged_free(struct rk_purged *purged)
{
    rk_free(purged->files);
    *purged = (struct rk_purged){0};
}

bool rk_purged_explains(const struct rk_purged *purged, const char *was, const char *is)
{
    bool *met = rk_alloc(purged->count + 1, sizeof *met), found = false, further = true;
    /* the digests that can be reached, each purge taken once */
    const char **reached = rk_alloc(purged->count + 1, sizeof *reached);
    size_t count = 0;
    reached[count++] = was;
    while (further && !found) {
        further = false;
        for (size_t f = 0; f < purged->count && !found; f++)
            for (size_t r = 0; r < count && !met[f]; r++)
                if (!strcmp(purged->files[f].before, reached[r])) {
                    met[f] = further = true;
                    reached[count++] = purged->files[f].after;
                    found = !is || !strcmp(purged->files[f].after, is);
                }
    }
    rk_free(met);
    rk_free(reached);
    return found;
}
