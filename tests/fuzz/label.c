/* SPDX-License-Identifier: Apache-2.0 */
/* A label URL: a path with its query when it begins with '/', else a whole link. */
#include <string.h>

#include "gateway/identify/trust.h"
#include "gateway/rules/verdict.h"
#include "tests/fuzz/fuzz.h"

static bool
same(const struct identity *a, const struct identity *b)
{
    return strcmp(a->gtin, b->gtin) == 0 && strcmp(a->variant, b->variant) == 0 &&
           strcmp(a->lot, b->lot) == 0 && strcmp(a->serial, b->serial) == 0;
}

static bool
value_ok(const char *value, bool required)
{
    return value[0] == '\0' ? !required : gs1_value_valid(slice_of(value));
}

/* One identity, one spelling of it, and that spelling says the same. */
static void
check_canonical(const struct reading *reading)
{
    char canonical[CANONICAL_MAX + 1];
    struct reading again;
    REQUIRE(gtin_valid(slice_of(reading->id.gtin)));
    REQUIRE(value_ok(reading->id.variant, false) && value_ok(reading->id.lot, false));
    REQUIRE(value_ok(reading->id.serial, true));
    REQUIRE(canonical_link(canonical, &reading->id) == reading->canonical_len);
    REQUIRE(strcmp(canonical, reading->canonical) == 0);
    REQUIRE(digital_link_read(&again, slice_of(canonical)) == READ_OK);
    REQUIRE(same(&again.id, &reading->id) && !again.has_token);
    REQUIRE(reading->repair == REPAIR_NONE && reading->kind == READING_DIGITAL_LINK);
}

/* The token stands in the text as it is written. */
static void
check_token(const struct reading *reading, struct slice text)
{
    char token[TOKEN_CHARS + 1];
    token_format(token, &reading->token);
    bool found = false;
    for (size_t i = 0; i + TOKEN_CHARS <= text.len && !found; i++)
        found = memcmp(text.data + i, token, TOKEN_CHARS) == 0;
    REQUIRE(found);
}

/* Nobody whom we trust signed it. */
static void
check_verdict(const struct reading *reading)
{
    static const struct keyset nobody = {.version = 1};
    struct label_trust trust = label_trust(&nobody, reading);
    struct verdict verdict;
    struct verdict_input in = {.role = ROLE_PUBLIC,
                               .label = trust.result,
                               .signer = trust.signer,
                               .reading = reading,
                               .country = "",
                               .now = 1764000000};
    REQUIRE(trust.result != LABEL_GENUINE);
    verdict_decide(&verdict, &in);
    REQUIRE(verdict.class != VERDICT_OK && !verdict.shows_unit);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice text = fuzz_slice(data, len);
    struct slice rest = text;
    struct reading reading;
    enum reading_error error = READ_OK;
    if (slice_starts(text, "/")) {
        struct slice path = slice_take_until(&rest, '?');
        error = digital_link_read_path(&reading, path, rest);
    } else {
        error = digital_link_read(&reading, text);
    }
    REQUIRE(error == reading.error && reading.error_at <= len + 1);
    if (error != READ_OK)
        return 0;
    check_canonical(&reading);
    if (reading.has_token)
        check_token(&reading, text);
    check_verdict(&reading);
    return 0;
}
