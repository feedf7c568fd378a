/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/event_row.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/json/write.h"

enum { FIXED_MEMBERS = 4 };

/* What needs a secret or two units has an address of its own. */
static const struct {
    enum event_type type;
    const char *instead;
} elsewhere[] = {
    {EVENT_COMMISSION, "units are registered by importing their manifest"},
    {EVENT_ACTIVATE, "use /v1/activations, with the claim code"},
    {EVENT_OFFER, "use /v1/transfers"},
    {EVENT_TRANSFER, "use /v1/transfers/redeem, with the code of the offer"},
    {EVENT_REPLACE, "use /v1/replacements, with both units"},
};

static enum err
wrong(char pointer[static POINTER_MAX], const char *member, const char *sentence,
      struct fault *fault)
{
    (void)snprintf(pointer, POINTER_MAX, "/%s", member);
    return fault_set(fault, ERR_INVALID, "%s", sentence);
}

/* The members of a row: the fixed ones, then every field there is. */
static enum err
check_members(const struct json_node *node, char pointer[static POINTER_MAX], struct fault *fault)
{
    struct json_member members[FIXED_MEMBERS + FIELD_ID_COUNT] = {
        {"type", JSON_STRING, true},
        {"gtin", JSON_STRING, true},
        {"serial", JSON_STRING, true},
        {"version", JSON_INTEGER, false},
    };
    size_t count = FIXED_MEMBERS;
    for (unsigned id = 1; id < FIELD_ID_COUNT; id++)
        members[count++] =
            (struct json_member){event_field_name((enum event_field_id)id), JSON_STRING, false};
    struct fault found = {ERR_OK, ""};
    enum err err = json_check_object(node, "", members, &found);
    if (err == ERR_OK)
        return ERR_OK;
    struct slice text = slice_of(found.text);
    struct slice place = slice_take_until(&text, ':');
    struct slice rest = slice_trim(text);
    if (!slice_copy(pointer, POINTER_MAX, place))
        pointer[0] = '\0';
    return fault_set(fault, err, "%.*s", (int)rest.len, rest.data);
}

static enum err
read_type(struct event_row *out, const struct json_node *node, char pointer[static POINTER_MAX],
          struct fault *fault)
{
    if (!event_type_parse(&out->event.type, json_string(json_member_of(node, "type"))))
        return wrong(pointer, "type", "there is no such event", fault);
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
        if (elsewhere[i].type == out->event.type)
            return wrong(pointer, "type", elsewhere[i].instead, fault);
    return ERR_OK;
}

static enum err
read_key(struct event_row *out, const struct json_node *node, char pointer[static POINTER_MAX],
         struct fault *fault)
{
    const struct json_node *version = json_member_of(node, "version");
    struct slice gtin = json_string(json_member_of(node, "gtin"));
    struct slice serial = json_string(json_member_of(node, "serial"));
    int64_t number = 0;
    if (!gtin_valid(gtin) || !slice_copy(out->key.gtin, sizeof out->key.gtin, gtin))
        return wrong(pointer, "gtin", "not a GTIN of 14 digits with a right check digit", fault);
    if (!gs1_value_valid(serial) || !slice_copy(out->key.serial, sizeof out->key.serial, serial))
        return wrong(pointer, "serial",
                     "not a serial of 1 to 20 characters of the GS1 character set", fault);
    if (version != NULL && !json_integer(&number, version, 1, UINT32_MAX))
        return wrong(pointer, "version", "not the version of a record", fault);
    out->version = (uint64_t)number;
    return ERR_OK;
}

static enum err
read_field(struct event *event, enum event_field_id id, struct slice value,
           char pointer[static POINTER_MAX], struct fault *fault)
{
    const char *name = event_field_name(id);
    if (event->field_count == EVENT_FIELDS_MAX)
        return wrong(pointer, name, "an event has at most 8 fields", fault);
    struct event_field *field = &event->fields[event->field_count++];
    field->id = id;
    if (!slice_copy(field->value, sizeof field->value, value))
        return wrong(pointer, name, "longer than 255 bytes", fault);
    return ERR_OK;
}

enum err
event_row_read(struct event_row *out, const struct json_node *node,
               char pointer[static POINTER_MAX], struct fault *fault)
{
    memset(out, 0, sizeof *out);
    pointer[0] = '\0';
    enum err err = check_members(node, pointer, fault);
    if (err == ERR_OK)
        err = read_type(out, node, pointer, fault);
    if (err == ERR_OK)
        err = read_key(out, node, pointer, fault);
    for (unsigned id = 1; err == ERR_OK && id < FIELD_ID_COUNT; id++) {
        const struct json_node *value =
            json_member_of(node, event_field_name((enum event_field_id)id));
        if (value != NULL)
            err = read_field(&out->event, (enum event_field_id)id, json_string(value), pointer,
                             fault);
    }
    return err;
}

void
event_row_text(struct text *out, const struct event_row *row)
{
    const struct event *event = &row->event;
    text_char(out, '{');
    json_put_text(out, "type", event_type_name(event->type));
    json_put_text(out, "gtin", row->key.gtin);
    json_put_text(out, "serial", row->key.serial);
    json_put_number(out, "version", (int64_t)row->version);
    for (size_t i = 0; i < event->field_count; i++)
        json_put_text(out, event_field_name(event->fields[i].id), event->fields[i].value);
    text_char(out, '}');
}

/* The rules say "TYPE: FIELD …", "TYPE: FIELD: …" or "TYPE: it does not take FIELD". */
void
event_row_pointer(char pointer[static POINTER_MAX], const struct fault *fault)
{
    struct slice text = slice_of(fault->text);
    enum event_field_id id = FIELD_NONE;
    pointer[0] = '\0';
    (void)slice_take_until(&text, ':');
    (void)slice_take(&text, " ");
    (void)slice_take(&text, "it does not take ");
    struct slice word = slice_take_until(&text, ' ');
    word = slice_take_until(&word, ':');
    if (fault->err == ERR_INVALID && event_field_parse(&id, word))
        (void)snprintf(pointer, POINTER_MAX, "/%s", event_field_name(id));
}
