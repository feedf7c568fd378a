/* SPDX-License-Identifier: Apache-2.0 */
/* Of work.h, for its own two files: the names that a step gives to its records. */
#ifndef ASSAY_TESTS_FAULTS_WORK_INSIDE_H
#define ASSAY_TESTS_FAULTS_WORK_INSIDE_H

#include "gateway/registry/scans.h"
#include "tests/faults/work.h"

enum { WORK_UNITS = 3, WORK_TALLY_DAY = 20000, WORK_SIGHTINGS = 3 };

struct at {
    struct registry_session *session;
    unsigned worker, step, batch;
    struct operation operation;
};
struct at at_step(struct registry_session *session, unsigned worker, unsigned step);

void name_unit(const struct at *at, unsigned i, struct unit *out);
void name_record(const struct at *at, const char *letter, char out[static 16]);
void name_credential(const struct at *at, char out[static 16]);
void name_browser(const struct at *at, struct session *out);
void name_notice(const struct at *at, char out[static NOTICE_REFERENCE_CHARS + 1]);
civil_day name_day(const struct at *at);
/* Two people look at the batch's first unit, and one, on a day of the batch's own, at a unit that
 * is looked at in every batch: work_crowd. */
void name_sightings(const struct at *at, struct scan_seen out[static WORK_SIGHTINGS]);
struct unit_key work_crowd(unsigned worker);

enum work_kind {
    AT_COMMISSION = 0,
    AT_PRODUCT = 2,
    AT_SESSION = 4,
    AT_NOTICE = 6,
    AT_TALLY = 7,
    AT_RECALL = 8,
    AT_CREDENTIAL = 10,
    AT_SIGN_OUT = 11,
    AT_SCANS = 12
};
struct kind {
    const char *name;
    enum err (*run)(struct at *at);
    bool operation; /* is kept under its id */
    unsigned units; /* how many it changes */
};
extern const struct kind work_kinds[WORK_KINDS];

#endif
