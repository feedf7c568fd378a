/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/api/issued.h"

/* By when, newest first; of one second the greatest id. */
static const struct {
    char digit; /* of which the id is made */
    int64_t at;
} made[] = {{'3', 100}, {'1', 300}, {'a', 200}, {'f', 200}, {'0', 200}};
static const char order[] = "1fa03";
enum { MADE = sizeof made / sizeof made[0] };

static char place[64];

static struct issued
issue_of(char digit, int64_t at)
{
    struct issued out = {.gtin = "09506000134352", .count = 1, .at = at};
    memset(out.id, digit, ISSUE_ID_CHARS);
    memset(out.kid, 'a', 2 * KID_BYTES);
    memset(out.digest, 'b', 2 * SEAL_BYTES);
    return out;
}

static int
make_all(void **state)
{
    struct fault fault = {ERR_OK, ""};
    const struct issued_files none = {slice_of("l"), slice_of("c"), slice_of("m")};
    (void)state;
    (void)snprintf(place, sizeof place, "/tmp/assay-issued-XXXXXX");
    assert_non_null(mkdtemp(place));
    for (size_t i = 0; i < MADE; i++) {
        const struct issued issued = issue_of(made[i].digit, made[i].at);
        if (issued_create(place, &issued, &none, &fault) != ERR_OK)
            fail_msg("%s", fault.text);
    }
    return 0;
}

static int
remove_all(void **state)
{
    char command[96];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", place);
    return system(command);
}

/* However many a page has, all of them come once and in order. */
static void
lists_all_in_pages(void **state)
{
    (void)state;
    for (size_t most = 1; most <= MADE + 1; most++) {
        struct issued page[MADE + 1];
        struct issued last;
        char seen[2 * MADE + 1] = "";
        size_t count = 0;
        const struct issued *after = NULL;
        do {
            assert_int_equal(issued_list(place, after, page, most, &count), ERR_OK);
            assert_true(count <= most);
            for (size_t i = 0; i < count && strlen(seen) < 2 * MADE; i++)
                seen[strlen(seen)] = page[i].id[0];
            if (count > 0)
                last = page[count - 1];
            after = &last;
        } while (count > 0 && strlen(seen) < 2 * MADE);
        assert_string_equal(seen, order);
    }
}

static void
goes_on_behind_what_was_removed(void **state)
{
    struct issued page[MADE];
    size_t count = 0;
    const struct issued after = issue_of('b', 200);
    (void)state;
    assert_int_equal(issued_list(place, &after, page, MADE, &count), ERR_OK);
    assert_int_equal(count, 3);
    assert_int_equal(page[0].id[0], 'a');
}

static void
finds_none_where_nothing_is(void **state)
{
    struct issued page[1];
    size_t count = 1;
    (void)state;
    assert_int_equal(issued_list("/nonexistent", NULL, page, 1, &count), ERR_OK);
    assert_int_equal(count, 0);
}

/* A name that leads to itself: there, and not to be looked at, for whoever asks. */
static void
spoil(const char *data, char digit, const char *file)
{
    char path[ISSUED_PATH_MAX];
    const struct issued issued = issue_of(digit, 0);
    assert_true(issued_path(path, data, digit == 0 ? "" : issued.id, file));
    assert_true(remove(path) == 0 || digit == 0);
    assert_int_equal(symlink(strrchr(path, '/') + 1, path), 0);
}

static bool
is_there(const char *data, char digit, const char *file)
{
    char path[ISSUED_PATH_MAX];
    struct stat st;
    const struct issued issued = issue_of(digit, 0);
    assert_true(issued_path(path, data, issued.id, file));
    return lstat(path, &st) == 0;
}

/* The sweep at the start takes what has no record, and never what has one that cannot be read. */
static void
sweeps_only_what_has_no_record(void **state)
{
    static const struct {
        char digit;
        enum { KEPT, WITHOUT_RECORD, UNREADABLE } how;
    } rows[] = {{'c', KEPT}, {'d', WITHOUT_RECORD}, {'e', UNREADABLE}};
    char data[96];
    char record[ISSUED_PATH_MAX];
    struct fault fault = {ERR_OK, ""};
    const struct issued_files files = {slice_of("l"), slice_of("c"), slice_of("m")};
    (void)state;
    (void)snprintf(data, sizeof data, "%s/swept", place);
    assert_int_equal(mkdir(data, 0700), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct issued issued = issue_of(rows[i].digit, 1);
        assert_int_equal(issued_create(data, &issued, &files, &fault), ERR_OK);
        assert_true(issued_path(record, data, issued.id, "issue.json"));
        if (rows[i].how == WITHOUT_RECORD)
            assert_int_equal(remove(record), 0);
        if (rows[i].how == UNREADABLE)
            spoil(data, rows[i].digit, "issue.json");
    }
    issued_sweep(data);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (is_there(data, rows[i].digit, issued_cards) != (rows[i].how != WITHOUT_RECORD))
            fail_msg("%c: its cards", rows[i].digit);
}

static void
removes_what_cannot_be_looked_at(void **state)
{
    static const char *const files[] = {issued_cards, NULL};
    struct fault fault = {ERR_OK, ""};
    const struct issued issued = issue_of('3', 100);
    (void)state;
    spoil(place, '3', issued_cards);
    assert_int_equal(issued_remove(place, issued.id, files, &fault), ERR_OK);
    assert_false(is_there(place, '3', issued_cards));
    assert_int_equal(issued_remove(place, issued.id, files, &fault), ERR_OK);
}

static void
tells_when_it_cannot_list(void **state)
{
    char data[96];
    struct issued page[1];
    size_t count = 1;
    (void)state;
    (void)snprintf(data, sizeof data, "%s/unlisted", place);
    assert_int_equal(mkdir(data, 0700), 0);
    spoil(data, 0, "");
    assert_int_equal(issued_list(data, NULL, page, 1, &count), ERR_UNAVAILABLE);
    assert_int_equal(count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_all_in_pages),
        cmocka_unit_test(goes_on_behind_what_was_removed),
        cmocka_unit_test(finds_none_where_nothing_is),
        cmocka_unit_test(sweeps_only_what_has_no_record),
        cmocka_unit_test(removes_what_cannot_be_looked_at),
        cmocka_unit_test(tells_when_it_cannot_list),
    };
    return cmocka_run_group_tests(tests, make_all, remove_all);
}
