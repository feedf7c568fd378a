/* SPDX-License-Identifier: Apache-2.0 */
/* Browser sessions, notices, tallies. */
#include <string.h>

#include "gateway/registry/codec.h"

/* ---- sessions ---- */

void
key_session(struct record_key *out, const char *credential, const uint8_t seal[static SEAL_BYTES])
{
    struct packer p = {out->bytes, 0, sizeof out->bytes, false};
    pack_bytes(&p, credential, strlen(credential));
    p.failed = p.failed || p.len != APIKEY_ID_CHARS;
    pack_bytes(&p, seal, SEAL_BYTES);
    out->len = p.failed ? 0 : p.len;
}

bool
session_encode(struct codec *codec, const struct session *session, struct record *out)
{
    key_session(&out->key, session->credential, session->seal);
    struct packer p = codec_begin(codec, table_name(TABLE_SESSIONS), key_span(&out->key));
    pack_uint(&p, RECORD_FORMAT, 1);
    pack_time(&p, session->made_at);
    pack_time(&p, session->seen_at);
    pack_bytes(&p, session->key, SEAL_BYTES);
    return codec_finish(codec, &p, &out->value);
}

enum err
session_decode(struct codec *codec, struct span key, struct span value, struct session *out)
{
    struct unpacker u;
    memset(out, 0, sizeof *out);
    if (key.len != APIKEY_ID_CHARS + SEAL_BYTES || memchr(key.data, '\0', APIKEY_ID_CHARS) ||
        !codec_open(codec, table_name(TABLE_SESSIONS), key, value, &u) ||
        unpack_uint(&u, 1) != RECORD_FORMAT)
        return ERR_CORRUPT;
    memcpy(out->credential, key.data, APIKEY_ID_CHARS);
    memcpy(out->seal, key.data + APIKEY_ID_CHARS, SEAL_BYTES);
    out->made_at = unpack_time(&u);
    out->seen_at = unpack_time(&u);
    unpack_bytes(&u, out->key, SEAL_BYTES);
    return unpack_done(&u) && out->made_at > 0 && out->seen_at >= out->made_at ? ERR_OK
                                                                               : ERR_CORRUPT;
}

/* ---- notices ---- */

void
key_notice(struct record_key *out, int64_t first_at, const char *reference)
{
    struct packer p = {out->bytes, 0, sizeof out->bytes, first_at <= 0};
    pack_time(&p, INT64_MAX - first_at);
    pack_bytes(&p, reference, strlen(reference));
    out->len = p.failed ? 0 : p.len;
}

bool
notice_encode(struct codec *codec, const struct notice *notice, struct record *out)
{
    key_notice(&out->key, notice->first_at, notice->reference);
    struct packer p = codec_begin(codec, table_name(TABLE_NOTICES), key_span(&out->key));
    p.failed = p.failed || notice->version > UINT32_MAX;
    pack_uint(&p, RECORD_FORMAT, 1);
    pack_uint(&p, notice->version, 4);
    pack_uint(&p, notice->kind, 1);
    pack_text(&p, notice->gtin);
    pack_text(&p, notice->serial);
    pack_text(&p, notice->answer);
    pack_time(&p, notice->last_at);
    pack_uint(&p, notice->count, 4);
    pack_uint(&p, notice->role, 1);
    pack_text(&p, notice->organisation);
    pack_text(&p, notice->place);
    pack_long_text(&p, notice->text);
    pack_time(&p, notice->closed_at);
    pack_text(&p, notice->closed_by);
    pack_text(&p, notice->outcome);
    return codec_finish(codec, &p, &out->value);
}

static bool
read_notice_key(struct span key, struct notice *out)
{
    struct unpacker u = {key.data, key.len, false};
    int64_t rest = unpack_time(&u);
    unpack_bytes(&u, out->reference, NOTICE_REFERENCE_CHARS);
    out->first_at = rest < 0 ? 0 : INT64_MAX - rest;
    return unpack_done(&u) && out->first_at > 0;
}

enum err
notice_decode(struct codec *codec, struct span key, struct span value, struct notice *out)
{
    struct unpacker u;
    memset(out, 0, sizeof *out);
    if (!read_notice_key(key, out) ||
        !codec_open(codec, table_name(TABLE_NOTICES), key, value, &u) ||
        unpack_uint(&u, 1) != RECORD_FORMAT)
        return ERR_CORRUPT;
    out->version = unpack_uint(&u, 4);
    out->kind = (enum notice_kind)unpack_uint(&u, 1);
    unpack_text(&u, out->gtin, sizeof out->gtin);
    unpack_text(&u, out->serial, sizeof out->serial);
    unpack_text(&u, out->answer, sizeof out->answer);
    out->last_at = unpack_time(&u);
    out->count = (uint32_t)unpack_uint(&u, 4);
    out->role = (enum role)unpack_uint(&u, 1);
    unpack_text(&u, out->organisation, sizeof out->organisation);
    unpack_text(&u, out->place, sizeof out->place);
    unpack_long_text(&u, out->text, sizeof out->text);
    out->closed_at = unpack_time(&u);
    unpack_text(&u, out->closed_by, sizeof out->closed_by);
    unpack_text(&u, out->outcome, sizeof out->outcome);
    bool sound = unpack_done(&u) && out->version > 0 && notice_check(out, NULL) == ERR_OK;
    return sound ? ERR_OK : ERR_CORRUPT;
}

bool
notice_id_encode(struct codec *codec, const struct notice *notice, struct record *out)
{
    key_bytes(&out->key, notice->reference, strlen(notice->reference));
    struct packer p = codec_begin(codec, table_name(TABLE_NOTICE_IDS), key_span(&out->key));
    pack_uint(&p, RECORD_FORMAT, 1);
    pack_time(&p, notice->first_at);
    return codec_finish(codec, &p, &out->value);
}

enum err
notice_id_decode(struct codec *codec, struct span key, struct span value, int64_t *first_at)
{
    struct unpacker u;
    if (key.len != NOTICE_REFERENCE_CHARS ||
        !codec_open(codec, table_name(TABLE_NOTICE_IDS), key, value, &u) ||
        unpack_uint(&u, 1) != RECORD_FORMAT)
        return ERR_CORRUPT;
    *first_at = unpack_time(&u);
    return unpack_done(&u) && *first_at > 0 ? ERR_OK : ERR_CORRUPT;
}

/* ---- tallies ---- */

enum { VERDICTS = VERDICT_OK + 1, DAY_BYTES = 4 };

/* What stands for a reason in the record: the enum is in order of precedence, so a new one may come
 * in between. Never renumber, only append. */
static const uint8_t reason_numbers[] = {
    [REASON_REGISTRY_UNAVAILABLE] = 1,
    [REASON_RATE_LIMITED] = 2,
    [REASON_LABEL_MALFORMED] = 3,
    [REASON_LABEL_FORGED] = 4,
    [REASON_ISSUER_UNKNOWN] = 5,
    [REASON_ISSUER_REVOKED] = 6,
    [REASON_ISSUER_OUT_OF_SCOPE] = 7,
    [REASON_NEVER_ISSUED] = 8,
    [REASON_STOLEN] = 9,
    [REASON_RETIRED] = 10,
    [REASON_RECALLED_STOP_USE] = 11,
    [REASON_RECALLED] = 12,
    [REASON_COPY_SUSPECTED] = 13,
    [REASON_HELD] = 14,
    [REASON_LOST] = 15,
    [REASON_EXPIRED] = 16,
    [REASON_LOT_MISMATCH] = 17,
    [REASON_NOT_IN_MARKET] = 18,
    [REASON_RETURNED] = 19,
    [REASON_SIGNATURE_NEEDED] = 20,
    [REASON_NO_SIGNATURE] = 21,
    [REASON_GENUINE] = 22,
};
enum { NUMBERS_END = 23 };
_Static_assert(sizeof reason_numbers == REASON_COUNT, "every reason has a number");
_Static_assert((int)NUMBERS_END == (int)REASON_COUNT + 1, "and every number is one reason");

/* REASON_COUNT when no reason has the number. */
static size_t
reason_of(uint64_t number)
{
    size_t reason = 0;
    while (reason < REASON_COUNT && reason_numbers[reason] != number)
        reason++;
    return reason;
}

void
key_day(struct record_key *out, civil_day day)
{
    struct packer p = {out->bytes, 0, sizeof out->bytes, day < 0};
    pack_day(&p, day);
    out->len = p.failed ? 0 : p.len;
}

bool
tally_encode(struct codec *codec, const struct tally *tally, struct record *out)
{
    size_t given = 0;
    for (size_t i = 0; i < REASON_COUNT; i++)
        given += tally->reasons[i] > 0;
    key_day(&out->key, tally->day);
    struct packer p = codec_begin(codec, table_name(TABLE_TALLIES), key_span(&out->key));
    pack_uint(&p, RECORD_FORMAT, 1);
    for (size_t i = 0; i < VERDICTS; i++)
        pack_uint(&p, tally->verdicts[i], 8);
    pack_uint(&p, given, 1);
    for (uint64_t number = 1; number < NUMBERS_END; number++) {
        uint64_t count = tally->reasons[reason_of(number)];
        if (count == 0)
            continue;
        pack_uint(&p, number, 1);
        pack_uint(&p, count, 8);
    }
    return codec_finish(codec, &p, &out->value);
}

static void
unpack_reasons(struct unpacker *u, struct tally *out)
{
    uint64_t before = 0;
    size_t given = (size_t)unpack_uint(u, 1);
    for (size_t i = 0; !u->failed && i < given; i++) {
        uint64_t number = unpack_uint(u, 1);
        uint64_t count = unpack_uint(u, 8);
        size_t reason = reason_of(number);
        u->failed = u->failed || number <= before || reason == REASON_COUNT || count == 0;
        if (!u->failed)
            out->reasons[reason] = count;
        before = number;
    }
}

enum err
tally_decode(struct codec *codec, struct span key, struct span value, struct tally *out)
{
    struct unpacker u;
    struct unpacker day = {key.data, key.len, false};
    memset(out, 0, sizeof *out);
    out->day = unpack_day(&day);
    if (!unpack_done(&day) || out->day < 0 ||
        !codec_open(codec, table_name(TABLE_TALLIES), key, value, &u) ||
        unpack_uint(&u, 1) != RECORD_FORMAT)
        return ERR_CORRUPT;
    for (size_t i = 0; i < VERDICTS; i++)
        out->verdicts[i] = unpack_uint(&u, 8);
    unpack_reasons(&u, out);
    return unpack_done(&u) ? ERR_OK : ERR_CORRUPT;
}
