/* SPDX-License-Identifier: Apache-2.0 */
/* A gateway without its HTTP server: a real registry in a temporary directory, a real keyset, pages
 * and labels that were really signed. Handlers are called as the dispatcher calls them. */
#ifndef ASSAY_TESTS_API_GATEWAY_H
#define ASSAY_TESTS_API_GATEWAY_H

#include "crypto/token_sign.h"
#include "gateway/api/api.h"
#include "gateway/api/in_flight.h"
#include "gateway/api/notices.h"
#include "gateway/api/tally_board.h"
#include "gateway/json/json.h"
#include "tests/registry/support.h"

#define GTIN "09506000134352"
#define LOT "L24A0917"
/* test_operation's clock begins here. */
#define EPOCH INT64_C(1700000000)
/* 2026-11-22T14:33:20Z */
#define NOW INT64_C(1795358000)

enum signer {
    PLANT_A, /* active, for GTIN */
    PLANT_B, /* revoked, compromised at EPOCH + 500 */
    PLANT_C, /* active, for other products */
    OLD,     /* retired */
    PIRATE,  /* not in the keyset */
    SIGNERS
};

struct gateway {
    struct test_place place;
    char keyset_path[80];
    uint8_t secret_keys[SIGNERS][SECRET_KEY_BYTES];
    uint8_t kids[SIGNERS][KID_BYTES];
    struct registry *registry;
    struct keyring *keyring;
    struct pages *pages;
    struct in_flight *in_flight;
    struct tally_board *tallies;
    struct inbox *inbox;
    struct secrets secrets;
    struct config config;
    struct app app;
    struct worker worker;
    struct response response; /* to the last question */
};

/* cmocka set-up and tear-down of a test: the gateway is in *state, its catalogue holds the product
 * of GTIN (support.h) and nothing else. */
int gateway_set_up(void **state);
int gateway_tear_down(void **state);
/* Closes and opens the registry, as a restart does. */
void gateway_restart(struct gateway *g);

struct identity identity_of(const char *lot, const char *serial);
/* "/01/…" and the token of `signer`. */
struct label {
    char path[CANONICAL_MAX + 1];
    char token[TOKEN_CHARS + 1];
};
struct label label_of(const struct gateway *g, enum signer signer, const struct identity *id);

/* Registers the unit with its label by `signer`, at EPOCH + number; each number once. */
struct unit registered(struct gateway *g, enum signer signer, const struct identity *id,
                       uint64_t number);
/* Applies an event at EPOCH + number; *unit becomes the record as it is then. */
void happen(struct gateway *g, struct unit *unit, enum event_type type, uint64_t number);

/* Copies `text` with each $ replaced; it has to fit. NULL is "". */
void fill_in(char *out, size_t size, const char *text, const char *value);

/* What a client sends. NULL leaves a header or part out. */
struct question {
    handler *handle;
    const char *path, *query, *body;
    const char *accept, *accept_language;
};
/* The answer is g->response; its body is NUL-terminated. */
void ask(struct gateway *g, const struct question *question);
/* A label's path and ?S=token, as JSON. */
void ask_label(struct gateway *g, const struct label *label);

/* A string of the JSON answer by its path: "reasons/0/code"; "" when it is not there. Fails the
 * test when the answer is no strict JSON. The text lives until the next call. */
const char *answer_text(const struct gateway *g, const char *path);
const char *answer_header(const struct gateway *g, const char *name);
bool answer_holds(const struct gateway *g, const char *text);

#endif
