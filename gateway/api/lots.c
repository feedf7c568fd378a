/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/catalogue.h"

#include "gateway/api/record.h"
#include "gateway/records/records.h"

/* The GTIN and lot of the path. False: such a lot cannot be. */
static bool
lot_of_path(const struct request *request, struct lot *out)
{
    return segment_value(out->gtin, sizeof out->gtin, request->segments[2]) &&
           segment_value(out->lot, sizeof out->lot, request->segments[3]) &&
           gtin_valid(slice_of(out->gtin)) && gs1_value_valid(slice_of(out->lot));
}

static void
answer_lot(struct response *response, const struct lot *lot)
{
    lot_json(&response->body, lot);
    text_char(&response->body, '\n');
}

void
api_lot(struct worker *worker, const struct request *request, struct response *response)
{
    struct lot path;
    struct lot lot;
    enum err err = ERR_NOT_FOUND;
    if (lot_of_path(request, &path))
        err = registry_get_lot(worker->session, path.gtin, path.lot, &lot);
    if (err != ERR_OK) {
        record_missing(response, err, "Nothing is known of this lot of this product");
        return;
    }
    record_headers(response, lot.version);
    answer_lot(response, &lot);
}

static bool
read_lot(const struct request *request, struct lot *out, struct response *response)
{
    struct fault fault = {ERR_OK, ""};
    struct lot path;
    bool in_body = false;
    enum err err = lot_from_json(out, &in_body, request->body, &fault);
    bool known = err == ERR_OK && lot_of_path(request, &path);
    if (err == ERR_OK && (!known || !slice_equal(slice_of(path.gtin), out->gtin)))
        err = fault_set(&fault, ERR_INVALID, "/gtin: not the GTIN of the address");
    if (err == ERR_OK && !slice_equal(slice_of(path.lot), out->lot))
        err = fault_set(&fault, ERR_INVALID, "/lot: not the lot of the address");
    if (err == ERR_OK)
        return put_version(request, in_body, &out->version, response);
    response_fault(response, &fault);
    return false;
}

/* A lot of a product that nobody knows is a typing error. */
static bool
check_product(struct worker *worker, const char *gtin, struct response *response)
{
    struct product product;
    enum err err = registry_get_product(worker->session, gtin, &product);
    if (err == ERR_OK)
        return true;
    record_missing(response, err, "No product with this GTIN is in the catalogue");
    return false;
}

void
api_lot_put(struct worker *worker, const struct request *request, struct response *response)
{
    struct record_write write = {.worker = worker, .request = request, .response = response};
    struct lot lot;
    struct lot current = {.version = 0};
    if (!read_lot(request, &lot, response) || !check_product(worker, lot.gtin, response) ||
        !record_begin(&write))
        return;
    enum err err = registry_put_lot(worker->session, &lot, &write.operation, &current);
    if (!record_end(&write, err, current.version))
        return;
    lot.version++;
    record_written(response, lot.version, request->path, NULL);
    answer_lot(response, &lot);
}
