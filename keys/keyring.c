/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/keyring.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/file.h"

enum { DIGEST_BYTES = 32 };

/* A keyset that somebody may still be reading. */
struct generation {
    struct keyset *keyset;
    size_t users;
    struct generation *older;
};

/* What tells cheaply that a file was changed. */
struct identity {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
};

/* What is read from the file in one go. */
struct content {
    struct keyset *keyset;
    struct identity identity;
    uint8_t digest[DIGEST_BYTES];
};

struct keyring {
    char *path;
    pthread_mutex_t reload; /* one at a time; held while the file is read; guards the two below */
    struct identity identity;
    uint8_t digest[DIGEST_BYTES];
    pthread_mutex_t lock;       /* held for a few instructions; guards the generations */
    struct generation *current; /* and through it the older ones that are in use */
};

static void
free_generation(struct generation *generation)
{
    if (generation == NULL)
        return;
    free(generation->keyset);
    free(generation);
}

static void
free_text(struct text *text)
{
    text_free(text);
}

static enum err
identify(const char *path, struct identity *out, struct fault *fault)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return file_fault(fault, path, errno);
    *out = (struct identity){st.st_dev, st.st_ino, st.st_size, st.st_mtim};
    return ERR_OK;
}

static bool
same_identity(const struct identity *a, const struct identity *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified.tv_sec == b->modified.tv_sec && a->modified.tv_nsec == b->modified.tv_nsec;
}

/* Reads the file unless it holds the bytes of `known`, then content->keyset stays NULL. The
 * identity is taken before the bytes: a change in between is seen at the next call. */
static enum err
read_content(const char *path, const uint8_t *known, struct content *content, struct fault *fault)
{
    __attribute__((cleanup(free_text))) struct text text;
    text_init(&text, KEYSET_FILE_MAX);
    content->keyset = NULL;
    enum err err = identify(path, &content->identity, fault);
    if (err == ERR_OK)
        err = file_read(path, FILE_ANY, &text, fault);
    if (err != ERR_OK)
        return err;
    (void)crypto_generichash(content->digest, DIGEST_BYTES, (const uint8_t *)text.data, text.len,
                             NULL, 0);
    if (known != NULL && memcmp(known, content->digest, DIGEST_BYTES) == 0)
        return ERR_OK;
    content->keyset = calloc(1, sizeof *content->keyset);
    if (content->keyset == NULL)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", path);
    err = keyset_parse(content->keyset, text_slice(&text), path, fault);
    if (err == ERR_OK)
        return ERR_OK;
    free(content->keyset);
    content->keyset = NULL;
    return err;
}

/* Takes the keyset over, also on failure. */
static enum err
make_current(struct keyring *ring, struct keyset *keyset, struct fault *fault)
{
    struct generation *generation = malloc(sizeof *generation);
    if (keyset == NULL || generation == NULL) {
        free(keyset);
        free(generation);
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", ring->path);
    }
    (void)pthread_mutex_lock(&ring->lock);
    struct generation *before = ring->current;
    bool idle = before != NULL && before->users == 0;
    *generation = (struct generation){.keyset = keyset, .older = idle ? before->older : before};
    ring->current = generation;
    (void)pthread_mutex_unlock(&ring->lock);
    if (idle)
        free_generation(before);
    return ERR_OK;
}

static enum err
load_first(struct keyring *ring, struct fault *fault)
{
    struct content content = {.keyset = NULL};
    enum err err = read_content(ring->path, NULL, &content, fault);
    if (err == ERR_NOT_FOUND)
        return make_current(ring, calloc(1, sizeof(struct keyset)), fault);
    if (err != ERR_OK)
        return err;
    ring->identity = content.identity;
    memcpy(ring->digest, content.digest, DIGEST_BYTES);
    return make_current(ring, content.keyset, fault);
}

enum err
keyring_open(const char *path, struct keyring **out, struct fault *fault)
{
    *out = NULL;
    struct keyring *ring = calloc(1, sizeof *ring);
    char *copy = strdup(path);
    if (ring == NULL || copy == NULL) {
        free(ring);
        free(copy);
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", path);
    }
    ring->path = copy;
    (void)pthread_mutex_init(&ring->reload, NULL);
    (void)pthread_mutex_init(&ring->lock, NULL);
    enum err err = load_first(ring, fault);
    if (err != ERR_OK) {
        keyring_close(ring);
        return err;
    }
    *out = ring;
    return ERR_OK;
}

void
keyring_close(struct keyring *ring)
{
    if (ring == NULL)
        return;
    while (ring->current != NULL) {
        struct generation *older = ring->current->older;
        free_generation(ring->current);
        ring->current = older;
    }
    (void)pthread_mutex_destroy(&ring->lock);
    (void)pthread_mutex_destroy(&ring->reload);
    free(ring->path);
    free(ring);
}

const struct keyset *
keyring_acquire(struct keyring *ring)
{
    (void)pthread_mutex_lock(&ring->lock);
    ring->current->users++;
    const struct keyset *keyset = ring->current->keyset;
    (void)pthread_mutex_unlock(&ring->lock);
    return keyset;
}

/* Takes an older generation that nobody uses any more out of the list. Called with the lock. */
static struct generation *
release_locked(struct keyring *ring, const struct keyset *keyset)
{
    struct generation **link = &ring->current;
    while (*link != NULL && (*link)->keyset != keyset)
        link = &(*link)->older;
    struct generation *generation = *link;
    if (generation == NULL || --generation->users > 0 || generation == ring->current)
        return NULL;
    *link = generation->older;
    return generation;
}

void
keyring_release(struct keyring *ring, const struct keyset *keyset)
{
    (void)pthread_mutex_lock(&ring->lock);
    struct generation *unused = release_locked(ring, keyset);
    (void)pthread_mutex_unlock(&ring->lock);
    free_generation(unused);
}

/* Only reloading changes `current`, so its version stays while `reload` is held. */
static uint64_t
version_in_use(struct keyring *ring)
{
    const struct keyset *keyset = keyring_acquire(ring);
    uint64_t version = keyset->version;
    keyring_release(ring, keyset);
    return version;
}

static enum err
swap(struct keyring *ring, struct content *content, bool *swapped, struct fault *fault)
{
    uint64_t version = version_in_use(ring);
    if (content->keyset->version <= version) {
        enum err err = fault_set(
            fault, ERR_CONFLICT, "%s: changed, but its version %llu is not above %llu, in use",
            ring->path, (unsigned long long)content->keyset->version, (unsigned long long)version);
        free(content->keyset);
        return err;
    }
    enum err err = make_current(ring, content->keyset, fault);
    if (err != ERR_OK)
        return err;
    memcpy(ring->digest, content->digest, DIGEST_BYTES);
    *swapped = true;
    return ERR_OK;
}

static enum err
reload_locked(struct keyring *ring, bool force, bool *swapped, struct fault *fault)
{
    struct content content = {.keyset = NULL};
    enum err err = identify(ring->path, &content.identity, fault);
    if (err == ERR_NOT_FOUND && version_in_use(ring) == 0)
        return ERR_OK; /* there is none yet */
    if (err != ERR_OK || (!force && same_identity(&content.identity, &ring->identity)))
        return err;
    err = read_content(ring->path, ring->digest, &content, fault);
    if (err == ERR_OK && content.keyset != NULL)
        err = swap(ring, &content, swapped, fault);
    if (err == ERR_OK)
        ring->identity = content.identity;
    return err;
}

enum err
keyring_reload(struct keyring *ring, bool force, bool *swapped, struct fault *fault)
{
    *swapped = false;
    (void)pthread_mutex_lock(&ring->reload);
    enum err err = reload_locked(ring, force, swapped, fault);
    (void)pthread_mutex_unlock(&ring->reload);
    return err;
}

int64_t
keyring_changed_at(struct keyring *ring)
{
    (void)pthread_mutex_lock(&ring->reload);
    int64_t at = ring->identity.modified.tv_sec;
    (void)pthread_mutex_unlock(&ring->reload);
    return at;
}
