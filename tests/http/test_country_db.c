/* SPDX-License-Identifier: Apache-2.0 */
/* Which country an address is in. The databases are made by MaxMind's own writer (mmdb). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/http/country_db.h"
#include "gateway/rules/country.h"
#include "tests/http/country_place.h"

static const char networks[] = "192.0.2.0/24 DE\n"
                               "198.51.100.0/25 FR\n"
                               "198.51.100.128/25 JP\n"
                               "203.0.113.7/32 XK\n"
                               "100.64.0.0/10 {\"registered_country\":{\"iso_code\":\"US\"}}\n"
                               "198.18.0.0/16 {\"country\":{\"iso_code\":\"EU\"}}\n"
                               "198.19.0.0/16 {\"country\":{\"iso_code\":\"de\"}}\n"
                               "240.1.0.0/16 {\"country\":{\"iso_code\":\"DEU\"}}\n"
                               "240.2.0.0/16 {\"country\":{\"iso_code\":\"\"}}\n"
                               "240.3.0.0/16 {\"country\":{\"geoname_id\":7}}\n"
                               "240.4.0.0/16 {}\n";
static const char networks_v6[] = "2001:db8::/32 SE\n"
                                  "2001:db8:1::/48 BR\n"
                                  "3fff::/20 {\"country\":{\"iso_code\":\"ZA\"}}\n";

static const struct {
    const char *label, *address, *country;
    bool v6;
} rows[] = {
    {"first of a network", "192.0.2.0", "DE", false},
    {"last of a network", "192.0.2.255", "DE", false},
    {"before it", "192.0.1.255", "", false},
    {"behind it", "192.0.3.0", "", false},
    {"last of a half", "198.51.100.127", "FR", false},
    {"first of the other half", "198.51.100.128", "JP", false},
    {"one address", "203.0.113.7", "XK", false},
    {"its neighbour", "203.0.113.6", "", false},
    {"IPv4 in IPv6", "::ffff:192.0.2.1", "DE", false},
    {"IPv4 in IPv6, in hexadecimal", "::ffff:c633:6480", "JP", false},
    {"private", "10.0.0.1", "", false},
    {"this machine", "127.0.0.1", "", false},
    {"the first address of all", "0.0.0.0", "", false},
    {"the last IPv4 of all", "255.255.255.255", "", false},
    {"registered elsewhere, used nobody knows where", "100.64.0.1", "", false},
    {"a code that is no country", "198.18.0.1", "", false},
    {"small letters", "198.19.0.1", "", false},
    {"three letters", "240.1.0.1", "", false},
    {"no letters", "240.2.0.1", "", false},
    {"a country without a code", "240.3.0.1", "", false},
    {"a record without a country", "240.4.0.1", "", false},
    {"IPv6", "2001:db8::1", "SE", true},
    {"last before a narrower network", "2001:db8:0:ffff:ffff:ffff:ffff:ffff", "SE", true},
    {"a network within another", "2001:db8:1::5", "BR", true},
    {"behind it again", "2001:db8:2::", "SE", true},
    {"a record of one member", "3fff:fff::1", "ZA", true},
    {"IPv6 without a record", "2001:db9::1", "", true},
    {"IPv6 of this machine", "::1", "", true},
    {"IPv6 of a link", "fe80::1", "", true},
    {"no address", "::", "", true},
};

static void
look_up(const struct country_db *db, const char *kind, bool v6)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t address[IP_BYTES];
        char country[3] = "??";
        assert_true(ip_read(address, slice_of(rows[i].address)));
        country_db_find(db, address, country);
        if (strcmp(country, rows[i].v6 && !v6 ? "" : rows[i].country) != 0)
            fail_msg("%s, %s: \"%s\"", kind, rows[i].label, country);
    }
}

static void
every_kind_answers_alike(void **state)
{
    static const struct {
        const char *options;
        bool v6;
    } kinds[] = {
        {"size=24", true},
        {"size=28", true},
        {"size=32", true},
        {"version=4 size=24", false},
        {"version=4 size=28", false},
        {"version=4 size=32", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct country_db *db = NULL;
        struct fault fault = {0};
        char all[2048];
        (void)snprintf(all, sizeof all, "%s%s", networks, kinds[i].v6 ? networks_v6 : "");
        country_place_write("good.mmdb", kinds[i].options, all);
        if (country_db_open(country_place_file("good.mmdb"), &db, &fault) != ERR_OK)
            fail_msg("%s: %s", kinds[i].options, fault.text);
        look_up(db, kinds[i].options, kinds[i].v6);
        country_db_close(db);
    }
}

/* 2026-11-20T12:00:00Z is 1795176000; what the file says of itself is shown, and nothing more. */
static void
tells_its_name(void **state)
{
    static const struct {
        const char *options, *name;
    } names[] = {
        {"type=GeoLite2-Country epoch=1795176000", "GeoLite2-Country of 2026-11-20"},
        {"type=DBIP-Country-Lite epoch=1795132800", "DBIP-Country-Lite of 2026-11-20"},
        {"type=DBIP-Country-Lite epoch=1795132799", "DBIP-Country-Lite of 2026-11-19"},
        {"type=\"$(printf 'a\\033[2Jb')\" epoch=1795176000", "a?[2Jb of 2026-11-20"},
        {"type=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
         "epoch=1795176000",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa of 2026-11-20"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct country_db *db = NULL;
        struct fault fault = {0};
        char name[COUNTRY_DB_NAME_MAX];
        country_place_write("named.mmdb", names[i].options, networks);
        assert_int_equal(country_db_open(country_place_file("named.mmdb"), &db, &fault), ERR_OK);
        country_db_name(db, name);
        country_db_close(db);
        assert_string_equal(name, names[i].name);
    }
}

static void
refused(const char *label, const char *name, enum err expected, const char *why)
{
    struct country_db *db = NULL;
    struct fault fault = {0};
    const char *path = country_place_file(name);
    enum err err = country_db_open(path, &db, &fault);
    size_t begin = strlen(path);
    if (err != expected || db != NULL || strncmp(fault.text, path, begin) != 0 ||
        strcmp(fault.text + begin, why) != 0)
        fail_msg("%s: %d \"%s\"", label, (int)err, fault.text);
}

#define NO_COUNTRY(type)                                                                           \
    ": a MaxMind DB of the type \"" type "\", which has no country (no country.iso_code); one of " \
    "a Country or City database is needed"
#define NOTHING ": not a MaxMind DB, or not the whole of one"

static void
databases_of_other_kinds(void **state)
{
    static const struct {
        const char *label, *options, *networks, *why;
    } kinds[] = {
        {"of networks", "type=GeoLite2-ASN", "192.0.2.0/24 {\"autonomous_system_number\":64500}\n",
         NO_COUNTRY("GeoLite2-ASN")},
        {"the country as a text", "type=ipinfo as.country=utf8_string",
         "192.0.2.0/24 {\"country\":\"DE\"}\n", NO_COUNTRY("ipinfo")},
        {"the code as a number", "type=odd as.iso_code=uint32",
         "192.0.2.0/24 {\"country\":{\"iso_code\":276}}\n", NO_COUNTRY("odd")},
        {"registered countries only", "type=GeoLite2-Country",
         "192.0.2.0/24 {\"registered_country\":{\"iso_code\":\"DE\"}}\n",
         NO_COUNTRY("GeoLite2-Country")},
        {"no country known to anybody", "type=GeoLite2-Country",
         "192.0.2.0/24 {\"country\":{\"iso_code\":\"ZZ\"}}\n", NO_COUNTRY("GeoLite2-Country")},
        {"nothing", "type=GeoLite2-Country", "", NO_COUNTRY("GeoLite2-Country")},
    };
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        country_place_write("kind.mmdb", kinds[i].options, kinds[i].networks);
        refused(kinds[i].label, "kind.mmdb", ERR_INVALID, kinds[i].why);
    }
}

static void
files_that_are_none(void **state)
{
    (void)state;
    refused("missing", "missing.mmdb", ERR_NOT_FOUND, ": No such file or directory");
    refused("below a file", "missing.mmdb/a", ERR_NOT_FOUND, ": No such file or directory");
    assert_int_equal(mkdir(country_place_file("directory"), 0700), 0);
    refused("a directory", "directory", ERR_INVALID, ": not a regular file");
    assert_int_equal(mkfifo(country_place_file("pipe"), 0600), 0);
    refused("a pipe that nobody writes to", "pipe", ERR_INVALID, ": not a regular file");
    country_place_put("empty", slice_of(""));
    refused("empty", "empty", ERR_CORRUPT, ": empty");
    country_place_put("text", slice_of("DE,192.0.2.0/24\n"));
    refused("a text", "text", ERR_CORRUPT, NOTHING);
    country_place_put("mark", slice_of("\xab\xcd\xefMaxMind.com"));
    refused("the mark of one and nothing else", "mark", ERR_CORRUPT, NOTHING);
    country_place_write("packed", "", networks);
    country_place_run("gzip -f packed");
    refused("packed", "packed.gz", ERR_CORRUPT, ": packed by gzip; unpack it");
    country_place_put("large", slice_of("x"));
    assert_int_equal(truncate(country_place_file("large"), COUNTRY_DB_MAX + 1L), 0);
    refused("too large", "large", ERR_TOO_LARGE, ": larger than 268435456 bytes");
}

/* ---- damage ---- */

/* Whatever it answers, it is a country or nothing. Was it opened? */
static bool
survives(const char *what, size_t at)
{
    struct country_db *db = NULL;
    struct fault fault = {0};
    enum err err = country_db_open(country_place_file("damaged.mmdb"), &db, &fault);
    if (err != ERR_OK) {
        if (db != NULL || strstr(fault.text, "damaged.mmdb: ") == NULL)
            fail_msg("%s at %zu: \"%s\"", what, at, fault.text);
        return false;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t address[IP_BYTES];
        char country[3] = "??";
        assert_true(ip_read(address, slice_of(rows[i].address)));
        country_db_find(db, address, country);
        if (country[0] != '\0' && !country_known(country))
            fail_msg("%s at %zu, %s: \"%s\"", what, at, rows[i].label, country);
    }
    country_db_close(db);
    return true;
}

static void
read_good(struct text *out)
{
    struct fault fault = {0};
    country_place_write("good.mmdb", "size=24",
                        "192.0.2.0/24 {\"country\":{\"iso_code\":\"DE\"}}\n198.51.100.0/25 {}\n"
                        "2001:db8::/32 {\"country\":{\"iso_code\":\"SE\"}}\n");
    text_init(out, 1 << 20);
    assert_int_equal(file_read(country_place_file("good.mmdb"), FILE_ANY, out, &fault), ERR_OK);
    country_place_put("damaged.mmdb", text_slice(out));
    assert_true(survives("nothing", 0));
}

static void
cut_anywhere(void **state)
{
    struct text good;
    (void)state;
    read_good(&good);
    for (size_t len = 0; len < good.len; len++) {
        country_place_put("damaged.mmdb", slice_make(good.data, len));
        if (survives("cut", len))
            fail_msg("cut at %zu of %zu, and opened", len, good.len);
    }
    text_free(&good);
}

static void
flipped_anywhere(void **state)
{
    static const uint8_t flips[] = {0x01, 0x80, 0xff};
    struct text good;
    size_t opened = 0, tried = 0;
    (void)state;
    read_good(&good);
    for (size_t i = 0; i < good.len * sizeof flips; i++) {
        char *byte = &good.data[i / sizeof flips];
        *byte = (char)(*byte ^ flips[i % sizeof flips]);
        country_place_put("damaged.mmdb", text_slice(&good));
        opened += survives("flipped", i / sizeof flips);
        tried++;
        *byte = (char)(*byte ^ flips[i % sizeof flips]);
    }
    assert_in_range(opened, 1, tried - 1); /* not every byte matters */
    text_free(&good);
}

/* What was mapped is a copy: the file may be written over, made shorter or removed. */
static void
is_a_copy(void **state)
{
    struct country_db *db = NULL;
    struct fault fault = {0};
    char all[2048];
    (void)state;
    (void)snprintf(all, sizeof all, "%s%s", networks, networks_v6);
    country_place_write("good.mmdb", "size=24", all);
    assert_int_equal(country_db_open(country_place_file("good.mmdb"), &db, &fault), ERR_OK);
    country_place_put("good.mmdb", slice_of("x"));
    look_up(db, "written over", true);
    assert_int_equal(truncate(country_place_file("good.mmdb"), 0), 0);
    look_up(db, "emptied", true);
    assert_int_equal(unlink(country_place_file("good.mmdb")), 0);
    look_up(db, "removed", true);
    country_db_close(db);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_answers_alike),
        cmocka_unit_test(tells_its_name),
        cmocka_unit_test(databases_of_other_kinds),
        cmocka_unit_test(files_that_are_none),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(flipped_anywhere),
        cmocka_unit_test(is_a_copy),
    };
    return cmocka_run_group_tests(tests, country_place_make, country_place_remove);
}
