/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/registry/model.h"

static const uint32_t not_there = UINT32_MAX;

void
model_init(struct model *model)
{
    memset(model, 0, sizeof *model);
    for (unsigned i = 0; i < MODEL_GTINS; i++)
        test_gtin(model->gtins[i], 10 + i);
    for (size_t i = 0; i < MODEL_OPERATIONS; i++)
        model->operations[i].count = not_there;
}

static size_t
gtin_place(const struct model *model, const char *gtin)
{
    for (size_t i = 0; i < MODEL_GTINS; i++)
        if (strcmp(model->gtins[i], gtin) == 0)
            return i;
    fail_msg("%s: not a GTIN of the model", gtin);
    return 0;
}

/* The number in a name like "S012". */
static size_t
number_in(const char *name, size_t end)
{
    uint64_t number = 0;
    size_t zeros = 1 + strspn(name + 1, "0");
    if (name[zeros] != '\0')
        assert_true(slice_number(&number, slice_of(name + zeros), 0, end - 1));
    return (size_t)number;
}

struct model_unit *
model_unit(struct model *model, const struct identity *id)
{
    return &model->units[gtin_place(model, id->gtin) * MODEL_SERIALS +
                         number_in(id->serial, MODEL_SERIALS)];
}

struct lot *
model_lot(struct model *model, const char *gtin, const char *lot)
{
    return &model->lots[gtin_place(model, gtin)][number_in(lot, MODEL_LOTS)];
}

struct operation *
model_operation(struct model *model, const uint8_t id[static OPERATION_ID_BYTES])
{
    size_t number = 0;
    for (size_t i = 8; i < OPERATION_ID_BYTES; i++)
        number = number << 8 | id[i];
    assert_true(number < MODEL_OPERATIONS);
    return &model->operations[number];
}

/* ERR_COUNT: the operation is new. */
static enum err
repeat(struct model *model, const struct operation *operation)
{
    const struct operation *before = model_operation(model, operation->id);
    if (before->count == not_there)
        return ERR_COUNT;
    bool same = memcmp(before->digest, operation->digest, SEAL_BYTES) == 0;
    return same ? ERR_OK : ERR_EXISTS;
}

static void
remember(struct model *model, const struct operation *operation, size_t count)
{
    struct operation *place = model_operation(model, operation->id);
    *place = *operation;
    place->count = (uint32_t)count;
}

enum err
model_apply(struct model *model, const struct change *changes, size_t count,
            const struct operation *operation, size_t *failed, struct unit *current)
{
    enum err err = repeat(model, operation);
    if (err != ERR_COUNT)
        return err;
    for (size_t i = 0; i < count; i++) {
        const struct unit *wanted = &changes[i].unit;
        const struct unit *stored = &model_unit(model, &wanted->id)->unit;
        *failed = i;
        if (stored->version == 0)
            return ERR_NOT_FOUND;
        *current = *stored;
        if (stored->version != wanted->version)
            return ERR_CONFLICT;
        if (memcmp(stored->seal, wanted->seal, SEAL_BYTES) != 0)
            return ERR_INVALID;
    }
    for (size_t i = 0; i < count; i++) {
        struct model_unit *place = model_unit(model, &changes[i].unit.id);
        place->unit = changes[i].unit;
        place->unit.version++;
        assert_true(place->unit.version <= MODEL_EVENTS);
        place->events[place->unit.version - 1] = changes[i].event;
    }
    remember(model, operation, count);
    return ERR_OK;
}

static void
first_event(struct model_unit *place, const struct operation *operation)
{
    struct event *event = &place->events[0];
    memset(event, 0, sizeof *event);
    event->type = EVENT_COMMISSION;
    event->at = operation->at;
    event->role = operation->role;
    memcpy(event->actor, operation->actor, sizeof event->actor);
    memcpy(event->operation, operation->id, sizeof event->operation);
}

static void
register_unit(struct model *model, const struct unit *unit, const struct operation *operation)
{
    struct model_unit *place = model_unit(model, &unit->id);
    place->unit = *unit;
    place->unit.version = 1;
    place->unit.registered_at = operation->at;
    first_event(place, operation);
    if (unit->id.lot[0] == '\0')
        return;
    struct lot *lot = model_lot(model, unit->id.gtin, unit->id.lot);
    if (lot->version != 0)
        return;
    lot->version = 1;
    lot->made_on = unit->made_on;
    lot->expires_on = unit->expires_on;
    memcpy(lot->gtin, unit->id.gtin, sizeof lot->gtin);
    memcpy(lot->lot, unit->id.lot, sizeof lot->lot);
}

enum err
model_commission(struct model *model, const struct unit *units, size_t count,
                 const struct operation *operation, enum err *results, bool *same)
{
    bool differs = false;
    bool all_same = true;
    size_t registered = 0;
    for (size_t i = 0; i < count; i++) {
        const struct unit *stored = &model_unit(model, &units[i].id)->unit;
        bool there = stored->version != 0;
        results[i] = there ? ERR_EXISTS : ERR_NOT_FOUND;
        same[i] = there && memcmp(stored->seal, units[i].seal, SEAL_BYTES) == 0 &&
                  strcmp(stored->id.lot, units[i].id.lot) == 0 &&
                  strcmp(stored->id.variant, units[i].id.variant) == 0;
        differs = differs || (there && !same[i]);
        all_same = all_same && same[i];
    }
    if (differs)
        return ERR_EXISTS;
    enum err err = repeat(model, operation);
    if (err != ERR_COUNT)
        return err == ERR_OK && all_same ? ERR_OK : ERR_EXISTS;
    for (size_t i = 0; i < count; i++)
        if (results[i] == ERR_NOT_FOUND) {
            register_unit(model, &units[i], operation);
            results[i] = ERR_OK;
            registered++;
        }
    remember(model, operation, registered);
    return ERR_OK;
}

static enum err
compare(uint64_t stored, uint64_t seen)
{
    if (stored == seen)
        return ERR_OK;
    return stored == 0 ? ERR_NOT_FOUND : ERR_CONFLICT;
}

enum err
model_put_product(struct model *model, const struct product *product,
                  const struct operation *operation, struct product *current)
{
    struct product *place = &model->products[gtin_place(model, product->gtin)];
    enum err err = repeat(model, operation);
    if (err != ERR_COUNT)
        return err;
    *current = *place;
    err = compare(place->version, product->version);
    if (err != ERR_OK)
        return err;
    *place = *product;
    place->version++;
    remember(model, operation, 1);
    return ERR_OK;
}

enum err
model_put_lot(struct model *model, const struct lot *lot, const struct operation *operation,
              struct lot *current)
{
    struct lot *place = model_lot(model, lot->gtin, lot->lot);
    enum err err = repeat(model, operation);
    if (err != ERR_COUNT)
        return err;
    *current = *place;
    err = compare(place->version, lot->version);
    if (err != ERR_OK)
        return err;
    *place = *lot;
    place->version++;
    remember(model, operation, 1);
    return ERR_OK;
}

enum err
model_put_recall(struct model *model, const struct recall *recall,
                 const struct operation *operation, struct recall *current)
{
    struct recall *place = &model->recalls[number_in(recall->id, MODEL_RECALLS)];
    enum err err = repeat(model, operation);
    if (err != ERR_COUNT)
        return err;
    *current = *place;
    err = compare(place->version, recall->version);
    if (err != ERR_OK)
        return err;
    if (place->version != 0 && strcmp(place->gtin, recall->gtin) != 0)
        return ERR_INVALID;
    *place = *recall;
    place->version++;
    remember(model, operation, 1);
    return ERR_OK;
}

void
model_view(struct model *model, const struct unit_key *key, struct unit_view *out)
{
    struct identity id;
    memset(out, 0, sizeof *out);
    memcpy(id.gtin, key->gtin, sizeof id.gtin);
    memcpy(id.serial, key->serial, sizeof id.serial);
    out->unit = model_unit(model, &id)->unit;
    out->has_unit = out->unit.version != 0;
    out->product = model->products[gtin_place(model, key->gtin)];
    out->has_product = out->product.version != 0;
    if (!out->has_unit)
        return;
    if (out->unit.id.lot[0] != '\0') {
        out->lot = *model_lot(model, key->gtin, out->unit.id.lot);
        out->has_lot = out->lot.version != 0;
    }
    for (int stop_use = 1; stop_use >= 0; stop_use--)
        for (size_t i = 0; i < MODEL_RECALLS; i++) {
            const struct recall *recall = &model->recalls[i];
            if (recall->version != 0 && recall->stop_use == (stop_use == 1) &&
                recall_covers(recall, &out->unit))
                out->recalls[out->recall_count++] = *recall;
        }
}
