/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "keys/locked.h"
#include "keys/secrets.h"
#include "tests/base/scratch.h"

/* libsodium finds this one instead of the C library's, so that the limit of locked memory can be
 * reached here also as root and under sanitizers, which let every mlock pass. */
static bool refuse;
static size_t locked_bytes;

__attribute__((visibility("default"))) int
mlock(const void *address, size_t len)
{
    (void)address;
    if (refuse) {
        errno = ENOMEM;
        return -1;
    }
    locked_bytes += len;
    return 0;
}

static void
gives_locked_zeroed_memory(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 16, 80, 230, 4096, 10000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct fault fault;
        void *memory = NULL;
        locked_bytes = 0;
        assert_int_equal(locked_new(&memory, sizes[i], &fault), ERR_OK);
        assert_true(locked_bytes >= sizes[i]);
        assert_true(sodium_is_zero(memory, sizes[i]));
        memset(memory, 0xFF, sizes[i]);
        locked_free(memory);
    }
    locked_free(NULL);
}

static void
refuses_memory_that_is_not_locked(void **state)
{
    (void)state;
    struct fault fault;
    int somewhere = 0;
    void *memory = &somewhere;
    refuse = true;
    enum err err = locked_new(&memory, 32, &fault);
    refuse = false;
    assert_int_equal(err, ERR_DENIED);
    assert_null(memory);
    assert_non_null(strstr(fault.text, "the limit of locked memory is too low"));
    assert_non_null(strstr(fault.text, "LimitMEMLOCK="));
}

static void
writes_no_secrets_that_it_cannot_lock(void **state)
{
    (void)state;
    struct scratch s = {.root = ""};
    struct fault fault;
    struct secrets *secrets = NULL;
    scratch_make(&s);
    refuse = true;
    enum err err = secrets_create(scratch_path(&s, "secrets"), &secrets, &fault);
    refuse = false;
    assert_int_equal(err, ERR_DENIED);
    assert_null(secrets);
    assert_int_equal(scratch_count(&s), 0);
    assert_int_equal(secrets_create(s.path, &secrets, &fault), ERR_OK);
    secrets_free(secrets);
    refuse = true;
    err = secrets_load(s.path, &secrets, &fault);
    refuse = false;
    assert_int_equal(err, ERR_DENIED);
    assert_null(secrets);
    scratch_remove(&s);
}

static void
fails_on_what_cannot_be_had(void **state)
{
    (void)state;
    struct fault fault;
    void *memory = NULL;
    assert_int_equal(locked_new(&memory, SIZE_MAX / 2, &fault), ERR_MEMORY);
    assert_null(memory);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_locked_zeroed_memory),
        cmocka_unit_test(refuses_memory_that_is_not_locked),
        cmocka_unit_test(writes_no_secrets_that_it_cannot_lock),
        cmocka_unit_test(fails_on_what_cannot_be_had),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
