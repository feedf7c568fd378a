/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4291 §2.2 (IPv6 in text), §2.5.5.2 (IPv4 inside), RFC 4632 §3.1 (prefixes). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/ip.h"

#define V4 "00000000000000000000ffff"

static const char *
as_hex(char out[33], const uint8_t address[IP_BYTES])
{
    for (size_t i = 0; i < IP_BYTES; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", address[i]);
    return out;
}

static const struct {
    const char *text, *address, *node; /* NULL: refused */
} reads[] = {
    {"192.0.2.1", V4 "c0000201", V4 "c0000201"},
    {"0.0.0.0", V4 "00000000", V4 "00000000"},
    {"255.255.255.255", V4 "ffffffff", V4 "ffffffff"},
    {"::ffff:192.0.2.1", V4 "c0000201", V4 "c0000201"},
    {"::FFFF:C000:0201", V4 "c0000201", V4 "c0000201"},
    {"::", "00000000000000000000000000000000", "00000000000000000000000000000000"},
    {"2001:db8::1", "20010db8000000000000000000000001", "20010db8000000000000000000000001"},
    {"2001:DB8:0:0:8:800:200C:417A", "20010db80000000000080800200c417a",
     "20010db80000000000080800200c417a"},
    {"192.0.2.1:443", NULL, V4 "c0000201"},
    {"192.0.2.1:0", NULL, V4 "c0000201"},
    {"[2001:db8::1]", NULL, "20010db8000000000000000000000001"},
    {"[2001:db8::1]:65535", NULL, "20010db8000000000000000000000001"},
    {"", NULL, NULL},
    {"unknown", NULL, NULL},
    {"_hidden", NULL, NULL},
    {"localhost", NULL, NULL},
    {"192.0.2", NULL, NULL},
    {"192.0.2.1.", NULL, NULL},
    {"192.0.2.256", NULL, NULL},
    {"192.0.2.01", NULL, NULL},
    {"0xc0.0.2.1", NULL, NULL},
    {"3221225985", NULL, NULL},
    {" 192.0.2.1", NULL, NULL},
    {"192.0.2.1 ", NULL, NULL},
    {"192.0.2.1/32", NULL, NULL},
    {"192.0.2.1:", NULL, NULL},
    {"192.0.2.1:65536", NULL, NULL},
    {"192.0.2.1:+1", NULL, NULL},
    {"192.0.2.1:443:1", NULL, NULL},
    {"[192.0.2.1]", NULL, NULL},
    {"[192.0.2.1]:443", NULL, NULL},
    {"[2001:db8::1", NULL, NULL},
    {"2001:db8::1]", NULL, NULL},
    {"[2001:db8::1]443", NULL, NULL},
    {"[2001:db8::1]:", NULL, NULL},
    {"[]", NULL, NULL},
    {"2001:db8::1::2", NULL, NULL},
    {"2001:db8:::1", NULL, NULL},
    {"12345::", NULL, NULL},
    {"fe80::1%eth0", NULL, NULL},
    {"[fe80::1%25eth0]", NULL, NULL},
    {"2001:db8:0:0:0:0:0:0:1", NULL, NULL},
    {"2001:0db8:0000:0000:0000:0000:0000:0001:0000000000000000000000000", NULL, NULL},
};

typedef bool reader(uint8_t *out, struct slice s);

static bool
read_plain(uint8_t *out, struct slice s)
{
    return ip_read(out, s);
}

static bool
read_node(uint8_t *out, struct slice s)
{
    return ip_read_node(out, s);
}

static bool
reads_as(reader *read, const char *text, const char *expected)
{
    char hex[33] = "";
    uint8_t address[IP_BYTES] = {0};
    if (!read(address, slice_of(text)))
        return expected == NULL;
    return expected != NULL && strcmp(as_hex(hex, address), expected) == 0;
}

static void
test_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) {
        if (!reads_as(read_plain, reads[i].text, reads[i].address))
            fail_msg("%s: as an address", reads[i].text);
        if (!reads_as(read_node, reads[i].text, reads[i].node))
            fail_msg("%s: as a node", reads[i].text);
    }
}

static void
test_nul_inside(void **state)
{
    uint8_t address[IP_BYTES];
    (void)state;
    assert_false(ip_read(address, slice_make("192.0.2.1\0", 10)));
    assert_false(ip_read_node(address, slice_make("192.0.2.1:4\0", 12)));
}

static const struct {
    const char *prefix, *address;
    bool has;
} within[] = {
    {"192.0.2.1", "192.0.2.1", true},
    {"192.0.2.1", "::ffff:192.0.2.1", true},
    {"192.0.2.1", "192.0.2.2", false},
    {"192.0.2.1/32", "192.0.2.1", true},
    {"192.0.2.0/31", "192.0.2.1", true},
    {"192.0.2.0/31", "192.0.2.2", false},
    {"10.0.0.0/8", "10.255.255.255", true},
    {"10.0.0.0/8", "11.0.0.0", false},
    {"10.0.0.0/8", "9.255.255.255", false},
    {"172.16.0.0/12", "172.31.0.1", true},
    {"172.16.0.0/12", "172.32.0.1", false},
    {"128.0.0.0/1", "200.1.2.3", true},
    {"128.0.0.0/1", "127.255.255.255", false},
    {"128.0.0.0/1", "8000::", false}, /* another kind of address */
    {"2001:db8::/32", "2001:db8:ffff::1", true},
    {"2001:db8::/32", "2001:db9::1", false},
    {"2001:db8::/33", "2001:db8:8000::1", false},
    {"::1", "::1", true},
    {"::1", "127.0.0.1", false},
    {"fe80::/10", "febf::1", true},
    {"fe80::/10", "fec0::1", false},
};

static void
test_prefix_has(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof within / sizeof within[0]; i++) {
        struct ip_prefix prefix;
        uint8_t address[IP_BYTES];
        assert_true(ip_prefix_read(&prefix, slice_of(within[i].prefix)));
        assert_true(ip_read(address, slice_of(within[i].address)));
        if (ip_prefix_has(&prefix, address) != within[i].has)
            fail_msg("%s in %s", within[i].address, within[i].prefix);
    }
}

static void
test_prefix_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/0",
        "0.0.0.0/0",
        "::/0",
        "10.0.0.0/33",
        "10.0.0.1/8",
        "10.0.0.0/+8",
        "10.0.0.0/08",
        "10.0.0.0/8/8",
        "10/8",
        "10.0.0/8",
        "::1/129",
        "2001:db8::/28",
        "10.0.0.0/8 ",
        "10.0.0.0:80",
        "[::1]",
        "proxy",
        "::ffff:0:0/96",
        "10.0.0.0/255.0.0.0",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct ip_prefix prefix;
        if (ip_prefix_read(&prefix, slice_of(texts[i])))
            fail_msg("%s was taken", texts[i]);
    }
}

static const struct {
    unsigned bits;
    const char *left;
} cuts[] = {
    {0, "00000000000000000000000000000000"},   {1, "80000000000000000000000000000000"},
    {48, "ffffffffffff00000000000000000000"},  {63, "fffffffffffffffe0000000000000000"},
    {64, "ffffffffffffffff0000000000000000"},  {65, "ffffffffffffffff8000000000000000"},
    {127, "fffffffffffffffffffffffffffffffe"}, {128, "ffffffffffffffffffffffffffffffff"},
};

static void
test_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        char hex[33];
        uint8_t address[IP_BYTES];
        memset(address, 0xff, sizeof address);
        ip_cut(address, cuts[i].bits);
        assert_string_equal(as_hex(hex, address), cuts[i].left);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),       cmocka_unit_test(test_nul_inside),
        cmocka_unit_test(test_prefix_has), cmocka_unit_test(test_prefix_refused),
        cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
