/* SPDX-License-Identifier: Apache-2.0 */
/* How CivetWeb is set up: the words that it takes, without it. */
#ifndef ASSAY_HTTP_OPTIONS_H
#define ASSAY_HTTP_OPTIONS_H

#include "gateway/config/config.h"

enum { OPTIONS_MAX = 16 };

struct options {
    char ports[CONFIG_TEXT_MAX + 8];
    char threads[24], timeout[24], keep[24];
    const char *list[2 * OPTIONS_MAX + 1]; /* name, value, …, NULL; into this struct */
};

/* `address`, `port` and `workers` are those of the listener. */
void options_make(struct options *out, const struct config *config, const char *address,
                  uint64_t port, uint64_t workers);

#endif
