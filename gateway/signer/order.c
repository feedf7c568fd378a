/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/signer/signer.h"

static enum err
read_day(civil_day *out, const struct json_node *node, const char *name, struct fault *fault)
{
    const struct json_node *day = json_member_of(node, name);
    *out = CIVIL_NONE;
    if (day == NULL || date_parse(out, json_string(day)))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "/%s: not a date as 2026-11-22", name);
}

static enum err
read_lot(struct signer_order *out, const struct json_node *node, struct fault *fault)
{
    const struct json_node *lot = json_member_of(node, "lot");
    out->lot[0] = '\0';
    if (lot == NULL || (gs1_value_valid(json_string(lot)) &&
                        slice_copy(out->lot, sizeof out->lot, json_string(lot))))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID,
                     "/lot: not 1 to %d letters, digits or signs of the GS1 character set",
                     GS1_VALUE_MAX);
}

static enum err
read_days(struct signer_order *out, const struct json_node *node, struct fault *fault)
{
    enum err err = read_day(&out->made_on, node, "made_on", fault);
    if (err == ERR_OK)
        err = read_day(&out->expires_on, node, "expires_on", fault);
    if (err == ERR_OK && out->made_on != CIVIL_NONE && out->expires_on != CIVIL_NONE &&
        out->expires_on < out->made_on)
        return fault_set(fault, ERR_INVALID, "/expires_on: before made_on");
    return err;
}

enum err
signer_order_read(struct signer_order *out, const struct json_node *node, struct fault *fault)
{
    int64_t count = 0;
    struct slice gtin = json_string(json_member_of(node, "gtin"));
    struct slice base_url = json_string(json_member_of(node, "base_url"));
    if (!gtin_valid(gtin) || !slice_copy(out->gtin, sizeof out->gtin, gtin))
        return fault_set(fault, ERR_INVALID,
                         "/gtin: not a GTIN of 14 digits with a right check digit");
    if (!json_integer(&count, json_member_of(node, "count"), 1, SIGNER_BATCH_MAX))
        return fault_set(fault, ERR_INVALID, "/count: it has to be 1 to %d", SIGNER_BATCH_MAX);
    out->count = (uint64_t)count;
    if (!slice_copy(out->base_url, sizeof out->base_url, base_url))
        return fault_set(fault, ERR_INVALID, "/base_url: at most %d bytes", SIGNER_URL_MAX);
    enum err err = read_lot(out, node, fault);
    return err == ERR_OK ? read_days(out, node, fault) : err;
}
