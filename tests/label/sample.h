/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_TESTS_LABEL_SAMPLE_H
#define ASSAY_TESTS_LABEL_SAMPLE_H

#include "gateway/label/label.h"

/* No QR code, but a pattern in which every shape of run occurs: all dark, all light, stripes both
 * ways, single modules, blocks, and noise from `seed`. */
void sample_matrix(struct qr *out, unsigned size, unsigned seed);
bool sample_dark(const struct qr *qr, unsigned x, unsigned y);

#endif
