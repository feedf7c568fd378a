/* SPDX-License-Identifier: Apache-2.0 */
/* What an answer is called, so that it need not be sent again (If-None-Match) and a change can say
 * what it rests on (If-Match). */
#ifndef ASSAY_API_ETAG_H
#define ASSAY_API_ETAG_H

#include "gateway/exchange/exchange.h"

/* "7": the body follows from version 7 of the record and nothing else. */
void etag_version(struct response *response, uint64_t version);
/* "7-0f…": it also depends on the clock or on other records. If-Match looks at the 7 alone. The
 * body is written already. */
void etag_version_and_body(struct response *response, uint64_t version);
/* "0f…", 32 digits: no version stands behind the body, which is written already. */
void etag_body(struct response *response);

#endif
