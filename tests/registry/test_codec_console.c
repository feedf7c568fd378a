/* SPDX-License-Identifier: Apache-2.0 */
/* Browser sessions, notices and tallies, byte for byte. The hashes are by a SipHash-2-4 in Python,
 * written from the paper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/registry/codec.h"
#include "tests/registry/support.h"

enum { BYTES_MAX = 2400 };

union any {
    struct session session;
    struct notice notice; /* for ids: reference and first_at only */
    struct tally tally;
};

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

static void
one_session(union any *out)
{
    PUT(out->session.credential, "7K3M9Q2X");
    for (unsigned i = 0; i < SEAL_BYTES; i++) {
        out->session.seal[i] = (uint8_t)(0xC0 + i);
        out->session.key[i] = (uint8_t)(0xE0 + i);
    }
    out->session.made_at = 1700000000;
    out->session.seen_at = 1700000300;
}

static void
bare_notice(union any *out)
{
    PUT(out->notice.reference, "7K3M9Q2XBT");
    out->notice.version = 1;
    out->notice.kind = NOTICE_LOOKS_FAKE;
    out->notice.first_at = 1700000000;
    out->notice.last_at = 1700000000;
    out->notice.count = 1;
    out->notice.role = ROLE_PUBLIC;
}

static void
whole_notice(union any *out)
{
    bare_notice(out);
    out->notice.version = 2;
    out->notice.kind = NOTICE_NEVER_ISSUED;
    PUT(out->notice.gtin, "09506000134352");
    PUT(out->notice.serial, "A");
    PUT(out->notice.answer, "never_issued");
    out->notice.last_at = 1700000009;
    out->notice.count = 3;
    PUT(out->notice.organisation, "Shop");
    PUT(out->notice.place, "Kiel");
    PUT(out->notice.text, "Ä\nb");
    out->notice.closed_at = 1700000010;
    PUT(out->notice.closed_by, "Brand");
    PUT(out->notice.outcome, "done");
}

static void
notice_id(union any *out)
{
    PUT(out->notice.reference, "7K3M9Q2XBT");
    out->notice.first_at = 1700000000;
}

static void
one_tally(union any *out)
{
    out->tally.day = 20000;
    out->tally.verdicts[VERDICT_UNCHECKED] = 1;
    out->tally.verdicts[VERDICT_BAD] = 2;
    out->tally.verdicts[VERDICT_CAUTION] = 3;
    out->tally.verdicts[VERDICT_OK] = UINT64_MAX;
    out->tally.reasons[REASON_LABEL_FORGED] = 2;
    out->tally.reasons[REASON_RECALLED] = 3;
    out->tally.reasons[REASON_GENUINE] = UINT64_MAX;
}

/* ---- one way to call each codec ---- */

static bool
encode_session(struct codec *codec, const union any *in, struct record *out)
{
    return session_encode(codec, &in->session, out);
}

static enum err
decode_session(struct codec *codec, struct span key, struct span value, union any *out)
{
    return session_decode(codec, key, value, &out->session);
}

static bool
encode_notice(struct codec *codec, const union any *in, struct record *out)
{
    return notice_encode(codec, &in->notice, out);
}

static enum err
decode_notice(struct codec *codec, struct span key, struct span value, union any *out)
{
    return notice_decode(codec, key, value, &out->notice);
}

static bool
encode_id(struct codec *codec, const union any *in, struct record *out)
{
    return notice_id_encode(codec, &in->notice, out);
}

static enum err
decode_id(struct codec *codec, struct span key, struct span value, union any *out)
{
    memset(out, 0, sizeof *out);
    memcpy(out->notice.reference, key.data, key.len < NOTICE_REFERENCE_CHARS ? 0 : 10);
    return notice_id_decode(codec, key, value, &out->notice.first_at);
}

static bool
encode_tally(struct codec *codec, const union any *in, struct record *out)
{
    return tally_encode(codec, &in->tally, out);
}

static enum err
decode_tally(struct codec *codec, struct span key, struct span value, union any *out)
{
    return tally_decode(codec, key, value, &out->tally);
}

struct kind {
    enum table table;
    bool (*encode)(struct codec *codec, const union any *in, struct record *out);
    enum err (*decode)(struct codec *codec, struct span key, struct span value, union any *out);
};

static const struct kind sessions = {TABLE_SESSIONS, encode_session, decode_session};
static const struct kind notices = {TABLE_NOTICES, encode_notice, decode_notice};
static const struct kind ids = {TABLE_NOTICE_IDS, encode_id, decode_id};
static const struct kind tallies = {TABLE_TALLIES, encode_tally, decode_tally};

#define HEX_ID "374b334d39513258"
#define HEX_SEAL "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
#define HEX_KEY "e0e1e2e3e4e5e6e7e8e9eaebecedeeef"
#define HEX_AT "000000006553f100"
#define HEX_REFERENCE "374b334d395132584254"
#define HEX_NOTICE_KEY "7fffffff9aac0eff" HEX_REFERENCE
#define HEX_NONE "0000000000000000"
#define HEX_ONE "0000000000000001"

static const struct known {
    const char *label;
    const struct kind *kind;
    void (*fill)(union any *out);
    const char *key, *body, *hash;
} known[] = {
    {"session", &sessions, one_session, HEX_ID HEX_SEAL, "01" HEX_AT "000000006553f22c" HEX_KEY,
     "98bdc5e0b480fdc0"},
    {"notice with nothing but what it must have", &notices, bare_notice, HEX_NOTICE_KEY,
     "01"
     "00000001"
     "01"
     "00"
     "00"
     "00" HEX_AT "00000001"
     "01"
     "00"
     "00"
     "0000" HEX_NONE "00"
     "00",
     "3fcfc77009b01702"},
    {"notice", &notices, whole_notice, HEX_NOTICE_KEY,
     "01"
     "00000002"
     "02"
     "0e3039353036303030313334333532"
     "0141"
     "0c6e657665725f697373756564"
     "000000006553f109"
     "00000003"
     "01"
     "0453686f70"
     "044b69656c"
     "0004c3840a62"
     "000000006553f10a"
     "054272616e64"
     "04646f6e65",
     "d5852d1f45233bed"},
    {"notice id", &ids, notice_id, HEX_REFERENCE, "01" HEX_AT, "8c040d08909ebdca"},
    {"tally", &tallies, one_tally, "00004e20",
     "01" HEX_ONE "0000000000000002"
     "0000000000000003"
     "ffffffffffffffff"
     "03"
     "040000000000000002"
     "0c0000000000000003"
     "16ffffffffffffffff",
     "21b454e927c83e6b"},
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
    size_t len = from_hex(bench->value, row->body);
    bench->v = (struct span){bench->value, len + from_hex(bench->value + len, row->hash)};
    row->fill(&bench->in);
    return bench;
}

static void
known_bytes(void **state)
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
        assert_int_equal(known[i].kind->decode(&bench->codec, bench->k, bench->v, &bench->out),
                         ERR_OK);
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
flip_all(struct bench *bench, const struct known *row, uint8_t *bytes, size_t len)
{
    for (size_t bit = 0; bit < len * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        expect_damaged(bench, row, bytes == bench->key ? "bit of the key" : "bit", bit);
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
}

static void
damage_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < KNOWN; i++) {
        struct bench *bench = prepare(&known[i]);
        size_t len = bench->v.len;
        flip_all(bench, &known[i], bench->value, len);
        flip_all(bench, &known[i], bench->key, bench->k.len);
        for (bench->v.len = 0; bench->v.len < len; bench->v.len++)
            expect_damaged(bench, &known[i], "cut to", bench->v.len);
        bench->v.len = len + 1;
        expect_damaged(bench, &known[i], "lengthened to", bench->v.len);
        free(bench);
    }
}

/* Puts the right hash on any body, as a program with the record key could. */
static enum err
decode_sealed(struct bench *bench, const struct kind *kind, const char *table, size_t len)
{
    struct span sealed;
    struct packer p = codec_begin(&bench->codec, table, bench->k);
    pack_bytes(&p, bench->value, len);
    assert_true(codec_finish(&bench->codec, &p, &sealed));
    uint8_t value[BYTES_MAX];
    memcpy(value, sealed.data, sealed.len);
    return kind->decode(&bench->codec, bench->k, (struct span){value, sealed.len}, &bench->out);
}

static void
other_formats_and_tables_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < KNOWN; i++) {
        struct bench *bench = prepare(&known[i]);
        const struct kind *kind = known[i].kind;
        size_t len = bench->v.len - RECORD_HASH_BYTES;
        for (unsigned format = 0; format < 256; format++) {
            bench->value[0] = (uint8_t)format;
            enum err err = decode_sealed(bench, kind, table_name(kind->table), len);
            assert_int_equal(err, format == RECORD_FORMAT ? ERR_OK : ERR_CORRUPT);
        }
        bench->value[0] = RECORD_FORMAT;
        for (size_t table = 0; table < TABLE_COUNT; table++) {
            enum err err = decode_sealed(bench, kind, table_name((enum table)table), len);
            assert_int_equal(err, table == kind->table ? ERR_OK : ERR_CORRUPT);
        }
        free(bench);
    }
}

/* ---- bodies with the right hash that break the grammar ---- */

#define HEX_NOTICE(version, kind, times, role)                                                     \
    "01" version kind "000000" HEX_AT times role "0000"                                            \
    "0000" HEX_NONE "0000"
#define HEX_TALLY(reasons) "01" HEX_NONE HEX_NONE HEX_NONE HEX_ONE reasons

static const struct bad {
    const char *label;
    const struct kind *kind;
    const char *key, *body;
    bool sound; /* a row that shows that the others fail for the reason they name */
} bad[] = {
    {"session as it should be", &sessions, HEX_ID HEX_SEAL, "01" HEX_AT HEX_AT HEX_KEY, true},
    {"session: never made", &sessions, HEX_ID HEX_SEAL, "01" HEX_NONE HEX_AT HEX_KEY, false},
    {"session: seen before it was made", &sessions, HEX_ID HEX_SEAL,
     "01" HEX_AT "000000006553f0ff" HEX_KEY, false},
    {"session: short seal", &sessions, HEX_ID "c0c1", "01" HEX_AT HEX_AT HEX_KEY, false},
    {"session: id with a NUL", &sessions, "374b33003951325800" HEX_SEAL, "01" HEX_AT HEX_AT HEX_KEY,
     false},
    {"session: id with a NUL, right length", &sessions, "374b330039513258" HEX_SEAL,
     "01" HEX_AT HEX_AT HEX_KEY, false},
    {"notice as it should be", &notices, HEX_NOTICE_KEY,
     HEX_NOTICE("00000001", "01", "00000001", "01"), true},
    {"notice: version 0", &notices, HEX_NOTICE_KEY, HEX_NOTICE("00000000", "01", "00000001", "01"),
     false},
    {"notice: no kind", &notices, HEX_NOTICE_KEY, HEX_NOTICE("00000001", "00", "00000001", "01"),
     false},
    {"notice: kind 7", &notices, HEX_NOTICE_KEY, HEX_NOTICE("00000001", "07", "00000001", "01"),
     false},
    {"notice: not once", &notices, HEX_NOTICE_KEY, HEX_NOTICE("00000001", "01", "00000000", "01"),
     false},
    {"notice: no role", &notices, HEX_NOTICE_KEY, HEX_NOTICE("00000001", "01", "00000001", "00"),
     false},
    {"notice: short reference", &notices, "7fffffff9aac0eff374b334d3951325842",
     HEX_NOTICE("00000001", "01", "00000001", "01"), false},
    {"notice: long reference", &notices, HEX_NOTICE_KEY "41",
     HEX_NOTICE("00000001", "01", "00000001", "01"), false},
    {"notice: a letter that is not used", &notices, "7fffffff9aac0eff554b334d395132584254",
     HEX_NOTICE("00000001", "01", "00000001", "01"), false},
    {"notice: later than its last time", &notices, "7fffffff9aac0efe" HEX_REFERENCE,
     HEX_NOTICE("00000001", "01", "00000001", "01"), false},
    {"notice: no first time", &notices, "7fffffffffffffff" HEX_REFERENCE,
     HEX_NOTICE("00000001", "01", "00000001", "01"), false},
    {"notice: first time before all times", &notices, "8000000000000000" HEX_REFERENCE,
     HEX_NOTICE("00000001", "01", "00000001", "01"), false},
    {"notice id as it should be", &ids, HEX_REFERENCE, "01" HEX_AT, true},
    {"notice id: no time", &ids, HEX_REFERENCE, "01" HEX_NONE, false},
    {"notice id: time before all times", &ids, HEX_REFERENCE,
     "01"
     "8000000000000000",
     false},
    {"notice id: short reference", &ids, "374b334d3951325842", "01" HEX_AT, false},
    {"tally as it should be", &tallies, "00000000",
     HEX_TALLY("01"
               "01" HEX_ONE),
     true},
    {"tally: without a reason", &tallies, "7fffffff", HEX_TALLY("00"), true},
    {"tally: day before 1970", &tallies, "ffffffff", HEX_TALLY("00"), false},
    {"tally: day of 5 bytes", &tallies, "0000000000", HEX_TALLY("00"), false},
    {"tally: reason 0", &tallies, "00000000",
     HEX_TALLY("01"
               "00" HEX_ONE),
     false},
    {"tally: reason 23", &tallies, "00000000",
     HEX_TALLY("01"
               "17" HEX_ONE),
     false},
    {"tally: a reason of none", &tallies, "00000000",
     HEX_TALLY("01"
               "01" HEX_NONE),
     false},
    {"tally: a reason twice", &tallies, "00000000",
     HEX_TALLY("02"
               "01" HEX_ONE "01" HEX_ONE),
     false},
    {"tally: reasons out of order", &tallies, "00000000",
     HEX_TALLY("02"
               "02" HEX_ONE "01" HEX_ONE),
     false},
    {"tally: fewer reasons than it says", &tallies, "00000000",
     HEX_TALLY("02"
               "01" HEX_ONE),
     false},
    {"tally: more reasons than it says", &tallies, "00000000",
     HEX_TALLY("00"
               "01" HEX_ONE),
     false},
};

static void
broken_grammar_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct bench *bench = calloc(1, sizeof *bench);
        assert_non_null(bench);
        codec_init(&bench->codec, test_record_key);
        bench->k = (struct span){bench->key, from_hex(bench->key, bad[i].key)};
        size_t len = from_hex(bench->value, bad[i].body);
        enum err err = decode_sealed(bench, bad[i].kind, table_name(bad[i].kind->table), len);
        if (err != (bad[i].sound ? ERR_OK : ERR_CORRUPT))
            fail_msg("%s: %s", bad[i].label, err_info(err)->code);
        free(bench);
    }
}

/* ---- limits ---- */

#define FILL(member) memset(member, 'x', sizeof(member) - 1)

static void
longest_fields_come_back(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct record record;
    (void)state;
    assert_non_null(bench);
    codec_init(&bench->codec, test_record_key);
    struct notice *notice = &bench->in.notice;
    whole_notice(&bench->in);
    notice->version = UINT32_MAX;
    notice->count = UINT32_MAX;
    notice->last_at = INT64_MAX;
    notice->closed_at = INT64_MAX;
    FILL(notice->serial);
    FILL(notice->organisation);
    FILL(notice->place);
    FILL(notice->text);
    FILL(notice->closed_by);
    FILL(notice->outcome);
    assert_true(notice_encode(&bench->codec, notice, &record));
    memcpy(bench->value, record.value.data, record.value.len);
    bench->v = (struct span){bench->value, record.value.len};
    assert_int_equal(
        notice_decode(&bench->codec, key_span(&record.key), bench->v, &bench->out.notice), ERR_OK);
    assert_memory_equal(&bench->out, &bench->in, sizeof bench->in);
    free(bench);
}

static void
what_cannot_be_stored_is_not_encoded(void **state)
{
    struct codec codec;
    struct record record;
    union any any;
    (void)state;
    codec_init(&codec, test_record_key);
    memset(&any, 0, sizeof any);
    one_session(&any);
    any.session.credential[7] = '\0';
    assert_false(session_encode(&codec, &any.session, &record));
    memset(&any, 0, sizeof any);
    whole_notice(&any);
    any.notice.version = UINT64_C(1) << 32;
    assert_false(notice_encode(&codec, &any.notice, &record));
    any.notice.version = 1;
    any.notice.first_at = 0;
    assert_false(notice_encode(&codec, &any.notice, &record));
    memset(&any, 0, sizeof any);
    one_tally(&any);
    any.tally.day = -1;
    assert_false(tally_encode(&codec, &any.tally, &record));
}

/* Every reason comes back as itself, so no two share a number. */
static void
every_reason_has_its_number(void **state)
{
    struct codec codec;
    struct record record;
    struct tally in = {.day = 1};
    struct tally out;
    uint8_t value[BYTES_MAX];
    (void)state;
    codec_init(&codec, test_record_key);
    for (size_t i = 0; i < REASON_COUNT; i++)
        in.reasons[i] = 100 + i;
    assert_true(tally_encode(&codec, &in, &record));
    memcpy(value, record.value.data, record.value.len);
    assert_int_equal(
        tally_decode(&codec, key_span(&record.key), (struct span){value, record.value.len}, &out),
        ERR_OK);
    assert_memory_equal(&out, &in, sizeof in);
}

/* The newest first, then by reference; days by their number. */
static void
keys_lie_in_order(void **state)
{
    static const struct {
        int64_t first_at;
        const char *reference;
    } rows[] = {
        {INT64_MAX, "0000000000"},  {1700000256, "ZZZZZZZZZZ"}, {1700000255, "0000000000"},
        {1700000255, "0000000001"}, {1700000254, "0000000000"}, {1, "0000000000"},
    };
    struct record_key before;
    struct record_key key;
    (void)state;
    key_notice(&before, rows[0].first_at, rows[0].reference);
    for (size_t i = 1; i < sizeof rows / sizeof rows[0]; i++, before = key) {
        key_notice(&key, rows[i].first_at, rows[i].reference);
        assert_int_equal(key.len, before.len);
        assert_true(memcmp(before.bytes, key.bytes, key.len) < 0);
    }
    key_day(&before, 255);
    key_day(&key, 256);
    assert_true(memcmp(before.bytes, key.bytes, key.len) < 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_bytes),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(other_formats_and_tables_are_refused),
        cmocka_unit_test(broken_grammar_is_refused),
        cmocka_unit_test(longest_fields_come_back),
        cmocka_unit_test(what_cannot_be_stored_is_not_encoded),
        cmocka_unit_test(every_reason_has_its_number),
        cmocka_unit_test(keys_lie_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
