/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/head.h"

#include <string.h>

#include "gateway/base/date.h"

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

static const char *
phrase_of(int status)
{
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "";
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

static void
put_field(struct text *out, const char *name, const char *value)
{
    text_put(out, name);
    text_put(out, ": ");
    text_put(out, value);
    text_put(out, "\r\n");
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
    text_put(out, "HTTP/1.1 ");
    text_number(out, response->status);
    text_char(out, ' ');
    text_put(out, phrase_of(response->status));
    if (content) {
        text_put(out, "\r\nContent-Length: ");
        text_number(out, (int64_t)(response->body.len + response->lasting.len));
    }
    text_put(out, "\r\n");
    http_date_format(date, wire->now);
    put_field(out, "Date", date);
    if (content)
        put_field(out, "Content-Type", response->content_type);
}

struct slice
head_write(struct text *out, const struct response *response, const struct wire *wire)
{
    bool page = strncmp(response->content_type, "text/html", 9) == 0;
    put_status(out, response, wire);
    for (size_t i = 0; i < response->header_count; i++)
        put_field(out, response->headers[i].name, response->headers[i].value);
    if (!has_header(response, "Cache-Control"))
        text_put(out, "Cache-Control: no-store\r\n");
    if (!has_header(response, "Content-Security-Policy"))
        put_field(out, "Content-Security-Policy",
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
