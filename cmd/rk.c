/* rk: lists the tools by task, and runs `rk-NAME …` for `rk NAME …`, as git does. */
#include "base/mem.h"
#include "tool/tool.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

static const struct {
    const char *task; /* NULL = the same as above */
    const char *name;
    const char *purpose; /* the tool's own */
} tools[] = {
    {N_("Getting data in"), "import", N_("turn a foreign file into a table of ours")},
    {NULL, "validate", N_("hold tables against the schemas and each other")},
    {NULL, "simulate", N_("make a whole synthetic municipality from a seed")},
    {N_("The panel"), "panel-match", N_("match panelists to recruitments")},
    {NULL, "evening", N_("plan who meets whom in which round and room, in the fewest rounds")},
    {NULL, "panel-verify", N_("check an assignment of panelists against every rule and its proof")},
    {NULL, "panel-cover", N_("tell whom the user bank mirrors and whom it leaves out")},
    {NULL, "honorarium",
     N_("work out what panelists are owed, by rates with their year and source")},
    {N_("The scores"), "score", N_("turn ratings into scores")},
    {NULL, "agree", N_("tell how well raters agree, and how far their scores can be relied on")},
    {NULL, "aggregate", N_("combine the groups' scores into one ranking per recruitment")},
    {NULL, "split", N_("cut a table into parts, to be worked on by several machines")},
    {NULL, "merge", N_("join what rk-aggregate --partial made of the parts")},
    {NULL, "adverse", N_("check selection by stage for adverse impact on groups")},
    {N_("The evaluation"), "survey",
     N_("summarise a survey: items, scales, groups, waves, an experiment, a series")},
    {NULL, "retain",
     N_("tell how long hires stay, and whether users' part in hiring goes with it")},
    {NULL, "follow",
     N_("tell how recruitments went: stages with users, days, costs, and what waits")},
    {N_("Privacy"), "pseudonymize",
     N_("replace ids by keyed pseudonyms, and leave out what is personal")},
    {NULL, "purge",
     N_("list what must be erased by the disposal plan, and erase it by a decision")},
    {NULL, "suppress", N_("hide what a table must not tell, or audit a published one")},
    {N_("Showing it"), "report", N_("build a report from tables by a specification")},
    {NULL, "monthly",
     N_("publish the report of each month that is over, by cron: silent when all is well")},
};
enum { TOOLS = sizeof tools / sizeof *tools };

static enum rk_status list(struct rk_run *run)
{
    struct rk_buf text = {0};
    for (size_t i = 0; i < TOOLS; i++) {
        if (tools[i].task)
            rk_buf_printf(&text, "%s%s\n", i ? "\n" : "", _(tools[i].task));
        rk_buf_printf(&text, "  rk-%-14s %s\n", tools[i].name, _(tools[i].purpose));
    }
    rk_buf_printf(&text, "\n%s\n", _("rk NAME --help tells of one; man rk-NAME tells more"));
    rk_out_write(rk_run_out(run), text.text, text.size);
    rk_buf_free(&text);
    return RK_OK;
}

static int problem; /* errno, when a tool could not be started */

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    if (!run->operand_count)
        return list(run);
    /* main() could not start it: say so, and which is nearest */
    const char *names[TOOLS + 1] = {0}, *name = run->operands[0];
    for (size_t i = 0; i < TOOLS; i++)
        names[i] = tools[i].name;
    const char *nearest = rk_nearest(name, names);
    bool known = nearest && !strcmp(nearest, name);
    if (known && !problem)
        return rk_fail(error, RK_BAD_USE, _("options come after the name: rk %s …"), name);
    if (problem && (known || problem != ENOENT))
        return rk_fail_errno(error, RK_FAILED, NULL, problem, _("cannot start rk-%s"), name);
    if (nearest)
        return rk_fail(error, RK_BAD_USE, _("there is no tool rk-%s; did you mean rk-%s?"), name,
                       nearest);
    return rk_fail(error, RK_BAD_USE, _("there is no tool rk-%s; rk lists them"), name);
}

/* Becomes rk-NAME, from the folder of this program. Returns when that cannot be. */
static void become(char **argv)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    struct rk_buf path = {0};
    rk_buf_printf(&path, "%s-%s", self, argv[0]);
    execv(path.text, argv);
    problem = errno;
    rk_buf_free(&path);
}

static const struct argp_option table[] = {{0}};
static const char *const examples[] = {"rk", "rk --lang sv", NULL};

static const struct rk_tool tool = {
    .name = "rk",
    .purpose = N_("list the tools by task, or run one: rk NAME runs rk-NAME"),
    .operands = N_("[NAME [OPTION…] [FILE…]]"),
    .options = table,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv)
{
    bool named = argc > 1 && argv[1][0] != '-';
    if (named && !strchr(argv[1], '/'))
        become(argv + 1);
    /* what follows an unknown name is that tool's affair, not ours */
    return rk_tool_main(&tool, named ? 2 : argc, argv);
}
