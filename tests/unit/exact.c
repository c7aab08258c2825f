/* lib/base/exact: against 128-bit arithmetic where that is enough, and by laws where it is not. */
#include "base/exact.h"

#include "base/mem.h"
#include "check.h"

static bool is(const struct rk_whole *a, __int128 value)
{
    struct rk_whole high = {0}, low = {0}, two32 = {.small = INT64_C(1) << 32};
    rk_whole_set_i64(&high, (int64_t)(value >> 64)); /* value = high × 2^64 + low, 0 <= low */
    for (int i = 0; i < 2; i++)
        rk_whole_multiply(&high, &high, &two32);
    rk_whole_set_i64(&low, (int64_t)((uint64_t)value >> 32));
    rk_whole_multiply(&low, &low, &two32);
    rk_whole_add(&high, &high, &low);
    rk_whole_set_i64(&low, (int64_t)((uint64_t)value & UINT32_MAX));
    rk_whole_add(&high, &high, &low);
    bool same = !rk_whole_compare(&high, a);
    rk_whole_free(&high);
    rk_whole_free(&low);
    return same;
}

static int64_t some(struct rk_random *random)
{
    static const int64_t odd[] = {0, 1, -1, INT64_MAX, -INT64_MAX, INT64_MIN, INT64_MIN + 2};
    uint64_t kind = rk_random_below(random, 4);
    int64_t any = (int64_t)rk_random_u64(random);
    return kind == 0   ? odd[rk_random_below(random, sizeof odd / sizeof *odd)]
           : kind == 1 ? any
           : kind == 2 ? any >> 32
                       : any >> 58;
}

static void at_random(void)
{
    int wrong = 0;
    for (int trial = 0; trial < 20000; trial++) {
        char key[32];
        snprintf(key, sizeof key, "exact|%d", trial);
        struct rk_random random = rk_random(RK_TEXT("exact-test"), rk_text(key));
        int64_t a = some(&random), b = some(&random), c = some(&random) >> 2;
        struct rk_whole x = {0}, y = {0}, z = {0}, r = {0}, q = {0};
        rk_whole_set_i64(&x, a);
        rk_whole_set_i64(&y, b);
        rk_whole_set_i64(&z, c);
        rk_whole_add(&r, &x, &y);
        wrong += !is(&r, (__int128)a + b);
        rk_whole_subtract(&r, &x, &y);
        wrong += !is(&r, (__int128)a - b);
        wrong += rk_whole_compare(&x, &y) != (a > b) - (a < b);
        wrong += rk_whole_sign(&x) != (a > 0) - (a < 0);
        rk_whole_multiply(&r, &x, &y);
        wrong += a != INT64_MIN && b != INT64_MIN && !is(&r, (__int128)a * b);
        if (b) { /* what was multiplied comes back, and the floor with a rest */
            rk_whole_divide_exactly(&q, &r, &y);
            wrong += rk_whole_compare(&q, &x) != 0;
            if (b > 0) {
                rk_whole_divide_down(&q, &x, &y);
                wrong += !is(&q, (__int128)(a / b) - (a % b < 0));
            }
        }
        rk_whole_set(&r, &z);
        rk_whole_add_product(&r, &x, &y); /* and back */
        rk_whole_subtract_product(&r, &y, &x);
        wrong += rk_whole_compare(&r, &z) != 0;
        rk_whole_add_product(&r, &r, &r); /* of itself */
        struct rk_whole again = {0};
        rk_whole_multiply(&again, &z, &z);
        rk_whole_add(&again, &again, &z);
        wrong += rk_whole_compare(&r, &again) != 0;
        wrong += rk_whole_compare_products(&x, &y, &y, &x) != 0;
        rk_whole_multiply(&r, &x, &z);
        rk_whole_multiply(&again, &y, &y);
        wrong += rk_whole_compare_products(&x, &z, &y, &y) != rk_whole_compare(&r, &again);
        if (c) { /* (z × (x × y) - 0) / z, through the big way and the small */
            rk_whole_multiply(&again, &x, &y);
            rk_whole_set(&r, &again);
            struct rk_whole zero = {0};
            rk_whole_pivot(&r, &z, &zero, &y, &z);
            wrong += rk_whole_compare(&r, &again) != 0;
        }
        rk_whole_gcd(&r, &x, &y);
        if (rk_whole_sign(&r)) {
            rk_whole_divide_exactly(&q, &x, &r);
            rk_whole_divide_exactly(&again, &y, &r);
            rk_whole_gcd(&q, &q, &again);
            wrong += !is(&q, 1);
        }
        int64_t back;
        wrong += rk_whole_i64(&x, &back) ? back != a : a != INT64_MIN;
        rk_whole_free(&x);
        rk_whole_free(&y);
        rk_whole_free(&z);
        rk_whole_free(&r);
        rk_whole_free(&q);
        rk_whole_free(&again);
    }
    CHECK(wrong == 0);
}

static void printing(void)
{
    struct rk_buf buf = {0};
    struct rk_whole a = {0}, b = {.small = 10};
    rk_whole_set_i64(&a, INT64_MIN);
    rk_whole_print(&buf, &a);
    CHECK_TEXT(buf.text, "-9223372036854775808");
    rk_buf_clear(&buf);
    rk_whole_multiply(&a, &a, &b);
    rk_whole_print(&buf, &a);
    CHECK_TEXT(buf.text, "-92233720368547758080");
    CHECK(rk_whole_double(&a) == -92233720368547758080.0);
    rk_whole_free(&a);

    struct rk_fraction x = {0}, y = {0};
    struct rk_whole top = {.small = 54}, over = {.small = -182};
    rk_fraction_make(&x, &top, &over);
    rk_buf_clear(&buf);
    rk_fraction_print(&buf, &x);
    CHECK_TEXT(buf.text, "-27/91");
    CHECK(rk_fraction_compare_ratio(&x, -27, 91) == 0 && rk_fraction_compare_ratio(&x, 0, 1) < 0);
    rk_fraction_set_whole(&y, 2);
    rk_fraction_subtract(&y, &y, &x); /* 209/91 */
    rk_fraction_divide(&y, &y, &x);   /* -209/27 */
    rk_fraction_multiply(&y, &y, &x);
    rk_fraction_add(&y, &y, &x);
    rk_buf_clear(&buf);
    rk_fraction_print(&buf, &y);
    CHECK_TEXT(buf.text, "2");
    CHECK(rk_fraction_compare(&x, &y) < 0 && rk_fraction_double(&x) == -27.0 / 91.0);
    rk_fraction_free(&x);
    rk_fraction_free(&y);
    rk_buf_free(&buf);
}

/* Below 3 × 2^70 each third comes a third of the time (within four standard deviations). */
static void drawing(void)
{
    struct rk_whole below = {.small = 3}, times = {.small = INT64_C(1) << 35}, drawn = {0},
                    third = {0};
    struct rk_random random = rk_random(RK_TEXT("exact-test"), RK_TEXT("drawing"));
    int counts[3] = {0}, wrong = 0;
    rk_whole_multiply(&third, &times, &times);
    rk_whole_multiply(&below, &below, &third);
    for (int i = 0; i < 9000; i++) {
        rk_whole_random(&drawn, &random, &below);
        wrong += rk_whole_sign(&drawn) < 0 || rk_whole_compare(&drawn, &below) >= 0;
        rk_whole_divide_down(&drawn, &drawn, &third);
        int64_t part = 0;
        wrong += !rk_whole_i64(&drawn, &part) || part < 0 || part > 2;
        counts[part]++;
    }
    CHECK(wrong == 0);
    for (int i = 0; i < 3; i++)
        CHECK(counts[i] > 3000 - 180 && counts[i] < 3000 + 180);
    rk_whole_free(&below);
    rk_whole_free(&drawn);
    rk_whole_free(&third);
}

int main(void)
{
    at_random();
    printing();
    drawing();
    return finish();
}
