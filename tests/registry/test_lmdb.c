/* SPDX-License-Identifier: Apache-2.0 */
/* The contract on LMDB, and what is LMDB's own: places, processes, the size of the map. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/registry/lmdb_engine.h"
#include "tests/registry/child.h"
#include "tests/registry/contract.h"

static void
keeps_the_contract(void **state)
{
    const struct test_place *place = *state;
    contract(place->url);
}

/* ---- addresses and places ---- */

static enum err
try_open(const char *url, bool read_only, bool must_exist, struct fault *fault)
{
    const struct registry_options options = {
        .record_key = test_record_key, .read_only = read_only, .must_exist = must_exist};
    struct registry *registry = NULL;
    *fault = (struct fault){ERR_OK, ""};
    enum err err = registry_open(url, &options, &registry, fault);
    assert_true((err == ERR_OK) == (registry != NULL));
    assert_true((err == ERR_OK) == (fault->text[0] == '\0'));
    registry_close(registry);
    return err;
}

static void
addresses(void **state)
{
    static const struct {
        const char *label, *before;
        bool path; /* between the two */
        const char *behind;
        enum err expected;
    } rows[] = {
        {"another engine", "postgresql:", true, "", ERR_INVALID},
        {"no engine", "", true, "", ERR_INVALID},
        {"capitals", "LMDB:", true, "", ERR_INVALID},
        {"nothing", "", false, "", ERR_INVALID},
        {"no path", "lmdb:", false, "", ERR_INVALID},
        {"only parameters", "lmdb:", false, "?map=1048576", ERR_INVALID},
        {"unknown parameter", "lmdb:", true, "?size=1048576", ERR_INVALID},
        {"parameter without a value", "lmdb:", true, "?map", ERR_INVALID},
        {"map that is no number", "lmdb:", true, "?map=1M", ERR_INVALID},
        {"map that is too small", "lmdb:", true, "?map=65535", ERR_INVALID},
        {"map that is too large", "lmdb:", true, "?map=70368744177665", ERR_INVALID},
        {"second parameter is unknown", "lmdb:", true, "?map=1048576&x=1", ERR_INVALID},
        {"parent that is a file", "lmdb:", true, "/file/data", ERR_NOT_FOUND},
        {"file in place of the directory", "lmdb:", true, "/file", ERR_INVALID},
        {"missing parents", "lmdb:", true, "/data/a/b", ERR_OK},
        {"empty parameters", "lmdb:", true, "/data/a/b?", ERR_OK},
        {"slash at the end", "lmdb:", true, "/data/a/b/", ERR_OK},
    };
    const struct test_place *place = *state;
    char file[100];
    (void)snprintf(file, sizeof file, "%s/file", place->directory);
    (void)close(open(file, O_CREAT | O_WRONLY, 0600));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char url[256];
        struct fault fault;
        (void)snprintf(url, sizeof url, "%s%s%s", rows[i].before,
                       rows[i].path ? place->directory : "", rows[i].behind);
        contract_expect(rows[i].label, try_open(url, false, false, &fault), rows[i].expected);
    }
    char path[600];
    memset(path, 'x', sizeof path);
    memcpy(path, "lmdb:/tmp/", 10);
    path[sizeof path - 1] = '\0';
    struct fault fault;
    contract_expect("path that is too long", try_open(path, false, false, &fault), ERR_INVALID);
    const char *made[] = {"data/a/b/data.mdb",
                          "data/a/b/lock.mdb",
                          "data/a/b/open.lock",
                          "data/a/b/turn.lock",
                          "data/a/b",
                          "data/a",
                          "data"};
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        struct stat st;
        (void)snprintf(path, sizeof path, "%s/%s", place->directory, made[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, S_ISDIR(st.st_mode) ? 0700 : 0600);
        assert_int_equal(remove(path), 0);
    }
}

static void
nothing_there(void **state)
{
    const struct test_place *place = *state;
    struct fault fault;
    struct stat st;
    contract_expect("read-only", try_open(place->url, true, false, &fault), ERR_NOT_FOUND);
    contract_expect("must exist", try_open(place->url, false, true, &fault), ERR_NOT_FOUND);
    assert_int_equal(stat(place->path, &st), -1);
    assert_int_equal(mkdir(place->path, 0700), 0);
    contract_expect("empty directory, read-only", try_open(place->url, true, false, &fault),
                    ERR_NOT_FOUND);
    contract_expect("empty directory, must exist", try_open(place->url, false, true, &fault),
                    ERR_NOT_FOUND);
    assert_int_equal(rmdir(place->path), 0); /* and it is still empty */
    contract_expect("create", try_open(place->url, false, false, &fault), ERR_OK);
    contract_expect("read-only", try_open(place->url, true, false, &fault), ERR_OK);
    contract_expect("must exist", try_open(place->url, false, true, &fault), ERR_OK);
}

/* The user "nobody" has no right to a directory of ours. Root has every right, so it changes. */
static void
no_permission(void **state)
{
    const struct test_place *place = *state;
    struct fault fault;
    contract_expect("create", try_open(place->url, false, false, &fault), ERR_OK);
    pid_t pid = fork(); /* no registry is open here */
    assert_true(pid >= 0);
    if (pid == 0) {
        bool root = geteuid() == 0;
        if (root ? setgid(65534) != 0 || setuid(65534) != 0 : chmod(place->path, 0) != 0)
            _exit(1);
        bool denied = try_open(place->url, false, false, &fault) == ERR_DENIED &&
                      try_open(place->url, false, true, &fault) == ERR_DENIED &&
                      try_open(place->url, true, false, &fault) == ERR_DENIED;
        _exit(denied ? 0 : 2);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    (void)chmod(place->path, 0700);
    assert_int_equal(status, 0);
}

/* As a program left it that did not know the newer tables. */
static void
make_older(const struct test_place *place)
{
    MDB_env *env = NULL;
    MDB_txn *txn = NULL;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, TABLE_COUNT), 0);
    assert_int_equal(mdb_env_open(env, place->path, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    for (size_t table = TABLES_FROM_THE_START; table < TABLE_COUNT; table++) {
        MDB_dbi dbi = 0;
        assert_int_equal(mdb_dbi_open(txn, table_name((enum table)table), 0, &dbi), 0);
        assert_int_equal(mdb_drop(txn, dbi, 1), 0);
    }
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static struct registry *
open_older(const struct test_place *place, bool read_only)
{
    const struct registry_options options = {
        .record_key = test_record_key, .must_exist = true, .read_only = read_only};
    struct registry *registry = NULL;
    struct fault fault = {ERR_OK, ""};
    contract_expect("open", registry_open(place->url, &options, &registry, &fault), ERR_OK);
    return registry;
}

/* Everything that reads finds nothing; what was there before is. */
static void
expect_no_newer_table(struct registry_session *session)
{
    struct session browser;
    struct notice notice;
    struct tally tally;
    static const struct notice_filter all = {NOTICE_NONE, false};
    struct cursor cursor = {""};
    struct credential credential;
    struct registry_health health;
    size_t count = 99;
    test_browser(&browser, "7K3M9Q2X", 1, 1700000000);
    contract_expect("session", registry_get_session(session, "7K3M9Q2X", browser.seal, &browser),
                    ERR_NOT_FOUND);
    contract_expect("count", registry_count_sessions(session, "7K3M9Q2X", 1700000000, &count),
                    ERR_OK);
    assert_int_equal(count, 0);
    contract_expect("notice", registry_get_notice(session, "7K3M9Q2XBT", &notice), ERR_NOT_FOUND);
    contract_expect("notices", registry_list_notices(session, &all, &cursor, &notice, 1, &count),
                    ERR_OK);
    assert_int_equal(count, 0);
    contract_expect("tallies", registry_tallies(session, 0, 30000, &tally, 1, &count), ERR_OK);
    assert_int_equal(count, 0);
    const struct unit_key key = {"09506000134352", "A"};
    struct scans scans;
    contract_expect("scans", registry_get_scans(session, &key, &scans), ERR_NOT_FOUND);
    contract_expect("health", registry_health(session, &health), ERR_OK);
    assert_int_equal(health.notices + health.sessions + health.scans, 0);
    contract_expect("credential", registry_get_credential(session, "7K3M9Q2X", &credential),
                    ERR_OK);
    test_undamaged(session);
}

static void
an_older_registry(void **state)
{
    const struct test_place *place = *state;
    struct credential credential;
    struct operation operation;
    struct session browser;
    struct registry *registry = test_open(place->url);
    struct registry_session *session = test_session(registry);
    test_credential(&credential, "7K3M9Q2X");
    test_operation(&operation, 1);
    contract_expect("put", registry_put_credential(session, &credential, &operation, NULL), ERR_OK);
    registry_session_close(session);
    registry_close(registry);
    make_older(place);
    for (size_t i = 0; i < 3; i++) { /* reading adds nothing; writing does, once */
        registry = open_older(place, i < 2);
        session = test_session(registry);
        expect_no_newer_table(session);
        test_browser(&browser, "7K3M9Q2X", 1, 1700000000);
        contract_expect("sign in", registry_put_session(session, &browser, 1700000000),
                        i < 2 ? ERR_DENIED : ERR_OK);
        registry_session_close(session);
        registry_close(registry);
    }
    registry = open_older(place, true);
    session = test_session(registry);
    contract_expect("it is kept", registry_get_session(session, "7K3M9Q2X", browser.seal, &browser),
                    ERR_OK);
    registry_session_close(session);
    registry_close(registry);
}

static void
once_a_process(void **state)
{
    const struct test_place *place = *state;
    char link[100];
    char other[128];
    struct fault fault;
    struct registry *registry = test_open(place->url);
    contract_expect("again", try_open(place->url, false, false, &fault), ERR_BUSY);
    contract_expect("to read", try_open(place->url, true, false, &fault), ERR_BUSY);
    (void)snprintf(link, sizeof link, "%s/link", place->directory);
    assert_int_equal(symlink("data", link), 0);
    (void)snprintf(other, sizeof other, "lmdb:%s/../link", place->path);
    contract_expect("by another name", try_open(other, false, false, &fault), ERR_BUSY);
    registry_close(registry);
    contract_expect("after it was closed", try_open(other, false, false, &fault), ERR_OK);
}

static void
other_record_key(void **state)
{
    const struct test_place *place = *state;
    uint8_t key[RECORD_KEY_BYTES];
    struct registry_options options = {.record_key = key};
    struct registry *registry = NULL;
    struct fault fault = {ERR_OK, ""};
    memcpy(key, test_record_key, sizeof key);
    registry_close(test_open(place->url));
    key[15] ^= 0x80;
    contract_expect("other key", registry_open(place->url, &options, &registry, &fault),
                    ERR_CORRUPT);
    assert_non_null(strstr(fault.text, "record key"));
    assert_non_null(strstr(fault.text, place->path));
    options.record_key = NULL;
    contract_expect("no key", registry_open(place->url, &options, &registry, &fault), ERR_INVALID);
    registry_close(test_open(place->url));
}

/* ---- two processes ---- */

/* What either process does: registers the unit of the number, reads it, or receives it. */
static enum err
obey(struct registry_session *session, const char *word, uint64_t number)
{
    char serial[24];
    char gtin[GTIN_DIGITS + 1];
    struct unit unit;
    struct operation operation;
    struct change change;
    enum err result = ERR_COUNT;
    bool same = false;
    (void)snprintf(serial, sizeof serial, "S%u", (unsigned)number);
    test_gtin(gtin, 1);
    test_unit(&unit, gtin, serial);
    struct unit_key key = test_key(&unit);
    test_operation(&operation, (word[0] == 'p' ? 1000 : 2000) + number);
    if (word[0] == 'p')
        return registry_commission(session, &unit, 1, &operation, &result, &same);
    enum err err = registry_get(session, &key, &unit);
    if (err != ERR_OK || word[0] == 'g')
        return err;
    if (!test_try_change(&change, &unit, EVENT_RECEIVE, &operation, "Berlin 1"))
        return ERR_CONFLICT;
    return registry_apply(session, &change, 1, &operation, NULL, NULL);
}

static int
serve(const char *url)
{
    struct order order;
    const struct registry_options options = {.record_key = test_record_key};
    struct registry *registry = NULL;
    struct registry_session *session = NULL;
    struct fault fault;
    enum err err = registry_open(url, &options, &registry, &fault);
    if (err == ERR_OK)
        err = registry_session_open(registry, &session, &fault);
    while (child_order(&order)) {
        bool act = err == ERR_OK && order.word[0] != 'o';
        child_answer((int)(act ? obey(session, order.word, order.number) : err));
    }
    registry_session_close(session);
    registry_close(registry);
    return 0;
}

static void
two_processes(void **state)
{
    static const struct {
        bool by_child;
        const char *word;
        uint64_t number;
        enum err expected;
    } rows[] = {
        {true, "opened", 0, ERR_OK},
        {false, "get", 1, ERR_NOT_FOUND},
        {true, "get", 1, ERR_NOT_FOUND},
        {true, "put", 1, ERR_OK},
        {false, "get", 1, ERR_OK},
        {false, "put", 2, ERR_OK},
        {true, "get", 2, ERR_OK},
        {true, "receive", 2, ERR_OK},
        {false, "receive", 2, ERR_CONFLICT},
        {false, "receive", 1, ERR_OK},
        {true, "receive", 1, ERR_CONFLICT},
    };
    const struct test_place *place = *state;
    struct child child;
    struct registry *registry = test_open(place->url);
    struct registry_session *session = test_session(registry);
    child_start(&child, "serve", place->url);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum err err = rows[i].by_child ? (enum err)child_ask(&child, rows[i].word, rows[i].number)
                                        : obey(session, rows[i].word, rows[i].number);
        if (err != rows[i].expected)
            fail_msg("row %zu, %s: %s", i, rows[i].word, err_info(err)->code);
    }
    assert_int_equal(child_end(&child), 0);
    test_undamaged(session);
    registry_session_close(session);
    registry_close(registry);
}

/* Processes that open and close at the same moment do not disturb each other. */
static void
opening_at_once(void **state)
{
    enum { CHILDREN = 3, ROUNDS = 8 };
    const struct test_place *place = *state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct child children[CHILDREN];
        for (size_t i = 0; i < CHILDREN; i++)
            child_start(&children[i], "serve", place->url);
        for (size_t i = 0; i < CHILDREN; i++)
            contract_expect("put", (enum err)child_ask(&children[i], "put", round * CHILDREN + i),
                            ERR_OK);
        for (size_t i = 0; i < CHILDREN; i++)
            assert_int_equal(child_end(&children[i]), 0);
    }
    struct registry *registry = test_open(place->url);
    struct registry_session *session = test_session(registry);
    struct registry_health health;
    contract_expect("health", registry_health(session, &health), ERR_OK);
    assert_int_equal(health.units, CHILDREN * ROUNDS);
    test_undamaged(session);
    registry_session_close(session);
    registry_close(registry);
}

/* ---- the map ---- */

static enum err
put_batch(struct registry_session *session, uint64_t number, size_t count)
{
    char gtin[GTIN_DIGITS + 1];
    struct operation operation;
    struct unit *units = calloc(count, sizeof *units);
    enum err *results = calloc(count, sizeof *results);
    bool *same = calloc(count, sizeof *same);
    assert_true(units != NULL && results != NULL && same != NULL);
    test_gtin(gtin, (unsigned)number);
    test_operation(&operation, number);
    for (size_t i = 0; i < count; i++) {
        char serial[24];
        (void)snprintf(serial, sizeof serial, "S%05u", (unsigned)i);
        test_unit(&units[i], gtin, serial);
    }
    enum err err = registry_commission(session, units, count, &operation, results, same);
    for (size_t i = 0; i < count && err != ERR_EXISTS; i++)
        assert_int_equal(results[i], err);
    free(units);
    free(results);
    free(same);
    return err;
}

static void
full_map(void **state)
{
    const struct test_place *place = *state;
    char url[128];
    struct operation operation;
    struct registry_health health;
    (void)snprintf(url, sizeof url, "lmdb:%s?map=1048576", place->path);
    struct registry *registry = test_open(url);
    struct registry_session *session = test_session(registry);
    uint64_t batches = 0;
    enum err err = ERR_OK;
    while (err == ERR_OK && batches < 100)
        err = put_batch(session, ++batches, 500);
    contract_expect("batch that does not fit", err, ERR_FULL);
    assert_true(batches > 2);
    test_operation(&operation, batches);
    contract_expect("nothing of it is there",
                    registry_find_operation(session, operation.id, &operation), ERR_NOT_FOUND);
    contract_expect("health", registry_health(session, &health), ERR_OK);
    assert_int_equal(health.units, (batches - 1) * 500);
    assert_int_equal(health.bytes_max, 1048576);
    test_undamaged(session);
    registry_session_close(session);
    registry_close(registry);
    registry = test_open(place->url);
    session = test_session(registry);
    contract_expect("the same batch with a larger map", put_batch(session, batches, 500), ERR_OK);
    test_undamaged(session);
    registry_session_close(session);
    registry_close(registry);
}

struct put {
    pthread_t thread;
    struct registry *registry;
    uint64_t number;
    size_t count;
    enum err err;
};

static void *
put_in_thread(void *context)
{
    struct put *put = context;
    struct registry_session *session = test_session(put->registry);
    put->err = put_batch(session, put->number, put->count);
    registry_session_close(session);
    return NULL;
}

/* The file may not grow: pages cannot be written, so the commit itself fails, and it is certain
 * that nothing was committed. */
static void
full_file(void **state)
{
    static const struct {
        const char *word;
        uint64_t number;
        enum err expected;
    } rows[] = {
        {"put", 1, ERR_OK},   {"limit", 0, ERR_OK},       {"put", 2, ERR_FULL},
        {"put", 2, ERR_FULL}, {"find", 2, ERR_NOT_FOUND}, {"find", 1, ERR_OK},
        {"free", 0, ERR_OK},  {"put", 2, ERR_OK},         {"find", 2, ERR_OK},
        {"check", 0, ERR_OK},
    };
    const struct test_place *place = *state;
    struct child child;
    child_start(&child, "file", place->url);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum err err = (enum err)child_ask(&child, rows[i].word, rows[i].number);
        if (err != rows[i].expected)
            fail_msg("row %zu, %s: %s", i, rows[i].word, err_info(err)->code);
    }
    assert_int_equal(child_end(&child), 0);
}

static enum err
limit_files(rlim_t bytes)
{
    const struct rlimit limit = {bytes, RLIM_INFINITY};
    return setrlimit(RLIMIT_FSIZE, &limit) == 0 ? ERR_OK : ERR_DENIED;
}

static enum err
obey_in_full_file(struct registry_session *session, const struct order *order)
{
    const struct registry_checker silent = {.found = NULL};
    struct operation operation;
    test_operation(&operation, order->number);
    switch (order->word[0]) {
    case 'p':
        return put_batch(session, order->number, 3000);
    case 'l':
        return limit_files(65536);
    case 'c':
        return registry_check(session, &silent);
    default:
        break;
    }
    if (strcmp(order->word, "free") == 0)
        return limit_files(RLIM_INFINITY);
    return registry_find_operation(session, operation.id, &operation);
}

static int
fill_file(const char *url)
{
    struct order order;
    struct registry *registry = test_open(url);
    struct registry_session *session = test_session(registry);
    (void)signal(SIGXFSZ, SIG_IGN);
    while (child_order(&order))
        child_answer((int)obey_in_full_file(session, &order));
    registry_session_close(session);
    registry_close(registry);
    return 0;
}

enum { CALLS = 12, LARGE = 5 };

/* A call that does not fit shares its transaction with others that do. */
static void
put_at_once(struct registry *registry, uint64_t first)
{
    struct put puts[CALLS];
    for (size_t i = 0; i < CALLS; i++) {
        puts[i] =
            (struct put){.registry = registry, .number = first + i, .count = i == LARGE ? 9000 : 2};
        assert_int_equal(pthread_create(&puts[i].thread, NULL, put_in_thread, &puts[i]), 0);
    }
    for (size_t i = 0; i < CALLS; i++)
        assert_int_equal(pthread_join(puts[i].thread, NULL), 0);
    for (size_t i = 0; i < CALLS; i++)
        contract_expect(i == LARGE ? "the large one" : "a small one", puts[i].err,
                        i == LARGE ? ERR_FULL : ERR_OK);
}

static void
one_too_large(void **state)
{
    const struct test_place *place = *state;
    char url[128];
    (void)snprintf(url, sizeof url, "lmdb:%s?map=1048576", place->path);
    struct registry *registry = test_open(url);
    for (uint64_t round = 0; round < 4; round++)
        put_at_once(registry, round * CALLS + 1);
    struct registry_session *session = test_session(registry);
    test_undamaged(session);
    registry_session_close(session);
    registry_close(registry);
}

/* A terabyte of addresses by default; what can be had where they are limited. */
static void
limited_addresses(void **state)
{
    const struct test_place *place = *state;
    char url[128];
    (void)snprintf(url, sizeof url, "lmdb:%s", place->path);
    struct child child;
    child_start(&child, "limited", url);
    assert_int_equal(child_ask(&child, "free", 0), 40); /* 2^40 */
    int bits = child_ask(&child, "limited", 0);
    assert_true(bits >= 24 && bits <= 31);
    assert_int_equal(child_end(&child), 0);
}

static unsigned long
addresses_in_use(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    bool read = file != NULL && fscanf(file, "%lu", &pages) == 1; // NOLINT(cert-err34-c)
    if (file != NULL)
        (void)fclose(file);
    return read ? pages * 4096 : 0;
}

/* Answers how many bits the size of the map has. */
static int
open_limited(const char *url)
{
    struct order order;
    while (child_order(&order)) {
        struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
        if (order.word[0] == 'l')
            limit.rlim_cur = addresses_in_use() + (UINT64_C(2) << 30);
        (void)setrlimit(RLIMIT_AS, &limit);
        struct registry *registry = test_open(url);
        struct registry_session *session = test_session(registry);
        struct registry_health health;
        int bits = -1;
        if (registry_health(session, &health) == ERR_OK)
            for (; health.bytes_max != 0; health.bytes_max >>= 1)
                bits++;
        registry_session_close(session);
        registry_close(registry);
        child_answer(bits);
    }
    return 0;
}

int
main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "serve") == 0)
        return serve(argv[2]);
    if (argc == 3 && strcmp(argv[1], "file") == 0)
        return fill_file(argv[2]);
    if (argc == 3 && strcmp(argv[1], "limited") == 0)
        return open_limited(argv[2]);
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_place_set_up, test_place_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(keeps_the_contract), TEST(addresses),     TEST(nothing_there),
        TEST(an_older_registry),  TEST(no_permission), TEST(once_a_process),
        TEST(other_record_key),   TEST(two_processes), TEST(opening_at_once),
        TEST(full_map),           TEST(full_file),     TEST(one_too_large),
        TEST(limited_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
