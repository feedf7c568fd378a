/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/api/api.h"
#include "gateway/api/batch.h"
#include "gateway/api/event_row.h"
#include "gateway/api/record.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"
#include "gateway/records/past.h"
#include "gateway/rules/history.h"

enum { CLAIM_BODY_MAX = 8 * 1024, CLAIM_TRIES = 8 };

/* One of the two units. */
struct side {
    const char *name; /* "old", "new" */
    struct unit_key key;
    uint64_t seen; /* the version that the caller states; 0: whatever it is */
    struct unit_view view;
};

/* One request under way; too large for a worker's stack. */
struct claim {
    struct worker *worker;
    const struct request *request;
    struct response *response;
    bool dry_run;
    struct operation operation;
    struct side old_side, new_side;
    struct event event;
    struct replaced replaced;
    struct change changes[2];
    char pointer[POINTER_MAX];
    struct fault fault;
};

/* ---- what is asked ---- */

static const enum event_field_id claim_fields[] = {FIELD_REASON, FIELD_FAULT, FIELD_COVERED,
                                                   FIELD_ENTITLEMENT, FIELD_REFERENCE};

enum { CLAIM_FIELDS = sizeof claim_fields / sizeof claim_fields[0] };

static enum err
check_members(const struct json_node *root, struct fault *fault)
{
    struct json_member members[CLAIM_FIELDS + 3] = {{"old", JSON_OBJECT, true},
                                                    {"new", JSON_OBJECT, true}};
    for (size_t i = 0; i < CLAIM_FIELDS; i++)
        members[i + 2] = (struct json_member){event_field_name(claim_fields[i]), JSON_STRING,
                                              claim_fields[i] == FIELD_REASON};
    return json_check_object(root, "", members, fault);
}

static enum err
read_fields(struct event *event, const struct json_node *root, struct fault *fault)
{
    for (size_t i = 0; i < CLAIM_FIELDS; i++) {
        const char *name = event_field_name(claim_fields[i]);
        const struct json_node *value = json_member_of(root, name);
        if (value == NULL)
            continue;
        struct event_field *field = &event->fields[event->field_count++];
        field->id = claim_fields[i];
        if (!slice_copy(field->value, sizeof field->value, json_string(value)))
            return fault_set(fault, ERR_INVALID, "/%s: longer than %d bytes", name,
                             EVENT_VALUE_MAX);
    }
    return ERR_OK;
}

static enum err
read_claim(struct claim *c, const struct json_node *root, struct fault *fault)
{
    struct side *old = &c->old_side;
    struct side *new = &c->new_side;
    enum err err = check_members(root, fault);
    if (err == ERR_OK)
        err = unit_object_read(&old->key, &old->seen, json_member_of(root, "old"), "/old", fault);
    if (err == ERR_OK)
        err = unit_object_read(&new->key, &new->seen, json_member_of(root, "new"), "/new", fault);
    return err == ERR_OK ? read_fields(&c->event, root, fault) : err;
}

static void
complete_event(struct claim *c)
{
    struct event *event = &c->event;
    event->type = EVENT_REPLACE;
    event->at = c->operation.at;
    event->role = c->operation.role;
    memcpy(event->actor, c->operation.actor, sizeof event->actor);
    memcpy(event->operation, c->operation.id, sizeof event->operation);
}

/* ---- may it be done? ---- */

static enum err
refuse(struct claim *c, const char *side, enum err err)
{
    size_t len = strlen(side);
    c->pointer[0] = '/';
    memcpy(c->pointer + 1, side, len + 1);
    return err;
}

static enum err
look_up(struct claim *c, struct side *side)
{
    enum err err = registry_view(c->worker->session, &side->key, &side->view);
    if (err != ERR_OK)
        return err;
    if (!side->view.has_unit)
        return refuse(c, side->name,
                      fault_set(&c->fault, ERR_NOT_FOUND,
                                "The %s unit is not registered: check its serial", side->name));
    if (side->seen != 0 && side->seen != side->view.unit.version)
        return refuse(c, side->name,
                      fault_set(&c->fault, ERR_CONFLICT,
                                "Somebody else changed the %s unit, which is at version %" PRIu64
                                " now; look at it again",
                                side->name, side->view.unit.version));
    return ERR_OK;
}

/* A claim that says "covered" has to be. */
static enum err
check_cover(struct claim *c)
{
    const struct unit_view *view = &c->old_side.view;
    const char *id = event_value(&c->event, FIELD_ENTITLEMENT);
    if (id[0] == '\0')
        return ERR_OK;
    civil_day today = date_of(c->event.at, view->product.offset_minutes);
    enum err err = warranty_claim(&view->product, &view->unit, id, today, &c->fault);
    return err == ERR_OK ? ERR_OK : refuse(c, "entitlement", err);
}

/* Nobody is given a unit that is dangerous or past its date in place of a faulty one. */
static enum err
check_substitute(struct claim *c)
{
    const struct unit_view *view = &c->new_side.view;
    civil_day expires = view->unit.expires_on != CIVIL_NONE ? view->unit.expires_on
                        : view->has_lot                     ? view->lot.expires_on
                                                            : CIVIL_NONE;
    for (size_t i = 0; i < view->recall_count; i++)
        if (view->recalls[i].stop_use)
            return refuse(c, "new",
                          fault_set(&c->fault, ERR_CONFLICT,
                                    "The new unit is recalled and must not be used; take another"));
    if (expires != CIVIL_NONE && date_of(c->event.at, view->product.offset_minutes) > expires)
        return refuse(c, "new",
                      fault_set(&c->fault, ERR_CONFLICT,
                                "The new unit is past its expiry date; take another"));
    return ERR_OK;
}

static enum err
prepare(struct claim *c)
{
    const struct unit_view *old = &c->old_side.view;
    const struct unit_view *new = &c->new_side.view;
    enum err err = look_up(c, &c->old_side);
    if (err == ERR_OK)
        err = look_up(c, &c->new_side);
    if (err != ERR_OK)
        return err;
    const struct replacement in = {.old_unit = &old->unit,
                                   .new_unit = &new->unit,
                                   .old_product = &old->product,
                                   .new_product = &new->product,
                                   .event = &c->event};
    c->event.offset_minutes = old->product.offset_minutes;
    err = event_replace(&c->replaced, &in, &c->fault);
    if (err != ERR_OK) {
        event_row_pointer(c->pointer, &c->fault);
        return err;
    }
    err = check_cover(c);
    return err == ERR_OK ? check_substitute(c) : err;
}

/* ---- doing it ---- */

static enum err
commit(struct claim *c)
{
    struct registry_session *session = c->worker->session;
    c->changes[0] = (struct change){c->replaced.old_unit, c->replaced.old_event};
    c->changes[1] = (struct change){c->replaced.new_unit, c->replaced.new_event};
    enum err err = registry_apply(session, c->changes, 2, &c->operation, NULL, NULL);
    return operation_settle(session, &c->operation, err);
}

/* Who was faster may have changed anything: all is judged anew. */
static enum err
replace(struct claim *c)
{
    enum err err = ERR_CONFLICT;
    for (int tries = 0; err == ERR_CONFLICT && tries < CLAIM_TRIES; tries++) {
        err = prepare(c);
        if (err != ERR_OK)
            return err;
        err = commit(c);
    }
    return err;
}

/* ---- answers ---- */

static void
put_side(struct text *out, const struct side *side, uint64_t version, enum unit_state state)
{
    json_put(out, side->name, "{");
    json_put_text(out, "gtin", side->key.gtin);
    json_put_text(out, "serial", side->key.serial);
    json_put_number(out, "version", (int64_t)version);
    json_put_text(out, "state", unit_state_name(state));
    text_char(out, '}');
}

static enum err
put_stored(struct claim *c, const struct side *side, enum unit_state state)
{
    struct past past;
    enum err err = past_read(c->worker->session, &side->key, c->operation.id, &past);
    if (err != ERR_OK)
        return err;
    if (past.number == 0)
        return ERR_CORRUPT;
    put_side(&c->response->body, side, past.number, state);
    return ERR_OK;
}

/* From what is stored, so that a repeat answers what the first one answered. */
static enum err
tell(struct claim *c)
{
    struct operation stored;
    struct text *out = &c->response->body;
    enum err err = registry_find_operation(c->worker->session, c->operation.id, &stored);
    text_char(out, '{');
    if (err == ERR_OK)
        err = put_stored(c, &c->old_side, UNIT_RETIRED);
    if (err == ERR_OK)
        err = put_stored(c, &c->new_side, UNIT_SOLD);
    if (err != ERR_OK)
        return err;
    json_put_time(out, "at", stored.at);
    json_put_hex(out, "operation", stored.id, sizeof stored.id);
    text_put(out, "}\n");
    c->response->status = 201;
    c->response->content_type = "application/json";
    return ERR_OK;
}

/* What would be, as it would be told; an operation there is none. */
static enum err
rehearse(struct claim *c)
{
    struct text *out = &c->response->body;
    enum err err = prepare(c);
    if (err != ERR_OK)
        return err;
    const struct unit *old = &c->replaced.old_unit;
    const struct unit *new = &c->replaced.new_unit;
    text_char(out, '{');
    json_put_text(out, "code", "would_apply");
    put_side(out, &c->old_side, old->version + 1, old->state);
    put_side(out, &c->new_side, new->version + 1, new->state);
    json_put_time(out, "at", c->event.at);
    text_put(out, "}\n");
    c->response->content_type = "application/json";
    return ERR_OK;
}

static enum err
run(struct claim *c)
{
    bool repeated = false;
    if (c->dry_run)
        return rehearse(c);
    enum err err = operation_repeated(c->worker, &c->operation, c->request, &repeated);
    if (err == ERR_OK && !repeated)
        err = replace(c);
    return err == ERR_OK ? tell(c) : err;
}

static void
answer_problem(struct claim *c, enum err err)
{
    const struct err_info *info = err_info(err);
    if (c->fault.text[0] == '\0' || info->http_status >= 500) {
        write_problem(c->response, err, NULL);
        return;
    }
    response_problem(c->response, info->http_status, info->code, info->title, c->fault.text,
                     c->pointer[0] == '\0' ? NULL : c->pointer);
}

static void
answer(struct claim *c)
{
    enum err err = ERR_OK;
    if (!operation_of(&c->operation, c->worker, c->request, 0, c->request->body, c->response) ||
        !operation_begin(c->worker, &c->operation, c->request, c->response))
        return;
    complete_event(c);
    err = run(c);
    operation_end(c->worker, &c->operation, c->request);
    if (err != ERR_OK)
        answer_problem(c, err);
}

/* A query that is mistyped must not write what was meant to be tried. */
static enum err
read_request(struct claim *c)
{
    struct json_doc *doc = NULL;
    struct fault fault = {ERR_OK, ""};
    const struct query_switch switches[] = {{"dry_run", "false", "true", &c->dry_run},
                                            {NULL, NULL, NULL, NULL}};
    if (!query_switches(c->request, switches, c->response))
        return ERR_INVALID;
    enum err err = json_parse(c->request->body, CLAIM_BODY_MAX, &doc, &fault);
    if (err == ERR_OK)
        err = read_claim(c, json_root(doc), &fault);
    json_free(doc);
    if (err != ERR_OK)
        response_fault(c->response, &fault);
    return err;
}

void
api_replacements(struct worker *worker, const struct request *request, struct response *response)
{
    struct claim *c = calloc(1, sizeof *c);
    if (c == NULL) {
        write_problem(response, ERR_MEMORY, NULL);
        return;
    }
    c->worker = worker;
    c->request = request;
    c->response = response;
    c->old_side.name = "old";
    c->new_side.name = "new";
    if (read_request(c) == ERR_OK)
        answer(c);
    free(c);
}
