/* SPDX-License-Identifier: Apache-2.0 */
/* INI files, read strictly. libinih does the splitting; a scan before it refuses everything that
 * libinih would guess at: continuation lines, inline comments, ':' for '=', over-long lines that
 * are cut in two, byte order marks.
 *
 * Each line is blank, a comment (first byte '#'), a [section] or `name = value`, from its first
 * column, at most INI_LINE_MAX bytes of UTF-8 without control bytes, ended by LF. Sections are
 * words of a-z 0-9 _ - with single spaces between them, names one such word; both at most
 * INI_NAME_MAX bytes. A value may be empty, and ';' may not follow a blank in it or begin it. */
#ifndef ASSAY_BASE_INI_H
#define ASSAY_BASE_INI_H

#include <stdbool.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"

enum { INI_LINE_MAX = 190, INI_NAME_MAX = 48 };

/* One line that says something. The strings live until the callback returns. */
struct ini_entry {
    const char *path;    /* for faults: "%s:%d: …", path, line */
    int line;            /* from 1 */
    int section_line;    /* where the section begins; 0 before the first one */
    const char *section; /* "" before the first one */
    const char *name;    /* "" for the section heading itself */
    const char *value;   /* without blanks at both ends; "" for a heading */
};

/* Anything but ERR_OK ends the reading, and ini_read returns it. */
typedef enum err ini_take(void *context, const struct ini_entry *entry, struct fault *fault);

/* Calls `take` for each section heading and each `name = value`, in the order of the file. A line
 * that breaks the grammar is ERR_INVALID with "PATH:LINE: …"; `take` was then called for none.
 * Repeated sections and names are left to `take`. `path` is used in faults only. */
enum err ini_read(struct slice text, const char *path, ini_take *take, void *context,
                  struct fault *fault) MUST_CHECK;

/* Would `value`, written as `name = value`, be read back as it is? */
bool ini_value_ok(struct slice value) MUST_CHECK;

#endif
