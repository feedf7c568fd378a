/* SPDX-License-Identifier: Apache-2.0 */
/* label --format pdf and zpl. */
#ifndef ASSAY_CLI_LABEL_PRESS_H
#define ASSAY_CLI_LABEL_PRESS_H

#include "gateway/cli/cli.h"

/* "pdf" and "zpl"; *roll for the latter. */
bool label_is_pressed(const char *format, bool *roll);
int label_press(const struct invocation *in, bool roll, struct fault *fault);

#endif
