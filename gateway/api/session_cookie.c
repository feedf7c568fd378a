/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/session_cookie.h"

#include <string.h>

#include "gateway/config/values.h"

static const char set_cookie[] = "Set-Cookie";

static bool
is_https(const struct config *config)
{
    return slice_starts(slice_of(config->base_url), "https://");
}

/* A browser takes __Host- only with Secure, for the whole host and for no other: no neighbour of
 * ours, and nobody who sits on plain http, can plant one. */
static const char *
cookie_name(const struct config *config)
{
    return is_https(config) ? "__Host-assay" : "assay";
}

bool
session_cookie_sent(const struct config *config, const struct request *request)
{
    return request_has_cookie(request, cookie_name(config));
}

bool
session_cookie_read(char token[static SESSION_TOKEN_CHARS + 1], char id[static APIKEY_ID_CHARS + 1],
                    const struct config *config, const struct request *request)
{
    return request_cookie(token, SESSION_TOKEN_CHARS + 1, request, cookie_name(config)) &&
           session_token_parse(id, token, strlen(token));
}

static void
put(struct response *response, const struct config *config, const char *token, const char *more)
{
    size_t kept = 0;
    for (size_t i = 0; i < response->header_count; i++)
        if (strcmp(response->headers[i].name, set_cookie) != 0)
            response->headers[kept++] = response->headers[i];
    response->header_count = kept;
    response_header(response, set_cookie, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s",
                    cookie_name(config), token, is_https(config) ? "; Secure" : "", more);
}

void
session_cookie_put(struct response *response, const struct config *config, const char *token)
{
    put(response, config, token, "");
}

void
session_cookie_clear(struct response *response, const struct config *config)
{
    put(response, config, "", "; Max-Age=0");
}

static bool
is_our_origin(const struct config *config, struct slice origin)
{
    struct config_url ours;
    struct config_url theirs;
    char host[CONFIG_TEXT_MAX + 1];
    return config_url_read(&ours, slice_of(config->base_url)) && config_url_read(&theirs, origin) &&
           slice_copy(host, sizeof host, ours.host) && slice_equal_nocase(theirs.host, host) &&
           theirs.port == ours.port && theirs.https == ours.https;
}

bool
request_is_ours(const struct config *config, const struct request *request)
{
    if (request->fetch_site.len > 0)
        return slice_equal(request->fetch_site, "same-origin");
    return is_our_origin(config, request->origin);
}

bool
request_is_foreign(const struct config *config, const struct request *request)
{
    bool told = request->fetch_site.len > 0 || request->origin.len > 0;
    return told && !request_is_ours(config, request);
}
