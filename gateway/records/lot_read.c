/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gateway/records/place.h"
#include "gateway/records/records.h"

static enum err
read_lot(struct lot *out, bool *has_version, const struct place *at)
{
    static const struct json_member members[] = {
        {"gtin", JSON_STRING, true},        {"lot", JSON_STRING, true},
        {"version", JSON_INTEGER, false},   {"made_on", JSON_STRING, false},
        {"expires_on", JSON_STRING, false}, {NULL, JSON_STRING, false},
    };
    enum err err = json_check_object(at->object, at->pointer, members, at->fault);
    if (err == ERR_OK)
        err = place_text(at, "gtin", out->gtin, sizeof out->gtin);
    if (err == ERR_OK)
        err = place_text(at, "lot", out->lot, sizeof out->lot);
    if (err == ERR_OK)
        err = place_version(at, &out->version, has_version);
    if (err == ERR_OK)
        err = place_day(at, "made_on", &out->made_on);
    if (err == ERR_OK)
        err = place_day(at, "expires_on", &out->expires_on);
    return err == ERR_OK ? lot_check(out, at->fault) : err;
}

enum err
lot_from_json(struct lot *out, bool *has_version, struct slice text, struct fault *fault)
{
    struct json_doc *doc = NULL;
    memset(out, 0, sizeof *out);
    *has_version = false;
    enum err err = json_parse(text, LOT_JSON_MAX, &doc, fault);
    if (err != ERR_OK)
        return err;
    struct place root = {json_root(doc), "", fault};
    err = read_lot(out, has_version, &root);
    *has_version = *has_version && err == ERR_OK;
    json_free(doc);
    return err;
}
