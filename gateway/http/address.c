/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

enum err
http_check_address(const char *address, uint64_t port, struct fault *fault)
{
    static const struct {
        int number;
        enum err err;
        const char *sentence;
    } reasons[] = {
        {EADDRINUSE, ERR_BUSY, "another program listens there; choose another port"},
        {EACCES, ERR_DENIED, "no permission; ports below 1024 need the right to use them"},
        {EADDRNOTAVAIL, ERR_INVALID, "not an address of this machine"},
    };
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || inet_pton(AF_INET, address, &name.sin_addr) != 1)
        return fault_set(fault, ERR_UNAVAILABLE, "%s: no socket", address);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    int failed = bind(fd, (const struct sockaddr *)&name, sizeof name);
    int reason = errno;
    (void)close(fd);
    if (failed == 0)
        return ERR_OK;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].number == reason)
            return fault_set(fault, reasons[i].err, "%s:%llu: %s", address,
                             (unsigned long long)port, reasons[i].sentence);
    return fault_set(fault, ERR_UNAVAILABLE, "%s:%llu: cannot listen there", address,
                     (unsigned long long)port);
}

static bool
listens_at(int fd, uint64_t port)
{
    struct sockaddr_in name = {.sin_family = AF_UNSPEC};
    socklen_t size = sizeof name;
    int listening = 0;
    socklen_t flag = sizeof listening;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &flag) == 0 && listening != 0 &&
           getsockname(fd, (struct sockaddr *)&name, &size) == 0 && name.sin_family == AF_INET &&
           name.sin_port == htons((uint16_t)port);
}

void
http_bound_unsent(uint64_t port)
{
    enum { FIRST_SOCKETS = 1024 }; /* it is opened at the start, among the first */
    int size = UNSENT_MAX;
    for (int fd = 0; fd < FIRST_SOCKETS; fd++)
        if (listens_at(fd, port))
            (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}
