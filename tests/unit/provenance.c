/* The record reads back as it was written; figures are held against each other; purges are
 * followed. */
#include "model/provenance.h"

#include "base/date.h"
#include "check.h"
#include "model/purged.h"
#include "stream/out.h"

#include <unistd.h>

static const char *write_file(const char *name, const char *text, size_t size)
{
    struct rk_outputs outputs = {0};
    struct rk_out *out;
    struct rk_error error = {0};
    CHECK(!rk_out_open(&outputs, &out, name, &error));
    rk_out_write(out, text, size);
    CHECK(!rk_outputs_commit(&outputs, &error));
    return name;
}

static void add(struct rk_provenance *p, const char *row, int64_t value, const char *state)
{
    rk_provenance_add_figure(
        p, &(struct rk_provenance_figure){"s", row, "c \"1\"", rk_fixed_int(value), 7, state});
}

static const char digest[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static void test_reads_back(const char *path)
{
    struct rk_provenance p = {.tool = "rk-report",
                              .version = "1",
                              .subject = "å.html",
                              .edition = 2,
                              .reason = "därför"},
                         q = {0};
    struct rk_buf text = {0}, again = {0};
    struct rk_error error = {0};
    memcpy(p.sha256, digest, sizeof p.sha256);
    memcpy(p.earlier, digest, sizeof p.earlier);
    rk_provenance_add_option(&p, "month", "2020-03");
    rk_provenance_add_material(&p, "decisions", "../town/decisions.csv", digest);
    add(&p, "a", 3, "");
    add(&p, "b", 0, "hidden");
    rk_provenance_add_figure(
        &p, &(struct rk_provenance_figure){"s", "third", "c", RK_FIXED_ONE / 3, 9, ""});
    rk_provenance_add_change(&p, &(struct rk_provenance_change){"s", "a", "c", "2", "3"});
    rk_provenance_print(&text, &p);
    CHECK(!rk_provenance_read(&q, write_file(path, text.text, text.size), &error));
    CHECK(q.figure_count == 3 && q.edition == 2);
    CHECK(rk_provenance_same_inputs(&p, &q));
    rk_provenance_print(&again, &q);
    CHECK(again.size == text.size && !memcmp(again.text, text.text, text.size));
    rk_provenance_add_option(&q, "map", "a=b");
    CHECK(!rk_provenance_same_inputs(&p, &q));
    rk_provenance_free(&q);
    /* cut anywhere it is no record */
    for (size_t size = 0; size + 2 < text.size; size += 37) {
        write_file(path, text.text, size);
        CHECK(rk_provenance_read(&q, path, &error) != RK_OK);
        rk_provenance_free(&q);
    }
    rk_buf_free(&text);
    rk_buf_free(&again);
    rk_provenance_free(&p);
}

struct seen {
    int changed, fresh, gone;
};
static void on_difference(void *context, const struct rk_provenance_figure *was,
                          const struct rk_provenance_figure *is)
{
    struct seen *seen = context;
    seen->changed += was && is;
    seen->fresh += !was;
    seen->gone += !is;
}

static struct seen compare(const struct rk_provenance *a, const struct rk_provenance *b)
{
    struct seen seen = {0, 0, 0};
    rk_provenance_compare(a, b, on_difference, &seen);
    return seen;
}

static void test_compare(void)
{
    struct rk_provenance a = {0}, b = {0};
    struct seen seen;
    add(&a, "x", 1, "");
    add(&a, "twice", 1, "");
    add(&a, "twice", 2, "");
    add(&a, "gone", 1, "");
    add(&b, "twice", 1, ""); /* in another order */
    add(&b, "x", 1, "");
    add(&b, "twice", 3, "");
    add(&b, "new", 1, "");
    seen = compare(&a, &b);
    CHECK(seen.changed == 1 && seen.fresh == 1 && seen.gone == 1);
    seen = compare(&a, &a);
    CHECK(!seen.changed && !seen.fresh && !seen.gone);
    b.figures[1].n = 8; /* the same value of another number of people */
    CHECK(compare(&a, &b).changed == 2);
    rk_provenance_free(&a);
    rk_provenance_free(&b);
}

static void test_purged(const char *path)
{
    struct rk_purged purged = {0};
    struct rk_error error = {0};
    char a[RK_SHA256_HEX], b[RK_SHA256_HEX], c[RK_SHA256_HEX], d[RK_SHA256_HEX];
    struct rk_buf text = {0};
    rk_sha256(a, "a", 1);
    rk_sha256(b, "b", 1);
    rk_sha256(c, "c", 1);
    rk_sha256(d, "d", 1);
    rk_buf_printf(&text, "sha256_after,table,sha256_before\n%s,x,%s\n%s,x,%s\n,y,%s\n", c, b, b, a,
                  d);
    CHECK(!rk_purged_read(&purged, write_file(path, text.text, text.size), &error));
    CHECK(purged.count == 3);
    CHECK(rk_purged_explains(&purged, a, b) && rk_purged_explains(&purged, a, c));
    CHECK(!rk_purged_explains(&purged, c, a) && !rk_purged_explains(&purged, a, d));
    CHECK(!rk_purged_explains(&purged, a, a) && !rk_purged_explains(&purged, c, NULL));
    CHECK(rk_purged_explains(&purged, d, NULL) && !rk_purged_explains(&purged, d, a));
    rk_purged_free(&purged);
    rk_buf_free(&text);
}

/* Every hour of thirty years, held against the time zone's own data. */
static void test_stockholm(void)
{
    setenv("TZ", "Europe/Stockholm", 1);
    tzset();
    size_t wrong = 0;
    bool there = !access("/usr/share/zoneinfo/Europe/Stockholm", R_OK);
    for (int64_t s = 852076800; there && s < 1893456000; s += 3600)
        for (int64_t near = s - 1; near <= s; near++) {
            struct tm local;
            time_t when = (time_t)near;
            localtime_r(&when, &local);
            wrong += rk_date_stockholm(near) !=
                     rk_date_days(
                         (struct rk_date){local.tm_year + 1900, local.tm_mon + 1, local.tm_mday});
        }
    CHECK(!wrong);
    /* 31 March 2024 22:00 UTC is 1 April in Sweden, 31 January 23:00 UTC 1 February */
    CHECK(rk_date_stockholm(1711922400) == rk_date_days((struct rk_date){2024, 4, 1}));
    CHECK(rk_date_stockholm(1711922399) == rk_date_days((struct rk_date){2024, 3, 31}));
    CHECK(rk_date_stockholm(1706742000) == rk_date_days((struct rk_date){2024, 2, 1}));
    CHECK(rk_date_stockholm(1706741999) == rk_date_days((struct rk_date){2024, 1, 31}));
}

int main(void)
{
    char folder[] = "/tmp/rk-provenance.XXXXXX";
    struct rk_buf path = {0};
    CHECK(mkdtemp(folder));
    rk_buf_printf(&path, "%s/record.json", folder);
    test_reads_back(path.text);
    test_compare();
    test_purged(path.text);
    test_stockholm();
    unlink(path.text);
    rmdir(folder);
    rk_buf_free(&path);
    return finish();
}
