/* SPDX-License-Identifier: Apache-2.0 */
/* The pages for staff, as the route table names them. Each is HTML over what the API answers
 * (page.h). A browser that is not signed in is sent to /sign-in. */
#ifndef ASSAY_STAFF_STAFF_H
#define ASSAY_STAFF_STAFF_H

#include "gateway/api/app.h"

/* GET /assets/{version}/NAME: what pages load (gateway/pages/assets.h), to be kept for a year; with
 * another version than this program's, to be asked for again each time. */
handler staff_asset;

#endif
