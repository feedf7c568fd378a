/* SPDX-License-Identifier: Apache-2.0 */
/* From a reading to a verdict: the label's signature, the registry's record, the rules. */
#ifndef ASSAY_API_ASSESS_H
#define ASSAY_API_ASSESS_H

#include "gateway/api/app.h"

struct assessment {
    struct reading reading; /* has an error: the label is malformed */
    enum role role;
    const struct client *client; /* who asks; NULL: staff, whose labels are all checked */
    int64_t now;
    int64_t limited;      /* a signature could not be checked: seconds until it may be; 0: none */
    bool consulted;       /* the registry was asked, and worker->view is about this unit */
    bool registry_failed; /* it was asked and did not answer */
    struct label_trust trust;
    bool has_scans; /* the verdict suspects a copy, and `scans` is of the unit (scans.h) */
    struct scans scans;
    struct verdict verdict; /* points into the worker's view and the keyset: not to be copied */
};

/* Checks the signature of a reading without error. A label whose seal is the registered one is the
 * very label that was verified then, so that it costs no curve arithmetic. Of the public, a label
 * that no trusted key can have signed, or that was found forged just now (forgeries.h), costs no
 * registry read either, and the signatures that are checked in full are limited (shed.h). */
void assess_label(struct assessment *out, struct worker *worker, const struct keyset *keyset,
                  const struct reading *reading);

/* Decides without having looked at anything: `rate_limited`. */
void assess_limited(struct assessment *out, const struct worker *worker);

/* Decides on out->reading, as out->role at out->now. Fails closed: without an answer of the
 * registry the verdict is `unchecked`. Valid until the worker is used again. */
void assess(struct assessment *out, struct worker *worker, const struct keyset *keyset);

/* Reads anything scanned or typed into out->reading, and undoes a scanner fault when the signature
 * then verifies. Returns out->reading.error. */
enum reading_error assess_read(struct assessment *out, struct worker *worker,
                               const struct keyset *keyset, struct slice text) MUST_CHECK;

/* Both at once. What cannot be read is a malformed label. */
void assess_code(struct assessment *out, struct worker *worker, const struct keyset *keyset,
                 struct slice text);

/* What the answer may say about the signature: LABEL_UNCHECKED when the verdict does not rest on
 * it, because something that could not be answered must not look half good. */
enum label_result assessed_label(const struct assessment *assessment);
/* Its name for programs. "genuine" only when the verdict calls the label so; a good signature that
 * is not enough, by a stolen key or over a unit that was never registered, is "signature_valid". */
const char *assessed_label_name(const struct assessment *assessment);

#endif
