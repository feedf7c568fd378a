/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/assayd/notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/base/slice.h"

static const char *
value_of(char *const *environment, const char *name)
{
    size_t len = strlen(name);
    for (; *environment != NULL; environment++)
        if (strncmp(*environment, name, len) == 0 && (*environment)[len] == '=')
            return *environment + len + 1;
    return NULL;
}

/* WATCHDOG_PID names the process that is meant; a child of that inherits the words. */
static int64_t
watchdog_of(char *const *environment)
{
    const char *period = value_of(environment, "WATCHDOG_USEC");
    const char *meant = value_of(environment, "WATCHDOG_PID");
    uint64_t microseconds = 0;
    uint64_t pid = 0;
    if (period == NULL || !slice_number(&microseconds, slice_of(period), 1, INT64_MAX))
        return 0;
    if (meant != NULL &&
        (!slice_number(&pid, slice_of(meant), 1, INT64_MAX) || pid != (uint64_t)getpid()))
        return 0;
    return microseconds < 1000 ? 1 : (int64_t)(microseconds / 1000);
}

struct notify
notify_of(char *const *environment)
{
    const char *socket = value_of(environment, "NOTIFY_SOCKET");
    bool good = socket != NULL && (socket[0] == '/' || socket[0] == '@') && socket[1] != '\0';
    return (struct notify){good ? socket : NULL, good ? watchdog_of(environment) : 0};
}

void
notify_send(const struct notify *notify, const char *state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (notify->socket == NULL)
        return;
    size_t len = strlen(notify->socket);
    if (len >= sizeof address.sun_path)
        return;
    memcpy(address.sun_path, notify->socket, len);
    if (address.sun_path[0] == '@') /* a name without a file */
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
                 (const struct sockaddr *)&address,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    (void)close(fd);
}
