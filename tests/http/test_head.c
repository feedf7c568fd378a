/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/http/head.h"

#define AFTER_CSP                                                                                  \
    "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n"                             \
    "X-Content-Type-Options: nosniff\r\n"                                                          \
    "Referrer-Policy: same-origin\r\n"                                                             \
    "X-Frame-Options: DENY\r\n"                                                                    \
    "Cross-Origin-Opener-Policy: same-origin\r\n"                                                  \
    "Cross-Origin-Resource-Policy: same-origin\r\n"

/* 784111777 is the date of RFC 9110 §5.6.7, and so is its text. */
static const struct {
    const char *label;
    int status;
    const char *content_type, *body;
    const char *name, *value; /* one header field of the handler, or NULL */
    struct wire wire;
    const char *expected;
} rows[] = {
    {"json",
     200,
     "application/json",
     "{}\n",
     NULL,
     NULL,
     {784111777, "style-src 'x'", false, false},
     "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: "
     "application/json\r\n"
     "Cache-Control: no-store\r\n"
     "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n" AFTER_CSP
     "Connection: keep-alive\r\n\r\n{}\n"},
    {"page",
     404,
     "text/html; charset=utf-8",
     "<p>",
     NULL,
     NULL,
     {784111777, "style-src 'x'", false, true},
     "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
     "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n"
     "Content-Security-Policy: style-src 'x'\r\n" AFTER_CSP "Connection: close\r\n\r\n<p>"},
    {"without the body",
     200,
     "application/json",
     "{}\n",
     NULL,
     NULL,
     {784111777, "style-src 'x'", true, false},
     "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: "
     "application/json\r\n"
     "Cache-Control: no-store\r\n"
     "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n" AFTER_CSP
     "Connection: keep-alive\r\n\r\n"},
    {"own caching",
     200,
     "application/json",
     "",
     "Cache-Control",
     "max-age=60",
     {784111777, "style-src 'x'", false, false},
     "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: "
     "application/json\r\n"
     "Cache-Control: max-age=60\r\n"
     "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n" AFTER_CSP
     "Connection: keep-alive\r\n\r\n"},
    {"nothing at all",
     204,
     "text/plain; charset=utf-8",
     "left out",
     NULL,
     NULL,
     {784111777, "style-src 'x'", false, false},
     "HTTP/1.1 204 No Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
     "Cache-Control: no-store\r\n"
     "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n" AFTER_CSP
     "Connection: keep-alive\r\n\r\n"},
    {"what the client has",
     304,
     "application/json",
     "",
     "ETag",
     "\"7\"",
     {784111777, "style-src 'x'", false, false},
     "HTTP/1.1 304 Not Modified\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nETag: \"7\"\r\n"
     "Cache-Control: no-store\r\n"
     "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n" AFTER_CSP
     "Connection: keep-alive\r\n\r\n"},
};

static void
writes_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct response response = {.status = rows[i].status, .content_type = rows[i].content_type};
        struct text out;
        text_init(&response.body, 100);
        text_init(&out, 4096);
        text_put(&response.body, rows[i].body);
        if (rows[i].name != NULL)
            response_header(&response, rows[i].name, "%s", rows[i].value);
        assert_int_equal(head_write(&out, &response, &rows[i].wire).len, 0);
        if (!slice_equal(text_slice(&out), rows[i].expected))
            fail_msg("%s:\n%s\nexpected:\n%s", rows[i].label, out.data, rows[i].expected);
        text_free(&out);
        text_free(&response.body);
    }
}

/* What lasts is not copied, and counts. */
static void
leaves_what_lasts(void **state)
{
    (void)state;
    static const char asset[] = "body {}";
    const struct wire wire = {784111777, "", false, false};
    const struct wire head_only = {784111777, "", true, false};
    struct response response = {.status = 200, .content_type = "text/css"};
    struct text out;
    text_init(&out, 4096);
    response.lasting = slice_of(asset);
    assert_ptr_equal(head_write(&out, &response, &wire).data, asset);
    assert_non_null(strstr(out.data, "Content-Length: 7\r\n"));
    assert_null(strstr(out.data, asset));
    assert_int_equal(head_write(&out, &response, &head_only).len, 0);
    response.status = 304;
    assert_int_equal(head_write(&out, &response, &wire).len, 0);
    response_problem(&response, 404, "not_found", "Not found", "No", NULL);
    assert_int_equal(head_write(&out, &response, &wire).len, 0);
    text_free(&response.body);
    text_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(writes_answers),
                                       cmocka_unit_test(leaves_what_lasts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
