/* A foreign table into one table of ours: its columns found by name, alias or map; its cells read
 * as their columns mean them (table/cell.h, table/words.h); wide score sheets turned long. Nothing
 * is lost in silence: a column that nothing claims is an error until the caller says what becomes
 * of it, a word nobody knows is listed with its count, and rows in = rows out + rejects + blank.
 *
 * Calling order: rk_import_open, rk_import_columns, rk_import_next until it gives none,
 * rk_import_finish, rk_import_close. */
#ifndef RK_IMPORT_H
#define RK_IMPORT_H

#include "stream/foreign.h"
#include "stream/write.h"
#include "table/table.h"
#include "table/words.h"

enum rk_wide {
    RK_LONG,          /* a row is a row */
    RK_WIDE_CRITERIA, /* a column per criterion; a row per candidate and rater */
    RK_WIDE_RATERS,   /* a column per rater; a row per candidate, or candidate and criterion */
    RK_WIDE_ITEMS, /* a survey's export: a column per item of the codebook; a row per respondent */
};

struct rk_import_criterion {
    const char *id, *label_sv, *label_en; /* labels may be NULL */
};

/* An item of the codebook: model/codebook.h has the same. All lists of texts end with NULL. */
struct rk_import_answer {
    const char *text, *ours; /* ours: a number, or the word itself where it is no answer */
};
struct rk_import_item {
    const char *id;
    const char *const *headings;
    bool scaled; /* else free text */
    rk_fixed minimum, maximum;
    const struct rk_import_answer *answers;
    size_t answer_count;
    /* Of an option of a question with several answers: the question and what it may be called, what
     * the option may be called; else NULL. Options of a question follow one another. */
    const char *question;
    const char *const *question_headings, *const *choices;
};

struct rk_import_options {
    const struct rk_schema *schema;
    const struct rk_map *map; /* or NULL: --map and --map-file */
    const char *const
        *tables;            /* names of all our tables, ends with NULL: a map may speak of them */
    struct rk_words *words; /* what rk knows of words */
    struct rk_log *log;
    char decimal; /* '.', ',' or 0 = either, but one in a column */
    /* texts "COLUMN=VALUE"; header names; each ends with NULL, or is NULL */
    const char *const *constants, *const *keep, *const *drop;
    bool drop_unknown;
    /* Headers of the columns that together tell where somebody lives, ends with NULL; or NULL. Rows
     * alike in all of them, but for case and blanks, get the same code in a column `household`;
     * rows with nothing in them get none. The columns themselves are left out, also of the rejects.
     */
    const char *const *household;
    const char *number; /* the key is this text and the row's number (blank rows don't count); NULL:
                         * the key is in the file */
    /* Of quotas: the schema whose columns `feature` names and whose words `value` holds; both are
     * then read as that table's own import would read them. NULL: they are any texts. */
    const struct rk_schema *features;
    /* The lines or rows of the header; what stands above is not read. 0 = the first that is not
     * blank, and those below it that its merged cells belong together with. */
    uint64_t header, header_last;

    enum rk_wide wide;
    const struct rk_import_criterion *criteria; /* of the rubric; criterion_count may be 0 */
    size_t criterion_count;
    const struct rk_import_item *items; /* of the codebook */
    size_t item_count;
    const char *codebook;       /* its id: the survey, where nothing else tells it */
    const char *const *columns; /* headers of the score columns, ends with NULL; NULL = by the
                                 * rubric, or all that remain (raters) */
    const char *empty;          /* what a score cell without score or word is: a word of `missing`;
                                 * NULL: no row (wide), an error (long) */
    /* The group of a rater, NULL = not known; NULL where there is no table of raters. */
    const char *(*group_of)(void *context, struct rk_text rater);
    /* Is there a personal identity number in the text? */
    bool (*is_identity)(struct rk_text text);
    void *context;
    struct rk_out *rejects; /* or NULL: any bad row makes the import bad */
};

struct rk_import_counts {
    uint64_t rows_in, blank, rejected, rows_out;
    uint64_t cells_in, cells_empty, cells_rejected; /* score cells of a wide sheet */
    uint64_t protected;                             /* rows of protected identities */
};

struct rk_import;

/* Reads the header of `foreign` (which it takes over, also on failure) and binds the columns. All
 * that is wrong with them goes to the log at once; then RK_BAD_DATA. Wrong options are RK_BAD_USE.
 */
enum rk_status rk_import_open(struct rk_import **import, struct rk_foreign *foreign,
                              const struct rk_import_options *options, struct rk_error *error);
/* The columns of the output: those of the schema that there is something for, in its order, then
 * the columns kept. They last as long as the import. */
const struct rk_writer_column *rk_import_columns(const struct rk_import *import, size_t *count);
/* The next row of the output, by those columns; *cells = NULL at the end. */
enum rk_status rk_import_next(struct rk_import *import, const struct rk_text **cells,
                              struct rk_error *error);
/* Says what was decided on the way, lists unknown words, refuses columns that mix decimal marks.
 * OK, RK_ATTENTION where rows were rejected, RK_BAD_DATA where they were and nobody asked for them.
 */
enum rk_status rk_import_finish(struct rk_import *import, struct rk_import_counts *counts,
                                struct rk_error *error);
void rk_import_close(struct rk_import *import); /* NULL is allowed */

#endif
