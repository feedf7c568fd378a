/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void
options_make(struct options *out, const struct config *config, const char *address, uint64_t port,
             uint64_t workers)
{
    const struct {
        const char *name, *value;
    } rows[] = {
        {"listening_ports", out->ports},
        {"num_threads", out->threads},
        {"request_timeout_ms", out->timeout},
        {"enable_keep_alive", config->keep_alive_ms > 0 ? "yes" : "no"},
        {"keep_alive_timeout_ms", out->keep},
        {"connection_queue", "1024"},
        {"listen_backlog", "1024"},
        {"tcp_nodelay", "1"},
        {"decode_url", "no"}, /* %2F in a serial is no slash, %00 no end */
        {"enable_auth_domain_check", "no"},
        {"enable_directory_listing", "no"},
        {"access_control_allow_origin", ""},
        {"access_control_allow_methods", ""},
        {"access_control_allow_headers", ""},
    };
    _Static_assert(sizeof rows / sizeof rows[0] <= OPTIONS_MAX, "room for the options");
    memset(out, 0, sizeof *out);
    (void)snprintf(out->ports, sizeof out->ports, "%s:%" PRIu64, address, port);
    (void)snprintf(out->threads, sizeof out->threads, "%" PRIu64, workers);
    (void)snprintf(out->timeout, sizeof out->timeout, "%" PRIu64, config->request_timeout_ms);
    (void)snprintf(out->keep, sizeof out->keep, "%" PRIu64, config->keep_alive_ms);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        out->list[2 * i] = rows[i].name;
        out->list[2 * i + 1] = rows[i].value;
    }
}
