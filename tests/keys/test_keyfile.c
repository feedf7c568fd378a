/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "keys/keyfile.h"
#include "tests/base/scratch.h"
#include "tests/vectors/keyfile.h"
#include "tests/vectors/tokens.h"
#include "tests/vectors/unhex.h"

enum { VECTOR_BYTES = 248 };

static const struct keyfile_cost tiny = {.operations = 1, .memory = 8192};

static enum err
open_bytes(struct scratch *s, const void *bytes, size_t len, const char *passphrase,
           struct fault *fault)
{
    struct issuing_key *key = NULL;
    scratch_write(s, "f", bytes, len, 0600);
    enum err err = keyfile_open(scratch_path(s, "f"), slice_of(passphrase), &key, fault);
    assert_true((err == ERR_OK) == (key != NULL));
    keyfile_free(key);
    return err;
}

static void
opens_the_file_of_another_program(void **state)
{
    struct scratch *s = *state;
    struct issuing_key *key = NULL;
    struct fault fault;
    uint8_t bytes[VECTOR_BYTES];
    uint8_t expected[PUBLIC_KEY_BYTES];
    assert_int_equal(unhex(bytes, sizeof bytes, keyfile_vector), VECTOR_BYTES);
    scratch_write(s, "f", bytes, sizeof bytes, 0600);
    if (keyfile_open(scratch_path(s, "f"), slice_of(KEYFILE_PASSPHRASE), &key, &fault) != ERR_OK)
        fail_msg("%s", fault.text);
    assert_string_equal(key->name, "plant-a");
    (void)unhex(expected, sizeof expected, token_vectors[0].public_key);
    assert_memory_equal(key->public_key, expected, PUBLIC_KEY_BYTES);
    (void)unhex(expected, sizeof expected, token_vectors[2].public_key);
    assert_memory_equal(key->manifest_public_key, expected, PUBLIC_KEY_BYTES);
    (void)unhex(expected, sizeof expected, token_vectors[0].kid);
    assert_memory_equal(key->kid, expected, KID_BYTES);
    struct token token;
    char text[TOKEN_CHARS + 1];
    assert_true(token_sign(&token, key->secret_key, token_vectors[0].payload,
                           strlen(token_vectors[0].payload)));
    token_format(text, &token);
    assert_string_equal(text, token_vectors[0].token);
    keyfile_free(key);
}

static void
creates_what_it_opens(void **state)
{
    struct scratch *s = *state;
    struct issuing_key *made = NULL;
    struct issuing_key *opened = NULL;
    struct fault fault;
    struct stat st;
    static const char *const names[] = {"a", "plant-a", "abcdefghijklmnopqrstuvwxyz012345"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *path = scratch_path(s, names[i]);
        struct slice passphrase = slice_of("8 bytes!");
        assert_int_equal(keyfile_create(path, names[i], passphrase, &tiny, &made, &fault), ERR_OK);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        assert_int_equal(st.st_size, VECTOR_BYTES);
        assert_int_equal(keyfile_open(path, passphrase, &opened, &fault), ERR_OK);
        assert_memory_equal(made, opened, sizeof *made);
        assert_string_equal(opened->name, names[i]);
        assert_true(public_key_valid(opened->public_key));
        assert_true(public_key_valid(opened->manifest_public_key));
        assert_memory_not_equal(opened->public_key, opened->manifest_public_key, PUBLIC_KEY_BYTES);
        keyfile_free(made);
        keyfile_free(opened);
    }
    assert_int_equal(scratch_count(s), 3);
    keyfile_free(NULL);
}

/* No secret is in the file in the clear, and nothing random is used twice. */
static void
two_files_share_nothing(void **state)
{
    struct scratch *s = *state;
    uint8_t files[2][VECTOR_BYTES];
    struct issuing_key *key = NULL;
    static const char *const names[] = {"one", "two"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(keyfile_create(scratch_path(s, names[i]), "same", slice_of("12345678"),
                                        &tiny, &key, NULL),
                         ERR_OK);
        assert_int_equal(scratch_read(s, names[i], files[i], VECTOR_BYTES), VECTOR_BYTES);
        for (size_t at = 0; at + SEED_BYTES <= VECTOR_BYTES; at++) {
            assert_memory_not_equal(files[i] + at, key->secret_key, SEED_BYTES);
            assert_memory_not_equal(files[i] + at, key->manifest_secret_key, SEED_BYTES);
        }
        keyfile_free(key);
    }
    static const size_t random_parts[][2] = {
        {64, 96}, {96, 128}, {128, 144}, {144, 168}, {168, 200}};
    for (size_t i = 0; i < sizeof random_parts / sizeof random_parts[0]; i++)
        assert_memory_not_equal(files[0] + random_parts[i][0], files[1] + random_parts[i][0],
                                random_parts[i][1] - random_parts[i][0]);
}

static const struct {
    const char *label, *passphrase;
} wrong[] = {
    {"empty", ""},
    {"another", "correct horse battery stable"},
    {"capital", "Correct horse battery staple"},
    {"a blank more", "correct horse battery staple "},
    {"a newline more", "correct horse battery staple\n"},
    {"cut", "correct horse battery stapl"},
};

static void
wrong_passphrases_are_refused(void **state)
{
    struct scratch *s = *state;
    uint8_t bytes[VECTOR_BYTES];
    (void)unhex(bytes, sizeof bytes, keyfile_vector);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct fault fault;
        if (open_bytes(s, bytes, sizeof bytes, wrong[i].passphrase, &fault) != ERR_DENIED)
            fail_msg("%s: %s", wrong[i].label, fault.text);
        assert_non_null(strstr(fault.text, "f: wrong passphrase, or the file was altered"));
    }
}

/* Bytes 0-15 are the magic, 16-31 the cost, 32-247 what only decryption can judge. */
static void
every_flipped_bit_is_refused(void **state)
{
    struct scratch *s = *state;
    uint8_t bytes[VECTOR_BYTES];
    struct fault fault;
    (void)unhex(bytes, sizeof bytes, keyfile_vector);
    for (size_t bit = 0; bit < sizeof bytes * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        enum err err = open_bytes(s, bytes, sizeof bytes, KEYFILE_PASSPHRASE, &fault);
        bool expected = bit / 8 < 16   ? err == ERR_CORRUPT
                        : bit / 8 < 32 ? err == ERR_CORRUPT || err == ERR_DENIED
                                       : err == ERR_DENIED;
        if (!expected)
            fail_msg("bit %zu of byte %zu: %s", bit % 8, bit / 8, err_info(err)->code);
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_int_equal(open_bytes(s, bytes, sizeof bytes, KEYFILE_PASSPHRASE, &fault), ERR_OK);
}

static void
every_other_length_is_refused(void **state)
{
    struct scratch *s = *state;
    static uint8_t bytes[5000];
    struct fault fault;
    (void)unhex(bytes, sizeof bytes, keyfile_vector);
    for (size_t len = 0; len <= 4096; len += len < 300 ? 1 : 97) {
        enum err err = open_bytes(s, bytes, len, KEYFILE_PASSPHRASE, &fault);
        if (err != (len == VECTOR_BYTES ? ERR_OK : ERR_CORRUPT))
            fail_msg("%zu bytes: %s", len, fault.text);
    }
    assert_int_equal(open_bytes(s, bytes, sizeof bytes, KEYFILE_PASSPHRASE, &fault), ERR_TOO_LARGE);
}

/* What a file may demand before its passphrase is known. */
static const struct {
    const char *label;
    uint64_t operations, memory;
} costs[] = {
    {"no operations", 0, 8192},           {"too many operations", 17, 8192},
    {"all operations", UINT64_MAX, 8192}, {"no memory", 1, 0},
    {"too little memory", 1, 8191},       {"more than 1 GiB", 1, (UINT64_C(1) << 30) + 1},
    {"all memory", 1, UINT64_MAX},
};

static void
costs_out_of_range_are_refused(void **state)
{
    struct scratch *s = *state;
    for (size_t i = 0; i < sizeof costs / sizeof costs[0]; i++) {
        uint8_t bytes[VECTOR_BYTES];
        struct fault fault;
        struct issuing_key *key = NULL;
        struct keyfile_cost cost = {costs[i].operations, costs[i].memory};
        (void)unhex(bytes, sizeof bytes, keyfile_vector);
        for (size_t b = 0; b < 8; b++) {
            bytes[16 + b] = (uint8_t)(cost.operations >> (56 - 8 * b));
            bytes[24 + b] = (uint8_t)(cost.memory >> (56 - 8 * b));
        }
        if (open_bytes(s, bytes, sizeof bytes, KEYFILE_PASSPHRASE, &fault) != ERR_CORRUPT)
            fail_msg("%s: opened", costs[i].label);
        if (keyfile_create(scratch_path(s, "g"), "g", slice_of("12345678"), &cost, &key, &fault) !=
            ERR_INVALID)
            fail_msg("%s: created", costs[i].label);
        assert_null(key);
    }
    assert_int_equal(keyfile_cost_default.operations, crypto_pwhash_OPSLIMIT_MODERATE);
    assert_int_equal(keyfile_cost_default.memory, crypto_pwhash_MEMLIMIT_MODERATE);
}

static void
bad_arguments_are_refused(void **state)
{
    struct scratch *s = *state;
    static char longest[PASSPHRASE_MAX + 1];
    memset(longest, 'x', sizeof longest);
    const struct {
        const char *label, *name;
        struct slice passphrase;
        enum err err;
    } rows[] = {
        {"name empty", "", slice_of("12345678"), ERR_INVALID},
        {"name with a slash", "a/b", slice_of("12345678"), ERR_INVALID},
        {"name of 33", "abcdefghijklmnopqrstuvwxyz0123456", slice_of("12345678"), ERR_INVALID},
        {"passphrase empty", "a", slice_of(""), ERR_INVALID},
        {"passphrase of 7", "a", slice_of("1234567"), ERR_INVALID},
        {"passphrase of 1025", "a", slice_make(longest, sizeof longest), ERR_INVALID},
        {"passphrase of 1024", "a", slice_make(longest, PASSPHRASE_MAX), ERR_OK},
        {"there is one", "a", slice_of("12345678"), ERR_EXISTS},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct issuing_key *key = NULL;
        struct fault fault;
        enum err err = keyfile_create(scratch_path(s, "f"), rows[i].name, rows[i].passphrase, &tiny,
                                      &key, &fault);
        if (err != rows[i].err || (err == ERR_OK) != (key != NULL))
            fail_msg("%s: %s", rows[i].label, err_info(err)->code);
        keyfile_free(key);
    }
    struct issuing_key *key = NULL;
    assert_int_equal(
        keyfile_open(scratch_path(s, "f"), slice_make(longest, PASSPHRASE_MAX), &key, NULL),
        ERR_OK); /* the first one is still there */
    keyfile_free(key);
    assert_int_equal(scratch_count(s), 1);
}

static void
only_the_owner_may_read_it(void **state)
{
    struct scratch *s = *state;
    struct issuing_key *key = NULL;
    struct fault fault;
    uint8_t bytes[VECTOR_BYTES];
    static const mode_t modes[] = {0644, 0640, 0604, 0660, 0601};
    (void)unhex(bytes, sizeof bytes, keyfile_vector);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        scratch_write(s, "f", bytes, sizeof bytes, modes[i]);
        assert_int_equal(
            keyfile_open(scratch_path(s, "f"), slice_of(KEYFILE_PASSPHRASE), &key, &fault),
            ERR_DENIED);
        assert_non_null(strstr(fault.text, "others can access it"));
        assert_null(key);
    }
}

static void
other_types_are_refused_at_once(void **state)
{
    struct scratch *s = *state;
    struct issuing_key *key = NULL;
    struct fault fault;
    uint8_t bytes[VECTOR_BYTES];
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
    (void)unhex(bytes, sizeof bytes, keyfile_vector);
    scratch_write(s, "f", bytes, sizeof bytes, 0600);
    assert_int_equal(symlink("f", scratch_path(s, "link")), 0);
    assert_int_equal(mkfifo(scratch_path(s, "fifo"), 0600), 0);
    assert_int_equal(mkdir(scratch_path(s, "dir"), 0700), 0);
    (void)alarm(20);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum err err =
            keyfile_open(scratch_path(s, rows[i].name), slice_of(KEYFILE_PASSPHRASE), &key, &fault);
        if (err != rows[i].err || strstr(fault.text, rows[i].word) == NULL)
            fail_msg("%s: %s", rows[i].name, fault.text);
        assert_null(key);
    }
    (void)alarm(0);
}

static void
create_keys_for_ever(struct scratch *s)
{
    for (unsigned n = 0;; n++) {
        struct issuing_key *key = NULL;
        char name[16];
        (void)snprintf(name, sizeof name, "k%u", n % 1000000);
        if (keyfile_create(scratch_path(s, name), name, slice_of("12345678"), &tiny, &key, NULL) !=
            ERR_OK)
            _exit(1);
        keyfile_free(key);
    }
}

/* However it ends, a name that is there is a whole file. */
static void
killed_while_writing(void **state)
{
    struct scratch *s = *state;
    size_t found = 0;
    for (unsigned round = 0; round < 20; round++) {
        pid_t child = fork();
        if (child == 0)
            create_keys_for_ever(s);
        const struct timespec pause = {0, 3000000 + (long)round * 700000};
        (void)nanosleep(&pause, NULL);
        int status = 0;
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        struct issuing_key *key = NULL;
        struct fault fault;
        for (unsigned n = 0;; n++) {
            char name[16];
            (void)snprintf(name, sizeof name, "k%u", n % 1000000);
            enum err err = keyfile_open(scratch_path(s, name), slice_of("12345678"), &key, &fault);
            if (err == ERR_NOT_FOUND)
                break;
            if (err != ERR_OK)
                fail_msg("%s", fault.text);
            keyfile_free(key);
            assert_int_equal(unlink(s->path), 0);
            found++;
        }
    }
    assert_true(found > 0);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, scratch_tear_down)

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        IN_SCRATCH(opens_the_file_of_another_program),
        IN_SCRATCH(creates_what_it_opens),
        IN_SCRATCH(two_files_share_nothing),
        IN_SCRATCH(wrong_passphrases_are_refused),
        IN_SCRATCH(every_flipped_bit_is_refused),
        IN_SCRATCH(every_other_length_is_refused),
        IN_SCRATCH(costs_out_of_range_are_refused),
        IN_SCRATCH(bad_arguments_are_refused),
        IN_SCRATCH(only_the_owner_may_read_it),
        IN_SCRATCH(other_types_are_refused_at_once),
        IN_SCRATCH(killed_while_writing),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
