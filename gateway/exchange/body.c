/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/exchange/body.h"

#include <string.h>

struct body_reader
body_read(const struct request *request)
{
    return (struct body_reader){request, 0};
}

uint64_t
body_length(const struct request *request)
{
    return request->stream != NULL ? request->stream->length : request->body.len;
}

enum err
body_pull(struct body_reader *reader, char *out, size_t max, size_t *got)
{
    const struct body_stream *stream = reader->request->stream;
    struct slice body = reader->request->body;
    *got = 0;
    if (stream != NULL)
        return stream->pull(stream->context, out, max, got);
    *got = body.len - reader->taken < max ? body.len - reader->taken : max;
    if (*got > 0)
        memcpy(out, body.data + reader->taken, *got);
    reader->taken += *got;
    return ERR_OK;
}
