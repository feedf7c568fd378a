/* SPDX-License-Identifier: Apache-2.0 */
/* Members that a verdict and the owner's page have in common; api.h says what they hold. */
#ifndef ASSAY_API_PUBLIC_JSON_H
#define ASSAY_API_PUBLIC_JSON_H

#include "gateway/api/product_words.h"
#include "gateway/base/text.h"
#include "gateway/rules/unit.h"
#include "gateway/rules/warranty.h"

/* A product, and where what is said of it is kept. */
struct public_product {
    const struct product *product;
    struct product_words *words; /* NULL: nowhere */
};
/* "product" */
void public_product_json(struct text *out, const struct public_product *of);
/* "warranty", evaluated for this very product; `terms`: what decides on a claim too. */
void public_warranty_json(struct text *out, const struct public_product *of,
                          const struct warranty *warranty, bool terms);
/* One recall as the member `name`, or with NULL as an item of a list. */
void public_recall_json(struct text *out, const char *name, const struct recall *recall,
                        const char *language);

#endif
