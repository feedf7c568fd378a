/* SPDX-License-Identifier: Apache-2.0 */
/* Stored bytes. The expected values were put together by hand from the table in codec.h; their last
 * eight bytes are SipHash-2-4 by a second implementation, in Python, that gives the vector of the
 * SipHash paper (appendix A). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/registry/codec.h"
#include "tests/registry/support.h"

enum { BYTES_MAX = 6000 };

static const char gtin[] = "09506000134352";

static size_t
from_hex(uint8_t *out, const char *hex)
{
    size_t len = strlen(hex) / 2;
    assert_true(len <= BYTES_MAX && slice_hex(out, len, slice_of(hex)));
    return len;
}

static void
put(char *out, size_t size, const char *text)
{
    assert_true(slice_copy(out, size, slice_of(text)));
}

#define PUT(member, text) put(member, sizeof(member), text)

/* ---- one record of each kind ---- */

union any {
    struct {
        struct unit unit;
        uint8_t operation[OPERATION_ID_BYTES];
    } unit;
    struct product product;
    struct lot lot;
    struct recall recall; /* for recall ids: id and gtin only */
    struct {
        struct unit_key unit;
        uint64_t number;
        struct event event;
    } event;
    struct operation operation;
    struct credential credential;
};

static const uint8_t operation_id[OPERATION_ID_BYTES] = {
    0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F};

static void
count_up(uint8_t *out, size_t len, uint8_t first)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(first + i);
}

static void
bare_unit(union any *out)
{
    struct unit *unit = &out->unit.unit;
    PUT(unit->id.gtin, gtin);
    PUT(unit->id.serial, "A");
    unit->version = 1;
    unit->state = UNIT_ISSUED;
    count_up(unit->kid, KID_BYTES, 0xA1);
    count_up(unit->seal, SEAL_BYTES, 0xC0);
    unit->registered_at = 1700000000;
    unit->made_on = CIVIL_NONE;
    unit->expires_on = CIVIL_NONE;
    unit->shipped_on = CIVIL_NONE;
    unit->sold_on = CIVIL_NONE;
    unit->activated_on = CIVIL_NONE;
    memcpy(out->unit.operation, operation_id, sizeof operation_id);
}

static void
whole_unit(union any *out)
{
    struct unit *unit = &out->unit.unit;
    bare_unit(out);
    PUT(unit->id.serial, "7K3M9Q2XBT4H");
    PUT(unit->id.variant, "V1");
    PUT(unit->id.lot, "L24A0917");
    unit->version = 7;
    unit->state = UNIT_SOLD;
    unit->conditions = CONDITION_STOLEN | CONDITION_HELD;
    count_up(unit->claim, SEAL_BYTES, 0xE0);
    unit->made_on = 20000;
    unit->expires_on = -1; /* 1969-12-31 */
    unit->shipped_on = 20100;
    unit->sold_on = 20200;
    unit->activated_on = 20300;
    PUT(unit->location, "Berlin 1");
    PUT(unit->seller, "Shop");
    PUT(unit->purchase_order, "PO-1");
    PUT(unit->sales_order, "SO-2");
    PUT(unit->document, "https://e.com/d");
    count_up(unit->owner, SEAL_BYTES, 0x20);
    count_up(unit->transfer, SEAL_BYTES, 0x40);
    unit->transfer_until = 1700604800;
    unit->provisional = CONDITION_STOLEN;
    unit->provisional_until = 1702592000;
    unit->recovery_at = 1701209600;
    PUT(unit->linked.gtin, "09506000134369");
    PUT(unit->linked.serial, "B2");
    unit->adjustment_count = 2;
    PUT(unit->adjustments[0].entitlement, "std");
    unit->adjustments[0].months = 6;
    unit->adjustments[0].ends_on = CIVIL_NONE;
    unit->adjustments[1].excluded = true;
    unit->adjustments[1].ends_on = 20400;
}

static void
unproven_unit(union any *out)
{
    struct unit *unit = &out->unit.unit;
    bare_unit(out);
    unit->state = UNIT_SOLD;
    count_up(unit->owner, SEAL_BYTES, 0x20);
    unit->unproven = true;
}

static void
one_product(union any *out)
{
    struct product *product = &out->product;
    PUT(product->gtin, gtin);
    product->version = 3;
    PUT(product->item, "AC-100");
    PUT(product->brand, "Example");
    PUT(product->name, "Grinder");
    PUT(product->picture, "/p.png");
    PUT(product->support, "tel:+49");
    PUT(product->markets, "DE FR");
    product->offset_minutes = -90;
    product->activation_before_sale = true;
    product->entitlement_count = 1;
    PUT(product->entitlements[0].id, "std");
    PUT(product->entitlements[0].title, "Warranty");
    product->entitlements[0].starts[0] = START_SALE;
    product->entitlements[0].starts[1] = START_SHIPMENT;
    product->entitlements[0].months = 24;
    product->entitlements[0].requires_activation = true;
    PUT(product->entitlements[0].covers, "parts");
}

static void
one_lot(union any *out)
{
    PUT(out->lot.gtin, gtin);
    PUT(out->lot.lot, "L24A0917");
    out->lot.version = 2;
    out->lot.made_on = 20000;
    out->lot.expires_on = CIVIL_NONE;
}

static void
recall_id(union any *out)
{
    PUT(out->recall.id, "R-7");
    PUT(out->recall.gtin, gtin);
}

static void
one_recall(union any *out)
{
    struct recall *recall = &out->recall;
    recall_id(out);
    recall->version = 1;
    PUT(recall->lot, "L24A0917");
    PUT(recall->serial_from, "A");
    PUT(recall->serial_to, "Z");
    recall->made_from = 19000;
    recall->made_to = CIVIL_NONE;
    recall->stop_use = true;
    PUT(recall->text, "Stop.");
    PUT(recall->link, "https://e.com/r");
    recall->opened_at = 1700000001;
    recall->text_count = 1;
    PUT(recall->texts[0].language, "de");
    PUT(recall->texts[0].text, "Halt.!");
}

static void
one_event(union any *out)
{
    struct event *event = &out->event.event;
    PUT(out->event.unit.gtin, gtin);
    PUT(out->event.unit.serial, "A");
    out->event.number = 2;
    event->type = EVENT_RECEIVE;
    event->at = 1700000002;
    event->role = ROLE_OPERATOR;
    PUT(event->actor, "Shop");
    memcpy(event->operation, operation_id, sizeof operation_id);
    event->offset_minutes = 60;
    event->ends_own = true;
    event->field_count = 2;
    event->fields[0].id = FIELD_LOCATION;
    PUT(event->fields[0].value, "Berlin 1");
    event->fields[1].id = FIELD_PURCHASE_ORDER;
    PUT(event->fields[1].value, "PO-1");
}

/* With everything that an event may carry. */
static void
whole_event(union any *out)
{
    struct event *event = &out->event.event;
    one_event(out);
    event->type = EVENT_REPLACE;
    event->ends_own = false;
    event->product_allows = true;
    count_up(event->seal, SEAL_BYTES, 0x20);
    event->inherits = true;
    event->inherited.sold_on = 20200;
    event->inherited.activated_on = CIVIL_NONE;
    PUT(event->inherited.seller, "Shop");
    PUT(event->inherited.sales_order, "SO-2");
    event->inherited.adjustment_count = 1;
    PUT(event->inherited.adjustments[0].entitlement, "std");
    event->inherited.adjustments[0].months = 6;
    event->inherited.adjustments[0].ends_on = 20400;
    event->field_count = 1;
    memset(event->fields, 0, sizeof event->fields);
    event->fields[0].id = FIELD_OTHER_SERIAL;
    PUT(event->fields[0].value, "B2");
}

static void
claim_ending_event(union any *out)
{
    struct event *event = &out->event.event;
    one_event(out);
    event->type = EVENT_TRANSFER;
    event->role = ROLE_PUBLIC;
    event->ends_own = false;
    event->ends_claim = true;
    memset(event->actor, 0, sizeof event->actor);
    count_up(event->seal, SEAL_BYTES, 0x20);
    event->field_count = 0;
    memset(event->fields, 0, sizeof event->fields);
}

static void
activation_without_claim(union any *out)
{
    struct event *event = &out->event.event;
    claim_ending_event(out);
    event->type = EVENT_ACTIVATE;
    event->role = ROLE_SERVICE;
    event->ends_claim = false;
    event->without_claim = true;
    PUT(event->actor, "Shop");
}

static void
displacing_activation(union any *out)
{
    struct event *event = &out->event.event;
    claim_ending_event(out);
    event->type = EVENT_ACTIVATE;
    event->ends_claim = false;
    event->displaces = true;
}

static void
one_credential(union any *out)
{
    struct credential *credential = &out->credential;
    PUT(credential->id, "7K3M9Q2X");
    credential->version = 4;
    credential->role = ROLE_RETAILER;
    PUT(credential->name, "till 3");
    PUT(credential->organisation, "Shop");
    credential->location_count = 2;
    PUT(credential->locations[0], "Berlin 1");
    PUT(credential->locations[1], "Oslo");
    credential->made_at = 1700000000;
    credential->expires_at = 1731536000;
    credential->used_on = 19700;
    count_up(credential->secrets[0].seal, SEAL_BYTES, 0xC0);
    credential->secrets[0].made_at = 1700000001;
    credential->secrets[0].expires_at = 1700604800;
}

static void
one_operation(union any *out)
{
    struct operation *operation = &out->operation;
    memcpy(operation->id, operation_id, sizeof operation_id);
    count_up(operation->digest, SEAL_BYTES, 0xC0);
    operation->at = 1700000003;
    operation->role = ROLE_ISSUER;
    operation->count = 5000;
    PUT(operation->actor, "Plant");
    PUT(operation->note, "import");
}

/* ---- the same calls for every kind ---- */

static bool
encode_unit(struct codec *codec, const union any *in, struct record *out)
{
    return unit_encode(codec, &in->unit.unit, in->unit.operation, out);
}

static enum err
decode_unit(struct codec *codec, struct span key, struct span value, union any *out)
{
    return unit_decode(codec, key, value, &out->unit.unit, out->unit.operation);
}

static bool
encode_product(struct codec *codec, const union any *in, struct record *out)
{
    return product_encode(codec, &in->product, out);
}

static enum err
decode_product(struct codec *codec, struct span key, struct span value, union any *out)
{
    return product_decode(codec, key, value, &out->product);
}

static bool
encode_lot(struct codec *codec, const union any *in, struct record *out)
{
    return lot_encode(codec, &in->lot, out);
}

static enum err
decode_lot(struct codec *codec, struct span key, struct span value, union any *out)
{
    return lot_decode(codec, key, value, &out->lot);
}

static bool
encode_recall(struct codec *codec, const union any *in, struct record *out)
{
    return recall_encode(codec, &in->recall, out);
}

static enum err
decode_recall(struct codec *codec, struct span key, struct span value, union any *out)
{
    return recall_decode(codec, key, value, &out->recall);
}

static bool
encode_recall_id(struct codec *codec, const union any *in, struct record *out)
{
    return recall_id_encode(codec, &in->recall, out);
}

static enum err
decode_recall_id(struct codec *codec, struct span key, struct span value, union any *out)
{
    memcpy(out->recall.id, key.data, key.len < ITEM_MAX ? key.len : 0);
    return recall_id_decode(codec, key, value, out->recall.gtin);
}

static bool
encode_event(struct codec *codec, const union any *in, struct record *out)
{
    return event_encode(codec, &in->event.unit, in->event.number, &in->event.event, out);
}

static enum err
decode_event(struct codec *codec, struct span key, struct span value, union any *out)
{
    if (!key_read_event(key, &out->event.unit, &out->event.number))
        return ERR_CORRUPT;
    return event_decode(codec, key, value, &out->event.event);
}

static bool
encode_operation(struct codec *codec, const union any *in, struct record *out)
{
    return operation_encode(codec, &in->operation, out);
}

static enum err
decode_operation(struct codec *codec, struct span key, struct span value, union any *out)
{
    return operation_decode(codec, key, value, &out->operation);
}

static bool
encode_credential(struct codec *codec, const union any *in, struct record *out)
{
    return credential_encode(codec, &in->credential, out);
}

static enum err
decode_credential(struct codec *codec, struct span key, struct span value, union any *out)
{
    return credential_decode(codec, key, value, &out->credential);
}

static bool
encode_meta(struct codec *codec, const union any *in, struct record *out)
{
    (void)in;
    return meta_encode(codec, out);
}

static enum err
decode_meta(struct codec *codec, struct span key, struct span value, union any *out)
{
    struct fault fault;
    (void)out;
    return meta_decode(codec, key, value, &fault);
}

static void
nothing(union any *out)
{
    (void)out;
}

struct kind {
    const char *table;
    bool (*encode)(struct codec *codec, const union any *in, struct record *out);
    enum err (*decode)(struct codec *codec, struct span key, struct span value, union any *out);
};

static const struct kind units = {"units", encode_unit, decode_unit};
static const struct kind products = {"products", encode_product, decode_product};
static const struct kind lots = {"lots", encode_lot, decode_lot};
static const struct kind recalls = {"recalls", encode_recall, decode_recall};
static const struct kind recall_ids = {"recall_ids", encode_recall_id, decode_recall_id};
static const struct kind events = {"events", encode_event, decode_event};
static const struct kind operations = {"operations", encode_operation, decode_operation};
static const struct kind credentials = {"credentials", encode_credential, decode_credential};
static const struct kind metas = {"meta", encode_meta, decode_meta};

#define HEX_GTIN "3039353036303030313334333532"
#define HEX_KID "a1a2a3a4a5"
#define HEX_SEAL "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
#define HEX_CLAIM "e0e1e2e3e4e5e6e7e8e9eaebecedeeef"
#define HEX_OWNER "202122232425262728292a2b2c2d2e2f"
#define HEX_TRANSFER "404142434445464748494a4b4c4d4e4f"
#define HEX_OTHER_GTIN "3039353036303030313334333639"
#define HEX_OPERATION "101112131415161718191a1b1c1d1e1f"
#define HEX_AT "000000006553f100" /* 1,700,000,000 */
#define HEX_BARE HEX_KID HEX_SEAL HEX_AT HEX_OPERATION
#define HEX_NO_DAY "80000000"
/* Lot, location, …: length and characters. */
#define HEX_LOT                                                                                    \
    "084c323441303931"                                                                             \
    "37"

static const struct known {
    const char *label;
    const struct kind *kind;
    void (*fill)(union any *out);
    const char *key, *value;
} known[] = {
    {"unit with nothing but what it must have", &units, bare_unit, HEX_GTIN "41",
     "01"
     "00000001"
     "01"
     "00"
     "00000000" HEX_BARE "eaa44fc59d4ccd3f"},
    {"unit with everything", &units, whole_unit, HEX_GTIN "374b334d3951325842543448",
     "01"
     "00000007"
     "04"
     "05"
     "003fffff" HEX_BARE HEX_CLAIM "00004e20"
     "ffffffff"
     "00004e84"
     "00004ee8"
     "00004f4c"
     "025631" HEX_LOT "084265726c696e2031"
     "0453686f70"
     "04504f2d31"
     "04534f2d32"
     "0f68747470733a2f2f652e636f6d2f64" HEX_OWNER HEX_TRANSFER "00000000655d2b80"
     "01"
     "00000000657b7e00"
     "0000000065666600"
     "0e" HEX_OTHER_GTIN "024232"
     "02"
     "03737464"
     "00"
     "0006" HEX_NO_DAY "00"
     "01"
     "0000"
     "00004fb0"
     "3d42d66e1e1ce6ab"},
    /* The row before has none of this: what was stored before it was thought of reads as it did. */
    {"unit whose owner came without the claim code", &units, unproven_unit, HEX_GTIN "41",
     "01"
     "00000001"
     "04"
     "00"
     "00402000" HEX_BARE HEX_OWNER "8d4b8889adc7973a"},
    {"product", &products, one_product, HEX_GTIN,
     "01"
     "00000003"
     "0641432d313030"
     "074578616d706c65"
     "074772696e646572"
     "00"
     "062f702e706e67"
     "0774656c3a2b3439"
     "054445204652"
     "ffa6"
     "01"
     "00"
     "01"
     "03737464"
     "0857617272616e7479"
     "01030000"
     "0018"
     "01"
     "057061727473"
     "00"
     "281190a5022912fb"},
    {"lot", &lots, one_lot, HEX_GTIN "4c32344130393137",
     "01"
     "00000002"
     "00004e20" HEX_NO_DAY "3b8361cc51eee578"},
    {"recall", &recalls, one_recall, HEX_GTIN "522d37",
     "01"
     "00000001" HEX_LOT "0141"
     "015a"
     "00004a38" HEX_NO_DAY "01"
     "000553746f702e"
     "0f68747470733a2f2f652e636f6d2f72"
     "000000006553f101"
     "0000000000000000"
     "01"
     "026465"
     "000648616c742e21"
     "94c1ef193a4e1536"},
    {"recall id", &recall_ids, recall_id, "522d37", "01" HEX_GTIN "f496eb7d92818945"},
    {"event", &events, one_event,
     HEX_GTIN "41"
              "00"
              "0000000000000002",
     "01"
     "02"
     "20"
     "000000006553f102" HEX_OPERATION "003c"
     "01"
     "0453686f70"
     "02"
     "01084265726c696e2031"
     "0204504f2d31"
     "6f766d8c806af015"},
    {"event with everything", &events, whole_event,
     HEX_GTIN "41"
              "00"
              "0000000000000002",
     "01"
     "15"
     "20"
     "000000006553f102" HEX_OPERATION "003c"
     "0e"
     "0453686f70" HEX_OWNER "00004ee8" HEX_NO_DAY "0453686f70"
     "04534f2d32"
     "01"
     "03737464"
     "00"
     "0006"
     "00004fb0"
     "01"
     "10024232"
     "6fce9a6df9a09497"},
    {"event that ends a claim", &events, claim_ending_event,
     HEX_GTIN "41"
              "00"
              "0000000000000002",
     "01"
     "12"
     "01"
     "000000006553f102" HEX_OPERATION "003c"
     "14"
     "00" HEX_OWNER "00"
     "eaa637782ac00ed4"},
    {"activation without the claim code", &events, activation_without_claim,
     HEX_GTIN "41"
              "00"
              "0000000000000002",
     "01"
     "10"
     "04"
     "000000006553f102" HEX_OPERATION "003c"
     "24"
     "0453686f70" HEX_OWNER "00"
     "745137e15a2cd27f"},
    {"activation to which an owner gives way", &events, displacing_activation,
     HEX_GTIN "41"
              "00"
              "0000000000000002",
     "01"
     "10"
     "01"
     "000000006553f102" HEX_OPERATION "003c"
     "44"
     "00" HEX_OWNER "00"
     "84a05cb67fbcdbeb"},
    {"credential", &credentials, one_credential, "374b334d39513258",
     "01"
     "00000004"
     "08"
     "0674696c6c2033"
     "0453686f70"
     "02"
     "084265726c696e2031"
     "044f736c6f" HEX_AT "0000000067352480"
     "0000000000000000"
     "00004cf4" HEX_SEAL "000000006553f101"
     "00000000655d2b80"
     "00000000000000000000000000000000"
     "0000000000000000"
     "0000000000000000"
     "f656925e750d19f1"},
    {"operation", &operations, one_operation, HEX_OPERATION,
     "01" HEX_SEAL "000000006553f103"
     "10"
     "00001388"
     "05506c616e74"
     "06696d706f7274"
     "c4f1c5e71d9d1395"},
    {"meta", &metas, nothing, "7265676973747279",
     "617373617920726567697374727900000001c6e9d0793c028311"},
};

enum { KNOWN = sizeof known / sizeof known[0] };

struct bench {
    struct codec codec;
    uint8_t key[BYTES_MAX], value[BYTES_MAX];
    struct span k, v;
    union any in, out;
};

static struct bench *
prepare(const struct known *row)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    codec_init(&bench->codec, test_record_key);
    bench->k = (struct span){bench->key, from_hex(bench->key, row->key)};
    bench->v = (struct span){bench->value, from_hex(bench->value, row->value)};
    row->fill(&bench->in);
    return bench;
}

static void
encodes_to_known_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < KNOWN; i++) {
        struct bench *bench = prepare(&known[i]);
        struct record record;
        print_message("  %s\n", known[i].label);
        assert_true(known[i].kind->encode(&bench->codec, &bench->in, &record));
        assert_int_equal(record.key.len, bench->k.len);
        assert_memory_equal(record.key.bytes, bench->key, bench->k.len);
        assert_int_equal(record.value.len, bench->v.len);
        assert_memory_equal(record.value.data, bench->value, bench->v.len);
        free(bench);
    }
}

static void
decodes_known_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < KNOWN; i++) {
        struct bench *bench = prepare(&known[i]);
        print_message("  %s\n", known[i].label);
        enum err err = known[i].kind->decode(&bench->codec, bench->k, bench->v, &bench->out);
        assert_int_equal(err, ERR_OK);
        assert_memory_equal(&bench->out, &bench->in, sizeof bench->in);
        free(bench);
    }
}

static void
expect_damaged(struct bench *bench, const struct known *row, const char *how, size_t at)
{
    if (row->kind->decode(&bench->codec, bench->k, bench->v, &bench->out) != ERR_CORRUPT)
        fail_msg("%s: %s %zu was not noticed", row->label, how, at);
}

static void
flips_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < KNOWN; i++) {
        struct bench *bench = prepare(&known[i]);
        for (size_t bit = 0; bit < bench->v.len * 8; bit++) {
            bench->value[bit / 8] ^= (uint8_t)(1U << bit % 8);
            expect_damaged(bench, &known[i], "flipped bit", bit);
            bench->value[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        for (size_t bit = 0; bit < bench->k.len * 8; bit++) {
            bench->key[bit / 8] ^= (uint8_t)(1U << bit % 8);
            expect_damaged(bench, &known[i], "flipped bit of the key", bit);
            bench->key[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        free(bench);
    }
}

static void
other_lengths_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < KNOWN; i++) {
        struct bench *bench = prepare(&known[i]);
        size_t len = bench->v.len;
        for (bench->v.len = 0; bench->v.len < len; bench->v.len++)
            expect_damaged(bench, &known[i], "cut to", bench->v.len);
        bench->v.len = len + 1;
        expect_damaged(bench, &known[i], "lengthened to", bench->v.len);
        bench->v.len = RECORD_VALUE_MAX + 1;
        expect_damaged(bench, &known[i], "lengthened to", bench->v.len);
        free(bench);
    }
}

static void
other_record_key_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < KNOWN; i++) {
        struct bench *bench = prepare(&known[i]);
        for (size_t bit = 0; bit < (size_t)8 * RECORD_KEY_BYTES; bit++) {
            uint8_t key[RECORD_KEY_BYTES];
            memcpy(key, test_record_key, sizeof key);
            key[bit / 8] ^= (uint8_t)(1U << bit % 8);
            codec_init(&bench->codec, key);
            expect_damaged(bench, &known[i], "flipped bit of the record key", bit);
        }
        free(bench);
    }
}

/* Puts the right hash on any body, as a program with the record key could. */
static void
seal_body(struct bench *bench, const char *table, const uint8_t *body, size_t len)
{
    struct span sealed;
    struct packer p = codec_begin(&bench->codec, table, bench->k);
    pack_bytes(&p, body, len);
    assert_true(codec_finish(&bench->codec, &p, &sealed));
    memcpy(bench->value, sealed.data, sealed.len);
    bench->v = (struct span){bench->value, sealed.len};
}

static void
other_formats_and_tables_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < KNOWN; i++) {
        struct bench *bench = prepare(&known[i]);
        uint8_t body[BYTES_MAX];
        size_t len = bench->v.len - RECORD_HASH_BYTES;
        uint8_t *format = &body[known[i].kind == &metas ? len - 1 : 0];
        memcpy(body, bench->value, len);
        for (unsigned number = 0; number < 256; number++) {
            *format = (uint8_t)number;
            seal_body(bench, known[i].kind->table, body, len);
            if (number != 1)
                expect_damaged(bench, &known[i], "format", number);
        }
        *format = 1;
        for (size_t other = 0; other < TABLE_COUNT; other++) {
            const char *name = table_name((enum table)other);
            seal_body(bench, name, body, len);
            if (strcmp(name, known[i].kind->table) != 0)
                expect_damaged(bench, &known[i], "table", other);
        }
        free(bench);
    }
}

/* ---- bodies with the right hash that break the grammar ---- */

#define HEX_UNIT(version, state, conditions, present) "01" version state conditions present HEX_BARE
#define HEX_SOUND HEX_UNIT("00000001", "01", "00", "00000000")
#define HEX_EVENT(type, role, ends_own) "01" type role HEX_AT HEX_OPERATION "0000" ends_own "00"
#define HEX_RECALL(stop_use)                                                                       \
    "01"                                                                                           \
    "00000001"                                                                                     \
    "00"                                                                                           \
    "00"                                                                                           \
    "00" HEX_NO_DAY HEX_NO_DAY stop_use
#define HEX_PRODUCT                                                                                \
    "01"                                                                                           \
    "00000001"                                                                                     \
    "00"                                                                                           \
    "00"                                                                                           \
    "00"                                                                                           \
    "00"                                                                                           \
    "00"                                                                                           \
    "00"                                                                                           \
    "00"                                                                                           \
    "0000"                                                                                         \
    "00"                                                                                           \
    "00"
#define HEX_CREDENTIAL(version, role, locations)                                                   \
    "01" version role "00"                                                                         \
    "00" locations HEX_AT HEX_AT HEX_AT HEX_NO_DAY HEX_SEAL HEX_AT HEX_AT HEX_SEAL HEX_AT HEX_AT
#define HEX_HEAD HEX_GTIN "41"
#define HEX_41 "4141414141414141414141414141414141414141414141414141414141414141414141414141414141"

static const struct bad {
    const char *label;
    const struct kind *kind;
    const char *key, *body;
    bool sound; /* a row that shows that the others fail for the reason they name */
} bad[] = {
    {"unit as it should be", &units, HEX_HEAD, HEX_SOUND, true},
    {"unit: version 0", &units, HEX_HEAD, HEX_UNIT("00000000", "01", "00", "00000000"), false},
    {"unit: state 0", &units, HEX_HEAD, HEX_UNIT("00000001", "00", "00", "00000000"), false},
    {"unit: state 7", &units, HEX_HEAD, HEX_UNIT("00000001", "07", "00", "00000000"), false},
    {"unit: condition 16", &units, HEX_HEAD, HEX_UNIT("00000001", "01", "10", "00000000"), false},
    {"unit: present 8388608", &units, HEX_HEAD, HEX_UNIT("00000001", "01", "00", "00800000"),
     false},
    {"unit: owner without the claim code as it should be", &units, HEX_HEAD,
     HEX_UNIT("00000001", "04", "00", "00402000") HEX_OWNER, true},
    {"unit: without the claim code, and without an owner", &units, HEX_HEAD,
     HEX_UNIT("00000001", "04", "00", "00400000"), false},
    {"unit: claim as it should be", &units, HEX_HEAD,
     HEX_UNIT("00000001", "01", "00", "00000001") HEX_CLAIM, true},
    {"unit: claim of zeros", &units, HEX_HEAD,
     HEX_UNIT("00000001", "01", "00", "00000001") "00000000000000000000000000000000", false},
    {"unit: day as it should be", &units, HEX_HEAD,
     HEX_UNIT("00000001", "01", "00", "00000002") "00004e20", true},
    {"unit: day that is none", &units, HEX_HEAD,
     HEX_UNIT("00000001", "01", "00", "00000002") HEX_NO_DAY, false},
    {"unit: lot as it should be", &units, HEX_HEAD,
     HEX_UNIT("00000001", "01", "00", "00000080") HEX_LOT, true},
    {"unit: lot that is empty", &units, HEX_HEAD, HEX_UNIT("00000001", "01", "00", "00000080") "00",
     false},
    {"unit: lot with a NUL", &units, HEX_HEAD,
     HEX_UNIT("00000001", "01", "00", "00000080") "02"
                                                  "4100",
     false},
    {"unit: location of 41 bytes", &units, HEX_HEAD,
     HEX_UNIT("00000001", "01", "00", "00000100") "29" HEX_41, false},
    {"unit: provisional as it should be", &units, HEX_HEAD,
     HEX_UNIT("00000001", "01", "01", "00010000") "01", true},
    {"unit: provisional 16", &units, HEX_HEAD, HEX_UNIT("00000001", "01", "01", "00010000") "10",
     false},
    {"unit: provisional that is none", &units, HEX_HEAD,
     HEX_UNIT("00000001", "01", "01", "00010000") "00", false},
    {"unit: time that is none", &units, HEX_HEAD,
     HEX_UNIT("00000001", "01", "00", "00040000") "0000000000000000", false},
    {"unit: adjustment as it should be", &units, HEX_HEAD,
     HEX_UNIT("00000001", "01", "00", "00200000") "01"
                                                  "0141"
                                                  "00"
                                                  "0006" HEX_NO_DAY,
     true},
    {"unit: no adjustments", &units, HEX_HEAD, HEX_UNIT("00000001", "01", "00", "00200000") "00",
     false},
    {"unit: nine adjustments", &units, HEX_HEAD, HEX_UNIT("00000001", "01", "00", "00200000") "09",
     false},
    {"unit: adjustment with a truth of 2", &units, HEX_HEAD,
     HEX_UNIT("00000001", "01", "00", "00200000") "01"
                                                  "0141"
                                                  "02"
                                                  "0006" HEX_NO_DAY,
     false},
    {"unit: linked to a serial of 21", &units, HEX_HEAD,
     HEX_UNIT("00000001", "01", "00", "00100000") "15"
                                                  "414141414141414141414141414141414141414141",
     false},
    {"unit: one byte too many", &units, HEX_HEAD, HEX_SOUND "00", false},
    {"unit: key without a serial", &units, HEX_GTIN, HEX_SOUND, false},
    {"unit: key with a serial of 21", &units, HEX_GTIN "414141414141414141414141414141414141414141",
     HEX_SOUND, false},
    {"unit: key with a NUL", &units, HEX_HEAD "00", HEX_SOUND, false},
    {"event as it should be", &events, HEX_HEAD "000000000000000002",
     HEX_EVENT("02", "20", "00") "00", true},
    {"event: type 0", &events, HEX_HEAD "000000000000000002", HEX_EVENT("00", "20", "00") "00",
     false},
    {"event: commission", &events, HEX_HEAD "000000000000000002", HEX_EVENT("01", "20", "00") "00",
     false},
    {"event: type 27", &events, HEX_HEAD "000000000000000002", HEX_EVENT("1b", "20", "00") "00",
     false},
    {"event: no role", &events, HEX_HEAD "000000000000000002", HEX_EVENT("02", "00", "00") "00",
     false},
    {"event: two roles", &events, HEX_HEAD "000000000000000002", HEX_EVENT("02", "30", "00") "00",
     false},
    {"event: flag 128", &events, HEX_HEAD "000000000000000002", HEX_EVENT("02", "20", "80") "00",
     false},
    {"event: field 0", &events, HEX_HEAD "000000000000000002",
     HEX_EVENT("02", "20", "00") "01"
                                 "00"
                                 "0141",
     false},
    {"event: field 21", &events, HEX_HEAD "000000000000000002",
     HEX_EVENT("02", "20", "00") "01"
                                 "15"
                                 "0141",
     false},
    {"event: nine fields", &events, HEX_HEAD "000000000000000002",
     HEX_EVENT("02", "20", "00") "09"
                                 "010141"
                                 "020141"
                                 "030141"
                                 "040141"
                                 "050141"
                                 "060141"
                                 "070141"
                                 "010141"
                                 "010141",
     false},
    {"event: fewer fields than it says", &events, HEX_HEAD "000000000000000002",
     HEX_EVENT("02", "20", "00") "02"
                                 "010141",
     false},
    {"event: seal as it should be", &events, HEX_HEAD "000000000000000002",
     HEX_EVENT("10", "20", "04") HEX_SEAL "00", true},
    {"event: seal of zeros", &events, HEX_HEAD "000000000000000002",
     HEX_EVENT("10", "20", "04") "00000000000000000000000000000000"
                                 "00",
     false},
    {"event: inheritance as it should be", &events, HEX_HEAD "000000000000000002",
     HEX_EVENT("15", "20", "08") HEX_NO_DAY HEX_NO_DAY "00"
                                                       "00"
                                                       "00"
                                                       "00",
     true},
    {"event: inheritance with nine adjustments", &events, HEX_HEAD "000000000000000002",
     HEX_EVENT("15", "20", "08") HEX_NO_DAY HEX_NO_DAY "00"
                                                       "00"
                                                       "09"
                                                       "00",
     false},
    {"event: key without a NUL", &events, HEX_HEAD "010000000000000002",
     HEX_EVENT("02", "20", "00") "00", false},
    {"product as it should be", &products, HEX_GTIN, HEX_PRODUCT "00", true},
    {"product: key with a serial", &products, HEX_HEAD, HEX_PRODUCT "00", false},
    {"product: half a record", &products, HEX_GTIN, HEX_PRODUCT, false},
    {"product: nine entitlements", &products, HEX_GTIN, HEX_PRODUCT "09", false},
    {"product: entitlement as it should be", &products, HEX_GTIN,
     HEX_PRODUCT "01"
                 "0141"
                 "00"
                 "01020304"
                 "0018"
                 "00"
                 "00"
                 "00",
     true},
    {"product: entitlement that starts with 5", &products, HEX_GTIN,
     HEX_PRODUCT "01"
                 "0141"
                 "00"
                 "05000000"
                 "0018"
                 "00"
                 "00"
                 "00",
     false},
    {"product: truth of 255", &products, HEX_GTIN,
     HEX_PRODUCT "01"
                 "0141"
                 "00"
                 "01000000"
                 "0018"
                 "ff"
                 "00"
                 "00",
     false},
    {"lot: version 0", &lots, HEX_HEAD,
     "01"
     "00000000" HEX_NO_DAY HEX_NO_DAY,
     false},
    {"lot: key without a lot", &lots, HEX_GTIN,
     "01"
     "00000001" HEX_NO_DAY HEX_NO_DAY,
     false},
    {"recall as it should be", &recalls, HEX_HEAD,
     HEX_RECALL("00") "0000"
                      "00" HEX_AT "0000000000000000"
                      "00",
     true},
    {"recall: truth of 2", &recalls, HEX_HEAD,
     HEX_RECALL("02") "0000"
                      "00" HEX_AT "0000000000000000"
                      "00",
     false},
    {"recall: text longer than the record", &recalls, HEX_HEAD,
     HEX_RECALL("00") "0100"
                      "00" HEX_AT "0000000000000000"
                      "00",
     false},
    {"recall: key without an id", &recalls, HEX_GTIN,
     HEX_RECALL("00") "0000"
                      "00" HEX_AT "0000000000000000"
                      "00",
     false},
    {"recall: a text in German", &recalls, HEX_HEAD,
     HEX_RECALL("00") "0000"
                      "00" HEX_AT "0000000000000000"
                      "01"
                      "026465"
                      "0000",
     true},
    {"recall: five languages", &recalls, HEX_HEAD,
     HEX_RECALL("00") "0000"
                      "00" HEX_AT "0000000000000000"
                      "05"
                      "0000000000000000000000000000000000000000",
     false},
    {"recall: fewer languages than it says", &recalls, HEX_HEAD,
     HEX_RECALL("00") "0000"
                      "00" HEX_AT "0000000000000000"
                      "02"
                      "026465"
                      "0000",
     false},
    {"recall id: GTIN of 13", &recall_ids, "41",
     "01"
     "30393530363030303133343335",
     false},
    {"recall id: GTIN with a NUL", &recall_ids, "41",
     "01"
     "3039353036303030313334333500",
     false},
    {"operation: no role", &operations, HEX_OPERATION,
     "01" HEX_SEAL HEX_AT "00"
     "00000001"
     "00"
     "00",
     false},
    {"credential as it should be", &credentials, "4141414141414141",
     HEX_CREDENTIAL("00000001", "08", "00"), true},
    {"credential: version 0", &credentials, "4141414141414141",
     HEX_CREDENTIAL("00000000", "08", "00"), false},
    {"credential: no role", &credentials, "4141414141414141",
     HEX_CREDENTIAL("00000001", "00", "00"), false},
    {"credential: two roles", &credentials, "4141414141414141",
     HEX_CREDENTIAL("00000001", "18", "00"), false},
    {"credential: seventeen locations", &credentials, "4141414141414141",
     HEX_CREDENTIAL("00000001", "08", "11"), false},
    {"credential: id of 7", &credentials, "41414141414141", HEX_CREDENTIAL("00000001", "08", "00"),
     false},
    {"credential: id with a NUL", &credentials, "4141414100414141",
     HEX_CREDENTIAL("00000001", "08", "00"), false},
    {"operation: id of 15", &operations, "101112131415161718191a1b1c1d1e",
     "01" HEX_SEAL HEX_AT "20"
     "00000001"
     "00"
     "00",
     false},
};

static void
broken_grammar_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct known row = {bad[i].label, bad[i].kind, nothing, bad[i].key, ""};
        struct bench *bench = prepare(&row);
        uint8_t body[BYTES_MAX];
        seal_body(bench, bad[i].kind->table, body, from_hex(body, bad[i].body));
        enum err err = bad[i].kind->decode(&bench->codec, bench->k, bench->v, &bench->out);
        if (err != (bad[i].sound ? ERR_OK : ERR_CORRUPT))
            fail_msg("%s: %s", bad[i].label, err_info(err)->code);
        free(bench);
    }
}

/* ---- limits ---- */

#define FILL(member) memset(member, 'x', sizeof(member) - 1)

static void
longest_adjustments(struct adjustment out[static ADJUSTMENTS_MAX])
{
    for (size_t i = 0; i < ADJUSTMENTS_MAX; i++) {
        FILL(out[i].entitlement);
        out[i].excluded = true;
        out[i].months = UINT16_MAX;
        out[i].ends_on = INT32_MAX;
    }
}

static void
longest_unit(union any *out)
{
    struct unit *unit = &out->unit.unit;
    whole_unit(out);
    FILL(unit->id.variant);
    FILL(unit->id.lot);
    FILL(unit->id.serial);
    FILL(unit->location);
    FILL(unit->seller);
    FILL(unit->purchase_order);
    FILL(unit->sales_order);
    FILL(unit->document);
    unit->version = UINT32_MAX;
    unit->registered_at = INT64_MAX;
    unit->made_on = INT32_MAX;
    unit->expires_on = INT32_MIN + 1;
    unit->provisional_until = INT64_MAX;
    FILL(unit->linked.gtin);
    FILL(unit->linked.serial);
    longest_adjustments(unit->adjustments);
    unit->adjustment_count = ADJUSTMENTS_MAX;
}

static void
longest_product(union any *out)
{
    struct product *product = &out->product;
    PUT(product->gtin, gtin);
    product->version = UINT32_MAX;
    FILL(product->item);
    FILL(product->brand);
    FILL(product->name);
    FILL(product->model);
    FILL(product->picture);
    FILL(product->support);
    FILL(product->markets);
    product->offset_minutes = INT16_MIN;
    product->entitlement_count = ENTITLEMENTS_MAX;
    for (size_t i = 0; i < ENTITLEMENTS_MAX; i++) {
        FILL(product->entitlements[i].id);
        FILL(product->entitlements[i].title);
        memset(product->entitlements[i].starts, START_MANUFACTURE, 4);
        product->entitlements[i].months = UINT16_MAX;
        FILL(product->entitlements[i].covers);
        FILL(product->entitlements[i].countries);
    }
}

static void
longest_recall(union any *out)
{
    struct recall *recall = &out->recall;
    PUT(recall->gtin, gtin);
    FILL(recall->id);
    recall->version = UINT32_MAX;
    FILL(recall->lot);
    FILL(recall->serial_from);
    FILL(recall->serial_to);
    FILL(recall->text);
    FILL(recall->link);
    recall->text_count = RECALL_TEXTS_MAX;
    for (size_t i = 0; i < RECALL_TEXTS_MAX; i++) {
        FILL(recall->texts[i].language);
        FILL(recall->texts[i].text);
    }
    recall->opened_at = INT64_MIN;
    recall->lifted_at = -1;
}

static void
longest_event(union any *out)
{
    struct event *event = &out->event.event;
    whole_event(out);
    FILL(out->event.unit.serial);
    out->event.number = UINT64_MAX;
    FILL(event->actor);
    event->offset_minutes = INT16_MAX;
    FILL(event->inherited.seller);
    FILL(event->inherited.sales_order);
    longest_adjustments(event->inherited.adjustments);
    event->inherited.adjustment_count = ADJUSTMENTS_MAX;
    event->field_count = EVENT_FIELDS_MAX;
    for (size_t i = 0; i < EVENT_FIELDS_MAX; i++) {
        event->fields[i].id = FIELD_REFERENCE;
        FILL(event->fields[i].value);
    }
}

static void
longest_operation(union any *out)
{
    one_operation(out);
    FILL(out->operation.actor);
    FILL(out->operation.note);
    out->operation.count = UINT32_MAX;
}

static void
longest_credential(union any *out)
{
    struct credential *credential = &out->credential;
    one_credential(out);
    FILL(credential->name);
    FILL(credential->organisation);
    credential->location_count = CREDENTIAL_LOCATIONS_MAX;
    for (size_t i = 0; i < CREDENTIAL_LOCATIONS_MAX; i++)
        FILL(credential->locations[i]);
    credential->version = UINT32_MAX;
    credential->revoked_at = INT64_MIN;
}

static void
longest_fields_come_back(void **state)
{
    static const struct {
        const char *label;
        const struct kind *kind;
        void (*fill)(union any *out);
    } rows[] = {
        {"unit", &units, longest_unit},
        {"product", &products, longest_product},
        {"recall", &recalls, longest_recall},
        {"event", &events, longest_event},
        {"operation", &operations, longest_operation},
        {"credential", &credentials, longest_credential},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct known row = {rows[i].label, rows[i].kind, rows[i].fill, "", ""};
        struct bench *bench = prepare(&row);
        struct record record;
        print_message("  %s\n", rows[i].label);
        assert_true(rows[i].kind->encode(&bench->codec, &bench->in, &record));
        memcpy(bench->value, record.value.data, record.value.len);
        bench->v.len = record.value.len;
        assert_int_equal(
            rows[i].kind->decode(&bench->codec, key_span(&record.key), bench->v, &bench->out),
            ERR_OK);
        assert_memory_equal(&bench->out, &bench->in, sizeof bench->in);
        free(bench);
    }
}

static void
what_cannot_be_stored_is_not_encoded(void **state)
{
    const struct known row = {"", &units, bare_unit, "", ""};
    struct bench *bench = prepare(&row);
    struct record record;
    (void)state;
    bench->in.unit.unit.version = UINT64_C(1) << 32;
    assert_false(encode_unit(&bench->codec, &bench->in, &record));
    memset(&bench->in, 0, sizeof bench->in);
    one_event(&bench->in);
    bench->in.event.event.field_count = EVENT_FIELDS_MAX + 1;
    assert_false(encode_event(&bench->codec, &bench->in, &record));
    memset(&bench->in, 0, sizeof bench->in);
    one_product(&bench->in);
    bench->in.product.entitlement_count = ENTITLEMENTS_MAX + 1;
    assert_false(encode_product(&bench->codec, &bench->in, &record));
    memset(&bench->in, 0, sizeof bench->in);
    bare_unit(&bench->in);
    bench->in.unit.unit.adjustment_count = ADJUSTMENTS_MAX + 1;
    assert_false(encode_unit(&bench->codec, &bench->in, &record));
    memset(&bench->in, 0, sizeof bench->in);
    one_credential(&bench->in);
    bench->in.credential.location_count = CREDENTIAL_LOCATIONS_MAX + 1;
    assert_false(encode_credential(&bench->codec, &bench->in, &record));
    free(bench);
}

/* ---- order ---- */

/* Each key lies before the next, as LMDB compares: bytewise, then the shorter first. */
static void
keys_lie_in_order(void **state)
{
    static const struct {
        const char *label;
        struct unit_key unit;
        uint64_t number; /* 0: the key of the unit */
    } rows[] = {
        {"an event of a unit lies behind the unit's own key", {"09506000134352", "A"}, 0},
        {"first event", {"09506000134352", "A"}, 1},
        {"second", {"09506000134352", "A"}, 2},
        {"numbers compare as numbers", {"09506000134352", "A"}, 256},
        {"a longer serial with the same beginning lies behind every event of the shorter",
         {"09506000134352", "A!"},
         0},
        {"its events", {"09506000134352", "A!"}, 1},
        {"", {"09506000134352", "A0"}, 0},
        {"", {"09506000134352", "AA"}, 0},
        {"capitals lie before small letters", {"09506000134352", "Z"}, 0},
        {"", {"09506000134352", "a"}, 0},
        {"the GTIN comes first", {"09506000134369", "A"}, 0},
    };
    struct record_key keys[sizeof rows / sizeof rows[0]];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        key_event(&keys[i], &rows[i].unit, rows[i].number);
        if (rows[i].number == 0)
            key_pair(&keys[i], rows[i].unit.gtin, rows[i].unit.serial);
        if (i == 0)
            continue;
        size_t common = keys[i - 1].len < keys[i].len ? keys[i - 1].len : keys[i].len;
        int order = memcmp(keys[i - 1].bytes, keys[i].bytes, common);
        if (order > 0 || (order == 0 && keys[i - 1].len >= keys[i].len))
            fail_msg("row %zu: %s", i, rows[i].label);
    }
}

static void
a_fresh_unit_is_small(void **state)
{
    const struct known row = {"", &units, bare_unit, "", ""};
    struct bench *bench = prepare(&row);
    struct record record;
    (void)state;
    test_unit(&bench->in.unit.unit, gtin, "7K3M9Q2XBT4H");
    bench->in.unit.unit.version = 1;
    assert_true(encode_unit(&bench->codec, &bench->in, &record));
    /* 8 + 2 bytes are LMDB's own for each record. */
    assert_true(record.key.len + record.value.len + 10 <= 140);
    free(bench);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_to_known_bytes),
        cmocka_unit_test(decodes_known_bytes),
        cmocka_unit_test(flips_are_refused),
        cmocka_unit_test(other_lengths_are_refused),
        cmocka_unit_test(other_record_key_is_refused),
        cmocka_unit_test(other_formats_and_tables_are_refused),
        cmocka_unit_test(broken_grammar_is_refused),
        cmocka_unit_test(longest_fields_come_back),
        cmocka_unit_test(what_cannot_be_stored_is_not_encoded),
        cmocka_unit_test(keys_lie_in_order),
        cmocka_unit_test(a_fresh_unit_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
