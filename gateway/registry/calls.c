/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/registry/calls.h"

#include <string.h>

#include "gateway/registry/arguments.h"

const struct engine *
engine_of(const struct registry_session *session)
{
    return session->of->engine;
}

enum err
answer(enum err err, void *out, size_t size)
{
    if (err != ERR_OK)
        memset(out, 0, size);
    return err;
}

bool
page_argument(const struct page *page)
{
    *page->count = 0;
    return page->max > 0 && page->max <= REGISTRY_PAGE_MAX;
}

enum err
answer_page(enum err err, const struct page *page)
{
    return answer(err, page->count, sizeof *page->count);
}

enum err
write_argument(const struct registry_session *session, const struct operation *operation)
{
    if (session->of->read_only)
        return ERR_DENIED;
    return operation_argument(operation) ? ERR_OK : ERR_INVALID;
}
