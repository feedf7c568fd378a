/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever a scanner or a person types. One key is trusted, and signed one label only. */
#include <stdlib.h>
#include <string.h>

#include "gateway/identify/repair.h"
#include "gateway/identify/trust.h"
#include "tests/fuzz/fuzz.h"

/* RFC 8032 §7.1, TEST 1: public key, and the unit that tests/vectors has a label for. */
static const char public_key[] = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
static const char signed_link[] = "https://id.gs1.org/01/09506000134352/21/7K3M9Q2XBT4H";

struct confirmation {
    const struct keyset *keyset;
    size_t calls;
    bool last;
};

static bool
confirm(const struct reading *candidate, void *context)
{
    struct confirmation *confirmation = context;
    confirmation->calls++;
    confirmation->last = label_trust(confirmation->keyset, candidate).result == LABEL_GENUINE;
    return confirmation->last;
}

static void
trust_one(struct keyset *keyset)
{
    struct keyset_entry *entry = &keyset->entries[0];
    keyset->version = 1;
    keyset->count = 1;
    entry->status = KEY_ACTIVE;
    entry->prefix_count = 1;
    memcpy(entry->prefixes[0], "0950600", sizeof "0950600");
    REQUIRE(slice_hex(entry->public_key, PUBLIC_KEY_BYTES, slice_of(public_key)));
    token_kid(entry->kid, entry->public_key);
}

static void
check_reading(const struct reading *reading, const struct keyset *keyset)
{
    if (reading->kind != READING_SERIAL)
        REQUIRE(gtin_valid(slice_of(reading->id.gtin)));
    else
        REQUIRE(reading->canonical_len == 0 && !reading->has_token);
    if (reading->id.serial[0] != '\0')
        REQUIRE(gs1_value_valid(slice_of(reading->id.serial)));
    if (label_trust(keyset, reading).result == LABEL_GENUINE)
        REQUIRE(strcmp(reading->canonical, signed_link) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice text = fuzz_slice(data, len);
    struct keyset *keyset = calloc(1, sizeof *keyset);
    REQUIRE(keyset != NULL);
    trust_one(keyset);
    struct confirmation confirmation = {keyset, 0, false};
    struct reading plain;
    struct reading mended;
    if (reading_identify(&plain, text, NULL, NULL) == READ_OK) {
        REQUIRE(plain.repair == REPAIR_NONE);
        check_reading(&plain, keyset);
    }
    if (reading_identify(&mended, text, confirm, &confirmation) == READ_OK) {
        REQUIRE(mended.repair == REPAIR_NONE || confirmation.last);
        check_reading(&mended, keyset);
    }
    REQUIRE(confirmation.calls <= CONFIRMS_MAX);
    REQUIRE(plain.error_at <= len && mended.error_at <= len);
    free(keyset);
    return 0;
}
