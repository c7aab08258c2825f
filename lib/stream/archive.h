/* A zip archive of XML parts, as office documents are, through libzip and expat; nobody else knows
 * them. Parts are streamed: one is open at a time, a chunk in memory. What is wrong with an archive
 * is found before it can cost anything: cut or with something after its end, entries that lie over
 * one another, parts twice, names that lead out of the archive, encryption, parts that would unpack
 * to more than the caps below, DOCTYPE (and so all entities but XML's own five), deep nesting.
 *
 * Cut, or bytes that do not match their checksums: RK_FAILED, as a damaged gzip file is. All else
 * that is wrong is RK_BAD_DATA. */
#ifndef RK_ARCHIVE_H
#define RK_ARCHIVE_H

#include "base/message.h"
#include "base/text.h"

/* Unpacked bytes of all parts, and unpacked over packed of a part larger than RATIO_FROM. */
#define RK_ARCHIVE_MAX_UNPACKED ((uint64_t)1 << 30)
#define RK_ARCHIVE_RATIO_FROM ((uint64_t)8 << 20)
#define RK_ARCHIVE_MAX_RATIO 200

struct rk_archive;

/* `bytes` are not copied and must outlive the archive, and so must `name` (for messages). Close
 * with rk_archive_close. */
enum rk_status rk_archive_open(struct rk_archive **archive, const char *name, const void *bytes,
                               size_t size, struct rk_error *error);
/* Names of parts are compared without regard to case, as offices do. */
bool rk_archive_has(const struct rk_archive *archive, const char *part);
void rk_archive_close(struct rk_archive *archive); /* NULL is allowed */

/* Names of elements and attributes: "NAMESPACE|name", or "name" where there is no namespace;
 * attributes by twos, ends with NULL. Any of the three may be NULL. */
struct rk_archive_handlers {
    void (*start)(void *user, const char *element, const char **attributes);
    void (*end)(void *user, const char *element);
    void (*text)(void *user, const char *text, size_t size); /* in pieces */
};

/* Opens a part, closing the one before; a part that is not there is RK_BAD_DATA. */
enum rk_status rk_archive_start(struct rk_archive *archive, const char *part,
                                const struct rk_archive_handlers *handlers, void *user,
                                struct rk_error *error);
/* The next chunk through the handlers. *end: the part was whole, and matches its checksum. */
enum rk_status rk_archive_feed(struct rk_archive *archive, bool *end, struct rk_error *error);
/* The whole part; closed again. */
enum rk_status rk_archive_parse(struct rk_archive *archive, const char *part,
                                const struct rk_archive_handlers *handlers, void *user,
                                struct rk_error *error);
/* Does `text` stand anywhere in the part? It is unpacked, not parsed. */
enum rk_status rk_archive_holds(struct rk_archive *archive, const char *part, const char *text,
                                bool *holds, struct rk_error *error);
/* From inside a handler: the first fault is remembered, nothing more is handed on, and the call
 * under way fails with it. */
void rk_archive_wrong(struct rk_archive *archive, const struct rk_pos *pos, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool rk_archive_is_wrong(const struct rk_archive *archive);
const char *rk_archive_part(const struct rk_archive *archive); /* the one open */
/* "the workbook is damaged: part P: why", RK_BAD_DATA. */
enum rk_status rk_archive_broken(const struct rk_archive *archive, const char *part,
                                 const char *why, struct rk_error *error);

/* For handlers: the value of an attribute, or NULL. */
const char *rk_archive_attribute(const char **attributes, const char *name);

#endif
