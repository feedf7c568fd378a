/* SPDX-License-Identifier: Apache-2.0 */
/* The route table and the OpenAPI document, held against each other both ways. Our own reader takes
 * no document of this depth, so cJSON reads it here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "gateway/api/openapi.h"
#include "gateway/http/http.h"

enum { PATTERN_MAX = 100 };

static const struct {
    enum method method;
    const char *name;
} methods[] = {
    {METHOD_GET, "get"},
    {METHOD_POST, "post"},
    {METHOD_PUT, "put"},
    {METHOD_DELETE, "delete"},
};

enum { METHODS = sizeof methods / sizeof methods[0] };

static int
set_up(void **state)
{
    cJSON *document =
        cJSON_ParseWithLength((const char *)openapi_files[0].data, openapi_files[0].len);
    assert_non_null(document);
    assert_int_not_equal(sodium_init(), -1);
    *state = document;
    return 0;
}

static int
tear_down(void **state)
{
    cJSON_Delete(*state);
    return 0;
}

/* "/v1/units/{gtin}/{serial}" as "/v1/units/{}/{}"; the forms of a label's link are one pattern,
 * and so are the names of assets. */
static void
pattern_of(char out[static PATTERN_MAX], const char *path)
{
    size_t len = 0;
    bool inside = false;
    if (strncmp(path, "/01/", 4) == 0)
        path = "/01/{*}";
    if (strncmp(path, "/assets/", 8) == 0)
        path = "/assets/{*}";
    for (; *path != '\0' && len + 1 < PATTERN_MAX; path++) {
        inside = inside && *path != '}';
        if (!inside || *path == '*')
            out[len++] = *path;
        inside = inside || *path == '{';
    }
    out[len] = '\0';
    assert_int_equal(*path, '\0');
}

static const cJSON *
operation_of(const cJSON *document, const struct route *route, enum method method)
{
    char pattern[PATTERN_MAX];
    const cJSON *path = NULL;
    const char *name = NULL;
    for (size_t i = 0; i < METHODS; i++)
        if (methods[i].method == method)
            name = methods[i].name;
    assert_non_null(name);
    cJSON_ArrayForEach(path, cJSON_GetObjectItemCaseSensitive(document, "paths"))
    {
        pattern_of(pattern, path->string);
        if (strcmp(pattern, route->pattern) == 0)
            return cJSON_GetObjectItemCaseSensitive(path, name);
    }
    return NULL;
}

static unsigned
roles_of(const cJSON *operation)
{
    unsigned roles = 0;
    const cJSON *role = NULL;
    cJSON_ArrayForEach(role, cJSON_GetObjectItemCaseSensitive(operation, "x-roles"))
    {
        enum role one = (enum role)0;
        assert_true(role_parse(&one, slice_of(role->valuestring)));
        assert_int_equal(roles & (unsigned)one, 0);
        roles |= (unsigned)one;
    }
    return roles;
}

/* Are these the media types of its body, in this order? */
static bool
takes(const cJSON *operation, const char *types)
{
    const cJSON *body = cJSON_GetObjectItemCaseSensitive(operation, "requestBody");
    const cJSON *type = NULL;
    struct slice rest = slice_of(types == NULL ? "" : types);
    cJSON_ArrayForEach(type, cJSON_GetObjectItemCaseSensitive(body, "content"))
    {
        if (!slice_equal(slice_take_until(&rest, ','), type->string))
            return false;
    }
    return rest.len == 0;
}

static void
check_described(const cJSON *document, const struct route *route, size_t method)
{
    const cJSON *operation = operation_of(document, route, methods[method].method);
    if (operation == NULL)
        fail_msg("%s %s is not in web/openapi.json", methods[method].name, route->pattern);
    if (roles_of(operation) != route->roles)
        fail_msg("%s %s: x-roles are not the route's", methods[method].name, route->pattern);
    if (!takes(operation, route->body_type))
        fail_msg("%s %s: the body is not the route's", methods[method].name, route->pattern);
}

static void
every_route_is_described(void **state)
{
    for (const struct route *route = http_routes; route->pattern != NULL; route++)
        for (size_t i = 0; i < METHODS; i++)
            if ((route->methods & (unsigned)methods[i].method) != 0)
                check_described(*state, route, i);
}

static unsigned
routed_methods(const char *path)
{
    char pattern[PATTERN_MAX];
    unsigned found = 0;
    pattern_of(pattern, path);
    for (const struct route *route = http_routes; route->pattern != NULL; route++)
        if (strcmp(route->pattern, pattern) == 0)
            found |= route->methods;
    return found;
}

/* What stands under a path is a method, and each is described once. */
static unsigned
described_methods(const cJSON *path)
{
    unsigned found = 0;
    const cJSON *operation = NULL;
    cJSON_ArrayForEach(operation, path)
    {
        unsigned before = found;
        for (size_t i = 0; i < METHODS; i++)
            if (strcmp(methods[i].name, operation->string) == 0)
                found |= (unsigned)methods[i].method;
        assert_int_not_equal(found, before);
    }
    return found;
}

static void
everything_described_is_routed(void **state)
{
    const cJSON *path = NULL;
    cJSON_ArrayForEach(path, cJSON_GetObjectItemCaseSensitive(*state, "paths"))
    {
        if (described_methods(path) != routed_methods(path->string))
            fail_msg("%s: the methods are not those of the routes", path->string);
    }
}

/* A label's path may have a variant, a lot, both or neither. */
static void
every_form_of_a_label_is_described(void **state)
{
    static const char *const forms[] = {
        "/01/{gtin}/21/{serial}",
        "/01/{gtin}/10/{lot}/21/{serial}",
        "/01/{gtin}/22/{variant}/21/{serial}",
        "/01/{gtin}/22/{variant}/10/{lot}/21/{serial}",
    };
    const cJSON *paths = cJSON_GetObjectItemCaseSensitive(*state, "paths");
    const cJSON *path = NULL;
    size_t labels = 0;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        assert_non_null(cJSON_GetObjectItemCaseSensitive(paths, forms[i]));
    cJSON_ArrayForEach(path, paths) labels += strncmp(path->string, "/01/", 4) == 0;
    assert_int_equal(labels, sizeof forms / sizeof forms[0]);
}

static void
is_served_as_it_is(void **state)
{
    struct response response = {.status = 200};
    const struct request request = {.method = METHOD_GET};
    (void)state;
    text_init(&response.body, openapi_files[0].len);
    api_openapi(NULL, &request, &response);
    assert_true(text_ok(&response.body));
    assert_int_equal(response.status, 200);
    assert_string_equal(response.content_type, "application/json");
    assert_int_equal(response.body.len, openapi_files[0].len);
    assert_memory_equal(response.body.data, openapi_files[0].data, openapi_files[0].len);
    assert_int_equal(response.header_count, 2);
    assert_string_equal(response.headers[0].name, "ETag");
    assert_int_equal(strlen(response.headers[0].value), 2 + 32);
    assert_string_equal(response.headers[1].value, "public, max-age=3600");
    assert_null(openapi_files[1].path);
    text_free(&response.body);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_is_described),
        cmocka_unit_test(everything_described_is_routed),
        cmocka_unit_test(every_form_of_a_label_is_described),
        cmocka_unit_test(is_served_as_it_is),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
