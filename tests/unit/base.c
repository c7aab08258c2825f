/* lib/base: published vectors where there are any, and the edges. */
#include "base/date.h"
#include "base/fixed.h"
#include "base/hash.h"
#include "base/random.h"
#include "check.h"

static const char *round_trip(const char *text)
{
    static struct rk_buf buf;
    rk_fixed v;
    rk_buf_clear(&buf);
    if (!rk_fixed_parse(rk_text(text), &v))
        return "refused";
    rk_fixed_print(&buf, v);
    return buf.text;
}

static void fixed(void)
{
    CHECK_TEXT(round_trip("0"), "0");
    CHECK_TEXT(round_trip("-0.0"), "0");
    CHECK_TEXT(round_trip("0.1"), "0.1");
    CHECK_TEXT(round_trip("-2.50"), "-2.5");
    CHECK_TEXT(round_trip("1e3"), "1000");
    CHECK_TEXT(round_trip("1.25e-2"), "0.0125");
    CHECK_TEXT(round_trip("3.0000000000000000000000000"), "3");
    CHECK_TEXT(round_trip("123456789.123456789"), "123456789.123");
    CHECK_TEXT(round_trip("0.0000000000000000005"), "refused");
    CHECK_TEXT(round_trip("1000000000000"), "refused");
    CHECK_TEXT(round_trip("999999999999"), "999999999999");
    CHECK_TEXT(round_trip("999999999999e1"), "refused");
    CHECK_TEXT(round_trip("1e-18"), "0.000000000000000001");
    CHECK_TEXT(round_trip(""), "refused");
    CHECK_TEXT(round_trip("."), "refused");
    CHECK_TEXT(round_trip("1,5"), "refused");
    CHECK_TEXT(round_trip("1 "), "refused");
    CHECK_TEXT(round_trip("0x1F"), "refused");
    CHECK_TEXT(round_trip("nan"), "refused");
    CHECK_TEXT(round_trip("1e99999"), "refused");
    CHECK(rk_fixed_divide(rk_fixed_int(10), 3) * 3 != rk_fixed_int(10));
    CHECK(rk_fixed_divide(5, 2) == 2 && rk_fixed_divide(7, 2) == 4 && rk_fixed_divide(-5, 2) == -2);
    CHECK(rk_fixed_times(rk_fixed_int(7), rk_ratio(rk_fixed_int(100), rk_fixed_int(4))) ==
          rk_fixed_int(175));
    /* through 256 bits: 10^30 units × (10^24+1)/10^24 */
    __int128 big = (__int128)1000000000000 * 1000000000000;
    CHECK(rk_fixed_times(rk_fixed_int(999999999999), rk_ratio(big, big + 1)) ==
          rk_fixed_int(999999999999) - 1000000);
    CHECK(rk_fixed_round(rk_fixed_divide(rk_fixed_int(200), 3)) / 10000000 * 10000000 ==
          rk_fixed_round(rk_fixed_divide(rk_fixed_int(200), 3)));
}

/* Numbers of all sizes, and those next to a power of ten, against the plainest way. */
static void twelve_digits(void)
{
    struct rk_random random = rk_random(RK_TEXT("digits"), RK_TEXT(""));
    struct rk_buf printed = {0}, exact = {0};
    for (int i = 0; i < 20000; i++) {
        unsigned __int128 size = (unsigned __int128)rk_random_u64(&random) << 64, ten = 1;
        size = (size | rk_random_u64(&random)) >> (1 + rk_random_below(&random, 127));
        for (uint64_t n = rk_random_below(&random, 39); n; n--)
            ten *= 10;
        if (i % 3 == 0 && ten >> 126 == 0)
            size = ten - 1 + i % 2 * ten / 2;
        rk_fixed value = i % 2 ? (rk_fixed)size : -(rk_fixed)size;
        unsigned __int128 step = 1, first = size;
        for (; first >= 1000000000000; first /= 10)
            step *= 10;
        unsigned __int128 rest = size - first * step;
        first += rest > step - rest || (rest == step - rest && first % 2);
        rk_fixed rounded = (rk_fixed)(first * step);
        CHECK(rk_fixed_round(value) == (value < 0 ? -rounded : rounded));
        rk_buf_clear(&printed);
        rk_buf_clear(&exact);
        rk_fixed_print(&printed, value);
        rk_fixed_print_exact(&exact, rk_fixed_round(value));
        CHECK_TEXT(printed.text, exact.text);
    }
    rk_buf_free(&printed);
    rk_buf_free(&exact);
}

static void hashing(void)
{
    /* SipHash-2-4, appendix A of the paper: key 00..0f, message 00..0e */
    uint64_t key[2] = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
    unsigned char message[15];
    for (int i = 0; i < 15; i++)
        message[i] = (unsigned char)i;
    CHECK(rk_siphash(key, message, 15) == 0xa129ca6149be45e5u);
    struct rk_strings s = {0};
    char name[16];
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "n%d", i);
        CHECK(rk_strings_add(&s, rk_text(name)) == (uint32_t)i);
    }
    CHECK(rk_strings_add(&s, rk_text("n7")) == 7 && rk_strings_find(&s, rk_text("x")) == RK_NONE);
    uint32_t *rank = rk_strings_ranks(&s);
    CHECK(rank[0] == 0 && rank[10] == 2);
    rk_free(rank);
    rk_strings_free(&s);
    for (int i = 10; i < 100; i++) { /* in order already, then one that is not */
        snprintf(name, sizeof name, "n%d", i);
        rk_strings_add(&s, rk_text(name));
    }
    rank = rk_strings_ranks(&s);
    CHECK(rank[0] == 0 && rank[89] == 89);
    rk_free(rank);
    rk_strings_add(&s, RK_TEXT("a"));
    rank = rk_strings_ranks(&s);
    CHECK(rank[0] == 1 && rank[89] == 90 && rank[90] == 0);
    rk_free(rank);
    rk_strings_free(&s);
    struct rk_tuples t = {.width = 2};
    CHECK(rk_tuples_add(&t, (uint32_t[]){1, 2}) == 0 && rk_tuples_add(&t, (uint32_t[]){2, 1}) == 1 &&
          rk_tuples_add(&t, (uint32_t[]){1, 2}) == 0 &&
          rk_tuples_find(&t, (uint32_t[]){3, 3}) == RK_NONE);
    rk_tuples_free(&t);
    /* told apart by a member or not: the same numbers, also after all was forgotten */
    struct rk_tuples plain = {.width = 3}, apart = {.width = 3, .apart = 2};
    uint64_t state = 6;
    for (int i = 0; i < 60000; i++) {
        uint32_t members[3] = {(uint32_t)rk_splitmix64(&state) % 3,
                               (uint32_t)rk_splitmix64(&state) % (i < 30000 ? 40 : 9000),
                               (uint32_t)rk_splitmix64(&state) % 4};
        CHECK(rk_tuples_find(&plain, members) == rk_tuples_find(&apart, members));
        if (i % 3)
            CHECK(rk_tuples_add(&plain, members) == rk_tuples_add(&apart, members));
        if (i % 25000 == 24999) {
            rk_tuples_clear(&plain);
            rk_tuples_clear(&apart);
        }
    }
    CHECK(plain.count == apart.count && apart.slots_used < apart.count);
    rk_tuples_free(&plain);
    rk_tuples_free(&apart);
}

static void chance(void)
{
    /* Random123's known answers for philox4x32-10 */
    uint32_t out[4];
    rk_philox4x32((uint32_t[4]){0}, (uint32_t[2]){0}, out);
    CHECK(out[0] == 0x6627e8d5 && out[1] == 0xe169c58d && out[2] == 0xbc57ac4c &&
          out[3] == 0x9b00dbd8);
    rk_philox4x32((uint32_t[4]){0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                  (uint32_t[2]){0xa4093822, 0x299f31d0}, out);
    CHECK(out[0] == 0xd16cfe09 && out[1] == 0x94fdcceb && out[2] == 0x5001e420 &&
          out[3] == 0x24126ea1);
    struct rk_random a = rk_random(RK_TEXT("a"), RK_TEXT("k")), b = a;
    CHECK(rk_random_u64(&a) == rk_random_u64(&b));
    struct rk_random c = rk_random(RK_TEXT("b"), RK_TEXT("k"));
    CHECK(rk_random_u64(&b) != rk_random_u64(&c));
    int count[3] = {0};
    for (int i = 0; i < 3000; i++)
        count[rk_random_below(&c, 3)]++;
    CHECK(count[0] > 900 && count[1] > 900 && count[2] > 900);
}

static void dates(void)
{
    struct rk_date d;
    CHECK(rk_date_parse(RK_TEXT("1970-01-01"), &d) && rk_date_days(d) == 0);
    CHECK(rk_date_parse(RK_TEXT("2000-02-29"), &d) && rk_date_days(d) == 11016);
    CHECK(!rk_date_parse(RK_TEXT("1900-02-29"), &d) && !rk_date_parse(RK_TEXT("2019-1-01"), &d));
    for (int32_t day = -700000; day < 2900000; day += 997)
        CHECK(rk_date_days(rk_date_from_days(day)) == day);
    CHECK(rk_date_weekday(0) == 4);
    int64_t t;
    struct rk_buf buf = {0};
    CHECK(rk_time_parse(RK_TEXT("2019-10-16T17:30"), &t));
    rk_time_print(&buf, t);
    CHECK_TEXT(buf.text, "2019-10-16T17:30");
    rk_buf_free(&buf);
    int32_t m;
    CHECK(rk_month_parse(RK_TEXT("2019-03"), &m) && rk_month_of(rk_month_first(m)) == m);
}

static void texts(void)
{
    CHECK(rk_utf8_valid("plain ascii text", 16) == 16);
    CHECK(rk_utf8_valid("å\0b", 4) == 2);
    CHECK(rk_utf8_valid("12345678\xe5\x20", 10) == 8);
    CHECK(rk_utf8_valid("\xc0\xaf", 2) == 0 && rk_utf8_valid("\xed\xa0\x80", 3) == 0);
    const char *names[] = {"candidate_id", "rater_id", "score", NULL};
    CHECK_TEXT(rk_nearest("candidat_id", names), "candidate_id");
    CHECK(!rk_nearest("zzz", names));
    struct rk_text list = RK_TEXT("a| b ||c"), item;
    int n = 0;
    while (rk_list_next(&list, &item))
        n++;
    CHECK(n == 3 && rk_text_is(item, "c"));
    struct rk_buf buf = {0};
    rk_text_visible(&buf, "a\033]0;x\a\xe2\x80\xaeö", 12);
    CHECK_TEXT(buf.text, "a\\x1b]0;x\\x07\\u202eö");
    rk_buf_clear(&buf);
    rk_text_visible(&buf, "\xe2\x80\xa8\xe2\x80\xa9\xd8\x9c", 8);
    CHECK_TEXT(buf.text, "\\u2028\\u2029\\u061c");
    rk_buf_free(&buf);
    int64_t v;
    CHECK(rk_text_int(RK_TEXT("-9223372036854775808"), &v) && v == INT64_MIN);
    CHECK(!rk_text_int(RK_TEXT("9223372036854775808"), &v) && !rk_text_int(RK_TEXT("-"), &v));
    CHECK(rk_text_is(rk_text_trim(RK_TEXT(" \xc2\xa0 x y\xe2\x80\xaf ")), "x y"));
}

int main(void)
{
    fixed();
    twelve_digits();
    hashing();
    chance();
    dates();
    texts();
    return finish();
}
