/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/fields.h"

#include <stddef.h>

#include "gateway/pages/template.h"

_Static_assert((int)PAGE_FIELD_COUNT <= (int)TEMPLATE_FIELDS_MAX, "the fields fit into a view");

#define PAGE_FIELD_NAME(id, name) [id] = (name),
const char *const page_field_names[] = {PAGE_FIELDS(PAGE_FIELD_NAME)[PAGE_FIELD_COUNT] = NULL};
