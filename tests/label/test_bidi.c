/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/label/bidi.h"

/* Worked out by hand from Unicode Standard Annex 9 and the chart "Arabic Presentation Forms-B":
 * meem FEE1 isolated, FEE2 final, FEE3 initial, FEE4 medial; theh FE99 to FE9C; qaf FED5 to FED8;
 * alef FE8D, FE8E; beh FE8F to FE92; lam-alef FEFB isolated, FEFC final. */
static void
test_seen(void **state)
{
    static const struct row {
        const char *label, *text, *seen;
        bool from_right;
    } rows[] = {
        {"Latin", "Drill (18 V)", "Drill (18 V)", false},
        {"nothing", "", "", false},
        {"digits", "18", "18", false},
        {"Japanese", "ドリル", "ドリル", false},
        {"Hebrew: alef, bet", "אב", "בא", true},
        {"brackets look the other way", "(א)", "(א)", true},
        {"a bracket of one side", "א)", "(א", true},
        {"Latin within Hebrew", "א ab ב", "ב ab א", true},
        {"Hebrew within Latin", "ab אב c", "ab בא c", false},
        {"digits keep their order", "א 18", "18 א", true},
        {"digits and a letter part", "م 18 V", "V 18 \xEF\xBB\xA1", true},
        {"isolated they stay together",
         "م \xE2\x81\xA8"
         "18 V\xE2\x81\xA9",
         "18 V \xEF\xBB\xA1", true},
        {"meem alone", "م", "\xEF\xBB\xA1", true},
        {"three meems", "ممم", "\xEF\xBB\xA2\xEF\xBB\xA4\xEF\xBB\xA3", true},
        {"meem theh qaf alef beh", "مثقاب",
         "\xEF\xBA\x8F\xEF\xBA\x8E\xEF\xBB\x98\xEF\xBA\x9C\xEF\xBB\xA3", true},
        {"lam and alef become one", "لا", "\xEF\xBB\xBB", true},
        {"and join meem", "ملا", "\xEF\xBB\xBC\xEF\xBB\xA3", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char room[BIDI_BYTES_MAX];
        struct slice seen;
        assert_true(bidi_seen(&seen, room, slice_of(rows[i].text)));
        if (!slice_equal(seen, rows[i].seen))
            fail_msg("%s: \"%.*s\"", rows[i].label, (int)seen.len, seen.data);
        if (bidi_from_right(slice_of(rows[i].text)) != rows[i].from_right)
            fail_msg("%s: from the right %d", rows[i].label, !rows[i].from_right);
    }
}

static void
test_length(void **state)
{
    static char text[2 * BIDI_LETTERS_MAX + 3];
    char room[BIDI_BYTES_MAX];
    struct slice seen;
    (void)state;
    for (size_t i = 0; i <= BIDI_LETTERS_MAX; i++)
        memcpy(text + 2 * i, "א", 3);
    assert_false(bidi_seen(&seen, room, slice_of(text)));
    assert_true(bidi_seen(&seen, room, slice_make(text, 2 * (size_t)BIDI_LETTERS_MAX)));
    assert_int_equal(seen.len, 2 * BIDI_LETTERS_MAX);
    memset(text, 'x', sizeof text - 1);
    assert_true(bidi_seen(&seen, room, slice_of(text)));
    assert_ptr_equal(seen.data, text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seen),
        cmocka_unit_test(test_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
