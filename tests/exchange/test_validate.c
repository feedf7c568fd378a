/* SPDX-License-Identifier: Apache-2.0 */
/* If-None-Match by the grammar of RFC 9110 §8.8.3 and §13.1.2; the weak comparisons are the table
 * of §8.8.3.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/exchange/validate.h"

static const struct {
    const char *label, *header, *etag;
    bool listed;
} rows[] = {
    {"weak and weak", "W/\"1\"", "W/\"1\"", true},
    {"another weak one", "W/\"1\"", "W/\"2\"", false},
    {"weak and strong", "W/\"1\"", "\"1\"", true},
    {"strong and strong", "\"1\"", "\"1\"", true},
    {"anything", "*", "\"1\"", true},
    {"anything, with blanks", " * ", "\"1\"", true},
    {"the example of 13.1.2", "\"xyzzy\", \"r2d2xxxx\", \"c3piozzzz\"", "\"r2d2xxxx\"", true},
    {"the last of a list", "\"a\",\"b\",\"c\"", "\"c\"", true},
    {"weak ones in a list", "W/\"xyzzy\", W/\"r2d2xxxx\"", "\"r2d2xxxx\"", true},
    {"none of a list", "\"a\", \"b\"", "\"c\"", false},
    {"a comma in a tag", "\"a,b\"", "\"a,b\"", true},
    {"a comma in another tag", "\"a,b\", \"c\"", "\"b\"", false},
    {"an empty tag", "\"\"", "\"\"", true},
    {"an empty tag is not every tag", "\"\"", "\"1\"", false},
    {"empty elements", ", ,\"1\",, ", "\"1\"", true},
    {"tabs", "\"0\"\t,\t\"1\"\t", "\"1\"", true},
    {"beyond ASCII", "\"\xC3\xA9\"", "\"\xC3\xA9\"", true},
    {"a backslash is itself", "\"a\\\"", "\"a\\\"", true},
    {"a version and a hash", "\"7-0f\"", "\"7-0f\"", true},
    {"the version of them", "\"7\"", "\"7-0f\"", false},

    {"case counts", "\"A\"", "\"a\"", false},
    {"longer", "\"11\"", "\"1\"", false},
    {"shorter", "\"1\"", "\"11\"", false},
    {"empty", "", "\"1\"", false},
    {"nothing but commas", ",,", "\"1\"", false},
    {"no quotes", "1", "\"1\"", false},
    {"an open quote", "\"1", "\"1\"", false},
    {"no quote at the beginning", "1\"", "\"1\"", false},
    {"a small w", "w/\"1\"", "\"1\"", false},
    {"a blank after W/", "W/ \"1\"", "\"1\"", false},
    {"weak twice", "W/W/\"1\"", "\"1\"", false},
    {"a blank in the tag", "\"a b\"", "\"a b\"", false},
    {"a DEL in the tag", "\"a\x7F\"", "\"a\x7F\"", false},
    {"no comma between", "\"1\" \"2\"", "\"1\"", false},
    {"nothing between", "\"1\"\"2\"", "\"1\"", false},
    {"rubbish after the right one", "\"1\", 2", "\"1\"", false},
    {"rubbish before the right one", "2, \"1\"", "\"1\"", false},
    {"the star is alone", "*, \"1\"", "\"1\"", false},
    {"the star at the end", "\"2\", *", "\"1\"", false},
    {"a star in quotes", "\"*\"", "\"1\"", false},
    {"two stars", "**", "\"1\"", false},
};

static void
lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (etag_listed(slice_of(rows[i].header), rows[i].etag) != rows[i].listed)
            fail_msg("%s", rows[i].label);
}

static void
what_the_client_has_is_not_sent(void **state)
{
    static const struct {
        const char *label, *header;
        enum method method;
        int before;
        const char *etag;
        int after;
    } answers[] = {
        {"the same", "\"1\"", METHOD_GET, 200, "\"1\"", 304},
        {"head", "\"1\"", METHOD_HEAD, 200, "\"1\"", 304},
        {"another", "\"2\"", METHOD_GET, 200, "\"1\"", 200},
        {"not asked", "", METHOD_GET, 200, "\"1\"", 200},
        {"no tag", "*", METHOD_GET, 200, NULL, 200},
        {"a write", "\"1\"", METHOD_POST, 200, "\"1\"", 200},
        {"a deletion", "*", METHOD_DELETE, 200, "\"1\"", 200},
        {"made", "\"1\"", METHOD_GET, 201, "\"1\"", 201},
        {"a problem", "*", METHOD_GET, 409, "\"1\"", 409},
        {"not found", "*", METHOD_GET, 404, NULL, 404},
    };
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct request request = {.method = answers[i].method,
                                  .if_none_match = slice_of(answers[i].header)};
        struct response response = {.status = answers[i].before};
        text_init(&response.body, 100);
        text_put(&response.body, "{}");
        response_header(&response, "Cache-Control", "no-store");
        if (answers[i].etag != NULL)
            response_header(&response, "ETag", "%s", answers[i].etag);
        size_t headers = response.header_count;
        response_revalidate(&response, &request);
        if (response.status != answers[i].after ||
            response.body.len != (answers[i].after == 304 ? 0 : 2) ||
            response.header_count != headers)
            fail_msg("%s: %d", answers[i].label, response.status);
        text_free(&response.body);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),
        cmocka_unit_test(what_the_client_has_is_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
