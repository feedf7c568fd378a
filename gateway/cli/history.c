/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "gateway/cli/operate.h"
#include "gateway/cli/scope.h"
#include "gateway/records/records.h"

enum { PAGE = 64, PAGE_TEXT_MAX = 1024 * 1024 };

struct history {
    bool json;
    uint64_t shown;
};

static void
put_line(struct text *out, const struct event *event)
{
    char at[TIME_TEXT_MAX];
    time_format(at, event->at);
    text_printf(out, "%s  %-13s  %s", at, event_type_name(event->type), role_name(event->role));
    if (event->actor[0] != '\0') {
        text_put(out, " ");
        cli_clean(out, slice_of(event->actor));
    }
    for (size_t i = 0; i < event->field_count && i < EVENT_FIELDS_MAX; i++) {
        text_printf(out, "  %s=", event_field_name(event->fields[i].id));
        cli_clean(out, slice_of(event->fields[i].value));
    }
    text_char(out, '\n');
}

static enum err
put_page(struct history *history, const struct event *events, size_t count, struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, PAGE_TEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        if (history->json) {
            text_put(&out, history->shown == 0 ? "" : ",\n");
            event_json(&out, &events[i]);
        } else {
            put_line(&out, &events[i]);
        }
        history->shown++;
    }
    return cli_print(&out, fault);
}

static enum err
put_events(struct store *store, const struct unit_key *key, struct history *history,
           struct fault *fault)
{
    size_t count = PAGE;
    struct event *page = calloc(PAGE, sizeof *page);
    enum err err = ERR_OK;
    if (page == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    while (err == ERR_OK && count == PAGE) {
        err = registry_events(store->session, key, history->shown, page, PAGE, &count);
        if (err != ERR_OK)
            err = store_fault(fault, err, key->serial);
        if (err == ERR_OK)
            err = put_page(history, page, count, fault);
    }
    free(page);
    return err;
}

static enum err
put_unit_head(const struct invocation *in, const struct unit *unit, struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, PAGE_TEXT_MAX);
    if (in->json) {
        text_put(&out, "{\"unit\":");
        unit_json(&out, unit);
        text_put(&out, ",\"events\":[");
        return cli_print(&out, fault);
    }
    text_printf(&out, "%s %s%s%s: %s", unit->id.gtin, unit->id.serial,
                unit->id.lot[0] == '\0' ? "" : ", lot ", unit->id.lot,
                unit_state_name(unit->state));
    for (unsigned bit = 1; bit < CONDITION_ALL; bit <<= 1)
        if ((unit->conditions & bit) != 0)
            text_printf(&out, ", %s", unit_condition_name((enum unit_condition)bit));
    text_char(&out, '\n');
    return cli_print(&out, fault);
}

int
cli_history(const struct invocation *in, struct fault *fault)
{
    struct history history = {in->json, 0};
    struct unit_key key;
    struct unit unit;
    AUTO_STORE *store = NULL;
    enum err err = operate_unit_key(in->positionals[0], in->positionals[1], &key, fault);
    if (err == ERR_OK)
        err = operate_open(in, STORE_READ_ONLY | STORE_NO_KEYSET, &store, fault);
    if (err == ERR_OK)
        err = operate_get_unit(store, &key, &unit, fault);
    if (err == ERR_OK)
        err = put_unit_head(in, &unit, fault);
    if (err == ERR_OK)
        err = put_events(store, &key, &history, fault);
    if (err == ERR_OK && in->json)
        (void)fputs("]}\n", stdout);
    return cli_exit(err);
}
