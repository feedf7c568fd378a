/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "gateway/api/units.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"
#include "gateway/records/past.h"
#include "gateway/registry/scans.h"

enum { UNITS_MAX = 500, PAGE_UNITS = 100, CALLS_MAX = 50, COUNTRIES_SEEN_MAX = 256 };

/* A suspected unit. */
struct suspect {
    struct unit_key key;
    int64_t at; /* since when */
    struct scans scans;
};

struct tally_of_country {
    char code[COUNTRY_CHARS + 1];
    uint64_t units, sessions;
};

/* One request under way; on the heap. */
struct suspects {
    struct worker *worker;
    struct cursor cursor;
    size_t count;
    struct suspect rows[UNITS_MAX];
    struct unit units[PAGE_UNITS];
    struct product product; /* the last one that was asked for */
    size_t country_count;
    struct tally_of_country countries[COUNTRIES_SEEN_MAX];
};

/* ---- gathering ---- */

static enum err
take_suspicion(void *at, const struct event *event, uint64_t number)
{
    (void)number;
    if (event->type == EVENT_SUSPECT)
        *(int64_t *)at = event->at;
    return ERR_OK;
}

static void
count_country(struct suspects *s, const char *code, uint64_t sessions)
{
    size_t i = 0;
    while (i < s->country_count && strcmp(s->countries[i].code, code) != 0)
        i++;
    if (i == COUNTRIES_SEEN_MAX)
        return;
    if (i == s->country_count) {
        memcpy(s->countries[i].code, code, sizeof s->countries[i].code);
        s->country_count++;
    }
    s->countries[i].units++;
    s->countries[i].sessions += sessions;
}

static enum err
take_unit(struct suspects *s, const struct unit *unit)
{
    struct suspect *row = &s->rows[s->count];
    memcpy(row->key.gtin, unit->id.gtin, sizeof row->key.gtin);
    memcpy(row->key.serial, unit->id.serial, sizeof row->key.serial);
    enum err err = past_each(s->worker->session, &row->key, take_suspicion, &row->at);
    if (err == ERR_OK)
        err = registry_get_scans(s->worker->session, &row->key, &row->scans);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    for (size_t i = 0; i < SCAN_COUNTRIES && row->scans.countries[i].code[0] != '\0'; i++)
        count_country(s, row->scans.countries[i].code, row->scans.countries[i].sessions);
    s->count++;
    return ERR_OK;
}

static enum err
gather(struct suspects *s)
{
    struct unit_filter filter;
    enum err err = ERR_OK;
    memset(&filter, 0, sizeof filter);
    filter.conditions = CONDITION_COPY_SUSPECTED;
    for (unsigned calls = 0; calls < CALLS_MAX && err == ERR_OK && s->count < UNITS_MAX; calls++) {
        size_t room = UNITS_MAX - s->count, count = 0;
        err = registry_list(s->worker->session, &filter, &s->cursor, s->units,
                            room < PAGE_UNITS ? room : PAGE_UNITS, &count);
        for (size_t i = 0; i < count && err == ERR_OK; i++)
            err = take_unit(s, &s->units[i]);
        if (s->cursor.text[0] == '\0')
            break;
    }
    return err;
}

/* ---- telling ---- */

static int
newest_first(const void *a, const void *b)
{
    int64_t x = ((const struct suspect *)a)->at, y = ((const struct suspect *)b)->at;
    return (x < y) - (x > y);
}

static int
most_first(const void *a, const void *b)
{
    const struct tally_of_country *x = a, *y = b;
    if (x->units != y->units)
        return x->units < y->units ? 1 : -1;
    return strcmp(x->code, y->code);
}

static bool
has_product(struct suspects *s, const char *gtin)
{
    if (strcmp(s->product.gtin, gtin) == 0)
        return true;
    memset(&s->product, 0, sizeof s->product);
    return registry_get_product(s->worker->session, gtin, &s->product) == ERR_OK;
}

static void
put_unit(struct suspects *s, const struct suspect *row, struct text *out)
{
    bool named = has_product(s, row->key.gtin);
    enum copy_rule rule = scan_judge(&row->scans, &s->product.copy_limits);
    json_put(out, NULL, "{");
    json_put_text(out, "gtin", row->key.gtin);
    json_put_text(out, "serial", row->key.serial);
    if (named)
        json_put_text(out, "name", s->product.name);
    json_put_time(out, "suspected_at", row->at);
    if (rule != COPY_NONE) {
        json_put_text(out, "rule", copy_rule_name(rule));
        json_put_number(out, "figure", (int64_t)row->scans.evidence[rule]);
    }
    json_put_number(out, "sessions", (int64_t)row->scans.sessions);
    json_put_time(out, "last_at", row->scans.last_at);
    json_put(out, "countries", "[");
    for (size_t i = 0; i < SCAN_COUNTRIES && row->scans.countries[i].code[0] != '\0'; i++)
        json_put_text(out, NULL, row->scans.countries[i].code);
    text_put(out, "]}");
}

static void
put_answer(struct suspects *s, struct text *out)
{
    qsort(s->rows, s->count, sizeof s->rows[0], newest_first);
    qsort(s->countries, s->country_count, sizeof s->countries[0], most_first);
    text_put(out, "{\"units\":[");
    for (size_t i = 0; i < s->count; i++)
        put_unit(s, &s->rows[i], out);
    text_put(out, "],\"countries\":[");
    for (size_t i = 0; i < s->country_count; i++) {
        json_put(out, NULL, "{");
        json_put_text(out, "country", s->countries[i].code);
        json_put_number(out, "units", (int64_t)s->countries[i].units);
        json_put_number(out, "sessions", (int64_t)s->countries[i].sessions);
        text_char(out, '}');
    }
    text_char(out, ']');
    json_put_number(out, "total", (int64_t)s->count);
    json_put_bool(out, "more", s->cursor.text[0] != '\0');
    text_put(out, "}\n");
}

void
api_suspected(struct worker *worker, const struct request *request, struct response *response)
{
    struct suspects *s = NULL;
    (void)request;
    enum err err = worker->session == NULL ? ERR_UNAVAILABLE : ERR_OK;
    if (err == ERR_OK && (s = calloc(1, sizeof *s)) == NULL)
        err = ERR_MEMORY;
    if (err == ERR_OK) {
        s->worker = worker;
        err = gather(s);
    }
    if (err == ERR_OK) {
        response->content_type = "application/json";
        put_answer(s, &response->body);
    } else {
        write_problem(response, err, NULL);
    }
    free(s);
}
