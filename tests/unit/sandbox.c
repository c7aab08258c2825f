/* lib/tool/sandbox: once inside, a process reaches the places named and no others. In a child each,
 * since there is no way out; passed over, and said, where the kernel has no Landlock. */
#include "tool/sandbox.h"

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/rk-sandbox.XXXXXX";

enum { NO_FENCE = 77 };

/* What the child saw, a bit for each thing that was as it should be. */
static int inside(void)
{
    int before = open("read/file", O_RDONLY);
    const struct rk_sandbox_place places[] = {
        {"read", false}, {"write", true}, {"missing", true}, {NULL, true}};
    if (!rk_sandbox_enter(places, sizeof places / sizeof *places))
        return NO_FENCE;
    char c;
    int good = 0;
    good |= (read(before, &c, 1) == 1) << 0; /* what is open stays open */
    good |= (open("read/file", O_RDONLY) >= 0) << 1;
    good |= (open("read/file", O_WRONLY) < 0 && errno == EACCES) << 2;
    good |= (open("read/new", O_WRONLY | O_CREAT, 0600) < 0 && errno == EACCES) << 3;
    good |= (open("write/new", O_WRONLY | O_CREAT, 0600) >= 0 &&
             !rename("write/new", "write/other") && !unlink("write/other"))
            << 4;
    good |= (open("secret", O_RDONLY) < 0 && errno == EACCES) << 5;
    good |= (execl("/bin/true", "true", (char *)NULL) < 0 && errno == EACCES) << 6;
    return good;
}

int main(void)
{
    int status = 0;
    CHECK(mkdtemp(folder) && !chdir(folder) && !mkdir("read", 0700) && !mkdir("write", 0700));
    for (int i = 0; i < 2; i++) {
        int fd = open(i ? "secret" : "read/file", O_WRONLY | O_CREAT, 0600);
        CHECK(fd >= 0 && write(fd, "x", 1) == 1 && !close(fd));
    }
    pid_t child = fork();
    if (!child)
        _exit(inside());
    CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    bool fenced = WEXITSTATUS(status) != NO_FENCE;
    if (fenced)
        CHECK(WEXITSTATUS(status) == 0x7f);
    unlink("read/file");
    unlink("secret");
    rmdir("read");
    rmdir("write");
    rmdir(folder);
    if (fenced)
        return finish();
    printf("skipped: the kernel has no Landlock\n%d passed, %d failed, 1 skipped\n", passed,
           failed);
    return failed != 0;
}
