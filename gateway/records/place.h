/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of records share: the members of one JSON object, whose faults begin with the
 * JSON pointer of the member. The object passed json_check_object. */
#ifndef ASSAY_RECORDS_PLACE_H
#define ASSAY_RECORDS_PLACE_H

#include "gateway/base/date.h"
#include "gateway/json/json.h"
#include "gateway/rules/product.h"

/* An object under reading, and where it is. */
struct place {
    const struct json_node *object;
    const char *pointer; /* "" is the root */
    struct fault *fault;
};

/* Absent members give "", 0 and CIVIL_NONE. ERR_INVALID. */
enum err place_text(const struct place *at, const char *name, char *out, size_t size) MUST_CHECK;
enum err place_number(const struct place *at, const char *name, int64_t max,
                      int64_t *out) MUST_CHECK; /* -max to max */
enum err place_day(const struct place *at, const char *name, civil_day *out) MUST_CHECK;
/* `version`, from 0; *has says whether it is there. */
enum err place_version(const struct place *at, uint64_t *out, bool *has) MUST_CHECK;
/* What copy_limits_json writes; what is absent stays as it is. */
enum err place_copy_limits(const struct place *at, const char *name,
                           struct copy_limits *out) MUST_CHECK;

#endif
