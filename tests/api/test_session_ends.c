/* SPDX-License-Identifier: Apache-2.0 */
/* What ends a session besides signing out: time, its credential, its key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/records/access.h"
#include "tests/api/visitor.h"

#define HOUR INT64_C(3600)

/* ---- how long ---- */

/* Visits at seconds after signing in; 0 ends them. All but the last find the session live. */
static const struct {
    const char *label;
    int64_t at[8];
    bool live;
} times[] = {
    {"at once", {1}, true},
    {"just before it idles", {HOUR - 1}, true},
    {"idle", {HOUR}, false},
    {"seen, but too soon to be written", {299, HOUR}, false},
    {"seen and written", {300, HOUR + 299}, true},
    {"idle since it was written", {300, HOUR + 300}, false},
    {"a request that began a little before the last", {1800, 1799}, true},
    {"a clock that was set back", {1800, 1200}, false},
    {"set back before it was made", {-3600}, false},
    {"a shift",
     {2 * HOUR - 3601, 3 * HOUR - 3602, 4 * HOUR - 3603, 5 * HOUR - 3604, 6 * HOUR - 3605},
     true},
};

static void
ends_by_time(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char cookie[COOKIE_TEXT];
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        int64_t from = NOW + (int64_t)i * 1000000;
        sign_in(g, key, from, cookie);
        for (size_t j = 0; times[i].at[j] != 0; j++) {
            bool live = role_with(g, cookie, from + times[i].at[j]) == ROLE_RETAILER;
            bool last = times[i].at[j + 1] == 0;
            if (live != (last ? times[i].live : true))
                fail_msg("%s: visit %zu", times[i].label, j);
        }
    }
}

static void
ends_after_a_shift_however_busy(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char cookie[COOKIE_TEXT];
    (void)credential_made(g, ROLE_RETAILER, 0, key);
    sign_in(g, key, NOW, cookie);
    for (int64_t at = 0; at < 12 * HOUR; at += 1000)
        assert_int_equal(role_with(g, cookie, NOW + at), ROLE_RETAILER);
    assert_int_equal(role_with(g, cookie, NOW + 12 * HOUR - 1), ROLE_RETAILER);
    assert_int_equal(role_with(g, cookie, NOW + 12 * HOUR), ROLE_PUBLIC);
}

/* ---- the credential below it ---- */

static void
ends_with_its_credential(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char cookie[COOKIE_TEXT];
    struct credential credential = credential_made(g, ROLE_RETAILER, NOW + 1000, key);
    sign_in(g, key, NOW, cookie);
    /* 1,000 seconds later, which is before a shift is over. */
    assert_string_equal(answer_text(g, "expires_at"), "2026-11-22T14:50:00Z");
    assert_int_equal(role_with(g, cookie, NOW + 999), ROLE_RETAILER);
    assert_int_equal(role_with(g, cookie, NOW + 1000), ROLE_PUBLIC);
    credential.role = ROLE_SERVICE; /* takes effect at the next request */
    credential_stored(g, &credential);
    assert_int_equal(role_with(g, cookie, NOW + 999), ROLE_SERVICE);
    credential.revoked_at = NOW;
    credential_stored(g, &credential);
    assert_int_equal(role_with(g, cookie, NOW), ROLE_PUBLIC);
    assert_true(g->worker.signed_in.over);
}

static void
rotate(struct gateway *g, struct credential *credential, int64_t now, char key[static KEY_TEXT])
{
    assert_int_equal(registry_get_credential(g->worker.session, credential->id, credential),
                     ERR_OK);
    assert_int_equal(credential_rotate(credential, g->secrets.claim_key, now, 600, key), ERR_OK);
    credential_stored(g, credential);
}

static void
ends_with_its_key(void **state)
{
    struct gateway *g = *state;
    char keys[2][KEY_TEXT];
    char cookies[2][COOKIE_TEXT];
    struct credential credential = credential_made(g, ROLE_RETAILER, 0, keys[0]);
    sign_in(g, keys[0], NOW, cookies[0]);
    rotate(g, &credential, NOW + 10, keys[1]);
    sign_in(g, keys[1], NOW + 10, cookies[1]);
    assert_int_equal(
        visit(g, &(struct visit){.cookie = cookies[0], .now = NOW + 609, .handle = api_session}),
        200);
    /* When the grace ends: 610 seconds after 14:33:20. */
    assert_string_equal(answer_text(g, "expires_at"), "2026-11-22T14:43:30Z");
    assert_int_equal(role_with(g, cookies[0], NOW + 610), ROLE_PUBLIC);
    assert_int_equal(role_with(g, cookies[1], NOW + 610), ROLE_RETAILER);
    assert_int_equal(try_sign_in(g, keys[0], NOW + 610), 401);
}

/* The third key takes the place of the first one in the record: a session that the first one opened
 * must not live on by it. */
static void
does_not_live_on_by_another_key(void **state)
{
    struct gateway *g = *state;
    char keys[3][KEY_TEXT];
    char cookies[3][COOKIE_TEXT];
    struct credential credential = credential_made(g, ROLE_RETAILER, 0, keys[0]);
    sign_in(g, keys[0], NOW, cookies[0]);
    rotate(g, &credential, NOW, keys[1]);
    sign_in(g, keys[1], NOW, cookies[1]);
    assert_int_equal(role_with(g, cookies[0], NOW), ROLE_RETAILER);
    rotate(g, &credential, NOW, keys[2]);
    sign_in(g, keys[2], NOW, cookies[2]);
    assert_int_equal(role_with(g, cookies[0], NOW), ROLE_PUBLIC);
    assert_int_equal(role_with(g, cookies[1], NOW + 599), ROLE_RETAILER);
    assert_int_equal(role_with(g, cookies[1], NOW + 600), ROLE_PUBLIC);
    assert_int_equal(role_with(g, cookies[2], NOW + 600), ROLE_RETAILER);
}

static void
notes_the_use_of_the_credential(void **state)
{
    struct gateway *g = *state;
    char key[KEY_TEXT];
    char cookie[COOKIE_TEXT];
    struct credential credential = credential_made(g, ROLE_RETAILER, 0, key);
    sign_in(g, key, NOW, cookie);
    for (int64_t at = NOW; at < NOW + 12 * HOUR; at += 3000) {
        assert_int_equal(role_with(g, cookie, at), ROLE_RETAILER);
        assert_int_equal(registry_get_credential(g->worker.session, credential.id, &credential),
                         ERR_OK);
        assert_int_equal(credential.used_on, date_of(at, 0));
    }
    /* Made, used on the 22nd, used on the 23rd. */
    assert_int_equal(credential.version, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, visitor_set_up, visitor_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ends_by_time),
        TEST(ends_after_a_shift_however_busy),
        TEST(ends_with_its_credential),
        TEST(ends_with_its_key),
        TEST(does_not_live_on_by_another_key),
        TEST(notes_the_use_of_the_credential),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
