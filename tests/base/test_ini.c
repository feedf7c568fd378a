/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/ini.h"
#include "gateway/base/text.h"

/* Writes every call down, one a line; ends the reading at the name "stop". */
static enum err
write_down(void *context, const struct ini_entry *at, struct fault *fault)
{
    struct text *calls = context;
    text_printf(calls, "%d %d [%s] %s=%s\n", at->line, at->section_line, at->section, at->name,
                at->value);
    if (strcmp(at->name, "stop") == 0)
        return fault_set(fault, ERR_CONFLICT, "%s:%d: stop", at->path, at->line);
    return ERR_OK;
}

#define EM "\xE2\x80\x94"
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct {
    const char *label, *text, *calls;
} good[] = {
    {"empty", "", ""},
    {"blank lines", "\n\n  \n", ""},
    {"no newline at the end", "a = b", "1 0 [] a=b\n"},
    {"before the first section", "a = b\n", "1 0 [] a=b\n"},
    {"no blanks", "a=b\n", "1 0 [] a=b\n"},
    {"many blanks", "a   =    b  \n", "1 0 [] a=b\n"},
    {"empty value", "a =\n", "1 0 [] a=\n"},
    {"blank value", "a =   \n", "1 0 [] a=\n"},
    {"section", "[s]\na = b\n", "1 1 [s] =\n2 1 [s] a=b\n"},
    {"empty section", "[s]\n", "1 1 [s] =\n"},
    {"empty section before another", "[s]\n[t]\na = b\n", "1 1 [s] =\n2 2 [t] =\n3 2 [t] a=b\n"},
    {"section of two words", "[key 3f9a1b2c4d]\na = b\n",
     "1 1 [key 3f9a1b2c4d] =\n2 1 [key 3f9a1b2c4d] a=b\n"},
    {"section twice", "[s]\na = b\n[s]\na = c\n",
     "1 1 [s] =\n2 1 [s] a=b\n3 3 [s] =\n4 3 [s] a=c\n"},
    {"name twice", "a = b\na = c\n", "1 0 [] a=b\n2 0 [] a=c\n"},
    {"comments", "# a = b\n#\n[s]\n# c\na = b # c\n", "3 3 [s] =\n5 3 [s] a=b # c\n"},
    {"= in a value", "a = b=c = d\n", "1 0 [] a=b=c = d\n"},
    {": in a value", "a = https://x:8080\n", "1 0 [] a=https://x:8080\n"},
    {"; inside a word", "a = b;c\n", "1 0 [] a=b;c\n"},
    {"[ ] in a value", "a = [b]\n", "1 0 [] a=[b]\n"},
    {"quotes are letters", "a = \"b\"\n", "1 0 [] a=\"b\"\n"},
    {"UTF-8", "a = \xC3\xA4 " EM "\n", "1 0 [] a=\xC3\xA4 " EM "\n"},
    {"all letters of a name", "a-z_09 = b\n", "1 0 [] a-z_09=b\n"},
    {"name of 48", "abcdefghijabcdefghijabcdefghijabcdefghijabcdefgh = b\n",
     "1 0 [] abcdefghijabcdefghijabcdefghijabcdefghijabcdefgh=b\n"},
    {"section of 48", "[abcdefghijabcdefghijabcdefghijabcdefghijabcdefgh]\na = b\n",
     "1 1 [abcdefghijabcdefghijabcdefghijabcdefghijabcdefgh] =\n"
     "2 1 [abcdefghijabcdefghijabcdefghijabcdefghijabcdefgh] a=b\n"},
    {"line of 190", "a = " HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN "012345\nb = c\n",
     "1 0 [] a=" HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN "012345\n2 0 [] b=c\n"},
};

static const struct {
    const char *label, *text, *fault;
} bad[] = {
    {"line of 191", "a = " HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN "0123456\n", "f.ini:1: longer"},
    {"comment of 191", "#" HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN "\n", "f.ini:1: longer"},
    {"CR LF", "a = b\r\n", "f.ini:1: ends in CR LF"},
    {"CR LF further down", "a = b\n\n[s]\r\n", "f.ini:3: ends in CR LF"},
    {"CR inside", "a = b\rc = d\n", "f.ini:1: holds a tab or another control"},
    {"byte order mark",
     "\xEF\xBB\xBF"
     "a = b\n",
     "f.ini:1: begins with a byte order mark"},
    {"not UTF-8", "a = b\nc = \xFF\n", "f.ini:2: not UTF-8"},
    {"not UTF-8 in a comment", "# \xC3\n", "f.ini:1: not UTF-8"},
    {"tab", "a\t= b\n", "f.ini:1: holds a tab or another control"},
    {"tab in a comment", "#\tc\n", "f.ini:1: holds a tab or another control"},
    {"vertical tab", "a = b\v\n", "f.ini:1: holds a tab or another control"},
    {"escape", "a = \x1B[2J\n", "f.ini:1: holds a tab or another control"},
    {"DEL", "a = \x7F\n", "f.ini:1: holds a tab or another control"},
    {"C1 control",
     "a = \xC2\x9B"
     "2J\n",
     "f.ini:1: holds a tab or another control"},
    {"begins with a space", " a = b\n", "f.ini:1: begins with a space"},
    {"continuation", "a = b\n  c\n", "f.ini:2: begins with a space"},
    {"comment that begins with a space", " # c\n", "f.ini:1: begins with a space"},
    {"no =", "a\n", "f.ini:1: expected '# comment'"},
    {": for =", "a: b\n", "f.ini:1: expected '# comment'"},
    {": for =, and a = later", "a: b = c\n", "f.ini:1: the name before '='"},
    {"; comment", "; c\n", "f.ini:1: expected '# comment'"},
    {"; comment with =", "; a = b\n", "f.ini:1: the name before '='"},
    {"; after a blank", "a = b ; c\n", "f.ini:1: a comment has a line of its own"},
    {"; first in the value", "a = ;b\n", "f.ini:1: a comment has a line of its own"},
    {"; after =", "a =;b\n", "f.ini:1: a comment has a line of its own"},
    {"no name", " = b\n", "f.ini:1: begins with a space"},
    {"no name, no space", "= b\n", "f.ini:1: the name before '='"},
    {"capital in the name", "A = b\n", "f.ini:1: the name before '='"},
    {"blank in the name", "a b = c\n", "f.ini:1: the name before '='"},
    {"dot in the name", "a.b = c\n", "f.ini:1: the name before '='"},
    {"# in the name", "a# = c\n", "f.ini:1: the name before '='"},
    {"name of 49", "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghi = b\n",
     "f.ini:1: the name before '='"},
    {"section not closed", "[s\n", "f.ini:1: expected [section]"},
    {"section without a name", "[]\n", "f.ini:1: expected [section]"},
    {"something after the section", "[s] x\n", "f.ini:1: expected [section]"},
    {"blank after the section", "[s] \n", "f.ini:1: expected [section]"},
    {"comment after the section", "[s] # c\n", "f.ini:1: expected [section]"},
    {"capital in the section", "[S]\n", "f.ini:1: expected [section]"},
    {"section begins with a blank", "[ s]\n", "f.ini:1: expected [section]"},
    {"section ends in a blank", "[s ]\n", "f.ini:1: expected [section]"},
    {"two blanks in the section", "[s  t]\n", "f.ini:1: expected [section]"},
    {"] twice", "[s]]\n", "f.ini:1: expected [section]"},
    {"[ twice", "[[s]]\n", "f.ini:1: expected [section]"},
    {"; in the section", "[s ;t]\n", "f.ini:1: expected [section]"},
    {"section of 49", "[abcdefghijabcdefghijabcdefghijabcdefghijabcdefghi]\n",
     "f.ini:1: expected [section]"},
    {"the last of many lines", "[s]\na = b\n\n# c\nd = e\n!\n", "f.ini:6: expected '# comment'"},
};

static void
reads_what_it_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct text calls;
        struct fault fault = {ERR_OK, ""};
        text_init(&calls, 10000);
        text_put(&calls, "");
        enum err err = ini_read(slice_of(good[i].text), "f.ini", write_down, &calls, &fault);
        if (err != ERR_OK || strcmp(calls.data, good[i].calls) != 0)
            fail_msg("%s: %s\n%s", good[i].label, fault.text, calls.data);
        text_free(&calls);
    }
}

static void
refuses_what_it_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct text calls;
        struct fault fault = {ERR_OK, ""};
        text_init(&calls, 10000);
        enum err err = ini_read(slice_of(bad[i].text), "f.ini", write_down, &calls, &fault);
        if (err != ERR_INVALID || strncmp(fault.text, bad[i].fault, strlen(bad[i].fault)) != 0)
            fail_msg("%s: %s %s", bad[i].label, err_info(err)->code, fault.text);
        if (calls.len != 0)
            fail_msg("%s: something was taken from it", bad[i].label);
        text_free(&calls);
    }
    struct fault fault;
    assert_int_equal(ini_read(slice_make("a = \0b\n", 7), "f.ini", write_down, NULL, &fault),
                     ERR_INVALID);
    assert_string_equal(fault.text, "f.ini:1: not UTF-8");
}

static void
stops_where_it_is_told(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "[s]\na = b\nstop = 1\nc = d\nstop = 2\n[t]\n",
        "[s]\na = b\nstop = 1\n[t]\nc = d\n",
        "[s]\na = b\nstop = 1\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct text calls;
        struct fault fault = {ERR_OK, ""};
        text_init(&calls, 1000);
        enum err err = ini_read(slice_of(texts[i]), "f.ini", write_down, &calls, &fault);
        assert_int_equal(err, ERR_CONFLICT);
        assert_string_equal(fault.text, "f.ini:3: stop");
        assert_string_equal(calls.data, "1 1 [s] =\n2 1 [s] a=b\n3 1 [s] stop=1\n");
        text_free(&calls);
    }
}

static enum err
stop_at_heading(void *context, const struct ini_entry *at, struct fault *fault)
{
    int *calls = context;
    ++*calls;
    return at->name[0] == '\0' ? fault_set(fault, ERR_NOT_FOUND, "%s", at->section) : ERR_OK;
}

static void
stops_at_a_heading(void **state)
{
    (void)state;
    int calls = 0;
    struct fault fault;
    static const char text[] = "a = b\n[s]\nc = d\n[t]\n";
    assert_int_equal(ini_read(slice_of(text), "f.ini", stop_at_heading, &calls, &fault),
                     ERR_NOT_FOUND);
    assert_int_equal(calls, 2);
    assert_string_equal(fault.text, "s");
}

struct expected_value {
    struct slice value;
    int calls;
};

static enum err
compare_value(void *context, const struct ini_entry *at, struct fault *fault)
{
    struct expected_value *expected = context;
    expected->calls++;
    return slice_equal(expected->value, at->value) ? ERR_OK : fault_set(fault, ERR_CONFLICT, "x");
}

static const char letters[] = " ;a=#[]\"\t\n\x7F";
enum { LETTERS = sizeof letters - 1 };

/* Does the n-th value of `len` letters come back as it was written? */
static bool
comes_back(size_t len, unsigned long n)
{
    char value[8] = "";
    char line[32];
    for (size_t i = 0; i < len; i++, n /= LETTERS)
        value[i] = letters[n % LETTERS];
    (void)snprintf(line, sizeof line, "n = %.*s\n", (int)len, value);
    struct expected_value expected = {slice_make(value, len), 0};
    enum err err = ini_read(slice_of(line), "f.ini", compare_value, &expected, NULL);
    bool back = err == ERR_OK && expected.calls == 1;
    if (ini_value_ok(expected.value) != back)
        fail_msg("\"%.*s\": %s", (int)len, value, back ? "refused" : "accepted");
    return back;
}

/* All values of up to five characters out of the ones that mean something: ini_value_ok holds
 * exactly for those that come back as they were written. */
static void
value_ok_means_read_back(void **state)
{
    (void)state;
    int good_values = 0;
    unsigned long count = 1;
    for (size_t len = 0; len <= 5; len++, count *= LETTERS)
        for (unsigned long n = 0; n < count; n++)
            good_values += comes_back(len, n) ? 1 : 0;
    assert_true(good_values > 1000);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_should),     cmocka_unit_test(refuses_what_it_should),
        cmocka_unit_test(stops_where_it_is_told),   cmocka_unit_test(stops_at_a_heading),
        cmocka_unit_test(value_ok_means_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
