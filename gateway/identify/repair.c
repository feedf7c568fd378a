/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/identify/repair.h"

#include <string.h>

#include "gateway/identify/parts.h"

enum { FNC1 = 0x1D };

static bool
is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool
is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool
has_upper(struct slice s)
{
    size_t i = 0;
    while (i < s.len && !is_upper(s.data[i]))
        i++;
    return i < s.len;
}

static bool
has_lower(struct slice s)
{
    size_t i = 0;
    while (i < s.len && !is_lower(s.data[i]))
        i++;
    return i < s.len;
}

static char
swapped(char c)
{
    if (is_upper(c))
        return (char)(c + ('a' - 'A'));
    if (is_lower(c))
        return (char)(c - ('a' - 'A'));
    return c;
}

/* Swaps the case of the letters of text[from, to) that `which` picks; copies the rest. */
static void
swap_case(char *out, struct slice text, size_t from, size_t to, bool (*which)(char))
{
    for (size_t i = 0; i < text.len; i++) {
        out[i] = text.data[i];
        if (i >= from && i < to && (which == NULL || which(out[i])))
            out[i] = swapped(out[i]);
    }
}

/* Lower-cased throughout; the serial was in capitals. */
static bool
mend_lowered(char *out, size_t *len, struct slice text)
{
    *len = text.len;
    swap_case(out, text, 0, text.len, is_lower);
    return !has_upper(text) && has_lower(text);
}

/* Lower-cased throughout; the serial has small letters, so that only the signature was changed. */
static bool
mend_lowered_query(char *out, size_t *len, struct slice text)
{
    *len = text.len;
    swap_case(out, text, slice_find(text, '?'), text.len, is_lower);
    return !has_upper(text) && has_lower(text);
}

/* Upper-cased throughout; the serial has small letters. Which letters of a mixed one were small
 * cannot be known. */
static bool
mend_raised(char *out, size_t *len, struct slice text)
{
    *len = text.len;
    swap_case(out, text, 0, slice_find(text, '?'), is_upper);
    return !has_lower(text) && has_upper(text);
}

static bool
mend_caps_lock(char *out, size_t *len, struct slice text)
{
    *len = text.len;
    swap_case(out, text, 0, text.len, NULL);
    return has_lower(text) && has_upper(text);
}

static bool
mend_german_host(char *out, size_t *len, struct slice text)
{
    return layout_undo_host(out, len, text, LAYOUT_GERMAN);
}

static bool
mend_german_scanner(char *out, size_t *len, struct slice text)
{
    return layout_undo_scanner(out, len, text, LAYOUT_GERMAN);
}

static bool
mend_french_host(char *out, size_t *len, struct slice text)
{
    return layout_undo_host(out, len, text, LAYOUT_FRENCH);
}

static bool
mend_french_scanner(char *out, size_t *len, struct slice text)
{
    return layout_undo_scanner(out, len, text, LAYOUT_FRENCH);
}

/* Writes at most SCAN_TEXT_MAX bytes. False when the text does not show the fault. */
typedef bool mend(char *out, size_t *len, struct slice text);

/* Raised capitals are the one fault that leaves a token well-formed: they come first, and a link
 * that could be read with its token is not tried for the others. */
static const struct {
    enum repair repair;
    mend *mend;
} mends[] = {
    {REPAIR_CASE, mend_raised},        {REPAIR_CASE, mend_lowered},
    {REPAIR_CASE, mend_lowered_query}, {REPAIR_CAPS_LOCK, mend_caps_lock},
    {REPAIR_QWERTZ, mend_german_host}, {REPAIR_QWERTZ, mend_german_scanner},
    {REPAIR_AZERTY, mend_french_host}, {REPAIR_AZERTY, mend_french_scanner},
};

static bool
same_label(const struct reading *a, const struct reading *b)
{
    return a->has_token && b->has_token && strcmp(a->canonical, b->canonical) == 0 &&
           memcmp(&a->token, &b->token, sizeof a->token) == 0;
}

/* A candidate costs a signature check, so it has to be a link with a well-formed token, and not the
 * label that was refused already. */
bool
repair_link(struct reading *out, struct slice text, reading_confirm *confirm, void *context)
{
    char mended[SCAN_TEXT_MAX];
    struct reading candidate;
    size_t len, confirms = out->has_token ? 1 : 0;
    size_t count = out->has_token ? 1 : sizeof mends / sizeof mends[0];
    for (size_t i = 0; i < count; i++) {
        if (!mends[i].mend(mended, &len, text) ||
            reading_once(&candidate, slice_make(mended, len)) != READ_OK || !candidate.has_token ||
            same_label(&candidate, out))
            continue;
        if (confirms++ == CONFIRMS_MAX)
            return false;
        candidate.repair = mends[i].repair;
        if (!confirm(&candidate, context))
            continue;
        *out = candidate;
        return true;
    }
    return false;
}

enum {
    SEPARATOR_TEXT_MAX = 128, /* longer than three values and five dates with their AIs */
    PLACES_MAX = 8,           /* where an AI may begin; each set of them is tried */
    CANDIDATES_MAX = CONFIRMS_MAX - 1,
    AIM_PREFIX = 3,
    GTIN_ELEMENT = 2 + GTIN_DIGITS,
    SHORTEST_ELEMENT = 3
};

struct separators {
    struct slice text;
    size_t places[PLACES_MAX];
    size_t count;
    struct reading candidates[CANDIDATES_MAX];
    size_t candidate_count;
};

static bool
may_lack_separators(struct slice text)
{
    return text.len <= SEPARATOR_TEXT_MAX &&
           (slice_starts(text, "01") || slice_starts(text, "]") || slice_starts(text, "\x1D"));
}

/* Where the first AI begins whose value could have swallowed another. */
static size_t
first_place(struct slice text)
{
    size_t start = slice_starts(text, "]") ? AIM_PREFIX : 0;
    if (slice_starts(text, "\x1D"))
        start = 1;
    if (text.len < start + GTIN_ELEMENT)
        return text.len;
    bool gtin_first = slice_starts(slice_make(&text.data[start], text.len - start), "01");
    return start + (gtin_first ? GTIN_ELEMENT : 0);
}

/* False when there are too many. */
static bool
find_places(struct separators *s)
{
    size_t from = first_place(s->text) + SHORTEST_ELEMENT;
    for (size_t i = from; i + SHORTEST_ELEMENT <= s->text.len; i++) {
        if (s->text.data[i - 1] == FNC1 || !element_ai_known(slice_make(&s->text.data[i], 2)))
            continue;
        if (s->count == PLACES_MAX)
            return false;
        s->places[s->count++] = i;
    }
    return true;
}

/* Bit i of `set`: a separator at places[i]. */
static enum reading_error
read_separated(struct reading *out, const struct separators *s, unsigned set)
{
    char mended[SEPARATOR_TEXT_MAX + PLACES_MAX];
    size_t len = 0, place = 0;
    for (size_t i = 0; i < s->text.len; i++) {
        bool here = place < s->count && s->places[place] == i;
        if (here && (set >> place & 1) != 0)
            mended[len++] = FNC1;
        place += here ? 1 : 0;
        mended[len++] = s->text.data[i];
    }
    return element_string_read(out, slice_make(mended, len));
}

/* A separator behind a fixed length changes nothing: such readings are one candidate. */
static bool
is_candidate(const struct separators *s, const struct reading *reading)
{
    for (size_t i = 0; i < s->candidate_count; i++)
        if (strcmp(s->candidates[i].canonical, reading->canonical) == 0)
            return true;
    return false;
}

/* False when there are too many to be asked about. */
static bool
find_candidates(struct separators *s)
{
    struct reading reading;
    for (unsigned set = 1; set < 1u << s->count; set++) {
        if (read_separated(&reading, s, set) != READ_OK || is_candidate(s, &reading))
            continue;
        if (s->candidate_count == CANDIDATES_MAX)
            return false;
        reading.repair = REPAIR_SEPARATOR;
        s->candidates[s->candidate_count++] = reading;
    }
    return true;
}

bool
repair_separators(struct reading *out, struct slice text, reading_confirm *confirm, void *context)
{
    struct separators s = {.text = text};
    const struct reading *confirmed = NULL;
    size_t confirmations = 0;
    if (!may_lack_separators(text) || !find_places(&s) || !find_candidates(&s))
        return false;
    for (size_t i = 0; i < s.candidate_count; i++) {
        if (!confirm(&s.candidates[i], context))
            continue;
        confirmed = &s.candidates[i];
        confirmations++;
    }
    if (confirmations != 1)
        return false;
    *out = *confirmed;
    return true;
}
