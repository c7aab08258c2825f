#include "score/aggregate.h"

struct teller {
    const struct rk_ids *ids;
    void (*tell)(void *context, bool warning, const char *text);
    void *context;
};

static void say(const struct teller *t, bool warning, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void say(const struct teller *t, bool warning, const char *format, ...)
{
    struct rk_buf text = {0};
    va_list args;
    va_start(args, format);
    rk_buf_vprintf(&text, format, args);
    va_end(args);
    t->tell(t->context, warning, text.text);
    rk_buf_free(&text);
}

/* `format` takes the number; nothing is said of none. */
static void count(const struct teller *t, bool warning, const char *format, uint64_t number)
{
    if (number)
        say(t, warning, format, (unsigned long long)number);
}

static const char *recruitment_of(const struct teller *t, uint32_t id)
{
    return rk_id_text(t->ids, RK_ID_RECRUITMENT, id).text;
}

static const char *stage_of(const struct teller *t, uint32_t id)
{
    return id == RK_NONE ? "*" : rk_id_text(t->ids, RK_ID_STAGE, id).text;
}

static void tell_weight(const struct teller *t, const struct rk_aggregate_warning *w)
{
    struct rk_buf effective = {0}, nominal = {0};
    rk_fixed_print(&effective, rk_fixed_round_to(w->effective, 3));
    rk_fixed_print(&nominal, rk_fixed_round_to(w->nominal, 3));
    say(t, true,
        w->kind == RK_DECIDES_ALONE
            ? _("recruitment %s, stage %s: group %s in truth decides alone (effective weight "
                "%s, nominal %s)")
            : _("recruitment %s, stage %s: group %s has little say (effective weight %s, "
                "nominal %s)"),
        recruitment_of(t, w->recruitment), stage_of(t, w->stage),
        rk_id_text(t->ids, RK_ID_GROUP, w->group).text, effective.text, nominal.text);
    rk_buf_free(&effective);
    rk_buf_free(&nominal);
}

static void tell_kemeny(const struct teller *t, const struct rk_aggregate_kemeny *k)
{
    struct rk_buf distance = {0}, bound = {0};
    rk_double_print(&distance, k->distance);
    rk_double_print(&bound, k->bound);
    const char *recruitment = recruitment_of(t, k->recruitment), *stage = stage_of(t, k->stage);
    if (!k->proven)
        say(t, true,
            _("recruitment %s, stage %s: Kemeny distance %s, no order has less than %s: not proven "
              "to "
              "be the least"),
            recruitment, stage, distance.text, bound.text);
    else if (!k->counted)
        say(t, false,
            _("recruitment %s, stage %s: Kemeny distance %s, no order has less than %s; the orders "
              "that have it were too many to find"),
            recruitment, stage, distance.text, bound.text);
    else
        say(t, false,
            _("recruitment %s, stage %s: Kemeny distance %s, no order has less than %s; orders "
              "that "
              "have it: %llu%s"),
            recruitment, stage, distance.text, bound.text, (unsigned long long)k->optima,
            k->optima == UINT64_MAX ? "+" : "");
    rk_buf_free(&distance);
    rk_buf_free(&bound);
}

void rk_aggregate_tell(const struct rk_aggregate_result *result, const struct rk_ids *ids,
                       size_t most, void (*tell)(void *context, bool warning, const char *text),
                       void *context)
{
    const struct teller t = {ids, tell, context};
    for (size_t i = 0; i < result->warning_count && i < most; i++)
        tell_weight(&t, &result->warnings[i]);
    if (result->warning_count > most)
        say(&t, true,
            RK_PLURAL("%zu more effective weight of this kind (-v tells all)",
                      "%zu more effective weights of this kind (-v tells all)",
                      result->warning_count - most),
            result->warning_count - most);
    count(&t, true, _("candidates whom a whole group did not rate (missing_group): %llu"),
          result->missing_group);
    count(&t, true, _("active candidates without a score in any stage: %llu"), result->unscored);
    count(
        &t, true,
        _("recruitments without any score by a group that others have: %llu; --weights or a rubric "
          "would ask for them"),
        result->fewer_groups);
    count(&t, false, _("candidates tied within 10^-9 of the scale (near_tie): %llu"),
          result->near_ties);
    size_t proven = 0;
    for (size_t i = 0; i < result->kemeny_count; i++)
        if (!result->kemeny[i].proven || proven++ < most)
            tell_kemeny(&t, &result->kemeny[i]);
    if (proven > most)
        say(&t, false,
            RK_PLURAL("%zu more order of Kemeny, proven (-v tells all)",
                      "%zu more orders of Kemeny, all proven (-v tells all)", proven - most),
            proven - most);
    count(&t, true,
          _("candidates without intervals, since a group has one voice about them and so no spread "
            "(one_voice): %llu"),
          result->one_voice);
    count(&t, true, _("rankings without intervals, since no draw had a score of everyone: %llu"),
          result->unranked_draws);
    count(&t, true, _("measures left out, since they would take too long: %llu"), result->too_many);
}
