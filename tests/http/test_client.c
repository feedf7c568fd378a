/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks. X-Forwarded-For as nginx and HAProxy write it: each proxy adds its peer on the right,
 * to the field that came or in a field of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/http/client.h"

#define FORWARDED "X-Forwarded-For"
#define OURS "10.0.0.0/8 2001:db8::/32 127.0.0.1"
#define FIFTEEN                                                                                    \
    "10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,"   \
    "10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1"

enum { FIELDS = 3 };

static const struct {
    const char *label, *trusted, *peer;
    struct header_field fields[FIELDS];
    const char *client; /* as the 16 bytes are written in RFC 5952; NULL: unknown */
    const char *country;
} rows[] = {
    {"nobody is trusted", "", "192.0.2.1", {{NULL, NULL}}, "192.0.2.1", ""},
    {"a peer who says he is another", "", "192.0.2.1", {{FORWARDED, "8.8.8.8"}}, "192.0.2.1", ""},
    {"a stranger behind whom nobody is",
     OURS,
     "192.0.2.1",
     {{FORWARDED, "8.8.8.8"}},
     "192.0.2.1",
     ""},
    {"a proxy's client", OURS, "127.0.0.1", {{FORWARDED, "192.0.2.1"}}, "192.0.2.1", ""},
    {"a client of IPv6", OURS, "10.1.2.3", {{FORWARDED, "2001:db9::7"}}, "2001:db9::7", ""},
    {"a client with a port", OURS, "10.1.2.3", {{FORWARDED, "192.0.2.1:4711"}}, "192.0.2.1", ""},
    {"a client in brackets", OURS, "10.1.2.3", {{FORWARDED, "[2001:db9::7]:1"}}, "2001:db9::7", ""},
    {"IPv4 in IPv6", OURS, "10.1.2.3", {{FORWARDED, "::ffff:192.0.2.1"}}, "192.0.2.1", ""},
    {"the peer as IPv4 in IPv6",
     OURS,
     "::ffff:10.1.2.3",
     {{FORWARDED, "192.0.2.1"}},
     "192.0.2.1",
     ""},
    {"what the client claims is not read",
     OURS,
     "127.0.0.1",
     {{FORWARDED, "8.8.8.8, 192.0.2.1"}},
     "192.0.2.1",
     ""},
    {"nor when it is garbage",
     OURS,
     "127.0.0.1",
     {{FORWARDED, "<script>,,, 192.0.2.1"}},
     "192.0.2.1",
     ""},
    {"nor when it is one of ours",
     OURS,
     "127.0.0.1",
     {{FORWARDED, "10.0.0.9, 192.0.2.1"}},
     "192.0.2.1",
     ""},
    {"nor in a field before",
     OURS,
     "127.0.0.1",
     {{FORWARDED, "8.8.8.8"}, {FORWARDED, "192.0.2.1"}},
     "192.0.2.1",
     ""},
    {"two proxies in a row",
     OURS,
     "127.0.0.1",
     {{FORWARDED, "8.8.8.8, 192.0.2.1, 10.0.0.9"}},
     "192.0.2.1",
     ""},
    {"two proxies, a field each",
     OURS,
     "127.0.0.1",
     {{FORWARDED, "192.0.2.1"}, {"Host", "a"}, {FORWARDED, "10.0.0.9"}},
     "192.0.2.1",
     ""},
    {"blanks and tabs",
     OURS,
     "127.0.0.1",
     {{FORWARDED, " 8.8.8.8 ,\t192.0.2.1\t"}},
     "192.0.2.1",
     ""},
    {"name in other case", OURS, "127.0.0.1", {{"x-forwarded-for", "192.0.2.1"}}, "192.0.2.1", ""},
    {"15 proxies between", OURS, "127.0.0.1", {{FORWARDED, "192.0.2.1," FIFTEEN}}, "192.0.2.1", ""},
    {"16 proxies between",
     OURS,
     "127.0.0.1",
     {{FORWARDED, "192.0.2.1,10.0.0.1," FIFTEEN}},
     NULL,
     ""},
    {"16 proxies in two fields",
     OURS,
     "127.0.0.1",
     {{FORWARDED, "192.0.2.1,10.0.0.1"}, {FORWARDED, FIFTEEN}},
     NULL,
     ""},
    {"a proxy that names nobody", OURS, "127.0.0.1", {{NULL, NULL}}, NULL, ""},
    {"an empty field", OURS, "127.0.0.1", {{FORWARDED, ""}}, NULL, ""},
    {"a list that ends in nothing", OURS, "127.0.0.1", {{FORWARDED, "192.0.2.1,"}}, NULL, ""},
    {"unknown, as Squid writes it",
     OURS,
     "127.0.0.1",
     {{FORWARDED, "192.0.2.1, unknown"}},
     NULL,
     ""},
    {"garbage behind a proxy of ours", OURS, "127.0.0.1", {{FORWARDED, "x, 10.0.0.9"}}, NULL, ""},
    {"nothing but proxies", OURS, "127.0.0.1", {{FORWARDED, "10.0.0.9, 10.0.0.8"}}, NULL, ""},
    {"an address with more", OURS, "127.0.0.1", {{FORWARDED, "192.0.2.1 evil"}}, NULL, ""},
    {"Forwarded is another header", OURS, "127.0.0.1", {{"Forwarded", "for=192.0.2.1"}}, NULL, ""},
    {"a peer that is no address", OURS, "", {{FORWARDED, "192.0.2.1"}}, NULL, ""},

    {"country of a client",
     OURS,
     "127.0.0.1",
     {{FORWARDED, "192.0.2.1"}, {"X-Country", "DE"}},
     "192.0.2.1",
     "DE"},
    {"country of nobody known", OURS, "127.0.0.1", {{"x-country", " JP "}}, NULL, "JP"},
    {"Kosovo", OURS, "127.0.0.1", {{"X-Country", "XK"}}, NULL, "XK"},
    {"country that a stranger says", OURS, "192.0.2.1", {{"X-Country", "DE"}}, "192.0.2.1", ""},
    {"unknown country", OURS, "127.0.0.1", {{"X-Country", "XX"}}, NULL, ""},
    {"Tor", OURS, "127.0.0.1", {{"X-Country", "T1"}}, NULL, ""},
    {"Europe", OURS, "127.0.0.1", {{"X-Country", "EU"}}, NULL, ""},
    {"ZZ", OURS, "127.0.0.1", {{"X-Country", "ZZ"}}, NULL, ""},
    {"a code that nobody was given", OURS, "127.0.0.1", {{"X-Country", "QZ"}}, NULL, ""},
    {"a code that is only reserved", OURS, "127.0.0.1", {{"X-Country", "UK"}}, NULL, ""},
    {"small letters", OURS, "127.0.0.1", {{"X-Country", "de"}}, NULL, ""},
    {"three letters", OURS, "127.0.0.1", {{"X-Country", "DEU"}}, NULL, ""},
    {"one letter", OURS, "127.0.0.1", {{"X-Country", "D"}}, NULL, ""},
    {"empty country", OURS, "127.0.0.1", {{"X-Country", ""}}, NULL, ""},
    {"two countries", OURS, "127.0.0.1", {{"X-Country", "DE"}, {"X-Country", "DE"}}, NULL, ""},
    {"a header without a name", OURS, "127.0.0.1", {{"", "DE"}}, NULL, ""},
    {"another header", OURS, "127.0.0.1", {{"CF-IPCountry", "DE"}}, NULL, ""},
};

static void
find(struct client *out, size_t row, const char *country_header)
{
    static struct config config;
    struct client_trust trust;
    struct head head = {.fields = rows[row].fields, .http_1_1 = true};
    (void)snprintf(config.trusted_proxies, sizeof config.trusted_proxies, "%s", rows[row].trusted);
    (void)snprintf(config.country_header, sizeof config.country_header, "%s", country_header);
    while (head.count < FIELDS && rows[row].fields[head.count].name != NULL)
        head.count++;
    client_trust_read(&trust, &config);
    memset(out, 0xaa, sizeof *out);
    client_find(out, &trust, rows[row].peer, &head);
}

static void
test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct client client;
        uint8_t expected[IP_BYTES] = {0};
        find(&client, i, "X-Country");
        if (rows[i].client != NULL)
            assert_true(ip_read(expected, slice_of(rows[i].client)));
        if (memcmp(client.address, expected, sizeof expected) != 0)
            fail_msg("%s: another address", rows[i].label);
        if (strcmp(client.country, rows[i].country) != 0)
            fail_msg("%s: country \"%s\"", rows[i].label, client.country);
    }
}

/* Without the header in the configuration there is no country, whatever fields have no name. */
static void
test_no_country_header(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct client client;
        find(&client, i, "");
        assert_string_equal(client.country, "");
    }
}

/* What a client can write, of any length, changes nothing about what his proxy says. */
static void
test_prepended(void **state)
{
    static const char *const claims[] = {"10.0.0.9", "8.8.8.8", "x", "", "::1", ",,,,"};
    static char value[8192];
    (void)state;
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        struct header_field field = {FORWARDED, value};
        struct head head = {.fields = &field, .count = 1, .http_1_1 = true};
        struct client_trust trust = {.country_header = ""};
        struct client client;
        uint8_t expected[IP_BYTES];
        size_t len = 0;
        while (len + 64 < sizeof value)
            len += (size_t)snprintf(value + len, sizeof value - len, "%s,", claims[i]);
        (void)snprintf(value + len, sizeof value - len, "198.51.100.7");
        assert_true(ip_prefix_read(&trust.proxies[trust.count++], slice_of("10.0.0.0/8")));
        client_find(&client, &trust, "10.0.0.1", &head);
        assert_true(ip_read(expected, slice_of("198.51.100.7")));
        assert_memory_equal(client.address, expected, sizeof expected);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_no_country_header),
        cmocka_unit_test(test_prepended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
