/* SPDX-License-Identifier: Apache-2.0 */
/* A browser that is signed in: what stands for an API key between two requests of a person. Plain
 * data; the conventions are those of unit.h. */
#ifndef ASSAY_RULES_SESSION_H
#define ASSAY_RULES_SESSION_H

#include "gateway/rules/credential.h"

enum {
    SESSION_IDLE_SECONDS = 60 * 60,          /* without a request: signed out */
    SESSION_ABSOLUTE_SECONDS = 12 * 60 * 60, /* a shift; then sign in again */
    SESSION_TOUCH_SECONDS = 5 * 60,          /* seen_at is written no more often than this */
    SESSION_SKEW_SECONDS = 60,               /* a request that began before the last one's write */
    SESSIONS_PER_CREDENTIAL = 32             /* one more signs out the one that was idle longest */
};

/* A session rests on its credential, which is looked up at every request: revoked, expired or
 * changed there, and the next request sees it. */
struct session {
    char credential[APIKEY_ID_CHARS + 1];
    uint8_t seal[SEAL_BYTES]; /* of the token in the cookie */
    int64_t made_at, seen_at;
    uint8_t key[SEAL_BYTES]; /* apikey_seal of the key that opened it: good as long as that is */
};

/* Is it still good at `now`? Neither idle nor absolute limit is over, and no clock ran backwards
 * by more than SESSION_SKEW_SECONDS. */
bool session_live(const struct session *session, int64_t now) MUST_CHECK;
/* It is live, and it is time to write that it was seen. */
bool session_stale(const struct session *session, int64_t now) MUST_CHECK;

#endif
