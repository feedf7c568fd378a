/* SPDX-License-Identifier: Apache-2.0 */
/* What every verdict on a product's units says of the product, as JSON: written once for each
 * version of it and copied from then on. A fixed number of products, of which others take the
 * places; thread-safe, with a lock that is held for a copy. */
#ifndef ASSAY_API_PRODUCT_WORDS_H
#define ASSAY_API_PRODUCT_WORDS_H

#include "gateway/base/text.h"
#include "gateway/rules/product.h"

enum { PRODUCT_WORDS_KEPT = 64 };

struct product_words; /* opaque; NULL keeps nothing */

enum err product_words_open(struct product_words **out, struct fault *fault) MUST_CHECK;
void product_words_close(struct product_words *words); /* NULL is allowed */

/* The object that api.h has as "product". A GTIN and a version stand for one content: a record
 * never gets a version for the second time (registry_put_product). */
void product_words_put(struct text *out, struct product_words *words,
                       const struct product *product);
/* Of its entitlement `index`: "{" and the members that are the same for all its units. */
void product_words_put_entitlement(struct text *out, struct product_words *words,
                                   const struct product *product, size_t index);

#endif
