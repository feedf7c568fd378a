/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/framing.h"

#include <string.h>

#include "gateway/base/ascii.h"

/* That the edge looks for. */
enum name {
    NAME_ACCEPT,
    NAME_ACCEPT_LANGUAGE,
    NAME_AUTHORIZATION,
    NAME_CONTENT_LENGTH,
    NAME_CONTENT_TYPE,
    NAME_COOKIE,
    NAME_EXPECT,
    NAME_HOST,
    NAME_HTTP2_SETTINGS,
    NAME_IDEMPOTENCY_KEY,
    NAME_IF_MATCH,
    NAME_IF_NONE_MATCH,
    NAME_ORIGIN,
    NAME_SEC_FETCH_SITE,
    NAME_TRANSFER_ENCODING,
    NAME_UPGRADE,
    NAME_COUNT
};

#define NAME(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static const struct {
    const char *text;
    size_t len;
} names[NAME_COUNT] = {
    [NAME_ACCEPT] = NAME("Accept"),
    [NAME_ACCEPT_LANGUAGE] = NAME("Accept-Language"),
    [NAME_AUTHORIZATION] = NAME("Authorization"),
    [NAME_CONTENT_LENGTH] = NAME("Content-Length"),
    [NAME_CONTENT_TYPE] = NAME("Content-Type"),
    [NAME_COOKIE] = NAME("Cookie"),
    [NAME_EXPECT] = NAME("Expect"),
    [NAME_HOST] = NAME("Host"),
    [NAME_HTTP2_SETTINGS] = NAME("HTTP2-Settings"),
    [NAME_IDEMPOTENCY_KEY] = NAME("Idempotency-Key"),
    [NAME_IF_MATCH] = NAME("If-Match"),
    [NAME_IF_NONE_MATCH] = NAME("If-None-Match"),
    [NAME_ORIGIN] = NAME("Origin"),
    [NAME_SEC_FETCH_SITE] = NAME("Sec-Fetch-Site"),
    [NAME_TRANSFER_ENCODING] = NAME("Transfer-Encoding"),
    [NAME_UPGRADE] = NAME("Upgrade"),
};

/* `name` begins with a letter. Many names are looked for in every head, and few fields begin with
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

/* A token of RFC 9110 §5.6.2. */
static bool
is_token(const char *name)
{
    const char *c = name;
    while (ascii_alphanumeric(*c) || (*c != '\0' && strchr("!#$%&'*+-.^_`|~", *c) != NULL))
        c++;
    return c != name && *c == '\0';
}

/* Of these the first would win here and perhaps the last elsewhere. */
static const unsigned once = 1U << NAME_AUTHORIZATION | 1U << NAME_CONTENT_TYPE |
                             1U << NAME_COOKIE | 1U << NAME_EXPECT | 1U << NAME_IDEMPOTENCY_KEY |
                             1U << NAME_IF_MATCH | 1U << NAME_ORIGIN | 1U << NAME_SEC_FETCH_SITE;

static enum name
name_of(struct slice field)
{
    enum name name = 0;
    while (name < NAME_COUNT &&
           (field.len != names[name].len || !slice_equal_nocase(field, names[name].text)))
        name++;
    return name;
}

/* What is there of the names that matter, found in one go. */
struct found {
    struct slice first[NAME_COUNT]; /* value */
    uint8_t counts[NAME_COUNT + 1]; /* at most HEADER_FIELDS_MAX; the last one: of all others */
};

static void
find_all(struct found *out, const struct head *head)
{
    *out = (struct found){.counts = {0}};
    for (size_t i = 0; i < head->count; i++) {
        enum name name = name_of(slice_of(head->fields[i].name));
        bool first = out->counts[name]++ == 0;
        if (name < NAME_COUNT && first)
            out->first[name] = slice_trim(slice_of(head->fields[i].value));
    }
}

void
head_copy(struct request *request, const struct head *head)
{
    struct found found;
    find_all(&found, head);
    request->accept = found.first[NAME_ACCEPT];
    request->accept_language = found.first[NAME_ACCEPT_LANGUAGE];
    request->content_type = found.first[NAME_CONTENT_TYPE];
    request->authorization = found.first[NAME_AUTHORIZATION];
    request->idempotency_key = found.first[NAME_IDEMPOTENCY_KEY];
    request->if_match = found.first[NAME_IF_MATCH];
    request->if_none_match = found.first[NAME_IF_NONE_MATCH];
    request->cookie = found.first[NAME_COOKIE];
    request->origin = found.first[NAME_ORIGIN];
    request->fetch_site = found.first[NAME_SEC_FETCH_SITE];
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
        if (!ascii_alphanumeric(s.data[i]) && strchr("-._:[]", s.data[i]) == NULL)
            return false;
    }
    return s.len > 0;
}

static bool
check_host(const struct found *found, bool http_1_1, struct response *response)
{
    unsigned hosts = found->counts[NAME_HOST];
    if (hosts > 1 || (hosts == 0 && http_1_1))
        return refuse_head(response, "The request needs exactly one Host");
    if (hosts == 1 && !is_host(found->first[NAME_HOST]))
        return refuse_head(response, "The Host is not a name with an optional port");
    return true;
}

static bool
check_repeated(const struct found *found, struct response *response)
{
    for (unsigned name = 0; name < NAME_COUNT; name++)
        if (found->counts[name] > 1 && (once >> name & 1) != 0)
            return refuse_head(response, "A header field is there twice that has one value");
    return true;
}

static bool
is_continue(struct slice expected)
{
    return slice_equal_nocase(expected, "100-continue");
}

bool
head_expects_continue(const struct head *head)
{
    return is_continue(head_value(head, "Expect"));
}

/* Nobody may believe that from here on another protocol is spoken. */
static bool
check_wishes(const struct found *found, struct response *response)
{
    if (found->counts[NAME_UPGRADE] > 0 || found->counts[NAME_HTTP2_SETTINGS] > 0)
        return refuse_head(response, "There is no other protocol to change to");
    if (found->counts[NAME_EXPECT] == 0 || is_continue(found->first[NAME_EXPECT]))
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
    struct found found;
    *length = 0;
    if (!check_lines(head, response))
        return false;
    find_all(&found, head);
    if (!check_host(&found, head->http_1_1, response) || !check_repeated(&found, response) ||
        !check_wishes(&found, response))
        return false;
    unsigned lengths = found.counts[NAME_CONTENT_LENGTH];
    unsigned codings = found.counts[NAME_TRANSFER_ENCODING];
    if (lengths > 0 && codings > 0)
        return refuse_head(response, "Content-Length and Transfer-Encoding exclude each other");
    if (codings > 0)
        return refuse(response, 411, "length_required", "Length required",
                      "Send the body with a Content-Length; Transfer-Encoding is not taken");
    if (lengths == 0)
        return true;
    if (lengths > 1 || !slice_number(length, found.first[NAME_CONTENT_LENGTH], 0, INT64_MAX))
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
