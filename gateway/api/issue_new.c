/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/api/issuing.h"
#include "gateway/api/issuing_inside.h"
#include "gateway/api/record.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"
#include "gateway/log/log.h"

enum { ORDER_BODY_MAX = 1024 };

static const struct json_member members[] = {
    {"gtin", JSON_STRING, true},        {"count", JSON_INTEGER, true},
    {"lot", JSON_STRING, false},        {"made_on", JSON_STRING, false},
    {"expires_on", JSON_STRING, false}, {NULL, JSON_STRING, false},
};

/* One issue under way. */
struct issuing {
    struct worker *worker;
    const struct request *request;
    struct response *response;
    struct signer_order order;
    struct operation operation;
    struct issued issued;
};

static bool
refuse(struct issuing *issuing, int status, const char *code, const char *detail)
{
    response_problem(issuing->response, status, code, "Cannot be issued", detail, NULL);
    return false;
}

static bool
read_order(struct issuing *issuing)
{
    struct json_doc *doc = NULL;
    struct fault fault = {ERR_OK, ""};
    const char *base_url = issuing->worker->app->config->base_url;
    enum err err = json_parse(issuing->request->body, ORDER_BODY_MAX, &doc, &fault);
    if (err == ERR_OK)
        err = json_check_object(json_root(doc), "", members, &fault);
    if (err == ERR_OK)
        err = signer_order_read(&issuing->order, json_root(doc), &fault);
    if (err == ERR_OK &&
        !slice_copy(issuing->order.base_url, sizeof issuing->order.base_url, slice_of(base_url)))
        err = fault_set(&fault, ERR_INVALID, "base_url: too long for a label");
    json_free(doc);
    if (err != ERR_OK)
        response_fault(issuing->response, &fault);
    return err == ERR_OK;
}

static bool
check_product(struct issuing *issuing)
{
    struct product product;
    enum err err = registry_get_product(issuing->worker->session, issuing->order.gtin, &product);
    if (err == ERR_OK)
        return true;
    if (err == ERR_NOT_FOUND)
        return refuse(issuing, 422, "product_unknown",
                      "No product with this GTIN is in the catalogue; its units could not be "
                      "registered");
    write_problem(issuing->response, err, NULL);
    return false;
}

static bool
check_signer(struct issuing *issuing)
{
    return issuing->worker->app->config->signer[0] != '\0' ||
           refuse(issuing, 409, "no_signer",
                  "No signer is attached to this gateway: issue with `assay issue`, and import "
                  "the manifest");
}

/* ---- trying it out ---- */

static bool
in_scope(const struct json_node *status, const char *gtin)
{
    char prefix[GTIN_PREFIX_MAX + 1];
    const struct json_node *item = json_first(json_member_of(status, "gtin_prefixes"));
    for (; item != NULL; item = json_next(item))
        if (slice_copy(prefix, sizeof prefix, json_string(item)) &&
            slice_starts(slice_of(gtin), prefix))
            return true;
    return false;
}

static bool
would_go(struct issuing *issuing, const struct json_node *status)
{
    const struct signer_order *order = &issuing->order;
    int64_t most = 0;
    if (!slice_equal(json_string(json_member_of(status, "status")), "active"))
        return refuse(issuing, 409, SIGNER_KEY_REFUSED,
                      "The signer's key is retired or revoked: it signs nothing more");
    if (!in_scope(status, order->gtin))
        return refuse(issuing, 409, SIGNER_OUT_OF_SCOPE, "The signer does not sign this product");
    if (!json_integer(&most, json_member_of(status, "max_batch"), (int64_t)order->count,
                      JSON_INTEGER_MAX))
        return refuse(issuing, 409, SIGNER_BATCH, "The signer makes fewer serials at once");
    if ((int64_t)order->count > signer_left(status))
        return refuse(issuing, 409, SIGNER_QUOTA,
                      "More serials than are left of the signer's quota");
    return true;
}

static void
answer_trial(struct issuing *issuing, const struct json_node *status)
{
    struct text *out = &issuing->response->body;
    const struct signer_order *order = &issuing->order;
    issuing->response->content_type = "application/json";
    text_put(out, "{");
    json_put_bool(out, "dry_run", true);
    json_put_text(out, "gtin", order->gtin);
    json_put_number(out, "count", (int64_t)order->count);
    json_put_text(out, "lot", order->lot);
    json_put_day(out, "made_on", order->made_on);
    json_put_day(out, "expires_on", order->expires_on);
    json_put(out, "signer", "{");
    signer_put_status(out, status);
    text_put(out, "}}\n");
}

static void
try_out(struct issuing *issuing)
{
    struct signer_reply reply;
    struct fault fault = {ERR_OK, ""};
    const char *path = issuing->worker->app->config->signer;
    if (signer_ask_status(path, &reply, &fault) != ERR_OK)
        signer_problem(issuing->response, &reply, &fault);
    else if (would_go(issuing, json_root(reply.doc)))
        answer_trial(issuing, json_root(reply.doc));
    signer_reply_free(&reply);
}

/* ---- for real ---- */

static void
name_issue(struct issuing *issuing)
{
    struct issued *issued = &issuing->issued;
    memset(issued, 0, sizeof *issued);
    (void)sodium_bin2hex(issued->id, sizeof issued->id, issuing->operation.id, OPERATION_ID_BYTES);
    (void)sodium_bin2hex(issued->digest, sizeof issued->digest, issuing->operation.digest,
                         SEAL_BYTES);
    memcpy(issued->gtin, issuing->order.gtin, sizeof issued->gtin);
    memcpy(issued->lot, issuing->order.lot, sizeof issued->lot);
    memcpy(issued->by, issuing->worker->caller.organisation, sizeof issued->by);
    issued->count = issuing->order.count;
    issued->made_on = issuing->order.made_on;
    issued->expires_on = issuing->order.expires_on;
    issued->at = issuing->request->now;
}

/* What a person calls the key. */
static void
name_key(struct issuing *issuing)
{
    struct keyring *keyring = issuing->worker->app->keyring;
    uint8_t kid[KID_BYTES];
    if (!slice_hex(kid, sizeof kid, slice_of(issuing->issued.kid)))
        return;
    const struct keyset *keyset = keyring_acquire(keyring);
    const struct keyset_entry *entry = keyset_find(keyset, kid, 0);
    if (entry != NULL)
        memcpy(issuing->issued.key, entry->name, sizeof issuing->issued.key);
    keyring_release(keyring, keyset);
}

/* Everything that was signed is on disk before anybody hears of it. */
static bool
keep_run(struct issuing *issuing, const struct json_node *run)
{
    struct fault fault = {ERR_OK, ""};
    const struct issued_files files = {.labels = json_string(json_member_of(run, "labels")),
                                       .cards = json_string(json_member_of(run, "cards")),
                                       .manifest = json_string(json_member_of(run, "manifest"))};
    if (!slice_copy(issuing->issued.kid, sizeof issuing->issued.kid,
                    json_string(json_member_of(run, "kid"))))
        issuing->issued.kid[0] = '\0';
    name_key(issuing);
    if (issued_create(issuing->worker->app->config->data, &issuing->issued, &files, &fault) ==
        ERR_OK)
        return true;
    log_event(issuing->worker->app->config, LOG_ERROR, "issue_not_kept", "%s", fault.text);
    return refuse(issuing, 503, "unavailable",
                  "The files could not be written: nothing was issued");
}

static bool
sign(struct issuing *issuing)
{
    struct signer_reply reply;
    struct fault fault = {ERR_OK, ""};
    const char *path = issuing->worker->app->config->signer;
    enum err err = signer_ask_issue(path, &issuing->order, &reply, &fault);
    if (err != ERR_OK)
        signer_problem(issuing->response, &reply, &fault);
    bool kept = err == ERR_OK && keep_run(issuing, json_root(reply.doc));
    signer_reply_free(&reply);
    return kept;
}

static void
register_and_answer(struct issuing *issuing)
{
    struct fault fault = {ERR_OK, ""};
    struct issued *issued = &issuing->issued;
    bool waits = issued->registered_at == 0 && issued->removed_at == 0;
    if (waits && !issue_register(issuing->worker, issuing->request, issued, &fault))
        log_event(issuing->worker->app->config, LOG_ERROR, "issue_not_registered", "%s: %s",
                  issued->id, fault.text);
    issue_answer(issuing->response, 201, issued, fault.text);
    response_header(issuing->response, "Location", "/v1/issues/%s", issued->id);
}

static void
issue(struct issuing *issuing)
{
    struct fault fault = {ERR_OK, ""};
    struct issued before;
    name_issue(issuing);
    enum err err =
        issued_read(issuing->worker->app->config->data, issuing->issued.id, &before, &fault);
    if (err == ERR_OK && strcmp(before.digest, issuing->issued.digest) != 0)
        err = ERR_EXISTS;
    if (err != ERR_OK && err != ERR_NOT_FOUND) {
        write_problem(issuing->response, err, NULL);
        return;
    }
    if (err == ERR_OK)
        issuing->issued = before;
    else if (!check_product(issuing) || !check_signer(issuing) || !sign(issuing))
        return;
    register_and_answer(issuing);
}

void
api_issue_new(struct worker *worker, const struct request *request, struct response *response)
{
    struct issuing issuing = {.worker = worker, .request = request, .response = response};
    bool dry_run = false;
    const struct query_switch switches[] = {{"dry_run", "false", "true", &dry_run},
                                            {NULL, NULL, NULL, NULL}};
    if (!query_switches(request, switches, response) || !read_order(&issuing))
        return;
    if (dry_run) {
        if (check_product(&issuing) && check_signer(&issuing))
            try_out(&issuing);
        return;
    }
    if (!operation_of(&issuing.operation, worker, request, 0, request->body, response) ||
        !operation_begin(worker, &issuing.operation, request, response))
        return;
    issue(&issuing);
    operation_end(worker, &issuing.operation, request);
}
