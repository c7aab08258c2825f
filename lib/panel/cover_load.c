#include "panel/cover_work.h"
#include "stat/concentration.h"

#include <math.h>

/* ---- how assignments are spread over the active ---- */

/* Of numbers that are sorted: how many people have 0, 1, 2 … Caller frees both. */
static uint32_t count_kinds(const int64_t *numbers, size_t n, int64_t **people, int64_t **having)
{
    uint32_t kinds = 0;
    *people = rk_alloc(n + 1, sizeof **people);
    *having = rk_alloc(n + 1, sizeof **having);
    if (!n || numbers[0])
        (*having)[kinds++] = 0;
    for (size_t i = 0; i < n; i++) {
        if (!kinds || (*having)[kinds - 1] != numbers[i])
            (*having)[kinds++] = numbers[i];
        (*people)[kinds - 1]++;
    }
    return kinds;
}

static void put_spread(struct rk_cover *cover, int64_t *numbers, size_t n, const char *pool,
                       const int64_t *people, const int64_t *having, uint32_t kinds,
                       const bool *hidden)
{
    struct rk_text none = RK_TEXT("");
    int64_t total = 0;
    size_t tenth = (n + 9) / 10;
    bool any = false;
    for (size_t i = 0; i < n; i++)
        total += numbers[i];
    for (uint32_t i = 0; i < kinds; i++)
        any |= hidden && hidden[i];
    /* with how many have so many, how many there are in all and how unevenly would tell who is not
     * told: two equations, of which no sum of people knows */
    if (any) {
        rk_cover_add_hidden(cover, none, none, pool);
    } else {
        rk_cover_add(cover, none, none, pool, "assignments", "of the active", (double)total,
                     (double)n);
        rk_cover_add(cover, none, none, pool, "gini", NULL, rk_gini(numbers, n), (double)n);
        rk_cover_add(cover, none, none, pool, "gini", "least possible", rk_gini_least(total, n),
                     (double)n);
        if (rk_cover_is_small(cover, (int64_t)tenth))
            rk_cover_add_hidden(cover, none, none, pool);
        else
            rk_cover_add(cover, none, none, pool, "top_share", "busiest tenth",
                         rk_top_share(numbers, n, tenth), (double)tenth);
    }
    if (!hidden || !hidden[0])
        rk_cover_interval(rk_cover_add(cover, none, none, pool, "never", NULL,
                                       (double)people[0] / (double)n, (double)n),
                          (double)people[0], (double)n);
    for (uint32_t i = 0; i < kinds; i++) {
        struct rk_buf text = {0};
        rk_buf_printf(&text, "%lld", (long long)having[i]);
        if (hidden && hidden[i]) /* that there is such a number is told of nobody in particular */
            rk_cover_add_hidden(cover, none, none, pool);
        else
            rk_cover_add(cover, none, none, pool, "persons_having", text.text, (double)people[i],
                         (double)n);
        rk_buf_free(&text);
    }
}

static int by_size(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

void rk_cover_load(struct rk_cover *cover, const bool *counted, enum rk_cover_pool pool)
{
    const struct rk_panelists *panelists = cover->facts.panelists;
    const struct rk_assignments *assignments = cover->facts.assignments;
    if (!cover->total[RK_COVER_ACTIVE])
        return;
    int64_t *of = rk_alloc(panelists->count, sizeof *of);
    for (uint32_t i = 0; i < assignments->count; i++) {
        const struct rk_assignment *row = &assignments->rows[i];
        if (rk_cover_is_counted(cover, counted, row->recruitment))
            of[row->panelist] += pool == RK_COVER_INVITED || row->status == RK_ASSIGNMENT_ATTENDED;
    }
    size_t n = 0;
    for (uint32_t p = 0; p < panelists->count; p++)
        if (cover->in[RK_COVER_ACTIVE][p])
            of[n++] = of[p];
    int64_t *people, *having;
    qsort(of, n, sizeof *of, by_size);
    uint32_t kinds = count_kinds(of, n, &people, &having);
    if (!cover->is_chosen) {
        rk_cover_look_along(cover, pool, people, kinds);
    } else {
        const bool *hidden = cover->chosen ? rk_cover_hidden_along(cover) : NULL;
        if (!cover->total_hidden[RK_COVER_ACTIVE])
            put_spread(cover, of, n, rk_cover_pool_name(pool), people, having, kinds, hidden);
    }
    rk_free(people);
    rk_free(having);
    rk_free(of);
}

/* ---- experience asked for, and who has it ---- */

enum asked { NEED, WANT, ANY, ASKED };
static const char *const asked_names[ASKED] = {"need", "want", "need or want"};

struct demand {
    struct rk_text experience;
    int64_t recruitments[ASKED], seats[ASKED];
    uint32_t last[ASKED]; /* the recruitment counted last, from 1 */
    int64_t supply;
    bool is_hidden;
    bool is_few; /* what is asked for is hidden too */
};

/* Nobody has it, and most seats ask for it; then the most seats for each who has it; hidden last.
 */
static int by_lack(const void *x, const void *y)
{
    const struct demand *a = x, *b = y;
    if (a->is_hidden != b->is_hidden)
        return a->is_hidden - b->is_hidden;
    if (!a->is_hidden) {
        if (!a->supply != !b->supply)
            return !b->supply - !a->supply;
        __int128 lack_a = (__int128)a->seats[ANY] * (a->supply ? b->supply : 1),
                 lack_b = (__int128)b->seats[ANY] * (a->supply ? a->supply : 1);
        if (lack_a != lack_b)
            return lack_a > lack_b ? -1 : 1;
    }
    return rk_text_compare(a->experience, b->experience);
}

static void ask(struct demand *demand, enum asked how, uint32_t recruitment, int64_t seats)
{
    if (demand->last[how] == recruitment + 1)
        return;
    demand->last[how] = recruitment + 1;
    demand->recruitments[how]++;
    demand->seats[how] += seats;
}

struct demands {
    struct rk_strings names;
    struct demand *all;
    uint32_t room;
};

static void demand_of(struct demands *demands, struct rk_text experience, enum asked how,
                      uint32_t recruitment, int64_t seats)
{
    uint32_t count = demands->names.count, i = rk_strings_add(&demands->names, experience);
    if (i == count) {
        RK_GROW(demands->all, count, demands->room);
        demands->all[i] = (struct demand){.experience = demands->names.texts[i]};
    }
    ask(&demands->all[i], how, recruitment, seats);
    ask(&demands->all[i], ANY, recruitment, seats);
}

/* Is how many active have the experience told as a value of a feature, and hidden there? */
static bool is_hidden_as_value(const struct rk_cover *cover, struct rk_text experience)
{
    for (uint32_t i = 0; i < cover->facts.listed_count; i++) {
        const struct rk_cover_tally *tally = &cover->tallies[i];
        const struct rk_feature *feature = &cover->facts.features->all[tally->feature];
        uint32_t value = rk_text_is(feature->name, "experience")
                             ? rk_strings_find(&feature->values, experience)
                             : RK_NONE;
        if (value != RK_NONE && tally->hidden[RK_COVER_ACTIVE][value])
            return true;
    }
    return false;
}

static void count_supply(const struct rk_cover *cover, struct demands *demands)
{
    const struct rk_panelists *panelists = cover->facts.panelists;
    uint32_t *last = rk_alloc(demands->names.count, sizeof *last);
    for (uint32_t p = 0; p < panelists->count; p++) {
        struct rk_text rest = panelists->rows[p].experience, item;
        while (cover->in[RK_COVER_ACTIVE][p] && rk_list_next(&rest, &item)) {
            uint32_t i = rk_strings_find(&demands->names, item);
            if (i == RK_NONE || last[i] == p + 1)
                continue;
            last[i] = p + 1;
            demands->all[i].supply++;
        }
    }
    rk_free(last);
    for (uint32_t i = 0; i < demands->names.count; i++)
        demands->all[i].is_hidden = rk_cover_is_small(cover, demands->all[i].supply) ||
                                    is_hidden_as_value(cover, demands->names.texts[i]);
}

/* Few recruitments or seats, which are few hires, are not to be told or worked out: neither of
 * those that need and those that want it, nor of parts and all. */
static void hide_demand(const struct rk_cover *cover, struct demands *demands, bool parts)
{
    for (uint32_t i = 0; i < demands->names.count && cover->facts.publishes; i++) {
        struct demand *demand = &demands->all[i];
        demand->is_few = parts;
        for (int how = 0; how < ASKED; how++)
            demand->is_few =
                demand->is_few || rk_cover_is_small(cover, demand->recruitments[how]) ||
                rk_cover_is_small(cover, demand->seats[how]) ||
                rk_cover_is_small(cover, demand->recruitments[ANY] - demand->recruitments[how]) ||
                rk_cover_is_small(cover, demand->seats[ANY] - demand->seats[how]);
        demand->is_hidden = demand->is_hidden || demand->is_few;
    }
}

static void put_demand(struct rk_cover *cover, const struct demand *demand)
{
    struct rk_text feature = RK_TEXT("experience"), value = demand->experience;
    for (int how = 0; how < ASKED; how++) {
        if (!demand->recruitments[how] || demand->is_few)
            continue;
        rk_cover_add(cover, feature, value, "demand", "recruitments", asked_names[how],
                     (double)demand->recruitments[how], NAN);
        rk_cover_add(cover, feature, value, "demand", "seats", asked_names[how],
                     (double)demand->seats[how], NAN);
    }
    if (demand->is_hidden) {
        rk_cover_add_hidden(cover, feature, value, "demand");
        return;
    }
    rk_cover_add(cover, feature, value, "demand", "supply", "active", (double)demand->supply,
                 rk_cover_all(cover, RK_COVER_ACTIVE));
    if (demand->supply)
        rk_cover_add(cover, feature, value, "demand", "seats_per_person", asked_names[ANY],
                     (double)demand->seats[ANY] / (double)demand->supply, (double)demand->supply);
}

void rk_cover_demand(struct rk_cover *cover, const bool *counted)
{
    const struct rk_recruitments *recruitments = cover->facts.recruitments;
    struct demands demands = {0};
    for (uint32_t r = 0; r < recruitments->count; r++) {
        const struct rk_recruitment *recruitment = &recruitments->rows[r];
        if (!rk_cover_is_counted(cover, counted, r) ||
            recruitment->status == RK_RECRUITMENT_CANCELLED)
            continue;
        struct rk_text rest = recruitment->need, item;
        while (rk_list_next(&rest, &item))
            demand_of(&demands, item, NEED, r, recruitment->seats);
        for (uint32_t i = 0; i < recruitment->want_count; i++)
            demand_of(&demands, recruitment->want[i].experience, WANT, r, recruitment->seats);
    }
    count_supply(cover, &demands);
    hide_demand(cover, &demands, counted != NULL);
    if (demands.names.count)
        qsort(demands.all, demands.names.count, sizeof *demands.all, by_lack);
    for (uint32_t i = 0; i < demands.names.count; i++) {
        const struct demand *demand = &demands.all[i];
        struct rk_text kept = {
            rk_arena_text(&cover->arena, demand->experience.text, demand->experience.size),
            demand->experience.size};
        struct demand shown = *demand;
        shown.experience = kept;
        put_demand(cover, &shown);
        if (demand->supply || demand->is_hidden || cover->told_all)
            continue;
        RK_GROW(cover->missing, cover->missing_count, cover->missing_room);
        cover->missing[cover->missing_count++] =
            (struct rk_cover_missing){kept, demand->recruitments[ANY], demand->seats[ANY]};
    }
    rk_strings_free(&demands.names);
    rk_free(demands.all);
}
