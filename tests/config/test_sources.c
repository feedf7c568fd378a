/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/config/config.h"

static char directory[] = "/tmp/assay-config-XXXXXX";
static char path[64];

static int
make_directory(void **state)
{
    (void)state;
    if (mkdtemp(directory) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/a.ini", directory);
    return 0;
}

static int
remove_directory(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(directory);
}

static enum err
read_text(struct config *config, const char *text, struct fault *fault)
{
    if (file_replace(path, slice_of(text), 0600, fault) != ERR_OK)
        fail_msg("%s", fault->text);
    config_defaults(config);
    return config_read_file(config, path, fault);
}

static void
reads_a_file(void **state)
{
    (void)state;
    struct config config;
    struct fault fault = {0};
    char source[80];
    assert_int_equal(read_text(&config,
                               "# assayd\n\ndata = /srv/assay\nport = 9000\n"
                               "base_url = https://id.example.com\nlog = debug\n",
                               &fault),
                     ERR_OK);
    assert_string_equal(config.data, "/srv/assay");
    assert_int_equal(config.port, 9000);
    assert_string_equal(config.base_url, "https://id.example.com");
    assert_string_equal(config.log, "debug");
    assert_string_equal(config.address, "127.0.0.1");
    (void)snprintf(source, sizeof source, "%s:3", path);
    assert_string_equal(config.sources[0], source);
    assert_string_equal(config.sources[1], "default");
}

static const struct {
    const char *label, *text, *fault; /* after the path */
} refused[] = {
    {"unknown key", "data = /a\nprot = 1\n", ":2: unknown key prot; did you mean port?"},
    {"bad value", "\n\nport = x\n", ":3: port: expected a number from 1 to 65535"},
    {"twice", "port = 1\nlog = info\nport = 1\n", ":3: port is already set in line 1"},
    {"section", "[assayd]\nport = 1\n", ":1: this file has no [sections]"},
    {"no '='", "port 1\n", ":1: expected '# comment', [section] or name = value"},
};

static void
refuses_with_file_and_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct config config;
        struct fault fault = {0};
        enum err err = read_text(&config, refused[i].text, &fault);
        size_t len = strlen(path);
        if (err != ERR_INVALID || strncmp(fault.text, path, len) != 0 ||
            strcmp(fault.text + len, refused[i].fault) != 0)
            fail_msg("%s: %d \"%s\"", refused[i].label, (int)err, fault.text);
    }
}

static void
refuses_a_missing_file(void **state)
{
    (void)state;
    struct config config;
    struct fault fault = {0};
    config_defaults(&config);
    assert_int_equal(config_read_file(&config, "/nonexistent/a.ini", &fault), ERR_NOT_FOUND);
    assert_string_equal(fault.text, "/nonexistent/a.ini: No such file or directory");
}

static const struct {
    const char *label, *variable, *fault;
} variables[] = {
    {"port", "ASSAY_PORT=9000", NULL},
    {"underscore", "ASSAY_BASE_URL=https://a.example", NULL},
    {"'=' in the value", "ASSAY_DATA=/a=b", NULL},
    {"another program's", "ASSAYER_PORT=x", NULL},
    {"lower case is another program's", "assay_port=x", NULL},
    {"bad value", "ASSAY_PORT=x", "ASSAY_PORT: port: expected a number from 1 to 65535"},
    {"empty value", "ASSAY_PORT=", "ASSAY_PORT: port: expected a number from 1 to 65535"},
    {"no '='", "ASSAY_PORT", "ASSAY_PORT: port: expected a number from 1 to 65535"},
    {"unknown", "ASSAY_PROT=1", "ASSAY_PROT: unknown key prot; did you mean port?"},
    {"TLS", "ASSAY_TLS_KEY=a.pem",
     "ASSAY_TLS_KEY: tls_key: TLS is not served here; put a proxy that speaks TLS in front (nginx, "
     "HAProxy, Caddy) and let it forward to this address and port over http"},
    {"near no key: not ours", "ASSAY_COLOUR=red", NULL},
    {"half lower case: not ours", "ASSAY_port=1", NULL},
    {"nothing after ASSAY_: not ours", "ASSAY_=1", NULL},
};

static void
reads_the_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        struct config config;
        struct fault fault = {0};
        char copy[80];
        (void)snprintf(copy, sizeof copy, "%s", variables[i].variable);
        char other[] = "PATH=/bin";
        char *environment[] = {other, copy, NULL};
        config_defaults(&config);
        enum err err = config_read_environment(&config, environment, &fault);
        const char *expected = variables[i].fault == NULL ? "" : variables[i].fault;
        if (err != (variables[i].fault == NULL ? ERR_OK : ERR_INVALID) ||
            strcmp(fault.text, expected) != 0)
            fail_msg("%s: %d \"%s\"", variables[i].label, (int)err, fault.text);
    }
}

static void
environment_wins_over_file(void **state)
{
    (void)state;
    struct config config;
    struct fault fault = {0};
    char variable[] = "ASSAY_PORT=9001";
    char *environment[] = {variable, NULL};
    assert_int_equal(read_text(&config, "port = 9000\nlog = debug\n", &fault), ERR_OK);
    assert_int_equal(config_read_environment(&config, environment, &fault), ERR_OK);
    assert_int_equal(config.port, 9001);
    assert_string_equal(config.sources[2], "ASSAY_PORT");
    assert_string_equal(config.log, "debug");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_file),
        cmocka_unit_test(refuses_with_file_and_line),
        cmocka_unit_test(refuses_a_missing_file),
        cmocka_unit_test(reads_the_environment),
        cmocka_unit_test(environment_wins_over_file),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
