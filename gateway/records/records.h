/* SPDX-License-Identifier: Apache-2.0 */
/* The records of the registry as JSON: one writer and one reader each, for the command line and for
 * HTTP. The writers give the full form; who may see which member is decided above.
 *
 * An absent member is left out. Days are "YYYY-MM-DD", times RFC 3339 UTC, countries arrays of
 * ISO 3166-1 alpha-2 codes. Seals never leave the registry: a unit tells only whether it has a
 * claim code. Pure; thread-safe. */
#ifndef ASSAY_RECORDS_RECORDS_H
#define ASSAY_RECORDS_RECORDS_H

#include "gateway/base/err.h"
#include "gateway/base/text.h"
#include "gateway/rules/event.h"
#include "gateway/rules/scan.h"
#include "gateway/rules/unit.h"

enum {
    PRODUCT_JSON_MAX = 64 * 1024, /* bytes of a product that is read */
    LOT_JSON_MAX = 4 * 1024,
    RECALL_JSON_MAX = 16 * 1024
};

/* {"gtin", "serial", "variant", "lot", "version", "state", "conditions": [], "provisional": [] and
 * "provisional_until" while a report is not confirmed, "kid", "claim_code": bool, "registered_at",
 * "made_on", "expires_on", "shipped_on", "sold_on", "activated_on", "location", "seller",
 * "purchase_order", "sales_order", "document", "owned": true when somebody registered it,
 * "without_claim_code": true when that owner came without it (unproven in rules/unit.h), "linked":
 * {"gtin", "serial"} by a replacement} */
void unit_json(struct text *out, const struct unit *unit);
/* A member with the names of a set of conditions: []. */
void conditions_json(struct text *out, const char *name, unsigned conditions);
/* The member "linked", or nothing. */
void unit_linked_json(struct text *out, const struct unit *unit);

/* The member "without_claim_code", or nothing. */
void unit_card_json(struct text *out, const struct unit *unit);

/* The members "without_claim_code" and "displaced_owner", true, or nothing. */
void event_card_json(struct text *out, const struct event *event);
/* {"type", "at", "role", "actor", "operation": hex, as event_card_json, "fields":
 * {"purchase_order": …}} */
void event_json(struct text *out, const struct event *event);

/* {"gtin", "version", "item", "brand", "name", "model", "picture", "support", "markets": [],
 * "offset_minutes", "activation_before_sale", "returns_from_any", "copy_limits" as below,
 * "entitlements": [{"id", "title", "starts": ["sale", …], "months", "requires_activation",
 * "covers", "countries": []}]}: what product_from_json reads. */
void product_json(struct text *out, const struct product *product);

/* The member "copy_limits": {"sessions": 1 to 65534 or "off", …}, a member for each rule of copying
 * whose limit is the product's own; or nothing. */
void copy_limits_json(struct text *out, const struct copy_limits *limits);

/* Everything that is known of who looked at a unit: {"first_at", "last_at", "sessions",
 * "sessions_error": standard error in per cent at worst, "clients", "clients_error", "countries":
 * [{"country", "sessions", "last_at"}], "elsewhere", "country_unknown": sessions, "evidence":
 * [{"rule", "figure", "limit": a number or "off", "last_on", "fires": bool}] with a line for every
 * rule, "rule": the gravest that fires, "cleared_at"}. */
void scans_json(struct text *out, const struct scans *scans, const struct copy_limits *limits);
/* A figure for everybody: one digit and zeros. */
uint32_t scans_about(uint32_t figure);

/* {"gtin", "lot", "version", "made_on", "expires_on"}: what lot_from_json reads. */
void lot_json(struct text *out, const struct lot *lot);

/* {"id", "version", "gtin", "lot", "serial_from", "serial_to", "made_from", "made_to", "stop_use",
 * "text", "link", "opened_at", "lifted_at", "texts": [{"language", "text"}]}: `text`
 * is for who reads none of the other languages. */
void recall_json(struct text *out, const struct recall *recall);

/* Reads the form of product_json. gtin and name are required, and id, title, starts and months of
 * an entitlement. *has_version says whether the text states the version that was seen; without one
 * out->version is 0. ERR_INVALID begins with the JSON pointer of the place, or with line and column
 * when it is not JSON; ERR_TOO_LARGE; ERR_MEMORY. */
enum err product_from_json(struct product *out, bool *has_version, struct slice text,
                           struct fault *fault) MUST_CHECK;

/* Reads the form of lot_json; gtin and lot are required. Otherwise as product_from_json. */
enum err lot_from_json(struct lot *out, bool *has_version, struct slice text,
                       struct fault *fault) MUST_CHECK;

/* Reads a new recall: the form of recall_json without version and times. id, gtin and text are
 * required; version and times are 0. Faults as product_from_json. */
enum err recall_from_json(struct recall *out, struct slice text, struct fault *fault) MUST_CHECK;

/* The rules that every stored product, lot and recall keeps, whoever wrote it: ERR_INVALID, the
 * fault begins with the JSON pointer of the member. A product: a GTIN with its check digit, texts
 * without control characters, picture "https://…" or "/…", support https, mailto or tel, offset
 * -720 to 840, entitlements with different ids of a-z A-Z 0-9 - _ and 1 to 1200 months. A lot: a
 * valid GTIN and lot, and it expires no earlier than it was made. A recall: an id of the same
 * characters and ".", a valid GTIN, valid serial limits and dates in order, a text. */
enum err product_check(const struct product *product, struct fault *fault) MUST_CHECK;
enum err lot_check(const struct lot *lot, struct fault *fault) MUST_CHECK;
enum err recall_check(const struct recall *recall, struct fault *fault) MUST_CHECK;

#endif
