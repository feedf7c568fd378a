/* SPDX-License-Identifier: Apache-2.0 */
/* Stored records: kind, length of the key, key, and the value without its hash, which is put behind
 * it here. Each record has exactly one spelling: what decodes encodes to the same bytes. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/registry/codec.h"
#include "tests/fuzz/fuzz.h"

struct stored {
    struct span key, value;
};

static void
check_same(bool encoded, const struct record *record, const struct stored *stored)
{
    REQUIRE(encoded);
    REQUIRE(record->key.len == stored->key.len && record->value.len == stored->value.len);
    REQUIRE(memcmp(record->key.bytes, stored->key.data, stored->key.len) == 0);
    REQUIRE(memcmp(record->value.data, stored->value.data, stored->value.len) == 0);
}

static void
unit(struct codec *codec, const struct stored *in)
{
    struct unit out;
    uint8_t by[OPERATION_ID_BYTES];
    struct record record;
    if (unit_decode(codec, in->key, in->value, &out, by) == ERR_OK)
        check_same(unit_encode(codec, &out, by, &record), &record, in);
}

static void
event(struct codec *codec, const struct stored *in)
{
    struct unit_key key;
    uint64_t number = 0;
    struct event *out = calloc(1, sizeof *out);
    struct record record;
    REQUIRE(out != NULL);
    if (event_decode(codec, in->key, in->value, out) == ERR_OK) {
        if (key_read_event(in->key, &key, &number))
            check_same(event_encode(codec, &key, number, out, &record), &record, in);
    }
    free(out);
}

static void
scans(struct codec *codec, const struct stored *in)
{
    struct unit_key key;
    struct scans *out = calloc(1, sizeof *out);
    struct record record;
    REQUIRE(out != NULL);
    if (scans_decode(codec, in->key, in->value, &key, out) == ERR_OK)
        check_same(scans_encode(codec, &key, out, &record), &record, in);
    free(out);
}

/* The kinds whose decoder fills the one structure that the encoder takes. */
#define KIND(name, type)                                                                           \
    static void name(struct codec *codec, const struct stored *in)                                 \
    {                                                                                              \
        struct type *out = calloc(1, sizeof *out);                                                 \
        struct record record;                                                                      \
        REQUIRE(out != NULL);                                                                      \
        if (name##_decode(codec, in->key, in->value, out) == ERR_OK)                               \
            check_same(name##_encode(codec, out, &record), &record, in);                           \
        free(out);                                                                                 \
    }
KIND(product, product)
KIND(lot, lot)
KIND(recall, recall)
KIND(operation, operation)
KIND(credential, credential)
KIND(session, session)
KIND(notice, notice)
KIND(tally, tally)

static const struct {
    enum table table;
    void (*check)(struct codec *codec, const struct stored *in);
} kinds[] = {
    {TABLE_UNITS, unit},
    {TABLE_EVENTS, event},
    {TABLE_SCANS, scans},
    {TABLE_PRODUCTS, product},
    {TABLE_LOTS, lot},
    {TABLE_RECALLS, recall},
    {TABLE_OPERATIONS, operation},
    {TABLE_CREDENTIALS, credential},
    {TABLE_SESSIONS, session},
    {TABLE_NOTICES, notice},
    {TABLE_TALLIES, tally},
};

static void
check(struct codec *codec, size_t kind, struct slice key, struct slice value)
{
    uint8_t bytes[RECORD_VALUE_MAX];
    struct stored in = {.key = {(const uint8_t *)key.data, key.len}};
    struct packer p = codec_begin(codec, table_name(kinds[kind].table), in.key);
    pack_bytes(&p, value.data, value.len);
    if (!codec_finish(codec, &p, &in.value) || in.value.len > sizeof bytes)
        return;
    memcpy(bytes, in.value.data, in.value.len);
    in.value.data = bytes;
    kinds[kind].check(codec, &in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const uint8_t record_key[RECORD_KEY_BYTES] = {1, 2, 3};
    struct slice input = fuzz_slice(data, len);
    size_t kind = fuzz_choice(&input) % (sizeof kinds / sizeof kinds[0]);
    size_t key_len = fuzz_choice(&input);
    REQUIRE(sodium_init() >= 0);
    struct codec *codec = calloc(1, sizeof *codec);
    REQUIRE(codec != NULL);
    codec_init(codec, record_key);
    if (key_len <= input.len)
        check(codec, kind, slice_make(input.data, key_len),
              slice_make(input.data + key_len, input.len - key_len));
    free(codec);
    return 0;
}
