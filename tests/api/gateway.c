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

#include "crypto/seal.h"
#include "gateway/base/file.h"
#include "tests/api/gateway.h"

enum { ANSWER_MAX = 1024 * 1024 };

static const char json_accept[] = "application/json";

/* ---- keys ---- */

static const struct {
    const char *name, *prefix;
    enum key_status status;
} plants[] = {
    [PLANT_A] = {"plant-a", "0950600", KEY_ACTIVE},
    [PLANT_B] = {"plant-b", "0950600", KEY_REVOKED},
    [PLANT_C] = {"plant-c", "0412345", KEY_ACTIVE},
    [OLD] = {"old", "0950600", KEY_RETIRED},
};

static void
make_key(struct gateway *g, unsigned signer, struct keyset_entry *out)
{
    uint8_t seed[SEED_BYTES];
    uint8_t unused[SECRET_KEY_BYTES];
    memset(out, 0, sizeof *out);
    memset(seed, (int)signer + 1, sizeof seed);
    sign_key_pair(out->public_key, g->secret_keys[signer], seed);
    token_kid(out->kid, out->public_key);
    memcpy(g->kids[signer], out->kid, KID_BYTES);
    memset(seed, (int)signer + 101, sizeof seed);
    sign_key_pair(out->manifest_key, unused, seed);
}

static void
write_keyset(struct gateway *g)
{
    static struct keyset keyset; /* too large for a stack */
    struct text text;
    memset(&keyset, 0, sizeof keyset);
    keyset.version = 1;
    for (unsigned i = 0; i < sizeof plants / sizeof plants[0]; i++) {
        struct keyset_entry *entry = &keyset.entries[keyset.count++];
        make_key(g, i, entry);
        strcpy(entry->name, plants[i].name);
        strcpy(entry->organisation, "Example Brand");
        strcpy(entry->prefixes[0], plants[i].prefix);
        entry->prefix_count = 1;
        entry->status = plants[i].status;
        entry->not_before = EPOCH - 1000;
        entry->not_after = NOW + 1000;
        if (entry->status == KEY_REVOKED) {
            entry->compromised_since = EPOCH + 500;
            strcpy(entry->reason, "laptop stolen");
        }
    }
    text_init(&text, KEYSET_FILE_MAX);
    keyset_format(&text, &keyset);
    assert_int_equal(file_create(g->keyset_path, text_slice(&text), 0600, NULL), ERR_OK);
    text_free(&text);
}

/* ---- the gateway ---- */

static void
put_product(struct gateway *g)
{
    struct product product;
    struct operation operation;
    test_product(&product, GTIN);
    test_operation(&operation, 1);
    assert_int_equal(registry_put_product(g->worker.session, &product, &operation, NULL), ERR_OK);
}

static int64_t
clock_now(void)
{
    return NOW;
}

int
gateway_set_up(void **state)
{
    struct gateway *g = calloc(1, sizeof *g);
    struct keyset_entry pirate;
    if (g == NULL || sodium_init() < 0)
        return -1;
    test_place_make(&g->place);
    (void)snprintf(g->keyset_path, sizeof g->keyset_path, "%s/keyset.ini", g->place.directory);
    write_keyset(g);
    make_key(g, PIRATE, &pirate);
    memset(g->secrets.label_key, 7, sizeof g->secrets.label_key);
    g->registry = test_open(g->place.url);
    assert_int_equal(keyring_open(g->keyset_path, &g->keyring, NULL), ERR_OK);
    assert_int_equal(pages_open(&g->pages, NULL), ERR_OK);
    assert_int_equal(in_flight_open(&g->in_flight, 4, NULL), ERR_OK);
    assert_int_equal(tally_board_open(&g->tallies, NULL), ERR_OK);
    assert_int_equal(inbox_open(&g->inbox, NULL), ERR_OK);
    config_defaults(&g->config);
    strcpy(g->config.base_url, "https://id.example.com");
    g->app = (struct app){.config = &g->config,
                          .registry = g->registry,
                          .keyring = g->keyring,
                          .secrets = &g->secrets,
                          .pages = g->pages,
                          .in_flight = g->in_flight,
                          .tallies = g->tallies,
                          .inbox = g->inbox,
                          .now = clock_now};
    g->worker.app = &g->app;
    g->worker.caller.role = ROLE_PUBLIC;
    g->worker.session = test_session(g->registry);
    text_init(&g->response.body, ANSWER_MAX);
    put_product(g);
    *state = g;
    return 0;
}

int
gateway_tear_down(void **state)
{
    struct gateway *g = *state;
    registry_session_close(g->worker.session);
    registry_close(g->registry);
    keyring_close(g->keyring);
    pages_close(g->pages);
    in_flight_close(g->in_flight);
    tally_board_close(g->tallies);
    inbox_close(g->inbox);
    text_free(&g->response.body);
    test_place_remove(&g->place);
    free(g);
    return 0;
}

void
gateway_restart(struct gateway *g)
{
    registry_session_close(g->worker.session);
    registry_close(g->registry);
    g->registry = test_open(g->place.url);
    g->app.registry = g->registry;
    g->worker.session = test_session(g->registry);
}

/* ---- labels and units ---- */

struct identity
identity_of(const char *lot, const char *serial)
{
    struct identity id = {.gtin = GTIN};
    assert_true(slice_copy(id.lot, sizeof id.lot, slice_of(lot)));
    assert_true(slice_copy(id.serial, sizeof id.serial, slice_of(serial)));
    return id;
}

static void
sign(struct token *out, char canonical[static CANONICAL_MAX + 1], const struct gateway *g,
     enum signer signer, const struct identity *id)
{
    size_t len = canonical_link(canonical, id);
    assert_true(token_sign(out, g->secret_keys[signer], canonical, len));
}

struct label
label_of(const struct gateway *g, enum signer signer, const struct identity *id)
{
    char canonical[CANONICAL_MAX + 1];
    struct token token;
    struct label label;
    sign(&token, canonical, g, signer, id);
    strcpy(label.path, canonical + strlen("https://id.gs1.org"));
    token_format(label.token, &token);
    return label;
}

struct unit
registered(struct gateway *g, enum signer signer, const struct identity *id, uint64_t number)
{
    char canonical[CANONICAL_MAX + 1];
    struct token token;
    struct unit unit;
    sign(&token, canonical, g, signer, id);
    test_unit(&unit, id->gtin, id->serial);
    unit.id = *id;
    unit.registered_at = EPOCH + (int64_t)number;
    memcpy(unit.kid, token.kid, KID_BYTES);
    label_seal(unit.seal, g->secrets.label_key, canonical, strlen(canonical), &token);
    test_commission(g->worker.session, &unit, number);
    struct unit_key key = test_key(&unit);
    assert_int_equal(registry_get(g->worker.session, &key, &unit), ERR_OK);
    return unit;
}

void
happen(struct gateway *g, struct unit *unit, enum event_type type, uint64_t number)
{
    struct change change;
    struct operation operation;
    test_operation(&operation, number);
    test_change(&change, unit, type, &operation, "a reason");
    assert_int_equal(registry_apply(g->worker.session, &change, 1, &operation, NULL, NULL), ERR_OK);
    struct unit_key key = test_key(unit);
    assert_int_equal(registry_get(g->worker.session, &key, unit), ERR_OK);
}

/* ---- questions and answers ---- */

void
fill_in(char *out, size_t size, const char *text, const char *value)
{
    struct text filled;
    struct slice rest = slice_of(text);
    text_init(&filled, size);
    while (rest.len > 0) {
        bool mark = slice_find(rest, '$') < rest.len;
        text_slice_put(&filled, slice_take_until(&rest, '$'));
        text_put(&filled, mark ? value : "");
    }
    assert_true(text_ok(&filled) && slice_copy(out, size, text_slice(&filled)));
    text_free(&filled);
}

void
ask(struct gateway *g, const struct question *question)
{
    struct request request = {.method = question->body == NULL ? METHOD_GET : METHOD_POST,
                              .path = slice_of(question->path),
                              .query = slice_of(question->query),
                              .accept = slice_of(question->accept),
                              .accept_language = slice_of(question->accept_language),
                              .body = slice_of(question->body),
                              .now = NOW};
    text_reset(&g->response.body);
    g->response.status = 200;
    g->response.content_type = NULL;
    g->response.header_count = 0;
    question->handle(&g->worker, &request, &g->response);
    assert_true(text_ok(&g->response.body));
    assert_non_null(g->response.content_type);
    assert_non_null(g->response.body.data);
}

void
ask_label(struct gateway *g, const struct label *label)
{
    char query[3 + TOKEN_CHARS];
    (void)snprintf(query, sizeof query, "S=%s", label->token);
    ask(g, &(struct question){.handle = api_digital_link,
                              .path = label->path,
                              .query = query,
                              .accept = json_accept});
}

static const struct json_node *
step(const struct json_node *node, struct slice name)
{
    char text[64];
    uint64_t index = 0;
    if (json_is(node, JSON_ARRAY))
        return slice_number(&index, name, 0, 1000) ? json_item(node, (size_t)index) : NULL;
    assert_true(slice_copy(text, sizeof text, name));
    return json_is(node, JSON_OBJECT) ? json_member_of(node, text) : NULL;
}

const char *
answer_text(const struct gateway *g, const char *path)
{
    static char found[1000];
    struct json_doc *doc = NULL;
    struct fault fault = {ERR_OK, ""};
    struct slice body = text_slice(&g->response.body);
    if (json_parse(body, ANSWER_MAX, &doc, &fault) != ERR_OK)
        fail_msg("%s: %s", fault.text, g->response.body.data);
    const struct json_node *node = json_root(doc);
    struct slice rest = slice_of(path);
    while (node != NULL && rest.len > 0)
        node = step(node, slice_take_until(&rest, '/'));
    struct slice value = node == NULL ? slice_of("") : json_string(node);
    if (node != NULL && json_is(node, JSON_BOOL))
        value = slice_of(json_true(node) ? "true" : "false");
    assert_true(slice_copy(found, sizeof found, value));
    json_free(doc);
    return found;
}

const char *
answer_header(const struct gateway *g, const char *name)
{
    for (size_t i = 0; i < g->response.header_count; i++)
        if (strcmp(g->response.headers[i].name, name) == 0)
            return g->response.headers[i].value;
    return "";
}

bool
answer_holds(const struct gateway *g, const char *text)
{
    return strstr(g->response.body.data, text) != NULL;
}
