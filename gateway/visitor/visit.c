/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/visitor/visit.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/auth.h"
#include "gateway/pages/tree.h"

enum { ONCE_BYTES = VISIT_ONCE_MAX / 2, KEY_MAX = 96, HERE_MAX = 4096 };

/* ---- the form ---- */

bool
visit_read(struct visit *visit, const char *member, const struct input *inputs)
{
    const char *bad = NULL;
    char code[KEY_MAX];
    json_put(&visit->document, member, "{");
    for (; inputs->name != NULL; inputs++) {
        if (!form_value(inputs->out, inputs->size, visit->sent, inputs->name) && bad == NULL)
            bad = inputs->name;
        json_put_text(&visit->document, inputs->name, inputs->out);
    }
    text_char(&visit->document, '}');
    if (bad == NULL)
        return true;
    (void)snprintf(code, sizeof code, "bad_%s", bad);
    visit_error(visit, 400, code, bad);
    return false;
}

/* What is no random number of ours is no key: the form then acts each time that it is sent. */
static void
read_once(struct visit *visit)
{
    uint8_t bytes[ONCE_BYTES];
    if (!form_value(visit->once, sizeof visit->once, visit->sent, "once") ||
        !slice_hex(bytes, sizeof bytes, slice_of(visit->once)))
        visit->once[0] = '\0';
}

/* ---- begin and end ---- */

void
visit_begin(struct visit *visit, struct worker *worker, const struct request *request,
            struct response *response, const char *name)
{
    const char *const *tags = pages_languages(worker->app->pages);
    *visit = (struct visit){.worker = worker, .request = request, .response = response};
    visit->name = name;
    visit->language = request_language(request, tags);
    visit->asked = request_language_asked(request, tags) != NULL;
    visit->sent = request->method == METHOD_POST ? request->body : request->query;
    visit->status = 200;
    text_init(&visit->document, VISIT_DOCUMENT_MAX);
    text_char(&visit->document, '{');
    read_once(visit);
}

/* A page that answers a form has no address to come back to. */
static void
put_languages(struct visit *visit)
{
    const struct pages *pages = visit->worker->app->pages;
    const char *const *tags = pages_languages(pages);
    struct text here;
    if (tags[1] == NULL || visit->request->method == METHOD_POST)
        return;
    text_init(&here, HERE_MAX);
    request_here(&here, visit->request);
    if (text_ok(&here))
        json_put_text(&visit->document, "here", here.data);
    text_free(&here);
    json_put(&visit->document, "languages", "[");
    for (; *tags != NULL; tags++) {
        json_put(&visit->document, NULL, "{");
        json_put_text(&visit->document, "tag", *tags);
        json_put_text(&visit->document, "native", pages_text(pages, *tags, "language.name"));
        text_char(&visit->document, '}');
    }
    text_char(&visit->document, ']');
}

static void
put_frame(struct visit *visit)
{
    uint8_t once[ONCE_BYTES];
    json_put_text(&visit->document, "page", visit->name);
    json_put_text(&visit->document, "title", visit->title == NULL ? visit->name : visit->title);
    if (visit->asked) {
        char lang[64];
        (void)snprintf(lang, sizeof lang, "?lang=%s", visit->language);
        json_put_text(&visit->document, "lang", lang);
        lang[0] = '&';
        json_put_text(&visit->document, "more", lang);
    }
    put_languages(visit);
    randombytes_buf(once, sizeof once);
    json_put_hex(&visit->document, "once", once, sizeof once);
    text_char(&visit->document, '}');
}

/* The pages that take a secret from their address. */
static bool
has_script(const struct visit *visit)
{
    return strcmp(visit->name, "enter") == 0 || strcmp(visit->name, "redeem") == 0;
}

static void
put_headers(const struct visit *visit)
{
    response_header(visit->response, "Vary", "Accept-Language");
    response_header(visit->response, "Cache-Control", "no-store");
    response_header(visit->response, "Content-Language", "%s", visit->language);
    if (has_script(visit))
        response_header(visit->response, "Content-Security-Policy", "%s; script-src 'self'",
                        pages_csp(visit->worker->app->pages));
}

static void
wipe(struct text *text)
{
    if (text->data != NULL)
        sodium_memzero(text->data, text->capacity);
    text_free(text);
}

void
visit_show(struct visit *visit)
{
    char path[64];
    struct json_doc *doc = NULL;
    struct fault fault = {ERR_OK, ""};
    struct response *response = visit->response;
    put_frame(visit);
    (void)snprintf(path, sizeof path, "visitor/%s.html", visit->name);
    text_reset(&response->body);
    if (!text_ok(&visit->document) ||
        json_parse(text_slice(&visit->document), VISIT_DOCUMENT_MAX, &doc, &fault) != ERR_OK) {
        response_problem(response, 500, "internal", "Internal error",
                         "The page could not be written", NULL);
    } else {
        response->status = visit->status;
        response->content_type = "text/html; charset=utf-8";
        put_headers(visit);
        page_tree(&response->body, visit->worker->app->pages, visit->language, path,
                  json_root(doc));
    }
    json_free(doc);
    wipe(&visit->document);
    sodium_memzero(&visit->item, sizeof visit->item);
}

/* ---- errors ---- */

/* The key of the word for `code`, of this page before that of all. */
static bool
find_word(const struct visit *visit, char key[static KEY_MAX], const char *code)
{
    const struct pages *pages = visit->worker->app->pages;
    (void)snprintf(key, KEY_MAX, "visitor problem %s.%s", visit->name, code);
    if (pages_text(pages, visit->language, key) != NULL)
        return true;
    (void)snprintf(key, KEY_MAX, "visitor problem.%s", code);
    return pages_text(pages, visit->language, key) != NULL;
}

void
visit_error(struct visit *visit, int status, const char *code, const char *field)
{
    char key[KEY_MAX];
    if (visit->failed)
        return;
    visit->failed = true;
    visit->status = status;
    if (!find_word(visit, key, code) && !find_word(visit, key, status < 500 ? "invalid" : "ours"))
        key[0] = '\0';
    json_put_text(&visit->document, "error", key);
    json_put_text(&visit->document, "reason", code);
    if (field == NULL)
        return;
    json_put(&visit->document, "bad", "{");
    json_put_bool(&visit->document, field, true);
    text_char(&visit->document, '}');
}

/* ---- asking ---- */

static void
find_wait(struct reply *reply, const struct response *answer)
{
    for (size_t i = 0; i < answer->header_count; i++)
        if (strcmp(answer->headers[i].name, "Retry-After") == 0)
            (void)snprintf(reply->wait, sizeof reply->wait, "%.*s", VISIT_WAIT_MAX,
                           answer->headers[i].value);
}

/* Who asks is whoever the secret makes of them, and else the public: a session of staff in the same
 * browser lends nothing to a customer's page. */
static void
ask_as(struct visit *visit, const struct request *inner, struct response *answer)
{
    struct worker *worker = visit->worker;
    const struct caller caller = worker->caller;
    const struct signed_in signed_in = worker->signed_in;
    if (authenticate(worker, inner, ROLE_PUBLIC | ROLE_OWNER, answer))
        worker->app->ask(worker, inner, answer);
    worker->caller = caller;
    worker->signed_in = signed_in;
}

void
visit_ask(struct visit *visit, const struct question *question, struct reply *reply)
{
    char bearer[64] = "";
    struct response answer = {.status = 200};
    struct request inner = {
        .method = question->method, .now = visit->request->now, .client = visit->request->client};
    inner.path = slice_of(question->path);
    inner.accept = slice_of("application/json");
    inner.accept_language = slice_of(visit->language);
    inner.body = slice_of(question->body);
    if (question->body != NULL) {
        inner.content_type = slice_of("application/json");
        inner.idempotency_key = slice_of(visit->once);
    }
    if (question->bearer != NULL)
        (void)snprintf(bearer, sizeof bearer, "Bearer %s", question->bearer);
    inner.authorization = slice_of(bearer);
    *reply = (struct reply){.status = 500};
    text_init(&answer.body, VISIT_DOCUMENT_MAX);
    ask_as(visit, &inner, &answer);
    sodium_memzero(bearer, sizeof bearer);
    reply->status = answer.status;
    reply->body = answer.body;
    find_wait(reply, &answer);
    if (text_ok(&reply->body) &&
        json_parse(text_slice(&reply->body), VISIT_DOCUMENT_MAX, &reply->doc, NULL) == ERR_OK)
        reply->root = json_root(reply->doc);
}

bool
reply_good(const struct reply *reply)
{
    return reply->status >= 200 && reply->status < 300 && reply->root != NULL;
}

void
reply_close(struct reply *reply)
{
    json_free(reply->doc);
    wipe(&reply->body);
    *reply = (struct reply){.status = 0};
}

/* "/claim_code" of the first of the problem's errors. */
static bool
find_field(const struct reply *reply, char field[static KEY_MAX])
{
    const struct json_node *errors = json_member_of(reply->root, "errors");
    const struct json_node *pointer = json_member_of(json_first(errors), "pointer");
    struct slice name = json_string(pointer);
    return slice_take(&name, "/") && slice_copy(field, KEY_MAX, name) &&
           strspn(field, "abcdefghijklmnopqrstuvwxyz_") == name.len && name.len > 0;
}

void
visit_problem(struct visit *visit, const struct reply *reply)
{
    char field[KEY_MAX] = "";
    char code[KEY_MAX] = "";
    char bad[KEY_MAX + 4];
    int status = reply->status < 300 ? 500 : reply->status;
    if (reply->root == NULL ||
        !slice_copy(code, sizeof code, json_string(json_member_of(reply->root, "code"))))
        code[0] = '\0';
    bool about = reply->root != NULL && find_field(reply, field);
    json_put_text(&visit->document, "wait", reply->wait);
    if (reply->wait[0] != '\0')
        response_header(visit->response, "Retry-After", "%s", reply->wait);
    (void)snprintf(bad, sizeof bad, "bad_%s", field);
    visit_error(visit, status, about && status == 400 ? bad : code, about ? field : NULL);
}
