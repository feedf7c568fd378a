/* SPDX-License-Identifier: Apache-2.0 */
/* What the handlers share that answer many codes or units at once. */
#ifndef ASSAY_API_BATCH_H
#define ASSAY_API_BATCH_H

#include "gateway/api/app.h"
#include "gateway/json/json.h"

enum { BATCH_ROWS_MAX = 10000, BATCH_BODY_MAX = 4 * 1024 * 1024 };

/* 1 to BATCH_ROWS_MAX items, all of this type? False: the response holds the problem, which points
 * at "/NAME" or "/NAME/INDEX". */
bool batch_check(const struct json_node *array, const char *name, enum json_type type,
                 struct response *response) MUST_CHECK;

/* Reads {"gtin", "serial", "version"?}; `version` may be NULL, and is then not taken. An absent one
 * is 0. ERR_INVALID begins with the pointer of the place: `pointer`, and the member's name. */
enum err unit_object_read(struct unit_key *key, uint64_t *version, const struct json_node *node,
                          const char *pointer, struct fault *fault) MUST_CHECK;

#endif
