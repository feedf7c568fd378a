/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked at a unit. */
#include <string.h>

#include "gateway/registry/codec.h"

enum {
    LEVEL_MAX = 63, /* of bits of a client's hash */
    SCANS_BYTES_MAX = 1 + 3 * 8 + SCAN_SKETCH_BYTES + 4 + 1 + 1 + SCAN_EXACT * 4 + 1 +
                      SCAN_COUNTRIES * (COUNTRY_CHARS + 4 + 8) + 4 + 1 + COPY_RULES * 8 + 4 + 8 +
                      RECORD_HASH_BYTES
};
_Static_assert((int)SCANS_BYTES_MAX <= (int)RECORD_VALUE_MAX, "the largest record fits");

static void
pack_countries(struct packer *p, const struct scans *scans)
{
    size_t count = 0;
    while (count < SCAN_COUNTRIES && scans->countries[count].code[0] != '\0')
        count++;
    pack_uint(p, count, 1);
    for (size_t i = 0; i < count; i++) {
        pack_bytes(p, scans->countries[i].code, COUNTRY_CHARS);
        pack_uint(p, scans->countries[i].sessions, 4);
        pack_time(p, scans->countries[i].last_at);
    }
}

/* Rules come at the end, so what an older program wrote has fewer. */
static void
pack_evidence(struct packer *p, const struct scans *scans)
{
    size_t count = COPY_RULES;
    while (count > 0 && scans->evidence[count - 1] == 0)
        count--;
    pack_uint(p, count, 1);
    for (size_t i = 0; i < count; i++) {
        pack_uint(p, scans->evidence[i], 4);
        pack_day(p, scans->evidence[i] == 0 ? 0 : scans->evidence_on[i]);
    }
    pack_day(p, scans->leaked_on);
}

bool
scans_encode(struct codec *codec, const struct unit_key *unit, const struct scans *scans,
             struct record *out)
{
    key_pair(&out->key, unit->gtin, unit->serial);
    struct packer p = codec_begin(codec, table_name(TABLE_SCANS), key_span(&out->key));
    p.failed = p.failed || scans->today > SCAN_EXACT || scans->level > LEVEL_MAX;
    pack_uint(&p, RECORD_FORMAT, 1);
    pack_time(&p, scans->first_at);
    pack_time(&p, scans->last_at);
    pack_uint(&p, scans->sessions, 8);
    pack_bytes(&p, scans->sketch, sizeof scans->sketch);
    pack_day(&p, scans->day);
    pack_uint(&p, scans->level, 1);
    pack_uint(&p, scans->today, 1);
    for (size_t i = 0; !p.failed && i < scans->today; i++)
        pack_uint(&p, scans->clients[i], 4);
    pack_countries(&p, scans);
    pack_uint(&p, scans->elsewhere, 4);
    pack_evidence(&p, scans);
    pack_time(&p, scans->cleared_at);
    return codec_finish(codec, &p, &out->value);
}

static bool
is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static void
unpack_countries(struct unpacker *u, struct scans *out)
{
    size_t count = (size_t)unpack_uint(u, 1);
    u->failed = u->failed || count > SCAN_COUNTRIES;
    for (size_t i = 0; !u->failed && i < count; i++) {
        char *code = out->countries[i].code;
        unpack_bytes(u, code, COUNTRY_CHARS);
        out->countries[i].sessions = (uint32_t)unpack_uint(u, 4);
        out->countries[i].last_at = unpack_time(u);
        u->failed = u->failed || !is_capital(code[0]) || !is_capital(code[1]);
    }
}

static void
unpack_evidence(struct unpacker *u, struct scans *out)
{
    size_t count = (size_t)unpack_uint(u, 1);
    u->failed = u->failed || count > COPY_RULES;
    for (size_t i = 0; !u->failed && i < count; i++) {
        out->evidence[i] = (uint32_t)unpack_uint(u, 4);
        out->evidence_on[i] = unpack_day(u);
        u->failed = u->failed || (out->evidence[i] == 0 && out->evidence_on[i] != 0);
    }
    u->failed = u->failed || (count > 0 && out->evidence[count - 1] == 0);
    out->leaked_on = unpack_day(u);
}

enum err
scans_decode(struct codec *codec, struct span key, struct span value, struct unit_key *unit,
             struct scans *out)
{
    struct unpacker u;
    memset(unit, 0, sizeof *unit);
    memset(out, 0, sizeof *out);
    if (!key_read_unit(key, unit) || !codec_open(codec, table_name(TABLE_SCANS), key, value, &u) ||
        unpack_uint(&u, 1) != RECORD_FORMAT)
        return ERR_CORRUPT;
    out->first_at = unpack_time(&u);
    out->last_at = unpack_time(&u);
    out->sessions = unpack_uint(&u, 8);
    unpack_bytes(&u, out->sketch, sizeof out->sketch);
    out->day = unpack_day(&u);
    out->level = (uint8_t)unpack_uint(&u, 1);
    out->today = (uint8_t)unpack_uint(&u, 1);
    u.failed = u.failed || out->today > SCAN_EXACT || out->level > LEVEL_MAX;
    for (size_t i = 0; !u.failed && i < out->today; i++)
        out->clients[i] = (uint32_t)unpack_uint(&u, 4);
    unpack_countries(&u, out);
    out->elsewhere = (uint32_t)unpack_uint(&u, 4);
    unpack_evidence(&u, out);
    out->cleared_at = unpack_time(&u);
    return unpack_done(&u) && out->last_at >= out->first_at ? ERR_OK : ERR_CORRUPT;
}

/* ---- what was written last ---- */

void
key_run(struct record_key *out, int64_t run)
{
    struct packer p = {out->bytes, 0, sizeof out->bytes, run < 1};
    pack_time(&p, run);
    out->len = p.failed ? 0 : p.len;
}

bool
scan_run_encode(struct codec *codec, int64_t run, uint64_t batch, struct record *out)
{
    key_run(&out->key, run);
    struct packer p = codec_begin(codec, table_name(TABLE_SCAN_RUNS), key_span(&out->key));
    p.failed = p.failed || batch < 1;
    pack_uint(&p, RECORD_FORMAT, 1);
    pack_uint(&p, batch, 8);
    return codec_finish(codec, &p, &out->value);
}

enum err
scan_run_decode(struct codec *codec, struct span key, struct span value, uint64_t *batch)
{
    struct unpacker u;
    struct unpacker run = {key.data, key.len, false};
    bool sound = unpack_time(&run) >= 1 && unpack_done(&run);
    *batch = 0;
    if (!sound || !codec_open(codec, table_name(TABLE_SCAN_RUNS), key, value, &u) ||
        unpack_uint(&u, 1) != RECORD_FORMAT)
        return ERR_CORRUPT;
    *batch = unpack_uint(&u, 8);
    return unpack_done(&u) && *batch >= 1 ? ERR_OK : ERR_CORRUPT;
}
