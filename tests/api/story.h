/* SPDX-License-Identifier: Apache-2.0 */
/* The life of one unit and its owners, told a letter at a time. The clock is the story's own.
 *
 * What happens:    x sold by "Shop"   k stolen   h held   b brought back   y put on the shelf
 *                  q destroyed   s received by "Shop"   S by another   B sent to that other shop
 *                  H sent to nobody who is named   d a day passes   w a week passes
 *                  E the brand ends the ownership   D and the claim code with it
 * Registering:     a with its claim code   A with a wrong one   u of a serial that does not exist
 *                  f with another purchase date   m by the shop that sold it, without the code
 *                  M by another shop   n by a service center   N by that, of an unknown serial
 *                  Y by the shop that sold it, with the code   K by another shop, with the code
 * Lost secret:     r with the claim code   R with a wrong one   U of an unknown serial
 *                  j by the shop that sold it, without the code   J by another shop
 *                  i by a service center   I by that, of an unknown serial
 *                  c the owner objects
 * Handing on:      o offered   O by who owned it before   l by somebody else   L of an unknown
 * serial t redeemed   T with a wrong code   v with the code before the last V of an unknown serial
 * Looking:         g the owner   p who owned it before   G somebody else   P of an unknown serial
 * Theft:           z the owner reports it stolen   Z who owned it before   e the owner found it
 */
#ifndef ASSAY_TESTS_API_STORY_H
#define ASSAY_TESTS_API_STORY_H

#include "crypto/apikey.h"
#include "tests/api/gateway.h"

struct story {
    struct gateway *g;
    int64_t now;
    const char *idempotency_key; /* NULL: none */
    struct unit_key key;
    char claim[16];
    char secret[2][OWNER_SECRET_CHARS + 1]; /* the last one and the one before */
    char code[2][24];                       /* of offers, likewise */
};

/* As gateway_set_up, with limits. */
int story_set_up(void **state);
int story_tear_down(void **state);
/* From now on the product may be registered before a shop says that it was sold. */
void story_allow_early(struct gateway *g);

/* A new unit, number `number` (each once), at NOW. */
void story_begin(struct story *story, struct gateway *g, unsigned number);
/* The status of the answer, which is in g->response; 0 when it is no question. */
int story_step(struct story *story, char step);
/* What the public sends, as it is; the status. */
int story_send(struct story *story, handler *handle, const char *path, const char *body);
struct unit story_unit(const struct story *story);

struct story_row {
    const char *label;
    const char *story; /* all that is asked before the last letter succeeds */
    int status;        /* of the last */
    const char *code;  /* of the problem */
};
/* Begins unit `number` and tells the story, or fails the test. */
void story_play(const struct story_row *row, struct gateway *g, unsigned number);

#endif
