/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/head.h"

#include <string.h>
#include <time.h>

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    {200, "OK"},
    {303, "See Other"},
    {400, "Bad Request"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
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

/* On every answer. The address of a label holds its signature: it must not travel as a referrer. */
static const char always[] = "X-Content-Type-Options: nosniff\r\n"
                             "Referrer-Policy: no-referrer\r\n"
                             "X-Frame-Options: DENY\r\n"
                             "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n"
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

/* RFC 9110 §5.6.7, "Sun, 22 Nov 2026 14:00:00 GMT"; the locale is C throughout. */
static void
put_date(struct text *out, int64_t now)
{
    char date[40];
    struct tm tm;
    time_t seconds = (time_t)now;
    if (gmtime_r(&seconds, &tm) == NULL ||
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm) == 0)
        return;
    text_printf(out, "Date: %s\r\n", date);
}

void
head_write(struct text *out, const struct response *response, const struct wire *wire)
{
    bool page = strncmp(response->content_type, "text/html", 9) == 0;
    text_printf(out, "HTTP/1.1 %d %s\r\n", response->status, phrase_of(response->status));
    put_date(out, wire->now);
    text_printf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n", response->content_type,
                response->body.len);
    for (size_t i = 0; i < response->header_count; i++)
        text_printf(out, "%s: %s\r\n", response->headers[i].name, response->headers[i].value);
    if (!has_header(response, "Cache-Control"))
        text_put(out, "Cache-Control: no-store\r\n");
    if (!has_header(response, "Content-Security-Policy"))
        text_printf(out, "Content-Security-Policy: %s\r\n",
                    page ? wire->page_csp : "default-src 'none'; frame-ancestors 'none'");
    text_put(out, always);
    text_put(out, wire->close ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n");
    if (!wire->head_only)
        text_slice_put(out, text_slice(&response->body));
}
