/* SPDX-License-Identifier: Apache-2.0 */
/* Lines over a local socket, each with a maximum and a deadline. */
#ifndef ASSAY_SIGNER_WIRE_H
#define ASSAY_SIGNER_WIRE_H

#include <stdint.h>
#include <sys/un.h>

#include "gateway/base/text.h"

/* Milliseconds of a clock that is never set. */
int64_t wire_now_ms(void);

/* ERR_INVALID: the path is empty or longer than the 107 bytes that a socket's address holds. */
enum err wire_address(struct sockaddr_un *out, const char *path, struct fault *fault) MUST_CHECK;

/* Reads into `out`, without its LF, one line that nothing follows, from a descriptor that does not
 * block. ERR_TOO_LARGE beyond out->max; ERR_BUSY when `deadline_ms` (of wire_now_ms) passed;
 * ERR_UNAVAILABLE when it ended before; ERR_INVALID when more came; ERR_MEMORY. */
enum err wire_read_line(int fd, struct text *out, int64_t deadline_ms) MUST_CHECK;
/* ERR_BUSY, ERR_UNAVAILABLE. SIGPIPE is not raised. */
enum err wire_write(int fd, struct slice bytes, int64_t deadline_ms) MUST_CHECK;

/* Closes so that what was written arrives: what the other side still sends is read and dropped, for
 * a connection that is closed over unread bytes is reset. Takes `milliseconds` at most. */
void wire_close(int fd, int64_t milliseconds);

#endif
