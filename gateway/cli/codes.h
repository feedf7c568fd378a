/* SPDX-License-Identifier: Apache-2.0 */
/* What `inspect` and `verify` share: codes from an argument or a line each from stdin, read and
 * held against the keyset. */
#ifndef ASSAY_CLI_CODES_H
#define ASSAY_CLI_CODES_H

#include "gateway/cli/cli.h"
#include "gateway/identify/trust.h"

struct scanned {
    struct slice text; /* as it was scanned or typed */
    bool one_of_many;  /* it came from stdin: a line for a line */
    struct reading reading;
    struct label_trust trust; /* LABEL_UNCHECKED when a signature met no keyset */
};

/* Appends the answer for one code; true when it is a good one. */
typedef bool codes_answer(struct text *out, const struct invocation *in,
                          const struct scanned *scanned);

/* Answers the command's first positional, or with "-" each line of stdin. Mended readings are taken
 * only when a key of `keyset` (NULL: none is known) confirms them. The exit code is EXIT_NEGATIVE
 * when an answer was not good. */
int codes_run(const struct invocation *in, const struct keyset *keyset, codes_answer *answer,
              struct fault *fault);

/* ,"name":"value", with null for "" and NULL. */
void codes_member(struct text *out, const char *name, const char *value);
/* The members gtin, variant, lot, serial, canonical, repaired, label and kid. */
void codes_members(struct text *out, const struct scanned *scanned);

#endif
