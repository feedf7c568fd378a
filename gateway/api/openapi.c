/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/openapi.h"

#include "gateway/api/etag.h"

void
api_openapi(struct worker *worker, const struct request *request, struct response *response)
{
    const struct embedded *document = &openapi_files[0];
    (void)worker;
    (void)request;
    response->content_type = "application/json";
    text_slice_put(&response->body, slice_make((const char *)document->data, document->len));
    etag_body(response);
    response_header(response, "Cache-Control", "public, max-age=3600");
}
