/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for secrets: between guard pages, kept out of swap and core dumps, wiped when freed.
 * sodium_malloc by itself goes on silently when the system refuses the lock; here that is an error.
 * sodium_init() has run. */
#ifndef ASSAY_KEYS_LOCKED_H
#define ASSAY_KEYS_LOCKED_H

#include <stddef.h>

#include "gateway/base/err.h"

/* `size` zeroed bytes, for types without alignment (arrays of bytes). ERR_DENIED when the limit of
 * locked memory (RLIMIT_MEMLOCK) is too low, ERR_MEMORY. */
enum err locked_new(void **out, size_t size, struct fault *fault) MUST_CHECK;

/* Wipes and frees; NULL is allowed. */
void locked_free(void *memory);

#endif
