/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/manifest/store.h"
#include "tests/base/scratch.h"

#define GTIN "09506000134352"

/* Puts a product, so that it shows whether the same registry is opened again. */
static void
put_product(struct store *store)
{
    struct product product = {.gtin = GTIN, .name = "Drill"};
    const struct operation operation = {.id = {1}, .at = 1, .role = ROLE_OPERATOR, .actor = "t"};
    assert_int_equal(registry_put_product(store->session, &product, &operation, NULL), ERR_OK);
}

static bool
has_product(struct store *store)
{
    struct product product;
    return registry_get_product(store->session, GTIN, &product) == ERR_OK;
}

static void
make_data(struct scratch *s, const char *name)
{
    struct store *store = NULL;
    struct fault fault = {ERR_OK, ""};
    if (store_open(scratch_path(s, name), 0, 0, &store, &fault) != ERR_OK)
        fail_msg("%s", fault.text);
    put_product(store);
    store_close(store);
}

static void
a_new_one_is_made_and_found_again(void **state)
{
    (void)state;
    struct scratch s;
    struct store *store = NULL;
    struct fault fault;
    struct stat st;
    scratch_make(&s);
    make_data(&s, "deep/data");
    assert_int_equal(stat(scratch_path(&s, "deep/data"), &st), 0);
    assert_int_equal(st.st_mode & 07777U, 0700);
    assert_int_equal(stat(scratch_path(&s, "deep/data/secrets"), &st), 0);
    assert_int_equal(st.st_mode & 07777U, 0600);
    assert_int_not_equal(access(scratch_path(&s, "deep/data/secrets.new"), F_OK), 0);
    static const unsigned flags[] = {0, STORE_MUST_EXIST, STORE_READ_ONLY, STORE_NO_KEYSET};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        assert_int_equal(store_open(scratch_path(&s, "deep/data"), flags[i], 3, &store, &fault),
                         ERR_OK);
        assert_true(has_product(store));
        assert_true((store->keyset == NULL) == (flags[i] == STORE_NO_KEYSET));
        store_close(store);
    }
    scratch_remove(&s);
}

/* Runs a line of shell in the scratch directory. */
static void
command(const struct scratch *s, const char *line)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (chdir(s->root) == 0)
            (void)execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static const struct {
    const char *label, *damage; /* a line of shell */
    unsigned flags;
    enum err err;
    const char *says;
} rows[] = {
    {"nothing there, must exist", "rm -r data", STORE_MUST_EXIST, ERR_NOT_FOUND, "product put"},
    {"nothing there, read only", "rm -r data", STORE_READ_ONLY, ERR_NOT_FOUND, "product put"},
    {"empty directory, must exist", "rm -r data/*", STORE_MUST_EXIST, ERR_NOT_FOUND, "no registry"},
    {"secrets lost", "rm data/secrets", 0, ERR_CORRUPT, "secrets is missing"},
    {"secrets lost, read only", "rm data/secrets", STORE_READ_ONLY, ERR_CORRUPT, "backup"},
    {"registry lost", "rm -r data/registry", 0, ERR_CORRUPT, "registry is missing"},
    {"registry lost, must exist", "rm -r data/registry", STORE_MUST_EXIST, ERR_CORRUPT,
     "begin anew"},
    {"secrets readable by others", "chmod 644 data/secrets", 0, ERR_DENIED, "others"},
    {"secrets a symbolic link", "mv data/secrets s && ln -s ../s data/secrets", 0, ERR_DENIED,
     "symbolic"},
    {"secrets damaged", "sed -i 's/claim_key = ./claim_key = x/' data/secrets", 0, ERR_CORRUPT,
     "damaged"},
    {"secrets of another registry", "cp other/secrets data/secrets", 0, ERR_CORRUPT, ""},
    {"registry is a file", "rm -r data/registry && touch data/registry", 0, ERR_COUNT, ""},
    {"keyset damaged", "echo nonsense > data/keyset.ini", 0, ERR_INVALID, "keyset.ini:1"},
    {"data is a file", "rm -r data && touch data", 0, ERR_COUNT, "data"},
};

static void
what_is_not_whole_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scratch s;
        struct store *store = NULL;
        struct fault fault = {ERR_OK, ""};
        scratch_make(&s);
        make_data(&s, "data");
        make_data(&s, "other");
        command(&s, rows[i].damage);
        enum err err = store_open(scratch_path(&s, "data"), rows[i].flags, 0, &store, &fault);
        bool expected = rows[i].err == ERR_COUNT ? err != ERR_OK : err == rows[i].err;
        if (!expected || strstr(fault.text, rows[i].says) == NULL || fault.text[0] == '\0')
            fail_msg("%s: %d %s", rows[i].label, err, fault.text);
        assert_null(store);
        scratch_remove(&s);
    }
}

/* A crash between the secrets and the registry, or before the secrets took their name. */
static void
an_interrupted_making_goes_on(void **state)
{
    (void)state;
    static const struct {
        const char *label, *crash;
        bool had_product;
    } crashes[] = {
        {"before the registry",
         "mv data/secrets data/secrets.new && rm -r data/registry data/checkpoint", false},
        {"before the last rename", "mv data/secrets data/secrets.new", true},
        {"before the first pages were on disk",
         "mv data/secrets data/secrets.new && rm data/checkpoint && printf x > "
         "data/registry/data.mdb",
         false},
    };
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++) {
        struct scratch s;
        struct store *store = NULL;
        struct fault fault = {ERR_OK, ""};
        scratch_make(&s);
        make_data(&s, "data");
        command(&s, crashes[i].crash);
        assert_int_equal(store_open(scratch_path(&s, "data"), STORE_MUST_EXIST, 0, &store, &fault),
                         ERR_NOT_FOUND);
        if (store_open(scratch_path(&s, "data"), 0, 0, &store, &fault) != ERR_OK)
            fail_msg("%s: %s", crashes[i].label, fault.text);
        assert_int_equal(has_product(store), crashes[i].had_product);
        store_close(store);
        assert_int_equal(access(scratch_path(&s, "data/secrets"), F_OK), 0);
        assert_int_not_equal(access(scratch_path(&s, "data/secrets.new"), F_OK), 0);
        scratch_remove(&s);
    }
}

/* Several processes make the same data directory at once: one makes it, all use it. */
static void
many_may_make_it_at_once(void **state)
{
    (void)state;
    enum { CHILDREN = 6 };
    struct scratch s;
    pid_t children[CHILDREN];
    scratch_make(&s);
    const char *data = scratch_path(&s, "data");
    for (int i = 0; i < CHILDREN; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            struct store *store = NULL;
            struct fault fault = {ERR_OK, ""};
            enum err err = store_open(data, 0, 0, &store, &fault);
            if (err != ERR_OK)
                (void)fprintf(stderr, "%s\n", fault.text);
            store_close(store);
            _exit(err == ERR_OK ? 0 : 1);
        }
    }
    for (int i = 0; i < CHILDREN; i++) {
        int status = -1;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    scratch_remove(&s);
}

static void
an_unknown_outcome_is_settled(void **state)
{
    (void)state;
    struct scratch s;
    struct store *store = NULL;
    struct fault fault;
    scratch_make(&s);
    make_data(&s, "data");
    const struct operation done = {.id = {1}};
    const struct operation other_digest = {.id = {1}, .digest = {9}};
    const struct operation not_done = {.id = {2}};
    assert_int_equal(store_open(scratch_path(&s, "data"), 0, 0, &store, &fault), ERR_OK);
    assert_int_equal(store_settle(store->session, &done, ERR_UNKNOWN), ERR_OK);
    assert_int_equal(store_settle(store->session, &other_digest, ERR_UNKNOWN), ERR_EXISTS);
    assert_int_equal(store_settle(store->session, &not_done, ERR_UNKNOWN), ERR_UNAVAILABLE);
    assert_int_equal(store_settle(store->session, &not_done, ERR_OK), ERR_OK);
    assert_int_equal(store_settle(store->session, &done, ERR_CONFLICT), ERR_CONFLICT);
    store_close(store);
    scratch_remove(&s);
}

static int
start(void **state)
{
    (void)state;
    return sodium_init() < 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_one_is_made_and_found_again),
        cmocka_unit_test(what_is_not_whole_is_refused),
        cmocka_unit_test(an_interrupted_making_goes_on),
        cmocka_unit_test(many_may_make_it_at_once),
        cmocka_unit_test(an_unknown_outcome_is_settled),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
