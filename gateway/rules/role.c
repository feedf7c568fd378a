/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/role.h"

static const struct {
    const char *name;
    enum role role;
    bool staff;
} roles[] = {
    {"public", ROLE_PUBLIC, false},  {"owner", ROLE_OWNER, false},
    {"service", ROLE_SERVICE, true}, {"retailer", ROLE_RETAILER, true},
    {"issuer", ROLE_ISSUER, true},   {"operator", ROLE_OPERATOR, true},
    {"auditor", ROLE_AUDITOR, true}, {"admin", ROLE_ADMIN, true},
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
