/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gateway/records/records.h"

enum { OFFSET_MIN = -720, OFFSET_MAX = 840, MONTHS_MAX = 1200 };

/* No C0 control, DEL or C1 control: what is shown on a terminal or a page obeys nobody's escapes.
 */
static bool
is_plain(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.data[i];
        unsigned char next = i + 1 < s.len ? (unsigned char)s.data[i + 1] : 0;
        if (c < 0x20 || c == 0x7F || (c == 0xC2 && next >= 0x80 && next < 0xA0))
            return false;
    }
    return slice_utf8(s);
}

static bool
is_word(const char *s, const char *besides)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (; *s != '\0'; s++)
        if (strchr(allowed, *s) == NULL && strchr(besides, *s) == NULL)
            return false;
    return true;
}

/* Visible ASCII without what would end an attribute, and something after the scheme. */
static bool
is_link(const char *s, const char *const *schemes)
{
    bool known = false;
    for (size_t i = 0; schemes[i] != NULL; i++)
        known = known || (slice_starts(slice_of(s), schemes[i]) && strlen(s) > strlen(schemes[i]));
    for (; *s != '\0'; s++)
        if (*s <= ' ' || *s > '~' || strchr("\"<>\\^`{|}", *s) != NULL)
            return false;
    return known;
}

static bool
are_countries(const char *countries)
{
    struct slice rest = slice_of(countries);
    while (rest.len > 0) {
        struct slice code = slice_take_until(&rest, ' ');
        if (code.len != 2 || code.data[0] < 'A' || code.data[0] > 'Z' || code.data[1] < 'A' ||
            code.data[1] > 'Z')
            return false;
    }
    return true;
}

struct text_rule {
    const char *pointer;
    size_t offset, size;
    bool required;
};

/* `record` + offset is an array of `size` bytes. */
static enum err
check_texts(const void *record, const struct text_rule *rules, struct fault *fault)
{
    for (; rules->pointer != NULL; rules++) {
        const char *value = (const char *)record + rules->offset;
        if (memchr(value, '\0', rules->size) == NULL)
            return fault_set(fault, ERR_INVALID, "%s: longer than %zu bytes", rules->pointer,
                             rules->size - 1);
        if (!is_plain(slice_of(value)))
            return fault_set(fault, ERR_INVALID, "%s: holds a control character or is not UTF-8",
                             rules->pointer);
        if (rules->required && slice_trim(slice_of(value)).len == 0)
            return fault_set(fault, ERR_INVALID, "%s: empty", rules->pointer);
    }
    return ERR_OK;
}

static enum err
check_starts(const struct entitlement *entitlement, size_t index, struct fault *fault)
{
    unsigned seen = 0;
    for (size_t i = 0; i < sizeof entitlement->starts && entitlement->starts[i] != 0; i++) {
        unsigned start = entitlement->starts[i];
        if (start > START_MANUFACTURE)
            return fault_set(fault, ERR_INVALID, "/entitlements/%zu/starts/%zu: no such start",
                             index, i);
        if ((seen & 1U << start) != 0)
            return fault_set(fault, ERR_INVALID, "/entitlements/%zu/starts/%zu: given twice", index,
                             i);
        seen |= 1U << start;
    }
    if (seen == 0)
        return fault_set(fault, ERR_INVALID, "/entitlements/%zu/starts: empty", index);
    return ERR_OK;
}

/* An entitlement's own members; `words` is where its texts begin. */
static enum err
check_entitlement(const struct entitlement *entitlement, size_t index, struct fault *fault)
{
    static const struct text_rule texts[] = {
        {"id", offsetof(struct entitlement, id), ITEM_MAX + 1, true},
        {"title", offsetof(struct entitlement, title), NAME_MAX_BYTES + 1, true},
        {"covers", offsetof(struct entitlement, covers), COVERS_MAX + 1, false},
        {"countries", offsetof(struct entitlement, countries), COUNTRIES_MAX + 1, false},
        {NULL, 0, 0, false},
    };
    struct fault inner = {ERR_OK, ""};
    if (check_texts(entitlement, texts, &inner) != ERR_OK)
        return fault_set(fault, ERR_INVALID, "/entitlements/%zu/%.300s", index, inner.text);
    if (!is_word(entitlement->id, ""))
        return fault_set(fault, ERR_INVALID,
                         "/entitlements/%zu/id: only letters, digits, - and _ are allowed", index);
    if (entitlement->months < 1 || entitlement->months > MONTHS_MAX)
        return fault_set(fault, ERR_INVALID, "/entitlements/%zu/months: not 1 to %d", index,
                         MONTHS_MAX);
    if (!are_countries(entitlement->countries))
        return fault_set(fault, ERR_INVALID,
                         "/entitlements/%zu/countries: a code is not two capital letters", index);
    return check_starts(entitlement, index, fault);
}

static enum err
check_entitlements(const struct product *product, struct fault *fault)
{
    if (product->entitlement_count > ENTITLEMENTS_MAX)
        return fault_set(fault, ERR_INVALID, "/entitlements: more than %d", ENTITLEMENTS_MAX);
    for (size_t i = 0; i < product->entitlement_count; i++) {
        enum err err = check_entitlement(&product->entitlements[i], i, fault);
        if (err != ERR_OK)
            return err;
        for (size_t j = 0; j < i; j++)
            if (strcmp(product->entitlements[i].id, product->entitlements[j].id) == 0)
                return fault_set(fault, ERR_INVALID,
                                 "/entitlements/%zu/id: that of entitlement %zu", i, j);
    }
    return ERR_OK;
}

enum err
product_check(const struct product *product, struct fault *fault)
{
    static const char *const pictures[] = {"https://", "/", NULL};
    static const char *const supports[] = {"https://", "mailto:", "tel:", NULL};
    static const struct text_rule texts[] = {
        {"/gtin", offsetof(struct product, gtin), GTIN_DIGITS + 1, true},
        {"/item", offsetof(struct product, item), ITEM_MAX + 1, false},
        {"/brand", offsetof(struct product, brand), NAME_MAX_BYTES + 1, false},
        {"/name", offsetof(struct product, name), NAME_MAX_BYTES + 1, true},
        {"/model", offsetof(struct product, model), NAME_MAX_BYTES + 1, false},
        {"/picture", offsetof(struct product, picture), LINK_MAX + 1, false},
        {"/support", offsetof(struct product, support), LINK_MAX + 1, false},
        {"/markets", offsetof(struct product, markets), COUNTRIES_MAX + 1, false},
        {NULL, 0, 0, false},
    };
    enum err err = check_texts(product, texts, fault);
    if (err != ERR_OK)
        return err;
    if (!gtin_valid(slice_of(product->gtin)))
        return fault_set(fault, ERR_INVALID,
                         "/gtin: not a GTIN of 14 digits with a right check digit");
    if (product->picture[0] != '\0' &&
        (!is_link(product->picture, pictures) || slice_starts(slice_of(product->picture), "//")))
        return fault_set(fault, ERR_INVALID, "/picture: neither https://… nor a path /…");
    if (product->support[0] != '\0' && !is_link(product->support, supports))
        return fault_set(fault, ERR_INVALID, "/support: no https, mailto or tel link");
    if (!are_countries(product->markets))
        return fault_set(fault, ERR_INVALID, "/markets: a code is not two capital letters");
    if (product->offset_minutes < OFFSET_MIN || product->offset_minutes > OFFSET_MAX)
        return fault_set(fault, ERR_INVALID, "/offset_minutes: not %d to %d", OFFSET_MIN,
                         OFFSET_MAX);
    return check_entitlements(product, fault);
}

enum err
lot_check(const struct lot *lot, struct fault *fault)
{
    if (!gtin_valid(slice_of(lot->gtin)))
        return fault_set(fault, ERR_INVALID,
                         "/gtin: not a GTIN of 14 digits with a right check digit");
    if (!gs1_value_valid(slice_of(lot->lot)))
        return fault_set(fault, ERR_INVALID, "/lot: not a lot number");
    if (lot->made_on != CIVIL_NONE && lot->expires_on != CIVIL_NONE &&
        lot->expires_on < lot->made_on)
        return fault_set(fault, ERR_INVALID, "/expires_on: before made_on");
    return ERR_OK;
}

static enum err
check_limits(const struct recall *recall, struct fault *fault)
{
    const char *from = recall->serial_from;
    const char *to = recall->serial_to;
    if (recall->lot[0] != '\0' && !gs1_value_valid(slice_of(recall->lot)))
        return fault_set(fault, ERR_INVALID, "/lot: not a lot number");
    if (from[0] != '\0' && !gs1_value_valid(slice_of(from)))
        return fault_set(fault, ERR_INVALID, "/serial_from: not a serial");
    if (to[0] != '\0' && !gs1_value_valid(slice_of(to)))
        return fault_set(fault, ERR_INVALID, "/serial_to: not a serial");
    if (from[0] != '\0' && to[0] != '\0' && strcmp(from, to) > 0)
        return fault_set(fault, ERR_INVALID, "/serial_to: before serial_from");
    if (recall->made_from != CIVIL_NONE && recall->made_to != CIVIL_NONE &&
        recall->made_from > recall->made_to)
        return fault_set(fault, ERR_INVALID, "/made_to: before made_from");
    return ERR_OK;
}

/* The form of a language tag (RFC 5646 §2.1) is all that matters: nobody need read it. */
static bool
is_language(const char *tag)
{
    size_t first = strcspn(tag, "-");
    return first >= 2 && first <= 3 && is_word(tag, "") && strchr(tag, '_') == NULL;
}

static enum err
check_recall_texts(const struct recall *recall, struct fault *fault)
{
    static const struct text_rule texts[] = {
        {"language", offsetof(struct recall_text, language), RECALL_LANGUAGE_MAX + 1, true},
        {"text", offsetof(struct recall_text, text), RECALL_TEXT_MAX + 1, true},
        {NULL, 0, 0, false},
    };
    struct fault inner = {ERR_OK, ""};
    if (recall->text_count > RECALL_TEXTS_MAX)
        return fault_set(fault, ERR_INVALID, "/texts: more than %d", RECALL_TEXTS_MAX);
    for (size_t i = 0; i < recall->text_count; i++) {
        const char *language = recall->texts[i].language;
        if (check_texts(&recall->texts[i], texts, &inner) != ERR_OK)
            return fault_set(fault, ERR_INVALID, "/texts/%zu/%.300s", i, inner.text);
        if (!is_language(language))
            return fault_set(fault, ERR_INVALID, "/texts/%zu/language: not a tag as de or pt-BR",
                             i);
        for (size_t j = 0; j < i; j++)
            if (slice_equal_nocase(slice_of(language), recall->texts[j].language))
                return fault_set(fault, ERR_INVALID, "/texts/%zu/language: that of text %zu", i, j);
    }
    return ERR_OK;
}

enum err
recall_check(const struct recall *recall, struct fault *fault)
{
    static const char *const links[] = {"https://", NULL};
    static const struct text_rule texts[] = {
        {"/id", offsetof(struct recall, id), ITEM_MAX + 1, true},
        {"/gtin", offsetof(struct recall, gtin), GTIN_DIGITS + 1, true},
        {"/lot", offsetof(struct recall, lot), GS1_VALUE_MAX + 1, false},
        {"/serial_from", offsetof(struct recall, serial_from), GS1_VALUE_MAX + 1, false},
        {"/serial_to", offsetof(struct recall, serial_to), GS1_VALUE_MAX + 1, false},
        {"/text", offsetof(struct recall, text), RECALL_TEXT_MAX + 1, true},
        {"/link", offsetof(struct recall, link), LINK_MAX + 1, false},
        {NULL, 0, 0, false},
    };
    enum err err = check_texts(recall, texts, fault);
    if (err != ERR_OK)
        return err;
    if (!is_word(recall->id, "."))
        return fault_set(fault, ERR_INVALID, "/id: only letters, digits, - _ and . are allowed");
    if (!gtin_valid(slice_of(recall->gtin)))
        return fault_set(fault, ERR_INVALID,
                         "/gtin: not a GTIN of 14 digits with a right check digit");
    if (recall->link[0] != '\0' && !is_link(recall->link, links))
        return fault_set(fault, ERR_INVALID, "/link: no https link");
    err = check_recall_texts(recall, fault);
    return err == ERR_OK ? check_limits(recall, fault) : err;
}
