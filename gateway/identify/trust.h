/* SPDX-License-Identifier: Apache-2.0 */
/* Is this label's signature one that we trust? Cheap checks first, curve arithmetic last. */
#ifndef ASSAY_IDENTIFY_TRUST_H
#define ASSAY_IDENTIFY_TRUST_H

#include "gateway/identify/reading.h"
#include "keys/keyset.h"

/* Zero is the least trusting. */
enum label_result {
    LABEL_UNCHECKED = 0,
    LABEL_MALFORMED,    /* not a code, or S is not a token */
    LABEL_NO_SIGNATURE, /* names a unit and carries no signature */
    LABEL_ISSUER_UNKNOWN,
    LABEL_ISSUER_OUT_OF_SCOPE,
    LABEL_FORGED,  /* no trusted key with this kid made this signature */
    LABEL_GENUINE, /* signature good; `signer` may still be revoked, which the verdict decides */
    LABEL_RESULT_COUNT
};

struct label_trust {
    enum label_result result;
    const struct keyset_entry *signer; /* set when GENUINE; lives as long as the keyset */
};

const char *label_result_name(enum label_result result); /* "genuine", … */

/* Every key with the token's kid is tried whose scope allows the GTIN. Pure. */
struct label_trust label_trust(const struct keyset *keyset, const struct reading *reading);

/* The same for a label whose seal equals the one that was stored when its signature was verified:
 * finds the key again by kid and scope and does no curve arithmetic. With two trusted keys of one
 * kid it cannot tell which signed, and falls back to label_trust. */
struct label_trust label_trust_sealed(const struct keyset *keyset, const struct reading *reading);

/* Could a key that we trust have signed it? When not, label_trust says why without curve
 * arithmetic.
 */
bool label_trust_possible(const struct keyset *keyset, const struct reading *reading);

#endif
