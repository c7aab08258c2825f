/* lib/privacy/identity. The numbers are published test vectors and nobody's: the Swedish Tax
 * Agency's examples, and the data of personnummer/meta (MIT), read in place where RK_REFERENCE
 * names it. */
#include "privacy/identity.h"

#include "base/buf.h"
#include "base/message.h"
#include "check.h"
#include "stream/record.h"

#include <unistd.h>

static enum rk_identity check(const char *text) { return rk_identity_check(rk_text(text)); }

/* What is found in a free text, or "" */
static const char *found(const char *text)
{
    static char copy[64];
    size_t start = 0, size = 0;
    copy[0] = '\0';
    if (rk_identity_find(rk_text(text), &start, &size) && size < sizeof copy) {
        memcpy(copy, text + start, size);
        copy[size] = '\0';
    }
    return copy;
}

static void whole(void)
{
    static const char *const personal[] = {"640823-3234",   "811228-9874",   "670919-9530",
                                           "880320-0016",   "121212-1212",   "570428-9999",
                                           "6408233234",    "19640823-3234", "196408233234",
                                           "19121212+1212", "000229-2399",   NULL};
    for (const char *const *p = personal; *p; p++)
        CHECK(check(*p) == RK_IDENTITY_PERSONAL);
    CHECK(check("701063-2391") == RK_IDENTITY_COORDINATION);
    CHECK(check("730288-9931") == RK_IDENTITY_COORDINATION);
    CHECK(check("19701063-2391") == RK_IDENTITY_COORDINATION);
    /* of the Tax Agency's test numbers: the 31st of April and of February, no day in the calendar */
    CHECK(check("201604912384") == RK_IDENTITY_COORDINATION);
    CHECK(check("20140291-2388") == RK_IDENTITY_COORDINATION);

    static const char *const neither[] = {"640823-3235", /* check digit */
                                          "640823 3234",
                                          "640823--3234",
                                          "640823/3234", /* sign */
                                          "64082-33234",
                                          "640823-323",
                                          "640823-32345", /* length */
                                          "640832-3233",
                                          "641323-3237",
                                          "000000-0000", /* day 32, month 13, no day */
                                          "17640823-3234",
                                          "21640823-3234", /* century */
                                          "19000229-2399", /* 1900 was no leap year, 2000 was */
                                          "701092-2396",   /* day 32 of a coordination number */
                                          "150916-0006",   /* nobody's birth number is 000 */
                                          "201509160006",
                                          "",
                                          "-",
                                          "abcdef-ghij",
                                          NULL};
    for (const char *const *n = neither; *n; n++)
        CHECK(check(*n) == RK_IDENTITY_NONE);
}

static void in_text(void)
{
    CHECK_TEXT(found("har pnr 640823-3234."), "640823-3234");
    CHECK_TEXT(found("640823 3234"), "640823 3234");
    CHECK_TEXT(found("född 19640823–3234, ring"), "19640823–3234");
    CHECK_TEXT(found("P6408233234"), "6408233234");
    CHECK_TEXT(found("640823 - 3234"), "640823 - 3234");
    CHECK_TEXT(found("19640823 – 3234!"), "19640823 – 3234");
    CHECK_TEXT(found("640823    3234"), ""); /* two columns of a text */
    CHECK_TEXT(found("pnr 1964-08-23-3234"), "1964-08-23-3234");
    CHECK_TEXT(found("1912-12-12+1212"), "1912-12-12+1212");
    CHECK_TEXT(found("1964-08-23 3234"), ""); /* a day and a time of day, or a sum */
    CHECK_TEXT(found("1964-08-23-32345"), "");
    CHECK_TEXT(found("1964-08-23-3235"), "");
    CHECK_TEXT(found("12 st 111111-1111 och 701063-2391"), "701063-2391");
    CHECK_TEXT(found("6408233234a"), "");
    CHECK_TEXT(found("a16408233234"), "");
    CHECK_TEXT(found("9f6408233234"), ""); /* inside a hash, not a word before a number */
    CHECK_TEXT(found("16408233234"), "");
    CHECK_TEXT(found("64082332340"), "");
    CHECK_TEXT(found("2019-10-16T17:30"), "");
    CHECK_TEXT(found("66.6408233234"), "");
    CHECK_TEXT(found("-0,196408233234"), "");
    CHECK_TEXT(found("6408233234.5"), "");
    CHECK_TEXT(found("6408233234.05"), "");
    CHECK_TEXT(found("196408233234.0"), "196408233234");
    CHECK_TEXT(found("6408233234,00 kr"), "6408233234");
    CHECK_TEXT(found("Nr. 6408233234, sade hon"), "6408233234");
    CHECK_TEXT(found("se 6408233234."), "6408233234");
    CHECK_TEXT(found("kl 640823"), "");
    CHECK_TEXT(found(""), "");
}

/* Each line: the same number in four forms, and whether it is valid. */
static void reference(void)
{
    const char *folder = getenv("RK_REFERENCE");
    if (!folder || access(folder, R_OK))
        return; /* these vectors are not there; those above are */
    struct rk_buf path = {0};
    struct rk_in *in;
    struct rk_reader *reader = NULL;
    struct rk_record record;
    struct rk_error error;
    bool more = false;
    size_t lines = 0;
    rk_buf_printf(&path, "%s/eval/personnummer.csv", folder);
    CHECK(rk_in_open(&in, path.text, &error) == RK_OK &&
          rk_reader_open(&reader, in, &(struct rk_reader_options){0}, &error) == RK_OK);
    while (rk_reader_next(reader, &record, &more, &error) == RK_OK && more) {
        bool valid =
            rk_text_is((struct rk_text){record.cells[4].text, record.cells[4].size}, "True");
        bool coordination = record.cells[5].text[0] == 'c';
        enum rk_identity expected = !valid         ? RK_IDENTITY_NONE
                                    : coordination ? RK_IDENTITY_COORDINATION
                                                   : RK_IDENTITY_PERSONAL;
        for (size_t form = 0; form < 4; form++)
            CHECK(rk_identity_check((struct rk_text){record.cells[form].text,
                                                     record.cells[form].size}) == expected);
        lines++;
    }
    CHECK(lines == 9);
    rk_reader_close(reader);
    rk_buf_free(&path);
}

int main(void)
{
    whole();
    in_text();
    reference();
    return finish();
}
