/* SPDX-License-Identifier: Apache-2.0 */
/* A decision about a warranty, with all that it rests on. */
#ifndef ASSAY_API_WARRANTY_JSON_H
#define ASSAY_API_WARRANTY_JSON_H

#include "gateway/base/text.h"
#include "gateway/rules/warranty.h"

/* Members for an object that is open: "covered", "by", "asked_for", "entitlements" and "inputs" as
 * api.h describes them. */
void warranty_json(struct text *out, const struct product *product, const struct unit *unit,
                   civil_day on);

#endif
