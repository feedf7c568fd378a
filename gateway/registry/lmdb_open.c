/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing the environment. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/registry/lmdb_engine.h"

/* The map only takes addresses, the file stays as small as its data; growing it later would move it
 * under the readers. */
static const uint64_t map_wanted = UINT64_C(1) << 40;
static const uint64_t map_least = UINT64_C(1) << 24;

enum {
    TABLES_MAX = 32,
    SESSIONS_DEFAULT = 64,
    SESSIONS_SPARE = 64, /* for other processes */
    /* The table of readers is made by whoever opens first, maybe the command line with its single
     * session, and then holds for the daemon as well: so it is never small. 64 bytes each. */
    READERS_LEAST = 4352,
    GATE_TRIES = 1000, /* of 10 ms */
    MAP_PARAMETER_MIN = 65536
};

static enum err
read_parameters(const struct place *place, uint64_t *map, struct fault *fault)
{
    struct slice rest = slice_of(place->parameters);
    *map = 0;
    while (rest.len > 0) {
        struct slice value = slice_take_until(&rest, '&');
        struct slice name = slice_take_until(&value, '=');
        if (!slice_equal(name, "map") ||
            !slice_number(map, value, MAP_PARAMETER_MIN, UINT64_C(1) << 46))
            return fault_set(fault, ERR_INVALID,
                             "%s: the parameter %.*s is not understood; there is map=BYTES",
                             place->path, (int)name.len, name.data);
    }
    return ERR_OK;
}

/* The directory, made when that is allowed. */
static enum err
find_directory(struct lmdb_registry *registry, const struct registry_options *options,
               struct fault *fault)
{
    char data[sizeof registry->path + 16];
    struct stat st;
    (void)snprintf(data, sizeof data, "%s/data.mdb", registry->path);
    bool must_exist = options->read_only || options->must_exist;
    if (must_exist && stat(data, &st) != 0 && errno == ENOENT)
        return fault_set(fault, ERR_NOT_FOUND, "%s: there is no registry here", registry->path);
    if (!must_exist) {
        enum err err = file_make_directory(registry->path, 0700, fault);
        if (err != ERR_OK)
            return err;
    }
    if (stat(registry->path, &st) != 0)
        return file_fault(fault, registry->path, errno);
    registry->place.device = st.st_dev;
    registry->place.directory = st.st_ino;
    return ERR_OK;
}

/* LMDB 0.9.24 may fail, or use a destroyed lock, when one process opens in the very moment in which
 * the last other one closes. So opening and closing pass a gate, one at a time. */
static enum err
pass_gate(const struct lmdb_registry *registry, bool read_only, int *fd, struct fault *fault)
{
    char gate[sizeof registry->path + 16];
    const struct timespec pause = {0, 10000000L};
    (void)snprintf(gate, sizeof gate, "%s/open.lock", registry->path);
    enum err err = file_lock(gate, fd, fault);
    for (int tries = 0; err == ERR_BUSY && tries < GATE_TRIES; tries++) {
        (void)nanosleep(&pause, NULL);
        err = file_lock(gate, fd, fault);
    }
    /* From a medium that cannot be written to it is read without locks. */
    return err == ERR_DENIED && read_only ? ERR_OK : err;
}

static void
leave_gate(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

#define AUTO_GATE __attribute__((cleanup(leave_gate))) int

static int
open_env(struct lmdb_registry *registry, uint64_t map, unsigned flags)
{
    unsigned readers = registry->sessions_max + SESSIONS_SPARE;
    int rc = mdb_env_create(&registry->env);
    if (rc != 0)
        return rc;
    rc = mdb_env_set_maxdbs(registry->env, TABLES_MAX);
    if (rc == 0)
        rc = mdb_env_set_maxreaders(registry->env,
                                    readers > READERS_LEAST ? readers : READERS_LEAST);
    if (rc == 0)
        rc = mdb_env_set_mapsize(registry->env, (size_t)map);
    /* NOTLS: a session may move from thread to thread. */
    if (rc == 0)
        rc = mdb_env_open(registry->env, registry->path, MDB_NOTLS | flags, 0600);
    if (rc != 0) {
        mdb_env_close(registry->env);
        registry->env = NULL;
    }
    return rc;
}

/* Under a limit of address space the map takes at most a quarter of it, or what it can get. */
static int
open_env_that_fits(struct lmdb_registry *registry, uint64_t map, unsigned flags)
{
    if (map != 0)
        return open_env(registry, map / MAP_PARAMETER_MIN * MAP_PARAMETER_MIN, flags);
    struct rlimit space = {RLIM_INFINITY, RLIM_INFINITY};
    (void)getrlimit(RLIMIT_AS, &space);
    uint64_t most = space.rlim_cur == RLIM_INFINITY ? SIZE_MAX / 4 : space.rlim_cur / 4;
    map = map_wanted;
    while (map > most && map > map_least)
        map /= 2;
    int rc = open_env(registry, map, flags);
    while (rc == ENOMEM && map > map_least) {
        map /= 2;
        rc = open_env(registry, map, flags);
    }
    return rc;
}

static int
open_tables(struct lmdb_registry *registry, MDB_txn *txn, unsigned flags)
{
    int rc = 0;
    for (size_t table = 0; table < TABLE_COUNT && rc == 0; table++) {
        rc = mdb_dbi_open(txn, table_name((enum table)table), flags, &registry->tables[table]);
        if (rc != MDB_NOTFOUND || table < TABLES_FROM_THE_START)
            continue;
        registry->tables[table] = TABLE_ABSENT;
        rc = 0;
    }
    return rc;
}

static bool
lacks_tables(const struct lmdb_registry *registry)
{
    bool lacks = false;
    for (size_t table = 0; table < TABLE_COUNT; table++)
        lacks = lacks || registry->tables[table] == TABLE_ABSENT;
    return lacks;
}

static int
create_tables(struct lmdb_registry *registry, struct codec *codec)
{
    MDB_txn *txn = NULL;
    struct record meta;
    struct view view = {NULL, registry->tables, codec, 0, NULL};
    int rc = mdb_txn_begin(registry->env, NULL, 0, &txn);
    if (rc != 0)
        return rc;
    rc = open_tables(registry, txn, MDB_CREATE);
    view.txn = txn;
    if (rc == 0 && view_put_new(&view, TABLE_META, meta_encode(codec, &meta), &meta) != ERR_OK)
        rc = view.failure;
    if (rc == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return rc;
}

/* Has a table of contents without anything in it. */
static bool
is_empty(MDB_txn *txn)
{
    MDB_dbi contents = 0;
    MDB_stat stat;
    return mdb_dbi_open(txn, NULL, 0, &contents) == 0 && mdb_stat(txn, contents, &stat) == 0 &&
           stat.ms_entries == 0;
}

static enum err
read_meta(struct lmdb_registry *registry, MDB_txn *txn, struct codec *codec, struct fault *fault)
{
    struct record expected;
    struct span value;
    struct view view = {txn, registry->tables, codec, 0, NULL};
    struct fault reason = {ERR_CORRUPT, "holds something that is not a registry"};
    enum err err = meta_encode(codec, &expected) ? ERR_OK : ERR_CORRUPT;
    if (err == ERR_OK)
        err = view_find(&view, TABLE_META, &expected.key, &value);
    if (err == ERR_OK)
        err = meta_decode(codec, key_span(&expected.key), value, &reason);
    if (err == ERR_OK)
        return ERR_OK;
    return fault_set(fault, ERR_CORRUPT, "%s: %s", registry->path, reason.text);
}

/* ERR_NOT_FOUND: nothing was ever stored. */
static enum err
read_tables(struct lmdb_registry *registry, struct codec *codec, struct fault *fault)
{
    MDB_txn *txn = NULL;
    int rc = mdb_txn_begin(registry->env, NULL, MDB_RDONLY, &txn);
    if (rc != 0)
        return lmdb_fault(fault, registry->path, rc);
    enum err err = ERR_OK;
    rc = open_tables(registry, txn, 0);
    if (rc == MDB_NOTFOUND && is_empty(txn))
        err = fault_set(fault, ERR_NOT_FOUND, "%s: there is no registry here", registry->path);
    else if (rc == MDB_NOTFOUND || rc == MDB_INCOMPATIBLE)
        err = fault_set(fault, ERR_CORRUPT, "%s: holds something that is not a registry",
                        registry->path);
    else if (rc != 0)
        err = lmdb_fault(fault, registry->path, rc);
    if (err == ERR_OK)
        err = read_meta(registry, txn, codec, fault);
    /* The tables stay open for the process when the transaction that opened them is committed. */
    rc = mdb_txn_commit(txn);
    return err == ERR_OK && rc != 0 ? lmdb_fault(fault, registry->path, rc) : err;
}

/* The new files and their directory entries survive a power cut, as what is put in them will. */
static enum err
sync_directories(const struct lmdb_registry *registry, struct fault *fault)
{
    char data[sizeof registry->path + 16];
    (void)snprintf(data, sizeof data, "%s/data.mdb", registry->path);
    enum err err = file_sync_directory(data, fault);
    return err == ERR_OK ? file_sync_directory(registry->path, fault) : err;
}

/* An empty place becomes a registry when that is allowed; an older registry gets the tables that it
 * lacks as soon as it may be written to. */
static enum err
prepare(struct lmdb_registry *registry, const struct registry_options *options, struct fault *fault)
{
    struct codec *codec = &registry->writer.codec;
    codec_init(codec, registry->record_key);
    enum err err = read_tables(registry, codec, fault);
    bool makes = err == ERR_NOT_FOUND && !options->must_exist;
    bool completes = err == ERR_OK && lacks_tables(registry);
    if (options->read_only || (!makes && !completes))
        return err;
    int rc = create_tables(registry, codec);
    if (rc != 0)
        return lmdb_fault(fault, registry->path, rc);
    err = read_tables(registry, codec, fault);
    return err == ERR_OK ? sync_directories(registry, fault) : err;
}

static enum err
open_place(struct lmdb_registry *registry, const struct registry_options *options, uint64_t map,
           struct fault *fault)
{
    enum err err = find_directory(registry, options, fault);
    if (err != ERR_OK)
        return err;
    registry->entered = lmdb_once_enter(&registry->place);
    if (!registry->entered)
        return fault_set(fault, ERR_BUSY, "%s: this process has it open already", registry->path);
    AUTO_GATE gate = -1;
    err = pass_gate(registry, options->read_only, &gate, fault);
    if (err != ERR_OK)
        return err;
    registry->map = map;
    int rc = open_env_that_fits(registry, map, options->read_only ? MDB_RDONLY : 0);
    if (rc != 0)
        return lmdb_fault(fault, registry->path, rc);
    int dead = 0;
    (void)mdb_reader_check(registry->env, &dead);
    return prepare(registry, options, fault);
}

static enum err
start_writer(struct lmdb_registry *registry, struct fault *fault)
{
    registry->writer.of = registry;
    return lmdb_writer_start(&registry->writer, registry->path, fault);
}

enum err
lmdb_open(const struct place *place, const struct registry_options *options, struct registry **out,
          struct fault *fault)
{
    uint64_t map = 0;
    enum err err = read_parameters(place, &map, fault);
    if (err != ERR_OK)
        return err;
    struct lmdb_registry *registry = calloc(1, sizeof *registry);
    if (registry == NULL || pthread_mutex_init(&registry->list_lock, NULL) != 0 ||
        lmdb_writer_init(&registry->writer) != ERR_OK) {
        free(registry);
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", place->path);
    }
    registry->kin = lmdb_kin_open();
    if (registry->kin == NULL) {
        lmdb_close(&registry->base);
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", place->path);
    }
    memcpy(registry->path, place->path, sizeof registry->path);
    memcpy(registry->record_key, options->record_key, RECORD_KEY_BYTES);
    registry->sessions_max = options->sessions == 0 ? SESSIONS_DEFAULT : options->sessions;
    err = open_place(registry, options, map, fault);
    if (err == ERR_OK && !options->read_only)
        err = start_writer(registry, fault);
    if (err != ERR_OK) {
        lmdb_close(&registry->base);
        return err;
    }
    *out = &registry->base;
    return ERR_OK;
}

static void
close_env(struct lmdb_registry *registry, int *gate)
{
    /* Without the gate it is closed all the same. */
    enum err ignored = pass_gate(registry, true, gate, NULL);
    (void)ignored;
    mdb_env_close(registry->env);
    registry->env = NULL;
}

/* Reads nothing that is not on disk: what the last commit may have left in memory is forgotten with
 * the map. */
enum err
lmdb_open_again(struct lmdb_registry *registry)
{
    AUTO_GATE gate = -1;
    struct fault ignored;
    lmdb_sessions_stop(registry);
    if (registry->env != NULL)
        close_env(registry, &gate);
    lmdb_kin_forget(registry->kin);
    enum err err = gate >= 0 ? ERR_OK : pass_gate(registry, false, &gate, &ignored);
    if (err == ERR_OK && open_env_that_fits(registry, registry->map, 0) != 0)
        err = ERR_UNAVAILABLE;
    if (err == ERR_OK)
        err = read_tables(registry, &registry->writer.codec, &ignored);
    if (err != ERR_OK && registry->env != NULL) {
        mdb_env_close(registry->env);
        registry->env = NULL;
    }
    lmdb_sessions_go_on(registry);
    return err;
}

void
lmdb_close(struct registry *registry)
{
    struct lmdb_registry *closing = (struct lmdb_registry *)(void *)registry;
    lmdb_writer_stop(&closing->writer);
    if (closing->env != NULL) {
        AUTO_GATE gate = -1;
        close_env(closing, &gate);
    }
    if (closing->entered)
        lmdb_once_leave(&closing->place);
    lmdb_writer_destroy(&closing->writer);
    codec_wipe(&closing->writer.codec);
    sodium_memzero(closing->record_key, sizeof closing->record_key);
    lmdb_kin_close(closing->kin);
    (void)pthread_mutex_destroy(&closing->list_lock);
    free(closing);
}
