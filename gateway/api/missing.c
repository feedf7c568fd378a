/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "gateway/api/record.h"
#include "gateway/api/units.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"
#include "gateway/records/past.h"
#include "gateway/records/records.h"

enum { PAGE_UNITS = 50, CALLS_MAX = 20 };

enum pending { PENDING_ANY = 0, PENDING_ONLY, PENDING_NOT };

/* One request under way; on the heap, for a worker's stack is small. */
struct missing {
    struct worker *worker;
    struct text *out;
    int64_t now;
    enum unit_condition condition;
    enum pending pending;
    struct cursor cursor;
    struct product product; /* the last one that was asked for */
    struct unit units[PAGE_UNITS];
};

/* ---- what is asked for ---- */

static const struct {
    const char *name, *value;
    enum unit_condition condition;
    enum pending pending;
} choices[] = {
    {"condition", "stolen", CONDITION_STOLEN, PENDING_ANY},
    {"condition", "lost", CONDITION_LOST, PENDING_ANY},
    {"pending", "true", 0, PENDING_ONLY},
    {"pending", "false", 0, PENDING_NOT},
};

static bool
set_parameter(struct missing *m, const struct request *request, struct slice name)
{
    char value[CURSOR_MAX + 1];
    char text[16];
    if (!slice_copy(text, sizeof text, name) ||
        !query_value(value, sizeof value, request->query, text))
        return false;
    if (strcmp(text, "cursor") == 0)
        return slice_copy(m->cursor.text, sizeof m->cursor.text, slice_of(value));
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        if (strcmp(choices[i].name, text) != 0 || strcmp(choices[i].value, value) != 0)
            continue;
        if (choices[i].condition != 0)
            m->condition = choices[i].condition;
        else
            m->pending = choices[i].pending;
        return true;
    }
    return false;
}

static bool
read_query(struct missing *m, const struct request *request, struct response *response)
{
    struct slice rest = request->query;
    m->condition = CONDITION_STOLEN;
    while (rest.len > 0) {
        struct slice pair = slice_take_until(&rest, '&');
        if (set_parameter(m, request, slice_take_until(&pair, '=')))
            continue;
        response_problem(response, 400, "invalid", "The input is not valid",
                         "The only parameters are condition (stolen or lost), pending (true or "
                         "false) and cursor, from `next` of the page before",
                         NULL);
        return false;
    }
    return true;
}

/* ---- rows ---- */

static bool
is_wanted(const struct missing *m, const struct unit *unit)
{
    bool pending = (unit_provisional(unit, m->now) & (unsigned)m->condition) != 0;
    return m->pending == PENDING_ANY || pending == (m->pending == PENDING_ONLY);
}

static void
put_reporter(struct missing *m, const struct past_facts *facts)
{
    const struct past_actor *who = m->condition == CONDITION_LOST ? &facts->lost : &facts->stolen;
    if (who->role == 0)
        return;
    json_put(m->out, "reporter", "{");
    json_put_text(m->out, "role", role_name(who->role));
    json_put_text(m->out, "actor", who->actor);
    text_char(m->out, '}');
}

static void
put_product(struct missing *m, const char *gtin)
{
    enum err err = ERR_OK;
    if (strcmp(m->product.gtin, gtin) != 0)
        err = registry_get_product(m->worker->session, gtin, &m->product);
    if (err != ERR_OK)
        return; /* a report is no less urgent when the catalogue cannot name the product */
    json_put_text(m->out, "item", m->product.item);
    json_put_text(m->out, "name", m->product.name);
}

static enum err
put_unit(struct missing *m, const struct unit *unit)
{
    struct past past;
    struct unit_key key;
    bool pending = (unit_provisional(unit, m->now) & (unsigned)m->condition) != 0;
    memcpy(key.gtin, unit->id.gtin, sizeof key.gtin);
    memcpy(key.serial, unit->id.serial, sizeof key.serial);
    enum err err = past_read(m->worker->session, &key, NULL, &past);
    if (err != ERR_OK)
        return err;
    json_put(m->out, NULL, "{");
    json_put(m->out, "unit", "");
    unit_json(m->out, unit);
    put_product(m, unit->id.gtin);
    json_put_bool(m->out, "pending", pending);
    if (pending)
        json_put_number(m->out, "days_left",
                        (unit->provisional_until - m->now + DAY_SECONDS - 1) / DAY_SECONDS);
    put_reporter(m, &past.facts);
    text_char(m->out, '}');
    return ERR_OK;
}

static enum err
put_page(struct missing *m, size_t *rows)
{
    size_t count = 0;
    struct unit_filter filter;
    memset(&filter, 0, sizeof filter);
    filter.conditions = (uint8_t)m->condition;
    enum err err =
        registry_list(m->worker->session, &filter, &m->cursor, m->units, PAGE_UNITS, &count);
    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        if (!is_wanted(m, &m->units[i]))
            continue;
        err = put_unit(m, &m->units[i]);
        (*rows)++;
    }
    return err;
}

/* Page after page of the registry until there is something to show. */
static void
answer(struct missing *m, struct response *response)
{
    size_t rows = 0;
    enum err err = ERR_OK;
    list_begin(response, "units");
    for (unsigned calls = 0; calls < CALLS_MAX && err == ERR_OK && rows == 0; calls++) {
        err = put_page(m, &rows);
        if (m->cursor.text[0] == '\0')
            break;
    }
    if (err == ERR_OK)
        list_end(response, &m->cursor);
    else if (err == ERR_INVALID)
        response_problem(response, 400, "invalid", "The input is not valid",
                         "cursor is not what the page before gave as next", NULL);
    else
        write_problem(response, err, NULL);
}

void
api_missing(struct worker *worker, const struct request *request, struct response *response)
{
    struct missing *m = calloc(1, sizeof *m);
    if (m == NULL || worker->session == NULL) {
        free(m);
        write_problem(response, m == NULL ? ERR_MEMORY : ERR_UNAVAILABLE, NULL);
        return;
    }
    m->worker = worker;
    m->out = &response->body;
    m->now = request->now;
    if (read_query(m, request, response))
        answer(m, response);
    free(m);
}
