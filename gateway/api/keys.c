/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/api.h"
#include "gateway/api/etag.h"

void
api_keys(struct worker *worker, const struct request *request, struct response *response)
{
    struct keyring *ring = worker->app->keyring;
    const struct keyset *keyset = keyring_acquire(ring);
    (void)request;
    response->content_type = "application/jwk-set+json";
    /* A revocation is known everywhere a minute later. */
    response_header(response, "Cache-Control", "public, max-age=60");
    keyset_jwks(&response->body, keyset);
    etag_body(response);
    keyring_release(ring, keyset);
}
