/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/api/api.h"
#include "gateway/api/assess.h"
#include "gateway/api/batch.h"
#include "gateway/api/unit_path.h"
#include "gateway/api/warranty_json.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"

enum { CHUNK = 256 }; /* units that are read at once: half a megabyte */

static const char json_type[] = "application/json";
static const char not_registered[] = "This serial of this product is not registered";
static const char no_product[] = "The product is not in the catalogue";
static const char bad_day[] = "on has to be a day that exists, as YYYY-MM-DD";

/* One request under way; on the heap, for a worker's stack is small. */
struct claims {
    struct worker *worker;
    struct text *out;
    int64_t now;
    civil_day on;           /* CIVIL_NONE: today, where the product's days begin */
    size_t rows;            /* answered */
    struct product product; /* the last one that was asked for */
    struct assessment assessed;
    size_t count; /* rows that wait to be read together */
    struct unit_key keys[CHUNK];
    struct unit units[CHUNK];
    enum err results[CHUNK];
};

static civil_day
day_asked(civil_day on, const struct product *product, int64_t now)
{
    return on != CIVIL_NONE ? on : date_of(now, product->offset_minutes);
}

/* ---- rows ---- */

static void
begin_row(struct claims *c, int status, const char *code)
{
    json_put(c->out, NULL, "{");
    json_put_number(c->out, "row", (int64_t)c->rows++);
    json_put_number(c->out, "status", status);
    json_put_text(c->out, "code", code);
}

static void
put_key(struct claims *c, const char *gtin, const char *serial)
{
    json_put_text(c->out, "gtin", gtin);
    json_put_text(c->out, "serial", serial);
}

static void
put_failed(struct claims *c, const struct unit_key *key, enum err err, const char *detail)
{
    begin_row(c, err_info(err)->http_status, err_info(err)->code);
    put_key(c, key->gtin, key->serial);
    json_put_text(c->out, "detail", detail);
    text_char(c->out, '}');
}

/* Many rows are of one product. */
static enum err
find_product(struct claims *c, const char *gtin)
{
    if (strcmp(c->product.gtin, gtin) == 0)
        return ERR_OK;
    return registry_get_product(c->worker->session, gtin, &c->product);
}

static void
put_unit(struct claims *c, const struct unit_key *key, const struct unit *unit, enum err err)
{
    if (err != ERR_OK) {
        put_failed(c, key, err, err == ERR_NOT_FOUND ? not_registered : err_info(err)->title);
        return;
    }
    err = find_product(c, key->gtin);
    if (err != ERR_OK) {
        put_failed(c, key, err, err == ERR_NOT_FOUND ? no_product : err_info(err)->title);
        return;
    }
    begin_row(c, 200, "ok");
    put_key(c, key->gtin, key->serial);
    warranty_json(c->out, &c->product, unit, day_asked(c->on, &c->product, c->now));
    text_char(c->out, '}');
}

/* ---- by unit ---- */

static enum err
flush(struct claims *c)
{
    enum err err = ERR_OK;
    if (c->count > 0)
        err = registry_get_many(c->worker->session, c->keys, c->count, c->units, c->results);
    for (size_t i = 0; err == ERR_OK && i < c->count; i++)
        put_unit(c, &c->keys[i], &c->units[i], c->results[i]);
    c->count = 0;
    return err;
}

static void
put_invalid(struct claims *c, const struct fault *fault)
{
    struct slice text = slice_of(fault->text);
    struct slice place = slice_take_until(&text, ':');
    char pointer[FAULT_TEXT_MAX];
    if (!slice_copy(pointer, sizeof pointer, place))
        pointer[0] = '\0';
    begin_row(c, 400, "invalid");
    json_put_text(c->out, "pointer", pointer);
    json_put(c->out, "detail", "");
    text_json(c->out, slice_trim(text));
    text_char(c->out, '}');
}

static enum err
answer_units(struct claims *c, const struct json_node *units)
{
    enum err err = ERR_OK;
    for (const struct json_node *item = json_first(units); err == ERR_OK && item != NULL;
         item = json_next(item)) {
        struct fault fault = {ERR_OK, ""};
        char pointer[32];
        (void)snprintf(pointer, sizeof pointer, "/units/%zu", c->rows + c->count);
        if (unit_object_read(&c->keys[c->count], NULL, item, pointer, &fault) == ERR_OK) {
            c->count++;
            err = c->count == CHUNK ? flush(c) : ERR_OK;
            continue;
        }
        err = flush(c);
        if (err == ERR_OK)
            put_invalid(c, &fault);
    }
    return err == ERR_OK ? flush(c) : err;
}

/* ---- by code ---- */

static void
put_reasons(struct claims *c)
{
    const struct verdict *verdict = &c->assessed.verdict;
    json_put_text(c->out, "verdict", verdict_class_name(verdict->class));
    json_put(c->out, "reasons", "[");
    for (size_t i = 0; i < verdict->reason_count; i++)
        json_put_text(c->out, NULL, reason_info(verdict->reasons[i])->code);
    text_char(c->out, ']');
}

/* A label that fails has no claim, however good the unit's warranty is that it names. */
static bool
may_claim(const struct verdict *verdict)
{
    return verdict->shows_unit &&
           (verdict_has(verdict, REASON_GENUINE) || verdict_has(verdict, REASON_LOT_MISMATCH) ||
            verdict_has(verdict, REASON_NO_SIGNATURE));
}

static void
put_no_code(struct claims *c, enum reading_error error)
{
    begin_row(c, 404, "not_a_code");
    json_put_text(c->out, "detail", reading_error_info(error)->sentence);
    text_char(c->out, '}');
}

static void
put_claim(struct claims *c)
{
    const struct unit_view *view = &c->worker->view;
    const struct verdict *verdict = &c->assessed.verdict;
    bool allowed = may_claim(verdict);
    begin_row(c, 200, allowed ? "ok" : reason_info(verdict->reasons[0])->code);
    put_key(c, c->assessed.reading.id.gtin, c->assessed.reading.id.serial);
    put_reasons(c);
    if (allowed)
        warranty_json(c->out, &view->product, &view->unit,
                      day_asked(c->on, &view->product, c->now));
    else
        json_put_bool(c->out, "covered", false);
    text_char(c->out, '}');
}

/* Why there is no answer about the unit of a code that could be read; ERR_OK when there is one. */
static enum err
why_no_claim(const struct claims *c, const char **detail)
{
    const struct assessment *assessed = &c->assessed;
    const struct verdict *verdict = &assessed->verdict;
    bool bare = verdict_has(verdict, REASON_NO_SIGNATURE);
    *detail = err_info(ERR_UNAVAILABLE)->title;
    if (assessed->registry_failed || verdict->reason_count == 0)
        return ERR_UNAVAILABLE;
    *detail = "A serial belongs to a product: state the GTIN too";
    if (bare && assessed->reading.id.gtin[0] == '\0')
        return ERR_INVALID;
    *detail = not_registered;
    if (bare && !verdict->shows_unit)
        return ERR_NOT_FOUND;
    *detail = no_product;
    return may_claim(verdict) && !c->worker->view.has_product ? ERR_NOT_FOUND : ERR_OK;
}

static void
put_code(struct claims *c)
{
    const struct reading *reading = &c->assessed.reading;
    const char *detail = NULL;
    struct unit_key key;
    if (reading->error != READ_OK) {
        put_no_code(c, reading->error);
        return;
    }
    memcpy(key.gtin, reading->id.gtin, sizeof key.gtin);
    memcpy(key.serial, reading->id.serial, sizeof key.serial);
    enum err err = why_no_claim(c, &detail);
    if (err != ERR_OK)
        put_failed(c, &key, err, detail);
    else
        put_claim(c);
}

static enum err
answer_codes(struct claims *c, const struct json_node *codes)
{
    struct keyring *keyring = c->worker->app->keyring;
    const struct keyset *keyset = keyring_acquire(keyring);
    c->assessed.role = c->worker->caller.role;
    c->assessed.now = c->now;
    for (const struct json_node *item = json_first(codes); item != NULL; item = json_next(item)) {
        assess_code(&c->assessed, c->worker, keyset, json_string(item));
        put_code(c);
    }
    keyring_release(keyring, keyset);
    return ERR_OK;
}

/* ---- many ---- */

/* Where the body says what is asked: `units`, or else `codes`. */
struct question {
    const struct json_node *units, *codes;
    civil_day on;
};

static bool
read_question(struct question *out, const struct json_node *root, struct response *response)
{
    static const struct json_member members[] = {{"on", JSON_STRING, false},
                                                 {"codes", JSON_ARRAY, false},
                                                 {"units", JSON_ARRAY, false},
                                                 {NULL, 0, false}};
    struct fault fault = {ERR_OK, ""};
    if (json_check_object(root, "", members, &fault) != ERR_OK) {
        response_fault(response, &fault);
        return false;
    }
    const struct json_node *on = json_member_of(root, "on");
    out->units = json_member_of(root, "units");
    out->codes = json_member_of(root, "codes");
    out->on = CIVIL_NONE;
    if (on != NULL && !date_parse(&out->on, json_string(on))) {
        response_problem(response, 400, "invalid", "The input is not valid", bad_day, "/on");
        return false;
    }
    if ((out->units == NULL) == (out->codes == NULL)) {
        response_problem(response, 400, "invalid", "The input is not valid",
                         "It takes either codes or units", out->units == NULL ? "" : "/codes");
        return false;
    }
    return out->units != NULL ? batch_check(out->units, "units", JSON_OBJECT, response)
                              : batch_check(out->codes, "codes", JSON_STRING, response);
}

static void
answer_many(struct worker *worker, const struct request *request, struct response *response,
            const struct question *question)
{
    struct claims *c = calloc(1, sizeof *c);
    enum err err = c == NULL ? ERR_MEMORY : ERR_OK;
    if (c != NULL) {
        c->worker = worker;
        c->out = &response->body;
        c->now = request->now;
        c->on = question->on;
        response->content_type = json_type;
        text_put(c->out, "{\"results\":[");
        err = question->units != NULL ? answer_units(c, question->units)
                                      : answer_codes(c, question->codes);
        text_char(c->out, ']');
        json_put_time(c->out, "checked_at", request->now);
        text_put(c->out, "}\n");
    }
    free(c);
    if (err != ERR_OK)
        write_problem(response, err, NULL);
    else if (!text_ok(&response->body))
        response_problem(response, 413, "too_large", "Content too large",
                         "The answer would be too large; ask for fewer at once", NULL);
}

void
api_warranties(struct worker *worker, const struct request *request, struct response *response)
{
    struct json_doc *doc = NULL;
    struct question question;
    struct fault fault = {ERR_OK, ""};
    if (json_parse(request->body, BATCH_BODY_MAX, &doc, &fault) != ERR_OK)
        response_fault(response, &fault);
    else if (read_question(&question, json_root(doc), response))
        answer_many(worker, request, response, &question);
    json_free(doc);
}

/* ---- one ---- */

/* Without a query: today. */
static bool
read_on(civil_day *out, const struct request *request, struct response *response)
{
    char text[DATE_TEXT_MAX];
    *out = CIVIL_NONE;
    if (request->query.len == 0 ||
        (query_value(text, sizeof text, request->query, "on") && date_parse(out, slice_of(text))))
        return true;
    response_problem(response, 400, "invalid", "The input is not valid", bad_day, NULL);
    return false;
}

void
api_warranty(struct worker *worker, const struct request *request, struct response *response)
{
    struct unit_key key;
    struct unit unit;
    struct product product;
    civil_day on;
    if (!read_on(&on, request, response) || !unit_of_path(worker, request, &key, &unit, response))
        return;
    enum err err = registry_get_product(worker->session, key.gtin, &product);
    if (err != ERR_OK) {
        write_problem(response, err, NULL);
        return;
    }
    struct text *out = &response->body;
    response->content_type = json_type;
    text_char(out, '{');
    json_put_text(out, "gtin", key.gtin);
    json_put_text(out, "serial", key.serial);
    warranty_json(out, &product, &unit, day_asked(on, &product, request->now));
    json_put_time(out, "checked_at", request->now);
    text_put(out, "}\n");
}
