/* SPDX-License-Identifier: Apache-2.0 */
/* A CSV that this program wrote, read again: exact heading, exact columns, a row a line. */
#ifndef ASSAY_CLI_STRICT_CSV_H
#define ASSAY_CLI_STRICT_CSV_H

#include <stdint.h>
#include <stdio.h>

#include "gateway/base/err.h"
#include "gateway/label/label.h"

enum { STRICT_COLUMNS_MAX = 4, STRICT_VALUE_MAX = LABEL_URL_MAX };

struct strict_form {
    const char *heading; /* "url,gtin,lot,serial" */
    size_t columns;
};

struct strict_file {
    FILE *file;
    const char *path; /* for faults */
};

struct strict_row {
    uint64_t line; /* of the file, from 1 */
    char values[STRICT_COLUMNS_MAX][STRICT_VALUE_MAX + 1];
};

/* Returning an error ends the reading. */
typedef enum err strict_take(const struct strict_row *row, void *context, struct fault *fault);

/* ERR_INVALID "PATH:LINE: …" for another heading or a broken row; an empty file has no rows. The
 * last row's values are wiped. */
enum err strict_csv_read(const struct strict_file *file, const struct strict_form *form,
                         strict_take *take, void *context, struct fault *fault) MUST_CHECK;

#endif
