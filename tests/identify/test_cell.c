/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/identify/cell.h"

/* `says` NULL: read as it is. */
static const struct {
    const char *label, *cell, *says;
} gtins[] = {
    {"14 digits", "09506000134352", NULL},
    {"another", "00012345678905", NULL},
    {"scientific", "9.50600E+12", "gtin: a spreadsheet made 9.50600E+12 of it"},
    {"scientific with a comma", "9,506E+12", "export again from the source"},
    {"decimals", "9506000134352.0", "9506000134352.0 is a number with decimals"},
    {"decimals with a comma", "9506000134352,00", "is a number with decimals"},
    {"lost its zero", "9506000134352", "gtin: 13 digits, 14 are needed; if a spreadsheet dropped"},
    {"GTIN-8", "95060002", "fill up with zeros on the left"},
    {"15 digits", "009506000134352", "gtin: 15 digits"},
    {"six digits", "950600", "gtin: 6 digits"},
    {"wrong check digit", "09506000134353", "check digit of 09506000134353"},
    {"swapped digits", "09506000143352", "check digit"},
    {"grouped", "9,506,000,134,352", "not 14 digits"},
    {"a blank", " 09506000134352", "not 14 digits"},
    {"a letter", "0950600013435X", "not 14 digits"},
    {"a dash", "0-9506000-13435-2", "not 14 digits"},
    {"empty", "", "not 14 digits"},
    {"an error of the spreadsheet", "#N/A", "not 14 digits"},
};

static const struct {
    const char *label, *cell, *says;
} values[] = {
    {"a serial", "7K3M9Q2XBT4H", NULL},
    {"leading zeros", "00001", NULL},
    {"a point and digits are a serial", "1.5", NULL},
    {"E and + without a point", "7E+3", NULL},
    {"twenty characters", "ABCDEFGHIJ0123456789", NULL},
    {"empty", "", "serial: empty"},
    {"scientific", "7.00123E+11", "serial: a spreadsheet made"},
    {"21 characters", "ABCDEFGHIJ01234567890", "serial: not 1 to 20"},
    {"a blank", "A B", "serial: not 1 to 20"},
    {"not ASCII", "\xC3\x84", "serial: not 1 to 20"},
};

static void
gtins_of_spreadsheets_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof gtins / sizeof gtins[0]; i++) {
        char out[GTIN_DIGITS + 1] = "";
        struct fault fault = {ERR_OK, ""};
        enum err err = cell_gtin(out, slice_of(gtins[i].cell), &fault);
        bool good = gtins[i].says == NULL
                        ? err == ERR_OK && strcmp(out, gtins[i].cell) == 0
                        : err == ERR_INVALID && strstr(fault.text, gtins[i].says) != NULL;
        if (!good)
            fail_msg("%s: %d %s", gtins[i].label, err, fault.text);
    }
}

static void
values_of_spreadsheets_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char out[GS1_VALUE_MAX + 1] = "";
        struct fault fault = {ERR_OK, ""};
        enum err err = cell_value(out, "serial", slice_of(values[i].cell), &fault);
        bool good = values[i].says == NULL
                        ? err == ERR_OK && strcmp(out, values[i].cell) == 0
                        : err == ERR_INVALID && strstr(fault.text, values[i].says) != NULL;
        if (!good)
            fail_msg("%s: %d %s", values[i].label, err, fault.text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gtins_of_spreadsheets_are_refused),
        cmocka_unit_test(values_of_spreadsheets_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
