/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* fopencookie, mkostemp */
#include "gateway/manifest/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "gateway/base/file.h"

enum {
    SEALED_BLOCK = SPOOL_BLOCK + crypto_secretbox_MACBYTES,
    LOOK_EVERY = 256, /* blocks, between two looks at the room that is left */
    PATH_BYTES = 1024
};
static const uint64_t no_block = UINT64_MAX;
static const char what[] = "what was sent"; /* faults are for whoever sent it: no paths */

struct spool {
    char directory[PATH_BYTES];
    int fd; /* -1: everything fits into `block` */
    uint64_t length;
    uint64_t at;    /* where is read */
    uint64_t block; /* the number of the one in `plain` */
    uint8_t key[crypto_secretbox_KEYBYTES];
    char plain[SPOOL_BLOCK];
    uint8_t sealed[SEALED_BLOCK];
};

static enum err
check_room(const struct spool *spool, uint64_t needed, struct fault *fault)
{
    struct statvfs disk;
    if (statvfs(spool->directory, &disk) != 0)
        return file_fault(fault, what, errno);
    uint64_t unit = disk.f_frsize > 0 ? disk.f_frsize : 1;
    bool enough = needed <= UINT64_MAX - SPOOL_RESERVE &&
                  (needed + SPOOL_RESERVE) / unit < (uint64_t)disk.f_bavail;
    return enough ? ERR_OK : fault_set(fault, ERR_FULL, "there is no room for it on the disk");
}

enum err
spool_open(const char *directory, uint64_t expected, struct spool **out, struct fault *fault)
{
    struct spool *spool = calloc(1, sizeof *spool);
    *out = NULL;
    if (spool == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    spool->fd = -1;
    int len = snprintf(spool->directory, sizeof spool->directory, "%s", directory);
    enum err err = len > 0 && (size_t)len < sizeof spool->directory - 16
                       ? ERR_OK
                       : fault_set(fault, ERR_INVALID, "the data directory's path is too long");
    crypto_secretbox_keygen(spool->key);
    if (err == ERR_OK && expected > SPOOL_BLOCK)
        err = check_room(spool, expected > UINT64_MAX / 2 ? UINT64_MAX : 2 * expected, fault);
    if (err != ERR_OK) {
        spool_close(spool);
        return err;
    }
    *out = spool;
    return ERR_OK;
}

void
spool_close(struct spool *spool)
{
    if (spool == NULL)
        return;
    if (spool->fd >= 0)
        (void)close(spool->fd);
    sodium_memzero(spool, sizeof *spool);
    free(spool);
}

/* Between being made and losing its name nothing is in it: what a crash could leave is empty. */
static enum err
make_file(struct spool *spool, struct fault *fault)
{
    char path[PATH_BYTES + 16];
    (void)snprintf(path, sizeof path, "%s/.spool-XXXXXX", spool->directory);
    spool->fd = mkostemp(path, O_CLOEXEC);
    if (spool->fd < 0 || unlink(path) != 0)
        return file_fault(fault, what, errno);
    return ERR_OK;
}

static void
nonce_of(uint8_t nonce[static crypto_secretbox_NONCEBYTES], uint64_t block)
{
    memset(nonce, 0, crypto_secretbox_NONCEBYTES);
    for (size_t i = 0; i < 8; i++)
        nonce[i] = (uint8_t)(block >> (8 * i));
}

static enum err
write_sealed(struct spool *spool, size_t len, struct fault *fault)
{
    size_t written = 0;
    while (written < len) {
        ssize_t now = write(spool->fd, spool->sealed + written, len - written);
        if (now < 0 && errno == EINTR)
            continue;
        if (now < 0)
            return file_fault(fault, what, errno);
        written += (size_t)now;
    }
    return ERR_OK;
}

static enum err
flush(struct spool *spool, size_t len, struct fault *fault)
{
    uint8_t nonce[crypto_secretbox_NONCEBYTES];
    enum err err = spool->fd < 0 ? make_file(spool, fault) : ERR_OK;
    if (err == ERR_OK && spool->block % LOOK_EVERY == 0)
        err = check_room(spool, 0, fault);
    if (err != ERR_OK)
        return err;
    nonce_of(nonce, spool->block);
    (void)crypto_secretbox_easy(spool->sealed, (const uint8_t *)spool->plain, len, nonce,
                                spool->key);
    return write_sealed(spool, len + crypto_secretbox_MACBYTES, fault);
}

char *
spool_room(struct spool *spool, size_t *room)
{
    size_t used = (size_t)(spool->length % SPOOL_BLOCK);
    *room = SPOOL_BLOCK - used;
    return spool->plain + used;
}

enum err
spool_put(struct spool *spool, size_t count, struct fault *fault)
{
    spool->length += count;
    if (count == 0 || spool->length % SPOOL_BLOCK != 0)
        return ERR_OK;
    enum err err = flush(spool, SPOOL_BLOCK, fault);
    spool->block++;
    return err;
}

/* ---- reading ---- */

static size_t
length_of_block(const struct spool *spool, uint64_t block)
{
    uint64_t left = spool->length - block * SPOOL_BLOCK;
    return left < SPOOL_BLOCK ? (size_t)left : SPOOL_BLOCK;
}

static bool
load(struct spool *spool, uint64_t block)
{
    uint8_t nonce[crypto_secretbox_NONCEBYTES];
    size_t len = length_of_block(spool, block) + crypto_secretbox_MACBYTES;
    if (spool->block == block)
        return true;
    spool->block = no_block;
    nonce_of(nonce, block);
    if (pread(spool->fd, spool->sealed, len, (off_t)(block * SEALED_BLOCK)) != (ssize_t)len ||
        crypto_secretbox_open_easy((uint8_t *)spool->plain, spool->sealed, len, nonce,
                                   spool->key) != 0) {
        errno = EIO;
        return false;
    }
    spool->block = block;
    return true;
}

static ssize_t
read_some(void *cookie, char *out, size_t max)
{
    struct spool *spool = cookie;
    size_t got = 0;
    while (got < max && spool->at < spool->length) {
        uint64_t block = spool->at / SPOOL_BLOCK;
        size_t within = (size_t)(spool->at % SPOOL_BLOCK);
        if (!load(spool, block))
            return -1;
        size_t there = length_of_block(spool, block) - within;
        size_t now = there < max - got ? there : max - got;
        memcpy(out + got, spool->plain + within, now);
        got += now;
        spool->at += now;
    }
    return (ssize_t)got;
}

static int
seek(void *cookie, off64_t *offset, int whence)
{
    struct spool *spool = cookie;
    uint64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? spool->at : spool->length;
    int64_t to = (int64_t)from + *offset;
    if (to < 0 || (uint64_t)to > spool->length) {
        errno = EINVAL;
        return -1;
    }
    spool->at = (uint64_t)to;
    *offset = to;
    return 0;
}

enum err
spool_read(struct spool *spool, FILE **out, struct fault *fault)
{
    const cookie_io_functions_t functions = {.read = read_some, .seek = seek};
    size_t rest = (size_t)(spool->length % SPOOL_BLOCK);
    *out = NULL;
    enum err err = spool->fd >= 0 && rest > 0 ? flush(spool, rest, fault) : ERR_OK;
    if (err != ERR_OK)
        return err;
    spool->at = 0;
    if (spool->fd >= 0)
        spool->block = no_block;
    *out = fopencookie(spool, "r", functions);
    if (*out == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    (void)setvbuf(*out, NULL, _IONBF, 0); /* no copy of what the caller wipes */
    return ERR_OK;
}
