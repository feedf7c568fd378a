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

#include "gateway/cli/cli.h"

enum { SHOWN_MAX = 1000 };

/* What a piece of work that began `ago_ms` ago shows on stderr. */
struct work {
    bool terminal, ends;
    int64_t ago_ms;
    uint64_t total, done;
};

static void
show(char shown[static SHOWN_MAX], const struct work *work)
{
    struct progress p;
    FILE *file = tmpfile();
    assert_non_null(file);
    (void)fflush(stderr);
    int before = dup(STDERR_FILENO);
    assert_true(before >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
    progress_begin(&p, "labels", work->total);
    p.terminal = work->terminal;
    p.started_ms -= work->ago_ms;
    p.shown_ms -= work->ago_ms;
    progress_update(&p, work->done);
    if (work->ends)
        progress_end(&p, work->done);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    (void)close(before);
    rewind(file);
    size_t got = fread(shown, 1, SHOWN_MAX - 1, file);
    shown[got] = '\0';
    (void)fclose(file);
}

/* Half a second over, so that a slow machine says the same. */
static void
test_shown(void **state)
{
    static const struct row {
        const char *label;
        struct work work;
        const char *holds, *also;
    } rows[] = {
        {"done within a second", {true, true, 500, 100, 50}, "", ""},
        {"a file is told every ten seconds only", {false, true, 9000, 100, 50}, "", ""},
        {"a terminal after a second",
         {true, false, 1100, 1000, 0},
         "\rlabels 0 of 1,000, 0/s",
         " "},
        {"what is left",
         {true, false, 100500, 2000, 1000},
         "labels 1,000 of 2,000, 9/s, 1 min 40 s",
         " left"},
        {"hours left", {true, false, 10000000, 2000, 1000}, "0/s, 2 h 46 min left", " "},
        {"seconds left", {true, false, 10500, 2000, 1000}, ", 10 s left", " "},
        {"millions, and no total", {true, false, 100500, 0, 12345678}, "labels 12,345,678, ", "/s"},
        {"at the end", {true, true, 100500, 1000, 1000}, "labels 1,000 of 1,000, 9/s", "\n"},
        {"a line for a file",
         {false, false, 100500, 1000, 1000},
         "labels 1,000 of 1,000, 9/s\n",
         ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char shown[SHOWN_MAX];
        show(shown, &rows[i].work);
        bool silent = rows[i].holds[0] == '\0' && rows[i].also[0] == '\0';
        if (silent ? shown[0] != '\0' : strstr(shown, rows[i].holds) == NULL)
            fail_msg("%s: \"%s\"", rows[i].label, shown);
        if (strstr(shown, rows[i].also) == NULL)
            fail_msg("%s: \"%s\"", rows[i].label, shown);
        if (!rows[i].work.terminal && strchr(shown, '\r') != NULL)
            fail_msg("%s: redrawn in a file", rows[i].label);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
