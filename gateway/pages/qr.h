/* SPDX-License-Identifier: Apache-2.0 */
/* A QR code for a page over a document. */
#ifndef ASSAY_PAGES_QR_H
#define ASSAY_PAGES_QR_H

#include "gateway/base/text.h"

/* The member "qr" of an object that is open: {"side" in modules, with the quiet zone, "dark": the
 * path of an SVG}. Nothing when `content` does not fit into a code. Leaves no copy of it behind. */
void page_put_qr(struct text *out, const char *content);

#endif
