/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/api/claim.h"

struct unit
issued_unit(struct gateway *g, const char *serial, uint64_t number)
{
    struct identity id = identity_of(LOT, serial);
    return registered(g, PLANT_A, &id, number);
}

struct unit
sold_unit(struct gateway *g, const char *serial, uint64_t number)
{
    struct unit unit = issued_unit(g, serial, number);
    happen(g, &unit, EVENT_SELL, number + 1);
    return unit;
}

struct unit
sold_elsewhere(struct gateway *g, const char *serial, uint64_t number)
{
    struct unit unit = issued_unit(g, serial, number);
    struct unit_key key = test_key(&unit);
    struct operation operation;
    struct change change;
    test_operation(&operation, number + 1);
    strcpy(operation.actor, "Other Shop");
    test_change(&change, &unit, EVENT_SELL, &operation, "");
    assert_int_equal(registry_apply(g->worker.session, &change, 1, &operation, NULL, NULL), ERR_OK);
    assert_int_equal(registry_get(g->worker.session, &key, &unit), ERR_OK);
    return unit;
}

void
link_of(char *out, size_t size, const struct gateway *g, enum signer signer,
        const struct unit *unit)
{
    struct label label = label_of(g, signer, &unit->id);
    int len = snprintf(out, size, "https://ID.EXAMPLE.COM%s?S=%s", label.path, label.token);
    assert_true(len > 0 && (size_t)len < size);
}

void
change_product(struct gateway *g, struct product *product, uint64_t version, uint64_t number)
{
    struct operation operation;
    test_operation(&operation, number);
    product->version = version;
    assert_int_equal(registry_put_product(g->worker.session, product, &operation, NULL), ERR_OK);
}

void
open_recall(struct gateway *g, const char *id, bool stop_use, uint64_t number)
{
    struct recall recall;
    struct operation operation;
    test_recall(&recall, GTIN, id);
    strcpy(recall.lot, LOT);
    recall.stop_use = stop_use;
    test_operation(&operation, number);
    assert_int_equal(registry_put_recall(g->worker.session, &recall, &operation, NULL), ERR_OK);
}
