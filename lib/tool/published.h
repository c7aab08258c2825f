/* A report that is published: its provenance record beside it (--record), what becomes of it when
 * its inputs change (--restate), and whether it is still what its inputs give (--verify). The order
 * of calls:
 *
 *     rk_published_begin      reads the record to verify, and takes options and inputs from it as
 * though they stood on the command line; or the record of what is published already
 *     rk_published_option, rk_published_material    of what the report is made
 *     rk_published_judge      when the report has its figures: decides on its edition
 *     rk_published_finish     when it is written: puts out report and record, or what differs
 */
#ifndef RK_PUBLISHED_H
#define RK_PUBLISHED_H

#include "model/provenance.h"
#include "model/purged.h"
#include "report/report.h"
#include "tool/tool.h"

struct rk_published {                              /* zeroed but for the options */
    const char *record, *reason, *verify, *purged; /* as given, or NULL */
    struct rk_provenance now, then;
    bool was;    /* `then` is there */
    bool same;   /* inputs and figures are as they were */
    bool unlike; /* some input has another digest or name than recorded: bytes cannot be compared */
    size_t wrong, excused; /* --verify: what differs; what a purge explains */
    struct rk_purged log;
    struct rk_writer *findings;
    const char **files; /* --verify: files of measures that the user names, where they lie now */
    size_t file_count;
    const char **beside; /* --beside: records of other months, as given */
    size_t beside_count;
    struct rk_provenance *versions, *others; /* what has been published before, and beside */
    size_t version_count, other_count;
    struct rk_history_file { /* of `others`: where it lies, or as the record names it */
        const char *path, *name;
        char sha256[RK_SHA256_HEX];
    } *other_files;
};

enum rk_status rk_published_begin(struct rk_run *run, struct rk_published *p,
                                  struct rk_error *error);
/* The fence around the making of a report: besides the options, it goes by the record and the
 * specification. */
void rk_published_fence(struct rk_run *run, const struct rk_published *p, const char *specification,
                        const char *const *codebooks);
void rk_published_option(struct rk_published *p, const char *name, const char *value);
/* `role`: a table's name, or specification, codebook, map-file. */
void rk_published_material(struct rk_run *run, struct rk_published *p, const char *role,
                           const char *path, const char *sha256);
/* Where a material lies, by its name in the record that is published or looked at. */
const char *rk_published_lies(const struct rk_run *run, const struct rk_published *p,
                              const char *name);
/* --verify: where the record's only material of this role lies; NULL: nothing of the kind. */
const char *rk_published_place(const struct rk_run *run, const struct rk_published *p,
                               const char *role);
enum rk_status rk_published_judge(struct rk_run *run, struct rk_published *p,
                                  struct rk_report *report, struct rk_error *error);
/* `text`: the report as it is to be. */
enum rk_status rk_published_finish(struct rk_run *run, struct rk_published *p,
                                   const struct rk_buf *text, struct rk_error *error);
void rk_published_free(struct rk_published *p);

#endif
