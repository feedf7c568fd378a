/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/connection.h"

#include <stdlib.h>

struct connection {
    struct shed *shed;
    uint64_t place;
};

struct connection *
connection_open(struct shed *shed, const struct client_trust *trust, const char *peer)
{
    const struct head nothing = {0};
    struct client client;
    client_find(&client, trust, peer, &nothing);
    uint64_t place = shed_connect(shed, &client);
    struct connection *connection = malloc(sizeof *connection);
    if (connection == NULL)
        shed_disconnect(shed, place);
    else
        *connection = (struct connection){shed, place};
    return connection;
}

void
connection_close(struct connection *connection)
{
    if (connection == NULL)
        return;
    shed_disconnect(connection->shed, connection->place);
    free(connection);
}

bool
connection_admit(const struct connection *connection, struct response *response)
{
    if (connection == NULL || !shed_crowded(connection->shed, connection->place))
        return true;
    response_problem(response, 429, "rate_limited", "Too many connections",
                     "Your address has too many connections open; close some and try again", NULL);
    response_header(response, "Retry-After", "%d", 1);
    return false;
}
