/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/fold.h"

/* 0: dropped. */
static const char folded_as[256] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6',
    ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'A', ['B'] = '8', ['C'] = 'C', ['D'] = 'D',
    ['E'] = 'E', ['F'] = 'F', ['G'] = 'G', ['H'] = 'H', ['I'] = '1', ['J'] = 'J', ['K'] = 'K',
    ['L'] = '1', ['M'] = 'M', ['N'] = 'N', ['O'] = '0', ['P'] = 'P', ['Q'] = 'Q', ['R'] = 'R',
    ['S'] = '5', ['T'] = 'T', ['U'] = 'U', ['V'] = 'V', ['W'] = 'W', ['X'] = 'X', ['Y'] = 'Y',
    ['Z'] = '2', ['a'] = 'A', ['b'] = '8', ['c'] = 'C', ['d'] = 'D', ['e'] = 'E', ['f'] = 'F',
    ['g'] = 'G', ['h'] = 'H', ['i'] = '1', ['j'] = 'J', ['k'] = 'K', ['l'] = '1', ['m'] = 'M',
    ['n'] = 'N', ['o'] = '0', ['p'] = 'P', ['q'] = 'Q', ['r'] = 'R', ['s'] = '5', ['t'] = 'T',
    ['u'] = 'U', ['v'] = 'V', ['w'] = 'W', ['x'] = 'X', ['y'] = 'Y', ['z'] = '2', ['|'] = '1',
};

size_t
fold(char *out, size_t size, struct slice s)
{
    size_t len = 0;
    for (size_t i = 0; i < s.len && len + 1 < size; i++) {
        char c = folded_as[(unsigned char)s.data[i]];
        out[len] = c;
        len += c != '\0';
    }
    if (size > 0)
        out[len] = '\0';
    return len;
}

/* Whether `s` from `at` on folds to something that begins with `folded`. */
static bool
begins_at(struct slice s, size_t at, const char *folded)
{
    for (; at < s.len && *folded != '\0'; at++) {
        char c = folded_as[(unsigned char)s.data[at]];
        if (c != '\0' && c != *folded)
            return false;
        folded += c != '\0';
    }
    return *folded == '\0';
}

bool
fold_contains(struct slice s, const char *folded)
{
    bool found = folded[0] == '\0';
    for (size_t at = 0; at < s.len && !found; at++)
        found = begins_at(s, at, folded);
    return found;
}

/* Characters that stand for `wanted`, or for nothing: only they go on with such a text. */
static bool
goes_on(char c, char wanted)
{
    char as = folded_as[(unsigned char)c];
    return as == '\0' || as == wanted;
}

/* How far both go together; *folded is moved behind what was found. */
static size_t
common(const char *text, const char **folded)
{
    size_t at = 0;
    for (; text[at] != '\0' && **folded != '\0' && goes_on(text[at], **folded); at++)
        *folded += folded_as[(unsigned char)text[at]] != '\0';
    return at;
}

/* To the next character that goes on; none lies behind the last of the GS1 character set. */
static bool
raise(char *c, char wanted)
{
    for (int next = (unsigned char)*c + 1; next <= 'z'; next++)
        if (goes_on((char)next, wanted)) {
            *c = (char)next;
            return true;
        }
    return false;
}

enum fold_begins
fold_ahead(char *text, const char *folded)
{
    const char *wanted = folded;
    size_t at = common(text, &wanted);
    if (*wanted == '\0')
        return FOLD_BEGINS;
    if (text[at] == '\0') {
        text[at] = '\x01';
        text[at + 1] = '\0';
        return FOLD_AHEAD;
    }
    text[at + 1] = '\0';
    while (!raise(&text[at], *wanted)) {
        if (at == 0)
            return FOLD_NOWHERE;
        text[at] = '\0';
        wanted -= folded_as[(unsigned char)text[--at]] != '\0';
    }
    return FOLD_AHEAD;
}
