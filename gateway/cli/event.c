/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gateway/base/suggest.h"
#include "gateway/cli/operate.h"
#include "gateway/cli/scope.h"
#include "gateway/records/past.h"
#include "gateway/records/records.h"

enum { ANSWER_MAX = 64 * 1024, NOTE_MAX = 100, FIRST_FIELD = 3 };

/* Whom the operator may act for; a stolen operator's machine is beyond what roles protect. */
static const enum role roles[] = {ROLE_OPERATOR, ROLE_RETAILER, ROLE_SERVICE};

static enum err
read_role(const struct invocation *in, enum role *out, struct fault *fault)
{
    const char *name = cli_value(in, "role");
    *out = ROLE_OPERATOR;
    if (name == NULL)
        return ERR_OK;
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(role_name(roles[i]), name) == 0) {
            *out = roles[i];
            return ERR_OK;
        }
    return fault_set(fault, ERR_USAGE, "--role \"%.40s\": not operator, retailer or service", name);
}

static enum err
read_type(const char *name, enum event_type *out, struct fault *fault)
{
    struct suggestion near;
    char hint[FAULT_TEXT_MAX];
    if (event_type_parse(out, slice_of(name)))
        return ERR_OK;
    suggest_begin(&near, name);
    for (unsigned type = EVENT_RECEIVE; type < EVENT_TYPE_COUNT; type++)
        suggest_offer(&near, event_type_name((enum event_type)type));
    suggest_text(hint, &near, "");
    return fault_set(fault, ERR_USAGE, "there is no event \"%.40s\"%s", name, hint);
}

static enum err
unknown_field(const char *name, struct fault *fault)
{
    struct suggestion near;
    char hint[FAULT_TEXT_MAX];
    suggest_begin(&near, name);
    for (unsigned id = 1; id < FIELD_ID_COUNT; id++)
        suggest_offer(&near, event_field_name((enum event_field_id)id));
    suggest_text(hint, &near, "");
    return fault_set(fault, ERR_USAGE, "there is no field \"%s\"%s", name, hint);
}

/* "sales_order=SO-1" */
static enum err
read_field(const char *word, struct event_field *out, struct fault *fault)
{
    char name[32] = "";
    struct slice rest = slice_of(word);
    bool has_value = slice_find(rest, '=') < rest.len;
    struct slice first = slice_take_until(&rest, '=');
    if (!has_value || !slice_copy(name, sizeof name, first))
        return fault_set(fault, ERR_USAGE, "\"%.60s\": not of the form field=value", word);
    if (!event_field_parse(&out->id, first))
        return unknown_field(name, fault);
    if (!slice_copy(out->value, sizeof out->value, rest))
        return fault_set(fault, ERR_INVALID, "%s: longer than %d bytes", name, EVENT_VALUE_MAX);
    return ERR_OK;
}

static enum err
read_event(const struct invocation *in, struct event *out, struct fault *fault)
{
    memset(out, 0, sizeof *out);
    out->at = cli_now();
    enum err err = read_type(in->positionals[0], &out->type, fault);
    if (err == ERR_OK)
        err = read_role(in, &out->role, fault);
    for (size_t i = FIRST_FIELD; err == ERR_OK && i < in->positional_count; i++) {
        if (out->field_count == EVENT_FIELDS_MAX)
            return fault_set(fault, ERR_USAGE, "more than %d fields", EVENT_FIELDS_MAX);
        err = read_field(in->positionals[i], &out->fields[out->field_count++], fault);
    }
    return err;
}

/* Completes the event from the unit's product and history, and applies it. */
static enum err
apply_rules(struct store *store, const struct unit_key *key, struct event *event,
            struct change *change, struct fault *fault)
{
    struct product product;
    struct unit before;
    struct past past;
    enum err err = operate_get_unit(store, key, &before, fault);
    if (err != ERR_OK)
        return err;
    err = registry_get_product(store->session, key->gtin, &product);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return store_fault(fault, err, key->gtin);
    if (err == ERR_OK) {
        event->offset_minutes = product.offset_minutes;
        event->product_allows = event->type == EVENT_RETURN && product.returns_from_any;
    }
    if (event->type == EVENT_RESTOCK)
        memcpy(event->seal, before.claim, sizeof event->seal); /* so that it can be undone */
    err = past_read(store->session, key, NULL, &past);
    if (err != ERR_OK)
        return store_fault(fault, err, key->serial);
    event->ends_own = past_ends_own(&past, &before, event);
    err = event_apply(&change->unit, &before, event, fault);
    change->event = *event;
    return err;
}

static void
put_state(struct text *out, const struct unit *unit)
{
    text_put(out, unit_state_name(unit->state));
    for (unsigned bit = 1; bit < CONDITION_ALL; bit <<= 1)
        if ((unit->conditions & bit) != 0)
            text_printf(out, ", %s", unit_condition_name((enum unit_condition)bit));
}

struct outcome {
    struct unit before, after;
    const struct event *event;
    bool dry_run;
};

static enum err
tell(const struct invocation *in, const struct outcome *outcome, struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    if (in->json) {
        text_printf(&out, "{\"dry_run\":%s,\"event\":", outcome->dry_run ? "true" : "false");
        event_json(&out, outcome->event);
        text_put(&out, ",\"before\":");
        unit_json(&out, &outcome->before);
        text_put(&out, ",\"after\":");
        unit_json(&out, &outcome->after);
        text_put(&out, "}\n");
        return cli_print(&out, fault);
    }
    text_printf(&out, "%s %s: ", outcome->after.id.gtin, outcome->after.id.serial);
    put_state(&out, &outcome->before);
    text_put(&out, " -> ");
    put_state(&out, &outcome->after);
    text_put(&out, outcome->dry_run ? " (dry run: nothing was written)\n" : "\n");
    return cli_print(&out, fault);
}

static enum err
write_change(const struct invocation *in, struct store *store, struct change *change,
             struct fault *fault)
{
    struct operation operation;
    char note[NOTE_MAX];
    AUTO_TEXT request;
    text_init(&request, ANSWER_MAX);
    event_json(&request, &change->event);
    unit_json(&request, &change->unit);
    (void)snprintf(note, sizeof note, "event %s", event_type_name(change->event.type));
    enum err err = operate_begin(in, text_slice(&request), note, &operation, fault);
    if (err != ERR_OK)
        return err;
    operation.role = change->event.role;
    memcpy(change->event.operation, operation.id, sizeof operation.id);
    err = registry_apply(store->session, change, 1, &operation, NULL, NULL);
    err = store_settle(store->session, &operation, err);
    return err == ERR_OK ? ERR_OK : store_fault(fault, err, change->unit.id.serial);
}

static enum err
run_event(const struct invocation *in, struct fault *fault)
{
    struct unit_key key;
    struct event event;
    struct change change;
    struct outcome outcome;
    AUTO_STORE *store = NULL;
    bool dry_run = cli_flag(in, "dry-run");
    memset(&outcome, 0, sizeof outcome);
    memset(&change, 0, sizeof change);
    enum err err = read_event(in, &event, fault);
    if (err == ERR_OK)
        err = operate_unit_key(in->positionals[1], in->positionals[2], &key, fault);
    if (err == ERR_OK)
        err = operate_actor(in, event.actor, fault);
    if (err == ERR_OK)
        err = operate_open(in, STORE_NO_KEYSET | (dry_run ? STORE_READ_ONLY : STORE_MUST_EXIST),
                           &store, fault);
    if (err == ERR_OK)
        err = operate_get_unit(store, &key, &outcome.before, fault);
    if (err == ERR_OK)
        err = apply_rules(store, &key, &event, &change, fault);
    if (err == ERR_OK && !dry_run)
        err = write_change(in, store, &change, fault);
    if (err != ERR_OK)
        return err;
    outcome.after = change.unit;
    outcome.after.version += 1;
    outcome.event = &change.event;
    outcome.dry_run = dry_run;
    return tell(in, &outcome, fault);
}

int
cli_event(const struct invocation *in, struct fault *fault)
{
    return cli_exit(run_event(in, fault));
}
