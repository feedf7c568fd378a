/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/records/place.h"

enum err
place_text(const struct place *at, const char *name, char *out, size_t size)
{
    struct slice value = json_string(json_member_of(at->object, name));
    if (slice_copy(out, size, value))
        return ERR_OK;
    return fault_set(at->fault, ERR_INVALID, "%s/%s: longer than %zu bytes", at->pointer, name,
                     size - 1);
}

enum err
place_number(const struct place *at, const char *name, int64_t max, int64_t *out)
{
    const struct json_node *node = json_member_of(at->object, name);
    *out = 0;
    if (node == NULL || json_integer(out, node, -max, max))
        return ERR_OK;
    return fault_set(at->fault, ERR_INVALID, "%s/%s: out of range", at->pointer, name);
}

enum err
place_day(const struct place *at, const char *name, civil_day *out)
{
    const struct json_node *node = json_member_of(at->object, name);
    *out = CIVIL_NONE;
    if (node == NULL || date_parse(out, json_string(node)))
        return ERR_OK;
    return fault_set(at->fault, ERR_INVALID, "%s/%s: not a date as 2026-11-22", at->pointer, name);
}

enum err
place_version(const struct place *at, uint64_t *out, bool *has)
{
    int64_t version = 0;
    *has = json_member_of(at->object, "version") != NULL;
    enum err err = place_number(at, "version", JSON_INTEGER_MAX, &version);
    if (err == ERR_OK && version < 0)
        err = fault_set(at->fault, ERR_INVALID, "%s/version: below 0", at->pointer);
    *out = err == ERR_OK ? (uint64_t)version : 0;
    return err;
}
