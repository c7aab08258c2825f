/* A page of HTML as PDF, printed by Chromium where it is installed. */
#ifndef RK_PDF_H
#define RK_PDF_H

#include "base/buf.h"
#include "base/message.h"

/* Begins the process that will print: before the run is fenced in, and before it has threads. */
enum rk_status rk_pdf_begin(struct rk_error *error);
/* Once, after rk_pdf_begin. Appends the PDF to `pdf`. The page is given as a file; it must fetch
 * nothing, and Chromium is kept from it too. The times that Chromium puts in are replaced, so that
 * the same page, Chromium and fonts give the same bytes. RK_FAILED, naming what to install, where
 * there is no Chromium. */
enum rk_status rk_pdf_print(struct rk_buf *pdf, const struct rk_buf *html, struct rk_error *error);

#endif
