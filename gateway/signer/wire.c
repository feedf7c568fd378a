/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/signer/wire.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PIECE_BYTES = 8 * 1024 };

int64_t
wire_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum err
wire_address(struct sockaddr_un *out, const char *path, struct fault *fault)
{
    memset(out, 0, sizeof *out);
    out->sun_family = AF_UNIX;
    if (path[0] != '\0' && slice_copy(out->sun_path, sizeof out->sun_path, slice_of(path)))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "\"%.120s\": the path of a socket has 1 to %zu bytes",
                     path, sizeof out->sun_path - 1);
}

/* True when the descriptor is ready, or broken, which the next call tells. */
static bool
wait_for(int fd, short events, int64_t deadline_ms)
{
    struct pollfd poll_fd = {.fd = fd, .events = events};
    for (;;) {
        int64_t left = deadline_ms - wire_now_ms();
        if (left <= 0)
            return false;
        int ready = poll(&poll_fd, 1, left > INT_MAX ? INT_MAX : (int)left);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return true;
    }
}

static bool
again(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* Adds what came before the line's end. *done: the end was the last byte of the piece. */
static enum err
take_piece(struct text *out, struct slice piece, bool *done)
{
    size_t end = slice_find(piece, '\n');
    *done = end < piece.len;
    if (*done && end + 1 != piece.len)
        return ERR_INVALID;
    text_slice_put(out, slice_make(piece.data, end));
    if (text_ok(out))
        return ERR_OK;
    return out->len + end > out->max ? ERR_TOO_LARGE : ERR_MEMORY;
}

enum err
wire_read_line(int fd, struct text *out, int64_t deadline_ms)
{
    char piece[PIECE_BYTES];
    bool done = false;
    enum err err = ERR_OK;
    text_put(out, "");
    while (err == ERR_OK && !done) {
        if (!wait_for(fd, POLLIN, deadline_ms))
            return ERR_BUSY;
        ssize_t got = recv(fd, piece, sizeof piece, 0);
        if (got < 0 && again())
            continue;
        if (got <= 0)
            return ERR_UNAVAILABLE;
        err = take_piece(out, slice_make(piece, (size_t)got), &done);
    }
    return err;
}

enum err
wire_write(int fd, struct slice bytes, int64_t deadline_ms)
{
    size_t done = 0;
    while (done < bytes.len) {
        if (!wait_for(fd, POLLOUT, deadline_ms))
            return ERR_BUSY;
        ssize_t sent = send(fd, bytes.data + done, bytes.len - done, MSG_NOSIGNAL);
        if (sent < 0 && again())
            continue;
        if (sent < 0)
            return ERR_UNAVAILABLE;
        done += (size_t)sent;
    }
    return ERR_OK;
}

void
wire_close(int fd, int64_t milliseconds)
{
    char dropped[PIECE_BYTES];
    int64_t deadline = wire_now_ms() + milliseconds;
    ssize_t got = shutdown(fd, SHUT_WR) == 0 ? 1 : 0;
    while (got > 0 && wait_for(fd, POLLIN, deadline)) {
        got = recv(fd, dropped, sizeof dropped, 0);
        if (got < 0 && again())
            got = 1;
    }
    (void)close(fd);
}
