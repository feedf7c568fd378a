/* SPDX-License-Identifier: Apache-2.0 */
/* What the calls of registry.h do around those of the engine. */
#ifndef ASSAY_REGISTRY_CALLS_H
#define ASSAY_REGISTRY_CALLS_H

#include "gateway/registry/engine.h"

const struct engine *engine_of(const struct registry_session *session);
/* What a failed call found is not to be used, so it is not there. */
enum err answer(enum err err, void *out, size_t size);
/* May a list be this long? Nothing is in it yet. */
bool page_argument(const struct page *page) MUST_CHECK;
/* A list that failed has no rows. */
enum err answer_page(enum err err, const struct page *page) MUST_CHECK;
/* May it be written here, by this operation? */
enum err write_argument(const struct registry_session *session,
                        const struct operation *operation) MUST_CHECK;

#endif
