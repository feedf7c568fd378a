/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "gateway/label/zpl.h"

enum { GRAPHIC_MAX = 65536 };

/* Worked out from the guide: G is 1 … Y is 19, g is 20, h is 40 …; "," fills a row with light. */
static void
test_graphic(void **state)
{
    static const struct row {
        const char *label;
        unsigned size, dots;
        const char *dark; /* row by row */
        const char *graphic;
    } rows[] = {
        {"one module of one dot", 1, 1, "1", "^GFA,1,1,1,8,^FS\n"},
        {"one module of three dots", 1, 3, "1", "^GFA,3,3,1,E,::^FS\n"},
        {"a light one", 1, 2, "0", "^GFA,2,2,1,,:^FS\n"},
        /* 4 dots dark, 4 light: F0; then 0F */
        {"two of four dots", 2, 4, "1001", "^GFA,8,8,1,F,:::0F:::^FS\n"},
        /* 16 dark dots: FFFF, four of them, J */
        {"a row of sixteen", 2, 8, "1110", "^GFA,32,32,2,JF:::::::HF,:::::::^FS\n"},
        /* 2 x 90 dots are 22.5 bytes: 45 digits, padded to 46. 45 x F: h and K; then light */
        {"ninety dots a module", 2, 90, "1100", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct qr qr = {.size = rows[i].size};
        struct text out;
        text_init(&out, GRAPHIC_MAX);
        for (size_t at = 0; rows[i].dark[at] != '\0'; at++)
            qr.dark[at] = rows[i].dark[at] == '1' ? 1 : 0;
        zpl_graphic(&out, &qr, rows[i].dots);
        assert_true(text_ok(&out));
        if (rows[i].graphic != NULL && strcmp(out.data, rows[i].graphic) != 0)
            fail_msg("%s: %s", rows[i].label, out.data);
        if (rows[i].graphic == NULL && strncmp(out.data, "^GFA,4140,4140,23,hKF,:::", 25) != 0)
            fail_msg("%s: %.40s", rows[i].label, out.data);
        text_free(&out);
    }
}

static void
change(struct zpl_print *print, const char *what, double value)
{
    const struct {
        const char *what;
        double *number;
        unsigned *count;
    } fields[] = {
        {"dpi", NULL, &print->dpi},
        {"across", NULL, &print->across},
        {"copies", NULL, &print->copies},
        {"width", &print->label_width, NULL},
        {"height", &print->label_height, NULL},
        {"gap", &print->gap, NULL},
        {"module", &print->module_mm, NULL},
        {"shift", &print->shift_x, NULL},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strcmp(fields[i].what, what) != 0)
            continue;
        if (fields[i].number != NULL)
            *fields[i].number = value;
        else
            *fields[i].count = (unsigned)value;
        return;
    }
    fail_msg("no field %s", what);
}

static void
test_check(void **state)
{
    static const struct row {
        const char *label, *field;
        double value;
        const char *fault; /* NULL: accepted */
    } rows[] = {
        {"203", "dpi", 203, NULL},
        {"600", "dpi", 600, NULL},
        {"no printer's resolution", "dpi", 301, "203, 300 or 600"},
        {"none at all", "dpi", 0, "203, 300 or 600"},
        {"none across", "across", 0, "across"},
        {"eleven across", "across", 11, "across"},
        {"no copies", "copies", 0, "copies"},
        {"too many copies", "copies", 1001, "copies"},
        {"no width", "width", 0, "label"},
        {"a width that is no number", "width", NAN, "label"},
        {"as long as a carpet", "height", 401, "label"},
        {"a gap that is no number", "gap", NAN, "gap"},
        {"a gap below nothing", "gap", -1, "gap"},
        {"a shove", "shift", -21, "shift"},
        {"modules too small", "module", 0.05, "mm"},
        {"modules that are no number", "module", NAN, "mm"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault fault = {.err = ERR_OK};
        struct zpl_print print = {.dpi = 300,
                                  .label_width = 50,
                                  .label_height = 25,
                                  .across = 1,
                                  .gap = 2,
                                  .module_mm = 0.4,
                                  .copies = 1};
        change(&print, rows[i].field, rows[i].value);
        enum err err = zpl_print_check(&print, &fault);
        if (err != (rows[i].fault == NULL ? ERR_OK : ERR_INVALID))
            fail_msg("%s: %d %s", rows[i].label, err, fault.text);
        if (rows[i].fault != NULL && strstr(fault.text, rows[i].fault) == NULL)
            fail_msg("%s: \"%s\"", rows[i].label, fault.text);
    }
}

/* facts of the field: 203 dpi 2 dots 0.250, 3 dots 0.375; 300 dpi 4 dots 0.339, 5 dots 0.423; 600
 * dpi 10 dots 0.423. */
static void
test_dots(void **state)
{
    static const struct row {
        unsigned dpi;
        double module_mm;
        unsigned dots;
        double printed_mm;
    } rows[] = {{203, 0.25, 2, 0.250},
                {203, 0.40, 3, 0.375},
                {300, 0.33, 4, 0.339},
                {300, 0.40, 5, 0.423},
                {600, 0.42, 10, 0.423}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct zpl_print print = {.dpi = rows[i].dpi, .module_mm = rows[i].module_mm};
        assert_int_equal(zpl_module_dots(&print), rows[i].dots);
        assert_true(fabs(zpl_module_mm(&print) - rows[i].printed_mm) < 0.0006);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_graphic),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_dots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
