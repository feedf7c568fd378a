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

#include "gateway/cli/pictures.h"

#define PICTURE "<svg>picture</svg>"

struct place {
    char directory[32];
    char path[64];
};

static void
make_place(struct place *place)
{
    (void)snprintf(place->directory, sizeof place->directory, "/tmp/assay-test-XXXXXX");
    assert_non_null(mkdtemp(place->directory));
    (void)snprintf(place->path, sizeof place->path, "%s/label.svg", place->directory);
}

static void
put(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void
expect_content(const char *path, const char *content)
{
    char buffer[64] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t got = fread(buffer, 1, sizeof buffer - 1, file);
    (void)fclose(file);
    assert_int_equal(got, strlen(content));
    assert_string_equal(buffer, content);
}

/* Removes the place; nothing but the file may be in it: no temporary file was left. */
static void
end_place(const struct place *place)
{
    (void)unlink(place->path);
    assert_int_equal(rmdir(place->directory), 0);
}

static void
test_what_is_there(void **state)
{
    static const struct row {
        const char *label, *before; /* NULL: nothing is there */
        enum err err;
        bool there;
        const char *after;
    } rows[] = {
        {"nothing", NULL, ERR_OK, false, PICTURE},
        {"the same", PICTURE, ERR_OK, true, PICTURE},
        {"its beginning, after a power failure", "<svg>pic", ERR_OK, false, PICTURE},
        {"no byte of it, after a power failure", "", ERR_OK, false, PICTURE},
        {"another of its length", "<svg>Picture</svg>", ERR_EXISTS, false, "<svg>Picture</svg>"},
        {"a shorter other", "precious", ERR_EXISTS, false, "precious"},
        {"more than it", PICTURE "\n", ERR_EXISTS, false, PICTURE "\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct place place;
        struct fault fault = {.err = ERR_OK};
        bool there = !rows[i].there;
        make_place(&place);
        if (rows[i].before != NULL)
            put(place.path, rows[i].before);
        enum err err = picture_write(place.path, slice_of(PICTURE), &there, &fault);
        if (err != rows[i].err || there != rows[i].there)
            fail_msg("%s: %d %s", rows[i].label, err, fault.text);
        expect_content(place.path, rows[i].after);
        if (err == ERR_OK)
            assert_int_equal(pictures_sync(place.directory, &fault), ERR_OK);
        end_place(&place);
    }
}

static void
test_what_is_no_file_stays(void **state)
{
    struct place place;
    struct stat st;
    struct fault fault = {.err = ERR_OK};
    bool there = true;
    char target[64];
    (void)state;
    make_place(&place);
    assert_int_equal(mkfifo(place.path, 0600), 0);
    assert_int_equal(picture_write(place.path, slice_of(PICTURE), &there, &fault), ERR_EXISTS);
    assert_true(lstat(place.path, &st) == 0 && S_ISFIFO(st.st_mode));
    assert_int_equal(unlink(place.path), 0);
    (void)snprintf(target, sizeof target, "%s/target", place.directory);
    put(target, "");
    assert_int_equal(symlink(target, place.path), 0);
    assert_int_equal(picture_write(place.path, slice_of(PICTURE), &there, &fault), ERR_EXISTS);
    expect_content(target, "");
    assert_int_equal(unlink(target), 0);
    end_place(&place);
}

static void
test_no_place(void **state)
{
    struct fault fault = {.err = ERR_OK};
    bool there = true;
    (void)state;
    assert_int_equal(picture_write("/nowhere/x", slice_of(PICTURE), &there, &fault), ERR_NOT_FOUND);
    assert_false(there);
    assert_int_equal(pictures_sync("/nowhere/x", &fault), ERR_NOT_FOUND);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_there),
        cmocka_unit_test(test_what_is_no_file_stays),
        cmocka_unit_test(test_no_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
