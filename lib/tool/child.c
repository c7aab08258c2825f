#include "tool/child.h"

#include "base/mem.h"
#include "stream/out.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_SAID = 16 * 1024 * 1024, NO_PROGRAM = 127 };

static _Noreturn void become(const char *const *words, int out)
{
    int nothing = open("/dev/null", O_RDONLY);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
        dup2(out, STDERR_FILENO) < 0)
        _exit(NO_PROGRAM);
    /* a group of its own: what it starts ends with it */
    setpgid(0, 0);
    execvp(words[0], (char *const *)words);
    _exit(NO_PROGRAM);
}

/* Waits for its end: false where `seconds` went by. */
static bool await(pid_t child, unsigned seconds)
{
    int fd = (int)syscall(SYS_pidfd_open, child, 0);
    if (fd < 0)
        return true; /* an old kernel: without a limit */
    struct pollfd ends = {.fd = fd, .events = POLLIN};
    int ready;
    do
        ready = poll(&ends, 1, seconds ? (int)seconds * 1000 : -1);
    while (ready < 0 && errno == EINTR);
    close(fd);
    return ready != 0;
}

static void read_back(struct rk_buf *said, int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    size_t room = size < MOST_SAID ? (size_t)size : MOST_SAID;
    ssize_t n = pread(fd, rk_buf_reserve(said, room + 1), room, 0);
    if (n > 0) {
        said->size += (size_t)n;
        said->text[said->size] = '\0';
    }
}

enum rk_status rk_child_run(const char *const *words, unsigned seconds, int *exit,
                            struct rk_buf *said, struct rk_error *error)
{
    int out = rk_out_unlinked(), state = 0;
    if (out < 0)
        return rk_fail_errno(error, RK_FAILED, NULL, errno, "%s",
                             _("cannot write a temporary file"));
    pid_t child = fork();
    if (!child)
        become(words, out);
    int problem = child < 0 ? errno : 0;
    bool ended = problem || await(child, seconds);
    if (!ended)
        kill(-child, SIGKILL);
    while (!problem && waitpid(child, &state, 0) < 0)
        problem = errno == EINTR ? 0 : errno;
    if (!problem)
        read_back(said, out);
    close(out);
    if (problem)
        return rk_fail_errno(error, RK_FAILED, NULL, problem, _("cannot start %s"), words[0]);
    if (!ended)
        return rk_fail(error, RK_FAILED, _("%s did not end in %u seconds"), words[0], seconds);
    *exit = WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
    return RK_OK;
}

const char *rk_child_tool(const char *name)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(self, '/');
    struct rk_buf path = {0};
    rk_buf_add(&path, self, slash ? (size_t)(slash - self + 1) : 0);
    rk_buf_text(&path, name);
    const char *kept = rk_keep(path.text);
    rk_buf_free(&path);
    return kept;
}
