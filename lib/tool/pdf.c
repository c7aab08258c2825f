#include "tool/pdf.h"

#include "base/mem.h"
#include "stream/in.h"
#include "stream/out.h"
#include "stream/tree.h"
#include "tool/child.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { SECONDS = 120, LARGEST = 256 * 1024 * 1024, NO_PROGRAM = 127 };

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

enum rk_status rk_pdf_print(struct rk_buf *pdf, const struct rk_buf *html, struct rk_error *error)
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
