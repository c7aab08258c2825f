/* Any bytes as a file, packed or not: taken in small pieces or in one, the same bytes or the same
 * refusal. `make fuzz` */
#include "base/buf.h"
#include "stream/in.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { MOST = 1 << 20 }; /* a kilobyte unpacks to a megabyte at most */

static enum rk_status take(const uint8_t *bytes, size_t size, size_t piece, struct rk_buf *all)
{
    struct rk_in *in = rk_in_memory("fuzz", bytes, size);
    struct rk_error error;
    enum rk_status status;
    size_t got = 0;
    do {
        char *room = rk_buf_reserve(all, piece);
        status = rk_in_read(in, room, piece, &got, &error);
        all->size += status ? 0 : got;
    } while (!status && got && all->size < MOST);
    rk_in_close(in);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct rk_buf small = {0}, large = {0};
    enum rk_status a = take(bytes, size, 7, &small), b = take(bytes, size, 64 * 1024, &large);
    if (small.size < MOST && large.size < MOST && (a != b || (!a && small.size != large.size) ||
        (!a && small.size && memcmp(small.text, large.text, small.size) != 0)))
        abort();
    rk_buf_free(&small);
    rk_buf_free(&large);
    return 0;
}
