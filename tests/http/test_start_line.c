/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 9112 §3: METHOD SP TARGET SP HTTP/VERSION CR LF. Lines are cut as CivetWeb 1.15 cuts them: in
 * place, NUL over all white space between the words, before the first field, and over the '?'. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/http/framing.h"

struct cut {
    char text[TARGET_MAX + 100];
    struct header_field field;
    struct head head;
};

static char *
end_word(char *at)
{
    while (*at > ' ')
        at++;
    while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
        *at++ = '\0';
    return at;
}

static void
cut(struct cut *out, const char *line)
{
    (void)snprintf(out->text, sizeof out->text, "%sHost: a\r\n\r\n", line);
    char *target = end_word(out->text);
    char *version = end_word(target);
    out->field.name = end_word(version);
    char *colon = strchr(out->field.name, ':');
    *colon = '\0';
    out->field.value = colon + 2;
    *strchr(colon + 1, '\r') = '\0';
    char *query = strchr(target, '?');
    if (query != NULL)
        *query++ = '\0';
    out->head = (struct head){.start = {out->text, target, query, version + strlen("HTTP/")},
                              .fields = &out->field,
                              .count = 1,
                              .http_1_1 = true};
}

static const struct {
    const char *label, *line;
    int status; /* 0: accepted */
} rows[] = {
    {"root", "GET / HTTP/1.1\r\n", 0},
    {"path", "POST /v1/verify HTTP/1.1\r\n", 0},
    {"query", "GET /check?code=x HTTP/1.1\r\n", 0},
    {"empty query", "GET /check? HTTP/1.1\r\n", 0},
    {"question in the query", "GET /check?a?b HTTP/1.1\r\n", 0},
    {"our host", "GET http://a/ HTTP/1.1\r\n", 0},
    {"our host in capitals", "GET http://A/v1/keys?x HTTP/1.1\r\n", 0},
    {"our host by https", "GET https://a/v1/keys HTTP/1.1\r\n", 0},
    {"three dots", "GET /... HTTP/1.1\r\n", 0},
    {"dots in a word", "GET /a..b/.c/d. HTTP/1.1\r\n", 0},
    {"two dots, encoded twice", "GET /%252e%252e/a HTTP/1.1\r\n", 0},
    {"two dots in the query", "GET /?a=/../b HTTP/1.1\r\n", 0},
    {"two blanks before the target", "GET  / HTTP/1.1\r\n", 400},
    {"tab before the target", "GET\t/ HTTP/1.1\r\n", 0}, /* CivetWeb refuses it */
    {"blank and tab", "GET \t/ HTTP/1.1\r\n", 400},
    {"two blanks after the target", "GET /  HTTP/1.1\r\n", 400},
    {"two blanks after the query", "GET /?a  HTTP/1.1\r\n", 400},
    {"blank after the version", "GET / HTTP/1.1 \r\n", 400},
    {"lone LF", "GET / HTTP/1.1\n", 400},
    {"lone CR", "GET / HTTP/1.1\r", 400},
    {"blank before the first field", "GET / HTTP/1.1\r\n ", 400},
    {"empty line", "GET / HTTP/1.1\r\n\r\n", 400},
    {"no slash", "GET v1/keys HTTP/1.1\r\n", 400},
    {"asterisk", "OPTIONS * HTTP/1.1\r\n", 400},
    {"authority", "CONNECT a:80 HTTP/1.1\r\n", 400},
    {"foreign host", "GET http://b/ HTTP/1.1\r\n", 400},
    {"foreign host that begins like ours", "GET http://ab/ HTTP/1.1\r\n", 400},
    {"our host with a port", "GET http://a:80/ HTTP/1.1\r\n", 400},
    {"our host as a user", "GET http://a@b/ HTTP/1.1\r\n", 400},
    {"no host", "GET http:/// HTTP/1.1\r\n", 400},
    {"other scheme", "GET ftp://a/ HTTP/1.1\r\n", 400},
    {"scheme in capitals", "GET HTTP://a/ HTTP/1.1\r\n", 400},
    {"fragment", "GET /a#b HTTP/1.1\r\n", 400},
    {"fragment after the query", "GET /a?b#c HTTP/1.1\r\n", 400},
    {"dot", "GET /. HTTP/1.1\r\n", 400},
    {"dot inside", "GET /a/./b HTTP/1.1\r\n", 400},
    {"two dots", "GET /.. HTTP/1.1\r\n", 400},
    {"two dots inside", "GET /a/../b HTTP/1.1\r\n", 400},
    {"two dots before the query", "GET /a/..?b HTTP/1.1\r\n", 400},
    {"two dots at our host", "GET http://a/../b HTTP/1.1\r\n", 400},
    {"dot, encoded", "GET /%2e/a HTTP/1.1\r\n", 400},
    {"two dots, encoded", "GET /%2e%2E/a HTTP/1.1\r\n", 400},
    {"two dots, half encoded", "GET /.%2e/a HTTP/1.1\r\n", 400},
    {"two dots, the other half encoded", "GET /%2E./a HTTP/1.1\r\n", 400},
};

static int
status_of(const char *line)
{
    struct cut head;
    struct response response = {.status = 200};
    text_init(&response.body, 4096);
    cut(&head, line);
    int status = head_start_is_exact(&head.head, &response) ? 0 : response.status;
    text_free(&response.body);
    return status;
}

static void
reads_exactly(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (status_of(rows[i].line) != rows[i].status)
            fail_msg("%s: %d", rows[i].label, status_of(rows[i].line));
}

static void
limits_the_target(void **state)
{
    (void)state;
    char line[TARGET_MAX + 50];
    static const struct {
        const char *before;
        int filling, status;
    } targets[] = {
        {"GET /", TARGET_MAX - 1, 0},
        {"GET /", TARGET_MAX, 414},
        {"GET /?", TARGET_MAX - 2, 0},
        {"GET /?", TARGET_MAX - 1, 414},
    };
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        (void)snprintf(line, sizeof line, "%s%0*d HTTP/1.1\r\n", targets[i].before,
                       targets[i].filling, 0);
        assert_int_equal(status_of(line), targets[i].status);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_exactly),
        cmocka_unit_test(limits_the_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
