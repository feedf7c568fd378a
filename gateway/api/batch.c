/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/batch.h"

#include <stdio.h>
#include <string.h>

static bool
refuse(struct response *response, int status, const char *pointer, const char *detail)
{
    bool large = status == 413;
    response_problem(response, status, large ? "too_large" : "invalid",
                     large ? "Content too large" : "The input is not valid", detail, pointer);
    return false;
}

bool
batch_check(const struct json_node *array, const char *name, enum json_type type,
            struct response *response)
{
    char pointer[64];
    size_t count = json_length(array);
    size_t at = 0;
    (void)snprintf(pointer, sizeof pointer, "/%s", name);
    if (count == 0)
        return refuse(response, 400, pointer, "There is nothing in it; at least one is needed");
    if (count > BATCH_ROWS_MAX)
        return refuse(response, 413, pointer, "A request takes at most 10000; send several");
    for (const struct json_node *item = json_first(array); item != NULL; item = json_next(item)) {
        if (!json_is(item, type)) {
            (void)snprintf(pointer, sizeof pointer, "/%s/%zu", name, at);
            return refuse(response, 400, pointer,
                          type == JSON_STRING ? "This has to be a string"
                                              : "This has to be an object with gtin and serial");
        }
        at++;
    }
    return true;
}

enum err
unit_object_read(struct unit_key *key, uint64_t *version, const struct json_node *node,
                 const char *pointer, struct fault *fault)
{
    const struct json_member members[] = {
        {"gtin", JSON_STRING, true},
        {"serial", JSON_STRING, true},
        {version == NULL ? NULL : "version", JSON_INTEGER, false},
        {NULL, JSON_STRING, false},
    };
    int64_t seen = 0;
    memset(key, 0, sizeof *key);
    enum err err = json_check_object(node, pointer, members, fault);
    if (err != ERR_OK)
        return err;
    struct slice gtin = json_string(json_member_of(node, "gtin"));
    struct slice serial = json_string(json_member_of(node, "serial"));
    const struct json_node *number = json_member_of(node, "version");
    if (!gtin_valid(gtin) || !slice_copy(key->gtin, sizeof key->gtin, gtin))
        return fault_set(fault, ERR_INVALID,
                         "%s/gtin: not a GTIN of 14 digits with a right check digit", pointer);
    if (!gs1_value_valid(serial) || !slice_copy(key->serial, sizeof key->serial, serial))
        return fault_set(fault, ERR_INVALID,
                         "%s/serial: not a serial of 1 to 20 characters of the GS1 character set",
                         pointer);
    if (number != NULL && !json_integer(&seen, number, 1, JSON_INTEGER_MAX))
        return fault_set(fault, ERR_INVALID, "%s/version: not the version of a record", pointer);
    if (version != NULL)
        *version = (uint64_t)seen;
    return ERR_OK;
}
