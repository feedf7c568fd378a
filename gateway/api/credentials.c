/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/api.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/api/etag.h"
#include "gateway/api/writes.h"
#include "gateway/json/json.h"
#include "gateway/json/write.h"
#include "gateway/records/access.h"

enum { PAGE_CREDENTIALS = 100, WRITE_TRIES = 8 };

static const char json_type[] = "application/json";

/* ---- answers ---- */

/* With the number of browsers that are signed in with it. */
static enum err
put_credential(struct worker *worker, struct text *out, const struct credential *credential,
               int64_t now)
{
    size_t sessions = 0;
    enum err err = registry_count_sessions(worker->session, credential->id, now, &sessions);
    text_char(out, '{');
    credential_members(out, credential, now);
    json_put_number(out, "sessions", (int64_t)sessions);
    text_char(out, '}');
    return err;
}

static void
answer_credential(struct worker *worker, const struct credential *credential, int64_t now,
                  struct response *response)
{
    response->content_type = json_type;
    enum err err = put_credential(worker, &response->body, credential, now);
    if (err != ERR_OK) {
        write_problem(response, err, NULL);
        return;
    }
    text_char(&response->body, '\n');
    /* Time alone ends it, and its use is noted without a new version. */
    etag_version_and_body(response, credential->version);
}

/* The only time that a key is shown: whatever else cannot be told then, the key is. */
static void
answer_key(struct response *response, const struct credential *credential, const char *key,
           int64_t now)
{
    struct text *out = &response->body;
    response->content_type = json_type;
    etag_version(response, credential->version);
    text_char(out, '{');
    json_put(out, "credential", "");
    credential_json(out, credential, now);
    json_put_text(out, "key", key);
    text_put(out, "}\n");
}

static void
answer_unknown(struct response *response)
{
    response_problem(response, 404, "not_found", "Not found", "There is no such credential", NULL);
}

static void
answer_error(struct response *response, enum err err)
{
    if (err == ERR_NOT_FOUND)
        answer_unknown(response);
    else
        write_problem(response, err, NULL);
}

static void
answer_over(struct response *response)
{
    response_problem(response, 409, "conflict", "It is over",
                     "This credential was revoked or expired; make a new one", NULL);
}

/* ---- reading ---- */

static bool
read_credential(struct worker *worker, struct slice id, struct credential *out,
                struct response *response)
{
    char text[APIKEY_ID_CHARS + 1];
    enum err err = ERR_NOT_FOUND;
    if (id.len == APIKEY_ID_CHARS && slice_copy(text, sizeof text, id))
        err = registry_get_credential(worker->session, text, out);
    if (err != ERR_OK)
        answer_error(response, err);
    return err == ERR_OK;
}

void
api_credential(struct worker *worker, const struct request *request, struct response *response)
{
    struct credential credential;
    if (read_credential(worker, request->segments[2], &credential, response))
        answer_credential(worker, &credential, request->now, response);
}

static void
list_page(struct worker *worker, const struct request *request, struct cursor *cursor,
          struct response *response)
{
    struct text *out = &response->body;
    size_t count = 0;
    struct credential *page = calloc(PAGE_CREDENTIALS, sizeof *page);
    enum err err = ERR_MEMORY;
    if (page != NULL)
        err = registry_list_credentials(worker->session, cursor, page, PAGE_CREDENTIALS, &count);
    if (err != ERR_OK) {
        free(page);
        write_problem(response, err, NULL);
        return;
    }
    response->content_type = json_type;
    text_put(out, "{\"credentials\":[");
    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        json_put(out, NULL, "");
        err = put_credential(worker, out, &page[i], request->now);
    }
    text_char(out, ']');
    json_put_text(out, "next", cursor->text);
    text_put(out, "}\n");
    free(page);
    if (err != ERR_OK)
        write_problem(response, err, NULL);
}

void
api_credentials(struct worker *worker, const struct request *request, struct response *response)
{
    struct cursor cursor = {""};
    if (request->query.len > 0 &&
        !query_value(cursor.text, sizeof cursor.text, request->query, "cursor")) {
        response_problem(response, 400, "invalid", "The input is not valid",
                         "The only parameter is cursor, from `next` of the page before", NULL);
        return;
    }
    list_page(worker, request, &cursor, response);
}

/* ---- making ---- */

static void
store_new(struct worker *worker, struct credential *credential, struct operation *operation,
          const char *key, struct response *response)
{
    (void)snprintf(operation->note, sizeof operation->note, "credential %s made", credential->id);
    enum err err = registry_put_credential(worker->session, credential, operation, NULL);
    err = operation_settle(worker->session, operation, err);
    if (err != ERR_OK) {
        write_problem(response, err, NULL);
        return;
    }
    credential->version = 1;
    response->status = 201;
    response_header(response, "Location", "/v1/credentials/%s", credential->id);
    answer_key(response, credential, key, operation->at);
}

/* Its key was shown then, and is kept nowhere. */
static bool
refuse_repeat(struct worker *worker, const struct request *request,
              const struct operation *operation, struct response *response)
{
    bool repeated = false;
    enum err err = operation_repeated(worker, operation, request, &repeated);
    if (err == ERR_OK && !repeated)
        return false;
    if (err != ERR_OK)
        write_problem(response, err, NULL);
    else
        response_problem(response, 409, "already_done", "Already done",
                         "This was done, and the key was shown then; rotate for another", NULL);
    return true;
}

/* An operation whose result holds a key that is shown once. */
static bool
begin_once(struct worker *worker, const struct request *request, struct operation *operation,
           struct response *response)
{
    if (!operation_of(operation, worker, request, 0, request->body, response) ||
        !operation_begin(worker, operation, request, response))
        return false;
    if (!refuse_repeat(worker, request, operation, response))
        return true;
    operation_end(worker, operation, request);
    return false;
}

void
api_credential_new(struct worker *worker, const struct request *request, struct response *response)
{
    struct credential credential;
    struct operation operation;
    struct fault fault = {ERR_OK, ""};
    char key[APIKEY_CHARS + 1];
    enum err err = credential_from_json(&credential, request->body, &fault);
    if (err == ERR_OK)
        err = credential_make(&credential, worker->app->secrets->claim_key, request->now, key,
                              &fault);
    if (err != ERR_OK) {
        response_fault(response, &fault);
        return;
    }
    if (begin_once(worker, request, &operation, response)) {
        store_new(worker, &credential, &operation, key, response);
        operation_end(worker, &operation, request);
    }
    sodium_memzero(key, sizeof key);
}

/* ---- changing ---- */

/* One change under way; the credential is as it was read. */
struct altering {
    struct worker *worker;
    const struct request *request;
    struct response *response;
    struct credential credential;
    struct operation operation;
    int64_t grace;
    char key[APIKEY_CHARS + 1];
};

/* ERR_CONFLICT: it is over. ERR_EXISTS: it is so already. */
typedef enum err alter(struct altering *a);

static enum err
rotate(struct altering *a)
{
    return credential_rotate(&a->credential, a->worker->app->secrets->claim_key, a->request->now,
                             a->grace, a->key);
}

static enum err
revoke(struct altering *a)
{
    if (a->credential.revoked_at != 0)
        return ERR_EXISTS;
    a->credential.revoked_at = a->request->now;
    return ERR_OK;
}

static enum err
put(struct altering *a)
{
    enum err err = registry_put_credential(a->worker->session, &a->credential, &a->operation, NULL);
    err = operation_settle(a->worker->session, &a->operation, err);
    if (err == ERR_OK)
        a->credential.version++;
    return err;
}

/* Reads, alters and writes; again when somebody else was faster, unless a version was stated.
 * False: the response holds the problem. */
static bool
change(struct altering *a, alter *how)
{
    bool stated = false;
    uint64_t version = 0;
    enum err err = ERR_CONFLICT;
    if (!if_match(a->request, &stated, &version, a->response))
        return false;
    for (int tries = 0; err == ERR_CONFLICT && tries < WRITE_TRIES; tries++) {
        if (!read_credential(a->worker, a->request->segments[2], &a->credential, a->response))
            return false;
        if (stated && a->credential.version != version)
            break;
        err = how(a);
        if (err == ERR_EXISTS)
            return true;
        if (err == ERR_CONFLICT) {
            answer_over(a->response);
            return false;
        }
        err = put(a);
    }
    if (err == ERR_OK)
        return true;
    write_problem(a->response, err, NULL);
    if (err == ERR_CONFLICT)
        etag_version(a->response, a->credential.version);
    return false;
}

/* {"grace_seconds"?} */
static bool
read_grace(struct slice body, int64_t *out, struct response *response)
{
    static const struct json_member members[] = {{"grace_seconds", JSON_INTEGER, false},
                                                 {NULL, JSON_STRING, false}};
    struct fault fault = {ERR_OK, ""};
    struct json_doc *doc = NULL;
    enum err err = json_parse(body, CREDENTIAL_JSON_MAX, &doc, &fault);
    *out = GRACE_DEFAULT;
    if (err == ERR_OK)
        err = json_check_object(json_root(doc), "", members, &fault);
    const struct json_node *grace =
        err == ERR_OK ? json_member_of(json_root(doc), members[0].name) : NULL;
    if (grace != NULL && !json_integer(out, grace, 0, GRACE_MAX))
        err = fault_set(&fault, ERR_INVALID, "/grace_seconds: not from 0 to %d", GRACE_MAX);
    json_free(doc);
    if (err != ERR_OK)
        response_fault(response, &fault);
    return err == ERR_OK;
}

void
api_credential_rotate(struct worker *worker, const struct request *request,
                      struct response *response)
{
    struct altering a = {.worker = worker, .request = request, .response = response};
    if (!read_grace(request->body, &a.grace, response) ||
        !begin_once(worker, request, &a.operation, response))
        return;
    (void)snprintf(a.operation.note, sizeof a.operation.note, "credential rotated");
    if (change(&a, rotate)) {
        response->status = 201;
        answer_key(response, &a.credential, a.key, request->now);
    }
    operation_end(worker, &a.operation, request);
    sodium_memzero(a.key, sizeof a.key);
}

/* Revoking twice is harmless, so no repeat has to be told apart. */
void
api_credential_revoke(struct worker *worker, const struct request *request,
                      struct response *response)
{
    struct altering a = {.worker = worker, .request = request, .response = response};
    if (!operation_of(&a.operation, worker, request, 0, request->body, response))
        return;
    randombytes_buf(a.operation.id, sizeof a.operation.id);
    (void)snprintf(a.operation.note, sizeof a.operation.note, "credential revoked");
    if (change(&a, revoke))
        answer_credential(worker, &a.credential, request->now, response);
}

/* ---- its browsers ---- */

void
api_credential_sign_out(struct worker *worker, const struct request *request,
                        struct response *response)
{
    struct credential credential;
    if (!read_credential(worker, request->segments[2], &credential, response))
        return;
    enum err err = registry_end_sessions(worker->session, credential.id, NULL);
    if (err != ERR_OK) {
        write_problem(response, err, NULL);
        return;
    }
    response->status = 204;
    response->content_type = "text/plain; charset=utf-8"; /* of nothing */
}
