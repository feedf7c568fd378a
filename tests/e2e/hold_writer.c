/* SPDX-License-Identifier: Apache-2.0 */
/* hold_writer DATA: keeps everybody else from writing to the registry of DATA, as a process does
 * that was stopped in the middle of a commit, until its input ends. Says "held" when it does. */
#include <sodium.h>
#include <stdio.h>

#include "gateway/manifest/store.h"
#include "gateway/registry/lmdb_engine.h"

static int
hold(struct store *store)
{
    const struct lmdb_registry *registry = (struct lmdb_registry *)(void *)store->registry;
    MDB_txn *txn = NULL;
    if (mdb_txn_begin(registry->env, NULL, 0, &txn) != 0)
        return 1;
    puts("held");
    (void)fflush(stdout);
    while (getchar() != EOF)
        ;
    mdb_txn_abort(txn);
    return 0;
}

int
main(int argc, char **argv)
{
    struct store *store = NULL;
    struct fault fault = {ERR_OK, ""};
    if (argc != 2 || sodium_init() < 0)
        return 2;
    if (store_open(argv[1], STORE_MUST_EXIST | STORE_NO_KEYSET, 0, &store, &fault) != ERR_OK) {
        (void)fprintf(stderr, "%s\n", fault.text);
        return 1;
    }
    int status = hold(store);
    store_close(store);
    return status;
}
