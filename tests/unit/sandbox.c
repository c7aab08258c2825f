/* lib/tool: once the fence stands, a run reaches the places that its options and operands name,
 * each in the way they say, and asks nothing of the kernel but what it needs. In a child each,
 * since there is no way out; passed over, and said, where the kernel has no Landlock or no filter
 * of calls. */
#include "tool/sandbox.h"

#include "check.h"
#include "stream/tree.h"
#include "tool/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/rk-sandbox.XXXXXX";

enum { NO_FENCE = 77, GOOD = 0 };

/* In the child: the number of the first thing that was not as it should be, or GOOD. */
static int step;
#define SHOULD(condition)                                                                          \
    do {                                                                                           \
        step++;                                                                                    \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "line %d: should be so inside: %s (%s)\n", __LINE__, #condition,       \
                    strerror(errno));                                                              \
            return step;                                                                           \
        }                                                                                          \
    } while (0)
#define REFUSED(number, condition) SHOULD((errno = 0, (condition) && errno == (number)))

static bool opens(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int in_places(void)
{
    int ends[2], before = open("read/file", O_RDONLY);
    char c, pipe_name[40];
    SHOULD(!pipe(ends));
    snprintf(pipe_name, sizeof pipe_name, "/dev/fd/%d", ends[0]);
    const struct rk_sandbox_place places[] = {{"read", RK_MAY_READ | RK_MAY_LIST},
                                              {"write", RK_MAY_WRITE | RK_MAY_LIST},
                                              {"temporary", RK_MAY_READ | RK_MAY_WRITE},
                                              {"one", RK_MAY_READ},
                                              {"missing", RK_MAY_WRITE},
                                              {NULL, RK_MAY_WRITE},
                                              {pipe_name, RK_MAY_READ}};
    if (!rk_sandbox_places(places, sizeof places / sizeof *places))
        return NO_FENCE;
    SHOULD(read(before, &c, 1) == 1); /* what is open stays open */
    SHOULD(opens("read/file", O_RDONLY) && opens("read", O_RDONLY | O_DIRECTORY));
    SHOULD(opens("one", O_RDONLY));
    SHOULD(opens(pipe_name, O_RDONLY));
    REFUSED(EACCES, !opens("read/file", O_WRONLY));
    REFUSED(EACCES, !opens("one", O_WRONLY));
    REFUSED(EACCES, !opens("read/new", O_WRONLY | O_CREAT));
    REFUSED(EACCES, unlink("read/file"));
    SHOULD(opens("write/new", O_WRONLY | O_CREAT) && !rename("write/new", "write/other"));
    SHOULD(opens("write", O_RDONLY | O_DIRECTORY));
    REFUSED(EACCES, !opens("write/other", O_RDONLY));
    REFUSED(EACCES, symlink("/etc", "write/etc"));
    SHOULD(!mkdir("write/folder", 0700) && !rmdir("write/folder") && !unlink("write/other"));
    SHOULD(opens("temporary/new", O_RDWR | O_CREAT) && !unlink("temporary/new"));
    REFUSED(EACCES, !opens("temporary", O_RDONLY | O_DIRECTORY));
    REFUSED(EACCES, !opens("secret", O_RDONLY));
    REFUSED(EACCES, !opens("/etc/passwd", O_RDONLY));
    REFUSED(EACCES, !opens("new", O_WRONLY | O_CREAT));
    REFUSED(EACCES, rename("secret", "write/secret"));
    REFUSED(EACCES, execl("/bin/true", "true", (char *)NULL));
    return GOOD;
}

static void *nothing(void *context) { return context; }

static int in_calls(void)
{
    long page = sysconf(_SC_PAGESIZE);
    void *own =
        mmap(NULL, (size_t)page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    union bpf_attr attributes = {.map_type = BPF_MAP_TYPE_ARRAY};
    struct iovec piece = {own, 8};
    pthread_t thread;
    int state;
    SHOULD(own != MAP_FAILED);
    if (!rk_sandbox_calls())
        return NO_FENCE;
    REFUSED(EPERM, execl("/bin/true", "true", (char *)NULL));
    REFUSED(EPERM, syscall(SYS_execveat, AT_FDCWD, "/bin/true", NULL, NULL, 0));
    REFUSED(EPERM, socket(AF_INET, SOCK_STREAM, 0));
    REFUSED(EPERM, socket(AF_UNIX, SOCK_STREAM, 0));
    REFUSED(EPERM, connect(0, NULL, 0));
    REFUSED(EPERM, ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
    REFUSED(EPERM, process_vm_readv(getppid(), &piece, 1, &piece, 1, 0));
    REFUSED(EPERM, kill(getppid(), 0));
    REFUSED(EPERM, syscall(SYS_tgkill, getppid(), getppid(), 0));
    REFUSED(EPERM, mmap(NULL, (size_t)page, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                        0) == MAP_FAILED);
    REFUSED(EPERM, mprotect(own, (size_t)page, PROT_READ | PROT_EXEC));
    REFUSED(EPERM, syscall(SYS_memfd_create, "m", 0));
    REFUSED(EPERM, syscall(SYS_io_uring_setup, 1, NULL));
    REFUSED(EPERM, syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes));
    REFUSED(EPERM, syscall(SYS_kexec_load, 0, 0, NULL, 0));
    REFUSED(EPERM, syscall(SYS_mount, "a", "b", "tmpfs", 0, NULL));
    REFUSED(EPERM, unshare(CLONE_NEWUSER));
    REFUSED(EPERM, syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0));
    REFUSED(EPERM, chmod("secret", 0666));
    REFUSED(EPERM, chown("secret", 1, 1));
    REFUSED(EPERM, ioctl(STDIN_FILENO, TIOCSTI, "x"));
    REFUSED(EPERM, syscall(SYS_shmget, 1, 1, 0));
    REFUSED(EPERM, syscall(SYS_memfd_secret, 0));
    REFUSED(ENOSYS, syscall(SYS_clone3, NULL, 0));
    REFUSED(ENOSYS, syscall(SYS_process_mrelease + 1, 0, 0, 0, 0));
    REFUSED(ENOSYS, syscall(4000));
    /* what a tool does */
    SHOULD(opens("secret", O_RDONLY));
    SHOULD(!pthread_create(&thread, NULL, nothing, NULL) && !pthread_join(thread, NULL));
    pid_t child = fork();
    if (!child)
        _exit(3);
    SHOULD(waitpid(child, &state, 0) == child && WIFEXITED(state) && WEXITSTATUS(state) == 3);
    SHOULD(signal(SIGUSR1, SIG_IGN) != SIG_ERR && !raise(SIGUSR1));
    SHOULD(!mprotect(own, (size_t)page, PROT_READ) && !munmap(own, (size_t)page));
    return GOOD;
}

/* ---- the fence of a tool, as its options say ---- */

static const char *linked; /* where a table of the package lies in truth */

static int in_tool(void)
{
    SHOULD(opens("operand.csv", O_RDONLY) && opens("town/panelists.csv", O_RDONLY));
    SHOULD(opens("town/linked.csv", O_RDONLY) && opens(linked, O_RDONLY));
    SHOULD(opens("town/rubrics/linked.json", O_RDONLY));
    SHOULD(opens("named", O_RDONLY));
    REFUSED(EACCES, !opens("operand.csv", O_WRONLY));
    REFUSED(EACCES, !opens("town/new", O_WRONLY | O_CREAT));
    SHOULD(opens("made/beside", O_WRONLY | O_CREAT) && !unlink("made/beside"));
    REFUSED(EACCES, !opens("made/there", O_RDONLY));
    SHOULD(opens("kept/record", O_RDONLY));
    SHOULD(opens("kept/beside", O_WRONLY | O_CREAT) && !unlink("kept/beside"));
    REFUSED(EACCES, !opens("kept/there", O_RDONLY));
    REFUSED(EACCES, !opens("secret", O_RDONLY));
    REFUSED(EACCES, !opens("/etc/passwd", O_RDONLY));
    REFUSED(EACCES, !opens("word", O_RDONLY)); /* a value that names no file */
    SHOULD(execl("/bin/true", "true", (char *)NULL) && (errno == EPERM || errno == EACCES));
    return GOOD;
}

enum { MADE = 'm', RECORD = 0x100, NAME, WORD };
static const struct argp_option table[] = {{"made", MADE, "FILE", RK_MAKES, "", 0},
                                           {"record", RECORD, "FILE", RK_READS | RK_MAKES, "", 0},
                                           {"name", NAME, "TEXT", RK_READS, "", 0},
                                           {"word", WORD, "TEXT", 0, "", 0},
                                           {0}};
static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)key, (void)arg, (void)state;
    return 0;
}
static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    (void)run, (void)error;
    _exit(in_tool());
}
static const struct rk_tool_table inputs[] = {{"panelists", RK_MAIN, NULL}, {0}};

static int as_tool(void)
{
    static const struct rk_tool tool = {.name = "rk-fenced",
                                        .purpose = "",
                                        .operands = "[FILE…]",
                                        .options = table,
                                        .parse = parse,
                                        .flags = RK_NO_OUTPUT,
                                        .inputs = inputs,
                                        .run = run};
    char *words[] = {
        "rk-fenced",    "operand.csv", "--data=town", "--made=made/file", "--record=kept/record",
        "--name=named", "--word=word", NULL};
    setenv("TMPDIR", "temporary", 1);
    return rk_tool_main(&tool, 7, words) ? 1 : 2; /* unless run() ended it */
}

/* ---- */

static bool passes(const char *name, int (*inside)(void))
{
    int status = 0;
    pid_t child = fork();
    if (!child)
        _exit(inside());
    CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    if (WEXITSTATUS(status) == NO_FENCE) {
        printf("skipped: the kernel has no fence of %s\n", name);
        return false;
    }
    CHECK(WEXITSTATUS(status) == GOOD);
    return true;
}

int main(void)
{
    static const char *const folders[] = {"read", "write",        "temporary", "made",
                                          "town", "town/rubrics", "elsewhere", "kept"};
    static const char *const files[] = {
        "read/file",       "secret",     "one",  "operand.csv", "named",
        "kept/record",     "kept/there", "word", "made/there",  "town/panelists.csv",
        "elsewhere/linked"};
    size_t skipped = 0;
    CHECK(mkdtemp(folder) && !chdir(folder));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        CHECK(!mkdir(folders[i], 0700));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        int fd = open(files[i], O_WRONLY | O_CREAT, 0600);
        CHECK(fd >= 0 && write(fd, "x", 1) == 1 && !close(fd));
    }
    linked = "elsewhere/linked";
    CHECK(!symlink("../elsewhere/linked", "town/linked.csv"));
    CHECK(!symlink("../../elsewhere/linked", "town/rubrics/linked.json"));
    bool fenced = passes("places", in_places);
    skipped += !fenced + !passes("calls", in_calls);
    if (fenced)
        passes("a tool", as_tool);
    CHECK(!chdir("/") && !rk_tree_remove(folder, NULL));
    if (!skipped)
        return finish();
    printf("%d passed, %d failed, %zu skipped\n", passed, failed, skipped);
    return failed != 0;
}
