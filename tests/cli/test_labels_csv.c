/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "gateway/cli/labels_csv.h"

#define TOKEN                                                                                      \
    "AEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"                                     \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define ROW(serial)                                                                                \
    "https://ID.EXAMPLE.COM/01/09506000134352/10/L24A0917/21/" serial "?S=" TOKEN                  \
    ",09506000134352,L24A0917," serial "\n"
#define SHEET "url,gtin,lot,serial\n" ROW("A1") ROW("A2") ROW("00001")

enum { MUTATIONS = 10000, SHEET_MAX = sizeof SHEET + 16 };

struct taken {
    uint64_t count;
    uint64_t stop_at; /* 0: never */
    char serials[64];
};

/* What is given out is always a label that the reader takes, as it says. */
static enum err
take(const struct label_row *row, void *context, struct fault *fault)
{
    struct taken *taken = context;
    struct reading reading;
    assert_int_equal(row->number, ++taken->count);
    assert_int_equal(digital_link_read(&reading, slice_of(row->url)), READ_OK);
    assert_true(reading.has_token);
    assert_string_equal(reading.id.gtin, row->id.gtin);
    assert_string_equal(reading.id.serial, row->id.serial);
    size_t len = strlen(taken->serials);
    (void)snprintf(taken->serials + len, sizeof taken->serials - len, "%s ", row->id.serial);
    return taken->count == taken->stop_at ? fault_set(fault, ERR_FULL, "stopped") : ERR_OK;
}

static enum err
read_sheet(char *bytes, size_t len, struct taken *taken, struct fault *fault)
{
    FILE *file = fmemopen(bytes, len, "r");
    assert_non_null(file);
    *fault = (struct fault){.err = ERR_OK};
    enum err err = labels_csv_read(file, "run.csv", take, taken, fault);
    (void)fclose(file);
    return err;
}

static void
test_rows_in_order(void **state)
{
    char sheet[] = SHEET;
    struct taken taken = {0};
    struct fault fault;
    (void)state;
    assert_int_equal(read_sheet(sheet, sizeof sheet - 1, &taken, &fault), ERR_OK);
    assert_string_equal(taken.serials, "A1 A2 00001 ");
}

static void
test_error_ends_it(void **state)
{
    char sheet[] = SHEET;
    struct taken taken = {.stop_at = 2};
    struct fault fault;
    (void)state;
    assert_int_equal(read_sheet(sheet, sizeof sheet - 1, &taken, &fault), ERR_FULL);
    assert_string_equal(taken.serials, "A1 A2 ");
}

/* One or more bytes changed, inserted or taken away. */
static size_t
mutate(char sheet[static SHEET_MAX], uint32_t *seed)
{
    static const char odd[] = "\"\",\n\r\0\x1d%/?#& =+;\xff";
    size_t len = sizeof SHEET - 1;
    memcpy(sheet, SHEET, len);
    for (unsigned changes = 1 + (*seed >> 8) % 3; changes > 0; changes--) {
        *seed = *seed * 1664525U + 1013904223U;
        size_t at = (*seed >> 8) % len;
        unsigned char any = *seed >> 5 & 0xFF;
        const char *from =
            (*seed >> 28) < 10 ? &odd[(*seed >> 4) % (sizeof odd - 1)] : (char *)&any;
        unsigned kind = *seed % 3;
        if (kind == 0)
            memmove(sheet + at + 1, sheet + at, len++ - at);
        if (kind == 1)
            memmove(sheet + at, sheet + at + 1, --len - at);
        if (kind != 1)
            sheet[at] = *from;
    }
    return len;
}

static void
test_mutations(void **state)
{
    unsigned accepted = 0;
    uint32_t seed = 7;
    (void)state;
    for (unsigned i = 0; i < MUTATIONS; i++) {
        char sheet[SHEET_MAX];
        struct taken taken = {0};
        struct fault fault;
        size_t len = mutate(sheet, &seed);
        enum err err = read_sheet(sheet, len, &taken, &fault);
        accepted += err == ERR_OK ? 1 : 0;
        if (err != ERR_OK && (err != ERR_INVALID || strncmp(fault.text, "run.csv:", 8) != 0))
            fail_msg("mutation %u: %d %s", i, err, fault.text);
    }
    /* Most are refused; another host or token is a label all the same. */
    assert_in_range(accepted, 1, MUTATIONS * 9 / 10);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_in_order),
        cmocka_unit_test(test_error_ends_it),
        cmocka_unit_test(test_mutations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
