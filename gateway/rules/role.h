/* SPDX-License-Identifier: Apache-2.0 */
/* As whom somebody asks or acts. */
#ifndef ASSAY_RULES_ROLE_H
#define ASSAY_RULES_ROLE_H

#include <stdbool.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"

/* Bits; a credential has exactly one. */
enum role {
    ROLE_PUBLIC = 1,
    ROLE_OWNER = 2,
    ROLE_SERVICE = 4,
    ROLE_RETAILER = 8,
    ROLE_ISSUER = 16,
    ROLE_OPERATOR = 32,
    ROLE_AUDITOR = 64,
    ROLE_ADMIN = 128
};
const char *role_name(enum role role); /* "operator"; "none" for anything but one known role */
bool role_parse(enum role *out, struct slice s) MUST_CHECK;
/* Staff read units without a signature: every known role but public and owner. An issuer learns
 * from importing which serials exist, an admin can make itself any credential, an auditor is there
 * to read: hiding units from them would protect nothing. No role and several roles are public. */
bool role_is_staff(enum role role);

#endif
