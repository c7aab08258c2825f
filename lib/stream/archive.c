#include "stream/archive.h"

#include "base/mem.h"

#include <expat.h>
#include <zip.h>

enum { CHUNK = 32 * 1024, MAX_PARTS = 4000, MAX_DEPTH = 64 };

/* A part being read: bytes of the archive on their way through expat. */
struct part {
    char *name;
    zip_file_t *file;
    XML_Parser parser;
    const struct rk_archive_handlers *handlers;
    void *user;
    uint64_t packed, size, read;
    int depth;
};

struct rk_archive {
    const char *name;
    zip_t *zip;
    struct part part;
    struct rk_error *error; /* of the call under way */
    enum rk_status status;  /* what a handler found wrong */
};

/* ---- errors ---- */

/* Bytes that are not what was once written: as a cut gzip file, no fault of the data. */
static enum rk_status damaged(const struct rk_archive *archive, const char *part, const char *why,
                              struct rk_error *error)
{
    struct rk_pos pos = {.file = archive->name};
    return rk_fail_at(error, RK_FAILED, &pos, _("the workbook is damaged: part %s: %s"), part, why);
}

enum rk_status rk_archive_broken(const struct rk_archive *archive, const char *part,
                                 const char *why, struct rk_error *error)
{
    struct rk_pos pos = {.file = archive->name};
    return rk_fail_at(error, RK_BAD_DATA, &pos, _("the workbook is damaged: part %s: %s"), part,
                      why);
}

void rk_archive_wrong(struct rk_archive *archive, const struct rk_pos *pos, const char *format, ...)
{
    if (archive->status != RK_OK)
        return;
    struct rk_buf text = {0};
    va_list args;
    va_start(args, format);
    rk_buf_vprintf(&text, format, args);
    va_end(args);
    archive->status = rk_fail_at(archive->error, RK_BAD_DATA, pos, "%s", text.text);
    rk_buf_free(&text);
    XML_StopParser(archive->part.parser, XML_FALSE);
}

bool rk_archive_is_wrong(const struct rk_archive *archive) { return archive->status != RK_OK; }
const char *rk_archive_part(const struct rk_archive *archive) { return archive->part.name; }

const char *rk_archive_attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (!strcmp(attributes[0], name))
            return attributes[1];
    return NULL;
}

/* ---- the archive's own account of itself ---- */

struct stretch {
    uint64_t from, to; /* of the file: a part with its local header */
};

static uint64_t little(const unsigned char *at, size_t bytes)
{
    uint64_t value = 0;
    while (bytes--)
        value = value << 8 | at[bytes];
    return value;
}

/* The archive's last record must end where the file ends: a cut file and one with something after
 * it are refused, whatever an older archive inside it says. */
static const unsigned char *last_record(const unsigned char *bytes, size_t size)
{
    const size_t record = 22;
    for (size_t comment = 0; comment <= 0xffff && comment + record <= size; comment++) {
        const unsigned char *at = bytes + size - record - comment;
        if (!memcmp(at, "PK\5\6", 4) && little(at + 20, 2) == comment)
            return at;
    }
    return NULL;
}

/* Where the directory begins and how many parts it lists; zip64's record where there is one. */
static bool find_directory(const unsigned char *bytes, size_t size, const unsigned char *last,
                           uint64_t *count, uint64_t *start)
{
    *count = little(last + 10, 2);
    *start = little(last + 16, 4);
    if (*count != 0xffff && *start != 0xffffffff)
        return true;
    if (last - bytes < 20 || memcmp(last - 20, "PK\6\7", 4))
        return *start != 0xffffffff;
    uint64_t record = little(last - 20 + 8, 8);
    if (record > size || size - record < 56 || memcmp(bytes + record, "PK\6\6", 4))
        return false;
    *count = little(bytes + record + 32, 8);
    *start = little(bytes + record + 48, 8);
    return true;
}

/* Sizes and places of 64 bits stand in an extra field, those alone that have no room elsewhere. */
static void read_zip64(const unsigned char *extra, size_t size, uint64_t *unpacked,
                       uint64_t *packed, uint64_t *place)
{
    while (size >= 4 && little(extra + 2, 2) <= size - 4) {
        size_t length = (size_t)little(extra + 2, 2);
        if (little(extra, 2) == 1) {
            uint64_t *all[] = {unpacked, packed, place};
            const unsigned char *at = extra + 4;
            for (size_t i = 0; i < 3; i++)
                if (*all[i] == 0xffffffff && (size_t)(extra + 4 + length - at) >= 8) {
                    *all[i] = little(at, 8);
                    at += 8;
                }
            return;
        }
        extra += 4 + length;
        size -= 4 + length;
    }
}

static int by_place(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Each part has bytes of its own, all before the directory: parts that share theirs are how a small
 * file unpacks to a huge one. */
static bool parts_apart(const unsigned char *bytes, size_t size, const unsigned char *last)
{
    uint64_t count, at;
    if (!find_directory(bytes, size, last, &count, &at) || count > MAX_PARTS || at > size)
        return false;
    const uint64_t directory = at;
    struct stretch *all = rk_alloc((size_t)count + 1, sizeof *all);
    bool good = true;
    for (uint64_t i = 0; i < count && good; i++) {
        const unsigned char *entry = bytes + at;
        good = size - at >= 46 && !memcmp(entry, "PK\1\2", 4);
        if (!good)
            break;
        size_t name = (size_t)little(entry + 28, 2), extra = (size_t)little(entry + 30, 2);
        uint64_t length = 46 + name + extra + little(entry + 32, 2);
        uint64_t unpacked = little(entry + 24, 4), packed = little(entry + 20, 4),
                 place = little(entry + 42, 4);
        good = length <= size - at;
        if (!good)
            break;
        read_zip64(entry + 46 + name, extra, &unpacked, &packed, &place);
        good = place <= directory && directory - place >= 30 &&
               !memcmp(bytes + place, "PK\3\4", 4) && packed <= directory;
        if (!good)
            break;
        all[i] = (struct stretch){place, place + 30 + little(bytes + place + 26, 2) +
                                             little(bytes + place + 28, 2) + packed};
        at += length;
    }
    if (good)
        qsort(all, (size_t)count, sizeof *all, by_place);
    for (uint64_t i = 0; i < count && good; i++)
        good = all[i].to <= (i + 1 < count ? all[i + 1].from : directory);
    rk_free(all);
    return good;
}

/* Names that lead out of the archive, or that two systems would read in two ways. */
static bool leads_astray(const char *name)
{
    if (*name == '/' || strchr(name, '\\') || strchr(name, ':'))
        return true;
    for (const char *step = name; step; step = strchr(step, '/')) {
        step += *step == '/';
        if (!strncmp(step, "..", 2) && (!step[2] || step[2] == '/'))
            return true;
    }
    return false;
}

static enum rk_status check_parts(struct rk_archive *archive, struct rk_error *error)
{
    struct rk_pos pos = {.file = archive->name};
    zip_int64_t count = zip_get_num_entries(archive->zip, 0);
    uint64_t unpacked = 0;
    if (count <= 0 || count > MAX_PARTS)
        return rk_fail_at(error, RK_BAD_DATA, &pos, _("not a workbook: the archive has %lld parts"),
                          (long long)count);
    for (zip_int64_t i = 0; i < count; i++) {
        const char *name = zip_get_name(archive->zip, (zip_uint64_t)i, 0);
        zip_stat_t stat;
        zip_stat_init(&stat);
        if (!name || zip_name_locate(archive->zip, name, ZIP_FL_NOCASE) != i)
            return rk_archive_broken(archive, name ? name : "?", _("is there twice"), error);
        if (leads_astray(name))
            return rk_archive_broken(archive, name, _("has a name that leads out of the archive"),
                                     error);
        if (zip_stat_index(archive->zip, (zip_uint64_t)i, 0, &stat) ||
            !(stat.valid & ZIP_STAT_SIZE))
            return rk_archive_broken(archive, name, _("cannot be found in the archive"), error);
        if (stat.size > RK_ARCHIVE_MAX_UNPACKED - unpacked)
            return rk_fail_at(error, RK_BAD_DATA, &pos,
                              _("the workbook would unpack to more than %llu bytes: refused"),
                              (unsigned long long)RK_ARCHIVE_MAX_UNPACKED);
        unpacked += stat.size;
    }
    return RK_OK;
}

static enum rk_status open_archive(struct rk_archive *archive, const void *bytes, size_t size,
                                   struct rk_error *error)
{
    struct rk_pos pos = {.file = archive->name};
    const unsigned char *last = last_record(bytes, size);
    if (!last)
        return rk_fail_at(error, RK_FAILED, &pos,
                          _("the workbook is cut short, or something follows its end"));
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(bytes, size, 0, &why);
    if (source)
        archive->zip = zip_open_from_source(source, ZIP_RDONLY, &why);
    if (!archive->zip) {
        if (source)
            zip_source_free(source);
        enum rk_status status = rk_fail_at(error, RK_FAILED, &pos, _("the workbook is damaged: %s"),
                                           zip_error_strerror(&why));
        zip_error_fini(&why);
        return status;
    }
    zip_error_fini(&why);
    enum rk_status status = check_parts(archive, error);
    if (status == RK_OK && !parts_apart(bytes, size, last))
        status = rk_fail_at(error, RK_BAD_DATA, &pos,
                            _("the archive's parts lie over one another: refused"));
    return status;
}

enum rk_status rk_archive_open(struct rk_archive **opened, const char *name, const void *bytes,
                               size_t size, struct rk_error *error)
{
    struct rk_archive *archive = rk_alloc(1, sizeof *archive);
    archive->name = name;
    enum rk_status status = open_archive(archive, bytes, size, error);
    if (status != RK_OK) {
        rk_archive_close(archive);
        archive = NULL;
    }
    *opened = archive;
    return status;
}

bool rk_archive_has(const struct rk_archive *archive, const char *part)
{
    return zip_name_locate(archive->zip, part, ZIP_FL_NOCASE) >= 0;
}

/* ---- parts ---- */

static void close_part(struct rk_archive *archive)
{
    struct part *part = &archive->part;
    if (part->parser)
        XML_ParserFree(part->parser);
    if (part->file)
        zip_fclose(part->file);
    rk_free(part->name);
    *part = (struct part){0};
}

void rk_archive_close(struct rk_archive *archive)
{
    if (!archive)
        return;
    close_part(archive);
    if (archive->zip)
        zip_discard(archive->zip);
    rk_free(archive);
}

static void XMLCALL doctype(void *user, const XML_Char *name, const XML_Char *system,
                            const XML_Char *public, int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    struct rk_archive *archive = user;
    struct rk_pos pos = {.file = archive->name};
    rk_archive_wrong(archive, &pos,
                     _("part %s declares entities, which no spreadsheet program writes: refused"),
                     archive->part.name);
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    struct rk_archive *archive = user;
    struct part *part = &archive->part;
    struct rk_pos pos = {.file = archive->name};
    if (archive->status != RK_OK)
        return;
    if (++part->depth > MAX_DEPTH)
        rk_archive_wrong(archive, &pos, _("part %s is nested deeper than %d"), part->name,
                         MAX_DEPTH);
    else if (part->handlers->start)
        part->handlers->start(part->user, name, attributes);
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
    struct rk_archive *archive = user;
    if (archive->status != RK_OK)
        return;
    archive->part.depth--;
    if (archive->part.handlers->end)
        archive->part.handlers->end(archive->part.user, name);
}

static void XMLCALL on_text(void *user, const XML_Char *text, int size)
{
    struct rk_archive *archive = user;
    if (archive->status == RK_OK && archive->part.handlers->text)
        archive->part.handlers->text(archive->part.user, text, (size_t)size);
}

/* Expat takes some failed allocations for faults of the XML, so it never sees one. */
static void *allocate(size_t size) { return rk_resize(NULL, size, 1); }
static void *reallocate(void *old, size_t size) { return rk_resize(old, size, 1); }
static const XML_Memory_Handling_Suite memory = {allocate, reallocate, rk_free};

static enum rk_status open_part(struct rk_archive *archive, const char *name,
                                struct rk_error *error)
{
    close_part(archive);
    zip_int64_t index = zip_name_locate(archive->zip, name, ZIP_FL_NOCASE);
    if (index < 0)
        return rk_archive_broken(archive, name, _("is missing"), error);
    zip_stat_t stat;
    zip_stat_init(&stat);
    const zip_uint64_t need = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD |
                              ZIP_STAT_ENCRYPTION_METHOD | ZIP_STAT_CRC;
    if (zip_stat_index(archive->zip, (zip_uint64_t)index, 0, &stat) || (stat.valid & need) != need)
        return rk_archive_broken(archive, name, _("cannot be found in the archive"), error);
    struct rk_pos pos = {.file = archive->name};
    if (stat.encryption_method != ZIP_EM_NONE)
        return rk_fail_at(error, RK_BAD_DATA, &pos,
                          _("the workbook is encrypted: save it without a password"));
    if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE)
        return rk_archive_broken(archive, name, _("is packed in a way that workbooks do not use"),
                                 error);
    if (stat.size > RK_ARCHIVE_RATIO_FROM && stat.size / RK_ARCHIVE_MAX_RATIO > stat.comp_size)
        return rk_fail_at(error, RK_BAD_DATA, &pos,
                          _("part %s would unpack to %llu bytes from %llu: refused"), name,
                          (unsigned long long)stat.size, (unsigned long long)stat.comp_size);
    struct part *part = &archive->part;
    part->name = rk_strdup(name);
    part->packed = stat.comp_size;
    part->size = stat.size;
    part->file = zip_fopen_index(archive->zip, (zip_uint64_t)index, 0);
    if (!part->file)
        return damaged(archive, name, zip_strerror(archive->zip), error);
    return RK_OK;
}

/* Bytes of the part into `room`; 0 at its end, which has been checked against the archive's sizes
 * and checksum. */
static enum rk_status read_bytes(struct rk_archive *archive, void *room, size_t size, size_t *got,
                                 struct rk_error *error)
{
    struct part *part = &archive->part;
    struct rk_pos pos = {.file = archive->name};
    zip_int64_t n = zip_fread(part->file, room, size);
    if (n < 0)
        return damaged(archive, part->name, zip_error_strerror(zip_file_get_error(part->file)),
                       error);
    *got = (size_t)n;
    part->read += (uint64_t)n;
    if (part->read > part->size ||
        (part->read > RK_ARCHIVE_RATIO_FROM && part->read / RK_ARCHIVE_MAX_RATIO > part->packed))
        return rk_fail_at(error, RK_BAD_DATA, &pos,
                          _("part %s unpacks to far more than a workbook holds: refused"),
                          part->name);
    return RK_OK;
}

enum rk_status rk_archive_start(struct rk_archive *archive, const char *name,
                                const struct rk_archive_handlers *handlers, void *user,
                                struct rk_error *error)
{
    enum rk_status status = open_part(archive, name, error);
    struct part *part = &archive->part;
    if (status != RK_OK)
        return status;
    part->handlers = handlers;
    part->user = user;
    archive->status = RK_OK;
    part->parser = XML_ParserCreate_MM(NULL, &memory, "|");
    if (!part->parser)
        return rk_fail(error, RK_FAILED, _("out of memory"));
    XML_SetUserData(part->parser, archive);
    XML_SetElementHandler(part->parser, on_start, on_end);
    XML_SetCharacterDataHandler(part->parser, on_text);
    XML_SetStartDoctypeDeclHandler(part->parser, doctype);
    return RK_OK;
}

/* What looks like a fault of the data may be one of the bytes: the checksum tells. */
static enum rk_status why_not(struct rk_archive *archive, struct rk_error *error)
{
    struct part *part = &archive->part;
    char rest[4096];
    zip_int64_t got;
    while ((got = zip_fread(part->file, rest, sizeof rest)) > 0 &&
           (part->read += (uint64_t)got) <= RK_ARCHIVE_RATIO_FROM)
        ;
    if (got < 0)
        return damaged(archive, part->name, zip_error_strerror(zip_file_get_error(part->file)),
                       error);
    if (archive->status != RK_OK)
        return archive->status;
    if (XML_GetErrorCode(part->parser) == XML_ERROR_NO_MEMORY)
        return rk_fail(error, RK_FAILED, _("out of memory"));
    return rk_archive_broken(archive, part->name, XML_ErrorString(XML_GetErrorCode(part->parser)),
                             error);
}

enum rk_status rk_archive_feed(struct rk_archive *archive, bool *end, struct rk_error *error)
{
    struct part *part = &archive->part;
    archive->error = error;
    void *room = XML_GetBuffer(part->parser, CHUNK);
    if (!room)
        return rk_fail(error, RK_FAILED, _("out of memory"));
    size_t got;
    enum rk_status status = read_bytes(archive, room, CHUNK, &got, error);
    if (status != RK_OK)
        return status;
    *end = got == 0;
    if (XML_ParseBuffer(part->parser, (int)got, *end) != XML_STATUS_OK)
        return why_not(archive, error);
    return archive->status;
}

enum rk_status rk_archive_parse(struct rk_archive *archive, const char *part,
                                const struct rk_archive_handlers *handlers, void *user,
                                struct rk_error *error)
{
    enum rk_status status = rk_archive_start(archive, part, handlers, user, error);
    for (bool end = false; status == RK_OK && !end;)
        status = rk_archive_feed(archive, &end, error);
    close_part(archive);
    return status;
}

enum rk_status rk_archive_holds(struct rk_archive *archive, const char *part, const char *text,
                                bool *holds, struct rk_error *error)
{
    const size_t length = strlen(text);
    struct rk_buf window = {0};
    size_t got = 1;
    *holds = false;
    enum rk_status status = open_part(archive, part, error);
    while (status == RK_OK && got && !*holds) {
        char *room = rk_buf_reserve(&window, CHUNK);
        status = read_bytes(archive, room, CHUNK, &got, error);
        if (status != RK_OK)
            break;
        window.size += got;
        *holds = memmem(window.text, window.size, text, length) != NULL;
        size_t kept = window.size < length ? window.size : length - 1; /* a chunk may cut it */
        memmove(window.text, window.text + window.size - kept, kept);
        window.size = kept;
    }
    close_part(archive);
    rk_buf_free(&window);
    return status;
}
