#include "table/words.h"

#include "base/hash.h"
#include "base/mem.h"
#include "stream/json.h"

#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

struct rk_words {
    struct rk_strings keys; /* "column\x1fword" */
    struct rk_text *ours;   /* by key */
    uint32_t room;
    struct rk_strings columns; /* that have words */
    struct rk_arena arena;
    struct rk_buf folded, key;
};

static bool plain(struct rk_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.text[i] >= 0x80)
            return false;
    return true;
}

/* Line ends too, which stand in the headings of workbooks. */
static size_t blank(const char *text, size_t size)
{
    return size && (*text == '\r' || *text == '\n') ? 1 : rk_text_blank(text, size);
}

static struct rk_text trim(struct rk_text text)
{
    for (;;) {
        size_t before = text.size;
        text = rk_text_trim(text);
        while (text.size && strchr("\r\n", *text.text))
            text.text++, text.size--;
        while (text.size && strchr("\r\n", text.text[text.size - 1]))
            text.size--;
        if (text.size == before)
            return text;
    }
}

struct rk_text rk_fold(struct rk_buf *out, struct rk_text text)
{
    rk_buf_clear(out);
    text = trim(text);
    while (text.size && strchr(":*", text.text[text.size - 1]))
        text = trim((struct rk_text){text.text, text.size - 1});
    uint8_t *wide = NULL;
    size_t size = text.size;
    if (!plain(text))
        wide = u8_casefold((const uint8_t *)text.text, text.size, NULL, UNINORM_NFC, NULL, &size);
    const char *from = wide ? (const char *)wide : text.text;
    for (size_t i = 0; i < size;) {
        size_t n = blank(from + i, size - i);
        if (n) {
            if (out->size && out->text[out->size - 1] != ' ')
                rk_buf_char(out, ' ');
            i += n;
            continue;
        }
        char c = from[i++];
        rk_buf_char(out, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
    }
    free(wide);
    return (struct rk_text){out->text ? out->text : "", out->size};
}

/* Letters of their own in Swedish, as bytes that come after z. */
static char own_letter(ucs4_t c, bool swedish)
{
    static const struct {
        ucs4_t letter;
        char key;
    } own[] = {{0xe5, '{'}, {0xe4, '|'}, {0xe6, '|'}, {0xf6, '}'}, {0xf8, '}'}, {0xfc, 'y'}};
    for (size_t i = 0; swedish && i < sizeof own / sizeof *own; i++)
        if (own[i].letter == c)
            return own[i].key;
    return 0;
}

struct rk_text rk_collation_key(struct rk_buf *out, struct rk_text text, bool swedish)
{
    struct rk_buf folded = {0};
    struct rk_text from = rk_fold(&folded, text);
    rk_buf_clear(out);
    for (size_t i = 0; i < from.size;) {
        const uint8_t *at = (const uint8_t *)from.text + i;
        ucs4_t c;
        int n = u8_mbtouc(&c, at, from.size - i);
        char own = own_letter(c, swedish);
        i += (size_t)n;
        if (own || c < 0x80) {
            rk_buf_char(out, own ? own : (char)c);
            continue;
        }
        size_t size = 0;
        uint8_t *apart = u8_normalize(UNINORM_NFD, at, (size_t)n, NULL, &size);
        int base = apart ? u8_mblen(apart, size) : 0; /* the letter, without what stands over it */
        rk_buf_add(out, base > 0 ? (const char *)apart : (const char *)at,
                   base > 0 ? (size_t)base : (size_t)n);
        free(apart);
    }
    rk_buf_free(&folded);
    return (struct rk_text){out->text ? out->text : "", out->size};
}

struct rk_text rk_tidy(struct rk_buf *out, struct rk_text text)
{
    text = trim(text);
    if (plain(text))
        return text;
    size_t size = 0;
    uint8_t *composed =
        u8_normalize(UNINORM_NFC, (const uint8_t *)text.text, text.size, NULL, &size);
    if (!composed || (size == text.size && !memcmp(composed, text.text, size))) {
        free(composed);
        return text;
    }
    rk_buf_clear(out);
    rk_buf_add(out, composed, size);
    free(composed);
    return (struct rk_text){out->text, out->size};
}

bool rk_looks_like_name(struct rk_text text)
{
    size_t words = 0;
    bool start = true;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.text[i];
        if (c >= '0' && c <= '9')
            return false;
        if (c == ' ') {
            start = true;
        } else if (start) {
            if ((c >= 'a' && c <= 'z') || !strncmp(text.text + i, "å", 2) ||
                !strncmp(text.text + i, "ä", 2) || !strncmp(text.text + i, "ö", 2))
                return false;
            words++;
            start = false;
        }
    }
    return words >= 2;
}

struct rk_words *rk_words_new(void) { return rk_alloc(1, sizeof(struct rk_words)); }

/* The key of a word in `words->key`. */
static struct rk_text key_of(struct rk_words *words, const char *table, const char *column,
                             struct rk_text word)
{
    struct rk_text folded = rk_fold(&words->folded, word);
    rk_buf_clear(&words->key);
    if (table) {
        rk_buf_text(&words->key, table);
        rk_buf_char(&words->key, '.');
    }
    rk_buf_text(&words->key, column);
    rk_buf_char(&words->key, '\x1f');
    rk_buf_add(&words->key, folded.text, folded.size);
    return (struct rk_text){words->key.text, words->key.size};
}

bool rk_words_add(struct rk_words *words, const char *column, struct rk_text word,
                  struct rk_text ours)
{
    struct rk_text key = key_of(words, NULL, column, word);
    uint32_t known = words->keys.count, number = rk_strings_add(&words->keys, key);
    if (number < known)
        return rk_text_equal(words->ours[number], ours);
    RK_GROW(words->ours, number, words->room);
    words->ours[number] =
        (struct rk_text){rk_arena_text(&words->arena, ours.text, ours.size), ours.size};
    rk_strings_add(&words->columns, rk_text(column));
    return true;
}

enum rk_status rk_words_read(struct rk_words *words, const char *path, struct rk_error *error)
{
    static const char *const known[] = {"values", "sets", NULL};
    rk_json *document;
    const rk_json *values = NULL, *sets = NULL, *member, *word;
    const char *column, *text;
    struct rk_buf name = {0};
    enum rk_status status = rk_json_read(&document, path, error);
    if (status != RK_OK)
        return status;
    status = rk_json_only(document, known, "", error);
    if (status == RK_OK)
        status = rk_json_object(document, "values", true, &values, "", error);
    if (status == RK_OK)
        status = rk_json_object(document, "sets", false, &sets, "", error);
    for (void *at = NULL; status == RK_OK && rk_json_each(values, &at, &column, &member);) {
        for (void *in = NULL; status == RK_OK && rk_json_each(member, &in, &text, &word);)
            if (!rk_json_text(word) ||
                !rk_words_add(words, column, rk_text(text), rk_text(rk_json_text(word))))
                status = rk_fail(error, RK_BAD_DATA, _("%s: the word '%s' has two meanings"),
                                 column, text);
    }
    for (void *at = NULL; status == RK_OK && sets && rk_json_each(sets, &at, &column, &member);) {
        rk_buf_clear(&name);
        rk_buf_printf(&name, "\x1e%s", column);
        for (size_t i = 0; i < rk_json_count(member); i++)
            rk_words_add(words, name.text, rk_text(rk_json_text(rk_json_item(member, i))),
                         (struct rk_text){0});
    }
    rk_buf_free(&name);
    rk_json_free(document);
    return status;
}

static bool look_up(struct rk_words *words, const char *table, const char *column,
                    struct rk_text word, struct rk_text *ours)
{
    uint32_t number = rk_strings_find(&words->keys, key_of(words, table, column, word));
    if (number == RK_NONE)
        return false;
    *ours = words->ours[number];
    return true;
}

bool rk_words_find(struct rk_words *words, const char *table, const char *column,
                   struct rk_text word, struct rk_text *ours)
{
    return look_up(words, table, column, word, ours) || look_up(words, NULL, column, word, ours);
}

bool rk_words_has(struct rk_words *words, const char *table, const char *column)
{
    rk_buf_clear(&words->key);
    rk_buf_printf(&words->key, "%s.%s", table, column);
    return rk_strings_find(&words->columns, rk_text(words->key.text)) != RK_NONE ||
           rk_strings_find(&words->columns, rk_text(column)) != RK_NONE;
}

bool rk_words_in(struct rk_words *words, const char *set, struct rk_text word)
{
    struct rk_buf name = {0};
    struct rk_text ours;
    rk_buf_char(&name, '\x1e');
    rk_buf_text(&name, set);
    bool found = look_up(words, NULL, name.text, word, &ours);
    rk_buf_free(&name);
    return found;
}

void rk_words_free(struct rk_words *words)
{
    if (!words)
        return;
    rk_strings_free(&words->keys);
    rk_strings_free(&words->columns);
    rk_free(words->ours);
    rk_arena_free(&words->arena);
    rk_buf_free(&words->folded);
    rk_buf_free(&words->key);
    rk_free(words);
}
