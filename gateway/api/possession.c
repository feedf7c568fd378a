/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/possession.h"

#include <sodium.h>
#include <string.h>

#include "gateway/api/etag.h"
#include "gateway/api/sightings.h"
#include "gateway/api/writes.h"
#include "gateway/identify/reading.h"
#include "gateway/json/json.h"
#include "gateway/log/log.h"

enum { DEED_JSON_MAX = 4 * 1024, WRITE_TRIES = 8, REPEAT_SECONDS = 86400 };

/* ---- problems ---- */

bool
deed_refuse(struct deed *deed, int status, const char *code, const char *detail)
{
    static const struct {
        int status;
        const char *title;
    } titles[] = {{403, "Not allowed"}, {404, "Not found"}, {409, "Not possible now"}};
    const char *title = "The input is not valid";
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (titles[i].status == status)
            title = titles[i].title;
    response_problem(deed->response, status, code, title, detail, NULL);
    return false;
}

bool
deed_refuse_code(struct deed *deed)
{
    bool transfer = deed->act->type == EVENT_TRANSFER;
    deed->wrong_code = true;
    log_event(deed->worker->app->config, LOG_INFO, "code_refused", "a unit of %s: %s",
              deed->key.gtin, event_type_name(deed->act->type));
    return deed_refuse(deed, 403, "code_refused",
                       transfer ? "The serial and the transfer code do not belong together, or the "
                                  "code was used; ask the owner for another"
                                : "The serial and the claim code do not belong together; look at "
                                  "the card in the box");
}

/* ---- the body ---- */

static enum err
read_label(struct deed *deed, struct slice text, struct fault *fault)
{
    struct reading reading;
    enum reading_error error = reading_identify(&reading, text, NULL, NULL);
    if (error == READ_OK && reading.id.gtin[0] == '\0')
        error = READ_NO_GTIN;
    if (error != READ_OK) {
        response_problem(deed->response, 404, "not_a_code", "Not the code of an item",
                         reading_error_info(error)->sentence, "/code");
        return fault_set(fault, ERR_NOT_FOUND, "not a code");
    }
    memcpy(deed->key.gtin, reading.id.gtin, sizeof deed->key.gtin);
    memcpy(deed->key.serial, reading.id.serial, sizeof deed->key.serial);
    if (reading.has_token)
        label_seal(deed->label, deed->worker->app->secrets->label_key, reading.canonical,
                   reading.canonical_len, &reading.token);
    return ERR_OK;
}

static enum err
read_unit(struct deed *deed, const struct json_node *root, struct fault *fault)
{
    const struct json_node *label = json_member_of(root, "code");
    const struct json_node *gtin = json_member_of(root, "gtin");
    const struct json_node *serial = json_member_of(root, "serial");
    if (label != NULL && (gtin != NULL || serial != NULL))
        return fault_set(fault, ERR_INVALID, "/code: either the code or gtin and serial");
    if (label != NULL)
        return read_label(deed, json_string(label), fault);
    if (!gtin_valid(json_string(gtin)) ||
        !slice_copy(deed->key.gtin, sizeof deed->key.gtin, json_string(gtin)))
        return fault_set(fault, ERR_INVALID, "/gtin: 14 digits with the check digit of a GTIN");
    if (!gs1_value_valid(json_string(serial)) ||
        !slice_copy(deed->key.serial, sizeof deed->key.serial, json_string(serial)))
        return fault_set(fault, ERR_INVALID, "/serial: a serial of 1 to 20 characters");
    return ERR_OK;
}

static enum err
read_code(struct deed *deed, const struct json_node *root, const char *name, struct fault *fault)
{
    const struct json_node *node = json_member_of(root, name);
    struct slice typed = json_string(node);
    bool transfer = deed->act->type == EVENT_TRANSFER;
    bool good = transfer ? transfer_code_parse(deed->code, typed.data, typed.len)
                         : claim_parse(deed->code, typed.data, typed.len);
    if (good)
        return ERR_OK;
    deed->code[0] = '\0';
    if (node == NULL && role_is_staff(deed->worker->caller.role))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "/%s: %d letters and digits, as %s", name,
                     transfer ? TRANSFER_CODE_CHARS : CLAIM_CHARS,
                     transfer ? "the owner gave them to you" : "on the card in the box");
}

static enum err
read_day(struct deed *deed, const struct json_node *root, struct fault *fault)
{
    const struct json_node *node = json_member_of(root, "purchased_on");
    struct event *event = &deed->change.event;
    civil_day day = CIVIL_NONE;
    if (node == NULL)
        return ERR_OK;
    if (!date_parse(&day, json_string(node)))
        return fault_set(fault, ERR_INVALID, "/purchased_on: a date, YYYY-MM-DD");
    event->fields[0].id = FIELD_ON;
    date_format(event->fields[0].value, day);
    event->field_count = 1;
    return ERR_OK;
}

static enum err
read_members(struct deed *deed, const struct json_node *root, const char *code_name,
             struct fault *fault)
{
    const struct json_member members[] = {
        {"code", JSON_STRING, false},
        {"gtin", JSON_STRING, false},
        {"serial", JSON_STRING, false},
        {code_name, JSON_STRING, false}, /* NULL ends the list: an offer takes no more */
        {deed->act->type == EVENT_ACTIVATE ? "purchased_on" : NULL, JSON_STRING, false},
        {NULL, JSON_STRING, false},
    };
    enum err err = json_check_object(root, "", members, fault);
    if (err == ERR_OK)
        err = read_unit(deed, root, fault);
    if (err == ERR_OK && code_name != NULL)
        err = read_code(deed, root, code_name, fault);
    return err == ERR_OK ? read_day(deed, root, fault) : err;
}

bool
deed_read(struct deed *deed, const char *code_name)
{
    struct json_doc *doc = NULL;
    struct fault fault = {ERR_OK, ""};
    enum err err = json_parse(deed->request->body, DEED_JSON_MAX, &doc, &fault);
    if (err == ERR_OK)
        err = read_members(deed, json_root(doc), code_name, &fault);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        response_fault(deed->response, &fault);
    json_free(doc);
    return err == ERR_OK;
}

/* ---- the operation and the secret ---- */

static void
add(crypto_generichash_state *state, const void *bytes, size_t len)
{
    uint8_t length[2] = {(uint8_t)(len >> 8), (uint8_t)len};
    (void)crypto_generichash_update(state, length, sizeof length);
    (void)crypto_generichash_update(state, bytes, len);
}

static void
begin(crypto_generichash_state *state, const struct deed *deed, const char *purpose, size_t size)
{
    (void)crypto_generichash_init(state, deed->worker->app->secrets->claim_key, SEAL_KEY_BYTES,
                                  size);
    add(state, purpose, strlen(purpose));
    add(state, deed->key.gtin, strlen(deed->key.gtin));
    add(state, deed->key.serial, strlen(deed->key.serial));
}

/* The public has no credential to tell one's Idempotency-Key from another's, so that the unit has
 * to; and the digest of a body with a code of 50 bits would give the code away to who copies the
 * database, were it not keyed. */
static void
bind_operation(struct deed *deed)
{
    crypto_generichash_state state;
    struct operation *operation = &deed->operation;
    begin(&state, deed, "assay/possession/id/v1", sizeof operation->id);
    add(&state, operation->id, sizeof operation->id);
    (void)crypto_generichash_final(&state, operation->id, sizeof operation->id);
    begin(&state, deed, "assay/possession/digest/v1", sizeof operation->digest);
    add(&state, operation->digest, sizeof operation->digest);
    (void)crypto_generichash_final(&state, operation->digest, sizeof operation->digest);
}

/* Who repeats a request because the answer was lost has to get the secret that counts. It follows
 * from what the client sent and nobody stores. */
static void
make_secret(struct deed *deed)
{
    const struct request *request = deed->request;
    uint8_t bytes[crypto_generichash_BYTES];
    _Static_assert(sizeof bytes >= BEARER_SECRET_CHARS, "a byte for each character");
    if (deed->act->make == NULL)
        return;
    if (request->idempotency_key.len == 0) {
        randombytes_buf(bytes, sizeof bytes);
    } else {
        crypto_generichash_state state;
        begin(&state, deed, "assay/possession/secret/v1", sizeof bytes);
        add(&state, request->path.data, request->path.len);
        add(&state, request->authorization.data, request->authorization.len);
        add(&state, request->idempotency_key.data, request->idempotency_key.len);
        add(&state, request->body.data, request->body.len);
        (void)crypto_generichash_final(&state, bytes, sizeof bytes);
        sodium_memzero(&state, sizeof state);
    }
    deed->act->make(deed, bytes);
    sodium_memzero(bytes, sizeof bytes);
}

/* ---- doing it ---- */

static void
answer(struct deed *deed, const struct unit *unit)
{
    deed->response->content_type = "application/json";
    etag_version(deed->response, unit->version);
    deed->act->answer(deed, unit);
}

static void
tell_rule(struct deed *deed, enum err err, const struct fault *fault)
{
    bool taken = deed->act->type == EVENT_ACTIVATE && err == ERR_CONFLICT &&
                 deed->worker->view.unit.state == UNIT_SOLD &&
                 !seal_is_none(deed->worker->view.unit.owner);
    bool needless = deed->act->type == EVENT_LOSE_SECRET && err == ERR_CONFLICT &&
                    deed->worker->caller.role == ROLE_PUBLIC && deed->worker->view.unit.unproven &&
                    deed->worker->view.unit.recovery_at == 0;
    /* Staff register what is brought to them. */
    if (taken && !role_is_staff(deed->worker->caller.role))
        sightings_add_second_owner(deed->worker->app->sightings, &deed->key, &deed->request->client,
                                   deed->request->now);
    if (taken)
        (void)deed_refuse(deed, 409, "already_registered", fault->text);
    else if (needless)
        (void)deed_refuse(deed, 409, "not_needed", fault->text);
    else if (err == ERR_INVALID && deed->change.event.field_count > 0)
        response_problem(deed->response, 400, "invalid", "The input is not valid", fault->text,
                         "/purchased_on");
    else
        (void)deed_refuse(deed, err_info(err)->http_status, err_info(err)->code, fault->text);
}

/* A code that was given is right by now. A unit that has none has no card that could be missing. */
static void
complete_activation(const struct deed *deed, struct event *event)
{
    const struct unit *unit = &deed->worker->view.unit;
    bool brought = deed->code[0] != '\0';
    event->without_claim = !brought && !seal_is_none(unit->claim);
    event->displaces = brought && unit->unproven;
}

static void
complete(struct deed *deed)
{
    const struct unit_view *view = &deed->worker->view;
    struct event *event = &deed->change.event;
    event->type = deed->act->type;
    event->at = deed->operation.at;
    event->role = deed->worker->caller.role;
    memcpy(event->actor, deed->worker->caller.organisation, sizeof event->actor);
    memcpy(event->operation, deed->operation.id, sizeof event->operation);
    memcpy(event->seal, deed->seal, sizeof event->seal);
    if (view->has_product)
        event->offset_minutes = view->product.offset_minutes;
    event->product_allows =
        event->type == EVENT_ACTIVATE && view->has_product && view->product.activation_before_sale;
    event->ends_claim = event->type == EVENT_TRANSFER;
    if (event->type == EVENT_ACTIVATE)
        complete_activation(deed, event);
}

/* False: somebody else changed the unit in between, the response holds nothing yet, and another
 * attempt may do. */
static bool
attempt(struct deed *deed)
{
    struct worker *worker = deed->worker;
    struct change *change = &deed->change;
    struct fault fault = {ERR_OK, ""};
    if (!deed_prove_first(deed))
        return true;
    enum err err = registry_view(worker->session, &deed->key, &worker->view);
    if (err != ERR_OK) {
        write_problem(deed->response, err, NULL);
        return true;
    }
    if (!deed->act->prove(deed))
        return true;
    complete(deed);
    err = event_apply(&change->unit, &worker->view.unit, &change->event, &fault);
    if (err != ERR_OK) {
        tell_rule(deed, err, &fault);
        return true;
    }
    err = registry_apply(worker->session, change, 1, &deed->operation, NULL, NULL);
    err = operation_settle(worker->session, &deed->operation, err);
    if (err == ERR_CONFLICT)
        return false;
    change->unit.version++;
    if (err == ERR_OK && deed->act->done != NULL)
        deed->act->done(deed);
    if (err == ERR_OK)
        answer(deed, &change->unit);
    else
        write_problem(deed->response, err, NULL);
    return true;
}

/* The same request was done before, at `at`. Its secret is shown again for a day, as long as it is
 * the one that counts. */
static void
repeat(struct deed *deed, int64_t at)
{
    struct worker *worker = deed->worker;
    enum err err = registry_view(worker->session, &deed->key, &worker->view);
    if (err != ERR_OK)
        write_problem(deed->response, err, NULL);
    else if (deed->request->now < at + REPEAT_SECONDS && worker->view.has_unit &&
             deed->act->stands(deed, &worker->view.unit))
        answer(deed, &worker->view.unit);
    else
        (void)deed_refuse(deed, 409, "already_done",
                          "This was done before, and what it gave then is not shown again");
}

static void
run(struct deed *deed)
{
    struct operation before = {0};
    enum err err = ERR_NOT_FOUND;
    if (deed->request->idempotency_key.len > 0)
        err = registry_find_operation(deed->worker->session, deed->operation.id, &before);
    if (err == ERR_OK && seal_equal(before.digest, deed->operation.digest)) {
        repeat(deed, before.at);
        return;
    }
    if (err != ERR_NOT_FOUND) {
        write_problem(deed->response, err == ERR_OK ? ERR_EXISTS : err, NULL);
        return;
    }
    bool ended = false;
    for (int tries = 0; !ended && tries < WRITE_TRIES; tries++)
        ended = attempt(deed);
    if (!ended)
        write_problem(deed->response, ERR_CONFLICT, NULL);
}

/* Codes are tried, secrets are not: these are too long to be guessed. */
static void
run_limited(struct deed *deed)
{
    struct deed_try try;
    if (deed->code[0] == '\0') {
        run(deed);
        return;
    }
    if (!deed_try(deed, &try))
        return;
    run(deed);
    deed_tried(deed, &try);
}

void
deed_do(struct deed *deed)
{
    const struct request *request = deed->request;
    if (deed->worker->session == NULL) {
        write_problem(deed->response, ERR_UNAVAILABLE, NULL);
        return;
    }
    if (!operation_of(&deed->operation, deed->worker, request, 0, request->body, deed->response))
        return;
    bind_operation(deed);
    make_secret(deed);
    if (operation_begin(deed->worker, &deed->operation, request, deed->response)) {
        run_limited(deed);
        operation_end(deed->worker, &deed->operation, request);
    }
    sodium_memzero(deed->secret, sizeof deed->secret);
    sodium_memzero(deed->code, sizeof deed->code);
}
