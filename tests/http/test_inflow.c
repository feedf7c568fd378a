/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies that come in slowly, in part, or not at all; the clock is the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/http/inflow.h"

enum { TIMEOUT_MS = 1000, PULL_MAX = 64 * 1024, STREAM_PIECE_MAX = 1024 };
#define KIB ((uint64_t)1024)
#define MIB (1024 * KIB)

static int64_t now; /* of the clock, which has no argument */

static int64_t
clock_now(void)
{
    return now;
}

/* Sends `chunk` bytes every `every_ms`, the first ones then, until `total` are sent. Byte number i
 * is i. */
struct sender {
    uint64_t chunk, total, sent;
    int64_t every_ms;
};

static int64_t
due(const struct sender *sender)
{
    return (int64_t)(sender->sent / sender->chunk + 1) * sender->every_ms;
}

/* As mg_read: waits for each byte anew. */
static int
receive(void *connection, char *out, size_t max)
{
    struct sender *sender = connection;
    for (size_t i = 0; i < max; i++) {
        if (sender->sent == sender->total || due(sender) - now > TIMEOUT_MS) {
            now += TIMEOUT_MS;
            return (int)i;
        }
        now = due(sender) > now ? due(sender) : now;
        out[i] = (char)sender->sent++;
    }
    return (int)max;
}

static const struct inflow_source template = {receive, NULL, clock_now};

static void
begin(struct inflow *inflow, struct sender *sender, const struct inflow_terms *terms,
      uint64_t length)
{
    struct inflow_source source = template;
    source.connection = sender;
    now = 0;
    inflow_begin(inflow, &source, terms, length);
}

static enum err
pull_all(struct inflow *inflow, size_t max)
{
    char *out = malloc(max);
    size_t got = 1;
    enum err err = ERR_OK;
    uint64_t taken = 0;
    assert_non_null(out);
    while (err == ERR_OK && got > 0) {
        err = inflow_pull(inflow, out, max, &got);
        for (size_t i = 0; i < got; i++)
            assert_int_equal(out[i], (char)(taken + i));
        taken += got;
    }
    assert_int_equal(got, 0);
    assert_true(err != ERR_OK || taken == inflow->length);
    free(out);
    return err;
}

enum who { PUBLIC, STAFF, STREAM };

/* Figures by hand: what is sent in t seconds against what is allowed. */
static void
deadlines(void **state)
{
    static const struct {
        const char *label;
        enum who who;
        uint64_t length;
        struct sender sender; /* chunk, total, sent, every */
        uint64_t left;        /* 0: it arrives */
    } rows[] = {
        {"nothing is to come", PUBLIC, 0, {1, 0, 0, 1}, 0},
        {"at once", PUBLIC, 8000, {8000, 8000, 0, 1}, 0},
        {"nothing comes", PUBLIC, 100, {1, 0, 0, 1}, 100},
        {"all but one byte", PUBLIC, 100, {100, 99, 0, 1}, 1},
        {"more comes than was said", PUBLIC, 100, {1000, 1000, 0, 1}, 0},
        {"within its second", PUBLIC, 100, {1, 100, 0, 10}, 0},
        {"byte 91 is late", PUBLIC, 100, {1, 100, 0, 11}, 9},
        {"a byte in every timeout", PUBLIC, 100, {1, 100, 0, 999}, 98},
        {"a pause as long as a timeout", PUBLIC, 2, {1, 2, 0, 1001}, 2},
        {"staff: 16 KiB/s", STAFF, MIB, {KIB, MIB, 0, 62}, 0},
        /* 65 s are allowed, in which 1,015 of 1,024 chunks come; the piece that notices is one more
         */
        {"staff: 15.6 KiB/s", STAFF, MIB, {KIB, MIB, 0, 64}, 8 * KIB + 15 * 64},
        /* 64 bytes in 63.9 s, 128 in 127.9 */
        {"staff: a byte in every timeout", STAFF, MIB, {1, MIB, 0, 999}, MIB - 128},
        {"staff: nothing comes", STAFF, MIB, {1, 0, 0, 1}, MIB},
        {"a stream at once", STREAM, 32 * MIB, {MIB, 32 * MIB, 0, 1}, 0},
        {"a stream at 64 KiB/s", STREAM, 4 * MIB, {64 * KIB, 4 * MIB, 0, 1000}, 0},
        /* at t it has 64,000 t bytes and needs 65,536 (t - 6): equal at 256 s, at 16,384,000 bytes,
         * which is 250 pulls; the next piece is of 1,024, is there after 256.016 s, and 256.015 s
         * are allowed */
        {"a stream that is a little too slow",
         STREAM,
         32 * MIB,
         {64, 32 * MIB, 0, 1},
         32 * MIB - 16385024},
        {"and is over before that", STREAM, 15 * MIB, {64, 15 * MIB, 0, 1}, 0},
        {"a stream of a byte in every timeout",
         STREAM,
         32 * MIB,
         {1, 32 * MIB, 0, 999},
         32 * MIB - 64},
        {"a stream that ends early", STREAM, 32 * MIB, {MIB, 31 * MIB, 0, 1}, MIB},
        {"a stream that never begins", STREAM, 32 * MIB, {1, 0, 0, 1}, 32 * MIB},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sender sender = rows[i].sender;
        struct inflow inflow;
        struct inflow_terms terms =
            inflow_terms(rows[i].who != PUBLIC, rows[i].who == STREAM, TIMEOUT_MS);
        begin(&inflow, &sender, &terms, rows[i].length);
        enum err err = pull_all(&inflow, PULL_MAX);
        if (err != (rows[i].left == 0 ? ERR_OK : ERR_UNAVAILABLE) || inflow.left != rows[i].left ||
            inflow.broken != (rows[i].left > 0))
            fail_msg("%s: %s, %llu left at %lld ms", rows[i].label, err_info(err)->code,
                     (unsigned long long)inflow.left, (long long)now);
    }
}

/* What is asked for grows as long as it comes quickly, and only for a stream. */
static void
pieces_grow(void **state)
{
    static const struct {
        const char *label;
        enum who who;
        int64_t every_ms; /* for each 64 bytes */
        size_t expected[7];
    } rows[] = {
        {"public", PUBLIC, 1, {1, 1, 1, 1, 1, 1, 1}},
        {"staff", STAFF, 1, {64, 64, 64, 64, 64, 64, 64}},
        {"a fast stream", STREAM, 1, {64, 128, 256, 512, 1024, 1024, 1024}},
        {"at 50 ms it is fast while few are asked for",
         STREAM,
         50,
         {64, 128, 256, 64, 128, 256, 64}},
        {"a slow stream", STREAM, 101, {64, 64, 64, 64, 64, 64, 64}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sender sender = {64, MIB, 0, rows[i].every_ms};
        const struct inflow_terms terms =
            inflow_terms(rows[i].who != PUBLIC, rows[i].who == STREAM, TIMEOUT_MS);
        struct inflow inflow;
        char out[STREAM_PIECE_MAX];
        begin(&inflow, &sender, &terms, MIB);
        for (size_t at = 0; at < 7; at++) {
            size_t got = 0;
            if (inflow.piece != rows[i].expected[at])
                fail_msg("%s, %zu: %zu", rows[i].label, at, inflow.piece);
            assert_int_equal(inflow_pull(&inflow, out, inflow.piece, &got), ERR_OK);
        }
    }
}

/* Nothing is read after it broke, and nothing of another request. */
static void
broken_stays_broken(void **state)
{
    struct sender sender = {10, 10, 0, 1};
    const struct inflow_terms terms = inflow_terms(true, true, TIMEOUT_MS);
    struct inflow inflow;
    char out[64];
    size_t got = 1;
    (void)state;
    begin(&inflow, &sender, &terms, 20);
    assert_int_equal(inflow_pull(&inflow, out, 5, &got), ERR_OK);
    assert_int_equal(got, 5);
    assert_int_equal(inflow_pull(&inflow, out, 10, &got), ERR_UNAVAILABLE);
    assert_int_equal(got, 0);
    sender.total = 1000;
    assert_int_equal(inflow_pull(&inflow, out, 1, &got), ERR_UNAVAILABLE);
    assert_int_equal(sender.sent, 10);
}

/* The same bytes, however many are asked for at a time. */
static void
pieces(void **state)
{
    (void)state;
    for (size_t max = 1; max <= 300; max++) {
        struct sender sender = {7, 1000, 0, 1};
        const struct inflow_terms terms = inflow_terms(true, true, TIMEOUT_MS);
        struct inflow inflow;
        begin(&inflow, &sender, &terms, 257);
        assert_int_equal(pull_all(&inflow, max), ERR_OK);
        assert_int_equal(sender.sent, 257);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deadlines),
        cmocka_unit_test(pieces_grow),
        cmocka_unit_test(broken_stays_broken),
        cmocka_unit_test(pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
