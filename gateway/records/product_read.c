/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gateway/records/place.h"
#include "gateway/records/records.h"

static const struct json_member product_members[] = {
    {"gtin", JSON_STRING, true},
    {"version", JSON_INTEGER, false},
    {"item", JSON_STRING, false},
    {"brand", JSON_STRING, false},
    {"name", JSON_STRING, true},
    {"model", JSON_STRING, false},
    {"picture", JSON_STRING, false},
    {"support", JSON_STRING, false},
    {"markets", JSON_ARRAY, false},
    {"offset_minutes", JSON_INTEGER, false},
    {"entitlements", JSON_ARRAY, false},
    {"activation_before_sale", JSON_BOOL, false},
    {"returns_from_any", JSON_BOOL, false},
    {"copy_limits", JSON_OBJECT, false},
    {NULL, JSON_STRING, false},
};

static const struct json_member entitlement_members[] = {
    {"id", JSON_STRING, true},        {"title", JSON_STRING, true},
    {"starts", JSON_ARRAY, true},     {"months", JSON_INTEGER, true},
    {"covers", JSON_STRING, false},   {"requires_activation", JSON_BOOL, false},
    {"countries", JSON_ARRAY, false}, {NULL, JSON_STRING, false},
};

/* ["DE","AT"] as "DE AT". */
static enum err
read_countries(const struct place *at, const char *name, char *out, size_t size)
{
    const struct json_node *array = json_member_of(at->object, name);
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < json_length(array); i++) {
        struct slice code = json_string(json_item(array, i));
        if (code.len != 2)
            return fault_set(at->fault, ERR_INVALID,
                             "%s/%s/%zu: not a country code of two capital letters", at->pointer,
                             name, i);
        if (len + 3 >= size)
            return fault_set(at->fault, ERR_INVALID, "%s/%s: more than %zu codes", at->pointer,
                             name, size / 3);
        if (len > 0)
            out[len++] = ' ';
        memcpy(out + len, code.data, code.len);
        len += code.len;
        out[len] = '\0';
    }
    return ERR_OK;
}

static enum err
read_starts(const struct place *at, struct entitlement *out)
{
    const struct json_node *array = json_member_of(at->object, "starts");
    if (json_length(array) > sizeof out->starts)
        return fault_set(at->fault, ERR_INVALID, "%s/starts: more than %zu", at->pointer,
                         sizeof out->starts);
    for (size_t i = 0; i < json_length(array); i++) {
        enum entitlement_start start = START_SALE;
        if (!entitlement_start_parse(&start, json_string(json_item(array, i))))
            return fault_set(at->fault, ERR_INVALID,
                             "%s/starts/%zu: not sale, activation, shipment or manufacture",
                             at->pointer, i);
        out->starts[i] = (uint8_t)start;
    }
    return ERR_OK;
}

static enum err
read_entitlement(const struct place *at, struct entitlement *out)
{
    int64_t months = 0;
    enum err err = json_check_object(at->object, at->pointer, entitlement_members, at->fault);
    if (err == ERR_OK)
        err = place_text(at, "id", out->id, sizeof out->id);
    if (err == ERR_OK)
        err = place_text(at, "title", out->title, sizeof out->title);
    if (err == ERR_OK)
        err = place_text(at, "covers", out->covers, sizeof out->covers);
    if (err == ERR_OK)
        err = place_number(at, "months", UINT16_MAX, &months);
    if (err == ERR_OK)
        err = read_countries(at, "countries", out->countries, sizeof out->countries);
    if (err == ERR_OK)
        err = read_starts(at, out);
    out->months = (uint16_t)(months > 0 ? months : 0); /* product_check tells the range */
    out->requires_activation = json_true(json_member_of(at->object, "requires_activation"));
    return err;
}

static enum err
read_entitlements(const struct place *at, struct product *out)
{
    const struct json_node *array = json_member_of(at->object, "entitlements");
    size_t count = json_length(array);
    if (count > ENTITLEMENTS_MAX)
        return fault_set(at->fault, ERR_INVALID, "/entitlements: more than %d", ENTITLEMENTS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct text pointer;
        text_init(&pointer, 40);
        text_printf(&pointer, "/entitlements/%zu", i);
        enum err err = ERR_MEMORY;
        if (text_ok(&pointer)) {
            struct place inner = {json_item(array, i), pointer.data, at->fault};
            err = read_entitlement(&inner, &out->entitlements[i]);
        }
        text_free(&pointer);
        if (err != ERR_OK)
            return err;
    }
    out->entitlement_count = (uint8_t)count;
    return ERR_OK;
}

static enum err
read_texts(const struct place *at, struct product *out)
{
    const struct {
        const char *name;
        char *value;
        size_t size;
    } texts[] = {
        {"gtin", out->gtin, sizeof out->gtin},
        {"item", out->item, sizeof out->item},
        {"brand", out->brand, sizeof out->brand},
        {"name", out->name, sizeof out->name},
        {"model", out->model, sizeof out->model},
        {"picture", out->picture, sizeof out->picture},
        {"support", out->support, sizeof out->support},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        enum err err = place_text(at, texts[i].name, texts[i].value, texts[i].size);
        if (err != ERR_OK)
            return err;
    }
    return read_countries(at, "markets", out->markets, sizeof out->markets);
}

static enum err
read_product(struct product *out, bool *has_version, const struct place *at)
{
    int64_t offset = 0;
    enum err err = json_check_object(at->object, at->pointer, product_members, at->fault);
    if (err == ERR_OK)
        err = read_texts(at, out);
    if (err == ERR_OK)
        err = place_version(at, &out->version, has_version);
    if (err == ERR_OK)
        err = place_number(at, "offset_minutes", INT16_MAX, &offset);
    if (err == ERR_OK)
        err = read_entitlements(at, out);
    if (err == ERR_OK)
        err = place_copy_limits(at, "copy_limits", &out->copy_limits);
    if (err != ERR_OK)
        return err;
    out->offset_minutes = (int16_t)offset;
    out->activation_before_sale = json_true(json_member_of(at->object, "activation_before_sale"));
    out->returns_from_any = json_true(json_member_of(at->object, "returns_from_any"));
    return product_check(out, at->fault);
}

enum err
product_from_json(struct product *out, bool *has_version, struct slice text, struct fault *fault)
{
    struct json_doc *doc = NULL;
    memset(out, 0, sizeof *out);
    *has_version = false;
    enum err err = json_parse(text, PRODUCT_JSON_MAX, &doc, fault);
    if (err != ERR_OK)
        return err;
    struct place root = {json_root(doc), "", fault};
    err = read_product(out, has_version, &root);
    *has_version = *has_version && err == ERR_OK;
    json_free(doc);
    return err;
}
