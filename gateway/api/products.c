/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/catalogue.h"

#include <stdlib.h>

#include "gateway/api/record.h"
#include "gateway/json/write.h"
#include "gateway/records/records.h"

enum { PAGE_PRODUCTS = 100 };

static const char unknown[] = "No product with this GTIN is in the catalogue";

/* ---- reading ---- */

void
api_product(struct worker *worker, const struct request *request, struct response *response)
{
    struct product product;
    char gtin[GTIN_DIGITS + 1];
    enum err err = ERR_NOT_FOUND;
    if (segment_value(gtin, sizeof gtin, request->segments[2]) && gtin_valid(slice_of(gtin)))
        err = registry_get_product(worker->session, gtin, &product);
    if (err != ERR_OK) {
        record_missing(response, err, unknown);
        return;
    }
    record_headers(response, product.version);
    product_json(&response->body, &product);
    text_char(&response->body, '\n');
}

static void
answer_page(struct worker *worker, struct cursor *cursor, struct response *response)
{
    size_t count = 0;
    struct product *page = calloc(PAGE_PRODUCTS, sizeof *page);
    enum err err = ERR_MEMORY;
    if (page != NULL)
        err = registry_list_products(worker->session, cursor, page, PAGE_PRODUCTS, &count);
    if (err != ERR_OK) {
        free(page);
        record_missing(response, err, unknown);
        return;
    }
    list_begin(response, "products");
    for (size_t i = 0; i < count; i++) {
        json_put(&response->body, NULL, "");
        product_json(&response->body, &page[i]);
    }
    list_end(response, cursor);
    free(page);
}

void
api_products(struct worker *worker, const struct request *request, struct response *response)
{
    struct cursor cursor;
    if (list_cursor(request, &cursor, response))
        answer_page(worker, &cursor, response);
}

/* ---- writing ---- */

static bool
read_product(const struct request *request, struct product *out, struct response *response)
{
    struct fault fault = {ERR_OK, ""};
    char gtin[GTIN_DIGITS + 1];
    bool in_body = false;
    enum err err = product_from_json(out, &in_body, request->body, &fault);
    if (err == ERR_OK && (!segment_value(gtin, sizeof gtin, request->segments[2]) ||
                          !slice_equal(slice_of(gtin), out->gtin)))
        err = fault_set(&fault, ERR_INVALID, "/gtin: not the GTIN of the address");
    if (err == ERR_OK)
        return put_version(request, in_body, &out->version, response);
    response_fault(response, &fault);
    return false;
}

void
api_product_put(struct worker *worker, const struct request *request, struct response *response)
{
    struct record_write write = {.worker = worker, .request = request, .response = response};
    struct product product;
    struct product current = {.version = 0};
    if (!read_product(request, &product, response) || !record_begin(&write))
        return;
    enum err err = registry_put_product(worker->session, &product, &write.operation, &current);
    if (!record_end(&write, err, current.version))
        return;
    product.version++;
    record_written(response, product.version, request->path, NULL);
    product_json(&response->body, &product);
    text_char(&response->body, '\n');
}
