/* SPDX-License-Identifier: Apache-2.0 */
/* keys new: the secret first, then the public half into the keyset. If the second step did not
 * happen, the key is trusted by nobody and the same command, run again, opens the file with its
 * passphrase and goes on from there. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/date.h"
#include "gateway/base/file.h"
#include "gateway/base/ini.h"
#include "gateway/cli/keys.h"
#include "gateway/cli/scope.h"
#include "keys/keyfile.h"
#include "keys/passphrase.h"

enum { ANSWER_MAX = 16384, DIRECTORY_MODE = 0700, WINDOW_MONTHS = 60, DAY_SECONDS = 86400 };

static void
free_key(struct issuing_key **key)
{
    keyfile_free(*key);
}

#define AUTO_SECRET __attribute__((cleanup(file_wipe))) struct text
#define AUTO_KEY __attribute__((cleanup(free_key))) struct issuing_key

static enum err
take_organisation(struct keyset_entry *entry, const char *value, struct fault *fault)
{
    struct slice s = slice_of(value);
    if (s.len > 0 && ini_value_ok(s) &&
        slice_copy(entry->organisation, KEY_ORGANISATION_MAX + 1, s))
        return ERR_OK;
    return fault_set(fault, ERR_USAGE,
                     "--organisation: 1 to %d bytes of UTF-8 on one line, without blanks at its "
                     "ends",
                     KEY_ORGANISATION_MAX);
}

static bool
is_prefix(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.data[i] < '0' || s.data[i] > '9')
            return false;
    return s.len >= 1 && s.len <= GTIN_PREFIX_MAX;
}

static enum err
take_prefixes(struct keyset_entry *entry, const char *value, struct fault *fault)
{
    struct slice rest = slice_of(value);
    do {
        struct slice prefix = slice_take_until(&rest, ',');
        if (entry->prefix_count == KEY_PREFIXES_MAX || !is_prefix(prefix) ||
            !slice_copy(entry->prefixes[entry->prefix_count++], GTIN_PREFIX_MAX + 1, prefix))
            return fault_set(fault, ERR_USAGE,
                             "--gtin-prefix \"%.80s\": 1 to %d beginnings of a 14-digit GTIN, 1 to "
                             "%d digits each, with commas between",
                             value, KEY_PREFIXES_MAX, GTIN_PREFIX_MAX);
    } while (rest.len > 0);
    return ERR_OK;
}

static enum err
take_window(struct keyset_entry *entry, const struct invocation *in, struct fault *fault)
{
    const char *from = cli_value(in, "not-before");
    const char *until = cli_value(in, "not-after");
    enum err err = ERR_OK;
    entry->not_before = cli_now();
    if (from != NULL)
        err = key_time(&entry->not_before, from, "not-before", fault);
    int64_t first = entry->not_before;
    entry->not_after = (int64_t)date_add_months(date_of(first, 0), WINDOW_MONTHS) * DAY_SECONDS;
    if (err == ERR_OK && until != NULL)
        err = key_time(&entry->not_after, until, "not-after", fault);
    if (err == ERR_OK && entry->not_after <= entry->not_before)
        return fault_set(fault, ERR_USAGE, "--not-after has to be later than --not-before");
    return err;
}

static enum err
take_entry(struct keyset_entry *entry, const struct invocation *in, struct fault *fault)
{
    *entry = (struct keyset_entry){.status = KEY_ACTIVE};
    (void)snprintf(entry->name, sizeof entry->name, "%s", in->positionals[0]);
    enum err err = take_organisation(entry, cli_value(in, "organisation"), fault);
    if (err == ERR_OK)
        err = take_prefixes(entry, cli_value(in, "gtin-prefix"), fault);
    return err == ERR_OK ? take_window(entry, in, fault) : err;
}

/* A name that is taken is refused before anything is made. */
static enum err
check_name_free(const struct key_paths *paths, const char *name, struct fault *fault)
{
    AUTO_KEYSET *keyset = NULL;
    enum err err = keyset_load(paths->keyset, &keyset, fault);
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    if (err != ERR_OK)
        return err;
    const struct keyset_entry *there = keyset_find_name(keyset, name);
    if (there == NULL)
        return ERR_OK;
    return fault_set(fault, ERR_EXISTS, "there is a key %s already, %s; take another name", name,
                     key_status_name(there->status));
}

static enum err
make_or_open(const struct key_paths *paths, const struct invocation *in, const char *name,
             bool recovering, struct issuing_key **out, struct fault *fault)
{
    AUTO_SECRET passphrase;
    enum err err = passphrase_read(cli_value(in, "passphrase-file"),
                                   recovering ? "Passphrase of the key file that is there: "
                                              : "Passphrase for the new key: ",
                                   !recovering, &passphrase, fault);
    if (err != ERR_OK)
        return err;
    if (recovering)
        return keyfile_open(paths->secret, text_slice(&passphrase), out, fault);
    err = file_make_directory(paths->directory, DIRECTORY_MODE, fault);
    if (err != ERR_OK)
        return err;
    return keyfile_create(paths->secret, name, text_slice(&passphrase), &keyfile_cost_default, out,
                          fault);
}

static enum err
add_entry(struct keyset *keyset, void *context, struct fault *fault)
{
    return keyset_add(keyset, context, fault);
}

static void
answer(struct text *out, const struct invocation *in, const struct key_paths *paths,
       const struct keyset_entry *entry)
{
    char from[TIME_TEXT_MAX];
    char until[TIME_TEXT_MAX];
    if (in->json) {
        key_json(out, in, entry);
        text_char(out, '\n');
        return;
    }
    time_format(from, entry->not_before);
    time_format(until, entry->not_after);
    text_put(out, "Key ");
    key_title(out, entry);
    text_put(out, " may issue labels\n  for GTINs that begin with");
    for (size_t i = 0; i < entry->prefix_count; i++)
        text_printf(out, "%s %s", i == 0 ? "" : " or", entry->prefixes[i]);
    text_printf(out, "\n  from %s until %s\nSecret: %s\n", from, until, paths->secret);
    text_put(out, "Back it up: nobody can make it again, and without its passphrase it is lost.\n");
}

static enum err
make_key(const struct invocation *in, const struct key_paths *paths, struct keyset_entry *entry,
         struct fault *fault)
{
    AUTO_KEY *key = NULL;
    struct stat st;
    bool recovering = lstat(paths->secret, &st) == 0;
    enum err err = make_or_open(paths, in, entry->name, recovering, &key, fault);
    if (err != ERR_OK)
        return err;
    if (strcmp(key->name, entry->name) != 0)
        return fault_set(fault, ERR_CONFLICT, "%s: holds the key %s, not %s", paths->secret,
                         key->name, entry->name);
    memcpy(entry->kid, key->kid, KID_BYTES);
    memcpy(entry->public_key, key->public_key, PUBLIC_KEY_BYTES);
    memcpy(entry->manifest_key, key->manifest_public_key, PUBLIC_KEY_BYTES);
    if (recovering)
        (void)fprintf(stderr, "%s was there and trusted by no keyset: it is taken up\n",
                      paths->secret);
    return keyset_update(paths->keyset, add_entry, entry, fault);
}

int
cli_keys_new(const struct invocation *in, struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    struct keyset_entry entry;
    struct key_paths paths;
    enum err err = key_paths(&paths, in, in->positionals[0], fault);
    if (err == ERR_OK)
        err = take_entry(&entry, in, fault);
    if (err == ERR_OK)
        err = check_name_free(&paths, entry.name, fault);
    if (err == ERR_OK)
        err = make_key(in, &paths, &entry, fault);
    if (err != ERR_OK)
        return cli_exit(err);
    answer(&out, in, &paths, &entry);
    return cli_exit(cli_print(&out, fault));
}
