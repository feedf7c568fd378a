/* SPDX-License-Identifier: Apache-2.0 */
/* Signs the labels of a run on all cores and writes its files. */
#ifndef ASSAY_CLI_ISSUE_H
#define ASSAY_CLI_ISSUE_H

#include "gateway/cli/cli.h"
#include "gateway/cli/outputs.h"
#include "gateway/cli/serials.h"
#include "gateway/manifest/manifest.h"
#include "keys/keyfile.h"

struct issue_plan {
    struct identity common; /* gtin, variant, lot; the serial is filled in */
    civil_day made_on, expires_on;
    bool claim_codes;
    const char *base_url;
    uint64_t count;
    const struct serials *serials;
    const struct issuing_key *key;
};

/* The files of a run, in the order in which they appear: the manifest is last. */
struct issue_files {
    struct outputs outputs;
    struct output *labels, *cards, *manifest; /* in outputs; cards is NULL without claim codes */
};

/* Writes and signs everything, and publishes nothing yet. Each label's signature is verified after
 * it was made, with the public key: a fault of memory or processor makes signatures that nobody
 * would accept and that may give the secret key away, so such a run ends in ERR_CORRUPT. */
enum err issue_write(const struct issue_plan *plan, struct issue_files *files,
                     struct fault *fault) MUST_CHECK;

#endif
