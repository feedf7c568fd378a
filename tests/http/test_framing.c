/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 9112: §3.2 Host, §5.1 field lines, §6.3 body length. Heads are cut as CivetWeb 1.15 cuts
 * them: in place, NUL over each colon, blank before it, CR and LF. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/http/framing.h"

struct cut {
    char text[4096];
    struct header_field fields[HEADER_FIELDS_MAX];
    struct head head;
};

static char *
cut_line(struct header_field *field, char *at)
{
    field->name = at;
    while (*at != ':' && *at != ' ')
        at++;
    while (*at == ' ')
        *at++ = '\0';
    *at++ = '\0'; /* the colon */
    while (*at == ' ' || *at == '\t')
        at++;
    field->value = at;
    while (*at != '\r' && *at != '\n')
        at++;
    if (*at == '\r')
        *at++ = '\0';
    *at++ = '\0';
    return at;
}

static void
cut(struct cut *out, const char *lines)
{
    static const char start[] = "GET\0/\0HTTP/1.1\0";
    memcpy(out->text, start, sizeof start);
    char *at = out->text + sizeof start;
    (void)snprintf(at, sizeof out->text - sizeof start, "%s\r\n", lines);
    size_t len = sizeof start + strlen(at);
    out->head = (struct head){.start = {out->text, out->text + 4, NULL, out->text + 11},
                              .fields = out->fields,
                              .http_1_1 = true};
    out->text[len - 1] = '\0';
    while (out->head.count<HEADER_FIELDS_MAX && * at> ' ' && strchr(at, ':') != NULL)
        at = cut_line(&out->fields[out->head.count++], at);
}

static const struct {
    const char *label, *lines;
    int status; /* 0: accepted */
    uint64_t length;
} rows[] = {
    {"host", "Host: a\r\n", 0, 0},
    {"host with port", "Host: id.example.com:8080\r\n", 0, 0},
    {"IPv6 host", "Host: [::1]:8080\r\n", 0, 0},
    {"no blank after the colon", "Host:a\r\n", 0, 0},
    {"blanks around a value", "Host: \t a \t\r\n", 0, 0},
    {"empty value", "Host: a\r\nX:\r\nY: 1\r\n", 0, 0},
    {"empty value with blanks", "Host: a\r\nX:   \r\n", 0, 0},
    {"length", "Host: a\r\nContent-Length: 12\r\n", 0, 12},
    {"length zero", "Host: a\r\nContent-Length: 0\r\n", 0, 0},
    {"length in other case", "HOST: a\r\ncontent-length: 12\r\n", 0, 12},
    {"largest length", "Host: a\r\nContent-Length: 9223372036854775807\r\n", 0, INT64_MAX},
    {"no host", "X: 1\r\n", 400, 0},
    {"two hosts", "Host: a\r\nHost: a\r\n", 400, 0},
    {"two hosts in one", "Host: a, b\r\n", 400, 0},
    {"empty host", "Host:\r\n", 400, 0},
    {"host with a slash", "Host: a/b\r\n", 400, 0},
    {"host with user", "Host: me@a\r\n", 400, 0},
    {"two lengths", "Host: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n", 400, 0},
    {"two lengths alike", "Host: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n", 400, 0},
    {"list of lengths", "Host: a\r\nContent-Length: 5, 5\r\n", 400, 0},
    {"length with more", "Host: a\r\nContent-Length: 5abc\r\n", 400, 0},
    {"length with a sign", "Host: a\r\nContent-Length: +5\r\n", 400, 0},
    {"negative length", "Host: a\r\nContent-Length: -5\r\n", 400, 0},
    {"length in hex", "Host: a\r\nContent-Length: 0x5\r\n", 400, 0},
    {"length with a leading zero", "Host: a\r\nContent-Length: 05\r\n", 400, 0},
    {"empty length", "Host: a\r\nContent-Length:\r\n", 400, 0},
    {"length of 2^63", "Host: a\r\nContent-Length: 9223372036854775808\r\n", 400, 0},
    {"length of 2^64 + 5", "Host: a\r\nContent-Length: 18446744073709551621\r\n", 400, 0},
    {"chunked", "Host: a\r\nTransfer-Encoding: chunked\r\n", 411, 0},
    {"coded and chunked", "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n", 411, 0},
    {"identity", "Host: a\r\nTransfer-Encoding: identity\r\n", 411, 0},
    {"coding in other case", "Host: a\r\ntransfer-encoding: xchunked\r\n", 411, 0},
    {"both", "Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400, 0},
    {"both, other order", "Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400, 0},
    {"blank before the colon", "Host: a\r\nContent-Length : 5\r\n", 400, 0},
    {"blank before the first colon", "Host : a\r\nX: 1\r\n", 400, 0},
    {"lone LF", "Host: a\nX: 1\r\n", 400, 0},
    {"lone LF at the end", "Host: a\r\nX: 1\n", 400, 0},
    {"folded line", "Host: a\r\n b\r\nContent-Length: 5\r\n", 400, 0},
    {"folded line at the end", "Host: a\r\n b\r\n", 400, 0},
    {"every character of a name", "Host: a\r\n!#$%&'*+-.^_`|~09azAZ: 1\r\n", 0, 0},
    {"name with an at", "Host: a\r\nX@: 1\r\n", 400, 0},
    {"name with a bracket", "Host: a\r\nX(: 1\r\n", 400, 0},
    {"name with a quote", "Host: a\r\n\"X\": 1\r\n", 400, 0},
    {"name of a byte above 7F", "Host: a\r\n\xe4: 1\r\n", 400, 0},
    {"empty name", "Host: a\r\n: 1\r\n", 400, 0},
    {"two keys", "Host: a\r\nAuthorization: a\r\nAuthorization: b\r\n", 400, 0},
    {"two cookies", "Host: a\r\nCookie: a=1\r\nCookie: b=1\r\n", 400, 0},
    {"two of a list", "Host: a\r\nAccept: a/b\r\nAccept: c/d\r\n", 0, 0},
    {"another protocol", "Host: a\r\nUpgrade: h2c\r\n", 400, 0},
    {"its settings", "Host: a\r\nHTTP2-Settings: AAMAAABk\r\n", 400, 0},
    {"expectation", "Host: a\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n", 0, 5},
    {"other expectation", "Host: a\r\nExpect: 200-ok\r\n", 417, 0},
    {"empty expectation", "Host: a\r\nExpect:\r\n", 417, 0},
};

static struct response
empty(void)
{
    struct response response = {.status = 200};
    text_init(&response.body, 4096);
    return response;
}

static void
finds_the_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cut head = {.text = ""};
        struct response response = empty();
        uint64_t length = 77;
        cut(&head, rows[i].lines);
        bool good = head_body_length(&head.head, &length, &response);
        int status = good ? 0 : response.status;
        if (status != rows[i].status || (good && length != rows[i].length))
            fail_msg("%s: %d %llu", rows[i].label, status, (unsigned long long)length);
        text_free(&response.body);
    }
}

static void
fields_of(struct cut *out, int count)
{
    struct text lines;
    text_init(&lines, 4000);
    text_put(&lines, "Host: a\r\n");
    for (int i = 1; i < count; i++)
        text_printf(&lines, "X%d: 1\r\n", i);
    cut(out, lines.data);
    text_free(&lines);
}

static void
limits_fields(void **state)
{
    (void)state;
    struct cut head = {.text = ""};
    struct response response = empty();
    uint64_t length = 0;
    fields_of(&head, HEADER_FIELDS_MAX - 1);
    assert_true(head_body_length(&head.head, &length, &response));
    fields_of(&head, HEADER_FIELDS_MAX);
    assert_false(head_body_length(&head.head, &length, &response));
    assert_int_equal(response.status, 431);
    text_free(&response.body);
}

static void
old_http_needs_no_host(void **state)
{
    (void)state;
    struct cut head = {.text = ""};
    struct response response = empty();
    uint64_t length = 0;
    cut(&head, "X: 1\r\n");
    head.head.http_1_1 = false;
    assert_true(head_body_length(&head.head, &length, &response));
    cut(&head, "Host: a\r\nHost: b\r\n");
    head.head.http_1_1 = false;
    assert_false(head_body_length(&head.head, &length, &response));
    text_free(&response.body);
}

static const struct {
    const char *label, *lines;
    bool http_1_1, close;
} connections[] = {
    {"nothing said", "Host: a\r\n", true, false},
    {"keep-alive", "Host: a\r\nConnection: keep-alive\r\n", true, false},
    {"close", "Host: a\r\nConnection: close\r\n", true, true},
    {"close in other case", "Host: a\r\nconnection: CLOSE\r\n", true, true},
    {"close in a list", "Host: a\r\nConnection: te, close\r\n", true, true},
    {"word with close in it", "Host: a\r\nConnection: closed\r\n", true, false},
    {"old", "Host: a\r\n", false, true},
    {"old with keep-alive", "Host: a\r\nConnection: keep-alive\r\n", false, true},
};

static void
sees_close(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof connections / sizeof connections[0]; i++) {
        struct cut head = {.text = ""};
        cut(&head, connections[i].lines);
        head.head.http_1_1 = connections[i].http_1_1;
        if (head_wants_close(&head.head) != connections[i].close)
            fail_msg("%s", connections[i].label);
    }
}

static void
finds_values(void **state)
{
    (void)state;
    struct cut head = {.text = ""};
    cut(&head, "Host: a\r\nAccept:\t text/html \r\nAccept: */*\r\nEmpty:\r\n");
    assert_true(slice_equal(head_value(&head.head, "accept"), "text/html"));
    assert_true(slice_equal(head_value(&head.head, "Empty"), ""));
    assert_true(slice_equal(head_value(&head.head, "Accept-Language"), ""));
}

static void
sees_expectations(void **state)
{
    (void)state;
    struct cut head = {.text = ""};
    cut(&head, "Host: a\r\nExpect: 100-CONTINUE\r\n");
    assert_true(head_expects_continue(&head.head));
    cut(&head, "Host: a\r\nX: 100-continue\r\n");
    assert_false(head_expects_continue(&head.head));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_length),       cmocka_unit_test(limits_fields),
        cmocka_unit_test(old_http_needs_no_host), cmocka_unit_test(sees_close),
        cmocka_unit_test(finds_values),           cmocka_unit_test(sees_expectations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
