/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <string.h>

#include "gateway/cli/keys.h"
#include "gateway/cli/listing.h"
#include "gateway/cli/scope.h"
#include "gateway/json/write.h"
#include "gateway/records/access.h"

enum { NOTE_MAX = 64, TRIES = 8 };

/* ---- what it is to be ---- */

/* "shop-1,shop-2" */
static enum err
read_locations(const char *list, struct credential *out, struct fault *fault)
{
    struct slice rest = slice_of(list);
    while (rest.len > 0) {
        struct slice one = slice_trim(slice_take_until(&rest, ','));
        if (out->location_count == CREDENTIAL_LOCATIONS_MAX)
            return fault_set(fault, ERR_USAGE, "--location: more than %d places",
                             CREDENTIAL_LOCATIONS_MAX);
        char *location = out->locations[out->location_count++];
        if (one.len == 0 || !slice_copy(location, LOCATION_MAX + 1, one))
            return fault_set(fault, ERR_USAGE, "--location: the name of a place has 1 to %d bytes",
                             LOCATION_MAX);
    }
    return ERR_OK;
}

static enum err
copy_text(const char *option, const char *value, char *out, size_t size, struct fault *fault)
{
    if (slice_copy(out, size, slice_of(value)))
        return ERR_OK;
    return fault_set(fault, ERR_USAGE, "--%s: longer than %zu bytes", option, size - 1);
}

/* Retailers and service centers act as somebody; the brand's own need no name for that. */
static enum err
read_who(const struct invocation *in, struct credential *out, struct fault *fault)
{
    const char *organisation = cli_value(in, "organisation");
    const char *name = cli_value(in, "name");
    bool partner = out->role == ROLE_RETAILER || out->role == ROLE_SERVICE;
    if (organisation == NULL && partner)
        return fault_set(fault, ERR_USAGE, "--organisation is needed: a %s acts under its own name",
                         role_name(out->role));
    enum err err = copy_text("organisation", organisation != NULL ? organisation : "brand",
                             out->organisation, sizeof out->organisation, fault);
    if (err == ERR_OK)
        err = copy_text("name", name != NULL ? name : role_name(out->role), out->name,
                        sizeof out->name, fault);
    return err;
}

static enum err
read_credential(const struct invocation *in, struct credential *out, struct fault *fault)
{
    const char *locations = cli_value(in, "location");
    const char *expires = cli_value(in, "expires-at");
    memset(out, 0, sizeof *out);
    if (!role_parse(&out->role, slice_of(cli_value(in, "role"))) || !role_is_staff(out->role))
        return fault_set(
            fault, ERR_USAGE,
            "--role \"%.40s\": not service, retailer, issuer, operator, auditor or admin",
            cli_value(in, "role"));
    enum err err = read_who(in, out, fault);
    if (err == ERR_OK && locations != NULL)
        err = read_locations(locations, out, fault);
    if (err == ERR_OK && expires != NULL)
        err = key_time(&out->expires_at, expires, "expires-at", fault);
    if (err == ERR_OK && expires != NULL && out->expires_at <= cli_now())
        return fault_set(fault, ERR_USAGE, "--expires-at %.40s has passed already", expires);
    return err;
}

/* ---- telling ---- */

/* The key alone on stdout, so that a script can keep it; everything else on stderr. */
static enum err
tell(const struct invocation *in, const struct credential *credential, const char *key,
     struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, CREDENTIAL_JSON_MAX);
    if (in->json) {
        text_char(&out, '{');
        json_put(&out, "credential", "");
        credential_json(&out, credential, cli_now());
        if (key != NULL)
            json_put_text(&out, "key", key);
        text_put(&out, "}\n");
    } else if (key != NULL) {
        text_printf(&out, "%s\n", key);
        (void)fprintf(stderr, "credential %s, role %s: this key is shown once\n", credential->id,
                      role_name(credential->role));
    } else {
        text_printf(&out, "%s revoked\n", credential->id);
    }
    enum err err = cli_print(&out, fault);
    if (out.data != NULL)
        sodium_memzero(out.data, out.capacity);
    return err;
}

/* ---- writing ---- */

static enum err
put(const struct invocation *in, struct store *store, struct credential *credential,
    const char *what, struct fault *fault)
{
    char note[NOTE_MAX];
    struct operation operation;
    (void)snprintf(note, sizeof note, "credential %s %s", credential->id, what);
    enum err err = operate_begin(in, slice_of(note), note, &operation, fault);
    if (err != ERR_OK)
        return err;
    err = registry_put_credential(store->session, credential, &operation, NULL);
    err = store_settle(store->session, &operation, err);
    if (err != ERR_OK)
        return store_fault(fault, err, credential->id);
    credential->version++;
    return ERR_OK;
}

static enum err
run_new(const struct invocation *in, char key[static APIKEY_CHARS + 1], struct fault *fault)
{
    struct credential credential;
    struct fault why = {ERR_OK, ""};
    AUTO_STORE *store = NULL;
    enum err err = read_credential(in, &credential, fault);
    if (err == ERR_OK)
        err = operate_open(in, STORE_NO_KEYSET, &store, fault);
    if (err != ERR_OK)
        return err;
    err = credential_make(&credential, store->secrets->claim_key, cli_now(), key, &why);
    if (err != ERR_OK)
        return fault_set(fault, ERR_USAGE, "%s", why.text);
    err = put(in, store, &credential, "made", fault);
    return err == ERR_OK ? tell(in, &credential, key, fault) : err;
}

int
cli_credential_new(const struct invocation *in, struct fault *fault)
{
    char key[APIKEY_CHARS + 1] = "";
    enum err err = run_new(in, key, fault);
    sodium_memzero(key, sizeof key);
    return cli_exit(err);
}

static enum err
get(const struct invocation *in, struct store *store, struct credential *out, struct fault *fault)
{
    const char *id = in->positionals[0];
    enum err err = ERR_NOT_FOUND;
    if (strlen(id) == APIKEY_ID_CHARS)
        err = registry_get_credential(store->session, id, out);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, err, "there is no credential \"%.40s\"; see assay credential list",
                         id);
    return err == ERR_OK ? ERR_OK : store_fault(fault, err, id);
}

struct altering {
    bool revoke;
    uint64_t grace;
    char *key;
};

static enum err
alter(const struct altering *how, struct store *store, struct credential *credential,
      struct fault *fault)
{
    if (how->revoke) {
        credential->revoked_at = cli_now();
        return ERR_OK;
    }
    if (credential_rotate(credential, store->secrets->claim_key, cli_now(), (int64_t)how->grace,
                          how->key) == ERR_OK)
        return ERR_OK;
    return fault_set(fault, ERR_EXISTS, "%s was revoked or expired; make a new one",
                     credential->id);
}

/* Its day of last use may be written at the same moment: then once more. */
static enum err
change(const struct invocation *in, const struct altering *how, struct store *store,
       struct credential *credential, struct fault *fault)
{
    enum err err = ERR_CONFLICT;
    for (int tries = 0; err == ERR_CONFLICT && tries < TRIES; tries++) {
        err = get(in, store, credential, fault);
        if (err == ERR_OK && how->revoke && credential->revoked_at != 0)
            return ERR_OK;
        if (err == ERR_OK)
            err = alter(how, store, credential, fault);
        if (err == ERR_OK)
            err = put(in, store, credential, how->revoke ? "revoked" : "rotated", fault);
    }
    return err;
}

static enum err
run_change(const struct invocation *in, bool revoke, char key[static APIKEY_CHARS + 1],
           struct fault *fault)
{
    struct credential credential;
    struct altering how = {.revoke = revoke, .grace = GRACE_DEFAULT, .key = key};
    AUTO_STORE *store = NULL;
    enum err err = ERR_OK;
    memset(&credential, 0, sizeof credential);
    if (!revoke)
        err = cli_number(in, "grace", 0, GRACE_MAX, &how.grace, fault);
    if (err == ERR_OK)
        err = operate_open(in, STORE_NO_KEYSET | STORE_MUST_EXIST, &store, fault);
    if (err == ERR_OK)
        err = change(in, &how, store, &credential, fault);
    return err == ERR_OK ? tell(in, &credential, revoke ? NULL : key, fault) : err;
}

int
cli_credential_rotate(const struct invocation *in, struct fault *fault)
{
    char key[APIKEY_CHARS + 1] = "";
    enum err err = run_change(in, false, key, fault);
    sodium_memzero(key, sizeof key);
    return cli_exit(err);
}

int
cli_credential_revoke(const struct invocation *in, struct fault *fault)
{
    char key[APIKEY_CHARS + 1] = "";
    return cli_exit(run_change(in, true, key, fault));
}

/* ---- listing ---- */

static enum err
page(struct registry_session *session, struct cursor *cursor, void *items, size_t max,
     size_t *count)
{
    return registry_list_credentials(session, cursor, items, max, count);
}

static void
put_line(struct text *out, const void *item)
{
    const struct credential *credential = item;
    char used[DATE_TEXT_MAX];
    date_format(used, credential->used_on);
    text_printf(out, "%s  %-8s  %-7s  %-10s  ", credential->id, role_name(credential->role),
                credential_state(credential, cli_now()), used[0] == '\0' ? "never used" : used);
    cli_clean(out, slice_of(credential->organisation));
    text_put(out, ": ");
    cli_clean(out, slice_of(credential->name));
    text_char(out, '\n');
}

static void
put_json(struct text *out, const void *item)
{
    credential_json(out, item, cli_now());
}

int
cli_credential_list(const struct invocation *in, struct fault *fault)
{
    static const struct listing listing = {
        .name = "credentials",
        .what = "the credentials",
        .item_size = sizeof(struct credential),
        .item_max = CREDENTIAL_JSON_MAX,
        .page = page,
        .line = put_line,
        .json = put_json,
    };
    return list_records(in, &listing, fault);
}
