/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/role.h"

static const struct {
    enum role role;
    const char *name;
    bool staff;
} roles[] = {
    {ROLE_PUBLIC, "public", false},  {ROLE_OWNER, "owner", false},
    {ROLE_SERVICE, "service", true}, {ROLE_RETAILER, "retailer", true},
    {ROLE_ISSUER, "issuer", true},   {ROLE_OPERATOR, "operator", true},
    {ROLE_AUDITOR, "auditor", true}, {ROLE_ADMIN, "admin", true},
};

enum { ROLES = sizeof roles / sizeof roles[0] };

const char *
role_name(enum role role)
{
    for (size_t i = 0; i < ROLES; i++)
        if (roles[i].role == role)
            return roles[i].name;
    return "none";
}

bool
role_parse(enum role *out, struct slice s)
{
    *out = (enum role)0;
    for (size_t i = 0; i < ROLES; i++)
        if (slice_equal(s, roles[i].name))
            *out = roles[i].role;
    return *out != (enum role)0;
}

bool
role_is_staff(enum role role)
{
    for (size_t i = 0; i < ROLES; i++)
        if (roles[i].role == role)
            return roles[i].staff;
    return false;
}
