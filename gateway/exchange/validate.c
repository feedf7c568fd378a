/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/exchange/validate.h"

#include <string.h>

static void
skip_blanks(struct slice *rest)
{
    while (slice_take(rest, " ") || slice_take(rest, "\t"))
        ;
}

/* RFC 9110 §8.8.3: any visible character but the quote, and bytes beyond ASCII. */
static bool
is_opaque(struct slice tag)
{
    for (size_t i = 0; i < tag.len; i++)
        if ((unsigned char)tag.data[i] <= ' ' || tag.data[i] == 0x7F)
            return false;
    return true;
}

/* The next tag of the list without W/ and quotes; a comma may be in it. */
static bool
take_tag(struct slice *rest, struct slice *tag)
{
    (void)slice_take(rest, "W/");
    if (!slice_take(rest, "\"") || slice_find(*rest, '"') == rest->len)
        return false;
    *tag = slice_take_until(rest, '"');
    return is_opaque(*tag);
}

bool
etag_listed(struct slice if_none_match, const char *etag)
{
    struct slice rest = slice_trim(if_none_match);
    struct slice own = slice_of(etag);
    struct slice wanted;
    bool found = false;
    if (slice_equal(rest, "*"))
        return true;
    if (!take_tag(&own, &wanted))
        return false;
    while (rest.len > 0) {
        struct slice tag;
        skip_blanks(&rest);
        if (slice_take(&rest, ","))
            continue;
        if (!take_tag(&rest, &tag))
            return false;
        found = found || (tag.len == wanted.len && memcmp(tag.data, wanted.data, tag.len) == 0);
        skip_blanks(&rest);
        if (rest.len > 0 && !slice_take(&rest, ","))
            return false;
    }
    return found;
}

void
response_revalidate(struct response *response, const struct request *request)
{
    const char *etag = NULL;
    for (size_t i = 0; i < response->header_count; i++)
        if (strcmp(response->headers[i].name, "ETag") == 0)
            etag = response->headers[i].value;
    if (etag == NULL || response->status != 200 || request->if_none_match.len == 0 ||
        (request->method != METHOD_GET && request->method != METHOD_HEAD) ||
        !etag_listed(request->if_none_match, etag))
        return;
    response->status = 304;
    text_reset(&response->body);
}
