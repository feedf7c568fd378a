/* SPDX-License-Identifier: Apache-2.0 */
/* If-None-Match: a client that has the answer already need not be sent it again. */
#ifndef ASSAY_EXCHANGE_VALIDATE_H
#define ASSAY_EXCHANGE_VALIDATE_H

#include "gateway/exchange/exchange.h"

/* Does the header's value, `*` or a list of entity tags (RFC 9110 §13.1.2, §8.8.3), name `etag`?
 * Compared weakly (§8.8.3.2): W/ makes no difference. False when any of it breaks the grammar: the
 * whole answer is always right. Empty elements of the list are passed over (§5.6.1.2). */
bool etag_listed(struct slice if_none_match, const char *etag);

/* A 200 to GET or HEAD whose ETag the client has becomes a 304 without a body; its headers stay. */
void response_revalidate(struct response *response, const struct request *request);

#endif
