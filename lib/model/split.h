/* A table cut into parts that are tables themselves, at the ends of records: as CSV each with the
 * header, of JSON as JSON lines. Records keep their bytes but for line ends (LF). What stands in
 * the input stands once in the parts, in the same order. */
#ifndef RK_SPLIT_H
#define RK_SPLIT_H

#include "model/shards.h"
#include "stream/folder.h"
#include "stream/record.h"

#define RK_SPLIT_MOST 1000 /* parts */

/* Either `by`: records with equal cells in these columns come to the same one of `parts`, told by a
 * hash of the cells alone, so that it is the same on every machine and in every table; or `parts`
 * runs of records, alike but for one record; or runs of at most `rows` records or `bytes` bytes
 * (one record at least). */
struct rk_split_options {
    const char *const *by; /* ends with NULL; NULL = none */
    size_t parts;
    uint64_t rows, bytes;
    struct rk_reader_options reader;
    bool gzip;
};
/* Reads `in`, which it takes over, to its end and adds 0000.csv … to `folder`, which is not yet
 * committed, and to the shards of `manifest`. RK_BAD_DATA as rk_reader_next, and for a row with
 * another number of cells than the header, or without a column of `by`. */
enum rk_status rk_split(struct rk_in *in, const struct rk_split_options *options,
                        struct rk_folder *folder, struct rk_manifest *manifest,
                        struct rk_error *error);
/* Has this file in a folder been made by rk_split, or is it the manifest.json beside? */
bool rk_split_made(const char *name);

#endif
