/* SPDX-License-Identifier: Apache-2.0 */
/* The response as it goes over the wire. */
#ifndef ASSAY_HTTP_HEAD_H
#define ASSAY_HTTP_HEAD_H

#include "gateway/exchange/exchange.h"

struct wire {
    int64_t now;          /* for Date, Unix seconds */
    const char *page_csp; /* Content-Security-Policy of HTML; everything else may load nothing */
    bool head_only;       /* HEAD: the same header fields, no body */
    bool close;
};

/* Appends status line, header fields (ours unless the handler set them) and body; of a 204 the type
 * and the body are left out. Gives what is to be sent after it: response->lasting, or nothing. */
struct slice head_write(struct text *out, const struct response *response, const struct wire *wire);

#endif
