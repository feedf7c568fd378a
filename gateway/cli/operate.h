/* SPDX-License-Identifier: Apache-2.0 */
/* What commands share that read or change the registry, which they do as the operator. */
#ifndef ASSAY_CLI_OPERATE_H
#define ASSAY_CLI_OPERATE_H

#include "gateway/cli/cli.h"
#include "gateway/config/config.h"
#include "gateway/manifest/store.h"

/* store_open of the invocation's data directory, for one thread. */
enum err operate_open(const struct invocation *in, unsigned flags, struct store **out,
                      struct fault *fault) MUST_CHECK;
static inline void
scope_store(struct store **store)
{
    store_close(*store);
}
#define AUTO_STORE __attribute__((cleanup(scope_store))) struct store

/* --actor, else the name of the user who runs the command. ERR_USAGE when it is not 1 to
 * ORGANISATION_MAX bytes of UTF-8 without control characters. */
enum err operate_actor(const struct invocation *in, char out[static ORGANISATION_MAX + 1],
                       struct fault *fault) MUST_CHECK;

/* A new operation of the operator, now. `request` is what it does, as text: its digest. `note` says
 * what it was, for people, and is cut where it is too long. */
enum err operate_begin(const struct invocation *in, struct slice request, const char *note,
                       struct operation *out, struct fault *fault) MUST_CHECK;

/* GTIN and SERIAL as they were typed. ERR_USAGE. */
enum err operate_unit_key(const char *gtin, const char *serial, struct unit_key *out,
                          struct fault *fault) MUST_CHECK;

/* The unit, or ERR_NOT_FOUND with a sentence. */
enum err operate_get_unit(struct store *store, const struct unit_key *key, struct unit *out,
                          struct fault *fault) MUST_CHECK;

/* DATA/assayd.ini over the defaults; no file is no fault. */
enum err operate_config(const struct invocation *in, struct config *out,
                        struct fault *fault) MUST_CHECK;

#endif
