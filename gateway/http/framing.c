/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/framing.h"

#include <string.h>

/* `name` begins with a letter. Thirty names are looked for in every head, and few fields begin with
 * the same one. */
static bool
is_named(const struct header_field *field, const char *name)
{
    return ((field->name[0] ^ name[0]) & ~0x20) == 0 &&
           slice_equal_nocase(slice_of(field->name), name);
}

static size_t
count_of(const struct head *head, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < head->count; i++)
        count += is_named(&head->fields[i], name);
    return count;
}

struct slice
head_value(const struct head *head, const char *name)
{
    for (size_t i = 0; i < head->count; i++)
        if (is_named(&head->fields[i], name))
            return slice_trim(slice_of(head->fields[i].value));
    return slice_of(NULL);
}

struct slice
head_only_value(const struct head *head, const char *name)
{
    return count_of(head, name) == 1 ? head_value(head, name) : slice_of(NULL);
}

static bool
is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* A token of RFC 9110 §5.6.2. */
static bool
is_token(const char *name)
{
    const char *c = name;
    while (is_alphanumeric(*c) || (*c != '\0' && strchr("!#$%&'*+-.^_`|~", *c) != NULL))
        c++;
    return c != name && *c == '\0';
}

void
head_copy(struct request *request, const struct head *head)
{
    request->accept = head_value(head, "Accept");
    request->accept_language = head_value(head, "Accept-Language");
    request->content_type = head_value(head, "Content-Type");
    request->authorization = head_value(head, "Authorization");
    request->idempotency_key = head_value(head, "Idempotency-Key");
    request->if_match = head_value(head, "If-Match");
    request->if_none_match = head_value(head, "If-None-Match");
    request->cookie = head_value(head, "Cookie");
    request->origin = head_value(head, "Origin");
    request->fetch_site = head_value(head, "Sec-Fetch-Site");
}

/* Only blanks between the NUL that was the colon and the value: a second NUL was a blank before
 * the colon. */
static bool
colon_follows_name(const struct header_field *field)
{
    const char *c = field->name + strlen(field->name) + 1;
    while (c < field->value && (*c == ' ' || *c == '\t'))
        c++;
    return c == field->value;
}

bool
head_is_exact(const struct head *head)
{
    for (size_t i = 0; i < head->count; i++) {
        const char *end = head->fields[i].value + strlen(head->fields[i].value);
        if (!is_token(head->fields[i].name) || !colon_follows_name(&head->fields[i]) ||
            end[1] != '\0')
            return false;
        bool last = i + 1 == head->count;
        if (last && (end[2] != '\r' || end[3] != '\0'))
            return false;
        if (!last && end + 2 != head->fields[i + 1].name)
            return false;
    }
    return true;
}

static bool
refuse(struct response *response, int status, const char *code, const char *title,
       const char *detail)
{
    response_problem(response, status, code, title, detail, NULL);
    return false;
}

static bool
refuse_head(struct response *response, const char *detail)
{
    return refuse(response, 400, "bad_request", "Bad request", detail);
}

static bool
is_host(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!is_alphanumeric(s.data[i]) && strchr("-._:[]", s.data[i]) == NULL)
            return false;
    }
    return s.len > 0;
}

static bool
check_host(const struct head *head, struct response *response)
{
    size_t hosts = count_of(head, "Host");
    if (hosts > 1 || (hosts == 0 && head->http_1_1))
        return refuse_head(response, "The request needs exactly one Host");
    if (hosts == 1 && !is_host(head_value(head, "Host")))
        return refuse_head(response, "The Host is not a name with an optional port");
    return true;
}

/* Of these the first would win here and perhaps the last elsewhere. */
static bool
check_repeated(const struct head *head, struct response *response)
{
    static const char *const once[] = {
        "Authorization",   "Content-Type", "Cookie", "Expect",
        "Idempotency-Key", "If-Match",     "Origin", "Sec-Fetch-Site",
    };
    for (size_t i = 0; i < sizeof once / sizeof once[0]; i++)
        if (count_of(head, once[i]) > 1)
            return refuse_head(response, "A header field is there twice that has one value");
    return true;
}

bool
head_expects_continue(const struct head *head)
{
    return slice_equal_nocase(head_value(head, "Expect"), "100-continue");
}

/* Nobody may believe that from here on another protocol is spoken. */
static bool
check_wishes(const struct head *head, struct response *response)
{
    if (count_of(head, "Upgrade") > 0 || count_of(head, "HTTP2-Settings") > 0)
        return refuse_head(response, "There is no other protocol to change to");
    if (count_of(head, "Expect") == 0 || head_expects_continue(head))
        return true;
    return refuse(response, 417, "expectation_failed", "Expectation failed",
                  "The only thing to expect is 100-continue");
}

/* That each line was read as it was written. */
static bool
check_lines(const struct head *head, struct response *response)
{
    if (head->count >= HEADER_FIELDS_MAX)
        return refuse(response, 431, "too_many_headers", "Too many header fields",
                      "A request has at most 63 header fields");
    if (!head_start_is_exact(head, response))
        return false;
    if (!head_is_exact(head))
        return refuse_head(response, "The header fields are not written as HTTP/1.1 has them");
    return true;
}

bool
head_body_length(const struct head *head, uint64_t *length, struct response *response)
{
    size_t lengths = count_of(head, "Content-Length");
    size_t codings = count_of(head, "Transfer-Encoding");
    *length = 0;
    if (!check_lines(head, response) || !check_host(head, response) ||
        !check_repeated(head, response) || !check_wishes(head, response))
        return false;
    if (lengths > 0 && codings > 0)
        return refuse_head(response, "Content-Length and Transfer-Encoding exclude each other");
    if (codings > 0)
        return refuse(response, 411, "length_required", "Length required",
                      "Send the body with a Content-Length; Transfer-Encoding is not taken");
    if (lengths == 0)
        return true;
    if (lengths > 1 || !slice_number(length, head_value(head, "Content-Length"), 0, INT64_MAX))
        return refuse_head(response, "Content-Length has to be one number");
    return true;
}

bool
head_wants_close(const struct head *head)
{
    struct slice options = head_value(head, "Connection");
    while (options.len > 0)
        if (slice_equal_nocase(slice_trim(slice_take_until(&options, ',')), "close"))
            return true;
    return !head->http_1_1;
}

void
head_unreadable(int status, struct response *response)
{
    if (status == 505)
        response_problem(response, 505, "http_version", "HTTP version not supported",
                         "Use HTTP/1.1", NULL);
    else
        response_problem(response, 400, "bad_request", "Bad request",
                         "This is not a request of HTTP/1.1, its head is longer than 16 KB, or it "
                         "did not arrive whole and in time",
                         NULL);
}
