/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the registry share: a place on disk, and records to put there. */
#ifndef ASSAY_TESTS_REGISTRY_SUPPORT_H
#define ASSAY_TESTS_REGISTRY_SUPPORT_H

#include "gateway/registry/registry.h"

extern const uint8_t test_record_key[RECORD_KEY_BYTES];

/* A temporary directory and the address of a registry in it that does not exist yet. */
struct test_place {
    char directory[64];
    char path[80];
    char url[128];
};
void test_place_make(struct test_place *place);
void test_place_remove(const struct test_place *place);
/* The same for cmocka: *state is a struct test_place of the test's own. */
int test_place_set_up(void **state);
int test_place_tear_down(void **state);

/* Opens or fails the test. */
struct registry *test_open(const char *url);
struct registry_session *test_session(struct registry *registry);

/* The GTIN-14 of a number, with its check digit. */
void test_gtin(char out[static GTIN_DIGITS + 1], unsigned number);
/* Zeroed, then with everything that a fresh unit has: lot, days, kid, seal and claim made from the
 * serial. */
void test_unit(struct unit *out, const char *gtin, const char *serial);
bool test_same_unit(const struct unit *a, const struct unit *b);
struct unit_key test_key(const struct unit *unit);
/* With an id and digest made from the number, as an operator at second 1,700,000,000 + number. */
void test_operation(struct operation *out, uint64_t number);
void test_product(struct product *out, const char *gtin);
void test_lot(struct lot *out, const char *gtin, const char *lot);
void test_recall(struct recall *out, const char *gtin, const char *id);
void test_credential(struct credential *out, const char *id);
/* Made and seen at `at`; seal and key made from the number. */
void test_browser(struct session *out, const char *credential, unsigned number, int64_t at);
/* Open, of kind NOTICE_NEVER_ISSUED, seen once at `at`. */
void test_notice(struct notice *out, const char *reference, int64_t at);

/* The change that event_apply makes of `before`, or fails the test. Receives at, moves to, sells,
 * holds (…): the fields that the event needs are made from `text`; receiving also carries purchase
 * order "PO text" and selling sales order "SO text". No fields when it is "". */
void test_change(struct change *out, const struct unit *before, enum event_type type,
                 const struct operation *operation, const char *text);
/* The same; false when the rules do not allow the event now. */
bool test_try_change(struct change *out, const struct unit *before, enum event_type type,
                     const struct operation *operation, const char *text);

/* Registers one unit or fails the test. */
void test_commission(struct registry_session *session, const struct unit *unit, uint64_t number);
/* registry_check finds nothing, or the test fails and says what. */
void test_undamaged(struct registry_session *session);

/* Small, fast, the same everywhere. */
uint32_t test_random(uint64_t *state);

#endif
