/* SPDX-License-Identifier: Apache-2.0 */
/* Members that a verdict and the owner's page have in common; api.h says what they hold. */
#ifndef ASSAY_API_PUBLIC_JSON_H
#define ASSAY_API_PUBLIC_JSON_H

#include "gateway/base/text.h"
#include "gateway/rules/unit.h"
#include "gateway/rules/warranty.h"

/* "product" */
void public_product_json(struct text *out, const struct product *product);
/* "warranty"; `terms`: what decides on a claim too. */
void public_warranty_json(struct text *out, const struct warranty *warranty, bool terms);
/* One recall as the member `name`, or with NULL as an item of a list. */
void public_recall_json(struct text *out, const char *name, const struct recall *recall,
                        const char *language);

#endif
