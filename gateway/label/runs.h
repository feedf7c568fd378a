/* SPDX-License-Identifier: Apache-2.0 */
/* A QR code as few rectangles instead of many modules: what SVG and PDF draw. Pure. */
#ifndef ASSAY_LABEL_RUNS_H
#define ASSAY_LABEL_RUNS_H

#include "gateway/label/label.h"

/* In modules, from the upper left corner of the code, without its quiet zone. */
struct qr_run {
    unsigned x, y, width, height;
};

typedef void qr_run_take(void *context, const struct qr_run *run);

/* Every dark module lies in exactly one of the rectangles. They come row by row. */
void qr_runs(const struct qr *qr, qr_run_take *take, void *context);

#endif
