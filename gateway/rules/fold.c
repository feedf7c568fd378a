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
