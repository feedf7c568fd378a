/* SPDX-License-Identifier: Apache-2.0 */
/* What the daemon gives up before it opens anything: whoever takes it over finds little to do. Of
 * the kernel's Landlock (landlock(7)), without root. */
#ifndef ASSAY_ASSAYD_CONFINE_H
#define ASSAY_ASSAYD_CONFINE_H

#include "gateway/config/config.h"

/* From here on this thread, and every thread and process that it starts, can
 *   - read, write and make files inside config->data, and nowhere else, besides reading what
 *     /proc says of the process itself, and files in the directory of config->country_file: a new
 *     one in its place is another file; where it is a symbolic link, also what lies beside the
 *     file that it leads to now; and the fonts of labels (gateway/label/sheet.h);
 *   - run no program, and gain no privilege by one;
 *   - listen on TCP ports config->port and admin_port, and connect to none (kernel 6.7 or later).
 * Descriptors that are open stay. To be called once, before other threads are started.
 *
 * 0: it is confined. Otherwise the errno value of what was refused, and nothing is given up but
 * privileges to gain: an old kernel, or a container that forbids to ask (ENOSYS, EOPNOTSUPP,
 * EPERM), or a directory or country_file that is not there. */
int confine(const struct config *config) MUST_CHECK;

#endif
