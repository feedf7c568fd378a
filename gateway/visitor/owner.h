/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the owner's pages. */
#ifndef ASSAY_VISITOR_OWNER_H
#define ASSAY_VISITOR_OWNER_H

#include "gateway/visitor/visit.h"

/* Puts what GET …/owner answered into the document: "item", "state", "can": {"stolen": true, …},
 * "warranty": [], "recalls": [], "events": [] the latest ones, and the notices as days. */
void owner_put(struct visit *visit, const struct json_node *root);

#endif
