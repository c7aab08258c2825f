/* Words of foreign files: "aktiv" for active, "jäv" for conflict. A table of them comes with rk
 * (share/schema/words.map.json), in the form of a map file's `values`; the user's own map file
 * gives more. Words are compared without regard to case, blanks around them, and how å, ä, ö were
 * put together (NFC). */
#ifndef RK_WORDS_H
#define RK_WORDS_H

#include "base/message.h"
#include "base/text.h"

struct rk_words;

struct rk_words *rk_words_new(void);
/* {"values": {column: {word: ours}}, "sets": {name: [word]}}; a column may be TABLE.column. Two
 * words that fold to one and mean different things are RK_BAD_DATA. */
enum rk_status rk_words_read(struct rk_words *words, const char *path, struct rk_error *error);
/* `column` as above. False when the word is there already and means something else. */
bool rk_words_add(struct rk_words *words, const char *column, struct rk_text word,
                  struct rk_text ours);
/* Our word: that of TABLE.column before that of column. *ours lasts as long as `words`. */
bool rk_words_find(struct rk_words *words, const char *table, const char *column,
                   struct rk_text word, struct rk_text *ours);
/* Is there any word for the column? */
bool rk_words_has(struct rk_words *words, const char *table, const char *column);
/* Is the word in the set? */
bool rk_words_in(struct rk_words *words, const char *set, struct rk_text word);
void rk_words_free(struct rk_words *words);

/* What words are compared by: NFC, case folded, blanks and line breaks one space each, none at the
 * ends, no colon or asterisk at the end. Replaces what is in `out`. */
struct rk_text rk_fold(struct rk_buf *out, struct rk_text text);
/* What texts are put in order by, bytewise, as dictionaries do: case and accents do not count, and
 * in Swedish å, ä and ö come last, æ as ä, ø as ö, ü as y (the Swedish Academy; CLDR's sv).
 * Replaces what is in `out`. */
struct rk_text rk_collation_key(struct rk_buf *out, struct rk_text text, bool swedish);
/* The text in NFC without blanks and line breaks at its ends; itself where nothing changes, else in
 * `out`, which is replaced. */
struct rk_text rk_tidy(struct rk_buf *out, struct rk_text text);

/* Anna Svensson: two words or more, each with a capital, and no digit. One word alone can't be
 * told. */
bool rk_looks_like_name(struct rk_text text);

#endif
