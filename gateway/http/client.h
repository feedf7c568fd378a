/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: the peer, unless that is a proxy of ours, which then says for whom. Pure. */
#ifndef ASSAY_HTTP_CLIENT_H
#define ASSAY_HTTP_CLIENT_H

#include "gateway/base/ip.h"
#include "gateway/config/config.h"
#include "gateway/http/framing.h"

/* Whom we believe. Constant while the server runs. */
struct client_trust {
    size_t count;
    struct ip_prefix proxies[CONFIG_PROXIES_MAX];
    const char *country_header; /* of the configuration; "": none */
};

/* Of a checked configuration, which has to outlive it. */
void client_trust_read(struct client_trust *out, const struct config *config);

/* `peer` is the other end of the connection, as text. From a trusted proxy the client is the
 * rightmost address of X-Forwarded-For that is no trusted proxy: what stands left of it was sent by
 * the client, who may have made it up, and is not read. When the proxy names nobody (no field,
 * something else than an address, nothing but proxies, more than CLIENT_HOPS_MAX of them) the
 * address is unknown, all zero. The country is that of country_header, once, a code of country.h,
 * from a trusted proxy and nobody else. */
enum { CLIENT_HOPS_MAX = 16 };
void client_find(struct client *out, const struct client_trust *trust, const char *peer,
                 const struct head *head);

#endif
