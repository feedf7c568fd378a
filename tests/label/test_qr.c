/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/label/label.h"

#define TOKEN                                                                                      \
    "AE6AZU6PD3X4DJ7GX23RZUJ5J27IUFMJHPLY7TSEDOQ2TZODTRSIJ4A7"                                     \
    "JZKJX6TQA34DUHXZOGMQLYBSUYSTO4EGUHGNIZ3LNQCHHIIBKLJL5WYG"

static char long_text[8000];

static const char *
repeated(const char *unit, size_t count)
{
    size_t len = strlen(unit);
    for (size_t i = 0; i < count; i++)
        memcpy(long_text + i * len, unit, len);
    long_text[count * len] = '\0';
    return long_text;
}

/* Sizes and capacities are those of ISO/IEC 18004 tables 1 and 7, error correction M. */
static void
test_versions(void **state)
{
    static const struct row {
        const char *label, *unit;
        size_t count;
        unsigned version; /* 0: it does not fit */
    } rows[] = {
        {"14 bytes fill version 1", "x", 14, 1},
        {"15 bytes need version 2", "x", 15, 2},
        {"20 alphanumerics fill version 1", "A", 20, 1},
        {"34 digits fill version 1", "7", 34, 1},
        {"2331 bytes fill version 40", "x", 2331, 40},
        {"2332 bytes do not fit", "x", 2332, 0},
        {"3391 alphanumerics fill version 40", "A", 3391, 40},
        {"3392 alphanumerics do not fit", "A", 3392, 0},
        {"nothing is no code", "", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct qr qr;
        struct fault fault = {.err = ERR_OK};
        enum err err = qr_encode(&qr, repeated(rows[i].unit, rows[i].count), &fault);
        if (err != (rows[i].version == 0 ? ERR_INVALID : ERR_OK))
            fail_msg("%s: %d %s", rows[i].label, err, fault.text);
        if (rows[i].version == 0)
            continue;
        if (qr.version != rows[i].version || qr.size != 17 + 4 * rows[i].version)
            fail_msg("%s: version %u, %u modules", rows[i].label, qr.version, qr.size);
    }
}

static void
test_label_sizes(void **state)
{
    static const struct row {
        const char *label, *url;
        unsigned size;
    } rows[] = {
        {"a host of 14 characters, no lot",
         "https://ID.EXAMPLE.COM/01/09506000134352/21/7K3M9Q2XBT4H?S=" TOKEN, 49},
        {"with a lot",
         "https://ID.EXAMPLE.COM/01/09506000134352/10/L24A0917/21/7K3M9Q2XBT4H?S=" TOKEN, 49},
        {"a host of 39 characters",
         "https://LABELS.AND.SERIALS.OF.BRAND.EXAMPLE.COM/01/09506000134352/21/"
         "7K3M9Q2XBT4H?S=" TOKEN,
         49},
        {"a host in small letters costs a size",
         "https://labels.and.serials.of.brand.example.com/01/09506000134352/21/"
         "7K3M9Q2XBT4H?S=" TOKEN,
         53},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct qr qr;
        assert_int_equal(qr_encode(&qr, rows[i].url, NULL), ERR_OK);
        if (qr.size != rows[i].size)
            fail_msg("%s: %u modules", rows[i].label, qr.size);
    }
}

/* A finder pattern: a ring of 7 dark modules, a ring of light ones, 3 x 3 dark; light around it. */
static bool
finder_dark(int x, int y)
{
    int from_middle_x = x > 3 ? x - 3 : 3 - x;
    int from_middle_y = y > 3 ? y - 3 : 3 - y;
    int ring = from_middle_x > from_middle_y ? from_middle_x : from_middle_y;
    return ring == 3 || ring < 2;
}

static void
test_finders(void **state)
{
    struct qr qr;
    (void)state;
    assert_int_equal(qr_encode(&qr, "https://ID.EXAMPLE.COM/", NULL), ERR_OK);
    const int last = (int)qr.size - 7;
    const int corners[3][2] = {{0, 0}, {last, 0}, {0, last}};
    for (size_t i = 0; i < 3; i++) {
        for (int y = 0; y < 7; y++) {
            for (int x = 0; x < 7; x++) {
                int at = (corners[i][1] + y) * (int)qr.size + corners[i][0] + x;
                assert_int_equal(qr.dark[at], finder_dark(x, y) ? 1 : 0);
            }
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_label_sizes),
        cmocka_unit_test(test_finders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
