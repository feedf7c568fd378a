/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/cli/options.h"

enum { WORDS_MAX = 12 };

static int
never_run(const struct invocation *in, struct fault *fault)
{
    (void)in;
    (void)fault;
    return 99;
}

static const struct cli_option new_options[] = {
    {"lot", "LOT", "a lot", false},     {"count", "N", "how many", true},
    {"yes", NULL, "do not ask", false}, {"output", "FILE", "where to", false},
    {"note", "TEXT...", "some", false}, {NULL, NULL, NULL, false},
};

static const struct cli_command commands[] = {
    {"keys new", "NAME", "one", "text\n", new_options, 1, 1, never_run},
    {"keys list", NULL, "two", "text\n", NULL, 0, 0, never_run},
    {"verify", "CODE|-", "three", "text\n", NULL, 1, 1, never_run},
    {"event", "TYPE GTIN SERIAL [FIELD=VALUE...]", "four", "text\n", NULL, 3, CLI_POSITIONALS_MAX,
     never_run},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL},
};

static enum err
parse(struct invocation *out, const char *const words[], struct fault *fault)
{
    struct cli_words given = {.words = words};
    while (given.count < WORDS_MAX && words[given.count] != NULL)
        given.count++;
    *out = (struct invocation){.data = "/default"};
    *fault = (struct fault){.err = ERR_OK};
    return cli_parse(out, commands, &given, fault);
}

static bool
same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const struct accepted {
    const char *label;
    const char *words[WORDS_MAX + 1];
    const char *command, *positional, *lot, *count, *output, *data;
    bool yes, json;
} accepted[] = {
    {"one word and a positional", {"verify", "X"}, "verify", .positional = "X"},
    {"two words", {"keys", "list"}, "keys list", .positional = NULL},
    {"value in the next word",
     {"keys", "new", "plant", "--count", "5"},
     "keys new",
     .positional = "plant",
     .count = "5"},
    {"value after =",
     {"keys", "new", "plant", "--count=5", "--lot=L=1"},
     "keys new",
     .positional = "plant",
     .lot = "L=1",
     .count = "5"},
    {"an empty value",
     {"keys", "new", "p", "--count=5", "--lot="},
     "keys new",
     .positional = "p",
     .lot = "",
     .count = "5"},
    {"options before, between and after",
     {"--json", "keys", "--data", "/d", "new", "--count", "5", "plant", "--yes"},
     "keys new",
     .positional = "plant",
     .count = "5",
     .data = "/d",
     .yes = true,
     .json = true},
    {"-o is --output",
     {"keys", "new", "p", "--count", "5", "-o", "FILE"},
     "keys new",
     .positional = "p",
     .count = "5",
     .output = "FILE"},
    {"- is a value",
     {"keys", "new", "p", "--count", "5", "-o", "-"},
     "keys new",
     .positional = "p",
     .count = "5",
     .output = "-"},
    {"- is a positional", {"verify", "-"}, "verify", .positional = "-"},
    {"what follows -- is no option",
     {"verify", "--json", "--", "--json"},
     "verify",
     .positional = "--json",
     .json = true},
    {"a value that begins with - is written with =",
     {"keys", "new", "p", "--count", "5", "--lot=-7"},
     "keys new",
     .positional = "p",
     .lot = "-7",
     .count = "5"},
    {"a code with = in it is no option",
     {"verify", "https://h/?S=A"},
     "verify",
     .positional = "https://h/?S=A"},
    {"an empty positional", {"verify", ""}, "verify", .positional = ""},
};

static void
test_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        const struct accepted *row = &accepted[i];
        struct invocation in;
        struct fault fault;
        if (parse(&in, row->words, &fault) != ERR_OK)
            fail_msg("%s: %s", row->label, fault.text);
        bool right = strcmp(in.command->name, row->command) == 0 &&
                     same(in.positional_count == 0 ? NULL : in.positionals[0], row->positional) &&
                     same(cli_value(&in, "lot"), row->lot) &&
                     same(cli_value(&in, "count"), row->count) &&
                     same(cli_value(&in, "output"), row->output) &&
                     same(in.data, row->data == NULL ? "/default" : row->data) &&
                     cli_flag(&in, "yes") == row->yes && in.json == row->json && !in.help;
        if (!right)
            fail_msg("%s: not what was said", row->label);
    }
}

static void
test_refused(void **state)
{
    static const struct row {
        const char *label;
        const char *words[WORDS_MAX + 1];
        const char *says;
    } rows[] = {
        {"nothing", {NULL}, "a command is missing"},
        {"only an option", {"--json"}, "a command is missing"},
        {"no such command", {"frobnicate"}, "there is no command \"frobnicate\""},
        {"a letter missing", {"verfy", "X"}, "did you mean verify?"},
        {"letters swapped", {"evnet"}, "did you mean event?"},
        {"the noun misspelt", {"kesy", "list"}, "did you mean keys?"},
        {"a noun alone", {"keys"}, "keys needs one of: new, list"},
        {"no such verb", {"keys", "frobnicate"}, "keys has no \"frobnicate\"; it has: new, list"},
        {"the verb misspelt", {"keys", "lits"}, "did you mean list?"},
        {"no such option", {"verify", "X", "--frobnicate"}, "unknown option --frobnicate"},
        {"an option misspelt", {"keys", "new", "p", "--cuont", "5"}, "did you mean --count?"},
        {"a common option misspelt", {"verify", "X", "--jsn"}, "did you mean --json?"},
        {"an option of another command", {"verify", "X", "--lot", "L"}, "unknown option --lot"},
        {"a short option that is none", {"verify", "-x"}, "unknown option -x"},
        {"a positional too many", {"verify", "X", "Y"}, "\"Y\" is one word too many"},
        {"a positional too few", {"verify"}, "verify needs CODE|-"},
        {"two positionals too few", {"event", "sell"}, "event needs TYPE GTIN SERIAL"},
        {"a required option too few", {"keys", "new", "p"}, "keys new needs --count N"},
        {"a value is missing at the end", {"keys", "new", "p", "--count"}, "--count needs a value"},
        {"a value is missing before an option",
         {"keys", "new", "p", "--count", "--yes"},
         "--count needs a value"},
        {"a flag with a value", {"keys", "new", "p", "--count=5", "--yes=no"}, "takes no value"},
        {"an option twice",
         {"keys", "new", "p", "--count=5", "--count=6"},
         "--count is given twice"},
        {"an empty option name", {"verify", "X", "--=5"}, "unknown option --"},
        {"an option of sixty-five letters",
         {"verify", "X", "--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
         "unknown option"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct invocation in;
        struct fault fault;
        if (parse(&in, rows[i].words, &fault) != ERR_USAGE)
            fail_msg("%s: accepted", rows[i].label);
        if (strstr(fault.text, rows[i].says) == NULL)
            fail_msg("%s: \"%s\"", rows[i].label, fault.text);
    }
}

static void
test_far_words_are_not_suggested(void **state)
{
    static const char *const words[][3] = {
        {"list"}, {"x"}, {"keyboard"}, {"keys", "new-and-better"}, {"keys", "x"}, {"-"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct invocation in;
        struct fault fault;
        assert_int_equal(parse(&in, words[i], &fault), ERR_USAGE);
        if (strstr(fault.text, "did you mean") != NULL)
            fail_msg("%s: %s", words[i][0], fault.text);
    }
}

/* Help is given whatever else is missing. */
static void
test_help(void **state)
{
    static const struct row {
        const char *label;
        const char *words[WORDS_MAX + 1];
        const char *command, *noun;
    } rows[] = {
        {"of everything", {"--help"}, NULL, NULL},
        {"of everything, in short", {"-h"}, NULL, NULL},
        {"as a word", {"help"}, NULL, NULL},
        {"of a noun", {"keys", "--help"}, NULL, "keys"},
        {"of a noun, as a word", {"help", "keys"}, NULL, "keys"},
        {"of a command that lacks everything", {"keys", "new", "--help"}, "keys new", "keys"},
        {"of a command, as a word", {"help", "keys", "new"}, "keys new", "keys"},
        {"of a command, before it", {"--help", "verify"}, "verify", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct invocation in;
        struct fault fault;
        if (parse(&in, rows[i].words, &fault) != ERR_OK || !in.help)
            fail_msg("%s: %s", rows[i].label, fault.text);
        bool right = same(in.command == NULL ? NULL : in.command->name, rows[i].command) &&
                     (rows[i].command != NULL || same(in.noun, rows[i].noun));
        if (!right)
            fail_msg("%s: help of something else", rows[i].label);
    }
}

static void
test_version(void **state)
{
    static const char *const words[] = {"--version", NULL};
    struct invocation in;
    struct fault fault;
    (void)state;
    assert_int_equal(parse(&in, words, &fault), ERR_OK);
    assert_true(in.version);
}

static void
test_positionals_have_a_maximum(void **state)
{
    static const char *words[CLI_POSITIONALS_MAX + 3];
    struct cli_words given = {.count = CLI_POSITIONALS_MAX + 1, .words = words};
    struct invocation in = {.data = "/default"};
    struct fault fault = {.err = ERR_OK};
    (void)state;
    words[0] = "event";
    for (size_t i = 1; i < CLI_POSITIONALS_MAX + 2; i++)
        words[i] = "x";
    assert_int_equal(cli_parse(&in, commands, &given, &fault), ERR_OK);
    assert_int_equal(in.positional_count, CLI_POSITIONALS_MAX);
    given.count++;
    assert_int_equal(cli_parse(&in, commands, &given, &fault), ERR_USAGE);
}

static void
test_number(void **state)
{
    static const struct row {
        const char *label, *value;
        enum err err;
        uint64_t number;
    } rows[] = {
        {"not given", NULL, ERR_OK, 77},
        {"the lowest", "--count=1", ERR_OK, 1},
        {"the highest", "--count=500", ERR_OK, 500},
        {"too low", "--count=0", ERR_USAGE, 77},
        {"too high", "--count=501", ERR_USAGE, 77},
        {"a sign", "--count=+5", ERR_USAGE, 77},
        {"a zero before", "--count=05", ERR_USAGE, 77},
        {"a blank", "--count= 5", ERR_USAGE, 77},
        {"something after", "--count=5x", ERR_USAGE, 77},
        {"empty", "--count=", ERR_USAGE, 77},
        {"beyond 64 bits", "--count=18446744073709551617", ERR_USAGE, 77},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *const words[] = {"keys", "new", "--help", rows[i].value, NULL};
        struct invocation in;
        struct fault fault;
        uint64_t number = 77;
        assert_int_equal(parse(&in, words, &fault), ERR_OK);
        if (cli_number(&in, "count", 1, 500, &number, &fault) != rows[i].err)
            fail_msg("%s: %s", rows[i].label, fault.text);
        if (rows[i].err == ERR_OK && number != rows[i].number)
            fail_msg("%s: %llu", rows[i].label, (unsigned long long)number);
    }
}

static void
test_repeated(void **state)
{
    static const char *const words[WORDS_MAX] = {"keys",   "new", "p",        "--count", "5",
                                                 "--note", "a",   "--note=b", "--note",  "a"};
    const char *many[2 * CLI_REPEATS_MAX + 8] = {"keys", "new", "p", "--count=5"};
    struct invocation in;
    struct fault fault;
    (void)state;
    assert_int_equal(parse(&in, words, &fault), ERR_OK);
    assert_string_equal(cli_repeated(&in, "note", 0), "a");
    assert_string_equal(cli_repeated(&in, "note", 1), "b");
    assert_string_equal(cli_repeated(&in, "note", 2), "a");
    assert_null(cli_repeated(&in, "note", 3));
    assert_null(cli_repeated(&in, "count", 0));
    assert_string_equal(cli_value(&in, "note"), "a");
    struct cli_words given = {.words = many, .count = 4};
    while (given.count < 4 + CLI_REPEATS_MAX)
        many[given.count++] = "--note=x";
    assert_int_equal(cli_parse(&in, commands, &given, &fault), ERR_OK);
    many[given.count++] = "--note=x";
    assert_int_equal(cli_parse(&in, commands, &given, &fault), ERR_USAGE);
    assert_non_null(strstr(fault.text, "--note: given more than 16 times"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repeated),
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_far_words_are_not_suggested),
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_positionals_have_a_maximum),
        cmocka_unit_test(test_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
