/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked at a unit, and a product's own limits, byte for byte. The hashes are by a SipHash-2-4
 * in Python, checked with its authors' vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/registry/codec.h"
#include "tests/registry/support.h"

enum { BYTES_MAX = 1024 };

#define HEX_UNIT "303935303630303031333433353241"
#define HEX_AT "000000006553f100"
#define HEX_AT_5 "000000006553f105"
#define HEX_AT_8 "000000006553f108"
#define HEX_AT_9 "000000006553f109"
#define HEX_NONE "0000000000000000"
#define HEX_NO_SKETCH HEX_NONE HEX_NONE HEX_NONE HEX_NONE
#define HEX_SKETCH "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"

static const struct unit_key unit = {"09506000134352", "A"};

static size_t
from_hex(uint8_t *out, const char *hex)
{
    size_t len = strlen(hex) / 2;
    assert_true(len <= BYTES_MAX && slice_hex(out, len, slice_of(hex)));
    return len;
}

/* ---- what was written down of a unit ---- */

static void
one_session(struct scans *out)
{
    *out = (struct scans){.first_at = 1700000000,
                          .last_at = 1700000000,
                          .sessions = 1,
                          .day = 19675,
                          .today = 1,
                          .clients = {0x01020304}};
}

static void
everything(struct scans *out)
{
    *out = (struct scans){.first_at = 1700000000,
                          .last_at = 1700000009,
                          .sessions = UINT64_C(0x0102030405060708),
                          .day = 19675,
                          .level = 3,
                          .today = 2,
                          .clients = {0x01020304, 0x05060708},
                          .countries = {{"DE", 7, 1700000008}, {"FR", 2, 1700000009}},
                          .elsewhere = 9,
                          .evidence = {0, 41, 0, 3},
                          .evidence_on = {0, 19675, 0, -1},
                          .leaked_on = 19676,
                          .cleared_at = 1700000005};
    for (unsigned i = 0; i < SCAN_SKETCH_BYTES; i++)
        out->sketch[i] = (uint8_t)(0x40 + i);
}

static const struct {
    const char *label;
    void (*fill)(struct scans *out);
    const char *body, *hash;
} known[] = {
    {"one session", one_session,
     "01" HEX_AT HEX_AT "0000000000000001" HEX_NO_SKETCH "00004cdb"
     "00"
     "01"
     "01020304"
     "00"
     "00000000"
     "00"
     "00000000" HEX_NONE,
     "70a232f500b04215"},
    {"everything", everything,
     "01" HEX_AT HEX_AT_9 "0102030405060708" HEX_SKETCH "00004cdb"
     "03"
     "02"
     "01020304"
     "05060708"
     "02"
     "4445"
     "00000007" HEX_AT_8 "4652"
     "00000002" HEX_AT_9 "00000009"
     "04"
     "0000000000000000"
     "0000002900004cdb"
     "0000000000000000"
     "00000003ffffffff"
     "00004cdc" HEX_AT_5,
     "ca263dd4b0221ec4"},
};

struct bench {
    struct codec codec;
    uint8_t key[BYTES_MAX], value[BYTES_MAX];
    struct span k, v;
    struct scans in, out;
};

static struct bench *
prepare(const char *key, const char *body, const char *hash)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    codec_init(&bench->codec, test_record_key);
    bench->k = (struct span){bench->key, from_hex(bench->key, key)};
    size_t len = from_hex(bench->value, body);
    bench->v = (struct span){bench->value, len + from_hex(bench->value + len, hash)};
    return bench;
}

static enum err
decode(struct bench *bench)
{
    struct unit_key key;
    enum err err = scans_decode(&bench->codec, bench->k, bench->v, &key, &bench->out);
    assert_true(err != ERR_OK || strcmp(key.serial, unit.serial) == 0);
    return err;
}

static void
known_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct bench *bench = prepare(HEX_UNIT, known[i].body, known[i].hash);
        struct record record;
        print_message("  %s\n", known[i].label);
        known[i].fill(&bench->in);
        assert_true(scans_encode(&bench->codec, &unit, &bench->in, &record));
        assert_int_equal(record.key.len, bench->k.len);
        assert_memory_equal(record.key.bytes, bench->key, bench->k.len);
        assert_int_equal(record.value.len, bench->v.len);
        assert_memory_equal(record.value.data, bench->value, bench->v.len);
        assert_int_equal(decode(bench), ERR_OK);
        assert_memory_equal(&bench->out, &bench->in, sizeof bench->in);
        free(bench);
    }
}

static void
damage_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct bench *bench = prepare(HEX_UNIT, known[i].body, known[i].hash);
        size_t len = bench->v.len;
        for (size_t bit = 0; bit < 8 * len; bit++) {
            bench->value[bit / 8] ^= (uint8_t)(1U << bit % 8);
            if (decode(bench) != ERR_CORRUPT)
                fail_msg("%s: bit %zu was not noticed", known[i].label, bit);
            bench->value[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        for (bench->v.len = 0; bench->v.len < len; bench->v.len++)
            assert_int_equal(decode(bench), ERR_CORRUPT);
        free(bench);
    }
}

/* Puts the right hash on any body, as a program with the record key could. */
static void
seal(struct bench *bench, enum table table)
{
    struct span sealed;
    struct packer p = codec_begin(&bench->codec, table_name(table), bench->k);
    pack_bytes(&p, bench->v.data, bench->v.len);
    assert_true(codec_finish(&bench->codec, &p, &sealed));
    memcpy(bench->value, sealed.data, sealed.len);
    bench->v.len = sealed.len;
}

#define BEGIN(format, last, level, clients)                                                        \
    format HEX_AT last HEX_NONE HEX_NO_SKETCH "00004cdb" level clients
#define BEGUN BEGIN("01", HEX_AT, "00", "00")
#define END "00000000" HEX_NONE

static const struct {
    const char *label, *key, *body;
    bool sound;
} bodies[] = {
    {"as it should be", HEX_UNIT,
     BEGUN "0000000000"
           "00" END,
     true},
    {"another format", HEX_UNIT,
     BEGIN("02", HEX_AT, "00", "00") "0000000000"
                                     "00" END,
     false},
    {"a key without a serial", "3039353036303030313334333532",
     BEGUN "0000000000"
           "00" END,
     false},
    {"last before first", HEX_UNIT,
     BEGIN("01", "000000006553f0ff", "00", "00") "0000000000"
                                                 "00" END,
     false},
    {"the highest level", HEX_UNIT,
     BEGIN("01", HEX_AT, "3f", "00") "0000000000"
                                     "00" END,
     true},
    {"a level beyond a hash", HEX_UNIT,
     BEGIN("01", HEX_AT, "40", "00") "0000000000"
                                     "00" END,
     false},
    {"fewer clients than it says", HEX_UNIT,
     BEGIN("01", HEX_AT, "00", "05") "0000000000"
                                     "00" END,
     false},
    {"more clients than fit", HEX_UNIT,
     BEGIN("01", HEX_AT, "00", "21") HEX_NO_SKETCH HEX_NO_SKETCH HEX_NO_SKETCH HEX_NO_SKETCH
     "00000000"
     "0000000000"
     "00" END,
     false},
    {"a country", HEX_UNIT,
     BEGUN "01"
           "4445"
           "00000001" HEX_AT "00000000"
           "00" END,
     true},
    {"a country in small letters", HEX_UNIT,
     BEGUN "01"
           "6465"
           "00000001" HEX_AT "00000000"
           "00" END,
     false},
    {"half a country", HEX_UNIT,
     BEGUN "01"
           "4400"
           "00000001" HEX_AT "00000000"
           "00" END,
     false},
    {"nine countries", HEX_UNIT,
     BEGUN "09"
           "4445"
           "00000001" HEX_AT "00000000"
           "00" END,
     false},
    {"evidence", HEX_UNIT,
     BEGUN "0000000000"
           "01"
           "0000000100004cdb" END,
     true},
    {"evidence that ends with none", HEX_UNIT,
     BEGUN "0000000000"
           "02"
           "0000000100004cdb"
           "0000000000000000" END,
     false},
    {"no evidence that has a day", HEX_UNIT,
     BEGUN "0000000000"
           "02"
           "0000000000004cdb"
           "0000000100004cdb" END,
     false},
    {"a rule that there is not", HEX_UNIT,
     BEGUN "0000000000"
           "08" HEX_NONE HEX_NONE HEX_NONE HEX_NONE HEX_NONE HEX_NONE HEX_NONE
           "0000000100004cdb" END,
     false},
    {"something behind it", HEX_UNIT,
     BEGUN "0000000000"
           "00" END "00",
     false},
};

static void
broken_grammar_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct bench *bench = prepare(bodies[i].key, bodies[i].body, "");
        seal(bench, TABLE_SCANS);
        if (decode(bench) != (bodies[i].sound ? ERR_OK : ERR_CORRUPT))
            fail_msg("%s", bodies[i].label);
        free(bench);
    }
}

static void
other_tables_are_refused(void **state)
{
    (void)state;
    for (size_t table = 0; table < TABLE_COUNT; table++) {
        struct bench *bench = prepare(HEX_UNIT, known[0].body, "");
        seal(bench, (enum table)table);
        assert_int_equal(decode(bench), table == TABLE_SCANS ? ERR_OK : ERR_CORRUPT);
        free(bench);
    }
}

static void
what_cannot_be_stored_is_not_encoded(void **state)
{
    struct codec codec;
    struct record record;
    struct scans scans;
    (void)state;
    codec_init(&codec, test_record_key);
    memset(&scans, 0, sizeof scans);
    scans.today = SCAN_EXACT;
    scans.level = 63;
    assert_true(scans_encode(&codec, &unit, &scans, &record));
    scans.today = SCAN_EXACT + 1;
    assert_false(scans_encode(&codec, &unit, &scans, &record));
    scans.today = 0;
    scans.level = 64;
    assert_false(scans_encode(&codec, &unit, &scans, &record));
}

/* The largest there is comes back; what the clients were of a longer day does not. */
static void
longest_fields_come_back(void **state)
{
    struct bench *bench = prepare(HEX_UNIT, "", "");
    struct record record;
    struct scans *in = &bench->in;
    (void)state;
    everything(in);
    in->sessions = UINT64_MAX;
    in->today = SCAN_EXACT;
    in->elsewhere = UINT32_MAX;
    for (size_t i = 0; i < SCAN_EXACT; i++)
        in->clients[i] = UINT32_MAX - (uint32_t)i;
    for (size_t i = 0; i < SCAN_COUNTRIES; i++) {
        memcpy(in->countries[i].code, "AZ", 3);
        in->countries[i].code[1] = (char)('A' + i);
        in->countries[i].sessions = UINT32_MAX;
        in->countries[i].last_at = INT64_MAX;
    }
    for (size_t i = 0; i < COPY_RULES; i++) {
        in->evidence[i] = UINT32_MAX;
        in->evidence_on[i] = INT32_MAX;
    }
    assert_true(scans_encode(&bench->codec, &unit, in, &record));
    memcpy(bench->value, record.value.data, record.value.len);
    bench->v.len = record.value.len;
    assert_int_equal(decode(bench), ERR_OK);
    assert_memory_equal(&bench->out, in, sizeof *in);
    free(bench);
}

/* ---- which batch was the last ---- */

static void
runs(void **state)
{
    static const struct {
        const char *label, *key, *body;
        uint64_t batch; /* 0: refused */
    } rows[] = {
        {"as it should be", "000000000000004d", "010000000000000005", 5},
        {"the last there can be", "7fffffffffffffff", "01ffffffffffffffff", UINT64_MAX},
        {"no batch", "000000000000004d", "010000000000000000", 0},
        {"another format", "000000000000004d", "020000000000000005", 0},
        {"run 0", "0000000000000000", "010000000000000005", 0},
        {"a run below 0", "ffffffffffffffff", "010000000000000005", 0},
        {"a run of 9 bytes", "00000000000000004d", "010000000000000005", 0},
        {"a run of 7 bytes", "0000000000004d", "010000000000000005", 0},
        {"cut", "000000000000004d", "0100000000000005", 0},
        {"something behind it", "000000000000004d", "01000000000000000500", 0},
    };
    struct record record;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench *bench = prepare(rows[i].key, rows[i].body, "");
        uint64_t batch = 99;
        seal(bench, TABLE_SCAN_RUNS);
        enum err err = scan_run_decode(&bench->codec, bench->k, bench->v, &batch);
        if (err != (rows[i].batch == 0 ? ERR_CORRUPT : ERR_OK) ||
            (err == ERR_OK && batch != rows[i].batch))
            fail_msg("%s", rows[i].label);
        free(bench);
    }
    struct bench *bench = prepare("000000000000004d", "010000000000000005", "fd6a76f291510b9a");
    assert_true(scan_run_encode(&bench->codec, 77, 5, &record));
    assert_memory_equal(record.key.bytes, bench->key, 8);
    assert_int_equal(record.value.len, bench->v.len);
    assert_memory_equal(record.value.data, bench->value, bench->v.len);
    assert_false(scan_run_encode(&bench->codec, 0, 5, &record));
    assert_false(scan_run_encode(&bench->codec, 77, 0, &record));
    free(bench);
}

/* ---- a product's limits ---- */

/* What comes behind a product without entitlements; an older program wrote nothing. */
static void
limits(void **state)
{
    static const struct {
        const char *label, *tail;
        bool sound;
        struct copy_limits limits;
    } rows[] = {
        {"none", "", true, {{0}}},
        {"one", "0200000028", true, {{0, 40}}},
        {"all", "07000000010002000300040005ffff", true, {{0, 1, 2, 3, 4, 5, COPY_OFF}}},
        {"half a number", "0400000000000000", false, {{0}}},
        {"a later one alone",
         "04000000000000"
         "0009",
         true,
         {{0, 0, 0, 9}}},
        {"no number", "00", false, {{0}}},
        {"defaults at the end", "03000000280000", false, {{0}}},
        {"only defaults", "010000", false, {{0}}},
        {"a limit of nothing", "0200010028", false, {{0}}},
        {"eight",
         "080000000100020003000400050006"
         "0007",
         false,
         {{0}}},
        {"cut", "02000000", false, {{0}}},
        {"something behind it", "020000002800", false, {{0}}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench *bench = prepare("3039353036303030313334333532", "", "");
        struct product in = {.gtin = "09506000134352", .version = 3, .name = "Grinder"};
        struct product out;
        struct record record;
        assert_true(product_encode(&bench->codec, &in, &record));
        size_t body = record.value.len - RECORD_HASH_BYTES;
        memcpy(bench->value, record.value.data, body);
        bench->v.len = body + from_hex(bench->value + body, rows[i].tail);
        seal(bench, TABLE_PRODUCTS);
        enum err err = product_decode(&bench->codec, bench->k, bench->v, &out);
        if (err != (rows[i].sound ? ERR_OK : ERR_CORRUPT))
            fail_msg("%s: %s", rows[i].label, err_info(err)->code);
        if (err == ERR_OK) {
            assert_memory_equal(&out.copy_limits, &rows[i].limits, sizeof out.copy_limits);
            assert_true(product_encode(&bench->codec, &out, &record)); /* one spelling */
            assert_int_equal(record.value.len, bench->v.len);
            assert_memory_equal(record.value.data, bench->value, record.value.len);
        }
        free(bench);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_bytes),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(broken_grammar_is_refused),
        cmocka_unit_test(other_tables_are_refused),
        cmocka_unit_test(what_cannot_be_stored_is_not_encoded),
        cmocka_unit_test(longest_fields_come_back),
        cmocka_unit_test(runs),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
