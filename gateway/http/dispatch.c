/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/http.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/api.h"
#include "gateway/api/auth.h"
#include "gateway/api/session.h"
#include "gateway/api/shed.h"
#include "gateway/exchange/validate.h"

static const char problem_type[] = "application/problem+json";

/* Every pattern begins with a word: most are told apart by its first letter. */
static bool
begins_alike(const char *pattern, struct slice path)
{
    return pattern[1] == (path.len > 1 ? path.data[1] : '\0');
}

static bool
matches(struct slice pattern, struct slice path)
{
    if (!slice_take(&pattern, "/") || !slice_take(&path, "/"))
        return false;
    while (pattern.len > 0) {
        struct slice expected = slice_take_until(&pattern, '/');
        if (slice_equal(expected, "{*}"))
            return path.len > 0;
        bool last = slice_find(path, '/') == path.len;
        struct slice segment = slice_take_until(&path, '/');
        bool any = slice_equal(expected, "{}") && segment.len > 0;
        if (!any &&
            (expected.len != segment.len || memcmp(expected.data, segment.data, segment.len) != 0))
            return false;
        if (last != (pattern.len == 0))
            return false;
    }
    return path.len == 0;
}

static const struct {
    enum method method;
    const char *name;
} methods[] = {
    {METHOD_GET, "GET"}, {METHOD_HEAD, "HEAD"},     {METHOD_POST, "POST"},
    {METHOD_PUT, "PUT"}, {METHOD_DELETE, "DELETE"},
};

enum method
http_method(const char *name)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (strcmp(methods[i].name, name) == 0)
            return methods[i].method;
    return 0;
}

static unsigned
with_head(unsigned allowed)
{
    return (allowed & METHOD_GET) != 0 ? allowed | METHOD_HEAD : allowed;
}

static void
answer_405(unsigned allowed, struct response *response)
{
    struct text list;
    text_init(&list, 64);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if ((allowed & methods[i].method) != 0)
            text_printf(&list, "%s%s", list.len == 0 ? "" : ", ", methods[i].name);
    response_problem(response, 405, "method_not_allowed", "Method not allowed",
                     "This address does not take that method", NULL);
    response_header(response, "Allow", "%s", list.len == 0 ? "" : list.data);
    text_free(&list);
}

size_t
http_route_count(void)
{
    size_t count = 0;
    while (http_routes[count].pattern != NULL)
        count++;
    return count;
}

const struct route *
http_find(const struct route *routes, const struct request *request, struct response *response)
{
    unsigned allowed = 0;
    for (const struct route *route = routes; route->pattern != NULL; route++) {
        if (!begins_alike(route->pattern, request->path) ||
            !matches(slice_of(route->pattern), request->path))
            continue;
        if ((with_head(route->methods) & request->method) != 0)
            return route;
        allowed |= with_head(route->methods);
    }
    if (allowed != 0)
        answer_405(allowed, response);
    else
        response_problem(response, 404, "not_found", "Not found",
                         "There is nothing at this address", NULL);
    return NULL;
}

static bool
takes_type(const char *types, struct slice type)
{
    struct slice rest = slice_of(types);
    type = slice_trim(slice_take_until(&type, ';'));
    while (rest.len > 0) {
        char one[64];
        if (slice_copy(one, sizeof one, slice_take_until(&rest, ',')) &&
            slice_equal_nocase(type, one))
            return true;
    }
    return false;
}

static bool
refuse(struct response *response, int status, const char *code, const char *title,
       const char *detail)
{
    response_problem(response, status, code, title, detail, NULL);
    return false;
}

static bool
check_length(const struct worker *worker, const struct route *route, uint64_t length,
             struct response *response)
{
    size_t max = route->body_max;
    if (!role_is_staff(worker->caller.role) && max > BODY_PUBLIC_MAX)
        max = BODY_PUBLIC_MAX;
    if (length <= max)
        return true;
    return refuse(response, 413, "too_large", "Content too large",
                  max == 0 ? "This address takes no body"
                           : "The body is larger than this address takes");
}

static bool
takes_body(const struct worker *worker, const struct route *route, const struct request *request,
           uint64_t length, struct response *response)
{
    char detail[200];
    if (!check_length(worker, route, length, response))
        return false;
    if (route->body_type == NULL || takes_type(route->body_type, request->content_type))
        return true;
    (void)snprintf(detail, sizeof detail, "The body has to have one of these as Content-Type: %s",
                   route->body_type);
    return refuse(response, 415, "unsupported_media_type", "Unsupported media type", detail);
}

/* ---- limits ---- */

/* A verdict is not refused but not made: it is `unchecked`. */
static bool
gives_verdict(const struct route *route)
{
    static handler *const handlers[] = {api_digital_link, api_verify, api_check_form};
    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++)
        if (route != NULL && route->handle == handlers[i])
            return true;
    return false;
}

/* Takes the place of what the response holds. */
static void
answer_429(struct worker *worker, const struct route *route, const struct request *request,
           struct response *response)
{
    response_reset(response);
    if (gives_verdict(route))
        api_rate_limited(worker, request, response);
    else
        response_problem(response, 429, "rate_limited", "Too many requests",
                         "This is more than one may ask for at once; wait a moment and try again",
                         NULL);
}

/* A key counts for itself, wherever it is used; all others count by their address. */
static bool
within_limits(struct worker *worker, const struct route *route, const struct request *request,
              struct response *response)
{
    bool known = worker->caller.id[0] != '\0';
    struct shed_ask ask = {
        .kind = known ? SHED_CREDENTIALS : SHED_REQUESTS,
        .client = known ? NULL : &request->client,
        .of = slice_of(known ? worker->caller.id : ""),
        .now = request->now,
    };
    if (shed_take(worker->app->shed, &ask))
        return true;
    answer_429(worker, route, request, response);
    response_header(response, "Retry-After", "%" PRId64, ask.wait);
    return false;
}

bool
http_admit(struct worker *worker, const struct route *route, const struct request *request,
           uint64_t length, struct response *response)
{
    bool known = route != NULL && authenticate(worker, request, route->roles, response);
    return within_limits(worker, route, request, response) && known &&
           takes_body(worker, route, request, length, response);
}

bool
http_streams(const struct route *route)
{
    return route->body_max > BODY_MAX;
}

void
http_answer(struct worker *worker, const struct route *route, const struct request *request,
            struct response *response)
{
    if (authorise(worker, request, route->roles, response))
        route->handle(worker, request, response);
}

static bool
allows(const struct worker *worker, const struct route *route, struct response *response)
{
    if ((route->roles & (unsigned)worker->caller.role) != 0)
        return true;
    if (worker->caller.role == ROLE_PUBLIC)
        return refuse(response, 401, "unauthorized", "Who are you?", "This needs a key");
    return refuse(response, 403, "denied", "Not allowed", "This is not for your role");
}

void
http_ask(struct worker *worker, const struct request *request, struct response *response)
{
    struct request inner = *request;
    request_split(&inner);
    const struct route *route = http_find(http_routes, &inner, response);
    if (route != NULL && allows(worker, route, response) &&
        takes_body(worker, route, &inner, inner.body.len, response))
        route->handle(worker, &inner, response);
}

static void
make_page(struct worker *worker, const struct request *request, struct response *response)
{
    const struct pages *pages = worker->app->pages;
    text_reset(&response->body);
    page_error(&response->body, pages, request_language(request, pages_languages(pages)),
               response->status, response->detail);
    response->content_type = "text/html; charset=utf-8";
}

void
http_finish(struct worker *worker, const struct request *request, struct response *response)
{
    bool problem =
        response->content_type != NULL && strcmp(response->content_type, problem_type) == 0;
    if (problem && request_wants_html(request))
        make_page(worker, request, response);
    session_clear_over(worker, response);
    if (text_ok(&response->body) && response->content_type != NULL) {
        response_revalidate(response, request);
        return;
    }
    response->header_count = 0;
    response_problem(response, 500, "internal", "Internal error", "The answer could not be written",
                     NULL);
}
