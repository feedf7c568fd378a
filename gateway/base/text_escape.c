/* SPDX-License-Identifier: Apache-2.0 */
/* Escapes of URLs and CSV, which have no need to be fast. */
#include <string.h>

#include "gateway/base/ascii.h"
#include "gateway/base/text.h"

/* RFC 3986 §2.3. */
static bool
is_unreserved(char c)
{
    return ascii_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

void
text_percent(struct text *t, struct slice s)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.data[i];
        const char form[] = {'%', digits[c >> 4], digits[c & 15]};
        if (is_unreserved(s.data[i]))
            text_char(t, s.data[i]);
        else
            text_slice_put(t, slice_make(form, sizeof form));
    }
}

void
text_csv(struct text *t, struct slice s)
{
    static const char special[] = ",\"\r\n";
    bool quote = false;
    for (size_t i = 0; i < s.len; i++)
        quote = quote || memchr(special, s.data[i], sizeof special - 1) != NULL;
    if (!quote) {
        text_slice_put(t, s);
        return;
    }
    text_char(t, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] == '"')
            text_char(t, '"');
        text_char(t, s.data[i]);
    }
    text_char(t, '"');
}
