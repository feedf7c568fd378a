/* SPDX-License-Identifier: Apache-2.0 */
/* Connections of one client at once. Each is seen, and can be refused, when its first request has
 * come: CivetWeb does not ask before. Those that never send one hold a worker until the deadline of
 * its head, and are for a proxy in front to refuse. */
#ifndef ASSAY_HTTP_CONNECTION_H
#define ASSAY_HTTP_CONNECTION_H

#include "gateway/api/shed.h"
#include "gateway/http/client.h"

struct connection; /* opaque; NULL: no memory, and it is not counted */

/* `peer` as text. A trusted proxy and this machine have as many as they like. */
struct connection *connection_open(struct shed *shed, const struct client_trust *trust,
                                   const char *peer) OFF_THE_STACK;
void connection_close(struct connection *connection);
/* False: its client has more of them than allowed, and `response` holds the problem. */
bool connection_admit(const struct connection *connection, struct response *response) MUST_CHECK;

#endif
