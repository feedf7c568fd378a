/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials. */
#include <string.h>

#include "gateway/registry/codec.h"

static void
pack_secret(struct packer *p, const struct credential_secret *secret)
{
    pack_bytes(p, secret->seal, SEAL_BYTES);
    pack_time(p, secret->made_at);
    pack_time(p, secret->expires_at);
}

bool
credential_encode(struct codec *codec, const struct credential *credential, struct record *out)
{
    key_bytes(&out->key, credential->id, strlen(credential->id));
    struct packer p = codec_begin(codec, table_name(TABLE_CREDENTIALS), key_span(&out->key));
    p.failed = p.failed || credential->version > UINT32_MAX ||
               credential->location_count > CREDENTIAL_LOCATIONS_MAX;
    pack_uint(&p, RECORD_FORMAT, 1);
    pack_uint(&p, credential->version, 4);
    pack_uint(&p, credential->role, 1);
    pack_text(&p, credential->name);
    pack_text(&p, credential->organisation);
    pack_uint(&p, credential->location_count, 1);
    for (size_t i = 0; !p.failed && i < credential->location_count; i++)
        pack_text(&p, credential->locations[i]);
    pack_time(&p, credential->made_at);
    pack_time(&p, credential->expires_at);
    pack_time(&p, credential->revoked_at);
    pack_day(&p, credential->used_on);
    for (size_t i = 0; i < CREDENTIAL_SECRETS; i++)
        pack_secret(&p, &credential->secrets[i]);
    return codec_finish(codec, &p, &out->value);
}

static void
unpack_secret(struct unpacker *u, struct credential_secret *out)
{
    unpack_bytes(u, out->seal, SEAL_BYTES);
    out->made_at = unpack_time(u);
    out->expires_at = unpack_time(u);
}

static void
unpack_locations(struct unpacker *u, struct credential *out)
{
    out->location_count = (size_t)unpack_uint(u, 1);
    u->failed = u->failed || out->location_count > CREDENTIAL_LOCATIONS_MAX;
    for (size_t i = 0; !u->failed && i < out->location_count; i++)
        unpack_text(u, out->locations[i], sizeof out->locations[i]);
}

enum err
credential_decode(struct codec *codec, struct span key, struct span value, struct credential *out)
{
    struct unpacker u;
    memset(out, 0, sizeof *out);
    if (key.len != APIKEY_ID_CHARS || memchr(key.data, '\0', key.len) != NULL ||
        !codec_open(codec, table_name(TABLE_CREDENTIALS), key, value, &u) ||
        unpack_uint(&u, 1) != RECORD_FORMAT)
        return ERR_CORRUPT;
    memcpy(out->id, key.data, key.len);
    out->version = unpack_uint(&u, 4);
    out->role = (enum role)unpack_uint(&u, 1);
    unpack_text(&u, out->name, sizeof out->name);
    unpack_text(&u, out->organisation, sizeof out->organisation);
    unpack_locations(&u, out);
    out->made_at = unpack_time(&u);
    out->expires_at = unpack_time(&u);
    out->revoked_at = unpack_time(&u);
    out->used_on = unpack_day(&u);
    for (size_t i = 0; i < CREDENTIAL_SECRETS; i++)
        unpack_secret(&u, &out->secrets[i]);
    bool role_known = strcmp(role_name(out->role), "none") != 0;
    return unpack_done(&u) && out->version > 0 && role_known ? ERR_OK : ERR_CORRUPT;
}
