/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/identify/attribute.h"

#include <string.h>

#include "gateway/identify/parts.h"

/* Character sets of GS1 General Specifications §7.11: numeric, 82, 39 and file-safe base64. */
enum set { SET_N = 0, SET_X, SET_Y, SET_Z };

static const struct {
    bool upper, lower;
    const char *other;
} sets[] = {
    [SET_N] = {false, false, ""},
    [SET_X] = {true, true, GS1_82_PUNCTUATION},
    [SET_Y] = {true, false, "#-/"},
    [SET_Z] = {true, true, "-_="},
};

/* The value is `digits` digits, then `min` to `max` characters of `set`. Where `decimals` is not 0,
 * the AI has one more digit than first and last: the place of the decimal point, below it. */
struct attribute {
    uint16_t first, last;
    uint8_t ai_digits, decimals;
    uint8_t digits, min, max;
    enum set set;
};

static const struct attribute attributes[] = {
    {0, 0, 2, 0, 18, 0, 0, SET_N},       {11, 13, 2, 0, 6, 0, 0, SET_N},
    {15, 17, 2, 0, 6, 0, 0, SET_N},      {20, 20, 2, 0, 2, 0, 0, SET_N},
    {30, 30, 2, 0, 0, 1, 8, SET_N},      {90, 90, 2, 0, 0, 1, 30, SET_X},
    {91, 99, 2, 0, 0, 1, 90, SET_X},     {240, 241, 3, 0, 0, 1, 30, SET_X},
    {242, 242, 3, 0, 0, 1, 6, SET_N},    {243, 243, 3, 0, 0, 1, 20, SET_X},
    {250, 251, 3, 0, 0, 1, 30, SET_X},   {253, 253, 3, 0, 13, 0, 17, SET_X},
    {310, 316, 4, 6, 6, 0, 0, SET_N},    {320, 337, 4, 6, 6, 0, 0, SET_N},
    {340, 357, 4, 6, 6, 0, 0, SET_N},    {360, 369, 4, 6, 6, 0, 0, SET_N},
    {390, 390, 4, 10, 0, 1, 15, SET_N},  {391, 391, 4, 10, 3, 1, 15, SET_N},
    {392, 392, 4, 10, 0, 1, 15, SET_N},  {393, 393, 4, 10, 3, 1, 15, SET_N},
    {394, 394, 4, 4, 4, 0, 0, SET_N},    {395, 395, 4, 6, 6, 0, 0, SET_N},
    {400, 401, 3, 0, 0, 1, 30, SET_X},   {402, 402, 3, 0, 17, 0, 0, SET_N},
    {403, 403, 3, 0, 0, 1, 30, SET_X},   {410, 417, 3, 0, 13, 0, 0, SET_N},
    {420, 420, 3, 0, 0, 1, 20, SET_X},   {421, 421, 3, 0, 3, 1, 9, SET_X},
    {422, 422, 3, 0, 3, 0, 0, SET_N},    {423, 423, 3, 0, 3, 0, 12, SET_N},
    {424, 424, 3, 0, 3, 0, 0, SET_N},    {425, 425, 3, 0, 3, 0, 12, SET_N},
    {426, 426, 3, 0, 3, 0, 0, SET_N},    {427, 427, 3, 0, 0, 1, 3, SET_X},
    {710, 717, 3, 0, 0, 1, 20, SET_X},   {4300, 4301, 4, 0, 0, 1, 35, SET_X},
    {4302, 4306, 4, 0, 0, 1, 70, SET_X}, {4307, 4307, 4, 0, 0, 2, 2, SET_X},
    {4308, 4308, 4, 0, 0, 1, 30, SET_X}, {4309, 4309, 4, 0, 20, 0, 0, SET_N},
    {4310, 4311, 4, 0, 0, 1, 35, SET_X}, {4312, 4316, 4, 0, 0, 1, 70, SET_X},
    {4317, 4317, 4, 0, 0, 2, 2, SET_X},  {4318, 4318, 4, 0, 0, 1, 20, SET_X},
    {4319, 4319, 4, 0, 0, 1, 30, SET_X}, {4320, 4320, 4, 0, 0, 1, 35, SET_X},
    {4321, 4323, 4, 0, 1, 0, 0, SET_N},  {4324, 4325, 4, 0, 10, 0, 0, SET_N},
    {4326, 4326, 4, 0, 6, 0, 0, SET_N},  {4330, 4333, 4, 0, 6, 0, 1, SET_X},
    {7001, 7001, 4, 0, 13, 0, 0, SET_N}, {7002, 7002, 4, 0, 0, 1, 30, SET_X},
    {7003, 7003, 4, 0, 10, 0, 0, SET_N}, {7004, 7004, 4, 0, 0, 1, 4, SET_N},
    {7005, 7005, 4, 0, 0, 1, 12, SET_X}, {7006, 7006, 4, 0, 6, 0, 0, SET_N},
    {7007, 7007, 4, 0, 6, 0, 6, SET_N},  {7008, 7008, 4, 0, 0, 1, 3, SET_X},
    {7009, 7009, 4, 0, 0, 1, 10, SET_X}, {7010, 7010, 4, 0, 0, 1, 2, SET_X},
    {7011, 7011, 4, 0, 6, 0, 4, SET_N},  {7020, 7022, 4, 0, 0, 1, 20, SET_X},
    {7023, 7023, 4, 0, 0, 1, 30, SET_X}, {7030, 7039, 4, 0, 3, 1, 27, SET_X},
    {7230, 7239, 4, 0, 0, 3, 30, SET_X}, {7240, 7240, 4, 0, 0, 1, 20, SET_X},
    {7241, 7241, 4, 0, 2, 0, 0, SET_N},  {7242, 7242, 4, 0, 0, 1, 25, SET_X},
    {7250, 7250, 4, 0, 8, 0, 0, SET_N},  {7251, 7251, 4, 0, 12, 0, 0, SET_N},
    {7252, 7252, 4, 0, 1, 0, 0, SET_N},  {7253, 7254, 4, 0, 0, 1, 40, SET_X},
    {7255, 7255, 4, 0, 0, 1, 10, SET_X}, {7256, 7256, 4, 0, 0, 1, 90, SET_X},
    {7257, 7257, 4, 0, 0, 1, 70, SET_X}, {7258, 7258, 4, 0, 0, 3, 3, SET_X},
    {7259, 7259, 4, 0, 0, 1, 40, SET_X}, {8001, 8001, 4, 0, 14, 0, 0, SET_N},
    {8002, 8002, 4, 0, 0, 1, 20, SET_X}, {8003, 8003, 4, 0, 14, 0, 16, SET_X},
    {8004, 8004, 4, 0, 0, 1, 30, SET_X}, {8005, 8005, 4, 0, 6, 0, 0, SET_N},
    {8007, 8007, 4, 0, 0, 1, 34, SET_X}, {8008, 8008, 4, 0, 8, 0, 4, SET_N},
    {8009, 8009, 4, 0, 0, 1, 50, SET_X}, {8010, 8010, 4, 0, 0, 1, 30, SET_Y},
    {8012, 8012, 4, 0, 0, 1, 20, SET_X}, {8013, 8013, 4, 0, 0, 1, 25, SET_X},
    {8017, 8018, 4, 0, 18, 0, 0, SET_N}, {8030, 8030, 4, 0, 0, 1, 90, SET_Z},
    {8110, 8110, 4, 0, 0, 1, 70, SET_X}, {8111, 8111, 4, 0, 4, 0, 0, SET_N},
    {8112, 8112, 4, 0, 0, 1, 70, SET_X},
};

static bool
in_set(char c, enum set set)
{
    if (c >= '0' && c <= '9')
        return true;
    if (c >= 'A' && c <= 'Z')
        return sets[set].upper;
    if (c >= 'a' && c <= 'z')
        return sets[set].lower;
    return c != '\0' && strchr(sets[set].other, c) != NULL;
}

static bool
all_in_set(struct slice s, enum set set)
{
    for (size_t i = 0; i < s.len; i++)
        if (!in_set(s.data[i], set))
            return false;
    return true;
}

static bool
covers(const struct attribute *a, unsigned number, size_t digits)
{
    unsigned last_digit = number % 10;
    if (a->ai_digits != digits)
        return false;
    if (a->decimals > 0)
        number /= 10;
    return number >= a->first && number <= a->last &&
           (a->decimals == 0 || last_digit < a->decimals);
}

const struct attribute *
attribute_find(struct slice ai)
{
    unsigned number = 0;
    if (ai.len < 2 || ai.len > 4 || !all_in_set(ai, SET_N))
        return NULL;
    for (size_t i = 0; i < ai.len; i++)
        number = number * 10 + (unsigned)(ai.data[i] - '0');
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        if (covers(&attributes[i], number, ai.len))
            return &attributes[i];
    return NULL;
}

bool
attribute_value_valid(const struct attribute *attribute, struct slice value)
{
    if (value.len < (size_t)attribute->digits + attribute->min ||
        value.len > (size_t)attribute->digits + attribute->max)
        return false;
    return all_in_set(slice_make(value.data, attribute->digits), SET_N) &&
           all_in_set(value, attribute->set);
}
