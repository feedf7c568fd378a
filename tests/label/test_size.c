/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "gateway/label/label.h"

static void
test_warning(void **state)
{
    static const struct row {
        const char *label;
        double module_mm;
        const char *says; /* "" for no warning */
    } rows[] = {
        {"half of what phones read", 0.15, "phones"},
        {"just under what phones read", 0.3299, "phones"},
        {"what phones read", 0.33, "checkouts"},
        {"just under GS1's minimum", 0.3959, "checkouts"},
        {"GS1's minimum", 0.396, ""},
        {"the usual size", 0.40, ""},
        {"a poster", 5, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *warning = label_size_warning(rows[i].module_mm);
        bool fits =
            rows[i].says[0] == '\0' ? warning[0] == '\0' : strstr(warning, rows[i].says) != NULL;
        if (!fits)
            fail_msg("%s: \"%s\"", rows[i].label, warning);
    }
}

static void
test_geometry(void **state)
{
    static const struct row {
        const char *label;
        struct label_geometry geometry;
        const char *fault; /* NULL: accepted */
    } rows[] = {
        {"the usual", {0.40, 300}, NULL},
        {"both at their lowest", {0.10, 72}, NULL},
        {"both at their highest", {5, 2400}, NULL},
        {"module too small", {0.0999, 300}, "0.0999 mm"},
        {"module too large", {5.0001, 300}, "mm"},
        {"no module", {0, 300}, "mm"},
        {"negative module", {-0.40, 300}, "-0.4 mm"},
        {"module is no number", {NAN, 300}, "mm"},
        {"endless module", {INFINITY, 300}, "mm"},
        {"too few dots", {0.40, 71}, "71 dots"},
        {"too many dots", {0.40, 2401}, "2401 dots"},
        {"no dots", {0.40, 0}, "0 dots"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault fault = {.err = ERR_OK};
        enum err err = label_geometry_check(&rows[i].geometry, &fault);
        if (err != (rows[i].fault == NULL ? ERR_OK : ERR_INVALID))
            fail_msg("%s: %d", rows[i].label, err);
        if (rows[i].fault != NULL && strstr(fault.text, rows[i].fault) == NULL)
            fail_msg("%s: \"%s\"", rows[i].label, fault.text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_warning),
        cmocka_unit_test(test_geometry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
