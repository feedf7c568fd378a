/* SPDX-License-Identifier: Apache-2.0 */
/* The strict reader of JSON. */
#include <string.h>

#include "gateway/json/scan.h"
#include "tests/fuzz/fuzz.h"

enum { TEXT_MAX = 4096 };

static void
check_string(const struct json_node *node)
{
    struct slice s = json_string(node);
    REQUIRE(slice_utf8(s) && memchr(s.len > 0 ? s.data : "x", '\0', s.len) == NULL);
}

static void
check_node(const struct json_node *node, int depth)
{
    int64_t number = 0;
    REQUIRE(depth <= JSON_DEPTH_MAX + 1);
    if (json_is(node, JSON_STRING))
        check_string(node);
    if (json_is(node, JSON_INTEGER))
        REQUIRE(json_integer(&number, node, -JSON_INTEGER_MAX, JSON_INTEGER_MAX));
    if (json_is(node, JSON_ARRAY))
        for (const struct json_node *item = json_first(node); item != NULL; item = json_next(item))
            check_node(item, depth + 1);
    static const char *const names[] = {"a", "code", "gtin", "entitlements"};
    for (size_t i = 0; i < sizeof names / sizeof names[0] && json_is(node, JSON_OBJECT); i++)
        if (json_member_of(node, names[i]) != NULL)
            check_node(json_member_of(node, names[i]), depth + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice text = fuzz_slice(data, len);
    struct slice value;
    struct json_doc *doc = NULL;
    struct fault fault = {0};
    enum err err = json_parse(text, TEXT_MAX, &doc, &fault);
    REQUIRE((err == ERR_OK) == (doc != NULL));
    if (err == ERR_OK) {
        REQUIRE(slice_utf8(text) && json_scan(text, &value, &fault) == ERR_OK);
        REQUIRE(value.len > 0 && value.data >= text.data && value.len <= text.len);
        check_node(json_root(doc), 1);
    } else {
        REQUIRE(fault.text[0] != '\0');
    }
    json_free(doc);
    return 0;
}
