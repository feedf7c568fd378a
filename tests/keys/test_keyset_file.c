/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "keys/keyset.h"
#include "tests/base/scratch.h"
#include "tests/keys/sample.h"
#include "tests/vectors/unhex.h"

/* Written by hand; the keys are those of RFC 8032 section 7.1. */
static const char expected_file[] =
    "# Whose labels are trusted. Change it with `assay keys`, which raises the version.\n"
    "[keyset]\n"
    "version = 9007199254740991\n"
    "\n"
    "[key 866eefbd67]\n"
    "name = plant-a\n"
    "public_key = d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\n"
    "manifest_key = 3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c\n"
    "organisation = Example Brand\n"
    "gtin_prefixes = 0950600 04\n"
    "not_before = 2026-01-01T00:00:00Z\n"
    "not_after = 2031-01-01T00:00:00Z\n"
    "status = retired\n"
    "\n"
    "[key 51d5369157]\n"
    "name = plant-b\n"
    "public_key = fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025\n"
    "manifest_key = 278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e\n"
    "organisation = Example Brand\n"
    "gtin_prefixes = 0950600\n"
    "not_before = 2026-01-01T00:00:00Z\n"
    "not_after = 2031-01-01T00:00:00Z\n"
    "status = revoked\n"
    "compromised_since = 2026-05-01T00:00:00Z\n"
    "reason = laptop stolen\n";

static void
set_keys(struct keyset_entry *entry, const char *name, const char *key, const char *manifest_key)
{
    (void)snprintf(entry->name, sizeof entry->name, "%s", name);
    (void)unhex(entry->public_key, PUBLIC_KEY_BYTES, key);
    (void)unhex(entry->manifest_key, PUBLIC_KEY_BYTES, manifest_key);
    token_kid(entry->kid, entry->public_key);
}

static void
writes_what_is_expected(void **state)
{
    (void)state;
    struct keyset *keyset = sample_keyset(9007199254740991, 2);
    struct text out;
    set_keys(&keyset->entries[0], "plant-a",
             "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
             "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    set_keys(&keyset->entries[1], "plant-b",
             "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
             "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e");
    strcpy(keyset->entries[0].prefixes[1], "04");
    keyset->entries[0].prefix_count = 2;
    keyset->entries[0].status = KEY_RETIRED;
    keyset->entries[1].status = KEY_REVOKED;
    keyset->entries[1].compromised_since = 1777593600;
    strcpy(keyset->entries[1].reason, "laptop stolen");
    text_init(&out, KEYSET_FILE_MAX);
    keyset_format(&out, keyset);
    assert_string_equal(out.data, expected_file);
    struct fault fault;
    assert_int_equal(keyset_parse(keyset, text_slice(&out), "f", &fault), ERR_OK);
    text_reset(&out);
    keyset_format(&out, keyset);
    assert_string_equal(out.data, expected_file);
    text_free(&out);
    free(keyset);
}

/* The longest of everything, as often as it may be, is a file that is read again. */
static void
the_largest_keyset_fits(void **state)
{
    (void)state;
    struct keyset *keyset = sample_keyset(KEYSET_VERSION_MAX, KEYSET_MAX);
    struct fault fault;
    for (size_t i = 0; i < KEYSET_MAX; i++) {
        struct keyset_entry *entry = &keyset->entries[i];
        (void)snprintf(entry->name, sizeof entry->name, "%032zu", i);
        memset(entry->organisation, 'o', KEY_ORGANISATION_MAX);
        memset(entry->reason, 'r', KEY_REASON_MAX);
        entry->prefix_count = KEY_PREFIXES_MAX;
        for (size_t p = 0; p < KEY_PREFIXES_MAX; p++)
            memset(entry->prefixes[p], '9', GTIN_PREFIX_MAX);
        entry->status = KEY_REVOKED;
    }
    struct text out;
    text_init(&out, KEYSET_FILE_MAX);
    keyset_format(&out, keyset);
    assert_true(text_ok(&out));
    struct keyset *again = sample_keyset(0, 0);
    if (keyset_parse(again, text_slice(&out), "f", &fault) != ERR_OK)
        fail_msg("%s", fault.text);
    assert_int_equal(again->count, KEYSET_MAX);
    text_free(&out);
    free(again);
    free(keyset);
}

static enum err
add_sample(struct keyset *keyset, void *context, struct fault *fault)
{
    struct keyset_entry entry;
    sample_entry(&entry, *(const unsigned *)context);
    return keyset_add(keyset, &entry, fault);
}

static enum err
merge_other(struct keyset *keyset, void *context, struct fault *fault)
{
    return keyset_merge(keyset, context, fault);
}

static enum err
fail_after_a_change(struct keyset *keyset, void *context, struct fault *fault)
{
    (void)context;
    keyset->count = 0;
    return fault_set(fault, ERR_CONFLICT, "changed my mind");
}

static enum err
spoil(struct keyset *keyset, void *context, struct fault *fault)
{
    (void)fault;
    (void)snprintf(keyset->entries[0].organisation, KEY_ORGANISATION_MAX, "%s",
                   (const char *)context);
    return ERR_OK;
}

static enum err
lower_the_version(struct keyset *keyset, void *context, struct fault *fault)
{
    (void)fault;
    keyset->version = *(const uint64_t *)context;
    return ERR_OK;
}

static void
assert_keyset(const char *path, uint64_t version, size_t count)
{
    struct keyset *keyset = NULL;
    struct fault fault;
    if (keyset_load(path, &keyset, &fault) != ERR_OK)
        fail_msg("%s", fault.text);
    assert_int_equal(keyset->version, version);
    assert_int_equal(keyset->count, count);
    free(keyset);
}

static void
updates_raise_the_version(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    struct stat st;
    const char *path = scratch_path(s, "keys.ini");
    for (unsigned n = 0; n < 3; n++) {
        assert_int_equal(keyset_update(path, add_sample, &n, &fault), ERR_OK);
        assert_keyset(path, n + 1, n + 1);
    }
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0644);
    assert_int_equal(scratch_count(s), 2); /* and the lock */
}

/* A key exported at the plant is added at the gateway. */
static void
an_exported_key_is_added(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    unsigned n = 7;
    struct keyset *exported = sample_keyset(12, 1);
    const char *path = scratch_path(s, "keys.ini");
    assert_int_equal(keyset_update(path, add_sample, &n, &fault), ERR_OK);
    assert_int_equal(keyset_update(path, merge_other, exported, &fault), ERR_OK);
    assert_keyset(path, 2, 2);
    assert_int_equal(keyset_update(path, merge_other, exported, &fault), ERR_EXISTS);
    assert_keyset(path, 2, 2);
    free(exported);
}

static void
a_refused_update_changes_nothing(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    unsigned n = 0;
    uint64_t last = KEYSET_VERSION_MAX;
    char before[4000];
    char after[4000];
    const char *path = scratch_path(s, "keys.ini");
    assert_int_equal(keyset_update(path, add_sample, &n, &fault), ERR_OK);
    ssize_t len = scratch_read(s, "keys.ini", before, sizeof before);
    assert_int_equal(keyset_update(path, fail_after_a_change, NULL, &fault), ERR_CONFLICT);
    assert_string_equal(fault.text, "changed my mind");
    static char injected[] = "A\n[key 866eefbd67]";
    static char comment[] = "A ;B";
    static char *const organisations[] = {injected, comment};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(keyset_update(path, spoil, organisations[i], &fault), ERR_INVALID);
        assert_non_null(strstr(fault.text, "organisation"));
    }
    assert_int_equal(keyset_update(path, lower_the_version, &last, &fault), ERR_FULL);
    assert_int_equal(scratch_read(s, "keys.ini", after, sizeof after), len);
    assert_memory_equal(before, after, (size_t)len);
    assert_int_equal(scratch_count(s), 2);
}

static void
a_damaged_file_is_not_replaced(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    unsigned n = 0;
    scratch_write(s, "keys.ini", "[keyset]\n", 9, 0644);
    assert_int_equal(keyset_update(scratch_path(s, "keys.ini"), add_sample, &n, &fault),
                     ERR_INVALID);
    char content[100];
    assert_int_equal(scratch_read(s, "keys.ini", content, sizeof content), 9);
}

static void
a_symbolic_link_is_not_replaced(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    unsigned n = 0;
    assert_int_equal(keyset_update(scratch_path(s, "real.ini"), add_sample, &n, &fault), ERR_OK);
    assert_int_equal(symlink("real.ini", scratch_path(s, "keys.ini")), 0);
    n = 1;
    assert_int_equal(keyset_update(s->path, add_sample, &n, &fault), ERR_DENIED);
    assert_non_null(strstr(fault.text, "keys.ini: is a symbolic link"));
    assert_keyset(scratch_path(s, "real.ini"), 1, 1);
    assert_keyset(scratch_path(s, "keys.ini"), 1, 1);
}

static void
one_update_at_a_time(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    unsigned n = 0;
    int lock = -1;
    assert_int_equal(file_lock(scratch_path(s, "keys.ini.lock"), &lock, &fault), ERR_OK);
    assert_int_equal(keyset_update(scratch_path(s, "keys.ini"), add_sample, &n, &fault), ERR_BUSY);
    assert_int_equal(close(lock), 0);
    assert_int_equal(keyset_update(s->path, add_sample, &n, &fault), ERR_OK);
}

enum { WRITERS = 4, KEYS_A_WRITER = 10 };

struct writer {
    const char *path;
    unsigned first;
    enum err err;
};

static void *
add_ten(void *context)
{
    struct writer *w = context;
    for (unsigned n = w->first; n < w->first + KEYS_A_WRITER && w->err == ERR_OK; n++) {
        while ((w->err = keyset_update(w->path, add_sample, &n, NULL)) == ERR_BUSY)
            (void)sched_yield();
    }
    return NULL;
}

static void
no_update_is_lost(void **state)
{
    struct scratch *s = *state;
    pthread_t threads[WRITERS];
    struct writer writers[WRITERS];
    const char *path = scratch_path(s, "keys.ini");
    for (unsigned i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){path, i * KEYS_A_WRITER, ERR_OK};
        assert_int_equal(pthread_create(&threads[i], NULL, add_ten, &writers[i]), 0);
    }
    for (unsigned i = 0; i < WRITERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(writers[i].err, ERR_OK);
    }
    assert_keyset(path, (uint64_t)WRITERS * KEYS_A_WRITER, (size_t)WRITERS * KEYS_A_WRITER);
}

static void
load_names_what_is_wrong(void **state)
{
    struct scratch *s = *state;
    static char too_large[KEYSET_FILE_MAX + 1];
    struct keyset *keyset = NULL;
    struct fault fault;
    assert_int_equal(keyset_load(scratch_path(s, "none.ini"), &keyset, &fault), ERR_NOT_FOUND);
    assert_null(keyset);
    memset(too_large, '\n', sizeof too_large);
    scratch_write(s, "large.ini", too_large, sizeof too_large, 0644);
    assert_int_equal(keyset_load(scratch_path(s, "large.ini"), &keyset, &fault), ERR_TOO_LARGE);
    scratch_write(s, "bad.ini", "x\n", 2, 0644);
    assert_int_equal(keyset_load(scratch_path(s, "bad.ini"), &keyset, &fault), ERR_INVALID);
    assert_non_null(strstr(fault.text, "bad.ini:1: "));
    assert_int_equal(keyset_load(s->root, &keyset, &fault), ERR_UNAVAILABLE);
    assert_null(keyset);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, scratch_tear_down)

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_is_expected),
        cmocka_unit_test(the_largest_keyset_fits),
        IN_SCRATCH(updates_raise_the_version),
        IN_SCRATCH(an_exported_key_is_added),
        IN_SCRATCH(a_refused_update_changes_nothing),
        IN_SCRATCH(a_damaged_file_is_not_replaced),
        IN_SCRATCH(a_symbolic_link_is_not_replaced),
        IN_SCRATCH(one_update_at_a_time),
        IN_SCRATCH(no_update_is_lost),
        IN_SCRATCH(load_names_what_is_wrong),
    };
    (void)umask(022);
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
