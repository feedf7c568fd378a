/* SPDX-License-Identifier: Apache-2.0 */
/* A body is the same from memory and as a stream, however it is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/exchange/body.h"

enum { BODY_BYTES = 60 };
static const char body[BODY_BYTES + 1] =
    "gtin,serial\r\n09506000134352,00001\r\n09506000134352,\xC3\xA9\"\"\r\n,,\n\n";

/* A stream that gives the body in two parts. */
struct parts {
    size_t cut, at;
    bool breaks; /* at the cut */
};

static enum err
pull_part(void *context, char *out, size_t max, size_t *got)
{
    struct parts *parts = context;
    size_t end = parts->at < parts->cut ? parts->cut : BODY_BYTES;
    *got = 0;
    if (parts->breaks && parts->at >= parts->cut)
        return ERR_UNAVAILABLE;
    *got = end - parts->at < max ? end - parts->at : max;
    memcpy(out, body + parts->at, *got);
    parts->at += *got;
    return ERR_OK;
}

static enum err
collect(const struct request *request, size_t max, char *out, size_t *len)
{
    struct body_reader reader = body_read(request);
    size_t got = 1;
    enum err err = ERR_OK;
    for (*len = 0; err == ERR_OK && got > 0; *len += got)
        err = body_pull(&reader, out + *len, max, &got);
    return err;
}

static void
from_memory(void **state)
{
    char out[2 * BODY_BYTES];
    size_t len = 0;
    (void)state;
    for (size_t length = 0; length <= BODY_BYTES; length++)
        for (size_t max = 1; max <= BODY_BYTES + 1; max++) {
            const struct request request = {.body = slice_make(body, length)};
            assert_int_equal(body_length(&request), length);
            assert_int_equal(collect(&request, max, out, &len), ERR_OK);
            assert_int_equal(len, length);
            assert_memory_equal(out, body, length);
        }
    const struct request none = {.method = METHOD_POST};
    assert_int_equal(collect(&none, 10, out, &len), ERR_OK);
    assert_int_equal(len, 0);
}

static void
from_a_stream(void **state)
{
    char out[2 * BODY_BYTES];
    size_t len = 0;
    (void)state;
    for (size_t cut = 0; cut <= BODY_BYTES; cut++)
        for (size_t max = 1; max <= BODY_BYTES + 1; max++) {
            struct parts parts = {cut, 0, false};
            const struct body_stream stream = {pull_part, &parts, BODY_BYTES};
            const struct request request = {.stream = &stream};
            assert_int_equal(body_length(&request), BODY_BYTES);
            assert_int_equal(collect(&request, max, out, &len), ERR_OK);
            assert_int_equal(len, BODY_BYTES);
            assert_memory_equal(out, body, BODY_BYTES);
        }
}

static void
a_stream_that_breaks_is_no_end(void **state)
{
    char out[2 * BODY_BYTES];
    size_t len = 0;
    (void)state;
    for (size_t cut = 0; cut <= BODY_BYTES; cut++) {
        struct parts parts = {cut, 0, true};
        const struct body_stream stream = {pull_part, &parts, BODY_BYTES};
        const struct request request = {.stream = &stream};
        assert_int_equal(collect(&request, 16, out, &len), ERR_UNAVAILABLE);
        assert_int_equal(len, cut);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_memory),
        cmocka_unit_test(from_a_stream),
        cmocka_unit_test(a_stream_that_breaks_is_no_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
