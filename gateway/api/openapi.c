/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/openapi.h"

#include <sodium.h>

enum { TAG_BYTES = crypto_generichash_BYTES_MIN };

void
api_openapi(struct worker *worker, const struct request *request, struct response *response)
{
    const struct embedded *document = &openapi_files[0];
    uint8_t hash[TAG_BYTES];
    char tag[2 * TAG_BYTES + 1];
    (void)worker;
    (void)request;
    (void)crypto_generichash(hash, sizeof hash, document->data, document->len, NULL, 0);
    (void)sodium_bin2hex(tag, sizeof tag, hash, sizeof hash);
    response->content_type = "application/json";
    response_header(response, "ETag", "\"%s\"", tag);
    response_header(response, "Cache-Control", "public, max-age=3600");
    text_slice_put(&response->body, slice_make((const char *)document->data, document->len));
}
