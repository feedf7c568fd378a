/* SPDX-License-Identifier: Apache-2.0 */
/* What the daemon does, as JSON lines on standard error. No token, no secret, no whole serial. */
#ifndef ASSAY_LOG_LOG_H
#define ASSAY_LOG_LOG_H

#include "gateway/base/err.h"
#include "gateway/config/config.h"

enum log_level { LOG_ERROR, LOG_INFO, LOG_DEBUG };

bool log_wants(const struct config *config, enum log_level level);

/* {"time":"…","level":"info","event":"keyset_reloaded","text":"…"} in one write, when config->log
 * asks for the level. `event` is a stable word. Thread-safe. */
void log_event(const struct config *config, enum log_level level, const char *event,
               const char *format, ...) PRINTF_LIKE(4, 5);

#endif
