/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

void
fuzz_fail(const char *condition, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

struct slice
fuzz_slice(const uint8_t *data, size_t len)
{
    return slice_make((const char *)data, len);
}

uint8_t
fuzz_choice(struct slice *input)
{
    if (input->len == 0)
        return 0;
    uint8_t first = (uint8_t)input->data[0];
    *input = slice_make(input->data + 1, input->len - 1);
    return first;
}
