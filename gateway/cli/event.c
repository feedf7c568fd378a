/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/suggest.h"
#include "gateway/cli/operate.h"
#include "gateway/cli/scope.h"
#include "gateway/records/change.h"
#include "gateway/records/noticing.h"
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

/* Events that are made in another way. */
static const struct {
    enum event_type type;
    const char *sentence;
} elsewhere[] = {
    {EVENT_COMMISSION, "units are registered by: assay import"},
    {EVENT_REPLACE, "that is about two units; the gateway takes it at /v1/replacements"},
    {EVENT_ACTIVATE, "the gateway takes it at /v1/activations, with the claim code"},
    {EVENT_OFFER, "only the owner sells a unit on: the gateway takes it at /v1/transfers"},
    {EVENT_TRANSFER, "the gateway takes it at /v1/transfers/redeem, with the code of the offer"},
};

static enum err
read_type(const char *name, enum event_type *out, struct fault *fault)
{
    struct suggestion near;
    char hint[FAULT_TEXT_MAX];
    bool known = event_type_parse(out, slice_of(name));
    for (size_t i = 0; known && i < sizeof elsewhere / sizeof elsewhere[0]; i++)
        if (elsewhere[i].type == *out)
            return fault_set(fault, ERR_INVALID, "%s: %s", name, elsewhere[i].sentence);
    if (known)
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

/* `assay event undo GTIN SERIAL` takes back the last event, whichever that is. */
static enum err
name_undone(struct event *event, const struct unit *unit, struct fault *fault)
{
    if (event->type != EVENT_UNDO || event_value(event, FIELD_UNDOES)[0] != '\0')
        return ERR_OK;
    if (unit->version == 1)
        return fault_set(fault, ERR_CONFLICT,
                         "undo: nothing happened to %s %s since it was registered", unit->id.gtin,
                         unit->id.serial);
    if (event->field_count == EVENT_FIELDS_MAX)
        return fault_set(fault, ERR_USAGE, "more than %d fields", EVENT_FIELDS_MAX);
    struct event_field *field = &event->fields[event->field_count++];
    field->id = FIELD_UNDOES;
    (void)snprintf(field->value, sizeof field->value, "%" PRIu64, unit->version);
    return ERR_OK;
}

/* As over HTTP, documents are on hosts that the configuration names. */
static enum err
check_document(const struct invocation *in, const struct event *event, struct fault *fault)
{
    struct config config;
    struct fault why = {ERR_OK, ""};
    const char *link = event_value(event, FIELD_DOCUMENT);
    if (link[0] == '\0')
        return ERR_OK;
    enum err err = operate_config(in, &config, fault);
    if (err == ERR_OK && config_check_document(&config, link, &why) != ERR_OK)
        return fault_set(fault, ERR_INVALID, "%s: %s", event_type_name(event->type), why.text);
    return err;
}

static enum err
get_view(struct store *store, const struct unit_key *key, struct unit_view *out,
         struct fault *fault)
{
    enum err err = registry_view(store->session, key, out);
    if (err != ERR_OK)
        return store_fault(fault, err, key->serial);
    if (!out->has_unit)
        return fault_set(fault, ERR_NOT_FOUND, "%s %s is not registered", key->gtin, key->serial);
    return ERR_OK;
}

struct outcome {
    struct unit_view view; /* before */
    struct event event;
    struct change change;
    struct event undone;
    struct past past;
    bool second_return; /* the change is to hold the unit */
    bool dry_run;
};

/* The copy and the original met: as over HTTP, the unit is held, and both shops are told. */
static enum err
hold(const struct asked *asked, struct outcome *outcome, struct fault *fault)
{
    struct fault why = {ERR_OK, ""};
    enum err err = change_hold(asked, &outcome->past, &outcome->change, &why);
    if (err == ERR_OK && !outcome->dry_run)
        return ERR_OK;
    return change_met_fault(&outcome->past, fault);
}

/* It was held. The operator's inbox says so, too. */
static enum err
tell_second_return(struct store *store, const struct outcome *outcome, struct fault *fault)
{
    char met[CHANGE_MET_MAX];
    char reference[NOTICE_REFERENCE_CHARS + 1];
    const struct identity *id = &outcome->view.unit.id;
    const struct noticed noticed = {.kind = NOTICE_SECOND_RETURN,
                                    .gtin = id->gtin,
                                    .serial = id->serial,
                                    .answer = "",
                                    .text = met};
    const struct notice_cause cause = {outcome->event.role, outcome->event.actor,
                                       outcome->event.at};
    change_met(met, &outcome->event, &outcome->past);
    notice_reference_of(reference, store->secrets->claim_key, noticed.kind, id->gtin, id->serial);
    enum err err = notice_write(store->session, reference, &noticed, &cause);
    if (err != ERR_OK)
        return store_fault(fault, err, "the unit is held, but the inbox does not say so");
    return change_met_fault(&outcome->past, fault);
}

static enum err
apply_rules(struct store *store, struct outcome *outcome, struct fault *fault)
{
    const struct asked asked = {store->session, &outcome->view, &outcome->event};
    enum err err = name_undone(&outcome->event, &outcome->view.unit, fault);
    if (err != ERR_OK)
        return err;
    err = change_complete(&asked, &outcome->past);
    if (err != ERR_OK)
        return store_fault(fault, err, outcome->view.unit.id.serial);
    struct fault why = {ERR_OK, ""};
    err = change_make(&asked, &outcome->change, &outcome->undone, &why);
    outcome->second_return = err == ERR_CONFLICT && change_second_return(&asked);
    if (outcome->second_return)
        return hold(&asked, outcome, fault);
    if (err == ERR_DENIED)
        return fault_set(fault, err, "%s (--role and --actor say on whose behalf)", why.text);
    return err == ERR_OK ? ERR_OK : fault_set(fault, err, "%s", why.text);
}

static void
put_state(struct text *out, const struct unit *unit)
{
    text_put(out, unit_state_name(unit->state));
    for (unsigned bit = 1; bit < CONDITION_ALL; bit <<= 1)
        if ((unit->conditions & bit) != 0)
            text_printf(out, ", %s", unit_condition_name((enum unit_condition)bit));
}

/* "taken back: event 3, sell, of 2026-11-22T12:00:00Z by retailer Tool Shop (sales_order=SO-1)" */
static void
put_undone(struct text *out, const struct outcome *outcome)
{
    const struct event *undone = &outcome->undone;
    char at[TIME_TEXT_MAX];
    time_format(at, undone->at);
    text_printf(out, "%s: event %" PRIu64 ", %s, of %s by %s ",
                outcome->dry_run ? "would be taken back" : "taken back", outcome->view.unit.version,
                event_type_name(undone->type), at, role_name(undone->role));
    cli_clean(out, slice_of(undone->actor));
    for (size_t i = 0; i < undone->field_count; i++) {
        text_printf(out, "%s%s=", i == 0 ? " (" : ", ", event_field_name(undone->fields[i].id));
        cli_clean(out, slice_of(undone->fields[i].value));
    }
    text_put(out, undone->field_count > 0 ? ")\n" : "\n");
}

static void
put_json(struct text *out, const struct outcome *outcome, const struct unit *after)
{
    text_printf(out, "{\"dry_run\":%s,\"event\":", outcome->dry_run ? "true" : "false");
    event_json(out, &outcome->change.event);
    if (outcome->undone.type != EVENT_NONE) {
        text_put(out, ",\"undone\":");
        event_json(out, &outcome->undone);
    }
    text_put(out, ",\"before\":");
    unit_json(out, &outcome->view.unit);
    text_put(out, ",\"after\":");
    unit_json(out, after);
    text_put(out, "}\n");
}

static void
put_lines(struct text *out, const struct outcome *outcome, const struct unit *after)
{
    text_printf(out, "%s %s: ", after->id.gtin, after->id.serial);
    put_state(out, &outcome->view.unit);
    text_put(out, " -> ");
    put_state(out, after);
    text_put(out, outcome->dry_run ? " (dry run: nothing was written)\n" : "\n");
    if (outcome->undone.type != EVENT_NONE)
        put_undone(out, outcome);
}

static enum err
tell(const struct invocation *in, const struct outcome *outcome, struct fault *fault)
{
    AUTO_TEXT out;
    struct unit after = outcome->change.unit;
    after.version++;
    text_init(&out, ANSWER_MAX);
    if (in->json)
        put_json(&out, outcome, &after);
    else
        put_lines(&out, outcome, &after);
    return cli_print(&out, fault);
}

static enum err
write_change(const struct invocation *in, struct store *store, struct outcome *outcome,
             struct fault *fault)
{
    struct change *change = &outcome->change;
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
    operation.role = outcome->event.role;
    memcpy(change->event.operation, operation.id, sizeof operation.id);
    err = registry_apply(store->session, change, 1, &operation, NULL, NULL);
    err = store_settle(store->session, &operation, err);
    return err == ERR_OK ? ERR_OK : store_fault(fault, err, change->unit.id.serial);
}

static enum err
run_event(const struct invocation *in, struct outcome *outcome, struct fault *fault)
{
    struct unit_key key;
    AUTO_STORE *store = NULL;
    outcome->dry_run = cli_flag(in, "dry-run");
    enum err err = read_event(in, &outcome->event, fault);
    if (err == ERR_OK)
        err = operate_unit_key(in->positionals[1], in->positionals[2], &key, fault);
    if (err == ERR_OK)
        err = operate_actor(in, outcome->event.actor, fault);
    if (err == ERR_OK)
        err = check_document(in, &outcome->event, fault);
    if (err == ERR_OK)
        err = operate_open(
            in, STORE_NO_KEYSET | (outcome->dry_run ? STORE_READ_ONLY : STORE_MUST_EXIST), &store,
            fault);
    if (err == ERR_OK)
        err = get_view(store, &key, &outcome->view, fault);
    if (err == ERR_OK)
        err = apply_rules(store, outcome, fault);
    if (err == ERR_OK && !outcome->dry_run)
        err = write_change(in, store, outcome, fault);
    if (err == ERR_OK && outcome->second_return)
        err = tell_second_return(store, outcome, fault);
    return err == ERR_OK ? tell(in, outcome, fault) : err;
}

int
cli_event(const struct invocation *in, struct fault *fault)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    if (outcome == NULL)
        return cli_exit(fault_set(fault, ERR_MEMORY, "out of memory"));
    enum err err = run_event(in, outcome, fault);
    free(outcome);
    return cli_exit(err);
}
