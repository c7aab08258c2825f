#include "score/aggregate_state.h"

/* ---- what makes partials alike ---- */

static void option(struct rk_partial *p, const char *name, const char *value)
{
    rk_partial_option(p, name, value);
}

static void option_word(struct rk_partial *p, const char *name, const char *words, size_t place)
{
    while (place--)
        words = strchr(words, '|') + 1;
    char *word = rk_strndup(words, strcspn(words, "|"));
    option(p, name, word);
    rk_free(word);
}

static void option_number(struct rk_partial *p, const char *name, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    option(p, name, text);
}

static void option_weights(const struct rk_aggregate_options *o, const struct rk_ids *ids,
                           struct rk_partial *p)
{
    struct rk_buf text = {0};
    uint32_t *ranks = rk_strings_ranks(&ids->of[RK_ID_GROUP]);
    size_t *order = rk_resize(NULL, o->weight_count + 1, sizeof *order);
    for (size_t i = 0; i < o->weight_count; i++) {
        size_t at = i;
        for (; at && ranks[o->weights[order[at - 1]].group] > ranks[o->weights[i].group]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    for (size_t i = 0; i < o->weight_count; i++) {
        const struct rk_group_weight *w = &o->weights[order[i]];
        rk_buf_printf(&text, "%s%s=", i ? "," : "", rk_id_text(ids, RK_ID_GROUP, w->group).text);
        rk_fixed_print_exact(&text, w->weight);
    }
    if (text.size)
        option(p, "weights", text.text);
    rk_buf_free(&text);
    rk_free(ranks);
    rk_free(order);
}

void rk_aggregate_define(const struct rk_aggregate_options *o, const struct rk_ids *ids,
                         const char *input, bool voices, struct rk_partial *p)
{
    const struct rk_method_options *m = &o->method;
    struct rk_buf trim = {0};
    option(p, "input", input);
    option_word(p, "method", RK_METHOD_WORDS, m->method);
    option_word(p, "basis", RK_BASIS_WORDS, o->basis);
    option_word(p, "empty-group", RK_EMPTY_WORDS, o->empty);
    option_word(p, "stages", RK_STAGES_WORDS, o->stages);
    option_word(p, "strength", RK_STRENGTH_WORDS, m->strength);
    option_word(p, "unranked", RK_UNRANKED_WORDS, m->unranked);
    option_word(p, "ties", RK_TIES_WORDS, m->half);
    option_word(p, "equal-wins", RK_WINS_WORDS, m->lots);
    option_word(p, "deviation", RK_DEVIATION_WORDS, m->population);
    rk_fixed_print_exact(&trim, m->trim);
    option(p, "trim", trim.text);
    rk_buf_free(&trim);
    option(p, "equalise", m->equalise ? "true" : "false");
    option_number(p, "bootstrap", o->draws);
    option_number(p, "top", o->top);
    option_weights(o, ids, p);
    if (m->seed.size) {
        char *seed = rk_strndup(m->seed.text, m->seed.size);
        option(p, "seed", seed);
        rk_free(seed);
    }
    option(p, "candidates", o->has_contenders ? "true" : "false");
    option(p, "recruitments", o->rubrics->assigned ? "true" : "false");
    option(p, "voices", voices ? "true" : "false");
    p->rubrics = o->rubrics;
}

enum rk_status rk_aggregate_weights(const char *text, struct rk_ids *ids,
                                    struct rk_group_weight **weights, size_t *count,
                                    struct rk_error *error)
{
    rk_fixed sum = 0;
    size_t room = 0;
    for (const char *at = text; at;) {
        size_t size = strcspn(at, ","), name = strcspn(at, "=,");
        struct rk_group_weight w;
        if (!name || name >= size ||
            !rk_fixed_parse((struct rk_text){at + name + 1, size - name - 1}, &w.weight) ||
            w.weight < 0)
            return rk_fail(error, RK_BAD_USE,
                           _("--weights: expected groups with weights of 0 or more, like "
                             "user=1,staff=1"));
        w.group = rk_id(ids, RK_ID_GROUP, (struct rk_text){at, name});
        for (size_t i = 0; i < *count; i++)
            if ((*weights)[i].group == w.group)
                return rk_fail(error, RK_BAD_USE, _("--weights: %.*s is named twice"), (int)name,
                               at);
        RK_GROW(*weights, *count, room);
        (*weights)[(*count)++] = w;
        sum += w.weight;
        at = at[size] ? at + size + 1 : NULL;
    }
    return sum || !text
               ? RK_OK
               : rk_fail(error, RK_BAD_USE, _("--weights: at least one must be more than 0"));
}

/* What an option says, or the partial is not one of ours. */
struct understanding {
    const struct rk_partial *p;
    struct rk_error *error;
    enum rk_status status;
};

static const char *value_of(struct understanding *u, const char *name, bool known)
{
    const char *value = rk_partial_value(u->p, name);
    if (!u->status && (!known || !value))
        u->status = rk_fail_at(u->error, RK_BAD_DATA,
                               &(struct rk_pos){.file = u->p->file, .line = u->p->line},
                               _("the option %s is not one that this version knows"), name);
    return value ? value : "";
}

static size_t word_of(struct understanding *u, const char *name, const char *words)
{
    const char *value = value_of(u, name, true);
    size_t place = 0, size = strlen(value);
    for (const char *at = words; at; at = strchr(at, '|'), place++) {
        at += *at == '|';
        if (size && strcspn(at, "|") == size && !memcmp(at, value, size))
            return place;
    }
    value_of(u, name, false);
    return 0;
}

static uint64_t number_of(struct understanding *u, const char *name, int64_t least)
{
    int64_t number = least;
    const char *value = value_of(u, name, true);
    if (!u->status && (!rk_text_int(rk_text(value), &number) || number < least))
        value_of(u, name, false);
    return (uint64_t)number;
}

static bool flag_of(struct understanding *u, const char *name)
{
    return word_of(u, name, "false|true") == 1;
}

static enum rk_status contradiction(enum rk_id_kind kind, uint32_t id, const struct rk_ids *ids,
                                    struct rk_error *error)
{
    const char *text = rk_id_text(ids, kind, id).text;
    return rk_fail(error, RK_BAD_DATA,
                   kind == RK_ID_RECRUITMENT
                       ? _("the partials know of different rubrics of recruitment %s")
                       : _("the partials know different things of candidate %s"),
                   text);
}

/* Recruitments and candidates that any of the parts knows of. */
static enum rk_status join_known(const struct rk_partial *parts, size_t count,
                                 const struct rk_ids *ids, struct rk_aggregate_known *known,
                                 struct rk_error *error)
{
    struct rk_tuples keys = {.width = 2};
    enum rk_status status = RK_OK;
    for (size_t i = 0; i < count && !status; i++) {
        for (size_t r = 0; r < parts[i].recruitment_count && !status; r++) {
            const struct rk_partial_recruitment *row = &parts[i].recruitments[r];
            const struct rk_rubric *rubric = NULL;
            for (size_t k = 0; k < known->rubrics.count; k++)
                if (!strcmp(known->rubrics.all[k]->id, row->rubric->id))
                    rubric = known->rubrics.all[k];
            if (!rk_rubrics_give(&known->rubrics, row->recruitment, rubric))
                status = contradiction(RK_ID_RECRUITMENT, row->recruitment, ids, error);
        }
        for (size_t c = 0; c < parts[i].candidate_count && !status; c++) {
            const struct rk_partial_candidate *row = &parts[i].candidates[c];
            uint32_t before = keys.count;
            uint32_t at = rk_tuples_add(&keys, (uint32_t[]){row->recruitment, row->candidate});
            if (at == before) {
                RK_GROW(known->contenders, known->contender_count, known->contender_room);
                known->contenders[known->contender_count++] =
                    (struct rk_contender){row->recruitment, row->candidate,
                                          (enum rk_contender_status)row->status, row->reached};
            } else if (known->contenders[at].status != (enum rk_contender_status)row->status ||
                       known->contenders[at].reached != row->reached)
                status = contradiction(RK_ID_CANDIDATE, row->candidate, ids, error);
        }
    }
    rk_tuples_free(&keys);
    return status;
}

enum rk_status rk_aggregate_understand(const struct rk_partial *parts, size_t count,
                                       struct rk_ids *ids, struct rk_aggregate_known *known,
                                       struct rk_aggregate_options *o, struct rk_error *error)
{
    struct understanding u = {.p = parts, .error = error};
    struct rk_method_options *m = &o->method;
    const char *seed = rk_partial_value(parts, "seed");
    *o = (struct rk_aggregate_options){.rubrics = &known->rubrics};
    o->ranks = word_of(&u, "input", "ratings|scores|ballots") == 2;
    m->method = (enum rk_method)word_of(&u, "method", RK_METHOD_WORDS);
    o->basis = (enum rk_basis)word_of(&u, "basis", RK_BASIS_WORDS);
    o->empty = (enum rk_empty_group)word_of(&u, "empty-group", RK_EMPTY_WORDS);
    o->stages = (enum rk_stages)word_of(&u, "stages", RK_STAGES_WORDS);
    m->strength = (enum rk_strength)word_of(&u, "strength", RK_STRENGTH_WORDS);
    m->unranked = (enum rk_unranked)word_of(&u, "unranked", RK_UNRANKED_WORDS);
    m->half = word_of(&u, "ties", RK_TIES_WORDS);
    m->lots = word_of(&u, "equal-wins", RK_WINS_WORDS);
    m->population = word_of(&u, "deviation", RK_DEVIATION_WORDS);
    if (!rk_fixed_parse(rk_text(value_of(&u, "trim", true)), &m->trim) || m->trim < 0 ||
        2 * m->trim >= RK_FIXED_ONE)
        value_of(&u, "trim", false);
    m->equalise = flag_of(&u, "equalise");
    o->draws = number_of(&u, "bootstrap", 0);
    o->top = (size_t)number_of(&u, "top", 1);
    m->seed = rk_text(seed ? seed : "");
    o->has_contenders = flag_of(&u, "candidates");
    known->rubrics.assigned = flag_of(&u, "recruitments");
    flag_of(&u, "voices");
    RK_TRY(u.status);
    known->rubrics.all = parts->own.all;
    known->rubrics.count = parts->own.count;
    RK_TRY(rk_aggregate_weights(rk_partial_value(parts, "weights"), ids, &known->weights,
                                &known->weight_count, error));
    RK_TRY(join_known(parts, count, ids, known, error));
    o->weights = known->weights;
    o->weight_count = known->weight_count;
    o->contenders = known->contenders;
    o->contender_count = known->contender_count;
    return RK_OK;
}

void rk_aggregate_known_free(struct rk_aggregate_known *known)
{
    rk_free(known->rubrics.of);
    rk_free(known->weights);
    rk_free(known->contenders);
    *known = (struct rk_aggregate_known){0};
}

/* ---- what an aggregate holds, as rows ---- */

static void give_known(const struct rk_aggregate *a, struct rk_partial *p)
{
    const struct rk_rubrics *rubrics = a->options.rubrics;
    for (uint32_t r = 0; rubrics->assigned && r < rubrics->of_count; r++)
        if (rubrics->of[r]) {
            RK_GROW(p->recruitments, p->recruitment_count, p->recruitment_room);
            p->recruitments[p->recruitment_count++] =
                (struct rk_partial_recruitment){r, rubrics->of[r]};
        }
    for (size_t i = 0; i < a->options.contender_count; i++) {
        const struct rk_contender *c = &a->options.contenders[i];
        RK_GROW(p->candidates, p->candidate_count, p->candidate_room);
        p->candidates[p->candidate_count++] = (struct rk_partial_candidate){
            c->recruitment, c->candidate, (unsigned)c->status, c->reached};
    }
}

static void give_people(const struct rk_aggregate *a, struct rk_partial *p)
{
    for (uint32_t i = 0; i < a->people.count; i++) {
        const uint32_t *m = a->people.members + 2 * (size_t)i;
        struct rk_partial_person row = {.recruitment = m[0],
                                        .candidate = m[1],
                                        .unlinked = rk_tuples_find(&a->unlinked, m) != RK_NONE,
                                        .unadjusted = rk_tuples_find(&a->unadjusted, m) != RK_NONE};
        if (a->gates[i] != RK_NONE)
            row.gates = a->gate_lists.texts[a->gates[i]];
        if (!row.gates.size && !row.unlinked && !row.unadjusted)
            continue;
        RK_GROW(p->people, p->person_count, p->person_room);
        p->people[p->person_count++] = row;
    }
}

void rk_aggregate_give(const struct rk_aggregate *a, struct rk_partial *p)
{
    give_known(a, p);
    for (uint32_t i = 0; i < a->contest_keys.count; i++) {
        const uint32_t *m = a->contest_keys.members + 2 * (size_t)i;
        const struct contest *c = &a->contests[i];
        RK_GROW(p->contests, p->contest_count, p->contest_room);
        p->contests[p->contest_count++] =
            (struct rk_partial_contest){m[0], m[1], c->percent, c->adjusted, c->least, c->most};
    }
    give_people(a, p);
    size_t *row_of = rk_resize(NULL, 2 * (size_t)a->cell_count + 1, sizeof *row_of);
    for (uint32_t i = 0; i < a->cell_count; i++)
        for (int basis = 0; basis < 2; basis++) {
            const uint32_t *m = a->cells[i].key;
            if (!a->cells[i].n[basis])
                continue;
            row_of[2 * (size_t)i + basis] = p->sum_count;
            RK_GROW(p->sums, p->sum_count, p->sum_room);
            p->sums[p->sum_count++] = (struct rk_partial_sum){m[0],
                                                              m[1],
                                                              m[2],
                                                              m[3],
                                                              (enum rk_basis)basis,
                                                              a->cells[i].sum[basis],
                                                              a->cells[i].n[basis],
                                                              0,
                                                              0};
        }
    /* the voices of each row stand together: count, place, fill */
    size_t *row = rk_resize(NULL, a->vote_count + 1, sizeof *row);
    for (size_t i = 0; i < a->vote_count; i++) {
        const struct vote *v = &a->votes[i];
        const uint32_t *m = a->contest_keys.members + 2 * (size_t)v->contest;
        uint32_t person = rk_tuples_find(&a->people, (uint32_t[]){m[0], v->candidate});
        uint32_t cell =
            rk_aggregate_find_cell(a, person, (uint32_t[]){m[0], m[1], v->candidate, v->group});
        row[i] = row_of[2 * (size_t)cell + v->basis];
        p->sums[row[i]].count++;
    }
    for (size_t i = 1; i < p->sum_count; i++)
        p->sums[i].first = p->sums[i - 1].first + p->sums[i - 1].count;
    p->voices = rk_resize(p->voices, a->vote_count + 1, sizeof *p->voices);
    p->voice_count = a->vote_count;
    size_t *next = row_of; /* no longer needed as it was: there are at least as many */
    for (size_t i = 0; i < p->sum_count; i++)
        next[i] = p->sums[i].first;
    for (size_t i = 0; i < a->vote_count; i++)
        p->voices[next[row[i]]++] =
            (struct rk_partial_voice){a->votes[i].rater, a->votes[i].count, a->votes[i].value};
    rk_free(row);
    rk_free(row_of);
}

/* ---- rows into an aggregate ---- */

static enum rk_status too_large(struct rk_error *error)
{
    return rk_fail(error, RK_BAD_DATA, _("the scores are too large to be added exactly"));
}

static enum rk_status twice(const struct rk_aggregate *a, uint32_t recruitment, uint32_t stage,
                            uint32_t candidate, struct rk_error *error)
{
    return rk_fail(error, RK_BAD_DATA,
                   _("two shards have ratings of candidate %s by one rater (recruitment %s, stage "
                     "%s): %s"),
                   rk_aggregate_name(a, RK_ID_CANDIDATE, candidate),
                   rk_aggregate_name(a, RK_ID_RECRUITMENT, recruitment),
                   rk_aggregate_name(a, RK_ID_STAGE, stage),
                   _("the same rater's score was already given"));
}

static enum rk_status take_contests(struct rk_aggregate *a, const struct rk_partial *p,
                                    struct rk_error *error)
{
    for (size_t i = 0; i < p->contest_count; i++) {
        const struct rk_partial_contest *row = &p->contests[i];
        uint8_t *known;
        struct rk_error problem = {0};
        if (rk_aggregate_scale(a, row->recruitment, row->percent, row->adjusted, &known, &problem))
            return rk_fail(error, RK_BAD_DATA, _("recruitment %s: %s"),
                           rk_aggregate_name(a, RK_ID_RECRUITMENT, row->recruitment), problem.text);
        *known = (uint8_t)(1 + row->percent + 2 * row->adjusted);
        struct contest fresh = {row->least, row->most, row->percent, row->adjusted, 0};
        uint32_t contest = rk_aggregate_contest(a, row->recruitment, row->stage, &fresh);
        struct contest *c = &a->contests[contest];
        c->least = row->least < c->least ? row->least : c->least;
        c->most = row->most > c->most ? row->most : c->most;
    }
    return RK_OK;
}

static enum rk_status take_sums(struct rk_aggregate *a, const struct rk_partial *p,
                                struct rk_error *error)
{
    for (size_t i = 0; i < p->sum_count; i++) {
        const struct rk_partial_sum *row = &p->sums[i];
        const uint32_t key[4] = {row->recruitment, row->stage, row->candidate, row->group};
        uint32_t contest =
                     rk_tuples_find(&a->contest_keys, (uint32_t[]){row->recruitment, row->stage}),
                 other;
        if (contest == RK_NONE)
            return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = p->file}, "%s",
                              _("the partial has scores of a contest that it does not name"));
        struct cell *cell = rk_aggregate_cell(a, key, NULL);
        if (__builtin_add_overflow(cell->sum[row->basis], row->sum, &cell->sum[row->basis]) ||
            __builtin_add_overflow(cell->n[row->basis], row->n, &cell->n[row->basis]))
            return too_large(error);
        rk_aggregate_person(a, row->recruitment, row->candidate);
        for (size_t k = row->first; k < row->first + row->count; k++) {
            const struct rk_partial_voice *v = &p->voices[k];
            if (!rk_aggregate_sheet(
                    a, (uint32_t[]){row->recruitment, row->candidate, v->rater, row->stage}, 1,
                    &other))
                return twice(a, row->recruitment, row->stage, row->candidate, error);
            if (!a->keeps_votes && !a->options.partial)
                continue;
            RK_GROW(a->votes, a->vote_count, a->vote_room);
            a->votes[a->vote_count++] = (struct vote){
                contest, row->group, v->rater, row->candidate, v->count, row->basis, v->value};
        }
    }
    return RK_OK;
}

static enum rk_status take_sheets(struct rk_aggregate *a, struct rk_scorer *scorer,
                                  const struct rk_partial *parts, size_t count,
                                  struct rk_error *error)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < parts[i].sheet_count; k++) {
            const struct rk_partial_sheet *s = &parts[i].sheets[k];
            if (rk_tuples_find(&a->sheets, (uint32_t[]){s->recruitment, s->candidate, s->rater,
                                                        s->stage}) != RK_NONE)
                return twice(a, s->recruitment, s->stage, s->candidate, error);
        }
        RK_TRY(rk_scorer_take(scorer, &parts[i], error));
    }
    RK_TRY(rk_scorer_finish(scorer, error));
    for (size_t i = 0; i < rk_scorer_count(scorer); i++) {
        struct rk_score score;
        rk_scorer_get(scorer, i, &score);
        RK_TRY(rk_aggregate_add(a, &score, 0, error));
    }
    /* gates stand on every row of a candidate, also on those that came as sums */
    rk_aggregate_take_gates(a, scorer);
    return RK_OK;
}

enum rk_status rk_aggregate_take(struct rk_aggregate *a, struct rk_scorer *scorer,
                                 const struct rk_partial *parts, size_t count,
                                 struct rk_error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (!scorer && (parts[i].sheet_count || parts[i].gate_count))
            return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = parts[i].file}, "%s",
                              _("the partial is of scores, and has ratings in it"));
        RK_TRY(take_contests(a, &parts[i], error));
    }
    for (size_t i = 0; i < count; i++) {
        RK_TRY(take_sums(a, &parts[i], error));
        for (size_t k = 0; k < parts[i].person_count; k++) {
            const struct rk_partial_person *row = &parts[i].people[k];
            const uint32_t key[2] = {row->recruitment, row->candidate};
            rk_aggregate_gates(a, rk_aggregate_person(a, key[0], key[1]), row->gates);
            if (row->unlinked)
                rk_tuples_add(&a->unlinked, key);
            if (row->unadjusted)
                rk_tuples_add(&a->unadjusted, key);
        }
    }
    return scorer ? take_sheets(a, scorer, parts, count, error) : RK_OK;
}
