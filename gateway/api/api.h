/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers that the route table names; the design's section 7 says what each answers. */
#ifndef ASSAY_API_API_H
#define ASSAY_API_API_H

#include "gateway/api/app.h"

/* GET /01/{gtin}[/22/…][/10/…]/21/{serial}: the verdict as HTML, or JSON when asked for. */
handler api_digital_link;
/* POST /v1/verify {"code": "…"}: the same verdict for anything scanned or typed. */
handler api_verify;
/* GET / : the front page; its form sends a code to GET /check?code=…, which answers as above. */
handler api_home;
handler api_check_form;
/* GET /.well-known/jwks.json and /v1/keys */
handler api_keys;

#endif
