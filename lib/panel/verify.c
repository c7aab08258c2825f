#include "base/date.h"
#include "base/random.h"
#include "panel/verify_state.h"

const char *const rk_verify_verdict_names[] = {"holds", "broken", "told", "proven", "gap", "open"};

const char *rk_verify_check_name(int check)
{
    static const char *const names[] = {"kept",          "row",         "seats",       "position",
                                        "fit",           "reserves",    "certificate", "best_seats",
                                        "best_shortage", "best_change", "best_fit",    "best_load",
                                        "best_lottery"};
    return check < RK_REFUSALS ? rk_refusal_name((enum rk_refusal)check)
                               : names[check - RK_REFUSALS];
}

void rk_verify_found(struct rk_verify *v, int check, enum rk_verify_verdict verdict,
                     const struct rk_pos *pos, const char *format, ...)
{
    struct rk_buf text = {0};
    va_list args;
    if (pos && pos->file)
        rk_buf_printf(&text, "%s:%llu: ", pos->file, (unsigned long long)pos->line);
    va_start(args, format);
    rk_buf_vprintf(&text, format, args);
    va_end(args);
    v->found[check] = true;
    v->broken |= verdict == RK_VERIFY_BROKEN;
    v->attention |= verdict != RK_VERIFY_PROVEN;
    v->tell(v->context, check, verdict, text.text);
    rk_buf_free(&text);
}

/* ---- what the tables say ---- */

static uint64_t bits_of(struct rk_strings *names, struct rk_text list)
{
    uint64_t bits = 0;
    for (struct rk_text item; rk_list_next(&list, &item);)
        bits |= (uint64_t)2 << rk_strings_add(names, item) % 63;
    return bits;
}

static void see_panel(struct rk_verify *v, struct rk_strings *names, uint32_t r)
{
    const struct rk_recruitment *row = &v->facts->recruitments->rows[r];
    struct rk_verify_panel *panel = &v->panels[r];
    uint32_t n;
    const struct rk_session *sessions = rk_sessions_of(v->facts->sessions, r, &n);
    panel->open = panel->matters = rk_recruitment_is_open(row);
    panel->first_day = row->opened != RK_NO_DATE ? row->opened : row->closes;
    panel->last_day = row->closes != RK_NO_DATE ? row->closes : row->opened;
    for (uint32_t s = 0; s < n; s++) {
        int32_t day = (int32_t)(sessions[s].end / 1440);
        panel->last_day = !s || day > panel->last_day ? day : panel->last_day;
        panel->first_day = (int32_t)(sessions[0].start / 1440);
    }
    panel->month = panel->first_day != RK_NO_DATE ? rk_month_of(panel->first_day) : 0;
    panel->places = row->room_max >= 0 && row->room_max < row->seats ? row->room_max : row->seats;
    panel->lacking = row->seats - panel->places;
    panel->need = row->need.size ? bits_of(names, row->need) : 1;
}

enum rk_status rk_verify_see(struct rk_verify *v, struct rk_error *error)
{
    const struct rk_verify_facts *f = v->facts;
    uint32_t people = f->panelists->count, panels = f->recruitments->count;
    struct rk_strings names = {0};
    v->panels = rk_alloc((size_t)panels + 1, sizeof *v->panels);
    v->experience = rk_alloc((size_t)people + 1, sizeof *v->experience);
    v->before = rk_alloc((size_t)people + 1, sizeof *v->before);
    v->load = rk_alloc((size_t)people + 1, sizeof *v->load);
    for (uint32_t r = 0; r < panels; r++)
        see_panel(v, &names, r);
    for (uint32_t p = 0; p < people; p++)
        v->experience[p] = 1 | bits_of(&names, f->panelists->rows[p].experience);
    rk_strings_free(&names);
    for (uint32_t i = 0; i < f->candidates->count; i++)
        v->panels[f->candidates->rows[i].recruitment].met +=
            rk_candidate_is_met(&f->candidates->rows[i]);
    rk_history_read(&v->history, f->fixed, f->earlier, f->result, f->panelists, f->recruitments);
    for (uint32_t i = 0; i < v->history.count; i++) {
        const struct rk_past *past = &v->history.rows[i];
        bool counts = past->flags & RK_PAST_COUNTS, is_new = past->flags & RK_PAST_NEW;
        struct rk_verify_panel *panel = &v->panels[past->recruitment];
        panel->matters |= counts;
        v->before[past->panelist] += counts && !is_new;
        v->load[past->panelist] += counts;
        panel->places -= counts && !is_new;
        panel->chosen += counts && is_new;
    }
    for (uint32_t r = 0; r < panels; r++)
        if (v->panels[r].matters && v->panels[r].first_day == RK_NO_DATE)
            return rk_fail(error, RK_BAD_DATA, _("recruitment %s has neither sessions nor a day"),
                           RECRUITMENT(r));
    return RK_OK;
}

int32_t rk_verify_used(const struct rk_verify *v, uint32_t panelist, int32_t from, int32_t months,
                       bool new_ones, uint32_t but)
{
    int32_t used = 0;
    for (uint32_t i = v->history.first[panelist]; i < v->history.first[panelist + 1]; i++) {
        const struct rk_past *past = &v->history.rows[i];
        int32_t month = v->panels[past->recruitment].month;
        used += past->flags & RK_PAST_COUNTS && (new_ones || !(past->flags & RK_PAST_NEW)) &&
                past->recruitment != but && month >= from && month < from + months;
    }
    return used;
}

rk_fixed rk_verify_fit(const struct rk_verify *v, uint32_t panelist, uint32_t recruitment)
{
    const struct rk_recruitment *what = &v->facts->recruitments->rows[recruitment];
    rk_fixed fit = 0;
    for (uint32_t w = 0; w < what->want_count; w++)
        if (rk_list_has(v->facts->panelists->rows[panelist].experience, what->want[w].experience))
            fit += what->want[w].weight;
    return fit;
}

uint32_t rk_verify_lot(const struct rk_verify *v, uint32_t panelist, uint32_t recruitment)
{
    struct rk_buf key = {0};
    rk_buf_printf(&key, "panel-tie|%zu|%s|%s", strlen(RECRUITMENT(recruitment)),
                  RECRUITMENT(recruitment), PANELIST(panelist));
    struct rk_random random = rk_random(v->facts->seed, (struct rk_text){key.text, key.size});
    rk_buf_free(&key);
    return (uint32_t)(rk_random_u64(&random) >> 32);
}

/* ---- the hard rules ---- */

int rk_verify_refused(const struct rk_verify *v, uint32_t p, uint32_t r, bool new_ones)
{
    const struct rk_verify_facts *f = v->facts;
    const struct rk_panelist *who = &f->panelists->rows[p];
    const struct rk_recruitment *what = &f->recruitments->rows[r];
    const struct rk_verify_panel *panel = &v->panels[r];
    const struct rk_past *own = rk_history_of(&v->history, p, r);
    struct rk_text all = {"", 0}, need = what->need, stages = all;
    bool declared = own && own->row && own->row->declared_on != RK_NO_DATE;
    bool breaks[RK_REFUSED_QUOTA] = {false};
    uint32_t n;
    const struct rk_session *sessions = rk_sessions_of(f->sessions, r, &n);
    if (own && own->flags & RK_PAST_KEPT)
        stages = own->row->stages;
    struct rk_declared asked = rk_conflicts_ask(f->conflicts, p, r, what->unit, f->candidates);
    declared |= asked.whole || (asked.candidates && asked.candidates == panel->met);
    breaks[RK_REFUSED_STATUS] = who->status != RK_PANELIST_ACTIVE;
    breaks[RK_REFUSED_CONSENT] =
        who->consent_until < panel->last_day || who->consent_withdrawn_on != RK_NO_DATE;
    breaks[RK_REFUSED_GUARDIAN] =
        who->guardian_consent != 1 &&
        (who->birth_year < 0 ? !f->assume_adult : panel->month / 12 - who->birth_year <= 18);
    breaks[RK_REFUSED_TRAINING] =
        what->training_required == 1 &&
        (who->trained_on == RK_NO_DATE || who->trained_on > panel->first_day);
    breaks[RK_REFUSED_NEED] = need.size;
    for (struct rk_text item; rk_list_next(&need, &item);)
        breaks[RK_REFUSED_NEED] &= !rk_list_has(who->experience, item);
    breaks[RK_REFUSED_CONFLICT] =
        asked.conflict || (asked.with_candidate && !f->candidate_conflicts_pass);
    breaks[RK_REFUSED_DECLARATION] = f->require_declarations && !declared;
    breaks[RK_REFUSED_DECLINED] = own && own->flags & RK_PAST_BARS;
    for (uint32_t s = 0; s < n; s++)
        breaks[RK_REFUSED_AVAILABILITY] |=
            (!stages.size || rk_list_has(stages, sessions[s].stage)) &&
            !rk_availability_covers(f->availability, p, sessions[s].start, sessions[s].end,
                                    f->assume_available);
    for (uint32_t i = v->history.first[p]; i < v->history.first[p + 1]; i++) {
        const struct rk_past *past = &v->history.rows[i];
        bool is_new = past->flags & RK_PAST_NEW;
        if (past->flags & RK_PAST_BUSY && past->recruitment != r && (new_ones || !is_new))
            breaks[RK_REFUSED_OVERLAP] |= rk_sessions_meet(
                f->sessions, r, stages, past->recruitment, is_new ? all : past->row->stages);
    }
    breaks[RK_REFUSED_CAP] =
        (who->max_per_month >= 0 &&
         rk_verify_used(v, p, panel->month, 1, new_ones, r) >= who->max_per_month) ||
        (who->max_per_year >= 0 &&
         rk_verify_used(v, p, panel->month / 12 * 12, 12, new_ones, r) >= who->max_per_year);
    int rule = 0;
    while (rule < RK_REFUSED_QUOTA && !breaks[rule])
        rule++;
    return rule;
}

void rk_verify_find_pairs(struct rk_verify *v)
{
    const struct rk_panelists *people = v->facts->panelists;
    for (uint32_t r = 0; r < v->facts->recruitments->count; r++) {
        const struct rk_verify_panel *panel = &v->panels[r];
        for (uint32_t p = 0; panel->open && p < people->count; p++) {
            if (!(v->experience[p] & panel->need) ||
                people->rows[p].consent_until < panel->last_day)
                continue; /* most, and soon */
            const struct rk_past *own = rk_history_of(&v->history, p, r);
            if ((own && own->flags & RK_PAST_KEPT) ||
                rk_verify_refused(v, p, r, false) != RK_REFUSED_QUOTA)
                continue;
            RK_GROW(v->pairs, v->pair_count, v->pair_room);
            v->pairs[v->pair_count++] = (struct rk_verify_pair){
                r, p, own && own->flags & RK_PAST_NEW && own->flags & RK_PAST_COUNTS};
        }
    }
    v->pair_first =
        rk_firsts(v->pairs, v->pair_count, sizeof *v->pairs, v->facts->recruitments->count);
}

/* ---- the rows of the result ---- */

void rk_verify_row(struct rk_verify *v, const struct rk_past *past)
{
    const struct rk_assignment *row = past->result;
    uint32_t p = past->panelist, r = past->recruitment, n;
    const struct rk_session *sessions = rk_sessions_of(v->facts->sessions, r, &n);
    struct rk_assignment fresh = {.declared_on = RK_NO_DATE, .confidentiality_on = RK_NO_DATE};
    struct rk_buf stages = {0};
    bool kept = past->flags & RK_PAST_KEPT;
    if (!row) {
        if (kept)
            BROKEN(RK_VERIFY_KEPT, &past->row->pos,
                   _("recruitment %s: panelist %s is to be kept, and is not there"), RECRUITMENT(r),
                   PANELIST(p));
        return;
    }
    for (uint32_t s = 0; s < n; s++)
        if (!rk_list_has((struct rk_text){stages.text, stages.size}, sessions[s].stage))
            rk_buf_printf(&stages, "%s%s", stages.size ? "|" : "", sessions[s].stage.text);
    fresh.seat = row->seat;
    fresh.position = row->position;
    fresh.stages = (struct rk_text){stages.text, stages.size};
    const char *cell = rk_assignment_difference(row, kept ? past->row : &fresh);
    if (!v->panels[r].open)
        BROKEN(RK_VERIFY_ROW, &row->pos, _("recruitment %s is not open"), RECRUITMENT(r));
    else if (cell)
        BROKEN(kept ? RK_VERIFY_KEPT : RK_VERIFY_ROW, &row->pos,
               kept ? _("recruitment %s: panelist %s is kept, but '%s' is another")
                    : _("recruitment %s: panelist %s: '%s' is not what a new row has"),
               RECRUITMENT(r), PANELIST(p), cell);
    if (!row->has_fit || row->fit != rk_fixed_round(rk_verify_fit(v, p, r)))
        BROKEN(RK_VERIFY_FIT, &row->pos,
               _("recruitment %s: panelist %s: fit is not the sum of the wanted weights"),
               RECRUITMENT(r), PANELIST(p));
    int rule = rk_verify_refused(v, p, r, !kept);
    if (rule != RK_REFUSED_QUOTA)
        rk_verify_found(v, rule, kept ? RK_VERIFY_TOLD : RK_VERIFY_BROKEN, &row->pos,
                        kept ? _("recruitment %s: panelist %s is kept, but breaks: %s")
                             : _("recruitment %s: panelist %s breaks: %s"),
                        RECRUITMENT(r), PANELIST(p), _(rk_refusal_name((enum rk_refusal)rule)));
    rk_buf_free(&stages);
}
