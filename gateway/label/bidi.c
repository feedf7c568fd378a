/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/bidi.h"

#include <fribidi.h>
#include <sodium.h>

#include "gateway/label/letters.h"

/* Where the scripts are that are written from right to left, as far as fonts here have them. */
enum { RIGHT_FIRST = 0x0590, RIGHT_LAST = 0x08FF, FORMS_FIRST = 0xFB1D, FORMS_LAST = 0xFEFC };

static bool
may_turn(struct slice text)
{
    while (text.len > 0) {
        uint32_t letter = letter_take(&text);
        if ((letter >= RIGHT_FIRST && letter <= RIGHT_LAST) ||
            (letter >= FORMS_FIRST && letter <= FORMS_LAST))
            return true;
    }
    return false;
}

bool
bidi_from_right(struct slice text)
{
    while (text.len > 0) {
        FriBidiCharType type = fribidi_get_bidi_type(letter_take(&text));
        if (FRIBIDI_IS_STRONG(type))
            return FRIBIDI_IS_RTL(type);
    }
    return false;
}

static bool
read_letters(FriBidiChar letters[static BIDI_LETTERS_MAX], size_t *count, struct slice text)
{
    for (*count = 0; text.len > 0 && *count < BIDI_LETTERS_MAX; (*count)++)
        letters[*count] = letter_take(&text);
    return text.len == 0;
}

/* What has done its work: isolates, and what fills the place of a ligature's second letter. */
static size_t
drop_unseen(FriBidiChar *letters, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (letters[i] != FRIBIDI_CHAR_FILL &&
            !(letters[i] >= FRIBIDI_CHAR_LRI && letters[i] <= FRIBIDI_CHAR_PDI))
            letters[kept++] = letters[i];
    return kept;
}

bool
bidi_seen(struct slice *out, char room[static BIDI_BYTES_MAX], struct slice text)
{
    FriBidiChar letters[BIDI_LETTERS_MAX];
    FriBidiChar seen[BIDI_LETTERS_MAX + 1];
    FriBidiParType direction = FRIBIDI_PAR_ON;
    size_t count = 0;
    *out = text;
    if (!may_turn(text))
        return true;
    bool good =
        read_letters(letters, &count, text) &&
        fribidi_log2vis(letters, (FriBidiStrIndex)count, &direction, seen, NULL, NULL, NULL) != 0;
    if (good) {
        count = drop_unseen(seen, count);
        FriBidiStrIndex len =
            fribidi_unicode_to_charset(FRIBIDI_CHAR_SET_UTF8, seen, (FriBidiStrIndex)count, room);
        *out = slice_make(room, (size_t)len);
    }
    sodium_memzero(letters, sizeof letters);
    sodium_memzero(seen, sizeof seen);
    return good;
}
