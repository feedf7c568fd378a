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

struct settler {
    struct settler_options options;
    struct seen *seen;
    struct {
        char gtin[GTIN_DIGITS + 1];
        bool known;
    } product; /* the last one that was asked for: a run has few */
    size_t pending_count, fresh_count;
    struct entry *pending[GROUP_ROWS]; /* undecided, in the order of the registry */
    struct entry *fresh[GROUP_ROWS];   /* of these, the ones that are not there */
    struct unit_key keys[GROUP_ROWS];
    struct unit stored[GROUP_ROWS], units[GROUP_ROWS];
    enum err results[GROUP_ROWS];
    bool same[GROUP_ROWS];
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
key_of(const struct entry *entry)
{
    struct unit_key key;
    memcpy(key.gtin, entry->row.id.gtin, sizeof key.gtin);
    memcpy(key.serial, entry->row.id.serial, sizeof key.serial);
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
    const struct entry *const *left = a;
    const struct entry *const *right = b;
    int order = strcmp((*left)->row.id.gtin, (*right)->row.id.gtin);
    return order != 0 ? order : strcmp((*left)->row.id.serial, (*right)->row.id.serial);
}

/* Refuses what needs no look at the units, and sorts the rest: the engine likes its keys in order.
 */
static enum err
choose_pending(struct settler *settler, struct group *group, struct fault *fault)
{
    settler->pending_count = 0;
    for (size_t i = 0; i < group->count; i++) {
        struct entry *entry = &group->entries[i];
        bool known = false;
        if (entry->code != NULL)
            continue;
        enum err err = product_known(settler, entry->row.id.gtin, &known, fault);
        if (err != ERR_OK)
            return err;
        struct unit_key key = key_of(entry);
        if (!known)
            entry_refuse(entry, "product_unknown",
                         "GTIN %s is not in the catalogue; add it with: assay product put",
                         key.gtin);
        else if (!seen_add(settler->seen, &key))
            entry_refuse(entry, "duplicate_row", "this product and serial were in an earlier row");
        else
            settler->pending[settler->pending_count++] = entry;
    }
    qsort(settler->pending, settler->pending_count, sizeof(struct entry *), by_key);
    return ERR_OK;
}

/* A unit that is there already is left alone, whatever the manifest says. */
static void
compare(struct entry *entry, const struct unit *stored)
{
    static const uint8_t none[SEAL_BYTES];
    const struct unit *unit = &entry->unit;
    bool claims = sodium_memcmp(unit->claim, none, SEAL_BYTES) != 0 &&
                  sodium_memcmp(stored->claim, none, SEAL_BYTES) != 0;
    if (!seal_equal(unit->seal, stored->seal)) {
        entry_refuse(entry, "serial_exists",
                     "this serial is registered with another label%s%s; a serial is never issued "
                     "twice",
                     stored->id.lot[0] == '\0' ? "" : ", lot ", stored->id.lot);
        return;
    }
    if (claims && !seal_equal(unit->claim, stored->claim)) {
        entry_refuse(entry, "claim_differs",
                     "registered with another claim code: the cards of this run would not work");
        return;
    }
    entry->outcome = ENROLL_ALREADY;
}

static enum err
look_up(struct settler *settler, struct fault *fault)
{
    settler->fresh_count = 0;
    for (size_t i = 0; i < settler->pending_count; i++)
        settler->keys[i] = key_of(settler->pending[i]);
    if (settler->pending_count == 0)
        return ERR_OK;
    enum err err = registry_get_many(settler->options.target->session, settler->keys,
                                     settler->pending_count, settler->stored, settler->results);
    for (size_t i = 0; err == ERR_OK && i < settler->pending_count; i++) {
        if (settler->results[i] == ERR_OK)
            compare(settler->pending[i], &settler->stored[i]);
        else if (settler->results[i] == ERR_NOT_FOUND)
            settler->fresh[settler->fresh_count++] = settler->pending[i];
        else
            err = settler->results[i];
    }
    return err == ERR_OK ? ERR_OK : store_fault(fault, err, "the units");
}

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* The id follows from what is written, so the same group written again is recognised. */
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
        const struct unit *unit = &settler->units[i];
        (void)crypto_generichash_update(&digest, unit->seal, SEAL_BYTES);
        (void)crypto_generichash_update(&digest, unit->claim, SEAL_BYTES);
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
    (void)snprintf(operation.note, sizeof operation.note, "import %.100s",
                   base_name(settler->options.path));
    return operation;
}

/* ERR_EXISTS: somebody else was faster; look again. */
static enum err
commission(struct settler *settler, uint64_t number)
{
    struct registry_session *session = settler->options.target->session;
    for (size_t i = 0; i < settler->fresh_count; i++)
        settler->units[i] = settler->fresh[i]->unit;
    struct operation operation = make_operation(settler, number);
    enum err err = registry_commission(session, settler->units, settler->fresh_count, &operation,
                                       settler->results, settler->same);
    err = store_settle(session, &operation, err);
    for (size_t i = 0; err == ERR_OK && i < settler->fresh_count; i++)
        settler->fresh[i]->outcome = ENROLL_REGISTERED;
    return err;
}

static void
pretend(struct settler *settler)
{
    for (size_t i = 0; i < settler->fresh_count; i++)
        settler->fresh[i]->outcome = ENROLL_REGISTERED;
}

enum err
settle_group(struct settler *settler, struct group *group, struct fault *fault)
{
    enum err err = choose_pending(settler, group, fault);
    if (err != ERR_OK)
        return err;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        err = look_up(settler, fault);
        if (err != ERR_OK || settler->fresh_count == 0)
            return err;
        if (settler->options.options->dry_run) {
            pretend(settler);
            return ERR_OK;
        }
        err = commission(settler, group->number);
        if (err == ERR_OK)
            return ERR_OK;
        if (err != ERR_EXISTS)
            return store_fault(fault, err, settler->options.path);
    }
    return fault_set(fault, ERR_BUSY, "%s: others keep registering the same units",
                     settler->options.path);
}
