/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "gateway/json/write.h"
#include "gateway/staff/page.h"
#include "gateway/staff/running.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, BACKUP_OLD_DAYS = 7 };

static int64_t
time_of(const struct json_node *object, const char *name)
{
    int64_t at = 0;
    return time_parse(&at, json_string(json_member_of(object, name))) ? at : 0;
}

static int64_t
number_of(const struct json_node *object, const char *name)
{
    int64_t number = 0;
    return json_integer(&number, json_member_of(object, name), 0, JSON_INTEGER_MAX) ? number : 0;
}

/* What a person reads more easily than times: how long ago, and how much in the next larger unit.
 */
static void
put_ages(struct page *page, const struct json_node *system)
{
    struct text *out = &page->document;
    const struct json_node *registry = json_member_of(system, "registry");
    int64_t now = time_of(system, "now");
    int64_t up = now - time_of(system, "started_at");
    int64_t changed = time_of(json_member_of(system, "keyset"), "changed_at");
    json_put(out, "up", "{");
    json_put_number(out, "days", up / DAY);
    json_put_number(out, "hours", up % DAY / HOUR);
    json_put_number(out, "minutes", up % HOUR / MINUTE);
    text_char(out, '}');
    if (changed > 0)
        json_put_number(out, "keyset_age", (now - changed) / DAY);
    int64_t tenths = number_of(registry, "bytes_used") * 10 / (1 << 20);
    json_put(out, "megabytes", "\"");
    text_printf(out, "%" PRId64 ".%" PRId64 "\"", tenths / 10, tenths % 10);
    json_put_number(out, "gigabytes_max", number_of(registry, "bytes_max") / (1 << 30));
}

/* Of the last backup, when there was one: how old it is, and whether that is too old. */
static void
put_backup_age(struct page *page, const struct json_node *system)
{
    int64_t made = time_of(json_member_of(system, "backup"), "made_at");
    if (made == 0)
        return;
    int64_t days = (time_of(system, "now") - made) / DAY;
    json_put_number(&page->document, "backup_days", days);
    json_put_bool(&page->document, "backup_old", days > BACKUP_OLD_DAYS);
}

static void
show(struct page *page, const char *template)
{
    struct json_doc *doc = NULL;
    const struct question question = {.method = METHOD_GET, .path = "/v1/system"};
    int status = page_look(page, "system", &question, &doc);
    if (status != 200)
        page->status = status;
    if (status == 200) {
        put_ages(page, json_root(doc));
        put_backup_age(page, json_root(doc));
    }
    json_free(doc);
    page_show(page, template);
}

void
staff_keys(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    page_begin(&page, worker, request, response, "staff title.keys");
    show(&page, "keys");
}

void
staff_system(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    page_begin(&page, worker, request, response, "staff title.system");
    show(&page, "system");
}
