/* SPDX-License-Identifier: Apache-2.0 */
/* The assets as they were when the program was built (embed.cmake makes the source). */
#ifndef ASSAY_PAGES_ASSET_FILES_H
#define ASSAY_PAGES_ASSET_FILES_H

#include "gateway/pages/embedded.h"

extern const struct embedded asset_files[]; /* a NULL path ends */
extern const char asset_version[];

#endif
