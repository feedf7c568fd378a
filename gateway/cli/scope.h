/* SPDX-License-Identifier: Apache-2.0 */
/* What a function owns and gives back on every exit. */
#ifndef ASSAY_CLI_SCOPE_H
#define ASSAY_CLI_SCOPE_H

#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/text.h"
#include "keys/keyset.h"

static inline void
scope_text(struct text *text)
{
    text_free(text);
}

static inline void
scope_keyset(struct keyset **keyset)
{
    free(*keyset);
}

static inline void
scope_file(FILE **file)
{
    if (*file != NULL && *file != stdin)
        (void)fclose(*file);
}

#define AUTO_TEXT __attribute__((cleanup(scope_text))) struct text
#define AUTO_KEYSET __attribute__((cleanup(scope_keyset))) struct keyset
#define AUTO_FILE __attribute__((cleanup(scope_file))) FILE

#endif
