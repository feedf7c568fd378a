/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/staff/page.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gateway/json/json.h"
#include "gateway/json/write.h"
#include "gateway/pages/tree.h"
#include "gateway/staff/problem.h"

enum { QUERY_NAME_MAX = 24, QUERY_VALUE_MAX = 1024, QUERY_NAMES_MAX = 24, ONCE_BYTES = 16 };

/* ---- the document ---- */

/* Where somebody works, by role. What may be done there, the routes decide. */
static const struct {
    unsigned roles;
    const char *area;
} areas[] = {
    {ROLE_SERVICE, "service"},
    {ROLE_RETAILER, "retail"},
    {ROLE_OPERATOR | ROLE_AUDITOR | ROLE_ADMIN | ROLE_ISSUER, "console"},
    {ROLE_OPERATOR | ROLE_AUDITOR, "overview"},
    {ROLE_OPERATOR | ROLE_ISSUER, "issue"},
    {ROLE_OPERATOR, "operate"},
    {ROLE_ADMIN, "credentials"},
    {ROLE_OPERATOR | ROLE_AUDITOR | ROLE_ADMIN, "system"},
};

static void
put_me(struct page *page)
{
    struct text *out = &page->document;
    const struct caller *caller = &page->worker->caller;
    json_put(out, "me", "{");
    json_put_text(out, "role", role_name(caller->role));
    json_put_text(out, "name", page->worker->signed_in.name);
    json_put_text(out, "organisation", caller->organisation);
    json_put(out, "locations", "[");
    for (size_t i = 0; i < caller->location_count; i++)
        json_put_text(out, NULL, caller->locations[i]);
    text_put(out, "]");
    json_put(out, "areas", "{");
    for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++)
        if ((areas[i].roles & (unsigned)caller->role) != 0)
            json_put_bool(out, areas[i].area, true);
    text_put(out, "}}");
}

static bool
query_name(char out[static QUERY_NAME_MAX + 1], struct slice name)
{
    if (!slice_copy(out, QUERY_NAME_MAX + 1, name) || out[0] == '\0')
        return false;
    return strspn(out, "abcdefghijklmnopqrstuvwxyz_") == name.len;
}

/* A parameter that is there twice has no value, and the JSON reader takes no name twice. */
static void
put_query(struct page *page)
{
    char name[QUERY_NAME_MAX + 1];
    char value[QUERY_VALUE_MAX + 1];
    struct slice rest = page->request->query;
    json_put(&page->document, "query", "{");
    for (size_t count = 0; rest.len > 0 && count < QUERY_NAMES_MAX; count++) {
        struct slice pair = slice_take_until(&rest, '&');
        if (query_name(name, slice_take_until(&pair, '=')) &&
            query_value(value, sizeof value, page->request->query, name))
            json_put_text(&page->document, name, value);
    }
    text_put(&page->document, "}");
}

static void
put_once(struct page *page)
{
    uint8_t once[ONCE_BYTES];
    randombytes_buf(once, sizeof once);
    json_put_hex(&page->document, "once", once, sizeof once);
}

void
page_begin(struct page *page, struct worker *worker, const struct request *request,
           struct response *response, const char *title)
{
    char path[PAGE_PATH_MAX + 1];
    *page =
        (struct page){.worker = worker, .request = request, .response = response, .status = 200};
    page->language = request_language(request, pages_languages(worker->app->pages));
    text_init(&page->document, PAGE_DOCUMENT_MAX);
    text_put(&page->document, "{");
    json_put_text(&page->document, "title", title);
    if (slice_copy(path, sizeof path, request->path))
        json_put_text(&page->document, "path", path);
    put_query(page);
    put_me(page);
    json_put_text(&page->document, "csrf", worker->signed_in.csrf);
    put_once(page);
}

/* ---- showing ---- */

static const char policy[] = "default-src 'none'; style-src 'self'; script-src 'self'; "
                             "img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; "
                             "base-uri 'none'; frame-ancestors 'none'";
static const char camera_policy[] =
    "default-src 'none'; style-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

static void
put_headers(const struct page *page)
{
    struct response *response = page->response;
    response_header(response, "Content-Language", "%s", page->language);
    response_header(response, "Content-Security-Policy", "%s",
                    page->camera ? camera_policy : policy);
    if (page->camera)
        response_header(response, "Permissions-Policy", "%s",
                        "camera=(self), geolocation=(), microphone=()");
}

/* An answer of the API that is no JSON, or too much of it, is a fault of ours: no half pages. */
static void
fail(struct page *page, const char *why)
{
    page->response->header_count = 0;
    response_problem(page->response, 500, "internal", "Internal error", why, NULL);
}

void
page_show(struct page *page, const char *template)
{
    char path[64];
    struct json_doc *doc = NULL;
    struct fault fault = {ERR_OK, ""};
    struct response *response = page->response;
    text_put(&page->document, "}");
    (void)snprintf(path, sizeof path, "staff/%s.html", template);
    text_reset(&response->body);
    if (!text_ok(&page->document) ||
        json_parse(text_slice(&page->document), PAGE_DOCUMENT_MAX, &doc, &fault) != ERR_OK) {
        fail(page, fault.text[0] == '\0' ? "The page became too large" : fault.text);
    } else {
        response->status = page->status;
        response->content_type = "text/html; charset=utf-8";
        put_headers(page);
        page_tree(&response->body, page->worker->app->pages, page->language, path, json_root(doc));
    }
    json_free(doc);
    text_free(&page->document);
}

void
page_go(struct page *page, const char *path)
{
    text_free(&page->document);
    page->response->status = 303;
    page->response->content_type = "text/plain; charset=utf-8";
    text_reset(&page->response->body);
    response_header(page->response, "Location", "%s", path);
}

/* ---- asking ---- */

static struct request
inner_request(const struct page *page, const struct question *question, const char *version,
              const char *once)
{
    struct request inner = {
        .method = question->method, .now = page->request->now, .client = page->request->client};
    inner.path = slice_of(question->path);
    inner.query = slice_of(question->query);
    inner.accept = slice_of("application/json");
    inner.accept_language = page->request->accept_language;
    inner.body = slice_of(question->body);
    if (question->body != NULL)
        inner.content_type = slice_of(question->type == NULL ? "application/json" : question->type);
    inner.if_match = slice_of(version);
    inner.idempotency_key = slice_of(once);
    return inner;
}

static bool
is_good(const struct response *answer)
{
    return answer->status >= 200 && answer->status < 300;
}

static void
put_problem(struct page *page, const struct response *answer, const struct question *question)
{
    if (is_good(answer) || question->optional || page->has_problem)
        return;
    page_problem(page, text_slice(&answer->body));
    page->has_problem = true;
}

/* The answer's body is to be freed. */
static void
ask(struct page *page, const struct question *question, struct response *answer)
{
    char version[24] = "";
    char once[2 * ONCE_BYTES + 1] = "";
    bool changes = question->method != METHOD_GET;
    *answer = (struct response){.status = 200};
    if (question->has_version)
        (void)snprintf(version, sizeof version, "\"%" PRIu64 "\"", question->version);
    if (changes && !page_field(page, "once", once, sizeof once))
        once[0] = '\0';
    struct request inner = inner_request(page, question, version, once);
    text_init(&answer->body, PAGE_DOCUMENT_MAX);
    page->worker->app->ask(page->worker, &inner, answer);
    put_problem(page, answer, question);
}

static void
put_answer(struct page *page, const char *name, const struct response *answer)
{
    if (name == NULL || !is_good(answer) || answer->body.len == 0)
        return;
    if (!text_ok(&answer->body))
        page->document.failed = true;
    json_put(&page->document, name, "");
    text_slice_put(&page->document, text_slice(&answer->body));
}

int
page_ask(struct page *page, const char *name, const struct question *question)
{
    struct response answer;
    ask(page, question, &answer);
    put_answer(page, name, &answer);
    text_free(&answer.body);
    return answer.status;
}

int
page_look(struct page *page, const char *name, const struct question *question,
          struct json_doc **out)
{
    struct response answer;
    struct fault fault = {ERR_OK, ""};
    *out = NULL;
    ask(page, question, &answer);
    put_answer(page, name, &answer);
    if (is_good(&answer) &&
        (!text_ok(&answer.body) ||
         json_parse(text_slice(&answer.body), PAGE_DOCUMENT_MAX, out, &fault) != ERR_OK))
        answer.status = 500;
    text_free(&answer.body);
    return answer.status;
}

int
page_read(struct page *page, const struct question *question, struct json_doc **out)
{
    return page_look(page, NULL, question, out);
}

int
page_get(struct page *page, const char *name, const char *path, const char *query)
{
    struct question question = {.method = METHOD_GET, .path = path, .query = query};
    return page_ask(page, name, &question);
}

void
page_refuse(struct page *page, const char *word)
{
    struct text *out = &page->document;
    page->status = 400;
    if (page->has_problem)
        return;
    json_put(out, "problem", "{");
    json_put_text(out, "code", "invalid");
    json_put_text(out, "detail", pages_text(page->worker->app->pages, page->language, word));
    text_char(out, '}');
    page->has_problem = true;
}

bool
page_path(char out[static PAGE_PATH_MAX + 1], const char *pattern, const char *const *values)
{
    struct text path;
    struct slice rest = slice_of(pattern);
    text_init(&path, PAGE_PATH_MAX);
    while (rest.len > 0) {
        text_slice_put(&path, slice_take_until(&rest, '{'));
        if (slice_take(&rest, "}"))
            text_percent(&path, slice_of(*values++));
    }
    bool fits = text_ok(&path) && slice_copy(out, PAGE_PATH_MAX + 1, text_slice(&path));
    text_free(&path);
    return fits;
}

/* ---- forms ---- */

bool
page_field(const struct page *page, const char *name, char *out, size_t size)
{
    return form_value(out, size, page->request->body, name);
}

bool
page_query(const struct page *page, const char *name, char *out, size_t size)
{
    return form_value(out, size, page->request->query, name);
}
