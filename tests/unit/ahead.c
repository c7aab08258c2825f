/* lib/stream: a table read ahead by a thread is the table, failures and all; what is told of cells that
 * stay as they were is so; keys that come once are told from those that come again. */
#include "base/random.h"
#include "check.h"
#include "stream/once.h"
#include "stream/record.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t state;
static uint64_t below(uint64_t n) { return rk_splitmix64(&state) % n; }

/* ---- records ---- */

enum { COLUMNS = 5 };
static const char *const cells[] = {"",     "a",        "R00017",       "K00017-03", "användare",
                                    "5",    "0.25",     "x y",          "\"q,1\"",   "\"a\nb\"",
                                    "\"\"", "\"d\"\"\"", "2024-01-22T15:00"};

/* A table whose rows are much like those before them, with something wrong in it where `wrong`. */
static void make_table(struct rk_buf *text, size_t rows, bool quotes, size_t wrong)
{
    static const char *const faults[] = {",a\"b", ",\"a\"b", ",\xff",          ",\xc3x",
                                         ",a\rb", ",a\r",    ",\"never closed"};
    const char *row[COLUMNS];
    const char *end = below(2) ? "\n" : "\r\n";
    for (size_t c = 0; c < COLUMNS; c++)
        row[c] = cells[1];
    rk_buf_clear(text);
    rk_buf_printf(text, "c0,c1,c2,c3,c4,c5%s", end);
    for (size_t r = 0; r < rows; r++) {
        for (size_t n = below(3); n; n--)
            row[below(COLUMNS)] = cells[quotes ? below(sizeof cells / sizeof *cells) : below(8)];
        for (size_t c = 0; c < COLUMNS; c++)
            rk_buf_printf(text, c ? ",%s" : "%s", row[c]);
        if (below(4000) == 0) { /* longer than a window */
            rk_buf_char(text, ',');
            for (size_t n = 20000 + below(20000); n; n--)
                rk_buf_text(text, "longcell");
        }
        if (below(500) == 0) /* another number of cells */
            rk_buf_text(text, below(2) ? ",more" : ",,");
        if (wrong && r == wrong)
            rk_buf_text(text, faults[below(sizeof faults / sizeof *faults)]);
        if (r + 1 < rows || below(2))
            rk_buf_text(text, end);
    }
}

/* The cells are those of the record's bytes, found in the plainest way. */
static void check_cells(struct rk_text raw, const struct rk_record *record)
{
    struct rk_buf cell = {0};
    size_t count = 0;
    bool quoted = false, right = true;
    for (size_t i = 0; i <= raw.size; i++) {
        if (i == raw.size || (raw.text[i] == ',' && !quoted)) {
            right = right && count < record->count &&
                    rk_text_equal(
                        (struct rk_text){cell.text, cell.size},
                        (struct rk_text){record->cells[count].text, record->cells[count].size});
            count++;
            rk_buf_clear(&cell);
        } else if (raw.text[i] != '"') {
            rk_buf_char(&cell, raw.text[i]);
        } else {
            if (!quoted && i && raw.text[i - 1] == '"') /* the second of two */
                rk_buf_char(&cell, '"');
            quoted = !quoted;
        }
    }
    CHECK(right && count == record->count);
    rk_buf_free(&cell);
}

/* Everything that can be seen of the records, as a text; `error` tells how it ended. */
static void see(const struct rk_buf *table, bool ahead, size_t most, struct rk_buf *seen,
                struct rk_error *error)
{
    struct rk_reader *reader;
    struct rk_record record;
    struct rk_buf before[COLUMNS] = {{0}};
    size_t before_count = 0;
    bool more;
    *error = (struct rk_error){0};
    rk_buf_clear(seen);
    CHECK(!rk_reader_open(&reader, rk_in_memory("t.csv", table->text, table->size),
                          &(struct rk_reader_options){.ahead = ahead, .max_field = most}, error));
    while (!rk_reader_next(reader, &record, &more, error) && more) {
        struct rk_text raw = rk_reader_raw(reader);
        rk_buf_printf(seen, "%llu:%llu:%zu:", (unsigned long long)record.number,
                      (unsigned long long)record.line, record.count);
        rk_buf_add(seen, raw.text, raw.size);
        check_cells(raw, &record);
        for (size_t c = 0; c < record.count; c++) {
            rk_buf_char(seen, '\x1f');
            rk_buf_add(seen, record.cells[c].text, record.cells[c].size);
            if (c >= COLUMNS)
                continue;
            struct rk_text old = {before[c].text, before[c].size},
                           fresh = {record.cells[c].text, record.cells[c].size};
            if (record.same >> c & 1)
                CHECK(c < before_count && rk_text_equal(old, fresh));
            rk_buf_clear(&before[c]);
            rk_buf_add(&before[c], fresh.text, fresh.size);
        }
        before_count = record.count;
        struct rk_pos pos = rk_reader_pos(reader, 1);
        rk_buf_printf(seen, "\x1f%d\n", (int)pos.column);
    }
    rk_reader_close(reader);
    for (size_t c = 0; c < COLUMNS; c++)
        rk_buf_free(&before[c]);
}

static void read_alike(void)
{
    struct rk_buf table = {0}, plain = {0}, ahead = {0};
    struct rk_error one, two;
    for (int round = 0; round < 24; round++) {
        size_t rows = 2500 + below(6000);
        make_table(&table, rows, round % 2, round % 3 ? 0 : 1 + below(rows - 1));
        size_t most = round % 5 ? 0 : 150000; /* bytes of a cell: then the first long one is the end */
        see(&table, false, most, &plain, &one);
        see(&table, true, most, &ahead, &two);
        CHECK(plain.size == ahead.size && !memcmp(plain.text, ahead.text, plain.size));
        CHECK(one.status == two.status && one.pos.line == two.pos.line &&
              one.pos.column == two.pos.column);
        CHECK_TEXT(one.text, two.text);
        CHECK_TEXT(one.pos.field ? one.pos.field : "", two.pos.field ? two.pos.field : "");
        CHECK(most || one.status == (round % 3 ? RK_OK : RK_BAD_DATA));
    }
    rk_buf_free(&table);
    rk_buf_free(&plain);
    rk_buf_free(&ahead);
}

/* A character that begins as the one above it did, and is none. */
static void broken_inside(void)
{
    static const char *const ends[] = {"\xc3\xa4", "\xc3x", "\xc3", "\xc3,", "\xa4"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct rk_buf table = {0}, seen = {0};
        struct rk_error error;
        rk_buf_printf(&table, "c0,c1\n1,å\n1,ab\n2,abå\n2,ab%s\n", ends[i]);
        see(&table, false, 0, &seen, &error);
        CHECK(i ? error.status == RK_BAD_DATA && error.pos.line == 5 && error.pos.column == 5
                : error.status == RK_OK);
        rk_buf_free(&table);
        rk_buf_free(&seen);
    }
}

/* A reader is closed while its thread waits for bytes that never come. */
static void closed_while_waiting(void)
{
    int ends[2];
    char name[32];
    struct rk_in *in;
    struct rk_reader *reader;
    struct rk_record record;
    struct rk_error error;
    bool more;
    CHECK(!pipe(ends) && fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) > 0);
    CHECK(write(ends[1], "a,b\n", 4) == 4);
    for (int i = 0; i < 100000; i++)
        CHECK(write(ends[1], "1,2\n", 4) == 4);
    snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    CHECK(!rk_in_open(&in, name, &error));
    CHECK(!rk_reader_open(&reader, in, &(struct rk_reader_options){.ahead = true}, &error));
    for (int i = 0; i < 3000; i++)
        CHECK(!rk_reader_next(reader, &record, &more, &error) && more && record.count == 2);
    rk_reader_close(reader);
    close(ends[0]);
    close(ends[1]);
}

/* ---- once ---- */

enum { KEYS = 150000 };
struct logged {
    size_t count;
    bool right;
};

static void take(void *context, const uint32_t key[4], const uint32_t *notes, size_t count)
{
    struct logged *l = context;
    l->right &= count == l->count % 3 && (!count || notes[0] == l->count) && key[0] < 7;
    l->count++;
}

static void once(void)
{
    static uint8_t met[7][11][3][2000];
    struct rk_once once = {.places.width = 3};
    size_t fresh = 0;
    memset(met, 0, sizeof met);
    for (uint32_t i = 0; i < KEYS; i++) {
        const uint32_t key[4] = {(uint32_t)below(7), (uint32_t)below(11), (uint32_t)below(3),
                                 (uint32_t)below(2000)};
        uint8_t *was = &met[key[0]][key[1]][key[2]][key[3]];
        CHECK(rk_once_add(&once, key) == !*was);
        if (*was)
            continue;
        *was = 1;
        uint32_t notes[2] = {(uint32_t)fresh, 0};
        rk_once_note(&once, key, notes, fresh++ % 3);
    }
    struct logged logged = {0, true};
    CHECK(rk_once_read(&once, take, &logged));
    CHECK(logged.right && logged.count == fresh);
    CHECK((once.spilled > 0) == !once.stuck);
    rk_once_free(&once);
}

int main(void)
{
    read_alike();
    broken_inside();
    closed_while_waiting();
    once();
    CHECK(!setenv("TMPDIR", "/dev/null/none", 1)); /* nowhere to put the log: it stays in memory */
    once();
    return finish();
}
