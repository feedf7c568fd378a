/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers that the route table names; the design's section 7 says what each answers.
 *
 * A verdict is HTTP 200, whatever it says: also `unchecked`, when the registry could not be asked.
 * 404 is only for what is not a code. The line between the two:
 * - the code reads as one unit: its verdict;
 * - its path alone names one unit, and what follows the question mark is not what a label carries
 *   (a signature that is cut, repeated or mistyped, a broken parameter): the verdict is `bad` with
 *   `label_malformed`;
 * - anything else (a wrong check digit, a wrong order, no serial, plain text) is not a code: 404,
 *   problem `not_a_code`.
 *
 * The answer is HTML for a client that rather has it (request_wants_html), in the best language
 * that Accept-Language asks for, and else this JSON, from which absent members are left out:
 *   {"verdict": "ok" | "caution" | "bad" | "unchecked",
 *    "reasons": [{"code", "class", "text"}],        worst first; text in the chosen language
 *    "label": {"result", "kid", "issuer": {"organisation"}},    result as assessed_label_name
 *    "code": {"kind", "gtin", "variant", "lot", "serial", "canonical", "repaired"}
 *        or {"problem"} when it is malformed (reading_error_info),
 *    "product": {"gtin", "item", "brand", "name", "model", "picture", "support"},
 *    "unit": {"variant", "lot", "made_on", "expires_on"},
 *    "warranty": {"covered": bool, "asked_for", "entitlements": [{"id", "title", "covers",
 *        "starts_on", "ends_on", "why"}]},                              why as cover_name
 *    "recall": {"id", "stop_use": bool, "text", "link"},
 *    "checked_at"}
 * "code" is what the asker sent. Product to recall are there only when the verdict shows the unit:
 * nobody learns from the gateway whether a serial exists without its signature. Of a public code
 * without one the registry is not even asked, so that the time it takes tells nothing either. */
#ifndef ASSAY_API_API_H
#define ASSAY_API_API_H

#include "gateway/api/app.h"

/* GET /01/{gtin}[/22/…][/10/…]/21/{serial}[?S=…]: the verdict on what the path and query say. */
handler api_digital_link;
/* POST /v1/verify {"code": "…"}: the verdict on anything scanned or typed. Scanner faults are
 * mended when the signature then verifies; `repaired` says which. */
handler api_verify;
/* GET / : the front page. Its form sends a code to GET /check?code=…, which answers as above. */
handler api_home;
handler api_check_form;
/* GET /.well-known/jwks.json and /v1/keys: every issuing key, as a JSON Web Key Set. */
handler api_keys;

#endif
