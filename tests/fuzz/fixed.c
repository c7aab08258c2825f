/* Any text as a number: refused, or a number that is printed and read again as what the reader of the
 * output sees. `make fuzz` */
#include "base/fixed.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rk_fixed value, again;
    if (!rk_fixed_parse((struct rk_text){(const char *)bytes, size}, &value))
        return 0;
    if (value >= rk_fixed_int(1000000000000) || value <= -rk_fixed_int(1000000000000))
        abort();
    struct rk_buf out = {0};
    rk_fixed_print(&out, value);
    rk_fixed seen = rk_fixed_round(value);
    /* 999999999999.9 is rounded up to 10^12, which only data may not be */
    if (seen < rk_fixed_int(1000000000000) && seen > -rk_fixed_int(1000000000000) &&
        (!rk_fixed_parse((struct rk_text){out.text, out.size}, &again) || again != seen))
        abort();
    rk_buf_free(&out);
    return 0;
}
