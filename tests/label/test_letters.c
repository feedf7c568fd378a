/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/label/letters.h"

/* Unicode's code charts, and the table of Windows-1252 at unicode.org. */
static void
test_letters(void **state)
{
    static const struct row {
        const char *label, *utf8;
        uint32_t letter;
        bool stands;
        unsigned windows;
    } rows[] = {
        {"space", " ", 0x20, true, 0x20},
        {"tilde", "~", 0x7E, true, 0x7E},
        {"delete", "\x7F", 0x7F, false, 0},
        {"tab", "\t", 0x09, false, 0},
        {"next line", "\xC2\x85", 0x85, false, 0},
        {"no-break space", "\xC2\xA0", 0xA0, true, 0xA0},
        {"soft hyphen", "\xC2\xAD", 0xAD, false, 0xAD},
        {"e acute", "é", 0xE9, true, 0xE9},
        {"y diaeresis", "ÿ", 0xFF, true, 0xFF},
        {"Y diaeresis", "Ÿ", 0x178, true, 0x9F},
        {"z caron", "ž", 0x17E, true, 0x9E},
        {"z dot", "ż", 0x17C, true, 0},
        {"euro", "€", 0x20AC, true, 0x80},
        {"dash", "–", 0x2013, true, 0x96},
        {"combining acute", "\xCC\x81", 0x301, false, 0},
        {"alpha", "α", 0x3B1, true, 0},
        {"zhe", "ж", 0x436, true, 0},
        {"combining titlo", "\xD2\x83", 0x483, false, 0},
        {"alef", "א", 0x5D0, true, 0},
        {"dagesh, a point within", "\xD6\xBC", 0x5BC, false, 0},
        {"hamza, which joins nothing", "ء", 0x621, true, 0},
        {"meem that nobody shaped", "م", 0x645, false, 0},
        {"meem at a word's end", "\xEF\xBB\xA2", 0xFEE2, true, 0},
        {"fatha, above", "\xD9\x8E", 0x64E, false, 0},
        {"ka of Devanagari", "क", 0x915, false, 0},
        {"zero width joiner", "\xE2\x80\x8D", 0x200D, false, 0},
        {"right to left mark", "\xE2\x80\x8F", 0x200F, false, 0},
        {"line separator", "\xE2\x80\xA8", 0x2028, false, 0},
        {"first strong isolate", "\xE2\x81\xA8", 0x2068, false, 0},
        {"combining keycap", "\xE2\x83\xA3", 0x20E3, false, 0},
        {"hiragana a", "あ", 0x3042, true, 0},
        {"combining voiced mark", "\xE3\x82\x99", 0x3099, false, 0},
        {"katakana ru", "ル", 0x30EB, true, 0},
        {"an ideograph", "製", 0x88FD, true, 0},
        {"a syllable of hangul", "힣", 0xD7A3, true, 0},
        {"jamo, which join", "\xE1\x84\x80", 0x1100, false, 0},
        {"private use", "\xEE\x80\x80", 0xE000, false, 0},
        {"fullwidth A", "Ａ", 0xFF21, true, 0},
        {"byte order mark", "\xEF\xBB\xBF", 0xFEFF, false, 0},
        {"no character", "\xEF\xBF\xBF", 0xFFFF, false, 0},
        {"first beyond 16 bits", "\xF0\x90\x80\x80", 0x10000, false, 0},
        {"hammer", "🔨", 0x1F528, false, 0},
        {"the last one", "\xF4\x8F\xBF\xBF", 0x10FFFF, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct slice rest = slice_of(rows[i].utf8);
        uint32_t letter = letter_take(&rest);
        if (letter != rows[i].letter || rest.len != 0)
            fail_msg("%s: U+%04X, %zu bytes left", rows[i].label, (unsigned)letter, rest.len);
        if (letter_stands(letter) != rows[i].stands)
            fail_msg("%s: stands %d", rows[i].label, !rows[i].stands);
        if (letter_windows_1252(letter) != rows[i].windows)
            fail_msg("%s: %02X", rows[i].label, letter_windows_1252(letter));
    }
}

/* JIS X 4051, and words of other scripts, which stay whole. */
static void
test_breaks(void **state)
{
    static const struct row {
        const char *label;
        uint32_t before, after;
        bool breaks;
    } rows[] = {
        {"two ideographs", 0x88FD, 0x54C1, true},
        {"kana and an ideograph", 0x306E, 0x88FD, true},
        {"an ideograph and a digit", 0x88FD, '1', true},
        {"before a full stop", 0x3044, 0x3002, false},
        {"after a full stop", 0x3002, 0x4E00, true},
        {"before a small letter", 0x306A, 0x3063, false},
        {"before what lengthens a vowel", 0x30B3, 0x30FC, false},
        {"after what opens", 0x300C, 0x88FD, false},
        {"before what closes", 0x88FD, 0x300D, false},
        {"Latin", 'a', 'b', false},
        {"hangul", 0xD55C, 0xAD6D, false},
        {"Arabic", 0x645, 0x62B, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (letter_breaks(rows[i].before, rows[i].after) != rows[i].breaks)
            fail_msg("%s: %d", rows[i].label, !rows[i].breaks);
}

/* Nothing that a terminal obeys gets into a sentence, and no letter is cut. */
static void
test_fault(void **state)
{
    static const struct row {
        const char *label, *text;
        uint32_t letter;
        const char *fault;
    } rows[] = {
        {"seen", "xमy", 0x92E,
         "the name \"xमy\" has a letter that cannot be printed: \"म\" U+092E; so"},
        {"an escape", "x\x1B[2J", 0x1B,
         "the name \"x…\" has a letter that cannot be printed: U+001B; so"},
        {"turned", "x\xE2\x80\xAEy", 0x202E,
         "the name \"x…\" has a letter that cannot be printed: U+202E; so"},
        {"a C1 escape", "\xC2\x9B", 0x9B,
         "the name \"…\" has a letter that cannot be printed: U+009B; so"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault fault = {.err = ERR_OK};
        assert_int_equal(
            letter_fault(&fault, "the name", slice_of(rows[i].text), rows[i].letter, "so"),
            ERR_INVALID);
        if (strcmp(fault.text, rows[i].fault) != 0)
            fail_msg("%s: %s", rows[i].label, fault.text);
    }
}

static void
test_long_fault(void **state)
{
    char text[301] = "";
    struct fault fault = {.err = ERR_OK};
    (void)state;
    for (size_t i = 0; i < 100; i++)
        memcpy(text + 3 * i, "म", 4);
    assert_int_equal(letter_fault(&fault, "the name", slice_of(text), 0x92E, "so"), ERR_INVALID);
    assert_true(slice_utf8(slice_of(fault.text)));
    assert_non_null(strstr(fault.text, "म…\" has a letter that cannot be printed: \"म\" U+092E"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_letters),
        cmocka_unit_test(test_breaks),
        cmocka_unit_test(test_fault),
        cmocka_unit_test(test_long_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
