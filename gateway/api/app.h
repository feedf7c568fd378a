/* SPDX-License-Identifier: Apache-2.0 */
/* What every handler is given: the parts of the program, and one worker thread's own. */
#ifndef ASSAY_API_APP_H
#define ASSAY_API_APP_H

#include "gateway/config/config.h"
#include "gateway/exchange/exchange.h"
#include "gateway/pages/pages.h"
#include "gateway/registry/registry.h"
#include "keys/keyring.h"
#include "keys/secrets.h"

enum { CSRF_CHARS = 2 * SEAL_BYTES };

struct in_flight;
struct limits;
struct shed;
struct forgeries;
struct worker;
struct tally_board;
struct sightings;
struct inbox;
struct meter;
struct product_words;
struct country_file;

/* A handler answers; it does not fail. It runs in the worker's thread. */
typedef void handler(struct worker *worker, const struct request *request,
                     struct response *response);

/* Shared by all threads, constant while the server runs. */
struct app {
    const struct config *config;
    struct registry *registry;
    struct keyring *keyring;
    const struct secrets *secrets;
    const struct pages *pages;
    struct in_flight *in_flight; /* operations under way in this process (in_flight.h) */
    struct limits *limits;       /* of trying codes (limits.h) */
    struct shed *shed;           /* of what is refused (shed.h); NULL: nothing */
    struct forgeries *forgeries; /* scanned lately (forgeries.h); NULL: none is kept */
    struct tally_board *tallies; /* of what was answered (tally_board.h) */
    struct sightings *sightings; /* of who looked at what (sightings.h); NULL: nobody counts */
    struct product_words *product_words; /* of verdicts (product_words.h); NULL: none are kept */
    struct inbox *inbox;                 /* how often notices are written (notices.h) */
    struct meter *meter;                 /* of requests (meter.h); NULL: nobody counts */
    struct country_file *countries; /* of addresses (http/country_file.h); NULL: none is known */
    /* Answers a request that the program makes of itself for worker->caller, by the same routes,
     * roles and limits as from outside. The response is zeroed but for its body, which is reset. */
    handler *ask;
    int64_t (*now)(void);
    const char *version; /* of the program */
    int64_t started_at;
};

/* A browser session of staff: what auth.c found by the cookie. */
struct signed_in {
    bool is;
    bool over; /* a cookie came, and its session is over or was never: whoever asks is the public */
    struct session session;
    char csrf[CSRF_CHARS + 1]; /* what a form of this session has to carry as `csrf` */
    char name[CREDENTIAL_NAME_MAX + 1];
    int64_t ends_at; /* at the latest */
};

/* One thread's: a session with the registry and buffers too large for its stack (100 KB). */
struct worker {
    const struct app *app;
    struct registry_session *session; /* NULL when it could not be opened: answers are unchecked */
    struct unit_view view;
    struct caller caller;       /* who asks: set before the handler runs (auth.h) */
    struct signed_in signed_in; /* when it is a browser of staff: else zeroed */
};

#endif
