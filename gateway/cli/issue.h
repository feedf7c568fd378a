/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the labels of a run on all cores: what `issue` writes to files and `signer` answers. */
#ifndef ASSAY_CLI_ISSUE_H
#define ASSAY_CLI_ISSUE_H

#include "gateway/cli/cli.h"
#include "gateway/cli/keys.h"
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

enum issue_part { ISSUE_LABELS, ISSUE_CARDS, ISSUE_MANIFEST, ISSUE_PARTS };

/* Where the three files go, each from its first byte to its last; called by the thread that makes
 * them. There are no cards without claim codes. */
struct issue_sink {
    enum err (*put)(void *context, enum issue_part part, struct slice content, struct fault *fault);
    void (*made)(void *context, uint64_t labels); /* so many by now; NULL: nobody asks */
    void *context;
};

/* Makes and signs everything; nothing of it counts unless the result is ERR_OK. Each label's
 * signature is verified after it was made, with the public key: a fault of memory or processor
 * makes signatures that nobody would accept and that may give the secret key away, so such a run
 * ends in ERR_CORRUPT. */
enum err issue_make(const struct issue_plan *plan, const struct issue_sink *sink,
                    struct fault *fault) MUST_CHECK;

/* The key that signs, as the keyset has it. */
struct issuer {
    struct keyset *keyset;
    const struct keyset_entry *entry; /* in keyset */
    struct issuing_key *key;
    char path[KEY_PATH_MAX]; /* of the secret */
};

/* Opens --key NAME|FILE with the passphrase of --passphrase-file or a prompt. Is it to sign for
 * `gtin`, then that is asked before the passphrase, too; NULL: for nothing yet. ERR_DENIED: not in
 * the keyset, not as it is there, or keyset_may_issue says no. issuer_close after any result. */
enum err issuer_open(struct issuer *issuer, const struct invocation *in, const char *gtin,
                     struct fault *fault) MUST_CHECK;
/* The entry of `keyset` that is this key in both its halves. ERR_DENIED. */
enum err issuer_entry(const struct keyset_entry **out, const struct keyset *keyset,
                      const struct issuing_key *key, struct fault *fault) MUST_CHECK;
void issuer_close(struct issuer *issuer);

#endif
