/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers from shed.h: bursts and paces by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/shed.h"
#include "gateway/base/ip.h"

#define NOON INT64_C(1795348800)

static struct config config;

static struct shed *
open_shed(void)
{
    struct shed *shed = NULL;
    assert_true(sodium_init() >= 0);
    config_defaults(&config);
    config.client_requests = 2;
    config.client_forged = 3;
    config.client_claims = 4;
    config.client_connections = 2;
    config.credential_requests = 5;
    config.verifications = 6;
    assert_int_equal(shed_open(&shed, &config, NULL), ERR_OK);
    return shed;
}

static struct client
client_of(const char *address)
{
    struct client client = {{0}, ""};
    if (address[0] != '\0')
        assert_true(ip_read(client.address, slice_of(address)));
    return client;
}

static unsigned
drain(struct shed *shed, enum shed_kind kind, const char *address, int64_t now)
{
    struct client client = client_of(address);
    struct shed_ask ask = {.kind = kind, .client = &client, .now = now};
    unsigned taken = 0;
    while (taken < 10000 && shed_take(shed, &ask))
        taken++;
    if (taken < 10000)
        assert_true(ask.wait >= 1);
    return taken;
}

static const struct {
    const char *label;
    enum shed_kind kind;
    unsigned at_once;
    int64_t seconds; /* until that many came back */
    unsigned back;
} rows[] = {
    {"20 times 2 requests, then 2 a second", SHED_REQUESTS, 40, 3, 6},
    {"3 forged, then one in 20 seconds", SHED_FORGED, 3, 40, 2},
    {"4 codes, then one in 15 minutes", SHED_CLAIMS, 4, 900, 1},
};

static void
test_rates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct shed *shed = open_shed();
        assert_int_equal(drain(shed, rows[i].kind, "192.0.2.1", NOON), rows[i].at_once);
        assert_int_equal(drain(shed, rows[i].kind, "192.0.2.1", NOON), 0);
        assert_int_equal(drain(shed, rows[i].kind, "192.0.2.1", NOON + rows[i].seconds),
                         rows[i].back);
        assert_int_equal(drain(shed, rows[i].kind, "198.51.100.1", NOON), rows[i].at_once);
        assert_int_equal(shed_count(shed, rows[i].kind), 4);
        shed_close(shed);
    }
}

static const struct {
    const char *label, *first, *second;
    bool same;
} clients[] = {
    {"one address", "192.0.2.1", "192.0.2.1", true},
    {"both spellings", "192.0.2.1", "::ffff:192.0.2.1", true},
    {"neighbours", "192.0.2.1", "192.0.2.2", false},
    {"one /64", "2001:db8::1", "2001:db8::ffff:0:0:1", true},
    {"two /64", "2001:db8::1", "2001:db8:0:1::1", false},
    {"another kind", "0.0.0.1", "2001:db8::1", false},
};

static void
test_clients(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++) {
        struct shed *shed = open_shed();
        assert_int_equal(drain(shed, SHED_REQUESTS, clients[i].first, NOON), 40);
        if (drain(shed, SHED_REQUESTS, clients[i].second, NOON) != (clients[i].same ? 0 : 40))
            fail_msg("%s", clients[i].label);
        shed_close(shed);
    }
}

/* A network has SHED_NETWORK times as much as a client, whoever in it takes it. */
static void
test_networks(void **state)
{
    static const struct {
        const char *inside, *outside;
    } networks[] = {{"203.0.113.", "203.0.114.1"}, {"2001:db8:7:", "2001:db8:8::1"}};
    (void)state;
    for (size_t n = 0; n < 2; n++) {
        struct shed *shed = open_shed();
        unsigned taken = 0;
        for (unsigned i = 1; i < 100; i++) {
            char address[64];
            (void)snprintf(address, sizeof address, "%s%u%s", networks[n].inside, i,
                           n == 0 ? "" : "::1");
            taken += drain(shed, SHED_REQUESTS, address, NOON);
        }
        assert_int_equal(taken, 40 * SHED_NETWORK);
        assert_int_equal(drain(shed, SHED_REQUESTS, networks[n].outside, NOON), 40);
        shed_close(shed);
    }
}

/* What the network refuses is not taken from the client. */
static void
test_all_or_nothing(void **state)
{
    struct shed *shed = open_shed();
    (void)state;
    for (unsigned i = 1; i <= SHED_NETWORK; i++) {
        char address[64];
        (void)snprintf(address, sizeof address, "203.0.113.%u", i);
        assert_int_equal(drain(shed, SHED_FORGED, address, NOON), 3);
    }
    assert_int_equal(drain(shed, SHED_FORGED, "203.0.113.99", NOON), 0);
    /* 20 s later the network has eight again, and this client all three of his. */
    assert_int_equal(drain(shed, SHED_FORGED, "203.0.113.99", NOON + 20), 3);
    shed_close(shed);
}

static void
test_not_limited(void **state)
{
    static const char *const free[] = {"", "127.0.0.1", "::1"};
    struct shed *shed = open_shed();
    (void)state;
    for (size_t i = 0; i < sizeof free / sizeof free[0]; i++)
        assert_int_equal(drain(shed, SHED_REQUESTS, free[i], NOON), 10000);
    assert_int_equal(drain(shed, SHED_REQUESTS, "127.0.0.2", NOON), 40);
    assert_int_equal(drain(NULL, SHED_REQUESTS, "192.0.2.1", NOON), 10000);
    shed_close(shed);
}

static void
test_zero_is_no_limit(void **state)
{
    struct shed *shed = NULL;
    struct client client = client_of("192.0.2.1");
    (void)state;
    assert_true(sodium_init() >= 0);
    memset(&config, 0, sizeof config);
    assert_int_equal(shed_open(&shed, &config, NULL), ERR_OK);
    for (int kind = 0; kind < SHED_CONNECTIONS; kind++)
        assert_int_equal(drain(shed, (enum shed_kind)kind, "192.0.2.1", NOON), 10000);
    for (int i = 0; i < 1000; i++)
        assert_false(shed_crowded(shed, shed_connect(shed, &client)));
    shed_close(shed);
}

/* A credential counts for itself; so does a unit of one client. */
static void
test_of(void **state)
{
    struct shed *shed = open_shed();
    struct client client = client_of("192.0.2.1");
    struct shed_ask first = {
        .kind = SHED_CREDENTIALS, .of = slice_of("0123456789abcdef"), .now = NOON};
    struct shed_ask second = first;
    struct shed_ask unit = {
        .kind = SHED_CLAIMS, .client = &client, .of = slice_of("unit"), .now = NOON};
    unsigned taken = 0;
    (void)state;
    second.of = slice_of("0123456789abcdeg");
    while (shed_take(shed, &first))
        taken++;
    assert_int_equal(taken, 100);
    assert_true(shed_take(shed, &second));
    assert_int_equal(drain(shed, SHED_CLAIMS, "192.0.2.1", NOON), 4);
    assert_true(shed_take(shed, &unit));
    shed_close(shed);
}

static void
test_give_back(void **state)
{
    struct shed *shed = open_shed();
    struct client client = client_of("192.0.2.1");
    struct shed_ask ask = {.kind = SHED_CLAIMS, .client = &client, .now = NOON};
    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_true(shed_take(shed, &ask));
        shed_give_back(shed, &ask);
    }
    assert_int_equal(drain(shed, SHED_CLAIMS, "192.0.2.1", NOON), 4);
    shed_close(shed);
}

static void
test_connections(void **state)
{
    struct shed *shed = open_shed();
    struct client client = client_of("192.0.2.1");
    struct client neighbours[] = {client_of("192.0.2.2"), client_of("192.0.2.3")};
    uint64_t places[3];
    (void)state;
    for (int i = 0; i < 3; i++)
        places[i] = shed_connect(shed, &client);
    assert_true(shed_crowded(shed, places[0]));
    shed_disconnect(shed, places[2]);
    assert_false(shed_crowded(shed, places[0]));
    assert_int_equal(shed_count(shed, SHED_CONNECTIONS), 1);
    uint64_t second = shed_connect(shed, &neighbours[0]);
    (void)shed_connect(shed, &neighbours[0]);
    assert_false(shed_crowded(shed, second)); /* four in the network, two of each */
    uint64_t fifth = shed_connect(shed, &neighbours[1]);
    assert_true(shed_crowded(shed, fifth));
    client = client_of("127.0.0.1");
    assert_int_equal(shed_connect(shed, &client), 0);
    assert_int_equal(shed_connect(NULL, &neighbours[0]), 0);
    shed_close(shed);
}

/* Genuine ones cost the client nothing; what the public has is spent by both. */
static void
test_verifications(void **state)
{
    struct shed *shed = open_shed();
    struct client client = client_of("192.0.2.1");
    struct client other = client_of("198.51.100.1");
    struct shed_ask ask = {.kind = SHED_FORGED, .client = &client, .now = NOON};
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_true(shed_verify(shed, &ask));
        shed_verified(shed, &ask, true);
    }
    for (int i = 0; i < 3; i++) {
        assert_true(shed_verify(shed, &ask));
        shed_verified(shed, &ask, false);
    }
    assert_false(shed_verify(shed, &ask));
    assert_int_equal(ask.wait, 20);
    ask.client = &other;
    assert_false(shed_verify(shed, &ask)); /* all six of this second are spent */
    assert_int_equal(ask.wait, 1);
    ask.now++;
    assert_true(shed_verify(shed, &ask));
    shed_verified(shed, &ask, false);
    assert_int_equal(shed_count(shed, SHED_FORGED), 1);
    assert_int_equal(shed_count(shed, SHED_VERIFICATIONS), 1);
    shed_close(shed);
}

/* Two a core at once; whoever is done makes room. */
static void
test_verifications_at_once(void **state)
{
    struct shed *shed = open_shed();
    struct client client = client_of("");
    struct shed_ask ask = {.kind = SHED_FORGED, .client = &client, .now = NOON};
    unsigned begun = 0;
    (void)state;
    shed_close(shed);
    config.verifications = 1000000;
    assert_int_equal(shed_open(&shed, &config, NULL), ERR_OK);
    while (begun < 100000 && shed_verify(shed, &ask))
        begun++;
    assert_in_range(begun, 2, 99999);
    shed_verified(shed, &ask, true);
    assert_true(shed_verify(shed, &ask));
    assert_false(shed_verify(shed, &ask));
    shed_close(shed);
}

static void
test_names(void **state)
{
    (void)state;
    for (int i = 0; i < SHED_KINDS; i++)
        for (int j = 0; j < i; j++)
            assert_string_not_equal(shed_name((enum shed_kind)i), shed_name((enum shed_kind)j));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_clients),
        cmocka_unit_test(test_networks),
        cmocka_unit_test(test_all_or_nothing),
        cmocka_unit_test(test_not_limited),
        cmocka_unit_test(test_zero_is_no_limit),
        cmocka_unit_test(test_of),
        cmocka_unit_test(test_give_back),
        cmocka_unit_test(test_connections),
        cmocka_unit_test(test_verifications),
        cmocka_unit_test(test_verifications_at_once),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
