/* rk-panel-verify's checker against rk-panel-match's certificates, on random small towns in all
 * cases and modes, quotas that nest, cross and tie features together, overlaps that interlock: it
 * accepts all of them, and after one change of the certificate, of the assignment or of a table it
 * accepts only what trying every choice (of a lottery: a new match) finds true. */
#include "model/certificate.h"

#include "base/mem.h"
#include "base/random.h"
#include "check.h"
#include "panel/verify.h"
#include "panel/work.h"

#include <sys/stat.h>
#include <unistd.h>

enum { PEOPLE = 5, PANELS = 3, KINDS = 6, QUOTAS = KINDS * PANELS, LEVELS = RK_CHOICE_LEVELS };

/* What a town is, in numbers, so that one can be changed. */
struct town {
    int people, panels, quotas;
    struct {
        int woman, east, month_cap, year_cap, before, skill; /* caps: -1 = none */
        int stood; /* in the first panel: 1 = as a member, over 1 = as a reserve, in that order */
    } person[PEOPLE];
    bool repair; /* the first panelist leaves the first panel */
    struct {
        int seats, month, slot, want, reserves; /* slot: -1 = no session */
    } panel[PANELS];
    struct {
        int panel, kind, min, max; /* kind: below */
    } quota[QUOTAS];
};

static const char *const kinds[KINDS] = {
    "gender,woman",           "gender,man",          "area,east", "area,west",
    "gender×area,woman×east", "area×gender,west×man"};
static char folder[] = "/tmp/rk-unit-XXXXXX";
static struct rk_random dice;

static int below(int n) { return (int)rk_random_below(&dice, (uint64_t)n); }

/* Somebody of a gender and an area: 0 = the first of the kinds, 1 = the second, 2 = another. */
static bool is_of(int kind, int gender, int area)
{
    return kind < 2   ? gender == kind
           : kind < 4 ? area == kind - 2
                      : gender == kind - 4 && area == kind - 4;
}

/* Do the quotas of a panel hold, when so many more people of any kind are found? */
static bool hold(const struct town *t, int r, int *count, int empty)
{
    bool lacks = false, over = false, found = false;
    for (int q = 0; q < t->quotas; q++) {
        lacks |= t->quota[q].panel == r && count[q] < t->quota[q].min;
        over |= t->quota[q].panel == r && count[q] > t->quota[q].max;
    }
    for (int who = 0; who < 9 && lacks && !over && !found && empty > 0; who++) {
        for (int q = 0; q < t->quotas; q++)
            count[q] += is_of(t->quota[q].kind, who / 3, who % 3);
        found = hold(t, r, count, empty - 1);
        for (int q = 0; q < t->quotas; q++)
            count[q] -= is_of(t->quota[q].kind, who / 3, who % 3);
    }
    return !over && (!lacks || found);
}

/* What towns are tried for. */
struct trial {
    int features, panels;        /* 3 features: the third crosses the others */
    bool lottery, repair, chain; /* chain: sessions overlap so that they interlock */
    int towns, changes;
};

/* Quotas that somebody could keep, if only people not found yet. */
static void ask(struct town *t, int r, int features)
{
    int none[QUOTAS] = {0}, before = t->quotas, seats = t->panel[r].seats;
    do {
        t->quotas = before;
        for (int kind = 0; kind < 2 * features; kind++) {
            int max = below(seats + 1), min = kind % 2 ? 0 : below(max + 1);
            if (!below(3))
                continue;
            t->quota[t->quotas].panel = r;
            t->quota[t->quotas].kind = kind;
            t->quota[t->quotas].min = min;
            t->quota[t->quotas++].max = max;
        }
    } while (!hold(t, r, none, seats));
}

static struct town invent(const struct trial *trial)
{
    struct town t = {
        .people = 3 + below(PEOPLE - 2), .panels = trial->panels, .repair = trial->repair};
    for (int p = 0; p < t.people; p++) {
        t.person[p].woman = below(2);
        t.person[p].east = below(2);
        t.person[p].month_cap = below(3) ? -1 : 1;
        t.person[p].year_cap = below(3) ? -1 : 1 + below(2);
        t.person[p].before = !below(3);
        t.person[p].skill = below(3);
        t.person[p].stood = !t.repair ? 0 : p ? below(4) : 1;
    }
    for (int r = 0; r < t.panels; r++) {
        t.panel[r].seats = 1 + below(3);
        t.panel[r].month = 3 + below(2);
        t.panel[r].slot = below(trial->chain ? 4 : 2) - 1;
        t.panel[r].want = below(3);
        t.panel[r].reserves = below(3);
        ask(&t, r, trial->features);
    }
    return t;
}

/* ---- a town as tables ---- */

struct tables {
    struct rk_panelists panelists;
    struct rk_recruitments recruitments;
    struct rk_sessions sessions;
    struct rk_availability availability;
    struct rk_conflicts conflicts;
    struct rk_candidates candidates;
    struct rk_assignments assignments, fixed;
    struct rk_quotas quotas;
    struct rk_features features;
};

static void quiet(struct rk_log *log, enum rk_severity severity, const struct rk_pos *pos,
                  const char *text)
{
    (void)log, (void)severity, (void)pos, (void)text;
}

static const char *path_of(const char *name)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const struct rk_buf *text)
{
    FILE *out = fopen(path_of(name), "wb");
    fwrite(text->text, 1, text->size, out);
    fclose(out);
}

static struct rk_table *open_table(const char *name, const struct rk_buf *text,
                                   const struct rk_schema **schema)
{
    static struct rk_schema *known[5];
    static const char *const names[] = {"panelists", "recruitments", "sessions", "quotas",
                                        "assignments"};
    static struct rk_log log = {.emit = quiet};
    struct rk_table_options options = {.log = &log};
    struct rk_table *table = NULL;
    int at = 0;
    while (strcmp(names[at], name))
        at++;
    if (!known[at])
        rk_schema_load(&known[at], "share/schema", name, NULL);
    *schema = known[at];
    write_file(name, text);
    const char *paths[] = {rk_keep(path_of(name))};
    rk_table_open(&table, known[at], paths, 1, &options, NULL);
    return table;
}

static bool read_tables(const struct town *t, struct tables *in)
{
    static const char *const skills[] = {"debt", "work", "debt|work"};
    const struct rk_schema *schema;
    struct rk_buf text = {0};
    struct rk_table *table;
    enum rk_status status;
    *in = (struct tables){0};
    rk_buf_text(&text, "recruitment_id,department,role,rubric,status,seats,reserves,want,opened\n");
    rk_buf_text(&text, "D,SOF,r,x,decided,9,,,2026-01-05\n");
    for (int r = 0; r < t->panels; r++)
        rk_buf_printf(&text, "R%d,SOF,r,x,open,%d,%d,%s,2026-%02d-05\n", r, t->panel[r].seats,
                      t->panel[r].reserves,
                      t->panel[r].want ? t->panel[r].want == 1 ? "debt" : "debt|work:0.5" : "",
                      t->panel[r].month);
    table = open_table("recruitments", &text, &schema);
    status = rk_recruitments_read(&in->recruitments, table, schema, NULL);
    rk_table_close(table);
    rk_buf_clear(&text);
    rk_buf_text(&text, "recruitment_id,feature,value,min,max\n");
    for (int q = 0; q < t->quotas; q++)
        rk_buf_printf(&text, "R%d,%s,%d,%d\n", t->quota[q].panel, kinds[t->quota[q].kind],
                      t->quota[q].min, t->quota[q].max);
    table = open_table("quotas", &text, &schema);
    status = status ? status : rk_quotas_read(&in->quotas, table, schema, &in->recruitments, NULL);
    rk_table_close(table);
    if (status) {
        rk_buf_free(&text);
        return false;
    }
    rk_verify_want(&in->quotas, &in->features);
    in->panelists.features = &in->features;
    rk_buf_clear(&text);
    rk_buf_text(&text, "panelist_id,status,experience,birth_year,gender,area,consent_until,"
                       "max_per_month,max_per_year\n");
    for (int p = 0; p < t->people; p++) {
        rk_buf_printf(&text, "P%d,active,%s,1970,%s,%s,2030-01-01,", p, skills[t->person[p].skill],
                      t->person[p].woman ? "woman" : "man", t->person[p].east ? "east" : "west");
        if (t->person[p].month_cap >= 0)
            rk_buf_printf(&text, "%d", t->person[p].month_cap);
        rk_buf_char(&text, ',');
        if (t->person[p].year_cap >= 0)
            rk_buf_printf(&text, "%d", t->person[p].year_cap);
        rk_buf_char(&text, '\n');
    }
    table = open_table("panelists", &text, &schema);
    status = rk_panelists_read(&in->panelists, table, schema, NULL);
    rk_table_close(table);
    rk_buf_clear(&text);
    rk_buf_text(&text, "recruitment_id,stage,start,end\n");
    for (int r = 0; r < t->panels; r++)
        if (t->panel[r].slot >= 0)
            rk_buf_printf(&text, "R%d,interview,2026-%02d-05T%02d:00,2026-%02d-05T%02d:00\n", r,
                          t->panel[r].month, 9 + t->panel[r].slot, t->panel[r].month,
                          11 + t->panel[r].slot);
    table = open_table("sessions", &text, &schema);
    status =
        status ? status : rk_sessions_read(&in->sessions, table, schema, &in->recruitments, NULL);
    rk_table_close(table);
    rk_buf_clear(&text);
    rk_buf_text(&text, "recruitment_id,panelist_id,seat,status,position\n");
    for (int p = 0; p < t->people; p++)
        if (t->person[p].before)
            rk_buf_printf(&text, "D,P%d,member,attended,1\n", p);
    for (int p = 0; p < t->people; p++)
        if (t->person[p].stood)
            rk_buf_printf(&text, "R0,P%d,%s,proposed,%d\n", p,
                          t->person[p].stood > 1 ? "reserve" : "member",
                          t->person[p].stood > 1 ? t->person[p].stood - 1 : p + 1);
    table = open_table("assignments", &text, &schema);
    status = status ? status
                    : rk_assignments_read(&in->assignments, table, schema, &in->panelists,
                                          &in->recruitments, NULL);
    rk_table_close(table);
    rk_buf_free(&text);
    return status == RK_OK;
}

static void free_tables(struct tables *in)
{
    rk_assignments_free(&in->assignments);
    rk_sessions_free(&in->sessions);
    rk_panelists_free(&in->panelists);
    rk_features_free(&in->features);
    rk_quotas_free(&in->quotas);
    rk_recruitments_free(&in->recruitments);
}

static struct rk_eligible_facts facts_of(struct tables *in)
{
    return (struct rk_eligible_facts){&in->panelists,
                                      &in->recruitments,
                                      &in->sessions,
                                      &in->availability,
                                      &in->conflicts,
                                      &in->candidates,
                                      &in->assignments,
                                      &in->fixed,
                                      true,
                                      false,
                                      false,
                                      false};
}

/* ---- every choice ---- */

/* The values of the choice whose bits are p * PANELS + r; false where the rules, quotas apart, do
 * not let it be. */
static bool value_of(const struct town *t, unsigned choice, int64_t value[LEVELS])
{
    int seats = 0, last = 1;
    memset(value, 0, LEVELS * sizeof *value);
    if (t->repair && choice & ((1u << PANELS) - 1))
        return false;
    for (int r = 0; r < t->panels; r++)
        seats += t->panel[r].seats;
    for (int p = 0; p < t->people; p++)
        last = t->person[p].stood - 1 > last ? t->person[p].stood - 1 : last;
    for (int p = 0; p < t->people; p++) {
        int months[13] = {[1] = t->person[p].before}, all = t->person[p].before;
        for (int r = 0; r < t->panels; r++) {
            if (!(choice >> (p * PANELS + r) & 1))
                continue;
            int want = t->panel[r].want, skill = t->person[p].skill;
            int stood = r ? 0 : t->person[p].stood;
            value[RK_CHOICE_CHANGE] -= stood > 1    ? last - (stood - 1) + 1
                                       : stood == 1 ? seats * last + 1
                                                    : 0;
            value[RK_CHOICE_FIT] -= want == 1 ? 2 * (skill != 1)
                                    : want    ? 2 * (skill != 1) + (skill != 0)
                                              : 0;
            char key[40];
            snprintf(key, sizeof key, "panel-tie|2|R%d|P%d", r, p);
            struct rk_random random = rk_random(RK_TEXT("s"), rk_text(key));
            value[RK_CHOICE_LOTTERY] += (int64_t)(rk_random_u64(&random) >> 32);
            for (int o = 0; o < r; o++) /* from 9 + slot to 11 + slot */
                if ((choice >> (p * PANELS + o) & 1) && t->panel[r].slot >= 0 &&
                    t->panel[o].slot >= 0 && t->panel[r].month == t->panel[o].month &&
                    abs(t->panel[r].slot - t->panel[o].slot) < 2)
                    return false;
            months[t->panel[r].month]++;
            all++;
        }
        for (int m = 2; m < 13; m++)
            if (t->person[p].month_cap >= 0 && months[m] > t->person[p].month_cap)
                return false;
        if (t->person[p].year_cap >= 0 && all > t->person[p].year_cap && all > t->person[p].before)
            return false;
        value[RK_CHOICE_LOAD] += all * all - t->person[p].before;
    }
    for (int r = 0; r < t->panels; r++) {
        int empty = t->panel[r].seats;
        for (int p = 0; p < t->people; p++)
            empty -= choice >> (p * PANELS + r) & 1;
        if (empty < 0)
            return false;
        value[RK_CHOICE_SEATS] += empty;
        value[RK_CHOICE_SHORTAGE] += (int64_t)empty * empty;
    }
    return true;
}

/* An empty seat is for one person, of one value of each feature. */
static bool quotas_hold(const struct town *t, unsigned choice)
{
    bool all = true;
    for (int r = 0; r < t->panels && all; r++) {
        int count[QUOTAS] = {0}, empty = t->panel[r].seats;
        for (int p = 0; p < t->people; p++) {
            if (!(choice >> (p * PANELS + r) & 1))
                continue;
            empty--;
            for (int q = 0; q < t->quotas; q++)
                count[q] += is_of(t->quota[q].kind, !t->person[p].woman, !t->person[p].east);
        }
        all = hold(t, r, count, empty);
    }
    return all;
}

static bool is_best(const struct town *t, const struct rk_assignments *rows, bool all_levels)
{
    int64_t mine[LEVELS], other[LEVELS];
    unsigned chosen = 0;
    for (uint32_t i = 0; i < rows->count; i++)
        if (rows->rows[i].recruitment && rows->rows[i].seat == RK_SEAT_MEMBER) /* D is the first */
            chosen |= 1u << (rows->rows[i].panelist * PANELS + rows->rows[i].recruitment - 1);
    if (!value_of(t, chosen, mine) || !quotas_hold(t, chosen))
        return false;
    for (unsigned choice = 0; choice < 1u << (t->people * PANELS); choice++) {
        int l = 0, levels = all_levels ? LEVELS : RK_CHOICE_SHORTAGE + 1;
        if (!value_of(t, choice, other))
            continue;
        while (l < levels && other[l] == mine[l])
            l++;
        if (l < levels && other[l] < mine[l] && quotas_hold(t, choice))
            return false;
    }
    return true;
}

/* ---- matching and verifying ---- */

struct matched {
    struct rk_buf certificate;
    struct rk_assignment rows[PEOPLE * PANELS];
    uint32_t count;
    struct rk_arena arena;
    bool proven;
    char which;
};

static bool match(const struct town *t, bool lottery, struct matched *m)
{
    struct tables in;
    struct rk_eligible *eligible = NULL;
    struct rk_panel_work work = {0};
    const struct rk_strings no_names = {0};
    struct rk_strings names = {0};
    *m = (struct matched){0};
    bool read = read_tables(t, &in), good = false;
    struct rk_eligible_facts facts = facts_of(&in);
    const struct rk_panel_wish wish = {
        .seed = RK_TEXT("s"), .lottery = lottery, .want_proof = true, .repair = t->repair};
    const struct rk_panel_tables tables = {&in.panelists, &in.recruitments, &in.quotas,
                                           &in.features, &in.assignments};
    const struct rk_certificate_rules rules = {.assume_available = true,
                                               .only = &no_names,
                                               .replace = &names,
                                               .assignments = &in.assignments,
                                               .fixed = &in.fixed};
    uint32_t left;
    if (t->repair)
        rk_strings_add(&names, RK_TEXT("P0"));
    if (read && t->repair)
        rk_panel_work_leave(&names, &in.panelists, &in.recruitments, &in.assignments, &in.fixed,
                            &left, NULL);
    if (read && !rk_eligible_new(&eligible, &facts, NULL) &&
        !rk_panel_work_solve(&work, &wish, &tables, eligible, NULL)) {
        good = true;
        m->proven = work.result.proven;
        m->which = work.match.which;
        if (lottery && work.is_single)
            rk_certificate_panels(&work.match, &work.single, &rules, &m->certificate);
        else if (lottery)
            rk_certificate_programme(&work.match, &work.programme, &rules, &m->certificate);
        else if (m->which == 'B')
            rk_certificate_search(&work.match, &work.single, &rules, &m->certificate);
        else
            rk_certificate_choice(&work.match, &rules, &m->certificate);
        struct rk_assignment *rows =
            rk_explain_rows(&work.match, &in.sessions, &m->arena, &m->count);
        memcpy(m->rows, rows, m->count * sizeof *rows);
        rk_free(rows);
    }
    rk_panel_work_free(&work);
    rk_eligible_free(eligible);
    rk_strings_free(&names);
    free_tables(&in);
    return good;
}

static void free_matched(struct matched *m)
{
    rk_buf_free(&m->certificate);
    rk_arena_free(&m->arena);
}

/* What a certificate of a lottery says that everybody has, as text. */
static void totals_of(const struct rk_certificate *c, struct tables *in, struct rk_buf *text)
{
    struct rk_eligible *eligible = NULL;
    struct rk_panel_work work = {0};
    struct rk_eligible_facts facts = facts_of(in);
    const struct rk_panel_wish wish = {.seed = RK_TEXT("s"), .lottery = true};
    const struct rk_panel_tables tables = {&in->panelists, &in->recruitments, &in->quotas,
                                           &in->features, &in->assignments};
    uint32_t people = in->panelists.count;
    struct rk_fraction *sum = rk_fractions(people), total = {0}, term = {0};
    if (rk_eligible_new(&eligible, &facts, NULL) ||
        rk_panel_work_solve(&work, &wish, &tables, eligible, NULL))
        rk_buf_text(text, "none");
    const struct rk_match_pair *pairs = work.problem.pairs;
    for (uint32_t i = 0; i < c->value_count; i++)
        if (c->values[i].of < work.problem.pair_count) {
            uint32_t p = pairs[c->values[i].of].panelist;
            rk_fraction_add(&sum[p], &sum[p], &c->values[i].expected);
        }
    const struct rk_certificate_vectors *panels = &c->panels;
    rk_fraction_set_whole(&total, 0);
    for (uint32_t j = 0; j < panels->count; j++)
        rk_fraction_add(&total, &total, &panels->items[j].number);
    for (uint32_t i = 0; i < work.single.count && panels->count; i++)
        for (uint32_t j = 0; j < panels->count; j++)
            for (uint32_t k = 0; k < panels->items[j].count; k++) {
                const struct rk_certificate_term *of = &panels->items[j].terms[k];
                uint32_t p = pairs[work.single.pairs[i]].panelist,
                         type = rk_panel_type_of(work.single.panel, i);
                rk_fraction_set_whole(&term, rk_panel_size(work.single.panel, type));
                rk_fraction_multiply(&term, &term, &total);
                if (of->of != type)
                    continue;
                rk_fraction_divide(&term, &panels->items[j].number, &term);
                for (int64_t times = of->number.small; times > 0; times--)
                    rk_fraction_add(&sum[p], &sum[p], &term);
            }
    for (uint32_t p = 0; p < people; p++) {
        rk_fraction_print(text, &sum[p]);
        rk_buf_char(text, ' ');
    }
    rk_fraction_free(&total);
    rk_fraction_free(&term);
    rk_fractions_free(sum, people);
    rk_panel_work_free(&work);
    rk_eligible_free(eligible);
}

static void hear(void *context, int check, enum rk_verify_verdict verdict, const char *detail)
{
    (void)context, (void)check, (void)verdict, (void)detail;
}

/* RK_BAD_DATA: broken. `totals`: of a lottery, or NULL. */
static enum rk_status verify(const struct town *t, const struct matched *m, struct rk_buf *totals)
{
    struct tables in;
    struct rk_certificate certificate = {0};
    struct rk_assignments result = {.rows = (struct rk_assignment *)m->rows, .count = m->count};
    enum rk_status status = read_tables(t, &in) ? RK_OK : RK_BAD_DATA;
    write_file("certificate", &m->certificate);
    if (!status)
        status = rk_certificate_read(&certificate, path_of("certificate"), &in.panelists,
                                     &in.recruitments, NULL);
    for (uint32_t i = 0; i < certificate.left_count && !status; i++)
        rk_assignments_decline(&in.assignments, certificate.left[i].recruitment,
                               certificate.left[i].panelist, true);
    if (!status) {
        struct rk_verify_facts facts = {{&in.panelists, &in.recruitments, &in.sessions,
                                         &in.availability, &in.conflicts, &in.candidates,
                                         &in.assignments, &in.fixed, certificate.assume_available,
                                         false, false, false},
                                        &result,
                                        &in.quotas,
                                        &in.features,
                                        &certificate,
                                        certificate.seed};
        status = rk_verify(&facts, hear, NULL, NULL);
        if (totals && status == RK_OK && certificate.mode != RK_CERTIFICATE_CHOICE)
            totals_of(&certificate, &in, totals);
    }
    rk_certificate_free(&certificate);
    free_tables(&in);
    return status;
}

/* ---- one change ---- */

/* Changes one number of the text, from `numbers` that there are. */
static void change_number(struct rk_buf *text)
{
    size_t starts = 0;
    struct rk_buf changed = {0};
    for (int turn = 0; turn < 2; turn++) {
        size_t chosen = turn ? (size_t)below((int)starts) : SIZE_MAX;
        starts = 0;
        for (size_t i = 0; i < text->size;) {
            size_t end = i, sign = text->text[i] == '-';
            while (text->text[end + sign] >= '0' && text->text[end + sign] <= '9')
                end++;
            char before = i ? text->text[i - 1] : ' ';
            if (end == i || end - i > 17 || (before >= 'A' && before <= 'z') || before == '-') {
                if (turn)
                    rk_buf_char(&changed, text->text[i]);
                i++;
                continue;
            }
            long long number = atoll(text->text + i);
            static const int by[] = {1, -1, 2, -3, 1000};
            if (turn && starts == chosen)
                number = below(6) ? number + by[below(5)] : -number;
            if (turn)
                rk_buf_printf(&changed, "%lld", number);
            starts++;
            i = end + sign;
        }
    }
    rk_buf_free(text);
    *text = changed;
}

/* One id for another. */
static void change_id(struct rk_buf *text, const struct town *t)
{
    int wanted = below(30), seen = 0;
    for (size_t i = 1; i + 2 < text->size; i++)
        if (text->text[i - 1] == '"' && (text->text[i] == 'P' || text->text[i] == 'R') &&
            text->text[i + 2] == '"' && seen++ == wanted)
            text->text[i + 1] = (char)('0' + below(text->text[i] == 'P' ? t->people : t->panels));
}

static void change_assignment(struct matched *m, const struct town *t)
{
    if (!m->count)
        return;
    struct rk_assignment *row = &m->rows[below((int)m->count)];
    switch (below(6)) {
    case 0: row->panelist = (uint32_t)below(t->people); break;
    case 1: row->position += below(2) ? 1 : -1; break;
    case 2: row->seat = row->seat == RK_SEAT_MEMBER ? RK_SEAT_RESERVE : RK_SEAT_MEMBER; break;
    case 3: row->fit += RK_FIXED_ONE / 2; break;
    case 4: row->recruitment = 1 + (uint32_t)below(t->panels); break;
    default: *row = m->rows[--m->count]; break;
    }
    for (uint32_t i = 1; i < m->count; i++) /* as a reader gives them */
        for (uint32_t j = i; j; j--) {
            struct rk_assignment *a = &m->rows[j - 1], *b = &m->rows[j], was = *a;
            if (a->recruitment < b->recruitment ||
                (a->recruitment == b->recruitment && a->panelist <= b->panelist))
                break;
            *a = *b;
            *b = was;
        }
}

static void change_town(struct town *t)
{
    int p = below(t->people), r = below(t->panels), q = t->quotas ? below(t->quotas) : 0;
    switch (below(t->repair ? 10 : 9)) {
    case 0: t->person[p].woman ^= 1; break;
    case 1: t->person[p].east ^= 1; break;
    case 2: t->person[p].month_cap = below(3) - 1; break;
    case 3: t->person[p].year_cap = below(4) - 1; break;
    case 4: t->person[p].skill = below(3); break;
    case 5: t->panel[r].seats = 1 + below(3); break;
    case 6: t->panel[r].want = below(3); break;
    case 9: t->person[p].stood = p ? below(4) : 1; break;
    case 7:
        if (t->quotas)
            t->quota[q].min = below(t->quota[q].max + 1);
        break;
    default:
        if (t->quotas)
            t->quota[q].max = t->quota[q].min + below(3);
    }
}

static bool twice(const struct matched *m)
{
    for (uint32_t i = 1; i < m->count; i++)
        if (m->rows[i].recruitment == m->rows[i - 1].recruitment &&
            m->rows[i].panelist == m->rows[i - 1].panelist)
            return true;
    return false;
}

struct tally {
    int towns, proven, broken, wrong, changes, believed, false_beliefs;
};

/* Is what was believed after a change true? */
static bool is_true(const struct town *t, const struct matched *m, bool lottery,
                    const struct rk_buf *totals)
{
    struct rk_assignments rows = {.rows = (struct rk_assignment *)m->rows, .count = m->count};
    struct matched again;
    struct rk_buf other = {0};
    if (!is_best(t, &rows, !lottery))
        return false;
    bool same = true;
    if (lottery) {
        same = match(t, true, &again) && verify(t, &again, &other) != RK_BAD_DATA &&
               rk_text_equal((struct rk_text){totals->text, totals->size},
                             (struct rk_text){other.text, other.size});
        free_matched(&again);
        rk_buf_free(&other);
    }
    return same;
}

static void one(const struct town *t, bool lottery, int changes, struct tally *tally)
{
    struct matched m;
    if (!match(t, lottery, &m))
        return;
    struct rk_buf totals = {0};
    enum rk_status status = verify(t, &m, &totals);
    struct rk_assignments rows = {.rows = m.rows, .count = m.count};
    tally->towns++;
    tally->proven += status == RK_OK;
    tally->broken += status == RK_BAD_DATA;
    tally->wrong += status == RK_OK && !is_best(t, &rows, !lottery);
    rk_buf_free(&totals);
    for (int i = 0; i < changes && status == RK_OK; i++) {
        struct town other = *t;
        struct matched changed = m;
        changed.certificate = (struct rk_buf){0};
        rk_buf_add(&changed.certificate, m.certificate.text, m.certificate.size);
        switch (below(4)) {
        case 0: change_number(&changed.certificate); break;
        case 1: change_id(&changed.certificate, t); break;
        case 2: change_assignment(&changed, t); break;
        default: change_town(&other);
        }
        bool same =
            !memcmp(&other, t, sizeof other) && changed.count == m.count &&
            !memcmp(changed.rows, m.rows, sizeof m.rows) &&
            rk_text_equal((struct rk_text){changed.certificate.text, changed.certificate.size},
                          (struct rk_text){m.certificate.text, m.certificate.size});
        tally->changes += !same;
        struct rk_buf told = {0};
        if (!same && !twice(&changed) && verify(&other, &changed, &told) == RK_OK) {
            tally->believed++;
            tally->false_beliefs += !is_true(&other, &changed, lottery, &told);
        }
        rk_buf_free(&told);
        rk_buf_free(&changed.certificate);
    }
    free_matched(&m);
}

static void all(const struct trial *trial)
{
    struct tally tally = {0};
    for (int i = 0; i < trial->towns; i++) {
        struct town t = invent(trial);
        one(&t, trial->lottery, trial->changes, &tally);
    }
    CHECK(tally.towns > trial->towns / 3 && tally.proven == tally.towns && tally.broken == 0 &&
          tally.wrong == 0 && tally.false_beliefs == 0);
    CHECK(tally.believed < tally.changes / 2);
}

int main(void)
{
    if (!mkdtemp(folder))
        return 1;
    dice = rk_random(RK_TEXT("certificate"), RK_TEXT("towns"));
    static const struct trial trials[] = {
        {0, 3, false, false, false, 15, 8}, /* flows */
        {1, 3, false, false, false, 15, 8}, {1, 3, false, true, false, 15, 8},
        {0, 3, false, false, true, 20, 8},  /* overlaps that interlock */
        {2, 3, false, false, false, 20, 8}, /* quotas that cross, in several recruitments */
        {3, 3, false, false, true, 20, 8},  {2, 3, false, true, true, 15, 8},
        {2, 1, false, false, false, 20, 8}, /* in one */
        {3, 1, false, false, false, 20, 8}, {3, 1, false, true, false, 20, 8},
        {0, 3, true, false, false, 15, 8}, /* lotteries over a programme */
        {1, 3, true, false, false, 40, 6},  {2, 1, true, false, false, 30, 8}, /* over panels */
        {3, 1, true, false, false, 30, 8}};
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++)
        all(&trials[i]);
    static const char *const names[] = {"panelists", "recruitments", "sessions",
                                        "quotas",    "assignments",  "certificate"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(names[i]));
    rmdir(folder);
    return finish();
}
