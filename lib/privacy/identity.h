/* Swedish personal identity numbers (personnummer) and coordination numbers (samordningsnummer).
 *
 * YYMMDD-NNNC or YYYYMMDD-NNNC, the sign absent, '-' or (from the year the person turns 100) '+'. C
 * is the Luhn check digit of the ten digits without the century (weights 2, 1, 2 …). A coordination
 * number has 60 added to the day. Source: the Swedish Tax Agency, SKV 704 and SKV 707. */
#ifndef RK_IDENTITY_H
#define RK_IDENTITY_H

#include "base/text.h"

enum rk_identity { RK_IDENTITY_NONE, RK_IDENTITY_PERSONAL, RK_IDENTITY_COORDINATION };

/* What the whole of `text` is. A coordination number may have the unknown parts month 00 or day 60, and a
 * day that its month has not (91 in April), as some of the Tax Agency's test numbers have. */
enum rk_identity rk_identity_check(struct rk_text text);

/* The ten digits that the four spellings of a number share (YYMMDDNNNC, NUL-ended), and the two of
 * its century, "" where the spelling does not state it. A hyphen or plus is passed over: what it
 * says depends on the day it was written. An interim number ("T-number": one of the letters
 * JKLMNPRSTUWX in place of the first N, which counts as 1 in the check digit) is taken too, in
 * capitals. False: no such number. */
bool rk_identity_normalise(struct rk_text text, char ten[11], char century[3]);

/* The first number in free text: its place in *start and *size, both in bytes. Here the sign may
 * also be a space, a no-break space or another dash, with a space on either side, as people type
 * it; and the birth date may be YYYY-MM-DD. Letters may stand before the number (an id made from
 * one), but no digit, and neither after it. The decimals of a number are none. */
enum rk_identity rk_identity_find(struct rk_text text, size_t *start, size_t *size);

#endif
