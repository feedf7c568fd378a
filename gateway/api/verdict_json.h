/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict as the JSON that api.h describes. */
#ifndef ASSAY_API_VERDICT_JSON_H
#define ASSAY_API_VERDICT_JSON_H

#include "gateway/api/assess.h"

/* Of the unit in worker->view, as worker->caller may see it; `language` is one of pages_languages.
 * `history`: with the repairs for who may see them, which costs another read. */
void verdict_json(struct text *out, const struct assessment *assessment, struct worker *worker,
                  const char *language, bool history);

#endif
