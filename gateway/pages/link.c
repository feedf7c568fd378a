/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/link.h"

#include <stddef.h>
#include <string.h>

#include "gateway/base/slice.h"

static const struct {
    const char *prefix;
    enum link_kind kind;
} prefixes[] = {
    /* "//host" names another host, so it comes before "/". */
    {"https://", LINK_WEB}, {"mailto:", LINK_CONTACT}, {"tel:", LINK_CONTACT},
    {"//", LINK_NONE},      {"/", LINK_LOCAL},
};

static bool
is_special(char c)
{
    switch (c) {
    case '"':
    case '\'':
    case '\\':
    case '<':
    case '>':
    case '`':
    case '{':
    case '}':
    case '|':
    case '^':
        return true;
    default:
        return false;
    }
}

/* A backslash counts as a slash in browsers, so "/\host" names another host too. */
static bool
is_plain(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.data[i] <= ' ' || s.data[i] > '~' || is_special(s.data[i]))
            return false;
    return true;
}

enum link_kind
link_kind(const char *link)
{
    struct slice s = slice_of(link);
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (slice_starts(s, prefixes[i].prefix))
            return is_plain(s) && s.len > strlen(prefixes[i].prefix) ? prefixes[i].kind : LINK_NONE;
    return LINK_NONE;
}
