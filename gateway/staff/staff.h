/* SPDX-License-Identifier: Apache-2.0 */
/* The pages for staff, as the route table names them. Each is HTML over what the API answers
 * (page.h). A browser that is not signed in is sent to /sign-in. */
#ifndef ASSAY_STAFF_STAFF_H
#define ASSAY_STAFF_STAFF_H

#include "gateway/api/app.h"

/* GET /assets/{version}/NAME: what pages load (gateway/pages/assets.h), to be kept for a year; with
 * another version than this program's, to be asked for again each time. */
handler staff_asset;

/* GET /sign-in?next=/path: the form; who is signed in already goes on to `next`, a path of this
 * gateway, or without it to the page of the role: /service, /retail or /console. A session that is
 * over says so. POST with `key` and `next`: 303 there with the cookie (session.h of api), or the
 * form again: 401, 429 with Retry-After, 503; 403 from another site. POST /sign-out, with
 * everywhere=1 of all browsers of the credential: 303 to /sign-in. */
handler staff_sign_in, staff_sign_in_sent, staff_sign_out;

#endif
