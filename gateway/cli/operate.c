/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/operate.h"

#include <pwd.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum { USER_BUFFER = 4096, PATH_TEXT_MAX = 4096 };

enum err
operate_open(const struct invocation *in, unsigned flags, struct store **out, struct fault *fault)
{
    return store_open(in->data, flags, 0, out, fault);
}

static bool
is_name(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.data[i] < 0x20 || s.data[i] == 0x7F)
            return false;
    return slice_trim(s).len == s.len && s.len > 0 && slice_utf8(s);
}

enum err
operate_actor(const struct invocation *in, char out[static ORGANISATION_MAX + 1],
              struct fault *fault)
{
    char buffer[USER_BUFFER];
    struct passwd user;
    struct passwd *found = NULL;
    const char *actor = cli_value(in, "actor");
    if (actor == NULL && getpwuid_r(getuid(), &user, buffer, sizeof buffer, &found) == 0 &&
        found != NULL)
        actor = user.pw_name;
    if (actor == NULL)
        return fault_set(fault, ERR_USAGE, "who does this? Name him with --actor");
    if (is_name(slice_of(actor)) && slice_copy(out, ORGANISATION_MAX + 1, slice_of(actor)))
        return ERR_OK;
    return fault_set(fault, ERR_USAGE, "--actor: not a name of 1 to %d bytes", ORGANISATION_MAX);
}

enum err
operate_begin(const struct invocation *in, struct slice request, const char *note,
              struct operation *out, struct fault *fault)
{
    memset(out, 0, sizeof *out);
    randombytes_buf(out->id, sizeof out->id);
    (void)crypto_generichash(out->digest, sizeof out->digest, (const uint8_t *)request.data,
                             request.len, NULL, 0);
    out->at = cli_now();
    out->role = ROLE_OPERATOR;
    (void)snprintf(out->note, sizeof out->note, "%s", note);
    return operate_actor(in, out->actor, fault);
}

enum err
operate_unit_key(const char *gtin, const char *serial, struct unit_key *out, struct fault *fault)
{
    if (!gtin_valid(slice_of(gtin)) || !slice_copy(out->gtin, sizeof out->gtin, slice_of(gtin)))
        return fault_set(fault, ERR_USAGE,
                         "\"%.40s\": not a GTIN of 14 digits with a right check digit", gtin);
    if (!gs1_value_valid(slice_of(serial)) ||
        !slice_copy(out->serial, sizeof out->serial, slice_of(serial)))
        return fault_set(fault, ERR_USAGE,
                         "\"%.40s\": not a serial of 1 to %d characters of the GS1 character set",
                         serial, GS1_VALUE_MAX);
    return ERR_OK;
}

enum err
operate_get_unit(struct store *store, const struct unit_key *key, struct unit *out,
                 struct fault *fault)
{
    enum err err = registry_get(store->session, key, out);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, err, "%s %s is not registered", key->gtin, key->serial);
    return err == ERR_OK ? ERR_OK : store_fault(fault, err, key->serial);
}

enum err
operate_config(const struct invocation *in, struct config *out, struct fault *fault)
{
    char path[PATH_TEXT_MAX];
    config_defaults(out);
    enum err err = cli_data_path(path, sizeof path, in, "assayd.ini", fault);
    if (err == ERR_OK)
        err = config_read_file(out, path, fault);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}
