/* SPDX-License-Identifier: Apache-2.0 */
/* The unit that a path /v1/units/{gtin}/{serial}… names. */
#ifndef ASSAY_API_UNIT_PATH_H
#define ASSAY_API_UNIT_PATH_H

#include "gateway/api/app.h"

/* GTIN and serial are segments 2 and 3. False: the response holds the problem, 404 or 503. */
bool unit_of_path(struct worker *worker, const struct request *request, struct unit_key *key,
                  struct unit *unit, struct response *response) MUST_CHECK;

#endif
