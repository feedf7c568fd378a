/* SPDX-License-Identifier: Apache-2.0 */
/* Random calls to the registry and to a plain model of it, with the same seed: every answer, every
 * output and in the end every record has to be the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/registry/model.h"

enum { STEPS = 700, BATCH = 6, PAGE = 7 };

static const char *const lots[MODEL_LOTS] = {"L0", "L1", "L2", "L3"};
static const char *const places[] = {"Berlin 1", "Paris 2", "Oslo 3"};

struct trial {
    uint64_t seed, random;
    unsigned step;
    uint64_t operations; /* numbers given out */
    struct test_place place;
    struct registry *registry;
    struct registry_session *session;
    struct model model;
    struct unit_view expected, found;
    /* A list that is read while the rest goes on. */
    struct cursor cursor;
    bool listing, all;
    bool present[MODEL_UNITS]; /* when the list was begun */
    bool listed[MODEL_UNITS];
};

static unsigned
pick(struct trial *trial, unsigned end)
{
    return test_random(&trial->random) % end;
}

static void
same_result(const struct trial *trial, const char *call, enum err got, enum err expected)
{
    if (got != expected)
        fail_msg("seed %llu step %u: %s: %s instead of %s", (unsigned long long)trial->seed,
                 trial->step, call, err_info(got)->code, err_info(expected)->code);
}

static void
same_bytes(const struct trial *trial, const char *what, const void *got, const void *expected,
           size_t size)
{
    if (memcmp(got, expected, size) != 0)
        fail_msg("seed %llu step %u: %s differs", (unsigned long long)trial->seed, trial->step,
                 what);
}

/* Mostly a new one, now and then a used id, with its digest or another. */
static void
pick_operation(struct trial *trial, struct operation *out)
{
    bool again = trial->operations > 0 && pick(trial, 12) == 0;
    uint64_t number = again ? pick(trial, (unsigned)trial->operations) : trial->operations++;
    assert_true(number < MODEL_OPERATIONS);
    test_operation(out, number);
    out->digest[4] ^= again && pick(trial, 2) == 0;
}

static struct model_unit *
pick_unit(struct trial *trial)
{
    return &trial->model.units[pick(trial, MODEL_UNITS)];
}

static void
name_unit(const struct trial *trial, const struct model_unit *place, struct unit_key *key)
{
    size_t at = (size_t)(place - trial->model.units);
    memset(key, 0, sizeof *key);
    memcpy(key->gtin, trial->model.gtins[at / MODEL_SERIALS], sizeof key->gtin);
    (void)snprintf(key->serial, sizeof key->serial, "S%03u", (unsigned)(at % MODEL_SERIALS));
}

/* ---- writing ---- */

static void
commission(struct trial *trial)
{
    struct unit units[BATCH];
    enum err results[2][BATCH];
    bool same[2][BATCH];
    struct operation operation;
    unsigned start = pick(trial, MODEL_UNITS);
    size_t count = 1 + pick(trial, BATCH);
    pick_operation(trial, &operation);
    for (size_t i = 0; i < count; i++) {
        struct unit_key key;
        name_unit(trial, &trial->model.units[(start + 7 * (count - i)) % MODEL_UNITS], &key);
        test_unit(&units[i], key.gtin, key.serial);
        /* A lot that depends on the serial, so that a repeat says the same. */
        memset(units[i].id.lot, 0, sizeof units[i].id.lot);
        if (key.serial[3] != '9')
            (void)snprintf(units[i].id.lot, sizeof units[i].id.lot, "L%u",
                           (unsigned)(key.serial[3] - '0') % MODEL_LOTS);
        units[i].made_on = 20000 + (civil_day)pick(trial, 3);
        units[i].seal[7] ^= pick(trial, 25) == 0;
    }
    enum err err =
        registry_commission(trial->session, units, count, &operation, results[0], same[0]);
    same_result(trial, "commission", err,
                model_commission(&trial->model, units, count, &operation, results[1], same[1]));
    same_bytes(trial, "commission: results", results[0], results[1], count * sizeof results[0][0]);
    same_bytes(trial, "commission: same", same[0], same[1], count * sizeof same[0][0]);
}

/* A change that the rules allow, sometimes with a version or seal that is wrong. */
static bool
pick_change(struct trial *trial, const struct operation *operation, struct change *out)
{
    const struct model_unit *place = pick_unit(trial);
    enum event_type type =
        (enum event_type)(EVENT_RECEIVE + pick(trial, EVENT_TYPE_COUNT - EVENT_RECEIVE));
    if (place->unit.version == 0 || place->unit.version == MODEL_EVENTS ||
        !test_try_change(out, &place->unit, type, operation, places[pick(trial, 3)]))
        return false;
    unsigned wrong = pick(trial, 20);
    if (wrong == 0)
        out->unit.version++;
    if (wrong == 1 && out->unit.version > 1)
        out->unit.version--;
    if (wrong == 2)
        out->unit.seal[1] ^= 1;
    return true;
}

static bool
is_among(const struct change *changes, size_t count, const struct change *change)
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(&changes[i].unit.id, &change->unit.id, sizeof change->unit.id) == 0)
            return true;
    return false;
}

static void
apply(struct trial *trial)
{
    struct change changes[3];
    struct operation operation;
    size_t count = 0;
    size_t failed[2] = {99, 99};
    struct unit current[2];
    pick_operation(trial, &operation);
    for (unsigned tries = 0; tries < 12 && count < 3; tries++)
        if (pick_change(trial, &operation, &changes[count]) &&
            !is_among(changes, count, &changes[count]))
            count++;
    count = count > 1 ? 1 + pick(trial, (unsigned)count) : count;
    if (count == 0)
        return;
    enum err err =
        registry_apply(trial->session, changes, count, &operation, &failed[0], &current[0]);
    same_result(trial, "apply", err,
                model_apply(&trial->model, changes, count, &operation, &failed[1], &current[1]));
    if (err == ERR_CONFLICT)
        same_bytes(trial, "apply: current", &current[0], &current[1], sizeof current[0]);
    if (err == ERR_CONFLICT || err == ERR_NOT_FOUND)
        assert_int_equal(failed[0], failed[1]);
}

static uint64_t
pick_version(struct trial *trial, uint64_t stored)
{
    static const uint64_t around[] = {0, 0, 0, 0, 0, 1, UINT64_MAX}; /* mostly right */
    uint64_t version = stored + around[pick(trial, 7)];
    return version == UINT64_MAX ? 0 : version;
}

static void
put_product(struct trial *trial)
{
    struct product product;
    struct product current[2];
    struct operation operation;
    unsigned which = pick(trial, MODEL_GTINS);
    pick_operation(trial, &operation);
    test_product(&product, trial->model.gtins[which]);
    product.version = pick_version(trial, trial->model.products[which].version);
    product.offset_minutes = (int16_t)pick(trial, 600);
    enum err err = registry_put_product(trial->session, &product, &operation, &current[0]);
    same_result(trial, "put_product", err,
                model_put_product(&trial->model, &product, &operation, &current[1]));
    if (err == ERR_CONFLICT)
        same_bytes(trial, "put_product: current", &current[0], &current[1], sizeof current[0]);
}

static void
put_lot(struct trial *trial)
{
    struct lot lot;
    struct lot current[2];
    struct operation operation;
    unsigned which = pick(trial, MODEL_GTINS);
    unsigned number = pick(trial, MODEL_LOTS);
    pick_operation(trial, &operation);
    test_lot(&lot, trial->model.gtins[which], lots[number]);
    lot.version = pick_version(trial, trial->model.lots[which][number].version);
    lot.expires_on = (civil_day)pick(trial, 30000);
    enum err err = registry_put_lot(trial->session, &lot, &operation, &current[0]);
    same_result(trial, "put_lot", err, model_put_lot(&trial->model, &lot, &operation, &current[1]));
    if (err == ERR_CONFLICT)
        same_bytes(trial, "put_lot: current", &current[0], &current[1], sizeof current[0]);
}

static void
put_recall(struct trial *trial)
{
    struct recall recall;
    struct recall current[2];
    struct operation operation;
    char id[8];
    unsigned number = pick(trial, MODEL_RECALLS);
    /* Each belongs to a product, and now and then to the wrong one. */
    unsigned which = (number + (pick(trial, 20) == 0)) % MODEL_GTINS;
    (void)snprintf(id, sizeof id, "R%02u", number);
    pick_operation(trial, &operation);
    test_recall(&recall, trial->model.gtins[which], id);
    recall.version = pick_version(trial, trial->model.recalls[number].version);
    recall.stop_use = pick(trial, 2) == 0;
    recall.lifted_at = pick(trial, 3) == 0 ? 1800000000 : 0;
    if (pick(trial, 2) == 0)
        memcpy(recall.serial_to, "S020", 4);
    if (pick(trial, 3) == 0)
        memcpy(recall.lot, "L1", 2);
    enum err err = registry_put_recall(trial->session, &recall, &operation, &current[0]);
    same_result(trial, "put_recall", err,
                model_put_recall(&trial->model, &recall, &operation, &current[1]));
    if (err == ERR_CONFLICT)
        same_bytes(trial, "put_recall: current", &current[0], &current[1], sizeof current[0]);
}

/* ---- reading ---- */

static void
compare_unit(struct trial *trial, const struct model_unit *place)
{
    struct unit_key key;
    struct unit unit;
    struct event events[MODEL_EVENTS + 1];
    size_t count = 0;
    bool there = place->unit.version != 0;
    name_unit(trial, place, &key);
    same_result(trial, "get", registry_get(trial->session, &key, &unit),
                there ? ERR_OK : ERR_NOT_FOUND);
    same_bytes(trial, "get", &unit, &place->unit, sizeof unit);
    same_result(trial, "events",
                registry_events(trial->session, &key, 0, events, MODEL_EVENTS + 1, &count),
                there ? ERR_OK : ERR_NOT_FOUND);
    assert_int_equal(count, place->unit.version);
    same_bytes(trial, "events", events, place->events, count * sizeof events[0]);
}

static void
get(struct trial *trial)
{
    compare_unit(trial, pick_unit(trial));
}

static void
view(struct trial *trial)
{
    struct unit_key key;
    name_unit(trial, pick_unit(trial), &key);
    memset(&trial->found, 0, sizeof trial->found);
    same_result(trial, "view", registry_view(trial->session, &key, &trial->found), ERR_OK);
    model_view(&trial->model, &key, &trial->expected);
    same_bytes(trial, "view", &trial->found, &trial->expected,
               offsetof(struct unit_view, recalls) +
                   trial->expected.recall_count * sizeof trial->expected.recalls[0]);
    assert_int_equal(trial->found.recall_count, trial->expected.recall_count);
}

/* One more page. What was there when the list was begun comes exactly once, what came in between at
 * most once, and every row is as it is now. */
static void
list(struct trial *trial)
{
    const struct unit_filter any = {.gtin = ""};
    struct unit page[PAGE];
    size_t count = 0;
    if (!trial->listing)
        for (size_t i = 0; i < MODEL_UNITS; i++) {
            trial->present[i] = trial->model.units[i].unit.version != 0;
            trial->listed[i] = false;
        }
    size_t max = 1 + pick(trial, PAGE);
    same_result(trial, "list",
                registry_list(trial->session, &any, &trial->cursor, page, max, &count), ERR_OK);
    for (size_t i = 0; i < count; i++) {
        const struct model_unit *place = model_unit(&trial->model, &page[i].id);
        same_bytes(trial, "list", &page[i], &place->unit, sizeof page[i]);
        assert_false(trial->listed[place - trial->model.units]);
        trial->listed[place - trial->model.units] = true;
    }
    trial->listing = trial->cursor.text[0] != '\0';
    for (size_t i = 0; i < MODEL_UNITS && !trial->listing; i++)
        if (trial->present[i] && !trial->listed[i])
            fail_msg("seed %llu step %u: list: unit %zu was skipped",
                     (unsigned long long)trial->seed, trial->step, i);
}

/* ---- lists by a filter ---- */

/* Which units have it is told without folding: what is looked for is a part of the serial, of the
 * name of every product, or of nothing. */
static const struct {
    const char *query, *in_serial;
    bool in_name;
} queries[] = {
    {"o1", "01", false}, {"s02", "S02", false}, {"gr1nder", "?", true}, {"QQ", "?", false}};

static void
pick_filter(struct trial *trial, struct unit_filter *out, size_t *query)
{
    unsigned parts = test_random(&trial->random);
    const char *place = places[pick(trial, 3)];
    memset(out, 0, sizeof *out);
    *query = pick(trial, 4);
    if (parts % 2 == 0)
        memcpy(out->gtin, trial->model.gtins[pick(trial, MODEL_GTINS)], sizeof out->gtin);
    if ((parts & 2U) != 0)
        memcpy(out->lot, lots[pick(trial, MODEL_LOTS)], 2);
    if ((parts & 12U) == 4)
        memcpy(out->location, place, strlen(place));
    if ((parts & 48U) == 16)
        (void)snprintf(out->purchase_order, sizeof out->purchase_order, "PO %s", place);
    if ((parts & 192U) == 64)
        (void)snprintf(out->sales_order, sizeof out->sales_order, "SO %s", place);
    if ((parts & 768U) == 256)
        out->state = (enum unit_state)pick(trial, UNIT_STATE_COUNT);
    if ((parts & 3072U) == 1024) {
        out->conditions = (uint8_t)(1U << pick(trial, 4));
        out->conditions |= (uint8_t)(1U << pick(trial, 4));
    }
    if ((parts & 12288U) == 4096)
        memcpy(out->item, "AC-100", 6);
    if ((parts & 49152U) == 16384)
        memcpy(out->query, queries[*query].query, strlen(queries[*query].query));
}

static bool
text_wanted(const char *filter, const char *value)
{
    return filter[0] == '\0' || strcmp(filter, value) == 0;
}

static bool
wanted(const struct trial *trial, const struct unit_filter *filter, size_t query, size_t at)
{
    const struct unit *unit = &trial->model.units[at].unit;
    bool product = trial->model.products[at / MODEL_SERIALS].version != 0;
    if (unit->version == 0 || (filter->item[0] != '\0' && !product))
        return false;
    if (filter->query[0] != '\0' && !(queries[query].in_name && product) &&
        strstr(unit->id.serial, queries[query].in_serial) == NULL)
        return false;
    return text_wanted(filter->gtin, unit->id.gtin) && text_wanted(filter->lot, unit->id.lot) &&
           text_wanted(filter->location, unit->location) &&
           text_wanted(filter->purchase_order, unit->purchase_order) &&
           text_wanted(filter->sales_order, unit->sales_order) &&
           (filter->state == UNIT_NONE || filter->state == unit->state) &&
           (filter->conditions & unit->conditions) == filter->conditions;
}

static size_t
next_wanted(const struct trial *trial, const struct unit_filter *filter, size_t query, size_t at)
{
    while (at < MODEL_UNITS && !wanted(trial, filter, query, at))
        at++;
    return at;
}

/* All pages at once: exactly the units of the model that the filter wants, in their order. */
static void
list_filtered(struct trial *trial)
{
    struct unit_filter filter;
    struct unit page[PAGE];
    struct cursor cursor = {""};
    size_t query = 0;
    size_t at = 0;
    pick_filter(trial, &filter, &query);
    do {
        size_t count = 0;
        same_result(
            trial, "list",
            registry_list(trial->session, &filter, &cursor, page, 1 + pick(trial, PAGE), &count),
            ERR_OK);
        for (size_t i = 0; i < count; i++) {
            at = next_wanted(trial, &filter, query, at);
            assert_true(at < MODEL_UNITS);
            same_bytes(trial, "list by a filter", &page[i], &trial->model.units[at].unit,
                       sizeof page[i]);
            at++;
        }
    } while (cursor.text[0] != '\0');
    assert_int_equal(next_wanted(trial, &filter, query, at), MODEL_UNITS);
}

static void
find_operation(struct trial *trial)
{
    struct operation operation;
    struct operation found;
    test_operation(&operation, pick(trial, MODEL_OPERATIONS));
    const struct operation *expected = model_operation(&trial->model, operation.id);
    bool there = expected->count != UINT32_MAX;
    same_result(trial, "find_operation",
                registry_find_operation(trial->session, operation.id, &found),
                there ? ERR_OK : ERR_NOT_FOUND);
    if (there)
        same_bytes(trial, "find_operation", &found, expected, sizeof found);
}

static void
open_again(struct trial *trial)
{
    registry_session_close(trial->session);
    registry_close(trial->registry);
    trial->registry = test_open(trial->place.url);
    trial->session = test_session(trial->registry);
}

/* ---- the whole ---- */

static void
compare_lot(struct trial *trial, const char *gtin, const char *name)
{
    struct lot lot;
    const struct lot *expected = model_lot(&trial->model, gtin, name);
    same_result(trial, "lot", registry_get_lot(trial->session, gtin, name, &lot),
                expected->version != 0 ? ERR_OK : ERR_NOT_FOUND);
    same_bytes(trial, "lot", &lot, expected, sizeof lot);
}

static void
compare_all(struct trial *trial)
{
    for (size_t i = 0; i < MODEL_UNITS; i++)
        compare_unit(trial, &trial->model.units[i]);
    for (size_t i = 0; i < MODEL_GTINS; i++) {
        struct product product;
        const struct product *expected = &trial->model.products[i];
        same_result(trial, "product",
                    registry_get_product(trial->session, trial->model.gtins[i], &product),
                    expected->version != 0 ? ERR_OK : ERR_NOT_FOUND);
        same_bytes(trial, "product", &product, expected, sizeof product);
        for (size_t j = 0; j < MODEL_LOTS; j++)
            compare_lot(trial, trial->model.gtins[i], lots[j]);
    }
    for (size_t i = 0; i < MODEL_RECALLS; i++) {
        struct recall recall;
        const struct recall *expected = &trial->model.recalls[i];
        char id[8];
        (void)snprintf(id, sizeof id, "R%02u", (unsigned)i);
        same_result(trial, "recall", registry_get_recall(trial->session, id, &recall),
                    expected->version != 0 ? ERR_OK : ERR_NOT_FOUND);
        same_bytes(trial, "recall", &recall, expected, sizeof recall);
    }
    do
        list(trial);
    while (trial->listing);
    test_undamaged(trial->session);
}

static void
follows_the_model(uint64_t seed)
{
    static const struct {
        unsigned share;
        void (*step)(struct trial *trial);
    } steps[] = {
        {12, commission}, {34, apply}, {4, put_product}, {4, put_lot},        {6, put_recall},
        {8, get},         {8, view},   {10, list},       {10, list_filtered}, {3, find_operation},
        {1, open_again},
    };
    struct trial *trial = calloc(1, sizeof *trial);
    assert_non_null(trial);
    trial->seed = seed;
    trial->random = seed;
    model_init(&trial->model);
    test_place_make(&trial->place);
    trial->registry = test_open(trial->place.url);
    trial->session = test_session(trial->registry);
    for (trial->step = 0; trial->step < STEPS; trial->step++) {
        unsigned at = pick(trial, 100);
        size_t i = 0;
        while (at >= steps[i].share)
            at -= steps[i++].share;
        steps[i].step(trial);
    }
    compare_all(trial);
    open_again(trial);
    compare_all(trial);
    registry_session_close(trial->session);
    registry_close(trial->registry);
    test_place_remove(&trial->place);
    free(trial);
}

static void
follows_the_model_with_seeds(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++)
        follows_the_model(seed);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_model_with_seeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
