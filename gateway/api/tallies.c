/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "gateway/api/inbox.h"
#include "gateway/api/record.h"
#include "gateway/json/json.h"
#include "gateway/json/write.h"

enum { DAYS_MAX = 400, DAYS_UNLESS_SAID = 30 };

/* ---- what is asked for ---- */

static bool
refuse(struct response *response, const char *detail)
{
    response_problem(response, 400, "invalid", "The input is not valid", detail, NULL);
    return false;
}

static bool
read_day(civil_day *out, const struct request *request, const char *name)
{
    char value[DATE_TEXT_MAX];
    return query_value(value, sizeof value, request->query, name) &&
           (value[0] == '\0' || (date_parse(out, slice_of(value)) && *out >= 0));
}

static bool
read_days(const struct request *request, civil_day *from, civil_day *to, struct response *response)
{
    static const char only[] = "The only parameters are from and to, each a date, YYYY-MM-DD, of "
                               "1970 or later";
    struct slice rest = request->query;
    *from = CIVIL_NONE;
    *to = date_of(request->now, 0);
    while (rest.len > 0) {
        struct slice parameter = slice_take_until(&rest, '&');
        struct slice name = slice_take_until(&parameter, '=');
        bool first = slice_equal(name, "from");
        if ((!first && !slice_equal(name, "to")) ||
            !read_day(first ? from : to, request, first ? "from" : "to"))
            return refuse(response, only);
    }
    if (*from == CIVIL_NONE)
        *from = *to < DAYS_UNLESS_SAID ? 0 : *to - (DAYS_UNLESS_SAID - 1);
    if (*to < *from)
        return refuse(response, "The day `to` comes before the day `from`");
    if (*to - *from >= DAYS_MAX)
        return refuse(response, "Up to 400 days at once");
    return true;
}

/* ---- the answer ---- */

static void
put_count(struct text *out, const char *name, uint64_t count)
{
    json_put_number(out, name, count > JSON_INTEGER_MAX ? JSON_INTEGER_MAX : (int64_t)count);
}

/* Two reasons share the code of a recall. */
static uint64_t
count_of_code(const struct tally *tally, const char *code)
{
    uint64_t count = 0;
    for (size_t i = 0; i < REASON_COUNT; i++)
        if (strcmp(reason_info((enum reason)i)->code, code) == 0 && count <= JSON_INTEGER_MAX)
            count += tally->reasons[i] > JSON_INTEGER_MAX ? JSON_INTEGER_MAX : tally->reasons[i];
    return count;
}

static bool
first_of_its_code(size_t reason)
{
    size_t i = 0;
    while (strcmp(reason_info((enum reason)i)->code, reason_info((enum reason)reason)->code) != 0)
        i++;
    return i == reason;
}

static void
put_day(struct text *out, const struct tally *tally)
{
    json_put(out, NULL, "{");
    json_put_day(out, "day", tally->day);
    json_put(out, "verdicts", "{");
    for (int class = VERDICT_OK; class >= VERDICT_UNCHECKED; class --)
        put_count(out, verdict_class_name((enum verdict_class) class), tally->verdicts[class]);
    text_char(out, '}');
    json_put(out, "reasons", "{");
    for (size_t i = 0; i < REASON_COUNT; i++) {
        const char *code = reason_info((enum reason)i)->code;
        uint64_t count = first_of_its_code(i) ? count_of_code(tally, code) : 0;
        if (count > 0)
            put_count(out, code, count);
    }
    text_put(out, "}}");
}

void
api_tallies(struct worker *worker, const struct request *request, struct response *response)
{
    civil_day from = 0;
    civil_day to = 0;
    size_t count = 0;
    if (!read_days(request, &from, &to, response))
        return;
    struct tally *days = calloc(DAYS_MAX, sizeof *days);
    enum err err = ERR_MEMORY;
    if (days != NULL)
        err = registry_tallies(worker->session, from, to, days, DAYS_MAX, &count);
    if (err != ERR_OK) {
        free(days);
        record_missing(response, err, "There are no days");
        return;
    }
    response->content_type = "application/json";
    text_put(&response->body, "{\"days\":[");
    for (size_t i = 0; i < count; i++)
        put_day(&response->body, &days[i]);
    text_put(&response->body, "]}\n");
    free(days);
}
