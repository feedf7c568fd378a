/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/etag.h"

#include <inttypes.h>
#include <sodium.h>

enum { TAG_BYTES = crypto_generichash_BYTES_MIN, TAG_TEXT = 2 * TAG_BYTES + 1 };

static void
hash_body(char out[static TAG_TEXT], const struct response *response)
{
    uint8_t hash[TAG_BYTES];
    (void)crypto_generichash(hash, sizeof hash, (const uint8_t *)response->body.data,
                             response->body.len, NULL, 0);
    (void)sodium_bin2hex(out, TAG_TEXT, hash, sizeof hash);
}

void
etag_version(struct response *response, uint64_t version)
{
    response_header(response, "ETag", "\"%" PRIu64 "\"", version);
}

void
etag_version_and_body(struct response *response, uint64_t version)
{
    char tag[TAG_TEXT];
    hash_body(tag, response);
    response_header(response, "ETag", "\"%" PRIu64 "-%s\"", version, tag);
}

void
etag_body(struct response *response)
{
    char tag[TAG_TEXT];
    hash_body(tag, response);
    response_header(response, "ETag", "\"%s\"", tag);
}
