/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/date.h"
#include "gateway/log/log.h"
#include "gateway/json/json.h"

static const struct {
    const char *configured;
    bool error, info, debug;
} levels[] = {
    {"error", true, false, false},
    {"info", true, true, false},
    {"debug", true, true, true},
};

static void
keeps_to_the_level(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        struct config config;
        config_defaults(&config);
        assert_int_equal(config_set(&config, "log", levels[i].configured, "test", NULL), ERR_OK);
        assert_int_equal(log_wants(&config, LOG_ERROR), levels[i].error);
        assert_int_equal(log_wants(&config, LOG_INFO), levels[i].info);
        assert_int_equal(log_wants(&config, LOG_DEBUG), levels[i].debug);
    }
}

/* What two events, one of them below the level, write to standard error. */
static size_t
write_events(char *out, size_t size)
{
    struct config config;
    int ends[2];
    config_defaults(&config);
    assert_int_equal(pipe(ends), 0);
    int kept = dup(STDERR_FILENO);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    log_event(&config, LOG_DEBUG, "request", "not asked for");
    log_event(&config, LOG_ERROR, "keyset_refused", "%s:%d: \"x\"\n{\x1B", "a.ini", 3);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    (void)close(kept);
    (void)close(ends[1]);
    ssize_t got = read(ends[0], out, size);
    (void)close(ends[0]);
    assert_true(got > 0);
    return (size_t)got;
}

static void
writes_one_json_line(void **state)
{
    (void)state;
    char line[1000];
    struct slice text = slice_make(line, write_events(line, sizeof line));
    struct json_doc *doc = NULL;
    struct fault fault = {0};
    int64_t at = 0;
    assert_int_equal(slice_find(text, '\n'), text.len - 1);
    if (json_parse(text, sizeof line, &doc, &fault) != ERR_OK)
        fail_msg("%s", fault.text);
    const struct json_node *root = json_root(doc);
    assert_true(time_parse(&at, json_string(json_member_of(root, "time"))));
    assert_true(slice_equal(json_string(json_member_of(root, "level")), "error"));
    assert_true(slice_equal(json_string(json_member_of(root, "event")), "keyset_refused"));
    assert_true(slice_equal(json_string(json_member_of(root, "text")), "a.ini:3: \"x\"\n{\x1B"));
    json_free(doc);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_to_the_level),
        cmocka_unit_test(writes_one_json_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
