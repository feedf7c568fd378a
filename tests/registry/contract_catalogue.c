/* SPDX-License-Identifier: Apache-2.0 */
/* Products, lots, recalls, credentials, notices, and the view of a unit that gathers them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/registry/contract.h"

/* The five compare-and-set calls have one contract. */
union any {
    struct product product;
    struct lot lot;
    struct recall recall;
    struct credential credential;
    struct notice notice;
};

struct kind {
    const char *label;
    size_t size;
    uint64_t *(*version)(union any *record);
    uint8_t *(*byte)(union any *record); /* one that may change */
    enum err (*put)(struct registry_session *session, const union any *record,
                    const struct operation *operation, union any *current);
    enum err (*get)(struct registry_session *session, const union any *like, union any *out);
};

static uint64_t *
product_version(union any *record)
{
    return &record->product.version;
}

static uint8_t *
product_byte(union any *record)
{
    return (uint8_t *)record->product.name;
}

static enum err
put_product(struct registry_session *session, const union any *record,
            const struct operation *operation, union any *current)
{
    return registry_put_product(session, &record->product, operation,
                                current == NULL ? NULL : &current->product);
}

static enum err
get_product(struct registry_session *session, const union any *like, union any *out)
{
    return registry_get_product(session, like->product.gtin, &out->product);
}

static uint64_t *
lot_version(union any *record)
{
    return &record->lot.version;
}

static uint8_t *
lot_byte(union any *record)
{
    return (uint8_t *)&record->lot.made_on;
}

static enum err
put_lot(struct registry_session *session, const union any *record,
        const struct operation *operation, union any *current)
{
    return registry_put_lot(session, &record->lot, operation,
                            current == NULL ? NULL : &current->lot);
}

static enum err
get_lot(struct registry_session *session, const union any *like, union any *out)
{
    return registry_get_lot(session, like->lot.gtin, like->lot.lot, &out->lot);
}

static uint64_t *
recall_version(union any *record)
{
    return &record->recall.version;
}

static uint8_t *
recall_byte(union any *record)
{
    return (uint8_t *)record->recall.text;
}

static enum err
put_recall(struct registry_session *session, const union any *record,
           const struct operation *operation, union any *current)
{
    return registry_put_recall(session, &record->recall, operation,
                               current == NULL ? NULL : &current->recall);
}

static enum err
get_recall(struct registry_session *session, const union any *like, union any *out)
{
    return registry_get_recall(session, like->recall.id, &out->recall);
}

static uint64_t *
credential_version(union any *record)
{
    return &record->credential.version;
}

static uint8_t *
credential_byte(union any *record)
{
    return record->credential.secrets[1].seal;
}

static enum err
put_credential(struct registry_session *session, const union any *record,
               const struct operation *operation, union any *current)
{
    return registry_put_credential(session, &record->credential, operation,
                                   current == NULL ? NULL : &current->credential);
}

static enum err
get_credential(struct registry_session *session, const union any *like, union any *out)
{
    return registry_get_credential(session, like->credential.id, &out->credential);
}

static uint64_t *
notice_version(union any *record)
{
    return &record->notice.version;
}

static uint8_t *
notice_byte(union any *record)
{
    return (uint8_t *)record->notice.text;
}

static enum err
put_notice(struct registry_session *session, const union any *record,
           const struct operation *operation, union any *current)
{
    return registry_put_notice(session, &record->notice, operation,
                               current == NULL ? NULL : &current->notice);
}

static enum err
get_notice(struct registry_session *session, const union any *like, union any *out)
{
    return registry_get_notice(session, like->notice.reference, &out->notice);
}

static void
expect_record(struct contract *contract, const struct kind *kind, const char *label,
              const union any *expected)
{
    union any stored;
    contract_expect(label, kind->get(contract->session, expected, &stored), ERR_OK);
    if (memcmp(&stored, expected, kind->size) != 0)
        fail_msg("%s, %s: the record is not what was expected", kind->label, label);
}

/* What is seen before the write, and what comes of it. `stored` follows. */
struct step {
    const char *label;
    uint64_t seen;
    bool fresh_id;    /* else the id of the last step */
    bool same_digest; /* of a used id */
    enum err expected;
};

static const struct step steps[] = {
    {"version of a record that is not there", 1, true, true, ERR_NOT_FOUND},
    {"create", 0, true, true, ERR_OK},
    {"create, once more", 0, false, true, ERR_OK},
    {"create, with the id of another request", 0, false, false, ERR_EXISTS},
    {"create what is there", 0, true, true, ERR_CONFLICT},
    {"version that is not yet", 2, true, true, ERR_CONFLICT},
    {"change", 1, true, true, ERR_OK},
    {"change, once more", 1, false, true, ERR_OK},
    {"version that is no more", 1, true, true, ERR_CONFLICT},
    {"change again", 2, true, true, ERR_OK},
};

static void
compare_and_set(struct contract *contract, const struct kind *kind, union any *record)
{
    union any stored;
    struct operation operation;
    bool there = false;
    memset(&stored, 0, sizeof stored);
    contract_operation(contract, &operation);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const struct step *step = &steps[i];
        union any current;
        if (step->fresh_id)
            contract_operation(contract, &operation);
        operation.digest[1] ^= step->same_digest ? 0 : 1;
        *kind->version(record) = step->seen;
        *kind->byte(record) = (uint8_t)('a' + i);
        memset(&current, 0xFF, sizeof current);
        enum err err = kind->put(contract->session, record, &operation, &current);
        contract_expect(step->label, err, step->expected);
        if (err == ERR_CONFLICT)
            assert_memory_equal(&current, &stored, kind->size);
        if (err == ERR_OK && step->fresh_id) {
            stored = *record;
            *kind->version(&stored) = step->seen + 1;
            there = true;
        }
        if (there)
            expect_record(contract, kind, step->label, &stored);
        operation.digest[1] ^= step->same_digest ? 0 : 1;
    }
    contract_operation(contract, &operation);
    contract_expect("nobody asks for the record",
                    kind->put(contract->session, record, &operation, NULL), ERR_CONFLICT);
    *record = stored;
}

void
contract_products(struct contract *contract)
{
    static const struct kind kind = {
        "product", sizeof(struct product), product_version, product_byte, put_product, get_product};
    union any record;
    char gtin[GTIN_DIGITS + 1];
    struct product page[2];
    struct cursor cursor = {""};
    size_t count = 0;
    size_t seen = 0;
    memset(&record, 0, sizeof record);
    contract_gtin(contract, gtin);
    test_product(&record.product, gtin);
    compare_and_set(contract, &kind, &record);
    for (unsigned i = 0; i < 4; i++) {
        struct operation operation;
        contract_gtin(contract, gtin);
        test_product(&record.product, gtin);
        contract_operation(contract, &operation);
        contract_expect("put", put_product(contract->session, &record, &operation, NULL), ERR_OK);
    }
    char last[GTIN_DIGITS + 1] = "";
    do {
        contract_expect("list", registry_list_products(contract->session, &cursor, page, 2, &count),
                        ERR_OK);
        for (size_t i = 0; i < count; i++, seen++) {
            assert_true(strcmp(last, page[i].gtin) < 0);
            memcpy(last, page[i].gtin, sizeof last);
        }
    } while (cursor.text[0] != '\0');
    assert_int_equal(seen, 5);
}

void
contract_lots(struct contract *contract)
{
    static const struct kind kind = {"lot",  sizeof(struct lot), lot_version, lot_byte, put_lot,
                                     get_lot};
    union any record;
    char gtin[GTIN_DIGITS + 1];
    struct lot lot;
    memset(&record, 0, sizeof record);
    contract_gtin(contract, gtin);
    test_lot(&record.lot, gtin, "L1");
    compare_and_set(contract, &kind, &record);
    contract_expect("another lot", registry_get_lot(contract->session, gtin, "L", &lot),
                    ERR_NOT_FOUND);
}

void
contract_recalls(struct contract *contract)
{
    static const struct kind kind = {
        "recall", sizeof(struct recall), recall_version, recall_byte, put_recall, get_recall};
    union any record;
    char gtin[GTIN_DIGITS + 1];
    char other[GTIN_DIGITS + 1];
    struct recall page[3];
    struct cursor cursor = {""};
    size_t count = 0;
    size_t seen = 0;
    struct operation operation;
    memset(&record, 0, sizeof record);
    contract_gtin(contract, gtin);
    contract_gtin(contract, other);
    test_recall(&record.recall, gtin, "R-100");
    compare_and_set(contract, &kind, &record);
    memcpy(record.recall.gtin, other, sizeof other);
    contract_operation(contract, &operation);
    contract_expect("of another product", put_recall(contract->session, &record, &operation, NULL),
                    ERR_INVALID);
    for (unsigned i = 0; i < 6; i++) {
        char id[ITEM_MAX + 1];
        (void)snprintf(id, sizeof id, "R-%u", 107 - i);
        test_recall(&record.recall, other, id);
        contract_operation(contract, &operation);
        contract_expect("put", put_recall(contract->session, &record, &operation, NULL), ERR_OK);
    }
    char last[ITEM_MAX + 1] = "";
    do {
        contract_expect("list", registry_list_recalls(contract->session, &cursor, page, 3, &count),
                        ERR_OK);
        for (size_t i = 0; i < count; i++, seen++) {
            assert_true(strcmp(last, page[i].id) < 0);
            memcpy(last, page[i].id, sizeof last);
        }
    } while (cursor.text[0] != '\0');
    assert_int_equal(seen, 7);
}

void
contract_credentials(struct contract *contract)
{
    static const struct kind kind = {"credential",       sizeof(struct credential),
                                     credential_version, credential_byte,
                                     put_credential,     get_credential};
    union any record;
    struct credential page[3];
    struct cursor cursor = {""};
    size_t count = 0;
    size_t seen = 0;
    memset(&record, 0, sizeof record);
    test_credential(&record.credential, "7K3M9Q2X");
    compare_and_set(contract, &kind, &record);
    for (unsigned i = 0; i < 6; i++) {
        struct operation operation;
        char id[APIKEY_ID_CHARS + 1];
        (void)snprintf(id, sizeof id, "0000000%c", (int)('F' - i));
        memset(&record, 0, sizeof record);
        test_credential(&record.credential, id);
        contract_operation(contract, &operation);
        contract_expect("put", put_credential(contract->session, &record, &operation, NULL),
                        ERR_OK);
    }
    char last[APIKEY_ID_CHARS + 1] = "";
    do {
        contract_expect(
            "list", registry_list_credentials(contract->session, &cursor, page, 3, &count), ERR_OK);
        for (size_t i = 0; i < count; i++, seen++) {
            assert_true(strcmp(last, page[i].id) < 0);
            memcpy(last, page[i].id, sizeof last);
        }
    } while (cursor.text[0] != '\0');
    assert_int_equal(seen, 7);
}

void
contract_notices(struct contract *contract)
{
    static const struct kind kind = {
        "notice", sizeof(struct notice), notice_version, notice_byte, put_notice, get_notice};
    union any record;
    struct operation operation;
    memset(&record, 0, sizeof record);
    test_notice(&record.notice, "7K3M9Q2XBT", 1700000000);
    compare_and_set(contract, &kind, &record);
    record.notice.first_at--;
    contract_operation(contract, &operation);
    contract_expect("made at another time",
                    put_notice(contract->session, &record, &operation, NULL), ERR_INVALID);
    record.notice.first_at++;
    record.notice.last_at += 60;
    record.notice.count = UINT32_MAX;
    record.notice.closed_at = record.notice.last_at;
    memcpy(record.notice.closed_by, "Example Brand", 13);
    contract_operation(contract, &operation);
    contract_expect("closed", put_notice(contract->session, &record, &operation, NULL), ERR_OK);
    record.notice.version++;
    expect_record(contract, &kind, "closed", &record);
}

/* ---- the view ---- */

/* Recalls of the unit's product: does the view hold them? */
static const struct covering {
    const char *id;
    const char *lot, *from, *to;
    bool stop_use, lifted, other_product;
    bool covers;
} covering[] = {
    {"A all of the product", "", "", "", false, false, false, true},
    {"B its lot", "L24A0917", "", "", false, false, false, true},
    {"C another lot", "L24A0918", "", "", false, false, false, false},
    {"D its range", "", "M", "N", true, false, false, true},
    {"E range before it", "", "", "L", false, false, false, false},
    {"F range behind it", "", "N", "", false, false, false, false},
    {"G lifted", "", "", "", true, true, false, false},
    {"H of another product", "", "", "", true, false, true, false},
    {"I stop use", "", "", "", true, false, false, true},
};

enum { COVERING = sizeof covering / sizeof covering[0], VIEW_MAX = 16 };

static void
put_covering(struct contract *contract, const char *gtin, const char *other)
{
    for (size_t i = 0; i < COVERING; i++) {
        struct recall recall;
        struct operation operation;
        test_recall(&recall, covering[i].other_product ? other : gtin, covering[i].id);
        memcpy(recall.lot, covering[i].lot, strlen(covering[i].lot));
        memcpy(recall.serial_from, covering[i].from, strlen(covering[i].from));
        memcpy(recall.serial_to, covering[i].to, strlen(covering[i].to));
        recall.stop_use = covering[i].stop_use;
        recall.lifted_at = covering[i].lifted ? 1700000500 : 0;
        contract_operation(contract, &operation);
        contract_expect(covering[i].id,
                        registry_put_recall(contract->session, &recall, &operation, NULL), ERR_OK);
    }
}

/* Stop-use first, then the others, each in the order of ids. */
static void
expect_recalls(const struct unit_view *view)
{
    size_t at = 0;
    for (int stop_use = 1; stop_use >= 0; stop_use--)
        for (size_t i = 0; i < COVERING; i++) {
            if (!covering[i].covers || covering[i].stop_use != (stop_use == 1))
                continue;
            assert_true(at < view->recall_count);
            assert_string_equal(view->recalls[at].id, covering[i].id);
            at++;
        }
    assert_int_equal(view->recall_count, at);
}

static void
add_recalls(struct contract *contract, const char *gtin, unsigned first, bool stop_use)
{
    for (unsigned i = first; i < first + VIEW_MAX + 4; i++) {
        struct recall recall;
        struct operation operation;
        char id[ITEM_MAX + 1];
        (void)snprintf(id, sizeof id, "Z%02u", i);
        test_recall(&recall, gtin, id);
        recall.stop_use = stop_use;
        contract_operation(contract, &operation);
        contract_expect(id, registry_put_recall(contract->session, &recall, &operation, NULL),
                        ERR_OK);
    }
}

/* More than the view holds: those that say stop use are the last to be left out. */
static void
many_recalls(struct contract *contract, const struct unit_key *key, struct unit_view *view)
{
    add_recalls(contract, key->gtin, 10, false);
    contract_expect("view", registry_view(contract->session, key, view), ERR_OK);
    assert_int_equal(view->recall_count, VIEW_MAX);
    assert_string_equal(view->recalls[0].id, "D its range");
    assert_string_equal(view->recalls[1].id, "I stop use");
    assert_string_equal(view->recalls[2].id, "A all of the product");
    assert_string_equal(view->recalls[15].id, "Z21");
    add_recalls(contract, key->gtin, 50, true);
    contract_expect("view", registry_view(contract->session, key, view), ERR_OK);
    assert_int_equal(view->recall_count, VIEW_MAX);
    for (size_t i = 0; i < VIEW_MAX; i++)
        assert_true(view->recalls[i].stop_use);
    assert_string_equal(view->recalls[1].id, "I stop use");
    assert_string_equal(view->recalls[15].id, "Z63");
}

void
contract_view(struct contract *contract)
{
    char gtin[GTIN_DIGITS + 1];
    char other[GTIN_DIGITS + 1];
    struct unit unit;
    struct product product;
    struct lot lot;
    struct operation operation;
    struct unit_view *view = test_calloc(1, sizeof *view);
    contract_gtin(contract, gtin);
    contract_gtin(contract, other);
    contract_unit(contract, gtin, "MAKE", &unit);
    struct unit_key key = test_key(&unit);
    contract_expect("view", registry_view(contract->session, &key, view), ERR_OK);
    assert_true(view->has_unit && !view->has_product && view->has_lot);
    assert_int_equal(view->recall_count, 0);
    test_product(&product, gtin);
    contract_operation(contract, &operation);
    contract_expect("product", registry_put_product(contract->session, &product, &operation, NULL),
                    ERR_OK);
    put_covering(contract, gtin, other);
    contract_expect("view", registry_view(contract->session, &key, view), ERR_OK);
    assert_true(view->has_unit && view->has_product && view->has_lot);
    assert_memory_equal(&view->unit, &unit, sizeof unit);
    product.version = 1;
    assert_memory_equal(&view->product, &product, sizeof product);
    contract_expect("lot", registry_get_lot(contract->session, gtin, unit.id.lot, &lot), ERR_OK);
    assert_memory_equal(&view->lot, &lot, sizeof lot);
    expect_recalls(view);
    many_recalls(contract, &key, view);
    key.serial[0] = 'N';
    contract_expect("view of a unit that is not there",
                    registry_view(contract->session, &key, view), ERR_OK);
    assert_true(!view->has_unit && view->has_product && !view->has_lot);
    assert_int_equal(view->recall_count, 0);
    test_free(view);
}
