/* What a run may reach: its options and operands tell. */
#include "base/mem.h"
#include "tool/sandbox.h"
#include "tool/state.h"

#include <dirent.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { READ = RK_MAY_READ | RK_MAY_LIST, MAKE = RK_MAY_WRITE | RK_MAY_LIST };

struct places {
    struct rk_sandbox_place *all;
    size_t count, room;
};

/* The same place may be named for many reasons; NULL is none. */
static void allow(struct places *places, const char *path, unsigned rights)
{
    if (!path)
        return;
    for (size_t i = 0; i < places->count; i++)
        if (places->all[i].rights == rights && !strcmp(places->all[i].path, path))
            return;
    RK_GROW(places->all, places->count, places->room);
    places->all[places->count++] = (struct rk_sandbox_place){path, rights};
}

static bool is_folder(const char *path)
{
    struct stat info;
    return !stat(path, &info) && S_ISDIR(info.st_mode);
}

static bool is_link(const char *path)
{
    struct stat info;
    return !lstat(path, &info) && S_ISLNK(info.st_mode);
}

/* A table of a package may be a link to where it lies, and the fence goes by where things lie.
 * `depth`: so many folders down, a package has no more (rubrics). */
static void allow_links(struct places *places, const char *folder, unsigned depth)
{
    DIR *entries = opendir(folder);
    for (const struct dirent *e; entries && (e = readdir(entries));) {
        struct rk_buf path = {0};
        rk_buf_printf(&path, "%s/%s", folder, e->d_name);
        bool looks = e->d_type != DT_REG && *e->d_name != '.';
        if (looks && is_link(path.text))
            allow(places, rk_keep(path.text), READ);
        if (looks && depth && is_folder(path.text)) /* also where a link leads to one */
            allow_links(places, path.text, depth - 1);
        rk_buf_free(&path);
    }
    if (entries)
        closedir(entries);
}

static void allow_read(struct places *places, const char *path)
{
    allow(places, path, READ);
    if (is_folder(path))
        allow_links(places, path, 1);
}

/* What is made takes its place by a rename from beside it; a pipe or a device is written itself. */
static void allow_made(struct places *places, const char *path)
{
    struct stat info;
    char *real = realpath(path, NULL), *copy = rk_strdup(real ? real : path);
    bool special = real && !stat(real, &info) && !S_ISREG(info.st_mode);
    if (special)
        allow(places, path, MAKE);
    if (!special || S_ISDIR(info.st_mode))
        allow(places, rk_keep(dirname(copy)), MAKE);
    rk_free(copy);
    free(real);
}

/* The places of these rights, in one line. */
static void tell(struct rk_run *run, const struct places *places, unsigned rights,
                 const char *format)
{
    struct rk_buf list = {0};
    for (size_t i = 0; i < places->count; i++)
        if ((places->all[i].rights & (RK_MAY_READ | RK_MAY_WRITE)) == rights)
            rk_buf_printf(&list, "%s%s", list.size ? ", " : "", places->all[i].path);
    if (list.size)
        rk_run_detail(run, format, list.text);
    rk_buf_free(&list);
}

void rk_run_fence(struct rk_run *run, const char *const *reads, const char *const *makes)
{
    const struct rk_state *s = run->state;
    const char *temporaries = getenv("TMPDIR");
    struct places places = {0};
    rk_open_language(run->language_asked ? run->language_asked : "en");
    allow(&places, run->share, READ);
    allow(&places, s->catalogues, READ); /* read when the first text is needed */
    allow(&places, "/dev/null", RK_MAY_READ | RK_MAY_WRITE);
    allow(&places, "/usr/share/zoneinfo", READ); /* the calendar library looks for its zones there */
    allow(&places, temporaries && *temporaries ? temporaries : "/tmp", RK_MAY_READ | RK_MAY_WRITE);
    for (size_t i = 0; i < s->operand_count; i++)
        allow_read(&places, s->operands[i]);
    for (size_t i = 0; i < s->taken_count; i++) {
        if (s->taken[i].reads)
            allow_read(&places, s->taken[i].value);
        if (s->taken[i].makes)
            allow_made(&places, s->taken[i].value);
    }
    for (; reads && *reads; reads++)
        allow_read(&places, *reads);
    for (; makes && *makes; makes++)
        allow_made(&places, *makes);
    tell(run, &places, RK_MAY_READ, _("fence: may read %s"));
    tell(run, &places, RK_MAY_WRITE, _("fence: may write in %s"));
    tell(run, &places, RK_MAY_READ | RK_MAY_WRITE, _("fence: may read and write %s"));
    if (rk_sandbox_places(places.all, places.count))
        rk_run_detail(run, _("fence: no other place is reached (Landlock)"));
    else
        rk_run_detail(run,
                      _("fence: the kernel has no Landlock, or too old a one: other places are "
                        "reached"));
    if (rk_sandbox_calls())
        rk_run_detail(run, _("fence: no program is started, no connection is made (seccomp)"));
    else
        rk_run_detail(
            run, _("fence: there is no filter of calls here: programs are started, connections "
                   "are made"));
    rk_free(places.all);
}
