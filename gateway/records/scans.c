/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/json/write.h"
#include "gateway/records/place.h"
#include "gateway/records/records.h"

enum { SESSIONS_ERROR = 16, CLIENTS_ERROR = 13, POINTER_MAX = 60 };
static const char off[] = "off";

/* ---- limits ---- */

static void
put_limit(struct text *out, const char *name, unsigned limit)
{
    if (limit == COPY_OFF)
        json_put_text(out, name, off);
    else
        json_put_number(out, name, (int64_t)limit);
}

void
copy_limits_json(struct text *out, const struct copy_limits *limits)
{
    unsigned any = 0;
    for (unsigned rule = COPY_NONE + 1; rule < COPY_RULES; rule++)
        any |= limits->at[rule];
    if (any == 0)
        return;
    json_put(out, "copy_limits", "{");
    for (unsigned rule = COPY_NONE + 1; rule < COPY_RULES; rule++)
        if (limits->at[rule] != 0)
            put_limit(out, copy_rule_name((enum copy_rule)rule), limits->at[rule]);
    text_char(out, '}');
}

static enum err
read_limit(const struct place *at, const char *name, const char *pointer, uint16_t *out)
{
    const struct json_node *node = json_member_of(at->object, name);
    int64_t number = 0;
    if (node == NULL)
        return ERR_OK;
    if (slice_equal(json_string(node), off))
        number = COPY_OFF;
    else if (!json_integer(&number, node, 1, COPY_OFF - 1))
        return fault_set(at->fault, ERR_INVALID, "%s/%s: not \"off\" or 1 to %d", pointer, name,
                         COPY_OFF - 1);
    *out = (uint16_t)number;
    return ERR_OK;
}

enum err
place_copy_limits(const struct place *at, const char *name, struct copy_limits *out)
{
    const struct json_node *object = json_member_of(at->object, name);
    struct json_member members[COPY_RULES] = {{NULL, JSON_STRING, false}};
    struct text pointer;
    if (object == NULL)
        return ERR_OK;
    for (unsigned rule = COPY_NONE + 1; rule < COPY_RULES; rule++) {
        const char *member = copy_rule_name((enum copy_rule)rule);
        bool word = json_is(json_member_of(object, member), JSON_STRING);
        members[rule - 1] = (struct json_member){member, word ? JSON_STRING : JSON_INTEGER, false};
    }
    text_init(&pointer, POINTER_MAX);
    text_printf(&pointer, "%s/%s", at->pointer, name);
    enum err err = text_ok(&pointer) ? ERR_OK : ERR_MEMORY;
    if (err == ERR_OK)
        err = json_check_object(object, pointer.data, members, at->fault);
    struct place inner = {object, pointer.data, at->fault};
    for (unsigned rule = COPY_NONE + 1; rule < COPY_RULES && err == ERR_OK; rule++)
        err =
            read_limit(&inner, copy_rule_name((enum copy_rule)rule), pointer.data, &out->at[rule]);
    text_free(&pointer);
    return err;
}

/* ---- scans ---- */

static void
put_countries(struct text *out, const struct scans *scans)
{
    uint64_t placed = scans->elsewhere;
    json_put(out, "countries", "[");
    for (size_t i = 0; i < SCAN_COUNTRIES && scans->countries[i].code[0] != '\0'; i++) {
        json_put(out, NULL, "{");
        json_put_text(out, "country", scans->countries[i].code);
        json_put_number(out, "sessions", (int64_t)scans->countries[i].sessions);
        json_put_time(out, "last_at", scans->countries[i].last_at);
        text_char(out, '}');
        placed += scans->countries[i].sessions;
    }
    text_char(out, ']');
    json_put_number(out, "elsewhere", (int64_t)scans->elsewhere);
    json_put_number(out, "country_unknown",
                    (int64_t)(scans->sessions > placed ? scans->sessions - placed : 0));
}

static void
put_evidence(struct text *out, const struct scans *scans, const struct copy_limits *limits)
{
    json_put(out, "evidence", "[");
    for (unsigned rule = COPY_NONE + 1; rule < COPY_RULES; rule++) {
        unsigned limit = copy_limit(limits, (enum copy_rule)rule);
        uint32_t figure = scans->evidence[rule];
        json_put(out, NULL, "{");
        json_put_text(out, "rule", copy_rule_name((enum copy_rule)rule));
        json_put_number(out, "figure", (int64_t)figure);
        put_limit(out, "limit", limit);
        if (figure > 0)
            json_put_day(out, "last_on", scans->evidence_on[rule]);
        json_put_bool(out, "fires", limit != COPY_OFF && figure >= limit);
        text_char(out, '}');
    }
    text_char(out, ']');
}

void
scans_json(struct text *out, const struct scans *scans, const struct copy_limits *limits)
{
    enum copy_rule rule = scan_judge(scans, limits);
    text_char(out, '{');
    json_put_time(out, "first_at", scans->first_at);
    json_put_time(out, "last_at", scans->last_at);
    json_put_number(out, "sessions", (int64_t)scans->sessions);
    json_put_number(out, "sessions_error", scans->sessions > SCAN_EXACT ? SESSIONS_ERROR : 0);
    json_put_number(out, "clients", (int64_t)scan_clients(scans));
    json_put_number(out, "clients_error", CLIENTS_ERROR);
    put_countries(out, scans);
    put_evidence(out, scans, limits);
    if (rule != COPY_NONE)
        json_put_text(out, "rule", copy_rule_name(rule));
    json_put_time(out, "cleared_at", scans->cleared_at);
    text_char(out, '}');
}

uint32_t
scans_about(uint32_t figure)
{
    uint32_t step = 1;
    while (figure / step >= 10)
        step *= 10;
    uint32_t rest = figure % step;
    return figure - rest + (rest >= step - rest ? step : 0);
}
