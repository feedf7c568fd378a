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
 * the session. A JSON body needs no token: no form can send one. Else it is asked by the public
 * where the public may ask, and elsewhere 403 `forged` (authorise in auth.h). */
#ifndef ASSAY_API_SESSION_H
#define ASSAY_API_SESSION_H

#include "gateway/api/app.h"

/* POST /v1/session {"key"}: 201 {"role", "name", "organisation", "locations", "csrf",
 * "expires_at"} with the cookie; 401 `unauthorized`; wrong keys are limited in all (429); from
 * another site 403 `forged`. GET: the same about the cookie that came with it; 401 without one, and
 * 404 for a key, which is no session. DELETE: signs out this browser, 204; ?everywhere=true every
 * browser that is signed in with this credential, for which a key will do as well. */
handler api_session_open, api_session, api_session_end;

/* Is the cookie of this request a session that is live, and its credential good? Sets
 * worker->caller and worker->signed_in, and writes that it was seen when that is due. ERR_DENIED:
 * no session, or one that is over; ERR_UNAVAILABLE and the like: could not be asked. */
enum err session_identify(struct worker *worker, const struct request *request) MUST_CHECK;
/* May this request, which is known by its cookie and whose body is there, change anything? */
bool session_trusts(const struct worker *worker, const struct request *request) MUST_CHECK;
/* The session that a good key opens: sets worker->caller and worker->signed_in, and puts the cookie
 * on the response; the session that this browser had before is over. For the sign-in form, and for
 * POST /v1/session. ERR_DENIED: a wrong key; ERR_BUSY: a wrong key after too many, the response has
 * Retry-After. A right key is never kept out by wrong ones. */
enum err session_open(struct worker *worker, const struct request *request, const char *key,
                      struct response *response) MUST_CHECK;
/* Ends it, or all of its credential, and takes away the cookie and what else the browser keeps of
 * us. */
enum err session_end(struct worker *worker, bool everywhere, struct response *response) MUST_CHECK;
/* The problem for what session_open answered: 401, 429 or 503. */
void session_problem(struct response *response, enum err err);
/* The problem of a request that another site made: 403 `forged`. */
void session_forged(struct response *response);
/* Takes the cookie of a session that is over away, unless the answer may be kept by a cache, or
 * leads to signing in, where it is to be said that there was one. The last step of an answer. */
void session_clear_over(const struct worker *worker, struct response *response);

#endif
