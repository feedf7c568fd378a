/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "gateway/base/err.h"

/* Codes are a promise to programs: a change here breaks them. */
static const struct {
    enum err err;
    const char *code;
    int http_status, exit_code;
} rows[] = {
    {ERR_OK, "ok", 200, 0},
    {ERR_INVALID, "invalid", 400, 1},
    {ERR_USAGE, "usage", 400, 2},
    {ERR_NOT_FOUND, "not_found", 404, 3},
    {ERR_EXISTS, "exists", 409, 5},
    {ERR_CONFLICT, "conflict", 409, 5},
    {ERR_DENIED, "denied", 403, 6},
    {ERR_BUSY, "busy", 409, 7},
    {ERR_UNAVAILABLE, "unavailable", 503, 7},
    {ERR_UNKNOWN, "outcome_unknown", 503, 7},
    {ERR_FULL, "full", 507, 7},
    {ERR_CORRUPT, "corrupt", 503, 1},
    {ERR_TOO_LARGE, "too_large", 413, 1},
    {ERR_MEMORY, "memory", 503, 7},
};

static void
every_error_has_its_row(void **state)
{
    (void)state;
    assert_int_equal(sizeof rows / sizeof rows[0], ERR_COUNT);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct err_info *info = err_info(rows[i].err);
        assert_int_equal(rows[i].err, i);
        assert_string_equal(info->code, rows[i].code);
        assert_int_equal(info->http_status, rows[i].http_status);
        assert_int_equal(info->exit_code, rows[i].exit_code);
        assert_true(strlen(info->title) > 0);
        assert_int_equal(strspn(info->code, "abcdefghijklmnopqrstuvwxyz_"), strlen(info->code));
    }
}

static void
no_number_is_out_of_range(void **state)
{
    (void)state;
    assert_ptr_equal(err_info(ERR_COUNT), err_info(ERR_UNAVAILABLE));
    assert_ptr_equal(err_info((enum err)1000), err_info(ERR_UNAVAILABLE));
}

static void
fault_keeps_the_sentence(void **state)
{
    (void)state;
    struct fault fault = {ERR_OK, ""};
    assert_int_equal(fault_set(&fault, ERR_INVALID, "%s:%d: %s", "a.ini", 7, "why"), ERR_INVALID);
    assert_int_equal(fault.err, ERR_INVALID);
    assert_string_equal(fault.text, "a.ini:7: why");
    assert_int_equal(fault_set(NULL, ERR_FULL, "%s", "nobody listens"), ERR_FULL);
}

static void
fault_cuts_what_is_too_long(void **state)
{
    (void)state;
    char longer[FAULT_TEXT_MAX * 2];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    struct fault fault;
    assert_int_equal(fault_set(&fault, ERR_INVALID, "%s", longer), ERR_INVALID);
    assert_int_equal(strlen(fault.text), FAULT_TEXT_MAX - 1);
    longer[FAULT_TEXT_MAX - 1] = '\0';
    assert_string_equal(fault.text, longer);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_its_row),
        cmocka_unit_test(no_number_is_out_of_range),
        cmocka_unit_test(fault_keeps_the_sentence),
        cmocka_unit_test(fault_cuts_what_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
