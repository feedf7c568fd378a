/* SPDX-License-Identifier: Apache-2.0 */
/* Streams, whose own calls nobody could take, get others that go through those of fail_files.c; and
 * sockets. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/faults/fail.h"

NEXT(FILE *, fopen, const char *, const char *)
NEXT(FILE *, fdopen, int, const char *)
NEXT(int, socket, int, int, int)
NEXT(int, bind, int, const struct sockaddr *, socklen_t)
NEXT(int, listen, int, int)
NEXT(int, accept, int, struct sockaddr *, socklen_t *)
NEXT(int, connect, int, const struct sockaddr *, socklen_t)
NEXT(ssize_t, recv, int, void *, size_t, int)
NEXT(ssize_t, send, int, const void *, size_t, int)
NEXT(int, poll, struct pollfd *, nfds_t, int)

static int
fd_of(void *cookie)
{
    return (int)(intptr_t)cookie;
}

static ssize_t
stream_read(void *cookie, char *bytes, size_t len)
{
    return read(fd_of(cookie), bytes, len);
}

/* The library takes less than all for a failure. */
static ssize_t
stream_write(void *cookie, const char *bytes, size_t len)
{
    size_t done = 0;
    while (done < len) {
        ssize_t put = write(fd_of(cookie), bytes + done, len - done);
        if (put < 0)
            return 0;
        done += (size_t)put;
    }
    return (ssize_t)done;
}

static int
stream_seek(void *cookie, off64_t *at, int whence)
{
    off_t now = lseek(fd_of(cookie), *at, whence);
    *at = now;
    return now < 0 ? -1 : 0;
}

static int
stream_close(void *cookie)
{
    return close(fd_of(cookie));
}

static FILE *
stream_of(int fd, const char *mode)
{
    const cookie_io_functions_t calls = {stream_read, stream_write, stream_seek, stream_close};
    FILE *stream = fopencookie((void *)(intptr_t)fd, mode, calls);
    if (stream != NULL)
        stream->_fileno = fd; /* what fileno tells */
    return stream;
}

FILE *
fdopen(int fd, const char *mode)
{
    return fault_means_fd(fd) ? stream_of(fd, mode) : next_fdopen()(fd, mode);
}

FILE *
fopen(const char *path, const char *mode)
{
    if (!fault_means(path) || (mode[0] != 'r' && mode[0] != 'w') || strchr(mode, '+') != NULL)
        return next_fopen()(path, mode);
    int flags = mode[0] == 'r' ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC;
    int fd = open(path, flags | (strchr(mode, 'e') != NULL ? O_CLOEXEC : 0), 0666);
    return fd < 0 ? NULL : stream_of(fd, mode);
}

/* ---- sockets ---- */

int
socket(int domain, int type, int protocol)
{
    return fault_takes(FAULT_SOCKET) ? -1 : next_socket()(domain, type, protocol);
}

int
bind(int fd, __CONST_SOCKADDR_ARG address, socklen_t len)
{
    return fault_takes(FAULT_SOCKET) ? -1 : next_bind()(fd, address.__sockaddr__, len);
}

int
listen(int fd, int backlog)
{
    return fault_takes(FAULT_SOCKET) ? -1 : next_listen()(fd, backlog);
}

int
accept(int fd, __SOCKADDR_ARG address, socklen_t *len)
{
    return fault_takes(FAULT_SOCKET) ? -1 : next_accept()(fd, address.__sockaddr__, len);
}

int
connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t len)
{
    return fault_takes(FAULT_SOCKET) ? -1 : next_connect()(fd, address.__sockaddr__, len);
}

ssize_t
recv(int fd, void *bytes, size_t len, int flags)
{
    return fault_takes(FAULT_TRAFFIC) ? -1 : next_recv()(fd, bytes, len, flags);
}

ssize_t
send(int fd, const void *bytes, size_t len, int flags)
{
    return fault_takes(FAULT_TRAFFIC) ? -1 : next_send()(fd, bytes, len, flags);
}

int
poll(struct pollfd *of, nfds_t count, int ms)
{
    return fault_takes(FAULT_POLL) ? -1 : next_poll()(of, count, ms);
}
