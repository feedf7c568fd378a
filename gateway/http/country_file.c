/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* a lock that prefers its writer */
#include "gateway/http/country_file.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct country_file {
    char *path;
    pthread_rwlock_t lock; /* written for a few instructions: the new one is read before */
    struct country_db *db;
};

static struct country_db *
swap(struct country_file *file, struct country_db *db)
{
    (void)pthread_rwlock_wrlock(&file->lock);
    struct country_db *before = file->db;
    file->db = db;
    (void)pthread_rwlock_unlock(&file->lock);
    return before;
}

/* By itself the lock goes from reader to reader for as long as there is one. */
static bool
init_lock(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t kind;
    if (pthread_rwlockattr_init(&kind) != 0)
        return false;
    bool made =
        pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP) == 0 &&
        pthread_rwlock_init(lock, &kind) == 0;
    (void)pthread_rwlockattr_destroy(&kind);
    return made;
}

enum err
country_file_open(const char *path, struct country_file **out, struct fault *fault)
{
    *out = NULL;
    if (path[0] == '\0')
        return ERR_OK;
    struct country_file *file = calloc(1, sizeof *file);
    char *copy = strdup(path);
    if (file == NULL || copy == NULL || !init_lock(&file->lock)) {
        free(file);
        free(copy);
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", path);
    }
    file->path = copy;
    enum err err = country_db_open(path, &file->db, fault);
    if (err == ERR_OK)
        *out = file;
    else
        country_file_close(file);
    return err;
}

void
country_file_close(struct country_file *file)
{
    if (file == NULL)
        return;
    country_db_close(file->db);
    (void)pthread_rwlock_destroy(&file->lock);
    free(file->path);
    free(file);
}

enum err
country_file_reload(struct country_file *file, char name[static COUNTRY_DB_NAME_MAX],
                    struct fault *fault)
{
    struct country_db *db = NULL;
    enum err err = country_db_open(file->path, &db, fault);
    if (err != ERR_OK)
        return err;
    country_db_name(db, name);
    country_db_close(swap(file, db));
    return ERR_OK;
}

void
country_file_ask(struct country_file *file, struct client *client)
{
    static const uint8_t unknown[IP_BYTES];
    if (file == NULL || client->country[0] != '\0' ||
        memcmp(client->address, unknown, IP_BYTES) == 0)
        return;
    (void)pthread_rwlock_rdlock(&file->lock);
    country_db_find(file->db, client->address, client->country);
    (void)pthread_rwlock_unlock(&file->lock);
}
