/* SPDX-License-Identifier: Apache-2.0 */
/* The database in use: asked by many threads while it is replaced. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "gateway/base/ip.h"
#include "gateway/http/country_file.h"
#include "tests/http/country_place.h"

enum { THREADS = 4, ROUNDS = 100 };

static const char *
ask(struct country_file *file, const char *address, const char *known)
{
    static struct client client;
    memset(&client, 0, sizeof client);
    memcpy(client.country, known, strlen(known));
    if (address != NULL)
        assert_true(ip_read(client.address, slice_of(address)));
    country_file_ask(file, &client);
    return client.country;
}

static struct country_file *
open_good(void)
{
    struct country_file *file = NULL;
    struct fault fault = {0};
    country_place_run("cp first.mmdb used.mmdb");
    if (country_file_open(country_place_file("used.mmdb"), &file, &fault) != ERR_OK)
        fail_msg("%s", fault.text);
    return file;
}

static void
fills_in_what_is_not_known(void **state)
{
    (void)state;
    struct country_file *file = open_good();
    assert_string_equal(ask(file, "192.0.2.1", ""), "DE");
    assert_string_equal(ask(file, "::ffff:192.0.2.1", ""), "DE");
    assert_string_equal(ask(file, "2001:db8::1", ""), "SE");
    assert_string_equal(ask(file, "10.0.0.1", ""), "");
    assert_string_equal(ask(file, NULL, ""), "");
    assert_string_equal(ask(file, "192.0.2.1", "FR"), "FR");
    assert_string_equal(ask(file, "10.0.0.1", "FR"), "FR");
    assert_string_equal(ask(NULL, "192.0.2.1", ""), "");
    country_file_close(file);
}

/* "::" is whoever a proxy does not name; an address is what is asked for, not a record of all. */
static void
nobody_is_nowhere(void **state)
{
    struct country_file *file = NULL;
    struct fault fault = {0};
    (void)state;
    country_place_write("all.mmdb", "", "::/0 DE");
    assert_int_equal(country_file_open(country_place_file("all.mmdb"), &file, &fault), ERR_OK);
    assert_string_equal(ask(file, "::1", ""), "DE");
    assert_string_equal(ask(file, NULL, ""), "");
    country_file_close(file);
}

static void
there_may_be_none(void **state)
{
    struct country_file *file = NULL;
    struct fault fault = {0};
    (void)state;
    assert_int_equal(country_file_open("", &file, &fault), ERR_OK);
    assert_null(file);
    assert_int_equal(country_file_open("/nonexistent/a.mmdb", &file, &fault), ERR_NOT_FOUND);
    assert_null(file);
    assert_string_equal(fault.text, "/nonexistent/a.mmdb: No such file or directory");
    country_file_close(NULL);
}

static void
keeps_the_old_one(void **state)
{
    static const struct {
        const char *change;
        enum err err;
        const char *country; /* of 192.0.2.1 afterwards */
    } rows[] = {
        {"cp second.mmdb used.mmdb", ERR_OK, "FR"},
        {"rm used.mmdb", ERR_NOT_FOUND, "FR"},
        {"echo text > used.mmdb", ERR_CORRUPT, "FR"},
        {"head -c 500 first.mmdb > used.mmdb", ERR_CORRUPT, "FR"},
        {"cp other.mmdb used.mmdb", ERR_INVALID, "FR"},
        {"cp first.mmdb new.mmdb && mv new.mmdb used.mmdb", ERR_OK, "DE"},
        {"true", ERR_OK, "DE"},
        {"rm used.mmdb && mkdir used.mmdb", ERR_INVALID, "DE"},
        {"rmdir used.mmdb && ln -s second.mmdb used.mmdb", ERR_OK, "FR"},
    };
    (void)state;
    struct country_file *file = open_good();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault fault = {0};
        char name[COUNTRY_DB_NAME_MAX] = "";
        country_place_run(rows[i].change);
        enum err err = country_file_reload(file, name, &fault);
        if (err != rows[i].err || (strncmp(name, "Test-Country of 20", 18) == 0) != (err == ERR_OK))
            fail_msg("%s: %d \"%s\" \"%s\"", rows[i].change, (int)err, fault.text, name);
        if (strcmp(ask(file, "192.0.2.1", ""), rows[i].country) != 0)
            fail_msg("%s: another country", rows[i].change);
    }
    country_file_close(file);
    country_place_run("rm used.mmdb");
}

struct asking {
    struct country_file *file;
    atomic_bool stop;
    atomic_ulong wrong;
};

static void *
go_on_asking(void *context)
{
    struct asking *asking = context;
    struct client who = {.country = ""};
    assert_true(ip_read(who.address, slice_of("192.0.2.1")));
    while (!atomic_load(&asking->stop)) {
        who.country[0] = '\0';
        country_file_ask(asking->file, &who);
        if (strcmp(who.country, "DE") != 0 && strcmp(who.country, "FR") != 0)
            atomic_fetch_add(&asking->wrong, 1);
    }
    return NULL;
}

static void
many_ask_meanwhile(void **state)
{
    pthread_t threads[THREADS];
    (void)state;
    struct asking asking = {.file = open_good()};
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, go_on_asking, &asking), 0);
    for (size_t i = 0; i < ROUNDS; i++) {
        struct fault fault = {0};
        char name[COUNTRY_DB_NAME_MAX];
        country_place_run(i % 2 == 0 ? "cp second.mmdb used.mmdb" : "cp first.mmdb used.mmdb");
        assert_int_equal(country_file_reload(asking.file, name, &fault), ERR_OK);
    }
    atomic_store(&asking.stop, true);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&asking.wrong), 0);
    country_file_close(asking.file);
}

static int
prepare(void **state)
{
    int failed = country_place_make(state);
    country_place_write("first.mmdb", "", "192.0.2.0/24 DE\n2001:db8::/32 SE\n");
    country_place_write("second.mmdb", "", "192.0.2.0/24 FR\n");
    country_place_write("other.mmdb", "", "192.0.2.0/24 {\"autonomous_system_number\":64500}\n");
    return failed;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_in_what_is_not_known), cmocka_unit_test(nobody_is_nowhere),
        cmocka_unit_test(there_may_be_none),          cmocka_unit_test(keeps_the_old_one),
        cmocka_unit_test(many_ask_meanwhile),
    };
    return cmocka_run_group_tests(tests, prepare, country_place_remove);
}
