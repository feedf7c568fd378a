/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_HTTP_ADDRESS_H
#define ASSAY_HTTP_ADDRESS_H

#include <stdint.h>

#include "gateway/base/err.h"

/* Could one listen on address and port right now? CivetWeb would say "cannot bind" in a log;
 * binding once before it tells the reasons apart: ERR_BUSY, ERR_DENIED, ERR_INVALID. */
enum err http_check_address(const char *address, uint64_t port, struct fault *fault) MUST_CHECK;

/* Bounds what the kernel holds for a client that reads slowly, for all connections that come in
 * from now on: they inherit it from the socket that listens at this port, which CivetWeb does not
 * give away and is found among our own. By itself the kernel lets one grow to megabytes. */
enum { UNSENT_MAX = 64 * 1024 }; /* bytes; the kernel doubles it for its own needs */
void http_bound_unsent(uint64_t port);

#endif
