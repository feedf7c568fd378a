/* SPDX-License-Identifier: Apache-2.0 */
/* The console, as far as it is about running the gateway: who may ask, which keys are trusted, how
 * it does. */
#ifndef ASSAY_STAFF_RUNNING_H
#define ASSAY_STAFF_RUNNING_H

#include "gateway/api/app.h"

/* For admins. GET /console/credentials: every one, ?cursor=. GET /console/credentials/new: the
 * form; POST: 201 with the key, which is shown this once. GET /console/credentials/{id}: one. POST
 * with `do`: `rotate` and `grace_seconds`: 201 with another key; `sign_out`, of every browser, or
 * `revoke` with `confirm`, its id typed once more: 303, whatever version it has, for a key that is
 * used just now has to go all the same. Else the page and why not. */
handler staff_credentials, staff_credential_new, staff_credential_make, staff_credential,
    staff_credential_act;

/* GET /console/keys: the keyset, and the commands that change it. For operator and auditor. */
handler staff_keys;
/* GET /console/system: registry, keyset, version and configuration. For admins as well. */
handler staff_system;

#endif
