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

/* What fribidi_log2vis does, which does not look whether it got memory. */
static bool
turn(FriBidiChar *letters, FriBidiStrIndex count)
{
    FriBidiCharType types[BIDI_LETTERS_MAX];
    FriBidiBracketType brackets[BIDI_LETTERS_MAX];
    FriBidiLevel levels[BIDI_LETTERS_MAX];
    FriBidiArabicProp forms[BIDI_LETTERS_MAX];
    FriBidiParType direction = FRIBIDI_PAR_ON;
    fribidi_get_bidi_types(letters, count, types);
    fribidi_get_bracket_types(letters, count, types, brackets);
    if (fribidi_get_par_embedding_levels_ex(types, brackets, count, &direction, levels) == 0)
        return false;
    fribidi_get_joining_types(letters, count, forms);
    fribidi_join_arabic(types, count, levels, forms);
    fribidi_shape(FRIBIDI_FLAGS_DEFAULT | FRIBIDI_FLAGS_ARABIC, levels, count, forms, letters);
    return fribidi_reorder_line(FRIBIDI_FLAGS_DEFAULT | FRIBIDI_FLAGS_ARABIC, types, count, 0,
                                direction, levels, letters, NULL) != 0;
}

bool
bidi_seen(struct slice *out, char room[static BIDI_BYTES_MAX], struct slice text)
{
    FriBidiChar letters[BIDI_LETTERS_MAX + 1];
    size_t count = 0;
    *out = text;
    if (!may_turn(text))
        return true;
    bool good = read_letters(letters, &count, text) && turn(letters, (FriBidiStrIndex)count);
    if (good) {
        count = drop_unseen(letters, count);
        FriBidiStrIndex len = fribidi_unicode_to_charset(FRIBIDI_CHAR_SET_UTF8, letters,
                                                         (FriBidiStrIndex)count, room);
        *out = slice_make(room, (size_t)len);
    }
    sodium_memzero(letters, sizeof letters);
    return good;
}
