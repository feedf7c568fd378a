/* SPDX-License-Identifier: Apache-2.0 */
/* Reads codes, one a line, and prints what was read of each, for tests in other languages:
 * kind, error, gtin, variant, lot, serial, canonical link, separated by tabs. */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/identify/reading.h"

static void
print_reading(const struct reading *r)
{
    printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\n", reading_kind_name(r->kind),
           reading_error_info(r->error)->code, r->id.gtin, r->id.variant, r->id.lot, r->id.serial,
           r->canonical);
}

int
main(void)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    while ((len = getline(&line, &capacity, stdin)) > 0) {
        struct reading reading;
        (void)!reading_identify(&reading, slice_make(line, (size_t)len), NULL, NULL);
        print_reading(&reading);
    }
    free(line);
    return ferror(stdin) != 0 || fflush(stdout) != 0 ? 1 : 0;
}
