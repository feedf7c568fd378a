/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of staff load besides HTML: style sheets, modules, pictures and the code reader,
 * compiled into the program. Pages address them as /assets/{version}/NAME; the version is made of
 * the contents, so that a browser may keep them for ever. */
#ifndef ASSAY_PAGES_ASSETS_H
#define ASSAY_PAGES_ASSETS_H

#include "gateway/base/slice.h"

enum { ASSETS_VERSION_CHARS = 16 };

struct asset {
    const char *name; /* "desk.js" */
    const char *type; /* of its content: "text/javascript; charset=utf-8" */
    struct slice content;
};

/* False when there is none of this name. */
bool assets_find(struct asset *out, struct slice name) MUST_CHECK;
const char *assets_version(void);

#endif
