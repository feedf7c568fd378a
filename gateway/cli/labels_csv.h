/* SPDX-License-Identifier: Apache-2.0 */
/* RUN.labels.csv: url,gtin,lot,serial, one label a row, in the order of printing. */
#ifndef ASSAY_CLI_LABELS_CSV_H
#define ASSAY_CLI_LABELS_CSV_H

#include <stdio.h>

#include "gateway/base/err.h"
#include "gateway/label/label.h"

/* One row whose columns say the same as its URL. The strings live until the callback returns. */
struct label_row {
    uint64_t number;             /* of the label, from 1 */
    char url[LABEL_URL_MAX + 1]; /* as it is printed */
    struct identity id;
};

/* Returning an error ends the reading. */
typedef enum err label_take(const struct label_row *row, void *context, struct fault *fault);

/* ERR_INVALID "PATH:LINE: …" for a missing heading, a broken row, a URL that is no label's, columns
 * that contradict it. Rows before it were given. */
enum err labels_csv_read(FILE *file, const char *path, label_take *take, void *context,
                         struct fault *fault) MUST_CHECK;

#endif
