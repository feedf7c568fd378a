/* SPDX-License-Identifier: Apache-2.0 */
/* What countries are called in English: as iso-codes had it when the program was built
 * (countries.cmake makes the source). */
#ifndef ASSAY_PAGES_COUNTRY_NAME_H
#define ASSAY_PAGES_COUNTRY_NAME_H

#include <stddef.h>

#include "gateway/base/slice.h"

struct country_name {
    char code[3]; /* ISO 3166-1 alpha-2, or XK */
    const char *name;
};

extern const struct country_name country_names[]; /* by code */
extern const size_t country_name_count;

/* NULL when it is the code of none. */
const char *country_name(struct slice code);

#endif
