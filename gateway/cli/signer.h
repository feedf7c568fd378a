/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of `assay signer`: the door (who may come in), the service (one connection after the
 * other, each on a thread of its own) and the desk (what a request is answered). */
#ifndef ASSAY_CLI_SIGNER_H
#define ASSAY_CLI_SIGNER_H

#include <pthread.h>
#include <sys/types.h>

#include "gateway/cli/issue.h"
#include "gateway/cli/quota.h"

enum { SIGNER_GUESTS_MAX = 16, SIGNER_AT_ONCE = 8 };

/* Constant while it serves, but for the quota and what the mutex guards. */
struct signer {
    const struct invocation *in;
    struct issuer issuer; /* the keyset in it is that of the start: each request reads it anew */
    size_t prefix_count;  /* 0: the key's whole scope */
    const char *prefixes[CLI_REPEATS_MAX];
    uint64_t max_batch;
    struct quota quota;
    size_t guest_count;
    uid_t guests[SIGNER_GUESTS_MAX]; /* who may ask, besides whom it runs as */

    pthread_mutex_t mutex;
    pthread_cond_t idle;
    unsigned busy; /* connections */
};

/* ---- signer_desk.c ---- */

/* Appends the answer to one line, its LF included. Thread-safe. */
void signer_answer(struct signer *signer, struct slice line, struct text *out);
void signer_refuse(struct text *out, const char *code, const char *text);

/* ---- signer_serve.c ---- */

/* Serves a listening socket until SIGTERM or SIGINT, then lets what was begun end. */
enum err signer_serve(struct signer *signer, int listener, struct fault *fault) MUST_CHECK;

/* ---- signer_door.c ---- */

/* A socket at `path`, 0600, or with a group's name 0660 and theirs. A socket that nobody answers is
 * replaced. ERR_BUSY: a signer is there; ERR_EXISTS: something else is; ERR_NOT_FOUND: no such
 * group; ERR_DENIED. *listener is closed by signer_leave, which also removes the socket. */
enum err signer_listen(const char *path, const char *group, int *listener,
                       struct fault *fault) MUST_CHECK;
void signer_leave(const char *path, int listener);
/* A name or a number. ERR_NOT_FOUND. */
enum err signer_find_user(const char *name, uid_t *out, struct fault *fault) MUST_CHECK;
/* Is whoever is at the other end the user that this runs as, or a guest? */
bool signer_knows(const struct signer *signer, int fd) MUST_CHECK;

#endif
