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
 *    "unit": {"variant", "lot", "made_on", "expires_on", "registered": somebody owns it},
 *    "warranty": {"covered": bool, "asked_for", "entitlements": [{"id", "title", "covers",
 *        "starts_on", "ends_on", "why"}]},   why as cover_name; for service and operator also
 *        "months", "requires_activation", "started_by", "countries": []
 *    "recall": {"id", "stop_use": bool, "text", "link"},
 *    "copy": {"rule", "about": a rounded figure, "countries": how many}, of copy_suspected
 *    "scans": as scans_json (records.h), of copy_suspected; for operators and auditors
 *    "record": the unit as the asker's role may see it (staff_json.h); for staff
 *    "history": [] its repairs and replacements, for service, of a single code
 *    "checked_at"}
 * "code" is what the asker sent. Product to recall are there only when the verdict shows the unit:
 * nobody learns from the gateway whether a serial exists without its signature. Of a public code
 * without one the registry is not even asked, so that the time it takes tells nothing either. */
#ifndef ASSAY_API_API_H
#define ASSAY_API_API_H

#include "gateway/api/app.h"
#include "gateway/api/claims.h"

/* GET /01/{gtin}[/22/…][/10/…]/21/{serial}[?S=…]: the verdict on what the path and query say. */
handler api_digital_link;
/* POST /v1/verify {"code": "…"}: the verdict on anything scanned or typed. Scanner faults are
 * mended when the signature then verifies; `repaired` says which. Staff may send {"codes": ["…"]},
 * up to 10,000: 200 {"results": []}, for each code in order its verdict, or of what is no code
 * {"status": 404, "code": "not_a_code", "detail"}. */
handler api_verify;
/* What those three answer to who asks too often: 429 and the verdict `unchecked`, whose reason is
 * `rate_limited`, without looking at more of the code than where it leads. Retry-After is for the
 * caller to set. */
handler api_rate_limited;
/* GET / : the front page. Its form sends a code to GET /check?code=…, which answers as above. */
handler api_home;
handler api_check_form;
/* GET /.well-known/jwks.json and /v1/keys: every issuing key, as a JSON Web Key Set. */
handler api_keys;

/* POST /v1/events: one object {"type", "gtin", "serial", "version"?, and the fields of the event},
 * an array of them, or NDJSON; up to 10,000. ?dry_run=true tells what would happen.
 * One: 201 (dry run 200) {"code", "version", "unit"} with the record after and its ETag, or a
 * problem with the record as it is in `current`. The version that was seen may be stated in the row
 * or by If-Match; another one is 409. Without it the event applies to the unit as it is.
 * Many: 200 {"results": [{"row", "status", "code", "gtin", "serial", "version", "pointer",
 * "detail"}], "applied", "refused", "dry_run"}; each row stands for itself, and what was applied
 * before a row is refused stays.
 * With an Idempotency-Key a repeat gives what the first one gave, row by row; what was refused was
 * not kept and is judged again. A repair that is covered by an entitlement has to be, on its day:
 * else 409 says why not. Who acts is the caller's organisation, never the body. A shop moves, sells
 * and reports stock of its own: at its key's locations, or, with a key that has none, what its
 * organisation put there; it may also sell what no other shop took into stock.
 * The second `return` of a unit whose return is open is 409 `second_return`, and holds the unit as
 * the gateway's own act: its reason names both shops, and only an operator releases it. A report of
 * theft or loss that is refused is logged as `report_refused`. Both come into the operator's inbox
 * (inbox.h). */
handler api_events;

/* GET /v1/units/{gtin}/{serial}: the record as the caller's role may see it (staff_json.h), with
 * its ETag; …/events: {"events": [], "next"}, oldest first or by ?order=newest that one, ?cursor=
 * to go on. */
handler api_unit, api_unit_events;

/* GET /v1/units: the serial report, in order of GTIN and serial, bytewise; with `q`, what can be
 * found at once comes first (registry_list), and a page may be empty and yet have a next one.
 * Filters, all of which
 * have to hold: ?gtin= &item= &lot= &location= &po= &so= &state= &condition=stolen,held &q= (free
 * text in serial, lot, item number and name, look-alikes folded). An empty value is any; an unknown
 * parameter is 400 with its name.
 * {"units": [as report_json (report.h)], "next"}, or CSV (report_csv) for `Accept: text/csv` and
 * ?format=csv: pages put one after the other are one table, for only the first has a header.
 * &limit= rows, 1 to 10,000 (1,000); ?cursor= goes on from `next`, which is in `Link: <…>;
 * rel="next"` too, without which the report has ended. A page may have fewer rows than asked for,
 * even none, and yet a next one. A unit that nobody changes meanwhile comes exactly once. */
handler api_report;

/* Ownership without personal data. A unit is named by {"code": a label or its link, whose signature
 * is not looked at} or by {"gtin", "serial"}. All take an Idempotency-Key: a repeat within a day
 * gives the same answer, secrets included; later, or when the secret counts no more, 409
 * `already_done`. A wrong code and a serial that does not exist give the same 403 `code_refused`
 * after the same work. Trying codes is limited (limits.h): 429 with Retry-After in seconds.
 *
 * POST /v1/activations {…, "claim_code", "purchased_on"?}: 201 {"gtin", "serial", "owner_secret",
 * "sold_on", "activated_on"}; the secret is shown this once and is the Bearer of everything an
 * owner does. A service center, and the shop that sold the unit or has it in stock (stock.h), need
 * no claim code, and no shop registers what is in another's stock, for that would be a sale; then
 * "without_claim_code" is true while the unit has one, and whoever brings it takes that owner's
 * place at once ("The card in the box", rules/event.h), of which the operator has the notice
 * `owner_displaced`. 409 `already_registered`; 409 `conflict` says why not now: stolen, held, not
 * sold. POST /v1/recoveries {…, "claim_code"}: the owner secret is lost. 202
 * {"gtin", "serial", "recovery_at"}, in 14 days: from then on an activation gives another secret,
 * unless the owner, who sees it and who said it at …/owner, did anything with the old one before.
 * 409 `not_needed`: the owner came without the claim code, which registers the unit now. A service
 * center, and the shop that sold the unit, need no claim code: they vouch that they saw the proof
 * of purchase. POST /v1/transfers {…}, by the owner: 201 {"gtin", "serial", "transfer_code",
 * "expires_at"}, good once and for seven days; another offer takes its place. 403 when it is not
 * the unit's secret. POST /v1/transfers/redeem {…, "transfer_code"}: 201 {"gtin", "serial",
 * "owner_secret", …} of the new owner; the old secret is dead, and so is the claim code, whose card
 * may not have come along: who loses this secret has a shop or a service center begin the recovery
 * and end it. */
handler api_activation, api_recovery, api_transfer, api_transfer_redeem;
/* GET /v1/units/{gtin}/{serial}/owner, by the owner: {"unit" (staff_json.h), "product" (as
 * of the verdict), "recalls": [{"id", "stop_use", "text", "link"}], "warranty"
 * (as of the verdict), "provisional_until", "offer_until", "recovery_at": somebody said that the
 * secret is lost, "events": [{"number", "type", "at", "by": "you" | role, "fields"}]}. The events
 * are those of this ownership. An owner reports theft and loss, takes it back (`recover`), and
 * objects to a recovery (`dismiss`) by POST /v1/events. 403 when it is not the unit's secret. */
handler api_owner;

/* /v1/credentials, for admins. POST {"role", "name", "organisation", "locations"?, "expires_at"?}:
 * 201 {"credential", "key"}; the key is shown this once. GET: {"credentials": [], "next"}; one by
 * its id. POST …/{id}/rotate {"grace_seconds"?}: 201 with another key; the old one goes on for the
 * grace, seven days unless stated. DELETE: revoked from the next request on; …/{id}/sessions: signs
 * out every browser that is signed in with it, 204, and leaves its keys alone. Each tells as
 * `sessions` how many those are. */
handler api_credentials, api_credential_new, api_credential, api_credential_rotate,
    api_credential_revoke, api_credential_sign_out;

#endif
