/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/manifest/group.h"
#include "gateway/manifest/seen.h"
#include "gateway/manifest/store.h"

/* Somebody else may register the same units between our look and our write; each time there is
 * less left to do. */
enum { ATTEMPTS = 8 };

/* Neighbours in the order of the registry: what one commit holds. */
struct slice_of_items {
    uint64_t number; /* in the manifest: no two slices have the same */
    struct item *const *items;
    size_t count;
};

struct settler {
    struct settler_options options;
    struct seen *seen;
    struct {
        char gtin[GTIN_DIGITS + 1];
        bool known;
    } product; /* the last one that was asked for: a run has few */
    size_t pending_count, fresh_count;
    struct item *pending[WINDOW_ROWS]; /* undecided, in the order of the registry */
    struct item *fresh[SLICE_ROWS];    /* of a slice, the ones that are not there */
    struct unit_key keys[SLICE_ROWS];
    struct unit stored[SLICE_ROWS], units[SLICE_ROWS];
    enum err results[SLICE_ROWS];
    bool same[SLICE_ROWS];
};

enum err
settler_open(const struct settler_options *options, struct settler **out, struct fault *fault)
{
    struct settler *settler = calloc(1, sizeof *settler);
    *out = NULL;
    if (settler == NULL || seen_open(options->rows, &settler->seen) != ERR_OK) {
        free(settler);
        return fault_set(fault, ERR_MEMORY, "%s: out of memory for %llu rows", options->path,
                         (unsigned long long)options->rows);
    }
    settler->options = *options;
    *out = settler;
    return ERR_OK;
}

void
settler_close(struct settler *settler)
{
    if (settler == NULL)
        return;
    seen_close(settler->seen);
    free(settler);
}

static struct unit_key
key_of(const struct item *item)
{
    struct unit_key key;
    memcpy(key.gtin, item->id.gtin, sizeof key.gtin);
    memcpy(key.serial, item->id.serial, sizeof key.serial);
    return key;
}

static enum err
product_known(struct settler *settler, const char *gtin, bool *known, struct fault *fault)
{
    struct product product;
    if (strcmp(settler->product.gtin, gtin) != 0) {
        enum err err = registry_get_product(settler->options.target->session, gtin, &product);
        if (err != ERR_OK && err != ERR_NOT_FOUND)
            return store_fault(fault, err, "the catalogue");
        memcpy(settler->product.gtin, gtin, sizeof settler->product.gtin);
        settler->product.known = err == ERR_OK;
    }
    *known = settler->product.known;
    return ERR_OK;
}

static int
by_key(const void *a, const void *b)
{
    const struct identity *left = &(*(struct item *const *)a)->id;
    const struct identity *right = &(*(struct item *const *)b)->id;
    int order = strcmp(left->gtin, right->gtin);
    return order != 0 ? order : strcmp(left->serial, right->serial);
}

/* Refuses what needs no look at the units, in the order of the file, and sorts the rest. */
static enum err
choose_pending(struct settler *settler, struct window *window, struct fault *fault)
{
    settler->pending_count = 0;
    for (size_t i = 0; i < window->count; i++) {
        struct item *item = &window->items[i];
        bool known = false;
        if (item->code != NULL)
            continue;
        enum err err = product_known(settler, item->id.gtin, &known, fault);
        if (err != ERR_OK)
            return err;
        struct unit_key key = key_of(item);
        if (!known)
            item_refuse(item, "product_unknown",
                        "GTIN %s is not in the catalogue; add it with: assay product put",
                        key.gtin);
        else if (!seen_add(settler->seen, &key))
            item_refuse(item, "duplicate_row", "this product and serial were in an earlier row");
        else
            settler->pending[settler->pending_count++] = item;
    }
    qsort(settler->pending, settler->pending_count, sizeof(struct item *), by_key);
    return ERR_OK;
}

/* A unit that is there already is left alone, whatever the manifest says. */
static void
compare(struct item *item, const struct unit *stored)
{
    static const uint8_t none[SEAL_BYTES];
    bool claims = !seal_equal(item->claim, none) && !seal_equal(stored->claim, none);
    if (!seal_equal(item->seal, stored->seal)) {
        item_refuse(item, "serial_exists",
                    "this serial is registered with another label%s%s; a serial is never issued "
                    "twice",
                    stored->id.lot[0] == '\0' ? "" : ", lot ", stored->id.lot);
        return;
    }
    if (claims && !seal_equal(item->claim, stored->claim)) {
        item_refuse(item, "claim_differs",
                    "registered with another claim code: the cards of this run would not work");
        return;
    }
    item->outcome = ENROLL_ALREADY;
}

static enum err
look_up(struct settler *settler, const struct slice_of_items *slice, struct fault *fault)
{
    settler->fresh_count = 0;
    for (size_t i = 0; i < slice->count; i++)
        settler->keys[i] = key_of(slice->items[i]);
    enum err err = registry_get_many(settler->options.target->session, settler->keys, slice->count,
                                     settler->stored, settler->results);
    for (size_t i = 0; err == ERR_OK && i < slice->count; i++) {
        if (settler->results[i] == ERR_OK)
            compare(slice->items[i], &settler->stored[i]);
        else if (settler->results[i] == ERR_NOT_FOUND)
            settler->fresh[settler->fresh_count++] = slice->items[i];
        else
            err = settler->results[i];
    }
    return err == ERR_OK ? ERR_OK : store_fault(fault, err, "the units");
}

static struct unit
make_unit(const struct settler *settler, const struct item *item)
{
    struct unit unit;
    memset(&unit, 0, sizeof unit);
    unit.id = item->id;
    unit.state = UNIT_ISSUED;
    memcpy(unit.kid, item->kid, KID_BYTES);
    memcpy(unit.seal, item->seal, SEAL_BYTES);
    memcpy(unit.claim, item->claim, SEAL_BYTES);
    unit.registered_at = settler->options.options->now;
    unit.made_on = item->made_on;
    unit.expires_on = item->expires_on;
    unit.shipped_on = CIVIL_NONE;
    unit.sold_on = CIVIL_NONE;
    unit.activated_on = CIVIL_NONE;
    return unit;
}

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* "import NAME": the name as far as it fits; none that is not UTF-8. */
static void
write_note(char note[OPERATION_NOTE_MAX + 1], const char *path)
{
    enum { NOTED_BYTES = 100 };
    const char *name = base_name(path);
    struct slice fits = slice_make(name, strlen(name));
    if (!slice_utf8(fits))
        fits.len = 0;
    fits.len = fits.len > NOTED_BYTES ? NOTED_BYTES : fits.len;
    while (!slice_utf8(fits)) /* cut in the middle of a character */
        fits.len--;
    (void)snprintf(note, OPERATION_NOTE_MAX + 1, "import%s%.*s", fits.len == 0 ? "" : " ",
                   (int)fits.len, fits.data);
}

/* The id follows from what is written, so the same slice written again is recognised. */
static struct operation
make_operation(const struct settler *settler, uint64_t number)
{
    const struct enroll_options *options = settler->options.options;
    struct operation operation;
    crypto_generichash_state id;
    crypto_generichash_state digest;
    uint8_t place[8];
    memset(&operation, 0, sizeof operation);
    for (size_t i = 0; i < sizeof place; i++)
        place[i] = (uint8_t)(number >> (56 - 8 * i));
    (void)crypto_generichash_init(&digest, NULL, 0, SEAL_BYTES);
    for (size_t i = 0; i < settler->fresh_count; i++) {
        (void)crypto_generichash_update(&digest, settler->fresh[i]->seal, SEAL_BYTES);
        (void)crypto_generichash_update(&digest, settler->fresh[i]->claim, SEAL_BYTES);
    }
    (void)crypto_generichash_final(&digest, operation.digest, SEAL_BYTES);
    (void)crypto_generichash_init(&id, NULL, 0, OPERATION_ID_BYTES);
    (void)crypto_generichash_update(&id, settler->options.source, MANIFEST_DIGEST_BYTES);
    (void)crypto_generichash_update(&id, place, sizeof place);
    (void)crypto_generichash_update(&id, operation.digest, SEAL_BYTES);
    (void)crypto_generichash_final(&id, operation.id, OPERATION_ID_BYTES);
    operation.at = options->now;
    operation.role = options->role;
    memcpy(operation.actor, options->actor, sizeof operation.actor);
    write_note(operation.note, settler->options.path);
    return operation;
}

/* ERR_EXISTS: somebody else was faster; look again. */
static enum err
commission(struct settler *settler, uint64_t number)
{
    struct registry_session *session = settler->options.target->session;
    for (size_t i = 0; i < settler->fresh_count; i++)
        settler->units[i] = make_unit(settler, settler->fresh[i]);
    struct operation operation = make_operation(settler, number);
    enum err err = registry_commission(session, settler->units, settler->fresh_count, &operation,
                                       settler->results, settler->same);
    return store_settle(session, &operation, err);
}

static enum err
settle_slice(struct settler *settler, const struct slice_of_items *slice, struct fault *fault)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        enum err err = look_up(settler, slice, fault);
        if (err != ERR_OK || settler->fresh_count == 0)
            return err;
        if (!settler->options.options->dry_run)
            err = commission(settler, slice->number);
        for (size_t i = 0; err == ERR_OK && i < settler->fresh_count; i++)
            settler->fresh[i]->outcome = ENROLL_REGISTERED;
        if (err != ERR_EXISTS)
            return err == ERR_OK ? ERR_OK : store_fault(fault, err, settler->options.path);
    }
    return fault_set(fault, ERR_BUSY, "%s: others keep registering the same units",
                     settler->options.path);
}

enum err
settle_window(struct settler *settler, struct window *window, struct fault *fault)
{
    enum err err = choose_pending(settler, window, fault);
    for (size_t at = 0; err == ERR_OK && at < settler->pending_count; at += SLICE_ROWS) {
        size_t left = settler->pending_count - at;
        const struct slice_of_items slice = {window->number * WINDOW_ROWS + at,
                                             settler->pending + at,
                                             left < SLICE_ROWS ? left : SLICE_ROWS};
        err = settle_slice(settler, &slice, fault);
    }
    return err;
}
