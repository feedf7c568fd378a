/* SPDX-License-Identifier: Apache-2.0 */
/* What is written to a registry while faults happen: each worker does one step after the other, on
 * records of its own, and what a step does depends on its number alone. So a registry can be asked
 * whether it is as a worker's first N steps leave it, all of them and nothing else. */
#ifndef ASSAY_TESTS_FAULTS_WORK_H
#define ASSAY_TESTS_FAULTS_WORK_H

#include "tests/registry/support.h"

enum { WORK_KINDS = 13, WORK_REASON_MAX = 200 };

/* One step; a repeat of it is harmless. */
enum err work_step(struct registry_session *session, unsigned worker, unsigned step) MUST_CHECK;
const char *work_name(unsigned step);
void work_operation(struct operation *out, unsigned worker, unsigned step);
struct unit_key work_unit(unsigned worker, unsigned step, unsigned i); /* of its batch */

/* Is the registry as `steps` steps of the worker leave it? ERR_CONFLICT and a reason when it is
 * not; another error when it could not be read. */
enum err work_expect(struct registry_session *session, unsigned worker, unsigned steps,
                     char why[static WORK_REASON_MAX]) MUST_CHECK;
/* The same, of who looked at units alone. */
enum err work_expect_sightings(struct registry_session *session, unsigned worker, unsigned steps,
                               char why[static WORK_REASON_MAX]) MUST_CHECK;
/* work_expect of `steps` or one more: what was under way may be there, as a whole. */
enum err work_expect_near(struct registry_session *session, unsigned worker, unsigned steps,
                          char why[static WORK_REASON_MAX]) MUST_CHECK;

#endif
