/* SPDX-License-Identifier: Apache-2.0 */
/* How many verifications were answered how, a day (UTC) each. No unit and no client is in it. */
#ifndef ASSAY_RULES_TALLY_H
#define ASSAY_RULES_TALLY_H

#include "gateway/rules/verdict.h"

struct tally {
    civil_day day;
    uint64_t verdicts[VERDICT_OK + 1]; /* by enum verdict_class */
    uint64_t reasons[REASON_COUNT];    /* by the worst reason of each */
};

#endif
