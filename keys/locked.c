/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/locked.h"

#include <errno.h>
#include <sodium.h>

enum err
locked_new(void **out, size_t size, struct fault *fault)
{
    *out = NULL;
    void *memory = sodium_malloc(size);
    if (memory == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory for a secret");
    /* Locks do not nest: this only asks whether the lock inside sodium_malloc succeeded. */
    if (sodium_mlock(memory, size) != 0) {
        sodium_free(memory);
        return fault_set(fault, ERR_DENIED,
                         "cannot keep secrets out of swap: the limit of locked memory is too low; "
                         "raise it (ulimit -l, or LimitMEMLOCK= of the service) to 64 KiB or more");
    }
    sodium_memzero(memory, size);
    *out = memory;
    return ERR_OK;
}

void
locked_free(void *memory)
{
    sodium_free(memory);
}
