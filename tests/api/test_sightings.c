/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/api/day_salt.h"
#include "gateway/api/sightings.h"
#include "tests/registry/support.h"

/* 2026-11-22 12:00 UTC, the 20,779th day. */
#define NOON INT64_C(1795348800)
#define MIDNIGHT (NOON + 43200)
#define DAY INT64_C(86400)
enum { TODAY = 20779, UNITS_MAX = 1000, THREADS = 4, LIMIT = 5 };

struct scene {
    struct test_place place;
    char salt[96];
    struct registry *registry;
    struct registry_session *session;
    struct sightings *board;
    char gtin[GTIN_DIGITS + 1];
    /* What the alarm was told, and what it is to say. */
    size_t alarms;
    enum copy_rule rule;
    struct unit_key told;
    enum err answer;
};

static enum err
hear(void *context, const struct unit_key *key, enum copy_rule rule)
{
    struct scene *scene = context;
    scene->alarms++;
    scene->rule = rule;
    scene->told = *key;
    return scene->answer;
}

static void
open_board(struct scene *scene, int64_t now)
{
    assert_int_equal(sightings_open(&scene->board, scene->salt, now, NULL), ERR_OK);
}

static void
restart(struct scene *scene, int64_t now)
{
    sightings_close(scene->board);
    open_board(scene, now);
}

static int
set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    struct operation operation;
    struct product product;
    assert_non_null(scene);
    test_place_make(&scene->place);
    (void)snprintf(scene->salt, sizeof scene->salt, "%s/salt", scene->place.directory);
    scene->registry = test_open(scene->place.url);
    scene->session = test_session(scene->registry);
    test_gtin(scene->gtin, 1);
    test_product(&product, scene->gtin);
    product.copy_limits.at[COPY_SESSIONS] = COPY_OFF;
    test_operation(&operation, 1);
    assert_int_equal(registry_put_product(scene->session, &product, &operation, NULL), ERR_OK);
    open_board(scene, NOON);
    *state = scene;
    return 0;
}

static int
tear_down(void **state)
{
    struct scene *scene = *state;
    sightings_close(scene->board);
    registry_session_close(scene->session);
    registry_close(scene->registry);
    test_place_remove(&scene->place);
    free(scene);
    return 0;
}

static struct unit_key
unit_of(const struct scene *scene, unsigned number)
{
    struct unit_key key = {{0}, {0}};
    memcpy(key.gtin, scene->gtin, sizeof key.gtin);
    (void)snprintf(key.serial, sizeof key.serial, "U%u", number);
    return key;
}

/* Units 0 to count - 1. */
static void
register_units(struct scene *scene, unsigned count)
{
    struct unit *units = calloc(count, sizeof *units);
    enum err *results = calloc(count, sizeof *results);
    bool *same = calloc(count, sizeof *same);
    struct operation operation;
    assert_non_null(units);
    for (unsigned i = 0; i < count; i++)
        test_unit(&units[i], scene->gtin, unit_of(scene, i).serial);
    test_operation(&operation, 2);
    assert_int_equal(registry_commission(scene->session, units, count, &operation, results, same),
                     ERR_OK);
    free(units);
    free(results);
    free(same);
}

/* An IPv4 address of its own for each number. */
static struct client
client_of(unsigned number)
{
    struct client client = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10}, "DE"};
    client.address[13] = (uint8_t)(number >> 16);
    client.address[14] = (uint8_t)(number >> 8);
    client.address[15] = (uint8_t)number;
    return client;
}

static void
look(struct scene *scene, unsigned unit, unsigned client, int64_t now)
{
    struct unit_key key = unit_of(scene, unit);
    struct client who = client_of(client);
    sightings_add(scene->board, &key, &who, now);
}

static void
flush(struct scene *scene, int64_t now, enum err expected)
{
    const struct sightings_alarm alarm = {hear, scene};
    assert_int_equal(sightings_flush(scene->board, scene->session, &alarm, now), expected);
}

static struct scans
stored(struct scene *scene, unsigned unit)
{
    struct scans scans;
    struct unit_key key = unit_of(scene, unit);
    enum err err = registry_get_scans(scene->session, &key, &scans);
    assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
    return scans;
}

static struct sightings_figures
figures(struct scene *scene)
{
    struct sightings_figures out;
    sightings_figures(scene->board, &out);
    return out;
}

/* ---- sessions ---- */

static void
sessions_are_counted_not_looks(void **state)
{
    struct scene *scene = *state;
    register_units(scene, 3);
    for (unsigned i = 0; i < 20; i++)
        look(scene, 0, 1, NOON + i);
    look(scene, 0, 2, NOON + 5);
    look(scene, 1, 1, NOON + 30);
    assert_int_equal(stored(scene, 0).sessions, 0); /* nothing is written before the flush */
    assert_int_equal(figures(scene).waiting, 3);
    flush(scene, NOON + 31, ERR_OK);
    assert_int_equal(stored(scene, 0).sessions, 2);
    assert_int_equal(stored(scene, 0).first_at, NOON);
    assert_int_equal(stored(scene, 0).last_at, NOON + 5);
    assert_string_equal(stored(scene, 0).countries[0].code, "DE");
    assert_int_equal(stored(scene, 0).countries[0].sessions, 2);
    assert_int_equal(stored(scene, 1).sessions, 1);
    assert_int_equal(stored(scene, 2).sessions, 0);
    flush(scene, NOON + 32, ERR_OK); /* nothing is counted twice */
    assert_int_equal(stored(scene, 0).sessions, 2);
    const struct sightings_figures expected = {
        .taken = 3, .repeated = 19, .written = 3, .batches = 1, .flushed_at = NOON + 32};
    struct sightings_figures got = figures(scene);
    assert_memory_equal(&got, &expected, sizeof got);
}

/* Who has an address of a /64 has them all, and a household has one IPv4 address. */
static void
a_client_is_an_address(void **state)
{
    static const struct {
        const char *label;
        uint8_t address[16];
        unsigned sessions; /* of the unit, behind this one */
    } rows[] = {
        {"IPv4", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 1}, 1},
        {"the same", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 1}, 1},
        {"its neighbour", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 2}, 2},
        {"IPv6", {0x20, 1, 0xD, 0xB8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}, 3},
        {"of its /64", {0x20, 1, 0xD, 0xB8, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9}, 3},
        {"the next /64", {0x20, 1, 0xD, 0xB8, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1}, 4},
        {"unknown", {0}, 5},
        {"unknown again", {0}, 5},
    };
    struct scene *scene = *state;
    register_units(scene, 1);
    struct unit_key key = unit_of(scene, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct client client = {{0}, ""};
        memcpy(client.address, rows[i].address, sizeof client.address);
        sightings_add(scene->board, &key, &client, NOON);
        flush(scene, NOON + 1, ERR_OK);
        if (stored(scene, 0).sessions != rows[i].sessions)
            fail_msg("%s: %d sessions", rows[i].label, (int)stored(scene, 0).sessions);
    }
}

/* A country that is none is not written: it would spoil the whole batch. */
static void
a_country_that_is_none_is_unknown(void **state)
{
    static const char *const codes[] = {"", "D", "de", "1A", "D\n"};
    struct scene *scene = *state;
    register_units(scene, 1);
    struct unit_key key = unit_of(scene, 0);
    for (unsigned i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct client client = client_of(i);
        memset(client.country, 0, sizeof client.country);
        memcpy(client.country, codes[i], strlen(codes[i]));
        sightings_add(scene->board, &key, &client, NOON);
    }
    flush(scene, NOON + 1, ERR_OK);
    assert_int_equal(stored(scene, 0).sessions, sizeof codes / sizeof codes[0]);
    assert_string_equal(stored(scene, 0).countries[0].code, "");
}

static void
a_second_owner_is_no_look(void **state)
{
    struct scene *scene = *state;
    register_units(scene, 1);
    struct unit_key key = unit_of(scene, 0);
    struct client client = client_of(1);
    look(scene, 0, 1, NOON);
    sightings_add_second_owner(scene->board, &key, &client, NOON);
    sightings_add_second_owner(scene->board, &key, &client, NOON + 1);
    assert_int_equal(figures(scene).taken, 2);
    flush(scene, NOON + 2, ERR_OK);
    assert_int_equal(stored(scene, 0).evidence[COPY_TWO_OWNERS], 1);
    assert_int_equal(stored(scene, 0).sessions, 1);
}

static void
without_a_board_nothing_happens(void **state)
{
    const struct unit_key key = {{0}, {0}};
    const struct client client = {{0}, ""};
    (void)state;
    sightings_add(NULL, &key, &client, NOON);
    sightings_close(NULL);
}

/* ---- the salt ---- */

static void
a_restart_counts_nobody_again(void **state)
{
    struct scene *scene = *state;
    register_units(scene, 1);
    look(scene, 0, 1, NOON);
    flush(scene, NOON, ERR_OK);
    restart(scene, NOON + 60);
    look(scene, 0, 1, NOON + 61);
    look(scene, 0, 2, NOON + 61);
    flush(scene, NOON + 62, ERR_OK);
    assert_int_equal(figures(scene).written, 2); /* the board forgot, the registry did not */
    assert_int_equal(stored(scene, 0).sessions, 2);
}

static bool
salt_is_of(const struct scene *scene, civil_day day, uint8_t out[static DAY_SALT_BYTES])
{
    enum err err = day_salt_read(scene->salt, day, out, NULL);
    assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
    return err == ERR_OK;
}

/* Is the salt in the file, in its spelling? */
static bool
file_holds(const struct scene *scene, const uint8_t salt[static DAY_SALT_BYTES])
{
    char content[512] = "";
    char hex[2 * DAY_SALT_BYTES + 1];
    FILE *file = fopen(scene->salt, "r");
    assert_non_null(file);
    assert_true(fread(content, 1, sizeof content - 1, file) > 0);
    (void)fclose(file);
    for (size_t i = 0; i < DAY_SALT_BYTES; i++)
        (void)snprintf(&hex[2 * i], 3, "%02x", salt[i]);
    return strstr(content, hex) != NULL;
}

static void
midnight_destroys_the_salt(void **state)
{
    struct scene *scene = *state;
    uint8_t before[DAY_SALT_BYTES];
    uint8_t after[DAY_SALT_BYTES];
    struct stat old;
    struct stat new;
    register_units(scene, 1);
    look(scene, 0, 1, MIDNIGHT - 1);
    flush(scene, MIDNIGHT - 1, ERR_OK);
    assert_true(salt_is_of(scene, TODAY, before));
    assert_true(file_holds(scene, before));
    assert_int_equal(stat(scene->salt, &old), 0);
    assert_int_equal(old.st_mode & 0777, 0600);
    look(scene, 0, 1, MIDNIGHT); /* another day, another session */
    flush(scene, MIDNIGHT, ERR_OK);
    assert_int_equal(stored(scene, 0).sessions, 2);
    assert_false(salt_is_of(scene, TODAY, after));
    assert_true(salt_is_of(scene, TODAY + 1, after));
    assert_memory_not_equal(before, after, sizeof before);
    assert_false(file_holds(scene, before));
    assert_int_equal(stat(scene->salt, &new), 0);
    assert_int_equal(old.st_ino, new.st_ino); /* overwritten where it lay */
    assert_int_equal(old.st_size, new.st_size);
}

static void
the_salt_turns_though_nobody_looks(void **state)
{
    static const struct {
        const char *label;
        int64_t at;
        civil_day day;
        bool same; /* as before */
    } rows[] = {
        {"the last second", MIDNIGHT - 1, TODAY, true},
        {"midnight", MIDNIGHT, TODAY + 1, false},
        {"a clock that is set back a little", MIDNIGHT - 1, TODAY + 1, true},
        {"a clock that is set back by days", NOON - 3 * DAY, TODAY - 3, false},
        {"and right again", MIDNIGHT + 1, TODAY + 1, false},
        {"a month later", NOON + 30 * DAY, TODAY + 30, false},
    };
    struct scene *scene = *state;
    uint8_t before[DAY_SALT_BYTES];
    uint8_t after[DAY_SALT_BYTES];
    assert_true(salt_is_of(scene, TODAY, before));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        flush(scene, rows[i].at, ERR_OK);
        if (!salt_is_of(scene, rows[i].day, after) ||
            (memcmp(before, after, sizeof before) == 0) != rows[i].same)
            fail_msg("%s", rows[i].label);
        memcpy(before, after, sizeof before);
    }
}

static void
put_file(const struct scene *scene, const char *content)
{
    FILE *file = fopen(scene->salt, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* The check sums are by a SipHash-2-4 in Python. */
#define TITLE "assay salt of the day\n"
#define SALT "000102030405060708090a0b0c0d0e0f\n"
static void
a_file_that_is_no_salt_of_today_is_replaced(void **state)
{
    static const struct {
        const char *label, *content;
        bool kept;
    } rows[] = {
        {"of today", TITLE "2026-11-22\n" SALT "dbba1cc26c2b0584\n", true},
        {"of yesterday", TITLE "2026-11-21\n" SALT "8070258156982302\n", false},
        {"with the sum of another day", TITLE "2026-11-22\n" SALT "8070258156982302\n", false},
        {"empty", "", false},
        {"half", TITLE "2026-11-22\n", false},
        {"something behind it", TITLE "2026-11-22\n" SALT "dbba1cc26c2b0584\n\n", false},
        {"another title", "assay salt of a day\n2026-11-22\n" SALT "dbba1cc26c2b0584\n", false},
        {"a salt too short", TITLE "2026-11-22\n0001\ndbba1cc26c2b0584\n", false},
        {"no date", TITLE "2026-22-11\n" SALT "dbba1cc26c2b0584\n", false},
    };
    static const uint8_t known[DAY_SALT_BYTES] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                  8, 9, 10, 11, 12, 13, 14, 15};
    struct scene *scene = *state;
    uint8_t salt[DAY_SALT_BYTES];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put_file(scene, rows[i].content);
        restart(scene, NOON);
        assert_true(salt_is_of(scene, TODAY, salt));
        if ((memcmp(salt, known, sizeof salt) == 0) != rows[i].kept)
            fail_msg("%s", rows[i].label);
    }
    char much[4096];
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    put_file(scene, much);
    restart(scene, NOON);
    assert_true(salt_is_of(scene, TODAY, salt));
}

static void
a_salt_that_others_can_read_is_refused(void **state)
{
    struct scene *scene = *state;
    struct fault fault = {ERR_OK, ""};
    struct sightings *board = scene->board;
    char other[128];
    (void)snprintf(other, sizeof other, "%s.other", scene->salt);
    assert_int_equal(chmod(scene->salt, 0644), 0);
    assert_int_equal(sightings_open(&board, scene->salt, NOON, &fault), ERR_DENIED);
    assert_null(board);
    assert_non_null(strstr(fault.text, scene->salt));
    assert_int_equal(chmod(scene->salt, 0600), 0);
    assert_int_equal(rename(scene->salt, other), 0);
    assert_int_equal(symlink(other, scene->salt), 0);
    assert_int_equal(sightings_open(&board, scene->salt, NOON, &fault), ERR_DENIED);
    assert_int_equal(unlink(scene->salt), 0);
    assert_int_equal(sightings_open(&board, "/nowhere/at/all", NOON, &fault), ERR_NOT_FOUND);
    char long_path[2000];
    memset(long_path, 'x', sizeof long_path - 1);
    long_path[sizeof long_path - 1] = '\0';
    assert_int_equal(sightings_open(&board, long_path, NOON, &fault), ERR_INVALID);
}

/* ---- limits ---- */

static void
memory_is_fixed(void **state)
{
    enum { MORE = 10, EACH = 32 };
    struct scene *scene = *state;
    unsigned sessions = SIGHTINGS_WAITING + MORE;
    register_units(scene, 1);
    for (unsigned i = 0; i < sessions; i++)
        look(scene, EACH + i / EACH, i % EACH, NOON); /* of units that there are not */
    assert_int_equal(figures(scene).taken, SIGHTINGS_WAITING);
    assert_int_equal(figures(scene).dropped, MORE);
    look(scene, 0, 1, NOON);
    assert_int_equal(figures(scene).dropped, MORE + 1);
    flush(scene, NOON + 1, ERR_OK);
    assert_int_equal(figures(scene).written, SIGHTINGS_WAITING);
    assert_int_equal(figures(scene).batches, SIGHTINGS_WAITING / SCAN_FLUSH_MAX);
    assert_int_equal(figures(scene).waiting, 0);
    look(scene, 0, 1, NOON + 2); /* who was dropped is not taken for known */
    flush(scene, NOON + 3, ERR_OK);
    assert_int_equal(stored(scene, 0).sessions, 1);
}

/* A million looks at a thousand units by 20 clients each: every client is a session, once. */
static void
a_million_looks(void **state)
{
    enum { CLIENTS = 20, ROUNDS = 50 };
    struct scene *scene = *state;
    register_units(scene, UNITS_MAX);
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned client = 0; client < CLIENTS; client++)
            for (unsigned unit = 0; unit < UNITS_MAX; unit++)
                look(scene, unit, client, NOON + round);
        flush(scene, NOON + round, ERR_OK);
    }
    for (unsigned unit = 0; unit < UNITS_MAX; unit++)
        assert_int_equal(stored(scene, unit).sessions, CLIENTS);
    assert_int_equal(figures(scene).taken, CLIENTS * UNITS_MAX);
    assert_int_equal(figures(scene).written, CLIENTS * UNITS_MAX);
    assert_int_equal(figures(scene).repeated, CLIENTS * UNITS_MAX * (ROUNDS - 1));
    assert_int_equal(figures(scene).dropped, 0);
    test_undamaged(scene->session);
}

struct crowd_thread {
    struct scene *scene;
    unsigned number;
};

enum { CROWD_UNITS = 50, CROWD_CLIENTS = 24, CROWD_ROUNDS = 20 };

/* Each thread looks at everything with its own clients, and again and again with those of all. */
static void *
look_at_all(void *context)
{
    const struct crowd_thread *thread = context;
    for (unsigned round = 0; round < CROWD_ROUNDS; round++)
        for (unsigned unit = 0; unit < CROWD_UNITS; unit++)
            for (unsigned client = 0; client < CROWD_CLIENTS; client++)
                if (round > 0 || client % THREADS == thread->number)
                    look(thread->scene, unit, client, NOON + round);
    return NULL;
}

static void
threads(void **state)
{
    struct scene *scene = *state;
    pthread_t running[THREADS];
    struct crowd_thread contexts[THREADS];
    register_units(scene, CROWD_UNITS);
    for (unsigned i = 0; i < THREADS; i++) {
        contexts[i] = (struct crowd_thread){scene, i};
        assert_int_equal(pthread_create(&running[i], NULL, look_at_all, &contexts[i]), 0);
    }
    for (unsigned i = 0; i < 20; i++)
        flush(scene, NOON + i, ERR_OK);
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(running[i], NULL), 0);
    flush(scene, NOON + 60, ERR_OK);
    for (unsigned unit = 0; unit < CROWD_UNITS; unit++)
        assert_int_equal(stored(scene, unit).sessions, CROWD_CLIENTS);
    struct sightings_figures got = figures(scene);
    assert_int_equal(got.taken, CROWD_UNITS * CROWD_CLIENTS);
    assert_int_equal(got.written, got.taken);
    assert_int_equal(got.taken + got.repeated,
                     CROWD_UNITS * CROWD_CLIENTS * (1 + THREADS * (CROWD_ROUNDS - 1)));
}

static void
limit_files(rlim_t bytes)
{
    const struct rlimit limit = {bytes, RLIM_INFINITY};
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* No page can be written, as on a full disk: what waits is kept, and written once when it can be.
 */
static void
what_could_not_be_written_is_written_later(void **state)
{
    enum { PAGE = 4096 };
    struct scene *scene = *state;
    register_units(scene, 2);
    look(scene, 0, 1, NOON);
    limit_files(PAGE);
    for (unsigned i = 0; i < 3; i++) {
        flush(scene, NOON + 1 + i, ERR_FULL);
        look(scene, 1, i, NOON + 1 + i);
    }
    limit_files(RLIM_INFINITY);
    assert_int_equal(figures(scene).written, 0);
    assert_int_equal(figures(scene).flushed_at, 0);
    flush(scene, NOON + 9, ERR_OK);
    assert_int_equal(stored(scene, 0).sessions, 1);
    assert_int_equal(stored(scene, 1).sessions, 3);
    assert_int_equal(figures(scene).written, 4);
    assert_int_equal(figures(scene).dropped, 0);
}

/* ---- alarms ---- */

/* A product of which LIMIT sessions are too many, and LIMIT clients that look at unit 0. */
static void
lookers(struct scene *scene, unsigned count, int64_t now)
{
    struct operation operation;
    struct product product;
    register_units(scene, 2);
    assert_int_equal(registry_get_product(scene->session, scene->gtin, &product), ERR_OK);
    product.copy_limits.at[COPY_SESSIONS] = LIMIT;
    product.copy_limits.at[COPY_STOCK] = COPY_OFF;
    test_operation(&operation, 3);
    assert_int_equal(registry_put_product(scene->session, &product, &operation, NULL), ERR_OK);
    for (unsigned i = 0; i < count; i++)
        look(scene, 0, i, now);
}

static void
sell_unit(struct scene *scene)
{
    struct unit unit;
    struct change change;
    struct operation operation;
    struct unit_key key = unit_of(scene, 0);
    assert_int_equal(registry_get(scene->session, &key, &unit), ERR_OK);
    test_operation(&operation, 4);
    test_change(&change, &unit, EVENT_SELL, &operation, "");
    assert_int_equal(registry_apply(scene->session, &change, 1, &operation, NULL, NULL), ERR_OK);
}

static void
an_alarm_is_raised_once_dealt_with(void **state)
{
    struct scene *scene = *state;
    lookers(scene, 0, NOON);
    sell_unit(scene);
    for (unsigned i = 0; i < LIMIT - 1; i++)
        look(scene, 0, i, NOON);
    flush(scene, NOON, ERR_OK);
    assert_int_equal(scene->alarms, 0);
    look(scene, 0, LIMIT, NOON + 1);
    scene->answer = ERR_UNAVAILABLE;
    flush(scene, NOON + 1, ERR_UNAVAILABLE);
    assert_int_equal(scene->alarms, 1);
    assert_int_equal(scene->rule, COPY_SESSIONS);
    assert_string_equal(scene->told.serial, "U0");
    look(scene, 1, 1, NOON + 2);
    flush(scene, NOON + 2, ERR_UNAVAILABLE); /* asked again, and nothing is written before */
    assert_int_equal(scene->alarms, 2);
    assert_int_equal(stored(scene, 1).sessions, 0);
    assert_int_equal(figures(scene).flushed_at, NOON);
    scene->answer = ERR_OK;
    flush(scene, NOON + 3, ERR_OK);
    assert_int_equal(scene->alarms, 3);
    assert_int_equal(stored(scene, 0).sessions, LIMIT); /* written once all the same */
    assert_int_equal(stored(scene, 1).sessions, 1);
    flush(scene, NOON + 4, ERR_OK);
    assert_int_equal(scene->alarms, 3);
}

static void
an_alarm_that_cannot_be_is_given_up(void **state)
{
    struct scene *scene = *state;
    lookers(scene, 0, NOON);
    sell_unit(scene);
    for (unsigned i = 0; i < LIMIT; i++)
        look(scene, 0, i, NOON);
    scene->answer = ERR_CORRUPT;
    flush(scene, NOON + 1, ERR_CORRUPT);
    flush(scene, NOON + 2, ERR_OK);
    assert_int_equal(scene->alarms, 1);
    look(scene, 0, LIMIT + 1, NOON + 3); /* it comes up again with who looks next */
    scene->answer = ERR_OK;
    flush(scene, NOON + 3, ERR_OK);
    assert_int_equal(scene->alarms, 2);
}

/* The process died between the flush and the event: the unit's next sighting raises it, also by a
 * client that had looked before. */
static void
an_alarm_survives_a_crash(void **state)
{
    struct scene *scene = *state;
    lookers(scene, 0, NOON);
    sell_unit(scene);
    for (unsigned i = 0; i < LIMIT; i++)
        look(scene, 0, i, NOON);
    scene->answer = ERR_UNAVAILABLE;
    flush(scene, NOON + 1, ERR_UNAVAILABLE);
    restart(scene, NOON + 2);
    look(scene, 0, 1, NOON + 3);
    scene->answer = ERR_OK;
    flush(scene, NOON + 4, ERR_OK);
    assert_int_equal(scene->alarms, 2);
    assert_int_equal(stored(scene, 0).sessions, LIMIT);
}

/* What the registry will never take is counted as dropped, and what comes behind it is written. */
static void
a_batch_that_cannot_be_written_is_dropped(void **state)
{
    struct scene *scene = *state;
    struct unit_key nobody = {"12345678901234", "X"}; /* with a wrong check digit */
    struct client client = client_of(1);
    register_units(scene, 1);
    sightings_add(scene->board, &nobody, &client, NOON);
    look(scene, 0, 1, NOON);
    flush(scene, NOON, ERR_INVALID);
    assert_int_equal(figures(scene).dropped, 2);
    assert_int_equal(figures(scene).waiting, 0);
    look(scene, 0, 2, NOON + 1);
    flush(scene, NOON + 1, ERR_OK);
    assert_int_equal(stored(scene, 0).sessions, 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(sessions_are_counted_not_looks),
        TEST(a_client_is_an_address),
        TEST(a_country_that_is_none_is_unknown),
        TEST(a_second_owner_is_no_look),
        cmocka_unit_test(without_a_board_nothing_happens),
        TEST(a_restart_counts_nobody_again),
        TEST(midnight_destroys_the_salt),
        TEST(the_salt_turns_though_nobody_looks),
        TEST(a_file_that_is_no_salt_of_today_is_replaced),
        TEST(a_salt_that_others_can_read_is_refused),
        TEST(memory_is_fixed),
        TEST(a_million_looks),
        TEST(threads),
        TEST(what_could_not_be_written_is_written_later),
        TEST(an_alarm_is_raised_once_dealt_with),
        TEST(an_alarm_that_cannot_be_is_given_up),
        TEST(an_alarm_survives_a_crash),
        TEST(a_batch_that_cannot_be_written_is_dropped),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
