/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/cli/options.h"

enum { PAGE_MAX = 16384, LINE_MAX_BYTES = 100 };

static int
never_run(const struct invocation *in, struct fault *fault)
{
    (void)in;
    (void)fault;
    return 99;
}

static const struct cli_option many_options[] = {
    {"alpha", "ALPHA", "the first", true},    {"beta", "BETA", "the second", false},
    {"gamma", NULL, "a flag", false},         {"delta", "DELTA", "the fourth", false},
    {"epsilon", "EPSILON", "fifth", false},   {"output", "FILE", "where to", false},
    {"a-long-one", "A|LONG|ONE", "7", false}, {NULL, NULL, NULL, false},
};

static const struct cli_command commands[] = {
    {"keys new", "NAME", "make a key", "What it does.\n", many_options, 1, 1, never_run},
    {"keys list", NULL, "show keys", "What it shows.\n", NULL, 0, 0, never_run},
    {"keysmith", NULL, "somebody else", "Not of the same noun.\n", NULL, 0, 0, never_run},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, NULL},
};

static void
check_page(const char *label, const struct invocation *in, const char *const *holds,
           const char *lacks)
{
    struct text page;
    text_init(&page, PAGE_MAX);
    cli_usage(&page, commands, in);
    assert_true(text_ok(&page));
    for (; *holds != NULL; holds++)
        if (strstr(page.data, *holds) == NULL)
            fail_msg("%s: no \"%s\" in\n%s", label, *holds, page.data);
    if (lacks != NULL && strstr(page.data, lacks) != NULL)
        fail_msg("%s: \"%s\" in\n%s", label, lacks, page.data);
    struct slice rest = text_slice(&page);
    assert_int_equal(rest.data[rest.len - 1], '\n');
    while (rest.len > 0)
        if (slice_take_until(&rest, '\n').len > LINE_MAX_BYTES)
            fail_msg("%s: a line is too long in\n%s", label, page.data);
    text_free(&page);
}

static void
test_pages(void **state)
{
    static const char *const everything[] = {
        "Usage: assay COMMAND", "keys new ", "make a key", "keysmith", "Exit codes", NULL};
    static const char *const noun[] = {"Usage: assay keys COMMAND", "keys new ", "show keys", NULL};
    static const char *const command[] = {
        "Usage: assay keys new NAME --alpha ALPHA [--beta BETA] [--gamma]",
        "[--delta DELTA]\n        [--epsilon EPSILON]",
        "What it does.\n",
        "  -o, --output FILE ",
        "  --gamma  ",
        "  --json  ",
        "  --data DIR  ",
        NULL};
    static const char *const bare[] = {"Usage: assay keys list\n", "What it shows.\n", "  --json",
                                       NULL};
    const struct invocation of_noun = {.help = true, .noun = "keys"};
    const struct invocation of_command = {.help = true, .command = &commands[0]};
    const struct invocation of_bare = {.help = true, .command = &commands[1]};
    (void)state;
    check_page("everything", &(struct invocation){.help = true}, everything, NULL);
    check_page("a noun", &of_noun, noun, "keysmith");
    check_page("a command", &of_command, command, "show keys");
    check_page("a command without options", &of_bare, bare, "alpha");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
