/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/secrets.h"
#include "tests/base/scratch.h"
#include "tests/vectors/keyfile.h"

/* The error of loading a file with these bytes; nothing may come out of a refused one. */
static enum err
load_bytes(struct scratch *s, const void *bytes, size_t len, struct fault *fault)
{
    struct secrets *secrets = NULL;
    scratch_write(s, "f", bytes, len, 0600);
    enum err err = secrets_load(scratch_path(s, "f"), &secrets, fault);
    assert_true((err == ERR_OK) == (secrets != NULL));
    secrets_free(secrets);
    return err;
}

static void
reads_the_file_of_another_program(void **state)
{
    struct scratch *s = *state;
    struct secrets *secrets = NULL;
    struct fault fault;
    scratch_write(s, "f", secrets_vector, strlen(secrets_vector), 0600);
    assert_int_equal(secrets_load(scratch_path(s, "f"), &secrets, &fault), ERR_OK);
    for (unsigned i = 0; i < SEAL_KEY_BYTES; i++) {
        assert_int_equal(secrets->label_key[i], (1 + 7 * i) & 0xFF);
        assert_int_equal(secrets->claim_key[i], (2 + 7 * i) & 0xFF);
    }
    for (unsigned i = 0; i < RECORD_KEY_BYTES; i++)
        assert_int_equal(secrets->record_key[i], (3 + 7 * i) & 0xFF);
    secrets_free(secrets);
}

static void
makes_new_ones_once(void **state)
{
    struct scratch *s = *state;
    struct secrets *made[2] = {NULL, NULL};
    struct secrets *loaded = NULL;
    struct fault fault;
    struct stat st;
    assert_int_equal(secrets_create(scratch_path(s, "f"), &made[0], &fault), ERR_OK);
    assert_int_equal(stat(s->path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(secrets_load(s->path, &loaded, &fault), ERR_OK);
    assert_memory_equal(loaded, made[0], sizeof *loaded);
    assert_int_equal(secrets_create(s->path, &made[1], &fault), ERR_EXISTS);
    assert_null(made[1]);
    assert_int_equal(secrets_create(scratch_path(s, "g"), &made[1], &fault), ERR_OK);
    assert_memory_not_equal(made[0]->label_key, made[1]->label_key, SEAL_KEY_BYTES);
    assert_memory_not_equal(made[0]->claim_key, made[1]->claim_key, SEAL_KEY_BYTES);
    assert_memory_not_equal(made[0]->record_key, made[1]->record_key, RECORD_KEY_BYTES);
    assert_memory_not_equal(made[0]->label_key, made[0]->claim_key, SEAL_KEY_BYTES);
    assert_false(sodium_is_zero((const uint8_t *)made[0], sizeof *made[0]));
    assert_int_equal(scratch_count(s), 2);
    for (size_t i = 0; i < 2; i++)
        secrets_free(made[i]);
    secrets_free(loaded);
    secrets_free(NULL);
}

static void
every_flipped_bit_is_refused(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    char bytes[sizeof secrets_vector];
    memcpy(bytes, secrets_vector, sizeof bytes);
    for (size_t bit = 0; bit < strlen(secrets_vector) * 8; bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
        if (load_bytes(s, bytes, strlen(secrets_vector), &fault) != ERR_CORRUPT)
            fail_msg("bit %zu of byte %zu", bit % 8, bit / 8);
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
    }
    assert_int_equal(load_bytes(s, bytes, strlen(secrets_vector), &fault), ERR_OK);
}

static void
every_truncation_is_refused(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    for (size_t len = 0; len < strlen(secrets_vector); len++)
        if (load_bytes(s, secrets_vector, len, &fault) != ERR_CORRUPT)
            fail_msg("%zu bytes", len);
}

static const struct {
    const char *label, *before, *after;
    enum err err;
    const char *word;
} longer[] = {
    {"a newline more", "", "\n", ERR_CORRUPT, "damaged"},
    {"a line more", "", "check = 00\n", ERR_CORRUPT, "damaged"},
    {"a NUL more", "", "\1", ERR_CORRUPT, "damaged"},
    {"something before", "\n", "", ERR_CORRUPT, "not a file of secrets"},
};

static void
longer_files_are_refused(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    for (size_t i = 0; i < sizeof longer / sizeof longer[0]; i++) {
        char bytes[sizeof secrets_vector + 40];
        size_t len = (size_t)snprintf(bytes, sizeof bytes, "%s%s%s", longer[i].before,
                                      secrets_vector, longer[i].after);
        if (bytes[len - 1] == '\1')
            bytes[len - 1] = '\0';
        if (load_bytes(s, bytes, len, &fault) != longer[i].err)
            fail_msg("%s: %s", longer[i].label, fault.text);
        assert_non_null(strstr(fault.text, longer[i].word));
    }
    static char large[5000];
    assert_int_equal(load_bytes(s, large, sizeof large, &fault), ERR_TOO_LARGE);
    assert_int_equal(load_bytes(s, "[keyset]\n", 9, &fault), ERR_CORRUPT);
    assert_non_null(strstr(fault.text, "not a file of secrets"));
}

static void
only_the_owner_may_read_it(void **state)
{
    struct scratch *s = *state;
    struct secrets *secrets = NULL;
    struct fault fault;
    static const mode_t modes[] = {0644, 0640, 0604, 0660, 0601};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        scratch_write(s, "f", secrets_vector, strlen(secrets_vector), modes[i]);
        assert_int_equal(secrets_load(scratch_path(s, "f"), &secrets, &fault), ERR_DENIED);
        assert_non_null(strstr(fault.text, "others can access it"));
        assert_null(secrets);
    }
}

static void
other_types_are_refused_at_once(void **state)
{
    struct scratch *s = *state;
    struct secrets *secrets = NULL;
    struct fault fault;
    static const struct {
        const char *name;
        enum err err;
        const char *word;
    } rows[] = {
        {"link", ERR_DENIED, "symbolic link"},
        {"fifo", ERR_DENIED, "not a regular file"},
        {"dir", ERR_DENIED, "not a regular file"},
        {"none", ERR_NOT_FOUND, "No such file"},
    };
    scratch_write(s, "f", secrets_vector, strlen(secrets_vector), 0600);
    assert_int_equal(symlink("f", scratch_path(s, "link")), 0);
    assert_int_equal(mkfifo(scratch_path(s, "fifo"), 0600), 0);
    assert_int_equal(mkdir(scratch_path(s, "dir"), 0700), 0);
    (void)alarm(20);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum err err = secrets_load(scratch_path(s, rows[i].name), &secrets, &fault);
        if (err != rows[i].err || strstr(fault.text, rows[i].word) == NULL)
            fail_msg("%s: %s", rows[i].name, fault.text);
        assert_null(secrets);
    }
    (void)alarm(0);
    assert_int_equal(secrets_create(scratch_path(s, "link"), &secrets, &fault), ERR_EXISTS);
    assert_int_equal(secrets_create(scratch_path(s, "no/f"), &secrets, &fault), ERR_NOT_FOUND);
    assert_null(secrets);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, scratch_tear_down)

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        IN_SCRATCH(reads_the_file_of_another_program), IN_SCRATCH(makes_new_ones_once),
        IN_SCRATCH(every_flipped_bit_is_refused),      IN_SCRATCH(every_truncation_is_refused),
        IN_SCRATCH(longer_files_are_refused),          IN_SCRATCH(only_the_owner_may_read_it),
        IN_SCRATCH(other_types_are_refused_at_once),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
