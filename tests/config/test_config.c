/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/ini.h"
#include "gateway/config/config.h"

static void
has_defaults(void **state)
{
    (void)state;
    struct config config;
    config_defaults(&config);
    assert_string_equal(config.data, "/var/lib/assay");
    assert_string_equal(config.address, "127.0.0.1");
    assert_int_equal(config.port, 8080);
    assert_string_equal(config.base_url, "");
    assert_int_equal(config.workers, 128);
    assert_int_equal(config.request_timeout_ms, 5000);
    assert_int_equal(config.keep_alive_ms, 75000);
    assert_string_equal(config.log, "info");
    assert_string_equal(config.admin_address, "127.0.0.1");
    assert_int_equal(config.admin_port, 0);
    assert_string_equal(config.document_hosts, "");
    assert_string_equal(config.trusted_proxies, "");
    assert_string_equal(config.country_header, "");
    assert_string_equal(config.country_file, "");
    assert_int_equal(config.client_requests, 50);
    assert_int_equal(config.client_connections, 32);
    assert_int_equal(config.client_forged, 60);
    assert_int_equal(config.client_claims, 60);
    assert_int_equal(config.credential_requests, 5000);
    assert_int_equal(config.verifications, 4000);
    for (size_t i = 0; i < CONFIG_KEYS; i++)
        assert_string_equal(config.sources[i], "default");
}

#define TEXT_160                                                                                   \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"             \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define TEXT_107                                                                                   \
    "/run/assay/67890123456789012345678901234567890123456789012345678901234567890123456789"        \
    "0123456789012345678901"

#define TLS                                                                                        \
    "TLS is not served here; put a proxy that speaks TLS in front (nginx, HAProxy, Caddy) and "    \
    "let "                                                                                         \
    "it forward to this address and port over http"

#define HOSTS                                                                                      \
    "here: document_hosts: expected names of hosts, HOST[:PORT], with single blanks between: no "  \
    "https:// and no path"

#define PROXIES_16 "::1 ::2 ::3 ::4 ::5 ::6 ::7 ::8 ::9 ::a ::b ::c ::d ::e ::f ::10"
#define PROXIES                                                                                    \
    "here: trusted_proxies: expected addresses like 127.0.0.1 or ::1, or prefixes like "           \
    "10.0.0.0/8 "                                                                                  \
    "with nothing but zeros behind them, with single blanks between"

static const struct {
    const char *label, *key, *value, *fault; /* fault NULL: accepted */
} rows[] = {
    {"directory", "data", "/srv/assay", NULL},
    {"directory with a space", "data", "/srv/my assay", NULL},
    {"longest directory", "data", TEXT_160, NULL},
    {"any address", "address", "0.0.0.0", NULL},
    {"lowest port", "port", "1", NULL},
    {"highest port", "port", "65535", NULL},
    {"no admin port", "admin_port", "0", NULL},
    {"highest admin port", "admin_port", "65535", NULL},
    {"admin port too high", "admin_port", "65536",
     "here: admin_port: expected a number from 0 to 65535"},
    {"admin on every address", "admin_address", "0.0.0.0", NULL},
    {"plain url", "base_url", "http://id.example.com", NULL},
    {"secure url with port", "base_url", "https://ID.EXAMPLE.COM:8443", NULL},
    {"url unset", "base_url", "", NULL},
    {"fewest workers", "workers", "1", NULL},
    {"most workers", "workers", "4096", NULL},
    {"shortest timeout", "request_timeout_ms", "100", NULL},
    {"no keep-alive", "keep_alive_ms", "0", NULL},
    {"debug", "log", "debug", NULL},
    {"no documents", "document_hosts", "", NULL},
    {"one host", "document_hosts", "erp.example.com", NULL},
    {"two hosts", "document_hosts", "erp.example.com dms.example.com:8443", NULL},
    {"host with a scheme", "document_hosts", "https://erp.example.com", HOSTS},
    {"host with a path", "document_hosts", "erp.example.com/docs", HOSTS},
    {"any host", "document_hosts", "*", HOSTS},
    {"hosts with a comma", "document_hosts", "a.example.com,b.example.com", HOSTS},
    {"two blanks", "document_hosts", "a  b", HOSTS},
    {"host with port 0", "document_hosts", "a:0", HOSTS},
    {"host with a user", "document_hosts", "me@a", HOSTS},
    {"no proxy", "trusted_proxies", "", NULL},
    {"a proxy", "trusted_proxies", "127.0.0.1", NULL},
    {"proxies of both kinds", "trusted_proxies", "127.0.0.1 ::1 10.0.0.0/8 2001:db8::/32", NULL},
    {"16 proxies", "trusted_proxies", PROXIES_16, NULL},
    {"17 proxies", "trusted_proxies", PROXIES_16 " ::17",
     "here: trusted_proxies: more than 16 addresses and prefixes"},
    {"everybody a proxy", "trusted_proxies", "0.0.0.0/0", PROXIES},
    {"bits behind a prefix", "trusted_proxies", "10.0.0.1/8", PROXIES},
    {"name of a proxy", "trusted_proxies", "proxy.example.com", PROXIES},
    {"proxies with a comma", "trusted_proxies", "10.0.0.1,10.0.0.2", PROXIES},
    {"blank behind a proxy", "trusted_proxies", "10.0.0.1 ", PROXIES},
    {"two blanks between proxies", "trusted_proxies", "10.0.0.1  10.0.0.2", PROXIES},
    {"no header of countries", "country_header", "", NULL},
    {"header of countries", "country_header", "CF-IPCountry", NULL},
    {"header with a colon", "country_header",
     "X-Country:", "here: country_header: expected the name of a header, like X-Country"},
    {"header with a blank", "country_header", "X Country",
     "here: country_header: expected the name of a header, like X-Country"},
    {"long header", "country_header",
     "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcde",
     "here: country_header: expected the name of a header, at most 64 bytes"},
    {"no limit of requests", "client_requests", "0", NULL},
    {"most requests", "client_requests", "100000", NULL},
    {"too many requests", "client_requests", "100001",
     "here: client_requests: expected a number from 0 to 100000"},
    {"requests of a key", "credential_requests", "1000000", NULL},
    {"negative verifications", "verifications", "-1",
     "here: verifications: expected a number from 0 to 1000000"},
    {"no signer", "signer", "", NULL},
    {"signer", "signer", "/run/assay/signer", NULL},
    {"longest socket", "signer", TEXT_107, NULL},
    {"socket too long", "signer", TEXT_107 "a",
     "here: signer: expected the path of a socket, at most 107 bytes"},
    {"no directory", "data", "", "here: data: expected a directory"},
    {"too long", "data", TEXT_160 "a", "here: data: longer than 160 bytes"},
    {"line end", "data", "/a\nport = 1", "here: data: holds what a configuration file cannot hold"},
    {"blank at the end", "data", "/a ", "here: data: holds what a configuration file cannot hold"},
    {"host name", "address", "localhost",
     "here: address: expected an IPv4 address like 127.0.0.1, or 0.0.0.0 for all"},
    {"three parts", "address", "127.0.1",
     "here: address: expected an IPv4 address like 127.0.0.1, or 0.0.0.0 for all"},
    {"leading zero", "address", "127.0.0.01",
     "here: address: expected an IPv4 address like 127.0.0.1, or 0.0.0.0 for all"},
    {"IPv6", "address", "::1",
     "here: address: only IPv4 is served here; for IPv6 put a proxy in front"},
    {"port zero", "port", "0", "here: port: expected a number from 1 to 65535"},
    {"file of countries", "country_file", "/var/lib/GeoIP/GeoLite2-Country.mmdb", NULL},
    {"file of countries with a space", "country_file", "geo ip/a.mmdb", NULL},
    {"no file of countries", "country_file", "", NULL},
    {"longest file of countries", "country_file", TEXT_160, NULL},
    {"file of countries too long", "country_file", TEXT_160 "a",
     "here: country_file: longer than 160 bytes"},
    {"directory of countries", "country_file", "/var/lib/GeoIP/",
     "here: country_file: expected a file, not a directory"},
    {"port too high", "port", "65536", "here: port: expected a number from 1 to 65535"},
    {"port with a sign", "port", "+80", "here: port: expected a number from 1 to 65535"},
    {"port with a leading zero", "port", "080", "here: port: expected a number from 1 to 65535"},
    {"port with a blank", "port", " 80", "here: port: expected a number from 1 to 65535"},
    {"no port", "port", "", "here: port: expected a number from 1 to 65535"},
    {"two ports", "port", "80,81", "here: port: expected a number from 1 to 65535"},
    {"TLS port", "port", "8443s", "here: port: " TLS},
    {"s alone", "port", "s", "here: port: expected a number from 1 to 65535"},
    {"TLS certificate", "tls_certificate", "/a.pem", "here: tls_certificate: " TLS},
    {"TLS port by another name", "ssl_port", "443", "here: ssl_port: " TLS},
    {"TLS by its protocol", "https_port", "443", "here: https_port: " TLS},
    {"url without scheme", "base_url", "id.example.com",
     "here: base_url: expected http://HOST[:PORT] or https://HOST[:PORT], without a path or a "
     "final "
     "'/'"},
    {"url with a slash", "base_url", "https://id.example.com/",
     "here: base_url: expected http://HOST[:PORT] or https://HOST[:PORT], without a path or a "
     "final "
     "'/'"},
    {"url with user", "base_url", "https://me@id.example.com",
     "here: base_url: expected http://HOST[:PORT] or https://HOST[:PORT], without a path or a "
     "final "
     "'/'"},
    {"url with an empty port", "base_url", "https://id.example.com:",
     "here: base_url: expected http://HOST[:PORT] or https://HOST[:PORT], without a path or a "
     "final "
     "'/'"},
    {"url with port 0", "base_url", "https://id.example.com:0",
     "here: base_url: expected http://HOST[:PORT] or https://HOST[:PORT], without a path or a "
     "final "
     "'/'"},
    {"url without host", "base_url", "https://:443",
     "here: base_url: expected http://HOST[:PORT] or https://HOST[:PORT], without a path or a "
     "final "
     "'/'"},
    {"no workers", "workers", "0", "here: workers: expected a number from 1 to 4096"},
    {"too many workers", "workers", "4097", "here: workers: expected a number from 1 to 4096"},
    {"number of 2^64", "workers", "18446744073709551616",
     "here: workers: expected a number from 1 to 4096"},
    {"log level", "log", "INFO", "here: log: expected error, info or debug"},
    {"letters swapped", "prot", "80", "here: unknown key prot; did you mean port?"},
    {"letter missing", "bas_url", "http://a", "here: unknown key bas_url; did you mean base_url?"},
    {"hyphen for underscore", "base-url", "http://a",
     "here: unknown key base-url; did you mean base_url?"},
    {"capital", "Port", "80", "here: unknown key Port; did you mean port?"},
    {"nothing near", "colour", "red", "here: unknown key colour"},
    {"empty key", "", "1", "here: unknown key "},
};

static void
sets_and_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct config config;
        struct config before;
        struct fault fault = {0};
        config_defaults(&config);
        before = config;
        enum err err = config_set(&config, rows[i].key, rows[i].value, "here", &fault);
        const char *expected = rows[i].fault == NULL ? "" : rows[i].fault;
        if (err != (rows[i].fault == NULL ? ERR_OK : ERR_INVALID) ||
            strcmp(fault.text, expected) != 0)
            fail_msg("%s: %d \"%s\"", rows[i].label, (int)err, fault.text);
        if (err != ERR_OK)
            assert_memory_equal(&config, &before, sizeof config);
    }
}

static const struct {
    const char *label, *port, *base_url, *expected, *fault;
} pairs[] = {
    {"from the port", "9000", "", "http://localhost:9000", NULL},
    {"same port", "9000", "http://localhost:9000", "http://localhost:9000", NULL},
    {"port of the scheme", "80", "http://127.0.0.1", "http://127.0.0.1", NULL},
    {"behind a proxy", "9000", "https://id.example.com", "https://id.example.com", NULL},
    {"TLS proxy on this machine", "9000", "https://localhost", "https://localhost", NULL},
    {"other port", "9000", "http://localhost:8080", NULL,
     "base_url: http://localhost:8080 does not lead to port 9000"},
    {"other port of the scheme", "9000", "http://LOCALHOST", NULL,
     "base_url: http://LOCALHOST does not lead to port 9000"},
};

static void
checks_the_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct config config;
        struct fault fault = {0};
        config_defaults(&config);
        assert_int_equal(config_set(&config, "port", pairs[i].port, "here", &fault), ERR_OK);
        assert_int_equal(config_set(&config, "base_url", pairs[i].base_url, "here", &fault),
                         ERR_OK);
        enum err err = config_check(&config, &fault);
        if (err != (pairs[i].fault == NULL ? ERR_OK : ERR_INVALID))
            fail_msg("%s: %d %s", pairs[i].label, (int)err, fault.text);
        if (err == ERR_OK)
            assert_string_equal(config.base_url, pairs[i].expected);
        if (err != ERR_OK)
            assert_string_equal(fault.text, pairs[i].fault);
    }
}

static void
refuses_a_country_from_anybody(void **state)
{
    (void)state;
    struct config config;
    struct fault fault = {0};
    config_defaults(&config);
    assert_int_equal(config_set(&config, "country_header", "X-Country", "here", &fault), ERR_OK);
    assert_int_equal(config_check(&config, &fault), ERR_INVALID);
    assert_string_equal(fault.text,
                        "country_header: nobody may say it while trusted_proxies is empty");
    assert_int_equal(config_set(&config, "trusted_proxies", "::1", "here", &fault), ERR_OK);
    assert_int_equal(config_check(&config, &fault), ERR_OK);
}

/* Sets the key again from what was printed. */
static enum err
set_again(void *context, const struct ini_entry *entry, struct fault *fault)
{
    return config_set(context, entry->name, entry->value, "again", fault);
}

static void
prints_what_it_reads(void **state)
{
    (void)state;
    struct config config;
    struct config again;
    struct fault fault = {0};
    struct text text;
    text_init(&text, CONFIG_FILE_MAX);
    config_defaults(&config);
    assert_int_equal(config_set(&config, "data", TEXT_160, TEXT_160 TEXT_160, &fault), ERR_OK);
    assert_int_equal(config_set(&config, "port", "9000", "a\nfile\x1B.ini:7", &fault), ERR_OK);
    assert_int_equal(config_check(&config, &fault), ERR_OK);
    config_print(&text, &config);
    assert_true(text_ok(&text));
    assert_non_null(strstr(text.data, "# from: a?file?.ini:7\nport = 9000\n"));
    assert_non_null(strstr(text.data, "\nbase_url = http://localhost:9000\n"));
    memset(&again, 0, sizeof again);
    if (ini_read(text_slice(&text), "print", set_again, &again, &fault) != ERR_OK)
        fail_msg("%s", fault.text);
    assert_memory_equal(&again, &config, offsetof(struct config, sources));
    for (size_t i = 0; i < CONFIG_KEYS; i++)
        assert_string_equal(again.sources[i], "again");
    text_free(&text);
}

static void
tells_every_flag(void **state)
{
    (void)state;
    struct text text;
    text_init(&text, 8192);
    config_usage(&text);
    assert_true(text_ok(&text));
    assert_non_null(strstr(text.data, "  --data DIR "));
    assert_non_null(strstr(text.data, "  --request-timeout-ms NUMBER "));
    assert_non_null(strstr(text.data, "(8080)\n"));
    text_free(&text);
}

static void
makes_paths(void **state)
{
    (void)state;
    char path[CONFIG_PATH_MAX];
    config_path(path, "/srv/assay", "keyset.ini");
    assert_string_equal(path, "/srv/assay/keyset.ini");
}

static const struct {
    const char *label, *hosts, *link, *fault; /* fault NULL: accepted */
} documents[] = {
    {"the host", "erp.example.com", "https://erp.example.com/so/1", NULL},
    {"its name in capitals", "erp.example.com", "https://ERP.example.COM/so/1", NULL},
    {"without a path", "erp.example.com", "https://erp.example.com", NULL},
    {"with a query", "erp.example.com", "https://erp.example.com?id=1", NULL},
    {"the port of https said", "erp.example.com", "https://erp.example.com:443/1", NULL},
    {"a port of its own", "a b:8443", "https://b:8443/1", NULL},
    {"the first of two", "a b", "https://a/1", NULL},
    {"none is configured", "", "https://erp.example.com/so/1", "document_hosts = "},
    {"another host", "erp.example.com", "https://example.com/1", "one of: erp.example.com"},
    {"below the host", "example.com", "https://erp.example.com/1", "one of"},
    {"above the host", "erp.example.com", "https://com/1", "one of"},
    {"a host that ends alike", "example.com", "https://badexample.com/1", "one of"},
    {"a host that begins alike", "erp.example.com", "https://erp.example.com.evil.org/1", "one of"},
    {"the host as user", "erp.example.com", "https://erp.example.com@evil.org/1", "one of"},
    {"the host as user with a password", "erp.example.com", "https://erp.example.com:1@evil.org/1",
     "one of"},
    {"the host in the path", "erp.example.com", "https://evil.org/erp.example.com", "one of"},
    {"the host after a backslash", "erp.example.com", "https://evil.org\\erp.example.com/",
     "one of"},
    {"another port", "erp.example.com", "https://erp.example.com:8443/1", "one of"},
    {"no port where one is asked for", "erp.example.com:8443", "https://erp.example.com/1",
     "one of"},
    {"plain http", "erp.example.com", "http://erp.example.com/1", "https link"},
    {"capital scheme", "erp.example.com", "HTTPS://erp.example.com/1", "https link"},
    {"no scheme", "erp.example.com", "//erp.example.com/1", "https link"},
    {"a script", "erp.example.com", "javascript:alert(1)", "https link"},
    {"nothing", "erp.example.com", "", "https link"},
};

static void
documents_are_on_configured_hosts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        struct config config;
        struct fault fault = {ERR_OK, ""};
        config_defaults(&config);
        assert_int_equal(config_set(&config, "document_hosts", documents[i].hosts, "here", &fault),
                         ERR_OK);
        enum err err = config_check_document(&config, documents[i].link, &fault);
        if ((err == ERR_OK) != (documents[i].fault == NULL))
            fail_msg("%s: %s", documents[i].label, fault.text);
        if (err != ERR_OK && strstr(fault.text, documents[i].fault) == NULL)
            fail_msg("%s: %s", documents[i].label, fault.text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_defaults),         cmocka_unit_test(sets_and_refuses),
        cmocka_unit_test(checks_the_whole),     cmocka_unit_test(refuses_a_country_from_anybody),
        cmocka_unit_test(prints_what_it_reads), cmocka_unit_test(tells_every_flag),
        cmocka_unit_test(makes_paths),          cmocka_unit_test(documents_are_on_configured_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
