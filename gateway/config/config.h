/* SPDX-License-Identifier: Apache-2.0 */
/* assayd's configuration: flags > environment (ASSAY_<KEY>) > INI file > defaults. One table of
 * keys in config.c drives reading, --print-config and --help. */
#ifndef ASSAY_CONFIG_CONFIG_H
#define ASSAY_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/err.h"
#include "gateway/base/text.h"

enum {
    CONFIG_TEXT_MAX = 160, /* so that "name = value" is a line of an INI file */
    CONFIG_SOURCE_MAX = 160,
    CONFIG_FILE_MAX = 64 * 1024,
    CONFIG_KEYS = 21,
    CONFIG_PROXIES_MAX = 16
};

struct config {
    char data[CONFIG_TEXT_MAX + 1];     /* directory: registry/, secrets, keyset.ini, assayd.lock */
    char address[CONFIG_TEXT_MAX + 1];  /* IPv4 to listen on */
    uint64_t port;                      /* TCP */
    char base_url[CONFIG_TEXT_MAX + 1]; /* of the label host: http(s)://host[:port], no path */
    uint64_t workers;                   /* one per connection that is open at once */
    uint64_t request_timeout_ms;        /* for the headers, and again for the body */
    uint64_t keep_alive_ms;             /* how long an idle connection is kept; 0: not at all */
    char admin_address[CONFIG_TEXT_MAX + 1];      /* IPv4 of the admin listener */
    uint64_t admin_port;                          /* 0: there is none */
    char log[CONFIG_TEXT_MAX + 1];                /* error, info or debug */
    char document_hosts[CONFIG_TEXT_MAX + 1];     /* HOST[:PORT], blanks between; "": none */
    char signer[CONFIG_TEXT_MAX + 1];             /* socket of `assay signer`; "": none */
    char trusted_proxies[CONFIG_TEXT_MAX + 1];    /* addresses, prefixes; blanks between */
    char country_header[CONFIG_TEXT_MAX + 1];     /* name of a header; "": none */
    char country_file[CONFIG_TEXT_MAX + 1];       /* path of a MaxMind DB; "": none */
    uint64_t client_requests, client_connections; /* what is refused (api/shed.h); 0: no limit */
    uint64_t client_forged, client_claims, credential_requests, verifications; /* likewise */
    char sources[CONFIG_KEYS][CONFIG_SOURCE_MAX + 1]; /* where each key of the table came from */
};

void config_defaults(struct config *config);
/* An unknown key is ERR_INVALID with file, line and the nearest key; so is a value out of range. */
enum err config_read_file(struct config *config, const char *path, struct fault *fault) MUST_CHECK;
/* Of `environment` ("NAME=value", NULL ends) the names that begin with ASSAY_. A name that is near
 * no key belongs to somebody else. */
enum err config_read_environment(struct config *config, char *const *environment,
                                 struct fault *fault) MUST_CHECK;
/* `source` is where the value came from, for people: "assayd.ini:3", "ASSAY_PORT", "--port". It
 * begins the fault. */
enum err config_set(struct config *config, const char *key, const char *value, const char *source,
                    struct fault *fault) MUST_CHECK;
/* Is it a key, nearly one, or one of TLS, which is refused with advice? */
bool config_concerns(const char *key);
/* After all keys were set: makes base_url from the port when nothing set it, and refuses a base_url
 * that leads to another port of this machine, an admin_port that is the port, and a country_header
 * without a proxy that is trusted. */
enum err config_check(struct config *config, struct fault *fault) MUST_CHECK;
/* Documents, the invoices and receipts that events link to, are in the brand's inventory system:
 * only an https link to one of document_hosts is one. A host without a port is meant with the port
 * of https. While no host is configured there are no documents: a link that anybody may set could
 * lead staff anywhere. ERR_INVALID says what has to be done. */
enum err config_check_document(const struct config *config, const char *link,
                               struct fault *fault) MUST_CHECK;
/* An INI file with every key, what it means and where its value came from. */
void config_print(struct text *out, const struct config *config);
/* "  --key VALUE   what it means (default)" for --help. */
void config_usage(struct text *out);

/* "DIR/name" into `out`. */
enum { CONFIG_PATH_MAX = CONFIG_TEXT_MAX + 64 };
void config_path(char out[static CONFIG_PATH_MAX], const char *data, const char *name);

#endif
