/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/limits.h"
#include "gateway/api/shed.h"
#include "gateway/base/ip.h"

#define NOON INT64_C(1795348800)

enum { THREADS = 4, DAY = 86400 };

static struct unit_key
key_of(unsigned number)
{
    struct unit_key key = {.gtin = "09506000134352"};
    (void)snprintf(key.serial, sizeof key.serial, "S%u", number);
    return key;
}

static struct limits *
open_limits(void)
{
    struct limits *limits = NULL;
    assert_true(sodium_init() >= 0);
    assert_int_equal(limits_open(&limits, NULL), ERR_OK);
    return limits;
}

/* Takes until there is none; how many there were. */
static unsigned
drain(struct limits *limits, unsigned number, int64_t now)
{
    struct unit_key key = key_of(number);
    int64_t wait = 0;
    unsigned taken = 0;
    while (limits_take(limits, &key, false, now, &wait)) {
        assert_int_equal(wait, 0);
        taken++;
    }
    assert_true(wait >= 1);
    return taken;
}

static void
each_unit_has_its_own(void **state)
{
    struct limits *limits = open_limits();
    (void)state;
    assert_int_equal(drain(limits, 1, NOON), 100);
    assert_int_equal(drain(limits, 1, NOON), 0);
    assert_int_equal(drain(limits, 2, NOON), 100);
    assert_int_equal(drain(limits, 1, NOON + 1), 1);
    assert_int_equal(drain(limits, 1, NOON + 31), 30);
    assert_int_equal(drain(limits, 1, NOON + DAY), 100);
    limits_close(limits);
}

/* 100 units use up what all have together; a unit that nobody tried waits with the others, until
 * the next second. */
static void
all_have_one_in_common(void **state)
{
    struct limits *limits = open_limits();
    unsigned taken = 0;
    (void)state;
    for (unsigned i = 0; i < 300; i++)
        taken += drain(limits, i, NOON);
    assert_int_equal(taken, 10000);
    assert_int_equal(drain(limits, 1000, NOON), 0);
    taken = 0;
    for (unsigned i = 1001; i < 1010; i++) /* several, for one may share an empty bucket */
        taken += drain(limits, i, NOON + 1);
    assert_int_equal(taken, 100);
    limits_close(limits);
}

static void
right_codes_cost_nothing(void **state)
{
    struct limits *limits = open_limits();
    struct unit_key key = key_of(1);
    int64_t wait = 0;
    (void)state;
    for (unsigned i = 0; i < 100000; i++) {
        assert_true(limits_take(limits, &key, false, NOON, &wait));
        limits_give_back(limits, &key, false);
    }
    assert_int_equal(drain(limits, 1, NOON), 100);
    limits_close(limits);
}

/* The header's arithmetic. A stranger takes whatever there is, but for one try in A of his; the
 * owner tries once a minute, at a moment that the stranger does not know. */
static void
no_stranger_locks_an_owner_out_for_a_day(void **state)
{
    enum { PER_SECOND = 20 };
    struct limits *limits = open_limits();
    struct unit_key key = key_of(7);
    int64_t wait = 0;
    unsigned let_in = 0;
    (void)state;
    for (int64_t second = 0; second < DAY; second++) {
        unsigned mine = second % 60 == 0 ? randombytes_uniform(PER_SECOND + 1) : PER_SECOND + 1;
        for (unsigned i = 0; i <= PER_SECOND; i++)
            let_in += limits_take(limits, &key, false, NOON + second, &wait) && i == mine;
    }
    /* 1,440 tries at 1 in 21: 68.6 expected, standard deviation 8.1. */
    assert_in_range(let_in, 20, 120);
    limits_close(limits);
}

/* ---- who tries from where ---- */

struct place {
    struct limits *limits;
    struct shed *shed;
    struct client client;
};

static struct place
place_of(struct limits *limits, struct shed *shed, unsigned number)
{
    struct place place = {limits, shed, {{0}, ""}};
    char address[64];
    (void)snprintf(address, sizeof address, "%u.%u.7.1", 11 + number / 250, number % 250);
    assert_true(ip_read(place.client.address, slice_of(address)));
    return place;
}

/* A wrong code, as deed_try has it. */
static bool
try_from(const struct place *place, const struct unit_key *key, bool labelled, int64_t now)
{
    int64_t wait = 0;
    struct shed_ask ask = {.kind = SHED_CLAIMS, .client = &place->client, .now = now};
    if (labelled)
        ask.of = slice_make(key->serial, sizeof key->serial);
    if (!shed_take(place->shed, &ask))
        return false;
    if (limits_take(place->limits, key, labelled, now, &wait))
        return true;
    shed_give_back(place->shed, &ask);
    return false;
}

static struct shed *
open_shed(void)
{
    static struct config config;
    struct shed *shed = NULL;
    config_defaults(&config);
    assert_int_equal(shed_open(&shed, &config, NULL), ERR_OK);
    return shed;
}

/* 10,000 tries a second, by many who have no label, of whom no proxy says who they are. Tries that
 * are refused take nothing, so that after the first minute each second is told by its first twenty.
 * The owner has the label, and all of his tries. */
static void
no_stranger_without_the_label_is_in_the_way(void **state)
{
    struct limits *limits = open_limits();
    struct unit_key key = key_of(7);
    int64_t wait = 0;
    (void)state;
    for (int64_t second = 0; second < DAY; second++) {
        int tries = second < 60 ? 10000 : 20;
        for (int i = 0; i < tries; i++)
            if (limits_take(limits, &key, false, NOON + second, &wait) && second > 0)
                assert_true(i < 2);
        if (second % 60 == 0)
            assert_true(limits_take(limits, &key, true, NOON + second, &wait));
    }
    limits_close(limits);
}

/* The same by one address that has the label, too: it uses up its own tries and no others'. */
static void
one_address_with_the_label_is_not_in_the_way(void **state)
{
    struct limits *limits = open_limits();
    struct shed *shed = open_shed();
    struct place stranger = place_of(limits, shed, 1);
    struct place owner = place_of(limits, shed, 2);
    struct unit_key key = key_of(7);
    unsigned taken = 0;
    (void)state;
    for (int64_t second = 0; second < DAY; second++) {
        int tries = second < 60 ? 10000 : 20;
        for (int i = 0; i < tries; i++)
            taken += try_from(&stranger, &key, true, NOON + second);
        if (second % 60 == 59)
            assert_true(try_from(&owner, &key, true, NOON + second));
    }
    assert_in_range(taken, 60 + 1438, 60 + 1440);
    shed_close(shed);
    limits_close(limits);
}

/* 1,200 addresses have 20 tries a second together, once they have used up what each has at once:
 * the next twenty, every second. The owner gets 1 in 21 of his 1,440: 68.6, deviation 8.1. */
static void
many_addresses_take_their_share(void **state)
{
    enum { ADDRESSES = 1200, PER_SECOND = ADDRESSES / 60 };
    static struct place strangers[ADDRESSES];
    struct limits *limits = open_limits();
    struct shed *shed = open_shed();
    struct place owner = place_of(limits, shed, ADDRESSES);
    struct unit_key key = key_of(7);
    struct unit_key another = key_of(8);
    unsigned let_in = 0;
    unsigned next = 0;
    (void)state;
    for (unsigned i = 0; i < ADDRESSES; i++) {
        strangers[i] = place_of(limits, shed, i);
        while (try_from(&strangers[i], &key, false, NOON))
            ;
    }
    for (int64_t second = 0; second < DAY; second++) {
        unsigned mine = second % 60 == 0 ? randombytes_uniform(PER_SECOND + 1) : PER_SECOND + 1;
        for (unsigned i = 0; i <= PER_SECOND; i++) {
            bool owners = i == mine;
            const struct place *who = owners ? &owner : &strangers[next++ % ADDRESSES];
            let_in += try_from(who, &key, false, NOON + second) && owners;
        }
    }
    assert_in_range(let_in, 20, 120);
    assert_true(try_from(&owner, &another, false, NOON + DAY));
    assert_true(try_from(&owner, &key, true, NOON + DAY));
    shed_close(shed);
    limits_close(limits);
}

/* 3.2 * 10^8 of 2^50, and 3.2 * 10^10 of 2^50. */
static void
ten_years_of_guessing_are_hopeless(void **state)
{
    const double seconds = 10 * 365.25 * DAY;
    const double codes = 1125899906842624.0;
    (void)state;
    double unit =
        (double)limits_unit.size + seconds * (double)BUCKET_SECOND / (double)limits_unit.interval;
    assert_true(unit / codes < 1.0 / 3500000);
    for (int labelled = 0; labelled < 2; labelled++) {
        const struct bucket_rate *rate = &limits_all[labelled];
        double all = (double)rate->size + seconds * (double)BUCKET_SECOND / (double)rate->interval;
        assert_true(all / codes < (labelled ? 1.0 / 3500 : 1.0 / 35000));
    }
}

struct racers {
    struct limits *limits;
    atomic_uint taken;
};

/* 100 at once, one a second after that, and none of it from the codes of units. */
static void
wrong_keys_have_their_own(void **state)
{
    struct limits *limits = open_limits();
    int64_t wait = 0;
    (void)state;
    for (int i = 0; i < 100; i++)
        assert_true(limits_take_key(limits, NOON, &wait));
    assert_false(limits_take_key(limits, NOON, &wait));
    assert_int_equal(wait, 1);
    assert_int_equal(drain(limits, 1, NOON), 100);
    for (int64_t second = 1; second <= 5; second++) {
        assert_true(limits_take_key(limits, NOON + second, &wait));
        assert_false(limits_take_key(limits, NOON + second, &wait));
    }
    limits_close(limits);
}

static void *
crowd_in(void *context)
{
    struct racers *racers = context;
    struct unit_key key = key_of(1);
    int64_t wait = 0;
    for (unsigned i = 0; i < 10000; i++)
        if (limits_take(racers->limits, &key, false, NOON, &wait))
            atomic_fetch_add(&racers->taken, 1);
    return NULL;
}

static void
threads_get_no_more(void **state)
{
    struct racers racers = {.limits = open_limits()};
    pthread_t threads[THREADS];
    (void)state;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, crowd_in, &racers), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&racers.taken), 100);
    limits_close(racers.limits);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_unit_has_its_own),
        cmocka_unit_test(all_have_one_in_common),
        cmocka_unit_test(right_codes_cost_nothing),
        cmocka_unit_test(no_stranger_locks_an_owner_out_for_a_day),
        cmocka_unit_test(no_stranger_without_the_label_is_in_the_way),
        cmocka_unit_test(one_address_with_the_label_is_not_in_the_way),
        cmocka_unit_test(many_addresses_take_their_share),
        cmocka_unit_test(ten_years_of_guessing_are_hopeless),
        cmocka_unit_test(wrong_keys_have_their_own),
        cmocka_unit_test(threads_get_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
