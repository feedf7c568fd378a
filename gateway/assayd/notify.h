/* SPDX-License-Identifier: Apache-2.0 */
/* Telling the service manager how it goes: sd_notify(3), by hand. */
#ifndef ASSAY_ASSAYD_NOTIFY_H
#define ASSAY_ASSAYD_NOTIFY_H

#include <stdint.h>

struct notify {
    const char *socket;  /* NULL: nobody listens; every call does nothing */
    int64_t watchdog_ms; /* it wants to hear of us this often; 0: it does not */
};

/* From NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID of `environment` ("NAME=value", NULL ends),
 * which stays as long as the result is used. */
struct notify notify_of(char *const *environment);
/* "READY=1", "WATCHDOG=1", "STOPPING=1": one datagram. What cannot be sent is lost: the manager
 * acts on silence. */
void notify_send(const struct notify *notify, const char *state);

#endif
