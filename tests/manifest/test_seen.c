/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>

#include "gateway/manifest/seen.h"

enum { UNITS = 100000 };

static const struct {
    const char *label;
    struct unit_key key;
    bool added;
} rows[] = {
    {"first", {"09506000134352", "1"}, true},
    {"again", {"09506000134352", "1"}, false},
    {"leading zeros are another serial", {"09506000134352", "00001"}, true},
    {"case matters", {"09506000134352", "a"}, true},
    {"the other case", {"09506000134352", "A"}, true},
    {"same serial of another product", {"09506000134369", "1"}, true},
    {"twenty characters", {"09506000134352", "ABCDEFGHIJ0123456789"}, true},
    {"a prefix of them", {"09506000134352", "ABCDEFGHIJ012345678"}, true},
    {"the first once more", {"09506000134352", "1"}, false},
};

static void
a_unit_is_seen_once(void **state)
{
    (void)state;
    struct seen *seen = NULL;
    assert_int_equal(seen_open(7, &seen), ERR_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (seen_add(seen, &rows[i].key) != rows[i].added)
            fail_msg("%s", rows[i].label);
    seen_close(seen);
}

static void
many_are_told_apart(void **state)
{
    (void)state;
    struct seen *seen = NULL;
    struct unit_key key = {"09506000134352", ""};
    assert_int_equal(seen_open(UNITS, &seen), ERR_OK);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < UNITS; i++) {
            (void)snprintf(key.serial, sizeof key.serial, "%d", i);
            assert_int_equal(seen_add(seen, &key), round == 0);
        }
    seen_close(seen);
}

/* More than there is room for is refused and ends; it never loops or overwrites. */
static void
a_full_set_refuses(void **state)
{
    (void)state;
    struct seen *seen = NULL;
    struct unit_key key = {"09506000134352", ""};
    int added = 0;
    assert_int_equal(seen_open(100, &seen), ERR_OK);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(key.serial, sizeof key.serial, "%d", i);
        added += seen_add(seen, &key) ? 1 : 0;
    }
    assert_int_equal(added, 100);
    seen_close(seen);
    seen_close(NULL);
}

static int
start(void **state)
{
    (void)state;
    return sodium_init() < 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_is_seen_once),
        cmocka_unit_test(many_are_told_apart),
        cmocka_unit_test(a_full_set_refuses),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
