/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/base/err.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

static const struct err_info table[ERR_COUNT] = {
    [ERR_OK] = {"ok", "Done", 200, 0},
    [ERR_INVALID] = {"invalid", "The input is not valid", 400, 1},
    [ERR_USAGE] = {"usage", "The command is not used correctly", 400, 2},
    [ERR_NOT_FOUND] = {"not_found", "Not found", 404, 3},
    [ERR_EXISTS] = {"exists", "Already there, and different", 409, 5},
    [ERR_CONFLICT] = {"conflict", "It changed in the meantime", 409, 5},
    [ERR_DENIED] = {"denied", "Not allowed", 403, 6},
    [ERR_BUSY] = {"busy", "In use by somebody else", 409, 7},
    [ERR_UNAVAILABLE] = {"unavailable", "Cannot answer now", 503, 7},
    [ERR_UNKNOWN] = {"outcome_unknown", "The outcome is not known", 503, 7},
    [ERR_FULL] = {"full", "No space left", 507, 7},
    [ERR_CORRUPT] = {"corrupt", "Stored data is damaged", 503, 1},
    [ERR_TOO_LARGE] = {"too_large", "Larger than allowed", 413, 1},
    [ERR_MEMORY] = {"memory", "Out of memory", 503, 7},
};

const struct err_info *
err_info(enum err err)
{
    return (unsigned)err < ERR_COUNT ? &table[err] : &table[ERR_UNAVAILABLE];
}

enum err
fault_set(struct fault *fault, enum err err, const char *format, ...)
{
    if (fault == NULL)
        return err;
    fault->err = err;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
    return err;
}
