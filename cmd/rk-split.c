/* rk-split: a table in, a folder with its parts and a manifest of them out. */
#include "base/mem.h"
#include "model/split.h"
#include "tool/tool.h"

static struct {
    const char *folder;
    const char **by;
    size_t by_count, by_room;
    int64_t parts, rows, bytes;
    char delimiter;
    bool gzip, force;
} options;

enum { PARTS = 0x100, ROWS, SIZE, BY, GZIP, DELIMITER, FORCE };

static const struct argp_option table[] = {
    {"output", 'o', "DIR", RK_MAKES,
     N_("the folder to make, with the parts 0000.csv … and manifest.json: whole or not at all"), 0},
    {"parts", PARTS, "N", 0, N_("cut into so many parts of equally many rows"), 0},
    {"by", BY, "COLUMN", RK_AGAIN,
     N_("with --parts: rows that are alike in this column stay together, in the same part on every "
        "machine and for every table; repeatable"),
     0},
    {"rows", ROWS, "N", 0, N_("cut into parts of so many rows"), 0},
    {"size", SIZE, "TEXT", 0,
     N_("cut into parts of at most so many bytes, unpacked; 64M: K, M and G are powers of 1024"),
     0},
    {"gzip", GZIP, NULL, 0, N_("compress the parts"), 0},
    {"delimiter", DELIMITER, "CHAR", 0,
     N_("what stands between the columns of CSV input: a character or \"tab\" (comma)"), 0},
    {"force", FORCE, NULL, 0, N_("replace DIR where it was made so already"), 0},
    {0}};

static int64_t size_option(const char *arg)
{
    static const char units[] = "KMG";
    size_t size = strlen(arg);
    const char *unit = size ? strchr(units, arg[size - 1]) : NULL;
    int64_t value = 0;
    if (unit)
        size--;
    if (!rk_text_int((struct rk_text){arg, size}, &value) || value < 1 || value > 1 << 30)
        rk_usage(_("--size: expected a number of bytes like 500000 or 64M"));
    return unit ? value << (10 * (unit - units + 1)) : value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case 'o': options.folder = arg; break;
    case PARTS: options.parts = rk_option_int("parts", arg, 1, RK_SPLIT_MOST); break;
    case ROWS: options.rows = rk_option_int("rows", arg, 1, INT64_MAX); break;
    case SIZE: options.bytes = size_option(arg); break;
    case BY:
        if (options.by_count + 1 >= options.by_room) {
            options.by_room = options.by_room ? options.by_room * 2 : 8;
            options.by = rk_resize(options.by, options.by_room, sizeof *options.by);
        }
        options.by[options.by_count++] = arg;
        options.by[options.by_count] = NULL;
        break;
    case GZIP: options.gzip = true; break;
    case DELIMITER: options.delimiter = rk_option_delimiter(arg); break;
    case FORCE: options.force = true; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static enum rk_status check_options(const struct rk_run *run, struct rk_error *error)
{
    if (!options.folder || !*options.folder || !strcmp(options.folder, "-"))
        return rk_fail(error, RK_BAD_USE, _("-o DIR is needed: the folder to make"));
    if (!!options.parts + !!options.rows + !!options.bytes != 1)
        return rk_fail(error, RK_BAD_USE, _("one of --parts, --rows and --size is needed"));
    if (options.by_count && !options.parts)
        return rk_fail(error, RK_BAD_USE, _("--by is for --parts"));
    if (run->operand_count > 1)
        return rk_fail(error, RK_BAD_USE, _("one table at a time: %s"), run->operands[1]);
    return RK_OK;
}

static enum rk_status split(struct rk_run *run, struct rk_folder *folder,
                            struct rk_manifest *manifest, struct rk_error *error)
{
    const struct rk_split_options how = {.by = options.by,
                                         .parts = (size_t)options.parts,
                                         .rows = (uint64_t)options.rows,
                                         .bytes = (uint64_t)options.bytes,
                                         .reader = {.delimiter = options.delimiter},
                                         .gzip = options.gzip};
    const char *path = run->operand_count ? run->operands[0] : "-";
    struct rk_in *in;
    struct rk_out *out;
    struct rk_buf text = {0};
    if (!run->operand_count)
        rk_refuse_terminal();
    RK_TRY(rk_in_open(&in, path, error));
    RK_TRY(rk_split(in, &how, folder, manifest, error));
    RK_TRY(rk_folder_file(folder, &out, "manifest.json", error));
    rk_manifest_print(&text, manifest);
    rk_out_write(out, text.text, text.size);
    rk_buf_free(&text);
    return RK_OK;
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct rk_folder *folder = NULL;
    struct rk_manifest manifest = {0};
    uint64_t records = 0;
    enum rk_status status = check_options(run, error);
    if (!status)
        status =
            rk_folder_open(&folder, options.folder, options.force ? rk_split_made : NULL, error);
    if (!status)
        status = split(run, folder, &manifest, error);
    for (size_t i = 0; i < manifest.count; i++)
        records += manifest.shards[i].records;
    if (!status) { /* after the commit nothing may fail any more */
        rk_run_detail(run, _("%s: rows %llu, parts %zu"), options.folder,
                      (unsigned long long)records, manifest.count);
        status = rk_folder_commit(folder, error);
    } else
        rk_folder_discard(folder);
    rk_manifest_free(&manifest);
    rk_free(options.by);
    return status;
}

static const char *const examples[] = {
    "rk-split --parts 16 --by recruitment_id -o parts ratings.csv",
    "rk-split --size 64M --gzip -o parts ratings.csv.gz", NULL};

static const struct rk_tool tool = {
    .name = "rk-split",
    .purpose = N_("cut a table into parts that are tables"),
    .operands = "[FILE]",
    .options = table,
    .parse = parse,
    .flags = RK_NO_OUTPUT,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
