/* SPDX-License-Identifier: Apache-2.0 */
/* The signer: a process of its own that holds an issuing key and answers typed requests on a local
 * socket (`assay signer`). The gateway asks it and never sees the key.
 *
 * A connection carries one request, a line of JSON of at most SIGNER_REQUEST_MAX bytes within
 * SIGNER_REQUEST_MS, and one answer, a line of JSON, after which it is closed. Exactly these
 * members, those with ? maybe absent:
 *   {"request":"status"}
 *     {"key","kid","organisation","status","gtin_prefixes":[],"max_batch",
 *      "quota"?,"used","per_day"?,"used_today"}
 *   {"request":"issue","gtin","count","lot"?,"made_on"?,"expires_on"?,"base_url"}
 *     {"kid","count","labels","cards","manifest"}       the three files of manifest.h
 *   else {"error":{"code","text"}}; the codes are below
 * What is used of the quota is on disk before the answer begins; a run that is lost on its way
 * stays used. */
#ifndef ASSAY_SIGNER_SIGNER_H
#define ASSAY_SIGNER_SIGNER_H

#include "gateway/base/date.h"
#include "gateway/base/text.h"
#include "gateway/identify/identity.h"
#include "gateway/json/json.h"

enum {
    SIGNER_REQUEST_MAX = 1024,
    SIGNER_REQUEST_MS = 5000,
    SIGNER_ANSWER_MAX = 16 * 1024 * 1024,
    SIGNER_ANSWER_MS = 60000,
    SIGNER_BATCH_MAX = 10000,
    SIGNER_URL_MAX = 160,
    SIGNER_CODE_MAX = 24
};

/* Why a signer refuses, as its answer names it. */
#define SIGNER_MALFORMED "malformed"            /* no request, too long, too slow, a wrong member */
#define SIGNER_NOT_ALLOWED "not_allowed"        /* another user */
#define SIGNER_BUSY "busy"                      /* too many at once */
#define SIGNER_OUT_OF_SCOPE "out_of_scope"      /* not for this product */
#define SIGNER_KEY_REFUSED "key_refused"        /* retired, revoked, unknown, outside its window */
#define SIGNER_BATCH "batch_too_large"          /* more at once than it gives */
#define SIGNER_QUOTA "quota_exceeded"           /* more than is left in all */
#define SIGNER_DAY_QUOTA "day_quota_exceeded"   /* more than is left today */
#define SIGNER_FAILED "signer_failed"           /* disk, memory, a signature that does not verify */
#define SIGNER_UNAVAILABLE "signer_unavailable" /* said by the client: nobody answers, or half */

struct signer_order {
    char gtin[GTIN_DIGITS + 1];
    uint64_t count; /* 1 to SIGNER_BATCH_MAX */
    char lot[GS1_VALUE_MAX + 1];
    civil_day made_on, expires_on;
    char base_url[SIGNER_URL_MAX + 1];
};

/* An answer, or why there is none. */
struct signer_reply {
    struct text bytes;
    struct json_doc *doc;
    char code[SIGNER_CODE_MAX + 1]; /* of a refusal */
};

/* Asks the signer at the socket `path`. ERR_OK: json_root(reply->doc) is an answer of the shape
 * above, for this order. ERR_DENIED: it refused, reply->code and the fault say why. ERR_UNAVAILABLE
 * (SIGNER_UNAVAILABLE): nobody answered, or not all of it. signer_reply_free after any result. */
enum err signer_ask_status(const char *path, struct signer_reply *reply,
                           struct fault *fault) MUST_CHECK;
enum err signer_ask_issue(const char *path, const struct signer_order *order,
                          struct signer_reply *reply, struct fault *fault) MUST_CHECK;
void signer_reply_free(struct signer_reply *reply); /* wipes: claim codes are in it */

/* The values of an object whose members have the right names and types (json_check_object): those
 * of "issue" above. ERR_INVALID begins with the pointer of what is wrong. base_url is "" when it is
 * absent, and not looked at beyond its length. */
enum err signer_order_read(struct signer_order *out, const struct json_node *node,
                           struct fault *fault) MUST_CHECK;

#endif
