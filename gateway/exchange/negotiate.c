/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/exchange/exchange.h"

enum { WEIGHT_ONE = 1000 };

/* RFC 9110 §12.4.2: 0 or 1 with up to three decimals, in thousandths. */
static bool
parse_weight(unsigned *out, struct slice s)
{
    struct slice whole = slice_take_until(&s, '.');
    if ((!slice_equal(whole, "0") && !slice_equal(whole, "1")) || s.len > 3)
        return false;
    unsigned weight = slice_equal(whole, "1") ? WEIGHT_ONE : 0;
    unsigned unit = WEIGHT_ONE / 10;
    for (size_t i = 0; i < s.len; i++, unit /= 10) {
        if (s.data[i] < '0' || s.data[i] > '9')
            return false;
        weight += unit * (unsigned)(s.data[i] - '0');
    }
    *out = weight;
    return weight <= WEIGHT_ONE;
}

/* Takes the next "range;parameter;q=0.5" of a list. A weight that breaks its grammar counts as 0:
 * the range is then not asked for. */
static struct slice
take_range(struct slice *list, unsigned *weight)
{
    struct slice item = slice_take_until(list, ',');
    struct slice range = slice_trim(slice_take_until(&item, ';'));
    *weight = WEIGHT_ONE;
    while (item.len > 0) {
        struct slice parameter = slice_trim(slice_take_until(&item, ';'));
        struct slice name = slice_take_until(&parameter, '=');
        if (slice_equal_nocase(name, "q") && !parse_weight(weight, parameter))
            *weight = 0;
    }
    return range;
}

/* How much a type is wanted: by the most specific range that names it. */
struct wanted {
    unsigned specificity; /* 0 not named, 1 by the wildcard, 2 by its group, 3 itself */
    unsigned weight;
};

static unsigned
specificity_of(struct slice range, const char *group, const char *type)
{
    const char *const names[] = {"*/*", group, type};
    for (unsigned i = 0; i < 3; i++)
        if (slice_equal_nocase(range, names[i]))
            return i + 1;
    return 0;
}

static struct wanted
wanted_type(struct slice accept, const char *group, const char *type)
{
    struct wanted best = {0, 0};
    while (accept.len > 0) {
        unsigned weight = 0;
        unsigned specificity = specificity_of(take_range(&accept, &weight), group, type);
        if (specificity < best.specificity)
            continue;
        if (specificity == best.specificity && weight <= best.weight)
            continue;
        best = (struct wanted){specificity, weight};
    }
    return best;
}

bool
request_wants_html(const struct request *request)
{
    if (slice_equal(request->accept, "application/json")) /* as programs ask */
        return false;
    struct wanted html = wanted_type(request->accept, "text/*", "text/html");
    struct wanted json = wanted_type(request->accept, "application/*", "application/json");
    if (html.weight != json.weight)
        return html.weight > json.weight;
    return html.weight > 0 && html.specificity > json.specificity;
}

bool
request_wants_csv(const struct request *request)
{
    struct wanted csv = wanted_type(request->accept, "text/*", "text/csv");
    struct wanted html = wanted_type(request->accept, "text/*", "text/html");
    struct wanted json = wanted_type(request->accept, "application/*", "application/json");
    return csv.specificity == 3 && csv.weight > 0 && csv.weight >= json.weight &&
           csv.weight >= html.weight;
}

/* RFC 4647 §3.4: the range, then the range without its last subtag, and so on; a single letter
 * goes with the subtag after it. */
static const char *
lookup(struct slice range, const char *const *tags)
{
    while (range.len > 0) {
        for (size_t i = 0; tags[i] != NULL; i++)
            if (slice_equal_nocase(range, tags[i]))
                return tags[i];
        while (range.len > 0 && range.data[range.len - 1] != '-')
            range.len--;
        if (range.len > 0)
            range.len--;
        if (range.len > 1 && range.data[range.len - 2] == '-')
            range.len -= 2;
    }
    return NULL;
}

enum { LANGUAGE_TAG_MAX = 35 }; /* RFC 5646 §4.4.1 */

const char *
request_language_asked(const struct request *request, const char *const *tags)
{
    char tag[LANGUAGE_TAG_MAX + 1];
    return query_value(tag, sizeof tag, request->query, "lang") ? lookup(slice_of(tag), tags)
                                                                : NULL;
}

const char *
request_language(const struct request *request, const char *const *tags)
{
    struct slice list = request->accept_language;
    const char *best = request_language_asked(request, tags);
    unsigned best_weight = 0;
    if (best != NULL)
        return best;
    best = tags[0];
    while (list.len > 0) {
        unsigned weight = 0;
        const char *tag = lookup(take_range(&list, &weight), tags);
        if (tag == NULL || weight <= best_weight)
            continue;
        best = tag;
        best_weight = weight;
    }
    return best;
}

void
request_here(struct text *out, const struct request *request)
{
    struct slice query = request->query;
    text_slice_put(out, request->path);
    text_char(out, '?');
    while (query.len > 0) {
        struct slice pair = slice_take_until(&query, '&');
        if (pair.len == 0 || slice_starts(pair, "lang="))
            continue;
        text_slice_put(out, pair);
        text_char(out, '&');
    }
}
