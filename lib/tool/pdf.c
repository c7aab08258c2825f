#include "tool/pdf.h"

#include "base/mem.h"
#include "stream/in.h"
#include "stream/out.h"
#include "stream/tree.h"
#include "tool/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SECONDS = 120,
    LARGEST = 256 * 1024 * 1024,
    PART = 64 * 1024,
    MOST_WHY = 1024,
    NO_PROGRAM = 127
};

static enum rk_status write_page(const char *path, const struct rk_buf *html,
                                 struct rk_error *error)
{
    struct rk_outputs outputs = {0};
    struct rk_out *out;
    RK_TRY(rk_out_open(&outputs, &out, path, error));
    rk_out_write(out, html->text, html->size);
    return rk_outputs_commit(&outputs, error);
}

static enum rk_status print(const char *folder, const char *page, const char *pdf,
                            struct rk_error *error)
{
    static const char *const names[] = {"chromium", "chromium-browser", "google-chrome", NULL};
    const char *words[] = {NULL,
                           "--headless",
                           "--disable-gpu",
                           "--no-first-run",
                           "--disable-extensions",
                           "--disable-background-networking",
                           "--disable-component-update",
                           "--disable-sync",
                           "--host-resolver-rules=MAP * ~NOTFOUND", /* nothing leaves the machine */
                           "--no-pdf-header-footer",
                           "--generate-pdf-document-outline",
                           folder,
                           pdf,
                           page,
                           geteuid() ? NULL : "--no-sandbox", /* as root it refuses otherwise */
                           NULL};
    struct rk_buf said = {0};
    enum rk_status status = RK_OK;
    int exit = NO_PROGRAM;
    for (size_t i = 0; names[i] && exit == NO_PROGRAM && !status; i++) {
        words[0] = names[i];
        rk_buf_clear(&said);
        status = rk_child_run(words, SECONDS, &exit, &said, error);
    }
    if (!status && exit == NO_PROGRAM)
        status =
            rk_fail(error, RK_FAILED, "%s",
                    _("PDF is printed by Chromium, and there is none here: install the package "
                      "chromium, or make HTML and print it from a browser"));
    else if (!status && exit)
        status = rk_fail(error, RK_FAILED, _("%s could not print the page (exit status %d)"),
                         words[0], exit);
    rk_buf_free(&said);
    return status;
}

/* /CreationDate (D:20261127062711+00'00'): the same length, so that every offset in the file stays.
 */
static void forget_times(char *text, size_t size)
{
    static const char *const keys[] = {"/CreationDate (D:", "/ModDate (D:"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        size_t length = strlen(keys[k]);
        char *at = text;
        while ((at = memmem(at, size - (size_t)(at - text), keys[k], length))) {
            at += length;
            for (const char *zero = "19800101000000"; *zero && *at >= '0' && *at <= '9'; zero++)
                *at++ = *zero;
            for (; at < text + size && *at != ')'; at++)
                if (*at >= '0' && *at <= '9')
                    *at = '0';
                else if (*at == '-')
                    *at = '+';
        }
    }
}

static enum rk_status read_pdf(struct rk_buf *pdf, const char *path, struct rk_error *error)
{
    struct rk_in *in;
    size_t before = pdf->size;
    RK_TRY(rk_in_open(&in, path, error));
    enum rk_status status = rk_in_read_all(in, pdf, LARGEST, error);
    rk_in_close(in);
    if (!status && (pdf->size - before < 5 || memcmp(pdf->text + before, "%PDF-", 5) != 0))
        status = rk_fail(error, RK_FAILED, _("%s could not print the page (exit status %d)"),
                         "chromium", 0);
    if (!status)
        forget_times(pdf->text + before, pdf->size - before);
    return status;
}

static const char *beside(const char *folder, const char *before, const char *after)
{
    struct rk_buf text = {0};
    rk_buf_printf(&text, "%s%s%s", before, folder, after);
    const char *kept = rk_keep(text.text);
    rk_buf_free(&text);
    return kept;
}

static enum rk_status print_in_folder(struct rk_buf *pdf, const struct rk_buf *html,
                                      struct rk_error *error)
{
    struct rk_buf text = {0};
    const char *temporaries = getenv("TMPDIR");
    rk_buf_printf(&text, "%s/rk-pdf.XXXXXX", temporaries && *temporaries ? temporaries : "/tmp");
    char *folder = rk_buf_take(&text);
    if (!mkdtemp(folder)) {
        enum rk_status status =
            rk_fail_errno(error, RK_FAILED, NULL, errno, "%s", _("cannot write a temporary file"));
        rk_free(folder);
        return status;
    }
    rk_tree_passing(folder); /* the page is not for everybody: a signal takes it away too */
    const char *file = beside(folder, "", "/page.html"),
               *pdf_file = beside(folder, "", "/page.pdf");
    enum rk_status status = write_page(file, html, error);
    if (!status)
        status = print(beside(folder, "--user-data-dir=", "/profile"),
                       beside(folder, "file://", "/page.html"),
                       beside(folder, "--print-to-pdf=", "/page.pdf"), error);
    if (!status)
        status = read_pdf(pdf, pdf_file, error);
    rk_tree_remove(folder, NULL);
    rk_tree_stays(folder);
    rk_free(folder);
    return status;
}

/* ---- the process that prints ---- */

/* It is begun before the fence stands, which Chromium could not be started in, and waits for the
 * page: what was read in the meantime has no way to start anything else. */
static struct printer {
    pid_t process;
    int page, pdf; /* a pipe to it; the unlinked file that it leaves the PDF in */
    char *why;     /* shared with it: what went wrong there */
} printer = {.page = -1, .pdf = -1};

static enum rk_status cannot(struct rk_error *error)
{
    return rk_fail_errno(error, RK_FAILED, NULL, errno, "%s", _("cannot write a temporary file"));
}

static int write_all(int fd, const struct rk_buf *bytes)
{
    for (size_t done = 0; done < bytes->size;) {
        ssize_t n = write(fd, bytes->text + done, bytes->size - done);
        if (n < 0 && errno != EINTR)
            return -1;
        done += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static enum rk_status read_all(struct rk_buf *bytes, int fd, struct rk_error *error)
{
    for (ssize_t n = 1; n;) {
        n = read(fd, rk_buf_reserve(bytes, PART), PART);
        if (n < 0 && errno != EINTR)
            return cannot(error);
        bytes->size += n > 0 ? (size_t)n : 0;
    }
    return RK_OK;
}

/* The outputs that stand unfinished are the parent's to remove. */
static void give_up(void)
{
    rk_tree_clear();
    _exit(RK_FAILED);
}

static _Noreturn void wait_and_print(int page)
{
    struct rk_buf html = {0}, pdf = {0};
    struct rk_error error = {0};
    rk_mem_set_handler(give_up);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    close(printer.page);
    enum rk_status status = read_all(&html, page, &error);
    if (!status && !html.size)
        _exit(RK_FAILED); /* there is nothing to print after all */
    if (!status)
        status = print_in_folder(&pdf, &html, &error);
    if (!status && write_all(printer.pdf, &pdf))
        status = cannot(&error);
    if (status)
        snprintf(printer.why, MOST_WHY, "%s%s%s", error.pos.file ? error.pos.file : "",
                 error.pos.file ? ": " : "", error.text);
    _exit(status);
}

enum rk_status rk_pdf_begin(struct rk_error *error)
{
    int ends[2];
    printer.why = mmap(NULL, MOST_WHY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    printer.pdf = rk_out_unlinked();
    if (printer.why == MAP_FAILED || printer.pdf < 0 || pipe2(ends, O_CLOEXEC))
        return cannot(error);
    printer.page = ends[1];
    printer.process = fork();
    if (!printer.process)
        wait_and_print(ends[0]);
    close(ends[0]);
    return printer.process < 0 ? cannot(error) : RK_OK;
}

enum rk_status rk_pdf_print(struct rk_buf *pdf, const struct rk_buf *html, struct rk_error *error)
{
    int state = 0;
    void (*before)(int) = signal(SIGPIPE, SIG_IGN); /* where it is gone, its end is told below */
    write_all(printer.page, html);
    signal(SIGPIPE, before);
    close(printer.page);
    while (waitpid(printer.process, &state, 0) < 0)
        if (errno != EINTR)
            return cannot(error);
    enum rk_status status = WIFEXITED(state) ? (enum rk_status)WEXITSTATUS(state) : RK_FAILED;
    if (status && *printer.why)
        return rk_fail(error, status, "%s", printer.why);
    if (status)
        return rk_fail(error, RK_FAILED, _("%s could not print the page (exit status %d)"),
                       "chromium", state);
    if (lseek(printer.pdf, 0, SEEK_SET) < 0)
        return cannot(error);
    return read_all(pdf, printer.pdf, error);
}
