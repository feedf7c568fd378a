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

struct in_flight;
struct limits;

/* Shared by all threads, constant while the server runs. */
struct app {
    const struct config *config;
    struct registry *registry;
    struct keyring *keyring;
    const struct secrets *secrets;
    const struct pages *pages;
    struct in_flight *in_flight; /* operations under way in this process (in_flight.h) */
    struct limits *limits;       /* of trying codes (limits.h) */
    int64_t (*now)(void);
};

/* One thread's: a session with the registry and buffers too large for its stack (100 KB). */
struct worker {
    const struct app *app;
    struct registry_session *session; /* NULL when it could not be opened: answers are unchecked */
    struct unit_view view;
    struct caller caller; /* who asks: set before the handler runs (auth.h) */
};

/* A handler answers; it does not fail. It runs in the worker's thread. */
typedef void handler(struct worker *worker, const struct request *request,
                     struct response *response);

#endif
