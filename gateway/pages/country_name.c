/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/country_name.h"

#include <stdlib.h>
#include <string.h>

static int
by_code(const void *code, const void *country)
{
    const struct country_name *at = country;
    return strcmp(code, at->code);
}

const char *
country_name(struct slice code)
{
    char text[sizeof country_names[0].code];
    if (!slice_copy(text, sizeof text, code))
        return NULL;
    const struct country_name *found =
        bsearch(text, country_names, country_name_count, sizeof country_names[0], by_code);
    return found == NULL ? NULL : found->name;
}
