/* lib/privacy/purge over random recruitments: whose rows stay is told by the definition, row by row
 * and without the room's own tables; no table names somebody who went; what is erased twice is
 * erased once. */
#include "privacy/purge.h"

#include "base/random.h"
#include "check.h"

#include <stdlib.h>
#include <unistd.h>

enum { RECRUITMENTS = 5, CANDIDATES = 12, RATINGS = 30, MONTHS = 24, TODAY = 20000 };

/* Nothing here is to outlive a power cut, and disks are slow. */
int fsync(int fd)
{
    (void)fd;
    return 0;
}

static char folder[] = "/tmp/rk-unit-purge.XXXXXX";

struct world {
    int recruitments, candidates;
    enum { OPEN, DECIDED, CANCELLED, REOPENED } state[RECRUITMENTS];
    int32_t cancelled[RECRUITMENTS];                  /* or RK_NO_DATE */
    int recruitment[CANDIDATES], outcome[CANDIDATES]; /* 0 none, 1 hired, 2 not_offered */
    int32_t force[CANDIDATES], hold[CANDIDATES];      /* 0 no hold, 1 for ever, else until */
    int rated[RATINGS];
};

static const char *path_of(const char *table)
{
    static char path[100];
    snprintf(path, sizeof path, "%s/%s.csv", folder, table);
    return path;
}

static void date(FILE *file, int32_t day, const char *end)
{
    struct rk_date d = rk_date_from_days(day == RK_NO_DATE ? 0 : day);
    if (day != RK_NO_DATE)
        fprintf(file, "%04d-%02d-%02d", d.year, d.month, d.day);
    fputs(end, file);
}

/* Half of them near the day on which two years are over. */
static int32_t some_day(struct rk_random *random)
{
    uint64_t kind = rk_random_below(random, 5);
    return kind == 0   ? RK_NO_DATE
           : kind <= 2 ? TODAY - 735 + (int32_t)rk_random_below(random, 10)
                       : TODAY - 1500 + (int32_t)rk_random_below(random, 1500);
}

static void draw(struct world *w, struct rk_random *random)
{
    w->recruitments = 1 + (int)rk_random_below(random, RECRUITMENTS);
    w->candidates = (int)rk_random_below(random, CANDIDATES + 1);
    for (int r = 0; r < w->recruitments; r++) {
        w->state[r] = (int)rk_random_below(random, 8) % 5 % 4;
        w->cancelled[r] = w->state[r] == CANCELLED ? some_day(random) : RK_NO_DATE;
    }
    for (int c = 0; c < w->candidates; c++) {
        w->recruitment[c] = (int)rk_random_below(random, (uint64_t)w->recruitments);
        w->outcome[c] = (int)rk_random_below(random, 3);
        w->force[c] = w->outcome[c] ? some_day(random) : RK_NO_DATE;
        uint64_t hold = rk_random_below(random, 8);
        w->hold[c] = hold > 2 ? 0 : hold == 0 ? 1 : TODAY - 1 + (int32_t)hold - 1;
    }
    for (int i = 0; i < RATINGS; i++)
        w->rated[i] = w->candidates ? (int)rk_random_below(random, (uint64_t)w->candidates) : -1;
}

static void write_world(const struct world *w)
{
    static const char *const states[] = {"open", "decided", "cancelled", "reopened"};
    FILE *file = fopen(path_of("recruitments"), "w");
    fputs("recruitment_id,department,role,rubric,seats,status,cancelled_on\n", file);
    for (int r = 0; r < w->recruitments; r++) {
        fprintf(file, "R%d,SOF,x,y,1,%s,", r, states[w->state[r]]);
        date(file, w->cancelled[r], "\n");
    }
    fclose(file);
    file = fopen(path_of("candidates"), "w");
    fputs("candidate_id,recruitment_id\n", file);
    for (int c = 0; c < w->candidates; c++)
        fprintf(file, "C%d,R%d\n", c, w->recruitment[c]);
    fclose(file);
    file = fopen(path_of("decisions"), "w");
    fputs("recruitment_id,candidate_id,outcome,decided_on,legal_force_on\n", file);
    for (int c = 0; c < w->candidates; c++)
        if (w->outcome[c]) {
            fprintf(file, "R%d,C%d,%s,2000-01-01,", w->recruitment[c], c,
                    w->outcome[c] == 1 ? "hired" : "not_offered");
            date(file, w->force[c], "\n");
        }
    fclose(file);
    file = fopen(path_of("holds"), "w");
    fputs("candidate_id,until,ground\n", file);
    for (int c = 0; c < w->candidates; c++)
        if (w->hold[c]) {
            fprintf(file, "C%d,", c);
            date(file, w->hold[c] == 1 ? RK_NO_DATE : w->hold[c], ",claim\n");
        }
    fclose(file);
    file = fopen(path_of("ratings"), "w");
    fputs("recruitment_id,candidate_id,rater_id,rater_group,criterion,score\n", file);
    for (int i = 0; i < RATINGS && w->candidates; i++)
        fprintf(file, "R%d,C%d,u%d,user,c,3\n", w->recruitment[w->rated[i]], w->rated[i], i);
    fclose(file);
}

/* 24 months of days, counted month by month, and none of the room's arithmetic. */
static bool over(int32_t event)
{
    struct rk_date d = rk_date_from_days(event), today = rk_date_from_days(TODAY);
    int months = (today.year - d.year) * 12 + today.month - d.month;
    if (months != MONTHS)
        return months > MONTHS;
    return today.day > d.day; /* on the last day of a shorter month it is not over */
}

static bool goes(const struct world *w, int candidate)
{
    int r = w->recruitment[candidate];
    int32_t event = RK_NO_DATE, any = RK_NO_DATE;
    bool hired = false, undated = false;
    if (w->outcome[candidate] == 1 || w->hold[candidate] == 1 || w->hold[candidate] >= TODAY)
        return false;
    if (w->state[r] == CANCELLED)
        return w->cancelled[r] != RK_NO_DATE && over(w->cancelled[r]);
    if (w->state[r] != DECIDED)
        return false;
    for (int c = 0; c < w->candidates; c++)
        if (w->recruitment[c] == r && w->outcome[c]) {
            bool one = w->outcome[c] == 1;
            hired |= one;
            undated |= one && w->force[c] == RK_NO_DATE;
            if (one && w->force[c] > event)
                event = w->force[c];
            if (w->force[c] > any)
                any = w->force[c];
        }
    event = hired ? event : any;
    return !undated && event != RK_NO_DATE && over(event);
}

static void silent(struct rk_log *log, enum rk_severity severity, const struct rk_pos *pos,
                   const char *text)
{
    (void)log, (void)severity, (void)pos;
    printf("%s\n", text);
}

static struct rk_schema *schemas[5];
static const char *const tables[] = {"recruitments", "candidates", "decisions", "holds", "ratings"};

static struct rk_table *open_table(int table)
{
    static struct rk_log log = {.emit = silent};
    static const struct rk_table_options options = {.log = &log};
    static const char *paths[1];
    static char path[100];
    struct rk_error error = {0};
    struct rk_table *data = NULL;
    snprintf(path, sizeof path, "%s", path_of(tables[table]));
    paths[0] = path;
    CHECK(rk_table_open(&data, schemas[table], paths, 1, &options, &error) == RK_OK);
    return data;
}

/* Erases in place; how many rows went from each table. */
static void erase(uint64_t gone[5], uint64_t listed[5])
{
    struct rk_disposal disposal = {.keys.width = 3};
    struct rk_holds holds = {0};
    struct rk_error error = {0};
    struct rk_disposal_rule rules[] = {
        {RK_DISPOSAL_APPLICATION, RK_DISPOSAL_LEGAL_FORCE, MONTHS, true, RK_TEXT("a"), true},
        {RK_DISPOSAL_APPLICATION, RK_DISPOSAL_CANCELLED, MONTHS, true, RK_TEXT("b"), true}};
    for (int i = 0; i < 2; i++)
        rk_tuples_add(&disposal.keys, (uint32_t[]){rk_strings_add(&disposal.boards, RK_TEXT("*")),
                                                   rules[i].what, rules[i].event});
    disposal.rules = rk_alloc(2, sizeof *rules);
    memcpy(disposal.rules, rules, sizeof rules);
    disposal.count = disposal.room = 2;
    struct rk_table *data = open_table(3);
    CHECK(rk_holds_read(&holds, data, schemas[3], &error) == RK_OK);
    rk_table_close(data);
    struct rk_purge_options options = {.day = TODAY, .disposal = &disposal, .holds = &holds};
    struct rk_purge *purge = rk_purge_new(&options);
    struct rk_purge_walked walked;
    for (int t = 0; t < 5; t++) {
        data = open_table(t);
        CHECK(rk_purge_learn(purge, data, schemas[t], &error) == RK_OK);
        rk_table_close(data);
        listed[t] = 0;
    }
    struct rk_outputs outputs = {0};
    for (int t = 0; t < 5; t++) {
        struct rk_out *out;
        data = open_table(t);
        CHECK(rk_purge_walk(purge, RK_PURGE_COUNT, data, schemas[t], NULL, RK_CSV, &walked,
                            &error) == RK_OK);
        rk_table_close(data);
        data = open_table(t);
        CHECK(rk_out_open(&outputs, &out, path_of(tables[t]), &error) == RK_OK);
        CHECK(rk_purge_walk(purge, RK_PURGE_REWRITE, data, schemas[t], out, RK_CSV, &walked,
                            &error) == RK_OK);
        rk_table_close(data);
        gone[t] = walked.before - walked.after;
        CHECK(walked.changes == (gone[t] > 0));
    }
    CHECK(rk_outputs_commit(&outputs, &error) == RK_OK);
    struct rk_purge_line line;
    for (size_t i = 0; rk_purge_lines(purge, i, &line); i++)
        for (int t = 0; t < 5; t++)
            if (!strcmp(tables[t], line.table) && line.action == RK_PURGE_ERASE)
                listed[t] += line.rows;
    rk_purge_free(purge);
    rk_holds_free(&holds);
    rk_disposal_free(&disposal);
}

/* Is the candidate named anywhere? */
static bool stands(int candidate, int table)
{
    char line[200], id[16], *cell;
    bool found = false;
    FILE *file = fopen(path_of(tables[table]), "r");
    snprintf(id, sizeof id, "C%d", candidate);
    while (fgets(line, sizeof line, file)) {
        char *rest = line;
        while ((cell = strsep(&rest, ",\n")))
            found |= !strcmp(cell, id);
    }
    fclose(file);
    return found;
}

static uint64_t one_round(struct rk_random *random)
{
    struct world w;
    uint64_t gone[5], listed[5], expected[5] = {0};
    draw(&w, random);
    write_world(&w);
    for (int c = 0; c < w.candidates; c++)
        if (goes(&w, c)) {
            expected[1]++;
            expected[2] += w.outcome[c] != 0;
            expected[3] += w.hold[c] != 0;
            for (int i = 0; i < RATINGS; i++)
                expected[4] += w.rated[i] == c;
        }
    erase(gone, listed);
    for (int t = 0; t < 5; t++) {
        CHECK(gone[t] == expected[t]);
        CHECK(listed[t] == expected[t]);
        for (int c = 0; c < w.candidates && t; c++)
            CHECK(!goes(&w, c) || !stands(c, t));
    }
    for (int c = 0; c < w.candidates; c++)
        CHECK(goes(&w, c) != stands(c, 1));
    return expected[1];
}

int main(void)
{
    struct rk_random random = rk_random(RK_TEXT("purge"), RK_TEXT("unit"));
    struct rk_error error = {0};
    const char *share = getenv("RK_SHARE");
    char schema[300];
    uint64_t erased = 0;
    snprintf(schema, sizeof schema, "%s/schema", share ? share : "share");
    CHECK(mkdtemp(folder) != NULL);
    for (int t = 0; t < 5; t++)
        CHECK(rk_schema_load(&schemas[t], schema, tables[t], &error) == RK_OK);
    for (int round = 0; round < 120; round++)
        erased += one_round(&random);
    CHECK(erased > 50);
    uint64_t gone[5], listed[5]; /* a second time, of the last one */
    erase(gone, listed);
    for (int t = 0; t < 5; t++) {
        CHECK(!gone[t] && !listed[t]);
        rk_schema_free(schemas[t]);
        unlink(path_of(tables[t]));
    }
    CHECK(!rmdir(folder));
    return finish();
}
