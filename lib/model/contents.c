#include "model/contents.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "stream/json.h"
#include "stream/listing.h"

#include <sys/stat.h>
#include <unistd.h>

const char *rk_content_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool ends(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n > m && !strcmp(name + n - m, ending);
}

static bool is_data(const char *name)
{
    static const char *const endings[] = {".csv",     ".json",     ".jsonl", ".csv.gz",
                                          ".json.gz", ".jsonl.gz", NULL};
    for (const char *const *e = endings; *e; e++)
        if (ends(name, *e))
            return true;
    return false;
}

/* The documents: how their names begin, and what folder they may stand in. */
static const struct {
    enum rk_content kind;
    const char *name, *folder;
} documents[] = {{RK_CONTENT_RUBRIC, "rubric", "rubrics"},
                 {RK_CONTENT_CODEBOOK, "codebook", "codebooks"},
                 {RK_CONTENT_SPECIFICATION, "specification", "reports"}};
enum { DOCUMENTS = sizeof documents / sizeof *documents };

/* The last folder of the path before `name` is `folder`. */
static bool stands_in(const char *path, const char *name, const char *folder)
{
    size_t size = strlen(folder);
    const char *start = name - 1 - size;
    return (size_t)(name - path) > size && !strncmp(start, folder, size) &&
           (start == path || start[-1] == '/');
}

enum rk_content rk_content_of(const char *path, const char *const *tables, const char **table)
{
    const char *name = rk_content_name(path);
    size_t size = strcspn(name, ".");
    *table = NULL;
    for (size_t d = 0; d < DOCUMENTS && ends(name, ".json"); d++)
        if (!strncmp(name, documents[d].name, strlen(documents[d].name)) ||
            stands_in(path, name, documents[d].folder))
            return documents[d].kind;
    if (!strcmp(name, "datapackage.json"))
        return RK_CONTENT_PACKAGE;
    for (const char *const *t = tables; *t; t++)
        if (is_data(name) && strlen(*t) == size && !strncmp(*t, name, size))
            *table = *t;
    return *table ? RK_CONTENT_TABLE : RK_CONTENT_NONE;
}

void rk_contents_add(struct rk_contents *contents, const char *path, enum rk_content kind,
                     const char *table)
{
    RK_GROW(contents->files, contents->count, contents->room);
    contents->files[contents->count++] = (struct rk_content_file){rk_keep(path), kind, table};
}

static bool is_folder(const char *path)
{
    struct stat info;
    return !stat(path, &info) && S_ISDIR(info.st_mode);
}

static bool holds_documents(const char *folder)
{
    for (size_t d = 0; d < DOCUMENTS; d++)
        if (!strcmp(documents[d].folder, folder))
            return true;
    return false;
}

static enum rk_status add_folder(struct rk_contents *contents, const char *folder, bool top,
                                 const char *const *tables, struct rk_log *log,
                                 struct rk_error *error)
{
    struct rk_buf path = {0};
    char **names;
    enum rk_status status = rk_listing(&names, folder, error);
    for (char **n = names; n && *n && !status; n++) {
        const char *table;
        rk_buf_clear(&path);
        rk_buf_printf(&path, "%s/%s", folder, *n);
        enum rk_content kind = rk_content_of(path.text, tables, &table);
        if (kind == RK_CONTENT_NONE && is_folder(path.text)) {
            if (top && holds_documents(*n))
                status = add_folder(contents, path.text, false, tables, log, error);
        } else if (!top && (kind == RK_CONTENT_TABLE || kind == RK_CONTENT_PACKAGE)) {
            rk_log(log, RK_WARNING, &(struct rk_pos){.file = path.text},
                   _("no table or document of ours, so it is not checked"));
        } else if (kind == RK_CONTENT_NONE) {
            if (is_data(*n))
                rk_log(log, RK_WARNING, &(struct rk_pos){.file = path.text},
                       _("no table or document of ours, so it is not checked"));
        } else {
            rk_contents_add(contents, path.text, kind, table);
        }
    }
    rk_listing_free(names);
    rk_buf_free(&path);
    return status;
}

static size_t place(const struct rk_content_file *file, const char *const *tables)
{
    size_t t = 0;
    if (!file->table)
        return 0;
    while (tables[t] && strcmp(tables[t], file->table) != 0)
        t++;
    return t + 1;
}

void rk_contents_sort(struct rk_contents *contents, const char *const *tables)
{
    /* by insertion: few files, and those of one table keep their order */
    for (size_t i = 1; i < contents->count; i++)
        for (size_t j = i;
             j && place(&contents->files[j], tables) < place(&contents->files[j - 1], tables);
             j--) {
            struct rk_content_file swap = contents->files[j];
            contents->files[j] = contents->files[j - 1];
            contents->files[j - 1] = swap;
        }
}

enum rk_status rk_contents_add_folder(struct rk_contents *contents, const char *root,
                                      const char *const *tables, struct rk_log *log,
                                      struct rk_error *error)
{
    struct rk_error bad = {0}; /* a damaged document is told of when it is checked */
    enum rk_status status = add_folder(contents, root, true, tables, log, error);
    for (const char *const *t = tables; *t && !status; t++) {
        const char *path;
        struct stat info, other;
        if (rk_contents_listed(root, *t, &path, &bad))
            break;
        bool known = !path || stat(path, &info) != 0;
        for (size_t i = 0; i < contents->count && !known; i++)
            known = !stat(contents->files[i].path, &other) && info.st_dev == other.st_dev &&
                    info.st_ino == other.st_ino; /* ./ratings.csv is ratings.csv */
        if (!known)
            rk_contents_add(contents, path, RK_CONTENT_TABLE, *t);
    }
    rk_contents_sort(contents, tables);
    return status;
}

void rk_contents_free(struct rk_contents *contents)
{
    rk_free(contents->files);
    *contents = (struct rk_contents){0};
}

/* No part of the path leads out of the folder. */
static bool inside(const char *path)
{
    for (const char *part = path;;) {
        size_t size = strcspn(part, "/");
        if (!size || (size == 2 && part[0] == '.' && part[1] == '.'))
            return false;
        if (!part[size])
            return true;
        part += size + 1;
    }
}

enum rk_status rk_contents_listed(const char *folder, const char *table, const char **path,
                                  struct rk_error *error)
{
    rk_json *document = NULL;
    const rk_json *resources = NULL;
    struct rk_buf file = {0};
    enum rk_status status = RK_OK;
    rk_buf_printf(&file, "%s/datapackage.json", folder);
    const char *package = rk_keep(file.text);
    *path = NULL;
    if (!access(package, F_OK))
        status = rk_json_read(&document, package, error);
    if (document && !status)
        status = rk_json_array(document, "resources", true, &resources, package, error);
    for (size_t i = 0; resources && !status && !*path && i < rk_json_count(resources); i++) {
        const rk_json *resource = rk_json_item(resources, i);
        const char *name = NULL, *named = NULL;
        char what[40];
        snprintf(what, sizeof what, "resources[%zu]", i);
        status = rk_json_string(resource, "name", false, &name, what, error);
        if (status || !name || strcmp(name, table) != 0)
            continue;
        status = rk_json_string(resource, "path", true, &named, what, error);
        if (!status && !inside(named))
            status = rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = package},
                                _("%s.path: must lie inside the folder"), what);
        rk_buf_clear(&file);
        rk_buf_printf(&file, "%s/%s", folder, named ? named : "");
        *path = status ? NULL : rk_keep(file.text);
    }
    rk_json_free(document);
    rk_buf_free(&file);
    return status;
}

/* What the package says of a file's size and bytes, against the file. */
static enum rk_status check_bytes(const rk_json *resource, const char *what, const char *file,
                                  const struct stat *info, struct rk_buf *why, struct rk_log *log,
                                  struct rk_error *error)
{
    static const char sha256[] = "sha256:";
    const char *hash = NULL;
    rk_fixed bytes = rk_fixed_int(-1);
    char now[RK_SHA256_HEX];
    enum rk_status status = rk_json_string(resource, "hash", false, &hash, what, error);
    if (!status)
        status = rk_json_fixed(resource, "bytes", false, &bytes, what, error);
    if (status)
        return status;
    if (bytes >= 0 && bytes != rk_fixed_int(info->st_size)) {
        rk_buf_printf(why, _("%s: the file is of another size than when it was described"), what);
        return RK_OK;
    }
    if (hash && strncmp(hash, sha256, strlen(sha256)) != 0) {
        rk_log(log, RK_WARNING, &(struct rk_pos){.file = file},
               _("%s.hash: only SHA-256 can be checked"), what);
        return RK_OK;
    }
    if (!hash)
        return RK_OK;
    status = rk_sha256_file(now, file, error);
    if (!status && strcasecmp(now, hash + strlen(sha256)) != 0)
        rk_buf_printf(why, _("%s: the file has changed since it was described"), what);
    return status;
}

enum rk_status rk_contents_check_listed(const char *path,
                                        void (*wrong)(void *context, const char *why),
                                        void *context, struct rk_log *log, struct rk_error *error)
{
    rk_json *document;
    const rk_json *resources = NULL;
    struct rk_buf file = {0}, why = {0};
    enum rk_status status = rk_json_read(&document, path, error);
    if (!status)
        status = rk_json_array(document, "resources", true, &resources, "", error);
    for (size_t i = 0; !status && i < rk_json_count(resources); i++) {
        const rk_json *resource = rk_json_item(resources, i);
        const char *named = NULL;
        struct stat info;
        char what[40];
        snprintf(what, sizeof what, "resources[%zu]", i);
        status = rk_json_string(resource, "path", false, &named, what, error);
        if (status || !named)
            continue;
        rk_buf_clear(&file);
        rk_buf_printf(&file, "%.*s%s", (int)(rk_content_name(path) - path), path, named);
        rk_buf_clear(&why);
        if (!inside(named))
            rk_buf_printf(&why, _("%s.path: must lie inside the folder"), what);
        else if (stat(file.text, &info))
            rk_buf_printf(&why, _("%s.path: there is no such file"), what);
        else
            status = check_bytes(resource, what, file.text, &info, &why, log, error);
        if (!status && why.size)
            wrong(context, why.text);
    }
    rk_json_free(document);
    rk_buf_free(&file);
    rk_buf_free(&why);
    return status;
}
