/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict as the JSON that api.h describes. */
#ifndef ASSAY_API_VERDICT_JSON_H
#define ASSAY_API_VERDICT_JSON_H

#include "gateway/api/assess.h"

/* `view` is the worker's, `language` one of pages_languages. */
void verdict_json(struct text *out, const struct assessment *assessment,
                  const struct unit_view *view, const struct pages *pages, const char *language);

#endif
