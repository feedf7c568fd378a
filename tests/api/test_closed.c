/* SPDX-License-Identifier: Apache-2.0 */
/* It fails closed: what could not be checked is never genuine, and never bad either. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "tests/api/gateway.h"

#define SERIAL "UNIT-TO-DAMAGE"

static struct label
unit_label(struct gateway *g)
{
    struct identity id = identity_of(LOT, SERIAL);
    (void)registered(g, PLANT_A, &id, 100);
    return label_of(g, PLANT_A, &id);
}

static void
assert_unchecked(struct gateway *g, const struct label *label)
{
    ask_label(g, label);
    assert_int_equal(g->response.status, 200);
    assert_string_equal(answer_text(g, "verdict"), "unchecked");
    assert_string_equal(answer_text(g, "reasons/0/code"), "registry_unavailable");
    assert_string_equal(answer_text(g, "reasons/1/code"), "");
    assert_string_equal(answer_text(g, "label/result"), "unchecked");
    assert_string_equal(answer_text(g, "label/issuer/organisation"), "");
    assert_string_equal(answer_text(g, "product/name"), "");

    char query[3 + TOKEN_CHARS];
    char retry[400];
    (void)snprintf(query, sizeof query, "S=%s", label->token);
    (void)snprintf(retry, sizeof retry, "href=\"%s?%s\">Try again<", label->path, query);
    ask(g, &(struct question){.handle = api_digital_link,
                              .path = label->path,
                              .query = query,
                              .accept = "text/html"});
    assert_true(answer_holds(g, "<body class=\"unchecked\">"));
    assert_true(answer_holds(g, retry));
    assert_false(answer_holds(g, "is good"));
    assert_false(answer_holds(g, "Example Brand"));
}

static void
without_a_session(void **state)
{
    struct gateway *g = *state;
    struct label label = unit_label(g);
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "verdict"), "ok");
    struct registry_session *session = g->worker.session;
    g->worker.session = NULL;
    assert_unchecked(g, &label);
    /* A label that would be forged is not called so either: nothing else counts. */
    label.token[60] = label.token[60] == 'A' ? 'B' : 'A';
    assert_unchecked(g, &label);
    g->worker.session = session;
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "reasons/0/code"), "label_forged");
}

/* What needs no registry is answered without one. */
static void
what_needs_no_registry(void **state)
{
    struct gateway *g = *state;
    struct registry_session *session = g->worker.session;
    g->worker.session = NULL;
    const char *path = "/01/09506000134352/21/UNIT0";
    ask(g, &(struct question){.handle = api_digital_link, .path = path});
    assert_string_equal(answer_text(g, "reasons/0/code"), "signature_needed");
    ask(g, &(struct question){.handle = api_digital_link, .path = path, .query = "S=A"});
    assert_string_equal(answer_text(g, "reasons/0/code"), "label_malformed");
    ask(g, &(struct question){.handle = api_digital_link, .path = "/01/1/21/UNIT0"});
    assert_int_equal(g->response.status, 404);
    g->worker.session = session;
}

/* An answer about one unit never speaks of the one before it. */
static void
nothing_is_left_from_the_last_question(void **state)
{
    struct gateway *g = *state;
    struct label label = unit_label(g);
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "verdict"), "ok");
    struct registry_session *session = g->worker.session;
    g->worker.session = NULL;
    assert_unchecked(g, &label);
    ask(g, &(struct question){.handle = api_digital_link, .path = label.path});
    assert_string_equal(answer_text(g, "reasons/0/code"), "signature_needed");
    assert_string_equal(answer_text(g, "product/name"), "");
    g->worker.session = session;
}

/* Flips a bit behind every place where the file holds `text`: the values of the records whose keys
 * end in it. */
static size_t
damage(const char *path, const char *text)
{
    struct stat st;
    size_t found = 0;
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    size_t size = (size_t)st.st_size;
    size_t len = strlen(text);
    char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_ptr_not_equal(bytes, MAP_FAILED);
    for (size_t i = 0; i + len + 16 < size; i++)
        if (memcmp(bytes + i, text, len) == 0) {
            bytes[i + len + 12] ^= 1;
            found++;
        }
    assert_int_equal(munmap(bytes, size), 0);
    assert_int_equal(close(fd), 0);
    return found;
}

static void
a_damaged_record(void **state)
{
    struct gateway *g = *state;
    char path[200];
    struct label label = unit_label(g);
    (void)snprintf(path, sizeof path, "%s/data.mdb", g->place.path);
    gateway_restart(g);
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "verdict"), "ok");
    assert_true(damage(path, SERIAL) > 0);
    gateway_restart(g);
    struct unit unit;
    struct unit_key key = {.gtin = GTIN, .serial = SERIAL};
    assert_int_equal(registry_get(g->worker.session, &key, &unit), ERR_CORRUPT);
    assert_unchecked(g, &label);
}

/* A keyset that trusts nobody: a registered label with the stored seal is not good any more. */
static void
a_key_that_is_not_trusted_any_more(void **state)
{
    struct gateway *g = *state;
    struct label label = unit_label(g);
    struct keyring *before = g->keyring;
    struct keyring *empty = NULL;
    char path[120];
    (void)snprintf(path, sizeof path, "%s/none.ini", g->place.directory);
    assert_int_equal(keyring_open(path, &empty, NULL), ERR_OK);
    g->app.keyring = empty;
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "verdict"), "bad");
    assert_string_equal(answer_text(g, "reasons/0/code"), "issuer_unknown");
    g->app.keyring = before;
    keyring_close(empty);
}

/* The registry says that this very label was verified: the signature is not verified again. With
 * another secret for the seals it is, and is as good. */
static void
without_the_seal_the_signature_decides(void **state)
{
    struct gateway *g = *state;
    struct label label = unit_label(g);
    memset(g->secrets.label_key, 8, sizeof g->secrets.label_key);
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "verdict"), "ok");
    label.token[60] = label.token[60] == 'A' ? 'B' : 'A';
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "reasons/0/code"), "label_forged");
}

int
main(void)
{
#define WITH_GATEWAY(test) cmocka_unit_test_setup_teardown(test, gateway_set_up, gateway_tear_down)
    const struct CMUnitTest tests[] = {
        WITH_GATEWAY(without_a_session),
        WITH_GATEWAY(what_needs_no_registry),
        WITH_GATEWAY(nothing_is_left_from_the_last_question),
        WITH_GATEWAY(a_damaged_record),
        WITH_GATEWAY(a_key_that_is_not_trusted_any_more),
        WITH_GATEWAY(without_the_seal_the_signature_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
