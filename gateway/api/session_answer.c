/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <string.h>

#include "gateway/api/record.h"
#include "gateway/api/session.h"
#include "gateway/api/session_cookie.h"
#include "gateway/api/writes.h"
#include "gateway/json/json.h"
#include "gateway/json/write.h"

enum { KEY_JSON_MAX = 1024 };

static void
answer(struct response *response, const struct worker *worker)
{
    const struct caller *caller = &worker->caller;
    struct text *out = &response->body;
    response->content_type = "application/json";
    text_char(out, '{');
    json_put_text(out, "role", role_name(caller->role));
    json_put_text(out, "name", worker->signed_in.name);
    json_put_text(out, "organisation", caller->organisation);
    json_put(out, "locations", "[");
    for (size_t i = 0; i < caller->location_count; i++)
        json_put_text(out, NULL, caller->locations[i]);
    text_char(out, ']');
    json_put_text(out, "csrf", worker->signed_in.csrf);
    json_put_time(out, "expires_at", worker->signed_in.ends_at);
    text_put(out, "}\n");
}

void
session_problem(struct response *response, enum err err)
{
    static const struct {
        enum err err;
        int status;
        const char *code, *title, *detail;
    } rows[] = {
        {ERR_DENIED, 401, "unauthorized", "Who are you?",
         "This key is not known, or it expired or was revoked"},
        {ERR_BUSY, 429, "too_many_tries", "Too many wrong keys",
         "Too many wrong keys came in the last minutes; try again later"},
        {ERR_FULL, 503, "unavailable", "Cannot answer now",
         "Nobody can sign in now, because there is no space left to write it down"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].err == err) {
            response_problem(response, rows[i].status, rows[i].code, rows[i].title, rows[i].detail,
                             NULL);
            if (err == ERR_DENIED)
                response_header(response, "WWW-Authenticate",
                                "Bearer realm=\"assay\", error=\"invalid_token\"");
            return;
        }
    response_problem(response, 503, "unavailable", "Cannot answer now",
                     "The registry does not answer; try again", NULL);
}

static enum err
read_key(char out[static APIKEY_CHARS + 1], struct slice body, struct fault *fault)
{
    static const struct json_member members[] = {{"key", JSON_STRING, true},
                                                 {NULL, JSON_STRING, false}};
    struct json_doc *doc = NULL;
    enum err err = json_parse(body, KEY_JSON_MAX, &doc, fault);
    if (err == ERR_OK)
        err = json_check_object(json_root(doc), "", members, fault);
    /* What is too long to be a key is a wrong one. */
    if (err == ERR_OK &&
        !slice_copy(out, APIKEY_CHARS + 1, json_string(json_member_of(json_root(doc), "key"))))
        out[0] = '\0';
    json_free(doc);
    return err;
}

void
api_session_open(struct worker *worker, const struct request *request, struct response *response)
{
    char key[APIKEY_CHARS + 1];
    struct fault fault = {ERR_OK, ""};
    if (request_is_foreign(worker->app->config, request)) {
        session_forged(response);
        return;
    }
    if (read_key(key, request->body, &fault) != ERR_OK) {
        response_fault(response, &fault);
        return;
    }
    enum err err = session_open(worker, request, key, response);
    sodium_memzero(key, sizeof key);
    if (err != ERR_OK) {
        session_problem(response, err);
        return;
    }
    response->status = 201;
    answer(response, worker);
}

static bool
has_session(const struct worker *worker, struct response *response)
{
    if (worker->signed_in.is)
        return true;
    response_problem(response, 404, "not_found", "Not found",
                     "There is no session: this request came with a key", NULL);
    return false;
}

void
api_session(struct worker *worker, const struct request *request, struct response *response)
{
    (void)request;
    if (has_session(worker, response))
        answer(response, worker);
}

void
api_session_end(struct worker *worker, const struct request *request, struct response *response)
{
    bool everywhere = false;
    const struct query_switch switches[] = {{"everywhere", "false", "true", &everywhere},
                                            {NULL, NULL, NULL, NULL}};
    if (!query_switches(request, switches, response) ||
        (!everywhere && !has_session(worker, response)))
        return;
    enum err err = session_end(worker, everywhere, response);
    if (err != ERR_OK) {
        write_problem(response, err, NULL);
        return;
    }
    response->status = 204;
    response->content_type = "text/plain; charset=utf-8"; /* of nothing: head.h */
}
