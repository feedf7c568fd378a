/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in a request beside its framing, a line each: query or form, Cookie, Accept,
 * Accept-Language, If-None-Match, path. */
#include <string.h>

#include "gateway/exchange/validate.h"
#include "tests/fuzz/fuzz.h"

enum { VALUE_MAX = 64 };

static const char *const languages[] = {"en", "de", "ar", NULL};

/* Written again, and read again, it is the same. */
static void
check_value(const char *value)
{
    char again[VALUE_MAX];
    struct text text;
    text_init(&text, VALUE_MAX * 3 + 8);
    REQUIRE(strlen(value) < VALUE_MAX && slice_utf8(slice_of(value)));
    text_put(&text, "code=");
    text_percent(&text, slice_of(value));
    REQUIRE(text_ok(&text) && query_value(again, sizeof again, text_slice(&text), "code"));
    REQUIRE(strcmp(again, value) == 0);
    text_free(&text);
}

static void
check_segments(struct request *request)
{
    char value[VALUE_MAX];
    request_split(request);
    REQUIRE(request->segment_count <= PATH_SEGMENTS_MAX);
    for (size_t i = 0; i < request->segment_count; i++) {
        REQUIRE(slice_find(request->segments[i], '/') == request->segments[i].len);
        if (segment_value(value, sizeof value, request->segments[i]))
            REQUIRE(strlen(value) < VALUE_MAX && slice_utf8(slice_of(value)));
    }
}

static void
check_cookie(const struct request *request)
{
    char value[VALUE_MAX];
    if (!request_cookie(value, sizeof value, request, "session"))
        return;
    REQUIRE(strchr(value, ';') == NULL && strlen(value) < VALUE_MAX);
    REQUIRE(request_has_cookie(request, "session"));
}

static void
check_language(const struct request *request)
{
    const char *asked = request_language_asked(request, languages);
    const char *language = request_language(request, languages);
    bool known = false;
    for (size_t i = 0; languages[i] != NULL; i++)
        known = known || language == languages[i];
    REQUIRE(known && (asked == NULL || asked == language));
}

static void
check_here(const struct request *request)
{
    struct text here;
    text_init(&here, 16384);
    request_here(&here, request);
    if (text_ok(&here))
        REQUIRE(here.len > 0 && strpbrk(here.data, "\r\n") == NULL);
    text_free(&here);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice rest = fuzz_slice(data, len);
    struct request request = {.method = METHOD_GET};
    char value[VALUE_MAX];
    request.query = slice_take_until(&rest, '\n');
    request.cookie = slice_take_until(&rest, '\n');
    request.accept = slice_take_until(&rest, '\n');
    request.accept_language = slice_take_until(&rest, '\n');
    request.if_none_match = slice_take_until(&rest, '\n');
    request.path = slice_take_until(&rest, '\n');
    if (query_value(value, sizeof value, request.query, "code"))
        check_value(value);
    if (!form_value(value, sizeof value, request.query, "code"))
        REQUIRE(value[0] == '\0');
    REQUIRE(!(request_wants_html(&request) && request_wants_csv(&request)));
    if (etag_listed(request.if_none_match, "\"7\""))
        REQUIRE(request.if_none_match.len > 0);
    check_segments(&request);
    check_cookie(&request);
    check_language(&request);
    if (slice_find(request.path, '\r') == request.path.len &&
        slice_find(request.query, '\r') == request.query.len)
        check_here(&request);
    return 0;
}
