/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/registry/checkpoint.h"
#include "tests/registry/support.h"

struct at {
    struct test_place place;
    char path[100];
};

static void
begin(struct at *at)
{
    test_place_make(&at->place);
    (void)snprintf(at->path, sizeof at->path, "%s/checkpoint", at->place.directory);
}

static void
texts(void **state)
{
    (void)state;
    static const struct {
        const char *label, *text;
        enum err expected;
    } rows[] = {
        {"whole", "operations = 5\nunits = 7\nevents = 9\n", ERR_OK},
        {"another order", "# x\nevents = 9\nunits = 7\noperations = 5\n", ERR_OK},
        {"empty", "", ERR_INVALID},
        {"one is missing", "operations = 5\nunits = 7\n", ERR_INVALID},
        {"one is repeated", "operations = 5\nunits = 7\nunits = 7\nevents = 9\n", ERR_INVALID},
        {"one too many", "operations = 5\nunits = 7\nevents = 9\nx = 1\n", ERR_INVALID},
        {"not a number", "operations = 5\nunits = x\nevents = 9\n", ERR_INVALID},
        {"negative", "operations = 5\nunits = -7\nevents = 9\n", ERR_INVALID},
        {"no text", "\x01", ERR_INVALID},
    };
    struct at at;
    begin(&at);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct registry_position position;
        struct fault fault = {ERR_OK, ""};
        const struct registry_position five = {5, 7, 9};
        assert_int_equal(file_replace(at.path, slice_of(rows[i].text), 0600, &fault), ERR_OK);
        if (checkpoint_read(at.path, &position, &fault) != rows[i].expected)
            fail_msg("%s: %s", rows[i].label, fault.text);
        bool good = rows[i].expected == ERR_OK;
        assert_true(!good || memcmp(&position, &five, sizeof five) == 0);
        /* What cannot be read holds nobody to anything, and is no reason to go on either. */
        assert_int_equal(checkpoint_check(at.path, &five, &fault), good ? ERR_OK : ERR_CONFLICT);
    }
    test_place_remove(&at.place);
}

static void
older_and_newer(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        struct registry_position noted, is;
        enum err expected;
    } rows[] = {
        {"as it was", {5, 7, 9}, {5, 7, 9}, ERR_OK},
        {"newer, after a crash", {5, 7, 9}, {8, 9, 20}, ERR_OK},
        {"older", {5, 7, 9}, {4, 7, 9}, ERR_CONFLICT},
        {"empty", {5, 7, 9}, {0, 0, 0}, ERR_CONFLICT},
        {"another one, with fewer units", {5, 7, 9}, {500, 6, 900}, ERR_CONFLICT},
    };
    struct at at;
    struct fault fault = {ERR_OK, ""};
    struct registry_position noted;
    begin(&at);
    const struct registry_position any = {1, 1, 1};
    assert_int_equal(checkpoint_read(at.path, &noted, &fault), ERR_NOT_FOUND);
    assert_int_equal(checkpoint_check(at.path, &any, &fault), ERR_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(checkpoint_write(at.path, &rows[i].noted, &fault), ERR_OK);
        enum err err = checkpoint_check(at.path, &rows[i].is, &fault);
        if (err != rows[i].expected)
            fail_msg("%s: %s", rows[i].label, fault.text);
        assert_true(err == ERR_OK || strstr(fault.text, "--accept-older") != NULL);
    }
    test_place_remove(&at.place);
}

static void
raised_and_never_lowered(void **state)
{
    (void)state;
    struct at at;
    struct fault fault = {ERR_OK, ""};
    struct registry_position noted;
    begin(&at);
    const struct registry_position steps[] = {{5, 7, 9}, {4, 7, 9}, {6, 7, 10}};
    static const uint64_t expected[] = {5, 5, 6};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(checkpoint_raise(at.path, &steps[i], &fault), ERR_OK);
        assert_int_equal(checkpoint_read(at.path, &noted, &fault), ERR_OK);
        assert_int_equal(noted.operations, expected[i]);
    }
    test_place_remove(&at.place);
}

/* It may be further than this registry, which is then an old copy. */
static void
not_raised_when_it_cannot_be_read(void **state)
{
    (void)state;
    struct at at;
    struct stat st;
    struct fault fault = {ERR_OK, ""};
    const struct registry_position position = {5, 7, 9};
    begin(&at);
    assert_int_equal(symlink(strrchr(at.path, '/') + 1, at.path), 0); /* leads to itself */
    assert_int_not_equal(checkpoint_raise(at.path, &position, &fault), ERR_OK);
    assert_non_null(strstr(fault.text, at.path));
    assert_true(lstat(at.path, &st) == 0 && S_ISLNK(st.st_mode));
    assert_int_equal(checkpoint_write(at.path, &position, &fault), ERR_OK);
    assert_int_equal(checkpoint_raise(at.path, &position, &fault), ERR_OK);
    test_place_remove(&at.place);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(older_and_newer),
        cmocka_unit_test(raised_and_never_lowered),
        cmocka_unit_test(not_raised_when_it_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
