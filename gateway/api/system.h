/* SPDX-License-Identifier: Apache-2.0 */
/* How the gateway itself does, for who runs it. */
#ifndef ASSAY_API_SYSTEM_H
#define ASSAY_API_SYSTEM_H

#include "gateway/api/app.h"

/* GET /v1/system: {"version" of the program, "started_at", "now",
 *  "registry": {"units", "products", "lots", "recalls", "events", "operations", "notices",
 *    "sessions", "bytes_used", "bytes_max", and since the start "commits" and the "writes" in
 * them}, "keyset": {"version", "changed_at", "keys": [{"name", "kid", "organisation",
 * "gtin_prefixes": [], "status", "not_before", "not_after", "age_days" since it began, "days_left"
 * of an active one, "compromised_since", "reason"}]}, "configuration": {"base_url",
 * "document_hosts": [], "workers", "log"}, "backup": {"made_at", "bytes",
 * "operations"} of the last one, absent when none was made}. No secret, and no path of the machine.
 * 503: the registry does not answer. */
handler api_system;

#endif
