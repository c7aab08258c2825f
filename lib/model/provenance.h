/* The provenance record of a report (share/schema/provenance.schema.json): what was made, of what,
 * how, and the figures it tells. Its shape is that of an in-toto Statement v1 with an SLSA
 * Provenance v1 predicate, so that other people's programs read it too; what is ours begins with
 * rk_. Files are named as they lie seen from the record's folder, those that come with rk as
 * share/…. No time, no user and no machine is in it: the same run gives the same bytes. */
#ifndef RK_PROVENANCE_H
#define RK_PROVENANCE_H

#include "base/fixed.h"
#include "base/mem.h"
#include "base/message.h"
#include "base/sha256.h"

struct rk_provenance_option {
    const char *name, *value;
};
struct rk_provenance_material {
    const char *role; /* a table's name, or specification, codebook, map-file */
    const char *name; /* where it lies */
    char sha256[RK_SHA256_HEX];
};
struct rk_provenance_figure {
    const char *section, *row, *column;
    rk_fixed value;    /* rounded as it is printed; 0 unless shown */
    int64_t n;         /* likewise */
    const char *state; /* "" = shown; hidden, missing, none */
};
struct rk_provenance_change { /* of a figure since the edition before; "" = was not, or is not,
                                 there */
    const char *section, *row, *column, *was, *is;
};

struct rk_provenance { /* zeroed = empty; give back with rk_provenance_free */
    const char *tool, *version;
    const char *subject; /* the file's name, "-" for standard output */
    char sha256[RK_SHA256_HEX];
    struct rk_provenance_option *options;
    size_t option_count, option_room;
    struct rk_provenance_material *materials;
    size_t material_count, material_room;
    struct rk_provenance_figure *figures;
    size_t figure_count, figure_room;
    int64_t edition;             /* from 1 */
    const char *reason;          /* of an edition after the first */
    char earlier[RK_SHA256_HEX]; /* the record of the edition before, or "" */
    struct rk_provenance_change *changes;
    size_t change_count, change_room;
    struct rk_arena arena;
};

void rk_provenance_free(struct rk_provenance *p);
/* Texts are copied. */
void rk_provenance_add_option(struct rk_provenance *p, const char *name, const char *value);
void rk_provenance_add_material(struct rk_provenance *p, const char *role, const char *name,
                                const char *sha256);
void rk_provenance_add_figure(struct rk_provenance *p, const struct rk_provenance_figure *figure);
void rk_provenance_add_change(struct rk_provenance *p, const struct rk_provenance_change *change);

void rk_provenance_print(struct rk_buf *out, const struct rk_provenance *p);
/* `p` is zeroed; RK_BAD_DATA unless the file is such a record, in form at least. */
enum rk_status rk_provenance_read(struct rk_provenance *p, const char *path,
                                  struct rk_error *error);

/* What a figure says: "12", "hidden". */
void rk_provenance_figure_print(struct rk_buf *out, const struct rk_provenance_figure *figure);
/* Calls `differs` for every figure of `now` that is not in `then` as it is, in the order of `now`,
 * and after them for those that are in `then` alone; a figure that is not there is NULL. Figures
 * are the same by section, row and column, and by their order where these are the same too. */
void rk_provenance_compare(const struct rk_provenance *then, const struct rk_provenance *now,
                           void (*differs)(void *context, const struct rk_provenance_figure *was,
                                           const struct rk_provenance_figure *is),
                           void *context);
/* The same program, options and materials: the same bytes will come out. */
bool rk_provenance_same_inputs(const struct rk_provenance *a, const struct rk_provenance *b);

#endif
