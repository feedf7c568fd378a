/* SPDX-License-Identifier: Apache-2.0 */
/* Products, lots, recalls, credentials and notices: compare-and-set by version, one way for all. */
#include <string.h>

#include "gateway/registry/lmdb_engine.h"

union any {
    struct product product;
    struct lot lot;
    struct recall recall;
    struct credential credential;
    struct notice notice;
};

struct kind {
    size_t size, version_at; /* of the struct, and of its version */
    enum err (*find)(struct view *view, const void *wanted, union any *out);
    /* May it become the other one? NULL: always. */
    bool (*may_become)(const union any *stored, const union any *wanted);
    enum err (*put)(struct view *view, const union any *record);
};

struct put_call {
    const struct kind *kind;
    const void *wanted;
};

static enum err
find_product(struct view *view, const void *wanted, union any *out)
{
    return view_product(view, ((const struct product *)wanted)->gtin, &out->product);
}

static enum err
put_product(struct view *view, const union any *record)
{
    struct record out;
    return view_put(view, TABLE_PRODUCTS, product_encode(view->codec, &record->product, &out), &out,
                    0);
}

static enum err
find_lot(struct view *view, const void *wanted, union any *out)
{
    const struct lot *lot = wanted;
    return view_lot(view, lot->gtin, lot->lot, &out->lot);
}

static enum err
put_lot(struct view *view, const union any *record)
{
    struct record out;
    return view_put(view, TABLE_LOTS, lot_encode(view->codec, &record->lot, &out), &out, 0);
}

static enum err
find_recall(struct view *view, const void *wanted, union any *out)
{
    return view_recall(view, ((const struct recall *)wanted)->id, &out->recall);
}

static bool
of_one_product(const union any *stored, const union any *wanted)
{
    return strcmp(stored->recall.gtin, wanted->recall.gtin) == 0;
}

/* The id leads to the product, the product to its recalls. */
static enum err
put_recall(struct view *view, const union any *record)
{
    struct record out;
    bool encoded = recall_encode(view->codec, &record->recall, &out);
    enum err err = view_put(view, TABLE_RECALLS, encoded, &out, 0);
    if (err != ERR_OK)
        return err;
    encoded = recall_id_encode(view->codec, &record->recall, &out);
    return view_put(view, TABLE_RECALL_IDS, encoded, &out, 0);
}

static enum err
find_credential(struct view *view, const void *wanted, union any *out)
{
    return view_credential(view, ((const struct credential *)wanted)->id, &out->credential);
}

static enum err
put_credential(struct view *view, const union any *record)
{
    struct record out;
    bool encoded = credential_encode(view->codec, &record->credential, &out);
    return view_put(view, TABLE_CREDENTIALS, encoded, &out, 0);
}

static enum err
find_notice(struct view *view, const void *wanted, union any *out)
{
    return view_notice(view, ((const struct notice *)wanted)->reference, &out->notice);
}

/* Its place in the list is the time at which it was made. */
static bool
of_one_moment(const union any *stored, const union any *wanted)
{
    return stored->notice.first_at == wanted->notice.first_at;
}

static enum err
put_notice(struct view *view, const union any *record)
{
    struct record out;
    bool encoded = notice_encode(view->codec, &record->notice, &out);
    enum err err = view_put(view, TABLE_NOTICES, encoded, &out, 0);
    if (err != ERR_OK)
        return err;
    encoded = notice_id_encode(view->codec, &record->notice, &out);
    return view_put(view, TABLE_NOTICE_IDS, encoded, &out, 0);
}

static const struct kind products = {sizeof(struct product), offsetof(struct product, version),
                                     find_product, NULL, put_product};
static const struct kind lots = {sizeof(struct lot), offsetof(struct lot, version), find_lot, NULL,
                                 put_lot};
static const struct kind recalls = {sizeof(struct recall), offsetof(struct recall, version),
                                    find_recall, of_one_product, put_recall};
static const struct kind credentials = {sizeof(struct credential),
                                        offsetof(struct credential, version), find_credential, NULL,
                                        put_credential};
static const struct kind notices = {sizeof(struct notice), offsetof(struct notice, version),
                                    find_notice, of_one_moment, put_notice};

static uint64_t
version_of(const struct kind *kind, const union any *record)
{
    uint64_t version = 0;
    memcpy(&version, (const char *)record + kind->version_at, sizeof version);
    return version;
}

/* A version that was seen, 0 creates. */
static enum err
compare(enum err found, uint64_t stored, uint64_t seen)
{
    if (found == ERR_NOT_FOUND)
        return seen == 0 ? ERR_OK : ERR_NOT_FOUND;
    if (found == ERR_OK && stored != seen)
        return ERR_CONFLICT;
    return found;
}

static enum err
run_put(struct view *view, struct lmdb_request *request)
{
    const struct put_call *call = request->call;
    const struct kind *kind = call->kind;
    union any stored = {.product = {.version = 0}};
    union any wanted;
    bool repeat = false;
    enum err err = find_repeat(view, request, &repeat);
    if (err != ERR_OK || repeat)
        return err;
    memcpy(&wanted, call->wanted, kind->size);
    uint64_t version = version_of(kind, &wanted);
    enum err found = kind->find(view, &wanted, &stored);
    err = compare(found, version_of(kind, &stored), version);
    if (err == ERR_CONFLICT && request->current != NULL)
        memcpy(request->current, &stored, kind->size);
    if (err != ERR_OK)
        return err;
    if (found == ERR_OK && kind->may_become != NULL && !kind->may_become(&stored, &wanted))
        return ERR_INVALID;
    version++;
    memcpy((char *)&wanted + kind->version_at, &version, sizeof version);
    err = kind->put(view, &wanted);
    return err == ERR_OK ? put_operation(view, request, 1) : err;
}

static enum err
put(struct registry_session *session, const struct put_call *call,
    const struct operation *operation, void *current)
{
    struct lmdb_request request = {
        .run = run_put, .call = call, .operation = operation, .current = current, .weight = 1};
    return lmdb_submit(session_of(session), &request);
}

enum err
lmdb_put_product(struct registry_session *session, const struct product *product,
                 const struct operation *operation, struct product *current)
{
    const struct put_call call = {&products, product};
    return put(session, &call, operation, current);
}

enum err
lmdb_put_lot(struct registry_session *session, const struct lot *lot,
             const struct operation *operation, struct lot *current)
{
    const struct put_call call = {&lots, lot};
    return put(session, &call, operation, current);
}

enum err
lmdb_put_recall(struct registry_session *session, const struct recall *recall,
                const struct operation *operation, struct recall *current)
{
    const struct put_call call = {&recalls, recall};
    return put(session, &call, operation, current);
}

enum err
lmdb_put_credential(struct registry_session *session, const struct credential *credential,
                    const struct operation *operation, struct credential *current)
{
    const struct put_call call = {&credentials, credential};
    return put(session, &call, operation, current);
}

enum err
lmdb_put_notice(struct registry_session *session, const struct notice *notice,
                const struct operation *operation, struct notice *current)
{
    const struct put_call call = {&notices, notice};
    return put(session, &call, operation, current);
}
