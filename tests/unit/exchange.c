/* lib/stream/exchange: a run that is killed after any of its steps leaves a folder that the next
 * open brings to all old or all new, and says which. The steps are counted by the calls that make,
 * rename and remove, which this program puts itself before. */
#include "stream/exchange.h"

#include "check.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int steps_left = -1; /* -1 = as many as it takes */

static void step(void)
{
    if (!steps_left)
        _exit(9);
    if (steps_left > 0)
        steps_left--;
}

#define BEFORE(type, name, parameters, ...)                                                        \
    type name parameters                                                                           \
    {                                                                                              \
        static type(*real) parameters;                                                             \
        if (!real)                                                                                 \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                             \
        step();                                                                                    \
        return real(__VA_ARGS__);                                                                  \
    }
BEFORE(int, rename, (const char *from, const char *to), from, to)
BEFORE(int, renameat2, (int a, const char *from, int b, const char *to, unsigned flags), a, from, b,
       to, flags)
BEFORE(int, unlink, (const char *path), path)
BEFORE(int, rmdir, (const char *path), path)
BEFORE(int, mkdir, (const char *path, mode_t mode), path, mode)
BEFORE(int, fsync, (int fd), fd)

static char folder[] = "/tmp/rk-unit-exchange.XXXXXX";
static const char *const names[] = {"one.csv", "two.csv", "three.csv"};
enum { FILES = 3 };

static char *path_of(const char *name)
{
    static char path[100];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    CHECK(file != NULL);
    fputs(text, file);
    fclose(file);
}

static void reset(void)
{
    for (int i = 0; i < FILES - 1; i++)
        put(names[i], "old\n");
    unlink(path_of(names[FILES - 1])); /* the last is new */
}

/* 'o' all old, 'n' all new, '?' neither. */
static char state(void)
{
    int fresh = 0, old = 0;
    for (int i = 0; i < FILES; i++) {
        char text[20] = "";
        FILE *file = fopen(path_of(names[i]), "r");
        if (file) {
            size_t n = fread(text, 1, sizeof text - 1, file);
            text[n] = '\0';
            fclose(file);
        }
        fresh += !strcmp(text, "new\n");
        old += !strcmp(text, i == FILES - 1 ? "" : "old\n");
    }
    return fresh == FILES ? 'n' : old == FILES ? 'o' : '?';
}

static bool is_clean(void)
{
    return access(path_of(".rk-purge"), F_OK) && access(path_of(".rk-purge.part"), F_OK);
}

static enum rk_status exchange(void)
{
    struct rk_exchange *x = NULL;
    struct rk_error error = {0};
    enum rk_exchange_found found;
    enum rk_status status = rk_exchange_open(&x, folder, &found, &error);
    for (int i = 0; i < FILES && !status; i++) {
        struct rk_out *out;
        status = rk_exchange_file(x, &out, path_of(names[i]), &error);
        if (!status)
            rk_out_write(out, "new\n", 4);
    }
    if (!status)
        status = rk_exchange_commit(x, &error);
    rk_exchange_close(x);
    return status;
}

static void check_killed(void)
{
    int ways[3] = {0}, steps = 0;
    for (bool ended = false; !ended; steps++) {
        reset();
        pid_t child = fork();
        if (!child) {
            steps_left = steps;
            _exit(exchange() ? 8 : 0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        ended = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        CHECK(ended || WEXITSTATUS(status) == 9);
        struct rk_exchange *x = NULL;
        struct rk_error error = {0};
        enum rk_exchange_found found;
        CHECK(rk_exchange_open(&x, folder, &found, &error) == RK_OK);
        rk_exchange_close(x);
        CHECK(state() != '?');
        CHECK(is_clean());
        CHECK(found != RK_EXCHANGE_UNDONE || state() == 'o');
        CHECK(found != RK_EXCHANGE_FINISHED || state() == 'n');
        CHECK(!ended || found == RK_EXCHANGE_NOTHING);
        ways[found]++;
    }
    CHECK(ways[RK_EXCHANGE_UNDONE] > 3 && ways[RK_EXCHANGE_FINISHED] > 3 && steps > 15);
}

/* A second run, or a table that somebody else wrote meanwhile. */
static void check_others(void)
{
    struct rk_exchange *x = NULL, *second = NULL;
    struct rk_error error = {0};
    struct rk_out *out;
    enum rk_exchange_found found;
    reset();
    CHECK(rk_exchange_open(&x, folder, &found, &error) == RK_OK);
    CHECK(rk_exchange_open(&second, folder, &found, &error) == RK_FAILED && !second);
    CHECK(rk_exchange_file(x, &out, path_of(names[0]), &error) == RK_OK);
    rk_out_write(out, "new\n", 4);
    CHECK(rk_exchange_settle(x, &error) == RK_OK);
    char hex[RK_SHA256_HEX];
    rk_sha256(hex, "old\n", 4);
    CHECK_TEXT(rk_exchange_before(x, 0), hex);
    rk_sha256(hex, "new\n", 4);
    CHECK_TEXT(rk_exchange_after(x, 0), hex);
    put(names[0], "theirs\n");
    CHECK(rk_exchange_commit(x, &error) == RK_FAILED);
    CHECK(strstr(error.text, names[0]) != NULL);
    rk_exchange_close(x);
    CHECK(is_clean());
    reset(); /* also when it is written before the settling */
    CHECK(rk_exchange_open(&x, folder, &found, &error) == RK_OK);
    CHECK(rk_exchange_file(x, &out, path_of(names[0]), &error) == RK_OK);
    put(names[0], "theirs\n");
    rk_out_write(out, "new\n", 4);
    CHECK(rk_exchange_commit(x, &error) == RK_FAILED && !rk_exchange_replaced(x));
    rk_exchange_close(x);
    CHECK(is_clean());
    put(names[0], "old\n");
    CHECK(state() == 'o');
}

static void check_mode(void)
{
    struct stat info;
    reset();
    CHECK(!chmod(path_of(names[0]), 0640));
    CHECK(exchange() == RK_OK && state() == 'n');
    CHECK(!stat(path_of(names[0]), &info) && (info.st_mode & 07777) == 0640);
}

int main(void)
{
    CHECK(mkdtemp(folder) != NULL);
    check_killed();
    check_others();
    check_mode();
    for (int i = 0; i < FILES; i++)
        unlink(path_of(names[i]));
    CHECK(!rmdir(folder));
    return finish();
}
