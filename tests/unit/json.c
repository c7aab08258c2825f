/* lib/stream/json: what is refused, and that a number is the decimal that was written. */
#include "stream/json.h"

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"

#include <unistd.h>

static struct rk_error error;

/* reads a document from a file made of `text` */
static rk_json *read_bytes(const char *text, size_t size)
{
    char path[] = "/tmp/rk-unit-json.XXXXXX";
    int fd = mkstemp(path);
    rk_json *document = NULL;
    error = (struct rk_error){0};
    if (fd < 0 || write(fd, text, size) != (ssize_t)size)
        return NULL;
    close(fd);
    rk_json_read(&document, path, &error);
    unlink(path);
    return document;
}

static rk_json *read_text(const char *text) { return read_bytes(text, strlen(text)); }

static const char *refused(const char *text)
{
    rk_json *document = read_text(text);
    if (document) {
        rk_json_free(document);
        return "taken";
    }
    return error.text;
}

static const char *number(const char *text)
{
    static struct rk_buf buf;
    struct rk_buf document = {0};
    rk_fixed value = 0;
    rk_buf_clear(&buf);
    rk_buf_printf(&document, "{\"n\": %s}", text);
    rk_json *json = read_text(document.text);
    rk_buf_free(&document);
    if (!json)
        return error.text;
    if (rk_json_fixed(json, "n", true, &value, "", &error) == RK_OK)
        rk_fixed_print(&buf, value);
    else
        rk_buf_text(&buf, error.text);
    rk_json_free(json);
    return buf.text;
}

static void documents(void)
{
    CHECK_TEXT(refused(""), "the input is empty, expected JSON");
    CHECK(error.status == RK_BAD_DATA);
    CHECK_TEXT(refused("{\"a\": 1, \"a\": 2}"), "a name stands twice in one JSON object");
    CHECK_TEXT(refused("{\"a\": [1, 2}"), "not valid JSON");
    CHECK(error.pos.line == 1);
    CHECK_TEXT(refused("{\"a\": [1,"), "the JSON document is cut short");
    CHECK_TEXT(refused("{} {}"), "something follows the JSON document");
    CHECK_TEXT(refused("{\"a\": \"\xff\"}"), "invalid UTF-8");
    CHECK_TEXT(refused("{\"a\": 1e400}"), "a number is too large");
    CHECK_TEXT(refused("{\"a\": \"b\\u0000c\"}"), "a NUL character in a text");
    CHECK_TEXT(refused("{\n\n  \"a\" 1}"), "not valid JSON");
    CHECK(error.pos.line == 3);
    CHECK_TEXT(refused("\xef\xbb\xbf{}"), "taken");

    char deep[200];
    memset(deep, '[', 64);
    memset(deep + 64, ']', 64);
    deep[128] = '\0';
    CHECK_TEXT(refused(deep), "taken");
    memset(deep, '[', 65);
    memset(deep + 65, ']', 65);
    deep[130] = '\0';
    CHECK_TEXT(refused(deep), "the JSON nests deeper than 64 levels");
    /* what stands in quotes does not nest, whatever quotes and backslashes are in it */
    struct rk_buf quoted = {0};
    deep[65] = '\0';
    rk_buf_printf(&quoted, "[\"%s\\\"%s\\\\\", \"\\\\\\\"%s\"]", deep, deep, deep);
    CHECK_TEXT(refused(quoted.text), "taken");
    rk_buf_clear(&quoted);
    deep[130] = '\0';
    memset(deep + 65, ']', 65);
    rk_buf_printf(&quoted, "[\"\\\\\", %s]", deep);
    CHECK_TEXT(refused(quoted.text), "the JSON nests deeper than 64 levels");
    rk_buf_free(&quoted);
    CHECK_TEXT(
        refused("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"]"),
        "taken");

    rk_json *document = NULL;
    CHECK(rk_json_read(&document, "/nowhere/at/all.json", &error) == RK_FAILED && !document);
}

static void numbers(void)
{
    CHECK_TEXT(number("0.1"), "0.1");
    CHECK_TEXT(number("3"), "3");
    CHECK_TEXT(number("-2.50"), "-2.5");
    CHECK_TEXT(number("1e3"), "1000");
    CHECK_TEXT(number("0.333333333333333"), "0.333333333333");
    CHECK_TEXT(number("1.0000000000000002"), "1");
    CHECK_TEXT(number("999999999999"), "999999999999");
    CHECK_TEXT(number("1000000000000"),
               "n: expected a number under 10^12 with at most 18 decimals");
    CHECK_TEXT(number("1e-30"), "n: expected a number under 10^12 with at most 18 decimals");
    CHECK_TEXT(number("\"3\""), "n: expected a number");
    CHECK_TEXT(number("true"), "n: expected a number");
    /* exact, not merely printed so: ten times 0.1 is one */
    rk_json *json = read_text("{\"tenth\": 0.1, \"third\": 0.3}");
    rk_fixed tenth = 0, third = 0;
    CHECK(rk_json_fixed(json, "tenth", true, &tenth, "", &error) == RK_OK);
    CHECK(rk_json_fixed(json, "third", true, &third, "", &error) == RK_OK);
    CHECK(tenth * 10 == RK_FIXED_ONE && tenth * 3 == third);
    rk_json_free(json);
}

static void members(void)
{
    rk_json *json = read_text("{\"id\": \"a\", \"flag\": true, \"list\": [\"x\", 2], \"of\": {},"
                              " \"label\": {\"sv\": \"Omdöme\", \"en\": \"Judgement\"},"
                              " \"plain\": \"Bara\", \"none\": {}, \"null\": null}");
    const char *text = "before";
    const rk_json *inner = NULL;
    bool flag = false;
    rk_fixed fixed = 7;
    CHECK(json != NULL);
    CHECK(rk_json_string(json, "id", true, &text, "", &error) == RK_OK && !strcmp(text, "a"));
    CHECK(rk_json_string(json, "absent", false, &text, "", &error) == RK_OK && !strcmp(text, "a"));
    CHECK(rk_json_fixed(json, "absent", false, &fixed, "", &error) == RK_OK && fixed == 7);
    CHECK(rk_json_string(json, "absent", true, &text, "stages[1]", &error) == RK_BAD_DATA);
    CHECK_TEXT(error.text, "stages[1].absent: is missing");
    CHECK(rk_json_string(json, "list", true, &text, "", &error) == RK_BAD_DATA);
    CHECK_TEXT(error.text, "list: expected a text");
    CHECK(rk_json_string(json, "null", false, &text, "", &error) == RK_BAD_DATA);
    CHECK(rk_json_flag(json, "flag", true, &flag, "", &error) == RK_OK && flag);
    CHECK(rk_json_flag(json, "id", true, &flag, "", &error) == RK_BAD_DATA);
    CHECK(rk_json_array(json, "list", true, &inner, "", &error) == RK_OK);
    CHECK(rk_json_count(inner) == 2);
    CHECK_TEXT(rk_json_text(rk_json_item(inner, 0)), "x");
    CHECK(!rk_json_text(rk_json_item(inner, 1)) && !rk_json_item(inner, 2));
    CHECK(rk_json_array(json, "of", true, &inner, "", &error) == RK_BAD_DATA);
    CHECK(rk_json_object(json, "of", true, &inner, "", &error) == RK_OK && !rk_json_count(inner));
    CHECK(rk_json_object(json, "list", true, &inner, "", &error) == RK_BAD_DATA);
    CHECK(rk_json_label(json, "label", "en", &text, "", &error) == RK_OK);
    CHECK_TEXT(text, "Judgement");
    CHECK(rk_json_label(json, "label", "fi", &text, "", &error) == RK_OK);
    CHECK_TEXT(text, "Omdöme");
    CHECK(rk_json_label(json, "plain", "en", &text, "", &error) == RK_OK);
    CHECK_TEXT(text, "Bara");
    CHECK(rk_json_label(json, "none", "en", &text, "", &error) == RK_BAD_DATA);
    CHECK(rk_json_only(json, (const char *const[]){"id", "flag", "lists", NULL}, "rubric",
                       &error) == RK_BAD_DATA);
    CHECK_TEXT(error.text, "rubric.list: is not known, did you mean 'lists'?");
    CHECK(rk_json_string(rk_json_item(json, 0), "id", true, &text, "stages[0]", &error) ==
          RK_BAD_DATA);
    CHECK_TEXT(error.text, "stages[0]: expected an object");

    static const char *const order[] = {"id",    "flag",  "list", "of",
                                        "label", "plain", "none", "null"};
    void *iterator = NULL;
    const char *key;
    size_t n = 0;
    while (rk_json_each(json, &iterator, &key, &inner))
        CHECK_TEXT(key, order[n++]);
    CHECK(n == 8);
    rk_json_free(json);
}

int main(void)
{
    documents();
    numbers();
    members();
    return finish();
}
