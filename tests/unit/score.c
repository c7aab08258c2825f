/* lib/score: rubrics, scores, severity, the group-equal ranking. Worked examples 1 and 2 are those
 * of the design (domain.md 3.3); every other figure is worked out in the comment beside it. */
#include "score/score.h"

#include "check.h"
#include "score/adjust.h"
#include "score/aggregate.h"
#include "score/scored.h"

static struct rk_ids ids;

static uint32_t id(enum rk_id_kind kind, const char *text)
{
    return rk_id(&ids, kind, rk_text(text));
}

static rk_fixed number(const char *text)
{
    rk_fixed value = 0;
    CHECK(rk_fixed_parse(rk_text(text), &value));
    return value;
}

static const char *printed(rk_fixed value)
{
    static struct rk_buf bufs[4];
    static int next;
    struct rk_buf *buf = &bufs[next++ % 4];
    rk_buf_clear(buf);
    rk_fixed_print(buf, value);
    return buf->text;
}

static const char *as_text(struct rk_text text)
{
    static char bufs[4][200];
    static int next;
    char *buf = bufs[next++ % 4];
    snprintf(buf, sizeof bufs[0], "%.*s", (int)text.size, text.text ? text.text : "");
    return buf;
}

/* "candidate rater group stage criterion value": value a number or a kind of missing; "=5" joint */
static struct rk_rating rating(const char *line)
{
    char word[6][40] = {{0}};
    CHECK(sscanf(line, "%39s %39s %39s %39s %39s %39s", word[0], word[1], word[2], word[3], word[4],
                 word[5]) == 6);
    static uint32_t place;
    struct rk_rating r = {.recruitment = id(RK_ID_RECRUITMENT, "R"),
                          .candidate = id(RK_ID_CANDIDATE, word[0]),
                          .rater = id(RK_ID_RATER, word[1]),
                          .group = id(RK_ID_GROUP, word[2]),
                          .stage = id(RK_ID_STAGE, word[3]),
                          .criterion = id(RK_ID_CRITERION, word[4]),
                          .count = 1,
                          .place = ++place};
    const char *value = word[5];
    if (*value == '=') {
        r.basis = RK_CONSENSUS;
        r.persons = 7;
        value++;
    }
    for (int m = 1; m < RK_MISSING_KINDS; m++)
        if (!strcmp(value, rk_missing_name(m)))
            r.missing = (enum rk_missing)m;
    if (!r.missing)
        r.score = number(value);
    return r;
}

static struct rk_error error;

static enum rk_status rate(struct rk_scorer *scorer, const char *line)
{
    struct rk_rating r = rating(line);
    return rk_scorer_add(scorer, &r, &error);
}

/* clarity: 1 to 5, weight 2, gate 3; rules: 0 to 10 in steps of 0.5, weight 1, low is good */
static struct rk_criterion criteria[] = {{.id = "clarity"}, {.id = "rules"}};
static size_t both[] = {0, 1}, first_only[] = {0};
static struct rk_rubric_group groups[] = {{"user", 0}, {"staff", 0}, {"manager", 0}};
static size_t two_groups[] = {0, 1}, all_groups[] = {0, 1, 2};
static struct rk_rubric_stage stages[] = {{"application", 0, first_only, 1, two_groups, 2},
                                          {"interview", 0, both, 2, all_groups, 3}};
static struct rk_rubric rubric = {.id = "X",
                                  .groups = groups,
                                  .group_count = 3,
                                  .criteria = criteria,
                                  .criterion_count = 2,
                                  .stages = stages,
                                  .stage_count = 2};
static struct rk_rubric *rubric_list[] = {&rubric};
static struct rk_rubrics rubrics = {.all = rubric_list, .count = 1};

static void make_rubric(void)
{
    criteria[0].weight = rk_fixed_int(2);
    criteria[0].minimum = rk_fixed_int(1);
    criteria[0].maximum = rk_fixed_int(5);
    criteria[0].has_gate = true;
    criteria[0].gate = rk_fixed_int(3);
    criteria[1].weight = rk_fixed_int(1);
    criteria[1].maximum = rk_fixed_int(10);
    criteria[1].step = number("0.5");
    criteria[1].reverse = true;
    groups[0].weight = groups[1].weight = rk_fixed_int(1);
    stages[0].weight = rk_fixed_int(1);
    stages[1].weight = rk_fixed_int(3);
    rubric.stages_weigh = true;
}

static struct rk_scorer *new_scorer(bool with_rubric)
{
    struct rk_scorer_options options = {.rubrics = with_rubric ? &rubrics : NULL};
    return rk_scorer_new(&options, &ids);
}

static void scores(void)
{
    struct rk_scorer *s = new_scorer(true);
    struct rk_score got;
    CHECK(rate(s, "B r2 user interview clarity 3") == RK_OK);
    CHECK(rate(s, "B r2 user interview rules abstained") == RK_OK);
    CHECK(rate(s, "A r1 user interview rules 2") == RK_OK);
    CHECK(rate(s, "A r1 user interview clarity 4") == RK_OK);
    CHECK(rate(s, "B r1 user interview clarity 2") == RK_OK);
    CHECK(rate(s, "B r1 user interview rules not_asked") == RK_OK);
    CHECK(rate(s, "C r1 user interview clarity conflict") == RK_OK);
    CHECK(rate(s, "C r1 user interview rules conflict") == RK_OK);
    CHECK(rate(s, "B j1 user interview clarity =5") == RK_OK);
    CHECK(rk_scorer_finish(s, &error) == RK_OK);
    CHECK(rk_scorer_count(s) == 4);
    /* clarity (4-1)/4 = 75, rules (10-2)/10 = 80: (2·75 + 80) / 3 */
    rk_scorer_get(s, 0, &got);
    CHECK_TEXT(printed(got.score), "76.6666666667");
    CHECK_TEXT(printed(got.weight_covered), "1");
    CHECK(got.n_criteria == 2 && got.percent && !got.gates.size && !got.flags.size);
    /* B: the joint sheet first (j1 < r1); the gate 3 of clarity looks at 2 and 3, not at the joint
     * 5 */
    rk_scorer_get(s, 1, &got);
    CHECK(got.basis == RK_CONSENSUS && got.persons == 7);
    CHECK_TEXT(printed(got.score), "100");
    CHECK_TEXT(as_text(got.gates), "clarity");
    rk_scorer_get(s, 2, &got);
    CHECK_TEXT(printed(got.score), "25");
    CHECK_TEXT(printed(got.weight_covered), "0.666666666667");
    CHECK_TEXT(as_text(got.flags), "not_asked");
    CHECK_TEXT(as_text(got.gates), "clarity");
    rk_scorer_get(s, 3, &got);
    CHECK_TEXT(printed(got.score), "50");
    CHECK_TEXT(as_text(got.flags), "abstained");
    /* C has no score and no row: told, never zero */
    const struct rk_scorer_empty *empty = rk_scorer_empty(s);
    CHECK(empty->sheets == 1 && empty->why[RK_CONFLICT] == 1 && empty->why[RK_ABSTAINED] == 0);
    rk_scorer_free(s);
}

static void gate_is_met_at_the_gate(void)
{
    struct rk_scorer *s = new_scorer(true);
    struct rk_score got;
    rate(s, "A r1 user interview clarity 2");
    rate(s, "A r2 staff interview clarity 4"); /* mean 3 = gate: not failed */
    rate(s, "B r1 user interview clarity =2"); /* only joint sheets: they judge */
    CHECK(rk_scorer_finish(s, &error) == RK_OK);
    rk_scorer_get(s, 0, &got);
    CHECK(!got.gates.size);
    rk_scorer_get(s, 2, &got);
    CHECK_TEXT(as_text(got.gates), "clarity");
    rk_scorer_free(s);
}

static void bad_ratings(void)
{
    struct rk_scorer *s = new_scorer(true);
    CHECK(rate(s, "A r1 user interview clarity 6") == RK_BAD_DATA);
    CHECK_TEXT(error.pos.field, "score");
    CHECK(strstr(error.text, "1 to 5"));
    CHECK(rate(s, "A r1 user interview rules 2.25") == RK_BAD_DATA);
    CHECK(strstr(error.text, "steps of 0.5"));
    CHECK(rate(s, "A r1 user interview rulez 2") == RK_BAD_DATA);
    CHECK_TEXT(error.pos.field, "criterion");
    CHECK(strstr(error.text, "'rules'"));
    CHECK(rate(s, "A r1 user application rules 2") == RK_BAD_DATA); /* of the other stage */
    CHECK(rate(s, "A r1 user intervew clarity 2") == RK_BAD_DATA);
    CHECK_TEXT(error.pos.field, "stage");
    CHECK(rate(s, "A r1 manager application clarity 2") == RK_BAD_DATA);
    CHECK_TEXT(error.pos.field, "rater_group");
    CHECK(rate(s, "A r1 user * clarity 2") == RK_BAD_DATA);
    /* not one of them left a sheet behind */
    struct rk_rating first = rating("A r1 user interview clarity 2"), again = first;
    CHECK(rk_scorer_add(s, &first, &error) == RK_OK);
    again.place++;
    again.score = rk_fixed_int(3);
    CHECK(rk_scorer_add(s, &again, &error) == RK_BAD_DATA);
    CHECK(error.pos.line == first.place);
    CHECK(rate(s, "A r1 staff interview rules 2") == RK_BAD_DATA); /* user a row ago */
    CHECK(rate(s, "A r1 user interview rules =2") == RK_BAD_DATA); /* individual a row ago */
    struct rk_rating several = rating("A r1 user interview rules 2");
    several.count = 3;
    CHECK(rk_scorer_add(s, &several, &error) == RK_BAD_DATA);
    CHECK(rk_scorer_finish(s, &error) == RK_OK && rk_scorer_count(s) == 1);
    rk_scorer_free(s);
}

static void raw_scales(void)
{
    struct rk_scorer *s = new_scorer(false);
    struct rk_score got;
    char line[80];
    /* a hundred criteria on one sheet, more than a sheet has room for at first: mean 50.5 */
    for (int c = 1; c <= 100; c++) {
        snprintf(line, sizeof line, "A r1 all all c%d %d", c, c);
        CHECK(rate(s, line) == RK_OK);
    }
    CHECK(rate(s, "A r1 all all c99 1") == RK_BAD_DATA);
    for (uint32_t i = 0; i < 100; i++) {
        snprintf(line, sizeof line, "B r1 all all c%u %u", 100 - i, 100 - i);
        CHECK(rate(s, line) == RK_OK);
    }
    CHECK(rate(s, "B r1 all all c7 1") == RK_BAD_DATA);
    CHECK(rk_scorer_finish(s, &error) == RK_BAD_DATA); /* c1 never passes 1, c100 goes to 100 */
    CHECK(strstr(error.text, "c100"));
    rk_scorer_free(s);

    s = new_scorer(false);
    rate(s, "A r1 all all a 4");
    rate(s, "A r1 all all b 9");
    rate(s, "A r1 all all c missing");
    CHECK(rk_scorer_finish(s, &error) == RK_OK);
    rk_scorer_get(s, 0, &got);
    CHECK_TEXT(printed(got.score), "6.5");
    CHECK(!got.percent);
    CHECK_TEXT(printed(got.weight_covered), "0.666666666667"); /* of the sheet's own criteria */
    rk_scorer_free(s);

    struct rk_scorer_options options = {
        .has_scale = true, .minimum = rk_fixed_int(1), .maximum = rk_fixed_int(4)};
    s = rk_scorer_new(&options, &ids);
    rate(s, "A r1 all all a 2");
    rate(s, "A r1 all all b 4");
    CHECK(rate(s, "A r1 all all c 5") == RK_BAD_DATA);
    CHECK(rk_scorer_finish(s, &error) == RK_OK);
    rk_scorer_get(s, 0, &got);
    CHECK_TEXT(printed(got.score), "66.6666666667"); /* (1/3 + 1) / 2 */
    CHECK(got.percent);
    rk_scorer_free(s);
}

/* ---- severity ---- */

static size_t scored(struct rk_scorer *s, const char *const *lines, struct rk_score *out)
{
    for (; *lines; lines++)
        CHECK(rate(s, *lines) == RK_OK);
    CHECK(rk_scorer_finish(s, &error) == RK_OK);
    for (size_t i = 0; i < rk_scorer_count(s); i++)
        rk_scorer_get(s, i, &out[i]);
    return rk_scorer_count(s);
}

static void severity(void)
{
    struct rk_score got[16];
    struct rk_adjustment adjustment = {0};
    /* rater means 4, 2, 3: panel mean 3; r1 is mild, r2 strict, r3 gives all the same */
    const char *const whole[] = {"A r1 user all q 3",
                                 "B r1 user all q 5",
                                 "A r2 user all q 1",
                                 "B r2 user all q 3",
                                 "A r3 user all q 3",
                                 "B r3 user all q 3",
                                 NULL};
    struct rk_scorer *s = new_scorer(false);
    size_t n = scored(s, whole, got);
    CHECK(rk_adjust(got, n, RK_ADJUST_CENTER, &ids, &adjustment, &error) == RK_OK);
    CHECK_TEXT(printed(got[0].severity), "-1");
    CHECK_TEXT(printed(got[0].adjusted), "2");
    CHECK_TEXT(printed(got[1].severity), "1");
    CHECK_TEXT(printed(got[1].adjusted), "2");
    CHECK_TEXT(printed(got[3].adjusted), "4");
    rk_adjustment_free(&adjustment);
    rk_scorer_free(s);

    s = new_scorer(false);
    n = scored(s, whole, got);
    CHECK(rk_adjust(got, n, RK_ADJUST_ZSCORE, &ids, &adjustment, &error) == RK_OK);
    /* two scores: ±1/√2 */
    CHECK_TEXT(printed(got[0].adjusted), "-0.707106781187");
    CHECK_TEXT(printed(got[4].adjusted), "0.707106781187");
    CHECK_TEXT(printed(got[2].adjusted), "0");
    CHECK_TEXT(as_text(got[2].flags), "no_spread");
    CHECK(adjustment.no_spread == 1);
    rk_adjustment_free(&adjustment);
    rk_scorer_free(s);

    /* r2 never met C, in the users' panel; the staff's is whole */
    const char *const gaps[] = {"A r1 user all q 3",  "B r1 user all q 5",  "C r1 user all q 4",
                                "A r2 user all q 1",  "B r2 user all q 3",  "A s1 staff all q 2",
                                "B s1 staff all q 2", "C s1 staff all q 3", NULL};
    s = new_scorer(false);
    n = scored(s, gaps, got);
    CHECK(rk_adjust(got, n, RK_ADJUST_CENTER, &ids, &adjustment, &error) == RK_BAD_DATA);
    CHECK(adjustment.refused_count == 1 && adjustment.refused[0].candidates == 3);
    CHECK(adjustment.refused[0].rater_count == 2 && adjustment.refused[0].raters[0].met == 3 &&
          adjustment.refused[0].raters[1].met == 2);
    CHECK_TEXT(rk_id_text(&ids, RK_ID_GROUP, adjustment.refused[0].group).text, "user");
    CHECK(strstr(error.text, "additive, random or rasch"));
    CHECK(!got[0].has_adjusted);
    rk_adjustment_free(&adjustment);
    rk_scorer_free(s);
}

/* ---- the ranking ---- */

static struct rk_aggregate_options how;

/* "candidate rater group stage value": "=5" joint, "!5" with the gate g failed, "5*3" three times
 */
static enum rk_status give(struct rk_aggregate *a, const char *line)
{
    char word[5][40] = {{0}};
    static uint32_t place;
    CHECK(sscanf(line, "%39s %39s %39s %39s %39s", word[0], word[1], word[2], word[3], word[4]) ==
          5);
    struct rk_score s = {.recruitment = id(RK_ID_RECRUITMENT, "R"),
                         .candidate = id(RK_ID_CANDIDATE, word[0]),
                         .rater = id(RK_ID_RATER, word[1]),
                         .group = id(RK_ID_GROUP, word[2]),
                         .stage = id(RK_ID_STAGE, word[3]),
                         .count = 1,
                         .weight_covered = RK_FIXED_ONE};
    char *value = word[4], *times = strchr(value, '*');
    if (times) {
        int64_t count = 0;
        CHECK(rk_text_int(rk_text(times + 1), &count));
        s.count = (uint32_t)count;
        *times = '\0';
    }
    if (*value == '=')
        s.basis = RK_CONSENSUS;
    if (*value == '!')
        s.gates = RK_TEXT("g");
    s.score = number(value + (*value == '=' || *value == '!'));
    return rk_aggregate_add(a, &s, ++place, &error);
}

static struct rk_aggregate *aggregate;

static const struct rk_ranking *rank(const char *const *lines)
{
    const struct rk_aggregate_result *result = NULL;
    rk_aggregate_free(aggregate);
    aggregate = rk_aggregate_new(&how, &ids);
    for (; *lines; lines++)
        CHECK(give(aggregate, *lines) == RK_OK);
    return rk_aggregate_finish(aggregate, &result, &error) == RK_OK ? &result->ranking : NULL;
}
#define RANK(...) rank((const char *const[]){__VA_ARGS__, NULL})

/* "A 1 4 flags" */
static const char *row(const struct rk_ranking *ranking, size_t i)
{
    static char text[300];
    const struct rk_ranking_row *r = &ranking->rows[i];
    if (r->ranked)
        snprintf(text, sizeof text, "%s %u/%u %s %s",
                 ids.of[RK_ID_CANDIDATE].texts[r->candidate].text, r->rank, r->tied,
                 printed(r->combined), as_text(r->flags));
    else
        snprintf(text, sizeof text, "%s - %s", ids.of[RK_ID_CANDIDATE].texts[r->candidate].text,
                 as_text(r->flags));
    return text;
}

static void worked_examples(void)
{
    how = (struct rk_aggregate_options){0};
    const struct rk_ranking *r =
        RANK("A u1 user all 5", "A u2 user all 5", "B u1 user all 3", "B u2 user all 3",
             "A s1 staff all 3", "A s2 staff all 3", "A s3 staff all 3", "A s4 staff all 3",
             "B s1 staff all 4", "B s2 staff all 4", "B s3 staff all 4", "B s4 staff all 4");
    CHECK(r->count == 2 && r->group_count == 2);
    CHECK_TEXT(row(r, 0), "A 1/1 4 ");
    CHECK_TEXT(row(r, 1), "B 2/1 3.5 ");
    CHECK(r->rows[0].groups[0].n == 4 && r->rows[0].groups[1].n == 2); /* staff, user */

    r = RANK("A u user all 3", "B u user all 3.2", "C u user all 3.4", "D u user all 3.6",
             "A s staff all 4.5", "B s staff all 3", "C s staff all 2.5", "D s staff all 1.5");
    CHECK_TEXT(row(r, 0), "A 1/1 3.75 ");
    CHECK_TEXT(row(r, 1), "B 2/1 3.1 ");
    CHECK_TEXT(row(r, 2), "C 3/1 2.95 ");
    CHECK_TEXT(row(r, 3), "D 4/1 2.55 ");
    CHECK_TEXT(printed(rk_fixed_round_to(r->rows[0].groups[1].effective, 3)), "-0.251");
    CHECK_TEXT(printed(rk_fixed_round_to(r->rows[0].groups[0].effective, 3)), "1.251");
}

static void head_counts_never_matter(void)
{
    how = (struct rk_aggregate_options){0};
    const struct rk_ranking *r = RANK("A u1 user all 5", "A u2 user all 4", "B u1 user all 2",
                                      "B u2 user all 3", "A s1 staff all 1", "B s1 staff all 5");
    char before[2][300];
    for (int i = 0; i < 2; i++)
        snprintf(before[i], sizeof before[i], "%s", row(r, (size_t)i));
    /* A 4.5 and 1, B 2.5 and 5 */
    CHECK_TEXT(before[0], "B 1/1 3.75 ");
    r = RANK("A u1 user all 5*9", "A u2 user all 4*9", "B u1 user all 2*7", "B u2 user all 3*7",
             "A s1 staff all 1", "B s1 staff all 5");
    for (int i = 0; i < 2; i++)
        CHECK_TEXT(row(r, (size_t)i), before[i]);
    CHECK(r->rows[0].groups[1].n == 14);
}

static void empty_groups(void)
{
    const char *const lines[] = {"A u1 user all 4", "A s1 staff all 2", "B u1 user all 5",
                                 "C u1 user all 1", "C s1 staff all 3", NULL};
    how = (struct rk_aggregate_options){0};
    const struct rk_ranking *r = rank(lines);
    CHECK_TEXT(row(r, 0), "A 1/1 3 ");
    CHECK_TEXT(row(r, 1), "C 2/1 2 ");
    CHECK_TEXT(row(r, 2), "B - missing_group:staff");
    how.empty = RK_EMPTY_REST;
    r = rank(lines);
    CHECK_TEXT(row(r, 0), "B 1/1 5 missing_group:staff");
    CHECK_TEXT(printed(r->rows[0].groups[1].weight), "1");
    CHECK_TEXT(row(r, 1), "A 2/1 3 ");
    how.empty = RK_EMPTY_REFUSE;
    CHECK(!rank(lines) && error.status == RK_BAD_DATA);
    CHECK(strstr(error.text, "candidate B") && strstr(error.text, "group staff"));
    /* advisory: weight 0 is shown, never counted, and never missing */
    struct rk_group_weight weights[] = {{id(RK_ID_GROUP, "user"), rk_fixed_int(3)},
                                        {id(RK_ID_GROUP, "staff"), 0}};
    how = (struct rk_aggregate_options){.weights = weights, .weight_count = 2};
    r = rank(lines);
    CHECK_TEXT(row(r, 0), "B 1/1 5 ");
    CHECK_TEXT(row(r, 1), "A 2/1 4 ");
    CHECK_TEXT(printed(r->rows[1].groups[0].score), "2");
    /* a group with a weight that rated nobody is missed by all */
    struct rk_group_weight three[] = {{id(RK_ID_GROUP, "user"), RK_FIXED_ONE},
                                      {id(RK_ID_GROUP, "staff"), RK_FIXED_ONE},
                                      {id(RK_ID_GROUP, "union"), RK_FIXED_ONE}};
    how = (struct rk_aggregate_options){.weights = three, .weight_count = 3};
    r = rank(lines);
    CHECK_TEXT(row(r, 0), "A - missing_group:union");
    CHECK_TEXT(row(r, 1), "B - missing_group:staff|missing_group:union");
    how.weight_count = 1; /* staff rated, but has no weight */
    CHECK(!rank(lines) && strstr(error.text, "group staff"));
}

static void joint_sheets(void)
{
    const char *const lines[] = {"A u1 user all 4",
                                 "A j user all =1",
                                 "B u1 user all 2",
                                 "B j user all =5",
                                 "A s staff all 3",
                                 "B s staff all 3",
                                 NULL};
    how = (struct rk_aggregate_options){0};
    const struct rk_ranking *r = rank(lines);
    CHECK_TEXT(row(r, 0), "A 1/1 3.5 joint_unused:user");
    CHECK_TEXT(row(r, 1), "B 2/1 2.5 joint_unused:user");
    how.basis = RK_CONSENSUS;
    r = rank(lines);
    CHECK_TEXT(row(r, 0), "B 1/1 4 joint:user|individual_unused:user");
    CHECK(r->rows[0].groups[1].n == 1);
    CHECK_TEXT(printed(r->rows[0].groups[0].score), "3"); /* staff have individual sheets alone */
    /* one candidate on a joint sheet only: not mixed with the others' individual ones */
    how.basis = RK_INDIVIDUAL;
    r = RANK("A u1 user all 4", "B j user all =5", "A s staff all 3", "B s staff all 3");
    CHECK_TEXT(row(r, 1), "B - missing_group:user|joint_unused:user");
}

static void who_is_ranked(void)
{
    struct rk_contender contenders[] = {
        {id(RK_ID_RECRUITMENT, "R"), id(RK_ID_CANDIDATE, "A"), RK_CONTENDER_WITHDRAWN, RK_NONE},
        {id(RK_ID_RECRUITMENT, "R"), id(RK_ID_CANDIDATE, "B"), RK_CONTENDER_ACTIVE, RK_NONE},
        {id(RK_ID_RECRUITMENT, "R"), id(RK_ID_CANDIDATE, "C"), RK_CONTENDER_INELIGIBLE, RK_NONE},
        {id(RK_ID_RECRUITMENT, "R"), id(RK_ID_CANDIDATE, "D"), RK_CONTENDER_ACTIVE,
         id(RK_ID_STAGE, "all")},
        {id(RK_ID_RECRUITMENT, "R"), id(RK_ID_CANDIDATE, "E"), RK_CONTENDER_ACTIVE, RK_NONE}};
    how = (struct rk_aggregate_options){
        .contenders = contenders, .contender_count = 5, .has_contenders = true};
    const struct rk_ranking *r =
        RANK("A u user all 5", "B u user all 1", "C u user all 4", "A s staff all 5");
    /* D came to the stage and nobody rated; E came nowhere. A, who has withdrawn, still shows that
     * the staff have a say, and B lacks theirs */
    CHECK(r->count == 4);
    CHECK_TEXT(row(r, 0), "A - withdrawn");
    CHECK_TEXT(row(r, 1), "B - missing_group:staff");
    CHECK_TEXT(row(r, 2), "C - ineligible");
    CHECK_TEXT(row(r, 3), "D - missing_group:staff|missing_group:user");
    how.contender_count = 2;
    CHECK(!RANK("A u user all 5", "Z u user all 1") && strstr(error.text, "Z"));
    /* a failed gate: after all who did not, and no tie across */
    how = (struct rk_aggregate_options){0};
    r = RANK("A u user all !5", "B u user all 1", "C u user all 1", "D u user all !1");
    CHECK_TEXT(row(r, 0), "B 1/2 1 ");
    CHECK_TEXT(row(r, 1), "C 1/2 1 ");
    CHECK_TEXT(row(r, 2), "A 3/1 5 gate:g");
    CHECK_TEXT(row(r, 3), "D 4/1 1 gate:g");
}

static void ties(void)
{
    how = (struct rk_aggregate_options){0};
    /* thirds: (1+1+2)/3 = 4/3 and its like in another order are the same sum */
    const struct rk_ranking *r = RANK("A u1 user all 1", "A u2 user all 1", "A u3 user all 2",
                                      "B u1 user all 2", "B u2 user all 1", "B u3 user all 1",
                                      "C u1 user all 1", "C u2 user all 1", "C u3 user all 1");
    CHECK_TEXT(row(r, 0), "A 1/2 1.33333333333 ");
    CHECK_TEXT(row(r, 1), "B 1/2 1.33333333333 ");
    CHECK_TEXT(row(r, 2), "C 3/1 1 ");
    /* 0.5·10^-9 of the spread apart: a tie, and said */
    r = RANK("A u user all 1", "B u user all 0.9999999995", "C u user all 0");
    CHECK_TEXT(row(r, 0), "A 1/2 1 near_tie");
    CHECK_TEXT(row(r, 1), "B 1/2 0.9999999995 near_tie");
    r = RANK("A u user all 1", "B u user all 0.999999998", "C u user all 0");
    CHECK_TEXT(row(r, 1), "B 2/1 0.999999998 ");
    /* ranks: low is good */
    how.ranks = true;
    r = RANK("A b1 all all 2*3", "B b1 all all 1*3", "A b2 all all 1", "B b2 all all 2");
    CHECK_TEXT(row(r, 0), "B 1/1 1.25 ");
    CHECK_TEXT(row(r, 1), "A 2/1 1.75 ");
}

static void stages_together(void)
{
    struct rk_contender contenders[] = {
        {id(RK_ID_RECRUITMENT, "R"), id(RK_ID_CANDIDATE, "A"), RK_CONTENDER_ACTIVE, RK_NONE},
        {id(RK_ID_RECRUITMENT, "R"), id(RK_ID_CANDIDATE, "B"), RK_CONTENDER_ACTIVE, RK_NONE},
        {id(RK_ID_RECRUITMENT, "R"), id(RK_ID_CANDIDATE, "C"), RK_CONTENDER_ACTIVE,
         id(RK_ID_STAGE, "application")}};
    const char *const lines[] = {"A u user application 60",
                                 "A s staff application 40",
                                 "B u user application 80",
                                 "B s staff application 60",
                                 "C u user application 10",
                                 "C s staff application 10",
                                 "A u user interview 90",
                                 "A s staff interview 70",
                                 "A m manager interview 0",
                                 "B u user interview 50",
                                 "B s staff interview 50",
                                 "B m manager interview 100",
                                 NULL};
    how = (struct rk_aggregate_options){.rubrics = &rubrics,
                                        .contenders = contenders,
                                        .contender_count = 3,
                                        .has_contenders = true,
                                        .stages = RK_STAGES_BOTH};
    const struct rk_ranking *r = rank(lines);
    CHECK(r->count == 3 + 3 + 2);
    CHECK(r->rows[0].stage == RK_NONE);
    /* manager is advisory; stages 1:3. A: (50 + 3·80)/4, B: (70 + 3·50)/4 */
    CHECK_TEXT(row(r, 0), "A 1/1 72.5 ");
    CHECK_TEXT(row(r, 1), "B 2/1 55 ");
    CHECK_TEXT(row(r, 2), "C - missing_stage:interview");
    /* A's user score over stages: (60 + 3·90)/4 */
    CHECK_TEXT(printed(r->rows[0].groups[2].score), "82.5");
    CHECK_TEXT(printed(r->rows[0].groups[2].weight), "0.5");
    CHECK_TEXT(row(r, 3), "B 1/1 70 ");
    CHECK_TEXT(row(r, 5), "C 3/1 10 ");
    CHECK_TEXT(row(r, 6), "A 1/1 80 "); /* C was cut: no empty group at the interview */
    how.stages = RK_STAGES_WEIGHED;
    CHECK(rank(lines)->count == 3);
    how.stages = RK_STAGES_SEPARATE;
    CHECK(rank(lines)->count == 5);
    CHECK(!RANK("A u user interveiw 4") && strstr(error.text, "interveiw"));
    rubric.stages_weigh = false;
    how.stages = RK_STAGES_WEIGHED;
    CHECK(!rank(lines) && error.status == RK_BAD_USE);
    rubric.stages_weigh = true;
}

static void same_score_twice(void)
{
    how = (struct rk_aggregate_options){0};
    rk_aggregate_free(aggregate);
    aggregate = rk_aggregate_new(&how, &ids);
    CHECK(give(aggregate, "A u user all 4") == RK_OK);
    CHECK(give(aggregate, "A u user all 5") == RK_BAD_DATA);
    CHECK(error.pos.line > 0);
    CHECK(give(aggregate, "A u user interview 5") == RK_OK);
    CHECK(give(aggregate, "A v user * 5") == RK_BAD_DATA);
}

/* ---- sheets given at once ---- */

struct taken {
    size_t count;
    rk_fixed sum;
};

static enum rk_status take(void *context, const struct rk_score *score, uint32_t place,
                           struct rk_error *why)
{
    struct taken *t = context;
    (void)why;
    CHECK(!place);
    t->count++;
    t->sum += score->score * (1 + score->candidate % 5);
    return RK_OK;
}

/* Rater `r` of 100, candidate `c`, on one of the two criteria. */
static enum rk_status rate_one(struct rk_scorer *s, uint32_t c, uint32_t r, const char *criterion,
                               int score, uint32_t place)
{
    char candidate[16], rater[16];
    snprintf(candidate, sizeof candidate, "c%u", c);
    snprintf(rater, sizeof rater, "r%u", r);
    struct rk_rating rated = {.recruitment = id(RK_ID_RECRUITMENT, "R"),
                              .candidate = id(RK_ID_CANDIDATE, candidate),
                              .rater = id(RK_ID_RATER, rater),
                              .group = id(RK_ID_GROUP, "user"),
                              .stage = id(RK_ID_STAGE, "interview"),
                              .criterion = id(RK_ID_CRITERION, criterion),
                              .score = rk_fixed_int(score),
                              .count = 1,
                              .place = place};
    return rk_scorer_add(s, &rated, &error);
}

/* The scores are the same whether they are taken one by one or at the end; a rating that comes again
 * long after its sheet was let go is told with the place of the first. Some sheets never have all
 * criteria. */
static void given_at_once(void)
{
    enum { SHEETS = 20000 };
    struct taken once = {0}, late = {0};
    for (int t = 0; t < 2; t++) {
        struct rk_scorer *s = rk_scorer_new(
            &(struct rk_scorer_options){
                .rubrics = &rubrics, .take = t ? take : NULL, .context = &once},
            &ids);
        for (uint32_t i = 0; i < SHEETS; i++) {
            CHECK(rate_one(s, i / 100, i % 100, "clarity", (int)(1 + i % 5), 1 + 2 * i) == RK_OK);
            if (i % 7)
                CHECK(rate_one(s, i / 100, i % 100, "rules", (int)(i % 11), 2 + 2 * i) == RK_OK);
        }
        CHECK(!t || once.count == SHEETS - (SHEETS + 6) / 7);
        const uint32_t again[] = {2, 15000, 19999, 7};
        for (size_t k = 0; k < 4; k++) {
            uint32_t i = again[k];
            CHECK(rate_one(s, i / 100, i % 100, "clarity", 3, 99999) == RK_BAD_DATA);
            CHECK(error.pos.line == 1 + 2 * i);
        }
        CHECK(rate_one(s, 0, 8, "rules", 3, 99999) == RK_BAD_DATA && error.pos.line == 18);
        CHECK(rate_one(s, 0, 7, "rules", 3, 99999) == RK_OK); /* had not all */
        CHECK(rate_one(s, SHEETS, 7, "rules", 3, 99999) == RK_OK);
        CHECK(rk_scorer_finish(s, &error) == RK_OK);
        for (size_t i = 0; i < rk_scorer_count(s); i++) {
            struct rk_score score;
            rk_scorer_get(s, i, &score);
            CHECK(!take(t ? &once : &late, &score, 0, &error));
        }
        rk_scorer_free(s);
    }
    CHECK(once.count == SHEETS + 1 && late.count == once.count && late.sum == once.sum);
}

/* A number below n, from a `state` that goes on. */
#define DRAW(n) ((state = state * 6364136223846793005u + 1442695040888963407u) >> 33) % (n)

/* Scores kept in few bytes, in whatever order they come, of candidates with few raters or many
 * whose ids are near each other or not. */
static void kept_in_order(void)
{
    enum { MOST = 6000 };
    uint64_t state = 7;
    for (int way = 0; way < 8; way++) {
        struct rk_scored scored = {0};
        struct rk_ids own = {0};
        uint32_t *rank[RK_ID_KINDS];
        struct rk_tuples keys = {.width = 4};
        uint32_t raters = way & 1 ? 200 : 5, candidates = way & 2 ? 3000 : 10;
        for (uint32_t i = 0; i < MOST; i++) {
            char name[4][16];
            snprintf(name[0], sizeof name[0], "R%u", way & 4 ? i / 100 : (uint32_t)DRAW(60));
            snprintf(name[1], sizeof name[1], "c%u", (uint32_t)DRAW(candidates));
            snprintf(name[2], sizeof name[2], "r%u", (uint32_t)DRAW(raters));
            snprintf(name[3], sizeof name[3], "s%u", (uint32_t)DRAW(3));
            uint32_t key[4] = {rk_id(&own, RK_ID_RECRUITMENT, rk_text(name[0])),
                               rk_id(&own, RK_ID_CANDIDATE, rk_text(name[1])),
                               rk_id(&own, RK_ID_RATER, rk_text(name[2])),
                               rk_id(&own, RK_ID_STAGE, rk_text(name[3]))};
            uint32_t before = keys.count;
            if (rk_tuples_add(&keys, key) == before)
                rk_scored_add(&scored, &(struct rk_scored_one){before, key[0], key[1], key[2], 0},
                              &(struct rk_scored_marks){.stage = key[3]});
        }
        rk_scored_sort(&scored, &own);
        for (int kind = 0; kind < RK_ID_KINDS; kind++)
            rank[kind] = rk_strings_ranks(&own.of[kind]);
        CHECK(scored.count == keys.count);
        unsigned __int128 last = 0;
        for (uint32_t i = 0; i < scored.count; i++) {
            const struct rk_scored_one *one = &scored.all[i];
            const uint32_t *m = keys.members + 4 * (size_t)one->total, stage = m[3];
            CHECK(m[0] == one->recruitment && m[1] == one->candidate && m[2] == one->rater);
            CHECK(rk_scored_marks(&scored, one)->stage == stage);
            unsigned __int128 key = rank[RK_ID_RECRUITMENT][m[0]];
            key = key << 32 | rank[RK_ID_CANDIDATE][m[1]];
            key = key << 32 | rank[RK_ID_RATER][m[2]];
            key = key << 32 | rank[RK_ID_STAGE][m[3]];
            CHECK(!i || key > last);
            last = key;
        }
        for (int kind = 0; kind < RK_ID_KINDS; kind++)
            rk_free(rank[kind]);
        rk_tuples_free(&keys);
        rk_scored_free(&scored);
        rk_ids_free(&own);
    }
}

/* The same rows and warnings, or the same error, from however many threads. */
static void rows_by_all_threads(void)
{
    enum { RECRUITMENTS = 1500, CANDIDATES = 6 };
    struct rk_aggregate *of[2];
    const struct rk_aggregate_result *result[2];
    for (int refuse = 0; refuse < 2; refuse++) {
        struct rk_error why[2];
        uint32_t next_place = 0;
        for (int t = 0; t < 2; t++) {
            uint64_t state = 11;
            how = (struct rk_aggregate_options){.threads = t ? 5 : 1,
                                                .empty = refuse ? RK_EMPTY_REFUSE : RK_EMPTY_MARK};
            of[t] = rk_aggregate_new(&how, &ids);
            for (uint32_t r = 0; r < RECRUITMENTS; r++)
                for (uint32_t c = 0; c < CANDIDATES; c++)
                    for (int g = 0; g < 2; g++) {
                        char recruitment[16], candidate[16];
                        snprintf(recruitment, sizeof recruitment, "many%u", r);
                        snprintf(candidate, sizeof candidate, "C%u", c);
                        struct rk_score s = {.recruitment = id(RK_ID_RECRUITMENT, recruitment),
                                             .candidate = id(RK_ID_CANDIDATE, candidate),
                                             .rater = id(RK_ID_RATER, g ? "x" : "y"),
                                             .stage = id(RK_ID_STAGE, "all"),
                                             .group = id(RK_ID_GROUP, g ? "user" : "staff"),
                                             .score = rk_fixed_int((int64_t)DRAW(5)),
                                             .count = 1};
                        if (DRAW(500))
                            CHECK(!rk_aggregate_add(of[t], &s, ++next_place, &error));
                    }
            CHECK(rk_aggregate_finish(of[t], &result[t], &why[t]) ==
                  (refuse ? RK_BAD_DATA : RK_OK));
        }
        if (refuse)
            CHECK_TEXT(why[0].text, why[1].text);
        for (size_t i = 0; !refuse && i < result[0]->ranking.count; i++) {
            const struct rk_ranking_row *p = &result[0]->ranking.rows[i],
                                        *q = &result[1]->ranking.rows[i];
            CHECK(p->recruitment == q->recruitment && p->candidate == q->candidate &&
                  p->rank == q->rank && p->tied == q->tied && p->combined == q->combined &&
                  rk_text_equal(p->flags, q->flags) &&
                  p->groups[0].effective == q->groups[0].effective);
        }
        if (!refuse) {
            CHECK(result[0]->ranking.count > 8192 &&
                  result[0]->ranking.count == result[1]->ranking.count);
            CHECK(result[0]->missing_group && result[0]->warning_count &&
                  result[0]->missing_group == result[1]->missing_group &&
                  result[0]->near_ties == result[1]->near_ties &&
                  result[0]->warning_count == result[1]->warning_count);
            for (size_t i = 0; i < result[0]->warning_count; i++)
                CHECK(result[0]->warnings[i].recruitment == result[1]->warnings[i].recruitment);
        }
        for (int t = 0; t < 2; t++)
            rk_aggregate_free(of[t]);
    }
}

int main(void)
{
    make_rubric();
    scores();
    gate_is_met_at_the_gate();
    bad_ratings();
    raw_scales();
    severity();
    worked_examples();
    head_counts_never_matter();
    empty_groups();
    joint_sheets();
    who_is_ranked();
    ties();
    stages_together();
    same_score_twice();
    given_at_once();
    kept_in_order();
    rows_by_all_threads();
    rk_aggregate_free(aggregate);
    rk_ids_free(&ids);
    return finish();
}
