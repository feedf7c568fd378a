/* SPDX-License-Identifier: Apache-2.0 */
/* The file of who is trusted: what is read, and written again, reads as the same. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "keys/keyset.h"
#include "tests/fuzz/fuzz.h"

static void
check_entry(const struct keyset_entry *entry)
{
    uint8_t kid[KID_BYTES];
    token_kid(kid, entry->public_key);
    REQUIRE(memcmp(kid, entry->kid, sizeof kid) == 0);
    REQUIRE(entry->status != KEY_UNTRUSTED && key_name_valid(entry->name));
    REQUIRE(public_key_valid(entry->public_key) && public_key_valid(entry->manifest_key));
    REQUIRE(entry->prefix_count <= KEY_PREFIXES_MAX);
    REQUIRE((entry->compromised_since != 0) <= (entry->status == KEY_REVOKED));
}

static void
check_round(const struct keyset *keyset, struct keyset *again)
{
    struct text first;
    struct text second;
    struct fault fault = {0};
    text_init(&first, KEYSET_FILE_MAX * 2);
    text_init(&second, KEYSET_FILE_MAX * 2);
    keyset_format(&first, keyset);
    REQUIRE(text_ok(&first));
    REQUIRE(keyset_parse(again, text_slice(&first), "again", &fault) == ERR_OK);
    keyset_format(&second, again);
    REQUIRE(text_ok(&second) && second.len == first.len);
    REQUIRE(first.len == 0 || memcmp(first.data, second.data, first.len) == 0);
    text_free(&first);
    text_free(&second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct keyset *keyset = calloc(2, sizeof *keyset);
    struct fault fault = {0};
    REQUIRE(sodium_init() >= 0 && keyset != NULL);
    if (keyset_parse(keyset, fuzz_slice(data, len), "keys.ini", &fault) == ERR_OK) {
        for (size_t i = 0; i < keyset->count; i++)
            check_entry(&keyset->entries[i]);
        check_round(keyset, keyset + 1);
    } else {
        REQUIRE(fault.text[0] != '\0');
    }
    free(keyset);
    return 0;
}
