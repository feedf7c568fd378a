/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: `Authorization: Bearer` with an API key or an owner secret (RFC 6750 §2.1), or the
 * cookie of somebody who signed in. */
#ifndef ASSAY_API_AUTH_H
#define ASSAY_API_AUTH_H

#include "gateway/api/app.h"

/* Sets worker->caller, and worker->signed_in when a cookie says who it is (session.h), which counts
 * only without Authorization. Without either, and with a cookie that is over, the caller is the
 * public. False: the response holds the problem, and the handler does not run:
 *   401 with WWW-Authenticate: Bearer   a key that is malformed, unknown, expired or revoked, and
 *                                       nobody known where the route is not for the public
 *   303 to /sign-in                     instead of the latter, for a browser outside /v1/
 *   403                                 somebody known whose role is not in `roles`
 *   503                                 the registry could not be asked
 * All come before any 404 of a record. A revoked key is refused from the next request on. An
 * owner secret makes the caller ROLE_OWNER; that it is this unit's is checked with
 * caller_owns. The day of last use is written at most once a day and credential. */
bool authenticate(struct worker *worker, const struct request *request, unsigned roles,
                  struct response *response) MUST_CHECK;

/* Once the body is there: may what this caller's cookie is known by change anything? Where the
 * public may ask too, a request that cannot be trusted is the public's. False: the response holds
 * 403 `forged`. */
bool authorise(struct worker *worker, const struct request *request, unsigned roles,
               struct response *response) MUST_CHECK;

/* Is the request's owner secret the one of this unit? */
bool caller_owns(const struct worker *worker, const struct request *request,
                 const struct unit *unit) MUST_CHECK;
/* The same for the unit of this key, and *own says it: then worker->view is of it. Of another's no
 * more is read than of a unit that does not exist, so that the time tells nothing. The errors of
 * registry_view but for ERR_NOT_FOUND. */
enum err caller_view_own(struct worker *worker, const struct request *request,
                         const struct unit_key *key, bool *own) MUST_CHECK;

#endif
