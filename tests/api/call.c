/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/api/call.h"

static void
split(struct request *request)
{
    struct slice rest = request->path;
    assert_true(slice_take(&rest, "/"));
    while (rest.len > 0) {
        assert_true(request->segment_count < PATH_SEGMENTS_MAX);
        request->segments[request->segment_count++] = slice_take_until(&rest, '/');
    }
}

void
call(struct gateway *g, const struct call *call)
{
    struct request request = {.method = call->method,
                              .path = slice_of(call->path),
                              .query = slice_of(call->query),
                              .body = slice_of(call->body),
                              .idempotency_key = slice_of(call->idempotency_key),
                              .if_match = slice_of(call->if_match),
                              .now = call->now == 0 ? NOW : call->now};
    split(&request);
    text_reset(&g->response.body);
    g->response.status = 200;
    g->response.content_type = NULL;
    g->response.header_count = 0;
    g->worker.caller.role = call->role == 0 ? ROLE_OPERATOR : call->role;
    strcpy(g->worker.caller.id, "0123456789");
    strcpy(g->worker.caller.organisation, "Example Brand");
    call->handle(&g->worker, &request, &g->response);
    assert_true(text_ok(&g->response.body));
    assert_non_null(g->response.content_type);
    assert_non_null(g->response.body.data);
}

void
call_expecting(struct gateway *g, const struct call *asked, const struct expected *expected)
{
    call(g, asked);
    if (g->response.status != expected->status)
        fail_msg("%s: %d %s", expected->label, g->response.status, g->response.body.data);
    if (expected->code != NULL && strcmp(answer_text(g, "code"), expected->code) != 0)
        fail_msg("%s: %s", expected->label, g->response.body.data);
}
