/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/pages/country_name.h"
#include "gateway/rules/country.h"

static const struct {
    const char *label, *code, *name; /* NULL: none */
} rows[] = {
    {"the first", "AD", "Andorra"},
    {"the last", "ZW", "Zimbabwe"},
    {"one with a common name", "KR", "South Korea"},
    {"another", "BO", "Bolivia"},
    {"one without", "DE", "Germany"},
    {"letters beyond ASCII", "CI", "C\xC3\xB4te d'Ivoire"},
    {"a comma", "BQ", "Bonaire, Sint Eustatius and Saba"},
    {"the one that ISO has not named", "XK", "Kosovo"},
    {"nothing", "", NULL},
    {"one letter", "D", NULL},
    {"three letters", "DEU", NULL},
    {"small letters", "de", NULL},
    {"nobody's", "ZZ", NULL},
    {"reserved", "UK", NULL},
    {"no country", "EU", NULL},
    {"not a text", "D\x01", NULL},
};

static void
names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *name = country_name(slice_of(rows[i].code));
        if ((name == NULL) != (rows[i].name == NULL) ||
            (name != NULL && strcmp(name, rows[i].name) != 0))
            fail_msg("%s: %s", rows[i].label, name == NULL ? "none" : name);
    }
}

static void
is_no_text(void **state)
{
    (void)state;
    assert_null(country_name((struct slice){NULL, 0}));
    assert_null(country_name(slice_make("DE\0", 3)));
    assert_string_equal(country_name(slice_make("DEU", 2)), "Germany");
}

/* Whatever is counted can be named, and the other way round. */
static void
every_country_has_one(void **state)
{
    size_t count = 0;
    (void)state;
    for (char a = 'A'; a <= 'Z'; a++)
        for (char b = 'A'; b <= 'Z'; b++) {
            const char code[] = {a, b, '\0'};
            const char *name = country_name(slice_of(code));
            if ((name != NULL) != country_known(code))
                fail_msg("%s: %s", code, name == NULL ? "no name" : name);
            count += name != NULL;
            assert_true(name == NULL || (strlen(name) > 2 && slice_utf8(slice_of(name))));
        }
    assert_int_equal(count, country_name_count);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(is_no_text),
        cmocka_unit_test(every_country_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
