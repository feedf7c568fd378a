/* SPDX-License-Identifier: Apache-2.0 */
/* INI: what is read, and written again, reads as the same. */
#include <string.h>

#include "gateway/base/ini.h"
#include "gateway/base/text.h"
#include "tests/fuzz/fuzz.h"

static enum err
write_entry(void *context, const struct ini_entry *entry, struct fault *fault)
{
    (void)fault;
    if (entry->name[0] == '\0') {
        text_printf(context, "[%s]\n", entry->section);
        return ERR_OK;
    }
    REQUIRE(ini_value_ok(slice_of(entry->value)));
    REQUIRE(slice_utf8(slice_of(entry->value)));
    text_printf(context, "%s = %s\n", entry->name, entry->value);
    return ERR_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct text first;
    struct text second;
    struct fault fault = {0};
    text_init(&first, 4 * len + 100);
    text_init(&second, 4 * len + 100);
    if (ini_read(fuzz_slice(data, len), "a.ini", write_entry, &first, &fault) == ERR_OK) {
        REQUIRE(text_ok(&first));
        enum err err = ini_read(text_slice(&first), "a.ini", write_entry, &second, &fault);
        /* "a=b" becomes "a = b", which may be too long for a line. */
        REQUIRE(err == ERR_OK || strstr(fault.text, "long") != NULL);
        REQUIRE(err != ERR_OK ||
                (first.len == second.len &&
                 (first.len == 0 || memcmp(first.data, second.data, first.len) == 0)));
    } else {
        REQUIRE(fault.text[0] != '\0' && first.len == 0);
    }
    text_free(&first);
    text_free(&second);
    return 0;
}
