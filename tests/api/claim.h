/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of warranty, screening and replacement share: units that were sold, and their
 * labels. */
#ifndef ASSAY_TESTS_API_CLAIM_H
#define ASSAY_TESTS_API_CLAIM_H

#include "tests/api/call.h"

/* The seller of what happen() sells, on SOLD_ON where the product's days begin. */
#define SELLER "Example Brand"
#define SOLD_ON "2023-11-14"

/* A unit of LOT by PLANT_A, registered as `number` and sold as `number` + 1. */
struct unit sold_unit(struct gateway *g, const char *serial, uint64_t number);
/* The same, sold by another shop. */
struct unit sold_elsewhere(struct gateway *g, const char *serial, uint64_t number);
/* The same, not sold. */
struct unit issued_unit(struct gateway *g, const char *serial, uint64_t number);
/* The whole link of its label. */
void link_of(char *out, size_t size, const struct gateway *g, enum signer signer,
             const struct unit *unit);
/* Replaces the catalogue's product of GTIN, which is at `version`. */
void change_product(struct gateway *g, struct product *product, uint64_t version, uint64_t number);
/* Opens a recall of the product's lot. */
void open_recall(struct gateway *g, const char *id, bool stop_use, uint64_t number);

#endif
