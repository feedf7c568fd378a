/* SPDX-License-Identifier: Apache-2.0 */
/* Writing into the operator's inbox what was noticed: the same for the command line and for HTTP.
 */
#ifndef ASSAY_RECORDS_NOTICING_H
#define ASSAY_RECORDS_NOTICING_H

#include "gateway/registry/registry.h"

struct noticed {
    enum notice_kind kind;
    const char *gtin, *serial;
    const char *answer; /* code of the worst reason that is answered; "" when it is no verdict */
    const char *text;   /* of the grammar of a notice's text */
};

/* Who caused it, and when. */
struct notice_cause {
    enum role role;
    const char *organisation;
    int64_t now;
};

/* Makes the notice of this reference (notice_reference_of), or counts it up: the same kind and unit
 * is the same notice, which then tells of the last time, and is open again. ERR_INVALID: something
 * does not fit; else as registry_put_notice, ERR_CONFLICT when others keep being faster. */
enum err notice_write(struct registry_session *session, const char *reference,
                      const struct noticed *noticed, const struct notice_cause *cause) MUST_CHECK;

#endif
