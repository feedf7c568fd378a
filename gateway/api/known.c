/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/known.h"

#include <sodium.h>
#include <string.h>

enum err
known_by_key(struct worker *worker, const char *key, int64_t now, struct credential *out,
             uint8_t seal[static SEAL_BYTES])
{
    char id[APIKEY_ID_CHARS + 1];
    if (!apikey_parse(id, key, strlen(key)))
        return ERR_DENIED;
    if (worker->session == NULL)
        return ERR_UNAVAILABLE;
    enum err err = registry_get_credential(worker->session, id, out);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_DENIED : err;
    apikey_seal(seal, worker->app->secrets->claim_key, key);
    return credential_admits(out, seal, now) ? ERR_OK : ERR_DENIED;
}

/* For the list of credentials: a key that nobody uses any more should be revoked. Who loses the
 * race, or a write that fails, leaves it to the next request. */
static void
note_use(struct worker *worker, struct credential *credential, int64_t now)
{
    struct operation operation = {.at = now, .role = credential->role, .note = "used"};
    civil_day today = date_of(now, 0);
    if (credential->used_on == today)
        return;
    credential->used_on = today;
    randombytes_buf(operation.id, sizeof operation.id);
    memcpy(operation.actor, credential->organisation, sizeof operation.actor);
    enum err err = registry_put_credential(worker->session, credential, &operation, NULL);
    (void)err;
}

void
known_become(struct worker *worker, struct credential *credential, int64_t now)
{
    struct caller *caller = &worker->caller;
    caller->role = credential->role;
    memcpy(caller->id, credential->id, sizeof caller->id);
    memcpy(caller->organisation, credential->organisation, sizeof caller->organisation);
    caller->location_count = credential->location_count;
    memcpy(caller->locations, credential->locations, sizeof caller->locations);
    note_use(worker, credential, now);
}
