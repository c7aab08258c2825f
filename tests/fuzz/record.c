/* Any bytes as a table: read or refused, never more. What was read, written as CSV and read again, is
 * the same. `make fuzz` */
#include "base/buf.h"
#include "base/mem.h"
#include "stream/record.h"
#include "stream/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* All records as CSV, after a header of their columns; false when the reader refused. A JSON object may
 * bring a new column: then *wider is set and what stands in `out` has rows of several widths. */
static bool rewrite(const void *bytes, size_t size, struct rk_buf *out, bool *wider)
{
    struct rk_error error;
    struct rk_reader *reader;
    struct rk_reader_options options = {.delimiter = ','};
    if (rk_reader_open(&reader, rk_in_memory("fuzz", bytes, size), &options, &error))
        return false;
    size_t columns = rk_reader_columns(reader);
    *wider |= !columns; /* [{}]: not a table CSV can show */
    for (size_t i = 0; i < columns; i++) {
        if (i)
            rk_buf_char(out, ',');
        rk_csv_field(out, rk_reader_column(reader, i), ',');
    }
    rk_buf_char(out, '\n');
    struct rk_record record;
    bool more;
    enum rk_status status;
    while (!(status = rk_reader_next(reader, &record, &more, &error)) && more) {
        *wider |= rk_reader_columns(reader) != columns || record.count != columns;
        for (size_t i = 0; i < record.count; i++) {
            if (i)
                rk_buf_char(out, ',');
            rk_csv_field(out, (struct rk_text){record.cells[i].text, record.cells[i].size}, ',');
        }
        rk_buf_char(out, '\n');
    }
    rk_reader_close(reader);
    return !status;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct rk_buf once = {0}, twice = {0};
    bool wider = false;
    if (rewrite(bytes, size, &once, &wider) && !wider) {
        if (!rewrite(once.text, once.size, &twice, &wider))
            abort(); /* what we write we must be able to read */
        if (once.size != twice.size || memcmp(once.text, twice.text, once.size) != 0)
            abort(); /* and read the same */
    }
    rk_buf_free(&once);
    rk_buf_free(&twice);
    return 0;
}
