/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/api.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/assess.h"
#include "gateway/api/scans.h"
#include "gateway/api/sightings.h"
#include "gateway/api/tally_board.h"
#include "gateway/api/verdict_json.h"
#include "gateway/json/json.h"
#include "gateway/json/write.h"

enum { VERIFY_JSON_MAX = 4 * 1024 * 1024, CODES_MAX = 10000, HERE_MAX = 4096 };

static const char html_type[] = "text/html; charset=utf-8";
static const char json_type[] = "application/json";

/* One request under way. */
struct call {
    struct worker *worker;
    const struct request *request;
    struct response *response;
    const struct keyset *keyset;
    const char *language;
    struct text here; /* for pages: visit.here */
    struct page_visit visit;
    const char *pointer;        /* where in the body the code is, or NULL */
    struct assessment assessed; /* of its reading, once there is one */
};

static void
call_begin(struct call *call, struct worker *worker, const struct request *request,
           struct response *response)
{
    const struct app *app = worker->app;
    *call = (struct call){.worker = worker, .request = request, .response = response};
    call->keyset = keyring_acquire(app->keyring);
    call->language = request_language(request, pages_languages(app->pages));
    text_init(&call->here, HERE_MAX);
    call->assessed.role = worker->caller.role;
    call->assessed.client = &request->client;
    call->assessed.now = request->now;
    response_header(response, "Vary", "Accept, Accept-Language");
    response_header(response, "Cache-Control", "no-store");
}

static void
call_end(struct call *call)
{
    text_free(&call->here);
    keyring_release(call->worker->app->keyring, call->keyset);
}

/* ---- answers ---- */

/* Staff look at units all day, and what they see says nothing of copies. */
static OFF_THE_STACK void
note_sighting(const struct call *call)
{
    const struct assessment *assessed = &call->assessed;
    const struct unit_view *view = &call->worker->view;
    struct unit_key key;
    if (role_is_staff(assessed->role) || !verdict_has(&assessed->verdict, REASON_GENUINE) ||
        !assessed->consulted || !view->has_unit)
        return;
    memcpy(key.gtin, view->unit.id.gtin, sizeof key.gtin);
    memcpy(key.serial, view->unit.id.serial, sizeof key.serial);
    sightings_add(call->worker->app->sightings, &key, &call->request->client, assessed->now);
}

static void
decide(struct call *call)
{
    assess(&call->assessed, call->worker, call->keyset);
    tally_count(call->worker->app->tallies, &call->assessed.verdict, call->assessed.now);
    note_sighting(call);
}

/* A page that has a form for POST instead of an address to come back to offers no languages. */
static const struct page_visit *
visit(struct call *call)
{
    const char *const *tags = pages_languages(call->worker->app->pages);
    if (call->request->method != METHOD_POST)
        request_here(&call->here, call->request);
    call->visit = (struct page_visit){
        .language = call->language,
        .asked = request_language_asked(call->request, tags) != NULL,
        .here = text_ok(&call->here) ? text_slice(&call->here) : slice_of(""),
    };
    return &call->visit;
}

static OFF_THE_STACK void
answer_page(struct call *call)
{
    const struct assessment *assessed = &call->assessed;
    const struct unit_view *view = &call->worker->view;
    bool readable = assessed->reading.error == READ_OK && assessed->reading.kind != READING_NONE;
    struct verdict_page page = {
        .verdict = &assessed->verdict,
        .reading = readable ? &assessed->reading : NULL,
        .unit = assessed->consulted && view->has_unit ? &view->unit : NULL,
        .product = assessed->consulted && view->has_product ? &view->product : NULL,
        .lot = assessed->consulted && view->has_lot ? &view->lot : NULL,
        .label = assessed_label(assessed),
        .signer = assessed->trust.signer,
        .error = assessed->reading.error,
        .copy = scans_shown(assessed, call->worker),
        .now = assessed->now,
    };
    call->response->content_type = html_type;
    page_verdict(&call->response->body, call->worker->app->pages, visit(call), &page);
}

static void
answer_decided(struct call *call)
{
    response_header(call->response, "Content-Language", "%s", call->language);
    if (request_wants_html(call->request)) {
        answer_page(call);
        return;
    }
    call->response->content_type = json_type;
    verdict_json(&call->response->body, &call->assessed, call->worker, call->language, true);
    text_char(&call->response->body, '\n');
}

static void
answer_verdict(struct call *call)
{
    decide(call);
    if (call->assessed.limited > 0) {
        call->response->status = 429;
        response_header(call->response, "Retry-After", "%" PRId64, call->assessed.limited);
    }
    answer_decided(call);
}

static void
answer_no_code(struct call *call, enum reading_error error, struct slice typed)
{
    struct response *response = call->response;
    if (!request_wants_html(call->request)) {
        response_problem(response, 404, "not_a_code", "Not the code of an item",
                         reading_error_info(error)->sentence, call->pointer);
        return;
    }
    response->status = 404;
    response->content_type = html_type;
    response_header(response, "Content-Language", "%s", call->language);
    page_not_a_code(&response->body, call->worker->app->pages, visit(call), error, typed);
}

/* Nothing was looked at, so that the day's tallies have nothing to count. */
void
api_rate_limited(struct worker *worker, const struct request *request, struct response *response)
{
    struct call call;
    call_begin(&call, worker, request, response);
    call.assessed.role = ROLE_PUBLIC;
    struct reading *reading = &call.assessed.reading; /* where to look again */
    if (digital_link_read_path(reading, request->path, request->query) != READ_OK)
        memset(reading, 0, sizeof *reading);
    assess_limited(&call.assessed, worker);
    response->status = 429;
    answer_decided(&call);
    call_end(&call);
}

/* ---- a label's link, as it was opened ---- */

/* What the address bar shows, to be mended there by a person; nothing when it is too long. */
static OFF_THE_STACK void
answer_no_link(struct call *call, enum reading_error error)
{
    const struct request *request = call->request;
    struct text link;
    text_init(&link, SCAN_TEXT_MAX);
    text_put(&link, call->worker->app->config->base_url);
    text_slice_put(&link, request->path);
    text_put(&link, request->query.len > 0 ? "?" : "");
    text_slice_put(&link, request->query);
    answer_no_code(call, error, text_ok(&link) ? text_slice(&link) : slice_of(""));
    text_free(&link);
}

/* With something else wrong behind it. */
static bool path_names_a_unit(const struct request *request) OFF_THE_STACK;

static bool
path_names_a_unit(const struct request *request)
{
    struct reading bare;
    return digital_link_read_path(&bare, request->path, slice_of("")) == READ_OK;
}

void
api_digital_link(struct worker *worker, const struct request *request, struct response *response)
{
    struct call call;
    call_begin(&call, worker, request, response);
    enum reading_error error =
        digital_link_read_path(&call.assessed.reading, request->path, request->query);
    if (error != READ_OK && !path_names_a_unit(request))
        answer_no_link(&call, error);
    else
        answer_verdict(&call);
    call_end(&call);
}

/* ---- anything scanned or typed ---- */

/* A link whose path names a unit, with something else wrong behind it. */
static bool
names_a_unit(struct slice text)
{
    struct reading bare;
    if (slice_find(text, '?') == text.len)
        return false;
    return reading_identify(&bare, slice_take_until(&text, '?'), NULL, NULL) == READ_OK &&
           bare.kind == READING_DIGITAL_LINK;
}

static void
answer_code(struct call *call, struct slice text)
{
    enum reading_error error = assess_read(&call->assessed, call->worker, call->keyset, text);
    if (error != READ_OK && !names_a_unit(text))
        answer_no_code(call, error, text);
    else
        answer_verdict(call);
}

/* ---- many codes ---- */

static void
put_no_code(struct text *out, enum reading_error error)
{
    json_put(out, NULL, "{");
    json_put_number(out, "status", 404);
    json_put_text(out, "code", "not_a_code");
    json_put_text(out, "detail", reading_error_info(error)->sentence);
    text_char(out, '}');
}

static void
put_verdict(struct call *call, struct slice text)
{
    struct text *out = &call->response->body;
    enum reading_error error = assess_read(&call->assessed, call->worker, call->keyset, text);
    if (error != READ_OK && !names_a_unit(text)) {
        put_no_code(out, error);
        return;
    }
    decide(call);
    json_put(out, NULL, "");
    verdict_json(out, &call->assessed, call->worker, call->language, false);
}

static bool
check_codes(const struct call *call, const struct json_node *codes)
{
    char pointer[32];
    size_t row = 0;
    if (!role_is_staff(call->worker->caller.role)) {
        response_problem(call->response, 403, "denied", "Not allowed",
                         "Many codes at once are for staff; send one as code", "/codes");
        return false;
    }
    if (json_length(codes) > CODES_MAX) {
        response_problem(call->response, 413, "too_large", "Content too large",
                         "A request has at most 10000 codes", "/codes");
        return false;
    }
    for (const struct json_node *code = json_first(codes); code != NULL; code = json_next(code)) {
        (void)snprintf(pointer, sizeof pointer, "/codes/%zu", row++);
        if (json_is(code, JSON_STRING))
            continue;
        response_problem(call->response, 400, "invalid", "The input is not valid",
                         "A code has to be a string", pointer);
        return false;
    }
    return true;
}

static void
answer_codes(struct call *call, const struct json_node *codes)
{
    if (!check_codes(call, codes))
        return;
    call->response->content_type = json_type;
    response_header(call->response, "Content-Language", "%s", call->language);
    text_put(&call->response->body, "{\"results\":[");
    for (const struct json_node *code = json_first(codes); code != NULL; code = json_next(code))
        put_verdict(call, json_string(code));
    text_put(&call->response->body, "]}\n");
}

static void
verify_body(struct call *call, const struct json_doc *doc)
{
    static const struct json_member one[] = {{"code", JSON_STRING, true}, {NULL, 0, false}};
    static const struct json_member many[] = {{"codes", JSON_ARRAY, true}, {NULL, 0, false}};
    const struct json_node *root = json_root(doc);
    const struct json_node *codes = json_member_of(root, "codes");
    struct fault fault = {ERR_OK, ""};
    if (json_check_object(root, "", codes != NULL ? many : one, &fault) != ERR_OK) {
        response_fault(call->response, &fault);
        return;
    }
    if (codes != NULL) {
        answer_codes(call, codes);
        return;
    }
    call->pointer = "/code";
    answer_code(call, json_string(json_member_of(root, "code")));
}

void
api_verify(struct worker *worker, const struct request *request, struct response *response)
{
    struct call call;
    struct json_doc *doc = NULL;
    struct fault fault = {ERR_OK, ""};
    call_begin(&call, worker, request, response);
    if (json_parse(request->body, VERIFY_JSON_MAX, &doc, &fault) == ERR_OK)
        verify_body(&call, doc);
    else
        response_fault(response, &fault);
    json_free(doc);
    call_end(&call);
}

/* ---- the form of the front page ---- */

static enum reading_error
why_no_value(struct slice query)
{
    if (query.len == 0)
        return READ_EMPTY;
    return query.len > SCAN_TEXT_MAX ? READ_TOO_LONG : READ_BAD_CHARACTER;
}

void
api_check_form(struct worker *worker, const struct request *request, struct response *response)
{
    struct call call;
    char code[SCAN_TEXT_MAX + 1];
    call_begin(&call, worker, request, response);
    if (query_value(code, sizeof code, request->query, "code"))
        answer_code(&call, slice_of(code));
    else
        answer_no_code(&call, why_no_value(request->query), slice_of(""));
    call_end(&call);
}

void
api_home(struct worker *worker, const struct request *request, struct response *response)
{
    struct call call;
    call_begin(&call, worker, request, response);
    response_header(response, "Content-Language", "%s", call.language);
    response->content_type = html_type;
    page_home(&response->body, worker->app->pages, visit(&call));
    call_end(&call);
}
