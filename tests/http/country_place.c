/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/http/country_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
    char top[64];
    char path[160];
} place;

/* The library of Debian 12 forgets some of what it read of a damaged file; nothing else may. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
    return "leak:libmaxminddb\n";
}

int
country_place_make(void **state)
{
    (void)state;
    (void)snprintf(place.top, sizeof place.top, "/tmp/assay-country-XXXXXX");
    return mkdtemp(place.top) == NULL;
}

int
country_place_remove(void **state)
{
    char command[128];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", place.top);
    return system(command);
}

const char *
country_place_file(const char *name)
{
    (void)snprintf(place.path, sizeof place.path, "%s/%s", place.top, name);
    return place.path;
}

void
country_place_run(const char *command)
{
    char whole[4096];
    (void)snprintf(whole, sizeof whole, "cd '%s' && %s", place.top, command);
    if (system(whole) != 0)
        fail_msg("failed: %s", whole);
}

void
country_place_put(const char *name, struct slice content)
{
    FILE *out = fopen(country_place_file(name), "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(content.data, 1, content.len, out), content.len);
    assert_int_equal(fclose(out), 0);
}

void
country_place_write(const char *name, const char *options, const char *networks)
{
    char command[4000];
    (void)snprintf(command, sizeof command, "printf '%%s' '%s' | '%s/tests/http/mmdb' '%s' %s",
                   networks, ASSAY_SOURCE_DIR, name, options);
    country_place_run(command);
}
