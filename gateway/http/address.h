/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_HTTP_ADDRESS_H
#define ASSAY_HTTP_ADDRESS_H

#include <stdint.h>

#include "gateway/base/err.h"

/* Could one listen on address and port right now? CivetWeb would say "cannot bind" in a log;
 * binding once before it tells the reasons apart: ERR_BUSY, ERR_DENIED, ERR_INVALID. */
enum err http_check_address(const char *address, uint64_t port, struct fault *fault) MUST_CHECK;

#endif
