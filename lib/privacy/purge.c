#include "privacy/purge.h"

#include "privacy/purge_work.h"

/* ---- who there is ---- */

#define NUMBER(p, strings, array, room, id, ...)                                                   \
    do {                                                                                           \
        uint32_t known = (strings).count, number = rk_strings_add(&(strings), (id));               \
        if (number == known) {                                                                     \
            if (number >= (room)) {                                                                \
                (room) = (room) ? (room)*2 : 64;                                                   \
                (array) = rk_resize((array), (room), sizeof *(array));                             \
            }                                                                                      \
            (array)[number] = __VA_ARGS__;                                                         \
        }                                                                                          \
        return number;                                                                             \
    } while (0)

uint32_t rk_purge_recruitment(struct rk_purge *p, struct rk_text id)
{
    NUMBER(p, p->recruitment_ids, p->recruitments, p->recruitment_room, id,
           (struct purge_recruitment){RK_NONE, STATE_NONE, RK_NO_DATE, RK_NO_DATE, RK_NO_DATE,
                                      RK_NO_DATE, false, false});
}

uint32_t rk_purge_candidate(struct rk_purge *p, struct rk_text id)
{
    NUMBER(p, p->ids[RK_PURGE_CANDIDATE], p->candidates, p->candidate_room, id,
           (struct purge_candidate){.recruitment = RK_NONE});
}

uint32_t rk_purge_panelist(struct rk_purge *p, struct rk_text id)
{
    NUMBER(p, p->ids[RK_PURGE_PANELIST], p->panelists, p->panelist_room, id,
           (struct purge_panelist){.left_on = RK_NO_DATE, .withdrawn_on = RK_NO_DATE});
}

uint32_t rk_purge_rater(struct rk_purge *p, struct rk_text id)
{
    NUMBER(p, p->ids[RK_PURGE_RATER], p->raters, p->rater_room, id, (struct purge_rater){RK_NONE});
}

struct rk_purge *rk_purge_new(const struct rk_purge_options *options)
{
    struct rk_purge *p = rk_alloc(1, sizeof *p);
    p->options = options;
    p->reason_keys.width = 6;
    p->line_keys.width = 2;
    p->subject = RK_NONE;
    if (options->export)
        p->export = rk_purge_export_new();
    return p;
}

void rk_purge_free(struct rk_purge *p)
{
    if (!p)
        return;
    for (int kind = 0; kind < RK_PURGE_KINDS; kind++) {
        rk_strings_free(&p->ids[kind]);
        rk_strings_free(&p->others[kind]);
    }
    rk_strings_free(&p->recruitment_ids);
    rk_strings_free(&p->boards);
    rk_strings_free(&p->grounds);
    rk_strings_free(&p->tables);
    rk_strings_free(&p->fresh);
    rk_tuples_free(&p->reason_keys);
    rk_tuples_free(&p->line_keys);
    rk_free(p->recruitments);
    rk_free(p->candidates);
    rk_free(p->panelists);
    rk_free(p->raters);
    rk_free(p->reasons);
    rk_free(p->line_rows);
    rk_purge_export_free(p->export);
    rk_free(p);
}

enum rk_status rk_purge_check_holds(const struct rk_purge *p, struct rk_error *error)
{
    static const char *const tables[] = {"recruitments", "candidates", "panelists"};
    const struct rk_holds *holds = p->options->holds;
    for (uint32_t h = 0; h < holds->count; h++) {
        const uint32_t *place = &holds->places.members[2 * h];
        struct rk_text id = holds->ids[place[0]].texts[place[1]];
        uint32_t number;
        bool known = false;
        const struct rk_hold *hold =
            rk_holds_find(holds, (enum rk_hold_of)place[0], id, p->options->day);
        if (!hold)
            continue;
        if (place[0] == RK_HOLD_PANELIST) {
            number = rk_strings_find(&p->ids[RK_PURGE_PANELIST], id);
            known = number != RK_NONE && p->panelists[number].known;
        } else {
            known = rk_strings_find(place[0] == RK_HOLD_CANDIDATE ? &p->ids[RK_PURGE_CANDIDATE]
                                                                  : &p->recruitment_ids,
                                    id) != RK_NONE;
        }
        if (!known)
            return rk_fail_at(error, RK_BAD_DATA, &hold->pos,
                              _("a hold that stands names an id that is not in the table %s: whom "
                                "was it meant to hold?"),
                              tables[place[0]]);
    }
    return RK_OK;
}

bool rk_purge_knows(struct rk_purge *p)
{
    return rk_strings_find(&p->ids[p->options->subject_kind], rk_text(p->options->subject)) !=
           RK_NONE;
}

/* ---- tables ---- */

void rk_purge_bind(struct rk_purge *p, struct purge_table *t, const struct rk_schema *schema)
{
    static const struct {
        const char *table;
        enum purge_class class;
        bool exports;
    } classes[] = {
        {"candidates", CLASS_PLAIN, true},
        {"decisions", CLASS_PLAIN, true},
        {"ratings", CLASS_ASSESSMENT, true},
        {"ballots", CLASS_ASSESSMENT, true},
        {"scores", CLASS_ASSESSMENT, true},
        {"ranking", CLASS_ASSESSMENT, true},
        {"counts", CLASS_ASSESSMENT, true},
        {"impact", CLASS_ASSESSMENT, false},
        {"estimates", CLASS_ASSESSMENT, false},
        {"severity", CLASS_ASSESSMENT, false},
        {"contributions", CLASS_CONTRIBUTION, false},
        {"statements", CLASS_CONTRIBUTION, false},
        {"panelists", CLASS_BANK, true},
        {"availability", CLASS_OWN, false},
        {"identities", CLASS_OWN, false},
        {"participants", CLASS_OWN, false},
        {"presence", CLASS_OWN, false},
        {"meetings", CLASS_OWN, false},
        {"pseudonyms", CLASS_OWN, false},
        {"assignments", CLASS_ASSIGNMENT, false},
        {"conflicts", CLASS_CONFLICT, false},
        {"payments", CLASS_BOOKKEEPING, false},
        {"honoraria", CLASS_BOOKKEEPING, false},
        {"earnings", CLASS_BOOKKEEPING, false},
        {"payroll", CLASS_BOOKKEEPING, false},
        {"holds", CLASS_OWN, false},
    };
    static const struct {
        const char *table, *field; /* NULL = of any table */
        enum purge_reference names;
    } columns[] = {
        {NULL, "candidate_id", NAMES_CANDIDATE},
        {NULL, "panelist_id", NAMES_PANELIST},
        {NULL, "rater_id", NAMES_RATER},
        {NULL, "participant_id", NAMES_EITHER},
        {"impact", "first", NAMES_CANDIDATE},
        {"impact", "first_without", NAMES_CANDIDATE},
        {"impact", "first_of_group", NAMES_CANDIDATE},
        {"impact", "top_in", NAMES_CANDIDATE},
        {"impact", "top_out", NAMES_CANDIDATE},
        {"impact", "top_of_group", NAMES_CANDIDATE},
        {"impact", "chosen", NAMES_CANDIDATE},
        {"participants", "members", NAMES_EITHER},
        {"participants", "supports", NAMES_EITHER},
        {"plan", "participants", NAMES_EITHER},
        {"plan", "support", NAMES_EITHER},
        {"plan", "out", NAMES_EITHER},
        {"estimates", "element", NAMES_BY_KIND},
        {"pseudonyms", "id", NAMES_BY_KIND},
    };
    *t = (struct purge_table){.schema = schema, .names = &p->tables};
    t->name = rk_strings_add(&p->tables, rk_text(schema->name));
    t->recruitment = rk_schema_find(schema, RK_TEXT("recruitment_id"));
    t->status = rk_schema_find(schema, RK_TEXT("status"));
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (!strcmp(classes[i].table, schema->name)) {
            t->class = classes[i].class;
            t->exports = classes[i].exports;
        }
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        size_t field = rk_schema_find(schema, rk_text(columns[i].field));
        if (field == SIZE_MAX || (columns[i].table && strcmp(columns[i].table, schema->name) != 0))
            continue;
        t->references[t->reference_count].field = field;
        t->references[t->reference_count++].names = columns[i].names;
        if (columns[i].names == NAMES_BY_KIND)
            t->kind = rk_schema_field(schema, strcmp(schema->name, "estimates") ? "kind" : "facet");
    }
}

enum rk_purge_who rk_purge_named(struct rk_purge *p, const struct purge_table *t,
                                 const struct rk_row *row, size_t reference, struct rk_text *rest,
                                 struct rk_text *item)
{
    size_t field = t->references[reference].field;
    if (t->schema->fields[field].type == RK_LIST) {
        if (!rk_list_next(rest, item))
            return RK_PURGE_KINDS;
    } else {
        *item = *rest;
        *rest = (struct rk_text){0};
        if (!item->size)
            return RK_PURGE_KINDS;
    }
    switch (t->references[reference].names) {
    case NAMES_CANDIDATE: return RK_PURGE_CANDIDATE;
    case NAMES_PANELIST: return RK_PURGE_PANELIST;
    case NAMES_RATER: return RK_PURGE_RATER;
    case NAMES_EITHER:
        return rk_strings_find(&p->ids[RK_PURGE_CANDIDATE], *item) != RK_NONE ? RK_PURGE_CANDIDATE
                                                                              : RK_PURGE_PANELIST;
    case NAMES_BY_KIND: break;
    }
    struct rk_text kind = rk_value_text(&row->values[t->kind]);
    return rk_text_is(kind, "candidate_id") || rk_text_is(kind, "candidate") ? RK_PURGE_CANDIDATE
           : rk_text_is(kind, "panelist_id")                                 ? RK_PURGE_PANELIST
                                                                             : RK_PURGE_RATER;
}

/* ---- what happened ---- */

static const struct rk_value *cell(const struct rk_schema *schema, const struct rk_row *row,
                                   const char *name)
{
    return &row->values[rk_schema_field(schema, name)];
}

static void later(int32_t *day, int32_t other)
{
    if (other != RK_NO_DATE && (*day == RK_NO_DATE || other > *day))
        *day = other;
}

static void learn_recruitment(struct rk_purge *p, const struct rk_schema *s,
                              const struct rk_row *row)
{
    uint32_t id = rk_purge_recruitment(p, rk_value_text(cell(s, row, "recruitment_id")));
    struct purge_recruitment *r = &p->recruitments[id];
    const struct rk_value *status = cell(s, row, "status");
    r->board = rk_strings_add(&p->boards, rk_value_text(cell(s, row, "department")));
    r->decided = rk_cell_date(cell(s, row, "decided_on"));
    r->cancelled = rk_cell_date(cell(s, row, "cancelled_on"));
    if (!status->size)
        r->state = r->cancelled != RK_NO_DATE ? STATE_CANCELLED
                   : r->decided != RK_NO_DATE ? STATE_DECIDED
                                              : STATE_OPEN;
    else
        r->state = rk_text_is(rk_value_text(status), "decided")     ? STATE_DECIDED
                   : rk_text_is(rk_value_text(status), "cancelled") ? STATE_CANCELLED
                                                                    : STATE_OPEN;
}

static struct purge_candidate *learn_candidate(struct rk_purge *p, const struct rk_schema *s,
                                               const struct rk_row *row)
{
    uint32_t recruitment = rk_purge_recruitment(p, rk_value_text(cell(s, row, "recruitment_id")));
    uint32_t id = rk_purge_candidate(p, rk_value_text(cell(s, row, "candidate_id")));
    p->candidates[id].recruitment = recruitment;
    return &p->candidates[id];
}

static void learn_decision(struct rk_purge *p, const struct rk_schema *s, const struct rk_row *row)
{
    struct purge_candidate *c = learn_candidate(p, s, row);
    struct purge_recruitment *r = &p->recruitments[c->recruitment];
    int32_t force = rk_cell_date(cell(s, row, "legal_force_on"));
    r->has_decisions = true;
    later(&r->any_force, force);
    if (!rk_text_is(rk_value_text(cell(s, row, "outcome")), "hired"))
        return;
    c->hired = true;
    later(&r->hired_force, force);
    r->hired_without |= force == RK_NO_DATE;
}

static void learn_panelist(struct rk_purge *p, const struct rk_schema *s, const struct rk_row *row)
{
    uint32_t id = rk_purge_panelist(p, rk_value_text(cell(s, row, "panelist_id")));
    struct purge_panelist *one = &p->panelists[id];
    one->known = true;
    one->left = rk_text_is(rk_value_text(cell(s, row, "status")), "left");
    one->stub = rk_text_is(rk_value_text(cell(s, row, "experience")), "erased");
    one->left_on = one->left ? rk_cell_date(cell(s, row, "left")) : RK_NO_DATE;
    one->withdrawn_on = rk_cell_date(cell(s, row, "consent_withdrawn_on"));
    one->consents = rk_cell_flag(cell(s, row, "research_consent")) == 1;
}

static void learn_rater(struct rk_purge *p, const struct rk_schema *s, const struct rk_row *row)
{
    const struct rk_value *rater = cell(s, row, "rater_id"), *who = cell(s, row, "panelist_id");
    if (!rater->size || !who->size)
        return;
    uint32_t panelist = rk_purge_panelist(p, rk_value_text(who));
    uint32_t id = rk_purge_rater(p, rk_value_text(rater));
    p->raters[id].panelist = panelist;
}

static bool is_open(const struct rk_purge *p, uint32_t recruitment)
{
    return recruitment != RK_NONE && p->recruitments[recruitment].state == STATE_OPEN;
}

static uint32_t recruitment_of(struct rk_purge *p, const struct purge_table *t,
                               const struct rk_row *row)
{
    if (t->recruitment == SIZE_MAX || !row->values[t->recruitment].size)
        return RK_NONE;
    return rk_purge_recruitment(p, rk_value_text(&row->values[t->recruitment]));
}

/* Will a row that names a panelist outlive them? */
static bool is_kept(struct rk_purge *p, const struct purge_table *t, const struct rk_row *row)
{
    switch (t->class) {
    case CLASS_BANK:
    case CLASS_OWN: return false;
    case CLASS_ASSIGNMENT: return !is_open(p, recruitment_of(p, t, row));
    case CLASS_CONFLICT:
        return cell(t->schema, row, "recruitment_id")->size ||
               cell(t->schema, row, "candidate_id")->size;
    default: return true;
    }
}

static void learn_references(struct rk_purge *p, const struct purge_table *t,
                             const struct rk_row *row)
{
    for (size_t i = 0; i < t->reference_count; i++) {
        if (t->references[i].names != NAMES_PANELIST)
            continue;
        const struct rk_value *value = &row->values[t->references[i].field];
        if (!value->size)
            continue;
        uint32_t id = rk_purge_panelist(p, rk_value_text(value));
        p->panelists[id].books |= t->class == CLASS_BOOKKEEPING;
        p->panelists[id].kept |= is_kept(p, t, row);
    }
}

enum rk_status rk_purge_learn(struct rk_purge *p, struct rk_table *table,
                              const struct rk_schema *schema, struct rk_error *error)
{
    struct purge_table t;
    const char *name = schema->name;
    enum rk_status status;
    rk_purge_bind(p, &t, schema);
    for (const struct rk_row *row; !(status = rk_table_next(table, &row, error)) && row;) {
        if (!strcmp(name, "recruitments")) {
            learn_recruitment(p, schema, row);
        } else if (!strcmp(name, "candidates")) {
            struct purge_candidate *c = learn_candidate(p, schema, row);
            c->protected = rk_text_is(rk_value_text(cell(schema, row, "status")), "protected");
            c->consents = rk_cell_flag(cell(schema, row, "research_consent")) == 1;
        } else if (!strcmp(name, "decisions")) {
            learn_decision(p, schema, row);
        } else if (!strcmp(name, "hires")) {
            learn_candidate(p, schema, row)->hired = true;
        } else if (!strcmp(name, "panelists")) {
            learn_panelist(p, schema, row);
        } else if (!strcmp(name, "raters") || !strcmp(name, "assignments")) {
            learn_rater(p, schema, row);
        }
        learn_references(p, &t, row);
    }
    return status;
}

/* ---- what becomes of it ---- */

static uint32_t reason(struct rk_purge *p, struct purge_reason r, const char *ground)
{
    r.ground = rk_strings_add(&p->grounds, rk_text(ground));
    uint32_t rule = r.rule ? (uint32_t)(r.rule - p->options->disposal->rules) : RK_NONE;
    uint32_t key[6] = {r.recruitment,
                       (uint32_t)r.what << 8 | (uint32_t)r.action,
                       r.ground,
                       rule,
                       (uint32_t)r.event_on,
                       0};
    uint32_t known = p->reason_keys.count, number = rk_tuples_add(&p->reason_keys, key);
    if (number == known) {
        if (number >= p->reason_room) {
            p->reason_room = p->reason_room ? 2 * p->reason_room : 64;
            p->reasons = rk_resize(p->reasons, p->reason_room, sizeof *p->reasons);
        }
        p->reasons[number] = r;
    }
    return number;
}

static uint32_t held(struct rk_purge *p, struct purge_reason r, const struct rk_hold *hold)
{
    struct rk_buf ground = {0};
    rk_buf_printf(&ground, "hold: %.*s", (int)hold->ground.size, hold->ground.text);
    r.action = RK_PURGE_KEEP;
    uint32_t number = reason(p, r, ground.text);
    rk_buf_free(&ground);
    return number;
}

static bool is_over(const struct rk_purge *p, const struct purge_reason *r)
{
    return p->options->day > rk_disposal_last_day(r->event_on, r->rule->months);
}

/* The plan's rule of what is in a recruitment, and the day of its event; false: the reason is told
 * already in *number. */
static bool event_of(struct rk_purge *p, struct purge_reason *r, uint32_t *number)
{
    const struct rk_disposal *plan = p->options->disposal;
    static const struct purge_recruitment unknown = {RK_NONE,    STATE_NONE, RK_NO_DATE, RK_NO_DATE,
                                                     RK_NO_DATE, RK_NO_DATE, false,      false};
    const struct purge_recruitment *of =
        r->recruitment == RK_NONE ? &unknown : &p->recruitments[r->recruitment];
    struct rk_text board = of->board == RK_NONE ? RK_TEXT("*") : p->boards.texts[of->board];
    const struct rk_disposal_rule *force =
        rk_disposal_find(plan, board, r->what, RK_DISPOSAL_LEGAL_FORCE);
    const struct rk_disposal_rule *decided =
        rk_disposal_find(plan, board, r->what, RK_DISPOSAL_DECIDED);
    if (force && decided && force->every && !decided->every)
        force = NULL; /* the board's own rule goes before that of every board */
    r->action = RK_PURGE_KEEP;
    if (of->state == STATE_OPEN || (of->state == STATE_NONE && !of->has_decisions)) {
        *number = reason(p, *r, "open");
        return false;
    }
    if (of->state == STATE_CANCELLED) {
        r->rule = rk_disposal_find(plan, board, r->what, RK_DISPOSAL_CANCELLED);
        r->event_on = of->cancelled;
    } else if ((r->rule = force)) {
        r->event_on = of->hired_without               ? RK_NO_DATE
                      : of->hired_force != RK_NO_DATE ? of->hired_force
                                                      : of->any_force;
    } else {
        r->rule = decided;
        r->event_on = of->decided;
    }
    if (!r->rule)
        r->event_on = RK_NO_DATE;
    if (!r->rule || r->rule->months < 0) {
        *number = reason(p, *r, r->rule ? "rule" : "no_rule");
        return false;
    }
    return true;
}

static uint32_t of_recruitment(struct rk_purge *p, uint32_t recruitment, enum rk_disposal_what what,
                               const struct purge_candidate *candidate, struct rk_text id)
{
    struct purge_reason r = {.recruitment = recruitment, .what = what, .event_on = RK_NO_DATE};
    const struct rk_holds *holds = p->options->holds;
    uint32_t number;
    if (!event_of(p, &r, &number))
        return number;
    if (r.event_on == RK_NO_DATE) {
        r.action = RK_PURGE_WAIT;
        return reason(p, r, "no_date");
    }
    if (!is_over(p, &r))
        return reason(p, r, "not_due");
    const struct rk_hold *hold =
        id.size ? rk_holds_find(holds, RK_HOLD_CANDIDATE, id, p->options->day) : NULL;
    if (!hold && recruitment != RK_NONE)
        hold = rk_holds_find(holds, RK_HOLD_RECRUITMENT, p->recruitment_ids.texts[recruitment],
                             p->options->day);
    if (hold)
        return held(p, r, hold);
    r.action = RK_PURGE_ERASE;
    return reason(p, r, candidate && candidate->protected ? "protected" : "due");
}

static uint32_t of_candidate(struct rk_purge *p, const struct purge_table *t,
                             const struct rk_row *row, struct rk_text id)
{
    uint32_t number = rk_strings_find(&p->ids[RK_PURGE_CANDIDATE], id);
    struct purge_candidate c = {.recruitment = RK_NONE};
    if (number != RK_NONE)
        c = p->candidates[number];
    if (c.recruitment == RK_NONE) /* no table of candidates tells: the row does */
        c.recruitment = recruitment_of(p, t, row);
    return of_recruitment(p, c.recruitment, c.hired ? RK_DISPOSAL_HIRED : RK_DISPOSAL_APPLICATION,
                          &c, id);
}

/* Of the earliest event that a rule counts from. */
static uint32_t of_panelist(struct rk_purge *p, uint32_t number)
{
    const struct purge_panelist *one = &p->panelists[number];
    struct purge_reason r = {.recruitment = RK_NONE,
                             .what = RK_DISPOSAL_PANELIST,
                             .action = RK_PURGE_KEEP,
                             .event_on = RK_NO_DATE};
    bool asked = p->options->subject && p->subject == number;
    if (one->stub)
        return reason(p, r, "erased_before");
    for (int e = RK_DISPOSAL_LEFT; e <= RK_DISPOSAL_WITHDRAWN && !asked; e++) {
        int32_t on = e == RK_DISPOSAL_LEFT ? one->left_on : one->withdrawn_on;
        const struct rk_disposal_rule *rule = rk_disposal_find(
            p->options->disposal, RK_TEXT("*"), RK_DISPOSAL_PANELIST, (enum rk_disposal_event)e);
        bool happened = on != RK_NO_DATE || (e == RK_DISPOSAL_LEFT && one->left);
        if (!rule || rule->months < 0 || !happened ||
            (r.rule && (on == RK_NO_DATE || (r.event_on != RK_NO_DATE &&
                                             rk_disposal_last_day(r.event_on, r.rule->months) <=
                                                 rk_disposal_last_day(on, rule->months)))))
            continue;
        r.rule = rule;
        r.event_on = on;
    }
    if (!asked && !r.rule)
        return RK_NONE; /* in the bank, or out of it without a rule */
    if (!asked && r.event_on == RK_NO_DATE) {
        r.action = RK_PURGE_WAIT;
        return reason(p, r, "no_date");
    }
    if (!asked && !is_over(p, &r))
        return reason(p, r, "not_due");
    const struct rk_hold *hold =
        rk_holds_find(p->options->holds, RK_HOLD_PANELIST, p->ids[RK_PURGE_PANELIST].texts[number],
                      p->options->day);
    if (hold)
        return held(p, r, hold);
    r.action = RK_PURGE_ERASE;
    return reason(p, r, asked ? "request" : "due");
}

/* The row of a panelist who goes. */
static struct purge_verdict without(struct rk_purge *p, const struct purge_table *t,
                                    const struct rk_row *row, bool in_list, uint32_t panelist,
                                    uint32_t number)
{
    const struct purge_panelist *one = &p->panelists[panelist];
    struct purge_verdict verdict = {number, RK_NONE, true};
    struct purge_reason r = p->reasons[number];
    const char *ground = p->grounds.texts[r.ground].text;
    bool stays = in_list || is_kept(p, t, row); /* the others in the list stay */
    if (r.action != RK_PURGE_ERASE)
        return verdict;
    if (t->class == CLASS_BANK)
        stays = one->books || one->kept;
    if (t->class != CLASS_BANK && stays && one->books) {
        r.action = RK_PURGE_KEEP; /* what was paid to whom must be found: the id stays */
        ground = "bookkeeping";
    } else if (stays) {
        r.action = RK_PURGE_DEIDENTIFY;
    }
    if (t->class == CLASS_ASSIGNMENT && !stays) {
        struct rk_text status = rk_value_text(&row->values[t->status]);
        r.recruitment = recruitment_of(p, t, row);
        r.action = RK_PURGE_REPLACE;
        if (!rk_text_is(status, "declined") && !rk_text_is(status, "absent"))
            verdict.replaced = reason(p, r, ground);
        r.recruitment = RK_NONE;
        r.action = RK_PURGE_ERASE;
    }
    verdict.reason = reason(p, r, ground);
    return verdict;
}

bool rk_purge_is_subject(struct rk_purge *p, enum rk_purge_who who, struct rk_text id)
{
    enum rk_purge_who kind = p->options->subject_kind;
    if (p->subject == RK_NONE)
        p->subject = rk_strings_find(&p->ids[kind], rk_text(p->options->subject));
    if (who == kind)
        return rk_text_is(id, p->options->subject);
    if (who != RK_PURGE_RATER || kind != RK_PURGE_PANELIST || p->subject == RK_NONE)
        return false;
    uint32_t rater = rk_strings_find(&p->ids[RK_PURGE_RATER], id);
    return rater != RK_NONE && p->raters[rater].panelist == p->subject;
}

bool rk_purge_goes(struct rk_purge *p, struct rk_text panelist)
{
    uint32_t number = rk_strings_find(&p->ids[RK_PURGE_PANELIST], panelist);
    if (number == RK_NONE ||
        (p->options->subject && !rk_purge_is_subject(p, RK_PURGE_PANELIST, panelist)))
        return false;
    uint32_t why = of_panelist(p, number);
    return why != RK_NONE && p->reasons[why].action == RK_PURGE_ERASE;
}

/* A panelist asked: what they gave as a rater is part of the recruitment, and goes with it. */
static uint32_t as_rater(struct rk_purge *p, const struct purge_table *t, const struct rk_row *row)
{
    struct rk_text item = {0};
    size_t candidate = rk_schema_find(t->schema, RK_TEXT("candidate_id"));
    if (candidate != SIZE_MAX)
        item = rk_value_text(&row->values[candidate]);
    uint32_t whole = item.size ? of_candidate(p, t, row, item) : RK_NONE;
    struct purge_reason r = {.recruitment = recruitment_of(p, t, row),
                             .what = RK_DISPOSAL_APPLICATION,
                             .event_on = RK_NO_DATE};
    if (whole != RK_NONE)
        r = p->reasons[whole];
    r.action = RK_PURGE_KEEP;
    return reason(p, r, "public_record");
}

/* The text with which the grounds of holds begin. */
static bool is_hold(struct rk_text ground)
{
    return ground.size > 5 && !memcmp(ground.text, "hold:", 5);
}

/* Of two people whom a row names, does what becomes of `one` go before? What changes most does. */
static bool goes_before(const struct rk_purge *p, uint32_t one, uint32_t other)
{
    return other == RK_NONE || p->reasons[one].action < p->reasons[other].action;
}

/* Likewise of candidates, but a hold keeps the row whatever becomes of the others in it. */
static bool holds_before(const struct rk_purge *p, uint32_t one, uint32_t other)
{
    bool held = is_hold(p->grounds.texts[p->reasons[one].ground]);
    if (other == RK_NONE || held)
        return true;
    return !is_hold(p->grounds.texts[p->reasons[other].ground]) && goes_before(p, one, other);
}

struct purge_verdict rk_purge_judge(struct rk_purge *p, const struct purge_table *t,
                                    const struct rk_row *row)
{
    struct purge_verdict verdict = {RK_NONE, RK_NONE, !p->options->subject}, bank = verdict;
    bool one_only = p->options->subject != NULL;
    uint32_t raters = RK_NONE;
    struct rk_text candidate = {0};
    for (size_t i = 0; i < t->reference_count; i++) {
        size_t field = t->references[i].field;
        bool in_list = t->schema->fields[field].type == RK_LIST;
        struct rk_text rest = rk_value_text(&row->values[field]), item;
        for (enum rk_purge_who who;
             (who = rk_purge_named(p, t, row, i, &rest, &item)) != RK_PURGE_KINDS;) {
            if (one_only && !rk_purge_is_subject(p, who, item))
                continue;
            verdict.about = bank.about = true;
            if (who == RK_PURGE_CANDIDATE) {
                uint32_t number = of_candidate(p, t, row, item);
                if (!candidate.size ||
                    rk_holds_find(p->options->holds, RK_HOLD_CANDIDATE, item, p->options->day))
                    candidate = item;
                if (holds_before(p, number, verdict.reason))
                    verdict.reason = number;
            } else if (who == RK_PURGE_PANELIST) {
                uint32_t panelist = rk_strings_find(&p->ids[RK_PURGE_PANELIST], item);
                uint32_t number = panelist == RK_NONE ? RK_NONE : of_panelist(p, panelist);
                if (number == RK_NONE)
                    continue;
                struct purge_verdict one = without(p, t, row, in_list, panelist, number);
                if (goes_before(p, one.reason, bank.reason))
                    bank = one;
            } else if (one_only) {
                raters = as_rater(p, t, row);
            }
        }
    }
    if (verdict.reason != RK_NONE && p->reasons[verdict.reason].action == RK_PURGE_ERASE)
        return verdict;
    uint32_t recruitment = recruitment_of(p, t, row);
    if (!one_only && t->class == CLASS_ASSESSMENT) {
        uint32_t number = of_recruitment(p, recruitment, RK_DISPOSAL_ASSESSMENTS, NULL, candidate);
        if (p->reasons[number].action == RK_PURGE_ERASE)
            return (struct purge_verdict){number, RK_NONE, true};
        if (verdict.reason == RK_NONE || p->reasons[number].rule)
            verdict.reason = number;
    }
    if (!one_only && t->class == CLASS_CONTRIBUTION)
        verdict.reason =
            of_recruitment(p, recruitment, RK_DISPOSAL_CONTRIBUTIONS, NULL, RK_TEXT(""));
    if (bank.reason != RK_NONE)
        return bank;
    if (verdict.reason == RK_NONE)
        verdict.reason = raters;
    return verdict;
}

/* ---- the list ---- */

bool rk_purge_lines(const struct rk_purge *p, size_t index, struct rk_purge_line *line)
{
    if (index >= p->line_keys.count)
        return false;
    const uint32_t *key = &p->line_keys.members[2 * index];
    const struct purge_reason *r = &p->reasons[key[0]];
    uint32_t board = r->recruitment == RK_NONE ? RK_NONE : p->recruitments[r->recruitment].board;
    *line = (struct rk_purge_line){
        .table = p->tables.texts[key[1]].text,
        .what = r->what,
        .action = r->action,
        .ground = p->grounds.texts[r->ground],
        .rule = r->rule,
        .event_on = r->event_on,
        .last_day = RK_NO_DATE,
        .rows = p->line_rows[index],
    };
    if (board != RK_NONE)
        line->board = p->boards.texts[board];
    if (r->recruitment != RK_NONE)
        line->recruitment = p->recruitment_ids.texts[r->recruitment];
    if (r->rule && r->rule->months >= 0 && r->event_on != RK_NO_DATE)
        line->last_day = rk_disposal_last_day(r->event_on, r->rule->months);
    return true;
}

bool rk_purge_is_due(const struct rk_purge_line *line)
{
    return line->action != RK_PURGE_KEEP || is_hold(line->ground) ||
           rk_text_is(line->ground, "bookkeeping");
}
