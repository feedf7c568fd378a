/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/assayd/watch.h"
#include "gateway/base/file.h"
#include "tests/base/scratch.h"
#include "tests/keys/sample.h"

enum { OFTEN_MS = 5, NEVER_MS = 3600 * 1000, TURNS_MAX = 6000, TURN_NS = 10000000 }; /* a minute */

static void
put(const char *path, uint64_t version, const char *behind)
{
    struct text text;
    sample_text(&text, version, 1);
    text_put(&text, behind);
    assert_int_equal(file_replace(path, text_slice(&text), 0644, NULL), ERR_OK);
    text_free(&text);
}

static uint64_t
version_of(struct keyring *ring)
{
    const struct keyset *keyset = keyring_acquire(ring);
    uint64_t version = keyset->version;
    keyring_release(ring, keyset);
    return version;
}

static void
await_version(struct keyring *ring, uint64_t version)
{
    const struct timespec turn = {0, TURN_NS};
    for (int i = 0; i < TURNS_MAX && version_of(ring) != version; i++)
        (void)nanosleep(&turn, NULL);
    assert_int_equal(version_of(ring), version);
}

struct scene {
    struct scratch scratch;
    struct config config;
    struct keyring *ring;
    struct watch *watch;
};

static void
begin(struct scene *s, unsigned pause_ms)
{
    scratch_make(&s->scratch);
    (void)scratch_path(&s->scratch, "keys.ini");
    config_defaults(&s->config);
    put(s->scratch.path, 1, "");
    assert_int_equal(keyring_open(s->scratch.path, &s->ring, NULL), ERR_OK);
    assert_int_equal(watch_open(&s->watch, &s->config, s->ring, pause_ms, NULL), ERR_OK);
}

static void
end(struct scene *s)
{
    watch_close(s->watch);
    keyring_close(s->ring);
    scratch_remove(&s->scratch);
}

/* Nobody but the watch looks. */
static void
a_changed_file_is_in_use(void **state)
{
    struct scene s;
    (void)state;
    begin(&s, OFTEN_MS);
    put(s.scratch.path, 2, "");
    await_version(s.ring, 2);
    put(s.scratch.path, 3, "nonsense\n"); /* refused, and it goes on */
    put(s.scratch.path, 4, "");
    await_version(s.ring, 4);
    end(&s);
}

static void
asked_it_looks_at_once(void **state)
{
    struct scene s;
    (void)state;
    begin(&s, NEVER_MS);
    for (uint64_t version = 2; version < 5; version++) {
        put(s.scratch.path, version, "");
        watch_look(s.watch);
        await_version(s.ring, version);
    }
    end(&s);
}

static void
closing_waits_for_no_pause(void **state)
{
    struct scene s;
    (void)state;
    begin(&s, NEVER_MS);
    end(&s);
    watch_close(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_changed_file_is_in_use),
        cmocka_unit_test(asked_it_looks_at_once),
        cmocka_unit_test(closing_waits_for_no_pause),
    };
    return sodium_init() < 0 ? EXIT_FAILURE : cmocka_run_group_tests(tests, NULL, NULL);
}
