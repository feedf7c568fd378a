/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in, for people with a browser: an API key once, a cookie from then on.
 *
 * The cookie is `__Host-assay` with Secure when base_url is https, `assay` when it is http (for a
 * machine of one's own); always HttpOnly, SameSite=Strict, Path=/ and without Domain. Its value is
 * the credential's id, a point and 130 random bits; the registry keeps their keyed hash (session.h
 * of rules). A session ends by idling, by age, by signing out here or everywhere, and with its
 * credential; a rotated key ends the sessions that it opened when its grace ends.
 *
 * Against forged requests from other sites, on top of SameSite: a request that changes anything and
 * is known by its cookie alone must come from our own origin (Sec-Fetch-Site same-origin, or where
 * a browser sends none, an Origin that is base_url's), and a form carries `csrf`, a keyed hash of
 * the session. A JSON body needs no token: no form can send one. Else 403 `forged`. */
#ifndef ASSAY_API_SESSION_H
#define ASSAY_API_SESSION_H

#include "gateway/api/app.h"

/* POST /v1/session {"key"}: 201 {"role", "name", "organisation", "locations", "csrf",
 * "expires_at"} with the cookie; 401 `unauthorized`; wrong keys are limited in all (429). GET: the
 * same about the cookie that came with it; 401 without one. DELETE: signs out this browser, 204;
 * ?everywhere=true every browser that is signed in with this credential. */
handler api_session_open, api_session, api_session_end;

/* Is the cookie of this request a session that is live, and its credential good? Sets
 * worker->caller and worker->signed_in, and writes that it was seen when that is due. ERR_DENIED:
 * no session, or one that is over; ERR_UNAVAILABLE and the like: could not be asked. */
enum err session_identify(struct worker *worker, const struct request *request) MUST_CHECK;
/* May this request, which is known by its cookie, change anything? False: the response holds 403.
 */
bool session_trusts(const struct worker *worker, const struct request *request,
                    struct response *response) MUST_CHECK;
/* The session that a good key opens: sets worker->caller and worker->signed_in, and puts the cookie
 * on the response. For the sign-in form, and for POST /v1/session. ERR_DENIED: a wrong key. */
enum err session_open(struct worker *worker, const struct request *request, const char *key,
                      struct response *response) MUST_CHECK;
/* Ends it, or all of its credential, and takes the cookie away. */
enum err session_end(struct worker *worker, bool everywhere, struct response *response) MUST_CHECK;

#endif
