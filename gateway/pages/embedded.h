/* SPDX-License-Identifier: Apache-2.0 */
/* The files of web/ as they were when the program was built (embed.cmake makes the source). */
#ifndef ASSAY_PAGES_EMBEDDED_H
#define ASSAY_PAGES_EMBEDDED_H

#include <stddef.h>

struct embedded {
    const char *path;          /* below web/: "verdict.html", "lang/en.ini" */
    const unsigned char *data; /* a NUL follows */
    size_t len;
};

/* Ends with a NULL path. A template comes after those that it includes; the first language is the
 * fallback. */
extern const struct embedded embedded_files[];

#endif
