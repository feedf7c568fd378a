/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "gateway/rules/fold.h"

static const struct {
    const char *label, *text, *folded;
} rows[] = {
    {"nothing", "", ""},
    {"digits stay", "0123456789", "0123456789"},
    {"letters that nothing looks like", "ACDEFGHJKMNPQRTUVWXY", "ACDEFGHJKMNPQRTUVWXY"},
    {"letters that look like digits", "OILSZB", "011528"},
    {"small letters", "oilszb", "011528"},
    {"the other small letters", "acdefghjkmnpqrtuvwxy", "ACDEFGHJKMNPQRTUVWXY"},
    {"an upright stroke", "A|B", "A18"},
    {"blanks and hyphens between groups", " 7K3M-9Q2X BT4H ", "7K3M9Q2X8T4H"},
    {"punctuation of the GS1 character set", "!\"%&'()*+,-./:;<=>?_", ""},
    {"a dash and a space that phones make",
     "7K\xE2\x80\x93"
     "3M\xC2\xA0"
     "9Q",
     "7K3M9Q"},
    {"letters with accents are dropped", "f\xC3\xBCr", "FR"},
    {"another script is dropped", "\xE5\xB7\xA5\xE5\x85\xB7", ""},
};

static void
look_alikes_become_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[64];
        memset(out, 'x', sizeof out);
        size_t len = fold(out, sizeof out, slice_of(rows[i].text));
        if (strcmp(out, rows[i].folded) != 0 || len != strlen(rows[i].folded))
            fail_msg("%s: %s", rows[i].label, out);
    }
}

static void
what_does_not_fit_is_left_out(void **state)
{
    char out[5];
    (void)state;
    memset(out, 'x', sizeof out);
    assert_int_equal(fold(out, 4, slice_of("ab-cde")), 3);
    assert_memory_equal(out, "A8C\0x", 5);
    assert_int_equal(fold(out, 1, slice_of("ab")), 0);
    assert_memory_equal(out, "\0", 1);
    assert_int_equal(fold(out, 0, slice_of("ab")), 0);
    assert_int_equal(fold(out, sizeof out, slice_make("A\0C", 3)), 2);
    assert_string_equal(out, "AC");
}

static void
is_found_inside(void **state)
{
    static const struct {
        const char *label, *text, *folded;
        bool found;
    } cases[] = {
        {"nothing is in everything", "ABC", "", true},
        {"nothing is in nothing", "", "", true},
        {"something is not in nothing", "", "A", false},
        {"the whole", "7K3M", "7K3M", true},
        {"the beginning", "7K3M9", "7K", true},
        {"the middle", "7K3M9", "3M", true},
        {"the end", "7K3M9", "M9", true},
        {"one more than there is", "7K3M", "7K3MA", false},
        {"in another order", "7K3M", "K7", false},
        {"with look-alikes", "SOLO", "5010", true},
        {"over what is dropped", "7K-3M", "K3", true},
        {"behind a false start", "AAAB", "AA8", true},
        {"behind a false start with a hyphen in it", "A-A-A-B", "AA8", true},
        {"only what is dropped", "---", "1", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (fold_contains(slice_of(cases[i].text), cases[i].folded) != cases[i].found)
            fail_msg("%s", cases[i].label);
}

/* Every text of up to three of these characters, in order. */
enum { LETTERS = 7, TEXTS = LETTERS + LETTERS * LETTERS + LETTERS * LETTERS * LETTERS };
static const char letters[LETTERS + 1] = "-28BZbz";

static size_t
write_texts(char texts[static TEXTS][5])
{
    size_t count = 0;
    for (size_t a = 0; a < LETTERS; a++) {
        (void)snprintf(texts[count++], 5, "%c", letters[a]);
        for (size_t b = 0; b < LETTERS; b++) {
            (void)snprintf(texts[count++], 5, "%c%c", letters[a], letters[b]);
            for (size_t c = 0; c < LETTERS; c++)
                (void)snprintf(texts[count++], 5, "%c%c%c", letters[a], letters[b], letters[c]);
        }
    }
    return count;
}

static size_t
first_from(char texts[static TEXTS][5], size_t at, const char *from)
{
    while (at < TEXTS && strcmp(texts[at], from) < 0)
        at++;
    return at;
}

/* Leaping through the list finds what reading all of it finds, and no text is looked at twice. */
static void
leaps_pass_nothing_by(void **state)
{
    static const char *const sought[] = {"2", "8", "28", "82", "222", "888", "2828", "7", "27"};
    static char texts[TEXTS][5];
    (void)state;
    assert_int_equal(write_texts(texts), TEXTS);
    for (size_t i = 0; i < sizeof sought / sizeof sought[0]; i++) {
        char from[6] = "";
        enum fold_begins found = FOLD_AHEAD;
        size_t at = 0;
        for (size_t next = 0; next < TEXTS; next++) {
            char alone[5];
            (void)fold(alone, sizeof alone, slice_of(texts[next]));
            if (strncmp(alone, sought[i], strlen(sought[i])) != 0)
                continue;
            while ((found = fold_ahead(from, sought[i])) == FOLD_AHEAD) {
                at = first_from(texts, at, from);
                assert_true(at <= next);
                memcpy(from, texts[at], sizeof texts[at]);
            }
            if (found != FOLD_BEGINS || at != next)
                fail_msg("%s: %s is passed by", sought[i], texts[next]);
            at++;
            memcpy(from, at < TEXTS ? texts[at] : "~", at < TEXTS ? 5 : 2);
        }
        while (at < TEXTS && (found = fold_ahead(from, sought[i])) == FOLD_AHEAD) {
            at = first_from(texts, at, from);
            if (at < TEXTS)
                memcpy(from, texts[at], sizeof texts[at]);
        }
        assert_true(at == TEXTS || found == FOLD_NOWHERE);
    }
}

static void
leaps(void **state)
{
    static const struct {
        const char *label, *text, *folded;
        enum fold_begins found;
        const char *ahead;
    } cases[] = {
        {"it is there", "7K3M", "7K", FOLD_BEGINS, "7K3M"},
        {"look-alikes", "7KZ8", "7K28", FOLD_BEGINS, "7KZ8"},
        {"a hyphen between", "-7-K", "7K", FOLD_BEGINS, "-7-K"},
        {"from the beginning", "", "7K", FOLD_AHEAD, "\x01"},
        {"shorter than it", "7K", "7K3", FOLD_AHEAD, "7K\x01"},
        {"below", "5", "7", FOLD_AHEAD, "7"},
        {"below in the second place", "7A99", "7K", FOLD_AHEAD, "7K"},
        {"above: what is dropped may stand before it", "7M", "7K", FOLD_AHEAD, "7["},
        {"behind the digit comes its letter", "29", "28", FOLD_AHEAD, "2:"},
        {"back by one place", "7z", "7K", FOLD_AHEAD, ":"},
        {"above all", "zz", "7", FOLD_NOWHERE, "z"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[16];
        (void)snprintf(text, sizeof text, "%s", cases[i].text);
        if (fold_ahead(text, cases[i].folded) != cases[i].found ||
            strcmp(text, cases[i].ahead) != 0)
            fail_msg("%s: %s", cases[i].label, text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(look_alikes_become_one), cmocka_unit_test(what_does_not_fit_is_left_out),
        cmocka_unit_test(is_found_inside),        cmocka_unit_test(leaps),
        cmocka_unit_test(leaps_pass_nothing_by),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
