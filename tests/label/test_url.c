/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "gateway/label/label.h"

/* The token of 70 bytes 01, then 69 times 00: 0000 0001 0000 … in fives. */
#define TOKEN                                                                                      \
    "AEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"                                     \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define S "?S=" TOKEN

static const struct token token; /* all zero: its version byte is written by token_format */

static void
test_issued(void **state)
{
    static const struct row {
        const char *label, *base;
        struct identity id;
        const char *url;
    } rows[] = {
        {"the design's example",
         "https://id.example.com",
         {"09506000134352", "", "", "7K3M9Q2XBT4H"},
         "https://ID.EXAMPLE.COM/01/09506000134352/21/7K3M9Q2XBT4H" S},
        {"variant, lot and serial in GS1's order",
         "https://id.example.com",
         {"09506000134352", "2A", "L24A0917", "7K3M9Q2XBT4H"},
         "https://ID.EXAMPLE.COM/01/09506000134352/22/2A/10/L24A0917/21/7K3M9Q2XBT4H" S},
        {"http and a port, as on a test bench",
         "http://localhost:8080",
         {"09506000134352", "", "", "1"},
         "http://LOCALHOST:8080/01/09506000134352/21/1" S},
        {"capitals already",
         "https://ID.EXAMPLE.COM",
         {"09506000134352", "", "", "1"},
         "https://ID.EXAMPLE.COM/01/09506000134352/21/1" S},
        {"hyphens, digits, an address",
         "https://a-1.2-b.example",
         {"09506000134352", "", "", "1"},
         "https://A-1.2-B.EXAMPLE/01/09506000134352/21/1" S},
        {"an address of numbers",
         "http://192.0.2.17:65535",
         {"09506000134352", "", "", "1"},
         "http://192.0.2.17:65535/01/09506000134352/21/1" S},
        {"everything escaped that could be read otherwise",
         "https://id.example.com",
         {"09506000134352", "", "A/B", "a%2F?+&#\"<>"},
         NULL}, /* '#' is not in the 82-character set: see below */
        {"letter case of values is kept, and what is reserved is escaped",
         "https://id.example.com",
         {"09506000134352", "", "A/B", "a%2F?+&=\"<>"},
         "https://ID.EXAMPLE.COM/01/09506000134352/10/A%2FB/21/a%252F%3F%2B%26%3D%22%3C%3E" S},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char url[LABEL_URL_MAX + 1] = "";
        struct fault fault = {.err = ERR_OK};
        enum err err = label_url(url, rows[i].base, &rows[i].id, &token, &fault);
        if (err != (rows[i].url == NULL ? ERR_INVALID : ERR_OK))
            fail_msg("%s: %s", rows[i].label, fault.text);
        if (rows[i].url != NULL && strcmp(url, rows[i].url) != 0)
            fail_msg("%s: %s", rows[i].label, url);
    }
}

static void
test_refused_base(void **state)
{
    static const struct row {
        const char *label, *base;
    } rows[] = {
        {"nothing", ""},
        {"no scheme", "id.example.com"},
        {"another scheme", "ftp://id.example.com"},
        {"capital scheme, which phones do not open", "HTTPS://id.example.com"},
        {"no host", "https://"},
        {"only a port", "https://:443"},
        {"a path", "https://id.example.com/x"},
        {"a trailing slash", "https://id.example.com/"},
        {"a query", "https://id.example.com?x"},
        {"a fragment", "https://id.example.com#x"},
        {"a user, who makes one host look like another", "https://id.example.com@evil.example"},
        {"a space", "https://id example.com"},
        {"an escape", "https://id.example%2ecom"},
        {"a letter that is not ASCII", "https://id.ex\xc3\xa4mple.com"},
        {"a newline", "https://id.example.com\n"},
        {"an empty label", "https://id..example.com"},
        {"a final dot", "https://id.example.com."},
        {"a label that begins with a hyphen", "https://-id.example.com"},
        {"port 0", "https://id.example.com:0"},
        {"port 65536", "https://id.example.com:65536"},
        {"a port that is no number", "https://id.example.com:x"},
        {"an empty port", "https://id.example.com:"},
        {"IPv6", "https://[2001:db8::1]"},
    };
    static const struct identity id = {"09506000134352", "", "", "7K3M9Q2XBT4H"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char url[LABEL_URL_MAX + 1] = "";
        struct fault fault = {.err = ERR_OK};
        if (label_url(url, rows[i].base, &id, &token, &fault) != ERR_INVALID)
            fail_msg("%s: accepted as %s", rows[i].label, url);
        if (strstr(fault.text, "base URL") == NULL)
            fail_msg("%s: \"%s\"", rows[i].label, fault.text);
    }
}

/* "https://" + host + path + "?S=" + 112 characters: 8 + 253 + 36 + 3 * 64 + … passes 512. */
static void
test_too_long(void **state)
{
    static const char full[] = "%%%%%%%%%%%%%%%%%%%%"; /* 20 characters, escaped 60 */
    char base[300] = "https://";
    char url[LABEL_URL_MAX + 1];
    struct identity id = {.gtin = "09506000134352"};
    struct fault fault = {.err = ERR_OK};
    (void)state;
    for (unsigned i = 0; i < 126; i++)
        (void)snprintf(base + 8 + 2 * (size_t)i, 3, "a.");
    (void)snprintf(base + 8 + 252, 2, "a");
    memcpy(id.serial, full, sizeof full);
    assert_int_equal(label_url(url, base, &id, &token, &fault), ERR_OK);
    assert_int_equal(strlen(url), 8 + 253 + 18 + 4 + 60 + 3 + 112);
    memcpy(id.lot, full, sizeof full);
    assert_int_equal(label_url(url, base, &id, &token, &fault), ERR_INVALID);
    assert_non_null(strstr(fault.text, "longer than 512"));
}

static void
test_printed(void **state)
{
    static const struct row {
        const char *label, *url, *printed;
    } rows[] = {
        {"as it was issued", "https://ID.EXAMPLE.COM/01/09506000134352/21/a" S,
         "https://ID.EXAMPLE.COM/01/09506000134352/21/a" S},
        {"host in small letters", "https://id.example.com/01/09506000134352/21/a" S,
         "https://ID.EXAMPLE.COM/01/09506000134352/21/a" S},
        {"scheme in capitals", "HTTP://LOCALHOST:8080/01/09506000134352/21/a" S,
         "http://LOCALHOST:8080/01/09506000134352/21/a" S},
        {"a date beside the signature stays", "https://h/01/09506000134352/21/a?17=281231&S=" TOKEN,
         "https://H/01/09506000134352/21/a?17=281231&S=" TOKEN},
        {"another spelling of a value stays", "https://h/01/09506000134352/21/%61" S,
         "https://H/01/09506000134352/21/%61" S},
        {"no signature", "https://h/01/09506000134352/21/a", NULL},
        {"a signature that is too short", "https://h/01/09506000134352/21/a?S=AEAA", NULL},
        {"two signatures", "https://h/01/09506000134352/21/a" S "&S=" TOKEN, NULL},
        {"a wrong check digit", "https://h/01/09506000134353/21/a" S, NULL},
        {"no serial", "https://h/01/09506000134352" S, NULL},
        {"an element string", "(01)09506000134352(21)a", NULL},
        {"nothing", "", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char url[LABEL_URL_MAX + 1] = "";
        struct reading reading;
        struct fault fault = {.err = ERR_OK};
        enum err err = label_url_printed(url, slice_of(rows[i].url), &reading, &fault);
        if (err != (rows[i].printed == NULL ? ERR_INVALID : ERR_OK))
            fail_msg("%s: %d %s", rows[i].label, err, fault.text);
        if (rows[i].printed != NULL && strcmp(url, rows[i].printed) != 0)
            fail_msg("%s: %s", rows[i].label, url);
        if (rows[i].printed != NULL && strcmp(reading.id.serial, "a") != 0)
            fail_msg("%s: serial %s", rows[i].label, reading.id.serial);
    }
}

static void
test_printed_too_long(void **state)
{
    char url[SCAN_TEXT_MAX + 1];
    char printed[LABEL_URL_MAX + 1];
    struct reading reading;
    struct fault fault = {.err = ERR_OK};
    (void)state;
    int len = snprintf(url, sizeof url, "https://h/01/09506000134352/21/a" S "&x=%0300d", 0);
    assert_in_range(len, LABEL_URL_MAX - 100, LABEL_URL_MAX);
    assert_int_equal(label_url_printed(printed, slice_of(url), &reading, &fault), ERR_OK);
    len = snprintf(url, sizeof url, "https://h/01/09506000134352/21/a" S "&x=%0400d", 0);
    assert_in_range(len, LABEL_URL_MAX + 1, SCAN_TEXT_MAX);
    assert_int_equal(label_url_printed(printed, slice_of(url), &reading, &fault), ERR_INVALID);
    assert_non_null(strstr(fault.text, "longer than 512"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_issued),           cmocka_unit_test(test_refused_base),
        cmocka_unit_test(test_too_long),         cmocka_unit_test(test_printed),
        cmocka_unit_test(test_printed_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
