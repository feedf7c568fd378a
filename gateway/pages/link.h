/* SPDX-License-Identifier: Apache-2.0 */
/* Which links of a record may be put on a page or into an answer. */
#ifndef ASSAY_PAGES_LINK_H
#define ASSAY_PAGES_LINK_H

#include <stdbool.h>

enum link_kind {
    LINK_NONE = 0, /* not to be used */
    LINK_WEB,      /* https:// */
    LINK_CONTACT,  /* mailto: or tel: */
    LINK_LOCAL     /* a path of this gateway: "/pictures/kettle.png", never "//host" */
};

/* Schemes are lower case; no space, quote, backslash, angle bracket, control byte or byte above
 * 0x7E in any of them. */
enum link_kind link_kind(const char *link);

#endif
