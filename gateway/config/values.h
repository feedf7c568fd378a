/* SPDX-License-Identifier: Apache-2.0 */
/* What the texts of the configuration may hold. Each says what is wrong, or NULL. */
#ifndef ASSAY_CONFIG_VALUES_H
#define ASSAY_CONFIG_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/slice.h"

typedef const char *config_value(struct slice value);

config_value config_value_data, config_value_address, config_value_base_url, config_value_log,
    config_value_document_hosts, config_value_signer, config_value_trusted_proxies,
    config_value_country_header, config_value_country_file;

/* Scheme, host and port of a good base_url; the port is the scheme's when it has none. */
struct config_url {
    bool https;
    struct slice host;
    uint64_t port;
};
bool config_url_read(struct config_url *out, struct slice url) MUST_CHECK;

/* Is the link https, to one of these hosts? */
bool config_hosts_have(struct slice hosts, struct slice link) MUST_CHECK;

#endif
