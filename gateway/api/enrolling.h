/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_API_ENROLLING_H
#define ASSAY_API_ENROLLING_H

#include "gateway/api/app.h"
#include "gateway/manifest/enroll.h"

/* Registers the manifest in `file` now, in the name of the worker's caller: time, role and actor of
 * the options are filled in. As enroll_manifest. */
struct enrolling {
    struct worker *worker;
    FILE *file;
    struct enroll_options options;
    struct enroll_summary summary; /* what came of it */
};
enum err enroll_run(struct enrolling *enrolling, struct fault *fault) MUST_CHECK;

#endif
