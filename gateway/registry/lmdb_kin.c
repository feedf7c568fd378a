/* SPDX-License-Identifier: Apache-2.0 */
/* What the units of a product share, decoded: the product, the lot that was looked at last, and
 * whether there are recalls at all. A brand has many units of few products, so most verdicts find
 * these here and pay for one record instead of three and a search.
 *
 * What was read from one snapshot is good for every reader of that snapshot, and for nobody else:
 * the first verdict after any commit, by whatever process, reads anew. */
#include <stdlib.h>
#include <string.h>

#include "gateway/registry/lmdb_engine.h"

struct lmdb_kin *
lmdb_kin_open(void)
{
    struct lmdb_kin *kin = calloc(KIN_PRODUCTS, sizeof *kin);
    for (size_t i = 0; kin != NULL && i < KIN_PRODUCTS; i++)
        (void)pthread_mutex_init(&kin[i].lock, NULL);
    return kin;
}

void
lmdb_kin_close(struct lmdb_kin *kin)
{
    for (size_t i = 0; kin != NULL && i < KIN_PRODUCTS; i++)
        (void)pthread_mutex_destroy(&kin[i].lock);
    free(kin);
}

void
lmdb_kin_forget(struct lmdb_kin *kin)
{
    for (size_t i = 0; i < KIN_PRODUCTS; i++) {
        (void)pthread_mutex_lock(&kin[i].lock);
        kin[i].snapshot = 0;
        (void)pthread_mutex_unlock(&kin[i].lock);
    }
}

/* The last digit is a check digit, and says nothing new. */
static struct lmdb_kin *
place_of(struct lmdb_registry *registry, const char *gtin)
{
    size_t number = 0;
    for (size_t i = 0; i + 1 < GTIN_DIGITS; i++)
        number = number * 10 + (size_t)(gtin[i] - '0');
    return &registry->kin[number % KIN_PRODUCTS];
}

/* What a product has, without the room for what it has not: a third of it. */
static void
copy_product(struct product *to, const struct product *from)
{
    size_t used = offsetof(struct product, entitlements) +
                  from->entitlement_count * sizeof from->entitlements[0];
    memcpy(to, from, used);
}

bool
lmdb_kin_find(struct lmdb_registry *registry, size_t snapshot, const char *gtin,
              struct unit_view *out, bool *recalled)
{
    struct lmdb_kin *kin = place_of(registry, gtin);
    (void)pthread_mutex_lock(&kin->lock);
    bool found = kin->snapshot == snapshot && memcmp(kin->gtin, gtin, GTIN_DIGITS) == 0;
    if (found) {
        *recalled = kin->recalled;
        out->has_product = kin->has_product;
        copy_product(&out->product, &kin->product);
    }
    (void)pthread_mutex_unlock(&kin->lock);
    return found;
}

/* A reader that is behind keeps what it found to itself. */
void
lmdb_kin_keep(struct lmdb_registry *registry, size_t snapshot, const char *gtin,
              const struct unit_view *view, bool recalled)
{
    struct lmdb_kin *kin = place_of(registry, gtin);
    (void)pthread_mutex_lock(&kin->lock);
    if (snapshot >= kin->snapshot) {
        kin->snapshot = snapshot;
        memcpy(kin->gtin, gtin, sizeof kin->gtin);
        kin->recalled = recalled;
        kin->has_product = view->has_product;
        copy_product(&kin->product, &view->product);
        kin->lot.lot[0] = '\0';
    }
    (void)pthread_mutex_unlock(&kin->lock);
}

bool
lmdb_kin_find_lot(struct lmdb_registry *registry, size_t snapshot, const char *gtin,
                  const char *lot, struct lot *out)
{
    struct lmdb_kin *kin = place_of(registry, gtin);
    (void)pthread_mutex_lock(&kin->lock);
    bool found = kin->snapshot == snapshot && memcmp(kin->gtin, gtin, GTIN_DIGITS) == 0 &&
                 strcmp(kin->lot.lot, lot) == 0;
    if (found)
        *out = kin->lot;
    (void)pthread_mutex_unlock(&kin->lock);
    return found;
}

void
lmdb_kin_keep_lot(struct lmdb_registry *registry, size_t snapshot, const struct lot *lot)
{
    struct lmdb_kin *kin = place_of(registry, lot->gtin);
    (void)pthread_mutex_lock(&kin->lock);
    if (kin->snapshot == snapshot && memcmp(kin->gtin, lot->gtin, GTIN_DIGITS) == 0)
        kin->lot = *lot;
    (void)pthread_mutex_unlock(&kin->lock);
}
