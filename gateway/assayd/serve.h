/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ASSAYD_SERVE_H
#define ASSAY_ASSAYD_SERVE_H

#include "gateway/assayd/notify.h"
#include "gateway/config/config.h"

/* Serves until SIGTERM or SIGINT; SIGHUP reads the keyset again. `accept_older`: a registry that is
 * older than its checkpoint is meant (registry/checkpoint.h), else ERR_CONFLICT. `notify` hears
 * when it is ready, lives and stops. ERR_OK after a clean stop. An error says why it did not begin,
 * and has changed nothing. */
enum err serve(const struct config *config, bool accept_older, const struct notify *notify,
               struct fault *fault) MUST_CHECK;

#endif
