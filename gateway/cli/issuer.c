/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/file.h"
#include "gateway/cli/issue.h"
#include "keys/passphrase.h"

/* A path, or a name: DATA/keys/NAME.key. */
static enum err
secret_path(const struct invocation *in, struct key_paths *paths, bool *named, struct fault *fault)
{
    const char *key = cli_value(in, "key");
    *named = strchr(key, '/') == NULL && strchr(key, '.') == NULL;
    if (*named)
        return key_paths(paths, in, key, fault);
    return slice_copy(paths->secret, sizeof paths->secret, slice_of(key))
               ? ERR_OK
               : fault_set(fault, ERR_INVALID, "--key: path too long");
}

static enum err
unlock_key(const struct invocation *in, struct issuer *issuer, struct fault *fault)
{
    char prompt[sizeof issuer->path + 32];
    struct text passphrase;
    (void)snprintf(prompt, sizeof prompt, "Passphrase of %s: ", issuer->path);
    text_init(&passphrase, PASSPHRASE_MAX);
    enum err err =
        passphrase_read(cli_value(in, "passphrase-file"), prompt, false, &passphrase, fault);
    if (err == ERR_OK)
        err = keyfile_open(issuer->path, text_slice(&passphrase), &issuer->key, fault);
    file_wipe(&passphrase);
    return err;
}

/* The same in every part, or the gateway would refuse what is signed. */
enum err
issuer_entry(const struct keyset_entry **out, const struct keyset *keyset,
             const struct issuing_key *key, struct fault *fault)
{
    const struct keyset_entry *entry = NULL;
    *out = NULL;
    for (size_t n = 0; (entry = keyset_find(keyset, key->kid, n)) != NULL; n++)
        if (memcmp(entry->public_key, key->public_key, PUBLIC_KEY_BYTES) == 0)
            break;
    if (entry == NULL)
        return fault_set(fault, ERR_DENIED,
                         "key %s is not in the keyset; add it with: assay keys add", key->name);
    if (memcmp(entry->manifest_key, key->manifest_public_key, PUBLIC_KEY_BYTES) != 0)
        return fault_set(fault, ERR_DENIED,
                         "key %s: the keyset has another manifest key than the key file",
                         entry->name);
    *out = entry;
    return ERR_OK;
}

/* `named` is the entry that --key names, or NULL. */
static enum err
match_key(struct issuer *issuer, const struct keyset_entry *named, struct fault *fault)
{
    enum err err = issuer_entry(&issuer->entry, issuer->keyset, issuer->key, fault);
    if (err == ERR_OK && named != NULL && named != issuer->entry)
        return fault_set(fault, ERR_DENIED, "the file of key %s holds key %s", named->name,
                         issuer->entry->name);
    return err;
}

static enum err
may_issue(const struct keyset_entry *entry, const char *gtin, struct fault *fault)
{
    return gtin == NULL ? ERR_OK : keyset_may_issue(entry, gtin, cli_now(), fault);
}

enum err
issuer_open(struct issuer *issuer, const struct invocation *in, const char *gtin,
            struct fault *fault)
{
    struct key_paths paths = {.secret = ""};
    const struct keyset_entry *entry = NULL;
    bool named = false;
    enum err err = secret_path(in, &paths, &named, fault);
    if (err == ERR_OK)
        err = cli_keyset(in, &issuer->keyset, fault);
    if (err == ERR_OK && named)
        err = key_find(issuer->keyset, cli_value(in, "key"), &entry, fault);
    if (err == ERR_OK && named)
        err = may_issue(entry, gtin, fault);
    memcpy(issuer->path, paths.secret, sizeof issuer->path);
    if (err == ERR_OK)
        err = unlock_key(in, issuer, fault);
    if (err == ERR_OK)
        err = match_key(issuer, entry, fault);
    return err == ERR_OK ? may_issue(issuer->entry, gtin, fault) : err;
}

void
issuer_close(struct issuer *issuer)
{
    keyfile_free(issuer->key);
    free(issuer->keyset);
}
