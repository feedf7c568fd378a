/* SPDX-License-Identifier: Apache-2.0 */
/* Who is let in, until when, and where they may act. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/rules/credential.h"

enum { MADE = 1000, NOW = 5000 };

static const uint8_t none[SEAL_BYTES];
static const uint8_t first[SEAL_BYTES] = {1, 2};
static const uint8_t second[SEAL_BYTES] = {1, 3};
static const uint8_t other[SEAL_BYTES] = {0, 2};

static struct credential
credential_of(enum role role)
{
    struct credential c = {.id = "7K3M9Q2X",
                           .version = 1,
                           .role = role,
                           .name = "till 3",
                           .organisation = "Shop",
                           .location_count = 2,
                           .locations = {"Store 7", "Store 8"},
                           .made_at = MADE,
                           .used_on = CIVIL_NONE,
                           .secrets = {{.made_at = MADE}, {.made_at = MADE + 1}}};
    memcpy(c.secrets[0].seal, first, SEAL_BYTES);
    memcpy(c.secrets[1].seal, second, SEAL_BYTES);
    return c;
}

static void
admits(void **state)
{
    static const struct row {
        const char *label;
        int64_t expires_at, revoked_at, first_until, second_until;
        enum role role;
        bool first_in, second_in;
    } rows[] = {
        {"for ever", 0, 0, 0, 0, ROLE_RETAILER, true, true},
        {"every role of staff", 0, 0, 0, 0, ROLE_AUDITOR, true, true},
        {"in its last second", NOW + 1, 0, 0, 0, ROLE_RETAILER, true, true},
        {"expired", NOW, 0, 0, 0, ROLE_RETAILER, false, false},
        {"one is being retired", 0, 0, NOW + 1, 0, ROLE_RETAILER, true, true},
        {"the first has expired", 0, 0, NOW, 0, ROLE_RETAILER, false, true},
        {"the second has expired", 0, 0, 0, NOW - 1, ROLE_RETAILER, true, false},
        {"both have expired", 0, 0, 1, 1, ROLE_RETAILER, false, false},
        {"a secret does not outlive its credential", NOW, 0, NOW + 9, NOW + 9, ROLE_RETAILER, false,
         false},
        {"revoked", 0, NOW - 1, 0, 0, ROLE_RETAILER, false, false},
        {"revoked by a clock that is ahead", 0, NOW + 99, 0, 0, ROLE_RETAILER, false, false},
        {"no role", 0, 0, 0, 0, (enum role)0, false, false},
        {"a public one", 0, 0, 0, 0, ROLE_PUBLIC, false, false},
        {"an owner's", 0, 0, 0, 0, ROLE_OWNER, false, false},
        {"two roles", 0, 0, 0, 0, (enum role)(ROLE_RETAILER | ROLE_ADMIN), false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct credential c = credential_of(row->role);
        c.expires_at = row->expires_at;
        c.revoked_at = row->revoked_at;
        c.secrets[0].expires_at = row->first_until;
        c.secrets[1].expires_at = row->second_until;
        if (credential_admits(&c, first, NOW) != row->first_in ||
            credential_admits(&c, second, NOW) != row->second_in ||
            credential_admits(&c, other, NOW) || credential_admits(&c, none, NOW))
            fail_msg("%s", row->label);
    }
}

/* An empty place for a secret is not a secret of zeros. */
static void
no_secret_admits_nobody(void **state)
{
    struct credential c = credential_of(ROLE_OPERATOR);
    (void)state;
    memset(c.secrets, 0, sizeof c.secrets);
    assert_false(credential_admits(&c, none, NOW));
    memcpy(c.secrets[1].seal, second, SEAL_BYTES);
    assert_false(credential_admits(&c, none, NOW));
    assert_true(credential_admits(&c, second, NOW));
    memset(&c, 0, sizeof c);
    assert_false(credential_admits(&c, none, 0));
}

/* Each case breaks one rule of a good credential. */
static void
break_who(struct credential *c, int which)
{
    switch (which) {
    case 0:
        c->id[7] = '\0';
        break;
    case 1:
        c->id[0] = 'O';
        break;
    case 2:
        memset(c->id, 'A', sizeof c->id);
        break;
    case 3:
        c->role = ROLE_OWNER;
        break;
    case 4:
        c->name[0] = '\0';
        break;
    case 5:
        memset(c->name, 'A', sizeof c->name);
        break;
    case 6:
        c->organisation[0] = '\n';
        break;
    case 7:
        c->location_count = CREDENTIAL_LOCATIONS_MAX + 1;
        break;
    case 8:
        c->locations[1][0] = '\0';
        break;
    default:
        memcpy(c->locations[1], "Store 7", sizeof "Store 7");
        break;
    }
}

static void
break_secret(struct credential *c, int which)
{
    switch (which) {
    case 10:
        c->made_at = 0;
        break;
    case 11:
        c->expires_at = MADE;
        break;
    case 12:
        c->revoked_at = MADE - 1;
        break;
    case 13:
        c->secrets[0].made_at = MADE - 1;
        break;
    case 14:
        c->secrets[1].expires_at = MADE + 1;
        break;
    case 15:
        memset(c->secrets[0].seal, 0, SEAL_BYTES);
        break;
    case 16:
        memset(c->secrets, 0, sizeof c->secrets);
        break;
    default:
        memcpy(c->secrets[1].seal, first, SEAL_BYTES);
        break;
    }
}

static void
broken(void **state)
{
    static const char *const faults[] = {"/id: ",
                                         "/id: ",
                                         "/id: ",
                                         "/role: ",
                                         "/name: ",
                                         "/name: ",
                                         "/organisation: ",
                                         "/locations: more than 16",
                                         "/locations/1: has to be",
                                         "/locations/1: is there twice",
                                         "/made_at: ",
                                         "/expires_at: ",
                                         "/revoked_at: ",
                                         "/secrets/0/made_at: ",
                                         "/secrets/1/expires_at: ",
                                         "/secrets/0: has times and no secret",
                                         "/secrets: there is none",
                                         "/secrets: both"};
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct credential c = credential_of(ROLE_SERVICE);
        struct fault fault = {ERR_OK, ""};
        (i < 10 ? break_who : break_secret)(&c, (int)i);
        if (credential_check(&c, &fault) != ERR_INVALID ||
            strncmp(fault.text, faults[i], strlen(faults[i])) != 0)
            fail_msg("%s: %s", faults[i], fault.text);
    }
}

static void
whole(void **state)
{
    static const enum role roles[] = {ROLE_SERVICE,  ROLE_RETAILER, ROLE_ISSUER,
                                      ROLE_OPERATOR, ROLE_AUDITOR,  ROLE_ADMIN};
    (void)state;
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        struct credential c = credential_of(roles[i]);
        assert_int_equal(credential_check(&c, NULL), ERR_OK);
        c.location_count = 0;
        c.revoked_at = MADE;
        c.expires_at = MADE + 1;
        memset(&c.secrets[1], 0, sizeof c.secrets[1]);
        assert_int_equal(credential_check(&c, NULL), ERR_OK);
    }
}

static void
locations(void **state)
{
    static const struct row {
        const char *label;
        enum role role;
        size_t count;
        const char *location;
        bool may;
    } rows[] = {
        {"at its own", ROLE_RETAILER, 2, "Store 7", true},
        {"at its other", ROLE_SERVICE, 2, "Store 8", true},
        {"elsewhere", ROLE_RETAILER, 2, "Store 9", false},
        {"nearly", ROLE_RETAILER, 2, "Store", false},
        {"case matters", ROLE_RETAILER, 2, "store 7", false},
        {"one that is not counted", ROLE_RETAILER, 1, "Store 8", false},
        {"nowhere in particular", ROLE_RETAILER, 2, "", true},
        {"any of the organisation", ROLE_RETAILER, 0, "Store 9", true},
        {"an operator anywhere", ROLE_OPERATOR, 2, "Store 9", true},
        {"an owner has none", ROLE_OWNER, 0, "Train", true},
        {"an admin is bound", ROLE_ADMIN, 2, "Store 9", false},
        {"nobody, anywhere", (enum role)0, 0, "Store 7", false},
        {"nobody, nowhere", (enum role)0, 0, "", false},
        {"two roles", (enum role)(ROLE_RETAILER | ROLE_OPERATOR), 0, "", false},
        {"more than there can be", ROLE_RETAILER, 999, "Store 9", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct caller caller = {.role = rows[i].role,
                                .organisation = "Shop",
                                .location_count = rows[i].count,
                                .locations = {"Store 7", "Store 8"}};
        if (caller_at_location(&caller, rows[i].location) != rows[i].may)
            fail_msg("%s", rows[i].label);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(admits),    cmocka_unit_test(no_secret_admits_nobody),
        cmocka_unit_test(broken),    cmocka_unit_test(whole),
        cmocka_unit_test(locations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
