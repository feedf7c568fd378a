/* SPDX-License-Identifier: Apache-2.0 */
/* The one reader of JSON. A strict scan comes before cJSON, which by itself accepts trailing text,
 * control characters, bad UTF-8, duplicate keys and numbers it cannot hold. Writing JSON is done
 * with text_json (base/text.h). */
#ifndef ASSAY_JSON_JSON_H
#define ASSAY_JSON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"

enum { JSON_DEPTH_MAX = 8, JSON_MEMBERS_MAX = 64 };
#define JSON_INTEGER_MAX 9007199254740991 /* 2^53 - 1: larger ones lose digits in many readers */

struct json_doc;  /* opaque: a parsed document, freed with json_free */
struct json_node; /* opaque: a value inside a document; lives as long as it */

/* RFC 8259 text, UTF-8, no NUL (also not as \u0000), no lone surrogate, no duplicate key in an
 * object, depth at most JSON_DEPTH_MAX, at most JSON_MEMBERS_MAX members in an object and `max`
 * bytes in all. A number is whole, written without fraction or exponent, and at most
 * JSON_INTEGER_MAX away from 0. ERR_INVALID begins with "line L column C: " (column in bytes, from
 * 1); ERR_TOO_LARGE; ERR_MEMORY. */
enum err json_parse(struct slice text, size_t max, struct json_doc **out,
                    struct fault *fault) MUST_CHECK;
void json_free(struct json_doc *doc); /* NULL is allowed */
const struct json_node *json_root(const struct json_doc *doc);

/* What an object may hold. `members` ends with a NULL name. Anything else in the object, a missing
 * required member or a wrong type is ERR_INVALID whose fault begins with the JSON pointer of the
 * place (RFC 6901): "/entitlements/0/months: …". `pointer` is that of the object: "" for the root.
 */
enum json_type { JSON_STRING, JSON_INTEGER, JSON_BOOL, JSON_ARRAY, JSON_OBJECT };
struct json_member {
    const char *name;
    enum json_type type;
    bool required;
};
enum err json_check_object(const struct json_node *node, const char *pointer,
                           const struct json_member *members, struct fault *fault) MUST_CHECK;

bool json_is(const struct json_node *node, enum json_type type);
/* NULL when there is no such member. Case matters. */
const struct json_node *json_member_of(const struct json_node *object, const char *name);
size_t json_length(const struct json_node *array);
/* NULL past the end. Counts from the first item: for short arrays. */
const struct json_node *json_item(const struct json_node *array, size_t index);
/* The items of an array one after the other, for long ones; NULL after the last. */
const struct json_node *json_first(const struct json_node *array);
const struct json_node *json_next(const struct json_node *item);
/* Of a string; empty slice for anything else. */
struct slice json_string(const struct json_node *node);
/* An integer between min and max. */
bool json_integer(int64_t *out, const struct json_node *node, int64_t min, int64_t max) MUST_CHECK;
bool json_true(const struct json_node *node);

#endif
