/* SPDX-License-Identifier: Apache-2.0 */
/* Values by the URL standard's application/x-www-form-urlencoded, worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/exchange/exchange.h"

static const struct {
    const char *label, *query, *value; /* value NULL: false */
} rows[] = {
    {"alone", "code=abc", "abc"},
    {"first", "code=abc&x=1", "abc"},
    {"last", "x=1&code=abc", "abc"},
    {"empty value", "code=", ""},
    {"no '='", "code", ""},
    {"'=' in the value", "code=a=b", "a=b"},
    {"plus is a space", "code=a+b", "a b"},
    {"escaped plus", "code=a%2Bb", "a+b"},
    {"lower-case hex", "code=%2b%c3%a9", "+\xC3\xA9"},
    {"escaped ampersand", "code=a%26code%3Db", "a&code=b"},
    {"escaped name", "c%6Fde=abc", "abc"},
    {"element separator", "code=a%1Db",
     "a\x1D"
     "b"},
    {"UTF-8 as it is", "code=\xC3\xA9", "\xC3\xA9"},
    {"empty pairs", "&&code=abc&&", "abc"},
    {"question mark and slash", "code=https://a/?b", "https://a/?b"},
    {"longest that fits", "code=0123456789abcde", "0123456789abcde"},
    {"broken other pair", "x=%zz&code=abc", "abc"},
    {"broken other name", "%=1&code=abc", "abc"},
    {"decoded once", "code=%2541", "%41"},
    {"absent", "x=1", NULL},
    {"empty query", "", NULL},
    {"name in capitals", "CODE=abc", NULL},
    {"name that goes on", "codes=abc", NULL},
    {"name cut", "cod=abc", NULL},
    {"twice", "code=a&code=b", NULL},
    {"twice, alike", "code=a&code=a", NULL},
    {"twice, one spelled otherwise", "code=a&c%6fde=b", NULL},
    {"twice, one without value", "code=a&code", NULL},
    {"does not fit", "code=0123456789abcdef", NULL},
    {"NUL", "code=a%00b", NULL},
    {"percent at the end", "code=a%", NULL},
    {"one digit", "code=a%4", NULL},
    {"one digit before the next pair", "code=a%4&1=2", NULL},
    {"no digits", "code=%zz", NULL},
    {"sign for a digit", "code=%+1", NULL},
    {"space for a digit", "code=% 1", NULL},
    {"lone continuation byte", "code=%80", NULL},
    {"overlong slash", "code=%C0%AF", NULL},
    {"surrogate", "code=%ED%A0%80", NULL},
    {"cut sequence", "code=%E2%82", NULL},
    {"ISO 8859-1", "code=\xE9", NULL},
};

static void
reads_a_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char value[16];
        bool found = query_value(value, sizeof value, slice_of(rows[i].query), "code");
        if (found != (rows[i].value != NULL) || (found && strcmp(value, rows[i].value) != 0))
            fail_msg("%s: %d \"%s\"", rows[i].label, found, found ? value : "");
    }
}

static const struct {
    const char *label, *pairs, *value; /* value NULL: false */
} fields[] = {
    {"as it is", "x=1&code=abc", "abc"},
    {"without blanks at both ends", "code=+%09a+b++", "a b"},
    {"blanks only", "code=+++", ""},
    {"empty", "code=", ""},
    {"absent", "x=1", ""},
    {"nothing sent", "", ""},
    {"an escaped name is the name", "c%6Fde=abc", "abc"},
    {"a longer name is another", "codes=abc", ""},
    {"longest that fits", "code=0123456789abcde", "0123456789abcde"},
    {"does not fit", "code=0123456789abcdef", NULL},
    {"twice", "code=a&code=b", NULL},
    {"twice, alike", "code=a&code=a", NULL},
    {"twice, one spelled otherwise", "code=a&c%6fde=b", NULL},
    {"broken", "code=a%4", NULL},
    {"broken, by an escaped name", "c%6Fde=%zz", NULL},
    {"NUL", "code=a%00", NULL},
    {"no UTF-8", "code=%E9", NULL},
};

static void
reads_a_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        char value[16] = "before";
        bool read = form_value(value, sizeof value, slice_of(fields[i].pairs), "code");
        const char *expected = fields[i].value == NULL ? "" : fields[i].value;
        if (read != (fields[i].value != NULL) || strcmp(value, expected) != 0)
            fail_msg("%s: %d \"%s\"", fields[i].label, read, value);
    }
}

static void
stays_inside_the_slice(void **state)
{
    (void)state;
    char value[16];
    assert_false(query_value(value, sizeof value, slice_make("code=%41", 7), "code"));
    assert_true(query_value(value, sizeof value, slice_make("code=%41%42", 8), "code"));
    assert_string_equal(value, "A");
    assert_false(query_value(value, 0, slice_of("code=a"), "code"));
    assert_true(query_value(value, 1, slice_of("code="), "code"));
    assert_false(query_value(value, 1, slice_of("code=a"), "code"));
}

static const struct {
    const char *label, *segment, *value; /* value NULL: false */
} segments[] = {
    {"as it is", "7K3M", "7K3M"},
    {"escaped", "7%4B3M", "7K3M"},
    {"a slash that is none", "a%2Fb", "a/b"},
    {"plus stays", "a+b", "a+b"},
    {"escaped plus", "a%2Bb", "a+b"},
    {"escaped percent, once", "%2541", "%41"},
    {"UTF-8", "%C3%A9", "\xC3\xA9"},
    {"empty", "", ""},
    {"longest that fits", "0123456789abcde", "0123456789abcde"},
    {"does not fit", "0123456789abcdef", NULL},
    {"NUL", "a%00", NULL},
    {"percent at the end", "a%", NULL},
    {"one digit", "a%4", NULL},
    {"no digits", "a%zz", NULL},
    {"no UTF-8", "%E9", NULL},
};

static void
reads_a_segment(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof segments / sizeof segments[0]; i++) {
        char value[16];
        bool read = segment_value(value, sizeof value, slice_of(segments[i].segment));
        if (read != (segments[i].value != NULL) || (read && strcmp(value, segments[i].value) != 0))
            fail_msg("%s: %d \"%s\"", segments[i].label, read, read ? value : "");
    }
    char none[1];
    assert_false(segment_value(none, 0, slice_of("")));
}

static const struct {
    const char *label, *cookie, *value; /* value NULL: false */
    bool there;
} cookies[] = {
    {"alone", "assay=abc", "abc", true},
    {"last", "a=1; assay=abc", "abc", true},
    {"first", "assay=abc; a=1", "abc", true},
    {"without the blank", "a=1;assay=abc", "abc", true},
    {"'=' in the value", "assay=a=b", "a=b", true},
    {"nothing is decoded", "assay=a%20b+c", "a%20b+c", true},
    {"empty value", "assay=", "", true},
    {"longest that fits", "assay=0123456789abcde", "0123456789abcde", true},
    {"does not fit", "assay=0123456789abcdef", NULL, true},
    {"absent", "a=1", NULL, false},
    {"no header", "", NULL, false},
    {"twice", "assay=abc; assay=abd", NULL, true},
    {"twice, alike", "assay=abc; assay=abc", NULL, true},
    {"capitals are another", "Assay=abc", NULL, false},
    {"name that goes on", "assay2=abc", NULL, false},
    {"name that begins earlier", "__Host-assay=abc", NULL, false},
    {"commas separate nothing", "a=1, assay=abc", NULL, false},
};

static void
reads_a_cookie(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cookies / sizeof cookies[0]; i++) {
        char value[16];
        struct request request = {.cookie = slice_of(cookies[i].cookie)};
        bool read = request_cookie(value, sizeof value, &request, "assay");
        if (read != (cookies[i].value != NULL) || (read && strcmp(value, cookies[i].value) != 0))
            fail_msg("%s: %d \"%s\"", cookies[i].label, read, read ? value : "");
        if (request_has_cookie(&request, "assay") != cookies[i].there)
            fail_msg("%s: there or not", cookies[i].label);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_value),          cmocka_unit_test(reads_a_field),
        cmocka_unit_test(stays_inside_the_slice), cmocka_unit_test(reads_a_segment),
        cmocka_unit_test(reads_a_cookie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
