/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <string.h>

#include "gateway/records/report.h"

/* What a filter's text may be; each says what it has to be, or NULL. */
typedef const char *filter_check(struct slice value);

static const char *
check_gtin(struct slice value)
{
    return gtin_valid(value) ? NULL : "14 digits with the check digit of a GTIN";
}

static const char *
check_lot(struct slice value)
{
    return gs1_value_valid(value) ? NULL : "1 to 20 characters of the GS1 character set";
}

static const char *
check_text(struct slice value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.data[i] < 0x20 || value.data[i] == 0x7F)
            return "text without control characters";
    return slice_utf8(value) ? NULL : "UTF-8";
}

#define TEXT(name, member, check)                                                                  \
    {                                                                                              \
        name, offsetof(struct unit_filter, member), sizeof(((struct unit_filter *)0)->member),     \
            check                                                                                  \
    }
static const struct {
    const char *name;
    size_t offset, size;
    filter_check *check;
} texts[] = {
    TEXT("gtin", gtin, check_gtin),
    TEXT("item", item, check_text),
    TEXT("lot", lot, check_lot),
    TEXT("location", location, check_text),
    TEXT("po", purchase_order, check_text),
    TEXT("so", sales_order, check_text),
    TEXT("q", query, check_text),
};

const char *const report_filters[] = {"gtin", "item",  "lot",       "location", "po",
                                      "so",   "state", "condition", "q",        NULL};

static enum err
set_text(struct unit_filter *filter, size_t at, struct slice value, struct fault *fault)
{
    const char *problem = value.len == 0 ? NULL : texts[at].check(value);
    if (problem != NULL)
        return fault_set(fault, ERR_INVALID, "%s has to be %s", texts[at].name, problem);
    if (slice_copy((char *)filter + texts[at].offset, texts[at].size, value))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "%s has to be at most %zu bytes", texts[at].name,
                     texts[at].size - 1);
}

static enum err
set_state(struct unit_filter *filter, struct slice value, struct fault *fault)
{
    if (value.len == 0 || unit_state_parse(&filter->state, value))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID,
                     "state has to be issued, in_transit, in_stock, sold, returned or retired");
}

static bool
find_condition(uint8_t *set, struct slice name)
{
    for (unsigned bit = 1; bit < CONDITION_ALL; bit <<= 1)
        if (slice_equal(name, unit_condition_name((enum unit_condition)bit))) {
            *set = (uint8_t)(*set | bit);
            return true;
        }
    return false;
}

static enum err
set_conditions(struct unit_filter *filter, struct slice value, struct fault *fault)
{
    bool comma_last = value.len > 0 && value.data[value.len - 1] == ',';
    bool known = !comma_last;
    while (known && value.len > 0)
        known = find_condition(&filter->conditions, slice_take_until(&value, ','));
    return known ? ERR_OK
                 : fault_set(fault, ERR_INVALID,
                             "condition has to be one or more of stolen, lost, held and "
                             "copy_suspected, with commas between");
}

enum err
report_filter_set(struct unit_filter *filter, const char *name, const char *value,
                  struct fault *fault)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(texts[i].name, name) == 0)
            return set_text(filter, i, slice_of(value), fault);
    if (strcmp(name, "state") == 0)
        return set_state(filter, slice_of(value), fault);
    if (strcmp(name, "condition") == 0)
        return set_conditions(filter, slice_of(value), fault);
    return fault_set(fault, ERR_NOT_FOUND, "%.40s: no such filter", name);
}

static void
put_pair(struct text *out, const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    text_printf(out, "%s%s=", out->len == 0 ? "" : "&", name);
    text_percent(out, slice_of(value));
}

static void
put_conditions(struct text *out, uint8_t conditions)
{
    const char *before = "condition=";
    if (conditions != 0 && out->len > 0)
        text_char(out, '&');
    for (unsigned bit = 1; bit < CONDITION_ALL; bit <<= 1) {
        if ((conditions & bit) == 0)
            continue;
        text_printf(out, "%s%s", before, unit_condition_name((enum unit_condition)bit));
        before = ",";
    }
}

void
report_filter_query(struct text *out, const struct unit_filter *filter)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        put_pair(out, texts[i].name, (const char *)filter + texts[i].offset);
    put_pair(out, "state", filter->state == UNIT_NONE ? "" : unit_state_name(filter->state));
    put_conditions(out, filter->conditions);
}
