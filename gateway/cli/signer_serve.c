/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* accept4 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/cli/signer.h"
#include "gateway/signer/signer.h"
#include "gateway/signer/wire.h"

enum { ANSWER_MS = 20000, LINGER_MS = 1000, REST_MS = 50 };

struct visit {
    struct signer *signer;
    int fd;
};

static const char *
why_unread(enum err err)
{
    if (err == ERR_BUSY)
        return "the request did not arrive in time";
    if (err == ERR_TOO_LARGE)
        return "the request is longer than 1024 bytes";
    return "a connection carries one request, a line of JSON";
}

static void
answer(struct signer *signer, int fd)
{
    struct text line;
    struct text out;
    text_init(&line, SIGNER_REQUEST_MAX);
    text_init(&out, SIGNER_ANSWER_MAX);
    enum err err = wire_read_line(fd, &line, wire_now_ms() + SIGNER_REQUEST_MS);
    if (err == ERR_OK)
        signer_answer(signer, text_slice(&line), &out);
    else
        signer_refuse(&out, SIGNER_MALFORMED, why_unread(err));
    if (!text_ok(&out)) {
        file_wipe(&out);
        signer_refuse(&out, SIGNER_FAILED, "out of memory");
    }
    /* Whoever went away without the answer has lost it: what it used of the quota stays used. */
    err = wire_write(fd, text_slice(&out), wire_now_ms() + ANSWER_MS);
    (void)err;
    file_wipe(&out);
    text_free(&line);
}

static bool
enter(struct signer *signer)
{
    (void)pthread_mutex_lock(&signer->mutex);
    bool room = signer->busy < SIGNER_AT_ONCE;
    signer->busy += room ? 1 : 0;
    (void)pthread_mutex_unlock(&signer->mutex);
    return room;
}

static void
leave(struct signer *signer)
{
    (void)pthread_mutex_lock(&signer->mutex);
    signer->busy--;
    (void)pthread_cond_signal(&signer->idle);
    (void)pthread_mutex_unlock(&signer->mutex);
}

static void *
receive(void *context)
{
    struct visit *visit = context;
    answer(visit->signer, visit->fd);
    wire_close(visit->fd, LINGER_MS);
    leave(visit->signer);
    free(visit);
    return NULL;
}

/* The visit goes on by itself. False: it could not begin, and the descriptor is still open. */
static bool
begin_visit(struct signer *signer, int fd)
{
    pthread_t thread;
    struct visit *visit = malloc(sizeof *visit);
    if (visit == NULL || !enter(signer)) {
        free(visit);
        return false;
    }
    *visit = (struct visit){signer, fd};
    if (pthread_create(&thread, NULL, receive, visit) == 0) {
        (void)pthread_detach(thread);
        return true;
    }
    leave(signer);
    free(visit);
    return false;
}

/* An answer at the door: short enough for the socket's buffer. */
static void
turn_away(int fd, const char *code, const char *text)
{
    struct text out;
    text_init(&out, SIGNER_REQUEST_MAX);
    signer_refuse(&out, code, text);
    enum err err = wire_write(fd, text_slice(&out), wire_now_ms() + REST_MS);
    (void)err; /* nobody is owed it */
    text_free(&out);
    wire_close(fd, REST_MS);
}

static void
let_in(struct signer *signer, int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE)
            (void)poll(NULL, 0, REST_MS);
        return;
    }
    if (!signer_knows(signer, fd))
        turn_away(fd, SIGNER_NOT_ALLOWED, "this signer does not answer you: see its --allow-user");
    else if (!begin_visit(signer, fd))
        turn_away(fd, SIGNER_BUSY, "the signer answers as many as it can at once; ask again");
}

static void
wait_until_idle(struct signer *signer)
{
    (void)pthread_mutex_lock(&signer->mutex);
    while (signer->busy > 0)
        (void)pthread_cond_wait(&signer->idle, &signer->mutex);
    (void)pthread_mutex_unlock(&signer->mutex);
}

enum err
signer_serve(struct signer *signer, int listener, struct fault *fault)
{
    sigset_t signals;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    int stop = pthread_sigmask(SIG_BLOCK, &signals, NULL) == 0
                   ? signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK)
                   : -1;
    if (stop < 0)
        return fault_set(fault, ERR_UNAVAILABLE, "cannot wait for signals");
    struct pollfd waits[] = {{.fd = listener, .events = POLLIN}, {.fd = stop, .events = POLLIN}};
    while ((waits[1].revents & POLLIN) == 0) {
        if (poll(waits, 2, -1) > 0 && (waits[0].revents & POLLIN) != 0)
            let_in(signer, listener);
    }
    wait_until_idle(signer);
    (void)close(stop);
    return ERR_OK;
}
