/* lib/stream: what is read is what was written, whole or not at all. */
#include "base/mem.h"
#include "check.h"
#include "stream/record.h"
#include "stream/write.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static struct rk_error error;

/* The records of `text` as "a|b|c" lines joined by newlines; NULL on failure. Cells are shown in
 * brackets when they hold a newline. */
static const char *read_from(struct rk_in *in, char delimiter)
{
    static struct rk_buf out;
    struct rk_reader *reader;
    struct rk_record record;
    bool more;
    struct rk_reader_options options = {.delimiter = delimiter};
    rk_buf_clear(&out);
    rk_buf_text(&out, "");
    error = (struct rk_error){0};
    if (rk_reader_open(&reader, in, &options, &error))
        return NULL;
    enum rk_status status;
    while (!(status = rk_reader_next(reader, &record, &more, &error)) && more) {
        for (size_t i = 0; i < record.count; i++) {
            rk_buf_text(&out, i ? "|" : "");
            rk_buf_add(&out, record.cells[i].text, record.cells[i].size);
            rk_buf_text(&out, record.cells[i].bare ? "#" : "");
        }
        rk_buf_printf(&out, "@%d;", (int)record.line);
    }
    rk_reader_close(reader);
    return status ? NULL : out.text;
}

static const char *read_text(const char *text, size_t size, char delimiter)
{
    return read_from(rk_in_memory("t.csv", text, size), delimiter);
}

/* The same through a pipe that hands on one byte at a time: a packet a byte. At most 200 of them. */
static const char *read_bytewise(const char *text)
{
    int ends[2];
    char name[32];
    struct rk_in *in;
    if (pipe2(ends, O_DIRECT) || fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) < 0)
        return NULL;
    for (; *text; text++)
        if (write(ends[1], text, 1) != 1)
            return NULL;
    close(ends[1]);
    snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    enum rk_status status = rk_in_open(&in, name, &error);
    close(ends[0]);
    return status ? NULL : read_from(in, 0);
}
#define READ(text) read_text(text, sizeof(text) - 1, 0)
#define REFUSED(text, at_line, at_column)                                                        \
    CHECK(!READ(text) && error.status == RK_BAD_DATA && error.pos.line == (at_line) &&            \
          error.pos.column == (at_column))

static void csv(void)
{
    CHECK_TEXT(READ("a,b\n1,2\n"), "1|2@2;");
    CHECK_TEXT(READ("a,b\r\n1,2\r\n3,4"), "1|2@2;3|4@3;");
    CHECK_TEXT(READ("\xef\xbb\xbf\"a\",b\n1,\n"), "1|@2;");
    CHECK_TEXT(READ("a\n\nx\n"), "@2;x@3;");
    CHECK_TEXT(READ("a,b\n 1 ,\" 2 \"\n"), " 1 | 2 @2;");
    CHECK_TEXT(READ("a,b\n\"x\"\"y\",\"l1\nl2\"\nz,w\n"), "x\"y|l1\nl2@2;z|w@4;");
    CHECK_TEXT(READ("a,b\n\"q\",\"\"\n"), "q|@2;");
    CHECK_TEXT(READ("a,b\n1,2,3\n"), "1|2|3@2;"); /* ragged: the table tells */
    CHECK_TEXT(READ("a,b"), "");
    CHECK_TEXT(read_text("a;b\n1,5;2\n", 10, ';'), "1,5|2@2;");
    REFUSED("", 0, 0);
    REFUSED("\xef\xbb\xbf", 0, 0);
    REFUSED("a,b\n1,\"2\n3,4\n", 2, 3);
    REFUSED("a,b\n1,x\"2\n", 2, 4);
    REFUSED("a,b\n1,\"x\"y\n", 2, 6);
    REFUSED("a,b\n1,\xe5\n", 2, 3);
    REFUSED("a,b\nå,\xff\n", 2, 3);
    REFUSED("a,b\n1\0,2\n", 2, 2);
    REFUSED("a,a\n", 1, 3);
    REFUSED("a,\n1,2\n", 1, 3);
    REFUSED("a,b\r1,2\r", 1, 4);
}

static void json(void)
{
    CHECK_TEXT(READ("[{\"a\": 1.50, \"b\": \"x\"}, {\"b\": null, \"a\": -2e3}]"), "1.50#|x@1;-2e3#|@1;");
    CHECK_TEXT(READ("{\"a\":1}\n{\"a\":2,\"b\":[\"x\",\"y\"]}\n"), "1#@1;2#|x|y@2;");
    CHECK_TEXT(READ("{\"a\":\"}\\\"{\", \"b\":true}\n"), "}\"{|true#@1;");
    CHECK_TEXT(READ("[]"), "");
    CHECK_TEXT(READ(" [\n {\"a\":\"1\\n2\"}\n]\n"), "1\n2@2;");
    CHECK(!READ("[{\"a\":1}"));
    CHECK(!READ("[{\"a\":1},]"));
    CHECK(!READ("[{\"a\":1}] x"));
    CHECK(!READ("[{\"a\":1}{\"a\":2}]"));
    CHECK(!READ("{\"a\":01}"));
    CHECK(!READ("{\"a\":1,\"a\":2}"));
    CHECK(!READ("{\"a\":{\"b\":1}}"));
    CHECK(!READ("{\"a\":[\"x|y\"]}"));
    CHECK(!READ("{\"a\":NaN}"));
    CHECK(!READ("{\"a\":1"));
    CHECK_TEXT(READ("{\"a\":\"\\u0001x\"}"), "\1x@1;"); /* our mark of a number, within */
    CHECK_TEXT(READ("{\"a\":[\"\\u0001\",1]}"), "\1|1@1;");
    CHECK(!READ("{1:2}"));
    CHECK(!READ("{\"\\u0001a\":2}"));
    /* what is wrong is said without what stands there, and in our words */
    CHECK(!READ("{\"a\":\"Vilhelmina\" \"x\"}"));
    CHECK_TEXT(error.text, "not valid JSON");
    CHECK(!READ("{\"a\":Vilhelmina}"));
    CHECK_TEXT(error.text, "not valid JSON");
    CHECK(!READ("[{\"a\":1}]\0"));
}

/* What a file is, and what is in it, does not depend on how its bytes arrive. */
static void split_reads(void)
{
    static const char *const texts[] = {
        "a,b\r\n\"x\"\"y\",\"l\r\n2\"\r\nå,2\r\n",
        "\xef\xbb\xbf\"a\",b\n1,\n",
        "\xef\xbb\xbf[{\"a\":1}]",
        " \n\r\n\n\t [ {\"a\":\"\\u00e5}\"},\n{\"a\":-1.5e3} ]\n\n",
        "\n\n\n{\"a\":[\"x\",2]}\n\n{\"a\":null}",
    };
    CHECK_TEXT(READ("a,b\r\n\"x\"\"y\",\"l\r\n2\"\r\nå,2\r\n"), "x\"y|l\r\n2@2;å|2@4;");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *read = read_text(texts[i], strlen(texts[i]), 0);
        char *whole = read ? rk_strdup(read) : NULL;
        CHECK(whole);
        if (whole)
            CHECK_TEXT(read_bytewise(texts[i]), whole);
        rk_free(whole);
    }
    struct rk_buf big = {0};
    rk_buf_text(&big, "a,b\n");
    for (int i = 0; i < 100000; i++)
        rk_buf_printf(&big, "%d,\"v\n%d\"\n", i, i);
    const char *out = read_text(big.text, big.size, 0);
    struct rk_buf expected = {0};
    for (int i = 0; i < 100000; i++)
        rk_buf_printf(&expected, "%d|v\n%d@%d;", i, i, 2 + 2 * i);
    CHECK(out && !strcmp(out, expected.text));
    rk_buf_free(&big);
    rk_buf_free(&expected);
}

/* Writes a row of awkward cells in `form` to a file and gives back the bytes. */
static char *written(enum rk_form form, const char *path)
{
    struct rk_outputs outputs = {0};
    struct rk_out *out;
    struct rk_writer_column columns[] = {{"a", false}, {"n", true}};
    if (rk_out_open(&outputs, &out, path, &error))
        return NULL;
    struct rk_writer *w = rk_writer_open(out, form, columns, 2);
    rk_write_string(w, "x,\"y\"\nz|<å&");
    rk_write_fixed(w, rk_fixed_divide(rk_fixed_int(10), 3));
    rk_write_end(w);
    rk_write_missing(w);
    rk_write_string(w, "007");
    rk_write_end(w);
    rk_writer_finish(w);
    CHECK(access(path, F_OK) || form != RK_CSV); /* nothing is there before the commit */
    if (rk_outputs_commit(&outputs, &error))
        return NULL;
    struct rk_in *in;
    struct rk_buf all = {0};
    if (rk_in_open(&in, path, &error))
        return NULL;
    rk_in_read_all(in, &all, 1 << 20, &error);
    rk_in_close(in);
    return rk_buf_take(&all);
}

/* A number below n, from a `state` that goes on. */
#define DRAW(n) ((state = state * 6364136223846793005u + 1442695040888963407u) >> 33) % (n)

/* Which texts are quoted, of all lengths and with special bytes anywhere, against the plainest way. */
static void quotes(void)
{
    static const char special[] = "\",;\n\r \t{[-+.az\x80\xEF\xBB\xBF|";
    uint64_t state = 5;
    struct rk_buf got = {0}, expected = {0};
    for (int i = 0; i < 40000; i++) {
        char text[40];
        size_t size = DRAW(24), at = 0;
        for (size_t k = 0; k < size; k++)
            text[k] = DRAW(6) ? (char)('0' + DRAW(60)) : special[DRAW(sizeof special - 1)];
        if (size > 2 && !DRAW(8))
            memcpy(text, DRAW(2) ? "\xEF\xBB\xBF" : "PK\3", 3);
        char delimiter = DRAW(2) ? ',' : ';';
        while (at < size && (text[at] == ' ' || text[at] == '\t'))
            at++;
        bool quote = (at < size && (text[at] == '{' || text[at] == '[' ||
                                    (size > 2 && !memcmp(text, "\xEF\xBB\xBF", 3)))) ||
                     (size > 2 && !memcmp(text, "PK\3", 3));
        rk_buf_clear(&expected);
        for (size_t k = 0; k < size; k++) {
            quote |= text[k] == delimiter || text[k] == '"' || text[k] == '\n' || text[k] == '\r';
            rk_buf_add(&expected, "\"\"", text[k] == '"');
            rk_buf_char(&expected, text[k]);
        }
        rk_buf_clear(&got);
        rk_csv_field(&got, (struct rk_text){text, size}, delimiter);
        CHECK(got.size == expected.size + 2 * quote &&
              (!size || !memcmp(got.text + quote, expected.text, expected.size)) &&
              (!quote || (*got.text == '"' && got.text[got.size - 1] == '"')));
    }
    rk_buf_free(&got);
    rk_buf_free(&expected);
}

static void integers(const char *folder)
{
    static const int64_t values[] = {0, 7, -10, INT64_MAX, INT64_MIN};
    struct rk_outputs outputs = {0};
    struct rk_out *out = NULL;
    struct rk_writer_column column = {"n", true};
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/integers.csv", folder);
    CHECK(rk_out_open(&outputs, &out, path, &error) == RK_OK);
    struct rk_writer *w = rk_writer_open(out, RK_CSV, &column, 1);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        rk_write_int(w, values[i]);
        rk_write_end(w);
    }
    rk_writer_finish(w);
    CHECK(rk_outputs_commit(&outputs, &error) == RK_OK);
    struct rk_in *in = NULL;
    struct rk_buf all = {0};
    CHECK(rk_in_open(&in, path, &error) == RK_OK);
    rk_in_read_all(in, &all, 1 << 20, &error);
    rk_in_close(in);
    CHECK_TEXT(all.text, "n\n0\n7\n-10\n9223372036854775807\n-9223372036854775808\n");
    rk_buf_free(&all);
    CHECK(!unlink(path));
}

static void writing(const char *folder)
{
    static const char *const expected[] = {
        [RK_CSV] = "a,n\n\"x,\"\"y\"\"\nz|<å&\",3.33333333333\n,007\n",
        [RK_JSON] = "[\n{\"a\":\"x,\\\"y\\\"\\nz|<å&\",\"n\":3.33333333333},\n{\"a\":null,\"n\":\"007\"}\n]\n",
        [RK_JSONL] = "{\"a\":\"x,\\\"y\\\"\\nz|<å&\",\"n\":3.33333333333}\n{\"a\":null,\"n\":\"007\"}\n",
        [RK_TABLE] = "a                           n\n--------------  -------------\n"
                     "x,\"y\"\\x0az|<å&  3.33333333333\n                          007\n",
        [RK_MARKDOWN] = "| a                      |             n |\n| ---------------------- | ------------: |\n"
                        "| x,\"y\"<br>z\\|&lt;å&amp; | 3.33333333333 |\n|                        |           007 |\n",
    };
    struct rk_buf path = {0};
    rk_buf_printf(&path, "%s/t", folder);
    for (int form = RK_CSV; form <= RK_MARKDOWN; form++) {
        char *text = written((enum rk_form)form, path.text);
        CHECK_TEXT(text, expected[form]);
        rk_free(text);
    }
    rk_buf_text(&path, ".gz"); /* packed on the way out, unpacked on the way in */
    char *text = written(RK_CSV, path.text);
    CHECK_TEXT(text, expected[RK_CSV]);
    rk_free(text);
    FILE *file = fopen(path.text, "rb");
    unsigned char packed[400];
    size_t size = fread(packed, 1, sizeof packed, file);
    fclose(file);
    CHECK(size > 2 && packed[0] == 0x1f && packed[1] == 0x8b);
    /* cut anywhere it is refused, and so is anything behind it */
    for (size_t cut = 1; cut <= size + 1; cut++) {
        file = fopen(path.text, "wb");
        packed[size] = 'x';
        fwrite(packed, 1, cut, file);
        fclose(file);
        struct rk_in *in = NULL;
        struct rk_buf all = {0};
        enum rk_status status = rk_in_open(&in, path.text, &error);
        if (!status)
            status = rk_in_read_all(in, &all, 1 << 20, &error);
        CHECK((status == RK_OK) == (cut == size));
        CHECK(cut == size || status == RK_FAILED);
        rk_in_close(in);
        rk_buf_free(&all);
    }
    unlink(path.text);
    path.text[path.size - strlen(".gz")] = '\0';
    unlink(path.text);
    rk_buf_free(&path);
}

/* Tables of awkward cells, drawn at random: what is written in any form for programs is read back
 * cell for cell. */
static void round_trips(const char *folder)
{
    static const char *const parts[] = {
        " ",    "\t",  "\"",   "\"\"",         ",",  ";",    "\n",    "\r",   "\r\n", "|",    "\1",
        "\x1b", "\x7f", "\\",   "\\u0001",      "å",  "{",    "[",     "]",    "}",    "null", "true",
        "007",  "1e5", "-0",   "1.50",         "-",  "+5",   "1e400", "x",    "#",    "=1",   "NaN",
        "/",    "5.",  ".5",   "\xef\xbb\xbf", "\U0001f642", "\u2028", "0", "\u00a0", "9007199254740993",
    };
    enum { PARTS = sizeof parts / sizeof *parts, COLUMNS = 3, ROWS = 4 };
    uint64_t state = 1;
    for (int round = 0; round < 600; round++) {
        static const enum rk_form forms[] = {RK_CSV, RK_JSON, RK_JSONL};
        char path[64];
        snprintf(path, sizeof path, "%s/%d", folder, round);
        size_t columns = 1 + DRAW(COLUMNS), rows = 1 + DRAW(ROWS);
        struct rk_buf names[COLUMNS] = {0}, cells[ROWS][COLUMNS] = {0};
        struct rk_writer_column header[COLUMNS];
        for (size_t c = 0; c < columns; c++) {
            const char *part = parts[DRAW(PARTS)];
            rk_buf_printf(&names[c], "%s%zu", *part == '\1' ? "" : part, c);
            header[c] = (struct rk_writer_column){names[c].text, DRAW(2)};
        }
        struct rk_outputs outputs = {0};
        struct rk_out *out = NULL;
        CHECK(!rk_out_open(&outputs, &out, path, &error));
        struct rk_writer *w = rk_writer_open(out, forms[round % 3], header, columns);
        for (size_t r = 0; r < rows; r++) {
            for (size_t c = 0; c < columns; c++) {
                for (size_t n = DRAW(4); n; n--)
                    rk_buf_text(&cells[r][c], parts[DRAW(PARTS)]);
                rk_write_text(w, (struct rk_text){cells[r][c].text, cells[r][c].size});
            }
            rk_write_end(w);
        }
        rk_writer_finish(w);
        CHECK(!rk_outputs_commit(&outputs, &error));
        struct rk_in *in = NULL;
        struct rk_reader *reader = NULL;
        struct rk_record record;
        bool more = true, alike = !rk_in_open(&in, path, &error) &&
                                  !rk_reader_open(&reader, in, NULL, &error);
        for (size_t r = 0; r < rows && alike; r++) {
            alike = !rk_reader_next(reader, &record, &more, &error) && more &&
                    record.count == columns;
            for (size_t c = 0; c < columns && alike; c++)
                alike = rk_text_is(rk_reader_column(reader, c), names[c].text) &&
                        rk_text_equal((struct rk_text){record.cells[c].text, record.cells[c].size},
                                      (struct rk_text){cells[r][c].text, cells[r][c].size});
        }
        CHECK(alike && !rk_reader_next(reader, &record, &more, &error) && !more);
        if (!alike)
            printf("round %d: %s\n", round, error.text);
        rk_reader_close(reader);
        unlink(path);
        for (size_t i = 0; i < ROWS * COLUMNS; i++)
            rk_buf_free(&cells[i / COLUMNS][i % COLUMNS]);
        for (size_t c = 0; c < COLUMNS; c++)
            rk_buf_free(&names[c]);
    }
#undef DRAW
}

static enum rk_status open_two(const char *one, const char *other)
{
    struct rk_outputs outputs = {0};
    struct rk_out *out;
    enum rk_status status = rk_out_open(&outputs, &out, one, &error);
    if (!status)
        status = rk_out_open(&outputs, &out, other, &error);
    rk_outputs_discard(&outputs);
    return status;
}

static mode_t mode_of_temporary(void)
{
    struct stat st = {0};
    DIR *here = opendir(".");
    for (const struct dirent *entry; here && (entry = readdir(here));)
        if (!strncmp(entry->d_name, ".rk-tmp.", 8))
            stat(entry->d_name, &st);
    closedir(here);
    return st.st_mode & 07777;
}

/* One of three files cannot take its place: the others are as they were. */
static void all_or_none(void)
{
    static const char *const paths[] = {"old", "fresh", "last"};
    struct rk_outputs outputs = {0};
    struct rk_out *out;
    char text[8] = "";
    int fd = open("old", O_WRONLY | O_CREAT, 0600);
    CHECK(fd >= 0 && write(fd, "was", 3) == 3 && !close(fd));
    for (int i = 0; i < 3; i++) {
        CHECK(!rk_out_open(&outputs, &out, paths[i], &error));
        rk_out_write(out, "is", 2);
    }
    CHECK(!mkdir("last", 0777)); /* in the way of a rename */
    CHECK(rk_outputs_commit(&outputs, &error) == RK_FAILED);
    CHECK(access("fresh", F_OK) && !rmdir("last"));
    fd = open("old", O_RDONLY);
    CHECK(read(fd, text, sizeof text - 1) == 3);
    CHECK_TEXT(text, "was");
    CHECK(!close(fd) && !unlink("old"));
}

static void places(void)
{
    struct rk_outputs outputs = {0};
    struct rk_out *out;
    struct stat st;
    CHECK(!mkdir("sub", 0777) && !symlink("there", "link") && !symlink("nowhere", "lost"));
    /* one file, however it is spelled */
    CHECK(open_two("a", "b") == RK_OK);
    CHECK(open_two("a", "a") == RK_BAD_USE);
    CHECK(open_two("a", "./a") == RK_BAD_USE);
    CHECK(open_two("sub/../a", "a") == RK_BAD_USE);
    CHECK(open_two(NULL, "-") == RK_BAD_USE);
    CHECK(open_two("/dev/null", "-") == RK_OK);
    CHECK(open_two("lost", "a") == RK_FAILED);
    CHECK(open_two("", "a") == RK_FAILED);
    CHECK(open_two("a/", "b") == RK_FAILED);
    CHECK(open_two("missing/a", "b") == RK_FAILED);
    /* onto the file that a link leads to, which keeps its mode and is never open to others */
    int fd = open("there", O_WRONLY | O_CREAT, 0600);
    CHECK(open_two("there", "link") == RK_BAD_USE);
    CHECK(fd >= 0 && !fchmod(fd, 0640) && (geteuid() || !fchown(fd, 1, 2)) && !close(fd));
    CHECK(!rk_out_open(&outputs, &out, "link", &error));
    rk_out_write(out, "new", 3);
    CHECK(mode_of_temporary() == 0600);
    CHECK(!rk_outputs_commit(&outputs, &error));
    CHECK(!lstat("link", &st) && S_ISLNK(st.st_mode));
    CHECK(!stat("there", &st) && st.st_size == 3 && (st.st_mode & 07777) == 0640);
    CHECK(geteuid() || (st.st_uid == 1 && st.st_gid == 2));
    /* the file that standard error goes to already is added to, not replaced */
    int was = dup(STDERR_FILENO);
    fd = open("there", O_WRONLY | O_APPEND);
    CHECK(was >= 0 && fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
    CHECK(open_two("/dev/stderr", "there") == RK_BAD_USE);
    CHECK(!rk_out_open(&outputs, &out, "/dev/stderr", &error));
    rk_out_write(out, "er", 2);
    CHECK(!rk_outputs_commit(&outputs, &error));
    CHECK(dup2(was, STDERR_FILENO) >= 0 && !close(was) && !close(fd));
    char text[8] = "";
    fd = open("there", O_RDONLY);
    CHECK(read(fd, text, sizeof text - 1) == 5);
    CHECK_TEXT(text, "newer");
    close(fd);
    CHECK(!unlink("there") && !unlink("link") && !unlink("lost") && !rmdir("sub"));
}

int main(void)
{
    char folder[] = "/tmp/rk-unit-XXXXXX";
    csv();
    json();
    quotes();
    split_reads();
    if (!mkdtemp(folder) || chdir(folder))
        return 2;
    writing(folder);
    integers(folder);
    round_trips(folder);
    places();
    all_or_none();
    CHECK(!rmdir(folder)); /* nothing was left behind */
    return finish();
}
