/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/json/json.h"

#include <cjson/cJSON.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "gateway/json/scan.h"

/* A document and its nodes are cJSON's own nodes under names of ours. */
static const cJSON *
tree(const struct json_node *node)
{
    return (const cJSON *)node;
}

static bool
name_was_before(const cJSON *object, const cJSON *member)
{
    for (const cJSON *other = object->child; other != member; other = other->next)
        if (strcmp(other->string, member->string) == 0)
            return true;
    return false;
}

/* Looks through the tree in the order of the text, counting names in *keys: true with *keys at the
 * first name that its object already had. cJSON has decoded the names by now, so "a" and "\u0061"
 * are the same. */
static bool
find_repeated(const cJSON *node, size_t *keys)
{
    for (const cJSON *child = node->child; child != NULL; child = child->next) {
        if (cJSON_IsObject(node)) {
            ++*keys;
            if (name_was_before(node, child))
                return true;
        }
        if (find_repeated(child, keys))
            return true;
    }
    return false;
}

enum err
json_parse(struct slice text, size_t max, struct json_doc **out, struct fault *fault)
{
    *out = NULL;
    if (text.len > max)
        return fault_set(fault, ERR_TOO_LARGE, "longer than %zu bytes", max);
    struct slice value;
    enum err err = json_scan(text, &value, fault);
    if (err != ERR_OK)
        return err;
    const char *end = NULL;
    cJSON *root = cJSON_ParseWithLengthOpts(value.data, value.len, &end, false);
    if (root == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    size_t keys = 0;
    if (end == value.data + value.len && !find_repeated(root, &keys)) {
        *out = (struct json_doc *)root;
        return ERR_OK;
    }
    cJSON_Delete(root);
    err = json_scan_key(text, keys, "this name is already in the object", fault);
    return err != ERR_OK ? err : fault_set(fault, ERR_INVALID, "not understood as one value");
}

void
json_free(struct json_doc *doc)
{
    cJSON_Delete((cJSON *)doc);
}

const struct json_node *
json_root(const struct json_doc *doc)
{
    return (const struct json_node *)doc;
}

bool
json_is(const struct json_node *node, enum json_type type)
{
    static const int masks[] = {
        [JSON_STRING] = cJSON_String,           [JSON_INTEGER] = cJSON_Number,
        [JSON_BOOL] = cJSON_True | cJSON_False, [JSON_ARRAY] = cJSON_Array,
        [JSON_OBJECT] = cJSON_Object,
    };
    return node != NULL && (tree(node)->type & masks[type]) != 0;
}

const struct json_node *
json_member_of(const struct json_node *object, const char *name)
{
    if (!json_is(object, JSON_OBJECT))
        return NULL;
    return (const struct json_node *)cJSON_GetObjectItemCaseSensitive(tree(object), name);
}

size_t
json_length(const struct json_node *array)
{
    return json_is(array, JSON_ARRAY) ? (size_t)cJSON_GetArraySize(tree(array)) : 0;
}

const struct json_node *
json_item(const struct json_node *array, size_t index)
{
    if (!json_is(array, JSON_ARRAY) || index > INT_MAX)
        return NULL;
    return (const struct json_node *)cJSON_GetArrayItem(tree(array), (int)index);
}

const struct json_node *
json_first(const struct json_node *array)
{
    return json_is(array, JSON_ARRAY) ? (const struct json_node *)tree(array)->child : NULL;
}

const struct json_node *
json_next(const struct json_node *item)
{
    return item != NULL ? (const struct json_node *)tree(item)->next : NULL;
}

struct slice
json_string(const struct json_node *node)
{
    return slice_of(json_is(node, JSON_STRING) ? tree(node)->valuestring : NULL);
}

bool
json_integer(int64_t *out, const struct json_node *node, int64_t min, int64_t max)
{
    if (!json_is(node, JSON_INTEGER))
        return false;
    int64_t value = (int64_t)tree(node)->valuedouble; /* the scan refused what a double rounds */
    if (value < min || value > max)
        return false;
    *out = value;
    return true;
}

bool
json_true(const struct json_node *node)
{
    return node != NULL && (tree(node)->type & cJSON_True) != 0;
}

/* The name as part of a JSON pointer, for people: what a terminal might obey, or half a character
 * when it is cut, shows as '?'. */
static void
show_name(char out[static 80], const char *name)
{
    size_t len = 0;
    for (; *name != '\0' && len + 3 < 80; name++) {
        const char *escape = *name == '~' ? "~0" : "~1";
        if (*name == '~' || *name == '/') {
            out[len++] = escape[0];
            out[len++] = escape[1];
            continue;
        }
        out[len] = '?';
        if (*name >= ' ' && *name < 0x7F)
            out[len] = *name;
        len++;
    }
    out[len] = '\0';
}

static const struct json_member *
find_member(const struct json_member *members, const char *name)
{
    for (; members->name != NULL; members++)
        if (strcmp(members->name, name) == 0)
            return members;
    return NULL;
}

static enum err
check_known(const cJSON *object, const char *pointer, const struct json_member *members,
            struct fault *fault)
{
    static const char *const expected[] = {
        [JSON_STRING] = "a string in double quotes",
        [JSON_INTEGER] = "a whole number",
        [JSON_BOOL] = "true or false",
        [JSON_ARRAY] = "an array",
        [JSON_OBJECT] = "an object",
    };
    for (const cJSON *child = object->child; child != NULL; child = child->next) {
        const struct json_member *known = find_member(members, child->string);
        char shown[80];
        show_name(shown, child->string);
        if (known == NULL)
            return fault_set(fault, ERR_INVALID, "%s/%s: not a member of this object", pointer,
                             shown);
        if (!json_is((const struct json_node *)child, known->type))
            return fault_set(fault, ERR_INVALID, "%s/%s: expected %s", pointer, shown,
                             expected[known->type]);
    }
    return ERR_OK;
}

enum err
json_check_object(const struct json_node *node, const char *pointer,
                  const struct json_member *members, struct fault *fault)
{
    if (!json_is(node, JSON_OBJECT))
        return fault_set(fault, ERR_INVALID, "%s: expected an object", pointer);
    enum err err = check_known(tree(node), pointer, members, fault);
    if (err != ERR_OK)
        return err;
    for (; members->name != NULL; members++)
        if (members->required && json_member_of(node, members->name) == NULL)
            return fault_set(fault, ERR_INVALID, "%s/%s: missing", pointer, members->name);
    return ERR_OK;
}
