/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ASSAYD_ARGUMENTS_H
#define ASSAY_ASSAYD_ARGUMENTS_H

#include "gateway/config/config.h"

struct arguments {
    bool help, version, check_config, print_config;
    bool accept_older;       /* serve a registry that is older than its checkpoint */
    const char *config_file; /* NULL: none */
    struct config config;    /* from every source, checked */
};

/* Reads the file that --config names, or DATA/assayd.ini when there is one, then the environment,
 * then the flags, each over what was set before. ERR_USAGE for a flag that is wrong; with --help or
 * --version nothing is read. */
enum err arguments_read(struct arguments *out, char *const *argv, char *const *environment,
                        struct fault *fault) MUST_CHECK;

#endif
