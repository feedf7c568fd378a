/* SPDX-License-Identifier: Apache-2.0 */
/* What the gateway refuses so that it can serve the others: how much one client, one network, one
 * credential and the public as a whole may ask of it. Token buckets in fixed memory under a hash
 * with a key of this process: no address is kept. Thread-safe, without locks; the clock is an
 * argument, in Unix seconds.
 *
 * A client is an address, or the /64 of an IPv6 one, which is what one line is given; a network is
 * a /24, or a /48. Many people stand behind one address, in a shop's wireless network and in the
 * thousands behind a carrier's, so a client may do what thirty people do in one second, and a
 * network SHED_NETWORK times as much (of connections, which are few, SHED_NETWORK_CONNECTIONS). Not
 * limited as clients are: who is unknown, because a trusted proxy names nobody, and this machine
 * itself (127.0.0.1, ::1), where a proxy may be that nobody told us about. Limits of the public as
 * a whole hold for them too. */
#ifndef ASSAY_API_SHED_H
#define ASSAY_API_SHED_H

#include "gateway/config/config.h"
#include "gateway/exchange/exchange.h"
#include "gateway/rules/crowd.h"

enum { SHED_NETWORK = 8, SHED_NETWORK_CONNECTIONS = 2 };

enum shed_kind {
    SHED_REQUESTS = 0,  /* of one client: client_requests a second, 20 times as many at once */
    SHED_FORGED,        /* signatures checked in vain: client_forged a minute, as many at once */
    SHED_CLAIMS,        /* wrong codes: client_claims an hour, as many at once */
    SHED_CREDENTIALS,   /* requests: credential_requests a second, 20 times as many at once */
    SHED_VERIFICATIONS, /* of the public as a whole: verifications a second, as many at once */
    SHED_CONNECTIONS,   /* of one client: client_connections at once */
    SHED_KINDS
};

struct shed; /* opaque */

/* sodium_init() has run; `config` outlives it. ERR_MEMORY. NULL, below, limits nobody. */
enum err shed_open(struct shed **out, const struct config *config, struct fault *fault) MUST_CHECK;
void shed_close(struct shed *shed);

/* Who asks for what. */
struct shed_ask {
    enum shed_kind kind;         /* below SHED_CONNECTIONS */
    const struct client *client; /* NULL: `of` alone says who */
    struct slice of;             /* counted apart: the credential, or the unit of a code */
    int64_t now;
    int64_t wait; /* out, when refused: seconds until there is one, 1 or more */
    struct shed_taken {
        uint64_t hash;
        unsigned rows;
    } taken[2]; /* out: from the client's bucket and the network's; for shed_give_back */
};

/* Takes one. False: nothing was taken, and the refusal is counted. */
bool shed_take(struct shed *shed, struct shed_ask *ask) MUST_CHECK;
/* The signature was good, the code was right: it is not to count. */
void shed_give_back(struct shed *shed, const struct shed_ask *ask);

/* A connection of this client opens: where it is counted, for shed_disconnect; 0 when it is not. */
uint64_t shed_connect(struct shed *shed, const struct client *client);
void shed_disconnect(struct shed *shed, uint64_t place);
/* Are there more of them than allowed? Then the refusal is counted. */
bool shed_crowded(struct shed *shed, uint64_t place);

/* May somebody of the public, ask->client, have a signature checked in full? Curve arithmetic is
 * what costs us most and a forger nothing. False: not now, ask->wait says when. Else
 * shed_verified() has to follow, in the same thread. ask->kind is SHED_FORGED. */
bool shed_verify(struct shed *shed, struct shed_ask *ask) MUST_CHECK;
void shed_verified(struct shed *shed, const struct shed_ask *ask, bool genuine);

/* How many were refused since the start, and what the kind is called in /metrics. */
uint64_t shed_count(const struct shed *shed, enum shed_kind kind);
const char *shed_name(enum shed_kind kind);

#endif
