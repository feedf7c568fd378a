/* SPDX-License-Identifier: Apache-2.0 */
/* Private to this room: GS1 Application Identifiers that may stand in a Digital Link's query beside
 * an 01 (flag "?" of the GS1 Syntax Dictionary, without those that exclude 01). Their values are
 * checked for length and characters, then forgotten: they are not signed. */
#ifndef ASSAY_IDENTIFY_ATTRIBUTE_H
#define ASSAY_IDENTIFY_ATTRIBUTE_H

#include "gateway/identify/identity.h"

enum { ATTRIBUTE_VALUE_MAX = 90 };

struct attribute;

/* `ai` is 2-4 digits. NULL when it is unknown or may not stand in the query. */
const struct attribute *attribute_find(struct slice ai);
/* `value` is percent-decoded. */
bool attribute_value_valid(const struct attribute *attribute, struct slice value) MUST_CHECK;

#endif
