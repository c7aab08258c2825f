/* What reading costs without doing anything: a file through libcsv, its fields counted. */
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>

static void count_field(void *field, size_t size, void *fields)
{
    (void)field;
    (void)size;
    ++*(unsigned long *)fields;
}

int main(int argc, char **argv)
{
    static char bytes[128 * 1024];
    struct csv_parser parser;
    unsigned long fields = 0;
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file || csv_init(&parser, CSV_STRICT))
        return EXIT_FAILURE;
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, file));)
        if (csv_parse(&parser, bytes, got, count_field, NULL, &fields) != got)
            return EXIT_FAILURE;
    if (ferror(file) || csv_fini(&parser, count_field, NULL, &fields))
        return EXIT_FAILURE;
    csv_free(&parser);
    fclose(file);
    return printf("%lu\n", fields) < 0;
}
