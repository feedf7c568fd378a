/* SPDX-License-Identifier: Apache-2.0 */
/* assayd's configuration: flags > environment (ASSAY_<KEY>) > INI file > defaults. One table of
 * keys in config.c drives parsing, --print-config, --help and the README. */
#ifndef ASSAY_CONFIG_CONFIG_H
#define ASSAY_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/err.h"
#include "gateway/base/text.h"

enum { CONFIG_TEXT_MAX = 255, CONFIG_FILE_MAX = 64 * 1024 };

struct config {
    char data[CONFIG_TEXT_MAX + 1];     /* directory: registry/, secrets, keyset.ini, assayd.lock */
    char address[CONFIG_TEXT_MAX + 1];  /* IPv4 to listen on; 127.0.0.1 unless set */
    uint64_t port;                      /* 8080 */
    char base_url[CONFIG_TEXT_MAX + 1]; /* of the label host: http(s)://host[:port], no path */
    uint64_t workers;                   /* one per connection that is open at once */
    uint64_t request_timeout_ms;
    char log[CONFIG_TEXT_MAX + 1]; /* error, info or debug */
};

void config_defaults(struct config *config);
/* An unknown key is ERR_INVALID with file, line and the nearest key; so is a value out of range. */
enum err config_read_file(struct config *config, const char *path, struct fault *fault) MUST_CHECK;
enum err config_read_environment(struct config *config, struct fault *fault) MUST_CHECK;
enum err config_set(struct config *config, const char *key, const char *value, const char *source,
                    struct fault *fault) MUST_CHECK;
/* What no single key shows: base_url and port that contradict, TLS wanted here. */
enum err config_check(const struct config *config, struct fault *fault) MUST_CHECK;
/* An INI file with every key, its comment and where its value came from. */
void config_print(struct text *out, const struct config *config);
/* "--key VALUE   what it means (default)" for --help. */
void config_usage(struct text *out);

/* "DIR/name" into `out` (CONFIG_TEXT_MAX + 64). */
enum { CONFIG_PATH_MAX = CONFIG_TEXT_MAX + 64 };
void config_path(char out[static CONFIG_PATH_MAX], const char *data, const char *name);

#endif
