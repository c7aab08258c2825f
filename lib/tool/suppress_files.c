#include "tool/suppress_files.h"

#include "model/ptable.h"

/* ---- reading ---- */

static enum rk_status read_before(struct rk_run *run, struct rk_tabulation *t, const char *path,
                                  const char *versions, struct rk_error *error)
{
    const struct rk_schema *schema;
    struct rk_table *in;
    uint32_t version = rk_tabulation_dim(t, rk_text(versions));
    RK_TRY(rk_run_schema(run, &schema, "cells", error));
    RK_TRY(rk_run_open(run, &in, schema, path, false, error));
    RK_TRY(rk_tabulation_read_before(t, in, schema, error));
    rk_run_close(run, in);
    for (uint32_t r = 0; r < t->before_count && version != RK_NONE; r++)
        if (t->before[r].labels[version] == RK_LABEL_TOTAL)
            return rk_fail_at(
                error, RK_BAD_DATA, &(struct rk_pos){.file = path, .line = t->before[r].line},
                _("the column '%s' must tell of every row which version it was"), versions);
    return RK_OK;
}

enum rk_status rk_suppress_read(struct rk_run *run, struct rk_tabulation *t, const char *published,
                                const char *versions, struct rk_error *error)
{
    struct rk_table *in;
    RK_TRY(rk_run_table(run, &in, "cells", error));
    RK_TRY(rk_tabulation_read(t, in, rk_table_schema(in), error));
    return published ? read_before(run, t, published, versions, error) : RK_OK;
}

enum rk_status rk_suppress_ptable(struct rk_run *run, int16_t **ptable, bool wanted,
                                  struct rk_error *error)
{
    const struct rk_schema *schema;
    struct rk_table *in;
    RK_TRY(rk_run_table(run, &in, "ptable", error));
    if (!in)
        return RK_OK;
    if (!wanted)
        return rk_fail(error, RK_BAD_USE, _("--ptable is for --cell-key"));
    RK_TRY(rk_run_schema(run, &schema, "ptable", error));
    return rk_ptable_read(ptable, in, schema, error);
}

/* ---- telling ---- */

static enum rk_status tell_rounding(struct rk_run *run, const struct rk_rounding *r)
{
    rk_run_note(
        run,
        RK_PLURAL(
            "%u small figure rounded; no figure changes by more than %lld, all together by %lld%s",
            "%u small figures rounded; no figure changes by more than %lld, all together by %lld%s",
            r->small),
        r->small, (long long)r->largest, (long long)r->sum,
        r->proven ? _("; proven: no way changes less") : "");
    return RK_OK;
}

/* Ranges that were not followed to their ends, though far enough to know that the figure is kept.
 */
static void tell_ends(struct rk_run *run, const struct rk_publish *p)
{
    uint32_t open = 0;
    for (uint32_t c = 0; c < p->cells; c++)
        open += p->reason[c] != RK_IS_SHOWN && p->findings[c].verdict == RK_KEPT &&
                p->findings[c].range.open;
    if (open)
        rk_run_warn(run,
                    RK_PLURAL("%u range may be wider than told: --effort looks further",
                              "%u ranges may be wider than told: --effort looks further", open),
                    open);
}

static enum rk_status tell_choice(struct rk_run *run, const struct rk_publish *p, bool fewest)
{
    struct rk_buf value = {0}, least = {0};
    rk_fixed_print(&value, p->secondary_value);
    rk_fixed_print(&least, p->least);
    rk_run_note(run,
                RK_PLURAL("hidden: %u figure by the rules, and %u more, %s together, so that none "
                          "can be worked out",
                          "hidden: %u figures by the rules, and %u more, %s together, so that none "
                          "can be worked out",
                          p->sensitive),
                p->sensitive, p->secondary, value.text);
    if (p->proven)
        rk_run_note(run, fewest ? _("proven: no choice hides fewer")
                                : _("proven: no choice hides less"));
    else if (fewest)
        rk_run_warn(run, _("the best found, not proven: any choice hides at least %s more figures"),
                    least.text);
    else
        rk_run_warn(run,
                    _("the best found, not proven: any choice hides more figures of at least %s "
                      "together"),
                    least.text);
    rk_buf_free(&value);
    rk_buf_free(&least);
    if (p->lost)
        rk_run_warn(
            run,
            RK_PLURAL(
                "what has been published tells somebody %u small figure, whatever is hidden now",
                "what has been published tells somebody %u small figures, whatever is hidden now",
                p->lost),
            p->lost);
    if (p->lost_changes)
        rk_run_warn(
            run,
            RK_PLURAL(
                "what has been published tells somebody %u small change, whatever is hidden now",
                "what has been published tells somebody %u small changes, whatever is hidden now",
                p->lost_changes),
            p->lost_changes);
    return p->proven && !p->lost && !p->lost_changes ? RK_OK : RK_ATTENTION;
}

static enum rk_status tell_audit(struct rk_run *run, const struct rk_publish *p)
{
    uint32_t count[RK_VERDICTS] = {0}, hidden = 0;
    for (uint32_t c = 0; c < p->cells; c++) {
        hidden += p->reason[c] != RK_IS_SHOWN;
        count[p->findings[c].verdict] += p->reason[c] != RK_IS_SHOWN;
    }
    if (count[RK_DISCLOSED])
        rk_run_warn(run,
                    RK_PLURAL("%u of %u hidden figures is disclosed",
                              "%u of %u hidden figures are disclosed", count[RK_DISCLOSED]),
                    count[RK_DISCLOSED], hidden);
    if (count[RK_NARROW])
        rk_run_warn(run,
                    RK_PLURAL("%u of %u hidden figures is known more closely than wished",
                              "%u of %u hidden figures are known more closely than wished",
                              count[RK_NARROW]),
                    count[RK_NARROW], hidden);
    if (count[RK_INSIDER])
        rk_run_warn(
            run,
            RK_PLURAL("%u of %u hidden figures is disclosed to whoever is alone in another",
                      "%u of %u hidden figures are disclosed to whoever is alone in another",
                      count[RK_INSIDER]),
            count[RK_INSIDER], hidden);
    if (count[RK_ASSUMED])
        rk_run_warn(
            run,
            RK_PLURAL("%u of %u hidden figures is disclosed if it is the same as in the version that "
                      "shows it: nothing that is shown tells of a change, nor that there is none",
                      "%u of %u hidden figures are disclosed if each is the same as in the version "
                      "that shows it: nothing that is shown tells of a change, nor that there is none",
                      count[RK_ASSUMED]),
            count[RK_ASSUMED], hidden);
    if (count[RK_OPEN])
        rk_run_warn(run,
                    RK_PLURAL("%u of %u hidden figures is not settled: the search was cut short",
                              "%u of %u hidden figures are not settled: the search was cut short",
                              count[RK_OPEN]),
                    count[RK_OPEN], hidden);
    if (count[RK_KEPT] == hidden)
        rk_run_note(run,
                    RK_PLURAL("%u hidden figure, not disclosed",
                              "%u hidden figures, none disclosed", hidden),
                    hidden);
    return count[RK_KEPT] == hidden ? RK_OK : RK_ATTENTION;
}

enum rk_status rk_suppress_tell(struct rk_run *run, const struct rk_publish *p,
                                const struct rk_publish_options *how, bool intervals)
{
    if (how->round || how->cell_key)
        return how->round ? tell_rounding(run, &p->rounding) : RK_OK;
    if (p->added)
        rk_run_note(run, _("%u rows are added to others of the same figure"), p->added);
    enum rk_status status = how->audit ? tell_audit(run, p) : tell_choice(run, p, how->by_cells);
    if (intervals)
        tell_ends(run, p);
    if (p->known_inside)
        rk_run_note(
            run,
            RK_PLURAL("whether somebody is alone in a hidden figure, the table does not tell; "
                      "whoever were would know %u other: --singletons possible tells which",
                      "whether somebody is alone in a hidden figure, the table does not tell; "
                      "whoever were would know one of %u others: --singletons possible tells which",
                      p->known_inside),
            p->known_inside);
    if (p->not_looked)
        rk_run_note(run, _("who may be alone in a hidden figure was not looked for: --singletons "
                           "possible does"));
    if (p->reach + 1 < p->versions) {
        rk_run_warn(run,
                    _("only versions up to %u apart, of %u, are held together: more would be too "
                      "much to be looked through as a whole"),
                    p->reach, p->versions);
        status = status ? status : RK_ATTENTION;
    }
    if (p->known_by_zeros)
        rk_run_warn(run,
                    RK_PLURAL("%u hidden figure is known to whoever knows that none of them is 0; "
                              "--zeros known counts with that",
                              "%u hidden figures are known to whoever knows that none of them is "
                              "0; --zeros known counts with that",
                              p->known_by_zeros),
                    p->known_by_zeros);
    return status;
}
