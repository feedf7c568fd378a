/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/head.h"

#include <string.h>

#include "gateway/base/date.h"

#define STATUS(number, phrase)                                                                     \
    {                                                                                              \
        number, "HTTP/1.1 " #number " " phrase "\r\n"                                              \
    }

static const struct {
    int status;
    const char *line;
} lines[] = {
    STATUS(200, "OK"),
    STATUS(201, "Created"),
    STATUS(202, "Accepted"),
    STATUS(204, "No Content"),
    STATUS(303, "See Other"),
    STATUS(304, "Not Modified"),
    STATUS(400, "Bad Request"),
    STATUS(401, "Unauthorized"),
    STATUS(403, "Forbidden"),
    STATUS(404, "Not Found"),
    STATUS(405, "Method Not Allowed"),
    STATUS(408, "Request Timeout"),
    STATUS(409, "Conflict"),
    STATUS(411, "Length Required"),
    STATUS(413, "Content Too Large"),
    STATUS(414, "URI Too Long"),
    STATUS(415, "Unsupported Media Type"),
    STATUS(417, "Expectation Failed"),
    STATUS(422, "Unprocessable Content"),
    STATUS(429, "Too Many Requests"),
    STATUS(431, "Request Header Fields Too Large"),
    STATUS(500, "Internal Server Error"),
    STATUS(503, "Service Unavailable"),
    STATUS(505, "HTTP Version Not Supported"),
    STATUS(507, "Insufficient Storage"),
};

/* Those that are sent are all there. */
static const char *
line_of(int status)
{
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (lines[i].status == status)
            return lines[i].line;
    return "HTTP/1.1 500 Internal Server Error\r\n";
}

/* On every answer. The address of a label holds its signature: it must not travel to others as a
 * referrer. To ourselves it may, without which a browser hides the Origin of our own forms. */
static const char always[] = "X-Content-Type-Options: nosniff\r\n"
                             "Referrer-Policy: same-origin\r\n"
                             "X-Frame-Options: DENY\r\n"
                             "Cross-Origin-Opener-Policy: same-origin\r\n"
                             "Cross-Origin-Resource-Policy: same-origin\r\n";

static bool
has_header(const struct response *response, const char *name)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (strcmp(response->headers[i].name, name) == 0)
            return true;
    return false;
}

/* RFC 9110 §8.6: a 204 has no length, and nothing that could have a type; the length of a 304 would
 * be that of what the client has. */
static bool
has_content(const struct response *response)
{
    return response->status != 204 && response->status != 304;
}

static void
put_status(struct text *out, const struct response *response, const struct wire *wire)
{
    char date[HTTP_DATE_MAX];
    bool content = has_content(response);
    text_put(out, line_of(response->status));
    if (content) {
        text_put(out, "Content-Length: ");
        text_number(out, (int64_t)(response->body.len + response->lasting.len));
        text_put(out, "\r\n");
    }
    http_date_format(date, wire->now);
    text_field(out, "Date", date);
    if (content)
        text_field(out, "Content-Type", response->content_type);
}

struct slice
head_write(struct text *out, const struct response *response, const struct wire *wire)
{
    bool page = strncmp(response->content_type, "text/html", 9) == 0;
    put_status(out, response, wire);
    for (size_t i = 0; i < response->header_count; i++)
        text_field(out, response->headers[i].name, response->headers[i].value);
    if (!has_header(response, "Cache-Control"))
        text_put(out, "Cache-Control: no-store\r\n");
    if (!has_header(response, "Content-Security-Policy"))
        text_field(out, "Content-Security-Policy",
                   page ? wire->page_csp : "default-src 'none'; frame-ancestors 'none'");
    if (!has_header(response, "Permissions-Policy"))
        text_put(out, "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n");
    text_put(out, always);
    text_put(out, wire->close ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n");
    if (wire->head_only || !has_content(response))
        return slice_of(NULL);
    text_slice_put(out, text_slice(&response->body));
    return response->lasting;
}
