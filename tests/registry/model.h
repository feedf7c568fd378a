/* SPDX-License-Identifier: Apache-2.0 */
/* The registry in plain arrays: what registry.h says, without a disk, threads or order of pages. */
#ifndef ASSAY_TESTS_REGISTRY_MODEL_H
#define ASSAY_TESTS_REGISTRY_MODEL_H

#include "tests/registry/support.h"

enum {
    MODEL_GTINS = 3,
    MODEL_SERIALS = 40,
    MODEL_UNITS = MODEL_GTINS * MODEL_SERIALS,
    MODEL_LOTS = 4, /* of each GTIN */
    MODEL_RECALLS = 12,
    MODEL_EVENTS = 24, /* of each unit */
    MODEL_OPERATIONS = 8192
};

struct model_unit {
    struct unit unit; /* version 0: not registered */
    struct event events[MODEL_EVENTS];
};

struct model {
    char gtins[MODEL_GTINS][GTIN_DIGITS + 1];
    struct model_unit units[MODEL_UNITS]; /* in the order of (gtin, serial) */
    struct product products[MODEL_GTINS];
    struct lot lots[MODEL_GTINS][MODEL_LOTS];
    struct recall recalls[MODEL_RECALLS];
    struct operation operations[MODEL_OPERATIONS]; /* by number; count is 0xFFFFFFFF: not there */
};

void model_init(struct model *model);
/* Where a unit, lot, recall or operation has its place. */
struct model_unit *model_unit(struct model *model, const struct identity *id);
struct lot *model_lot(struct model *model, const char *gtin, const char *lot);
struct operation *model_operation(struct model *model, const uint8_t id[static OPERATION_ID_BYTES]);

/* The same calls with the same results. */
enum err model_apply(struct model *model, const struct change *changes, size_t count,
                     const struct operation *operation, size_t *failed, struct unit *current);
enum err model_commission(struct model *model, const struct unit *units, size_t count,
                          const struct operation *operation, enum err *results, bool *same);
enum err model_put_product(struct model *model, const struct product *product,
                           const struct operation *operation, struct product *current);
enum err model_put_lot(struct model *model, const struct lot *lot,
                       const struct operation *operation, struct lot *current);
enum err model_put_recall(struct model *model, const struct recall *recall,
                          const struct operation *operation, struct recall *current);
void model_view(struct model *model, const struct unit_key *key, struct unit_view *out);

#endif
