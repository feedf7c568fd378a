/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "keys/keyring.h"
#include "tests/base/scratch.h"
#include "tests/keys/sample.h"

static int
set_up(void **state)
{
    struct scratch *s = calloc(1, sizeof *s);
    scratch_make(s);
    (void)scratch_path(s, "keys.ini");
    *state = s;
    return 0;
}

static int
tear_down(void **state)
{
    scratch_remove(*state);
    free(*state);
    return 0;
}

static void
put(const char *path, uint64_t version, unsigned count, const char *comment)
{
    struct text text;
    sample_text(&text, version, count);
    text_put(&text, comment);
    assert_int_equal(file_replace(path, text_slice(&text), 0644, NULL), ERR_OK);
    text_free(&text);
}

static struct keyring *
open_ring(const char *path)
{
    struct keyring *ring = NULL;
    struct fault fault;
    if (keyring_open(path, &ring, &fault) != ERR_OK)
        fail_msg("%s", fault.text);
    return ring;
}

static void
assert_in_use(struct keyring *ring, uint64_t version, size_t count)
{
    const struct keyset *keyset = keyring_acquire(ring);
    assert_int_equal(keyset->version, version);
    assert_int_equal(keyset->count, count);
    keyring_release(ring, keyset);
}

static void
no_file_is_nothing_trusted(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    bool swapped = true;
    struct keyring *ring = open_ring(s->path);
    assert_in_use(ring, 0, 0);
    assert_int_equal(keyring_reload(ring, false, &swapped, &fault), ERR_OK);
    assert_false(swapped);
    assert_int_equal(keyring_reload(ring, true, &swapped, &fault), ERR_OK);
    assert_false(swapped);
    put(s->path, 1, 2, "");
    assert_int_equal(keyring_reload(ring, false, &swapped, &fault), ERR_OK);
    assert_true(swapped);
    assert_in_use(ring, 1, 2);
    keyring_close(ring);
}

static void
put_at(const char *path, uint64_t version, time_t seconds)
{
    const struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    put(path, version, 1, "");
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* It is the file in use that has an age, not one that was refused. */
static void
when_it_changed_is_known(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    bool swapped = false;
    struct keyring *ring = open_ring(s->path);
    assert_int_equal(keyring_changed_at(ring), 0);
    put_at(s->path, 5, 1700000000);
    assert_int_equal(keyring_reload(ring, false, &swapped, &fault), ERR_OK);
    assert_int_equal(keyring_changed_at(ring), 1700000000);
    put_at(s->path, 4, 1700000100);
    assert_int_equal(keyring_reload(ring, false, &swapped, &fault), ERR_CONFLICT);
    assert_int_equal(keyring_changed_at(ring), 1700000000);
    put_at(s->path, 6, 1700000200);
    assert_int_equal(keyring_reload(ring, false, &swapped, &fault), ERR_OK);
    assert_int_equal(keyring_changed_at(ring), 1700000200);
    keyring_close(ring);
}

static void
a_damaged_file_is_not_opened(void **state)
{
    struct scratch *s = *state;
    struct keyring *ring = NULL;
    struct fault fault;
    scratch_write(s, "keys.ini", "[keyset]\n", 9, 0644);
    assert_int_equal(keyring_open(s->path, &ring, &fault), ERR_INVALID);
    assert_null(ring);
    assert_non_null(strstr(fault.text, "no version in [keyset]"));
    assert_int_equal(keyring_open(s->root, &ring, &fault), ERR_UNAVAILABLE);
    assert_null(ring);
    keyring_close(NULL);
}

/* One after the other, on a ring that holds version 5 with three keys. */
static const struct {
    const char *label;
    uint64_t version;
    unsigned count;
    const char *comment;
    enum err err;
    bool swapped;
    uint64_t in_use;
} steps[] = {
    {"the same bytes in another file", 5, 3, "", ERR_OK, false, 5},
    {"a key less, same version", 5, 2, "", ERR_CONFLICT, false, 5},
    {"a comment more, same version", 5, 3, "# c\n", ERR_CONFLICT, false, 5},
    {"version 4", 4, 3, "", ERR_CONFLICT, false, 5},
    {"version 1", 1, 1, "", ERR_CONFLICT, false, 5},
    {"damaged, higher version", 6, 3, "x\n", ERR_INVALID, false, 5},
    {"version 6", 6, 2, "", ERR_OK, true, 6},
    {"version 6 again", 6, 2, "", ERR_OK, false, 6},
    {"back to version 5", 5, 3, "", ERR_CONFLICT, false, 6},
    {"version 40", 40, 0, "", ERR_OK, true, 40},
};

static void
the_version_only_rises(void **state)
{
    struct scratch *s = *state;
    put(s->path, 5, 3, "");
    struct keyring *ring = open_ring(s->path);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        for (int force = 0; force < 2; force++) {
            struct fault fault = {ERR_OK, ""};
            bool swapped = false;
            if (force == 0)
                put(s->path, steps[i].version, steps[i].count, steps[i].comment);
            enum err err = keyring_reload(ring, force == 1, &swapped, &fault);
            if (err != steps[i].err || swapped != (steps[i].swapped && force == 0))
                fail_msg("%s: %s %s", steps[i].label, err_info(err)->code, fault.text);
        }
        const struct keyset *keyset = keyring_acquire(ring);
        if (keyset->version != steps[i].in_use)
            fail_msg("%s: version %llu", steps[i].label, (unsigned long long)keyset->version);
        keyring_release(ring, keyset);
    }
    keyring_close(ring);
}

static void
faults_say_why(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    bool swapped = true;
    char expected[SCRATCH_PATH_MAX + 100];
    put(s->path, 7, 1, "");
    struct keyring *ring = open_ring(s->path);
    put(s->path, 6, 1, "");
    assert_int_equal(keyring_reload(ring, false, &swapped, &fault), ERR_CONFLICT);
    (void)snprintf(expected, sizeof expected,
                   "%s: changed, but its version 6 is not above 7, in use", s->path);
    assert_string_equal(fault.text, expected);
    assert_int_equal(unlink(s->path), 0);
    assert_int_equal(keyring_reload(ring, false, &swapped, &fault), ERR_NOT_FOUND);
    assert_false(swapped);
    assert_in_use(ring, 7, 1);
    put(s->path, 7, 1, "");
    assert_int_equal(keyring_reload(ring, false, &swapped, &fault), ERR_OK);
    assert_false(swapped);
    keyring_close(ring);
}

/* Same inode, size and time: only `force` looks inside. */
static void
force_looks_inside(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    bool swapped = false;
    struct text text;
    put(s->path, 1, 1, "");
    struct keyring *ring = open_ring(s->path);
    assert_int_equal(keyring_reload(ring, false, &swapped, &fault), ERR_OK);
    assert_false(swapped);
    sample_text(&text, 2, 1);
    struct timespec now[2] = {{1000000000, 0}, {1000000000, 0}};
    assert_int_equal(utimensat(AT_FDCWD, s->path, now, 0), 0);
    assert_int_equal(keyring_reload(ring, false, &swapped, &fault), ERR_OK);
    scratch_write(s, "keys.ini", text.data, text.len, 0644);
    assert_int_equal(utimensat(AT_FDCWD, s->path, now, 0), 0);
    assert_int_equal(keyring_reload(ring, false, &swapped, &fault), ERR_OK);
    assert_false(swapped);
    assert_int_equal(keyring_reload(ring, true, &swapped, &fault), ERR_OK);
    assert_true(swapped);
    assert_in_use(ring, 2, 1);
    text_free(&text);
    keyring_close(ring);
}

static void
what_was_acquired_stays(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    bool swapped = false;
    const struct keyset *held[6];
    put(s->path, 1, 1, "");
    struct keyring *ring = open_ring(s->path);
    for (unsigned i = 0; i < 6; i++) {
        held[i] = keyring_acquire(ring);
        put(s->path, i + 2, i + 2, "");
        assert_int_equal(keyring_reload(ring, false, &swapped, &fault), ERR_OK);
        assert_true(swapped);
    }
    static const size_t order[] = {3, 0, 5, 1, 4, 2};
    for (size_t i = 0; i < 6; i++) {
        const struct keyset *keyset = held[order[i]];
        assert_int_equal(keyset->version, order[i] + 1);
        assert_int_equal(keyset->count, order[i] + 1);
        assert_non_null(keyset_find_name(keyset, "key-0"));
        keyring_release(ring, keyset);
    }
    assert_in_use(ring, 7, 7);
    keyring_close(ring);
}

enum { READERS = 4, VERSIONS = 60, KEYS = 12 };

struct shared {
    struct keyring *ring;
    atomic_bool done;
    atomic_int wrong;
    atomic_long reads;
};

/* Version v has v % KEYS keys, named in order: anything else is a mixture. */
static bool
is_whole(const struct keyset *keyset)
{
    if (keyset->count != keyset->version % KEYS)
        return false;
    for (size_t i = 0; i < keyset->count; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "key-%zu", i);
        if (strcmp(keyset->entries[i].name, name) != 0)
            return false;
    }
    return true;
}

static void *
read_on(void *context)
{
    struct shared *shared = context;
    uint64_t last = 0;
    while (!atomic_load(&shared->done)) {
        const struct keyset *keyset = keyring_acquire(shared->ring);
        if (!is_whole(keyset) || keyset->version < last)
            atomic_fetch_add(&shared->wrong, 1);
        last = keyset->version;
        keyring_release(shared->ring, keyset);
        atomic_fetch_add(&shared->reads, 1);
    }
    return NULL;
}

static void *
reload_on(void *context)
{
    struct shared *shared = context;
    while (!atomic_load(&shared->done)) {
        bool swapped = false;
        if (keyring_reload(shared->ring, true, &swapped, NULL) != ERR_OK)
            atomic_fetch_add(&shared->wrong, 1);
    }
    return NULL;
}

static void
readers_never_see_a_mixture(void **state)
{
    struct scratch *s = *state;
    put(s->path, 1, 1, "");
    struct shared shared = {.ring = open_ring(s->path)};
    pthread_t threads[READERS + 2];
    for (size_t i = 0; i < READERS + 2; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, i < READERS ? read_on : reload_on, &shared), 0);
    for (unsigned version = 2; version <= VERSIONS; version++)
        put(s->path, version, version % KEYS, "");
    while (atomic_load(&shared.reads) < 1000)
        (void)sched_yield();
    atomic_store(&shared.done, true);
    for (size_t i = 0; i < READERS + 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    bool swapped = false;
    assert_int_equal(keyring_reload(shared.ring, true, &swapped, NULL), ERR_OK);
    assert_in_use(shared.ring, VERSIONS, VERSIONS % KEYS);
    assert_int_equal(atomic_load(&shared.wrong), 0);
    keyring_close(shared.ring);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        IN_SCRATCH(no_file_is_nothing_trusted),  IN_SCRATCH(a_damaged_file_is_not_opened),
        IN_SCRATCH(the_version_only_rises),      IN_SCRATCH(faults_say_why),
        IN_SCRATCH(force_looks_inside),          IN_SCRATCH(what_was_acquired_stays),
        IN_SCRATCH(readers_never_see_a_mixture), IN_SCRATCH(when_it_changed_is_known),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
