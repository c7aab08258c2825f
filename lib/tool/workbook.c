#include "tool/workbook.h"

#include "base/mem.h"
#include "stream/out.h"
#include "tool/state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What stands unfinished is the parent's to remove. */
static void give_up(void) { _exit(RK_FAILED); }

static _Noreturn void make(int fd, struct rk_report *report)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    struct rk_buf path = {0};
    int nothing = open("/dev/null", O_WRONLY);
    rk_mem_set_handler(give_up);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        signal(ends[i], SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (nothing < 0 || dup2(nothing, STDERR_FILENO) < 0)
        _exit(RK_FAILED);
    /* the library writes to a name only; this one leads to a file that has no other */
    rk_buf_printf(&path, "/proc/self/fd/%d", fd);
    _exit(rk_render_workbook(path.text, report) ? RK_FAILED : RK_OK);
}

/* Everything that is in the file behind `fd`. */
static int take_back(struct rk_buf *out, int fd)
{
    off_t end = lseek(fd, 0, SEEK_END);
    if (end <= 0 || lseek(fd, 0, SEEK_SET) < 0)
        return end == 0 ? EIO : errno;
    for (size_t left = (size_t)end; left;) {
        ssize_t n = read(fd, rk_buf_reserve(out, left), left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        out->size += (size_t)n;
        left -= (size_t)n;
    }
    return 0;
}

enum rk_status rk_workbook_print(struct rk_buf *out, struct rk_report *report,
                                 struct rk_error *error)
{
    int fd = rk_out_unlinked(), state = 0, problem = 0;
    if (fd < 0)
        return rk_fail_errno(error, RK_FAILED, NULL, errno, "%s", _("cannot write a temporary file"));
    pid_t child = fork();
    if (!child)
        make(fd, report);
    if (child < 0)
        problem = errno;
    while (!problem && waitpid(child, &state, 0) < 0)
        problem = errno == EINTR ? 0 : errno;
    bool made = !problem && WIFEXITED(state) && WEXITSTATUS(state) == RK_OK;
    if (made)
        problem = take_back(out, fd);
    close(fd);
    if (problem)
        return rk_fail_errno(error, RK_FAILED, NULL, problem, "%s",
                             _("cannot write a temporary file"));
    return made ? RK_OK
                : rk_fail_at(error, RK_FAILED, &(struct rk_pos){.file = rk_state.output_path}, "%s",
                             _("the workbook cannot be made: out of memory, or of room for temporaries"));
}
