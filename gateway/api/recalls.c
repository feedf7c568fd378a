/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/catalogue.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/api/record.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"
#include "gateway/records/records.h"

enum { PAGE_RECALLS = 100 };

static const char unknown[] = "There is no recall with this number";

/* ---- reading ---- */

static bool
read_recall(struct worker *worker, struct slice id, struct recall *out, struct response *response)
{
    char text[ITEM_MAX + 1];
    enum err err = ERR_NOT_FOUND;
    if (segment_value(text, sizeof text, id))
        err = registry_get_recall(worker->session, text, out);
    if (err == ERR_INVALID) /* no recall can have this number */
        err = ERR_NOT_FOUND;
    if (err != ERR_OK)
        record_missing(response, err, unknown);
    return err == ERR_OK;
}

static void
answer_recall(struct response *response, const struct recall *recall)
{
    recall_json(&response->body, recall);
    text_char(&response->body, '\n');
}

void
api_recall(struct worker *worker, const struct request *request, struct response *response)
{
    struct recall recall;
    if (!read_recall(worker, request->segments[2], &recall, response))
        return;
    record_headers(response, recall.version);
    answer_recall(response, &recall);
}

static void
answer_page(struct worker *worker, struct cursor *cursor, struct response *response)
{
    size_t count = 0;
    struct recall *page = calloc(PAGE_RECALLS, sizeof *page);
    enum err err = ERR_MEMORY;
    if (page != NULL)
        err = registry_list_recalls(worker->session, cursor, page, PAGE_RECALLS, &count);
    if (err != ERR_OK) {
        free(page);
        record_missing(response, err, unknown);
        return;
    }
    list_begin(response, "recalls");
    for (size_t i = 0; i < count; i++) {
        json_put(&response->body, NULL, "");
        recall_json(&response->body, &page[i]);
    }
    list_end(response, cursor);
    free(page);
}

void
api_recalls(struct worker *worker, const struct request *request, struct response *response)
{
    struct cursor cursor;
    if (list_cursor(request, &cursor, response))
        answer_page(worker, &cursor, response);
}

/* ---- opening ---- */

/* A recall of a product that nobody knows would warn nobody. */
static bool
check_product(struct worker *worker, const char *gtin, struct response *response)
{
    struct product product;
    enum err err = registry_get_product(worker->session, gtin, &product);
    if (err == ERR_NOT_FOUND)
        response_problem(response, 422, "product_unknown", "Product unknown",
                         "No product with this GTIN is in the catalogue", "/gtin");
    else if (err != ERR_OK)
        write_problem(response, err, NULL);
    return err == ERR_OK;
}

static void
answer_taken(struct response *response)
{
    response_problem(response, 409, "conflict", "There is one already",
                     "There is a recall with this number; a new one needs a new number", "/id");
}

static enum err
count_affected(struct worker *worker, const struct recall *recall, uint64_t *affected)
{
    struct unit_filter filter;
    struct cursor cursor = {""};
    size_t count = 0;
    enum err err = ERR_OK;
    struct unit *page = calloc(REGISTRY_PAGE_MAX, sizeof *page);
    if (page == NULL)
        return ERR_MEMORY;
    memset(&filter, 0, sizeof filter);
    memcpy(filter.gtin, recall->gtin, sizeof filter.gtin);
    memcpy(filter.lot, recall->lot, sizeof filter.lot);
    do {
        err = registry_list(worker->session, &filter, &cursor, page, REGISTRY_PAGE_MAX, &count);
        for (size_t i = 0; err == ERR_OK && i < count; i++)
            *affected += recall_covers(recall, &page[i]) ? 1 : 0;
    } while (err == ERR_OK && cursor.text[0] != '\0');
    free(page);
    return err;
}

static void
preview(struct worker *worker, const struct recall *recall, struct response *response)
{
    struct recall stored;
    uint64_t affected = 0;
    enum err err = registry_get_recall(worker->session, recall->id, &stored);
    if (err == ERR_OK) {
        answer_taken(response);
        return;
    }
    if (err == ERR_NOT_FOUND)
        err = count_affected(worker, recall, &affected);
    if (err != ERR_OK) {
        write_problem(response, err, NULL);
        return;
    }
    response->content_type = "application/json";
    text_printf(&response->body, "{\"dry_run\":true,\"affected\":%" PRIu64 "}\n", affected);
}

/* A repeat answers with what the first one stored, of which nothing but lifting it changes. */
static void
open_recall(struct worker *worker, const struct request *request, const struct recall *recall,
            struct response *response)
{
    struct record_write write = {.worker = worker, .request = request, .response = response};
    struct recall stored = {.version = 0};
    if (!record_begin(&write))
        return;
    enum err err = registry_put_recall(worker->session, recall, &write.operation, &stored);
    if (!record_end(&write, err, stored.version)) {
        if (err == ERR_CONFLICT)
            answer_taken(response);
        return;
    }
    if (!read_recall(worker, slice_of(recall->id), &stored, response))
        return;
    stored.version = 1;
    stored.lifted_at = 0;
    record_written(response, 1, request->path, recall->id);
    answer_recall(response, &stored);
}

void
api_recall_open(struct worker *worker, const struct request *request, struct response *response)
{
    struct recall recall;
    struct fault fault = {ERR_OK, ""};
    bool dry_run = false;
    const struct query_switch switches[] = {{"dry_run", "false", "true", &dry_run},
                                            {NULL, NULL, NULL, NULL}};
    if (!query_switches(request, switches, response))
        return;
    if (recall_from_json(&recall, request->body, &fault) != ERR_OK) {
        response_fault(response, &fault);
        return;
    }
    if (!check_product(worker, recall.gtin, response))
        return;
    recall.opened_at = request->now;
    if (dry_run)
        preview(worker, &recall, response);
    else
        open_recall(worker, request, &recall, response);
}

void
api_recall_affected(struct worker *worker, const struct request *request, struct response *response)
{
    struct recall recall;
    uint64_t affected = 0;
    if (!read_recall(worker, request->segments[2], &recall, response))
        return;
    recall.lifted_at = 0;
    enum err err = count_affected(worker, &recall, &affected);
    if (err != ERR_OK) {
        write_problem(response, err, NULL);
        return;
    }
    response->content_type = "application/json";
    text_printf(&response->body, "{\"affected\":%" PRIu64 "}\n", affected);
}

/* ---- lifting ---- */

/* `seen` may be NULL: whatever version it has. *recall becomes what is stored then. */
static enum err
lift(struct record_write *write, const uint64_t *seen, struct recall *recall)
{
    struct worker *worker = write->worker;
    char id[ITEM_MAX + 1];
    bool repeated = false;
    enum err err = operation_repeated(worker, &write->operation, write->request, &repeated);
    if (err != ERR_OK)
        return err;
    if (!segment_value(id, sizeof id, write->request->segments[2]))
        return ERR_NOT_FOUND;
    err = registry_get_recall(worker->session, id, recall);
    if (err != ERR_OK || repeated)
        return err == ERR_INVALID ? ERR_NOT_FOUND : err;
    if (recall->lifted_at != 0 || (seen != NULL && *seen != recall->version))
        return ERR_CONFLICT;
    struct recall current = *recall;
    current.lifted_at = write->request->now;
    err = registry_put_recall(worker->session, &current, &write->operation, recall);
    if (err != ERR_CONFLICT) {
        *recall = current;
        recall->version++;
    }
    return err;
}

void
api_recall_lift(struct worker *worker, const struct request *request, struct response *response)
{
    struct record_write write = {.worker = worker, .request = request, .response = response};
    struct recall recall = {.version = 0};
    bool stated = false;
    uint64_t version = 0;
    if (!if_match(request, &stated, &version, response) || !record_begin(&write))
        return;
    enum err err = lift(&write, stated ? &version : NULL, &recall);
    if (record_end(&write, err, recall.version)) {
        record_headers(response, recall.version);
        answer_recall(response, &recall);
        return;
    }
    if (err == ERR_NOT_FOUND)
        record_missing(response, err, unknown);
    if (err == ERR_CONFLICT && recall.lifted_at != 0)
        response_problem(response, 409, "conflict", "It is over", "This recall is lifted already",
                         NULL);
}
